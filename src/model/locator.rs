use std::borrow::Cow;

use super::block::column_letters;
use super::{Block, Location, NO_COLUMN, OffsetMap, Step};

/// Places of one block's text, asked for in rising order: lines are counted once, not for every place.
pub struct Locator<'a> {
    block: &'a Block,
    /// Stored bytes up to here are counted.
    at: usize,
    /// Line breaks among them.
    lines: u64,
    /// Characters between the last of them and `at`.
    column: u64,
    /// The segment that was asked for last.
    segment: usize,
}

impl<'a> Locator<'a> {
    /// A locator at the beginning of `block`.
    pub fn new(block: &'a Block) -> Locator<'a> {
        // a mark of encoding is no character of the first line
        let marked = block.offset == 0 && block.line == 1 && block.text.starts_with("\u{FEFF}".as_bytes());
        let at = match &block.map {
            OffsetMap::Stepped { step, .. } if marked => step.stored_len(&block.text[..3]) as usize,
            _ if marked => 3,
            _ => 0,
        };
        Locator { block, at, lines: 0, column: block.column, segment: 0 }
    }

    /// Where the text from `start` to `end` stands.
    pub fn locate(&mut self, start: u32, end: u32) -> Location<'a> {
        let block = self.block;
        let mut at = Location {
            page: block.page,
            part: block.part.as_deref().map(Cow::Borrowed),
            ..Location::default()
        };
        if !matches!(block.map, OffsetMap::None) {
            at.byte_start = block.map.to_file(&block.text, start as usize);
            at.byte_end = block.map.to_file_end(&block.text, end as usize);
            if block.line > 0 {
                let (lines, column) = self.line_and_column(start);
                at.line = Some(block.line + lines);
                at.column = Some(1 + column);
            }
        }
        let Some(segment) = self.segment_at(start).map(|k| block.segments[k]) else { return at };
        let row = block.first_row + u64::from(segment.row);
        if let Some(table) = &block.table {
            at.field =
                block.field(&segment).map(|f| f.name.as_str()).filter(|n| !n.is_empty()).map(Cow::Borrowed);
            at.row = Some(row);
            if block.cells {
                at.sheet = table.name.as_deref().map(Cow::Borrowed);
                if segment.column != NO_COLUMN {
                    at.cell = Some(format!("{}{row}", column_letters(segment.column)));
                }
            } else {
                at.table = table.name.as_deref().map(Cow::Borrowed);
            }
        } else if block.line == 0 && !block.cells {
            at.row = Some(row);
        }
        at
    }

    /// The segment that holds `at`: mostly the one of before, or one of the next.
    fn segment_at(&mut self, at: u32) -> Option<usize> {
        let segments = &self.block.segments;
        let near = segments.get(self.segment..)?.iter().take(24);
        let after = near.take_while(|s| s.start <= at).count();
        if after == 0 || after == 24 {
            self.segment = self.block.segment_at(at)?;
            return Some(self.segment);
        }
        self.segment += after - 1;
        let s = &segments[self.segment];
        (at < s.end || (at == s.end && s.start == s.end)).then_some(self.segment)
    }

    /// Line breaks before text position `at`, and characters between the last of them and `at`, both as stored.
    fn line_and_column(&mut self, at: u32) -> (u64, u64) {
        let block = self.block;
        let stored = block.stored();
        let to = if block.raw.is_empty() {
            at as usize
        } else {
            block.stored_range(at, at).map_or(at as usize, |r| r.0)
        };
        let to = to.min(stored.len());
        if to < self.at {
            *self = Locator::new(block);
        }
        let utf16 = match &block.map {
            OffsetMap::Stepped { step: Step::Utf16Le, .. } if !block.raw.is_empty() => Some(([b'\n', 0], 1)),
            OffsetMap::Stepped { step: Step::Utf16Be, .. } if !block.raw.is_empty() => Some(([0, b'\n'], 0)),
            _ => None,
        };
        let fresh = &stored[self.at.min(to)..to];
        self.at = self.at.max(to);
        // the second unit of a pair is no character of its own
        if let Some((newline, low)) = utf16 {
            for unit in fresh.chunks_exact(2) {
                if *unit == newline {
                    (self.lines, self.column) = (self.lines + 1, 0);
                } else if unit[low] & 0xFC != 0xDC {
                    self.column += 1;
                }
            }
            return (self.lines, self.column);
        }
        let mut rest = fresh;
        if let Some(last) = memchr::memrchr(b'\n', fresh) {
            self.lines += memchr::memchr_iter(b'\n', fresh).count() as u64;
            self.column = 0;
            rest = &fresh[last + 1..];
        }
        let single = !block.raw.is_empty() && !matches!(block.map, OffsetMap::Runs(_));
        self.column += if single {
            rest.len() as u64
        } else {
            rest.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64
        };
        (self.lines, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_gives_the_same() {
        let text: String = (0..50).map(|n| format!("строка {n}\n")).collect();
        let block = Block::prose(&text);
        let places: Vec<u32> = text.match_indices('с').map(|(i, _)| i as u32).collect();
        let mut rising = Locator::new(&block);
        for (n, at) in places.iter().enumerate() {
            let here = rising.locate(*at, at + 2);
            assert_eq!(here, block.location(*at, at + 2));
            assert_eq!((here.line, here.column), (Some(n as u64 + 1), Some(1)));
        }
        assert_eq!(rising.locate(places[3], places[3] + 2).line, Some(4));
    }
}

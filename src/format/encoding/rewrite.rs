use crate::model::{Block, OffsetMap, Step};

/// Longest literal run between two marks of a stepped map, in text bytes.
const MARK: usize = 512;

/// Parts of a block's text that read differently from how they are stored: escapes, entities, left-out tags.
#[derive(Default)]
pub struct Rewrites {
    items: Vec<Item>,
    bytes: Vec<u8>,
}

struct Item {
    start: u32,
    end: u32,
    /// End of the new text in `bytes`; it begins where the item before ends.
    to: u32,
}

impl Rewrites {
    /// No rewrites, buffers kept.
    pub fn clear(&mut self) {
        self.items.clear();
        self.bytes.clear();
    }

    /// True where nothing is rewritten.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The text from `start` to `end` reads as `new`. Calls come in rising order.
    pub fn push(&mut self, start: usize, end: usize, new: &[u8]) {
        self.bytes.extend_from_slice(new);
        self.items.push(Item { start: start as u32, end: end as u32, to: self.bytes.len() as u32 });
    }

    /// The text from `start` to `end` reads as the character `c`.
    pub fn push_char(&mut self, start: usize, end: usize, c: char) {
        self.push(start, end, c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Forgets rewrites that end after `to`.
    pub fn truncate(&mut self, to: usize) {
        let keep = self.items.partition_point(|i| i.end as usize <= to);
        self.items.truncate(keep);
        self.bytes.truncate(self.items.last().map_or(0, |i| i.to as usize));
    }

    fn iter(&self) -> impl Iterator<Item = (usize, usize, &[u8])> {
        let mut from = 0;
        self.items.iter().map(move |i| {
            let new = &self.bytes[from..i.to as usize];
            from = i.to as usize;
            (i.start as usize, i.end as usize, new)
        })
    }

    /// Both lists in one; where two overlap, the one of `self` counts.
    #[must_use]
    pub fn merged(&self, other: &Rewrites) -> Rewrites {
        let mut all = Rewrites::default();
        let (mut own, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let mut at = 0;
        loop {
            let take_own = match (own.peek(), theirs.peek()) {
                (None, None) => return all,
                (Some(a), Some(b)) => a.0 < b.1,
                (Some(_), None) => true,
                (None, Some(_)) => false,
            };
            let Some((start, end, new)) = (if take_own { own.next() } else { theirs.next() }) else {
                return all;
            };
            if start >= at {
                all.push(start, end, new);
                at = end;
            }
        }
    }

    /// Applies the rewrites to a block whose text is the decoded stored bytes, whole and in order.
    /// `step` tells how the text is stored (`None`: as UTF-8). Segments move with the text.
    pub fn apply(&self, block: &mut Block, step: Option<Step>) {
        if self.items.is_empty() {
            return;
        }
        let source = std::mem::take(&mut block.text);
        let mut text = Vec::with_capacity(source.len());
        let mut runs: Vec<(u32, u64)> = Vec::with_capacity(self.items.len() * 2 + 1);
        let mut place = Place { at: 0, stored: block.offset, step };
        // source position and the text position that it became, at every border of a rewrite
        let mut borders: Vec<(u32, u32)> = Vec::with_capacity(self.items.len() * 2);
        for (start, end, new) in self.iter() {
            place.literal(&source, start, &mut text, &mut runs);
            runs.push((text.len() as u32, place.stored));
            borders.push((start as u32, text.len() as u32));
            text.extend_from_slice(new);
            place.skip(&source, end);
            borders.push((end as u32, text.len() as u32));
            runs.push((text.len() as u32, place.stored));
        }
        place.literal(&source, source.len(), &mut text, &mut runs);
        runs.dedup();
        let mut k = 0;
        let mut moved = |at: u32| {
            while borders.get(k).is_some_and(|b| b.0 <= at) {
                k += 1;
            }
            k.checked_sub(1).map_or(at, |k| borders[k].1 + (at - borders[k].0))
        };
        for segment in &mut block.segments {
            segment.start = moved(segment.start);
            segment.end = moved(segment.end);
        }
        block.text = text;
        if block.raw.is_empty() {
            block.raw = source;
        }
        block.map = match step {
            None => OffsetMap::Runs(runs),
            Some(step) => OffsetMap::Stepped { step, runs },
        };
    }
}

struct Place {
    at: usize,
    stored: u64,
    step: Option<Step>,
}

impl Place {
    fn skip(&mut self, source: &[u8], end: usize) {
        let part = source.get(self.at..end).unwrap_or_default();
        self.stored += self.step.map_or(part.len() as u64, |s| s.stored_len(part));
        self.at = end;
    }

    fn literal(&mut self, source: &[u8], end: usize, text: &mut Vec<u8>, runs: &mut Vec<(u32, u64)>) {
        if runs.is_empty() {
            runs.push((text.len() as u32, self.stored));
        }
        while self.at < end {
            let mut to = end;
            if self.step.is_some() && end - self.at > MARK {
                to = self.at + MARK;
                while to < end && source[to] & 0xC0 == 0x80 {
                    to += 1;
                }
            }
            text.extend_from_slice(&source[self.at..to]);
            self.skip(source, to);
            if self.step.is_some() && to < end {
                runs.push((text.len() as u32, self.stored));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NO_COLUMN, Segment, SegmentKind};

    fn block(text: &str, segments: &[(u32, u32)]) -> Block {
        let mut block = Block::prose(text);
        block.segments = segments
            .iter()
            .map(|(start, end)| Segment {
                start: *start,
                end: *end,
                column: NO_COLUMN,
                row: 0,
                kind: SegmentKind::Cell,
            })
            .collect();
        block
    }

    #[test]
    fn escapes_move_segments_and_map_back() {
        let mut b = block(r"'a\'b' 'c'", &[(1, 5), (8, 9)]);
        let mut r = Rewrites::default();
        r.push(2, 4, b"'");
        r.apply(&mut b, None);
        assert_eq!(b.text, b"'a'b' 'c'");
        assert_eq!(b.raw, br"'a\'b' 'c'");
        let s: Vec<_> = b.segments.iter().map(|s| (s.start, s.end)).collect();
        assert_eq!(s, [(1, 4), (7, 8)]);
        assert_eq!(b.stored_range(2, 3), Some((2, 4)));
        assert_eq!(b.stored_range(7, 8), Some((8, 9)));
    }

    #[test]
    fn left_out_bytes_at_the_border() {
        let mut b = block("<b>ab</b>cd", &[(3, 11)]);
        let mut r = Rewrites::default();
        r.push(5, 9, b"");
        r.apply(&mut b, None);
        assert_eq!(b.text, b"<b>abcd");
        assert_eq!(b.stored_range(3, 5), Some((3, 5)));
        assert_eq!(b.stored_range(5, 7), Some((9, 11)));
    }

    #[test]
    fn merging_keeps_order_and_drops_overlaps() {
        let (mut a, mut b) = (Rewrites::default(), Rewrites::default());
        a.push(2, 6, b"x");
        b.push(0, 1, b"y");
        b.push(3, 4, b"z");
        b.push(7, 8, b"w");
        let all: Vec<_> = a.merged(&b).iter().map(|(s, e, n)| (s, e, n.to_vec())).collect();
        assert_eq!(all, [(0, 1, b"y".to_vec()), (2, 6, b"x".to_vec()), (7, 8, b"w".to_vec())]);
    }
}

use std::sync::Arc;

use super::{Location, Locator, OffsetMap, Text};

/// [`Segment::column`] of text that belongs to no column or field.
pub const NO_COLUMN: u32 = u32::MAX;

/// What kind of text a segment holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SegmentKind {
    /// Running text: lines of a log, a paragraph, a message.
    #[default]
    Prose,
    /// One cell or field value that is text.
    Cell,
    /// One cell or field value that the format stores as a number (a replacement must be a number too).
    Number,
    /// One cell or field value that the format stores as a date.
    Date,
    /// Something else that names or describes: a sheet name, an author, a file name, an attribute.
    Meta,
    /// Structure between values that no rule may look into (column names of a header row, SQL keywords).
    Skip,
}

/// A run of text within a block that no finding may cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First byte in [`Block::text`].
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Index into [`Table::fields`] of the block's table, or [`NO_COLUMN`].
    pub column: u32,
    /// Row, relative to [`Block::first_row`] (for documents: the number of the paragraph).
    pub row: u32,
    /// What kind of text this is.
    pub kind: SegmentKind,
}

/// The type that a table's own declaration gives to a column, as far as a replacement must obey it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnType {
    /// Not declared.
    #[default]
    Unknown,
    /// Text of any length.
    Text,
    /// At most this many characters (`varchar(n)`, DBF `C`).
    Varchar(u32),
    /// Exactly this many characters, blank padded (`char(n)`).
    Char(u32),
    /// An integer of at most this many decimal digits.
    Integer(u8),
    /// A decimal number; digits before and after the point.
    Decimal(u8, u8),
    /// A floating-point number.
    Float,
    /// A calendar date.
    Date,
    /// A date with time of day.
    Timestamp,
    /// A truth value.
    Boolean,
    /// A UUID.
    Uuid,
    /// One of a few declared values; this is the first of them.
    OneOf(&'static str),
    /// Any other type: only a value of the same form is safe.
    Other,
}

/// One column of a table, one key of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The name as it stands in the header, DDL or key path; empty where there is none.
    pub name: String,
    /// The declared type.
    pub ty: ColumnType,
}

/// The columns that a run of blocks shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Numbers the tables of one file in reading order.
    pub id: u32,
    /// Name of the sheet, the SQL table …, where there is one.
    pub name: Option<String>,
    /// The columns.
    pub fields: Vec<Field>,
    /// True where the names come from a header or a declaration and not from counting.
    pub named: bool,
}

/// The unit of work, of memory and of parallelism: a bounded run of text in reading order.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// UTF-8 text. Bytes that are not valid UTF-8 may stand in it where they stand so in the file.
    pub text: Vec<u8>,
    /// The stored bytes; empty where `text` is exactly those.
    pub raw: Vec<u8>,
    /// From positions in `text` to offsets in the file.
    pub map: OffsetMap,
    /// Offset in the file of the first stored byte of this block, for formats that are text.
    pub offset: u64,
    /// Line number (from 1) of the first byte, for formats that are text; 0 otherwise.
    pub line: u64,
    /// Characters of that line that stand before the block, where a long line was cut.
    pub column: u64,
    /// Segments in rising order, not overlapping. Text between them is not looked at.
    pub segments: Vec<Segment>,
    /// The table that columns refer to.
    pub table: Option<Arc<Table>>,
    /// Number (from 1) of the row that `Segment::row == 0` means.
    pub first_row: u64,
    /// Page (from 1), for formats with pages.
    pub page: Option<u32>,
    /// Part of the document, for packages (`word/footnotes.xml`, `headers`), for the reader of a report.
    pub part: Option<Arc<str>>,
    /// True for spreadsheets: column and row make a cell name such as `B7`.
    pub cells: bool,
}

/// A replacement of a part of a block's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// First byte in [`Block::text`].
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What stands there in the copy, as plain text: the format adds its own quoting and encoding.
    pub text: Text,
}

impl Block {
    /// Empties the block and keeps its buffers.
    pub fn clear(&mut self) {
        let (mut text, mut raw, mut segments) = (
            std::mem::take(&mut self.text),
            std::mem::take(&mut self.raw),
            std::mem::take(&mut self.segments),
        );
        text.clear();
        raw.clear();
        segments.clear();
        *self = Block { text, raw, segments, ..Block::default() };
    }

    /// Is the block a text of its own, and not rows of a table? A text may hold a table or name a few fields.
    pub fn is_document(&self) -> bool {
        let length = |s: &Segment| u64::from(s.end.saturating_sub(s.start));
        self.table.is_none()
            || self.segments.iter().any(|s| s.column == NO_COLUMN) && {
                let cells: u64 = self.segments.iter().filter(|s| s.column != NO_COLUMN).map(length).sum();
                2 * cells < self.segments.iter().map(length).sum()
            }
    }

    /// A block of running text with one segment, as a program that embeds qupia would make it.
    pub fn prose(text: &str) -> Block {
        Block {
            text: text.as_bytes().to_vec(),
            map: OffsetMap::Identity(0),
            line: 1,
            column: 0,
            first_row: 1,
            segments: vec![Segment {
                start: 0,
                end: text.len() as u32,
                column: NO_COLUMN,
                row: 0,
                kind: SegmentKind::Prose,
            }],
            ..Block::default()
        }
    }

    /// Appends a segment whose text has no place in the file of its own.
    pub fn push(&mut self, text: &str, column: u32, row: u32, kind: SegmentKind) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(text.as_bytes());
        self.segments.push(Segment { start, end: self.text.len() as u32, column, row, kind });
        // keeps words of neighbouring segments apart for whoever looks at the bytes as a whole
        self.text.push(b'\n');
    }

    /// The field of a segment.
    pub fn field(&self, segment: &Segment) -> Option<&Field> {
        self.table.as_ref()?.fields.get(segment.column as usize)
    }

    /// The bytes as stored.
    pub fn stored(&self) -> &[u8] {
        if self.raw.is_empty() { &self.text } else { &self.raw }
    }

    /// The index of the segment that holds text position `at`.
    pub fn segment_at(&self, at: u32) -> Option<usize> {
        let k = self.segments.partition_point(|s| s.start <= at);
        let s = self.segments.get(k.checked_sub(1)?)?;
        (at < s.end || (at == s.end && s.start == s.end)).then_some(k - 1)
    }

    /// [`Block::segment_at`] for positions in rising order: looks on from `near`, the segment of the last answer.
    pub fn segment_from(&self, near: &mut usize, at: u32) -> Option<usize> {
        let mut step = 1;
        // a few steps, then ever larger ones
        while self.segments.get(*near + step).is_some_and(|s| s.start <= at) {
            *near += step;
            step *= 2;
        }
        let rest = &self.segments[(*near).min(self.segments.len())..];
        *near += rest[..step.min(rest.len())].partition_point(|s| s.start <= at).saturating_sub(1);
        let s = self.segments.get(*near)?;
        (s.start <= at && (at < s.end || (at == s.end && s.start == s.end))).then_some(*near)
    }

    /// Range of text as offsets into [`Block::stored`], for formats that are text.
    pub fn stored_range(&self, start: u32, end: u32) -> Option<(usize, usize)> {
        if self.raw.is_empty() {
            return Some((start as usize, end as usize));
        }
        let a = self.map.to_file(&self.text, start as usize)?.checked_sub(self.offset)?;
        let b = self.map.to_file_end(&self.text, end as usize)?.checked_sub(self.offset)?;
        Some((a as usize, b as usize))
    }

    /// Where the text from `start` to `end` stands, for a report. For many places in rising order a
    /// [`Locator`] is faster.
    pub fn location(&self, start: u32, end: u32) -> Location<'_> {
        Locator::new(self).locate(start, end)
    }
}

/// `0 -> A`, `25 -> Z`, `26 -> AA`, as spreadsheets name columns.
pub(super) fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (column % 26) as u8);
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.iter().rev().map(|b| *b as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_columns() {
        for (n, l) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_letters(n), l);
        }
    }

    #[test]
    fn segments_in_rising_order() {
        let mut block = Block::default();
        for n in 0..50 {
            let segment = Segment { start: 10 * n, end: 10 * n + n % 9, ..SKIP };
            block.segments.push(segment);
        }
        for stride in [1, 3, 10, 47, 200] {
            let mut near = 0;
            for at in (0..520).step_by(stride) {
                assert_eq!(block.segment_from(&mut near, at), block.segment_at(at), "{at} by {stride}");
            }
        }
        assert_eq!(Block::default().segment_from(&mut 0, 3), None);
    }

    const SKIP: Segment = Segment { start: 0, end: 0, column: NO_COLUMN, row: 0, kind: SegmentKind::Skip };

    #[test]
    fn location_of_prose() {
        let block = Block::prose("один\nдва 123");
        let at = block.text.iter().position(|b| *b == b'1').unwrap() as u32;
        let loc = block.location(at, at + 3);
        assert_eq!((loc.line, loc.column), (Some(2), Some(5)));
        assert_eq!(loc.byte_start, Some(u64::from(at)));
    }
}

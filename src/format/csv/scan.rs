//! Cells of a table, found in one walk over its delimiters, quotes and line ends.

use super::super::encoding::Rewrites;
use super::masks::Marks;
use crate::model::{NO_COLUMN, Segment, SegmentKind};

/// Columns beyond this have no number of their own.
const MOST_COLUMNS: u32 = 1 << 14;

/// Where a scan stands between two blocks.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The separator.
    pub delimiter: u8,
    /// The last byte of a line end.
    pub newline: u8,
    /// Rows finished so far.
    pub rows: u64,
    /// Most columns seen in a row.
    pub width: u32,
    /// The number of the first row whose quotes did not close.
    pub unbalanced: Option<u64>,
    /// A row longer than a block goes on in this column.
    column: u32,
    /// The block before ended inside a cell.
    inside: bool,
}

/// Why a scan stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// After the row that ends here.
    Row(usize),
    /// No row ended: the text is too short for one.
    More,
}

impl Scan {
    /// A scan at the beginning of a file.
    pub fn new(delimiter: u8, newline: u8) -> Scan {
        Scan { delimiter, newline, rows: 0, width: 0, unbalanced: None, column: 0, inside: false }
    }

    /// Appends the cells of `text` from position `from`; rows are numbered from `self.rows`, relative to `first_row`.
    /// Doubled quotes go to `doubled`. `last`: nothing follows. `force`: the text may not grow, so a row that does not end is cut after a cell.
    pub fn run(
        &mut self,
        text: &[u8],
        from: usize,
        first_row: u64,
        last: bool,
        force: bool,
        out: &mut Vec<Segment>,
        doubled: &mut Rewrites,
    ) -> Stop {
        let mut marks = Marks::new(text, [self.delimiter, b'"', self.newline], from);
        let (mut row_start, mut row_segments) = (from, out.len());
        let mut cell =
            Cell { start: from, column: self.column, quoted: false, open: false, closed: 0, newlines: false };
        let mut literal = self.inside;
        loop {
            if !literal && !cell.quoted {
                let ended = self.plain(text, &mut marks, &mut cell, first_row, out);
                if let Some(row) = ended {
                    (row_start, row_segments) = row;
                }
            }
            let Some(at) = marks.next() else {
                let alone = cell.start == from;
                if cell.open && (last || (force && alone)) {
                    // a quote that never closes: this row is read line by line
                    self.unbalanced.get_or_insert(self.rows + 1);
                    doubled.truncate(row_start);
                    self.rewind(&mut marks, &mut cell, row_start, out, row_segments);
                    literal = true;
                    continue;
                }
                break;
            };
            let byte = text[at];
            if byte == b'"' {
                if literal {
                    continue;
                }
                if !cell.open {
                    let first = at == cell.start || (at == cell.start + 1 && text[cell.start] == b'=');
                    if first && !cell.quoted {
                        cell.open = true;
                        cell.quoted = true;
                    }
                    continue;
                }
                match text.get(at + 1) {
                    Some(b'"') => {
                        marks.next();
                        doubled.push(at, at + 2, b"\"");
                    }
                    Some(next) if *next != self.delimiter && *next != self.newline && *next != b'\r' => {
                        if cell.newlines {
                            self.unbalanced.get_or_insert(self.rows + 1);
                            doubled.truncate(row_start);
                            self.rewind(&mut marks, &mut cell, row_start, out, row_segments);
                            literal = true;
                        }
                    }
                    None if !last && !force => break,
                    _ => {
                        cell.open = false;
                        cell.closed = at;
                    }
                }
                continue;
            }
            if cell.open {
                cell.newlines |= byte == self.newline;
                continue;
            }
            self.push(text, &cell, at, byte == self.newline, first_row, out);
            let column = if byte == self.newline { 0 } else { cell.column + 1 };
            cell = Cell { start: at + 1, column, quoted: false, open: false, closed: 0, newlines: false };
            if byte == self.newline {
                self.rows += 1;
                (row_start, row_segments) = (at + 1, out.len());
                (literal, self.inside, self.column) = (false, false, 0);
            } else if self.inside {
                // the rest of a cut cell is over: quotes count again
                (literal, self.inside) = (false, false);
            }
        }
        if last {
            if cell.start < text.len() || row_start < text.len() {
                self.push(text, &cell, text.len(), true, first_row, out);
                self.rows += 1;
            }
            return Stop::Row(text.len());
        }
        if row_start > from {
            doubled.truncate(row_start);
            out.truncate(row_segments);
            return Stop::Row(row_start);
        }
        if !force {
            return Stop::More;
        }
        let cut = self.cut_row(text, &cell, from, first_row, out);
        doubled.truncate(cut);
        Stop::Row(cut)
    }

    /// Cells without quotes, up to the next quote or the end of the text; tells where the row that is then open begins,
    /// and with which segment, if a row ended.
    #[inline(always)]
    fn plain(
        &mut self,
        text: &[u8],
        marks: &mut Marks<'_, 3>,
        cell: &mut Cell,
        first_row: u64,
        out: &mut Vec<Segment>,
    ) -> Option<(usize, usize)> {
        let newline = self.newline;
        let (mut start, mut number, mut ended) = (cell.start, cell.column, None);
        let mut row = (self.rows + 1 - first_row) as u32;
        'text: while marks.more() {
            while let Some(at) = marks.near() {
                let byte = text[at];
                if byte == b'"' {
                    break 'text;
                }
                marks.pass();
                let line = byte == newline;
                put(out, start, before_return(text, start, at, line), number, row);
                (start, number) = (at + 1, number + 1);
                if line {
                    self.width = self.width.max(number);
                    self.rows += 1;
                    (number, row, ended) = (0, row + 1, Some((start, out.len())));
                    self.column = 0;
                }
            }
        }
        self.width = self.width.max(number);
        *cell = Cell { start, column: number, ..*cell };
        ended
    }

    /// A row longer than a block: ended after a cell, or inside a cell that is longer than a block itself.
    fn cut_row(
        &mut self,
        text: &[u8],
        cell: &Cell,
        from: usize,
        first_row: u64,
        out: &mut Vec<Segment>,
    ) -> usize {
        self.column = cell.column;
        if cell.start > from {
            self.inside = false;
            return cell.start;
        }
        let cut = super::super::text::long_line_cut(text, text.len());
        let part = Cell { quoted: false, ..*cell };
        self.push(text, &part, cut, false, first_row, out);
        self.inside = true;
        cut
    }

    fn rewind(
        &self,
        marks: &mut Marks<'_, 3>,
        cell: &mut Cell,
        to: usize,
        out: &mut Vec<Segment>,
        segments: usize,
    ) {
        marks.seek(to);
        out.truncate(segments);
        *cell =
            Cell { start: to, column: self.column, quoted: false, open: false, closed: 0, newlines: false };
    }

    #[inline(always)]
    fn push(
        &mut self,
        text: &[u8],
        cell: &Cell,
        end: usize,
        line: bool,
        first_row: u64,
        out: &mut Vec<Segment>,
    ) {
        let (mut start, mut end) = (cell.start, before_return(text, cell.start, end, line));
        if cell.quoted && cell.closed > start {
            (start, end) = within_quotes(text, start, cell.closed);
        }
        self.width = self.width.max(cell.column + 1);
        put(out, start, end, cell.column, (self.rows + 1 - first_row) as u32);
    }

    /// Columns that have numbers.
    pub fn columns(&self) -> usize {
        self.width.min(MOST_COLUMNS) as usize
    }
}

/// Where a cell ends: a carriage return before the end of its line is none of it.
#[inline(always)]
fn before_return(text: &[u8], start: usize, end: usize, line: bool) -> usize {
    if line && end > start && text[end - 1] == b'\r' { end - 1 } else { end }
}

/// Appends a cell, if there is anything in it.
#[inline(always)]
fn put(out: &mut Vec<Segment>, start: usize, end: usize, column: u32, row: u32) {
    if start < end {
        let column = if column < MOST_COLUMNS { column } else { NO_COLUMN };
        out.push(Segment { start: start as u32, end: end as u32, column, row, kind: SegmentKind::Cell });
    }
}

/// Bounds of the value of a quoted cell. `="0123"`, and the same with its quotes doubled, are text that
/// spreadsheets show as 0123.
fn within_quotes(text: &[u8], start: usize, closed: usize) -> (usize, usize) {
    let start = start + if text[start] == b'=' { 2 } else { 1 };
    if closed - start > 4 && text[start..].starts_with(b"=\"\"") && text[..closed].ends_with(b"\"\"") {
        return (start + 3, closed - 2);
    }
    (start, closed)
}

struct Cell {
    start: usize,
    column: u32,
    /// Began with a quote.
    quoted: bool,
    /// The quote is not closed yet.
    open: bool,
    /// Position of the closing quote.
    closed: usize,
    /// A line end stands inside the quotes.
    newlines: bool,
}

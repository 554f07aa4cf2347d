//! Rows of `COPY … FROM stdin`: a line each, tabs or another sign between values, backslash
//! escapes.

use std::sync::Arc;

use super::super::csv::Marks;
use super::super::text::long_line_cut;
use super::bytes::is_bytes;
use super::escape::{Escapes, backslash};
use super::lex::{Cursor, Edge, Lexer, Mode, Open, Out, Step};
use crate::model::{ColumnType, SegmentKind};

impl Lexer {
    /// Reads rows from `from` on, as many as there are; `border` is told after each of them.
    pub fn copy_rows(
        &mut self,
        text: &[u8],
        from: usize,
        edge: Edge,
        out: Out<'_>,
        border: &mut dyn FnMut(Cursor, usize, usize),
    ) -> Step {
        let resumed = self.at.open.take().is_some();
        let mut cell = Cell { start: from, null: false, resumed };
        let mut skip = from;
        let format = Arc::clone(&self.copy);
        let usual_null = format.null == b"\\N";
        for at in Marks::new(text, [format.delimiter, b'\n', b'\\'], from) {
            if at < skip {
                continue;
            }
            match text[at] {
                b'\\' => {
                    let first = at == cell.start && !cell.resumed;
                    if first && !self.at.in_row && is_end(text, at, edge) {
                        return self.end_of_data(text, at);
                    }
                    match backslash(&text[at..], Escapes::Standard) {
                        None => break,
                        Some(_) if text[at + 1] == b'N' && first && usual_null => {
                            cell.null = true;
                            skip = at + 2;
                        }
                        Some((1, _)) => skip = at + 1,
                        Some((len, c)) => {
                            out.escapes.push_char(at, at + len, c);
                            skip = at + len;
                        }
                    }
                }
                byte => {
                    self.begin_row();
                    self.cell(text, &cell, at, out.segments);
                    cell = Cell { start: at + 1, null: false, resumed: false };
                    if self.next_value(byte == format.delimiter) {
                        border(self.at, at + 1, out.segments.len());
                    }
                }
            }
        }
        if edge.last {
            if cell.start < text.len() {
                // cut off in the middle of a row
                self.begin_row();
                self.cell(text, &cell, text.len(), out.segments);
            }
            return Step::To(text.len());
        }
        if cell.start == text.len() && !self.at.in_row {
            return Step::To(text.len());
        }
        if let Some(next) = self.row_goes_on(edge, from, cell.start) {
            out.escapes.truncate(cell.start);
            return next;
        }
        if !cell.resumed && self.wants_all_bytes(&text[cell.start..], edge) {
            out.escapes.truncate(cell.start);
            return Step::Wait;
        }
        self.begin_row();
        let mut cut = cell.start + long_line_cut(&text[cell.start..], text.len() - cell.start);
        let slashes = text[cell.start..cut].iter().rev().take_while(|b| **b == b'\\').count();
        cut = (cut - slashes).max(cell.start + 1);
        out.escapes.truncate(cut);
        self.cell(text, &Cell { null: false, ..cell }, cut, out.segments);
        self.at.open = Some(Open::Cell);
        Step::Cut(cut)
    }

    /// Notes that a value of a row is read.
    pub fn begin_row(&mut self) {
        if !self.at.in_row {
            self.at.row += 1;
            self.at.in_row = true;
            self.at.column = 0;
        }
    }

    /// Goes on to the value behind a delimiter, or to the next row: true at the end of one.
    pub fn next_value(&mut self, delimiter: bool) -> bool {
        if delimiter {
            self.at.column += 1;
        } else {
            self.at.in_row = false;
            self.at.column = 0;
        }
        !delimiter
    }

    /// How to read a row that goes on after the text, whose last value begins at `start`: kept up to its last delimiter
    /// in case it is longer than a block, and what follows that is read again. `None` where it has to be cut.
    pub fn row_goes_on(&self, edge: Edge, from: usize, start: usize) -> Option<Step> {
        if start > from && (self.at.in_row || !edge.force) {
            return Some(Step::To(start));
        }
        edge.may_wait(start).then_some(Step::Wait)
    }

    /// Are these the first of bytes that must be read to their end? Notes where they have to be cut all the same.
    pub fn wants_all_bytes(&mut self, value: &[u8], edge: Edge) -> bool {
        let bytes = is_bytes(value);
        self.more_bytes |= bytes && edge.bytes;
        self.cut_bytes |= bytes && !edge.bytes;
        bytes && edge.bytes
    }

    fn cell(&mut self, text: &[u8], cell: &Cell, end: usize, out: &mut Vec<crate::model::Segment>) {
        if cell.null {
            return;
        }
        let end = end_of_value(text, cell.start, end);
        if !cell.resumed && text[cell.start..end] == self.copy.null[..] {
            return;
        }
        let kind = self.kind_by_type();
        self.push(out, cell.start, end, kind);
    }

    /// What a value of the current column is by the column's declared type.
    pub fn kind_by_type(&self) -> SegmentKind {
        let field = self.at.table.and_then(|t| self.tables.column(t, self.at.column));
        match field.map(|f| f.ty) {
            Some(ColumnType::Integer(_) | ColumnType::Decimal(..) | ColumnType::Float) => SegmentKind::Number,
            _ => SegmentKind::Cell,
        }
    }

    /// After the line that ends the rows.
    pub fn end_of_data(&mut self, text: &[u8], at: usize) -> Step {
        self.at.mode = Mode::Start;
        self.at.in_row = false;
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |p| at + p + 1);
        Step::To(end)
    }
}

/// Where the value ends that begins at `start`, without the carriage return of its line.
pub fn end_of_value(text: &[u8], start: usize, end: usize) -> usize {
    let line = text.get(end) == Some(&b'\n') && end > start && text[end - 1] == b'\r';
    end - usize::from(line)
}

/// `\.` on a line of its own.
fn is_end(text: &[u8], at: usize, edge: Edge) -> bool {
    match text.get(at..at + 3) {
        Some(three) => three[1] == b'.' && matches!(three[2], b'\n' | b'\r'),
        None => edge.last && text.get(at + 1) == Some(&b'.'),
    }
}

#[derive(Clone, Copy)]
struct Cell {
    start: usize,
    null: bool,
    /// Began in the block before.
    resumed: bool,
}

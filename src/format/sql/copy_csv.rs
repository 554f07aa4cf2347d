//! Rows of `COPY … FROM stdin WITH (FORMAT csv)`: quotes around values, line ends inside them.

use std::sync::Arc;

use super::super::csv::Marks;
use super::super::text::long_line_cut;
use super::copy::end_of_value;
use super::lex::{Cursor, Edge, Lexer, Mode, Open, Out, Step};
use crate::model::Segment;

/// The value that is being read.
struct Cell {
    start: usize,
    /// Its first byte is a quote.
    quoted: bool,
    /// Between two quotes.
    inside: bool,
    /// Where its last quote closed.
    closed: Option<usize>,
    /// Began in the block before.
    resumed: bool,
}

impl Cell {
    fn at(start: usize) -> Cell {
        Cell { start, quoted: false, inside: false, closed: None, resumed: false }
    }
}

impl Lexer {
    /// Reads rows from `from` on, as many as there are; `border` is told after each of them.
    pub fn copy_csv_rows(
        &mut self,
        text: &[u8],
        from: usize,
        edge: Edge,
        out: Out<'_>,
        border: &mut dyn FnMut(Cursor, usize, usize),
    ) -> Step {
        let format = Arc::clone(&self.copy);
        let (quote, escape) = (format.quote, format.escape);
        let resumed = self.at.open.take();
        let began_inside = resumed == Some(Open::Quoted);
        let mut cell = Cell { resumed: resumed.is_some(), inside: began_inside, ..Cell::at(from) };
        let mut skip = from;
        for at in Marks::new(text, [format.delimiter, b'\n', quote, escape], from) {
            if at < skip {
                continue;
            }
            let byte = text[at];
            if cell.inside {
                let next = text.get(at + 1).copied();
                if (byte == quote || byte == escape) && next.is_none() && !edge.last {
                    break;
                }
                let pair = byte == escape && next.is_some_and(|n| n == quote || n == escape);
                if let Some(next) = next.filter(|_| pair) {
                    out.escapes.push(at, at + 2, &[next]);
                    skip = at + 2;
                } else if byte == quote {
                    cell.inside = false;
                    cell.closed = Some(at);
                }
            } else if byte == format.delimiter || byte == b'\n' {
                if byte == b'\n' && !self.at.in_row && !cell.resumed && is_end(&text[cell.start..at]) {
                    return self.end_of_data(text, cell.start);
                }
                self.begin_row();
                self.csv_cell(text, &cell, at, out.segments);
                cell = Cell::at(at + 1);
                if self.next_value(byte == format.delimiter) {
                    border(self.at, at + 1, out.segments.len());
                }
            } else if byte == quote {
                cell.quoted |= at == cell.start && !cell.resumed;
                cell.inside = true;
            }
        }
        if edge.last {
            if cell.start < text.len() {
                if !self.at.in_row && !cell.resumed && is_end(&text[cell.start..]) {
                    return self.end_of_data(text, cell.start);
                }
                // cut off in the middle of a row
                self.begin_row();
                self.csv_cell(text, &cell, text.len(), out.segments);
            }
            return Step::To(text.len());
        }
        if cell.start == text.len() && !self.at.in_row {
            return Step::To(text.len());
        }
        if let Some(next) = self.row_goes_on(edge, from, cell.start) {
            self.at.open = resumed.filter(|_| cell.start == from);
            out.escapes.truncate(cell.start);
            return next;
        }
        let start = cell.start + usize::from(cell.quoted);
        if !cell.resumed && self.wants_all_bytes(&text[start..], edge) {
            out.escapes.truncate(cell.start);
            return Step::Wait;
        }
        self.begin_row();
        // no pair of an escape and its sign is cut
        let mut cut = start + long_line_cut(&text[start..], text.len() - start);
        let signs = text[start..cut].iter().rev().take_while(|b| **b == quote || **b == escape).count();
        cut = (cut - signs).max(start + 1).min(text.len());
        out.escapes.truncate(cut);
        let kind = self.kind_by_type();
        self.push(out.segments, start, cut, kind);
        let inside = format.is_inside(began_inside && cell.resumed, &text[cell.start..cut]);
        self.at.open = Some(if inside { Open::Quoted } else { Open::Cell });
        Step::Cut(cut)
    }

    fn csv_cell(&mut self, text: &[u8], cell: &Cell, end: usize, out: &mut Vec<Segment>) {
        let end = end_of_value(text, cell.start, end);
        let (from, to) = match cell.closed {
            Some(closed) if closed + 1 == end && (cell.quoted || cell.resumed) => {
                (cell.start + usize::from(cell.quoted), closed)
            }
            None if cell.quoted => (cell.start + 1, end),
            _ => (cell.start, end),
        };
        if !cell.quoted && !cell.resumed && text[from..to] == self.copy.null[..] {
            return;
        }
        let kind = self.kind_by_type();
        self.push(out, from, to, kind);
    }

    /// The line of names before the rows.
    pub fn copy_header(&mut self, text: &[u8], from: usize, edge: Edge) -> Step {
        let format = Arc::clone(&self.copy);
        let end = match format.record_end(&text[from..]) {
            Some(len) => from + len,
            None if edge.may_wait(from) => return Step::Wait,
            None => text.len(),
        };
        if is_end(&text[from..end]) {
            return self.end_of_data(text, from);
        }
        if self.columns.is_empty() {
            self.columns = format.names(&text[from..end]);
        }
        self.fill(Mode::CopyData, end)
    }
}

/// `\.` on a line of its own.
fn is_end(line: &[u8]) -> bool {
    line.trim_ascii_end() == b"\\."
}

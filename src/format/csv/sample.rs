//! The first rows of a table, read as any reader of CSV would: for finding out how it is written.

use std::borrow::Cow;

use super::masks::Marks;
use super::sniff::ROWS;

/// Some rows of a text; cells are cut out of it only when they are asked for.
pub struct Rows<'a> {
    text: &'a str,
    cells: Vec<Cell>,
    /// Where each row's cells end in `cells`.
    ends: Vec<u32>,
}

/// A cell as it stands in the text.
#[derive(Clone, Copy)]
struct Cell {
    start: u32,
    end: u32,
    /// It begins with a quote and has more quotes, or text behind the closing one.
    nested: bool,
    kind: Kind,
}

/// How a cell is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Without quotes around it.
    Plain,
    /// In quotes that close at its end.
    Quoted,
    /// In quotes that do not close, or with text behind the closing one.
    Broken,
}

impl<'a> Rows<'a> {
    /// The first rows of `text`, empty lines left out. The last row is left out too where the sample ends in it.
    pub fn read(text: &'a str, delimiter: u8, newline: u8, whole: bool) -> Rows<'a> {
        let mut rows = Rows { text, cells: Vec::new(), ends: Vec::new() };
        let bytes = text.as_bytes();
        // with line feeds in the text, both signs end lines
        let other = if newline == b'\n' { b'\r' } else { newline };
        let mut marks = Marks::new(bytes, [delimiter, b'"', newline, other], 0);
        let (mut start, mut first) = (0, 0);
        let mut quote = Quote::None;
        while let Some(at) = marks.next() {
            let byte = bytes[at];
            match (&quote, byte) {
                (Quote::Open { .. }, b'"') => {
                    let Quote::Open { nested } = quote else { continue };
                    if bytes.get(at + 1) == Some(&b'"') {
                        marks.next();
                        quote = Quote::Open { nested: true };
                    } else {
                        quote = Quote::Closed { nested, at };
                    }
                }
                (Quote::Open { .. }, _) => {}
                (Quote::None, b'"') if at == start => quote = Quote::Open { nested: false },
                (_, b'"') => {}
                (_, byte) => {
                    let line = byte != delimiter;
                    // an empty line, or the second sign of a line end
                    if !(line && at == start && rows.cells.len() == first) {
                        rows.push(start, at, &quote);
                        if line {
                            rows.ends.push(rows.cells.len() as u32);
                            first = rows.cells.len();
                            if rows.ends.len() > ROWS {
                                break;
                            }
                        }
                    }
                    start = at + 1;
                    quote = Quote::None;
                }
            }
        }
        if rows.ends.len() <= ROWS && (start < bytes.len() || rows.cells.len() > first) {
            rows.push(start, bytes.len(), &quote);
            rows.ends.push(rows.cells.len() as u32);
        }
        if !whole && rows.ends.len() <= ROWS {
            rows.ends.pop();
        }
        rows.ends.truncate(ROWS);
        rows
    }

    fn push(&mut self, start: usize, end: usize, quote: &Quote) {
        let kind = match *quote {
            Quote::None => Kind::Plain,
            Quote::Closed { at, .. } if self.text.as_bytes()[at + 1..end].trim_ascii().is_empty() => {
                Kind::Quoted
            }
            _ => Kind::Broken,
        };
        let (start, end, nested) = match *quote {
            Quote::None => (start, end, false),
            Quote::Open { nested: false } => (start + 1, end, false),
            Quote::Closed { nested: false, at } if at + 1 == end => (start + 1, at, false),
            _ => (start, end, true),
        };
        self.cells.push(Cell { start: start as u32, end: end as u32, nested, kind });
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        let from = row.checked_sub(1).map_or(0, |k| self.ends[k] as usize);
        from..self.ends[row] as usize
    }

    /// How many cells a row has.
    pub fn width(&self, row: usize) -> usize {
        self.range(row).len()
    }

    /// The cells of a row without their quotes and the blanks around them.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = Cow<'a, str>> + '_ {
        self.range(row).map(|k| self.of(self.cells[k]))
    }

    /// The cells of a row as they are written, and how.
    pub fn stored(&self, row: usize) -> impl Iterator<Item = (&'a str, Kind)> + '_ {
        let text = |c: Cell| self.text.get(c.start as usize..c.end as usize).unwrap_or_default();
        self.range(row).map(move |k| (text(self.cells[k]), self.cells[k].kind))
    }

    /// One cell of a row that may be shorter.
    pub fn cell(&self, row: usize, column: usize) -> Option<Cow<'a, str>> {
        self.range(row).nth(column).map(|k| self.of(self.cells[k]))
    }

    /// All cells of all rows.
    pub fn all(&self) -> impl Iterator<Item = Cow<'a, str>> + '_ {
        (0..self.len()).flat_map(|row| self.cells(row))
    }

    fn of(&self, cell: Cell) -> Cow<'a, str> {
        let text = self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        if !cell.nested {
            return Cow::Borrowed(text.trim());
        }
        // doubled quotes are one; what stands behind the closing one is taken as it is
        let mut out = String::with_capacity(text.len());
        let mut rest = text.strip_prefix('"').unwrap_or(text);
        while let Some(at) = rest.find('"') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    out.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        out.push_str(rest);
        Cow::Owned(out.trim().to_owned())
    }
}

/// The quotes of the cell that is being read.
enum Quote {
    None,
    Open { nested: bool },
    Closed { nested: bool, at: usize },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(text: &str, delimiter: u8, newline: u8) -> Vec<Vec<String>> {
        let rows = Rows::read(text, delimiter, newline, true);
        (0..rows.len()).map(|k| rows.cells(k).map(Cow::into_owned).collect()).collect()
    }

    /// The same by the csv crate.
    fn theirs(text: &str, delimiter: u8, newline: u8) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(delimiter).flexible(true).has_headers(false);
        if newline == b'\r' {
            reader.terminator(csv::Terminator::Any(b'\r'));
        }
        let cells = |record: csv::ByteRecord| {
            record.iter().map(|c| String::from_utf8_lossy(c).trim().to_owned()).collect()
        };
        reader
            .from_reader(text.as_bytes())
            .into_byte_records()
            .take(ROWS)
            .map(|r| cells(r.unwrap()))
            .collect()
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]
        #[test]
        fn as_other_readers_do(text in "([aб\";,\r\n =]|\"\"|;\"|\";){0,80}") {
            for delimiter in *b";," {
                proptest::prop_assert_eq!(ours(&text, delimiter, b'\n'), theirs(&text, delimiter, b'\n'));
                if !text.contains('\n') {
                    proptest::prop_assert_eq!(ours(&text, delimiter, b'\r'), theirs(&text, delimiter, b'\r'));
                }
            }
        }
    }
}

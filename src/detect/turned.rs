//! Tables in running text that lie on their side: labels in the first column, and in each column behind it the
//! answers of one person.

use super::aligned::fields;
use super::column::ColumnContext;
use super::engine::Engine;
use super::find::trim;
use super::fold::Folded;
use super::names::{cell_is_name, named_part};
use crate::model::{Category, SegmentKind};

/// Fewest rows whose first cell is a known label, and most rows that are read.
const FEWEST: usize = 3;
const ROWS: usize = 60;
/// Strokes that such rows begin with.
const STROKES: [&str; 2] = ["\n|", "\n│"];

/// Cells of a row, as places of the text.
type Row = Vec<(usize, usize)>;

impl Engine<'_> {
    /// Looks for tables whose labels stand in the first of three and more columns.
    pub(crate) fn turned_tables(&mut self) {
        for k in 0..self.segments.len() {
            if self.segments[k].kind != SegmentKind::Prose {
                continue;
            }
            self.select(k);
            for stroke in STROKES {
                let mut at = self.lo;
                while let Some(n) = memchr::memmem::find(&self.text[at..self.hi], stroke.as_bytes()) {
                    at = self.turned(at + n + 1);
                }
            }
        }
    }

    /// Reads the table whose first row begins at `at`; returns where it ends.
    fn turned(&mut self, at: usize) -> usize {
        let (rows, end) = self.strokes(at);
        let width = rows.first().map_or(0, Vec::len);
        if width < 3 || rows.len() < FEWEST || rows.iter().any(|r| r.len() != width) {
            return end;
        }
        let mut folded = Folded::default();
        let mut says = |c: (usize, usize)| {
            let label = std::str::from_utf8(&self.text[c.0..c.1]).unwrap_or_default();
            self.detector.name_context(label, &mut folded)
        };
        let contexts: Vec<ColumnContext> =
            rows.iter().map(|r| ColumnContext { table: true, ..says(r[0]) }).collect();
        let named: Vec<bool> = contexts.iter().map(|c| c.named.any()).collect();
        let known = named.iter().filter(|n| **n).count();
        if known < FEWEST || known * 2 < rows.len() {
            return end;
        }
        for column in 1..width {
            let cells: Vec<(usize, (usize, usize))> =
                rows.iter().enumerate().filter(|(k, _)| named[*k]).map(|(k, r)| (k, r[column])).collect();
            // somebody's: a day or a number of six figures stands among the answers
            let figures =
                |c: &(usize, usize)| self.text[c.0..c.1].iter().filter(|b| b.is_ascii_digit()).count() >= 5;
            if !cells.iter().any(|(_, c)| figures(c)) {
                continue;
            }
            for (k, (s, e)) in cells {
                if s < e {
                    self.turned_cell(&contexts[k], s, e);
                }
            }
        }
        end
    }

    fn turned_cell(&mut self, context: &ColumnContext, start: usize, end: usize) {
        let category = |r: usize| self.detector.rules[r].category;
        let words = context.whole & (self.detector.worded | self.detector.celled);
        let named: Vec<usize> = context
            .named
            .into_iter()
            .filter(|r| matches!(category(*r), Category::PERSON | Category::ADDRESS | Category::BIRTH_PLACE))
            .collect();
        let value = std::str::from_utf8(&self.text[start..end]).unwrap_or_default();
        for r in named {
            let letters = value.chars().filter(|c| c.is_alphabetic()).count() >= 3;
            let figures = value.bytes().any(|b| b.is_ascii_digit());
            let (from, to) = match category(r) {
                Category::PERSON if cell_is_name(value) => named_part(value),
                Category::ADDRESS if letters && figures && value.contains([' ', ',']) => (0, value.len()),
                Category::BIRTH_PLACE if letters && !figures && !super::find::is_empty(value.as_bytes()) => {
                    (0, value.len())
                }
                _ => continue,
            };
            self.offer_labelled(r, start + from, start + to);
        }
        self.named_cell(&ColumnContext { whole: words, ..*context }, start, end);
    }

    /// The rows with strokes from `at` on, without the rule below the first of them, and where they end.
    fn strokes(&self, at: usize) -> (Vec<Row>, usize) {
        let text = self.text;
        let (mut rows, mut from) = (Vec::new(), at);
        while from < self.hi && rows.len() < ROWS {
            let line = &text[from..self.hi];
            let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
            if !STROKES.iter().any(|s| line.starts_with(&s.as_bytes()[1..])) {
                break;
            }
            let mut cells: Row = fields(line, true).map(|f| trim(text, from + f.0, from + f.1)).collect();
            cells.remove(0);
            if cells.last().is_some_and(|c| c.0 >= c.1) {
                cells.pop();
            }
            let rule = |c: &(usize, usize)| text[c.0..c.1].iter().all(|b| matches!(b, b'-' | b':'));
            if !cells.iter().all(rule) {
                rows.push(cells);
            }
            from += line.len() + 1;
        }
        (rows, from.max(at + 1).min(self.hi.max(at + 1)) - 1)
    }
}

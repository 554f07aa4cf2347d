//! The rows of a sheet: read in pieces of some thousand rows, shown as blocks of cells, written again with edits.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::cell::{self, CellEdit};
use super::plain;
use super::strings::{self, Strings};
use super::styles::Shown;
use crate::format::package::header;
use crate::format::package::slots::RawEdit;
use crate::format::package::xml::{self, Attributes, Token, Tokens, local};
use crate::model::{Block, Edit, NO_COLUMN, ReadError, Segment, SegmentKind, Table};

/// Columns of a sheet (ISO/IEC 29500-1: XFD).
pub const COLUMNS: u32 = 16_384;

/// Where a segment's cell stands in the piece, and what of it the segment is.
#[derive(Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
    string: u32,
    /// Number of a formula's literal, or `VALUE`.
    literal: u16,
    numeric: bool,
    date: bool,
}

/// Most text that the cells of one piece may show: a shared string can be shown by each of them.
const MOST_TEXT: usize = 256 << 20;

const VALUE: u16 = u16::MAX;
const NONE: u32 = u32::MAX;

/// What all sheets of a workbook share.
pub struct Book {
    /// Shared strings.
    pub strings: Strings,
    /// How each cell style shows numbers.
    pub formats: Vec<Shown>,
    /// Dates count from 1904.
    pub from_1904: bool,
    /// A formula went: the order of calculation must go too.
    pub formula_dropped: bool,
    /// Header cells that were edited: tables name their columns by them.
    pub renamed: Vec<(String, String)>,
}

/// The walk over one sheet.
pub struct Sheet {
    name: String,
    id: u32,
    table: Option<Arc<Table>>,
    row: u32,
    places: Vec<Place>,
    /// Shared formulas that went, by their number.
    gone: HashSet<u32>,
    shared: Vec<(u32, u32, u32, bool)>,
    /// Formulas in the piece, where names of sheets changed.
    formulas: Vec<(u32, u32)>,
    want_formulas: bool,
}

impl Sheet {
    /// A sheet that is about to be read; `want_formulas` notes where formulas stand.
    pub fn new(name: &str, id: u32, want_formulas: bool) -> Sheet {
        Sheet {
            name: name.to_owned(),
            id,
            table: None,
            row: 0,
            places: Vec::new(),
            gone: HashSet::new(),
            shared: Vec::new(),
            formulas: Vec::new(),
            want_formulas,
        }
    }

    /// Ranges of the formulas in the piece that was read last.
    pub fn formulas(&self) -> &[(u32, u32)] {
        &self.formulas
    }

    /// Reads a piece that holds whole rows into `block`.
    ///
    /// # Errors
    /// `Damaged` XML.
    pub fn read(&mut self, piece: &[u8], book: &mut Book, block: &mut Block) -> Result<(), ReadError> {
        block.clear();
        self.places.clear();
        self.shared.clear();
        self.formulas.clear();
        let first = self.row + 1;
        block.first_row = u64::from(first);
        block.cells = true;
        let mut column = 0u32;
        let mut seen = false;
        let mut tokens = Tokens::new(piece);
        loop {
            if piece[tokens.pos..].starts_with(b"<c ")
                && let Some(plain) = plain::cell(piece, tokens.pos)
            {
                column = plain.column.unwrap_or(column);
                if let Some(raw) = plain.value {
                    let shown = book.formats.get(plain.style).copied().unwrap_or(Shown::Number);
                    let row = (u64::from(self.row) - block.first_row.min(u64::from(self.row))) as u32;
                    let (at, start) = (tokens.pos, self.room(block)?);
                    let mut place = Place::of(at, plain.end);
                    let kind = value(raw, plain.kind, shown, book, &mut block.text, &mut place);
                    self.push(start, place, (row, column), kind, block);
                }
                column = column.saturating_add(1);
                tokens.pos = plain.end;
                continue;
            }
            let Some(token) = tokens.next()? else { break };
            let Token::Start { name, at, end, empty } = token else { continue };
            match local(name) {
                b"row" => {
                    let number = Attributes::new(piece, at, end)
                        .find(|a| a.name == b"r")
                        .and_then(|a| digits(&piece[a.start..a.end]));
                    // rows only rise; a number that does not is not believed
                    self.row = number.filter(|n| *n > self.row).unwrap_or(self.row.saturating_add(1));
                    if !seen {
                        seen = true;
                        block.first_row = u64::from(self.row);
                    }
                    column = 0;
                }
                b"c" => {
                    let (mut style, mut kind) = (0usize, &b"n"[..]);
                    for a in Attributes::new(piece, at, end) {
                        let value = &piece[a.start..a.end];
                        match a.name {
                            b"r" => column = letters(value).unwrap_or(column),
                            b"s" => style = digits(value).unwrap_or(0) as usize,
                            b"t" => kind = value,
                            _ => {}
                        }
                    }
                    if !empty {
                        let shown = book.formats.get(style).copied().unwrap_or(Shown::Number);
                        let row = (u64::from(self.row) - block.first_row.min(u64::from(self.row))) as u32;
                        self.cell(piece, at, &mut tokens, (row, column), kind, shown, book, block)?;
                    }
                    column = column.saturating_add(1);
                }
                _ => {}
            }
        }
        if self.table.is_none() && !block.segments.is_empty() {
            self.table = Some(Arc::new(header::table(block, self.id, &self.name)));
        }
        block.table = self.table.clone();
        Ok(())
    }

    fn cell(
        &mut self,
        piece: &[u8],
        at: usize,
        tokens: &mut Tokens<'_>,
        (row, column): (u32, u32),
        kind: &[u8],
        shown: Shown,
        book: &mut Book,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let start = self.room(block)?;
        let mut formula = None;
        let mut value = None;
        let (mut inline, mut phonetic, mut in_text) = (false, false, false);
        let end = loop {
            let Some(token) = tokens.next()? else {
                return Err(ReadError::damaged("a cell is not closed"));
            };
            match token {
                Token::Start { name, at, end, empty } => match local(name) {
                    b"f" => {
                        self.shared_formula(piece, at, end);
                        formula = (!empty).then_some((end, end));
                    }
                    b"v" if !empty => value = Some((end, end)),
                    b"rPh" => phonetic = !empty,
                    b"t" => {
                        inline = true;
                        in_text = !empty && !phonetic;
                    }
                    _ => {}
                },
                Token::End { name, at, end } => match local(name) {
                    b"c" => break end,
                    b"f" => {
                        if let Some(f) = &mut formula {
                            f.1 = at;
                        }
                    }
                    b"v" => {
                        if let Some(v) = &mut value {
                            v.1 = at;
                        }
                    }
                    b"t" => in_text = false,
                    b"rPh" => phonetic = false,
                    _ => {}
                },
                Token::Text(a, b) if in_text => xml::unescape_into(&piece[a..b], &mut block.text),
                Token::Cdata(a, b) if in_text => block.text.extend_from_slice(&piece[a..b]),
                _ => {}
            }
        };
        for shared in self.shared.iter_mut().rev().take_while(|s| s.1 == NONE) {
            (shared.0, shared.1) = (at as u32, end as u32);
        }
        let mut place = Place::of(at, end);
        let mut seg_kind = SegmentKind::Cell;
        if inline {
            strings::unescape_x(&mut block.text, start);
        } else if let Some((a, b)) = value {
            seg_kind = self::value(&piece[a..b], kind, shown, book, &mut block.text, &mut place);
        }
        self.push(start, place, (row, column), seg_kind, block);
        if let Some((a, b)) = formula
            && b > a
        {
            if self.want_formulas {
                self.formulas.push((a as u32, b as u32));
            }
            self.literals(&piece[a..b], place, (row, column), block);
        }
        Ok(())
    }

    /// Where the text of the next cell begins.
    #[inline]
    fn room(&self, block: &Block) -> Result<usize, ReadError> {
        let start = block.text.len();
        if start > MOST_TEXT {
            return Err(ReadError::limit(format!("row {}: cells show more than 256 MiB of text", self.row)));
        }
        Ok(start)
    }

    /// A cell whose text begins at `start`, where it has some.
    #[inline]
    fn push(
        &mut self,
        start: usize,
        place: Place,
        (row, column): (u32, u32),
        kind: SegmentKind,
        block: &mut Block,
    ) {
        if block.text.len() > start {
            let end = block.text.len() as u32;
            block.segments.push(Segment { start: start as u32, end, column, row, kind });
            block.text.push(b'\n');
            self.places.push(place);
        }
    }

    /// Notes a formula that is shared by several cells, or that shares another cell's.
    fn shared_formula(&mut self, piece: &[u8], at: usize, end: usize) {
        let (mut shared, mut number, mut master) = (false, None, false);
        for a in Attributes::new(piece, at, end) {
            let value = &piece[a.start..a.end];
            match a.name {
                b"t" => shared = value == b"shared",
                b"si" => number = digits(value),
                b"ref" => master = true,
                _ => {}
            }
        }
        if let (true, Some(number)) = (shared, number) {
            self.shared.push((0, NONE, number, master));
        }
    }

    fn literals(&mut self, raw: &[u8], place: Place, (row, column): (u32, u32), block: &mut Block) {
        if memchr::memchr(b'"', raw).is_none() && memchr::memmem::find(raw, b"&quot;").is_none() {
            return;
        }
        let mut plain = Vec::new();
        xml::unescape_into(strip_cdata(raw), &mut plain);
        for (k, (a, b)) in cell::literals(&plain).into_iter().enumerate().take(usize::from(VALUE)) {
            let start = block.text.len() as u32;
            block.text.extend_from_slice(&plain[a..b]);
            let end = block.text.len() as u32;
            block.text.push(b'\n');
            block.segments.push(Segment { start, end, column, row, kind: SegmentKind::Meta });
            self.places.push(Place { literal: k as u16, string: NONE, ..place });
        }
    }

    /// Notes which strings go on being shown, and turns edits of the block into edits of the piece.
    pub fn edit(
        &mut self,
        piece: &[u8],
        block: &Block,
        edits: &[Edit],
        book: &mut Book,
        out: &mut Vec<RawEdit>,
    ) {
        let mut touched: Vec<(usize, CellEdit)> = Vec::new();
        let mut at = 0;
        for (k, s) in block.segments.iter().enumerate() {
            while edits.get(at).is_some_and(|e| e.end <= s.start) {
                at += 1;
            }
            let from = at;
            while edits.get(at).is_some_and(|e| e.start < s.end) {
                at += 1;
            }
            let Some(place) = self.places.get(k) else { continue };
            if from == at {
                if place.string != NONE {
                    book.strings.kept.set(place.string);
                }
                continue;
            }
            let text = replaced(&block.text, s, &edits[from..at]);
            // an edit may reach beyond the segment; it is then seen again by the next one
            at = if edits[at - 1].end > s.end { at - 1 } else { at };
            if s.column == NO_COLUMN {
                let old = String::from_utf8_lossy(&block.text[s.start as usize..s.end as usize]).into_owned();
                book.renamed.push((old, text.clone()));
            }
            let same = touched.last().is_some_and(|(j, _)| self.places[*j].start == place.start);
            if !same {
                touched.push((k, CellEdit::default()));
            }
            if let Some((_, edit)) = touched.last_mut() {
                if place.literal == VALUE {
                    edit.value = Some(text);
                } else {
                    edit.literals.push((usize::from(place.literal), text));
                }
            }
        }
        let masters: HashMap<u32, u32> = self.shared.iter().filter(|s| s.3).map(|s| (s.0, s.2)).collect();
        for (k, edit) in &touched {
            let place = self.places[*k];
            // a master's formula goes with its value, and then those that share it
            if edit.value.is_some() {
                self.gone.extend(masters.get(&place.start));
            }
        }
        for (k, edit) in &touched {
            let place = self.places[*k];
            self.rewrite(piece, place, edit, book, out);
        }
        if self.gone.is_empty() {
            return;
        }
        let orphans: Vec<_> =
            self.shared.iter().filter(|s| self.gone.contains(&s.2)).map(|s| (s.0, s.1)).collect();
        let edited: HashSet<u32> =
            touched.iter().filter(|t| t.1.value.is_some()).map(|t| self.places[t.0].start).collect();
        for (start, end) in orphans {
            if !edited.contains(&start) {
                let place = Place { start, end, string: NONE, literal: VALUE, numeric: true, date: false };
                let edit = CellEdit { drop_formula: true, ..CellEdit::default() };
                self.rewrite(piece, place, &edit, book, out);
            }
        }
    }

    fn rewrite(&self, piece: &[u8], place: Place, edit: &CellEdit, book: &mut Book, out: &mut Vec<RawEdit>) {
        let (start, end) = (place.start as usize, place.end as usize);
        let Some(raw) = piece.get(start..end) else { return };
        if let Some((bytes, dropped)) = cell::rebuild(raw, edit, place.numeric, place.date, book.from_1904) {
            book.formula_dropped |= dropped;
            out.push(RawEdit { start, end, bytes });
        }
    }
}

impl Place {
    fn of(start: usize, end: usize) -> Place {
        let (start, end) = (start as u32, end as u32);
        Place { start, end, string: NONE, literal: VALUE, numeric: false, date: false }
    }
}

/// Appends the text of a stored value of this kind.
#[inline]
fn value(
    raw: &[u8],
    kind: &[u8],
    shown: Shown,
    book: &mut Book,
    text: &mut Vec<u8>,
    place: &mut Place,
) -> SegmentKind {
    match kind {
        b"s" => {
            if let Some(k) = digits(raw.trim_ascii())
                && let Some(string) = book.strings.get(k)
            {
                place.string = k;
                text.extend_from_slice(string);
                book.strings.used.set(k);
            }
        }
        b"b" | b"e" => {}
        b"n" => {
            place.numeric = true;
            place.date = cell::number_text(raw, shown, book.from_1904, text);
            return if place.date { SegmentKind::Date } else { SegmentKind::Number };
        }
        _ => {
            let start = text.len();
            xml::unescape_into(strip_cdata(raw), text);
            strings::unescape_x(text, start);
            if kind == b"d" {
                return SegmentKind::Date;
            }
        }
    }
    SegmentKind::Cell
}

/// The text of a segment with edits applied.
fn replaced(text: &[u8], s: &Segment, edits: &[Edit]) -> String {
    let mut out = Vec::new();
    let mut at = s.start;
    for e in edits {
        out.extend_from_slice(text.get(at as usize..e.start.clamp(at, s.end) as usize).unwrap_or_default());
        if e.start >= s.start {
            out.extend_from_slice(e.text.as_bytes());
        }
        at = e.end.clamp(at, s.end);
    }
    out.extend_from_slice(text.get(at as usize..s.end as usize).unwrap_or_default());
    String::from_utf8_lossy(&out).into_owned()
}

fn strip_cdata(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(b"<![CDATA[").and_then(|r| r.strip_suffix(b"]]>")).unwrap_or(raw)
}

#[inline]
fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let mut n = 0u32;
    for b in text {
        n = n.checked_mul(10)?.checked_add(u32::from(b.checked_sub(b'0').filter(|d| *d < 10)?))?;
    }
    Some(n)
}

/// The column of a cell name: `C7 -> 2`.
#[inline]
fn letters(name: &[u8]) -> Option<u32> {
    let mut n = 0u32;
    for b in name.iter().take_while(|b| b.is_ascii_alphabetic()).take(4) {
        n = n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1;
    }
    n.checked_sub(1).filter(|c| *c < COLUMNS)
}

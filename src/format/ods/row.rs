//! Rows of an OpenDocument sheet: cells as segments, and their stored form with edits.

use std::sync::Arc;

use crate::format::package::header;
use crate::format::package::slots::{self, RawEdit, Slot, Stored};
use crate::format::package::xml::{self, Attributes, Token, Tokens, local};
use crate::format::xlsx::cell as formula;
use crate::format::xlsx::styles::iso_to_serial;
use crate::model::{Block, Edit, ReadError, Segment, SegmentKind, Table};

/// What stands next in a piece.
pub enum Piece {
    /// The start tag of a sheet with this name.
    Table(String),
    /// Rows; they are in the block.
    Rows,
    /// Anything else.
    Other,
    /// Nothing.
    End,
}

/// What of a cell a segment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// The shown text, in these slots.
    Text(usize, usize),
    /// The value of a number or date.
    Value,
    /// A string literal of the formula.
    Literal(usize),
}

#[derive(Clone, Copy)]
struct Place {
    what: What,
    at: usize,
    tag_end: usize,
    /// The inside of the paragraphs, from the first to the last.
    shown: Option<(usize, usize)>,
    date: bool,
}

/// The walk over the rows of all sheets.
#[derive(Default)]
pub struct Rows {
    name: String,
    id: u32,
    table: Option<Arc<Table>>,
    row: u32,
    places: Vec<Place>,
    slots: Vec<Slot>,
    inner: Vec<(usize, usize)>,
    formulas: Vec<(usize, usize)>,
}

/// A cell while it is read.
struct Cell {
    at: usize,
    tag_end: usize,
    kind: Vec<u8>,
    value: Option<(usize, usize)>,
    string: Option<(usize, usize)>,
    formula: Option<(usize, usize)>,
    repeat: u32,
}

impl Rows {
    /// Parts of cells that are no value: comments, drawings, links.
    pub fn inner(&self) -> &[(usize, usize)] {
        &self.inner
    }

    /// Where formulas stand.
    pub fn formulas(&self) -> &[(usize, usize)] {
        &self.formulas
    }

    /// What stands at `at`, and where it ends.
    ///
    /// # Errors
    /// `Damaged` XML.
    pub fn next(&mut self, piece: &[u8], at: usize, block: &mut Block) -> Result<(Piece, usize), ReadError> {
        let mut tokens = Tokens::at(piece, at);
        let mut before = at;
        while let Some(token) = tokens.next()? {
            if let Token::Start { name, at: tag, end, empty } = token {
                match local(name) {
                    b"table" if before > at => return Ok((Piece::Other, tag)),
                    b"table" => {
                        self.name =
                            xml::attribute(piece, tag, end, b"name").map(xml::unescape).unwrap_or_default();
                        self.id += 1;
                        self.table = None;
                        self.row = 0;
                        return Ok((Piece::Table(self.name.clone()), end));
                    }
                    b"table-row" if before > at => return Ok((Piece::Other, tag)),
                    b"table-row" => return Ok((Piece::Rows, self.rows(piece, tag, end, empty, block)?)),
                    _ => {}
                }
            }
            before = tokens.pos;
        }
        Ok(if before > at { (Piece::Other, before) } else { (Piece::End, at) })
    }

    fn rows(
        &mut self,
        piece: &[u8],
        tag: usize,
        end: usize,
        empty: bool,
        block: &mut Block,
    ) -> Result<usize, ReadError> {
        block.clear();
        self.places.clear();
        self.slots.clear();
        self.inner.clear();
        self.formulas.clear();
        block.cells = true;
        block.part = Some("content.xml".into());
        block.first_row = u64::from(self.row) + 1;
        let first = self.row;
        let mut next = Some((tag, end, empty));
        let mut done = tag;
        while let Some((tag, end, empty)) = next.take() {
            let repeat = number(piece, tag, end, b"number-rows-repeated").unwrap_or(1).max(1);
            let mut tokens = Tokens::at(piece, end);
            if !empty {
                self.row(piece, &mut tokens, self.row - first, block)?;
            }
            self.row = self.row.saturating_add(repeat);
            done = tokens.pos;
            while let Some(token) = tokens.next()? {
                match token {
                    Token::Text(a, b) if piece[a..b].iter().all(u8::is_ascii_whitespace) => {}
                    Token::Start { name, at, end, empty } if local(name) == b"table-row" => {
                        next = Some((at, end, empty));
                        break;
                    }
                    _ => break,
                }
            }
        }
        if self.table.is_none() && !block.segments.is_empty() {
            self.table = Some(Arc::new(header::table(block, self.id, &self.name)));
        }
        block.table = self.table.clone();
        Ok(done)
    }

    fn row(
        &mut self,
        piece: &[u8],
        tokens: &mut Tokens<'_>,
        row: u32,
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let mut column = 0u32;
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { name, at, end, empty }
                    if matches!(local(name), b"table-cell" | b"covered-table-cell") =>
                {
                    let mut cell = Cell {
                        at,
                        tag_end: end,
                        kind: Vec::new(),
                        value: None,
                        string: None,
                        formula: None,
                        repeat: 1,
                    };
                    for a in Attributes::new(piece, at, end) {
                        let place = Some((a.start, a.end));
                        match local(a.name) {
                            b"number-columns-repeated" => {
                                cell.repeat =
                                    number(piece, at, end, b"number-columns-repeated").unwrap_or(1).max(1);
                            }
                            b"value-type" if a.name.starts_with(b"office:") => {
                                cell.kind = piece[a.start..a.end].to_vec();
                            }
                            b"value" | b"date-value" => cell.value = place,
                            b"string-value" => cell.string = place,
                            b"formula" => cell.formula = place,
                            _ => {}
                        }
                    }
                    self.cell(piece, tokens, &cell, empty, (row, column), block)?;
                    column = column.saturating_add(cell.repeat);
                }
                Token::End { name, .. } if local(name) == b"table-row" => return Ok(()),
                _ => {}
            }
        }
        Err(ReadError::damaged("a row is not closed"))
    }

    fn cell(
        &mut self,
        piece: &[u8],
        tokens: &mut Tokens<'_>,
        cell: &Cell,
        empty: bool,
        (row, column): (u32, u32),
        block: &mut Block,
    ) -> Result<(), ReadError> {
        let start = block.text.len();
        let first_slot = self.slots.len();
        let shown = if empty { None } else { self.content(piece, tokens, block)? };
        let place = Place {
            what: What::Value,
            at: cell.at,
            tag_end: cell.tag_end,
            shown,
            date: cell.kind == b"date",
        };
        let mut push = |block: &mut Block, what: What, kind: SegmentKind, start: usize| {
            let end = block.text.len() as u32;
            block.segments.push(Segment { start: start as u32, end, column, row, kind });
            block.text.push(b'\n');
            self.places.push(Place { what, ..place });
        };
        match (&cell.kind[..], cell.value) {
            (b"float" | b"currency" | b"percentage", Some((a, b))) => {
                let display = block.text.split_off(start);
                let raw = &piece[a..b];
                let zeros = display.iter().take_while(|c| **c == b'0').count();
                if zeros > 0 && display.len() > raw.len() && &display[zeros..] == raw {
                    block.text.extend_from_slice(&display);
                } else {
                    formula::number_text(
                        raw,
                        crate::format::xlsx::styles::Shown::Number,
                        false,
                        &mut block.text,
                    );
                }
                self.slots.truncate(first_slot);
                push(block, What::Value, SegmentKind::Number, start);
            }
            (b"date", Some((a, b))) => {
                block.text.truncate(start);
                let iso = String::from_utf8_lossy(&piece[a..b]).replacen('T', " ", 1);
                block.text.extend_from_slice(iso.trim_end_matches(" 00:00:00").as_bytes());
                self.slots.truncate(first_slot);
                push(block, What::Value, SegmentKind::Date, start);
            }
            (b"boolean", _) => {
                block.text.truncate(start);
                self.slots.truncate(first_slot);
            }
            _ => {
                if block.text.len() == start
                    && let Some((a, b)) = cell.string
                {
                    slots::decode_into(&piece[a..b], Stored::Attribute, &mut block.text);
                    let (from, to) = (start as u32, block.text.len() as u32);
                    let stored = Stored::Attribute;
                    self.slots.push(Slot { raw_start: a, raw_end: b, start: from, end: to, stored });
                }
                if block.text.len() > start {
                    push(block, What::Text(first_slot, self.slots.len()), SegmentKind::Cell, start);
                }
            }
        }
        if let Some((a, b)) = cell.formula {
            self.formulas.push((a, b));
            let mut plain = Vec::new();
            xml::unescape_into(&piece[a..b], &mut plain);
            for (k, (from, to)) in formula::literals(&plain).into_iter().enumerate() {
                let start = block.text.len();
                block.text.extend_from_slice(&plain[from..to]);
                push(block, What::Literal(k), SegmentKind::Meta, start);
            }
        }
        Ok(())
    }

    /// The text of the paragraphs of a cell; everything else in it is noted as inner.
    fn content(
        &mut self,
        piece: &[u8],
        tokens: &mut Tokens<'_>,
        block: &mut Block,
    ) -> Result<Option<(usize, usize)>, ReadError> {
        let mut depth = 0usize;
        let mut paragraph = false;
        let mut shown: Option<(usize, usize)> = None;
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { name, at, end, empty } => {
                    match local(name) {
                        b"p" | b"h" if depth == 0 => {
                            if let Some((_, last)) = &mut shown {
                                block.text.push(b'\n');
                                *last = end;
                            } else if !empty {
                                shown = Some((end, end));
                            }
                            paragraph = !empty;
                        }
                        b"s" if paragraph => {
                            let n = number(piece, at, end, b"c").unwrap_or(1).clamp(1, 64);
                            block.text.extend(std::iter::repeat_n(b' ', n as usize));
                        }
                        b"tab" if paragraph => block.text.push(b'\t'),
                        b"line-break" if paragraph => block.text.push(b'\n'),
                        b"a" if paragraph => self.inner.push((at, end)),
                        _ if depth == 0 && !empty => {
                            self.skip(tokens, at)?;
                            continue;
                        }
                        _ if depth == 0 => self.inner.push((at, end)),
                        _ => {}
                    }
                    depth += usize::from(!empty);
                }
                Token::End { at, .. } => {
                    if depth == 0 {
                        return Ok(shown);
                    }
                    depth -= 1;
                    if depth == 0 {
                        paragraph = false;
                        if let Some(shown) = &mut shown {
                            shown.1 = at;
                        }
                    }
                }
                Token::Text(a, b) | Token::Cdata(a, b) if paragraph => {
                    let stored = if matches!(token, Token::Text(..)) { Stored::Text } else { Stored::Plain };
                    let start = block.text.len() as u32;
                    slots::decode_into(&piece[a..b], stored, &mut block.text);
                    let end = block.text.len() as u32;
                    self.slots.push(Slot { raw_start: a, raw_end: b, start, end, stored });
                }
                _ => {}
            }
        }
        Err(ReadError::damaged("a cell is not closed"))
    }

    /// Passes over an element whose start tag was just read.
    fn skip(&mut self, tokens: &mut Tokens<'_>, at: usize) -> Result<(), ReadError> {
        let mut depth = 1usize;
        while depth > 0 {
            match tokens.next()? {
                Some(Token::Start { empty, .. }) => depth += usize::from(!empty),
                Some(Token::End { .. }) => depth -= 1,
                Some(_) => {}
                None => return Err(ReadError::damaged("an element inside a cell is not closed")),
            }
        }
        self.inner.push((at, tokens.pos));
        Ok(())
    }

    /// Turns edits of the block into edits of the piece.
    pub fn edit(&self, piece: &[u8], block: &Block, edits: &[Edit], out: &mut Vec<RawEdit>) {
        let mut literals: Vec<(Place, Vec<(usize, String)>)> = Vec::new();
        for (k, s) in block.segments.iter().enumerate() {
            let from = edits.partition_point(|e| e.end <= s.start);
            let own: Vec<Edit> = edits[from..].iter().take_while(|e| e.start < s.end).cloned().collect();
            let (Some(place), false) = (self.places.get(k), own.is_empty()) else { continue };
            let mut text = Vec::new();
            let mut at = s.start;
            for e in &own {
                text.extend_from_slice(&block.text[at as usize..e.start.clamp(at, s.end) as usize]);
                text.extend_from_slice(e.text.as_bytes());
                at = e.end.clamp(at, s.end);
            }
            text.extend_from_slice(&block.text[at as usize..s.end as usize]);
            let text = String::from_utf8_lossy(&text).into_owned();
            match place.what {
                What::Text(a, b) => {
                    slots::raw_edits(piece, &self.slots[a..b], &own, out);
                    let in_attribute = self.slots[a..b].iter().any(|s| s.stored == Stored::Attribute);
                    cut(piece, place, &[b"formula"], out);
                    if !in_attribute {
                        cut(piece, place, &[b"string-value"], out);
                    }
                }
                What::Value => value(piece, place, &text, out),
                What::Literal(k) => match literals.last_mut() {
                    Some((last, words)) if last.at == place.at => words.push((k, text)),
                    _ => literals.push((*place, vec![(k, text)])),
                },
            }
        }
        for (place, words) in literals {
            let tag = Attributes::new(piece, place.at, place.tag_end).find(|a| local(a.name) == b"formula");
            let Some(a) = tag else { continue };
            let mut plain = Vec::new();
            xml::unescape_into(&piece[a.start..a.end], &mut plain);
            let mut new = Vec::new();
            let mut from = 0;
            for (k, (start, end)) in formula::literals(&plain).into_iter().enumerate() {
                if let Some((_, word)) = words.iter().find(|w| w.0 == k) {
                    new.extend_from_slice(&plain[from..start]);
                    new.extend_from_slice(word.replace('"', "\"\"").as_bytes());
                    from = end;
                }
            }
            new.extend_from_slice(&plain[from..]);
            let mut bytes = Vec::new();
            xml::escape_into(&String::from_utf8_lossy(&new), &mut bytes);
            out.push(RawEdit { start: a.start, end: a.end, bytes });
        }
    }
}

/// Gives a cell with a number or date another value.
fn value(piece: &[u8], place: &Place, text: &str, out: &mut Vec<RawEdit>) {
    let number = !place.date && text.parse::<f64>().is_ok_and(f64::is_finite);
    let date = place.date && iso_to_serial(text, false).is_some();
    for a in Attributes::new(piece, place.at, place.tag_end) {
        let bytes = match local(a.name) {
            b"value" | b"date-value" if number || date => text.replacen(' ', "T", 1).into_bytes(),
            b"value-type" if !number && !date => b"string".to_vec(),
            b"value" | b"date-value" | b"currency" if !number && !date => {
                out.push(RawEdit { start: a.at, end: a.end + 1, bytes: Vec::new() });
                continue;
            }
            _ => continue,
        };
        out.push(RawEdit { start: a.start, end: a.end, bytes });
    }
    cut(piece, place, &[b"formula", b"string-value"], out);
    let mut bytes = Vec::new();
    xml::escape_into(text, &mut bytes);
    if let Some((start, end)) = place.shown {
        out.push(RawEdit { start, end, bytes });
        return;
    }
    let tag = &piece[place.at..place.tag_end];
    let mut shown = b"<text:p>".to_vec();
    shown.extend(bytes);
    shown.extend_from_slice(b"</text:p>");
    if tag.ends_with(b"/>") {
        let name = tag[1..].split(|b| b.is_ascii_whitespace() || *b == b'/').next().unwrap_or_default();
        let mut end = b">".to_vec();
        end.extend(shown);
        end.extend_from_slice(b"</");
        end.extend_from_slice(name);
        end.push(b'>');
        out.push(RawEdit { start: place.tag_end - 2, end: place.tag_end, bytes: end });
    } else {
        out.push(RawEdit { start: place.tag_end, end: place.tag_end, bytes: shown });
    }
}

/// Takes attributes out of a cell's start tag; with the formula goes what says how far it reaches.
fn cut(piece: &[u8], place: &Place, names: &[&[u8]], out: &mut Vec<RawEdit>) {
    for a in Attributes::new(piece, place.at, place.tag_end) {
        let name = local(a.name);
        if names.contains(&name) || (names.contains(&&b"formula"[..]) && name.starts_with(b"number-matrix-"))
        {
            out.push(RawEdit { start: a.at, end: a.end + 1, bytes: Vec::new() });
        }
    }
}

fn number(piece: &[u8], at: usize, end: usize, name: &[u8]) -> Option<u32> {
    xml::attribute(piece, at, end, name).and_then(|v| std::str::from_utf8(v).ok()?.parse().ok())
}

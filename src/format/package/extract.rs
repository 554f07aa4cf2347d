//! Text of office XML as segments, with the place of every character, in one walk over a part.
//!
//! A paragraph is one segment even where it is split over many runs, since names are; what is deleted,
//! a field's instruction, an attribute or a property are segments of their own.

use std::collections::HashMap;
use std::sync::Arc;

use super::header;
use super::parts::{self, Flavor, Use};
use super::slots::{self, RawEdit, Slot, Stored};
use super::xml::{self, Attributes, Token, Tokens, local};
use crate::model::{Block, ColumnType, Edit, Field, NO_COLUMN, ReadError, Segment, SegmentKind, Table};

/// Names need the whole text of a document; a longer one is cut between paragraphs.
const BLOCK_TEXT: usize = 16 << 20;
/// Deepest nesting of elements that is followed.
const DEPTH: usize = 2000;
/// Most columns that the tables of one part may name.
const FIELDS: usize = 2000;
/// What stands for a person who worked on the file.
const NOBODY: &str = "Author";

/// Shows a block to whoever asked and answers with the edits.
pub type Sink<'s> = &'s mut dyn FnMut(&mut Block) -> Result<Vec<Edit>, ReadError>;

/// What must change in a part.
#[derive(Debug, Default)]
pub struct PartEdits {
    /// Edits that are needed in any case.
    pub edits: Vec<RawEdit>,
    /// Stored text that a person deleted and the file still holds: goes as soon as anything changes.
    pub deleted: Vec<RawEdit>,
    /// Old and new text of attributes that are names and are referred to elsewhere (sheets, columns).
    pub renamed: Vec<(String, String)>,
}

#[derive(Default)]
struct Run {
    text: Vec<u8>,
    slots: Vec<Slot>,
}

#[derive(Default)]
struct Group {
    depth: usize,
    shown: Run,
    deleted: Run,
    instruction: Run,
}

struct Grid {
    depth: usize,
    column: u32,
    row: u32,
    cells: Vec<String>,
    // where the segments of each cell of the row begin, for tables with labels left of their values
    starts: Vec<usize>,
    base: Option<u32>,
    rows: u32,
}

struct Extractor<'a, 's> {
    xml: &'a [u8],
    flavor: Flavor,
    part: Arc<str>,
    sink: Sink<'s>,
    stack: Vec<&'a [u8]>,
    groups: Vec<Group>,
    grids: Vec<Grid>,
    block: Block,
    slots: Vec<Slot>,
    persons: Vec<usize>,
    names: Vec<usize>,
    fields: Vec<Field>,
    by_name: HashMap<String, u32>,
    row: u32,
    in_row: Vec<u32>,
    property: Option<(usize, String)>,
    out: PartEdits,
    deletion: usize,
}

/// Walks over a part, shows its text to `sink`, and tells what must change.
///
/// # Errors
/// `Damaged` XML, XML that is nested too deeply, and whatever the sink answers.
pub fn extract(xml: &[u8], part: &str, flavor: Flavor, sink: Sink<'_>) -> Result<PartEdits, ReadError> {
    let mut walk = Extractor {
        xml,
        flavor,
        part: part.into(),
        sink,
        stack: Vec::new(),
        groups: Vec::new(),
        grids: Vec::new(),
        block: Block::default(),
        slots: Vec::new(),
        persons: Vec::new(),
        names: Vec::new(),
        fields: Vec::new(),
        by_name: HashMap::new(),
        row: 0,
        in_row: Vec::new(),
        property: None,
        out: PartEdits::default(),
        deletion: 0,
    };
    walk.run()?;
    Ok(walk.out)
}

impl<'a> Extractor<'a, '_> {
    fn run(&mut self) -> Result<(), ReadError> {
        let mut tokens = Tokens::new(self.xml);
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { name, at, end, empty } => {
                    self.start(local(name), at, end)?;
                    if empty {
                        self.end()?;
                    }
                }
                Token::End { .. } => self.end()?,
                Token::Text(a, b) => self.text(a, b, Stored::Text),
                Token::Cdata(a, b) => self.text(a, b, Stored::Plain),
                Token::Other(a, b) => {
                    let body = &self.xml[a..b];
                    if b - a > 3 && !body.starts_with(b"xml") && !body.starts_with(b"mso") {
                        self.single(a, b, Stored::Plain, None, SegmentKind::Meta);
                    }
                }
            }
        }
        while !self.stack.is_empty() {
            self.end()?;
        }
        self.flush()
    }

    fn start(&mut self, name: &'a [u8], at: usize, end: usize) -> Result<(), ReadError> {
        if self.stack.len() >= DEPTH {
            return Err(ReadError::limit(format!("XML nested deeper than {DEPTH} (byte {at})")));
        }
        self.stack.push(name);
        let depth = self.stack.len();
        match name {
            b"p" | b"h" if self.flavor == Flavor::Odf || (name == b"p" && self.flavor != Flavor::Foreign) => {
                self.groups.push(Group { depth, ..Group::default() });
            }
            b"text" | b"si" | b"is" if self.flavor == Flavor::Sheet => {
                self.groups.push(Group { depth, ..Group::default() });
            }
            b"tbl" if self.flavor == Flavor::Office => self.open_grid(depth),
            b"table" if self.flavor == Flavor::Odf => self.open_grid(depth),
            b"tr" | b"table-row" => {
                self.row += 1;
                if let Some(grid) = self.grids.last_mut() {
                    grid.column = u32::MAX;
                    grid.cells.clear();
                    grid.starts.clear();
                    grid.row = self.row;
                }
            }
            b"tc" | b"table-cell" => {
                let segments = self.block.segments.len();
                if let Some(grid) = self.grids.last_mut() {
                    grid.column = grid.column.wrapping_add(1);
                    grid.cells.push(String::new());
                    grid.starts.push(segments);
                }
            }
            b"tab" | b"br" | b"cr" | b"line-break" | b"noBreakHyphen" | b"s" | b"lastRenderedPageBreak" => {
                if let Some(group) = self.groups.last_mut() {
                    match name {
                        b"tab" => group.shown.text.push(b'\t'),
                        b"noBreakHyphen" => group.shown.text.push(b'-'),
                        b"s" if self.flavor == Flavor::Odf => {
                            let n = xml::attribute(self.xml, at, end, b"c")
                                .and_then(|v| std::str::from_utf8(v).ok()?.parse::<usize>().ok())
                                .unwrap_or(1);
                            group.shown.text.extend(std::iter::repeat_n(b' ', n.min(64)));
                        }
                        b"br" | b"cr" | b"line-break" => group.shown.text.push(b'\n'),
                        _ => {}
                    }
                }
            }
            b"deletion" if self.flavor == Flavor::Odf => self.deletion += 1,
            b"property" | b"user-defined" | b"cacheField" => {
                self.property = xml::attribute(self.xml, at, end, b"name").map(|n| (depth, xml::unescape(n)));
            }
            _ => {}
        }
        self.attributes(name, at, end);
        Ok(())
    }

    fn open_grid(&mut self, depth: usize) {
        self.grids.push(Grid {
            depth,
            column: 0,
            row: 0,
            cells: Vec::new(),
            starts: Vec::new(),
            base: None,
            rows: 0,
        });
    }

    fn attributes(&mut self, element: &'a [u8], at: usize, end: usize) {
        for a in Attributes::new(self.xml, at, end) {
            let name = local(a.name);
            let value = &self.xml[a.start..a.end];
            let (stored, kind) = match parts::attribute_use(self.flavor, element, a.name, name, value) {
                Use::No => continue,
                Use::Words | Use::Person => (Stored::Attribute, SegmentKind::Meta),
                Use::Link => (Stored::Uri, SegmentKind::Meta),
                Use::Value => (Stored::Attribute, SegmentKind::Cell),
            };
            let field = match (&self.property, kind) {
                (Some((_, field)), SegmentKind::Cell) => field.clone(),
                _ => String::from_utf8_lossy(name).into_owned(),
            };
            let person = parts::attribute_use(self.flavor, element, a.name, name, value) == Use::Person;
            // "name" alone would say that a person's name stands here
            let field = match (name, person) {
                (b"name", true) => "author".to_owned(),
                (b"name", false) => String::from_utf8_lossy(element).into_owned(),
                _ => field,
            };
            let k = self.single(a.start, a.end, stored, Some(field), kind);
            if person {
                self.persons.extend(k);
            } else if name == b"name"
                && matches!(element, b"sheet" | b"definedName" | b"tableColumn" | b"cacheField")
            {
                self.names.extend(k);
            }
        }
    }

    fn end(&mut self) -> Result<(), ReadError> {
        let depth = self.stack.len();
        let Some(name) = self.stack.pop() else { return Ok(()) };
        if self.groups.last().is_some_and(|g| g.depth == depth)
            && let Some(group) = self.groups.pop()
        {
            self.close_group(group)?;
        }
        if self.property.as_ref().is_some_and(|p| p.0 == depth) {
            self.property = None;
        }
        match name {
            b"deletion" => self.deletion = self.deletion.saturating_sub(1),
            b"tr" | b"table-row" => self.close_row(),
            _ => {}
        }
        if self.grids.last().is_some_and(|g| g.depth == depth) {
            self.grids.pop();
        }
        Ok(())
    }

    /// After the first row of a table: is it the header? After any row of another: which cells are labels of the next?
    fn close_row(&mut self) {
        let first_of_table = self.fields.len();
        let Some(grid) = self.grids.last_mut() else { return };
        grid.rows += 1;
        if grid.rows == 1 && grid.cells.len() > 1 && header::is_header(&grid.cells, false) {
            if first_of_table + grid.cells.len() < FIELDS {
                grid.base = Some(first_of_table as u32);
                let fields = grid.cells.iter().map(|c| c.trim().to_owned());
                self.fields.extend(fields.map(|name| Field { name, ty: ColumnType::Unknown }));
            }
        } else if grid.base.is_none() && grid.cells.len() > 1 {
            // "ИИН | 991231…", "№ | ИИН | 991231…", "ФИО | … | ИИН | …"
            let two = grid.cells.len() == 2;
            let says = |c: &str| if two { header::is_label(c) } else { header::is_known(c) };
            let mut k = 0;
            while k + 1 < grid.cells.len() && self.fields.len() < FIELDS {
                let label = grid.cells[k].trim().trim_end_matches(':').to_owned();
                let value = grid.cells[k + 1].trim();
                if !says(&label) || !two && (value.is_empty() || says(value)) {
                    k += 1;
                    continue;
                }
                let end = self.block.segments.len();
                let from = grid.starts.get(k + 1).map_or(end, |n| (*n).min(end));
                let to = grid.starts.get(k + 2).map_or(end, |n| (*n).min(end));
                for s in &mut self.block.segments[from..to.max(from)] {
                    if s.kind == SegmentKind::Prose {
                        s.column = self.fields.len() as u32;
                        s.kind = SegmentKind::Cell;
                    }
                }
                self.fields.push(Field { name: label, ty: ColumnType::Unknown });
                k += 2;
            }
        }
    }

    fn text(&mut self, a: usize, b: usize, stored: Stored) {
        let Some(&parent) = self.stack.last() else { return };
        let raw = &self.xml[a..b];
        let blank = raw.iter().all(|c| c.is_ascii_whitespace());
        if let Some(group) = self.groups.last_mut() {
            let own = match self.flavor {
                Flavor::Odf => {
                    !parts::is_person(Flavor::Odf, parent)
                        && parent != b"date"
                        && !parts::is_structure(parent)
                }
                _ => matches!(parent, b"t" | b"delText" | b"instrText" | b"delInstrText" | b"text"),
            };
            if own {
                let run = match parent {
                    b"delText" => &mut group.deleted,
                    b"instrText" | b"delInstrText" => &mut group.instruction,
                    _ if self.deletion > 0 => &mut group.deleted,
                    _ => &mut group.shown,
                };
                let start = run.text.len() as u32;
                slots::decode_into(raw, stored, &mut run.text);
                run.slots.push(Slot { raw_start: a, raw_end: b, start, end: run.text.len() as u32, stored });
                return;
            }
        }
        if blank || parts::is_structure(parent) {
            return;
        }
        let person = parts::is_person(self.flavor, parent);
        let field = match &self.property {
            Some((_, name)) if !person => name.clone(),
            _ => String::from_utf8_lossy(parent).into_owned(),
        };
        let kind = if person || self.flavor == Flavor::Odf { SegmentKind::Meta } else { SegmentKind::Cell };
        let k = self.single(a, b, stored, Some(field), kind);
        if person {
            self.persons.extend(k);
        }
    }

    /// A segment of one slot; answers the slot's number.
    fn single(
        &mut self,
        a: usize,
        b: usize,
        stored: Stored,
        field: Option<String>,
        kind: SegmentKind,
    ) -> Option<usize> {
        let start = self.block.text.len() as u32;
        slots::decode_into(&self.xml[a..b], stored, &mut self.block.text);
        let end = self.block.text.len() as u32;
        if start == end {
            return None;
        }
        self.block.text.push(b'\n');
        let column = field.map_or(NO_COLUMN, |f| self.field(f));
        if column == NO_COLUMN || self.in_row.contains(&column) {
            // a field that comes again begins the next record
            self.row += 1;
            self.in_row.clear();
        }
        self.in_row.push(column);
        self.block.segments.push(Segment { start, end, column, row: self.row, kind });
        self.slots.push(Slot { raw_start: a, raw_end: b, start, end, stored });
        Some(self.slots.len() - 1)
    }

    fn field(&mut self, name: String) -> u32 {
        if let Some(k) = self.by_name.get(&name) {
            return *k;
        }
        if self.fields.len() >= FIELDS {
            return NO_COLUMN;
        }
        let k = self.fields.len() as u32;
        self.fields.push(Field { name: name.clone(), ty: ColumnType::Unknown });
        self.by_name.insert(name, k);
        k
    }

    fn close_group(&mut self, group: Group) -> Result<(), ReadError> {
        let grid = self.grids.last_mut().filter(|g| g.column != u32::MAX && !g.cells.is_empty());
        let (mut column, mut kind, mut row) = (NO_COLUMN, SegmentKind::Prose, None);
        if let Some(grid) = grid {
            row = Some(grid.row);
            if let Some(base) = grid.base {
                (column, kind) = (base + grid.column, SegmentKind::Cell);
                if column as usize >= self.fields.len() {
                    (column, kind) = (NO_COLUMN, SegmentKind::Prose);
                }
            }
            if let Some(cell) = grid.cells.last_mut()
                && cell.len() < 400
            {
                cell.push_str(&String::from_utf8_lossy(&group.shown.text));
            }
        }
        if row.is_none() {
            self.row += 1;
        }
        self.in_row.clear();
        let row = row.unwrap_or(self.row);
        for slot in group.deleted.slots.iter() {
            self.out.deleted.push(RawEdit { start: slot.raw_start, end: slot.raw_end, bytes: Vec::new() });
        }
        self.push_run(group.shown, column, row, kind);
        self.push_run(group.deleted, column, row, kind);
        self.push_run(group.instruction, NO_COLUMN, row, SegmentKind::Meta);
        if self.block.text.len() > BLOCK_TEXT && self.groups.is_empty() {
            self.flush()?;
        }
        Ok(())
    }

    fn push_run(&mut self, run: Run, column: u32, row: u32, kind: SegmentKind) {
        if run.slots.is_empty() || run.text.iter().all(|b| b.is_ascii_whitespace()) {
            return;
        }
        let start = self.block.text.len() as u32;
        self.block.text.extend_from_slice(&run.text);
        let end = self.block.text.len() as u32;
        self.block.text.push(b'\n');
        self.block.segments.push(Segment { start, end, column, row, kind });
        self.slots.extend(run.slots.iter().map(|s| Slot {
            start: s.start + start,
            end: s.end + start,
            ..*s
        }));
    }

    fn flush(&mut self) -> Result<(), ReadError> {
        if !self.block.segments.is_empty() {
            self.block.part = Some(self.part.clone());
            self.block.first_row = 1;
            if !self.fields.is_empty() {
                let fields = self.fields.clone();
                self.block.table = Some(Arc::new(Table { id: 0, name: None, fields, named: true }));
            }
            let mut edits = (self.sink)(&mut self.block)?;
            for k in &self.persons {
                let Some(slot) = self.slots.get(*k) else { continue };
                let text = String::from_utf8_lossy(&self.block.text[slot.start as usize..slot.end as usize]);
                let whole = edits.iter().any(|e| e.start <= slot.start && e.end >= slot.end);
                let touched = edits.iter().any(|e| e.start < slot.end && e.end > slot.start);
                if !whole && (touched || !parts::is_program(&text)) {
                    edits.retain(|e| e.end <= slot.start || e.start >= slot.end);
                    let at = edits.partition_point(|e| e.start < slot.start);
                    edits.insert(at, Edit { start: slot.start, end: slot.end, text: NOBODY.into() });
                }
            }
            for k in &self.names {
                let Some(slot) = self.slots.get(*k) else { continue };
                if let Some(new) = edited(&self.block.text, slot, &edits) {
                    let old =
                        String::from_utf8_lossy(&self.block.text[slot.start as usize..slot.end as usize]);
                    self.out.renamed.push((old.into_owned(), new));
                }
            }
            slots::raw_edits(self.xml, &self.slots, &edits, &mut self.out.edits);
        }
        self.block.clear();
        self.slots.clear();
        self.persons.clear();
        self.names.clear();
        self.row = 0;
        Ok(())
    }
}

/// The text of a slot with the edits applied, where any touches it.
fn edited(text: &[u8], slot: &Slot, edits: &[Edit]) -> Option<String> {
    let mut out = Vec::new();
    let mut at = slot.start;
    for e in edits.iter().filter(|e| e.start < slot.end && e.end > slot.start) {
        out.extend_from_slice(text.get(at as usize..e.start.max(at) as usize)?);
        out.extend_from_slice(e.text.as_bytes());
        at = e.end.min(slot.end);
    }
    if at == slot.start {
        return None;
    }
    out.extend_from_slice(text.get(at as usize..slot.end as usize)?);
    Some(String::from_utf8_lossy(&out).into_owned())
}

//! Spreadsheets of Office Open XML (XLSX, XLSM, XLTX), read as streams and edited inside the package.

pub(super) mod cell;
mod plain;
pub(super) mod sheet;
mod strings;
pub(super) mod styles;

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use sheet::{Book, Sheet};
use strings::Strings;

use super::package::chunks::{Chunks, end_tag};
use super::package::extract;
use super::package::lazy::LazyPart;
use super::package::parts::Flavor;
use super::package::recognise::{Kind, recognise};
use super::package::slots::{self, RawEdit};
use super::package::walk::Walk;
use super::package::xml::{self, Attributes, Token, Tokens, attribute, local};
use super::package::{Package, drops, part_error};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, ReadError};
use crate::source::Input;

/// Bytes of sheet XML that make one block: some thousand rows.
const PIECE: usize = 4 << 20;
/// The longest row, and the longest part of a sheet before or behind its rows.
const LONGEST: usize = 256 << 20;

/// XLSX and its relatives (ISO/IEC 29500, SpreadsheetML).
pub struct Xlsx;

impl Format for Xlsx {
    fn id(&self) -> &'static str {
        "xlsx"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Xlsx).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let package = Package::open(input, limits)?;
        Ok(Opened::Document(Box::new(Workbook { package })))
    }
}

struct Workbook {
    package: Package,
}

/// What `workbook.xml` says.
#[derive(Default)]
struct Contents {
    sheets: Vec<(String, usize)>,
    from_1904: bool,
    strings: Option<usize>,
    styles: Option<usize>,
    workbook: usize,
}

impl Document for Workbook {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let contents = contents(&mut self.package)?;
        let mut walk = Walk::new(self.package, visitor, false, out.is_some());
        let mut book = Book {
            strings: match contents.strings {
                Some(index) => Strings::read(&mut walk.package, index)?,
                None => Strings::default(),
            },
            formats: match contents.styles {
                Some(index) => styles::cell_formats(&xml::to_utf8(walk.package.read(index)?))?,
                None => Vec::new(),
            },
            from_1904: contents.from_1904,
            formula_dropped: false,
            renamed: Vec::new(),
        };
        walk.text_part(contents.workbook, Flavor::Sheet)?;
        let mut whole = true;
        for (id, (name, index)) in contents.sheets.iter().enumerate() {
            walk.done(*index);
            let part = walk.package.names()[*index].clone();
            if let Err(e) = rows(&mut walk, &mut book, *index, name, id as u32) {
                whole = false;
                walk.failed(e, &part)?;
            }
        }
        if let Some(index) = contents.strings {
            walk.done(index);
            // cells that could not be read may use any string
            if whole {
                book.strings.clean(&mut walk.package, index, &mut walk.visitor)?;
            }
        }
        walk.renamed.append(&mut book.renamed);
        if book.formula_dropped
            && let Some(chain) = walk.package.find("xl/calcChain.xml")
        {
            walk.package.drop_part(chain);
        }
        pivot_records(&mut walk)?;
        walk.finish(out)
    }
}

/// Finds the parts of the workbook.
fn contents(package: &mut Package) -> Result<Contents, ReadError> {
    let mut start = "xl/workbook.xml".to_owned();
    if let Some(index) = package.find("_rels/.rels") {
        let bytes = xml::to_utf8(package.read(index)?);
        let main = drops::relations("_rels/.rels", &bytes)?;
        if let Some(r) = main.into_iter().find(|r| r.kind == "officeDocument" && !r.external) {
            start = r.target;
        }
    }
    let workbook =
        package.find(&start).ok_or_else(|| ReadError::damaged("a workbook without its main part"))?;
    let rels = drops::relations_of(&start);
    let mut targets = HashMap::new();
    let mut contents = Contents { workbook, ..Contents::default() };
    if let Some(index) = package.find(&rels) {
        let bytes = xml::to_utf8(package.read(index)?);
        for r in drops::relations(&rels, &bytes)? {
            let part = package.find(&r.target);
            match r.kind.as_str() {
                "sharedStrings" => contents.strings = part,
                "styles" => contents.styles = part,
                "worksheet" => {
                    if let Some(part) = part {
                        targets.insert(r.id, part);
                    }
                }
                _ => {}
            }
        }
    }
    let bytes = xml::to_utf8(package.read(workbook)?);
    let mut tokens = Tokens::new(&bytes);
    while let Some(token) = tokens.next()? {
        let Token::Start { name, at, end, .. } = token else { continue };
        match local(name) {
            b"workbookPr" => {
                let date = attribute(&bytes, at, end, b"date1904");
                contents.from_1904 = matches!(date, Some(b"1" | b"true"));
            }
            b"sheet" => {
                let get = |key: &[u8]| {
                    Attributes::new(&bytes, at, end)
                        .find(|a| a.name == key || (key == b"r:id" && a.name.ends_with(b":id")))
                        .map(|a| xml::unescape(&bytes[a.start..a.end]))
                        .unwrap_or_default()
                };
                if let Some(part) = targets.remove(&get(b"r:id")) {
                    contents.sheets.push((get(b"name"), part));
                }
            }
            _ => {}
        }
    }
    // sheets that no list names are read all the same
    let mut rest: Vec<usize> = targets.into_values().collect();
    rest.sort_unstable();
    contents.sheets.extend(rest.into_iter().map(|part| (String::new(), part)));
    Ok(contents)
}

/// Walks over one sheet.
fn rows(walk: &mut Walk<'_>, book: &mut Book, index: usize, name: &str, id: u32) -> Result<(), ReadError> {
    let part = walk.package.names()[index].clone();
    let mut twin = walk.package.twin();
    let mut chunks = Chunks::new(twin.reader(index)?, Vec::new(), PIECE, LONGEST);
    let Some(head) = chunks.until(&[b"<sheetData", b":sheetData"]).map_err(|e| part_error(e, &part))? else {
        return whole_part(walk, index);
    };
    chunks.end_at(vec![end_tag(&head, "row")]);
    let mut lazy = LazyPart::new(index);
    edges(walk, &mut lazy, &head, &part)?;
    let mut sheet = Sheet::new(name, id, !walk.renamed.is_empty());
    let mut block = Block::default();
    let part_name: Arc<str> = part.as_str().into();
    if !head.ends_with(b"/>") {
        while let Some(piece) = chunks.next().map_err(|e| part_error(e, &part))? {
            sheet.read(piece, book, &mut block)?;
            block.part = Some(part_name.clone());
            let edits =
                if block.segments.is_empty() { Vec::new() } else { walk.visitor.block(&mut block)? };
            if !walk.package.copying() {
                continue;
            }
            let mut raw: Vec<RawEdit> = Vec::new();
            sheet.edit(piece, &block, &edits, book, &mut raw);
            for (a, b) in sheet.formulas() {
                let mut more = Vec::new();
                walk.rename(&piece[*a as usize..*b as usize], &mut more);
                raw.extend(more.into_iter().map(|e| RawEdit {
                    start: e.start + *a as usize,
                    end: e.end + *a as usize,
                    bytes: e.bytes,
                }));
            }
            put(walk, &mut lazy, piece, raw)?;
        }
    }
    let tail = chunks.rest().map_err(|e| part_error(e, &part))?;
    edges(walk, &mut lazy, &tail, &part)
}

/// What stands before or behind the rows: header and footer, lists of allowed values, links.
fn edges(walk: &mut Walk<'_>, lazy: &mut LazyPart, bytes: &[u8], part: &str) -> Result<(), ReadError> {
    let visitor = &mut walk.visitor;
    let mut found = extract::extract(bytes, part, Flavor::Sheet, &mut |block| visitor.block(block))?;
    walk.rename(bytes, &mut found.edits);
    put(walk, lazy, bytes, found.edits)
}

fn put(
    walk: &mut Walk<'_>,
    lazy: &mut LazyPart,
    bytes: &[u8],
    mut edits: Vec<RawEdit>,
) -> Result<(), ReadError> {
    if !walk.package.copying() {
        return Ok(());
    }
    if edits.is_empty() {
        return lazy.same(&mut walk.package, bytes);
    }
    let mut new = Vec::with_capacity(bytes.len() + 1024);
    slots::apply(bytes, &mut edits, &mut new);
    lazy.changed(&mut walk.package, bytes.len(), &new)
}

/// A sheet in another encoding, or without rows.
fn whole_part(walk: &mut Walk<'_>, index: usize) -> Result<(), ReadError> {
    let name = walk.package.names()[index].clone();
    let bytes = xml::to_utf8(walk.package.read(index)?);
    if memchr::memmem::find(&bytes, b"sheetData").is_some() {
        return Err(ReadError::new(
            crate::model::Reason::UnsupportedFormat,
            format!("{name} is not written in UTF-8"),
        ));
    }
    drop(Cursor::new(bytes));
    walk.text_part(index, Flavor::Sheet)
}

/// In a changed workbook the records of pivot tables go: they are filled again from the edited cells when it is
/// opened.
fn pivot_records(walk: &mut Walk<'_>) -> Result<(), ReadError> {
    if !walk.package.copying() || !walk.package.changed() {
        return Ok(());
    }
    let names = walk.package.names().to_vec();
    for (i, name) in names.iter().enumerate() {
        if name.contains("pivotCacheRecords") && name.ends_with(".xml") {
            walk.package.drop_part(i);
            walk.done(i);
        }
    }
    for (i, name) in names.iter().enumerate() {
        if !name.contains("pivotCacheDefinition") || !name.ends_with(".xml") {
            continue;
        }
        walk.done(i);
        let bytes = xml::to_utf8(walk.package.read(i)?);
        let visitor = &mut walk.visitor;
        let mut found = extract::extract(&bytes, name, Flavor::Sheet, &mut |block| visitor.block(block))?;
        let mut tokens = Tokens::new(&bytes);
        while let Some(token) = tokens.next()? {
            let Token::Start { name, at, end, .. } = token else { continue };
            if local(name) != b"pivotCacheDefinition" {
                continue;
            }
            for a in Attributes::new(&bytes, at, end) {
                if a.name.ends_with(b":id") || matches!(a.name, b"refreshOnLoad" | b"saveData") {
                    found.edits.push(RawEdit { start: a.at, end: a.end + 1, bytes: Vec::new() });
                }
            }
            let at = at + 1 + name.len();
            found.edits.push(RawEdit {
                start: at,
                end: at,
                bytes: b" saveData=\"0\" refreshOnLoad=\"1\"".to_vec(),
            });
            break;
        }
        walk.change(i, &bytes, found)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! OpenDocument spreadsheets: rows are read as a stream and edited inside the package.

mod row;

use std::sync::Arc;

use row::{Piece, Rows};

use super::odf;
use super::package::Package;
use super::package::chunks::Chunks;
use super::package::extract;
use super::package::lazy::LazyPart;
use super::package::part_error;
use super::package::parts::Flavor;
use super::package::recognise::{Kind, recognise};
use super::package::slots::{self, RawEdit};
use super::package::walk::Walk;
use super::package::xml::{self, Attributes, Token, Tokens, local};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, ColumnType, Edit, Field, ReadError, SegmentKind, Table};
use crate::source::Input;

/// Bytes of XML that make one block, and the longest row.
const PIECE: usize = 4 << 20;
const LONGEST: usize = 256 << 20;

/// OpenDocument spreadsheet (ISO/IEC 26300).
pub struct Ods;

impl Format for Ods {
    fn id(&self) -> &'static str {
        "ods"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Ods).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Document(Box::new(Sheets { package: odf::open(input, limits)? })))
    }
}

struct Sheets {
    package: Package,
}

impl Document for Sheets {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut walk = Walk::new(self.package, visitor, true, out.is_some());
        if let Some(index) = walk.package.find("content.xml") {
            walk.done(index);
            if let Err(e) = content(&mut walk, index) {
                walk.failed(e, "content.xml")?;
            }
        }
        walk.finish(out)
    }
}

fn chunks(package: &mut Package, index: usize) -> Result<Chunks<impl std::io::Read>, ReadError> {
    Ok(Chunks::new(package.reader(index)?, vec![b"</table:table-row>".to_vec()], PIECE, LONGEST))
}

/// Walks over the sheets.
fn content(walk: &mut Walk<'_>, index: usize) -> Result<(), ReadError> {
    names(walk, index)?;
    let mut twin = walk.package.twin();
    let mut chunks = chunks(&mut twin, index)?;
    let mut lazy = LazyPart::new(index);
    let mut rows = Rows::default();
    while let Some(piece) = chunks.next().map_err(|e| part_error(e, "content.xml"))? {
        let edits = look(walk, &mut rows, piece)?;
        put(walk, &mut lazy, piece, edits)?;
    }
    let rest = chunks.rest().map_err(|e| part_error(e, "content.xml"))?;
    let edits = look(walk, &mut rows, &rest)?;
    put(walk, &mut lazy, &rest, edits)
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

/// Names of sheets come first, since formulas before a sheet may refer to it.
fn names(walk: &mut Walk<'_>, index: usize) -> Result<(), ReadError> {
    let mut found: Vec<String> = Vec::new();
    let mut twin = walk.package.twin();
    let mut chunks = chunks(&mut twin, index)?;
    let mut take = |piece: &[u8]| {
        for at in memchr::memmem::find_iter(piece, b"<table:table ") {
            let mut tokens = Tokens::new(&piece[at..]);
            if let Ok(Some(Token::Start { at: 0, end, .. })) = tokens.next()
                && let Some(name) = xml::attribute(&piece[at..], 0, end, b"name")
                && found.len() < 10_000
            {
                found.push(xml::unescape(name));
            }
        }
    };
    while let Some(piece) = chunks.next().map_err(|e| part_error(e, "content.xml"))? {
        take(piece);
    }
    let rest = chunks.rest().map_err(|e| part_error(e, "content.xml"))?;
    take(&rest);
    if found.is_empty() {
        return Ok(());
    }
    let fields = vec![Field { name: "sheet".to_owned(), ty: ColumnType::Unknown }];
    let table = Table { id: 0, name: None, fields, named: false };
    let mut block =
        Block { table: Some(Arc::new(table)), part: Some("content.xml".into()), ..Block::default() };
    block.first_row = 1;
    for (row, name) in found.iter().enumerate() {
        block.push(name, 0, row as u32, SegmentKind::Meta);
    }
    let edits = walk.visitor.block(&mut block)?;
    for (s, old) in block.segments.iter().zip(&found) {
        let own: Vec<&Edit> = edits.iter().filter(|e| e.start < s.end && e.end > s.start).collect();
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            let mut new =
                String::from_utf8_lossy(&block.text[s.start as usize..first.start as usize]).into_owned();
            new.extend(own.iter().map(|e| &*e.text));
            new.push_str(&String::from_utf8_lossy(&block.text[last.end.min(s.end) as usize..s.end as usize]));
            let new: String =
                new.chars().map(|c| if c.is_alphanumeric() || c == ' ' { c } else { '_' }).collect();
            walk.renamed.push((old.clone(), new));
        }
    }
    Ok(())
}

/// Shows what stands in a piece, and tells what must change in it.
fn look(walk: &mut Walk<'_>, rows: &mut Rows, piece: &[u8]) -> Result<Vec<RawEdit>, ReadError> {
    let mut edits: Vec<RawEdit> = Vec::new();
    let mut block = Block::default();
    let mut at = 0;
    loop {
        let (part, end) = rows.next(piece, at, &mut block)?;
        match part {
            Piece::End => break,
            Piece::Table(name) => {
                let raw = &piece[at..end];
                let mut more = Vec::new();
                if let Some((_, new)) = walk.renamed.iter().find(|(old, _)| *old == name)
                    && let Some(a) = Attributes::new(raw, 0, raw.len()).find(|a| local(a.name) == b"name")
                {
                    let mut bytes = Vec::new();
                    xml::escape_into(new, &mut bytes);
                    more.push(RawEdit { start: a.start, end: a.end, bytes });
                }
                shift(&mut edits, more, at);
            }
            Piece::Rows => {
                let answer =
                    if block.segments.is_empty() { Vec::new() } else { walk.visitor.block(&mut block)? };
                rows.edit(piece, &block, &answer, &mut edits);
                // comments and drawings inside cells
                for (a, b) in rows.inner().to_vec() {
                    let more = other(walk, &piece[a..b])?;
                    shift(&mut edits, more, a);
                }
                for (a, b) in rows.formulas().to_vec() {
                    let mut more = Vec::new();
                    walk.rename(&piece[a..b], &mut more);
                    shift(&mut edits, more, a);
                }
            }
            Piece::Other => {
                let more = other(walk, &piece[at..end])?;
                shift(&mut edits, more, at);
            }
        }
        at = end;
    }
    Ok(edits)
}

fn shift(edits: &mut Vec<RawEdit>, more: Vec<RawEdit>, by: usize) {
    edits.extend(more.into_iter().map(|e| RawEdit { start: e.start + by, end: e.end + by, bytes: e.bytes }));
}

fn other(walk: &mut Walk<'_>, bytes: &[u8]) -> Result<Vec<RawEdit>, ReadError> {
    let visitor = &mut walk.visitor;
    let mut found = extract::extract(bytes, "content.xml", Flavor::Odf, &mut |block| visitor.block(block))?;
    walk.rename(bytes, &mut found.edits);
    Ok(found.edits)
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader};

    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn cells_with_their_columns() {
        let (words, info) = testing::read(&Ods, &testing::sample("clients_odfpy.ods")).unwrap();
        assert!(info.partly.is_empty());
        let seen =
            |text: &str| words.seen.iter().find(|s| s.text == text).unwrap_or_else(|| panic!("{text}"));
        let iin = seen("850101400120");
        assert_eq!((iin.kind, iin.field.as_str()), (SegmentKind::Number, "ИИН"));
        assert_eq!((iin.at.cell.as_deref(), iin.at.sheet.as_deref()), (Some("C2"), Some("Клиенты")));
        let date = seen("1985-01-01");
        assert_eq!((date.kind, date.field.as_str()), (SegmentKind::Date, "Дата рождения"));
        // three rows and two columns that are stored once
        let repeated: Vec<_> = words.seen.iter().filter(|s| s.text == "991231500016").collect();
        assert_eq!(repeated.len(), 2);
        assert_eq!(repeated[1].at.cell.as_deref(), Some("C5"));
    }

    #[test]
    fn nothing_of_the_words_is_left_in_the_copy() {
        for name in ["clients_odfpy.ods", "clients_libreoffice.ods"] {
            let source = testing::sample(name);
            let (copy, _, info) = testing::copy(&Ods, &source, VALUES).unwrap();
            assert!(info.partly.is_empty());
            testing::assert_gone(
                &copy,
                &[
                    "Ахметова",
                    "Сергей Петрович",
                    "Виктор",
                    "850101400120",
                    "991231500016",
                    "10215500122",
                    "123 45 67",
                ],
            );
            let mut book = calamine::Ods::new(std::io::Cursor::new(&copy[..])).unwrap();
            let range = book.worksheet_range_at(0).unwrap().unwrap();
            assert_eq!(range.get_value((1, 1)), Some(&Data::String("Особа Первая".into())), "{name}");
            assert_eq!(range.get_value((1, 2)), Some(&Data::String("IIN_A<1>".into())), "{name}");
            assert_eq!(range.get_value((1, 0)), Some(&Data::Float(1.0)), "{name}");
            let (again, ..) = testing::copy(&Ods, &copy, VALUES).unwrap();
            let (third, ..) = testing::copy(&Ods, &again, VALUES).unwrap();
            assert!(third == again, "{name}");
        }
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Ods, &testing::sample("clients_odfpy.ods"), 97);
    }
}

//! Documents of old formats as plain items, and their copy: a clean new DOCX that holds nothing else.

use std::io::Write;
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::numbered::Numbered;
use super::{header, xml};
use crate::format::{Document, Info, Output, Visitor};
use crate::model::{
    Block, ColumnType, Edit, Field, NO_COLUMN, ReadError, Reason, Segment, SegmentKind, Table,
};

/// A longer text is cut between paragraphs.
const BLOCK_TEXT: usize = 16 << 20;
const FIELDS: usize = 2000;

/// One thing of a text, in reading order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A paragraph.
    Paragraph(String),
    /// A row of a table.
    Row(Vec<String>),
}

/// What an old document holds.
#[derive(Debug, Default)]
pub struct Texts {
    /// What its pages show; this goes into the copy.
    pub items: Vec<Item>,
    /// Properties, authors, instructions of fields: looked at, and never in the copy.
    pub aside: Vec<(&'static str, String)>,
    /// What the copy does not carry over.
    pub notes: Vec<String>,
}

/// A document of an old format, read to its end.
pub struct Renewed(pub Texts);

impl Document for Renewed {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        process(self.0, visitor, out)
    }
}

/// Shows the texts to `visitor` and writes the copy.
///
/// # Errors
/// Whatever stops the visitor, and failures of writing.
fn process(
    mut texts: Texts,
    visitor: &mut dyn Visitor,
    out: Option<&mut dyn Output>,
) -> Result<Info, ReadError> {
    let visitor = &mut Numbered::new(visitor);
    look_aside(&texts, visitor)?;
    let mut from = 0;
    while from < texts.items.len() {
        from = look(&mut texts.items, from, visitor)?;
    }
    if let Some(out) = out {
        write(&texts.items, out).map_err(|e| match e {
            zip::result::ZipError::Io(e) => {
                ReadError { reason: Reason::WriteFailed, detail: String::new(), source: Some(e) }
            }
            e => ReadError::new(Reason::WriteFailed, e.to_string()),
        })?;
    }
    Ok(Info { notes: texts.notes, ..Info::default() })
}

fn look_aside(texts: &Texts, visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    if texts.aside.is_empty() {
        return Ok(());
    }
    let mut fields: Vec<Field> = Vec::new();
    let mut block = Block { part: Some("properties".into()), first_row: 1, ..Block::default() };
    for (row, (name, text)) in texts.aside.iter().enumerate() {
        let column = fields.iter().position(|f| f.name == *name).unwrap_or_else(|| {
            fields.push(Field { name: (*name).to_owned(), ty: ColumnType::Unknown });
            fields.len() - 1
        });
        block.push(text, column as u32, row as u32, SegmentKind::Meta);
    }
    block.table = Some(Arc::new(Table { id: 0, name: None, fields, named: true }));
    visitor.block(&mut block)?;
    Ok(())
}

/// Shows items from `from` on, applies the edits, and answers where to go on.
fn look(items: &mut [Item], from: usize, visitor: &mut dyn Visitor) -> Result<usize, ReadError> {
    let mut block = Block { first_row: 1, ..Block::default() };
    let mut fields: Vec<Field> = Vec::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut base: Option<usize> = None;
    let mut at = from;
    let mut push = |block: &mut Block, text: &str, column: u32, kind: SegmentKind, place: (usize, usize)| {
        if text.trim().is_empty() {
            return;
        }
        let start = block.text.len() as u32;
        block.text.extend_from_slice(text.as_bytes());
        let end = block.text.len() as u32;
        block.text.push(b'\n');
        block.segments.push(Segment { start, end, column, row: (place.0 - from) as u32, kind });
        places.push(place);
    };
    while at < items.len() && block.text.len() < BLOCK_TEXT {
        match &items[at] {
            Item::Paragraph(text) => {
                base = None;
                push(&mut block, text, NO_COLUMN, SegmentKind::Prose, (at, 0));
            }
            Item::Row(cells) => {
                let first = at == from || !matches!(items[at - 1], Item::Row(_));
                let named = first && cells.len() > 1 && header::is_header(cells, false);
                if named && fields.len() + cells.len() < FIELDS {
                    base = Some(fields.len());
                    fields.extend(
                        cells.iter().map(|c| Field { name: c.trim().to_owned(), ty: ColumnType::Unknown }),
                    );
                }
                let label = base.is_none() && cells.len() == 2 && header::is_label(&cells[0]);
                for (k, text) in cells.iter().enumerate() {
                    let column = match base {
                        Some(base) if !named && base + k < fields.len() => (base + k) as u32,
                        None if label && k == 1 && fields.len() < FIELDS => {
                            let name = cells[0].trim().trim_end_matches(':').to_owned();
                            fields.push(Field { name, ty: ColumnType::Unknown });
                            fields.len() as u32 - 1
                        }
                        _ => NO_COLUMN,
                    };
                    let kind = if column == NO_COLUMN { SegmentKind::Prose } else { SegmentKind::Cell };
                    push(&mut block, text, column, kind, (at, k));
                }
            }
        }
        at += 1;
    }
    if block.segments.is_empty() {
        return Ok(at);
    }
    if !fields.is_empty() {
        block.table = Some(Arc::new(Table { id: 0, name: None, fields, named: true }));
    }
    let edits = visitor.block(&mut block)?;
    for (segment, (item, cell)) in block.segments.iter().zip(&places) {
        let own: Vec<&Edit> =
            edits.iter().filter(|e| e.start < segment.end && e.end > segment.start).collect();
        if own.is_empty() {
            continue;
        }
        let mut text = Vec::new();
        let mut done = segment.start;
        for e in own {
            text.extend_from_slice(&block.text[done as usize..e.start.clamp(done, segment.end) as usize]);
            text.extend_from_slice(e.text.as_bytes());
            done = e.end.clamp(done, segment.end);
        }
        text.extend_from_slice(&block.text[done as usize..segment.end as usize]);
        let text = String::from_utf8_lossy(&text).into_owned();
        match &mut items[*item] {
            Item::Paragraph(old) => *old = text,
            Item::Row(cells) => {
                if let Some(old) = cells.get_mut(*cell) {
                    *old = text;
                }
            }
        }
    }
    Ok(at)
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const OPEN: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
const TABLE: &str = r#"<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders></w:tblPr>"#;

/// Options of a member of a new package: packed, and with the earliest date that zip knows. Not of more than
/// 4 GiB, which fails: LibreOffice does not open packages whose members ask for 64-bit sizes.
pub fn plain_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
}

fn write(items: &[Item], out: &mut dyn Output) -> zip::result::ZipResult<()> {
    let mut zip = ZipWriter::new(out);
    for (name, text) in [("[Content_Types].xml", TYPES), ("_rels/.rels", RELS)] {
        zip.start_file(name, plain_options())?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("word/document.xml", plain_options())?;
    zip.write_all(OPEN.as_bytes())?;
    let mut bytes = Vec::new();
    let mut table = false;
    for item in items {
        bytes.clear();
        if table && matches!(item, Item::Paragraph(_)) {
            bytes.extend_from_slice(b"</w:tbl>");
            table = false;
        }
        match item {
            Item::Paragraph(text) => paragraph(text, &mut bytes),
            Item::Row(cells) => {
                if !table {
                    bytes.extend_from_slice(TABLE.as_bytes());
                    table = true;
                }
                bytes.extend_from_slice(b"<w:tr>");
                for cell in cells {
                    bytes.extend_from_slice(b"<w:tc>");
                    paragraph(cell, &mut bytes);
                    bytes.extend_from_slice(b"</w:tc>");
                }
                bytes.extend_from_slice(b"</w:tr>");
            }
        }
        zip.write_all(&bytes)?;
    }
    let end = if table { "</w:tbl><w:p/></w:body></w:document>" } else { "</w:body></w:document>" };
    zip.write_all(end.as_bytes())?;
    zip.finish()?.flush()?;
    Ok(())
}

fn paragraph(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<w:p><w:r>");
    for (k, line) in text.split('\n').enumerate() {
        if k > 0 {
            out.extend_from_slice(b"<w:br/>");
        }
        for (k, piece) in line.split('\t').enumerate() {
            if k > 0 {
                out.extend_from_slice(b"<w:tab/>");
            }
            if !piece.is_empty() {
                out.extend_from_slice(b"<w:t xml:space=\"preserve\">");
                xml::escape_into(piece, out);
                out.extend_from_slice(b"</w:t>");
            }
        }
    }
    out.extend_from_slice(b"</w:r></w:p>");
}

//! Excel 5 to 2003 workbooks (BIFF) and binary workbooks of later versions (XLSB); the copy is a new XLSX.

mod biff;
mod bundle;

use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetVisible};

use super::package::header;
use super::package::members;
use super::package::newxlsx::{self, NewSheet, Value};
use super::package::numbered::Numbered;
use super::package::ole::{self, Ole, shielded};
use super::package::recognise;
use super::xlsx::styles;
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, ColumnType, Edit, Field, ReadError, Reason, Segment, SegmentKind, Table};
use crate::source::Input;

/// Excel's binary format of packages.
pub struct Xlsb;

impl Format for Xlsb {
    fn id(&self) -> &'static str {
        "xlsb"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        let found = recognise::recognise(head, name);
        found.filter(|(kind, _)| *kind == recognise::Kind::Xlsb).map_or(0, |(_, sure)| sure)
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("xlsx")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_bytes(MOST.min(limits.member_bytes))?;
        let sheets = shielded("a binary workbook", || {
            let book = calamine::Xlsb::new(Cursor::new(bundle::mended(bytes))).map_err(|e| match e {
                calamine::XlsbError::Password => {
                    ReadError::new(Reason::Encrypted, "a workbook with a password")
                }
                _ => ReadError::damaged("a binary workbook"),
            })?;
            binary_sheets(book)
        })?;
        Ok(Opened::Document(Box::new(Workbook { sheets, aside: Vec::new() })))
    }
}

/// A workbook is held in memory as a whole; larger ones are refused.
const MOST: u64 = 256 << 20;

/// All cells of a workbook.
struct Sheets {
    sheets: Vec<NewSheet>,
    /// Dates count from 1904.
    from_1904: bool,
}

pub(super) struct Workbook {
    sheets: Sheets,
    aside: Vec<(&'static str, String)>,
}

/// Reads the workbook of a compound file.
pub(super) fn read(mut ole: Ole) -> Result<Workbook, ReadError> {
    let mut aside = ole.properties();
    let name = if ole.stream("Workbook")?.is_some() { "Workbook" } else { "Book" };
    let stream = ole.stream(name)?.unwrap_or_default();
    if stream.len() as u64 > MOST {
        return Err(ReadError::limit(format!("a workbook of more than {MOST} bytes")));
    }
    records(&stream, &mut aside)?;
    let sheets = biff::sheets(&stream)?;
    Ok(Workbook { sheets, aside })
}

/// What stands in a workbook beside its cells (MS-XLS 2.4): none of it goes into the copy.
fn records(stream: &[u8], aside: &mut Vec<(&'static str, String)>) -> Result<(), ReadError> {
    let mut at = 0;
    let mut text_follows = false;
    while let Some(head) = stream.get(at..at + 4) {
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let len = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let Some(body) = stream.get(at + 4..at + 4 + len) else { break };
        let mut push = |name: &'static str, text: String| {
            let text = text.trim_matches(['\0', ' ']).to_owned();
            if !text.is_empty() && aside.len() < 1_000_000 {
                aside.push((name, text));
            }
        };
        match kind {
            0x002F => return Err(ReadError::new(Reason::Encrypted, "a workbook with a password")),
            // CONTINUE behind TXO: the text of a comment or a text box
            0x003C if text_follows => push("text", characters(body, 0)),
            // WRITEACCESS, HEADER, FOOTER
            0x005C => push("lastModifiedBy", counted(body, 0)),
            0x0014 | 0x0015 => push("header", counted(body, 0)),
            // NOTE: the author of a comment
            0x001C => push("author", counted(body, 8)),
            // NAME, SUPBOOK, DV, DVAL, HLINK, CF, EXTERNNAME, FILESHARING, and formulas' literals
            0x0018 | 0x01AE | 0x01BE | 0x01B8 | 0x01B1 | 0x0023 | 0x005B | 0x0006 => {
                for (from, to, wide) in members::runs(body) {
                    let piece = &body[from..to];
                    let text = if wide { ole::utf16(piece) } else { ole::decode(piece, 1251) };
                    if text.chars().filter(|c| c.is_alphanumeric()).count() >= 4 {
                        push("text", text);
                    }
                }
            }
            _ => {}
        }
        text_follows = kind == 0x01B6;
        at += 4 + len;
    }
    Ok(())
}

/// A string with its length before it.
fn counted(body: &[u8], at: usize) -> String {
    let len = body.get(at..at + 2).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let wide = body.get(at + 2).is_some_and(|f| f & 1 == 1);
    let bytes = if wide { len * 2 } else { len };
    let end = (at + 3 + bytes).min(body.len());
    characters(body.get(..end).unwrap_or_default(), at + 2)
}

/// Characters behind a byte that tells their width.
fn characters(body: &[u8], at: usize) -> String {
    match (body.get(at), body.get(at + 1..)) {
        (Some(flag), Some(rest)) if flag & 1 == 1 => ole::utf16(rest),
        (Some(_), Some(rest)) => rest.iter().map(|b| char::from(*b)).collect(),
        _ => String::new(),
    }
}

/// The cells of a binary workbook, one after another: a range would take memory for all that lies between them.
fn binary_sheets(mut book: calamine::Xlsb<Cursor<Arc<[u8]>>>) -> Result<Sheets, ReadError> {
    let mut sheets = Vec::new();
    let mut size = 0;
    for (k, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        if meta.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        let broken = |_| ReadError::damaged(format!("sheet {}", k + 1));
        let mut cells = book.worksheet_cells_reader(&meta.name).map_err(broken)?;
        let mut rows: BTreeMap<u32, Vec<(u32, Value)>> = BTreeMap::new();
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let value = value(cell.get_value());
            if let Value::Text(text) = &value {
                size += text.len();
                if size > biff::TEXTS {
                    return Err(ReadError::limit("texts of a workbook"));
                }
            }
            if value != Value::Empty {
                let (row, column) = cell.get_position();
                rows.entry(row).or_default().push((column, value));
            }
        }
        let hidden = meta.visible != SheetVisible::Visible;
        sheets.push(NewSheet { name: meta.name, hidden, rows: rows.into_iter().collect() });
    }
    Ok(Sheets { sheets, from_1904: book.has_1904_epoch() })
}

fn value(data: &DataRef) -> Value {
    match data {
        DataRef::Empty => Value::Empty,
        DataRef::SharedString("") => Value::Empty,
        DataRef::SharedString(s) => Value::Text((*s).to_owned()),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) if s.is_empty() => {
            Value::Empty
        }
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => Value::Text(s.clone()),
        DataRef::Float(n) => Value::Number(*n),
        DataRef::Int(n) => Value::Number(*n as f64),
        DataRef::Bool(b) => Value::Bool(*b),
        DataRef::DateTime(d) if d.is_datetime() => Value::Date(d.as_f64()),
        DataRef::DateTime(d) => Value::Number(d.as_f64()),
        DataRef::Error(e) => Value::Text(e.to_string()),
    }
}

impl Document for Workbook {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let visitor = &mut Numbered::new(visitor);
        look_aside(&self.aside, visitor)?;
        let Sheets { sheets, from_1904 } = &mut self.sheets;
        names(sheets, visitor)?;
        for (id, sheet) in sheets.iter_mut().enumerate() {
            rows(sheet, id as u32, *from_1904, visitor)?;
        }
        if let Some(out) = out {
            newxlsx::write(sheets, *from_1904, out).map_err(|e| match e {
                zip::result::ZipError::Io(e) => {
                    ReadError { reason: Reason::WriteFailed, detail: String::new(), source: Some(e) }
                }
                e => ReadError::new(Reason::WriteFailed, e.to_string()),
            })?;
        }
        let notes = vec!["only values are carried over; the copy is a new workbook".to_owned()];
        Ok(Info { notes, ..Info::default() })
    }
}

fn look_aside(aside: &[(&'static str, String)], visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    for part in aside.chunks(50_000) {
        let mut fields: Vec<Field> = Vec::new();
        let mut block = Block { part: Some("properties".into()), first_row: 1, ..Block::default() };
        for (row, (name, text)) in part.iter().enumerate() {
            let column = fields.iter().position(|f| f.name == *name).unwrap_or_else(|| {
                fields.push(Field { name: (*name).to_owned(), ty: ColumnType::Unknown });
                fields.len() - 1
            });
            block.push(text, column as u32, row as u32, SegmentKind::Meta);
        }
        block.table = Some(Arc::new(Table { id: 0, name: None, fields, named: true }));
        visitor.block(&mut block)?;
    }
    Ok(())
}

/// Names of sheets, cleaned and kept legal and different.
fn names(sheets: &mut [NewSheet], visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    let mut block = Block { part: Some("sheets".into()), first_row: 1, ..Block::default() };
    let fields = vec![Field { name: "sheet".to_owned(), ty: ColumnType::Unknown }];
    block.table = Some(Arc::new(Table { id: 0, name: None, fields, named: false }));
    for (row, sheet) in sheets.iter().enumerate() {
        block.push(&sheet.name, 0, row as u32, SegmentKind::Meta);
    }
    let edits = if sheets.is_empty() { Vec::new() } else { visitor.block(&mut block)? };
    let mut used = HashSet::new();
    for (sheet, segment) in sheets.iter_mut().zip(&block.segments) {
        let name = edited(&block, segment, &edits).unwrap_or_else(|| sheet.name.clone());
        let legal: String =
            name.chars().map(|c| if ":\\/?*[]'".contains(c) || c < ' ' { '_' } else { c }).take(25).collect();
        let mut name = if legal.trim().is_empty() { "Sheet".to_owned() } else { legal };
        let plain = name.clone();
        let mut n = 1;
        while !used.insert(name.to_lowercase()) {
            n += 1;
            name = format!("{plain} {n}");
        }
        sheet.name = name;
    }
    Ok(())
}

/// Shows the rows of a sheet, some thousand at a time, and applies the edits.
fn rows(sheet: &mut NewSheet, id: u32, from_1904: bool, visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    let mut table = None;
    let name = sheet.name.clone();
    for part in sheet.rows.chunks_mut(5000) {
        let first = part.first().map_or(0, |r| r.0);
        let mut block = Block { cells: true, first_row: u64::from(first) + 1, ..Block::default() };
        let mut places = Vec::new();
        for (k, (row, cells)) in part.iter().enumerate() {
            for (j, (column, value)) in cells.iter().enumerate() {
                let (text, kind) = match value {
                    Value::Text(text) => (text.clone(), SegmentKind::Cell),
                    Value::Number(n) if *n == n.trunc() && n.abs() < 1e17 => {
                        (format!("{}", *n as i64), SegmentKind::Number)
                    }
                    Value::Number(n) => (n.to_string(), SegmentKind::Number),
                    Value::Date(n) => match styles::serial_to_iso(*n, from_1904) {
                        Some(iso) => (iso, SegmentKind::Date),
                        None => (n.to_string(), SegmentKind::Number),
                    },
                    Value::Bool(_) | Value::Empty => continue,
                };
                let start = block.text.len() as u32;
                block.text.extend_from_slice(text.as_bytes());
                let end = block.text.len() as u32;
                block.text.push(b'\n');
                block.segments.push(Segment { start, end, column: *column, row: row - first, kind });
                places.push((k, j));
            }
        }
        if block.segments.is_empty() {
            continue;
        }
        if table.is_none() {
            table = Some(Arc::new(header::table(&mut block, id, &name)));
        }
        block.table = table.clone();
        let edits = visitor.block(&mut block)?;
        for (segment, (k, j)) in block.segments.iter().zip(&places) {
            let Some(text) = edited(&block, segment, &edits) else { continue };
            let Some((_, value)) = part.get_mut(*k).and_then(|r| r.1.get_mut(*j)) else { continue };
            let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
            *value = match (&*value, number) {
                (Value::Number(_), Some(n)) => Value::Number(n),
                (Value::Date(_), _) => match styles::iso_to_serial(&text, from_1904) {
                    Some(serial) => Value::Date(serial),
                    None => Value::Text(text),
                },
                _ => Value::Text(text),
            };
        }
    }
    Ok(())
}

/// The text of a segment with the edits that touch it.
fn edited(block: &Block, s: &Segment, edits: &[Edit]) -> Option<String> {
    let from = edits.partition_point(|e| e.end <= s.start);
    let own = edits[from..].iter().take_while(|e| e.start < s.end);
    let mut out = Vec::new();
    let mut at = s.start;
    let mut any = false;
    for e in own {
        any = true;
        out.extend_from_slice(&block.text[at as usize..e.start.clamp(at, s.end) as usize]);
        out.extend_from_slice(e.text.as_bytes());
        at = e.end.clamp(at, s.end);
    }
    out.extend_from_slice(&block.text[at as usize..s.end as usize]);
    any.then(|| String::from_utf8_lossy(&out).into_owned())
}

#[cfg(test)]
mod tests {
    use calamine::Data;

    use super::super::compound::Xls;
    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn cells_and_a_clean_copy() {
        for (name, iin) in [("clients_xlwt.xls", "C2"), ("clients_libreoffice.xls", "C2")] {
            let source = testing::sample(name);
            let (words, _) = testing::read(&Xls, &source).unwrap();
            let seen = words.seen.iter().find(|s| s.text == "850101400120").unwrap();
            assert_eq!((seen.field.as_str(), seen.at.cell.as_deref()), ("ИИН", Some(iin)), "{name}");
            let date = words.seen.iter().find(|s| s.text == "1985-01-01").unwrap();
            assert_eq!(date.kind, SegmentKind::Date);
            let (copy, _, _) = testing::copy(&Xls, &source, VALUES).unwrap();
            testing::assert_gone(
                &copy,
                &["Ахметова", "Сергей Петрович", "Kim", "Ким", "850101400120", "991231500016", "123 45 67"],
            );
            let mut book = calamine::Xlsx::new(Cursor::new(&copy[..])).unwrap();
            let range = book.worksheet_range_at(0).unwrap().unwrap();
            assert_eq!(range.get_value((1, 1)), Some(&Data::String("Особа Первая".into())));
            assert_eq!(range.get_value((1, 0)), Some(&Data::Float(1.0)));
        }
    }

    #[test]
    fn dates_from_1904_and_cells_far_apart() {
        let source = testing::sample("dates1904_xlwt.xls");
        let (words, _) = testing::read(&Xls, &source).unwrap();
        for (text, cell) in [
            ("1985-01-01", "E2"),
            ("2001-02-15", "E4"),
            ("010215500122", "C4"),
            ("угол Иванов Сергей Петрович", "IV65536"),
        ] {
            let seen = words.seen.iter().find(|s| s.text == text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(seen.at.cell.as_deref(), Some(cell));
        }
        let (copy, _, _) = testing::copy(&Xls, &source, &[]).unwrap();
        let mut book = calamine::Xlsx::new(Cursor::new(&copy[..])).unwrap();
        assert!(book.has_1904_epoch());
        let mut cells = book.worksheet_cells_reader("Старый").unwrap();
        let mut serial = None;
        while let Some(cell) = cells.next_cell().unwrap() {
            if cell.get_position() == (3, 4) {
                serial = Some(value(cell.get_value()));
            }
        }
        assert_eq!(serial, Some(Value::Date(35_475.0)));
    }

    #[test]
    fn what_stands_beside_the_cells() {
        let (words, _) = testing::read(&Xls, &testing::sample("clients_libreoffice.xls")).unwrap();
        for text in ["Перезвонить Иванов Сергей Петрович", "Ответственный: Ким", "Иванов С П"]
        {
            assert!(words.seen.iter().any(|s| s.text.contains(text)), "{text}");
        }
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Xls, &testing::sample("clients_xlwt.xls"), 97);
    }
}

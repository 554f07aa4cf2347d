//! Word 97-2003 and Word 6/95 documents (MS-DOC): text by the piece table; the copy is a new DOCX.

use super::package::ole::{self, Ole};
use super::package::renewed::{Item, Texts};
use crate::model::{ReadError, Reason};

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Reads all text of the document.
pub(super) fn read(ole: &mut Ole) -> Result<Texts, ReadError> {
    let main = ole.stream("WordDocument")?.ok_or_else(|| ReadError::damaged("no stream WordDocument"))?;
    let broken = || ReadError::damaged("the header of a Word document");
    let version = u16_at(&main, 2).ok_or_else(broken)?;
    let language = u16_at(&main, 6).ok_or_else(broken)?;
    let flags = u16_at(&main, 10).ok_or_else(broken)?;
    if flags & 0x0100 != 0 {
        return Err(ReadError::new(Reason::Encrypted, "a Word document with a password"));
    }
    let mut texts = Texts { aside: ole.properties(), ..Texts::default() };
    let text = if version < 0xC0 {
        let (from, to) = (u32_at(&main, 0x18).ok_or_else(broken)?, u32_at(&main, 0x1C).ok_or_else(broken)?);
        let bytes = main
            .get(from as usize..to as usize)
            .ok_or_else(|| ReadError::damaged("the text of a Word 6 document"))?;
        ole::decode(bytes, code_page(language))
    } else {
        let name = if flags & 0x0200 != 0 { "1Table" } else { "0Table" };
        let table = ole.stream(name)?.ok_or_else(|| ReadError::damaged(format!("no stream {name}")))?;
        authors(&main, &table, &mut texts);
        pieces(&main, &table, language)?
    };
    items(&text, &mut texts);
    if ole.has_storage("ObjectPool") {
        texts.notes.push("embedded objects are neither read nor carried over".to_owned());
    }
    texts.notes.push("pictures and formatting are not carried over; the copy is a new document".to_owned());
    Ok(texts)
}

/// The Windows code page of a language (MS-LCID).
fn code_page(language: u16) -> u32 {
    match language & 0x3FF {
        0x19 | 0x22 | 0x23 | 0x3F | 0x40 | 0x02 | 0x2F | 0x44 => 1251,
        0x05 | 0x0E | 0x15 | 0x18 | 0x1A | 0x1B | 0x24 => 1250,
        0x1F | 0x2C => 1254,
        0x08 => 1253,
        _ => 1252,
    }
}

/// Text of all pieces in the order of characters (MS-DOC 2.4.1).
fn pieces(main: &[u8], table: &[u8], language: u16) -> Result<String, ReadError> {
    let broken = || ReadError::damaged("the piece table of a Word document");
    let (start, len) = (u32_at(main, 0x1A2).ok_or_else(broken)?, u32_at(main, 0x1A6).ok_or_else(broken)?);
    let clx = table.get(start as usize..).and_then(|t| t.get(..len as usize)).ok_or_else(broken)?;
    let mut at = 0;
    while clx.get(at) == Some(&1) {
        at += 3 + usize::from(u16_at(clx, at + 1).ok_or_else(broken)?);
    }
    if clx.get(at) != Some(&2) {
        return Err(broken());
    }
    let size = u32_at(clx, at + 1).ok_or_else(broken)? as usize;
    let plc = clx.get(at + 5..).and_then(|c| c.get(..size)).ok_or_else(broken)?;
    let count = size.saturating_sub(4) / 12;
    let mut out = String::new();
    for k in 0..count {
        let (from, to) = (u32_at(plc, k * 4).ok_or_else(broken)?, u32_at(plc, k * 4 + 4).ok_or_else(broken)?);
        let chars = to.checked_sub(from).ok_or_else(broken)? as usize;
        let place = u32_at(plc, (count + 1) * 4 + k * 8 + 2).ok_or_else(broken)?;
        let short = place & 0x4000_0000 != 0;
        let place = (place & 0x3FFF_FFFF) as usize;
        if short {
            let bytes = main.get(place / 2..).and_then(|m| m.get(..chars)).ok_or_else(broken)?;
            // by the specification these are windows-1252; converters write the page of the language
            let page = if cyrillic(bytes) { code_page(language).max(1251) } else { 1252 };
            let page = if cyrillic(bytes) && page == 1252 { 1251 } else { page };
            out.push_str(&ole::decode(bytes, page));
        } else {
            let bytes = main.get(place..).and_then(|m| m.get(..chars.checked_mul(2)?)).ok_or_else(broken)?;
            out.push_str(&ole::utf16(bytes));
        }
    }
    Ok(out)
}

/// True where bytes beyond ASCII stand beside one another as Russian words do in windows-1251, and as accented
/// letters of western languages do not.
fn cyrillic(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|b| **b >= 0xC0).count();
    let pairs = bytes.windows(2).filter(|w| w[0] >= 0xC0 && w[1] >= 0xE0).count();
    high >= 4 && pairs * 2 > high
}

/// Names of who revised and commented, and the document's own list of names and titles.
fn authors(main: &[u8], table: &[u8], texts: &mut Texts) {
    let run = |k: usize| {
        let (at, len) = (u32_at(main, 0x9A + k * 8)? as usize, u32_at(main, 0x9A + k * 8 + 4)? as usize);
        table.get(at..at.checked_add(len)?)
    };
    // SttbfAssoc (32), SttbfRMark (51), SttbSavedBy (71): extended string tables of MS-DOC 2.2.4
    for (k, field) in [(32, "property"), (51, "author"), (71, "author")] {
        let Some(bytes) = run(k) else { continue };
        if u16_at(bytes, 0) != Some(0xFFFF) {
            continue;
        }
        let extra = u16_at(bytes, 4).map_or(0, usize::from);
        let mut at = 6;
        while let Some(len) = u16_at(bytes, at).map(usize::from) {
            let Some(text) = bytes.get(at + 2..at + 2 + len * 2) else { break };
            push(texts, field, ole::utf16(text));
            at += 2 + len * 2 + extra;
        }
    }
    // GrpXstAtnOwners (36): authors of comments
    if let Some(bytes) = run(36) {
        let mut at = 0;
        while let Some(len) = u16_at(bytes, at).map(usize::from) {
            let Some(text) = bytes.get(at + 2..at + 2 + len * 2) else { break };
            push(texts, "author", ole::utf16(text));
            at += 2 + len * 2;
        }
    }
}

fn push(texts: &mut Texts, field: &'static str, text: String) {
    let text = text.trim_matches(['\0', ' ']);
    if !text.is_empty() && text.len() < 4096 {
        texts.aside.push((field, text.to_owned()));
    }
}

/// Paragraphs and rows of tables of the running text; instructions of fields go aside.
fn items(text: &str, texts: &mut Texts) {
    let mut line = String::new();
    let mut cells: Vec<String> = Vec::new();
    let mut fields: Vec<bool> = Vec::new();
    let mut instruction = String::new();
    for c in text.chars() {
        let inside = fields.iter().any(|shown| !shown);
        match c {
            '\u{13}' => fields.push(false),
            '\u{14}' | '\u{15}' => {
                let last = fields.last_mut();
                if c == '\u{14}' {
                    if let Some(shown) = last {
                        *shown = true;
                    }
                } else {
                    fields.pop();
                }
                if instruction.len() > 8 {
                    push(texts, "field", std::mem::take(&mut instruction));
                }
                instruction.clear();
            }
            _ if inside && c >= ' ' => instruction.push(c),
            '\r' | '\u{c}' => {
                fields.clear();
                flush(&mut cells, texts);
                texts.items.push(Item::Paragraph(std::mem::take(&mut line)));
            }
            '\u{7}' => cells.push(std::mem::take(&mut line)),
            '\u{b}' => line.push('\n'),
            '\u{1e}' => line.push('-'),
            '\t' => line.push('\t'),
            c if c < ' ' => {}
            '\u{1f}' | '\u{ad}' => {}
            c => line.push(c),
        }
    }
    flush(&mut cells, texts);
    if !line.is_empty() {
        texts.items.push(Item::Paragraph(line));
    }
    if !instruction.is_empty() {
        push(texts, "field", instruction);
    }
}

/// Cells as rows: the end of a row is a mark of its own behind its last cell.
fn flush(cells: &mut Vec<String>, texts: &mut Texts) {
    if cells.is_empty() {
        return;
    }
    let cells = std::mem::take(cells);
    let width = cells.iter().position(String::is_empty).unwrap_or(cells.len()).max(1);
    let regular =
        cells.len().is_multiple_of(width + 1) && cells.chunks(width + 1).all(|row| row[width].is_empty());
    for row in cells.chunks(if regular { width + 1 } else { width }) {
        let row = if regular { &row[..width] } else { row };
        texts.items.push(Item::Row(row.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::compound::Doc;
    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn text_tables_and_what_stands_beside_them() {
        let source = testing::sample("letter_libreoffice.doc");
        let (words, _) = testing::read(&Doc, &source).unwrap();
        let seen = |text: &str| {
            words.seen.iter().find(|s| s.text.contains(text)).unwrap_or_else(|| panic!("{text}"))
        };
        seen("Выдана гр. Иванов Сергей Петрович, ИИН 991231500016 и & <знак>");
        assert_eq!(seen("010215500122").field, "ИИН");
        assert_eq!(seen("Нұрлан").field, "ФИО");
        seen("Исполнитель Ким Виктор Андреевич");
        seen("ИИН исполнителя 850101400120");
        seen("Проверить Ахметова");
        assert!(words.seen.iter().any(|s| s.field == "creator" && s.text == "Ким Виктор Андреевич"));
        let (copy, _, info) = testing::copy(&Doc, &source, VALUES).unwrap();
        assert!(!info.notes.is_empty());
        testing::assert_gone(
            &copy,
            &[
                "Ахметова",
                "Сергей Петрович",
                "Виктор",
                "850101400120",
                "991231500016",
                "123 45 67",
                "255-12-34",
            ],
        );
        let (again, _) = testing::read(&super::super::docx::Docx, &copy).unwrap();
        assert!(again.seen.iter().any(|s| s.text == "IIN_C" && s.field == "ИИН"));
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Doc, &testing::sample("letter_libreoffice.doc"), 97);
    }

    #[test]
    fn a_password_is_told() {
        use std::io::{Cursor, Write};
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for name in ["EncryptionInfo", "EncryptedPackage"] {
            file.create_stream(name).unwrap().write_all(&[0; 5000]).unwrap();
        }
        file.flush().unwrap();
        let bytes = file.into_inner().into_inner();
        assert_eq!(Doc.recognise(&bytes, "a.xlsx"), 95);
        let error = testing::read(&Doc, &bytes).map(|_| ()).unwrap_err();
        assert_eq!(error.reason, Reason::Encrypted);
    }

    #[test]
    fn fields_and_rows() {
        let mut texts = Texts::default();
        items("a\u{13}HYPERLINK \"x\"\u{14}b\u{15}c\r\u{7}1\u{7}2\u{7}\u{7}3\u{7}4\u{7}\u{7}end", &mut texts);
        assert_eq!(texts.items[0], Item::Paragraph("abc".into()));
        assert_eq!(texts.aside, [("field", "HYPERLINK \"x\"".to_owned())]);
        assert_eq!(texts.items.last(), Some(&Item::Paragraph("end".into())));
        assert_eq!(code_page(0x043F), 1251);
        assert!(cyrillic(b"\xc8\xe2\xe0\xed\xee\xe2") && !cyrillic(b"caf\xe9 cr\xe8me \xe0 la"));
    }
}

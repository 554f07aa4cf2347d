//! PowerPoint 97-2003 presentations (MS-PPT): the text atoms of all slides and notes; the copy is a new DOCX.

use super::package::members;
use super::package::ole::{self, Ole};
use super::package::renewed::{Item, Texts};
use crate::model::{ReadError, Reason};

/// Records may not nest deeper than this.
const DEPTH: usize = 64;
/// Value of `headerToken` in the stream "Current User" of a presentation with a password (MS-PPT 2.3.2).
const LOCKED: [u8; 4] = [0xDF, 0xC4, 0xD1, 0xF3];

/// Reads all text of the presentation.
pub(super) fn read(ole: &mut Ole) -> Result<Texts, ReadError> {
    let mut texts = Texts { aside: ole.properties(), ..Texts::default() };
    if let Some(user) = ole.stream("Current User")? {
        if user.get(12..16) == Some(&LOCKED[..]) {
            return Err(ReadError::new(Reason::Encrypted, "a presentation with a password"));
        }
        // the name of who saved it last
        let len = user.get(20..22).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        if let Some(name) = user.get(28..28 + len) {
            let name = ole::decode(name, 1251);
            if !name.trim().is_empty() {
                texts.aside.push(("lastModifiedBy", name));
            }
        }
    }
    let bytes = ole
        .stream("PowerPoint Document")?
        .ok_or_else(|| ReadError::damaged("no stream PowerPoint Document"))?;
    let mut ends: Vec<usize> = vec![bytes.len()];
    let (mut at, mut lost) = (0, 0);
    while let Some(head) = bytes.get(at..at + 8) {
        while ends.len() > 1 && ends.last().is_some_and(|e| at >= *e) {
            ends.pop();
        }
        let limit = ends.last().copied().unwrap_or(bytes.len()).min(bytes.len());
        let version = u16::from_le_bytes([head[0], head[1]]);
        let kind = u16::from_le_bytes([head[2], head[3]]);
        let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let end = (at + 8).saturating_add(len);
        if version & 0xF == 0xF {
            if ends.len() >= DEPTH {
                return Err(ReadError::limit(format!("records nested deeper than {DEPTH} (byte {at})")));
            }
            ends.push(end.min(limit));
            at += 8;
            continue;
        }
        let Some(body) = bytes.get(at + 8..end).filter(|_| end <= limit) else {
            // programs find what is in use by its place, and leave rests of earlier versions between
            let next = if ends.len() > 1 { limit } else { resume(&bytes, at + 1) };
            rest(&bytes[at..next], &mut texts);
            lost += next - at;
            at = next;
            continue;
        };
        match kind {
            // TextCharsAtom, TextBytesAtom
            0x0FA0 => paragraphs(&ole::utf16(body), &mut texts),
            0x0FA8 => paragraphs(&body.iter().map(|b| char::from(*b)).collect::<String>(), &mut texts),
            // CString: comments, their authors, names of shows, links
            0x0FBA => {
                let text = ole::utf16(body);
                if !text.starts_with("___PPT") && text.trim().len() > 2 {
                    texts.aside.push(("text", text.trim_matches('\0').to_owned()));
                }
            }
            _ => {}
        }
        at = end;
    }
    if lost > bytes.len() / 2 {
        let what = "most bytes belong to no record: PowerPoint before 97, or damaged";
        return Err(ReadError::new(Reason::UnsupportedFormat, what));
    }
    if lost > 0 {
        texts.notes.push(format!("{lost} bytes belong to no record; texts in them were looked for"));
    }
    texts.notes.push(
        "pictures and the layout of slides are not carried over; the copy is a new document".to_owned(),
    );
    Ok(texts)
}

/// Where the next container of the top level begins: a document, a slide, its notes, a master, or the list of places.
fn resume(bytes: &[u8], from: usize) -> usize {
    let known = |head: &[u8]| {
        let kind = u16::from_le_bytes([head[2], head[3]]);
        let end = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let container = head[..2] == [0x0F, 0] && matches!(kind, 0x03E8 | 0x03EE | 0x03F0 | 0x03F8 | 0x0FC9);
        let place = head[..2] == [0, 0] && matches!(kind, 0x0FF5 | 0x1772);
        (container || place) && end <= bytes.len()
    };
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(8).position(known).map_or(bytes.len(), |found| from + found)
}

/// Texts in bytes that belong to no record: they are read, and stand in no copy.
fn rest(bytes: &[u8], texts: &mut Texts) {
    for (from, to, wide) in members::runs(bytes) {
        let text = if wide { ole::utf16(&bytes[from..to]) } else { ole::decode(&bytes[from..to], 1251) };
        if text.chars().filter(|c| c.is_alphanumeric()).count() >= 4 {
            texts.aside.push(("text", text));
        }
    }
}

fn paragraphs(text: &str, texts: &mut Texts) {
    for line in text.split('\r') {
        let line: String = line
            .chars()
            .map(|c| if c == '\u{b}' { '\n' } else { c })
            .filter(|c| *c >= ' ' || matches!(c, '\t' | '\n'))
            .collect();
        if !line.trim().is_empty() {
            texts.items.push(Item::Paragraph(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::compound::Ppt;
    use super::super::package::testing::{self, VALUES};

    #[test]
    fn slides_and_notes() {
        let source = testing::sample("deck_libreoffice.ppt");
        let (words, _) = testing::read(&Ppt, &source).unwrap();
        for text in ["Отчёт: Иванов Сергей Петрович", "ИИН 991231500016", "Ахметова Айгерим", "255-12-34"]
        {
            assert!(words.seen.iter().any(|s| s.text.contains(text)), "{text}");
        }
        let (copy, _, _) = testing::copy(&Ppt, &source, VALUES).unwrap();
        testing::assert_gone(&copy, &["Сергей Петрович", "991231500016", "Ахметова", "Виктор", "255-12-34"]);
    }

    #[test]
    fn rests_between_records_are_passed_over() {
        use std::io::Write;
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let atom = |text: &str| {
            [&[0, 0, 0xA0, 0x0F, 2 * text.chars().count() as u8, 0, 0, 0], &wide(text)[..]].concat()
        };
        let first = atom("Иванов Сергей Петрович");
        let mut stream = vec![0; 7];
        stream.extend([0x0F, 0, 0xE8, 3, first.len() as u8, 0, 0, 0]);
        stream.extend(first);
        // a container whose last record reaches beyond it
        let mut second = atom("Ахметова");
        second[4] = 0xF0;
        stream.extend([0x0F, 0, 0xEE, 3, second.len() as u8, 0, 0, 0]);
        stream.extend(second);
        stream.extend([0x0F, 0, 0xF0, 3, 24, 0, 0, 0]);
        stream.extend(atom("конец 7н"));
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
        file.create_stream("PowerPoint Document").unwrap().write_all(&stream).unwrap();
        let file = file.into_inner().into_inner();
        let (words, info) = testing::read(&Ppt, &file).unwrap();
        for text in ["Иванов Сергей Петрович", "Ахметова", "конец 7н"] {
            assert!(words.seen.iter().any(|s| s.text.contains(text)), "{text}");
        }
        assert_eq!(info.notes.len(), 2, "{info:?}");
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Ppt, &testing::sample("deck_libreoffice.ppt"), 19_997);
    }
}

//! PowerPoint 97-2003 presentations (MS-PPT): the text atoms of all slides and notes; the copy is a new DOCX.

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
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 8) {
        while ends.len() > 1 && ends.last().is_some_and(|e| at >= *e) {
            ends.pop();
        }
        let version = u16::from_le_bytes([head[0], head[1]]);
        let kind = u16::from_le_bytes([head[2], head[3]]);
        let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let end = (at + 8).saturating_add(len);
        if version & 0xF == 0xF {
            if ends.len() >= DEPTH {
                return Err(ReadError::limit(format!("records nested deeper than {DEPTH} (byte {at})")));
            }
            ends.push(end);
            at += 8;
            continue;
        }
        let Some(body) = bytes.get(at + 8..end) else {
            return Err(ReadError::new(Reason::Truncated, format!("a record at byte {at} is cut off")));
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
    texts.notes.push(
        "pictures and the layout of slides are not carried over; the copy is a new document".to_owned(),
    );
    Ok(texts)
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
    fn damage_is_an_error() {
        testing::torture(&Ppt, &testing::sample("deck_libreoffice.ppt"), 19_997);
    }
}

//! Rich Text Format (RTF 1.9.1): text by code page and font, hidden and deleted text too; the copy is a new DOCX.

use std::collections::HashMap;
use std::sync::Arc;

use super::package::ole;
use super::package::renewed::Renewed;
use super::package::renewed::{Item, Texts};
use super::{CopyKind, Format, Limits, Opened};
use crate::model::ReadError;
use crate::source::Input;

/// RTF.
pub struct Rtf;

/// A longer file is not taken into memory.
const MOST: u64 = 512 << 20;
/// Deepest nesting of groups.
const DEPTH: usize = 4096;

impl Format for Rtf {
    fn id(&self) -> &'static str {
        "rtf"
    }

    fn recognise(&self, head: &[u8], _: &str) -> u8 {
        let head = head.trim_ascii_start();
        if head.starts_with(b"{\\rtf") { 97 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("docx")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_bytes(MOST.min(limits.member_bytes))?;
        Ok(Opened::Document(Box::new(Renewed(read(&bytes)?))))
    }
}

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Shown,
    Fonts,
    Nothing,
    Aside(&'static str),
}

#[derive(Clone, Copy)]
struct Group {
    to: To,
    /// Characters that stand for a `\u` where Unicode is not known.
    fallback: usize,
    font: i32,
    /// The group has a line of its own: a note, a header.
    line: bool,
    /// The group began a text aside.
    aside: bool,
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    groups: Vec<Group>,
    fonts: HashMap<i32, u32>,
    page: u32,
    default_font: i32,
    current_font: i32,
    lines: Vec<String>,
    cells: Vec<String>,
    side: String,
    bytes: Vec<u8>,
    high: Option<u16>,
    skip: usize,
    star: bool,
    texts: Texts,
}

fn read(data: &[u8]) -> Result<Texts, ReadError> {
    let mut reader = Reader {
        data,
        at: 0,
        groups: vec![Group { to: To::Shown, fallback: 1, font: 0, line: false, aside: false }],
        fonts: HashMap::new(),
        page: 1252,
        default_font: 0,
        current_font: 0,
        lines: vec![String::new()],
        cells: Vec::new(),
        side: String::new(),
        bytes: Vec::new(),
        high: None,
        skip: 0,
        star: false,
        texts: Texts::default(),
    };
    reader.run()?;
    Ok(reader.texts)
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), ReadError> {
        while let Some(&b) = self.data.get(self.at) {
            self.at += 1;
            match b {
                b'{' => {
                    self.flush();
                    self.skip = 0;
                    if self.groups.len() >= DEPTH {
                        return Err(ReadError::limit(format!(
                            "groups nested deeper than {DEPTH} (byte {})",
                            self.at
                        )));
                    }
                    let group = Group { line: false, aside: false, ..self.group() };
                    self.groups.push(group);
                    self.star = false;
                }
                b'}' => {
                    self.flush();
                    self.skip = 0;
                    self.close();
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                b => self.byte(b),
            }
        }
        self.flush();
        while self.groups.len() > 1 {
            self.close();
        }
        self.end_row();
        let line = std::mem::take(self.line());
        if !line.is_empty() {
            self.texts.items.push(Item::Paragraph(line));
        }
        self.texts.notes.sort_unstable();
        self.texts.notes.dedup();
        self.texts
            .notes
            .push("pictures and formatting are not carried over; the copy is a new document".to_owned());
        Ok(())
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group {
            to: To::Shown,
            fallback: 1,
            font: 0,
            line: false,
            aside: false,
        })
    }

    fn line(&mut self) -> &mut String {
        if self.lines.is_empty() {
            self.lines.push(String::new());
        }
        let k = self.lines.len() - 1;
        &mut self.lines[k]
    }

    fn close(&mut self) {
        if self.groups.len() < 2 {
            return;
        }
        let Some(group) = self.groups.pop() else { return };
        if group.line
            && let Some(line) = self.lines.pop()
            && !line.trim().is_empty()
        {
            self.texts.items.push(Item::Paragraph(line));
        }
        if let (To::Aside(field), true) = (group.to, group.aside) {
            let text = std::mem::take(&mut self.side);
            let text = text.trim().trim_end_matches(';').to_owned();
            if !text.is_empty() {
                self.texts.aside.push((field, text));
            }
        }
    }

    /// One byte of text.
    fn byte(&mut self, b: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.bytes.push(b);
    }

    /// Decodes the bytes that were gathered.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let group = self.group();
        let page = match self.fonts.get(&group.font) {
            Some(0) | None => self.page,
            Some(page) => *page,
        };
        if group.to != To::Nothing && group.to != To::Fonts {
            let text = ole::decode(&bytes, page);
            self.push(&text);
        }
    }

    fn push(&mut self, text: &str) {
        match self.group().to {
            To::Shown => self.line().push_str(text),
            To::Aside(_) => self.side.push_str(text),
            To::Nothing | To::Fonts => {}
        }
    }

    fn end_paragraph(&mut self) {
        if self.group().to != To::Shown {
            self.push(" ");
            return;
        }
        if self.lines.len() == 1 && !self.cells.is_empty() {
            self.end_row();
        }
        let line = std::mem::take(self.line());
        self.texts.items.push(Item::Paragraph(line));
    }

    fn end_row(&mut self) {
        if !self.cells.is_empty() {
            let cells = std::mem::take(&mut self.cells);
            self.texts.items.push(Item::Row(cells));
        }
    }

    /// A control word or symbol; the backslash is passed.
    fn control(&mut self) {
        let Some(&b) = self.data.get(self.at) else { return };
        if !b.is_ascii_alphabetic() {
            self.at += 1;
            match b {
                b'\'' => {
                    let hex = self.data.get(self.at..self.at + 2).and_then(|h| std::str::from_utf8(h).ok());
                    if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                        self.at += 2;
                        self.byte(byte);
                    }
                }
                b'*' => self.star = true,
                b'\\' | b'{' | b'}' => self.byte(b),
                b'~' => self.symbol("\u{a0}"),
                b'_' => self.symbol("-"),
                b'\r' | b'\n' => {
                    self.flush();
                    self.end_paragraph();
                }
                _ => {}
            }
            return;
        }
        let start = self.at;
        while self.data.get(self.at).is_some_and(u8::is_ascii_alphabetic) && self.at - start < 32 {
            self.at += 1;
        }
        let word = &self.data[start..self.at];
        let digits = self.at;
        if self.data.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        while self.data.get(self.at).is_some_and(u8::is_ascii_digit) && self.at - digits < 11 {
            self.at += 1;
        }
        let value = std::str::from_utf8(&self.data[digits..self.at]).ok().and_then(|t| t.parse::<i32>().ok());
        if self.data.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if word == b"u" {
            self.unicode(value.unwrap_or(0));
            return;
        }
        if self.skip > 0 && word != b"bin" {
            self.skip -= 1;
            return;
        }
        self.flush();
        self.word(word, value);
    }

    fn symbol(&mut self, text: &str) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.flush();
        self.push(text);
    }

    fn unicode(&mut self, value: i32) {
        self.flush();
        let unit = value as u16;
        let c = match (unit, self.high.take()) {
            (0xD800..=0xDBFF, _) => {
                self.high = Some(unit);
                None
            }
            (0xDC00..=0xDFFF, Some(high)) => {
                char::from_u32(0x10000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(unit) - 0xDC00))
            }
            (unit, _) => char::from_u32(u32::from(unit)),
        };
        if let Some(c) = c.filter(|c| *c >= ' ') {
            self.push(c.encode_utf8(&mut [0; 4]));
        }
        self.skip = self.group().fallback;
    }

    fn word(&mut self, word: &[u8], value: Option<i32>) {
        let star = std::mem::take(&mut self.star);
        let number = value.unwrap_or(0);
        match word {
            b"ansicpg" => self.page = number.max(0) as u32,
            b"mac" => self.page = 10007,
            b"pc" | b"pca" => self.page = 866,
            b"deff" => {
                self.default_font = number;
                self.set_font(number);
            }
            b"plain" => self.set_font(self.default_font),
            b"f" => {
                self.current_font = number;
                self.set_font(number);
            }
            b"fcharset" => {
                self.fonts.insert(self.current_font, charset(number));
            }
            b"uc" => {
                if let Some(group) = self.groups.last_mut() {
                    group.fallback = number.clamp(0, 64) as usize;
                }
            }
            b"bin" => self.at = self.at.saturating_add(number.max(0) as usize).min(self.data.len()),
            b"par" | b"sect" | b"page" => self.end_paragraph(),
            b"line" | b"softline" => self.push("\n"),
            b"tab" => self.push("\t"),
            b"cell" | b"nestcell" => {
                if self.group().to == To::Shown {
                    let cell = std::mem::take(self.line());
                    self.cells.push(cell);
                }
            }
            b"row" | b"nestrow" => self.end_row(),
            b"emdash" => self.push("—"),
            b"endash" => self.push("–"),
            b"lquote" | b"rquote" => self.push("'"),
            b"ldblquote" => self.push("«"),
            b"rdblquote" => self.push("»"),
            _ => self.destination(word, star),
        }
    }

    fn set_font(&mut self, font: i32) {
        if let Some(group) = self.groups.last_mut() {
            group.font = font;
        }
    }

    /// The first word of a group may say what the group is.
    fn destination(&mut self, word: &[u8], star: bool) {
        let (to, line) = match word {
            b"fonttbl" => (To::Fonts, false),
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr"
            | b"footerf" | b"footnote" | b"annotation" | b"shptxt" => (To::Shown, true),
            b"shpinst" | b"ud" | b"fldrslt" | b"field" | b"shp" | b"do" | b"dptxbxtext" => {
                (self.group().to, false)
            }
            b"fldinst" => (To::Aside("field"), false),
            b"author" | b"operator" | b"atnauthor" | b"atnid" | b"revtbl" => (To::Aside("author"), false),
            b"manager" => (To::Aside("manager"), false),
            b"company" => (To::Aside("company"), false),
            b"title" | b"subject" | b"keywords" | b"comment" | b"doccomm" | b"category" | b"hlinkbase" => {
                (To::Aside("property"), false)
            }
            b"bkmkstart" | b"bkmkend" | b"sv" | b"template" | b"docvar" | b"propname" | b"staticval"
            | b"linkval" | b"ffname" | b"ffdeftext" | b"ffl" | b"ffhelptext" | b"ffstattext"
            | b"mailmerge" | b"xmlattrvalue" => (To::Aside("property"), false),
            b"pict" | b"objdata" | b"object" | b"nonshppict" | b"shppict" => {
                let note = if word == b"objdata" {
                    "embedded objects are neither read nor carried over"
                } else {
                    "pictures are not read"
                };
                if word == b"objdata" || word == b"pict" {
                    self.texts.notes.push(note.to_owned());
                }
                if matches!(word, b"object" | b"shppict") {
                    (self.group().to, false)
                } else {
                    (To::Nothing, false)
                }
            }
            b"colortbl"
            | b"stylesheet"
            | b"listtable"
            | b"listoverridetable"
            | b"rsidtbl"
            | b"generator"
            | b"themedata"
            | b"colorschememapping"
            | b"datastore"
            | b"latentstyles"
            | b"xmlnstbl"
            | b"filetbl"
            | b"info"
            | b"pntext"
            | b"listtext"
            | b"pnseclvl"
            | b"objclass"
            | b"objname"
            | b"shprslt"
            | b"sn"
            | b"blipuid"
            | b"picprop"
            | b"pgptbl"
            | b"fontemb"
            | b"falt"
            | b"panose"
            | b"password" => {
                // the fields of the document's information say themselves what they are
                (To::Nothing, false)
            }
            _ if star => (To::Nothing, false),
            _ => return,
        };
        let parent =
            self.groups.len().checked_sub(2).and_then(|k| self.groups.get(k)).map(|g| (g.to, g.aside));
        let Some(group) = self.groups.last_mut() else { return };
        // what stands inside something that is not text is no text either, but for the document's information
        if parent.is_some_and(|(to, _)| to == To::Nothing) && !matches!(to, To::Aside(_)) {
            group.to = To::Nothing;
            return;
        }
        group.to = to;
        group.line = line;
        group.aside = matches!(to, To::Aside(_));
        if group.aside {
            self.side.clear();
        }
        if line {
            self.lines.push(String::new());
        }
    }
}

/// The code page of a font's character set; 0 where the document's own page holds.
fn charset(number: i32) -> u32 {
    match number {
        204 => 1251,
        238 => 1250,
        161 => 1253,
        162 => 1254,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        128 => 932,
        134 => 936,
        255 | 254 => 866,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn code_pages_unicode_and_what_is_hidden() {
        let (words, _) = testing::read(&Rtf, &testing::sample("letter.rtf")).unwrap();
        let texts: Vec<_> = words.seen.iter().map(|s| (s.field.as_str(), s.text.as_str())).collect();
        for expected in [
            ("", "ИИН 991231500016, Иванов Сергей"),
            ("", "тел. +7 701 123 45 67"),
            ("ФИО", "Қүрман"),
            ("", "8 (727) 255-12-34"),
            ("", "hidden 850101400120"),
            ("author", "Ким Виктор"),
        ] {
            assert!(texts.contains(&expected), "{expected:?} in {texts:?}");
        }
    }

    #[test]
    fn nothing_of_the_words_is_left_in_the_copy() {
        for name in ["letter.rtf", "letter_libreoffice.rtf"] {
            let (copy, _, _) = testing::copy(&Rtf, &testing::sample(name), VALUES).unwrap();
            testing::assert_gone(
                &copy,
                &["Виктор", "850101400120", "991231500016", "123 45 67", "255-12-34", "Сергей Петрович"],
            );
            let (again, _) = testing::read(&super::super::docx::Docx, &copy).unwrap();
            assert!(again.seen.iter().any(|s| s.text.contains("IIN_B")), "{name}");
        }
        let (words, _) = testing::read(&Rtf, &testing::sample("letter_libreoffice.rtf")).unwrap();
        assert!(
            words.seen.iter().any(|s| s.text.contains("Выдана гр. Иванов Сергей Петрович, ИИН 991231500016"))
        );
        assert!(words.seen.iter().any(|s| s.field == "ИИН" && s.text == "010215500122"));
        assert!(words.seen.iter().any(|s| s.field == "ФИО" && s.text == "Нұрлан Ержан Болатұлы"));
    }

    #[test]
    fn damage_is_no_panic() {
        testing::torture(&Rtf, &testing::sample("letter.rtf"), 7);
        testing::torture(&Rtf, &testing::sample("letter_libreoffice.rtf"), 997);
        for text in [
            "{\\rtf1\\",
            "{\\rtf1\\u",
            "{\\rtf1\\bin999999999 x",
            "{\\rtf1\\'",
            "}}}}",
            "{\\rtf1\\uc-5\\u-1 ??",
        ] {
            let _ = read(text.as_bytes());
        }
        assert!(read("{".repeat(10_000).as_bytes()).is_err());
    }
}

//! Character encodings of text files: found per file, decoded with a map back to the stored bytes,
//! and written back as they were.

mod detect;
mod feed;
mod rewrite;
mod sparse;
mod splice;
mod tables;

use std::sync::LazyLock;

pub use detect::{Guess, Sample, guess};
pub use feed::{Charset, Feed, Sizes};
pub use rewrite::Rewrites;
pub use splice::Writer;

use crate::model::Step;

/// A character encoding that files are read in and written back in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or ASCII.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// One byte a character.
    Single(&'static SingleByte),
}

/// Bytes that are decoded at once.
const PIECE: usize = 4096;

/// A table of one byte a character whose lower half is ASCII.
pub struct SingleByte {
    name: &'static str,
    high: [char; 128],
    /// All 256 characters as UTF-8, with their length (at most three bytes).
    utf8: Box<[([u8; 4], u8); 256]>,
    reverse: Vec<(char, u8)>,
}

impl PartialEq for SingleByte {
    fn eq(&self, other: &SingleByte) -> bool {
        self.name == other.name
    }
}

impl Eq for SingleByte {}

impl std::fmt::Debug for SingleByte {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

static TABLES: LazyLock<Vec<SingleByte>> = LazyLock::new(|| {
    use encoding_rs as e;
    let of_codes = |codes: &[u16; 128]| codes.map(|c| char::from_u32(c.into()).unwrap_or('\u{FFFD}'));
    let mut all = vec![
        SingleByte::new("kz-1048", of_codes(&tables::KZ_1048)),
        SingleByte::new("ptcp154", of_codes(&tables::PTCP154)),
    ];
    for (name, encoding) in [
        ("windows-1251", e::WINDOWS_1251),
        ("koi8-r", e::KOI8_R),
        ("koi8-u", e::KOI8_U),
        ("ibm866", e::IBM866),
        ("iso-8859-5", e::ISO_8859_5),
        ("x-mac-cyrillic", e::X_MAC_CYRILLIC),
        ("windows-1252", e::WINDOWS_1252),
        ("windows-1250", e::WINDOWS_1250),
        ("windows-1253", e::WINDOWS_1253),
        ("windows-1254", e::WINDOWS_1254),
        ("windows-1255", e::WINDOWS_1255),
        ("windows-1256", e::WINDOWS_1256),
        ("windows-1257", e::WINDOWS_1257),
        ("windows-1258", e::WINDOWS_1258),
        ("iso-8859-2", e::ISO_8859_2),
        ("iso-8859-15", e::ISO_8859_15),
    ] {
        let mut high = ['\u{FFFD}'; 128];
        for (k, c) in high.iter_mut().enumerate() {
            let byte = [0x80 + k as u8];
            if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&byte) {
                *c = text.chars().next().unwrap_or('\u{FFFD}');
            }
        }
        all.push(SingleByte::new(name, high));
    }
    all
});

impl SingleByte {
    fn new(name: &'static str, high: [char; 128]) -> SingleByte {
        let mut reverse: Vec<(char, u8)> = high
            .iter()
            .enumerate()
            .filter(|(_, c)| **c != '\u{FFFD}')
            .map(|(k, c)| (*c, 0x80 + k as u8))
            .collect();
        reverse.sort_unstable();
        let mut utf8 = Box::new([([0; 4], 0); 256]);
        for (k, (bytes, len)) in utf8.iter_mut().enumerate() {
            let c = if k < 0x80 { k as u8 as char } else { high[k - 0x80] };
            *len = c.encode_utf8(bytes).len() as u8;
        }
        SingleByte { name, high, utf8, reverse }
    }

    /// The table of this name as [`Encoding::name`] gives it.
    pub fn named(name: &str) -> Option<&'static SingleByte> {
        TABLES.iter().find(|t| t.name == name)
    }

    /// A table whose name is known to be right.
    fn built_in(name: &'static str) -> &'static SingleByte {
        SingleByte::named(name).unwrap_or(&TABLES[0])
    }

    /// The character that `byte` stands for.
    pub fn char(&self, byte: u8) -> char {
        if byte < 0x80 { byte as char } else { self.high[usize::from(byte - 0x80)] }
    }

    /// The byte that stands for `c`, if there is one.
    pub fn byte(&self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return Some(c as u8);
        }
        let k = self.reverse.binary_search_by_key(&c, |r| r.0).ok()?;
        Some(self.reverse[k].1)
    }

    /// Appends `raw` as UTF-8.
    pub fn decode(&self, raw: &[u8], text: &mut Vec<u8>) {
        // a piece at a time into room for its longest form: each character is written as four bytes, of which
        // the next one covers what it does not need
        for piece in raw.chunks(PIECE) {
            let from = text.len();
            text.resize(from + 3 * piece.len() + 4, 0);
            let out = &mut text[from..];
            let mut at = 0;
            for eight in piece.chunks(8) {
                match <[u8; 8]>::try_from(eight) {
                    Ok(plain) if plain.is_ascii() => {
                        out[at..at + 8].copy_from_slice(&plain);
                        at += 8;
                    }
                    _ => {
                        for byte in eight {
                            let (bytes, len) = &self.utf8[usize::from(*byte)];
                            out[at..at + 4].copy_from_slice(bytes);
                            at += usize::from(*len);
                        }
                    }
                }
            }
            text.truncate(from + at);
        }
    }
}

impl Encoding {
    /// The name for reports.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Single(table) => table.name,
        }
    }

    /// The encoding that a declaration (`encoding="…"`, `charset=…`, `SET NAMES …`) names. Declarations
    /// of UTF-16 are not believed: whoever could read them knows that they are wrong.
    pub fn for_label(label: &str) -> Option<Encoding> {
        let label = label.trim().to_ascii_lowercase();
        let name = match label.as_str() {
            "utf8mb4" | "utf8mb3" | "utf8" | "utf-8" | "unicode" => return Some(Encoding::Utf8),
            "kz-1048" | "kz1048" | "strk1048-2002" | "rk1048" | "cskz1048" => "kz-1048",
            "ptcp154" | "csptcp154" | "pt154" | "cp154" | "cyrillic-asian" => "ptcp154",
            "win1251" | "win" => "windows-1251",
            "koi8r" | "koi8" => "koi8-r",
            "koi8u" => "koi8-u",
            "win866" | "alt" => "ibm866",
            "iso_8859_5" => "iso-8859-5",
            other => {
                let known = encoding_rs::Encoding::for_label(other.as_bytes())?;
                if known == encoding_rs::UTF_8 {
                    return Some(Encoding::Utf8);
                }
                let name = known.name().to_ascii_lowercase();
                return SingleByte::named(&name).map(Encoding::Single);
            }
        };
        SingleByte::named(name).map(Encoding::Single)
    }

    /// The stored length of characters, for encodings other than UTF-8.
    pub fn step(self) -> Option<Step> {
        match self {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(Step::Utf16Le),
            Encoding::Utf16Be => Some(Step::Utf16Be),
            Encoding::Single(_) => Some(Step::Byte),
        }
    }

    /// Appends `text` in this encoding; `lack` tells what becomes of characters that it does not have.
    pub fn encode(self, text: &str, lack: Lack, out: &mut Vec<u8>) {
        match self {
            Encoding::Utf8 => out.extend_from_slice(text.as_bytes()),
            Encoding::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Encoding::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Encoding::Single(table) => encode_by(text, lack, out, |c| table.byte(c)),
        }
    }
}

/// What is written for a character that an encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A near character, or Latin letters, or `?`.
    Near,
    /// `\uXXXX`, as JSON has it.
    Json,
    /// `&#xXX;`, as XML and HTML have it.
    Reference,
}

/// Appends `text` with nothing but ASCII.
pub fn encode_ascii(text: &str, lack: Lack, out: &mut Vec<u8>) {
    encode_by(text, lack, out, |c| c.is_ascii().then_some(c as u8));
}

fn encode_by(text: &str, lack: Lack, out: &mut Vec<u8>, byte: impl Fn(char) -> Option<u8>) {
    for c in text.chars() {
        if let Some(b) = byte(c) {
            out.push(b);
            continue;
        }
        match lack {
            Lack::Json => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
                continue;
            }
            Lack::Reference => {
                out.extend_from_slice(format!("&#x{:X};", u32::from(c)).as_bytes());
                continue;
            }
            Lack::Near => {}
        }
        let near = near(c);
        if near.is_empty() {
            out.push(b'?');
        }
        for n in near.chars() {
            match byte(n) {
                Some(b) => out.push(b),
                None => {
                    let ascii = latin(n);
                    out.extend_from_slice(if ascii.is_empty() { b"?" } else { ascii.as_bytes() });
                }
            }
        }
    }
}

/// What a person would type for `c` without its key: a Russian letter for a Kazakh one, plain punctuation.
fn near(c: char) -> &'static str {
    match c {
        'Ә' => "А",
        'ә' => "а",
        'Ғ' => "Г",
        'ғ' => "г",
        'Қ' => "К",
        'қ' => "к",
        'Ң' => "Н",
        'ң' => "н",
        'Ө' => "О",
        'ө' => "о",
        'Ұ' | 'Ү' => "У",
        'ұ' | 'ү' => "у",
        'Һ' => "Х",
        'һ' => "х",
        'І' => "И",
        'і' => "и",
        'Ё' => "Е",
        'ё' => "е",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' => " ",
        '«' | '»' | '“' | '”' | '„' => "\"",
        '‘' | '’' | '‚' => "'",
        '…' => "...",
        '№' => "N",
        '•' | '·' | '×' | '█' | '■' => "*",
        _ => latin(c),
    }
}

/// Russian letters in Latin ones (passport practice, ICAO Doc 9303 part 3); empty for anything else.
fn latin(c: char) -> &'static str {
    const LOWER: [&str; 32] = [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u",
        "f", "kh", "ts", "ch", "sh", "shch", "ie", "y", "'", "e", "iu", "ia",
    ];
    const UPPER: [&str; 32] = [
        "A", "B", "V", "G", "D", "E", "ZH", "Z", "I", "I", "K", "L", "M", "N", "O", "P", "R", "S", "T", "U",
        "F", "KH", "TS", "CH", "SH", "SHCH", "IE", "Y", "'", "E", "IU", "IA",
    ];
    match c {
        'а'..='я' => LOWER[c as usize - 'а' as usize],
        'А'..='Я' => UPPER[c as usize - 'А' as usize],
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        for table in TABLES.iter() {
            for b in 0..=255u8 {
                let c = table.char(b);
                if c != '\u{FFFD}' {
                    assert_eq!(table.byte(c), Some(b), "{} {b:02X}", table.name);
                }
            }
        }
    }

    #[test]
    fn kazakh_letters_have_bytes() {
        let kz = SingleByte::named("kz-1048").unwrap();
        let mut text = Vec::new();
        kz.decode(b"\x8D\xE0\xE7\xE0\x9D\xF1\xF2\xE0\xED 1", &mut text);
        assert_eq!(text, "Қазақстан 1".as_bytes());
    }

    #[test]
    fn lacking_characters_are_substituted() {
        let mut out = Vec::new();
        Encoding::for_label("cp1251").unwrap().encode("Ғалым — №1 😀", Lack::Near, &mut out);
        let mut text = Vec::new();
        SingleByte::named("windows-1251").unwrap().decode(&out, &mut text);
        assert_eq!(String::from_utf8(text).unwrap(), "Галым — №1 ?");
        let mut ascii = Vec::new();
        encode_ascii("[ИИН Қазақ]", Lack::Near, &mut ascii);
        assert_eq!(ascii, b"[IIN Kazak]");
        ascii.clear();
        encode_ascii("Я😀", Lack::Json, &mut ascii);
        assert_eq!(ascii, b"\\u042f\\ud83d\\ude00");
        ascii.clear();
        encode_ascii("Я", Lack::Reference, &mut ascii);
        assert_eq!(ascii, b"&#x42F;");
    }

    #[test]
    fn labels() {
        for (label, name) in [
            ("cp1251", "windows-1251"),
            ("WIN1251", "windows-1251"),
            ("KZ-1048", "kz-1048"),
            ("cp866", "ibm866"),
            ("koi8r", "koi8-r"),
            ("utf8mb4", "utf-8"),
        ] {
            assert_eq!(Encoding::for_label(label).map(Encoding::name), Some(name), "{label}");
        }
        assert_eq!(Encoding::for_label("utf-16"), None);
    }
}

//! Fonts: what characters the codes of a shown string stand for, and how wide they are.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object};

use super::content::{Operand, operators};
use super::glyphs;

/// Most bytes of one CMap or font program.
const PROGRAM: usize = 16 << 20;

/// How codes stand in a string.
#[derive(Clone, Debug, PartialEq)]
enum Codes {
    One,
    Two,
    /// Codespace ranges: length, lowest, highest.
    Ranges(Vec<(usize, u32, u32)>),
}

pub(super) struct Font {
    codes: Codes,
    unicode: HashMap<u32, String>,
    widths: HashMap<u32, f64>,
    default_width: f64,
    /// Glyph units to thousandths of the font size (other than 1 only for Type 3).
    pub(super) scale: f64,
    pub(super) vertical: bool,
    /// Codes beyond ASCII are only a default; the text may be in windows-1251.
    doubtful: bool,
}

/// One code of a string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    pub(super) code: u32,
    pub(super) length: usize,
}

impl Font {
    /// What is taken where a font is missing.
    pub(super) fn unknown() -> Font {
        let mut font = Font {
            codes: Codes::One,
            unicode: HashMap::new(),
            widths: HashMap::new(),
            default_width: 500.0,
            scale: 1.0,
            vertical: false,
            doubtful: true,
        };
        font.base(b"WinAnsiEncoding");
        font
    }

    pub(super) fn load(document: &Document, dict: &Dictionary) -> Font {
        let get = |key: &[u8]| dict.get_deref(key, document).ok();
        let subtype = get(b"Subtype").and_then(|o| o.as_name().ok()).unwrap_or_default();
        let mut font = Font { default_width: 0.0, ..Font::unknown() };
        if subtype == b"Type0" {
            font.unicode.clear();
            font.doubtful = false;
            font.composite(document, dict);
        } else {
            font.simple(document, dict, subtype);
        }
        if let Some(program) = get(b"ToUnicode").and_then(|o| stream(document, o)) {
            let map = parse_map(&program);
            if !map.unicode.is_empty() {
                font.doubtful = false;
            }
            font.unicode.extend(map.unicode);
        }
        font
    }

    fn base(&mut self, encoding: &[u8]) {
        for byte in 0x20..=0xFFu8 {
            if let Some(c) = glyphs::base(encoding, byte) {
                self.unicode.insert(byte.into(), c.to_string());
            }
        }
    }

    fn simple(&mut self, document: &Document, dict: &Dictionary, subtype: &[u8]) {
        let get = |key: &[u8]| dict.get_deref(key, document).ok();
        let descriptor = get(b"FontDescriptor").and_then(|o| o.as_dict().ok());
        let encoding = get(b"Encoding");
        let mut base = match encoding {
            Some(Object::Name(name)) => Some(name.as_slice()),
            Some(Object::Dictionary(d)) => d.get(b"BaseEncoding").ok().and_then(|n| n.as_name().ok()),
            _ => None,
        };
        if subtype == b"Type1" && base.is_none() {
            base = Some(b"StandardEncoding");
        }
        self.unicode.clear();
        if subtype != b"Type3" {
            self.base(base.unwrap_or(b"WinAnsiEncoding"));
        }
        let program = descriptor.and_then(|d| d.get_deref(b"FontFile", document).ok());
        if let Some(program) = program.and_then(|o| stream(document, o)) {
            for (code, name) in built_in(&program) {
                self.named(code, &name);
            }
        }
        if let Some(Object::Dictionary(d)) = encoding
            && let Ok(Object::Array(items)) = d.get_deref(b"Differences", document)
        {
            let mut code = 0u32;
            for item in items {
                match item {
                    Object::Integer(n) => code = u32::try_from(*n).unwrap_or(0),
                    Object::Name(name) => {
                        self.named(code, &String::from_utf8_lossy(name));
                        code = code.saturating_add(1);
                        self.doubtful = self.doubtful && code < 0xC0;
                    }
                    _ => {}
                }
            }
        }
        let first = get(b"FirstChar").and_then(|o| o.as_i64().ok()).unwrap_or(0);
        if let Some(Object::Array(widths)) = get(b"Widths") {
            for (n, width) in widths.iter().enumerate() {
                let width = document.dereference(width).ok().and_then(|(_, o)| o.as_float().ok());
                if let (Some(width), Ok(code)) = (width, u32::try_from(first + n as i64)) {
                    self.widths.insert(code, width.into());
                }
            }
        }
        let missing = descriptor.and_then(|d| d.get(b"MissingWidth").ok()).and_then(|o| o.as_float().ok());
        self.default_width = missing.map_or(if self.widths.is_empty() { 556.0 } else { 0.0 }, f64::from);
        if subtype == b"Type3"
            && let Some(Object::Array(matrix)) = get(b"FontMatrix")
            && let Some(scale) = matrix.first().and_then(|o| o.as_float().ok())
        {
            self.scale = f64::from(scale.abs()) * 1000.0;
        }
    }

    fn named(&mut self, code: u32, name: &str) {
        match glyphs::text(name) {
            Some(text) => {
                self.unicode.insert(code, text);
            }
            // a name that tells nothing hides what the base encoding would have said
            None => {
                self.unicode.remove(&code);
            }
        }
    }

    fn composite(&mut self, document: &Document, dict: &Dictionary) {
        self.codes = Codes::Two;
        self.default_width = 1000.0;
        let encoding = dict.get_deref(b"Encoding", document).ok();
        match encoding {
            Some(Object::Name(name)) => {
                self.vertical = name.ends_with(b"-V") || name.as_slice() == b"V";
                // codes of these are Unicode themselves (Adobe CMap resources)
                if name.windows(4).any(|w| w == b"UCS2" || w == b"UTF1") {
                    for code in 0x20..0xFFFEu32 {
                        if let Some(c) = char::from_u32(code) {
                            self.unicode.insert(code, c.to_string());
                        }
                    }
                }
            }
            Some(object) => {
                if let Some(program) = stream(document, object) {
                    let map = parse_map(&program);
                    if !map.ranges.is_empty() {
                        self.codes = Codes::Ranges(map.ranges);
                    }
                }
            }
            None => {}
        }
        let Ok(Object::Array(descendants)) = dict.get_deref(b"DescendantFonts", document) else { return };
        let Some(cid) = descendants.first().and_then(|o| document.dereference(o).ok()) else { return };
        let Ok(cid) = cid.1.as_dict() else { return };
        if let Some(width) = cid.get_deref(b"DW", document).ok().and_then(|o| o.as_float().ok()) {
            self.default_width = width.into();
        }
        if let Ok(Object::Array(items)) = cid.get_deref(b"W", document) {
            self.cid_widths(document, items);
        }
        // without a map to Unicode the embedded font's own table of characters tells what its glyphs are
        if dict.get(b"ToUnicode").is_err()
            && let Ok(Object::Dictionary(descriptor)) = cid.get_deref(b"FontDescriptor", document)
            && let Some(program) =
                descriptor.get_deref(b"FontFile2", document).ok().and_then(|o| stream(document, o))
        {
            self.unicode.extend(characters_of_glyphs(&program));
        }
    }

    /// The array `W`: `c [w w …]` or `c c w` (9.7.4.3).
    fn cid_widths(&mut self, document: &Document, items: &[Object]) {
        let mut at = 0;
        while let Some(first) = items.get(at).and_then(|o| o.as_i64().ok()) {
            let Some((_, next)) = items.get(at + 1).and_then(|o| document.dereference(o).ok()) else {
                return;
            };
            if let Object::Array(widths) = next {
                for (n, width) in widths.iter().enumerate() {
                    if let (Ok(code), Ok(width)) = (u32::try_from(first + n as i64), width.as_float()) {
                        self.widths.insert(code, width.into());
                    }
                }
                at += 2;
            } else {
                let last = next.as_i64().unwrap_or(first).min(first.saturating_add(0xFFFF));
                let Some(width) = items.get(at + 2).and_then(|o| o.as_float().ok()) else { return };
                for code in first..=last {
                    if let Ok(code) = u32::try_from(code) {
                        self.widths.insert(code, width.into());
                    }
                }
                at += 3;
            }
        }
    }

    pub(super) fn split(&self, bytes: &[u8]) -> Vec<Code> {
        let number = |b: &[u8]| b.iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
        let mut codes = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let length = match &self.codes {
                Codes::One => 1,
                Codes::Two => 2,
                Codes::Ranges(ranges) => {
                    let fits = |n: usize| {
                        rest.len() >= n
                            && ranges
                                .iter()
                                .any(|(l, low, high)| *l == n && (*low..=*high).contains(&number(&rest[..n])))
                    };
                    (1..=4)
                        .find(|n| fits(*n))
                        .unwrap_or_else(|| ranges.iter().map(|r| r.0).min().unwrap_or(1))
                }
            }
            .min(rest.len());
            codes.push(Code { code: number(&rest[..length]), length });
            at += length;
        }
        codes
    }

    /// The text of a code; `None` where nothing tells it.
    pub(super) fn text(&self, code: u32) -> Option<&str> {
        self.unicode.get(&code).map(String::as_str).filter(|t| !t.is_empty() && !t.chars().any(is_senseless))
    }

    pub(super) fn width(&self, code: u32) -> f64 {
        self.widths.get(&code).copied().unwrap_or(self.default_width) * self.scale
    }

    /// A space is the one-byte code 32, to which word spacing applies (9.3.3).
    pub(super) fn is_space(&self, code: Code) -> bool {
        code.length == 1 && code.code == 32
    }

    /// Fonts without any word on their encoding: where most letters are from the upper half, the text is in
    /// windows-1251, as programs of the nineties printed it.
    pub(super) fn settle(&mut self, codes: impl Iterator<Item = u32>) {
        if !self.doubtful || self.codes != Codes::One {
            return;
        }
        let (mut high, mut latin) = (0, 0);
        for code in codes {
            match code {
                0xC0..=0xFF => high += 1,
                0x41..=0x5A | 0x61..=0x7A => latin += 1,
                _ => {}
            }
        }
        if high >= 3 && high * 2 > latin {
            for byte in 0x80..=0xFFu8 {
                let c = encoding_rs::WINDOWS_1251.decode_without_bom_handling(&[byte]).0.into_owned();
                self.unicode.insert(byte.into(), c);
            }
        }
        self.doubtful = high + latin < 20;
    }
}

/// Characters that no text shows: controls, the replacement character, private use.
fn is_senseless(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')
}

/// The decoded bytes of a stream object.
pub(super) fn stream(document: &Document, object: &Object) -> Option<Vec<u8>> {
    let (_, object) = document.dereference(object).ok()?;
    object.as_stream().ok()?.get_plain_content_with_limit(PROGRAM).ok()
}

#[derive(Default)]
struct Map {
    ranges: Vec<(usize, u32, u32)>,
    unicode: HashMap<u32, String>,
}

/// Reads a CMap program (Adobe Technical Notes 5014 and 5411).
fn parse_map(program: &[u8]) -> Map {
    let mut map = Map::default();
    let number = |b: &[u8]| b.iter().take(4).fold(0u32, |n, b| n << 8 | u32::from(*b));
    let utf16 = |b: &[u8]| {
        let units: Vec<u16> =
            b.chunks(2).map(|p| u16::from_be_bytes([p[0], p.get(1).copied().unwrap_or(0)])).collect();
        if b.len() == 1 { char::from(b[0]).to_string() } else { String::from_utf16_lossy(&units) }
    };
    for op in operators(program) {
        let o = &op.operands;
        match op.name {
            b"endcodespacerange" => {
                for pair in o.chunks_exact(2) {
                    if let (Some(low), Some(high)) = (pair[0].text(), pair[1].text()) {
                        map.ranges.push((low.len(), number(low), number(high)));
                    }
                }
            }
            b"endbfchar" => {
                for pair in o.chunks_exact(2) {
                    let Some(code) = pair[0].text() else { continue };
                    let text = match &pair[1] {
                        Operand::Text(t) => utf16(t),
                        Operand::Name(n) => glyphs::text(&String::from_utf8_lossy(n)).unwrap_or_default(),
                        _ => continue,
                    };
                    map.unicode.insert(number(code), text);
                }
            }
            b"endbfrange" => {
                for triple in o.chunks_exact(3) {
                    let (Some(low), Some(high)) = (triple[0].text(), triple[1].text()) else { continue };
                    let (low, high) = (number(low), number(high).min(number(low).saturating_add(0xFFFF)));
                    match &triple[2] {
                        Operand::Text(first) => {
                            let first = utf16(first);
                            let Some(last) = first.chars().next_back() else { continue };
                            let stem = &first[..first.len() - last.len_utf8()];
                            for code in low..=high {
                                if let Some(c) = char::from_u32(u32::from(last) + (code - low)) {
                                    map.unicode.insert(code, format!("{stem}{c}"));
                                }
                            }
                        }
                        Operand::Array(items) => {
                            for (code, item) in (low..=high).zip(items) {
                                if let Some(text) = item.text() {
                                    map.unicode.insert(code, utf16(text));
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    map
}

/// The encoding that a Type 1 program has built in: `dup 65 /A put`.
fn built_in(program: &[u8]) -> Vec<(u32, String)> {
    let clear = memchr::memmem::find(program, b"eexec").map_or(program, |n| &program[..n]);
    let text = String::from_utf8_lossy(clear);
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(4)
        .filter(|w| w[0] == "dup" && w[3] == "put")
        .filter_map(|w| Some((w[1].parse().ok()?, w[2].strip_prefix('/')?.to_owned())))
        .collect()
}

/// From glyph numbers to characters, by the table `cmap` of a TrueType font (OpenType, cmap formats 4 and 12).
fn characters_of_glyphs(font: &[u8]) -> HashMap<u32, String> {
    let mut found = HashMap::new();
    let u16_at = |at: usize| font.get(at..at + 2).map(|b| u32::from(u16::from_be_bytes([b[0], b[1]])));
    let u32_at = |at: usize| font.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let tables = u16_at(4).unwrap_or(0) as usize;
    let cmap = (0..tables).map(|n| 12 + 16 * n).find(|at| font.get(*at..*at + 4) == Some(b"cmap"));
    let Some(base) = cmap.and_then(|at| u32_at(at + 8)).map(|n| n as usize) else { return found };
    for n in 0..u16_at(base + 2).unwrap_or(0) as usize {
        let record = base + 4 + 8 * n;
        let platform = u16_at(record);
        let Some(at) = u32_at(record + 4).map(|o| base + o as usize).filter(|_| platform != Some(1)) else {
            continue;
        };
        let mut add = |code: u32, glyph: u32| {
            if let Some(c) = char::from_u32(code).filter(|_| glyph != 0) {
                found.entry(glyph).or_insert_with(|| c.to_string());
            }
        };
        match u16_at(at) {
            Some(4) => {
                let segments = u16_at(at + 6).unwrap_or(0) as usize / 2;
                for s in 0..segments {
                    let (ends, starts) = (at + 14 + 2 * s, at + 16 + 2 * segments + 2 * s);
                    let (deltas, offsets) = (starts + 2 * segments, starts + 4 * segments);
                    let (Some(end), Some(start), Some(delta), Some(offset)) =
                        (u16_at(ends), u16_at(starts), u16_at(deltas), u16_at(offsets))
                    else {
                        break;
                    };
                    for code in start..=end.min(0xFFFE) {
                        let glyph = if offset == 0 {
                            (code + delta) & 0xFFFF
                        } else {
                            let place = offsets + offset as usize + 2 * (code - start) as usize;
                            u16_at(place).filter(|g| *g != 0).map_or(0, |g| (g + delta) & 0xFFFF)
                        };
                        add(code, glyph);
                    }
                }
            }
            Some(12) => {
                for g in 0..u32_at(at + 12).unwrap_or(0).min(0xFFFF) as usize {
                    let group = at + 16 + 12 * g;
                    let (Some(start), Some(end), Some(glyph)) =
                        (u32_at(group), u32_at(group + 4), u32_at(group + 8))
                    else {
                        break;
                    };
                    for code in start..=end.min(start.saturating_add(0xFFFF)) {
                        add(code, glyph.saturating_add(code - start));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_to_unicode() {
        let map = parse_map(
            b"1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar <01> <0410> <02> <00660069> endbfchar \
              1 beginbfrange <0003> <0005> <0430> <06> <07> [<0031> <D83DDE00>] endbfrange",
        );
        assert_eq!(map.ranges, [(1, 0, 255)]);
        for (code, want) in [(1, "А"), (2, "fi"), (3, "а"), (5, "в"), (6, "1"), (7, "😀")] {
            assert_eq!(map.unicode.get(&code).map(String::as_str), Some(want));
        }
    }

    #[test]
    fn text_of_the_nineties() {
        let mut font = Font::unknown();
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Пробников");
        let codes: Vec<u32> = font.split(&bytes).iter().map(|c| c.code).collect();
        font.settle(codes.iter().copied());
        let text: String = codes.iter().filter_map(|c| font.text(*c)).collect();
        assert_eq!(text, "Пробников");
    }

    #[test]
    fn built_in_names() {
        assert_eq!(
            built_in(b"/Encoding 256 array dup 65 /afii10017 put eexec dup 66 /B put"),
            [(65, "afii10017".to_owned())]
        );
    }
}

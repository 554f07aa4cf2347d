//! Text written inside text: escapes (`\u0418`, `%D0%98`, `&#1048;`) and base64, in a cell, a line or a field of
//! any format, and bytes in hexadecimal. What is found there is written back in the same way of writing.

pub(super) mod hex;

use memchr::{memchr, memchr3, memrchr};

use super::eml::transfer::{base64, to_base64};
use super::encoding::{Encoding, Guess, SingleByte, guess};
use super::markup::entities;
use super::registry::{self, Recognised};
use super::runs::{self, is_run, long_run, run_end};

/// A line with escapes is decoded this far before and behind the first of them.
const WINDOW: usize = 64 << 10;

/// Shorter bytes in an old code page cannot be told from chance.
const LEGACY: usize = 48;

/// So many characters of a run tell what it is.
const HEAD: usize = 64;

/// Shorter bytes are keys and check sums, not files.
const FILE: usize = 64;

/// What stands in a copy where encoded bytes may not.
const REMOVED: &[u8] = b"removed";

/// A way of writing text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// `\u0418`, `\xD0\x98`, `\320\230`, with `\"` and `\\` among them. In dumps and in JSON inside JSON
    /// every backslash is written twice or four times.
    Backslash { times: usize },
    /// `%D0%98`, `%u0418`; of UTF-8, or of windows-1251 as old sites have it.
    Percent { legacy: bool },
    /// `&#1048;`, `&laquo;`.
    Entities,
}

/// Encoded text inside a text.
#[derive(Debug)]
pub struct Part {
    /// First byte of it in the text around it.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it says.
    pub content: Content,
}

/// What encoded text says.
#[derive(Debug)]
pub enum Content {
    /// A text whose characters each have their own place in the text around it.
    Escaped(Escaped),
    /// A text that is encoded as a whole.
    Text(Whole),
    /// A file, for whoever can tell its format.
    File(File),
}

/// See [`Content::File`].
#[derive(Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How it is written.
    form: Form,
}

/// How bytes are written in letters and digits.
#[derive(Clone, Copy, Debug)]
enum Form {
    Base64 { url: bool, padded: bool },
    Hex { upper: bool },
}

impl Form {
    fn write(self, bytes: &[u8]) -> String {
        match self {
            Form::Base64 { url, padded } => {
                let mut text = to_base64(bytes, "");
                if url {
                    text = text.replace('+', "-").replace('/', "_");
                }
                if !padded {
                    text.truncate(text.trim_end_matches('=').len());
                }
                text
            }
            Form::Hex { upper } => {
                let mut text = String::new();
                hex::encode(bytes, upper, &mut text);
                text
            }
        }
    }

    /// For people.
    fn word(self) -> &'static str {
        match self {
            Form::Base64 { .. } => "base64",
            Form::Hex { .. } => "bytes",
        }
    }
}

/// See [`Content::Escaped`].
#[derive(Debug)]
pub struct Escaped {
    coding: Coding,
    /// The decoded text.
    pub text: Vec<u8>,
    /// For each byte of `text`, and for its end, where it begins in the text around it.
    from: Vec<u32>,
}

/// See [`Content::Text`].
#[derive(Debug)]
pub struct Whole {
    /// The decoded text.
    pub text: String,
    encoding: Encoding,
    form: Form,
    /// A structure that cannot be written again: only its strings are text.
    opaque: bool,
}

impl Escaped {
    /// Where a range of the decoded text stands in the text around it.
    pub fn outer(&self, start: usize, end: usize) -> (usize, usize) {
        let at = |k: usize| self.from.get(k).copied().unwrap_or_default() as usize;
        (at(start), at(end))
    }

    /// True where the text around it writes a range in another way than plainly.
    pub fn differs(&self, start: usize, end: usize) -> bool {
        let (a, b) = self.outer(start, end);
        b - a != end - start
    }

    /// `text` as it is written here.
    pub fn encode(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for c in text.chars() {
            match self.coding {
                Coding::Backslash { times } => match c {
                    '"' | '\\' => {
                        out.extend(std::iter::repeat_n('\\', times));
                        out.extend(std::iter::repeat_n(c, if c == '"' { 1 } else { times }));
                    }
                    c if c.is_ascii() && !c.is_control() => out.push(c),
                    c => c.encode_utf16(&mut [0; 2]).iter().for_each(|u| {
                        out.extend(std::iter::repeat_n('\\', times));
                        out.push_str(&format!("u{u:04x}"));
                    }),
                },
                Coding::Percent { legacy } => match c {
                    c if c.is_ascii_alphanumeric() || "-_.~".contains(c) => out.push(c),
                    c => {
                        let one = windows_1251().filter(|_| legacy).and_then(|t| t.byte(c));
                        match one {
                            Some(byte) => out.push_str(&format!("%{byte:02X}")),
                            None => {
                                c.encode_utf8(&mut [0; 4])
                                    .bytes()
                                    .for_each(|b| out.push_str(&format!("%{b:02X}")));
                            }
                        }
                    }
                },
                Coding::Entities => match c {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    c if c.is_ascii() => out.push(c),
                    c => out.push_str(&format!("&#{};", u32::from(c))),
                },
            }
        }
        out
    }
}

impl Whole {
    /// `text` as it is written here.
    pub fn encode(&self, text: &str) -> String {
        if self.opaque {
            return self.form.write(REMOVED);
        }
        let mut bytes = Vec::new();
        self.encoding.encode(text, super::encoding::Lack::Near, &mut bytes);
        self.form.write(&bytes)
    }
}

impl File {
    /// For people: how it is written.
    pub fn word(&self) -> &'static str {
        self.form.word()
    }

    /// The copy of it as it is written here; without one, a word (or, for a picture, a white point) in its place.
    pub fn encode(&self, copy: Option<&[u8]>) -> String {
        self.form.write(match copy {
            Some(bytes) => bytes,
            None if is_picture(&self.bytes) => super::package::members::BLANK_PNG,
            None => REMOVED,
        })
    }
}

fn is_picture(bytes: &[u8]) -> bool {
    matches!(registry::recognise_bytes(bytes, ""), Recognised::Format(f)
        if matches!(f.id(), "jpeg" | "png" | "gif" | "webp" | "tiff"))
}

/// True where `text` may hold encoded text: a look that costs little.
pub fn any(text: &[u8]) -> bool {
    let mut is = false;
    // what an escape takes up is no beginning of another
    let mut free = 0;
    runs::scan(text, 0, text.len(), &mut |at, long| {
        is = match long {
            true => {
                let start = at + 1 - runs::RUN;
                is_mixed(&text[start..run_end(text, at, text.len().min(start + HEAD))])
            }
            false if at < free => false,
            false => match escape_at(&text[at..]) {
                Ok(_) => true,
                Err(length) if length > LONGEST_NONE => true,
                Err(length) => {
                    free = at + length;
                    false
                }
            },
        };
        is
    });
    is
}

/// The encoded parts of `text[from..to]`, in rising order, not overlapping.
pub fn parts(text: &[u8], from: usize, to: usize) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = from;
    let mut bytes = hex::next(text, from, to);
    while let Some((run, end)) = next_run(text, at, to) {
        at = end;
        while let Some((start, stop)) = bytes.filter(|b| b.1 <= run) {
            found.extend(hex_part(text, start, stop));
            bytes = hex::next(text, stop, to);
        }
        if let Some((_, stop)) = bytes.filter(|b| b.0 < end) {
            // letters of one are those of the other
            at = at.max(stop);
            continue;
        }
        if let Some(part) = run_part(text, run, &mut at, to) {
            found.push(part);
        }
    }
    while let Some((start, stop)) = bytes {
        found.extend(hex_part(text, start, stop));
        bytes = hex::next(text, stop, to);
    }
    at = from;
    let mut escaped = Vec::new();
    while let Some((hit, coding)) = next_escape(text, &mut at, to) {
        let begin = hit.saturating_sub(WINDOW).max(from);
        let start = memrchr(b'\n', &text[begin..hit]).map_or(begin, |p| begin + p + 1);
        let stop = (hit + WINDOW).min(to);
        let end = memchr(b'\n', &text[hit..stop]).map_or(stop, |p| hit + p);
        at = end.max(hit + 1);
        let (inside, cut): (Vec<_>, Vec<_>) =
            found.drain(..).partition(|p: &Part| start <= p.start && p.end <= end);
        let overlaps = cut.iter().any(|p| p.start < end && start < p.end);
        found = cut;
        if overlaps {
            found.extend(inside);
        } else {
            // base64 in a line with escapes is found again in the line without them
            escaped.push(Part { start, end, content: Content::Escaped(decode(text, start, end, coding)) });
        }
    }
    found.extend(escaped);
    found.sort_by_key(|p| p.start);
    found
}

/// The next escape that says more than a plain character of syntax.
fn next_escape(text: &[u8], at: &mut usize, to: usize) -> Option<(usize, Coding)> {
    while let Some(p) = memchr3(b'\\', b'%', b'&', text.get(*at..to)?) {
        let hit = *at + p;
        match escape_at(&text[hit..to]) {
            Ok(coding) => return Some((hit, coding)),
            Err(length) => *at = hit + length,
        }
    }
    None
}

/// What is none and longer than this is bytes in hexadecimal: other signs of escapes stand alone or few together.
const LONGEST_NONE: usize = 5;

/// The escape that `rest` begins with, or the length of what is none.
fn escape_at(rest: &[u8]) -> Result<Coding, usize> {
    let coding = match rest[0] {
        b'\\' => {
            let times = slashes(rest);
            if let Some(length) = hex::length(rest, times) {
                return Err(length);
            }
            let escape = Some(times).filter(|n| matches!(n, 1 | 2 | 4)).and_then(|n| backslash(rest, n));
            // an escaped backslash escapes nothing behind it
            return if escape.is_some_and(|e| e.2) { Ok(Coding::Backslash { times }) } else { Err(times) };
        }
        b'%' => percent(rest).map(|_| Coding::Percent { legacy: false }),
        _ => entity(rest).filter(|(_, c)| !matches!(c, '&' | '<' | '>')).map(|_| Coding::Entities),
    };
    coding.ok_or(1)
}

/// What an escape stands for: a unit of UTF-16 or a byte.
#[derive(Clone, Copy)]
enum Unit {
    Wide(u16),
    Byte(u8),
}

fn hex(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |n, b| Some(n << 4 | char::from(*b).to_digit(16)?))
}

/// How many backslashes `text` begins with.
fn slashes(text: &[u8]) -> usize {
    text.iter().take(5).take_while(|b| **b == b'\\').count()
}

/// Length and meaning of the escape with so many backslashes that `text` begins with; true where it writes a
/// letter by its number.
fn backslash(text: &[u8], times: usize) -> Option<(usize, Unit, bool)> {
    let code = text.get(times..)?;
    let (length, unit, letter) = match code.first()? {
        b'u' => (5, Unit::Wide(hex(code.get(1..5)?)? as u16), true),
        b'x' => (3, Unit::Byte(hex(code.get(1..3)?)? as u8), true),
        b'2' | b'3' if code.get(1..3)?.iter().all(|b| (b'0'..=b'7').contains(b)) => {
            let byte = code[..3].iter().fold(0u32, |n, b| n << 3 | u32::from(b - b'0'));
            (3, Unit::Byte(byte as u8), true)
        }
        b @ (b'"' | b'\\' | b'/' | b'\'') => (1, Unit::Byte(*b), false),
        b'n' => (1, Unit::Byte(b'\n'), false),
        b't' => (1, Unit::Byte(b'\t'), false),
        _ => return None,
    };
    Some((times + length, unit, letter))
}

fn percent(text: &[u8]) -> Option<(usize, Unit)> {
    match text.get(1)? {
        b'u' => Some((6, Unit::Wide(hex(text.get(2..6)?)? as u16))),
        _ => Some((3, Unit::Byte(hex(text.get(1..3)?)? as u8))),
    }
}

fn entity(text: &[u8]) -> Option<(usize, char)> {
    entities::reference(text).ok().flatten()
}

fn windows_1251() -> Option<&'static SingleByte> {
    SingleByte::named("windows-1251")
}

fn decode(text: &[u8], start: usize, end: usize, coding: Coding) -> Escaped {
    let mut out =
        Escaped { coding, text: Vec::with_capacity(end - start), from: Vec::with_capacity(end - start) };
    let mut wide: Vec<(u16, usize)> = Vec::new();
    let (mut at, mut high) = (start, false);
    while at < end {
        let rest = &text[at..end];
        // bytes in hexadecimal stay: they are looked at in the decoded text again
        if let Some(n) = (rest[0] == b'\\').then(|| hex::length(rest, slashes(rest))).flatten() {
            out.units(&mut wide);
            out.text.extend_from_slice(&rest[..n]);
            out.from.extend((at..at + n).map(|k| k as u32));
            at += n;
            continue;
        }
        let unit = match (coding, rest[0]) {
            (Coding::Backslash { times: 1 }, b'\\') => backslash(rest, 1).map(|e| (e.0, e.1)),
            (Coding::Backslash { times: 2 }, b'\\') if slashes(rest) == 4 => Some((4, Unit::Byte(b'\\'))),
            (Coding::Backslash { times }, b'\\') if slashes(rest) == times => {
                backslash(rest, times).map(|e| (e.0, e.1))
            }
            (Coding::Percent { .. }, b'%') => percent(rest),
            // blanks of forms; a plus sign of a number is written %2B there
            (Coding::Percent { .. }, b'+') if high => Some((1, Unit::Byte(b' '))),
            (Coding::Entities, b'&') => {
                if let Some((n, c)) = entity(rest) {
                    out.push(c, at);
                    at += n;
                    continue;
                }
                None
            }
            _ => None,
        };
        match unit {
            Some((n, Unit::Wide(u))) => {
                wide.push((u, at));
                high = true;
                at += n;
                continue;
            }
            Some((n, Unit::Byte(b))) => {
                out.units(&mut wide);
                high |= b >= 0x80;
                out.text.push(b);
                out.from.push(at as u32);
                at += n;
            }
            None => {
                out.units(&mut wide);
                high &= !rest[0].is_ascii_whitespace();
                out.text.push(rest[0]);
                out.from.push(at as u32);
                at += 1;
            }
        }
    }
    out.units(&mut wide);
    out.from.push(end as u32);
    out.settle()
}

impl Escaped {
    fn push(&mut self, c: char, at: usize) {
        let mut bytes = [0; 4];
        for b in c.encode_utf8(&mut bytes).bytes() {
            self.text.push(b);
            self.from.push(at as u32);
        }
    }

    /// Appends units of UTF-16 that stood side by side.
    fn units(&mut self, wide: &mut Vec<(u16, usize)>) {
        let mut at = 0;
        for c in char::decode_utf16(wide.iter().map(|w| w.0)) {
            let n = c.as_ref().map_or(1, |c| c.len_utf16());
            self.push(c.unwrap_or('\u{FFFD}'), wide[at].1);
            at += n;
        }
        wide.clear();
    }

    /// Bytes that are no UTF-8 are an old site's windows-1251.
    fn settle(mut self) -> Escaped {
        if std::str::from_utf8(&self.text).is_ok() || !matches!(self.coding, Coding::Percent { .. }) {
            return self;
        }
        let Some(table) = windows_1251() else { return self };
        let mut out =
            Escaped { coding: Coding::Percent { legacy: true }, text: Vec::new(), from: Vec::new() };
        for (b, at) in self.text.iter().zip(&self.from) {
            out.push(table.char(*b), *at as usize);
        }
        out.from.extend(self.from.pop());
        out
    }
}

/// The next run of base64 characters that is long enough.
fn next_run(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some((start, end)) = long_run(text, at, to) {
        if is_mixed(&text[start..end]) {
            return Some((start, end));
        }
        at = end;
    }
    None
}

/// Words, paths, numbers and check sums in hexadecimal lack capitals, small letters or both.
fn is_mixed(run: &[u8]) -> bool {
    let head = &run[..run.len().min(HEAD)];
    // most runs have no capital: told without a branch for each byte
    head.iter().fold(false, |any, b| any | b.is_ascii_uppercase())
        && head.iter().any(|b| b.is_ascii_lowercase())
        && !head.iter().all(u8::is_ascii_hexdigit)
}

/// Decodes the run that stands at `run`; moves `at` behind it.
fn run_part(text: &[u8], run: usize, at: &mut usize, to: usize) -> Option<Part> {
    let width = *at - run;
    let mut end = *at;
    // letters and keys are broken into lines of one width
    if width >= 60 {
        loop {
            let rest = &text[end..to];
            let Some(broken) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) else { break };
            let line = broken.iter().take_while(|b| is_run(**b)).count();
            if line == 0 || line > width {
                break;
            }
            end = to - broken.len() + line;
            if line < width || end == to {
                break;
            }
        }
    }
    let padding = text[end..to].iter().take(2).take_while(|b| **b == b'=').count();
    let stop = end + padding;
    *at = stop;
    let body = &text[run..end];
    let letters = body.iter().filter(|b| is_run(**b)).count();
    if letters % 4 == 1 || (padding > 0 && (letters + padding) % 4 != 0) {
        return None;
    }
    let url = body.iter().any(|b| matches!(b, b'-' | b'_'));
    if url && body.iter().any(|b| matches!(b, b'+' | b'/')) {
        return None;
    }
    let head = base64(&body[..body.len().min(4 << 10)]);
    let form = Form::Base64 { url, padded: padding > 0 || letters % 4 == 0 };
    let content = content(kind(&head)?, base64(body), form)?;
    Some(Part { start: run, end: stop, content })
}

/// The bytes whose digits stand from `start` to `end`.
fn hex_part(text: &[u8], start: usize, end: usize) -> Option<Part> {
    let bytes = hex::decode(&text[start..end]);
    let kind = match kind(&bytes[..bytes.len().min(4 << 10)]) {
        // the mark says that they are bytes: what is as long as a file is named as one
        None if bytes.len() >= hex::FILE => Kind::File,
        kind => kind?,
    };
    let upper = text[start..end].iter().any(u8::is_ascii_uppercase);
    Some(Part { start, end, content: content(kind, bytes, Form::Hex { upper })? })
}

fn content(kind: Kind, bytes: Vec<u8>, form: Form) -> Option<Content> {
    let whole = |text, encoding, opaque| Content::Text(Whole { text, encoding, form, opaque });
    Some(match kind {
        Kind::File => Content::File(File { bytes, form }),
        Kind::Text(encoding) => {
            let text = match encoding {
                Encoding::Single(table) => {
                    let mut text = Vec::new();
                    table.decode(&bytes, &mut text);
                    String::from_utf8(text).ok()?
                }
                _ => String::from_utf8(bytes).ok()?,
            };
            whole(text, encoding, false)
        }
        Kind::Strings => whole(strings(&bytes), Encoding::Utf8, true),
    })
}

enum Kind {
    Text(Encoding),
    File,
    Strings,
}

/// What decoded bytes are, by the first of them.
fn kind(head: &[u8]) -> Option<Kind> {
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n'));
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // the last character is cut off
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    if !valid.is_empty() && plain(valid) {
        return Some(Kind::Text(Encoding::Utf8));
    }
    if head.len() < LEGACY {
        return None;
    }
    if head.len() >= FILE {
        // certificates and signatures: a sequence with a length of two or three bytes (X.690, 8.1.3)
        if matches!(head, [0x30, 0x81..=0x83, ..]) {
            return Some(Kind::Strings);
        }
        match registry::recognise_bytes(head, "") {
            Recognised::Format(f) if f.recognise(head, "") >= 90 => return Some(Kind::File),
            Recognised::Known { .. } => return Some(Kind::File),
            _ => {}
        }
    }
    match guess(head) {
        Guess::Text(encoding @ Encoding::Single(_))
            if !head.iter().any(|b| matches!(b, 0..9 | 11 | 12 | 14..32)) =>
        {
            Some(Kind::Text(encoding))
        }
        _ => None,
    }
}

/// The readable strings of a structure, one a line.
fn strings(bytes: &[u8]) -> String {
    let mut out = String::new();
    for run in bytes.split(|b| *b < 0x20 || *b == 0x7F) {
        let text = String::from_utf8_lossy(run);
        for piece in text.split('\u{FFFD}').filter(|p| p.chars().count() >= 4) {
            out.push_str(piece);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Part {
        let mut all = parts(text.as_bytes(), 0, text.len());
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0)
    }

    fn escaped(text: &str) -> Escaped {
        match only(text).content {
            Content::Escaped(e) => e,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn escapes_are_decoded_and_written_back() {
        for (text, want) in [
            (r#"{"a":"\u0418\u0432\u0430\u043d \"x\""}"#, r#"{"a":"Иван "x""}"#),
            (r"name=\xD0\x98\xd0\xb2", "name=Ив"),
            (r"\320\230\320\262 5", "Ив 5"),
            (r#"{"a":"\\u0418\\u0432 \\"x\\""}"#, r#"{"a":"Ив "x""}"#),
            ("q=%D0%98%D0%B2+%D0%9E&phone=%2B7701", "q=Ив О&phone=+7701"),
            ("q=%u0418%u0432", "q=Ив"),
            ("q=%C8%E2%E0%ED", "q=Иван"),
            ("&#1048;&#x432; &laquo;x&raquo; &amp;", "Ив «x» &"),
        ] {
            let e = escaped(text);
            assert_eq!(String::from_utf8_lossy(&e.text), want, "{text}");
            assert_eq!(e.outer(0, e.text.len()), (0, text.len()));
            // what is encoded is decoded again
            let back = e.encode("Ж \"1\" & %\\");
            let again = match parts(back.as_bytes(), 0, back.len()).pop().map(|p| p.content) {
                Some(Content::Escaped(e)) => String::from_utf8(e.text).unwrap(),
                other => panic!("{back}: {other:?}"),
            };
            assert_eq!(again, "Ж \"1\" & %\\", "{back}");
        }
    }

    #[test]
    fn places_are_those_of_the_text_around() {
        let text = r#"до "\u0418\u0432" 12"#;
        let e = escaped(text);
        let at = String::from_utf8_lossy(&e.text).find('И').unwrap();
        let (a, b) = e.outer(at, at + 4);
        assert_eq!(&text[a..b], r"\u0418\u0432");
        assert!(e.differs(at, at + 4) && !e.differs(0, 4));
        // both halves of a pair
        let e = escaped(r"\ud83d\ude00 x");
        assert_eq!(e.outer(0, 4), (0, 12));
    }

    #[test]
    fn plain_text_has_no_parts() {
        for text in [
            "100% of 50%, a & b, C:\\new\\table",
            "SELECT 'it\\'s' &amp; &lt;b&gt;",
            "d41d8cd98f00b204e9800998ecf8427e D41D8CD98F00B204E9800998ECF8427E",
            "/usr/share/documents/library/administration/index",
            "ThisIsAVeryLongCamelCaseIdentifierOfSomeProgram",
        ] {
            assert!(parts(text.as_bytes(), 0, text.len()).is_empty(), "{text}");
        }
    }

    #[test]
    fn bytes_in_hexadecimal() {
        let mut digits = String::new();
        hex::encode("Иванов Иван, ИИН 990101300124".as_bytes(), false, &mut digits);
        for text in [format!(r"1\t\x{digits}\t2"), format!("VALUES (0x{}, 1)", digits.to_uppercase())] {
            assert!(any(text.as_bytes()), "{text}");
            let part = only(&text);
            assert!(text[part.start..part.end].eq_ignore_ascii_case(&digits));
            let Content::Text(whole) = part.content else { panic!("{text}") };
            assert_eq!(whole.text, "Иванов Иван, ИИН 990101300124");
            assert!(whole.encode("И").eq_ignore_ascii_case("d098"));
        }
        // beside other escapes it is decoded in the text without them
        let text = format!(r"\u0418\u0432 \\x{digits}");
        let e = escaped(&text);
        assert!(String::from_utf8_lossy(&e.text).ends_with(&format!(r"Ив \\x{digits}")));
        assert!(matches!(only(&String::from_utf8_lossy(&e.text)).content, Content::Text(_)));
        // bytes of no known format are named as a file where they are as long as one
        let mut random = String::new();
        hex::encode(&(0..2000u32).map(|n| ((n * n) >> 3) as u8).collect::<Vec<_>>(), false, &mut random);
        let part = only(&format!(r"\x{random}"));
        assert!(
            matches!(part.content, Content::File(f) if f.bytes.len() == 2000 && f.encode(None).starts_with("72656d"))
        );
        assert!(parts(format!(r"\x{}", &random[..200]).as_bytes(), 0, 202).is_empty());
    }

    #[test]
    fn base64_of_texts_and_files() {
        let text = "Иванов Иван Иванович, ИИН 990101300124";
        let around = format!("x = '{}';", to_base64(text.as_bytes(), ""));
        match only(&around).content {
            Content::Text(whole) => {
                assert_eq!(whole.text, text);
                let back = whole.encode("Пробник «ы»");
                assert_eq!(base64(back.as_bytes()), "Пробник «ы»".as_bytes());
            }
            other => panic!("{other:?}"),
        }
        // in lines, as letters have it
        let long = text.repeat(5);
        let lines = to_base64(long.as_bytes(), "\r\n");
        match only(&lines).content {
            Content::Text(whole) => assert_eq!(whole.text, long),
            other => panic!("{other:?}"),
        }
        let mut zip = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
        zip.resize(200, 7);
        assert!(matches!(only(&to_base64(&zip, "")).content, Content::File(f) if f.bytes == zip));
        // a structure whose strings are read
        let mut der = vec![0x30, 0x82, 1, 0, 6, 3];
        der.extend_from_slice(b"\x0c\x10IIN990101300124\x00\x01");
        der.resize(300, 1);
        match only(&to_base64(&der, "")).content {
            Content::Text(whole) => {
                assert!(whole.text.contains("IIN990101300124"));
                assert_eq!(whole.encode("x"), "cmVtb3ZlZA==");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn any_bytes_are_survived() {
        let mut seed = 5u64;
        for _ in 0..2000 {
            let bytes: Vec<u8> = (0..120)
                .map(|_| {
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    b"\\u04xD0%&#1;=\nABCDefgh+/ \xD0\x98"[(seed >> 33) as usize % 27]
                })
                .collect();
            let mut at = 0;
            for part in parts(&bytes, 0, bytes.len()) {
                assert!(part.start >= at && part.end > part.start && part.end <= bytes.len());
                at = part.end;
                if let Content::Escaped(e) = part.content {
                    assert_eq!(e.from.len(), e.text.len() + 1);
                    assert!(e.from.windows(2).all(|w| w[0] <= w[1]));
                }
            }
        }
    }
}

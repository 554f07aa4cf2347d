//! Escapes of single characters: found, decoded with the place of each character, and written back.

use memchr::memchr3;

use super::super::encoding::SingleByte;
use super::super::markup::entities;
use super::hex;

/// A way of writing text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// `\u0418`, `\xD0\x98`, `\320\230`, with `\"` and `\\` among them. In dumps and in JSON inside JSON
    /// every backslash is written twice or four times.
    Backslash { times: usize },
    /// `%D0%98`, `%u0418`; of UTF-8, or of windows-1251 as old sites have it.
    Percent { legacy: bool },
    /// `&#1048;`, `&laquo;`.
    Entities,
}

/// A text whose characters each have their own place in the text around it.
#[derive(Debug)]
pub struct Escaped {
    coding: Coding,
    /// The decoded text.
    pub text: Vec<u8>,
    /// For each byte of `text`, and for its end, where it begins in the text around it.
    pub(super) from: Vec<u32>,
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

/// The next escape that says more than a plain character of syntax.
pub(super) fn next_escape(text: &[u8], at: &mut usize, to: usize) -> Option<(usize, Coding)> {
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
pub(super) const LONGEST_NONE: usize = 5;

/// The escape that `rest` begins with, or the length of what is none.
#[inline]
pub(super) fn escape_at(rest: &[u8]) -> Result<Coding, usize> {
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

fn hex_number(text: &[u8]) -> Option<u32> {
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
        b'u' => (5, Unit::Wide(hex_number(code.get(1..5)?)? as u16), true),
        b'x' => (3, Unit::Byte(hex_number(code.get(1..3)?)? as u8), true),
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
        b'u' => Some((6, Unit::Wide(hex_number(text.get(2..6)?)? as u16))),
        _ => Some((3, Unit::Byte(hex_number(text.get(1..3)?)? as u8))),
    }
}

fn entity(text: &[u8]) -> Option<(usize, char)> {
    entities::reference(text).ok().flatten()
}

fn windows_1251() -> Option<&'static SingleByte> {
    SingleByte::named("windows-1251")
}

/// The text from `start` to `end` without its escapes.
pub(super) fn decode(text: &[u8], start: usize, end: usize, coding: Coding) -> Escaped {
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

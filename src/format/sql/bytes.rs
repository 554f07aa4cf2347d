//! Bytes in hexadecimal: literals of every dialect, dates that SQL Server writes so, large objects of PostgreSQL.

use super::super::encoding::Rewrites;
use super::super::instants;
use super::escape::hex_text;
use super::lex::{Edge, Lexer, Out, Step};
use crate::model::{Segment, SegmentKind};

/// From so many digits on a literal may hold a file: shorter ones are keys and check sums.
const FILE: usize = 128;

/// What stands between two pieces of a large object, a statement each (`DumpLOs` of pg_dump and pg_restore).
const NEXT: [&[u8]; 2] =
    [b");\nSELECT pg_catalog.lowrite(0, '\\x", b");\r\nSELECT pg_catalog.lowrite(0, '\\x"];

/// True where bytes in hexadecimal begin, behind a mark of one or two backslashes.
pub fn is_bytes(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"\\\\x").or(text.strip_prefix(b"\\x"));
    digits.is_some_and(|d| d.len() >= FILE && d[..FILE].iter().all(u8::is_ascii_hexdigit))
}

impl Lexer {
    /// `0x…`: text where it spells some, a date where it is cast to one, else bytes.
    pub fn hex_number(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let digits = text[from + 2..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        let end = from + 2 + digits;
        // ` AS DateTimeOffset` decides what it is
        if text.len() < end + 24 && edge.may_wait(from) {
            return Step::Wait;
        }
        if end == text.len() && !edge.last && digits >= FILE {
            if edge.bytes {
                self.more_bytes = true;
                return Step::Wait;
            }
            self.cut_bytes = true;
        }
        if let Some(date) = cast_date(&text[from + 2..end], &text[end..]) {
            out.escapes.push(from, end, date.as_bytes());
            self.push(out.segments, from, end, SegmentKind::Date);
        } else if !self.hex(text, from + 2, end, Out { segments: out.segments, escapes: out.escapes }) {
            self.bytes(from, from + 2, end, out.segments, out.escapes);
        }
        Step::To(end)
    }

    /// `X'…'` from its letter on.
    pub fn hex_string(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let start = from + 2;
        let Some(p) = memchr::memchr(text[from + 1], &text[start..]) else {
            if edge.may_wait(from) {
                return Step::Wait;
            }
            let long = text.len() - from > FILE && !edge.last;
            if long && edge.bytes {
                self.more_bytes = true;
                return Step::Wait;
            }
            self.cut_bytes |= long;
            return Step::To(start);
        };
        let end = start + p;
        if !self.hex(text, start, end, Out { segments: out.segments, escapes: out.escapes }) {
            self.bytes(from, start, end, out.segments, out.escapes);
        }
        Step::To(end + 1)
    }

    /// The digits of a hexadecimal literal: true where they spell text.
    fn hex(&mut self, text: &[u8], start: usize, end: usize, out: Out<'_>) -> bool {
        let Some(chars) = hex_text(&text[start..end]) else { return false };
        let mut pos = start;
        for (len, c) in chars {
            out.escapes.push_char(pos, pos + len, c);
            pos += len;
        }
        self.push(out.segments, start, end, SegmentKind::Cell);
        true
    }

    /// Bytes that may be a file: they read with the one mark that says so in any text.
    fn bytes(
        &mut self,
        mark: usize,
        start: usize,
        end: usize,
        segments: &mut Vec<Segment>,
        escapes: &mut Rewrites,
    ) {
        if end - start >= FILE {
            escapes.push(mark, start, b"\\x");
            self.push(segments, mark, end, SegmentKind::Cell);
        }
    }

    /// The pieces of a large object, from the quote of the first on, read as one; `None` where there is none.
    pub fn large_object(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Option<Step> {
        if !text[..from].ends_with(b"lowrite(0, ") || !text[from + 1..].starts_with(b"\\x") {
            return None;
        }
        let mut pos = from + 3;
        let end = loop {
            let close = memchr::memchr(b'\'', &text[pos..]).map(|p| pos + p);
            let rest = close.map_or(&[][..], |c| &text[c + 1..]);
            let begun = |n: &&[u8]| rest.len() < n.len() && n.starts_with(rest);
            if close.is_none() || (!edge.last && NEXT.iter().any(begun)) {
                out.escapes.truncate(from);
                if edge.may_wait(from) {
                    return Some(Step::Wait);
                }
                if edge.bytes && !edge.last {
                    self.more_bytes = true;
                    return Some(Step::Wait);
                }
                self.cut_bytes = true;
                return None;
            }
            let close = close?;
            match NEXT.iter().find(|n| rest.starts_with(n)) {
                Some(next) => {
                    pos = close + 1 + next.len();
                    out.escapes.push(close, pos, b"");
                }
                None => break close,
            }
        };
        self.push(out.segments, from + 1, end, SegmentKind::Cell);
        Some(Step::To(end + 1))
    }
}

/// The date that `CAST(0x… AS type)` means.
fn cast_date(digits: &[u8], behind: &[u8]) -> Option<String> {
    if digits.len() > 24 || !digits.len().is_multiple_of(2) {
        return None;
    }
    let rest = behind.trim_ascii_start();
    let rest =
        rest.get(..2).filter(|a| a.eq_ignore_ascii_case(b"AS")).map(|_| rest[2..].trim_ascii_start())?;
    let kind: Vec<u8> = rest.iter().take(15).take_while(|b| b.is_ascii_alphanumeric()).copied().collect();
    instants::of_mssql(digits, &kind.to_ascii_uppercase())
}

use std::borrow::Cow;
use std::sync::Arc;

use super::super::Splice;
use super::super::encoding::{Charset, Lack, Writer};
use super::super::json::{is_number, patched};
use super::copy_splice;
use super::lex::Written;
use crate::model::{Block, Edit, NO_COLUMN, ReadError, Segment, SegmentKind};

/// Writes replacements with the escapes of the place where they stand.
pub struct SqlSplice {
    pub charset: Arc<Charset>,
    /// Backslashes escape in strings.
    pub mysql: bool,
    /// Tables whose rows are written by options of their `COPY`.
    pub written: Written,
}

/// What surrounds a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A string in these quotes; `true`: with backslash escapes.
    Quoted(char, bool),
    /// A hexadecimal literal that spells text.
    Hex,
    /// A value in a row of `COPY`.
    Copy,
    /// A literal that is a date in bytes, or any bytes, with its mark.
    Marked,
    /// A number, a word.
    Bare,
    /// A piece of something longer than a block.
    Unknown,
}

impl Splice for SqlSplice {
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut writer = Writer::new(block, &self.charset, Lack::Near, out);
        let table = block.table.as_ref().map(|t| t.id);
        let written = self.written.read().ok().and_then(|w| w.get(&table?).cloned());
        let mut k = 0;
        while k < edits.len() {
            let edit = &edits[k];
            let segment = block.segment_at(edit.start).map(|s| block.segments[s]);
            let Some(s) = segment.filter(|s| s.kind != SegmentKind::Prose) else {
                writer.replace(edit.start, edit.end, &edit.text)?;
                k += 1;
                continue;
            };
            if let Some(format) = written.as_ref().filter(|_| s.column != NO_COLUMN) {
                let n = k + edits[k..].iter().take_while(|e| e.start < s.end).count().max(1);
                copy_splice::write(format, block, s, &edits[k..n], &mut writer)?;
                k = n;
                continue;
            }
            let place = self.place(block, s);
            if place == Place::Bare {
                let n = k + edits[k..].iter().take_while(|e| e.start < s.end).count().max(1);
                let value = patched(block, s.start, s.end, &edits[k..n]);
                let text = match is_number(value.as_bytes()) {
                    true => value,
                    false => format!("'{}'", escaped(&value, Place::Quoted('\'', self.mysql))),
                };
                writer.replace(s.start, s.end, &text)?;
                k = n;
                continue;
            }
            if place == Place::Marked {
                let n = k + edits[k..].iter().take_while(|e| e.start < s.end).count().max(1);
                let value = patched(block, s.start, s.end, &edits[k..n]);
                writer.replace(s.start, s.end, &marked(&value, s.kind, stored_of(block, s)))?;
                k = n;
                continue;
            }
            writer.replace(edit.start, edit.end, &escaped(&edit.text, place))?;
            k += 1;
        }
        writer.finish()
    }
}

impl SqlSplice {
    fn place(&self, block: &Block, segment: Segment) -> Place {
        let (start, end) = (segment.start as usize, segment.end as usize);
        let text = &block.text;
        let before = start.checked_sub(1).map(|k| text[k]);
        let after = text.get(end).copied();
        if is_hex(block, segment) {
            return Place::Hex;
        }
        let stored = stored_of(block, segment);
        if matches!(stored, [b'0', b'x' | b'X', ..] | [b'x' | b'X', b'\'' | b'"', ..])
            && text.get(start..start + 2) != stored.get(..2)
        {
            return Place::Marked;
        }
        match before {
            Some(quote @ (b'\'' | b'"')) if after.is_none_or(|a| a == quote) => {
                let prefix = start.checked_sub(2).map(|k| text[k]);
                Place::Quoted(quote as char, self.mysql || matches!(prefix, Some(b'E' | b'e')))
            }
            None | Some(b'\t' | b'\n') if matches!(after, None | Some(b'\t' | b'\n' | b'\r')) => {
                if before.is_none() && segment.kind != SegmentKind::Number {
                    Place::Unknown
                } else {
                    Place::Copy
                }
            }
            _ if segment.kind == SegmentKind::Number => Place::Bare,
            _ => Place::Unknown,
        }
    }
}

/// The stored bytes of a segment.
fn stored_of(block: &Block, segment: Segment) -> &[u8] {
    let range = block.stored_range(segment.start, segment.end);
    range.and_then(|(from, to)| block.stored().get(from..to)).unwrap_or_default()
}

/// A literal that was written in hexadecimal, again: bytes as bytes, a date as the text that any cast reads.
fn marked(value: &str, kind: SegmentKind, stored: &[u8]) -> String {
    if kind == SegmentKind::Date {
        // without separators a date is read the same whatever the language of the session
        let plain = value.replace(['\'', '-', 'Z'], "").replace('T', " ");
        return format!("'{plain}'");
    }
    let mark = String::from_utf8_lossy(stored.get(..2).unwrap_or_default());
    let digits = value.strip_prefix("\\x").filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
    match digits {
        Some(digits) => format!("{mark}{digits}"),
        None => format!("{mark}{}", escaped(value, Place::Hex)),
    }
}

/// Twice as many stored digits as bytes of text, behind the mark of such a literal.
fn is_hex(block: &Block, segment: Segment) -> bool {
    let Some((from, to)) = block.stored_range(segment.start, segment.end) else { return false };
    let stored = block.stored().get(from..to).unwrap_or_default();
    let before = block.text.get(..segment.start as usize).unwrap_or_default();
    let marked = [&b"0x"[..], b"0X", b"x'", b"X'"].iter().any(|m| before.ends_with(m));
    marked
        && !block.raw.is_empty()
        && to - from > (segment.end - segment.start) as usize
        && stored.iter().all(u8::is_ascii_hexdigit)
}

fn escaped(text: &str, place: Place) -> Cow<'_, str> {
    if place != Place::Hex && !text.contains(['\'', '"', '\\', '\n', '\r', '\t', '\0']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match (place, c) {
            (_, '\0') => {}
            (Place::Hex, c) => {
                for b in c.encode_utf8(&mut [0; 4]).bytes() {
                    out.push_str(&format!("{b:02X}"));
                }
            }
            (Place::Quoted(quote, _), c) if c == quote => {
                out.push(c);
                out.push(c);
            }
            (Place::Quoted(_, true) | Place::Copy, '\\') => out.push_str("\\\\"),
            (Place::Copy, '\n') => out.push_str("\\n"),
            (Place::Copy, '\r') => out.push_str("\\r"),
            (Place::Copy, '\t') => out.push_str("\\t"),
            (Place::Unknown, '\'' | '"' | '\\' | '\n' | '\r' | '\t') => out.push(' '),
            (_, c) => out.push(c),
        }
    }
    Cow::Owned(out)
}

//! From places in a block's text back to places in the XML that it was taken from.

use memchr::memchr;

use super::xml;
use crate::model::Edit;

/// How the text of a slot is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Character data between tags.
    Text,
    /// An attribute's value.
    Attribute,
    /// An attribute's value that must stay a URI.
    Uri,
    /// Inside a CDATA section, a comment or an instruction: no references.
    Plain,
}

/// A run of stored XML and the run of block text that it became.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// First stored byte.
    pub raw_start: usize,
    /// One past the last stored byte.
    pub raw_end: usize,
    /// First byte in the block's text.
    pub start: u32,
    /// One past the last byte in the block's text.
    pub end: u32,
    /// How it is stored.
    pub stored: Stored,
}

/// A replacement of stored bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEdit {
    /// First stored byte.
    pub start: usize,
    /// One past the last stored byte.
    pub end: usize,
    /// What stands there in the copy.
    pub bytes: Vec<u8>,
}

/// Appends the text of a stored run.
pub fn decode_into(raw: &[u8], stored: Stored, out: &mut Vec<u8>) {
    match stored {
        Stored::Plain => out.extend_from_slice(raw),
        Stored::Text | Stored::Attribute => xml::unescape_into(raw, out),
        Stored::Uri => {
            let mut i = 0;
            while i < raw.len() {
                let (len, c) = uri_unit(&raw[i..]);
                match c {
                    Unit::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    Unit::Byte(b) => out.push(b),
                }
                i += len;
            }
        }
    }
}

enum Unit {
    Char(char),
    Byte(u8),
}

fn uri_unit(raw: &[u8]) -> (usize, Unit) {
    if let [b'%', hex1, hex2, ..] = raw
        && let (Some(a), Some(b)) = ((*hex1 as char).to_digit(16), (*hex2 as char).to_digit(16))
    {
        return (3, Unit::Byte((a * 16 + b) as u8));
    }
    match xml::unit(raw) {
        (len, Some(c)) => (len, Unit::Char(c)),
        (len, None) => (len, Unit::Byte(raw.first().copied().unwrap_or(0))),
    }
}

/// The stored offset (relative to the slot) of the text offset `at` (relative to the slot).
fn raw_offset(raw: &[u8], stored: Stored, at: usize) -> usize {
    let plain = match stored {
        Stored::Plain => true,
        Stored::Text | Stored::Attribute => memchr(b'&', raw).is_none(),
        Stored::Uri => false,
    };
    if plain {
        return at.min(raw.len());
    }
    let (mut i, mut text) = (0, 0);
    while i < raw.len() && text < at {
        let (len, width) = match stored {
            Stored::Uri => match uri_unit(&raw[i..]) {
                (len, Unit::Char(c)) => (len, c.len_utf8()),
                (len, Unit::Byte(_)) => (len, 1),
            },
            _ => match xml::unit(&raw[i..]) {
                (len, Some(c)) => (len, c.len_utf8()),
                (len, None) => (len, 1),
            },
        };
        i += len;
        text += width;
    }
    i
}

/// Writes plain text as it must be stored.
fn encode(text: &str, stored: Stored) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    match stored {
        Stored::Text | Stored::Attribute => xml::escape_into(text, &mut out),
        // "--", "]]>" and "?>" would end what stands around it
        Stored::Plain => {
            out.extend(text.bytes().map(|b| if matches!(b, b'-' | b'>' | b'<' | b'&') { b'_' } else { b }));
        }
        Stored::Uri => {
            for b in text.bytes() {
                if b.is_ascii_alphanumeric() || b"-._~:/@+,;=?#".contains(&b) {
                    out.push(b);
                } else {
                    out.extend_from_slice(format!("%{b:02X}").as_bytes());
                }
            }
        }
    }
    out
}

/// Turns edits of a block's text into edits of the stored bytes `raw`. The first slot that an edit touches
/// takes the replacement; what it covers of the others is cut. `slots` rise by their text.
pub fn raw_edits(raw: &[u8], slots: &[Slot], edits: &[Edit], out: &mut Vec<RawEdit>) {
    for edit in edits {
        let mut text = Some(&*edit.text);
        let from = slots.partition_point(|s| s.end <= edit.start);
        for slot in slots[from..].iter().take_while(|s| s.start < edit.end) {
            let bytes = raw.get(slot.raw_start..slot.raw_end).unwrap_or_default();
            let a = (edit.start.max(slot.start) - slot.start) as usize;
            let b = (edit.end.min(slot.end) - slot.start) as usize;
            let a = raw_offset(bytes, slot.stored, a);
            let b = raw_offset(bytes, slot.stored, b).max(a);
            let new = encode(text.take().unwrap_or(""), slot.stored);
            // a word processor drops blanks at the ends of a run that does not ask to keep them
            if slot.stored == Stored::Text {
                let first =
                    if a > 0 { bytes[0] } else { new.first().or(bytes.get(b)).copied().unwrap_or(b'x') };
                let last = if b < bytes.len() {
                    bytes[bytes.len() - 1]
                } else {
                    new.last().copied().or(bytes.get(a.wrapping_sub(1)).copied()).unwrap_or(b'x')
                };
                let before = &raw[..slot.raw_start];
                if (first == b' ' || last == b' ')
                    && [&b"<w:t>"[..], b"<w:delText>", b"<w:instrText>", b"<t>"]
                        .iter()
                        .any(|t| before.ends_with(t))
                {
                    out.push(RawEdit {
                        start: slot.raw_start - 1,
                        end: slot.raw_start - 1,
                        bytes: b" xml:space=\"preserve\"".to_vec(),
                    });
                }
            }
            out.push(RawEdit { start: slot.raw_start + a, end: slot.raw_start + b, bytes: new });
        }
    }
}

/// Appends `raw` with the edits applied. Edits are sorted first; one that overlaps its forerunner only cuts.
pub fn apply(raw: &[u8], edits: &mut [RawEdit], out: &mut Vec<u8>) {
    edits.sort_by_key(|e| (e.start, e.end));
    let mut at = 0;
    let mut before: Option<(usize, usize)> = None;
    for edit in edits.iter() {
        if before == Some((edit.start, edit.end)) {
            continue;
        }
        before = Some((edit.start, edit.end));
        let (start, end) = (edit.start.min(raw.len()), edit.end.min(raw.len()));
        if start >= at {
            out.extend_from_slice(&raw[at..start]);
            out.extend_from_slice(&edit.bytes);
        }
        at = at.max(end);
    }
    out.extend_from_slice(&raw[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(raw: &str, parts: &[(&str, Stored)], edits: &[(u32, u32, &str)]) -> String {
        let mut text = Vec::new();
        let mut slots = Vec::new();
        let mut from = 0;
        for (part, stored) in parts {
            let at = from + raw[from..].find(part).unwrap();
            from = at + part.len();
            let start = text.len() as u32;
            decode_into(part.as_bytes(), *stored, &mut text);
            slots.push(Slot { raw_start: at, raw_end: from, start, end: text.len() as u32, stored: *stored });
        }
        let edits: Vec<Edit> =
            edits.iter().map(|(a, b, t)| Edit { start: *a, end: *b, text: (*t).into() }).collect();
        let mut list = Vec::new();
        raw_edits(raw.as_bytes(), &slots, &edits, &mut list);
        let mut out = Vec::new();
        apply(raw.as_bytes(), &mut list, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_edit_over_several_runs() {
        let raw = "<w:t>Ива</w:t><w:t>нов</w:t><w:t> &lt;b&gt; x</w:t>";
        let parts = [("Ива", Stored::Text), ("нов", Stored::Text), (" &lt;b&gt; x", Stored::Text)];
        // "Иванов <b> x": the name is 12 bytes long
        assert_eq!(
            run(raw, &parts, &[(0, 12, "N&1")]),
            "<w:t>N&amp;1</w:t><w:t></w:t><w:t> &lt;b&gt; x</w:t>"
        );
        assert_eq!(run(raw, &parts, &[(6, 14, "-")]), "<w:t>Ива</w:t><w:t>-</w:t><w:t>b&gt; x</w:t>");
        assert_eq!(
            run(raw, &parts, &[(6, 16, "-")]),
            "<w:t>Ива</w:t><w:t>-</w:t><w:t xml:space=\"preserve\"> x</w:t>"
        );
    }

    #[test]
    fn a_link_stays_a_uri() {
        let raw = "<a T=\"mailto:a.b@c.kz?s=%D0%98\"/>";
        let part = [("mailto:a.b@c.kz?s=%D0%98", Stored::Uri)];
        assert_eq!(
            run(raw, &part, &[(7, 15, "[почта]")]),
            format!("<a T=\"mailto:{}?s=%D0%98\"/>", { "%5B%D0%BF%D0%BE%D1%87%D1%82%D0%B0%5D" })
        );
        assert_eq!(run(raw, &part, &[(18, 20, "x")]), "<a T=\"mailto:a.b@c.kz?s=x\"/>");
    }
}

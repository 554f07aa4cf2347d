//! Macros and signatures: looked at as strings; where something is found they are left out of the copy.

use std::io::{Cursor, Read};

use super::{Package, xml};
use crate::format::Visitor;
use crate::model::{Block, NO_COLUMN, ReadError, SegmentKind};

/// Most bytes of the source text of all macros together.
const MACROS: usize = 64 << 20;

/// Shows the source text of the macros in part `index` (MS-OVBA: a compound file with packed modules).
///
/// # Errors
/// A part that cannot be read, and whatever stops the visitor.
pub fn visit(package: &mut Package, index: usize, visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    let name = package.names()[index].clone();
    let bytes = package.read(index)?;
    let mut block = Block { part: Some(name.as_str().into()), first_row: 1, ..Block::default() };
    for (row, text) in sources(bytes)?.iter().enumerate() {
        block.push(text, NO_COLUMN, row as u32, SegmentKind::Meta);
    }
    if block.segments.is_empty() {
        return Ok(());
    }
    if !visitor.block(&mut block)?.is_empty() {
        for i in 0..package.names().len() {
            let other = package.names()[i].to_ascii_lowercase();
            if i == index || other.ends_with("vbadata.xml") || other.contains("vbaprojectsignature") {
                package.drop_part(i);
            }
        }
    }
    Ok(())
}

fn sources(bytes: Vec<u8>) -> Result<Vec<String>, ReadError> {
    let broken = |_| ReadError::damaged("the compound file of the macros");
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    let paths: Vec<_> = file.walk().filter(|e| e.is_stream()).map(|e| e.path().to_owned()).collect();
    let mut texts = Vec::new();
    let mut left = MACROS;
    for path in paths {
        let mut stream = Vec::new();
        let Ok(reader) = file.open_stream(&path) else { continue };
        reader.take(MACROS as u64).read_to_end(&mut stream)?;
        let mut at = 0;
        while let Some(n) = memchr::memchr(1, &stream[at..]) {
            let from = at + n;
            let packed = stream.get(from + 2).is_some_and(|b| b & 0x70 == 0x30);
            let text = if packed { unpack(&stream[from..], left) } else { Vec::new() };
            // the text of a module begins with "Attribute VB_Name"; anything else is chance
            if text.starts_with(b"Attribut") {
                left = left.saturating_sub(text.len());
                let decoded = encoding_rs::WINDOWS_1251.decode_without_bom_handling(&text).0;
                texts.push(decoded.into_owned());
                break;
            }
            at = from + 1;
        }
    }
    Ok(texts)
}

/// Decompresses a container of MS-OVBA 2.4.1; empty where it is none.
fn unpack(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 1;
    while let Some(head) = data.get(at..at + 2) {
        let head = u16::from_le_bytes([head[0], head[1]]);
        if head >> 12 & 7 != 3 || out.len() > most {
            break;
        }
        let end = (at + usize::from(head & 0xFFF) + 3).min(data.len());
        at += 2;
        let start = out.len();
        if head & 0x8000 == 0 {
            out.extend_from_slice(&data[at.min(end)..end]);
            at = end;
            continue;
        }
        while at < end {
            let flags = data[at];
            at += 1;
            for bit in 0..8 {
                if at >= end {
                    break;
                }
                if flags >> bit & 1 == 0 {
                    out.push(data[at]);
                    at += 1;
                    continue;
                }
                let Some(token) = data.get(at..at + 2) else { return out };
                at += 2;
                let token = u16::from_le_bytes([token[0], token[1]]);
                let done = out.len() - start;
                let bits = (usize::BITS - done.saturating_sub(1).leading_zeros()).clamp(4, 12);
                let length = usize::from(token & (0xFFFF >> bits)) + 3;
                let back = usize::from(token >> (16 - bits)) + 1;
                if back > done {
                    return if start == 0 { Vec::new() } else { out };
                }
                for _ in 0..length {
                    out.push(out[out.len() - back]);
                }
            }
        }
    }
    out
}

/// Shows the readable strings of the certificates in a signature (a name and an IIN stand in those of Kazakhstan's
/// certification centre); where something is found the signature is left out of the copy.
///
/// # Errors
/// A part that cannot be read, and whatever stops the visitor.
pub fn signature(package: &mut Package, index: usize, visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    let name = package.names()[index].clone();
    let bytes = xml::to_utf8(package.read(index)?);
    let mut block = Block { part: Some(name.as_str().into()), first_row: 1, ..Block::default() };
    let mut tokens = xml::Tokens::new(&bytes);
    while let Some(token) = tokens.next()? {
        let xml::Token::Text(a, b) = token else { continue };
        let text = &bytes[a..b];
        let decoded = if text.len() > 200 { base64(text) } else { None };
        let shown = decoded.as_deref().unwrap_or(text);
        for piece in String::from_utf8_lossy(shown).split(|c: char| c.is_control() || c == '\u{FFFD}') {
            if piece.trim().chars().count() >= 4 {
                block.push(piece.trim(), NO_COLUMN, block.segments.len() as u32, SegmentKind::Meta);
            }
        }
    }
    if !block.segments.is_empty() && !visitor.block(&mut block)?.is_empty() {
        package.drop_part(index);
    }
    Ok(())
}

fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut have) = (0u32, 0);
    for b in text.iter().filter(|b| !b.is_ascii_whitespace()) {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_macros() {
        // the example of MS-OVBA 3.2.3: "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
        let packed = [
            0x01, 0x2F, 0xB0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66, 0x00, 0x70,
            0x61, 0x67, 0x68, 0x69, 0x6A, 0x01, 0x38, 0x08, 0x61, 0x6B, 0x6C, 0x00, 0x30, 0x6D, 0x6E, 0x6F,
            0x70, 0x06, 0x71, 0x02, 0x70, 0x04, 0x10, 0x72, 0x73, 0x74, 0x75, 0x76, 0x10, 0x77, 0x78, 0x79,
            0x7A, 0x00, 0x3C,
        ];
        let text = unpack(&packed, 1 << 20);
        assert_eq!(
            String::from_utf8_lossy(&text),
            "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
        );
        assert!(unpack(&[1, 0, 0xB0], 100).is_empty());
    }

    #[test]
    fn base64_of_certificates() {
        assert_eq!(base64(b"SUlO\n OTk="), Some(b"IIN99".to_vec()));
        assert_eq!(base64(b"a b*"), None);
    }
}

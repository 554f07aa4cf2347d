//! JPEG (ITU-T T.81) with EXIF (CIPA DC-008), XMP (ISO 16684-1) and IPTC (IIM 4.2).

use super::{Parsed, tiff};
use crate::model::{ReadError, Reason};

/// Walks the segments up to the first scan; everything from there to the end mark is pixels.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let mut parsed = Parsed { copy: bytes.get(..2).unwrap_or_default().to_vec(), ..Parsed::default() };
    let mut orientation = None;
    let mut header = Vec::new();
    let mut at = 2;
    loop {
        let Some(&[mark, code]) = bytes.get(at..at + 2) else {
            return Err(ReadError::new(Reason::Truncated, "jpeg header"));
        };
        if mark != 0xFF {
            return Err(ReadError::damaged(format!("jpeg segment at {at}")));
        }
        if code == 0xFF {
            at += 1;
            continue;
        }
        if code == 0xDA {
            break;
        }
        let length = bytes.get(at + 2..at + 4).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])));
        let segment = length.filter(|n| *n >= 2).and_then(|n| bytes.get(at..at + 2 + n));
        let Some(segment) = segment else {
            return Err(ReadError::new(Reason::Truncated, "jpeg segment"));
        };
        let data = &segment[4..];
        let keep = match code {
            0xE0 => data.starts_with(b"JFIF\0"),
            0xE2 => data.starts_with(b"ICC_PROFILE\0"),
            0xEE => data.starts_with(b"Adobe"),
            0xE1..=0xEF | 0xFE => false,
            _ => true,
        };
        if keep && code == 0xE0 {
            header.extend_from_slice(&without_thumbnail(segment));
        } else if keep {
            header.extend_from_slice(segment);
        } else {
            orientation = application(code, data, &mut parsed).or(orientation);
        }
        at += segment.len();
    }
    if let Some(orientation) = orientation.filter(|o| *o != 1) {
        parsed.copy.extend_from_slice(&oriented(orientation));
    }
    parsed.copy.extend_from_slice(&header);
    let rest = scans(bytes, at, &mut parsed);
    if rest.iter().any(|b| *b != 0) {
        // a second picture, a video, or anything that somebody hid: not in the copy
        parsed.unread.push((Reason::UnsupportedFormat, "data after the picture"));
    }
    Ok(parsed)
}

/// A JFIF segment whose thumbnail is told to have no size (JFIF 1.02).
fn without_thumbnail(segment: &[u8]) -> Vec<u8> {
    let mut short = segment.get(..16).unwrap_or(segment).to_vec();
    short.resize(18, 0);
    short[2..4].copy_from_slice(&16u16.to_be_bytes());
    short
}

/// Copies the scans and the tables between them; answers what stands after the end mark.
fn scans<'a>(bytes: &'a [u8], mut at: usize, parsed: &mut Parsed) -> &'a [u8] {
    // pixels run up to a mark: `FF` followed by anything but 0, a restart or another `FF`
    while let Some(&[mark, code]) = bytes.get(at..at + 2) {
        if mark != 0xFF || matches!(code, 0 | 0xD0..=0xD7 | 0xFF) {
            let next = bytes.get(at + 1..).and_then(|rest| memchr::memchr(0xFF, rest));
            let end = next.map_or(bytes.len(), |n| at + 1 + n);
            parsed.copy.extend_from_slice(&bytes[at..end]);
            at = end;
            continue;
        }
        if code == 0xD9 {
            parsed.copy.extend_from_slice(b"\xFF\xD9");
            return &bytes[at + 2..];
        }
        let length = bytes.get(at + 2..at + 4).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])));
        let Some(segment) = length.filter(|n| *n >= 2).and_then(|n| bytes.get(at..at + 2 + n)) else { break };
        if matches!(code, 0xE0..=0xEF | 0xFE) {
            application(code, &segment[4..], parsed);
        } else {
            parsed.copy.extend_from_slice(segment);
        }
        at += segment.len();
    }
    parsed.unread.push((Reason::Truncated, "end of the picture"));
    &[]
}

/// Reads an application segment; answers the orientation where EXIF has one.
fn application(code: u8, data: &[u8], parsed: &mut Parsed) -> Option<u16> {
    if code == 0xFE {
        parsed.bytes("comment", data);
        return None;
    }
    if let Some(exif) = data.strip_prefix(b"Exif\0\0") {
        return tiff::exif(exif, parsed);
    }
    if let Some(xmp) = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
        parsed.bytes("XMP", xmp);
    } else if let Some(xmp) = data.strip_prefix(b"http://ns.adobe.com/xmp/extension/\0") {
        // an identifier of 32 bytes and two lengths of 4 stand before the piece
        parsed.bytes("XMP", xmp.get(40..).unwrap_or_default());
    } else if let Some(photoshop) = data.strip_prefix(b"Photoshop 3.0\0") {
        resources(photoshop, parsed);
    } else {
        let printable = data.iter().filter(|b| !b.is_ascii_control()).count();
        if printable * 10 > data.len() * 9 {
            parsed.bytes("application data", data);
        }
    }
    None
}

/// Image resource blocks of Photoshop; number 0x0404 holds IPTC records.
pub(super) fn resources(mut data: &[u8], parsed: &mut Parsed) {
    while let Some(rest) = data.strip_prefix(b"8BIM") {
        let Some(&[high, low]) = rest.get(..2) else { return };
        // a Pascal string padded to an even length
        let name = usize::from(rest.get(2).copied().unwrap_or(0)) + 1;
        let at = 2 + name + name % 2;
        let Some(&[a, b, c, d]) = rest.get(at..at + 4) else { return };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let Some(body) = length.checked_add(at + 4).and_then(|end| rest.get(at + 4..end)) else { return };
        if (high, low) == (4, 4) {
            iptc(body, parsed);
        }
        let padded = at + 4 + length + length % 2;
        data = rest.get(padded..).unwrap_or_default();
    }
}

/// IPTC datasets: `1C record number length value`.
pub(super) fn iptc(mut data: &[u8], parsed: &mut Parsed) {
    while let Some(&[0x1C, record, number, a, b]) = data.get(..5) {
        let length = usize::from(u16::from_be_bytes([a, b]));
        let Some(value) = data.get(5..5 + length) else { return };
        // record 2 is text but for its version
        if record == 2 && number != 0 {
            parsed.bytes(&format!("IPTC 2:{number}"), value);
        }
        data = &data[5 + length..];
    }
}

/// An EXIF segment that says nothing but how to turn the picture.
fn oriented(orientation: u16) -> Vec<u8> {
    let mut segment = b"\xFF\xE1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    segment.extend_from_slice(&orientation.to_be_bytes());
    segment.extend_from_slice(&[0; 6]);
    segment
}

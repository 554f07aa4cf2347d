//! PNG (W3C, third edition), GIF (89a) and WebP (RFC 9649): pictures made of chunks.

use std::io::Read;

use super::{Parsed, tiff};
use crate::model::{ReadError, Reason};

/// Most bytes that a compressed text may unpack to.
const TEXT: u64 = 16 << 20;

/// Chunks that a viewer needs; every other one is left out.
const PNG_KEPT: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
    b"pHYs", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"cICP", b"mDCV",
];

pub(super) fn png(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let mut parsed = Parsed { copy: bytes.get(..8).unwrap_or_default().to_vec(), ..Parsed::default() };
    let mut at = 8;
    loop {
        let length = bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
        let chunk = length.and_then(|n| bytes.get(at..at.checked_add(n)?.checked_add(12)?));
        let Some(chunk) = chunk else {
            return Err(ReadError::new(Reason::Truncated, format!("png chunk at {at}")));
        };
        let (kind, data) = (&chunk[4..8], &chunk[8..chunk.len() - 4]);
        match kind {
            b"tEXt" => {
                let (key, text) = split(data);
                parsed.text(&latin(key), &text_of(text));
            }
            b"zTXt" => {
                let (key, text) = split(data);
                let text = unpacked(text.get(1..).unwrap_or_default());
                parsed.text(&latin(key), &text_of(&text));
            }
            b"iTXt" => international(data, &mut parsed),
            b"eXIf" => {
                tiff::exif(data, &mut parsed);
            }
            _ => {}
        }
        if PNG_KEPT.iter().any(|k| k.as_slice() == kind) {
            parsed.copy.extend_from_slice(chunk);
        }
        at += chunk.len();
        if kind == b"IEND" {
            break;
        }
    }
    if at < bytes.len() {
        parsed.unread.push((Reason::UnsupportedFormat, "data after the picture"));
    }
    Ok(parsed)
}

fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(0, data) {
        Some(n) => (&data[..n], &data[n + 1..]),
        None => (data, &[]),
    }
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// The standard says Latin-1; programs write what their locale has.
fn text_of(bytes: &[u8]) -> String {
    super::super::eml::charset::Charset::guess(bytes).decode(bytes)
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // a damaged end leaves what came before
    let _ = flate2::read::ZlibDecoder::new(bytes).take(TEXT).read_to_end(&mut out);
    out
}

/// `key 0 compressed method language 0 translated-key 0 text`.
fn international(data: &[u8], parsed: &mut Parsed) {
    let (key, rest) = split(data);
    let Some((&[packed, _], rest)) = rest.split_first_chunk::<2>() else { return };
    let (_, rest) = split(rest);
    let (translated, text) = split(rest);
    let text = if packed == 1 { unpacked(text) } else { text.to_vec() };
    parsed.text("translated key", &text_of(translated));
    parsed.text(&latin(key), &text_of(&text));
}

pub(super) fn gif(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let cut = || ReadError::new(Reason::Truncated, "gif block");
    let mut parsed = Parsed::default();
    let flags = *bytes.get(10).ok_or_else(cut)?;
    let palette = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + palette(flags);
    parsed.copy.extend_from_slice(bytes.get(..at).ok_or_else(cut)?);
    loop {
        match *bytes.get(at).ok_or_else(cut)? {
            0x3B => {
                parsed.copy.push(0x3B);
                if at + 1 < bytes.len() {
                    parsed.unread.push((Reason::UnsupportedFormat, "data after the picture"));
                }
                return Ok(parsed);
            }
            0x2C => {
                let flags = *bytes.get(at + 9).ok_or_else(cut)?;
                let data = at + 10 + palette(flags) + 1;
                let (end, _) = sub_blocks(bytes, data).ok_or_else(cut)?;
                parsed.copy.extend_from_slice(&bytes[at..end]);
                at = end;
            }
            0x21 => {
                let label = *bytes.get(at + 1).ok_or_else(cut)?;
                let (end, data) = sub_blocks(bytes, at + 2).ok_or_else(cut)?;
                let animation = data.starts_with(b"NETSCAPE2.0") || data.starts_with(b"ANIMEXTS1.0");
                match label {
                    0xF9 => parsed.copy.extend_from_slice(&bytes[at..end]),
                    0xFF if animation => parsed.copy.extend_from_slice(&bytes[at..end]),
                    0xFE => parsed.bytes("comment", &data),
                    0x01 => parsed.bytes("plain text", data.get(12..).unwrap_or_default()),
                    _ => {
                        if let Some(xmp) = xmp(&bytes[at..end]) {
                            parsed.bytes("XMP", xmp);
                        }
                    }
                }
                at = end;
            }
            _ => return Err(ReadError::damaged(format!("gif block at {at}"))),
        }
    }
}

/// XMP in GIF stands as plain text over the lengths of sub-blocks.
fn xmp(block: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(block, b"XMP DataXMP")? + 11;
    let end = memchr::memmem::rfind(block, b"?>").unwrap_or(block.len());
    block.get(start..end)
}

/// The end of the sub-blocks that begin at `at`, and their data.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<(usize, Vec<u8>)> {
    let mut data = Vec::new();
    loop {
        let length = usize::from(*bytes.get(at)?);
        if length == 0 {
            return Some((at + 1, data));
        }
        data.extend_from_slice(bytes.get(at + 1..at + 1 + length)?);
        at += 1 + length;
    }
}

pub(super) fn webp(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let mut parsed = Parsed { copy: bytes.get(..12).unwrap_or_default().to_vec(), ..Parsed::default() };
    let mut at = 12;
    while at < bytes.len() {
        let length = bytes.get(at + 4..at + 8).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
        let end = length.and_then(|n| at.checked_add(8)?.checked_add(n));
        let Some(chunk) = end.and_then(|end| bytes.get(at..end)) else {
            return Err(ReadError::new(Reason::Truncated, format!("webp chunk at {at}")));
        };
        let (kind, data) = (&chunk[..4], &chunk[8..]);
        match kind {
            b"EXIF" => {
                tiff::exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data), &mut parsed);
            }
            b"XMP " => parsed.bytes("XMP", data),
            b"VP8 " | b"VP8L" | b"VP8X" | b"ANIM" | b"ANMF" | b"ALPH" | b"ICCP" => {
                let start = parsed.copy.len();
                parsed.copy.extend_from_slice(chunk);
                if kind == b"VP8X"
                    && let Some(flags) = parsed.copy.get_mut(start + 8)
                {
                    // there is no EXIF (bit 3) and no XMP (bit 2) any more
                    *flags &= !0b1100;
                }
                if chunk.len() % 2 == 1 {
                    parsed.copy.push(0);
                }
            }
            _ => {}
        }
        at += chunk.len() + chunk.len() % 2;
    }
    let size = (parsed.copy.len() as u32).saturating_sub(8).to_le_bytes();
    if let Some(field) = parsed.copy.get_mut(4..8) {
        field.copy_from_slice(&size);
    }
    Ok(parsed)
}

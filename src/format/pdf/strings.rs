//! Text strings outside of content streams (ISO 32000-1, 7.9.2.2).

use lopdf::{Object, StringFormat};

use crate::format::eml::charset::Charset;

/// Decodes a text string: UTF-16 or UTF-8 by its mark, else PDFDocEncoding, or what old programs wrote instead.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    Charset::guess(bytes).decode(bytes)
}

/// A text string: ASCII as it is, anything else in UTF-16 with its mark.
pub(super) fn encode(text: &str) -> Object {
    if text.is_ascii() {
        return Object::String(text.as_bytes().to_vec(), StringFormat::Literal);
    }
    let mut bytes = vec![0xFE, 0xFF];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// Keys whose strings are no text for people: identifiers, keys, dates, appearance code, font data.
const NO_TEXT: &[&[u8]] = &[
    b"ID",
    b"Registry",
    b"Ordering",
    b"Panose",
    b"DA",
    b"O",
    b"U",
    b"OE",
    b"UE",
    b"Perms",
    b"CheckSum",
    b"Style",
    b"Lang",
    b"Cert",
    b"CreationDate",
    b"ModDate",
    b"M",
    b"CharSet",
    b"Lookup",
    b"LastModified",
    b"FontFamily",
    b"ColorSpace",
];

/// Visits every text string of an object with the key it stands under; what is answered takes its place.
pub(super) fn each(
    object: &mut Object,
    key: &[u8],
    depth: u32,
    visit: &mut dyn FnMut(&[u8], &str) -> Option<String>,
) {
    if depth > 64 || NO_TEXT.contains(&key) {
        return;
    }
    match object {
        Object::String(bytes, _) => {
            let text = decode(bytes);
            if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                return;
            }
            if let Some(new) = visit(key, &text) {
                *object = encode(&new);
            }
        }
        Object::Array(items) => items.iter_mut().for_each(|item| each(item, key, depth + 1, visit)),
        Object::Dictionary(dict) => {
            // a signature's bytes stand under the key of a note's text
            let signature = dict.has(b"ByteRange");
            for (key, value) in dict.iter_mut() {
                if !(signature && key == b"Contents") {
                    each(value, key, depth + 1, visit);
                }
            }
        }
        Object::Stream(stream) => {
            for (key, value) in stream.dict.iter_mut() {
                each(value, key, depth + 1, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back() {
        for text in ["plain", "Қазақ №1"] {
            let Object::String(bytes, _) = encode(text) else { panic!() };
            assert_eq!(decode(&bytes), text);
        }
        assert_eq!(decode(b"\xEF\xBB\xBF\xD0\x98"), "И");
    }
}

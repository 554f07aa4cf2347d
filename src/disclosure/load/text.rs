use std::borrow::Cow;
use std::fs;
use std::path::Path;

use crate::disclosure::table::{Builder, Table};
use crate::disclosure::{Error, Result};

/// How a delimited text is written, so that the copy is written alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// The character between cells.
    pub delimiter: u8,
    /// The character encoding.
    pub encoding: &'static encoding_rs::Encoding,
    /// Starts with a byte order mark.
    pub bom: bool,
    /// Lines end with CR LF.
    pub crlf: bool,
    /// Ends with a line end.
    pub closed: bool,
}

/// Reads delimited text. The first record is the header.
///
/// # Errors
/// Where the file cannot be read or decoded, has no header, or a record has another number of cells.
pub fn read(path: &Path) -> Result<(Table, TextStyle)> {
    let place = path.display().to_string();
    let bytes = fs::read(path).map_err(|e| Error::file(&place, e))?;
    let (text, mut style) = decode(&bytes, &place)?;
    style.delimiter = delimiter(&text);
    style.crlf = text.contains("\r\n");
    style.closed = text.ends_with('\n');
    Ok((parse(&text, style.delimiter, &place)?, style))
}

/// Parses delimited text.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, delimiter: u8, place: &str) -> Result<Table> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let broken = |e: csv::Error| {
        let line = e.position().map_or(0, csv::Position::line);
        Error::damaged(place, format!("line {line}: not a record of delimited text"))
    };
    if !reader.read_record(&mut record).map_err(broken)? {
        return Err(Error::damaged(place, "no header and no rows"));
    }
    let mut builders: Vec<Builder> = record.iter().map(|name| Builder::new(name.trim())).collect();
    while reader.read_record(&mut record).map_err(broken)? {
        // A line of one empty cell in a wider table is an empty line, not a record.
        if record.len() == 1 && builders.len() > 1 && record.get(0) == Some("") {
            continue;
        }
        if record.len() != builders.len() {
            let line = record.position().map_or(0, csv::Position::line);
            let what = format!("line {line}: {} cells, but the header has {}", record.len(), builders.len());
            return Err(Error::damaged(place, what));
        }
        builders.iter_mut().zip(&record).for_each(|(b, cell)| b.push(cell));
    }
    Table::new(builders.into_iter().map(Builder::finish).collect())
}

/// Text of a file that may stand in UTF-8, UTF-16 or one of the eight-bit encodings of Cyrillic.
///
/// # Errors
/// Where characters cannot be decoded: a table with broken cells is not measured.
pub fn decode<'a>(bytes: &'a [u8], place: &str) -> Result<(Cow<'a, str>, TextStyle)> {
    let style = |encoding, bom| TextStyle { delimiter: b',', encoding, bom, crlf: false, closed: true };
    if let Some((encoding, n)) = encoding_rs::Encoding::for_bom(bytes) {
        return match encoding.decode_without_bom_handling(&bytes[n..]) {
            (text, false) => Ok((text, style(encoding, true))),
            _ => Err(Error::damaged(place, format!("some characters are not valid {}", encoding.name()))),
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), style(encoding_rs::UTF_8, false)));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(1 << 20)], bytes.len() <= 1 << 20);
    let encoding = detector.guess(Some(b"kz"), chardetng::Utf8Detection::Deny);
    match encoding.decode_without_bom_handling(bytes) {
        (text, false) => Ok((text, style(encoding, false))),
        _ => Err(Error::damaged(place, format!("some characters are not valid {}", encoding.name()))),
    }
}

/// The delimiter of a text: the one that cuts most of the first lines into the same number of cells.
pub fn delimiter(text: &str) -> u8 {
    let head = &text[..text.floor_char_boundary(64 << 10)];
    let whole = head.len() == text.len();
    let mut best = (0usize, 0usize, b',');
    for candidate in [b',', b';', b'\t', b'|'] {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(candidate)
            .has_headers(false)
            .flexible(true)
            .from_reader(head.as_bytes());
        let mut widths: Vec<usize> = reader.byte_records().take(200).flatten().map(|r| r.len()).collect();
        if !whole && widths.len() > 1 {
            widths.pop();
        }
        let Some(first) = widths.first().copied().filter(|w| *w > 1) else { continue };
        let same = widths.iter().filter(|w| **w == first).count() * 1000 / widths.len();
        if (same, first) > (best.0, best.1) {
            best = (same, first, candidate);
        }
    }
    best.2
}

/// Encodes text as the source was.
///
/// # Errors
/// Where a character has no place in the encoding.
pub fn encode(text: String, style: &TextStyle, place: &str) -> Result<Vec<u8>> {
    let encoding = style.encoding;
    let utf16 = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    let mut out = Vec::with_capacity(text.len() + 3);
    if utf16 {
        let big = encoding == encoding_rs::UTF_16BE;
        let mut unit = |u: u16| out.extend(if big { u.to_be_bytes() } else { u.to_le_bytes() });
        if style.bom {
            unit(0xFEFF);
        }
        text.encode_utf16().for_each(unit);
        return Ok(out);
    }
    if style.bom {
        out.extend_from_slice("\u{FEFF}".as_bytes());
    }
    if encoding == encoding_rs::UTF_8 {
        if out.is_empty() {
            return Ok(text.into_bytes());
        }
        out.extend_from_slice(text.as_bytes());
        return Ok(out);
    }
    match encoding.encode(&text) {
        (bytes, _, false) => {
            out.extend_from_slice(&bytes);
            Ok(out)
        }
        _ => Err(Error::damaged(
            place,
            format!("a label of a hierarchy has characters that {} does not know", encoding.name()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_by_content() {
        assert_eq!(delimiter("a;b\n1,5;2\n3,5;4\n"), b';');
        assert_eq!(delimiter("a,b\n\"x;y;z\",2\n"), b',');
        assert_eq!(delimiter("a\tb\n1\t2\n"), b'\t');
        assert_eq!(delimiter("one\ntwo\n"), b',');
    }

    #[test]
    fn windows_1251_is_read_and_written_back() {
        let text = "город;пол\nАлматы;мужской\nКызылорда;женский\nКостанай;женский\n";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        let (back, style) = decode(&bytes, "x").unwrap();
        assert_eq!(back, text);
        assert_eq!(encode(back.into_owned(), &style, "x").unwrap(), bytes.as_ref());
    }

    #[test]
    fn utf_16_keeps_its_mark() {
        let bytes: Vec<u8> =
            [0xFEFFu16].into_iter().chain("a;ә\n1;2\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (text, style) = decode(&bytes, "x").unwrap();
        assert_eq!(encode(text.into_owned(), &style, "x").unwrap(), bytes);
    }

    #[test]
    fn ragged_and_empty_tables_are_refused_by_line() {
        let e = parse("a,b\n1,2\n3\n", b',', "t.csv").unwrap_err().to_string();
        assert!(e.contains("line 3"), "{e}");
        assert!(parse("", b',', "t.csv").is_err());
        assert_eq!(parse("a,b\n\n1,2\n", b',', "t.csv").unwrap().rows(), 1);
    }
}

use std::borrow::Cow;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::disclosure::table::{Builder, Table};
use crate::disclosure::{Error, Result};
use crate::format::encoding::{Encoding, Guess, Lack, guess};
use crate::source::HEAD;

/// How a delimited text is written, so that the copy is written alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// The character between cells.
    pub delimiter: u8,
    /// The character encoding.
    pub encoding: Encoding,
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
    let bad = |name: &str| Error::damaged(place, format!("some characters are not valid {name}"));
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let text = std::str::from_utf8(rest).map_err(|_| bad("utf-8"))?;
        return Ok((Cow::Borrowed(text), style(Encoding::Utf8, true)));
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !bytes.contains(&0)
    {
        return Ok((Cow::Borrowed(text), style(Encoding::Utf8, false)));
    }
    let encoding = match guess(&bytes[..bytes.len().min(HEAD)]) {
        Guess::Text(encoding) => encoding,
        Guess::Ascii => guess_late(bytes),
        Guess::Binary => return Err(Error::damaged(place, "this is not delimited text")),
    };
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut bom = false;
    match encoding {
        Encoding::Utf8 => return Err(bad("utf-8")),
        Encoding::Utf16Le | Encoding::Utf16Be => {
            if bytes.len() % 2 == 1 {
                return Err(bad(encoding.name()));
            }
            let unit = |b: &[u8]| match encoding {
                Encoding::Utf16Be => u16::from_be_bytes([b[0], b[1]]),
                _ => u16::from_le_bytes([b[0], b[1]]),
            };
            for c in char::decode_utf16(bytes.chunks_exact(2).map(unit)) {
                text.push(c.map_err(|_| bad(encoding.name()))?);
            }
            if text.starts_with('\u{FEFF}') {
                bom = true;
                text.drain(..'\u{FEFF}'.len_utf8());
            }
        }
        Encoding::Single(table) => {
            text.extend(bytes.iter().map(|b| if *b < 0x80 { char::from(*b) } else { table.char(*b) }));
            if text.contains('\u{FFFD}') {
                return Err(bad(encoding.name()));
            }
        }
    }
    Ok((Cow::Owned(text), style(encoding, bom)))
}

/// The encoding of a text whose beginning is plain ASCII: judged by the part around the first other byte.
fn guess_late(bytes: &[u8]) -> Encoding {
    let at = bytes.iter().position(|b| *b >= 0x80).unwrap_or(0);
    match guess(&bytes[at..bytes.len().min(at + HEAD)]) {
        Guess::Text(encoding) => encoding,
        _ => Encoding::Utf8,
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

/// Writes a table as delimited text in the style of its source; cells are quoted where they must be.
///
/// # Errors
/// Where writing fails, or a label has characters that the encoding does not know.
pub fn write(table: &Table, style: &TextStyle, out: &mut impl Write, place: &str) -> Result<()> {
    let failed = |e: io::Error| Error::file(place, e);
    if style.encoding == Encoding::Utf8 {
        let mut out = BufWriter::with_capacity(1 << 20, out);
        if style.bom {
            out.write_all(b"\xEF\xBB\xBF").map_err(failed)?;
        }
        records(table, style, &mut out).map_err(failed)?;
        return out.flush().map_err(failed);
    }
    let mut bytes = Vec::new();
    records(table, style, &mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    out.write_all(&encode(&text, style, place)?).map_err(failed)
}

fn records(table: &Table, style: &TextStyle, out: &mut impl Write) -> io::Result<()> {
    let end: &[u8] = if style.crlf { b"\r\n" } else { b"\n" };
    // The cells of a dictionary are quoted once, not once a row.
    let quoted: Vec<Vec<Vec<u8>>> = table
        .columns
        .iter()
        .map(|c| c.values.iter().map(|v| quote(v, style.delimiter, table.columns.len() == 1)).collect())
        .collect();
    let mut line = Vec::new();
    let rows = table.rows();
    for row in 0..=rows {
        line.clear();
        for (at, column) in table.columns.iter().enumerate() {
            if at > 0 {
                line.push(style.delimiter);
            }
            match row.checked_sub(1) {
                None => line.extend(quote(&column.name, style.delimiter, table.columns.len() == 1)),
                Some(row) => line.extend_from_slice(&quoted[at][column.codes.get(row) as usize]),
            }
        }
        if row < rows || style.closed {
            line.extend_from_slice(end);
        }
        out.write_all(&line)?;
    }
    Ok(())
}

/// A cell, in quotes where it holds the delimiter, a quote or a line end, or is the empty cell of a single column.
fn quote(cell: &str, delimiter: u8, alone: bool) -> Vec<u8> {
    let special = |b: u8| b == delimiter || matches!(b, b'"' | b'\r' | b'\n');
    if !(cell.bytes().any(special) || (alone && cell.is_empty())) {
        return cell.as_bytes().to_vec();
    }
    format!("\"{}\"", cell.replace('"', "\"\"")).into_bytes()
}

/// Encodes text as the source was.
///
/// # Errors
/// Where a character has no place in the encoding.
pub fn encode(text: &str, style: &TextStyle, place: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() + 3);
    if let Encoding::Single(table) = style.encoding
        && text.chars().any(|c| !c.is_ascii() && table.byte(c).is_none())
    {
        let what =
            format!("a label of a hierarchy has characters that {} does not know", style.encoding.name());
        return Err(Error::damaged(place, what));
    }
    if style.bom {
        style.encoding.encode("\u{FEFF}", Lack::Near, &mut out);
    }
    style.encoding.encode(text, Lack::Near, &mut out);
    Ok(out)
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
        assert_eq!(encode(&back, &style, "x").unwrap(), bytes.as_ref());
    }

    #[test]
    fn utf_16_keeps_its_mark() {
        let bytes: Vec<u8> =
            [0xFEFFu16].into_iter().chain("a;ә\n1;2\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (text, style) = decode(&bytes, "x").unwrap();
        assert_eq!(encode(&text, &style, "x").unwrap(), bytes);
    }

    #[test]
    fn ragged_and_empty_tables_are_refused_by_line() {
        let e = parse("a,b\n1,2\n3\n", b',', "t.csv").unwrap_err().to_string();
        assert!(e.contains("line 3"), "{e}");
        assert!(parse("", b',', "t.csv").is_err());
        assert_eq!(parse("a,b\n\n1,2\n", b',', "t.csv").unwrap().rows(), 1);
    }
}

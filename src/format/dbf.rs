//! dBASE tables (DBF) of dBASE III to Visual FoxPro, as accounting programs still export them: fixed-width rows,
//! a one-byte encoding, memo texts in a file beside.
//!
//! The copy keeps header, widths and row order byte for byte. Deleted rows, which programs hide and files keep,
//! are read like the others and written empty.

use std::io::{BufReader, Read};
use std::sync::Arc;

use super::encoding::{Encoding, Guess, Lack, SingleByte, guess};
use super::members;
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{self, Block, ColumnType, Edit, ReadError, Reason, SegmentKind, Table};
use crate::source::Input;

/// The format `dbf`.
pub struct Dbf;

/// Rows of one block; at most 4000 bytes each.
const ROWS: usize = 1024;

/// Offset of the field descriptors and their length (dBASE III PLUS, table file structure).
const FIELDS: usize = 32;

/// First bytes that versions of the format have.
const VERSIONS: [u8; 12] = [0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xF5];

impl Format for Dbf {
    fn id(&self) -> &'static str {
        "dbf"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        let Ok(header) = Header::parse(head) else { return 0 };
        let date = matches!((head.get(2), head.get(3)), (Some(0..=12), Some(0..=31)));
        if header.fields.is_empty() || !date {
            return 0;
        }
        let named = name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case("dbf"));
        if named { 96 } else { 91 }
    }

    fn open(&self, mut input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let _ = limits;
        let header = Header::parse(input.head()?)?;
        let mut sample = input.head()?.get(header.length..).unwrap_or_default().to_vec();
        sample.retain(|b| *b != 0);
        let encoding = header.encoding(&sample);
        Ok(Opened::Document(Box::new(Reader { header, encoding, input })))
    }
}

/// What one column of the table is.
struct Column {
    name: String,
    kind: u8,
    offset: usize,
    width: usize,
    decimals: u8,
}

struct Header {
    version: u8,
    rows: u64,
    length: usize,
    row: usize,
    language: u8,
    fields: Vec<Column>,
}

impl Header {
    fn parse(head: &[u8]) -> Result<Header, ReadError> {
        let bad = || ReadError::damaged("dbf header");
        let version = *head.first().filter(|v| VERSIONS.contains(v)).ok_or_else(bad)?;
        let u16_at = |at: usize| head.get(at..at + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        let rows = head.get(4..8).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).ok_or_else(bad)?;
        let (length, row) = (u16_at(8).ok_or_else(bad)?, u16_at(10).ok_or_else(bad)?);
        let language = *head.get(29).ok_or_else(bad)?;
        let mut fields = Vec::new();
        let mut at = FIELDS;
        // the first byte of a row is the mark of deletion
        let mut offset = 1usize;
        while at + FIELDS <= length && head.get(at).is_some_and(|b| *b != 0x0D) {
            let field = head.get(at..at + FIELDS).ok_or_else(bad)?;
            let (kind, mut width, mut decimals) = (field[11], usize::from(field[16]), field[17]);
            if kind == b'C' {
                // Clipper and FoxPro keep the high byte of a long text's width here
                width += usize::from(decimals) << 8;
                decimals = 0;
            }
            if !kind.is_ascii_alphabetic() && kind != b'@' && kind != b'+' {
                return Err(bad());
            }
            let name = field[..11].split(|b| *b == 0).next().unwrap_or_default();
            if name.is_empty() || name.iter().any(|b| *b < 0x20) {
                return Err(bad());
            }
            fields.push(Column { name: members::decode_name(name), kind, offset, width, decimals });
            offset = offset.checked_add(width).ok_or_else(bad)?;
            at += FIELDS;
        }
        if row == 0 || offset > row || length < at || head.get(at) != Some(&0x0D) {
            return Err(bad());
        }
        Ok(Header { version, rows: rows.into(), length, row, language, fields })
    }

    /// The encoding that the language byte names (Visual FoxPro, code pages); programs that write 0 are from the
    /// days of DOS, unless the text says otherwise.
    fn encoding(&self, sample: &[u8]) -> Encoding {
        let named = |name| SingleByte::named(name).map(Encoding::Single);
        let declared = match self.language {
            0x26 | 0x65 => named("ibm866"),
            0xC9 => named("windows-1251"),
            0x03 | 0x58 | 0x59 => named("windows-1252"),
            0xC8 => named("windows-1250"),
            0xCA => named("windows-1254"),
            0xCC => named("windows-1257"),
            _ => None,
        };
        let found = match guess(sample) {
            Guess::Text(found @ (Encoding::Single(_) | Encoding::Utf8)) => Some(found),
            _ => None,
        };
        match (declared, found) {
            // a Western code page over Cyrillic text is a default that nobody set
            (Some(d), Some(f)) if d.name() != "windows-1252" || f == Encoding::Utf8 => {
                if f == Encoding::Utf8 || (d.name() == "windows-1251" && f.name() == "kz-1048") {
                    f
                } else {
                    d
                }
            }
            (_, Some(f)) => f,
            (Some(d), None) => d,
            (None, None) => named("ibm866").unwrap_or(Encoding::Utf8),
        }
    }

    fn table(&self) -> Table {
        let fields = self.fields.iter().map(|f| model::Field { name: f.name.clone(), ty: f.ty() }).collect();
        Table { id: 0, name: None, fields, named: true }
    }
}

impl Column {
    fn ty(&self) -> ColumnType {
        let width = u8::try_from(self.width).unwrap_or(u8::MAX);
        match self.kind {
            b'C' => ColumnType::Varchar(self.width as u32),
            b'N' | b'F' if self.decimals == 0 => ColumnType::Integer(width),
            b'N' | b'F' => ColumnType::Decimal(width.saturating_sub(self.decimals + 1), self.decimals),
            b'D' => ColumnType::Date,
            b'L' => ColumnType::Boolean,
            b'I' => ColumnType::Integer(10),
            b'T' | b'@' => ColumnType::Timestamp,
            _ => ColumnType::Other,
        }
    }

    /// True for columns whose bytes are characters.
    fn is_text(&self) -> bool {
        matches!(self.kind, b'C' | b'N' | b'F' | b'D' | b'V')
    }

    fn is_memo(&self) -> bool {
        matches!(self.kind, b'M' | b'G' | b'P' | b'B' | b'W' | b'Q')
    }
}

struct Reader {
    header: Header,
    encoding: Encoding,
    input: Input,
}

impl Document for Reader {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let Reader { header, encoding, input } = *self;
        let mut info = Info { encoding: Some(encoding.name()), ..Info::default() };
        let mut reader = BufReader::with_capacity(256 << 10, input.into_reader());
        let mut head = vec![0; header.length];
        reader.read_exact(&mut head)?;
        if let Some(out) = &mut out {
            out.write_all(&head)?;
        }
        let memos: Vec<&str> =
            header.fields.iter().filter(|f| f.is_memo()).map(|f| f.name.as_str()).collect();
        let mut memo_used = false;
        let table = Arc::new(header.table());
        let mut left = header.rows;
        let mut first = 1;
        let mut chunk = vec![0; header.row * ROWS];
        let mut block = Block::default();
        while left > 0 {
            let rows = left.min(ROWS as u64) as usize;
            let bytes = &mut chunk[..rows * header.row];
            let got = fill(&mut reader, bytes)?;
            let whole = got / header.row;
            let bytes = &mut bytes[..whole * header.row];
            block.clear();
            block.table = Some(Arc::clone(&table));
            block.first_row = first;
            let places = show(&header, encoding, bytes, &mut block);
            memo_used |= uses_memo(&header, bytes);
            let edits = if block.segments.is_empty() { Vec::new() } else { visitor.block(&mut block)? };
            if let Some(out) = &mut out {
                write(&header, encoding, bytes, &block, &places, &edits)?;
                out.write_all(bytes)?;
            }
            first += whole as u64;
            left -= whole as u64;
            if whole < rows {
                info.partly.push((Reason::Truncated, format!("row {first}: {left} rows are missing")));
                break;
            }
        }
        if memo_used {
            info.partly
                .push((Reason::UnsupportedFormat, format!("memo file of the columns {}", memos.join(", "))));
        }
        if let Some(out) = out {
            // what stands after the end mark belongs to no row and is left out
            out.write_all(&[0x1A])?;
            out.flush()?;
        }
        Ok(info)
    }
}

fn fill(reader: &mut dyn Read, buf: &mut [u8]) -> Result<usize, ReadError> {
    let mut got = 0;
    while got < buf.len() {
        match reader.read(&mut buf[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(got)
}

/// Shows the cells of `rows`; answers where the bytes of each segment stand.
fn show(header: &Header, encoding: Encoding, rows: &[u8], block: &mut Block) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut text = Vec::new();
    for (number, row) in rows.chunks_exact(header.row).enumerate() {
        let base = number * header.row;
        for (column, field) in header.fields.iter().enumerate().filter(|(_, f)| f.is_text()) {
            let Some(cell) = row.get(field.offset..field.offset + field.width) else { continue };
            let start = cell.iter().position(|b| !matches!(b, b' ' | 0)).unwrap_or(cell.len());
            let end = cell.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(start, |n| n + 1);
            if start == end {
                continue;
            }
            text.clear();
            match encoding {
                Encoding::Single(single) => single.decode(&cell[start..end], &mut text),
                _ => text.extend_from_slice(&cell[start..end]),
            }
            let kind = match field.kind {
                b'N' | b'F' => SegmentKind::Number,
                b'D' => SegmentKind::Date,
                _ => SegmentKind::Cell,
            };
            block.push(&String::from_utf8_lossy(&text), column as u32, number as u32, kind);
            places.push((base, column));
        }
    }
    places
}

/// True where a row points into the memo file.
fn uses_memo(header: &Header, rows: &[u8]) -> bool {
    let memos: Vec<&Column> = header.fields.iter().filter(|f| f.is_memo()).collect();
    !memos.is_empty()
        && rows.chunks_exact(header.row).any(|row| {
            memos.iter().any(|f| {
                let cell = row.get(f.offset..f.offset + f.width).unwrap_or_default();
                cell.iter().any(|b| !matches!(b, b' ' | b'0' | 0))
            })
        })
}

/// Puts edits into rows; blanks deleted rows and pointers into a memo file that has no copy.
fn write(
    header: &Header,
    encoding: Encoding,
    rows: &mut [u8],
    block: &Block,
    places: &[(usize, usize)],
    edits: &[Edit],
) -> Result<(), ReadError> {
    let mut edits = edits;
    for (segment, (base, column)) in block.segments.iter().zip(places) {
        let n = edits.iter().take_while(|e| e.end <= segment.end).count();
        let (now, later) = edits.split_at(n);
        edits = later;
        if now.is_empty() {
            continue;
        }
        let field = &header.fields[*column];
        let text = members::edited_part(&block.text, segment.start as usize, segment.end as usize, now);
        let place = || format!("row {}, column {}", block.first_row + u64::from(segment.row), field.name);
        let bytes = cell(field, encoding, &text, &place)?;
        rows[base + field.offset..base + field.offset + field.width].copy_from_slice(&bytes);
    }
    // Visual FoxPro points into the memo file by four bytes, the others by ten digits
    let empty = if (0x30..=0x32).contains(&header.version) { 0 } else { b' ' };
    for row in rows.chunks_exact_mut(header.row) {
        if row[0] == b'*' {
            row[1..].fill(b' ');
        }
        for field in header.fields.iter().filter(|f| f.is_memo()) {
            row[field.offset..field.offset + field.width].fill(empty);
        }
    }
    Ok(())
}

/// A cell with a new value, in the width and form of its column.
fn cell(
    field: &Column,
    encoding: Encoding,
    text: &str,
    place: &dyn Fn() -> String,
) -> Result<Vec<u8>, ReadError> {
    let refuse = |why: &str| Err(ReadError::new(Reason::NotWritable, format!("{}: {why}", place())));
    let mut bytes = Vec::with_capacity(field.width);
    match field.kind {
        b'N' | b'F' => {
            if text.trim().parse::<f64>().is_err() || text.len() > field.width {
                return refuse("the new value is no number of this width");
            }
            bytes.resize(field.width - text.len(), b' ');
            bytes.extend_from_slice(text.as_bytes());
        }
        b'D' => {
            // dates are stored as eight digits
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if digits.len() != 8 && !digits.is_empty() {
                return refuse("the new value is no date");
            }
            bytes.extend_from_slice(digits.as_bytes());
            bytes.resize(field.width, b' ');
        }
        _ => {
            let mut kept = String::new();
            for c in text.chars() {
                let before = bytes.len();
                encoding.encode(c.encode_utf8(&mut [0; 4]), Lack::Near, &mut bytes);
                if bytes.len() > field.width {
                    bytes.truncate(before);
                    break;
                }
                kept.push(c);
            }
            bytes.resize(field.width, b' ');
        }
    }
    bytes.resize(field.width, b' ');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    const SAMPLE: &[u8] = include_bytes!("../../testdata/dbf/python.dbf");

    /// A table by hand: fields (name, type, width), rows of cells, the language byte and the encoding of the bytes.
    fn made(fields: &[(&str, u8, u8)], rows: &[(u8, Vec<&str>)], language: u8, encoding: &str) -> Vec<u8> {
        let row: usize = 1 + fields.iter().map(|f| usize::from(f.2)).sum::<usize>();
        let length = 32 + 32 * fields.len() + 1;
        let mut file = vec![0x03, 124, 1, 2];
        file.extend_from_slice(&(rows.len() as u32).to_le_bytes());
        file.extend_from_slice(&(length as u16).to_le_bytes());
        file.extend_from_slice(&(row as u16).to_le_bytes());
        file.resize(32, 0);
        file[29] = language;
        for (name, kind, width) in fields {
            let at = file.len();
            file.extend_from_slice(name.as_bytes());
            file.resize(at + 11, 0);
            file.push(*kind);
            file.resize(at + 16, 0);
            file.push(*width);
            file.resize(at + 32, 0);
        }
        file.push(0x0D);
        let encoding = Encoding::for_label(encoding).unwrap();
        for (mark, cells) in rows {
            file.push(*mark);
            for (cell, field) in cells.iter().zip(fields) {
                let at = file.len();
                encoding.encode(cell, Lack::Near, &mut file);
                file.resize(at + usize::from(field.2), b' ');
            }
        }
        file.push(0x1A);
        file
    }

    const FIELDS_: [(&str, u8, u8); 3] = [("FIO", b'C', 30), ("IIN", b'C', 12), ("BORN", b'D', 8)];

    #[test]
    fn width_and_encoding_stay() {
        for (language, label) in
            [(0x65, "cp866"), (0xC9, "windows-1251"), (0, "cp866"), (0x03, "windows-1251")]
        {
            let rows = [
                (b' ', vec!["Пробников Иван Петрович", IIN, "19990101"]),
                (b'*', vec!["Пробников удалённый", IIN, ""]),
                (b' ', vec!["Сидоров", "1", ""]),
            ];
            let file = made(&FIELDS_, &rows, language, label);
            assert_eq!(Dbf.recognise(&file, "a.dbf"), 96);
            let (copy, trial) = copy_of(&Dbf, &file, "a.dbf").unwrap();
            assert_eq!(trial.found, 4, "{label} {language} {}", trial.text);
            assert_eq!(copy.len(), file.len());
            let encoding = Encoding::for_label(label).unwrap();
            for value in [SURNAME, IIN, "удалённый"] {
                let mut bytes = Vec::new();
                encoding.encode(value, Lack::Near, &mut bytes);
                assert!(memchr::memmem::find(&copy, &bytes).is_none(), "{value}");
            }
            let mut kept = Vec::new();
            encoding.encode("Сидоров", Lack::Near, &mut kept);
            assert!(memchr::memmem::find(&copy, &kept).is_some());
        }
    }

    #[test]
    fn sample_of_pythons_dbf() {
        let (copy, trial) = copy_of(&Dbf, SAMPLE, "a.dbf").unwrap();
        assert!(trial.found >= 2, "{}", trial.text);
        assert!(trial.fields.contains(&"FIO".to_owned()));
        let mut again = Trial::default();
        again.scan(&Dbf, &copy, "a.dbf").unwrap();
        assert_eq!(again.found, 0);
        assert_eq!(copy.len(), SAMPLE.len());
    }

    #[test]
    fn what_is_missing_is_said() {
        let file = made(&FIELDS_, &[(b' ', vec!["а", "1", ""]), (b' ', vec!["б", "2", ""])], 0x65, "cp866");
        let mut trial = Trial::default();
        trial.scan(&Dbf, &file[..file.len() - 20], "a.dbf").unwrap();
        assert_eq!(trial.partly[0].0, Reason::Truncated);
        let memo = made(&[("NOTE", b'M', 10)], &[(b' ', vec!["         1"])], 0x65, "cp866");
        let mut trial = Trial::default();
        trial.scan(&Dbf, &memo, "a.dbf").unwrap();
        assert_eq!(trial.partly[0].0, Reason::UnsupportedFormat);
    }

    #[test]
    fn numbers_stay_numbers() {
        let file = made(&[("N", b'N', 12)], &[(b' ', vec![IIN])], 0x65, "cp866");
        let e = copy_of(&Dbf, &file, "a.dbf").map(|_| ()).unwrap_err();
        assert_eq!(e.reason, Reason::NotWritable);
        let field = Column { name: "N".into(), kind: b'N', offset: 1, width: 5, decimals: 0 };
        assert_eq!(cell(&field, Encoding::Utf8, "12", &String::new).unwrap(), b"   12");
    }

    #[test]
    fn damage_never_panics() {
        for cut in 0..SAMPLE.len() {
            let _ = copy_of(&Dbf, &SAMPLE[..cut], "a.dbf");
        }
        for at in 0..SAMPLE.len().min(300) {
            for flip in [0x01, 0x80, 0xFF] {
                let mut bad = SAMPLE.to_vec();
                bad[at] ^= flip;
                let _ = copy_of(&Dbf, &bad, "a.dbf");
            }
        }
    }

    #[test]
    fn text_is_no_table() {
        assert_eq!(
            Dbf.recognise(b"\x03 some text that begins oddly and goes on for a while, a long one", "a.txt"),
            0
        );
    }
}

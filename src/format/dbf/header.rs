//! The header of a table: its columns, and the encoding of its texts.

use super::super::encoding::{Encoding, Guess, SingleByte, guess};
use super::super::members;
use crate::model::{self, ColumnType, ReadError, Table};

/// Offset of the field descriptors and their length (dBASE III PLUS, table file structure).
pub(super) const FIELDS: usize = 32;

/// First bytes that versions of the format have.
const VERSIONS: [u8; 14] =
    [0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5, 0xFB];

/// What one column of the table is.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: u8,
    pub(super) offset: usize,
    pub(super) width: usize,
    pub(super) decimals: u8,
}

pub(super) struct Header {
    pub(super) version: u8,
    pub(super) rows: u64,
    pub(super) length: usize,
    pub(super) row: usize,
    language: u8,
    pub(super) fields: Vec<Column>,
}

impl Header {
    pub(super) fn parse(head: &[u8]) -> Result<Header, ReadError> {
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
    pub(super) fn encoding(&self, sample: &[u8]) -> Encoding {
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

    pub(super) fn table(&self) -> Table {
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
            b'N' | b'F' => {
                ColumnType::Decimal(width.saturating_sub(self.decimals.saturating_add(1)), self.decimals)
            }
            b'D' => ColumnType::Date,
            b'L' => ColumnType::Boolean,
            b'I' => ColumnType::Integer(10),
            b'T' | b'@' => ColumnType::Timestamp,
            _ => ColumnType::Other,
        }
    }

    /// True for columns whose bytes are characters.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, b'C' | b'N' | b'F' | b'D' | b'V')
    }

    pub(super) fn is_memo(&self) -> bool {
        matches!(self.kind, b'M' | b'G' | b'P' | b'B' | b'W' | b'Q')
    }
}

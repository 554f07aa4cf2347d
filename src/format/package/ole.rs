//! Compound files (MS-CFB): which document stands in one, its streams, and its properties.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use memchr::memmem;

use crate::format::Limits;
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The documents that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Word 97 and later, and Word 6/95.
    Doc,
    /// Excel 5 and later.
    Xls,
    /// PowerPoint 97 and later.
    Ppt,
    /// A document of any kind, locked by a password.
    Locked,
    /// Something else.
    Other,
}

/// The first bytes of every compound file.
pub const MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// How sure it is that the file is a document of this kind. The directory may stand beyond `head`; the name
/// decides then, and opening looks again.
pub fn recognise(head: &[u8], name: &str, kind: Kind) -> u8 {
    if !head.starts_with(MAGIC) {
        return 0;
    }
    let wide = |s: &str| s.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let has = |s: &str| memmem::find(head, &wide(s)).is_some();
    if has("__properties_version1.0") || has("__substg1.0_") {
        return 0;
    }
    let ext = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let named = match ext.as_str() {
        "doc" | "dot" => Some(Kind::Doc),
        "xls" | "xlt" => Some(Kind::Xls),
        "ppt" | "pps" | "pot" => Some(Kind::Ppt),
        _ => None,
    };
    let seen: Vec<Kind> = [
        (Kind::Locked, has("EncryptedPackage")),
        (Kind::Doc, has("WordDocument")),
        (Kind::Ppt, has("PowerPoint Document")),
        (Kind::Xls, has("Workbook\0") || has("Book\0")),
    ]
    .into_iter()
    .filter_map(|(k, yes)| yes.then_some(k))
    .collect();
    // a document may embed one of another kind: where both names are seen, the file's own name decides
    let chosen = match (seen.first(), named) {
        (Some(Kind::Locked), named) => named.unwrap_or(Kind::Doc),
        (Some(_), Some(named)) if seen.contains(&named) => named,
        (Some(first), _) => *first,
        (None, Some(named)) => named,
        (None, None) => return if kind == Kind::Doc && ext != "msg" { 50 } else { 0 },
    };
    if chosen == kind { 95 } else { 0 }
}

/// An open compound file.
pub struct Ole {
    file: cfb::CompoundFile<Seekable>,
    most: u64,
}

impl Ole {
    /// Opens a compound file.
    ///
    /// # Errors
    /// `Damaged` where its tables are broken.
    pub fn open(input: Input, limits: &Arc<Limits>) -> Result<Ole, ReadError> {
        let source = input.into_seekable(limits.memory, limits.member_bytes)?;
        let file = shielded("the tables of a compound file", move || {
            cfb::CompoundFile::open(source).map_err(|e| ReadError {
                reason: if e.kind() == std::io::ErrorKind::UnexpectedEof {
                    Reason::Truncated
                } else {
                    Reason::Damaged
                },
                detail: "the tables of a compound file".to_owned(),
                source: None,
            })
        })?;
        Ok(Ole { file, most: limits.member_bytes.min(1 << 30) })
    }

    /// What document it is.
    pub fn kind(&self) -> Kind {
        let has = |name: &str| self.file.is_stream(name);
        if has("EncryptedPackage") || has("EncryptionInfo") {
            Kind::Locked
        } else if has("WordDocument") {
            Kind::Doc
        } else if has("PowerPoint Document") {
            Kind::Ppt
        } else if has("Workbook") || has("Book") {
            Kind::Xls
        } else {
            Kind::Other
        }
    }

    /// All bytes of a stream; `None` where there is no such stream.
    ///
    /// # Errors
    /// Where it is broken or too long.
    pub fn stream(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        if !self.file.is_stream(name) {
            return Ok(None);
        }
        let most = self.most;
        let file = &mut self.file;
        shielded("a stream of a compound file", move || {
            let mut stream = file.open_stream(name)?;
            if stream.len() > most {
                return Err(ReadError::limit(format!("stream {name} is longer than {most} bytes")));
            }
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).map_err(|_| ReadError::damaged(format!("stream {name}")))?;
            Ok(Some(bytes))
        })
    }

    /// True where any storage has this name.
    pub fn has_storage(&self, name: &str) -> bool {
        self.file.is_storage(name)
    }

    /// The strings of the document's properties, with their names.
    pub fn properties(&mut self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for (stream, names) in
            [("\u{5}SummaryInformation", SUMMARY), ("\u{5}DocumentSummaryInformation", MORE)]
        {
            if let Ok(Some(bytes)) = self.stream(stream) {
                properties(&bytes, names, &mut found);
            }
        }
        found
    }
}

/// Runs a foreign parser so that a panic in it is an error of this file alone.
///
/// # Errors
/// `EngineFailed` after a panic; the parser's own error otherwise.
pub fn shielded<T>(what: &str, run: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(ReadError::new(Reason::EngineFailed, format!("the reader of {what} broke down")))
    })
}

/// MS-OLEPS 3.1.2 and MS-OSHARED 2.3.3.2: numbers of the properties that hold words.
const SUMMARY: &[(u32, &str)] = &[
    (2, "title"),
    (3, "subject"),
    (4, "creator"),
    (5, "keywords"),
    (6, "description"),
    (7, "template"),
    (8, "lastModifiedBy"),
];
const MORE: &[(u32, &str)] = &[(2, "category"), (14, "manager"), (15, "company")];

/// Reads a property set: known strings by their names, and the strings of the user's own section.
fn properties(bytes: &[u8], names: &[(u32, &'static str)], found: &mut Vec<(&'static str, String)>) {
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let sections = u32_at(24).unwrap_or(0).min(2) as usize;
    for section in 0..sections {
        let Some(base) = u32_at(28 + section * 20 + 16).map(|o| o as usize) else { continue };
        let count = u32_at(base.saturating_add(4)).unwrap_or(0).min(500) as usize;
        let entry = |k: usize| {
            let at = base.checked_add(8 + k * 8)?;
            Some((u32_at(at)?, base.checked_add(u32_at(at + 4)? as usize)?))
        };
        let page = (0..count)
            .filter_map(entry)
            .find(|(id, _)| *id == 1)
            .and_then(|(_, at)| u32_at(at.checked_add(4)?))
            .unwrap_or(1251);
        for (id, at) in (0..count).filter_map(entry) {
            let name = names.iter().find(|(k, _)| *k == id && section == 0).map(|(_, n)| *n);
            let Some(name) = name.or((section == 1 && id > 1).then_some("property")) else { continue };
            let (Some(kind), Some(len)) = (u32_at(at), at.checked_add(4).and_then(u32_at)) else { continue };
            let (from, len) = (at.saturating_add(8), len as usize);
            let text = match kind & 0xFFFF {
                0x1E => bytes.get(from..from.saturating_add(len)).map(|b| decode(b, page)),
                0x1F => bytes.get(from..from.saturating_add(len.saturating_mul(2))).map(utf16),
                _ => None,
            };
            if let Some(text) = text.map(|t| t.trim_matches(['\0', ' ']).to_owned())
                && !text.is_empty()
            {
                found.push((name, text));
            }
        }
    }
}

/// Bytes in a Windows code page.
pub fn decode(bytes: &[u8], page: u32) -> String {
    let encoding = match page {
        65001 => encoding_rs::UTF_8,
        1200 => encoding_rs::UTF_16LE,
        866 => encoding_rs::IBM866,
        1250 => encoding_rs::WINDOWS_1250,
        1252 => encoding_rs::WINDOWS_1252,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        20866 => encoding_rs::KOI8_R,
        _ => encoding_rs::WINDOWS_1251,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-16, low byte first.
pub fn utf16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

/// The error for a compound file that is no document of these formats.
pub fn not_ours(kind: Kind) -> ReadError {
    match kind {
        Kind::Locked => ReadError::new(Reason::Encrypted, "a document with a password"),
        _ => ReadError::new(Reason::UnsupportedFormat, "a compound file of another program"),
    }
}

//! The table of contents of an archive.

use std::io::{self, Read, Seek};

use super::super::{Limits, members};
use crate::model::{ReadError, Reason};
use crate::source::Seekable;

/// Most bytes of one definition or name.
const TEXT: u64 = 64 << 20;

/// The kind of archive that holds the data in the same file.
pub(super) const CUSTOM: u8 = 1;
/// The kind without files of data.
const NOTHING: u8 = 4;

/// How data blocks are compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    #[cfg(feature = "archives")]
    Lz4,
    #[cfg(feature = "archives")]
    Zstd,
}

pub(super) struct Entry {
    /// The number under which its data stand.
    pub(super) number: i64,
    pub(super) description: String,
    pub(super) definition: String,
    pub(super) copy: String,
    /// Where the data block begins.
    pub(super) data: Option<u64>,
    /// There are data, and nobody wrote down where: the dump was piped.
    pub(super) unplaced: bool,
    /// The file that holds the data, of a directory or tar dump.
    pub(super) file: Option<String>,
}

pub(super) struct Contents {
    pub(super) entries: Vec<Entry>,
    pub(super) sizes: Sizes,
    pub(super) packing: Packing,
    /// Where the table of contents ends.
    pub(super) end: u64,
}

/// How long numbers are on the machine that wrote the dump.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) int: usize,
    pub(super) offset: usize,
}

fn cut() -> ReadError {
    ReadError::new(Reason::Truncated, "table of contents")
}

pub(super) fn byte(from: &mut dyn Read) -> Result<u8, ReadError> {
    let mut one = [0];
    from.read_exact(&mut one)?;
    Ok(one[0])
}

/// A number: a byte for the sign, then its bytes from the lowest.
pub(super) fn int(from: &mut dyn Read, size: usize) -> Result<i64, ReadError> {
    let negative = byte(from)? != 0;
    let mut value = 0i64;
    for n in 0..size {
        value |= i64::from(byte(from)?).checked_shl(8 * n as u32).unwrap_or(0);
    }
    Ok(if negative { value.wrapping_neg() } else { value })
}

/// A text, or nothing where its length is negative.
fn text(from: &mut dyn Read, size: usize) -> Result<Option<String>, ReadError> {
    let length = int(from, size)?;
    let Ok(length) = u64::try_from(length) else { return Ok(None) };
    if length > TEXT {
        return Err(ReadError::limit("a definition longer than 64 MiB"));
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(cut());
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

impl Contents {
    /// Reads from where `bytes` stands.
    pub(super) fn read(bytes: Seekable, limits: &Limits) -> Result<Contents, ReadError> {
        let mut reader = io::BufReader::new(bytes);
        let from: &mut dyn Read = &mut reader;
        let mut mark = [0; 5];
        from.read_exact(&mut mark)?;
        let version = (byte(from)?, byte(from)?, byte(from)?);
        if version.0 != 1 || !(12..=16).contains(&version.1) {
            let what = format!("version {}.{} of the archive", version.0, version.1);
            return Err(ReadError::new(Reason::UnsupportedFormat, what));
        }
        let sizes = Sizes { int: usize::from(byte(from)?), offset: usize::from(byte(from)?) };
        if sizes.int == 0 || sizes.int > 8 || sizes.offset == 0 || sizes.offset > 8 {
            return Err(members::broken("pg_dump"));
        }
        let kind = byte(from)?;
        let packing = if version.1 >= 15 {
            match byte(from)? {
                0 => Packing::None,
                1 => Packing::Gzip,
                #[cfg(feature = "archives")]
                2 => Packing::Lz4,
                #[cfg(feature = "archives")]
                3 => Packing::Zstd,
                n => return Err(ReadError::new(Reason::UnsupportedFormat, format!("compression {n}"))),
            }
        } else if int(from, sizes.int)? == 0 {
            Packing::None
        } else {
            Packing::Gzip
        };
        // second, minute, hour, day, month, year, summer time
        for _ in 0..7 {
            int(from, sizes.int)?;
        }
        // names of the database and of both programs' versions
        for _ in 0..3 {
            text(from, sizes.int)?;
        }
        let count = int(from, sizes.int)?;
        if count < 0 || count as u64 > limits.members {
            return Err(ReadError::limit(format!("more than {} entries", limits.members)));
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            entries.push(Entry::read(from, sizes, version.1, kind)?);
        }
        let end = reader.stream_position()?;
        Ok(Contents { entries, sizes, packing, end })
    }
}

impl Entry {
    /// The content of large objects.
    pub(super) fn is_objects(&self) -> bool {
        self.description == "BLOBS"
    }

    /// The rows of a table.
    pub(super) fn is_rows(&self) -> bool {
        self.description == "TABLE DATA"
    }

    fn read(from: &mut dyn Read, sizes: Sizes, minor: u8, kind: u8) -> Result<Entry, ReadError> {
        let size = sizes.int;
        let number = int(from, size)?;
        let dumped = int(from, size)? != 0;
        text(from, size)?;
        text(from, size)?;
        let _tag = text(from, size)?;
        let description = text(from, size)?.unwrap_or_default();
        int(from, size)?;
        let definition = text(from, size)?.unwrap_or_default();
        let _drop = text(from, size)?;
        let copy = text(from, size)?.unwrap_or_default();
        let _schema = text(from, size)?;
        let _tablespace = text(from, size)?;
        if minor >= 14 {
            text(from, size)?;
        }
        if minor >= 16 {
            int(from, size)?;
        }
        let _owner = text(from, size)?;
        let _with_oids = text(from, size)?;
        while text(from, size)?.is_some() {}
        let (mut data, mut file, mut unplaced) = (None, None, false);
        if kind == CUSTOM {
            let state = byte(from)?;
            let mut offset = 0u64;
            for n in 0..sizes.offset {
                offset |= u64::from(byte(from)?).checked_shl(8 * n as u32).unwrap_or(0);
            }
            // 2: the place is known; 1 and 3: it was not written down, or there is none
            match state {
                2 => data = Some(offset),
                3 => {}
                _ => unplaced = dumped,
            }
        } else if kind != NOTHING {
            file = text(from, size)?.filter(|name| !name.is_empty());
        }
        Ok(Entry { number, description, definition, copy, data, unplaced, file })
    }
}

//! Dumps of PostgreSQL in the custom format (`pg_dump -Fc`), and the table of contents of directory and tar dumps.
//!
//! The archive is read as the script that `pg_restore` would make of it, definitions and `COPY` data in order;
//! that script is one member, and the copy is that member's copy.
//!
//! The layout is told by PostgreSQL's own archiver (versions 1.12 to 1.16 of the format, PostgreSQL 9 to 18).

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `pg_dump`.
pub struct PgDump;

/// Most bytes of one definition or name.
const TEXT: u64 = 64 << 20;

/// The kind of archive that holds the data in the same file.
const CUSTOM: u8 = 1;

/// The script's first line, as `pg_restore` writes it.
const HEADER: &str = "-- PostgreSQL database dump\n\n";

/// A block of table data; large objects have another mark.
const DATA: u8 = 1;

impl Format for PgDump {
    fn id(&self) -> &'static str {
        "pg_dump"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(b"PGDMP") { 100 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("sql")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let name = input.name().to_owned();
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Archive { bytes, name, limits: Arc::clone(limits) })))
    }
}

struct Archive {
    bytes: Seekable,
    name: String,
    limits: Arc<Limits>,
}

impl Document for Archive {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        budget.member()?;
        let packed = self.bytes.len();
        let contents = Contents::read(self.bytes.clone(), &self.limits)?;
        let mut info = Info::default();
        if contents.entries.iter().any(|e| e.description == "BLOBS" || e.description == "BLOB METADATA") {
            info.partly.push((Reason::UnsupportedFormat, "large objects".to_owned()));
        }
        let name = format!("{}.sql", members::base_name(&self.name).trim_end_matches(".dump"));
        let script = Script { bytes: self.bytes, contents, at: 0, now: Box::new(io::Cursor::new(HEADER)) };
        // the data of a table may be packed better than a thousandfold and the file still be sound
        let reader = budget.guard(script, Some(packed), self.limits.total_bytes);
        let input = Input::stream(Box::new(reader), members::base_name(&name));
        match visitor.member(&name, input, out)? {
            MemberOutcome::LeftOut => Err(ReadError::new(Reason::NotWritable, "the script has no copy")),
            MemberOutcome::Copied { .. } | MemberOutcome::Scanned => Ok(info),
        }
    }
}

/// How data blocks are compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    #[cfg(feature = "archives")]
    Zstd,
}

struct Entry {
    description: String,
    definition: String,
    copy: String,
    /// Where the data block begins.
    data: Option<u64>,
}

struct Contents {
    entries: Vec<Entry>,
    sizes: Sizes,
    packing: Packing,
}

/// How long numbers are on the machine that wrote the dump.
#[derive(Clone, Copy)]
struct Sizes {
    int: usize,
    offset: usize,
}

fn cut() -> ReadError {
    ReadError::new(Reason::Truncated, "table of contents")
}

fn byte(from: &mut dyn Read) -> Result<u8, ReadError> {
    let mut one = [0];
    from.read_exact(&mut one)?;
    Ok(one[0])
}

/// A number: a byte for the sign, then its bytes from the lowest.
fn int(from: &mut dyn Read, size: usize) -> Result<i64, ReadError> {
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
    fn read(bytes: Seekable, limits: &Limits) -> Result<Contents, ReadError> {
        let mut from = io::BufReader::new(bytes);
        let from: &mut dyn Read = &mut from;
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
        Ok(Contents { entries, sizes, packing })
    }
}

impl Entry {
    fn read(from: &mut dyn Read, sizes: Sizes, minor: u8, kind: u8) -> Result<Entry, ReadError> {
        let size = sizes.int;
        let _number = int(from, size)?;
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
        let mut data = None;
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
                _ if dumped => {
                    return Err(ReadError::new(
                        Reason::UnsupportedFormat,
                        "a dump that was piped and holds no places",
                    ));
                }
                _ => {}
            }
        } else if kind != 4 {
            // directory and tar dumps name a file; its rows are a file or member of their own
            text(from, size)?;
        }
        Ok(Entry { description, definition, copy, data })
    }
}

/// The script, piece by piece.
struct Script {
    bytes: Seekable,
    contents: Contents,
    /// Twice the entry's number, plus one for its data.
    at: usize,
    now: Box<dyn Read + Send>,
}

impl Read for Script {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.now.read(buf)?;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            let Some(entry) = self.contents.entries.get(self.at / 2) else { return Ok(0) };
            let data = self.at % 2 == 1;
            self.at += 1;
            if !data {
                let mut definition = entry.definition.clone();
                if !definition.is_empty() && !definition.ends_with('\n') {
                    definition.push('\n');
                }
                self.now = Box::new(io::Cursor::new(definition.into_bytes()));
                continue;
            }
            let Some(place) = entry.data.filter(|_| entry.description == "TABLE DATA") else { continue };
            let mut bytes = self.bytes.clone();
            bytes.seek(SeekFrom::Start(place))?;
            let mut bytes = io::BufReader::with_capacity(64 << 10, bytes);
            let (mark, _) = (byte_of(&mut bytes)?, int_of(&mut bytes, self.contents.sizes.int)?);
            if mark != DATA {
                return Err(damaged());
            }
            let chunks = Chunks { bytes, size: self.contents.sizes.int, left: 0, ended: false };
            let data: Box<dyn Read + Send> = match self.contents.packing {
                Packing::None => Box::new(chunks),
                Packing::Gzip => Box::new(flate2::read::ZlibDecoder::new(chunks)),
                #[cfg(feature = "archives")]
                Packing::Zstd => Box::new(zstd::Decoder::new(chunks)?),
            };
            // rows dumped as INSERT need no COPY around them
            let (before, after) = match entry.copy.is_empty() {
                true => (String::new(), ""),
                false => (entry.copy.clone(), "\\.\n\n"),
            };
            // archivers before PostgreSQL 9 end the data themselves; the end mark twice would be read as a row
            self.now = Box::new(
                io::Cursor::new(before.into_bytes()).chain(Ended::new(data)).chain(io::Cursor::new(after)),
            );
        }
    }
}

fn damaged() -> io::Error {
    io::Error::other(ReadError::damaged("data block of the dump"))
}

fn byte_of(from: &mut dyn Read) -> io::Result<u8> {
    byte(from).map_err(io::Error::other)
}

fn int_of(from: &mut dyn Read, size: usize) -> io::Result<i64> {
    int(from, size).map_err(io::Error::other)
}

/// The chunks of a data block: a length and so many bytes, until a length of nothing.
struct Chunks {
    bytes: io::BufReader<Seekable>,
    size: usize,
    left: u64,
    ended: bool,
}

impl Read for Chunks {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() || self.ended {
            return Ok(0);
        }
        if self.left == 0 {
            self.left = u64::try_from(int_of(&mut self.bytes, self.size)?).map_err(|_| damaged())?;
            if self.left == 0 {
                self.ended = true;
                return Ok(0);
            }
        }
        let most = buf.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let n = self.bytes.read(&mut buf[..most])?;
        if n == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "data block is cut off"));
        }
        self.left -= n as u64;
        Ok(n)
    }
}

/// Rows without the end mark `\.` and the blank lines after it, where the archiver stored them.
struct Ended {
    inner: Box<dyn Read + Send>,
    /// The last bytes, held back until it is known that more follow.
    held: Vec<u8>,
    done: bool,
}

impl Ended {
    /// `\n\.\n\n\n`, the longest end.
    const TAIL: usize = 8;

    fn new(inner: Box<dyn Read + Send>) -> Ended {
        Ended { inner, held: Vec::new(), done: false }
    }
}

impl Read for Ended {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !self.done && self.held.len() <= Ended::TAIL {
            let mut more = vec![0; (32 << 10).max(buf.len())];
            let n = self.inner.read(&mut more)?;
            self.done = n == 0;
            self.held.extend_from_slice(&more[..n]);
            if self.done {
                let end = self.held.trim_ascii_end().len();
                if self.held[..end] == *b"\\." || self.held[..end].ends_with(b"\n\\.") {
                    self.held.truncate(end - 2);
                }
            }
        }
        let free = if self.done { self.held.len() } else { self.held.len() - Ended::TAIL };
        let n = free.min(buf.len());
        buf[..n].copy_from_slice(&self.held[..n]);
        self.held.drain(..n);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    fn put_int(out: &mut Vec<u8>, n: i64) {
        out.push(u8::from(n < 0));
        out.extend_from_slice(&(n.unsigned_abs() as u32).to_le_bytes());
    }

    fn put_text(out: &mut Vec<u8>, text: Option<&str>) {
        put_int(out, text.map_or(-1, |t| t.len() as i64));
        out.extend_from_slice(text.unwrap_or_default().as_bytes());
    }

    /// An archive as `pg_dump -Fc` of PostgreSQL 17 writes it: one table, its data in two chunks.
    fn sample(minor: u8, packed: bool, rows: &str) -> Vec<u8> {
        let mut data = rows.as_bytes().to_vec();
        if packed {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            io::Write::write_all(&mut encoder, &data).unwrap();
            data = encoder.finish().unwrap();
        }
        let make = |offset: u64| {
            let mut out = b"PGDMP\x01".to_vec();
            out.extend_from_slice(&[minor, 0, 4, 8, CUSTOM]);
            if minor >= 15 {
                out.push(u8::from(packed));
            } else {
                put_int(&mut out, if packed { -1 } else { 0 });
            }
            (0..7).for_each(|n| put_int(&mut out, n));
            ["shop", "17.0", "17.0"].iter().for_each(|t| put_text(&mut out, Some(t)));
            put_int(&mut out, 2);
            for (kind, definition, copy) in [
                ("TABLE", "CREATE TABLE public.person (iin character(12), name text);\n", None),
                ("TABLE DATA", "", Some("COPY public.person (iin, name) FROM stdin;\n")),
            ] {
                put_int(&mut out, 5);
                put_int(&mut out, i64::from(copy.is_some()));
                ["0", "1", "person", kind].iter().for_each(|t| put_text(&mut out, Some(t)));
                put_int(&mut out, 2);
                put_text(&mut out, Some(definition));
                put_text(&mut out, Some("DROP"));
                put_text(&mut out, copy);
                put_text(&mut out, Some("public"));
                put_text(&mut out, None);
                if minor >= 14 {
                    put_text(&mut out, Some("heap"));
                }
                if minor >= 16 {
                    put_int(&mut out, i64::from(b'r'));
                }
                put_text(&mut out, Some("postgres"));
                put_text(&mut out, Some("false"));
                put_text(&mut out, None);
                out.push(if copy.is_some() { 2 } else { 3 });
                out.extend_from_slice(&offset.to_le_bytes());
            }
            out
        };
        let offset = make(0).len() as u64;
        let mut out = make(offset);
        out.push(DATA);
        put_int(&mut out, 5);
        for chunk in data.chunks(data.len().div_ceil(2).max(1)) {
            put_int(&mut out, chunk.len() as i64);
            out.extend_from_slice(chunk);
        }
        put_int(&mut out, 0);
        out
    }

    #[test]
    fn the_script_of_every_version() {
        let rows = format!("{IIN}\t{SURNAME}\n000000000000\tИная\n");
        for (minor, packed, end) in
            [(12, true, ""), (14, true, "\\.\n\n\n"), (15, true, "\\.\n\n\n"), (16, false, "")]
        {
            let file = sample(minor, packed, &format!("{rows}{end}"));
            let (copy, trial) = copy_of(&PgDump, &file, "shop.dump").unwrap();
            assert!(trial.found >= 2, "{minor} {:?}", trial.partly);
            assert_eq!(trial.members[0], "shop.sql");
            let copy = String::from_utf8(copy).unwrap();
            let want = "-- PostgreSQL database dump\n\nCREATE TABLE public.person (iin character(12), name text);\nCOPY public.person (iin, name) FROM stdin;\n\
                        XXXXXXXXXXXX\tXXXXXXXXX\n000000000000\tИная\n\\.\n\n";
            assert_eq!(copy, want, "{minor}");
        }
    }

    #[test]
    fn samples_of_postgres_itself() {
        for file in [
            &include_bytes!("../../testdata/pgdump/postgres15.dump")[..],
            include_bytes!("../../testdata/pgdump/postgres15_inserts.dump"),
        ] {
            assert_eq!(PgDump.recognise(file, ""), 100);
            let (copy, trial) = copy_of(&PgDump, file, "a.dump").unwrap();
            assert!(trial.partly.is_empty(), "{:?}", trial.partly);
            assert_eq!(trial.found, 101);
            let copy = String::from_utf8(copy).unwrap();
            assert!(copy.contains("CREATE TABLE public.person") && copy.contains("setval"));
            assert!(!copy.contains(IIN) && !copy.contains(SURNAME));
            assert_eq!(copy.matches("XXXXXXXXXXXX").count(), 50);
        }
    }

    #[test]
    fn an_empty_table_has_no_rows() {
        let file = sample(15, true, "\\.\n\n\n");
        let (copy, _) = copy_of(&PgDump, &file, "a.dump").unwrap();
        assert!(String::from_utf8(copy).unwrap().ends_with("FROM stdin;\n\\.\n\n"));
    }

    #[test]
    fn damage_never_panics_and_is_told() {
        let file = sample(15, true, &format!("{IIN}\t{SURNAME}\n"));
        for cut in 0..file.len() {
            let mut trial = Trial::default();
            let whole = trial.scan(&PgDump, &file[..cut], "a.dump").is_ok() && trial.partly.is_empty();
            assert!(!whole || cut >= file.len() - 5, "cut at {cut} of {}", file.len());
        }
        for at in 0..file.len() {
            let mut bad = file.clone();
            bad[at] ^= 0x25;
            let _ = copy_of(&PgDump, &bad, "a.dump");
        }
    }
}

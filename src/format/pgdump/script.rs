//! The script that an archive holds, as `pg_restore` would write it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::contents::{Contents, Entry, Packing, byte, int};
use crate::model::ReadError;
use crate::source::{Seekable, gentle};

/// The script's first line, as `pg_restore` writes it.
const HEADER: &str = "-- PostgreSQL database dump\n\n";

/// A block of table data; large objects have another mark.
pub(super) const DATA: u8 = 1;

/// The script, piece by piece.
pub(super) struct Script {
    bytes: Seekable,
    contents: Contents,
    /// The folder in which the files of a directory dump lie.
    folder: Option<PathBuf>,
    /// Twice the entry's number, plus one for its data.
    at: usize,
    now: Box<dyn Read + Send>,
}

impl Script {
    pub(super) fn new(bytes: Seekable, contents: Contents, folder: Option<PathBuf>) -> Script {
        Script { bytes, contents, folder, at: 0, now: Box::new(io::Cursor::new(HEADER)) }
    }

    /// The rows that begin at `place` in the same file.
    fn block(&self, place: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut bytes = self.bytes.clone();
        bytes.seek(SeekFrom::Start(place))?;
        let mut bytes = io::BufReader::with_capacity(64 << 10, bytes);
        let (mark, _) = (byte_of(&mut bytes)?, int_of(&mut bytes, self.contents.sizes.int)?);
        if mark != DATA {
            return Err(damaged());
        }
        let chunks = Chunks { bytes, size: self.contents.sizes.int, left: 0, ended: false };
        Ok(match self.contents.packing {
            Packing::None => Box::new(chunks),
            Packing::Gzip => Box::new(flate2::read::ZlibDecoder::new(chunks)),
            #[cfg(feature = "archives")]
            Packing::Zstd => Box::new(zstd::Decoder::new(chunks)?),
        })
    }
}

/// The file of an entry's rows, in the folder of the table of contents; its name can lead nowhere else.
pub(super) fn file_of(folder: &Path, entry: &Entry) -> Option<(PathBuf, &'static str)> {
    let name = entry.file.as_deref()?;
    if name.starts_with('.')
        || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    {
        return None;
    }
    ["", ".gz", ".zst", ".lz4"].into_iter().find_map(|ending| {
        let path = folder.join(format!("{name}{ending}"));
        path.symlink_metadata().is_ok_and(|m| m.is_file()).then_some((path, ending))
    })
}

fn beside(folder: &Path, entry: &Entry) -> io::Result<Option<Box<dyn Read + Send>>> {
    let Some((path, ending)) = file_of(folder, entry) else { return Ok(None) };
    let file: File = gentle::open(&path)?;
    let file = io::BufReader::with_capacity(64 << 10, file);
    Ok(Some(match ending {
        ".gz" => Box::new(flate2::read::MultiGzDecoder::new(file)),
        #[cfg(feature = "archives")]
        ".zst" => Box::new(zstd::Decoder::new(file)?),
        #[cfg(feature = "archives")]
        ".lz4" => Box::new(lz4_flex::frame::FrameDecoder::new(file)),
        _ => Box::new(file),
    }))
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
                if entry.description.starts_with("DATABASE") {
                    // a script that makes the database again loads into no other, so `pg_restore` leaves it out
                    definition = definition.lines().map(|line| format!("-- {line}\n")).collect();
                }
                if !definition.is_empty() && !definition.ends_with('\n') {
                    definition.push('\n');
                }
                self.now = Box::new(io::Cursor::new(definition.into_bytes()));
                continue;
            }
            if entry.description != "TABLE DATA" {
                continue;
            }
            let data = match (entry.data, &self.folder) {
                (Some(place), _) => self.block(place)?,
                (None, Some(folder)) => match beside(folder, entry)? {
                    Some(data) => data,
                    None => continue,
                },
                (None, None) => continue,
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

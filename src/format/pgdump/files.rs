//! Where the data of a dump stand: in the same file, in files beside it, in members of a tar archive.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use ::tar::Header;
use rustc_hash::FxHashMap;

use super::super::{Limits, members};
use super::contents::{Contents, Entry, Packing, Sizes, byte, int};
use crate::model::{ReadError, Reason};
use crate::source::{Seekable, gentle};

/// A block of table data.
pub(super) const DATA: u8 = 1;
/// A block of large objects.
pub(super) const OBJECTS: u8 = 3;

/// Headers and padding of a tar archive come in blocks of this many bytes.
const BLOCK: u64 = 512;

/// The list of large objects where the table of contents names none.
const OBJECT_LIST: &str = "blobs.toc";

/// A list of large objects is short.
const LIST: u64 = 64 << 20;

/// A reader of data.
pub(super) type Data = Box<dyn Read + Send>;

/// See the module.
pub(super) enum Files {
    /// In the file itself, as a custom dump has it.
    Inside { bytes: Seekable, sizes: Sizes, packing: Packing, places: FxHashMap<i64, u64> },
    /// In files of this folder.
    Folder(PathBuf),
    /// In members of a tar archive: position and length by name.
    Tar { bytes: Seekable, members: Vec<(String, u64, u64)> },
    /// Somewhere else.
    Nowhere,
}

impl Files {
    /// Those of a dump in the custom format.
    pub(super) fn inside(bytes: Seekable, contents: &Contents) -> Result<Files, ReadError> {
        let (sizes, packing) = (contents.sizes, contents.packing);
        let mut places = FxHashMap::default();
        if contents.entries.iter().any(|e| e.unplaced) {
            index(bytes.clone(), contents, &mut places)?;
        }
        Ok(Files::Inside { bytes, sizes, packing, places })
    }

    /// Those of a tar archive.
    pub(super) fn tar(bytes: Seekable, limits: &Limits) -> Result<Files, ReadError> {
        let (mut from, mut at, mut members) = (io::BufReader::new(bytes.clone()), 0, Vec::new());
        while at < bytes.len() {
            let mut header = Header::new_old();
            from.read_exact(header.as_mut_bytes())?;
            if header.as_bytes().iter().all(|b| *b == 0) {
                break;
            }
            let size = header.entry_size().map_err(|_| members::broken("tar"))?;
            if !super::super::tar::checksum_holds(&header) || !header.entry_type().is_file() {
                return Err(members::broken("tar"));
            }
            if members.len() as u64 >= limits.members {
                return Err(ReadError::limit(format!("more than {} members", limits.members)));
            }
            members.push((members::decode_name(&header.path_bytes()), at + BLOCK, size));
            let whole = size.checked_next_multiple_of(BLOCK).and_then(|n| n.checked_add(BLOCK));
            at = whole.and_then(|n| n.checked_add(at)).ok_or_else(|| members::broken("tar"))?;
            if at > bytes.len() {
                return Err(ReadError::new(Reason::Truncated, "tar member"));
            }
            from.seek(SeekFrom::Start(at))?;
        }
        Ok(Files::Tar { bytes, members })
    }

    /// The rows of an entry; `None` where they stand nowhere.
    pub(super) fn rows(&self, entry: &Entry) -> io::Result<Option<Data>> {
        match self {
            Files::Inside { .. } => {
                let Some(mut bytes) = self.block(entry, DATA)? else { return Ok(None) };
                bytes.begin();
                self.unpacked(bytes).map(Some)
            }
            _ => entry.file.as_deref().map_or(Ok(None), |name| self.file(name)),
        }
    }

    /// The block of an entry's data in the file itself, behind its mark.
    fn block(&self, entry: &Entry, mark: u8) -> io::Result<Option<Chunks>> {
        let Files::Inside { bytes, sizes, places, .. } = self else { return Ok(None) };
        let Some(place) = entry.data.or_else(|| places.get(&entry.number).copied()) else { return Ok(None) };
        let mut bytes = bytes.clone();
        bytes.seek(SeekFrom::Start(place))?;
        let mut bytes = io::BufReader::with_capacity(64 << 10, bytes);
        let (found, _) = (byte_of(&mut bytes)?, int_of(&mut bytes, sizes.int)?);
        if found != mark {
            return Err(damaged());
        }
        Ok(Some(Chunks { bytes, size: sizes.int, left: 0, ended: true }))
    }

    fn unpacked(&self, chunks: Chunks) -> io::Result<Data> {
        let Files::Inside { packing, .. } = self else { return Ok(Box::new(chunks)) };
        Ok(match packing {
            Packing::None => Box::new(chunks),
            Packing::Gzip => Box::new(flate2::read::ZlibDecoder::new(chunks)),
            #[cfg(feature = "archives")]
            Packing::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(chunks)),
            #[cfg(feature = "archives")]
            Packing::Zstd => Box::new(zstd::Decoder::new(chunks)?),
        })
    }

    /// The content of a file that the table of contents names.
    pub(super) fn file(&self, name: &str) -> io::Result<Option<Data>> {
        match self {
            Files::Folder(folder) => beside(folder, name),
            Files::Tar { bytes, members } => {
                let Some((_, at, len)) = members.iter().find(|m| m.0 == name) else { return Ok(None) };
                let mut bytes = bytes.clone();
                bytes.seek(SeekFrom::Start(*at))?;
                Ok(Some(Box::new(io::BufReader::with_capacity(64 << 10, bytes).take(*len))))
            }
            Files::Inside { .. } | Files::Nowhere => Ok(None),
        }
    }

    /// How many bytes the data of an entry take up where that is known; `None` where they stand nowhere.
    pub(super) fn packed(&self, entry: &Entry) -> Option<u64> {
        match self {
            Files::Inside { bytes, .. } => Some(bytes.len()),
            Files::Folder(folder) => {
                file_of(folder, entry.file.as_deref()?)?.0.metadata().ok().map(|m| m.len())
            }
            Files::Tar { members, .. } => {
                let name = entry.file.as_deref()?;
                members.iter().find(|m| m.0 == name).map(|m| m.2)
            }
            Files::Nowhere => None,
        }
    }

    /// Hands the large objects of an entry to `each`, by their numbers and in order.
    pub(super) fn objects(
        &self,
        entry: &Entry,
        each: &mut dyn FnMut(u64, &mut dyn Read) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        if let Files::Inside { packing, .. } = self {
            let Some(mut chunks) = self.block(entry, OBJECTS)? else { return Ok(()) };
            loop {
                let number = int_of(&mut chunks.bytes, chunks.size)?;
                let Some(number) = u64::try_from(number).ok().filter(|n| *n > 0) else { return Ok(()) };
                chunks.begin();
                match packing {
                    Packing::None => each(number, &mut chunks)?,
                    Packing::Gzip => each(number, &mut flate2::read::ZlibDecoder::new(&mut chunks))?,
                    #[cfg(feature = "archives")]
                    Packing::Lz4 => each(number, &mut lz4_flex::frame::FrameDecoder::new(&mut chunks))?,
                    #[cfg(feature = "archives")]
                    Packing::Zstd => each(number, &mut zstd::Decoder::new(&mut chunks)?)?,
                }
                // a packer may read less than there is
                io::copy(&mut chunks, &mut io::sink())?;
            }
        }
        let Some(list) = self.list(entry)? else { return Ok(()) };
        for (number, name) in list {
            let Some(mut data) = self.file(&name)? else {
                return Err(ReadError::new(Reason::Vanished, "a large object"));
            };
            each(number, &mut data)?;
        }
        Ok(())
    }

    /// Numbers and files of the large objects of an entry.
    fn list(&self, entry: &Entry) -> Result<Option<Vec<(u64, String)>>, ReadError> {
        let named = entry.file.as_deref().map_or(Ok(None), |name| self.file(name))?;
        // a tar archive before PostgreSQL 16 has one list, which it calls by another name
        let Some(list) = named.map_or_else(|| self.file(OBJECT_LIST), |list| Ok(Some(list)))? else {
            return Ok(None);
        };
        let mut lines = String::new();
        list.take(LIST).read_to_string(&mut lines)?;
        let object =
            |line: &str| line.split_once(' ').and_then(|(n, name)| Some((n.parse().ok()?, name.to_owned())));
        let list: Option<Vec<_>> = lines.lines().map(object).collect();
        list.map(Some).ok_or_else(|| members::broken("list of large objects"))
    }

    /// Names of members that no entry names, in order.
    pub(super) fn others(&self, contents: &Contents) -> Result<Vec<String>, ReadError> {
        let Files::Tar { members, .. } = self else { return Ok(Vec::new()) };
        let mut known: HashSet<String> = contents.entries.iter().filter_map(|e| e.file.clone()).collect();
        for entry in contents.entries.iter().filter(|e| e.is_objects()) {
            known.insert(OBJECT_LIST.to_owned());
            known.extend(self.list(entry)?.into_iter().flatten().map(|o| o.1));
        }
        let other = |name: &&String| name.as_str() != super::CONTENTS && !known.contains(*name);
        Ok(members.iter().map(|m| &m.0).filter(other).cloned().collect())
    }
}

/// The places of all blocks, which stand one after another behind the table of contents.
fn index(bytes: Seekable, contents: &Contents, places: &mut FxHashMap<i64, u64>) -> Result<(), ReadError> {
    let size = contents.sizes.int;
    let mut from = io::BufReader::with_capacity(64 << 10, bytes);
    from.seek(SeekFrom::Start(contents.end))?;
    loop {
        let place = from.stream_position()?;
        let mut mark = [0];
        if from.read(&mut mark)? == 0 {
            return Ok(());
        }
        let number = int(&mut from, size)?;
        places.insert(number, place);
        match mark[0] {
            DATA => skip_chunks(&mut from, size)?,
            OBJECTS => {
                while int(&mut from, size)? != 0 {
                    skip_chunks(&mut from, size)?;
                }
            }
            _ => return Err(ReadError::damaged("data block of the dump")),
        }
    }
}

fn skip_chunks(from: &mut io::BufReader<Seekable>, size: usize) -> Result<(), ReadError> {
    loop {
        let length = int(from, size)?;
        if length == 0 {
            return Ok(());
        }
        let at = from.stream_position()?;
        let whole = u64::try_from(length).ok().and_then(|n| at.checked_add(n));
        match whole.filter(|end| *end <= from.get_ref().len()) {
            Some(_) => from.seek_relative(length)?,
            None => return Err(ReadError::new(Reason::Truncated, "data block of the dump")),
        }
    }
}

/// A file in the folder of the table of contents; its name can lead nowhere else.
pub(super) fn file_of(folder: &Path, name: &str) -> Option<(PathBuf, &'static str)> {
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

fn beside(folder: &Path, name: &str) -> io::Result<Option<Data>> {
    let Some((path, ending)) = file_of(folder, name) else { return Ok(None) };
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

impl Chunks {
    /// The chunks that begin here are read.
    fn begin(&mut self) {
        (self.left, self.ended) = (0, false);
    }
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

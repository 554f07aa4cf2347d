//! Zip packages (Office Open XML, OpenDocument) edited in place: a part that no edit touches is copied as
//! its packed bytes, in the same order, with the same dates.

pub mod chunks;
pub mod drops;
pub mod extract;
pub mod header;
pub mod lazy;
pub mod macros;
pub mod members;
pub mod newxlsx;
pub mod numbered;
pub mod ole;
pub mod parts;
pub mod recognise;
pub mod renewed;
pub mod slots;
#[cfg(test)]
pub mod testing;
pub mod walk;
pub mod xml;

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Instant;

use tempfile::SpooledTempFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{Limits, Output};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// Most bytes of one part that is held in memory as a whole; larger parts are only read as streams.
pub const WHOLE_PART: u64 = 512 << 20;

/// What becomes of a part in the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Keep,
    /// Replaced by this entry of the side archive.
    Changed(usize),
    Dropped,
}

/// An open package and the changes that were made to it so far.
pub struct Package {
    zip: ZipArchive<Seekable>,
    source: Seekable,
    names: Arc<Vec<String>>,
    index: Arc<HashMap<String, usize>>,
    fates: Vec<Fate>,
    side: Option<ZipWriter<SpooledTempFile>>,
    in_side: usize,
    budget: Budget,
}

/// What may still be unpacked.
#[derive(Clone)]
struct Budget {
    limits: Arc<Limits>,
    left: u64,
    since: Instant,
}

/// The unpacked bytes of a part, counted against the limits.
pub struct PartReader<'a> {
    inner: zip::read::ZipFile<'a, Seekable>,
    budget: &'a mut Budget,
    packed: u64,
    read: u64,
}

impl Read for PartReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.read += n as u64;
        let limits = &self.budget.limits;
        let over = |what: &str| Err(io::Error::new(io::ErrorKind::QuotaExceeded, what.to_owned()));
        if self.read > limits.member_bytes {
            return over("a part unpacks to too many bytes");
        }
        if self.read > 16 << 20 && self.read / self.packed.max(1) > limits.ratio {
            return over("a part is packed too densely");
        }
        match self.budget.left.checked_sub(n as u64) {
            Some(left) => self.budget.left = left,
            None => return over("the parts together unpack to too many bytes"),
        }
        if self.budget.since.elapsed() > limits.time {
            return over("the file takes too long");
        }
        Ok(n)
    }
}

/// Keeps apart what the system refused, what a limit stopped and what is broken inside.
pub fn part_error(e: io::Error, name: &str) -> ReadError {
    let reason = match e.kind() {
        io::ErrorKind::QuotaExceeded => return ReadError::limit(format!("{e} ({name})")),
        io::ErrorKind::UnexpectedEof => Reason::Truncated,
        io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        _ => Reason::Damaged,
    };
    ReadError { reason, detail: format!("part {name}"), source: Some(e) }
}

/// An error of the zip container itself.
pub fn zip_error(e: zip::result::ZipError, name: &str) -> ReadError {
    match e {
        zip::result::ZipError::Io(e) => part_error(e, name),
        zip::result::ZipError::UnsupportedArchive(text) if text.contains("assword") => {
            ReadError::new(Reason::Encrypted, format!("part {name}"))
        }
        zip::result::ZipError::UnsupportedArchive(text) => {
            ReadError::new(Reason::UnsupportedFormat, format!("part {name}: {text}"))
        }
        other => ReadError::damaged(format!("part {name}: {other}")),
    }
}

impl Package {
    /// Opens a package and reads the list of its parts.
    ///
    /// # Errors
    /// `Damaged`, `Truncated` where the zip directory cannot be read; `LimitReached`.
    pub fn open(input: Input, limits: &Arc<Limits>) -> Result<Package, ReadError> {
        let source = input.into_seekable(limits.memory, limits.member_bytes)?;
        let zip = ZipArchive::new(source.clone()).map_err(|e| match zip_error(e, "zip directory") {
            // a package that was cut off has lost the directory that stands at its end
            e if e.reason == Reason::Damaged => ReadError::new(Reason::Truncated, e.detail),
            e => e,
        })?;
        if zip.len() as u64 > limits.members {
            return Err(ReadError::limit(format!("{} parts in a package", zip.len())));
        }
        let mut names = Vec::with_capacity(zip.len());
        for i in 0..zip.len() {
            let name = match zip.name_for_index(i) {
                Some(Ok(name)) => name.trim_start_matches('/').replace('\\', "/"),
                _ => return Err(ReadError::damaged(format!("name of part {i}"))),
            };
            if name.split('/').any(|step| step == "..") {
                return Err(ReadError::damaged(format!(
                    "part {i} is named as if it stood outside the package"
                )));
            }
            names.push(name);
        }
        if zip.has_duplicate_names() {
            return Err(ReadError::damaged("two parts have the same name"));
        }
        let budget = Budget { limits: limits.clone(), left: limits.total_bytes, since: Instant::now() };
        let fates = vec![Fate::Keep; names.len()];
        let index = names.iter().enumerate().map(|(i, n)| (n.to_ascii_lowercase(), i)).collect();
        let (names, index) = (Arc::new(names), Arc::new(index));
        Ok(Package { zip, source, names, index, fates, side: None, in_side: 0, budget })
    }

    /// From now on changes are kept for [`Package::finish`].
    pub fn want_copy(&mut self) {
        let spool = SpooledTempFile::new(self.budget.limits.memory);
        self.side = Some(ZipWriter::new(spool));
    }

    /// True where a copy is to be written.
    pub fn copying(&self) -> bool {
        self.side.is_some()
    }

    /// Names of all parts, in the order of the package.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of the part with this name; names of parts do not differ by case alone.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.index.get(&name.trim_start_matches('/').to_ascii_lowercase()).copied()
    }

    /// The unpacked bytes of part `index` as a stream.
    ///
    /// # Errors
    /// `Encrypted`, `Damaged`, or a compression that is not known.
    pub fn reader(&mut self, index: usize) -> Result<PartReader<'_>, ReadError> {
        let name = self.names.get(index).map_or("", |n| n.as_str());
        let inner = self.zip.by_index(index).map_err(|e| zip_error(e, name))?;
        let packed = inner.compressed_size();
        Ok(PartReader { inner, budget: &mut self.budget, packed, read: 0 })
    }

    /// A second view of the same package with the same budget, so that a part can be streamed while
    /// changes are written into this one.
    pub fn twin(&self) -> Package {
        Package {
            zip: self.zip.clone(),
            source: self.source.clone(),
            names: self.names.clone(),
            index: self.index.clone(),
            fates: Vec::new(),
            side: None,
            in_side: 0,
            budget: self.budget.clone(),
        }
    }

    /// The unpacked bytes of part `index`.
    ///
    /// # Errors
    /// As [`Package::reader`], and `LimitReached` where it is larger than is held in memory.
    pub fn read(&mut self, index: usize) -> Result<Vec<u8>, ReadError> {
        let name = self.names.get(index).cloned().unwrap_or_default();
        let reader = self.reader(index)?;
        let mut bytes = Vec::new();
        reader.take(WHOLE_PART + 1).read_to_end(&mut bytes).map_err(|e| part_error(e, &name))?;
        if bytes.len() as u64 > WHOLE_PART {
            return Err(ReadError::limit(format!("part {name} is larger than {WHOLE_PART} bytes")));
        }
        Ok(bytes)
    }

    /// Begins the new content of part `index`; what is written next to the answer is that content.
    ///
    /// # Errors
    /// Where the side archive cannot be written.
    pub fn change(&mut self, index: usize) -> Result<&mut dyn Write, ReadError> {
        let name = self.names.get(index).cloned().unwrap_or_default();
        let (modified, method, size) = {
            let entry = self.zip.by_index_raw(index).map_err(|e| zip_error(e, &name))?;
            (entry.last_modified(), entry.compression(), entry.size())
        };
        let method = match method {
            CompressionMethod::Stored => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        // a copy may be larger than its source, by longer words
        let mut options = SimpleFileOptions::default().compression_method(method).large_file(size > 1 << 30);
        if method == CompressionMethod::Deflated {
            // a sheet of 700 MB packs twice as fast as at the usual level and grows by a tenth
            options = options.compression_level(Some(3));
        }
        if let Some(time) = modified {
            options = options.last_modified_time(time);
        }
        let side =
            self.side.as_mut().ok_or_else(|| ReadError::new(Reason::WriteFailed, "no copy was asked for"))?;
        side.start_file(self.in_side.to_string(), options).map_err(|e| zip_error(e, &name))?;
        self.fates[index] = Fate::Changed(self.in_side);
        self.in_side += 1;
        Ok(side)
    }

    /// Goes on with the part that was begun by [`Package::change`].
    ///
    /// # Errors
    /// Where the side archive cannot be written.
    pub fn more(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        match &mut self.side {
            Some(side) => Ok(side.write_all(bytes)?),
            None => Err(ReadError::new(Reason::WriteFailed, "no copy was asked for")),
        }
    }

    /// Gives part `index` this content in the copy.
    ///
    /// # Errors
    /// As [`Package::change`].
    pub fn replace(&mut self, index: usize, bytes: &[u8]) -> Result<(), ReadError> {
        if !self.copying() {
            return Ok(());
        }
        self.change(index)?.write_all(bytes)?;
        Ok(())
    }

    /// Leaves part `index` out of the copy.
    pub fn drop_part(&mut self, index: usize) {
        if let Some(fate) = self.fates.get_mut(index) {
            *fate = Fate::Dropped;
        }
    }

    /// True where part `index` will not stand in the copy.
    pub fn is_dropped(&self, index: usize) -> bool {
        self.fates.get(index) == Some(&Fate::Dropped)
    }

    /// True where any part is changed or left out.
    pub fn changed(&self) -> bool {
        self.fates.iter().any(|f| *f != Fate::Keep)
    }

    /// True where the file holds nothing but its parts: no bytes before, between or behind them and no
    /// comments, so that a copy of the whole file hides nothing that was not looked at.
    fn tight(&mut self) -> Result<bool, ReadError> {
        if self.zip.offset() != 0 || !self.zip.comment().is_empty() {
            return Ok(false);
        }
        let mut runs = Vec::with_capacity(self.zip.len());
        for i in 0..self.zip.len() {
            let entry = self.zip.by_index_raw(i).map_err(|e| zip_error(e, "zip directory"))?;
            if !entry.comment().is_empty() {
                return Ok(false);
            }
            let Some(data) = entry.data_start() else { return Ok(false) };
            runs.push((entry.header_start(), data.saturating_add(entry.compressed_size())));
        }
        runs.sort_unstable();
        let mut at = 0;
        for (start, end) in runs {
            // a data descriptor takes 12 to 24 bytes
            if start < at || start - at > 24 {
                return Ok(false);
            }
            at = end;
        }
        let directory = self.zip.central_directory_start();
        Ok(directory >= at && directory - at <= 24)
    }

    /// Writes the copy: the file itself where nothing changed, otherwise a package with the same parts in
    /// the same order.
    ///
    /// # Errors
    /// Where reading or writing fails.
    pub fn finish(mut self, out: &mut dyn Output) -> Result<(), ReadError> {
        if !self.changed() && self.tight()? {
            self.source.seek(SeekFrom::Start(0))?;
            io::copy(&mut self.source, out)?;
            return Ok(());
        }
        let write = |e: zip::result::ZipError| match e {
            zip::result::ZipError::Io(e) => {
                ReadError { reason: Reason::WriteFailed, detail: String::new(), source: Some(e) }
            }
            other => ReadError::new(Reason::WriteFailed, other.to_string()),
        };
        let mut side = match self.side.take() {
            Some(side) if self.in_side > 0 => {
                Some(ZipArchive::new(side.finish().map_err(write)?).map_err(write)?)
            }
            _ => None,
        };
        let mut new = ZipWriter::new(out);
        for (i, fate) in self.fates.iter().enumerate() {
            let name = &self.names[i];
            match fate {
                Fate::Dropped => {}
                Fate::Changed(at) => {
                    let side = side.as_mut().ok_or_else(|| ReadError::damaged("a changed part is lost"))?;
                    let part = side.by_index_raw(*at).map_err(|e| zip_error(e, name))?;
                    new.raw_copy_file_rename(part, name).map_err(write)?;
                }
                Fate::Keep => {
                    let entry = self.zip.by_index_raw(i).map_err(|e| zip_error(e, name))?;
                    if entry.comment().is_empty() {
                        new.raw_copy_file(entry).map_err(write)?;
                    } else {
                        let options = SimpleFileOptions::default().compression_method(entry.compression());
                        drop(entry);
                        new.start_file(name.as_str(), options).map_err(write)?;
                        io::copy(&mut self.zip.by_index(i).map_err(|e| zip_error(e, name))?, &mut new)?;
                    }
                }
            }
        }
        new.finish().map_err(write)?.flush()?;
        Ok(())
    }
}

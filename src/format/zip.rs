//! ZIP archives (PKWARE APPNOTE.TXT), also with more than 4 GiB; office packages are recognised before.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use ::zip::result::ZipError;
use ::zip::write::FullFileOptions;
use ::zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::members::{self, Budget, Checked, Names};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `zip`.
pub struct Zip;

/// Longest target of a symbolic link that is looked at.
const TARGET: u64 = 4096;

impl Format for Zip {
    fn id(&self) -> &'static str {
        "zip"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let spanned = head.starts_with(b"PK\x07\x08PK\x03\x04") || head.starts_with(b"PK00PK\x03\x04");
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || spanned { 90 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        let archive = ZipArchive::new(BufReader::new(bytes.clone())).map_err(error)?;
        Ok(Opened::Document(Box::new(Archive { bytes, archive, limits: Arc::clone(limits) })))
    }
}

/// What the library says, without its words where they could quote the file.
fn error(e: ZipError) -> ReadError {
    match e {
        ZipError::Io(e) => e.into(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ReadError::new(Reason::Encrypted, "")
        }
        ZipError::UnsupportedArchive(what) => ReadError::new(Reason::UnsupportedFormat, what),
        ZipError::CompressionMethodNotSupported(n) => {
            ReadError::new(Reason::UnsupportedFormat, format!("compression method {n}"))
        }
        _ => members::broken("zip"),
    }
}

struct Archive {
    bytes: Seekable,
    archive: ZipArchive<BufReader<Seekable>>,
    limits: Arc<Limits>,
}

/// What the central directory says about a member.
struct Entry {
    name: String,
    comment: String,
    method: CompressionMethod,
    encrypted: bool,
    folder: bool,
    link: bool,
    packed: u64,
    size: u64,
    crc: u32,
    start: Option<u64>,
    mode: Option<u32>,
    modified: Option<::zip::DateTime>,
}

impl Entry {
    fn options(&self, comment: String, len: u64) -> FullFileOptions<'static, 'static> {
        let method = match self.method {
            CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Bzip2 => self.method,
            #[cfg(feature = "archives")]
            CompressionMethod::Zstd => self.method,
            _ => CompressionMethod::Deflated,
        };
        let mut options =
            FullFileOptions::default().compression_method(method).large_file(len >= u64::from(u32::MAX));
        if let Some(mode) = self.mode {
            options = options.unix_permissions(mode & 0o777);
        }
        if let Some(modified) = self.modified {
            options = options.last_modified_time(modified);
        }
        if !comment.is_empty() {
            options = options.with_file_comment(comment);
        }
        options
    }
}

impl Document for Archive {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        let mut names = Names::default();
        let mut writer = out.map(ZipWriter::new);
        let comment = members::decode_name(self.archive.comment());
        let comment = members::show(visitor, "archive comment", &comment)?;
        if let Some(writer) = &mut writer {
            writer.set_comment(comment).map_err(error)?;
        }
        let mut info = Info::default();
        for index in 0..self.archive.len() {
            if let Err(e) = budget.member() {
                info.partly.push((e.reason, e.detail));
                break;
            }
            let entry = match self.entry(index) {
                Ok(entry) => entry,
                Err(e) => {
                    members::refuse(visitor, &format!("member {}", index + 1), e, writer.is_some())?;
                    continue;
                }
            };
            let comment = members::show(visitor, "member comment", &entry.comment)?;
            if entry.folder {
                let name = names.copy_of(visitor, &entry.name, None);
                if let Some(writer) = &mut writer {
                    writer.add_directory(name, entry.options(comment, 0)).map_err(error)?;
                }
                continue;
            }
            let input = match self.member(index, &entry, &budget) {
                Ok(input) => input,
                Err(e) => {
                    members::refuse(visitor, &entry.name, e, writer.is_some())?;
                    continue;
                }
            };
            if entry.link {
                let target = link_target(visitor, &entry.name, input, writer.is_some())?;
                let name = names.copy_of(visitor, &entry.name, None);
                if let (Some(writer), Some(target)) = (&mut writer, target) {
                    writer.add_symlink(name, target, entry.options(comment, 0)).map_err(error)?;
                }
                continue;
            }
            let copy = members::visit(visitor, &entry.name, input, writer.is_some(), &self.limits)?;
            let Some(writer) = &mut writer else {
                // the name is looked at in either walk, so that both find the same
                names.copy_of(visitor, &entry.name, None);
                continue;
            };
            let Some(mut copy) = copy else { continue };
            let name = names.copy_of(visitor, &entry.name, copy.extension);
            writer.start_file(name, entry.options(comment, copy.len)).map_err(error)?;
            io::copy(&mut copy.bytes, writer)?;
        }
        if let Some(writer) = writer {
            writer.finish().map_err(error)?.flush()?;
        }
        Ok(info)
    }
}

impl Archive {
    fn entry(&mut self, index: usize) -> Result<Entry, ReadError> {
        let file = self.archive.by_index_raw(index).map_err(error)?;
        Ok(Entry {
            name: members::decode_name(file.name_raw()),
            comment: file.comment().to_owned(),
            method: file.compression(),
            encrypted: file.encrypted(),
            folder: file.is_dir(),
            link: file.is_symlink(),
            packed: file.compressed_size(),
            size: file.size(),
            crc: file.crc32(),
            start: file.data_start(),
            mode: file.unix_mode(),
            modified: file.last_modified(),
        })
    }

    /// The bytes of a member: as a stream for the common methods, else unpacked at once.
    fn member(&mut self, index: usize, entry: &Entry, budget: &Budget) -> Result<Input, ReadError> {
        if entry.encrypted {
            return self.unlocked(index, entry, budget);
        }
        if let Some(start) = entry.start {
            let mut bytes = self.bytes.clone();
            io::Seek::seek(&mut bytes, io::SeekFrom::Start(start))?;
            let packed = BufReader::with_capacity(32 << 10, bytes.take(entry.packed));
            let reader: Option<Box<dyn Read + Send>> = match entry.method {
                CompressionMethod::Stored => Some(Box::new(packed)),
                CompressionMethod::Deflated => Some(Box::new(flate2::bufread::DeflateDecoder::new(packed))),
                CompressionMethod::Bzip2 => Some(Box::new(bzip2::bufread::BzDecoder::new(packed))),
                #[cfg(feature = "archives")]
                CompressionMethod::Zstd => Some(Box::new(zstd::Decoder::with_buffer(packed)?)),
                _ => None,
            };
            if let Some(reader) = reader {
                let checked = Checked::new(reader, entry.crc, entry.size);
                let guarded = budget.guard(checked, Some(entry.packed), self.limits.member_bytes);
                return Ok(Input::stream(Box::new(guarded), members::base_name(&entry.name)));
            }
        }
        let mut file = self.archive.by_index(index).map_err(error)?;
        Ok(budget.hold(&mut file, Some(entry.packed), &entry.name)?)
    }

    /// An encrypted member, opened by the first password whose check sum is right.
    fn unlocked(&mut self, index: usize, entry: &Entry, budget: &Budget) -> Result<Input, ReadError> {
        for password in &self.limits.passwords {
            let Ok(mut file) = self.archive.by_index_decrypt(index, password.as_bytes()) else { continue };
            match budget.hold(&mut file, Some(entry.packed), &entry.name) {
                Ok(input) => return Ok(input),
                // the quick check lets one wrong password in 256 pass; then the check sum fails
                Err(e) => match ReadError::from(e) {
                    e if e.reason == Reason::LimitReached => return Err(e),
                    _ => continue,
                },
            }
        }
        Err(ReadError::new(Reason::Encrypted, ""))
    }
}

/// Where a symbolic link may point in the copy: only to a place inside it.
fn link_target(
    visitor: &mut dyn Visitor,
    name: &str,
    input: Input,
    copy: bool,
) -> Result<Option<String>, ReadError> {
    let mut target = Vec::new();
    if let Err(e) = input.into_reader().take(TARGET).read_to_end(&mut target) {
        members::refuse(visitor, name, e.into(), copy)?;
        return Ok(None);
    }
    safe_target(visitor, name, &members::decode_name(&target), copy)
}

/// A link's target for the copy; links out of the archive are noted and left out.
pub(super) fn safe_target(
    visitor: &mut dyn Visitor,
    name: &str,
    target: &str,
    copy: bool,
) -> Result<Option<String>, ReadError> {
    let clean = visitor.clean_name(target);
    if clean.starts_with(['/', '\\']) || clean.split(['/', '\\']).any(|p| p == "..") || clean.contains(':') {
        members::refuse(visitor, name, ReadError::new(Reason::Link, "leads out of the archive"), copy)?;
        return Ok(None);
    }
    Ok(Some(clean))
}

#[cfg(test)]
mod tests;

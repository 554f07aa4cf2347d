//! 7z archives, also solid and encrypted ones.

use std::io::{self, BufReader, Write};
use std::sync::Arc;

use sevenz_rust2::encoder_options::{EncoderOptions, Lzma2Options};
use sevenz_rust2::{
    ArchiveEntry, ArchiveReader, ArchiveWriter, EncoderConfiguration, EncoderMethod, Error, Password,
};

use super::members::{self, Budget, Names};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `7z`.
pub struct SevenZ;

impl Format for SevenZ {
    fn id(&self) -> &'static str {
        "7z"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(b"7z\xBC\xAF\x27\x1C") { 100 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Archive { bytes, limits: Arc::clone(limits) })))
    }
}

struct Archive {
    bytes: Seekable,
    limits: Arc<Limits>,
}

/// What the library says, without its words where they could quote the file.
fn error(e: Error) -> ReadError {
    match e {
        Error::Io(e, _) | Error::FileOpen(e, _) => e.into(),
        Error::PasswordRequired | Error::MaybeBadPassword(_) => ReadError::new(Reason::Encrypted, ""),
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => {
            ReadError::new(Reason::UnsupportedFormat, "7z compression method")
        }
        Error::UnsupportedVersion { .. } => ReadError::new(Reason::UnsupportedFormat, "7z version"),
        Error::MaxMemLimited { .. } => ReadError::limit("memory for the 7z dictionary"),
        _ => members::broken("7z"),
    }
}

impl Document for Archive {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut reader = self.open()?;
        let mut writer = match out.as_mut() {
            Some(out) => Some(ArchiveWriter::new(Slot(&mut **out)).map_err(error)?),
            None => None,
        };
        let mut walk = Walk {
            budget: Budget::new(&self.limits),
            names: Names::default(),
            visitor,
            packed: self.bytes.len(),
            info: Info::default(),
            stopped: None,
        };
        let end = reader.for_each_entries(|entry, data| walk.entry(entry, data, writer.as_mut()));
        if let Some(e) = walk.stopped {
            return Err(e);
        }
        if let Err(e) = end {
            let e = error(e);
            walk.info.partly.push((e.reason, e.detail));
        }
        if let Some(writer) = writer {
            writer.finish()?.flush()?;
        }
        Ok(walk.info)
    }
}

impl Archive {
    /// Opens the archive with the first password that fits; a password is only tried where one is asked for.
    fn open(&self) -> Result<ArchiveReader<BufReader<Seekable>>, ReadError> {
        let passwords =
            std::iter::once(Password::empty()).chain(self.limits.passwords.iter().map(|p| Password::new(p)));
        let mut locked = false;
        for password in passwords {
            match ArchiveReader::new(BufReader::new(self.bytes.clone()), password.clone()) {
                Ok(mut reader) => {
                    reader.set_thread_count(1);
                    if self.limits.passwords.is_empty() || opens(&mut reader) {
                        return Ok(reader);
                    }
                    locked = true;
                }
                Err(Error::PasswordRequired | Error::MaybeBadPassword(_)) => locked = true,
                // a wrong password makes an encrypted header unreadable in any way
                Err(_) if locked => {}
                Err(e) => return Err(error(e)),
            }
        }
        Err(ReadError::new(Reason::Encrypted, ""))
    }
}

/// True where the first member with content can be unpacked.
fn opens(reader: &mut ArchiveReader<BufReader<Seekable>>) -> bool {
    let mut good = true;
    let end = reader.for_each_entries(|entry, data| {
        if !entry.has_stream() || entry.is_directory() {
            return Ok(true);
        }
        let mut first = [0; 512];
        let mut data = data;
        good = io::Read::read(&mut data, &mut first).is_ok();
        Ok(false)
    });
    good && !matches!(end, Err(Error::PasswordRequired | Error::MaybeBadPassword(_)))
}

struct Walk<'a> {
    budget: Budget,
    names: Names,
    visitor: &'a mut dyn Visitor,
    /// Bytes of the whole archive: what a solid block packs cannot be told by member.
    packed: u64,
    info: Info,
    stopped: Option<ReadError>,
}

impl Walk<'_> {
    fn entry(
        &mut self,
        entry: &ArchiveEntry,
        data: &mut dyn io::Read,
        writer: Option<&mut ArchiveWriter<Slot<'_>>>,
    ) -> Result<bool, Error> {
        match self.member(entry, data, writer) {
            Ok(more) => Ok(more),
            Err(e) => {
                self.stopped = Some(e);
                Ok(false)
            }
        }
    }

    fn member(
        &mut self,
        entry: &ArchiveEntry,
        data: &mut dyn io::Read,
        writer: Option<&mut ArchiveWriter<Slot<'_>>>,
    ) -> Result<bool, ReadError> {
        if let Err(e) = self.budget.member() {
            self.info.partly.push((e.reason, e.detail));
            return Ok(false);
        }
        let name = entry.name().to_owned();
        if entry.is_directory() {
            let copy = self.names.copy_of(self.visitor, &format!("{name}/"), None);
            if let Some(writer) = writer {
                let folder = ArchiveEntry::new_directory(copy.trim_end_matches('/'));
                writer.push_archive_entry::<&[u8]>(dated(folder, entry), None).map_err(error)?;
            }
            return Ok(true);
        }
        let input = match self.budget.hold(data, Some(self.packed), &name) {
            Ok(input) => input,
            Err(e) => {
                let e = ReadError::from(e);
                let stop = e.reason == Reason::LimitReached;
                if stop {
                    // what follows in the same solid block is not reached
                    self.info.partly.push((e.reason, name.clone()));
                }
                members::refuse(self.visitor, &name, e, writer.is_some())?;
                return Ok(!stop);
            }
        };
        let limits = Arc::clone(&self.budget.limits);
        let copy = members::visit(self.visitor, &name, input, writer.is_some(), &limits)?;
        match (copy, writer) {
            (Some(copy), Some(writer)) => {
                let name = self.names.copy_of(self.visitor, &name, copy.extension);
                writer.set_content_methods(vec![packing(copy.len)]);
                writer
                    .push_archive_entry(dated(ArchiveEntry::new_file(&name), entry), Some(copy.bytes))
                    .map_err(error)?;
            }
            (None, Some(_)) => {}
            _ => {
                self.names.copy_of(self.visitor, &name, None);
            }
        }
        Ok(true)
    }
}

/// How a member of this length is packed: a dictionary of the usual 8 MiB for each of many small members would
/// take most of the time of the run.
fn packing(length: u64) -> EncoderConfiguration {
    let mut options = Lzma2Options::from_level(6);
    let size = length.clamp(4096, 8 << 20).next_power_of_two();
    options.set_dictionary_size(u32::try_from(size).unwrap_or(8 << 20));
    EncoderConfiguration::new(EncoderMethod::LZMA2).with_options(EncoderOptions::Lzma2(options))
}

/// The time of change is kept; times of creation and access and attributes are not.
fn dated(mut entry: ArchiveEntry, old: &ArchiveEntry) -> ArchiveEntry {
    entry.has_last_modified_date = old.has_last_modified_date;
    entry.last_modified_date = old.last_modified_date;
    entry
}

/// Lets the writer own a borrowed output.
struct Slot<'a>(&'a mut dyn Output);

impl Write for Slot<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl io::Seek for Slot<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    const PLAIN: &[u8] = include_bytes!("../../testdata/archive/python.7z");
    const LOCKED: &[u8] = include_bytes!("../../tests/samples/locked.7z");

    #[test]
    fn sample_of_py7zr() {
        let (copy, trial) = copy_of(&SevenZ, PLAIN, "a.7z").unwrap();
        assert!(trial.members.contains(&"папка/Договор.txt".to_owned()), "{:?}", trial.members);
        assert!(trial.partly.is_empty(), "{:?}", trial.partly);
        assert!(trial.found >= 4);
        let mut again = Trial::default();
        again.scan(&SevenZ, &copy, "a.7z").unwrap();
        assert_eq!(again.found, 0);
        assert_eq!(again.members.len(), trial.members.len());
        assert!(again.text.contains("XXXXXXXXXXXX"));
        for value in [IIN, SURNAME] {
            assert!(!again.text.contains(value));
        }
    }

    #[test]
    fn locked_archives() {
        let mut trial = Trial::default();
        let end = trial.scan(&SevenZ, LOCKED, "a.7z");
        assert!(
            matches!(&end, Err(e) if e.reason == Reason::Encrypted)
                || trial.partly.iter().any(|p| p.0 == Reason::Encrypted),
            "{end:?} {:?}",
            trial.partly
        );
        assert_eq!(trial.found, 0);
        let limits = Limits { passwords: vec!["не та".into(), "тайна".into()], ..Limits::default() };
        let mut trial = Trial { limits, ..Trial::default() };
        trial.scan(&SevenZ, LOCKED, "a.7z").unwrap();
        assert!(trial.found >= 4, "{:?}", trial.partly);
    }

    #[test]
    fn damage_never_panics() {
        for cut in (0..PLAIN.len()).step_by(7) {
            let _ = Trial::default().scan(&SevenZ, &PLAIN[..cut], "a.7z");
        }
        for at in (0..PLAIN.len()).step_by(3) {
            let mut bad = PLAIN.to_vec();
            bad[at] ^= 0x3C;
            let mut trial = Trial::default();
            let whole = trial.scan(&SevenZ, &bad, "a.7z").is_ok() && trial.partly.is_empty();
            // bytes 6 and 7 are the version, which only says less than it could
            assert!(!whole || (6..8).contains(&at) || trial.found >= 4, "silent loss at {at}");
        }
    }
}

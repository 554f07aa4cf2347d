//! RAR archives, read only: the licence of the only packer forbids others, so the copy is a ZIP archive.

use std::cell::RefCell;
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use rars::{
    Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind, ExtractionDecision,
    ExtractionErrorAction,
};
use tempfile::SpooledTempFile;

use super::members::{self, Budget, Names};
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `rar`.
pub struct Rar;

/// Largest dictionary that is given memory (RAR 7 may ask for terabytes).
const DICTIONARY: u64 = 256 << 20;

/// Most memory of the unpacker beside the dictionary.
const WORKSPACE: u64 = 768 << 20;

impl Format for Rar {
    fn id(&self) -> &'static str {
        "rar"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(b"Rar!\x1A\x07\x00") || head.starts_with(b"Rar!\x1A\x07\x01\x00") {
            100
        } else {
            0
        }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("zip")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Reader { bytes, limits: Arc::clone(limits) })))
    }
}

/// What the library says, without its words where they could quote the file.
fn error(e: &Error) -> ReadError {
    match e.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => ReadError::new(Reason::Encrypted, ""),
        ErrorKind::UnsupportedFormat | ErrorKind::UnsupportedFeature => {
            ReadError::new(Reason::UnsupportedFormat, "a feature of this rar archive")
        }
        ErrorKind::ResourceLimit => ReadError::limit("bytes or memory of a rar member"),
        ErrorKind::Io => ReadError::new(Reason::ReadFailed, "rar data"),
        _ => members::broken("rar"),
    }
}

struct Reader {
    bytes: Seekable,
    limits: Arc<Limits>,
}

/// The member that is being unpacked.
#[derive(Clone)]
struct Spool(Arc<Mutex<SpooledTempFile>>);

impl Write for Spool {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(buf)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Walk<'a, 'o> {
    budget: Budget,
    names: Names,
    visitor: &'a mut dyn Visitor,
    writer: Option<ZipWriter<&'o mut dyn Output>>,
    pending: Option<(String, Spool)>,
    info: Info,
    stopped: Option<ReadError>,
}

impl Document for Reader {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let (archive, password) = self.open()?;
        let walk = Walk {
            budget: Budget::new(&self.limits),
            names: Names::default(),
            visitor,
            writer: out.map(ZipWriter::new),
            pending: None,
            info: Info::default(),
            stopped: None,
        };
        let options = self.options(password.as_deref());
        if let Ok(Some(comment)) = archive.comment_with_options(options.with_max_total_output_bytes(1 << 20))
        {
            // the copy, another format, does without it
            members::show(walk.visitor, "archive comment", &members::decode_name(&comment))?;
        }
        let walk = RefCell::new(walk);
        let options = self.options(password.as_deref());
        let end = archive.extract_with_control_and_errors(
            options,
            |member| walk.borrow_mut().decide(member),
            |member, e| Ok(walk.borrow_mut().failed(member, e)),
        );
        let mut walk = walk.into_inner();
        if let Some(e) = walk.stopped.take() {
            return Err(e);
        }
        match end {
            Ok(_) => walk.finish_member()?,
            Err(e) => {
                let e = error(&e);
                walk.info.partly.push((e.reason, e.detail));
            }
        }
        if let Some(writer) = walk.writer {
            writer.finish().map_err(|_| ReadError::new(Reason::WriteFailed, "zip"))?.flush()?;
        }
        Ok(walk.info)
    }
}

impl Reader {
    /// The archive, and the password that opens it where it is locked.
    fn open(&self) -> Result<(Archive, Option<Vec<u8>>), ReadError> {
        let passwords: Vec<Option<Vec<u8>>> =
            self.limits.passwords.iter().map(|p| Some(p.as_bytes().to_vec())).chain([None]).collect();
        let mut last = None;
        for password in passwords {
            let reader = BufReader::new(self.bytes.clone());
            match ArchiveReader::read_reader_with_options(reader, self.options(password.as_deref())) {
                Ok(archive) => {
                    if password.is_none() || self.fits(&archive, password.as_deref()) {
                        return Ok((archive, password));
                    }
                }
                Err(e) => last = Some(error(&e)),
            }
        }
        Err(last.unwrap_or_else(|| ReadError::new(Reason::Encrypted, "")))
    }

    /// True where the first locked member opens, or none is locked.
    fn fits(&self, archive: &Archive, password: Option<&[u8]>) -> bool {
        let Some(index) = archive.members().position(|m| m.meta.is_encrypted && !m.meta.is_directory) else {
            return true;
        };
        archive.read_member_at_with_options(index, self.options(password)).is_ok()
    }

    fn options<'a>(&self, password: Option<&'a [u8]>) -> ArchiveReadOptions<'a> {
        ArchiveReadOptions::with_optional_password(password)
            .with_max_header_count(self.limits.members.saturating_add(16))
            .with_max_member_output_bytes(self.limits.member_bytes)
            .with_max_total_output_bytes(self.limits.total_bytes)
            .with_rar50_dictionary_size_limit(DICTIONARY)
            .with_max_reader_workspace_bytes(WORKSPACE)
            .with_rar50_buffered_decode_limit(self.limits.memory as u64)
    }
}

impl Walk<'_, '_> {
    fn decide(&mut self, member: &ArchiveMember) -> rars::Result<ExtractionDecision> {
        match self.next(member) {
            Ok(decision) => Ok(decision),
            Err(e) => {
                self.stopped = Some(e);
                Ok(ExtractionDecision::Stop)
            }
        }
    }

    fn next(&mut self, member: &ArchiveMember) -> Result<ExtractionDecision, ReadError> {
        self.finish_member()?;
        if let Err(e) = self.budget.member() {
            self.info.partly.push((e.reason, e.detail));
            return Ok(ExtractionDecision::Stop);
        }
        let name = name(member);
        if member.meta.is_directory {
            let copy = self.names.copy_of(self.visitor, &format!("{}/", name.trim_end_matches('/')), None);
            if let Some(writer) = &mut self.writer {
                writer
                    .add_directory(copy, SimpleFileOptions::default())
                    .map_err(|_| ReadError::new(Reason::WriteFailed, "zip"))?;
            }
            return Ok(ExtractionDecision::Skip);
        }
        if member.meta.is_redirection {
            let e = ReadError::new(Reason::Link, "a link inside the archive");
            members::refuse(self.visitor, &name, e, self.writer.is_some())?;
            return Ok(ExtractionDecision::Skip);
        }
        if member.meta.is_split_before || member.meta.is_split_after {
            let e = ReadError::new(Reason::UnsupportedFormat, "part of several volumes");
            members::refuse(self.visitor, &name, e, self.writer.is_some())?;
            return Ok(ExtractionDecision::Skip);
        }
        let spool = Spool(Arc::new(Mutex::new(SpooledTempFile::new(self.budget.limits.memory))));
        self.pending = Some((name, spool.clone()));
        Ok(ExtractionDecision::Extract(Box::new(spool)))
    }

    fn failed(&mut self, member: &ArchiveMember, e: &Error) -> ExtractionErrorAction {
        self.pending = None;
        match members::refuse(self.visitor, &name(member), error(e), self.writer.is_some()) {
            Ok(()) => ExtractionErrorAction::Continue,
            Err(e) => {
                self.stopped = Some(e);
                ExtractionErrorAction::Abort
            }
        }
    }

    /// Shows the member whose bytes are now complete and checked.
    fn finish_member(&mut self) -> Result<(), ReadError> {
        let Some((name, spool)) = self.pending.take() else { return Ok(()) };
        let spool = {
            let mut held = spool.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *held, SpooledTempFile::new(0))
        };
        let mut spool = spool;
        let len = spool.seek(SeekFrom::End(0))?;
        spool.rewind()?;
        let input = match spool.into_inner() {
            tempfile::SpooledData::InMemory(bytes) => {
                Input::memory(bytes.into_inner(), members::base_name(&name))
            }
            tempfile::SpooledData::OnDisk(file) => Input::file(file, members::base_name(&name))?,
        };
        let limits = Arc::clone(&self.budget.limits);
        let copy = members::visit(self.visitor, &name, input, self.writer.is_some(), &limits)?;
        match (copy, &mut self.writer) {
            (Some(mut copy), Some(writer)) => {
                let name = self.names.copy_of(self.visitor, &name, copy.extension);
                let options =
                    SimpleFileOptions::default().large_file(len.max(copy.len) >= u64::from(u32::MAX));
                writer.start_file(name, options).map_err(|_| ReadError::new(Reason::WriteFailed, "zip"))?;
                io::copy(&mut copy.bytes, writer)?;
            }
            (None, Some(_)) => {}
            _ => {
                self.names.copy_of(self.visitor, &name, None);
            }
        }
        Ok(())
    }
}

fn name(member: &ArchiveMember) -> String {
    let bytes = member.decoded_name(None).map_or_else(|_| member.meta.name.clone(), |n| n.into_owned());
    members::decode_name(&bytes)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::super::zip::Zip;
    use super::*;

    const SAMPLES: [&[u8]; 2] = [
        include_bytes!("../../testdata/archive/rar4.rar"),
        include_bytes!("../../testdata/archive/rar5.rar"),
    ];

    #[test]
    fn copy_is_a_zip() {
        for sample in SAMPLES {
            let (copy, trial) = copy_of(&Rar, sample, "a.rar").unwrap();
            assert!(trial.members.iter().any(|m| m == "папка/Договор.txt"), "{:?}", trial.members);
            assert!(trial.partly.is_empty(), "{:?}", trial.partly);
            let mut again = Trial::default();
            again.scan(&Zip, &copy, "a.zip").unwrap();
            assert_eq!((again.found, again.members.len()), (0, trial.members.len()));
            for value in [IIN, SURNAME] {
                assert!(!again.text.contains(value));
            }
        }
    }

    #[test]
    fn locked() {
        let sample = include_bytes!("../../tests/samples/locked.rar");
        let mut trial = Trial::default();
        let end = trial.scan(&Rar, sample, "a.rar");
        let said = end.as_ref().is_err_and(|e| e.reason == Reason::Encrypted)
            || trial.partly.iter().any(|p| p.0 == Reason::Encrypted);
        assert!(said, "{end:?} {:?}", trial.partly);
        let limits = Limits { passwords: vec!["не та".into(), "тайна".into()], ..Limits::default() };
        let mut trial = Trial { limits, ..Trial::default() };
        trial.scan(&Rar, sample, "a.rar").unwrap();
        assert!(trial.found > 0, "{:?}", trial.partly);
    }

    #[test]
    fn damage_never_panics_and_is_said() {
        for sample in SAMPLES {
            for cut in (0..sample.len()).step_by(3) {
                let _ = Trial::default().scan(&Rar, &sample[..cut], "a.rar");
            }
            for at in (8..sample.len()).step_by(5) {
                let mut bad = sample.to_vec();
                bad[at] ^= 0x3C;
                let _ = Trial::default().scan(&Rar, &bad, "a.rar");
            }
        }
    }
}

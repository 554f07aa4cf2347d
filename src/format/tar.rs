//! TAR archives: V7, ustar and pax (POSIX.1-2001) and GNU, read as a stream from the first header to the last.
//!
//! The copy keeps kind, order, mode and time of members; owners, groups, their numbers and all extended
//! attributes are dropped.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use ::tar::{EntryType, Header};

use super::members::{self, Budget, Names};
use super::zip::safe_target;
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// The format `tar`.
pub struct Tar;

/// Headers and padding come in blocks of this many bytes.
const BLOCK: u64 = 512;

/// Longest long name, long link or pax header that is taken.
const EXTENSION: u64 = 1 << 20;

impl Format for Tar {
    fn id(&self) -> &'static str {
        "tar"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let Some(header) = head.get(..BLOCK as usize) else { return 0 };
        if header.first() == Some(&0) || !checksum_holds(Header::from_byte_slice(header)) {
            return 0;
        }
        100
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Document(Box::new(Archive {
            reader: Shared(Arc::new(Mutex::new(Box::new(io::BufReader::with_capacity(
                64 << 10,
                input.into_reader(),
            ))))),
            limits: Arc::clone(limits),
        })))
    }
}

/// The sum of the header's bytes with its own field read as blanks (POSIX.1-2001, ustar interchange format).
pub(super) fn checksum_holds(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum: u32 =
        bytes.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
    header.cksum().is_ok_and(|want| want == sum)
}

/// The one reader of the archive; a member reads its own part of it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn Read + Send>>>);

impl Shared {
    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(buf)
    }

    /// Fills `buf` as far as there are bytes.
    fn fill(&self, buf: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while got < buf.len() {
            match self.read(&mut buf[got..]) {
                Ok(0) => break,
                Ok(n) => got += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(got)
    }
}

/// The part of the reader that is one member.
struct Part {
    reader: Shared,
    left: Arc<Mutex<u64>>,
}

impl Read for Part {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let most = buf.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let n = self.reader.read(&mut buf[..most])?;
        if n == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "member is cut off"));
        }
        *left -= n as u64;
        Ok(n)
    }
}

struct Archive {
    reader: Shared,
    limits: Arc<Limits>,
}

/// What stands before a member and changes its header.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Document for Archive {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        let mut names = Names::default();
        let mut writer = out.map(::tar::Builder::new);
        let mut info = Info::default();
        let mut extension = Extension::default();
        let mut dump = RowsOfDump::default();
        loop {
            let header = match self.header() {
                Ok(Some(header)) => header,
                Ok(None) => break,
                Err(e) => {
                    info.partly.push((e.reason, e.detail));
                    break;
                }
            };
            let stored = header.entry_size().map_err(|_| members::broken("tar"))?;
            match header.entry_type() {
                EntryType::GNULongName => {
                    extension.path = Some(self.text(stored)?);
                    continue;
                }
                EntryType::GNULongLink => {
                    extension.link = Some(self.text(stored)?);
                    continue;
                }
                EntryType::XHeader => {
                    let bytes = self.text(stored)?;
                    extension.pax(&bytes);
                    continue;
                }
                EntryType::XGlobalHeader => {
                    self.text(stored)?;
                    continue;
                }
                _ => {}
            }
            dump.see(&header.path_bytes());
            let extension = std::mem::take(&mut extension);
            if let Err(e) = budget.member() {
                info.partly.push((e.reason, e.detail));
                break;
            }
            if let Err(e) = self.entry(&header, extension, &budget, &mut names, visitor, writer.as_mut()) {
                if e.reason == Reason::Truncated {
                    info.partly.push((e.reason, e.detail));
                    break;
                }
                return Err(e);
            }
        }
        if dump.rows {
            let how = "rows of a dump (pg_dump -Ft) without names of columns: scan the script that pg_restore -f makes of it";
            info.partly.push((Reason::UnsupportedFormat, how.into()));
        }
        if let Some(writer) = writer {
            writer.into_inner()?.flush()?;
        }
        Ok(info)
    }
}

/// Does an archive hold a dump of PostgreSQL, whose files of rows say little without the table of contents?
#[derive(Default)]
struct RowsOfDump {
    contents: bool,
    rows: bool,
}

impl RowsOfDump {
    fn see(&mut self, path: &[u8]) {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        self.contents |= name == b"toc.dat";
        let number =
            name.strip_suffix(b".dat").is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit));
        self.rows |= self.contents && number;
    }
}

impl Archive {
    /// The next header; `None` at the end mark or where the file ends between members.
    fn header(&self) -> Result<Option<Header>, ReadError> {
        let mut header = Header::new_old();
        let got = self.reader.fill(header.as_mut_bytes())?;
        if got == 0 || (got == BLOCK as usize && header.as_bytes().iter().all(|b| *b == 0)) {
            return Ok(None);
        }
        if got < BLOCK as usize {
            return Err(ReadError::new(Reason::Truncated, "tar header"));
        }
        if !checksum_holds(&header) {
            return Err(ReadError::damaged("check sum of a tar header"));
        }
        Ok(Some(header))
    }

    /// The data of a header that only describes the next one.
    fn text(&self, size: u64) -> Result<Vec<u8>, ReadError> {
        if size > EXTENSION {
            return Err(ReadError::limit("tar name or extended header longer than 1 MiB"));
        }
        let mut bytes = vec![0; size as usize];
        if self.reader.fill(&mut bytes)? < bytes.len() {
            return Err(ReadError::new(Reason::Truncated, "tar extended header"));
        }
        self.skip(padding(size))?;
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(bytes)
    }

    fn skip(&self, mut bytes: u64) -> Result<(), ReadError> {
        let mut buf = [0; 32 << 10];
        while bytes > 0 {
            let want = bytes.min(buf.len() as u64) as usize;
            let got = self.reader.fill(&mut buf[..want])?;
            if got < want {
                return Err(ReadError::new(Reason::Truncated, "tar member"));
            }
            bytes -= got as u64;
        }
        Ok(())
    }

    fn entry(
        &self,
        header: &Header,
        extension: Extension,
        budget: &Budget,
        names: &mut Names,
        visitor: &mut dyn Visitor,
        writer: Option<&mut ::tar::Builder<&mut dyn Output>>,
    ) -> Result<(), ReadError> {
        let name = members::decode_name(&extension.path.unwrap_or_else(|| header.path_bytes().into_owned()));
        let size =
            extension.size.or_else(|| header.entry_size().ok()).ok_or_else(|| members::broken("tar"))?;
        let kind = header.entry_type();
        let plain = matches!(kind, EntryType::Regular | EntryType::Continuous) || kind.is_file();
        // V7 marks a folder only by the slash
        let folder = kind == EntryType::Directory || (plain && size == 0 && name.ends_with('/'));
        if kind == EntryType::GNUSparse || extension.sparse {
            let e = ReadError::new(Reason::UnsupportedFormat, "sparse member");
            members::refuse(visitor, &name, e, writer.is_some())?;
            return self.skip(size + padding(size) + self.sparse_headers(header)?);
        }
        if folder {
            let name = names.copy_of(visitor, &format!("{}/", name.trim_end_matches('/')), None);
            if let Some(writer) = writer {
                append(writer, header, EntryType::Directory, &name, None, 0, &mut io::empty())?;
            }
            return self.skip(size + padding(size));
        }
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            let link = extension.link.or_else(|| header.link_name_bytes().map(|l| l.into_owned()));
            let target = members::decode_name(&link.unwrap_or_default());
            let copy = names.copy_of(visitor, &name, None);
            let target = safe_target(visitor, &name, &target, writer.is_some())?;
            if let (Some(target), Some(writer)) = (target, writer) {
                append(writer, header, kind, &copy, Some(&target), 0, &mut io::empty())?;
            }
            return self.skip(size + padding(size));
        }
        if !plain {
            members::refuse(visitor, &name, ReadError::new(Reason::Special, ""), writer.is_some())?;
            return self.skip(size + padding(size));
        }
        let left = Arc::new(Mutex::new(size));
        let part = Part { reader: self.reader.clone(), left: Arc::clone(&left) };
        let part = budget.guard(part, None, self.limits.member_bytes);
        let mut input = Input::stream(Box::new(part), members::base_name(&name));
        if size <= self.limits.memory as u64 {
            // a known length lets formats that seek do without a temporary file
            input = match input.into_bytes(size) {
                Ok(bytes) => Input::memory(bytes, members::base_name(&name)),
                Err(e) => {
                    members::refuse(visitor, &name, e, writer.is_some())?;
                    let left = *left.lock().unwrap_or_else(PoisonError::into_inner);
                    return self.skip(left + padding(size));
                }
            };
        }
        let copy = members::visit(visitor, &name, input, writer.is_some(), &self.limits)?;
        let rest = *left.lock().unwrap_or_else(PoisonError::into_inner);
        self.skip(rest + padding(size))?;
        match (copy, writer) {
            (Some(mut copy), Some(writer)) => {
                let name = names.copy_of(visitor, &name, copy.extension);
                append(writer, header, EntryType::Regular, &name, None, copy.len, &mut copy.bytes)?;
            }
            (None, Some(_)) => {}
            _ => {
                // the name is looked at in either walk, so that both find the same
                names.copy_of(visitor, &name, None);
            }
        }
        Ok(())
    }

    /// Bytes of the headers that continue the map of an old GNU sparse member.
    fn sparse_headers(&self, header: &Header) -> Result<u64, ReadError> {
        let mut more = header.as_gnu().is_some_and(|g| g.is_extended());
        while more {
            let mut block = [0; BLOCK as usize];
            if self.reader.fill(&mut block)? < block.len() {
                return Err(ReadError::new(Reason::Truncated, "tar sparse header"));
            }
            // 21 pairs of 24 bytes, then the flag (GNU tar manual, "Storing Sparse Files")
            more = block[504] == 1;
        }
        Ok(0)
    }
}

impl Extension {
    /// Records of a pax header: `length key=value\n` (POSIX.1-2001, pax).
    fn pax(&mut self, mut bytes: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', bytes) {
            let length = std::str::from_utf8(&bytes[..space]).ok().and_then(|n| n.parse::<usize>().ok());
            let Some(record) = length.and_then(|n| bytes.get(space + 1..n)) else { return };
            bytes = &bytes[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = memchr::memchr(b'=', record) else { continue };
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()),
                _ if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

fn padding(size: u64) -> u64 {
    (BLOCK - size % BLOCK) % BLOCK
}

fn append(
    writer: &mut ::tar::Builder<&mut dyn Output>,
    old: &Header,
    kind: EntryType,
    name: &str,
    target: Option<&str>,
    size: u64,
    data: &mut dyn Read,
) -> Result<(), ReadError> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(old.mode().unwrap_or(0o644) & 0o777);
    header.set_mtime(old.mtime().unwrap_or(0));
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    match target {
        Some(target) => writer.append_link(&mut header, name, target)?,
        None => writer.append_data(&mut header, name, data)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::compressed::GZIP;
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    fn entries(file: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut archive = ::tar::Archive::new(file);
        archive
            .entries()
            .unwrap()
            .map(|e| {
                let mut e = e.unwrap();
                let mut data = Vec::new();
                e.read_to_end(&mut data).unwrap();
                (String::from_utf8(e.path_bytes().into_owned()).unwrap(), data)
            })
            .collect()
    }

    #[test]
    fn rows_of_a_dump_are_not_passed_over_in_silence() {
        let mut archive = ::tar::Builder::new(Vec::new());
        for (name, data) in [("toc.dat", &b"PGDMP"[..]), ("3000.dat", b"1\tx\n\\.\n")] {
            let mut header = Header::new_ustar();
            header.set_size(data.len() as u64);
            header.set_mode(0o600);
            archive.append_data(&mut header, name, data).unwrap();
        }
        let mut trial = Trial::default();
        trial.scan(&Tar, &archive.into_inner().unwrap(), "dump.tar").unwrap();
        assert!(trial.partly.iter().any(|p| p.0 == Reason::UnsupportedFormat), "{:?}", trial.partly);
    }

    #[test]
    fn samples_of_pythons_writers() {
        for file in [
            &include_bytes!("../../testdata/archive/pax.tar")[..],
            include_bytes!("../../testdata/archive/gnu.tar"),
            include_bytes!("../../testdata/archive/ustar.tar"),
        ] {
            let (copy, trial) = copy_of(&Tar, file, "a.tar").unwrap();
            assert!(trial.members[0].ends_with("папка/Договор.txt"));
            assert!(trial.partly.is_empty(), "{:?}", trial.partly);
            let found = entries(&copy);
            assert_eq!(found.len(), 4);
            assert_eq!(found[0].0, trial.members[0]);
            assert!(String::from_utf8(found[0].1.clone()).unwrap().contains("XXXXXXXXXXXX"));
            for value in [IIN, SURNAME, "probnikov"] {
                assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none(), "{value}");
            }
            let mut again = Trial::default();
            again.scan(&Tar, &copy, "a.tar").unwrap();
            assert_eq!(again.found, 0);
        }
    }

    #[test]
    fn inside_gzip_by_gnu_tar() {
        let file = include_bytes!("../../testdata/archive/system.tar.gz");
        let (copy, trial) = copy_of(&GZIP, file, "system.tar.gz").unwrap();
        assert_eq!(trial.members[0], "system.tar");
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&copy[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(entries(&plain).len(), 3);
        let mut again = Trial::default();
        again.scan(&GZIP, &copy, "system.tar.gz").unwrap();
        assert_eq!(again.found, 0);
        assert!(again.text.contains("XXXXXXXXXXXX"));
    }

    #[test]
    fn a_big_member_is_read_as_a_stream() {
        let mut writer = ::tar::Builder::new(Vec::new());
        let mut data = vec![b' '; 3 << 20];
        data.extend_from_slice(IIN.as_bytes());
        for name in ["a.txt", "b.txt"] {
            let mut header = Header::new_gnu();
            header.set_size(data.len() as u64);
            writer.append_data(&mut header, name, &data[..]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let limits = Limits { memory: 1 << 20, ..Limits::default() };
        let mut trial = Trial { limits, ..Trial::default() };
        trial.scan(&Tar, &file, "a.tar").unwrap();
        assert_eq!(trial.found, 2);
    }

    #[test]
    fn cut_and_damaged() {
        let file = include_bytes!("../../testdata/archive/pax.tar");
        for cut in (600..6000).step_by(97) {
            let mut trial = Trial::default();
            let _ = trial.scan(&Tar, &file[..cut], "a.tar");
        }
        let mut trial = Trial::default();
        trial.scan(&Tar, &file[..1600], "a.tar").unwrap();
        assert!(!trial.partly.is_empty());
        for at in 0..4096 {
            let mut bad = file.to_vec();
            bad[at] ^= 0x11;
            let _ = Trial::default().copy(&Tar, &bad, "a.tar");
        }
    }

    #[test]
    fn members_that_are_no_files() {
        let mut writer = ::tar::Builder::new(Vec::new());
        for (kind, name) in [(EntryType::Fifo, "pipe"), (EntryType::Symlink, "out")] {
            let mut header = Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(0);
            if kind == EntryType::Symlink {
                writer.append_link(&mut header, name, "../../etc").unwrap();
            } else {
                writer.append_data(&mut header, name, io::empty()).unwrap();
            }
        }
        let file = writer.into_inner().unwrap();
        let (copy, trial) = copy_of(&Tar, &file, "a.tar").unwrap();
        let reasons: Vec<Reason> = trial.partly.iter().map(|p| p.0).collect();
        assert_eq!(reasons, [Reason::Special, Reason::Link]);
        assert!(entries(&copy).is_empty());
    }

    #[test]
    fn text_is_no_tar() {
        assert_eq!(Tar.recognise(&[b'a'; 600], "a.tar"), 0);
        assert_eq!(Tar.recognise(&[0; 600], "a.tar"), 0);
        assert_eq!(Tar.recognise(include_bytes!("../../testdata/archive/gnu.tar"), "x"), 100);
    }
}

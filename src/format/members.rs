//! What all containers share: bounds on unpacking, names in the copy, copies of members before they are packed.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tempfile::SpooledTempFile;

use super::{Limits, MemberOutcome, Output, Visitor};
use crate::model::{Block, Edit, NO_COLUMN, ReadError, Reason, SegmentKind};
use crate::source::Input;

/// Below this many unpacked bytes the ratio is not looked at: small runs of one byte pack very well.
const RATIO_FROM: u64 = 16 << 20;

/// Counts what one container has cost so far.
pub(super) struct Budget {
    pub(super) limits: Arc<Limits>,
    started: Instant,
    total: Arc<AtomicU64>,
    members: u64,
}

impl Budget {
    pub(super) fn new(limits: &Arc<Limits>) -> Budget {
        Budget { limits: Arc::clone(limits), started: Instant::now(), total: Arc::default(), members: 0 }
    }

    /// Counts one more member.
    ///
    /// # Errors
    /// `LimitReached` where there are too many, or the time is over.
    pub(super) fn member(&mut self) -> Result<(), ReadError> {
        self.members += 1;
        if self.members > self.limits.members {
            return Err(ReadError::limit(format!("more than {} members", self.limits.members)));
        }
        self.check()
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// `LimitReached` where the time is over.
    pub(super) fn check(&self) -> Result<(), ReadError> {
        if self.started.elapsed() > self.limits.time {
            return Err(ReadError::limit(format!("longer than {} s", self.limits.time.as_secs())));
        }
        Ok(())
    }

    /// Time that something with a limit of its own took does not count.
    #[cfg(all(feature = "ocr", feature = "pdf"))]
    pub(super) fn wait(&mut self, time: std::time::Duration) {
        self.started += time;
    }

    /// A reader of one member that fails where a bound is passed. `packed` is its stored size, where known.
    pub(super) fn guard<R: Read>(&self, inner: R, packed: Option<u64>, most: u64) -> Guard<R> {
        Guard {
            inner,
            packed: packed.map(|n| n.max(1)),
            most,
            read: 0,
            limits: Arc::clone(&self.limits),
            started: self.started,
            total: Arc::clone(&self.total),
        }
    }

    /// Takes a member that cannot be read as a stream of its own into memory, or beyond
    /// [`Limits::memory`] into an unnamed temporary file.
    pub(super) fn hold(&self, reader: &mut dyn Read, packed: Option<u64>, name: &str) -> io::Result<Input> {
        let memory = self.limits.memory as u64;
        let mut reader = self.guard(reader, packed, self.limits.member_bytes);
        let mut bytes = Vec::new();
        reader.by_ref().take(memory + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= memory {
            return Ok(Input::memory(bytes, base_name(name)));
        }
        let mut file: File = tempfile::tempfile()?;
        file.write_all(&bytes)?;
        io::copy(&mut reader, &mut file)?;
        Input::file(file, base_name(name))
    }
}

/// See [`Budget::guard`].
pub(super) struct Guard<R> {
    inner: R,
    packed: Option<u64>,
    most: u64,
    read: u64,
    limits: Arc<Limits>,
    started: Instant,
    total: Arc<AtomicU64>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.read += n as u64;
        let total = self.total.fetch_add(n as u64, Ordering::Relaxed) + n as u64;
        let over = |what: String| Err(io::Error::other(ReadError::limit(what)));
        if self.read > self.most {
            return over(format!("member unpacks to more than {} bytes", self.most));
        }
        if total > self.limits.total_bytes {
            return over(format!("members unpack to more than {} bytes", self.limits.total_bytes));
        }
        if self.read > RATIO_FROM && self.packed.is_some_and(|packed| self.read / packed > self.limits.ratio)
        {
            return over(format!("unpacks to more than {} times its size", self.limits.ratio));
        }
        if self.started.elapsed() > self.limits.time {
            return over(format!("longer than {} s", self.limits.time.as_secs()));
        }
        Ok(n)
    }
}

/// The CRC-32 of a member, compared at its end.
pub(super) struct Checked<R> {
    inner: R,
    crc: flate2::Crc,
    want: u32,
    length: u64,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(inner: R, want: u32, length: u64) -> Checked<R> {
        Checked { inner, crc: flate2::Crc::new(), want, length }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        if n > 0 {
            self.crc.update(&buf[..n]);
            self.length = self.length.saturating_sub(n as u64);
        } else if !buf.is_empty() {
            if self.length > 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "member is cut off"));
            }
            if self.crc.sum() != self.want {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "check sum of a member is wrong"));
            }
        }
        Ok(n)
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|p| !p.is_empty()).unwrap_or(path)
}

/// Names of members in a copy: never outside the folder where somebody unpacks it, never twice.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name for the copy of `name`. A folder ends in a slash.
    pub(super) fn copy_of(
        &mut self,
        visitor: &mut dyn Visitor,
        name: &str,
        extension: Option<&str>,
    ) -> String {
        let folder = name.ends_with('/');
        let mut clean = inside(&visitor.clean_name(&inside(name)));
        if clean.is_empty() {
            clean.push('_');
        }
        if let Some(extension) = extension {
            clean = with_extension(&clean, extension);
        }
        if folder {
            clean.push('/');
            self.taken.insert(clean.clone());
            return clean;
        }
        let mut unique = clean.clone();
        let mut n = 2;
        while !self.taken.insert(unique.clone()) {
            unique = numbered(&clean, n);
            n += 1;
        }
        unique
    }
}

/// A relative path without `..`, drive letters, NUL and control characters.
pub(super) fn inside(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    let name = match name.as_bytes() {
        [drive, b':', ..] if drive.is_ascii_alphabetic() => name.get(2..).unwrap_or_default(),
        _ => &name,
    };
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|p| !matches!(*p, "" | "." | "..")).collect();
    parts.join("/")
}

/// `name` with its extension replaced.
pub(super) fn with_extension(name: &str, extension: &str) -> String {
    let at = name.rfind('/').map_or(0, |p| p + 1);
    match name.get(at..).and_then(|base| base.rfind('.')).filter(|dot| *dot > 0) {
        Some(dot) => format!("{}.{extension}", &name[..at + dot]),
        None => format!("{name}.{extension}"),
    }
}

fn numbered(name: &str, n: u32) -> String {
    let at = name.rfind('/').map_or(0, |p| p + 1);
    match name.get(at..).and_then(|base| base.find('.')).filter(|dot| *dot > 0) {
        Some(dot) => format!("{} ({n}){}", &name[..at + dot], &name[at + dot..]),
        None => format!("{name} ({n})"),
    }
}

/// The copy of a member before it is packed.
pub(super) struct MemberCopy {
    pub(super) bytes: SpooledTempFile,
    pub(super) len: u64,
    pub(super) extension: Option<&'static str>,
}

/// Shows a member to `visitor`. With `copy` its copy is answered, unless it was left out.
pub(super) fn visit(
    visitor: &mut dyn Visitor,
    name: &str,
    input: Input,
    copy: bool,
    limits: &Limits,
) -> Result<Option<MemberCopy>, ReadError> {
    if !copy {
        visitor.member(name, input, None)?;
        return Ok(None);
    }
    let mut bytes = SpooledTempFile::new(limits.memory);
    match visitor.member(name, input, Some(&mut bytes as &mut dyn Output))? {
        MemberOutcome::Copied { extension } => {
            let len = bytes.seek(SeekFrom::End(0))?;
            bytes.rewind()?;
            Ok(Some(MemberCopy { bytes, len, extension }))
        }
        MemberOutcome::Scanned | MemberOutcome::LeftOut => Ok(None),
    }
}

/// Shows one text that stands beside the content (a comment, a property); answers what the copy says there.
pub(super) fn show(visitor: &mut dyn Visitor, part: &str, text: &str) -> Result<String, ReadError> {
    if text.trim().is_empty() {
        return Ok(text.to_owned());
    }
    let mut block = Block { part: Some(part.into()), first_row: 1, ..Block::default() };
    block.push(text, NO_COLUMN, 0, SegmentKind::Meta);
    let edits = visitor.block(&mut block)?;
    Ok(edited(text, &edits))
}

/// `text` with `edits` applied; an edit outside it is cut to it.
pub(super) fn edited(text: &str, edits: &[Edit]) -> String {
    edited_part(text.as_bytes(), 0, text.len(), edits)
}

/// The bytes `start..end` of a block's text with the edits that lie in them applied.
pub(super) fn edited_part(text: &[u8], start: usize, end: usize, edits: &[Edit]) -> String {
    let mut out = Vec::with_capacity(end.saturating_sub(start));
    let mut at = start;
    for edit in edits {
        let (from, to) = (edit.start as usize, edit.end as usize);
        if from < at || to > end || from > to {
            continue;
        }
        out.extend_from_slice(text.get(at..from).unwrap_or_default());
        out.extend_from_slice(edit.text.as_bytes());
        at = to;
    }
    out.extend_from_slice(text.get(at..end).unwrap_or_default());
    String::from_utf8_lossy(&out).into_owned()
}

/// Text of a name or comment that does not say in which encoding it is: UTF-8 where it is valid, else
/// the code page of DOS in Russian, which packers on Windows use (APPNOTE.TXT 4.4.4, appendix D, leaves it open).
pub(super) fn decode_name(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let dos = encoding_rs::IBM866.decode_without_bom_handling(bytes).0;
            let windows = encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0;
            if letters(&windows) > letters(&dos) { windows.into_owned() } else { dos.into_owned() }
        }
    }
}

/// How Russian a text looks: small letters count, frames, signs and capitals in the middle speak against.
fn letters(text: &str) -> i32 {
    text.chars()
        .map(|c| match c {
            'а'..='я' | 'ё' => 2,
            'А'..='Я' | 'Ё' => 1,
            '\u{2500}'..='\u{259F}' => -2,
            c if c.is_ascii() => 0,
            _ => -1,
        })
        .sum()
}

/// Notes the failure of a member and goes on, or stops where the failure is the run's own.
#[cfg(feature = "sqlite")]
pub(super) fn note(visitor: &mut dyn Visitor, error: &ReadError, place: &str) {
    let place = if error.detail.is_empty() { place.to_owned() } else { format!("{place}: {}", error.detail) };
    visitor.partly(error.reason, place);
}

/// Gives `visitor` a member that cannot be read, so that the ledger names it with the reason; it has no copy.
pub(super) fn refuse(
    visitor: &mut dyn Visitor,
    name: &str,
    error: ReadError,
    copy: bool,
) -> Result<(), ReadError> {
    let input = Input::stream(Box::new(Refused(Some(error))), base_name(name));
    let mut nothing = io::Cursor::new(Vec::new());
    visitor.member(name, input, copy.then_some(&mut nothing as &mut dyn Output))?;
    Ok(())
}

/// A reader that only says why there is nothing to read.
struct Refused(Option<ReadError>);

impl Read for Refused {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().map_or_else(|| io::ErrorKind::InvalidData.into(), io::Error::other))
    }
}

/// A damaged structure, said by a library whose own words may quote the file and are therefore not kept.
pub(super) fn broken(format: &'static str) -> ReadError {
    ReadError::new(Reason::Damaged, format!("{format} structure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for (name, want) in [
            ("../../etc/passwd", "etc/passwd"),
            ("/abs/x", "abs/x"),
            ("C:\\Users\\x.txt", "Users/x.txt"),
            ("a/./b//c", "a/b/c"),
            ("..", ""),
            ("а\0б", "а_б"),
        ] {
            assert_eq!(inside(name), want);
        }
        assert_eq!(with_extension("a.b/отчёт.doc", "docx"), "a.b/отчёт.docx");
        assert_eq!(with_extension("a.b/.x", "txt"), "a.b/.x.txt");
    }

    #[test]
    fn names_in_code_pages() {
        let (dos, _, _) = encoding_rs::WINDOWS_1251.encode("Договор.txt");
        assert_eq!(decode_name(&dos), "Договор.txt");
        // the same in code page 866
        assert_eq!(decode_name(b"\x84\xae\xa3\xae\xa2\xae\xe0.txt"), "Договор.txt");
        assert_eq!(decode_name("Қазақ.txt".as_bytes()), "Қазақ.txt");
    }

    #[test]
    fn guard_stops_a_bomb() {
        let limits = Arc::new(Limits { ratio: 10, ..Limits::default() });
        let budget = Budget::new(&limits);
        let got = io::copy(&mut budget.guard(io::repeat(0), Some(100), u64::MAX), &mut io::sink());
        let error = ReadError::from(got.unwrap_err());
        assert_eq!(error.reason, Reason::LimitReached);
        let got = io::copy(&mut budget.guard(io::repeat(0), None, 1000), &mut io::sink());
        assert_eq!(ReadError::from(got.unwrap_err()).reason, Reason::LimitReached);
    }

    #[test]
    fn check_sums_are_compared() {
        let mut crc = flate2::Crc::new();
        crc.update(b"abc");
        let mut out = Vec::new();
        assert!(Checked::new(&b"abc"[..], crc.sum(), 3).read_to_end(&mut out).is_ok());
        assert!(Checked::new(&b"abd"[..], crc.sum(), 3).read_to_end(&mut out).is_err());
        let cut = Checked::new(&b"abc"[..], crc.sum(), 4).read_to_end(&mut out).unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }
}

//! Dumps of PostgreSQL in the custom and the directory format (`pg_dump -Fc`, `-Fd`), and the table of contents of
//! tar dumps.
//!
//! The archive is read as the script that `pg_restore` would make of it, definitions and `COPY` data in order;
//! that script is one member, and the copy is that member's copy. The rows of a directory dump stand in files beside
//! its `toc.dat`; each is a file of its own in the ledger, too, and its copy is a script ([`Rows`]).
//!
//! The layout is told by PostgreSQL's own archiver (versions 1.12 to 1.16 of the format, PostgreSQL 9 to 18).

mod contents;
mod script;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::contents::Contents;
use self::script::{Script, file_of};

use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable, gentle};

/// The format `pg_dump`.
pub struct PgDump;

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
        let folder = input.path().and_then(|path| path.parent().map(Path::to_owned));
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Archive { bytes, name, folder, limits: Arc::clone(limits) })))
    }
}

struct Archive {
    bytes: Seekable,
    name: String,
    /// Where the file lies, if it is one.
    folder: Option<PathBuf>,
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
        let contents = Contents::read(self.bytes.clone(), &self.limits)?;
        let mut info = Info::default();
        if contents.entries.iter().any(|e| e.description == "BLOBS" || e.description == "BLOB METADATA") {
            if contents.entries.iter().any(|e| e.file.is_some()) {
                info.notes
                    .push("large objects are files of their own; the script is without them".to_owned());
            } else {
                info.partly.push((Reason::UnsupportedFormat, "large objects".to_owned()));
            }
        }
        let name = format!("{}.sql", members::base_name(&self.name).trim_end_matches(".dump"));
        let folder = self.folder.filter(|_| contents.entries.iter().any(|e| e.file.is_some()));
        let rows = contents.entries.iter().filter(|e| e.file.is_some() && e.description == "TABLE DATA");
        let mut packed = self.bytes.len();
        for entry in rows {
            match folder.as_deref().and_then(|f| file_of(f, entry)) {
                Some((path, _)) => packed += path.metadata().map_or(0, |m| m.len()),
                None => info.notes.push("rows of a table stand in another file".to_owned()),
            }
        }
        info.notes.dedup();
        let script = Script::new(self.bytes, contents, folder);
        // the data of a table may be packed better than a thousandfold and the file still be sound
        let reader = budget.guard(script, Some(packed), self.limits.total_bytes);
        let input = Input::stream(Box::new(reader), members::base_name(&name));
        match visitor.member(&name, input, out)? {
            MemberOutcome::LeftOut => Err(ReadError::new(Reason::NotWritable, "the script has no copy")),
            MemberOutcome::Copied { .. } | MemberOutcome::Scanned => Ok(info),
        }
    }
}

/// A file of rows of a directory dump, the format `pg_dump_rows`: read as the `COPY` statement that the table of
/// contents beside it tells. Without the names of its columns most of what it holds would not be known.
pub struct Rows;

/// The table of contents of a directory dump.
const CONTENTS: &str = "toc.dat";

/// [`Rows`] for a file that lies beside the table of contents of a directory dump.
pub fn beside(input: &Input) -> Option<&'static dyn Format> {
    let name = input.name().strip_suffix(".gz").or(input.name().strip_suffix(".zst"));
    let name = name.or(input.name().strip_suffix(".lz4")).unwrap_or(input.name());
    let number = name.strip_suffix(".dat")?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut mark = [0; 5];
    let mut contents = gentle::open(&input.path()?.with_file_name(CONTENTS)).ok()?;
    contents.read_exact(&mut mark).ok()?;
    (mark == *b"PGDMP").then_some(&Rows)
}

impl Format for Rows {
    fn id(&self) -> &'static str {
        "pg_dump_rows"
    }

    /// Only what lies beside a file tells that it is one.
    fn recognise(&self, _: &[u8], _: &str) -> u8 {
        0
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("sql")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let lost = || ReadError::new(Reason::Vanished, "the table of contents beside it");
        let path = input.path().ok_or_else(lost)?;
        let folder = path.parent().ok_or_else(lost)?.to_owned();
        let contents = Input::file(gentle::open(&folder.join(CONTENTS))?, CONTENTS)?;
        let bytes = contents.into_seekable(limits.memory, limits.total_bytes)?;
        let mut contents = Contents::read(bytes.clone(), limits)?;
        contents.entries.retain(|e| file_of(&folder, e).is_some_and(|(file, _)| file == path));
        if contents.entries.is_empty() {
            return Err(ReadError::damaged("the table of contents beside it does not name this file"));
        }
        let packed = input.len().unwrap_or(0);
        let name = input.name().to_owned();
        Ok(Opened::Document(Box::new(Part {
            bytes,
            contents,
            folder,
            packed,
            name,
            limits: Arc::clone(limits),
        })))
    }
}

/// The rows of one table.
struct Part {
    bytes: Seekable,
    contents: Contents,
    folder: PathBuf,
    packed: u64,
    name: String,
    limits: Arc<Limits>,
}

impl Document for Part {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let budget = Budget::new(&self.limits);
        let script = Script::new(self.bytes, self.contents, Some(self.folder));
        let reader = budget.guard(script, Some(self.packed), self.limits.total_bytes);
        let name = format!("{}.sql", members::base_name(&self.name));
        let input = Input::stream(Box::new(reader), name.as_str());
        match visitor.member(&name, input, out)? {
            MemberOutcome::LeftOut => Err(ReadError::new(Reason::NotWritable, "the rows have no copy")),
            MemberOutcome::Copied { .. } | MemberOutcome::Scanned => Ok(Info::default()),
        }
    }
}

#[cfg(test)]
mod tests;

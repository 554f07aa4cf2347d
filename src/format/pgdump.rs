//! Dumps of PostgreSQL in the custom, the directory and the tar format (`pg_dump -Fc`, `-Fd`, `-Ft`).
//!
//! The archive is read as the script that `pg_restore` would make of it, definitions and `COPY` data in order;
//! that script is one member, each large object another, and the copy is the script with the copies of the objects. The rows of a directory dump stand in files beside
//! its `toc.dat`; each is a file of its own in the ledger, too, and its copy is a script ([`Rows`]).
//!
//! The layout is told by PostgreSQL's own archiver (versions 1.12 to 1.16 of the format, PostgreSQL 9 to 18).

mod contents;
mod files;
mod objects;
mod script;

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::contents::Contents;
use self::files::{Files, file_of};
use self::script::Script;

use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable, gentle};

/// Dumps in the custom format, and tables of contents of directory dumps: the format `pg_dump`.
pub struct PgDump;

/// Dumps as a tar archive: the format `pg_dump_tar`.
pub struct Tarred;

/// The mark of a table of contents.
const MARK: &[u8] = b"PGDMP";

/// The header of a member of a tar archive.
const HEADER: usize = 512;

impl Format for PgDump {
    fn id(&self) -> &'static str {
        "pg_dump"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(MARK) { 100 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("sql")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let name = input.name().to_owned();
        let folder = input.path().and_then(|path| path.parent().map(Path::to_owned));
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Archive {
            bytes,
            name,
            kind: Kind::Alone(folder),
            limits: Arc::clone(limits),
        })))
    }
}

impl Format for Tarred {
    fn id(&self) -> &'static str {
        "pg_dump_tar"
    }

    /// The table of contents is the first member.
    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let named = head.strip_prefix(CONTENTS.as_bytes()).is_some_and(|rest| rest.first() == Some(&0));
        let marked = head.get(HEADER..).is_some_and(|member| member.starts_with(MARK));
        if named && marked { 100 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("sql")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let name = input.name().to_owned();
        let bytes = input.into_seekable(limits.memory, limits.total_bytes)?;
        Ok(Opened::Document(Box::new(Archive { bytes, name, kind: Kind::Tar, limits: Arc::clone(limits) })))
    }
}

/// What holds the table of contents.
enum Kind {
    /// A file of its own; the folder in which it lies, if there is one.
    Alone(Option<PathBuf>),
    /// A tar archive.
    Tar,
}

struct Archive {
    bytes: Seekable,
    name: String,
    kind: Kind,
    limits: Arc<Limits>,
}

/// A table of contents and its data.
struct Dump {
    contents: Contents,
    files: Files,
}

impl Dump {
    fn read(mut bytes: Seekable, kind: Kind, limits: &Limits) -> Result<Dump, ReadError> {
        let Kind::Alone(folder) = kind else {
            let files = Files::tar(bytes.clone(), limits)?;
            bytes.seek(SeekFrom::Start(HEADER as u64))?;
            return Ok(Dump { contents: Contents::read(bytes, limits)?, files });
        };
        let contents = Contents::read(bytes.clone(), limits)?;
        let files = match folder {
            _ if !contents.entries.iter().any(|e| e.file.is_some()) => Files::inside(bytes, &contents)?,
            Some(folder) => Files::Folder(folder),
            None => Files::Nowhere,
        };
        Ok(Dump { contents, files })
    }
}

impl Document for Archive {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        budget.member()?;
        let mut packed = self.bytes.len();
        let dump = Arc::new(Dump::read(self.bytes, self.kind, &self.limits)?);
        let mut info = Info::default();
        let beside = |e: &&contents::Entry| e.file.is_some() && (e.is_rows() || e.is_objects());
        for entry in dump.contents.entries.iter().filter(beside) {
            match dump.files.packed(entry) {
                Some(bytes) => packed = packed.saturating_add(bytes),
                None if entry.is_rows() => {
                    info.notes.push("rows of a table stand in another file".to_owned())
                }
                None => info.notes.push("large objects stand in other files".to_owned()),
            }
        }
        info.notes.dedup();
        let base = members::base_name(&self.name);
        let name = format!("{}.sql", base.trim_end_matches(".dump").trim_end_matches(".tar"));
        // the data of a table may be packed better than a thousandfold and the file still be sound
        let script = Script::new(Arc::clone(&dump));
        let reader = budget.guard(script, Some(packed), self.limits.total_bytes);
        let input = Input::stream(Box::new(reader), members::base_name(&name));
        if visitor.member(&name, input, out.as_deref_mut().map(|o| o as &mut dyn Output))?
            == MemberOutcome::LeftOut
        {
            return Err(ReadError::new(Reason::NotWritable, "the script has no copy"));
        }
        objects::show(&dump, &mut budget, visitor, out, &mut info)?;
        for name in dump.files.others(&dump.contents)? {
            budget.member()?;
            let Some(mut data) = dump.files.file(&name)? else { continue };
            let input = budget.hold(&mut data, None, &name)?;
            visitor.member(&name, input, None)?;
        }
        Ok(info)
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
        let mut contents = Contents::read(bytes, limits)?;
        let here = |name: &str| file_of(&folder, name).is_some_and(|(file, _)| file == path);
        contents.entries.retain(|e| e.file.as_deref().is_some_and(here));
        if contents.entries.is_empty() {
            return Err(ReadError::damaged("the table of contents beside it does not name this file"));
        }
        let packed = input.len().unwrap_or(0);
        let name = input.name().to_owned();
        let dump = Arc::new(Dump { contents, files: Files::Folder(folder) });
        Ok(Opened::Document(Box::new(Part { dump, packed, name, limits: Arc::clone(limits) })))
    }
}

/// The rows of one table.
struct Part {
    dump: Arc<Dump>,
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
        let script = Script::new(self.dump);
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

//! Dumps of PostgreSQL in the custom and the directory format (`pg_dump -Fc`, `-Fd`), and the table of contents of
//! tar dumps.
//!
//! The archive is read as the script that `pg_restore` would make of it, definitions and `COPY` data in order;
//! that script is one member, and the copy is that member's copy. The rows of a directory dump stand in files beside
//! its `toc.dat`, which are files of their own in the ledger: read alone they have no names of columns.
//!
//! The layout is told by PostgreSQL's own archiver (versions 1.12 to 1.16 of the format, PostgreSQL 9 to 18).

mod contents;
mod script;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::contents::Contents;
use self::script::{Script, file_of};

use super::members::{self, Budget};
use super::{CopyKind, Document, Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

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

#[cfg(test)]
mod tests;

//! Microsoft Access databases (Jet 3 and 4, ACE): their tables, queries and modules are put into a private SQLite
//! database, which is read and copied as any other. What forms, reports and macros hold is told and not read.

mod tables;

use std::sync::Arc;

use jetdb::{FileError, PageReader};
use rusqlite::Connection;
use tempfile::NamedTempFile;

use self::tables::Translation;
use super::members::Budget;
use super::package::ole::shielded;
use super::sqlite::Database;
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `access`.
pub struct Access;

impl Format for Access {
    fn id(&self) -> &'static str {
        "access"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let named = |name: &[u8]| head.get(4..).is_some_and(|h| h.starts_with(name));
        match head.starts_with(&[0, 1, 0, 0]) && (named(b"Standard Jet DB\0") || named(b"Standard ACE DB\0"))
        {
            true => 100,
            false => 0,
        }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("sqlite")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.member_bytes)?;
        Ok(Opened::Document(Box::new(Base { bytes, limits: Arc::clone(limits) })))
    }
}

struct Base {
    bytes: Seekable,
    limits: Arc<Limits>,
}

impl Base {
    fn reader(&self) -> Result<PageReader, FileError> {
        let mut reader = PageReader::open_reader(self.bytes.clone());
        for password in &self.limits.passwords {
            match reader {
                Err(FileError::PasswordRequired | FileError::InvalidPassword) => {
                    reader = PageReader::open_reader_with_password(self.bytes.clone(), Some(password));
                }
                _ => break,
            }
        }
        reader
    }
}

impl Document for Base {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let file = match self.bytes.len() > self.limits.memory as u64 / 2 {
            true => Some(NamedTempFile::new()?),
            false => None,
        };
        let mut missing = Vec::new();
        let bytes = shielded("an Access database", || {
            let connection = match &file {
                Some(file) => Connection::open(file.path()),
                None => Connection::open_in_memory(),
            };
            let connection = connection.map_err(refused("new database"))?;
            let reader = self.reader().map_err(|e| error(&e, "database header"))?;
            let most = match &file {
                Some(_) => self.limits.member_bytes,
                None => self.limits.member_bytes.min(self.limits.memory as u64),
            };
            let mut all = Translation::new(reader, connection, Budget::new(&self.limits), most);
            all.run()?;
            missing = std::mem::take(&mut all.missing);
            let mut all = all.connection;
            match &file {
                Some(_) => all.close().map_err(|(_, e)| refused("new database")(e)).map(|()| None),
                None => all.serialize("main").map(|d| Some(d.to_vec())).map_err(refused("new database")),
            }
        })?;
        for (reason, place) in missing {
            visitor.partly(reason, place);
        }
        let input = match (bytes, &file) {
            (None, Some(file)) => Input::file(file.reopen()?, "access")?,
            (bytes, _) => Input::memory(bytes.unwrap_or_default(), "access"),
        };
        let bytes = input.into_seekable(self.limits.memory, self.limits.member_bytes)?;
        Box::new(Database::new(bytes, &self.limits)).process(visitor, out)
    }
}

/// What the library says, without its words.
fn error(e: &FileError, place: &str) -> ReadError {
    match e {
        FileError::Io(e) => ReadError::new(Reason::ReadFailed, format!("{place}: {}", e.kind())),
        FileError::PasswordRequired
        | FileError::InvalidPassword
        | FileError::UnsupportedEncryption { .. } => {
            ReadError::new(Reason::Encrypted, "an Access database with a password")
        }
        FileError::FileTooSmall { .. } | FileError::PageOutOfRange { .. } => {
            ReadError::new(Reason::Truncated, place.to_owned())
        }
        _ => ReadError::damaged(place.to_owned()),
    }
}

fn refused(place: &str) -> impl Fn(rusqlite::Error) -> ReadError + '_ {
    move |_| ReadError::damaged(place.to_owned())
}

#[cfg(test)]
mod tests;

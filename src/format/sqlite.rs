//! SQLite databases: read as a closed file that nobody writes, copied by building a new database row by row,
//! so that free pages, old versions of rows and the write-ahead log stay behind.

mod rebuild;
pub(super) mod schema;

use std::sync::Arc;
use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags};
use tempfile::NamedTempFile;

use self::rebuild::{Cell, Rebuild};
use self::schema::{Object, Schema, TableInfo, quoted};
use super::encoding::{Encoding, Guess, guess};
use super::members::{self, Budget};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, Field, ReadError, Reason, SegmentKind, Table};
use crate::source::{Input, Seekable};

/// The format `sqlite`.
pub struct Sqlite;

/// A block is full at this many rows or bytes.
const ROWS: usize = 4096;
const BYTES: usize = 1 << 20;

/// Binary values up to this length are keys and check sums, longer ones are looked at as files.
const SMALL_BLOB: usize = 64;

impl Format for Sqlite {
    fn id(&self) -> &'static str {
        "sqlite"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(b"SQLite format 3\0") { 100 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.member_bytes)?;
        Ok(Opened::Document(Box::new(Database { bytes, limits: Arc::clone(limits) })))
    }
}

pub(super) struct Database {
    bytes: Seekable,
    limits: Arc<Limits>,
}

/// What the library says, without its words where they could quote a value.
fn error(e: &rusqlite::Error, place: &str) -> ReadError {
    use rusqlite::ErrorCode as Code;
    match e.sqlite_error_code() {
        Some(Code::OperationInterrupted) => ReadError::limit(format!("{place}: time")),
        Some(Code::NotADatabase) => ReadError::new(Reason::Encrypted, "locked or no SQLite database"),
        Some(Code::OutOfMemory | Code::TooBig) => ReadError::limit(format!("{place}: memory")),
        _ => ReadError::damaged(place.to_owned()),
    }
}

/// A connection, and the file that vanishes with it.
struct Source {
    connection: Connection,
    _spooled: Option<NamedTempFile>,
}

impl Database {
    #[cfg(feature = "access")]
    pub(super) fn new(bytes: Seekable, limits: &Arc<Limits>) -> Database {
        Database { bytes, limits: Arc::clone(limits) }
    }

    fn connect(&self) -> Result<Source, ReadError> {
        let failed = |e: rusqlite::Error| error(&e, "database header");
        let mut spooled = None;
        let mut connection;
        if self.bytes.len() <= self.limits.memory as u64 {
            connection = Connection::open_in_memory().map_err(failed)?;
            let length = usize::try_from(self.bytes.len()).map_err(|_| ReadError::limit("database size"))?;
            connection
                .deserialize_read_exact("main", Rollback { inner: self.bytes.clone(), at: 0 }, length, true)
                .map_err(failed)?;
        } else {
            let path = match self.bytes.path().and_then(|p| p.into_os_string().into_string().ok()) {
                Some(path) => path,
                None => {
                    // only an engine of its own could read a database from anything but a named file
                    let mut file = NamedTempFile::new()?;
                    std::io::copy(&mut Rollback { inner: self.bytes.clone(), at: 0 }, &mut file)?;
                    spooled.insert(file).path().to_string_lossy().into_owned()
                }
            };
            let path: String = path.bytes().map(uri).collect();
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            connection = Connection::open_with_flags(format!("file:{path}?mode=ro&immutable=1"), flags)
                .map_err(failed)?;
        }
        guarded(&mut connection, &self.limits).map_err(failed)?;
        Ok(Source { connection, _spooled: spooled })
    }
}

/// A database file is hostile input: no triggers, no views' functions, no writing of its schema, and an end.
fn guarded(connection: &mut Connection, limits: &Limits) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.execute_batch("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;")?;
    let (started, time) = (Instant::now(), limits.time);
    connection.progress_handler(100_000, Some(move || started.elapsed() > time))
}

/// Bytes of a database in which the header does not ask for a write-ahead log: there is none beside a copy in
/// memory, and SQLite refuses to open one without it (file format, 1.3.3).
struct Rollback {
    inner: Seekable,
    at: u64,
}

impl std::io::Read for Rollback {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buf)?;
        for (k, b) in buf[..n].iter_mut().enumerate() {
            if matches!(self.at + k as u64, 18 | 19) && *b == 2 {
                *b = 1;
            }
        }
        self.at += n as u64;
        Ok(n)
    }
}

/// A byte of a path in a `file:` URI.
fn uri(b: u8) -> String {
    if b.is_ascii_alphanumeric() || b"/-_.~".contains(&b) {
        char::from(b).to_string()
    } else {
        format!("%{b:02X}")
    }
}

impl Document for Database {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let source = self.connect()?;
        let schema = Schema::read(&source.connection)?;
        for beside in ["-wal", "-journal"] {
            let name = self.bytes.path().map(|mut path| {
                path.as_mut_os_string().push(beside);
                path
            });
            if name.is_some_and(|n| std::fs::metadata(n).is_ok_and(|m| m.len() > 0)) {
                visitor.partly(Reason::Changed, format!("changes in the file ending in {beside}"));
            }
        }
        let mut rebuild = match &out {
            Some(_) => Some(Rebuild::new(&source.connection)?),
            None => None,
        };
        let mut walk = Walk {
            source: &source.connection,
            visitor,
            budget: Budget::new(&self.limits),
            limits: &self.limits,
        };
        let mut statements = Vec::with_capacity(schema.objects.len());
        for object in &schema.objects {
            statements.push(members::show(walk.visitor, "schema", &object.sql)?);
        }
        if let Some(rebuild) = &mut rebuild {
            rebuild.create(&schema, &statements)?;
        }
        for (number, object) in schema.tables().enumerate() {
            walk.table(object, number as u32, rebuild.as_mut())?;
        }
        if let (Some(rebuild), Some(out)) = (rebuild, out) {
            rebuild.finish(&schema, &statements, out)?;
        }
        Ok(Info::default())
    }
}

struct Walk<'a> {
    source: &'a Connection,
    visitor: &'a mut dyn Visitor,
    budget: Budget,
    limits: &'a Limits,
}

/// The rows of one block with their values; text is kept as it was stored.
#[derive(Default)]
struct Batch {
    rows: Vec<Vec<Cell>>,
    /// Row, column and encoding of each segment.
    places: Vec<(usize, usize, Encoding)>,
}

impl Walk<'_> {
    fn table(
        &mut self,
        object: &Object,
        number: u32,
        mut rebuild: Option<&mut Rebuild>,
    ) -> Result<(), ReadError> {
        let info = match TableInfo::read(self.source, &object.name) {
            Ok(info) => info,
            Err(e) => {
                members::note(self.visitor, &e, &format!("table {}", number + 1));
                return Ok(());
            }
        };
        let table = Arc::new(Table {
            id: number,
            name: Some(object.name.clone()),
            fields: info.columns.iter().map(|c| Field { name: c.name.clone(), ty: c.ty }).collect(),
            named: true,
        });
        let place = format!("table {}", object.name);
        if object.is_words() {
            // the texts of the index are read where they stand, and the copy's index is made of the new ones
            return Ok(());
        }
        if object.is_contentless() {
            self.visitor.partly(Reason::UnsupportedFormat, format!("{place}: index without its text"));
            return Ok(());
        }
        let sql = info.select(&object.name);
        let mut statement = match self.source.prepare(&sql) {
            Ok(statement) => statement,
            Err(_) if object.is_virtual() => {
                self.visitor.partly(Reason::UnsupportedFormat, format!("{place}: virtual table"));
                return Ok(());
            }
            Err(e) => return Err(error(&e, &place)),
        };
        let mut rows = statement.query([]).map_err(|e| error(&e, &place))?;
        let mut block = Block::default();
        let mut batch = Batch::default();
        let mut first = 1;
        loop {
            let row = match rows.next() {
                Ok(row) => row,
                Err(e) => {
                    // what was read so far is looked at; the rest is said to be missing
                    let e = error(&e, &place);
                    members::note(self.visitor, &e, "");
                    None
                }
            };
            let ended = row.is_none();
            if let Some(row) = row {
                let mut values = Vec::with_capacity(info.width());
                for column in 0..info.width() {
                    let value = row.get_ref(column).map_err(|e| error(&e, &place))?;
                    let Some(field) = column.checked_sub(usize::from(info.rowid.is_some())) else {
                        values.push(Cell::Value(value.as_i64().map_or(Value::Null, Value::Integer)));
                        continue;
                    };
                    let value = self.value(
                        value,
                        &place,
                        &info,
                        field,
                        batch.rows.len(),
                        &mut block,
                        &mut batch.places,
                        rebuild.is_some(),
                    )?;
                    values.push(value);
                }
                batch.rows.push(values);
            }
            if batch.rows.len() >= ROWS || block.text.len() >= BYTES || (ended && !batch.rows.is_empty()) {
                block.table = Some(Arc::clone(&table));
                block.first_row = first;
                first += batch.rows.len() as u64;
                self.flush(&mut block, &mut batch, &info)?;
                if let Some(rebuild) = rebuild.as_deref_mut() {
                    rebuild.insert(&object.name, &info, &batch.rows)?;
                }
                batch.rows.clear();
                batch.places.clear();
                block.clear();
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// Adds a value to the block; answers what the copy holds where nothing in it changes.
    fn value(
        &mut self,
        value: ValueRef<'_>,
        place: &str,
        info: &TableInfo,
        field: usize,
        row: usize,
        block: &mut Block,
        places: &mut Vec<(usize, usize, Encoding)>,
        copy: bool,
    ) -> Result<Cell, ReadError> {
        let column = field + usize::from(info.rowid.is_some());
        let mut push = |text: &str, kind, encoding| {
            block.push(text, field as u32, row as u32, kind);
            places.push((row, column, encoding));
        };
        match value {
            ValueRef::Null => Ok(Cell::Value(Value::Null)),
            ValueRef::Integer(n) => {
                push(&n.to_string(), SegmentKind::Number, Encoding::Utf8);
                Ok(Cell::Value(Value::Integer(n)))
            }
            ValueRef::Real(n) => {
                push(&n.to_string(), SegmentKind::Number, Encoding::Utf8);
                Ok(Cell::Value(Value::Real(n)))
            }
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => {
                    push(text, SegmentKind::Cell, Encoding::Utf8);
                    Ok(Cell::Value(Value::Text(text.to_owned())))
                }
                Err(_) => {
                    // programs that never told SQLite their code page store its bytes as text
                    let encoding = match guess(bytes) {
                        Guess::Text(encoding @ Encoding::Single(_)) => encoding,
                        _ => Encoding::Utf8,
                    };
                    let text = decode(bytes, encoding);
                    push(&text, SegmentKind::Cell, encoding);
                    Ok(Cell::Text(bytes.to_vec()))
                }
            },
            ValueRef::Blob(bytes) => {
                if let Ok(text) = std::str::from_utf8(bytes)
                    && !bytes.contains(&0)
                {
                    push(text, SegmentKind::Cell, Encoding::Utf8);
                    return Ok(Cell::Value(Value::Blob(bytes.to_vec())));
                }
                if bytes.len() <= SMALL_BLOB {
                    return Ok(Cell::Value(Value::Blob(bytes.to_vec())));
                }
                self.budget.member()?;
                let name =
                    format!("{place}, {}, row {}", info.columns[field].name, block.first_row + row as u64);
                let input = Input::memory(bytes.to_vec(), info.columns[field].name.as_str());
                let new = members::visit(self.visitor, &name, input, copy, self.limits)?;
                let Some(mut new) = new else { return Ok(Cell::Value(Value::Null)) };
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut new.bytes, &mut bytes)?;
                Ok(Cell::Value(Value::Blob(bytes)))
            }
        }
    }

    /// Shows the block and puts its edits into the rows.
    fn flush(&mut self, block: &mut Block, batch: &mut Batch, info: &TableInfo) -> Result<(), ReadError> {
        if block.segments.is_empty() {
            return Ok(());
        }
        let edits = self.visitor.block(block)?;
        let mut edits = &edits[..];
        for (segment, (row, column, encoding)) in block.segments.iter().zip(&batch.places) {
            let n = edits.iter().take_while(|e| e.start < segment.end || e.end <= segment.end).count();
            let (now, later) = edits.split_at(n);
            edits = later;
            if now.is_empty() {
                continue;
            }
            let text = members::edited_part(&block.text, segment.start as usize, segment.end as usize, now);
            let Some(value) = batch.rows.get_mut(*row).and_then(|r| r.get_mut(*column)) else { continue };
            let strict = info.strict;
            *value = match value {
                Cell::Value(Value::Integer(_) | Value::Real(_)) => Cell::Value(number(text, strict)?),
                Cell::Value(Value::Blob(_)) => Cell::Value(Value::Blob(text.into_bytes())),
                Cell::Text(_) => {
                    let mut bytes = Vec::new();
                    encoding.encode(&text, super::encoding::Lack::Near, &mut bytes);
                    Cell::Text(bytes)
                }
                Cell::Value(_) => Cell::Value(Value::Text(text)),
            };
        }
        Ok(())
    }
}

/// A number's replacement: a number again where it is one, text only where the table takes any type.
fn number(text: String, strict: bool) -> Result<Value, ReadError> {
    if let Ok(n) = text.parse::<i64>() {
        return Ok(Value::Integer(n));
    }
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() => Ok(Value::Real(n)),
        _ if strict => Err(ReadError::new(Reason::NotWritable, "a number of a strict table became text")),
        _ => Ok(Value::Text(text)),
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Single(table) => {
            let mut text = Vec::new();
            table.decode(bytes, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Runs one statement that answers a single value.
fn pragma(connection: &Connection, name: &str) -> Option<String> {
    let sql = format!("PRAGMA {}", quoted(name));
    connection
        .query_row(&sql, [], |row| {
            row.get_ref(0).map(|v| match v {
                ValueRef::Integer(n) => n.to_string(),
                ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
                _ => String::new(),
            })
        })
        .ok()
}

#[cfg(test)]
mod tests;

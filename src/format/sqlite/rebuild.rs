//! The copy of a database, built anew in a private file.

use std::io::Seek;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql};
use tempfile::NamedTempFile;

use super::schema::{Object, Schema, TableInfo, quoted};
use super::{Output, pragma};
use crate::model::{ReadError, Reason};

/// Settings of a database that belong to its file and are kept.
const KEPT: [&str; 2] = ["user_version", "application_id"];

pub(super) struct Rebuild {
    connection: Connection,
    file: NamedTempFile,
    /// Last numbers of AUTOINCREMENT.
    sequences: Vec<(String, i64)>,
}

/// Why the copy cannot be made. The library's own words may quote a value and are not kept.
fn failed(place: &str) -> impl Fn(rusqlite::Error) -> ReadError + '_ {
    move |e| {
        let class = match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => "a constraint forbids the new value",
            Some(rusqlite::ErrorCode::TypeMismatch) => "the type forbids the new value",
            _ => "the statement is refused",
        };
        ReadError::new(Reason::NotWritable, format!("{place}: {class}"))
    }
}

impl Rebuild {
    pub(super) fn new(source: &Connection) -> Result<Rebuild, ReadError> {
        let file = NamedTempFile::new()?;
        let fail = failed("new database");
        let connection = Connection::open(file.path()).map_err(&fail)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; \
                 PRAGMA ignore_check_constraints=ON; PRAGMA trusted_schema=OFF;",
            )
            .map_err(&fail)?;
        for name in ["page_size", "encoding", "auto_vacuum"].into_iter().chain(KEPT) {
            if let Some(value) = pragma(source, name) {
                connection.execute_batch(&format!("PRAGMA {name} = {}", quoted(&value))).map_err(&fail)?;
            }
        }
        let sequences = source
            .prepare("SELECT name, seq FROM sqlite_sequence")
            .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
            .unwrap_or_default();
        Ok(Rebuild { connection, file, sequences })
    }

    /// Makes the tables; everything else comes after the rows.
    pub(super) fn create(&mut self, schema: &Schema, statements: &[String]) -> Result<(), ReadError> {
        for (object, sql) in schema.objects.iter().zip(statements) {
            if object.kind == "table" && !object.shadow {
                self.define(object, sql)?;
            }
        }
        self.connection.execute_batch("BEGIN").map_err(failed("rows"))
    }

    fn define(&self, object: &Object, sql: &str) -> Result<(), ReadError> {
        let place = format!("{} {}", object.kind, object.name);
        if !sql.trim_start().get(..6).is_some_and(|w| w.eq_ignore_ascii_case("create")) {
            return Err(ReadError::damaged(place));
        }
        self.connection.execute(sql, []).map(|_| ()).map_err(failed(&place))
    }

    pub(super) fn insert(
        &mut self,
        table: &str,
        info: &TableInfo,
        rows: &[Vec<Cell>],
    ) -> Result<(), ReadError> {
        let place = format!("table {table}");
        let fail = failed(&place);
        let mut statement = self.connection.prepare(&info.insert(table)).map_err(&fail)?;
        for row in rows {
            statement.execute(rusqlite::params_from_iter(row.iter())).map_err(&fail)?;
        }
        Ok(())
    }

    /// Makes indexes, views and triggers, and writes the file out.
    pub(super) fn finish(
        self,
        schema: &Schema,
        statements: &[String],
        out: &mut dyn Output,
    ) -> Result<(), ReadError> {
        let fail = failed("new database");
        for (object, sql) in schema.objects.iter().zip(statements) {
            if object.kind != "table" {
                self.define(object, sql)?;
            }
        }
        for object in schema.tables().filter(|o| o.module().starts_with("fts") && !o.is_contentless()) {
            // an index over the rows of another table is empty until it is told to read them
            if object.sql.to_lowercase().contains("content") {
                let name = quoted(&object.name);
                let sql = format!("INSERT INTO {name} ({name}) VALUES ('rebuild')");
                self.connection.execute(&sql, []).map_err(&fail)?;
            }
        }
        for (name, last) in &self.sequences {
            let _ = self.connection.execute(
                "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2",
                rusqlite::params![name, last],
            );
        }
        self.connection.execute_batch("COMMIT; VACUUM;").map_err(&fail)?;
        let sound: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(&fail)?;
        if sound != "ok" {
            return Err(ReadError::new(Reason::WriteFailed, "the new database is not sound"));
        }
        self.connection.close().map_err(|(_, e)| fail(e))?;
        let mut file = self.file.reopen()?;
        file.rewind()?;
        std::io::copy(&mut file, out)?;
        out.flush()?;
        Ok(())
    }
}

/// A value of a row.
pub(super) enum Cell {
    Value(Value),
    /// Text that is not UTF-8, as it is stored.
    Text(Vec<u8>),
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Value(value) => ValueRef::from(value),
            Cell::Text(bytes) => ValueRef::Text(bytes),
        }))
    }
}

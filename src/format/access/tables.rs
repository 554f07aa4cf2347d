//! Tables, queries and modules of an Access database as tables of an SQLite database.

use std::collections::HashSet;
use std::fmt::Write as _;

use jetdb::data::{TableRows, calculated_column_types_in};
use jetdb::{
    CatalogEntry, ColumnDef, ColumnType, ComplexColumn, ComplexValues, FileError, ObjectType, PageReader,
    TableDef, Value, query_to_sql, read_catalog, read_complex_column, read_queries, read_table_def,
    timestamp, vba,
};
use rusqlite::{Connection, params_from_iter, types};

use super::{error, refused};
use crate::format::members::Budget;
use crate::format::package::ole::shielded;
use crate::format::sqlite::schema::quoted;
use crate::model::{ReadError, Reason};

/// So many rows are put in together.
const ROWS: usize = 1000;

/// A translation under way.
pub(super) struct Translation {
    reader: PageReader,
    pub connection: Connection,
    budget: Budget,
    /// What was not read.
    pub missing: Vec<(Reason, String)>,
    /// Names of tables, in small letters.
    names: HashSet<String>,
    /// Bytes of all rows, and the most that there may be.
    bytes: u64,
    most: u64,
}

impl Translation {
    /// At most `most` bytes of rows are taken.
    pub fn new(reader: PageReader, connection: Connection, budget: Budget, most: u64) -> Translation {
        let (missing, names) = (Vec::new(), HashSet::new());
        Translation { reader, connection, budget, missing, names, bytes: 0, most }
    }

    /// Reads all that there is.
    pub fn run(&mut self) -> Result<(), ReadError> {
        self.connection
            .execute_batch("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN")
            .map_err(refused("new database"))?;
        let catalog = read_catalog(&mut self.reader).map_err(|e| error(&e, "catalog"))?;
        let mut others = 0;
        for (number, entry) in catalog.iter().enumerate() {
            match entry.object_type {
                // tables of values that a field of a row holds several of are read with their rows
                ObjectType::Table if !entry.is_system() && !entry.name.starts_with("MSys") => {
                    if let Err(e) = self.table(&catalog, entry) {
                        self.note(e, &format!("object {}", number + 1));
                    }
                    if self.is_over() {
                        break;
                    }
                }
                ObjectType::Form | ObjectType::Report | ObjectType::Macro => others += 1,
                ObjectType::LinkedTable | ObjectType::LinkedOdbcTable => {
                    self.missing
                        .push((Reason::Link, format!("object {}: a table of another file", number + 1)));
                }
                _ => {}
            }
        }
        if others > 0 {
            self.missing.push((Reason::UnsupportedFormat, format!("{others} forms, reports and macros")));
        }
        if !self.is_over() {
            self.queries()?;
            // code behind forms is told with them; the reader breaks down on projects without any code
            if catalog.iter().any(|e| e.object_type == ObjectType::Module) {
                self.modules()?;
            }
        }
        self.connection.execute_batch("COMMIT").map_err(refused("new database"))
    }

    /// A fault that the rest can be read beside.
    fn note(&mut self, e: ReadError, place: &str) {
        self.missing.push((e.reason, if e.detail.is_empty() { place.to_owned() } else { e.detail }));
    }

    /// Was a bound reached? What was read until then is looked at.
    fn is_over(&self) -> bool {
        self.missing.last().is_some_and(|m| m.0 == Reason::LimitReached)
    }

    /// A name that no table has yet.
    fn named(&mut self, name: &str) -> String {
        let mut new = match name.to_lowercase().starts_with("sqlite_") || name.is_empty() {
            true => format!("_{name}"),
            false => name.replace('\0', " "),
        };
        while !self.names.insert(new.to_lowercase()) {
            new.push('_');
        }
        new
    }

    fn make(&mut self, name: &str, columns: &[(String, String)]) -> Result<(), ReadError> {
        let mut seen = HashSet::new();
        let mut sql = format!("CREATE TABLE {} (", quoted(name));
        for (n, (column, declared)) in columns.iter().enumerate() {
            let mut column = column.replace('\0', " ");
            while column.is_empty() || !seen.insert(column.to_lowercase()) {
                column.push('_');
            }
            let comma = if n == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}{} {declared}", quoted(&column));
        }
        sql.push(')');
        self.connection.execute(&sql, []).map(|_| ()).map_err(refused("table definition"))
    }

    fn table(&mut self, catalog: &[CatalogEntry], entry: &CatalogEntry) -> Result<(), ReadError> {
        let fail = |e: FileError| error(&e, &format!("table {}", entry.name));
        let table = read_table_def(&mut self.reader, &entry.name, entry.table_page).map_err(fail)?;
        if table.columns.is_empty() {
            return Ok(());
        }
        let mut shown: Vec<usize> = (0..table.columns.len()).collect();
        shown.sort_by_key(|n| table.columns[*n].display_index);
        let columns: Vec<(String, String)> = shown
            .iter()
            .map(|n| (table.columns[*n].name.clone(), declared(&table, &table.columns[*n])))
            .collect();
        let name = self.named(&entry.name);
        self.make(&name, &columns)?;
        let insert = insertion(&name, shown.len());
        let mut complex = Vec::new();
        for column in table.columns.iter().filter(|c| c.complex_id.is_some()) {
            complex.push(read_complex_column(&mut self.reader, catalog, &table, column).map_err(fail)?);
        }
        let calculated = calculated_column_types_in(catalog, &table);
        let mut rows = TableRows::new(&table, &calculated);
        let (mut batch, mut attached, mut read) = (Vec::new(), Vec::new(), 0);
        let end = loop {
            let row = match rows.next_row(&mut self.reader) {
                Ok(Some(row)) => row,
                Ok(None) => break Ok(()),
                Err(e) => break Err(error(&e, &format!("table {}, after row {read}", entry.name))),
            };
            read += 1;
            if batch.len() >= ROWS {
                self.insert(&insert, batch.drain(..))?;
            }
            let mut values: Vec<types::Value> = row.values.into_iter().map(value).collect();
            let several = table.columns.iter().enumerate().filter(|c| c.1.complex_id.is_some());
            for ((n, column), complex) in several.zip(&complex) {
                let types::Value::Integer(number) = values[n] else { continue };
                values[n] = types::Value::Null;
                if let Some(complex) = complex {
                    let name = types::Value::Text(column.name.clone());
                    for [a, b] in self.several(complex, number as i32).map_err(fail)? {
                        attached.push(vec![name.clone(), a, b]);
                    }
                }
            }
            batch
                .push(shown.iter().map(|n| std::mem::replace(&mut values[*n], types::Value::Null)).collect());
        };
        self.insert(&insert, batch.into_iter())?;
        let skipped = rows.skipped_rows();
        if skipped > 0 {
            self.missing.push((Reason::Damaged, format!("table {}: {skipped} rows", entry.name)));
        }
        if !attached.is_empty() {
            let columns = ["field", "name", "value"].map(|c| (c.to_owned(), String::new()));
            self.rows(&format!("{} values", entry.name), &columns, attached)?;
        }
        end
    }

    /// Puts rows into a table, as far as they are not too many.
    fn insert(&mut self, sql: &str, rows: impl Iterator<Item = Vec<types::Value>>) -> Result<(), ReadError> {
        self.budget.check()?;
        let mut statement = self.connection.prepare(sql).map_err(refused("rows"))?;
        for row in rows {
            self.bytes += row.iter().map(size).sum::<u64>();
            if self.bytes > self.most {
                return Err(ReadError::limit(format!("more than {} bytes in rows", self.most)));
            }
            statement.execute(params_from_iter(row)).map_err(refused("rows"))?;
        }
        Ok(())
    }

    /// The values of one field that holds several: a name and what it stands for.
    fn several(&mut self, complex: &ComplexColumn, number: i32) -> Result<Vec<[types::Value; 2]>, FileError> {
        Ok(match complex.values(&mut self.reader, number)? {
            ComplexValues::MultiValue(all) => {
                all.into_iter().map(|v| [types::Value::Null, value(v)]).collect()
            }
            ComplexValues::Attachment(all) => {
                all.into_iter().map(|a| [value(a.name), value(a.data)]).collect()
            }
            ComplexValues::VersionHistory(all) => {
                all.into_iter().map(|v| [value(v.modified), value(v.value)]).collect()
            }
            _ => Vec::new(),
        })
    }

    fn rows(
        &mut self,
        name: &str,
        columns: &[(String, String)],
        rows: Vec<Vec<types::Value>>,
    ) -> Result<(), ReadError> {
        let name = self.named(name);
        self.make(&name, columns)?;
        self.insert(&insertion(&name, columns.len()), rows.into_iter())
    }

    fn queries(&mut self) -> Result<(), ReadError> {
        match read_queries(&mut self.reader) {
            Ok(all) => {
                let texts = all.iter().map(|q| (q.name.clone(), query_to_sql(q))).collect();
                self.texts("access queries", texts)
            }
            Err(e) => {
                self.note(error(&e, "queries"), "");
                Ok(())
            }
        }
    }

    fn modules(&mut self) -> Result<(), ReadError> {
        let read = shielded("modules", || {
            // most databases have none
            Ok(vba::read_vba_project(&mut self.reader).map(|all| all.modules).unwrap_or_default())
        });
        match read {
            Ok(all) => {
                let texts = all.into_iter().map(|m| (m.name, m.source)).collect();
                self.texts("access modules", texts)
            }
            Err(e) => {
                self.note(e, "");
                Ok(())
            }
        }
    }

    fn texts(&mut self, name: &str, texts: Vec<(String, String)>) -> Result<(), ReadError> {
        if texts.is_empty() {
            return Ok(());
        }
        let columns = ["name", "text"].map(|c| (c.to_owned(), "TEXT".to_owned()));
        let rows =
            texts.into_iter().map(|(name, text)| vec![types::Value::Text(name), types::Value::Text(text)]);
        self.rows(name, &columns, rows.collect())
    }
}

fn insertion(table: &str, columns: usize) -> String {
    format!("INSERT INTO {} VALUES ({})", quoted(table), vec!["?"; columns].join(", "))
}

/// Bytes that a value takes up.
fn size(value: &types::Value) -> u64 {
    match value {
        types::Value::Text(text) => 8 + text.len() as u64,
        types::Value::Blob(bytes) => 8 + bytes.len() as u64,
        _ => 8,
    }
}

/// The type as SQLite and those who read its schema know it.
fn declared(table: &TableDef, column: &ColumnDef) -> String {
    match column.col_type {
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Byte | ColumnType::Int | ColumnType::Long | ColumnType::BigInt => "INTEGER".to_owned(),
        ColumnType::Float | ColumnType::Double => "REAL".to_owned(),
        ColumnType::Money => "NUMERIC(19, 4)".to_owned(),
        ColumnType::Numeric => format!("NUMERIC({}, {})", column.precision, column.scale),
        ColumnType::Timestamp | ColumnType::DateTimeExtended => "DATETIME".to_owned(),
        ColumnType::Guid => "UUID".to_owned(),
        ColumnType::Text => format!("VARCHAR({})", table.shown_size(column).max(1)),
        ColumnType::Memo => "TEXT".to_owned(),
        _ => "BLOB".to_owned(),
    }
}

fn value(value: Value) -> types::Value {
    match value {
        Value::Bool(b) => types::Value::Integer(i64::from(b)),
        Value::Byte(n) => types::Value::Integer(i64::from(n)),
        Value::Int(n) => types::Value::Integer(i64::from(n)),
        Value::Long(n) => types::Value::Integer(i64::from(n)),
        Value::BigInt(n) => types::Value::Integer(n),
        Value::Float(n) => types::Value::Real(f64::from(n)),
        Value::Double(n) => types::Value::Real(n),
        Value::Timestamp(t) => types::Value::Text(timestamp::format_default(t)),
        Value::Guid(text) => types::Value::Text(text.trim_matches(['{', '}']).to_owned()),
        Value::Text(text) | Value::Money(text) | Value::Numeric(text) | Value::DateTimeExtended(text) => {
            types::Value::Text(text)
        }
        Value::Binary(bytes) => types::Value::Blob(bytes),
        _ => types::Value::Null,
    }
}

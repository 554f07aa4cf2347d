//! What a database says of its tables.

use std::collections::HashSet;

use rusqlite::Connection;

use super::error;
use crate::model::{ColumnType, ReadError};

/// One entry of `sqlite_schema`.
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) sql: String,
    /// A table that a virtual table keeps for itself; in the copy that one makes it again.
    pub(super) shadow: bool,
}

impl Object {
    pub(super) fn is_virtual(&self) -> bool {
        self.kind == "table" && starts_with_words(&self.sql, &["create", "virtual"])
    }

    /// A full-text index that keeps words and not the texts: nothing in it can be read.
    pub(super) fn is_contentless(&self) -> bool {
        let tight: String = self.sql.to_lowercase().split_whitespace().collect();
        self.is_virtual() && (tight.contains("content=''") || tight.contains("content=\"\""))
    }

    /// A table of the words of an index: it holds nothing of its own, and nobody can write into it.
    pub(super) fn is_words(&self) -> bool {
        self.is_virtual() && ["fts5vocab", "fts4aux"].contains(&self.module().as_str())
    }

    /// The lower-case name of the module of a virtual table.
    pub(super) fn module(&self) -> String {
        let lower = self.sql.to_lowercase();
        let after = lower.split(" using ").nth(1).unwrap_or_default();
        after.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    }
}

fn starts_with_words(sql: &str, words: &[&str]) -> bool {
    let mut found = sql.split_whitespace();
    words.iter().all(|w| found.next().is_some_and(|f| f.eq_ignore_ascii_case(w)))
}

/// All entries in the order in which they were made.
pub(super) struct Schema {
    pub(super) objects: Vec<Object>,
}

impl Schema {
    pub(super) fn read(connection: &Connection) -> Result<Schema, ReadError> {
        let failed = |e: rusqlite::Error| error(&e, "schema");
        let mut statement = connection
            .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            .map_err(failed)?;
        let rows = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .map_err(failed)?;
        let mut objects = Vec::new();
        for row in rows {
            let (kind, name, sql) = row.map_err(failed)?;
            if !name.to_ascii_lowercase().starts_with("sqlite_") {
                objects.push(Object { kind, name, sql, shadow: false });
            }
        }
        let shadows: HashSet<String> = connection
            .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'")
            .and_then(|mut s| s.query_map([], |row| row.get::<_, String>(0))?.collect())
            .unwrap_or_default();
        for object in &mut objects {
            object.shadow = object.kind == "table" && shadows.contains(&object.name);
        }
        Ok(Schema { objects })
    }

    /// The tables whose rows are looked at and written.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|o| o.kind == "table" && !o.shadow)
    }
}

/// A name as it stands in a statement.
pub(in crate::format) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) ty: ColumnType,
}

/// How a table's rows are read and written.
pub(super) struct TableInfo {
    /// Stored columns; those that are computed from others are left to the copy.
    pub(super) columns: Vec<Column>,
    /// The name by which the row's number can be asked for, where it has one.
    pub(super) rowid: Option<&'static str>,
    pub(super) strict: bool,
}

impl TableInfo {
    pub(super) fn read(connection: &Connection, name: &str) -> Result<TableInfo, ReadError> {
        let failed = |e: rusqlite::Error| error(&e, "columns of a table");
        let mut statement = connection
            .prepare("SELECT name, type, hidden FROM pragma_table_xinfo(?1, 'main')")
            .map_err(failed)?;
        let rows = statement
            .query_map([name], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?))
            })
            .map_err(failed)?;
        let mut columns = Vec::new();
        for row in rows {
            let (name, ty, hidden) = row.map_err(failed)?;
            if hidden == 0 {
                columns.push(Column { name, ty: column_type(&ty.unwrap_or_default()) });
            }
        }
        let (without_rowid, strict) = connection
            .query_row(
                "SELECT wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
                [name],
                |row| Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?)),
            )
            .map_err(failed)?;
        let free = |n: &&&str| !columns.iter().any(|c| c.name.eq_ignore_ascii_case(n));
        let rowid = ["rowid", "_rowid_", "oid"].iter().find(free).copied().filter(|_| !without_rowid);
        Ok(TableInfo { columns, rowid, strict })
    }

    /// Values in a row of [`TableInfo::select`].
    pub(super) fn width(&self) -> usize {
        self.columns.len() + usize::from(self.rowid.is_some())
    }

    fn names(&self) -> String {
        let names =
            self.rowid.iter().map(|r| (*r).to_owned()).chain(self.columns.iter().map(|c| quoted(&c.name)));
        names.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn select(&self, table: &str) -> String {
        format!("SELECT {} FROM main.{}", self.names(), quoted(table))
    }

    pub(super) fn insert(&self, table: &str) -> String {
        let marks = vec!["?"; self.width()].join(", ");
        format!("INSERT INTO main.{} ({}) VALUES ({marks})", quoted(table), self.names())
    }
}

/// The declared type as far as a replacement should keep to it. SQLite itself takes any length.
fn column_type(declared: &str) -> ColumnType {
    let lower = declared.to_lowercase();
    let base: String = lower.chars().take_while(|c| c.is_alphanumeric() || *c == ' ' || *c == '_').collect();
    let mut sizes = lower.split(['(', ',', ')']).skip(1).filter_map(|n| n.trim().parse::<u32>().ok());
    let small = |n: u32| u8::try_from(n).unwrap_or(u8::MAX);
    match (base.trim(), sizes.next(), sizes.next()) {
        ("", ..) => ColumnType::Unknown,
        (b, Some(n), _) if b.contains("char") && b.contains("var") => ColumnType::Varchar(n),
        (b, Some(n), _) if b.contains("char") => ColumnType::Char(n),
        (b, ..) if b.contains("char") || b.contains("text") || b.contains("clob") => ColumnType::Text,
        (b, ..) if b.contains("bool") => ColumnType::Boolean,
        (b, ..) if b.contains("int") && !b.contains("point") => ColumnType::Integer(19),
        (b, ..) if b.contains("timestamp") || b.contains("datetime") => ColumnType::Timestamp,
        ("date", ..) => ColumnType::Date,
        ("uuid", ..) => ColumnType::Uuid,
        (b, ..) if b.contains("real") || b.contains("floa") || b.contains("doub") => ColumnType::Float,
        ("numeric" | "decimal" | "number", Some(p), s) => {
            let scale = s.unwrap_or(0);
            ColumnType::Decimal(small(p.saturating_sub(scale)), small(scale))
        }
        _ => ColumnType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types() {
        for (declared, want) in [
            ("VARCHAR(20)", ColumnType::Varchar(20)),
            ("nchar(12)", ColumnType::Char(12)),
            ("TEXT", ColumnType::Text),
            ("INTEGER", ColumnType::Integer(19)),
            ("DECIMAL(10, 2)", ColumnType::Decimal(8, 2)),
            ("DateTime", ColumnType::Timestamp),
            ("", ColumnType::Unknown),
            ("BLOB", ColumnType::Other),
        ] {
            assert_eq!(column_type(declared), want, "{declared}");
        }
    }
}

//! The tables of a dump, as its declarations and its statements name them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ddl::{self, Columns, Types};
use crate::model::{Field, Table};

/// Tables beyond this have no names and no columns.
const MOST: usize = 50_000;

/// Stands before the name of a type, where a declaration names no table.
pub const TYPE: &[u8] = b"\0";

struct Known {
    table: Arc<Table>,
    rows: u64,
}

/// Tables by name, numbered in order of appearance.
#[derive(Default)]
pub struct Tables {
    all: Vec<Known>,
    by_name: FxHashMap<String, u32>,
    /// The number given last to a name.
    last_of: FxHashMap<String, u32>,
    declared: FxHashMap<String, Columns>,
    types: Types,
}

/// `public."Clients"` -> `public.Clients`.
pub fn plain_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).chars().filter(|c| !matches!(c, '`' | '"' | '[' | ']')).collect()
}

fn key(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_lowercase()
}

impl Tables {
    /// Takes note of a declaration, of a table or, behind [`TYPE`], of a type.
    pub fn declare(&mut self, name: &[u8], body: &[u8], mysql: bool) {
        if let Some(name) = name.strip_prefix(TYPE) {
            if self.types.len() < MOST {
                self.types.insert(key(&plain_name(name)), ddl::one_of(body));
            }
        } else if self.declared.len() < MOST {
            self.declared.insert(key(&plain_name(name)), ddl::columns(body, mysql, &self.types));
        }
    }

    /// The number of the table that a statement fills. `columns`: the names in the statement, if any;
    /// `written`: how its rows are written, where that is not as usual.
    pub fn number(&mut self, name: &[u8], columns: &[String], written: &str) -> u32 {
        let name = plain_name(name);
        let declared = self.declared.get(&key(&name));
        let fields: Vec<Field> = if columns.is_empty() {
            declared.map_or(Vec::new(), |d| d.stored.clone())
        } else {
            let ty = |c: &String| {
                let field = declared.and_then(|d| d.fields.iter().find(|f| f.name.eq_ignore_ascii_case(c)));
                field.map(|f| f.ty).unwrap_or_default()
            };
            columns.iter().map(|c| Field { name: c.clone(), ty: ty(c) }).collect()
        };
        // one table filled with other columns is another one for whoever compares columns
        let mut full = format!("{name}(");
        columns.iter().for_each(|c| full.extend([c.as_str(), ","]));
        full.push_str(written);
        if let Some(known) = self.by_name.get(&full) {
            return *known;
        }
        let rows = self.last_of.get(&name).map_or(0, |n| self.rows(*n));
        let number = (self.all.len() as u32).min(MOST as u32);
        if (number as usize) < MOST {
            let named = !fields.is_empty();
            let table = Table { id: number, name: Some(name.clone()), fields, named };
            self.all.push(Known { table: Arc::new(table), rows });
            self.by_name.insert(full, number);
            self.last_of.insert(name, number);
        }
        number
    }

    /// The table of this number, with at least `width` columns.
    pub fn table(&mut self, number: u32, width: usize) -> Option<Arc<Table>> {
        let known = self.all.get_mut(number as usize)?;
        if known.table.fields.len() < width {
            Arc::make_mut(&mut known.table).fields.resize(width, Field::default());
        }
        Some(Arc::clone(&known.table))
    }

    /// Rows of the table that were read.
    pub fn rows(&self, number: u32) -> u64 {
        self.all.get(number as usize).map_or(0, |k| k.rows)
    }

    /// Notes how many rows were read.
    pub fn set_rows(&mut self, number: u32, rows: u64) {
        if let Some(known) = self.all.get_mut(number as usize) {
            known.rows = rows;
        }
    }

    /// The declared type of a column.
    pub fn column(&self, number: u32, column: u32) -> Option<&Field> {
        self.all.get(number as usize)?.table.fields.get(column as usize)
    }
}

//! A table in memory as codes into dictionaries.

use rustc_hash::FxHashMap;

use super::{Error, Result};

/// Codes of one column: two bytes a row while the dictionary is small, four beyond.
#[derive(Clone, Debug)]
pub enum Codes {
    /// Fewer than 65,536 distinct values.
    Narrow(Vec<u16>),
    /// More.
    Wide(Vec<u32>),
}

impl Codes {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Codes::Narrow(v) => v.len(),
            Codes::Wide(v) => v.len(),
        }
    }

    /// True where there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code in row `row`. Panics where there is no such row.
    #[inline]
    pub fn get(&self, row: usize) -> u32 {
        match self {
            Codes::Narrow(v) => u32::from(v[row]),
            Codes::Wide(v) => v[row],
        }
    }

    /// All codes in the order of rows.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    fn push(&mut self, code: u32) {
        if let Codes::Narrow(v) = self {
            if let Ok(narrow) = u16::try_from(code) {
                v.push(narrow);
                return;
            }
            *self = Codes::Wide(v.iter().map(|c| u32::from(*c)).collect());
        }
        if let Codes::Wide(v) = self {
            v.push(code);
        }
    }
}

/// One column as codes into a dictionary of its distinct values.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// Distinct values in the order in which they first stand in the table.
    pub values: Vec<Box<str>>,
    /// The code that means "no value" (a NULL, not an empty text), where the format knows one.
    pub null: Option<u32>,
    /// One code a row.
    pub codes: Codes,
}

impl Column {
    /// A column from its dictionary and codes into it.
    pub fn from_codes(
        name: &str,
        values: Vec<Box<str>>,
        null: Option<u32>,
        codes: impl Iterator<Item = u32>,
    ) -> Column {
        let codes = match values.len() <= 1 << 16 {
            true => Codes::Narrow(codes.map(|c| c as u16).collect()),
            false => Codes::Wide(codes.collect()),
        };
        Column { name: name.into(), values, null, codes }
    }

    /// The text in row `row`; empty for NULL.
    pub fn text(&self, row: usize) -> &str {
        &self.values[self.codes.get(row) as usize]
    }

    /// How often each value stands in the column.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.values.len()];
        for code in self.codes.iter() {
            counts[code as usize] += 1;
        }
        counts
    }
}

/// A table held in memory, column by column.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The columns in the order of the file.
    pub columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// A table of finished columns.
    ///
    /// # Errors
    /// Where columns differ in length.
    pub fn new(columns: Vec<Column>) -> Result<Table> {
        let rows = columns.first().map_or(0, |c| c.codes.len());
        match columns.iter().find(|c| c.codes.len() != rows) {
            Some(c) => Err(Error::setting(format!("column {} has another number of rows", c.name))),
            None => Ok(Table { columns, rows }),
        }
    }

    /// A table from rows of text, the first of them the names. Made for tests and programs that embed qupia.
    ///
    /// # Errors
    /// Where a row has another number of cells than the header.
    pub fn from_rows<R, S>(header: &[&str], rows: R) -> Result<Table>
    where
        R: IntoIterator<Item = S>,
        S: AsRef<[String]>,
    {
        let mut builders: Vec<Builder> = header.iter().map(|n| Builder::new(*n)).collect();
        for (i, row) in rows.into_iter().enumerate() {
            let row = row.as_ref();
            if row.len() != builders.len() {
                return Err(Error::setting(format!(
                    "row {}: {} cells, not {}",
                    i + 1,
                    row.len(),
                    builders.len()
                )));
            }
            for (b, cell) in builders.iter_mut().zip(row) {
                b.push(cell);
            }
        }
        Table::new(builders.into_iter().map(Builder::finish).collect())
    }

    /// Number of rows, the header not counted.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Leaves out all rows but the first `rows`.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        for column in &mut self.columns {
            match &mut column.codes {
                Codes::Narrow(v) => v.truncate(rows),
                Codes::Wide(v) => v.truncate(rows),
            }
        }
    }

    /// The position of a column.
    ///
    /// # Errors
    /// Where there is no column, or more than one, of that name.
    pub fn position(&self, name: &str) -> Result<usize> {
        let mut hits = self.columns.iter().enumerate().filter(|(_, c)| c.name == name);
        match (hits.next(), hits.next()) {
            (Some((i, _)), None) => Ok(i),
            (Some(_), Some(_)) => Err(Error::setting(format!("two columns have the name {name}"))),
            (None, _) => Err(Error::setting(format!("the table has no column {name}"))),
        }
    }
}

/// Collects the cells of one column.
#[derive(Debug)]
pub struct Builder {
    name: String,
    index: FxHashMap<Box<str>, u32>,
    values: Vec<Box<str>>,
    null: Option<u32>,
    codes: Codes,
    last: u32,
}

impl Builder {
    /// An empty column.
    pub fn new(name: impl Into<String>) -> Builder {
        Builder {
            name: name.into(),
            index: FxHashMap::default(),
            values: Vec::new(),
            null: None,
            codes: Codes::Narrow(Vec::new()),
            last: 0,
        }
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &str) {
        let same = self.values.get(self.last as usize).is_some_and(|v| **v == *cell);
        if !(same && self.null != Some(self.last)) {
            self.last = match self.index.get(cell) {
                Some(code) => *code,
                None => {
                    let code = self.values.len() as u32;
                    self.values.push(cell.into());
                    self.index.insert(cell.into(), code);
                    code
                }
            };
        }
        self.codes.push(self.last);
    }

    /// Adds a NULL.
    pub fn push_null(&mut self) {
        let code = *self.null.get_or_insert_with(|| {
            self.values.push("".into());
            (self.values.len() - 1) as u32
        });
        self.codes.push(code);
    }

    /// Number of cells so far.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True while there is no cell.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The finished column.
    pub fn finish(self) -> Column {
        Column { name: self.name, values: self.values, null: self.null, codes: self.codes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_widen_when_the_dictionary_grows() {
        let mut b = Builder::new("n");
        for i in 0..70_000 {
            b.push(&i.to_string());
        }
        b.push("3");
        let c = b.finish();
        assert!(matches!(c.codes, Codes::Wide(_)));
        assert_eq!((c.text(69_999), c.text(70_000), c.text(0)), ("69999", "3", "0"));
    }

    #[test]
    fn null_is_not_the_empty_text() {
        let mut b = Builder::new("n");
        b.push_null();
        b.push("");
        b.push_null();
        b.push("");
        let c = b.finish();
        assert_eq!(c.codes.iter().collect::<Vec<_>>(), [0, 1, 0, 1]);
        assert_eq!(c.null, Some(0));
    }

    #[test]
    fn names_must_be_there_once() {
        let t = Table::from_rows(&["a", "a", "b"], [["1".into(), "2".into(), "3".into()]]).unwrap();
        assert!(t.position("a").is_err());
        assert!(t.position("c").is_err());
        assert_eq!(t.position("b").unwrap(), 2);
    }
}

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::values::Values;
use crate::detect::canonical_bytes;
use crate::model::{Block, Category, SegmentKind, replacement};

/// Distinct values of one column that are compared; more are counted in part.
const DISTINCT: usize = 1 << 20;
/// Columns with fewer tokens are not attacked.
const LEAST: u64 = 20;

/// What someone who has the sources recovers by counting alone: a value and a token that occur equally often in every
/// column, and no others do, belong together. The guess is then held against the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Recovered {
    /// The kind of data.
    pub category: String,
    /// Columns that were counted.
    pub columns: u64,
    /// Distinct values in them.
    pub subjects: u64,
    /// Values whose token was found.
    pub recovered: u64,
    /// Guesses that were wrong.
    pub wrong: u64,
}

/// A column of one file: path, table and column.
pub(super) type Place = (String, String);

#[derive(Default)]
struct Column {
    /// Digest of the value: how often, and the first row.
    values: FxHashMap<u64, (u64, u64)>,
    cells: u64,
    /// How many cells hold a token of which kind.
    kinds: BTreeMap<&'static str, u64>,
}

impl Column {
    fn count(&mut self, digest: u64, row: u64) {
        self.cells += 1;
        if self.values.len() < DISTINCT || self.values.contains_key(&digest) {
            self.values.entry(digest).or_insert((0, row)).0 += 1;
        }
    }
}

/// Counts tokens in copies and values in sources.
#[derive(Default)]
pub(super) struct Attack {
    copies: BTreeMap<Place, Column>,
    sources: BTreeMap<Place, Column>,
}

/// The table and column of a segment, as policies and reports name them.
pub(super) fn place(table: Option<&str>, field: &str) -> String {
    match table.filter(|t| !t.is_empty()) {
        Some(table) => format!("{table}.{field}"),
        None => field.to_owned(),
    }
}

/// The kind of data that a token stands for, as far as its form tells.
fn kind(cell: &[u8]) -> Option<&'static str> {
    if replacement::is_token(cell) {
        let name = &cell[..cell.len() - replacement::BODY - 1];
        let name = String::from_utf8_lossy(name).to_lowercase();
        return Category::known().find(|c| c.as_str() == name).map(Category::as_str).or(Some("value"));
    }
    if replacement::is_number12(cell) {
        return Some("iin");
    }
    if replacement::is_compact(cell) {
        return Some("value");
    }
    if replacement::is_card(cell) {
        return Some("card");
    }
    replacement::is_phone(cell).then_some("phone")
}

impl Attack {
    /// Counts the tokens of a block of a copy.
    pub fn copy(&mut self, values: &Values, path: &str, block: &Block) {
        cells(block, &mut |place, row, cell| {
            let Some(kind) = kind(cell) else { return };
            let column = self.copies.entry((path.to_owned(), place)).or_default();
            *column.kinds.entry(kind).or_default() += 1;
            column.count(values.digest(b'k', cell), row);
        });
    }

    /// Counts the values of a block of a source, in the columns whose copies hold tokens.
    pub fn source(&mut self, values: &Values, path: &str, block: &Block) {
        let (copies, sources) = (&self.copies, &mut self.sources);
        cells(block, &mut |place, row, cell| {
            let key = (path.to_owned(), place);
            let Some(copied) = copies.get(&key).filter(|c| c.cells >= LEAST) else { return };
            let category = copied.kinds.iter().max_by_key(|k| k.1).map_or("value", |k| k.0);
            let text = String::from_utf8_lossy(cell);
            let whole = canonical_bytes(Category::new(category), &text);
            sources.entry(key).or_default().count(values.digest(b's', &whole), row);
        });
    }

    /// Matches by frequency, kind by kind.
    pub fn run(self) -> Vec<Recovered> {
        let mut kinds: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
        for (place, column) in
            self.copies.iter().filter(|(p, c)| c.cells >= LEAST && self.sources.contains_key(p))
        {
            let kind = column.kinds.iter().max_by_key(|k| k.1).map_or("value", |k| k.0);
            kinds.entry(kind).or_default().push(place);
        }
        let all = kinds.into_iter().map(|(category, places)| {
            let tokens = unique(&places, &self.copies);
            let values = unique(&places, &self.sources);
            let mut result = Recovered {
                category: category.to_owned(),
                columns: places.len() as u64,
                subjects: values.distinct,
                ..Recovered::default()
            };
            for (signature, first) in &values.unique {
                match tokens.unique.get(signature) {
                    Some(at) if at == first => result.recovered += 1,
                    Some(_) => result.wrong += 1,
                    None => {}
                }
            }
            result
        });
        all.collect()
    }
}

/// How often a value stands in which columns.
type Signature = Vec<(u32, u64)>;

struct Unique {
    distinct: u64,
    /// Signatures that one value alone has, and where that value stands first.
    unique: FxHashMap<Signature, (u32, u64)>,
}

fn unique(places: &[&Place], columns: &BTreeMap<Place, Column>) -> Unique {
    let mut values: FxHashMap<u64, (Signature, (u32, u64))> = FxHashMap::default();
    for (n, place) in (0u32..).zip(places) {
        let Some(column) = columns.get(*place) else { continue };
        for (digest, (count, row)) in &column.values {
            let value = values.entry(*digest).or_insert_with(|| (Vec::new(), (n, *row)));
            value.0.push((n, *count));
        }
    }
    let distinct = values.len() as u64;
    let mut seen: FxHashMap<Signature, Option<(u32, u64)>> = FxHashMap::default();
    for (signature, first) in values.into_values() {
        seen.entry(signature).and_modify(|at| *at = None).or_insert(Some(first));
    }
    Unique { distinct, unique: seen.into_iter().filter_map(|(s, at)| Some((s, at?))).collect() }
}

fn cells(block: &Block, show: &mut dyn FnMut(String, u64, &[u8])) {
    let table = block.table.as_ref().and_then(|t| t.name.as_deref());
    for s in &block.segments {
        let Some(field) = block.field(s) else { continue };
        if matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta) {
            continue;
        }
        let cell = block.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
        if !cell.is_empty() {
            show(place(table, &field.name), block.first_row + u64::from(s.row), cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(rows: &[&str]) -> Column {
        let mut column = Column::default();
        for (row, value) in rows.iter().enumerate() {
            column.count(value.bytes().fold(7, |h, b| h * 31 + u64::from(b)), row as u64);
        }
        *column.kinds.entry("iin").or_default() += rows.len() as u64;
        column
    }

    #[test]
    fn values_that_occur_as_often_as_no_other_are_recovered() {
        // a: 3 times, b: twice, c and d: once each
        let repeat = |names: [&'static str; 4]| -> Vec<&'static str> {
            let [a, b, c, d] = names;
            [a, b, a, c, a, b, d].iter().cycle().take(28).copied().collect()
        };
        let (values, tokens) = (repeat(["a", "b", "c", "d"]), repeat(["T1", "T2", "T3", "T4"]));
        let place = ("f.csv".to_owned(), "iin".to_owned());
        let attack = Attack {
            copies: [(place.clone(), column(&tokens))].into(),
            sources: [(place, column(&values))].into(),
        };
        let [result] = attack.run().try_into().unwrap();
        assert_eq!((result.subjects, result.recovered, result.wrong), (4, 2, 0));
    }
}

//! Differencing: what two releases of the same table tell together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Result;
use super::table::Table;

/// What a former release adds to the risk of this one.
#[derive(Clone, Debug, Serialize)]
pub struct Differencing {
    /// Rows of the former release.
    pub rows_before: u64,
    /// Rows of this one.
    pub rows_now: u64,
    /// Classes (equal texts of the quasi-identifiers) in both.
    pub classes_in_both: u64,
    /// Classes in one release only.
    pub classes_in_one: u64,
    /// Classes whose numbers of rows differ by less than `k`: the few who came or went can be told from the rest.
    pub small_differences: u64,
    /// Rows that came or went in those.
    pub exposed: u64,
    /// The k that differences were held against.
    pub k: u32,
    /// Columns that are no quasi-identifiers and whose values stand in both releases: rows can be joined by them.
    pub linked_by: Vec<Link>,
}

/// A column by which rows of two releases can be joined.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Its name.
    pub column: String,
    /// Share of this release's distinct values that the former one has too.
    pub shared: f64,
    /// True where nearly every row has a value of its own and those values come again: the same key was used.
    pub same_key: bool,
}

/// Compares two releases by the texts of their quasi-identifiers.
///
/// # Errors
/// Where one of them lacks a quasi-identifier.
pub fn compare(former: &Table, now: &Table, quasi: &[String], k: u32) -> Result<Differencing> {
    let count = |table: &Table| -> Result<BTreeMap<Vec<String>, u64>> {
        let at = quasi.iter().map(|q| table.position(q)).collect::<Result<Vec<_>>>()?;
        let (of, sizes) = super::risk::classes(table, &at);
        let mut seen = vec![false; sizes.len()];
        let mut counts = BTreeMap::new();
        for (row, class) in of.iter().enumerate() {
            if !std::mem::replace(&mut seen[*class as usize], true) {
                let key = at.iter().map(|c| table.columns[*c].text(row).to_owned()).collect();
                *counts.entry(key).or_insert(0) += u64::from(sizes[*class as usize]);
            }
        }
        Ok(counts)
    };
    let (old, new) = (count(former)?, count(now)?);
    let keys: BTreeSet<&Vec<String>> = old.keys().chain(new.keys()).collect();
    let both = keys.iter().filter(|key| old.contains_key(**key) && new.contains_key(**key)).count();
    let differences: Vec<u64> = keys
        .iter()
        .map(|key| old.get(*key).copied().unwrap_or(0).abs_diff(new.get(*key).copied().unwrap_or(0)))
        .filter(|d| *d > 0 && *d < u64::from(k))
        .collect();
    let mut linked_by = Vec::new();
    for column in now.columns.iter().filter(|c| !quasi.contains(&c.name)) {
        let Ok(at) = former.position(&column.name) else { continue };
        let other: BTreeSet<&str> = former.columns[at].values.iter().map(AsRef::as_ref).collect();
        let shared = column.values.iter().filter(|v| other.contains(v.as_ref())).count();
        let share = shared as f64 / column.values.len().max(1) as f64;
        // Columns of few values (yes and no) meet by nature and join nobody.
        if share > 0.0 && column.values.len() * 10 > now.rows() {
            let same_key = share > 0.5 && column.values.len() * 10 > now.rows() * 9;
            linked_by.push(Link { column: column.name.clone(), shared: share, same_key });
        }
    }
    Ok(Differencing {
        rows_before: former.rows() as u64,
        rows_now: now.rows() as u64,
        classes_in_both: both as u64,
        classes_in_one: (keys.len() - both) as u64,
        small_differences: differences.len() as u64,
        exposed: differences.iter().sum(),
        k,
        linked_by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 2]]) -> Table {
        Table::from_rows(&["age", "token"], rows.iter().map(|r| r.map(String::from))).unwrap()
    }

    #[test]
    fn one_who_came_is_exposed() {
        let before = table(&[["20-39", "t1"], ["20-39", "t2"], ["40-59", "t3"], ["40-59", "t4"]]);
        let now =
            table(&[["20-39", "t1"], ["20-39", "t2"], ["20-39", "t5"], ["40-59", "t3"], ["40-59", "t4"]]);
        let d = compare(&before, &now, &["age".into()], 2).unwrap();
        assert_eq!((d.classes_in_both, d.small_differences, d.exposed), (2, 1, 1));
        assert!(d.linked_by[0].same_key);
        assert!(compare(&before, &now, &["nope".into()], 2).is_err());
    }
}

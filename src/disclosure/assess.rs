//! The measures of one table, without changing it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::hierarchy::Hierarchy;
use super::releases::{Differencing, compare};
use super::risk::{Journalist, Risk, classes};
use super::roles::{Role, propose};
use super::search::{Groups, Scratch, layout};
use super::sensitive::{Exposure, exposure};
use super::table::{Column, Table};
use super::uniques::{Uniques, uniques};
use super::{Error, Result};

/// The population that a table's people come from.
#[derive(Clone, Debug)]
pub enum Population {
    /// A register with the same quasi-identifiers.
    Register(Table),
    /// Its size only.
    Size(u64),
}

/// What to measure.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Quasi-identifiers; proposed where empty.
    pub quasi: Vec<String>,
    /// Roles of columns that detection found; they go before what headers say.
    pub verdicts: BTreeMap<String, Role>,
    /// Sensitive columns; proposed where empty and no quasi-identifiers are given either.
    pub sensitive: Vec<String>,
    /// The population.
    pub population: Option<Population>,
    /// A former release of the table.
    pub former: Option<Table>,
    /// The k that differences between releases are held against.
    pub k: u32,
    /// Hierarchies of sensitive columns, for the hierarchical distance.
    pub hierarchies: BTreeMap<String, Hierarchy>,
}

/// The measures of a table. `version` counts changes of this layout.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// Version of this layout.
    pub version: u32,
    /// Rows.
    pub rows: u64,
    /// The columns.
    pub columns: Vec<ColumnFacts>,
    /// Quasi-identifiers that were measured.
    pub quasi: Vec<String>,
    /// True where they were proposed and not given.
    pub proposed: bool,
    /// Singling out and linkage.
    pub risk: Risk,
    /// Linkage with a population; absent where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journalist: Option<Journalist>,
    /// Sensitive columns.
    pub sensitive: Vec<Exposure>,
    /// Minimal sample uniques.
    pub uniques: Uniques,
    /// Differencing with a former release; absent (not checked) where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differencing: Option<Differencing>,
    /// How blanks were counted, what was left out, and so on.
    pub notes: Vec<String>,
}

/// One column.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Its role, given or proposed.
    pub role: Role,
    /// Distinct values, NULL as one.
    pub distinct: u64,
    /// Blank cells (empty text or NULL).
    pub blank: u64,
    /// Entropy in bits.
    pub entropy: f64,
    /// Rows whose value stands in no other row.
    pub unique: u64,
}

/// Measures a table.
///
/// # Errors
/// Where a column is missing, or a hierarchy does not list every value.
pub fn assess(table: &Table, request: &Request) -> Result<Assessment> {
    if table.columns.is_empty() {
        return Err(Error::setting("the table has no columns"));
    }
    let mut roles = propose(table);
    for (column, role) in table.columns.iter().zip(&mut roles) {
        match request.verdicts.get(&column.name) {
            // A header that says "diagnosis" stays sensitive whatever its codes look like.
            Some(verdict) if *role != Role::Sensitive => *role = *verdict,
            _ => {}
        }
    }
    let proposed = request.quasi.is_empty();
    if !proposed {
        for role in roles.iter_mut().filter(|r| **r == Role::Quasi) {
            *role = Role::Other;
        }
        for name in &request.quasi {
            roles[table.position(name)?] = Role::Quasi;
        }
    }
    if !(request.sensitive.is_empty() && proposed) {
        for role in roles.iter_mut().filter(|r| **r == Role::Sensitive) {
            *role = Role::Other;
        }
        for name in &request.sensitive {
            let at = table.position(name)?;
            if !proposed && roles[at] == Role::Quasi {
                return Err(Error::setting(format!("column {name} is both quasi and sensitive")));
            }
            roles[at] = Role::Sensitive;
        }
    }
    let with = |role: Role| -> Vec<usize> { (0..roles.len()).filter(|i| roles[*i] == role).collect() };
    let (quasi, sensitive) = (with(Role::Quasi), with(Role::Sensitive));
    let names = |at: &[usize]| -> Vec<String> { at.iter().map(|c| table.columns[*c].name.clone()).collect() };
    let (of, sizes) = classes(table, &quasi);
    let mut notes = vec!["a blank cell is a value like any other and never a wildcard".to_owned()];
    if quasi.is_empty() {
        notes.push("no quasi-identifier was given or could be proposed; all rows are one class".to_owned());
    }
    let journalist = match &request.population {
        None => None,
        Some(Population::Size(n)) => {
            if *n < table.rows() as u64 {
                return Err(Error::setting("the population is smaller than the table"));
            }
            notes.push(
                "people per combination are estimated from the size of the population alone".to_owned(),
            );
            Some(Journalist::estimated(&sizes, *n))
        }
        Some(Population::Register(register)) => {
            Some(Journalist::of_register(&match_register(table, register, &quasi)?, register.rows() as u64))
        }
    };
    let differencing = match &request.former {
        Some(former) => Some(compare(former, table, &names(&quasi), request.k.max(1))?),
        None => {
            notes.push("differencing was not checked: no former release was given".to_owned());
            None
        }
    };
    let exposed = sensitive
        .iter()
        .map(|c| exposure(table, *c, &of, sizes.len(), request.hierarchies.get(&table.columns[*c].name)))
        .collect::<Result<Vec<_>>>()?;
    let uniques = uniques(table, &quasi);
    if uniques.depth < super::uniques::DEEPEST.min(quasi.len()) {
        notes.push(format!(
            "minimal uniques were looked for up to {} columns: more would take too long",
            uniques.depth
        ));
    }
    Ok(Assessment {
        version: 1,
        rows: table.rows() as u64,
        columns: table.columns.iter().zip(&roles).map(|(c, role)| facts(c, *role)).collect(),
        quasi: names(&quasi),
        proposed,
        risk: Risk::of(&sizes, 0),
        journalist,
        sensitive: exposed,
        uniques,
        differencing,
        notes,
    })
}

fn facts(column: &Column, role: Role) -> ColumnFacts {
    let counts = column.counts();
    let rows: u64 = counts.iter().sum();
    let n = rows.max(1) as f64;
    let part = |c: &u64| if *c == 0 { 0.0 } else { *c as f64 / n * (n / *c as f64).log2() };
    let blank = column.values.iter().zip(&counts).filter(|(v, _)| v.trim().is_empty()).map(|(_, n)| n).sum();
    ColumnFacts {
        name: column.name.clone(),
        role,
        distinct: counts.iter().filter(|c| **c > 0).count() as u64,
        blank,
        entropy: counts.iter().map(part).sum(),
        unique: counts.iter().filter(|c| **c == 1).count() as u64,
    }
}

/// Rows of the table and of a register for each combination of quasi-identifiers.
fn match_register(table: &Table, register: &Table, quasi: &[usize]) -> Result<Vec<(u32, u32)>> {
    // Both tables get codes of one dictionary.
    let mut ours: Vec<(usize, Vec<u32>)> = Vec::new();
    let mut theirs: Vec<(usize, Vec<u32>)> = Vec::new();
    let mut widths = Vec::new();
    for at in quasi {
        let column = &table.columns[*at];
        let other_at = register.position(&column.name)?;
        let other = &register.columns[other_at];
        let mut index: BTreeMap<&str, u32> = BTreeMap::new();
        for v in column.values.iter().chain(other.values.iter()) {
            // 0 is NULL in both.
            let next = index.len() as u32 + 1;
            index.entry(v).or_insert(next);
        }
        let map = |c: &Column| -> Vec<u32> {
            let code = |i: usize| if c.null == Some(i as u32) { 0 } else { index[&*c.values[i]] };
            (0..c.values.len()).map(code).collect()
        };
        ours.push((*at, map(column)));
        theirs.push((other_at, map(other)));
        widths.push(index.len() + 1);
    }
    let (slots, words) = layout(&widths);
    let mine: Vec<_> = ours.iter().map(|(at, map)| (&table.columns[*at].codes, map.as_slice())).collect();
    let other: Vec<_> =
        theirs.iter().map(|(at, map)| (&register.columns[*at].codes, map.as_slice())).collect();
    fn pairs<const N: usize>(g: Groups<N>) -> Vec<(u32, u32)> {
        g.list.iter().map(|g| (g.count, g.population)).collect()
    }
    let mut rows = 0..table.rows();
    let mut scratch = Scratch::default();
    match words {
        1 => Ok(pairs(Groups::<1>::from_rows(&slots, &mine, &other, &[], &mut rows, &mut scratch))),
        2..=4 => Ok(pairs(Groups::<4>::from_rows(&slots, &mine, &other, &[], &mut rows, &mut scratch))),
        5..=64 => Ok(pairs(Groups::<64>::from_rows(&slots, &mine, &other, &[], &mut rows, &mut scratch))),
        _ => Err(Error::setting("too many quasi-identifiers to match with a register")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 3]]) -> Table {
        Table::from_rows(&["sex", "city", "diagnosis"], rows.iter().map(|r| r.map(String::from))).unwrap()
    }

    #[test]
    fn a_table_with_a_register() {
        let t = table(&[["m", "A", "x"], ["m", "A", "y"], ["f", "B", "x"]]);
        let register =
            table(&[["m", "A", ""], ["m", "A", ""], ["m", "A", ""], ["f", "B", ""], ["f", "C", ""]]);
        let request = Request { population: Some(Population::Register(register)), ..Request::default() };
        let a = assess(&t, &request).unwrap();
        assert_eq!(a.quasi, ["sex", "city"]);
        assert_eq!((a.risk.k, a.risk.unique), (1, 1));
        let j = a.journalist.unwrap();
        assert_eq!((j.k_map, j.unmatched, j.population), (1.0, Some(0), 5));
        assert_eq!(a.sensitive[0].name, "diagnosis");
    }

    #[test]
    fn odd_tables_are_measured() {
        let one = Table::from_rows(&["x"], [["a".to_string()], ["a".to_string()]]).unwrap();
        let a = assess(&one, &Request::default()).unwrap();
        assert_eq!(a.rows, 2);
        let none = Table::from_rows(&["sex", "age"], Vec::<[String; 2]>::new()).unwrap();
        let a = assess(&none, &Request::default()).unwrap();
        assert_eq!((a.rows, a.risk.k), (0, 0));
        let request = Request { quasi: vec!["nope".into()], ..Request::default() };
        assert!(assess(&one, &request).is_err());
    }
}

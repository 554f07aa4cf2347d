//! Minimal sample uniques: which few columns are enough to single a row out (the idea of SUDA; Elliot and
//! others, 2002).

use rayon::prelude::*;
use serde::Serialize;

use super::risk::classes;
use super::table::Table;

/// Most columns in one combination.
pub const DEEPEST: usize = 3;

/// Rows times combinations that are looked at before the depth is cut.
const BUDGET: u128 = 1_500_000_000;

/// Minimal sample uniques of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Uniques {
    /// Most columns in one combination that was looked at.
    pub depth: usize,
    /// Rows that some combination of exactly this many columns singles out (index 0: one column), while no
    /// part of it does.
    pub rows_by_size: Vec<u64>,
    /// Rows that any combination singles out.
    pub rows: u64,
    /// The combinations that single out most rows.
    pub worst: Vec<Combination>,
    /// By column: share of all minimal uniques that it takes part in.
    pub columns: Vec<(String, f64)>,
}

/// One combination of columns.
#[derive(Clone, Debug, Serialize)]
pub struct Combination {
    /// Their names.
    pub columns: Vec<String>,
    /// Rows that it singles out and no part of it does.
    pub rows: u64,
}

/// How many combinations are listed.
const LISTED: usize = 20;

/// Finds the minimal sample uniques over some columns.
pub fn uniques(table: &Table, columns: &[usize]) -> Uniques {
    let rows = table.rows();
    let n = columns.len();
    let mut out = Uniques::default();
    // Per row, the combinations found so far whose supersets are not minimal, as bit sets of columns.
    let mut found: Vec<Vec<u32>> = Vec::new();
    let mut by_set: Vec<(Vec<usize>, Vec<u32>)> = Vec::new();
    let mut spent: u128 = 0;
    for size in 1..=DEEPEST.min(n) {
        let sets = subsets(n, size);
        spent += sets.len() as u128 * size as u128 * rows as u128;
        if spent > BUDGET && size > 1 {
            break;
        }
        out.depth = size;
        let singles: Vec<(Vec<usize>, Vec<u32>)> = sets
            .into_par_iter()
            .map(|set| {
                let at: Vec<usize> = set.iter().map(|c| columns[*c]).collect();
                let (of, sizes) = classes(table, &at);
                let alone: Vec<u32> =
                    (0..rows as u32).filter(|r| sizes[of[*r as usize] as usize] == 1).collect();
                (set, alone)
            })
            .collect();
        let mut here = vec![false; rows];
        for (set, alone) in singles {
            let minimal: Vec<u32> = alone
                .into_iter()
                .filter(|row| {
                    found.get(*row as usize).is_none_or(|sets| {
                        !sets.iter().any(|s| {
                            let (prior, _) = &by_set[*s as usize];
                            prior.len() < size && prior.iter().all(|c| set.contains(c))
                        })
                    })
                })
                .collect();
            if minimal.is_empty() {
                continue;
            }
            if found.is_empty() {
                found = vec![Vec::new(); rows];
            }
            for row in &minimal {
                here[*row as usize] = true;
                // Deeper combinations only need to know of smaller ones.
                if size < DEEPEST {
                    found[*row as usize].push(by_set.len() as u32);
                }
            }
            by_set.push((set, minimal));
        }
        out.rows_by_size.push(here.iter().filter(|h| **h).count() as u64);
    }
    let mut any = vec![false; rows];
    let mut part = vec![0u64; n];
    let mut total = 0u64;
    for (set, rows) in &by_set {
        rows.iter().for_each(|r| any[*r as usize] = true);
        set.iter().for_each(|c| part[*c] += rows.len() as u64);
        total += rows.len() as u64;
    }
    out.rows = any.iter().filter(|a| **a).count() as u64;
    let name = |c: usize| table.columns[columns[c]].name.clone();
    out.columns =
        (0..n).map(|c| (name(c), if total == 0 { 0.0 } else { part[c] as f64 / total as f64 })).collect();
    by_set.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    out.worst = by_set
        .iter()
        .take(LISTED)
        .map(|(set, rows)| Combination {
            columns: set.iter().map(|c| name(*c)).collect(),
            rows: rows.len() as u64,
        })
        .collect();
    out
}

/// All sets of `size` of the numbers below `n`, in order.
fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..size {
        sets = sets
            .into_iter()
            .flat_map(|set| {
                let from = set.last().map_or(0, |l| l + 1);
                (from..n).map(move |c| {
                    let mut set = set.clone();
                    set.push(c);
                    set
                })
            })
            .collect();
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_minimal_combinations_count() {
        // Row 4 is alone by `c`; rows 0 and 3 only by `a` and `b` together.
        let rows = [
            ["x", "1", "p"],
            ["x", "2", "p"],
            ["x", "2", "p"],
            ["y", "2", "p"],
            ["y", "1", "q"],
            ["x", "2", "p"],
        ]
        .map(|r| r.map(String::from));
        let t = Table::from_rows(&["a", "b", "c"], &rows).unwrap();
        let u = uniques(&t, &[0, 1, 2]);
        assert_eq!((u.depth, u.rows), (3, 3));
        assert_eq!(u.rows_by_size, [1, 3, 0]);
        let ab = u.worst.iter().find(|c| c.columns == ["a", "b"]).unwrap();
        assert_eq!(ab.rows, 3);
        assert!(
            !u.worst
                .iter()
                .any(|c| c.columns.len() > 1 && c.columns.contains(&"c".to_string()) && c.rows > 1)
        );
    }

    #[test]
    fn subsets_are_counted_right() {
        assert_eq!(subsets(9, 3).len(), 84);
        assert_eq!(subsets(2, 3).len(), 0);
    }
}

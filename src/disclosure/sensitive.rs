//! What classes tell about a sensitive column.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Result;
use super::hierarchy::Hierarchy;
use super::models::{Distance, Sensitive, entropy_l, recursive_l};
use super::prepare::rank;
use super::table::Table;

/// The counts of one class: (code, rows).
type Class<'c> = &'c [(u32, u32)];

/// Attribute disclosure of one sensitive column.
#[derive(Clone, Debug, Serialize)]
pub struct Exposure {
    /// Its name.
    pub name: String,
    /// Fewest distinct values in a class.
    pub distinct_l: u64,
    /// Smallest exp(entropy) of a class.
    pub entropy_l: f64,
    /// Greatest l for which recursive (c, l)-diversity holds in every class, for c = 1, 2, 3 and 4.
    pub recursive_l: Vec<(f64, u64)>,
    /// Classes with one value only, and the rows in them.
    pub homogeneous: (u64, u64),
    /// t by equal distance: the greatest of a class.
    pub t_equal: f64,
    /// t by ordered distance (numbers by size, else by alphabet).
    pub t_ordered: f64,
    /// t by hierarchical distance, where a hierarchy is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub t_hierarchical: Option<f64>,
    /// Worst posterior of a value in a class for an attacker who knows 0, 1 or 2 other values that the person
    /// does not have (Machanavajjhala and others, 2007; Martin and others, 2007).
    pub posterior: Vec<f64>,
}

/// Measures a sensitive column over classes; `of` is the class of each row.
///
/// # Errors
/// Where the hierarchy does not list every value.
pub fn exposure(
    table: &Table,
    column: usize,
    of: &[u32],
    classes: usize,
    hierarchy: Option<&Hierarchy>,
) -> Result<Exposure> {
    let c = &table.columns[column];
    let mut joint: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    of.iter().zip(c.codes.iter()).for_each(|(class, code)| *joint.entry((*class, code)).or_default() += 1);
    let mut cells: Vec<((u32, u32), u32)> = joint.into_iter().collect();
    cells.sort_unstable();
    let groups: Vec<Vec<(u32, u32)>> = cells
        .chunk_by(|a, b| a.0.0 == b.0.0)
        .map(|run| run.iter().map(|((_, code), n)| (*code, *n)).collect())
        .collect();
    debug_assert!(groups.len() <= classes);
    let measure = |distance: Distance| {
        let s = Sensitive {
            name: c.name.clone(),
            totals: c.counts(),
            diversity: None,
            closeness: None,
            distance,
        };
        groups.iter().map(|g| s.distance(g)).fold(0.0, f64::max)
    };
    let t_hierarchical = match hierarchy {
        None => None,
        Some(h) => {
            let mut h = h.clone();
            let leaf = h.leaves_of(c, false)?;
            Some(measure(Distance::Hierarchical { hierarchy: Box::new(h), leaf }))
        }
    };
    let rows_of = |g: &Vec<(u32, u32)>| g.iter().map(|(_, n)| u64::from(*n)).sum::<u64>();
    let alone = groups.iter().filter(|g| g.len() == 1);
    let smallest = |of: &[f64]| of.iter().copied().fold(f64::INFINITY, f64::min);
    let by = |f: &dyn Fn(Class<'_>) -> f64| groups.iter().map(|g| f(g)).collect::<Vec<f64>>();
    let or_zero = |v: f64| if v.is_finite() { v } else { 0.0 };
    Ok(Exposure {
        name: c.name.clone(),
        distinct_l: or_zero(smallest(&by(&|g| g.len() as f64))) as u64,
        entropy_l: or_zero(smallest(&by(&entropy_l))),
        recursive_l: [1.0, 2.0, 3.0, 4.0]
            .map(|c| (c, or_zero(smallest(&by(&|g| recursive_l(g, c) as f64))) as u64))
            .into(),
        homogeneous: alone.fold((0, 0), |(n, rows), g| (n + 1, rows + rows_of(g))),
        t_equal: measure(Distance::Equal),
        t_ordered: measure(Distance::Ordered { rank: rank(c) }),
        t_hierarchical,
        posterior: (0..3).map(|j| groups.iter().map(|g| posterior(g, j)).fold(0.0, f64::max)).collect(),
    })
}

/// The posterior of the most frequent value once the `j` next ones are ruled out.
fn posterior(class: &[(u32, u32)], j: usize) -> f64 {
    let mut counts: Vec<f64> = class.iter().map(|(_, n)| f64::from(*n)).collect();
    counts.sort_by(|a, b| b.total_cmp(a));
    let known: f64 = counts.iter().skip(1).take(j).sum();
    let n: f64 = counts.iter().sum();
    counts.first().map_or(0.0, |first| first / (n - known))
}

#[cfg(test)]
mod tests {
    use super::super::risk;
    use super::*;

    #[test]
    fn exposure_of_two_classes() {
        let rows = [["a", "flu"], ["a", "flu"], ["a", "ulcer"], ["a", "colic"], ["b", "flu"], ["b", "flu"]]
            .map(|r| r.map(String::from));
        let t = Table::from_rows(&["q", "s"], &rows).unwrap();
        let (of, sizes) = risk::classes(&t, &[0]);
        let e = exposure(&t, 1, &of, sizes.len(), None).unwrap();
        assert_eq!((e.distinct_l, e.homogeneous), (1, (1, 2)));
        assert!((e.entropy_l - 1.0).abs() < 1e-12);
        assert_eq!(e.posterior, [1.0, 1.0, 1.0]);
        assert!((posterior(&[(0, 2), (1, 1), (2, 1)], 1) - 2.0 / 3.0).abs() < 1e-12);
        assert!((e.t_equal - 1.0 / 3.0).abs() < 1e-12);
    }
}

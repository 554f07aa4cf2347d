//! Risk of singling out and linkage from the sizes of equivalence classes.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::table::Table;

/// Risk of a table under the three models of attack of El Emam and Dankar (2008).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Risk {
    /// Rows, suppressed ones included.
    pub rows: u64,
    /// Rows that were suppressed.
    pub suppressed: u64,
    /// Equivalence classes.
    pub classes: u64,
    /// Size of the smallest class: the k of the table; 0 where there are no rows.
    pub k: u64,
    /// Rows that are alone in their class.
    pub unique: u64,
    /// Share of the rows (suppressed ones included among all) in a class smaller than 2, 3, 5, 10 and 11.
    pub below: Vec<Below>,
    /// Prosecutor (the attacker knows that the person is in the table): largest 1 / class size.
    pub prosecutor_max: f64,
    /// Prosecutor: mean over rows of 1 / class size.
    pub prosecutor_mean: f64,
    /// Marketer (the attacker tries all rows): expected share of right picks.
    pub marketer: f64,
    /// Mean class size.
    pub mean_class: f64,
    /// How many classes and rows there are by class size.
    pub histogram: Vec<Bin>,
}

/// Share of rows in small classes.
#[derive(Clone, Debug, Serialize)]
pub struct Below {
    /// Class sizes below this one.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Share of all rows.
    pub share: f64,
}

/// Classes of a range of sizes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Smallest size.
    pub from: u64,
    /// Largest size; absent for the last bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// Classes.
    pub classes: u64,
    /// Rows in them.
    pub rows: u64,
}

const BINS: [u64; 10] = [1, 2, 3, 5, 10, 20, 50, 100, 500, 1000];

impl Risk {
    /// The risk of classes of these sizes, when `suppressed` more rows were suppressed.
    pub fn of(sizes: &[u32], suppressed: u64) -> Risk {
        let kept: u64 = sizes.iter().map(|s| u64::from(*s)).sum();
        let rows = kept + suppressed;
        let share = |n: u64| if rows == 0 { 0.0 } else { n as f64 / rows as f64 };
        let in_below = |size: u64| sizes.iter().map(|s| u64::from(*s)).filter(|s| *s < size).sum::<u64>();
        let smallest = sizes.iter().copied().min().unwrap_or(0);
        let histogram = BINS
            .iter()
            .enumerate()
            .map(|(i, from)| {
                let to = BINS.get(i + 1).map(|n| n - 1);
                let of =
                    sizes.iter().map(|s| u64::from(*s)).filter(|s| s >= from && to.is_none_or(|t| *s <= t));
                let (classes, rows) = of.fold((0, 0), |(c, r), s| (c + 1, r + s));
                Bin { from: *from, to, classes, rows }
            })
            .collect();
        let mean = if kept == 0 { 0.0 } else { sizes.len() as f64 / kept as f64 };
        Risk {
            rows,
            suppressed,
            classes: sizes.len() as u64,
            k: u64::from(smallest),
            unique: sizes.iter().filter(|s| **s == 1).count() as u64,
            below: [2, 3, 5, 10, 11]
                .map(|size| Below { size, rows: in_below(size), share: share(in_below(size)) })
                .into(),
            prosecutor_max: if smallest == 0 { 0.0 } else { 1.0 / f64::from(smallest) },
            prosecutor_mean: mean,
            marketer: mean,
            mean_class: if sizes.is_empty() { 0.0 } else { kept as f64 / sizes.len() as f64 },
            histogram,
        }
    }
}

/// The class of each row over some columns, and the size of each class. Classes are numbered by first row.
pub fn classes(table: &Table, columns: &[usize]) -> (Vec<u32>, Vec<u32>) {
    let rows = table.rows();
    let mut of = vec![0u32; rows];
    let mut sizes = vec![rows as u32; usize::from(rows > 0)];
    for at in columns {
        let codes = &table.columns[*at].codes;
        let width = table.columns[*at].values.len() as u64;
        // A table of all pairs while that is small, else a hash.
        let pairs = sizes.len() as u64 * width;
        let mut next: Vec<u32> = Vec::new();
        if pairs <= 1 << 22 {
            let mut dense = vec![u32::MAX; pairs as usize];
            for (row, class) in of.iter_mut().enumerate() {
                let slot = &mut dense[(u64::from(*class) * width + u64::from(codes.get(row))) as usize];
                if *slot == u32::MAX {
                    *slot = next.len() as u32;
                    next.push(0);
                }
                next[*slot as usize] += 1;
                *class = *slot;
            }
        } else {
            let mut index: FxHashMap<u64, u32> = FxHashMap::default();
            for (row, class) in of.iter_mut().enumerate() {
                let key = u64::from(*class) << 32 | u64::from(codes.get(row));
                let id = *index.entry(key).or_insert_with(|| {
                    next.push(0);
                    next.len() as u32 - 1
                });
                next[id as usize] += 1;
                *class = id;
            }
        }
        sizes = next;
    }
    (of, sizes)
}

/// Sizes of the classes over some columns.
pub fn sizes(table: &Table, columns: &[usize]) -> Vec<u32> {
    classes(table, columns).1
}

/// Linkage with a population (journalist risk and k-map): the attacker does not know that the person is in the table.
#[derive(Clone, Debug, Serialize)]
pub struct Journalist {
    /// Rows of the population: counted in a register, or as stated.
    pub population: u64,
    /// Where the figures come from: `register` (exact) or `estimated` (from a stated size).
    pub source: &'static str,
    /// Smallest number of people who share a row's quasi-identifiers: the k of k-map.
    pub k_map: f64,
    /// Largest 1 / people.
    pub max: f64,
    /// Mean over rows of 1 / people.
    pub mean: f64,
    /// Rows whose combination the register does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmatched: Option<u64>,
    /// delta-presence: least and greatest share of the population's rows of a combination that stand in the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<(f64, f64)>,
}

impl Journalist {
    /// From a register: for each class the rows of the table and of the register.
    pub fn of_register(pairs: &[(u32, u32)], population: u64) -> Journalist {
        let table: Vec<&(u32, u32)> = pairs.iter().filter(|p| p.0 > 0).collect();
        let rows: u64 = table.iter().map(|p| u64::from(p.0)).sum();
        // A person of the table is one of the people, so a class has at least its own rows.
        let people = |p: &(u32, u32)| f64::from(p.1.max(p.0));
        let k_map = table.iter().map(|p| people(p)).fold(f64::INFINITY, f64::min);
        let sum: f64 = table.iter().map(|p| f64::from(p.0) / people(p)).sum();
        let delta = |p: &(u32, u32)| f64::from(p.0.min(p.1)) / f64::from(p.1.max(1));
        let deltas: Vec<f64> = pairs.iter().filter(|p| p.1 > 0).map(delta).collect();
        Journalist {
            population,
            source: "register",
            k_map: if k_map.is_finite() { k_map } else { 0.0 },
            max: if k_map.is_finite() { 1.0 / k_map } else { 0.0 },
            mean: if rows == 0 { 0.0 } else { sum / rows as f64 },
            unmatched: Some(table.iter().filter(|p| p.1 == 0).map(|p| u64::from(p.0)).sum()),
            presence: Some((
                deltas.iter().copied().fold(1.0, f64::min),
                deltas.iter().copied().fold(0.0, f64::max),
            )),
        }
    }

    /// From a stated number of people, of whom the table is taken to be an even sample: a class of f rows stands
    /// for f * population / rows people. An estimate only: rare combinations are over-counted by it.
    pub fn estimated(sizes: &[u32], population: u64) -> Journalist {
        let rows: u64 = sizes.iter().map(|s| u64::from(*s)).sum();
        let factor = if rows == 0 { 1.0 } else { (population as f64 / rows as f64).max(1.0) };
        let smallest = f64::from(sizes.iter().copied().min().unwrap_or(0)) * factor;
        Journalist {
            population,
            source: "estimated",
            k_map: smallest,
            max: if smallest == 0.0 { 0.0 } else { 1.0 / smallest },
            mean: if rows == 0 { 0.0 } else { sizes.len() as f64 / factor / rows as f64 },
            unmatched: None,
            presence: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_table() {
        let r = Risk::of(&[1, 1, 3, 5], 2);
        assert_eq!((r.rows, r.k, r.unique, r.classes), (12, 1, 2, 4));
        assert_eq!(r.below[0].rows, 2);
        assert!((r.below[2].share - 5.0 / 12.0).abs() < 1e-12);
        assert!((r.prosecutor_mean - 0.4).abs() < 1e-12);
        assert_eq!(r.histogram[2], Bin { from: 3, to: Some(4), classes: 1, rows: 3 });
        assert_eq!(Risk::of(&[], 0).k, 0);
    }

    #[test]
    fn register_and_estimate() {
        let j = Journalist::of_register(&[(1, 4), (2, 2), (0, 5), (1, 0)], 11);
        assert_eq!((j.k_map, j.unmatched), (1.0, Some(1)));
        assert_eq!(j.presence, Some((0.0, 1.0)));
        assert!((j.mean - (0.25 + 1.0 + 1.0) / 4.0).abs() < 1e-12);
        let j = Journalist::estimated(&[1, 3], 400);
        assert_eq!((j.k_map, j.max), (100.0, 0.01));
    }

    #[test]
    fn classes_are_the_same_by_table_and_by_hash() {
        let rows: Vec<[String; 2]> = (0..500).map(|i| [(i % 7).to_string(), (i % 5).to_string()]).collect();
        let t = Table::from_rows(&["a", "b"], &rows).unwrap();
        let (of, sizes) = classes(&t, &[0, 1]);
        assert_eq!(sizes.len(), 35);
        assert_eq!(sizes.iter().sum::<u32>(), 500);
        assert_eq!(of[0], of[35]);
        assert_eq!(classes(&t, &[]).1, [500]);
    }
}

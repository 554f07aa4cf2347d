//! What a protected table still tells.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::prepare::Prepared;
use super::table::{Column, Table};

/// The recoded quasi-identifiers over the rows kept.
#[derive(Clone, Debug)]
pub struct Recoded {
    /// One column a quasi-identifier.
    pub columns: Vec<Column>,
    /// Per quasi-identifier: sum over rows of the share of the domain that the label covers beyond one value.
    pub covered: Vec<f64>,
}

impl Recoded {
    /// Sizes of the classes of rows with the same labels.
    pub fn class_sizes(&self) -> Vec<u32> {
        match Table::new(self.columns.clone()) {
            Ok(table) => super::risk::sizes(&table, &(0..self.columns.len()).collect::<Vec<_>>()),
            Err(_) => Vec::new(),
        }
    }
}

/// Figures of what is left. A suppressed row counts as wholly lost in each.
#[derive(Clone, Debug, Serialize)]
pub struct Utility {
    /// Normalized certainty penalty, the mean over columns; 0 is the original, 1 nothing.
    pub ncp: f64,
    /// Sum of squared class sizes; a suppressed row counts the number of rows.
    pub discernibility: f64,
    /// Mean class size over k, suppressed rows as one class.
    pub aecs: f64,
    /// Mean over pairs of columns of the change of Cramér's V; absent with fewer than two columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub association_change: Option<f64>,
    /// By column.
    pub columns: Vec<ColumnUtility>,
}

/// What is left of one column.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnUtility {
    /// Its name.
    pub name: String,
    /// Normalized certainty penalty, 0..=1.
    pub ncp: f64,
    /// Share of the column's entropy that is left (1 - non-uniform entropy loss), 0..=1.
    pub entropy_kept: f64,
    /// Distinct values before.
    pub distinct_before: usize,
    /// Distinct labels after.
    pub distinct_after: usize,
    /// Total variation between the values' distribution before and the one a reader of the copy would guess by
    /// spreading each label evenly over its values, 0..=1.
    pub distance: f64,
    /// The most frequent values before, with their share, for plots.
    #[serde(skip)]
    pub top_before: Vec<(String, f64)>,
    /// The most frequent labels after, with their share of all rows.
    #[serde(skip)]
    pub top_after: Vec<(String, f64)>,
}

/// A value is named in a plot where at least this many rows share it.
const SHARED: u64 = 10;

/// How many values a plot shows.
const PLOTTED: usize = 12;

/// Measures a recoding; `kept` are the rows that `recoded` holds.
pub fn measure(table: &Table, prepared: &Prepared, recoded: &Recoded, kept: &[u32]) -> Utility {
    let rows = table.rows().max(1) as f64;
    let lost = table.rows() - kept.len();
    let columns: Vec<ColumnUtility> = prepared
        .attributes
        .iter()
        .zip(&recoded.columns)
        .zip(&recoded.covered)
        .map(|((a, after), covered)| {
            let ncp = (covered + lost as f64) / rows;
            column(&table.columns[a.column], after, kept, ncp)
        })
        .collect();
    let sizes = recoded.class_sizes();
    let squares: f64 = sizes.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    let k = f64::from(prepared.models.k.max(1));
    let weight: f64 = prepared.attributes.iter().map(|a| a.weight).sum();
    let weighted: f64 = prepared.attributes.iter().zip(&columns).map(|(a, c)| a.weight * c.ncp).sum();
    let before: Vec<&Column> = prepared
        .attributes
        .iter()
        .map(|a| a.column)
        .chain(prepared.sensitive.iter().copied())
        .map(|at| &table.columns[at])
        .collect();
    Utility {
        ncp: if weight > 0.0 { weighted / weight } else { 0.0 },
        discernibility: squares + lost as f64 * table.rows() as f64,
        aecs: table.rows() as f64 / (sizes.len() + usize::from(lost > 0)).max(1) as f64 / k,
        association_change: association_change(&before, &recoded.columns, kept),
        columns,
    }
}

fn column(before: &Column, after: &Column, kept: &[u32], ncp: f64) -> ColumnUtility {
    let totals = before.counts();
    let rows: u64 = totals.iter().sum();
    let mut left = totals.clone();
    let mut joint: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    let mut labels = vec![0u64; after.values.len()];
    for (i, row) in kept.iter().enumerate() {
        let (value, label) = (before.codes.get(*row as usize), after.codes.get(i));
        *joint.entry((label, value)).or_default() += 1;
        labels[label as usize] += 1;
        left[value as usize] -= 1;
    }
    let suppressed: u64 = left.iter().sum();
    let bits = |n: u64, of: u64| if n == 0 { 0.0 } else { n as f64 * (of as f64 / n as f64).log2() };
    let mut pairs: Vec<((u32, u32), u64)> = joint.into_iter().collect();
    pairs.sort_unstable();
    let mut lost: f64 = pairs.iter().map(|((label, _), n)| bits(*n, labels[*label as usize])).sum();
    lost += left.iter().map(|n| bits(*n, suppressed)).sum::<f64>();
    let all: f64 = totals.iter().map(|n| bits(*n, rows)).sum();
    let mut guess = vec![0.0; totals.len()];
    for run in pairs.chunk_by(|a, b| a.0.0 == b.0.0) {
        let share = labels[run[0].0.0 as usize] as f64 / run.len() as f64;
        run.iter().for_each(|((_, value), _)| guess[*value as usize] += share);
    }
    let (n, m) = (rows.max(1) as f64, kept.len().max(1) as f64);
    let gap: f64 = totals.iter().zip(&guess).map(|(t, g)| (*t as f64 / n - g / m).abs()).sum();
    ColumnUtility {
        name: before.name.clone(),
        ncp,
        entropy_kept: if all > 0.0 { (1.0 - lost / all).clamp(0.0, 1.0) } else { 1.0 },
        distinct_before: totals.iter().filter(|n| **n > 0).count(),
        distinct_after: labels.iter().filter(|n| **n > 0).count(),
        distance: gap / 2.0,
        top_before: top(before, &totals, n),
        top_after: top(after, &labels, n),
    }
}

fn top(column: &Column, counts: &[u64], rows: f64) -> Vec<(String, f64)> {
    // A rare value could be one person's own; the page shows only what many share.
    let mut order: Vec<usize> = (0..counts.len()).filter(|c| counts[*c] >= SHARED).collect();
    order.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then_with(|| column.values[*a].cmp(&column.values[*b])));
    order.truncate(PLOTTED);
    order.into_iter().map(|c| (column.values[c].to_string(), counts[c] as f64 / rows)).collect()
}

/// Rows and columns that associations are measured on: more would cost time and change no digit that matters.
const SAMPLE: usize = 50_000;
const COLUMNS: usize = 12;

fn association_change(before: &[&Column], after: &[Column], kept: &[u32]) -> Option<f64> {
    let n = before.len().min(COLUMNS);
    if n < 2 || kept.is_empty() {
        return None;
    }
    let step = kept.len().div_ceil(SAMPLE);
    let places: Vec<usize> = (0..kept.len()).step_by(step).collect();
    let old =
        |c: usize| -> Vec<u32> { places.iter().map(|i| before[c].codes.get(kept[*i] as usize)).collect() };
    let new = |c: usize| -> Vec<u32> {
        match after.get(c) {
            Some(column) => places.iter().map(|i| column.codes.get(*i)).collect(),
            None => old(c),
        }
    };
    let (olds, news): (Vec<_>, Vec<_>) = (0..n).map(|c| (old(c), new(c))).unzip();
    let mut sum = 0.0;
    for a in 0..n {
        for b in a + 1..n {
            sum += (cramers_v(&olds[a], &olds[b]) - cramers_v(&news[a], &news[b])).abs();
        }
    }
    Some(sum / (n * (n - 1) / 2) as f64)
}

/// Cramér's V (1946) with Bergsma's correction for small tables (2013).
fn cramers_v(a: &[u32], b: &[u32]) -> f64 {
    let n = a.len() as f64;
    let mut joint: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    let (mut rows, mut columns): (FxHashMap<u32, u32>, FxHashMap<u32, u32>) = Default::default();
    for (x, y) in a.iter().zip(b) {
        *joint.entry((*x, *y)).or_default() += 1;
        *rows.entry(*x).or_default() += 1;
        *columns.entry(*y).or_default() += 1;
    }
    let (r, c) = (rows.len() as f64, columns.len() as f64);
    if n < 2.0 || r < 2.0 || c < 2.0 {
        return 0.0;
    }
    let mut cells: Vec<_> = joint.into_iter().collect();
    cells.sort_unstable();
    let sum: f64 = cells
        .iter()
        .map(|((x, y), o)| f64::from(*o).powi(2) / (f64::from(rows[x]) * f64::from(columns[y])))
        .sum();
    let phi2 = (sum - 1.0 - (r - 1.0) * (c - 1.0) / (n - 1.0)).max(0.0);
    let r = r - (r - 1.0).powi(2) / (n - 1.0);
    let c = c - (c - 1.0).powi(2) / (n - 1.0);
    let least = (r.min(c) - 1.0).max(f64::MIN_POSITIVE);
    (phi2 / least).sqrt().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn association_of_equal_and_of_independent_columns() {
        let a: Vec<u32> = (0..400).map(|i| i % 4).collect();
        let b: Vec<u32> = (0..400).map(|i| i / 4 % 5).collect();
        assert!((cramers_v(&a, &a) - 1.0).abs() < 0.01);
        assert!(cramers_v(&a, &b) < 0.01);
    }
}

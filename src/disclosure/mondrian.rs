//! Mondrian (LeFevre, DeWitt and Ramakrishnan, 2006): classes are boxes over the original values, cut at medians.
//! Numbers and dates become ranges, other values sets.

use super::hierarchy::{Hierarchy, ROOT};
use super::local::Recoder;
use super::table::Column;
use super::{Error, Result};

/// One quasi-identifier: its values in an order, and how far apart they are.
#[derive(Debug)]
pub struct Axis {
    /// Place of each code.
    rank: Vec<u32>,
    /// Code of each place.
    code: Vec<u32>,
    /// The number of each place, for numeric columns.
    numbers: Option<Vec<f64>>,
    /// Values have a natural order, so that a range says what it covers.
    ordered: bool,
}

impl Axis {
    /// Orders a column's values: numbers by size, dates in ISO form by time, others as the hierarchy has them
    /// (so that what belongs together stays together), else by alphabet.
    pub fn new(column: &Column, hierarchy: Option<&Hierarchy>) -> Axis {
        let filled: Vec<bool> = column
            .values
            .iter()
            .enumerate()
            .map(|(c, v)| column.null != Some(c as u32) && !v.trim().is_empty())
            .collect();
        let all = |test: &dyn Fn(&str) -> bool| {
            filled.iter().any(|f| *f) && column.values.iter().zip(&filled).all(|(v, f)| *f && test(v))
        };
        let number = |v: &str| v.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        let mut code: Vec<u32> = (0..column.values.len() as u32).collect();
        let text = |c: &u32| &column.values[*c as usize];
        let numeric = all(&|v| number(v).is_some());
        let date = all(&|v| {
            let b = v.as_bytes();
            b.len() == 10
                && b[4] == b'-'
                && b[7] == b'-'
                && b.iter().filter(|b| b.is_ascii_digit()).count() == 8
        });
        if numeric {
            code.sort_by(|a, b| {
                number(text(a)).partial_cmp(&number(text(b))).unwrap_or(std::cmp::Ordering::Equal)
            });
        } else if let (false, Some(h)) = (date, hierarchy) {
            code.sort_by_key(|c| {
                let leaf = h.leaf(text(c)).map(|l| l as usize);
                leaf.map(|l| (0..h.levels()).rev().map(|level| h.reach(level)[l]).collect::<Vec<_>>())
            });
        } else {
            code.sort_by(|a, b| text(a).cmp(text(b)));
        }
        let mut rank = vec![0; code.len()];
        code.iter().enumerate().for_each(|(place, c)| rank[*c as usize] = place as u32);
        let numbers = numeric.then(|| code.iter().map(|c| number(text(c)).unwrap_or(0.0)).collect());
        Axis { rank, code, numbers, ordered: numeric || date }
    }

    /// How much of the axis lies between two places, 0..=1.
    fn width(&self, low: u32, high: u32) -> f64 {
        let last = self.code.len().saturating_sub(1).max(1);
        match &self.numbers {
            Some(n) if n[last.min(n.len() - 1)] > n[0] => {
                (n[high as usize] - n[low as usize]) / (n[last.min(n.len() - 1)] - n[0])
            }
            _ => f64::from(high - low) / last as f64,
        }
    }

    /// What a class shows for this attribute; `places` are sorted and hold each place once.
    fn label(&self, column: &Column, places: &[u32]) -> String {
        let text = |p: &u32| column.values[self.code[*p as usize] as usize].trim();
        match places {
            [] => ROOT.into(),
            [one] => column.values[self.code[*one as usize] as usize].to_string(),
            [first, .., last] if self.ordered => format!("{}..{}", text(first), text(last)),
            all if all.len() == self.code.len() => ROOT.into(),
            all => format!("{{{}}}", all.iter().map(text).collect::<Vec<_>>().join("|")),
        }
    }
}

/// A class of rows, with what it shows for each attribute and how much of each axis that is.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The rows.
    pub rows: Vec<u32>,
    /// What stands in the copy, one label an attribute.
    pub labels: Vec<String>,
    /// Share of the axis that each label covers, 0..=1.
    pub widths: Vec<f64>,
}

/// Cuts the rows into boxes that all satisfy the models.
///
/// # Errors
/// Where all rows together do not.
pub fn boxes(recoder: &Recoder<'_>, axes: &[Axis], rows: Vec<u32>) -> Result<Vec<Cell>> {
    if !recoder.ok(&rows) {
        return Err(Error::Unreachable("all rows in one class do not satisfy them".into()));
    }
    Ok(cut(recoder, axes, rows))
}

fn cut(recoder: &Recoder<'_>, axes: &[Axis], rows: Vec<u32>) -> Vec<Cell> {
    let place = |c: usize, row: u32| {
        axes[c].rank[recoder.table.columns[recoder.attributes[c].column].codes.get(row as usize) as usize]
    };
    let mut spans: Vec<(f64, usize)> = (0..axes.len())
        .map(|c| {
            let places = rows.iter().map(|r| place(c, *r));
            let (low, high) = places.fold((u32::MAX, 0), |(l, h), p| (l.min(p), h.max(p)));
            (axes[c].width(low, high.max(low)) * recoder.attributes[c].weight, c)
        })
        .collect();
    spans.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (span, c) in &spans {
        if *span <= 0.0 {
            break;
        }
        let mut keyed: Vec<(u32, u32)> = rows.iter().map(|r| (place(*c, *r), *r)).collect();
        keyed.sort_unstable();
        // Equal values stay together, so the cut is the nearest change of value to the middle that works.
        let mut cuts: Vec<usize> = (1..keyed.len()).filter(|i| keyed[*i].0 != keyed[i - 1].0).collect();
        let middle = keyed.len() / 2;
        cuts.sort_by_key(|i| (i.abs_diff(middle), *i));
        for at in cuts.into_iter().take(CUTS) {
            let (left, right) = keyed.split_at(at);
            let side = |part: &[(u32, u32)]| part.iter().map(|p| p.1).collect::<Vec<u32>>();
            let (left, right) = (side(left), side(right));
            if recoder.ok(&left) && recoder.ok(&right) {
                let large = rows.len() > 4096;
                drop(rows);
                let (mut a, b) = if large {
                    rayon::join(|| cut(recoder, axes, left), || cut(recoder, axes, right))
                } else {
                    (cut(recoder, axes, left), cut(recoder, axes, right))
                };
                a.extend(b);
                return a;
            }
        }
    }
    let mut labels = Vec::with_capacity(axes.len());
    let mut widths = Vec::with_capacity(axes.len());
    for (c, axis) in axes.iter().enumerate() {
        let mut places: Vec<u32> = rows.iter().map(|r| place(c, *r)).collect();
        places.sort_unstable();
        places.dedup();
        let last = axis.code.len().saturating_sub(1).max(1);
        widths.push(match (places.first(), places.last()) {
            (Some(low), Some(high)) if axis.ordered => axis.width(*low, *high),
            _ => places.len().saturating_sub(1) as f64 / last as f64,
        });
        labels.push(axis.label(&recoder.table.columns[recoder.attributes[c].column], &places));
    }
    vec![Cell { rows, labels, widths }]
}

/// How many cuts of one attribute are tried, from the middle outwards.
const CUTS: usize = 16;

//! The second look at a finished table, before it may be written.
//!
//! Nothing of the search is used here: the rows are grouped anew by the texts that will be published, and each
//! model is worked out from its definition. What does not pass is not written.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::models::{Distance, Diversity};
use super::policy::{DistanceKind, Model, Privacy};
use super::prepare::Prepared;
use super::table::{Column, Table};
use super::{Error, Result};

/// What the check found.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Classes of equal published texts.
    pub classes: u64,
    /// Rows of the smallest.
    pub k: u64,
    /// By sensitive column.
    pub sensitive: Vec<SensitiveProof>,
    /// Rows that were compared, cell by cell, with the rows they come from.
    pub rows_compared: u64,
}

/// What the check found in one sensitive column.
#[derive(Clone, Debug, Serialize)]
pub struct SensitiveProof {
    /// The column.
    pub name: String,
    /// Fewest distinct values in a class.
    pub distinct_l: u64,
    /// Smallest exp(entropy) of a class.
    pub entropy_l: f64,
    /// Greatest distance of a class from the published table, where t is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub t: Option<f64>,
}

type Class<'t> = (u64, Vec<BTreeMap<&'t str, u64>>);

/// Checks a finished table against its policy and its source. `kept` are the source's rows in the copy; a copy
/// with more rows than that has blanked ones, which are recognised by the row and not by their text.
///
/// # Errors
/// [`Error::NotProven`] with what failed.
pub fn check(
    source: &Table,
    out: &Table,
    privacy: &Privacy,
    prepared: &Prepared,
    levels: Option<&[u8]>,
    kept: &[u32],
) -> Result<Proof> {
    let fail = |what: String| Err(Error::NotProven(what));
    let quasi = privacy.quasi.iter().map(|q| out.position(q)).collect::<Result<Vec<_>>>()?;
    let sensitive = privacy.sensitive.iter().map(|q| out.position(q)).collect::<Result<Vec<_>>>()?;
    let blanked = out.rows() != kept.len();
    if blanked && out.rows() != source.rows() {
        return fail("rows were invented or lost".into());
    }
    if out.columns.len() != source.columns.len() {
        return fail("columns were invented or lost".into());
    }
    // Which rows of the copy are kept ones, and where they come from.
    let pairs: Vec<(usize, usize)> = kept
        .iter()
        .enumerate()
        .map(|(i, row)| (if blanked { *row as usize } else { i }, *row as usize))
        .collect();
    compare(source, out, privacy, prepared, &pairs)?;

    let mut classes: HashMap<String, Class<'_>> = HashMap::new();
    let mut name = String::new();
    for (row, _) in &pairs {
        name.clear();
        for at in &quasi {
            let column = &out.columns[*at];
            // NULL and the empty text differ for whoever reads the copy.
            name.push_str(if is_null(column, *row) { "\u{0}" } else { column.text(*row) });
            name.push('\u{1F}');
        }
        if !classes.contains_key(&name) {
            classes.insert(name.clone(), (0, vec![BTreeMap::new(); sensitive.len()]));
        }
        let Some(class) = classes.get_mut(&name) else { continue };
        class.0 += 1;
        for (counts, at) in class.1.iter_mut().zip(&sensitive) {
            *counts.entry(out.columns[*at].text(*row)).or_default() += 1;
        }
    }
    let smallest = classes.values().map(|c| c.0).min().unwrap_or(0);
    if !classes.is_empty() && smallest < u64::from(privacy.k) {
        return fail(format!("a class of {smallest} rows, and k is {}", privacy.k));
    }
    if let (Some(levels), Some((register, at))) = (levels, &prepared.population) {
        against_register(privacy, prepared, levels, register, at, &classes)?;
    }
    let mut proofs = Vec::new();
    for (i, at) in sensitive.iter().enumerate() {
        let of = || classes.values().map(|c| &c.1[i]);
        let entropy = |c: &BTreeMap<&str, u64>| {
            let n: u64 = c.values().sum();
            c.values().map(|v| *v as f64 / n as f64).map(|p| -p * p.ln()).sum::<f64>().exp()
        };
        let distinct_l = of().map(|c| c.len() as u64).min().unwrap_or(0);
        let entropy_l = of().map(entropy).fold(f64::INFINITY, f64::min);
        if let (Some(l), false) = (privacy.l, classes.is_empty()) {
            let (kind, l, c) = l.parts();
            let holds = match kind {
                Diversity::Distinct => distinct_l as f64 >= l,
                Diversity::Entropy => entropy_l >= l - 1e-6,
                Diversity::Recursive => of().all(|counts| {
                    let mut r: Vec<u64> = counts.values().copied().collect();
                    r.sort_unstable();
                    r.reverse();
                    let tail: u64 = r.iter().skip((l.ceil() as usize).max(1) - 1).sum();
                    (r[0] as f64) < c * tail as f64
                }),
            };
            if !holds {
                return fail(format!(
                    "a class without the {kind:?} l-diversity of column {}",
                    out.columns[*at].name
                ));
            }
        }
        let mut t = None;
        if let Some(limit) = privacy.t {
            let paths = match privacy.distance {
                DistanceKind::Hierarchical => paths(prepared, i),
                _ => HashMap::new(),
            };
            let worst = farthest(of(), privacy.distance, &paths);
            if worst > limit + 1e-9 {
                return fail(format!("a class farther than t in column {}", out.columns[*at].name));
            }
            t = Some(worst);
        }
        let name = out.columns[*at].name.clone();
        proofs.push(SensitiveProof { name, distinct_l, entropy_l, t });
    }
    Ok(Proof {
        classes: classes.len() as u64,
        k: smallest,
        sensitive: proofs,
        rows_compared: pairs.len() as u64,
    })
}

/// The greatest distance of a class from all classes together.
fn farthest<'c, 't: 'c>(
    classes: impl Iterator<Item = &'c BTreeMap<&'t str, u64>> + Clone,
    kind: DistanceKind,
    paths: &HashMap<String, Vec<String>>,
) -> f64 {
    let mut all: BTreeMap<&str, u64> = BTreeMap::new();
    classes.clone().flatten().for_each(|(v, n)| *all.entry(v).or_default() += n);
    let total: u64 = all.values().sum();
    let mut values: Vec<&str> = all.keys().copied().collect();
    let numbers: Option<Vec<f64>> = values.iter().map(|v| v.trim().parse().ok()).collect();
    if numbers.is_some() {
        let number = |v: &str| v.trim().parse::<f64>().unwrap_or(0.0);
        values.sort_by(|a, b| number(a).total_cmp(&number(b)));
    }
    classes
        .map(|class| {
            let n: u64 = class.values().sum();
            let gap =
                |v: &str| class.get(v).copied().unwrap_or(0) as f64 / n as f64 - all[v] as f64 / total as f64;
            match kind {
                DistanceKind::Ordered if values.len() > 1 => {
                    let mut run = 0.0;
                    let steps = values.iter().map(|v| {
                        run += gap(v);
                        f64::abs(run)
                    });
                    steps.sum::<f64>() / (values.len() - 1) as f64
                }
                DistanceKind::Hierarchical => {
                    // On a tree the distance is the mass that each edge must carry times its length; all edges are
                    // half a level's share of the height long.
                    let height = paths.values().next().map_or(1, |p| p.len() - 1);
                    let carried = (0..height).map(|level| {
                        let mut mass: BTreeMap<&[String], f64> = BTreeMap::new();
                        for v in &values {
                            let path = paths.get(*v).map_or(&[][..], |p| &p[level..]);
                            *mass.entry(path).or_default() += gap(v);
                        }
                        mass.values().map(|m| m.abs()).sum::<f64>()
                    });
                    carried.sum::<f64>() / (2 * height.max(1)) as f64
                }
                _ => values.iter().map(|v| gap(v).abs()).sum::<f64>() / 2.0,
            }
        })
        .fold(0.0, f64::max)
}

/// For each value of a sensitive column, its labels from the value itself to the root.
fn paths(prepared: &Prepared, sensitive: usize) -> HashMap<String, Vec<String>> {
    match prepared.models.sensitive.get(sensitive).map(|s| &s.distance) {
        Some(Distance::Hierarchical { hierarchy, .. }) => hierarchy
            .rows()
            .map(|row| (row[0].to_owned(), row.into_iter().map(str::to_owned).collect()))
            .collect(),
        _ => HashMap::new(),
    }
}

/// k-map and delta-presence, by the texts that the register's people would have in the copy.
fn against_register(
    privacy: &Privacy,
    prepared: &Prepared,
    levels: &[u8],
    register: &Table,
    at: &[usize],
    classes: &HashMap<String, Class<'_>>,
) -> Result<()> {
    let mut people: HashMap<String, u64> = HashMap::new();
    let mut name = String::new();
    for row in 0..register.rows() {
        name.clear();
        for ((a, level), column) in prepared.attributes.iter().zip(levels).zip(at) {
            let column = &register.columns[*column];
            let leaf = a.population_leaf[column.codes.get(row) as usize] as usize;
            let level = usize::from(*level);
            let null = level == 0 && is_null(column, row);
            name.push_str(if null {
                "\u{0}"
            } else {
                a.hierarchy.label(level, a.hierarchy.reach(level)[leaf])
            });
            name.push('\u{1F}');
        }
        *people.entry(name.clone()).or_default() += 1;
    }
    for (key, class) in classes {
        let n = people.get(key).copied().unwrap_or(0);
        if privacy.k_map.is_some_and(|k| n < u64::from(k)) {
            return Err(Error::NotProven(format!("a class that stands for {n} of the population")));
        }
        let share = class.0 as f64 / n.max(class.0).max(1) as f64;
        if privacy.presence.is_some_and(|[low, high]| share < low || share > high) {
            return Err(Error::NotProven("a class outside the bounds of presence".into()));
        }
    }
    Ok(())
}

fn is_null(column: &Column, row: usize) -> bool {
    column.null == Some(column.codes.get(row))
}

/// Each cell of the copy must be its source's cell, or a generalization of it.
fn compare(
    source: &Table,
    out: &Table,
    privacy: &Privacy,
    prepared: &Prepared,
    pairs: &[(usize, usize)],
) -> Result<()> {
    for (old, new) in source.columns.iter().zip(&out.columns) {
        let fail = |row: usize| {
            let what = format!("row {} of column {} does not come from its source", row + 1, new.name);
            Err(Error::NotProven(what))
        };
        if old.name != new.name {
            return Err(Error::NotProven("columns stand in another order".into()));
        }
        let attribute = privacy.quasi.iter().position(|q| *q == old.name).map(|i| &prepared.attributes[i]);
        let mut seen: HashSet<(u32, u32)> = HashSet::new();
        for (to, from) in pairs {
            if !seen.insert((old.codes.get(*from), new.codes.get(*to))) {
                continue;
            }
            let (before, after) = (old.text(*from), new.text(*to));
            if before == after && is_null(old, *from) == is_null(new, *to) {
                continue;
            }
            let Some(a) = attribute else { return fail(*to) };
            let covers = match privacy.model {
                Model::Mondrian => within(before, after),
                _ => {
                    let h = &a.hierarchy;
                    let leaf = a.leaf[old.codes.get(*from) as usize] as usize;
                    (1..h.levels()).any(|level| h.label(level, h.reach(level)[leaf]) == after)
                }
            };
            if !covers {
                return fail(*to);
            }
        }
    }
    Ok(())
}

/// Does a range or set of Mondrian hold a value?
fn within(value: &str, label: &str) -> bool {
    let value = value.trim();
    if label == super::hierarchy::ROOT || label.trim() == value {
        return true;
    }
    if let Some(set) = label.strip_prefix('{').and_then(|l| l.strip_suffix('}')) {
        // A value may itself hold the bar, so the whole of it must stand between bars.
        return format!("|{set}|").contains(&format!("|{value}|"));
    }
    let Some((low, high)) = label.split_once("..") else { return false };
    match (low.parse::<f64>(), high.parse::<f64>(), value.parse::<f64>()) {
        (Ok(l), Ok(h), Ok(v)) => l <= v && v <= h,
        _ => low <= value && value <= high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_sets_hold_their_values() {
        assert!(within("5", "1..10") && !within("11", "1..10") && within("10", "9..10.5"));
        assert!(within("1990-05-05", "1990-01-01..1991-01-01"));
        assert!(within("a", "{a|b}") && !within("c", "{a|b}"));
        assert!(within("x", "*") && !within("x", "y"));
    }
}

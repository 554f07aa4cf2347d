//! Publication thresholds for frequency and magnitude tables: which cells may not be shown, and which others must
//! be hidden so that those cannot be worked out from totals.

mod audit;

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::table::{Builder, Table};
use super::{Error, Result};

/// What stands in a total's place.
pub const TOTAL: &str = "total";

/// What stands in a cell that is not shown (the sign for "confidential" of the SDMX code list of observation status).
pub const HIDDEN: &str = "c";

/// Rules of publication (Hundepool and others, "Statistical Disclosure Control", 2012).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rules {
    /// Cells of at least one and fewer than this many people are hidden.
    pub min_count: u64,
    /// (n, k): a cell is hidden where its n largest contributors make up more than k percent of it.
    pub dominance: Option<(usize, f64)>,
    /// p%: a cell is hidden where the second largest contributor could estimate the largest within p percent.
    pub p_percent: Option<f64>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { min_count: 3, dominance: None, p_percent: None }
    }
}

/// What to count.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The columns that span the table.
    pub by: Vec<String>,
    /// The column that is added up; counts only where none is given.
    pub measure: Option<String>,
    /// Who contributes (a firm, a household); each row by itself where none is given.
    pub contributor: Option<String>,
}

/// Why a cell is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Shown.
    Shown,
    /// Fewer people than the threshold.
    SmallCount,
    /// A few contributors make up nearly all of it.
    Dominance,
    /// A contributor could be estimated too closely.
    PPercent,
    /// Hidden so that another cannot be worked out.
    Complementary,
}

/// One cell.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The values of the spanning columns; absent for a total over one.
    pub key: Vec<Option<String>>,
    /// People.
    pub count: u64,
    /// Sum of the measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<f64>,
    /// Whether and why it is hidden.
    pub why: Why,
}

/// A table ready to be published, and the operator's account of it. The account holds the hidden figures.
#[derive(Clone, Debug, Serialize)]
pub struct Tabulation {
    /// Version of this layout.
    pub version: u32,
    /// The rules.
    pub rules: Rules,
    /// The spanning columns.
    pub by: Vec<String>,
    /// The measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// All cells, totals included.
    pub cells: Vec<Cell>,
    /// Cells hidden by a rule.
    pub primary: u64,
    /// Cells hidden to protect those.
    pub complementary: u64,
}

/// Most cells, totals included.
const MOST_CELLS: usize = 1_000_000;

/// The place of a cell: one more than the code of each value, 0 for the total.
type Place = Vec<u32>;

/// Builds the table.
///
/// # Errors
/// Where a column is missing, the measure is no number, or the hidden cells cannot be proven safe.
pub fn tabulate(table: &Table, layout: &Layout, rules: &Rules) -> Result<Tabulation> {
    if layout.by.is_empty() {
        return Err(Error::setting("--by names no column"));
    }
    if (1..layout.by.len()).any(|i| layout.by[..i].contains(&layout.by[i])) {
        return Err(Error::setting("--by names a column twice"));
    }
    if layout.measure.is_none() && (rules.dominance.is_some() || rules.p_percent.is_some()) {
        return Err(Error::setting("dominance and p% need a measure"));
    }
    let at = layout.by.iter().map(|c| table.position(c)).collect::<Result<Vec<_>>>()?;
    let cells: usize = at.iter().fold(1, |n, c| usize::saturating_mul(n, table.columns[*c].values.len() + 1));
    if cells > MOST_CELLS {
        return Err(Error::setting(format!(
            "the table would have {cells} cells; at most {MOST_CELLS} are laid out"
        )));
    }
    let measure = layout.measure.as_deref().map(|name| numbers(table, name)).transpose()?;
    let contributor = layout.contributor.as_deref().map(|name| table.position(name)).transpose()?;
    let mut found: BTreeMap<Place, Sum> = BTreeMap::new();
    for row in 0..table.rows() {
        let own: Place = at.iter().map(|c| table.columns[*c].codes.get(row) + 1).collect();
        let who = contributor.map_or(row as u32, |c| table.columns[c].codes.get(row));
        let amount = measure.as_ref().map_or(0.0, |m| m[row]);
        for total in 0..1u32 << at.len() {
            let place: Place =
                own.iter().enumerate().map(|(i, c)| if total >> i & 1 == 1 { 0 } else { *c }).collect();
            let sum = found.entry(place).or_default();
            sum.count += 1;
            *sum.by.entry(who).or_default() += amount;
        }
    }
    let mut why: BTreeMap<Place, Why> = found
        .iter()
        .map(|(place, sum)| (place.clone(), primary(sum, rules, contributor.is_some())))
        .collect();
    let hidden = why.values().filter(|w| **w != Why::Shown).count() as u64;
    protect(&found, &mut why, rules)?;
    let name = |place: &Place| -> Vec<Option<String>> {
        place
            .iter()
            .zip(&at)
            .map(|(c, column)| {
                c.checked_sub(1).map(|c| table.columns[*column].values[c as usize].to_string())
            })
            .collect()
    };
    let mut cells: Vec<Cell> = found
        .iter()
        .map(|(place, sum)| Cell {
            key: name(place),
            count: sum.count,
            sum: measure.as_ref().map(|_| sum.by.values().sum()),
            why: why[place],
        })
        .collect();
    // Totals last, values by their text.
    cells.sort_by_cached_key(|c| {
        c.key.iter().map(|v| (v.is_none(), v.clone().unwrap_or_default())).collect::<Vec<_>>()
    });
    let complementary = why.values().filter(|w| **w == Why::Complementary).count() as u64;
    Ok(Tabulation {
        version: 1,
        rules: rules.clone(),
        by: layout.by.clone(),
        measure: layout.measure.clone(),
        cells,
        primary: hidden,
        complementary,
    })
}

#[derive(Default)]
struct Sum {
    count: u64,
    by: FxHashMap<u32, f64>,
}

fn numbers(table: &Table, name: &str) -> Result<Vec<f64>> {
    let column = &table.columns[table.position(name)?];
    let values: Vec<Option<f64>> = column
        .values
        .iter()
        .map(|v| match v.trim() {
            "" => Some(0.0),
            text => text.replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite()),
        })
        .collect();
    (0..table.rows())
        .map(|row| {
            values[column.codes.get(row) as usize]
                .ok_or_else(|| Error::setting(format!("row {} of column {name} is no number", row + 1)))
        })
        .collect()
}

fn primary(sum: &Sum, rules: &Rules, contributors: bool) -> Why {
    let people = if contributors { sum.by.len() as u64 } else { sum.count };
    if people < rules.min_count {
        return Why::SmallCount;
    }
    let mut amounts: Vec<f64> = sum.by.values().map(|v| v.abs()).collect();
    amounts.sort_by(|a, b| b.total_cmp(a));
    let all: f64 = amounts.iter().sum();
    if let Some((n, k)) = rules.dominance
        && all > 0.0
        && amounts.iter().take(n).sum::<f64>() > k / 100.0 * all
    {
        return Why::Dominance;
    }
    if let (Some(p), Some(first)) = (rules.p_percent, amounts.first())
        && *first > 0.0
        && amounts.iter().skip(2).sum::<f64>() < p / 100.0 * first
    {
        return Why::PPercent;
    }
    Why::Shown
}

/// Hides more cells until no hidden one can be worked out.
fn protect(found: &BTreeMap<Place, Sum>, why: &mut BTreeMap<Place, Why>, rules: &Rules) -> Result<()> {
    let lines = lines(found);
    loop {
        let mut more: BTreeSet<Place> = BTreeSet::new();
        for line in &lines {
            let hidden: Vec<&Place> = line.iter().filter(|p| why[*p] != Why::Shown).collect();
            let people: u64 = hidden.iter().filter(|p| !is_total_of(p, line)).map(|p| found[*p].count).sum();
            // One hidden cell is a subtraction away; so is a few people spread over several cells.
            let open = hidden.len() == 1
                || (!hidden.is_empty() && !total_hidden(line, why) && people < rules.min_count);
            if open && !hidden.iter().any(|p| more.contains(*p)) {
                match cheapest(line, found, why) {
                    Some(place) => drop(more.insert(place)),
                    // A line of one cell and its equal total: hide the total as well.
                    None if hidden.len() == line.len() => {}
                    None => {
                        return Err(Error::Unreachable(
                            "a hidden cell stands alone and cannot be protected".into(),
                        ));
                    }
                }
            }
        }
        if more.is_empty() {
            let known = audit::known(&lines, why)?;
            for place in known {
                let line = lines.iter().filter(|l| l.contains(&place)).find_map(|l| cheapest(l, found, why));
                match line {
                    Some(place) => drop(more.insert(place)),
                    None => {
                        return Err(Error::Unreachable(
                            "a hidden cell can be worked out whatever is hidden".into(),
                        ));
                    }
                }
            }
        }
        if more.is_empty() {
            return Ok(());
        }
        why.extend(more.into_iter().map(|place| (place, Why::Complementary)));
    }
}

/// Every sum that a reader can write down: the cells along one column, and their total.
fn lines(found: &BTreeMap<Place, Sum>) -> Vec<Vec<Place>> {
    let mut lines: BTreeMap<(usize, Place), Vec<Place>> = BTreeMap::new();
    for place in found.keys() {
        for axis in 0..place.len() {
            let mut rest = place.clone();
            rest[axis] = 0;
            lines.entry((axis, rest)).or_default().push(place.clone());
        }
    }
    lines.into_values().collect()
}

/// Is this the total of its line? (The place with the lowest code along the line's axis, which is 0.)
fn is_total_of(place: &Place, line: &[Place]) -> bool {
    line.first() == Some(place)
}

fn total_hidden(line: &[Place], why: &BTreeMap<Place, Why>) -> bool {
    line.first().is_some_and(|t| why[t] != Why::Shown)
}

/// The shown cell of a line with fewest people: inner cells before totals.
fn cheapest(line: &[Place], found: &BTreeMap<Place, Sum>, why: &BTreeMap<Place, Why>) -> Option<Place> {
    line.iter()
        .filter(|p| why[*p] == Why::Shown)
        .min_by_key(|p| (p.iter().filter(|c| **c == 0).count(), found[*p].count, (*p).clone()))
        .cloned()
}

impl Tabulation {
    /// The table to publish: hidden figures are [`HIDDEN`], totals [`TOTAL`]. It does not tell which cells are
    /// hidden by a rule and which to protect them.
    pub fn published(&self) -> Result<Table> {
        let mut columns: Vec<Builder> = self.by.iter().map(Builder::new).collect();
        let mut count = Builder::new("count");
        let mut sum = self.measure.as_ref().map(Builder::new);
        for cell in &self.cells {
            for (b, v) in columns.iter_mut().zip(&cell.key) {
                b.push(v.as_deref().unwrap_or(TOTAL));
            }
            let shown = cell.why == Why::Shown;
            count.push(if shown { cell.count.to_string() } else { HIDDEN.into() }.as_str());
            if let (Some(b), Some(v)) = (&mut sum, cell.sum) {
                b.push(if shown { v.to_string() } else { HIDDEN.into() }.as_str());
            }
        }
        columns.push(count);
        columns.extend(sum);
        Table::new(columns.into_iter().map(Builder::finish).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str, &str, usize)]) -> Table {
        let mut all = Vec::new();
        for (city, sex, pay, n) in rows {
            all.extend(std::iter::repeat_n([*city, *sex, *pay].map(String::from), *n));
        }
        Table::from_rows(&["city", "sex", "pay"], all).unwrap()
    }

    fn by(names: &[&str]) -> Layout {
        Layout { by: names.iter().map(|n| n.to_string()).collect(), ..Layout::default() }
    }

    fn why<'t>(t: &'t Tabulation, key: &[&str]) -> &'t Cell {
        let key: Vec<Option<String>> = key.iter().map(|k| (*k != TOTAL).then(|| k.to_string())).collect();
        t.cells.iter().find(|c| c.key == key).unwrap()
    }

    #[test]
    fn a_small_count_is_hidden_with_three_others() {
        let rows = [
            ("A", "m", "1", 1),
            ("A", "f", "1", 9),
            ("B", "m", "1", 8),
            ("B", "f", "1", 7),
            ("C", "m", "1", 20),
            ("C", "f", "1", 30),
        ];
        let t = tabulate(&table(&rows), &by(&["city", "sex"]), &Rules::default()).unwrap();
        assert_eq!((t.primary, t.complementary), (1, 3));
        assert_eq!(why(&t, &["A", "m"]).why, Why::SmallCount);
        assert_eq!(why(&t, &["A", "f"]).why, Why::Complementary);
        assert_eq!(why(&t, &["C", "m"]).why, Why::Shown);
        let shown = t.published().unwrap();
        let hidden = (0..shown.rows()).filter(|r| shown.columns[2].text(*r) == HIDDEN).count();
        assert_eq!(hidden, 4);
    }

    #[test]
    fn few_people_in_two_cells_are_not_left_to_be_added_up() {
        let rows = [("A", "m", "1", 1), ("B", "m", "1", 1), ("C", "m", "1", 8), ("D", "m", "1", 9)];
        let t = tabulate(&table(&rows), &by(&["city"]), &Rules::default()).unwrap();
        assert_eq!((t.primary, t.complementary), (2, 1));
        assert_eq!(why(&t, &["C"]).why, Why::Complementary);
    }

    #[test]
    fn dominance_and_p_percent() {
        let mut rows = vec![["A", "f0", "1000"]];
        rows.extend([["A", "f1", "10"], ["A", "f2", "10"], ["A", "f3", "10"]]);
        rows.extend([["B", "g1", "100"], ["B", "g2", "100"], ["B", "g3", "90"], ["B", "g4", "80"]]);
        rows.extend([["C", "h1", "50"], ["C", "h2", "60"], ["C", "h3", "50"], ["C", "h4", "50"]]);
        let t = Table::from_rows(&["city", "firm", "pay"], rows.iter().map(|r| r.map(String::from))).unwrap();
        let layout =
            Layout { measure: Some("pay".into()), contributor: Some("firm".into()), ..by(&["city"]) };
        let rules = Rules { dominance: Some((1, 85.0)), ..Rules::default() };
        let out = tabulate(&t, &layout, &rules).unwrap();
        assert_eq!(why(&out, &["A"]).why, Why::Dominance);
        assert_eq!(out.complementary, 1);
        let rules = Rules { p_percent: Some(10.0), ..Rules::default() };
        let out = tabulate(&t, &layout, &rules).unwrap();
        assert_eq!(why(&out, &["A"]).why, Why::PPercent);
        assert_eq!(
            why(&out, &["B"]).why,
            if out.cells.iter().filter(|c| c.why == Why::Complementary).any(|c| c.key == [Some("B".into())]) {
                Why::Complementary
            } else {
                Why::Shown
            }
        );
        assert!(tabulate(&t, &by(&["city"]), &rules).is_err());
    }

    #[test]
    fn odd_input_is_refused_or_laid_out() {
        let t = table(&[("A", "m", "x", 5)]);
        assert!(tabulate(&t, &by(&[]), &Rules::default()).is_err());
        assert!(tabulate(&t, &by(&["city", "city"]), &Rules::default()).is_err());
        let layout = Layout { measure: Some("pay".into()), ..by(&["city"]) };
        assert!(tabulate(&t, &layout, &Rules::default()).unwrap_err().to_string().contains("row 1"));
        let alone = tabulate(&table(&[("A", "m", "1", 2)]), &by(&["city"]), &Rules::default()).unwrap();
        assert!(alone.cells.iter().all(|c| c.why != Why::Shown));
    }
}

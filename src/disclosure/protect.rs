//! From a table and a policy to a table that satisfies it.

use std::path::Path;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::hierarchy::{Hierarchy, ROOT};
use super::local::{Class, Recoder};
use super::mondrian::{self, Axis, Cell};
use super::policy::{HierarchySource, Model, Privacy, Suppressed};
use super::prepare::{Prepared, prepare};
use super::risk::{Risk, sizes};
use super::search::{Options, Solution, Space, search};
use super::table::{Codes, Column, Table};
use super::utility::{self, Recoded, Utility};
use super::{Error, Result, verify};

/// A table that satisfies its policy, and what that cost.
#[derive(Clone, Debug)]
pub struct Protected {
    /// The table to publish.
    pub table: Table,
    /// What was done.
    pub report: Report,
    /// Rows of the source that are in the copy and not suppressed, in order.
    pub kept: Vec<u32>,
}

/// What was done to a table and what it cost. `version` counts changes of this layout.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this layout.
    pub version: u32,
    /// The policy.
    pub policy: Privacy,
    /// Rows of the source.
    pub rows: u64,
    /// Rows of the copy.
    pub rows_out: u64,
    /// Rows that were suppressed; all figures count them as lost.
    pub suppressed: u64,
    /// The quasi-identifiers.
    pub columns: Vec<ColumnReport>,
    /// The search; absent for local recoding and Mondrian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchReport>,
    /// Risk of the source.
    pub before: Risk,
    /// Risk of the copy.
    pub after: Risk,
    /// What is left of the information.
    pub utility: Utility,
    /// What the independent check of the finished table found.
    pub proof: verify::Proof,
    /// Things that the operator should know.
    pub notes: Vec<String>,
}

/// One quasi-identifier.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnReport {
    /// Its name.
    pub name: String,
    /// Where its hierarchy comes from.
    pub hierarchy: String,
    /// Number of levels.
    pub levels: usize,
    /// The level used for the whole column; absent where it differs by class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

/// How the search went.
#[derive(Clone, Debug, Serialize)]
pub struct SearchReport {
    /// True where the result is proven to be the optimum.
    pub exact: bool,
    /// Nodes of the lattice.
    pub nodes: f64,
    /// Nodes whose classes were computed.
    pub checked: u64,
    /// Seconds.
    pub seconds: f64,
    /// The best nodes, best first.
    pub best: Vec<Choice>,
}

/// One node to choose from.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Level of each quasi-identifier.
    pub levels: Vec<u8>,
    /// Value of the objective.
    pub score: f64,
    /// Rows suppressed.
    pub suppressed: u64,
    /// Classes kept.
    pub classes: usize,
    /// Mean chance to pick the right row, over the rows kept (marketer risk).
    pub risk: f64,
}

/// The longest search of a lattice that is too large to be walked, where the policy sets no limit.
const LONG: Duration = Duration::from_secs(60);

/// From how many nodes on that limit holds.
const LARGE: u128 = 20_000_000;

/// Protects a table. `base` is the folder that relative paths of hierarchies are taken from; `keep` is how many
/// of the best nodes are reported; `choice` is the one of them to use (0: the best).
///
/// # Errors
/// Where the policy does not fit the table, nothing satisfies it, or the finished table fails its check.
pub fn protect(
    table: &Table,
    privacy: &Privacy,
    base: &Path,
    keep: usize,
    choice: usize,
) -> Result<Protected> {
    let prepared = prepare(table, privacy, base)?;
    let rows: Vec<u32> = (0..table.rows() as u32).collect();
    let mut notes = Vec::new();
    if table.rows() == 0 {
        return Err(Error::setting("the table has no rows"));
    }
    if (privacy.k as usize) > table.rows() {
        return Err(Error::Unreachable(format!(
            "k is {}, but the table has {} rows",
            privacy.k,
            table.rows()
        )));
    }
    let started = Instant::now();
    let mut search_report = None;
    let (mut recoded, kept, levels) = match privacy.model {
        Model::FullDomain => {
            let (solution, report) =
                full_domain(table, privacy, &prepared, &rows, keep, choice, started, &mut notes)?;
            search_report = Some(report);
            let kept = kept_rows(table, &prepared, &rows, &solution, privacy)?;
            let recoded = full_domain_columns(table, &prepared, &kept, &solution.levels);
            (recoded, kept, Some(solution.levels))
        }
        Model::Local => {
            let classes = recoder(table, &prepared).classes(rows.clone())?;
            (local_columns(table, &prepared, &classes, table.rows()), rows, None)
        }
        Model::Mondrian => {
            let axes: Vec<Axis> = prepared
                .attributes
                .iter()
                .map(|a| {
                    let column = &table.columns[a.column];
                    let listed =
                        matches!(privacy.hierarchies.get(&column.name), Some(HierarchySource::File(_)));
                    Axis::new(column, listed.then_some(&a.hierarchy))
                })
                .collect();
            let cells = mondrian::boxes(&recoder(table, &prepared), &axes, rows.clone())?;
            (mondrian_columns(table, &prepared, &cells, table.rows()), rows, None)
        }
    };
    let suppressed = (table.rows() - kept.len()) as u64;
    let out = assemble(table, privacy, &prepared, &mut recoded, &kept)?;
    let utility = utility::measure(table, &prepared, &recoded, &kept);
    let proof = verify::check(table, &out, privacy, &prepared, levels.as_deref(), &kept)?;
    let quasi: Vec<usize> = prepared.attributes.iter().map(|a| a.column).collect();
    let columns = (0..prepared.attributes.len())
        .map(|i| ColumnReport {
            name: table.columns[quasi[i]].name.clone(),
            hierarchy: prepared.sources[i].clone(),
            levels: prepared.attributes[i].hierarchy.levels(),
            level: levels.as_ref().map(|l| l[i]),
        })
        .collect();
    let report = Report {
        version: 1,
        policy: privacy.clone(),
        rows: table.rows() as u64,
        rows_out: out.rows() as u64,
        suppressed,
        columns,
        search: search_report,
        before: Risk::of(&sizes(table, &quasi), 0),
        after: Risk::of(&recoded.class_sizes(), suppressed),
        utility,
        proof,
        notes,
    };
    Ok(Protected { table: out, report, kept })
}

fn recoder<'a>(table: &'a Table, prepared: &'a Prepared) -> Recoder<'a> {
    Recoder {
        table,
        attributes: &prepared.attributes,
        sensitive: &prepared.sensitive,
        models: &prepared.models,
    }
}

fn space<'a>(
    table: &'a Table,
    privacy: &Privacy,
    prepared: &'a Prepared,
    rows: &'a [u32],
    options: Options,
) -> Space<'a> {
    let mut space =
        Space::new(table, rows, &prepared.attributes, &prepared.sensitive, &prepared.models, options);
    if privacy.population.is_some() {
        space.population = prepared.population.as_ref().map(|(t, at)| (t, at.clone()));
    }
    space
}

/// The most rows that a share allows; a sum that is a whole number but for rounding counts as that number.
fn limit(privacy: &Privacy, rows: usize) -> u64 {
    (privacy.suppression_limit * rows as f64 + 1e-9).floor() as u64
}

fn full_domain(
    table: &Table,
    privacy: &Privacy,
    prepared: &Prepared,
    rows: &[u32],
    keep: usize,
    choice: usize,
    started: Instant,
    notes: &mut Vec<String>,
) -> Result<(Solution, SearchReport)> {
    let options = Options {
        objective: privacy.objective,
        balance: privacy.balance,
        limit: limit(privacy, table.rows()),
        keep: keep.max(choice + 1).max(1),
        deadline: privacy.time_limit.map(|s| started + Duration::from_secs_f64(s.min(1e9))),
    };
    let mut space = space(table, privacy, prepared, rows, options);
    let nodes = space.nodes();
    if nodes > LARGE && space.options.deadline.is_none() {
        space.options.deadline = Some(started + LONG);
        notes.push(format!(
            "the lattice has {:.1e} nodes; without a time limit of its own the search ends after {} s",
            nodes as f64,
            LONG.as_secs()
        ));
    }
    let outcome = search(&space)?;
    if !outcome.exact {
        notes
            .push("the search was stopped before the optimum was proven; the best node found is used".into());
    }
    let solution = outcome
        .best
        .get(choice)
        .cloned()
        .ok_or_else(|| Error::setting(format!("only {} solutions were found", outcome.best.len())))?;
    let kept = |s: &Solution| table.rows() as u64 - s.suppressed;
    let best = outcome
        .best
        .iter()
        .map(|s| Choice {
            levels: s.levels.clone(),
            score: s.score,
            suppressed: s.suppressed,
            classes: s.classes,
            risk: if kept(s) == 0 { 0.0 } else { s.classes as f64 / kept(s) as f64 },
        })
        .collect();
    let report = SearchReport {
        exact: outcome.exact,
        nodes: nodes as f64,
        checked: outcome.checked,
        seconds: started.elapsed().as_secs_f64(),
        best,
    };
    Ok((solution, report))
}

/// Rows whose class satisfies the models at the chosen node.
fn kept_rows(
    table: &Table,
    prepared: &Prepared,
    rows: &[u32],
    solution: &Solution,
    privacy: &Privacy,
) -> Result<Vec<u32>> {
    let options = Options {
        objective: privacy.objective,
        balance: privacy.balance,
        limit: table.rows() as u64,
        keep: 1,
        deadline: None,
    };
    let space = space(table, privacy, prepared, rows, options);
    let kept = super::search::kept(&space, &solution.levels)?;
    match table.rows() as u64 - kept.len() as u64 == solution.suppressed {
        true => Ok(kept),
        false => {
            Err(Error::NotProven("the classes of the chosen node do not come out the same again".into()))
        }
    }
}

fn full_domain_columns(table: &Table, prepared: &Prepared, kept: &[u32], levels: &[u8]) -> Recoded {
    let mut columns = Vec::new();
    let mut covered = Vec::new();
    for (a, level) in prepared.attributes.iter().zip(levels) {
        let column = &table.columns[a.column];
        let h = &a.hierarchy;
        let level = *level as usize;
        let covers = |code: u32| h.leaves(level)[h.reach(level)[a.leaf[code as usize] as usize] as usize];
        covered.push(share_of(h, kept.iter().map(|r| covers(column.codes.get(*r as usize)))));
        columns.push(match level {
            0 => column.select(kept),
            _ => {
                let labels: Vec<Box<str>> =
                    (0..h.width(level)).map(|c| h.label(level, c as u32).into()).collect();
                let map: Vec<u32> = a.leaf.iter().map(|leaf| h.reach(level)[*leaf as usize]).collect();
                let codes = kept.iter().map(|r| map[column.codes.get(*r as usize) as usize]);
                Column::from_codes(&column.name, labels, None, codes)
            }
        });
    }
    Recoded { columns, covered }
}

/// Sum over rows of (leaves covered - 1) / (leaves - 1).
fn share_of(h: &Hierarchy, covers: impl Iterator<Item = u32>) -> f64 {
    let total: u64 = covers.map(|n| u64::from(n) - 1).sum();
    total as f64 / (h.size().max(2) - 1) as f64
}

fn local_columns(table: &Table, prepared: &Prepared, classes: &[Class], rows: usize) -> Recoded {
    let mut columns = Vec::new();
    let mut covered = Vec::new();
    for (c, a) in prepared.attributes.iter().enumerate() {
        let column = &table.columns[a.column];
        let h = &a.hierarchy;
        let mut labels = Labels::default();
        let mut codes = vec![0; rows];
        let mut total = 0u64;
        for class in classes {
            let level = class.levels[c] as usize;
            for row in &class.rows {
                let own = column.codes.get(*row as usize);
                let code = h.reach(level)[a.leaf[own as usize] as usize];
                let null = level == 0 && column.null == Some(own);
                codes[*row as usize] = labels.id(h.label(level, code), null);
                total += u64::from(h.leaves(level)[code as usize]) - 1;
            }
        }
        columns.push(Column::from_codes(&column.name, labels.values, labels.null, codes.into_iter()));
        covered.push(total as f64 / (h.size().max(2) - 1) as f64);
    }
    Recoded { columns, covered }
}

fn mondrian_columns(table: &Table, prepared: &Prepared, cells: &[Cell], rows: usize) -> Recoded {
    let mut columns = Vec::new();
    let mut covered = Vec::new();
    for (c, a) in prepared.attributes.iter().enumerate() {
        let mut labels = Labels::default();
        let mut codes = vec![0; rows];
        let mut total = 0.0;
        for cell in cells {
            let id = labels.id(&cell.labels[c], false);
            cell.rows.iter().for_each(|r| codes[*r as usize] = id);
            total += cell.widths[c] * cell.rows.len() as f64;
        }
        let name = &table.columns[a.column].name;
        columns.push(Column::from_codes(name, labels.values, labels.null, codes.into_iter()));
        covered.push(total);
    }
    Recoded { columns, covered }
}

/// Gives each text one code, and NULL another.
#[derive(Default)]
struct Labels {
    values: Vec<Box<str>>,
    index: FxHashMap<Box<str>, u32>,
    null: Option<u32>,
}

impl Labels {
    fn id(&mut self, text: &str, null: bool) -> u32 {
        let next = self.values.len() as u32;
        if null {
            return *self.null.get_or_insert_with(|| {
                self.values.push("".into());
                next
            });
        }
        if let Some(id) = self.index.get(text) {
            return *id;
        }
        self.values.push(text.into());
        self.index.insert(text.into(), next);
        next
    }
}

/// The finished table: recoded quasi-identifiers and the other columns, without the suppressed rows or with
/// blanked ones.
fn assemble(
    table: &Table,
    privacy: &Privacy,
    prepared: &Prepared,
    recoded: &mut Recoded,
    kept: &[u32],
) -> Result<Table> {
    let suppressed = table.rows() - kept.len();
    let quasi: FxHashMap<usize, usize> =
        prepared.attributes.iter().enumerate().map(|(i, a)| (a.column, i)).collect();
    let sensitive: Vec<usize> = privacy.sensitive.iter().map(|s| table.position(s)).collect::<Result<_>>()?;
    let blank = privacy.suppressed == Suppressed::Blank && suppressed >= privacy.k as usize;
    let mut place = vec![u32::MAX; if blank { table.rows() } else { 0 }];
    if blank {
        kept.iter().enumerate().for_each(|(i, r)| place[*r as usize] = i as u32);
    }
    let mut columns = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let part = match quasi.get(&at) {
            Some(i) => recoded.columns[*i].clone(),
            None if kept.len() == table.rows() => column.clone(),
            None => column.select(kept),
        };
        if !blank {
            columns.push(part);
        } else if quasi.contains_key(&at) || sensitive.contains(&at) {
            let mut values = part.values.clone();
            let star = values.iter().position(|v| &**v == ROOT).unwrap_or_else(|| {
                values.push(ROOT.into());
                values.len() - 1
            }) as u32;
            let codes = place.iter().map(|p| if *p == u32::MAX { star } else { part.codes.get(*p as usize) });
            columns.push(Column::from_codes(&column.name, values, part.null, codes));
        } else {
            columns.push(column.clone());
        }
    }
    if columns.is_empty() {
        return Err(Error::setting("the table has no columns"));
    }
    Table::new(columns)
}

impl Column {
    /// The column over some rows, in their order.
    fn select(&self, rows: &[u32]) -> Column {
        let codes = match &self.codes {
            Codes::Narrow(v) => Codes::Narrow(rows.iter().map(|r| v[*r as usize]).collect()),
            Codes::Wide(v) => Codes::Wide(rows.iter().map(|r| v[*r as usize]).collect()),
        };
        Column { name: self.name.clone(), values: self.values.clone(), null: self.null, codes }
    }
}

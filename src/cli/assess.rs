//! `qupia assess`: the disclosure risk of a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::Exit;
use crate::disclosure::load::{load, to_csv};
use crate::disclosure::roles::Role;
use crate::disclosure::{Assessment, Population, Request, Table, assess, hierarchy, html, write_new};
use crate::model::Category;
use crate::run::Scanner;

/// Measures the disclosure risk of a table: CSV, XLSX, ODS, Parquet or Arrow.
#[derive(Args)]
pub struct AssessArgs {
    /// The table.
    table: PathBuf,
    /// Quasi-identifiers; proposed from headers and values where none are given.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    quasi: Vec<String>,
    /// Sensitive columns.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    sensitive: Vec<String>,
    /// A register with the same quasi-identifiers, or the number of people the table is drawn from.
    #[arg(long, value_name = "FILE|N")]
    population: Option<String>,
    /// A former release of this table, to compare with.
    #[arg(long, value_name = "FILE")]
    former: Option<PathBuf>,
    /// Hierarchy of a sensitive column, for hierarchical t-closeness.
    #[arg(long, value_name = "COLUMN=FILE")]
    hierarchy: Vec<String>,
    /// Differences between releases of fewer rows than this count as exposed.
    #[arg(short, default_value_t = 5)]
    k: u32,
    /// Writes the measures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes a page with plots.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Measures, prints a summary, writes the reports.
///
/// # Errors
/// Where the table cannot be read or a column is missing.
pub fn run(args: AssessArgs) -> anyhow::Result<Exit> {
    let table = load(&args.table)?.table;
    let population = match &args.population {
        None => None,
        Some(text) => match text.parse::<u64>() {
            Ok(n) => Some(Population::Size(n)),
            Err(_) => Some(Population::Register(load(text.as_ref())?.table)),
        },
    };
    let verdicts = if args.quasi.is_empty() { verdicts(&table)? } else { BTreeMap::new() };
    let mut request = Request {
        verdicts,
        quasi: args.quasi,
        sensitive: args.sensitive,
        population,
        former: args.former.map(|path| load(&path).map(|l| l.table)).transpose()?,
        k: args.k,
        ..Request::default()
    };
    for pair in &args.hierarchy {
        let Some((column, file)) = pair.split_once('=') else { bail!("--hierarchy takes COLUMN=FILE") };
        request.hierarchies.insert(column.to_owned(), hierarchy::read(file.as_ref(), column)?);
    }
    let measures = assess(&table, &request)?;
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&measures).context("the report could not be made")?;
        write_new(path, json.as_bytes())?;
    }
    if let Some(path) = &args.html {
        write_new(path, html::assessment(&measures).as_bytes())?;
    }
    print!("{}", summary(&measures));
    Ok(Exit::Done)
}

/// What a kind of data is for an attacker: it names a person by itself, or only together with others, or is what must
/// not become known.
pub(super) fn role(category: Category) -> Role {
    match category.as_str() {
        "address" | "age" | "birth_date" | "birth_place" | "citizenship" | "coordinates"
        | "marital_status" | "nationality" | "postcode" | "sex" => Role::Quasi,
        "special" => Role::Sensitive,
        _ => Role::Direct,
    }
}

/// Rows that detection looks at.
const SAMPLE: usize = 1000;

/// Roles of columns by what detection finds in their first rows.
fn verdicts(table: &Table) -> anyhow::Result<BTreeMap<String, Role>> {
    let rows = table.rows().min(SAMPLE);
    let mut sample = table.clone();
    sample.truncate(rows);
    let found = Scanner::new().bytes(to_csv(&sample)?.into_bytes(), "table.csv").found;
    let mut counts: BTreeMap<(String, Category), BTreeSet<Option<u64>>> = BTreeMap::new();
    for f in found {
        if let Some(field) = f.location.field {
            counts
                .entry((field.into_owned(), f.finding.category))
                .or_default()
                .insert(f.location.row.or(f.location.line));
        }
    }
    let mut roles: BTreeMap<String, (usize, Role)> = BTreeMap::new();
    for ((field, category), rows_with) in counts {
        let filled = table
            .position(&field)
            .map_or(0, |at| (0..rows).filter(|row| !table.columns[at].text(*row).trim().is_empty()).count());
        let best = roles.get(&field).map_or(0, |r| r.0);
        if rows_with.len() * 2 >= filled.max(1) && rows_with.len() > best {
            roles.insert(field, (rows_with.len(), role(category)));
        }
    }
    Ok(roles.into_iter().map(|(field, (_, role))| (field, role)).collect())
}

/// The measures as a short text.
fn summary(a: &Assessment) -> String {
    let mut lines = Vec::new();
    let quasi = if a.quasi.is_empty() { "none".to_owned() } else { a.quasi.join(", ") };
    let note = if a.proposed { " (proposed; confirm with --quasi)" } else { "" };
    lines.push(format!("rows                 {}", a.rows));
    lines.push(format!("quasi-identifiers    {quasi}{note}"));
    let r = &a.risk;
    lines
        .push(format!("k                    {} ({} classes, mean {:.1} rows)", r.k, r.classes, r.mean_class));
    lines.push(format!("unique rows          {} ({:.2} %)", r.unique, percent(r.unique, a.rows)));
    for b in &r.below {
        lines.push(format!("in classes below {:<4}{} ({:.2} %)", b.size, b.rows, b.share * 100.0));
    }
    lines.push(format!(
        "prosecutor risk      {:.2} % at most, {:.2} % mean",
        r.prosecutor_max * 100.0,
        r.prosecutor_mean * 100.0
    ));
    lines.push(format!("marketer risk        {:.2} %", r.marketer * 100.0));
    if let Some(j) = &a.journalist {
        lines.push(format!(
            "journalist risk      {:.2} % at most, {:.2} % mean; k-map {:.1} ({})",
            j.max * 100.0,
            j.mean * 100.0,
            j.k_map,
            j.source
        ));
        if let Some((low, high)) = j.presence {
            lines.push(format!("delta-presence       {low:.4} to {high:.4}"));
        }
    }
    for s in &a.sensitive {
        lines.push(format!(
            "sensitive {:<11}distinct l {}, entropy l {:.2}, t {:.3} equal, {:.3} ordered, worst posterior {:.1} %",
            s.name,
            s.distinct_l,
            s.entropy_l,
            s.t_equal,
            s.t_ordered,
            s.posterior.first().copied().unwrap_or(0.0) * 100.0
        ));
    }
    for (i, n) in a.uniques.rows_by_size.iter().enumerate() {
        lines.push(format!("alone by {} column{}   {n} rows", i + 1, if i == 0 { " " } else { "s" }));
    }
    for c in a.uniques.worst.iter().take(5) {
        lines.push(format!("  {:<8} rows by  {}", c.rows, c.columns.join(" + ")));
    }
    if let Some(d) = &a.differencing {
        lines.push(format!(
            "former release       {} classes differ by fewer than {} rows; {} rows exposed",
            d.small_differences, d.k, d.exposed
        ));
        for l in d.linked_by.iter().filter(|l| l.same_key) {
            lines.push(format!("  rows can be joined by {}: the same key seems to have been used", l.column));
        }
    }
    lines.extend(a.notes.iter().map(|n| format!("note: {n}")));
    lines.join("\n") + "\n"
}

fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 * 100.0 }
}

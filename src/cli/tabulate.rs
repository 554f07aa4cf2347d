//! `qupia tabulate`: frequency and magnitude tables with publication thresholds.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::Exit;
use crate::disclosure::load::load;
use crate::disclosure::tabulate::{Layout, Rules, tabulate};
use crate::disclosure::{load, write_new};

/// Counts or adds up a table and hides the cells that may not be published.
#[derive(Args)]
pub struct TabulateArgs {
    /// The table with one row a person, household or firm.
    table: PathBuf,
    /// The columns that span the result.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', required = true)]
    by: Vec<String>,
    /// The column that is added up; without it rows are counted.
    #[arg(long, value_name = "COLUMN")]
    measure: Option<String>,
    /// The column that says who contributes (several rows may belong to one contributor).
    #[arg(long, value_name = "COLUMN")]
    contributor: Option<String>,
    /// Hides cells of fewer people.
    #[arg(long, value_name = "N", default_value_t = 3)]
    min_count: u64,
    /// Hides cells whose N largest contributors make up more than K percent.
    #[arg(long, value_name = "N,K")]
    dominance: Option<String>,
    /// Hides cells whose largest contributor could be estimated within P percent by the second largest.
    #[arg(long, value_name = "P")]
    p_percent: Option<f64>,
    /// Writes the table to publish (CSV); else it is printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes the operator's account as JSON. It holds the hidden figures and is not for publication.
    #[arg(long, value_name = "FILE")]
    account: Option<PathBuf>,
}

/// Builds the table and writes it.
///
/// # Errors
/// Where the table cannot be read, a column is missing, or the hidden cells cannot be made safe.
pub fn run(args: TabulateArgs) -> anyhow::Result<Exit> {
    let dominance = match &args.dominance {
        None => None,
        Some(text) => {
            let parts = text
                .split_once(',')
                .and_then(|(n, k)| Some((n.trim().parse().ok()?, k.trim().parse().ok()?)));
            match parts {
                Some((n, k)) if n > 0usize && (0.0..=100.0).contains(&k) => Some((n, k)),
                _ => bail!("--dominance takes a number of contributors and a percentage, as 1,85"),
            }
        }
    };
    if args.p_percent.is_some_and(|p| !(0.0..=100.0).contains(&p)) {
        bail!("--p-percent takes a percentage");
    }
    let table = load(&args.table)?.table;
    let layout = Layout { by: args.by, measure: args.measure, contributor: args.contributor };
    let rules = Rules { min_count: args.min_count, dominance, p_percent: args.p_percent };
    let done = tabulate(&table, &layout, &rules)?;
    if let Some(path) = &args.account {
        let json = serde_json::to_string_pretty(&done).context("the account could not be made")?;
        write_new(path, json.as_bytes())?;
    }
    let text = load::to_csv(&done.published()?)?;
    match &args.out {
        Some(path) => write_new(path, text.as_bytes())?,
        None => print!("{text}"),
    }
    eprintln!(
        "{} cells; {} hidden by a rule, {} to protect them",
        done.cells.len(),
        done.primary,
        done.complementary
    );
    Ok(Exit::Done)
}

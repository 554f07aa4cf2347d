//! `qupia hierarchy`: generalization hierarchies for a column.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::Exit;
use crate::disclosure::hierarchy::{Builtin, draft, write};
use crate::disclosure::load::load;
use crate::disclosure::write_new;

/// Drafts generalization hierarchies.
#[derive(Args)]
pub struct HierarchyArgs {
    #[command(subcommand)]
    command: HierarchyCommand,
}

#[derive(Subcommand)]
enum HierarchyCommand {
    /// Proposes a hierarchy from a column's values, to be edited by hand (one line a value, levels to the right)
    Draft(DraftArgs),
}

#[derive(Args)]
struct DraftArgs {
    /// The table.
    table: PathBuf,
    /// The column.
    #[arg(long, value_name = "COLUMN")]
    column: String,
    /// Takes this kind instead of guessing: suppress, date, age, numbers, quantiles, prefix, post_code, place, iin.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Writes the hierarchy to a file; else it is printed. It lists the column's values: keep it with the source.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Drafts a hierarchy.
///
/// # Errors
/// Where the table cannot be read, or there is no such column or kind.
pub fn run(args: HierarchyArgs) -> anyhow::Result<Exit> {
    let HierarchyCommand::Draft(args) = args.command;
    let table = load(&args.table)?.table;
    let column = &table.columns[table.position(&args.column)?];
    let (hierarchy, kind) = match &args.kind {
        None => {
            let draft = draft(column);
            (draft.hierarchy, draft.kind.to_owned())
        }
        Some(kind) => {
            let builtin: Builtin = match serde_json::from_value(serde_json::json!({ "builtin": kind })) {
                Ok(builtin) => builtin,
                Err(_) => bail!("there is no kind of hierarchy named {kind}"),
            };
            (builtin.hierarchy(column)?, kind.clone())
        }
    };
    let text = write(&hierarchy);
    match &args.out {
        Some(path) => write_new(path, text.as_bytes())?,
        None => print!("{text}"),
    }
    eprintln!("{kind}: {} values, {} levels", hierarchy.size(), hierarchy.levels());
    Ok(Exit::Done)
}

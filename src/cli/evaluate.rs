//! `qupia evaluate`: how well personal data is found, on samples with known truth.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::Exit;
use crate::detect::{Options, Rules};
use crate::evaluate::{evaluate, generate};

/// Measures precision and recall on samples with truth files, and false alarms on text without personal data.
#[derive(Args)]
pub struct EvaluateArgs {
    /// Folder of samples; beside `NAME` stands its truth, `NAME.truth.json`. Samples without truth are quiet text.
    #[arg(value_name = "DIR", required_unless_present = "generate")]
    dir: Option<PathBuf>,
    /// Invents samples with truth into this folder instead of measuring.
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    generate: Option<PathBuf>,
    /// The same number gives the same samples.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "generate")]
    seed: u64,
    /// How many samples to invent.
    #[arg(long, value_name = "N", default_value_t = 240, requires = "generate")]
    documents: usize,
    /// Findings below this do not count.
    #[arg(long, value_name = "0..1", default_value_t = 0.5)]
    min_confidence: f32,
    /// Adds or replaces rules: every *.toml in this folder.
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Lists so many mistakes: what was missed and what was wrongly found.
    #[arg(long, value_name = "N", default_value_t = 0)]
    mistakes: usize,
    /// Only mistakes of these categories.
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',')]
    only: Vec<String>,
    /// Shows the text of mistakes.
    #[arg(long)]
    show_values: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the subcommand.
///
/// # Errors
/// Folders and files that cannot be read or written, truth files that are none.
pub fn run(args: EvaluateArgs) -> anyhow::Result<Exit> {
    if !(0.0..=1.0).contains(&args.min_confidence) {
        bail!("--min-confidence takes a number from 0 to 1");
    }
    if let Some(dir) = &args.generate {
        generate(dir, args.seed, args.documents)?;
        eprintln!("{} samples with truth in {}", args.documents, dir.display());
        return Ok(Exit::Done);
    }
    let dir = args.dir.context("a folder of samples is needed")?;
    let mut rules = Rules::builtin().clone();
    if let Some(own) = &args.rules {
        rules = std::sync::Arc::new(Rules::clone(&rules).with_dir(own)?);
    }
    let options = Options { min_confidence: args.min_confidence, ..Options::default() };
    let result = evaluate(&dir, &rules, options)?;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&result)?),
        Format::Text => print!("{}", result.table()),
    }
    let wanted = result.mistakes.iter().filter(|m| args.only.is_empty() || args.only.contains(&m.category));
    for m in wanted.take(args.mistakes) {
        let what = if m.missed { "missed" } else { "wrong " };
        let rule = if m.missed { String::new() } else { format!(" {} {:.2}", m.rule, m.confidence) };
        let value = if args.show_values { format!(": {}", m.value) } else { String::new() };
        println!("{what} {:<14} {} {}{rule}{value}", m.category, m.path, m.place);
    }
    Ok(Exit::Done)
}

//! `qupia explain`: why a value is or is not a finding.

use clap::Args;

use super::Exit;
use crate::detect::{Detector, Options, Rules};

/// Tells why a text holds or does not hold personal data: rule, proofs, points, score.
#[derive(Args)]
pub struct ExplainArgs {
    /// The text; several words are joined by blanks.
    #[arg(required = true)]
    text: Vec<String>,
    /// Adds or replaces rules: every *.toml in this folder.
    #[arg(long, value_name = "DIR")]
    rules: Option<std::path::PathBuf>,
}

/// Prints every candidate in the text. The text comes from the command line, so it is shown whole.
///
/// # Errors
/// Where the operator's rules cannot be read.
pub fn run(args: ExplainArgs) -> anyhow::Result<Exit> {
    let rules = match &args.rules {
        Some(dir) => Rules::builtin().as_ref().clone().with_dir(dir)?,
        None => Rules::builtin().as_ref().clone(),
    };
    let detector = Detector::new(&rules, Options::default())?;
    print!("{}", detector.explain(&args.text.join(" ")));
    Ok(Exit::Done)
}

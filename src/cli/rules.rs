//! `qupia rules`: the detectors as data.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::Exit;
use crate::detect::Rules;
use crate::model::Evidence;

/// Lists, shows and tests the rules.
#[derive(Args)]
pub struct RulesArgs {
    /// Adds or replaces rules: every *.toml in this folder.
    #[arg(long, value_name = "DIR", global = true)]
    rules: Option<PathBuf>,
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// Lists the rules, or the categories with their titles and the paragraph of the law.
    List {
        /// Categories instead of rules.
        #[arg(long)]
        categories: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Shows one rule: where its candidates come from, its words, its points.
    Show {
        /// The rule's id.
        id: String,
    },
    /// Runs the examples of all rules, or of one rule file; exits with 1 where one does not hold.
    Test {
        /// A rule file.
        file: Option<PathBuf>,
    },
}

/// Does what was asked.
///
/// # Errors
/// Where rules cannot be read, or there is no such rule.
pub fn run(args: RulesArgs) -> anyhow::Result<Exit> {
    let mut rules = Rules::builtin().as_ref().clone();
    if let Some(dir) = &args.rules {
        rules = rules.with_dir(dir)?;
    }
    match args.command {
        RulesCommand::List { categories: true, json } => {
            for c in rules.categories() {
                if json {
                    println!("{}", serde_json::to_string(&c)?);
                } else {
                    println!("{:<20} {} | {} | {}  [{}]", c.id, c.ru, c.kk, c.en, c.law);
                }
            }
        }
        RulesCommand::List { categories: false, json } => {
            for r in rules.iter() {
                if json {
                    let line = serde_json::json!({"id": r.id(), "category": r.category(), "about": r.file().about, "path": r.path().display().to_string()});
                    println!("{line}");
                } else {
                    println!("{:<26} {:<20} {}", r.id(), r.category().as_str(), r.file().about);
                }
            }
        }
        RulesCommand::Show { id } => {
            let Some(r) = rules.get(&id) else { bail!("no rule `{id}` (see `qupia rules list`)") };
            let f = r.file();
            println!("{}: {}", r.id(), f.about);
            println!("category    {}", r.category());
            println!("file        {}", r.path().display());
            println!("finder      {}", f.finder);
            if let Some(p) = &f.proof {
                println!("proof       {p}");
            }
            if let Some(p) = &f.pattern {
                println!("pattern     {p}");
            }
            if f.needs_label {
                println!("needs       a word or a column that says so");
            }
            println!("words       {}", f.words.join(", "));
            println!("columns     {}", f.header.join(", "));
            if !f.words_not.is_empty() || !f.header_not.is_empty() {
                println!(
                    "against     {}",
                    [f.words_not.as_slice(), f.header_not.as_slice()].concat().join(", ")
                );
            }
            println!("points      base {:+.2}", r.base());
            for e in Evidence::ALL.iter().filter(|e| r.weight(**e) != 0.0) {
                println!("            {} {:+.2}", e.code(), r.weight(*e));
            }
            let examples = r.examples();
            for (title, list) in [("finds", &examples.matches), ("rejects", &examples.reject)] {
                for e in list {
                    let (text, _, header) = e.parts();
                    let column = header.map(|h| format!("  (column `{h}`)")).unwrap_or_default();
                    println!("{title:<11} {}{column}", text.replace('\n', "⏎"));
                }
            }
        }
        RulesCommand::Test { file } => {
            let failures = match &file {
                Some(f) => {
                    rules = rules.with_file(f)?;
                    rules.test_file(f)
                }
                None => rules.test(),
            };
            for f in &failures {
                println!(
                    "{}:{}: {}: `{}`: {}",
                    f.path.display(),
                    f.line.unwrap_or(0),
                    f.rule,
                    f.text,
                    f.problem
                );
            }
            let examples: usize = rules
                .iter()
                .filter(|r| file.as_ref().is_none_or(|f| r.path() == f))
                .map(|r| r.examples())
                .map(|e| e.matches.len() + e.reject.len())
                .sum();
            println!("{} of {examples} examples hold", examples - failures.len());
            if !failures.is_empty() {
                return Ok(Exit::Findings);
            }
        }
    }
    Ok(Exit::Done)
}

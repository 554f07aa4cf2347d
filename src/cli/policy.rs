//! `qupia policy`: what a policy says, before anything is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::Exit;
use crate::depersonalize::method::{METHODS, STEPS};
use crate::depersonalize::policy::PROFILES;
use crate::depersonalize::{Explained, Policy, Seen, draft, explain as explain_table};
use crate::detect::Detector;
use crate::run::{RunOptions, SeenTable, tables};
use crate::source::{Met, display, walk};
use crate::store::MANIFEST;

/// Explains, checks and drafts policies.
#[derive(Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Tells for every column of the files what the policy does to it, by which rule, and which rules count less
    Explain {
        /// The policy: a TOML file or the name of a profile
        policy: PathBuf,
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Writes a first policy from what the columns of the files hold
    Draft {
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Reads a policy and tells what is wrong with it
    Check {
        /// The policy
        policy: PathBuf,
    },
    /// Prints a profile, to start a policy from
    Show {
        /// Its name
        #[arg(value_parser = PROFILES.iter().map(|p| p.0).collect::<Vec<_>>())]
        profile: String,
    },
    /// Lists the methods and the steps of generalization
    Methods,
}

/// # Errors
/// A policy that cannot be used; a path that does not exist.
pub fn run(args: PolicyArgs) -> anyhow::Result<Exit> {
    match args.command {
        Command::Explain { policy, paths, json } => explain(&load(&policy)?, &RunOptions::new(paths), json),
        Command::Draft { paths } => {
            let mut seen = Vec::new();
            let exit = each(&RunOptions::new(paths), &mut |file, table| {
                let name: Arc<str> = table.table.name.as_deref().unwrap_or_default().into();
                let file: Arc<str> = file.into();
                let columns = table.table.fields.iter().zip(&table.verdicts).zip(&table.kinds);
                for ((field, (category, share)), (number, text)) in columns {
                    seen.push(Seen {
                        file: file.clone(),
                        table: name.clone(),
                        column: field.name.clone(),
                        category: *category,
                        share: *share,
                        ty: field.ty,
                        number: *number,
                        text: *text,
                    });
                }
            })?;
            print!("{}", draft(&seen));
            Ok(exit)
        }
        Command::Check { policy } => {
            let policy = load(&policy)?;
            println!(
                "{}: {} rules, {} conditions of suppression; default {}, token {}, scope {}",
                policy.name,
                policy.rules.len(),
                policy.suppress.len(),
                policy.default.name(),
                policy.function.name(),
                policy.scope.name()
            );
            Ok(Exit::Done)
        }
        Command::Show { profile } => {
            if let Some((_, text)) = PROFILES.iter().find(|p| p.0 == profile) {
                print!("{text}");
            }
            Ok(Exit::Done)
        }
        Command::Methods => {
            METHODS.iter().for_each(|(name, what)| println!("{name:<16}{what}"));
            println!("\ngeneralize, to = …");
            STEPS.iter().for_each(|(name, what)| println!("  {name:<14}{what}"));
            Ok(Exit::Done)
        }
    }
}

fn load(policy: &Path) -> anyhow::Result<Policy> {
    let name = policy.to_string_lossy();
    if !policy.exists() && PROFILES.iter().any(|p| p.0 == name) {
        return Ok(Policy::profile(&name)?);
    }
    Ok(Policy::load(policy)?)
}

/// Shows every table of every file; files that could not be read are told on standard error.
fn each(options: &RunOptions, show: &mut dyn FnMut(&str, &SeenTable)) -> anyhow::Result<Exit> {
    let detector = Detector::new(&options.rules, options.detect.clone())?;
    let mut exit = Exit::Done;
    let mut walked = options.walk.clone();
    walked.never.extend(options.paths.iter().map(|p| p.join(MANIFEST)));
    walk(&options.paths, &walked, |met| {
        let Met::File(entry) = met else { return true };
        let file = display(&entry.path);
        let (seen, failed) = tables(&entry.path, &options.limits, &detector);
        if let Some(e) = failed {
            eprintln!("qupia: {file}: {e}");
            exit = Exit::Incomplete;
        }
        seen.iter().for_each(|t| show(&file, t));
        true
    })?;
    Ok(exit)
}

/// Prints what a policy does to every column.
pub(super) fn explain(policy: &Policy, options: &RunOptions, json: bool) -> anyhow::Result<Exit> {
    each(options, &mut |file, seen| {
        let all =
            explain_table(policy, file, &seen.table, &|n| seen.verdicts.get(n as usize).and_then(|v| v.0));
        if json {
            for (e, sample) in all.iter().zip(&seen.samples) {
                let mut line = serde_json::json!({"type": "column", "path": file, "sample": sample});
                if let (Some(line), Ok(serde_json::Value::Object(e))) =
                    (line.as_object_mut(), serde_json::to_value(e))
                {
                    line.extend(e);
                }
                println!("{line}");
            }
            return;
        }
        match &seen.table.name {
            Some(name) => println!("{file}, {name}"),
            None => println!("{file}"),
        }
        for (Explained { column, category, method, because, overruled, .. }, sample) in
            all.iter().zip(&seen.samples)
        {
            let category = category.map_or("-", |c| c.as_str());
            println!("  {column:<24} {category:<12} {sample:<26} {method}");
            println!("  {:<24} by {because}", "");
            for rule in overruled {
                println!("  {:<24} not {rule}", "");
            }
        }
    })
}

use std::path::PathBuf;

use anyhow::Context;

use crate::depersonalize::{Key, Policy};
use crate::run::{self, AnonymizeOptions};

use super::Exit;
use super::common::CommonArgs;
use super::progress::Bar;

/// Arguments of `qupia anonymize`.
#[derive(clap::Args)]
pub(super) struct AnonymizeArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Folder for the copies; it may not lie inside a source, nor a source inside it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Keep the copies that are in DIR already and write those that are missing
    #[arg(long)]
    resume: bool,
    /// Remove the copies that an earlier run wrote into DIR
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,
    /// Policy file (TOML): methods by category and column; with [privacy] one table is made safe by measure
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[cfg(feature = "disclosure")]
    #[command(flatten)]
    privacy: super::privacy::PrivacyArgs,
}

pub(super) fn run(args: AnonymizeArgs) -> anyhow::Result<Exit> {
    let common = args.common;
    let options = common.run_options()?;
    let policy = match &args.policy {
        Some(path) => Policy::load(path)?,
        None => Policy::default(),
    };
    let key = Key::random().context("the system gave no random key")?;
    #[cfg(feature = "disclosure")]
    if let Some(path) = &args.policy
        && let Some(part) = super::privacy::part(path)?
    {
        let mode = super::privacy::mode(args.resume, args.overwrite);
        return super::privacy::run(
            &args.privacy,
            &common,
            &options,
            part,
            path,
            policy,
            key,
            &args.out,
            mode,
        );
    }
    let copies = AnonymizeOptions {
        out: args.out.clone(),
        policy,
        key,
        resume: args.resume,
        overwrite: args.overwrite,
    };
    let sinks = common.sinks(Some(&args.out))?;
    let bar = common
        .bar()
        .then(|| Bar::start(options.progress.clone(), options.paths.clone(), options.walk.clone()));
    let summary = run::anonymize(options, copies, sinks)?;
    drop(bar);
    let exit = common.exit(&summary);
    if summary.interrupted {
        eprintln!(
            "qupia: the copies in {} are whole; run again with --resume for the rest",
            args.out.display()
        );
    }
    Ok(exit)
}

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
}

pub(super) fn run(args: AnonymizeArgs) -> anyhow::Result<Exit> {
    let common = args.common;
    let options = common.run_options()?;
    let copies = AnonymizeOptions {
        out: args.out.clone(),
        policy: Policy::default(),
        key: Key::random().context("the system gave no random key")?,
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

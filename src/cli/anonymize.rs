use std::io::sink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::depersonalize::{Key, KeyOrigin, Policy};
use crate::report::description::{Form, Lang};
use crate::run::{self, AnonymizeOptions, Gatherer, Sink, Statements, write_description};

use super::Exit;
use super::common::CommonArgs;
use super::progress::Bar;

/// Arguments of `qupia anonymize`.
#[derive(clap::Args)]
pub(super) struct AnonymizeArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Folder for the copies; it may not lie inside a source, nor a source inside it
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// Keep the copies that are in DIR already and write those that are missing
    #[arg(long)]
    resume: bool,
    /// Remove the copies that an earlier run wrote into DIR
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,
    /// What is done to which data: a TOML file (see `qupia policy`); with [privacy] one table is made safe by measure
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    policy: Option<PathBuf>,
    /// A ready policy: statistics, sharing, test-data, court-act
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Write nothing; tell for every column what would happen to it
    #[arg(long)]
    dry_run: bool,
    /// Take the key from this file (`qupia key new`), so that several runs give the same tokens. The result is
    /// then pseudonymized, not anonymized
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Write the description of the procedure (Order No. 395, par. 22); the ending .docx, .html, .md or .json says
    /// its form
    #[arg(long, value_name = "FILE")]
    description: Option<PathBuf>,
    /// Languages of the description: ru, kk, en; several at once give several files
    #[arg(long, value_name = "LANG", value_delimiter = ',', default_value = "ru")]
    lang: Vec<String>,
    /// Owner or operator of the data, for the description
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Who asked for the depersonalized data, for the description
    #[arg(long, value_name = "NAME")]
    requester: Option<String>,
    /// What for, for the description (par. 19: statistical, sociological, scientific, marketing research)
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    #[command(flatten)]
    court: super::court::CourtArgs,
    #[cfg(feature = "disclosure")]
    #[command(flatten)]
    privacy: super::privacy::PrivacyArgs,
}

pub(super) fn run(args: AnonymizeArgs) -> anyhow::Result<Exit> {
    let policy = match (&args.policy, &args.profile) {
        (Some(file), _) => Policy::load(file)?,
        (None, Some(name)) => Policy::profile(name)?,
        (None, None) => Policy::default(),
    };
    let langs = languages(&args.lang)?;
    let common = args.common;
    if args.dry_run {
        return super::policy::explain(&policy, &common.paths, false);
    }
    let Some(out) = args.out else { bail!("--out DIR is missing") };
    if let Some(description) = &args.description {
        if Form::of(description).is_none() {
            bail!("--description {}: the name must end in .docx, .html, .md or .json", description.display());
        }
        if crate::store::inside(description, &out)? {
            bail!("--description {} lies in the output folder; put it elsewhere", description.display());
        }
    }
    let key = match &args.key_file {
        Some(file) => key_from(file, &out, &common.paths)?,
        None => Key::random().context("the system gave no random key")?,
    };
    let kept = matches!(key.origin(), KeyOrigin::File { .. });
    let mut options = common.run_options()?;
    options.court = args.court.session(args.profile.as_deref(), &out)?;
    let court = options.court.clone();
    #[cfg(feature = "disclosure")]
    if let Some(path) = &args.policy
        && let Some(part) = super::privacy::part(path)?
    {
        let mode = super::privacy::mode(args.resume, args.overwrite);
        return super::privacy::run(&args.privacy, &common, &options, part, path, policy, key, &out, mode);
    }
    let threads = options.threads;
    let mut sinks = common.sinks(Some(&out))?;
    let gatherer = args.description.is_some().then(Gatherer::default);
    if let Some(gatherer) = &gatherer {
        sinks.push(Sink { report: Arc::new(gatherer.clone()), to: Box::new(sink()) });
    }
    let copies = AnonymizeOptions {
        out: out.clone(),
        policy,
        key,
        resume: args.resume,
        overwrite: args.overwrite,
        done: gatherer.as_ref().map(Gatherer::hook),
    };
    let bar = common
        .bar()
        .then(|| Bar::start(options.progress.clone(), options.paths.clone(), options.walk.clone()));
    let summary = run::anonymize(options, copies, sinks)?;
    drop(bar);
    if let Some(court) = &court {
        args.court.write(court)?;
    }
    let exit = common.exit(&summary);
    if kept {
        eprintln!(
            "qupia: the key is kept: the copies are pseudonymized, not anonymized, until it is destroyed"
        );
    }
    if let (Some(gatherer), Some(path)) = (&gatherer, &args.description) {
        let said = Statements { operator: args.operator, requester: args.requester, purpose: args.purpose };
        let figures = gatherer.figures(&summary, &out, threads, said);
        write_description(&figures, path, &langs)
            .with_context(|| format!("cannot write the description {}", path.display()))?;
    }
    if summary.interrupted {
        eprintln!("qupia: the copies in {} are whole; run again with --resume for the rest", out.display());
    }
    Ok(exit)
}

fn languages(codes: &[String]) -> anyhow::Result<Vec<Lang>> {
    codes
        .iter()
        .map(|c| Lang::from_code(c).with_context(|| format!("--lang {c}: not known; allowed: ru, kk, en")))
        .collect()
}

/// A key that lies beside the data protects nothing.
fn key_from(file: &Path, out: &Path, sources: &[PathBuf]) -> anyhow::Result<Key> {
    for folder in sources.iter().map(PathBuf::as_path).chain([out]) {
        if folder.is_dir() && crate::store::inside(file, folder)? {
            bail!(
                "--key-file {} lies in {}; whoever has the data would have the key: keep it elsewhere",
                file.display(),
                folder.display()
            );
        }
    }
    Ok(Key::from_file(file)?)
}

use std::io::sink;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::depersonalize::{Key, KeyOrigin, Policy};
use crate::detect::{self, Rules};
use crate::evaluate::{self, evaluate};
use crate::report::description::{Form, Lang, RunFigures, paths};
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
    /// its form. May be given several times
    #[arg(long, value_name = "FILE")]
    description: Vec<PathBuf>,
    /// Languages of the description: ru, kk, en; several at once give several files
    #[arg(long, value_name = "LANG", value_delimiter = ',', default_value = "ru")]
    lang: Vec<String>,
    /// Samples with truth files (see `qupia evaluate`): the recall of the rules on them and the bound that follows for
    /// what may remain stand in the description
    #[arg(long, value_name = "DIR", requires = "description")]
    samples: Option<PathBuf>,
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
        return super::policy::explain(&policy, &common.run_options()?, false);
    }
    let Some(out) = args.out else { bail!("--out DIR is missing") };
    for description in &args.description {
        if Form::of(description).is_none() {
            bail!("--description {}: the name must end in .docx, .html, .md or .json", description.display());
        }
        let shown = description.display();
        if crate::store::inside(description, &out).with_context(|| format!("--description {shown}"))? {
            bail!("--description {shown} lies in the output folder; put it elsewhere");
        }
        // its figures are those of the run and cannot be had a second time
        for (path, _) in paths(description, &langs) {
            can_be_written(&path)
                .with_context(|| format!("the description {} cannot be written there", path.display()))?;
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
    let gatherer = (!args.description.is_empty()).then(Gatherer::default);
    let said = Statements { operator: args.operator, requester: args.requester, purpose: args.purpose };
    #[cfg(feature = "disclosure")]
    if let Some(path) = &args.policy
        && let Some(part) = super::privacy::part(path)?
    {
        let mode = super::privacy::mode(args.resume, args.overwrite);
        let wanted = gatherer.as_ref();
        let (exit, done) = super::privacy::run(
            &args.privacy,
            &common,
            &options,
            part,
            path,
            policy,
            key,
            &out,
            mode,
            wanted,
        )?;
        if kept && done.is_some() {
            eprintln!("qupia: {KEPT}");
        }
        if let (Some(gatherer), Some(done)) = (&gatherer, done) {
            let mut figures = gatherer.figures(&done.summary, &out, options.threads, said);
            done.add_to(&mut figures);
            recall(&mut figures, args.samples.as_deref(), &options.rules, options.detect.clone())?;
            describe(&figures, &args.description, &langs)?;
        }
        return Ok(exit);
    }
    let threads = options.threads;
    let (rules, detect) = (Arc::clone(&options.rules), options.detect.clone());
    let mut sinks = common.sinks(Some(&out))?;
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
        eprintln!("qupia: {KEPT}");
    }
    if let Some(gatherer) = &gatherer {
        let mut figures = gatherer.figures(&summary, &out, threads, said);
        recall(&mut figures, args.samples.as_deref(), &rules, detect)?;
        describe(&figures, &args.description, &langs)?;
    }
    summary.notes.iter().for_each(|note| eprintln!("qupia: {note}"));
    if summary.interrupted {
        eprintln!("qupia: the copies in {} are whole; run again with --resume for the rest", out.display());
    }
    Ok(exit)
}

/// What is said where the key of the run is kept in a file.
const KEPT: &str = "the key is kept: the copies are pseudonymized, not anonymized, until it is destroyed";

fn can_be_written(path: &Path) -> std::io::Result<()> {
    let new = !path.exists();
    std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    if new { std::fs::remove_file(path) } else { Ok(()) }
}

fn describe(figures: &RunFigures, paths: &[PathBuf], langs: &[Lang]) -> anyhow::Result<()> {
    for path in paths {
        write_description(figures, path, langs)
            .with_context(|| format!("cannot write the description {}", path.display()))?;
    }
    Ok(())
}

/// The recall of the rules of this run on samples with known truth.
fn recall(
    figures: &mut RunFigures,
    samples: Option<&Path>,
    rules: &Rules,
    options: detect::Options,
) -> anyhow::Result<()> {
    let Some(dir) = samples else { return Ok(()) };
    let result = evaluate(dir, rules, options).with_context(|| format!("--samples {}", dir.display()))?;
    // what was found as another kind does not stay in a copy either
    let counts = |c: &evaluate::Counts| (c.found + c.as_another, c.found + c.missed);
    figures.leftovers.recall = Some(counts(&result.total)).filter(|(_, all)| *all > 0);
    figures.leftovers.recall_by_category =
        result.categories.iter().map(|(c, n)| (c.clone(), counts(n))).filter(|(_, n)| n.1 > 0).collect();
    Ok(())
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
    // a single file's own folder is no source, but holds the data too
    let folder = |p: &Path| p.parent().and_then(|p| std::path::absolute(p).ok());
    if sources.iter().any(|s| s.is_file() && folder(s) == folder(file)) {
        eprintln!("qupia: --key-file {} lies beside the data; keep it elsewhere", file.display());
    }
    Ok(Key::from_file(file)?)
}

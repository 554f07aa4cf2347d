//! `qupia verify`: looks through copies again.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;

use super::Exit;
use super::common::{CommonArgs, Form};
use crate::depersonalize::Key;
use crate::run::{Kept, Leftover, RunOptions, verify};
use crate::source::WalkOptions;

/// Arguments of `qupia verify`.
#[derive(clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// The sources of the copies: whole values of theirs are looked for in the copies. May be given several times
    #[arg(long, value_name = "SOURCE")]
    against: Vec<PathBuf>,
    /// Hash of the manifest as the run's report or description tells it: any change of a copy or of the manifest shows
    #[arg(long, value_name = "BLAKE3")]
    manifest: Option<String>,
    /// Key file of the run: shows whether the manifest was sealed with it. One whose time is over will do
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// # Errors
/// A path that does not exist; rules that cannot be read.
pub fn run(args: VerifyArgs) -> anyhow::Result<Exit> {
    let [folder] = args.common.paths.as_slice() else {
        bail!("verify looks through one folder of copies; give its sources by --against");
    };
    if !folder.is_dir() {
        bail!("{} is no folder", folder.display());
    }
    if let Some(hash) = &args.manifest
        && (hash.trim().len() != 64 || !hash.trim().bytes().all(|b| b.is_ascii_hexdigit()))
    {
        bail!("--manifest: a BLAKE3 hash has 64 hexadecimal digits");
    }
    let key = args.key_file.as_deref().map(Key::from_file_for_checks).transpose()?;
    let kept = Kept { manifest: args.manifest, key };
    let base = args.common.run_options()?;
    let make = |paths: Vec<PathBuf>| {
        let mut options = RunOptions::new(paths);
        options.rules = Arc::clone(&base.rules);
        options.detect = base.detect.clone();
        options.threads = base.threads;
        options.limits = Arc::clone(&base.limits);
        options.stop = Arc::clone(&base.stop);
        options.walk = WalkOptions { follow_links: base.walk.follow_links, ..WalkOptions::default() };
        options
    };
    let verified = verify(folder, &args.against, &kept, &make)?;
    let mut out = std::io::stdout().lock();
    if args.common.format == Form::Jsonl {
        for issue in &verified.issues {
            let mut line = serde_json::to_value(issue)?;
            line["type"] = "issue".into();
            writeln!(out, "{line}")?;
        }
        let summary = serde_json::json!({
            "type": "summary", "run": "verify", "files": verified.files,
            "source_values": verified.source_values, "issues": verified.issues.len(),
            "leftovers": verified.leftovers(), "recovered": verified.recovered,
            "manifest": verified.manifest, "authentic": verified.authentic,
        });
        writeln!(out, "{summary}")?;
    } else {
        for i in &verified.issues {
            let kind = match i.kind {
                Leftover::Found => "still found",
                Leftover::SourceValue => "value of the source",
                Leftover::Mask => "mask can be rebuilt",
                Leftover::Tail => "last digits of the source",
                Leftover::Manifest => "manifest",
                Leftover::Unread => "not read",
                Leftover::Frequency => "note: tokens can be matched by frequency",
                Leftover::Declared => "note: stands there on purpose",
            };
            writeln!(out, "{}: {kind}: {} ({})", i.path, i.what, i.count)?;
        }
        for r in &verified.recovered {
            writeln!(
                out,
                "matching by frequency, {}: {} of {} values recovered by counting in {} columns ({} wrong guesses)",
                r.category, r.recovered, r.subjects, r.columns, r.wrong
            )?;
        }
        if let Some(hash) = &verified.manifest {
            let how = match verified.authentic {
                true => "the one of the run",
                false => "compare it with the report or description of the run (--manifest, --key-file)",
            };
            writeln!(out, "manifest: BLAKE3 {hash}; {how}")?;
        }
        writeln!(
            out,
            "{} copies looked through{}; {}",
            verified.files,
            match args.against.len() {
                0 => String::new(),
                _ => format!(", {} values of the sources looked for", verified.source_values),
            },
            if verified.leftovers() { "leftovers" } else { "nothing left" }
        )?;
    }
    if base.stop.load(std::sync::atomic::Ordering::Relaxed) {
        return Ok(Exit::Fatal);
    }
    Ok(if verified.leftovers() { Exit::Findings } else { Exit::Done })
}

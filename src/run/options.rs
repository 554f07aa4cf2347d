use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::depersonalize::{Counts, KeyRecord, Policy};
use crate::detect::{Options as DetectOptions, RuleError, Rules};
use crate::format::Limits;
use crate::report::Report;
use crate::source::gentle::Throttle;
use crate::source::{WalkError, WalkOptions};

use super::Progress;

/// Where one report goes.
pub struct Sink {
    /// Its form.
    pub report: Arc<dyn Report>,
    /// Its place.
    pub to: Box<dyn Write + Send>,
}

/// What a run does, besides writing copies.
pub struct RunOptions {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Which files of the folders.
    pub walk: WalkOptions,
    /// Rules to use.
    pub rules: Arc<Rules>,
    /// What to look for.
    pub detect: DetectOptions,
    /// Number of workers; at least 1.
    pub threads: usize,
    /// Files larger than this many bytes are not inspected.
    pub max_file_size: Option<u64>,
    /// Bounds for containers and engines.
    pub limits: Arc<Limits>,
    /// Limit on the bytes read in a second.
    pub throttle: Option<Arc<Throttle>>,
    /// Take files that were read out of the system's cache again.
    pub forget: bool,
    /// Whole values in reports instead of masks.
    pub show_values: bool,
    /// Set from outside to stop the run at the next block.
    pub stop: Arc<AtomicBool>,
    /// Counters for a progress bar.
    pub progress: Arc<Progress>,
    /// Given for court acts: decides on every document in place of the ordinary policy.
    pub court: Option<std::sync::Arc<crate::court::Session>>,
}

impl RunOptions {
    /// Scans `paths` with the built-in rules on all cores.
    pub fn new(paths: Vec<PathBuf>) -> RunOptions {
        RunOptions {
            paths,
            walk: WalkOptions::default(),
            rules: Arc::clone(Rules::builtin()),
            detect: DetectOptions::default(),
            threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
            max_file_size: None,
            throttle: None,
            forget: false,
            limits: Arc::default(),
            show_values: false,
            stop: Arc::default(),
            progress: Arc::default(),
            court: None,
        }
    }
}

/// How copies are written.
pub struct AnonymizeOptions {
    /// The output folder.
    pub out: PathBuf,
    /// What to do with findings.
    pub policy: crate::depersonalize::Policy,
    /// The key; random unless one was asked for by name.
    pub key: crate::depersonalize::Key,
    /// Keep copies that an earlier run wrote into the folder, and write only those that are missing.
    pub resume: bool,
    /// Remove what an earlier run wrote into the folder.
    pub overwrite: bool,
    /// Called at the end with what was done and the key's story, for the description of the procedure.
    pub done: Option<DoneHook>,
}

/// Takes what a depersonalizer knows at the end of a run.
pub type DoneHook = Box<dyn FnOnce(Finished) + Send>;

/// What is known at the end of a run that wrote copies.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The policy.
    pub policy: Policy,
    /// What was done.
    pub counts: Counts,
    /// The key's story.
    pub key: KeyRecord,
    /// Seconds of the stages, summed over files: `learn`, `replace`, `proof`, `models`.
    pub stages: Vec<(&'static str, f64)>,
    /// BLAKE3 of the sources before they were read.
    pub sources: BTreeMap<PathBuf, [u8; 32]>,
}

/// What ends a run as a whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A starting path or glob.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// A rule file.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A report or standard output cannot be written.
    #[error("cannot write the report: {0}; check the free space and the permissions, then run again")]
    Report(std::io::Error),
    /// The output folder cannot be used.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

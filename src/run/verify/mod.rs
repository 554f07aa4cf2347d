//! Looks through copies again: rules, manifest, whole values of the sources, masks, tails, matching by frequency.

mod attack;
mod look;
mod masks;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::depersonalize::{Key, is_depersonalized};
use crate::report::{FileRecord, FindingRecord, Report, Status, Summary};
use crate::source::{Met, WalkOptions, display, walk};
use crate::store::{MANIFEST, Manifest, Sealed};

use super::blocks::blocks;
use super::{RunError, RunOptions, Sink, scan};
use attack::{Attack, place};
use look::Copy;
use values::Values;

pub use attack::Recovered;

/// What is wrong with a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftover {
    /// The rules still find personal data.
    Found,
    /// A whole value of the source stands in the copy.
    SourceValue,
    /// A mask shows so much that the value can be rebuilt.
    Mask,
    /// A column holds the last digits of the source's numbers.
    Tail,
    /// The copy is not the one in the manifest, or stands in none; or the manifest is not as the run wrote it.
    Manifest,
    /// It could not be read, or not to its end.
    Unread,
    /// Tokens of a column can be matched by how often they occur: told, not counted as a leftover.
    Frequency,
    /// Looks like personal data and stands there on purpose, as the manifest says: told, not counted as a leftover.
    Declared,
}

/// One line of what verification found. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Issue {
    /// The copy, below the folder.
    pub path: String,
    /// What is wrong.
    pub kind: Leftover,
    /// The kind of data or the column.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// Copy, kind, what: how often.
type Issues = Arc<Mutex<BTreeMap<(String, Leftover, String), u64>>>;

/// What verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    /// Copies that were read.
    pub files: u64,
    /// Source values that were looked for.
    pub source_values: u64,
    /// What is wrong, sorted.
    pub issues: Vec<Issue>,
    /// What could be recovered from tokens by counting, by kind of data; empty without sources.
    pub recovered: Vec<Recovered>,
    /// BLAKE3 that the manifest is sealed with, where it fits what stands in it.
    pub manifest: Option<String>,
    /// True where that seal was held against what the operator kept: the hash, or the key.
    pub authentic: bool,
}

/// What the operator kept of the run, to tell its manifest from a forged one.
#[derive(Default)]
pub struct Kept {
    /// The hash of the manifest, as the run's report and description tell it.
    pub manifest: Option<String>,
    /// The key of the run's key file.
    pub key: Option<Key>,
}

impl Kept {
    /// What is wrong with a manifest.
    fn faults(&self, seal: &Sealed) -> Vec<&'static str> {
        let seal = match seal {
            Sealed::Open => return vec!["has no seal at its end"],
            Sealed::Broken => return vec!["was changed since the run that wrote it"],
            Sealed::Holds(seal) => seal,
        };
        let mut faults = Vec::new();
        if self.manifest.as_ref().is_some_and(|m| !m.trim().eq_ignore_ascii_case(&seal.blake3)) {
            faults.push("has another hash than the one given");
        }
        match self.key.as_ref().and_then(Key::seal).map(|key| seal.is_by(&key)) {
            Some(None) => faults.push("was sealed without a key"),
            Some(Some(false)) => faults.push("was not sealed with this key"),
            _ => {}
        }
        faults
    }
}

impl Verified {
    /// True where anything was found that may not stand there.
    pub fn leftovers(&self) -> bool {
        self.issues.iter().any(|i| !matches!(i.kind, Leftover::Frequency | Leftover::Declared))
    }
}

/// Looks through copies again, and, where `against` names their sources, for whole values of those in the copies. The
/// manifest is held against what was `kept` of the run.
/// `make` gives the options of a scan of some paths.
///
/// # Errors
/// What ends a scan as a whole.
pub fn verify(
    folder: &Path,
    against: &[PathBuf],
    kept: &Kept,
    make: &dyn Fn(Vec<PathBuf>) -> RunOptions,
) -> Result<Verified, RunError> {
    let issues: Issues = Arc::default();
    let values = if against.is_empty() { Values::default() } else { Values::read(against, make)? };
    let manifest = Manifest::read(&folder.join(MANIFEST)).unwrap_or_default();
    let mut faults = kept.faults(manifest.seal());
    if *manifest.seal() == Sealed::Open && !folder.join(MANIFEST).exists() {
        faults = vec!["is missing"];
    }
    for fault in &faults {
        lock(&issues).insert((MANIFEST.to_owned(), Leftover::Manifest, (*fault).to_owned()), 1);
    }
    let rescan =
        Rescan { folder: folder.to_owned(), issues: Arc::clone(&issues), declared: declared(&manifest) };
    let mut options = make(vec![folder.to_owned()]);
    options.walk.never.push(folder.join(MANIFEST));
    let limits = Arc::clone(&options.limits);
    run_quietly(options, Arc::new(rescan))?;

    let mut expected: BTreeMap<PathBuf, (u64, String)> =
        manifest.entries().iter().map(|e| (PathBuf::from(&e.path), (e.bytes, e.blake3.clone()))).collect();
    let (mut files, mut attack) = (0, Attack::default());
    walk(&[folder.to_owned()], &WalkOptions::default(), |met| {
        let entry = match met {
            Met::File(entry) => entry,
            Met::Passed { path, reason, .. } => {
                let shown = path.strip_prefix(folder).map_or_else(|_| display(&path), display);
                *lock(&issues).entry((shown, Leftover::Unread, reason.code().to_owned())).or_default() += 1;
                return true;
            }
        };
        if entry.relative == Path::new(MANIFEST) {
            return true;
        }
        files += 1;
        let shown = display(&entry.relative);
        let note = |kind, what: String, count: u64| {
            *lock(&issues).entry((shown.clone(), kind, what)).or_default() += count;
        };
        match expected.remove(&entry.relative) {
            Some((bytes, hash)) if !same(&entry.path, bytes, &hash) => {
                note(Leftover::Manifest, "content differs from the manifest".into(), 1);
            }
            None => note(Leftover::Manifest, "not in the manifest".into(), 1),
            Some(_) => {}
        }
        let mut copy = Copy::new(&values);
        copy.text(&shown, false);
        let read = blocks(&entry.path, &limits, &mut |block| {
            copy.block(block);
            if !values.is_empty() {
                attack.copy(&values, &shown, block);
            }
        });
        if let Err(e) = read {
            note(Leftover::Unread, e.reason.code().to_owned(), 1);
        }
        copy.raw(&entry.path);
        copy.judge();
        for ((kind, what), n) in std::mem::take(&mut copy.hits) {
            note(kind, what, n);
        }
        true
    })?;
    for path in expected.into_keys() {
        let key = (display(&path), Leftover::Manifest, "in the manifest, but not in the folder".to_owned());
        *lock(&issues).entry(key).or_default() += 1;
    }
    if !against.is_empty() {
        // the copies mirror their sources, so that a column's source stands under the same path
        let roots = super::anonymize::roots(against);
        walk(against, &WalkOptions::default(), |met| {
            let Met::File(entry) = met else { return true };
            let below = roots.get(entry.root).cloned().unwrap_or_default().join(&entry.relative);
            let shown = display(&below);
            let _ = blocks(&entry.path, &limits, &mut |block| attack.source(&values, &shown, block));
            true
        })?;
    }
    let issues = std::mem::take(&mut *lock(&issues));
    Ok(Verified {
        files,
        source_values: values.len() as u64,
        issues: issues
            .into_iter()
            .map(|((path, kind, what), count)| Issue { path, kind, what, count })
            .collect(),
        recovered: attack.run(),
        authentic: faults.is_empty() && (kept.manifest.is_some() || kept.key.is_some()),
        manifest: match manifest.seal() {
            Sealed::Holds(seal) => Some(seal.blake3.clone()),
            _ => None,
        },
    })
}

/// What the manifest says stands in the copies on purpose: path, then place and kind of data.
fn declared(manifest: &Manifest) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let mut all: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for entry in manifest.entries().iter().filter(|e| !e.declared.is_empty()) {
        let places = entry.declared.iter().map(|d| (d.place.clone(), d.category.clone()));
        all.entry(display(Path::new(&entry.path))).or_default().extend(places);
    }
    all
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn run_quietly(mut options: RunOptions, report: Arc<dyn Report>) -> Result<(), RunError> {
    // whole values reach the report below, which stays in this process and keeps digests and counts only
    options.show_values = true;
    scan(options, vec![Sink { report, to: Box::new(std::io::sink()) }]).map(drop)
}

fn same(path: &Path, bytes: u64, hash: &str) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut hasher = blake3::Hasher::new();
    file.metadata().is_ok_and(|m| m.len() == bytes)
        && hasher.update_reader(file).is_ok()
        && hasher.finalize().to_hex().as_str() == hash
}

/// The second scan: what is found and was not put there by depersonalizing.
struct Rescan {
    folder: PathBuf,
    issues: Issues,
    declared: BTreeMap<String, BTreeSet<(String, String)>>,
}

impl Rescan {
    fn below(&self, path: &str) -> String {
        Path::new(path).strip_prefix(&self.folder).map_or_else(|_| path.to_owned(), display)
    }

    fn note(&self, path: &str, kind: Leftover, what: &str) {
        let below = self.below(path);
        if below != MANIFEST {
            *lock(&self.issues).entry((below, kind, what.to_owned())).or_default() += 1;
        }
    }
}

impl Report for Rescan {
    fn finding(&self, r: &FindingRecord<'_>, _: &mut Vec<u8>) {
        if is_depersonalized(r.category, r.value) {
            return;
        }
        let table = r.location.table.as_deref().or(r.location.sheet.as_deref());
        let at = (place(table, r.location.field.as_deref().unwrap_or_default()), r.category.to_string());
        let on_purpose = self.declared.get(&self.below(r.path)).is_some_and(|all| all.contains(&at));
        let kind = if on_purpose { Leftover::Declared } else { Leftover::Found };
        self.note(r.path, kind, r.category.as_str());
    }

    fn file(&self, r: &FileRecord, _: &mut Vec<u8>) {
        if r.status != Status::Scanned {
            self.note(&r.path, Leftover::Unread, r.reason.unwrap_or("unknown"));
        }
    }

    fn summary(&self, _: &Summary, _: &mut Vec<u8>) {}
}

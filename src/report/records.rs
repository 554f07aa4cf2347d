use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::model::{Category, EvidenceSet, Location};

/// A finding as a report tells it.
#[derive(Serialize)]
pub struct FindingRecord<'a> {
    /// Path of the file.
    pub path: &'a str,
    /// Path inside archives and messages, outermost first.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub member: &'a [String],
    /// Where in the file or member.
    pub location: &'a Location<'a>,
    /// What it is.
    pub category: Category,
    /// A finer kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<&'a str>,
    /// Which rule found it.
    pub rule: &'a str,
    /// Masked, unless whole values were asked for.
    pub value: &'a str,
    /// 0..=1.
    #[serde(serialize_with = "two_digits")]
    pub confidence: f32,
    /// The reasons.
    #[serde(serialize_with = "codes")]
    pub evidence: EvidenceSet,
    /// What else it could be.
    #[serde(skip_serializing_if = "<[Category]>::is_empty")]
    pub alternatives: &'a [Category],
}

fn two_digits<S: Serializer>(v: &f32, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_f64((f64::from(*v) * 100.0).round() / 100.0)
}

fn codes<S: Serializer>(v: &EvidenceSet, s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(v.iter().map(|e| e.code()))
}

/// Whether a file was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The whole of it.
    Scanned,
    /// A part; the reason says what is missing.
    Partly,
    /// Nothing of it.
    NotInspected,
}

/// One file, or one member of a container, in the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct FileRecord {
    /// Path of the file.
    pub path: String,
    /// Path inside archives and messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<String>,
    /// Was it looked at?
    pub status: Status,
    /// The ledger's word for why not (wholly).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Where, and what to do. Never a value from the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The format it was read as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// Character encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    /// Size in bytes.
    pub bytes: u64,
    /// Findings by category.
    pub counts: BTreeMap<Category, u64>,
    /// `anonymize` only: what became of the copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<Copy>,
}

/// What became of the copy of a file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Copy {
    /// Does it stand in the output folder?
    pub written: bool,
    /// Path of the copy inside the output folder; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The word for why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Replacements made.
    pub replaced: u64,
    /// Format of the copy where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
}

/// The verdict on a column.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnRecord {
    /// Path of the file.
    pub path: String,
    /// Path inside archives and messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<String>,
    /// Table or sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Name of the column.
    pub column: String,
    /// Number of the column, from 1.
    pub index: usize,
    /// Category that the column holds.
    pub verdict: Category,
    /// A finer kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<&'static str>,
    /// Share of the sampled cells that prove true.
    #[serde(serialize_with = "two_digits")]
    pub share: f32,
    /// Cells looked at.
    pub sampled: u64,
    /// 0..=1.
    #[serde(serialize_with = "two_digits")]
    pub confidence: f32,
    /// The reasons.
    #[serde(serialize_with = "codes")]
    pub evidence: EvidenceSet,
}

/// What kind of run a summary closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing was written but reports.
    #[default]
    Scan,
    /// Copies were written.
    Anonymize,
}

/// The totals of a run. They are the sums of the file records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Scan or anonymize.
    pub run: Kind,
    /// Files met (members of containers not counted).
    pub files: u64,
    /// Of them wholly inspected.
    pub scanned: u64,
    /// In part.
    pub partly: u64,
    /// Not at all.
    pub not_inspected: u64,
    /// Members of containers met.
    pub members: u64,
    /// Bytes of the files met.
    pub bytes: u64,
    /// All findings.
    pub findings: u64,
    /// By category.
    pub counts: BTreeMap<Category, u64>,
    /// Files and members that were not or only partly inspected, by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Copies written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<u64>,
    /// Files without a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_copy: Option<u64>,
    /// Replacements made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced: Option<u64>,
    /// BLAKE3 of the manifest's lines, hexadecimal: whoever keeps it can tell later that no copy was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// The key is kept in a file: the copies are pseudonymized, not anonymized.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pseudonymized: bool,
    /// The run was stopped before its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// By folder, for people: findings by category.
    #[serde(skip)]
    pub folders: BTreeMap<String, BTreeMap<Category, u64>>,
    /// The first files that were not wholly inspected, for people: path, reason, detail.
    #[serde(skip)]
    pub open: Vec<(String, &'static str, String)>,
    /// What the operator should know of the run, for people.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// Wall-clock seconds, for people only: reports must not depend on timing.
    #[serde(skip)]
    pub seconds: f64,
}

/// At most so many lines of what was not inspected are kept for the report to people; the reasons
/// count all, and the machine-readable reports list all.
const OPEN_LINES: usize = 200;
/// Folders listed by themselves; the rest is summed up by its upper folder.
const FOLDERS: usize = 2000;

impl Summary {
    /// Adds one file or member.
    pub fn add(&mut self, file: &FileRecord) {
        let member = !file.member.is_empty();
        if member {
            self.members += 1;
        } else {
            self.files += 1;
            self.bytes += file.bytes;
            match file.status {
                Status::Scanned => self.scanned += 1,
                Status::Partly => self.partly += 1,
                Status::NotInspected => self.not_inspected += 1,
            }
        }
        let n: u64 = file.counts.values().sum();
        self.findings += n;
        for (category, n) in &file.counts {
            *self.counts.entry(*category).or_default() += n;
        }
        if let Some(reason) = file.reason {
            *self.reasons.entry(reason).or_default() += 1;
            if self.open.len() < OPEN_LINES && reason != "excluded" {
                let mut path = file.path.clone();
                for m in &file.member {
                    path.push_str(" > ");
                    path.push_str(m);
                }
                self.open.push((path, reason, file.detail.clone().unwrap_or_default()));
            }
        }
        if n > 0 {
            let mut folder = file.path.rsplit_once('/').map_or(".", |(f, _)| f);
            while self.folders.len() >= FOLDERS && !self.folders.contains_key(folder) {
                match folder.rsplit_once('/') {
                    Some((up, _)) => folder = up,
                    None => break,
                }
            }
            let counts = self.folders.entry(folder.to_owned()).or_default();
            for (category, n) in &file.counts {
                *counts.entry(*category).or_default() += n;
            }
        }
        if let Some(copy) = &file.copy {
            *self.replaced.get_or_insert(0) += copy.replaced;
            if !member {
                *self.copies.get_or_insert(0) += u64::from(copy.written);
                *self.without_copy.get_or_insert(0) += u64::from(!copy.written);
            }
        }
    }

    /// True where something that should have been inspected was not, or not wholly.
    /// What the command line left out and links that were not followed do not count.
    pub fn incomplete(&self) -> bool {
        self.interrupted || self.reasons.keys().any(|r| !matches!(*r, "excluded" | "link"))
    }
}

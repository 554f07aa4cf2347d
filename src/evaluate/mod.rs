//! Measures how well personal data is found: samples with known truth against a scan of them.
//!
//! A folder holds samples of any format; beside a sample `NAME` stands `NAME.truth.json` (see [`Truth`]). A sample
//! without truth, or with `"quiet": true`, is text without personal data: what is found in it is a false alarm.
//! [`generate`] invents such a folder. Court acts with marks (`NAME.act`, see [`read_act`]) are measured by themselves.

mod acts;
mod generate;
mod matching;
mod table;
mod truth;

pub use acts::{ActScore, Mark, Marked, read_act};
pub use generate::generate;
pub use matching::{Counts, Mistake};
pub use truth::{EvaluateError, SUFFIX, Span, Truth};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::detect::{Detector, Options, Rules};
use crate::format::Limits;
use crate::run::Scanner;
use matching::Found;

/// A band of confidence, and how many findings in it are right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Lower end, included.
    pub from: f32,
    /// Upper end, left out (but 1 is in the last band).
    pub to: f32,
    /// Findings in the band.
    pub findings: u64,
    /// Of them right.
    pub right: u64,
}

/// The result of an evaluation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Evaluation {
    /// Samples with truth.
    pub samples: u64,
    /// Samples without personal data.
    pub quiet_samples: u64,
    /// Their bytes.
    pub quiet_bytes: u64,
    /// Counts by category, of the samples with truth.
    pub categories: BTreeMap<String, Counts>,
    /// Sums over categories.
    pub total: Counts,
    /// How much a confidence is worth: all findings in samples with truth, by band.
    pub calibration: Vec<Band>,
    /// False alarms in quiet samples, by category.
    pub alarms: BTreeMap<String, u64>,
    /// Court acts with marks, under the profile of court acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<ActScore>,
    /// What was missed and what was wrong, in the order of the samples.
    pub mistakes: Vec<Mistake>,
}

/// Bounds of the bands of confidence.
const BANDS: [f32; 5] = [0.0, 0.5, 0.7, 0.9, 1.0];

impl Evaluation {
    /// The tables for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        table::write(self, &mut out);
        out
    }
}

/// Scans all samples below `dir` with `rules`, as `qupia scan` does, and compares what is found with the truth.
///
/// # Errors
/// A folder, sample or truth file that cannot be read.
pub fn evaluate(dir: &Path, rules: &Rules, options: Options) -> Result<Evaluation, EvaluateError> {
    let least_confidence = options.min_confidence;
    let detector = Detector::new(rules, options.clone())?;
    let scanner = Scanner::with(rules, options, Limits::default())?;
    let mut e = Evaluation {
        calibration: BANDS.windows(2).map(|w| Band { from: w[0], to: w[1], findings: 0, right: 0 }).collect(),
        ..Evaluation::default()
    };
    for path in &samples(dir)? {
        if path.extension().is_some_and(|e| e == acts::ENDING) {
            e.acts.get_or_insert_default().measure_file(path, &detector, &mut e.mistakes)?;
            continue;
        }
        let found = scan(&scanner, path)?;
        let truth = Truth::beside(path)?;
        let bytes = std::fs::read(path).map_err(EvaluateError::io(path))?;
        let shown = path.to_string_lossy();
        let quiet = truth.as_ref().is_none_or(|t| t.quiet);
        let truth = truth.unwrap_or_default();
        let placed = truth.place(path, &bytes)?;
        let outcome = matching::compare(&shown, &bytes, &truth, &placed, &found, least_confidence);
        if quiet {
            e.quiet_samples += 1;
            e.quiet_bytes += bytes.len() as u64;
            for (name, c) in outcome.counts {
                *e.alarms.entry(name).or_default() += c.wrong;
            }
        } else {
            e.samples += 1;
            for (name, c) in outcome.counts {
                e.total.add(&c);
                e.categories.entry(name).or_default().add(&c);
            }
            for (confidence, right) in outcome.calibration {
                let last = e.calibration.len() - 1;
                let k = e.calibration.iter().position(|b| confidence < b.to).unwrap_or(last);
                e.calibration[k].findings += 1;
                e.calibration[k].right += u64::from(right);
            }
        }
        e.mistakes.extend(outcome.mistakes);
    }
    Ok(e)
}

/// What is found in one sample.
fn scan(scanner: &Scanner, path: &Path) -> Result<Vec<Found>, EvaluateError> {
    let scanned = scanner
        .path(path)
        .map_err(|e| EvaluateError::Sample { path: path.to_owned(), detail: e.to_string() })?;
    let found = scanned.found.into_iter().map(|f| {
        let at = f.location;
        Found {
            category: f.finding.category.as_str().to_owned(),
            confidence: f.finding.confidence,
            rule: f.finding.rule.to_owned(),
            bytes: at.byte_start.zip(at.byte_end),
            member: f.member,
            sheet: at.sheet.map(|t| t.into_owned()),
            cell: at.cell,
            table: at.table.map(|t| t.into_owned()),
            row: at.row,
            field: at.field.map(|t| t.into_owned()),
            line: at.line,
            value: f.value,
        }
    });
    Ok(found.collect())
}

/// All samples below `dir`, in order; truth files are none.
fn samples(dir: &Path) -> Result<Vec<PathBuf>, EvaluateError> {
    let mut out = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).map_err(EvaluateError::io(&dir))? {
            let entry = entry.map_err(EvaluateError::io(&dir))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(EvaluateError::io(&path))?;
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && !path.to_string_lossy().ends_with(SUFFIX) {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

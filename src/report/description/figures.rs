//! The figures that a description is written from; their JSON form is versioned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Version of the JSON form; it changes when a field changes its meaning or goes.
pub const SCHEMA: &str = "qupia.description/1";

/// Everything that a description of one run is written from. All figures are computed by the run;
/// what was not computed is `None` and is called "not checked" in the text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    /// [`SCHEMA`].
    pub schema: String,
    /// Who, what for, with what.
    pub procedure: Procedure,
    /// What was read.
    pub input: Side,
    /// What was written.
    pub output: Side,
    /// Files of the output with their hashes.
    pub copies: Vec<CopyFile>,
    /// The seal of their list.
    #[serde(default)]
    pub manifest: Option<ManifestFigures>,
    /// Files without a copy, by reason.
    pub without_copy: BTreeMap<String, u64>,
    /// Files that were not, or only in part, inspected, by reason.
    pub not_inspected: BTreeMap<String, u64>,
    /// What was found, by category.
    pub found: BTreeMap<String, u64>,
    /// Columns and what was done to them; the entry without a place is text outside tables.
    pub fields: Vec<FieldFigures>,
    /// The key's story.
    pub key: KeyFigures,
    /// Totals of quality.
    pub quality: Quality,
    /// What it cost.
    pub labour: Labour,
    /// Speed of trying out values on this machine.
    pub attack: AttackFigures,
    /// The second reading of the copies.
    pub leftovers: Leftovers,
    /// Par. 23.
    pub storage: Storage,
}

/// Section 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// The owner or operator of the data.
    pub operator: Option<String>,
    /// The purpose in the words of par. 19.
    pub purpose: Option<String>,
    /// Who asked for the depersonalized data (par. 21, second part).
    pub requester: Option<String>,
    /// Begin, `YYYY-MM-DD hh:mm:ss` UTC.
    pub started: String,
    /// End.
    pub finished: String,
    /// Program version.
    pub version: String,
    /// BLAKE3 of the program file.
    pub program_hash: Option<String>,
    /// Name or path of the policy.
    pub policy: String,
    /// BLAKE3 of its text and that of its base.
    pub policy_hash: String,
    /// `scan` or `allow-list`.
    pub default_mode: String,
    /// Token function.
    pub function: String,
    /// Bits of a token that come from the key.
    pub token_bits: u32,
    /// How far tokens reach.
    pub scope: String,
    /// Forms that the policy sets for all tokens of a kind.
    #[serde(default)]
    pub token_forms: BTreeMap<String, String>,
    /// The statistical models that the policy asks for, in words.
    #[serde(default)]
    pub models: Option<String>,
    /// Rules that were in force and used, with file and line.
    pub rules: Vec<String>,
    /// Operating system and processor family.
    pub machine: String,
    /// Logical processors.
    pub processors: u64,
}

/// What was read or written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Files by format.
    pub formats: BTreeMap<String, u64>,
    /// Files by character encoding.
    pub encodings: BTreeMap<String, u64>,
}

/// One file of the output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CopyFile {
    /// Path inside the output folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// BLAKE3 of its content.
    pub hash: String,
}

/// What the list of the copies in the output folder is sealed with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ManifestFigures {
    /// BLAKE3 of its lines.
    pub hash: String,
    /// True where it is also sealed with the kept key.
    pub keyed: bool,
}

/// Sections 3, 4 and 6 for one column and kind of data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldFigures {
    /// Table and column; empty outside tables.
    pub place: String,
    /// The copy in whose table the column stands, and the member in it, where several have a column of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Kind of data.
    pub category: Option<String>,
    /// `direct`, `quasi`, `sensitive` or `other`, where a policy says so; else it follows from the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Method with parameters.
    pub method: String,
    /// The rule that said so, with file and line; absent for kinds that no rule names.
    pub rule: Option<String>,
    /// How tokens were made to fit, and how often.
    pub forms: BTreeMap<String, u64>,
    /// Values replaced as the method says.
    pub replaced: u64,
    /// Values for which the method could not be used and a label or constant stands.
    pub fallback: u64,
    /// Values that were depersonalized already.
    pub own: u64,
    /// Values left by rule.
    pub kept: u64,
    /// Distributions before and after.
    pub distribution: Option<DistributionFigures>,
}

impl FieldFigures {
    /// The column's name in the text of the description.
    pub fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("{file}: {}", self.place),
            None => self.place.clone(),
        }
    }
}

/// Distributions of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DistributionFigures {
    /// Values looked at.
    pub values: u64,
    /// Of them changed.
    pub changed: u64,
    /// Distinct values before.
    pub distinct_before: u64,
    /// Distinct values after.
    pub distinct_after: u64,
    /// Shannon entropy before, bits.
    pub entropy_before: f64,
    /// Shannon entropy after, bits.
    pub entropy_after: f64,
    /// Share of the most frequent value after.
    pub top_share: f64,
    /// Share of rows whose value's count is unique after.
    pub unique_count_share: f64,
    /// Total variation distance of the frequency profiles.
    pub distance: f64,
    /// True where there were too many distinct values to count all: the figures are estimates from a sample.
    pub bounded: bool,
}

/// Section 5.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyFigures {
    /// True where the key was read from a key file: the result is pseudonymized.
    pub kept: bool,
    /// What a kept key is for.
    pub purpose: Option<String>,
    /// Until when it may be used.
    pub expires: Option<String>,
    /// Shows that two runs shared a kept key.
    pub commitment: Option<String>,
    /// Length.
    pub bits: u32,
    /// Seconds from its making or reading to its overwriting.
    pub life_seconds: f64,
    /// Memory locked.
    pub locked: bool,
    /// Memory left out of dumps.
    pub not_dumped: bool,
    /// No core files.
    pub no_core: bool,
    /// Overwritten at the end.
    pub wiped: bool,
}

/// Section 6, totals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Values replaced.
    pub replaced: u64,
    /// Values replaced by a label or constant because the method could not be used.
    pub fallback: u64,
    /// Values that were depersonalized already.
    pub own: u64,
    /// Rows emptied by condition.
    pub suppressed_rows: u64,
    /// Cells emptied with them.
    pub suppressed_cells: u64,
    /// For every kind of data whose tokens fill columns: whether equal values still meet.
    #[serde(default)]
    pub joins: Vec<JoinFigures>,
    /// Figures of statistical disclosure control, where it was run: name -> value.
    pub disclosure: Option<BTreeMap<String, f64>>,
}

/// Tokens of one kind in columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JoinFigures {
    /// Kind of data.
    pub category: String,
    /// True where the tokens have one form in all columns and reach over the whole run.
    pub kept: bool,
    /// The forms of its tokens.
    pub forms: Vec<JoinForm>,
}

/// Tokens of one form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JoinForm {
    /// `whole`, `compact`, `number12` and so on.
    pub form: String,
    /// Characters, where the form is shorter than it could be; else 0.
    pub chars: u8,
    /// The columns.
    pub places: Vec<String>,
}

/// Section 7.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Labour {
    /// Seconds by the clock.
    pub wall_seconds: f64,
    /// Seconds of all processors.
    pub cpu_seconds: Option<f64>,
    /// Threads.
    pub threads: u64,
    /// Largest memory in bytes.
    pub peak_memory: Option<u64>,
    /// Stages that were timed: name, seconds by the clock.
    pub stages: Vec<(String, f64)>,
}

/// Section 8, the part that is measured on the machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AttackFigures {
    /// Tokens a second on one core.
    pub tokens_per_second: f64,
    /// IINs that there can be for births 1926-2026, with a valid check digit.
    pub iin_space: u64,
    /// Seconds to try them all on one core, if the key were known.
    pub seconds_with_key: f64,
}

/// Section 9.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Leftovers {
    /// Copies that were read again.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Copies given up because something was still found.
    pub discarded: u64,
    /// What was found in the copies that stand; empty where nothing.
    pub found: BTreeMap<String, u64>,
    /// A reviewer's sample: values looked at and leftovers among them.
    pub sample: Option<(u64, u64)>,
    /// The detectors' recall on a corpus with known truth: found and all.
    pub recall: Option<(u64, u64)>,
    /// The same by kind of data.
    #[serde(default)]
    pub recall_by_category: BTreeMap<String, (u64, u64)>,
}

/// Section 10.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Storage {
    /// The output lies in no source and no source in it, links resolved.
    pub apart: Option<bool>,
    /// They lie on different devices.
    pub other_device: Option<bool>,
    /// Files of the output may be read by their owner only.
    pub owner_only: Option<bool>,
    /// Sources that were looked at again after the run.
    pub sources_checked: u64,
    /// Of them changed (size or time of change).
    pub sources_changed: u64,
    /// Sources whose BLAKE3 was computed before and after.
    #[serde(default)]
    pub sources_hashed: u64,
    /// Of them with another BLAKE3 after the run.
    #[serde(default)]
    pub sources_hash_changed: u64,
    /// Numbers of the users who own the sources.
    #[serde(default)]
    pub source_owners: Vec<u32>,
    /// Number of the user who owns the output.
    #[serde(default)]
    pub output_owner: Option<u32>,
}

/// The upper end of the one-sided 95 % interval (Clopper and Pearson 1934) of a share of which `found` of `n` were seen;
/// for none it is close to 3/n, the rule of three (Hanley and Lippman-Hand 1983). `None` for n = 0.
pub fn upper_bound(found: u64, n: u64) -> Option<f64> {
    if n == 0 {
        return None;
    }
    if found >= n {
        return Some(1.0);
    }
    if found == 0 {
        return Some(1.0 - 0.05f64.powf(1.0 / n as f64));
    }
    // the share at which so few or fewer would be seen in 5 of 100 samples
    let at_most = |p: f64| {
        let (ln_p, ln_q) = (p.ln(), (1.0 - p).ln());
        let mut term = n as f64 * ln_q;
        let mut sum = term.exp();
        for k in 1..=found {
            term += ((n - k + 1) as f64).ln() - (k as f64).ln() + ln_p - ln_q;
            sum += term.exp();
        }
        sum
    };
    let (mut low, mut high) = (found as f64 / n as f64, 1.0 - 1e-12);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if at_most(middle) > 0.05 { low = middle } else { high = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_agree_with_tables() {
        let near = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 5e-4, "{a:?} {b}");
        assert_eq!(upper_bound(0, 0), None);
        near(upper_bound(0, 1000), 0.00299);
        near(upper_bound(0, 59), 0.0495);
        // one-sided Clopper-Pearson, by the quantiles of the beta distribution
        near(upper_bound(1, 100), 0.0466);
        near(upper_bound(5, 100), 0.1023);
        assert_eq!(upper_bound(3, 3), Some(1.0));
    }
}

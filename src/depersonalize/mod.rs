//! Turns findings into replacements by policy: keyed tokens, generalization, labels, suppression.
//!
//! One [`Depersonalizer`] serves a whole run and all its workers; one [`FileScope`] serves a file.
//! Nothing here keeps a table of values and tokens: a token is computed again wherever the value stands
//! again, which costs less than a look into a large table and leaves nothing to be stolen.

mod again;
mod apply;
mod cells;
mod columns;
mod counts;
mod explain;
mod fake;
mod fit;
pub(crate) mod generalize;
mod key;
mod key_file;
mod label;
mod made;
mod many;
mod measure;
pub mod method;
mod observe;
mod permute;
mod perturb;
mod plain;
pub mod policy;
mod scope;
mod shape;
mod token;

use std::sync::Mutex;

use rustc_hash::FxHashSet;

pub use counts::{ColumnFigures, Counts, Distribution, Done, Join, Outcome, Shape};
pub use explain::{Explained, Seen, draft, explain};
pub use fit::TokenForm;
pub use key::{Key, KeyOrigin, KeyRecord, Protection};
pub use key_file::{
    Act, KeyFileError, KeyInfo, destroy as destroy_key, inspect as inspect_key, new as new_key,
};
pub use measure::{IIN_SPACE, replacements_per_second, tokens_per_second};
pub use policy::{Policy, PolicyError, Rule, Scope};
pub use scope::FileScope;
pub use token::{TOKEN_BITS, TokenFunction};

use crate::model::{Block, Category, Edit, Finding, replacement};
use columns::Learnt;
use token::Tokens;

/// What is known of a table's columns from looking at many of their cells.
pub trait Verdicts {
    /// The kind of data that a column as a whole holds.
    fn category(&self, column: u32) -> Option<Category>;
}

impl Verdicts for crate::detect::Columns {
    fn category(&self, column: u32) -> Option<Category> {
        crate::detect::Columns::category(self, column)
    }
}

/// Replaces personal data by one policy under one key. Shared by all workers of a run.
pub struct Depersonalizer {
    policy: Policy,
    tokens: Tokens,
    learnt: Learnt,
    made: Mutex<FxHashSet<u64>>,
    cells: cells::Cells,
    figures: bool,
    labels: Vec<String>,
    counts: Mutex<Counts>,
}

impl Depersonalizer {
    /// A policy and a key.
    pub fn new(policy: Policy, key: Key) -> Depersonalizer {
        let tokens = Tokens::new(key, policy.function);
        Depersonalizer {
            labels: label::texts(&policy),
            policy,
            tokens,
            learnt: Learnt::default(),
            made: Mutex::default(),
            cells: cells::Cells::default(),
            figures: false,
            counts: Mutex::default(),
        }
    }

    /// Also counts distributions per column, for the description of the procedure.
    #[must_use]
    pub fn with_figures(mut self) -> Depersonalizer {
        self.figures = true;
        self
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The key's story so far: where it came from, how it is protected.
    pub fn key(&self) -> &Key {
        self.tokens.key()
    }

    /// What one file needs. `path` is the path by which globs of the policy know the file; for a member of a
    /// container the path of the container, `!` and the path of the member.
    pub fn file(&self, path: &str) -> FileScope {
        FileScope::new(self, path)
    }

    /// True where [`Depersonalizer::learn`] must see every block of a file before the first edit. `typed`: the file's
    /// columns have types, so that a column that is emptied may have to hold other values in every row.
    pub fn needs_columns(&self, typed: bool) -> bool {
        self.policy.needs_columns() || (typed && self.policy.empties_columns())
    }

    /// First pass for methods that look at whole columns: takes in a block's cells.
    pub fn learn(&self, scope: &FileScope, block: &Block) {
        self.learnt.take(self, scope, block);
    }

    /// Appends the edits for one block, in rising order and not overlapping: what the columns' rules say,
    /// and elsewhere a replacement for every finding. What was done is counted in `scope`.
    pub fn edits<V: Verdicts>(
        &self,
        scope: &FileScope,
        block: &Block,
        columns: Option<&V>,
        findings: &[Finding],
        out: &mut Vec<Edit>,
    ) {
        scope.count(self.apply(scope, block, columns, findings, out));
    }

    /// Adds what was done for one file to the run's figures; a copy that was given up is not added.
    pub fn add(&self, counts: Counts) {
        self.counts.lock().unwrap_or_else(|e| e.into_inner()).merge(counts);
    }

    /// What was done since the last call.
    pub fn take_counts(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(|e| e.into_inner()))
    }

    /// A name of a file, folder, sheet or member with its findings replaced. Positions are those in `name`.
    pub fn clean_name(&self, scope: &FileScope, name: &str, findings: &[Finding]) -> String {
        apply::clean_name(self, scope, name, findings)
    }

    /// Is a finding in a copy something that this run put or left there on purpose, and therefore no leftover?
    /// `scope` is that of the source.
    pub fn is_own_at(&self, scope: &FileScope, block: &Block, f: &Finding) -> bool {
        let text = block.text.get(f.start as usize..f.end as usize).unwrap_or_default();
        self.is_own(f.category, &String::from_utf8_lossy(text)) || again::on_purpose(self, scope, block, f)
    }

    /// Forgets which cells of a file were filled: its copy stands or is given up.
    pub fn forget(&self, scope: &FileScope) {
        self.cells.forget(&scope.path);
    }

    /// The edits for a block of a copy that still holds something: as [`Depersonalizer::edits`], but what stands
    /// there on purpose is left alone, so that nothing is moved or permuted twice.
    pub fn edits_again<V: Verdicts>(
        &self,
        scope: &FileScope,
        block: &Block,
        columns: Option<&V>,
        findings: &[Finding],
        out: &mut Vec<Edit>,
    ) {
        let first = out.len();
        let left: Vec<Finding> =
            findings.iter().filter(|f| !self.is_own_at(scope, block, f)).cloned().collect();
        // the figures are those of the first time
        self.apply(scope, block, columns, &left, out);
        again::keep_noted(self, scope, block, first, out);
    }

    fn apply<V: Verdicts>(
        &self,
        scope: &FileScope,
        block: &Block,
        columns: Option<&V>,
        findings: &[Finding],
        out: &mut Vec<Edit>,
    ) -> Counts {
        let mut counts = Counts::default();
        let verdicts = columns.map(|v| v as &dyn Verdicts);
        apply::edits(self, scope, block, verdicts, findings, out, &mut counts);
        counts
    }

    /// Is what was found something that this run put there, and therefore no leftover?
    pub fn is_own(&self, category: Category, text: &str) -> bool {
        let text = text.trim();
        is_depersonalized(category, text)
            || self.is_label(text)
            || self.made.lock().unwrap_or_else(|e| e.into_inner()).contains(&made(text))
    }

    fn is_label(&self, text: &str) -> bool {
        label::is_label(text) || self.labels.iter().any(|l| l == text)
    }

    fn note_made(&self, text: &str) {
        self.made.lock().unwrap_or_else(|e| e.into_inner()).insert(made(text));
    }

    /// Ends the run: the key is overwritten; the answer is what may be told of it.
    pub fn finish(self) -> KeyRecord {
        self.tokens.into_key().finish()
    }
}

/// Is what was found something that depersonalizing leaves by design: a token, a label, a year, a region?
pub fn is_depersonalized(category: Category, text: &str) -> bool {
    let text = text.trim();
    let coarse = [Category::BIRTH_DATE, Category::ADDRESS, Category::BIRTH_PLACE, Category::IIN];
    replacement::is_replacement_of(category, text.as_bytes())
        || label::is_label(text)
        || (coarse.contains(&category) && generalize::is_coarse(text))
}

fn made(text: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault};
    BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(text)
}

#[cfg(test)]
mod tests;

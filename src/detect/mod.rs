//! Finds personal data in blocks of text: candidates by vectorised passes, proofs, a score with reasons.
//!
//! Knows no files. Rules are data in `patterns/`.

pub mod address;
mod aligned;
mod assigned;
mod beside;
mod canonical;
mod column;
mod compile;
mod context;
mod damaged;
mod detector;
mod engine;
mod explain;
mod fields;
mod find;
mod fold;
mod form;
mod glued;
mod lanes;
mod left_over;
mod lexicon;
mod met;
pub mod names;
mod neighbours;
mod openers;
mod pass;
mod proof;
mod record;
mod rules;
mod ruleset;
mod serial;
mod settle;
mod siblings;
mod tabular;
mod turned;
mod unnamed;
mod value;

pub use canonical::canonical;
pub(crate) use canonical::{Canonical, SHORT, canonical_bytes, canonical_into, subject};
pub use column::{ColumnVerdict, Columns};
pub use detector::{Detector, Options, Scratch};
pub use explain::{ExplainedCandidate, Explanation};
pub use rules::{CategoryInfo, Example, ExampleFailure, Examples, Rule, RuleError, RuleFile, Rules};
pub use value::mask;

#[cfg(test)]
mod tests;

//! Finds personal data in blocks of text: candidates by vectorised passes, proofs, a score with reasons.
//!
//! Knows no files. Rules are data in `patterns/`.

pub mod address;
pub mod names;

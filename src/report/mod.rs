//! Says what was found and done: terminal, JSONL, CSV; knows nothing of how it was found.

pub mod description;

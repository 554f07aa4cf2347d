//! Where bytes come from: folders on disk, members of archives, memory.

pub mod gentle;
mod input;
mod walk;

pub use input::{HEAD, Input, Seekable};
pub use walk::{Entry, Met, WalkError, WalkOptions, display, walk};

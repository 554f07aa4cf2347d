//! Where bytes come from: folders on disk, members of archives, memory.

mod input;

pub use input::{HEAD, Input, Seekable};

//! Scan and anonymize from end to end.
//!
//! One walker hands files to workers in order; a big stream is cut into blocks that all workers share;
//! results are put back into order before anything is written, so that reports do not depend on timing.

mod anonymize;
mod block;
mod blocks;
mod collector;
mod describe;
mod encoded;
mod inspect;
mod options;
mod pool;
mod progress;
mod single;
mod tables;
mod verify;

pub use anonymize::anonymize;
#[cfg(feature = "disclosure")]
pub(crate) use anonymize::source_hash;
pub use block::Found;
pub use describe::{Gatherer, Statements, write_description};
pub use options::{AnonymizeOptions, DoneHook, Finished, RunError, RunOptions, Sink};
pub use pool::scan;
pub use progress::Progress;
pub use single::{Anonymized, Anonymizer, Scanned, Scanner};
pub use tables::{SeenTable, tables};
pub use verify::{Issue, Kept, Leftover, Recovered, Verified, verify};

use std::process::ExitCode;

/// How a run ended; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Findings, and `--fail-on-findings` was given; leftovers in `verify`.
    Findings = 1,
    /// Done, but something was not or only partly inspected.
    Incomplete = 3,
    /// Wrong use or a fatal error.
    Fatal = 2,
}

impl From<Exit> for ExitCode {
    fn from(e: Exit) -> ExitCode {
        ExitCode::from(e as u8)
    }
}

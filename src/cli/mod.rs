//! The command line: one file a subcommand; a thin user of the library.

mod exit;
mod explain;
mod rules;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::Exit;

/// Finds personal data in files and database dumps and writes separate, irreversibly depersonalized copies.
#[derive(Parser)]
#[command(name = "qupia", version, about, after_help = EXIT_CODES)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 findings and --fail-on-findings, or leftovers in verify; \
2 wrong use or fatal error; 3 done, but something was not or only partly inspected.";

#[derive(Subcommand)]
enum Command {
    /// Lists, shows and tests the rules
    Rules(rules::RulesArgs),
    /// Tells why a text holds or does not hold personal data
    Explain(explain::ExplainArgs),
}

/// Runs the program with the process's own arguments.
pub fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Rules(args) => rules::run(args),
        Command::Explain(args) => explain::run(args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(e) => {
            eprintln!("qupia: {e:#}");
            Exit::Fatal.into()
        }
    }
}

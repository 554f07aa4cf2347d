//! The command line: one file a subcommand; a thin user of the library.

mod anonymize;
#[cfg(feature = "disclosure")]
mod assess;
mod common;
mod completions;
mod config;
mod court;
mod evaluate;
mod exit;
mod explain;
#[cfg(feature = "disclosure")]
mod hierarchy;
mod key;
mod man;
mod policy;
#[cfg(feature = "disclosure")]
mod privacy;
mod progress;
mod rules;
mod scan;
#[cfg(feature = "disclosure")]
mod tabulate;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;

/// Finds personal data in files and database dumps and writes separate, irreversibly depersonalized copies.
#[derive(Parser)]
#[command(name = "qupia", version, about, after_help = EXIT_CODES, args_override_self = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  findings, and --fail-on-findings was given; leftovers in verify
  2  wrong use, a fatal error, or stopped before the end
  3  done, but something was not or only partly inspected (the reports say what and why)";

#[derive(Subcommand)]
enum Command {
    /// Lists the personal data in files and folders; writes nothing but reports
    Scan(scan::ScanArgs),
    /// Writes separate copies of files and folders without the personal data in them
    Anonymize(anonymize::AnonymizeArgs),
    /// Lists, shows and tests the rules
    Rules(rules::RulesArgs),
    /// Tells why a text holds or does not hold personal data
    Explain(explain::ExplainArgs),
    /// Measures precision and recall on samples whose personal data is known
    Evaluate(evaluate::EvaluateArgs),
    /// Explains, checks and drafts policies
    Policy(policy::PolicyArgs),
    /// Makes, shows and destroys key files
    Key(key::KeyArgs),
    /// Looks through depersonalized copies for anything that was left
    Verify(verify::VerifyArgs),
    /// Prints a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Prints the manual page
    Man,
    /// Measures the disclosure risk of a table
    #[cfg(feature = "disclosure")]
    Assess(assess::AssessArgs),
    /// Counts or adds up a table and hides the cells that may not be published
    #[cfg(feature = "disclosure")]
    Tabulate(tabulate::TabulateArgs),
    /// Drafts generalization hierarchies
    #[cfg(feature = "disclosure")]
    Hierarchy(hierarchy::HierarchyArgs),
}

/// Runs the program with the process's own arguments.
pub fn main() -> ExitCode {
    // a panic's own message could hold a value from a file: only its place is told
    std::panic::set_hook(Box::new(|info| {
        // whoever reads standard output has seen enough (`| head`)
        if info.payload().downcast_ref::<String>().is_some_and(|s| s.starts_with("failed printing to stdout"))
        {
            std::process::exit(0);
        }
        if let Some(at) = info.location() {
            eprintln!(
                "qupia: internal error at {}:{}; the file that caused it is in the ledger",
                at.file(),
                at.line()
            );
        }
    }));
    let args = match config::expand(std::env::args_os().collect(), &Args::command()) {
        Ok(args) => args,
        Err(e) => {
            eprintln!("qupia: {e}");
            return Exit::Fatal.into();
        }
    };
    let result = match Args::parse_from(args).command {
        Command::Scan(args) => scan::run(args),
        Command::Anonymize(args) => anonymize::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Key(args) => key::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Completions(args) => completions::run(&args, &mut Args::command()),
        Command::Man => man::run(&Args::command()),
        #[cfg(feature = "disclosure")]
        Command::Assess(args) => assess::run(args),
        #[cfg(feature = "disclosure")]
        Command::Tabulate(args) => tabulate::run(args),
        #[cfg(feature = "disclosure")]
        Command::Hierarchy(args) => hierarchy::run(args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(e) => {
            eprintln!("qupia: {e:#}");
            Exit::Fatal.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}

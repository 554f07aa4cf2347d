use std::io;

use clap::Command;
use clap_complete::Shell;

use super::Exit;

/// Arguments of `qupia completions`.
#[derive(clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, command: &mut Command) -> anyhow::Result<Exit> {
    clap_complete::generate(args.shell, command, "qupia", &mut io::stdout());
    Ok(Exit::Done)
}

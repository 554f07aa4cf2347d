//! `qupia key`: keys that are kept to link several runs, and their destruction.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Exit;
use crate::depersonalize::{KeyInfo, destroy_key, inspect_key, new_key};

/// Makes, shows and destroys key files. Without one every run has a key of its own that no disk ever holds.
#[derive(Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a key file, so that several runs give the same tokens; their results are pseudonymized, not anonymized
    New {
        /// The file; it may not exist yet. Keep it apart from sources and copies
        file: PathBuf,
        /// What the key is kept for; stands in the file and in every description
        #[arg(long, value_name = "TEXT")]
        purpose: String,
        /// Last day on which the key may be used
        #[arg(long, value_name = "YYYY-MM-DD")]
        expires: String,
    },
    /// Shows what a key file says of itself; never the key
    Inspect {
        /// The key file
        file: PathBuf,
    },
    /// Overwrites and removes a key file and writes an act of destruction
    Destroy {
        /// The key file
        file: PathBuf,
        /// Where the act is written; standard output where none is given
        #[arg(long, value_name = "FILE")]
        act: Option<PathBuf>,
        /// Language of the act
        #[arg(long, value_parser = ["ru", "kk", "en"], default_value = "ru")]
        lang: String,
    },
}

/// # Errors
/// Where the file cannot be made, read or destroyed.
pub fn run(args: KeyArgs) -> anyhow::Result<Exit> {
    match args.command {
        Command::New { file, purpose, expires } => {
            let info = new_key(&file, &purpose, &expires)?;
            show(&info);
            eprintln!(
                "qupia: whoever holds {} can find the person behind every token made with it",
                file.display()
            );
        }
        Command::Inspect { file } => show(&inspect_key(&file)?),
        Command::Destroy { file, act, lang } => {
            // an act that cannot be written must not be missed after the key is gone
            let mut to = match &act {
                Some(path) => Some(
                    std::fs::OpenOptions::new()
                        .write(true)
                        .create_new(true)
                        .open(path)
                        .with_context(|| format!("cannot write the act {}", path.display()))?,
                ),
                None => None,
            };
            let text = match destroy_key(&file) {
                Ok(done) => done.text(&lang),
                Err(e) => {
                    drop(to);
                    if let Some(path) = &act {
                        std::fs::remove_file(path).ok();
                    }
                    return Err(e.into());
                }
            };
            match &mut to {
                Some(file) => std::io::Write::write_all(file, text.as_bytes())?,
                None => print!("{text}"),
            }
        }
    }
    Ok(Exit::Done)
}

fn show(info: &KeyInfo) {
    println!("purpose     {}", info.purpose);
    println!("created     {}", info.created);
    println!("expires     {}", info.expires);
    println!("commitment  {}", info.commitment);
}

use std::fs::OpenOptions;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::detect::{Options as DetectOptions, Rules};
use crate::format::Limits;
use crate::model::Category;
use crate::report::{self, CsvReport, JsonlReport, LogReport, Report, Summary, TextReport};
use crate::run::{RunOptions, Sink};
use crate::source::WalkOptions;
use crate::source::gentle::{self, Throttle};

use super::Exit;

/// Form of what is written to standard output.
#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(super) enum Form {
    /// Tables for people
    Text,
    /// One JSON object a line
    Jsonl,
    /// One table for spreadsheets
    Csv,
}

/// Options that scan and anonymize share.
#[derive(clap::Args)]
pub(super) struct CommonArgs {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Also write a report here; the ending (.jsonl, .csv, .txt) says its form. May be given several times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,
    /// Form of the results on standard output
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
    /// Whole values in reports instead of masks
    #[arg(long)]
    pub show_values: bool,
    /// End with exit code 1 when something was found
    #[arg(long)]
    pub fail_on_findings: bool,
    /// Number of workers [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Only files that match; a pattern with a slash is matched against the path below PATH
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// No files and folders that match
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Only these categories (`qupia rules list --categories` names all)
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these categories
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Findings below this figure (0 to 1) are left out
    #[arg(long, value_name = "FIGURE", default_value = "0.5")]
    pub min_confidence: f32,
    /// Follow symbolic links
    #[arg(long)]
    pub follow_links: bool,
    /// Do not enter other file systems
    #[arg(long)]
    pub one_file_system: bool,
    /// Larger files are not inspected (500MB, 2GiB …)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_file_size: Option<u64>,
    /// Containers inside containers are opened to this depth
    #[arg(long, value_name = "N", default_value = "5")]
    pub archive_depth: u32,
    /// A container's member that unpacks to more is not inspected
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "4GiB")]
    pub max_member_size: u64,
    /// Passwords to try on encrypted containers, one a line
    #[arg(long, value_name = "FILE")]
    pub passwords: Option<PathBuf>,
    /// Read pictures and scans by the installed program tesseract; what is found is painted over in copies
    #[arg(long)]
    pub ocr: bool,
    /// Read at most so many bytes a second (50MB, 1GiB …)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_rate: Option<u64>,
    /// Stand at the end of every queue: idle I/O class, lowest priority, files leave the system's cache again
    #[arg(long)]
    pub idle: bool,
    /// Add or override rules by the TOML files of this folder
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Take options from this TOML file; the command line wins
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// No messages but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Tell every file on standard error
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
}

/// `500`, `64kB`, `2MiB` as bytes.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        unit => return Err(format!("unknown unit {unit}; known are kB, MB, GB, TB, KiB, MiB, GiB, TiB")),
    };
    let number: f64 =
        digits.trim().parse().map_err(|_| "not a size; write for example 500MB or 2GiB".to_owned())?;
    if !(number >= 0.0 && number * (unit as f64) < 9e18) {
        return Err("not a size".to_owned());
    }
    Ok((number * unit as f64) as u64)
}

impl CommonArgs {
    pub fn run_options(&self) -> anyhow::Result<RunOptions> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            bail!("--min-confidence must lie between 0 and 1");
        }
        let rules = match &self.rules {
            Some(dir) => Arc::new(Rules::clone(Rules::builtin()).with_dir(dir)?),
            None => Arc::clone(Rules::builtin()),
        };
        let passwords = match &self.passwords {
            Some(file) => std::fs::read_to_string(file)
                .with_context(|| format!("cannot read --passwords {}", file.display()))?
                .lines()
                .map(str::to_owned)
                .collect(),
            None => Vec::new(),
        };
        let mut options = RunOptions::new(self.paths.clone());
        options.walk = WalkOptions {
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            follow_links: self.follow_links,
            one_file_system: self.one_file_system,
            never: self.report.clone(),
        };
        options.detect = DetectOptions {
            only: categories(&rules, &self.only)?,
            skip: categories(&rules, &self.skip)?,
            min_confidence: self.min_confidence,
            ..DetectOptions::default()
        };
        options.rules = rules;
        if let Some(threads) = self.threads {
            options.threads = usize::from(threads);
        }
        options.max_file_size = self.max_file_size;
        options.limits = Arc::new(Limits {
            depth: self.archive_depth,
            member_bytes: self.max_member_size,
            passwords,
            ocr: self.ocr,
            ..Limits::default()
        });
        options.show_values = self.show_values;
        options.throttle = self.max_rate.map(|rate| Arc::new(Throttle::new(rate)));
        options.forget = self.idle;
        if self.idle {
            gentle::idle().context("--idle: the system refused a lower priority")?;
        }
        let stop = Arc::new(AtomicBool::new(false));
        options.stop = Arc::clone(&stop);
        ctrlc::set_handler(move || {
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(2);
            }
            eprintln!("qupia: stopping after the current blocks; press Ctrl-C again to leave at once");
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(options)
    }

    /// Standard output and the report files. `outside` is a folder that no report may lie in.
    pub fn sinks(&self, outside: Option<&Path>) -> anyhow::Result<Vec<Sink>> {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let report: Arc<dyn Report> = match self.format {
            Form::Text => Arc::new(TextReport::new(colour)),
            Form::Jsonl => Arc::new(JsonlReport),
            Form::Csv => Arc::new(CsvReport),
        };
        let mut sinks = Vec::new();
        if !(self.quiet && self.format == Form::Text) {
            sinks.push(Sink { report, to: Box::new(BufWriter::with_capacity(64 << 10, io::stdout())) });
        }
        for path in &self.report {
            let report = report::by_extension(path).map_err(anyhow::Error::msg)?;
            if let Some(out) = outside
                && crate::store::inside(path, out)?
            {
                bail!(
                    "--report {} lies in the output folder; it tells which source each copy came from, so it must stand elsewhere",
                    path.display()
                );
            }
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file =
                options.open(path).with_context(|| format!("cannot write the report {}", path.display()))?;
            sinks.push(Sink { report, to: Box::new(BufWriter::with_capacity(64 << 10, file)) });
        }
        if self.verbose {
            sinks.push(Sink { report: Arc::new(LogReport), to: Box::new(io::stderr()) });
        }
        Ok(sinks)
    }

    /// Is a progress bar wanted and possible?
    pub fn bar(&self) -> bool {
        !self.quiet && !self.verbose && !self.no_progress && io::stderr().is_terminal()
    }

    pub fn exit(&self, summary: &Summary) -> Exit {
        let _ = io::stdout().flush();
        if summary.interrupted {
            eprintln!("qupia: stopped before the end; what was not reached is not in the reports");
            return Exit::Fatal;
        }
        if self.fail_on_findings && summary.findings > 0 {
            return Exit::Findings;
        }
        if summary.incomplete() { Exit::Incomplete } else { Exit::Done }
    }
}

fn categories(rules: &Rules, names: &[String]) -> anyhow::Result<Vec<Category>> {
    let known: Vec<String> = rules.categories().into_iter().map(|c| c.id).collect();
    names
        .iter()
        .map(|name| {
            if !known.contains(name) {
                bail!("unknown category {name}; known are {}", known.join(", "));
            }
            Ok(Category::new(name))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes() {
        assert_eq!(size("500MB"), Ok(500_000_000));
        assert_eq!(size("1.5GiB"), Ok(3 << 29));
        assert!(size("many").is_err() && size("-1").is_err() && size("1zb").is_err());
    }
}

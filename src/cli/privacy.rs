//! The `[privacy]` part of a policy in `qupia anonymize`: one table, made safe by measure.
//!
//! Quasi-identifiers and sensitive columns are treated by the models alone; all other columns go the way of any
//! file, through detection, the policy's methods and a second scan. Everything between reading and the finished
//! table stays in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};

use super::Exit;
use super::assess::role;
use super::common::CommonArgs;
use crate::depersonalize::{Counts, Depersonalizer, Distribution, Key, KeyRecord, Policy};
use crate::detect::Rules;
use crate::disclosure::load::{self, Loaded, Style, load};
use crate::disclosure::roles::Role;
use crate::disclosure::table::Column;
use crate::disclosure::{
    Error, Model, Privacy, Protected, Report, Table, html, protect, risk, write_checked, write_new,
};
use crate::format::Limits;
use crate::report::description::RunFigures;
use crate::report::description::figures::{DistributionFigures, FieldFigures};
use crate::report::{Copy, FileRecord, Kind, Status, Summary};
use crate::run::{Anonymizer, Finished, Gatherer, RunOptions, Scanner, Sink, source_hash};
use crate::store::{Mode, Store};

/// Options of `qupia anonymize` that count where the policy has a `[privacy]` part.
#[derive(clap::Args)]
pub(super) struct PrivacyArgs {
    /// With [privacy]: list the best solutions to choose from, and write nothing
    #[arg(long)]
    explore: bool,
    /// With [privacy]: use solution N of that list
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=100))]
    choose: u16,
    /// With [privacy]: longest search in seconds; then the best found so far is used
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<f64>,
    /// With [privacy]: write risk and utility as .json or .html. May be given several times
    #[arg(long, value_name = "FILE")]
    privacy_report: Vec<PathBuf>,
}

/// How many solutions `--explore` lists.
const EXPLORED: usize = 10;

/// The `[privacy]` part of a policy file, where it has one.
pub(super) fn part(policy: &Path) -> anyhow::Result<Option<Privacy>> {
    let text = std::fs::read_to_string(policy)
        .with_context(|| format!("cannot read --policy {}", policy.display()))?;
    let has = toml::from_str::<toml::Table>(&text).is_ok_and(|t| t.contains_key("privacy"));
    Ok(if has {
        Some(Privacy::from_policy(&text).with_context(|| policy.display().to_string())?)
    } else {
        None
    })
}

/// What is done with copies of an earlier run.
pub(super) fn mode(resume: bool, overwrite: bool) -> Mode {
    match (overwrite, resume) {
        (true, _) => Mode::Overwrite,
        (_, true) => Mode::Resume,
        _ => Mode::Fresh,
    }
}

/// Makes one table safe and writes its copy into `out`; what was done goes to `gatherer`, where a description is
/// wanted. The answer holds the models' report.
///
/// # Errors
/// Where the input is not one table, the policy cannot be met, or the copy is not proven.
pub(super) fn run(
    args: &PrivacyArgs,
    common: &CommonArgs,
    options: &RunOptions,
    mut privacy: Privacy,
    policy_path: &Path,
    policy: Policy,
    key: Key,
    out: &Path,
    mode: Mode,
    gatherer: Option<&Gatherer>,
) -> anyhow::Result<(Exit, Option<Described>)> {
    let begun = Instant::now();
    let [input] = common.paths.as_slice() else { bail!("a policy with [privacy] takes exactly one table") };
    if input.is_dir() {
        bail!("a policy with [privacy] takes one table, and {} is a folder", input.display());
    }
    for path in &args.privacy_report {
        if !matches!(path.extension().and_then(|e| e.to_str()), Some("json" | "html")) {
            bail!("--privacy-report {}: the name must end in .json or .html", path.display());
        }
        if crate::store::inside(path, out)? {
            bail!("--privacy-report {} lies in the output folder; it must stand elsewhere", path.display());
        }
    }
    if args.time_limit.is_some() {
        privacy.time_limit = args.time_limit;
        privacy.check()?;
    }
    let base = policy_path.parent().unwrap_or(Path::new(""));
    let Loaded { table, style } = load(input)?;
    let choice = usize::from(args.choose) - 1;
    let keep = if args.explore { EXPLORED } else { 1 };
    let before = gatherer.and_then(|_| source_hash(input));
    let Protected { table: safe, mut report, kept } = protect(&table, &privacy, base, keep, choice)?;
    if args.explore {
        print!("{}", solutions(&report));
        return Ok((Exit::Done, None));
    }
    let fields = match gatherer {
        Some(_) => described_columns(&table, &safe, &kept, &report, policy_path)?,
        None => Vec::new(),
    };
    let models = begun.elapsed().as_secs_f64();
    drop(table);
    let store = Store::open(out, std::slice::from_ref(input), mode)?;
    let limits = Limits::clone(&options.limits);
    let seal = key.seal().map(zeroize::Zeroizing::new);
    let rest = Rest { rules: &options.rules, options: &options.detect, limits, policy, key };
    let (finished, record, done) = rest.depersonalize(safe, &privacy, input)?;
    recheck(&finished, &privacy)?;
    let replaced = begun.elapsed().as_secs_f64() - models;
    let mut sinks = common.sinks(Some(out))?;
    if let Some(gatherer) = gatherer {
        sinks.push(Sink { report: Arc::new(gatherer.clone()), to: Box::new(std::io::sink()) });
        let (policy, counts, key) = done;
        gatherer.take(Finished {
            policy,
            counts,
            key,
            stages: vec![("models", models), ("replace", replaced)],
            sources: before.map(|hash| (input.clone(), hash)).into_iter().collect(),
        });
    }
    let mut name = copy_name(input, options);
    if let Some(extension) = style.extension() {
        name = Path::new(&name).with_extension(extension).to_string_lossy().into_owned();
    }
    if let Style::Workbook { others: 1.., sheet } = &style {
        report.notes.push(format!("only the sheet {sheet} was read and is in the copy"));
    }
    let folder = tempfile::tempdir_in(store.folder())?;
    let written = folder.path().join("table");
    write_checked(&finished, &style, &written)?;
    let mut draft = store.draft()?;
    let mut to = draft.writer()?;
    std::io::copy(&mut std::fs::File::open(&written)?, &mut to)?;
    to.finish();
    store.commit(draft, Path::new(&name), "", Vec::new())?;
    drop(folder);
    let seal = store.finish(seal.as_deref())?;
    for path in &args.privacy_report {
        match path.extension().is_some_and(|e| e == "html") {
            true => write_new(path, html::report(&report).as_bytes())?,
            false => write_new(path, serde_json::to_string_pretty(&report)?.as_bytes())?,
        }
    }
    if !common.quiet {
        eprint!("{}", outcome(&report));
    }
    let (exit, mut summary) = tell(record, name, seal.blake3, sinks, common)?;
    summary.seconds = begun.elapsed().as_secs_f64();
    Ok((exit, Some(Described { summary, report, fields })))
}

/// What the description tells of the models' part.
pub(super) struct Described {
    /// The run's totals.
    pub summary: Summary,
    report: Report,
    fields: Vec<FieldFigures>,
}

impl Described {
    /// Adds what the models did and measured.
    pub fn add_to(self, f: &mut RunFigures) {
        let r = &self.report;
        f.procedure.models = Some(model_words(&r.policy));
        f.quality.suppressed_rows += r.suppressed;
        f.quality.replaced += self.fields.iter().map(|x| x.replaced).sum::<u64>();
        f.fields.extend(self.fields);
        f.fields.sort_by(|a, b| a.place.cmp(&b.place));
        let mut all: BTreeMap<String, f64> = [
            ("k", r.proof.k as f64),
            ("k_before", r.before.k as f64),
            ("classes", r.proof.classes as f64),
            ("rows", r.rows as f64),
            ("rows_out", r.rows_out as f64),
            ("suppressed_rows", r.suppressed as f64),
            ("unique", r.after.unique as f64),
            ("prosecutor_max", r.after.prosecutor_max),
            ("prosecutor_mean", r.after.prosecutor_mean),
            ("marketer", r.after.marketer),
            ("ncp", r.utility.ncp),
            ("discernibility", r.utility.discernibility),
            ("aecs", r.utility.aecs),
        ]
        .into_iter()
        .map(|(name, v)| (name.to_owned(), v))
        .collect();
        let mut set = |name: &str, value: Option<f64>| {
            if let Some(value) = value {
                all.insert(name.to_owned(), value);
            }
        };
        for below in &r.after.below {
            set(&format!("below_{}", below.size), Some(below.share));
        }
        set("association_change", r.utility.association_change);
        if let Some(s) = &r.search {
            set("nodes", Some(s.nodes));
            set("checked", Some(s.checked as f64));
            set("exact", Some(f64::from(u8::from(s.exact))));
            set("search_seconds", Some(s.seconds));
        }
        let sensitive = &r.proof.sensitive;
        set("distinct_l", sensitive.iter().map(|s| s.distinct_l as f64).reduce(f64::min));
        set("entropy_l", sensitive.iter().map(|s| s.entropy_l).reduce(f64::min));
        set("t", sensitive.iter().filter_map(|s| s.t).reduce(f64::max));
        f.quality.disclosure = Some(all);
    }
}

/// The models in force, for a description that leaves no choice to its reader.
fn model_words(p: &Privacy) -> String {
    let kind = match p.model {
        Model::FullDomain => "full-domain",
        Model::Local => "local",
        Model::Mondrian => "mondrian",
    };
    let mut all = vec![format!("model = {kind}"), format!("k = {}", p.k)];
    p.l.iter().for_each(|l| all.push(format!("l = {}", serde_json::to_string(l).unwrap_or_default())));
    p.t.iter().for_each(|t| all.push(format!("t = {t}")));
    p.k_map.iter().for_each(|k| all.push(format!("k_map = {k}")));
    p.presence.iter().for_each(|[a, b]| all.push(format!("presence = [{a}, {b}]")));
    all.push(format!("suppression_limit = {}", p.suppression_limit));
    all.push(format!("quasi = [{}]", p.quasi.join(", ")));
    if !p.sensitive.is_empty() {
        all.push(format!("sensitive = [{}]", p.sensitive.join(", ")));
    }
    all.join(", ")
}

/// Figures of the columns that the models treat: quasi-identifiers and sensitive ones.
fn described_columns(
    before: &Table,
    after: &Table,
    kept: &[u32],
    report: &Report,
    policy: &Path,
) -> anyhow::Result<Vec<FieldFigures>> {
    let privacy = &report.policy;
    let quasi = privacy.quasi.iter().map(|name| (name, "quasi"));
    let mut fields = Vec::new();
    for (name, class) in quasi.chain(privacy.sensitive.iter().map(|name| (name, "sensitive"))) {
        let (old, new) = (&before.columns[before.position(name)?], &after.columns[after.position(name)?]);
        let mut d = Distribution::default();
        // rows that were blanked stay in their place, others are gone
        let same_rows = after.rows() == before.rows();
        let pairs = (0..after.rows()).map(|row| (if same_rows { row } else { kept[row] as usize }, row));
        for (from, to) in pairs {
            d.observe(old.text(from).as_bytes(), new.text(to).as_bytes());
        }
        let mut all = Distribution::default();
        (0..before.rows()).for_each(|row| all.observe(old.text(row).as_bytes(), b""));
        let treated = report.columns.iter().find(|c| c.name == *name);
        let method = match treated {
            Some(c) => match c.level {
                Some(level) => format!(
                    "generalize(hierarchy={}, level={level} of {}, by the models)",
                    c.hierarchy,
                    c.levels.saturating_sub(1)
                ),
                None => format!("generalize(hierarchy={}, by class, by the models)", c.hierarchy),
            },
            None => "keep".to_owned(),
        };
        let (a, b) = (all.before(), d.after());
        fields.push(FieldFigures {
            place: name.clone(),
            class: Some(class.to_owned()),
            method,
            rule: Some(format!("{}: [privacy]", policy.display())),
            replaced: d.changed,
            kept: d.values - d.changed,
            distribution: Some(DistributionFigures {
                values: all.values,
                changed: d.changed + (before.rows() - after.rows()) as u64,
                distinct_before: a.distinct,
                distinct_after: b.distinct,
                entropy_before: a.entropy,
                entropy_after: b.entropy,
                top_share: b.top_share,
                unique_count_share: b.unique_count_share,
                distance: d.distance(),
                bounded: d.is_sampled() || all.is_sampled(),
            }),
            ..FieldFigures::default()
        });
    }
    Ok(fields)
}

/// The columns that the models do not treat.
struct Rest<'a> {
    rules: &'a Rules,
    options: &'a crate::detect::Options,
    limits: Limits,
    policy: Policy,
    key: Key,
}

/// Distinct values of the measured columns are looked at this many at a time.
const AT_A_TIME: usize = 20_000;

impl Rest<'_> {
    /// What names a person by itself among the distinct values of some columns: kind and column.
    fn direct(&self, columns: &[Column]) -> anyhow::Result<BTreeSet<String>> {
        let scanner = Scanner::with(self.rules, self.options.clone(), self.limits.clone())?;
        let longest = columns.iter().map(|c| c.values.len()).max().unwrap_or(0);
        let mut direct = BTreeSet::new();
        for from in (0..longest).step_by(AT_A_TIME) {
            let rows = AT_A_TIME.min(longest - from);
            // Columns with fewer values begin anew, so that each stands in a full table.
            let part = columns.iter().filter(|c| !c.values.is_empty()).map(|c| {
                let codes = (from..from + rows).map(|i| (i % c.values.len()) as u32);
                Column::from_codes(&c.name, c.values.clone(), None, codes)
            });
            let text = load::to_csv(&Table::new(part.collect())?)?;
            for f in scanner.bytes(text.into_bytes(), "measured.csv").found {
                if matches!(role(f.finding.category), Role::Direct) {
                    let field = f.location.field.unwrap_or_default();
                    direct.insert(format!("{} in column {field}", f.finding.category));
                }
            }
        }
        Ok(direct)
    }

    fn depersonalize(
        self,
        safe: Table,
        privacy: &Privacy,
        input: &Path,
    ) -> anyhow::Result<(Table, FileRecord, (Policy, Counts, KeyRecord))> {
        let measured = |name: &String| privacy.quasi.contains(name) || privacy.sensitive.contains(name);
        let (held, others): (Vec<_>, Vec<_>) = safe.columns.iter().cloned().partition(|c| measured(&c.name));
        let direct = self.direct(&held)?;
        if !direct.is_empty() {
            bail!(
                "the copy was not written: quasi-identifiers and sensitive columns hold data that names a person by itself ({})",
                direct.into_iter().collect::<Vec<_>>().join("; ")
            );
        }
        let mut record = FileRecord {
            path: input.display().to_string(),
            member: Vec::new(),
            status: Status::Scanned,
            reason: None,
            detail: None,
            format: match input.extension().and_then(|e| e.to_str()) {
                Some("xlsx" | "xlsm") => Some("xlsx"),
                Some("xls") => Some("xls"),
                Some("parquet") => Some("parquet"),
                Some("arrow" | "feather") => Some("arrow"),
                _ => Some("csv"),
            },
            encoding: None,
            bytes: std::fs::metadata(input)?.len(),
            counts: Default::default(),
            copy: None,
        };
        if others.is_empty() || safe.rows() == 0 {
            let key = self.key.finish();
            return Ok((safe, record, (self.policy, Counts::default(), key)));
        }
        let names: Vec<String> = others.iter().map(|c| c.name.clone()).collect();
        let text = load::to_csv(&Table::new(others)?)?;
        let depersonalizer = Depersonalizer::new(self.policy, self.key).with_figures();
        let anonymizer = Anonymizer::of(self.rules, self.options.clone(), self.limits, depersonalizer)?;
        let done = anonymizer.bytes(text.into_bytes(), "table.csv").context("the other columns")?;
        record.counts = done.file.counts;
        let text = String::from_utf8(done.copy).context("the depersonalized columns are not UTF-8")?;
        let mut after = load::parse(&text, b',', "the depersonalized columns")?;
        if after.rows() != safe.rows() || after.columns.len() != names.len() {
            return Err(Error::NotProven("the other columns came back with another shape".into()).into());
        }
        let mut columns = safe.columns.clone();
        for (name, new) in names.iter().zip(after.columns.drain(..)) {
            let Some(old) = columns.iter_mut().find(|c| c.name == *name) else { continue };
            let same = (0..safe.rows()).all(|row| old.text(row) == new.text(row));
            // An untouched column keeps its NULLs, which delimited text cannot tell from empty cells.
            if !same {
                *old = Column { name: new.name, ..new };
            }
        }
        let done = anonymizer.finish().context("the key is still in use")?;
        Ok((Table::new(columns)?, record, done))
    }
}

/// Classes are counted once more in the table as it will be written.
fn recheck(table: &Table, privacy: &Privacy) -> anyhow::Result<()> {
    let quasi = privacy.quasi.iter().map(|q| table.position(q)).collect::<Result<Vec<_>, _>>()?;
    let least = risk::sizes(table, &quasi).into_iter().min().unwrap_or(privacy.k);
    if least < privacy.k {
        return Err(Error::NotProven(format!("a class of {least} rows")).into());
    }
    Ok(())
}

/// The source's own name, unless there is something personal in it.
fn copy_name(input: &Path, options: &RunOptions) -> String {
    let name = input.file_name().and_then(|n| n.to_str()).unwrap_or("table").to_owned();
    let clean = Scanner::with(&options.rules, options.detect.clone(), Limits::clone(&options.limits))
        .is_ok_and(|s| s.text(&name.replace(['_', '.'], " ")).is_empty() && s.text(&name).is_empty());
    match (clean, input.extension().and_then(|e| e.to_str())) {
        (true, _) => name,
        (false, Some(extension)) => format!("table.{extension}"),
        (false, None) => "table".to_owned(),
    }
}

fn tell(
    mut record: FileRecord,
    name: String,
    manifest: String,
    sinks: Vec<Sink>,
    common: &CommonArgs,
) -> anyhow::Result<(Exit, Summary)> {
    let replaced = record.counts.values().sum();
    record.copy = Some(Copy { written: true, path: Some(name), replaced, ..Copy::default() });
    let mut summary = Summary {
        run: Kind::Anonymize,
        copies: Some(0),
        without_copy: Some(0),
        replaced: Some(0),
        manifest: Some(manifest),
        ..Summary::default()
    };
    summary.add(&record);
    for mut sink in sinks {
        let mut out = Vec::new();
        sink.report.begin(&mut out);
        sink.report.file(&record, &mut out);
        sink.report.summary(&summary, &mut out);
        sink.to.write_all(&out).and_then(|()| sink.to.flush()).context("cannot write the report")?;
    }
    Ok((common.exit(&summary), summary))
}

/// The best solutions as a table for people.
fn solutions(report: &Report) -> String {
    let Some(search) = &report.search else {
        return "--explore lists solutions of model = \"full-domain\"; other models have one solution only\n"
            .to_owned();
    };
    let mut lines = vec![report.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")];
    lines.push(format!(
        "{:>3}  {:<28} {:>14} {:>10} {:>8} {:>9}",
        "N", "levels", "loss", "suppressed", "classes", "risk"
    ));
    for (i, s) in search.best.iter().enumerate() {
        let levels = s.levels.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
        let risk = format!("{:.2} %", s.risk * 100.0);
        lines.push(format!(
            "{:>3}  {levels:<28} {:>14.6} {:>10} {:>8} {risk:>9}",
            i + 1,
            s.score,
            s.suppressed,
            s.classes
        ));
    }
    let proof =
        if search.exact { "the first is the proven optimum" } else { "time ran out; better ones may exist" };
    lines.push(format!("{} of {} nodes in {:.2} s; {proof}", search.checked, search.nodes, search.seconds));
    lines.join("\n") + "\n"
}

/// What was done, for people.
fn outcome(r: &Report) -> String {
    let levels: Vec<String> = r
        .columns
        .iter()
        .map(|c| match c.level {
            Some(level) => format!("{} {level}/{}", c.name, c.levels - 1),
            None => c.name.clone(),
        })
        .collect();
    let model = match r.policy.model {
        Model::FullDomain => "full-domain",
        Model::Local => "local",
        Model::Mondrian => "mondrian",
    };
    let mut lines = vec![
        format!("model                {model}: {}", levels.join(", ")),
        format!("rows                 {} of {} in the copy; {} suppressed", r.rows_out, r.rows, r.suppressed),
        format!(
            "k                    {} before, {} after ({} classes)",
            r.before.k, r.proof.k, r.proof.classes
        ),
        format!(
            "marketer risk        {:.2} % before, {:.2} % after",
            r.before.marketer * 100.0,
            r.after.marketer * 100.0
        ),
        format!("information lost     {:.1} % (NCP)", r.utility.ncp * 100.0),
    ];
    lines.extend(r.notes.iter().map(|n| format!("note: {n}")));
    lines.join("\n") + "\n"
}

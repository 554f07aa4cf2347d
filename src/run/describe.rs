use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use crate::depersonalize::{
    ColumnFigures, Counts, Distribution, Done, IIN_SPACE, KeyOrigin, KeyRecord, Outcome, Policy, TOKEN_BITS,
    tokens_per_second,
};
use crate::report::description::figures::{
    AttackFigures, CopyFile, DistributionFigures, FieldFigures, JoinFigures, JoinForm, KeyFigures, Labour,
    Leftovers, ManifestFigures, Procedure, Quality, SCHEMA, Side, Storage,
};
use crate::report::description::{Form, Lang, RunFigures, paths, render};
use crate::report::{FileRecord, FindingRecord, Report, Status, Summary};
use crate::store::{MANIFEST, Manifest, Sealed};

use super::Finished;
use super::anonymize::source_hash;

/// Gathers the figures of a run for the description of the procedure: a report that writes nothing while the
/// run goes on.
#[derive(Clone)]
pub struct Gatherer {
    seen: Arc<Mutex<Seen>>,
    begun: SystemTime,
}

#[derive(Default)]
struct Seen {
    input: Side,
    output: Side,
    without_copy: BTreeMap<String, u64>,
    not_inspected: BTreeMap<String, u64>,
    discarded: u64,
    found: BTreeMap<String, u64>,
    sources: Vec<(PathBuf, u64)>,
    done: Option<Finished>,
}

/// What the description says that no run can know.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    /// The owner or operator of the data.
    pub operator: Option<String>,
    /// Who asked for the depersonalized data.
    pub requester: Option<String>,
    /// What for, in the words of par. 19.
    pub purpose: Option<String>,
}

impl Default for Gatherer {
    fn default() -> Gatherer {
        Gatherer { seen: Arc::default(), begun: SystemTime::now() }
    }
}

impl Report for Gatherer {
    fn finding(&self, _: &FindingRecord<'_>, _: &mut Vec<u8>) {}

    fn wants_findings(&self) -> bool {
        false
    }

    fn file(&self, record: &FileRecord, _: &mut Vec<u8>) {
        let mut seen = self.lock();
        for (category, n) in &record.counts {
            *seen.found.entry(category.as_str().to_owned()).or_default() += n;
        }
        if record.status != Status::Scanned {
            let reason = record.reason.unwrap_or("unknown").to_owned();
            *seen.not_inspected.entry(reason).or_default() += 1;
        }
        if !record.member.is_empty() {
            return;
        }
        let format = record.format.unwrap_or("unknown");
        seen.input.files += 1;
        seen.input.bytes += record.bytes;
        *seen.input.formats.entry(format.to_owned()).or_default() += 1;
        if let Some(encoding) = record.encoding {
            *seen.input.encodings.entry(encoding.to_owned()).or_default() += 1;
        }
        if record.status == Status::Scanned {
            seen.sources.push((PathBuf::from(&record.path), record.bytes));
        }
        match &record.copy {
            Some(copy) if copy.written => {
                *seen.output.formats.entry(copy.format.unwrap_or(format).to_owned()).or_default() += 1;
                if let Some(encoding) = record.encoding {
                    *seen.output.encodings.entry(encoding.to_owned()).or_default() += 1;
                }
            }
            copy => {
                let reason = copy.as_ref().and_then(|c| c.reason).or(record.reason).unwrap_or("unknown");
                seen.discarded += u64::from(reason == "leftovers_found");
                *seen.without_copy.entry(reason.to_owned()).or_default() += 1;
            }
        }
    }

    fn summary(&self, _: &Summary, _: &mut Vec<u8>) {}
}

impl Gatherer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes what the depersonalizer knows at the end of a run; for [`super::AnonymizeOptions::done`].
    pub fn hook(&self) -> super::options::DoneHook {
        let me = self.clone();
        Box::new(move |done| me.take(done))
    }

    /// Takes it from a run of another kind.
    pub fn take(&self, done: Finished) {
        self.lock().done = Some(done);
    }

    /// The figures of the run. The copies in `out` are looked at for their hashes and permissions, the sources for
    /// having stayed as they were, and the machine for its speed.
    pub fn figures(&self, summary: &Summary, out: &Path, threads: usize, said: Statements) -> RunFigures {
        let mut seen = std::mem::take(&mut *self.lock());
        let Finished { policy, counts, key, stages, sources: hashes } =
            seen.done.take().unwrap_or_else(|| Finished {
                policy: Policy::default(),
                counts: Counts::default(),
                key: missing_key(),
                stages: Vec::new(),
                sources: BTreeMap::new(),
            });
        let manifest = Manifest::read(&out.join(MANIFEST)).unwrap_or_default();
        let copies: Vec<CopyFile> = manifest
            .entries()
            .iter()
            .map(|e| CopyFile { path: e.path.clone(), bytes: e.bytes, hash: e.blake3.clone() })
            .collect();
        let (files, bytes) = (copies.len() as u64, copies.iter().map(|c| c.bytes).sum());
        let rate = tokens_per_second(policy.function, Duration::from_millis(200));
        let fields = fields(&policy, &counts);
        let (sources_checked, sources_changed) = self.sources(&seen.sources);
        let after = hashes.iter().filter_map(|(path, before)| Some((before, source_hash(path)?)));
        let same: Vec<bool> = after.map(|(before, after)| *before == after).collect();
        RunFigures {
            schema: SCHEMA.to_owned(),
            procedure: procedure(&policy, &fields, self.begun, said),
            storage: Storage {
                // the store refuses to begin where it is not so
                apart: Some(true),
                other_device: other_device(out, seen.sources.first().map(|s| s.0.as_path())),
                owner_only: owner_only(out, &copies),
                sources_checked,
                sources_changed,
                sources_hashed: same.len() as u64,
                sources_hash_changed: same.iter().filter(|s| !**s).count() as u64,
                source_owners: owners(seen.sources.iter().map(|s| s.0.as_path())),
                output_owner: owners(std::iter::once(out)).first().copied(),
            },
            leftovers: Leftovers { files, bytes, discarded: seen.discarded, ..Leftovers::default() },
            quality: Quality {
                replaced: counts.total(Outcome::Replaced),
                fallback: counts.total(Outcome::Fallback),
                own: counts.total(Outcome::Own),
                suppressed_rows: counts.suppressed_rows,
                suppressed_cells: counts.suppressed_cells,
                joins: joins(&policy, &counts),
                disclosure: None,
            },
            labour: labour(summary.seconds, threads, stages),
            attack: AttackFigures {
                tokens_per_second: rate,
                iin_space: IIN_SPACE,
                seconds_with_key: IIN_SPACE as f64 / rate,
            },
            key: key_figures(key),
            input: seen.input,
            output: Side { files, bytes, ..seen.output },
            copies,
            manifest: match manifest.seal() {
                Sealed::Holds(seal) => {
                    Some(ManifestFigures { hash: seal.blake3.clone(), keyed: seal.mac.is_some() })
                }
                _ => None,
            },
            without_copy: seen.without_copy,
            not_inspected: seen.not_inspected,
            found: seen.found,
            fields,
        }
    }

    /// How many sources could be looked at again, and how many of them are not as they were.
    fn sources(&self, sources: &[(PathBuf, u64)]) -> (u64, u64) {
        let (mut checked, mut changed) = (0, 0);
        for (path, bytes) in sources {
            let Ok(meta) = std::fs::metadata(path) else { continue };
            checked += 1;
            let later = meta.modified().is_ok_and(|t| t > self.begun);
            changed += u64::from(later || meta.len() != *bytes);
        }
        (checked, changed)
    }
}

/// Writes a description in every language asked for; the answer is the files.
///
/// # Errors
/// An ending that is not known; those of writing. A file that exists is replaced.
pub fn write_description(figures: &RunFigures, path: &Path, langs: &[Lang]) -> std::io::Result<Vec<PathBuf>> {
    let form = Form::of(path).ok_or_else(|| {
        std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "a description's name must end in .docx, .html, .md or .json",
        )
    })?;
    let mut written = Vec::new();
    for (path, lang) in paths(path, langs) {
        let bytes = render(figures, lang, form)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        std::io::Write::write_all(&mut options.open(&path)?, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

fn missing_key() -> KeyRecord {
    KeyRecord {
        origin: KeyOrigin::Ephemeral,
        bits: 0,
        life: Duration::ZERO,
        protection: Default::default(),
        commitment: None,
        wiped: false,
    }
}

fn key_figures(key: KeyRecord) -> KeyFigures {
    let (kept, purpose, expires) = match key.origin {
        KeyOrigin::Ephemeral => (false, None, None),
        KeyOrigin::File { purpose, expires } => (true, Some(purpose), Some(expires)),
    };
    KeyFigures {
        kept,
        purpose,
        expires,
        commitment: key.commitment,
        bits: key.bits,
        life_seconds: key.life.as_secs_f64(),
        locked: key.protection.locked,
        not_dumped: key.protection.not_dumped,
        no_core: key.protection.no_core,
        wiped: key.wiped,
    }
}

fn procedure(policy: &Policy, fields: &[FieldFigures], begun: SystemTime, said: Statements) -> Procedure {
    let mut rules: Vec<String> = fields.iter().filter_map(|f| f.rule.clone()).collect();
    rules.sort();
    rules.dedup();
    Procedure {
        operator: said.operator,
        purpose: said.purpose.or_else(|| policy.purpose.clone()),
        requester: said.requester.or_else(|| policy.requester.clone()),
        started: utc(begun),
        finished: utc(SystemTime::now()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        program_hash: program_hash(),
        policy: policy.name.clone(),
        policy_hash: policy.digest.clone(),
        default_mode: policy.default.name().to_owned(),
        function: policy.function.name().to_owned(),
        token_bits: TOKEN_BITS,
        scope: policy.scope.name().to_owned(),
        token_forms: policy.forms.iter().map(|(c, f)| (c.to_string(), f.to_string())).collect(),
        models: None,
        rules,
        machine: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        processors: std::thread::available_parallelism().map_or(1, |n| n.get() as u64),
    }
}

fn program_hash() -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(std::fs::File::open(std::env::current_exe().ok()?).ok()?).ok()?;
    Some(hasher.finalize().to_hex().to_string())
}

/// `YYYY-MM-DD hh:mm:ss` in UTC.
fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let day = crate::depersonalize::generalize::date::Day::from_number((seconds / 86_400) as i64);
    let s = seconds % 86_400;
    format!("{} {:02}:{:02}:{:02}", day.iso(), s / 3600, s / 60 % 60, s % 60)
}

fn fields(policy: &Policy, counts: &Counts) -> Vec<FieldFigures> {
    // place, file, category, rule, emptied without a rule
    type Key<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<u32>, bool);
    let ambiguous = counts.ambiguous();
    let mut all: BTreeMap<Key<'_>, FieldFigures> = BTreeMap::new();
    for (done, n) in &counts.done {
        let Done { place, file, category, rule, form, outcome, .. } = done;
        let several = ambiguous.contains(place);
        // what no rule names becomes a token, or is emptied in allow-list mode
        let emptied = rule.is_none() && form.is_none() && *outcome == Outcome::Replaced;
        let category = category.map(crate::model::Category::as_str);
        let named = several.then_some(&**file);
        let field = all.entry((place, named, category, *rule, emptied)).or_insert_with(|| FieldFigures {
            place: place.to_string(),
            file: named.map(str::to_owned),
            category: category.map(str::to_owned),
            method: match rule.and_then(|n| policy.rules.get(n as usize)) {
                Some(rule) => rule.method.describe(),
                None if emptied => "remove".to_owned(),
                None => "token".to_owned(),
            },
            rule: rule.and_then(|n| policy.rules.get(n as usize)).map(|r| format!("{}:{}", r.source, r.line)),
            distribution: match several {
                true => counts.apart.get(&(file.clone(), place.clone())).cloned(),
                false => counts.columns.get(place).map(Distribution::figures),
            }
            .map(distribution),
            ..FieldFigures::default()
        });
        match outcome {
            Outcome::Replaced => field.replaced += n,
            Outcome::Fallback => field.fallback += n,
            Outcome::Own => field.own += n,
            Outcome::Kept => field.kept += n,
        }
        if let Some(form) = form {
            *field.forms.entry(form_name(*form)).or_default() += n;
        }
    }
    all.into_values().collect()
}

fn distribution(d: ColumnFigures) -> DistributionFigures {
    DistributionFigures {
        values: d.values,
        changed: d.changed,
        distinct_before: d.before.distinct,
        distinct_after: d.after.distinct,
        entropy_before: d.before.entropy,
        entropy_after: d.after.entropy,
        top_share: d.after.top_share,
        unique_count_share: d.after.unique_count_share,
        distance: d.distance,
        bounded: d.bounded,
    }
}

fn form_name(form: crate::depersonalize::TokenForm) -> String {
    serde_json::to_value(form).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn joins(policy: &Policy, counts: &Counts) -> Vec<JoinFigures> {
    let figure = |join: crate::depersonalize::Join| JoinFigures {
        category: join.category.to_string(),
        kept: join.kept() && policy.scope == crate::depersonalize::Scope::Run,
        forms: join
            .forms
            .iter()
            .map(|((form, chars), places)| JoinForm {
                form: form_name(*form),
                chars: *chars,
                places: places.keys().map(|p| p.to_string()).collect(),
            })
            .collect(),
    };
    counts.joins().into_iter().map(figure).collect()
}

fn labour(seconds: f64, threads: usize, stages: Vec<(&str, f64)>) -> Labour {
    let (cpu_seconds, peak_memory) = usage();
    Labour {
        wall_seconds: seconds,
        cpu_seconds,
        threads: threads as u64,
        peak_memory,
        stages: stages.into_iter().map(|(s, t)| (s.to_owned(), t)).collect(),
    }
}

/// Processor seconds and largest resident memory in bytes of this process.
#[cfg(unix)]
fn usage() -> (Option<f64>, Option<u64>) {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the structure is valid for writing and all of its bytes are initialized.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) != 0 {
            return (None, None);
        }
        usage.assume_init()
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    // macOS counts bytes, the others KiB
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    (Some(seconds(usage.ru_utime) + seconds(usage.ru_stime)), Some(usage.ru_maxrss as u64 * unit))
}

#[cfg(not(unix))]
fn usage() -> (Option<f64>, Option<u64>) {
    (None, None)
}

/// Numbers of the users who own some files.
#[cfg(unix)]
fn owners<'p>(paths: impl Iterator<Item = &'p Path>) -> Vec<u32> {
    use std::os::unix::fs::MetadataExt;
    let all: std::collections::BTreeSet<u32> =
        paths.filter_map(|p| std::fs::metadata(p).ok()).map(|m| m.uid()).collect();
    all.into_iter().collect()
}

#[cfg(not(unix))]
fn owners<'p>(_: impl Iterator<Item = &'p Path>) -> Vec<u32> {
    Vec::new()
}

#[cfg(unix)]
fn other_device(out: &Path, source: Option<&Path>) -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    let device = |p: &Path| std::fs::metadata(p).map(|m| m.dev()).ok();
    Some(device(out)? != device(source?)?)
}

#[cfg(not(unix))]
fn other_device(_: &Path, _: Option<&Path>) -> Option<bool> {
    None
}

#[cfg(unix)]
fn owner_only(out: &Path, copies: &[CopyFile]) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    let mode = |p: &Path| std::fs::metadata(p).map(|m| m.permissions().mode() & 0o077).ok();
    let mut all = mode(out)? == 0;
    for copy in copies {
        all &= mode(&out.join(&copy.path))? == 0;
    }
    Some(all)
}

#[cfg(not(unix))]
fn owner_only(_: &Path, _: &[CopyFile]) -> Option<bool> {
    None
}

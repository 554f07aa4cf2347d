use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufWriter};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use crate::depersonalize::{Depersonalizer, FileScope, Join, KeyOrigin};
use crate::format::{CopyKind, registry};
use crate::model::{Block, Category, NO_COLUMN, OffsetMap, Reason, Segment, SegmentKind};
use crate::report::{Copy, FileRecord, Status, Summary};
use crate::source::{Entry, Input};
use crate::store::{
    Declared, Draft, DraftWriter, MANIFEST, Manifest, ManifestEntry, Mode, Seal, Sealed, Store, StoreError,
};

use super::block::{Engine, Origin, Sight, Worker};
use super::collector::Chunk;
use super::inspect::record;
use super::pool::{Role, Shared, mark_changed, run};
use super::{AnonymizeOptions, DoneHook, Finished, RunError, RunOptions, Sink};

/// A copy in which personal data is still found goes through depersonalizing again, at least this often in all before it
/// is given up: a replacement can bring words together that make another finding.
const ROUNDS: usize = 3;
/// And at most this often, as long as less is found each time: in a long text one name uncovers the one beside it.
const MOST_ROUNDS: usize = 12;

/// Scans, writes separate depersonalized copies, and reports to `sinks`.
///
/// # Errors
/// What ends the run as a whole; anything about single files stands in the reports.
pub fn anonymize(
    options: RunOptions,
    copies: AnonymizeOptions,
    sinks: Vec<Sink>,
) -> Result<Summary, RunError> {
    run(options, sinks, Some(Start { options: copies }))
}

/// What is needed to begin writing copies.
pub(super) struct Start {
    options: AnonymizeOptions,
}

impl Start {
    /// True where the key is read from a file: the result is pseudonymized.
    pub fn kept(&self) -> bool {
        *self.options.key.origin() != KeyOrigin::Ephemeral
    }

    pub fn begin(self, sources: &[PathBuf]) -> Result<(Copying, Depersonalizer), RunError> {
        let AnonymizeOptions { out, policy, key, resume, overwrite, done } = self.options;
        let mode = match (overwrite, resume) {
            (true, _) => Mode::Overwrite,
            (_, true) => Mode::Resume,
            _ => Mode::Fresh,
        };
        let store = Store::open(&out, sources, mode)?;
        let roots = roots(sources);
        let depersonalizer = Depersonalizer::new(policy, key);
        let depersonalizer = if done.is_some() { depersonalizer.with_figures() } else { depersonalizer };
        let notes = done.is_some().then(Mutex::default);
        let earlier = sources
            .iter()
            .filter_map(|s| Some((s.clone(), Manifest::read(&s.join(MANIFEST)).ok()?)))
            // what another hand wrote says nothing of what stands in a copy on purpose
            .filter(|(_, manifest)| matches!(manifest.seal(), Sealed::Holds(_)))
            .collect();
        Ok((
            Copying {
                store,
                roots,
                resume,
                resumed: Default::default(),
                done: Mutex::new(done),
                notes,
                earlier,
            },
            depersonalizer,
        ))
    }
}

/// Folder inside the output for each starting path: none where there is only one, and it is a folder.
pub(super) fn roots(sources: &[PathBuf]) -> Vec<PathBuf> {
    if sources.len() == 1 {
        return vec![PathBuf::new()];
    }
    let mut taken = HashSet::new();
    sources
        .iter()
        .map(|source| {
            if source.is_file() {
                return PathBuf::new();
            }
            let real = std::path::absolute(source).unwrap_or_else(|_| source.clone());
            let name = real.file_name().map_or_else(|| "root".into(), |n| n.to_string_lossy().into_owned());
            let mut unique = name.clone();
            let mut n = 1;
            while !taken.insert(unique.clone()) {
                n += 1;
                unique = format!("{name}-{n}");
            }
            PathBuf::from(unique)
        })
        .collect()
}

/// The writing side of a run.
pub(super) struct Copying {
    store: Store,
    roots: Vec<PathBuf>,
    resume: bool,
    /// Copies of an earlier run that were kept.
    resumed: std::sync::atomic::AtomicU64,
    done: Mutex<Option<DoneHook>>,
    /// Manifests of sources that are themselves copies of an earlier run.
    earlier: Vec<(PathBuf, Manifest)>,
    /// Figures for the hook; none where there is no hook.
    notes: Option<Mutex<Notes>>,
}

/// What is measured for the description.
#[derive(Default)]
struct Notes {
    stages: BTreeMap<&'static str, f64>,
    sources: BTreeMap<PathBuf, [u8; 32]>,
}

/// Gives every file of the walk the path of its copy, in the order of the walk.
pub(super) struct Names<'a> {
    copying: &'a Copying,
    scope: Option<FileScope>,
    parts: HashMap<PathBuf, PathBuf>,
    taken: HashSet<PathBuf>,
}

impl Names<'_> {
    pub fn target(&mut self, engine: &Engine, worker: &mut Worker, entry: &Entry) -> PathBuf {
        let root = self.copying.roots.get(entry.root).cloned().unwrap_or_default();
        let mut target = PathBuf::new();
        let mut source = PathBuf::from(entry.root.to_string());
        let components: Vec<Component<'_>> = root.components().chain(entry.relative.components()).collect();
        let last = components.len().saturating_sub(1);
        for (i, component) in components.into_iter().enumerate() {
            let Component::Normal(name) = component else { continue };
            source.push(name);
            // folders that were met before keep the name that they got
            if let Some(known) = self.parts.get(&source) {
                target = known.clone();
                continue;
            }
            let clean = match (name.to_str(), &engine.depersonalizer) {
                (Some(name), Some(depersonalizer)) => {
                    let scope = self.scope.get_or_insert_with(|| depersonalizer.file(""));
                    engine.clean_path(worker, scope, name)
                }
                // a name in an unknown encoding cannot be looked through
                _ => format!("unreadable-name{}", ascii_extension(name)),
            };
            let changed = name.to_str() != Some(&clean);
            let mut place = target.join(&clean);
            // a single file's own name can meet one from another starting path even when unchanged
            if changed || self.copying.roots.len() > 1 {
                let mut n = 1;
                while !self.taken.insert(place.clone()) {
                    n += 1;
                    place = target.join(numbered(&clean, n));
                }
            }
            target = place;
            if i < last {
                self.parts.insert(source.clone(), target.clone());
            }
        }
        target
    }
}

fn ascii_extension(name: &std::ffi::OsStr) -> String {
    let bytes = name.as_encoded_bytes();
    match bytes.iter().rposition(|b| *b == b'.') {
        Some(dot) if bytes.len() - dot <= 6 && bytes[dot + 1..].iter().all(u8::is_ascii_alphanumeric) => {
            String::from_utf8_lossy(&bytes[dot..]).into_owned()
        }
        _ => String::new(),
    }
}

/// `a.csv`, 2 -> `a-2.csv`.
fn numbered(name: &str, n: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem}-{n}.{extension}"),
        _ => format!("{name}-{n}"),
    }
}

impl Engine {
    /// A file name or path inside a container with the personal data in each of its components replaced.
    pub fn clean_path(&self, worker: &mut Worker, scope: &FileScope, path: &str) -> String {
        let clean: Vec<String> = path
            .split('/')
            .map(|name| {
                let (stem, extension) = match name.rsplit_once('.') {
                    Some((stem, ext)) if !stem.is_empty() && ext.len() <= 8 => (stem, &name[stem.len()..]),
                    _ => (name, ""),
                };
                let mut clean = self.clean_stem(worker, scope, stem);
                // what a replacement brings together may be a finding again
                if clean != stem && self.clean_stem(worker, scope, &clean) != clean {
                    clean = "document".into();
                }
                clean + extension
            })
            .collect();
        clean.join("/")
    }

    fn clean_stem(&self, worker: &mut Worker, scope: &FileScope, stem: &str) -> String {
        // underscores stand for blanks in file names; the length stays, so that positions stay
        let text = stem.replace('_', " ");
        let block = Block {
            text: text.as_bytes().to_vec(),
            map: OffsetMap::None,
            first_row: 1,
            segments: vec![Segment {
                start: 0,
                end: text.len() as u32,
                column: NO_COLUMN,
                row: 0,
                kind: SegmentKind::Meta,
            }],
            ..Block::default()
        };
        let origin = Origin { path: "".into(), member: Vec::new() };
        let sight = Sight { origin: &origin, block: &block, columns: None, scope: Some(scope) };
        let (_, edits) = self.look(worker, sight, None);
        if edits.is_empty() {
            return stem.to_owned();
        }
        let (mut out, mut at) = (String::new(), 0);
        for edit in &edits {
            let (start, end) = (edit.start as usize, edit.end as usize);
            out.push_str(stem.get(at..start).unwrap_or_default());
            out.extend(
                edit.text.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c }),
            );
            at = end;
        }
        out.push_str(stem.get(at..).unwrap_or_default());
        match out.trim_matches([' ', '.']) {
            "" => "document".into(),
            kept => kept.to_owned(),
        }
    }
}

impl Copying {
    pub fn names(&self) -> Names<'_> {
        Names { copying: self, scope: None, parts: HashMap::new(), taken: HashSet::new() }
    }

    /// Reads one source file and, if all of it could be read and none of it is left in the copy, gives
    /// the copy its place.
    pub fn copy(
        &self,
        shared: &Shared,
        worker: &mut Worker,
        origin: &Origin,
        entry: &Entry,
        input: Input,
        target: &Path,
        changed: &dyn Fn() -> bool,
        emit: &mut dyn FnMut(Chunk),
    ) -> FileRecord {
        let Some(depersonalizer) = &shared.engine(Role::Main).depersonalizer else {
            return record(origin, 0);
        };
        if self.resume && self.store.has(target) {
            self.resumed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let mut rec = shared.inspect(Role::Main, worker, origin, input, None, None, emit).record;
            rec.copy = Some(Copy {
                written: true,
                path: Some(target.to_string_lossy().into_owned()),
                ..Copy::default()
            });
            return rec;
        }
        let scope = depersonalizer.file(&origin.path);
        let scope = Arc::new(match self.settled(&entry.path, &depersonalizer.policy().digest) {
            Some(declared) => scope.settled(declared),
            None => scope,
        });
        self.note_source(&entry.path);
        if depersonalizer.needs_columns(true)
            && let Ok(mut first) =
                crate::source::gentle::open(&entry.path).and_then(|f| Input::file(f, input.name()))
            && depersonalizer
                .needs_columns(registry::is_typed(first.head().unwrap_or_default(), input.name()))
        {
            // what keeps the first pass from reading keeps the second, which tells it
            self.timed("learn", || {
                shared.inspect(Role::Learn, worker, origin, first, None, Some(&scope), &mut |_| {})
            });
        }
        let mut draft = match self.store.draft() {
            Ok(draft) => draft,
            Err(e) => return self.unwritten(shared, record(origin, input.len().unwrap_or(0)), e),
        };
        let mut out = match draft.writer() {
            Ok(writer) => BufWriter::with_capacity(256 << 10, writer),
            Err(e) => return self.unwritten(shared, record(origin, input.len().unwrap_or(0)), e),
        };
        let mut outcome = self.timed("replace", || {
            shared.inspect(Role::Main, worker, origin, input, Some(&mut out), Some(&scope), emit)
        });
        let flushed = written(out);
        let mut rec = outcome.record;
        mark_changed(&mut rec, changed());
        let mut copy = rec.copy.take().unwrap_or_default();
        let format = rec.format.and_then(registry::by_id);
        let refused = match (rec.status, flushed) {
            (Status::Scanned, Err(e)) => return self.unwritten(shared, rec, e),
            (Status::Scanned, Ok(())) if format.is_some_and(|f| f.copy() == CopyKind::Never) => Some((
                Reason::NotWritable.code(),
                "no copy: this format can be read but not written back".into(),
            )),
            (Status::Scanned, Ok(())) => {
                self.timed("proof", || self.prove(shared, worker, origin, &mut draft, &scope))
            }
            _ => {
                if rec.reason == Some(Reason::WriteFailed.code()) {
                    self.stop_when_full(shared, &mut draft);
                }
                rec.reason.map(|reason| (reason, String::new()))
            }
        };
        if let Some(court) = &shared.engine(Role::Main).court {
            court.finish(&origin.path);
        }
        depersonalizer.forget(&scope);
        copy.reason = refused.as_ref().map(|r| r.0);
        if let Some(extension) = outcome.extension.take() {
            copy.format = Some(extension);
        }
        let Some((reason, detail)) = refused else {
            let target = self.with_extension(target, copy.format);
            let counts = scope.take_counts();
            let policy = depersonalizer.policy();
            let declared = counts.declared(policy).into_iter().map(|(place, category, why)| Declared {
                place: place.to_string(),
                category: category.to_string(),
                why: why.to_owned(),
            });
            let mut declared: Vec<Declared> = declared.collect();
            if let Some(settled) = self.earlier_entry(&entry.path).filter(|_| scope.is_settled_file()) {
                declared.extend(settled.declared.iter().cloned());
                declared.sort();
                declared.dedup();
            }
            match self.store.commit(draft, &target, &policy.digest, declared) {
                Ok(()) => {
                    depersonalizer.add(counts.of_file(&target.to_string_lossy()));
                    copy.written = true;
                    copy.path = Some(target.to_string_lossy().into_owned());
                }
                Err(e) => return self.unwritten(shared, rec, e),
            }
            rec.copy = Some(copy);
            return rec;
        };
        if rec.status == Status::Scanned {
            rec.detail.get_or_insert(detail);
            rec.reason.get_or_insert(reason);
        }
        rec.copy = Some(copy);
        rec
    }

    fn earlier_entry(&self, path: &Path) -> Option<&ManifestEntry> {
        self.earlier.iter().find_map(|(root, manifest)| manifest.entry(path.strip_prefix(root).ok()?))
    }

    /// Where the source is a copy that an earlier run made by the same policy, and has not changed since: what stands
    /// in it on purpose, by place and kind of data. Its columns are not treated a second time.
    fn settled(&self, path: &Path, policy: &str) -> Option<Vec<(String, String)>> {
        let entry = self.earlier_entry(path).filter(|e| e.policy == policy && !policy.is_empty())?;
        let hash = source_hash(path)?;
        (blake3::Hash::from_bytes(hash).to_hex().as_str() == entry.blake3)
            .then(|| entry.declared.iter().map(|d| (d.place.clone(), d.category.clone())).collect())
    }

    /// Does something and adds its time to a stage, where figures are wanted.
    fn timed<T>(&self, stage: &'static str, what: impl FnOnce() -> T) -> T {
        let begun = std::time::Instant::now();
        let done = what();
        if let Some(notes) = &self.notes {
            let mut notes = notes.lock().unwrap_or_else(|e| e.into_inner());
            *notes.stages.entry(stage).or_default() += begun.elapsed().as_secs_f64();
        }
        done
    }

    /// The source's hash before it is read, so that it can be shown to have stayed as it was.
    fn note_source(&self, path: &Path) {
        let Some(notes) = &self.notes else { return };
        if let Some(hash) = source_hash(path) {
            notes.lock().unwrap_or_else(|e| e.into_inner()).sources.insert(path.to_owned(), hash);
        }
    }

    /// `a.xls` whose copy is an xlsx becomes `a.xlsx`, or `a.xls.xlsx` where that name is another file's.
    fn with_extension(&self, target: &Path, extension: Option<&'static str>) -> PathBuf {
        let Some(extension) = extension else { return target.to_owned() };
        let mut name = target.file_name().unwrap_or_default().to_owned();
        let same = target.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
        if same {
            return target.to_owned();
        }
        name.push(".");
        name.push(extension);
        target.with_file_name(name)
    }

    /// The second scan, with the same rules; None where nothing is left.
    fn prove(
        &self,
        shared: &Shared,
        worker: &mut Worker,
        origin: &Origin,
        draft: &mut Draft,
        scope: &Arc<FileScope>,
    ) -> Option<(&'static str, String)> {
        let mut before = u64::MAX;
        for round in 1.. {
            let input = match reopened(draft) {
                Ok(input) => input,
                Err(e) => return Some((Reason::ReadFailed.code(), e.to_string())),
            };
            let (mut left, mut unread) = (BTreeMap::<Category, u64>::new(), None);
            let mut note = |chunk: Chunk| {
                for member in &chunk.records {
                    member.counts.iter().for_each(|(c, n)| *left.entry(*c).or_default() += n);
                    if member.status != Status::Scanned {
                        unread = unread.or(member.reason);
                    }
                }
            };
            let copy =
                shared.inspect(Role::Check, worker, origin, input, None, Some(scope), &mut note).record;
            copy.counts.iter().for_each(|(c, n)| *left.entry(*c).or_default() += n);
            let unread = copy.reason.filter(|_| copy.status != Status::Scanned).or(unread);
            if left.is_empty() {
                return unread
                    .map(|reason| (reason, "no copy: it could not be read again to its end".into()));
            }
            let found: u64 = left.values().sum();
            let ends = round == MOST_ROUNDS || round >= ROUNDS && found >= before;
            before = found;
            if ends || self.again(shared, worker, origin, draft, scope).is_err() {
                let kinds: Vec<String> = left.iter().map(|(c, n)| format!("{c} {n}")).collect();
                let detail = format!("no copy: personal data was still found in it ({})", kinds.join(", "));
                return Some((Reason::LeftoversFound.code(), detail));
            }
        }
        None
    }

    /// Depersonalizes the copy once more, in its place.
    fn again(
        &self,
        shared: &Shared,
        worker: &mut Worker,
        origin: &Origin,
        draft: &mut Draft,
        scope: &Arc<FileScope>,
    ) -> io::Result<()> {
        let mut aside = self.store.draft()?;
        let mut out = BufWriter::with_capacity(256 << 10, aside.writer()?);
        let input = reopened(draft)?;
        let outcome =
            shared.inspect(Role::Again, worker, origin, input, Some(&mut out), Some(scope), &mut |_| {});
        written(out)?;
        if outcome.record.status != Status::Scanned {
            return Err(io::Error::other("the copy could not be read to its end"));
        }
        let mut to = draft.writer()?;
        io::copy(&mut aside.reader()?, &mut to)?;
        to.finish();
        Ok(())
    }

    /// A record for a copy that could not be written. A full disk ends the run: no later copy would fit.
    fn unwritten(&self, shared: &Shared, mut rec: FileRecord, e: io::Error) -> FileRecord {
        let full = matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        if full {
            shared.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        let hint = if full { "; free space on the output's disk, then run again with --resume" } else { "" };
        rec.detail = Some(format!("the copy could not be written: {e}{hint}"));
        rec.reason = Some(Reason::WriteFailed.code());
        if rec.status == Status::Scanned {
            rec.status = Status::Partly;
        }
        rec.copy = Some(Copy { reason: Some(Reason::WriteFailed.code()), ..Copy::default() });
        rec
    }

    fn stop_when_full(&self, shared: &Shared, draft: &mut Draft) {
        let full = draft
            .try_room()
            .is_err_and(|e| matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded));
        if full {
            shared.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// Ends the run; the answer is what the operator should know of it.
    pub fn finish(self, depersonalizer: Option<Depersonalizer>) -> Result<(Vec<String>, Seal), RunError> {
        let mut notes = Vec::new();
        let seal = depersonalizer.as_ref().and_then(|d| d.key().seal()).map(Zeroizing::new);
        if let Some(depersonalizer) = depersonalizer {
            let (policy, counts) = (depersonalizer.policy().clone(), depersonalizer.take_counts());
            notes.extend(counts.joins().iter().filter_map(Join::note));
            notes.extend(counts.misfits(&policy).into_iter().map(|(rule, misfits, all)| {
                format!(
                    "{rule}: {misfits} of {all} values are not of the kind that this is for, or do not fit; a label or \
                     constant stands in their place"
                )
            }));
            let resumed = self.resumed.into_inner();
            if resumed > 0
                && counts.by_category().values().sum::<u64>() > 0
                && *depersonalizer.key().origin() == KeyOrigin::Ephemeral
            {
                notes.push(format!(
                    "{resumed} copies of an earlier run were kept; their tokens were made with a key that is gone, so they \
                     do not join with the copies of this run. For one key over several runs: --key-file"
                ));
            }
            let key = depersonalizer.finish();
            if let Some(done) = self.done.into_inner().unwrap_or_else(|e| e.into_inner()) {
                let notes = self.notes.map(|n| n.into_inner().unwrap_or_else(|e| e.into_inner()));
                let Notes { stages, sources } = notes.unwrap_or_default();
                let order = ["learn", "replace", "proof"];
                let stages = order.iter().filter_map(|s| Some((*s, *stages.get(s)?))).collect();
                done(Finished { policy, counts, key, stages, sources });
            }
        }
        let out = self.store.folder().display().to_string();
        let seal = self.store.finish(seal.as_deref()).map_err(|source| StoreError::Io { out, source })?;
        Ok((notes, seal))
    }
}

/// BLAKE3 of a source's content.
pub(crate) fn source_hash(path: &Path) -> Option<[u8; 32]> {
    let file = crate::source::gentle::open(path).ok()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).ok()?;
    Some(*hasher.finalize().as_bytes())
}

fn reopened(draft: &Draft) -> io::Result<Input> {
    Input::file(draft.reader()?, "")
}

/// Ends the writing of a copy.
fn written(out: BufWriter<DraftWriter<'_>>) -> io::Result<()> {
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish();
    Ok(())
}

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::depersonalize::FileScope;
use crate::detect::{Columns, Detector};
use crate::format::{Info, Limits, Opened, Output, Splice, Stream};
use crate::model::{Block, ReadError, Reason};
use crate::report::{FileRecord, Status, Summary};
use crate::source::gentle::{self, Throttle};
use crate::source::{Entry, Input, Met, display, walk};

use super::anonymize::Copying;
use super::block::{Engine, Origin, Sight, Tables, Tally, Worker};
use super::collector::{Chunk, Collector};
use super::inspect::{Found, Inspector, Outcome, find_format, not_inspected, record, settle, write_failed};
use super::{Progress, RunError, RunOptions, Sink};

/// Files from this size on are shared by all workers.
const SHARED_FROM: u64 = 2 << 20;
/// Most files that are handed to a worker at once.
const BATCH: usize = 8;
/// Blocks of one file that may wait, for each worker.
const WAITING: usize = 3;

/// Scans and writes reports to `sinks`.
///
/// # Errors
/// What ends the run as a whole; anything about single files stands in the reports.
pub fn scan(options: RunOptions, sinks: Vec<Sink>) -> Result<Summary, RunError> {
    run(options, sinks, None)
}

struct Job {
    seq: u64,
    met: Met,
    /// Where the copy goes, relative to the output folder.
    target: Option<std::path::PathBuf>,
}

/// What an engine is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The run itself: reports, and edits where copies are wanted.
    Main,
    /// The second scan: neither.
    Check,
    /// Depersonalizing a copy once more: edits, no reports.
    Again,
    /// The first pass for methods that must see whole columns: neither.
    Learn,
}

/// What all workers share.
pub(super) struct Shared {
    engines: [Engine; 4],
    pub collector: Collector,
    pub limits: Arc<Limits>,
    pub stop: Arc<AtomicBool>,
    pub progress: Arc<Progress>,
    pub copying: Option<Copying>,
    max_file_size: Option<u64>,
    throttle: Option<Arc<Throttle>>,
    forget: bool,
    threads: usize,
    blocks: (Sender<Task>, Receiver<Task>),
    /// Files that were handed to workers and are not done.
    unfinished: AtomicUsize,
}

pub(super) fn run(
    options: RunOptions,
    sinks: Vec<Sink>,
    copying: Option<super::anonymize::Start>,
) -> Result<Summary, RunError> {
    let begun = Instant::now();
    let mut options = options;
    if copying.is_some() {
        // the manifest of an earlier run is no source
        let manifests = options.paths.iter().map(|p| p.join(crate::store::MANIFEST));
        options.walk.never.extend(manifests);
    }
    let pseudonymized = copying.as_ref().is_some_and(|start| start.kept());
    let detector = Arc::new(Detector::new(&options.rules, options.detect.clone())?);
    let threads = options.threads.max(1);
    let (copying, depersonalizer) = match copying {
        Some(start) => {
            let (copying, depersonalizer) = start.begin(&options.paths)?;
            (Some(copying), Some(Arc::new(depersonalizer)))
        }
        None => (None, None),
    };
    let mut limits = options.limits;
    if copying.is_none() && options.court.is_none() && detector.numbers_only() {
        limits = Arc::new(Limits { numbers_only: true, ..Limits::clone(&limits) });
    }
    let kind = if copying.is_some() { crate::report::Kind::Anonymize } else { crate::report::Kind::Scan };
    let court = options.court.clone();
    let engine = |reports, depersonalizer, own, learner, again| Engine {
        detector: Arc::clone(&detector),
        reports,
        show_values: options.show_values,
        collect: false,
        depersonalizer,
        own,
        learner,
        court: court.clone(),
        again,
        limits: Arc::clone(&limits),
    };
    let shared = Shared {
        engines: [
            engine(
                sinks.iter().map(|s| Arc::clone(&s.report)).collect(),
                depersonalizer.clone(),
                None,
                None,
                false,
            ),
            engine(Vec::new(), None, depersonalizer.clone(), None, false),
            engine(Vec::new(), depersonalizer.clone(), None, None, true),
            engine(Vec::new(), None, None, depersonalizer, false),
        ],
        collector: Collector::new(sinks, Summary { run: kind, pseudonymized, ..Summary::default() }),
        limits: Arc::clone(&limits),
        stop: options.stop,
        progress: options.progress,
        copying,
        max_file_size: options.max_file_size,
        throttle: options.throttle,
        forget: options.forget,
        threads,
        blocks: bounded(threads * WAITING),
        unfinished: AtomicUsize::new(0),
    };
    let mut seq = 0;
    let mut names = shared.copying.as_ref().map(|c| c.names());
    let mut job = |met: Met, worker: &mut Worker| {
        let target = match (&mut names, &met) {
            (Some(names), Met::File(entry)) => Some(names.target(shared.engine(Role::Main), worker, entry)),
            _ => None,
        };
        seq += 1;
        Job { seq: seq - 1, met, target }
    };
    let go_on = || !shared.stop.load(Ordering::Relaxed) && !shared.collector.failed();
    let mut worker = Worker::default();
    let walked = if threads == 1 {
        // nobody to hand files to: a small file costs less than telling another thread about it
        walk(&options.paths, &options.walk, |met| {
            let job = job(met, &mut worker);
            handle(&shared, &mut worker, job);
            go_on()
        })
    } else {
        std::thread::scope(|scope| {
            let (send, jobs) = bounded::<Vec<Job>>(threads * 4);
            for _ in 0..threads {
                let (shared, jobs) = (&shared, jobs.clone());
                scope.spawn(move || work(shared, &jobs));
            }
            drop(jobs);
            let mut batch = Vec::new();
            let walked = walk(&options.paths, &options.walk, |met| {
                batch.push(job(met, &mut worker));
                // a few at a time, but nobody waits for a batch to fill
                if batch.len() < BATCH && !send.is_empty() {
                    return true;
                }
                shared.unfinished.fetch_add(batch.len(), Ordering::AcqRel);
                send.send(std::mem::take(&mut batch)).is_ok() && go_on()
            });
            if !batch.is_empty() && go_on() {
                shared.unfinished.fetch_add(batch.len(), Ordering::AcqRel);
                let _ = send.send(batch);
            }
            walked
        })
    };
    walked?;
    let interrupted = shared.stop.load(Ordering::Relaxed);
    let Shared { engines: [main, others @ ..], collector, copying, .. } = shared;
    drop(others);
    let finished = copying.map(|c| c.finish(main.depersonalizer.and_then(Arc::into_inner))).transpose()?;
    let (notes, seal) = finished.unzip();
    let mut summary = collector.finish(begun.elapsed().as_secs_f64(), interrupted, seal.map(|s| s.blake3))?;
    summary.notes = notes.unwrap_or_default();
    Ok(summary)
}

fn work(shared: &Shared, jobs: &Receiver<Vec<Job>>) {
    let mut worker = Worker::default();
    let blocks = &shared.blocks.1;
    loop {
        if let Ok(task) = blocks.try_recv() {
            task.run(shared, &mut worker);
            continue;
        }
        crossbeam_channel::select! {
            recv(blocks) -> task => if let Ok(task) = task {
                task.run(shared, &mut worker);
            },
            recv(jobs) -> batch => match batch {
                Ok(batch) => for job in batch {
                    // workers that are far ahead of the first unfinished file help it along instead
                    while !shared.collector.may_begin(job.seq) {
                        if let Ok(task) = blocks.try_recv() {
                            task.run(shared, &mut worker);
                        }
                    }
                    handle(shared, &mut worker, job);
                    shared.unfinished.fetch_sub(1, Ordering::AcqRel);
                },
                Err(_) => break,
            },
        }
    }
    // no more files: help with those that others have taken, also where these have not begun to read
    while shared.unfinished.load(Ordering::Acquire) > 0 {
        if let Ok(task) = blocks.recv_timeout(Duration::from_millis(2)) {
            task.run(shared, &mut worker);
        }
    }
}

fn handle(shared: &Shared, worker: &mut Worker, job: Job) {
    let record = match job.met {
        Met::Passed { path, reason, detail } => {
            let bytes = fs::symlink_metadata(&path).map_or(0, |m| if m.is_file() { m.len() } else { 0 });
            let origin = Origin { path: display(&path).into(), member: Vec::new() };
            let mut record = record(&origin, bytes);
            not_inspected(&mut record, reason, detail);
            record
        }
        Met::File(entry) => {
            let mut emit = |chunk| shared.collector.push(job.seq, chunk);
            // an engine that breaks down costs its file, never the run
            let result = catch_unwind(AssertUnwindSafe(|| {
                shared.file(worker, &entry, job.target.as_deref(), &mut emit)
            }));
            result.unwrap_or_else(|_| {
                *worker = Worker::default();
                let origin = Origin { path: display(&entry.path).into(), member: Vec::new() };
                let mut record = record(&origin, fs::metadata(&entry.path).map_or(0, |m| m.len()));
                not_inspected(&mut record, Reason::EngineFailed, "the reader broke down on this file");
                record
            })
        }
    };
    shared.progress.add_file();
    let mut chunk = Chunk::new(shared.engine(Role::Main).reports.len());
    chunk.records.push(record);
    shared.collector.push(job.seq, chunk);
    shared.collector.close(job.seq);
}

impl Shared {
    pub fn engine(&self, role: Role) -> &Engine {
        &self.engines[role as usize]
    }

    fn file(
        &self,
        worker: &mut Worker,
        entry: &Entry,
        target: Option<&std::path::Path>,
        emit: &mut dyn FnMut(Chunk),
    ) -> FileRecord {
        let origin = Origin { path: display(&entry.path).into(), member: Vec::new() };
        let mut rec = record(&origin, 0);
        if self.stop.load(Ordering::Relaxed) {
            not_inspected(&mut rec, Reason::Interrupted, "");
            return rec;
        }
        let file = match gentle::open(&entry.path) {
            Ok(file) => file,
            Err(e) => {
                let e = ReadError::from(e);
                rec.bytes = fs::symlink_metadata(&entry.path).map_or(0, |m| m.len());
                not_inspected(&mut rec, e.reason, e.to_string());
                return rec;
            }
        };
        let before = match file.metadata() {
            Ok(meta) => meta,
            Err(e) => {
                let e = ReadError::from(e);
                not_inspected(&mut rec, e.reason, e.to_string());
                return rec;
            }
        };
        rec.bytes = before.len();
        if let Some(max) = self.max_file_size.filter(|max| before.len() > *max) {
            not_inspected(&mut rec, Reason::TooLarge, format!("larger than --max-file-size {max}"));
            return rec;
        }
        let name = entry.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let file = Arc::new(file);
        let watch = Arc::clone(&file);
        let input = Input::shared(file, before.len(), name).throttled(self.throttle.clone());
        let changed = || {
            watch.metadata().ok().is_some_and(|after| {
                after.len() != before.len() || after.modified().ok() != before.modified().ok()
            })
        };
        let rec = match (&self.copying, target) {
            (Some(copying), Some(target)) => {
                copying.copy(self, worker, &origin, entry, input, target, &changed, emit)
            }
            _ => {
                let mut rec = self.inspect(Role::Main, worker, &origin, input, None, None, emit).record;
                mark_changed(&mut rec, changed());
                rec
            }
        };
        if self.forget {
            gentle::forget(&watch);
        }
        rec
    }

    /// Reads one top-level input; big streams are shared among the workers.
    pub fn inspect(
        &self,
        role: Role,
        worker: &mut Worker,
        origin: &Origin,
        mut input: Input,
        out: Option<&mut dyn Output>,
        scope: Option<&Arc<FileScope>>,
        emit: &mut dyn FnMut(Chunk),
    ) -> Outcome {
        // numbered labels follow the order in which persons stand in the file
        let in_turn = self.engine(role).depersonalizer.as_ref().is_some_and(|d| d.policy().numbers_persons());
        let big = input.len().is_some_and(|n| n >= SHARED_FROM) && self.threads > 1 && !in_turn;
        let mut inspector = Inspector {
            engine: self.engine(role),
            worker,
            limits: &self.limits,
            stop: &self.stop,
            progress: &self.progress,
            scope: scope.map(|s| &**s),
            emit,
            count_progress: role == Role::Main,
        };
        if !big {
            return inspector.inspect(origin, input, out);
        }
        let mut rec = record(origin, input.len().unwrap_or(0));
        let Found::Format(format) = find_format(&mut input, &mut rec) else {
            return Outcome { record: rec, extension: None };
        };
        match format.open(input, &self.limits) {
            Ok(Opened::Stream(stream)) => {
                let mut tally = Tally::default();
                let result = self.share(role, &mut inspector, origin, stream, out, scope, &mut tally);
                settle(&mut rec, result, tally);
            }
            Ok(opened) => return inspector.opened(origin, rec, format.copy(), opened, out),
            Err(e) => not_inspected(&mut rec, e.reason, e.to_string()),
        }
        Outcome { record: rec, extension: None }
    }

    /// Reads a stream in this thread and has its blocks looked at by all; results are taken in order.
    fn share(
        &self,
        role: Role,
        inspector: &mut Inspector<'_>,
        origin: &Origin,
        mut stream: Box<dyn Stream>,
        mut out: Option<&mut dyn Output>,
        scope: Option<&Arc<FileScope>>,
        tally: &mut Tally,
    ) -> Result<Info, ReadError> {
        let Inspector { engine, worker, emit, .. } = inspector;
        let (engine, main): (&Engine, bool) = (engine, role == Role::Main);
        let file = Arc::new(SharedFile {
            origin: origin.clone(),
            splice: out.is_some().then(|| stream.splice()),
            scope: scope.cloned(),
            role,
            ready: Mutex::default(),
            news: Condvar::new(),
        });
        let (mut tables, mut spare) = (Tables::default(), Vec::<Block>::new());
        let (mut read, mut taken, mut end) = (0u64, 0u64, false);
        let mut error = None;
        while !(end && read == taken) {
            // results whose turn it is
            loop {
                let Some(done) = file.lock().remove(&taken) else { break };
                taken += 1;
                spare.push(done.block);
                tally.add(done.tally);
                if let Some(e) = done.error {
                    end = true;
                    error.get_or_insert(e);
                }
                if let (Some(out), None) = (out.as_deref_mut(), &error)
                    && let Err(e) = out.write_all(&done.spliced)
                {
                    end = true;
                    error = Some(write_failed(e));
                }
                emit(done.chunk);
            }
            if self.stop.load(Ordering::Relaxed) && !end {
                end = true;
                error.get_or_insert(ReadError::new(Reason::Interrupted, ""));
            }
            if !end && read - taken < (self.threads * WAITING) as u64 {
                let mut block = spare.pop().unwrap_or_default();
                block.clear();
                match stream.next(&mut block) {
                    Ok(true) => {
                        let mut chunk = Chunk::new(engine.reports.len());
                        let columns = tables.of(engine, origin, &block, &mut chunk);
                        if main {
                            self.progress.add_bytes(block.stored().len() as u64);
                        }
                        let task = Task { file: Arc::clone(&file), index: read, block, columns, chunk };
                        read += 1;
                        if let Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) =
                            self.blocks.0.try_send(task)
                        {
                            task.run(self, worker);
                        }
                    }
                    Ok(false) => end = true,
                    Err(e) => {
                        end = true;
                        error.get_or_insert(e);
                    }
                }
            } else if let Ok(task) = self.blocks.1.try_recv() {
                task.run(self, worker);
            } else if read > taken {
                let ready = file.lock();
                if !ready.contains_key(&taken) {
                    let _ = file.news.wait_timeout(ready, Duration::from_millis(20));
                }
            }
        }
        if main {
            self.progress.add_findings(tally.findings());
        }
        match error {
            Some(e) => Err(e),
            None => Ok(stream.info()),
        }
    }
}

/// A file whose blocks are looked at by several workers.
struct SharedFile {
    origin: Origin,
    splice: Option<Arc<dyn Splice>>,
    scope: Option<Arc<FileScope>>,
    role: Role,
    ready: Mutex<BTreeMap<u64, Done>>,
    news: Condvar,
}

impl SharedFile {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Done>> {
        self.ready.lock().unwrap_or_else(|e| e.into_inner())
    }
}

struct Done {
    block: Block,
    chunk: Chunk,
    tally: Tally,
    spliced: Vec<u8>,
    error: Option<ReadError>,
}

struct Task {
    file: Arc<SharedFile>,
    index: u64,
    block: Block,
    columns: Option<Arc<Columns>>,
    chunk: Chunk,
}

impl Task {
    fn run(self, shared: &Shared, worker: &mut Worker) {
        let Task { file, index, mut block, columns, mut chunk } = self;
        #[cfg(test)]
        tests::looked(&file.origin.path);
        let engine = shared.engine(file.role);
        engine.set_aside(&mut block);
        let (mut tally, mut spliced, mut error) = (Tally::default(), Vec::new(), None);
        let looked = catch_unwind(AssertUnwindSafe(|| {
            let (columns, scope) = (columns.as_deref(), file.scope.as_deref());
            let sight = Sight { origin: &file.origin, block: &block, columns, scope };
            let (t, edits) = engine.look(worker, sight, Some(&mut chunk));
            tally = t;
            match &file.splice {
                Some(splice) => splice.splice(&block, &edits, &mut spliced),
                None => Ok(()),
            }
        }));
        match looked {
            Ok(Ok(())) => {}
            Ok(Err(e)) => error = Some(e),
            Err(_) => {
                *worker = Worker::default();
                error = Some(ReadError::new(
                    Reason::EngineFailed,
                    format!("a rule broke down at byte {} or after", block.offset),
                ));
            }
        }
        file.lock().insert(index, Done { block, chunk, tally, spliced, error });
        file.news.notify_one();
    }
}

/// A file that changed while it was read was not seen as it is.
pub(super) fn mark_changed(record: &mut FileRecord, changed: bool) {
    if changed && record.status == Status::Scanned {
        record.status = Status::Partly;
        record.reason = Some(Reason::Changed.code());
        record.detail = Some("the file changed while it was read; run again when it is at rest".into());
    }
}

#[cfg(test)]
mod tests;

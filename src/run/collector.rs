use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::report::{FileRecord, Summary};

use super::{Found, RunError, Sink};

/// Report bytes that wait for their turn are bounded by this; workers that are ahead then wait.
const BUFFERED: usize = 8 << 20;
/// How far workers may be ahead of the first unfinished file.
const AHEAD: u64 = 4096;

/// A part of one file's results: bytes for every sink, and files and members that ended in it.
#[derive(Default)]
pub(super) struct Chunk {
    pub reports: Vec<Vec<u8>>,
    pub records: Vec<FileRecord>,
    /// Only for programs that take findings as values.
    pub found: Vec<Found>,
}

impl Chunk {
    pub fn new(sinks: usize) -> Chunk {
        Chunk { reports: vec![Vec::new(); sinks], records: Vec::new(), found: Vec::new() }
    }
    /// Adds what came after.
    pub fn append(&mut self, mut later: Chunk) {
        for (bytes, more) in self.reports.iter_mut().zip(later.reports) {
            bytes.extend(more);
        }
        self.records.append(&mut later.records);
        self.found.append(&mut later.found);
    }
    pub fn size(&self) -> usize {
        self.reports.iter().map(Vec::len).sum::<usize>() + self.records.len() * 256
    }
}

#[derive(Default)]
struct Pending {
    chunks: Vec<Chunk>,
    closed: bool,
}

struct State {
    head: u64,
    waiting: BTreeMap<u64, Pending>,
    buffered: usize,
    /// Workers that wait for room.
    waiters: usize,
    sinks: Vec<Sink>,
    summary: Summary,
    error: Option<std::io::Error>,
}

/// Puts the results of files into the order of the walk and writes them as soon as their turn comes.
pub(super) struct Collector {
    state: Mutex<State>,
    room: Condvar,
}

impl Collector {
    pub fn new(sinks: Vec<Sink>, summary: Summary) -> Collector {
        let mut state =
            State { head: 0, waiting: BTreeMap::new(), buffered: 0, waiters: 0, sinks, summary, error: None };
        for i in 0..state.sinks.len() {
            let mut bytes = Vec::new();
            state.sinks[i].report.begin(&mut bytes);
            write(&mut state, i, &bytes);
        }
        Collector { state: Mutex::new(state), room: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// True once nothing more can be written: the run should stop.
    pub fn failed(&self) -> bool {
        self.lock().error.is_some()
    }

    /// True when file `seq` may begin; waits a moment otherwise, so that the caller can help elsewhere.
    pub fn may_begin(&self, seq: u64) -> bool {
        let full = |s: &State| {
            (s.buffered > BUFFERED || seq >= s.head + AHEAD) && seq != s.head && s.error.is_none()
        };
        let mut state = self.lock();
        if !full(&state) {
            return true;
        }
        state.waiters += 1;
        let (mut state, _) =
            self.room.wait_timeout(state, Duration::from_millis(5)).unwrap_or_else(|e| e.into_inner());
        state.waiters -= 1;
        !full(&state)
    }

    pub fn push(&self, seq: u64, chunk: Chunk) {
        let mut state = self.lock();
        if seq == state.head {
            emit(&mut state, chunk);
        } else {
            state.buffered += chunk.size();
            state.waiting.entry(seq).or_default().chunks.push(chunk);
        }
    }

    /// File `seq` is done.
    pub fn close(&self, seq: u64) {
        let mut state = self.lock();
        if seq != state.head {
            state.waiting.entry(seq).or_default().closed = true;
            return;
        }
        state.head += 1;
        while let Some((&next, _)) = state.waiting.first_key_value() {
            if next != state.head {
                break;
            }
            let pending = state.waiting.pop_first().map(|p| p.1).unwrap_or_default();
            for chunk in pending.chunks {
                state.buffered -= chunk.size();
                emit(&mut state, chunk);
            }
            if !pending.closed {
                break;
            }
            state.head += 1;
        }
        // a call into the system for every file would cost more than the rest of this
        if state.waiters > 0 {
            self.room.notify_all();
        }
    }

    /// Writes the summary and hands it out.
    pub fn finish(
        self,
        seconds: f64,
        interrupted: bool,
        manifest: Option<String>,
    ) -> Result<Summary, RunError> {
        let mut state = self.state.into_inner().unwrap_or_else(|e| e.into_inner());
        state.summary.seconds = seconds;
        state.summary.interrupted = interrupted;
        state.summary.manifest = manifest;
        for i in 0..state.sinks.len() {
            let mut bytes = Vec::new();
            state.sinks[i].report.summary(&state.summary, &mut bytes);
            write(&mut state, i, &bytes);
            if state.error.is_none()
                && let Err(e) = state.sinks[i].to.flush()
            {
                state.error = Some(e);
            }
        }
        match state.error {
            // whoever reads has seen enough (`| head`)
            Some(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(state.summary),
            Some(e) => Err(RunError::Report(e)),
            None => Ok(state.summary),
        }
    }
}

fn emit(state: &mut State, chunk: Chunk) {
    for (i, bytes) in chunk.reports.iter().enumerate() {
        write(state, i, bytes);
    }
    for record in &chunk.records {
        state.summary.add(record);
        for i in 0..state.sinks.len() {
            let mut bytes = Vec::new();
            state.sinks[i].report.file(record, &mut bytes);
            write(state, i, &bytes);
        }
    }
}

fn write(state: &mut State, sink: usize, bytes: &[u8]) {
    if state.error.is_none()
        && !bytes.is_empty()
        && let Err(e) = state.sinks[sink].to.write_all(bytes)
    {
        state.error = Some(e);
    }
}

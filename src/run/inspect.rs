use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::depersonalize::FileScope;
use crate::format::registry::{self, Recognised};
use crate::format::{CopyKind, Format, Info, Limits, MemberOutcome, Opened, Output, Stream, Visitor};
use crate::model::{Block, Edit, ReadError, Reason};
use crate::report::{Copy, FileRecord, Status};
use crate::source::Input;

use super::Progress;
use super::block::{Engine, Origin, Sight, Tables, Tally, Worker};
use super::collector::Chunk;

/// Looks through one file, and everything inside it, in the calling thread.
pub(super) struct Inspector<'a> {
    pub engine: &'a Engine,
    pub worker: &'a mut Worker,
    pub limits: &'a Arc<Limits>,
    pub stop: &'a AtomicBool,
    pub progress: &'a Progress,
    /// Given when copies are wanted.
    pub scope: Option<&'a FileScope>,
    /// Called with finished parts of the results.
    pub emit: &'a mut dyn FnMut(Chunk),
    /// False for second scans, which report nothing.
    pub count_progress: bool,
}

/// What one file or member turned out to be.
pub(super) struct Outcome {
    pub record: FileRecord,
    /// Extension of the copy where it is of another format.
    pub extension: Option<&'static str>,
}

/// A chunk is handed on when it has grown to this size.
const CHUNK: usize = 64 << 10;

pub(super) fn record(origin: &Origin, bytes: u64) -> FileRecord {
    FileRecord {
        path: origin.path.to_string(),
        member: origin.member.clone(),
        status: Status::Scanned,
        reason: None,
        detail: None,
        format: None,
        encoding: None,
        bytes,
        counts: Default::default(),
        copy: None,
    }
}

pub(super) fn not_inspected(record: &mut FileRecord, reason: Reason, detail: impl Into<String>) {
    record.status = Status::NotInspected;
    record.reason = Some(reason.code());
    record.detail = Some(detail.into()).filter(|d| !d.is_empty());
}

/// What there is to read, or the record's words for why not.
pub(super) enum Found {
    Format(&'static dyn Format),
    Nothing,
}

pub(super) fn find_format(input: &mut Input, record: &mut FileRecord) -> Found {
    match registry::recognise(input) {
        Ok(Recognised::Format(format)) => {
            record.format = Some(format.id());
            return Found::Format(format);
        }
        Ok(Recognised::Empty) => record.format = Some("empty"),
        Ok(Recognised::Binary) => {
            not_inspected(record, Reason::Binary, "no known format and not text");
        }
        Ok(Recognised::Known { id, reason }) => {
            record.format = Some(id);
            not_inspected(record, reason, format!("{id} is recognised but cannot be read"));
        }
        Err(e) => {
            let e = ReadError::from(e);
            not_inspected(record, e.reason, e.to_string());
        }
    }
    Found::Nothing
}

impl Inspector<'_> {
    /// Reads `input`; where `out` is given and the format can be written, writes the copy there.
    pub fn inspect(&mut self, origin: &Origin, mut input: Input, out: Option<&mut dyn Output>) -> Outcome {
        let mut record = record(origin, input.len().unwrap_or(0));
        let Found::Format(format) = find_format(&mut input, &mut record) else {
            return Outcome { record, extension: None };
        };
        match format.open(input, self.limits) {
            Ok(opened) => self.opened(origin, record, format.copy(), opened, out),
            Err(e) => {
                not_inspected(&mut record, e.reason, e.to_string());
                Outcome { record, extension: None }
            }
        }
    }

    /// The same for a file that was opened already.
    pub fn opened(
        &mut self,
        origin: &Origin,
        mut record: FileRecord,
        copy: CopyKind,
        opened: Opened,
        out: Option<&mut dyn Output>,
    ) -> Outcome {
        let (out, extension) = match copy {
            CopyKind::Never => (None, None),
            CopyKind::As(extension) => (out, Some(extension)),
            CopyKind::Same => (out, None),
        };
        let mut tally = Tally::default();
        let result = match opened {
            Opened::Stream(stream) => self.stream(origin, stream, out, &mut tally),
            Opened::Document(document) => {
                let mut walk = Walk {
                    inspector: self,
                    origin,
                    tables: Tables::default(),
                    tally: &mut tally,
                    chunk: None,
                    partly: Vec::new(),
                    read: 0,
                };
                let result = document.process(&mut walk, out);
                let (partly, read) = (std::mem::take(&mut walk.partly), walk.read);
                walk.flush();
                if record.bytes == 0 {
                    record.bytes = read;
                }
                result.map(|mut info| {
                    info.partly.extend(partly);
                    info
                })
            }
        };
        settle(&mut record, result, tally);
        Outcome { record, extension }
    }

    /// A stream inside a container, or a small one: block after block.
    fn stream(
        &mut self,
        origin: &Origin,
        mut stream: Box<dyn Stream>,
        mut out: Option<&mut dyn Output>,
        tally: &mut Tally,
    ) -> Result<Info, ReadError> {
        let splice = stream.splice();
        let (mut block, mut tables, mut spliced) = (Block::default(), Tables::default(), Vec::new());
        let mut chunk = Chunk::new(self.engine.reports.len());
        loop {
            block.clear();
            if !stream.next(&mut block)? {
                break;
            }
            let columns = tables.of(self.engine, origin, &block, &mut chunk);
            self.engine.set_aside(&mut block);
            let sight = Sight { origin, block: &block, columns: columns.as_deref(), scope: self.scope };
            let (t, edits) = self.engine.look(self.worker, sight, Some(&mut chunk));
            if self.count_progress {
                self.progress.add_bytes(block.stored().len() as u64);
                self.progress.add_findings(t.findings());
            }
            tally.add(t);
            if let Some(out) = out.as_deref_mut() {
                spliced.clear();
                splice.splice(&block, &edits, &mut spliced)?;
                out.write_all(&spliced).map_err(write_failed)?;
            }
            if chunk.size() > CHUNK {
                (self.emit)(std::mem::replace(&mut chunk, Chunk::new(self.engine.reports.len())));
            }
            if self.stop.load(Ordering::Relaxed) {
                (self.emit)(chunk);
                return Err(ReadError::new(Reason::Interrupted, ""));
            }
        }
        (self.emit)(chunk);
        Ok(stream.info())
    }
}

/// An error of writing is never one of reading, whatever the system calls it.
pub(super) fn write_failed(e: std::io::Error) -> ReadError {
    ReadError { reason: Reason::WriteFailed, detail: String::new(), source: Some(e) }
}

/// Puts the result of reading into the record.
pub(super) fn settle(record: &mut FileRecord, result: Result<Info, ReadError>, tally: Tally) {
    record.counts = tally.counts;
    if tally.replaced > 0 {
        record.copy.get_or_insert(Copy::default()).replaced = tally.replaced;
    }
    match result {
        Ok(info) => {
            record.encoding = info.encoding;
            if let Some((reason, place)) = info.partly.first() {
                record.status = Status::Partly;
                record.reason = Some(reason.code());
                let more = info.partly.len() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                record.detail = Some(format!("{place}{more}"));
            } else if !info.notes.is_empty() {
                record.detail = Some(info.notes.join("; "));
            }
        }
        Err(e) => {
            record.status = if record.counts.is_empty() && record.bytes == 0 {
                Status::NotInspected
            } else {
                Status::Partly
            };
            record.reason = Some(e.reason.code());
            record.detail = Some(e.to_string());
        }
    }
}

/// The visitor that a document drives.
struct Walk<'w, 'a> {
    inspector: &'w mut Inspector<'a>,
    origin: &'w Origin,
    tables: Tables,
    tally: &'w mut Tally,
    chunk: Option<Chunk>,
    partly: Vec<(Reason, String)>,
    read: u64,
}

impl Walk<'_, '_> {
    fn flush(&mut self) {
        if let Some(chunk) = self.chunk.take() {
            (self.inspector.emit)(chunk);
        }
    }

    fn stopped(&self) -> Result<(), ReadError> {
        if self.inspector.stop.load(Ordering::Relaxed) {
            return Err(ReadError::new(Reason::Interrupted, ""));
        }
        Ok(())
    }
}

impl Visitor for Walk<'_, '_> {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        self.stopped()?;
        let engine = self.inspector.engine;
        let chunk = self.chunk.get_or_insert_with(|| Chunk::new(engine.reports.len()));
        let columns = self.tables.of(engine, self.origin, block, chunk);
        engine.set_aside(block);
        let (origin, scope) = (self.origin, self.inspector.scope);
        let sight = Sight { origin, block, columns: columns.as_deref(), scope };
        let (tally, edits) = engine.look(self.inspector.worker, sight, Some(&mut *chunk));
        if self.inspector.count_progress {
            self.inspector.progress.add_findings(tally.findings());
        }
        self.read += block.text.len() as u64;
        self.tally.add(tally);
        if chunk.size() > CHUNK {
            self.flush();
        }
        Ok(edits)
    }

    fn member(
        &mut self,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        self.stopped()?;
        self.flush();
        self.inspector.member(self.origin, name, input, out)
    }

    fn clean_name(&mut self, name: &str) -> String {
        let inspector = &mut *self.inspector;
        match (&inspector.engine.depersonalizer, inspector.scope) {
            (Some(_), Some(scope)) => inspector.engine.clean_path(inspector.worker, scope, name),
            _ => name.to_owned(),
        }
    }

    fn partly(&mut self, reason: Reason, place: String) {
        self.partly.push((reason, place));
    }
}

impl Inspector<'_> {
    fn emit_record(&mut self, record: FileRecord) {
        let mut chunk = Chunk::new(self.engine.reports.len());
        chunk.records.push(record);
        (self.emit)(chunk);
    }

    /// Looks through a file inside another one.
    ///
    /// # Errors
    /// What stops the whole run.
    pub fn member(
        &mut self,
        outer: &Origin,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        let mut member = outer.member.clone();
        member.push(crate::source::display(std::path::Path::new(name)));
        let origin = Origin { path: Arc::clone(&outer.path), member };
        let copies = out.is_some();
        let engine = self.engine;
        let looks = engine.learner.as_ref().or(engine.own.as_ref()).filter(|_| self.scope.is_some());
        let scope = engine.depersonalizer.as_ref().filter(|_| copies).or(looks).map(|d| {
            let path = format!("{}!{}", origin.path, origin.member.join("!"));
            match self.scope {
                Some(outer) => outer.inside(d, &path),
                None => d.file(&path),
            }
        });
        if origin.member.len() as u32 > self.limits.depth {
            let mut record = record(&origin, input.len().unwrap_or(0));
            let depth = self.limits.depth;
            not_inspected(&mut record, Reason::LimitReached, format!("deeper than --archive-depth {depth}"));
            self.emit_record(record);
            return Ok(MemberOutcome::LeftOut);
        }
        let Inspector { engine, worker, limits, stop, progress, scope: around, emit, count_progress } =
            &mut *self;
        let mut inside = Inspector {
            engine,
            worker,
            limits,
            stop,
            progress,
            scope: scope.as_ref().or(*around),
            emit: &mut **emit,
            count_progress: *count_progress,
        };
        let Outcome { mut record, extension } = match out {
            None => inside.inspect(&origin, input, None),
            Some(out) => inside.copy_of_member(&origin, input, out)?,
        };
        if let (Some(inner), Some(outer)) = (&scope, self.scope) {
            let counts = inner.take_counts();
            let tables = counts.done.keys().any(|d| !d.place.is_empty());
            outer.count(match tables {
                true => counts.of_file(&self.engine.clean_path(self.worker, outer, name)),
                false => counts,
            });
        }
        let whole = record.status == Status::Scanned;
        let reason = record.reason;
        if copies {
            let copy = record.copy.get_or_insert(Copy::default());
            copy.written = whole && copy.reason.is_none();
            if !whole {
                copy.reason = copy.reason.or(reason);
            }
        }
        let usable = record.copy.as_ref().is_some_and(|c| c.written);
        self.emit_record(record);
        Ok(match (copies, usable) {
            (false, _) => MemberOutcome::Scanned,
            (true, true) => MemberOutcome::Copied { extension },
            (true, false) => MemberOutcome::LeftOut,
        })
    }

    /// The copy of a member is written aside first: a member that turns out not to be readable to its
    /// end may leave nothing in the container's copy.
    fn copy_of_member(
        &mut self,
        origin: &Origin,
        input: Input,
        out: &mut dyn Output,
    ) -> Result<Outcome, ReadError> {
        use std::io::{Seek, SeekFrom};
        let mut aside = tempfile::SpooledTempFile::new(self.limits.memory);
        let mut outcome = self.inspect(origin, input, Some(&mut aside));
        let never = outcome.record.format.is_none_or(|id| {
            id != "empty" && registry::by_id(id).is_none_or(|f| f.copy() == CopyKind::Never)
        });
        if outcome.record.status == Status::Scanned && never {
            let copy = outcome.record.copy.get_or_insert(Copy::default());
            copy.reason = Some(Reason::NotWritable.code());
        }
        if outcome.record.status == Status::Scanned && !never {
            aside.seek(SeekFrom::Start(0)).map_err(write_failed)?;
            let mut buffer = vec![0; 64 << 10];
            loop {
                let n = aside.read(&mut buffer).map_err(write_failed)?;
                if n == 0 {
                    break;
                }
                out.write_all(&buffer[..n]).map_err(write_failed)?;
            }
        }
        Ok(outcome)
    }
}

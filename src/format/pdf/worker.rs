//! The PDF reader in a process of its own: a crash, a hang or a huge demand for memory ends that process only.
//!
//! The program starts itself again with [`COMMAND`]; the two talk in frames over pipes. A program that embeds
//! the library and never calls [`use_program`] reads in a thread of its own process.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Document, Info, Limits, Output, Visitor};
use crate::format::MemberOutcome;
use crate::model::{Block, Edit, Field, ReadError, Reason, Segment, SegmentKind, Table};
use crate::source::Input;

/// The first argument that makes the program a PDF reader.
pub const COMMAND: &str = "__pdf-worker";

/// Most memory of the reader, in bytes of address space.
const MEMORY: u64 = 4 << 30;

/// Longest frame.
const FRAME: u64 = 2 << 30;

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Tells the library which program answers to [`COMMAND`].
pub fn use_program(program: PathBuf) {
    // a second call changes nothing: one program runs
    let _ = PROGRAM.set(program);
}

/// A PDF file that is read elsewhere.
pub(super) struct Isolated {
    pub(super) bytes: Arc<[u8]>,
    pub(super) name: String,
    pub(super) limits: Arc<Limits>,
}

/// What the reader says; bytes follow in the same frame.
#[derive(Serialize, Deserialize)]
enum Say {
    Block(Piece),
    Member { name: String, copy: bool },
    Name(String),
    Partly(String, String),
    Copy,
    Failed(String, String),
    Done(Vec<(String, String)>),
}

/// What it is answered.
#[derive(Serialize, Deserialize)]
enum Answer {
    Start {
        copy: bool,
        passwords: Vec<String>,
        limits: [u64; 6],
        ocr: bool,
    },
    Edits(Vec<(u32, u32, String)>),
    /// True where the copy of a member follows.
    Member(bool),
    Name(String),
    Stop(String, String),
}

/// A block as far as PDF uses its fields.
#[derive(Serialize, Deserialize)]
struct Piece {
    segments: Vec<(u32, u32, u32, u32, bool)>,
    fields: Option<Vec<String>>,
    page: Option<u32>,
    part: Option<String>,
}

const REASONS: [Reason; 10] = [
    Reason::Damaged,
    Reason::Truncated,
    Reason::LimitReached,
    Reason::NeedsOcr,
    Reason::Encrypted,
    Reason::UnsupportedFormat,
    Reason::UndecodableText,
    Reason::NotWritable,
    Reason::WriteFailed,
    Reason::Interrupted,
];

fn reason(code: &str) -> Reason {
    REASONS.into_iter().find(|r| r.code() == code).unwrap_or(Reason::EngineFailed)
}

fn write_frame<T: Serialize>(out: &mut dyn Write, head: &T, bytes: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    out.write_all(&(head.len() as u64).to_le_bytes())?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(&head)?;
    out.write_all(bytes)?;
    out.flush()
}

fn read_frame<T: for<'a> Deserialize<'a>>(from: &mut dyn Read) -> io::Result<(T, Vec<u8>)> {
    let mut lengths = [0; 16];
    from.read_exact(&mut lengths)?;
    let length = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&lengths[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    if length(0) > FRAME || length(8) > FRAME {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // memory grows with what really comes
    let mut from = from;
    let mut take = |n: u64| {
        let mut bytes = Vec::new();
        (&mut from).take(n).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == n { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
    };
    let head = take(length(0))?;
    let bytes = take(length(8))?;
    Ok((serde_json::from_slice(&head)?, bytes))
}

impl Document for Isolated {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        match PROGRAM.get() {
            Some(program) => self.apart(program, visitor, out),
            None => self.here(visitor, out),
        }
    }
}

impl Isolated {
    /// Reads in this process; a panic of the engine is caught.
    fn here(&self, visitor: &mut dyn Visitor, out: Option<&mut dyn Output>) -> Result<Info, ReadError> {
        let mut copy = out.is_some().then(Vec::new);
        let read = std::panic::AssertUnwindSafe(|| {
            super::process(&self.bytes, &self.limits, visitor, copy.as_mut().map(|c| c as &mut dyn Write))
        });
        let info = std::panic::catch_unwind(read)
            .unwrap_or_else(|_| Err(ReadError::new(Reason::EngineFailed, "the PDF reader broke down")))?;
        if let (Some(out), Some(copy)) = (out, copy) {
            out.write_all(&copy)?;
            out.flush()?;
        }
        Ok(info)
    }

    fn apart(
        &self,
        program: &PathBuf,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let failed = || ReadError::new(Reason::EngineFailed, "the PDF reader could not be started");
        let child = Command::new(program)
            .arg(COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| failed())?;
        let mut child = Killed(child);
        let (Some(stdin), Some(stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err(failed());
        };
        // one thread waits for frames, so that waiting can end
        let (sender, frames) = sync_channel::<io::Result<(Say, Vec<u8>)>>(1);
        std::thread::spawn(move || {
            let mut from = BufReader::new(stdout);
            loop {
                let frame = read_frame::<Say>(&mut from);
                let last = frame.is_err();
                if sender.send(frame).is_err() || last {
                    return;
                }
            }
        });
        let mut talk = Talk { to: BufWriter::new(stdin), frames, end: Instant::now() + self.limits.time };
        let l = &self.limits;
        let limits = [l.member_bytes, l.total_bytes, l.members, l.ratio, l.memory as u64, l.time.as_secs()];
        let start = Answer::Start { copy: out.is_some(), passwords: l.passwords.clone(), limits, ocr: l.ocr };
        let _ = &self.name;
        talk.say(&start, &self.bytes)?;
        talk.run(visitor, out)
    }
}

/// Ends the process whatever happens.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Talk {
    to: BufWriter<std::process::ChildStdin>,
    frames: Receiver<io::Result<(Say, Vec<u8>)>>,
    end: Instant,
}

impl Talk {
    fn broken() -> ReadError {
        ReadError::new(Reason::EngineFailed, "the PDF reader broke down")
    }

    fn say(&mut self, answer: &Answer, bytes: &[u8]) -> Result<(), ReadError> {
        write_frame(&mut self.to, answer, bytes).map_err(|_| Talk::broken())
    }

    fn run(
        &mut self,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        loop {
            let left = self.end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let (say, bytes) = match self.frames.recv_timeout(left) {
                Ok(Ok(frame)) => frame,
                Err(RecvTimeoutError::Timeout) => return Err(ReadError::limit("time of the PDF reader")),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(Talk::broken()),
            };
            let answered = match say {
                Say::Block(piece) => {
                    let mut block = piece.block(bytes);
                    visitor.block(&mut block).map(|edits| {
                        (
                            Answer::Edits(
                                edits.into_iter().map(|e| (e.start, e.end, e.text.into())).collect(),
                            ),
                            Vec::new(),
                        )
                    })
                }
                Say::Member { name, copy } => {
                    let started = Instant::now();
                    let answer = member(visitor, &name, bytes, copy);
                    // what is looked at here has limits of its own
                    self.end += started.elapsed();
                    answer
                }
                Say::Name(name) => Ok((Answer::Name(visitor.clean_name(&name)), Vec::new())),
                Say::Partly(code, place) => {
                    visitor.partly(reason(&code), place);
                    continue;
                }
                Say::Copy => {
                    if let Some(out) = &mut out {
                        out.write_all(&bytes)?;
                        out.flush()?;
                    }
                    continue;
                }
                Say::Failed(code, detail) => return Err(ReadError::new(reason(&code), detail)),
                Say::Done(partly) => {
                    let partly = partly.into_iter().map(|(code, place)| (reason(&code), place)).collect();
                    return Ok(Info { partly, ..Info::default() });
                }
            };
            // the process ends with the error of the visitor; it is killed on the way out
            let (answer, bytes) = answered?;
            self.say(&answer, &bytes)?;
        }
    }
}

fn member(
    visitor: &mut dyn Visitor,
    name: &str,
    bytes: Vec<u8>,
    copy: bool,
) -> Result<(Answer, Vec<u8>), ReadError> {
    let input = Input::memory(bytes, crate::format::members::base_name(name));
    let mut out = io::Cursor::new(Vec::new());
    let outcome = visitor.member(name, input, copy.then_some(&mut out as &mut dyn Output))?;
    Ok(match outcome {
        MemberOutcome::Copied { .. } => (Answer::Member(true), out.into_inner()),
        MemberOutcome::Scanned | MemberOutcome::LeftOut => (Answer::Member(false), Vec::new()),
    })
}

impl Piece {
    fn of(block: &Block) -> Piece {
        let segments =
            block.segments.iter().map(|s| (s.start, s.end, s.column, s.row, s.kind == SegmentKind::Prose));
        Piece {
            segments: segments.collect(),
            fields: block.table.as_ref().map(|t| t.fields.iter().map(|f| f.name.clone()).collect()),
            page: block.page,
            part: block.part.as_deref().map(str::to_owned),
        }
    }

    fn block(self, text: Vec<u8>) -> Block {
        let kind = |prose: bool| if prose { SegmentKind::Prose } else { SegmentKind::Meta };
        let most = text.len() as u32;
        let segments = self.segments.into_iter().filter(|s| s.0 <= s.1 && s.1 <= most);
        Block {
            segments: segments
                .map(|(start, end, column, row, prose)| Segment {
                    start,
                    end,
                    column,
                    row,
                    kind: kind(prose),
                })
                .collect(),
            text,
            table: self.fields.map(|names| {
                let fields = names.into_iter().map(|name| Field { name, ..Field::default() }).collect();
                Arc::new(Table { fields, named: true, ..Table::default() })
            }),
            page: self.page,
            part: self.part.map(Into::into),
            first_row: 1,
            ..Block::default()
        }
    }
}

/// The visitor on the reader's side: it asks the other process.
struct Remote<'a> {
    from: &'a mut dyn Read,
    to: &'a mut dyn Write,
}

impl Remote<'_> {
    fn ask(&mut self, say: &Say, bytes: &[u8]) -> Result<(Answer, Vec<u8>), ReadError> {
        write_frame(self.to, say, bytes)?;
        let (answer, bytes) = read_frame::<Answer>(self.from)?;
        match answer {
            Answer::Stop(code, detail) => Err(ReadError::new(reason(&code), detail)),
            answer => Ok((answer, bytes)),
        }
    }
}

impl Visitor for Remote<'_> {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        match self.ask(&Say::Block(Piece::of(block)), &block.text)?.0 {
            Answer::Edits(edits) => Ok(edits
                .into_iter()
                .map(|(start, end, text)| Edit { start, end, text: text.into() })
                .collect()),
            _ => Err(Talk::broken()),
        }
    }

    fn member(
        &mut self,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        let bytes = input.into_bytes(FRAME)?;
        let say = Say::Member { name: name.to_owned(), copy: out.is_some() };
        match (self.ask(&say, &bytes)?, out) {
            ((Answer::Member(true), bytes), Some(out)) => {
                out.write_all(&bytes)?;
                // an attachment keeps its name in the file; only its bytes change
                Ok(MemberOutcome::Copied { extension: None })
            }
            ((Answer::Member(false), _), Some(_)) => Ok(MemberOutcome::LeftOut),
            ((Answer::Member(_), _), None) => Ok(MemberOutcome::Scanned),
            _ => Err(Talk::broken()),
        }
    }

    fn clean_name(&mut self, name: &str) -> String {
        match self.ask(&Say::Name(name.to_owned()), &[]) {
            Ok((Answer::Name(name), _)) => name,
            // a name that cannot be cleaned is not kept
            _ => String::new(),
        }
    }

    fn partly(&mut self, reason: Reason, place: String) {
        let _ = write_frame(self.to, &Say::Partly(reason.code().to_owned(), place), &[]);
    }
}

/// Runs the reader over standard input and output until it is done. The answer is the exit code.
pub fn serve() -> u8 {
    limit_memory();
    let (mut from, mut to) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
    match answer(&mut from, &mut to) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn answer(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<()> {
    let (Answer::Start { copy, passwords, limits, ocr }, bytes) = read_frame::<Answer>(from)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let limits = Arc::new(Limits {
        member_bytes: limits[0],
        total_bytes: limits[1],
        members: limits[2],
        ratio: limits[3],
        memory: usize::try_from(limits[4]).unwrap_or(usize::MAX),
        time: Duration::from_secs(limits[5]),
        passwords,
        ocr,
        ..Limits::default()
    });
    let mut new = copy.then(Vec::new);
    let mut remote = Remote { from, to };
    let result = super::process(&bytes, &limits, &mut remote, new.as_mut().map(|n| n as &mut dyn Write));
    let say = match result {
        Ok(info) => {
            if let Some(new) = new {
                write_frame(to, &Say::Copy, &new)?;
            }
            Say::Done(info.partly.into_iter().map(|(r, place)| (r.code().to_owned(), place)).collect())
        }
        Err(e) => Say::Failed(e.reason.code().to_owned(), e.detail),
    };
    write_frame(to, &say, &[])
}

#[cfg(unix)]
fn limit_memory() {
    for (what, most) in [(libc::RLIMIT_AS, MEMORY), (libc::RLIMIT_CORE, 0)] {
        let limit = libc::rlimit { rlim_cur: most as libc::rlim_t, rlim_max: most as libc::rlim_t };
        // SAFETY: a plain system call on a structure that lives through it
        unsafe { libc::setrlimit(what, &limit) };
    }
}

#[cfg(not(unix))]
fn limit_memory() {}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{IIN, Trial};
    use super::*;

    #[test]
    fn both_sides_of_the_pipe_say_the_same() {
        let sample = include_bytes!("../../../testdata/pdf/reportlab.pdf");
        let limits = [1 << 30, 1 << 30, 1000, 1000, 1 << 20, 60];
        let start = Answer::Start { copy: true, passwords: Vec::new(), limits, ocr: false };
        let (near, far) = (pipe(), pipe());
        let worker = std::thread::spawn(move || answer(&mut { near.1 }, &mut { far.0 }));
        let (mut to, mut from) = (near.0, far.1);
        write_frame(&mut to, &start, sample).unwrap();
        let mut trial = Trial::default();
        let mut copy = Vec::new();
        loop {
            let (say, bytes) = read_frame::<Say>(&mut from).unwrap();
            match say {
                Say::Block(piece) => {
                    let edits = trial.block(&mut piece.block(bytes)).unwrap();
                    let edits = edits.into_iter().map(|e| (e.start, e.end, e.text.into())).collect();
                    write_frame(&mut to, &Answer::Edits(edits), &[]).unwrap();
                }
                Say::Copy => copy = bytes,
                Say::Done(partly) => {
                    assert!(partly.is_empty(), "{partly:?}");
                    break;
                }
                _ => panic!(),
            }
        }
        worker.join().unwrap().unwrap();
        assert!(trial.found > 0);
        let mut again = Trial::default();
        again.scan(&super::super::Pdf, &copy, "a.pdf").unwrap();
        assert!(!again.text.contains(IIN));
    }

    fn pipe() -> (io::PipeWriter, io::PipeReader) {
        let (reader, writer) = io::pipe().unwrap();
        (writer, reader)
    }

    #[test]
    fn a_program_that_is_no_reader_is_told() {
        let isolated =
            Isolated { bytes: Arc::from(&b"%PDF-"[..]), name: String::new(), limits: Arc::default() };
        let mut trial = Trial::default();
        let e = isolated.apart(&PathBuf::from("/nonexistent/qupia"), &mut trial, None).unwrap_err();
        assert_eq!(e.reason, Reason::EngineFailed);
        let e = isolated.apart(&PathBuf::from("true"), &mut trial, None).unwrap_err();
        assert_eq!(e.reason, Reason::EngineFailed);
    }
}

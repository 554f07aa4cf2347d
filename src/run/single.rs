use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::depersonalize::{Counts, Depersonalizer, Key, KeyRecord, Policy};
use crate::detect::{Detector, Options, RuleError, Rules};
use crate::format::{CopyKind, Limits, Output, registry};
use crate::model::{ReadError, Reason};
use crate::report::{FileRecord, Status};
use crate::source::Input;

use super::block::{Engine, Origin, Sight, Worker};
use super::inspect::{Inspector, Outcome};
use super::{Found, Progress};

/// Finds personal data in one text, byte string, reader or file at a time.
///
/// ```
/// use qupia::Scanner;
///
/// let csv = "id;ИИН;сумма\n1;991231500016;10\n2;850101100012;20\n";
/// let scanned = Scanner::new().bytes(csv.as_bytes().to_vec(), "clients.csv");
/// assert_eq!(scanned.file.format, Some("csv"));
/// assert_eq!(scanned.found.len(), 2);
/// assert_eq!(scanned.found[1].location.field.as_deref(), Some("ИИН"));
/// ```
pub struct Scanner {
    engine: Engine,
    limits: Arc<Limits>,
}

/// What was found in one input.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The findings, in reading order.
    pub found: Vec<Found>,
    /// The input itself: was all of it inspected, as what, how many findings.
    pub file: FileRecord,
    /// The same for everything inside it.
    pub members: Vec<FileRecord>,
}

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner::new()
    }
}

impl Scanner {
    /// With the built-in rules and everything switched on.
    ///
    /// # Panics
    /// Never: that the built-in rules are sound is a test of this library.
    pub fn new() -> Scanner {
        match Scanner::with(Rules::builtin(), Options::default(), Limits::default()) {
            Ok(scanner) => scanner,
            Err(e) => unreachable!("the built-in rules are sound: {e}"),
        }
    }

    /// With rules, options and limits of one's own.
    ///
    /// # Errors
    /// A rule that cannot be used.
    pub fn with(rules: &Rules, options: Options, limits: Limits) -> Result<Scanner, RuleError> {
        let detector = Arc::new(Detector::new(rules, options)?);
        let limits = Arc::new(limits);
        Ok(Scanner { engine: engine(detector, None, true, &limits), limits })
    }

    /// Findings in running text.
    pub fn text(&self, text: &str) -> Vec<Found> {
        let block = crate::model::Block::prose(text);
        let mut chunk = super::collector::Chunk::new(0);
        let sight = Sight { origin: &nowhere(""), block: &block, columns: None, scope: None };
        self.engine.look(&mut Worker::default(), sight, Some(&mut chunk));
        chunk.found
    }

    /// Findings in a file that is in memory. The name is a hint and stands in the records.
    pub fn bytes(&self, bytes: impl Into<Arc<[u8]>>, name: &str) -> Scanned {
        self.input(Input::memory(bytes, name), name)
    }

    /// Findings in what a reader gives.
    pub fn reader(&self, reader: impl Read + Send + 'static, name: &str) -> Scanned {
        self.input(Input::stream(Box::new(reader), name), name)
    }

    /// Findings in a file.
    ///
    /// # Errors
    /// Where the file cannot be opened; anything later stands in the record.
    pub fn path(&self, path: impl AsRef<Path>) -> Result<Scanned, ReadError> {
        let name = crate::source::display(path.as_ref());
        Ok(self.input(Input::file(std::fs::File::open(path)?, name.clone())?, &name))
    }

    fn input(&self, input: Input, name: &str) -> Scanned {
        let (outcome, found, members) = inspect(&self.engine, &self.limits, None, input, name, None);
        Scanned { found, file: outcome.record, members }
    }
}

fn nowhere(name: &str) -> Origin {
    Origin { path: name.into(), member: Vec::new() }
}

fn engine(
    detector: Arc<Detector>,
    depersonalizer: Option<Arc<Depersonalizer>>,
    collect: bool,
    limits: &Arc<Limits>,
) -> Engine {
    Engine {
        detector,
        reports: Vec::new(),
        show_values: false,
        collect,
        depersonalizer,
        own: None,
        learner: None,
        court: None,
        again: false,
        limits: Arc::clone(limits),
    }
}

fn inspect(
    engine: &Engine,
    limits: &Arc<Limits>,
    scope: Option<&crate::depersonalize::FileScope>,
    input: Input,
    name: &str,
    out: Option<&mut dyn Output>,
) -> (Outcome, Vec<Found>, Vec<FileRecord>) {
    let (mut found, mut members) = (Vec::new(), Vec::new());
    let outcome = Inspector {
        engine,
        worker: &mut Worker::default(),
        limits,
        stop: &AtomicBool::new(false),
        progress: &Progress::default(),
        scope,
        emit: &mut |chunk| {
            found.extend(chunk.found);
            members.extend(chunk.records);
        },
        count_progress: false,
    }
    .inspect(&nowhere(name), input, out);
    (outcome, found, members)
}

/// Gives depersonalized copies. All copies of one `Anonymizer` share a key that lives in memory only:
/// the same value has the same token in all of them, and in no others.
///
/// ```
/// use qupia::Anonymizer;
///
/// let anonymizer = Anonymizer::new()?;
/// let a = anonymizer.bytes("ИИН 991231500016\n".as_bytes().to_vec(), "a.txt")?;
/// let b = anonymizer.bytes("id;iin\n1;991231500016\n".as_bytes().to_vec(), "b.csv")?;
/// let (a, b) = (String::from_utf8(a.copy)?, String::from_utf8(b.copy)?);
/// let token = a.trim().split(' ').next_back().unwrap();
/// assert!(token.starts_with("IIN_") && b.contains(token));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Anonymizer {
    engine: Engine,
    checker: Engine,
    depersonalizer: Arc<Depersonalizer>,
    limits: Arc<Limits>,
}

/// A copy in which nothing was found any more.
#[derive(Clone, Debug)]
pub struct Anonymized {
    /// The copy.
    pub copy: Vec<u8>,
    /// Its file extension, where it is of another format than the source.
    pub extension: Option<&'static str>,
    /// What was found in the source.
    pub file: FileRecord,
}

impl Anonymizer {
    /// With the default policy, the built-in rules and a random key.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn new() -> Result<Anonymizer, ReadError> {
        let key =
            Key::random().map_err(|e| ReadError::new(Reason::EngineFailed, format!("no random key: {e}")))?;
        Anonymizer::with(Rules::builtin(), Options::default(), Limits::default(), Policy::default(), key)
            .map_err(|e| ReadError::new(Reason::EngineFailed, e.to_string()))
    }

    /// With rules, options, limits, policy and key of one's own.
    ///
    /// # Errors
    /// A rule that cannot be used.
    pub fn with(
        rules: &Rules,
        options: Options,
        limits: Limits,
        policy: Policy,
        key: Key,
    ) -> Result<Anonymizer, RuleError> {
        Anonymizer::of(rules, options, limits, Depersonalizer::new(policy, key))
    }

    /// The same, with a depersonalizer that may count what a description of the procedure tells.
    pub(crate) fn of(
        rules: &Rules,
        options: Options,
        limits: Limits,
        depersonalizer: Depersonalizer,
    ) -> Result<Anonymizer, RuleError> {
        let detector = Arc::new(Detector::new(rules, options)?);
        let depersonalizer = Arc::new(depersonalizer);
        let limits = Arc::new(limits);
        let checker = engine(Arc::clone(&detector), None, false, &limits);
        Ok(Anonymizer {
            engine: engine(detector, Some(Arc::clone(&depersonalizer)), false, &limits),
            checker: Engine { own: Some(Arc::clone(&depersonalizer)), ..checker },
            depersonalizer,
            limits,
        })
    }

    /// The copy of a file that is in memory, proven by a second scan.
    ///
    /// # Errors
    /// Where the source could not be read whole, cannot be written back, or personal data was still
    /// found in the copy: then there is no copy.
    pub fn bytes(&self, bytes: impl Into<Arc<[u8]>>, name: &str) -> Result<Anonymized, ReadError> {
        let scope = self.depersonalizer.file(name);
        let bytes: Arc<[u8]> = bytes.into();
        if self.depersonalizer.needs_columns(registry::is_typed(&bytes, name)) {
            let input = Input::memory(Arc::clone(&bytes), name);
            let learner = Engine {
                learner: Some(Arc::clone(&self.depersonalizer)),
                ..engine(Arc::clone(&self.engine.detector), None, false, &self.limits)
            };
            inspect(&learner, &self.limits, Some(&scope), input, name, None);
        }
        let mut copy = Cursor::new(Vec::new());
        let input = Input::memory(bytes, name);
        let (outcome, _, _) = inspect(&self.engine, &self.limits, Some(&scope), input, name, Some(&mut copy));
        let Outcome { record: file, extension } = outcome;
        if file.status != Status::Scanned {
            return Err(ReadError::new(Reason::Damaged, file.detail.unwrap_or_default()));
        }
        if file.format.and_then(registry::by_id).is_some_and(|f| f.copy() == CopyKind::Never) {
            return Err(ReadError::new(Reason::NotWritable, "this format can be read but not written back"));
        }
        let copy = copy.into_inner();
        let input = Input::memory(copy.clone(), name);
        let (left, _, members) = inspect(&self.checker, &self.limits, Some(&scope), input, name, None);
        self.depersonalizer.forget(&scope);
        let clean = |r: &FileRecord| r.status == Status::Scanned && r.counts.is_empty();
        if !clean(&left.record) || !members.iter().all(clean) {
            return Err(ReadError::new(Reason::LeftoversFound, "personal data was still found in the copy"));
        }
        self.depersonalizer.add(scope.take_counts());
        Ok(Anonymized { copy, extension, file })
    }

    /// Ends the use of the key, which is overwritten; the answer is what was done and what may be told of the key.
    pub fn finish(self) -> Option<(Policy, Counts, KeyRecord)> {
        let Anonymizer { engine, checker, depersonalizer, .. } = self;
        drop((engine, checker));
        let d = Arc::into_inner(depersonalizer)?;
        let (policy, counts) = (d.policy().clone(), d.take_counts());
        Some((policy, counts, d.finish()))
    }
}

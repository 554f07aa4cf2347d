//! File formats. Each knows one kind of file, reads it as blocks of text, and writes the same file with edits applied.
//!
//! Two shapes: a [`Stream`] hands out blocks that are stored bytes (text, CSV, JSON, SQL dumps), so that
//! one big file is detected on all cores and written back by splicing; a [`Document`] drives a
//! [`Visitor`] through a package, mail, database or archive, and writes its copy in the same walk.

#[cfg(feature = "access")]
mod access;
#[cfg(feature = "columnar")]
mod columnar;
mod compound;
mod compressed;
pub mod csv;
mod dbf;
mod doc;
mod docx;
mod eml;
pub mod encoded;
pub mod encoding;
mod image;
mod instants;
pub mod json;
#[cfg(test)]
mod kit;
mod mapi;
pub mod markup;
mod mbox;
mod members;
mod msg;
mod odf;
mod ods;
mod package;
#[cfg(feature = "pdf")]
pub mod pdf;
mod pgdump;
mod ppt;
mod pptx;
mod pst;
#[cfg(feature = "archives")]
mod rar;
pub mod registry;
mod rtf;
mod runs;
#[cfg(test)]
mod samples;
#[cfg(feature = "archives")]
mod sevenz;
mod signatures;
pub mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tar;
pub mod text;
#[cfg(test)]
mod trial;
mod xls;
mod xlsx;
mod zip;

use std::io::{Seek, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Block, Edit, ReadError, Reason};
use crate::source::Input;

/// Bounds on what one file may cost. Reaching one makes the file `partly` inspected, with the place.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many containers may stand inside one another.
    pub depth: u32,
    /// Most bytes that one member may unpack to.
    pub member_bytes: u64,
    /// Most bytes that all members of one file together may unpack to.
    pub total_bytes: u64,
    /// Most members of one container.
    pub members: u64,
    /// Largest ratio of unpacked to packed bytes (looked at only beyond 16 MiB unpacked).
    pub ratio: u64,
    /// Most bytes of an unpacked part that are held in memory; beyond it an unnamed temporary file is used.
    pub memory: usize,
    /// Longest time for one file that is not a stream.
    pub time: Duration,
    /// Passwords to try on encrypted containers.
    pub passwords: Vec<String>,
    /// Read pictures by an installed `tesseract`.
    pub ocr: bool,
    /// Only numbers and addresses of mail are looked for: a reader may leave out text that is far from any.
    pub numbers_only: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            depth: 5,
            member_bytes: 4 << 30,
            total_bytes: 64 << 30,
            members: 1_000_000,
            ratio: 1000,
            memory: 32 << 20,
            time: Duration::from_secs(600),
            passwords: Vec::new(),
            ocr: false,
            numbers_only: false,
        }
    }
}

/// What the copy of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyKind {
    /// The same format.
    Same,
    /// A clean new file of another format, with this extension; the ledger says so.
    As(&'static str),
    /// None can be written.
    Never,
}

/// Where a copy goes.
pub trait Output: Write + Seek + Send {}
impl<T: Write + Seek + Send> Output for T {}

/// One file format.
pub trait Format: Send + Sync {
    /// Short lower-case name for reports (`csv`, `xlsx`).
    fn id(&self) -> &'static str;

    /// How sure this format is, from the first bytes (up to 64 KiB) that the file is one of its own:
    /// 0 = no, 100 = a signature says so. The name is a hint for ties only.
    fn recognise(&self, head: &[u8], name: &str) -> u8;

    /// What the copy of a file is.
    fn copy(&self) -> CopyKind {
        CopyKind::Same
    }

    /// Starts to read.
    ///
    /// # Errors
    /// Whatever keeps the file from being read at all.
    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError>;
}

/// A format that is text: the registry decodes the first bytes once and asks all of them.
pub trait TextFormat: Format {
    /// Like [`Format::recognise`], on decoded text.
    fn score(&self, sample: &encoding::Sample, name: &str) -> u8;
}

/// A file that is being read.
pub enum Opened {
    /// Blocks of stored bytes, one after another; copies are spliced.
    Stream(Box<dyn Stream>),
    /// Anything else.
    Document(Box<dyn Document>),
}

/// A format whose blocks are consecutive stored bytes, together the whole file.
pub trait Stream: Send {
    /// Fills `block` (cleared before) with the next part; false at the end.
    /// The stored bytes of all blocks, put together, are the file.
    ///
    /// # Errors
    /// After an error nothing more is read; what came before counts as read in part.
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError>;

    /// How a replacement is written; shared by all workers.
    fn splice(&self) -> Arc<dyn Splice>;

    /// What can be told after (or while) reading.
    fn info(&self) -> Info;
}

/// Writes a block's stored bytes with edits applied; bytes outside edits stay as they are.
pub trait Splice: Send + Sync {
    /// Appends the block with `edits` (in rising order, not overlapping) to `out`.
    ///
    /// # Errors
    /// Where a replacement cannot be written in the file's encoding or syntax.
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError>;
}

/// A format that drives the walk through its file itself.
pub trait Document: Send {
    /// Shows every block and member to `visitor`, and, when `out` is given, writes the copy with the
    /// edits that the visitor returned.
    ///
    /// # Errors
    /// Whatever keeps the rest from being read or the copy from being written.
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError>;
}

/// What a format learnt about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Name of the character encoding, where there is one.
    pub encoding: Option<&'static str>,
    /// What was not inspected, with the place; empty when all was.
    pub partly: Vec<(Reason, String)>,
    /// What was inspected, but read in another way than the format promises (a quote that never closes,
    /// lines in two encodings), with the place and never a value.
    pub notes: Vec<String>,
}

/// Who looks at what a [`Document`] finds inside its file.
pub trait Visitor {
    /// Looks at a block; the answer is what must change in the copy, in rising order.
    ///
    /// # Errors
    /// Stops the document (interrupted, time limit).
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError>;

    /// Looks at an embedded file. `name` is its path inside the container, for the ledger and the
    /// findings' `member`. When `out` is given the copy of the member is written there.
    ///
    /// # Errors
    /// Stops the document. A member that only could not be read is `MemberOutcome::LeftOut`.
    fn member(
        &mut self,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError>;

    /// The name under which a member (or anything named) stands in the copy: personal data in it replaced.
    fn clean_name(&mut self, name: &str) -> String;

    /// Notes that something was not inspected.
    fn partly(&mut self, reason: Reason, place: String);
}

/// What became of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberOutcome {
    /// It was looked at (no copy was asked for).
    Scanned,
    /// Its copy was written; the extension changes where the copy is of another format.
    Copied {
        /// New extension, where the copy has another format.
        extension: Option<&'static str>,
    },
    /// It may not stand in the copy: not inspected, or not clean. The visitor has noted why.
    LeftOut,
}

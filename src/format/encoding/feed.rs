use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use super::detect::{count_utf8, decode_utf16, guess, guess_single_byte, is_utf8};
use super::{Encoding, Guess, Rewrites, SingleByte};
use crate::model::{Block, OffsetMap, ReadError, Step};
use crate::source::{HEAD, Input};

/// How large blocks are, in stored bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A document of up to this size is one block.
    pub whole: usize,
    /// What a block has otherwise.
    pub block: usize,
    /// Most that a block may have where no good border is found.
    pub most: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes { whole: 4 << 20, block: 1 << 20, most: 2 << 20 }
    }
}

/// Least size of the buffer, where a file is longer.
const SMALLEST: usize = 64 << 10;

/// The encoding of one file, as far as it is known; shared by its reader and by all who write its blocks.
///
/// It does not change once it is known, and it is known from a certain offset on: what stands before is ASCII
/// and gets nothing but ASCII, so that the copy does not depend on which worker was faster.
#[derive(Default)]
pub struct Charset {
    known: OnceLock<(u64, Encoding)>,
    /// The table for lines of a UTF-8 file that are not UTF-8.
    other: OnceLock<&'static SingleByte>,
}

impl Charset {
    /// The encoding of the block that begins at `offset`; `None` where only ASCII was seen so far.
    pub fn at(&self, offset: u64) -> Option<Encoding> {
        self.known.get().filter(|k| offset >= k.0).map(|k| k.1)
    }

    /// The encoding, for the report.
    pub fn name(&self) -> &'static str {
        self.known.get().map_or("ascii", |k| k.1.name())
    }

    /// The encoding of a line as stored.
    pub(super) fn of_line(&self, encoding: Encoding, line: &[u8]) -> Encoding {
        match (encoding, self.other.get()) {
            (Encoding::Utf8, Some(table)) if is_other(line) => Encoding::Single(table),
            _ => encoding,
        }
    }

    /// True where the file has lines in two encodings.
    pub fn mixed(&self) -> Option<&'static str> {
        self.other.get().map(|t| t.name)
    }
}

/// True for a line of a UTF-8 file that is in a one-byte encoding: more faults than characters.
fn is_other(line: &[u8]) -> bool {
    let seen = count_utf8(line);
    seen.bad + seen.odd > 2 * seen.good && seen.bad > 0
}

/// Reads a file's bytes and hands them out decoded, in blocks that its caller cuts.
pub struct Feed {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Bytes that are still to be read, where the length is known.
    left: Option<u64>,
    eof: bool,
    offset: u64,
    line: u64,
    column: u64,
    declared: Option<Encoding>,
    charset: Arc<Charset>,
}

impl Feed {
    /// Begins to read. `declared` is what the file itself says of its encoding; it counts where the bytes
    /// do not prove another.
    pub fn new(input: Input, declared: Option<Encoding>) -> Feed {
        let left = input.len();
        // a small file was read to its end when its format was looked for
        let (reader, buffer, left): (Box<dyn Read + Send>, _, _) = match input.into_whole() {
            Ok(bytes) => (Box::new(io::empty()), bytes, Some(0)),
            Err(input) => (input.into_reader(), Vec::new(), left),
        };
        Feed {
            reader,
            from: 0,
            to: buffer.len(),
            buffer,
            left,
            eof: false,
            offset: 0,
            line: 1,
            column: 0,
            declared,
            charset: Arc::new(Charset::default()),
        }
    }

    /// The encoding, shared.
    pub fn charset(&self) -> Arc<Charset> {
        Arc::clone(&self.charset)
    }

    /// Offset of the next block.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Line of the next block's first byte.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// True where every byte was handed out.
    ///
    /// # Errors
    /// Those of reading.
    pub fn is_done(&mut self) -> Result<bool, ReadError> {
        self.ensure(1)?;
        Ok(self.from == self.to)
    }

    /// Puts the next `want` stored bytes into `block`, decoded, without using them up; true where they are
    /// the last. Segments are left alone.
    ///
    /// # Errors
    /// Those of reading.
    pub fn fill(&mut self, block: &mut Block, want: usize) -> Result<bool, ReadError> {
        self.fill_part(block, want, want)
    }

    /// Like [`Feed::fill`], but where more than `want` bytes are left only `part` of them are put into `block`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn fill_part(&mut self, block: &mut Block, want: usize, part: usize) -> Result<bool, ReadError> {
        let last = self.look(want)?;
        let bytes = self.ahead(want);
        let bytes = if last { bytes } else { &bytes[..bytes.len().min(part)] };
        let encoding = self.charset.at(self.offset);
        let n = if last { bytes.len() } else { whole_characters(encoding, bytes) };
        let bytes = &self.buffer[self.from..self.from + n];
        block.text.clear();
        block.raw.clear();
        block.offset = self.offset;
        block.line = self.line;
        block.column = self.column;
        match encoding {
            Some(Encoding::Single(table)) if !bytes.is_ascii() => {
                block.raw.extend_from_slice(bytes);
                let mut marks = Vec::with_capacity(n / 256 + 1);
                for part in bytes.chunks(256) {
                    marks.push(block.text.len() as u32);
                    table.decode(part, &mut block.text);
                }
                block.map = OffsetMap::SingleByte { base: self.offset, marks };
            }
            Some(e @ (Encoding::Utf16Le | Encoding::Utf16Be)) => {
                block.raw.extend_from_slice(bytes);
                let (big, mut runs) = (e == Encoding::Utf16Be, Vec::with_capacity(n / 512 + 1));
                decode_utf16(bytes, big, &mut block.text, |at, used| {
                    runs.push((at as u32, self.offset + used as u64));
                });
                let step = if big { Step::Utf16Be } else { Step::Utf16Le };
                block.map = OffsetMap::Stepped { step, runs };
            }
            _ => {
                block.text.extend_from_slice(bytes);
                block.map = OffsetMap::Identity(self.offset);
            }
        }
        Ok(last)
    }

    /// Reads on until `want` bytes and the encoding are known; true where they are the last.
    pub(super) fn look(&mut self, want: usize) -> Result<bool, ReadError> {
        self.ensure(want + 1)?;
        let last = self.eof && self.to - self.from <= want;
        self.decide(self.ahead(want), last);
        Ok(last)
    }

    /// The next bytes, at most `want`.
    pub(super) fn ahead(&self, want: usize) -> &[u8] {
        &self.buffer[self.from..self.to.min(self.from + want)]
    }

    /// Gives `block` its place and moves on by `stored` bytes, which are its raw ones.
    pub(super) fn pass(&mut self, block: &mut Block, stored: usize) {
        (block.offset, block.line, block.column) = (self.offset, self.line, self.column);
        block.first_row = block.line;
        self.from += stored;
        self.offset += stored as u64;
        let mut tail = &block.raw[..];
        if let Some(newline) = memchr::memrchr(b'\n', tail) {
            self.line += memchr::memchr_iter(b'\n', tail).count() as u64;
            self.column = 0;
            tail = &tail[newline + 1..];
        }
        self.column += tail.len() as u64;
    }

    /// Ends the block at text position `cut` (as filled, before rewriting), applies the rewrites and moves on.
    pub fn finish(&mut self, block: &mut Block, cut: usize, rewrites: &Rewrites) {
        let whole = cut >= block.text.len();
        let stored = match block.map.to_file(&block.text, cut) {
            Some(at) if !whole => (at - self.offset) as usize,
            _ => block.stored().len(),
        };
        block.text.truncate(cut);
        if !block.raw.is_empty() {
            block.raw.truncate(stored);
        }
        self.from += stored;
        self.offset += stored as u64;
        let mut tail = &block.text[..];
        if block.offset == 0 {
            tail = tail.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(tail);
        }
        if let Some(newline) = memchr::memrchr(b'\n', tail) {
            self.line += memchr::memchr_iter(b'\n', tail).count() as u64;
            self.column = 0;
            tail = &tail[newline + 1..];
        }
        self.column += Step::Byte.stored_len(tail);
        let step = match &block.map {
            OffsetMap::SingleByte { .. } => Some(Step::Byte),
            OffsetMap::Stepped { step, .. } => Some(*step),
            _ => None,
        };
        if step.is_none() && simdutf8::basic::from_utf8(&block.text).is_err() {
            let other = self.other_lines(&block.text);
            rewrites.merged(&other).apply(block, None);
        } else {
            rewrites.apply(block, step);
        }
    }

    /// Lines that are not UTF-8 but of a one-byte encoding, character by character.
    fn other_lines(&self, text: &[u8]) -> Rewrites {
        let mut rewrites = Rewrites::default();
        let mut at = 0;
        while let Err(e) = simdutf8::compat::from_utf8(&text[at..]) {
            let fault = at + e.valid_up_to();
            let start = memchr::memrchr(b'\n', &text[..fault]).map_or(0, |p| p + 1);
            let end = memchr::memchr(b'\n', &text[fault..]).map_or(text.len(), |p| fault + p + 1);
            if is_other(&text[start..end]) {
                let table = self.charset.other.get_or_init(|| {
                    guess_single_byte(&text[start..]).unwrap_or(SingleByte::built_in("windows-1251"))
                });
                for (k, b) in text[start..end].iter().enumerate().filter(|(_, b)| **b >= 0x80) {
                    rewrites.push_char(start + k, start + k + 1, table.char(*b));
                }
            }
            at = end;
        }
        rewrites
    }

    fn decide(&self, bytes: &[u8], last: bool) {
        if self.charset.known.get().is_some() {
            return;
        }
        let mut answer = None;
        if self.offset == 0 {
            answer = match guess(&bytes[..bytes.len().min(HEAD)]) {
                // a declaration names the table better than a guess does
                Guess::Text(Encoding::Single(guessed)) => {
                    Some(self.declared.filter(|d| *d != Encoding::Utf8).unwrap_or(Encoding::Single(guessed)))
                }
                Guess::Text(encoding) => Some(encoding),
                Guess::Ascii => self.declared,
                Guess::Binary => Some(Encoding::Utf8),
            };
        }
        if answer.is_none() && !bytes.is_ascii() {
            answer = Some(match is_utf8(bytes) {
                true => Encoding::Utf8,
                false => guess_single_byte(bytes).map_or(Encoding::Utf8, Encoding::Single),
            });
        }
        if answer.is_none() && last && self.offset == 0 {
            answer = Some(Encoding::Utf8);
        }
        if let Some(encoding) = answer {
            // the only writer is this reader, so the value cannot be there already
            let _ = self.charset.known.set((self.offset, encoding));
        }
    }

    fn ensure(&mut self, want: usize) -> Result<(), ReadError> {
        while self.to - self.from < want && !self.eof {
            if self.buffer.len() - self.from < want {
                self.buffer.copy_within(self.from..self.to, 0);
                (self.from, self.to) = (0, self.to - self.from);
                // room for a little more, so that few bytes are moved for the next block; no more than there is
                let most = want.max(SMALLEST) + (want / 4).min(SMALLEST);
                let size = self.left.map_or(most, |left| most.min(self.to.saturating_add(left as usize)));
                if self.buffer.len() < size {
                    self.buffer.resize(size, 0);
                }
            }
            // no more than is asked for, though the first blocks left more room: what is read stays near the processor
            let end = self.buffer.len().min(self.from + want.max(SMALLEST) + (want / 4).min(SMALLEST));
            match self.reader.read(&mut self.buffer[self.to..end]) {
                Ok(0) => self.eof = true,
                Ok(n) => {
                    self.to += n;
                    self.left = self.left.map(|left| left.saturating_sub(n as u64));
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }
}

/// How many of `bytes` are whole characters.
fn whole_characters(encoding: Option<Encoding>, bytes: &[u8]) -> usize {
    let n = bytes.len();
    match encoding {
        Some(Encoding::Single(_)) => n,
        Some(e @ (Encoding::Utf16Le | Encoding::Utf16Be)) => {
            let n = n & !1;
            let high = n.checked_sub(if e == Encoding::Utf16Le { 1 } else { 2 }).map(|k| bytes[k]);
            if high.is_some_and(|h| (0xD8..0xDC).contains(&h)) { n - 2 } else { n }
        }
        _ => {
            let lead = bytes.iter().rev().take(3).position(|b| *b >= 0xC0);
            match lead {
                Some(back) => {
                    let need = match bytes[n - 1 - back] {
                        0xF0.. => 4,
                        0xE0.. => 3,
                        _ => 2,
                    };
                    if back + 1 < need { n - 1 - back } else { n }
                }
                None => n,
            }
        }
    }
}

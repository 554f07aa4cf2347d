//! A lexer for JSON that may stop and go on anywhere between two tokens, or inside a long string.

use std::borrow::Cow;

use super::super::encoding::Rewrites;
use super::super::instants;
use super::super::text::long_line_cut;
use super::paths::Paths;
use crate::model::{NO_COLUMN, Segment, SegmentKind};

/// Deeper nesting is no data that anybody keeps.
const DEEPEST: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    object: bool,
    node: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Key,
    Colon,
    Value,
    Comma,
}

/// Where the lexer stands, but for its stack.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    expect: Expect,
    /// Column of the next value.
    node: u32,
    row: u64,
    /// Depth of the array whose objects are the records.
    record_depth: Option<usize>,
    /// The block before ended inside a string.
    in_string: bool,
    /// Values at the top so far.
    tops: u64,
}

/// What the lexer writes to.
pub struct Out<'a> {
    /// Values, and keys and comments that could hold something.
    pub segments: &'a mut Vec<Segment>,
    /// Escapes.
    pub escapes: &'a mut Rewrites,
}

/// What the end of the text means.
#[derive(Clone, Copy)]
struct Edge {
    /// The run began here: a token that begins here and does not end must be cut if the text may not grow.
    begin: usize,
    last: bool,
    force: bool,
}

impl Edge {
    /// True where a token that begins at `from` and reaches the end of the text can wait for more of it.
    fn may_go_on(self, from: usize) -> bool {
        !self.last && (from > self.begin || !self.force)
    }
}

/// How a run of the lexer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The block ends here.
    Cut(usize),
    /// The text is too short for one token.
    More,
    /// What follows this position is not JSON.
    Broken(usize),
}

/// The lexer and its paths.
pub struct Lexer {
    stack: Vec<Frame>,
    at: Cursor,
    /// Every value at the top is a record (one a line).
    pub lines: bool,
    /// Values with a key.
    pub pairs: u64,
    /// Breaches of the grammar that were read over.
    pub faults: u64,
    pub paths: Paths,
}

impl Lexer {
    pub fn new(lines: bool) -> Lexer {
        let at =
            Cursor { expect: Expect::Value, node: 0, row: 0, record_depth: None, in_string: false, tops: 0 };
        Lexer { stack: Vec::new(), at, lines, pairs: 0, faults: 0, paths: Paths::default() }
    }

    /// Values at the top so far.
    pub fn tops(&self) -> u64 {
        self.at.tops
    }

    /// The number of the record that the next value belongs to.
    pub fn row(&self) -> u64 {
        self.at.row.max(1)
    }

    /// Reads `text` from `from`. Rows are relative to `first_row`. `last`: nothing follows; `force`: the text may
    /// not grow, so that a longer string is cut.
    pub fn run(
        &mut self,
        text: &[u8],
        from: usize,
        first_row: u64,
        last: bool,
        force: bool,
        out: Out<'_>,
    ) -> Stop {
        let edge = Edge { begin: from, last, force };
        let (begin, begin_stack) = (self.at, self.stack.clone());
        let mut pos = from;
        let mut record: Option<(usize, usize, Cursor)> = None;
        let mut record_stack = Vec::new();
        let Out { segments, escapes } = out;
        loop {
            let before = self.at;
            let Some(token) = self.token(text, pos, first_row, edge, Out { segments, escapes }) else {
                self.faults += 1;
                return Stop::Broken(pos);
            };
            match token {
                Token::End(next) => {
                    pos = next;
                    if self.between_records() {
                        record = Some((pos, segments.len(), self.at));
                        record_stack.clone_from(&self.stack);
                    }
                }
                Token::CutString(next) => return Stop::Cut(next),
                Token::Finished => return Stop::Cut(text.len()),
                Token::Incomplete => {
                    self.at = before;
                    break;
                }
            }
        }
        // a block ends between records where it can, else between values
        if let Some((at, count, cursor)) = record.filter(|r| r.0 > from) {
            segments.truncate(count);
            escapes.truncate(at);
            (self.at, self.stack) = (cursor, record_stack);
            return Stop::Cut(at);
        }
        if pos > from && force {
            return Stop::Cut(pos);
        }
        (self.at, self.stack) = (begin, begin_stack);
        Stop::More
    }

    /// True right after a record and its comma.
    fn between_records(&self) -> bool {
        match self.at.record_depth {
            Some(depth) => self.stack.len() == depth && self.at.expect == Expect::Value,
            None => self.stack.is_empty(),
        }
    }

    fn token(&mut self, text: &[u8], from: usize, first_row: u64, edge: Edge, out: Out<'_>) -> Option<Token> {
        if self.at.in_string {
            return Some(self.string(text, from, from, first_row, edge, out));
        }
        let mut pos = from;
        while text.get(pos).is_some_and(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
            pos += 1;
        }
        if pos > from {
            return Some(Token::End(pos));
        }
        let Some(byte) = text.get(pos) else {
            return Some(if edge.last { Token::Finished } else { Token::Incomplete });
        };
        match byte {
            b'"' => {
                self.value_begins();
                return Some(self.string(text, pos, pos + 1, first_row, edge, out));
            }
            b'{' | b'[' => {
                if self.stack.len() >= DEEPEST {
                    return None;
                }
                self.open(*byte == b'{');
            }
            b'}' | b']' => {
                let frame = self.stack.pop()?;
                self.faults += u64::from(frame.object != (*byte == b'}'));
                self.faults += u64::from(matches!(self.at.expect, Expect::Colon));
                if self.at.record_depth.is_some_and(|d| self.stack.len() < d) {
                    self.at.record_depth = None;
                }
                self.value_ends();
            }
            b',' => {
                self.faults += u64::from(self.at.expect != Expect::Comma);
                let top = self.stack.last().copied().unwrap_or(Frame { object: false, node: 0 });
                self.at.expect = if top.object { Expect::Key } else { Expect::Value };
                self.at.node = top.node;
            }
            b':' => {
                self.faults += u64::from(self.at.expect != Expect::Colon);
                self.at.expect = Expect::Value;
            }
            // ObjectId("…"), NumberLong(5): the shell's way of writing types
            b'(' | b')' => self.faults += u64::from(self.at.expect == Expect::Key),
            b'/' => return self.comment(text, pos, first_row, edge, out),
            b'-' | b'+' | b'.' | b'0'..=b'9' => return self.number(text, pos, first_row, edge, out),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => return Some(self.word(text, pos, edge)),
            _ => return None,
        }
        Some(Token::End(pos + 1))
    }

    fn value_begins(&mut self) {
        if self.stack.is_empty() {
            self.at.tops += 1;
            if self.lines || self.at.tops == 1 {
                self.at.row += 1;
            }
        }
        if self.at.expect == Expect::Comma && !self.stack.is_empty() {
            // a comma is missing
            self.faults += 1;
            self.at.expect =
                if self.stack.last().is_some_and(|f| f.object) { Expect::Key } else { Expect::Value };
        }
    }

    fn value_ends(&mut self) {
        let top = self.stack.last().copied();
        self.at.node = top.map_or(0, |f| f.node);
        self.at.expect = if top.is_some() { Expect::Comma } else { Expect::Value };
    }

    fn open(&mut self, object: bool) {
        self.value_begins();
        let in_array = self.stack.last().is_some_and(|f| !f.object);
        let depth = self.stack.len();
        if object && in_array && !self.lines && self.at.record_depth.is_none_or(|d| depth <= d) {
            self.at.row += u64::from(self.at.record_depth.is_some() || self.at.row > 1);
            self.at.record_depth = Some(depth);
        }
        self.stack.push(Frame { object, node: self.at.node });
        self.at.expect = if object { Expect::Key } else { Expect::Value };
    }

    fn push(&self, segments: &mut Vec<Segment>, start: usize, end: usize, kind: SegmentKind, first_row: u64) {
        if start < end {
            let column = if kind == SegmentKind::Prose { NO_COLUMN } else { self.at.node };
            let row = (self.row() - first_row) as u32;
            segments.push(Segment { start: start as u32, end: end as u32, column, row, kind });
        }
    }

    /// A string whose content begins at `start`; the token at `from`.
    fn string(
        &mut self,
        text: &[u8],
        from: usize,
        start: usize,
        first_row: u64,
        edge: Edge,
        out: Out<'_>,
    ) -> Token {
        let key = self.at.expect == Expect::Key;
        let mut pos = start;
        let end = loop {
            let Some(step) = memchr::memchr2(b'"', b'\\', &text[pos..]) else { break None };
            pos += step;
            if text[pos] == b'"' {
                break Some(pos);
            }
            match escape(&text[pos..]) {
                Some((len, c)) => {
                    out.escapes.push_char(pos, pos + len, c);
                    pos += len;
                }
                None if text.len() - pos >= 12 || edge.last => pos = (pos + 2).min(text.len()),
                None => break None,
            }
        };
        let Some(end) = end else {
            if edge.last {
                // the text ends inside a string
                self.faults += 1;
                self.push(out.segments, start, text.len(), SegmentKind::Cell, first_row);
                return Token::Finished;
            }
            if from > edge.begin || !edge.force {
                out.escapes.truncate(from);
                return Token::Incomplete;
            }
            let mut cut = long_line_cut(&text[..pos.max(start + 1).min(text.len())], text.len());
            let slashes = text[..cut].iter().rev().take_while(|b| **b == b'\\').count();
            cut -= slashes.min(cut.saturating_sub(start + 1));
            out.escapes.truncate(cut);
            self.push(out.segments, start, cut, SegmentKind::Cell, first_row);
            self.at.in_string = true;
            return Token::CutString(cut);
        };
        self.at.in_string = false;
        if key {
            let key = &text[start..end];
            let doubtful = self.key(&decoded(key), start, end, first_row, out.segments);
            if !doubtful {
                out.escapes.truncate(start);
            }
        } else {
            let kind = self.millis(text, start, end, SegmentKind::Cell, out.escapes);
            self.push(out.segments, start, end, kind, first_row);
            self.value_ends();
        }
        Token::End(end + 1)
    }

    /// A key, decoded, that stands from `start` to `end`; true where it could be a value itself.
    fn key(
        &mut self,
        key: &[u8],
        start: usize,
        end: usize,
        first_row: u64,
        segments: &mut Vec<Segment>,
    ) -> bool {
        let parent = self.stack.last().map_or(0, |f| f.node);
        let (node, doubtful) = self.paths.look_up(parent, key);
        self.at.node = node;
        if doubtful {
            self.push(segments, start, end, SegmentKind::Meta, first_row);
        }
        self.at.expect = Expect::Colon;
        self.pairs += 1;
        doubtful
    }

    fn number(
        &mut self,
        text: &[u8],
        from: usize,
        first_row: u64,
        edge: Edge,
        out: Out<'_>,
    ) -> Option<Token> {
        let body = |b: &u8| b.is_ascii_alphanumeric() || b"+-._".contains(b);
        let len = text[from..].iter().take_while(|b| body(b)).count();
        let end = from + len;
        if end == text.len() && edge.may_go_on(from) {
            return Some(Token::Incomplete);
        }
        if self.at.expect == Expect::Key {
            self.key(&text[from..end], from, end, first_row, out.segments);
            self.faults += 1;
            return Some(Token::End(end));
        }
        self.value_begins();
        let kind = if is_number(&text[from..end]) {
            SegmentKind::Number
        } else {
            self.faults += 1;
            SegmentKind::Cell
        };
        let kind = self.millis(text, from, end, kind, out.escapes);
        self.push(out.segments, from, end, kind, first_row);
        self.value_ends();
        Some(Token::End(end))
    }

    /// A date that is stored as milliseconds reads as a date; the kind that it has then.
    fn millis(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        kind: SegmentKind,
        escapes: &mut Rewrites,
    ) -> SegmentKind {
        if !self.paths.is_millis(self.at.node) {
            return kind;
        }
        match instants::of_millis(&text[start..end]) {
            Some(date) => {
                escapes.push(start, end, date.as_bytes());
                SegmentKind::Date
            }
            None => kind,
        }
    }

    fn word(&mut self, text: &[u8], from: usize, edge: Edge) -> Token {
        let len = text[from..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"_$.".contains(b)).count();
        let end = from + len;
        if end == text.len() && edge.may_go_on(from) {
            return Token::Incomplete;
        }
        let word = &text[from..end];
        if self.at.expect == Expect::Key {
            let parent = self.stack.last().map_or(0, |f| f.node);
            self.at.node = self.paths.child(parent, word);
            self.at.expect = Expect::Colon;
            self.faults += 1;
        } else if text.get(end) != Some(&b'(') && word != b"new" {
            let known: [&[u8]; 6] = [b"true", b"false", b"null", b"NaN", b"Infinity", b"undefined"];
            self.faults += u64::from(!known.contains(&word));
            self.value_begins();
            self.value_ends();
        }
        Token::End(end)
    }

    fn comment(
        &mut self,
        text: &[u8],
        from: usize,
        first_row: u64,
        edge: Edge,
        out: Out<'_>,
    ) -> Option<Token> {
        let rest = &text[from..];
        let (len, tail) = match rest.get(1) {
            Some(b'/') => (memchr::memchr(b'\n', rest), 0),
            Some(b'*') => (memchr::memmem::find(rest, b"*/"), 2),
            None if edge.may_go_on(from) => return Some(Token::Incomplete),
            _ => return None,
        };
        let end = match len {
            Some(len) => from + len,
            None if !edge.may_go_on(from) => text.len(),
            None => return Some(Token::Incomplete),
        };
        self.faults += 1;
        self.push(out.segments, from + 2, end, SegmentKind::Prose, first_row);
        Some(Token::End((end + tail).min(text.len())))
    }
}

enum Token {
    /// A token was read up to here.
    End(usize),
    /// A string was cut here.
    CutString(usize),
    /// The text is over.
    Finished,
    /// The text ends inside a token.
    Incomplete,
}

/// The content of a string.
fn decoded(content: &[u8]) -> Cow<'_, [u8]> {
    if !content.contains(&b'\\') {
        return Cow::Borrowed(content);
    }
    let (mut out, mut at) = (Vec::with_capacity(content.len()), 0);
    while at < content.len() {
        match escape(&content[at..]).filter(|_| content[at] == b'\\') {
            Some((len, c)) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                at += len;
            }
            None => {
                out.push(content[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// Length and meaning of the escape that `text` begins with; `None` where it is cut off or wrong.
fn escape(text: &[u8]) -> Option<(usize, char)> {
    let c = match text.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'u' => return unicode(text),
        c @ (b'"' | b'\\' | b'/' | b'\'') => *c as char,
        _ => return None,
    };
    Some((2, c))
}

fn unicode(text: &[u8]) -> Option<(usize, char)> {
    let unit = |at: usize| {
        let hex = std::str::from_utf8(text.get(at..at + 4)?).ok()?;
        u32::from_str_radix(hex, 16).ok()
    };
    let first = unit(2)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some((6, char::from_u32(first).unwrap_or('\u{FFFD}')));
    }
    match text.get(6..8) {
        Some(b"\\u") => match unit(8)? {
            low @ 0xDC00..0xE000 => {
                let c = char::from_u32(0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00));
                Some((12, c.unwrap_or('\u{FFFD}')))
            }
            _ => Some((6, '\u{FFFD}')),
        },
        Some(_) => Some((6, '\u{FFFD}')),
        None => None,
    }
}

/// The grammar of a number, RFC 8259 section 6.
pub fn is_number(text: &[u8]) -> bool {
    let digits = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let int = digits(rest);
    if int == 0 || (int > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[int..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let n = digits(fraction);
        if n == 0 {
            return false;
        }
        rest = &fraction[n..];
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let n = digits(exponent);
        return n > 0 && n == exponent.len();
    }
    rest.is_empty()
}

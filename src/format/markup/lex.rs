//! A walk through markup: texts with the tags inside them left out, attributes, comments, scripts.

mod attribute;
mod number;
mod tag;

use rustc_hash::FxHashMap;

use super::super::csv::{could_be_name, is_data, is_header_word};
use super::super::encoding::Rewrites;
use super::super::text::long_line_cut;
use super::entities::reference;
use super::names::is_inline;
use crate::model::{Field, NO_COLUMN, Segment, SegmentKind};

/// Deeper nesting is not followed: texts there have no field.
const DEEPEST: usize = 4096;
/// Names beyond this have no number.
const MOST_NAMES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Text,
    /// Inside a tag, between attributes.
    Tag,
    /// Inside the value of an attribute that the last block cut, up to this quote.
    Value(u8),
    Comment,
    CData,
    /// Script or style.
    Raw,
}

/// A table of HTML that is being read.
#[derive(Clone, Copy, Debug, Default)]
struct Grid {
    /// Number of its first column.
    base: u32,
    rows: u32,
    column: u32,
    /// Columns that have a number.
    width: u32,
    in_cell: bool,
    head: bool,
}

/// What the walk writes to.
pub struct Out<'a> {
    pub segments: &'a mut Vec<Segment>,
    pub rewrites: &'a mut Rewrites,
}

/// What the end of the text means, and where a block may end.
#[derive(Clone, Copy)]
pub struct Edge {
    pub begin: usize,
    pub last: bool,
    pub force: bool,
    /// A block ends at the first good border from here on.
    pub target: usize,
}

impl Edge {
    fn may_wait(self, from: usize) -> bool {
        !self.last && (from > self.begin || !self.force)
    }
}

enum Step {
    To(usize),
    Wait,
    Cut(usize),
}

/// What a text is in a form whose captions and values stand in elements of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Other,
    Caption,
    Value,
}

/// Everything that is put back when a block must be read again.
#[derive(Clone)]
struct State {
    mode: Mode,
    /// Open elements of XML: the numbers of their names and of the last child's name.
    stack: Vec<(u32, u32)>,
    grids: Vec<Grid>,
    row: u64,
    record_depth: usize,
    /// The tag being read.
    tag: String,
    closing: bool,
    empty: bool,
    /// The name of the input of a form that is being read.
    input: String,
    /// The choice of a list that is being read is the one that was made.
    chosen: bool,
    /// The caption and the name of the list of choices that is being read.
    choices: String,
    /// The last short text, which may be the caption of what stands behind it.
    caption: String,
    /// What the text that is being read is in a list of captions and values.
    part: Part,
    /// The raw element being read.
    raw: &'static str,
    fields: usize,
}

/// The walk.
pub struct Lexer {
    html: bool,
    /// Attributes that only say how something looks are not looked at.
    drawn: bool,
    state: State,
    pub fields: Vec<Field>,
    by_name: FxHashMap<Vec<u8>, u32>,
    pub first_row: u64,
    /// Where the text that is open began.
    run: Option<usize>,
    /// Where the tag that may be left out began.
    tag_start: usize,
    tag_visible: bool,
}

impl Lexer {
    pub fn new(html: bool, drawn: bool) -> Lexer {
        Lexer {
            html,
            drawn,
            state: State {
                mode: Mode::Text,
                stack: Vec::new(),
                grids: Vec::new(),
                row: 1,
                record_depth: usize::MAX,
                tag: String::new(),
                closing: false,
                empty: false,
                input: String::new(),
                chosen: false,
                choices: String::new(),
                caption: String::new(),
                part: Part::Other,
                raw: "",
                fields: 0,
            },
            fields: Vec::new(),
            by_name: FxHashMap::default(),
            first_row: 1,
            run: None,
            tag_start: 0,
            tag_visible: true,
        }
    }

    /// Reads `text` and says where the block ends; `None`: the text is too short.
    pub fn run(&mut self, text: &[u8], edge: Edge, out: Out<'_>) -> Option<usize> {
        let Out { segments, rewrites } = out;
        let begin = self.state.clone();
        self.first_row = self.state.row;
        self.run = None;
        self.tag_visible = true;
        let mut pos = edge.begin;
        loop {
            if self.state.mode == Mode::Text && self.run.is_none() && pos >= edge.target && pos > edge.begin {
                return Some(pos);
            }
            if pos >= text.len() {
                if !edge.last && !edge.force {
                    break;
                }
                self.end_run(text, pos, segments);
                return Some(pos);
            }
            let out = Out { segments, rewrites };
            let step = match self.state.mode {
                Mode::Text => self.text(text, pos, edge, out),
                Mode::Tag => self.attribute(text, pos, edge, out),
                Mode::Value(quote) => self.value(text, pos, pos, quote, edge, out),
                Mode::Comment => self.until(text, pos, pos, b"-->", edge, segments),
                Mode::CData => self.until(text, pos, pos, b"]]>", edge, segments),
                Mode::Raw => self.raw(text, pos, edge, segments),
            };
            match step {
                Step::To(next) => pos = next,
                Step::Cut(at) => {
                    self.end_run(text, at, segments);
                    return Some(at);
                }
                Step::Wait if edge.force && pos > edge.begin => {
                    // an open text ends before the tag that is not read to its end
                    let inside = self.state.mode == Mode::Tag && !self.tag_visible;
                    self.end_run(text, if inside { self.tag_start } else { pos }, segments);
                    return Some(pos);
                }
                Step::Wait => break,
            }
        }
        for field in self.fields.drain(begin.fields..) {
            self.by_name.remove(field.name.as_bytes());
        }
        self.state = begin;
        None
    }

    fn end_run(&mut self, text: &[u8], end: usize, segments: &mut Vec<Segment>) {
        let Some(start) = self.run.take() else { return };
        let kind = if self.html { SegmentKind::Prose } else { SegmentKind::Cell };
        self.push(text, start, end, kind, segments);
    }

    fn push(
        &mut self,
        text: &[u8],
        start: usize,
        end: usize,
        kind: SegmentKind,
        segments: &mut Vec<Segment>,
    ) {
        let content = &text[start..end];
        if content.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let (mut column, mut kind) = (NO_COLUMN, kind);
        if self.html && kind == SegmentKind::Prose && matches!(self.state.mode, Mode::Text | Mode::Tag) {
            let named = self.captioned(content);
            if named != NO_COLUMN {
                return self.append(start, end, named, SegmentKind::Cell, segments);
            }
        }
        if let Some(grid) = self.state.grids.last_mut().filter(|g| g.in_cell) {
            column = grid.base + grid.column;
            let head = grid.head;
            if grid.rows == 1 {
                let name = content.split(|b| matches!(b, b'<' | b'&')).next().unwrap_or_default();
                let name = String::from_utf8_lossy(name).trim().to_owned();
                let field = self.fields.get_mut(column as usize).filter(|f| f.name.is_empty());
                let short = name.chars().count() < 40 && !is_data(&name) && !could_be_name(&name);
                if let Some(field) = field.filter(|_| short && (head || is_header_word(&name))) {
                    field.name = name;
                }
            }
            kind = if head { SegmentKind::Meta } else { SegmentKind::Cell };
        } else if let Some((name, _)) =
            self.state.stack.last().filter(|_| !self.html && kind == SegmentKind::Cell)
        {
            column = *name;
        }
        self.append(start, end, column, kind, segments);
    }

    fn append(&self, start: usize, end: usize, column: u32, kind: SegmentKind, segments: &mut Vec<Segment>) {
        let row = (self.state.row - self.first_row) as u32;
        // `<?>` closes before it has opened
        if start > end {
            return;
        }
        segments.push(Segment { start: start as u32, end: end as u32, column, row, kind });
    }

    fn text(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let mut pos = from;
        if text[pos] == b'<' {
            return self.tag_or_other(text, pos, edge, out);
        }
        self.run.get_or_insert(from);
        loop {
            let Some(p) = memchr::memchr2(b'<', b'&', &text[pos..]) else {
                if edge.last {
                    return Step::To(text.len());
                }
                if edge.force {
                    let limit = from + long_line_cut(&text[from..], text.len() - from);
                    out.rewrites.truncate(limit);
                    return Step::Cut(limit);
                }
                return Step::Wait;
            };
            pos += p;
            if text[pos] == b'<' {
                return Step::To(pos);
            }
            match reference(&text[pos..]) {
                Ok(Some((len, c))) => {
                    out.rewrites.push_char(pos, pos + len, c);
                    pos += len;
                }
                Err(()) if edge.may_wait(pos) && !edge.force => return Step::Wait,
                _ => pos += 1,
            }
        }
    }

    fn tag_or_other(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let rest = &text[from..];
        if rest.len() < 9 && edge.may_wait(from) {
            return Step::Wait;
        }
        if rest.starts_with(b"<!--") {
            self.end_run(text, from, out.segments);
            return self.until(text, from, from + 4, b"-->", edge, out.segments);
        }
        if rest.starts_with(b"<![CDATA[") {
            self.end_run(text, from, out.segments);
            return self.until(text, from, from + 9, b"]]>", edge, out.segments);
        }
        if rest.starts_with(b"<!") || rest.starts_with(b"<?") {
            self.end_run(text, from, out.segments);
            return self.declaration(text, from, edge, out.segments);
        }
        let closing = rest.get(1) == Some(&b'/');
        let start = from + 1 + usize::from(closing);
        let name = |b: &u8| b.is_ascii_alphanumeric() || b":_-.".contains(b) || *b >= 0x80;
        let len = text[start.min(text.len())..].iter().take_while(|b| name(b)).count();
        if len == 0 || !(text[start].is_ascii_alphabetic() || text[start] == b'_' || text[start] >= 0x80) {
            // a sign "less than"
            self.run.get_or_insert(from);
            return Step::To(from + 1);
        }
        if start + len == text.len() && edge.may_wait(from) {
            return Step::Wait;
        }
        // "P<UZBKARIMOV<<…": no name of a tag is followed by such a sign
        if text.get(start + len) == Some(&b'<') && !closing {
            self.run.get_or_insert(from);
            return Step::To(from + 1);
        }
        let name = String::from_utf8_lossy(&text[start..start + len]);
        self.state.tag = if self.html { name.to_ascii_lowercase() } else { name.into_owned() };
        self.state.closing = closing;
        self.state.empty = false;
        self.state.input.clear();
        self.state.mode = Mode::Tag;
        self.tag_start = from;
        self.tag_visible = !(self.html && (is_inline(&self.state.tag) || self.state.tag == "br"));
        if self.tag_visible {
            self.end_run(text, from, out.segments);
            self.begin_tag();
        }
        Step::To(start + len)
    }

    /// `<!DOCTYPE …>` and `<?…?>`: only their quoted parts can hold anything.
    fn declaration(&mut self, text: &[u8], from: usize, edge: Edge, segments: &mut Vec<Segment>) -> Step {
        let close: &[u8] = match text.get(from + 1) {
            Some(b'?') => b"?>",
            _ if text[from..].iter().take_while(|b| **b != b'>').any(|b| *b == b'[') => b"]>",
            _ => b">",
        };
        match memchr::memmem::find(&text[from..], close) {
            Some(p) => {
                if close == b"]>" || (close == b"?>" && !text[from..].starts_with(b"<?xml")) {
                    self.append(from + 2, from + p, NO_COLUMN, SegmentKind::Prose, segments);
                }
                Step::To(from + p + close.len())
            }
            None if edge.may_wait(from) => Step::Wait,
            None => {
                self.run.get_or_insert(from);
                Step::To(from + 1)
            }
        }
    }

    /// A comment or a section of characters, up to its end.
    fn until(
        &mut self,
        text: &[u8],
        from: usize,
        start: usize,
        close: &[u8],
        edge: Edge,
        segments: &mut Vec<Segment>,
    ) -> Step {
        let data = close == b"]]>";
        let kind = if data { SegmentKind::Cell } else { SegmentKind::Prose };
        let start = start.min(text.len());
        match memchr::memmem::find(&text[start..], close) {
            Some(p) => {
                self.push(text, start, start + p, kind, segments);
                self.state.mode = Mode::Text;
                Step::To(start + p + close.len())
            }
            None if edge.may_wait(from) => Step::Wait,
            None => {
                let end =
                    if edge.last { text.len() } else { start + long_line_cut(&text[start..], text.len()) };
                self.push(text, start, end, kind, segments);
                self.state.mode = if data { Mode::CData } else { Mode::Comment };
                if edge.last { Step::To(end) } else { Step::Cut(end) }
            }
        }
    }

    fn raw(&mut self, text: &[u8], from: usize, edge: Edge, segments: &mut Vec<Segment>) -> Step {
        let close = format!("</{}", self.state.raw);
        let end = memchr::memchr_iter(b'<', &text[from..]).map(|p| from + p).find(|p| {
            text.get(*p..*p + close.len()).is_some_and(|t| t.eq_ignore_ascii_case(close.as_bytes()))
        });
        match end {
            Some(end) => {
                self.append_raw(text, from, end, segments);
                self.state.mode = Mode::Text;
                Step::To(end)
            }
            None if edge.may_wait(from) => Step::Wait,
            None => {
                let end = if edge.last {
                    text.len()
                } else {
                    from + long_line_cut(&text[from..], text.len() - from)
                };
                self.append_raw(text, from, end, segments);
                if edge.last { Step::To(end) } else { Step::Cut(end) }
            }
        }
    }

    fn append_raw(&self, text: &[u8], start: usize, end: usize, segments: &mut Vec<Segment>) {
        if !text[start..end].iter().all(u8::is_ascii_whitespace) {
            self.append(start, end, NO_COLUMN, SegmentKind::Meta, segments);
        }
    }
}

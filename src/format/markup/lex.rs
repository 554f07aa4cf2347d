//! A walk through markup: texts with the tags inside them left out, attributes, comments, scripts.

use rustc_hash::FxHashMap;

use super::super::csv::{could_be_name, is_data, is_header_word};
use super::super::encoding::Rewrites;
use super::super::text::long_line_cut;
use super::entities::reference;
use super::names::{is_inline, is_presentation, says_nothing};
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

/// Longest caption, in characters.
const CAPTION: usize = 64;

/// The caption that a text of HTML may be: short words, without tags, numbering and colon.
fn caption(content: &[u8]) -> Option<String> {
    if content.len() > 4 * CAPTION {
        return None;
    }
    let text = String::from_utf8_lossy(content);
    let mut bare = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => bare.push(c),
            _ => {}
        }
    }
    let bare = bare.replace("&nbsp;", " ");
    let bare = bare.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '.' | ')' | ' ' | '\n' | '\t' | '\r')
    });
    let bare = bare.trim_end_matches([':', '*', ' ', '\n', '\t', '\r']);
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let fits = (2..=CAPTION).contains(&bare.chars().count())
        && digits <= 2
        && !bare.contains(['@', '\n', '='])
        && !(bare.is_ascii() && bare.contains('/'))
        && bare.chars().next().is_some_and(|c| c.is_alphabetic() || c == '№')
        && bare.split_whitespace().count() <= 7;
    fits.then(|| bare.to_owned())
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

    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        if self.fields.len() >= MOST_NAMES {
            return NO_COLUMN;
        }
        let number = self.fields.len() as u32;
        self.fields.push(Field { name: String::from_utf8_lossy(name).into_owned(), ..Field::default() });
        self.state.fields = self.fields.len();
        self.by_name.insert(name.to_vec(), number);
        number
    }

    /// The number of an element or attribute of XML; one whose own name says nothing is called with the name above it.
    fn number_below(&mut self, local: &[u8]) -> u32 {
        let above = self.state.stack.last().and_then(|(name, _)| self.fields.get(*name as usize));
        let above = above.map_or("", |f| f.name.as_str());
        if above.is_empty() || above.len() > 120 || !says_nothing(local, above) {
            return self.number(local);
        }
        let mut name = above.as_bytes().to_vec();
        name.push(b'/');
        name.extend_from_slice(local);
        self.number(&name)
    }

    /// The column of the value of an input: its name is that of the input, below the caption before it.
    fn input(&mut self, attribute: &str) -> u32 {
        let named =
            attribute == "value" && matches!(self.state.tag.as_str(), "input" | "option" | "textarea");
        let name = &self.state.input;
        let name = if name.len() <= 64 && !is_data(name) { name.as_str() } else { "" };
        let name = joined(&self.state.caption, name);
        if named && self.room() { self.number_of(&name) } else { NO_COLUMN }
    }

    /// May a column be numbered here? Those of a table must follow one another.
    fn room(&self) -> bool {
        self.state.grids.last().is_none_or(|g| g.width >= 2)
    }

    fn number_of(&mut self, name: &str) -> u32 {
        if name.is_empty() { NO_COLUMN } else { self.number(name.as_bytes()) }
    }

    /// The column of a text whose caption stands before it: the description of a term, the choice that was made, what
    /// an element of its own says to be a value. Remembers a text that may be a caption.
    fn captioned(&mut self, content: &[u8]) -> u32 {
        let apart = self.state.grids.is_empty();
        if std::mem::take(&mut self.state.chosen) && self.room() {
            let name = self.state.choices.clone();
            return self.number_of(&name);
        }
        if self.state.tag == "option" {
            return NO_COLUMN;
        }
        if self.state.tag == "textarea" && self.state.closing && self.room() {
            let name = joined(&self.state.caption, &self.state.input);
            return self.number_of(&name);
        }
        if self.state.part == Part::Value && apart {
            let name = self.state.caption.clone();
            return self.number_of(&name);
        }
        // a heading, a link or a button is no caption of a value
        const BEFORE: [&str; 10] =
            ["input", "select", "textarea", "div", "td", "th", "dt", "p", "label", "tr"];
        let before = BEFORE.contains(&self.state.tag.as_str());
        self.state.caption = caption(content).filter(|_| before).unwrap_or_default();
        NO_COLUMN
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

    /// What stands inside a tag: blanks, an attribute, the end.
    fn attribute(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        match text[from] {
            b'>' => return self.tag_ends(from + 1, out),
            b'/' => {
                self.state.empty = true;
                return Step::To(from + 1);
            }
            b'<' => {
                // the tag was never closed
                self.state.mode = Mode::Text;
                return Step::To(from);
            }
            b if b.is_ascii_whitespace() || matches!(b, b'=' | b'"' | b'\'') => return Step::To(from + 1),
            _ => self.state.empty = false,
        }
        let len =
            text[from..].iter().take_while(|b| !(b.is_ascii_whitespace() || b"=<>/\"'".contains(b))).count();
        let mut pos = from + len.max(1);
        let name = &text[from..pos];
        let blanks = |pos: usize| text[pos..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        pos += blanks(pos);
        match text.get(pos) {
            Some(b'=') => {}
            None if edge.may_wait(from) => return Step::Wait,
            _ => {
                self.state.chosen |= name.eq_ignore_ascii_case(b"selected") && self.state.tag == "option";
                return Step::To(from + len.max(1));
            }
        }
        pos += 1 + blanks(pos + 1);
        let quote = match text.get(pos) {
            Some(q @ (b'"' | b'\'')) => *q,
            None if edge.may_wait(from) => return Step::Wait,
            None => return Step::To(text.len()),
            Some(_) => b' ',
        };
        let start = pos + usize::from(quote != b' ');
        let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
        if self.html
            && !self.state.closing
            && matches!(lower.as_str(), "class" | "selected" | "type" | "placeholder")
        {
            let end = value_end(text, start, quote).unwrap_or(text.len());
            self.part_by_class(&lower, &text[start.min(end)..end]);
        }
        let skip = (self.drawn && is_presentation(&lower)) || lower.starts_with("xmlns");
        if skip || self.state.closing {
            let end = value_end(text, start, quote);
            return match end {
                Some(end) => Step::To(end),
                None if edge.may_wait(from) => Step::Wait,
                None => Step::To(start),
            };
        }
        // only a tag that says nothing can be left out of a text
        if !self.tag_visible {
            self.tag_visible = true;
            let start = self.tag_start;
            self.end_run(text, start, out.segments);
        }
        let local = name.rsplit(|b| *b == b':').next().unwrap_or(name);
        let column = if !self.html { self.number_below(local) } else { self.input(&lower) };
        let step = self.value(
            text,
            from,
            start,
            quote,
            edge,
            Out { segments: out.segments, rewrites: out.rewrites },
        );
        if let (Step::To(_) | Step::Cut(_), Some(last)) = (&step, out.segments.last_mut())
            && last.start as usize == start
        {
            last.column = column;
            last.kind = if self.html && column == NO_COLUMN { SegmentKind::Meta } else { SegmentKind::Cell };
            if self.html && (lower == "name" || lower == "id" && self.state.input.is_empty()) {
                let end = (last.end as usize).min(text.len());
                self.state.input = String::from_utf8_lossy(&text[start..end]).trim().to_owned();
            }
        }
        step
    }

    /// The value of an attribute from `start` on; the token began at `from`.
    fn value(&mut self, text: &[u8], from: usize, start: usize, quote: u8, edge: Edge, out: Out<'_>) -> Step {
        let end = value_end(text, start, quote);
        let (to, step) = match end {
            Some(end) => (if quote == b' ' { end } else { end - 1 }, Step::To(end)),
            None if edge.may_wait(from) => return Step::Wait,
            None if edge.last => (text.len(), Step::To(text.len())),
            None => {
                let cut = start + long_line_cut(&text[start..], text.len() - start);
                (cut, Step::Cut(cut))
            }
        };
        let mut pos = start;
        while let Some(p) = memchr::memchr(b'&', &text[pos..to]) {
            pos += p;
            match reference(&text[pos..to]) {
                Ok(Some((len, c))) => {
                    out.rewrites.push_char(pos, pos + len, c);
                    pos += len;
                }
                _ => pos += 1,
            }
        }
        if start < to {
            self.append(start, to, NO_COLUMN, SegmentKind::Meta, out.segments);
        }
        self.state.mode = if matches!(step, Step::Cut(_)) { Mode::Value(quote) } else { Mode::Tag };
        step
    }

    fn tag_ends(&mut self, end: usize, out: Out<'_>) -> Step {
        self.state.mode = Mode::Text;
        if !self.tag_visible {
            if let Some(start) = self.run {
                // tags inside a text are left out; a line break reads as one
                let new: &[u8] = if self.state.tag == "br" { b"\n" } else { b"" };
                if self.tag_start >= start {
                    out.rewrites.push(self.tag_start, end, new);
                }
            }
            return Step::To(end);
        }
        if self.html {
            self.html_tag();
        } else if self.state.empty && !self.state.closing {
            self.state.stack.pop();
        }
        Step::To(end)
    }

    /// An element of XML begins or ends, before its attributes are read.
    fn begin_tag(&mut self) {
        if self.html {
            return;
        }
        if self.state.closing {
            self.state.stack.pop();
            return;
        }
        let tag = std::mem::take(&mut self.state.tag);
        let local = tag.rsplit(':').next().unwrap_or(&tag);
        let name = self.number_below(local.as_bytes());
        self.state.tag = tag;
        let depth = self.state.stack.len();
        // records are the shallowest elements that follow a sibling of the same name
        let repeated =
            self.state.stack.last_mut().is_some_and(|parent| std::mem::replace(&mut parent.1, name) == name);
        if repeated && depth <= self.state.record_depth {
            self.state.record_depth = depth;
            self.state.row += 1;
        }
        if depth < DEEPEST {
            self.state.stack.push((name, NO_COLUMN));
        }
    }

    fn html_tag(&mut self) {
        let closing = self.state.closing;
        match (self.state.tag.as_str(), closing) {
            ("script", false) if !self.state.empty => {
                (self.state.mode, self.state.raw) = (Mode::Raw, "script")
            }
            ("style", false) if !self.state.empty => (self.state.mode, self.state.raw) = (Mode::Raw, "style"),
            ("table", false) => {
                if self.state.grids.len() < 64 {
                    let base = self.fields.len() as u32;
                    self.state.grids.push(Grid { base, ..Grid::default() });
                }
            }
            ("table", true) => {
                self.state.grids.pop();
            }
            ("tr", _) => {
                if let Some(grid) = self.state.grids.last_mut() {
                    grid.in_cell = false;
                    if !closing {
                        grid.rows += 1;
                        grid.column = u32::MAX;
                        self.state.row += 1;
                    }
                }
            }
            ("dt", _) => self.state.part = if closing { Part::Other } else { Part::Caption },
            ("dd", _) => self.state.part = if closing { Part::Other } else { Part::Value },
            ("div" | "p" | "li", true) => self.state.part = Part::Other,
            ("input", false) | ("textarea" | "select", true) => self.state.caption.clear(),
            ("select", false) => {
                self.state.choices = joined(&self.state.caption, &self.state.input);
            }
            ("td" | "th", false) => self.begin_cell(),
            ("td" | "th", true) => {
                if let Some(grid) = self.state.grids.last_mut() {
                    grid.in_cell = false;
                }
            }
            _ => {}
        }
    }

    /// What the class of an element says of its text: `<div class="field-label">`, `<div class="field-value">`.
    fn part_by_class(&mut self, attribute: &str, value: &[u8]) {
        if attribute == "selected" {
            self.state.chosen |= self.state.tag == "option";
            return;
        }
        if attribute == "placeholder" {
            if let Some(text) = caption(value.strip_suffix(b"\"").unwrap_or(value)) {
                self.state.caption = text;
            }
            return;
        }
        if attribute == "type" {
            if value.eq_ignore_ascii_case(b"hidden\"") || value.eq_ignore_ascii_case(b"hidden'") {
                self.state.caption.clear();
            }
            return;
        }
        if !matches!(self.state.tag.as_str(), "div" | "p" | "li") {
            return;
        }
        let value = String::from_utf8_lossy(value).to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|w| value.contains(w));
        self.state.part = if has(&["value", "-val", "_val", "answer"]) {
            Part::Value
        } else if has(&["label", "caption", "lbl", "field-name", "field-title", "term"]) {
            Part::Caption
        } else {
            self.state.part
        };
    }

    fn begin_cell(&mut self) {
        let head = self.state.tag == "th";
        let room = self.fields.len() < MOST_NAMES;
        let Some(grid) = self.state.grids.last_mut() else { return };
        grid.column = grid.column.wrapping_add(1);
        grid.head = head;
        // columns of a nested table may stand between those of this one: then there is no number left
        let next = grid.base + grid.width == self.fields.len() as u32;
        if grid.column >= grid.width && room && next {
            grid.width = grid.column + 1;
            let fields = (grid.base + grid.width) as usize;
            self.fields.resize(fields, Field::default());
            self.state.fields = fields;
        }
        grid.in_cell = grid.column < grid.width;
    }
}

/// The name of an input with its caption, which says more.
fn joined(caption: &str, name: &str) -> String {
    match (caption.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => caption.to_owned(),
        _ => format!("{name}/{caption}"),
    }
}

/// One past the value that begins at `start`, and past its quote.
fn value_end(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let rest = text.get(start..)?;
    if quote == b' ' {
        return rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').map(|p| start + p);
    }
    memchr::memchr(quote, rest).map(|p| start + p + 1)
}

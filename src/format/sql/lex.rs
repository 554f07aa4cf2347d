//! A walk through a dump: statements, rows of `INSERT`, comments. It may stop and go on between rows, and
//! where a row is longer than a block between values, or inside a long string.

use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use super::super::encoding::Rewrites;
use super::super::text::long_line_cut;
use super::copy_format::CopyFormat;
use super::escape::Escapes;
use super::tables::{TYPE, Tables, plain_name};
use crate::model::{ColumnType, NO_COLUMN, Segment, SegmentKind};

/// Longest declaration that is kept to be parsed.
const MOST_DDL: usize = 1 << 20;
/// Columns beyond this have no number of their own.
const MOST_COLUMNS: u32 = 1 << 14;

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Between statements.
    Start,
    /// A line that is no statement.
    Line,
    /// A statement that fills nothing.
    Other,
    Create,
    DdlName,
    DdlBody,
    InsertName,
    InsertColumns,
    InsertBefore,
    Values,
    CopyName,
    CopyColumns,
    CopyFrom,
    CopyHead,
    CopyNames,
    CopyData,
}

/// What the end of the last block cut through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    Text {
        quote: u8,
        escapes: Escapes,
    },
    Comment,
    Cell,
    /// A value of `COPY` between its quotes.
    Quoted,
}

/// Everything that must be put back when a block ends earlier than it was read.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    pub mode: Mode,
    pub depth: u32,
    pub column: u32,
    pub table: Option<u32>,
    /// Rows of the table that began.
    pub row: u64,
    /// Inside a row.
    pub in_row: bool,
    ddl: usize,
    /// A letter right before a string: `N'…'`, `E'…'`, `X'…'`.
    pub prefix: u8,
    stdin: bool,
    pub open: Option<Open>,
}

/// What the walk writes to.
pub struct Out<'a> {
    pub segments: &'a mut Vec<Segment>,
    pub escapes: &'a mut Rewrites,
}

/// What the end of the text means.
#[derive(Clone, Copy)]
pub struct Edge {
    /// The run began here.
    pub begin: usize,
    /// Nothing follows.
    pub last: bool,
    /// The text may not grow.
    pub force: bool,
    /// But for bytes in hexadecimal it may.
    pub bytes: bool,
}

impl Edge {
    /// True where a token from `from` that reaches the end of the text can wait for more of it.
    pub fn may_wait(self, from: usize) -> bool {
        !self.last && (from > self.begin || !self.force)
    }
}

/// How one step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read up to here.
    To(usize),
    /// The text ends inside a token.
    Wait,
    /// The block ends here, inside something long.
    Cut(usize),
    /// A statement fills another table than the block's.
    OtherTable,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The block ends here.
    Cut(usize),
    /// The text is too short.
    More,
}

/// How the rows of tables are written, by the numbers of the tables; those written as `pg_dump` does are left out.
pub type Written = Arc<RwLock<FxHashMap<u32, Arc<CopyFormat>>>>;

/// The walk.
pub struct Lexer {
    /// Backslashes escape in strings.
    pub mysql: bool,
    pub at: Cursor,
    pub tables: Tables,
    name: Vec<u8>,
    pub columns: Vec<String>,
    ddl: Vec<u8>,
    /// How the rows of the last `COPY` are written.
    pub copy: Arc<CopyFormat>,
    /// Tables whose rows are written otherwise than `pg_dump` does.
    pub written: Written,
    /// The table of the block that is being filled, and the number of its first row.
    pub block_table: Option<u32>,
    pub first_row: u64,
    pub width: u32,
    /// The text ended inside bytes in hexadecimal, and more of it is wanted whatever its length.
    pub more_bytes: bool,
    /// Bytes were too long to be read whole.
    pub cut_bytes: bool,
}

#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    segments: usize,
    cursor: Cursor,
}

impl Lexer {
    /// A walk from the beginning of a dump.
    pub fn new(mysql: bool) -> Lexer {
        Lexer {
            mysql,
            at: Cursor {
                mode: Mode::Start,
                depth: 0,
                column: 0,
                table: None,
                row: 0,
                in_row: false,
                ddl: 0,
                prefix: 0,
                stdin: false,
                open: None,
            },
            tables: Tables::default(),
            name: Vec::new(),
            columns: Vec::new(),
            ddl: Vec::new(),
            copy: Arc::default(),
            written: Written::default(),
            block_table: None,
            first_row: 1,
            width: 0,
            more_bytes: false,
            cut_bytes: false,
        }
    }

    /// Begins a block: the table it goes on with, if any.
    pub fn begin_block(&mut self) {
        let filling = matches!(self.at.mode, Mode::Values | Mode::CopyData);
        self.block_table = self.at.table.filter(|_| filling);
        self.first_row = if !filling {
            1
        } else if self.at.in_row {
            self.at.row.max(1)
        } else {
            self.at.row + 1
        };
        self.width = 0;
    }

    /// Reads `text` from `edge.begin` and says where the block ends.
    pub fn run(&mut self, text: &[u8], edge: Edge, out: Out<'_>) -> Stop {
        let Out { segments, escapes } = out;
        self.more_bytes = false;
        let begin = Mark { at: edge.begin, segments: segments.len(), cursor: self.at };
        let (mut pos, mut statement, mut border) = (edge.begin, begin, begin);
        while pos < text.len() {
            let before = self.at;
            if before.mode == Mode::Start && before.open.is_none() {
                statement = Mark { at: pos, segments: segments.len(), cursor: before };
                border = statement;
            }
            let inner = Out { segments, escapes };
            let step = match (self.at.open, self.at.mode) {
                (Some(open), mode) if mode != Mode::CopyData => self.resume(text, pos, open, edge, inner),
                (_, Mode::Values) => self.values(text, pos, edge, inner, &mut |lexer, at, count| {
                    border = Mark { at, segments: count, cursor: lexer };
                }),
                (_, Mode::CopyData) => {
                    let mut told = |cursor, at, segments| border = Mark { at, segments, cursor };
                    match self.copy.csv {
                        true => self.copy_csv_rows(text, pos, edge, inner, &mut told),
                        false => self.copy_rows(text, pos, edge, inner, &mut told),
                    }
                }
                (_, Mode::CopyNames) => self.copy_header(text, pos, edge),
                _ => self.token(text, pos, edge, inner),
            };
            match step {
                Step::To(next) => pos = next,
                Step::Cut(at) => {
                    self.keep_rows();
                    return Stop::Cut(at);
                }
                Step::Wait => {
                    if edge.force && border.at <= edge.begin && pos > edge.begin {
                        // a row, or a statement, longer than a block: it goes on in the next one
                        escapes.truncate(pos);
                        self.keep_rows();
                        return Stop::Cut(pos);
                    }
                    break;
                }
                Step::OtherTable => {
                    border = statement;
                    break;
                }
            }
        }
        if pos >= text.len() && (edge.last || self.at.mode == Mode::Start) {
            self.keep_rows();
            return Stop::Cut(text.len());
        }
        if border.at <= edge.begin && edge.force && !self.more_bytes {
            self.keep_rows();
            return Stop::Cut(pos);
        }
        segments.truncate(border.segments);
        escapes.truncate(border.at);
        self.at = border.cursor;
        self.ddl.truncate(self.at.ddl);
        self.keep_rows();
        if border.at <= edge.begin { Stop::More } else { Stop::Cut(border.at) }
    }

    fn keep_rows(&mut self) {
        if let Some(table) = self.at.table {
            self.tables.set_rows(table, self.at.row);
        }
    }

    /// Appends a value of the current column, or of none.
    pub fn push(&mut self, out: &mut Vec<Segment>, start: usize, end: usize, kind: SegmentKind) {
        if start >= end {
            return;
        }
        let filling = self.at.in_row && kind != SegmentKind::Prose;
        let (mut column, mut row, mut kind) = (NO_COLUMN, 0, kind);
        if filling {
            row = self.at.row.saturating_sub(self.first_row) as u32;
            if self.at.column < MOST_COLUMNS {
                column = self.at.column;
                self.width = self.width.max(column + 1);
            }
            kind = self.kind(kind);
        }
        out.push(Segment { start: start as u32, end: end as u32, column, row, kind });
    }

    fn kind(&self, kind: SegmentKind) -> SegmentKind {
        let Some(field) = self.at.table.and_then(|t| self.tables.column(t, self.at.column)) else {
            return kind;
        };
        match field.ty {
            ColumnType::Date | ColumnType::Timestamp if kind == SegmentKind::Cell => SegmentKind::Date,
            _ => kind,
        }
    }

    /// One token outside rows.
    pub fn token(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let byte = text[from];
        let rest = &text[from..];
        let prefix = std::mem::take(&mut self.at.prefix);
        if self.at.mode == Mode::Line || self.at.mode == Mode::CopyHead {
            return self.line(text, from, edge, out);
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let n = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
                return Step::To(from + n);
            }
            b'-' | b'/' | b'#' if rest.len() < 2 && edge.may_wait(from) => return Step::Wait,
            b'-' if rest.starts_with(b"--") => return self.comment(text, from, 2, b"\n", edge, out),
            b'#' if self.mysql => return self.comment(text, from, 1, b"\n", edge, out),
            b'/' if rest.starts_with(b"/*") => return self.comment(text, from, 2, b"*/", edge, out),
            b'\'' if self.at.mode == Mode::CopyFrom => return self.copy_option(text, from, prefix, edge),
            b'\'' => return self.quoted(text, from, b'\'', prefix, edge, out),
            b'"' if self.mysql && self.at.mode == Mode::Other => {
                return self.quoted(text, from, b'"', prefix, edge, out);
            }
            b'`' | b'"' | b'[' => return self.identifier(text, from, edge),
            b'$' => return self.dollar(text, from, edge, out),
            b'\\' if self.at.mode == Mode::Start => {
                self.at.mode = Mode::Line;
                return Step::To(from + 1);
            }
            b'0'..=b'9' => return self.number(text, from, edge, out),
            _ if is_word(byte) => return self.word(text, from, edge),
            _ => {}
        }
        if matches!(self.at.mode, Mode::DdlBody | Mode::CopyFrom) {
            self.keep_ddl(&[byte]);
        }
        self.punctuation(byte);
        Step::To(from + 1)
    }

    fn punctuation(&mut self, byte: u8) {
        let mode = self.at.mode;
        match (mode, byte) {
            (Mode::CopyFrom, b';') if self.at.stdin => self.at.mode = Mode::CopyHead,
            (_, b';') => self.at.mode = Mode::Start,
            (Mode::Start, b'\x00'..=b'\x20' | b')' | b',') => {}
            (Mode::Start, _) => self.at.mode = Mode::Line,
            (Mode::InsertName | Mode::DdlName | Mode::CopyName, b'.') => self.name.push(b'.'),
            (Mode::InsertName, b'(') => self.at.mode = Mode::InsertColumns,
            (Mode::InsertColumns, b')') => self.at.mode = Mode::InsertBefore,
            (Mode::CopyName, b'(') => self.at.mode = Mode::CopyColumns,
            (Mode::CopyColumns, b')') => self.copy_from(),
            (Mode::DdlName, b'(') => {
                self.at.mode = Mode::DdlBody;
                self.at.depth = 1;
            }
            (Mode::DdlBody, b'(') => self.at.depth += 1,
            (Mode::DdlBody, b')') => {
                self.at.depth = self.at.depth.saturating_sub(1);
                if self.at.depth == 0 {
                    let body = self.ddl.strip_suffix(b")").unwrap_or(&self.ddl);
                    self.tables.declare(&self.name, body, self.mysql);
                    self.at.mode = Mode::Other;
                }
            }
            _ => {}
        }
    }

    pub fn keep_ddl(&mut self, bytes: &[u8]) {
        if self.ddl.len() + bytes.len() < MOST_DDL {
            self.ddl.extend_from_slice(bytes);
        }
        self.at.ddl = self.ddl.len();
    }

    /// A word: keyword or name.
    fn word(&mut self, text: &[u8], from: usize, edge: Edge) -> Step {
        let len = text[from..].iter().take_while(|b| is_word(**b)).count();
        let end = from + len;
        if end == text.len() && edge.may_wait(from) {
            return Step::Wait;
        }
        let word = &text[from..end];
        if text.get(end) == Some(&b'\'') {
            self.at.prefix = if len == 1 { word[0].to_ascii_lowercase() } else { 0 };
            return Step::To(end);
        }
        let upper = word.to_ascii_uppercase();
        let begins = |w: &[u8]| {
            matches!(w, b"INSERT" | b"REPLACE" | b"COPY" | b"CREATE" | b"GO" | b"UPDATE" | b"USE" | b"ALTER")
        };
        let line_start = text[..from].iter().rev().find(|b| !matches!(**b, b' ' | b'\t'));
        let at_line_start = line_start.is_none_or(|b| *b == b'\n');
        match self.at.mode {
            Mode::Other if at_line_start && begins(&upper) => {
                self.at.mode = Mode::Start;
                return Step::To(from);
            }
            Mode::Start => self.statement(&upper),
            Mode::Create => match &upper[..] {
                b"TABLE" => {
                    self.at.mode = Mode::DdlName;
                    self.name.clear();
                    self.ddl.clear();
                    self.at.ddl = 0;
                }
                b"TYPE" => {
                    self.at.mode = Mode::DdlName;
                    self.name.clear();
                    self.name.extend_from_slice(TYPE);
                    self.ddl.clear();
                    self.at.ddl = 0;
                }
                b"TEMP" | b"TEMPORARY" | b"GLOBAL" | b"LOCAL" | b"UNLOGGED" | b"FOREIGN" => {}
                _ => self.at.mode = Mode::Other,
            },
            Mode::DdlName => match &upper[..] {
                b"IF" | b"NOT" | b"EXISTS" => {}
                b"AS" | b"ENUM" if self.name.starts_with(TYPE) => {}
                b"AS" | b"SELECT" | b"PARTITION" | b"LIKE" => self.at.mode = Mode::Other,
                _ => self.name.extend_from_slice(word),
            },
            Mode::DdlBody => {
                self.keep_ddl(word);
                self.keep_ddl(b" ");
            }
            Mode::InsertName => match &upper[..] {
                b"INTO" | b"IGNORE" | b"DELAYED" | b"LOW_PRIORITY" | b"HIGH_PRIORITY" | b"OR"
                | b"REPLACE" => {}
                b"VALUES" | b"VALUE" if !self.name.is_empty() => return self.fill(Mode::Values, end),
                b"SELECT" | b"SET" | b"DEFAULT" | b"EXEC" => self.at.mode = Mode::Other,
                _ => self.name.extend_from_slice(word),
            },
            Mode::InsertColumns | Mode::CopyColumns => self.columns.push(plain_name(word)),
            Mode::InsertBefore => match &upper[..] {
                b"VALUES" => return self.fill(Mode::Values, end),
                b"SELECT" | b"DEFAULT" | b"WITH" | b"EXEC" => self.at.mode = Mode::Other,
                _ => {}
            },
            Mode::CopyName => match &upper[..] {
                b"FROM" => self.copy_from(),
                b"TO" => self.at.mode = Mode::Other,
                b"BINARY" => {}
                _ => self.name.extend_from_slice(word),
            },
            Mode::CopyFrom => {
                self.at.stdin |= upper == b"STDIN";
                self.keep_ddl(word);
                self.keep_ddl(b" ");
            }
            _ => {}
        }
        Step::To(end)
    }

    fn statement(&mut self, word: &[u8]) {
        self.name.clear();
        self.columns.clear();
        self.at.stdin = false;
        self.at.mode = match word {
            b"INSERT" | b"REPLACE" => Mode::InsertName,
            b"COPY" => Mode::CopyName,
            b"CREATE" => Mode::Create,
            b"GO" => Mode::Start,
            b"SELECT" | b"SET" | b"DROP" | b"ALTER" | b"UPDATE" | b"DELETE" | b"BEGIN" | b"COMMIT"
            | b"START" | b"LOCK" | b"UNLOCK" | b"GRANT" | b"REVOKE" | b"COMMENT" | b"USE" | b"PRINT"
            | b"EXEC" | b"EXECUTE" | b"DECLARE" | b"IF" | b"END" | b"CALL" | b"WITH" | b"MERGE"
            | b"TRUNCATE" | b"ANALYZE" | b"VACUUM" | b"PRAGMA" | b"SAVEPOINT" | b"ROLLBACK"
            | b"DELIMITER" | b"DO" | b"REINDEX" | b"SECURITY" | b"REFRESH" | b"PREPARE" | b"DEALLOCATE"
            | b"HANDLER" | b"FLUSH" | b"REM" | b"PROMPT" | b"WHENEVER" | b"ADD" | b"AND" => Mode::Other,
            _ => Mode::Line,
        };
    }

    /// What follows names the source of rows and how they are written.
    fn copy_from(&mut self) {
        self.at.mode = Mode::CopyFrom;
        self.ddl.clear();
        self.at.ddl = 0;
    }

    /// A string among the options of `COPY`, which is no value.
    fn copy_option(&mut self, text: &[u8], from: usize, prefix: u8, edge: Edge) -> Step {
        let mut end = from + 1;
        loop {
            match (text.get(end), text.get(end + 1)) {
                (None | Some(b'\''), None) if edge.may_wait(from) => {
                    self.at.prefix = prefix;
                    return Step::Wait;
                }
                (None, _) => return Step::To(text.len()),
                (Some(b'\\'), Some(_)) if prefix == b'e' => end += 2,
                (Some(b'\''), Some(b'\'')) => end += 2,
                (Some(b'\''), _) => break,
                _ => end += 1,
            }
        }
        if prefix == b'e' {
            self.keep_ddl(b"E");
        }
        self.keep_ddl(&text[from..=end]);
        Step::To(end + 1)
    }

    /// Begins to fill the table that was named.
    pub fn fill(&mut self, mode: Mode, end: usize) -> Step {
        self.keep_rows();
        let key = if mode == Mode::CopyData { self.copy.key() } else { String::new() };
        let number = self.tables.number(&self.name, &self.columns, &key);
        if !key.is_empty()
            && let Ok(mut written) = self.written.write()
        {
            written.insert(number, Arc::clone(&self.copy));
        }
        let taken = self.block_table.is_some_and(|t| t != number);
        if taken {
            return Step::OtherTable;
        }
        let rows = self.tables.rows(number);
        if self.block_table.is_none() {
            self.block_table = Some(number);
            self.first_row = rows + 1;
        }
        let same = self.at.table == Some(number);
        self.at.row = if same { self.at.row } else { rows };
        self.at = Cursor { mode, table: Some(number), depth: 0, column: 0, in_row: false, ..self.at };
        Step::To(end)
    }

    /// A quoted name.
    fn identifier(&mut self, text: &[u8], from: usize, edge: Edge) -> Step {
        let close = if text[from] == b'[' { b']' } else { text[from] };
        let end = match memchr::memchr(close, &text[from + 1..]) {
            Some(p) => from + 1 + p + 1,
            None if edge.may_wait(from) => return Step::Wait,
            // a bracket or quote that closes nowhere is no name
            None => return Step::To(from + 1),
        };
        let name = &text[from..end];
        match self.at.mode {
            Mode::InsertName | Mode::DdlName | Mode::CopyName => self.name.extend_from_slice(name),
            Mode::InsertColumns | Mode::CopyColumns => self.columns.push(plain_name(name)),
            Mode::DdlBody => self.keep_ddl(name),
            Mode::Start => self.at.mode = Mode::Line,
            _ => {}
        }
        Step::To(end)
    }

    /// The rest of a line that is no statement; after the head of `COPY` the data begin.
    fn line(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let end = match memchr::memchr(b'\n', &text[from..]) {
            Some(p) => from + p + 1,
            None if edge.may_wait(from) => return Step::Wait,
            None if edge.last => text.len(),
            None => {
                let cut = long_line_cut(&text[from..], text.len() - from) + from;
                self.push(out.segments, from, cut, SegmentKind::Prose);
                return Step::Cut(cut);
            }
        };
        if self.at.mode == Mode::CopyHead {
            self.copy = Arc::new(CopyFormat::parse(&self.ddl));
            if self.copy.header {
                self.at.mode = Mode::CopyNames;
                return Step::To(end);
            }
            return self.fill(Mode::CopyData, end);
        }
        let tail = text[from..end].iter().rev().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        self.push(out.segments, from, end - tail, SegmentKind::Prose);
        self.at.mode = Mode::Start;
        Step::To(end)
    }

    fn comment(
        &mut self,
        text: &[u8],
        from: usize,
        mark: usize,
        close: &[u8],
        edge: Edge,
        out: Out<'_>,
    ) -> Step {
        let start = (from + mark).min(text.len());
        match memchr::memmem::find(&text[start..], close) {
            Some(p) => {
                self.push(out.segments, start, start + p, SegmentKind::Prose);
                Step::To(start + p + close.len())
            }
            None if edge.may_wait(from) => Step::Wait,
            None if edge.last || close == b"\n" => {
                self.push(out.segments, start, text.len(), SegmentKind::Prose);
                if edge.last { Step::To(text.len()) } else { Step::Cut(text.len()) }
            }
            None => {
                let cut = long_line_cut(&text[start..], text.len()) + start;
                self.push(out.segments, start, cut, SegmentKind::Prose);
                self.at.open = Some(Open::Comment);
                Step::Cut(cut)
            }
        }
    }

    /// `$tag$ … $tag$`: the body of a function.
    fn dollar(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let tag = text[from + 1..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let start = from + tag + 2;
        if text.get(start - 1) != Some(&b'$') {
            return if start > text.len() && edge.may_wait(from) { Step::Wait } else { Step::To(from + 1) };
        }
        match memchr::memmem::find(&text[start..], &text[from..start]) {
            Some(p) => {
                self.push(out.segments, start, start + p, SegmentKind::Prose);
                Step::To(start + p + tag + 2)
            }
            None if edge.may_wait(from) => Step::Wait,
            None => Step::To(start),
        }
    }

    fn number(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let end = match number_end(text, from, edge) {
            Some(end) => end,
            None => return Step::Wait,
        };
        if self.at.mode == Mode::DdlBody {
            self.keep_ddl(&text[from..end]);
            self.keep_ddl(b" ");
        } else {
            if self.at.mode == Mode::Start {
                self.at.mode = Mode::Line;
                return Step::To(from);
            }
            self.push(out.segments, from, end, SegmentKind::Number);
        }
        Step::To(end)
    }

    fn resume(&mut self, text: &[u8], from: usize, open: Open, edge: Edge, out: Out<'_>) -> Step {
        match open {
            Open::Text { quote, escapes } => self.content(text, from, from, quote, escapes, edge, out),
            Open::Comment | Open::Cell | Open::Quoted => {
                let step = self.comment(text, from, 0, b"*/", edge, out);
                if let Step::To(_) = step {
                    self.at.open = None;
                }
                step
            }
        }
    }
}

pub fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'@') || b >= 0x80
}

pub fn number_end(text: &[u8], from: usize, edge: Edge) -> Option<usize> {
    let mut end = from + 1;
    while let Some(b) = text.get(end) {
        let sign = matches!(b, b'+' | b'-') && matches!(text[end - 1], b'e' | b'E');
        if !(b.is_ascii_alphanumeric() || *b == b'.' || *b == b'_' || sign) {
            break;
        }
        end += 1;
    }
    (end < text.len() || !edge.may_wait(from)).then_some(end)
}

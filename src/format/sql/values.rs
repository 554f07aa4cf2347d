//! Rows of `INSERT … VALUES`, strings and literals.

use super::super::text::long_line_cut;
use super::bytes::is_bytes;
use super::escape::{Escapes, backslash};
use super::lex::{Cursor, Edge, Lexer, Mode, Open, Out, Step, is_word, number_end};
use crate::model::SegmentKind;

impl Lexer {
    /// A string from its quote on.
    pub fn quoted(
        &mut self,
        text: &[u8],
        from: usize,
        quote: u8,
        prefix: u8,
        edge: Edge,
        out: Out<'_>,
    ) -> Step {
        if prefix == b'x' && from > edge.begin {
            return self.hex_string(text, from - 1, edge, out);
        }
        let out = Out { segments: &mut *out.segments, escapes: &mut *out.escapes };
        if self.at.mode == Mode::Other
            && let Some(step) = self.large_object(
                text,
                from,
                edge,
                Out { segments: &mut *out.segments, escapes: &mut *out.escapes },
            )
        {
            return step;
        }
        let escapes = match (self.mysql, prefix) {
            (true, _) => Escapes::MySql,
            (_, b'e') => Escapes::Postgres,
            _ => Escapes::Standard,
        };
        if self.at.mode == Mode::Start {
            self.at.mode = Mode::Line;
            return Step::To(from);
        }
        let step = self.content(text, from, from + 1, quote, escapes, edge, out);
        if let (Step::To(end), Mode::DdlBody) = (step, self.at.mode) {
            let whole = &text[from..end];
            // the values of an enumeration are wanted, and those with signs in them are told by no one
            let inside = whole.get(1..whole.len() - 1).unwrap_or_default();
            let value = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || matches!(b, b' ' | b'_' | b'-');
            let plain = (1..=128).contains(&inside.len()) && inside.iter().all(value);
            self.keep_ddl(if plain { whole } else { b"''" });
        }
        step
    }

    /// The content of a string from `start` on; the token began at `from`.
    pub fn content(
        &mut self,
        text: &[u8],
        from: usize,
        start: usize,
        quote: u8,
        escapes: Escapes,
        edge: Edge,
        out: Out<'_>,
    ) -> Step {
        let slash = if escapes == Escapes::Standard { quote } else { b'\\' };
        let mut pos = start;
        while let Some(p) = memchr::memchr2(quote, slash, &text[pos..]) {
            pos += p;
            if text[pos] == quote {
                match text.get(pos + 1) {
                    Some(next) if *next == quote => {
                        out.escapes.push(pos, pos + 2, &[quote]);
                        pos += 2;
                        continue;
                    }
                    None if edge.may_wait(from) => break,
                    _ => {}
                }
                self.at.open = None;
                self.push(out.segments, start, pos, SegmentKind::Cell);
                return Step::To(pos + 1);
            }
            match backslash(&text[pos..], escapes) {
                Some((1, _)) => pos += 1,
                Some((len, c)) => {
                    out.escapes.push_char(pos, pos + len, c);
                    pos += len;
                }
                None if edge.may_wait(from) => break,
                None => pos += 1,
            }
        }
        let more = !edge.last && !edge.may_wait(from) && is_bytes(&text[start..]);
        self.more_bytes |= more && edge.bytes;
        if edge.may_wait(from) || (more && edge.bytes) {
            out.escapes.truncate(from);
            return Step::Wait;
        }
        if edge.last {
            self.push(out.segments, start, text.len(), SegmentKind::Cell);
            return Step::To(text.len());
        }
        self.cut_bytes |= more;
        // longer than a block: cut where no escape is cut
        let mut cut = start + long_line_cut(&text[start..], text.len() - start);
        let marks = text[start..cut].iter().rev().take_while(|b| **b == b'\\' || **b == quote).count();
        cut = (cut - marks).max(start + 1);
        out.escapes.truncate(cut);
        self.push(out.segments, start, cut, SegmentKind::Cell);
        self.at.open = Some(Open::Text { quote, escapes });
        Step::Cut(cut)
    }

    /// Rows of `INSERT … VALUES`, as many as there are; `border` is told after each of them.
    pub fn values(
        &mut self,
        text: &[u8],
        from: usize,
        edge: Edge,
        out: Out<'_>,
        border: &mut dyn FnMut(Cursor, usize, usize),
    ) -> Step {
        let mut pos = from;
        while let Some(&byte) = text.get(pos) {
            let out = Out { segments: &mut *out.segments, escapes: &mut *out.escapes };
            let prefix = std::mem::take(&mut self.at.prefix);
            let step = match byte {
                b' ' | b'\n' | b'\r' | b'\t' => Step::To(pos + 1),
                b'(' => {
                    if self.at.depth == 0 {
                        self.at.row += 1;
                        self.at.column = 0;
                        self.at.in_row = true;
                    }
                    self.at.depth += 1;
                    Step::To(pos + 1)
                }
                b')' => {
                    self.at.depth = self.at.depth.saturating_sub(1);
                    if self.at.depth == 0 {
                        self.at.in_row = false;
                        border(self.at, pos + 1, out.segments.len());
                    }
                    Step::To(pos + 1)
                }
                b',' => {
                    self.at.column += u32::from(self.at.depth == 1);
                    if self.at.depth == 0 {
                        border(self.at, pos + 1, out.segments.len());
                    }
                    Step::To(pos + 1)
                }
                b';' => {
                    // not a row any more, whatever brackets were left open
                    self.at.mode = Mode::Start;
                    self.at.in_row = false;
                    border(self.at, pos + 1, out.segments.len());
                    return Step::To(pos + 1);
                }
                b'\'' => self.quoted(text, pos, b'\'', prefix, edge, out),
                b'"' => self.quoted(text, pos, b'"', prefix, edge, out),
                b'0'..=b'9' | b'-' | b'+' | b'.' => self.value_number(text, pos, edge, out),
                b'/' | b'#' => self.token(text, pos, edge, out),
                _ if is_word(byte) => {
                    let len = text[pos..].iter().take_while(|b| is_word(**b)).count();
                    let end = pos + len;
                    if end == text.len() && edge.may_wait(pos) {
                        Step::Wait
                    } else if self.at.depth == 0 {
                        // a statement without `;` before it, or the tail of this one
                        let tail =
                            matches!(&text[pos..end].to_ascii_uppercase()[..], b"ON" | b"AS" | b"RETURNING");
                        self.at.mode = if tail { Mode::Other } else { Mode::Start };
                        self.at.in_row = false;
                        if !tail {
                            border(self.at, pos, out.segments.len());
                        }
                        return Step::To(pos);
                    } else {
                        let quoted = len == 1 && matches!(text.get(end), Some(b'\'' | b'"'));
                        if quoted && byte.eq_ignore_ascii_case(&b'x') {
                            self.hex_string(text, pos, edge, out)
                        } else {
                            if quoted {
                                self.at.prefix = byte.to_ascii_lowercase();
                            }
                            Step::To(end)
                        }
                    }
                }
                _ => Step::To(pos + 1),
            };
            match step {
                Step::To(next) => pos = next,
                // what was read up to here is kept, so that a long row can be cut before this value
                Step::Wait if pos > from => return Step::To(pos),
                other => return other,
            }
        }
        Step::To(pos)
    }

    fn value_number(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
        let rest = &text[from..];
        if rest.len() < 2 && edge.may_wait(from) {
            return Step::Wait;
        }
        if rest.starts_with(b"--") {
            return self.token(text, from, edge, out);
        }
        if rest.starts_with(b"0x") || rest.starts_with(b"0X") {
            return self.hex_number(text, from, edge, out);
        }
        let Some(end) = number_end(text, from, edge) else { return Step::Wait };
        self.push(out.segments, from, end, SegmentKind::Number);
        Step::To(end)
    }
}

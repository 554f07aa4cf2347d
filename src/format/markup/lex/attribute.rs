//! Attributes and their values.

use super::super::entities::reference;
use super::super::names::{is_inline, is_presentation};
use super::{Edge, Lexer, Mode, Out, Step};
use crate::format::text::long_line_cut;
use crate::model::{NO_COLUMN, SegmentKind};

impl Lexer {
    /// What stands inside a tag: blanks, an attribute, the end.
    pub(super) fn attribute(&mut self, text: &[u8], from: usize, edge: Edge, out: Out<'_>) -> Step {
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
        // the name of a part of a sentence parts nothing: `№ <span id="ls">…`
        let anchor = self.drawn && lower == "id" && is_inline(&self.state.tag);
        let skip = (self.drawn && is_presentation(&lower)) || anchor || lower.starts_with("xmlns");
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
    pub(super) fn value(
        &mut self,
        text: &[u8],
        from: usize,
        start: usize,
        quote: u8,
        edge: Edge,
        out: Out<'_>,
    ) -> Step {
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
}

/// One past the value that begins at `start`, and past its quote.
fn value_end(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let rest = text.get(start..)?;
    if quote == b' ' {
        return rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').map(|p| start + p);
    }
    memchr::memchr(quote, rest).map(|p| start + p + 1)
}

//! What begins and ends with a tag.

use super::number::{caption, joined};
use super::{DEEPEST, Grid, Lexer, MOST_NAMES, Mode, Out, Part, Step};
use crate::model::{Field, NO_COLUMN};

impl Lexer {
    pub(super) fn tag_ends(&mut self, end: usize, out: Out<'_>) -> Step {
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
    pub(super) fn begin_tag(&mut self) {
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

    pub(super) fn html_tag(&mut self) {
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
    pub(super) fn part_by_class(&mut self, attribute: &str, value: &[u8]) {
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

    pub(super) fn begin_cell(&mut self) {
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

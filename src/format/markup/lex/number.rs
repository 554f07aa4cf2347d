//! Which column a text belongs to: numbers of names, captions of forms.

use super::super::names::says_nothing;
use super::{Lexer, MOST_NAMES, Part};
use crate::format::csv::is_data;
use crate::model::{Field, NO_COLUMN};

/// Longest caption, in characters.
const CAPTION: usize = 64;

/// The caption that a text of HTML may be: short words, without tags, numbering and colon.
pub(super) fn caption(content: &[u8]) -> Option<String> {
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

impl Lexer {
    pub(super) fn number(&mut self, name: &[u8]) -> u32 {
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
    pub(super) fn number_below(&mut self, local: &[u8]) -> u32 {
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
    pub(super) fn input(&mut self, attribute: &str) -> u32 {
        let named =
            attribute == "value" && matches!(self.state.tag.as_str(), "input" | "option" | "textarea");
        let name = &self.state.input;
        let name = if name.len() <= 64 && !is_data(name) { name.as_str() } else { "" };
        let name = joined(&self.state.caption, name);
        if named && self.room() { self.number_of(&name) } else { NO_COLUMN }
    }

    /// May a column be numbered here? Those of a table must follow one another.
    pub(super) fn room(&self) -> bool {
        self.state.grids.last().is_none_or(|g| g.width >= 2)
    }

    pub(super) fn number_of(&mut self, name: &str) -> u32 {
        if name.is_empty() { NO_COLUMN } else { self.number(name.as_bytes()) }
    }

    /// The column of a text whose caption stands before it: the description of a term, the choice that was made, what
    /// an element of its own says to be a value. Remembers a text that may be a caption.
    pub(super) fn captioned(&mut self, content: &[u8]) -> u32 {
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
}

/// The name of an input with its caption, which says more.
pub(super) fn joined(caption: &str, name: &str) -> String {
    match (caption.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => caption.to_owned(),
        _ => format!("{name}/{caption}"),
    }
}

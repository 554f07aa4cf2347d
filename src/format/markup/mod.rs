//! XML, HTML and SVG: what a reader of the document sees, and what its source says besides.

pub(super) mod entities;
mod lex;
mod names;
mod splice;

use std::sync::Arc;

use lex::{Edge, Lexer, Out};
use splice::MarkupSplice;

use super::encoding::{Encoding, Feed, Rewrites, Sample, Sizes};
use super::{Format, Info, Limits, Opened, Splice, Stream, TextFormat, text};
use crate::model::{Block, ReadError, Table};
use crate::source::Input;

/// A language of tags.
pub struct Markup {
    id: &'static str,
    html: bool,
    drawn: bool,
}

/// XML of any kind.
pub static XML: Markup = Markup { id: "xml", html: false, drawn: false };
/// HTML, and XHTML.
pub static HTML: Markup = Markup { id: "html", html: true, drawn: true };
/// Drawings.
pub static SVG: Markup = Markup { id: "svg", html: false, drawn: true };

impl Format for Markup {
    fn id(&self) -> &'static str {
        self.id
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, _: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Stream(Box::new(MarkupStream::new(input, Sizes::default(), self)?)))
    }
}

impl TextFormat for Markup {
    fn score(&self, sample: &Sample, _: &str) -> u8 {
        let text = sample.text.trim_ascii_start();
        let Some(first) = first_element(text) else { return 0 };
        let lower = first.to_ascii_lowercase();
        let id = match lower.as_str() {
            "svg" => "svg",
            name if names::is_html(name) => "html",
            _ => "xml",
        };
        let declared =
            text.starts_with(b"<?xml") || text.get(..9).is_some_and(|t| t.eq_ignore_ascii_case(b"<!doctype"));
        let closes =
            memchr::memmem::find(text, b"</").is_some() || memchr::memmem::find(text, b"/>").is_some();
        match (id == self.id, declared, closes) {
            (true, true, _) => 88,
            (true, false, true) => 70,
            (true, false, false) if !sample.whole => 60,
            _ => 0,
        }
    }
}

/// The name of the first element of a text that begins with a tag, a comment or a declaration.
fn first_element(text: &[u8]) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start().strip_prefix(b"<")?;
        let skip = match rest.first()? {
            b'?' => memchr::memmem::find(rest, b"?>")? + 2,
            b'!' if rest.starts_with(b"!--") => memchr::memmem::find(rest, b"-->")? + 3,
            b'!' => {
                let bracket = rest.iter().take_while(|b| **b != b'>').any(|b| *b == b'[');
                if bracket { memchr::memmem::find(rest, b"]>")? + 2 } else { memchr::memchr(b'>', rest)? + 1 }
            }
            b if b.is_ascii_alphabetic() || *b >= 0x80 || *b == b'_' => {
                let len = rest.iter().take_while(|b| !(b.is_ascii_whitespace() || b"/>".contains(b))).count();
                // an address of mail or a link in angle brackets begins no document
                let name = rest.get(..len).filter(|n| !n.contains(&b'@') && !n.contains(&b'<'))?;
                return rest.get(len).map(|_| String::from_utf8_lossy(name).into_owned());
            }
            _ => return None,
        };
        rest = &rest[skip..];
    }
}

/// What the document says of its own encoding.
fn declared(sample: &[u8]) -> Option<Encoding> {
    let head = String::from_utf8_lossy(&sample[..sample.len().min(4096)]).to_ascii_lowercase();
    ["encoding=", "charset="].iter().find_map(|mark| {
        let at = head.find(mark)? + mark.len();
        let value = head[at..].trim_start_matches(['"', '\'', ' ']);
        let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))?;
        Encoding::for_label(&value[..end])
    })
}

/// A document: one block where it is small, else cut between elements.
pub struct MarkupStream {
    feed: Feed,
    sizes: Sizes,
    lexer: Lexer,
    table: Arc<Table>,
    rewrites: Rewrites,
    splice: Arc<MarkupSplice>,
}

impl MarkupStream {
    /// Reads `input` in blocks of these sizes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn new(mut input: Input, sizes: Sizes, kind: &Markup) -> Result<MarkupStream, ReadError> {
        let declared = declared(&Sample::of(input.head()?).map_or(Vec::new(), |s| s.text));
        let feed = Feed::new(input, declared);
        let splice = Arc::new(MarkupSplice(feed.charset()));
        let lexer = Lexer::new(kind.html, kind.drawn);
        let table = Arc::new(Table { named: true, ..Table::default() });
        Ok(MarkupStream { feed, sizes, lexer, table, rewrites: Rewrites::default(), splice })
    }
}

impl Stream for MarkupStream {
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError> {
        block.clear();
        if self.feed.is_done()? {
            return Ok(false);
        }
        let mut want =
            if self.feed.offset() == 0 { self.sizes.whole } else { self.sizes.block + self.sizes.block / 4 };
        let cut = loop {
            let last = self.feed.fill(block, want)?;
            block.segments.clear();
            self.rewrites.clear();
            let begin =
                if block.offset == 0 && block.text.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
            let force = want >= self.sizes.most;
            let target = if last { usize::MAX } else { self.sizes.block };
            let text = std::mem::take(&mut block.text);
            // a text that may not grow is no longer than a block may be, in whatever encoding
            let mut end = if last { text.len() } else { text.len().min(self.sizes.most) };
            while text.get(end).is_some_and(|b| b & 0xC0 == 0x80) {
                end -= 1;
            }
            let shown = &text[..end];
            let out = Out { segments: &mut block.segments, rewrites: &mut self.rewrites };
            let cut = self.lexer.run(shown, Edge { begin, last, force, target }, out);
            block.text = text;
            match cut {
                Some(cut) => break cut,
                None if !force => want = self.sizes.most,
                None => break end,
            }
        };
        if self.table.fields != self.lexer.fields {
            let table = Table { fields: self.lexer.fields.clone(), ..Table::clone(&self.table) };
            self.table = Arc::new(table);
        }
        block.first_row = self.lexer.first_row;
        block.table = (!self.table.fields.is_empty()).then(|| Arc::clone(&self.table));
        self.feed.finish(block, cut, &self.rewrites);
        Ok(true)
    }

    fn splice(&self) -> Arc<dyn Splice> {
        Arc::clone(&self.splice) as Arc<dyn Splice>
    }

    fn info(&self) -> Info {
        text::info(&self.splice.0, &[])
    }
}

#[cfg(test)]
mod tests;

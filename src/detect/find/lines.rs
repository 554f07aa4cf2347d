//! How a label and its value share lines: a line that was broken between them, a label above its value, a heading
//! above keys, a remark in brackets between the two.

use super::cell::{is_empty, trim};
use crate::detect::engine::Engine;
use crate::detect::fields::field_line;
use crate::detect::fold::{fold, folded};

/// Bytes of a line that is looked at for whether it was broken; a quarter of them, in characters, makes a long one.
const LINE: usize = 240;

/// Bytes of a remark in brackets between a label and its value.
const REMARK: usize = 64;

/// Keys below a heading that are looked at.
const KEYS: usize = 12;

impl Engine<'_> {
    /// Is the line that ends at `end` a long one that was broken between words, so that a value may stand on the next?
    pub(super) fn wrapped(&self, at: usize, end: usize) -> bool {
        let text = &self.text[..self.hi];
        let from = self.lo.max(at.saturating_sub(LINE));
        let begin = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |n| from + n + 1);
        let Some(next) = text.get(end + 1..) else { return false };
        let next = &next[next.iter().take_while(|b| **b == b' ').count()..];
        let long = text[begin..end].iter().filter(|b| **b & 0xC0 != 0x80).count() >= LINE / 4;
        let last = text[begin..end].trim_ascii_end().last();
        long && last.is_some_and(|b| *b >= 0x80 || b.is_ascii_alphanumeric() || matches!(b, b',' | b'-'))
            && next.first().is_some_and(|b| *b >= 0x80 || b.is_ascii_alphanumeric())
            && field_line(line_of(next)).is_none()
    }

    /// Has the label from `at` to `end` its line, which ends at `line`, for itself?
    pub(super) fn above(&self, at: usize, end: usize, line: usize) -> bool {
        let signs = |b: &u8| matches!(b, b' ' | b'\r' | b':' | b'.' | b'*');
        line < self.hi && self.begins_field(at) && self.text[end.min(line)..line].iter().all(signs)
    }

    /// Where a value from `s` to `e` ends before ", слово: ", a label of up to two words.
    pub(super) fn before_label(&self, s: usize, e: usize) -> usize {
        let value = &self.text[s..e];
        for comma in memchr::memchr_iter(b',', value) {
            let rest = &value[comma + 1..];
            let Some(colon) = memchr::memchr(b':', &rest[..rest.len().min(64)]) else { continue };
            let words = &rest[..colon];
            let plain = words.first() == Some(&b' ')
                && words.iter().all(|b| *b >= 0x80 || b.is_ascii_alphabetic() || *b == b' ')
                && words.split(|b| *b == b' ').filter(|w| !w.is_empty()).count() <= 2;
            if plain && comma > 0 {
                return s + comma;
            }
        }
        e
    }

    /// Does the label at `at` begin its line, or a column of it? Numbering may stand before it.
    pub(super) fn begins_field(&self, at: usize) -> bool {
        let from = self.lo.max(at.saturating_sub(80));
        let before = &self.text[from..at];
        let line = memchr::memrchr(b'\n', before).map_or(before, |k| &before[k + 1..]);
        let sign =
            |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'.' | b')' | b'-' | b'*' | b'\t' | b'"');
        let bare = line.len() - line.iter().rev().take_while(|b| sign(b)).count();
        // "8. Sex  Female     9. Marital status  Divorced"
        let numbered = memchr::memmem::find(&line[bare..], b"  ").is_some();
        line.iter().all(sign)
            || numbered
            || line.ends_with(b"  ")
            || line.ends_with(b"\t")
            || line.ends_with(b"| ")
    }

    /// The values of the keys below a heading that say nothing by themselves: `diagnosis:\n  initial: …\n  final: …`.
    pub(super) fn under_heading(&mut self, r: usize, label: usize, end: usize, from: usize) -> Option<usize> {
        let text = self.text;
        let indent = |at: usize| {
            let line = memchr::memrchr(b'\n', &text[self.lo..at]).map_or(self.lo, |n| self.lo + n + 1);
            text[line..at].iter().all(|b| matches!(b, b' ' | b'\t' | b'-' | b'"')).then_some(at - line)
        };
        let (outer, inner) = (indent(label)?, indent(from)?);
        let heading = text[end..from].iter().all(|b| !b.is_ascii_alphanumeric() && *b < 0x80);
        if inner <= outer || !heading {
            return None;
        }
        let (mut at, mut done) = (from - inner, None);
        for _ in 0..KEYS {
            let line = line_of(&text[at..self.hi]);
            let first = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'-')).count();
            let Some(field) = field_line(line).filter(|_| !line.is_empty() && first >= inner) else { break };
            let own = fold(&String::from_utf8_lossy(&line[field.label.0..field.label.1]));
            let (s, e) = trim(text, at + field.value, at + line.len());
            let words = std::str::from_utf8(&text[s..e]).is_ok_and(|v| v.chars().any(char::is_alphabetic));
            if first == inner && neutral(&own) && words && !is_empty(&text[s..e]) {
                self.offer_labelled(r, s, e);
                done = Some(e);
            }
            at += line.len() + 1;
            if at >= self.hi {
                break;
            }
        }
        done
    }
}

/// Does a key say nothing but what the heading above it says?
fn neutral(own: &[u8]) -> bool {
    folded![
        "initial",
        "final",
        "main",
        "primary",
        "secondary",
        "preliminary",
        "admission",
        "discharge",
        "name",
        "text",
        "value",
        "title",
        "description",
        "other",
        "concomitant",
        "основной",
        "сопутствующий",
        "первичный",
        "заключительный",
        "предварительный",
        "при поступлении",
        "при выписке",
        "негізгі",
        "қосалқы",
        "бастапқы",
        "қорытынды"
    ]
    .any(|w| own == w)
}

/// Behind a remark in brackets that follows a label: `(по желанию)`, `(болса)`; where none stands, the same place.
pub(crate) fn after_remark(f: &[u8], end: usize) -> usize {
    let open = end + usize::from(f.get(end) == Some(&b' '));
    if f.get(open) != Some(&b'(') {
        return end;
    }
    let inner = &f[open + 1..f.len().min(open + REMARK)];
    let inner = &inner[..memchr::memchr2(b')', b'\n', inner).unwrap_or(0)];
    let close = open + 1 + inner.len();
    let worded = inner.len() >= 4 && !inner.iter().any(|b| b.is_ascii_digit() || *b == b':');
    // something must follow it on its line
    let goes_on =
        f.get(close) == Some(&b')') && f.get(close + 1).is_some_and(|b| matches!(b, b' ' | b':' | b'.'));
    if worded && goes_on { close + 1 } else { end }
}

/// The first line of a text.
pub(super) fn line_of(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
}

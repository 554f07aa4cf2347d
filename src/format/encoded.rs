//! Text written inside text: escapes (`\u0418`, `%D0%98`, `&#1048;`) and base64, in a cell, a line or a field of
//! any format, and bytes in hexadecimal. What is found there is written back in the same way of writing.

mod bytes;
mod escapes;
pub(super) mod hex;

use memchr::{memchr, memrchr};

use super::runs::{self, long_run, run_end};
pub use bytes::{File, Whole};
use bytes::{hex_part, run_part};
pub use escapes::Escaped;
use escapes::{LONGEST_NONE, decode, escape_at, next_escape};

/// A line with escapes is decoded this far before and behind the first of them.
const WINDOW: usize = 64 << 10;

/// So many characters of a run tell what it is.
const HEAD: usize = 64;

/// Encoded text inside a text.
#[derive(Debug)]
pub struct Part {
    /// First byte of it in the text around it.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it says.
    pub content: Content,
}

/// What encoded text says.
#[derive(Debug)]
pub enum Content {
    /// A text whose characters each have their own place in the text around it.
    Escaped(Escaped),
    /// A text that is encoded as a whole.
    Text(Whole),
    /// A file, for whoever can tell its format.
    File(File),
}

/// True where `text` may hold encoded text: a look that costs little.
pub fn any(text: &[u8]) -> bool {
    let mut is = false;
    // what an escape takes up is no beginning of another
    let mut free = 0;
    runs::scan(text, 0, text.len(), &mut |at, long| {
        is = match long {
            true => {
                let start = at + 1 - runs::RUN;
                is_mixed(&text[start..run_end(text, at, text.len().min(start + HEAD))])
            }
            false if at < free => false,
            false => match escape_at(&text[at..]) {
                Ok(_) => true,
                Err(length) if length > LONGEST_NONE => true,
                Err(length) => {
                    free = at + length;
                    false
                }
            },
        };
        is
    });
    is
}

/// The encoded parts of `text[from..to]`, in rising order, not overlapping.
pub fn parts(text: &[u8], from: usize, to: usize) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = from;
    let mut bytes = hex::next(text, from, to);
    while let Some((run, end)) = next_run(text, at, to) {
        at = end;
        while let Some((start, stop)) = bytes.filter(|b| b.1 <= run) {
            found.extend(hex_part(text, start, stop));
            bytes = hex::next(text, stop, to);
        }
        if let Some((_, stop)) = bytes.filter(|b| b.0 < end) {
            // letters of one are those of the other
            at = at.max(stop);
            continue;
        }
        if let Some(part) = run_part(text, run, &mut at, to) {
            found.push(part);
        }
    }
    while let Some((start, stop)) = bytes {
        found.extend(hex_part(text, start, stop));
        bytes = hex::next(text, stop, to);
    }
    at = from;
    let mut escaped = Vec::new();
    while let Some((hit, coding)) = next_escape(text, &mut at, to) {
        let begin = hit.saturating_sub(WINDOW).max(from);
        let start = memrchr(b'\n', &text[begin..hit]).map_or(begin, |p| begin + p + 1);
        let stop = (hit + WINDOW).min(to);
        let end = memchr(b'\n', &text[hit..stop]).map_or(stop, |p| hit + p);
        at = end.max(hit + 1);
        let (inside, cut): (Vec<_>, Vec<_>) =
            found.drain(..).partition(|p: &Part| start <= p.start && p.end <= end);
        let overlaps = cut.iter().any(|p| p.start < end && start < p.end);
        found = cut;
        if overlaps {
            found.extend(inside);
        } else {
            // base64 in a line with escapes is found again in the line without them
            escaped.push(Part { start, end, content: Content::Escaped(decode(text, start, end, coding)) });
        }
    }
    found.extend(escaped);
    found.sort_by_key(|p| p.start);
    found
}

/// The next run of base64 characters that is long enough.
fn next_run(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some((start, end)) = long_run(text, at, to) {
        if is_mixed(&text[start..end]) {
            return Some((start, end));
        }
        at = end;
    }
    None
}

/// Words, paths, numbers and check sums in hexadecimal lack capitals, small letters or both.
fn is_mixed(run: &[u8]) -> bool {
    let head = &run[..run.len().min(HEAD)];
    // most runs have no capital: told without a branch for each byte
    head.iter().fold(false, |any, b| any | b.is_ascii_uppercase())
        && head.iter().any(|b| b.is_ascii_lowercase())
        && !head.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests;

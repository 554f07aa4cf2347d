//! Lines of a chat by their stamps of time, or by the names before their colons.

use rustc_hash::FxHashMap as HashMap;

use super::chat::{label_word, latin_name};
use super::lists::Lists;
use super::rules;

/// So many lines that somebody says make a chat.
pub const LEAST: usize = 3;
/// Longest name of a speaker, in bytes.
pub const LABEL: usize = 60;
/// Longest stamp of date and time, in bytes.
const STAMP: usize = 30;
/// Longest text, in bytes, that may be a chat without times.
pub const UNSTAMPED: usize = 192 << 10;

/// A line of a chat: where the speaker's name stands, and where what he says begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// First byte of the name, in its line.
    pub from: usize,
    /// One past its last byte.
    pub to: usize,
    /// Where what is said begins.
    pub says: usize,
    /// The name stands before the time and no colon behind it: so do logs, and only listed names count.
    pub bare: bool,
}

/// Is `text` a stamp of date and time: digits and marks, with a colon between digits, «AM» or «PM»?
fn stamp(text: &str) -> bool {
    let marks = |c: char| c.is_ascii_digit() || ".,:/- \u{202f}\u{a0}APMapm".contains(c);
    let time =
        text.as_bytes().windows(3).any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit());
    time && text.len() <= STAMP && text.chars().all(marks)
}

/// Does the word at `at` stand where a line of a chat says who speaks, behind another word of his: «… - Данияр Склад: …»?
pub fn speaks(text: &[u8], at: usize) -> bool {
    let from = memchr::memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
    if at - from > STAMP + LABEL {
        return false;
    }
    let Ok(before) = std::str::from_utf8(&text[from..at]) else { return false };
    let before = before.trim_start_matches(['\u{200e}', '\u{feff}', ' ']);
    let label = match before.strip_prefix('[') {
        Some(rest) => rest.split_once("] ").filter(|(s, _)| stamp(s)),
        None => before.split_once(" - ").filter(|(s, _)| stamp(s)),
    };
    label.is_some_and(|(_, name)| !name.contains(':') && name.chars().any(char::is_alphabetic))
}

/// Reads one line of a chat.
pub fn line(text: &str) -> Option<Line> {
    let lead =
        text.len() - text.trim_start_matches([' ', '\t', '*', '-', '•', '>', '\u{200e}', '\u{feff}']).len();
    let body = &text[lead..];
    let (label, bare) = if let Some(rest) = body.strip_prefix('[') {
        let close = rest.find(']').filter(|k| stamp(&rest[..*k]))?;
        (lead + 1 + close + 1, false)
    } else if body.starts_with(|c: char| c.is_ascii_digit()) {
        let near = &body[..body.floor_char_boundary(STAMP + 3)];
        let dash = near.find(" - ").filter(|k| stamp(&body[..*k]))?;
        (lead + dash + 3, false)
    } else {
        (lead, true)
    };
    // «Лена 🌷, [12.09.2023 08:15]»: the stamp in brackets alone tells it
    if bare
        && let Some(open) = body.find(", [").filter(|k| (1..=LABEL).contains(k))
        && let Some(close) = body[open..].find(']').filter(|k| stamp(&body[open + 3..open + k]))
    {
        // «@user» is no name
        let to = if body.starts_with('@') { lead } else { lead + open };
        return Some(Line { from: lead, to, says: lead + open + close + 1, bare: false });
    }
    let mut rest = &text[label..];
    let skipped = rest.len() - rest.trim_start_matches([' ', '\u{200e}', '~', '\u{202a}']).len();
    rest = &rest[skipped..];
    let from = label + skipped;
    if !bare {
        let colon = rest.find(':').filter(|k| (1..=LABEL).contains(k))?;
        return Some(Line { from, to: from + colon, says: from + colon + 1, bare });
    }
    // «bekzat 14:02 текст», «Лена, [12.09.2023 08:15]»
    let digit = rest.find(|c: char| c.is_ascii_digit()).filter(|k| (2..=LABEL).contains(k))?;
    let name = rest[..digit].trim_end_matches([' ', ',', '[', '(']);
    let time = &rest[digit..];
    let end = time.find(|c: char| !c.is_ascii_digit() && !".:, -".contains(c)).unwrap_or(time.len());
    let gap = digit - name.len();
    // "elif h[8:12]" is a slice
    if rest[name.len()..digit].chars().all(|c| matches!(c, '[' | '(' | '.' | '-' | ':')) {
        return None;
    }
    let few = name.split(' ').count() <= 3 && name.chars().all(|c| c.is_alphabetic() || " .-".contains(c));
    (few && gap >= 1 && stamp(time[..end].trim_end())).then_some(Line {
        from,
        to: from + name.len(),
        says: from + digit + end,
        bare,
    })
}

/// Lines `Name: text` of a chat without times: most lines of the text are such, and two who speak do so again.
pub fn unstamped(whole: &str, lists: &Lists) -> Vec<(usize, usize, Line)> {
    let (mut lines, mut others, mut at) = (Vec::new(), 0usize, 0);
    let mut counts: HashMap<&str, u32> = HashMap::default();
    for text in whole.split_inclusive('\n') {
        let start = at;
        at += text.len();
        let text = text.trim_end();
        if text.is_empty() {
            continue;
        }
        let label = text.find(": ").filter(|k| (2..=LABEL / 2).contains(k)).map(|k| &text[..k]).filter(|l| {
            l.split(' ').count() <= 2
                && l.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | '@'))
                && l.starts_with(|c: char| c.is_alphabetic() || c == '@')
                && (l.starts_with('@') || l.chars().skip(1).any(char::is_lowercase))
                && !l.split(' ').any(|w| rules::english(&w.to_lowercase()))
        });
        match label {
            Some(l) => {
                *counts.entry(l).or_default() += 1;
                // «@user» is no name, and his words are a message all the same
                let from = usize::from(l.starts_with('@')) * l.len();
                lines.push((
                    start,
                    start + text.len(),
                    Line { from, to: l.len(), says: l.len() + 1, bare: false },
                ));
            }
            None => others += 1,
        }
        if others > 50 && others > 2 * lines.len() {
            return Vec::new();
        }
    }
    // one of those who speak is named as the lists name people
    let named =
        counts.keys().any(|l| l.split(' ').any(|w| label_word(w, true, lists) || latin_name(w, lists)));
    let again = counts.values().filter(|n| **n >= 2).count();
    let chat = named
        && lines.len() >= 2 * LEAST
        && lines.len() >= 2 * others
        && again >= 2
        && counts.len() * 2 <= lines.len();
    if chat { lines } else { Vec::new() }
}

//! Finds postal addresses in Russian, Kazakh and Latin script, and places of birth behind their labels.
//!
//! Cue words are looked for where words begin. Around cues a window is cut into words and numbers, and read part by
//! part (region, district, city, street, house, flat …) in whatever order they come; a run of parts is an address
//! when it leads to a door, or when a label or the column says that it is one.

mod bare;
mod birth_place;
mod chain;
mod columns;
mod cues;
mod parts;
mod token;
mod words;

pub use columns::{AddressColumn, SplitAddress, address_column};

use super::openers::Openers;
use crate::model::EvidenceSet;
use token::Tokens;

/// An address, or a place of birth, in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddressHit {
    /// First byte, counted like the `segment_start` that was given.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// True for a place of birth, false for an address.
    pub birth_place: bool,
    /// 0..=1.
    pub confidence: f32,
    /// Why.
    pub evidence: EvidenceSet,
}

/// The detector. Cheap to share between threads; building it takes a few milliseconds.
pub struct Addresses {
    words: Openers,
    cues: Vec<(String, cues::Cue)>,
}

impl Default for Addresses {
    fn default() -> Addresses {
        Addresses::new()
    }
}

/// Bytes looked at before and behind a cue.
const BEFORE: usize = 220;
const BEHIND: usize = 320;
/// Longest cell that is read as an address.
const CELL: usize = 2000;

impl Addresses {
    /// Builds the detector.
    pub fn new() -> Addresses {
        let cues = cues::build();
        Addresses { words: Openers::new(cues.iter().map(|c| c.0.as_bytes())), cues }
    }

    /// What cue words begin with.
    pub(super) fn words(&self) -> &Openers {
        &self.words
    }

    /// Finds addresses and places of birth in the text of one segment, in rising order, and appends them to `out`.
    ///
    /// `text` may hold invalid UTF-8. `segment_start` is added to positions. With `in_address_column` the text is a
    /// cell of a column of addresses, and a city alone counts.
    pub fn find(&self, text: &[u8], segment_start: u32, in_address_column: bool, out: &mut Vec<AddressHit>) {
        let places = (0..text.len()).filter(|at| self.words.may(text, *at));
        let starts: Vec<u32> = places.map(|at| segment_start + at as u32).collect();
        self.find_at(text, segment_start, &starts, in_address_column, out);
    }

    /// The same where it is known at which places, counted like `segment_start`, a cue word may begin.
    pub(super) fn find_at(
        &self,
        text: &[u8],
        segment_start: u32,
        starts: &[u32],
        in_address_column: bool,
        out: &mut Vec<AddressHit>,
    ) {
        let from = out.len();
        if in_address_column && text.len() <= CELL {
            self.cell(text, out);
        } else {
            self.prose(text, segment_start, starts, out);
        }
        for hit in &mut out[from..] {
            hit.start += segment_start;
            hit.end += segment_start;
        }
    }

    /// The place of birth in a cell of a column of such places.
    pub fn birth_place_cell(text: &[u8]) -> Option<(u32, u32)> {
        let tokens = Tokens::cut(text, 0, text.len().min(CELL));
        let (first, last) = (tokens.list.first()?, tokens.list.last()?);
        tokens
            .list
            .iter()
            .any(|t| t.kind == token::TokenKind::Word && t.chars > 1)
            .then_some((first.start, last.end))
    }

    /// The longest cue word at `at`, and where it ends.
    fn cue(&self, text: &[u8], at: usize) -> Option<(&cues::Cue, usize)> {
        let mut best: Option<(&cues::Cue, usize)> = None;
        self.words.each(text, at, |k, n| {
            let (word, cue) = &self.cues[k];
            // the cases of a cue are words of their own
            if text[at..].starts_with(word.as_bytes()) && best.is_none_or(|b| at + n > b.1) {
                best = Some((cue, at + n));
            }
        });
        best
    }

    fn prose(&self, text: &[u8], base: u32, starts: &[u32], out: &mut Vec<AddressHit>) {
        let mut window: Option<(usize, usize, bool)> = None;
        let mut free = 0;
        for at in starts.iter().map(|at| (*at - base) as usize) {
            if at < free {
                continue;
            }
            let Some((cue, cue_end)) = self.cue(text, at) else { continue };
            free = cue_end;
            if window.is_some_and(|(_, end, birth)| cue_end + BEHIND / 2 < end && (birth || !cue.birth)) {
                continue;
            }
            if !cue.holds(text, at, cue_end) {
                continue;
            }
            if let Some(end) = self.assigned(text, cue, cue_end, out) {
                free = end;
                continue;
            }
            let (start, end) = (at.saturating_sub(BEFORE), (cue_end + BEHIND).min(text.len()));
            match &mut window {
                Some((_, e, birth)) if start <= *e => {
                    *e = end;
                    *birth |= cue.birth;
                }
                _ => {
                    if let Some(w) = window.take() {
                        read(text, w, out);
                    }
                    // what an earlier window has given is not read again
                    let floor = out.last().map_or(0, |h| h.end as usize);
                    window = Some((start.max(floor), end, cue.birth));
                }
            }
        }
        if let Some(w) = window {
            read(text, w, out);
        }
    }

    /// The value of `addr="…"`, where it has the parts of an address: all of it is one. Its end.
    fn assigned(&self, text: &[u8], cue: &cues::Cue, at: usize, out: &mut Vec<AddressHit>) -> Option<usize> {
        let quoted = text[at..].strip_prefix(b"=\"").filter(|_| cue.is_label())?;
        let n = memchr::memchr2(b'"', b'\n', &quoted[..quoted.len().min(CELL)])?;
        let value = &quoted[..n];
        let start = at + 2;
        let tokens = Tokens::cut(value, 0, value.len());
        let (first, last) = (tokens.list.first()?, tokens.list.last()?);
        let best = chain::chains(&tokens, true).into_iter().map(|c| c.score(true)).reduce(f32::max)?;
        if best < 0.8 || !value.contains(&b',') || !value.iter().any(u8::is_ascii_digit) || programs(value) {
            return None;
        }
        out.push(AddressHit {
            start: start as u32 + first.start,
            end: start as u32 + last.end,
            birth_place: false,
            confidence: 0.85,
            evidence: EvidenceSet::new().with(crate::model::Evidence::FieldName),
        });
        Some(start + n)
    }

    /// A cell of an address column.
    fn cell(&self, text: &[u8], out: &mut Vec<AddressHit>) {
        let tokens = Tokens::cut(text, 0, text.len());
        let (Some(first), Some(last)) = (tokens.list.first(), tokens.list.last()) else { return };
        if text.contains(&b'@')
            || memchr::memmem::find(text, b"://").is_some()
            || filler(&tokens)
            || programs(text)
        {
            return;
        }
        let letters =
            tokens.list.iter().filter(|t| t.kind == token::TokenKind::Word).map(|t| t.chars).sum::<u32>();
        let chains = chain::chains(&tokens, true);
        let best = chains.iter().max_by(|a, b| a.score(true).total_cmp(&b.score(true)));
        let Some(best) = best else {
            if letters >= 4 {
                let evidence = EvidenceSet::new().with(crate::model::Evidence::ColumnName);
                out.push(AddressHit {
                    start: first.start,
                    end: last.end,
                    birth_place: false,
                    confidence: 0.6,
                    evidence,
                });
            }
            return;
        };
        let evidence = best.evidence().with(crate::model::Evidence::ColumnName);
        // a cell of addresses is one address; only a long text keeps what stands around it
        let (start, end) = if text.len() <= 400 { (first.start, last.end) } else { best.span(&tokens) };
        out.push(AddressHit {
            start,
            end,
            birth_place: false,
            confidence: best.score(true).max(0.75),
            evidence,
        });
    }
}

/// Does a cell hold what programs write: numbers of requests, code, nothing in brackets?
pub(crate) fn programs(text: &[u8]) -> bool {
    let long = |w: &[u8]| {
        w.len() >= 16
            && w.iter().any(u8::is_ascii_digit)
            && w.iter().any(u8::is_ascii_alphabetic)
            && w.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
    };
    let code = text.is_ascii()
        && (matches!(text.trim_ascii().first(), Some(b'(' | b'#' | b'{' | b'[' | b'<' | b'$' | b'*'))
            || text.iter().any(|b| matches!(b, b'_' | b'=' | b'{' | b'}'))
            || memchr::memmem::find(text, b"::").is_some());
    code || text.split(|b| b.is_ascii_whitespace()).any(long)
}

/// Words that stand in an empty cell.
fn filler(tokens: &Tokens) -> bool {
    let all: Vec<&str> = (0..tokens.list.len()).map(|i| tokens.low(i)).filter(|w| !w.is_empty()).collect();
    matches!(
        all.join(" ").as_str(),
        "" | "нет"
            | "нет данных"
            | "не указан"
            | "не указано"
            | "не указан адрес"
            | "там же"
            | "тот же"
            | "сол жерде"
            | "kz"
            | "ru"
            | "отсутствует"
            | "н д"
            | "null"
            | "none"
            | "na"
            | "n a"
            | "жок"
            | "белгисиз"
            | "неизвестно"
            | "unknown"
            | "адрес"
            | "мекенжай"
            | "мекенжайы"
            | "address"
            | "н/д"
            | "б/а"
            | "n/a"
    )
}

/// Reads one window.
fn read(text: &[u8], (start, end, birth): (usize, usize, bool), out: &mut Vec<AddressHit>) {
    let (start, end) = whole_words(text, start, end);
    let tokens = Tokens::cut(text, start, end);
    let chains = chain::chains(&tokens, false);
    let from = out.len();
    if birth {
        birth_place::find(&tokens, &chains, out);
    }
    let births = out.len();
    for c in &chains {
        let confidence = c.score(false);
        if confidence < LEAST {
            continue;
        }
        let (s, e) = c.span(&tokens);
        if out[from..births].iter().any(|b| b.start < e && s < b.end) {
            continue;
        }
        out.push(AddressHit { start: s, end: e, birth_place: false, confidence, evidence: c.evidence() });
    }
    out[from..].sort_by_key(|h| h.start);
}

/// Below this an address is not worth telling.
const LEAST: f32 = 0.5;

/// Widens a window to whole words.
fn whole_words(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let inner = |b: u8| b >= 0x80 || b.is_ascii_alphanumeric();
    let low = start.saturating_sub(60);
    while start > low && inner(text[start - 1]) {
        start -= 1;
    }
    let high = (end + 60).min(text.len());
    while end < high && inner(text[end]) {
        end += 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests;

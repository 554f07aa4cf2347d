//! Keeps the tagger away from lines that can hold no name: without a capital letter, or with capitals whose few
//! words around leave the model no doubt.
//!
//! What is said of a line depends on the line alone, so that no block size and no order of files changes a finding.

use super::credible;
use super::crf::{BEGIN, INSIDE};
use super::lists;
use super::spans;
use super::tagger::{Case, Tagging};
use super::token::{self, Token};
use super::{Names, NamesScratch};

/// Tokens on each side of a capitalised word that are looked at with it.
const AROUND: usize = 3;
/// Tokens on each side of a doubtful word that are tagged with it.
const CONTEXT: usize = 10;
/// Below this probability of a name a word is left alone.
const DOUBT: f32 = 0.05;
/// Slots of verdicts on words in their surroundings.
const WINDOWS: usize = 1 << 15;
/// Slots of verdicts on words alone.
const WORDS: usize = 1 << 14;
/// Paragraphs of more lines are asked line by line whether they write names in small letters.
const LINES: usize = 8;
/// Longer words are left to the tagger.
const LONG: usize = 160;
/// Most words that are kept to be looked at again when a name was found.
const QUIET: usize = 200_000;

/// A capitalised word in a line that was not tagged; it may repeat a name.
#[derive(Clone, Copy, Debug)]
pub struct Quiet {
    /// First byte.
    pub at: u32,
    /// Start of its line.
    pub line: u32,
    /// End of its line.
    pub end: u32,
    /// Index of the segment.
    pub segment: u32,
}

/// A capitalised word that may be a name.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    at: u32,
    word: u32,
}

/// What one thread keeps.
#[derive(Default)]
pub struct Sieve {
    /// One bit a byte: a capital letter may begin here.
    capitals: Vec<u64>,
    /// Direct-mapped: hash of the window with the verdict in the lowest bit.
    windows: Vec<u64>,
    /// Direct-mapped: hash of the word with what is known in the lowest three bits.
    words: Vec<u64>,
    tokens: Vec<Token>,
    tagging: Tagging,
    /// Words of the paragraph that the tagger has to look at.
    doubts: Vec<Doubt>,
    /// Words that were passed over.
    pub quiet: Vec<Quiet>,
}

impl Quiet {
    /// The stretch of a few words around it.
    pub fn around(&self, text: &[u8], word: usize) -> (usize, usize) {
        window(text, self.line as usize, self.at as usize, word, self.end as usize, AROUND)
    }
}

impl Sieve {
    /// Marks where capitals may stand in `text`.
    pub fn scan(&mut self, text: &[u8]) {
        self.capitals.clear();
        self.quiet.clear();
        self.capitals.reserve(text.len() / 64 + 1);
        if self.windows.is_empty() {
            self.windows.resize(WINDOWS, 0);
            self.words.resize(WORDS, 0);
        }
        let mut flags = [0u8; 64];
        let mut at = 0;
        while at < text.len() {
            // the byte before and the byte after take part; the ends are padded
            if at > 0 && at + 65 <= text.len() {
                let (before, here, after) =
                    (&text[at - 1..at + 63], &text[at..at + 64], &text[at + 1..at + 65]);
                for k in 0..64 {
                    flags[k] = may_begin(before[k], here[k], after[k]);
                }
            } else {
                for (k, flag) in flags.iter_mut().enumerate() {
                    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
                    let before = (at + k).checked_sub(1).map_or(b' ', byte);
                    *flag = may_begin(before, byte(at + k), byte(at + k + 1));
                }
            }
            let mut mask = 0u64;
            for (k, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
                let v = u64::from_le_bytes(*eight);
                mask |= (v.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * k);
            }
            self.capitals.push(mask);
            at += 64;
        }
    }

    /// The next place in `at..end` where a capital may stand.
    #[inline]
    fn next(&self, at: usize, end: usize) -> Option<usize> {
        let mut word = at / 64;
        let mut mask = self.capitals.get(word)? & (u64::MAX << (at % 64));
        while mask == 0 {
            word += 1;
            if word * 64 >= end {
                return None;
            }
            mask = *self.capitals.get(word)?;
        }
        let found = word * 64 + mask.trailing_zeros() as usize;
        (found < end).then_some(found)
    }
}

/// 1 where a capital letter may begin: an ASCII capital after no letter, a Cyrillic one, or the first byte of
/// another alphabet's letter after no letter.
#[inline(always)]
fn may_begin(before: u8, here: u8, after: u8) -> u8 {
    let letter = u8::from((before | 0x20).wrapping_sub(b'a') < 26) | u8::from(before >= 0x80);
    let ascii = u8::from(here.wrapping_sub(b'A') < 26) & (letter ^ 1);
    let cyrillic = u8::from(here == 0xD0) & u8::from(after < 0xB0);
    // Kazakh letters, and letters of other alphabets
    let other = u8::from(here >= 0xC3) & u8::from(here != 0xD0) & u8::from(here != 0xD1);
    // E2 opens dashes and quotation marks, hardly ever a letter
    let other = other & u8::from(here != 0xE2);
    ascii | cyrillic | other
}

/// What is known of a word alone: an ordinary one.
const PLAIN: u64 = 1;
/// In Latin letters, and in no list.
const FOREIGN: u64 = 8;
/// Everything that is known of a word.
const KNOWN: u64 = 15;

impl Names {
    /// Tags what may hold names in `text[start..end]`.
    pub(super) fn sift(
        &self,
        text: &[u8],
        segment: u32,
        start: usize,
        end: usize,
        document: bool,
        s: &mut NamesScratch,
    ) {
        let mut at = start;
        while at < end {
            at = self.paragraph(text, segment, at, end, document, s);
        }
    }

    /// Tags what may hold names in the paragraph that begins at `at`; returns its end.
    fn paragraph(
        &self,
        text: &[u8],
        segment: u32,
        mut at: usize,
        end: usize,
        document: bool,
        s: &mut NamesScratch,
    ) -> usize {
        while at < end && text[at].is_ascii_whitespace() {
            at += 1;
        }
        let start = at;
        let (mut line, mut lines) = (at, 0);
        let (mut capitals, mut opens) = (0u32, false);
        s.sieve.doubts.clear();
        let stop = loop {
            if line >= end {
                break end;
            }
            let (stop, next) = line_end(text, line, end);
            let seen = self.line(text, segment, line, stop, document, s);
            if capitals == 0 && seen.capitals == 1 && lines == 0 {
                opens = seen.first;
            }
            capitals += seen.capitals;
            lines += 1;
            if stop >= end || token::ends_here(text, line, stop, end) {
                break next;
            }
            line = next;
        };
        let small = capitals == 0 || (capitals == 1 && opens);
        if lines <= LINES {
            if small && (!s.sieve.doubts.is_empty() || self.small_letters(text, start, stop, s)) {
                self.tag_all(text, segment, (start, start, stop), document, true, s);
                return stop;
            }
        } else {
            self.small_lines(text, segment, start, stop, document, s);
        }
        let doubts = std::mem::take(&mut s.sieve.doubts);
        let mut run: Option<(usize, usize, usize)> = None;
        for d in &doubts {
            let (from, to) = window(text, start, d.at as usize, d.word as usize, stop, CONTEXT);
            match &mut run {
                Some(r) if from <= r.2 => r.2 = to,
                _ => {
                    if let Some(r) = run.replace((from, line_start(text, start, from), to)) {
                        self.tag_all(text, segment, r, document, small, s);
                    }
                }
            }
        }
        if let Some(r) = run {
            self.tag_all(text, segment, r, document, small, s);
        }
        s.sieve.doubts = doubts;
        stop
    }

    /// Names in small letters in lines without capitals of a long paragraph.
    fn small_lines(
        &self,
        text: &[u8],
        segment: u32,
        start: usize,
        stop: usize,
        document: bool,
        s: &mut NamesScratch,
    ) {
        let mut line = start;
        while line < stop {
            let (end, next) = line_end(text, line, stop);
            if s.sieve.next(line, end).is_none() && self.small_letters(text, line, end, s) {
                self.tag_all(text, segment, (line, line, end), document, true, s);
            }
            line = next;
        }
    }

    /// Tags `text[at..end]`, which begins within the line that begins at `line`.
    fn tag_all(
        &self,
        text: &[u8],
        segment: u32,
        (mut at, mut line, end): (usize, usize, usize),
        document: bool,
        small: bool,
        s: &mut NamesScratch,
    ) {
        while at < end {
            at = token::sequence_within(text, line, at, end, &mut s.tokens);
            line = at;
            self.tag(text, segment, document, small, s);
        }
    }

    /// Looks at the capitals of one line.
    fn line(
        &self,
        text: &[u8],
        segment: u32,
        line: usize,
        end: usize,
        document: bool,
        s: &mut NamesScratch,
    ) -> Seen {
        let mut seen = Seen::default();
        let mut from = line;
        while let Some(at) = s.sieve.next(from, end) {
            from = at + 1;
            let Some(word) = token::capital_word(text, line, at, end) else { continue };
            if seen.capitals == 0 {
                seen.first = text[line..at].iter().all(|b| sort(*b) != Sort::Letter);
            }
            seen.capitals += 1;
            from = word.max(from);
            let verdict = self.judge(text, line, at, word, end, s);
            let (at, word, line, end) = (at as u32, word as u32, line as u32, end as u32);
            match verdict {
                Verdict::Doubt => s.sieve.doubts.push(Doubt { at, word }),
                Verdict::Quiet if document && word - at >= 4 && s.sieve.quiet.len() < QUIET => {
                    s.sieve.quiet.push(Quiet { at, line, end, segment });
                }
                _ => {}
            }
        }
        seen
    }

    /// May the capitalised word at `at..word` be part of a name? Says yes rather than no.
    fn judge(
        &self,
        text: &[u8],
        line: usize,
        at: usize,
        word: usize,
        end: usize,
        s: &mut NamesScratch,
    ) -> Verdict {
        // a letter alone is an initial only with its dot, and then beside a word
        if word - at <= 2 && token::one_letter(&text[at..word]) {
            if word >= end || text[word] != b'.' {
                return Verdict::No;
            }
        } else {
            let known = self.known(text, at, word, s);
            if known & PLAIN != 0 && opens_sentence(text, line, at) {
                return Verdict::No;
            }
            if known & FOREIGN != 0 {
                return Verdict::Quiet;
            }
        }
        let broken = word < end
            && text[word] == b'-'
            && end - word < 8
            && text[word + 1..end].iter().all(u8::is_ascii_whitespace);
        if broken || word - at > LONG {
            return Verdict::Doubt;
        }
        if dotted(text, line, at) {
            return Verdict::No;
        }
        let (from, to) = window(text, line, at, word, end, AROUND);
        let key = window_key(&text[from..to], at - from);
        let slot = (key >> 20) as usize % WINDOWS;
        let doubt = if s.sieve.windows[slot] | 1 == key | 1 {
            s.sieve.windows[slot] & 1 == 1
        } else {
            let doubt = self.ask(text, (from, to), (at, word), s);
            s.sieve.windows[slot] = key & !1 | u64::from(doubt);
            doubt
        };
        if doubt { Verdict::Doubt } else { Verdict::Quiet }
    }

    /// What the lists say of a word, from a small cache: its strength in small letters in bits 1 and 2.
    fn known(&self, text: &[u8], at: usize, word: usize, s: &mut NamesScratch) -> u64 {
        let key = (super::tagger::hash(&text[at..word]) << 4).max(KNOWN + 1);
        let slot = (key >> 24) as usize % WORDS;
        let kept = s.sieve.words[slot];
        if kept & !KNOWN == key {
            return kept & KNOWN;
        }
        token::sequence(text, at, word, &mut s.sieve.tokens);
        let said = match s.sieve.tokens.first() {
            Some(t) if t.end as usize == word => {
                let n = self.number(&mut s.cache, text, t, false);
                let w = &s.cache.entry(n).word;
                let given = lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN | lists::OC_SURNAME;
                let kazakh = w.flags & lists::KK_ORDINARY != 0 && w.flags & given == 0;
                let ordinary = w.flags & lists::ORDINARY != 0 && w.flags & NAMED == 0;
                let foreign = credible::latin(w) && w.flags & credible::SURE == 0;
                u64::from(ordinary || kazakh)
                    | u64::from(spans::strength(w)) << 1
                    | if foreign { FOREIGN } else { 0 }
            }
            _ => 0,
        };
        s.sieve.words[slot] = key | said;
        said
    }

    /// Asks the model about the words around the one at `at`.
    fn ask(
        &self,
        text: &[u8],
        (from, to): (usize, usize),
        (at, word): (usize, usize),
        s: &mut NamesScratch,
    ) -> bool {
        token::sequence(text, from, to, &mut s.sieve.tokens);
        let (tokens, tagging) = (&s.sieve.tokens, &mut s.sieve.tagging);
        let Some(k) = tokens.iter().position(|t| t.end as usize > at) else { return true };
        for case in [Case::Own, Case::Capitals] {
            if case == Case::Capitals && !tokens[k].upper {
                continue;
            }
            tagging.words.clear();
            for t in tokens {
                tagging.words.push(s.cache.number(text, t, case, &self.lists, &self.model));
            }
            s.cache.scores(&tagging.words, &self.model, &mut tagging.scores);
            tagging.lattice.marginals(&tagging.scores, &self.model.transitions);
            let end = tokens.iter().position(|t| t.start as usize >= word).unwrap_or(tokens.len());
            let doubt = |k: usize| {
                let p = tagging.lattice.node(k);
                p[usize::from(BEGIN)] + p[usize::from(INSIDE)] >= DOUBT
            };
            let Some(hit) = (k..end).find(|k| doubt(*k)) else { continue };
            let first = (0..hit).rev().take_while(|k| doubt(*k)).last().unwrap_or(hit);
            let last = (hit..tokens.len()).take_while(|k| doubt(*k)).last().unwrap_or(hit);
            if !spans::is_named_after(text, tokens, tagging, &s.cache, first, last + 1) {
                return true;
            }
        }
        false
    }

    /// Do two words or more in small letters look like names?
    fn small_letters(&self, text: &[u8], mut at: usize, end: usize, s: &mut NamesScratch) -> bool {
        let mut strong = 0;
        while at < end {
            let (from, to) = next_word(text, at, end);
            if to - from >= 3 {
                let strength = self.known(text, from, to, s) >> 1 & 3;
                if strength > 0 {
                    strong += strength;
                    if strong >= 2 {
                        return true;
                    }
                }
            }
            at = to.max(at + 1);
        }
        false
    }
}

/// Flags that make a word worth a look wherever it stands.
const NAMED: lists::Flags = lists::GIVEN
    | lists::SURNAME
    | lists::PATRONYMIC
    | lists::KK_GIVEN
    | lists::KK_GIVEN_FORM
    | lists::KK_SURNAME
    | lists::KK_PATRONYMIC
    | lists::OC_GIVEN
    | lists::OC_SURNAME
    | lists::OC_PATRONYMIC
    | lists::PATRONYMIC_ENDING
    | lists::LATIN_GIVEN
    | lists::LATIN_SURNAME
    | lists::LATIN_PATRONYMIC;

/// What is thought of a capitalised word.
enum Verdict {
    /// Nothing to do with names.
    No,
    /// No name as far as its surroundings tell.
    Quiet,
    /// The tagger has to look.
    Doubt,
}

/// What a line shows.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Capitalised words.
    capitals: u32,
    /// The first of them opens the line.
    first: bool,
}

/// End of the line at `line`, and where the next one begins.
#[inline]
fn line_end(text: &[u8], line: usize, end: usize) -> (usize, usize) {
    match memchr::memchr2(b'\n', b'\r', &text[line..end]) {
        Some(k) => {
            let at = line + k;
            let pair = text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') && at + 1 < end;
            (at, at + 1 + usize::from(pair))
        }
        None => (end, end),
    }
}

/// Does the word at `at` stand first in its line or after the end of a sentence?
fn opens_sentence(text: &[u8], line: usize, at: usize) -> bool {
    let before = text[line..at].trim_ascii_end();
    before.is_empty() || (before.len() < at - line && matches!(before.last(), Some(b'.' | b'!' | b'?')))
}

/// Letters, digits, blanks, marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Letter,
    Digit,
    Blank,
    Mark,
}

#[inline]
fn sort(b: u8) -> Sort {
    match b {
        b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => Sort::Letter,
        b'0'..=b'9' => Sort::Digit,
        b' ' | b'\t' | b'\n' | b'\r' => Sort::Blank,
        _ => Sort::Mark,
    }
}

/// Is the word at `at` the last of a dotted path of program text (`org.example.Client`)?
fn dotted(text: &[u8], line: usize, at: usize) -> bool {
    let before = &text[line..at];
    let Some(path) = before.strip_suffix(b".") else { return false };
    let name = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    let last = path.iter().rev().take_while(|b| name(b)).count();
    last > 0 && path[..path.len() - last].ends_with(b".")
}

/// Start of the line that holds `at`, not before `start`.
fn line_start(text: &[u8], start: usize, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text[start..at]).map_or(start, |k| start + k + 1)
}

/// The stretch of `pieces` words, numbers and marks before and after the word `at..word`, within `line..end`.
fn window(text: &[u8], line: usize, at: usize, word: usize, end: usize, most: usize) -> (usize, usize) {
    let mut from = at;
    let mut pieces = 0;
    while from > line {
        let kind = sort(text[from - 1]);
        if kind != Sort::Blank {
            pieces += 1;
            if pieces > most {
                break;
            }
        }
        let least = line.max(from.saturating_sub(LONG));
        from -= 1;
        while kind != Sort::Mark && from > least && sort(text[from - 1]) == kind {
            from -= 1;
        }
        if from == least && from > line {
            while from < at && text[from] & 0xC0 == 0x80 {
                from += 1;
            }
            break;
        }
    }
    let mut to = word;
    pieces = 0;
    while to < end {
        let kind = sort(text[to]);
        if kind != Sort::Blank {
            pieces += 1;
            if pieces > most {
                break;
            }
        }
        let stop = end.min(to + LONG);
        to += 1;
        while kind != Sort::Mark && to < stop && sort(text[to]) == kind {
            to += 1;
        }
        if to == stop && to < end {
            while to > word && text[to] & 0xC0 == 0x80 {
                to -= 1;
            }
            break;
        }
    }
    (from, to)
}

/// A hash of what the model sees of a window: digits count by their number alone.
fn window_key(window: &[u8], at: usize) -> u64 {
    let mut h = at as u64 | 1 << 40;
    let mut k = 0;
    let mut start = 0;
    while k < window.len() {
        if window[k].is_ascii_digit() {
            h = fold(h, &window[start..k]);
            let digits = k;
            while k < window.len() && window[k].is_ascii_digit() {
                k += 1;
            }
            h = fold(h, &[b'0', (k - digits).min(20) as u8]);
            start = k;
        } else {
            k += 1;
        }
    }
    fold(h, &window[start..]).max(2)
}

#[inline]
fn fold(h: u64, bytes: &[u8]) -> u64 {
    (h.rotate_left(17) ^ super::tagger::hash(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The next run of letters at or after `at`.
#[inline]
fn next_word(text: &[u8], mut at: usize, end: usize) -> (usize, usize) {
    while at < end && sort(text[at]) != Sort::Letter {
        at += 1;
    }
    let from = at;
    while at < end && sort(text[at]) == Sort::Letter {
        at += 1;
    }
    (from, at)
}

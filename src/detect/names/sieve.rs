//! Keeps the tagger away from lines that can hold no name: without a capital letter, or with capitals whose few
//! words around leave the model no doubt.
//!
//! What is said of a line depends on the line alone, so that no block size and no order of files changes a finding.

use super::around;
use super::credible;
use super::crf::{BEGIN, INSIDE};
use super::lists;
use super::pieces::{LONG, Sort, dotted, line_end, line_start, opens_sentence, sort, window, window_key};
use super::respect;
use super::small;
use super::tagger::{Case, Tagging};
use super::token::{self, Token};
use super::told;
use super::view::View;
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
/// Most words that are kept to be looked at again when a name was found.
const QUIET: usize = 200_000;

/// Longest line in small letters that is looked at again.
const LOW_LINE: usize = 600;
/// Most such lines of a block.
const LOW: usize = 50_000;

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

/// What is searched: a segment of a block.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// Index of the segment.
    pub segment: u32,
    /// The block is a document and no table.
    pub document: bool,
    /// It names people in Latin letters.
    pub people: bool,
    /// Its author writes sentences without a capital.
    pub casual: bool,
}

/// A stretch of a line that has no capitals though it says something: a note, a line of a chat.
#[derive(Clone, Copy, Debug)]
pub struct Low {
    /// First byte.
    pub from: u32,
    /// One past the last byte.
    pub to: u32,
    /// Index of the segment.
    pub segment: u32,
    /// A name or label with a colon stands before it.
    pub said: bool,
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
    /// Direct-mapped: hash of the word with what is known in the lowest five bits.
    words: Vec<u64>,
    tokens: Vec<Token>,
    tagging: Tagging,
    /// Words of the paragraph that the tagger has to look at.
    doubts: Vec<Doubt>,
    /// Words that were passed over.
    pub quiet: Vec<Quiet>,
    /// Stretches in small letters.
    pub low: Vec<Low>,
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
        self.low.clear();
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
    pub(super) fn next(&self, at: usize, end: usize) -> Option<usize> {
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
/// A patronymic, which is a name wherever it stands.
const FATHER: u64 = 16;
/// Everything that is known of a word.
const KNOWN: u64 = 31;

impl Names {
    /// Tags what may hold names in `text[start..end]`.
    pub(super) fn sift(&self, ground: &Ground<'_>, start: usize, end: usize, s: &mut NamesScratch) {
        let mut at = start;
        while at < end {
            at = self.paragraph(ground, at, end, s);
        }
    }

    /// Tags what may hold names in the paragraph that begins at `at`; returns its end.
    fn paragraph(&self, ground: &Ground<'_>, mut at: usize, end: usize, s: &mut NamesScratch) -> usize {
        let text = ground.text;
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
            let seen = self.line(ground, line, stop, s);
            seen.note_small(ground, line, stop, &mut s.sieve.low);
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
        let small = capitals == 0 || (capitals == 1 && opens) || (ground.casual && lines <= LINES);
        if !small {
            self.said(ground, start, s);
        }
        if lines <= LINES {
            if small && (!s.sieve.doubts.is_empty() || self.small_letters(text, start, stop, s)) {
                self.tag_all(ground, (start, start, stop), true, s);
                return stop;
            }
        } else {
            self.small_lines(ground, start, stop, s);
        }
        let doubts = std::mem::take(&mut s.sieve.doubts);
        let mut run: Option<(usize, usize, usize)> = None;
        for d in &doubts {
            let (from, to) = window(text, start, d.at as usize, d.word as usize, stop, CONTEXT);
            let to = self.whole(text, to, stop, s);
            match &mut run {
                Some(r) if from <= r.2 => r.2 = to,
                _ => {
                    if let Some(r) = run.replace((from, line_start(text, start, from), to)) {
                        self.tag_all(ground, r, small, s);
                    }
                }
            }
        }
        if let Some(r) = run {
            self.tag_all(ground, r, small, s);
        }
        s.sieve.doubts = doubts;
        stop
    }

    /// The end of a window that ends with a capitalised word, some words on: «Наурызбай» is a district by the word behind it.
    fn whole(&self, text: &[u8], mut to: usize, stop: usize, s: &NamesScratch) -> usize {
        for _ in 0..3 {
            let mut word = to;
            while word > 0 && sort(text[word - 1]) == Sort::Letter {
                word -= 1;
            }
            if to >= stop || word == to || s.sieve.next(word, to).is_none() {
                break;
            }
            to = window(text, word, word, to, stop, AROUND).1;
        }
        to
    }

    /// Tags `text[at..end]`, which begins within the line that begins at `line`.
    pub(super) fn tag_all(
        &self,
        ground: &Ground<'_>,
        (mut at, mut line, end): (usize, usize, usize),
        small: bool,
        s: &mut NamesScratch,
    ) {
        while at < end {
            at = token::sequence_within(ground.text, line, at, end, &mut s.tokens);
            line = at;
            self.tag(ground, small, s);
        }
    }

    /// Looks at the capitals of one line.
    fn line(&self, ground: &Ground<'_>, line: usize, end: usize, s: &mut NamesScratch) -> Seen {
        let text = ground.text;
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
            seen.last = word;
            let verdict = self.judge(ground, line, at, word, end, s);
            let (at, word, line, end) = (at as u32, word as u32, line as u32, end as u32);
            match verdict {
                Verdict::Doubt => s.sieve.doubts.push(Doubt { at, word }),
                Verdict::Quiet if ground.document && word - at >= 4 && s.sieve.quiet.len() < QUIET => {
                    s.sieve.quiet.push(Quiet { at, line, end, segment: ground.segment });
                }
                _ => {}
            }
        }
        seen
    }

    /// May the capitalised word at `at..word` be part of a name? Says yes rather than no.
    fn judge(
        &self,
        ground: &Ground<'_>,
        line: usize,
        at: usize,
        word: usize,
        end: usize,
        s: &mut NamesScratch,
    ) -> Verdict {
        let text = ground.text;
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
            if known & FOREIGN != 0 && !ground.people {
                return Verdict::Quiet;
            }
            if known & FATHER != 0 {
                return Verdict::Doubt;
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
    pub(super) fn known(&self, text: &[u8], at: usize, word: usize, s: &mut NamesScratch) -> u64 {
        let key = (super::tagger::hash(&text[at..word]) << 5).max(KNOWN + 1);
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
                let ordinary = w.flags & lists::ORDINARY != 0 && w.flags & WORTH == 0;
                let foreign = credible::latin(w) && w.flags & credible::SURE == 0;
                // «Пробович»: the ending of a patronymic, and no word
                let father = w.flags & lists::PATRONYMIC_ENDING != 0
                    && w.flags & (lists::OC_KNOWN | lists::ORDINARY) == 0
                    && w.len >= 6;
                u64::from(ordinary || kazakh)
                    | u64::from(small::strength(w)) << 1
                    | if foreign { FOREIGN } else { 0 }
                    | if father || told::patronymic(w, &w.lower) || respect::addressed(w) {
                        FATHER
                    } else {
                        0
                    }
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
            let view = View { text, tokens, tagging, cache: &s.cache, people: false };
            if !around::is_named_after(&view, first, last + 1) {
                return true;
            }
        }
        false
    }
}

/// Flags that make a word worth a look wherever it stands.
const WORTH: lists::Flags = lists::NAMED
    | lists::KK_PATRONYMIC
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
    /// Where the last of them ends.
    last: usize,
}

impl Seen {
    /// Notes the part of the line that is in small letters because its author uses no capitals.
    fn note_small(&self, ground: &Ground<'_>, line: usize, stop: usize, low: &mut Vec<Low>) {
        let said = self.capitals > 0 && ground.text[self.last..stop].starts_with(b":");
        let from = if self.capitals == 0 {
            line
        } else if said || (self.capitals == 1 && self.first) {
            self.last
        } else {
            return;
        };
        if ground.document && stop - from > 3 && stop - from <= LOW_LINE && low.len() < LOW {
            low.push(Low { from: from as u32, to: stop as u32, segment: ground.segment, said });
        }
    }
}

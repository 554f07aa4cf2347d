//! Names in Latin letters are believed only where lists know them: program text, logs and English prose are full of
//! capitalised words in pairs.

use super::endings::latin_family as family;
use super::lists;
use super::rules;
use super::spans::Span;
use super::word::{Shape, Word};

/// Words after which a lone name in Latin letters stands.
const BEFORE: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "dr",
    "dear",
    "hi",
    "hello",
    "name",
    "client",
    "customer",
    "employee",
    "patient",
    "regards",
    "sincerely",
    "from",
    "to",
    "cc",
    "contact",
    "manager",
    "director",
    "borrower",
    "tenant",
    "fio",
    "user",
];

/// Words that open a line before a name and are no part of it.
const LEADS: &[&str] = &[
    "about",
    "according",
    "attn",
    "author",
    "authors",
    "best",
    "by",
    "copyright",
    "courtesy",
    "dear",
    "dr",
    "frau",
    "from",
    "hello",
    "herr",
    "kind",
    "maintainer",
    "matrix",
    "mr",
    "mrs",
    "ms",
    "portions",
    "reported",
    "reviewed",
    "signed",
    "thanks",
    "the",
    "to",
    "written",
];

/// Does the word stand before names without being one?
pub fn leads(lower: &str) -> bool {
    LEADS.contains(&lower)
}

/// «Mr», «Mrs» …: what follows is a name whatever the lists say.
pub fn honorific(lower: &str) -> bool {
    matches!(lower, "mr" | "mrs" | "ms" | "miss" | "mme" | "herr" | "frau")
}

/// Is a word in Latin letters?
pub fn latin(word: &Word) -> bool {
    word.lower.chars().next().is_some_and(|c| c.is_alphabetic() && (c as u32) < 0x250)
}

/// Flags without which no word in Latin letters carries a name.
pub const SURE: lists::Flags = lists::LATIN_SURE_GIVEN | lists::LATIN_SURE_SURNAME | lists::LATIN_PATRONYMIC;

/// An English word?
pub fn plain(word: &Word) -> bool {
    rules::english(&word.lower)
}

fn given(w: &Word) -> bool {
    w.flags & lists::LATIN_SURE_GIVEN != 0
}

fn surname(w: &Word) -> bool {
    w.flags & (lists::LATIN_SURE_SURNAME | lists::LATIN_PATRONYMIC) != 0
}

/// What stands around a name.
pub struct Around<'a> {
    /// The text between its first and last byte.
    pub value: &'a [u8],
    /// The byte before it and the byte after it.
    pub ends: (Option<u8>, Option<u8>),
    /// The folded word before it.
    pub before: &'a str,
    /// Words in Cyrillic letters stand in its sentence.
    pub cyrillic: bool,
    /// It stands among other words in capitals: «ARABIC LETTER ALEF WITH HAMZA ABOVE».
    pub run: bool,
}

/// May these words, all in Latin letters, be a person?
pub fn credible(words: &[&Word], around: &Around<'_>) -> bool {
    let code = |b: Option<u8>| {
        b.is_some_and(|b| b"_#$\\/*&~^`|{}+%".contains(&b)) || matches!(around.ends, (Some(b':'), Some(b':')))
    };
    if code(around.ends.0)
        || code(around.ends.1)
        || of_a_firm(around.value)
        || around.value.iter().any(|b| b"=<>(){}[]_/\\|:;*&#\"".contains(b))
    {
        return false;
    }
    let (short, long): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|w| w.len == 1);
    let shaped = |w: &Word| {
        matches!(w.shape, Shape::Title | Shape::TitleParts | Shape::UpperLine | Shape::Lower)
            // «McLeish», «MacAllister»
            || (w.shape == Shape::Mixed && (w.lower.starts_with("mc") || w.lower.starts_with("mac")))
            || (w.shape == Shape::Upper && w.len > 3)
    };
    if !long.iter().all(|w| shaped(w)) {
        return false;
    }
    match long.as_slice() {
        [] => false,
        [w] => {
            let sure = surname(w) && family(&w.lower);
            let glued = matches!(around.ends.0, Some(b'.' | b'<' | b'(' | b'-' | b'[' | b'@'))
                || matches!(around.ends.1, Some(b'(' | b'<' | b'>' | b'[' | b'-' | b'='));
            let kazakh = given(w) && w.flags & lists::LATIN_KK != 0 && !plain(w) && w.len >= 5;
            if !short.is_empty() {
                return sure || kazakh || (surname(w) && !plain(w) && w.len >= 5 && short.len() >= 2);
            }
            let upper = matches!(w.shape, Shape::Upper | Shape::UpperLine);
            let anchored = around.cyrillic || BEFORE.contains(&around.before);
            !glued
                && (sure
                    || (honorific(around.before) && w.len >= 3)
                    || (given(w) && !plain(w) && !upper && w.len >= 4 && (anchored || kazakh)))
        }
        _ => {
            let strong = long.iter().filter(|w| surname(w) && family(&w.lower)).count();
            let givens = long.iter().filter(|w| given(w) && !plain(w)).count();
            let known = long.iter().filter(|w| given(w) || surname(w)).count();
            let upper = long.iter().any(|w| matches!(w.shape, Shape::Upper | Shape::UpperLine));
            let ordinary = long.iter().filter(|w| plain(w)).count();
            let endings = long.iter().filter(|w| family(&w.lower)).count();
            if around.run && upper {
                return strong > 0 && ordinary == 0;
            }
            (strong > 0 && ordinary == 0)
                || strong > 1
                || (strong > 0 && known > 1)
                || (endings > 0 && givens > 0)
                || (givens > 0 && known > 1 && ordinary == 0)
                || (givens > 0 && !upper && ordinary == 0 && long.len() + short.len() <= 3)
                // «SMITH JONATHAN»: a row of a list of passengers
                || (givens > 0 && ordinary == 0 && long.len() == 2 && long.iter().all(|w| w.len >= 4))
        }
    }
}

/// Do words end in the legal form of a firm abroad: «Sicim S.p.A.»?
fn of_a_firm(value: &[u8]) -> bool {
    const FORMS: [&[u8]; 8] = [b"s.p.a", b"s.r.l", b"s.a", b"n.v", b"b.v", b"a.s", b"s.a.s", b"k.k"];
    let value = value.strip_suffix(b".").unwrap_or(value);
    let last = value.rsplit(|b| *b == b' ').next().unwrap_or(value);
    last.len() < value.len()
        && FORMS.iter().any(|f| last.eq_ignore_ascii_case(f) && last.contains(&b'.') && last.len() > 3)
}

/// So many bytes of a document may stand for each name in Latin letters, where it is one that names people.
const PER_NAME: usize = 1500;

/// Is it a document that names people in Latin letters: minutes, a letter, a list? Program text is none.
pub fn people(text: &[u8], spans: &[Span]) -> bool {
    let mut names: Vec<&[u8]> = spans
        .iter()
        .map(|s| &text[s.start as usize..s.end as usize])
        .filter(|v| v.first().is_some_and(u8::is_ascii_alphabetic))
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 || !names.iter().any(|n| n.contains(&b' ')) || text.len() > PER_NAME * names.len() {
        return false;
    }
    let code = text.iter().filter(|b| b"{}=;#$\\^~`".contains(b)).count();
    code * 60 < text.len()
}

/// The same for words in a document that names people: what the tagger says counts for more.
pub fn believed(words: &[&Word], around: &Around<'_>, probability: f32) -> bool {
    let code = |b: Option<u8>| b.is_some_and(|b| b"_#$\\/&~^`|{}+%@=".contains(&b));
    if code(around.ends.0)
        || code(around.ends.1)
        || of_a_firm(around.value)
        || around.value.iter().any(|b| b"=<>{}[]_|\\;#".contains(b))
    {
        return false;
    }
    let (short, long): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|w| w.len == 1);
    let any = lists::LATIN_GIVEN | lists::LATIN_SURNAME | lists::LATIN_PATRONYMIC;
    match long.as_slice() {
        [] => false,
        [w] if plain(w) => short.len() == 1 && probability >= 0.7,
        [w] if !short.is_empty() => w.len >= 2 && probability >= 0.5,
        [w] => {
            let caps = matches!(w.shape, Shape::Upper | Shape::UpperLine | Shape::Mixed);
            let least = match (caps, w.flags & any != 0) {
                (false, true) => 0.55,
                (true, true) => 0.8,
                (false, false) => 0.85,
                (true, false) => 0.95,
            };
            w.len >= 2 && probability >= least
        }
        _ => {
            let known = long.iter().filter(|w| w.flags & any != 0).count();
            let ordinary = long.iter().filter(|w| plain(w)).count();
            // «ANY WARRANTY»
            let caps = long.iter().all(|w| matches!(w.shape, Shape::Upper | Shape::UpperLine));
            if caps && (long.iter().all(|w| w.len <= 3) || !long.iter().any(|w| given(w) || surname(w))) {
                return false;
            }
            ordinary < long.len() && probability >= if known > 0 { 0.5 } else { 0.8 }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn program_text_names_nobody() {
        for text in [
            "impl<T> Iterator for Token<T> { type Item = Self; type Output = Self; }",
            "from typing import Optional, Union, List, Tuple",
            "Code Grant and Refresh Token are described in Box Model.",
            "The MAX value of Mark must be None.",
            "0xC3 -> ARABIC LETTER ALEF WITH HAMZA ABOVE",
            "0xD1 -> THAI CHARACTER MAI HAN-AKAT",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn listed_names_stay() {
        assert_eq!(found("Dear Mr. Serik Akhmetov, your order is ready."), ["Serik Akhmetov"]);
        assert_eq!(found("The contract was signed by Aigerim Zhaksybekova."), ["Aigerim Zhaksybekova"]);
    }
}

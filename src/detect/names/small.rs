//! Names in small letters, as chats and tables write them.

use super::crf::{BEGIN, INSIDE};
use super::lists;
use super::pieces::{line_end, next_word};
use super::rules;
use super::sides;
use super::sieve::{Ground, Low};
use super::spans::{self, Span};
use super::tagger::{self, Tagging};
use super::token::{Kind, Token};
use super::view::View;
use super::word::Word;
use super::{Names, NamesScratch};

/// Most tokens of a line of a chat, in which one given name alone may count.
const CHAT: usize = 24;

/// How sure a word in small letters is a name: 0 none, 1 needs another beside it, 2 carries one, 3 a patronymic.
pub fn strength(word: &Word) -> u32 {
    use super::lists::*;
    let f = word.flags;
    if word.len < 3 || f & KK_ORDINARY != 0 || rules::noun(&super::letters::fold(&word.lower)) {
        return 0;
    }
    if f & SURNAME_FREQUENT != 0 && f & SURNAME_ENDING != 0 && f & OC_SURNAME != 0 && word.len >= 5 {
        return 2;
    }
    if f & (ORDINARY | OC_PLACE) != 0 {
        return 0;
    }
    if f & (KK_PATRONYMIC | PATRONYMIC | LATIN_PATRONYMIC) != 0 && word.len >= 7 {
        return 3;
    }
    if f & PATRONYMIC_ENDING != 0 && f & OC_KNOWN == 0 && word.len >= 8 {
        return 3;
    }
    if f & OC_GIVEN != 0 && f & GIVEN != 0 && f & (KK_GIVEN | KK_GIVEN_FORM) == 0 && word.len >= 4 {
        return 2;
    }
    // a Kazakh given name that Russian has no word for; a Kazakh line is told apart by its letters
    if f & KK_GIVEN != 0 && (word.len >= 5 || (f & (OC_GIVEN | GIVEN_FREQUENT) != 0 && word.len >= 4)) {
        return 2;
    }
    let surname = f & (OC_SURNAME | KK_SURNAME) != 0 || f & SURNAME != 0;
    if surname && f & SURNAME_ENDING != 0 && word.len >= 5 {
        return 2;
    }
    u32::from(f & (GIVEN | OC_GIVEN | OC_SURNAME | LATIN_GIVEN | LATIN_SURNAME) != 0 && word.len >= 4)
}

/// Is a word in small letters a given name that may stand beside a sure surname, though it is also a word?
pub fn partner(word: &Word) -> bool {
    use super::lists::*;
    word.len >= 4 && word.flags & (GIVEN_FREQUENT | KK_GIVEN) != 0 && word.flags & KK_ORDINARY == 0
}

/// Does a token stand in an e-mail address, a path, a key?
fn in_address(text: &[u8], t: &Token) -> bool {
    let before = (t.start as usize).checked_sub(1).map(|k| text[k]);
    let after = text.get(t.end as usize).copied();
    let joins = |b: Option<u8>| matches!(b, Some(b'@' | b'_' | b'/' | b'\\' | b'=' | b'&'));
    let dotted = |b: Option<u8>, other: Option<u8>| {
        b == Some(b'.') && other.is_some_and(|o| o.is_ascii_alphanumeric())
    };
    joins(before)
        || joins(after)
        || dotted(after, text.get(t.end as usize + 1).copied())
        || dotted(before, (t.start as usize).checked_sub(2).map(|k| text[k]))
}

/// Does the author write sentences without a capital? Lines that begin one are counted, those of lists are not.
pub fn casual(text: &[u8]) -> bool {
    let (mut low, mut all, mut ended) = (0u32, 0u32, true);
    for line in text.split(|b| *b == b'\n').take(2000) {
        let line = line.trim_ascii();
        let begins = ended;
        // a longer line was not wrapped
        ended = line.len() > 240 || line.last().is_none_or(|b| matches!(b, b'.' | b'!' | b'?' | b')'));
        // a bullet or a number opens an item of a list
        let [0xD0..=0xD3, second, ..] = line else { continue };
        if begins && line.len() >= 24 {
            all += 1;
            // а-п and р-я, ё; Kazakh letters may be either
            low += u32::from(line[0] == 0xD1 && *second < 0x90 || line[0] == 0xD0 && *second >= 0xB0);
        }
    }
    low >= 3 && low * 2 > all
}

impl Names {
    /// Words that the lists know as names and not as ordinary words are read as if they had a capital, and only a
    /// name of two such words, or a very sure one, counts.
    pub(super) fn lower_case(&self, text: &[u8], segment: u32, casual: bool, s: &mut NamesScratch) {
        s.tagging.words.clear();
        let mut strong = 0;
        let mut strengths: Vec<u32> = Vec::new();
        for t in &s.tokens {
            let n = self.number(&mut s.cache, text, t, false);
            s.tagging.words.push(n);
            let free = t.kind == Kind::Word && !t.capital && !in_address(text, t);
            strengths.push(if free { strength(&s.cache.entry(n).word) } else { 0 });
            strong += strengths[strengths.len() - 1];
        }
        if strong < 2 {
            return;
        }
        for (k, t) in s.tokens.iter().enumerate() {
            let word = &s.cache.entry(s.tagging.words[k]).word;
            let sure = |k: usize| strengths.get(k).is_some_and(|s| *s >= 2);
            let beside = sure(k + 1) || (k > 0 && sure(k - 1));
            let dot = s.tokens.get(k + 1).is_some_and(|d| text[d.start as usize] == b'.');
            // a single letter with a dot beside a sure word is an initial
            let initial = word.len == 1
                && t.kind == Kind::Word
                && dot
                && (beside || (k > 1 && sure(k - 2)) || sure(k + 2));
            if strengths[k] > 0 || initial || (beside && !t.capital && partner(word)) {
                s.tagging.words[k] = s.cache.number(text, t, tagger::Case::Raised, &self.lists, &self.model);
            }
        }
        self.label(s);
        let view = View { text, tokens: &s.tokens, tagging: &s.tagging, cache: &s.cache, people: false };
        collect(&view, segment, casual, &mut s.spans);
    }

    /// Names in small letters in what a line of a chat says behind «Name:», in the paragraph that begins at `start`.
    pub(super) fn said(&self, ground: &Ground<'_>, start: usize, s: &mut NamesScratch) {
        let lines = s.sieve.low.iter().rposition(|l| (l.from as usize) < start).map_or(0, |k| k + 1);
        for k in lines..s.sieve.low.len() {
            let Low { from, to, .. } = s.sieve.low[k];
            let (from, to) = (from as usize, to as usize);
            if s.sieve.low[k].said && self.small_letters(ground.text, from, to, s) {
                self.tag_all(ground, (from, from, to), true, s);
            }
        }
    }

    /// Names in small letters in lines without capitals of a long paragraph.
    pub(super) fn small_lines(&self, ground: &Ground<'_>, start: usize, stop: usize, s: &mut NamesScratch) {
        let text = ground.text;
        let mut line = start;
        while line < stop {
            let (end, next) = line_end(text, line, stop);
            if s.sieve.next(line, end).is_none() && self.small_letters(text, line, end, s) {
                self.tag_all(ground, (line, line, end), true, s);
            }
            line = next;
        }
    }

    /// Do two words or more in small letters look like names?
    pub(super) fn small_letters(&self, text: &[u8], mut at: usize, end: usize, s: &mut NamesScratch) -> bool {
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

/// The words from `from` that the lists take for surname, given name and patronymic, though the tagger saw none or a
/// part: «калиевой айжан муратовны».
fn full(view: &View<'_>, from: usize) -> usize {
    let mut to = from;
    while view.is_word(to)
        && !view.tokens[to].capital
        && (strength(view.word(to)) > 0 || (to > from && partner(view.word(to))))
        && (to == from || (view.near(to) && !view.new_line(to)))
        && to - from < 4
    {
        to += 1;
    }
    to
}

fn collect(view: &View<'_>, segment: u32, casual: bool, out: &mut Vec<Span>) {
    let Tagging { labels, .. } = view.tagging;
    let kazakh = view.tokens.iter().any(|t| sides::kazakh(&view.text[t.start as usize..t.end as usize]));
    let mut k = 0;
    while k < view.tokens.len() {
        let run = full(view, k);
        let strengths: Vec<u32> = (k..run).map(|k| strength(view.word(k))).collect();
        // a patronymic with a name before it needs no tagger
        let frequent = lists::OC_GIVEN | lists::GIVEN;
        let surname = lists::SURNAME_FREQUENT | lists::SURNAME_ENDING | lists::OC_SURNAME;
        let chat = !kazakh && (casual || view.tokens.len() <= CHAT);
        let listed = (strengths.len() >= 2 && strengths.contains(&3) && strengths[0] < 3)
            || (chat
                && strengths.first() == Some(&2)
                && view.word(k).flags & lists::ORDINARY == 0
                && (view.word(k).flags & (frequent | lists::KK_GIVEN) == frequent
                    || view.word(k).flags & surname == surname));
        if labels[k] != BEGIN && !listed {
            k += 1;
            continue;
        }
        let mut to = k + 1;
        while to < view.tokens.len() && labels[to] == INSIDE {
            to += 1;
        }
        if listed {
            to = run;
        }
        let from = k;
        k = to;
        let words = view.words(from, to);
        let raised = view.tokens[from..to].iter().all(|t| !t.capital);
        let weigh = |w: &&Word| strength(w).max(u32::from(partner(w)));
        let (sum, top) = words.iter().map(weigh).fold((0, 0), |(s, t), w| (s + w, t.max(w)));
        let alone = words.len() == 1;
        // one word alone counts in a chat line only, and never in Kazakh, where most names are words
        let plain = words.first().is_some_and(|w| w.flags & lists::ORDINARY != 0);
        let sure = if alone {
            !plain && !kazakh && top == 2 && (casual || view.tokens.len() <= CHAT)
        } else {
            top >= 2 && sum >= 3
        };
        if !raised || !sure {
            continue;
        }
        let told = listed.then_some(0.9);
        if let Some(mut span) = spans::judge(view, segment, from, to, told) {
            span.confidence *= if words.len() > 1 { 0.9 } else { 0.75 };
            if !out.iter().rev().take(8).any(|o| o.start < span.end && o.end > span.start) {
                out.push(span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::casual;
    use crate::detect::names::tests::found;

    const NOTE: &str = "здравствуйте, пишет вам пенсионерка из дома напротив.\nу нас третий месяц шумит мастерская. Хозяин Петров.\n\n\
                        участковый приходил один раз и ушел, потом пришел егор и взял у меня деньги, а где он теперь, никто не знает.\n";

    #[test]
    fn a_note_without_capitals() {
        assert!(casual(NOTE.as_bytes()));
        let list = "Суд решил:\n1) взыскать с ответчика сумму долга и пени;\n2) взыскать расходы по уплате пошлины;\n3) отказать в остальном.\n";
        assert!(!casual(list.as_bytes()));
        let wrapped = "Суд установил, что ответчик взял\nв долг деньги и не вернул их в срок,\nкоторый указан в расписке, и просил\nоб отсрочке до весны.\n";
        assert!(!casual(wrapped.as_bytes()));
        assert!(found(NOTE).contains(&"егор".to_owned()), "{:?}", found(NOTE));
    }
}

//! A tagged sequence as the rules see it: tokens, the words they are, the labels they got.

use super::crf::{BEGIN, INSIDE};
use super::endings::KK_ENDINGS;
use super::letters::fold;
use super::tagger::{Cache, Tagging};
use super::token::{self, Kind, Token};
use super::word::{Shape, Word};

/// One tagged sequence.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// The tokens of the sequence.
    pub tokens: &'a [Token],
    /// Their words and labels.
    pub tagging: &'a Tagging,
    /// The words by number.
    pub cache: &'a Cache,
    /// The document names people in Latin letters: others there are believed more readily.
    pub people: bool,
}

impl<'a> View<'a> {
    /// The word of token `k`.
    pub fn word(&self, k: usize) -> &'a Word {
        &self.cache.entry(self.tagging.words[k]).word
    }

    /// The folded small letters of token `k`.
    pub fn folded(&self, k: usize) -> String {
        fold(&self.word(k).lower)
    }

    /// Is token `k` a word?
    pub fn is_word(&self, k: usize) -> bool {
        self.tokens.get(k).is_some_and(|t| t.kind == Kind::Word)
    }

    /// Is token `k` a word with a capital?
    pub fn is_title(&self, k: usize) -> bool {
        self.tokens.get(k).is_some_and(|t| t.kind == Kind::Word && t.capital)
    }

    /// Is token `k` this mark?
    pub fn is_mark(&self, k: usize, mark: u8) -> bool {
        self.tokens.get(k).is_some_and(|t| is_mark(self.text, t, mark))
    }

    /// Is token `k` an opening quotation mark?
    pub fn is_quote(&self, k: usize) -> bool {
        self.tokens.get(k).is_some_and(|t| t.kind == Kind::Mark) && self.word(k).shape == Shape::Quote
    }

    /// Is the token at `k` an initial with a dot after it?
    pub fn initial(&self, k: usize) -> bool {
        initial(self.text, self.tokens, k)
    }

    /// Does token `k` stand directly after the one before it?
    pub fn near(&self, k: usize) -> bool {
        near(self.tokens, k)
    }

    /// Does a line end stand between token `k` and the one before it?
    pub fn new_line(&self, k: usize) -> bool {
        k > 0 && self.text[self.tokens[k - 1].end as usize..self.tokens[k].start as usize].contains(&b'\n')
    }

    /// Do so many blanks stand before token `k` that it belongs to another column of the page?
    pub fn column_gap(&self, k: usize) -> bool {
        let gap = &self.text[self.tokens[k - 1].end as usize..self.tokens[k].start as usize];
        gap.len() > 3 && gap.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count() > 3
    }

    /// Does token `k` end as the Kazakh genitive does?
    pub fn genitive(&self, k: usize) -> bool {
        genitive(&self.text[self.tokens[k].start as usize..self.tokens[k].end as usize])
    }

    /// The words of the tokens `from..to`, marks and numbers left out.
    pub fn words(&self, from: usize, to: usize) -> Vec<&'a Word> {
        (from..to)
            .map(|k| self.word(k))
            .filter(|w| (w.shape as u8) < Shape::Number as u8 && w.shape != Shape::Pad)
            .collect()
    }

    /// Widens a name to initials that stand beside it: first token, one past the last, and whether it grew.
    pub fn widen(&self, from: usize, to: usize) -> (usize, usize, bool) {
        widen(self.text, self.tokens, &self.tagging.labels, from, to)
    }
}

/// Is a token this mark?
pub fn is_mark(text: &[u8], t: &Token, mark: u8) -> bool {
    t.kind == Kind::Mark && text[t.start as usize] == mark && t.end - t.start == 1
}

/// Is the token at `k` an initial («С», «Ғ», «Дж», «Әл») with a dot after it?
fn initial(text: &[u8], tokens: &[Token], k: usize) -> bool {
    let Some(t) = tokens.get(k) else { return false };
    t.kind == Kind::Word
        && t.capital
        && t.end - t.start <= 5
        && tokens.get(k + 1).is_some_and(|d| is_mark(text, d, b'.') && d.start - t.end <= 1)
        && token::char_at(text, t.start as usize).is_some_and(|(c, n)| {
            // «Аушев М-Б.»: a given name of two halves
            let halves = || {
                std::str::from_utf8(&text[t.start as usize..t.end as usize])
                    .ok()
                    .and_then(|w| w.split_once('-'))
                    .is_some_and(|(a, b)| {
                        [a, b].iter().all(|h| h.chars().count() == 1 && h.starts_with(char::is_uppercase))
                    })
            };
            t.end - t.start == n as u32
                || (t.end - t.start == 5 && halves())
                || (t.end - t.start <= 4
                    && t.end - t.start > n as u32
                    && matches!(c, 'Д' | 'Ә' | 'Ш' | 'Ю' | 'Я' | 'Ж'))
                || matches!(
                    &text[t.start as usize..t.end as usize],
                    b"Zh" | b"Sh" | b"Kh" | b"Ch" | b"Yu" | b"Ya" | b"Ye" | b"Ts"
                )
        })
}

fn near(tokens: &[Token], k: usize) -> bool {
    k == 0 || tokens.get(k).is_none_or(|t| t.start - tokens[k - 1].end <= 2)
}

/// The end of the tokens after `to`, the initials before which may have a Kazakh ending («Қабдолов Р.С.-ның») or end in «о.» or «оглы» (a patronymic cut short).
fn small_end(text: &[u8], tokens: &[Token], to: usize) -> usize {
    // «Юнусов Ш.К-дан»: the last initial has lost its dot
    if let Some(t) =
        tokens.get(to).filter(|t| t.kind == Kind::Word && t.capital && t.start == tokens[to - 1].end)
    {
        let word = String::from_utf8_lossy(&text[t.start as usize..t.end as usize]);
        if let Some((letter, ending)) = word.split_once('-')
            && letter.chars().count() == 1
            && KK_ENDINGS.contains(&fold(ending).as_str())
        {
            return to + 1;
        }
    }
    let hyphen = tokens.get(to).is_some_and(|t| is_mark(text, t, b'-') && t.start == tokens[to - 1].end);
    if let Some(t) =
        tokens.get(to + 1).filter(|t| hyphen && t.kind == Kind::Word && t.start == tokens[to].end)
    {
        let word = String::from_utf8_lossy(&text[t.start as usize..t.end as usize]);
        return if KK_ENDINGS.contains(&fold(&word).as_str()) { to + 2 } else { to };
    }
    let Some(t) = tokens.get(to).filter(|t| t.kind == Kind::Word && !t.capital) else { return to };
    let word = &text[t.start as usize..t.end as usize];
    let glued = to > 0 && t.start == tokens[to - 1].end;
    let letter = glued && ["о", "к", "ұ", "қ", "у"].iter().any(|l| l.as_bytes() == word);
    if letter && tokens.get(to + 1).is_some_and(|d| is_mark(text, d, b'.') && d.start == t.end) {
        return to + 2;
    }
    let son = ["оглы", "оглу", "кызы", "қызы", "гызы", "ұлы", "улы", "uly", "ogly"];
    // «Мұсаеваның ұлы Ислам»: whose son it is, no patronymic
    let before = &tokens[to - 1];
    let near = t.start - before.end <= 1 && !genitive(&text[before.start as usize..before.end as usize]);
    if near && son.iter().any(|s| s.as_bytes() == word) { to + 1 } else { to }
}

/// Does a word end as the Kazakh genitive does?
fn genitive(word: &[u8]) -> bool {
    const CASES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];
    word.len() > 10 && CASES.iter().any(|e| word.ends_with(e.as_bytes()))
}

/// Does a word of seven letters or more end as the Kazakh genitive or accusative does?
pub fn declined(word: &[u8]) -> bool {
    const CASES: [&str; 8] = ["ның", "нің", "дың", "дің", "тың", "тің", "ны", "ні"];
    word.len() >= 14 && CASES.iter().any(|e| word.ends_with(e.as_bytes()))
}

/// The first token and one past the last of a name, widened to initials that stand beside it.
pub fn widen(
    text: &[u8],
    tokens: &[Token],
    labels: &[u8],
    mut from: usize,
    mut to: usize,
) -> (usize, usize, bool) {
    let free = |k: usize| labels.get(k).is_none_or(|l| *l != BEGIN && *l != INSIDE);
    let initial = |k: usize| initial(text, tokens, k);
    let mut widened = false;
    // a dot that belongs to a last initial
    if to < tokens.len() && is_mark(text, &tokens[to], b'.') && initial(to - 1) && free(to) {
        to += 1;
        widened = true;
    }
    // «Мамедов И.Р.о.»: the small letter of a patronymic cut short, which the tagger took for a part
    let glued = |k: usize| k > 0 && tokens.get(k).is_some_and(|t| t.start == tokens[k - 1].end);
    if to < tokens.len()
        && is_mark(text, &tokens[to], b'.')
        && glued(to)
        && to - from >= 3
        && glued(to - 1)
        && is_mark(text, &tokens[to - 2], b'.')
        && tokens[to - 1].kind == Kind::Word
        && !tokens[to - 1].capital
        && tokens[to - 1].end - tokens[to - 1].start <= 2
    {
        return (from, to + 1, true);
    }
    let has_initial = (from..to).any(initial);
    // «Оксана Крамаренконы Р.Ережепов»: no initials behind a Kazakh ending where a surname follows them
    let next = (to..tokens.len()).step_by(2).find(|k| !initial(*k)).unwrap_or(to);
    let taken = next > to
        && tokens
            .get(next)
            .is_some_and(|t| t.kind == Kind::Word && t.capital && t.end - t.start > 4 && near(tokens, next))
        && !has_initial
        && declined(&text[tokens[to - 1].start as usize..tokens[to - 1].end as usize]);
    while !taken && (to - from <= 3 || has_initial) && initial(to) && free(to) && near(tokens, to) {
        to += 2;
        widened = true;
    }
    if to >= 2 && to <= tokens.len() && to - from >= 3 && initial(to - 2) {
        to = small_end(text, tokens, to);
    }
    while from >= 2 && initial(from - 2) && free(from - 2) && near(tokens, from) && !widened {
        // «г. Ахметов» is not an initial; a capital letter with a dot directly before the surname is
        from -= 2;
    }
    (from, to.min(tokens.len()), widened)
}

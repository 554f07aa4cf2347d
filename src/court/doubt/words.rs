//! The words of an act and the stems under which forms of one name are the same.

use crate::detect::names::endings::{KK_ENDINGS, kk_stem};
use crate::detect::names::lists::{Flags, Lists};
use crate::detect::names::parts::{key, plain_stem, readings, surname_stem};

/// A word of the text.
pub(super) struct Word<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'a str,
    /// Folded, in Cyrillic letters.
    pub(super) key: String,
    pub(super) flags: Flags,
}

impl Word<'_> {
    pub(super) fn title(&self) -> bool {
        self.text.starts_with(char::is_uppercase) && self.text.chars().count() >= 2
    }

    pub(super) fn title_letter(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    pub(super) fn long(&self) -> usize {
        self.text.chars().count()
    }

    pub(super) fn latin(&self) -> bool {
        self.text.chars().next().is_some_and(|c| (c as u32) < 0x250)
    }

    /// Stems under which forms of one name are the same.
    pub(super) fn stems(&self) -> Vec<String> {
        let mut all = vec![self.key.clone(), surname_stem(&self.key).0, plain_stem(&self.key)];
        if let Some(bare) = kk_stem(&self.key) {
            all.push(bare.to_owned());
            all.push(plain_stem(bare));
        }
        all.retain(|s| s.chars().count() >= 3);
        // «Люмен»: a surname of two letters and its case
        all.extend(
            KK_ENDINGS
                .iter()
                .filter_map(|e| self.key.strip_suffix(e))
                .filter(|s| s.chars().count() == 2)
                .map(str::to_owned),
        );
        // «Ogulcan», «Огулжан», «Огульджан»
        if self.key.contains("дж") || self.key.contains('ь') || self.latin() {
            let plain = |s: &str| s.replace("дж", "ж").replace(['ь', 'ъ'], "");
            let lower = self.text.to_lowercase();
            let read = if self.latin() { readings(&lower) } else { vec![self.key.clone()] };
            for s in read {
                all.extend(
                    [plain_stem(&plain(&s)), plain(&s)].into_iter().filter(|s| s.chars().count() >= 3),
                );
            }
        }
        if self.long() == 2 {
            all.push(self.key.clone());
        }
        all.dedup();
        all
    }
}

fn word<'a>(text: &'a str, start: usize, end: usize, lists: &Lists) -> Word<'a> {
    let lower = text[start..end].to_lowercase().replace('ё', "е");
    Word { start, end, text: &text[start..end], key: key(&lower), flags: lists.flags(&lower) }
}

pub(super) fn words<'a>(text: &'a str, lists: &Lists) -> Vec<Word<'a>> {
    let mut all = Vec::new();
    let mut start = None;
    let mut chars = text.char_indices().chain([(text.len(), ' ')]).peekable();
    let mut lowers = 0;
    while let Some((k, c)) = chars.next() {
        let inner = matches!(c, '-' | '\'' | '’' | '‘') && chars.peek().is_some_and(|n| n.1.is_alphabetic());
        // «дочериНасте»: a blank was lost
        let lost = lowers >= 2 && c.is_uppercase() && chars.peek().is_some_and(|n| n.1.is_lowercase());
        lowers = if c.is_lowercase() { lowers + 1 } else { 0 };
        if let Some(from) = start.filter(|_| lost) {
            all.push(word(text, from, k, lists));
            start = Some(k);
            continue;
        }
        match (c.is_alphabetic() || (start.is_some() && inner), start) {
            (true, None) => start = Some(k),
            (false, Some(from)) => {
                all.push(word(text, from, k, lists));
                start = None;
            }
            _ => {}
        }
    }
    all
}

/// Do two stems differ by one letter: changed, left out, added?
pub(super) fn close(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (less, more) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if less.len() < 5 || more.len() - less.len() > 1 {
        return false;
    }
    let same = less.iter().zip(more.iter()).take_while(|(x, y)| x == y).count();
    let tail = |from: usize| less[from.min(less.len())..] == more[same + 1..];
    same > 0 && same < more.len() && if less.len() == more.len() { tail(same + 1) } else { tail(same) }
}

/// A word as role words are looked for.
pub(super) fn fold_word(word: &str) -> String {
    crate::detect::names::letters::fold(&word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_one_letter_apart() {
        assert!(close("ахметов", "ахмэтов") && close("пономарев", "понмарев") && close("сыздык", "сыздыкк"));
        assert!(!close("ахметов", "ахметов") && !close("иван", "ивон") && !close("петров", "сидоров"));
    }
}

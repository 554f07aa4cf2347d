//! Names that a scan broke: «Умир заковой», «Русл ан», «Қара баев», «Вале рий Викторович», «Черно- баев».

use crate::detect::names::Names;
use crate::detect::names::lists;
use crate::detect::names::parts::{key, plain_stem, surname_stem};
use crate::model::{Category, Finding};

use super::around::WORDS;
use super::words::Word;
use super::{Doubt, NAMES, found};

/// Most pieces of one name.
const PIECES: usize = 3;

/// Small words that join two names and end none.
const JOINS: &[&str] = &["и", "а", "у", "с", "к", "в", "о", "мен", "пен", "бен", "ұлы", "қызы"];

/// What the name of a person beside broken pieces is: its number, and whether it is replaced.
struct Beside {
    number: u32,
    hidden: bool,
}

/// What stands between the pieces of a broken word.
fn torn(gap: &str) -> bool {
    gap.len() <= 8
        && matches!(gap.trim_matches(' '), "" | "-" | "\n" | "-\n" | "- \n" | "\u{ad}")
        && !gap.is_empty()
}

impl Doubt<'_> {
    /// Pieces of words that are a name together, known in this act or to the lists.
    pub(super) fn broken(
        &self,
        findings: &[Finding],
        hidden: &[(usize, usize)],
        top: &mut u32,
    ) -> Vec<Finding> {
        let mut out: Vec<Finding> = Vec::new();
        let mut k = 0;
        while k < self.words.len() {
            let taken = (2..=PIECES).rev().find_map(|n| {
                let pieces = self.words.get(k..k + n)?;
                self.joined(pieces, findings, hidden, top).map(|f| (n, f))
            });
            match taken {
                Some((n, finding)) => {
                    out.push(finding);
                    k += n;
                }
                None => k += 1,
            }
        }
        out
    }

    fn joined(
        &self,
        pieces: &[Word<'_>],
        findings: &[Finding],
        hidden: &[(usize, usize)],
        top: &mut u32,
    ) -> Option<Finding> {
        let lists = Names::builtin().lists();
        let (a, rest) = pieces.split_first()?;
        let b = rest.last()?;
        let caps = pieces.iter().all(|w| w.long() == 1 || w.text.chars().all(char::is_uppercase));
        let letters: usize = pieces.iter().map(Word::long).sum();
        let shaped = a.title_letter() && (caps || rest.iter().all(|w| !w.title_letter())) && letters >= 5;
        let gaps = pieces.windows(2).all(|w| torn(&self.text[w[0].end..w[1].start]));
        if !shaped || !gaps || rest.iter().all(|w| w.long() < 2) && letters < 6 {
            return None;
        }
        let lower: String =
            pieces.iter().map(|w| w.text).collect::<String>().to_lowercase().replace('ё', "е");
        let whole = key(&lower);
        let stems = [whole.clone(), surname_stem(&whole).0, plain_stem(&whole)];
        // «Марата Кайратовича и», «Томирис пен»: a whole name and a small word
        let begun = key(&a.text.to_lowercase().replace('ё', "е"));
        let known_alone = [&begun, &surname_stem(&begun).0].iter().any(|s| self.known.contains_key(*s));
        let joins = JOINS.contains(&b.text);
        if known_alone && b.long() <= 3 || joins && (a.flags & NAMES != 0 || b.long() == 1) {
            return None;
        }
        // the finder saw through a hyphen at the end of a line
        let seen = |f: &Finding| {
            f.category == Category::PERSON && f.start as usize <= a.start && b.end <= f.end as usize
        };
        let until = findings.partition_point(|f| f.start as usize <= a.start);
        if findings[..until].iter().rev().take(4).any(seen) {
            return None;
        }
        let no_word = |w: &Word<'_>| {
            w.text.starts_with(['ь', 'ъ', 'ы'])
                || w.flags & (WORDS | lists::OC_KNOWN) == 0
                || w.flags & (lists::KK_ORDINARY | lists::OC_PLACE) == 0 && w.long() <= 3
        };
        // «Пет ру»: of a short name the rest must be no word
        let least = if rest.iter().all(no_word) { 4 } else { 5 };
        let known = stems.iter().filter(|s| s.chars().count() >= least).find_map(|s| self.known.get(s));
        let left = self.named_at(a.start, findings, hidden);
        let right = self.named_at(b.end, findings, hidden);
        let beside = left.as_ref().or(right.as_ref());
        // an officer's name
        if known == Some(&None) || known.is_none() && beside.is_some_and(|b| !b.hidden) {
            return None;
        }
        let flags = lists.flags(&lower);
        let formed = NAMES | lists::KK_PATRONYMIC | lists::PATRONYMIC_ENDING;
        // no piece is a word or a name, together they are one
        let alone = a.flags & (NAMES | WORDS | lists::OC_KNOWN) == 0
            && a.long() >= 2
            && rest.iter().all(|w| no_word(w) && (w.flags & NAMES == 0 || w.long() <= 3))
            && flags & NAMES != 0;
        // beside a name of a participant the last pieces have to be no words
        let near = beside.is_some() && flags & formed != 0 && rest.iter().all(no_word);
        let number = match known {
            Some(Some(number)) => *number,
            _ if near => beside.map_or(0, |b| b.number),
            _ if alone && pieces.len() == 2 => {
                *top += 1;
                *top
            }
            _ => return None,
        };
        let (start, _) = self.widened(a.start, a.end);
        Some(found(start.min(a.start), b.end, number))
    }

    /// The person named directly before or behind `at`, or over it.
    fn named_at(&self, at: usize, findings: &[Finding], hidden: &[(usize, usize)]) -> Option<Beside> {
        let n = findings.partition_point(|f| f.start as usize <= at + 1);
        findings[..n].iter().rev().take(4).filter(|f| f.category == Category::PERSON).find_map(|f| {
            let (start, end) = (f.start as usize, f.end as usize);
            let over = start < at && at < end || start == at || end == at;
            let before = end < at && self.text.get(end..at).is_some_and(|g| g == " ");
            let behind = at < start && self.text.get(at..start).is_some_and(|g| g == " ");
            (over || before || behind)
                .then(|| Beside { number: f.entity, hidden: hidden.contains(&(start, end)) })
        })
    }
}

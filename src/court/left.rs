//! What is left in an act after its edits and could still be a name or a number: the last look of a person.

use crate::detect::names::lists::{self, Lists};
use crate::model::Edit;

use super::persons::Person;

/// A word or number that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// It is a number of six digits or more, not a word.
    pub number: bool,
}

/// Lists capitalised words that are no ordinary words, and runs of six digits or more, outside edits and kept persons.
pub fn list(text: &str, edits: &[Edit], people: &[Person], hidden: &[bool], lists: &Lists) -> Vec<Left> {
    let mut covered: Vec<(u32, u32)> = edits.iter().map(|e| (e.start, e.end)).collect();
    let kept = people.iter().zip(hidden).filter(|(_, h)| !**h).flat_map(|(p, _)| &p.mentions);
    covered.extend(kept.map(|m| (m.start, m.end)));
    covered.sort_unstable();
    let mut out = Vec::new();
    let mut next = 0;
    let mut word: Option<usize> = None;
    for (k, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() || (c == '-' && word.is_some()) {
            word.get_or_insert(k);
            continue;
        }
        let Some(start) = word.take() else { continue };
        while covered.get(next).is_some_and(|c| c.1 as usize <= start) {
            next += 1;
        }
        if covered.get(next).is_some_and(|c| (c.0 as usize) < k && start < c.1 as usize) {
            continue;
        }
        let piece = &text[start..k];
        let left = Left { start: start as u32, end: k as u32, number: false };
        if piece.bytes().filter(u8::is_ascii_digit).count() >= 6 {
            out.push(Left { number: true, ..left });
        } else if suspicious(piece, lists) {
            out.push(left);
        }
    }
    out
}

fn suspicious(word: &str, lists: &Lists) -> bool {
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let shouted = word.chars().all(|c| c.is_uppercase() || c == '-') && word.chars().count() <= 4;
    if !capital || shouted || word.chars().count() < 3 {
        return false;
    }
    let flags = lists.flags(&word.to_lowercase().replace('ё', "е"));
    let name = lists::GIVEN
        | lists::SURNAME_FREQUENT
        | lists::KK_GIVEN
        | lists::PATRONYMIC
        | lists::OC_SURNAME
        | lists::OC_GIVEN;
    flags & (lists::ORDINARY | lists::KK_ORDINARY) == 0 || (flags & name != 0 && flags & lists::OC_GIVEN != 0)
}

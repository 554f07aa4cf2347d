//! Exchanges a name for another one of the same kind, with the ending that it has.

use std::collections::HashMap;

use qupia::detect::names::endings::{KK_ENDINGS, RU_ENDINGS, strip};
use qupia::detect::names::letters::fold;

use crate::people::{Pool, altered};
use crate::random::Random;

/// Names by kind and last two letters.
pub struct Swap {
    kinds: HashMap<String, u8>,
    by_end: HashMap<(u8, String), Vec<String>>,
}

fn last_two(word: &str) -> String {
    let mut two: Vec<char> = word.chars().rev().take(2).collect();
    two.reverse();
    two.into_iter().collect()
}

impl Swap {
    pub fn new(pool: &Pool, r: &mut Random) -> Swap {
        let mut swap = Swap { kinds: HashMap::new(), by_end: HashMap::new() };
        for (kind, names) in pool.kinds(r) {
            for name in names {
                let name = name.to_lowercase();
                if name.contains([' ', '-']) || name.chars().count() < 2 {
                    continue;
                }
                swap.kinds.entry(fold(&name)).or_insert(kind);
                swap.by_end.entry((kind, last_two(&name))).or_default().push(name);
            }
        }
        swap
    }

    /// Another name of the kind and ending of `lower`, which is a name as listed.
    fn base(&self, lower: &str, r: &mut Random) -> Option<String> {
        let kind = self.kinds.get(&fold(lower))?;
        let others = self.by_end.get(&(*kind, last_two(lower)))?;
        (others.len() > 2).then(|| r.pick(others).clone())
    }

    fn lower(&self, lower: &str, r: &mut Random) -> Option<String> {
        if let Some(other) = self.base(lower, r) {
            return Some(other);
        }
        for ending in KK_ENDINGS {
            let folded = fold(lower);
            let Some(stem) = strip(&folded, ending) else { continue };
            let letters = stem.chars().count();
            let cut = lower.char_indices().nth(letters).map_or(lower.len(), |c| c.0);
            if letters >= 3
                && let Some(other) = self.base(&lower[..cut], r)
            {
                return Some(other + &lower[cut..]);
            }
        }
        for (ending, bases) in RU_ENDINGS {
            let Some(stem) = strip(lower, ending).filter(|s| s.chars().count() >= 2) else { continue };
            for base in *bases {
                if let Some(other) = self.base(&[stem, base].concat(), r)
                    && let Some(stem) = other.strip_suffix(base)
                {
                    return Some([stem, ending].concat());
                }
            }
        }
        None
    }

    /// Another name for a word of a name, in its case and with its capitals; initials and what is no listed name may
    /// stay or change a letter.
    pub fn other(&self, word: &str, r: &mut Random) -> String {
        let lower = word.to_lowercase();
        if word.chars().count() < 2 || lower.len() != word.len() {
            return word.to_owned();
        }
        let other = match self.lower(&lower, r) {
            Some(other) if !r.chance(12) => other,
            _ if r.chance(50) && word.chars().count() > 3 => altered(r, &lower),
            _ => return word.to_owned(),
        };
        let upper = |c: Option<char>| c.is_some_and(char::is_uppercase);
        if upper(word.chars().next()) && upper(word.chars().nth(1)) {
            other.to_uppercase()
        } else if upper(word.chars().next()) {
            let title = |part: &str| {
                let mut chars = part.chars();
                chars.next().map_or(String::new(), |c| c.to_uppercase().collect::<String>() + chars.as_str())
            };
            other.to_lowercase().split('-').map(title).collect::<Vec<_>>().join("-")
        } else {
            other.to_lowercase()
        }
    }
}

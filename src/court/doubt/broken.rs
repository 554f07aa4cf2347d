//! Names that a scan broke by a blank: «Умир заковой», «Русл ан».

use crate::detect::names::Names;
use crate::detect::names::lists;
use crate::detect::names::parts::{key, plain_stem, surname_stem};
use crate::model::Finding;

use super::around::WORDS;
use super::{Doubt, NAMES, found};

impl Doubt<'_> {
    /// Pairs of a capitalised piece and a small one that are a name together, known in this act or to the lists.
    pub(super) fn broken(&self, top: &mut u32) -> Vec<Finding> {
        let lists = Names::builtin().lists();
        let mut out = Vec::new();
        for k in 1..self.words.len() {
            let (a, b) = (&self.words[k - 1], &self.words[k]);
            let gap = &self.text[a.end..b.start];
            if !matches!(gap, " " | "  ")
                || !a.title()
                || b.title_letter()
                || a.long() + b.long() < 6
                || b.long() < 2
            {
                continue;
            }
            let plain = lists::ORDINARY | lists::KK_ORDINARY;
            // of two letters anything may be a word
            if b.flags & plain != 0 && b.long() > 2 {
                continue;
            }
            let lower = format!("{}{}", a.text, b.text).to_lowercase().replace('ё', "е");
            let joined = key(&lower);
            let stems = [joined.clone(), surname_stem(&joined).0, plain_stem(&joined)];
            let known = stems.iter().filter(|s| s.chars().count() >= 5).find_map(|s| self.known.get(s));
            let (known, listed) = match known {
                // an officer's name
                Some(None) => continue,
                Some(Some(number)) => (Some(*number), true),
                None => (None, false),
            };
            // «Русл ан»: no piece is a word or a name, together they are one
            let alone = a.flags & (NAMES | WORDS | lists::OC_KNOWN) == 0
                && (b.flags & (NAMES | lists::OC_KNOWN) == 0 || b.long() <= 3)
                && lists.flags(&lower) & NAMES != 0;
            let part =
                known.is_some() && (b.flags & lists::OC_KNOWN == 0 || b.flags & NAMES != 0 || b.long() <= 4);
            if !(alone || (listed && part)) {
                continue;
            }
            let number = known.unwrap_or_else(|| {
                *top += 1;
                *top
            });
            let (start, _) = self.widened(a.start, a.end);
            out.push(found(start.min(a.start), b.end, number));
        }
        out
    }
}

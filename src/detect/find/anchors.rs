//! The words that labels begin with, and where they stand in a text.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::detect::lexicon::RuleSet;
use crate::detect::openers::Openers;

/// What labels in running text begin with.
pub(crate) struct Anchors {
    words: Openers,
    /// Looks for them everywhere: where an operator's own rule begins one with a sign or digit.
    automaton: Option<AhoCorasick>,
    /// By word.
    rules: Vec<RuleSet>,
}

impl Anchors {
    /// Puts together words and the rules that they are of; `None` where there are none.
    pub(crate) fn new(all: &[(Vec<u8>, RuleSet)]) -> Option<Anchors> {
        let words = Openers::new(all.iter().map(|a| &a.0[..]));
        let automaton = words.has_other().then(|| {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(true)
                .build(all.iter().map(|a| &a.0))
                .ok()
        });
        let anchors =
            Anchors { words, automaton: automaton.flatten(), rules: all.iter().map(|a| a.1).collect() };
        (!all.is_empty()).then_some(anchors)
    }

    /// Their first bytes.
    pub(super) fn words(&self) -> &Openers {
        &self.words
    }

    /// Is every byte of a text looked at, since a word begins with a sign that no word of a text begins with?
    #[cfg(test)]
    pub(crate) fn everywhere(&self) -> bool {
        self.automaton.is_some()
    }

    /// The rules of a word.
    pub(super) fn rules(&self, word: u16) -> RuleSet {
        self.rules[usize::from(word)]
    }

    /// End, beginning and word of all that stand in `text`, by their ends; `starts` are places where one may begin.
    pub(super) fn at(&self, text: &[u8], starts: &[u32]) -> Vec<(u32, u32, u16)> {
        let mut all: Vec<(u32, u32, u16)> = Vec::new();
        // they come nearly in order
        let mut add = |hit: (u32, u32, u16)| {
            let behind = all.iter().rev().take_while(|known| **known > hit).count();
            all.insert(all.len() - behind, hit);
        };
        if let Some(automaton) = &self.automaton {
            let hits = automaton.find_overlapping_iter(text);
            hits.for_each(|m| add((m.end() as u32, m.start() as u32, m.pattern().as_u32() as u16)));
        } else {
            for at in starts {
                self.words.each(text, *at as usize, |word, n| add((*at + n as u32, *at, word as u16)));
            }
        }
        all
    }
}

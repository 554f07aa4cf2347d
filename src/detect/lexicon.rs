//! The words of all rules in one table, looked up word by word in folded text.

use rustc_hash::FxHashMap;

use super::fold::{fold, is_letter, is_word};
pub(crate) use super::ruleset::RuleSet;

/// Words in order, each whole or (true) as a stem.
pub(crate) type Phrase = Vec<(Box<[u8]>, bool)>;

/// One label: words in order, each whole or as a stem.
#[derive(Clone, Debug)]
struct Entry {
    words: Phrase,
    rules: RuleSet,
    against: RuleSet,
}

/// A label found in folded text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    /// First byte in the folded text.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    /// Rules that it speaks for.
    pub(crate) rules: RuleSet,
    /// Rules that it speaks against.
    pub(crate) against: RuleSet,
}

/// All labels, in buckets by the first two letters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    entries: Vec<Entry>,
    buckets: Vec<(u16, u16)>,
    /// Where a label stands among the entries, until the table is made.
    known: FxHashMap<Phrase, usize>,
}

const CLASSES: usize = 64;

fn class(b: u8) -> usize {
    match b {
        b'a'..=b'z' => (b - b'a') as usize + 1,
        0x80..=0x9F => (b - 0x80) as usize + 27,
        _ if is_letter(b) => 60,
        b'0'..=b'9' => 61,
        _ => 0,
    }
}

fn bucket(word: &[u8]) -> usize {
    let second = word.get(1).filter(|b| is_word(**b)).map_or(0, |b| class(*b));
    word.first().map_or(0, |b| class(*b)) * CLASSES + second
}

/// Reads a label such as `иин`, `телефон*` (a stem) or `удостоверени* личност*`.
pub(crate) fn phrase(label: &str) -> Phrase {
    label
        .split_whitespace()
        .map(|w| {
            let (w, stem) = w.strip_suffix('*').map_or((w, false), |w| (w, true));
            (fold(w).into_boxed_slice(), stem)
        })
        .filter(|(w, _)| !w.is_empty())
        .collect()
}

impl Lexicon {
    /// Adds a label in the writing of [`phrase`].
    pub(crate) fn add(&mut self, label: &str, rules: RuleSet, against: RuleSet) {
        let words = phrase(label);
        if words.is_empty() {
            return;
        }
        match self.known.get(&words) {
            Some(&k) => {
                self.entries[k].rules |= rules;
                self.entries[k].against |= against;
            }
            None => {
                self.known.insert(words.clone(), self.entries.len());
                self.entries.push(Entry { words, rules, against });
            }
        }
    }

    /// Makes the table; needed once, after the last label.
    pub(crate) fn build(&mut self) {
        self.known = FxHashMap::default();
        // longer labels first, so that the longest of a bucket wins
        self.entries.sort_by_cached_key(|e| {
            let n: usize = e.words.iter().map(|w| w.0.len()).sum();
            (bucket(&e.words[0].0), usize::MAX - n)
        });
        self.buckets = vec![(0, 0); CLASSES * CLASSES];
        for (k, e) in self.entries.iter().enumerate() {
            let b = &mut self.buckets[bucket(&e.words[0].0)];
            if b.1 == 0 {
                b.0 = k as u16;
            }
            b.1 += 1;
        }
    }

    /// Calls `found` for every label in `text`, in order; all labels that begin at a word are given.
    pub(crate) fn scan(&self, text: &[u8], mut found: impl FnMut(Label)) {
        let mut at = 0;
        while at < text.len() {
            if !is_word(text[at]) {
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < text.len() && is_word(text[end]) {
                end += 1;
            }
            if is_letter(text[at]) {
                self.at(text, at, &mut found);
            }
            at = end;
        }
    }

    /// Is there a label like this among those that may begin as `text` does?
    fn any(&self, text: &[u8], like: impl Fn(&Entry) -> bool) -> bool {
        let Some(first) = text.first() else { return false };
        [bucket(text), class(*first) * CLASSES].iter().any(|b| {
            self.buckets.get(*b).is_some_and(|&(from, count)| {
                self.entries[from as usize..(from + count) as usize].iter().any(&like)
            })
        })
    }

    /// May a label begin where `text` does? What stands behind the first letters and digits need not be there.
    pub(crate) fn opens(&self, text: &[u8]) -> bool {
        self.any(text, |e| e.words[0].0.starts_with(text) || matches(&e.words[..1], text, 0).is_some())
    }

    /// May a label stand where `text` begins, which goes on behind its first two words? Only those of one word, and
    /// those whose second word is there.
    pub(crate) fn goes_on(&self, text: &[u8]) -> bool {
        self.any(text, |e| matches(&e.words[..e.words.len().min(2)], text, 0).is_some())
    }

    /// Calls `found` for every label that begins at `at`.
    pub(crate) fn scan_at(&self, text: &[u8], at: usize, mut found: impl FnMut(Label)) {
        if at < text.len() {
            self.at(text, at, &mut found);
        }
    }

    fn at(&self, text: &[u8], at: usize, found: &mut impl FnMut(Label)) {
        let word = &text[at..];
        for b in [bucket(word), class(word[0]) * CLASSES] {
            let Some(&(from, count)) = self.buckets.get(b) else { continue };
            for e in &self.entries[from as usize..(from + count) as usize] {
                if let Some(end) = matches(&e.words, text, at) {
                    found(Label { start: at, end, rules: e.rules, against: e.against });
                }
            }
            if b % CLASSES == 0 {
                break;
            }
        }
    }
}

/// Where the label ends, if it stands at `at`.
#[inline]
pub(crate) fn matches(words: &[(Box<[u8]>, bool)], text: &[u8], at: usize) -> Option<usize> {
    // most labels begin with another letter
    if words.first()?.0.first() != text.get(at) {
        return None;
    }
    all_match(words, text, at)
}

fn all_match(words: &[(Box<[u8]>, bool)], text: &[u8], mut at: usize) -> Option<usize> {
    for (k, (word, stem)) in words.iter().enumerate() {
        if k > 0 {
            // up to three signs between the words of a label, of which one may be asked for: "ЖК №"
            let sign = word.first().filter(|b| !is_word(**b));
            let gap = text[at..].iter().take(4).take_while(|b| !is_word(**b) && Some(*b) != sign).count();
            if gap > 3 {
                return None;
            }
            at += gap;
        }
        if !text.get(at..)?.starts_with(word) {
            return None;
        }
        at += word.len();
        let tail = text[at..].iter().take_while(|b| is_letter(**b)).count();
        if !stem && tail > 0 {
            return None;
        }
        at += tail;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(labels: &[&str], text: &str) -> Vec<usize> {
        let mut l = Lexicon::default();
        for (k, w) in labels.iter().enumerate() {
            l.add(w, RuleSet::of(k), RuleSet::NONE);
        }
        l.build();
        let mut out = Vec::new();
        l.scan(&fold(text), |f| out.extend(f.rules));
        out
    }

    #[test]
    fn whole_words_stems_and_phrases() {
        let labels = ["иин", "телефон*", "удостоверени* личност*", "т", "р/с"];
        assert_eq!(found(&labels, "ЖСН ИИН-і: телефоны"), [0, 1]);
        assert_eq!(found(&labels, "ИИНовый"), [] as [usize; 0]);
        assert_eq!(found(&labels, "Удостоверение личности, т. 2"), [2, 3]);
        assert_eq!(found(&labels, "удостоверение водителя"), [] as [usize; 0]);
        assert_eq!(found(&labels, "р/с 1"), [4]);
        assert_eq!(found(&["жк №"], "ЖК № 1, жк 2, ЖК: №3"), [0, 0]);
    }
}

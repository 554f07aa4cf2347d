//! Words and signs that labels and cues begin with, told by their first bytes where a word begins.
//!
//! An automaton looks at every byte of a text; here most places cost a look into a small table.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Bytes that a place is told by, longest first.
const LENGTHS: [usize; 4] = [6, 4, 3, 2];
/// Bits of the table.
const BITS: usize = 1 << 16;

/// A set of words, each with a number, looked up where words begin. ASCII letters count in both cases.
#[derive(Clone, Debug)]
pub(crate) struct Openers {
    words: Vec<Box<[u8]>>,
    /// One bit for what the first bytes of some word come to.
    table: Box<[u64; BITS / 64]>,
    /// The same with the words, longest first.
    lists: FxHashMap<(u8, u64), SmallVec<[u16; 2]>>,
    /// Lengths that some word is told by.
    lengths: SmallVec<[usize; 4]>,
    /// Some word begins with a byte that no word of a text begins with.
    other: bool,
    /// Some word begins with anything but a bracket.
    letters: bool,
    /// Second bytes of words.
    second: [u64; 4],
}

/// The first `n` bytes of `eight`, ASCII letters in one case (and other bytes changed alike wherever they stand).
#[inline(always)]
fn key(eight: u64, n: usize) -> u64 {
    (eight | 0x2020_2020_2020_2020) & (u64::MAX >> (64 - 8 * n))
}

#[inline(always)]
fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize
}

/// Eight bytes from `at` on, zeros behind the end.
#[inline(always)]
fn eight(text: &[u8], at: usize) -> u64 {
    match text[at..].first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text[at..].iter().rev().fold(0, |w, b| w << 8 | u64::from(*b)),
    }
}

/// A byte that words begin with: a letter of Latin or Cyrillic, a low line or a bracket.
fn opens(b: u8) -> bool {
    b.is_ascii_alphabetic() || matches!(b, b'_' | b'(' | b'[' | b'{') || (0xD0..=0xD4).contains(&b)
}

impl Openers {
    /// Puts words together; their numbers are their places in the row.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Openers {
        let mut set = Openers {
            words: Vec::new(),
            table: Box::new([0; BITS / 64]),
            lists: FxHashMap::default(),
            lengths: SmallVec::new(),
            other: false,
            letters: false,
            second: [0; 4],
        };
        for word in words {
            let number = set.words.len() as u16;
            set.words.push(word.into());
            set.other |= !word.first().is_some_and(|b| opens(*b));
            set.letters |= !matches!(word.first(), Some(b'(' | b'[' | b'{'));
            match LENGTHS.iter().find(|n| **n <= word.len()) {
                Some(&n) => set.put(eight(word, 0), n, number),
                // a letter alone is told with each byte that may stand behind it
                None => {
                    for next in 0..=255u64 {
                        set.put(eight(word, 0) | next << 8, 2, number);
                    }
                }
            }
        }
        for list in set.lists.values_mut() {
            list.sort_by_key(|k| std::cmp::Reverse(set.words[usize::from(*k)].len()));
        }
        set.lengths =
            LENGTHS.into_iter().filter(|n| set.lists.keys().any(|k| usize::from(k.0) == *n)).collect();
        set
    }

    fn put(&mut self, eight: u64, n: usize, number: u16) {
        for b in [(eight >> 8) as u8, (eight >> 8) as u8 ^ 0x20] {
            self.second[usize::from(b / 64)] |= 1 << (b % 64);
        }
        let key = key(eight, n);
        self.table[slot(key) / 64] |= 1 << (slot(key) % 64);
        let list = self.lists.entry((n as u8, key)).or_default();
        if !list.contains(&number) {
            list.push(number);
        }
    }

    /// False where every word begins as words of a text do.
    pub(crate) fn has_other(&self) -> bool {
        self.other
    }

    /// True where every word begins with a bracket, so that letters need no look.
    pub(crate) fn only_brackets(&self) -> bool {
        !self.letters
    }

    /// May a word of the set stand at `at`?
    #[inline(always)]
    pub(crate) fn may(&self, text: &[u8], at: usize) -> bool {
        let eight = eight(text, at);
        let bit = |n| {
            let slot = slot(key(eight, n));
            self.table[slot / 64] >> (slot % 64) & 1
        };
        bit(6) | bit(4) | bit(3) | bit(2) == 1
    }

    /// The same, sooner told by the second byte; for signs, behind which few bytes begin a word of the set.
    #[inline(always)]
    pub(crate) fn may_sign(&self, text: &[u8], at: usize) -> bool {
        let second = text.get(at + 1).copied().unwrap_or_default();
        self.second[usize::from(second / 64)] >> (second % 64) & 1 == 1 && self.may(text, at)
    }

    /// Calls `found` with every word that stands at `at`: its number and its length, longest first among those
    /// that are told alike.
    pub(crate) fn each(&self, text: &[u8], at: usize, mut found: impl FnMut(usize, usize)) {
        let eight = eight(text, at);
        for n in &self.lengths {
            let key = key(eight, *n);
            if self.table[slot(key) / 64] >> (slot(key) % 64) & 1 == 0 {
                continue;
            }
            let Some(list) = self.lists.get(&(*n as u8, key)) else { continue };
            for k in list {
                let word = &self.words[usize::from(*k)];
                if text[at..].get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)) {
                    found(usize::from(*k), word.len());
                }
            }
        }
    }

    /// Adds to the table what another set looks for, so that one look tells of both.
    pub(crate) fn cover(&mut self, other: &Openers) {
        for (mine, theirs) in self.table.iter_mut().zip(other.table.iter()) {
            *mine |= theirs;
        }
        self.letters |= other.letters;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(set: &Openers, text: &str, at: usize) -> Vec<usize> {
        let mut all = Vec::new();
        set.each(text.as_bytes(), at, |k, _| all.push(k));
        all.sort_unstable();
        assert!(all.is_empty() || set.may(text.as_bytes(), at), "{text}");
        all
    }

    #[test]
    fn words_are_found_at_their_first_byte() {
        let words = ["пароль", "пар", "sid=", "x", "t.me/", "пол"].map(str::as_bytes);
        let set = Openers::new(words);
        assert!(!set.has_other());
        assert_eq!(at(&set, "пароль", 0), [0, 1]);
        assert_eq!(at(&set, "паром", 0), [1]);
        assert_eq!(at(&set, "SID=1", 0), [2]);
        assert_eq!(at(&set, "ax", 1), [3]);
        assert_eq!(at(&set, "x.t.me/a", 2), [4]);
        assert_eq!(at(&set, "по", 0), [] as [usize; 0]);
        assert_eq!(at(&set, "пол", 0), [5]);
        assert!(Openers::new([&b"5x"[..]]).has_other());
        assert!(Openers::new([&b"(at)"[..], b"[at]"]).only_brackets() && !set.only_brackets());
    }

    #[test]
    fn a_cover_tells_of_both() {
        let other = Openers::new([&b"dom"[..]]);
        let mut set = Openers::new([&b"password"[..]]);
        assert!(!set.may(b"dom", 0));
        set.cover(&other);
        assert!(set.may(b"dom", 0) && set.may(b"Password", 0));
    }
}

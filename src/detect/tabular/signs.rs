//! Which bytes of a block are what, as bit masks made once for all cells.

use crate::detect::lanes::{Gate, Lanes, Quick, Step, Verdict, walk};
use crate::model::Level;

/// Longest cell that is told by masks.
const WIDEST: usize = 128;

/// One bit a byte, 64 a word.
#[derive(Default)]
pub(super) struct Signs {
    digit: Vec<u64>,
    /// ASCII letters.
    latin: Vec<u64>,
    cyrillic: Vec<u64>,
    blank: Vec<u64>,
    /// Anything but Cyrillic letters, ASCII letters, digits, blanks, and the signs of words and houses.
    strange: Vec<u64>,
    /// Anything but Cyrillic letters, blanks and dashes.
    unnamed: Vec<u64>,
}

impl Step for Signs {
    const BACK: usize = 0;

    #[inline(always)]
    fn quick(&mut self, _: usize, _: Quick) -> Verdict {
        Verdict::Step
    }

    #[inline(always)]
    fn look(&mut self, _: usize, _: Gate) -> bool {
        true
    }

    #[inline(always)]
    fn step(&mut self, _: usize, m: Lanes) {
        let word = m.cyrillic | m.follow;
        self.digit.push(m.digit);
        self.latin.push(m.alpha);
        self.cyrillic.push(word);
        self.blank.push(m.blank);
        self.strange.push(!(word | m.alpha | m.digit | m.blank | m.dot | m.dash | m.slash | m.comma));
        self.unnamed.push(!(word | m.blank | m.dash));
    }
}

/// The bits from `start` on, as many as fit.
#[inline(always)]
fn bits(words: &[u64], start: usize) -> u128 {
    let (word, shift) = (start / 64, start % 64);
    let at = |k: usize| u128::from(words.get(k).copied().unwrap_or_default());
    let low = at(word) | at(word + 1) << 64;
    if shift == 0 { low } else { low >> shift | at(word + 2) << (128 - shift) }
}

impl Signs {
    /// Makes the masks of a text.
    pub(super) fn read(&mut self, level: Level, text: &[u8]) {
        let Signs { digit, latin, cyrillic, blank, strange, unnamed } = self;
        for words in [digit, latin, cyrillic, blank, strange, unnamed] {
            words.clear();
            words.reserve(text.len() / 64 + 1);
        }
        walk(level, text, self);
    }

    /// Is `text[start..end]` Cyrillic words and a few digits, with nothing else that could mean something? Says no
    /// rather than yes.
    #[inline]
    pub(super) fn few_digits(&self, start: usize, end: usize) -> Option<Few> {
        if end - start > WIDEST || end == start {
            return None;
        }
        let here = u128::MAX >> (WIDEST - (end - start));
        let digits = (bits(&self.digit, start) & here).count_ones();
        if bits(&self.strange, start) & here != 0 || digits > 8 {
            return None;
        }
        let latin = bits(&self.latin, start) & here != 0;
        let letters = latin || bits(&self.cyrillic, start) & here != 0;
        Some(Few { digits: digits > 0, latin, letters })
    }

    /// Is `text[start..end]` nothing but Cyrillic words, at most seven?
    #[inline]
    pub(super) fn words(&self, start: usize, end: usize) -> bool {
        if end - start > WIDEST || end == start {
            return false;
        }
        let here = u128::MAX >> (WIDEST - (end - start));
        bits(&self.unnamed, start) & here == 0 && (bits(&self.blank, start) & here).count_ones() < 7
    }
}

/// What a cell without anything strange holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Few {
    pub(super) digits: bool,
    pub(super) latin: bool,
    pub(super) letters: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_a_text() {
        let cells =
            ["Хасенов Канат Мұратұлы", "г. Алматы, ул. Абая, 5", "a@b", "123456789", "12.5", "x 1", ""];
        for pad in [0, 1, 63, 64, 65, 130] {
            for cell in cells {
                let text = [";".repeat(pad).as_str(), cell, ";12 ж@"].concat();
                let mut signs = Signs::default();
                signs.read(Level::best(), text.as_bytes());
                let (a, b) = (pad, pad + cell.len());
                assert_eq!(signs.words(a, b), cell == cells[0], "{cell} {pad}");
                let few = signs.few_digits(a, b).map(|f| (f.digits, f.latin, f.letters));
                let want = match cell {
                    "Хасенов Канат Мұратұлы" => Some((false, false, true)),
                    "г. Алматы, ул. Абая, 5" => Some((true, false, true)),
                    "x 1" => Some((true, true, true)),
                    "12.5" => Some((true, false, false)),
                    _ => None,
                };
                assert_eq!(few, want, "{cell} {pad}");
            }
        }
    }

    #[test]
    fn nothing_stays_of_the_text_before() {
        let mut signs = Signs::default();
        signs.read(Level::best(), "жжжжжжжж".as_bytes());
        signs.read(Level::best(), b"12 34-5/");
        assert!(signs.few_digits(0, 8).is_some_and(|few| !few.letters));
    }
}

//! Which bytes of a block are what, as bit masks made once for all cells.

use crate::detect::lanes::{Gate, Lanes, Quick, Step, Verdict, walk};
use crate::model::Level;

/// Longest cell that is told by masks.
const WIDEST: usize = 128;

/// What 64 bytes are, a bit each.
#[derive(Clone, Copy, Default)]
struct Word {
    digit: u64,
    /// ASCII letters.
    latin: u64,
    cyrillic: u64,
    blank: u64,
    /// Anything but Cyrillic letters, ASCII letters, digits, blanks, and the signs of words and houses.
    strange: u64,
    /// Anything but Cyrillic letters, blanks and dashes.
    unnamed: u64,
    /// `@`.
    at: u64,
    dot: u64,
    dash: u64,
    /// Anything but digits, small letters of ASCII and the signs of addresses of mail.
    unmailed: u64,
}

/// The words of a text.
#[derive(Default)]
pub(super) struct Signs(Vec<Word>);

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
    fn step(&mut self, offset: usize, m: Lanes) {
        let word = m.cyrillic | m.follow;
        // the room was made before
        if let Some(here) = self.0.get_mut(offset / 64) {
            *here = Word {
                digit: m.digit,
                latin: m.alpha,
                cyrillic: word,
                blank: m.blank,
                strange: !(word | m.alpha | m.digit | m.blank | m.dot | m.dash | m.slash | m.comma),
                unnamed: !(word | m.blank | m.dash),
                at: m.at,
                dot: m.dot,
                dash: m.dash,
                unmailed: !(m.digit | m.alpha & !m.upper | m.dot | m.dash | m.at | m.under),
            };
        }
    }
}

/// Where a mask has bits.
#[inline]
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let k = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (k < 64).then_some(k)
    })
}

/// The 64 bits of one mask that begin `shift` bits behind the beginning of word `k`.
#[inline(always)]
fn shifted(words: &[Word], k: usize, shift: usize, of: impl Fn(&Word) -> u64) -> u64 {
    let at = |k: usize| words.get(k).map_or(0, &of);
    at(k) >> shift | at(k + 1) << 1 << (63 - shift)
}

/// The words of a cell, the first of them shifted so that the cell begins it.
struct Part<'a> {
    words: &'a [Word],
    shift: usize,
    length: usize,
}

impl Part<'_> {
    /// The bits of one mask that are the cell's.
    #[inline(always)]
    fn bits(&self, of: impl Fn(&Word) -> u64) -> u128 {
        let word = |k: usize| shifted(self.words, k, self.shift, &of);
        // most cells are short
        let all = u128::from(word(0)) | if self.length > 64 { u128::from(word(1)) << 64 } else { 0 };
        all & u128::MAX >> (WIDEST - self.length)
    }
}

impl Signs {
    /// Makes the masks of a text.
    pub(super) fn read(&mut self, level: Level, text: &[u8]) {
        self.0.resize(text.len() / 64 + 1, Word::default());
        walk(level, text, self);
    }

    /// The bits of one mask for the first 64 bytes of `text[start..end]`.
    #[inline(always)]
    fn near(&self, start: usize, end: usize, of: impl Fn(&Word) -> u64) -> u64 {
        let all = shifted(&self.0, start / 64, start % 64, of);
        all & u64::MAX >> 64usize.saturating_sub(end.saturating_sub(start)).min(63)
    }

    /// Which of the first 64 bytes of `text[start..end]` are no digits.
    #[inline]
    pub(super) fn others(&self, start: usize, end: usize) -> u64 {
        self.near(start, end, |w| !w.digit)
    }

    /// Is `text[start..end]` written as an address of mail in small letters is, with nothing in it that could be more? Tells
    /// where its last dot stands.
    pub(super) fn mail(&self, text: &[u8], start: usize, end: usize) -> Option<usize> {
        let length = end.checked_sub(start).filter(|n| (6..=64).contains(n))?;
        let of = |of: fn(&Word) -> u64| self.near(start, end, of);
        let at = of(|w| w.at);
        if of(|w| w.unmailed) != 0 || !at.is_power_of_two() {
            return None;
        }
        let (digit, dot, dash, latin) = (of(|w| w.digit), of(|w| w.dot), of(|w| w.dash), of(|w| w.latin));
        let alone = digit | latin;
        let signs = !alone & u64::MAX >> (64 - length);
        let under = signs & !(dot | dash | at);
        let ends = (1 | at << 1) & !alone;
        let last = dot.checked_ilog2()? as usize;
        let zone = u64::MAX.checked_shl(last as u32 + 1).unwrap_or(0) & u64::MAX >> (64 - length);
        // five digits in a row, or digits that a sign joins, may be more than a name
        let (two, joined) = (digit & digit >> 1, digit & signs >> 1 & digit >> 2);
        let none = two & two >> 2 & digit >> 4
            | joined
            | (dot << 1) & (dot | dash)
            | ends
            | under & !(at - 1)
            | (at >> 1) & !alone
            | (1 << last >> 1) & !alone
            | zone & !latin;
        let z = |k: usize| text.get(start + k) == Some(&b'z');
        let at = at.trailing_zeros() as usize;
        (none == 0 && last > at + 1 && !bits(latin & digit >> 1).any(z)).then_some(last)
    }

    /// The part of `text[start..end]`, if it is not too long and not empty.
    #[inline(always)]
    fn part(&self, start: usize, end: usize) -> Option<Part<'_>> {
        let length = end.checked_sub(start).filter(|n| (1..=WIDEST).contains(n))?;
        Some(Part { words: self.0.get(start / 64..)?, shift: start % 64, length })
    }

    /// Is `text[start..end]` Cyrillic words and a few digits, with nothing else that could mean something? Says no
    /// rather than yes.
    #[inline]
    pub(super) fn few_digits(&self, start: usize, end: usize) -> Option<Few> {
        let part = self.part(start, end)?;
        if part.bits(|w| w.strange) != 0 {
            return None;
        }
        let digits = part.bits(|w| w.digit).count_ones();
        if digits > 8 {
            return None;
        }
        let latin = part.bits(|w| w.latin) != 0;
        let letters = latin || part.bits(|w| w.cyrillic) != 0;
        Some(Few { digits, latin, letters })
    }

    /// Is `text[start..end]` nothing but Cyrillic words, at most seven?
    #[inline]
    pub(super) fn words(&self, start: usize, end: usize) -> bool {
        self.part(start, end)
            .is_some_and(|part| part.bits(|w| w.unnamed) == 0 && part.bits(|w| w.blank).count_ones() < 7)
    }
}

/// What a cell without anything strange holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Few {
    pub(super) digits: u32,
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
                let few = signs.few_digits(a, b).map(|f| (f.digits > 0, f.latin, f.letters));
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
    fn what_is_no_digit() {
        for pad in [0, 1, 30, 60, 63, 64, 70] {
            for (cell, want) in [("1", 0), ("a", 1), ("12-34.", 0b10_0100), (&"5".repeat(70), 0)] {
                let text = [";".repeat(pad).as_str(), cell, ";12 ж@"].concat();
                let mut signs = Signs::default();
                signs.read(Level::best(), text.as_bytes());
                assert_eq!(signs.others(pad, pad + cell.len()), want, "{cell} {pad}");
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

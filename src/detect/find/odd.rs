//! Labels before numbers in an odd writing: from the number back to the words before it.

use super::label::{REACH, word_start};
use crate::detect::engine::Engine;
use crate::detect::openers::Openers;

/// Longest number in boxes, and what stands between it and its label.
const BOXES: usize = 48;

/// Most bytes of a word that a label ends with.
const WORD: usize = 40;

impl Engine<'_> {
    /// A number that begins at `at`: the word right before it, or all words before crossed out digits.
    pub(crate) fn odd(&mut self, at: usize) {
        let Some(anchors) = &self.detector.anchors else { return };
        let text = &self.text[..at];
        if crossed_out(&text[self.lo..]) {
            return self.labels_before(at);
        }
        let mut end = at;
        while end > self.lo && at - end < 20 {
            let left = &text[self.lo..end];
            let wide = ["№", "–", "—", "\u{a0}"].iter().find(|s| left.ends_with(s.as_bytes()));
            match (wide, left[left.len() - 1]) {
                (Some(sign), _) => end -= sign.len(),
                (None, b' ' | b':' | b'#' | b'.' | b'=' | b')' | b'-' | b'+' | b'(') => end -= 1,
                _ => break,
            }
        }
        if end == at {
            return;
        }
        // "дом тел": labels have up to two words
        for _ in 0..2 {
            let left = &text[self.lo.max(end.saturating_sub(WORD))..end];
            let word = left.iter().rev().take_while(|b| **b >= 0x80 || b.is_ascii_alphabetic()).count();
            if word == 0 {
                return;
            }
            let start = end - word;
            self.starts_in(anchors.words(), start, start + 1);
            let gap = text[self.lo..start].iter().rev().take(3);
            end = start - gap.take_while(|b| matches!(b, b' ' | b'.' | b'-')).count();
            if end == start {
                return;
            }
        }
    }

    /// All labels that may begin before the number in boxes, or with crossed out digits, that holds `at`.
    pub(crate) fn labels_before(&mut self, at: usize) {
        let Some(anchors) = &self.detector.anchors else { return };
        let from = self.lo.max(at.saturating_sub(REACH + BOXES));
        self.starts_in(anchors.words(), from, at);
    }

    fn starts_in(&mut self, words: &Openers, from: usize, to: usize) {
        for k in from..to {
            if word_start(self.text, k, self.lo) && words.may(self.text, k) {
                // few of those that are known stand behind it
                let known = self.starts.iter().rev().take_while(|s| **s as usize >= k).count();
                let place = self.starts.len() - known;
                if self.starts.get(place) != Some(&(k as u32)) {
                    self.starts.insert(place, k as u32);
                }
            }
        }
    }
}

/// Do digits that were made unreadable stand at the end of `text`, perhaps with a blank or dash behind them?
fn crossed_out(text: &[u8]) -> bool {
    let text = text.strip_suffix(b" ").or_else(|| text.strip_suffix(b"-")).unwrap_or(text);
    let signs = ["XX", "xx", "Х", "х", "•", "..", "…"];
    signs.iter().any(|s| text.ends_with(s.as_bytes()))
}

#[cfg(test)]
mod tests {
    use crate::detect::{Detector, Options, Rules, Scratch};
    use crate::model::{Block, Category};

    const NUMBERS: [&str; 6] = ["iin", "bin", "phone", "iban", "email", "card"];

    fn detector(rules: &Rules, only: &[&'static str]) -> Detector {
        let only = only.iter().map(|c| Category::new(c)).collect();
        Detector::new(rules, Options { only, names: false, ..Options::default() }).unwrap()
    }

    fn found(d: &Detector, text: &str) -> Vec<(u32, u32, &'static str, f32)> {
        let mut out = Vec::new();
        d.detect(&Block::prose(text), None, &mut Scratch::default(), &mut out);
        out.iter().map(|f| (f.start, f.end, f.rule, f.confidence)).collect()
    }

    #[test]
    fn a_scan_for_numbers_alone_stays_one() {
        for k in 0..NUMBERS.len() {
            assert!(detector(Rules::builtin(), &NUMBERS[..=k]).numbers_only(), "{:?}", &NUMBERS[..=k]);
            assert!(detector(Rules::builtin(), &NUMBERS[k..]).numbers_only(), "{:?}", &NUMBERS[k..]);
        }
        assert!(!detector(Rules::builtin(), &["iin", "id_card"]).numbers_only());
    }

    #[test]
    fn labels_before_odd_numbers_are_found_as_if_looked_for_everywhere() {
        let odd = detector(Rules::builtin(), &NUMBERS);
        let everywhere = detector(&Rules::builtin().looked_for_everywhere(), &NUMBERS);
        let labels = [
            "ИИН ",
            "иин: ",
            "Иин № ",
            "ЖСН – ",
            "iin=",
            "IIN: ",
            "ИИН (№) - ",
            "ИИН ответчика ",
            "Сәйкестендіру нөмірі ",
            "тел. ",
            "Моб.: ",
            "дом. тел. ",
            "ҰЯЛЫ ",
            "карта ",
            "Карту, номер которой ",
            "card ",
            "PAN: ",
            "рублей ",
            "in ",
            "",
        ];
        let numbers = [
            "99123150001",
            "9912315000161",
            "991231 50 0016",
            "99 12 31 50 00 16",
            "991-231-500-016",
            "9 9 1 2 3 1 5 0 0 0 1 6",
            "|9|9|1|2|3|1|5|0|0|0|1|6|",
            "9 | 9 | 1 | 2 | 3 | 1 | 5 | 0 | 0 | 0 | 1 | 6",
            "9  9 1  2 3  1 5   0 0 0 1 6",
            "8701234567",
            "+7 701 234 56 789",
            "8 (701) 234 56 7",
            "551234",
            "55123",
            "4400 43XX XXXX 5674",
            "440043xxxxxx5674",
            "XXXX XXXX XXXX 5674",
            "...5674",
            "… 5674",
            "ХХХХ-5674",
            "•••• 5674",
            "4400 ХХХХ ХХХХ 5674",
            "991231500016",
        ];
        let mut hits = 0;
        for label in labels {
            for number in numbers {
                for pad in [0, 1, 7, 20, 29, 31, 33, 40, 47, 48, 55, 61, 64] {
                    for filler in ["x", "ж "] {
                        let text = format!("{} {label}{number} от 2024", filler.repeat(pad));
                        let want = found(&everywhere, &text);
                        assert_eq!(found(&odd, &text), want, "{text}");
                        hits += want.len();
                    }
                }
            }
        }
        assert!(hits > 2000, "{hits}");
    }
}

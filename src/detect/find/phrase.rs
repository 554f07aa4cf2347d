//! How far the phrase goes that a found word begins: «хр. тонзиллит вне обострения», «Стенокардия напряжения ФК II».

use crate::detect::engine::Engine;

/// Most bytes that are read on either side.
const LOOK: usize = 90;
/// Most words that go on.
const MORE: usize = 5;

/// Words that begin something else.
const OTHER: [&str; 28] = [
    "и",
    "но",
    "а",
    "что",
    "не",
    "нет",
    "или",
    "поэтому",
    "который",
    "которая",
    "это",
    "при",
    "по",
    "для",
    "так",
    "бар",
    "еді",
    "деп",
    "және",
    "болғандықтан",
    "and",
    "or",
    "but",
    "is",
    "was",
    "which",
    "for",
    "has",
];

/// Endings of verbs, which tell of somebody.
const VERBS: [&str; 16] = [
    "ет", "ёт", "ют", "ут", "ла", "ли", "лся", "лась", "ась", "ется", "ится", "ған", "ген", "ады", "еді",
    "ті",
];

/// Endings of adjectives, which stand before what they tell of.
const ADJECTIVES: [&str; 12] = ["ая", "яя", "ый", "ий", "ой", "ое", "ого", "ую", "ным", "ной", "ные", "ная"];

impl Engine<'_> {
    /// The phrase around a match: adjectives and words cut short before it, and, where nothing else of the sentence
    /// stands before it, what goes on behind it.
    pub(super) fn phrase(&self, start: usize, end: usize) -> (usize, usize) {
        let before = start - self.lo.max(start.saturating_sub(LOOK));
        let Some(left) = valid_end(&self.text[start - before..start]) else { return (start, end) };
        let mut from = start;
        let mut rest = left;
        while let Some(head) = rest.strip_suffix(' ') {
            let word = &head[head.rfind([' ', '\n', '(', ':', ',', ';', '|', '>']).map_or(0, |k| k + 1)..];
            let letters = word.strip_suffix('.').unwrap_or(word);
            let short = word.ends_with('.') && (1..=6).contains(&letters.chars().count());
            let told = letters.chars().count() >= 5 && ADJECTIVES.iter().any(|e| letters.ends_with(e));
            let plain = !letters.is_empty() && letters.chars().all(|c| c.is_alphabetic() && !c.is_ascii());
            let lower = letters.to_lowercase();
            if !plain || !(short || told) || OTHER.contains(&lower.as_str()) {
                break;
            }
            from -= word.len() + 1;
            rest = &head[..head.len() - word.len()];
        }
        let opens = rest.trim_end_matches(['*', '"', '«', ' ']);
        let begins = opens.is_empty() && from - self.lo < LOOK
            || opens.ends_with(['\n', ':', '-', '–', '—', '(', ';', ',', '|', '>', '.', '=', '/'])
            || opens.ends_with(|c: char| c.is_ascii_digit());
        (from, if begins { self.phrase_end(end) } else { end })
    }

    /// Where the words behind `end` stop that belong to it.
    fn phrase_end(&self, end: usize) -> usize {
        let to = self.hi.min(end + LOOK);
        let text = String::from_utf8_lossy(&self.text[end..to]);
        let mut at = 0;
        for _ in 0..MORE {
            let Some(rest) = text[at..].strip_prefix(' ') else { break };
            let stop = rest.find([
                ' ', ',', ';', ':', '\n', '\r', '|', '<', '>', '(', ')', '"', '\'', '\u{fffd}', '–', '—',
            ]);
            let mut word = &rest[..stop.unwrap_or(rest.len())];
            // the text may go on beyond what was read
            if stop.is_none() && to < self.hi {
                break;
            }
            // a full stop ends a sentence, and a word cut short where the next one is small
            let mut last = false;
            if let Some(bare) = word.strip_suffix('.') {
                let behind = &rest[word.len()..];
                let goes = behind.strip_prefix(' ').is_some_and(|b| b.starts_with(char::is_lowercase));
                (word, last) = if goes && bare.chars().count() <= 5 { (word, false) } else { (bare, true) };
            }
            let lower = word.trim_end_matches('.').to_lowercase();
            let verb = lower.chars().count() >= 5 && VERBS.iter().any(|e| lower.ends_with(e));
            let degree = word.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | '0'..='9' | '-' | '.'));
            let fits = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '«' | '»'))
                && word.starts_with(|c: char| c.is_lowercase() || c == '«')
                || degree
                // «ФК II»
                || (word.chars().count() <= 3 && word.chars().all(char::is_uppercase));
            if word.is_empty() || verb || !fits || OTHER.contains(&lower.as_str()) {
                break;
            }
            at += 1 + word.len();
            if last {
                break;
            }
        }
        end + at
    }
}

/// The text of bytes that may begin within a character.
fn valid_end(bytes: &[u8]) -> Option<&str> {
    let from = bytes.iter().position(|b| b & 0xC0 != 0x80)?;
    std::str::from_utf8(&bytes[from..]).ok()
}

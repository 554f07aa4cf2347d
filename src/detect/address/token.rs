//! Cuts a stretch of text into words, numbers and signs. Never fails: invalid bytes are signs.

use crate::model::replacement::token_at;
use crate::places::fold_lower;

/// What stands before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// Spaces.
    Space,
    /// One line end or a tab.
    Line,
    /// An empty line, or the start of the text.
    Break,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, with hyphens between letters.
    Word,
    /// ASCII digits.
    Number,
    /// One other character.
    Sign(char),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub start: u32,
    pub end: u32,
    pub kind: TokenKind,
    pub gap: Gap,
    /// Starts with a capital.
    pub cap: bool,
    /// No small letter in it.
    pub upper: bool,
    /// ASCII letters only.
    pub latin: bool,
    /// Characters.
    pub chars: u32,
    low: (u32, u32),
}

/// A stretch of text as tokens.
#[derive(Default)]
pub(super) struct Tokens {
    pub list: Vec<Token>,
    low: String,
}

/// One character of possibly broken UTF-8 and its length; `'\u{fffd}'` for an invalid byte.
pub(super) fn char_at(text: &[u8], at: usize) -> (char, usize) {
    let Some(&b) = text.get(at) else { return ('\0', 0) };
    if b < 0x80 {
        return (b as char, 1);
    }
    // two bytes, as all Cyrillic letters have
    if let (0xC2..=0xDF, Some(&next @ 0x80..=0xBF)) = (b, text.get(at + 1)) {
        let code = u32::from(b & 0x1F) << 6 | u32::from(next & 0x3F);
        return (char::from_u32(code).unwrap_or('\u{fffd}'), 2);
    }
    let end = (at + 4).min(text.len());
    for n in 2..=end - at {
        if let Ok(s) = std::str::from_utf8(&text[at..at + n])
            && let Some(c) = s.chars().next()
        {
            return (c, n);
        }
    }
    ('\u{fffd}', 1)
}

fn is_space(c: char) -> bool {
    c == ' '
        || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\u{200b}' | '\u{feff}' | '\u{ad}')
}

fn is_letter(c: char) -> bool {
    match c {
        'А'..='я' | '\u{48a}'..='\u{52f}' => true,
        _ if c.is_ascii() => c.is_ascii_alphabetic(),
        _ => c != '\u{fffd}' && c.is_alphabetic(),
    }
}

/// The folded small letter of a letter of Russian, Kazakh or English; `None` for others.
fn plain_lower(c: char) -> Option<char> {
    match c {
        'a'..='z' | 'а'..='я' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'А'..='Я' => char::from_u32(c as u32 + 32),
        // Kazakh capitals are even
        '\u{490}'..='\u{4bf}' | '\u{4d0}'..='\u{52f}' => fold_lower(char::from_u32(c as u32 | 1)?),
        _ => None,
    }
}

/// The commas that calendars escape (`\,`) and directories write as `$ `: their bytes, and the sign that they are.
fn joint(text: &[u8]) -> Option<(usize, char)> {
    match text {
        [b'\\', b',', ..] => Some((2, ',')),
        [b'\\', b';', ..] => Some((2, ';')),
        [b'$', b' ', ..] => Some((1, ',')),
        _ => None,
    }
}

/// Is a word written without any small letter?
fn no_small_letter(word: &[u8]) -> bool {
    // most words have one in their second letter
    if matches!(
        word,
        [_, b'a'..=b'z', ..] | [0xD0, _, 0xD0, 0xB0..=0xBF, ..] | [0xD0, _, 0xD1, 0x80..=0x8F, ..]
    ) {
        return false;
    }
    std::str::from_utf8(word).is_ok_and(|s| !s.chars().any(char::is_lowercase))
}

/// The Cyrillic letter that looks like a Latin one.
fn cyrillic(c: char) -> char {
    match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'i' => 'и',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        c => c,
    }
}

impl Tokens {
    /// Cuts `text[from..to]`; positions stay those of `text`.
    pub fn cut(text: &[u8], from: usize, to: usize) -> Tokens {
        let mut t = Tokens::default();
        let (mut at, mut gap) = (from, if from == 0 { Gap::Break } else { Gap::Space });
        while at < to {
            let (c, n) = char_at(text, at);
            if is_space(c) {
                // three blanks part the columns of a table as a tab does
                let column = text[at..to].starts_with(b"   ") && gap == Gap::None && at > from;
                gap = gap.max(if column { Gap::Line } else { Gap::Space });
                at += n;
                continue;
            }
            if c == '\n' || c == '\t' || c == '\u{2028}' {
                gap = if gap >= Gap::Line && c == '\n' { Gap::Break } else { gap.max(Gap::Line) };
                at += n;
                continue;
            }
            if c == '\r' || c == '\u{b}' || c == '\u{c}' {
                gap = gap.max(Gap::Space);
                at += n;
                continue;
            }
            let start = at;
            let low = t.low.len() as u32;
            let own = (c.is_ascii_digit() || c.is_ascii_uppercase()).then(|| token_at(text, at)).flatten();
            let kind = if let Some(own) = own {
                // what stands in place of a value is no part of an address, whatever it ends with
                at = own.end.min(to);
                TokenKind::Sign('\u{fffd}')
            } else if c.is_ascii_digit() {
                while at < to && text[at].is_ascii_digit() {
                    at += 1;
                }
                t.low.push_str(std::str::from_utf8(&text[start..at]).unwrap_or(""));
                TokenKind::Number
            } else if is_letter(c) {
                at = t.word(text, at, to);
                TokenKind::Word
            } else if let Some((n, sign)) = joint(&text[at..to]) {
                at += n;
                TokenKind::Sign(sign)
            } else {
                at += n;
                TokenKind::Sign(c)
            };
            let slice = &text[start..at];
            let word = kind == TokenKind::Word;
            t.list.push(Token {
                start: start as u32,
                end: at as u32,
                kind,
                gap,
                cap: word && c.is_uppercase(),
                upper: word && no_small_letter(slice),
                latin: word && slice.is_ascii(),
                chars: slice.iter().filter(|b| **b & 0xC0 != 0x80).count() as u32,
                low: (low, t.low.len() as u32),
            });
            gap = Gap::None;
        }
        t.join_wrapped();
        t
    }

    /// "Жамбыл⏎облысы": a line that was broken between a name and the word behind it that tells what it is a name of.
    fn join_wrapped(&mut self) {
        const KINDS: [&str; 12] = [
            "облыс",
            "аудан",
            "кала",
            "кошес",
            "даныл",
            "дангыл",
            "ауыл",
            "округ",
            "шагын",
            "молтек",
            "област",
            "район",
        ];
        for k in 1..self.list.len() {
            let (name, x) = (&self.list[k - 1], &self.list[k]);
            let wrapped = x.gap == Gap::Line && name.cap && name.chars >= 3 && !x.cap;
            let words = x.kind == TokenKind::Word && name.kind == TokenKind::Word;
            if wrapped && words && KINDS.iter().any(|w| self.low(k).starts_with(w)) {
                self.list[k].gap = Gap::Space;
            }
        }
    }

    /// Takes a word at `at`; its folded form goes to `low`. A hyphen or apostrophe between letters belongs to it, and
    /// so does the stroke of `ж/м`.
    fn word(&mut self, text: &[u8], mut at: usize, to: usize) -> usize {
        let (first, low) = (at, self.low.len());
        let mut letters = 0;
        while at < to {
            let (c, n) = char_at(text, at);
            if is_letter(c) || c == '\u{306}' || (c == '\u{ad}' && letters > 0) {
                match plain_lower(c) {
                    Some(l) => self.low.push(l),
                    None => c.to_lowercase().for_each(|l| self.low.extend(fold_lower(l))),
                }
                letters += usize::from(c != '\u{306}' && c != '\u{ad}');
                at += n;
                continue;
            }
            let joins =
                matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}') || (c == '/' && letters == 1);
            if joins && at > first {
                let (next, m) = char_at(text, at + n);
                let single = c != '/' || !is_letter(char_at(text, at + n + m).0);
                if is_letter(next) && single && at + n < to {
                    self.low.push(match c {
                        '/' => '/',
                        '\'' | '\u{2019}' => '\'',
                        _ => ' ',
                    });
                    at += n;
                    continue;
                }
            }
            break;
        }
        // a mixed word is a Cyrillic one with Latin look-alikes
        let is_cyrillic = |c: char| ('\u{400}'..'\u{530}').contains(&c);
        if self.low[low..].contains(is_cyrillic) && self.low[low..].bytes().any(|b| b.is_ascii_lowercase()) {
            let word: String = self.low[low..].chars().map(cyrillic).collect();
            self.low.truncate(low);
            self.low.push_str(&word);
        }
        at.min(to).max(first + 1)
    }

    /// The folded text of token `i`; empty beyond the end.
    pub fn low(&self, i: usize) -> &str {
        self.list.get(i).map_or("", |t| &self.low[t.low.0 as usize..t.low.1 as usize])
    }

    pub fn get(&self, i: usize) -> Option<&Token> {
        self.list.get(i)
    }

    pub fn is_word(&self, i: usize) -> bool {
        self.get(i).is_some_and(|t| t.kind == TokenKind::Word)
    }

    pub fn is_number(&self, i: usize) -> bool {
        self.get(i).is_some_and(|t| t.kind == TokenKind::Number)
    }

    /// The character of a sign.
    pub fn sign(&self, i: usize) -> Option<char> {
        match self.get(i)?.kind {
            TokenKind::Sign(c) => Some(c),
            _ => None,
        }
    }

    /// Is token `i` this sign, with nothing before it?
    pub fn glued(&self, i: usize, sign: char) -> bool {
        self.sign(i) == Some(sign) && self.gap(i) == Gap::None
    }

    /// What stands before token `i`; a break beyond the end.
    pub fn gap(&self, i: usize) -> Gap {
        self.get(i).map_or(Gap::Break, |t| t.gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lows(text: &[u8]) -> Vec<String> {
        let t = Tokens::cut(text, 0, text.len());
        (0..t.list.len()).map(|i| t.low(i).to_owned()).collect()
    }

    #[test]
    fn a_token_of_a_copy_is_one_sign() {
        let text = "№ ID_CARD_99C4RWAW6A6EN5PHW17M, 17M".as_bytes();
        let t = Tokens::cut(text, 0, text.len());
        assert_eq!(t.list.len(), 5);
        assert_eq!((t.sign(1), t.sign(2)), (Some('\u{fffd}'), Some(',')));
        assert!(t.is_number(3) && t.is_word(4));
        // also where the stretch begins within it
        assert_eq!(Tokens::cut(text, 28, 34).sign(0), Some('\u{fffd}'));
    }

    #[test]
    fn words_and_numbers() {
        assert_eq!(lows("р-н Усть-Каменогорск".as_bytes()), ["р н", "усть каменогорск"]);
        assert_eq!(lows("5/1А".as_bytes()), ["5", "", "1", "а"]);
        assert_eq!(lows("ж/м Көшесi".as_bytes()), ["ж/м", "кошеси"]);
        assert_eq!(lows(b"a\xff\xd0"), ["a", "", ""]);
    }

    #[test]
    fn gaps() {
        let t = Tokens::cut("a,\nb\n\nc".as_bytes(), 0, 7);
        let gaps: Vec<Gap> = t.list.iter().map(|t| t.gap).collect();
        assert_eq!(gaps, [Gap::Break, Gap::None, Gap::Line, Gap::Break]);
    }
}

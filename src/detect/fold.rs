//! Folding of text for the comparison of words: one byte a letter, no case, Kazakh letters in their Russian skeleton.
//!
//! Text of the country reaches us with Latin `i` in Kazakh words, in old 8-bit Kazakh fonts, typed without a Kazakh
//! layout, with decomposed `й`, soft hyphens and mixed alphabets. All of these fold to the same bytes; the map leads
//! back to the bytes that they came from.

use std::sync::LazyLock;

/// First code of the folded Cyrillic letters; `а` is this, `я` is `CYR + 31`.
pub(crate) const CYR: u8 = 0x80;

/// Is a folded byte a letter?
pub(crate) fn is_letter(b: u8) -> bool {
    b.is_ascii_lowercase() || b >= CYR
}

/// Is a folded byte a letter or digit?
pub(crate) fn is_word(b: u8) -> bool {
    is_letter(b) || b.is_ascii_digit()
}

fn cyr(c: char) -> u8 {
    // и and й are one letter here: decomposed й and Kazakh і meet in it
    let c = if c == 'й' { 'и' } else { c };
    CYR + (c as u32 - 'а' as u32) as u8
}

/// The folded byte of a character; 0 where it leaves no trace.
pub(crate) fn fold_char(c: char) -> u8 {
    match c {
        'a'..='z' | '0'..='9' => c as u8,
        'A'..='Z' => (c as u8) | 0x20,
        '\n' => b'\n',
        '_' => b' ',
        '\u{21}'..='\u{7e}' => c as u8,
        'а'..='я' => cyr(c),
        'А'..='Я' => cyr(char::from_u32(c as u32 + 32).unwrap_or('а')),
        'ё' | 'Ё' => cyr('е'),
        'і' | 'І' | 'ї' | 'Ї' if matches!(c, 'і' | 'І') => cyr('и'),
        'ә' | 'Ә' | 'ə' | 'Ə' | 'ј' | 'Ј' => cyr('а'),
        'ғ' | 'Ғ' | 'є' | 'Є' | 'ѓ' | 'Ѓ' => cyr('г'),
        'қ' | 'Қ' | 'ќ' | 'Ќ' => cyr('к'),
        'ң' | 'Ң' | 'ѕ' | 'Ѕ' | 'њ' | 'Њ' => cyr('н'),
        'ө' | 'Ө' | 'ґ' | 'Ґ' => cyr('о'),
        'ұ' | 'Ұ' | 'ү' | 'Ү' | 'ї' | 'Ї' | 'ў' | 'Ў' => cyr('у'),
        'һ' | 'Һ' | 'ћ' | 'Ћ' => cyr('х'),
        'ä' | 'Ä' | 'á' | 'Á' => b'a',
        'ğ' | 'Ğ' | 'ǵ' | 'Ǵ' => b'g',
        'ñ' | 'Ñ' | 'ń' | 'Ń' => b'n',
        'ö' | 'Ö' | 'ó' | 'Ó' => b'o',
        'ş' | 'Ş' => b's',
        'ü' | 'Ü' | 'ū' | 'Ū' | 'ú' | 'Ú' => b'u',
        'ý' | 'Ý' => b'y',
        'ı' | 'İ' => b'i',
        '№' => b'#',
        '\u{ff01}'..='\u{ff5e}' => fold_char(char::from_u32(c as u32 - 0xfee0).unwrap_or(' ')),
        // soft hyphen, zero-width characters, combining marks, byte order mark
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' => 0,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => b'-',
        '«' | '»' | '“' | '”' | '„' => b'"',
        c if c.is_alphabetic() => CYR + 40,
        _ => b' ',
    }
}

/// The Cyrillic letter that a Latin one looks like.
fn look_alike(b: u8) -> Option<u8> {
    let c = match b {
        b'a' => 'а',
        b'b' => 'в',
        b'c' => 'с',
        b'e' => 'е',
        b'h' => 'н',
        b'i' => 'и',
        b'k' => 'к',
        b'm' => 'м',
        b'o' => 'о',
        b'p' => 'р',
        b't' => 'т',
        b'x' => 'х',
        b'y' => 'у',
        _ => return None,
    };
    Some(cyr(c))
}

/// Decodes one character; a byte that is no UTF-8 counts as a blank of one byte.
pub(crate) fn decode(bytes: &[u8]) -> (char, usize) {
    let b0 = bytes[0];
    if b0 < 0x80 {
        return (b0 as char, 1);
    }
    // two bytes, as all Cyrillic letters have
    if let (0xC2..=0xDF, Some(&next @ 0x80..=0xBF)) = (b0, bytes.get(1)) {
        let code = u32::from(b0 & 0x1F) << 6 | u32::from(next & 0x3F);
        return (char::from_u32(code).unwrap_or(' '), 2);
    }
    let n = match b0 {
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (' ', 1),
    };
    match bytes.get(..n).and_then(|s| std::str::from_utf8(s).ok()).and_then(|s| s.chars().next()) {
        Some(c) => (c, n),
        None => (' ', 1),
    }
}

/// Does `\\n`, `\\r` or `\\t` stand at the beginning, before a word that begins anew?
fn escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\\', b'n' | b'r' | b't', next, ..] if next.is_ascii_uppercase() || next.is_ascii_digit() || *next >= 0x80 || *next == b'\\')
}

/// Folded text and, for every byte of it, the position of the character it came from.
#[derive(Default, Debug)]
pub(crate) struct Folded {
    pub(crate) text: Vec<u8>,
    pub(crate) from: Vec<u32>,
}

impl Folded {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.from.clear();
    }

    /// Appends `bytes`, which stand at `base`.
    pub(crate) fn push(&mut self, bytes: &[u8], base: u32) {
        static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);
        let tables = &*TABLES;
        // no character takes more bytes folded than it had
        let mut to = self.text.len();
        self.text.resize(to + bytes.len(), 0);
        self.from.resize(to + bytes.len(), 0);
        let (mut at, mut word) = (0, to);
        let (mut latin, mut cyrillic) = (false, false);
        while at < bytes.len() {
            let (f, n) = match (bytes[at], bytes.get(at + 1)) {
                // "\\nТелефон": the break of a line as calendars and logs write it
                (b'\\', _) if escape(&bytes[at..]) => {
                    self.text[to] = b' ';
                    self.from[to] = base + at as u32;
                    (at, to) = (at + 1, to + 1);
                    (b' ', 1)
                }
                (b @ ..0x80, _) => (tables.one[usize::from(b)], 1),
                (b @ 0xC2..=0xDF, Some(next @ 0x80..=0xBF)) => {
                    (tables.two[usize::from(b - 0xC2)][usize::from(next & 0x3F)], 2)
                }
                _ => {
                    let (c, n) = decode(&bytes[at..]);
                    (fold_char(c), n)
                }
            };
            if f != 0 {
                self.text[to] = f;
                self.from[to] = base + at as u32;
                if f >= CYR {
                    cyrillic = true;
                } else if f.is_ascii_lowercase() {
                    latin = true;
                } else {
                    if latin && cyrillic {
                        unmix(&mut self.text[word..to]);
                    }
                    (latin, cyrillic) = (false, false);
                    word = to + 1;
                }
                to += 1;
            }
            at += n;
        }
        if latin && cyrillic {
            unmix(&mut self.text[word..to]);
        }
        self.text.truncate(to);
        self.from.truncate(to);
    }
}

/// The folded bytes of all characters of one and of two bytes.
struct Tables {
    one: [u8; 128],
    two: [[u8; 64]; 30],
}

impl Tables {
    fn new() -> Tables {
        let of = |code: usize| char::from_u32(code as u32).map_or(b' ', fold_char);
        let two = |lead: usize| std::array::from_fn(|k| of((lead + 2) << 6 | k));
        Tables { one: std::array::from_fn(of), two: std::array::from_fn(two) }
    }
}

/// A word of both alphabets is Cyrillic with look-alikes where every Latin letter of it has one.
fn unmix(word: &mut [u8]) {
    if word.iter().all(|b| *b >= CYR || !b.is_ascii_lowercase() || look_alike(*b).is_some()) {
        for b in word {
            *b = look_alike(*b).unwrap_or(*b);
        }
    }
}

/// Folds a word or phrase of a rule.
pub(crate) fn fold(text: &str) -> Vec<u8> {
    let mut f = Folded::default();
    f.push(text.as_bytes(), 0);
    f.text
}

/// Words of the program, folded once: an iterator over them, as `&Vec<u8>`.
macro_rules! folded {
    ($($word:expr),+ $(,)?) => {{
        static WORDS: std::sync::LazyLock<Vec<Vec<u8>>> =
            std::sync::LazyLock::new(|| [$($word),+].iter().map(|w| $crate::detect::fold::fold(w)).collect());
        WORDS.iter()
    }};
}
pub(crate) use folded;

/// The Latin capital that a (Latin or Cyrillic) character of a code looks like: plates, IBAN, document numbers.
pub(crate) fn code_letter(c: char) -> Option<u8> {
    Some(match c {
        'A'..='Z' => c as u8,
        'a'..='z' => c as u8 - 32,
        'А' | 'а' => b'A',
        'В' | 'в' => b'B',
        'Е' | 'е' => b'E',
        'К' | 'к' => b'K',
        'М' | 'м' => b'M',
        'Н' | 'н' => b'H',
        'О' | 'о' => b'O',
        'Р' | 'р' => b'P',
        'С' | 'с' => b'C',
        'Т' | 'т' => b'T',
        'У' | 'у' => b'Y',
        'Х' | 'х' => b'X',
        'І' | 'і' => b'I',
        'Ѕ' | 'ѕ' => b'S',
        'Ј' | 'ј' => b'J',
        _ => return None,
    })
}

/// The value of a digit, ASCII or full-width.
pub(crate) fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '\u{ff10}'..='\u{ff19}' => Some((c as u32 - 0xff10) as u8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_writings_meet() {
        let good = fold("сәйкестендіру нөмірі");
        for bad in [
            "сәйкестендiру нөмiрi",
            "CӘЙКЕСТЕНДІРУ НӨМІРІ",
            "сайкестендиру номири",
            "сəйкестендіру нґмірі",
            "сәи\u{306}кестендіру нө\u{ad}мірі",
        ] {
            assert_eq!(fold(bad), good, "{bad}");
        }
        assert_eq!(fold("Ќазаќстан жылєы"), fold("Қазақстан жылғы"));
        assert_eq!(fold("Мussin"), fold("Мussin"));
        assert_eq!(fold("И\u{418}Н"), fold("иин"));
    }

    #[test]
    fn map_leads_back() {
        let mut f = Folded::default();
        let text = "Тел.№\u{a0}８7";
        f.push(text.as_bytes(), 100);
        assert_eq!(f.text.last(), Some(&b'7'));
        assert_eq!(*f.from.last().unwrap() as usize, 100 + text.len() - 1);
    }

    #[test]
    fn invalid_bytes_are_blanks() {
        let mut f = Folded::default();
        f.push(b"a\xff\xd0b", 0);
        assert_eq!(f.text, b"a  b");
        assert_eq!(f.from, [0, 1, 2, 3]);
    }
}

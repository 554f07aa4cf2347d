//! Cuts text into words, numbers and marks, the same way for training and for use.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with hyphens and apostrophes between them.
    Word,
    /// A run of ASCII digits.
    Number,
    /// One mark of punctuation, one sign, or one byte that is no text.
    Mark,
}

/// A piece of text between two byte positions.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// A capital letter begins it.
    pub capital: bool,
    /// It has two letters or more and all are capitals.
    pub upper: bool,
    /// A line end stands inside it: a word that was broken by a hyphen.
    pub broken: bool,
}

/// Most tokens of one sequence; longer paragraphs are cut at the next token.
const SEQUENCE: usize = 400;
/// A line shorter than this (characters) that ends is an item of a list and not wrapped prose.
const WRAPPED: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    /// Belongs to a word, has no case: combining accent, soft hyphen, hamza-like letters.
    Joiner,
    Digit,
    Space,
    Line,
    Mark,
}

/// Class and length in bytes of the character at `at`.
#[inline]
fn class(text: &[u8], at: usize) -> (Class, usize) {
    let b = text[at];
    match b {
        b'a'..=b'z' => (Class::Lower, 1),
        b'A'..=b'Z' => (Class::Upper, 1),
        b'0'..=b'9' => (Class::Digit, 1),
        b'\n' | b'\r' => (Class::Line, 1),
        b' ' | b'\t' | 0x0b | 0x0c => (Class::Space, 1),
        0..0x80 => (Class::Mark, 1),
        0xD0 => match text.get(at + 1) {
            Some(0x80..=0xAF) => (Class::Upper, 2),
            Some(0xB0..=0xBF) => (Class::Lower, 2),
            _ => (Class::Mark, 1),
        },
        0xD1 if matches!(text.get(at + 1), Some(0x80..=0x9F)) => (Class::Lower, 2),
        0xD2 | 0xD3 if matches!(text.get(at + 1), Some(0x8A..=0xBF)) || b == 0xD3 => match text.get(at + 1) {
            // Kazakh letters: capitals are even, small letters odd, but for the range around U+04C0
            Some(n @ 0x80..=0xBF) => {
                let odd = n & 1 == 1;
                let turned = b == 0xD3 && (0x81..=0x8E).contains(n);
                if odd != turned { (Class::Lower, 2) } else { (Class::Upper, 2) }
            }
            _ => (Class::Mark, 1),
        },
        _ => other(text, at),
    }
}

#[cold]
fn other(text: &[u8], at: usize) -> (Class, usize) {
    let Some((c, len)) = char_at(text, at) else { return (Class::Mark, 1) };
    let class = match c {
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{2bc}' | '\u{200b}'..='\u{200d}' | '\u{2060}' => Class::Joiner,
        '\u{2028}' | '\u{2029}' | '\u{85}' => Class::Line,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_alphabetic() => Class::Lower,
        _ => Class::Mark,
    };
    (class, len)
}

/// The character at `at` and its length; `None` where the bytes are not UTF-8.
pub fn char_at(text: &[u8], at: usize) -> Option<(char, usize)> {
    let first = *text.get(at)?;
    // two bytes, as all Cyrillic letters have
    if let (0xC2..=0xDF, Some(&next @ 0x80..=0xBF)) = (first, text.get(at + 1)) {
        let code = u32::from(first & 0x1F) << 6 | u32::from(next & 0x3F);
        return char::from_u32(code).map(|c| (c, 2));
    }
    let len = match first {
        0..0x80 => 1,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let c = std::str::from_utf8(text.get(at..at + len)?).ok()?.chars().next()?;
    Some((c, len))
}

/// Reads one sequence of tokens (a paragraph, a line of a list) into `out`, from `at`, not beyond `end`.
/// Returns where the next one begins.
pub fn sequence(text: &[u8], at: usize, end: usize, out: &mut Vec<Token>) -> usize {
    sequence_within(text, at, at, end, out)
}

/// The same from the middle of the line that begins at `line`.
pub fn sequence_within(
    text: &[u8],
    mut line: usize,
    mut at: usize,
    end: usize,
    out: &mut Vec<Token>,
) -> usize {
    out.clear();
    let end = end.min(text.len());
    while at < end && out.len() < SEQUENCE {
        let (c, len) = class(text, at);
        match c {
            Class::Space => at += len,
            Class::Line => {
                let pair = text[at] == b'\r' && at + 1 < end && text[at + 1] == b'\n';
                let next = at + len + usize::from(pair);
                if out.is_empty() {
                    at = next;
                    line = at;
                    continue;
                }
                if ends_here(text, line, at, end) {
                    return next;
                }
                at = next;
                line = at;
            }
            Class::Digit => {
                let start = at;
                while at < end && text[at].is_ascii_digit() {
                    at += 1;
                }
                out.push(Token {
                    start: start as u32,
                    end: at as u32,
                    kind: Kind::Number,
                    capital: false,
                    upper: false,
                    broken: false,
                });
            }
            Class::Mark | Class::Joiner => {
                let to = (at + len).min(end);
                out.push(Token {
                    start: at as u32,
                    end: to as u32,
                    kind: Kind::Mark,
                    capital: false,
                    upper: false,
                    broken: false,
                });
                at = to;
            }
            Class::Upper | Class::Lower => at = word(text, at, end, out),
        }
    }
    at
}

/// The end of the word that a capital letter begins at `at`; `None` where none does. In Cyrillic text a capital after
/// a small letter begins a word too: there a space was lost.
pub fn capital_word(text: &[u8], line: usize, at: usize, end: usize) -> Option<usize> {
    let (c, mut len) = class(text, at);
    if c != Class::Upper {
        return None;
    }
    if at > line {
        let b = text[at - 1];
        let before = match b {
            0..0x80 => at - 1,
            _ => (line..at).rev().take(4).find(|k| text[*k] & 0xC0 != 0x80)?,
        };
        match class(text, before).0 {
            Class::Upper => return None,
            Class::Lower if text[at] < 0xD0 => return None,
            _ => {}
        }
    }
    let mut to = at;
    loop {
        to += len;
        if to >= end {
            return Some(end);
        }
        let (c, n) = class(text, to);
        if !matches!(c, Class::Upper | Class::Lower | Class::Joiner) {
            return Some(to);
        }
        len = n;
    }
}

/// Is this one character?
pub fn one_letter(bytes: &[u8]) -> bool {
    char_at(bytes, 0).is_some_and(|c| c.1 == bytes.len())
}

/// The word at `at`.
pub fn word_at(text: &[u8], at: usize, end: usize, out: &mut Vec<Token>) -> Option<Token> {
    out.clear();
    if !matches!(class(text, at).0, Class::Upper | Class::Lower) {
        return None;
    }
    word(text, at, end, out);
    out.first().copied()
}

/// Is the line end at `at` the end of a sequence? Not in prose that was wrapped at a width.
pub fn ends_here(text: &[u8], line: usize, at: usize, end: usize) -> bool {
    let said = text[line..at].trim_ascii_end();
    let last = said.last();
    // «Серге-» at the end of a line, «евна» in the next: a word goes on
    if let Some(k) = said.len().checked_sub(2).filter(|_| last == Some(&b'-'))
        && said[k] >= 0x80
        && let Some(next) = text[at..end].iter().position(|b| !b.is_ascii_whitespace()).filter(|n| *n < 8)
        && text[at..at + next].iter().filter(|b| **b == b'\n').count() < 2
        && class(text, at + next).0 == Class::Lower
    {
        return false;
    }
    if matches!(last, Some(b'.' | b';' | b':' | b'!' | b'?')) {
        return true;
    }
    // the characters of a line that is surely long are not counted
    let long = match at - line {
        bytes if bytes >= 4 * WRAPPED => WRAPPED,
        bytes if text[line..at].is_ascii() => bytes,
        _ => text[line..at].iter().filter(|b| **b & 0xC0 != 0x80).count(),
    };
    // a line of middling length goes on only after a comma or a hyphen
    if long < WRAPPED / 2 || (long < WRAPPED && !matches!(last, Some(b',' | b'-'))) {
        return true;
    }
    // a blank line ends everything
    let mut k = at;
    let mut ends = 0;
    while k < end {
        match text[k] {
            b'\n' => ends += 1,
            b'\r' | b' ' | b'\t' => {}
            _ => break,
        }
        k += 1;
    }
    // a line of columns (a signature: office, blanks, name) is an item, however long
    ends > 1 || has_gap(text[line..at].trim_ascii())
}

/// Do six blanks stand in a row? One of them is a sixth byte, wherever they begin.
fn has_gap(line: &[u8]) -> bool {
    (5..line.len()).step_by(6).any(|k| {
        line[k] == b' ' && {
            let before = line[k - 5..k].iter().rev().take_while(|b| **b == b' ').count();
            let after = line[k + 1..].iter().take(5).take_while(|b| **b == b' ').count();
            before + after >= 5
        }
    })
}

/// Reads one word; pushes it (or its parts, where a space was lost between two) and returns its end.
fn word(text: &[u8], mut at: usize, end: usize, out: &mut Vec<Token>) -> usize {
    let mut start = at;
    let (first, _) = class(text, at);
    let mut capital = first == Class::Upper;
    let (mut letters, mut uppers, mut broken) = (0u32, 0u32, false);
    let mut previous = Class::Mark;
    // letters since the last capital, to see a lost space («АхметовСерик»)
    let mut lowers = 0u32;
    let push = |start: usize, at: usize, capital, letters, uppers, broken, out: &mut Vec<Token>| {
        out.push(Token {
            start: start as u32,
            end: at as u32,
            kind: Kind::Word,
            capital,
            upper: letters >= 2 && uppers == letters,
            broken,
        });
    };
    while at < end {
        let (c, len) = class(text, at);
        match c {
            Class::Upper | Class::Lower => {
                // «иТохтаровой»: a word of one letter before it
                let one = lowers == 1 && letters == 1 && !capital;
                if c == Class::Upper && previous == Class::Lower && (lowers >= 2 || one) && text[at] >= 0xD0 {
                    // «АхметовСерик»: a space was lost
                    if class_after(text, at + len, end) == Class::Lower || capital {
                        push(start, at, capital, letters, uppers, broken, out);
                        (start, capital, letters, uppers, broken) = (at, true, 0, 0, false);
                    }
                }
                letters += 1;
                uppers += u32::from(c == Class::Upper);
                lowers = if c == Class::Lower { lowers + 1 } else { 0 };
                previous = c;
                at += len;
            }
            Class::Joiner => at += len,
            // «Қ0жаев», «Панченк0»: a scan's zero among Cyrillic letters
            Class::Digit
                if text[at] == b'0' && text[at - 1] >= 0x80 && zero_is_letter(text, at, end, letters) =>
            {
                letters += 1;
                uppers += u32::from(previous == Class::Upper && uppers + 1 == letters);
                lowers += 1;
                at += 1;
            }
            Class::Mark => {
                let mark = &text[at..(at + len).min(end)];
                let joins = matches!(mark, b"-" | b"'" | b"`")
                    || matches!(
                        char_at(text, at),
                        Some(('\u{2010}' | '\u{2011}' | '\u{2018}' | '\u{2019}' | '\u{2bb}', _))
                    );
                if !joins {
                    break;
                }
                match class_after(text, at + len, end) {
                    Class::Upper | Class::Lower => {
                        at += len;
                        previous = Class::Mark;
                        lowers = 0;
                    }
                    Class::Line if mark == b"-" => {
                        // a word broken at the line end goes on in the case it had
                        let mut next = at + len;
                        while next < end && text[next].is_ascii_whitespace() && next - at < 8 {
                            next += 1;
                        }
                        let goes_on = class_after(text, next, end);
                        let fits = goes_on == Class::Lower || (goes_on == Class::Upper && uppers == letters);
                        if !fits || letters < 2 {
                            break;
                        }
                        broken = true;
                        at = next;
                    }
                    _ => break,
                }
            }
            _ => break,
        }
    }
    push(start, at, capital, letters, uppers, broken, out);
    at
}

/// Does a zero after `letters` letters stand for one: between letters, or at the end of a long word?
fn zero_is_letter(text: &[u8], at: usize, end: usize, letters: u32) -> bool {
    match class_after(text, at + 1, end) {
        Class::Upper | Class::Lower => text[at + 1] >= 0xD0,
        Class::Digit => false,
        _ => letters >= 5,
    }
}

fn class_after(text: &[u8], at: usize, end: usize) -> Class {
    if at < end { class(text, at).0 } else { Class::Mark }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Vec<&str>> {
        let mut all = Vec::new();
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < text.len() {
            at = sequence(text.as_bytes(), at, text.len(), &mut tokens);
            if !tokens.is_empty() {
                all.push(tokens.iter().map(|t| &text[t.start as usize..t.end as usize]).collect());
            }
        }
        all
    }

    #[test]
    fn words_and_lost_spaces() {
        assert_eq!(
            cut("Ахметова С.Б.проживающего"),
            vec![vec!["Ахметова", "С", ".", "Б", ".", "проживающего"]]
        );
        assert_eq!(cut("АхметовСерик Нұр-Сұлтан"), vec![vec!["Ахметов", "Серик", "Нұр-Сұлтан"]]);
        assert_eq!(cut("судей и Ким иТохтаровой"), vec![vec!["судей", "и", "Ким", "и", "Тохтаровой"]]);
        assert_eq!(cut("ООО d'Artagnan"), vec![vec!["ООО", "d'Artagnan"]]);
    }

    #[test]
    fn gaps_are_six_blanks() {
        for before in 0..14 {
            for blanks in 0..9 {
                let line = format!("{}{}{}", "x".repeat(before), " ".repeat(blanks), "y".repeat(14 - before));
                assert_eq!(has_gap(line.as_bytes()), blanks >= 6, "{line}");
            }
        }
    }

    #[test]
    fn broken_words_and_lines() {
        assert_eq!(cut("истца Ахме-\n това к"), vec![vec!["истца", "Ахме-\n това", "к"]]);
        assert_eq!(cut("Иванов\nПетров"), vec![vec!["Иванов"], vec!["Петров"]]);
        let long =
            "Суд, рассмотрев в открытом судебном заседании гражданское дело по иску Иванова\nПетра к банку";
        assert_eq!(cut(long).len(), 1);
    }

    #[test]
    fn bytes_that_are_no_text() {
        let text = b"\xd0\xff\xe2\x80 \xd0\x98\xd0";
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let next = sequence(text, at, text.len(), &mut tokens);
            assert!(next > at);
            at = next;
        }
    }
}

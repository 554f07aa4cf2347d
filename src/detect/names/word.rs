//! What the tagger sees of one word, and the features made of it: shared by training and use.

use super::endings::{KK_ENDINGS, kk_stem};
use super::letters::fold;
use super::lists::{self, Flags, Lists};
use super::token::{Kind, Token, char_at};

/// Form of a word: capitals, digits, the mark itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// Beyond the ends of the sequence.
    Pad,
    /// Small letters.
    Lower,
    /// One capital, then small letters.
    Title,
    /// One capital letter alone.
    Initial,
    /// Capitals in a line that is not all capitals.
    Upper,
    /// Capitals in a line of capitals.
    UpperLine,
    /// Several parts, each with a capital.
    TitleParts,
    /// Any other mix of capitals and small letters.
    Mixed,
    /// One small letter.
    LowerOne,
    /// Digits.
    Number,
    /// `.`
    Dot,
    /// `,`
    Comma,
    /// Opening quotation mark or undirected one.
    Quote,
    /// Closing quotation mark.
    QuoteEnd,
    /// Hyphen and dash.
    Dash,
    /// `:`
    Colon,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `!`, `?`, `;`
    Stop,
    /// `/`, `@`, `_`, `№` and every other mark.
    Mark,
}

/// Kinds of word by lists, the coarse view that neighbours see.
const KINDS: u8 = 16;
/// Number of values of [`Word::class`].
pub const CLASSES: usize = 9 * KINDS as usize + 16;

/// One word as the tagger sees it.
#[derive(Clone, Debug)]
pub struct Word {
    /// Lower case, ё as е, look-alike letters of the other alphabet folded.
    pub lower: String,
    /// Form.
    pub shape: Shape,
    /// What the lists say.
    pub flags: Flags,
    /// Shape and kind in one small number.
    pub class: u8,
    /// Number of letters.
    pub len: u8,
}

/// The lower-case text of a token, with the letters of another alphabet that look alike folded
/// («Aхметов» with a Latin A), accents and soft hyphens dropped, a broken word joined.
pub fn lower(text: &[u8], token: &Token) -> String {
    let bytes = &text[token.start as usize..token.end as usize];
    let mut out = String::with_capacity(bytes.len());
    let (mut latin, mut cyrillic) = (0, 0);
    let mut at = 0;
    let mut skipping = false;
    while at < bytes.len() {
        let Some((c, len)) = char_at(bytes, at) else {
            out.push('\u{fffd}');
            at += 1;
            continue;
        };
        at += len;
        if token.broken {
            // the hyphen before a line end belongs to the page, not to the word
            if c == '-' && bytes[at..].first().is_some_and(u8::is_ascii_whitespace) {
                skipping = true;
                continue;
            }
            if skipping && c.is_whitespace() {
                continue;
            }
            skipping = false;
        }
        match c {
            '\u{ad}'
            | '\u{300}'..='\u{307}'
            | '\u{309}'..='\u{36f}'
            | '\u{200b}'..='\u{200d}'
            | '\u{2060}' => continue,
            '\u{2010}' | '\u{2011}' => out.push('-'),
            '\u{2019}' | '`' | '\u{2bc}' => out.push('\''),
            'ё' | 'Ё' => out.push('е'),
            '0' if cyrillic > 0 => out.push('о'),
            _ => out.extend(c.to_lowercase()),
        }
        match c {
            'a'..='z' | 'A'..='Z' => latin += 1,
            '\u{400}'..='\u{4ff}' => cyrillic += 1,
            _ => {}
        }
    }
    // «Shakirov's»
    if latin > 0 && cyrillic == 0 && out.ends_with("'s") {
        out.truncate(out.len() - 2);
    }
    if latin > 0 && cyrillic > 0 {
        out = out.chars().map(|c| if cyrillic >= latin { to_cyrillic(c) } else { to_latin(c) }).collect();
    }
    out
}

const ALIKE: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'в'),
    ('c', 'с'),
    ('e', 'е'),
    ('h', 'н'),
    ('i', 'і'),
    ('k', 'к'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('t', 'т'),
    ('x', 'х'),
    ('y', 'у'),
];

/// The Cyrillic letter that looks like a Latin one.
pub fn to_cyrillic(c: char) -> char {
    ALIKE.iter().find(|(l, _)| *l == c).map_or(c, |p| p.1)
}

fn to_latin(c: char) -> char {
    ALIKE.iter().find(|(_, k)| *k == c).map_or(c, |p| p.0)
}

impl Word {
    /// The word beyond the ends.
    pub fn pad() -> Word {
        Word { lower: String::new(), shape: Shape::Pad, flags: 0, class: 0, len: 0 }
    }

    /// Looks at one token. `caps` says that the whole line is in capitals.
    pub fn new(text: &[u8], token: &Token, caps: bool, lists: &Lists) -> Word {
        let mut lower = lower(text, token);
        let mut bytes = &text[token.start as usize..token.end as usize];
        let mut upper = token.upper;
        // «ДИНА-ға», «Савченко-ның»: the ending of a case is none of the name
        if let Some(bare) = before_ending(bytes) {
            lower.truncate(lower.rfind('-').unwrap_or(lower.len()));
            bytes = bare.as_bytes();
            upper = bare.chars().count() > 1 && bare.chars().all(|c| !c.is_lowercase());
        }
        let len = lower.chars().count().min(255) as u8;
        let shape = shape(bytes, &Token { upper, ..*token }, len, caps);
        let flags = if token.kind == Kind::Word && len > 1 { lists.flags(&lower) } else { 0 };
        let mut word = Word { lower, shape, flags, class: 0, len };
        word.class = class(&word);
        word
    }
}

impl Word {
    /// A word in small letters, seen as if a capital began it.
    pub fn raised(text: &[u8], token: &Token, lists: &Lists) -> Word {
        let mut word = Word::new(text, token, false, lists);
        word.shape = if word.len == 1 { Shape::Initial } else { Shape::Title };
        word.class = class(&word);
        word
    }
}

/// A word without the Kazakh ending behind its hyphen; none where it has none.
fn before_ending(bytes: &[u8]) -> Option<&str> {
    let hyphen = memchr::memrchr(b'-', bytes).filter(|k| *k >= 4 && bytes.len() - k <= 9)?;
    let bare = std::str::from_utf8(&bytes[..hyphen]).ok()?;
    let ending = std::str::from_utf8(&bytes[hyphen + 1..]).ok()?;
    // a letter alone and its case are told by the rules of initials
    let short = bare.chars().filter(|c| c.is_alphabetic()).count() < 3;
    (!short && ending.chars().all(char::is_lowercase) && KK_ENDINGS.contains(&fold(ending).as_str()))
        .then_some(bare)
}

fn shape(bytes: &[u8], token: &Token, len: u8, caps: bool) -> Shape {
    match token.kind {
        Kind::Number => Shape::Number,
        Kind::Mark => match std::str::from_utf8(bytes).unwrap_or("") {
            "." => Shape::Dot,
            "," => Shape::Comma,
            "«" | "\"" | "“" | "„" | "'" => Shape::Quote,
            "»" | "”" => Shape::QuoteEnd,
            "-" | "–" | "—" | "−" | "‐" | "‑" => Shape::Dash,
            ":" => Shape::Colon,
            "(" | "[" => Shape::Open,
            ")" | "]" => Shape::Close,
            "!" | "?" | ";" | "…" => Shape::Stop,
            _ => Shape::Mark,
        },
        Kind::Word if len == 1 => {
            if token.capital {
                Shape::Initial
            } else {
                Shape::LowerOne
            }
        }
        Kind::Word if token.upper => {
            if caps {
                Shape::UpperLine
            } else {
                Shape::Upper
            }
        }
        Kind::Word => {
            let (mut capitals, mut parts, mut start) = (0u32, 0u32, true);
            let mut at = 0;
            while let Some((c, n)) = char_at(bytes, at) {
                at += n;
                if matches!(c, '-' | '\'' | '\u{2019}' | '\u{2010}' | '\u{2011}') {
                    start = true;
                    continue;
                }
                if c.is_uppercase() {
                    capitals += 1;
                    parts += u32::from(start);
                }
                start = false;
            }
            match (token.capital, capitals, parts) {
                (false, 0, _) => Shape::Lower,
                (true, 1, _) => Shape::Title,
                (true, n, p) if n == p => Shape::TitleParts,
                _ => Shape::Mixed,
            }
        }
    }
}

/// The kind of a word by its flags.
fn kind(flags: Flags) -> u8 {
    use lists::*;
    let has = |f: Flags| flags & f != 0;
    let ordinary = has(ORDINARY);
    if has(KK_PATRONYMIC | LATIN_PATRONYMIC) && !ordinary {
        1
    } else if has(PATRONYMIC | OC_PATRONYMIC | PATRONYMIC_ENDING) && !has(OC_SURNAME) {
        2
    } else if has(GIVEN | OC_GIVEN | KK_GIVEN | KK_GIVEN_FORM | LATIN_GIVEN) {
        let surname = has(SURNAME | OC_SURNAME | KK_SURNAME | LATIN_SURNAME);
        match (ordinary, surname) {
            (false, false) => 3,
            (false, true) => 4,
            (true, _) => 5,
        }
    } else if has(SURNAME | OC_SURNAME | KK_SURNAME) {
        match (ordinary, has(OC_PLACE)) {
            (true, _) => 6,
            (false, true) => 7,
            (false, false) => {
                if has(SURNAME_FREQUENT | OC_SURNAME) {
                    8
                } else {
                    9
                }
            }
        }
    } else if has(LATIN_SURNAME) {
        10
    } else if has(OC_PLACE) {
        11
    } else if ordinary {
        12
    } else if has(KK_COMPOSED) {
        13
    } else if has(SURNAME_ENDING) {
        14
    } else if has(OC_ORGANISATION) {
        15
    } else {
        0
    }
}

fn class(word: &Word) -> u8 {
    match word.shape {
        Shape::Pad => 0,
        Shape::Initial => 1,
        Shape::LowerOne => 2,
        s if s as u8 >= Shape::Number as u8 => 3 + s as u8 - Shape::Number as u8,
        s => {
            let row = match s {
                Shape::Lower => 0,
                Shape::Title => 1,
                Shape::Upper => 2,
                Shape::UpperLine => 3,
                Shape::TitleParts => 4,
                _ => 5,
            };
            16 + row * KINDS + kind(word.flags)
        }
    }
}

/// Number of neighbours on each side whose own features a word takes part in.
pub const REACH: i8 = 2;

/// Makes a 32-bit feature from its template and value.
#[inline]
fn feature(template: u32, offset: i8, value: &[u8]) -> u32 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325 ^ (u64::from(template) << 8 | u64::from((offset + 8) as u8));
    h = h.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for b in value {
        h = (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3);
    }
    h ^= h >> 29;
    h = h.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (h >> 32) as u32
}

fn tail(word: &str, chars: usize) -> &str {
    word.char_indices().rev().nth(chars - 1).map_or("", |(k, _)| &word[k..])
}

fn head(word: &str, chars: usize) -> &str {
    word.char_indices().nth(chars).map_or("", |(k, _)| &word[..k])
}

/// Features of `word` for the label of the word that stands `-offset` after it (0: its own label).
pub fn features(word: &Word, offset: i8, out: &mut Vec<u32>) {
    let w = word.lower.as_str();
    let mut add = |template: u32, value: &[u8]| out.push(feature(template, offset, value));
    add(0, w.as_bytes());
    let class = [word.class];
    add(1, &class);
    if word.shape as u8 >= Shape::Number as u8 || word.shape == Shape::Pad {
        return;
    }
    add(2, &[word.shape as u8]);
    for bit in 0..lists::BITS {
        if word.flags & (1 << bit) != 0 {
            add(3, &[bit as u8]);
        }
    }
    match offset {
        0 => {
            for n in 1..=5usize {
                if usize::from(word.len) > n {
                    add(4, tail(w, n).as_bytes());
                }
            }
            for n in 2..=4usize {
                if usize::from(word.len) > n {
                    add(5, head(w, n).as_bytes());
                }
            }
            add(6, &[word.shape as u8, word.len.min(12)]);
            add(7, &[word.shape as u8, (word.flags & 127) as u8]);
            let names = (word.flags & ((1 << lists::BITS) - 1)) >> 7;
            add(8, &names.to_le_bytes());
            let mut value = class.to_vec();
            value.extend_from_slice(tail(w, 3).as_bytes());
            add(9, &value);
            value.truncate(1);
            value.extend_from_slice(tail(w, 2).as_bytes());
            add(10, &value);
            let mut shaped = vec![word.shape as u8];
            shaped.extend_from_slice(w.as_bytes());
            add(11, &shaped);
            let folded = fold(w);
            if let Some(stem) = kk_stem(&folded) {
                add(12, stem.as_bytes());
            }
            if usize::from(word.len) > 5 {
                add(13, head(w, 5).as_bytes());
            }
        }
        -1 | 1 => {
            for n in 2..=3usize {
                if usize::from(word.len) > n {
                    add(4, tail(w, n).as_bytes());
                }
            }
            if usize::from(word.len) > 5 {
                add(13, head(w, 5).as_bytes());
            }
            add(7, &[word.shape as u8, (word.flags & 127) as u8]);
        }
        _ => {
            if usize::from(word.len) > 3 {
                add(4, tail(w, 3).as_bytes());
            }
            if usize::from(word.len) > 5 {
                add(13, head(w, 5).as_bytes());
            }
        }
    }
}

/// Coarse view of a class for triples: shape and whether the lists know it as a name.
fn coarse(class: u8) -> u8 {
    if class < 16 {
        return class;
    }
    let (row, kind) = ((class - 16) / KINDS, (class - 16) % KINDS);
    let group = match kind {
        1 | 2 => 0,
        3..=5 => 1,
        6..=10 => 2,
        11 => 3,
        12 => 4,
        13 | 14 => 5,
        _ => 6,
    };
    16 + row * 7 + group
}

/// Features of three neighbouring classes; `place` 0, 1, 2 says which of the three has the label
/// (last, middle, first).
pub fn triple(classes: [u8; 3], place: u8, out: &mut Vec<u32>) {
    let [a, b, c] = classes;
    let f = |template: u32, value: &[u8]| feature(template, place as i8, value);
    out.push(f(20, &classes));
    out.push(f(21, &[coarse(a), coarse(b), coarse(c)]));
    if place == 1 {
        out.push(f(22, &[a, b]));
        out.push(f(23, &[b, c]));
        out.push(f(24, &[a, c]));
        out.push(f(25, &[coarse(a), coarse(b)]));
        out.push(f(26, &[coarse(b), coarse(c)]));
    }
}

/// Features of a word beside the class of the labelled word (`side` -1: it stands before).
pub fn beside(neighbour: &Word, class: u8, side: i8, out: &mut Vec<u32>) {
    let mut value = vec![class];
    value.extend_from_slice(neighbour.lower.as_bytes());
    out.push(feature(30, side, &value));
    let mut value = vec![coarse(class)];
    value.extend_from_slice(neighbour.lower.as_bytes());
    out.push(feature(31, side, &value));
    value.truncate(1);
    value.extend_from_slice(tail(&neighbour.lower, 3).as_bytes());
    out.push(feature(32, side, &value));
}

/// Can a word of this class begin or continue a name: has it a capital?
pub fn may_name(class: u8) -> bool {
    class == 1 || class >= 16 + KINDS
}

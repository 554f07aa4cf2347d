//! Letters of Russian, Kazakh and English, answered without the tables of all scripts.

/// May normal forms leave a character as it is, whatever stands beside it? ASCII and Cyrillic without its marks: no
/// form of Unicode's normalization (UAX 15) changes, composes or reorders them among themselves.
#[inline]
pub(crate) const fn is_plain(c: char) -> bool {
    matches!(c, '\0'..='\x7f' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}')
}

/// The small letter of a character; `None` where only Unicode's tables know.
#[inline]
pub(crate) const fn lower(c: char) -> Option<char> {
    let code = c as u32;
    match c {
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        'а'..='џ' => Some(c),
        'А'..='Я' => char::from_u32(code + 32),
        '\u{400}'..='\u{40f}' => char::from_u32(code + 80),
        // the letters of other languages stand in pairs, the capital first
        '\u{460}'..='\u{481}' | '\u{48a}'..='\u{4bf}' | '\u{4d0}'..='\u{52f}' => char::from_u32(code | 1),
        _ => None,
    }
}

/// What becomes of each letter of ASCII and Cyrillic, by its code, where a text is brought to one writing: every letter
/// costs one look, and not a question for each kind of letter.
pub(crate) struct Table([u16; Table::END]);

/// What a [`Table`] says of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    /// This stands for it.
    As(char),
    /// Nothing does.
    Vanishes,
    /// Only other tables know.
    Other,
}

impl Table {
    /// The code behind the last letter.
    pub(crate) const END: usize = 0x530;
    const OTHER: u16 = 0xFFFF;
    const VANISHES: u16 = 0xFFFE;

    /// A table in which nothing is known.
    pub(crate) const fn new() -> Table {
        Table([Table::OTHER; Table::END])
    }

    /// Says what becomes of `c`.
    pub(crate) const fn set(mut self, c: char, to: Letter) -> Table {
        self.0[c as usize] = match to {
            Letter::As(to) => to as u16,
            Letter::Vanishes => Table::VANISHES,
            Letter::Other => Table::OTHER,
        };
        self
    }

    /// What becomes of `c`.
    #[inline]
    pub(crate) fn get(&self, c: char) -> Letter {
        self.code(c as usize)
    }

    #[inline]
    fn code(&self, code: usize) -> Letter {
        match self.0.get(code).map_or(Table::OTHER, |to| *to) {
            Table::OTHER => Letter::Other,
            Table::VANISHES => Letter::Vanishes,
            to => char::from_u32(u32::from(to)).map_or(Letter::Other, Letter::As),
        }
    }

    /// What becomes of the character at the front of `text`, which is not empty, and its length.
    #[inline]
    pub(crate) fn first(&self, text: &str) -> (Letter, usize) {
        match text.as_bytes() {
            [b, ..] if *b < 0x80 => (self.code(usize::from(*b)), 1),
            [a @ 0xC2..=0xDF, b, ..] => (self.code(usize::from(a & 0x1F) << 6 | usize::from(b & 0x3F)), 2),
            _ => (Letter::Other, text.chars().next().map_or(0, char::len_utf8)),
        }
    }
}

/// Writes a letter of a [`Table`] to `out[at..]` and tells where it ends.
#[inline]
pub(crate) fn write(out: &mut [u8], at: usize, c: char) -> usize {
    let code = c as u32;
    if code < 0x80 {
        out[at] = code as u8;
        return at + 1;
    }
    out[at] = 0xC0 | (code >> 6) as u8;
    out[at + 1] = 0x80 | (code & 0x3F) as u8;
    at + 2
}

/// [`char::is_alphanumeric`].
#[inline]
pub(crate) fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        _ => c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::{canonical_combining_class, compose};

    #[test]
    fn as_the_tables_say() {
        let plain: Vec<char> = ('\0'..='\u{2fff}').filter(|c| is_plain(*c)).collect();
        for c in '\0'..='\u{2fff}' {
            assert!(lower(c).is_none_or(|l| c.to_lowercase().eq([l])), "{c:?}");
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert!(lower(c).is_some() || !('А'..='я').contains(&c));
        }
        for c in &plain {
            assert_eq!(canonical_combining_class(*c), 0);
            assert!(c.nfkc().eq([*c]), "{c:?}");
            assert!(plain.iter().all(|d| compose(*c, *d).is_none()));
        }
    }
}

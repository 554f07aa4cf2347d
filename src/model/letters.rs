//! Letters of Russian, Kazakh and English, answered without the tables of all scripts.

/// May normal forms leave a character as it is, whatever stands beside it? ASCII and Cyrillic without its marks: no
/// form of Unicode's normalization (UAX 15) changes, composes or reorders them among themselves.
#[inline]
pub(crate) fn is_plain(c: char) -> bool {
    matches!(c, '\0'..='\x7f' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}')
}

/// The small letter of a character; `None` where only Unicode's tables know.
#[inline]
pub(crate) fn lower(c: char) -> Option<char> {
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

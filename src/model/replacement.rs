//! The shapes of what stands in place of a personal value in a copy.
//!
//! Detectors must not report them and depersonalizing must not change them again; so the shapes carry
//! a check that needs no key. A token is not told by its look alone: `IBAN_KZ...` with an
//! account number behind it looks like one.

use std::ops::Range;

/// Crockford's base 32: no I, L, O, U, so that no token is misread or spells a word.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters of a whole token behind its prefix: 18 from the key, 2 of check.
pub const BODY: usize = 20;

/// Shortest compact token that carries a check (`Q`, then base 32).
pub const COMPACT_MIN: usize = 8;

/// The two check characters for everything that stands before them: 10 bits of a product over its words.
#[inline]
pub fn check(before: &[u8]) -> [u8; 2] {
    let mut h = 0xcbf2_9ce4_8422_2325u64 ^ before.len() as u64;
    let mut mix = |word: u64| {
        h = (h ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        h ^= h >> 32;
    };
    let (words, rest) = before.as_chunks::<8>();
    words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
    mix(match before.last_chunk::<8>() {
        // the bytes of the last word that are no rest are shifted out
        Some(last) if !rest.is_empty() => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => rest.iter().rev().fold(0, |w, b| w << 8 | u64::from(*b)),
    });
    h ^= h >> 16;
    [ALPHABET[(h >> 5 & 31) as usize], ALPHABET[(h & 31) as usize]]
}

/// Per byte: whether it may stand in the body of a token, and whether in a token at all.
static SIGNS: [(bool, bool); 256] = {
    let mut signs = [(false, false); 256];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        let letter = c.is_ascii_digit() || c.is_ascii_uppercase();
        signs[b] = (letter && !matches!(c, b'I' | b'L' | b'O' | b'U'), letter || c == b'_');
        b += 1;
    }
    signs
};

#[inline]
fn base32(b: u8) -> bool {
    SIGNS[usize::from(b)].0
}

#[inline]
fn sign(b: u8) -> bool {
    SIGNS[usize::from(b)].1
}

/// Is `text` a whole token, `IIN_` and 20 characters, with a check that holds?
pub fn is_token(text: &[u8]) -> bool {
    let Some((prefix, body)) = text.split_last_chunk::<BODY>() else { return false };
    let [first, .., b'_'] = prefix else { return false };
    first.is_ascii_uppercase()
        && prefix.len() <= 33
        && prefix.iter().fold(true, |all, b| all & sign(*b))
        // of so few bytes it is faster to look at all than to stop early
        && body.iter().fold(true, |all, b| all & base32(*b))
        && text[text.len() - 2..] == check(&text[..text.len() - 2])
}

/// Is `text` the short form that narrow text columns get: `Q` and at least seven characters, checked?
pub fn is_compact(text: &[u8]) -> bool {
    text.len() >= COMPACT_MIN
        && text.len() <= BODY + 1
        && text[0] == b'Q'
        && text.iter().all(|b| base32(*b))
        && text[text.len() - 2..] == check(&text[..text.len() - 2])
}

/// The token that covers position `at` of `text`, where there is one.
pub fn token_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let word = |b: &u8| sign(*b);
    if !text.get(at).is_some_and(word) {
        return None;
    }
    // most values begin a word, and with a digit
    if text[at].is_ascii_digit() && !at.checked_sub(1).is_some_and(|k| word(&text[k])) {
        return None;
    }
    // a token is at most 53 characters long: what is longer is none, and costs no more to tell
    let near = at.saturating_sub(54);
    let start = text[near..at].iter().rposition(|b| !word(b)).map_or(near, |k| near + k + 1);
    if !text[start].is_ascii_uppercase() {
        return None;
    }
    let far = (at + 54).min(text.len());
    let end = text[at..far].iter().position(|b| !word(b)).map_or(far, |k| at + k);
    let run = &text[start..end];
    (is_token(run) || is_compact(run)).then_some(start..end)
}

/// The last digit of the twelve-digit numbers that stand for identification numbers.
pub fn check12(first: [u8; 11]) -> u8 {
    let sum: u32 = first.iter().zip([3, 7, 9, 1, 3, 7, 9, 1, 3, 7, 9]).map(|(d, w)| u32::from(*d) * w).sum();
    ((sum + 5) % 10) as u8
}

/// Is `text` a twelve-digit number that stands for an identification number in numeric or narrow
/// columns? Its month is 13-99, its day 32-99, its seventh digit 7-9: it can be no IIN and no BIN.
pub fn is_number12(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; 12]>::try_from(text) else { return false };
    // nearly every number that is asked about ends here
    if text[6] < b'7' || text[2..4] <= b"12"[..] || !text.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let d = text.map(|b| b - b'0');
    let first = std::array::from_fn(|k| d[k]);
    d[0] > 0 && d[2] * 10 + d[3] > 12 && d[4] * 10 + d[5] > 31 && d[6] > 6 && d[11] == check12(first)
}

/// Is `text` a telephone number whose national part begins with 1, 2 or 5: ranges that neither
/// Kazakhstan nor Russia has ever given out?
pub fn is_phone(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    let national = match digits.len() {
        11 if matches!(digits[0], b'7' | b'8') => &digits[1..],
        10 => digits,
        _ => return false,
    };
    digits.iter().all(u8::is_ascii_digit) && matches!(national[0], b'1' | b'2' | b'5')
}

/// Sum of Luhn's rule modulo 10 (ISO/IEC 7812-1, annex B); 0 for a number that holds.
pub fn luhn(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(k, d)| {
            let d = u32::from(*d) * if k % 2 == 1 { 2 } else { 1 };
            if d > 9 { d - 9 } else { d }
        })
        .sum();
    (sum % 10) as u8
}

/// Is `text` a number that stands for a card: 13-19 digits, 91 in front (no issuer), Luhn's sum 5?
pub fn is_card(text: &[u8]) -> bool {
    if !(13..=19).contains(&text.len()) || !text.starts_with(b"91") || !text.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let digits: smallvec::SmallVec<[u8; 19]> = text.iter().map(|b| b - b'0').collect();
    luhn(&digits) == 5
}

/// Is `text` a UUID of version 8 (RFC 9562: free use) with the check that stands for a UUID or other value?
pub fn is_uuid(text: &[u8]) -> bool {
    let mut hex = [0u8; 32];
    let mut n = 0;
    for b in text {
        match b {
            b'-' => {}
            _ if b.is_ascii_hexdigit() && n < 32 => {
                hex[n] = b.to_ascii_lowercase();
                n += 1;
            }
            _ => return false,
        }
    }
    n == 32 && hex[12] == b'8' && uuid_check(&hex[..29]) == hex[29..]
}

/// The last three hexadecimal digits of a replaced UUID.
pub fn uuid_check(first: &[u8]) -> [u8; 3] {
    let c = check(first);
    let hex = b"0123456789abcdef";
    [hex[(c[0] & 15) as usize], hex[(c[1] & 15) as usize], hex[(c[0] >> 3 & 15) as usize]]
}

/// Is `text` something that stands in place of a value of this kind? Numbers count only for the kinds that
/// they stand for: an order number may well begin like a telephone number of nobody.
pub fn is_replacement_of(category: super::Category, text: &[u8]) -> bool {
    use super::Category;
    let text = text.trim_ascii();
    // tokens of both kinds begin with a capital
    (text.first().is_some_and(u8::is_ascii_uppercase) && (is_token(text) || is_compact(text)))
        || (text.len() >= 32 && is_uuid(text))
        || match category {
            Category::IIN | Category::BIN => is_number12(text),
            Category::PHONE => is_phone(text),
            Category::CARD => is_card(text),
            _ => false,
        }
}

/// Is `text` (blanks at the ends apart) something that stands in place of a value?
pub fn is_replacement(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    is_token(text)
        || is_compact(text)
        || is_number12(text)
        || is_phone(text)
        || is_card(text)
        || (text.len() >= 32 && is_uuid(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alone_is_not_enough() {
        assert!(!is_token(b"IBAN_KZ86125KZT5004100100"));
        assert!(!is_token(b"iin_00000000000000000000"));
        assert!(!is_token(b""));
        let mut t = b"IIN_0123456789ABCDEFGH".to_vec();
        t.extend(check(&t));
        assert!(is_token(&t));
        let text = [b"id ".as_slice(), &t, b", x"].concat();
        assert_eq!(token_at(&text, 9), Some(3..3 + t.len()));
        assert_eq!(token_at(&text, 1), None);
        t[5] = b'9';
        assert!(!is_token(&t));
    }

    #[test]
    fn the_check_is_the_same_for_every_length() {
        // as it was first written down: copies made then must stay known
        let slow = |before: &[u8]| {
            let mut h = 0xcbf2_9ce4_8422_2325u64 ^ before.len() as u64;
            let (words, rest) = before.as_chunks::<8>();
            let rest = rest.iter().rev().fold(0, |w, b| w << 8 | u64::from(*b));
            for word in words.iter().map(|w| u64::from_le_bytes(*w)).chain([rest]) {
                h = (h ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                h ^= h >> 32;
            }
            h ^= h >> 16;
            [ALPHABET[(h >> 5 & 31) as usize], ALPHABET[(h & 31) as usize]]
        };
        let text: Vec<u8> = (0..60u8).map(|k| k.wrapping_mul(37) | 1).collect();
        (0..=text.len()).for_each(|n| assert_eq!(check(&text[..n]), slow(&text[..n]), "{n}"));
    }

    #[test]
    fn real_numbers_are_not_replacements() {
        for real in
            ["850101300123", "050140000018", "77011234567", "+77011234567", "87271234567", "4000000000000002"]
        {
            assert!(!is_replacement(real.as_bytes()), "{real}");
        }
    }
}

//! The common writings of values, brought to the one writing without looking at every character by itself.

use crate::detect::proof::all_digits;
use crate::model::Category;

/// Longest writing that is made here.
pub(crate) const SHORT: usize = 46;

/// Puts the one writing of a value that is written as most are in front of `out`, which is zeros, and tells its length;
/// `None` for every other value, which may be as well written.
#[inline]
pub(super) fn short(category: Category, value: &[u8], out: &mut [u8; SHORT]) -> Option<usize> {
    if value.is_empty() || value.len() > SHORT {
        return None;
    }
    let (plain, n) = match category {
        Category::IIN | Category::BIN | Category::RNN => {
            out[..value.len()].copy_from_slice(value);
            (value.len() == 12 && all_digits(value), value.len())
        }
        Category::PHONE => return phone(value, out),
        Category::EMAIL => {
            let sign = |b: u8| b.is_ascii_alphanumeric() | matches!(b, b'@' | b'.' | b'-' | b'_' | b'+');
            out[..value.len()].copy_from_slice(value);
            out[..value.len()].make_ascii_lowercase();
            (value.iter().fold(true, |plain, b| plain & sign(*b)), value.len())
        }
        Category::IBAN | Category::VIN | Category::PLATE | Category::PASSPORT => {
            out[..value.len()].copy_from_slice(value);
            out[..value.len()].make_ascii_uppercase();
            (value.iter().fold(true, |plain, b| plain & b.is_ascii_alphanumeric()), value.len())
        }
        Category::CARD => figures(value, out, |b| matches!(b, b' ' | b'-')),
        _ => return None,
    };
    (plain && n > 0).then_some(n)
}

/// Puts the digits of a value into `out`: is all else in it of `others`, and how many digits are there?
fn figures(value: &[u8], out: &mut [u8; SHORT], others: impl Fn(u8) -> bool) -> (bool, usize) {
    let (mut n, mut plain) = (0, true);
    for b in value {
        let digit = b.is_ascii_digit();
        plain &= digit | others(*b);
        out[n] = *b;
        n += usize::from(digit);
    }
    // the last sign that is no digit
    if let Some(after) = out.get_mut(n) {
        *after = 0;
    }
    (plain, n)
}

/// `+7 (701) 123-45-67`, `8 701 123 45 67`, `701 123 45 67`.
fn phone(value: &[u8], out: &mut [u8; SHORT]) -> Option<usize> {
    let (plus, rest) = match value {
        [b'+', rest @ ..] => (true, rest),
        _ => (false, value),
    };
    let mut digits = [0; SHORT];
    let (plain, n) = match all_digits(rest) {
        true => {
            digits[..rest.len()].copy_from_slice(rest);
            (true, rest.len())
        }
        false => figures(rest, &mut digits, |b| matches!(b, b' ' | b'-' | b'(' | b')')),
    };
    let first = match (n, digits[0]) {
        (11, b'7') => 1,
        (11, b'8') if !plus || digits[1] == b'7' => 1,
        (10, _) if !plus => 0,
        _ => return None,
    };
    out[..2].copy_from_slice(b"+7");
    out[2..12].copy_from_slice(&digits[first..first + 10]);
    plain.then_some(12)
}

#[cfg(test)]
mod tests {
    use super::super::long;
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4000))]
        #[test]
        fn the_short_way_is_the_long_way(
            value in "(\\+?[78]? ?[(]?[0-9]{3}[)]? ?[0-9]{3}[- ]?[0-9]{2}-?[0-9]{2}|[0-9]{10,16}|([0-9]{4} ){4}|[a-zA-Z]{1,3}[._+,@-]{0,2}[a-z0-9@.]{1,9}|[A-Za-z0-9]{1,20}|[ -~]{0,24})",
        ) {
            for category in Category::known() {
                let mut out = [0; SHORT];
                if let Some(n) = short(category, value.as_bytes(), &mut out) {
                    proptest::prop_assert_eq!(&out[..n], &long(category, &value)[..], "{} {}", category, value);
                }
            }
        }
    }

    #[test]
    fn common_writings_are_short() {
        for (category, value) in [
            (Category::IIN, "991231500016"),
            (Category::PHONE, "+7 (701) 234-56-78"),
            (Category::PHONE, "87012345678"),
            (Category::PHONE, "7012345678"),
            (Category::EMAIL, "A.b+c-d_e1@Mail.kz"),
            (Category::IBAN, "KZ72722S000000000001"),
            (Category::CARD, "4000 0000 0000 0002"),
        ] {
            assert!(short(category, value.as_bytes(), &mut [0; SHORT]).is_some(), "{value}");
        }
        assert!(short(Category::EMAIL, b"mailto:a@b.kz", &mut [0; SHORT]).is_none());
    }
}

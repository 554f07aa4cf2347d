//! Documents, vehicles, land: numbers without check digits, told by form and code tables.

use super::{Proved, filler, n, two};
use crate::model::Evidence::*;

/// A vehicle identification number (ISO 3779): 17 characters without I, O, Q. Its check digit binds only North American cars.
pub(crate) fn vin(v: &[u8]) -> Option<Proved> {
    if v.len() != 17 || v.iter().any(|b| matches!(b, b'I' | b'O' | b'Q')) {
        return None;
    }
    let letters = v.iter().filter(|b| b.is_ascii_uppercase()).count();
    let digits = 17 - letters;
    if letters < 3 || digits == 0 || !v[..3].iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    // the last four are digits in nearly every maker's scheme; without them only a word tells
    if digits < 3 || !v[13..].iter().all(u8::is_ascii_digit) {
        return Proved::weak(&[]);
    }
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |b: u8| match b {
        b'0'..=b'9' => n(b),
        b'A'..=b'H' => u32::from(b - b'A') + 1,
        b'J'..=b'R' => u32::from(b - b'J') + 1,
        _ => u32::from(b - b'S') + 2,
    };
    let sum: u32 = v.iter().zip(WEIGHTS).map(|(b, w)| value(*b) * w).sum::<u32>() % 11;
    let check = if sum == 10 { b'X' } else { b'0' + sum as u8 };
    if v[8] == check { Proved::yes(&[Form, CheckDigit]) } else { Proved::yes(&[Form]) }
}

/// A plate of 2012 (`123ABC02`, `123AB02`, `12ABC02`, region 01-20) or of 1993 (`A585CUO`).
pub(crate) fn plate(v: &[u8]) -> Option<Proved> {
    let digits = v.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        let rest = v.get(1..4)?;
        let letters = v.get(4..)?;
        let form = rest.iter().all(u8::is_ascii_digit)
            && (2..=3).contains(&letters.len())
            && letters.iter().all(u8::is_ascii_uppercase)
            && b"ABCDEFHKLMNOPRSTUVWXZ".contains(&v[0]);
        return if form { Proved::weak(&[CodeTable]) } else { None };
    }
    let letters = v[digits..].iter().take_while(|b| b.is_ascii_uppercase()).count();
    let region = &v[digits + letters..];
    if region.len() != 2 || !region.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if !((digits == 3 && (2..=3).contains(&letters))
        || (digits == 2 && (2..=3).contains(&letters))
        || (digits == 4 && letters == 2))
    {
        return None;
    }
    if !(1..=20).contains(&two(region)) {
        return None;
    }
    if digits == 3 { Proved::yes(&[Form, CodeTable]) } else { Proved::weak(&[CodeTable]) }
}

/// Nine digits of an identity card; today's begin with 0.
pub(crate) fn id_card(d: &[u8]) -> Option<Proved> {
    if d.iter().all(|b| *b == b'0') {
        return None;
    }
    if d.first() == Some(&b'0') { Proved::weak(&[Form]) } else { Proved::weak(&[]) }
}

/// A post code: six digits with a known region, or the new form `A05D5H7`.
pub(crate) fn postcode(v: &[u8]) -> Option<Proved> {
    match v.len() {
        6 if v.iter().all(u8::is_ascii_digit) => {
            if (1..=16).contains(&two(v)) && !filler(v) {
                Proved::weak(&[CodeTable])
            } else {
                None
            }
        }
        7 => {
            let form = v.iter().enumerate().all(|(k, b)| {
                if matches!(k, 0 | 3 | 5) { b.is_ascii_uppercase() } else { b.is_ascii_digit() }
            });
            let region = b"ABCDEFHKLMNPRSTVWXZ".contains(&v[0]);
            if form && region { Proved::yes(&[Form]) } else { None }
        }
        _ => None,
    }
}

/// A cadastral number without separators: Kazakh (2, 3, 3, 1-6 digits) regions 01-25.
pub(crate) fn cadastral(d: &[u8]) -> Option<Proved> {
    if d.len() < 9 || !(1..=25).contains(&two(d)) { None } else { Proved::weak(&[Form]) }
}

/// Ten digits of a Russian passport: region 01-99 and year of the blank.
pub(crate) fn ru_passport(d: &[u8]) -> Option<Proved> {
    if d.len() != 10 || filler(d) || two(d) == 0 {
        return None;
    }
    let year = two(&d[2..]);
    if year <= 35 || year >= 95 { Proved::weak(&[CodeTable]) } else { Proved::weak(&[CodeUnknown]) }
}

//! Machine-readable zones (ICAO Doc 9303).

use super::n;

fn value(b: u8) -> Option<u32> {
    match b {
        b'0'..=b'9' => Some(n(b)),
        b'A'..=b'Z' => Some(u32::from(b - b'A') + 10),
        b'<' => Some(0),
        _ => None,
    }
}

/// Is `check` the check digit of `field` (weights 7, 3, 1)?
fn checks<'a>(field: impl IntoIterator<Item = &'a u8>, check: u8) -> bool {
    let mut sum = 0;
    for (b, w) in field.into_iter().zip([7u32, 3, 1].into_iter().cycle()) {
        let Some(v) = value(*b) else { return false };
        sum += v * w;
    }
    value(check) == Some(sum % 10) && check.is_ascii_digit()
}

/// Check digits that are right in the first two lines of a TD1 zone (30 characters each), of four.
pub(crate) fn td1(one: &[u8], two: &[u8]) -> usize {
    if one.len() != 30 || two.len() != 30 {
        return 0;
    }
    let composite = one[5..30].iter().chain(&two[..7]).chain(&two[8..15]).chain(&two[18..29]);
    [
        checks(&one[5..14], one[14]),
        checks(&two[..6], two[6]),
        checks(&two[8..14], two[14]),
        checks(composite, two[29]),
    ]
    .iter()
    .filter(|b| **b)
    .count()
}

/// Has a line of 30, 36 or 44 signs the form of one of a zone, told alone? `head`: it begins as the first line does.
pub(crate) fn line(l: &[u8], head: bool) -> bool {
    let letters = l.iter().filter(|b| b.is_ascii_uppercase()).count();
    let names = letters >= 4
        && l[0].is_ascii_uppercase()
        && l.ends_with(b"<")
        && l.iter().all(|b| b.is_ascii_uppercase() || *b == b'<');
    let days = l.len() == 30
        && matches!(l[7], b'M' | b'F' | b'<')
        && checks(&l[..6], l[6])
        && checks(&l[8..14], l[14]);
    head || names || days
}

/// Check digits that are right in the second line of a TD3 zone (44 characters), of four.
pub(crate) fn td3(two: &[u8]) -> usize {
    if two.len() != 44 {
        return 0;
    }
    let composite = two[..10].iter().chain(&two[13..20]).chain(&two[21..43]);
    [
        checks(&two[..9], two[9]),
        checks(&two[13..19], two[19]),
        checks(&two[21..27], two[27]),
        checks(composite, two[43]),
    ]
    .iter()
    .filter(|b| **b)
    .count()
}

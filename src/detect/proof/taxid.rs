//! Tax and identity numbers: IIN, BIN, RNN, Russian INN and SNILS.

use super::date::days_in_month;
use super::{Proved, filler, n, two};
use crate::model::Evidence::{self, *};
use crate::model::EvidenceSet;
use crate::model::replacement::is_number12;

/// The sum of digits, each times its weight.
#[inline]
fn weighted(d: &[u8; 12], weights: &[u32; 12]) -> u32 {
    d.iter().zip(weights).map(|(d, w)| n(*d) * w).sum()
}

/// Is the check digit of an IIN or BIN right? Two passes of weights; prefixes where both give 10 are never issued.
pub(crate) fn check_digit_12(d: &[u8]) -> bool {
    const FIRST: [u32; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0];
    const SECOND: [u32; 12] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 0];
    let Ok(d) = <&[u8; 12]>::try_from(d) else { return false };
    let mut s = weighted(d, &FIRST) % 11;
    if s == 10 {
        s = weighted(d, &SECOND) % 11;
        if s == 10 {
            return false;
        }
    }
    s == n(d[11])
}

fn add(set: &mut EvidenceSet, good: bool, yes: Evidence, no: Evidence) {
    set.add(if good { yes } else { no });
}

/// Twelve digits as an IIN: check digit, birth date, century and sex digit.
///
/// A BIN has 4-6 as its fifth digit, the tens of a day of birth are 0-3: the two shapes never meet.
pub(crate) fn iin(d: &[u8]) -> Option<Proved> {
    if d.len() != 12 || matches!(d[4], b'4'..=b'6') || filler(d) || is_number12(d) {
        return None;
    }
    let (yy, month, day) = (two(d), two(&d[2..]), two(&d[4..]));
    let century = match d[6] {
        b'1' | b'2' => Some(1800),
        b'3' | b'4' => Some(1900),
        b'5' | b'6' => Some(2000),
        _ => None,
    };
    // without a century the year counts as a leap year
    let calendar = (1..=12).contains(&month)
        && day >= 1
        && day <= days_in_month(century.map_or(2000, |c| c + yy), month);
    let check = check_digit_12(d);
    let mut evidence = EvidenceSet::new();
    add(&mut evidence, check, CheckDigit, CheckDigitWrong);
    add(&mut evidence, calendar, Calendar, CalendarWrong);
    if century.is_some() {
        evidence.add(Century);
    }
    Some(Proved { evidence, proven: check && calendar && century.is_some() })
}

/// Twelve digits as a BIN: check digit, month of registration, kind of entity.
pub(crate) fn bin(d: &[u8]) -> Option<Proved> {
    if d.len() != 12 || !matches!(d[4], b'4'..=b'6') || filler(d) {
        return None;
    }
    if is_number12(d) {
        return None;
    }
    let calendar = (1..=12).contains(&two(&d[2..]));
    let kind = matches!(d[5], b'0'..=b'4');
    let check = check_digit_12(d);
    let mut evidence = EvidenceSet::new();
    add(&mut evidence, check, CheckDigit, CheckDigitWrong);
    add(&mut evidence, calendar, Calendar, CalendarWrong);
    add(&mut evidence, kind, CodeTable, CodeUnknown);
    if d[4] == b'6' {
        evidence.add(SoleProprietor);
    }
    Some(Proved { evidence, proven: check && calendar && kind })
}

/// Twelve digits as an RNN (used until 2013). A remainder of 10 is repeated with shifted weights.
pub(crate) fn rnn(d: &[u8]) -> Option<Proved> {
    if d.len() != 12 || filler(d) {
        return None;
    }
    let want = (0..10u32).find_map(|shift| {
        let s: u32 = (0..11u32).map(|i| n(d[i as usize]) * ((i + shift) % 10 + 1)).sum::<u32>() % 11;
        (s < 10).then_some(s)
    })?;
    if want == n(d[11]) { Proved::yes(&[CheckDigit]) } else { Proved::weak(&[CheckDigitWrong]) }
}

fn ru_sum(d: &[u8], weights: &[u32]) -> u32 {
    weights.iter().zip(d).map(|(w, d)| w * n(*d)).sum::<u32>() % 11 % 10
}

/// A Russian INN of 10 or 12 digits.
pub(crate) fn ru_inn(d: &[u8]) -> Option<Proved> {
    if filler(d) {
        return None;
    }
    let good = match d.len() {
        10 => ru_sum(d, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) == n(d[9]),
        12 => {
            ru_sum(d, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == n(d[10])
                && ru_sum(d, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == n(d[11])
        }
        _ => return None,
    };
    if good { Proved::yes(&[CheckDigit]) } else { Proved::weak(&[CheckDigitWrong]) }
}

/// A Russian SNILS: nine digits and two of control.
pub(crate) fn snils(d: &[u8]) -> Option<Proved> {
    if d.len() != 11 || filler(d) {
        return None;
    }
    let sum: u32 = (0..9).map(|i| n(d[i]) * (9 - i as u32)).sum();
    let control = sum % 101 % 100;
    if control == two(&d[9..]) { Proved::yes(&[CheckDigit]) } else { Proved::weak(&[CheckDigitWrong]) }
}

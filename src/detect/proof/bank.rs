//! Bank accounts, cards, and what looks like them.

use super::{Proved, filler, n};
use crate::model::Evidence::*;
use crate::model::EvidenceSet;

/// Codes of Kazakhstan's banks in an IBAN; an unknown code does not make an IBAN invalid.
const BANKS: &str = include_str!("../../../patterns/tables/iban_bank_codes.csv");

fn known_bank(code: &[u8]) -> bool {
    static CODES: std::sync::OnceLock<Vec<bool>> = std::sync::OnceLock::new();
    let codes = CODES.get_or_init(|| {
        let mut known = vec![false; 1000];
        for line in BANKS.lines().skip(1) {
            if let Some(k) = line.get(..3).and_then(|c| c.parse::<usize>().ok()) {
                known[k] = true;
            }
        }
        known
    });
    code.iter().all(u8::is_ascii_digit) && codes[code.iter().fold(0, |a, b| a * 10 + n(*b) as usize)]
}

/// Is the remainder of ISO 13616 one?
pub(crate) fn mod97(value: &[u8]) -> bool {
    if value.len() < 5 {
        return false;
    }
    let (mut m, mut strange) = (0u64, false);
    for part in [&value[4..], &value[..4]] {
        // after so many characters a remainder still fits into 64 bits
        for some in part.chunks(8) {
            for &c in some {
                let (times, more) = STEPS[usize::from(c)];
                strange |= times == 0;
                m = m * u64::from(times) + u64::from(more);
            }
            m %= 97;
        }
    }
    !strange && m == 1
}

/// What a character does to the number so far: times ten or a hundred, and what is added. Nothing where it may not
/// stand in an IBAN.
static STEPS: [(u8, u8); 256] = {
    let (mut steps, mut k) = ([(0, 0); 256], 0);
    while k < 26 {
        if k < 10 {
            steps[b'0' as usize + k] = (10, k as u8);
        }
        steps[b'A' as usize + k] = (100, k as u8 + 10);
        k += 1;
    }
    steps
};

/// A Kazakh IBAN: `KZ`, two check digits (02-98), three digits of the bank, 13 characters.
pub(crate) fn iban(v: &[u8]) -> Option<Proved> {
    if !v.starts_with(b"KZ") || v.len() < 10 {
        return None;
    }
    let mut evidence = EvidenceSet::new();
    let check = super::two(&v[2..]);
    let good =
        v.len() == 20 && (2..=98).contains(&check) && v[4..7].iter().all(u8::is_ascii_digit) && mod97(v);
    evidence.add(if good { CheckDigit } else { CheckDigitWrong });
    evidence.add(if known_bank(&v[4..7]) { CodeTable } else { CodeUnknown });
    if v.len() != 20 && !(17..=23).contains(&v.len()) {
        return None;
    }
    Some(Proved { evidence, proven: good })
}

/// Is the sum of Luhn right (ISO/IEC 7812-1)?
pub(crate) fn luhn(d: &[u8]) -> bool {
    let sum: u32 = d
        .iter()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let v = n(*b);
            if i % 2 == 0 {
                v
            } else if v > 4 {
                v * 2 - 9
            } else {
                v * 2
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn lead(d: &[u8], digits: usize) -> u32 {
    d[..digits].iter().fold(0, |a, b| a * 10 + n(*b))
}

/// A range of numbers that a payment system issues, with the length that it uses.
fn brand(d: &[u8]) -> bool {
    if d.len() < 13 {
        return false;
    }
    let (two, four) = (lead(d, 2), lead(d, 4));
    match d.len() {
        13 | 18 => false,
        15 => matches!(two, 34 | 37),
        16 => {
            d[0] == b'4'
                || (51..=55).contains(&two)
                || (2200..=2204).contains(&four)
                || (2221..=2720).contains(&four)
                || two == 62
        }
        17 | 19 => two == 62,
        _ => false,
    }
}

/// A payment card: Luhn and a brand's range.
pub(crate) fn card(d: &[u8]) -> Option<Proved> {
    let distinct = d.iter().fold(0u16, |a, b| a | 1 << n(*b).min(15)).count_ones();
    if !(13..=19).contains(&d.len()) || filler(d) || distinct < 2 || d.iter().all(|b| *b == b'0') {
        return None;
    }
    // a round figure
    if d.ends_with(b"00000000") {
        return None;
    }
    let (sum, brand) = (luhn(d), brand(d));
    let mut evidence = EvidenceSet::new();
    evidence.add(if sum { CheckDigit } else { CheckDigitWrong });
    evidence.add(if brand { BrandRange } else { CodeUnknown });
    Some(Proved { evidence, proven: sum && brand })
}

/// Luhn alone.
pub(crate) fn luhn_only(d: &[u8]) -> Option<Proved> {
    if filler(d) {
        return None;
    }
    if luhn(d) { Proved::yes(&[CheckDigit]) } else { Proved::weak(&[CheckDigitWrong]) }
}

/// An IMEI: 15 digits with Luhn.
pub(crate) fn imei(d: &[u8]) -> Option<Proved> {
    let proved = if d.len() == 15 { luhn_only(d)? } else { return None };
    // the bodies that give out numbers today (3GPP TS 23.003, GSMA TS.06)
    let known = matches!(&d[..2], b"01" | b"35" | b"86" | b"99");
    Some(Proved { proven: proved.proven && known, ..proved })
}

/// An account of a person at a Russian bank (Bank of Russia, chart of accounts: 40817, 40820, 40802, 423, 426).
pub(crate) fn account_person(d: &[u8]) -> Option<Proved> {
    let kind = d.starts_with(b"40817")
        || d.starts_with(b"40820")
        || d.starts_with(b"40802")
        || d.starts_with(b"423")
        || d.starts_with(b"426");
    let proved = account_20(d)?;
    (kind && proved.proven && !filler(&d[9..])).then_some(proved)
}

/// A Russian account of 20 digits: currency code 810, 643, 398 … at digits 6-8.
pub(crate) fn account_20(d: &[u8]) -> Option<Proved> {
    if filler(d) {
        return None;
    }
    if d.len() == 20 && matches!(&d[5..8], b"810" | b"643" | b"398" | b"840" | b"978" | b"156") {
        return Proved::yes(&[CodeTable]);
    }
    Proved::weak(&[])
}

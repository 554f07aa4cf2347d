//! Proofs: what the characters of a value say by themselves. A rule names its proof; an operator's rule may name any of these.

pub(crate) mod bank;
pub(crate) mod date;
pub(crate) mod document;
pub(crate) mod mrz;
pub(crate) mod phone;
pub(crate) mod taxid;

use crate::model::{Evidence, EvidenceSet};

/// What a proof says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proved {
    /// Reasons for and against.
    pub(crate) evidence: EvidenceSet,
    /// True where this counts as proven in the share of a column.
    pub(crate) proven: bool,
}

impl Proved {
    pub(crate) fn yes(evidence: &[Evidence]) -> Option<Proved> {
        Some(Proved { evidence: evidence.iter().copied().collect(), proven: true })
    }
    pub(crate) fn weak(evidence: &[Evidence]) -> Option<Proved> {
        Some(Proved { evidence: evidence.iter().copied().collect(), proven: false })
    }
}

/// A proof looks at a value without separators: ASCII digits and capitals. `None`: it cannot be this.
pub(crate) type Proof = fn(&[u8]) -> Option<Proved>;

/// Every proof by its name in rule files.
pub(crate) const PROOFS: &[(&str, Proof)] = &[
    ("iin", taxid::iin),
    ("bin", taxid::bin),
    ("rnn", taxid::rnn),
    ("ru_inn", taxid::ru_inn),
    ("snils", taxid::snils),
    ("iban", bank::iban),
    ("card", bank::card),
    ("luhn", bank::luhn_only),
    ("imei", bank::imei),
    ("not_filler", not_filler),
    ("account_20", bank::account_20),
    ("account_person", bank::account_person),
    ("vin", document::vin),
    ("plate", document::plate),
    ("id_card", document::id_card),
    ("postcode", document::postcode),
    ("cadastral", document::cadastral),
    ("ru_passport", document::ru_passport),
];

/// The proof with this name.
pub(crate) fn by_name(name: &str) -> Option<Proof> {
    PROOFS.iter().find(|p| p.0 == name).map(|p| p.1)
}

/// All characters alike: a filler that somebody typed to fill a field. Such numbers pass check digits.
pub(crate) fn filler(value: &[u8]) -> bool {
    value.first().is_none_or(|first| value.iter().all(|b| b == first))
}

/// Anything but a filler, or the day that a paper was issued on or ends: `20210914`.
fn not_filler(value: &[u8]) -> Option<Proved> {
    if filler(value) || recent_day(value) { None } else { Proved::weak(&[]) }
}

/// Is it a day of the years 1990-2035, the year first and without signs?
fn recent_day(value: &[u8]) -> bool {
    if value.len() != 8 || !all_digits(value) {
        return false;
    }
    let day = value.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    (1990..=2035).contains(&year) && date::exists(year, month, day)
}

/// Is every character an ASCII digit?
#[inline]
pub(crate) fn all_digits(value: &[u8]) -> bool {
    // a digit has 3 in its upper half, and stays there when 6 is added to it
    let digits = |eight: &[u8; 8]| {
        let (word, six) = (u64::from_le_bytes(*eight), 0x0606_0606_0606_0606);
        (word & 0xF0F0_F0F0_F0F0_F0F0) | ((word.wrapping_add(six) & 0xF0F0_F0F0_F0F0_F0F0) >> 4)
            == 0x3333_3333_3333_3333
    };
    // the last eight may be looked at twice
    match value.last_chunk::<8>() {
        Some(last) => digits(last) && value.as_chunks::<8>().0.iter().all(digits),
        None => value.iter().all(u8::is_ascii_digit),
    }
}

/// The value of an ASCII digit.
pub(crate) fn n(b: u8) -> u32 {
    u32::from(b.wrapping_sub(b'0'))
}

/// Two digits as a number.
pub(crate) fn two(d: &[u8]) -> u32 {
    n(d[0]) * 10 + n(d[1])
}

#[cfg(test)]
mod tests;

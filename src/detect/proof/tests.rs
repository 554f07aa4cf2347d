use proptest::prelude::*;

use super::{bank, document, mrz, taxid};
use crate::model::Evidence;

const VECTORS: &str = include_str!("../../../testdata/detect/vectors.tsv");

/// Digits and capitals of a value, as finders hand them to proofs.
fn plain(value: &str) -> Vec<u8> {
    value
        .chars()
        .filter_map(|c| {
            crate::detect::fold::digit(c).map(|d| d + b'0').or_else(|| crate::detect::fold::code_letter(c))
        })
        .collect()
}

fn holds(kind: &str, value: &str) -> bool {
    let v = plain(value);
    let proven = |p: Option<super::Proved>| p.is_some_and(|p| p.proven);
    let check = |p: Option<super::Proved>| p.is_some_and(|p| p.evidence.has(Evidence::CheckDigit));
    match kind {
        "iin" => proven(taxid::iin(&v)),
        "iin_checksum_only" => taxid::check_digit_12(&v) && !proven(taxid::iin(&v)),
        "bin" => proven(taxid::bin(&v)),
        "rnn" => check(taxid::rnn(&v)),
        "iban" => proven(bank::iban(&v)),
        "ru_inn10" | "ru_inn12" => check(taxid::ru_inn(&v)),
        "ru_snils" => check(taxid::snils(&v)),
        "pan" => bank::luhn(&v) && bank::card(&v).is_some(),
        "vin" => document::vin(&v).is_some(),
        "vin_us" => check(document::vin(&v)),
        "mrz_td1" => {
            let lines: Vec<&[u8]> = value.split("\\n").map(str::as_bytes).collect();
            mrz::td1(lines[0], lines[1]) == 4
        }
        "mrz_td3" => mrz::td3(value.split("\\n").nth(1).unwrap_or("").as_bytes()) == 4,
        other => panic!("unknown kind {other}"),
    }
}

#[test]
fn vectors_hold() {
    let mut seen = 0;
    for line in VECTORS.lines().filter(|l| !l.starts_with('#')) {
        let mut parts = line.splitn(3, '\t');
        let (kind, valid, value) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(holds(kind, value), valid == "1", "{kind} {value}");
        seen += 1;
    }
    assert!(seen > 70);
}

fn digits(n: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(b'0'..=b'9', n)
}

proptest! {
    /// At most one last digit is right, and a prefix without one has none.
    #[test]
    fn one_check_digit_at_most(prefix in digits(11)) {
        let right = (b'0'..=b'9').filter(|d| {
            let mut all = prefix.clone();
            all.push(*d);
            taxid::check_digit_12(&all)
        });
        prop_assert!(right.count() <= 1);
    }

    /// No twelve digits are an IIN and a BIN.
    #[test]
    fn iin_and_bin_never_meet(d in digits(12)) {
        prop_assert!(!(taxid::iin(&d).is_some() && taxid::bin(&d).is_some()));
    }

    /// Luhn notices every single wrong digit.
    #[test]
    fn luhn_notices_one_wrong_digit(d in digits(16), at in 0usize..16, by in 1u8..10) {
        let mut wrong = d.clone();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        prop_assert!(!(bank::luhn(&d) && bank::luhn(&wrong)));
    }

    /// Mod 97 notices every single wrong character and every swap of neighbours that differ.
    #[test]
    fn iban_notices_one_wrong_digit(body in digits(16), at in 4usize..20, by in 1u8..10) {
        let iban = |body: &[u8]| (2..=98).find_map(|c| {
            let v = [format!("KZ{c:02}").as_bytes(), body].concat();
            bank::iban(&v).filter(|p| p.proven).map(|_| v)
        });
        let Some(v) = iban(&body) else { return Ok(()) };
        let mut wrong = v.clone();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        prop_assert!(!bank::iban(&wrong).is_some_and(|p| p.proven));
    }

    /// Proofs take any bytes of their alphabet and any length.
    #[test]
    fn proofs_never_panic(v in prop::collection::vec(prop_oneof![b'0'..=b'9', b'A'..=b'Z'], 0..24), d in prop::collection::vec(b'0'..=b'9', 0..24)) {
        for (name, proof) in super::PROOFS {
            if matches!(*name, "vin" | "plate" | "postcode" | "iban" | "not_filler") {
                proof(&v);
            }
            proof(&d);
        }
    }
}

use std::collections::HashSet;

use super::super::token::TokenFunction;
use super::super::{Key, KeyOrigin};
use super::*;
use crate::detect::canonical_bytes as canonical;
use crate::model::replacement::{is_card, is_number12, is_phone, is_replacement, is_uuid};

fn tokens() -> Tokens {
    Tokens::new(Key::from_bytes(&mut [5; 32], KeyOrigin::Ephemeral), TokenFunction::Blake3)
}

/// Invented but well-formed IINs: a running number over days and serials.
fn iins() -> impl Iterator<Item = String> {
    (0..20_000u64).filter_map(|n| {
        let s =
            format!("{:02}{:02}{:02}{}{:04}", 40 + n % 60, 1 + n % 12, 1 + n % 28, 3 + n % 4, n * 7 % 10_000);
        let mut d = [0u64; 12];
        s.bytes().enumerate().for_each(|(k, b)| d[k] = u64::from(b - b'0'));
        id_check(&d).map(|c| format!("{s}{c}"))
    })
}

#[test]
fn twelve_digits_are_unique_and_never_an_identification_number() {
    let t = tokens();
    let mut seen = HashSet::new();
    let mut n = 0;
    for iin in iins().collect::<HashSet<_>>() {
        let out = number12(&t, ScopeId::default(), iin.as_bytes());
        assert!(is_number12(out.as_bytes()), "{iin} -> {out}");
        assert_eq!(id_index(out.as_bytes()), None);
        assert!(seen.insert(out));
        n += 1;
    }
    assert!(n > 5_000, "{n}");
}

#[test]
fn the_index_of_numbers_is_injective() {
    let mut seen = HashSet::new();
    for iin in iins().collect::<HashSet<_>>() {
        let index = id_index(iin.as_bytes()).unwrap();
        assert!(index < SLOTS);
        assert!(seen.insert(index), "{iin}");
    }
    // the largest BIN still has a slot
    const { assert!(100 * 12 * 31 * 6 * 10_000 + 100 * 12 * 3 * 10 * 10 * 10_000 <= SLOTS) };
}

#[test]
fn mistyped_numbers_get_a_number_too() {
    let t = tokens();
    for odd in ["851301300124", "999999999999", "000000000000", "12345"] {
        let out = number12(&t, ScopeId::default(), odd.as_bytes());
        assert!(is_number12(out.as_bytes()) && &out[6..7] == "9", "{odd} -> {out}");
    }
}

#[test]
fn phones_and_cards_of_no_one() {
    let t = tokens();
    let mut seen = HashSet::new();
    for n in 0..5_000u64 {
        let value = format!("7701{:07}", n * 1999);
        let (out, form) =
            digit_token(&t, Category::PHONE, ScopeId::default(), &Canonical::from_slice(value.as_bytes()));
        assert_eq!(form, TokenForm::Phone);
        assert!(is_phone(out.as_bytes()), "{out}");
        assert!(seen.insert(out));
    }
    for card in ["4000000000000002", "5100000000000008", "378282246310005"] {
        let out = super::card(&t, ScopeId::default(), card.as_bytes());
        assert_eq!(out.len(), card.len());
        assert!(is_card(out.as_bytes()), "{out}");
    }
}

#[test]
fn forms_follow_the_column() {
    let t = tokens();
    let iin = "850101300123";
    let value = canonical(Category::IIN, iin);
    let make = |kind, ty| token(&t, Category::IIN, ScopeId::default(), &value, iin, Room::new(kind, ty));
    for (ty, form, len) in [
        (ColumnType::Unknown, TokenForm::Whole, 24),
        (ColumnType::Varchar(24), TokenForm::Whole, 24),
        (ColumnType::Varchar(20), TokenForm::Number12, 12),
        (ColumnType::Char(12), TokenForm::Number12, 12),
        (ColumnType::Integer(19), TokenForm::Number12, 12),
        (ColumnType::Varchar(10), TokenForm::Compact, 10),
        (ColumnType::Varchar(5), TokenForm::Narrow, 5),
        (ColumnType::Uuid, TokenForm::Uuid, 32),
    ] {
        let (text, got) = make(SegmentKind::Cell, ty);
        assert_eq!((got, text.len()), (form, len), "{ty:?} {text}");
        if form != TokenForm::Narrow {
            assert!(is_replacement(text.as_bytes()), "{text}");
        }
    }
    let (text, _) = make(SegmentKind::Number, ColumnType::Unknown);
    assert!(is_number12(text.as_bytes()));
}

#[test]
fn uuids_stay_uuids() {
    let t = tokens();
    let value = "0e37df36-f698-11e6-8dd4-cb9ced3df976";
    let room = Room::new(SegmentKind::Cell, ColumnType::Uuid);
    let (out, _) = token(
        &t,
        Category::new("id"),
        ScopeId::default(),
        &canonical(Category::new("id"), value),
        value,
        room,
    );
    assert_eq!(out.len(), 36);
    assert!(is_uuid(out.as_bytes()), "{out}");
    assert!(!is_uuid(value.as_bytes()));
}

#[test]
fn ids_stay_unique_and_join_over_types() {
    let t = tokens();
    let ids: Vec<u64> = (0..30_000).chain((0..5_000).map(|n| n * 400_000 + 1)).collect();
    let run = ScopeId::default();
    let wide: Vec<u64> = ids.iter().map(|i| permuted(&t, run, *i, 18)).collect();
    let narrow: Vec<u64> = ids.iter().map(|i| permuted(&t, run, *i, 10)).collect();
    assert_eq!(wide, narrow);
    assert!(wide.iter().all(|v| *v < 1 << 31));
    for bound in [10_000, 1 << 15, 1 << 16, 100_000, 1_000_000, 1 << 23, 1_000_000_000] {
        assert!(ids.iter().zip(&wide).all(|(i, p)| (*i < bound) == (*p < bound)), "{bound}");
    }
    // the type with the fewest digits holds what it held
    assert!(
        (0..128).all(|i| permuted(&t, run, i, 2) < 128) && (0..100).all(|i| permuted(&t, run, i, 2) < 100)
    );
    let file: Vec<u64> = ids.iter().map(|i| permuted(&t, ScopeId([7; 16]), *i, 18)).collect();
    assert_ne!(wide, file);
    assert_eq!(file.iter().collect::<HashSet<_>>().len(), ids.iter().collect::<HashSet<_>>().len());
    assert_eq!(wide.iter().collect::<HashSet<_>>().len(), ids.iter().collect::<HashSet<_>>().len());
}

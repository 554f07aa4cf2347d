//! What already stands in place of a value, and is no finding: tokens, labels, places and days that were made coarser.

use crate::model::{Category, Evidence, Finding, replacement};
use crate::places;

/// Cuts what already stands in place of a value off a finding; false where nothing is left of it.
pub(super) fn left_over(text: &[u8], f: &mut Finding) -> bool {
    if let Some(token) = replacement::token_at(text, f.start as usize) {
        f.start = f.end.min(token.end as u32);
    }
    let value = text.get(f.start as usize..f.end as usize).unwrap_or_default();
    // a token at the end begins inside: one that covers all of it was seen at its beginning
    let token_byte = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let inside = value.iter().rposition(|b| !token_byte(b)).is_some_and(|k| k + 1 < value.len());
    if inside && let Some(token) = replacement::token_at(text, f.end as usize - 1) {
        f.end = (token.start as u32).max(f.start);
    }
    let value = text.get(f.start as usize..f.end as usize).unwrap_or_default();
    let kept = value.trim_ascii();
    if kept.is_empty()
        || (kept.len() < 2 && !matches!(f.category.as_str(), "sex" | "age" | "address" | "special"))
    {
        return false;
    }
    // a finder may have begun behind the bracket of a label
    let bracket = match text.get((f.start as usize).wrapping_sub(1)..) {
        Some([b'[', rest @ ..]) => {
            rest.iter().take(64).position(|b| *b == b']').map(|n| f.start as usize + n)
        }
        _ => None,
    };
    if is_label(kept) || bracket.is_some_and(|end| is_label(&text[f.start as usize - 1..=end])) {
        return false;
    }
    let looked_at = [Category::ADDRESS, Category::BIRTH_PLACE, Category::BIRTH_DATE, Category::PERSON];
    if !looked_at.contains(&f.category) {
        return true;
    }
    let Ok(kept) = std::str::from_utf8(kept) else { return true };
    !match f.category {
        // one small Latin word is a program's, whatever column it stands in
        Category::ADDRESS if kept.bytes().all(|b| b.is_ascii_lowercase()) => places::city_of(kept).is_none(),
        Category::ADDRESS => places::is_generalized(kept),
        // a city is all that a place of birth ever says; a copy says the region, and three cities are regions
        Category::BIRTH_PLACE => {
            // a copy writes no capitals alone, as identity cards do
            let written = kept.chars().any(char::is_lowercase);
            let region = || places::region_of(kept).is_some_and(|r| r.name_ru == kept);
            written && places::is_generalized(kept) && (!kept.starts_with("город ") || region())
        }
        // a copy leaves the year of birth, but no name beside it
        Category::BIRTH_DATE => {
            kept.len() == 4
                && kept.bytes().all(|b| b.is_ascii_digit())
                && !f.evidence.has(Evidence::Neighbours)
        }
        Category::PERSON => is_statement(kept),
        _ => false,
    }
}

/// `[ADDRESS]`: the label that stands where nothing better could.
fn is_label(text: &[u8]) -> bool {
    let [b'[', inside @ .., b']'] = text else { return false };
    let sign = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    !inside.is_empty() && inside.iter().all(sign)
}

/// Words of SQL in capitals, which schemas and dumps are full of.
fn is_statement(text: &str) -> bool {
    const WORDS: [&str; 24] = [
        "PRIMARY",
        "FOREIGN",
        "KEY",
        "UNIQUE",
        "INTEGER",
        "TEXT",
        "CREATE",
        "TABLE",
        "INDEX",
        "REFERENCES",
        "DEFAULT",
        "CHECK",
        "VALUES",
        "INSERT",
        "INTO",
        "VIEW",
        "TRIGGER",
        "SELECT",
        "FROM",
        "WHERE",
        "CONSTRAINT",
        "NOT",
        "NULL",
        "AUTOINCREMENT",
    ];
    text.split_whitespace().all(|word| WORDS.contains(&word))
}

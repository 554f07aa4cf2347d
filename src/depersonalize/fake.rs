use std::sync::LazyLock;

use serde::Deserialize;

use super::fit::{self, Room, TokenForm};
use super::token::{ScopeId, Tokens};
use crate::detect::Canonical;
use crate::model::{Category, Text};

#[derive(Deserialize)]
struct Parts {
    surnames_m: Vec<String>,
    surnames_f: Vec<String>,
    given_m: Vec<String>,
    given_f: Vec<String>,
    streets: Vec<String>,
    cities: Vec<String>,
    domains: Vec<String>,
}

static PARTS: LazyLock<Option<Parts>> =
    LazyLock::new(|| toml::from_str(include_str!("../../patterns/fake/values.toml")).ok());

/// An invented value of the same kind: the same for the same value, the key decides which.
/// Numbers come from ranges that nobody has; kinds that cannot be invented safely become tokens.
pub(super) fn fake(
    tokens: &Tokens,
    category: Category,
    scope: ScopeId,
    value: &Canonical,
    original: &str,
    room: Room,
) -> (Text, Option<TokenForm>) {
    let bits = tokens.bits(category, scope, b'f', value);
    let pick = |from: &[String], n: usize| {
        let at = u16::from_le_bytes([bits[n * 2], bits[n * 2 + 1]]) as usize;
        from.get(at % from.len().max(1)).cloned().unwrap_or_default()
    };
    let fits = |s: &String| room.width.is_none_or(|w| s.chars().count() <= w) && !room.number && !room.date;
    let number = u32::from_le_bytes([bits[20], bits[21], bits[22], bits[23]]);
    let made = PARTS.as_ref().and_then(|p| match category {
        Category::PERSON => {
            let female = original.trim_end().ends_with(['а', 'я', 'ы', 'А', 'Я', 'Ы']);
            let (surnames, given) =
                if female { (&p.surnames_f, &p.given_f) } else { (&p.surnames_m, &p.given_m) };
            Some(format!("{} {}", pick(surnames, 0), pick(given, 1)))
        }
        Category::EMAIL => Some(format!("user{:08}@{}", number % 100_000_000, pick(&p.domains, 0))),
        Category::ADDRESS | Category::BIRTH_PLACE => {
            Some(format!("г. {}, ул. {}, д. {}", pick(&p.cities, 0), pick(&p.streets, 1), number % 120 + 1))
        }
        Category::IP if original.contains('.') => {
            // 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 are reserved for documentation (RFC 5737)
            let net = ["192.0.2", "198.51.100", "203.0.113"][(number % 3) as usize];
            Some(format!("{net}.{}", number / 3 % 254 + 1))
        }
        _ => None,
    });
    match made.filter(fits) {
        Some(text) => (text.into(), None),
        None => {
            let digits = Room { same_width: true, ..room };
            let (text, form) = fit::token(tokens, category, scope, value, original, digits);
            (text, Some(form))
        }
    }
}

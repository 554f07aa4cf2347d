use super::permute::{Permutation, class};
use super::policy::Form;
use super::token::{ScopeId, Tokens};
use crate::detect::Canonical;
use crate::model::replacement::{check12, luhn, uuid_check};
use crate::model::{Category, ColumnType, SegmentKind, Text};

/// What a replacement must fit into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// The value must be written as a number.
    pub number: bool,
    /// The value must be written as a date.
    pub date: bool,
    /// The declared type.
    pub ty: ColumnType,
    /// Most characters.
    pub width: Option<usize>,
    /// Numbers and narrow forms everywhere, so that columns of different types still join.
    pub same_width: bool,
}

impl Room {
    pub fn new(kind: SegmentKind, ty: ColumnType) -> Room {
        let number = kind == SegmentKind::Number
            || matches!(ty, ColumnType::Integer(_) | ColumnType::Decimal(..) | ColumnType::Float);
        let date = kind == SegmentKind::Date || matches!(ty, ColumnType::Date | ColumnType::Timestamp);
        let width = match ty {
            ColumnType::Varchar(n) | ColumnType::Char(n) => Some(n as usize),
            ColumnType::Integer(d) => Some(usize::from(d)),
            ColumnType::Decimal(d, _) => Some(usize::from(d)),
            _ => None,
        };
        Room { number, date, ty, width, same_width: false }
    }

    /// With the form that a policy asks for, so that columns of several types still join.
    pub fn formed(self, form: Form, category: Category, value: &[u8]) -> Room {
        let (Form::Chars(n) | Form::Digits(n)) = form;
        let width = Some(self.width.map_or(n as usize, |w| w.min(n as usize)));
        // what is no number cannot stand in the column of numbers that it would have to join
        let digits = || digit_form(category) || plain_number(value).is_some();
        let number = self.number || (matches!(form, Form::Digits(_)) && digits());
        Room { number, width, ..self }
    }
}

/// How a token was made to fit; what the description counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenForm {
    /// Prefix and 20 characters.
    Whole,
    /// `Q` and up to 20 characters.
    Compact,
    /// A number of twelve digits, by a permutation: no collisions.
    Number12,
    /// A telephone number of ranges that were never given out.
    Phone,
    /// A card number of no issuer.
    Card,
    /// A UUID of version 8.
    Uuid,
    /// A permuted number of the column's own range: no collisions.
    Permuted,
    /// Keyed digits or a few characters: may collide.
    Narrow,
}

impl TokenForm {
    /// For people; `chars` where the form is shorter than it could be.
    pub fn words(self, chars: u8) -> String {
        match self {
            TokenForm::Whole => "prefix and 20 characters".to_owned(),
            TokenForm::Compact | TokenForm::Narrow if chars > 0 => format!("{chars} characters"),
            TokenForm::Compact => "Q and fewer than 21 characters".to_owned(),
            TokenForm::Narrow => "a few characters".to_owned(),
            TokenForm::Number12 => "12 digits".to_owned(),
            TokenForm::Phone => "telephone number".to_owned(),
            TokenForm::Card => "card number".to_owned(),
            TokenForm::Uuid => "UUID".to_owned(),
            TokenForm::Permuted => "number".to_owned(),
        }
    }
}

/// The form and the room of the tokens that a column of a type gets, where its values fill its cells; `None` for
/// columns whose values become no tokens (dates).
pub(super) fn natural(category: Category, ty: ColumnType, number: bool) -> Option<(TokenForm, usize)> {
    let room = Room::new(if number { SegmentKind::Number } else { SegmentKind::Cell }, ty);
    if room.date || ty == ColumnType::Boolean {
        return None;
    }
    if ty == ColumnType::Uuid {
        return Some((TokenForm::Uuid, 36));
    }
    let width = number_width(room);
    let (digits, form) = match category {
        Category::PHONE => (11, TokenForm::Phone),
        Category::CARD => (16, TokenForm::Card),
        _ => (12, TokenForm::Number12),
    };
    if room.number {
        let own = digit_form(category) && digits <= width;
        return Some(if own { (form, digits) } else { (TokenForm::Permuted, width) });
    }
    let whole = category.as_str().len() + 1 + crate::model::replacement::BODY;
    Some(match room.width {
        None => (TokenForm::Whole, whole),
        Some(w) if w >= whole => (TokenForm::Whole, whole),
        Some(w) if digit_form(category) && w >= digits => (form, digits),
        Some(w) if w >= crate::model::replacement::COMPACT_MIN => (TokenForm::Compact, w.min(21)),
        Some(w) => (TokenForm::Narrow, w),
    })
}

fn number_width(room: Room) -> usize {
    room.width.unwrap_or(match room.ty {
        // a spreadsheet's number keeps 15 digits
        ColumnType::Unknown | ColumnType::Float | ColumnType::Other => 15,
        _ => 18,
    })
}

/// Does a whole token fit?
pub(super) fn is_whole(category: Category, room: Room) -> bool {
    let whole = category.as_str().len() + 1 + crate::model::replacement::BODY;
    let other = room.number || matches!(room.ty, ColumnType::Uuid | ColumnType::Other);
    !other && room.width.is_none_or(|w| w >= whole) && !(room.same_width && digit_form(category))
}

/// The token of a value in the form that fits.
pub(super) fn token(
    tokens: &Tokens,
    category: Category,
    scope: ScopeId,
    value: &Canonical,
    original: &str,
    room: Room,
) -> (Text, TokenForm) {
    if room.ty == ColumnType::Uuid {
        return (uuid(tokens, category, scope, value, original).into(), TokenForm::Uuid);
    }
    if room.number {
        let (text, form) = number(tokens, category, scope, value, original, room);
        return (text.into(), form);
    }
    // a column of addresses of machines takes nothing else
    if room.ty == ColumnType::Other
        && let Some(text) = machine(tokens, category, scope, value, original)
    {
        return (text.into(), TokenForm::Narrow);
    }
    let width = room.width.unwrap_or(usize::MAX);
    if is_whole(category, room) {
        return (tokens.token(category, scope, value), TokenForm::Whole);
    }
    if digit_form(category) {
        let plus = original.trim_start().starts_with('+');
        let (text, form) = digit_token(tokens, category, scope, value);
        if text.len() + usize::from(plus) <= width {
            let text = if plus && category == Category::PHONE { format!("+{text}") } else { text };
            return (text.into(), form);
        }
    }
    if width >= crate::model::replacement::COMPACT_MIN {
        (tokens.compact(category, scope, value, width).into(), TokenForm::Compact)
    } else {
        (tokens.compact(category, scope, value, width).into(), TokenForm::Narrow)
    }
}

/// An address of nobody's machine: of the ranges for documentation (RFC 5737, RFC 3849) and of those that anyone may
/// give out locally.
fn machine(
    tokens: &Tokens,
    category: Category,
    scope: ScopeId,
    value: &[u8],
    original: &str,
) -> Option<String> {
    let bits = tokens.bits(category, scope, b'a', value);
    let word = |k: usize| u16::from_be_bytes([bits[k], bits[k + 1]]);
    match category {
        Category::IP if original.contains(':') => {
            let parts: Vec<String> = (0..6).map(|k| format!("{:x}", word(2 * k))).collect();
            Some(format!("2001:db8:{}", parts.join(":")))
        }
        Category::IP => {
            let net = ["192.0.2", "198.51.100", "203.0.113"][usize::from(bits[0] % 3)];
            Some(format!("{net}.{}", word(1) % 254 + 1))
        }
        Category::MAC => {
            let parts: Vec<String> = bits[1..6].iter().map(|b| format!("{b:02x}")).collect();
            Some(format!("02:{}", parts.join(":")))
        }
        _ => None,
    }
}

fn number(
    tokens: &Tokens,
    category: Category,
    scope: ScopeId,
    value: &Canonical,
    original: &str,
    room: Room,
) -> (String, TokenForm) {
    let width = number_width(room);
    if digit_form(category) {
        let (text, form) = digit_token(tokens, category, scope, value);
        if text.len() <= width {
            return (text, form);
        }
        // a local number without its country
        if form == TokenForm::Phone && width == 10 {
            return (text[1..].to_owned(), form);
        }
    }
    let fits = |n: &u64| n.checked_ilog10().map_or(1, |d| d as usize + 1) <= width;
    let own = || original.trim().parse::<u64>().ok();
    if let Some(id) = plain_number(value).filter(fits).or_else(|| own().filter(fits)) {
        return (permuted(tokens, scope, id, width).to_string(), TokenForm::Permuted);
    }
    let integer = original.trim().trim_start_matches('-').split(['.', ',']).next().unwrap_or("");
    let n = integer.len().clamp(1, width.max(1));
    let mut digits = tokens.digits(category, scope, value, n);
    // a leading zero would make the number shorter
    digits[0] = if n > 1 { 9 } else { digits[0] };
    (text(&digits), TokenForm::Narrow)
}

/// A permuted id. It stays among the numbers that every type with room for it holds, so that a key of a narrow
/// type and a reference of a wider type still meet; a type of at most three digits is a domain of its own.
pub(super) fn permuted(tokens: &Tokens, scope: ScopeId, id: u64, width: usize) -> u64 {
    let (from, to) = class(id, width < 4);
    from + with(tokens.ids(), tokens, scope, |p| p.apply(id - from, to - from))
}

/// A permutation of the run, or the one of a narrower scope in its place.
fn with(run: &Permutation, tokens: &Tokens, scope: ScopeId, apply: impl Fn(&Permutation) -> u64) -> u64 {
    match scope.0 {
        [0, ..] if scope.0 == [0; 16] => apply(run),
        _ => apply(&Permutation::new(&tokens.bits(Category::new("scope"), scope, b'm', b""))),
    }
}

/// Kinds whose tokens can be numbers that tell themselves.
fn digit_form(category: Category) -> bool {
    matches!(category, Category::IIN | Category::BIN | Category::PHONE | Category::CARD)
}

/// The number that a canonical writing is, where it is nothing else.
fn plain_number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok().filter(|v| v.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

fn digit_token(
    tokens: &Tokens,
    category: Category,
    scope: ScopeId,
    value: &Canonical,
) -> (String, TokenForm) {
    match category {
        Category::PHONE => (phone(tokens, scope, value), TokenForm::Phone),
        Category::CARD => (card(tokens, scope, value), TokenForm::Card),
        _ => (number12(tokens, scope, value), TokenForm::Number12),
    }
}

// YY 10-99, month 13-99, day 32-99, seventh digit 7 or 8 (permuted) or 9 (hashed), four digits, check
const SLOTS: u64 = 90 * 87 * 68 * 2 * 10_000;
/// One of two factors of the slots that are nearly equal.
const HALF: u64 = 102_000;
const _: () = assert!(SLOTS.is_multiple_of(HALF));

/// A twelve-digit number that can never be an IIN or a BIN. Valid numbers are permuted (no two
/// meet); anything else that stood in such a place is hashed into a range of its own.
pub(super) fn number12(tokens: &Tokens, scope: ScopeId, value: &[u8]) -> String {
    let (slot, hashed) = match id_index(value) {
        Some(index) => (
            with(tokens.numbers(), tokens, scope, |p| p.apply_exactly::<HALF, { SLOTS / HALF }>(index)),
            false,
        ),
        None => {
            let bits = tokens.bits(Category::IIN, scope, b'n', value);
            (u64::from_le_bytes(std::array::from_fn(|k| bits[k])) % (SLOTS / 2), true)
        }
    };
    let (mut rest, serial) = (slot / 10_000, slot % 10_000);
    let century = if hashed {
        9
    } else {
        let c = 7 + rest % 2;
        rest /= 2;
        c
    };
    let day = 32 + rest % 68;
    rest /= 68;
    let month = 13 + rest % 87;
    let year = 10 + rest / 87;
    let number = ((((year * 100 + month) * 100 + day) * 10 + century) * 10_000) + serial;
    let mut d = [0u8; 12];
    let mut left = number;
    for digit in d[..11].iter_mut().rev() {
        *digit = (left % 10) as u8;
        left /= 10;
    }
    d[11] = check12(std::array::from_fn(|k| d[k]));
    text(&d)
}

/// The number of a well-formed IIN or BIN among all of them; its check digit follows from the rest.
/// IIN: a day of 1800-2099 (31 days in every month), two sexes, four digits. BIN: year, month, kind 4-6, six digits.
fn id_index(value: &[u8]) -> Option<u64> {
    let value: &[u8; 12] = value.try_into().ok()?;
    if !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let d = value.map(|b| u64::from(b - b'0'));
    let check = id_check(&d)?;
    let (year, month, day) = (d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5]);
    if check != d[11] || !(1..=12).contains(&month) {
        return None;
    }
    let serial = d[7] * 1000 + d[8] * 100 + d[9] * 10 + d[10];
    const IIN: u64 = 100 * 12 * 31 * 6 * 10_000;
    if (1..=31).contains(&day) && (1..=6).contains(&d[6]) {
        Some((((year * 12 + month - 1) * 31 + day - 1) * 6 + d[6] - 1) * 10_000 + serial)
    } else if (4..=6).contains(&d[4]) {
        Some(IIN + ((((year * 12 + month - 1) * 3 + d[4] - 4) * 10 + d[5]) * 10 + d[6]) * 10_000 + serial)
    } else {
        None
    }
}

/// The twelfth digit by two passes modulo 11; `None` where the number is not issued.
pub(super) fn id_check(d: &[u64; 12]) -> Option<u64> {
    let first: u64 = (0..11).map(|k| d[k] * (k as u64 + 1)).sum::<u64>() % 11;
    if first < 10 {
        return Some(first);
    }
    let second: u64 = (0..11).map(|k| d[k] * ((k as u64 + 2) % 11 + 1)).sum::<u64>() % 11;
    (second < 10).then_some(second)
}

/// A telephone number whose national part begins with 1, 2 (permuted from Kazakhstan's 6 and 7) or 5 (hashed).
fn phone(tokens: &Tokens, scope: ScopeId, value: &[u8]) -> String {
    let ours = value.strip_prefix(b"+7").filter(|n| n.len() == 10 && matches!(n[0], b'6' | b'7'));
    if let Some(national) = ours
        && national.iter().all(u8::is_ascii_digit)
    {
        let index = national.iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0')) - 6_000_000_000;
        let slot = with(tokens.phones(), tokens, scope, |p| p.apply_exactly::<40_000, 50_000>(index));
        return format!("7{}", 1_000_000_000 + slot);
    }
    format!("75{}", text(&tokens.digits(Category::PHONE, scope, value, 9)))
}

/// A card number of the same length that no issuer has and Luhn's rule refuses.
fn card(tokens: &Tokens, scope: ScopeId, value: &[u8]) -> String {
    let n = value.len().clamp(13, 19);
    let mut d = tokens.digits(Category::CARD, scope, value, n);
    (d[0], d[1]) = (9, 1);
    let last = n - 1;
    d[last] = 0;
    // the last digit counts once, so it moves the sum to where it should be
    d[last] = (15 - luhn(&d)) % 10;
    text(&d)
}

fn uuid(tokens: &Tokens, category: Category, scope: ScopeId, value: &[u8], original: &str) -> String {
    let bits = tokens.bits(category, scope, b'u', value);
    let mut hex: Vec<u8> = bits[..16].iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect();
    (hex[12], hex[16]) = (b'8', b"89ab"[(hex[16] & 3) as usize]);
    let check = uuid_check(&hex[..29]);
    hex[29..].copy_from_slice(&check);
    let hex = String::from_utf8(hex).unwrap_or_default();
    if original.contains('-') {
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    } else {
        hex
    }
}

fn text(digits: &[u8]) -> String {
    let mut bytes = [b'0'; 32];
    let bytes = &mut bytes[..digits.len().min(32)];
    bytes.iter_mut().zip(digits).for_each(|(b, d)| *b += d);
    std::str::from_utf8(bytes).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;

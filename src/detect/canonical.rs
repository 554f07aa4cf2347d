//! The one writing under which a value is known, however it was written. Tokens are made from it.

mod short;

use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;

use super::fold::{code_letter, digit};
use crate::model::Category;
use crate::model::letters::{self, Letter, Table};
pub(crate) use short::SHORT;
use short::short;

/// A canonical writing: UTF-8, rarely longer than this.
pub(crate) type Canonical = SmallVec<[u8; 64]>;

/// The one writing of a value: two writings of one value give the same text.
///
/// Numbers are their digits (with the zeros that a table lost in front), a phone of the country is
/// `+7XXXXXXXXXX`, codes are Latin capitals without separators, an e-mail address is in small letters, names and
/// texts are NFKC in small letters with single blanks and `ё` as `е`. Kazakh letters are never merged with Russian
/// ones: two people must not become one.
pub fn canonical(category: Category, value: &str) -> String {
    String::from_utf8(canonical_bytes(category, value).into_vec()).unwrap_or_default()
}

/// [`canonical`] without a heap where it is short.
pub(crate) fn canonical_bytes(category: Category, value: &str) -> Canonical {
    let mut out = [0; SHORT];
    match short(category, value.as_bytes(), &mut out) {
        Some(n) => Canonical::from_slice(&out[..n]),
        None => long(category, value),
    }
}

/// Puts [`canonical`] into the front of `out`, which is zeros and stays so behind it, and tells its length; `None` where it is longer than that.
#[inline]
pub(crate) fn canonical_into(category: Category, value: &str, out: &mut [u8; SHORT]) -> Option<usize> {
    short(category, value.as_bytes(), out).or_else(|| {
        let whole = long(category, value);
        *out = [0; SHORT];
        out.get_mut(..whole.len())?.copy_from_slice(&whole);
        Some(whole.len())
    })
}

fn long(category: Category, value: &str) -> Canonical {
    match category {
        Category::IIN | Category::BIN | Category::RNN => padded(value, 7, &[12]),
        Category::ID_CARD => {
            let whole = unfloated(value);
            if whole.bytes().all(|b| b.is_ascii_digit()) { padded(whole, 7, &[9]) } else { code(whole) }
        }
        Category::RU_INN => padded(value, 9, &[10, 12]),
        Category::RU_SNILS => padded(value, 9, &[11]),
        Category::RU_PASSPORT => padded(value, 8, &[10]),
        Category::CARD | Category::IMEI => padded(value, 0, &[]),
        Category::PHONE => phone(value),
        Category::IBAN
        | Category::ACCOUNT
        | Category::PLATE
        | Category::VIN
        | Category::PASSPORT
        | Category::RESIDENCE_PERMIT
        | Category::DRIVER_LICENCE
        | Category::BIRTH_CERTIFICATE
        | Category::MILITARY_ID
        | Category::VEHICLE_CERTIFICATE
        | Category::CADASTRAL
        | Category::MAC
        | Category::SIK
        | Category::POSTCODE => {
            let code = code(unfloated(value));
            if code.is_empty() { words(value, false) } else { code }
        }
        Category::EMAIL => email(value),
        Category::IP => match value.trim().parse::<std::net::IpAddr>() {
            Ok(ip) => Canonical::from_slice(ip.to_string().as_bytes()),
            Err(_) => words(value, false),
        },
        Category::PASSWORD => Canonical::from_slice(value.as_bytes()),
        Category::COORDINATES => words(&value.replace([',', ';'], " "), false),
        Category::PERSON => words(value, true),
        _ => words(value, false),
    }
}

/// The writing of a cell that says whose row it is: a number by its digits, anything else by its words, so that
/// `AB-12` and `CD-12` stay two.
pub(crate) fn subject(value: &str) -> Canonical {
    let number = |c: char| digit(c).is_some() || " \u{a0}'\".,eE+-=".contains(c);
    if value.chars().all(number) && value.chars().any(|c| digit(c).is_some()) {
        canonical_bytes(Category::IIN, value)
    } else {
        words(value, false)
    }
}

/// The decimal digits, full-width ones folded.
fn digits(value: &str) -> Canonical {
    value.chars().filter_map(digit).map(|d| b'0' + d).collect()
}

/// Without what tables put around a number: `'850101300123`, `="850101300123"`, `850101300123.0`.
fn unfloated(value: &str) -> &str {
    let v = value.trim().trim_matches(['\'', '"', '=', '\u{2019}']).trim();
    match v.rsplit_once(['.', ',']) {
        Some((whole, zeros))
            if whole.len() >= 7
                && !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0')
                && whole.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()) =>
        {
            whole
        }
        _ => v,
    }
}

/// The digits of `9.91231500016E+11`.
fn power(v: &str) -> Option<String> {
    let n = v.contains(['E', 'e']).then(|| v.replace(',', ".").parse::<f64>().ok())??;
    (1e6..1e15).contains(&n).then(|| format!("{n:.0}"))
}

/// The digits of a number of one of `lengths`; from `least` digits on it gets back the zeros that it lost.
fn padded(value: &str, least: usize, lengths: &[usize]) -> Canonical {
    let v = unfloated(value);
    if let Some(whole) = power(v) {
        return padded(&whole, least, lengths);
    }
    let mut d = digits(v);
    if d.is_empty() {
        return words(value, false);
    }
    if let Some(full) = lengths.iter().find(|n| **n >= d.len())
        && d.len() >= least
    {
        let missing = full - d.len();
        d.insert_many(0, std::iter::repeat_n(b'0', missing));
    }
    d
}

fn phone(value: &str) -> Canonical {
    let v = unfloated(value);
    if let Some(whole) = power(v) {
        return phone(&whole);
    }
    let (mut d, mut plus) = (Canonical::new(), false);
    for (at, c) in v.char_indices() {
        match digit(c) {
            Some(n) => d.push(b'0' + n),
            None if c == '+' && d.is_empty() => plus = true,
            // an extension is no part of the number
            None if d.len() >= 10 && (c.is_alphabetic() || c == '#') => break,
            // nor is a second ending (78/79)
            None if c == '/' && d.len() >= 10 && digits(&v[at..]).len() <= 4 => break,
            None => {}
        }
    }
    if d.is_empty() {
        return words(value, false);
    }
    if !plus && d.starts_with(b"00") && (13..=15).contains(&d.len()) {
        d.drain(..2);
        plus = true;
    }
    match d.len() {
        10 if !plus => d.insert(0, b'7'),
        // "+8 701 …" is a slip: no country's numbers begin so and are so long
        11 if d[0] == b'8' && (!plus || d[1] == b'7') => d[0] = b'7',
        14 if !plus && d.starts_with(b"810") => drop(d.drain(..3)),
        _ => {}
    }
    if d.len() >= 11 {
        d.insert(0, b'+');
    }
    d
}

fn email(value: &str) -> Canonical {
    let v = value.trim().trim_matches(['<', '>', '"', '\'']);
    let v = match v.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &v[7..],
        _ => v,
    };
    let v = v.split_once('?').map_or(v, |p| p.0);
    v.nfkc()
        .filter(|c| !c.is_whitespace() && !unseen(*c))
        .flat_map(char::to_lowercase)
        .fold(Canonical::new(), push)
}

/// Letters and digits alone, letters that look Latin as Latin capitals.
fn code(value: &str) -> Canonical {
    if value.is_ascii() {
        let mut out = Canonical::from_slice(value.as_bytes());
        if !out.iter().all(u8::is_ascii_alphanumeric) {
            out.retain(|b| b.is_ascii_alphanumeric());
        }
        out.make_ascii_uppercase();
        return out;
    }
    let mut out = Canonical::new();
    for c in value.chars() {
        match digit(c).map(|d| b'0' + d).or_else(|| code_letter(c)) {
            Some(b) => out.push(b),
            None if c.is_alphanumeric() => out = c.to_uppercase().fold(out, push),
            None => {}
        }
    }
    out
}

fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Small letters with single blanks between words; of a `name` full stops and commas are blanks, and Latin letters
/// that look Cyrillic are Cyrillic in words that are Cyrillic otherwise.
fn words(value: &str, name: bool) -> Canonical {
    plain_words(value, name).unwrap_or_else(|| other_words(value, name))
}

/// Longest text that is written in place.
const MOST: usize = 128;

/// The small letters of those that no normal form changes, `ё` as `е`, and every blank as one.
static PLAIN: Table = {
    let (mut table, mut code) = (Table::new(), 0);
    while let Some(c) = char::from_u32(code)
        && code < Table::END as u32
    {
        if letters::is_plain(c)
            && let Some(lower) = letters::lower(c)
        {
            let to = match lower {
                'ё' => 'е',
                // what counts as a blank: U+0009-000D, U+0020 (Unicode, property White_Space)
                '\t'..='\r' => ' ',
                other => other,
            };
            table = table.set(c, Letter::As(to));
        }
        code += 1;
    }
    table
};

/// [`words`] of a short text that no normal form changes.
fn plain_words(value: &str, name: bool) -> Option<Canonical> {
    if value.len() > MOST {
        return None;
    }
    let any = |of: fn(u8) -> bool| value.bytes().fold(false, |any, b| any | of(b));
    let mixed = name && any(|b| b >= 0x80) && any(|b| b.is_ascii_alphabetic());
    // a look-alike is longer than the letter that it stands for
    let (mut out, mut n, mut blank, mut at) = ([0u8; 2 * MOST], 0, false, 0);
    while let Some(rest) = value.get(at..).filter(|rest| !rest.is_empty()) {
        let (letter, length) = PLAIN.first(rest);
        at += length;
        let Letter::As(c) = letter else { return None };
        if c == ' ' || (name && matches!(c, '.' | ',')) {
            blank = n > 0;
            continue;
        }
        if std::mem::take(&mut blank) {
            out[n] = b' ';
            n += 1;
        }
        n = letters::write(&mut out, n, if mixed { look_alike(c) } else { c });
    }
    Some(Canonical::from_slice(&out[..n]))
}

fn other_words(value: &str, name: bool) -> Canonical {
    let mut out = Canonical::new();
    let mut blank = false;
    let mixed = name && value.bytes().any(|b| b.is_ascii_alphabetic()) && value.chars().any(cyrillic);
    for c in value.nfkc().flat_map(char::to_lowercase) {
        if c.is_whitespace() || (name && matches!(c, '.' | ',')) {
            blank = !out.is_empty();
        } else if !unseen(c) {
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            let c = match c {
                'ё' => 'е',
                '\u{2010}'..='\u{2015}' => '-',
                c if mixed => look_alike(c),
                c => c,
            };
            out = push(out, c);
        }
    }
    out
}

fn cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// The Cyrillic letter for which a Latin one was typed.
fn look_alike(c: char) -> char {
    match c {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'p' => 'р',
        'c' => 'с',
        'y' => 'у',
        'x' => 'х',
        'k' => 'к',
        'm' => 'м',
        't' => 'т',
        'b' => 'в',
        'h' => 'н',
        'i' => 'і',
        _ => c,
    }
}

fn push(mut out: Canonical, c: char) -> Canonical {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(category: Category, values: &[&str], want: &str) {
        for v in values {
            assert_eq!(canonical(category, v), want, "{category} {v:?}");
        }
    }

    #[test]
    fn writings_of_one_value_meet() {
        all(
            Category::IIN,
            &[
                "991231500016",
                "9912 3150 0016",
                "991231 500 016",
                "991231500016.0",
                "991231500016,00",
                "9.91231500016E+11",
                "9,91231500016e11",
                "'991231500016",
                "=\"991231500016\"",
                "\u{feff}991231\u{a0}500016",
                "９９１２３１５０００１６",
            ],
            "991231500016",
        );
        all(Category::IIN, &["101100016", "000101100016", "101100016.0", "1.01100016E+8"], "000101100016");
        all(Category::BIN, &["050140000018", "50140000018", "50140000018.0"], "050140000018");
        all(
            Category::PHONE,
            &[
                "+7 (701) 234-56-78",
                "87012345678",
                "7012345678",
                "8 10 7 701 2345678",
                "77012345678",
                "77012345678.0",
                "7.7012345678E10",
                "007 701 234 56 78",
                "+8 701 234 56 78",
                "8 (701) 234-56-78 доб. 12",
                "+7 701 234 56 78/79",
                "tel:+7-701-234-56-78",
            ],
            "+77012345678",
        );
        all(Category::PHONE, &["+49 30 1234567"], "+49301234567");
        all(
            Category::IBAN,
            &["KZ72 722S 0000 0000 0001", "kz72722s000000000001", "КZ72722S000000000001"],
            "KZ72722S000000000001",
        );
        all(
            Category::EMAIL,
            &["A.B@Mail.KZ", "a.b@mail .kz", " mailto:a.b@mail.kz", "<A.b@mail.kz>"],
            "a.b@mail.kz",
        );
        all(Category::PLATE, &["123 АВС 02", "123ABC/02", "123 авс 02", "１２３abc02"], "123ABC02");
        all(Category::ID_CARD, &["012345678", "12345678", "№ 012 345 678", "12345678.0"], "012345678");
        all(Category::PERSON, &["Фёдоров  Іңкәр", "ФЁДОРОВ ІҢКӘР", "Федо\u{ad}ров Іңкәр"], "федоров іңкәр");
        all(
            Category::PERSON,
            &["Ахметов А.Б.", "Ахметов А. Б.", "АХМЕТОВ  А.Б", "Axметов А.Б."],
            "ахметов а б",
        );
        all(Category::IP, &["2001:DB8::1", "2001:0db8:0:0:0:0:0:1"], "2001:db8::1");
        all(Category::MAC, &["00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e", "001a.2b3c.4d5e"], "001A2B3C4D5E");
        all(Category::CADASTRAL, &["20:311:001:123", "20-311-001-123"], "20311001123");
    }

    #[test]
    fn the_short_way_is_the_long_way() {
        for text in [
            "  Ахметов\t\u{b}А.Б.,  Ёлкина ",
            "Axметов Ғ. ІҢКӘР-Сұлтан",
            "Smith, John",
            "ѐЀ Ҁҁ Ԯ",
            ". , ",
            "",
            "a",
        ] {
            for name in [true, false] {
                assert_eq!(plain_words(text, name), Some(other_words(text, name)), "{text}");
            }
        }
        for text in ["№ 5", "Ӏ", "и\u{306}", "ﬁ", "a\u{a0}b", &"я".repeat(65)] {
            assert_eq!(plain_words(text, true), None);
        }
    }

    #[test]
    fn two_values_stay_two() {
        let differ = |c, a: &str, b: &str| assert_ne!(canonical(c, a), canonical(c, b), "{a} {b}");
        differ(Category::PERSON, "Қанат", "Канат");
        differ(Category::PERSON, "Smith", "Sмith");
        differ(Category::PHONE, "+77012345678", "+87012345679");
        differ(Category::IIN, "991231500016", "991231500017");
        differ(Category::PASSWORD, "Secret", "secret");
        differ(Category::COORDINATES, "51.1605 71.47", "5.11605 71.47");
        assert_ne!(subject("AB-12"), subject("CD-12"));
        assert_eq!(subject("850101300123"), subject("850101 300123.0"));
    }
}

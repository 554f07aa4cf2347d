use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;

use crate::model::Category;

/// The one writing of a value that its token is computed from, so that the same person gets the same
/// token however the value was written.
pub(super) type Canonical = SmallVec<[u8; 64]>;

/// The canonical writing of a value of a category.
///
/// Numbers are their digits, codes are upper-case Latin without blanks, addresses of mail are
/// lower-case, everything else is NFKC, lower-case, with single blanks. Kazakh letters are never
/// merged with Russian ones: two people must not become one.
pub(super) fn canonical(category: Category, text: &str) -> Canonical {
    match category {
        Category::IIN | Category::BIN => id_number(text),
        Category::PHONE => phone(text),
        Category::RNN
        | Category::CARD
        | Category::RU_INN
        | Category::RU_SNILS
        | Category::RU_PASSPORT
        | Category::IMEI
        | Category::COORDINATES => {
            let d = digits(text);
            if d.is_empty() { words(text) } else { d }
        }
        Category::IBAN
        | Category::ACCOUNT
        | Category::PLATE
        | Category::VIN
        | Category::PASSPORT
        | Category::ID_CARD
        | Category::RESIDENCE_PERMIT
        | Category::DRIVER_LICENCE
        | Category::BIRTH_CERTIFICATE
        | Category::MILITARY_ID
        | Category::VEHICLE_CERTIFICATE
        | Category::CADASTRAL
        | Category::SIK
        | Category::MAC
        | Category::POSTCODE => code(text),
        Category::EMAIL => {
            let text = text.trim();
            let text = text.strip_prefix("mailto:").unwrap_or(text);
            text.chars().flat_map(char::to_lowercase).fold(Canonical::new(), push)
        }
        _ => words(text),
    }
}

/// The decimal digits of a text, full-width ones folded.
pub(super) fn digits(text: &str) -> Canonical {
    text.chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c as u8),
            '\u{ff10}'..='\u{ff19}' => Some((c as u32 - 0xff10) as u8 + b'0'),
            _ => None,
        })
        .collect()
}

fn id_number(text: &str) -> Canonical {
    let text = text.trim();
    // a table's way to write a number: 850101300123.0, 8.50101300123E+11
    if text.contains(['e', 'E'])
        && let Ok(n) = text.replace(',', ".").parse::<f64>()
        && (0.0..1e12).contains(&n)
    {
        return Canonical::from_slice(format!("{n:012.0}").as_bytes());
    }
    let whole = text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).unwrap_or(text);
    let mut d = digits(whole);
    if (8..12).contains(&d.len()) {
        // leading zeros that a number lost
        while d.len() < 12 {
            d.insert(0, b'0');
        }
    }
    if d.is_empty() { words(text) } else { d }
}

fn phone(text: &str) -> Canonical {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let mut d = digits(whole);
    match d.len() {
        10 if !text.trim_start().starts_with('+') => d.insert(0, b'7'),
        11 if d[0] == b'8' => d[0] = b'7',
        0 => return words(text),
        _ => {}
    }
    d
}

fn code(text: &str) -> Canonical {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            'А' => 'A',
            'В' => 'B',
            'Е' => 'E',
            'К' => 'K',
            'М' => 'M',
            'Н' => 'H',
            'О' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Т' => 'T',
            'У' => 'Y',
            'Х' => 'X',
            'І' => 'I',
            '\u{ff10}'..='\u{ff19}' => char::from((c as u32 - 0xff10) as u8 + b'0'),
            _ => c,
        })
        .fold(Canonical::new(), push)
}

fn words(text: &str) -> Canonical {
    let mut out = Canonical::new();
    let mut blank = false;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            blank = !out.is_empty();
        } else if !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}') {
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            out = push(out, if c == 'ё' { 'е' } else { c });
        }
    }
    out
}

fn push(mut out: Canonical, c: char) -> Canonical {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn c(category: Category, text: &str) -> String {
        String::from_utf8(canonical(category, text).to_vec()).unwrap()
    }

    #[test]
    fn writings_of_one_value_are_one() {
        for iin in [
            "050101500123",
            "050101 500 123",
            "50101500123",
            "50101500123.0",
            "5.0101500123E+10",
            "０５０１０１５００１２３",
        ] {
            assert_eq!(c(Category::IIN, iin), "050101500123", "{iin}");
        }
        for phone in ["+7 (701) 123-45-67", "8 701 1234567", "7011234567", "77011234567.0"] {
            assert_eq!(c(Category::PHONE, phone), "77011234567", "{phone}");
        }
        assert_eq!(c(Category::EMAIL, " mailto:Aidos@Example.KZ"), "aidos@example.kz");
        assert_eq!(c(Category::PLATE, "123 АВС 02"), c(Category::PLATE, "123ABC02"));
        assert_eq!(c(Category::IBAN, "kz86 125k zt50 0410 0100"), "KZ86125KZT5004100100");
        assert_eq!(c(Category::PERSON, "Семёнов  Пётр"), "семенов петр");
        assert_ne!(c(Category::PERSON, "Қанат"), c(Category::PERSON, "Канат"));
    }
}

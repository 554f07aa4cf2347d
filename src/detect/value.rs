//! How a value is shown in a report (masked), and the one writing under which it is known.

use super::fold::{code_letter, digit};
use crate::model::Category;

/// A mask of a value for reports. It never keeps enough to rebuild the value: of an IIN nothing of the serial and
/// check digits (with a birth date they give the rest), of a card the last four digits at most.
pub fn mask(category: Category, value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let n = chars.len();
    match category {
        Category::EMAIL => {
            let at = chars.iter().position(|c| *c == '@').unwrap_or(0);
            let zone = value.rfind('.').map_or("", |p| &value[p..]);
            let first: String = chars.iter().take(1.min(at)).collect();
            format!("{first}***@***{zone}")
        }
        Category::PHONE => {
            // country and operator or area, nothing of the subscriber
            let digits = chars.iter().filter(|c| digit(**c).is_some()).count();
            let keep = match digits {
                11.. => 4,
                10 => 3,
                _ => 0,
            };
            keep_digits(&chars, keep, 0)
        }
        Category::CARD => keep_digits(&chars, 0, 4),
        Category::IBAN => {
            let mut seen = 0;
            chars
                .iter()
                .map(|c| {
                    if !c.is_alphanumeric() {
                        return *c;
                    }
                    seen += 1;
                    if seen <= 2 || (5..=7).contains(&seen) { *c } else { '*' }
                })
                .collect()
        }
        Category::PLATE => {
            let keep = n.saturating_sub(2);
            chars
                .iter()
                .enumerate()
                .map(|(k, c)| if k >= keep || !c.is_alphanumeric() { *c } else { '*' })
                .collect()
        }
        Category::PERSON => {
            // the shape of the words, not even initials: they and a place give the person
            let words: Vec<String> =
                value.split_whitespace().map(|w| "*".repeat(w.chars().count().clamp(1, 8))).collect();
            words.join(" ")
        }
        Category::IP => {
            let cut = value.find(['.', ':']).unwrap_or(0);
            format!("{}{}", &value[..cut], if value.contains(':') { ":***" } else { ".***.***.***" })
        }
        _ => stars(&chars),
    }
}

/// Letters and digits become stars; long texts lose their length.
fn stars(chars: &[char]) -> String {
    let shown: String = chars.iter().take(32).map(|c| if c.is_alphanumeric() { '*' } else { *c }).collect();
    if chars.len() > 32 { format!("{shown}…") } else { shown }
}

fn keep_digits(chars: &[char], head: usize, tail: usize) -> String {
    let total = chars.iter().filter(|c| digit(**c).is_some()).count();
    let mut k = 0;
    chars
        .iter()
        .map(|c| {
            if digit(*c).is_none() {
                return if c.is_alphabetic() { '*' } else { *c };
            }
            k += 1;
            if k <= head || k > total.saturating_sub(tail) { *c } else { '*' }
        })
        .collect()
}

/// The one writing of a value: two writings of one value give the same text.
///
/// Numbers are their digits (an IIN or BIN that lost its leading zeros gets them back), a phone of the country is
/// `+7XXXXXXXXXX`, codes are Latin capitals without separators, an e-mail address is in small letters, names and
/// texts are in small letters with single blanks and `ё` as `е`. Kazakh letters stay what they are.
pub fn canonical(category: Category, value: &str) -> String {
    match category {
        Category::IIN | Category::BIN | Category::RNN => {
            let d = number(value);
            if d.len() < 12 && d.len() >= 7 { format!("{d:0>12}") } else { d }
        }
        Category::PHONE => phone(value),
        Category::CARD
        | Category::IMEI
        | Category::SIK
        | Category::RU_INN
        | Category::RU_SNILS
        | Category::RU_PASSPORT => digits(value),
        Category::EMAIL => {
            value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
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
        | Category::POSTCODE => code(value),
        Category::MAC | Category::IP => value.trim().to_ascii_lowercase().replace('-', ":"),
        Category::PASSWORD => value.to_owned(),
        _ => text(value),
    }
}

fn digits(value: &str) -> String {
    value.chars().filter_map(digit).map(|d| char::from(b'0' + d)).collect()
}

/// The digits of a number that a spreadsheet may have written as a floating-point number.
fn number(value: &str) -> String {
    let v = value.trim().trim_matches(['\'', '"', '=']);
    if v.contains(['E', 'e'])
        && let Ok(f) = v.replace(',', ".").parse::<f64>()
        && (1e6..1e15).contains(&f)
    {
        return format!("{f:.0}");
    }
    let whole =
        v.split_once('.').filter(|(a, b)| a.len() >= 7 && b.chars().all(|c| c == '0')).map_or(v, |p| p.0);
    digits(whole)
}

fn phone(value: &str) -> String {
    // a second ending (78/79) and an extension are no part of the number
    let head = value.split_once('/').map_or(value, |p| p.0);
    let d = digits(head);
    match d.len() {
        10 if d.starts_with(['7', '6', '0']) => format!("+7{d}"),
        11 if d.starts_with('8') && !value.trim_start().starts_with('+') => format!("+7{}", &d[1..]),
        14 if d.starts_with("8107") => format!("+{}", &d[3..]),
        11.. => format!("+{d}"),
        _ => d,
    }
}

fn code(value: &str) -> String {
    value
        .chars()
        .filter_map(|c| {
            digit(c).map(|d| char::from(b'0' + d)).or_else(|| {
                code_letter(c)
                    .map(char::from)
                    .or_else(|| c.is_alphabetic().then(|| c.to_uppercase().next().unwrap_or(c)))
            })
        })
        .collect()
}

fn text(value: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(value.len());
    for word in value.split(|c: char| c.is_whitespace() || c == '\u{a0}').filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.nfkc().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')) {
            out.extend(c.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_value_meet() {
        let all = |c, values: &[&str], want: &str| {
            for v in values {
                assert_eq!(canonical(c, v), want, "{v}");
            }
        };
        all(
            Category::IIN,
            &["991231500016", "9912 3150 0016", "991231500016.0", "9.91231500016E+11", "'991231500016"],
            "991231500016",
        );
        all(Category::IIN, &["101100016", "000101100016", "101100016.0"], "000101100016");
        all(
            Category::PHONE,
            &["+7 (701) 234-56-78", "87012345678", "7012345678", "8 10 7 701 2345678", "77012345678"],
            "+77012345678",
        );
        all(
            Category::IBAN,
            &["KZ72 722S 0000 0000 0001", "kz72722s000000000001", "КZ72722S000000000001"],
            "KZ72722S000000000001",
        );
        all(Category::EMAIL, &["A.B@Mail.KZ", "a.b@mail .kz"], "a.b@mail.kz");
        all(Category::PLATE, &["123 АВС 02", "123ABC/02"], "123ABC02");
        all(Category::PERSON, &["Фёдоров  Іңкәр", "ФЁДОРОВ ІҢКӘР"], "федоров іңкәр");
    }

    #[test]
    fn masks_do_not_give_values_back() {
        assert_eq!(mask(Category::IIN, "991231500016"), "************");
        assert_eq!(mask(Category::CARD, "4000 0000 0000 0002"), "**** **** **** 0002");
        assert_eq!(mask(Category::PHONE, "+7 701 234-56-78"), "+7 701 ***-**-**");
        assert_eq!(mask(Category::EMAIL, "ivan@mail.kz"), "i***@***.kz");
        assert_eq!(mask(Category::IBAN, "KZ72722S000000000001"), "KZ**722*************");
    }
}

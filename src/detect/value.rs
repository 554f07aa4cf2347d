//! How a value is shown in a report: masked.

use super::fold::digit;
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
                    if !letter_or_digit(*c) {
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
                .map(|(k, c)| if k >= keep || !letter_or_digit(*c) { *c } else { '*' })
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

/// Is a character a letter or a digit? Those of Russian and Kazakh are told without a table.
fn letter_or_digit(c: char) -> bool {
    matches!(c, 'А'..='я' | '\u{48a}'..='\u{52f}') || c.is_alphanumeric()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_do_not_give_values_back() {
        assert_eq!(mask(Category::IIN, "991231500016"), "************");
        assert_eq!(mask(Category::CARD, "4000 0000 0000 0002"), "**** **** **** 0002");
        assert_eq!(mask(Category::PHONE, "+7 701 234-56-78"), "+7 701 ***-**-**");
        assert_eq!(mask(Category::EMAIL, "ivan@mail.kz"), "i***@***.kz");
        assert_eq!(mask(Category::IBAN, "KZ72722S000000000001"), "KZ**722*************");
    }
}

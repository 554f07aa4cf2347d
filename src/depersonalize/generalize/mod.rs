//! Coarser values: dates, ages, places, telephone numbers, addresses of mail, numbers, codes.

pub(crate) mod date;
mod hierarchy;

pub use hierarchy::Hierarchy;

use date::{Day, Form};

use super::method::{Bands, Generalize};
use crate::detect::canonical_bytes;
use crate::places;

const OPERATORS: &str = include_str!("../../../patterns/generalize/operators.csv");

/// The coarser value; `None` where the value is not of the kind that the step is for.
/// `date` says that the column must hold a date, `number` that it must hold a number.
pub(super) fn generalize(step: &Generalize, text: &str, date: bool, number: bool) -> Option<String> {
    let text = text.trim();
    match step {
        Generalize::Month | Generalize::Quarter | Generalize::Year | Generalize::Decade => {
            self::date(step, text, date, number)
        }
        Generalize::Age(bands) => {
            let age = match date::parse(text) {
                Some((born, _)) => {
                    let today = Day::today();
                    let before = (today.month, today.day) < (born.month, born.day);
                    f64::from(today.year - born.year - i32::from(before))
                }
                None => text.parse().ok().filter(|n| (0.0..=130.0).contains(n))?,
            };
            Some(band(bands, age, true, number))
        }
        Generalize::BirthBand { width, sex } => birth_band(text, *width, *sex, number),
        Generalize::City => match places::city_of(text) {
            Some(city) => Some(format!("город {}", city.name_ru)),
            None => places::region_of(text).map(|r| r.name_ru.to_owned()),
        },
        Generalize::Region => places::region_of(text).map(|r| r.name_ru.to_owned()),
        Generalize::MacroRegion => places::region_of(text).map(|r| r.macro_region.name_ru().to_owned()),
        Generalize::Country => country(text),
        Generalize::Operator => operator(text),
        Generalize::DomainClass => domain_class(text),
        Generalize::Bins(bands) => Some(band(bands, decimal(text)?, false, number)),
        Generalize::Round(step) => {
            let n = decimal(text)?;
            Some(shown((n / step).round() * step, text.contains(',')))
        }
        Generalize::Prefix(n) => Some(text.chars().take(*n as usize).collect()),
        Generalize::Hierarchy { table, level } => table.get(text, *level).map(str::to_owned),
    }
}

/// Is a text what a step leaves, so that doing it again changes nothing?
pub(super) fn is_result(step: &Generalize, text: &str) -> bool {
    let text = text.trim();
    let number = |s: &str| !s.is_empty() && decimal(s).is_some();
    // as wide as the step's own intervals: a telephone number in two parts is none
    let band = |text: &str, width: f64| {
        let narrow = |(a, b): (&str, &str)| {
            decimal(a).zip(decimal(b)).is_some_and(|(a, b)| (0.0..=width + 1e-9).contains(&(b - a)))
        };
        let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(')'));
        inner.and_then(|t| t.split_once("..")).is_some_and(narrow)
            || text.split_once('-').is_some_and(narrow)
            || text.strip_prefix('<').is_some_and(number)
            || text.strip_suffix('+').is_some_and(number)
    };
    match step {
        Generalize::Month | Generalize::Quarter | Generalize::Year | Generalize::Decade => {
            let parts = text.split_once('-');
            let part =
                |p: &str| p.bytes().all(|b| b.is_ascii_digit()) || p.strip_prefix('Q').is_some_and(number);
            parts.is_some_and(|(year, rest)| year.len() == 4 && number(year) && part(rest))
        }
        Generalize::Age(bands) | Generalize::Bins(bands) => band(text, bands.width),
        Generalize::BirthBand { width, .. } => {
            let bare = text.trim_end_matches(['M', 'F', ' ']);
            bare.is_empty() || band(bare, f64::from(*width))
        }
        Generalize::City | Generalize::Region | Generalize::MacroRegion => places::is_generalized(text),
        Generalize::Country => COUNTRIES.contains(&text),
        Generalize::Operator => {
            OPERATORS.lines().filter_map(|l| l.split_once(',')).any(|(_, name)| name.trim() == text)
        }
        Generalize::DomainClass => DOMAIN_CLASSES.contains(&text),
        Generalize::Hierarchy { table, level } => table.is_level(text, *level),
        Generalize::Round(_) | Generalize::Prefix(_) => false,
    }
}

const DOMAIN_CLASSES: [&str; 5] =
    ["free mail", "government", "education", "organization KZ", "organization other"];
const COUNTRIES: [&str; 5] = ["KZ", "RU", "KG", "UZ", "other"];

fn date(step: &Generalize, text: &str, typed: bool, number: bool) -> Option<String> {
    let year_only = || text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let (day, form) = match date::parse(text) {
        Some(d) => d,
        // a year by itself is already as coarse as a year
        None if year_only() => (Day::new(text.parse().ok()?, 1, 1)?, Form::iso()),
        None => return None,
    };
    let (year, month) = (day.year, day.month);
    let first = |m: u32, y: i32| Day { year: y, month: m, day: 1 };
    let coarse = match step {
        Generalize::Month => first(month, year),
        Generalize::Quarter => first((month - 1) / 3 * 3 + 1, year),
        Generalize::Decade => first(1, year - year.rem_euclid(10)),
        _ => first(1, year),
    };
    if typed {
        return Some(form.write_midnight(coarse));
    }
    Some(match step {
        Generalize::Month if !number => format!("{year:04}-{month:02}"),
        Generalize::Quarter if !number => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
        Generalize::Decade if !number => format!("{:04}-{:04}", coarse.year, coarse.year + 9),
        _ => four_digits(coarse.year),
    })
}

/// `0987`, `1985`; the years of [`Day`] have no more digits.
fn four_digits(year: i32) -> String {
    let digit = |of: i32| char::from(b'0' + (year / of % 10).unsigned_abs() as u8);
    [1000, 100, 10, 1].into_iter().map(digit).collect()
}

/// The interval of a number: `30-34` for whole numbers, `[30..35)` else; a numeric column gets its lower end.
fn band(bands: &Bands, n: f64, whole: bool, number: bool) -> String {
    if let Some(bottom) = bands.bottom.filter(|b| n < *b) {
        return if number {
            shown(bottom - bands.width, false)
        } else {
            format!("<{}", shown(bottom, false))
        };
    }
    if let Some(top) = bands.top.filter(|t| n >= *t) {
        return if number { shown(top, false) } else { format!("{}+", shown(top, false)) };
    }
    let from = bands.bottom.unwrap_or(0.0);
    let low = from + ((n - from) / bands.width).floor() * bands.width;
    let high = bands.top.map_or(low + bands.width, |t| t.min(low + bands.width));
    match (number, whole && bands.width.fract() == 0.0) {
        (true, _) => shown(low, false),
        (false, true) => format!("{}-{}", shown(low, false), shown(high - 1.0, false)),
        (false, false) => format!("[{}..{})", shown(low, false), shown(high, false)),
    }
}

fn birth_band(text: &str, width: u32, sex: bool, number: bool) -> Option<String> {
    let d = canonical_bytes(crate::model::Category::IIN, text);
    if d.len() != 12 || !d.iter().all(u8::is_ascii_digit) || !(b'1'..=b'6').contains(&d[6]) {
        return None;
    }
    let century = 18 + i32::from((d[6] - b'1') / 2);
    let year = century * 100 + i32::from(d[0] - b'0') * 10 + i32::from(d[1] - b'0');
    let low = if width > 0 { year - year.rem_euclid(width as i32) } else { 0 };
    if number {
        return (width > 0).then(|| low.to_string());
    }
    let letter = if (d[6] - b'0') % 2 == 1 { "M" } else { "F" };
    Some(match (width > 0, sex) {
        (true, true) => format!("{low}-{} {letter}", low + width as i32 - 1),
        (true, false) => format!("{low}-{}", low + width as i32 - 1),
        (false, _) => letter.to_owned(),
    })
}

fn country(text: &str) -> Option<String> {
    let d = canonical_bytes(crate::model::Category::PHONE, text);
    // a writing of fewer than eleven digits has no plus and tells no country
    let d = d.strip_prefix(b"+").filter(|d| d.iter().all(u8::is_ascii_digit))?;
    Some(
        match d {
            [b'7', b'6' | b'7', ..] => "KZ",
            [b'7', ..] => "RU",
            [b'9', b'9', b'6', ..] => "KG",
            [b'9', b'9', b'8', ..] => "UZ",
            _ => "other",
        }
        .to_owned(),
    )
}

fn operator(text: &str) -> Option<String> {
    let d = canonical_bytes(crate::model::Category::PHONE, text);
    let national = d.strip_prefix(b"+7").filter(|n| n.len() == 10)?;
    let rows = OPERATORS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(','));
    let mut best: Option<(&str, &str)> = None;
    for (prefix, name) in rows {
        if national.starts_with(prefix.as_bytes()) && best.is_none_or(|b| b.0.len() < prefix.len()) {
            best = Some((prefix, name));
        }
    }
    best.map(|b| b.1.trim().to_owned())
}

fn domain_class(text: &str) -> Option<String> {
    let domain = text.rsplit_once('@')?.1.trim().trim_end_matches(['>', '.']).to_lowercase();
    const FREE: [&str; 16] = [
        "mail.ru",
        "bk.ru",
        "inbox.ru",
        "list.ru",
        "gmail.com",
        "yandex.ru",
        "yandex.kz",
        "ya.ru",
        "outlook.com",
        "hotmail.com",
        "icloud.com",
        "rambler.ru",
        "yahoo.com",
        "proton.me",
        "mail.kz",
        "live.com",
    ];
    Some(
        match domain.as_str() {
            d if FREE.contains(&d) => "free mail",
            d if d.ends_with(".gov.kz") || d.ends_with(".mil.kz") || d == "gov.kz" => "government",
            d if d.ends_with(".edu.kz") || d.ends_with(".edu") || d == "nu.edu.kz" => "education",
            d if d.ends_with(".kz") || d.ends_with(".қаз") => "organization KZ",
            _ => "organization other",
        }
        .to_owned(),
    )
}

/// A decimal number written with a point or a comma.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    text.replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A number without a tail of zeros.
pub(super) fn shown(n: f64, comma: bool) -> String {
    let text = if n.fract() == 0.0 && n.abs() < 1e15 {
        format!("{n:.0}")
    } else {
        let t = format!("{n:.6}");
        t.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if comma { text.replace('.', ",") } else { text }
}

/// The year of birth band that a text holds, for tests of what is left.
pub(super) fn is_coarse(text: &str) -> bool {
    let text = text.trim();
    let year = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_digit());
    let first_of_year = matches!(date::parse(text), Some((Day { month: 1, day: 1, .. }, _)));
    let band =
        text.split_once('-').is_some_and(|(a, b)| year(a) && year(b.trim_end_matches([' ', 'M', 'F'])));
    year(text)
        || band
        || first_of_year
        || (!text.bytes().any(|b| b.is_ascii_digit()) && !text.contains('@') && places::is_generalized(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn g(step: Generalize, text: &str) -> Option<String> {
        generalize(&step, text, false, false)
    }

    #[test]
    fn dates() {
        assert_eq!(g(Generalize::Year, "12.03.1985").unwrap(), "1985");
        assert_eq!(g(Generalize::Year, "12 марта 1985 года").unwrap(), "1985");
        assert_eq!(g(Generalize::Month, "1985-03-12").unwrap(), "1985-03");
        assert_eq!(g(Generalize::Quarter, "1985-05-12").unwrap(), "1985-Q2");
        assert_eq!(g(Generalize::Decade, "1985-05-12").unwrap(), "1980-1989");
        assert_eq!(generalize(&Generalize::Quarter, "12.05.1985", true, false).unwrap(), "01.04.1985");
        assert_eq!(
            generalize(&Generalize::Year, "1985-05-12 10:00:00", true, false).unwrap(),
            "1985-01-01 00:00:00"
        );
        assert_eq!(g(Generalize::Year, "не дата"), None);
    }

    #[test]
    fn ages_and_bins() {
        let b = Bands { width: 5.0, bottom: Some(20.0), top: Some(70.0) };
        for (n, s) in [("19", "<20"), ("20", "20-24"), ("69", "65-69"), ("70", "70+"), ("99", "70+")] {
            assert_eq!(g(Generalize::Age(b), n).unwrap(), s);
        }
        let b = Bands { width: 1000.0, bottom: None, top: None };
        assert_eq!(g(Generalize::Bins(b), "-1500,5").unwrap(), "[-2000..-1000)");
        assert_eq!(generalize(&Generalize::Bins(b), "1500", false, true).unwrap(), "1000");
        assert_eq!(g(Generalize::Round(100.0), "149,9").unwrap(), "100");
    }

    #[test]
    fn identifiers_and_contacts() {
        let band = |w, s| Generalize::BirthBand { width: w, sex: s };
        assert_eq!(g(band(10, true), "850101 300 123").unwrap(), "1980-1989 M");
        assert_eq!(g(band(0, true), "050101600123").unwrap(), "F");
        assert_eq!(g(band(10, true), "хх"), None);
        assert_eq!(g(Generalize::Country, "8 701 123 45 67").unwrap(), "KZ");
        assert_eq!(g(Generalize::Operator, "+77051234567").unwrap(), "Beeline");
        assert_eq!(g(Generalize::DomainClass, "a@mail.ru").unwrap(), "free mail");
        assert_eq!(g(Generalize::DomainClass, "a@stat.gov.kz").unwrap(), "government");
        assert_eq!(g(Generalize::Prefix(3), "J45.0").unwrap(), "J45");
    }

    #[test]
    fn places_of_addresses() {
        let address = "г. Темиртау, ул. Абая, д. 5, кв. 12";
        assert_eq!(g(Generalize::City, address).unwrap(), "город Темиртау");
        assert_eq!(g(Generalize::Region, address).unwrap(), "Карагандинская область");
        assert_eq!(g(Generalize::MacroRegion, address).unwrap(), "Центральный Казахстан");
        for left in ["город Темиртау", "Карагандинская область", "1985", "1985-01-01", "1980-1989 M"]
        {
            assert!(is_coarse(left), "{left}");
        }
        for real in [address, "1985-03-12", "850101300123", "ул. Абая"] {
            assert!(!is_coarse(real), "{real}");
        }
    }
}

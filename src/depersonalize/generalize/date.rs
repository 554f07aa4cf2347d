//! Days of the calendar, and the ways in which values write them.

use crate::model::Text;
use crate::model::calendar::{day_of, days_since_1970};

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

/// How a date was written, so that another date can be written the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form<'a> {
    order: Order,
    separator: &'a str,
    short_year: bool,
    padded: bool,
    /// What stands behind the date: a time of day.
    rest: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    YearFirst,
    DayFirst,
    /// `12 марта 1985`; written back as `12.03.1985`.
    Words,
}

impl Day {
    /// A day that exists.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=last).contains(&day) && (1..=9999).contains(&year)).then_some(Day { year, month, day })
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        days_since_1970(i64::from(self.year), i64::from(self.month), i64::from(self.day))
    }

    /// The day of a number of [`Day::number`].
    pub fn from_number(n: i64) -> Day {
        let (year, month, day) = day_of(n);
        Day { year: year as i32, month: month as u32, day: day as u32 }
    }

    /// Today, by the system's clock, in UTC.
    pub fn today() -> Day {
        let seconds =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Day::from_number((seconds / 86_400) as i64)
    }

    /// `YYYY-MM-DD`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

const MONTHS: [&[&str]; 12] = [
    &["янв", "қаң", "кан", "jan"],
    &["фев", "ақп", "акп", "feb"],
    &["мар", "нау", "mar"],
    &["апр", "сәу", "сау", "apr"],
    &["мая", "май", "мам", "may"],
    &["июн", "мау", "jun"],
    &["июл", "шіл", "шил", "jul"],
    &["авг", "там", "aug"],
    &["сен", "қыр", "кыр", "sep"],
    &["окт", "қаз", "каз", "oct"],
    &["ноя", "қар", "кар", "nov"],
    &["дек", "жел", "dec"],
];

/// The year of a day written as `1990-05-12` or `12.05.1990`; `None` for other writings and days that do not exist.
pub(in crate::depersonalize) fn plain_year(text: &[u8]) -> Option<Text> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let (year, month, day) = match text {
        [_, _, _, _, b'-', _, _, b'-', _, _] => (0, 5, 8),
        [_, _, b'.', _, _, b'.', _, _, _, _] => (6, 3, 0),
        _ => return None,
    };
    let number = |from: usize, n: usize| {
        let add = |all: u32, d: &u8| d.is_ascii_digit().then(|| all * 10 + u32::from(d - b'0'));
        text[from..from + n].iter().try_fold(0, add)
    };
    Day::new(number(year, 4)? as i32, number(month, 2)?, number(day, 2)?)?;
    let mut room = [0; Text::ROOM];
    room[..4].copy_from_slice(&text[year..year + 4]);
    Some(Text::word(&room, 4))
}

/// Reads a date in the ways people and tables write it; a time of day may follow.
pub(crate) fn parse(text: &str) -> Option<(Day, Form<'_>)> {
    let text = text.trim();
    numeric(text).or_else(|| words(text))
}

fn numeric(text: &str) -> Option<(Day, Form<'_>)> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let n = digits(text);
    if n == 8 && text.len() == 8 {
        let day = Day::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)?;
        return (1900..2100).contains(&day.year).then(|| (day, form(Order::YearFirst, "", true, "")));
    }
    let (a, rest) = text.split_at(n);
    let separator = rest.get(..1).filter(|c| matches!(*c, "." | "-" | "/" | " "))?;
    let rest = &rest[1..];
    let (b, rest) = rest.split_at(digits(rest));
    let rest = rest.strip_prefix(separator)?;
    let (c, rest) = rest.split_at(digits(rest));
    if !(rest.is_empty() || rest.starts_with(['T', 't', ' ', ',']) && rest.contains(':')) {
        return None;
    }
    match (a.len(), b.len(), c.len()) {
        (4, 1..=2, 1..=2) => {
            let day = Day::new(a.parse().ok()?, b.parse().ok()?, c.parse().ok()?)?;
            Some((day, form(Order::YearFirst, separator, b.len() == 2 && c.len() == 2, rest)))
        }
        (1..=2, 1..=2, 2 | 4) => {
            let (mut d, mut m): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
            if m > 12 && d <= 12 {
                (d, m) = (m, d);
            }
            let mut year: i32 = c.parse().ok()?;
            let short = c.len() == 2;
            if short {
                // two digits of a year: no later than this one
                year += if 2000 + year > Day::today().year { 1900 } else { 2000 };
            }
            let mut f = form(Order::DayFirst, separator, a.len() == 2 && b.len() == 2, rest);
            f.short_year = short;
            Some((Day::new(year, m, d)?, f))
        }
        _ => None,
    }
}

fn words(text: &str) -> Option<(Day, Form<'static>)> {
    let lower = text.to_lowercase();
    let (mut day, mut month, mut year) = (None, None, None);
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        match word.parse::<u32>() {
            Ok(n) if (1900..2100).contains(&n) => year = year.or(Some(n)),
            Ok(n) if (1..=31).contains(&n) => day = day.or(Some(n)),
            Ok(_) => return None,
            Err(_) if month.is_none() && word.chars().count() >= 3 => {
                let at = MONTHS.iter().position(|stems| stems.iter().any(|s| word.starts_with(s)));
                month = at.map(|k| k as u32 + 1);
            }
            Err(_) => {}
        }
    }
    let day = Day::new(year? as i32, month?, day?)?;
    Some((day, form(Order::Words, ".", true, "")))
}

fn form<'a>(order: Order, separator: &'a str, padded: bool, rest: &'a str) -> Form<'a> {
    Form { order, separator, short_year: false, padded, rest }
}

impl Form<'_> {
    /// The form of a date column whose cell could not be read.
    pub fn iso() -> Form<'static> {
        form(Order::YearFirst, "-", true, "")
    }

    /// Writes `day` in this form, with the time of day as it was.
    pub fn write(self, day: Day) -> String {
        let s = self.separator;
        let two = |n: u32| if self.padded { format!("{n:02}") } else { n.to_string() };
        let year = if self.short_year {
            format!("{:02}", day.year.rem_euclid(100))
        } else {
            format!("{:04}", day.year)
        };
        let (m, d) = (two(day.month), two(day.day));
        match self.order {
            Order::YearFirst => format!("{year}{s}{m}{s}{d}{}", self.rest),
            Order::DayFirst | Order::Words => format!("{d}{s}{m}{s}{year}{}", self.rest),
        }
    }

    /// The same with the time of day set to midnight, for coarser dates.
    pub fn write_midnight(self, day: Day) -> String {
        let rest: String = self
            .rest
            .split_once(['+', 'Z'])
            .map_or(self.rest, |(time, _)| time)
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        Form { rest: &rest, ..self }.write(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_numbers() {
        for (y, m, d, n) in
            [(1970, 1, 1, 0), (2000, 2, 29, 11016), (1900, 1, 1, -25567), (2026, 11, 22, 20779)]
        {
            let day = Day::new(y, m, d).unwrap();
            assert_eq!(day.number(), n);
            assert_eq!(Day::from_number(n), day);
        }
        assert_eq!(Day::new(1999, 2, 29), None);
        for n in -60_000..60_000 {
            assert_eq!(Day::from_number(n).number(), n);
        }
    }

    #[test]
    fn writings() {
        let day = Day::new(1985, 3, 12).unwrap();
        for text in [
            "1985-03-12",
            "12.03.1985",
            "12/3/1985",
            "3/22/1985",
            "19850312",
            "12 марта 1985 года",
            "1985 жылғы 12 наурыз",
            "«12» March 1985",
            "1985-03-12T10:11:12Z",
            "12.03.85",
        ] {
            let (got, form) = parse(text).unwrap_or_else(|| panic!("{text}"));
            if text.starts_with("3/") {
                assert_eq!((got.month, got.day), (3, 22));
                continue;
            }
            assert_eq!(got, day, "{text}");
            if !text.contains(' ') {
                assert_eq!(form.write(got), text);
            }
        }
        for text in ["", "12", "1985", "99.99.1985", "850101300123", "v1.2.3.4", "2024-13-01", "привет"]
        {
            assert!(parse(text).is_none(), "{text}");
        }
        let (_, form) = parse("1985-03-12 10:11:12+05").unwrap();
        assert_eq!(form.write_midnight(Day::new(1985, 1, 1).unwrap()), "1985-01-01 00:00:00");
    }
}

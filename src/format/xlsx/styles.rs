//! Number formats of cells: which numbers are dates, which are codes with leading zeros.

use std::collections::HashMap;

use crate::format::package::xml::{self, Token, Tokens, attribute, local};
use crate::model::ReadError;
use crate::model::calendar::{day_of, days_since_1970};

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As a number.
    Number,
    /// As a date, perhaps with a time.
    Date,
    /// As an integer with at least this many digits.
    Zeros(u8),
}

/// The format of each cell style, in the order of `cellXfs`.
///
/// # Errors
/// `Damaged` XML.
pub fn cell_formats(styles: &[u8]) -> Result<Vec<Shown>, ReadError> {
    let mut codes: HashMap<u32, Shown> = HashMap::new();
    let mut formats = Vec::new();
    let mut inside = false;
    let mut tokens = Tokens::new(styles);
    while let Some(token) = tokens.next()? {
        match token {
            Token::Start { name, at, end, empty } => {
                let number = |key: &[u8]| {
                    attribute(styles, at, end, key)
                        .and_then(|v| std::str::from_utf8(v).ok()?.parse::<u32>().ok())
                };
                match local(name) {
                    b"numFmt" => {
                        if let (Some(id), Some(code)) =
                            (number(b"numFmtId"), attribute(styles, at, end, b"formatCode"))
                        {
                            codes.insert(id, classify(&xml::unescape(code)));
                        }
                    }
                    b"cellXfs" => inside = !empty,
                    b"xf" if inside => {
                        let id = number(b"numFmtId").unwrap_or(0);
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                }
            }
            Token::End { name, .. } if local(name) == b"cellXfs" => inside = false,
            _ => {}
        }
    }
    Ok(formats)
}

/// ISO/IEC 29500-1, 18.8.30: what the formats show that need no definition.
pub fn built_in(id: u32) -> Shown {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Date,
        _ => Shown::Number,
    }
}

/// What a format code shows.
pub fn classify(code: &str) -> Shown {
    let first = code.split(';').next().unwrap_or_default();
    let mut chars = first.chars();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '[' => {
                chars.by_ref().find(|c| *c == ']');
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            c => plain.push(c.to_ascii_lowercase()),
        }
    }
    if plain.contains("general") {
        return Shown::Number;
    }
    if plain.contains(['y', 'd']) {
        return Shown::Date;
    }
    let digits = plain.chars().filter(|c| *c == '0').count();
    if digits > 4 && plain.chars().all(|c| c == '0') {
        return Shown::Zeros(digits.min(30) as u8);
    }
    Shown::Number
}

/// A serial number of a spreadsheet as ISO text; `None` outside the calendar.
pub fn serial_to_iso(serial: f64, from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let mut days = serial.floor() as i64;
    let mut seconds = ((serial - serial.floor()) * 86_400.0).round() as i64;
    if seconds == 86_400 {
        (days, seconds) = (days + 1, 0);
    }
    let epoch = match (from_1904, days) {
        (true, _) => days - 24_107,
        // the 29th of February 1900, which never was, is day 60
        (false, ..60) => days - 25_568,
        (false, _) => days - 25_569,
    };
    let (y, m, d) = day_of(epoch);
    // written digit by digit: a sheet may have millions of dates
    let mut text = String::with_capacity(19);
    let mut two = |before: &str, n: i64| {
        text.push_str(before);
        for digit in [n / 10 % 10, n % 10] {
            text.push(char::from(b'0' + digit.unsigned_abs() as u8));
        }
    };
    two("", y / 100);
    two("", y);
    two("-", m);
    two("-", d);
    if seconds > 0 {
        two(" ", seconds / 3600);
        two(":", seconds / 60 % 60);
        two(":", seconds % 60);
    }
    Some(text)
}

/// The serial number of an ISO date, perhaps with a time.
pub fn iso_to_serial(text: &str, from_1904: bool) -> Option<f64> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-').map(|p| p.parse::<i64>().ok());
    let (y, m, d) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some()
        || !(1900..=9999).contains(&y)
        || !(1..=12).contains(&m)
        || !(1..=31).contains(&d)
    {
        return None;
    }
    let days = days_since_1970(y, m, d);
    if day_of(days) != (y, m, d) {
        return None;
    }
    let mut serial = if from_1904 {
        days + 24_107
    } else if days < -25_508 {
        days + 25_568
    } else {
        days + 25_569
    } as f64;
    if let Some(time) = time {
        let mut seconds = 0.0;
        for (part, weight) in time.trim_end_matches('Z').split(':').zip([3600.0, 60.0, 1.0]) {
            seconds += part.parse::<f64>().ok()? * weight;
        }
        serial += seconds / 86_400.0;
    }
    Some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_and_dates() {
        for (serial, iso) in [
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (61.0, "1900-03-01"),
            (31_048.0, "1985-01-01"),
            (36_525.5, "1999-12-31 12:00:00"),
        ] {
            assert_eq!(serial_to_iso(serial, false).as_deref(), Some(iso));
            assert_eq!(iso_to_serial(iso, false), Some(serial));
        }
        assert_eq!(serial_to_iso(0.0, true).as_deref(), Some("1904-01-01"));
        assert_eq!(iso_to_serial("1985-01-01", true), Some(29_586.0));
        assert_eq!(serial_to_iso(-1.0, false), None);
        assert_eq!(serial_to_iso(f64::NAN, false), None);
        assert_eq!(iso_to_serial("1985-02-30", false), None);
        assert_eq!(iso_to_serial("1985", false), None);
    }

    #[test]
    fn codes() {
        assert_eq!(classify("DD.MM.YYYY"), Shown::Date);
        assert_eq!(classify("[$-43F]d\\ mmmm\\ yyyy;@"), Shown::Date);
        assert_eq!(classify("000000000000"), Shown::Zeros(12));
        assert_eq!(classify("#,##0.00\" дней\""), Shown::Number);
        assert_eq!(classify("[Red]0.00"), Shown::Number);
        assert_eq!(classify("h:mm:ss"), Shown::Number);
        assert_eq!(classify("General"), Shown::Number);
    }
}

//! Points in time that a file stores as a number, read as people write a date, and written back as that number.

use crate::model::calendar::{day_of, days_since_1970};

/// Years outside these are no date that a person has.
const YEARS: std::ops::RangeInclusive<i64> = 1000..=9999;

const DAY: i64 = 86_400;

/// The date that lies so many seconds after 1970, and the time of day (UTC) where it is not midnight.
fn text(seconds: i64) -> Option<String> {
    let (year, month, day) = day_of(seconds.div_euclid(DAY));
    if !YEARS.contains(&year) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(match seconds.rem_euclid(DAY) {
        0 => date,
        s => format!("{date}T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60),
    })
}

/// The date that lies so many milliseconds after 1970, as MongoDB's `$date` and `new Date()` count them.
pub(super) fn of_millis(digits: &[u8]) -> Option<String> {
    text(std::str::from_utf8(digits).ok()?.parse::<i64>().ok()?.div_euclid(1000))
}

/// The milliseconds since 1970 of a date that begins as ISO 8601 has it; its time of day where there is one.
pub(super) fn millis_of(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let sign = |at: usize| text.as_bytes().get(at).copied();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if sign(4) != Some(b'-')
        || sign(7) != Some(b'-')
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
    {
        return None;
    }
    let time = || {
        matches!(sign(10), Some(b'T' | b' ')).then_some(())?;
        Some(number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?)
    };
    Some((days_since_1970(year, month, day) * DAY + time().unwrap_or(0)) * 1000)
}

/// The date in the bytes that `CAST(0x… AS type)` of a script of Microsoft SQL Server holds; `type` in capitals.
/// Source: "Date and Time Data Types", SQL Server storage formats, as its scripts write them.
pub(super) fn of_mssql(digits: &[u8], kind: &[u8]) -> Option<String> {
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect::<Option<_>>()?;
    let little = |bytes: &[u8]| bytes.iter().rev().fold(0i64, |n, b| n << 8 | i64::from(*b));
    let since_1900 = days_since_1970(1900, 1, 1);
    let since_1 = days_since_1970(1, 1, 1);
    // the time of day counts units of 10⁻ⁿ s, n in the first byte
    let clock = |n: u8, bytes: &[u8]| Some(little(bytes) / 10i64.checked_pow(u32::from(n.min(7)))?);
    let (days, seconds) = match (kind, &bytes[..]) {
        (b"DATE", [date @ .., 0]) | (b"DATE", date) if date.len() == 3 => (since_1 + little(date), 0),
        (b"DATETIME", [d @ .., a, b, c, e]) if d.len() == 4 => {
            let days = i32::from_be_bytes(d.try_into().ok()?);
            (since_1900 + i64::from(days), i64::from(u32::from_be_bytes([*a, *b, *c, *e])) / 300)
        }
        (b"SMALLDATETIME", &[a, b, c, d]) => {
            (since_1900 + i64::from(u16::from_be_bytes([a, b])), i64::from(u16::from_be_bytes([c, d])) * 60)
        }
        (b"DATETIME2", [n, time @ .., a, b, c]) if (3..=5).contains(&time.len()) => {
            (since_1 + little(&[*a, *b, *c]), clock(*n, time)?)
        }
        (b"DATETIMEOFFSET", [n, time @ .., a, b, c, _, _]) if (3..=5).contains(&time.len()) => {
            (since_1 + little(&[*a, *b, *c]), clock(*n, time)?)
        }
        _ => return None,
    };
    if !(0..DAY).contains(&seconds) {
        return None;
    }
    text(days * DAY + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_there_and_back() {
        for (ms, want) in [
            ("0", "1970-01-01"),
            ("473385600000", "1985-01-01"),
            ("-151632000000", "1965-03-13"),
            ("-151653600000", "1965-03-12T18:00:00Z"),
        ] {
            let date = of_millis(ms.as_bytes()).unwrap();
            assert_eq!(date, want);
            assert_eq!(millis_of(&date).unwrap().to_string(), ms);
        }
        for no in ["", "x", "99999999999999999", "-99999999999999"] {
            assert_eq!(of_millis(no.as_bytes()), None, "{no}");
        }
        assert_eq!(millis_of("IIN_0"), None);
        assert_eq!(millis_of("1985"), None);
    }

    #[test]
    fn dates_in_scripts_of_sql_server() {
        for (digits, kind, want) in [
            ("5B950A00", "DATE", "1900-01-01"),
            ("5B950A", "DATE", "1900-01-01"),
            ("0000000000000000", "DATETIME", "1900-01-01"),
            // before 1900 the days are negative
            ("FFFF2E4600000000", "DATETIME", "1753-01-01"),
            ("0000808A00C5C100", "DATETIME", "1990-02-04T12:00:00Z"),
            ("901A0000", "SMALLDATETIME", "2001-01-01"),
            ("0700000000005B950A", "DATETIME2", "1900-01-01"),
            ("00000000C60F0B", "DATETIME2", "1985-10-21"),
            ("0700000000005B950AB400", "DATETIMEOFFSET", "1900-01-01"),
        ] {
            let got = of_mssql(digits.as_bytes(), kind.as_bytes());
            assert_eq!(got.as_deref(), Some(want), "{digits} {kind}");
        }
        for (digits, kind) in [("5B95", "DATE"), ("5B950A01", "DATE"), ("00", "INT"), ("", "DATETIME")] {
            assert_eq!(of_mssql(digits.as_bytes(), kind.as_bytes()), None, "{digits} {kind}");
        }
    }
}

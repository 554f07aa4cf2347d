//! The Gregorian calendar, before its introduction too (H. Hinnant, "chrono-compatible low-level date algorithms").

/// Days since 1970-01-01 of a year, month (1-12) and day.
pub fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month (1-12) and day of so many days since 1970-01-01.
pub fn day_of(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    // years begin in March
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_there_and_back() {
        for (date, days) in [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((1601, 1, 1), -134_774)] {
            assert_eq!(days_since_1970(date.0, date.1, date.2), days);
            assert_eq!(day_of(days), date);
        }
        for days in (-800_000..800_000).step_by(97) {
            let (y, m, d) = day_of(days);
            assert_eq!(days_since_1970(y, m, d), days);
        }
    }
}

//! Calendar.

/// Days of a month of the Gregorian calendar; 0 for a month that does not exist.
pub(crate) fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Does this day exist, in years in which a person of today's files may be born?
pub(crate) fn exists(year: u32, month: u32, day: u32) -> bool {
    (1800..=2099).contains(&year) && day >= 1 && day <= days_in_month(year, month)
}

//! Times of Windows as mail writes them.

use crate::model::calendar::day_of;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A time in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::format) struct Moment {
    year: i64,
    month: usize,
    day: i64,
    weekday: usize,
    seconds: u64,
}

impl Moment {
    /// From the time of Windows: 100 ns since 1601.
    pub(in crate::format) fn of_windows(filetime: u64) -> Moment {
        // signed: births before 1970 are ordinary
        let seconds = (filetime / 10_000_000).cast_signed() - 11_644_473_600;
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = day_of(days);
        Moment {
            year,
            month: (month - 1).clamp(0, 11) as usize,
            day,
            weekday: (days + 3).rem_euclid(7) as usize,
            seconds: rest.unsigned_abs(),
        }
    }

    fn clock(self) -> String {
        format!("{:02}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)
    }

    /// As RFC 5322 writes it.
    pub(in crate::format) fn of_mail(self) -> String {
        format!("{:02} {} {:04} {} +0000", self.day, MONTHS[self.month], self.year, self.clock())
    }

    /// As the line before a message in a mailbox has it (RFC 4155).
    pub(in crate::format) fn of_mailbox(self) -> String {
        let (weekday, month) = (DAYS[self.weekday % 7], MONTHS[self.month]);
        format!("{weekday} {month} {:2} {} {:04}", self.day, self.clock(), self.year)
    }

    /// The day alone, as people of the country write it.
    pub(in crate::format) fn of_day(self) -> String {
        format!("{:02}.{:02}.{:04}", self.day, self.month + 1, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let at = Moment::of_windows(116_444_736_000_000_000);
        assert_eq!(at.of_mail(), "01 Jan 1970 00:00:00 +0000");
        assert_eq!(at.of_mailbox(), "Thu Jan  1 00:00:00 1970");
        let at = Moment::of_windows(133_170_000_000_000_000);
        assert_eq!(at.of_mail(), "31 Dec 2022 22:40:00 +0000");
        assert_eq!(at.of_mailbox(), "Sat Dec 31 22:40:00 2022");
        assert_eq!(Moment::of_windows(110_000_000_000_000_000).of_day(), "30.07.1949");
        for hostile in [0, u64::MAX, 1 << 63] {
            assert!(!Moment::of_windows(hostile).of_mailbox().is_empty());
        }
    }
}

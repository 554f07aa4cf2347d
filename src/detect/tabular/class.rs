//! What a cell of a table looks like, as far as that alone decides what the finders say of it.

use crate::detect::find::{FILES, read_date};
use crate::detect::names::cell_is_name;

/// The looks of a cell that many cells share. No cell has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Nothing, or blanks.
    Empty,
    /// Digits and nothing else.
    Digits,
    /// A day, perhaps with a time; the number tells its form and whether the day exists.
    Moment(u32),
    /// A number with a fraction; the number tells how many digits stand where.
    Decimal(u32),
    /// An address of mail in small letters.
    Email,
    /// `KZ` and eighteen digits and capitals.
    Iban,
    /// Ten or eleven digits as telephones are written, with signs between them.
    Phone,
    /// Anything else.
    Text,
}

/// The class of a cell. `likely` is that of the cell above it, which is tried first.
pub(super) fn class(cell: &[u8], likely: Class) -> Class {
    let Some(first) = cell.first() else { return Class::Empty };
    if let Some(class) = one(cell, likely) {
        return class;
    }
    let all: &[Class] = match first {
        b'0'..=b'9' => &[Class::Digits, Class::Moment(0), Class::Decimal(0), Class::Email, Class::Phone],
        b'a'..=b'z' => &[Class::Email],
        b'+' | b'(' => &[Class::Phone],
        b'-' => &[Class::Decimal(0)],
        b'K' => &[Class::Iban],
        b' ' => &[Class::Empty],
        _ => &[],
    };
    all.iter().find_map(|like| one(cell, *like)).unwrap_or(Class::Text)
}

/// The class of a cell, if it is one like this.
fn one(cell: &[u8], like: Class) -> Option<Class> {
    match like {
        Class::Digits => all_digits(cell).then_some(Class::Digits),
        Class::Moment(_) => moment(cell).map(Class::Moment),
        Class::Decimal(_) => decimal(cell).map(Class::Decimal),
        Class::Email => email(cell).then_some(Class::Email),
        Class::Iban => iban(cell).then_some(Class::Iban),
        Class::Phone => phone(cell).then_some(Class::Phone),
        Class::Empty => cell.iter().all(|b| *b == b' ').then_some(Class::Empty),
        Class::Text => None,
    }
}

fn all_digits(cell: &[u8]) -> bool {
    // a digit has 3 in its upper half, and stays there when 6 is added to it
    let digits = |eight: &[u8; 8]| {
        let (word, six) = (u64::from_le_bytes(*eight), 0x0606_0606_0606_0606);
        (word & 0xF0F0_F0F0_F0F0_F0F0) | ((word.wrapping_add(six) & 0xF0F0_F0F0_F0F0_F0F0) >> 4)
            == 0x3333_3333_3333_3333
    };
    // the last eight may be looked at twice
    match cell.last_chunk::<8>() {
        Some(last) => digits(last) && cell.as_chunks::<8>().0.iter().all(digits),
        None => cell.iter().all(u8::is_ascii_digit),
    }
}

fn iban(cell: &[u8]) -> bool {
    cell.len() == 20
        && cell.starts_with(b"KZ")
        && cell[2..7].iter().all(u8::is_ascii_digit)
        && cell[7..].iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// `+7 (701) 123-45-67`, `8 701 123 45 67`, `+77011234567`.
fn phone(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    (10..=11).contains(&digits)
        && (digits + 1..=digits + 8).contains(&cell.len())
        && cell.last().is_some_and(u8::is_ascii_digit)
        && cell.iter().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'(' | b')' | b'+'))
}

/// One to eight digits, a sign, one to three digits.
fn decimal(cell: &[u8]) -> Option<u32> {
    let minus = usize::from(cell.first() == Some(&b'-'));
    let whole = digits(&cell[minus..]);
    let sign = *cell.get(minus + whole)?;
    let rest = &cell[minus + whole + 1..];
    let fraction = digits(rest);
    let fits = (1..=8).contains(&whole) && (1..=3).contains(&fraction) && fraction == rest.len();
    (fits && matches!(sign, b'.' | b',')).then(|| {
        (minus as u32) << 16 | (whole as u32) << 8 | (fraction as u32) << 4 | u32::from(sign == b'.')
    })
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn number(text: &[u8]) -> u32 {
    text.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

/// `1990-05-12`, `12.05.1990`, `12/05/1990 10:22:33`, `1990-05-12T10:22:33.617Z`.
fn moment(cell: &[u8]) -> Option<u32> {
    let day = cell.get(..10)?;
    let year_first = match digits(day) {
        4 => true,
        2 => false,
        _ => return None,
    };
    let (a, b) = if year_first { (4, 7) } else { (2, 5) };
    let sign = day[a];
    // a seven or an eight may begin a telephone
    if !matches!(sign, b'-' | b'.' | b'/') || day[b] != sign || matches!(day[0], b'7' | b'8') {
        return None;
    }
    let numbers = [&day[..a], &day[a + 1..b], &day[b + 1..]];
    if !numbers.iter().all(|n| n.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let lengths = if year_first { (4, 2, 2) } else { (2, 2, 4) };
    let exists = read_date(lengths, (number(numbers[0]), number(numbers[1]), number(numbers[2]))).is_some();
    let time = time(&cell[10..])?;
    Some(u32::from(sign) << 16 | time << 8 | u32::from(year_first) << 1 | u32::from(exists))
}

/// What stands behind the day: nothing, or hours, minutes, seconds and up to three digits of their parts.
fn time(rest: &[u8]) -> Option<u32> {
    let (joint, rest) = match rest.split_first() {
        None => return Some(0),
        Some((b, rest)) if matches!(b, b' ' | b'T') => (*b, rest),
        Some(_) => return None,
    };
    let (zone, rest) = match rest.strip_suffix(b"Z") {
        Some(rest) => (1, rest),
        None => (0, rest),
    };
    let two = |at: usize| rest.get(at..at + 2).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    let parts = match rest.len() {
        5 => 0,
        8 => 1,
        10..=12 => rest.len() as u32 - 8,
        _ => return None,
    };
    let seconds = rest.len() == 5 || rest[5] == b':' && two(6);
    let fraction = rest.len() <= 8 || rest[8] == b'.' && rest[9..].iter().all(u8::is_ascii_digit);
    (two(0) && rest[2] == b':' && two(3) && seconds && fraction)
        .then(|| 1 + parts * 4 + zone * 2 + u32::from(joint == b'T'))
}

/// An address of mail that nothing else could be found in: no long numbers, no capitals.
fn email(cell: &[u8]) -> bool {
    let (mut at, mut dot, mut run) = (None, 0, 0);
    // the sign before a byte, and the one before that
    let (mut last, mut before) = (b'.', b' ');
    for (k, &b) in cell.iter().enumerate() {
        match b {
            b'a'..=b'z' => run = 0,
            b'0'..=b'9' => {
                run += 1;
                let joined = !last.is_ascii_alphanumeric() && before.is_ascii_digit();
                if run > 4 || joined || last == b'z' {
                    return false;
                }
            }
            b'.' | b'-' if last != b'.' => {
                if b == b'.' {
                    dot = k;
                }
                run = 0;
            }
            b'_' if at.is_none() => run = 0,
            b'@' if at.is_none() && last.is_ascii_alphanumeric() => {
                (at, run) = (Some(k), 0);
            }
            _ => return false,
        }
        (before, last) = (last, b);
    }
    let Some(at) = at else { return false };
    let zone = cell.get(dot + 1..).unwrap_or_default();
    let word = |at: usize| cell.get(at).is_some_and(u8::is_ascii_alphanumeric);
    at <= 64
        && word(0)
        && word(at + 1)
        && dot > at + 1
        && word(dot - 1)
        && (2..=24).contains(&zone.len())
        && zone.iter().all(u8::is_ascii_lowercase)
        && !FILES.iter().any(|f| f.len() == zone.len() && *f == zone)
}

/// True where a cell of a column of addresses holds letters, a few digits and nothing else: no long row of digits, no
/// mail, no link, nothing that programs write.
pub(super) fn plain_address(cell: &[u8]) -> bool {
    if cell.len() > 400 || matches!(cell.first(), None | Some(b'Q')) {
        return false;
    }
    let (mut row, mut word, mut any, mut letters) = (0, 0, false, false);
    for (k, &b) in cell.iter().enumerate() {
        match b {
            // Cyrillic letters and the second bytes of all
            0x80..=0xBF | 0xD0..=0xD4 => (row, word, letters) = (0, 0, true),
            b'0'..=b'9' => (row, word, any) = (row + 1, word + 1, true),
            b'A'..=b'Z' | b'a'..=b'z' => (row, word, letters) = (0, word + 1, true),
            b' ' | b'.' | b'/' => word = 0,
            b'-' => word += 1,
            b',' | b';' => (row, word) = (0, 0),
            // №
            0xE2 if cell.get(k + 1) == Some(&0x84) => {}
            _ => return false,
        }
        if row > 8 || word > 15 {
            return false;
        }
    }
    letters && any
}

/// Is a cell of a column of names a name that fills it?
pub(super) fn name(cell: &[u8]) -> bool {
    let (Some(first), Some(last)) = (cell.first(), cell.last()) else { return false };
    let quoted = |b: &u8| matches!(b, b'"' | b'\'' | b'=');
    !quoted(first) && !quoted(last) && std::str::from_utf8(cell).is_ok_and(cell_is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (cell, want) in [
            ("", Class::Empty),
            ("  ", Class::Empty),
            ("991231500016", Class::Digits),
            ("KZ86125KZT5004100100", Class::Iban),
            ("kz86125kzt5004100100", Class::Text),
            ("a.b1@mail.kz", Class::Email),
            ("A.b1@mail.kz", Class::Text),
            ("87011234567@mail.kz", Class::Text),
            ("a@b.txt", Class::Text),
            ("a..b@mail.kz", Class::Text),
            ("12345678901.5", Class::Text),
            ("7701 123 45 67", Class::Phone),
            ("+7 (701) 123-45-67", Class::Phone),
            ("+7 (701) 123-45-6", Class::Phone),
            ("+7 (701) 123-45", Class::Text),
            ("82.05.1990", Class::Text),
            ("1990-05-12x", Class::Text),
            ("1990-05-12 10:22:33.617999", Class::Text),
            ("г. Алматы", Class::Text),
        ] {
            for likely in
                [Class::Text, Class::Digits, Class::Email, Class::Phone, Class::Decimal(0), Class::Moment(0)]
            {
                assert_eq!(class(cell.as_bytes(), likely), want, "{cell}");
            }
        }
        assert!(matches!(class(b"-12.5", Class::Empty), Class::Decimal(_)));
        let moments =
            ["1990-05-12", "12.05.1990", "1990-05-12T10:22:33.617Z", "12/05/1990 10:22", "1990-13-12"];
        for (k, a) in moments.iter().enumerate() {
            let Class::Moment(form) = class(a.as_bytes(), Class::Text) else { panic!("{a}") };
            for b in &moments[k + 1..] {
                assert_ne!(class(b.as_bytes(), Class::Moment(0)), Class::Moment(form), "{a} {b}");
            }
        }
    }

    #[test]
    fn addresses_with_nothing_else() {
        assert!(plain_address("050000, г. Алматы, ул. Абая, 5, кв. 12".as_bytes()));
        assert!(!plain_address("г. Алматы, тел. 8 701 123 45 67".as_bytes()));
        assert!(!plain_address("ул. Абая 5 991231500016".as_bytes()));
        assert!(!plain_address(b"abay 5 a@b.kz"));
    }
}

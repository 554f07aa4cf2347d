//! What a cell of a table looks like, as far as that alone decides what the finders say of it.

use crate::detect::find::{is_file, read_date};
use crate::detect::names::{cell_is_name, name_fills};
use crate::model::replacement;

use super::signs::{Signs, bits};

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
    /// What stands in place of a value.
    Token,
    /// Anything else.
    Text,
}

/// The class of a cell. `likely` is the class of the cell above it, which is tried first.
#[inline]
pub(super) fn class(cell: Cell<'_>, likely: Class) -> Class {
    one(cell, likely).unwrap_or_else(|| any(cell))
}

/// The class of a cell that is not like the one above it.
#[inline(never)]
fn any(cell: Cell<'_>) -> Class {
    let Some(first) = cell.text.first() else { return Class::Empty };
    let all: &[Class] = match first {
        b'0'..=b'9' => &[Class::Digits, Class::Moment(0), Class::Decimal(0), Class::Email, Class::Phone],
        b'a'..=b'z' => &[Class::Email],
        b'+' | b'(' => &[Class::Phone],
        b'-' => &[Class::Decimal(0)],
        b'K' => &[Class::Iban, Class::Token],
        b'A'..=b'Z' => &[Class::Token],
        b' ' => &[Class::Empty],
        _ => &[],
    };
    all.iter().find_map(|like| one(cell, *like)).unwrap_or(Class::Text)
}

/// The class of a cell, if it is one like this.
#[inline(always)]
fn one(whole: Cell<'_>, like: Class) -> Option<Class> {
    // which of the first 64 bytes are no digits
    let (cell, others) = (whole.text, || whole.others());
    if cell.is_empty() {
        return None;
    }
    match like {
        Class::Digits => (cell.len() <= 64 && others() == 0).then_some(Class::Digits),
        Class::Moment(_) => moment(cell, others()).map(Class::Moment),
        Class::Decimal(_) => decimal(cell, others()).map(Class::Decimal),
        Class::Email => email(whole).then_some(Class::Email),
        Class::Iban => iban(cell, others()).then_some(Class::Iban),
        Class::Phone => phone(cell, others()).then_some(Class::Phone),
        Class::Empty => cell.iter().all(|b| *b == b' ').then_some(Class::Empty),
        Class::Token => {
            let token = cell[0].is_ascii_uppercase()
                && (replacement::is_token(cell) || replacement::is_compact(cell));
            token.then_some(Class::Token)
        }
        Class::Text => None,
    }
}

fn iban(cell: &[u8], others: u64) -> bool {
    cell.len() == 20
        && cell.starts_with(b"KZ")
        && others & 0b111_1100 == 0
        && bits(others >> 7).all(|k| cell[7 + k].is_ascii_uppercase())
}

/// `+7 (701) 123-45-67`, `8 701 123 45 67`, `+77011234567`.
fn phone(cell: &[u8], others: u64) -> bool {
    let (n, signs) = (cell.len(), others.count_ones() as usize);
    (11..=19).contains(&n)
        && others >> (n - 1) & 1 == 0
        && (1..=8).contains(&signs)
        && (10..=11).contains(&(n - signs))
        && bits(others).all(|k| matches!(cell[k], b' ' | b'-' | b'(' | b')' | b'+'))
}

/// One to eight digits, a sign, one to three digits.
fn decimal(cell: &[u8], others: u64) -> Option<u32> {
    let minus = usize::from(cell.first() == Some(&b'-'));
    let point = others & !(minus as u64);
    let at = point.trailing_zeros() as usize;
    let sign = *cell.get(at)?;
    let (whole, fraction) = (at - minus, cell.len() - at - 1);
    let fits = point.is_power_of_two() && (1..=8).contains(&whole) && (1..=3).contains(&fraction);
    (fits && matches!(sign, b'.' | b',')).then(|| {
        (minus as u32) << 16 | (whole as u32) << 8 | (fraction as u32) << 4 | u32::from(sign == b'.')
    })
}

fn number(text: &[u8]) -> u32 {
    text.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

/// `1990-05-12`, `12.05.1990`, `12/05/1990 10:22:33`, `1990-05-12T10:22:33.617Z`.
fn moment(cell: &[u8], others: u64) -> Option<u32> {
    let day = cell.get(..10)?;
    let (year_first, a, b) = match others & 0x3FF {
        0b00_1001_0000 => (true, 4, 7),
        0b00_0010_0100 => (false, 2, 5),
        _ => return None,
    };
    let sign = day[a];
    // a seven or an eight may begin a telephone
    if !matches!(sign, b'-' | b'.' | b'/') || day[b] != sign || matches!(day[0], b'7' | b'8') {
        return None;
    }
    let numbers = [&day[..a], &day[a + 1..b], &day[b + 1..]];
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
fn email(cell: Cell<'_>) -> bool {
    let Some(dot) = cell.signs.mail(cell.block, cell.start, cell.end) else { return false };
    let zone = &cell.text[dot + 1..];
    (2..=24).contains(&zone.len()) && !is_file(zone)
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
    !quoted(first)
        && !quoted(last)
        && std::str::from_utf8(cell).is_ok_and(|c| cell_is_name(c) && name_fills(c))
}

/// A cell and the masks of the block that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The text of the block.
    pub(super) block: &'a [u8],
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) signs: &'a Signs,
}

impl Cell<'_> {
    /// A name that fills the cell. Shorter ones may be what people write where there is none.
    pub(super) fn is_name(&self) -> bool {
        let long = (25..=80).contains(&self.text.len()) && self.text[0] >= 0x80;
        long && self.signs.words(self.start, self.end) && std::str::from_utf8(self.text).is_ok()
            || name(self.text)
    }

    /// Which of the first 64 bytes are no digits.
    #[inline]
    pub(super) fn others(&self) -> u64 {
        self.signs.others(self.start, self.end)
    }

    pub(super) fn is_address(&self) -> bool {
        match self.signs.few_digits(self.start, self.end) {
            Some(few) if !few.latin => few.digits > 0 && few.letters,
            _ => plain_address(self.text),
        }
    }

    /// Words and at most so many digits.
    #[inline]
    pub(super) fn has_few_digits(&self, most: u32) -> bool {
        self.signs.few_digits(self.start, self.end).is_some_and(|few| few.digits <= most)
            && self.text[0] != b'Q'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(cell: &[u8], ask: impl Fn(Cell<'_>) -> T) -> T {
        let block = [b"07.z@", cell, b"9.kz"].concat();
        let mut signs = Signs::default();
        signs.read(crate::model::Level::best(), &block);
        let (start, end) = (5, 5 + cell.len());
        ask(Cell { block: &block, text: &block[start..end], start, end, signs: &signs })
    }

    fn class(cell: &[u8], likely: Class) -> Class {
        with(cell, |cell| super::class(cell, likely))
    }

    /// What an address of mail is, sign by sign.
    fn slow_email(cell: &[u8]) -> bool {
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
            && !is_file(zone)
    }

    proptest::proptest! {
        #[test]
        fn addresses_of_mail_by_masks(cell in "[a-z0-9]{0,6}[._@-]{0,2}[az0-9_]{0,5}[.-]?[a-z1]{0,5}@?[a-c.]{0,9}[.-]?(kz|com|txt|k|[a-z]{1,26})?[ -~]{0,1}") {
            let cell = cell.as_bytes();
            let email = with(cell, super::email);
            proptest::prop_assert_eq!(email, cell.len() <= 64 && slow_email(cell));
        }
    }

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

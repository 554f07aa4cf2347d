//! What a piece of a record may be by its form: a day, a sex, the number of a document, a plate. The form alone proves
//! nothing; the company that it stands in does.

use crate::detect::beside::mobile;
use crate::detect::find::{day_parts, read_date};
use crate::detect::fold::{Folded, code_letter, folded, is_letter};
use crate::detect::proof::{document, filler, taxid};
use crate::detect::unnamed::day;

/// The form of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A day: the six digits that the number of somebody begins with who was born then. `export`: written as lists of
    /// passengers and exchange files do (`14MAR82`, `19820314000000`).
    Day { six: [u8; 6], export: bool },
    /// `1987 г.р.`, `1987 ж.т.`
    Born,
    /// `1987`
    Year,
    /// `мужской`, `әйел`, or one letter.
    Sex { letter: bool },
    /// `123 ABC 02`, and less sure `A 123 BCD`, `M 1234 B`. `sure`: of the first kind.
    Plate { sure: bool },
    /// Two letters and six digits, as driving licences have.
    Licence,
    /// Two letters and eight digits, as certificates of vehicles have.
    Vehicle,
    /// `N12345678`; `told`: a sign of its kind stands before it (`P/…`).
    Passport { told: bool },
    /// One or two letters and seven or eight digits.
    Foreign,
    /// Nine digits that begin with 0.
    IdCard { told: bool },
    /// Ten digits behind the sign of passports.
    RuPassport,
    /// Two Cyrillic letters and seven digits.
    Military,
    /// `32-04-17`, `4-61-90`, ten digits with the code of an operator.
    Phone,
    /// A number of a neighbouring country, without its sign.
    Abroad,
    /// `09-142-118-045`, with the region first.
    Land,
    /// A latitude or longitude of the country to ten metres.
    Degrees { latitude: bool },
    /// Six digits of a post office.
    Postcode,
    /// An old taxpayer number that proves true.
    Rnn,
    /// Three letters of a state (ISO 3166) in capitals.
    State,
    /// `27 лет`, `33 жаста`, `6 y.o.`
    Age,
    /// `мусульманин`, `православная`
    Faith,
}

/// States whose people are met here, by their three letters.
const STATES: &[&[u8]] = &[
    b"KAZ", b"RUS", b"UZB", b"KGZ", b"TJK", b"TKM", b"AZE", b"ARM", b"GEO", b"UKR", b"BLR", b"MDA", b"CHN",
    b"MNG", b"KOR", b"TUR", b"DEU", b"USA", b"GBR", b"IND", b"PAK", b"IRN", b"ISR", b"FRA", b"ITA", b"POL",
    b"JPN", b"VNM", b"ESP", b"NLD", b"ARE", b"AFG", b"LTU", b"LVA", b"EST", b"CZE", b"CAN", b"AUS", b"EGY",
    b"PRK", b"SRB", b"BGR",
];

/// Months as exchanges write them.
const MONTHS: [&[u8]; 12] =
    [b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC"];

/// Months in Roman figures.
const ROMAN: [&[u8]; 12] =
    [b"I", b"II", b"III", b"IV", b"V", b"VI", b"VII", b"VIII", b"IX", b"X", b"XI", b"XII"];

/// The form of a whole piece, where it has one.
pub(super) fn form(piece: &[u8]) -> Option<Form> {
    if piece.is_empty() || piece.len() > 40 {
        return None;
    }
    let digits = piece.iter().filter(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        return sex(piece)
            .or_else(|| faith(piece))
            .or_else(|| STATES.contains(&piece).then_some(Form::State));
    }
    if digits == piece.len() {
        return of_digits(piece);
    }
    degrees(piece)
        .or_else(|| written_day(piece))
        .or_else(|| born(piece))
        .or_else(|| age(piece))
        .or_else(|| told_document(piece))
        .or_else(|| land(piece))
        .or_else(|| town_phone(piece))
        .or_else(|| coded(piece))
}

/// A cadastral number: two, three, three and up to six digits, and what may follow of a building.
fn land(piece: &[u8]) -> Option<Form> {
    let sign = *piece.get(2).filter(|b| matches!(b, b'-' | b':'))?;
    let mut parts = piece.split(|b| *b == sign);
    let digits = |p: &[u8]| p.iter().all(u8::is_ascii_digit);
    let mut next =
        |n: std::ops::RangeInclusive<usize>| parts.next().filter(|p| digits(p) && n.contains(&p.len()));
    let (region, _, _, last) = (next(2..=2)?, next(3..=3)?, next(3..=3)?, next(1..=6)?);
    let building = |p: &[u8]| p.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'/') && p.len() <= 7;
    ((b"01".as_slice()..=b"25").contains(&region) && !filler(last) && parts.all(building))
        .then_some(Form::Land)
}

fn of_digits(piece: &[u8]) -> Option<Form> {
    if filler(piece) {
        return None;
    }
    let abroad = |codes: &[&[u8]]| codes.iter().any(|c| piece.starts_with(c));
    match piece.len() {
        4 => {
            matches!(piece, [b'1', b'9', b'3'..=b'9', _] | [b'2', b'0', b'0' | b'1', _]).then_some(Form::Year)
        }
        6 => document::postcode(piece).map(|_| Form::Postcode),
        8 => day(piece).map(|(y, m, d)| Form::Day { six: six(y, m, d), export: true }),
        9 => (piece[0] == b'0' && piece[1] != b'0').then_some(Form::IdCard { told: false }),
        10 if mobile(piece).is_some() => Some(Form::Phone),
        11 if abroad(&[b"374", b"993", b"79", b"89"]) => Some(Form::Abroad),
        12 if abroad(&[b"998", b"996", b"992", b"994", b"995", b"375", b"380"]) => Some(Form::Abroad),
        12 => taxid::rnn(piece).filter(|p| p.proven).map(|_| Form::Rnn),
        14 if piece.ends_with(b"000000") => {
            day(&piece[..8]).map(|(y, m, d)| Form::Day { six: six(y, m, d), export: true })
        }
        _ => None,
    }
}

/// The six digits of a day that an IIN begins with.
pub(in crate::detect) fn six(year: u32, month: u32, day: u32) -> [u8; 6] {
    let two = |n: u32| [b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
    let ([a, b], [c, d], [e, f]) = (two(year), two(month), two(day));
    [a, b, c, d, e, f]
}

/// `14MAR82`, `03-MAY-74`, `17.IV.1984`, `12.03.1987`, `1987-03-12 00:00:00`, `19880713000000Z`, `29 МАЯ 2009`.
fn written_day(piece: &[u8]) -> Option<Form> {
    let number = |d: &[u8]| {
        let fits = !d.is_empty() && d.len() <= 4 && d.iter().all(u8::is_ascii_digit);
        fits.then(|| d.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    let of = |(y, m, d): (u32, u32, u32), export| Form::Day { six: six(y, m, d), export };
    if let Some(d) = day(piece) {
        return Some(of(d, false));
    }
    if let [stamp @ .., b'Z'] = piece
        && stamp.len() == 14
        && stamp.ends_with(b"000000")
    {
        return day(&stamp[..8]).map(|d| of(d, true));
    }
    let head = piece.iter().take_while(|b| b.is_ascii_digit()).count();
    let tail = piece.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if (1..=2).contains(&head) && matches!(tail, 2 | 4) && head + tail < piece.len() && piece.is_ascii() {
        let middle = &piece[head..piece.len() - tail];
        let bare = middle.strip_prefix(b"-").or(middle.strip_prefix(b".")).unwrap_or(middle);
        let bare = bare.strip_suffix(b"-").or(bare.strip_suffix(b".")).unwrap_or(bare);
        let upper = bare.to_ascii_uppercase();
        let named = MONTHS.iter().position(|m| upper == *m);
        let roman = ROMAN.iter().position(|m| bare == *m && middle.len() == bare.len() + 2);
        let month = named.or(roman)? as u32 + 1;
        let (d, y) = (number(&piece[..head])?, number(&piece[piece.len() - tail..])?);
        return read_date((2, 2, tail as u8), (d, month, y)).map(|d| of(d, named.is_some()));
    }
    if !piece.is_ascii() || piece.contains(&b' ') {
        let mut f = Folded::default();
        f.push(piece, 0);
        let (end, y, m, d) = day_parts(&f.text, 0)?;
        return (end == f.text.len()).then(|| of((y, m, d), false));
    }
    None
}

/// `1987 г.р.`, `1960 г. рожд.`, `1982 ж.т.`
fn born(piece: &[u8]) -> Option<Form> {
    let year = piece.get(..4)?;
    if !matches!(of_digits(year), Some(Form::Year)) {
        return None;
    }
    let mut f = Folded::default();
    f.push(&piece[4..], 0);
    let letters: Vec<u8> = f.text.into_iter().filter(|b| !matches!(b, b' ' | b'.' | b'/' | b'-')).collect();
    folded!["гр", "жт", "грожд", "грождения", "годрожд", "годарождения", "жылытуган", "жылгы"]
        .any(|w| letters == *w)
        .then_some(Form::Born)
}

/// `27 лет`, `33 жаста`, `6 y.o.`, `45 years old`
fn age(piece: &[u8]) -> Option<Form> {
    let digits = piece.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let years = piece[..digits].iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
    if !(1..=2).contains(&digits) || !(5..=99).contains(&years) {
        return None;
    }
    let mut f = Folded::default();
    f.push(&piece[digits..], 0);
    let word = f.text.trim_ascii();
    folded!["лет", "жас", "жаста", "y.o.", "y.o", "years old", "yo"].any(|w| word == w).then_some(Form::Age)
}

/// `мусульманка`, `православный`, `буддист`: whom somebody prays to.
fn faith(piece: &[u8]) -> Option<Form> {
    let mut f = Folded::default();
    f.push(piece, 0);
    folded![
        "мусульманин",
        "мусульманка",
        "православный",
        "православная",
        "католик",
        "католичка",
        "баптист",
        "баптистка",
        "иудей",
        "иудейка",
        "буддист",
        "буддистка",
        "мусылман",
        "атеист",
        "атеистка",
        "протестант",
        "протестантка",
        "старообрядец",
        "свидетель иеговы",
        "исповедует ислам",
        "исповедует православие",
        "христианин",
        "христианка",
        "muslim",
        "orthodox christian",
    ]
    .any(|w| f.text == *w)
    .then_some(Form::Faith)
}

fn sex(piece: &[u8]) -> Option<Form> {
    if piece.len() > 18 {
        return None;
    }
    let mut f = Folded::default();
    f.push(piece, 0);
    let word = f.text.strip_suffix(b".").unwrap_or(&f.text);
    if folded!["м", "ж", "m", "f"].any(|w| word == w) {
        return Some(Form::Sex { letter: true });
    }
    folded![
        "мужской",
        "женский",
        "мужчина",
        "женщина",
        "ер",
        "аиел",
        "еркек",
        "ер адам",
        "аиел адам",
        "male",
        "female"
    ]
    .any(|w| word == w)
    .then_some(Form::Sex { letter: false })
}

/// `P/N11804473`, `I/047118203`, `PS/5015804417`: a sign of what it is stands before the number.
fn told_document(piece: &[u8]) -> Option<Form> {
    let at = piece.iter().position(|b| *b == b'/').filter(|n| (1..=3).contains(n))?;
    let (sign, number) = (&piece[..at], &piece[at + 1..]);
    if !number.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let digits = number.iter().filter(|b| b.is_ascii_digit()).count();
    match sign {
        b"P" | b"PP" | b"PS" | b"PSP" if number.len() == 10 && digits == 10 => Some(Form::RuPassport),
        b"P" | b"PP" | b"PS" | b"PSP" if (6..=10).contains(&number.len()) && digits >= 5 => {
            Some(Form::Passport { told: true })
        }
        b"I" | b"ID" | b"IC" | b"AC" if number.len() == 9 && digits == 9 => Some(Form::IdCard { told: true }),
        _ => None,
    }
}

/// Could a piece behind the name of a state be the number of its passport?
pub(in crate::detect) fn of_state(piece: &[u8]) -> bool {
    let digits = piece.iter().filter(|b| b.is_ascii_digit()).count();
    (6..=10).contains(&piece.len())
        && digits >= 5
        && piece.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !filler(piece)
        && day(piece).is_none()
}

/// Where the number begins that a sign of its kind stands before.
pub(super) fn behind_sign(piece: &[u8]) -> usize {
    piece.iter().position(|b| *b == b'/').map_or(0, |n| n + 1)
}

/// `32-04-17`, `4-61-90`; a day in such groups is none.
fn town_phone(piece: &[u8]) -> Option<Form> {
    let number = |d: &[u8]| d.iter().fold(0u32, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')));
    let parts: Vec<&[u8]> = piece.split(|b| *b == b'-').collect();
    let [a, b, c] = parts[..] else { return None };
    let digits = parts.iter().all(|p| p.iter().all(u8::is_ascii_digit));
    let fits = digits && matches!(a.len(), 1 | 2) && b.len() == 2 && c.len() == 2 && a[0] != b'0';
    let date =
        |d: &[u8], m: &[u8], y: &[u8]| read_date((2, 2, 2), (number(d), number(m), number(y))).is_some();
    // "5-12-40" is a telephone where it is no day
    (fits && !date(a, b, c) && !filler(piece)).then_some(Form::Phone)
}

/// `51.128207`
fn degrees(piece: &[u8]) -> Option<Form> {
    let dot = piece.iter().position(|b| *b == b'.').filter(|n| *n == 2)?;
    let decimals = &piece[dot + 1..];
    if !(4..=9).contains(&decimals.len()) || !decimals.iter().all(u8::is_ascii_digit) || filler(decimals) {
        return None;
    }
    match &piece[..2] {
        [b'4', b'0'..=b'9'] | [b'5', b'0'..=b'5'] => Some(Form::Degrees { latitude: true }),
        [b'5', b'6'..=b'9'] | [b'6' | b'7', b'0'..=b'9'] | [b'8', b'0'..=b'7'] => {
            Some(Form::Degrees { latitude: false })
        }
        _ => None,
    }
}

/// Can these degrees be a longitude of the country? Those from 46 to 55 may be either.
pub(super) fn longitude(piece: &[u8]) -> bool {
    matches!(piece, [b'4', b'6'..=b'9', ..] | [b'5'..=b'7', ..] | [b'8', b'0'..=b'7', ..])
}

/// Letters and digits of documents and plates, with blanks and the sign of a number between them.
fn coded(piece: &[u8]) -> Option<Form> {
    let text = std::str::from_utf8(piece).ok()?;
    let mut code: Vec<u8> = Vec::with_capacity(12);
    let mut cyrillic = 0;
    for c in text.chars() {
        match c {
            ' ' | '№' | '\u{a0}' => continue,
            c if c.is_ascii_digit() => code.push(c as u8),
            c if c.is_uppercase() => {
                cyrillic += usize::from(!c.is_ascii());
                // a letter that has no Latin look counts as one of documents
                code.push(code_letter(c).unwrap_or(b'?'));
            }
            _ => return None,
        }
        if code.len() > 12 {
            return None;
        }
    }
    let letters = code.iter().take_while(|b| !b.is_ascii_digit()).count();
    let rest = &code[letters..];
    let plain = rest.iter().all(u8::is_ascii_digit);
    let blanks = text.chars().filter(|c| *c == ' ').count();
    if plain && filler(rest) {
        return None;
    }
    if plain && !text.contains("/") && blanks <= 2 {
        return match (letters, rest.len()) {
            (1, 8) if code[0] == b'N' => Some(Form::Passport { told: false }),
            (2, 6) => Some(Form::Licence),
            (2, 8) => Some(Form::Vehicle),
            (2, 7) if cyrillic == 2 => Some(Form::Military),
            (1, 7..=8) | (2, 7) if cyrillic == 0 => Some(Form::Foreign),
            _ => None,
        };
    }
    // M 8817 Z
    if let [a, one, two, three, four, b] = code[..]
        && a.is_ascii_uppercase()
        && b.is_ascii_uppercase()
        && [one, two, three, four].iter().all(u8::is_ascii_digit)
    {
        return Some(Form::Plate { sure: false });
    }
    if code.contains(&b'?') || blanks > 2 {
        return None;
    }
    let two = code.iter().take_while(|b| b.is_ascii_digit()).count() == 2;
    document::plate(&code).filter(|_| !two).map(|p| Form::Plate { sure: p.proven })
}

/// Is a word of a piece before a name one for a member of the family?
pub(super) fn letters_only(piece: &[u8]) -> bool {
    let mut f = Folded::default();
    f.push(piece, 0);
    f.text.iter().all(|b| is_letter(*b) || matches!(b, b' ' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_pieces() {
        let of = |t: &str| form(t.as_bytes());
        let day = |t: &str| match of(t) {
            Some(Form::Day { six, export }) => (String::from_utf8(six.to_vec()).unwrap_or_default(), export),
            _ => Default::default(),
        };
        assert_eq!(six(1984, 3, 7), *b"840307");
        assert_eq!(day("21FEB79"), ("790221".into(), true));
        assert_eq!(day("03-MAY-74"), ("740503".into(), true));
        assert_eq!(day("17.IV.1984"), ("840417".into(), false));
        assert_eq!(day("19880713000000Z"), ("880713".into(), true));
        assert_eq!(day("19 МАЯ 2009"), ("090519".into(), false));
        assert_eq!(of("1961 г.р."), Some(Form::Born));
        assert_eq!(of("1982 ж.т."), Some(Form::Born));
        assert_eq!(of("1961"), Some(Form::Year));
        assert_eq!(of("әйел"), Some(Form::Sex { letter: false }));
        assert_eq!(of("F"), Some(Form::Sex { letter: true }));
        assert_eq!(of("512 KLM 05"), Some(Form::Plate { sure: true }));
        assert_eq!(of("B 117 DMX"), Some(Form::Plate { sure: false }));
        assert_eq!(of("M 8817 Z"), Some(Form::Plate { sure: false }));
        assert_eq!(of("BT 044178"), Some(Form::Licence));
        assert_eq!(of("ВХ 01188204"), Some(Form::Vehicle));
        assert_eq!(of("P/N11804473"), Some(Form::Passport { told: true }));
        assert_eq!(of("PS/5015804417"), Some(Form::RuPassport));
        assert_eq!(of("33-07-41"), Some(Form::Phone));
        assert_eq!(of("45.017704"), Some(Form::Degrees { latitude: true }));
        assert_eq!(of("27 лет"), Some(Form::Age));
        assert_eq!(of("UZB"), Some(Form::State));
        for nothing in ["12.5", "ABC", "0x1F2A", "стажер", "A-04-17-2", "СК-01", "11111111"] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
    }
}

//! What the pieces of text beside a name may be: a day, an age, a telephone, a passport, a member of the family.

use crate::detect::context::char_start;
use crate::detect::fold::{Folded, fold, folded, is_letter, is_word};

/// A piece of the text behind a name, in folded form: its bounds there.
pub(super) struct Piece {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Is this a word for a member of a family?
pub(in crate::detect) fn relative(word: &[u8]) -> bool {
    folded![
        "сын",
        "сына",
        "сыну",
        "сыном",
        "дочь",
        "дочери",
        "дочка",
        "дочку",
        "дочерью",
        "ребенок",
        "ребенка",
        "ребенку",
        "дети",
        "детей",
        "жена",
        "жены",
        "жене",
        "женой",
        "муж",
        "мужа",
        "супруг",
        "супруга",
        "супруги",
        "мать",
        "матери",
        "отец",
        "отца",
        "брат",
        "сестра",
        "внук",
        "внучка",
        "внука",
        "внучку",
        "иждивенец",
        "баласы",
        "балам",
        "балалары",
        "кызы",
        "кызым",
        "улы",
        "улым",
        "айели",
        "жубайы",
        "куйеуи",
        "анасы",
        "акеси",
        "шешеси",
        "немереси",
        "келини",
        "синлиси",
        "son",
        "daughter",
        "wife",
        "husband",
        "spouse",
        "child"
    ]
    .any(|k| k == word)
}

/// Does a word for a member of the family stand before a name on its line, or between it and what follows?
pub(super) fn kin(text: &[u8], lo: usize, start: usize, behind: &[u8]) -> bool {
    let floor = char_start(text, start.saturating_sub(48).max(lo), start);
    let line = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |n| floor + n + 1);
    let mut f = Folded::default();
    f.push(&text[line..start], line as u32);
    // the next number or sentence begins something else
    let near = f.text.iter().rposition(|b| matches!(b, b';' | b'0'..=b'9')).map_or(0, |n| n + 1);
    let said = |t: &[u8]| t.split(|b| !is_word(*b)).any(relative);
    let column = behind.starts_with(b"  ") && {
        let word = behind.iter().position(|b| is_word(*b)).unwrap_or(0);
        let end = behind[word..].iter().position(|b| !is_word(*b)).map_or(behind.len(), |n| word + n);
        relative(&behind[word..end])
    };
    said(&f.text[near..]) || column
}

/// The bounds of a day that a piece is, with a letter or word for "born" before or "year" behind it at most.
pub(super) fn born(t: &[u8]) -> Option<(usize, usize)> {
    let word = t.iter().take_while(|b| is_letter(**b)).count();
    let lead = match &t[..word] {
        [] => 0,
        w if folded!["р", "род", "рожд", "b", "born", "г р"].any(|l| l == w) => word,
        _ => return None,
    };
    let from = lead + t[lead..].iter().take_while(|b| matches!(b, b'.' | b' ')).count();
    let (end, _) = written_day(t, from)?;
    let rest = t[end..].iter().filter(|b| is_letter(**b)).count();
    let digits = t[end..].iter().any(u8::is_ascii_digit);
    (rest <= 5 && !digits && end - from >= 6).then_some((from, end))
}

/// `n12345678`, `fa 1234567`: a piece that is the number of a passport and nothing more.
pub(super) fn passport(t: &[u8]) -> bool {
    let letters = t.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let rest = t[letters..].strip_prefix(b" ").unwrap_or(&t[letters..]);
    let digits = rest.iter().all(u8::is_ascii_digit);
    digits && matches!((letters, rest.len()), (1, 8) | (2, 7)) && !crate::detect::proof::filler(rest)
}

/// Does a number begin at `at` with a capital?
pub(super) fn plain_number(text: &[u8], at: usize, to: usize) -> bool {
    text.get(at..to).is_some_and(|t| t.first().is_some_and(u8::is_ascii_uppercase))
}

/// `12.10.1973` of somebody who lives: the six digits that his number begins with.
pub(super) fn day(t: &[u8]) -> Option<[u8; 6]> {
    // "1.4.1983"
    let padded: Vec<u8>;
    let mut t = t;
    let figures = |b: &u8| b.is_ascii_digit() || *b == b'.';
    if (8..10).contains(&t.len()) && t.iter().all(figures) && t.iter().filter(|b| **b == b'.').count() == 2 {
        let parts = t.split(|b| *b == b'.');
        let two = parts.flat_map(|p| [if p.len() == 1 { &b"0"[..] } else { b"" }, p, b"."].concat());
        padded = two.take(10).collect();
        t = &padded;
    }
    let [d1, d2, b'.' | b'/', m1, m2, b'.' | b'/', y1, y2, y3, y4] = t else { return None };
    let number = |a: &u8, b: &u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from((a - b'0') * 10 + b - b'0'))
    };
    let (day, month, century, year) = (number(d1, d2)?, number(m1, m2)?, number(y1, y2)?, number(y3, y4)?);
    let full = century * 100 + year;
    ((1920..=2024).contains(&full) && crate::detect::proof::date::exists(full, month, day))
        .then_some([*y3, *y4, *m1, *m2, *d1, *d2])
}

/// `15.03.88`, which only a document or number behind it makes a date of birth.
pub(super) fn short_day(t: &[u8]) -> Option<[u8; 6]> {
    let [d1, d2, b'.', m1, m2, b'.', y1, y2] = t else { return None };
    let two = |a: &u8, b: &u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from((a - b'0') * 10 + b - b'0'))
    };
    let (day, month, year) = (two(d1, d2)?, two(m1, m2)?, two(y1, y2)?);
    let full = if year < 25 { 2000 + year } else { 1900 + year };
    crate::detect::proof::date::exists(full, month, day).then_some([*y1, *y2, *m1, *m2, *d1, *d2])
}

/// `2-11-97` in a column of its own behind a name, or at the end of a dotted line; its length.
pub(super) fn local(t: &[u8], piece: &Piece) -> Option<usize> {
    let digits = |p: &[u8]| p.iter().all(u8::is_ascii_digit);
    let parts: Vec<&[u8]> = t[piece.from..piece.to].split(|b| *b == b'-').collect();
    let form = match parts[..] {
        [a, b, c] => {
            matches!(a.len(), 1 | 3) && b.len() == 2 && c.len() == 2 && parts.iter().all(|p| digits(p))
        }
        _ => false,
    };
    let apart = t[..piece.from].ends_with(b"  ") || t[..piece.from].ends_with(b"... ");
    (form && apart).then_some(piece.to - piece.from)
}

/// Ten digits that begin with the code of a mobile operator, as people write them behind a name; a sentence may
/// end behind them.
pub(in crate::detect) fn mobile(t: &[u8]) -> Option<usize> {
    let number = t.get(..10)?;
    let ends = t.len() == 10 || t[10..].starts_with(b". ");
    (ends
        && number.iter().all(u8::is_ascii_digit)
        && (matches!(&t[..3], b"700" | b"701" | b"702" | b"705" | b"707" | b"708" | b"747" | b"771")
            || matches!(&t[..3], b"775" | b"776" | b"777" | b"778"))
        && !crate::detect::proof::filler(number))
    .then_some(10)
}

/// A name in a network right behind a name, that begins at `at` behind its sign: how long it is.
pub(super) fn handle(text: &[u8], at: usize) -> Option<usize> {
    let sign = at > 0 && text[at - 1] == b'@' && text.get(at.wrapping_sub(2)).is_none_or(|b| *b == b' ');
    let n = text[at..]
        .iter()
        .take(33)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        .count();
    let n = n - usize::from(n > 0 && text[at + n - 1] == b'.');
    let ends = text.get(at + n).is_none_or(|b| !matches!(b, b'/' | b'@' | b'-') && *b < 0x80);
    (sign && ends && (4..=32).contains(&n)).then_some(n)
}

/// Nine digits that begin with 0, as the numbers of identity cards do.
pub(super) fn card_of_person(t: &[u8]) -> bool {
    t.len() == 9
        && t[0] == b'0'
        && t[1] != b'0'
        && t.iter().all(u8::is_ascii_digit)
        && !crate::detect::proof::filler(&t[1..])
}

/// The day at `k` of folded text in figures or with its month in words: where it ends, and the six digits that the
/// number of somebody begins with who was born then.
pub(crate) fn written_day(t: &[u8], k: usize) -> Option<(usize, [u8; 6])> {
    let six = |y: u32, m: u32, d: u32| {
        let two = |n: u32| [b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
        let ([a, b], [c, e], [f, g]) = (two(y), two(m), two(d));
        [a, b, c, e, f, g]
    };
    if let Some((end, y, m, d)) = crate::detect::find::day_parts(t, k) {
        return Some((end, six(y, m, d)));
    }
    // 19691203, as programs write it
    if t[k..].iter().take(9).take_while(|b| b.is_ascii_digit()).count() == 8 {
        let part = |from: usize, to: usize| t[from..to].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
        let (y, m, d) = (part(k, k + 4), part(k + 4, k + 6), part(k + 6, k + 8));
        return crate::detect::proof::date::exists(y, m, d).then(|| (k + 8, six(y, m, d)));
    }
    let number = |at: usize| {
        let n = t[at.min(t.len())..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
        (n, t[at.min(t.len())..at.min(t.len()) + n].iter().fold(0u32, |a, b| a * 10 + u32::from(*b - b'0')))
    };
    let (a, x) = number(k);
    let sign = *t.get(k + a)?;
    let (b, m) = number(k + a + 1);
    let next = *t.get(k + a + 1 + b)?;
    let (c, z) = number(k + a + b + 2);
    let end = k + a + b + c + 2;
    let same = matches!(sign, b'.' | b'/' | b'-') && next == sign && (1..=2).contains(&b);
    match (a, c) {
        (1..=2, 2 | 4) if same => Some((end, six(z, m, x))),
        (4, 1..=2) if same => Some((end, six(x, m, z))),
        _ => None,
    }
}

/// The end of the character that begins at `at`.
pub(super) fn end_of(text: &[u8], at: usize, to: usize) -> usize {
    char_start(text, at + 1, to)
}

/// The digits of an age that is the whole piece: `34 года`, `возраст 34`.
pub(super) fn age(t: &[u8], piece: &Piece) -> Option<usize> {
    let n = t[piece.from..piece.to].iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=3).contains(&n) {
        return None;
    }
    let value = t[piece.from..piece.from + n].iter().fold(0, |a, b| a * 10 + u32::from(*b - b'0'));
    if !(1..=110).contains(&value) {
        return None;
    }
    let rest = &t[piece.from + n..piece.to];
    // "29 л.": years, and no litres, with a full stop or a bracket behind
    let short =
        rest.trim_ascii_start() == fold("л") && value >= 14 && matches!(t.get(piece.to), Some(b'.' | b')'));
    let rest = &rest[rest.iter().take_while(|b| !is_word(**b)).count()..];
    let alone = |w: &Vec<u8>| {
        rest.strip_prefix(&w[..])
            .is_some_and(|left| left.is_empty() || folded![" от роду"].any(|birth| left == birth))
    };
    // "Бибігүл 74-те"
    let ended =
        t[piece.from + n..].first() == Some(&b'-') && folded!["те", "де", "да", "та"].any(|w| rest == w);
    let said =
        folded!["лет", "год", "года", "годика", "жаста", "жас", "жасар", "years old", "y o", "yo"].any(alone);
    (said || short || ended && value >= 5).then_some(n)
}

/// The age that a piece is, before a colon at most, behind a word of respect or kin where it is the first one behind a name:
/// `29 лет: ушиб`, `апа 81 жаста`.
pub(super) fn aged(t: &[u8], piece: &Piece, first: bool) -> Option<Piece> {
    let to = t[piece.from..piece.to].iter().position(|b| *b == b':').map_or(piece.to, |n| piece.from + n);
    let mut from = piece.from;
    let word = t[from..to].iter().take_while(|b| is_word(**b)).count();
    let called = |w: &[u8]| {
        relative(w)
            || folded![
                "апа",
                "ана",
                "аже",
                "ата",
                "ага",
                "тате",
                "коке",
                "апай",
                "агай",
                "ей",
                "ему",
                "уже",
                "сейчас"
            ]
            .any(|k| w == k)
    };
    if first && word > 0 && from + word < to && t[from + word] == b' ' && called(&t[from..from + word]) {
        from += word + 1;
    }
    let piece = Piece { from, to };
    age(t, &piece).map(|_| piece)
}

/// `143 үй`, `145-үй`, `дом 5`: where a neighbour who is named before it lives, as a whole piece.
pub(super) fn house(piece: &[u8]) -> bool {
    let figure = |f: &[u8]| {
        let n = f.iter().take_while(|b| b.is_ascii_digit()).count();
        (1..=3).contains(&n) && f.len() <= n + 1 && f[0] != b'0'
    };
    let digits = piece.iter().take_while(|b| b.is_ascii_digit()).count();
    let behind = |w: &[u8]| {
        let rest = &piece[digits..];
        (1..=3).contains(&digits) && matches!(rest.first(), Some(b' ' | b'-')) && &rest[1..] == w
    };
    let before = |w: &[u8]| {
        piece
            .strip_prefix(w)
            .map(|rest| &rest[rest.iter().take_while(|b| matches!(b, b'.' | b' ')).count()..])
            .is_some_and(|rest| figure(rest) && piece.len() > w.len() + rest.len())
    };
    folded!["үй", "үйі"].any(|w| behind(w)) || folded!["дом", "үй"].any(|w| before(w))
}

/// `09/27`, `09/2027`, `09.27`: month and year; how many bytes.
pub(crate) fn term_at(text: &[u8]) -> Option<usize> {
    let month = matches!(text, [b'0', b'1'..=b'9', ..] | [b'1', b'0'..=b'2', ..]);
    if !month || !matches!(text.get(2), Some(b'/' | b'.' | b'-')) {
        return None;
    }
    let n = text[3..].iter().take_while(|b| b.is_ascii_digit()).count();
    let next = text.get(3 + n);
    let goes_on = next.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'))
        || next == Some(&b'.') && text.get(4 + n).is_some_and(u8::is_ascii_digit);
    let year = match n {
        2 => matches!(text[3], b'1'..=b'4'),
        4 => text[3..].starts_with(b"20"),
        _ => false,
    };
    (year && !goes_on).then_some(3 + n)
}

#[cfg(test)]
mod tests {
    use super::term_at;

    #[test]
    fn terms_of_cards() {
        assert_eq!(term_at(b"09/27"), Some(5));
        assert_eq!(term_at(b"09/2027 "), Some(7));
        assert_eq!(term_at(b"09.27.2024"), None);
        assert_eq!(term_at(b"13/27"), None);
        assert_eq!(term_at(b"09/77"), None);
    }
}

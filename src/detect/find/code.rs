//! Numbers of documents that mix letters, digits, dashes and strokes: `ДМС-0044-117823`, `03-101-08-0000214`, `NX4817K02`.

use crate::detect::fold::{decode, fold};
use crate::detect::proof::{filler, taxid};
use crate::detect::rules::Rule;

/// Words that may stand between a label and its number.
const BETWEEN: usize = 4;
/// Longest number, in characters.
const LONGEST: usize = 26;

/// Most numbers of a list that are looked at, and bytes of a remark between them.
const MOST: usize = 24;
const REMARK: usize = 48;

/// Words that stand between a label and its number and are no part of it.
const JOINS: [&str; 64] = [
    "серия",
    "серии",
    "сериясы",
    "номер",
    "номера",
    "нөмір",
    "нөмірі",
    "нөмірлі",
    "number",
    "series",
    "no",
    "n",
    "nr",
    "рф",
    "рк",
    "қр",
    "дмс",
    "осмс",
    "огпо",
    "каско",
    "гпо",
    "втс",
    "ос",
    "абонента",
    "потребителя",
    "клиента",
    "осаго",
    "страховой",
    "договор",
    "vin",
    "kz",
    "в",
    "на",
    "внж",
    "рвп",
    "лбг",
    "уд",
    "удл",
    "пасп",
    "паспорт",
    "удостоверение",
    "гражданина",
    "имеет",
    "card",
    "cert",
    "certificate",
    "policy",
    "id",
    "продавца",
    "покупателя",
    "страхователя",
    "владельца",
    "собственника",
    "водителя",
    "заявителя",
    "пациента",
    "застрахованного",
    "работника",
    "сотрудника",
    "ребенка",
    "заемщика",
    "студента",
    "туриста",
    "иесінің",
];

/// One run of letters, digits, dashes and strokes.
struct Token {
    start: usize,
    end: usize,
    digits: usize,
    letters: usize,
    /// Its letters are capitals, or there are none.
    capitals: bool,
}

/// The run that begins at or behind `at`, where nothing but signs that join a label and a number stand before it.
fn token(text: &[u8], mut at: usize, to: usize) -> Option<Token> {
    while at < to {
        let (c, n) = decode(&text[at..to]);
        if c.is_alphanumeric() {
            break;
        }
        let sign = matches!(
            c,
            ' ' | '\t' | '\u{a0}' | '№' | '#' | ':' | '=' | '"' | '\'' | '«' | '(' | '.' | '-' | '_'
        );
        // "полис ОГПО\n№ 0417 …": the sign may begin the next line
        let broken = c == '\n' && text[at + n..to].trim_ascii_start().starts_with("№".as_bytes());
        if !(sign || broken) {
            return None;
        }
        at += n;
    }
    let mut t = Token { start: at, end: at, digits: 0, letters: 0, capitals: true };
    let mut k = at;
    while k < to {
        let (c, n) = decode(&text[k..to]);
        if c.is_ascii_digit() {
            t.digits += 1;
        } else if c.is_alphabetic() {
            t.letters += 1;
            // "ZhB-B", "ShK": one letter that Latin ones spell as two
            let spelled = c == 'h' && k > 0 && matches!(text[k - 1], b'Z' | b'S' | b'C' | b'K');
            t.capitals &= c.is_uppercase() || spelled;
        } else if !matches!(c, '-' | '/' | '\u{2010}'..='\u{2013}') {
            break;
        }
        k += n;
        if !matches!(c, '-' | '/' | '\u{2010}'..='\u{2013}') {
            t.end = k;
        }
    }
    (t.end > t.start).then_some(t)
}

/// Does a word only join a label and its number, or tell what kind of one it is?
fn joins(word: &[u8]) -> bool {
    std::str::from_utf8(word).is_ok_and(|w| {
        let f = fold(w);
        let mut parts = f.split(|b| *b == b'/').filter(|p| !p.is_empty()).peekable();
        parts.peek().is_some() && parts.all(|p| JOINS.iter().any(|j| fold(j) == p))
    })
}

/// The number behind a label that ends at `from`: a run with as many digits as the rule's `lengths` say, a series
/// of capitals before it, and groups of digits behind it.
pub(crate) fn code_at(text: &[u8], from: usize, to: usize, rule: &Rule) -> Option<(usize, usize)> {
    let (mut at, mut series) = (from, None);
    for _ in 0..=BETWEEN {
        let mut t = token(text, at, to)?;
        let dotted = |k: usize| {
            text[..to].get(k) == Some(&b'.') && text[..to].get(k + 1).is_some_and(u8::is_ascii_digit)
        };
        if t.digits == 0 {
            let word = &text[t.start..t.end];
            // "polis_dms=": the key goes on
            let key = t.start > from && text[t.start - 1] == b'_' && word.iter().all(u8::is_ascii_lowercase);
            let joined = joins(word) || key;
            let series_like = t.capitals && (1..=6).contains(&t.letters);
            if !(joined || series_like) {
                return None;
            }
            // "ЖБ-Б № 0123456": the series is a part of the number; "ДМС 77-0114486" is one whole too
            let kind = t.capitals
                && text[t.end..to].first() == Some(&b' ')
                && text[t.end..to].get(1).is_some_and(u8::is_ascii_digit)
                && ["ДМС", "ОСМС", "ГПО", "ОГПО", "КАСКО", "ЛБГ"].iter().any(|k| word == k.as_bytes());
            if !joined || kind {
                series = Some(t.start);
            }
            at = t.end;
            continue;
        }
        // "ГПО-02 № 4418827": a series with digits of its own
        let behind = text[t.end..to].trim_ascii_start();
        let sign = behind.strip_prefix("№".as_bytes()).map(<[u8]>::trim_ascii_start);
        let numbered = sign.is_some_and(|r| r.iter().take_while(|b| b.is_ascii_digit()).count() >= 5);
        if numbered && t.letters > 0 && t.capitals && t.digits <= 4 {
            series = series.or(Some(t.start));
            at = t.end;
            continue;
        }
        // the groups of "AM40 177325", "022 447 190"
        let mut last = t.digits;
        while text[..to].get(t.end) == Some(&b' ') {
            let n = text[t.end + 1..to].iter().take_while(|b| b.is_ascii_digit()).count();
            let next = text[..to].get(t.end + 1 + n);
            let alone = next.is_none_or(|b| {
                !b.is_ascii_alphanumeric() && !matches!(b, b'.' | b'-' | b'/' | b':') && *b < 0x80
            });
            // "0417 338 91265": groups of a number behind its sign
            let signed = t.letters == 0 && text[from..t.start].trim_ascii_end().ends_with("№".as_bytes());
            let goes_on =
                t.digits < 6 || n == last && (t.letters == 0 || n == 3) || signed && t.digits + n <= 12;
            if !(3..=8).contains(&n) || !goes_on || !(alone || next == Some(&b'.') && !dotted(t.end + 1 + n))
            {
                break;
            }
            (t.digits, t.end, last) = (t.digits + n, t.end + 1 + n, n);
        }
        let value = &text[t.start..t.end];
        let after = text[..to].get(t.end);
        // "118/4417-24\;": a sign that calendars escape
        let escaped = after == Some(&b'\\') && matches!(text[..to].get(t.end + 1), Some(b',' | b';' | b'n'));
        let ends = escaped
            || after.is_none_or(|b| !matches!(b, b'@' | b'%' | b'_' | b'\\' | b'+' | b'*' | b'='))
                && !dotted(t.end);
        let lengths = &rule.file.lengths;
        let fits = lengths.contains(&(t.digits.min(255) as u8))
            && t.capitals
            && t.letters <= 8
            && t.end - t.start <= LONGEST * 2
            && (t.letters > 0 || series.is_some() || rule.letters.0 == 0);
        if !fits || !ends || other(value) {
            return None;
        }
        return Some((series.filter(|_| t.letters == 0).unwrap_or(t.start), t.end));
    }
    None
}

/// Numbers of the same form that a list goes on with behind the one from `start` to `end`:
/// `MST-0093418 (Ivanova), MST-0093419 и MST-0093420`.
pub(super) fn alike(text: &[u8], start: usize, end: usize) -> Vec<(usize, usize)> {
    let first = &text[start..end];
    let (mut at, mut out) = (end, Vec::new());
    while out.len() < MOST {
        let mut rest = &text[at..];
        // "(Ivanova)"
        if let Some(inner) = rest.strip_prefix(b" (") {
            let close = memchr::memchr2(b')', b'\n', &inner[..inner.len().min(REMARK)]);
            let Some(close) = close.filter(|n| inner[*n] == b')') else { break };
            rest = &inner[close + 1..];
        }
        let joints = [", № ", "; № ", " и № ", ", ", "; ", " и ", " және ", " and ", " / ", ","];
        let Some(next) = joints.iter().find_map(|j| rest.strip_prefix(j.as_bytes())) else { break };
        let from = text.len() - next.len();
        let Some(code) = next.get(..first.len()) else { break };
        // the letters are the same, the figures others
        let same = code.iter().zip(first).all(|(a, b)| a == b || a.is_ascii_digit() && b.is_ascii_digit());
        let ends =
            next.get(first.len()).is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'/'));
        if !same || !ends {
            break;
        }
        at = from + first.len();
        out.push((from, at));
    }
    out
}

/// A day, a telephone, the number of a person or firm, a filler: whatever stands there, it is not the document.
fn other(value: &[u8]) -> bool {
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
    if filler(&digits) {
        return true;
    }
    let plain = digits.len() == value.len();
    let day = matches!(value, [a, b, c, d, b'-' | b'/', _, _, b'-' | b'/', _, _] if [a, b, c, d].iter().all(|x| x.is_ascii_digit()));
    let mobile = plain && digits.len() == 11 && matches!(&digits[..2], b"77" | b"87");
    let tax = plain && digits.len() == 12 && taxid::check_digit_12(&digits);
    day || mobile || tax
}

#[cfg(test)]
mod tests {
    use super::code_at;
    use crate::detect::rules::Rules;

    fn code<'a>(text: &'a str, rule: &str) -> Option<&'a str> {
        let rule = Rules::builtin().get(rule).unwrap();
        code_at(text.as_bytes(), 0, text.len(), rule).map(|(s, e)| &text[s..e])
    }

    #[test]
    fn numbers_of_documents() {
        let of = |t| code(t, "insurance_code");
        assert_eq!(of(" № 2204-771120-33 на авто"), Some("2204-771120-33"));
        assert_eq!(of(" серия КС № КС-001447712/23"), Some("КС-001447712/23"));
        assert_eq!(of(" ДМС NM-2022/004417 уд."), Some("NM-2022/004417"));
        assert_eq!(of("_no=ОГПО-6104471902"), Some("ОГПО-6104471902"));
        assert_eq!(of(" ГПО-02 № 4418827 до 01.11"), Some("ГПО-02 № 4418827"));
        assert_eq!(of(": 87012345678"), None);
        assert_eq!(of(" на 2026-05-12"), None);
        assert_eq!(of(" изделия 1234567"), None);
        assert_eq!(of(" v1.1234567"), None);
        assert_eq!(code(" NX4817K02)", "passport_code"), Some("NX4817K02"));
        assert_eq!(code(" 12345678", "passport_code"), None);
        assert_eq!(code(" РК № 022 447 190, управлять", "residence_permit_code"), Some("022 447 190"));
        assert_eq!(code(" AM40 177325, Germany", "residence_permit_code"), Some("AM40 177325"));
        assert_eq!(code(" ЖООК-М №0041277", "diploma_code"), Some("ЖООК-М №0041277"));
    }
}

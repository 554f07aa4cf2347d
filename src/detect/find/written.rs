//! Days written out: `15 января 1990`, `March 9, 1988`, `1990 жылғы 15 қаңтар`, and with every number in words, as notaries do.

use std::sync::OnceLock;

use crate::detect::fold::{fold, folded, is_letter, is_word};
use crate::detect::proof::date::exists;

/// Longest day in words, in words.
const WORDS: usize = 12;

/// Month names in folded form: their first letters, and the month.
pub(super) fn month(word: &[u8]) -> Option<u32> {
    static NAMES: OnceLock<Vec<(Vec<u8>, u32)>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let ru = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр";
        let kk = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан";
        let en = "january february march april may june july august september october november december";
        let mut all = Vec::new();
        for list in [kk, en, ru] {
            all.extend(list.split(' ').enumerate().map(|(k, w)| (fold(w), k as u32 + 1)));
        }
        all
    });
    // "нояб", "nov": three letters and more of a name are enough
    let short = |n: &[u8]| word.len() >= 3 && n.starts_with(word);
    // "қыркүйегінің": the last letter of a stem softens
    let soft = |n: &[u8]| n.len() >= 7 && word.starts_with(&n[..n.len() - 1]);
    names
        .iter()
        .find(|(n, _)| short(n) || ((word.starts_with(n) || soft(n)) && word.len() <= n.len() + 5))
        .map(|n| n.1)
}

/// Is this a word for a number, or for a part of one?
fn is_number(word: &[u8]) -> bool {
    static STEMS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let stems = STEMS.get_or_init(|| {
        let ru = "перв втор трет четверт четыр пят шест седьм семь восьм восем девят десят одиннадцат двенадцат \
                  тринадцат двадцат тридцат сорок пятьдесят девяност одна одной тысяч двухтысяч две двух три";
        let kk = "бір екі үш төрт бес алты жеті сегіз тоғыз он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан жүз мың";
        let en = "first second third fourth fifth sixth seventh eighth ninth tenth eleven twelf twelve thirt fourteen \
                  fifteen sixteen seventeen eighteen nineteen twent fort fift sixt sevent eight ninet one two three \
                  four five six seven nine ten hundred thousand";
        [ru, kk, en].iter().flat_map(|l| l.split_whitespace()).map(fold).collect()
    });
    stems.iter().any(|s| word.starts_with(s) && word.len() <= s.len() + 9)
}

/// Is this a word that stands between the numbers of a day in words?
fn joins(word: &[u8]) -> bool {
    static WORDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let words =
        WORDS.get_or_init(|| "of the and in year day жылғы жылы жылдың года".split(' ').map(fold).collect());
    words.iter().any(|w| w == word)
}

/// Is this a word for a thousand? Every year in words has one, or begins with `nineteen`.
fn thousand(word: &[u8]) -> bool {
    folded!["тысяч", "двухтысяч", "мың", "thousand", "nineteen"].any(|w| word.starts_with(w))
}

/// Where the word at `k` ends.
fn word(f: &[u8], k: usize) -> usize {
    k + f[k.min(f.len())..].iter().take_while(|b| is_letter(**b)).count()
}

/// Behind up to four signs that stand between the parts of a day.
fn gap(f: &[u8], k: usize) -> usize {
    k + f[k.min(f.len())..]
        .iter()
        .take(4)
        .take_while(|b| matches!(b, b' ' | b'"' | b',' | b'.' | b'-' | b'\n' | b'\r'))
        .count()
}

/// How many digits stand at `k`, and their value.
fn number(f: &[u8], k: usize) -> (usize, u32) {
    let n = f[k.min(f.len())..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    (n, f[k.min(f.len())..k.min(f.len()) + n].iter().fold(0, |a, b| a * 10 + u32::from(*b - b'0')))
}

/// The year at `k`: four digits that no others follow.
fn year(f: &[u8], k: usize) -> Option<(usize, u32)> {
    let (n, y) = number(f, k);
    (n == 4 && (1900..=2035).contains(&y)).then_some((k + 4, y))
}

/// The day of a month at `k`, with what may be joined to it: `9th`, `9-го`.
fn day(f: &[u8], k: usize) -> Option<(usize, u32)> {
    let (n, d) = number(f, k);
    if !(1..=2).contains(&n) || !(1..=31).contains(&d) {
        return None;
    }
    let mut end = k + n;
    let suffix = word(f, end);
    if matches!(&f[end..suffix], b"st" | b"nd" | b"rd" | b"th") {
        end = suffix;
    } else if f.get(end) == Some(&b'-') {
        let to = word(f, end + 1);
        let joined = folded!["го", "е", "ое", "ші", "шы", "і", "ы"].any(|s| f[end + 1..to] == s[..]);
        end = if joined { to } else { end };
    }
    (f.get(end).is_none_or(|b| !is_letter(*b))).then_some((end, d))
}

/// `жылғы`, `ж.`, `года` behind a year.
fn of_year(f: &[u8], k: usize) -> usize {
    let w = gap(f, k);
    let e = word(f, w);
    let word = &f[w..e];
    let is =
        folded!["ж", "г", "год", "года"].any(|s| word == s) || folded!["жыл"].any(|s| word.starts_with(s));
    if is { e } else { k }
}

/// Where a day ends that begins at `k` of folded text, written in whatever way with a month in words, in words
/// alone, or with the year first.
pub(super) fn day_at(f: &[u8], k: usize) -> Option<usize> {
    day_parts(f, k).map(|d| d.0).or_else(|| spelled(f, k))
}

/// Where a day ends that begins at `k` with its month in words, or with the year and a word for it; its year, month and day.
pub(crate) fn day_parts(f: &[u8], k: usize) -> Option<(usize, u32, u32, u32)> {
    if let Some((end, y)) = year(f, k) {
        // 1990 жылғы 15 қаңтар, 1963 ж. 16.06.
        let told = of_year(f, end);
        if told > end
            && let Some(found) = month_first(f, gap(f, told), y)
        {
            return Some(found);
        }
        let (after, d) = day(f, gap(f, told))?;
        let m = gap(f, after);
        let e = word(f, m);
        if e > m
            && let Some(m) = month(&f[m..e]).filter(|m| exists(y, *m, d))
        {
            return Some((e, y, m, d));
        }
        let (n, m) = number(f, after + 1);
        let figures = told > end && f.get(after) == Some(&b'.') && n == 2 && exists(y, m, d);
        return figures.then_some((after + 1 + n, y, m, d));
    }
    if let Some((end, d)) = day(f, k) {
        let mut m = gap(f, end);
        if f[m..].starts_with(b"of ") {
            m += 3;
        }
        let e = word(f, m);
        let month = month(f.get(m..e)?).filter(|_| e > m)?;
        let (end, y) = year(f, gap(f, e))?;
        return exists(y, month, d).then_some((end, y, month, d));
    }
    let e = word(f, k);
    let m = month(f.get(k..e)?).filter(|_| e > k + 2)?;
    let (after, d) = day(f, gap(f, e))?;
    let (end, y) = year(f, gap(f, after))?;
    exists(y, m, d).then_some((end, y, m, d))
}

/// Behind a year and its word, a month before its day, or a day in words: `қараша айының 2-сінде`, `жиырма бірінші ақпанда`.
fn month_first(f: &[u8], k: usize, y: u32) -> Option<(usize, u32, u32, u32)> {
    let e = word(f, k);
    let first = f.get(k..e).filter(|w| w.len() >= 3)?;
    if let Some(m) = month(first) {
        let at = gap(f, e);
        let own = word(f, at);
        let at = if f[at..own].starts_with(&fold("ай")) { gap(f, own) } else { at };
        let (n, d) = number(f, at);
        let joined = word(f, at + n + 1);
        let suffix = f.get(at + n) == Some(&b'-') && f[at + n + 1..joined].ends_with(&fold("де"))
            || f.get(at + n) == Some(&b'-') && f[at + n + 1..joined].ends_with(&fold("да"));
        let end = if suffix { joined } else { at + n };
        return ((1..=2).contains(&n) && exists(y, m, d)).then_some((end, y, m, d));
    }
    let mut at = k;
    for _ in 0..3 {
        let e = word(f, at);
        let w = &f[at..e];
        if w.len() < 2 {
            return None;
        }
        if at > k
            && let Some(m) = month(w).filter(|_| w.len() >= 3)
        {
            // what day it is, nobody asks
            return Some((e, y, m, 1));
        }
        if !is_number(w) {
            return None;
        }
        at = gap(f, e);
    }
    None
}

/// Where a day in words alone ends: `двадцать восьмое октября две тысячи второго`, `бір мың тоғыз жүз … қазанда`.
pub(crate) fn spelled(f: &[u8], k: usize) -> Option<usize> {
    let (mut at, mut end) = (k, None);
    let (mut numbers, mut months, mut thousands) = (0, 0, 0);
    for _ in 0..WORDS {
        let e = word(f, at);
        let w = &f[at..e];
        if w.is_empty() {
            break;
        }
        if thousand(w) {
            thousands += 1;
            end = Some(e);
        }
        if is_number(w) {
            numbers += 1;
            end = Some(e);
        } else if month(w).is_some() && w.len() >= 3 {
            months += 1;
            end = Some(e);
        } else if !joins(w) {
            break;
        }
        at = gap(f, e);
        // "двадцать третьего мая 1990 года"
        if months == 1
            && (1..=3).contains(&numbers)
            && thousands == 0
            && let Some((end, _)) = year(f, at)
        {
            return Some(end);
        }
        if at == e || months > 1 {
            break;
        }
    }
    (numbers >= 3 && months == 1 && thousands == 1).then_some(end?)
}

/// The day in words alone that ends nearest to the end of folded text, with no digit behind it: its bounds.
pub(super) fn spelled_before(f: &[u8]) -> Option<(usize, usize)> {
    let mut k = f.len();
    let mut first = None;
    // back over words, to the first of a run of numbers and a month
    while k > 0 {
        let e = f[..k].iter().rposition(|b| is_word(*b))? + 1;
        let s = f[..e].iter().rposition(|b| !is_word(*b)).map_or(0, |p| p + 1);
        let w = &f[s..e];
        if w.iter().any(u8::is_ascii_digit) {
            break;
        }
        let part = is_number(w) || month(w).is_some() && w.len() >= 3 || joins(w);
        match (part, first) {
            (true, _) => first = Some(s),
            (false, Some(_)) => break,
            (false, None) => {}
        }
        k = s;
    }
    let s = first?;
    spelled(f, s).map(|e| (s, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> bool {
        let f = fold(text);
        day_at(&f, 0) == Some(f.len())
    }

    #[test]
    fn days_in_every_order() {
        let days = [
            "15 января 1990",
            "«7» мая 1988",
            "March 9, 1988",
            "9th of March 1988",
            "21 December 1987",
            "1990 жылғы 15 қаңтар",
            "2014 жыл 3 мамыр",
            "2017 ж. 3 мамыр",
            "1963 ж. 16.06",
            "1975 жылғы 8 қыркүйегінде",
            "the twenty-seventh of June two thousand nine",
            "двадцать восьмого октября тысяча девятьсот шестьдесят второго",
            "седьмое мая две тысячи первого",
            "двадцать третьего мая 1990",
            "бір мың тоғыз жүз жетпіс екінші жылғы төртінші\nқазанда",
            "екі мың бірінші жылғы жиырма бесінші наурызда",
        ];
        for d in days {
            let d = d.trim_start_matches('«').replacen('»', "", 1);
            assert!(whole(&d), "{d}");
        }
        for d in ["31 июня 1990", "пятнадцать мая", "две тысячи тенге", "one of the two", "1990 года выпуска"]
        {
            assert!(!whole(d), "{d}");
        }
    }

    #[test]
    fn words_before_a_label() {
        let f = fold("Фарида, бір мың тоғыз жүз жетпіс екінші жылғы төртінші қазанда Ош қаласында ");
        let (s, e) = spelled_before(&f).unwrap();
        assert!(f[s..].starts_with(&fold("бір")) && f[..e].ends_with(&fold("қазанда")));
        assert!(spelled_before(&fold("екі мың теңге, Ош қаласында ")).is_none());
    }
}

//! Names where a code says that one follows: `/NAME/KIM V` of a bank's statement, `NAD+FL+++KIM:VERA'` of a message
//! between systems, `KIM/VERA MRS` of a list of passengers.

use memchr::memmem;
use rustc_hash::FxHashSet as HashSet;

use crate::model::{Evidence, EvidenceSet};

use super::endings::latin_family;
use super::lists::{self, Lists};
use super::rules;
use super::spans::Span;

/// Codes behind which a person or a firm is named.
const CODES: &[&str] = &["/NAME/", "/BEN/", "/BENM/", "/ORD/", "/ORDP/", "/FIO/", "/PAYER/", "/SENDER/"];
/// Words of firms, by which a name behind a code is none of a person.
const FIRMS: &[&str] = &[
    "too",
    "llp",
    "llc",
    "ltd",
    "ao",
    "jsc",
    "ooo",
    "oao",
    "zao",
    "inc",
    "gmbh",
    "corp",
    "bank",
    "gu",
    "kgu",
    "rgu",
    "kgp",
    "co",
    "company",
    "group",
    "fond",
    "fund",
    "тоо",
    "ао",
    "ооо",
    "гу",
    "кгу",
    "ргу",
    "жшс",
    "банк",
    "фонд",
    "пк",
    "служба",
    "казначейство",
    "комитет",
    "департамент",
];
/// Messages and lists of passengers are no longer.
const LONGEST: usize = 192 << 10;
/// Most names of one kind in a block.
const MOST: usize = 5000;
/// So many lines with a slash between two names make a list of passengers.
const LEAST: usize = 2;

const NAMED: lists::Flags = lists::LATIN_GIVEN
    | lists::LATIN_SURNAME
    | lists::LATIN_PATRONYMIC
    | lists::GIVEN
    | lists::SURNAME
    | lists::KK_GIVEN
    | lists::KK_SURNAME
    | lists::OC_GIVEN
    | lists::OC_SURNAME;

fn known(word: &str, lists: &Lists) -> bool {
    let lower = word.to_lowercase();
    lists.flags(&lower) & NAMED != 0 || latin_family(&lower)
}

/// Is it one to four words of letters, one of them a known name, and no firm?
fn person(value: &str, lists: &Lists) -> bool {
    let mut words = 0;
    let mut any = false;
    for word in value.split([' ', '.', '-']).filter(|w| !w.is_empty()) {
        if !word.chars().all(|c| c.is_alphabetic() || c == '\'')
            || FIRMS.contains(&word.to_lowercase().as_str())
        {
            return false;
        }
        words += 1;
        any |= word.chars().count() >= 2 && known(word, lists);
    }
    any && words <= 4
}

fn upper(b: u8) -> bool {
    b.is_ascii_uppercase()
}

/// Adds the names behind codes; `segment` is the block's only one.
pub fn names(text: &[u8], segment: u32, lists: &Lists, spans: &mut Vec<Span>) {
    let mut found: Vec<(usize, usize)> = Vec::new();
    if text.len() > LONGEST {
        return;
    }
    for code in CODES {
        for at in memmem::find_iter(text, code.as_bytes()).take(MOST) {
            let start = at + code.len();
            let rest = &text[start..text.len().min(start + 120)];
            let end = rest
                .iter()
                .position(|b| matches!(b, b'/' | b'\n' | b'\r' | b',' | b';'))
                .unwrap_or(rest.len());
            take(text, start, start + end, lists, &mut found);
        }
    }
    for at in memmem::find_iter(text, b"NAD+").take(MOST) {
        let rest = &text[at..text.len().min(at + 200)];
        let line = &rest[..rest.iter().position(|b| matches!(b, b'\'' | b'\n')).unwrap_or(rest.len())];
        let mut start = at;
        for part in line.split(|b| matches!(b, b'+' | b':')) {
            if part.len() >= 3 {
                take(text, start, start + part.len(), lists, &mut found);
            }
            start += part.len() + 1;
        }
    }
    slashes(text, lists, &mut found);
    cards(text, lists, &mut found);
    if found.is_empty() {
        return;
    }
    found.sort_unstable();
    let before = spans.len();
    for (start, end) in found {
        let (start, end) = (start as u32, end as u32);
        // what the tagger saw of it gives way
        spans[..before].iter_mut().filter(|s| start <= s.start && s.end <= end).for_each(|s| s.end = s.start);
        let evidence = EvidenceSet::new().with(Evidence::NameList).with(Evidence::WordBefore);
        spans.push(Span { start, end, segment, confidence: 0.9, evidence, entity: 0 });
    }
    spans.retain(|s| s.start < s.end);
    spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    spans.dedup_by(|b, a| b.start < a.end);
}

fn take(text: &[u8], start: usize, end: usize, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let Ok(value) = std::str::from_utf8(&text[start..end]) else { return };
    let lead = value.len() - value.trim_start().len();
    let value = value.trim();
    if value.starts_with(char::is_uppercase) && person(value, lists) {
        found.push((start + lead, start + lead + value.len()));
    }
}

/// Names in cards of contacts (RFC 6350): `FN:Andrey Kim`, `N:Kim;Andrey;;Mr.;`.
fn cards(text: &[u8], lists: &Lists, found: &mut Vec<(usize, usize)>) {
    if memmem::find(text, b"BEGIN:VCARD").is_none() {
        return;
    }
    let mut at = 0;
    for line in text.split(|b| *b == b'\n').take(MOST * 8) {
        let start = at;
        at += line.len() + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = memchr::memchr(b':', line).filter(|n| *n <= 64) else { continue };
        let (key, value) = (&line[..colon], &line[colon + 1..]);
        match key.split(|b| *b == b';').next() {
            Some(b"FN") => {
                let end = value.iter().position(|b| matches!(b, b'(' | b'\\')).unwrap_or(value.len());
                // what reads as a role may be one
                let whole = |w: &str| w.chars().count() < 2 || known(w, lists);
                let said = str::from_utf8(&value[..end]).unwrap_or("");
                if !said.is_ascii() && !said.split([' ', '.', '-']).all(whole) {
                    continue;
                }
                take(text, start + colon + 1, start + colon + 1 + end, lists, found);
            }
            Some(b"N") => {
                // family names, given names, names of fathers
                let mut parts = Vec::new();
                let mut from = start + colon + 1;
                for part in value.split(|b| *b == b';').take(3) {
                    parts.push((from, from + part.len()));
                    from += part.len() + 1;
                }
                let said = |p: &(usize, usize)| str::from_utf8(&text[p.0..p.1]).unwrap_or("");
                let joined: Vec<&str> =
                    parts.iter().map(said).map(str::trim).filter(|p| !p.is_empty()).collect();
                if joined.len() >= 2 && person(&joined.join(" "), lists) {
                    found.extend(parts.into_iter().filter(|p| p.1 > p.0));
                }
            }
            _ => {}
        }
    }
}

/// Does a passenger's number end there: « 1.» of «1.AKHMETOV/BERIK MR», «2.1», «3.C1»; or the full stop before the
/// name of an infant?
fn numbered(before: &[u8]) -> bool {
    let behind = before.iter().rev().take(2).take_while(|b| b.is_ascii_digit() || upper(**b)).count();
    let Some(rest) = before[..before.len() - behind].strip_suffix(b".") else { return false };
    let digits = rest.iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
    let lead = rest.len() - digits;
    // "SSR INFT KC NN1 ALAIST 0921Q24MAY.AKHMETOV/TIMUR"
    let line = memchr::memrchr(b'\n', rest).map_or(0, |k| k + 1);
    let infant =
        behind == 0 && memmem::find(&rest[line.max(rest.len().saturating_sub(80))..], b"INF").is_some();
    infant || (1..=2).contains(&digits) && (lead == 0 || rest[lead - 1].is_ascii_whitespace())
}

/// «AKHMETOV/BERIK MR», «VON BERG/ALEXANDER»: both sides in capitals, one of them known.
fn slashes(text: &[u8], lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let spots =
        text.windows(3).map(|w| usize::from(upper(w[0]) & (w[1] == b'/') & upper(w[2]))).sum::<usize>();
    if !(LEAST..=MOST).contains(&spots) {
        return;
    }
    let had = found.len();
    let (mut pairs, mut named_pairs) = (HashSet::default(), HashSet::default());
    for at in memchr::memchr_iter(b'/', text) {
        let letter = |b: &u8| upper(*b) || *b == b'-';
        let left = text[..at].iter().rev().take(40).take_while(|b| letter(b)).count();
        let right = text[at + 1..].iter().take(40).take_while(|b| letter(b)).count();
        let edge =
            |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'/' | b'_' | b'.'));
        let (mut start, end) = (at - left, at + 1 + right);
        if left < 2
            || right < 1
            || !edge(text.get(end))
            || !(edge(start.checked_sub(1).and_then(|k| text.get(k))) || numbered(&text[..start]))
        {
            continue;
        }
        let side = |from: usize, to: usize| std::str::from_utf8(&text[from..to]).unwrap_or("");
        let said = |w: &str| known(w, lists) && !rules::english(&w.to_lowercase());
        let named = said(side(start, at)) || (right >= 3 && said(side(at + 1, end)));
        pairs.insert(&text[start..end]);
        if !named {
            continue;
        }
        named_pairs.insert(&text[start..end]);
        // «VON BERG»
        for particle in ["VON ", "VAN ", "DE ", "EL ", "AL ", "VAN DER "] {
            if text[..start].ends_with(particle.as_bytes()) {
                start -= particle.len();
            }
        }
        found.push((start, end));
    }
    // a list of passengers names another one each time; «GET/POST» and «TCP/IP» are said again and again
    if named_pairs.len() < LEAST || named_pairs.len() * 2 < pairs.len() {
        found.truncate(had);
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn codes_say_that_a_name_follows() {
        assert_eq!(
            found(":86:KNP 119 /NAME/AKHMETOV BERIK /IIN/1\n:86:/NAME/TOO BERIK /BIN/2\n"),
            ["AKHMETOV BERIK"]
        );
        assert_eq!(found("NAD+FL+++AKHMETOVA:AIGERIM'\nATT+2++F'\n"), ["AKHMETOVA", "AIGERIM"]);
        assert_eq!(
            found("01A AKHMETOV/BERIK MR\n01C VON BERG/ALEXANDER MR\n02A IM/VALENTINA MRS\n"),
            ["AKHMETOV/BERIK", "VON BERG/ALEXANDER", "IM/VALENTINA"]
        );
        assert_eq!(
            found(" 1.AKHMETOVA/SAULE MRS   2.AKHMETOV/BERIK MR\n 3.AKHMETOVA/ALIYA MISS(CHD/03MAY16)\n"),
            ["AKHMETOVA/SAULE", "AKHMETOV/BERIK", "AKHMETOVA/ALIYA"]
        );
        assert_eq!(
            found(
                "1.1AKHMETOVA/SAULE MRS 2.C1AKHMETOV/BERIK MSTR\nSSR INFT KC NN1 24MAY.AKHMETOV/TIMUR 12JAN24\n"
            ),
            ["AKHMETOVA/SAULE", "AKHMETOV/BERIK", "AKHMETOV/TIMUR"]
        );
        assert_eq!(
            found("BEGIN:VCARD\nFN:Viktor Pak\nN:Pak;Viktor;;Mr.;\nORG:Caspian Service LLP\nEND:VCARD\n"),
            ["Viktor Pak", "Pak", "Viktor"]
        );
        assert_eq!(found("the TCP/IP and the I/O of READ/WRITE"), Vec::<String>::new());
    }
}

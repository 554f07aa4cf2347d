//! Names that their written form tells: «Singh, Harpreet» alone in its field, «Адамбек.Т», «petrenko_v_i» in a path,
//! `?fio=Kozhakhmetov+Marat`.

use std::sync::LazyLock;

use memchr::memmem;

use crate::model::{Block, Evidence, EvidenceSet, SegmentKind};

use super::endings::latin_family;
use super::lists::{self, Lists};
use super::phrases::Phrases;
use super::rules;
use super::spans::Span;

/// Most names of one kind in a block.
const MOST: usize = 5000;
/// Longest word of such a name, in bytes.
const WORD: usize = 60;

const LATIN: lists::Flags = lists::LATIN_GIVEN | lists::LATIN_SURNAME | lists::LATIN_PATRONYMIC;
const CYRILLIC: lists::Flags =
    lists::NAMED | lists::SURNAME_ENDING | lists::KK_COMPOSED | lists::KK_PATRONYMIC;

/// Adds such names of a block; what was found of them before gives way. `spans` are in rising order, and stay so.
pub fn names(block: &Block, lists: &Lists, spans: &mut Vec<Span>) {
    let Ok(text) = simdutf8::basic::from_utf8(&block.text) else { return };
    let mut found: Vec<(usize, usize)> = Vec::new();
    inverted(text, lists, &mut found);
    dotted(text, lists, &mut found);
    underscored(text, lists, &mut found);
    signed(text, &mut found);
    labelled(text, lists, &mut found);
    mailed(text, &mut found);
    for (k, at, end) in PHRASES.places(&block.text, MOST) {
        found.extend(match k < KEYS.len() {
            true => queried(text, at, end, lists),
            false => passport(text, end, lists),
        });
    }
    if found.is_empty() {
        return;
    }
    found.sort_unstable_by_key(|f| (f.0, std::cmp::Reverse(f.1)));
    found.dedup_by(|b, a| b.0 < a.1);
    let before = spans.len();
    for (from, to) in found {
        let (from, to) = (from as u32, to as u32);
        let Some(segment) = block.segments.partition_point(|s| s.start <= from).checked_sub(1) else {
            continue;
        };
        let place = &block.segments[segment];
        let skipped = matches!(place.kind, SegmentKind::Skip | SegmentKind::Number | SegmentKind::Date);
        let had = spans[..before].partition_point(|s| s.start < to);
        let near = had.saturating_sub(16)..had;
        if skipped || place.end < to || spans[near.clone()].iter().any(|s| s.start <= from && to <= s.end) {
            continue;
        }
        spans[near].iter_mut().filter(|s| from < s.end).for_each(|s| s.end = s.start);
        let evidence = EvidenceSet::new().with(Evidence::NameList);
        spans.push(Span {
            start: from,
            end: to,
            segment: segment as u32,
            confidence: 0.8,
            evidence,
            entity: 0,
        });
    }
    spans.retain(|s| s.start < s.end);
    spans.sort_by_key(|s| s.start);
}

/// «Manager: Denis Park», «| Guest | Anna Lee |»: two to four words in Latin letters behind a label of a person.
fn labelled(text: &str, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    let dashes = memmem::find_iter(bytes, "– ").chain(memmem::find_iter(bytes, "— ")).map(|k| k + 2);
    let gaps = memmem::find_iter(bytes, b"   ").map(|k| k + 2);
    for at in memchr::memchr2_iter(b':', b'|', bytes).chain(gaps).chain(dashes) {
        if found.len() >= MOST {
            return;
        }
        let blanks = bytes[at + 1..].iter().take(40).take_while(|b| **b == b' ').count();
        let from = at + 1 + blanks;
        let begins = bytes.get(from).is_some_and(u8::is_ascii_uppercase)
            && bytes.get(from + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'.');
        if !begins {
            continue;
        }
        let label = text[text.ceil_char_boundary(at.saturating_sub(60))..text.floor_char_boundary(at)]
            .trim_end_matches([' ', '.', '"', '*']);
        let label = label.rsplit(['\n', '|', ',', ';', '\t']).next().unwrap_or(label);
        let label = label.rsplit("  ").next().unwrap_or(label).trim_start_matches([' ', '*', '-', '"', '•']);
        if label.len() > 48 || !rules::names_somebody(&label.to_lowercase()) {
            continue;
        }
        if let Some(end) = latin_name(text, from, lists) {
            found.push((from, end));
        }
    }
}

/// «"Tom Hargreaves" <tom.hargreaves@example.com>»: two to four words in Latin letters one of which the address repeats.
fn mailed(text: &str, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'@', bytes).take(MOST) {
        let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let local = at - bytes[..at].iter().rev().take(64).take_while(part).count();
        if local == at || !matches!(bytes[..local].last(), Some(b'<' | b'(')) {
            continue;
        }
        let end = text[..local - 1].trim_end_matches([' ', '"', '\'']).len();
        let inner = |b: &&u8| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'.' | b'\'');
        let from = end - bytes[..end].iter().rev().take(80).take_while(inner).count();
        let name = text[from..end].trim_start();
        let address = text[local..at].to_ascii_lowercase();
        let words: Vec<&str> = name.split(' ').collect();
        let person = |w: &&str| titled(w) && !rules::mailbox(&w.to_ascii_lowercase());
        let repeated = |w: &&str| w.len() >= 3 && address.contains(&w.to_ascii_lowercase());
        if (2..=4).contains(&words.len()) && words.iter().all(person) && words.iter().any(repeated) {
            found.push((end - name.len(), end));
        }
    }
}

/// Where two to four words in Latin letters end that begin at `from`, one of them a known name, with nothing of the
/// same field behind them.
fn latin_name(text: &str, from: usize, lists: &Lists) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = from;
    let (mut words, mut known) = (0, false);
    while words < 4 {
        let rest = &bytes[end..];
        let gap = usize::from(words > 0 && rest.first() == Some(&b' '));
        let letter = |b: &&u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'\'');
        let n = rest[gap..].iter().take_while(letter).count();
        let dot = n == 1 && rest.get(gap + n) == Some(&b'.');
        if n == 0 || (words > 0 && gap == 0) || !rest[gap].is_ascii_uppercase() || (n == 1 && !dot) {
            break;
        }
        let word = &text[end + gap..end + gap + n];
        let lower = word.to_lowercase();
        if rules::body(&lower) || rules::firm(&lower) {
            return None;
        }
        let name = flags(word, lists) & LATIN != 0 || latin_family(&lower);
        known |= n >= 3 && name && !rules::english(&lower);
        end += gap + n + usize::from(dot);
        words += 1;
    }
    let next = &bytes[end..];
    let signs = b"\n\r,;|(</\"\t";
    let ends = next.first().is_none_or(|b| signs.contains(b))
        || [&b"  "[..], b" |", b" (", b" - ", b". "].iter().any(|s| next.starts_with(s));
    (words >= 2 && known && ends).then_some(end)
}

/// «____________  D. Kim, Director»: initials and a surname in Latin letters behind the line of a signature.
fn signed(text: &str, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(n) = memmem::find(&bytes[at..], b"_____").filter(|_| found.len() < MOST) {
        let line = at + n;
        at = line + bytes[line..].iter().take_while(|b| **b == b'_').count();
        let from = at + bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'/' | b'(')).count();
        let mut k = from;
        let mut initials = 0;
        while initials < 3 && k + 1 < bytes.len() && bytes[k].is_ascii_uppercase() && bytes[k + 1] == b'.' {
            initials += 1;
            k += 2;
            k += usize::from(bytes.get(k) == Some(&b' '));
        }
        let word = bytes[k..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'-').count();
        let titled = word >= 2
            && bytes[k].is_ascii_uppercase()
            && bytes[k + 1..k + word].iter().any(u8::is_ascii_lowercase);
        let ends = bytes.get(k + word).is_none_or(|b| matches!(b, b',' | b'\n' | b'\r' | b' ' | b'/' | b')'));
        if initials > 0 && titled && ends {
            found.push((from, k + word));
        }
    }
}

fn flags(word: &str, lists: &Lists) -> lists::Flags {
    lists.flags(&word.to_lowercase().replace('ё', "е"))
}

/// One capital, or all capitals.
fn titled(word: &str) -> bool {
    let mut chars = word.chars();
    let first = chars.next().is_some_and(char::is_uppercase);
    first && (chars.clone().all(|c| !c.is_uppercase()) || chars.all(|c| !c.is_lowercase()))
}

/// The letters, hyphens and apostrophes that end `text`.
fn word_before(text: &str) -> &str {
    let inner = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'');
    let long = text.chars().rev().take_while(|c| inner(*c)).map(char::len_utf8).sum::<usize>();
    &text[text.len() - long..]
}

/// The letters, hyphens and apostrophes that open `text`.
fn word_after(text: &str) -> &str {
    let inner = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'');
    &text[..text.find(|c| !inner(c)).unwrap_or(text.len())]
}

/// «Singh, Harpreet», «Brooks, Daniel T.»: a surname, a comma and a given name that fill their field.
fn inverted(text: &str, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    let latin = |k: usize| {
        bytes.get(k).is_some_and(u8::is_ascii_alphabetic) || bytes.get(k).is_some_and(|b| *b >= 0x80)
    };
    for at in memmem::find_iter(bytes, b", ").take(MOST) {
        if at == 0 || !latin(at - 1) || !bytes.get(at + 2).is_some_and(|b| b.is_ascii_uppercase()) {
            continue;
        }
        let first = word_before(&text[..at]);
        let second = word_after(&text[at + 2..]);
        let plain =
            |w: &str| w.chars().any(|c| c.is_ascii_alphabetic()) && w.chars().all(|c| (c as u32) < 0x250);
        let word = |w: &str| w.len() >= 2 && w.len() <= WORD && titled_parts(w) && plain(w);
        if !word(first)
            || !word(second)
            || rules::english(&second.to_lowercase())
            || (rules::english(&first.to_lowercase()) && !latin_family(&first.to_lowercase()))
        {
            continue;
        }
        let (start, mut end) = (at - first.len(), at + 2 + second.len());
        // one more given name or initial
        if let Some(rest) = text[end..].strip_prefix(' ') {
            let more = word_after(rest);
            let initial = more.len() == 1 && more.starts_with(char::is_uppercase);
            if initial {
                end += 2 + usize::from(rest[1..].starts_with('.'));
            } else if word(more) {
                end += 1 + more.len();
            }
        }
        let opens = text[..start].trim_end_matches([' ', '"', '\'']);
        let wrote = opens.ends_with(',') && text[end..].starts_with(" <");
        let begins = opens.is_empty()
            || opens.ends_with(['\n', ';', '\t', '|', ':', '>'])
            || text[..start].ends_with('"')
            || wrote;
        let rest = text[end..].trim_start_matches(' ');
        let ends = rest.is_empty() || rest.starts_with(['\n', '\r', ';', '\t', '|', '"', '<', '(', '>', '[']);
        if !begins || !ends {
            continue;
        }
        let known = |w: &str, f: lists::Flags| w.split('-').any(|p| flags(p, lists) & f != 0);
        let given = known(second, lists::LATIN_GIVEN | lists::LATIN_SURE_GIVEN);
        let family = known(first, LATIN) || latin_family(&first.to_lowercase());
        if given || (family && !rules::english(&first.to_lowercase())) {
            found.push((start, end));
        }
    }
}

/// Every part of a word is titled: «Hans-Peter», «O'Connor».
fn titled_parts(word: &str) -> bool {
    word.split(['-', '\'']).filter(|p| !p.is_empty()).all(|p| titled(p) || p.len() <= 2)
}

/// «Адамбек.Т», «Омарова.А.Б.»: initials behind a full stop without a blank.
fn dotted(text: &str, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'.', bytes).take(4 * MOST) {
        // a letter before, a capital of two bytes behind
        if at < 4 || bytes[at - 1] < 0x80 || bytes.get(at + 1).is_none_or(|b| *b < 0xD0) {
            continue;
        }
        let mut end = at;
        let mut initials = 0;
        while initials < 2 {
            let Some(rest) = text[end..].strip_prefix('.') else { break };
            let word = word_after(rest);
            if word.chars().count() != 1 || !word.starts_with(char::is_uppercase) {
                break;
            }
            end += 1 + word.len();
            initials += 1;
        }
        if initials == 0 {
            continue;
        }
        let word = word_before(&text[..at]);
        let before = text[..at - word.len()].chars().next_back();
        let number = text[..at - word.len()].trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit());
        let free =
            before.is_none_or(|c| !c.is_alphanumeric() && (c != '.' || number) && !matches!(c, '@' | '_'));
        let f = flags(word, lists);
        let named = f & CYRILLIC != 0
            && (f & lists::ORDINARY == 0 || f & (lists::OC_SURNAME | lists::OC_GIVEN | lists::SURNAME) != 0)
            && (f & lists::OC_PLACE == 0 || f & (lists::OC_SURNAME | lists::SURNAME) != 0)
            // «1.Адамбек.Т»: in a numbered list of names
            || number && f & (lists::ORDINARY | lists::KK_ORDINARY | lists::OC_KNOWN) == 0;
        let mut folded = word.to_lowercase();
        folded = super::letters::fold(&folded);
        let other = rules::abbreviated(&folded) || rules::named_before(&folded) || rules::role(&folded);
        if word.chars().count() >= 2 && titled(word) && free && named && !other {
            end += usize::from(text[end..].starts_with('.'));
            found.push((at - word.len(), end));
        }
    }
}

/// A word that is a surname, whatever stands around it: listed, with a surname's ending.
fn surname(word: &str, lists: &Lists) -> bool {
    let lower = word.to_lowercase();
    let f = flags(word, lists);
    if word.is_ascii() {
        return word.len() >= 5
            && !rules::english(&lower)
            && (f & lists::LATIN_SURE_SURNAME != 0 || f & lists::LATIN_SURNAME != 0 && word.len() >= 6)
            && latin_family(&lower);
    }
    let long = word.chars().count();
    f & (lists::SURNAME | lists::OC_SURNAME | lists::KK_SURNAME) != 0
        && (long >= 5 && f & lists::ORDINARY == 0 || f & lists::SURNAME_FREQUENT != 0)
}

fn given(word: &str, lists: &Lists) -> bool {
    let f = flags(word, lists);
    let sure = lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN | lists::LATIN_SURE_GIVEN;
    word.chars().count() >= 3 && f & sure != 0
}

/// «petrenko_v_i», «Кан_Ирина_В», `/Akhmetzhanova/`, `\sadykova.g\`: names of files and folders.
fn underscored(text: &str, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let bytes = text.as_bytes();
    let mut past = 0;
    for at in memchr::memchr3_iter(b'_', b'\\', b'/', bytes).take(8 * MOST) {
        if at < past {
            continue;
        }
        if bytes[at] == b'_' {
            let inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
            let from =
                at - text[..at].chars().rev().take_while(|c| inner(*c)).map(char::len_utf8).sum::<usize>();
            let to = at + text[at..].find(|c| !inner(c)).unwrap_or(text.len() - at);
            past = to;
            if to - from <= 4 * WORD
                && !text[..from].ends_with(['@', '$', '.', '<'])
                && !text[to..].starts_with(['(', '=', '@'])
            {
                pieces(text, from, to, lists, found);
            }
            continue;
        }
        // a folder that is called by a surname
        let name = &text[at + 1..];
        let end = name.find(|c: char| !c.is_alphabetic() && c != '.').unwrap_or(name.len());
        let (name, behind) = name.split_at(end);
        let (word, letter) = name.split_once('.').unwrap_or((name, ""));
        let folder = behind.starts_with(bytes[at] as char);
        let initial = letter.len() == 1;
        if folder && (letter.is_empty() && titled(word) || initial) && word.len() >= 6 && surname(word, lists)
        {
            found.push((at + 1, at + 1 + name.len()));
        }
    }
}

/// The surname in a name of a file with the initials and given names beside it.
fn pieces(text: &str, from: usize, to: usize, lists: &Lists, found: &mut Vec<(usize, usize)>) {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let mut at = from;
    for part in text[from..to].split('_') {
        parts.push((at, at + part.len()));
        at += part.len() + 1;
    }
    let word = |k: usize| &text[parts[k].0..parts[k].1];
    // most names of variables have neither a letter alone nor two words with a capital
    let letter = |k: usize| word(k).chars().count() == 1;
    if !(0..parts.len()).any(letter) && (0..parts.len()).filter(|k| titled(word(*k))).count() < 2 {
        return;
    }
    let Some(k) = (0..parts.len()).find(|k| surname(word(*k), lists)) else { return };
    let beside = |w: &str| {
        let letters = w.chars().count();
        letters <= 2 && letters > 0 && w.chars().all(char::is_alphabetic) && (letters == 1 || titled(w))
            || given(w, lists)
    };
    let (mut first, mut last) = (k, k);
    while last + 1 < parts.len() && last < k + 2 && beside(word(last + 1)) {
        last += 1;
    }
    while last == k && first > 0 && first + 2 > k && beside(word(first - 1)) {
        first -= 1;
    }
    if first < last {
        found.push((parts[first].0, parts[last].1));
    }
}

/// Names of values in addresses of the web.
const KEYS: &[&str] = &["name=", "fio=", "client=", "ФИО=", "фио="];
/// What stands before a name as a passport writes it.
const CUES: &[&str] =
    &["паспорту", "паспорте", "на имя", "латиниц", "транслит", "төлқұжат", "ФИО лат", "атына"];
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[KEYS, CUES].concat()));

/// `?name=Botagoz&tel=`, `fio=Kozhakhmetov+Marat`: the value of an address of the web behind the key `text[at..start]`.
fn queried(text: &str, at: usize, start: usize, lists: &Lists) -> Option<(usize, usize)> {
    let before = text[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !before.ends_with(['?', '&']) {
        return None;
    }
    let value = &text[start..];
    let end = value.find(|c: char| !c.is_alphabetic() && !matches!(c, '+' | '%' | '0'..='9' | '-' | '.'));
    let value = &value[..end.unwrap_or(value.len())];
    let words: Vec<&str> =
        value.split(['+', '.']).flat_map(|w| w.split("%20")).filter(|w| !w.is_empty()).collect();
    let letters = words.iter().all(|w| w.chars().all(|c| c.is_alphabetic() || c == '-'));
    let known = |w: &&str| given(w, lists) || surname(w, lists);
    let name = letters && (1..=4).contains(&words.len()) && words.iter().any(known);
    name.then(|| (start, start + value.trim_end_matches(['+', '.']).len()))
}

/// «ФИО по паспорту: ZHANG WEI», «на имя KIM OLGA»: two or three words in Latin capitals that what stands before `cue` tells.
fn passport(text: &str, cue: usize, lists: &Lists) -> Option<(usize, usize)> {
    let capitals = |w: &str| w.len() >= 2 && w.bytes().all(|b| b.is_ascii_uppercase());
    let rest = &text[cue..];
    let (gap, _) = rest.char_indices().take_while(|c| c.0 <= 24).find(|c| c.1.is_ascii_uppercase())?;
    if rest[..gap].contains(['.', ';', '\n', ',']) {
        return None;
    }
    let start = cue + gap;
    let (mut end, mut words) = (start, Vec::new());
    while words.len() < 4 {
        let lead = usize::from(!words.is_empty() && text[end..].starts_with(' '));
        let word = word_after(&text[end + lead..]);
        if !capitals(word) || (!words.is_empty() && lead == 0) {
            break;
        }
        words.push(word);
        end += lead + word.len();
    }
    let firm = |w: &&str| rules::body(&w.to_lowercase()) || rules::firm(&w.to_lowercase());
    let name = |w: &&str| flags(w, lists) & LATIN != 0 && !rules::english(&w.to_lowercase());
    ((2..=3).contains(&words.len()) && !words.iter().any(firm) && words.iter().any(name))
        .then_some((start, end))
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn a_surname_and_a_comma_fill_their_field() {
        assert_eq!(found("> On 1 Nov 2022, Pruett, Oliver <o@x.kz> wrote:"), ["Pruett, Oliver"]);
        assert_eq!(found("From: Wilson, Peter J.\n"), ["Wilson, Peter J."]);
        assert_eq!(found("7;Singh, Harpreet;B.Sc.;2024"), ["Singh, Harpreet"]);
        assert_eq!(found("Places: Paris, London and Rome"), Vec::<String>::new());
        assert_eq!(found("Office: Almaty, Kazakhstan"), Vec::<String>::new());
    }

    #[test]
    fn initials_without_a_blank() {
        assert_eq!(found("1.Адамбек.Т 2.Бақыт.С 3.Омарова.А.Б."), ["Адамбек.Т", "Бақыт.С", "Омарова.А.Б."]);
        assert_eq!(found("см. прил.А и рис.Б, ул.Абая.К"), Vec::<String>::new());
    }

    #[test]
    fn names_behind_labels_and_signatures() {
        assert_eq!(found("Manager: Denis Park\nProduct: Garden Park Hotel\n"), ["Denis Park"]);
        assert_eq!(found("Guest      Denis Park   |\nDriver – Viktor Pak\n"), ["Denis Park", "Viktor Pak"]);
        assert_eq!(found("Signature: __________  D. Tsoy, Director\n"), ["D. Tsoy"]);
        assert_eq!(found("Manager: Project Office, Contact: Sales Department\n"), Vec::<String>::new());
    }

    #[test]
    fn names_of_files_and_addresses() {
        assert_eq!(
            found("/home/kadry/petrenko_v_i/a.doc и Кан_Ирина_В_диплом.pdf"),
            ["petrenko_v_i", "Кан_Ирина_В"]
        );
        assert_eq!(found(r"C:\Users\sadykova.g\Documents"), ["sadykova.g"]);
        assert_eq!(
            found("GET /cb?name=Botagoz&tel=1 /s?fio=Kozhakhmetov+Marat&p=1"),
            ["Botagoz", "Kozhakhmetov+Marat"]
        );
        assert_eq!(found("let user_id = main_loop(x_y); style_sheet_a"), Vec::<String>::new());
    }
}

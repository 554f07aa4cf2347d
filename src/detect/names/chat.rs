//! Chats: who says a line, and names in small letters in what people say who use no capitals.
//!
//! `[12.09.2023, 08:14] Name: text`, `02.03.2024, 19:06 - Name: text` and `name 14:02 text` are how messengers write
//! a conversation out. In prose a given name in small letters is mostly another word; between friends it is a name.

use rustc_hash::FxHashSet as HashSet;

use crate::model::{Evidence, EvidenceSet};

use super::letters::fold;
use super::lists::{self, Flags, Lists};
use super::pieces;
use super::rules;
use super::said::{LABEL, LEAST, Line, UNSTAMPED, line, unstamped};
use super::spans::Span;

/// Most bytes of a message that are read for names in small letters.
const MESSAGE: usize = 4000;

/// Flags of a given name in small letters that stands for itself.
const GIVEN: Flags =
    lists::GIVEN | lists::OC_GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM | lists::GIVEN_FREQUENT;
/// Flags that speak against a name in small letters.
const WORDS: Flags = lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE;

fn lower(word: &str) -> String {
    word.to_lowercase().replace('ё', "е")
}

/// May a word of a speaker's label be a name?
pub fn label_word(word: &str, bare: bool, lists: &Lists) -> bool {
    let lower = lower(word);
    let folded = fold(&lower);
    let flags = lists.flags(&lower);
    let named = GIVEN
        | lists::SURNAME_FREQUENT
        | lists::OC_SURNAME
        | lists::KK_SURNAME
        | lists::PATRONYMIC
        | lists::KK_COMPOSED
        | lists::LATIN_SURE_GIVEN
        | lists::LATIN_SURE_SURNAME
        | lists::LATIN_KK;
    let called =
        rules::kin(&folded) || rules::role(&folded) || rules::honorific(&folded) || rules::label(&folded);
    let given = flags & (lists::GIVEN_FREQUENT | lists::KK_GIVEN | lists::OC_GIVEN | lists::OC_SURNAME) != 0;
    // «Жолдас көке», whatever the lists say
    let kin = rules::kin(&folded) && flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT) == 0;
    // "Tue Jan  9 07:58:12 2024 : Auth:": a log
    const DAYS: [&str; 18] = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed",
        "thu", "fri", "sat", "sun",
    ];
    if DAYS.contains(&lower.as_str())
        || word.chars().count() < 2
        || called && !given
        || kin
        || rules::calls(&folded)
    {
        return false;
    }
    flags & named != 0 && (given || flags & (lists::ORDINARY | lists::KK_ORDINARY) == 0)
        || (!bare
            && flags & lists::OC_KNOWN == 0
            && (flags & lists::KK_ORDINARY == 0 || word.starts_with(char::is_uppercase))
            && word.chars().all(char::is_alphabetic))
}

/// A word in Latin letters that reads as a name.
pub fn latin_name(word: &str, lists: &Lists) -> bool {
    let named = lists::LATIN_GIVEN | lists::LATIN_SURNAME | lists::LATIN_PATRONYMIC;
    word.is_ascii()
        && word.len() >= 4
        && lists.flags(&word.to_lowercase()) & named != 0
        && !rules::calls(&word.to_lowercase())
}

/// Endings of Russian cases as they are written in Latin letters.
const CASES: &[&str] =
    &["", "a", "u", "e", "i", "y", "oi", "oy", "om", "em", "ya", "yu", "ei", "ey", "iem", "nym", "ym"];

/// The word in Latin letters without the ending of a case, in every way that it may have one; «aziza» for «azizu» too.
fn bare(lower: &str) -> impl Iterator<Item = String> + '_ {
    CASES
        .iter()
        .filter_map(|e| lower.strip_suffix(e))
        .filter(|s| s.len() >= 4)
        .flat_map(|s| [s.to_owned(), format!("{s}a")])
}

/// «daniyara», «raisu petrovnu»: a name in small Latin letters, which are those of a chat in Russian or Kazakh.
fn small_latin(lower: &str, lists: &Lists) -> bool {
    let named = lists::LATIN_SURE_GIVEN | lists::LATIN_PATRONYMIC;
    let family = |w: &str| {
        lists.flags(w) & lists::LATIN_SURE_SURNAME != 0 && super::endings::latin_family(w) && w.len() >= 7
    };
    lower.len() >= 5
        && !rules::english(lower)
        && !rules::calls(lower)
        && !lower.starts_with("ulic")
        && lists.corpora(&super::parts::key(lower)) & lists::ORDINARY == 0
        && bare(lower)
            .any(|w| (lists.flags(&w) & named != 0 && !rules::english(&w) && w.len() >= 5) || family(&w))
}

/// A given name or surname in small letters, in what people say in a chat.
fn small_name(word: &str, lists: &Lists) -> bool {
    let lower = lower(word);
    if word.is_ascii() {
        return small_latin(&lower, lists);
    }
    let flags = lists.flags(&lower);
    let long = word.chars().count();
    if long < 4
        || flags & WORDS != 0
        || rules::noun(&fold(&lower))
        || rules::kin(&fold(&lower))
        || rules::role(&fold(&lower))
    {
        return false;
    }
    let latin = word.is_ascii();
    let sure = lists::OC_GIVEN | lists::KK_GIVEN | lists::GIVEN_FREQUENT;
    let given = flags & sure != 0 || (flags & (GIVEN | lists::KK_COMPOSED) != 0 && long >= 5);
    let family = lists::KK_SURNAME | lists::SURNAME | lists::OC_SURNAME;
    let surname = flags & lists::SURNAME_ENDING != 0
        && (flags & family != 0 && long >= 6
            || ["баев", "баева", "беков", "бекова"].iter().any(|e| lower.ends_with(e)));
    let known = flags & lists::OC_KNOWN != 0 && flags & (lists::OC_GIVEN | lists::OC_SURNAME) == 0;
    !latin && !known && (given || surname)
}

/// The words of `text[from..to]` by letters, apostrophes and hyphens.
fn words(text: &str, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut start = None;
    for (k, c) in text[from..to].char_indices().chain([(to - from, ' ')]) {
        match (c.is_alphabetic() || (start.is_some() && matches!(c, '-' | '\'')), start) {
            (true, None) => start = Some(from + k),
            (false, Some(s)) => {
                all.push((s, from + k));
                start = None;
            }
            _ => {}
        }
    }
    all
}

/// Joins neighbouring name words, a blank between them, into spans; an initial with or without its dot goes with them.
/// `named` is asked with the word before and the word behind.
fn joined(
    text: &str,
    words: &[(usize, usize)],
    named: impl Fn(&str, &str, &str) -> bool,
) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let word = |k: usize| words.get(k).map_or("", |(from, to)| &text[*from..*to]);
    for (k, (from, to)) in words.iter().enumerate() {
        // «Рахимжанова А.Б.»: no blank stands before the second initial
        let near = out
            .last()
            .is_some_and(|o| &text[o.1..*from] == " " || (o.1 == *from && text[..*from].ends_with('.')));
        let before = k.checked_sub(1).filter(|b| &text[words[*b].1..*from] == " ").map_or("", word);
        let behind = words.get(k + 1).filter(|n| &text[*to..n.0] == " ").map_or("", |_| word(k + 1));
        if named(word(k), before, behind) {
            match out.last_mut().filter(|_| near) {
                Some(o) => o.1 = *to,
                None => out.push((*from, *to)),
            }
        } else if near && word(k).chars().count() == 1 {
            let dot = usize::from(text[*to..].starts_with('.'));
            let alone = dot == 1 || !text[*to..].starts_with(' ') || word(k).chars().all(char::is_uppercase);
            if let Some(o) = out.last_mut().filter(|_| alone) {
                o.1 = *to + dot;
            }
        }
    }
    out
}

/// A name in small letters, with the words beside it: «дима цой», «бабы раи».
fn small_beside(word: &str, before: &str, behind: &str, lists: &Lists) -> bool {
    let flags = |w: &str| lists.flags(&lower(w));
    let given = |f: Flags| f & (lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN) != 0;
    let family = |f: Flags| {
        f & (lists::OC_SURNAME | lists::SURNAME_FREQUENT | lists::KK_SURNAME) != 0 && f & WORDS == 0
    };
    let long = |w: &str, least: usize| w.chars().count() >= least && !w.is_ascii();
    // «im satpaeva», «s ulicei satpaeva»
    let street =
        word.is_ascii() && (matches!(before, "im" | "ul" | "pr" | "prospekt") || before.starts_with("ulic"));
    small_name(word, lists) && !street
        || (long(word, 4)
            && long(behind, 3)
            && given(flags(word))
            && family(flags(behind))
            && !rules::noun(&fold(word)))
        || (long(word, 3)
            && long(before, 4)
            && given(flags(before))
            && family(flags(word))
            && !rules::noun(&fold(before)))
        || (long(word, 3)
            && rules::kin(&fold(before))
            && flags(word) & lists::OC_GIVEN != 0
            && flags(word) & WORDS == 0)
}

/// Is a message written without capitals, or but for the first letter, which telephones raise?
fn small_writer(message: &str) -> bool {
    if message.trim_start().starts_with(char::is_lowercase) {
        return true;
    }
    let mut open = true;
    message.chars().all(|c| {
        let fine = open || !c.is_uppercase();
        open = matches!(c, '.' | '!' | '?') || (open && !c.is_alphabetic());
        fine
    })
}

/// Is a word in small letters the name of somebody who speaks in the chat, in any case?
fn is_speaker(word: &str, speakers: &HashSet<String>) -> bool {
    if speakers.contains(word) {
        return true;
    }
    if word.is_ascii() {
        return bare(&lower(word)).any(|w| speakers.contains(&w));
    }
    let key = fold(&lower(word));
    let stem = super::parts::plain_stem(&key);
    let bare = super::endings::kk_stem(&key).unwrap_or(&key);
    word.chars().count() >= 5 && (speakers.contains(stem.as_str()) || speakers.contains(bare))
}

/// Adds the speakers of a chat, and the names in small letters of what they say; `segment` is the block's only one.
pub fn names(text: &[u8], segment: u32, lists: &Lists, spans: &mut Vec<Span>) {
    let Ok(whole) = simdutf8::basic::from_utf8(text) else { return };
    let (mut lines, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let (end, next) = pieces::line_end(text, at, text.len());
        // a time stands near the start of the line
        let head = &text[at..end.min(at + 2 * LABEL)];
        if memchr::memchr(b':', head).is_some()
            && let Some(l) = line(&whole[at..end])
        {
            lines.push((at, end, l));
        }
        at = next;
    }
    if lines.len() < LEAST && text.len() <= UNSTAMPED {
        lines = unstamped(whole, lists);
    }
    if lines.len() < LEAST {
        return;
    }
    let labels = |bare_too: bool| {
        let named = move |w: &str, l: &Line| {
            label_word(w, l.bare, lists) || (bare_too && l.bare && latin_name(w, lists))
        };
        lines.iter().map(move |(at, _, l)| {
            joined(whole, &words(whole, at + l.from, at + l.to), |w, _, _| named(w, l))
        })
    };
    // where enough speakers are sure, those in Latin letters are believed more readily
    let many = labels(false).filter(|l| !l.is_empty()).count() >= LEAST;
    let labels: Vec<Vec<(usize, usize)>> = labels(many).collect();
    let speakers: HashSet<String> = labels
        .iter()
        .flatten()
        .flat_map(|(from, to)| words(whole, *from, *to))
        .map(|(from, to)| lower(&whole[from..to]))
        .filter(|w| w.chars().count() >= 4)
        .flat_map(|w| {
            let key = fold(&w);
            let stem = super::parts::plain_stem(&key);
            [w, key, stem]
        })
        .filter(|w| w.chars().count() >= 4)
        .collect();
    // in the label of a line what is read here outweighs the tagger: «Саша Папа Санжара»
    let mut read = lines.iter().zip(&labels).filter(|(l, said)| !l.2.bare && !said.is_empty()).peekable();
    spans.sort_by_key(|s| s.start);
    spans.retain(|s| {
        while read.next_if(|((at, _, l), _)| at + l.to <= s.start as usize).is_some() {}
        !read
            .peek()
            .is_some_and(|((at, _, l), _)| at + l.from <= s.start as usize && s.end as usize <= at + l.to)
    });
    let before = spans.len();
    let mut add = |from: usize, to: usize, confidence: f32| {
        // «игорь п.»: what was found within is a part of it
        let within = |s: &Span| from <= s.start as usize && s.end as usize <= to;
        if let Some(k) = spans[..before].iter().position(within) {
            (spans[k].start, spans[k].end) = (from as u32, to as u32);
            return;
        }
        let taken = spans[..before].iter().any(|s| (s.start as usize) < to && from < s.end as usize);
        if !taken {
            let evidence = EvidenceSet::new().with(Evidence::NameList);
            let (start, end) = (from as u32, to as u32);
            spans.push(Span { start, end, segment, confidence, evidence, entity: 0 });
        }
    };
    for (n, ((at, end, l), said)) in lines.iter().zip(labels).enumerate() {
        // «@user: …» has no name and says something all the same
        if l.bare && said.is_empty() && l.from < l.to {
            continue;
        }
        said.iter().for_each(|(from, to)| add(*from, *to, 0.9));
        let (from, mut to) = (at + l.says, *end);
        // what is said stands below the name
        if whole[from..to].trim().is_empty() {
            let (from, next) = (to, lines.get(n + 1).map_or(text.len(), |l| l.0));
            to = whole[from..next]
                .trim_start()
                .find("\n\n")
                .map_or(next, |k| next - whole[from..next].trim_start().len() + k);
        }
        let message = &whole[from..to];
        if message.len() > MESSAGE || !small_writer(message) {
            continue;
        }
        let said_of = |w: &str, before: &str, behind: &str| {
            w.starts_with(char::is_lowercase)
                && (is_speaker(w, &speakers) || small_beside(w, before, behind, lists))
        };
        let small = joined(whole, &words(whole, from, to), said_of);
        small.iter().for_each(|(from, to)| add(*from, *to, 0.7));
    }
    spans.sort_by_key(|s| s.start);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::names::tests::found;

    #[test]
    fn lines_of_messengers() {
        for (text, label) in [
            ("[01.02.2023, 08:14] Жанна К.: привет", "Жанна К."),
            ("02.03.2024, 19:06 - Ерлан: салем", "Ерлан"),
            ("- *Данил 10:15* — готово", "Данил"),
            ("oleg 14:02 завтра", "oleg"),
            ("Лена, [12.09.2023 08:15]", "Лена"),
        ] {
            let l = line(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&text[l.from..l.to], label);
        }
        assert_eq!(line("12:00 - обед"), None);
        assert_eq!(found(&"Начало в 14:02, сбор у ворот номер 3\n".repeat(4)), Vec::<String>::new());
    }

    #[test]
    fn speakers_and_small_letters() {
        let chat = "[01.02.2023, 08:14] Жанна мама Алихана: где тимур?\n\
                    [01.02.2023, 08:15] +7 701 000 00 01: тимур у ксюши, вера кончается\n\
                    [01.02.2023, 08:16] ренат: спросите у дамира\n";
        assert_eq!(found(chat), ["Жанна", "Алихана", "тимур", "тимур", "ксюши", "ренат", "дамира"]);
    }

    #[test]
    fn chats_without_times_and_in_latin_letters() {
        let chat = "Timur: kto vidal daniyara?\nAsel: on u zhanny\nTimur: i raisu petrovnu ne vidal\n\
                    @user1: ona u timura\nAsel: ok\nTimur: spasibo\n";
        assert_eq!(found(chat)[..2], ["Timur", "daniyara"]);
        assert!(
            found(chat).contains(&"raisu petrovnu".to_owned()) && found(chat).contains(&"timura".to_owned())
        );
        let settings =
            "name: aziza\nport: 80\nname: daniyar\nport: 90\nname: berik\nport: 80\nname: asel\nport: 80\n";
        assert!(!found(settings).contains(&"daniyar".to_owned()));
    }

    #[test]
    fn logs_are_no_chat() {
        let log =
            "nginx 10:00:01 started\nworker 10:00:02 ready\nmain 10:00:03 loading rose\nroot 10:00:04 done\n";
        assert_eq!(found(log), Vec::<String>::new());
    }
}

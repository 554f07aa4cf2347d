//! Names that stand side by side without a mark between them: «Төлегенова Сәуледен Бейсембаев Нұржанға».

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::endings::{composed, kk_stem};
use super::letters::fold;
use super::lists::Lists;
use super::parts::{self, Parts};
use super::spans::Span;
use super::token::Kind;
use super::view::View;
use super::word::{Shape, Word};

/// Does a text hold letters that only Kazakh has?
pub fn kazakh(text: &[u8]) -> bool {
    text.windows(2).any(|w| {
        matches!(w, [0xD2, 0x92 | 0x93 | 0x9A | 0x9B | 0xA2 | 0xA3 | 0xAE..=0xB1 | 0xBA | 0xBB])
            || matches!(w, [0xD3, 0x98 | 0x99 | 0xA8 | 0xA9] | [0xD1, 0x96])
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Surname,
    Given,
    Patronymic,
    Other,
}

/// Endings that only surnames have, with the Russian case endings they take.
const SURNAMES: &[&str] = &[
    "ов",
    "ова",
    "ову",
    "овой",
    "овым",
    "ев",
    "ева",
    "еву",
    "евой",
    "евым",
    "ский",
    "ская",
    "ского",
    "скому",
    "ским",
    "скую",
    "цкий",
    "цкая",
    "цкого",
    "цкому",
    "цким",
    "цкую",
];

/// Endings of surnames that other words have too: they count where the lists know the word as a surname and as
/// no given name.
const LISTED: &[&str] = &["енко", "ук", "юк", "ян", "дзе", "швили", "ин", "ина", "иной", "ину", "ич"];

fn part(word: &Word) -> Part {
    use super::lists::*;
    let has = |f: Flags| word.flags & f != 0;
    let folded = fold(&word.lower);
    let surname = |w: &str| SURNAMES.iter().any(|e| w.ends_with(e)) && w.chars().count() >= 5;
    let given = has(GIVEN | KK_GIVEN | KK_GIVEN_FORM | OC_GIVEN);
    if has(PATRONYMIC_ENDING) && !has(OC_SURNAME)
        || has(KK_PATRONYMIC | LATIN_PATRONYMIC | OC_PATRONYMIC | PATRONYMIC)
    {
        Part::Patronymic
    } else if surname(&folded)
        || kk_stem(&folded).is_some_and(surname)
        || (has(OC_SURNAME | SURNAME) && !given && LISTED.iter().any(|e| folded.ends_with(e)))
    {
        Part::Surname
    } else if given {
        Part::Given
    } else {
        Part::Other
    }
}

/// A Kazakh case ending on a word that is a name without it.
fn declined(word: &Word, lists: &Lists) -> bool {
    const CASES: &[&str] = &[
        "ның", "нің", "дың", "дің", "тың", "тің", "ға", "ге", "қа", "ке", "нан", "нен", "дан", "ден", "тан",
        "тен", "ны", "ні", "ды", "ді", "ты", "ті", "мен", "пен", "бен", "нда", "нде", "да", "де", "та", "те",
    ];
    // of the endings above, those that hardly a name in the nominative has
    const SURE: usize = 8;
    const GENITIVE: usize = 6;
    let folded = fold(&word.lower);
    if lists.name(&folded) != 0 {
        return false;
    }
    CASES.iter().enumerate().any(|(k, ending)| {
        let Some(stem) = word.lower.strip_suffix(ending) else { return false };
        let stem = fold(stem);
        SURNAMES.iter().take(2).chain(&["ев", "ева", "улы", "кызы", "вич", "вна"]).any(|e| stem.ends_with(e))
            || (k < SURE && stem.chars().count() >= 4 && (lists.name(&stem) != 0 || composed(&stem)))
            // of a name that no list knows, a genitive tells itself
            || (k < GENITIVE && stem.chars().count() >= 5)
    })
}

/// Where a further name begins within the tokens `from..to` that were taken for one name.
pub fn cuts(view: &View<'_>, lists: &Lists, from: usize, to: usize) -> Vec<usize> {
    let (text, tokens) = (view.text, view.tokens);
    let mut cuts = Vec::new();
    let word = |k: usize| view.word(k);
    let named = |k: &usize| view.is_word(*k) && word(*k).len > 1 && word(*k).shape != Shape::Initial;
    if (from..to).filter(named).count() < 2 {
        return cuts;
    }
    let in_kazakh = tokens
        .first()
        .zip(tokens.last())
        .is_some_and(|(a, b)| kazakh(&text[a.start as usize..b.end as usize]));
    // a row of surnames, as under a protocol
    let all: Vec<usize> = (from..to).filter(named).collect();
    let kinds: Vec<Part> = all.iter().map(|k| part(word(*k))).collect();
    let surnames = kinds.iter().filter(|k| **k == Part::Surname).count();
    let plain = kinds.iter().all(|k| matches!(k, Part::Surname | Part::Other));
    if plain && surnames >= 2 && all.len() >= 3 && surnames + 1 >= all.len() && all.len() == to - from {
        return all[1..].to_vec();
    }
    let (mut surname, mut given, mut patronymic, mut ended) = (false, 0, false, false);
    let mut long = false;
    // names of more than one letter since the last cut, and whether a patronymic closed three of them
    let (mut count, mut whole) = (0, false);
    let initials_first = view.initial(from);
    for k in (from..to).filter(named) {
        let w = word(k);
        let ending_apart = matches!(fold(&w.lower).as_str(), "улы" | "кызы" | "оглы" | "гызы");
        let part = part(w);
        let declined = in_kazakh && declined(w, lists);
        // «Касымжанов А. Адиль», «Л. Ким Ж. Тохтарова»: initials close a name or open the next
        let closed = k >= from + 3 && view.initial(k - 2) && long;
        let next = k > from
            && !ending_apart
            // «Нурбек уулу Эрлан»: the father's name stands before the person's own
            && view.folded(k - 1) != "уулу"
            && (ended
                || whole
                || closed
                || (part == Part::Patronymic && patronymic)
                || (part == Part::Surname && surname)
                || (part == Part::Given && surname && given > 0 && patronymic)
                || (part == Part::Surname && given > 1 && declined));
        if next {
            // initials before the new name belong to it
            let mut at = k;
            while at >= from + 2
                && word(at - 2).shape == Shape::Initial
                && tokens[at - 1].kind == Kind::Mark
                && (ended || initials_first)
            {
                at -= 2;
            }
            if at > from {
                cuts.push(at);
            }
            (surname, given, patronymic) = (false, 0, false);
            count = 0;
        }
        count += 1;
        whole = part == Part::Patronymic && count >= 3;
        match part {
            Part::Surname => surname = true,
            Part::Given => given += 1,
            Part::Patronymic => patronymic = true,
            Part::Other => {}
        }
        ended = declined;
        long = true;
    }
    cuts
}

/// Parts two persons whom a Kazakh text names side by side («Қайсар Жандарбековтен»), where it names each of them more
/// fully elsewhere.
pub fn apart(text: &[u8], lists: &Lists, found: &[Parts], spans: &mut Vec<Span>) {
    let pairs: Vec<Option<(&String, &String)>> =
        found.iter().map(|p| Some((p.given.as_ref()?, p.surname.as_ref()?))).collect();
    let mut givens: HashMap<&str, HashSet<&str>> = HashMap::default();
    let mut surnames: HashMap<&str, HashSet<&str>> = HashMap::default();
    let mut count: HashMap<(&str, &str), u32> = HashMap::default();
    for (given, surname) in pairs.iter().flatten() {
        givens.entry(given).or_default().insert(surname);
        surnames.entry(surname).or_default().insert(given);
        *count.entry((given, surname)).or_default() += 1;
    }
    let named: HashSet<&str> = found.iter().filter_map(|p| p.given.as_deref()).collect();
    // the first name in full is the person's own
    let mut seen = HashSet::default();
    let mut k = 0;
    for found in &pairs {
        let span = &spans[k];
        k += 1;
        if let Some(gap) = third(text, lists, &named, span) {
            split(spans, k - 1, gap);
            k += 1;
            continue;
        }
        let Some((given, surname)) = *found else { continue };
        let others = givens[given.as_str()].len() > 1 && surnames[surname.as_str()].len() > 1;
        if seen.insert(given) || !others || count[&(given.as_str(), surname.as_str())] > 1 {
            continue;
        }
        let value = &text[span.start as usize..span.end as usize];
        let Some(gap) = memchr::memchr(b' ', value).filter(|g| !value[g + 1..].contains(&b' ')) else {
            continue;
        };
        let around =
            &text[span.start.saturating_sub(200) as usize..(span.end as usize + 200).min(text.len())];
        let given_first = parts::parts_of(&value[..gap], lists).given.as_ref() == Some(given);
        // «Еслямов Салаваттың арақ ішкенін айтты»: the second word alone is declined
        let last = fold(&String::from_utf8_lossy(&value[gap + 1..]).to_lowercase());
        let given_last = kk_stem(&last).is_some() && lists.name(&last) == 0;
        if !kazakh(around) || !(given_first || given_last) || value.contains(&b'.') {
            continue;
        }
        split(spans, k - 1, gap);
        k += 1;
    }
}

/// Makes two names of one at the blank `gap` bytes into it.
fn split(spans: &mut Vec<Span>, k: usize, gap: usize) {
    let mut second = spans[k].clone();
    second.start += gap as u32 + 1;
    spans[k].end = spans[k].start + gap as u32;
    spans.insert(k + 1, second);
}

/// Where the third of three words begins that is the declined given name of another («Ұлпан Жанәділ Серіктің»).
fn third(text: &[u8], lists: &Lists, givens: &HashSet<&str>, span: &Span) -> Option<usize> {
    let value = &text[span.start as usize..span.end as usize];
    let gap = memchr::memrchr(b' ', value)?;
    let whole = memchr::memchr_iter(b' ', value).count() == 2 && !value.contains(&b'.');
    if !whole
        || !kazakh(&text[span.start.saturating_sub(200) as usize..(span.end as usize + 200).min(text.len())])
    {
        return None;
    }
    let last = fold(&std::str::from_utf8(&value[gap + 1..]).ok()?.to_lowercase());
    let parts = parts::parts_of(&value[gap + 1..], lists);
    let stem = kk_stem(&last)?;
    let named = |g: &String| givens.contains(g.as_str());
    let known = parts.given.as_ref().or(parts.surname.as_ref()).is_some_and(named)
        || givens.contains(parts::plain_stem(stem).as_str());
    (known && lists.name(&last) == 0 && !stem.ends_with("улы") && !stem.ends_with("кызы")).then_some(gap)
}

//! Names that stand side by side without a mark between them: «Төлегенова Сәуледен Бейсембаев Нұржанға».

use std::collections::{HashMap, HashSet};

use super::lists::{self, Lists};
use super::parts::Parts;
use super::spans::{self, Span};
use super::tagger::{Cache, Tagging};
use super::token::{Kind, Token};
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
];

fn part(word: &Word) -> Part {
    use lists::*;
    let has = |f: Flags| word.flags & f != 0;
    let folded = fold(&word.lower);
    let surname = |w: &str| SURNAMES.iter().any(|e| w.ends_with(e)) && w.chars().count() >= 5;
    if has(PATRONYMIC_ENDING) && !has(OC_SURNAME)
        || has(KK_PATRONYMIC | LATIN_PATRONYMIC | OC_PATRONYMIC | PATRONYMIC)
    {
        Part::Patronymic
    } else if surname(&folded) || kk_stem(&folded).is_some_and(surname) {
        Part::Surname
    } else if has(GIVEN | KK_GIVEN | KK_GIVEN_FORM | OC_GIVEN) {
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
    let folded = lists::fold(&word.lower);
    if lists.name(&folded) != 0 {
        return false;
    }
    CASES.iter().enumerate().any(|(k, ending)| {
        let Some(stem) = word.lower.strip_suffix(ending) else { return false };
        let stem = lists::fold(stem);
        SURNAMES.iter().take(2).chain(&["ев", "ева", "улы", "кызы", "вич", "вна"]).any(|e| stem.ends_with(e))
            || (k < SURE && stem.chars().count() >= 4 && lists.name(&stem) != 0)
    })
}

/// Where a further name begins within the tokens `from..to` that were taken for one name.
pub fn cuts(
    text: &[u8],
    tokens: &[Token],
    tagging: &Tagging,
    cache: &Cache,
    lists: &Lists,
    from: usize,
    to: usize,
) -> Vec<usize> {
    let mut cuts = Vec::new();
    let word = |k: usize| &cache.entry(tagging.words[k]).word;
    let named =
        |k: &usize| tokens[*k].kind == Kind::Word && word(*k).len > 1 && word(*k).shape != Shape::Initial;
    if (from..to).filter(named).count() < 2 {
        return cuts;
    }
    let in_kazakh = tokens
        .first()
        .zip(tokens.last())
        .is_some_and(|(a, b)| kazakh(&text[a.start as usize..b.end as usize]));
    let (mut surname, mut given, mut patronymic, mut ended) = (false, 0, false, false);
    for k in (from..to).filter(named) {
        let w = word(k);
        let ending_apart = matches!(lists::fold(&w.lower).as_str(), "улы" | "кызы" | "оглы" | "гызы");
        let part = part(w);
        let declined = in_kazakh && declined(w, lists);
        let next = k > from
            && !ending_apart
            && (ended
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
                && ended
            {
                at -= 2;
            }
            if at > from {
                cuts.push(at);
            }
            (surname, given, patronymic) = (false, 0, false);
        }
        match part {
            Part::Surname => surname = true,
            Part::Given => given += 1,
            Part::Patronymic => patronymic = true,
            Part::Other => {}
        }
        ended = declined;
    }
    cuts
}

/// Parts two persons whom a Kazakh text names side by side («Қайсар Жандарбековтен»), where it names each of them more
/// fully elsewhere.
pub fn apart(text: &[u8], lists: &Lists, parts: &[Parts], spans: &mut Vec<Span>) {
    let pairs: Vec<Option<(&String, &String)>> =
        parts.iter().map(|p| Some((p.given.as_ref()?, p.surname.as_ref()?))).collect();
    let mut givens: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut surnames: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut count: HashMap<(&str, &str), u32> = HashMap::new();
    for (given, surname) in pairs.iter().flatten() {
        givens.entry(given).or_default().insert(surname);
        surnames.entry(surname).or_default().insert(given);
        *count.entry((given, surname)).or_default() += 1;
    }
    // the first name in full is the person's own
    let mut seen = HashSet::new();
    let mut k = 0;
    for found in &pairs {
        let span = &spans[k];
        k += 1;
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
        let given_first = spans::parts_of(&value[..gap], lists).given.as_ref() == Some(given);
        if !kazakh(around) || !given_first || value.contains(&b'.') {
            continue;
        }
        let mut second = span.clone();
        second.start += gap as u32 + 1;
        spans[k - 1].end = spans[k - 1].start + gap as u32;
        spans.insert(k, second);
        k += 1;
    }
}

//! Kazakh given names as elders are called by them: «Балекең», «Серекеңе», and «Сәке» where somebody is spoken to.

use super::endings::KK_ENDINGS;
use super::lists;
use super::word::{Shape, Word};

/// Case endings behind «-кең».
const CASES: &[&str] = &["", "нің", "ді", "ге", "ден", "мен", "де", "дікі", "дер", "дерді", "дердің"];
/// Words of the same form that name nobody: kin with «your», and nouns.
const WORDS: &[&str] = &[
    "әкең",
    "көкең",
    "жеңгекең",
    "тәтекең",
    "апекең",
    "мекең",
    "береке",
    "мереке",
    "жеке",
    "көке",
    "тәке",
    "өнеке",
    "реке",
];

fn vowel(c: char) -> bool {
    matches!(c, 'е' | 'ә' | 'ө' | 'ү' | 'і' | 'а' | 'о' | 'ұ' | 'у' | 'и' | 'э')
}

fn listed(word: &Word) -> bool {
    // what has a letter that Russian lacks is no Russian word, though it folds to one («бәкең», «бакен»)
    let kazakh = word.lower.contains(['ә', 'ө', 'ү', 'ұ', 'қ', 'ғ', 'ң', 'і']);
    let russian = lists::ORDINARY | lists::OC_KNOWN | lists::OC_PLACE;
    let other = if kazakh { lists::KK_ORDINARY } else { lists::KK_ORDINARY | russian };
    word.flags & other != 0 || !matches!(word.shape, Shape::Title | Shape::UpperLine)
}

/// «Балекең» in any case: a capital, and nothing else ends so.
pub fn respectful(word: &Word) -> bool {
    if !(5..=16).contains(&word.len) || word.lower.is_ascii() || listed(word) {
        return false;
    }
    let lower = word.lower.as_str();
    let Some(at) = lower.rfind("кең").filter(|at| CASES.contains(&&lower[at + "кең".len()..])) else {
        return false;
    };
    let bare = &lower[..at + "кең".len()];
    bare.chars().count() >= 5 && lower[..at].ends_with(vowel) && !WORDS.contains(&bare)
}

/// «Сәке», «Нүреке»: may be a name where a comma, a call or a case says that somebody is spoken to or of.
pub fn addressed(word: &Word) -> bool {
    let lower = word.lower.as_str();
    (4..=7).contains(&word.len)
        && lower.strip_suffix("ке").is_some_and(|s| s.ends_with(vowel) && !s.is_ascii())
        && !WORDS.contains(&lower)
        && !listed(word)
}

/// How somebody is addressed behind the name: «Лариса апай», «Гена ағамен».
pub(crate) const ADDRESS: &[&str] = &[
    "апай",
    "апа",
    "апке",
    "ага",
    "агай",
    "ака",
    "аке",
    "коке",
    "тате",
    "аже",
    "ата",
    "ханым",
    "ханум",
    "жезде",
    "бей",
    "опа",
    "апам",
    "агам",
    "атам",
    "ажем",
    "татем",
    "босс",
    "шеф",
];
/// The same, which stays where an act replaces the name.
const POLITE: &[&str] = &["мырза", "женге", "boss"];

/// Is a folded word one of `words`, with or without a Kazakh case ending?
pub(crate) fn in_any_case(folded: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        folded
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.chars().count() >= 2 && KK_ENDINGS.contains(&rest))
    })
}

/// Is a folded word behind a name one by which somebody is addressed, in any case?
pub fn address(folded: &str) -> bool {
    in_any_case(folded, ADDRESS) || in_any_case(folded, POLITE)
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn elders_are_named_so() {
        assert_eq!(found("Кеше Балекең келіп кетті."), ["Балекең"]);
        assert_eq!(found("Бұл туралы Серекеңнен сұраңыз, Бәкеңе де айтыңыз."), ["Серекеңнен", "Бәкеңе"]);
        assert_eq!(found("Сәке, ақшаны қашан бересіз?"), ["Сәке"]);
        assert_eq!(found("Сенің әкең келді, ал Әкең кетті."), Vec::<String>::new());
    }
}

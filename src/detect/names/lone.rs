//! A word alone in a long text that names nobody around it is hardly a name: «Чеклисты», «Юникод», «Поле» in manuals.

use rustc_hash::FxHashSet as HashSet;

use crate::model::Evidence;

use super::lists::{self, Lists};
use super::spans::Span;

/// Shorter texts, in bytes, are notes, in which one word may name somebody.
const LEAST: usize = 2 << 10;
/// So many bytes before and behind a word are looked at.
const LOOK: usize = 16 << 10;
/// So many bytes of a text that names people stand for each of its names at most.
const PER_NAME: usize = 2_500;

/// What a list of given names says for certain.
const GIVEN: lists::Flags = lists::GIVEN | lists::OC_GIVEN | lists::KK_GIVEN | lists::LATIN_SURE_GIVEN;
/// The same of surnames.
const SURNAME: lists::Flags =
    lists::SURNAME | lists::OC_SURNAME | lists::KK_SURNAME | lists::LATIN_SURE_SURNAME;
/// A patronymic is nothing else.
const FATHER: lists::Flags =
    lists::PATRONYMIC | lists::OC_PATRONYMIC | lists::KK_PATRONYMIC | lists::LATIN_PATRONYMIC;
/// What is a word of the language as well.
const WORD: lists::Flags = lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE | lists::OC_ORGANISATION;

/// How much a finding tells of persons.
#[derive(Clone, Copy, PartialEq)]
enum Weight {
    /// Surname and given name or initials, or a word behind a role: people are named here.
    Full,
    /// A name by itself.
    Name,
    /// A word that only its place in the sentence made a name.
    Word,
}

/// Takes away words alone that no list is sure of, where names are rare and none of them holds the word.
pub fn without_lone(text: &[u8], lists: &Lists, spans: &mut Vec<Span>) {
    if text.len() < LEAST || spans.is_empty() {
        return;
    }
    let weights: Vec<Weight> = spans.iter().map(|s| weigh(text, lists, s)).collect();
    if !weights.contains(&Weight::Word) {
        return;
    }
    let mut heads: HashSet<String> = HashSet::default();
    let mut full: Vec<usize> = Vec::new();
    for (span, weight) in spans.iter().zip(&weights) {
        if *weight == Weight::Full {
            full.push(span.start as usize);
            let value = value(text, span).to_lowercase();
            heads.extend(value.split(|c: char| !c.is_alphabetic()).filter_map(head));
        }
    }
    let mut k = 0;
    spans.retain(|span| {
        k += 1;
        weights[k - 1] != Weight::Word || {
            let (from, to) =
                ((span.start as usize).saturating_sub(LOOK), text.len().min(span.end as usize + LOOK));
            let near = full.partition_point(|at| *at < to) - full.partition_point(|at| *at < from);
            near * PER_NAME >= to - from
                || head(&value(text, span).to_lowercase()).is_some_and(|h| heads.contains(&h))
        }
    });
}

fn value<'a>(text: &'a [u8], span: &Span) -> &'a str {
    std::str::from_utf8(&text[span.start as usize..span.end as usize]).unwrap_or("")
}

/// What the forms of a name have in common: its first letters.
fn head(word: &str) -> Option<String> {
    word.char_indices().nth(3).map(|(at, c)| word[..at + c.len_utf8()].to_owned())
}

fn weigh(text: &[u8], lists: &Lists, span: &Span) -> Weight {
    let value = value(text, span);
    let words: Vec<&str> =
        value.split(|c: char| !c.is_alphabetic() && c != '-').filter(|w| !w.is_empty()).collect();
    let long: Vec<&&str> = words.iter().filter(|w| w.chars().count() > 1).collect();
    let role = span.evidence.has(Evidence::Role) || span.evidence.has(Evidence::SoleProprietor);
    let flags = |w: &str| lists.flags(&w.to_lowercase().replace('ё', "е"));
    let known = |w: &str| {
        let flags = flags(w);
        flags & FATHER != 0 || (flags & (GIVEN | SURNAME) != 0 && flags & WORD == 0)
    };
    let told = |e: Evidence| span.evidence.has(e);
    // most names of several words have a known one and the ending of a name, or initials: lists need no look
    if words.len() > 1 && told(Evidence::NameList) && (told(Evidence::NameEnding) || told(Evidence::Initials))
    {
        return Weight::Full;
    }
    if long.len() > 1 || words.len() > long.len() {
        // «Инлайн Блок», «Skill ДОЛЖЕН»: a word of the language, and nothing that lists know
        let plain = |w: &str| {
            let flags = flags(w);
            flags & lists::ORDINARY != 0 || (w.is_ascii() && flags & (GIVEN | SURNAME | FATHER) == 0)
        };
        return match (
            long.iter().any(|w| known(w)),
            long.iter().any(|w| plain(w)) && words.len() == long.len(),
        ) {
            (true, _) => Weight::Full,
            (false, true) if !role => Weight::Word,
            (false, _) => Weight::Name,
        };
    }
    let [word] = long.as_slice() else { return Weight::Name };
    let flags = flags(word);
    let capital = word.starts_with(char::is_uppercase);
    let sure = flags & FATHER != 0
        || (flags & GIVEN != 0 && flags & WORD == 0 && capital)
        || (flags & SURNAME != 0 && flags & lists::SURNAME_ENDING != 0 && flags & WORD == 0 && capital);
    match (sure, role) {
        (true, true) => Weight::Full,
        (true, false) | (false, true) => Weight::Name,
        (false, false) => Weight::Word,
    }
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn a_manual_names_nobody() {
        let text =
            "Каждый элемент списка хранит значение, а дашборд показывает его в панели наверху.\n".repeat(40);
        let words = "- [x] Чеклисты обновлены\n| Поле | Значение |\n- Фикстуры: Юникод и Плагин\n";
        assert_eq!(found(&format!("{text}{words}{text}")), Vec::<String>::new());
        let named = "Истец Ахметов Б.К. пришёл. Ответчик Верхогляд Пётр Ильич не пришёл.\n";
        assert!(
            found(&format!("{text}{named}Потом Верхогляду позвонили.\n")).contains(&"Верхогляду".to_owned())
        );
    }
}

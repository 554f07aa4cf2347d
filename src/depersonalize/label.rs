use std::collections::BTreeMap;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::method::Method;
use super::policy::{PROFILES, Policy};
use crate::model::Category;

static ROLES: LazyLock<BTreeMap<String, [String; 3]>> =
    LazyLock::new(|| toml::from_str(include_str!("../../patterns/fake/labels.toml")).unwrap_or_default());

/// Who was labelled how in one file: the same person the same label.
#[derive(Default)]
pub(super) struct Labels {
    given: FxHashMap<u64, String>,
    next: FxHashMap<&'static str, u32>,
}

impl Labels {
    /// The label of a person: the word of the part in the document and a number, `истец-1`.
    /// `who` tells people apart; `kazakh` chooses the language.
    pub fn person(&mut self, who: u64, role: Option<&'static str>, kazakh: bool) -> String {
        let role = role.filter(|r| ROLES.contains_key(*r)).unwrap_or("person");
        if let Some(label) = self.given.get(&who) {
            return label.clone();
        }
        let n = self.next.entry(role).or_default();
        *n += 1;
        let word = ROLES.get(role).map_or("Person", |words| words[usize::from(kazakh)].as_str());
        let label = format!("{word}-{n}");
        self.given.insert(who, label.clone());
        label
    }
}

/// `[IIN]`.
pub(super) fn constant(category: Category, text: Option<&str>) -> String {
    match text {
        Some(text) => format!("[{text}]"),
        None => format!("[{}]", category.as_str().to_uppercase()),
    }
}

/// Words of labels that every run knows: the kinds of data, and those of the presets.
static KNOWN: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    let mut known: FxHashSet<String> = Category::known().map(|c| constant(c, None)).collect();
    known.extend(PROFILES.iter().filter_map(|(name, _)| Policy::profile(name).ok()).flat_map(|p| texts(&p)));
    known
});

/// The labels that a policy's own rules give.
pub(super) fn texts(policy: &Policy) -> Vec<String> {
    let text = |method: &Method| match method {
        Method::Label(Some(text)) => Some(format!("[{text}]")),
        _ => None,
    };
    policy.rules.iter().filter_map(|r| text(&r.method)).collect()
}

/// Is `text` a label of the presets, or a role and a number? Square brackets alone make none: a name may stand in them.
pub(super) fn is_label(text: &str) -> bool {
    if text.starts_with('[') {
        return KNOWN.contains(text);
    }
    /// Words of all parts in all languages.
    static WORDS: LazyLock<FxHashSet<&str>> =
        LazyLock::new(|| ROLES.values().flatten().map(String::as_str).collect());
    let bytes = text.as_bytes();
    if !bytes.last().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let dash = bytes[bytes.len().saturating_sub(6)..].iter().rev().position(|b| *b == b'-');
    let Some(digits) = dash.filter(|n| *n > 0) else { return false };
    let (word, number) = (&text[..text.len() - digits - 1], &bytes[bytes.len() - digits..]);
    // dates have dashes before two digits too
    number.iter().all(u8::is_ascii_digit)
        && word.bytes().last().is_some_and(|b| !b.is_ascii_digit())
        && WORDS.contains(word)
}

/// Does a text hold letters that only Kazakh has?
pub(super) fn is_kazakh(text: &str) -> bool {
    text.chars().filter(|c| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(*c)).take(20).count() == 20
}

/// The same one of the two values that a column of sexes may hold, in the value's own writing: alphabet, length and
/// capitals. `None` for other kinds of data and writings that are not known.
pub(super) fn sex(category: Category, text: &str) -> Option<String> {
    const PAIRS: [[&str; 2]; 9] = [
        ["m", "f"],
        ["м", "ж"],
        ["е", "ә"],
        ["1", "2"],
        ["male", "female"],
        ["муж", "жен"],
        ["мужской", "женский"],
        ["ер", "әйел"],
        ["муж.", "жен."],
    ];
    let text = text.trim();
    let lower = text.to_lowercase();
    let pair = PAIRS.iter().find(|p| category.as_str() == "sex" && p.contains(&lower.as_str()))?;
    let first = text.chars().next()?;
    let mut rest = pair[0].chars();
    let head = rest.next()?;
    Some(match (first.is_uppercase(), text.chars().all(|c| !c.is_lowercase())) {
        (true, true) => pair[0].to_uppercase(),
        (true, false) => head.to_uppercase().chain(rest).collect(),
        _ => pair[0].to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_one_label() {
        let mut l = Labels::default();
        assert_eq!(l.person(7, Some("plaintiff"), false), "истец-1");
        assert_eq!(l.person(8, Some("plaintiff"), false), "истец-2");
        assert_eq!(l.person(7, Some("witness"), false), "истец-1");
        assert_eq!(l.person(9, None, true), "Тұлға-1");
        assert_eq!(l.person(10, Some("no such part"), false), "Лицо-2");
        for label in ["истец-1", "Лицо-12", "[ИИН]", "[BIRTH_DATE]"] {
            assert!(is_label(label), "{label}");
        }
        for other in ["[850101300123]", "[Иванов Иван]", "Иванов-1", "[a@b.kz]", "истец-"]
        {
            assert!(!is_label(other), "{other}");
        }
    }
}

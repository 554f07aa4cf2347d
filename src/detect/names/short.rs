//! Given names as they are said: «Аня», «Наташадан» and the full names that they stand for. The names are in
//! `patterns/names/diminutives.txt`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::letters::fold;
use super::parts::plain_stem;

static FULL: LazyLock<FxHashMap<String, Vec<String>>> =
    LazyLock::new(|| read(include_str!("../../../patterns/names/diminutives.txt")));

fn read(text: &str) -> FxHashMap<String, Vec<String>> {
    let mut all: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for (full, short) in text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(':')) {
        for short in short.split_whitespace().map(|s| plain_stem(&fold(s))) {
            let stems = all.entry(short).or_default();
            stems.extend(full.split_whitespace().map(|f| plain_stem(&fold(f))));
            // «Павел», «Павла»
            let fleeting: Vec<String> =
                stems.iter().filter_map(|f| f.strip_suffix("ел")).map(|f| format!("{f}л")).collect();
            stems.extend(fleeting);
        }
    }
    all
}

/// The stems of the full names that the stem of a short one stands for.
pub fn full(stem: &str) -> &'static [String] {
    FULL.get(stem).map_or(&[], Vec::as_slice)
}

/// Is a word in small letters, in any case, a given name as it is said («Юраның», «Гене»)?
pub fn is_short(lower: &str) -> bool {
    let folded = fold(&lower.replace('ё', "е"));
    !full(&plain_stem(&folded)).is_empty()
        || super::endings::kk_stem(&folded).is_some_and(|bare| !full(&plain_stem(bare)).is_empty())
}

/// May two stems of given names be one name, one of them as it is said?
pub fn one(a: &str, b: &str) -> bool {
    let (one, other) = (full(a), full(b));
    one.iter().any(|f| f == b || other.contains(f)) || other.iter().any(|f| f == a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_and_written() {
        for (a, b) in [("наташа", "наталье"), ("аня", "анны"), ("саша", "александра"), ("женька", "евгений")]
        {
            assert!(one(&plain_stem(a), &plain_stem(b)), "{a} {b}");
        }
        assert!(!one(&plain_stem("аня"), &plain_stem("ольга")));
    }
}

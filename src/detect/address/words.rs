//! The words that tell the parts of an address (`patterns/places/address_words.csv`).

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

/// Kinds of address parts, one bit each.
pub(super) mod kind {
    pub const REGION: u32 = 1;
    pub const DISTRICT: u32 = 1 << 1;
    pub const CITY: u32 = 1 << 2;
    pub const VILLAGE: u32 = 1 << 3;
    pub const RURAL: u32 = 1 << 4;
    pub const MICRO: u32 = 1 << 5;
    pub const STREET: u32 = 1 << 6;
    pub const HOUSE: u32 = 1 << 7;
    pub const BLOCK: u32 = 1 << 8;
    pub const FLAT: u32 = 1 << 9;
    pub const COMPLEX: u32 = 1 << 10;
    pub const COUNTRY: u32 = 1 << 11;
    pub const INDEX: u32 = 1 << 12;
    pub const LABEL: u32 = 1 << 13;
    pub const CORNER: u32 = 1 << 14;
    /// Parts that are followed by a name.
    pub const NAMED: u32 = REGION | DISTRICT | CITY | VILLAGE | RURAL | MICRO | STREET | COMPLEX;
    /// Parts that are followed by a number.
    pub const NUMBERED: u32 = HOUSE | BLOCK | FLAT;
    /// Parts larger than a street.
    pub const ADMIN: u32 = REGION | DISTRICT | CITY | VILLAGE | RURAL;
}

/// What a word can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Kinds whose name or number follows the word.
    pub pre: u32,
    /// Kinds whose name or number stands before the word.
    pub post: u32,
    /// Those of `pre` for which the word is only a hint.
    pub pre_abbr: u32,
    /// Those of `post` for which the word is only a hint.
    pub post_abbr: u32,
    /// Country, index, label, corner: words without a side.
    pub other: u32,
}

impl Word {
    /// Adds what another entry for the same word says.
    fn add(&mut self, kind: u32, side: &str, abbr: bool) {
        let (pre, post) = (matches!(side, "pre" | "both"), matches!(side, "post" | "both"));
        if pre {
            self.pre |= kind;
            self.pre_abbr |= if abbr { kind } else { 0 };
        }
        if post {
            self.post |= kind;
            self.post_abbr |= if abbr { kind } else { 0 };
        }
        if !pre && !post {
            self.other |= kind;
        }
    }

    /// True where nothing is known about the word.
    pub fn is_none(&self) -> bool {
        *self == Word::default()
    }
}

/// The table.
#[derive(Default)]
pub(super) struct Words {
    exact: FxHashMap<String, Word>,
    /// Stems by their first [`HEAD`] characters.
    stems: FxHashMap<String, Vec<(String, Word)>>,
    /// First words of entries of several words.
    first: FxHashSet<String>,
    goes_on: FxHashSet<&'static str>,
    after_number: FxHashSet<&'static str>,
    counted: FxHashSet<&'static str>,
    counted_stems: Vec<&'static str>,
    no_name: FxHashSet<&'static str>,
}

/// Characters by which stems are looked up; no stem is shorter.
const HEAD: usize = 4;

fn head(word: &str) -> &str {
    word.char_indices().nth(HEAD).map_or(word, |(at, _)| &word[..at])
}

/// The longest ending behind a stem, in characters.
const ENDING: usize = 9;

impl Words {
    /// The table, read at first use.
    pub fn get() -> &'static Words {
        static WORDS: LazyLock<Words> = LazyLock::new(Words::read);
        &WORDS
    }

    fn read() -> Words {
        let mut words = Words::default();
        let table = include_str!("../../../patterns/places/address_words.csv");
        for row in table.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let mut cells = row.splitn(4, ',');
            let (Some(name), Some(side), Some(how), Some(list)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let all = || list.split('|').map(str::trim).filter(|w| !w.is_empty());
            match (name, how) {
                ("name_goes_on", _) => words.goes_on.extend(all()),
                ("name_after_number", _) => words.after_number.extend(all()),
                ("counted", "stem") => words.counted_stems.extend(all()),
                ("counted", _) => words.counted.extend(all()),
                ("no_name", _) => words.no_name.extend(all()),
                _ => {}
            }
            let kind = match name {
                "region" => kind::REGION,
                "district" => kind::DISTRICT,
                "city" => kind::CITY,
                "village" => kind::VILLAGE,
                "rural" => kind::RURAL,
                "micro" => kind::MICRO,
                "street" => kind::STREET,
                "house" => kind::HOUSE,
                "block" => kind::BLOCK,
                "flat" => kind::FLAT,
                "complex" => kind::COMPLEX,
                "country" => kind::COUNTRY,
                "index" => kind::INDEX,
                "label" => kind::LABEL,
                "corner" => kind::CORNER,
                _ => continue,
            };
            for w in all() {
                if let Some((first, _)) = w.split_once(' ') {
                    words.first.insert(first.to_owned());
                }
                if how == "stem" {
                    let mut word = Word::default();
                    word.add(kind, side, false);
                    words.stems.entry(head(w).to_owned()).or_default().push((w.to_owned(), word));
                } else {
                    words.exact.entry(w.to_owned()).or_default().add(kind, side, how == "abbr");
                }
            }
        }
        words
    }

    /// May an entry of several words begin with this one?
    pub fn begins(&self, folded: &str) -> bool {
        self.first.contains(folded)
    }

    /// May this word in small letters go on a name ("Толе би")?
    pub fn goes_on(&self, folded: &str) -> bool {
        self.goes_on.contains(folded)
    }

    /// Does this word follow the number of a name ("8 Марта")?
    pub fn after_number(&self, folded: &str) -> bool {
        self.after_number.contains(folded)
    }

    /// Is this word one that is counted or measured, so that a number before it is no house?
    pub fn counted(&self, folded: &str) -> bool {
        self.counted.contains(folded) || self.counted_stems.iter().any(|s| folded.starts_with(s))
    }

    /// Is this word none that a name begins with?
    pub fn no_name(&self, folded: &str) -> bool {
        self.no_name.contains(folded)
    }

    /// What a folded word (or two or three words joined by a space) means.
    pub fn find(&self, folded: &str) -> Word {
        if let Some(w) = self.exact.get(folded) {
            return *w;
        }
        for (stem, w) in self.stems.get(head(folded)).into_iter().flatten() {
            if let Some(rest) = folded.strip_prefix(stem.as_str())
                && rest.chars().count() <= ENDING
                && !rest.contains(' ')
            {
                return *w;
            }
        }
        Word::default()
    }
}

/// Is this folded word an adjective in the genitive, as before a district or region: "Жамбылского района"?
pub(super) fn of_a_district(word: &str) -> bool {
    ["ского", "ской", "цкого", "цкой"].iter().any(|e| word.ends_with(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_read() {
        let w = Words::get();
        assert!(w.exact.len() > 150 && w.stems.len() > 20);
        assert_eq!(w.find("ул").pre & kind::STREET, kind::STREET);
        assert_eq!(w.find("кошесинде").post, kind::STREET);
        assert_eq!(w.find("шагын ауданы").post, kind::MICRO);
        assert_eq!(w.find("р н").post & kind::DISTRICT, kind::DISTRICT);
        assert!(w.find("договор").is_none());
    }
}

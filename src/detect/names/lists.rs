//! Word lists of names, and what they and the endings say of a word.

use fst::Map;

use super::endings::{
    KK_ENDINGS, KK_PATRONYMICS, LATIN_PATRONYMICS, PATRONYMIC_ENDINGS, RU_ENDINGS, SURNAME_ENDINGS, composed,
    ends, kk_stem, latin_family, strip,
};
use super::latin::readings;
use super::letters::fold;
use super::rules;

/// What the lists and endings say of a word, one bit each.
pub type Flags = u32;

/// OpenCorpora: the form can be a given name.
pub const OC_GIVEN: Flags = 1;
/// OpenCorpora: the form can be a surname.
pub const OC_SURNAME: Flags = 1 << 1;
/// OpenCorpora: the form can be a patronymic.
pub const OC_PATRONYMIC: Flags = 1 << 2;
/// OpenCorpora: the form can be a place.
pub const OC_PLACE: Flags = 1 << 3;
/// OpenCorpora: the form can be an organisation.
pub const OC_ORGANISATION: Flags = 1 << 4;
/// OpenCorpora: the form is (also) an ordinary word.
pub const ORDINARY: Flags = 1 << 5;
/// OpenCorpora knows the form at all.
pub const OC_KNOWN: Flags = 1 << 6;
/// Listed given name, in any case form.
pub const GIVEN: Flags = 1 << 7;
/// Listed surname, in any case form.
pub const SURNAME: Flags = 1 << 8;
/// Listed surname of many people.
pub const SURNAME_FREQUENT: Flags = 1 << 9;
/// Listed patronymic, in any case form.
pub const PATRONYMIC: Flags = 1 << 10;
/// Kazakh given name as listed.
pub const KK_GIVEN: Flags = 1 << 11;
/// Kazakh given name with a case ending.
pub const KK_GIVEN_FORM: Flags = 1 << 12;
/// Surname made of a Kazakh given name (-ов, -ева …).
pub const KK_SURNAME: Flags = 1 << 13;
/// Ending of a Kazakh or Turkic patronymic (-ұлы, -қызы, -улы, -оглы …).
pub const KK_PATRONYMIC: Flags = 1 << 14;
/// Ending of a Russian patronymic.
pub const PATRONYMIC_ENDING: Flags = 1 << 15;
/// Ending usual in surnames.
pub const SURNAME_ENDING: Flags = 1 << 16;
/// Latin letters that read as a listed given name.
pub const LATIN_GIVEN: Flags = 1 << 17;
/// Latin letters that read as a listed surname.
pub const LATIN_SURNAME: Flags = 1 << 18;
/// Latin ending of a patronymic.
pub const LATIN_PATRONYMIC: Flags = 1 << 19;
/// The listed form is a man's.
pub const MALE: Flags = 1 << 20;
/// The listed form is a woman's.
pub const FEMALE: Flags = 1 << 21;
/// Given name of many people.
pub const GIVEN_FREQUENT: Flags = 1 << 22;
/// Composed as Kazakh given names are (Нұр-, Ай-, -бек, -гүл …).
pub const KK_COMPOSED: Flags = 1 << 23;
/// Number of bits that the tagger sees as features.
pub const BITS: u32 = 24;
/// Kazakh word seen in small letters in a corpus; only speaks against names in small letters.
pub const KK_ORDINARY: Flags = 1 << 24;

/// Latin letters that read as a given name of many people as it stands in the list.
pub const LATIN_SURE_GIVEN: Flags = 1 << 25;
/// Latin letters that read as a surname as it stands in the list, or as one made of a Kazakh given name.
pub const LATIN_SURE_SURNAME: Flags = 1 << 26;

/// Latin letters that read as a Kazakh given name, or a surname made of one.
pub const LATIN_KK: Flags = 1 << 27;

/// No list knows the word, and ordinary words begin with it: with a dot behind it is one cut short («одобр.»).
pub const CUT: Flags = 1 << 28;

/// Flags of words that lists know as parts of names.
pub const NAMED: Flags = GIVEN
    | SURNAME
    | PATRONYMIC
    | KK_GIVEN
    | KK_GIVEN_FORM
    | KK_SURNAME
    | OC_GIVEN
    | OC_SURNAME
    | OC_PATRONYMIC;

/// Longest word that may be another one cut short, in letters.
const LONGEST_CUT: usize = 8;

/// Case, possessive and plural endings of Kazakh words.
const KK_WORD_ENDINGS: &[&str] = &[
    "ның",
    "нің",
    "дың",
    "дің",
    "тың",
    "тің",
    "ды",
    "ді",
    "ты",
    "ті",
    "ны",
    "ні",
    "ға",
    "ге",
    "қа",
    "ке",
    "да",
    "де",
    "та",
    "те",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "мен",
    "бен",
    "пен",
    "сы",
    "сі",
    "лар",
    "лер",
    "дар",
    "дер",
    "тар",
    "тер",
    "ы",
    "і",
    "ымен",
    "імен",
    "ының",
    "інің",
    "лары",
    "лері",
    "дары",
    "дері",
    "тары",
    "тері",
    "сын",
    "сін",
    "сына",
    "сіне",
    "ына",
    "іне",
    "ында",
    "інде",
    "ынан",
    "інен",
    "дарымен",
    "лерімен",
    "ларымен",
    "дерімен",
    "тарымен",
    "терімен",
    "лары",
    "лері",
    "ларының",
    "лерінің",
];

/// What ordinary words are put before ordinary words.
const PREFIXES: &[&str] = &[
    "со",
    "авто",
    "агро",
    "био",
    "вело",
    "вибро",
    "видео",
    "водо",
    "газо",
    "гидро",
    "гор",
    "гос",
    "дет",
    "электро",
    "энерго",
    "ком",
    "мед",
    "микро",
    "мини",
    "мото",
    "мульти",
    "нефте",
    "обл",
    "пере",
    "проф",
    "рай",
    "радио",
    "само",
    "соц",
    "спец",
    "строй",
    "супер",
    "теле",
    "тепло",
    "тех",
    "фото",
    "хоз",
    "экс",
];

/// A patronymic in Cyrillic, by a list or by its ending.
pub const ANY_PATRONYMIC: Flags = PATRONYMIC | OC_PATRONYMIC | PATRONYMIC_ENDING | KK_PATRONYMIC;

/// Bits of a value in the list of names.
pub mod entry {
    /// Given name.
    pub const GIVEN: u64 = 1;
    /// Surname.
    pub const SURNAME: u64 = 2;
    /// Patronymic.
    pub const PATRONYMIC: u64 = 4;
    /// Kazakh given name.
    pub const KK: u64 = 8;
    /// Carried by many.
    pub const FREQUENT: u64 = 16;
    /// A man's.
    pub const MALE: u64 = 32;
    /// A woman's.
    pub const FEMALE: u64 = 64;
    /// Given name written in Latin letters (foreign).
    pub const LATIN: u64 = 128;
    /// An ordinary Kazakh word (as written, not folded).
    pub const ORDINARY: u64 = 256;
    /// Surname written in Latin letters (foreign).
    pub const LATIN_SURNAME: u64 = 512;
}

/// The two lists: names (permissive licences) and OpenCorpora's marks (CC BY-SA 3.0, a file of its own).
pub struct Lists {
    names: Option<Map<&'static [u8]>>,
    corpora: Option<Map<&'static [u8]>>,
}

impl Lists {
    /// Lists over the bytes of two `fst` maps; bytes that are none make an empty list.
    pub fn new(names: &'static [u8], corpora: &'static [u8]) -> Lists {
        Lists { names: Map::new(names).ok(), corpora: Map::new(corpora).ok() }
    }

    /// The value of a name as listed (lower case, folded).
    pub fn name(&self, folded: &str) -> u64 {
        self.names.as_ref().and_then(|m| m.get(folded)).unwrap_or(0)
    }

    /// What OpenCorpora says of a lower-case word: bits of [`Flags`] 0 to 6.
    pub fn corpora(&self, lower: &str) -> Flags {
        match self.corpora.as_ref().and_then(|m| m.get(lower)) {
            Some(mask) => (mask as Flags & 63) | OC_KNOWN,
            None => 0,
        }
    }

    /// May a word in small letters be a name, in either alphabet?
    pub fn is_named(&self, lower: &str) -> bool {
        self.flags(lower) & (NAMED | LATIN_GIVEN | LATIN_SURNAME | LATIN_PATRONYMIC) != 0
            || latin_family(lower)
    }

    /// Everything that lists and endings say of a word. `lower` is in lower case without ё.
    pub fn flags(&self, lower: &str) -> Flags {
        let mut flags = self.corpora(lower);
        if lower.is_ascii() || lower.chars().next().is_some_and(|c| (c as u32) < 0x250) {
            return flags | self.latin(lower);
        }
        let kazakh_word = |w: &str| self.name(&["=", w].concat()) & entry::ORDINARY != 0;
        if kazakh_word(lower) {
            flags |= KK_ORDINARY;
        }
        let folded = fold(lower);
        if folded != lower {
            flags |= self.corpora(&folded);
        }
        if flags & OC_KNOWN == 0 {
            let named = self.name(&folded) != 0;
            let word = rules::loan_word(&folded, named) || (!named && self.made_of_words(lower, &folded));
            flags |= if word { ORDINARY } else { 0 };
        }
        // parts of «Нұр-Сұлтан» and double surnames count as one
        for part in std::iter::once(folded.as_str())
            .chain(folded.contains('-').then(|| folded.split('-')).into_iter().flatten())
        {
            flags |= self.one(part);
        }
        const LISTED: Flags = OC_GIVEN | OC_SURNAME | GIVEN | SURNAME | KK_GIVEN | KK_GIVEN_FORM | KK_SURNAME;
        if flags & LISTED == 0 {
            // «мәтінді»: a Kazakh word with one ending or two
            if KK_WORD_ENDINGS.iter().any(|e| {
                strip(lower, e).is_some_and(|stem| {
                    let least = if e.chars().count() >= 4 { 3 } else { 4 };
                    stem.chars().count() >= least && kazakh_word(stem)
                })
            }) {
                flags |= KK_ORDINARY;
            }
            if flags & OC_KNOWN == 0 && self.begins_word(lower) {
                flags |= CUT;
            }
        }
        flags
    }

    /// «Педагог-психолог», «созаёмщики», «машинаның»: a word made of ordinary ones, by a hyphen, a prefix or a Kazakh
    /// ending.
    fn made_of_words(&self, lower: &str, folded: &str) -> bool {
        const NAMES: Flags = OC_GIVEN | OC_SURNAME | OC_PATRONYMIC;
        let plain = |w: &str| {
            let flags = self.corpora(w);
            flags & ORDINARY != 0 && flags & NAMES == 0
        };
        if lower.contains('-') {
            let mut parts = lower.split('-');
            return parts.clone().all(|p| p.chars().count() >= 4) && parts.all(plain);
        }
        let least = |w: &str, n: usize| w.chars().count() >= n;
        if PREFIXES.iter().any(|p| lower.strip_prefix(p).is_some_and(|rest| least(rest, 5) && plain(rest))) {
            return true;
        }
        // of persons there may be several: «Самандардың»
        let several = |e: &str| ["лар", "лер", "дар", "дер", "тар", "тер"].iter().any(|p| e.starts_with(p));
        kk_stem(folded).is_some_and(|stem| {
            !several(&folded[stem.len()..])
                && least(stem, 5)
                && self.name(stem) & (entry::KK | entry::GIVEN) == 0
                && plain(stem)
        })
    }

    /// Does an ordinary Russian word begin with this one?
    fn begins_word(&self, lower: &str) -> bool {
        use fst::{IntoStreamer, Streamer};
        let length = lower.chars().count();
        let Some(map) = self.corpora.as_ref().filter(|_| (2..=LONGEST_CUT).contains(&length)) else {
            return false;
        };
        let mut words = map.range().ge(lower).into_stream();
        // of the first few words that go on from it one at least is ordinary
        for _ in 0..8 {
            let Some((word, mask)) = words.next().filter(|(w, _)| w.starts_with(lower.as_bytes())) else {
                return false;
            };
            if mask as Flags & ORDINARY != 0 && word.len() > lower.len() {
                return true;
            }
        }
        false
    }

    fn one(&self, folded: &str) -> Flags {
        let mut flags = 0;
        let direct = self.name(folded);
        flags |= of_entry(direct);
        if direct & entry::KK != 0 {
            flags |= KK_GIVEN;
        }
        let count = folded.chars().count();
        if count < 3 {
            return flags;
        }
        for (ending, bases) in RU_ENDINGS {
            let Some(stem) = strip(folded, ending) else { continue };
            if stem.chars().count() < 2 {
                continue;
            }
            for base in *bases {
                let value = self.name(&[stem, base].concat());
                if value == 0 {
                    continue;
                }
                flags |= of_entry(value) & !(MALE | FEMALE);
                if value & entry::KK != 0 {
                    flags |= KK_GIVEN_FORM;
                }
            }
        }
        for ending in KK_ENDINGS {
            let Some(stem) = strip(folded, ending) else { continue };
            if stem.chars().count() < 3 {
                continue;
            }
            let value = self.name(stem);
            if value & entry::KK != 0 {
                flags |= KK_GIVEN_FORM;
            }
            if ending.chars().count() >= 2 && value & (entry::SURNAME | entry::PATRONYMIC | entry::GIVEN) != 0
            {
                flags |= of_entry(value) & !(MALE | FEMALE | SURNAME_FREQUENT | GIVEN_FREQUENT);
            }
        }
        flags | self.endings(folded, count)
    }

    fn endings(&self, folded: &str, count: usize) -> Flags {
        let mut flags = 0;
        if count >= 5 && PATRONYMIC_ENDINGS.iter().any(|e| ends(folded, e)) {
            flags |= PATRONYMIC_ENDING;
        }
        let bare = kk_stem(folded).unwrap_or(folded);
        if PATRONYMIC_ENDINGS.iter().any(|e| ends(bare, e)) && bare.chars().count() >= 6 {
            flags |= PATRONYMIC_ENDING;
        }
        for ending in KK_PATRONYMICS {
            for word in [folded, bare] {
                if ends(word, ending) && word.chars().count() >= 3 {
                    flags |= KK_PATRONYMIC;
                }
            }
            // «Серікұлының»: the case ending after a vowel
            if folded.len() > ending.len() && folded.contains(ending) && count >= 6 {
                let after = folded.rfind(ending).map_or("", |k| &folded[k + ending.len()..]);
                if KK_ENDINGS.contains(&after) || after == "мен" {
                    flags |= KK_PATRONYMIC;
                }
            }
        }
        if count >= 5 {
            for word in [folded, bare] {
                if SURNAME_ENDINGS.iter().any(|e| ends(word, e)) {
                    flags |= SURNAME_ENDING;
                }
                for ending in [
                    "ов", "ова", "ев", "ева", "ин", "ина", "ову", "еву", "овой", "евой", "овым", "евым",
                    "ове", "еве",
                ] {
                    let Some(stem) = strip(word, ending) else { continue };
                    if stem.chars().count() < 3 {
                        continue;
                    }
                    let given = [stem, &[stem, "а"].concat(), &[stem, "и"].concat(), &[stem, "й"].concat()]
                        .iter()
                        .any(|s| self.name(s) & entry::KK != 0);
                    if given {
                        flags |= KK_SURNAME;
                    }
                }
            }
        }
        if count >= 5 && (composed(bare) || composed(folded)) {
            flags |= KK_COMPOSED;
        }
        flags
    }

    fn latin(&self, lower: &str) -> Flags {
        let mut flags = 0;
        for part in lower.split('-') {
            if self.name(part) & entry::LATIN != 0 {
                flags |= LATIN_GIVEN | LATIN_SURE_GIVEN;
            }
            if self.name(part) & entry::LATIN_SURNAME != 0 {
                flags |= LATIN_SURNAME | LATIN_SURE_SURNAME;
            }
            if LATIN_PATRONYMICS.iter().any(|e| ends(part, e)) && part.len() >= 4 {
                flags |= LATIN_PATRONYMIC;
            }
            // so long a word with such an ending is no word of English
            if part.len() >= 8 && latin_family(part) {
                flags |= LATIN_SURE_SURNAME;
            }
            for reading in readings(part) {
                let found = self.one(&reading);
                let listed = self.name(&reading);
                if listed & entry::GIVEN != 0 && listed & (entry::FREQUENT | entry::KK) != 0 {
                    flags |= LATIN_SURE_GIVEN;
                }
                if listed & entry::KK != 0 || found & KK_SURNAME != 0 {
                    flags |= LATIN_KK;
                }
                if (listed & entry::SURNAME != 0 && listed & entry::FREQUENT != 0) || found & KK_SURNAME != 0
                {
                    flags |= LATIN_SURE_SURNAME;
                }
                if found & (GIVEN | KK_GIVEN) != 0 {
                    flags |= LATIN_GIVEN;
                }
                if found & (SURNAME | KK_SURNAME) != 0 {
                    flags |= LATIN_SURNAME;
                }
                if found & (PATRONYMIC | KK_PATRONYMIC) != 0 {
                    flags |= LATIN_PATRONYMIC;
                }
                flags |= found & (MALE | FEMALE | KK_COMPOSED);
            }
        }
        flags
    }
}

fn of_entry(value: u64) -> Flags {
    let mut flags = 0;
    let frequent = value & entry::FREQUENT != 0;
    if value & entry::GIVEN != 0 {
        flags |= GIVEN | if frequent { GIVEN_FREQUENT } else { 0 };
    }
    if value & entry::SURNAME != 0 {
        flags |= SURNAME | if frequent { SURNAME_FREQUENT } else { 0 };
    }
    if value & entry::PATRONYMIC != 0 {
        flags |= PATRONYMIC;
    }
    if value & entry::MALE != 0 {
        flags |= MALE;
    }
    if value & entry::FEMALE != 0 {
        flags |= FEMALE;
    }
    flags
}

//! The parts of one person's name: surname, given name, patronymic, initials, and what they say of the sex.

use super::endings::{KK_ENDINGS, kk_stem, strip};
use super::letters::{fold, fold_char};
use super::lists::{self, Flags, Lists};
use super::token::{self, Kind};
use super::word::{Shape, Word, to_cyrillic};

/// A man or a woman, where the form says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sex {
    /// The form does not say.
    #[default]
    Unknown,
    /// A man.
    Male,
    /// A woman.
    Female,
}

/// One mention of a person, taken apart. Stems are folded and without case endings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Stem of the surname.
    pub surname: Option<String>,
    /// Stem of another surname that the mention gives: «Ким (Цой) Елена Викторовна».
    pub former: Option<String>,
    /// Stem of the given name.
    pub given: Option<String>,
    /// Stem of the patronymic.
    pub patronymic: Option<String>,
    /// Initials of given name and patronymic, in this order.
    pub initials: [Option<char>; 2],
    /// The sex, where a form says so.
    pub sex: Sex,
    /// The initials stand behind the word: «Айбек Б.» may give the letter of a surname.
    pub letter_last: bool,
    /// The surname's form is a man's or a woman's for certain (-ым, -ов; -ой, -ову), and not both (-ова).
    pub sure_form: bool,
}

/// Endings of surnames in -ов, -ев, -ин, -ын: ending, whose form it is.
const OV: &[(&str, Sex, bool)] = &[
    ("ыми", Sex::Unknown, false),
    ("ых", Sex::Unknown, false),
    ("ой", Sex::Female, true),
    ("ою", Sex::Female, true),
    ("ым", Sex::Male, true),
    ("ом", Sex::Male, true),
    ("у", Sex::Unknown, false),
    ("е", Sex::Male, true),
    ("ы", Sex::Unknown, false),
    ("а", Sex::Unknown, false),
    ("", Sex::Male, true),
];

const SKY: &[(&str, Sex)] = &[
    ("ого", Sex::Male),
    ("ому", Sex::Male),
    ("ими", Sex::Unknown),
    ("им", Sex::Male),
    ("ий", Sex::Male),
    ("ом", Sex::Male),
    ("ая", Sex::Female),
    ("ой", Sex::Female),
    ("ую", Sex::Female),
    ("их", Sex::Unknown),
    ("ие", Sex::Unknown),
];

/// The stem of a folded surname, and whose form it is.
pub fn surname_stem(folded: &str) -> (String, Sex, bool) {
    // «Жаксыбекову-Орлову»: both halves are declined
    if let Some((first, second)) = folded.split_once('-').filter(|(a, b)| a.len() > 4 && b.len() > 4) {
        let (stem, sex, sure) = surname_stem(second);
        return (format!("{}-{stem}", surname_stem(first).0), sex, sure);
    }
    for (tail, sex) in [("улы", Sex::Male), ("кызы", Sex::Female), ("гызы", Sex::Female), ("оглы", Sex::Male)]
    {
        if let Some(k) = folded.rfind(tail).filter(|k| *k > 2) {
            let end = k + tail.len();
            let rest = &folded[end..];
            if rest.is_empty() || KK_ENDINGS.contains(&rest) {
                return (folded[..end].to_owned(), sex, true);
            }
        }
    }
    for word in [kk_stem(folded).unwrap_or(folded), folded] {
        for (ending, sex, sure) in OV {
            let Some(stem) = strip(word, ending) else { continue };
            if stem.chars().count() >= 4 && ["ов", "ев", "ин", "ын"].iter().any(|e| stem.ends_with(e))
            {
                // a Kazakh ending leaves the surname in the nominative: -ова is a woman then
                let kazakh = word.len() != folded.len();
                return match (*ending, kazakh) {
                    ("а", true) => (stem.to_owned(), Sex::Female, true),
                    _ => (stem.to_owned(), *sex, *sure),
                };
            }
        }
        for (ending, sex) in SKY {
            let Some(stem) = strip(word, ending) else { continue };
            if stem.chars().count() >= 3 && (stem.ends_with("ск") || stem.ends_with("цк")) {
                return (stem.to_owned(), *sex, *sex != Sex::Unknown);
            }
        }
    }
    (plain_stem(folded), Sex::Unknown, false)
}

/// The stem of a nominative whose last vowel the other cases drop: Павел and Павла, Лев and Льва, Кравец and Кравца.
fn fleeting(folded: &str) -> Option<String> {
    match folded {
        "павел" => return Some("павл".into()),
        "лев" => return Some("льв".into()),
        _ => {}
    }
    let head = folded.strip_suffix("ец")?;
    let mut back = head.chars().rev();
    let (last, before) = (back.next()?, back.next()?);
    let vowel = |c: char| "аеиоуыэюя".contains(c);
    // «Швеца», «Жнеца» keep it
    (back.next().is_some() && !vowel(last) && vowel(before)).then(|| format!("{head}ц"))
}

/// The stem of a folded given name or of a word without a known family of endings.
pub fn plain_stem(folded: &str) -> String {
    if let Some(stem) = fleeting(folded) {
        return stem;
    }
    let mut word = folded;
    if let Some(stem) = kk_stem(word)
        && stem.chars().count() >= 4
        && !word.ends_with("на")
        // «Шнайдер», «Мюллер»: a plural alone is hardly a name's; «Марины» is Russian
        && !["лар", "лер", "дар", "дер", "тар", "тер", "ины", "ни"].iter().any(|e| word.ends_with(e))
    {
        word = stem;
    }
    for ending in [
        "ого", "ому", "его", "ему", "ией", "ой", "ей", "ом", "ем", "ым", "им", "ии", "ию", "ия", "ий", "ою",
        "а", "у", "е", "ы", "и", "ю", "я", "ь", "й",
    ] {
        if let Some(stem) = strip(word, ending)
            && stem.chars().count() >= 3
        {
            return stem.to_owned();
        }
    }
    word.to_owned()
}

/// The stem of a folded patronymic, and whose it is; unknown where the word is none.
pub(super) fn patronymic_stem(folded: &str) -> (String, Sex) {
    for (tail, sex) in [
        ("ович", Sex::Male),
        ("евич", Sex::Male),
        ("ьич", Sex::Male),
        ("овн", Sex::Female),
        ("евн", Sex::Female),
        ("ичн", Sex::Female),
        ("улы", Sex::Male),
        ("оглы", Sex::Male),
        ("кызы", Sex::Female),
        ("гызы", Sex::Female),
        ("кизи", Sex::Female),
    ] {
        if let Some(k) = folded.rfind(tail).filter(|k| *k >= 2) {
            return (folded[..k].to_owned(), sex);
        }
    }
    (plain_stem(folded), Sex::Unknown)
}

/// «ұлы», «ұлына», «қызымен»: the ending of a patronymic apart, in any case.
fn is_son(folded: &str) -> bool {
    ["улы", "кызы", "оглы", "гызы"]
        .iter()
        .any(|s| folded.strip_prefix(s).is_some_and(|rest| rest.is_empty() || KK_ENDINGS.contains(&rest)))
}

fn is_patronymic(flags: Flags, folded: &str) -> bool {
    if flags & (lists::PATRONYMIC | lists::KK_PATRONYMIC | lists::LATIN_PATRONYMIC) != 0 && folded.len() > 8 {
        return true;
    }
    flags & lists::OC_PATRONYMIC != 0 && flags & lists::OC_SURNAME == 0
        || flags & lists::PATRONYMIC_ENDING != 0 && flags & lists::SURNAME == 0
}

fn is_given(flags: Flags) -> bool {
    flags & (lists::GIVEN | lists::OC_GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM | lists::LATIN_GIVEN)
        != 0
}

fn is_surname(flags: Flags) -> bool {
    flags & (lists::SURNAME | lists::OC_SURNAME | lists::KK_SURNAME | lists::LATIN_SURNAME) != 0
}

/// A surname by its ending and no given name.
fn family(w: &Word) -> bool {
    let stem = surname_stem(&key(&w.lower)).0;
    let formed = ["ов", "ев", "ск", "цк"].iter().any(|e| stem.ends_with(e)) && stem.chars().count() >= 4;
    formed && !is_given(w.flags) && !is_patronymic(w.flags, &key(&w.lower))
}

/// A word without the Kazakh genitive that its letters tell from a Russian surname in -ин («Емренің», not «Никитин»),
/// folded.
fn genitive(lower: &str) -> Option<String> {
    ["ның", "нің", "дың", "дің", "тың", "тің"]
        .iter()
        .find_map(|e| strip(lower, e))
        .filter(|s| s.chars().count() >= 2)
        .map(fold)
}

/// A surname in the nominative that ends in -ова, -ева, -ина is a woman's.
fn sure_woman(bare: &str, stem: &str) -> bool {
    strip(bare, "а") == Some(stem) && ["ов", "ев", "ин", "ын"].iter().any(|e| stem.ends_with(e))
}

/// A woman's surname in -ина, which may be a given name's form too.
fn maiden(w: &Word) -> bool {
    let folded = key(&w.lower);
    let ends = ["ина", "ына", "иной", "ину"].iter().any(|e| folded.ends_with(e));
    ends && folded.chars().count() >= 6 && !is_given(w.flags) && !is_patronymic(w.flags, &folded)
}

/// How much a word is a given name rather than a surname.
fn rank(w: &Word) -> i32 {
    i32::from(is_given(w.flags)) * 2 + i32::from(w.flags & lists::GIVEN_FREQUENT != 0)
        - i32::from(is_surname(w.flags))
        // «Салтанаттың» ends like a surname and is the genitive of a given name
        // and «Валентин», «Константин» end like one and are given names
        - i32::from(
            w.flags & lists::SURNAME_ENDING != 0
                && w.flags & lists::KK_GIVEN_FORM == 0
                && w.flags & (lists::GIVEN_FREQUENT | lists::OC_GIVEN)
                    != lists::GIVEN_FREQUENT | lists::OC_GIVEN,
        ) * 2
        // «Валентин Хан», «Кан Вера»: surnames of one syllable
        - i32::from(w.len <= 3 && w.flags & lists::SURNAME_FREQUENT != 0)
}

/// Folded Cyrillic form of a word, whatever its letters.
pub fn key(lower: &str) -> String {
    if lower.is_ascii() || lower.chars().next().is_some_and(|c| (c as u32) < 0x250) {
        super::latin::readings(lower).into_iter().next().unwrap_or_default()
    } else {
        fold(lower)
    }
}

/// All Cyrillic readings of a word in Latin letters, folded.
pub fn readings(lower: &str) -> Vec<String> {
    super::latin::readings(lower)
}

/// The parts of a name given as text.
pub fn parts_of(bytes: &[u8], lists: &Lists) -> Parts {
    let mut tokens = Vec::new();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = token::sequence(bytes, at, bytes.len(), &mut tokens);
        words.extend(
            tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| Word::new(bytes, t, false, lists)),
        );
    }
    Parts::of(&words.iter().collect::<Vec<_>>())
}

impl Parts {
    /// Takes the words of one mention apart; marks between them are left out before.
    pub fn of(words: &[&Word]) -> Parts {
        let mut parts = Parts::default();
        let mut long: Vec<(&Word, String)> = Vec::new();
        let mut initials = 0;
        let mut before = false;
        let cyrillic = words.iter().any(|w| w.len > 1 && !w.lower.is_ascii());
        for w in words {
            // «А.Дж. Рахметулин»
            let digraph = w.lower == "дж";
            // «Юнусов Ш.К-дан»: an initial and the case
            let halves = w.len <= 3
                && w.lower
                    .split_once('-')
                    .is_some_and(|(a, b)| a.chars().count() == 1 && b.chars().count() == 1);
            let declined = halves
                || w.lower.split_once('-').is_some_and(|(letter, ending)| {
                    letter.chars().count() == 1 && KK_ENDINGS.contains(&key(ending).as_str())
                });
            if digraph || declined || w.shape == Shape::Initial || (w.len <= 2 && w.shape == Shape::Upper) {
                if let Some(slot) = parts.initials.get_mut(initials) {
                    // a scan's «Келлер О.C.» with a Latin letter
                    *slot = if cyrillic { w.lower.chars().next().map(to_cyrillic) } else { None }
                        .map(fold_char)
                        .filter(|c| !c.is_ascii())
                        .or_else(|| key(&w.lower).chars().next());
                }
                initials += 1;
                before |= long.is_empty();
            } else if w.shape == Shape::Lower
                && !long.is_empty()
                && KK_ENDINGS.contains(&key(&w.lower).as_str())
            {
                // «Қабдолов Р.С.-ның»: the case alone
            } else if w.shape == Shape::Lower && !long.is_empty() && super::respect::address(&fold(&w.lower))
            {
                // «Лариса апай»: no part of the name
            } else if w.len >= 2 {
                long.push((w, key(&w.lower)));
            }
        }
        // «Серік Болат ұлы»: the ending stands apart
        if let Some(k) = long.iter().position(|(_, f)| is_son(f)).filter(|k| *k > 0) {
            let tail = long.remove(k).1;
            long[k - 1].1.push_str(&tail);
            let (stem, sex) = patronymic_stem(&long[k - 1].1);
            parts.patronymic = Some(stem);
            parts.sex = sex;
            long.remove(k - 1);
        }
        if long.len() >= 2
            && let Some(k) = long.iter().rposition(|(w, f)| is_patronymic(w.flags, f))
        {
            // three words ending in a patronymic, or a given name before it
            let (stem, sex) = patronymic_stem(&long[k].1);
            parts.patronymic = Some(stem);
            parts.sex = sex;
            let first = long.remove(k).1;
            // «Оразғалиұлы Дархан»: before a given name alone it is the family's
            if k == 0 && long.len() == 1 && initials == 0 && ["улы", "кызы"].iter().any(|s| first.contains(s))
            {
                parts.surname = Some(surname_stem(&first).0);
            }
            if k >= 1 {
                let (w, f) = long.remove(k - 1);
                parts.set_given(w, &f);
            }
        }
        let rest: Vec<&(&Word, String)> = long.iter().collect();
        match rest.as_slice() {
            [] => {}
            [(w, f)] => {
                let named = parts.given.is_some() || initials > 0 || parts.patronymic.is_some();
                // «Тұңғышбайқызы Айнаш»
                let after = parts.patronymic.is_some() && parts.given.is_none() && initials == 0;
                let given = is_given(w.flags)
                    && (!named || after)
                    && (!is_surname(w.flags) || w.flags & lists::GIVEN_FREQUENT != 0);
                if given && parts.given.is_none() {
                    parts.set_given(w, f);
                } else {
                    parts.set_surname(w, f);
                }
            }
            // «Избасар (Қосжанова) Әсемгүл», «Пак (Шин) Ен Сук»: the former surname stands second
            [(a, fa), (b, fb), (c, fc), ..] if (family(b) || maiden(b)) && !family(c) && !maiden(c) => {
                parts.set_given(c, fc);
                parts.set_surname(a, fa);
                parts.former = Some(surname_stem(fb).0);
            }
            // «Джессика Энн Смит», «Смит Джессика Энн»: the surname stands at one end
            [(a, fa), (b, fb), (c, fc), ..] => {
                let (surname, given) =
                    if rank(c) < rank(a) { ((c, fc), (a, fa)) } else { ((a, fa), (b, fb)) };
                parts.set_given(given.0, given.1);
                parts.set_surname(surname.0, surname.1);
            }
            // «Ким (Цой) Елена Викторовна», «Бердиева (Досмагамбетова)»
            [(a, fa), (b, fb), ..]
                if parts.given.is_some()
                    || (family(a) && family(b))
                    || (initials > 0 && is_surname(b.flags) && !is_given(b.flags)) =>
            {
                parts.set_surname(a, fa);
                parts.former = Some(surname_stem(fb).0);
            }
            [(a, fa), (b, fb), ..] => {
                // documents write the surname first; a tie is settled so
                if rank(a) > rank(b) {
                    let sure = is_surname(b.flags) || b.flags & lists::SURNAME_ENDING != 0;
                    parts.set_given(a, fa);
                    // «Избасар Аянатқа»: a father's name as surname says nothing of the child
                    if !sure {
                        parts.sex = Sex::Unknown;
                    }
                    parts.set_surname(b, fb);
                } else {
                    parts.set_given(b, fb);
                    parts.set_surname(a, fa);
                }
            }
        }
        parts.letter_last = initials > 0 && !before;
        parts
    }

    fn set_given(&mut self, w: &Word, folded: &str) {
        self.given = Some(genitive(&w.lower).map_or_else(|| plain_stem(folded), |bare| plain_stem(&bare)));
        // «Виталия» is a woman's name and the genitive of a man's: endings that both have tell nothing
        let open = folded.ends_with(['а', 'я', 'у', 'ю', 'е', 'и', 'ы']) || folded.ends_with("ой");
        if self.sex == Sex::Unknown && !open {
            self.sex = match (w.flags & lists::MALE != 0, w.flags & lists::FEMALE != 0) {
                (true, false) => Sex::Male,
                (false, true) => Sex::Female,
                _ => Sex::Unknown,
            };
        }
    }

    fn set_surname(&mut self, w: &Word, folded: &str) {
        let (stem, sex, sure) = match genitive(&w.lower) {
            // «Бейзаның», «Канның»: the ending is no surname's in -ын
            Some(bare) => {
                let (stem, sex, sure) = surname_stem(&bare);
                let woman = sure_woman(&bare, &stem);
                (stem, if woman { Sex::Female } else { sex }, sure || woman)
            }
            None => surname_stem(folded),
        };
        self.surname = Some(stem);
        self.sure_form = sure;
        if self.sex == Sex::Unknown && sure {
            self.sex = sex;
        }
    }

    /// First letter of the given name, from the name or the initials.
    pub fn given_letter(&self) -> Option<char> {
        self.given.as_ref().and_then(|g| g.chars().next()).or(self.initials[0])
    }

    /// First letter of the patronymic.
    pub fn patronymic_letter(&self) -> Option<char> {
        self.patronymic.as_ref().and_then(|g| g.chars().next()).or(self.initials[1])
    }

    /// How much the mention says: more is fuller.
    pub fn weight(&self) -> u8 {
        u8::from(self.surname.is_some()) * 4
            + u8::from(self.given.is_some()) * 3
            + u8::from(self.patronymic.is_some()) * 3
            + u8::from(self.initials[0].is_some()) * 2
            + u8::from(self.initials[1].is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_of_surnames() {
        for form in [
            "ахметов",
            "ахметова",
            "ахметовой",
            "ахметову",
            "ахметовым",
            "ахметовтин",
            "ахметовке",
            "ахметованын",
        ] {
            assert_eq!(surname_stem(form).0, "ахметов", "{form}");
        }
        for form in ["ковальский", "ковальского", "ковальская", "ковальской"]
        {
            assert_eq!(surname_stem(form).0, "ковальск");
        }
        for (nominative, other) in [
            ("павел", "павла"),
            ("лев", "льву"),
            ("кравец", "кравцом"),
            ("швец", "швеца"),
            ("бережнои", "бережнои"),
        ] {
            assert_eq!(plain_stem(nominative), plain_stem(other), "{nominative}");
        }
        assert_eq!(surname_stem("ахметовой").1, Sex::Female);
        assert_eq!(surname_stem("серикулынын").0, "серикулы");
    }
}

//! Invents people: names drawn from the lists, put together as they are in Kazakhstan.

use std::io::BufRead;
use std::path::Path;

use qupia::detect::names::letters::fold;

use crate::corpus::open;
use crate::forms::{self, Case};
use crate::random::Random;

/// Names to draw from; each list holds men's and women's forms.
pub struct Pool {
    ru_given: [Vec<String>; 2],
    ru_patronymic: [Vec<String>; 2],
    /// A man's surname and the woman's form of it.
    ru_surname: Vec<(String, String)>,
    kk_given: [Vec<String>; 2],
    other_given: [Vec<String>; 2],
    other_surname: Vec<String>,
    /// Korean, Chinese, Vietnamese: surname first, no patronymic.
    eastern: [Vec<String>; 2],
    latin_given: Vec<String>,
    latin_surname: Vec<String>,
}

/// One invented person, nominative forms.
#[derive(Clone, Debug)]
pub struct Person {
    pub surname: String,
    pub given: String,
    pub patronymic: String,
    pub woman: bool,
    /// Russian declines the last word alone, and only after a consonant.
    pub eastern: bool,
}

fn title(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

impl Pool {
    pub fn read(data: &Path, more: &Path) -> std::io::Result<Pool> {
        let mut pool = Pool {
            ru_given: Default::default(),
            ru_patronymic: Default::default(),
            ru_surname: Vec::new(),
            kk_given: Default::default(),
            other_given: Default::default(),
            other_surname: Vec::new(),
            eastern: Default::default(),
            latin_given: Vec::new(),
            latin_surname: Vec::new(),
        };
        for (file, least) in [("ru_names", 15), ("ru_midnames", 15), ("ru_surnames", 3)] {
            for line in open(&data.join(format!("{file}.tsv.gz")))?.lines().skip(1) {
                let line = line?;
                let cells: Vec<&str> = line.split('\t').collect();
                let [name, sex, count, rest @ ..] = cells.as_slice() else { continue };
                let count: u32 = count.parse().unwrap_or(0);
                if count < least || name.chars().count() < 3 && file != "ru_surnames" {
                    continue;
                }
                let k = usize::from(*sex == "f");
                // more common names are drawn more often, but rare ones too
                let copies = (f64::from(count).powf(0.35) as usize).clamp(1, 12);
                match file {
                    "ru_names" => pool.ru_given[k].extend(std::iter::repeat_n(title(name), copies)),
                    "ru_midnames" => pool.ru_patronymic[k].extend(std::iter::repeat_n(title(name), copies)),
                    _ if *sex == "m" => {
                        let woman = rest.first().filter(|w| !w.is_empty()).unwrap_or(name);
                        pool.ru_surname.push((title(name), title(woman)));
                    }
                    _ => {}
                }
            }
        }
        let mut section = String::new();
        for path in [data.join("kk_given_names.txt"), more.to_owned()] {
            section.clear();
            for line in open(&path)?.lines() {
                let line = line?;
                if let Some(s) = line.trim().strip_prefix('[') {
                    section = s.trim_end_matches(']').to_owned();
                    continue;
                }
                if line.starts_with('#') {
                    continue;
                }
                if let Some(kind) = section.strip_prefix("eastern ") {
                    let names = line.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
                    pool.eastern[usize::from(kind == "given")].extend(names);
                    continue;
                }
                for name in line.split([',', ' ']).map(str::trim).filter(|n| n.chars().count() > 1) {
                    let k = usize::from(section.contains("female"));
                    match section.as_str() {
                        "latin" => pool.latin_given.push(name.to_owned()),
                        "latin surname" => pool.latin_surname.push(name.to_owned()),
                        "surname" => pool.other_surname.push(name.to_owned()),
                        s if s.starts_with("given") => pool.other_given[k].push(name.to_owned()),
                        _ => pool.kk_given[k].push(name.to_owned()),
                    }
                }
            }
        }
        Ok(pool)
    }

    /// All names by kind, each kind with a number; surnames made of Kazakh given names among them.
    pub fn kinds(&self, r: &mut Random) -> Vec<(u8, Vec<String>)> {
        let of_kazakh = |woman: bool, r: &mut Random| -> Vec<String> {
            (0..4000).map(|_| kk_surname(r, &self.kk_given[0], woman, true)).collect()
        };
        let fathers = |woman: bool, r: &mut Random| -> Vec<String> {
            (0..4000)
                .map(|_| {
                    let father = r.pick(&self.kk_given[0]).clone();
                    kk_patronymic(r, &father, woman)
                })
                .collect()
        };
        let surnames = |k: usize| -> Vec<String> {
            self.ru_surname.iter().map(|p| if k == 0 { p.0.clone() } else { p.1.clone() }).collect()
        };
        vec![
            (0, self.kk_given[0].clone()),
            (1, self.kk_given[1].clone()),
            (2, self.ru_given[0].clone()),
            (3, self.ru_given[1].clone()),
            (4, self.other_given[0].clone()),
            (5, self.other_given[1].clone()),
            (6, self.ru_patronymic[0].clone()),
            (7, self.ru_patronymic[1].clone()),
            (8, fathers(false, r)),
            (9, fathers(true, r)),
            (10, of_kazakh(false, r)),
            (11, of_kazakh(true, r)),
            (12, surnames(0)),
            (13, surnames(1)),
            (14, self.other_surname.clone()),
            (15, self.eastern[0].clone()),
            (15, self.eastern[1].clone()),
            (16, self.latin_given.clone()),
            (17, self.latin_surname.clone()),
        ]
    }

    /// A person of another country, in Latin letters.
    pub fn foreign(&self, r: &mut Random) -> Person {
        let mut surname = r.pick(&self.latin_surname).clone();
        let mut given = r.pick(&self.latin_given).clone();
        match r.below(24) {
            0 => surname = format!("{surname}-{}", r.pick(&self.latin_surname)),
            1 => {
                surname =
                    format!("{} {surname}", r.pick(&["de", "van", "van der", "von", "al", "da", "di", "el"]))
            }
            2 => given = format!("{given}-{}", r.pick(&self.latin_given)),
            3 | 4 => surname = altered(r, &surname),
            5 => given = altered(r, &given),
            _ => {}
        }
        let patronymic = if r.chance(10) { r.pick(&self.latin_given).clone() } else { String::new() };
        Person { surname, given, patronymic, woman: false, eastern: true }
    }

    /// Something like a person's name, for streets and firms.
    pub fn namesake(&self, r: &mut Random, kazakh: bool, case: Case) -> String {
        let p = self.person(r, kazakh);
        if case != Case::Nominative {
            let form = *r.pick(&["S", "G", "GS"]);
            return p.write(r, form, case, kazakh);
        }
        match r.below(4) {
            0 => p.surname,
            1 => p.given,
            _ => format!("{} {}", p.given, p.surname),
        }
    }

    /// Invents a person; `kazakh` text keeps the Kazakh letters.
    pub fn person(&self, r: &mut Random, kazakh: bool) -> Person {
        let woman = r.chance(45);
        let k = usize::from(woman);
        let kind = r.below(100);
        let native = if kazakh { 74 } else { 45 };
        let mut p = if kind < native {
            let given = r.pick(&self.kk_given[k]).clone();
            let father = r.pick(&self.kk_given[0]).clone();
            Person {
                surname: kk_surname(r, &self.kk_given[0], woman, kazakh),
                given,
                patronymic: kk_patronymic(r, &father, woman),
                woman,
                eastern: false,
            }
        } else if kind < 84 {
            let pair = r.pick(&self.ru_surname);
            let surname = if woman { pair.1.clone() } else { pair.0.clone() };
            Person {
                surname,
                given: r.pick(&self.ru_given[k]).clone(),
                patronymic: r.pick(&self.ru_patronymic[k]).clone(),
                woman,
                eastern: false,
            }
        } else if kind < 88 {
            let [surnames, givens] = &self.eastern;
            return Person {
                surname: r.pick(surnames).clone(),
                given: r.pick(givens).clone(),
                patronymic: String::new(),
                woman,
                eastern: true,
            };
        } else {
            let given =
                if r.chance(50) { r.pick(&self.other_given[k]) } else { r.pick(&self.ru_given[k]) }.clone();
            let patronymic = match r.below(6) {
                0 | 1 => format!("{} {}", r.pick(&self.other_given[0]), if woman { "кызы" } else { "оглы" }),
                2 => format!("{} {}", r.pick(&self.other_given[0]), if woman { "кызы" } else { "уулу" }),
                _ => r.pick(&self.ru_patronymic[k]).clone(),
            };
            let surname = if r.chance(75) {
                r.pick(&self.other_surname).clone()
            } else {
                let stem = r.pick(&self.other_given[0]);
                format!("{stem}{}", if woman { "ова" } else { "ов" })
            };
            Person { surname, given, patronymic, woman, eastern: false }
        };
        // names that no list knows: what stands around has to tell
        if r.chance(9) {
            p.surname = altered(r, &p.surname);
        }
        if r.chance(7) {
            p.given = altered(r, &p.given);
        }
        // mixed marriages and borrowed parts
        if r.chance(8) {
            p.given = r.pick(&self.kk_given[k]).clone();
        }
        if r.chance(2) {
            let pair = r.pick(&self.ru_surname);
            p.surname = format!("{}-{}", p.surname, if woman { &pair.1 } else { &pair.0 });
        }
        if !kazakh && r.chance(88) {
            for part in [&mut p.surname, &mut p.given, &mut p.patronymic] {
                *part = title(&fold(&part.to_lowercase().replace("ё", "\u{1}")).replace('\u{1}', "ё"));
                if part.contains('-') || part.contains(' ') {
                    *part = part.split('-').map(title).collect::<Vec<_>>().join("-");
                }
            }
        }
        p
    }
}

/// A name that is hardly anybody's: one or two letters of its beginning are others.
pub fn altered(r: &mut Random, name: &str) -> String {
    const VOWELS: &[char] = &['а', 'о', 'у', 'ы', 'е', 'и', 'ә', 'ө', 'ү'];
    const CONSONANTS: &[char] =
        &['б', 'в', 'г', 'д', 'ж', 'з', 'к', 'л', 'м', 'н', 'п', 'р', 'с', 'т', 'ш', 'х'];
    if name.is_ascii() {
        return altered_latin(r, name);
    }
    let mut chars: Vec<char> = name.to_lowercase().chars().collect();
    let free = chars.len().saturating_sub(2).max(1);
    for _ in 0..1 + r.below(2) {
        let k = r.below(free);
        let other = if VOWELS.contains(&chars[k]) { r.pick(VOWELS) } else { r.pick(CONSONANTS) };
        if chars[k].is_alphabetic() && !"ьъй".contains(chars[k]) {
            chars[k] = *other;
        }
    }
    chars.into_iter().collect::<String>().split('-').map(title).collect::<Vec<_>>().join("-")
}

/// The same in Latin letters.
fn altered_latin(r: &mut Random, name: &str) -> String {
    let mut letters: Vec<u8> = name.bytes().collect();
    for _ in 0..1 + r.below(2) {
        let k = 1 + r.below(letters.len().saturating_sub(2).max(1));
        let Some(letter) = letters.get_mut(k).filter(|l| l.is_ascii_lowercase()) else { continue };
        *letter = if b"aeiouy".contains(letter) { *r.pick(b"aeiou") } else { *r.pick(b"bdfgklmnprstvz") };
    }
    String::from_utf8(letters).unwrap_or_default()
}

fn kk_surname(r: &mut Random, given: &[String], woman: bool, kazakh: bool) -> String {
    let stem = r.pick(given).clone();
    let lower = stem.to_lowercase();
    let last = lower.chars().last().unwrap_or('а');
    let form = r.below(100);
    if form < 18 {
        return stem;
    }
    if form < 26 {
        return format!("{stem}{}", if woman { "қызы" } else { "ұлы" });
    }
    let a = if woman { "а" } else { "" };
    let vowel = "аеёиоуыэюяәөүұі".contains(last);
    let soft =
        lower.chars().rev().find(|c| "аоұыуяюәеөүіиэ".contains(*c)).is_some_and(|c| "әеөүіиэ".contains(c));
    if vowel || matches!(last, 'й' | 'ь') {
        let mut base = stem.clone();
        base.pop();
        let tail = if last == 'й' {
            "ев"
        } else if r.chance(60) {
            "ин"
        } else {
            "ев"
        };
        return format!("{base}{tail}{a}");
    }
    let tail = match r.below(10) {
        0 => "баев",
        1 => "беков",
        2 if !kazakh => "ский",
        _ => {
            if soft {
                "ев"
            } else {
                "ов"
            }
        }
    };
    if tail == "ский" {
        return format!("{stem}{}", if woman { "ская" } else { "ский" });
    }
    format!("{stem}{tail}{a}")
}

fn kk_patronymic(r: &mut Random, father: &str, woman: bool) -> String {
    let lower = father.to_lowercase();
    let last = lower.chars().last().unwrap_or('а');
    let vowel = "аеёиоуыэюяәөүұій".contains(last);
    match r.below(100) {
        0..45 => format!("{father}{}", if woman { "қызы" } else { "ұлы" }),
        45..50 => format!("{father} {}", if woman { "қызы" } else { "ұлы" }),
        50..52 => format!("{father}-{}", if woman { "қызы" } else { "ұлы" }),
        _ => {
            let mut base = father.to_owned();
            if vowel {
                base.pop();
            }
            let soft = vowel || matches!(last, 'ж' | 'ш' | 'ч' | 'ь');
            format!(
                "{base}{}",
                match (woman, soft) {
                    (true, true) => "евна",
                    (true, false) => "овна",
                    (false, true) => "евич",
                    (false, false) => "ович",
                }
            )
        }
    }
}

impl Person {
    fn letter(word: &str) -> String {
        word.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default()
    }

    fn initials(&self, r: &mut Random) -> String {
        let (a, b) = (Person::letter(&self.given), Person::letter(&self.patronymic));
        if b.is_empty() {
            return format!("{a}.");
        }
        match r.below(100) {
            0..55 => format!("{a}.{b}."),
            55..72 => format!("{a}. {b}."),
            72..92 => format!("{a}."),
            _ => format!("{a}.{b}"),
        }
    }

    /// The name in a form (`F`, `S`, `G`, `I`, `GP`, `SG`) and case, Kazakh or Russian grammar.
    pub fn write(&self, r: &mut Random, form: &str, case: Case, kazakh: bool) -> String {
        let form = match form {
            "" => *r.pick(&[
                "F", "F", "F", "SG", "SG", "GS", "GPS", "I", "I", "I", "I", "J", "J", "S", "S", "S", "G",
                "GP",
            ]),
            other => other,
        };
        let parts: Vec<(&str, u8)> = match form {
            "F" => vec![(&self.surname, 0), (&self.given, 1), (&self.patronymic, 1)],
            "SG" => vec![(&self.surname, 0), (&self.given, 1)],
            "GS" => vec![(&self.given, 1), (&self.surname, 0)],
            "GPS" => vec![(&self.given, 1), (&self.patronymic, 1), (&self.surname, 0)],
            "S" | "I" | "J" => vec![(&self.surname, 0)],
            "G" | "GI" => vec![(&self.given, 1)],
            // an eastern name has none
            "P" if !self.patronymic.is_empty() => vec![(&self.patronymic, 1)],
            _ => vec![(&self.given, 1), (&self.patronymic, 1)],
        };
        let parts: Vec<(&str, u8)> = parts.into_iter().filter(|p| !p.0.is_empty()).collect();
        let last = parts.len() - 1;
        let vowel = |w: &str| w.ends_with(|c| "аеёиоуыэюя".contains(c));
        let words: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(k, (word, kind))| match (kazakh, kind) {
                // Kazakh declines the last word only, and the surname not before initials
                (true, _) => {
                    if k == last && form != "I" {
                        forms::kazakh(word, case)
                    } else {
                        (*word).to_owned()
                    }
                }
                (false, _) if self.eastern && (k != last || self.woman || vowel(word)) => (*word).to_owned(),
                (false, 0) => forms::ru_surname(word, self.woman, case),
                (false, _) => {
                    if word.ends_with("ұлы")
                        || word.ends_with("қызы")
                        || word.ends_with("улы")
                        || word.ends_with("кызы")
                    {
                        (*word).to_owned()
                    } else {
                        forms::noun(word, self.woman, case)
                    }
                }
            })
            .collect();
        let name = words.join(" ");
        match form {
            "I" => {
                let initials = self.initials(r);
                let space = if r.chance(94) { " " } else { "" };
                if kazakh && case != Case::Nominative && r.chance(50) {
                    return format!("{}{space}{initials}", forms::kazakh(&self.surname, case));
                }
                format!("{name}{space}{initials}")
            }
            // «Айгерим Б.», «Milana G»
            "GI" => {
                format!("{name} {}{}", Person::letter(&self.surname), if r.chance(75) { "." } else { "" })
            }
            "J" => format!("{}{}{name}", self.initials(r), if r.chance(60) { " " } else { "" }),
            _ => name,
        }
    }
}

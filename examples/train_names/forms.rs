//! Case forms of Russian and Kazakh names, and their Latin spelling, for generated sentences.

/// Grammatical case; the Russian and the Kazakh ones together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    Nominative,
    Genitive,
    Dative,
    Accusative,
    Instrumental,
    Prepositional,
    Ablative,
}

impl Case {
    pub fn of(letter: char) -> Case {
        match letter {
            'g' => Case::Genitive,
            'd' => Case::Dative,
            'a' => Case::Accusative,
            'i' => Case::Instrumental,
            'p' | 'l' => Case::Prepositional,
            'b' => Case::Ablative,
            _ => Case::Nominative,
        }
    }

    /// Index into lists of five endings.
    fn index(self) -> usize {
        match self {
            Case::Genitive | Case::Ablative | Case::Nominative => 0,
            Case::Dative => 1,
            Case::Accusative => 2,
            Case::Instrumental => 3,
            Case::Prepositional => 4,
        }
    }
}

fn with(word: &str, drop: &str, endings: [&str; 5], case: Case) -> String {
    let stem = word.strip_suffix(drop).unwrap_or(word);
    format!("{stem}{}", endings[case.index()])
}

/// A Russian form of a surname.
pub fn ru_surname(word: &str, woman: bool, case: Case) -> String {
    if case == Case::Nominative {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    let ends = |all: &[&str]| all.iter().any(|e| lower.ends_with(e));
    if woman {
        if ends(&["ова", "ева", "ёва", "ина", "ына"]) {
            return with(word, "а", ["ой", "ой", "у", "ой", "ой"], case);
        }
        if ends(&["ая"]) {
            return with(word, "ая", ["ой", "ой", "ую", "ой", "ой"], case);
        }
    } else {
        if ends(&["ов", "ев", "ёв", "ин", "ын"]) {
            return with(word, "", ["а", "у", "а", "ым", "е"], case);
        }
        if ends(&["ский", "цкий"]) {
            return with(word, "ий", ["ого", "ому", "ого", "им", "ом"], case);
        }
        if ends(&["ой", "ый"]) && lower.chars().count() > 4 {
            let drop = if lower.ends_with("ой") { "ой" } else { "ый" };
            return with(word, drop, ["ого", "ому", "ого", "ым", "ом"], case);
        }
    }
    noun(word, woman, case)
}

/// A Russian form of a given name, patronymic or other noun-like name.
pub fn noun(word: &str, woman: bool, case: Case) -> String {
    if case == Case::Nominative {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    let Some(last) = lower.chars().last() else { return word.to_owned() };
    let before = lower.chars().rev().nth(1).unwrap_or(' ');
    let husher = matches!(before, 'г' | 'к' | 'х' | 'ж' | 'ч' | 'ш' | 'щ');
    match last {
        'а' if lower.ends_with("қызы") || lower.ends_with("ұлы") => word.to_owned(),
        'а' => with(word, "а", [if husher { "и" } else { "ы" }, "е", "у", "ой", "е"], case),
        'я' if before == 'и' => with(word, "я", ["и", "и", "ю", "ей", "и"], case),
        'я' => with(word, "я", ["и", "е", "ю", "ей", "е"], case),
        'ь' if woman => with(word, "ь", ["и", "и", "ь", "ью", "и"], case),
        'ь' => with(word, "ь", ["я", "ю", "я", "ем", "е"], case),
        'й' if !woman => with(word, "й", ["я", "ю", "я", "ем", if before == 'и' { "и" } else { "е" }], case),
        c if !woman
            && c.is_alphabetic()
            && !"аеёиоуыэюяәөүұі".contains(c)
            && !lower.ends_with("ых")
            && !lower.ends_with("их") =>
        {
            let soft = matches!(c, 'ж' | 'ч' | 'ш' | 'щ' | 'ц');
            with(word, "", ["а", "у", "а", if soft { "ем" } else { "ом" }, "е"], case)
        }
        _ => word.to_owned(),
    }
}

/// A Kazakh form: the ending by vowel harmony and the last sound. `possessed`: the word ends in -ұлы, -қызы.
pub fn kazakh(word: &str, case: Case) -> String {
    let lower = word.to_lowercase();
    let front = lower
        .chars()
        .rev()
        .find_map(|c| match c {
            'ә' | 'е' | 'ө' | 'ү' | 'і' | 'и' | 'э' | 'ё' => Some(true),
            'а' | 'о' | 'ұ' | 'ы' | 'у' | 'я' | 'ю' => Some(false),
            _ => None,
        })
        .unwrap_or(false);
    let possessed = ["ұлы", "қызы", "улы", "кызы"].iter().any(|e| lower.ends_with(e));
    let last = lower.chars().last().unwrap_or('а');
    // 0 vowel, 1 nasal, 2 other sonorant, 3 з and ж, 4 voiceless (and в, б, г, д as they are said)
    let sound = match last {
        'а' | 'ә' | 'е' | 'ы' | 'і' | 'о' | 'ө' | 'ұ' | 'ү' | 'я' | 'э' | 'ё' | 'ю' => 0,
        'м' | 'н' | 'ң' => 1,
        'л' | 'р' | 'й' | 'у' | 'и' | 'ь' => 2,
        'з' | 'ж' => 3,
        _ => 4,
    };
    let (back_form, front_form) = match case {
        Case::Nominative => ("", ""),
        Case::Genitive => match sound {
            0 | 1 => ("ның", "нің"),
            2 | 3 => ("дың", "дің"),
            _ => ("тың", "тің"),
        },
        Case::Dative if possessed => ("на", "не"),
        Case::Dative => {
            if sound == 4 {
                ("қа", "ке")
            } else {
                ("ға", "ге")
            }
        }
        Case::Accusative if possessed => ("н", "н"),
        Case::Accusative => match sound {
            0 => ("ны", "ні"),
            1..=3 => ("ды", "ді"),
            _ => ("ты", "ті"),
        },
        Case::Prepositional if possessed => ("нда", "нде"),
        Case::Prepositional => {
            if sound == 4 {
                ("та", "те")
            } else {
                ("да", "де")
            }
        }
        Case::Ablative if possessed || sound == 1 => ("нан", "нен"),
        Case::Ablative => {
            if sound == 4 {
                ("тан", "тен")
            } else {
                ("дан", "ден")
            }
        }
        Case::Instrumental => match sound {
            3 => ("бен", "бен"),
            4 => ("пен", "пен"),
            _ => ("мен", "мен"),
        },
    };
    format!("{word}{}", if front { front_form } else { back_form })
}

/// Latin spelling: 0 passport, 1 habitual, 2 new Kazakh alphabet.
pub fn latin(word: &str, style: usize) -> String {
    let mut out = String::new();
    for c in word.chars() {
        let lower: String = c.to_lowercase().collect();
        let pick = |all: [&'static str; 3]| all[style.min(2)];
        let l = match lower.as_str() {
            "а" => "a",
            "ә" => pick(["a", "a", "ä"]),
            "б" => "b",
            "в" => "v",
            "г" => "g",
            "ғ" => pick(["g", "gh", "ğ"]),
            "д" => "d",
            "е" | "ё" | "э" => "e",
            "ж" => pick(["zh", "j", "j"]),
            "з" => "z",
            "и" => pick(["i", "i", "i"]),
            "й" => pick(["y", "i", "i"]),
            "к" => "k",
            "қ" => pick(["k", "q", "q"]),
            "л" => "l",
            "м" => "m",
            "н" => "n",
            "ң" => pick(["n", "ng", "ñ"]),
            "о" => "o",
            "ө" => pick(["o", "o", "ö"]),
            "п" => "p",
            "р" => "r",
            "с" => "s",
            "т" => "t",
            "у" => pick(["u", "u", "u"]),
            "ұ" => pick(["u", "u", "ū"]),
            "ү" => pick(["u", "u", "ü"]),
            "ф" => "f",
            "х" => pick(["kh", "h", "h"]),
            "һ" => "h",
            "ц" => "ts",
            "ч" => "ch",
            "ш" => pick(["sh", "sh", "ş"]),
            "щ" => "shch",
            "ы" => pick(["y", "y", "y"]),
            "і" => "i",
            "ю" => pick(["yu", "iu", "iu"]),
            "я" => pick(["ya", "ia", "ia"]),
            "ъ" | "ь" => "",
            _ => {
                out.push(c);
                continue;
            }
        };
        if c.is_uppercase() {
            let mut chars = l.chars();
            if let Some(first) = chars.next() {
                out.extend(first.to_uppercase());
                out.push_str(chars.as_str());
            }
        } else {
            out.push_str(l);
        }
    }
    out
}

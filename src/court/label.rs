//! Labels that stand for people: a role and a number, in the act's language and the case of what they replace.

use crate::detect::names::{Names, letters::fold};

use super::roles::ROLES;

/// Grammatical case of a mention, as far as its form tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Nominative, or not known.
    #[default]
    Nominative,
    /// Genitive.
    Genitive,
    /// Dative.
    Dative,
    /// Accusative.
    Accusative,
    /// Instrumental.
    Instrumental,
    /// Prepositional (Russian), locative (Kazakh).
    Locative,
    /// Ablative (Kazakh).
    Ablative,
}

/// The case of a Russian mention: by its patronymic, else its surname, else the preposition before it.
pub fn russian_case(mention: &str, before: &str) -> Case {
    let words: Vec<String> = mention
        .split(|c: char| !c.is_alphabetic() && c != '-')
        .filter(|w| w.chars().count() > 2)
        .map(|w| fold(&w.to_lowercase()))
        .collect();
    let ending = |all: &[(&str, Case)]| {
        words.iter().rev().find_map(|w| all.iter().find(|(e, _)| w.ends_with(e)).map(|(_, c)| *c))
    };
    const PATRONYMICS: &[(&str, Case)] = &[
        ("вича", Case::Genitive),
        ("вичу", Case::Dative),
        ("вичем", Case::Instrumental),
        ("виче", Case::Locative),
        ("вич", Case::Nominative),
        ("вны", Case::Genitive),
        ("вне", Case::Dative),
        ("вну", Case::Accusative),
        ("вной", Case::Instrumental),
        ("вна", Case::Nominative),
        ("ичны", Case::Genitive),
        ("ичне", Case::Dative),
        ("ичну", Case::Accusative),
        ("ичной", Case::Instrumental),
    ];
    if let Some(case) = ending(PATRONYMICS) {
        return case;
    }
    let preposition = match before {
        "с" | "со" | "от" | "у" | "из" | "без" | "для" | "против" | "пользу" | "отношении" | "до" => {
            Some(Case::Genitive)
        }
        "к" | "ко" | "по" => Some(Case::Dative),
        "о" | "об" | "при" => Some(Case::Locative),
        _ => None,
    };
    const SURNAMES: &[(&str, Case)] = &[
        ("овым", Case::Instrumental),
        ("евым", Case::Instrumental),
        ("иным", Case::Instrumental),
        ("ским", Case::Instrumental),
        ("ского", Case::Genitive),
        ("скому", Case::Dative),
        ("ском", Case::Locative),
        ("скую", Case::Accusative),
        ("ов", Case::Nominative),
        ("ев", Case::Nominative),
        ("ский", Case::Nominative),
        ("ская", Case::Nominative),
    ];
    if let Some(case) = ending(SURNAMES) {
        return case;
    }
    let oblique = ["овой", "евой", "иной", "ской", "ове", "еве"];
    let vague = ["ова", "ева", "ина", "ову", "еву", "ину"];
    let ends = |all: &[&str]| words.iter().any(|w| all.iter().any(|e| w.ends_with(e)));
    match preposition {
        // «с Ахметовой»: the form is not the nominative
        Some(case) if ends(&oblique) || ends(&vague) => case,
        _ if ends(&["ову", "еву"]) => Case::Dative,
        _ if ends(&oblique) => Case::Genitive,
        Some(case) if !ends(&vague) && before != "с" => case,
        _ => Case::Nominative,
    }
}

/// The case of a Kazakh mention by the ending of its last word (the initials left out).
pub fn kazakh_case(mention: &str) -> Case {
    let Some(word) = mention
        .split(|c: char| !c.is_alphabetic() && c != '-')
        .rfind(|w| w.chars().count() > 2)
        .map(str::to_lowercase)
    else {
        return Case::Nominative;
    };
    const ENDINGS: &[(&[&str], Case)] = &[
        (&["ның", "нің", "дың", "дің", "тың", "тің"], Case::Genitive),
        (&["нан", "нен", "дан", "ден", "тан", "тен"], Case::Ablative),
        (&["мен", "бен", "пен"], Case::Instrumental),
        (&["ға", "ге", "қа", "ке"], Case::Dative),
        (&["ны", "ні", "ды", "ді", "ты", "ті"], Case::Accusative),
        (&["да", "де", "та", "те"], Case::Locative),
    ];
    let possessed: &[(&str, Case)] = &[
        ("ұлына", Case::Dative),
        ("қызына", Case::Dative),
        ("ұлын", Case::Accusative),
        ("қызын", Case::Accusative),
        ("ұлында", Case::Locative),
        ("қызында", Case::Locative),
    ];
    if let Some((_, case)) = possessed.iter().find(|(e, _)| word.ends_with(e)) {
        return *case;
    }
    for (endings, case) in ENDINGS {
        let Some(stem) = endings.iter().find_map(|e| word.strip_suffix(e)) else { continue };
        let name = ["ов", "ев", "ин", "ова", "ева", "ина", "ұлы", "қызы", "ич", "на"]
            .iter()
            .any(|e| stem.ends_with(e));
        // short endings are also ends of names: the word must be a name without it, and none with it
        let lists = Names::builtin().lists();
        let listed = || lists.name(&fold(stem)) != 0 && lists.name(&fold(&word)) == 0;
        if stem.chars().count() >= 3 && (name || matches!(case, Case::Genitive) || listed()) {
            return *case;
        }
    }
    Case::Nominative
}

/// A Kazakh case ending written to a number with a hyphen, by the sound of the numeral («1-ге», «6-ға»).
pub fn kazakh_ending(number: u32, case: Case) -> &'static str {
    // the last word of the numeral: 0 is a round number (ten, twenty …)
    let (front, sound) = match (number % 10, number / 10 % 10) {
        (1, _) => (true, 'р'),
        (2 | 7, _) => (true, 'і'),
        (3, _) => (true, 'ш'),
        (4, _) => (true, 'т'),
        (5, _) => (true, 'с'),
        (6, _) => (false, 'ы'),
        (8, _) => (true, 'з'),
        (9, _) => (false, 'з'),
        (_, 1 | 3 | 9) => (false, 'н'),
        (_, 2 | 5) => (true, 'а'),
        (_, 4) => (false, 'қ'),
        (_, 6 | 7) => (false, 'с'),
        _ => (true, 'н'),
    };
    let pick = |back: &'static str, soft: &'static str| if front { soft } else { back };
    match (case, sound) {
        (Case::Nominative, _) => "",
        (Case::Genitive, 'р' | 'з') => pick("дың", "дің"),
        (Case::Genitive, 'ш' | 'т' | 'с' | 'қ') => pick("тың", "тің"),
        (Case::Genitive, _) => pick("ның", "нің"),
        (Case::Dative, 'ш' | 'т' | 'с' | 'қ') => pick("қа", "ке"),
        (Case::Dative, _) => pick("ға", "ге"),
        (Case::Accusative, 'р' | 'з' | 'н') => pick("ды", "ді"),
        (Case::Accusative, 'ш' | 'т' | 'с' | 'қ') => pick("ты", "ті"),
        (Case::Accusative, _) => pick("ны", "ні"),
        (Case::Locative, 'ш' | 'т' | 'с' | 'қ') => pick("та", "те"),
        (Case::Locative, _) => pick("да", "де"),
        (Case::Ablative, 'ш' | 'т' | 'с' | 'қ') => pick("тан", "тен"),
        (Case::Ablative, 'н') => pick("нан", "нен"),
        (Case::Ablative, _) => pick("дан", "ден"),
        (Case::Instrumental, 'ш' | 'т' | 'с' | 'қ') => "пен",
        (Case::Instrumental, 'з') => "бен",
        (Case::Instrumental, _) => "мен",
    }
}

/// The label of a person: `Истца-2`, `талапкер-1-ге`. `woman`: the form of a woman where there is one (only in the
/// nominative; the other cases would need a second table and give the sex away all the same).
pub fn label(role: usize, number: u32, case: Case, kazakh: bool, woman: bool) -> String {
    let Some(role) = ROLES.get(role) else { return format!("Лицо-{number}") };
    if kazakh {
        let ending = kazakh_ending(number, case);
        let hyphen = if ending.is_empty() { "" } else { "-" };
        return format!("{}-{number}{hyphen}{ending}", role.label_kk);
    }
    if woman && !role.woman_ru.is_empty() && case == Case::Nominative {
        return format!("{}-{number}", role.woman_ru);
    }
    let index = match case {
        Case::Nominative => 0,
        Case::Genitive | Case::Ablative => 1,
        Case::Dative => 2,
        Case::Accusative => 3,
        Case::Instrumental => 4,
        Case::Locative => 5,
    };
    format!("{}-{number}", role.label_ru.get(index).map_or("Лицо", String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::court::roles::by_id;

    #[test]
    fn russian_cases() {
        for (mention, before, case) in [
            ("Ахметова Серика Болатовича", "истца", Case::Genitive),
            ("Петровой А.И.", "к", Case::Dative),
            ("Петровой А.И.", "", Case::Genitive),
            ("Ахметовым", "с", Case::Instrumental),
            ("Ахметов С.Б.", "", Case::Nominative),
            ("Сидорову Ивану Петровичу", "", Case::Dative),
            ("Ким О.", "с", Case::Nominative),
        ] {
            assert_eq!(russian_case(mention, before), case, "{mention}");
        }
    }

    #[test]
    fn kazakh_cases() {
        for (mention, case) in [
            ("Ахметовтің", Case::Genitive),
            ("Бейсембаев Нұржанға", Case::Dative),
            ("Төлегенова Сәуледен", Case::Ablative),
            ("Айтжанова Мәлике", Case::Nominative),
            ("Сүлейменов Диас Бақтиярұлына", Case::Dative),
        ] {
            assert_eq!(kazakh_case(mention), case, "{mention}");
        }
        let plaintiff = by_id("plaintiff").unwrap();
        assert_eq!(label(plaintiff, 1, Case::Dative, true, false), "талапкер-1-ге");
        assert_eq!(label(plaintiff, 3, Case::Genitive, true, false), "талапкер-3-тің");
        assert_eq!(label(plaintiff, 2, Case::Genitive, false, false), "Истца-2");
        assert_eq!(label(plaintiff, 2, Case::Nominative, false, true), "Истица-2");
    }
}

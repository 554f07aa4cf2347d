//! Which mentions are one person: «Ахметова Серика Болатовича», «Ахметову С.Б.», «Ахметовтің».

use rustc_hash::FxHashMap as HashMap;

use super::parts::{self, Parts, Sex};
use super::short;

/// A mention to be linked.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Its parts.
    pub parts: Parts,
    /// Position, to find the nearest earlier one.
    pub at: u32,
}

#[derive(Clone, Debug)]
struct Person {
    parts: Parts,
    last: u32,
    number: u32,
}

/// Gives every mention the number of its person, from 1 in order of first mention.
///
/// Fuller mentions are joined first, so that a lone surname finds the person that a full name opened.
pub fn link(mentions: &[Mention]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    order.sort_by_key(|k| (u8::MAX - class(&mentions[*k].parts), mentions[*k].at));
    let mut people: Vec<Person> = Vec::new();
    // by the first letters of a stem: forms of one name differ at their ends
    let mut by_stem: HashMap<String, Vec<usize>> = HashMap::default();
    let mut owner = vec![usize::MAX; mentions.len()];
    for k in order {
        let m = &mentions[k];
        let mut candidates: Vec<usize> = Vec::new();
        for stem in stems(&m.parts) {
            candidates.extend(by_stem.get(&head(stem)).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        // a lone word fits the other part of a name as well
        let swapped = match (&m.parts.surname, &m.parts.given) {
            (Some(s), None) if m.parts.initials[0].is_none() && m.parts.patronymic.is_none() => {
                Some(Parts { surname: None, given: Some(s.clone()), ..m.parts.clone() })
            }
            (None, Some(g)) if m.parts.patronymic.is_none() => {
                Some(Parts { surname: Some(g.clone()), given: None, ..m.parts.clone() })
            }
            _ => None,
        };
        // «Айбек Б.»: a given name and the letter of the surname
        let lettered = match (&m.parts.surname, m.parts.initials) {
            (Some(given), [Some(letter), None])
                if m.parts.letter_last && m.parts.given.is_none() && m.parts.patronymic.is_none() =>
            {
                Some((given, letter))
            }
            _ => None,
        };
        // «Петрович», «Львовичпен»: a patronymic alone
        let father = m.parts.surname.as_ref().filter(|_| {
            m.parts.given.is_none() && m.parts.initials[0].is_none() && m.parts.patronymic.is_none()
        });
        let father = father.map(|s| father_as_said(s)).filter(|(_, sex)| *sex != Sex::Unknown);
        let fits = |p: &Parts| {
            if compatible(&m.parts, p) && shares(&m.parts, p) {
                return true;
            }
            swapped.as_ref().is_some_and(|s| compatible(s, p) && shares(s, p))
                || father.as_ref().is_some_and(|(stem, sex)| {
                    same(Some(stem), p.patronymic.as_ref()) == Some(true) && p.sex == *sex
                })
                || lettered.is_some_and(|(given, letter)| {
                    same_given(Some(given), p.given.as_ref()) == Some(true)
                        && p.surname.as_ref().is_some_and(|s| s.starts_with(letter))
                })
                || same(m.parts.surname.as_ref(), p.given.as_ref()) == Some(true)
                    && turned(p).is_some_and(|p| turns(&m.parts, &p))
        };
        let best = candidates.into_iter().filter(|c| fits(&people[*c].parts)).max_by_key(|c| {
            // those who were named first are the parties: they are meant where nothing else tells
            (agreement(&m.parts, &people[*c].parts), u32::MAX - people[*c].last)
        });
        let person = best.unwrap_or_else(|| {
            people.push(Person { parts: m.parts.clone(), last: m.at, number: 0 });
            people.len() - 1
        });
        owner[k] = person;
        let p = &mut people[person];
        // what was read the other way tells nothing more of the person
        let own = compatible(&m.parts, &p.parts) && shares(&m.parts, &p.parts);
        if best.is_none_or(|_| swapped.is_none() && ((lettered.is_none() && father.is_none()) || own)) {
            merge(&mut p.parts, &m.parts);
        }
        p.last = p.last.min(m.at);
        // a patronymic alone finds the one who bears it
        let father = m.parts.patronymic.iter().filter(|_| m.parts.given.is_some());
        for stem in stems(&m.parts).chain(father) {
            let all = by_stem.entry(head(stem)).or_default();
            if !all.contains(&person) && all.len() < 256 {
                all.push(person);
            }
        }
    }
    // «Иванченко Ольга Дмитриевна» of a wedding is «Сарсенова (Иванченко)»
    let mut moved: Vec<usize> = (0..people.len()).collect();
    for k in 0..people.len() {
        let (Some(former), Some(given)) = (&people[k].parts.former, &people[k].parts.given) else { continue };
        let candidates = by_stem.get(&head(former)).cloned().unwrap_or_default();
        let renamed = |p: &Parts| {
            same(p.surname.as_ref(), Some(former)) == Some(true)
                && same(p.given.as_ref(), Some(given)) == Some(true)
                && same(p.patronymic.as_ref(), people[k].parts.patronymic.as_ref()) == Some(true)
        };
        if let Some(other) = candidates.into_iter().find(|c| *c != k && renamed(&people[*c].parts)) {
            moved[other] = k;
        }
    }
    for o in &mut owner {
        *o = moved[*o];
    }
    let mut next = 1;
    let mut places: Vec<usize> = (0..mentions.len()).collect();
    places.sort_by_key(|k| mentions[*k].at);
    for k in places {
        let p = &mut people[owner[k]];
        if p.number == 0 {
            p.number = next;
            next += 1;
        }
    }
    owner.into_iter().map(|o| people[o].number).collect()
}

/// «Березина иск не признала» is a woman, «у Березина» a man: what the words around say where the form «-а» does not.
pub fn clarify(text: &[u8], start: usize, end: usize, parts: &mut Parts) {
    if parts.sex != Sex::Unknown || parts.surname.is_none() || parts.given.is_some() {
        return;
    }
    let Ok(value) = std::str::from_utf8(&text[start..end]) else { return };
    let letters = |c: char| !c.is_alphabetic();
    let Some(surname) = value.split(letters).max_by_key(|w| w.len()) else { return };
    if !["ова", "ева", "ина", "ына"].iter().any(|e| surname.ends_with(e)) {
        return;
    }
    let from = (start.saturating_sub(40)..start).find(|k| text[*k] & 0xC0 != 0x80).unwrap_or(start);
    let before = std::str::from_utf8(&text[from..start]).unwrap_or("").trim_end_matches([' ', '\n']);
    let word = before.rsplit(letters).next().unwrap_or("").to_lowercase();
    if matches!(
        word.as_str(),
        "с" | "со" | "от" | "у" | "из" | "до" | "для" | "без" | "против" | "отношении" | "пользу"
    ) {
        parts.sex = Sex::Male;
        return;
    }
    // «супруги Байжанов и Байжанова»
    if let Some(man) = before.strip_suffix(" и").or(before.strip_suffix(','))
        && surname.strip_suffix('а').is_some_and(|s| man.ends_with(s))
    {
        parts.sex = Sex::Female;
        return;
    }
    // «собака Айтуарова покусала»: the verb is the woman's only where the name opens the sentence
    if !before.is_empty() && !before.ends_with(['.', ':', '!', '?']) && text[start - 1] != b'\n' {
        return;
    }
    let to = (end..(end + 80).min(text.len())).rev().find(|k| text[*k] & 0xC0 != 0x80).unwrap_or(end);
    let after = std::str::from_utf8(&text[end.min(to)..to]).unwrap_or("");
    let sentence = after.split(['.', ';', '\n']).next().unwrap_or("");
    let verb = sentence
        .split(letters)
        .filter(|w| !w.is_empty())
        .take(4)
        .any(|w| w.chars().count() > 3 && (w.ends_with("ла") || w.ends_with("лась")));
    if verb && sentence.starts_with(' ') {
        parts.sex = Sex::Female;
    }
}

/// The stem of a patronymic alone, as it is written or as it is said: «Петрович», «Палыч», «Ефимыч», «Николаич».
fn father_as_said(stem: &str) -> (String, Sex) {
    const SAID: [(&str, &str); 6] = [
        ("палыч", "павл"),
        ("саныч", "александр"),
        ("михалыч", "михайл"),
        ("василич", "васил"),
        ("григорич", "григор"),
        ("евгенич", "евген"),
    ];
    if let Some((_, full)) = SAID.iter().find(|(said, _)| stem == *said) {
        return ((*full).to_owned(), Sex::Male);
    }
    let written = parts::patronymic_stem(stem);
    let short =
        stem.strip_suffix("ыч").or_else(|| stem.strip_suffix("ич").filter(|b| b.ends_with(['а', 'е', 'о'])));
    match short.filter(|b| written.1 == Sex::Unknown && b.chars().count() >= 3) {
        Some(base) => (base.to_owned(), Sex::Male),
        None => written,
    }
}

/// The same two words with the surname taken for the given name: «Ван Сяолин» is also «Ван С.», «Жаңабай Нұрғиса» also
/// «Нұрғисы Жаңабая».
fn turned(p: &Parts) -> Option<Parts> {
    let family = |s: &String| ["ов", "ев", "ин", "ын", "ск", "цк", "ко"].iter().any(|e| s.ends_with(e));
    let plain = p.surname.as_ref().is_some_and(|s| !family(s)) && p.given.is_some() && p.former.is_none();
    plain.then(|| Parts { surname: p.given.clone(), given: p.surname.clone(), ..p.clone() })
}

/// Does a mention fit a person whose words are turned round? Both words have to agree, or one and a letter.
fn turns(m: &Parts, p: &Parts) -> bool {
    let second = match (&m.given, m.initials[0]) {
        (Some(_), _) => same_given(m.given.as_ref(), p.given.as_ref()) == Some(true),
        (None, Some(letter)) => p.patronymic.is_none() && p.given_letter() == Some(letter),
        _ => false,
    };
    second && same(m.surname.as_ref(), p.surname.as_ref()) == Some(true) && compatible(m, p)
}

/// What says that the name behind it is the surname of the person named before: of another time, or of a passport.
pub(super) const FORMER: [&str; 28] = [
    "до брака",
    "до замужества",
    "девичья фамилия",
    "добрачная фамилия",
    "в девичестве",
    "урожд",
    "ранее",
    "прежняя фамилия",
    "бывш",
    "в то время",
    "тогда",
    "ныне",
    "сейчас",
    "теперь",
    "по мужу",
    "после брака",
    "по паспорту",
    "до ",
    "қыз кезіндегі тегі",
    "қыздағы тегі",
    "бұрынғы тегі",
    "тегі",
    "қазіргі тегі",
    "née",
    "күйеуге шыққанға дейін",
    "тұрмысқа шыққанға дейін",
    "добрач",
    "девич",
];

/// Pairs of neighbouring names of one person: the second stands in brackets behind the first, or behind «до брака».
pub fn renamed(text: &[u8], spans: &[(usize, usize)]) -> Vec<usize> {
    let pair = |k: &usize| {
        let ((_, before), (start, end)) = (spans[*k - 1], spans[*k]);
        let lone = text.get(start..end).is_some_and(|v| !v.contains(&b' ') && !v.contains(&b'.'));
        let between = text.get(before..start).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("");
        if !lone || between.len() > 200 || between.contains(['\n', ';']) {
            return false;
        }
        let said = between.rsplit(['(', ',']).next().unwrap_or("").trim_start().to_lowercase();
        let closed =
            text.get(end) == Some(&b')') || text[end..].starts_with(b".)") || text[end..].starts_with(b",");
        let bracket = between.starts_with(" (") || between.starts_with("(");
        let sure = FORMER[..6].iter().any(|w| said.starts_with(w));
        said.len() <= 60 && FORMER.iter().any(|w| said.starts_with(w)) && (sure || (bracket && closed))
    };
    (1..spans.len()).filter(pair).collect()
}

/// Makes one person of a name and of the same name in Latin letters in brackets behind it.
pub fn bracketed(text: &[u8], spans: &[(usize, usize)], numbers: &mut [u32]) {
    let pair = |k: &usize| {
        let ((_, before), (start, end)) = (spans[*k - 1], spans[*k]);
        text.get(before..start) == Some(b" (")
            && latin(text, start)
            && !latin(text, before.saturating_sub(1))
            && text.get(end) == Some(&b')')
    };
    unite((1..spans.len()).filter(pair).map(|k| (k - 1, k)), numbers);
}

/// Gives the persons of both mentions of each pair one number, the lower one.
pub fn unite(pairs: impl Iterator<Item = (usize, usize)>, numbers: &mut [u32]) {
    let top = numbers.iter().max().map_or(0, |n| *n as usize);
    let mut own: Vec<u32> = (0..=top as u32).collect();
    let root = |own: &mut Vec<u32>, mut n: u32| {
        while own[n as usize] != n {
            own[n as usize] = own[own[n as usize] as usize];
            n = own[n as usize];
        }
        n
    };
    let mut any = false;
    for (a, b) in pairs {
        let (a, b) = (root(&mut own, numbers[a]), root(&mut own, numbers[b]));
        own[a.max(b) as usize] = a.min(b);
        any = true;
    }
    if any {
        numbers.iter_mut().for_each(|n| *n = root(&mut own, *n));
    }
}

/// Does a Latin letter stand at `at`?
fn latin(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_alphabetic)
}

/// The stems under which a mention is found: its own, and those of the full name where it gives a short one.
fn stems(parts: &Parts) -> impl Iterator<Item = &String> {
    let full = parts.given.as_deref().or(parts.surname.as_deref()).map_or(&[][..], short::full);
    parts.surname.iter().chain(&parts.given).chain(&parts.former).chain(full)
}

/// Full names first, then surname with initials, then lone words.
fn class(parts: &Parts) -> u8 {
    match (&parts.surname, &parts.given, &parts.patronymic, parts.initials[0]) {
        (Some(_), Some(_), Some(_), _) => 5,
        (Some(_), Some(_), None, _) => 4,
        (Some(_), None, _, Some(_)) => 3,
        (None, Some(_), Some(_), _) => 2,
        (Some(_), ..) => 1,
        _ => 0,
    }
}

/// The first letters of a stem.
fn head(stem: &str) -> String {
    stem.chars().take(2).collect()
}

/// Are two stems of one name? Endings that a rule could not tell may be left on either.
fn same(a: Option<&String>, b: Option<&String>) -> Option<bool> {
    let (a, b) = (a?, b?);
    // most stems begin with other letters
    if a.chars().next() != b.chars().next() && !a.is_empty() && !b.is_empty() {
        return Some(false);
    }
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (more_a, more_b) = (a.chars().count() - common, b.chars().count() - common);
    let cut = |s: &str| ["ак", "ек", "ик", "аг", "ег"].iter().any(|e| s.ends_with(e));
    let vowel = |s: &str| s.chars().next_back().is_some_and(|c| "аеиоуыюяйь".contains(c));
    let prefix = more_a == 0 || more_b == 0;
    let longer = more_a.max(more_b);
    Some(
        longer == 0
            // «чумака» read as the Kazakh dative of «чума»
            || (prefix && common >= 3 && longer == 2 && (cut(a) || cut(b)))
            || (prefix && (longer == 1 || (common >= 4 && longer <= 3) || (common >= 6 && longer == 4)))
            || (common >= 2 && more_a == 1 && more_b == 1 && vowel(a) && vowel(b)),
    )
}

/// The same for given names, whose stems may have lost a letter more («Марат» and «Марата» read as Kazakh).
fn same_given(a: Option<&String>, b: Option<&String>) -> Option<bool> {
    let (less, long) = if a?.len() < b?.len() { (a?, b?) } else { (b?, a?) };
    let more = long.strip_prefix(less.as_str()).map(|rest| rest.chars().count());
    let close = less.chars().count() >= 3 && more.is_some_and(|n| n <= 2);
    Some(same(a, b) == Some(true) || close || short::one(less, long) || fond(less, long) || fond(long, less))
}

/// May the stem of a given name be another one as it is said?
pub(crate) fn said_of(said: &str, name: &str) -> bool {
    short::one(said, name) || fond(said, name)
}

/// «Әлик» for «Әлихан», «Тимоха» for «Тимофей», «Баукең» for «Бауыржан»: the first letters of the name and an ending.
fn fond(said: &str, name: &str) -> bool {
    const LOVE: [&str; 7] = ["ох", "ех", "юх", "ух", "юш", "уш", "еш"];
    const RESPECT: [&str; 9] = ["екен", "укен", "акен", "окен", "икен", "кен", "еке", "аке", "уке"];
    let begins = |base: &str, more: usize| {
        base.chars().count() >= 3 && name.strip_prefix(base).is_some_and(|rest| rest.chars().count() >= more)
    };
    said.strip_suffix("ик").is_some_and(|b| begins(b, 2))
        || said.strip_suffix('к').filter(|b| b.ends_with('и')).is_some_and(|b| begins(b, 1))
        || LOVE.iter().any(|e| said.strip_suffix(e).is_some_and(|b| begins(b, 1)))
        || RESPECT.iter().any(|e| said.strip_suffix(e).is_some_and(|b| begins(b, 1)))
}

/// Are the surnames of two mentions one, the former ones counted?
fn same_surname(m: &Parts, p: &Parts) -> Option<bool> {
    let all = [(&m.surname, &p.surname), (&m.former, &p.surname), (&m.surname, &p.former)];
    let mut said = None;
    for (a, b) in all {
        match same(a.as_ref(), b.as_ref()) {
            Some(true) => return Some(true),
            // a former surname may be another one
            one if m.surname.is_some() && p.surname.is_some() => said = said.or(one),
            _ => {}
        }
    }
    said
}

/// Does a mention share a name with the person, and not only contradict nothing?
fn shares(m: &Parts, p: &Parts) -> bool {
    same_surname(m, p) == Some(true)
        || (same_given(m.given.as_ref(), p.given.as_ref()) == Some(true)
            && (m.surname.is_none() || p.surname.is_none())
            && (m.patronymic.is_none()
                || p.patronymic.is_none()
                || m.patronymic_letter() == p.patronymic_letter()))
}

fn compatible(m: &Parts, p: &Parts) -> bool {
    let letters = |a: Option<char>, b: Option<char>| !matches!((a, b), (Some(a), Some(b)) if a != b);
    // «Настя» is «Анастасия»: what the letters say counts where one of them is an initial
    let said = same_given(m.given.as_ref(), p.given.as_ref()) == Some(true);
    same_surname(m, p) != Some(false)
        && same_given(m.given.as_ref(), p.given.as_ref()) != Some(false)
        && same(m.patronymic.as_ref(), p.patronymic.as_ref()) != Some(false)
        && (said || letters(m.given_letter(), p.given_letter()))
        && letters(m.patronymic_letter(), p.patronymic_letter())
        && !matches!((m.sex, p.sex), (Sex::Male, Sex::Female) | (Sex::Female, Sex::Male))
}

fn agreement(m: &Parts, p: &Parts) -> u32 {
    u32::from(same(m.given.as_ref(), p.given.as_ref()) == Some(true)) * 4
        + u32::from(same(m.patronymic.as_ref(), p.patronymic.as_ref()) == Some(true)) * 4
        + u32::from(m.given_letter().is_some() && m.given_letter() == p.given_letter()) * 2
        + u32::from(m.patronymic_letter().is_some() && m.patronymic_letter() == p.patronymic_letter()) * 2
        + u32::from(m.sex != Sex::Unknown && m.sex == p.sex)
}

fn merge(p: &mut Parts, m: &Parts) {
    let fill = |a: &mut Option<String>, b: &Option<String>| {
        if a.is_none() {
            a.clone_from(b);
        }
    };
    // «Бердиева (Досмагамбетова)» behind «Досмагамбетова Жанар»: the new surname is the other one
    if same(m.surname.as_ref(), p.surname.as_ref()) == Some(false) {
        fill(&mut p.former, &m.surname);
    }
    fill(&mut p.surname, &m.surname);
    fill(&mut p.former, &m.former);
    fill(&mut p.given, &m.given);
    fill(&mut p.patronymic, &m.patronymic);
    for k in 0..2 {
        p.initials[k] = p.initials[k].or(m.initials[k]);
    }
    if p.sex == Sex::Unknown {
        p.sex = m.sex;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(at: u32, surname: &str, given: &str, initials: [Option<char>; 2], sex: Sex) -> Mention {
        let some = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        Mention {
            parts: Parts { surname: some(surname), given: some(given), initials, sex, ..Parts::default() },
            at,
        }
    }

    #[test]
    fn given_names_of_two_alphabets_are_two() {
        // longer in letters and shorter in bytes
        let same = |a: &str, b: &str| same_given(Some(&a.to_owned()), Some(&b.to_owned()));
        assert_eq!(same("abdullah", "марат"), Some(false));
        assert_eq!(same("марат", "abdullah"), Some(false));
        assert_eq!(same("марат", "марата"), Some(true));
    }

    #[test]
    fn two_of_one_surname_stay_two() {
        let all = [
            mention(0, "ахметов", "серик", [None; 2], Sex::Male),
            mention(10, "ахметов", "айгул", [None; 2], Sex::Female),
            mention(20, "ахметов", "", [Some('с'), None], Sex::Unknown),
            mention(30, "ахметов", "", [Some('а'), None], Sex::Unknown),
            mention(40, "ахметов", "", [None; 2], Sex::Female),
            mention(50, "ахметов", "", [None; 2], Sex::Male),
            mention(60, "петров", "", [None; 2], Sex::Male),
        ];
        assert_eq!(link(&all), [1, 2, 1, 2, 2, 1, 3]);
    }
}

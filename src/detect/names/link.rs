//! Which mentions are one person: «Ахметова Серика Болатовича», «Ахметову С.Б.», «Ахметовтің».

use std::collections::HashMap;

use super::parts::{Parts, Sex};

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
    let mut by_surname: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_given: HashMap<String, Vec<usize>> = HashMap::new();
    let mut owner = vec![usize::MAX; mentions.len()];
    for k in order {
        let m = &mentions[k];
        let mut candidates: Vec<usize> = Vec::new();
        if let Some(s) = &m.parts.surname {
            candidates.extend(by_surname.get(s).into_iter().flatten());
            // a lone word may be a given name that was taken for a surname
            if m.parts.given.is_none() && candidates.is_empty() {
                candidates.extend(by_given.get(s).into_iter().flatten());
            }
        } else if let Some(g) = &m.parts.given {
            candidates.extend(by_given.get(g).into_iter().flatten());
            if candidates.is_empty() && m.parts.patronymic.is_none() {
                candidates.extend(by_surname.get(g).into_iter().flatten());
            }
        }
        let best = candidates
            .into_iter()
            .filter(|c| compatible(&m.parts, &people[*c].parts))
            .max_by_key(|c| (agreement(&m.parts, &people[*c].parts), nearness(m.at, people[*c].last)));
        let person = best.unwrap_or_else(|| {
            people.push(Person { parts: m.parts.clone(), last: m.at, number: 0 });
            people.len() - 1
        });
        owner[k] = person;
        let p = &mut people[person];
        merge(&mut p.parts, &m.parts);
        p.last = p.last.min(m.at);
        if let Some(s) = &m.parts.surname {
            let all = by_surname.entry(s.clone()).or_default();
            if !all.contains(&person) && all.len() < 64 {
                all.push(person);
            }
        }
        if let Some(g) = &m.parts.given {
            let all = by_given.entry(g.clone()).or_default();
            if !all.contains(&person) && all.len() < 64 {
                all.push(person);
            }
        }
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

fn nearness(at: u32, first: u32) -> u32 {
    // the person met before this mention, and the later of them
    if first <= at { u32::MAX / 2 + first / 2 } else { (u32::MAX - first) / 2 }
}

fn same(a: Option<&String>, b: Option<&String>) -> Option<bool> {
    let (a, b) = (a?, b?);
    // stems of one name may differ by a letter or two at the end («Серик», «Серика» under another rule)
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    Some(long.starts_with(short.as_str()) && long.chars().count() - short.chars().count() <= 2)
}

fn compatible(m: &Parts, p: &Parts) -> bool {
    let letters = |a: Option<char>, b: Option<char>| !matches!((a, b), (Some(a), Some(b)) if a != b);
    same(m.surname.as_ref(), p.surname.as_ref()) != Some(false)
        && same(m.given.as_ref(), p.given.as_ref()) != Some(false)
        && same(m.patronymic.as_ref(), p.patronymic.as_ref()) != Some(false)
        && letters(m.given_letter(), p.given_letter())
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
    fill(&mut p.surname, &m.surname);
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

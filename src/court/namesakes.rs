//! Persons of one surname in an act: whose a lone surname is.

use crate::detect::names::Names;
use crate::detect::names::parts::{Parts, Sex};

use super::persons::{Mention, Person};
use super::roles::{Hide, hide};

/// A judge and a party of one surname: the surname alone, without a word for an officer before it, is the party's.
pub(super) fn shared(text: &str, people: &mut [Person]) {
    let names = Names::builtin();
    let kept = |p: &Person| hide(p.role) == Some(Hide::Court);
    if !people.iter().any(kept) {
        return;
    }
    let parts = |m: &Mention| names.parts(&text.as_bytes()[m.start as usize..m.end as usize]);
    let surname =
        |p: &Person| p.mentions.iter().map(&parts).max_by_key(Parts::weight).and_then(|p| p.surname);
    let surnames: Vec<Option<String>> = people.iter().map(&surname).collect();
    for k in 0..people.len() {
        if !kept(&people[k]) {
            continue;
        }
        let Some(other) = (0..people.len())
            .find(|q| !kept(&people[*q]) && surnames[*q].is_some() && surnames[*q] == surnames[k])
        else {
            continue;
        };
        let office = |m: &Mention| m.word.is_some_and(|w| hide(w.2) == Some(Hide::Court));
        let lone = |m: &Mention| {
            let p = parts(m);
            p.given.is_none() && p.initials[0].is_none() && p.patronymic.is_none()
        };
        let (moved, stay): (Vec<Mention>, Vec<Mention>) =
            people[k].mentions.drain(..).partition(|m| lone(m) && !office(m));
        people[k].mentions = stay;
        people[other].mentions.extend(moved);
        people[other].mentions.sort_by_key(|m| m.start);
    }
}

/// Two of one surname, and «ответчик Шульц»: a lone surname with a role word belongs to the one who has the role.
pub(super) fn by_role(text: &str, people: &mut [Person]) {
    let names = Names::builtin();
    let parts: Vec<Vec<Parts>> = people
        .iter()
        .map(|p| {
            p.mentions
                .iter()
                .map(|m| names.parts(&text.as_bytes()[m.start as usize..m.end as usize]))
                .collect()
        })
        .collect();
    let surnames: Vec<Option<&String>> = parts
        .iter()
        .map(|all| all.iter().max_by_key(|p| p.weight()).and_then(|p| p.surname.as_ref()))
        .collect();
    let mut moves = Vec::new();
    for (k, person) in people.iter().enumerate() {
        for (n, mention) in person.mentions.iter().enumerate() {
            let (Some((_, _, role)), p) = (mention.word, &parts[k][n]) else { continue };
            let lone = p.surname.is_some() && p.given.is_none() && p.initials[0].is_none();
            // what the person's other mentions say of the role
            let other = person.votes.iter().filter(|(r, _)| **r != role).map(|(_, w)| *w).fold(0.0, f32::max);
            let own = person.votes.iter().find(|(r, _)| **r == role).map_or(0.0, |(_, w)| w - 2.0);
            if !lone || person.mentions.len() < 2 || own >= other {
                continue;
            }
            let fits = |q: &usize| {
                let sexes = parts[*q].iter().map(|o| o.sex).find(|s| *s != Sex::Unknown);
                *q != k
                    && people[*q].role == role
                    && surnames[*q] == p.surname.as_ref()
                    && (p.sex == Sex::Unknown || sexes.is_none_or(|s| s == p.sex))
            };
            let mut same = (0..people.len()).filter(fits);
            if let (Some(q), None) = (same.next(), same.next()) {
                moves.push((k, n, q));
            }
        }
    }
    for (k, n, q) in moves.into_iter().rev() {
        let mention = people[k].mentions.remove(n);
        if let Some((_, _, role)) = mention.word {
            if let Some(votes) = people[k].votes.get_mut(&role) {
                *votes = (*votes - 2.0).max(0.0);
            }
            *people[q].votes.entry(role).or_default() += 2.0;
        }
        people[q].mentions.push(mention);
        people[q].mentions.sort_by_key(|m| m.start);
        people[k].decide();
        people[q].decide();
    }
}

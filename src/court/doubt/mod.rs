//! Names that are left in an act when those that were found are known: every form of a participant's name, a capitalised
//! word where only a person can stand. In doubt a word is taken for a participant, never for an officer of the court.

mod alias;
mod around;
mod broken;
mod listed;
mod words;

use std::collections::HashMap;

use crate::detect::names::lists::{self, Flags, Lists};
use crate::detect::names::{Names, is_short};
use crate::model::{Category, Finding};

use super::beside::doubtful;
use super::persons::Person;
use super::roles::Hide;
use around::QUOTED;
use listed::KIN;
use words::{Word, close, fold_word, words};

const NAMES: Flags = lists::GIVEN_FREQUENT
    | lists::SURNAME_FREQUENT
    | lists::KK_GIVEN
    | lists::KK_SURNAME
    | lists::OC_GIVEN
    | lists::OC_SURNAME
    | lists::OC_PATRONYMIC
    | lists::KK_PATRONYMIC;

struct Doubt<'a> {
    lists: &'a Lists,
    text: &'a str,
    words: Vec<Word<'a>>,
    /// Which person's a stem is; officers' are `None`.
    known: HashMap<String, Option<u32>>,
}

/// Adds to `findings` (in rising order) what is left of the `people` who are `hidden`, and whoever else may be one.
pub(super) fn resolve(text: &str, findings: &mut Vec<Finding>, people: &[Person], hidden: &[bool]) {
    let lists = Names::builtin().lists();
    let mut top = findings.iter().map(|f| f.entity).max().unwrap_or(0);
    let mut d = Doubt { lists, text, words: words(text, lists), known: HashMap::new() };
    let mut participants: Vec<(usize, usize)> = Vec::new();
    for (person, hide) in people.iter().zip(hidden) {
        let of = |f: &Finding| person.mentions.iter().any(|m| m.start == f.start && m.end == f.end);
        let number =
            findings.iter().filter(|f| of(f)).map(|f| f.entity).find(|e| *e != 0).unwrap_or_else(|| {
                top += 1;
                top
            });
        for f in findings.iter_mut().filter(|f| f.category == Category::PERSON && of(f)) {
            f.entity = number;
        }
        for m in &person.mentions {
            d.learn(m.start as usize, m.end as usize, hide.then_some(number));
            if *hide {
                participants.push((m.start as usize, m.end as usize));
            }
        }
    }
    // wider: initials, an unknown surname before, how somebody is addressed
    let mut wide: Vec<(usize, usize)> = Vec::new();
    let held: Vec<(usize, usize)> = findings.iter().map(|f| (f.start as usize, f.end as usize)).collect();
    for f in findings.iter_mut().filter(|f| f.category == Category::PERSON) {
        let had = (f.start as usize, f.end as usize);
        if participants.contains(&had) {
            let (mut start, mut end) = d.widened(had.0, had.1);
            // not into what was found beside it
            if held.iter().any(|h| h.0 < had.0 && start < h.1) {
                start = had.0;
            }
            if held.iter().any(|h| had.1 < h.1 && h.0 < end && had.0 < h.0) {
                end = had.1;
            }
            d.learn(start, end, Some(f.entity));
            wide.push((start, end));
            (f.start, f.end) = (start as u32, end as u32);
        }
    }
    let covered: Vec<(usize, usize)> = {
        let mut all: Vec<(usize, usize)> =
            findings.iter().map(|f| (f.start as usize, f.end as usize)).collect();
        all.sort_unstable();
        all
    };
    findings.sort_by_key(|f| (f.start, f.end));
    let mut fresh = d.broken(findings, &wide, &mut top);
    let mut covered = covered;
    covered.extend(fresh.iter().map(|f| (f.start as usize, f.end as usize)));
    covered.sort_unstable();
    fresh.extend(d.left(&covered, &mut top));
    if !fresh.is_empty() {
        // what was found now may stand elsewhere in another form
        fresh.iter().for_each(|f| d.learn(f.start as usize, f.end as usize, Some(f.entity)));
        covered.extend(fresh.iter().map(|f| (f.start as usize, f.end as usize)));
        covered.sort_unstable();
        fresh.extend(d.left(&covered, &mut top));
    }
    // two found pieces that touch a name already there are one
    findings.append(&mut fresh);
    findings.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
    let mut out: Vec<Finding> = Vec::with_capacity(findings.len());
    for f in findings.drain(..) {
        match out.last_mut() {
            Some(last)
                if last.category == Category::PERSON
                    && f.category == Category::PERSON
                    && f.start < last.end =>
            {
                last.end = last.end.max(f.end);
                // pieces that a scan broke off belong to the one who is known
                last.entity = last.entity.min(f.entity);
            }
            _ => out.push(f),
        }
    }
    *findings = out;
    alias::join(text, findings, people, hidden);
}

impl Doubt<'_> {
    fn at(&self, start: usize) -> usize {
        self.words.partition_point(|w| w.start < start)
    }

    fn learn(&mut self, start: usize, end: usize, number: Option<u32>) {
        for k in self.at(start)..self.words.len() {
            let w = &self.words[k];
            if w.end > end {
                break;
            }
            let two = w.long() == 2 && number.is_some() && !w.text.chars().all(char::is_uppercase);
            if !w.title() || w.long() < 3 && !two || w.long() == 3 && number.is_none() {
                continue;
            }
            for stem in w.stems() {
                // what an officer bears too is told by the finder alone
                let entry = self.known.entry(stem).or_insert(number);
                if number.is_none() {
                    *entry = None;
                }
            }
        }
    }

    /// Names among the words that nothing covers.
    fn left(&self, covered: &[(usize, usize)], top: &mut u32) -> Vec<Finding> {
        let mut out: Vec<Finding> = Vec::new();
        let inside = |start: usize, end: usize| {
            let n = covered.partition_point(|c| c.0 < end);
            covered[..n].iter().rev().take(64).any(|c| start < c.1)
        };
        let mut seen: HashMap<String, u32> = HashMap::new();
        for k in 0..self.words.len() {
            let w = &self.words[k];
            if !w.title() || inside(w.start, w.end) {
                continue;
            }
            let ordinary = w.flags & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
            let stems = w.stems();
            let hit = stems.iter().find_map(|s| self.known.get(s)).copied();
            let told = self.told_behind(k);
            // «„Мага, выйди“»
            let spoken = self.text[..w.start].ends_with(['«', '„', '“', '"'])
                && self.text[w.end..].starts_with([',', '!']);
            let said = if hit.is_none() { self.said(w, &stems) } else { None };
            if hit == Some(None) || self.named_after(k, hit.is_some() || told || spoken || said.is_some()) {
                continue;
            }
            let role = self.role(k);
            let kept = matches!(role, Some(Hide::Court | Hide::Official));
            let opens = self.opens(k);
            let mut number =
                hit.flatten().filter(|_| !(ordinary && opens && role.is_none() && !told && !self.acts(k)));
            if number.is_none() && !kept && !ordinary {
                number = said;
            }
            if number.is_none() && !kept && (self.free(w) || spoken || told) {
                number = self.fond(w, &stems, spoken || told || !opens && w.long() >= 4);
            }
            if number.is_none() && self.free(w) && w.long() >= 6 && !kept {
                let long: Vec<&String> = stems.iter().filter(|s| s.chars().count() >= 5).collect();
                number = self
                    .known
                    .iter()
                    .filter(|(s, n)| n.is_some() && long.iter().any(|l| close(l, s)))
                    .filter_map(|(_, n)| *n)
                    .min();
            }
            // «Гаврилюкиск поддержал»: a lost blank
            if number.is_none() && w.long() >= 8 {
                number = self.glued(w);
            }
            let kin = self.before(k).is_some_and(|b| KIN.contains(&fold_word(b.text).as_str()));
            let named = if w.latin() {
                w.flags & (lists::LATIN_SURE_GIVEN | lists::LATIN_SURE_SURNAME) != 0
            } else {
                w.flags & NAMES != 0
            };
            // «Қызым»: kin, not a name
            let doubtful = !kept
                && self.free(w)
                && (w.long() >= 3 || role == Some(Hide::Participant))
                && (role == Some(Hide::Participant)
                    || named
                    || kin && w.flags & lists::ORDINARY == 0
                    || w.flags & lists::SURNAME_ENDING != 0 && !opens && w.flags & lists::OC_KNOWN == 0);
            let given = w.flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN) != 0;
            // «Юра» is a word too, and within a sentence hardly it
            let short = !opens && given && is_short(&w.text.to_lowercase());
            let called = spoken && self.free(w) && !kept
                || kin && given
                || told && !kept && (given || self.free(w) && !opens)
                || short && !kept;
            let Some(number) = number.or_else(|| {
                (doubtful || called).then(|| {
                    let stem = stems.last().cloned().unwrap_or_default();
                    *seen.entry(stem).or_insert_with(|| {
                        *top += 1;
                        *top
                    })
                })
            }) else {
                continue;
            };
            let (mut start, mut end) = self.widened(w.start, w.end);
            if inside(start, w.start) {
                start = w.start;
            }
            if inside(w.end, end) {
                end = w.end;
            }
            out.push(found(start, end, number));
        }
        for c in QUOTED.captures_iter(self.text) {
            let Some(m) = c.get(1) else { continue };
            if self.nick(m.start()) && !inside(m.start(), m.end()) {
                *top += 1;
                out.push(found(m.start(), m.end(), *top));
            }
        }
        out
    }
}

fn found(start: usize, end: usize, entity: u32) -> Finding {
    doubtful(start, end, Category::PERSON, entity)
}

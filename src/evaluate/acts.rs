//! Court acts with their truth in themselves: what is found, linked, hidden and kept under `--profile court-act`.
//!
//! A sample `NAME.act` is the text of an act with marks: `[[A:…]]` a mention of participant A, `((J:…))` of an officer
//! who stays, `<<iin:…>>` other personal data. The same letters before the colon are the same person.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::court::{ActDecision, ActOptions, Numbers, decide};
use crate::detect::{Detector, Scratch};
use crate::model::{Block, Category};

use super::matching::Mistake;
use super::truth::EvaluateError;

/// The ending of acts with marks.
pub(super) const ENDING: &str = "act";

/// What a mark says of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// A mention of a participant: has to be replaced.
    Participant,
    /// A mention of an officer: has to stay.
    Official,
    /// Personal data of another category: has to be replaced.
    Other,
}

/// A marked stretch of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// First byte of the text without marks.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The person, or the category of other data.
    pub who: String,
    /// What it is.
    pub kind: Marked,
}

/// The text of a marked act without its marks, and the marks.
pub fn read_act(marked: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks, mut open) = (String::new(), Vec::new(), None);
    let mut rest = marked;
    while let Some(c) = rest.chars().next() {
        let two = rest.get(..2).unwrap_or("");
        let who = || rest[2..].split_once(':').map(|p| p.0).filter(|w| w.len() < 20 && !w.contains(' '));
        match (two, &open) {
            ("[[" | "((" | "<<", None) if who().is_some() => {
                let who = who().unwrap_or_default().to_owned();
                rest = &rest[3 + who.len()..];
                let kind = match c {
                    '[' => Marked::Participant,
                    '(' => Marked::Official,
                    _ => Marked::Other,
                };
                open = Some((text.len(), who, kind));
            }
            ("]]" | "))" | ">>", Some(_)) => {
                if let Some((start, who, kind)) = open.take() {
                    marks.push(Mark { start, end: text.len(), who, kind });
                }
                rest = &rest[2..];
            }
            _ => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    (text, marks)
}

/// Counts over acts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ActScore {
    /// Acts.
    pub acts: u64,
    /// Acts in which anything of a participant, or other personal data, is left.
    pub leaking_acts: u64,
    /// Mentions of persons that are marked.
    pub mentions: u64,
    /// Names that were found.
    pub found: u64,
    /// Of them found exactly as marked.
    pub exact: u64,
    /// Mentions of participants.
    pub participants: u64,
    /// Of them replaced with all their letters.
    pub covered: u64,
    /// Participants.
    pub entities: u64,
    /// Of them those all of whose mentions are replaced.
    pub whole_entities: u64,
    /// Mentions of officers.
    pub officials: u64,
    /// Of them touched though they should stay.
    pub masked_officials: u64,
    /// One person under several numbers, or several persons under one.
    pub link_errors: u64,
    /// Pieces of other personal data.
    pub other: u64,
    /// Of them left, wholly or in part.
    pub other_left: u64,
    /// Replacements where nothing is marked.
    pub needless: u64,
}

fn share(a: u64, b: u64) -> f64 {
    a as f64 / b.max(1) as f64
}

impl ActScore {
    /// Share of the found names that are exactly a marked one.
    pub fn precision(&self) -> f64 {
        share(self.exact, self.found)
    }

    /// Share of the marked names that are found exactly.
    pub fn recall(&self) -> f64 {
        share(self.exact, self.mentions)
    }

    /// Harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    }

    /// Share of the participants' mentions that are replaced in full.
    pub fn coverage(&self) -> f64 {
        share(self.covered, self.participants)
    }

    /// Share of the participants all of whose mentions are replaced.
    pub fn entity_recall(&self) -> f64 {
        share(self.whole_entities, self.entities)
    }

    /// Measures one act; `shown` names it in mistakes, which are added to `mistakes`.
    pub fn measure(&mut self, shown: &str, marked: &str, detector: &Detector, mistakes: &mut Vec<Mistake>) {
        let (text, marks) = read_act(marked);
        let block = Block::prose(&text);
        let mut findings = Vec::new();
        detector.detect(&block, None, &mut Scratch::default(), &mut findings);
        let d = decide(&block, &findings, &ActOptions::default(), None, &[3; 32], &mut Numbers::default());
        let found: Vec<(usize, usize)> = findings
            .iter()
            .filter(|f| f.category == Category::PERSON)
            .map(|f| (f.start as usize, f.end as usize))
            .collect();
        let mut told = |missed: bool, rule: &str, category: &str, at: usize, value: String| {
            let line = 1 + text[..at].bytes().filter(|b| *b == b'\n').count();
            mistakes.push(Mistake {
                path: shown.to_owned(),
                missed,
                category: category.to_owned(),
                place: format!("line {line}"),
                rule: rule.to_owned(),
                confidence: 0.0,
                value,
            });
        };
        let mut whole: BTreeMap<&str, bool> = BTreeMap::new();
        let mut links = Links::default();
        let mut leaked = false;
        self.found += found.len() as u64;
        for m in &marks {
            let gone = removed(&text, &d, m.start, m.end);
            let value = || text[m.start..m.end].to_owned();
            if m.kind == Marked::Other {
                self.other += 1;
                self.other_left += u64::from(!gone);
                leaked |= !gone;
                if !gone {
                    told(true, "act-left", &m.who, m.start, value());
                }
                continue;
            }
            self.mentions += 1;
            let exact = found.contains(&(m.start, m.end));
            self.exact += u64::from(exact);
            links.add(&d, m, &text[m.start..m.end]);
            if m.kind == Marked::Official {
                let touched = d.edits.iter().any(|e| (e.start as usize) < m.end && m.start < e.end as usize);
                self.officials += 1;
                self.masked_officials += u64::from(touched);
                if touched {
                    told(false, "act-official", "person", m.start, value());
                }
            } else {
                self.participants += 1;
                self.covered += u64::from(gone);
                leaked |= !gone;
                *whole.entry(&m.who).or_insert(true) &= gone;
                if !gone {
                    told(true, "act-leak", "person", m.start, value());
                }
            }
            if !exact {
                let near = found.iter().filter(|p| p.0 < m.end && m.start < p.1).map(|p| &text[p.0..p.1]);
                let near: Vec<&str> = near.collect();
                told(true, "act-exact", "person", m.start, format!("{} found as {near:?}", value()));
            }
        }
        for p in found.iter().filter(|p| !marks.iter().any(|m| m.start < p.1 && p.0 < m.end)) {
            told(false, "act-false", "person", p.0, text[p.0..p.1].to_owned());
        }
        for e in &d.edits {
            let (start, end) = (e.start as usize, e.end as usize);
            if !marks.iter().any(|m| m.start < end && start < m.end) {
                self.needless += 1;
                told(false, "act-needless", "replaced", start, text[start..end].to_owned());
            }
        }
        for (at, error) in links.errors() {
            told(false, "act-link", "person", at, error);
        }
        self.link_errors += links.count();
        self.entities += whole.len() as u64;
        self.whole_entities += whole.values().filter(|w| **w).count() as u64;
        self.acts += 1;
        self.leaking_acts += u64::from(leaked);
    }

    /// Measures the act in a file.
    pub(super) fn measure_file(
        &mut self,
        path: &Path,
        detector: &Detector,
        mistakes: &mut Vec<Mistake>,
    ) -> Result<(), EvaluateError> {
        let bytes = std::fs::read(path).map_err(EvaluateError::io(path))?;
        let marked = String::from_utf8(bytes).map_err(|_| EvaluateError::Sample {
            path: path.to_owned(),
            detail: "an act with marks has to be UTF-8".to_owned(),
        })?;
        self.measure(&path.to_string_lossy(), &marked, detector, mistakes);
        Ok(())
    }
}

/// All letters and digits of a stretch lie in edits.
fn removed(text: &str, d: &ActDecision, start: usize, end: usize) -> bool {
    text[start..end].char_indices().filter(|c| c.1.is_alphanumeric()).all(|(k, _)| {
        let at = (start + k) as u32;
        d.edits.iter().any(|e| e.start <= at && at < e.end)
    })
}

/// Which numbers a marked person got, and which marked persons a number is.
#[derive(Default)]
struct Links<'a> {
    /// Of each person the numbers, and how the mentions with this number read.
    numbers: BTreeMap<&'a str, BTreeMap<u32, BTreeSet<&'a str>>>,
    owners: BTreeMap<u32, BTreeSet<&'a str>>,
    first: BTreeMap<&'a str, usize>,
}

impl<'a> Links<'a> {
    fn add(&mut self, d: &ActDecision, m: &'a Mark, value: &'a str) {
        let touches = |q: &crate::court::Mention| (q.start as usize) < m.end && m.start < q.end as usize;
        self.first.entry(&m.who).or_insert(m.start);
        if let Some(p) = d.persons.iter().find(|p| p.mentions.iter().any(touches)) {
            self.numbers.entry(&m.who).or_default().entry(p.number).or_default().insert(value);
            self.owners.entry(p.number).or_default().insert(&m.who);
        }
    }

    fn count(&self) -> u64 {
        let more = |n: usize| n as u64 - 1;
        self.numbers.values().map(|n| more(n.len())).sum::<u64>()
            + self.owners.values().map(|o| more(o.len())).sum::<u64>()
    }

    /// Where the first person concerned is named, and what is wrong.
    fn errors(&self) -> Vec<(usize, String)> {
        let split = self.numbers.iter().filter(|n| n.1.len() > 1);
        let split = split.map(|(who, n)| {
            let values: Vec<&BTreeSet<&str>> = n.values().collect();
            (self.first[who], format!("{who} has {} numbers: {values:?}", n.len()))
        });
        let joined = self.owners.iter().filter(|o| o.1.len() > 1);
        let joined = joined.map(|(n, o)| {
            (o.iter().map(|w| self.first[w]).min().unwrap_or(0), format!("number {n} is {o:?}"))
        });
        split.chain(joined).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Options, Rules};

    #[test]
    fn marks_are_read_and_taken_out() {
        let (text, marks) =
            read_act("Иск [[A:Ахметова]] (см. л.д. ((3))), судья ((J:Ли В.)), ИИН <<iin:1>>.");
        assert_eq!(text, "Иск Ахметова (см. л.д. ((3))), судья Ли В., ИИН 1.");
        let kinds: Vec<(&str, Marked)> = marks.iter().map(|m| (&text[m.start..m.end], m.kind)).collect();
        assert_eq!(
            kinds,
            [("Ахметова", Marked::Participant), ("Ли В.", Marked::Official), ("1", Marked::Other)]
        );
    }

    #[test]
    fn an_act_is_measured() {
        let detector = Detector::new(Rules::builtin(), Options::default()).expect("a detector");
        let act = "РЕШЕНИЕ\nСудья ((J:Байдильдина С.Т.)), рассмотрев дело по иску [[A:Кошербаева Нурлана \
                   Сериковича]] к [[B:Мельничук О.П.]] о взыскании долга, УСТАНОВИЛ:\n[[A:Кошербаев]] просил взыскать долг \
                   с [[B:Мельничук О.П.]]\n";
        let (mut score, mut mistakes) = (ActScore::default(), Vec::new());
        score.measure("a", act, &detector, &mut mistakes);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!((score.f1(), score.coverage(), score.entity_recall()), (1.0, 1.0, 1.0));
        assert_eq!((score.officials, score.masked_officials, score.link_errors), (1, 0, 0));
        // a mark of the wrong kind is told
        score.measure(
            "b",
            &act.replace("((J:Байдильдина С.Т.))", "[[J:Байдильдина С.Т.]]"),
            &detector,
            &mut mistakes,
        );
        assert_eq!(mistakes.iter().map(|m| m.rule.as_str()).collect::<Vec<_>>(), ["act-leak"]);
        assert_eq!(score.leaking_acts, 1);
    }
}

//! Court acts: twelve invented acts with their truth; what is found, linked, hidden and kept.
//!
//! The marks of `testdata/acts`: `[[A:…]]` mention of participant A, `((J:…))` of an officer who stays,
//! `<<iin:…>>` other personal data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use qupia::court::{ActDecision, ActOptions, Numbers, decide};
use qupia::detect::{Detector, Options, Rules, Scratch};
use qupia::model::{Block, Category};

struct Mention {
    start: usize,
    end: usize,
    who: String,
    kind: char,
}

fn read(marked: &str) -> (String, Vec<Mention>) {
    let (mut text, mut mentions, mut open) = (String::new(), Vec::new(), None);
    let mut rest = marked;
    while let Some(c) = rest.chars().next() {
        let two = rest.get(..2).unwrap_or("");
        match (two, &open) {
            ("[[" | "((" | "<<", None)
                if rest[2..].split_once(':').is_some_and(|(w, _)| w.len() < 12 && !w.contains(' ')) =>
            {
                let who = rest[2..].split_once(':').map(|p| p.0.to_owned()).unwrap_or_default();
                rest = &rest[3 + who.len()..];
                open = Some((text.len(), who, c));
            }
            ("]]" | "))" | ">>", Some(_)) => {
                if let Some((start, who, kind)) = open.take() {
                    mentions.push(Mention { start, end: text.len(), who, kind });
                }
                rest = &rest[2..];
            }
            _ => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    (text, mentions)
}

#[derive(Default, Debug)]
struct Score {
    gold: usize,
    found: usize,
    exact: usize,
    participants: usize,
    covered: usize,
    entities: usize,
    whole_entities: usize,
    acts: usize,
    leaking_acts: usize,
    officials: usize,
    masked_officials: usize,
    link_errors: usize,
    other: usize,
    other_left: usize,
}

/// All letters and digits of a stretch lie in edits.
fn removed(text: &str, d: &ActDecision, start: usize, end: usize) -> bool {
    text[start..end].char_indices().filter(|c| c.1.is_alphanumeric()).all(|(k, _)| {
        let at = (start + k) as u32;
        d.edits.iter().any(|e| e.start <= at && at < e.end)
    })
}

fn act(name: &str, text: &str, mentions: &[Mention], detector: &Detector, score: &mut Score) {
    let block = Block::prose(text);
    let mut findings = Vec::new();
    detector.detect(&block, None, &mut Scratch::default(), &mut findings);
    let d = decide(&block, &findings, &ActOptions::default(), None, &[3; 32], &mut Numbers::default());
    let persons: Vec<(usize, usize)> = findings
        .iter()
        .filter(|f| f.category == Category::PERSON)
        .map(|f| (f.start as usize, f.end as usize))
        .collect();
    let mut whole: BTreeMap<&str, bool> = BTreeMap::new();
    let mut numbers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    let mut owners: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    let mut leaked = false;
    score.found += persons.len();
    for m in mentions {
        let gone = removed(text, &d, m.start, m.end);
        let value = &text[m.start..m.end];
        match m.kind {
            '<' => {
                score.other += 1;
                score.other_left += usize::from(!gone);
                leaked |= !gone;
                if !gone {
                    println!("{name}: left {} {value}", m.who);
                }
            }
            kind => {
                score.gold += 1;
                score.exact += usize::from(persons.contains(&(m.start, m.end)));
                if !persons.contains(&(m.start, m.end)) {
                    let near: Vec<&str> = persons
                        .iter()
                        .filter(|p| p.0 < m.end && m.start < p.1)
                        .map(|p| &text[p.0..p.1])
                        .collect();
                    println!("{name}: {value:?} found as {near:?}");
                }
                let number = d
                    .persons
                    .iter()
                    .find(|p| {
                        p.mentions.iter().any(|q| (q.start as usize) < m.end && m.start < q.end as usize)
                    })
                    .map(|p| p.number);
                if let Some(n) = number {
                    numbers.entry(&m.who).or_default().insert(n);
                    owners.entry(n).or_default().insert(&m.who);
                }
                if kind == '(' {
                    let touched =
                        d.edits.iter().any(|e| (e.start as usize) < m.end && m.start < e.end as usize);
                    score.officials += 1;
                    score.masked_officials += usize::from(touched);
                    if touched {
                        println!("{name}: official masked: {value}");
                    }
                } else {
                    score.participants += 1;
                    score.covered += usize::from(gone);
                    leaked |= !gone;
                    *whole.entry(&m.who).or_insert(true) &= gone;
                    if !gone {
                        println!("{name}: LEAK {value}");
                    }
                }
            }
        }
    }
    for p in persons.iter().filter(|p| !mentions.iter().any(|m| m.start < p.1 && p.0 < m.end)) {
        println!("{name}: false {}", &text[p.0..p.1]);
    }
    for (who, set) in numbers.iter().filter(|n| n.1.len() > 1) {
        println!("{name}: {who} has {} numbers", set.len());
    }
    for (n, set) in owners.iter().filter(|o| o.1.len() > 1) {
        println!("{name}: number {n} is {set:?}");
    }
    score.link_errors += numbers.values().map(|n| n.len() - 1).sum::<usize>();
    score.link_errors += owners.values().map(|o| o.len() - 1).sum::<usize>();
    score.entities += whole.len();
    score.whole_entities += whole.values().filter(|w| **w).count();
    score.acts += 1;
    score.leaking_acts += usize::from(leaked);
}

#[test]
fn twelve_acts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/acts");
    let detector = Detector::new(Rules::builtin(), Options::default()).expect("a detector");
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("testdata/acts").map(|e| e.expect("an entry").path()).collect();
    names.sort();
    let mut score = Score::default();
    for path in names.iter().filter(|p| p.extension().is_some_and(|e| e == "act")) {
        let marked = std::fs::read_to_string(path).expect("an act");
        let (text, mentions) = read(&marked);
        assert!(mentions.len() > 5, "{} has marks", path.display());
        act(&path.file_stem().unwrap_or_default().to_string_lossy(), &text, &mentions, &detector, &mut score);
    }
    let share = |a: usize, b: usize| a as f64 / b.max(1) as f64;
    let (p, r) = (share(score.exact, score.found), share(score.exact, score.gold));
    println!(
        "acts {}: F1 {:.3} (P {p:.3} R {r:.3}), covered {:.3}, entities whole {:.3}, leaking acts {}, officials masked {} of {}, link errors {}, other data left {} of {}",
        score.acts,
        2.0 * p * r / (p + r),
        share(score.covered, score.participants),
        share(score.whole_entities, score.entities),
        score.leaking_acts,
        score.masked_officials,
        score.officials,
        score.link_errors,
        score.other_left,
        score.other,
    );
    assert_eq!(score.acts, 12);
    assert!(2.0 * p * r / (p + r) >= 0.93);
    assert!(share(score.covered, score.participants) >= 0.95);
    assert!(share(score.whole_entities, score.entities) >= 0.9);
    assert!(score.masked_officials * 20 <= score.officials);
    assert!(score.link_errors <= 15);
    assert!(score.other_left * 10 <= score.other);
}

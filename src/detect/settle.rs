//! Settles overlaps once: of candidates that share bytes the best stays, the others are its alternatives.

use super::engine::Candidate;
use crate::model::{Category, Evidence, Finding};

/// Turns candidates into findings: sorted, not overlapping, each with its alternatives. `rule` gives a rule's id.
pub(crate) fn settle(
    found: &mut [Candidate],
    min: f32,
    rule: impl Fn(u16) -> &'static str,
    out: &mut Vec<Finding>,
) {
    if !found.is_sorted_by_key(|c| (c.start, c.end)) {
        found.sort_by_key(|c| (c.start, c.end, c.rule));
    }
    part(found);
    let mut k = 0;
    while k < found.len() {
        // a group of candidates that hang together
        let mut end = found[k].end;
        let mut n = k + 1;
        while n < found.len() && found[n].start < end {
            end = end.max(found[n].end);
            n += 1;
        }
        if n == k + 1 {
            if found[k].score >= min {
                out.push(finding(&found[k], &rule));
            }
        } else {
            group(&mut found[k..n], min, &rule, out);
        }
        k = n;
    }
}

/// An address that ran on over the plate of a car behind it (`кв. 14  701 FTA 16`) ends before it.
fn part(found: &mut [Candidate]) {
    for k in 0..found.len() {
        if found[k].category != Category::ADDRESS {
            continue;
        }
        let end = found[k].end;
        // "999 HZT 02", and a flat on the next line
        let start = found[k].start;
        let same = |c: &&Candidate| c.start == start;
        let plates = |c: &&Candidate| c.category == Category::PLATE && c.score >= 0.5;
        let before = found[..k].iter().rev().take_while(same).find(plates);
        let before = before.or_else(|| found[k + 1..].iter().take_while(same).find(plates));
        if let Some(plate) = before.map(|p| p.end).filter(|p| *p <= end) {
            found[k].end = plate;
            found[k].score = 0.0;
            continue;
        }
        let plate = found[k + 1..].iter().take_while(|c| c.start < end).find(|c| {
            c.category == Category::PLATE && c.end == end && c.score >= 0.55 && c.start > found[k].start
        });
        if let Some(start) = plate.map(|p| p.start) {
            found[k].end = start;
            // a flat alone is no address
            if start - found[k].start < 20 {
                found[k].score = 0.0;
            }
        }
    }
}

/// What wins: the higher score in steps of a twentieth, then the longer one, then the earlier rule.
fn better(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    let step = |c: &Candidate| (c.score * 20.0).round() as i32;
    // one that holds another whole and is as likely as not swallows it
    let holds = |a: &Candidate, b: &Candidate| {
        a.start <= b.start && a.end >= b.end && a.end - a.start > b.end - b.start && a.score >= 0.7
    };
    // letters that a number of a document begins with are nobody's name: "ВУ АВ123456"
    let number = |a: &Candidate, b: &Candidate| {
        b.category == Category::PERSON
            && a.score >= 0.7
            && a.evidence.has(Evidence::Form)
            && a.evidence.has(Evidence::WordBefore)
            && a.category != Category::PERSON
            && a.end > b.end
            && a.start > b.start
    };
    // twelve digits that prove to be an IIN are no account by a word alone: "Приказ № 88-л/с … (991231500016)"
    let proven = |a: &Candidate, b: &Candidate| {
        let proofs = [Evidence::CheckDigit, Evidence::Calendar, Evidence::Century];
        (a.category, b.category) == (Category::IIN, Category::ACCOUNT)
            && (a.start, a.end) == (b.start, b.end)
            && a.score >= 0.5
            && proofs.iter().all(|e| a.evidence.has(*e))
            && !b.evidence.has(Evidence::CheckDigit)
    };
    if number(a, b) || proven(a, b) {
        return std::cmp::Ordering::Less;
    }
    if number(b, a) || proven(b, a) {
        return std::cmp::Ordering::Greater;
    }
    if holds(a, b) {
        return std::cmp::Ordering::Less;
    }
    if holds(b, a) {
        return std::cmp::Ordering::Greater;
    }
    step(b).cmp(&step(a)).then((b.end - b.start).cmp(&(a.end - a.start))).then(a.rule.cmp(&b.rule))
}

fn group(found: &mut [Candidate], min: f32, rule: &impl Fn(u16) -> &'static str, out: &mut Vec<Finding>) {
    let first = out.len();
    let mut left: Vec<usize> = (0..found.len()).collect();
    // the relation is no total order: pick the one that no other beats, else the best by score
    while !left.is_empty() {
        let mut best = left[0];
        for &c in &left[1..] {
            if better(&found[c], &found[best]).is_lt() {
                best = c;
            }
        }
        let w = found[best].clone();
        left.retain(|c| *c != best);
        if w.score >= min {
            let mut f = finding(&w, rule);
            left.retain(|c| {
                let o = &found[*c];
                let apart = o.end <= w.start || o.start >= w.end;
                if !apart
                    && o.category != w.category
                    && o.score >= 0.4
                    && !f.alternatives.contains(&o.category)
                {
                    f.alternatives.push(o.category);
                    f.evidence.add(Evidence::Ambiguous);
                }
                apart
            });
            out.push(f);
        } else {
            left.retain(|c| found[*c].score >= min);
        }
    }
    out[first..].sort_by_key(|f| f.start);
}

fn finding(c: &Candidate, rule: &impl Fn(u16) -> &'static str) -> Finding {
    Finding {
        start: c.start,
        end: c.end,
        segment: c.segment,
        category: c.category,
        subtype: c.subtype,
        rule: rule(c.rule),
        confidence: c.score,
        evidence: c.evidence,
        alternatives: smallvec::SmallVec::new(),
        entity: c.entity,
    }
}

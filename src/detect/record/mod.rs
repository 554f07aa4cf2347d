//! Records: the pieces of one line, or the cells of one row without names of columns. What is known of some of them
//! (a person, a number of one) says what the others are, which no label tells: `Ким Р., ж, 1984 г.р., 512 KLM 05`.

mod cut;
mod forms;
mod kin;
mod tell;

use super::column::PERSONS;
use super::context::{char_end, char_start};
use super::detector::{Detector, Scratch};
use super::engine::Candidate;
use super::rules::Rule;
use crate::model::{Block, Category, Evidence, EvidenceSet, Finding, SegmentKind};

use cut::cut;
use forms::{Form, form, longitude};

pub(super) use forms::{of_state, six};

/// Bytes of a line on either side of what is known.
const REACH: usize = 600;
/// Bytes on either side of a disease in which somebody may stand that it is said of.
const COMPANY: usize = 480;
/// How sure what company alone tells is.
const SCORE: f32 = 0.6;
/// Most pieces of a record that are read.
const PIECES: usize = 64;

/// A piece of a record.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    end: usize,
    segment: u32,
    known: Option<Category>,
}

/// What a piece is told to be: the rule, its bounds and its segment.
type Told = (&'static str, usize, usize, u32);

impl Detector {
    /// Reads the lines of running text in which somebody was found.
    pub(super) fn records(&self, block: &Block, scratch: &mut Scratch) {
        self.company(block, scratch);
        let mut lines: Vec<(u32, usize, usize)> = Vec::new();
        for c in scratch.found.iter().filter(|c| c.score >= 0.5 && of_person(c.category)) {
            let Some(s) = block.segments.get(c.segment as usize).filter(|s| s.kind == SegmentKind::Prose)
            else {
                continue;
            };
            let (lo, hi) = (s.start as usize, (s.end as usize).min(block.text.len()));
            let (start, end) = (c.start as usize, c.end as usize);
            if start < lo || end > hi || lines.iter().rev().take(8).any(|l| l.1 <= start && start < l.2) {
                continue;
            }
            let from = lo.max(start.saturating_sub(REACH));
            let from = memchr::memrchr(b'\n', &block.text[from..start]).map_or(from, |n| from + n + 1);
            let to = hi.min(end + REACH);
            let to = memchr::memchr(b'\n', &block.text[end..to]).map_or(to, |n| end + n);
            let (from, to) = (char_start(&block.text, from, start), char_end(&block.text[..hi], to, end));
            lines.push((c.segment, from, to));
        }
        if lines.is_empty() {
            return;
        }
        let mut known: Vec<(usize, usize, Category)> = scratch
            .found
            .iter()
            .filter(|c| c.score >= 0.5)
            .map(|c| (c.start as usize, c.end as usize, c.category))
            .collect();
        known.sort_unstable_by_key(|k| k.0);
        let mut told: Vec<Told> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        for (segment, from, to) in lines {
            pieces.clear();
            cut(&block.text, from, to, segment, &mut pieces);
            let first = known.partition_point(|k| k.0 + REACH < from);
            for p in &mut pieces {
                let near = known[first..].iter().take_while(|k| k.0 < p.end);
                p.known = near.filter(|k| k.1 > p.start).map(|k| k.2).last();
            }
            self.tell(&block.text, &pieces, true, &mut told);
        }
        for (rule, start, end, segment) in told {
            let Some(k) = self.rule_named(rule) else { continue };
            let r = &self.rules[k];
            scratch.found.push(Candidate {
                start: start as u32,
                end: end as u32,
                segment,
                rule: k as u16,
                category: r.category,
                subtype: r.subtype,
                evidence: EvidenceSet::new().with(Evidence::Neighbours).with(Evidence::Form),
                score: SCORE,
                proven: true,
                entity: 0,
            });
        }
    }

    /// Raises what counts in company only, where somebody stands near it.
    fn company(&self, block: &Block, scratch: &mut Scratch) {
        let year = |c: &Candidate| c.category == Category::BIRTH_DATE && c.end - c.start == 4;
        let asks = |c: &Candidate| self.rules[usize::from(c.rule)].file.company && c.score < 0.5 || year(c);
        if !scratch.found.iter().any(asks) {
            return;
        }
        let people: Vec<(u32, u32, u32, Category)> = scratch
            .found
            .iter()
            .filter(|c| c.score >= 0.6 && of_person(c.category))
            .map(|c| (c.segment, c.start, c.end, c.category))
            .collect();
        for c in scratch.found.iter_mut().filter(|c| asks(c)) {
            let prose = block.segments.get(c.segment as usize).is_some_and(|s| s.kind == SegmentKind::Prose);
            let near = |p: &(u32, u32, u32, Category)| {
                p.0 == c.segment
                    && (!year(c) || p.3 == Category::PERSON)
                    && (p.1.saturating_sub(c.end) as usize) < COMPANY
                    && (c.start.saturating_sub(p.2) as usize) < COMPANY
            };
            if prose && people.iter().any(near) {
                c.evidence.add(Evidence::Neighbours);
                if year(c) {
                    continue;
                }
                c.score = super::context::score(&self.rules[usize::from(c.rule)], c.evidence);
            }
        }
    }

    /// Reads the rows of a table whose columns have no names, and adds to `out` (from `from` on) what they tell.
    pub(super) fn rows(&self, block: &Block, from: usize, out: &mut Vec<Finding>) {
        let mut told: Vec<Told> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut next = from;
        let mut k = 0;
        while k < block.segments.len() {
            let row = block.segments[k].row;
            pieces.clear();
            let mut people = false;
            while let Some(s) = block.segments.get(k).filter(|s| s.row == row) {
                while out.get(next).is_some_and(|f| f.segment < k as u32) {
                    next += 1;
                }
                let known = out.get(next).filter(|f| f.segment == k as u32).map(|f| f.category);
                people |= known.is_some_and(of_person);
                let cell = matches!(s.kind, SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date);
                if cell && pieces.len() < PIECES {
                    let (start, end) = super::find::trim(
                        &block.text,
                        s.start as usize,
                        (s.end as usize).min(block.text.len()),
                    );
                    if end > start {
                        pieces.push(Piece { start, end, segment: k as u32, known });
                    }
                }
                k += 1;
            }
            if people {
                self.tell(&block.text, &pieces, false, &mut told);
            }
        }
        for (rule, start, end, segment) in told {
            let Some(r) = self.rule_named(rule).map(|k| &self.rules[k]).filter(|r| self.wanted(r.category))
            else {
                continue;
            };
            if self.options.min_confidence > SCORE {
                continue;
            }
            out.push(finding(r, start as u32, end as u32, segment));
        }
        if !out[from..].is_sorted_by_key(|f| f.start) {
            out[from..].sort_by_key(|f| f.start);
        }
    }

    /// Latitude and longitude in cells beside one another that no name tells, in rows of somebody: `"pt": [51.1, 71.4]`.
    pub(super) fn pairs(&self, block: &Block, from: usize, out: &mut Vec<Finding>) {
        let Some(rule) = self.rule_named("coordinates").map(|k| &self.rules[k]) else { return };
        if !self.wanted(rule.category) || self.options.min_confidence > SCORE {
            return;
        }
        let degrees = |s: &crate::model::Segment| {
            let number = matches!(s.kind, SegmentKind::Number) && (7..=12).contains(&(s.end - s.start));
            let cell = block.text.get(s.start as usize..s.end as usize).filter(|_| number)?;
            matches!(form(cell), Some(Form::Degrees { .. })).then_some(cell)
        };
        // most tables have cells of text only
        if !block.segments.iter().any(|s| s.kind == SegmentKind::Number) {
            return;
        }
        let mut told: Vec<Finding> = Vec::new();
        for (k, two) in block.segments.windows(2).enumerate() {
            let (Some(a), Some(b)) = (degrees(&two[0]), degrees(&two[1])) else { continue };
            // latitude first, or longitude first as GeoJSON has it
            let latitude = |c: &[u8]| matches!(form(c), Some(Form::Degrees { latitude: true }));
            if two[0].row != two[1].row || !(latitude(a) && longitude(b) || longitude(a) && latitude(b)) {
                continue;
            }
            let row =
                |f: &&Finding| block.segments.get(f.segment as usize).is_some_and(|s| s.row == two[0].row);
            if !out[from..].iter().filter(row).any(|f| of_person(f.category)) {
                continue;
            }
            for (n, s) in [(k, &two[0]), (k + 1, &two[1])] {
                let known = |f: &Finding| f.segment == n as u32;
                if !out[from..].iter().any(known) && !told.iter().any(known) {
                    told.push(finding(rule, s.start, s.end, n as u32));
                }
            }
        }
        if !told.is_empty() {
            out.extend(told);
            out[from..].sort_by_key(|f| f.start);
        }
    }
}

/// What company told.
fn finding(rule: &Rule, start: u32, end: u32, segment: u32) -> Finding {
    Finding {
        start,
        end,
        segment,
        category: rule.category,
        subtype: rule.subtype,
        rule: rule.id,
        confidence: SCORE,
        evidence: EvidenceSet::new().with(Evidence::Neighbours).with(Evidence::Form),
        alternatives: Default::default(),
        entity: 0,
    }
}

/// Categories that only somebody has.
fn of_person(c: Category) -> bool {
    PERSONS.contains(&c) || c == Category::EMAIL
}

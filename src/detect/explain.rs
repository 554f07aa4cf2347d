//! Why a value is or is not a finding.

use std::fmt;

use super::detector::{Detector, Scratch};
use super::engine::Engine;
use crate::model::{Block, Category, Evidence, Finding};

/// One candidate with the points of its reasons.
#[derive(Clone, Debug)]
pub struct ExplainedCandidate {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The text of the candidate.
    pub text: String,
    /// What it would be.
    pub category: Category,
    /// The rule that made it.
    pub rule: &'static str,
    /// The rule's base.
    pub base: f32,
    /// Every reason and its points in this rule.
    pub reasons: Vec<(Evidence, f32)>,
    /// The sum, kept within 0.01 and 0.99.
    pub score: f32,
    /// Is it a finding, after overlaps are settled?
    pub accepted: bool,
    /// Why not, where it is not.
    pub why_not: Option<&'static str>,
}

/// Everything that was considered in a text.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// Findings and rejected candidates in the order of the text.
    pub candidates: Vec<ExplainedCandidate>,
    /// What is reported.
    pub findings: Vec<Finding>,
}

impl Detector {
    /// Every candidate in `text`, also the rejected ones: rule, proofs, points, score.
    pub fn explain(&self, text: &str) -> Explanation {
        let block = Block::prose(text);
        let mut scratch = Scratch::default();
        let mut findings = Vec::new();
        self.detect(&block, None, &mut scratch, &mut findings);
        let mut engine = Engine::new(self, &block.text, &block.segments, &[], &mut scratch);
        engine.keep_all = true;
        engine.run();
        let mut all = std::mem::take(&mut engine.found);
        engine.finish(&mut scratch);
        all.sort_by(|a, b| (a.start, a.end).cmp(&(b.start, b.end)).then(b.score.total_cmp(&a.score)));
        let part = |a: u32, b: u32| String::from_utf8_lossy(&block.text[a as usize..b as usize]).into_owned();
        let mut candidates: Vec<ExplainedCandidate> = all
            .iter()
            .map(|c| {
                let rule = &self.rules[usize::from(c.rule)];
                let told =
                    findings.iter().find(|f| f.start == c.start && f.end == c.end && f.rule == rule.id);
                let is = told.is_some();
                // what stands in company has more reasons than its own
                let (score, evidence) = told.map_or((c.score, c.evidence), |f| (f.confidence, f.evidence));
                let covered = findings.iter().any(|f| f.start < c.end && f.end > c.start);
                let labelled = [
                    Evidence::WordBefore,
                    Evidence::WordAfter,
                    Evidence::LabelAbove,
                    Evidence::ColumnName,
                    Evidence::FieldName,
                ];
                let why = if is {
                    None
                } else if rule.file().needs_label && !labelled.iter().any(|e| c.evidence.has(*e)) {
                    Some("no word near says so")
                } else if c.evidence.has(Evidence::InsideToken) {
                    Some("part of a longer number or code")
                } else if covered {
                    Some("another reading of the same characters is more likely")
                } else if c.score < self.options.min_confidence {
                    Some("the score is too low")
                } else {
                    Some("not enough evidence")
                };
                ExplainedCandidate {
                    start: c.start as usize,
                    end: c.end as usize,
                    text: part(c.start, c.end),
                    category: c.category,
                    rule: rule.id,
                    base: rule.base,
                    reasons: evidence.iter().map(|e| (e, rule.weights[e as usize])).collect(),
                    score,
                    accepted: is,
                    why_not: why,
                }
            })
            .collect();
        for f in &findings {
            // found by a module of its own
            if !candidates
                .iter()
                .any(|c| c.accepted && c.start == f.start as usize && c.end == f.end as usize)
            {
                candidates.push(ExplainedCandidate {
                    start: f.start as usize,
                    end: f.end as usize,
                    text: part(f.start, f.end),
                    category: f.category,
                    rule: f.rule,
                    base: f.confidence,
                    reasons: f.evidence.iter().map(|e| (e, 0.0)).collect(),
                    score: f.confidence,
                    accepted: true,
                    why_not: None,
                });
            }
        }
        candidates.sort_by_key(|c| (c.start, !c.accepted));
        Explanation { candidates, findings }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.candidates.is_empty() {
            return writeln!(f, "Nothing in this text has the form of personal data.");
        }
        for c in &self.candidates {
            let verdict = if c.accepted { "finding" } else { "rejected" };
            writeln!(f, "{:<9} {:.2}  {}  {}  (rule {})", verdict, c.score, c.category, c.text, c.rule)?;
            writeln!(f, "          {:+.2}  base", c.base)?;
            for (e, w) in &c.reasons {
                writeln!(f, "          {w:+.2}  {}", e.code())?;
            }
            if let Some(why) = c.why_not {
                writeln!(f, "          because: {why}")?;
            }
        }
        Ok(())
    }
}

//! One run over one block: triggers to candidates, candidates to scored offers.

use super::aligned::Header;
use super::column::{ColumnContext, NO_CONTEXT};
use super::context::{Context, KeyCache, score};
use super::detector::{Detector, Scratch};
use super::fields::FieldCache;
use super::find::{Cluster, WordsMet};
use super::fold::Folded;
use super::openers::Openers;
use super::pass::{Trigger, pass};
use super::rules::Finder;
use super::ruleset::RuleSet;
use crate::model::{Category, Evidence, EvidenceSet, Segment, SegmentKind, replacement};

/// A scored candidate.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) segment: u32,
    pub(crate) rule: u16,
    pub(crate) category: Category,
    pub(crate) subtype: Option<&'static str>,
    pub(crate) evidence: EvidenceSet,
    pub(crate) score: f32,
    pub(crate) proven: bool,
    /// The person of the document, where names are linked.
    pub(crate) entity: u32,
}

/// The state of a run.
pub(crate) struct Engine<'a> {
    pub(crate) detector: &'a Detector,
    pub(crate) text: &'a [u8],
    pub(crate) segments: &'a [Segment],
    pub(crate) columns: &'a [ColumnContext],
    current: usize,
    /// Bounds, kind and column of the current segment.
    pub(crate) lo: usize,
    pub(crate) hi: usize,
    pub(crate) kind: SegmentKind,
    pub(crate) column: &'a ColumnContext,
    /// End of the cluster of digits that was looked at last.
    pub(crate) cluster_end: usize,
    /// The same for other finders.
    pub(crate) token_end: usize,
    /// The same for cadastral numbers: the colons of one begin addresses of networks too.
    pub(crate) parcel_end: usize,
    pub(crate) digits: Option<Box<Cluster>>,
    /// Keys of `key=value` that were met last, and what they speak for and against.
    pub(crate) keys: KeyCache,
    pub(crate) words_met: WordsMet,
    pub(crate) fields_met: FieldCache,
    pub(crate) last_context: Option<(usize, usize, Context<'a>)>,
    pub(crate) folded: Folded,
    /// The line of names of a table in running text that was met last.
    pub(crate) header: Header,
    /// Lines of names of tables in running text that were met: the beginning of their segment and their bounds.
    pub(crate) tables: Vec<(usize, usize, usize)>,
    pub(crate) value: Vec<u8>,
    pub(crate) found: Vec<Candidate>,
    /// Where words begin that labels and cues of addresses may begin with.
    pub(crate) starts: Vec<u32>,
    /// Long runs of digits in running text.
    pub(crate) glued: Vec<u32>,
    /// Is there a column whose cells are taken whole?
    pub(crate) has_whole: bool,
    /// Keeps candidates whatever their score, for explanations and for the judgement of columns.
    pub(crate) keep_all: bool,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(
        detector: &'a Detector,
        text: &'a [u8],
        segments: &'a [Segment],
        columns: &'a [ColumnContext],
        scratch: &mut Scratch,
    ) -> Engine<'a> {
        let mut found = std::mem::take(&mut scratch.found);
        found.clear();
        let mut starts = std::mem::take(&mut scratch.starts);
        starts.clear();
        let mut glued = std::mem::take(&mut scratch.glued);
        glued.clear();
        Engine {
            detector,
            text,
            segments,
            columns,
            current: usize::MAX,
            lo: 0,
            hi: 0,
            kind: SegmentKind::Skip,
            column: &NO_CONTEXT,
            cluster_end: 0,
            token_end: 0,
            parcel_end: 0,
            digits: scratch.digits.take(),
            keys: std::mem::take(&mut scratch.keys),
            words_met: std::mem::take(&mut scratch.words_met),
            fields_met: std::mem::take(&mut scratch.fields_met),
            last_context: None,
            folded: std::mem::take(&mut scratch.folded),
            header: Header::default(),
            tables: Vec::new(),
            value: std::mem::take(&mut scratch.value),
            found,
            starts,
            glued,
            has_whole: columns.iter().any(|c| c.whole.any()),
            keep_all: false,
        }
    }

    /// Gives the buffers back.
    pub(crate) fn finish(self, scratch: &mut Scratch) {
        scratch.folded = self.folded;
        scratch.value = self.value;
        scratch.keys = self.keys;
        scratch.words_met = self.words_met;
        scratch.fields_met = self.fields_met;
        scratch.digits = self.digits;
        scratch.found = self.found;
        scratch.starts = self.starts;
        scratch.glued = self.glued;
    }

    /// Runs all finders over the block.
    pub(crate) fn run(&mut self) {
        self.pass(self.detector.words.as_ref());
        self.labels();
        self.field_lines();
        self.patterns();
        self.cells();
        self.text_tables();
        self.turned_tables();
    }

    /// Runs the finders that the one pass over all bytes leads to.
    pub(crate) fn run_numbers(&mut self) {
        self.pass(None);
    }

    fn pass(&mut self, words: Option<&Openers>) {
        if self.segments.is_empty() {
            return;
        }
        let (level, want) = (self.detector.level, self.detector.want);
        let text = self.text;
        pass(level, text, &want, words, |trigger, at| self.trigger(trigger, at));
    }

    /// Makes the segment that holds `at` the current one.
    pub(crate) fn enter(&mut self, at: usize) -> bool {
        if at >= self.lo && at < self.hi {
            return self.kind != SegmentKind::Skip;
        }
        let mut k = if self.current == usize::MAX { 0 } else { self.current };
        if k >= self.segments.len() || self.segments[k].start as usize > at {
            k = self.segments.partition_point(|s| s.end as usize <= at);
        } else {
            let mut steps = 0;
            while k < self.segments.len() && self.segments[k].end as usize <= at {
                k += 1;
                steps += 1;
                if steps > 16 {
                    k = self.segments.partition_point(|s| s.end as usize <= at);
                    break;
                }
            }
        }
        let Some(s) = self.segments.get(k) else { return false };
        if (s.start as usize) > at {
            return false;
        }
        self.select(k);
        self.kind != SegmentKind::Skip
    }

    /// Makes segment `k` the current one.
    pub(crate) fn select(&mut self, k: usize) {
        let s = &self.segments[k];
        self.current = k;
        self.lo = s.start as usize;
        self.hi = (s.end as usize).min(self.text.len());
        self.kind = s.kind;
        self.column = self.columns.get(s.column as usize).unwrap_or(&NO_CONTEXT);
        self.last_context = None;
    }

    #[inline]
    fn trigger(&mut self, trigger: Trigger, at: usize) {
        match trigger {
            Trigger::Run => {
                if at > self.cluster_end && at > 0 && self.enter(at - 1) {
                    self.run_of_digits(at);
                }
            }
            Trigger::Groups => {
                // 2026-05-12T10:22:33: the stamp of a log line, looked at no further
                let stamp =
                    at >= 10 && self.text.get(at) == Some(&b'T') && self.text[at - 10].is_ascii_digit();
                if at > self.cluster_end
                    && at > 0
                    && self.enter(at - 1)
                    && !(stamp
                        && self.kind == SegmentKind::Prose
                        && self.prev(at - 10).is_none_or(|b| b == b'\n'))
                {
                    self.cluster(at - 1);
                }
            }
            Trigger::Prefix => {
                if at >= self.cluster_end && self.enter(at) {
                    self.cluster(at);
                }
            }
            Trigger::At => {
                if self.enter(at) {
                    self.at_sign(at);
                }
            }
            Trigger::Kz => {
                if at >= self.token_end && self.enter(at) {
                    self.kz(at);
                }
            }
            Trigger::Dots | Trigger::Colons => {
                if at >= self.token_end && self.enter(at) {
                    self.net(at, trigger == Trigger::Dots);
                }
            }
            Trigger::Seventeen => {
                if at > 0 && self.enter(at - 1) {
                    self.seventeen(at);
                }
            }
            Trigger::Index => {
                if at > 0 && self.enter(at - 1) {
                    self.index(at);
                }
            }
            Trigger::Plate | Trigger::OldPlate => {
                if at > 0 && self.enter(at - 1) {
                    self.plate(at, trigger == Trigger::OldPlate);
                }
            }
            Trigger::Masked => {
                if at >= self.token_end && self.enter(at) {
                    self.masked(at);
                }
            }
            Trigger::Broken => {
                if self.enter(at) {
                    self.line_broken(at);
                }
            }
            Trigger::Decimal => {
                // 12:42:33.6179: parts of a second
                let time = |t: &[u8]| matches!(t, [a, b, b':', c, d, b':'] if [a, b, c, d].iter().all(|d| d.is_ascii_digit()));
                let second = at >= 13 && time(&self.text[at - 13..at - 7]);
                if at > 0 && !second && self.enter(at - 1) {
                    self.anchored(Finder::Coordinates, at - 7, at);
                }
            }
            Trigger::Cadastral => {
                if at > self.parcel_end && self.enter(at - 1) {
                    self.anchored(Finder::Cadastral, at.saturating_sub(13), at);
                }
            }
            Trigger::Word => self.starts.push(at as u32),
            Trigger::Odd => {
                if self.enter(at) {
                    self.odd(at);
                }
            }
            Trigger::Boxes => {
                if self.enter(at) {
                    self.labels_before(at);
                }
            }
            Trigger::Zone => {
                if at >= self.token_end && self.enter(at) {
                    self.zone(at);
                }
            }
        }
    }

    /// Does a word or column speak for rule `k`, or does it find something without?
    pub(crate) fn may_stand(&mut self, k: usize, start: usize, end: usize) -> bool {
        let bit = RuleSet::of(k);
        if !self.detector.needs_label.meets(bit) || self.keep_all {
            return true;
        }
        if self.last_context.is_none() && self.fills_cell(start, end) {
            return (self.column.named | self.column.share).meets(bit);
        }
        self.context(start, end).labels(k)
    }

    /// The evidence for a candidate of rule `k` and its score, where it may count.
    pub(crate) fn weigh(
        &mut self,
        k: usize,
        start: usize,
        end: usize,
        proof: EvidenceSet,
    ) -> Option<(EvidenceSet, f32)> {
        let rule = &self.detector.rules[k];
        let bit = RuleSet::of(k);
        // what was found by its label has its context set by hand
        let (labels, around) = if self.last_context.is_none() && self.fills_cell(start, end) {
            let column = self.column;
            ((column.named | column.share).meets(bit), column.evidence(bit, false, false))
        } else {
            let context = self.context(start, end);
            (context.labels(k), context.evidence(k))
        };
        let rule_needs = self.detector.needs_label.meets(bit) && !labels;
        if rule_needs && !self.keep_all {
            return None;
        }
        let mut evidence = proof.union(around);
        if rule.own {
            evidence.add(Evidence::OwnRule);
        }
        if rule.file.company && self.column.persons {
            evidence.add(Evidence::Neighbours);
        }
        let mut points = score(rule, evidence);
        if rule_needs {
            points = points.min(0.2);
        }
        (points >= 0.2 || self.keep_all).then_some((evidence, points))
    }

    /// Scores a candidate of rule `k` and keeps it where it may count.
    pub(crate) fn offer(&mut self, k: usize, start: usize, end: usize, proof: EvidenceSet, proven: bool) {
        let Some((evidence, points)) = self.weigh(k, start, end, proof) else { return };
        let rule = &self.detector.rules[k];
        let value = &self.text[start..end];
        let replaced = match rule.category {
            Category::PHONE => replacement::is_phone(value),
            Category::CARD => replacement::is_card(value),
            _ => false,
        };
        if replaced || replacement::token_at(self.text, start).is_some() {
            return;
        }
        self.found.push(Candidate {
            start: start as u32,
            end: end as u32,
            segment: self.current as u32,
            rule: k as u16,
            category: rule.category,
            subtype: rule.subtype,
            evidence,
            score: points,
            proven,
            entity: 0,
        });
    }

    /// The byte before `at` within the segment.
    pub(crate) fn prev(&self, at: usize) -> Option<u8> {
        if at > self.lo { self.text.get(at - 1).copied() } else { None }
    }

    /// The byte at `at` within the segment.
    pub(crate) fn next(&self, at: usize) -> Option<u8> {
        if at < self.hi { self.text.get(at).copied() } else { None }
    }

    /// The first active rule of a finder.
    pub(crate) fn rule_of(&self, finder: Finder) -> Option<usize> {
        self.detector.first[finder as usize].map(usize::from)
    }
}

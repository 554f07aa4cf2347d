use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::court::Session;
use crate::depersonalize::{Depersonalizer, FileScope};
use crate::detect::{self, Columns, Detector, Scratch};
use crate::format::{Limits, encoded};
use crate::model::{Block, Category, Edit, Finding, Location, Locator, NO_COLUMN, SegmentKind, replacement};
use crate::report::{ColumnRecord, FindingRecord, Report};

use super::collector::Chunk;
use super::encoded::Inside;

/// What all workers share for looking at blocks.
pub(super) struct Engine {
    pub detector: Arc<Detector>,
    pub reports: Vec<Arc<dyn Report>>,
    pub show_values: bool,
    /// Findings are also handed out as values.
    pub collect: bool,
    /// Given where edits are wanted.
    pub depersonalizer: Option<Arc<Depersonalizer>>,
    /// Given in second scans: what it put into the copy is no leftover.
    pub own: Option<Arc<Depersonalizer>>,
    /// Given in first passes, for methods that must see whole columns before they replace anything.
    pub learner: Option<Arc<Depersonalizer>>,
    /// Given for court acts.
    pub court: Option<Arc<Session>>,
    /// A copy is worked on once more: what stands there on purpose is left alone.
    pub again: bool,
    /// Bounds on what files in encoded text may cost.
    pub limits: Arc<Limits>,
}

/// What one worker owns and uses again and again.
#[derive(Default)]
pub(super) struct Worker {
    scratch: Scratch,
    pub(super) findings: Vec<Finding>,
}

/// Which file or member a block is from.
#[derive(Clone)]
pub(super) struct Origin {
    pub path: Arc<str>,
    pub member: Vec<String>,
}

impl Origin {
    /// One name for the file and the member.
    pub fn whole(&self) -> String {
        let mut whole = self.path.to_string();
        for member in &self.member {
            whole.push('!');
            whole.push_str(member);
        }
        whole
    }
}

/// One block and what is known of where it stands.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub origin: &'a Origin,
    pub block: &'a Block,
    /// The verdicts on the columns of its table.
    pub columns: Option<&'a Columns>,
    /// Given where a copy is written or checked.
    pub scope: Option<&'a FileScope>,
}

/// A finding as a value, for programs that embed qupia.
#[derive(Clone, Debug)]
pub struct Found {
    /// Path inside archives and messages, outermost first.
    pub member: Vec<String>,
    /// Where in the file or member.
    pub location: Location<'static>,
    /// The whole text that was found: personal data, to be handled as such.
    pub value: String,
    /// What it is, how sure, and why.
    pub finding: Finding,
}

impl Found {
    /// The text with so much hidden that it cannot be rebuilt.
    pub fn masked(&self) -> String {
        detect::mask(self.finding.category, &self.value)
    }
}

/// Counts of one block or file.
#[derive(Default)]
pub(super) struct Tally {
    pub counts: BTreeMap<Category, u64>,
    pub replaced: u64,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        for (category, n) in other.counts {
            *self.counts.entry(category).or_default() += n;
        }
        self.replaced += other.replaced;
    }
    pub fn findings(&self) -> u64 {
        self.counts.values().sum()
    }
}

impl Engine {
    /// Looks at one block: counts, report lines, and the edits that its copy needs.
    pub fn look(
        &self,
        worker: &mut Worker,
        sight: Sight<'_>,
        chunk: Option<&mut Chunk>,
    ) -> (Tally, Vec<Edit>) {
        let Sight { origin, block, scope, .. } = sight;
        let mut tally = Tally::default();
        if let (Some(learner), Some(scope)) = (&self.learner, scope) {
            learner.learn(scope, block);
            return (tally, Vec::new());
        }
        self.find(worker, sight);
        let mut chunk = chunk;
        let inside = match encoded::any(&block.text) {
            true => self.inside(worker, sight, chunk.as_deref_mut(), 0),
            false => Inside::default(),
        };
        if !inside.found.is_empty() {
            worker.findings.retain(|f| !inside.covers(f.start, f.end));
        }
        let mut counts: SmallVec<[(Category, u64); 8]> = SmallVec::new();
        // kinds follow one another as in the row before
        let mut next = 0;
        for finding in worker.findings.iter().chain(inside.found.iter().map(|i| &i.finding)) {
            let same = |c: &(Category, u64)| c.0 == finding.category;
            let at = match counts.get(next) {
                Some(count) if same(count) => next,
                _ => counts.iter().position(same).unwrap_or_else(|| {
                    counts.push((finding.category, 0));
                    counts.len() - 1
                }),
            };
            counts[at].1 += 1;
            next = if at + 1 < counts.len() { at + 1 } else { 0 };
        }
        tally.counts.extend(counts);
        if let Some(chunk) = chunk
            && (self.collect || self.reports.iter().any(|r| r.wants_findings()))
        {
            let mut locator = Locator::new(block);
            let mut inner = inside.found.iter().peekable();
            for finding in &worker.findings {
                while let Some(i) = inner.next_if(|i| i.start < finding.start) {
                    self.report(origin, locator.locate(i.start, i.end), &i.text, &i.finding, chunk);
                }
                let text = &block.text[finding.start as usize..finding.end as usize];
                self.report(origin, locator.locate(finding.start, finding.end), text, finding, chunk);
            }
            for i in inner {
                self.report(origin, locator.locate(i.start, i.end), &i.text, &i.finding, chunk);
            }
        }
        let mut edits = self.edits(sight, &worker.findings);
        if scope.is_some() {
            inside.merge(&mut edits);
            tally.replaced = edits.len() as u64;
        }
        (tally, edits)
    }

    /// In a copy a cell that is a token whole is done with at once: whatever began in it would be a part of the token.
    pub fn set_aside(&self, block: &mut Block) {
        if self.own.is_none() {
            return;
        }
        let Block { text, segments, .. } = block;
        for s in segments.iter_mut().filter(|s| s.kind == SegmentKind::Cell && s.column != NO_COLUMN) {
            let cell = text.get(s.start as usize..s.end as usize).unwrap_or_default();
            if replacement::is_token(cell) || replacement::is_compact(cell) {
                s.kind = SegmentKind::Skip;
            }
        }
    }

    /// Puts into the worker what the rules find in a block, and no value that a copy holds on purpose.
    pub(super) fn find(&self, worker: &mut Worker, sight: Sight<'_>) {
        let Sight { origin, block, columns, scope } = sight;
        worker.findings.clear();
        self.detector.detect(block, columns, &mut worker.scratch, &mut worker.findings);
        if let Some(own) = &self.own {
            worker.findings.retain(|f| match scope {
                Some(scope) => !own.is_own_at(scope, block, f),
                None => {
                    let text = &block.text[f.start as usize..f.end as usize];
                    !own.is_own(f.category, &String::from_utf8_lossy(text))
                }
            });
        }
        if let Some(court) = &self.court {
            self.officers(court, origin, block, &mut worker.findings);
        }
    }

    /// What must change in the copy of a block; nothing where there is no copy.
    pub(super) fn edits(&self, sight: Sight<'_>, findings: &[Finding]) -> Vec<Edit> {
        let Sight { origin, block, columns, scope } = sight;
        let mut edits = Vec::new();
        let (Some(depersonalizer), Some(scope)) = (&self.depersonalizer, scope) else { return edits };
        let act = self.court.as_ref().is_some_and(|c| c.edits(&origin.whole(), block, findings, &mut edits));
        if !act && self.again {
            depersonalizer.edits_again(scope, block, columns, findings, &mut edits);
        } else if !act {
            depersonalizer.edits(scope, block, columns, findings, &mut edits);
        }
        edits
    }

    /// Court acts: in a copy what was put or left there on purpose is no finding; elsewhere persons get their roles.
    fn officers(&self, court: &Session, origin: &Origin, block: &Block, findings: &mut Vec<Finding>) {
        if self.own.is_some() || self.again {
            let path = origin.whole();
            findings.retain(|f| {
                let text = &block.text[f.start as usize..f.end as usize];
                !court.is_own(&path, f.category, &String::from_utf8_lossy(text))
            });
        } else {
            court.name_roles(block, findings);
        }
    }

    fn report(
        &self,
        origin: &Origin,
        location: Location<'_>,
        text: &[u8],
        finding: &Finding,
        chunk: &mut Chunk,
    ) {
        let shown = String::from_utf8_lossy(text);
        if self.collect {
            chunk.found.push(Found {
                member: origin.member.clone(),
                location: location.into_owned(),
                value: shown.into_owned(),
                finding: finding.clone(),
            });
            return;
        }
        let value = if self.show_values { shown } else { detect::mask(finding.category, &shown).into() };
        let record = FindingRecord {
            path: &origin.path,
            member: &origin.member,
            location: &location,
            category: finding.category,
            subtype: finding.subtype,
            rule: finding.rule,
            value: &value,
            confidence: finding.confidence,
            evidence: finding.evidence,
            alternatives: &finding.alternatives,
        };
        for (report, out) in self.reports.iter().zip(&mut chunk.reports) {
            report.finding(&record, out);
        }
    }

    /// The verdicts on the columns of the table that begins with this block.
    pub fn columns(&self, origin: &Origin, block: &Block, chunk: &mut Chunk) -> Arc<Columns> {
        let columns = self.detector.columns(block);
        let Some(table) = &block.table else { return columns };
        for verdict in columns.iter() {
            let Some(category) = verdict.category else { continue };
            let record = ColumnRecord {
                path: origin.path.to_string(),
                member: origin.member.clone(),
                table: table.name.clone(),
                column: verdict.name.clone(),
                index: verdict.column as usize + 1,
                verdict: category,
                subtype: verdict.subtype,
                share: verdict.share,
                sampled: u64::from(verdict.sampled),
                confidence: verdict.confidence,
                evidence: verdict.evidence,
            };
            for (report, out) in self.reports.iter().zip(&mut chunk.reports) {
                report.column(&record, out);
            }
        }
        columns
    }
}

/// The columns of the table that is being read; judged anew when another table begins.
#[derive(Default)]
pub(super) struct Tables {
    current: Option<(u32, Arc<Columns>)>,
}

impl Tables {
    pub fn of(
        &mut self,
        engine: &Engine,
        origin: &Origin,
        block: &Block,
        chunk: &mut Chunk,
    ) -> Option<Arc<Columns>> {
        let table = block.table.as_ref()?;
        match &self.current {
            Some((id, columns)) if *id == table.id => Some(Arc::clone(columns)),
            _ => {
                let columns = engine.columns(origin, block, chunk);
                self.current = Some((table.id, Arc::clone(&columns)));
                Some(columns)
            }
        }
    }
}

//! Text and files that stand encoded in a block: looked at like any other, and written back as they were.

use std::sync::atomic::AtomicBool;

use crate::format::MemberOutcome;
use crate::format::encoded::{self, Content, Part};
use crate::model::{Block, Edit, Finding, NO_COLUMN, OffsetMap, Segment, SegmentKind};
use crate::source::Input;

use super::Progress;
use super::block::{Engine, Sight, Worker};
use super::collector::Chunk;
use super::inspect::Inspector;

/// So often text may be encoded on top of another encoding.
const DEPTH: u32 = 4;

/// A finding in encoded text.
pub(super) struct InnerFinding {
    /// Where the text around it holds it.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The finding; its positions are those of the decoded text.
    pub finding: Finding,
    /// The decoded value.
    pub text: Vec<u8>,
}

/// What stands encoded in a block, in rising order.
#[derive(Default)]
pub(super) struct Inside {
    pub found: Vec<InnerFinding>,
    pub edits: Vec<Edit>,
}

impl Inside {
    /// True where a finding of the text around is the same again, or a part of one, in its encoded form.
    pub fn covers(&self, start: u32, end: u32) -> bool {
        let k = self.found.partition_point(|i| i.end <= start);
        self.found.get(k).is_some_and(|i| i.start < end)
    }

    /// Adds the edits to those of the text around. One that replaces encoded text and more wins over it; any
    /// other that overlaps was made for a part of what is decoded whole here.
    pub fn merge(self, edits: &mut Vec<Edit>) {
        if self.edits.is_empty() {
            return;
        }
        let overlap = |a: &Edit, b: &Edit| a.start < b.end && b.start < a.end;
        let holds = |a: &Edit, b: &Edit| a.start <= b.start && b.end <= a.end;
        let inner: Vec<Edit> =
            self.edits.into_iter().filter(|i| !edits.iter().any(|o| holds(o, i))).collect();
        edits.retain(|o| !inner.iter().any(|i| overlap(i, o)));
        edits.extend(inner);
        edits.sort_by_key(|e| e.start);
    }
}

impl Engine {
    /// Looks at what stands encoded in a block. The worker's findings stay as they are.
    pub fn inside(
        &self,
        worker: &mut Worker,
        sight: Sight<'_>,
        mut chunk: Option<&mut Chunk>,
        depth: u32,
    ) -> Inside {
        let block = sight.block;
        let outer = std::mem::take(&mut worker.findings);
        let mut inside = Inside::default();
        for segment in block.segments.iter().filter(|s| s.kind != SegmentKind::Skip) {
            let (from, to) = (segment.start as usize, segment.end as usize);
            for part in encoded::parts(&block.text, from, to) {
                let chunk = chunk.as_deref_mut();
                self.part(worker, sight, segment, &part, chunk, depth, &mut inside);
            }
        }
        worker.findings = outer;
        inside
    }

    fn part(
        &self,
        worker: &mut Worker,
        sight: Sight<'_>,
        segment: &Segment,
        part: &Part,
        chunk: Option<&mut Chunk>,
        depth: u32,
        inside: &mut Inside,
    ) {
        match &part.content {
            Content::Escaped(escaped) => {
                let block = decoded(sight.block, segment, escaped.text.clone(), segment.kind);
                let sight = Sight { block: &block, ..sight };
                let changed = |a: u32, b: u32| escaped.differs(a as usize, b as usize);
                let inner = self.decoded(worker, sight, chunk, depth, &changed);
                let outer = |a: u32, b: u32| escaped.outer(a as usize, b as usize);
                for i in inner.found {
                    let (start, end) = outer(i.start, i.end);
                    inside.found.push(InnerFinding { start: start as u32, end: end as u32, ..i });
                }
                for e in inner.edits {
                    let (start, end) = outer(e.start, e.end);
                    let text = escaped.encode(&e.text);
                    inside.edits.push(Edit { start: start as u32, end: end as u32, text: text.into() });
                }
            }
            Content::Text(whole) => {
                let text = whole.text.as_bytes().to_vec();
                let block = decoded(sight.block, segment, text, SegmentKind::Prose);
                let sight = Sight { block: &block, ..sight };
                let inner = self.decoded(worker, sight, chunk, depth, &|_, _| true);
                let (start, end) = (part.start as u32, part.end as u32);
                inside.found.extend(inner.found.into_iter().map(|i| InnerFinding { start, end, ..i }));
                if !inner.edits.is_empty() {
                    let mut text = String::with_capacity(whole.text.len());
                    let mut at = 0;
                    for e in &inner.edits {
                        text.push_str(whole.text.get(at..e.start as usize).unwrap_or_default());
                        text.push_str(&e.text);
                        at = e.end as usize;
                    }
                    text.push_str(whole.text.get(at..).unwrap_or_default());
                    inside.edits.push(Edit { start, end, text: whole.encode(&text).into() });
                }
            }
            Content::File(file) => {
                let Some(chunk) = chunk else { return };
                let edit = self.file(worker, sight, part, file, chunk);
                inside.edits.extend(edit);
            }
        }
    }

    /// Findings and edits of a decoded text; only what `changed` says is written in another way around it.
    fn decoded(
        &self,
        worker: &mut Worker,
        sight: Sight<'_>,
        chunk: Option<&mut Chunk>,
        depth: u32,
        changed: &dyn Fn(u32, u32) -> bool,
    ) -> Inside {
        let block = sight.block;
        self.find(worker, sight);
        let mut inner = match depth < DEPTH && encoded::any(&block.text) {
            true => self.inside(worker, sight, chunk, depth + 1),
            false => Inside::default(),
        };
        worker.findings.retain(|f| changed(f.start, f.end) && !inner.covers(f.start, f.end));
        if sight.scope.is_some() && self.depersonalizer.is_some() {
            let mut edits = self.edits(sight, &worker.findings);
            // a rule for a whole column speaks of the text around
            edits.retain(|e| worker.findings.iter().any(|f| f.start < e.end && e.start < f.end));
            let found = std::mem::take(&mut inner.found);
            inner.merge(&mut edits);
            inner = Inside { found, edits };
        }
        for finding in worker.findings.drain(..) {
            let (start, end) = (finding.start, finding.end);
            let text = block.text[start as usize..end as usize].to_vec();
            inner.found.push(InnerFinding { start, end, finding, text });
        }
        inner.found.sort_by_key(|i| i.start);
        inner
    }

    /// A file in base64 or hexadecimal: it goes the way of every file in a container.
    fn file(
        &self,
        worker: &mut Worker,
        sight: Sight<'_>,
        part: &Part,
        file: &encoded::File,
        chunk: &mut Chunk,
    ) -> Option<Edit> {
        let Sight { origin, block, scope, .. } = sight;
        let (start, end) = (part.start as u32, part.end as u32);
        let (bytes, word) = (&file.bytes, file.word());
        let at = block.location(start, end);
        let place = match (at.field.as_deref(), at.row, at.line) {
            (Some(field), Some(row), _) => format!("{word} in {field}, row {row}"),
            (_, _, Some(line)) => format!("{word} in line {line}"),
            (_, Some(row), _) => format!("{word} in row {row}"),
            _ => word.to_owned(),
        };
        let (stop, progress) = (AtomicBool::new(false), Progress::default());
        let mut emit = |later: Chunk| chunk.append(later);
        let mut inspector = Inspector {
            engine: self,
            worker,
            limits: &self.limits,
            stop: &stop,
            progress: &progress,
            scope,
            emit: &mut emit,
            count_progress: false,
        };
        let input = Input::memory(bytes.clone(), "");
        if scope.is_none() || self.depersonalizer.is_none() {
            // a scan: what came of it stands in the ledger
            let _ = inspector.member(origin, &place, input, None);
            return None;
        }
        let mut copy = std::io::Cursor::new(Vec::new());
        let outcome = inspector.member(origin, &place, input, Some(&mut copy));
        let copy = matches!(outcome, Ok(MemberOutcome::Copied { .. })).then(|| copy.into_inner());
        if copy.as_deref() == Some(bytes.as_slice()) {
            return None;
        }
        Some(Edit { start, end, text: file.encode(copy.as_deref()).into() })
    }
}

/// A block of one decoded text, in the place of a segment of another block.
fn decoded(block: &Block, segment: &Segment, text: Vec<u8>, kind: SegmentKind) -> Block {
    let whole = Segment {
        start: 0,
        end: text.len() as u32,
        column: if block.table.is_some() { segment.column } else { NO_COLUMN },
        row: 0,
        kind,
    };
    Block {
        text,
        map: OffsetMap::None,
        segments: vec![whole],
        table: block.table.clone(),
        first_row: block.first_row + u64::from(segment.row),
        page: block.page,
        part: block.part.clone(),
        cells: block.cells,
        ..Block::default()
    }
}

//! Cells of tables, decided by their looks: cells of one column that look alike get the same answer, so most of a
//! table is told without running any finder over it.
//!
//! The answer for each look is what the finders themselves say of the first cell that has it; only names and
//! addresses that fill a column of their own are decided here by the column alone. Whatever could hold more than its
//! looks tell goes the way of all text, and so does everything where an operator's own rules look for anything.

mod class;
mod column;
mod signs;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::address::SplitAddress;
use super::column::Columns;
use super::detector::{Detector, Scratch};
use super::left_over::left_over;
use crate::model::{Block, Finding, Segment, SegmentKind};

use class::Cell;
use column::{Column, Look};
use signs::Signs;

/// A cell of a few words is remembered by its very text; the names of all regions are as short.
const SHORT: usize = 64;
/// So many texts of one column are remembered; a column with more is one of single values.
const TEXTS: usize = 256;
/// So many looks of one column are remembered.
const LOOKS: usize = 64;

/// What the finders say of a cell: findings as if the cell began at zero.
type Answer = SmallVec<[Finding; 1]>;

/// What is known of the columns of the table that a worker met last.
#[derive(Default)]
pub(crate) struct Tabular {
    /// [`Columns::serial`] of the table.
    serial: u64,
    columns: Vec<Known>,
    signs: Signs,
    rest: Rest,
}

/// A column and the answers that were given in it.
struct Known {
    column: Column,
    looks: Looks,
    /// Of cells that are text, of numbers, and of dates.
    texts: [FxHashMap<Box<[u8]>, Answer>; 3],
}

/// Looks that cells of a column had, and the answers.
struct Looks {
    known: Vec<(Look, Answer)>,
    /// For each last bits of a look where it stands in `known`, counted from 1: the one that was met last.
    met: [u8; LOOKS],
}

impl Default for Looks {
    fn default() -> Looks {
        Looks { known: Vec::new(), met: [0; LOOKS] }
    }
}

impl Looks {
    /// The answer for a look, which `ask` gives the first time; `None` where too many were met.
    #[inline]
    fn answer(&mut self, look: Look, ask: impl FnOnce() -> Answer) -> Option<&[Finding]> {
        let met = &mut self.met[look.bits() as usize % LOOKS];
        let at = match self.known.get(usize::from(*met).wrapping_sub(1)) {
            Some(known) if known.0 == look => usize::from(*met) - 1,
            _ => {
                let at = self.known.iter().position(|l| l.0 == look);
                if at.is_none() && self.known.len() >= LOOKS {
                    return None;
                }
                let at = at.unwrap_or_else(|| {
                    self.known.push((look, ask()));
                    self.known.len() - 1
                });
                *met = at as u8 + 1;
                at
            }
        };
        Some(&self.known[at].1)
    }
}

/// The cells that are looked at like all text.
#[derive(Default)]
struct Rest {
    block: Block,
    /// For each of them its segment in the whole block.
    origins: Vec<u32>,
    found: Vec<Finding>,
}

impl Tabular {
    fn meet(&mut self, detector: &Detector, columns: &Columns, split: &SplitAddress) {
        self.rest.block.clear();
        self.rest.origins.clear();
        if self.serial == columns.serial {
            return;
        }
        self.serial = columns.serial;
        self.columns.clear();
        self.columns.extend(columns.contexts.iter().enumerate().map(|(k, context)| Known {
            column: Column::new(detector, context, split.has(k as u32)),
            looks: Looks::default(),
            texts: Default::default(),
        }));
    }
}

impl Known {
    /// The answer for a cell and whether it is of the cell as a whole; `ask` gives what the finders say. `None` where
    /// the cell must be looked at with the others.
    #[inline(always)]
    fn answer(
        &mut self,
        detector: &Detector,
        kind: SegmentKind,
        cell: Cell<'_>,
        ask: impl FnOnce() -> Answer,
    ) -> Option<(&[Finding], bool)> {
        let Some(look) = self.column.look(detector, kind, cell) else {
            let cell = cell.text;
            if cell.len() > SHORT {
                return None;
            }
            let texts = &mut self.texts[match kind {
                SegmentKind::Number => 1,
                SegmentKind::Date => 2,
                _ => 0,
            }];
            if !texts.contains_key(cell) {
                if texts.len() >= TEXTS {
                    return None;
                }
                texts.insert(cell.into(), ask());
            }
            return texts.get(cell).map(|answer| (&answer[..], false));
        };
        if look == Look::NOTHING {
            return Some((&[], false));
        }
        if let Some(finding) = self.column.whole(look) {
            return Some((std::slice::from_ref(finding), true));
        }
        Some((self.looks.answer(look, ask)?, look.fills()))
    }
}

impl Rest {
    fn push(&mut self, block: &Block, k: usize) {
        let s = block.segments[k];
        let start = self.block.text.len() as u32;
        let end = (s.end as usize).min(block.text.len());
        self.block.text.extend_from_slice(&block.text[s.start as usize..end]);
        self.block.segments.push(Segment { start, end: self.block.text.len() as u32, ..s });
        // keeps words of neighbouring cells apart
        self.block.text.push(b'\n');
        self.origins.push(k as u32);
    }
}

impl Detector {
    /// Finds personal data in a block of a table whose columns are known, cell by cell.
    pub(super) fn tabular(
        &self,
        block: &Block,
        columns: &Columns,
        split: &SplitAddress,
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {
        let mut known = std::mem::take(&mut scratch.tabular);
        known.meet(self, columns, split);
        let Tabular { columns: of_columns, rest, signs, .. } = &mut known;
        signs.read(self.level, &block.text);
        let from = out.len();
        for (k, s) in block.segments.iter().enumerate() {
            let of = of_columns.get_mut(s.column as usize);
            let answer = match (s.kind, of, block.text.get(s.start as usize..s.end as usize)) {
                (SegmentKind::Skip, ..) => continue,
                (SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date, Some(of), Some(cell)) => {
                    let (start, end) = (s.start as usize, s.end as usize);
                    of.answer(
                        self,
                        s.kind,
                        Cell { block: &block.text, text: cell, start, end, signs },
                        || self.cell(block, columns, split, s, scratch),
                    )
                    .map(|a| (a, cell))
                }
                _ => None,
            };
            let Some(((answer, fills), cell)) = answer else {
                rest.push(block, k);
                continue;
            };
            for finding in answer {
                let (a, b) = match fills {
                    true => (cell.len() - cell.trim_ascii_start().len(), cell.trim_ascii_end().len()),
                    false => (finding.start as usize, finding.end as usize),
                };
                let (start, end) = (s.start + a as u32, s.start + b as u32);
                let mut finding = finding.moved(start, end, k as u32);
                // words of SQL and what stands in place of a value are in small letters of no alphabet but ASCII
                if !fills || cell[0] >= 0x80 || left_over(&block.text, &mut finding) {
                    out.push(finding);
                }
            }
        }
        if !rest.origins.is_empty() {
            rest.block.table.clone_from(&block.table);
            rest.found.clear();
            self.text(&rest.block, &columns.contexts, split, false, scratch, &mut rest.found);
            out.extend(rest.found.drain(..).map(|mut finding| {
                let here = finding.segment as usize;
                let segment = rest.origins[here];
                let shift =
                    |at: u32| at - rest.block.segments[here].start + block.segments[segment as usize].start;
                (finding.start, finding.end) = (shift(finding.start), shift(finding.end));
                Finding { segment, ..finding }
            }));
            if !out[from..].is_sorted_by_key(|f| f.start) {
                out[from..].sort_by_key(|f| f.start);
            }
        }
        scratch.tabular = known;
    }

    /// What the finders say of one cell alone.
    fn cell(
        &self,
        block: &Block,
        columns: &Columns,
        split: &SplitAddress,
        s: &Segment,
        scratch: &mut Scratch,
    ) -> Answer {
        let text = block.text[s.start as usize..s.end as usize].to_vec();
        let segments = vec![Segment { start: 0, end: text.len() as u32, ..*s }];
        let alone = Block { text, segments, table: block.table.clone(), ..Block::default() };
        let mut found = Vec::new();
        self.text(&alone, &columns.contexts, split, false, scratch, &mut found);
        found.into()
    }
}

#[cfg(test)]
mod tests;

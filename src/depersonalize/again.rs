//! A copy is read again: what stands in it on purpose.

use super::Depersonalizer;
use super::method::Method;
use super::scope::FileScope;
use crate::model::{Block, Edit, Finding, NO_COLUMN, Segment, SegmentKind};

pub(super) fn table_id(block: &Block) -> u32 {
    block.table.as_ref().map_or(0, |t| t.id)
}

fn noted(d: &Depersonalizer, scope: &FileScope, block: &Block, s: &Segment) -> bool {
    let row = block.first_row + u64::from(s.row);
    s.column != NO_COLUMN && holds_value(s) && d.cells.has(&scope.path, table_id(block), s.column, row)
}

/// Does what was found in a copy stand there on purpose: by a rule that keeps it, or in a cell that was filled?
pub(super) fn on_purpose(d: &Depersonalizer, scope: &FileScope, block: &Block, f: &Finding) -> bool {
    let Some(segment) = block.segments.get(f.segment as usize) else { return false };
    let plan = scope.plan(&d.policy, block.table.as_ref());
    let column = plan.column(segment.column);
    let keeps = |n: &usize| matches!(d.policy.rules[*n].method, Method::Keep);
    let kept = match column.by_category.get(&f.category) {
        Some(n) if column.whole.is_none() || d.policy.rules[*n].column.is_some() => keeps(n),
        _ => column.whole.as_ref().is_some_and(keeps) && holds_value(segment),
    };
    kept || scope.is_settled(&column.place, f.category) || noted(d, scope, block, segment)
}

/// Takes back the edits of cells that were filled before.
pub(super) fn keep_noted(
    d: &Depersonalizer,
    scope: &FileScope,
    block: &Block,
    first: usize,
    out: &mut Vec<Edit>,
) {
    let mut edits = out.split_off(first);
    let mut at = 0;
    edits.retain(|e| {
        while block.segments.get(at).is_some_and(|s| s.end < e.end || (s.end == e.end && s.start > e.start)) {
            at += 1;
        }
        !block.segments.get(at).is_some_and(|s| noted(d, scope, block, s))
    });
    out.append(&mut edits);
}

/// Is a segment a cell, and neither a header nor structure?
pub(super) fn holds_value(s: &Segment) -> bool {
    !matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta)
}

//! Distributions of columns before and after, for the description of the procedure.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Counts;
use super::again::holds_value;
use super::apply::Worker;
use super::scope::Column;
use crate::model::{Edit, NO_COLUMN};

impl Worker<'_> {
    /// Counts the values of the columns that were touched.
    pub(super) fn figures(&self, edits: &[Edit], counts: &mut Counts) {
        let mut touched: FxHashSet<u32> = FxHashSet::default();
        let mut cells = self.block.segments.iter().peekable();
        for e in edits {
            while cells.next_if(|s| s.end < e.end || (s.end == e.end && s.start > e.start)).is_some() {}
            touched.extend(cells.peek().map(|s| s.column));
        }
        let known = |c: &Column| counts.columns.contains_key(&c.place);
        let watched: Vec<bool> = (0u32..)
            .zip(&self.plan.columns)
            .map(|(n, c)| touched.contains(&n) || (!c.place.is_empty() && known(c)))
            .collect();
        let mut next = 0;
        for s in self.block.segments.iter().filter(|s| s.column != NO_COLUMN && holds_value(s)) {
            if !watched.get(s.column as usize).copied().unwrap_or(false) {
                continue;
            }
            while edits.get(next).is_some_and(|e| e.end <= s.start && e.start < s.start) {
                next += 1;
            }
            let before = self.block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
            let mut after: Cow<'_, [u8]> = before.into();
            let inside = edits[next..]
                .iter()
                .take_while(|e| e.start < s.end || (e.start == s.start && e.end == s.end));
            let mut shift = 0i64;
            for e in inside {
                let a = (i64::from(e.start) - i64::from(s.start) + shift).max(0) as usize;
                let b = (i64::from(e.end) - i64::from(s.start) + shift).max(0) as usize;
                let bytes = after.to_mut();
                if a <= b && b <= bytes.len() {
                    bytes.splice(a..b, e.text.bytes());
                    shift += e.text.len() as i64 - (b - a) as i64;
                }
            }
            let place: Arc<str> = self.plan.column(s.column).place.clone();
            counts.columns.entry(place).or_default().observe(before, &after);
        }
    }
}

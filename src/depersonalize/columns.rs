use std::sync::Mutex;

use rustc_hash::{FxHashMap, FxHashSet};

use super::generalize::{decimal, shown};
use super::method::Method;
use super::perturb::microaggregate;
use super::scope::FileScope;
use super::shape::{MOST, keeps};
use super::token::ScopeId;
use super::{Depersonalizer, policy};
use crate::model::{Block, Category, ColumnType, Segment};

/// Values of columns whose method looks at all of them: read in a first pass, answered in the second.
#[derive(Default)]
pub(super) struct Learnt {
    columns: Mutex<FxHashMap<Place, Column>>,
    repeats: Mutex<FxHashMap<Place, Repeats>>,
}

/// Values of a sample of a column by their hash, which an empty value may make equal.
#[derive(Default)]
struct Repeats {
    seen: FxHashSet<u64>,
    /// Zero bits that a hash needs to be in the sample.
    level: u32,
    /// One value stood twice.
    found: bool,
}

impl Repeats {
    fn add(&mut self, hash: u64) {
        if self.found || !keeps(self.level, hash) {
            return;
        }
        self.found = !self.seen.insert(hash);
        while self.seen.len() > MOST {
            self.level += 1;
            let level = self.level;
            self.seen.retain(|h| keeps(level, *h));
        }
        if self.found {
            self.seen = FxHashSet::default();
        }
    }
}

/// File, table, column.
type Place = (u64, u32, u32);

enum Column {
    Reading(FxHashMap<u64, String>),
    Ready(FxHashMap<u64, String>),
}

impl Learnt {
    fn place(scope: &FileScope, block: &Block, column: u32) -> Place {
        (super::made(&scope.path), block.table.as_ref().map_or(0, |t| t.id), column)
    }

    pub fn take(&self, d: &Depersonalizer, scope: &FileScope, block: &Block) {
        let plan = scope.plan(&d.policy, block.table.as_ref());
        for segment in block.segments.iter().filter(|s| super::again::holds_value(s)) {
            let whole = plan.column(segment.column).whole.map(|n| &d.policy.rules[n].method);
            if plan.empties(segment.column, whole) {
                self.note_repeats(scope, block, segment);
            }
            if !whole.is_some_and(Method::needs_column) {
                continue;
            }
            let text = block.text.get(segment.start as usize..segment.end as usize).unwrap_or_default();
            let text = String::from_utf8_lossy(text).into_owned();
            if text.trim().is_empty() {
                continue;
            }
            let mut columns = self.columns.lock().unwrap_or_else(|e| e.into_inner());
            let column = columns
                .entry(Learnt::place(scope, block, segment.column))
                .or_insert_with(|| Column::Reading(FxHashMap::default()));
            if let Column::Reading(rows) = column {
                rows.insert(block.first_row + u64::from(segment.row), text);
            }
        }
    }

    fn note_repeats(&self, scope: &FileScope, block: &Block, segment: &Segment) {
        if block.field(segment).is_none_or(|f| f.ty == ColumnType::Unknown) {
            return;
        }
        let text = block.text.get(segment.start as usize..segment.end as usize).unwrap_or_default();
        let place = Learnt::place(scope, block, segment.column);
        let mut repeats = self.repeats.lock().unwrap_or_else(|e| e.into_inner());
        repeats.entry(place).or_default().add(super::counts::fingerprint(text.trim_ascii()));
    }

    /// True where no value was seen twice in a column of several: a constraint may ask for that, and may stand behind
    /// the data.
    pub fn is_unique(&self, scope: &FileScope, block: &Block, column: u32) -> bool {
        let repeats = self.repeats.lock().unwrap_or_else(|e| e.into_inner());
        repeats.get(&Learnt::place(scope, block, column)).is_some_and(|r| !r.found)
    }

    /// What stands in the copy; `None` where the column was not read before or the value is not of its kind.
    pub fn answer(
        &self,
        d: &Depersonalizer,
        scope: &FileScope,
        block: &Block,
        column: u32,
        row: u32,
        rule: &policy::Rule,
    ) -> Option<String> {
        let mut columns = self.columns.lock().unwrap_or_else(|e| e.into_inner());
        let entry = columns.get_mut(&Learnt::place(scope, block, column))?;
        if let Column::Reading(rows) = entry {
            let mut rows: Vec<(u64, String)> = std::mem::take(rows).into_iter().collect();
            rows.sort_unstable_by_key(|r| r.0);
            *entry = Column::Ready(match &rule.method {
                Method::Microaggregate { k } => means(rows, *k as usize),
                _ => shuffled(d, rows),
            });
        }
        match entry {
            Column::Ready(rows) => rows.get(&(block.first_row + u64::from(row))).cloned(),
            Column::Reading(_) => None,
        }
    }
}

fn means(rows: Vec<(u64, String)>, k: usize) -> FxHashMap<u64, String> {
    let numbers: Vec<(u64, f64, &str)> =
        rows.iter().filter_map(|(row, text)| Some((*row, decimal(text)?, text.as_str()))).collect();
    if numbers.len() < k {
        return FxHashMap::default();
    }
    let values: Vec<f64> = numbers.iter().map(|n| n.1).collect();
    // means get as many decimals as the column has
    let decimals = |text: &str| text.trim().rsplit_once(['.', ',']).map_or(0, |(_, f)| f.len());
    let most = numbers.iter().map(|n| decimals(n.2)).max().unwrap_or(0).min(9) as i32;
    let unit = 10f64.powi(most);
    microaggregate(&values, k)
        .into_iter()
        .zip(&numbers)
        .map(|(mean, (row, _, text))| {
            let mean = (mean * unit).round() / unit;
            (*row, shown(mean, text.contains(',')))
        })
        .collect()
}

/// Every value at another row, by keyed ranks (Fisher and Yates' shuffle is not needed: sorting by a keyed hash is one).
fn shuffled(d: &Depersonalizer, rows: Vec<(u64, String)>) -> FxHashMap<u64, String> {
    let category = Category::new("shuffle");
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_cached_key(|n| {
        let bits = d.tokens.bits(category, ScopeId::default(), b'r', &rows[*n].0.to_le_bytes());
        u128::from_le_bytes(std::array::from_fn(|k| bits[k]))
    });
    rows.iter().zip(order).map(|((row, _), from)| (*row, rows[from].1.clone())).collect()
}

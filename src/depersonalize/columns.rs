use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::generalize::{decimal, shown};
use super::method::Method;
use super::perturb::microaggregate;
use super::scope::FileScope;
use super::token::ScopeId;
use super::{Depersonalizer, policy};
use crate::model::{Block, Category};

/// Values of columns whose method looks at all of them: read in a first pass, answered in the second.
#[derive(Default)]
pub(super) struct Learnt {
    columns: Mutex<FxHashMap<Place, Column>>,
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
            let needs =
                plan.column(segment.column).whole.is_some_and(|n| d.policy.rules[n].method.needs_column());
            if !needs {
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

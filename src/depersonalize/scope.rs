use std::sync::{Arc, Mutex, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::label::Labels;
use super::method::Method;
use super::policy::{DefaultMode, Policy, Scope};
use super::token::ScopeId;
use super::{Counts, Depersonalizer};
use crate::model::{Category, Table};

/// What depersonalizing one file needs: which rules are for its columns, how far its tokens reach.
pub struct FileScope {
    pub(super) path: String,
    pub(super) id: ScopeId,
    pub(super) labels: Mutex<Labels>,
    /// The plan of text outside tables.
    pub(super) prose: Arc<Plan>,
    /// Given where the file is a copy that this policy made: what stands in it on purpose, by place and kind.
    pub(super) settled: Option<Arc<FxHashSet<(String, String)>>>,
    plans: RwLock<Vec<(Arc<Table>, Arc<Plan>)>>,
    counts: Mutex<Counts>,
}

/// Plans of this many tables are kept at once.
const PLANS: usize = 512;

/// The rules of a table's columns.
pub(super) struct Plan {
    pub columns: Vec<Column>,
    /// For text outside columns.
    pub outside: Column,
    /// True where any column has a rule for its whole cells.
    pub whole: bool,
    pub suppress: Vec<Clearing>,
}

impl Plan {
    /// Does a rule leave no value of a column, whatever stands there?
    pub fn empties(&self, column: u32, whole: Option<&Method>) -> bool {
        let cleared = |c: &Clearing| c.clears.get(column as usize).copied().unwrap_or(false);
        matches!(whole, Some(Method::Remove | Method::Label(_)))
            || (whole.is_none() && self.column(column).unnamed)
            || self.suppress.iter().any(cleared)
    }
}

/// One column's rules.
pub(super) struct Column {
    /// `table.column`.
    pub place: Arc<str>,
    /// The rule for the whole cell and its weight.
    pub whole: Option<usize>,
    /// True where allow-list mode empties the column unless its kind of data is known.
    pub unnamed: bool,
    /// The rules of kinds of data.
    pub by_category: Arc<FxHashMap<Category, usize>>,
    /// The column that says whose row it is, for dates that are shifted.
    pub subject: Option<u32>,
}

/// A `[[suppress]]` rule on a table.
pub(super) struct Clearing {
    pub rule: usize,
    pub looks: Vec<u32>,
    pub clears: Vec<bool>,
}

impl FileScope {
    pub(super) fn new(d: &Depersonalizer, path: &str) -> FileScope {
        let id = match d.policy.scope {
            Scope::Run => ScopeId::default(),
            Scope::File => scope_id(d, path.split('!').next().unwrap_or(path)),
            Scope::Document | Scope::Cell => scope_id(d, path),
        };
        let prose = Arc::new(Plan::new(&d.policy, path, &Table::default()));
        FileScope {
            path: path.to_owned(),
            id,
            labels: Mutex::default(),
            prose,
            settled: None,
            plans: RwLock::default(),
            counts: Mutex::default(),
        }
    }

    /// The file is a copy that this policy made: columns are not treated again, and what `declared` names by place and
    /// kind of data stands there on purpose.
    #[must_use]
    pub fn settled(mut self, declared: impl IntoIterator<Item = (String, String)>) -> FileScope {
        self.settled = Some(Arc::new(declared.into_iter().collect()));
        self
    }

    /// Is the file a copy that this policy made?
    pub fn is_settled_file(&self) -> bool {
        self.settled.is_some()
    }

    /// The scope of something inside the file.
    pub fn inside(&self, d: &Depersonalizer, path: &str) -> FileScope {
        FileScope { settled: self.settled.clone(), ..FileScope::new(d, path) }
    }

    /// Adds what was done in a part of the file.
    pub(crate) fn count(&self, counts: Counts) {
        self.counts.lock().unwrap_or_else(|e| e.into_inner()).merge(counts);
    }

    /// What was done in this file since the last call; for [`Depersonalizer::add`] once its copy stands.
    pub fn take_counts(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(|e| e.into_inner()))
    }

    pub(super) fn plan(&self, policy: &Policy, table: Option<&Arc<Table>>) -> Arc<Plan> {
        let Some(table) = table else { return self.prose.clone() };
        let find = |plans: &[(Arc<Table>, Arc<Plan>)]| {
            plans.iter().rev().find(|(t, _)| Arc::ptr_eq(t, table)).map(|(_, p)| p.clone())
        };
        if let Some(plan) = find(&self.plans.read().unwrap_or_else(|e| e.into_inner())) {
            return plan;
        }
        let mut plans = self.plans.write().unwrap_or_else(|e| e.into_inner());
        if let Some(plan) = find(&plans) {
            return plan;
        }
        if plans.len() >= PLANS {
            plans.clear();
        }
        let plan = Arc::new(Plan::new(policy, &self.path, table));
        plans.push((table.clone(), plan.clone()));
        plan
    }
}

fn scope_id(d: &Depersonalizer, path: &str) -> ScopeId {
    let bits = d.tokens.bits(Category::new("scope"), ScopeId::default(), b'p', path.as_bytes());
    let mut id = ScopeId(std::array::from_fn(|k| bits[k]));
    // zero means the run
    id.0[0] |= 1;
    id
}

/// The column that a rule names as the subject of `column`: of that name, or, in records inside records, the nearest
/// key of that name.
fn subject_of(table: &Table, column: &str, subject: &str) -> Option<u32> {
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let names = || (0u32..).zip(table.fields.iter().map(|f| f.name.as_str()));
    if let Some((n, _)) = names().find(|(_, name)| same(name, subject)) {
        return Some(n);
    }
    let shared = |name: &str| name.split('.').zip(column.split('.')).take_while(|(a, b)| a == b).count();
    names()
        .filter(|(_, name)| name.rsplit('.').next().is_some_and(|last| same(last, subject)))
        .max_by_key(|(n, name)| (shared(name), std::cmp::Reverse(*n)))
        .map(|(n, _)| n)
}

impl FileScope {
    /// Does a kind of data stand in a column on purpose, as an earlier run by the same policy left it?
    pub(super) fn is_settled(&self, place: &str, category: Category) -> bool {
        let Some(settled) = &self.settled else { return false };
        settled.iter().any(|(p, c)| p == place && c == category.as_str())
    }
}

impl Plan {
    fn new(policy: &Policy, path: &str, table: &Table) -> Plan {
        let name = table.name.as_deref();
        let named: Vec<Category> = {
            let mut all: Vec<Category> = policy.rules.iter().filter_map(|r| r.category).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let by_category = |column: Option<&str>| {
            let mut map = FxHashMap::default();
            for category in &named {
                let best = policy
                    .candidates(path, name, column, Some(*category))
                    .into_iter()
                    .find(|n| policy.rules[*n].category.is_some());
                if let Some(n) = best {
                    map.insert(*category, n);
                }
            }
            Arc::new(map)
        };
        // most columns have no rule of their own and share one map
        let common = by_category(None);
        let columns: Vec<Column> = table
            .fields
            .iter()
            .enumerate()
            .map(|(n, field)| {
                let own = policy
                    .rules
                    .iter()
                    .any(|r| r.category.is_some() && r.column.as_ref().is_some_and(|p| p.fits(&field.name)));
                let whole = policy.candidates(path, name, Some(&field.name), None).first().copied();
                let subject = whole.and_then(|n| match &policy.rules[n].method {
                    Method::ShiftDates { subject, .. } => subject_of(table, &field.name, subject),
                    _ => None,
                });
                Column {
                    place: match (name, field.name.as_str()) {
                        (Some(t), "") => format!("{t}.#{}", n + 1).into(),
                        (Some(t), column) => format!("{t}.{column}").into(),
                        (None, "") => format!("#{}", n + 1).into(),
                        (None, column) => column.into(),
                    },
                    whole,
                    unnamed: whole.is_none() && policy.default == DefaultMode::AllowList,
                    by_category: if own { by_category(Some(&field.name)) } else { common.clone() },
                    subject,
                }
            })
            .collect();
        let fits = |what: &dyn Fn(&str) -> bool| -> Vec<bool> {
            table.fields.iter().map(|f| what(&f.name)).collect()
        };
        let suppress: Vec<Clearing> = policy
            .suppress
            .iter()
            .enumerate()
            .filter(|(_, s)| s.applies(path, name))
            .map(|(rule, s)| Clearing {
                rule,
                looks: (0u32..).zip(fits(&|n| s.looks_at(n))).filter(|(_, f)| *f).map(|(k, _)| k).collect(),
                clears: fits(&|n| s.clears(n)),
            })
            .filter(|c| !c.looks.is_empty())
            .collect();
        Plan {
            whole: columns.iter().any(|c| c.whole.is_some() || c.unnamed),
            columns,
            outside: Column {
                place: "".into(),
                whole: None,
                unnamed: false,
                by_category: common,
                subject: None,
            },
            suppress,
        }
    }

    /// The rules of a segment's column.
    pub fn column(&self, column: u32) -> &Column {
        self.columns.get(column as usize).unwrap_or(&self.outside)
    }
}

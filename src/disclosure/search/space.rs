use std::time::Instant;

use super::attribute::Attribute;
use super::groups::{Group, Groups, Key, Scratch, Shares, Slot, layout};
use super::objective::{Objective, Scorer};
use crate::disclosure::models::Models;
use crate::disclosure::table::{Codes, Table};

/// How to search.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to make small.
    pub objective: Objective,
    /// Weighs generalization against suppression, see [`Scorer::new`].
    pub balance: f64,
    /// Most rows that may be suppressed.
    pub limit: u64,
    /// How many of the best nodes to return.
    pub keep: usize,
    /// When to stop with the best found so far.
    pub deadline: Option<Instant>,
}

/// A lattice to search: attributes, what is asked, and how nodes are scored.
#[derive(Debug)]
pub struct Space<'a> {
    /// The table.
    pub table: &'a Table,
    /// The register, with the positions of the same columns.
    pub population: Option<(&'a Table, Vec<usize>)>,
    /// The quasi-identifiers.
    pub attributes: &'a [Attribute],
    /// Positions of the sensitive columns, in the order of `models.sensitive`.
    pub sensitive: &'a [usize],
    /// What every class must satisfy.
    pub models: &'a Models,
    /// Options.
    pub options: Options,
    /// Where each attribute stands in a packed tuple.
    pub slots: Vec<Slot>,
    /// Words of a packed tuple.
    pub words: usize,
    /// Scores.
    pub scorer: Scorer,
    /// Rows that are searched for.
    pub rows: &'a [u32],
}

impl<'a> Space<'a> {
    /// A lattice over some rows of a table.
    pub fn new(
        table: &'a Table,
        rows: &'a [u32],
        attributes: &'a [Attribute],
        sensitive: &'a [usize],
        models: &'a Models,
        options: Options,
    ) -> Space<'a> {
        let widths: Vec<usize> = attributes
            .iter()
            .map(|a| (0..a.hierarchy.levels()).map(|l| a.hierarchy.width(l)).max().unwrap_or(1))
            .collect();
        let (slots, words) = layout(&widths);
        let scorer = Scorer::new(options.objective, attributes, rows.len() as u64, options.balance);
        Space { table, population: None, attributes, sensitive, models, options, slots, words, scorer, rows }
    }

    /// Highest level of each attribute.
    pub fn top(&self) -> Vec<u8> {
        self.attributes.iter().map(|a| a.hierarchy.top() as u8).collect()
    }

    /// Number of nodes; saturates.
    pub fn nodes(&self) -> u128 {
        self.attributes.iter().fold(1u128, |n, a| n.saturating_mul(a.hierarchy.levels() as u128))
    }

    /// The classes at the bottom of the lattice: equal rows merged.
    pub fn bottom<const N: usize>(&self, scratch: &mut Scratch) -> Groups<N> {
        let codes = |table: &'a Table, at: usize| -> &'a Codes { &table.columns[at].codes };
        let columns: Vec<_> =
            self.attributes.iter().map(|a| (codes(self.table, a.column), a.leaf.as_slice())).collect();
        let population: Vec<_> = match &self.population {
            Some((table, at)) => self
                .attributes
                .iter()
                .zip(at)
                .map(|(a, at)| (codes(table, *at), a.population_leaf.as_slice()))
                .collect(),
            None => Vec::new(),
        };
        let sensitive: Vec<_> = self.sensitive.iter().map(|at| codes(self.table, *at)).collect();
        let mut rows = self.rows.iter().map(|r| *r as usize);
        Groups::from_rows(&self.slots, &columns, &population, &sensitive, &mut rows, scratch)
    }

    /// The classes at `levels`, from the classes at the bottom.
    pub fn lift<const N: usize>(
        &self,
        bottom: &Groups<N>,
        levels: &[u8],
        scratch: &mut Scratch,
    ) -> Groups<N> {
        let changes: Vec<_> = levels
            .iter()
            .enumerate()
            .filter(|(_, l)| **l > 0)
            .map(|(c, l)| (self.slots[c], self.attributes[c].hierarchy.reach(*l as usize)))
            .collect();
        bottom.roll(&changes, scratch)
    }

    /// The classes one level up in one attribute.
    pub fn step<const N: usize>(
        &self,
        groups: &Groups<N>,
        levels: &[u8],
        c: usize,
        scratch: &mut Scratch,
    ) -> Groups<N> {
        groups.roll(&[(self.slots[c], self.attributes[c].hierarchy.parent(levels[c] as usize))], scratch)
    }

    /// Do sizes alone leave no more rows to suppress than the limit?
    pub fn small_enough<const N: usize>(&self, groups: &[Group<N>]) -> bool {
        let out: u64 = groups
            .iter()
            .filter(|g| !self.models.size_ok(g.count, g.population))
            .map(|g| u64::from(g.count))
            .sum();
        out <= self.options.limit
    }

    /// Indexes of the classes that do not satisfy the models; `None` as soon as more rows than the limit would
    /// have to be suppressed.
    pub fn bad<const N: usize>(&self, groups: &Groups<N>) -> Option<Vec<u32>> {
        let limit = self.options.limit;
        if !self.small_enough(&groups.list) {
            return None;
        }
        let mut bad = Vec::new();
        if self.models.sizes_only() {
            for (i, g) in groups.list.iter().enumerate() {
                if g.count > 0 && !self.models.size_ok(g.count, g.population) {
                    bad.push(i as u32);
                }
            }
            return Some(bad);
        }
        let by = groups.by_group();
        let mut out = 0u64;
        for (i, g) in groups.list.iter().enumerate() {
            let good = g.count == 0
                || self.models.size_ok(g.count, g.population)
                    && self.models.presence_ok(g.count, g.population)
                    && self.models.sensitive.iter().zip(&by).all(|(s, (starts, shares))| {
                        s.ok(&shares[starts[i] as usize..starts[i + 1] as usize])
                    });
            if !good {
                out += u64::from(g.count);
                if out > limit {
                    return None;
                }
                bad.push(i as u32);
            }
        }
        self.close_to_what_is_kept(groups, &by, &bad).then_some(bad)
    }

    /// Who gets the copy sees the distribution of the rows kept: t-closeness must hold against that one too.
    fn close_to_what_is_kept<const N: usize>(&self, groups: &Groups<N>, by: &[Shares], bad: &[u32]) -> bool {
        if bad.is_empty() || self.models.sensitive.iter().all(|s| s.closeness.is_none()) {
            return true;
        }
        let mut out = vec![false; groups.list.len()];
        bad.iter().for_each(|g| out[*g as usize] = true);
        self.models.sensitive.iter().zip(by).all(|(s, (starts, shares))| {
            let class = |i: usize| &shares[starts[i] as usize..starts[i + 1] as usize];
            let mut kept = s.clone();
            for (i, _) in out.iter().enumerate().filter(|(_, out)| **out) {
                class(i).iter().for_each(|(code, n)| kept.totals[*code as usize] -= u64::from(*n));
            }
            (0..out.len()).filter(|i| !out[*i] && groups.list[*i].count > 0).all(|i| kept.ok(class(i)))
        })
    }

    /// The rows, in order, whose class satisfies the models at `levels`.
    pub fn kept<const N: usize>(&self, levels: &[u8]) -> Vec<u32> {
        let mut scratch = Scratch::default();
        let mut groups: Groups<N> = self.bottom(&mut scratch);
        groups = self.lift(&groups, levels, &mut scratch);
        let bad = self.bad(&groups).unwrap_or_else(|| (0..groups.list.len() as u32).collect());
        let bad: rustc_hash::FxHashSet<Key<N>> = bad.iter().map(|g| groups.list[*g as usize].key).collect();
        if bad.is_empty() {
            return self.rows.to_vec();
        }
        let columns: Vec<(&Codes, Vec<u32>)> = self
            .attributes
            .iter()
            .zip(levels)
            .map(|(a, level)| {
                let reach = a.hierarchy.reach(*level as usize);
                (
                    &self.table.columns[a.column].codes,
                    a.leaf.iter().map(|leaf| reach[*leaf as usize]).collect(),
                )
            })
            .collect();
        let is_kept = |row: &&u32| {
            let mut key = [0; N];
            for (slot, (codes, map)) in self.slots.iter().zip(&columns) {
                slot.put(&mut key, map[codes.get(**row as usize) as usize]);
            }
            !bad.contains(&key)
        };
        self.rows.iter().filter(is_kept).copied().collect()
    }
}

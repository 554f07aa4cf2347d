//! Local recoding: levels differ from class to class, so that nothing has to be suppressed and less is lost.
//!
//! All rows begin in one class with every attribute at its top. A class is split by lowering one attribute by
//! one level; parts that would fail the models stay together at the old level. The attribute that wins most
//! detail over all rows goes first. (In the manner of top-down specialization: Fung, Wang and Yu, 2005, with the
//! multidimensional classes of LeFevre and others, 2006.)

use rayon::prelude::*;

use super::models::Models;
use super::search::Attribute;
use super::table::Table;
use super::{Error, Result};

/// Rows that share one tuple of generalized values.
#[derive(Clone, Debug)]
pub struct Class {
    /// The rows.
    pub rows: Vec<u32>,
    /// Level of each attribute.
    pub levels: Vec<u8>,
}

/// The table as splitting sees it.
pub struct Recoder<'a> {
    /// The table.
    pub table: &'a Table,
    /// The quasi-identifiers.
    pub attributes: &'a [Attribute],
    /// Positions of the sensitive columns.
    pub sensitive: &'a [usize],
    /// What every class must satisfy.
    pub models: &'a Models,
}

/// A code at the lower level, and its rows.
type Part = (u32, Vec<u32>);

/// Classes of fewer rows are split by one thread.
const PARALLEL_FROM: usize = 2048;

impl Recoder<'_> {
    /// Splits the rows into classes that all satisfy the models.
    ///
    /// # Errors
    /// Where all rows together do not.
    pub fn classes(&self, rows: Vec<u32>) -> Result<Vec<Class>> {
        let levels = self.attributes.iter().map(|a| a.hierarchy.top() as u8).collect();
        if !self.ok(&rows) {
            return Err(Error::Unreachable("all rows in one class do not satisfy them".into()));
        }
        Ok(self.split(Class { rows, levels }))
    }

    /// Does a set of rows satisfy the models?
    pub fn ok(&self, rows: &[u32]) -> bool {
        let n = rows.len() as u32;
        self.models.size_ok(n, n)
            && self
                .models
                .sensitive
                .iter()
                .zip(self.sensitive)
                .all(|(model, at)| model.ok(&self.counts(*at, rows)))
    }

    fn counts(&self, column: usize, rows: &[u32]) -> Vec<(u32, u32)> {
        let codes = &self.table.columns[column].codes;
        let mut sorted: Vec<u32> = rows.iter().map(|r| codes.get(*r as usize)).collect();
        sorted.sort_unstable();
        sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect()
    }

    fn leaf(&self, c: usize, row: u32) -> usize {
        let a = &self.attributes[c];
        a.leaf[self.table.columns[a.column].codes.get(row as usize) as usize] as usize
    }

    fn split(&self, class: Class) -> Vec<Class> {
        let best = (0..self.attributes.len())
            .filter(|c| class.levels[*c] > 0)
            .filter_map(|c| self.gain(&class, c).map(|gain| (gain, c)))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((_, c)) = best else { return vec![class] };
        let parts = self.parts(&class, c);
        let large = class.rows.len() >= PARALLEL_FROM;
        drop(class);
        if large {
            parts.into_par_iter().flat_map(|p| self.split(p)).collect()
        } else {
            parts.into_iter().flat_map(|p| self.split(p)).collect()
        }
    }

    /// How much detail lowering attribute `c` wins: the fall of the generalized share, over the rows that fall.
    /// `None` where no part may be split off.
    fn gain(&self, class: &Class, c: usize) -> Option<f64> {
        let a = &self.attributes[c];
        let (old, new) = (class.levels[c] as usize, class.levels[c] as usize - 1);
        let scale = a.weight / (a.hierarchy.size().max(2) - 1) as f64;
        let now = a.hierarchy.leaves(old)
            [*a.hierarchy.reach(old).get(self.leaf(c, *class.rows.first()?))? as usize];
        let (off, _) = self.divide(class, c)?;
        let won: f64 = off
            .iter()
            .map(|(code, rows)| {
                rows.len() as f64 * f64::from(now - a.hierarchy.leaves(new)[*code as usize]) * scale
            })
            .sum();
        // A level that only renames a single value wins nothing but must be passed to get below it.
        Some(won)
    }

    /// The parts that may be split off (code at the lower level, rows), and the rest that stays.
    fn divide(&self, class: &Class, c: usize) -> Option<(Vec<Part>, Vec<u32>)> {
        let reach = self.attributes[c].hierarchy.reach(class.levels[c] as usize - 1);
        let mut keyed: Vec<(u32, u32)> = class.rows.iter().map(|r| (reach[self.leaf(c, *r)], *r)).collect();
        keyed.sort_unstable();
        let mut off: Vec<Part> = Vec::new();
        let mut rest: Vec<u32> = Vec::new();
        for run in keyed.chunk_by(|x, y| x.0 == y.0) {
            let rows: Vec<u32> = run.iter().map(|p| p.1).collect();
            match self.ok(&rows) {
                true => off.push((run[0].0, rows)),
                false => rest.extend(rows),
            }
        }
        // The rest must be a class too: the smallest parts go back to it until it is.
        off.sort_by_key(|(code, rows)| (std::cmp::Reverse(rows.len()), *code));
        while !rest.is_empty() && !self.ok(&rest) {
            rest.extend(off.pop()?.1);
        }
        (!off.is_empty()).then_some((off, rest))
    }

    fn parts(&self, class: &Class, c: usize) -> Vec<Class> {
        let Some((off, rest)) = self.divide(class, c) else { return vec![class.clone()] };
        let mut lower = class.levels.clone();
        lower[c] -= 1;
        let mut parts: Vec<Class> =
            off.into_iter().map(|(_, rows)| Class { rows, levels: lower.clone() }).collect();
        if !rest.is_empty() {
            parts.push(Class { rows: rest, levels: class.levels.clone() });
        }
        parts
    }
}

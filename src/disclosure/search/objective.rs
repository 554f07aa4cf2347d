use serde::{Deserialize, Serialize};

use super::attribute::Attribute;
use super::groups::{Group, Slot};

/// What the search makes as small as it can. A suppressed record counts in every one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Geometric mean over columns of the generalized share of the domain (Iyengar, 2002); a suppressed record
    /// counts as the whole domain. 0..=1.
    #[default]
    Loss,
    /// Normalized certainty penalty: the arithmetic mean of the same shares. 0..=1.
    Ncp,
    /// Discernibility (Bayardo and Agrawal, 2005): sum of squared class sizes; a suppressed record counts as
    /// the number of rows.
    Discernibility,
    /// Average class size; all suppressed records are one class.
    Aecs,
    /// Non-uniform entropy (Gionis and Tassa, 2008) in bits, suppression included. The variant without
    /// suppression's price is not offered: with a high limit its optimum is to suppress nearly all rows.
    Entropy,
    /// Mean of level over height (Sweeney, 2002). 0..=1.
    Precision,
}

/// Scores nodes of the lattice. Sums are whole numbers, so a score does not depend on the order of classes.
#[derive(Debug)]
pub struct Scorer {
    objective: Objective,
    rows: u64,
    /// Weight of each column, the largest 1.
    weights: Vec<f64>,
    columns: Vec<ColumnScore>,
    generalization: f64,
    suppression: f64,
}

#[derive(Debug)]
struct ColumnScore {
    size: f64,
    top: usize,
    /// Per level: sum over rows of the leaves that the row's label covers.
    covered: Vec<u64>,
    /// Per level: entropy in bits that generalization costs over all rows.
    entropy: Vec<f64>,
    /// Per level: the part of the lower bound that this column gives.
    bound: Vec<f64>,
}

/// Scores are cut to this many places (as the reference implementation does), so that equal sums compare equal.
const PLACES: f64 = 1e10;

fn cut(v: f64) -> f64 {
    (v * PLACES).floor() / PLACES
}

impl Scorer {
    /// Prepares scores. `balance` in 0..=1 weighs generalization against suppression: 0.5 counts both in full,
    /// below it suppression becomes cheaper, above it generalization does.
    pub fn new(objective: Objective, attributes: &[Attribute], rows: u64, balance: f64) -> Scorer {
        let heaviest = attributes.iter().map(|a| a.weight).fold(0.0, f64::max);
        let weights =
            attributes.iter().map(|a| if heaviest > 0.0 { a.weight / heaviest } else { 1.0 }).collect();
        let mut scorer = Scorer {
            objective,
            rows,
            weights,
            columns: Vec::new(),
            generalization: if balance <= 0.5 { 1.0 } else { 1.0 - 2.0 * (balance - 0.5) },
            suppression: if balance < 0.5 { 2.0 * balance } else { 1.0 },
        };
        for a in attributes {
            let h = &a.hierarchy;
            let mut column = ColumnScore {
                size: h.size() as f64,
                top: h.top(),
                covered: Vec::new(),
                entropy: Vec::new(),
                bound: Vec::new(),
            };
            for level in 0..h.levels() {
                let mut rows_of = vec![0u64; h.width(level)];
                for (leaf, n) in a.leaf_rows.iter().enumerate() {
                    rows_of[h.reach(level)[leaf] as usize] += n;
                }
                column
                    .covered
                    .push(rows_of.iter().zip(h.leaves(level)).map(|(n, l)| n * u64::from(*l)).sum());
                let bits: f64 = (0..h.size())
                    .filter(|leaf| a.leaf_rows[*leaf] > 0)
                    .map(|leaf| {
                        let own = a.leaf_rows[leaf] as f64;
                        own * (rows_of[h.reach(level)[leaf] as usize] as f64 / own).log2()
                    })
                    .sum();
                column.entropy.push(bits);
            }
            scorer.columns.push(column);
        }
        for c in 0..scorer.columns.len() {
            for level in 0..scorer.columns[c].covered.len() {
                let v = match objective {
                    Objective::Loss | Objective::Ncp => scorer.share(c, level, 0, 0),
                    Objective::Precision => scorer.height(c, level, 0),
                    Objective::Entropy => cut(scorer.columns[c].entropy[level] * scorer.generalization),
                    Objective::Discernibility | Objective::Aecs => 0.0,
                };
                let v = scorer.part(c, v);
                scorer.columns[c].bound.push(v);
            }
        }
        scorer
    }

    /// The column's normalized loss with `bad` suppressed rows whose labels cover `out` leaves in all.
    fn share(&self, c: usize, level: usize, bad: u64, out: u64) -> f64 {
        let column = &self.columns[c];
        let rows = self.rows as f64;
        if column.size <= 1.0 || self.rows == 0 {
            return if self.rows == 0 { 0.0 } else { bad as f64 / rows };
        }
        let kept = (column.covered[level] - out) as f64 / column.size;
        let out = out as f64 / column.size;
        let lost =
            if self.suppression == 1.0 { bad as f64 } else { out + self.suppression * (bad as f64 - out) };
        let least = self.generalization * rows / column.size;
        cut(((kept * self.generalization + lost - least) / (rows - least)).max(0.0))
    }

    fn height(&self, c: usize, level: usize, bad: u64) -> f64 {
        let column = &self.columns[c];
        let value = if column.top == 0 { 0.0 } else { level as f64 / column.top as f64 };
        let rows = self.rows.max(1) as f64;
        ((self.rows - bad) as f64 * value * self.generalization + bad as f64 * self.suppression) / rows
    }

    /// What a column's value adds to the aggregate (a factor for the geometric mean).
    fn part(&self, c: usize, value: f64) -> f64 {
        let n = self.columns.len() as f64;
        match self.objective {
            Objective::Loss => (value * self.weights[c] + 1.0).powf(1.0 / n),
            Objective::Ncp | Objective::Precision => value / n * self.weights[c],
            _ => value * self.weights[c],
        }
    }

    fn aggregate(&self, parts: impl Iterator<Item = f64>) -> f64 {
        match self.objective {
            Objective::Loss => parts.product::<f64>() - 1.0,
            _ => parts.sum(),
        }
    }

    /// No node at or above `levels` can score less than this.
    pub fn bound(&self, levels: &[u8]) -> f64 {
        match self.objective {
            Objective::Discernibility | Objective::Aecs => 0.0,
            _ => self.aggregate(self.columns.iter().zip(levels).map(|(c, l)| c.bound[*l as usize])),
        }
    }

    /// No node at or above the one with these classes can score less than this.
    pub fn bound_of<const N: usize>(&self, levels: &[u8], groups: &[Group<N>]) -> f64 {
        match self.objective {
            Objective::Discernibility => {
                groups.iter().map(|g| u64::from(g.count).pow(2) as u128).sum::<u128>() as f64
            }
            Objective::Aecs => {
                let classes = groups.iter().filter(|g| g.count > 0).count();
                self.rows as f64 / (classes as f64 * self.generalization_of_classes()).max(f64::MIN_POSITIVE)
            }
            _ => self.bound(levels),
        }
    }

    /// Average class size swaps the factors: cheaper suppression lets the other classes count less.
    fn generalization_of_classes(&self) -> f64 {
        self.suppression
    }

    /// The score of a node whose classes are `groups`, of which those in `bad` are suppressed.
    pub fn score<const N: usize>(
        &self,
        levels: &[u8],
        slots: &[Slot],
        attributes: &[Attribute],
        groups: &[Group<N>],
        bad: &[u32],
    ) -> f64 {
        let suppressed: u64 = bad.iter().map(|g| u64::from(groups[*g as usize].count)).sum();
        match self.objective {
            Objective::Discernibility => {
                let all: u128 = groups.iter().map(|g| u128::from(g.count) * u128::from(g.count)).sum();
                let out: u128 = bad.iter().map(|g| u128::from(groups[*g as usize].count).pow(2)).sum();
                (all - out + u128::from(suppressed) * u128::from(self.rows)) as f64
            }
            Objective::Aecs => {
                let classes = groups.iter().filter(|g| g.count > 0).count() - bad.len();
                let mut n = classes as f64 * self.suppression;
                if !bad.is_empty() {
                    n += self.generalization;
                }
                self.rows as f64 / n.max(f64::MIN_POSITIVE)
            }
            Objective::Precision => self.aggregate(
                levels.iter().enumerate().map(|(c, l)| self.part(c, self.height(c, *l as usize, suppressed))),
            ),
            Objective::Loss | Objective::Ncp => {
                self.aggregate(levels.iter().enumerate().map(|(c, level)| {
                    let leaves = attributes[c].hierarchy.leaves(*level as usize);
                    let out: u64 = bad
                        .iter()
                        .map(|g| &groups[*g as usize])
                        .map(|g| u64::from(g.count) * u64::from(leaves[slots[c].get(&g.key) as usize]))
                        .sum();
                    self.part(c, self.share(c, *level as usize, suppressed, out))
                }))
            }
            Objective::Entropy => self.aggregate(levels.iter().enumerate().map(|(c, level)| {
                let level = *level as usize;
                let mut bits = self.columns[c].entropy[level] * self.generalization;
                if suppressed > 0 {
                    let mut counts = vec![0u64; attributes[c].hierarchy.width(level)];
                    for g in bad.iter().map(|g| &groups[*g as usize]) {
                        counts[slots[c].get(&g.key) as usize] += u64::from(g.count);
                    }
                    bits += self.suppression
                        * counts
                            .iter()
                            .filter(|n| **n > 0)
                            .map(|n| *n as f64 * (suppressed as f64 / *n as f64).log2())
                            .sum::<f64>();
                }
                self.part(c, cut(bits))
            })),
        }
    }
}

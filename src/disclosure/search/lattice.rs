use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use super::groups::{Groups, Scratch, Slot};
use super::space::Space;
use crate::disclosure::{Error, Result};

/// One node that satisfies the models.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Level of each attribute.
    pub levels: Vec<u8>,
    /// Value of the objective; smaller is better.
    pub score: f64,
    /// Rows suppressed.
    pub suppressed: u64,
    /// Classes of the rows that are kept.
    pub classes: usize,
}

impl Solution {
    fn cmp(&self, other: &Solution) -> std::cmp::Ordering {
        self.score
            .total_cmp(&other.score)
            .then(self.suppressed.cmp(&other.suppressed))
            .then_with(|| self.levels.cmp(&other.levels))
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The best nodes, best first; at most `Options::keep`.
    pub best: Vec<Solution>,
    /// True where the first of them is proven to be the optimum; false where time ran out.
    pub exact: bool,
    /// Nodes whose classes were computed.
    pub checked: u64,
    /// Nodes of the lattice (saturates).
    pub nodes: u128,
}

/// Finds the best nodes.
///
/// # Errors
/// Where no node satisfies the models within the suppression limit, or the tuples are too wide.
pub fn search(space: &Space<'_>) -> Result<Outcome> {
    match space.words {
        1 => run::<1>(space),
        2 => run::<2>(space),
        3..=4 => run::<4>(space),
        5..=16 => run::<16>(space),
        17..=64 => run::<64>(space),
        _ => Err(Error::setting(format!(
            "{} quasi-identifiers with this many values are too many to search",
            space.attributes.len()
        ))),
    }
}

/// The rows (in order) whose class satisfies the models at a node.
///
/// # Errors
/// Where the tuples are too wide.
pub fn kept(space: &Space<'_>, levels: &[u8]) -> Result<Vec<u32>> {
    match space.words {
        1 => Ok(space.kept::<1>(levels)),
        2 => Ok(space.kept::<2>(levels)),
        3..=4 => Ok(space.kept::<4>(levels)),
        5..=16 => Ok(space.kept::<16>(levels)),
        17..=64 => Ok(space.kept::<64>(levels)),
        _ => Err(Error::setting("too many quasi-identifiers")),
    }
}

struct Walk<'s, 'a> {
    space: &'s Space<'a>,
    top: Vec<u8>,
    /// Attributes in the order in which the tree raises them: those that tell rows apart best come first.
    order: Vec<usize>,
    best: Mutex<Vec<Solution>>,
    /// Bits of the score above which nothing is of interest.
    cut: AtomicU64,
    checked: AtomicU64,
    stopped: AtomicBool,
}

/// Larger lattices are searched by descent only: no walk of them would end, and its stack of classes would be deep.
const WALKABLE: u128 = 1 << 36;

/// Smaller sets of classes are walked by one thread.
const PARALLEL_FROM: usize = 512;

fn run<const N: usize>(space: &Space<'_>) -> Result<Outcome> {
    let walk = Walk {
        space,
        top: space.top(),
        order: order(space),
        best: Mutex::new(Vec::new()),
        cut: AtomicU64::new(f64::INFINITY.to_bits()),
        checked: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
    };
    let mut scratch = Scratch::default();
    let bottom: Groups<N> = space.bottom(&mut scratch);
    walk.descend(&bottom);
    if space.nodes() <= WALKABLE {
        walk.visit(&vec![0; walk.top.len()], 0, bottom, &mut scratch);
    } else {
        walk.stopped.store(true, Ordering::Relaxed);
    }
    let best = walk.best.into_inner().unwrap_or_default();
    let exact = !walk.stopped.load(Ordering::Relaxed);
    if best.is_empty() {
        let why = if exact {
            "even with everything generalized, more rows than the suppression limit remain in classes that fail"
        } else {
            "none was found within the time limit"
        };
        return Err(Error::Unreachable(why.into()));
    }
    Ok(Outcome { best, exact, checked: walk.checked.load(Ordering::Relaxed), nodes: space.nodes() })
}

impl Walk<'_, '_> {
    fn late(&self) -> bool {
        let late = self.stopped.load(Ordering::Relaxed)
            || self.space.options.deadline.is_some_and(|d| Instant::now() >= d);
        if late {
            self.stopped.store(true, Ordering::Relaxed);
        }
        late
    }

    fn cut(&self) -> f64 {
        f64::from_bits(self.cut.load(Ordering::Relaxed))
    }

    /// Judges one node and keeps it where it is among the best; its score, where it satisfies the models.
    fn judge<const N: usize>(&self, levels: &[u8], groups: &Groups<N>) -> Option<f64> {
        self.checked.fetch_add(1, Ordering::Relaxed);
        let space = self.space;
        let bad = space.bad(groups)?;
        let score = space.scorer.score(levels, &space.slots, space.attributes, &groups.list, &bad);
        if score <= self.cut() {
            let suppressed = bad.iter().map(|g| u64::from(groups.list[*g as usize].count)).sum();
            let classes = groups.list.iter().filter(|g| g.count > 0).count() - bad.len();
            self.offer(Solution { levels: levels.to_vec(), score, suppressed, classes });
        }
        Some(score)
    }

    fn offer(&self, solution: Solution) {
        let Ok(mut best) = self.best.lock() else { return };
        let at = best.partition_point(|b| b.cmp(&solution).is_lt());
        if best.get(at).is_some_and(|b| b.levels == solution.levels) {
            return;
        }
        best.insert(at, solution);
        best.truncate(self.space.options.keep);
        if best.len() == self.space.options.keep
            && let Some(last) = best.last()
        {
            self.cut.store(last.score.to_bits(), Ordering::Relaxed);
        }
    }

    /// Goes down from the top, each time to the neighbour of least loss, while that helps: a good first answer.
    fn descend<const N: usize>(&self, bottom: &Groups<N>) {
        let space = self.space;
        let mut at = self.top.clone();
        let mut here = self.judge(&at, &space.lift(bottom, &at, &mut Scratch::default()));
        while !self.late() {
            let next: Vec<Vec<u8>> = (0..at.len())
                .filter(|c| at[*c] > 0)
                .map(|c| {
                    let mut levels = at.clone();
                    levels[c] -= 1;
                    levels
                })
                .collect();
            let found = next
                .into_par_iter()
                .map_init(Scratch::default, |scratch, levels| {
                    if self.late() {
                        return None;
                    }
                    let score = self.judge(&levels, &space.lift(bottom, &levels, scratch))?;
                    Some((score, levels))
                })
                .flatten()
                .min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
            match found {
                Some((score, levels)) if here.is_none_or(|h| score < h) => (here, at) = (Some(score), levels),
                _ => break,
            }
        }
    }

    /// Judges a node and all that have it as an ancestor in the tree; `from` is the place in the order of the
    /// last raised attribute.
    fn visit<const N: usize>(&self, levels: &[u8], from: usize, groups: Groups<N>, scratch: &mut Scratch) {
        if self.late() {
            return;
        }
        let space = self.space;
        let good = self.judge(levels, &groups).is_some();
        if space.scorer.bound_of(levels, &groups.list) > self.cut() {
            return;
        }
        let mut children: Vec<(usize, Vec<u8>)> = Vec::new();
        for place in from..self.order.len() {
            let c = self.order[place];
            if levels[c] == self.top[c] {
                continue;
            }
            let mut child = levels.to_vec();
            child[c] += 1;
            if space.scorer.bound(&child) > self.cut() {
                continue;
            }
            // All of this subtree and of the next ones keep the attributes before `place` where they are.
            if !good && place > from && !self.reachable(levels, place, &groups, scratch) {
                break;
            }
            children.push((place, child));
        }
        let go = |scratch: &mut Scratch, place: usize, child: &[u8]| {
            if space.scorer.bound(child) <= self.cut() {
                let rolled = space.step(&groups, levels, self.order[place], scratch);
                self.visit(child, place, rolled, scratch);
            }
        };
        if groups.list.len() >= PARALLEL_FROM && children.len() > 1 {
            children
                .par_iter()
                .for_each_init(Scratch::default, |scratch, (place, child)| go(scratch, *place, child));
        } else {
            children.iter().for_each(|(place, child)| go(scratch, *place, child));
        }
    }

    /// Could sizes suffice if all attributes from `place` on were at their tops? (Raising an attribute never
    /// puts a row into a smaller class.)
    fn reachable<const N: usize>(
        &self,
        levels: &[u8],
        place: usize,
        groups: &Groups<N>,
        scratch: &mut Scratch,
    ) -> bool {
        let space = self.space;
        let rest = &self.order[place..];
        let below: u64 =
            rest.iter().fold(1, |n, c| n.saturating_mul(u64::from(self.top[*c] - levels[*c]) + 1));
        if below < WORTH_A_LOOK {
            return true;
        }
        let changes: Vec<(Slot, &[u32])> = rest
            .iter()
            .map(|c| {
                let h = &space.attributes[*c].hierarchy;
                (space.slots[*c], h.ascent(levels[*c] as usize))
            })
            .collect();
        space.small_enough(&groups.roll_sizes(&changes, scratch))
    }
}

/// Subtrees with fewer nodes are walked without asking first whether any of them can satisfy the models.
const WORTH_A_LOOK: u64 = 6;

/// Attributes by the entropy of their values, largest first.
fn order(space: &Space<'_>) -> Vec<usize> {
    let rows = space.rows.len().max(1) as f64;
    let entropy: Vec<f64> = space
        .attributes
        .iter()
        .map(|a| {
            let part = |n: &u64| if *n == 0 { 0.0 } else { *n as f64 / rows * (rows / *n as f64).log2() };
            a.leaf_rows.iter().map(part).sum()
        })
        .collect();
    let mut order: Vec<usize> = (0..entropy.len()).collect();
    order.sort_by(|a, b| entropy[*b].total_cmp(&entropy[*a]));
    order
}

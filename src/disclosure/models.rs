//! Privacy models and the check of one equivalence class against them.

use serde::{Deserialize, Serialize};

use super::hierarchy::Hierarchy;

/// Kinds of l-diversity (Machanavajjhala and others, 2007).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diversity {
    /// At least `l` distinct sensitive values.
    Distinct,
    /// Entropy of the sensitive values of at least log(l).
    Entropy,
    /// `r1 < c * (r_l + ... + r_m)` over the counts in falling order.
    Recursive,
}

/// Kinds of distance for t-closeness (Li, Li and Venkatasubramanian, 2007): the earth mover's distance
/// between the class's distribution and the table's, in 0..=1.
#[derive(Clone, Debug)]
pub enum Distance {
    /// All values are equally far: half the sum of absolute differences.
    Equal,
    /// Values have an order; `rank[code]` is the place of a value.
    Ordered {
        /// Place of each code.
        rank: Vec<u32>,
    },
    /// Values are leaves of a hierarchy; moving costs the level at which they meet, over the height.
    Hierarchical {
        /// The hierarchy.
        hierarchy: Box<Hierarchy>,
        /// Leaf of each code.
        leaf: Vec<u32>,
    },
}

/// What is asked of one sensitive column.
#[derive(Clone, Debug)]
pub struct Sensitive {
    /// Name of the column.
    pub name: String,
    /// How often each code stands in the whole table.
    pub totals: Vec<u64>,
    /// l-diversity: the kind, l, and c for the recursive kind.
    pub diversity: Option<(Diversity, f64, f64)>,
    /// t-closeness.
    pub closeness: Option<f64>,
    /// The distance that t is measured in.
    pub distance: Distance,
}

/// What is asked of every equivalence class.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// Smallest number of rows (Sweeney, 2002).
    pub k: u32,
    /// Smallest number of rows of the population with the same tuple (k-map).
    pub k_map: Option<u32>,
    /// Bounds on rows of the table over rows of the population (delta-presence; Nergiz and others, 2007).
    pub presence: Option<(f64, f64)>,
    /// One entry a sensitive column.
    pub sensitive: Vec<Sensitive>,
}

impl Models {
    /// Does every row that is in a good class stay in one when classes are joined with any others?
    /// True of k-anonymity, k-map and distinct l-diversity.
    pub fn monotone_by_row(&self) -> bool {
        self.presence.is_none()
            && self.sensitive.iter().all(|s| {
                s.closeness.is_none() && matches!(s.diversity, None | Some((Diversity::Distinct, ..)))
            })
    }

    /// Does a class satisfy the part that is monotone by row: sizes only?
    #[inline]
    pub fn size_ok(&self, count: u32, population: u32) -> bool {
        count >= self.k && self.k_map.is_none_or(|k| population >= k)
    }

    /// Does a class satisfy delta-presence?
    #[inline]
    pub fn presence_ok(&self, count: u32, population: u32) -> bool {
        self.presence.is_none_or(|(low, high)| {
            let delta = f64::from(count) / f64::from(population.max(count).max(1));
            delta >= low && delta <= high
        })
    }

    /// True where sizes alone decide.
    pub fn sizes_only(&self) -> bool {
        self.sensitive.is_empty() && self.presence.is_none()
    }
}

impl Sensitive {
    /// Does a class with these counts (code, rows) satisfy what is asked of this column?
    pub fn ok(&self, class: &[(u32, u32)]) -> bool {
        let diverse = self.diversity.is_none_or(|(kind, l, c)| match kind {
            Diversity::Distinct => class.len() as f64 >= l,
            Diversity::Entropy => entropy_l(class) >= l - 1e-9,
            Diversity::Recursive => recursive_ok(class, l, c),
        });
        diverse && self.closeness.is_none_or(|t| self.distance(class) <= t + 1e-12)
    }

    /// The earth mover's distance between a class and the whole table.
    pub fn distance(&self, class: &[(u32, u32)]) -> f64 {
        emd(&self.distance, &self.totals, class)
    }
}

/// exp(entropy): how many equally frequent values would be as diverse.
pub fn entropy_l(class: &[(u32, u32)]) -> f64 {
    let n: f64 = class.iter().map(|(_, c)| f64::from(*c)).sum();
    let h: f64 =
        class.iter().filter(|(_, c)| *c > 0).map(|(_, c)| f64::from(*c) / n).map(|p| -p * p.ln()).sum();
    h.exp()
}

/// Recursive (c, l)-diversity.
pub fn recursive_ok(class: &[(u32, u32)], l: f64, c: f64) -> bool {
    let mut counts: Vec<u64> = class.iter().map(|(_, n)| u64::from(*n)).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let from = (l.ceil() as usize).max(1) - 1;
    let Some(first) = counts.first() else { return false };
    from < counts.len() && (*first as f64) < c * counts[from..].iter().sum::<u64>() as f64
}

/// The largest l for which recursive (c, l)-diversity holds; 0 where none does.
pub fn recursive_l(class: &[(u32, u32)], c: f64) -> usize {
    (1..=class.len()).rev().find(|l| recursive_ok(class, *l as f64, c)).unwrap_or(0)
}

fn emd(distance: &Distance, totals: &[u64], class: &[(u32, u32)]) -> f64 {
    let all: u64 = totals.iter().sum();
    let n: u64 = class.iter().map(|(_, c)| u64::from(*c)).sum();
    if all == 0 || n == 0 {
        return 0.0;
    }
    // Differences as exact integers over the common denominator all * n.
    let mut extra: Vec<i128> = totals.iter().map(|t| -(i128::from(*t) * i128::from(n))).collect();
    for (code, count) in class {
        extra[*code as usize] += i128::from(*count) * i128::from(all);
    }
    let scale = all as f64 * n as f64;
    match distance {
        Distance::Equal => extra.iter().map(|e| e.unsigned_abs()).sum::<u128>() as f64 / 2.0 / scale,
        Distance::Ordered { rank } => {
            // Values that no row has (any more) take no place in the order.
            let mut sorted = vec![None; extra.len()];
            for (code, place) in rank.iter().enumerate().filter(|(code, _)| totals[*code] > 0) {
                sorted[*place as usize] = Some(extra[code]);
            }
            let present = sorted.iter().flatten().count();
            if present < 2 {
                return 0.0;
            }
            let mut run = 0i128;
            let mut sum = 0u128;
            for e in sorted.iter().flatten() {
                run += e;
                sum += run.unsigned_abs();
            }
            sum as f64 / scale / (present - 1) as f64
        }
        Distance::Hierarchical { hierarchy, leaf } => {
            let top = hierarchy.top();
            let mut below = vec![0i128; hierarchy.size()];
            extra.iter().zip(leaf).for_each(|(e, l)| below[*l as usize] += e);
            let mut cost = 0.0;
            for level in 1..=top {
                let width = hierarchy.width(level);
                let (mut plus, mut minus) = (vec![0i128; width], vec![0i128; width]);
                for (e, up) in below.iter().zip(hierarchy.parent(level - 1)) {
                    let side = if *e > 0 { &mut plus } else { &mut minus };
                    side[*up as usize] += e.abs();
                }
                let moved: i128 = plus.iter().zip(&minus).map(|(p, m)| *p.min(m)).sum();
                cost += level as f64 / top as f64 * moved as f64;
                below = plus.iter().zip(&minus).map(|(p, m)| p - m).collect();
            }
            cost / scale
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sensitive(totals: &[u64], distance: Distance) -> Sensitive {
        Sensitive { name: "s".into(), totals: totals.into(), diversity: None, closeness: None, distance }
    }

    /// The salary example of the t-closeness paper (section 4.1): nine salaries 3k..11k, one each.
    #[test]
    fn ordered_distance_of_the_paper() {
        let s = sensitive(&[1; 9], Distance::Ordered { rank: (0..9).collect() });
        assert!((s.distance(&[(0, 1), (1, 1), (2, 1)]) - 0.375).abs() < 1e-12);
        assert!((s.distance(&[(3, 1), (5, 1), (8, 1)]) - 0.167).abs() < 1e-3);
    }

    #[test]
    fn equal_distance_is_total_variation() {
        let s = sensitive(&[5, 5], Distance::Equal);
        assert!((s.distance(&[(0, 3)]) - 0.5).abs() < 1e-12);
        assert!(s.distance(&[(0, 2), (1, 2)]).abs() < 1e-12);
    }

    #[test]
    fn hierarchical_distance_grows_with_the_level() {
        let rows: Vec<Vec<&str>> = ["flu;lung;*", "cough;lung;*", "ulcer;gut;*", "colic;gut;*"]
            .map(|r| r.split(';').collect())
            .into();
        let h = Hierarchy::from_rows("d", &rows).unwrap();
        let s = sensitive(&[1; 4], Distance::Hierarchical { hierarchy: Box::new(h), leaf: vec![0, 1, 2, 3] });
        // A quarter of mass moves within a branch at half height, half of it over the root.
        assert!((s.distance(&[(0, 1), (1, 1)]) - 0.5).abs() < 1e-12);
        assert!((s.distance(&[(0, 1), (2, 1)]) - 0.25).abs() < 1e-12);
        assert!((s.distance(&[(0, 4)]) - 0.625).abs() < 1e-12);
    }

    #[test]
    fn diversities() {
        assert!((entropy_l(&[(0, 2), (1, 2)]) - 2.0).abs() < 1e-12);
        assert!(recursive_ok(&[(0, 3), (1, 2), (2, 2)], 2.0, 1.0));
        assert!(!recursive_ok(&[(0, 4), (1, 2), (2, 2)], 2.0, 1.0));
        assert_eq!(recursive_l(&[(0, 3), (1, 2), (2, 2)], 1.0), 2);
        assert_eq!(recursive_l(&[(0, 3)], 1.0), 0);
    }
}

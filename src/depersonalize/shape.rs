//! Distributions of columns of any length in a bounded place: exact while a column has few distinct values, and
//! from then on estimates from a sample of its values.

use rustc_hash::FxHashMap;

/// Distinct values of a column that are counted one by one; seven eighths of a power of two, which is how full a
/// table of the standard library becomes.
pub(super) const MOST: usize = 7 << 10;
/// Cells in which all values are counted together once there are more.
const CELLS: usize = 1024;
/// A cell with so many times the mean of all cells holds a frequent value.
const HEAVY: u64 = 3;

/// How often the values of a column occur.
///
/// Of more values than [`MOST`] those are kept whose hash begins with enough zero bits. Which these are depends on
/// the values alone, so neither order nor parts change any figure, and what is kept is counted from its first
/// occurrence (distinct sampling: Gibbons, VLDB 2001). Frequent values, of which a sample may hold none, show as
/// full cells of a table in which everything is counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Spectrum {
    kept: FxHashMap<u64, u64>,
    /// Zero bits that a hash needs to be kept.
    level: u32,
    /// Counts of all values by their hash, once some are not kept.
    cells: Option<Box<[u64; CELLS]>>,
}

/// Figures of one side of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Distinct values.
    pub distinct: u64,
    /// Share of the most frequent value.
    pub top_share: f64,
    /// Share of rows whose value's frequency no other value has: they can be matched by counting.
    pub unique_count_share: f64,
    /// Shannon entropy in bits.
    pub entropy: f64,
}

impl Spectrum {
    /// Counts `n` occurrences of a value.
    pub fn add(&mut self, hash: u64, n: u64) {
        if let Some(cells) = &mut self.cells {
            cells[cell(hash)] += n;
        }
        if !keeps(self.level, hash) {
            return;
        }
        if let Some(known) = self.kept.get_mut(&hash) {
            *known += n;
            return;
        }
        while self.kept.len() >= MOST && keeps(self.level, hash) {
            self.raise(self.level + 1);
            if let Some(cells) = self.cells.as_mut().filter(|_| self.level == 1) {
                cells[cell(hash)] += n;
            }
        }
        if keeps(self.level, hash) {
            self.kept.insert(hash, n);
        }
    }

    /// Adds another part of the column.
    pub fn merge(&mut self, other: Spectrum) {
        self.raise(self.level.max(other.level));
        if let Some(theirs) = &other.cells {
            // what they keep stands in their cells too
            let kept = std::mem::take(&mut self.cells);
            let mut cells = kept.unwrap_or_else(|| counted(&self.kept));
            cells.iter_mut().zip(theirs.iter()).for_each(|(mine, n)| *mine += n);
            for (hash, n) in other.kept {
                self.add(hash, n);
            }
            self.cells = Some(cells);
        } else {
            other.kept.into_iter().for_each(|(hash, n)| self.add(hash, n));
        }
    }

    fn raise(&mut self, level: u32) {
        if level > self.level {
            if self.cells.is_none() {
                self.cells = Some(counted(&self.kept));
            }
            self.level = level;
            // a new table: what was taken out of one still fills it, and it would grow
            let mut kept = FxHashMap::with_capacity_and_hasher(MOST, Default::default());
            kept.extend(self.kept.drain().filter(|(hash, _)| keeps(level, *hash)));
            self.kept = kept;
        }
    }

    /// True where the figures are estimates.
    pub fn is_sampled(&self) -> bool {
        self.level > 0
    }

    /// How many values occur how often, in falling order of frequency.
    fn profile(&self) -> Vec<(f64, f64)> {
        let mut runs: FxHashMap<u64, f64> = FxHashMap::default();
        let heavy = self.heavy();
        let each = 2f64.powi(self.level as i32);
        for (hash, n) in &self.kept {
            if !heavy.iter().any(|(c, _)| *c == cell(*hash)) {
                *runs.entry(*n).or_default() += each;
            }
        }
        let mut all: Vec<(f64, f64)> = runs.into_iter().map(|(n, times)| (n as f64, times)).collect();
        if let Some(cells) = &self.cells {
            // what is estimated makes up all rows together
            let total: u64 = cells.iter().sum();
            let frequent: f64 = heavy.iter().map(|h| h.1).sum();
            let rest: f64 = all.iter().map(|(n, times)| n * times).sum();
            let fit = if rest > 0.0 { (total as f64 - frequent) / rest } else { 0.0 };
            all.iter_mut().for_each(|run| run.1 *= fit);
            all.extend(heavy.iter().map(|h| (h.1, 1.0)));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        all
    }

    /// The cells of frequent values, and how often these occur.
    fn heavy(&self) -> Vec<(usize, f64)> {
        let Some(cells) = &self.cells else { return Vec::new() };
        let mut sorted: Vec<u64> = cells.to_vec();
        sorted.sort_unstable();
        // half of the cells hold less, whatever the frequent ones do
        let usual = sorted[CELLS / 2];
        let full = cells.iter().enumerate().filter(|(_, n)| **n > HEAVY * (usual + 1));
        full.map(|(k, n)| (k, (n - usual) as f64)).collect()
    }

    fn distinct(&self) -> u64 {
        let heavy = self.heavy();
        let seldom = self.kept.keys().filter(|h| !heavy.iter().any(|(c, _)| *c == cell(**h))).count();
        ((seldom as u64) << self.level) + heavy.len() as u64
    }

    /// All figures.
    pub fn shape(&self) -> Shape {
        let profile = self.profile();
        let total: f64 = profile.iter().map(|(n, times)| n * times).sum();
        if total <= 0.0 {
            return Shape::default();
        }
        // of a sample, one value of a frequency stands for many
        let alone: f64 = profile.iter().filter(|run| run.1 <= 1.0).map(|run| run.0).sum();
        let bits = |(n, times): &(f64, f64)| times * (n / total) * (n / total).log2();
        Shape {
            distinct: self.distinct(),
            top_share: profile.first().map_or(0.0, |run| run.0 / total),
            unique_count_share: alone / total,
            entropy: -profile.iter().rev().map(bits).sum::<f64>() + 0.0,
        }
    }

    /// Total variation distance between two frequency profiles (shares in falling order).
    pub fn distance(&self, other: &Spectrum) -> f64 {
        let (mut a, mut b) = (self.profile(), other.profile());
        let count = |p: &[(f64, f64)]| p.iter().map(|run| run.1).sum::<f64>();
        if self.is_sampled() && other.is_sampled() {
            // two estimates of one number differ by chance: by three standard errors at most
            let (x, y) = (count(&a), count(&b));
            let error = 1.0 / (self.kept.len().min(other.kept.len()).max(1) as f64).sqrt();
            if (x - y).abs() < 3.0 * std::f64::consts::SQRT_2 * error * x.max(y) {
                b.iter_mut().for_each(|run| run.1 *= x / y);
            }
        }
        let total = |p: &[(f64, f64)]| p.iter().map(|(n, times)| n * times).sum::<f64>().max(1.0);
        let (of_a, of_b) = (total(&a), total(&b));
        a.iter_mut().for_each(|run| run.0 /= of_a);
        b.iter_mut().for_each(|run| run.0 /= of_b);
        let (mut i, mut k, mut sum) = (0, 0, 0.0);
        while i < a.len() || k < b.len() {
            let at = |p: &[(f64, f64)], n: usize| p.get(n).copied().unwrap_or((0.0, f64::INFINITY));
            let ((x, m), (y, n)) = (at(&a, i), at(&b, k));
            let step = m.min(n);
            sum += step * (x - y).abs();
            for (p, n) in [(&mut a, &mut i), (&mut b, &mut k)] {
                if let Some(run) = p.get_mut(*n) {
                    run.1 -= step;
                    *n += usize::from(run.1 <= 1e-9);
                }
            }
        }
        sum / 2.0
    }
}

pub(super) fn keeps(level: u32, hash: u64) -> bool {
    hash.leading_zeros() >= level
}

fn cell(hash: u64) -> usize {
    hash as usize % CELLS
}

fn counted(kept: &FxHashMap<u64, u64>) -> Box<[u64; CELLS]> {
    let mut cells = Box::new([0; CELLS]);
    kept.iter().for_each(|(hash, n)| cells[cell(*hash)] += n);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(n: u64) -> u64 {
        use std::hash::Hasher;
        let mut hash = siphasher::sip::SipHasher13::new();
        hash.write_u64(n);
        hash.finish()
    }

    fn exact(counts: &[u64]) -> Shape {
        let total: u64 = counts.iter().sum();
        let mut times: FxHashMap<u64, u64> = FxHashMap::default();
        counts.iter().for_each(|n| *times.entry(*n).or_default() += 1);
        let share = |n: &u64| *n as f64 / total as f64;
        Shape {
            distinct: counts.len() as u64,
            top_share: counts.iter().max().map_or(0.0, share),
            unique_count_share: times.iter().filter(|t| *t.1 == 1).map(|t| share(t.0)).sum(),
            entropy: -counts.iter().map(|n| share(n) * share(n).log2()).sum::<f64>(),
        }
    }

    #[test]
    fn estimates_are_near() {
        let few: Vec<u64> = (0..5000).map(|n| 1 + n % 7).collect();
        let single = vec![1u64; 300_000];
        let zipf: Vec<u64> = (1..200_000u64).map(|n| (400_000 / n).max(1)).collect();
        let mut one = vec![1u64; 60_000];
        one[7] = 30_000;
        for counts in [few, single, zipf, one] {
            let mut all = Spectrum::default();
            counts.iter().zip(0..).for_each(|(n, v)| all.add(mixed(v), *n));
            let (found, wanted) = (all.shape(), exact(&counts));
            assert!(all.kept.len() <= MOST && all.kept.capacity() <= MOST);
            if counts.len() <= MOST {
                assert_eq!(found.distinct, wanted.distinct);
                assert!((found.entropy - wanted.entropy).abs() < 1e-9);
                assert!(!all.is_sampled());
                continue;
            }
            let near = |a: f64, b: f64, part: f64| (a - b).abs() <= part * a.max(b);
            assert!(near(found.distinct as f64, wanted.distinct as f64, 0.06), "{found:?} {wanted:?}");
            assert!(near(found.entropy, wanted.entropy, 0.05), "{found:?} {wanted:?}");
            let top = (found.top_share - wanted.top_share).abs();
            assert!(top < 0.001 || near(found.top_share, wanted.top_share, 0.05), "{found:?} {wanted:?}");
        }
    }

    #[test]
    fn parts_in_any_order_make_the_same_figures() {
        let values: Vec<u64> = (0..90_000u64).map(|n| n * n % 40_009).chain((0..9000).map(|_| 5)).collect();
        let mut whole = Spectrum::default();
        values.iter().for_each(|v| whole.add(mixed(*v), 1));
        for size in [500, 8000, 33_333] {
            let mut sum = Spectrum::default();
            for part in values.chunks(size).rev() {
                let mut one = Spectrum::default();
                part.iter().for_each(|v| one.add(mixed(*v), 1));
                sum.merge(one);
            }
            assert_eq!(sum.kept, whole.kept);
            assert_eq!((sum.level, &sum.cells), (whole.level, &whole.cells));
            assert_eq!(sum.shape(), whole.shape());
        }
    }

    #[test]
    fn a_column_of_tokens_keeps_its_profile() {
        let (mut before, mut after, mut band) = <(Spectrum, Spectrum, Spectrum)>::default();
        for n in 0..120_000u64 {
            before.add(mixed(n), 1);
            after.add(mixed(n + (1 << 40)), 1);
            band.add(mixed(n % 12 + (1 << 50)), 1);
        }
        assert!(before.distance(&after) < 1e-6, "{}", before.distance(&after));
        assert!((before.distance(&band) - 1.0).abs() < 0.01);
    }
}

//! A linear-chain conditional random field over seven labels: best path and marginal probabilities.
//!
//! Lafferty, McCallum, Pereira: Conditional Random Fields (ICML 2001).

// vectors of fixed length are walked by index, so that the compiler makes wide instructions of it
#![allow(clippy::needless_range_loop)]

/// Number of labels.
pub const LABELS: usize = 7;
/// Labels in the order of the weights.
pub const NAMES: [&str; LABELS] = ["O", "B-PERSON", "I-PERSON", "B-LOC", "I-LOC", "B-ORG", "I-ORG"];
/// Label of a token outside.
pub const OUT: u8 = 0;
/// Label of the first token of a person's name.
pub const BEGIN: u8 = 1;
/// Label of a further token of a person's name.
pub const INSIDE: u8 = 2;

/// Scores of the labels at one token; the eighth place only fills the vector.
pub type Scores = [f32; 8];

/// Score of what may not follow.
const NEVER: f32 = -1e4;

/// Scores of label pairs, and of labels at the two ends.
#[derive(Clone, Debug)]
pub struct Transitions {
    /// `pair[a][b]`: label `b` after label `a`.
    pub pair: [Scores; LABELS],
    /// A sequence begins with the label.
    pub first: Scores,
}

impl Default for Transitions {
    fn default() -> Transitions {
        let mut t = Transitions { pair: [[0.0; 8]; LABELS], first: [0.0; 8] };
        for a in 0..LABELS {
            for b in 0..LABELS {
                if !may_follow(a, b) {
                    t.pair[a][b] = NEVER;
                }
            }
            t.pair[a][7] = NEVER;
            if !may_follow(0, a) {
                t.first[a] = NEVER;
            }
        }
        t.first[7] = NEVER;
        t
    }
}

/// May label `b` stand after label `a`? A name goes on only after its own kind.
pub fn may_follow(a: usize, b: usize) -> bool {
    b == 0 || b % 2 == 1 || a == b || a + 1 == b
}

/// Working memory for one sequence.
#[derive(Default)]
pub struct Lattice {
    back: Vec<[u8; 8]>,
    alpha: Vec<Scores>,
    beta: Vec<Scores>,
    emit: Vec<Scores>,
    exp_pair: Vec<Scores>,
    /// The pairs that `exp_pair` was made of.
    pair: [Scores; LABELS],
}

impl Lattice {
    /// The best path: one label a token.
    pub fn best(&mut self, emissions: &[Scores], t: &Transitions, out: &mut Vec<u8>) {
        out.clear();
        let Some(first) = emissions.first() else { return };
        self.back.clear();
        let mut score = [0f32; 8];
        for k in 0..8 {
            score[k] = first[k] + t.first[k];
        }
        for e in &emissions[1..] {
            let mut best = [f32::MIN; 8];
            let mut from = [0u8; 8];
            for (a, row) in t.pair.iter().enumerate() {
                let s = score[a];
                for k in 0..8 {
                    let v = s + row[k];
                    let better = v > best[k];
                    best[k] = if better { v } else { best[k] };
                    from[k] = if better { a as u8 } else { from[k] };
                }
            }
            for k in 0..8 {
                score[k] = best[k] + e[k];
            }
            self.back.push(from);
        }
        let mut label = 0;
        for k in 1..LABELS {
            if score[k] > score[label] {
                label = k;
            }
        }
        out.resize(emissions.len(), 0);
        for i in (0..emissions.len()).rev() {
            out[i] = label as u8;
            if i > 0 {
                label = usize::from(self.back[i - 1][label]);
            }
        }
    }

    /// Computes the marginal probabilities; read them with [`Lattice::node`] and [`Lattice::edge`].
    pub fn marginals(&mut self, emissions: &[Scores], t: &Transitions) {
        let n = emissions.len();
        self.emit.clear();
        self.alpha.clear();
        self.beta.clear();
        if n == 0 {
            return;
        }
        if self.exp_pair.is_empty() || self.pair != t.pair {
            self.exp_pair.clear();
            for row in &t.pair {
                let mut e = [0f32; 8];
                for k in 0..LABELS {
                    e[k] = row[k].exp();
                }
                self.exp_pair.push(e);
            }
            self.pair = t.pair;
        }
        for e in emissions {
            let top = e[..LABELS].iter().copied().fold(f32::MIN, f32::max);
            let mut x = [0f32; 8];
            for k in 0..LABELS {
                x[k] = (e[k] - top).exp();
            }
            self.emit.push(x);
        }
        let mut a = [0f32; 8];
        for k in 0..LABELS {
            a[k] = t.first[k].exp() * self.emit[0][k];
        }
        normalize(&mut a);
        self.alpha.push(a);
        for i in 1..n {
            let mut next = [0f32; 8];
            for (from, row) in self.exp_pair.iter().enumerate() {
                for k in 0..8 {
                    next[k] += a[from] * row[k];
                }
            }
            for k in 0..8 {
                next[k] *= self.emit[i][k];
            }
            normalize(&mut next);
            a = next;
            self.alpha.push(a);
        }
        self.beta.resize(n, [1.0; 8]);
        for i in (0..n - 1).rev() {
            let mut b = [0f32; 8];
            let mut right = [0f32; 8];
            for k in 0..8 {
                right[k] = self.beta[i + 1][k] * self.emit[i + 1][k];
            }
            for (from, row) in self.exp_pair.iter().enumerate() {
                b[from] = (0..LABELS).map(|k| row[k] * right[k]).sum();
            }
            normalize(&mut b);
            self.beta[i] = b;
        }
    }

    /// Probabilities of the labels of token `i`.
    pub fn node(&self, i: usize) -> Scores {
        let mut p = [0f32; 8];
        for k in 0..LABELS {
            p[k] = self.alpha[i][k] * self.beta[i][k];
        }
        normalize(&mut p);
        p
    }

    /// Probabilities of the pairs of labels of tokens `i - 1` and `i`.
    pub fn edge(&self, i: usize) -> [Scores; LABELS] {
        let mut p = [[0f32; 8]; LABELS];
        let mut sum = 0.0;
        for (a, row) in p.iter_mut().enumerate() {
            for k in 0..LABELS {
                row[k] = self.alpha[i - 1][a] * self.exp_pair[a][k] * self.emit[i][k] * self.beta[i][k];
                sum += row[k];
            }
        }
        if sum > 0.0 {
            p.iter_mut().flatten().for_each(|v| *v /= sum);
        }
        p
    }
}

fn normalize(v: &mut Scores) {
    let sum: f32 = v[..LABELS].iter().sum();
    if sum > 0.0 {
        v.iter_mut().for_each(|x| *x /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_path_and_marginals_agree() {
        let t = Transitions::default();
        let mut emissions = vec![[0f32; 8]; 4];
        emissions[1][1] = 4.0;
        emissions[2][2] = 4.0;
        emissions[3][0] = 2.0;
        emissions[0][0] = 2.0;
        emissions.iter_mut().for_each(|e| e[7] = NEVER);
        let mut lattice = Lattice::default();
        let mut labels = Vec::new();
        lattice.best(&emissions, &t, &mut labels);
        assert_eq!(labels, [0, 1, 2, 0]);
        lattice.marginals(&emissions, &t);
        for (i, label) in labels.iter().enumerate() {
            let p = lattice.node(i);
            assert!((p[..LABELS].iter().sum::<f32>() - 1.0).abs() < 1e-4);
            assert!(p.iter().all(|x| *x <= p[usize::from(*label)]));
        }
        // an inside label never opens a sequence
        assert!(lattice.node(0)[2] < 1e-6);
        let joint: f32 = lattice.edge(2)[1][2];
        assert!(joint > 0.8);
    }
}

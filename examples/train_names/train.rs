//! Training by FTRL-Proximal (McMahan et al., KDD 2013) on the likelihood of the label sequences:
//! sparse weights, one pass after another, no line search.

// labels are numbers that index several vectors at once
#![allow(clippy::needless_range_loop)]

use std::collections::HashMap;

use qupia::detect::names::crf::{LABELS, Lattice, Scores, Transitions, may_follow};
use qupia::detect::names::lists::Lists;
use qupia::detect::names::tagger::is_caps;
use qupia::detect::names::token::Kind;
use qupia::detect::names::word::{self, REACH, Word};

use crate::corpus::Sequence;
use crate::random::Random;

/// Settings of one training.
pub struct Settings {
    pub alpha: f32,
    pub l1: f32,
    pub l2: f32,
    pub passes: usize,
    /// A feature must occur this often.
    pub least: u32,
}

/// A sequence as rows of feature numbers.
struct Rows {
    ends: Vec<u32>,
    features: Vec<u32>,
    allowed: Vec<u8>,
}

/// The features of every token of a sequence.
fn features(seq: &Sequence, lists: &Lists, memo: &mut HashMap<(String, bool), Word>) -> Vec<Vec<u32>> {
    let caps = is_caps(&seq.tokens);
    let text = seq.text.text.as_bytes();
    let words: Vec<Word> = seq
        .tokens
        .iter()
        .map(|t| {
            let surface = &seq.text.text[t.start as usize..t.end as usize];
            if t.kind == Kind::Number {
                let mut w = Word::new(text, t, caps, lists);
                w.lower = format!("#{}", surface.len().min(20));
                return w;
            }
            memo.entry((surface.to_owned(), caps)).or_insert_with(|| Word::new(text, t, caps, lists)).clone()
        })
        .collect();
    let pad = Word::pad();
    let at = |k: isize| if k < 0 { &pad } else { words.get(k as usize).unwrap_or(&pad) };
    (0..words.len() as isize)
        .map(|k| {
            let mut out = Vec::with_capacity(120);
            for offset in -REACH..=REACH {
                word::features(at(k + isize::from(offset)), offset, &mut out);
            }
            let class = |d: isize| at(k + d).class;
            word::triple([class(-2), class(-1), class(0)], 0, &mut out);
            word::triple([class(-1), class(0), class(1)], 1, &mut out);
            word::triple([class(0), class(1), class(2)], 2, &mut out);
            if word::may_name(class(0)) {
                word::beside(at(k - 1), class(0), -1, &mut out);
                word::beside(at(k + 1), class(0), 1, &mut out);
            }
            out
        })
        .collect()
}

struct Weights {
    w: Vec<f32>,
    z: Vec<f32>,
    n: Vec<f32>,
}

impl Weights {
    fn new(len: usize) -> Weights {
        Weights { w: vec![0.0; len], z: vec![0.0; len], n: vec![0.0; len] }
    }

    #[inline]
    fn step(&mut self, k: usize, g: f32, s: &Settings) {
        let n = self.n[k];
        let next = n + g * g;
        let sigma = (next.sqrt() - n.sqrt()) / s.alpha;
        self.z[k] += g - sigma * self.w[k];
        self.n[k] = next;
        let z = self.z[k];
        self.w[k] = if z.abs() <= s.l1 {
            0.0
        } else {
            -(z - s.l1 * z.signum()) / ((1.0 + next.sqrt()) / s.alpha + s.l2)
        };
    }
}

/// Trains; returns rows of weights by feature key, and the transitions.
pub fn train(
    sequences: &[Sequence],
    lists: &Lists,
    s: &Settings,
    random: &mut Random,
) -> (Vec<(u32, [f32; LABELS])>, Transitions) {
    let mut count: HashMap<u32, u32> = HashMap::new();
    let mut memo = HashMap::new();
    for seq in sequences {
        for row in features(seq, lists, &mut memo) {
            row.iter().for_each(|f| *count.entry(*f).or_default() += 1);
        }
    }
    let mut keys: Vec<u32> = count.iter().filter(|(_, n)| **n >= s.least).map(|(k, _)| *k).collect();
    keys.sort_unstable();
    let number: HashMap<u32, u32> = keys.iter().enumerate().map(|(i, k)| (*k, i as u32)).collect();
    drop(count);
    let rows: Vec<Rows> = sequences
        .iter()
        .map(|seq| {
            let mut rows = Rows { ends: Vec::new(), features: Vec::new(), allowed: seq.allowed.clone() };
            for row in features(seq, lists, &mut memo) {
                rows.features.extend(row.iter().filter_map(|f| number.get(f)));
                rows.ends.push(rows.features.len() as u32);
            }
            rows
        })
        .collect();
    let tokens: usize = rows.iter().map(|r| r.allowed.len()).sum();
    eprintln!("{} sequences, {tokens} tokens, {} features", rows.len(), keys.len());
    let mut weights = Weights::new(keys.len() * LABELS);
    let mut pairs = Weights::new((LABELS + 1) * LABELS);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut lattice = Lattice::default();
    let (mut emissions, mut told): (Vec<Scores>, Vec<Scores>) = (Vec::new(), Vec::new());
    // what the labels may be, given what is known of them
    let mut truth = Lattice::default();
    for pass in 0..s.passes {
        random.shuffle(&mut order);
        let mut loss = 0f64;
        for &i in &order {
            let rows = &rows[i];
            let t = transitions(&pairs);
            emissions.clear();
            let mut from = 0;
            for end in &rows.ends {
                let mut sum = [0f32; 8];
                for f in &rows.features[from..*end as usize] {
                    let at = *f as usize * LABELS;
                    for (s, w) in sum.iter_mut().zip(&weights.w[at..at + LABELS]) {
                        *s += w;
                    }
                }
                sum[7] = -1e4;
                emissions.push(sum);
                from = *end as usize;
            }
            lattice.marginals(&emissions, &t);
            told.clear();
            told.extend(emissions.iter().zip(&rows.allowed).map(|(scores, allowed)| {
                let mut scores = *scores;
                (0..LABELS).filter(|l| allowed >> l & 1 == 0).for_each(|l| scores[l] = -1e4);
                scores
            }));
            truth.marginals(&told, &t);
            from = 0;
            for (k, end) in rows.ends.iter().enumerate() {
                let (p, q) = (lattice.node(k), truth.node(k));
                let known = (0..LABELS).filter(|l| rows.allowed[k] >> l & 1 == 1).map(|l| p[l]).sum::<f32>();
                loss -= f64::from(known.max(1e-9).ln());
                let features = from..*end as usize;
                from = *end as usize;
                if known > 0.9995 {
                    continue;
                }
                for f in &rows.features[features] {
                    let at = *f as usize * LABELS;
                    for label in 0..LABELS {
                        let g = p[label] - q[label];
                        if g.abs() > 1e-4 {
                            weights.step(at + label, g, s);
                        }
                    }
                }
                if k == 0 {
                    for label in 0..LABELS {
                        let g = p[label] - q[label];
                        pairs.step(LABELS * LABELS + label, g, s);
                    }
                } else {
                    let (edge, gold) = (lattice.edge(k), truth.edge(k));
                    for (a, row) in edge.iter().enumerate() {
                        for b in (0..LABELS).filter(|b| may_follow(a, *b)) {
                            let g = row[b] - gold[a][b];
                            if g.abs() > 1e-4 {
                                pairs.step(a * LABELS + b, g, s);
                            }
                        }
                    }
                }
            }
        }
        eprintln!("pass {pass}: loss a token {:.4}", loss / tokens as f64);
    }
    let out = keys
        .iter()
        .enumerate()
        .map(|(i, key)| {
            let mut row = [0f32; LABELS];
            row.copy_from_slice(&weights.w[i * LABELS..(i + 1) * LABELS]);
            (*key, row)
        })
        .filter(|(_, row)| row.iter().any(|w| w.abs() > 0.01))
        .collect();
    (out, transitions(&pairs))
}

fn transitions(pairs: &Weights) -> Transitions {
    let mut t = Transitions::default();
    for a in 0..LABELS {
        for b in (0..LABELS).filter(|b| may_follow(a, *b)) {
            t.pair[a][b] = pairs.w[a * LABELS + b];
        }
        if may_follow(0, a) {
            t.first[a] = pairs.w[LABELS * LABELS + a];
        }
    }
    t
}

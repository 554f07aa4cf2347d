//! The trained model and its use: every distinct word is looked at once, then its share of the scores is kept.

use std::collections::HashMap;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::crf::{LABELS, Lattice, Scores, Transitions};
use super::lists::Lists;
use super::token::{Kind, Token};
use super::word::{self, REACH, Word};

/// Weights of the features, as stored in `patterns/names/model.bin`.
pub struct Model {
    weights: &'static [u8],
    /// Open addressing: index of a feature + 1, placed by its key.
    table: Vec<u32>,
    keys: Vec<u32>,
    scale: f32,
    /// Scores of label pairs.
    pub transitions: Transitions,
}

const MAGIC: &[u8; 4] = b"QNM1";
const HEAD: usize = 12 + 4 * (LABELS * LABELS + LABELS);

impl Model {
    /// Reads a model; one that is cut short or of another version has no features and tags nothing.
    pub fn new(bytes: &'static [u8]) -> Model {
        let mut model = Model {
            weights: &[],
            table: vec![0; 2],
            keys: Vec::new(),
            scale: 0.0,
            transitions: Transitions::default(),
        };
        if bytes.len() < HEAD || &bytes[..4] != MAGIC {
            return model;
        }
        let word = |at: usize| bytes[at..at + 4].try_into().map_or(0, u32::from_le_bytes);
        let count = word(4) as usize;
        if bytes.len() != HEAD + count * (4 + LABELS) {
            return model;
        }
        model.scale = f32::from_bits(word(8));
        let mut at = 12;
        for a in 0..LABELS {
            for b in 0..LABELS {
                model.transitions.pair[a][b] = f32::from_bits(word(at));
                at += 4;
            }
        }
        for a in 0..LABELS {
            model.transitions.first[a] = f32::from_bits(word(at));
            at += 4;
        }
        model.keys = (0..count).map(|k| word(at + 4 * k)).collect();
        model.weights = &bytes[at + 4 * count..];
        let size = (count * 2).next_power_of_two().max(2);
        model.table = vec![0; size];
        for (k, key) in model.keys.iter().enumerate() {
            let mut slot = *key as usize & (size - 1);
            while model.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            model.table[slot] = k as u32 + 1;
        }
        model
    }

    /// The stored form of weights: rows `(key, weight of each label)`.
    pub fn store(rows: &mut [(u32, [f32; LABELS])], transitions: &Transitions) -> Vec<u8> {
        rows.sort_unstable_by_key(|r| r.0);
        let top = rows.iter().flat_map(|r| r.1).fold(0f32, |m, w| m.max(w.abs()));
        let scale = if top > 0.0 { top / 1200.0 } else { 1.0 };
        let mut out = MAGIC.to_vec();
        out.extend((rows.len() as u32).to_le_bytes());
        out.extend(scale.to_le_bytes());
        for row in &transitions.pair {
            row[..LABELS].iter().for_each(|w| out.extend(w.to_le_bytes()));
        }
        transitions.first[..LABELS].iter().for_each(|w| out.extend(w.to_le_bytes()));
        rows.iter().for_each(|r| out.extend(r.0.to_le_bytes()));
        for row in rows.iter() {
            out.extend(row.1.map(|w| pack(w / scale) as u8));
        }
        out
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True for a model without features.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds the weights of one feature.
    fn add(&self, key: u32, sum: &mut Scores) {
        let mask = self.table.len() - 1;
        let mut slot = key as usize & mask;
        while self.table[slot] != 0 {
            let k = self.table[slot] as usize - 1;
            if self.keys[k] == key {
                let row = &self.weights[k * LABELS..(k + 1) * LABELS];
                for (s, w) in sum.iter_mut().zip(row) {
                    *s += unpack(*w as i8) * self.scale;
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// A weight in one byte: near zero in fine steps, further out in coarse ones (square law).
fn pack(steps: f32) -> i8 {
    let root = (steps.abs() * 12.5).sqrt().round().min(127.0);
    (root * steps.signum()) as i8
}

fn unpack(packed: i8) -> f32 {
    let v = f32::from(packed);
    v * v.abs() / 12.5
}

/// How the case of a word is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As it is written.
    Own = 0,
    /// In a line of capitals.
    Capitals = 1,
    /// As if it had a capital.
    Raised = 2,
}

/// What is kept of one distinct word.
pub struct Entry {
    /// The word.
    pub word: Word,
    /// Its share of the scores of the tokens at distance -2..=2.
    share: [Scores; 2 * REACH as usize + 1],
}

/// Words that were seen, bounded; one a thread.
#[derive(Default)]
pub struct Cache {
    index: HashMap<u64, u32, FxBuildHasher>,
    entries: Vec<Entry>,
    triples: FxHashMap<u32, [Scores; 3]>,
    beside: FxHashMap<u64, Scores>,
    features: Vec<u32>,
}

/// Most distinct words that are kept.
const KEPT: usize = 60_000;

impl Cache {
    /// Forgets everything when it has grown to its bound. Not to be called while numbers of entries are held.
    pub fn bound(&mut self) {
        if self.entries.len() > KEPT || self.beside.len() > 8 * KEPT {
            *self = Cache::default();
        }
    }

    /// The entry of a number given by [`Cache::number`].
    pub fn entry(&self, number: u32) -> &Entry {
        &self.entries[number as usize]
    }

    /// The number of the word that `token` is.
    pub fn number(&mut self, text: &[u8], token: &Token, case: Case, lists: &Lists, model: &Model) -> u32 {
        let bytes = &text[token.start as usize..token.end as usize];
        let digits = token.kind == Kind::Number;
        // digits are alike but for how many there are
        let key = if digits {
            u64::MAX - bytes.len().min(20) as u64
        } else {
            hash(bytes) ^ (case as u64) << 62 ^ u64::from(token.broken) << 61
        };
        if let Some(k) = self.index.get(&key) {
            return *k;
        }
        let mut word = match case {
            Case::Raised => Word::raised(text, token, lists),
            _ => Word::new(text, token, case == Case::Capitals, lists),
        };
        if digits {
            word.lower = format!("#{}", bytes.len().min(20));
        }
        let k = self.insert(word, model);
        self.index.insert(key, k);
        k
    }

    fn insert(&mut self, word: Word, model: &Model) -> u32 {
        let mut share = [[0f32; 8]; 2 * REACH as usize + 1];
        for (k, share) in share.iter_mut().enumerate() {
            self.features.clear();
            word::features(&word, k as i8 - REACH, &mut self.features);
            self.features.iter().for_each(|f| model.add(*f, share));
        }
        self.entries.push(Entry { word, share });
        self.entries.len() as u32 - 1
    }

    /// The number of the word beyond the ends.
    fn pad(&mut self, model: &Model) -> u32 {
        if let Some(k) = self.index.get(&u64::MAX) {
            return *k;
        }
        let k = self.insert(Word::pad(), model);
        self.index.insert(u64::MAX, k);
        k
    }

    /// Scores of the labels of a sequence of words.
    pub fn scores(&mut self, numbers: &[u32], model: &Model, out: &mut Vec<Scores>) {
        out.clear();
        let n = numbers.len();
        out.resize(n, [0.0; 8]);
        let pad = self.pad(model);
        let at = |k: isize| numbers.get(k as usize).copied().unwrap_or(pad);
        let reach = REACH as isize;
        for k in -1..=n as isize {
            let triple = [at(k - 1), at(k), at(k + 1)].map(|e| self.entries[e as usize].word.class);
            let key = u32::from(triple[0]) << 16 | u32::from(triple[1]) << 8 | u32::from(triple[2]);
            let features = &mut self.features;
            let vectors = self.triples.entry(key).or_insert_with(|| {
                let mut sums = [[0f32; 8]; 3];
                for (place, sum) in sums.iter_mut().enumerate() {
                    features.clear();
                    word::triple(triple, place as u8, features);
                    features.iter().for_each(|f| model.add(*f, sum));
                }
                sums
            });
            // place 0: the label is that of the last of the three
            for (place, position) in [(0, k + 1), (1, k), (2, k - 1)] {
                if let Some(scores) = out.get_mut(position as usize) {
                    add(scores, &vectors[place]);
                }
            }
        }
        for k in 0..n as isize {
            let scores = &mut out[k as usize];
            for offset in -reach..=reach {
                // a word standing at k + offset sees the label at k from distance `offset`
                add(scores, &self.entries[at(k + offset) as usize].share[(offset + reach) as usize]);
            }
            scores[7] = -1e4;
            let class = self.entries[at(k) as usize].word.class;
            if !word::may_name(class) {
                continue;
            }
            for side in [-1isize, 1] {
                let neighbour = at(k + side);
                let key = u64::from(neighbour) << 16 | u64::from(class) << 8 | u64::from(side > 0);
                let (entries, features) = (&self.entries, &mut self.features);
                let sum = self.beside.entry(key).or_insert_with(|| {
                    let mut sum = [0f32; 8];
                    features.clear();
                    word::beside(&entries[neighbour as usize].word, class, side as i8, features);
                    features.iter().for_each(|f| model.add(*f, &mut sum));
                    sum
                });
                add(&mut out[k as usize], sum);
            }
        }
    }
}

#[inline]
fn add(sum: &mut Scores, more: &Scores) {
    for k in 0..8 {
        sum[k] += more[k];
    }
}

/// A 64-bit hash of a word's bytes.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut h = 0x9E37_79B9_7F4A_7C15u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let v = u64::from_le_bytes(c.try_into().unwrap_or_default());
        h = mix(h ^ v);
    }
    let mut last = [0u8; 8];
    let rest = chunks.remainder();
    last[..rest.len()].copy_from_slice(rest);
    mix(h ^ u64::from_le_bytes(last)) >> 3
}

#[inline]
fn mix(v: u64) -> u64 {
    let wide = u128::from(v) * 0x9E37_79B9_7F4A_7C15_u128;
    (wide >> 64) as u64 ^ wide as u64 ^ v.rotate_left(23)
}

/// Is a sequence written in capitals (a heading, a form)?
pub fn is_caps(tokens: &[Token]) -> bool {
    let (mut words, mut upper) = (0, 0);
    for t in tokens.iter().filter(|t| t.kind == Kind::Word && t.end - t.start > 2) {
        words += 1;
        upper += u32::from(t.upper);
    }
    words > 0 && upper * 10 >= words * 8
}

/// Tags one sequence: labels, and the marginals where a name was found.
#[derive(Default)]
pub struct Tagging {
    /// Numbers of the words in the cache.
    pub words: Vec<u32>,
    /// Scores of the labels.
    pub scores: Vec<Scores>,
    /// The best labels.
    pub labels: Vec<u8>,
    /// Working memory.
    pub lattice: Lattice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_survive_storing() {
        let mut rows = vec![(7u32, [0.5f32, -0.25, 3.0, 0.0, 0.001, -3.0, 1.0]), (3, [1.0; LABELS])];
        let bytes: &'static [u8] = Model::store(&mut rows, &Transitions::default()).leak();
        let model = Model::new(bytes);
        assert_eq!(model.len(), 2);
        let mut sum = [0f32; 8];
        model.add(7, &mut sum);
        for (k, w) in [0.5, -0.25, 3.0, 0.0, 0.0, -3.0, 1.0].iter().enumerate() {
            assert!((sum[k] - w).abs() < 0.04, "{k}: {} for {w}", sum[k]);
        }
        model.add(8, &mut sum);
        assert!((sum[2] - 3.0).abs() < 0.04);
    }

    #[test]
    fn a_damaged_model_is_empty() {
        assert!(Model::new(b"QNM1").is_empty());
        assert!(Model::new(b"").is_empty());
    }
}

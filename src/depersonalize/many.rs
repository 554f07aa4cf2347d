//! BLAKE3 of many messages of one block under one key, as many at once as the processor can.

use blake3::IncrementCounter;
use blake3::platform::{Platform, words_from_le_bytes_32};
use zeroize::Zeroize;

/// So many messages are hashed together.
pub(super) const SIZE: usize = 64;

// flags of the compression function (BLAKE3 specification, section 2.2, table 3)
const CHUNK_START: u8 = 1;
const CHUNK_END: u8 = 1 << 1;
const ROOT: u8 = 1 << 3;
const KEYED_HASH: u8 = 1 << 4;

/// Messages and what became of them.
#[derive(Default)]
pub(super) struct Batch {
    messages: Vec<[u8; 64]>,
    /// For each message where its result stands.
    places: Vec<usize>,
    results: Vec<[u8; 32]>,
    out: Vec<u8>,
}

impl Batch {
    pub fn clear(&mut self) {
        self.messages.clear();
        self.places.clear();
        self.results.clear();
    }

    /// Takes a message that [`Batch::hash`] hashes.
    pub fn push(&mut self, message: [u8; 64]) {
        self.messages.push(message);
        self.places.push(self.results.len());
        self.results.push([0; 32]);
    }

    /// Takes a result that is there already.
    pub fn push_done(&mut self, result: [u8; 32]) {
        self.results.push(result);
    }

    /// BLAKE3 in keyed mode of every message.
    pub fn hash(&mut self, key: &[u8; 32]) {
        let inputs: arrayvec::ArrayVec<&[u8; 64], SIZE> = self.messages.iter().take(SIZE).collect();
        self.out.resize(inputs.len() * 32, 0);
        let mut words = words_from_le_bytes_32(key);
        Platform::detect().hash_many(
            &inputs,
            &words,
            0,
            IncrementCounter::No,
            KEYED_HASH,
            CHUNK_START,
            CHUNK_END | ROOT,
            &mut self.out,
        );
        words.zeroize();
        for (place, bits) in self.places.iter().zip(self.out.as_chunks().0) {
            self.results[*place] = *bits;
        }
    }

    /// In the order of the messages.
    pub fn results(&self) -> &[[u8; 32]] {
        &self.results
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_as_one() {
        for n in [0, 1, 2, 7, 8, 15, 16, 17, 33, SIZE] {
            let mut batch = Batch::default();
            let messages: Vec<[u8; 64]> =
                (0..n).map(|k| std::array::from_fn(|b| (k * 67 + b * 3) as u8)).collect();
            messages.iter().for_each(|m| batch.push(*m));
            batch.push_done([7; 32]);
            batch.hash(&[9; 32]);
            let mut want: Vec<[u8; 32]> =
                messages.iter().map(|m| *blake3::keyed_hash(&[9; 32], m).as_bytes()).collect();
            want.push([7; 32]);
            assert_eq!(batch.results(), want);
        }
    }
}

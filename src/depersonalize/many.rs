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

/// BLAKE3 in keyed mode of up to [`SIZE`] messages; the results stand in the first of `out`, in their order.
pub(super) fn hash(key: &[u8; 32], messages: &[[u8; 64]], out: &mut [[u8; 32]; SIZE]) {
    let inputs: arrayvec::ArrayVec<&[u8; 64], SIZE> = messages.iter().take(SIZE).collect();
    let mut words = words_from_le_bytes_32(key);
    Platform::detect().hash_many(
        &inputs,
        &words,
        0,
        IncrementCounter::No,
        KEYED_HASH,
        CHUNK_START,
        CHUNK_END | ROOT,
        out.as_flattened_mut(),
    );
    words.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_as_one() {
        for n in [0, 1, 2, 7, 8, 15, 16, 17, 33, SIZE] {
            let messages: Vec<[u8; 64]> =
                (0..n).map(|k| std::array::from_fn(|b| (k * 67 + b * 3) as u8)).collect();
            let mut out = [[0; 32]; SIZE];
            hash(&[9; 32], &messages, &mut out);
            let want: Vec<[u8; 32]> =
                messages.iter().map(|m| *blake3::keyed_hash(&[9; 32], m).as_bytes()).collect();
            assert_eq!(out[..n], want);
        }
    }
}

use std::hash::Hasher;

use siphasher::sip::SipHasher24;
use zeroize::Zeroize;

const ROUNDS: usize = 10;

/// A keyed permutation of the numbers below any bound up to 2^62: a balanced Feistel network whose
/// rounds are SipHash-2-4 under keys of their own, walked until it falls below the bound
/// (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"; ten rounds as in FF1).
///
/// It gives values that cannot collide, so a unique column stays unique. Whoever has the key can turn
/// it back, so it lives only while the key does.
pub(super) struct Permutation {
    keys: [[u8; 16]; ROUNDS],
}

impl Permutation {
    /// The permutations of one 256-bit key.
    pub fn new(key: &[u8; 32]) -> Permutation {
        let mut keys = [[0; 16]; ROUNDS];
        let mut stream = blake3::Hasher::new_keyed(key).update(b"feistel").finalize_xof();
        keys.iter_mut().for_each(|k| stream.fill(k));
        Permutation { keys }
    }

    /// Where `value` goes among the numbers below `A * B`: the same network over a left half below `A` and a right half
    /// below `B`, added to in turn (Black and Rogaway 2002, section 5), so that no walk is needed.
    pub fn apply_exactly<const A: u64, const B: u64>(&self, value: u64) -> u64 {
        let (mut left, mut right) = (value / B % A, value % B);
        for pair in self.keys.chunks_exact(2) {
            left = sum(left, below(sip(&pair[0], right as u32), A), A);
            right = sum(right, below(sip(&pair[1], left as u32), B), B);
        }
        left * B + right
    }

    /// Where `value` goes among the numbers below `bound`; `value` itself where it is not below it.
    pub fn apply(&self, value: u64, bound: u64) -> u64 {
        if value >= bound || bound > 1 << 62 {
            return value;
        }
        let half = (64 - (bound - 1).leading_zeros()).div_ceil(2).max(1);
        let mask = (1u64 << half) - 1;
        let mut at = value;
        // a permutation returns to its start, so the walk ends; at most 4 steps are expected
        loop {
            let (mut left, mut right) = (at >> half, at & mask);
            for (round, key) in self.keys.iter().enumerate() {
                let mut hash = SipHasher24::new_with_key(key);
                hash.write_u64(right | (half as u64) << 56 ^ (round as u64) << 48);
                (left, right) = (right, left ^ (hash.finish() & mask));
            }
            at = left << half | right;
            if at < bound {
                return at;
            }
        }
    }
}

/// A number below `bound` from 64 bits.
fn below(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// A sum modulo `bound` of two numbers below it.
fn sum(a: u64, b: u64, bound: u64) -> u64 {
    let sum = a + b;
    if sum >= bound { sum - bound } else { sum }
}

/// SipHash-2-4 of four bytes: their one block, without the machinery for longer messages.
fn sip(key: &[u8; 16], message: u32) -> u64 {
    let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|k| key[at + k]));
    let (k0, k1) = (word(0), word(8));
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let block = 4 << 56 | u64::from(message);
    v[3] ^= block;
    round(&mut v);
    round(&mut v);
    v[0] ^= block;
    v[2] ^= 0xff;
    for _ in 0..4 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

/// Where the ranges end in which ids are permuted: at the bounds of the types of integers and of decimals.
const ENDS: [u64; 22] = [
    10_000,
    1 << 15,
    1 << 16,
    100_000,
    1_000_000,
    1 << 23,
    10_000_000,
    1 << 24,
    100_000_000,
    1_000_000_000,
    1 << 31,
    1 << 32,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
    10_000_000_000_000_000,
    100_000_000_000_000_000,
    1_000_000_000_000_000_000,
    1 << 62,
];

/// The range of the ids that every integer type and every number of decimal digits with room for `id` holds too.
/// `narrow`: also for types of one to three digits.
pub(super) fn class(id: u64, narrow: bool) -> (u64, u64) {
    const NARROW: [u64; 5] = [10, 100, 128, 256, 1000];
    let small: &[u64] = if narrow { &NARROW } else { &[] };
    let mut from = 0;
    for end in small.iter().chain(&ENDS) {
        if id < *end {
            return (from, *end);
        }
        from = *end;
    }
    (from, u64::MAX)
}

impl Drop for Permutation {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_domain_is_permuted() {
        let p = Permutation::new(&[7; 32]);
        for bound in [1, 2, 3, 10, 97, 1000, 32768] {
            let mut seen: Vec<u64> = (0..bound).map(|v| p.apply(v, bound)).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..bound), "{bound}");
        }
    }

    #[test]
    fn one_block_of_siphash_is_siphash() {
        let key: [u8; 16] = std::array::from_fn(|k| k as u8);
        for message in [0u32, 1, 0x0302_0100, u32::MAX] {
            let mut hash = SipHasher24::new_with_key(&key);
            hash.write(&message.to_le_bytes());
            assert_eq!(sip(&key, message), hash.finish());
        }
    }

    #[test]
    fn exact_domains_are_permuted() {
        let p = Permutation::new(&[5; 32]);
        let mut seen: Vec<u64> = (0..120 * 77).map(|v| p.apply_exactly::<120, 77>(v)).collect();
        assert!(seen.iter().enumerate().filter(|(n, v)| *n as u64 == **v).count() < 12);
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..120 * 77));
    }

    #[test]
    fn large_domains_stay_inside_and_apart() {
        let p = Permutation::new(&[8; 32]);
        let bound = 10_650_240_000;
        let mut seen: Vec<u64> = (0..50_000).map(|v| p.apply(v * 77_777, bound)).collect();
        assert!(seen.iter().all(|v| *v < bound));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 50_000);
        // spread evenly: a third of them in each third, within six standard deviations
        let low = seen.iter().filter(|v| **v < bound / 3).count() as i64;
        assert!((low - 16_666).abs() < 640, "{low}");
    }

    #[test]
    fn another_key_is_another_permutation() {
        let (a, b) = (Permutation::new(&[1; 32]), Permutation::new(&[2; 32]));
        let same = (0..1000).filter(|v| a.apply(*v, 1 << 40) == b.apply(*v, 1 << 40)).count();
        assert_eq!(same, 0);
    }
}

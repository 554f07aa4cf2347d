//! Positions of three byte values in a text, found 64 bytes at a time.

/// One bit for each of 64 bytes that equals one of `wanted`.
#[cfg(target_arch = "x86_64")]
fn mask(chunk: &[u8; 64], wanted: [u8; 3]) -> u64 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8};
    let half = |k: usize| i64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|i| chunk[k + i]));
    // SAFETY: SSE2 belongs to every x86-64, and no pointer is used
    let lane = |k: usize| unsafe {
        let bytes = _mm_set_epi64x(half(k + 8), half(k));
        let [a, b, c] = wanted.map(|w| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(w as i8)));
        u64::from(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), c)) as u16)
    };
    lane(0) | lane(16) << 16 | lane(32) << 32 | lane(48) << 48
}

#[cfg(not(target_arch = "x86_64"))]
fn mask(chunk: &[u8; 64], wanted: [u8; 3]) -> u64 {
    plain_mask(chunk, wanted)
}

/// The same, byte by byte: for the last bytes, for other processors, and to prove the fast one.
fn plain_mask(chunk: &[u8], wanted: [u8; 3]) -> u64 {
    chunk.iter().enumerate().fold(0, |m, (i, b)| m | u64::from(wanted.contains(b)) << i)
}

/// Walks over the positions of three byte values.
pub struct Marks<'a> {
    text: &'a [u8],
    wanted: [u8; 3],
    base: usize,
    bits: u64,
}

impl<'a> Marks<'a> {
    /// Begins at position `from`.
    pub fn new(text: &'a [u8], wanted: [u8; 3], from: usize) -> Marks<'a> {
        let mut marks = Marks { text, wanted, base: 0, bits: 0 };
        marks.seek(from);
        marks
    }

    /// Goes on at position `to`, which may lie before or behind.
    pub fn seek(&mut self, to: usize) {
        self.base = to / 64 * 64;
        self.load();
        self.bits &= !0 << (to - self.base);
    }

    fn load(&mut self) {
        let rest = self.text.get(self.base..).unwrap_or_default();
        self.bits = match rest.first_chunk::<64>() {
            Some(chunk) => mask(chunk, self.wanted),
            None => plain_mask(rest, self.wanted),
        };
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.base + 64 >= self.text.len() {
                return None;
            }
            self.base += 64;
            self.load();
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_and_plain_agree() {
        let mut seed = 3u64;
        let bytes: Vec<u8> = (0..5000)
            .map(|_| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                b"ab;\"\n,\xD0\xFF"[(seed >> 40) as usize % 8]
            })
            .collect();
        let expected: Vec<usize> =
            bytes.iter().enumerate().filter(|(_, b)| b";\"\n".contains(b)).map(|(i, _)| i).collect();
        for len in [0, 1, 63, 64, 65, 127, 128, 5000] {
            let found: Vec<usize> = Marks::new(&bytes[..len], *b";\"\n", 0).collect();
            assert_eq!(found, expected.iter().copied().filter(|p| *p < len).collect::<Vec<_>>());
        }
        for from in [0, 1, 50, 64, 70, 200, 4999] {
            let mut marks = Marks::new(&bytes, *b";\"\n", 300);
            marks.seek(from);
            let found: Vec<usize> = marks.collect();
            assert_eq!(found, expected.iter().copied().filter(|p| *p >= from).collect::<Vec<_>>(), "{from}");
        }
    }
}

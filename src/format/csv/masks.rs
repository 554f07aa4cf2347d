//! Positions of a few byte values in a text, found 64 bytes at a time.

/// One bit for each of 64 bytes that equals one of `wanted`.
#[cfg(target_arch = "x86_64")]
#[inline]
fn mask<const N: usize>(chunk: &[u8; 64], wanted: [u8; N]) -> u64 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_setzero_si128,
    };
    let mut bits = 0;
    let mut k = 0;
    while k < 64 {
        // SAFETY: SSE2 belongs to every x86-64, and the 16 bytes at `k` lie within the chunk
        unsafe {
            let bytes = _mm_loadu_si128(chunk.as_ptr().add(k).cast());
            let mut any = _mm_setzero_si128();
            let mut n = 0;
            while n < N {
                any = _mm_or_si128(any, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted[n] as i8)));
                n += 1;
            }
            bits |= u64::from(_mm_movemask_epi8(any) as u16) << k;
        }
        k += 16;
    }
    bits
}

#[cfg(not(target_arch = "x86_64"))]
fn mask<const N: usize>(chunk: &[u8; 64], wanted: [u8; N]) -> u64 {
    plain_mask(chunk, wanted)
}

/// The same, byte by byte: for the last bytes, for other processors, and to prove the fast one.
fn plain_mask<const N: usize>(chunk: &[u8], wanted: [u8; N]) -> u64 {
    chunk.iter().enumerate().fold(0, |m, (i, b)| m | u64::from(wanted.contains(b)) << i)
}

/// Walks over the positions of `N` byte values.
pub struct Marks<'a, const N: usize> {
    text: &'a [u8],
    wanted: [u8; N],
    base: usize,
    bits: u64,
}

impl<'a, const N: usize> Marks<'a, N> {
    /// Begins at position `from`.
    pub fn new(text: &'a [u8], wanted: [u8; N], from: usize) -> Marks<'a, N> {
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

    /// The next position among the 64 bytes at hand, which stays the next one.
    #[inline(always)]
    pub fn near(&self) -> Option<usize> {
        (self.bits != 0).then(|| self.base + self.bits.trailing_zeros() as usize)
    }

    /// Goes behind the position that [`Marks::near`] told.
    #[inline(always)]
    pub fn pass(&mut self) {
        self.bits &= self.bits.wrapping_sub(1);
    }

    /// Goes on to the next bytes that hold a position; false where there are none.
    #[inline(always)]
    pub fn more(&mut self) -> bool {
        while self.bits == 0 {
            if self.base + 64 >= self.text.len() {
                return false;
            }
            self.base += 64;
            self.load();
        }
        true
    }

    #[inline]
    fn load(&mut self) {
        let rest = self.text.get(self.base..).unwrap_or_default();
        self.bits = match rest.first_chunk::<64>() {
            Some(chunk) => mask(chunk, self.wanted),
            None => plain_mask(rest, self.wanted),
        };
    }
}

impl<const N: usize> Iterator for Marks<'_, N> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let at = self.more().then(|| self.near()).flatten();
        self.pass();
        at
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

//! Classes of 64 bytes at a time as bit masks: the only module with vector instructions.
//!
//! One safe function, [`Lanes::of`]; AVX2, SSE2 and a scalar twin give the same masks (held equal by a property test).

/// Which of 64 consecutive bytes belong to a class; bit 0 is the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lanes {
    /// `0`-`9`.
    pub digit: u64,
    /// `A`-`Z`, `a`-`z`.
    pub alpha: u64,
    /// `@`.
    pub at: u64,
    /// `+`.
    pub plus: u64,
    /// `:`.
    pub colon: u64,
    /// `.`.
    pub dot: u64,
    /// `-`.
    pub dash: u64,
    /// Blank or tab.
    pub blank: u64,
    /// `(`.
    pub open: u64,
    /// `/`.
    pub slash: u64,
    /// First byte of a character that may stand for a separator or digit: 0xC2, 0xE2, 0xEF.
    pub lead: u64,
    /// Any byte outside ASCII.
    pub high: u64,
    /// `<`.
    pub less: u64,
    /// `K`, `k`, or the second byte of Cyrillic `К`, `к`.
    pub k: u64,
    /// `Z`, `z`.
    pub z: u64,
    /// `*`.
    pub star: u64,
    /// Line feed.
    pub line: u64,
    /// `7`, `8`.
    pub seven: u64,
    /// 0xBC, the second byte of a full-width digit.
    pub full: u64,
}

/// The instructions that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// One byte after another.
    Scalar,
    /// 16 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Sse2,
    /// 32 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Level {
    /// The best that this machine can do.
    pub(crate) fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                return Level::Avx2;
            }
            if is_x86_feature_detected!("sse2") { Level::Sse2 } else { Level::Scalar }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Level::Scalar
    }
}

/// Walks `bytes` in steps of 64 and gives every step's masks and offset; the last step is padded with zero bytes.
pub(crate) fn walk(level: Level, bytes: &[u8], mut step: impl FnMut(usize, &Lanes)) {
    match level {
        Level::Scalar => drive(bytes, scalar, &mut step),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: SSE2 is part of x86-64.
        Level::Sse2 => drive(bytes, |p| unsafe { sse2(p) }, &mut step),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx2` is made only where the processor has AVX2.
        Level::Avx2 => unsafe { drive_avx2(bytes, &mut step) },
    }
}

#[inline(always)]
fn drive(bytes: &[u8], of: impl Fn(&[u8; 64]) -> Lanes, step: &mut impl FnMut(usize, &Lanes)) {
    let (chunks, rest) = bytes.as_chunks::<64>();
    for (k, chunk) in chunks.iter().enumerate() {
        step(k * 64, &of(chunk));
    }
    let mut last = [0u8; 64];
    last[..rest.len()].copy_from_slice(rest);
    step(chunks.len() * 64, &of(&last));
}

fn scalar(p: &[u8; 64]) -> Lanes {
    let mut m = Lanes::default();
    for (i, &c) in p.iter().enumerate() {
        let bit = 1u64 << i;
        match c {
            b'K' | b'k' | 0x9A | 0xBA => m.k |= bit,
            b'Z' | b'z' => m.z |= bit,
            0xBC => m.full |= bit,
            b'7' | b'8' => m.seven |= bit,
            _ => {}
        }
        match c {
            b'0'..=b'9' => m.digit |= bit,
            b'a'..=b'z' | b'A'..=b'Z' => m.alpha |= bit,
            b'@' => m.at |= bit,
            b'+' => m.plus |= bit,
            b':' => m.colon |= bit,
            b'.' => m.dot |= bit,
            b'-' => m.dash |= bit,
            b' ' | b'\t' => m.blank |= bit,
            b'(' => m.open |= bit,
            b'/' => m.slash |= bit,
            b'<' => m.less |= bit,
            b'*' => m.star |= bit,
            b'\n' => m.line |= bit,
            0x80.. => {
                m.high |= bit;
                if matches!(c, 0xC2 | 0xE2 | 0xEF) {
                    m.lead |= bit;
                }
            }
            _ => {}
        }
    }
    m
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn drive_avx2(bytes: &[u8], step: &mut impl FnMut(usize, &Lanes)) {
    drive(bytes, |p| avx2(p), step);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(p: &[u8; 64]) -> Lanes {
    use std::arch::x86_64::*;
    // SAFETY: both loads lie within the 64 bytes, and unaligned loads are allowed.
    let (x, y) =
        unsafe { (_mm256_loadu_si256(p.as_ptr().cast()), _mm256_loadu_si256(p.as_ptr().add(32).cast())) };
    let both = |f: &dyn Fn(__m256i) -> __m256i| -> u64 {
        let (lo, hi) = (_mm256_movemask_epi8(f(x)) as u32, _mm256_movemask_epi8(f(y)) as u32);
        u64::from(lo) | u64::from(hi) << 32
    };
    let is = |c: u8| both(&|v| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c as i8)));
    let within = |v: __m256i, low: u8, span: u8| {
        let t = _mm256_sub_epi8(v, _mm256_set1_epi8(low as i8));
        _mm256_cmpeq_epi8(_mm256_min_epu8(t, _mm256_set1_epi8(span as i8)), t)
    };
    Lanes {
        digit: both(&|v| within(v, b'0', 9)),
        alpha: both(&|v| within(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', 25)),
        at: is(b'@'),
        plus: is(b'+'),
        colon: is(b':'),
        dot: is(b'.'),
        dash: is(b'-'),
        blank: is(b' ') | is(b'\t'),
        open: is(b'('),
        slash: is(b'/'),
        lead: is(0xC2) | is(0xE2) | is(0xEF),
        high: both(&|v| v),
        less: is(b'<'),
        k: is(b'K') | is(b'k') | is(0x9A) | is(0xBA),
        z: is(b'Z') | is(b'z'),
        star: is(b'*'),
        line: is(b'\n'),
        seven: is(b'7') | is(b'8'),
        full: is(0xBC),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn sse2(p: &[u8; 64]) -> Lanes {
    use std::arch::x86_64::*;
    let both = |f: &dyn Fn(__m128i) -> __m128i| -> u64 {
        let mut m = 0;
        for k in 0..4 {
            // SAFETY: every load lies within the 64 bytes, and unaligned loads are allowed.
            let v = unsafe { _mm_loadu_si128(p.as_ptr().add(16 * k).cast()) };
            m |= u64::from(_mm_movemask_epi8(f(v)) as u32) << (16 * k);
        }
        m
    };
    let is = |c: u8| both(&|v| _mm_cmpeq_epi8(v, _mm_set1_epi8(c as i8)));
    let within = |v: __m128i, low: u8, span: u8| {
        let t = _mm_sub_epi8(v, _mm_set1_epi8(low as i8));
        _mm_cmpeq_epi8(_mm_min_epu8(t, _mm_set1_epi8(span as i8)), t)
    };
    Lanes {
        digit: both(&|v| within(v, b'0', 9)),
        alpha: both(&|v| within(_mm_or_si128(v, _mm_set1_epi8(0x20)), b'a', 25)),
        at: is(b'@'),
        plus: is(b'+'),
        colon: is(b':'),
        dot: is(b'.'),
        dash: is(b'-'),
        blank: is(b' ') | is(b'\t'),
        open: is(b'('),
        slash: is(b'/'),
        lead: is(0xC2) | is(0xE2) | is(0xEF),
        high: both(&|v| v),
        less: is(b'<'),
        k: is(b'K') | is(b'k') | is(0x9A) | is(0xBA),
        z: is(b'Z') | is(b'z'),
        star: is(b'*'),
        line: is(b'\n'),
        seven: is(b'7') | is(b'8'),
        full: is(0xBC),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(level: Level, bytes: &[u8]) -> Vec<(usize, Lanes)> {
        let mut out = Vec::new();
        walk(level, bytes, |at, m| out.push((at, *m)));
        out
    }

    proptest! {
        #[test]
        fn every_level_sees_the_same(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let want = all(Level::Scalar, &bytes);
            prop_assert_eq!(all(Level::best(), &bytes), want.clone());
            #[cfg(target_arch = "x86_64")]
            prop_assert_eq!(all(Level::Sse2, &bytes), want);
        }
    }

    #[test]
    fn every_byte_value() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(all(Level::best(), &bytes), all(Level::Scalar, &bytes));
    }
}

//! The same on x86-64: 16, 32 or 64 bytes at a time.

use std::arch::x86_64::*;

use super::{Gate, Lanes, Quick, Step, Verdict};

/// Bits of the classes of ASCII bytes, for shuffles: each holds bytes whose upper halves and lower halves are free to be combined.
mod class {
    pub(super) const DIGIT: u8 = 1;
    pub(super) const SEP: u8 = 2;
    pub(super) const TAB: u8 = 4;
    pub(super) const LINE: u8 = 8;
    pub(super) const DOT: u8 = 16;
    const SIGN: u8 = 32;
    const BRACKET: u8 = 64;
    const AT: u8 = 128;
    pub(super) const RARE: u8 = SIGN | BRACKET | AT;
    /// By the lower half of a byte.
    pub(super) const LOW: [u8; 16] = {
        let mut low = [0; 16];
        let mut k = 0;
        while k < 10 {
            low[k] |= DIGIT;
            k += 1;
        }
        low[0x0] |= SEP | AT;
        low[0x8] |= SIGN;
        low[0x9] |= SIGN | TAB;
        low[0xA] |= SIGN | LINE;
        low[0xB] |= SIGN | BRACKET;
        low[0xC] |= BRACKET;
        low[0xD] |= SEP;
        low[0xE] |= DOT;
        low[0xF] |= SEP;
        low
    };
    /// By the upper half of a byte.
    pub(super) const HIGH: [u8; 16] =
        [TAB | LINE, 0, SEP | DOT | SIGN, DIGIT, AT, BRACKET, AT, BRACKET, 0, 0, 0, 0, 0, 0, 0, 0];

    /// The same 16 bytes for each quarter of a vector.
    pub(super) const fn wide(table: [u8; 16]) -> [u8; 64] {
        let mut out = [0; 64];
        let mut k = 0;
        while k < 64 {
            out[k] = table[k % 16];
            k += 1;
        }
        out
    }
}

/// The classes of [`Quick`] of 64 bytes.
macro_rules! quicks {
    ($v:ident) => {
        Quick {
            digit: $v.class(class::DIGIT),
            sep: $v.class(class::SEP | class::TAB),
            line: $v.class(class::LINE),
            dot: $v.class(class::DOT),
            rare: $v.class(class::RARE),
            high: $v.high(),
            z: $v.low(b'z'),
            ix: $v.low(b'i') | $v.low(b'x'),
            lead: $v.bits(0xD2, 0xC2),
            full: $v.is(0xBC),
        }
    };
}

/// The classes of [`Gate`] of 64 bytes.
macro_rules! gates {
    ($v:ident) => {
        Gate {
            digit: $v.within(b'0', 9),
            // `-` and `/` differ in bit 1
            sep: $v.is(b' ') | $v.is(b'\t') | $v.bits(0xFD, b'-'),
            line: $v.is(b'\n'),
            dot: $v.is(b'.'),
            sign: $v.within(b'(', 3),
            bracket: $v.low(b'{') | $v.is(b'('),
            at: $v.is(b'@'),
            z: $v.low(b'z'),
            lead: $v.bits(0xD2, 0xC2),
            full: $v.is(0xBC),
            high: $v.high(),
            pipe: $v.is(b'|'),
            i: $v.low(b'i'),
            n: $v.low(b'n'),
            x: $v.low(b'x'),
        }
    };
}

/// All classes of 64 bytes.
macro_rules! classes {
    ($v:ident) => {
        Lanes {
            digit: $v.within(b'0', 9),
            alpha: $v.low_within(b'a', 25),
            at: $v.is(b'@'),
            plus: $v.is(b'+'),
            colon: $v.is(b':'),
            dot: $v.is(b'.'),
            dash: $v.is(b'-'),
            blank: $v.is(b' ') | $v.is(b'\t'),
            open: $v.is(b'('),
            slash: $v.is(b'/'),
            // 0xC2 and 0xE2 differ in bit 5
            lead: $v.low(0xE2) | $v.is(0xEF),
            high: $v.high(),
            less: $v.is(b'<'),
            k: $v.low(b'k') | $v.low(0xBA),
            z: $v.low(b'z'),
            star: $v.is(b'*'),
            line: $v.is(b'\n'),
            seven: $v.within(b'7', 1),
            full: $v.is(0xBC),
            upper: $v.within(b'A', 25),
            under: $v.is(b'_'),
            // the other two differ in bit 5
            bracket: $v.low(b'{') | $v.is(b'('),
            cyrillic: $v.within(0xD0, 4),
            follow: $v.within(0x80, 0x3F),
            comma: $v.is(b','),
            pipe: $v.is(b'|'),
            i: $v.low(b'i'),
            n: $v.low(b'n'),
            x: $v.low(b'x'),
        }
    };
}

/// 64 bytes in one vector.
#[derive(Clone, Copy)]
struct One(__m512i);

impl One {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn of(p: &[u8; 64]) -> One {
        // SAFETY: the load takes the 64 bytes, and unaligned loads are allowed.
        One(unsafe { _mm512_loadu_si512(p.as_ptr().cast()) })
    }

    /// With bit 5 set: ASCII letters become small ones.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn small(self) -> One {
        One(_mm512_or_si512(self.0, _mm512_set1_epi8(0x20)))
    }

    /// Which bytes have this value?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn is(self, c: u8) -> u64 {
        _mm512_cmpeq_epi8_mask(self.0, _mm512_set1_epi8(c as i8))
    }

    /// Which have it with bit 5 set?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn low(self, c: u8) -> u64 {
        self.small().is(c)
    }

    /// Which lie at most `span` above `from`?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn within(self, from: u8, span: u8) -> u64 {
        let v = _mm512_sub_epi8(self.0, _mm512_set1_epi8(from as i8));
        _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(span as i8))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn low_within(self, from: u8, span: u8) -> u64 {
        self.small().within(from, span)
    }

    /// Which have this value in the bits of `mask`?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn bits(self, mask: u8, c: u8) -> u64 {
        One(_mm512_and_si512(self.0, _mm512_set1_epi8(mask as i8))).is(c)
    }

    /// Which are of any of these classes?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn class(self, bits: u8) -> u64 {
        const LOW: [u8; 64] = class::wide(class::LOW);
        const HIGH: [u8; 64] = class::wide(class::HIGH);
        let (lows, highs) = (One::of(&LOW).0, One::of(&HIGH).0);
        // a byte outside ASCII has no lower half here, and so no class
        let upper = _mm512_and_si512(_mm512_srli_epi16(self.0, 4), _mm512_set1_epi8(15));
        let kind = _mm512_and_si512(_mm512_shuffle_epi8(lows, self.0), _mm512_shuffle_epi8(highs, upper));
        _mm512_test_epi8_mask(kind, _mm512_set1_epi8(bits as i8))
    }

    /// Which lie outside ASCII?
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn high(self) -> u64 {
        _mm512_movepi8_mask(self.0)
    }
}

/// The same of both vectors. `array::map` is compiled for any processor, so that these instructions would be calls in it.
macro_rules! both {
    ($of:expr, |$v:ident| $e:expr) => {{
        let [a, b] = $of;
        [
            {
                let $v = a;
                $e
            },
            {
                let $v = b;
                $e
            },
        ]
    }};
}

/// The same of all four vectors.
macro_rules! four {
    ($of:expr, |$v:ident| $e:expr) => {{
        let [a, b, c, d] = $of;
        let [a, b] = both!([a, b], |$v| $e);
        let [c, d] = both!([c, d], |$v| $e);
        [a, b, c, d]
    }};
}

/// 64 bytes in two vectors.
#[derive(Clone, Copy)]
struct Two([__m256i; 2]);

impl Two {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(p: &[u8; 64]) -> Two {
        // SAFETY: both loads lie within the 64 bytes, and unaligned loads are allowed.
        Two(both!([0, 32], |k| unsafe { _mm256_loadu_si256(p.as_ptr().add(k).cast()) }))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn small(self) -> Two {
        Two(both!(self.0, |v| _mm256_or_si256(v, _mm256_set1_epi8(0x20))))
    }

    /// The highest bits of all bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn high(self) -> u64 {
        let [a, b] = both!(self.0, |v| u64::from(_mm256_movemask_epi8(v) as u32));
        a | b << 32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is(self, c: u8) -> u64 {
        Two(both!(self.0, |v| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c as i8)))).high()
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn low(self, c: u8) -> u64 {
        self.small().is(c)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn within(self, from: u8, span: u8) -> u64 {
        let at_most = |v| {
            let v = _mm256_sub_epi8(v, _mm256_set1_epi8(from as i8));
            _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(span as i8)), v)
        };
        Two(both!(self.0, |v| at_most(v))).high()
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn low_within(self, from: u8, span: u8) -> u64 {
        self.small().within(from, span)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn bits(self, mask: u8, c: u8) -> u64 {
        Two(both!(self.0, |v| _mm256_and_si256(v, _mm256_set1_epi8(mask as i8)))).is(c)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn class(self, bits: u8) -> u64 {
        const LOW: [u8; 64] = class::wide(class::LOW);
        const HIGH: [u8; 64] = class::wide(class::HIGH);
        let (lows, highs) = (Two::of(&LOW).0[0], Two::of(&HIGH).0[0]);
        let kind = |v| {
            let upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
            _mm256_and_si256(_mm256_shuffle_epi8(lows, v), _mm256_shuffle_epi8(highs, upper))
        };
        !Two(both!(self.0, |v| _mm256_and_si256(kind(v), _mm256_set1_epi8(bits as i8)))).is(0)
    }
}

/// 64 bytes in four vectors.
#[derive(Clone, Copy)]
struct Four([__m128i; 4]);

impl Four {
    #[inline]
    #[target_feature(enable = "sse2")]
    fn of(p: &[u8; 64]) -> Four {
        // SAFETY: every load lies within the 64 bytes, and unaligned loads are allowed.
        Four(four!([0, 16, 32, 48], |k| unsafe { _mm_loadu_si128(p.as_ptr().add(k).cast()) }))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn small(self) -> Four {
        Four(four!(self.0, |v| _mm_or_si128(v, _mm_set1_epi8(0x20))))
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn high(self) -> u64 {
        let [a, b, c, d] = four!(self.0, |v| u64::from(_mm_movemask_epi8(v) as u32));
        a | b << 16 | c << 32 | d << 48
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn is(self, c: u8) -> u64 {
        Four(four!(self.0, |v| _mm_cmpeq_epi8(v, _mm_set1_epi8(c as i8)))).high()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn low(self, c: u8) -> u64 {
        self.small().is(c)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn within(self, from: u8, span: u8) -> u64 {
        let at_most = |v| {
            let v = _mm_sub_epi8(v, _mm_set1_epi8(from as i8));
            _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(span as i8)), v)
        };
        Four(four!(self.0, |v| at_most(v))).high()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn low_within(self, from: u8, span: u8) -> u64 {
        self.small().within(from, span)
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn bits(self, mask: u8, c: u8) -> u64 {
        Four(four!(self.0, |v| _mm_and_si128(v, _mm_set1_epi8(mask as i8)))).is(c)
    }

    /// Shuffles came with later processors: the classes that are asked for, by what is in them.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn class(self, bits: u8) -> u64 {
        match bits {
            class::DIGIT => self.within(b'0', 9),
            class::LINE => self.is(b'\n'),
            class::DOT => self.is(b'.'),
            class::RARE => {
                self.within(b'(', 3) | self.bits(0xDF, b'[') | self.bits(0xDF, b'\\') | self.bits(0xDF, b'@')
            }
            _ => self.is(b' ') | self.is(b'\t') | self.bits(0xFD, b'-'),
        }
    }
}

macro_rules! drives {
    ($name:ident, $features:literal, $of:ident) => {
        #[target_feature(enable = $features)]
        pub(super) fn $name<S: Step>(bytes: &[u8], step: &mut S) {
            let quick = |p: &[u8; 64]| -> Quick {
                let v = $of::of(p);
                quicks!(v)
            };
            let gate = |p: &[u8; 64]| -> Gate {
                let v = $of::of(p);
                gates!(v)
            };
            let all = |p: &[u8; 64]| -> Lanes {
                let v = $of::of(p);
                classes!(v)
            };
            drive!(bytes, step, quick, gate, all)
        }
    };
}

drives!(drive_avx512, "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt", One);
drives!(drive_avx2, "avx2,bmi1,bmi2,lzcnt,popcnt", Two);
drives!(drive_sse2, "sse2", Four);

//! Classes of 64 bytes at a time as bit masks: the only module with vector instructions for scanning.
//!
//! One safe function, [`walk`]; AVX-512, AVX2, SSE2 and a scalar twin give the same masks (held equal by a property
//! test). The masks are made and used within one function for each level, so that those that nobody asks for cost
//! nothing.

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
    /// `A`-`Z`.
    pub upper: u64,
    /// `_`.
    pub under: u64,
    /// `(`, `[`, `{`.
    pub bracket: u64,
    /// First byte of a Cyrillic letter, and of few others: 0xD0-0xD4.
    pub cyrillic: u64,
    /// Any byte of a character but its first: 0x80-0xBF.
    pub follow: u64,
    /// `,`.
    pub comma: u64,
    /// `|`.
    pub pipe: u64,
    /// `I`, `i`.
    pub i: u64,
    /// `N`, `n`.
    pub n: u64,
    /// `X`, `x`.
    pub x: u64,
}

/// What most windows of a text without numbers that matter are told by, before the masks of [`Gate`] are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quick {
    /// `0`-`9`.
    pub digit: u64,
    /// Blank, tab, `-`, `/`.
    pub sep: u64,
    /// Line feed.
    pub line: u64,
    /// `.`.
    pub dot: u64,
    /// `(`, `)`, `*`, `+`, `[`, `{`, `|`, `@`, and two signs that no number needs: `\`, `` ` ``.
    pub rare: u64,
    /// Any byte outside ASCII.
    pub high: u64,
    /// `Z`, `z`.
    pub z: u64,
    /// `I`, `i`, `X`, `x`.
    pub ix: u64,
    /// As in [`Gate`].
    pub lead: u64,
    /// As in [`Gate`].
    pub full: u64,
}

/// What a look at [`Quick`] says of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is no more in it.
    Done,
    /// The masks of [`Gate`] are needed.
    Look,
    /// All masks are needed, those of [`Gate`] are not.
    Step,
}

/// The few classes that tell whether 64 bytes are worth the masks of [`Lanes`], where only numbers are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// `0`-`9`.
    pub digit: u64,
    /// Blank, tab, `-`, `/`.
    pub sep: u64,
    /// Line feed.
    pub line: u64,
    /// `.`.
    pub dot: u64,
    /// `(`, `)`, `*`, `+`.
    pub sign: u64,
    /// `(`, `[`, `{`.
    pub bracket: u64,
    /// `@`.
    pub at: u64,
    /// `Z`, `z`.
    pub z: u64,
    /// [`Lanes::lead`] and other bytes that differ from one in no bit of 0xD2.
    pub lead: u64,
    /// 0xBC, the second byte of a full-width digit.
    pub full: u64,
    /// Any byte outside ASCII.
    pub high: u64,
    /// `|`.
    pub pipe: u64,
    /// `I`, `i`.
    pub i: u64,
    /// `N`, `n`.
    pub n: u64,
    /// `X`, `x`.
    pub x: u64,
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
    /// 64 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The best that this machine can do.
    pub(crate) fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        {
            // the masks are worked on by the instructions for bits that came with these
            let bits = is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt");
            if bits && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                return Level::Avx512;
            }
            if bits && is_x86_feature_detected!("avx2") {
                return Level::Avx2;
            }
            if is_x86_feature_detected!("sse2") { Level::Sse2 } else { Level::Scalar }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Level::Scalar
    }
}

/// What is done with every window of 64 bytes. Called from one place in each level: to be inlined there.
pub(crate) trait Step {
    /// So many bytes of a window were seen in the one before already: the history of those that are new.
    const BACK: usize;
    /// What is to be done with the window?
    fn quick(&mut self, offset: usize, quick: Quick) -> Verdict;
    /// Is the window worth all masks? `offset` is that of its first new byte, bit [`Step::BACK`] of the masks.
    fn look(&mut self, offset: usize, gate: Gate) -> bool;
    /// Takes all masks of such a window.
    fn step(&mut self, offset: usize, lanes: Lanes);
}

/// Walks over `bytes` in windows of 64, and gives those that are worth it all their masks. Zero bytes stand before the
/// first byte and behind the last one.
pub(crate) fn walk<S: Step>(level: Level, bytes: &[u8], step: &mut S) {
    match level {
        Level::Scalar => drive_scalar(bytes, step),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: SSE2 is part of x86-64.
        Level::Sse2 => unsafe { drive_sse2(bytes, step) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx2` is made only where the processor has AVX2 and the instructions for bits.
        Level::Avx2 => unsafe { drive_avx2(bytes, step) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx512` is made only where the processor has both parts of AVX-512 and the instructions for bits.
        Level::Avx512 => unsafe { drive_avx512(bytes, step) },
    }
}

/// The loop of all levels: `$of` makes the masks of a window, and both it and the step stand here once only.
macro_rules! drive {
    ($bytes:ident, $step:ident, $quick:expr, $gate:expr, $of:expr) => {{
        let mut padded;
        let mut offset = 0;
        while offset <= $bytes.len() {
            let window = match offset.checked_sub(S::BACK).and_then(|from| $bytes[from..].first_chunk::<64>())
            {
                Some(window) => window,
                None => {
                    let from = offset.saturating_sub(S::BACK);
                    let part = &$bytes[from..$bytes.len().min(offset + 64 - S::BACK)];
                    let at = S::BACK - (offset - from);
                    padded = [0u8; 64];
                    padded[at..at + part.len()].copy_from_slice(part);
                    &padded
                }
            };
            let all = match $step.quick(offset, $quick(window)) {
                Verdict::Done => false,
                Verdict::Look => $step.look(offset, $gate(window)),
                Verdict::Step => true,
            };
            if all {
                $step.step(offset, $of(window));
            }
            offset += 64 - S::BACK;
        }
    }};
}

/// Bits of the classes of ASCII bytes: each holds bytes whose upper halves and lower halves are free to be combined.
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

/// The classes of [`Quick`]; `$class` gives those of the bits that it is asked for.
macro_rules! quicks {
    ($class:ident, $is:ident, $low:ident, $bits:ident, $high:expr) => {
        Quick {
            digit: $class(class::DIGIT),
            sep: $class(class::SEP | class::TAB),
            line: $class(class::LINE),
            dot: $class(class::DOT),
            rare: $class(class::RARE),
            high: $high,
            z: $low(b'z'),
            ix: $low(b'i') | $low(b'x'),
            lead: $bits(0xD2, 0xC2),
            full: $is(0xBC),
        }
    };
}

/// The classes of [`Gate`], by the same functions as those of [`Lanes`] and one for some bits of a byte.
macro_rules! gates {
    ($is:ident, $low:ident, $within:ident, $bits:ident, $high:expr) => {
        Gate {
            digit: $within(b'0', 9),
            // `-` and `/` differ in bit 1
            sep: $is(b' ') | $is(b'\t') | $bits(0xFD, b'-'),
            line: $is(b'\n'),
            dot: $is(b'.'),
            sign: $within(b'(', 3),
            bracket: $low(b'{') | $is(b'('),
            at: $is(b'@'),
            z: $low(b'z'),
            lead: $bits(0xD2, 0xC2),
            full: $is(0xBC),
            high: $high,
            pipe: $is(b'|'),
            i: $low(b'i'),
            n: $low(b'n'),
            x: $low(b'x'),
        }
    };
}

/// All classes by functions for one byte value, for one value with bit 5 set, for a range, and for the highest bit.
macro_rules! classes {
    ($is:ident, $low:ident, $within:ident, $folded_within:ident, $high:expr) => {
        Lanes {
            digit: $within(b'0', 9),
            alpha: $folded_within(b'a', 25),
            at: $is(b'@'),
            plus: $is(b'+'),
            colon: $is(b':'),
            dot: $is(b'.'),
            dash: $is(b'-'),
            blank: $is(b' ') | $is(b'\t'),
            open: $is(b'('),
            slash: $is(b'/'),
            // 0xC2 and 0xE2 differ in bit 5
            lead: $low(0xE2) | $is(0xEF),
            high: $high,
            less: $is(b'<'),
            k: $low(b'k') | $low(0xBA),
            z: $low(b'z'),
            star: $is(b'*'),
            line: $is(b'\n'),
            seven: $within(b'7', 1),
            full: $is(0xBC),
            upper: $within(b'A', 25),
            under: $is(b'_'),
            // the other two differ in bit 5
            bracket: $low(b'{') | $is(b'('),
            cyrillic: $within(0xD0, 4),
            follow: $within(0x80, 0x3F),
            comma: $is(b','),
            pipe: $is(b'|'),
            i: $low(b'i'),
            n: $low(b'n'),
            x: $low(b'x'),
        }
    };
}

fn drive_scalar<S: Step>(bytes: &[u8], step: &mut S) {
    drive!(bytes, step, scalar_quick, scalar_gate, scalar)
}

fn scalar_quick(p: &[u8; 64]) -> Quick {
    let all =
        |class: &dyn Fn(u8) -> bool| p.iter().enumerate().fold(0, |m, (i, c)| m | u64::from(class(*c)) << i);
    let is = |c: u8| all(&|b| b == c);
    let low = |c: u8| all(&|b| b | 0x20 == c);
    let bits = |mask: u8, c: u8| all(&|b| b & mask == c);
    let class =
        |bits: u8| all(&|b| class::LOW[usize::from(b & 15)] & class::HIGH[usize::from(b >> 4)] & bits != 0);
    quicks!(class, is, low, bits, all(&|b| b >= 0x80))
}

fn scalar_gate(p: &[u8; 64]) -> Gate {
    let all = |class: fn(u8) -> bool| p.iter().enumerate().fold(0, |m, (i, c)| m | u64::from(class(*c)) << i);
    Gate {
        digit: all(|c| c.is_ascii_digit()),
        sep: all(|c| matches!(c, b' ' | b'\t' | b'-' | b'/')),
        line: all(|c| c == b'\n'),
        dot: all(|c| c == b'.'),
        sign: all(|c| matches!(c, b'('..=b'+')),
        bracket: all(|c| matches!(c, b'(' | b'[' | b'{')),
        at: all(|c| c == b'@'),
        z: all(|c| matches!(c, b'Z' | b'z')),
        lead: all(|c| c & 0xD2 == 0xC2),
        full: all(|c| c == 0xBC),
        high: all(|c| c >= 0x80),
        pipe: all(|c| c == b'|'),
        i: all(|c| matches!(c, b'I' | b'i')),
        n: all(|c| matches!(c, b'N' | b'n')),
        x: all(|c| matches!(c, b'X' | b'x')),
    }
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
            b'_' => m.under |= bit,
            b'(' | b'[' | b'{' => m.bracket |= bit,
            0xD0..=0xD4 => m.cyrillic |= bit,
            _ => {}
        }
        m.upper |= u64::from(c.is_ascii_uppercase()) << i;
        m.follow |= u64::from(c & 0xC0 == 0x80) << i;
        m.comma |= u64::from(c == b',') << i;
        m.pipe |= u64::from(c == b'|') << i;
        m.i |= u64::from(matches!(c, b'I' | b'i')) << i;
        m.n |= u64::from(matches!(c, b'N' | b'n')) << i;
        m.x |= u64::from(matches!(c, b'X' | b'x')) << i;
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
#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
fn drive_avx512<S: Step>(bytes: &[u8], step: &mut S) {
    use std::arch::x86_64::*;
    let of = |p: &[u8; 64]| -> Lanes {
        // SAFETY: the load takes the 64 bytes, and unaligned loads are allowed.
        let v = unsafe { _mm512_loadu_si512(p.as_ptr().cast()) };
        let low = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        let is = |c: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8));
        let is_low = |c: u8| _mm512_cmpeq_epi8_mask(low, _mm512_set1_epi8(c as i8));
        let range = |v: __m512i, from: u8, span: u8| {
            _mm512_cmple_epu8_mask(
                _mm512_sub_epi8(v, _mm512_set1_epi8(from as i8)),
                _mm512_set1_epi8(span as i8),
            )
        };
        let within = |from: u8, span: u8| range(v, from, span);
        let low_within = |from: u8, span: u8| range(low, from, span);
        classes!(is, is_low, within, low_within, _mm512_movepi8_mask(v))
    };
    let gate = |p: &[u8; 64]| -> Gate {
        // SAFETY: the load takes the 64 bytes, and unaligned loads are allowed.
        let v = unsafe { _mm512_loadu_si512(p.as_ptr().cast()) };
        let low = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        let is = |c: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8));
        let is_low = |c: u8| _mm512_cmpeq_epi8_mask(low, _mm512_set1_epi8(c as i8));
        let within = |from: u8, span: u8| {
            let v = _mm512_sub_epi8(v, _mm512_set1_epi8(from as i8));
            _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(span as i8))
        };
        let bits = |mask: u8, c: u8| {
            let v = _mm512_and_si512(v, _mm512_set1_epi8(mask as i8));
            _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8))
        };
        gates!(is, is_low, within, bits, _mm512_movepi8_mask(v))
    };
    const LOW: [u8; 64] = class::wide(class::LOW);
    const HIGH: [u8; 64] = class::wide(class::HIGH);
    let quick = |p: &[u8; 64]| -> Quick {
        // SAFETY: each load takes 64 bytes of an array of as many, and unaligned loads are allowed.
        let [v, lows, highs] = [p, &LOW, &HIGH].map(|t| unsafe { _mm512_loadu_si512(t.as_ptr().cast()) });
        let low = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        let is = |c: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8));
        let is_low = |c: u8| _mm512_cmpeq_epi8_mask(low, _mm512_set1_epi8(c as i8));
        let bits = |mask: u8, c: u8| {
            let v = _mm512_and_si512(v, _mm512_set1_epi8(mask as i8));
            _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8))
        };
        // a byte outside ASCII has no lower half here, and so no class
        let upper = _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15));
        let kind = _mm512_and_si512(_mm512_shuffle_epi8(lows, v), _mm512_shuffle_epi8(highs, upper));
        let class = |bits: u8| _mm512_test_epi8_mask(kind, _mm512_set1_epi8(bits as i8));
        quicks!(class, is, is_low, bits, _mm512_movepi8_mask(v))
    };
    drive!(bytes, step, quick, gate, of)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn drive_avx2<S: Step>(bytes: &[u8], step: &mut S) {
    use std::arch::x86_64::*;
    let of = |p: &[u8; 64]| -> Lanes {
        // SAFETY: both loads lie within the 64 bytes, and unaligned loads are allowed.
        let (x, y) =
            unsafe { (_mm256_loadu_si256(p.as_ptr().cast()), _mm256_loadu_si256(p.as_ptr().add(32).cast())) };
        let bit5 = _mm256_set1_epi8(0x20);
        let (low_x, low_y) = (_mm256_or_si256(x, bit5), _mm256_or_si256(y, bit5));
        let bits = |x: __m256i, y: __m256i| {
            u64::from(_mm256_movemask_epi8(x) as u32) | u64::from(_mm256_movemask_epi8(y) as u32) << 32
        };
        let equal = |x: __m256i, y: __m256i, c: u8| {
            let c = _mm256_set1_epi8(c as i8);
            bits(_mm256_cmpeq_epi8(x, c), _mm256_cmpeq_epi8(y, c))
        };
        let range = |x: __m256i, y: __m256i, from: u8, span: u8| {
            let (from, span) = (_mm256_set1_epi8(from as i8), _mm256_set1_epi8(span as i8));
            let (x, y) = (_mm256_sub_epi8(x, from), _mm256_sub_epi8(y, from));
            bits(
                _mm256_cmpeq_epi8(_mm256_min_epu8(x, span), x),
                _mm256_cmpeq_epi8(_mm256_min_epu8(y, span), y),
            )
        };
        let is = |c: u8| equal(x, y, c);
        let is_low = |c: u8| equal(low_x, low_y, c);
        let within = |from: u8, span: u8| range(x, y, from, span);
        let low_within = |from: u8, span: u8| range(low_x, low_y, from, span);
        classes!(is, is_low, within, low_within, bits(x, y))
    };
    let gate = |p: &[u8; 64]| -> Gate {
        // SAFETY: both loads lie within the 64 bytes, and unaligned loads are allowed.
        let (x, y) =
            unsafe { (_mm256_loadu_si256(p.as_ptr().cast()), _mm256_loadu_si256(p.as_ptr().add(32).cast())) };
        let both = |f: &dyn Fn(__m256i) -> __m256i| {
            let bits = |v| u64::from(_mm256_movemask_epi8(v) as u32);
            bits(f(x)) | bits(f(y)) << 32
        };
        let equal = |v: __m256i, c: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c as i8));
        let is = |c: u8| both(&|v| equal(v, c));
        let is_low = |c: u8| both(&|v| equal(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), c));
        let within = |from: u8, span: u8| {
            both(&|v| {
                let v = _mm256_sub_epi8(v, _mm256_set1_epi8(from as i8));
                _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(span as i8)), v)
            })
        };
        let bits = |mask: u8, c: u8| both(&|v| equal(_mm256_and_si256(v, _mm256_set1_epi8(mask as i8)), c));
        gates!(is, is_low, within, bits, both(&|v| v))
    };
    const LOW: [u8; 64] = class::wide(class::LOW);
    const HIGH: [u8; 64] = class::wide(class::HIGH);
    let quick = |p: &[u8; 64]| -> Quick {
        // SAFETY: each load takes 32 bytes of an array of 64, and unaligned loads are allowed.
        let [x, y, lows, highs] =
            [&p[..], &p[32..], &LOW, &HIGH].map(|t| unsafe { _mm256_loadu_si256(t.as_ptr().cast()) });
        let both = |f: &dyn Fn(__m256i) -> __m256i| {
            let bits = |v| u64::from(_mm256_movemask_epi8(v) as u32);
            bits(f(x)) | bits(f(y)) << 32
        };
        let equal = |v: __m256i, c: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c as i8));
        let is = |c: u8| both(&|v| equal(v, c));
        let is_low = |c: u8| both(&|v| equal(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), c));
        let bits = |mask: u8, c: u8| both(&|v| equal(_mm256_and_si256(v, _mm256_set1_epi8(mask as i8)), c));
        let kind = |v: __m256i| {
            let upper = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
            _mm256_and_si256(_mm256_shuffle_epi8(lows, v), _mm256_shuffle_epi8(highs, upper))
        };
        let none = |v: __m256i, b: u8| equal(_mm256_and_si256(kind(v), _mm256_set1_epi8(b as i8)), 0);
        let class = |b: u8| !both(&|v| none(v, b));
        quicks!(class, is, is_low, bits, both(&|v| v))
    };
    drive!(bytes, step, quick, gate, of)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn drive_sse2<S: Step>(bytes: &[u8], step: &mut S) {
    use std::arch::x86_64::*;
    let of = |p: &[u8; 64]| -> Lanes {
        // SAFETY: every load lies within the 64 bytes, and unaligned loads are allowed.
        let v = [0, 16, 32, 48].map(|k| unsafe { _mm_loadu_si128(p.as_ptr().add(k).cast()) });
        let low = v.map(|v| _mm_or_si128(v, _mm_set1_epi8(0x20)));
        let bits = |v: [__m128i; 4]| {
            let [a, b, c, d] = v.map(|v| u64::from(_mm_movemask_epi8(v) as u32));
            a | b << 16 | c << 32 | d << 48
        };
        let equal = |v: [__m128i; 4], c: u8| bits(v.map(|v| _mm_cmpeq_epi8(v, _mm_set1_epi8(c as i8))));
        let range = |v: [__m128i; 4], from: u8, span: u8| {
            bits(v.map(|v| {
                let t = _mm_sub_epi8(v, _mm_set1_epi8(from as i8));
                _mm_cmpeq_epi8(_mm_min_epu8(t, _mm_set1_epi8(span as i8)), t)
            }))
        };
        let is = |c: u8| equal(v, c);
        let is_low = |c: u8| equal(low, c);
        let within = |from: u8, span: u8| range(v, from, span);
        let low_within = |from: u8, span: u8| range(low, from, span);
        classes!(is, is_low, within, low_within, bits(v))
    };
    let gate = |p: &[u8; 64]| -> Gate {
        // SAFETY: every load lies within the 64 bytes, and unaligned loads are allowed.
        let v = [0, 16, 32, 48].map(|k| unsafe { _mm_loadu_si128(p.as_ptr().add(k).cast()) });
        let all = |f: &dyn Fn(__m128i) -> __m128i| {
            let [a, b, c, d] = v.map(|v| u64::from(_mm_movemask_epi8(f(v)) as u32));
            a | b << 16 | c << 32 | d << 48
        };
        let equal = |v: __m128i, c: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(c as i8));
        let is = |c: u8| all(&|v| equal(v, c));
        let is_low = |c: u8| all(&|v| equal(_mm_or_si128(v, _mm_set1_epi8(0x20)), c));
        let within = |from: u8, span: u8| {
            all(&|v| {
                let v = _mm_sub_epi8(v, _mm_set1_epi8(from as i8));
                _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(span as i8)), v)
            })
        };
        let bits = |mask: u8, c: u8| all(&|v| equal(_mm_and_si128(v, _mm_set1_epi8(mask as i8)), c));
        gates!(is, is_low, within, bits, all(&|v| v))
    };
    let quick = |p: &[u8; 64]| -> Quick {
        // SAFETY: every load lies within the 64 bytes, and unaligned loads are allowed.
        let v = [0, 16, 32, 48].map(|k| unsafe { _mm_loadu_si128(p.as_ptr().add(k).cast()) });
        let all = |f: &dyn Fn(__m128i) -> __m128i| {
            let [a, b, c, d] = v.map(|v| u64::from(_mm_movemask_epi8(f(v)) as u32));
            a | b << 16 | c << 32 | d << 48
        };
        let equal = |v: __m128i, c: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(c as i8));
        let is = |c: u8| all(&|v| equal(v, c));
        let is_low = |c: u8| all(&|v| equal(_mm_or_si128(v, _mm_set1_epi8(0x20)), c));
        let bits = |mask: u8, c: u8| all(&|v| equal(_mm_and_si128(v, _mm_set1_epi8(mask as i8)), c));
        let within = |from: u8, span: u8| {
            all(&|v| {
                let v = _mm_sub_epi8(v, _mm_set1_epi8(from as i8));
                _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(span as i8)), v)
            })
        };
        // shuffles came with later processors: the same classes by what is in them
        let class = |b: u8| match b {
            class::DIGIT => within(b'0', 9),
            class::LINE => is(b'\n'),
            class::DOT => is(b'.'),
            class::RARE => within(b'(', 3) | bits(0xDF, b'[') | bits(0xDF, b'\\') | bits(0xDF, b'@'),
            _ => is(b' ') | is(b'\t') | bits(0xFD, b'-'),
        };
        quicks!(class, is, is_low, bits, all(&|v| v))
    };
    drive!(bytes, step, quick, gate, of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Default, PartialEq, Eq)]
    struct Keep(Vec<(usize, Gate)>, Vec<(usize, Lanes)>, Vec<(usize, Quick)>);

    impl Step for Keep {
        const BACK: usize = 16;
        fn quick(&mut self, offset: usize, quick: Quick) -> Verdict {
            self.2.push((offset, quick));
            Verdict::Look
        }
        fn look(&mut self, offset: usize, gate: Gate) -> bool {
            self.0.push((offset, gate));
            true
        }
        fn step(&mut self, offset: usize, lanes: Lanes) {
            self.1.push((offset, lanes));
        }
    }

    fn all(level: Level, bytes: &[u8]) -> Keep {
        let mut out = Keep::default();
        walk(level, bytes, &mut out);
        out
    }

    #[test]
    fn windows_overlap_and_are_padded() {
        for n in 0..200 {
            let bytes: Vec<u8> = (0..n).map(|k| if k % 7 == 3 { b'5' } else { b'x' }).collect();
            let windows = all(Level::best(), &bytes).0;
            assert_eq!(windows.len(), n / 48 + 1);
            for (offset, gate) in windows {
                for bit in 0..64 {
                    let at = (offset + bit).checked_sub(16);
                    let digit = at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
                    assert_eq!(gate.digit >> bit & 1 == 1, digit, "{n} {offset} {bit}");
                }
            }
        }
    }

    /// Every level that this machine can run.
    fn levels() -> Vec<Level> {
        #[allow(unused_mut)]
        let mut levels = vec![Level::best()];
        #[cfg(target_arch = "x86_64")]
        {
            levels.push(Level::Sse2);
            if matches!(Level::best(), Level::Avx2 | Level::Avx512) {
                levels.push(Level::Avx2);
            }
        }
        levels
    }

    proptest! {
        #[test]
        fn every_level_sees_the_same(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let want = all(Level::Scalar, &bytes);
            for level in levels() {
                prop_assert_eq!(&all(level, &bytes), &want);
            }
        }
    }

    #[test]
    fn every_byte_value() {
        let bytes: Vec<u8> = (0..=255).collect();
        for level in levels() {
            assert_eq!(all(level, &bytes), all(Level::Scalar, &bytes));
        }
    }
}

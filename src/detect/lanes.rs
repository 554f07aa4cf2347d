//! Classes of 64 bytes at a time as bit masks: the only module with vector instructions for scanning.
//!
//! One safe function, [`walk`]; AVX-512, AVX2, SSE2 and a scalar twin give the same masks (held equal by a property
//! test). The masks are made and used within one function for each level, so that those that nobody asks for cost
//! nothing.

use crate::model::Level;

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
        Level::Sse2 => unsafe { x86::drive_sse2(bytes, step) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx2` is made only where the processor has AVX2 and the instructions for bits.
        Level::Avx2 => unsafe { x86::drive_avx2(bytes, step) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Level::Avx512` is made only where the processor has both parts of AVX-512 and the instructions for bits.
        Level::Avx512 => unsafe { x86::drive_avx512(bytes, step) },
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

#[cfg(target_arch = "x86_64")]
mod x86;

fn drive_scalar<S: Step>(bytes: &[u8], step: &mut S) {
    drive!(bytes, step, scalar_quick, scalar_gate, scalar)
}

fn scalar_quick(p: &[u8; 64]) -> Quick {
    let all = |class: fn(u8) -> bool| p.iter().enumerate().fold(0, |m, (i, c)| m | u64::from(class(*c)) << i);
    Quick {
        digit: all(|c| c.is_ascii_digit()),
        sep: all(|c| matches!(c, b' ' | b'\t' | b'-' | b'/')),
        line: all(|c| c == b'\n'),
        dot: all(|c| c == b'.'),
        rare: all(|c| matches!(c, b'('..=b'+' | b'[' | b'\\' | b'{' | b'|' | b'@' | b'`')),
        high: all(|c| c >= 0x80),
        z: all(|c| matches!(c, b'Z' | b'z')),
        ix: all(|c| matches!(c, b'I' | b'i' | b'X' | b'x')),
        lead: all(|c| c & 0xD2 == 0xC2),
        full: all(|c| c == 0xBC),
    }
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

#[cfg(test)]
mod tests;

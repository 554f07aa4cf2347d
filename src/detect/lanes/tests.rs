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

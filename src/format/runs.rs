//! Long runs of letters, digits and the signs of base64 in a text, found 64 bytes at a time.

use crate::model::Level;

/// Letters, digits and the signs of both alphabets of base64.
pub(super) fn is_run(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// The signs that escapes begin with.
fn is_sign(b: u8) -> bool {
    matches!(b, b'\\' | b'%' | b'&')
}

/// The loop of all ways; a macro, so that the masks are made within it.
macro_rules! scan_by {
    ($text:ident, $from:ident, $to:ident, $found:ident, $masks:expr, $cases:expr) => {{
        // of the bytes before the upper halves of their masks are kept: shifts over two words are slow
        let up = |now: u64, before: u64, n: u32| now << n | before >> (32 - n);
        let (mut base, mut was) = ($from, [0u64; 6]);
        while base < $to {
            let rest = &$text[base..$to];
            let Masks { run, sign, small } = match rest.first_chunk::<64>() {
                Some(chunk) => $masks(chunk),
                None => plain_masks(rest),
            };
            // bits that end 2, 4, 8, 16 and 20 characters of a run
            let two = run & up(run, was[0], 1);
            let four = two & up(two, was[1], 2);
            let eight = four & up(four, was[2], 4);
            let sixteen = eight & up(eight, was[3], 8);
            let ends = sixteen & up(four, was[2], 16);
            let mut first = ends & !up(ends, was[4], 1);
            if first != 0 && small | was[5] == 0 {
                // such as tokens are; small letters may still stand in the run that goes on
                first &= !u64::MAX.checked_shr((!run).leading_zeros()).unwrap_or(0);
            }
            was = [run >> 32, two >> 32, four >> 32, eight >> 32, ends >> 32, small];
            let mut hits = first | sign;
            while hits != 0 {
                let (bit, k) = (hits & hits.wrapping_neg(), hits.trailing_zeros());
                hits ^= bit;
                let long = first & bit != 0;
                let tell = if long {
                    // a run that ends within these bytes, as most do, is told only where it has letters of both cases
                    let more = (run >> k).trailing_ones();
                    let end = base + (k + more) as usize;
                    let near = $text[..end].last_chunk::<64>();
                    let before = 65u32.saturating_sub(RUN as u32 + more);
                    k + more >= 64
                        || near.is_none_or(|near| {
                            let (capital, small) = $cases(near);
                            capital >> before != 0 && small >> before != 0
                        })
                } else {
                    may_escape($text, base + k as usize, $to)
                };
                if tell && $found(base + k as usize, long) {
                    return;
                }
            }
            base += 64;
        }
    }};
}

/// Which of 64 bytes belong to a run, which begin an escape, and which are small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Masks {
    run: u64,
    sign: u64,
    small: u64,
}

/// Byte by byte: for the last bytes, for other processors, and to prove the fast ones.
fn plain_masks(chunk: &[u8]) -> Masks {
    let all =
        |class: fn(u8) -> bool| chunk.iter().enumerate().fold(0, |m, (k, b)| m | u64::from(class(*b)) << k);
    Masks { run: all(is_run), sign: all(is_sign), small: all(|b| b.is_ascii_lowercase()) }
}

/// What [`scan`] calls, and with what.
pub(super) type Found<'a> = &'a mut dyn FnMut(usize, bool) -> bool;

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,lzcnt,popcnt")]
fn scan_avx512(text: &[u8], from: usize, to: usize, found: Found<'_>) {
    use std::arch::x86_64::*;
    // SAFETY: the load takes the 64 bytes of the chunk, and unaligned loads are allowed
    let load = |chunk: &[u8; 64]| unsafe { _mm512_loadu_si512(chunk.as_ptr().cast()) };
    let range = |v, from: u8, span: u8| {
        let v = _mm512_sub_epi8(v, _mm512_set1_epi8(from as i8));
        _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(span as i8))
    };
    let masks = |chunk: &[u8; 64]| {
        let v = load(chunk);
        let is = |c: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c as i8));
        let letter = range(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), b'a', 25);
        Masks {
            // `/` stands before the digits
            run: letter | range(v, b'/', 10) | is(b'-') | is(b'+') | is(b'_'),
            // `%` and `&` are neighbours
            sign: range(v, b'%', 1) | is(b'\\'),
            small: range(v, b'a', 25),
        }
    };
    let cases = |chunk: &[u8; 64]| {
        let v = load(chunk);
        (range(v, b'A', 25), range(v, b'a', 25))
    };
    scan_by!(text, from, to, found, masks, cases)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn scan_avx2(text: &[u8], from: usize, to: usize, found: Found<'_>) {
    use std::arch::x86_64::*;
    // SAFETY: the load takes 32 of the 64 bytes of the chunk, and unaligned loads are allowed
    let load = |chunk: &[u8; 64], k: usize| unsafe { _mm256_loadu_si256(chunk.as_ptr().add(k).cast()) };
    let range = |v, from: u8, span: u8| {
        let v = _mm256_sub_epi8(v, _mm256_set1_epi8(from as i8));
        _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(span as i8)), v)
    };
    let bits = |v, k: usize| u64::from(_mm256_movemask_epi8(v) as u32) << k;
    let masks = |chunk: &[u8; 64]| {
        let half = |k: usize| {
            let v = load(chunk, k);
            let is = |c: u8| _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c as i8));
            let letter = range(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), b'a', 25);
            let other = _mm256_or_si256(_mm256_or_si256(is(b'-'), is(b'+')), is(b'_'));
            let run = _mm256_or_si256(_mm256_or_si256(range(v, b'/', 10), letter), other);
            let sign = _mm256_or_si256(range(v, b'%', 1), is(b'\\'));
            Masks { run: bits(run, k), sign: bits(sign, k), small: bits(range(v, b'a', 25), k) }
        };
        let (a, b) = (half(0), half(32));
        Masks { run: a.run | b.run, sign: a.sign | b.sign, small: a.small | b.small }
    };
    let cases = |chunk: &[u8; 64]| {
        let (v, w) = (load(chunk, 0), load(chunk, 32));
        let both = |from: u8| bits(range(v, from, 25), 0) | bits(range(w, from, 25), 32);
        (both(b'A'), both(b'a'))
    };
    scan_by!(text, from, to, found, masks, cases)
}

fn scan_plain(text: &[u8], from: usize, to: usize, found: Found<'_>) {
    let cases = |chunk: &[u8; 64]| {
        let all = |class: fn(&u8) -> bool| {
            chunk.iter().enumerate().fold(0, |m, (k, b)| m | u64::from(class(b)) << k)
        };
        (all(u8::is_ascii_uppercase), all(u8::is_ascii_lowercase))
    };
    scan_by!(text, from, to, found, plain_masks, cases)
}

/// The shortest run that counts: fifteen bytes and their padding.
pub(super) const RUN: usize = 20;

/// Calls `found` for every sign of an escape in `text[from..to]` that may begin one (its position, and `false`) and
/// for the [`RUN`]th character of every long run (with `true`), in rising order, until it answers with `true`. Runs
/// that lack capitals or small letters may be left out.
pub(super) fn scan(text: &[u8], from: usize, to: usize, found: Found<'_>) {
    match Level::best() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has both parts of AVX-512 and the instructions for bits
        Level::Avx512 => unsafe { scan_avx512(text, from, to, found) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has AVX2 and the instructions for bits
        Level::Avx2 => unsafe { scan_avx2(text, from, to, found) },
        _ => scan_plain(text, from, to, found),
    }
}

/// May the sign at `at` begin an escape? A reference of HTML ends with a semicolon twelve bytes on at most.
#[inline]
fn may_escape(text: &[u8], at: usize, to: usize) -> bool {
    if text[at] != b'&' {
        return true;
    }
    let Some(near) = text[..to].get(at + 1..).and_then(|t| t.first_chunk::<12>()) else { return true };
    near.iter().fold(false, |any, b| any | (*b == b';'))
}

/// The first run of at least [`RUN`] such characters in `text[from..to]`, as long as it is there. Runs that lack
/// capitals or small letters may be left out.
pub(super) fn long_run(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut run = None;
    scan(text, from, to, &mut |last, long| {
        if long {
            run = Some((last + 1 - RUN, run_end(text, last, to)));
        }
        long
    });
    run
}

/// Where the run that holds `at` ends, in `text[..to]`.
pub(super) fn run_end(text: &[u8], at: usize, to: usize) -> usize {
    at + text[at..to].iter().take_while(|b| is_run(**b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mixed(run: &[u8]) -> bool {
        run.iter().any(u8::is_ascii_uppercase) && run.iter().any(u8::is_ascii_lowercase)
    }

    fn plain(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
        let mut at = from;
        while at < to {
            let end = at + text[at..to].iter().take_while(|b| is_run(**b)).count();
            if end - at >= RUN && mixed(&text[at..end]) {
                return Some((at, end));
            }
            at = end + 1;
        }
        None
    }

    proptest! {
        #[test]
        fn fast_and_plain_agree(text in "[a ]{0,30}([Aa9/+_-]{1,40}[ =,.]{0,2}){0,8}", cut in 0usize..20) {
            let text = text.as_bytes();
            let (from, to) = (cut.min(text.len()), text.len() - (cut / 3).min(text.len() - cut.min(text.len())));
            let mut at = from;
            let mut found = None;
            while let Some((start, end)) = long_run(text, at, to) {
                if mixed(&text[start..end]) {
                    found = Some((start, end));
                    break;
                }
                at = end;
            }
            prop_assert_eq!(found, plain(text, from, to));
        }
    }

    proptest! {
        #[test]
        fn every_way_sees_the_same(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0usize..40) {
            let from = cut.min(bytes.len());
            check(&bytes, from);
        }

        #[test]
        fn every_way_sees_the_same_runs(text in "([Aa9/+_-]{1,70}[ =,.&%\\\\]{0,2}){0,8}", cut in 0usize..40) {
            let from = cut.min(text.len());
            check(text.as_bytes(), from);
        }
    }

    fn check(bytes: &[u8], from: usize) {
        let to = bytes.len();
        type Way = fn(&[u8], usize, usize, Found<'_>);
        let all = |way: Way| {
            let mut out = Vec::new();
            way(bytes, from, to, &mut |at, long| {
                out.push((at, long));
                false
            });
            out
        };
        let plain = all(scan_plain);
        assert_eq!(all(scan), plain);
        #[cfg(target_arch = "x86_64")]
        if matches!(Level::best(), Level::Avx2 | Level::Avx512) {
            // SAFETY: the processor has AVX2 and the instructions for bits
            assert_eq!(all(|t, a, b, f| unsafe { scan_avx2(t, a, b, f) }), plain);
        }
    }

    #[test]
    fn every_byte_value() {
        let bytes: Vec<u8> = (0..=255).collect();
        check(&bytes, 0);
    }
}

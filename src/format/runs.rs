//! Long runs of letters, digits and the signs of base64 in a text, found 64 bytes at a time.

/// Letters, digits and the signs of both alphabets of base64.
pub(super) fn is_run(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// One bit for each of 64 bytes that is such a character.
#[cfg(target_arch = "x86_64")]
#[inline]
fn mask(chunk: &[u8; 64]) -> u64 {
    use std::arch::x86_64::*;
    let mut bits = 0;
    let mut k = 0;
    while k < 64 {
        // SAFETY: SSE2 belongs to every x86-64, and the 16 bytes at `k` lie within the chunk
        unsafe {
            let v = _mm_loadu_si128(chunk.as_ptr().add(k).cast());
            let low = _mm_or_si128(v, _mm_set1_epi8(0x20));
            // `/` stands before the digits
            let digit = _mm_sub_epi8(v, _mm_set1_epi8(b'/' as i8));
            let digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(10)), digit);
            let letter = _mm_sub_epi8(low, _mm_set1_epi8(b'a' as i8));
            let letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(25)), letter);
            let dash = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'-' as i8));
            let plus = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'+' as i8));
            let line = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'_' as i8));
            let any = _mm_or_si128(_mm_or_si128(digit, letter), _mm_or_si128(_mm_or_si128(dash, plus), line));
            bits |= u64::from(_mm_movemask_epi8(any) as u16) << k;
        }
        k += 16;
    }
    bits
}

#[cfg(not(target_arch = "x86_64"))]
fn mask(chunk: &[u8; 64]) -> u64 {
    plain_mask(chunk)
}

/// The same, byte by byte: for the last bytes, for other processors, and to prove the fast one.
fn plain_mask(chunk: &[u8]) -> u64 {
    chunk.iter().enumerate().fold(0, |m, (k, b)| m | u64::from(is_run(*b)) << k)
}

/// The shortest run that [`long_run`] finds: fifteen bytes and their padding.
pub(super) const RUN: usize = 20;

/// The first run of at least [`RUN`] such characters in `text[from..to]`, as long as it is there.
pub(super) fn long_run(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let (mut base, mut before) = (from, 0u64);
    while base < to {
        let rest = &text[base..to];
        let now = rest.first_chunk::<64>().map_or_else(|| plain_mask(rest), mask);
        // bits that end 2, 4, 8, 16 and 20 characters of a run
        let one = u128::from(now) << 64 | u128::from(before);
        let two = one & (one << 1);
        let four = two & (two << 2);
        let eight = four & (four << 4);
        let sixteen = eight & (eight << 8);
        let ends = ((sixteen & (four << 16)) >> 64) as u64;
        if ends != 0 {
            let last = base + ends.trailing_zeros() as usize;
            let end = last + text[last..to].iter().take_while(|b| is_run(**b)).count();
            return Some((last + 1 - RUN, end));
        }
        (base, before) = (base + 64, now);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
        let mut at = from;
        while at < to {
            let end = at + text[at..to].iter().take_while(|b| is_run(**b)).count();
            if end - at >= RUN {
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
            prop_assert_eq!(long_run(text, from, to), plain(text, from, to));
        }
    }

    #[test]
    fn every_byte_value() {
        let bytes: Vec<u8> = (0..=255).collect();
        for chunk in bytes.as_chunks::<64>().0 {
            assert_eq!(mask(chunk), plain_mask(chunk));
        }
    }
}

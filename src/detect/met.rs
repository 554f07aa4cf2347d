//! What was found out about short texts that were met last: the same few repeat in every line.

/// Texts of at most `N` bytes and what is known of them, in `2^BITS` places; a newer one takes the place of an older.
#[derive(Clone, Debug)]
pub(crate) struct Met<V, const N: usize, const BITS: u32>(Vec<(u8, [u8; N], V)>);

impl<V, const N: usize, const BITS: u32> Default for Met<V, N, BITS> {
    fn default() -> Self {
        Met(Vec::new())
    }
}

impl<V: Copy + Default, const N: usize, const BITS: u32> Met<V, N, BITS> {
    fn slot(text: &[u8]) -> usize {
        let (eights, rest) = text.as_chunks::<8>();
        let rest = rest.iter().fold(text.len() as u64, |w, b| w << 8 | u64::from(*b));
        let mix = |h: u64, w: u64| (h.rotate_left(29) ^ w).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (eights.iter().fold(mix(0, rest), |h, w| mix(h, u64::from_le_bytes(*w))) >> (64 - BITS)) as usize
    }

    /// What is known of `text`.
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<V> {
        let kept = self.0.get(Self::slot(text))?;
        (usize::from(kept.0) == text.len() && kept.1[..text.len()] == *text).then_some(kept.2)
    }

    /// Keeps what was found out about `text`, where it is short enough.
    pub(crate) fn put(&mut self, text: &[u8], known: V) {
        if text.len() > N {
            return;
        }
        if self.0.is_empty() {
            self.0 = vec![(0, [0; N], V::default()); 1 << BITS];
        }
        let kept = &mut self.0[Self::slot(text)];
        kept.1[..text.len()].copy_from_slice(text);
        (kept.0, kept.2) = (text.len() as u8, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_texts_are_known() {
        let mut met = Met::<bool, 39, 10>::default();
        assert_eq!(met.get(b"api/v1"), None);
        let words: Vec<String> = (0..3000).map(|k| format!("api/{k} \u{438}{}", k % 7)).collect();
        for (k, w) in words.iter().enumerate() {
            met.put(w.as_bytes(), k % 3 == 0);
            assert_eq!(met.get(w.as_bytes()), Some(k % 3 == 0));
        }
        let kept = words.iter().enumerate().filter_map(|(k, w)| Some((k, met.get(w.as_bytes())?)));
        assert!(kept.clone().count() > 300);
        assert!(kept.into_iter().all(|(k, may)| may == (k % 3 == 0)));
        met.put(&[b'a'; 40], true);
        assert_eq!(met.get(&[b'a'; 40]), None);
    }
}

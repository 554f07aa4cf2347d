//! Words that were met before where a label might have begun.

/// Most bytes of two words that are remembered.
const MET: usize = 39;

/// Pairs of words that were met last, and whether a label may stand there: the same few repeat in every text.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordsMet(Vec<(u8, [u8; MET], bool)>);

impl WordsMet {
    /// Where such words are kept.
    fn slot(words: &[u8]) -> usize {
        let (eights, rest) = words.as_chunks::<8>();
        let rest = rest.iter().fold(words.len() as u64, |w, b| w << 8 | u64::from(*b));
        let mix = |h: u64, w: u64| (h.rotate_left(29) ^ w).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (eights.iter().fold(mix(0, rest), |h, w| mix(h, u64::from_le_bytes(*w))) >> 54) as usize
    }

    pub(super) fn get(&self, words: &[u8]) -> Option<bool> {
        let kept = self.0.get(WordsMet::slot(words))?;
        (usize::from(kept.0) == words.len() && kept.1[..words.len()] == *words).then_some(kept.2)
    }

    pub(super) fn put(&mut self, words: &[u8], may: bool) {
        if words.len() > MET {
            return;
        }
        if self.0.is_empty() {
            self.0 = vec![(0, [0; MET], false); 1 << 10];
        }
        let kept = &mut self.0[WordsMet::slot(words)];
        kept.1[..words.len()].copy_from_slice(words);
        (kept.0, kept.2) = (words.len() as u8, may);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_words_are_known() {
        let mut met = WordsMet::default();
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

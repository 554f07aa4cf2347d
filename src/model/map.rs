/// Maps a position in a block's text (UTF-8) to the position of the same character in the file as stored.
#[derive(Clone, Debug, Default)]
pub enum OffsetMap {
    /// The text has no place in the file of its own (cells of a package, attributes put together).
    #[default]
    None,
    /// The text is the stored bytes; the first of them stands at this offset.
    Identity(u64),
    /// Every character of the text is one byte of the file (windows-1251, KOI8-R …).
    SingleByte {
        /// Offset in the file of the first character.
        base: u64,
        /// Text position of every 256th character.
        marks: Vec<u32>,
    },
    /// Runs `(text position, file offset)` in rising order; within a run positions advance together.
    /// Serves UTF-16, escapes and everything that is not covered above.
    Runs(Vec<(u32, u64)>),
}

impl OffsetMap {
    /// Marks for [`OffsetMap::SingleByte`].
    pub fn single_byte(base: u64, text: &[u8]) -> OffsetMap {
        let mut marks = Vec::with_capacity(text.len() / 256 + 1);
        let mut chars = 0usize;
        for (i, b) in text.iter().enumerate() {
            if b & 0xC0 != 0x80 {
                if chars.is_multiple_of(256) {
                    marks.push(i as u32);
                }
                chars += 1;
            }
        }
        OffsetMap::SingleByte { base, marks }
    }

    /// The offset in the file of text position `at`; `None` where the text has no place of its own.
    pub fn to_file(&self, text: &[u8], at: usize) -> Option<u64> {
        match self {
            OffsetMap::None => None,
            OffsetMap::Identity(base) => Some(base + at as u64),
            OffsetMap::SingleByte { base, marks } => {
                let k = marks.partition_point(|m| (*m as usize) <= at);
                if k == 0 {
                    return Some(*base);
                }
                let from = marks[k - 1] as usize;
                let chars = text[from..at.min(text.len())].iter().filter(|b| **b & 0xC0 != 0x80).count();
                Some(base + ((k - 1) * 256 + chars) as u64)
            }
            OffsetMap::Runs(runs) => {
                let k = runs.partition_point(|r| (r.0 as usize) <= at);
                let (t, f) = *runs.get(k.checked_sub(1)?)?;
                Some(f + (at - t as usize) as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_byte_counts_characters() {
        let text = "ИИН 1".repeat(200);
        let map = OffsetMap::single_byte(10, text.as_bytes());
        for (n, (i, _)) in text.char_indices().enumerate() {
            assert_eq!(map.to_file(text.as_bytes(), i), Some(10 + n as u64));
        }
        assert_eq!(map.to_file(text.as_bytes(), text.len()), Some(10 + 1000));
    }

    #[test]
    fn runs_advance_together() {
        let map = OffsetMap::Runs(vec![(0, 5), (4, 20)]);
        assert_eq!(map.to_file(b"", 3), Some(8));
        assert_eq!(map.to_file(b"", 4), Some(20));
        assert_eq!(map.to_file(b"", 6), Some(22));
    }
}

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
    /// Serves escapes in UTF-8 files. Two runs at one text position enclose stored bytes that the text
    /// leaves out (a tag inside a word).
    Runs(Vec<(u32, u64)>),
    /// Like `Runs`, but within a run the file advances by `step` for each character of the text.
    Stepped {
        /// The stored length of a character.
        step: Step,
        /// As in `Runs`; a run is at most some hundred characters long.
        runs: Vec<(u32, u64)>,
    },
}

/// How many stored bytes one character of the text takes within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One byte (windows-1251, KOI8-R …).
    Byte,
    /// UTF-16, low byte first: two bytes, four beyond U+FFFF.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Step {
    /// Stored bytes of the valid UTF-8 `text`.
    pub fn stored_len(self, text: &[u8]) -> u64 {
        match self {
            Step::Byte => text.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64,
            Step::Utf16Le | Step::Utf16Be => {
                2 * text.iter().map(|b| u64::from(b & 0xC0 != 0x80) + u64::from(*b >= 0xF0)).sum::<u64>()
            }
        }
    }
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
            OffsetMap::Stepped { step, runs } => {
                let k = runs.partition_point(|r| (r.0 as usize) <= at);
                let (t, f) = *runs.get(k.checked_sub(1)?)?;
                Some(f + step.stored_len(text.get(t as usize..at)?))
            }
        }
    }

    /// The offset in the file one past the character that ends at text position `at`. It differs from
    /// [`OffsetMap::to_file`] where stored bytes that the text leaves out begin there.
    pub fn to_file_end(&self, text: &[u8], at: usize) -> Option<u64> {
        let (OffsetMap::Runs(runs) | OffsetMap::Stepped { runs, .. }) = self else {
            return self.to_file(text, at);
        };
        let k = runs.partition_point(|r| (r.0 as usize) < at);
        match runs.get(k) {
            Some((t, f)) if *t as usize == at => Some(*f),
            _ => self.to_file(text, at),
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

    #[test]
    fn left_out_bytes_have_two_sides() {
        // "ab<i>cd" read as "abcd"
        let map = OffsetMap::Runs(vec![(0, 0), (2, 2), (2, 5)]);
        assert_eq!(map.to_file_end(b"abcd", 2), Some(2));
        assert_eq!(map.to_file(b"abcd", 2), Some(5));
        assert_eq!(map.to_file_end(b"abcd", 4), Some(7));
    }

    #[test]
    fn utf16_counts_units() {
        let text = "Иa\u{1F600}b".as_bytes();
        let map = OffsetMap::Stepped { step: Step::Utf16Le, runs: vec![(0, 2)] };
        assert_eq!(map.to_file(text, 2), Some(4));
        assert_eq!(map.to_file(text, 3), Some(6));
        assert_eq!(map.to_file(text, 7), Some(10));
    }
}

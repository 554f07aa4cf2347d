//! One-byte encodings where only numbers are looked for: decoded around digits and signs of mail, and left out elsewhere.
//!
//! Decoding costs more than everything else that is done with such text, and most of it is words.

use std::ops::Range;

use super::super::text::line_cut;
use super::{Encoding, Feed};
use crate::model::{Block, NO_COLUMN, OffsetMap, ReadError, Segment, SegmentKind, Step};

/// Bytes that are judged together.
const STEP: usize = 64;
/// Steps before and behind a number that are decoded too: further away no word is looked for.
const AROUND: usize = 6;
/// Fewest digits, in two steps, of anything that could be found.
const DIGITS: usize = 4;

/// The parts of `raw` in which a number or an address of mail could stand, with what may speak for it.
fn parts(raw: &[u8]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut before = 0;
    for (k, step) in raw.chunks(STEP).enumerate() {
        let digits = step.iter().map(|b| u8::from(b.is_ascii_digit())).sum::<u8>() as usize;
        let signs = step.iter().map(|b| u8::from(matches!(b, b'@' | b'*'))).sum::<u8>();
        if digits + before >= DIGITS || signs > 0 || spelled(raw, k * STEP) {
            let start = k.saturating_sub(AROUND + 1) * STEP;
            let end = ((k + AROUND + 1) * STEP).min(raw.len());
            match parts.last_mut().filter(|p| p.end >= start) {
                Some(part) => part.end = end,
                None => parts.push(start..end),
            }
        }
        before = digits;
    }
    parts
}

/// Does a bracket stand in the step at `from` that may hold a spelled sign of mail: `(at)`, `[собака]`?
fn spelled(raw: &[u8], from: usize) -> bool {
    let step = &raw[from..raw.len().min(from + STEP)];
    let bracket = |b: &u8| matches!(b, b'(' | b'[' | b'{');
    step.iter().fold(false, |any, b| any | bracket(b))
        && step.iter().enumerate().any(|(k, b)| {
            let next = raw.get(from + k + 1);
            bracket(b) && next.is_some_and(|n| matches!(n, b'a' | b'A') || *n >= 0x80)
        })
}

impl Feed {
    /// Puts the next part of a text in a one-byte encoding into `block`, one segment for every piece that could
    /// hold a number, and moves on. False where the text is in another encoding, or no line ends: nothing was used
    /// up then. Looks at `want` bytes and takes `part` of them, unless they are the last.
    ///
    /// # Errors
    /// Those of reading.
    pub fn take_sparse(&mut self, block: &mut Block, want: usize, part: usize) -> Result<bool, ReadError> {
        let last = self.look(want)?;
        let Some(Encoding::Single(table)) = self.charset().at(self.offset()) else { return Ok(false) };
        let bytes = self.ahead(want);
        let mut cut = bytes.len();
        if !last {
            let bytes = &bytes[..bytes.len().min(part)];
            match line_cut(bytes, bytes.len()) {
                Some(line) => cut = line,
                None => return Ok(false),
            }
        }
        let bytes = &bytes[..cut];
        if bytes.is_ascii() {
            return Ok(false);
        }
        let mut runs = Vec::new();
        for part in parts(bytes) {
            let start = block.text.len() as u32;
            for (k, piece) in bytes[part.clone()].chunks(256).enumerate() {
                runs.push((block.text.len() as u32, self.offset() + (part.start + 256 * k) as u64));
                table.decode(piece, &mut block.text);
            }
            let end = block.text.len() as u32;
            block.segments.push(Segment { start, end, column: NO_COLUMN, row: 0, kind: SegmentKind::Prose });
            // stands for the first byte that is left out
            block.text.push(b'\n');
        }
        block.raw.extend_from_slice(bytes);
        block.map = OffsetMap::Stepped { step: Step::Byte, runs };
        self.pass(block, cut);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_alone_are_left_out() {
        let text = [b"\xE0".repeat(5000), b" 87010000000 ".to_vec(), b"\xE0".repeat(5000)].concat();
        let found = parts(&text);
        assert_eq!(found.len(), 1);
        assert!(found[0].start <= 5000 - 380 && found[0].start > 4000);
        assert!(found[0].end >= 5013 + 380 && found[0].end < 6000);
        assert!(parts(&b"\xE0\xE1 2024 ".repeat(2)[..9]).len() == 1);
        assert_eq!(parts(b"a@b").first(), Some(&(0..3)));
        assert_eq!(parts(b"a (at) b").first(), Some(&(0..8)));
        assert!(parts(b"a (b) c").is_empty());
        assert!(parts("слова".as_bytes()).is_empty());
    }
}

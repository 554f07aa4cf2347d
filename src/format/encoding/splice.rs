use super::{Charset, Encoding, Lack, encode_ascii};
use crate::model::{Block, Edit, OffsetMap, ReadError, Reason};

/// Writes a block as stored, with parts replaced; the one way in which every text format writes.
pub struct Writer<'a> {
    block: &'a Block,
    charset: &'a Charset,
    encoding: Option<Encoding>,
    lack: Lack,
    /// The text is the stored bytes, and ASCII stands in them as it is.
    direct: bool,
    at: usize,
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Begins to append `block` to `out`.
    pub fn new(block: &'a Block, charset: &'a Charset, lack: Lack, out: &'a mut Vec<u8>) -> Writer<'a> {
        out.reserve(block.stored().len());
        let encoding = charset.at(block.offset);
        let direct = block.raw.is_empty() && !wide(encoding);
        Writer { block, charset, encoding, lack, direct, at: 0, out }
    }

    /// Puts `text`, in the file's syntax already, in the place of the block's text from `start` to `end`.
    /// Stored bytes in between that the text leaves out (tags) stay.
    ///
    /// # Errors
    /// Where replacements are not in rising order or lie outside the block.
    pub fn replace(&mut self, start: u32, end: u32, text: &str) -> Result<(), ReadError> {
        if !self.direct || !text.is_ascii() {
            return self.replace_stored(start, end, text);
        }
        self.pass_over(start, end)?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// [`Writer::replace`] by a text that needs no quoting.
    ///
    /// # Errors
    /// As [`Writer::replace`].
    #[inline]
    pub fn put_edit(&mut self, edit: &Edit) -> Result<(), ReadError> {
        let Some((room, length)) = edit.text.as_word().filter(|_| self.direct) else {
            return self.replace(edit.start, edit.end, &edit.text);
        };
        self.pass_over(edit.start, edit.end)?;
        // so much at once that no call is needed
        self.out.extend_from_slice(room);
        self.out.truncate(self.out.len() - room.len() + length);
        Ok(())
    }

    /// Copies what stands before `start` and leaves out what stands up to `end`; the text is the stored bytes.
    #[inline]
    fn pass_over(&mut self, start: u32, end: u32) -> Result<(), ReadError> {
        let (from, to) = (start as usize, end as usize);
        let part = self.block.text.get(self.at..from).filter(|_| from <= to && to <= self.block.text.len());
        match part.ok_or_else(|| self.wrong(start))? {
            [] => {}
            // between two cells
            [one] => self.out.push(*one),
            part => self.out.extend_from_slice(part),
        }
        self.at = to;
        Ok(())
    }

    fn replace_stored(&mut self, start: u32, end: u32, text: &str) -> Result<(), ReadError> {
        let (from, to) = self.range(start, end)?;
        let hidden = self.left_out(start, end);
        self.copy_to(from)?;
        self.put(text);
        self.at = from;
        for (gap_from, gap_to) in hidden {
            if gap_from >= self.at && gap_to <= to {
                self.at = gap_from;
                self.copy_to(gap_to)?;
            }
        }
        self.at = to.max(self.at);
        Ok(())
    }

    /// Puts `text` before the character at text position `at`.
    ///
    /// # Errors
    /// As [`Writer::replace`].
    pub fn before(&mut self, at: u32, text: &str) -> Result<(), ReadError> {
        let (from, _) = self.range(at, at)?;
        self.copy_to(from)?;
        self.put(text);
        Ok(())
    }

    /// Puts `text` after the character that ends at text position `at`.
    ///
    /// # Errors
    /// As [`Writer::replace`].
    pub fn after(&mut self, at: u32, text: &str) -> Result<(), ReadError> {
        let (_, to) = self.range(at, at)?;
        self.copy_to(to.max(self.at))?;
        self.put(text);
        Ok(())
    }

    /// Appends what is left.
    ///
    /// # Errors
    /// As [`Writer::replace`].
    pub fn finish(mut self) -> Result<(), ReadError> {
        self.copy_to(self.block.stored().len())
    }

    fn range(&self, start: u32, end: u32) -> Result<(usize, usize), ReadError> {
        let inside = start <= end && end as usize <= self.block.text.len();
        inside.then(|| self.block.stored_range(start, end)).flatten().ok_or_else(|| self.wrong(start))
    }

    fn wrong(&self, at: u32) -> ReadError {
        let place = self.block.offset;
        ReadError::new(Reason::WriteFailed, format!("edit at {at} of the block at {place} cannot be placed"))
    }

    /// Stored ranges strictly inside that the text leaves out: two runs at one text position.
    fn left_out(&self, start: u32, end: u32) -> Vec<(usize, usize)> {
        let (OffsetMap::Runs(runs) | OffsetMap::Stepped { runs, .. }) = &self.block.map else {
            return Vec::new();
        };
        let from = runs.partition_point(|r| r.0 <= start);
        let base = self.block.offset;
        runs[from..]
            .windows(2)
            .take_while(|w| w[1].0 < end)
            .filter(|w| w[0].0 == w[1].0)
            .map(|w| (w[0].1.saturating_sub(base) as usize, w[1].1.saturating_sub(base) as usize))
            .collect()
    }

    fn copy_to(&mut self, to: usize) -> Result<(), ReadError> {
        let part = self.block.stored().get(self.at..to).ok_or_else(|| self.wrong(to as u32))?;
        self.out.extend_from_slice(part);
        self.at = to;
        Ok(())
    }

    fn put(&mut self, text: &str) {
        if text.is_ascii() && !wide(self.encoding) {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        match self.encoding {
            None => encode_ascii(text, self.lack, self.out),
            Some(encoding) => {
                let encoding = match encoding {
                    Encoding::Utf8 if self.charset.mixed().is_some() => {
                        let stored = self.block.stored();
                        let start = memchr::memrchr(b'\n', &stored[..self.at]).map_or(0, |p| p + 1);
                        let end = memchr::memchr(b'\n', &stored[self.at..]);
                        let end = end.map_or(stored.len(), |p| self.at + p + 1);
                        self.charset.of_line(encoding, &stored[start..end])
                    }
                    other => other,
                };
                encoding.encode(text, self.lack, self.out);
            }
        }
    }
}

/// Takes every character two bytes and more?
fn wide(encoding: Option<Encoding>) -> bool {
    matches!(encoding, Some(Encoding::Utf16Le | Encoding::Utf16Be))
}

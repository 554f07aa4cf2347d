use std::borrow::Cow;
use std::sync::Arc;

use super::super::Splice;
use super::super::encoding::{Charset, Lack, Writer};
use crate::model::{Block, Edit, ReadError, Segment};

/// Writes replacements into cells: quotes are doubled, and a cell that now needs quotes gets them.
pub struct CsvSplice {
    pub charset: Arc<Charset>,
    pub delimiter: u8,
}

impl Splice for CsvSplice {
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut writer = Writer::new(block, &self.charset, Lack::Near, out);
        if edits.iter().all(|e| e.text.as_word().is_some() || self.is_plain(e.text.as_bytes())) {
            for edit in edits {
                writer.put_edit(edit)?;
            }
            return writer.finish();
        }
        let (mut k, mut near) = (0, 0);
        while k < edits.len() {
            let segment = block.segment_from(&mut near, edits[k].start).map(|s| block.segments[s]);
            let end = segment.map_or(edits[k].end, |s| s.end);
            let mut n = k + 1;
            while edits.get(n).is_some_and(|e| e.start < end) {
                n += 1;
            }
            match segment {
                Some(segment) => self.cell(block, segment, &edits[k..n], &mut writer)?,
                None => {
                    for edit in &edits[k..n] {
                        writer.replace(edit.start, edit.end, &edit.text)?;
                    }
                }
            }
            k = n;
        }
        writer.finish()
    }
}

impl CsvSplice {
    /// May a text stand in a cell without quotes?
    fn is_plain(&self, text: &[u8]) -> bool {
        let special = |b: u8| matches!(b, b'"' | b'\n' | b'\r') | (b == self.delimiter);
        !text.iter().fold(false, |any, b| any | special(*b))
    }

    fn cell(
        &self,
        block: &Block,
        segment: Segment,
        edits: &[Edit],
        writer: &mut Writer<'_>,
    ) -> Result<(), ReadError> {
        let plain = edits.iter().all(|e| self.is_plain(e.text.as_bytes()));
        let (start, end) = (segment.start as usize, segment.end as usize);
        let before = start.checked_sub(1).map(|k| block.text[k]);
        let quoted = before == Some(b'"') && block.text.get(end) == Some(&b'"');
        // quotes inside `"=""0123"""` would have to be doubled twice, which few programs undo
        let nested = quoted && block.text[..start].ends_with(b"\"=\"");
        if plain || quoted {
            for edit in edits {
                let text = match (plain, nested) {
                    (true, _) => Cow::Borrowed(&*edit.text),
                    (_, true) => Cow::Owned(edit.text.replace('"', "'")),
                    _ => Cow::Owned(edit.text.replace('"', "\"\"")),
                };
                writer.replace(edit.start, edit.end, &text)?;
            }
            return Ok(());
        }
        let double = |from: u32, to: u32, writer: &mut Writer<'_>| -> Result<(), ReadError> {
            let part = block.text.get(from as usize..to as usize).unwrap_or_default();
            for p in memchr::memchr_iter(b'"', part) {
                writer.replace(from + p as u32, from + p as u32 + 1, "\"\"")?;
            }
            Ok(())
        };
        writer.before(segment.start, "\"")?;
        let mut at = segment.start;
        for edit in edits {
            double(at, edit.start, writer)?;
            writer.replace(edit.start, edit.end, &edit.text.replace('"', "\"\""))?;
            at = edit.end;
        }
        double(at, segment.end, writer)?;
        writer.after(segment.end, "\"")
    }
}

//! The shared strings of a workbook: one buffer and the ends of the strings in it, and which of them are used.

use crate::format::Visitor;
use crate::format::package::Package;
use crate::format::package::chunks::{Chunks, end_tag};
use crate::format::package::part_error;
use crate::format::package::slots::{self, RawEdit, Slot, Stored};
use crate::format::package::xml::{self, Token, Tokens, local};
use crate::model::{Block, NO_COLUMN, ReadError, Segment, SegmentKind};

use crate::format::package::lazy::LazyPart;

/// Bytes of a piece of the part; and the most that one string may take.
const PIECE: usize = 1 << 20;
const LONGEST: usize = 64 << 20;

/// One bit for each string.
#[derive(Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// Sets bit `k`.
    #[inline]
    pub fn set(&mut self, k: u32) {
        if let Some(word) = self.0.get_mut(k as usize / 64) {
            *word |= 1 << (k % 64);
        }
    }

    /// True where bit `k` is set.
    pub fn get(&self, k: u32) -> bool {
        self.0.get(k as usize / 64).is_some_and(|w| w >> (k % 64) & 1 == 1)
    }
}

/// The strings of `xl/sharedStrings.xml`.
#[derive(Default)]
pub struct Strings {
    text: Vec<u8>,
    ends: Vec<u32>,
    /// Strings that a cell shows.
    pub used: Bits,
    /// Strings that a cell shows that was not edited.
    pub kept: Bits,
}

impl Strings {
    /// String `k`, as UTF-8.
    #[inline]
    pub fn get(&self, k: u32) -> Option<&[u8]> {
        let k = k as usize;
        let end = *self.ends.get(k)? as usize;
        let start = if k == 0 { 0 } else { self.ends[k - 1] as usize };
        self.text.get(start..end)
    }

    /// Reads the part.
    ///
    /// # Errors
    /// `Damaged` XML; `LimitReached` where the strings take more than 4 GiB.
    pub fn read(package: &mut Package, index: usize) -> Result<Strings, ReadError> {
        let name = package.names()[index].clone();
        let mut strings = Strings::default();
        each_piece(package, index, &name, &mut |piece| strings.take(piece))?;
        strings.text.shrink_to_fit();
        let words = strings.ends.len() / 64 + 1;
        strings.used = Bits(vec![0; words]);
        strings.kept = Bits(vec![0; words]);
        Ok(strings)
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), ReadError> {
        let mut tokens = Tokens::new(piece);
        let (mut inside, mut shown, mut phonetic) = (false, false, false);
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { name, empty, .. } => match local(name) {
                    b"si" if empty => self.end()?,
                    b"si" => inside = true,
                    b"rPh" => phonetic = !empty,
                    b"t" => shown = inside && !empty && !phonetic,
                    _ => {}
                },
                Token::End { name, .. } => match local(name) {
                    b"si" => {
                        inside = false;
                        self.end()?;
                    }
                    b"rPh" => phonetic = false,
                    b"t" => shown = false,
                    _ => {}
                },
                Token::Text(a, b) if shown => {
                    let from = self.text.len();
                    xml::unescape_into(&piece[a..b], &mut self.text);
                    unescape_x(&mut self.text, from);
                }
                Token::Cdata(a, b) if shown => self.text.extend_from_slice(&piece[a..b]),
                _ => {}
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadError> {
        let end = u32::try_from(self.text.len())
            .map_err(|_| ReadError::limit("the shared strings take more than 4 GiB"))?;
        self.ends.push(end);
        Ok(())
    }

    /// Shows strings that no cell uses, and empties in the copy those whose cells were all edited.
    ///
    /// # Errors
    /// As reading, and whatever stops the visitor.
    pub fn clean(
        &self,
        package: &mut Package,
        index: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), ReadError> {
        let name = package.names()[index].clone();
        let copying = package.copying();
        let mut twin = package.twin();
        let mut part = LazyPart::new(index);
        let mut next = 0u32;
        each_piece(&mut twin, index, &name, &mut |piece| {
            let mut block = Block { part: Some(name.as_str().into()), first_row: 1, ..Block::default() };
            let mut places: Vec<Slot> = Vec::new();
            let mut edits: Vec<RawEdit> = Vec::new();
            let mut tokens = Tokens::new(piece);
            let (mut open, mut shown, mut phonetic) = (None, false, false);
            let mut segment = 0;
            while let Some(token) = tokens.next()? {
                match token {
                    Token::Start { name, at, end, empty } => match local(name) {
                        b"si" if empty => next += 1,
                        b"si" => {
                            open = Some((at, end));
                            segment = block.text.len() as u32;
                        }
                        b"rPh" => phonetic = !empty,
                        b"t" => shown = !empty,
                        _ => {}
                    },
                    Token::Text(a, b) | Token::Cdata(a, b) if shown && (phonetic || !self.used.get(next)) => {
                        let stored =
                            if matches!(token, Token::Text(..)) { Stored::Text } else { Stored::Plain };
                        let start = block.text.len() as u32;
                        slots::decode_into(&piece[a..b], stored, &mut block.text);
                        let end = block.text.len() as u32;
                        places.push(Slot { raw_start: a, raw_end: b, start, end, stored });
                    }
                    Token::End { name, at, .. } => match local(name) {
                        b"si" => {
                            let end = block.text.len() as u32;
                            if end > segment {
                                let kind = SegmentKind::Meta;
                                let row = next;
                                block.segments.push(Segment {
                                    start: segment,
                                    end,
                                    column: NO_COLUMN,
                                    row,
                                    kind,
                                });
                                block.text.push(b'\n');
                            }
                            if let Some((_, inner)) = open.take()
                                && copying
                                && self.used.get(next)
                                && !self.kept.get(next)
                            {
                                edits.push(RawEdit { start: inner, end: at, bytes: b"<t/>".to_vec() });
                            }
                            next += 1;
                        }
                        b"rPh" => phonetic = false,
                        b"t" => shown = false,
                        _ => {}
                    },
                    _ => {}
                }
            }
            if !block.segments.is_empty() {
                let answer = visitor.block(&mut block)?;
                let mut more = Vec::new();
                slots::raw_edits(piece, &places, &answer, &mut more);
                edits.append(&mut more);
            }
            if !copying {
                return Ok(());
            }
            if edits.is_empty() {
                return part.same(package, piece);
            }
            let mut new = Vec::with_capacity(piece.len());
            slots::apply(piece, &mut edits, &mut new);
            part.changed(package, piece.len(), &new)
        })
    }
}

/// Hands out the part in pieces that end behind a string.
fn each_piece(
    package: &mut Package,
    index: usize,
    name: &str,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let reader = package.reader(index)?;
    let mut chunks = Chunks::new(reader, Vec::new(), PIECE, LONGEST);
    let head = chunks.until(&[b"<sst", b":sst"]).map_err(|e| part_error(e, name))?;
    let Some(head) = head else {
        return Err(ReadError::damaged(format!("part {name} holds no shared strings")));
    };
    chunks.end_at(vec![end_tag(&head, "si")]);
    take(&head)?;
    while let Some(piece) = chunks.next().map_err(|e| part_error(e, name))? {
        take(piece)?;
    }
    let rest = chunks.rest().map_err(|e| part_error(e, name))?;
    take(&rest)
}

/// Resolves `_x000D_` (ISO/IEC 29500-1, 22.9.2.19) in `text` from `from` on.
pub fn unescape_x(text: &mut Vec<u8>, from: usize) {
    if memchr::memmem::find(&text[from..], b"_x").is_none() {
        return;
    }
    let tail = text.split_off(from);
    let mut i = 0;
    while i < tail.len() {
        let code = tail
            .get(i..i + 7)
            .filter(|w| w.starts_with(b"_x") && w[6] == b'_')
            .and_then(|w| std::str::from_utf8(&w[2..6]).ok())
            .and_then(|h| u32::from_str_radix(h, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(c) => {
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                i += 7;
            }
            None => {
                text.push(tail[i]);
                i += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_joined_over_runs() {
        let mut strings = Strings::default();
        strings
            .take("<sst><si><t>a&amp;b_x000D_</t></si><si/><si><r><t>Ива</t></r><r><t>нов</t></r><rPh><t>x</t></rPh></si></sst>".as_bytes())
            .unwrap();
        assert_eq!(strings.get(0), Some(&b"a&b\r"[..]));
        assert_eq!(strings.get(1), Some(&b""[..]));
        assert_eq!(strings.get(2), Some("Иванов".as_bytes()));
        assert_eq!(strings.get(3), None);
    }
}

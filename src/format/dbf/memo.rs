//! Memo files of tables (DBT of dBASE III and IV, FPT of FoxPro): long texts in blocks, by whose numbers rows of the
//! table point to them.
//!
//! The copy keeps the numbers, so that the table's copy still finds its texts whichever of the two is written first.
//! Where a new text needs more room, all blocks grow: their length stands in the header. In dBASE III it does not,
//! and both copies count by [`SPREAD`] instead. What no text reaches, rests of older ones, is left out.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use tempfile::SpooledTempFile;

use super::super::encoding::{Encoding, Guess, Lack, SingleByte, guess};
use super::super::{Document, Format, Info, Limits, Opened, Output, Visitor, eml, members};
use crate::model::{Block, ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `dbf_memo`.
pub struct Memo;

/// How much further apart texts of dBASE III stand in a copy.
pub(super) const SPREAD: u64 = 4;

/// Every version begins with a header of this length, and dBASE III has blocks of it.
const HEADER: u64 = 512;
/// What a text of dBASE III ends with.
const END: u8 = 0x1A;
/// What a text of dBASE IV begins with.
const MARK: [u8; 4] = [0xFF, 0xFF, 0x08, 0x00];
/// Longest text; what is longer is a file.
const LONGEST: u64 = 256 << 20;

/// How texts are told from one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dbase3,
    Dbase4,
    FoxPro,
}

/// What a header says.
#[derive(Clone, Copy, Debug)]
struct Layout {
    kind: Kind,
    /// Bytes of a block.
    block: u64,
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.iter().any(|b| matches!(*b, 0..9 | 14..26 | 28..32))
}

/// The first block at or after `at` that does not begin with zeros.
fn begin(head: &[u8], mut at: usize, size: usize) -> usize {
    while head.get(at..at + 8).is_some_and(|b| b.iter().all(|b| *b == 0)) {
        at += size;
    }
    at.min(head.len())
}

impl Layout {
    /// The layout of a file that begins like this. With no name to say so, the first text must be one.
    fn of(head: &[u8], name: &str) -> Option<Layout> {
        let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
        let named = matches!(extension.as_str(), "dbt" | "fpt" | "dct" | "sct" | "vct" | "smt");
        let header = head.get(..HEADER as usize)?;
        // a name may be in the header; all else is zeros
        if header[24..].iter().filter(|b| **b != 0).count() > if named { 256 } else { 8 } {
            return None;
        }
        let big = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
        let little = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
        let size = u64::from(u16::from_be_bytes([header[6], header[7]])).max(1);
        if header[4..6] == [0, 0]
            && (1..1 << 28).contains(&big(0)?)
            && (named || size >= 32)
            && size <= 32 << 10
        {
            let first = begin(head, HEADER.next_multiple_of(size) as usize, size as usize);
            let room = u64::from(big(0)?) * size;
            let fits = match big(first).zip(big(first + 4)) {
                Some((kind, length)) => kind <= 2 && u64::from(length) + 8 <= room && (named || length > 0),
                // an empty file has no block yet
                None => named && extension != "dbt",
            };
            if fits {
                return Some(Layout { kind: Kind::FoxPro, block: size });
            }
        }
        let next = little(0)?;
        if next == 0 || next > 1 << 28 {
            return None;
        }
        let size = u64::from(u16::from_le_bytes([header[20], header[21]]));
        let size = if (64..=32 << 10).contains(&size) { size } else { HEADER };
        if head.get(size.max(HEADER) as usize..)?.starts_with(&MARK) {
            return Some(Layout { kind: Kind::Dbase4, block: size });
        }
        let text = &head[begin(head, HEADER as usize, HEADER as usize)..];
        let end = memchr::memchr(END, text);
        let first = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let told = header[16] == 3 && end.is_some() && !first.is_empty();
        ((named || told) && is_text(first)).then_some(Layout { kind: Kind::Dbase3, block: HEADER })
    }

    /// Bytes before a text.
    fn head(self) -> u64 {
        if self.kind == Kind::Dbase3 { 0 } else { 8 }
    }

    /// Bytes that a text takes with all that belongs to it.
    fn whole(self, text: u64) -> u64 {
        let all = if self.kind == Kind::Dbase3 { text + 2 } else { text + self.head() };
        all.max(1).next_multiple_of(self.block)
    }
}

impl Format for Memo {
    fn id(&self) -> &'static str {
        "dbf_memo"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        if Layout::of(head, name).is_some() { 92 } else { 0 }
    }

    fn open(&self, mut input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let name = input.name().to_owned();
        let head = input.head()?;
        let layout = Layout::of(head, &name).ok_or_else(|| ReadError::damaged("memo header"))?;
        let mut sample = head.get(HEADER as usize..).unwrap_or_default().to_vec();
        // lengths and fillings between texts are no letters
        sample.iter_mut().filter(|b| **b < 32 || **b == 0xFF).for_each(|b| *b = b'\n');
        let encoding = match guess(&sample) {
            Guess::Text(found @ (Encoding::Single(_) | Encoding::Utf8)) => found,
            _ => SingleByte::named("ibm866").map_or(Encoding::Utf8, Encoding::Single),
        };
        let file = input.into_seekable(limits.memory, limits.member_bytes)?;
        Ok(Opened::Document(Box::new(Texts { file, layout, encoding, limits: Arc::clone(limits) })))
    }
}

struct Texts {
    file: Seekable,
    layout: Layout,
    encoding: Encoding,
    limits: Arc<Limits>,
}

/// A text as it stands in the file.
struct Found {
    /// The number of its first block.
    block: u64,
    /// What kind of text FoxPro says it is.
    kind: u32,
    bytes: Vec<u8>,
    /// False where the file ends before it does.
    whole: bool,
}

impl Document for Texts {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut info = Info { encoding: Some(self.encoding.name()), ..Info::default() };
        let mut copy = out.is_some().then(|| Copy::new(&self.limits));
        let mut budget = members::Budget::new(&self.limits);
        let mut at = HEADER.next_multiple_of(self.layout.block);
        while let Some((found, next)) = self.next(at, &budget)? {
            at = next;
            budget.member()?;
            if !found.whole {
                info.partly.push((Reason::Truncated, format!("memo in block {}", found.block)));
            }
            let new = self.text(&found, visitor, copy.is_some())?;
            if let Some(copy) = &mut copy {
                copy.keep(&self.layout, &found, new.as_deref().unwrap_or(&found.bytes))?;
            }
        }
        if let (Some(copy), Some(out)) = (copy, out) {
            copy.write(&self.layout, out)?;
        }
        Ok(info)
    }
}

impl Texts {
    fn read(&mut self, at: u64, len: u64) -> Result<Vec<u8>, ReadError> {
        self.file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(len).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The first text from `from` on, and where the next may begin.
    fn next(&mut self, mut from: u64, budget: &members::Budget) -> Result<Option<(Found, u64)>, ReadError> {
        let size = self.layout.block;
        for step in 0u32.. {
            if step % 1024 == 1023 {
                budget.check()?;
            }
            if from >= self.file.len() {
                break;
            }
            let block = from / size;
            if self.layout.kind == Kind::Dbase3 {
                if self.read(from, size)?.iter().all(|b| matches!(*b, 0 | END)) {
                    from += size;
                    continue;
                }
                let (bytes, whole) = self.until_end(from)?;
                let next = from + self.layout.whole(bytes.len() as u64).max(size);
                return Ok(Some((Found { block, kind: 1, bytes, whole }, next)));
            }
            let head = self.read(from, 8)?;
            let Some((first, second)) =
                head.split_first_chunk::<4>().zip(head.last_chunk::<4>()).map(|(a, b)| (a.0, b))
            else {
                return Ok(None);
            };
            let (kind, length) = match self.layout.kind {
                Kind::FoxPro => (u32::from_be_bytes(*first), Some(u64::from(u32::from_be_bytes(*second)))),
                // the length counts its own eight bytes
                _ => (1, u64::from(u32::from_le_bytes(*second)).checked_sub(8).filter(|_| *first == MARK)),
            };
            // rests of older texts begin with anything
            let Some(length) = length.filter(|n| kind <= 2 && *n > 0 && *n < LONGEST) else {
                from += size;
                continue;
            };
            let bytes = self.read(from + 8, length)?;
            let whole = bytes.len() as u64 == length;
            let next = from + self.layout.whole(length);
            return Ok(Some((Found { block, kind, bytes, whole }, next)));
        }
        Ok(None)
    }

    /// A text of dBASE III; false where no mark ends it.
    fn until_end(&mut self, from: u64) -> Result<(Vec<u8>, bool), ReadError> {
        let mut bytes = Vec::new();
        loop {
            let more = self.read(from + bytes.len() as u64, 8 << 10)?;
            let (seen, last) = (bytes.len(), more.is_empty());
            bytes.extend(more);
            if let Some(end) = memchr::memchr(END, &bytes[seen..]) {
                bytes.truncate(seen + end);
                return Ok((bytes, true));
            }
            if last || bytes.len() as u64 > LONGEST {
                // the last text of a file may end with it
                while bytes.last() == Some(&0) {
                    bytes.pop();
                }
                return Ok((bytes, last));
            }
        }
    }

    /// Shows a text; answers what the copy has in its place where that is something else.
    fn text(
        &self,
        found: &Found,
        visitor: &mut dyn Visitor,
        copy: bool,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        let place = format!("memo in block {}", found.block);
        if found.kind != 1 && !is_text(&found.bytes) || !is_text(&found.bytes) {
            let input = Input::memory(found.bytes.clone(), "memo");
            let new = members::visit(visitor, &place, input, copy, &self.limits)?;
            // what has no copy is left out
            let Some(mut new) = new.filter(|_| copy) else { return Ok(copy.then(Vec::new)) };
            let mut bytes = Vec::new();
            new.bytes.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
        let mut block = Block { part: Some("memos".into()), first_row: found.block, ..Block::default() };
        match self.encoding {
            Encoding::Single(single) => single.decode(&found.bytes, &mut block.text),
            _ => block.text.extend_from_slice(String::from_utf8_lossy(&found.bytes).as_bytes()),
        }
        eml::paragraphs(&mut block);
        block.segments.iter_mut().for_each(|s| s.row = 0);
        if block.segments.is_empty() {
            return Ok(None);
        }
        let edits = visitor.block(&mut block)?;
        if edits.is_empty() || !copy {
            return Ok(None);
        }
        let text = members::edited_part(&block.text, 0, block.text.len(), &edits);
        let mut bytes = Vec::new();
        self.encoding.encode(&text, Lack::Near, &mut bytes);
        Ok(Some(bytes))
    }
}

/// What a copy will hold: how much room its texts need is known at the end.
struct Copy {
    texts: SpooledTempFile,
    /// Block, kind and length of each.
    index: Vec<(u64, u32, u64)>,
    /// Every block has so many times the room that it had.
    spread: u64,
}

impl Copy {
    fn new(limits: &Limits) -> Copy {
        Copy { texts: SpooledTempFile::new(limits.memory), index: Vec::new(), spread: 1 }
    }

    fn keep(&mut self, layout: &Layout, found: &Found, text: &[u8]) -> Result<(), ReadError> {
        let length = text.len() as u64;
        let room = layout.whole(found.bytes.len() as u64);
        self.spread = self.spread.max(layout.whole(length).div_ceil(room));
        self.texts.write_all(text)?;
        self.index.push((found.block, found.kind, length));
        Ok(())
    }

    fn write(mut self, layout: &Layout, out: &mut dyn Output) -> Result<(), ReadError> {
        let refuse = |why: &str| Err(ReadError::new(Reason::NotWritable, why.to_owned()));
        let block = match layout.kind {
            Kind::Dbase3 if self.spread > SPREAD => return refuse("a new text is four times as long"),
            Kind::Dbase3 => layout.block * SPREAD,
            _ => layout.block * self.spread,
        };
        let Ok(size) = u16::try_from(block) else {
            return refuse("new texts need blocks of more than 64 KiB");
        };
        // the first free block, the length of all, and nothing of what else a header can name
        let end = self.index.last().map_or(HEADER.div_ceil(block), |(at, _, length)| {
            let whole = Layout { block, ..*layout }.whole(*length);
            at + whole / block
        });
        let numbered = if layout.kind == Kind::Dbase3 { end * SPREAD } else { end };
        let Ok(next) = u32::try_from(numbered) else { return refuse("more blocks than there are numbers") };
        let mut header = [0; HEADER as usize];
        match layout.kind {
            Kind::Dbase3 => {
                header[..4].copy_from_slice(&next.to_le_bytes());
                header[16] = 3;
            }
            Kind::Dbase4 => {
                header[..4].copy_from_slice(&next.to_le_bytes());
                header[20..22].copy_from_slice(&size.to_le_bytes());
            }
            Kind::FoxPro => {
                header[..4].copy_from_slice(&next.to_be_bytes());
                header[6..8].copy_from_slice(&size.to_be_bytes());
            }
        }
        out.write_all(&header)?;
        self.texts.seek(SeekFrom::Start(0))?;
        let mut at = HEADER;
        for (number, kind, length) in self.index {
            let from = number * block;
            zeros(out, from.saturating_sub(at))?;
            match layout.kind {
                Kind::Dbase3 => {}
                Kind::Dbase4 => {
                    out.write_all(&MARK)?;
                    out.write_all(&(u32::try_from(length + 8).unwrap_or(u32::MAX)).to_le_bytes())?;
                }
                Kind::FoxPro => {
                    out.write_all(&kind.to_be_bytes())?;
                    out.write_all(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes())?;
                }
            }
            std::io::copy(&mut Read::by_ref(&mut self.texts).take(length), out)?;
            if layout.kind == Kind::Dbase3 {
                out.write_all(&[END, END])?;
            }
            at = from.max(at) + length + if layout.kind == Kind::Dbase3 { 2 } else { layout.head() };
        }
        zeros(
            out,
            (numbered * block / if layout.kind == Kind::Dbase3 { SPREAD } else { 1 }).saturating_sub(at),
        )?;
        out.flush()?;
        Ok(())
    }
}

fn zeros(out: &mut dyn Output, count: u64) -> Result<(), ReadError> {
    std::io::copy(&mut std::io::repeat(0).take(count), out)?;
    Ok(())
}

#[cfg(test)]
mod tests;

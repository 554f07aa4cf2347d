//! Plain text and logs: the format of whatever is text and nothing more special.

use std::sync::Arc;

use super::encoding::{Charset, Feed, Lack, Rewrites, Sample, Sizes, Writer};
use super::{Format, Info, Limits, Opened, Splice, Stream, TextFormat};
use crate::model::{Block, Edit, NO_COLUMN, ReadError, Segment, SegmentKind};
use crate::source::Input;

/// Plain text in any encoding.
pub struct Text;

impl Format for Text {
    fn id(&self) -> &'static str {
        "text"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let mut sizes = Sizes::default();
        if limits.numbers_only {
            // no name is followed through the text, so blocks may stay near the processor
            sizes.block = 64 << 10;
        }
        let mut stream = TextStream::new(input, sizes);
        stream.sparse = limits.numbers_only;
        Ok(Opened::Stream(Box::new(stream)))
    }
}

impl TextFormat for Text {
    fn score(&self, _: &Sample, _: &str) -> u8 {
        1
    }
}

/// Plain text with the signs of Markdown: read as text, named for what it is.
pub struct Markdown;

impl Format for Markdown {
    fn id(&self) -> &'static str {
        "markdown"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Text.open(input, limits)
    }
}

impl TextFormat for Markdown {
    fn score(&self, sample: &Sample, name: &str) -> u8 {
        let named = [".md", ".markdown"].iter().any(|e| name.to_ascii_lowercase().ends_with(e));
        let marks: [&[u8]; 5] = [b"# ", b"**", b"](", b"```", b"- "];
        let marked = || marks.iter().any(|m| memchr::memmem::find(&sample.text, m).is_some());
        if named && marked() { 55 } else { 0 }
    }
}

/// A text in blocks: one block where it is small enough to be a document, else cut where no value is cut.
pub struct TextStream {
    feed: Feed,
    sizes: Sizes,
    rewrites: Rewrites,
    notes: Vec<String>,
    /// Text of one-byte encodings is decoded only around digits and signs of mail.
    sparse: bool,
}

impl TextStream {
    /// Reads `input` in blocks of these sizes.
    pub fn new(input: Input, sizes: Sizes) -> TextStream {
        TextStream::resume(Feed::new(input, None), sizes, Vec::new())
    }

    /// Reads the rest of a file whose own format broke off.
    pub(super) fn resume(feed: Feed, sizes: Sizes, notes: Vec<String>) -> TextStream {
        TextStream { feed, sizes, rewrites: Rewrites::default(), notes, sparse: false }
    }
}

impl Stream for TextStream {
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError> {
        block.clear();
        if self.feed.is_done()? {
            return Ok(false);
        }
        let want = if self.feed.offset() == 0 { self.sizes.whole } else { self.sizes.block };
        if self.sparse && self.feed.take_sparse(block, want, self.sizes.block)? {
            return Ok(true);
        }
        let last = self.feed.fill_part(block, want, self.sizes.block)?;
        let mut cut = block.text.len();
        if !last {
            // what was decoded is used: text of one-byte encodings is longer than its bytes
            let limit = cut.max(self.sizes.block);
            cut = match line_cut(&block.text, limit) {
                Some(cut) => cut,
                None => {
                    self.feed.fill(block, self.sizes.most)?;
                    long_line_cut(&block.text, limit)
                }
            };
        }
        self.feed.finish(block, cut, &self.rewrites);
        whole_segment(block);
        Ok(true)
    }

    fn splice(&self) -> Arc<dyn Splice> {
        Arc::new(TextSplice(self.feed.charset()))
    }

    fn info(&self) -> Info {
        info(&self.feed.charset(), &self.notes)
    }
}

/// What every text format can tell.
pub(super) fn info(charset: &Charset, notes: &[String]) -> Info {
    let mut notes = notes.to_vec();
    if let Some(other) = charset.mixed() {
        notes.push(format!("some lines are in {other}"));
    }
    Info { encoding: Some(charset.name()), notes, ..Info::default() }
}

/// One segment over the whole block but its mark of encoding.
fn whole_segment(block: &mut Block) {
    let start = if block.offset == 0 && block.text.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
    let end = block.text.len() as u32;
    block.first_row = block.line;
    block.segments.push(Segment { start, end, column: NO_COLUMN, row: 0, kind: SegmentKind::Prose });
}

/// Writes replacements as they are.
pub(super) struct TextSplice(pub Arc<Charset>);

impl Splice for TextSplice {
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut writer = Writer::new(block, &self.0, Lack::Near, out);
        for edit in edits {
            writer.replace(edit.start, edit.end, &edit.text)?;
        }
        writer.finish()
    }
}

/// Where to end a block within the first `limit` bytes: after an empty line near the end, else after a line
/// that ends like a sentence or a record, else after any line. `None`: one line is longer than that.
pub(super) fn line_cut(text: &[u8], limit: usize) -> Option<usize> {
    let text = &text[..limit.min(text.len())];
    let near_end = text.len() - text.len() / 4;
    let mut any = None;
    for (seen, end) in memchr::memrchr_iter(b'\n', text).enumerate() {
        let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
        any = any.or(Some(end + 1));
        if line.last() == Some(&b'\n') {
            return Some(end + 1);
        }
        if seen > 200 || end < near_end {
            break;
        }
    }
    let any = any?;
    // without an empty line: the last of some line ends that no sentence, address or number goes across
    let ends = memchr::memrchr_iter(b'\n', &text[..any]).take(20);
    let strong = ends.map(|e| e + 1).find(|cut| {
        let line = text[..cut - 1].strip_suffix(b"\r").unwrap_or(&text[..cut - 1]);
        line.last().is_some_and(|b| b".!?;:)]}>\"|".contains(b))
    });
    Some(strong.unwrap_or(any))
}

/// Where to end a block inside, or after, a line longer than `limit`: after the line if it ends in the text;
/// else after a separator of records, a sentence, a word; never between digits or inside a word unless there
/// is nothing else for 64 KiB, which is no value but encoded data.
///
/// A value written with blanks can in theory be cut at the last of these; separators that end records come
/// first, so that it needs a line of megabytes without any.
pub(super) fn long_line_cut(text: &[u8], limit: usize) -> usize {
    let limit = limit.min(text.len());
    if let Some(p) = memchr::memchr(b'\n', &text[limit..]) {
        return limit + p + 1;
    }
    let from = text.len().saturating_sub(64 << 10).max(1);
    let mut best = (0, text.len());
    for at in (from..text.len()).rev() {
        let rank = border_rank(text, at);
        if rank > best.0 {
            best = (rank, at);
            if rank == 5 {
                break;
            }
        }
    }
    let mut cut = best.1;
    while best.0 == 0 && cut > from && text.get(cut).is_some_and(|b| b & 0xC0 == 0x80) {
        cut -= 1;
    }
    cut
}

/// How good it is to cut before position `at`: 5 best, 0 not at all.
fn border_rank(text: &[u8], at: usize) -> u8 {
    let (before, after) = (text[at - 1], text[at]);
    let earlier = at.checked_sub(2).map_or(b' ', |k| text[k]);
    let free = !after.is_ascii_digit() && !b" +-(,".contains(&after);
    match before {
        b'}' | b';' | b'|' | b'\t' | b'\r' | b'>' => 5,
        b',' if matches!(earlier, b'"' | b'\'' | b'}' | b']' | b')') => 5,
        b' ' if matches!(earlier, b'.' | b'!' | b'?') && free => 4,
        b',' if free && !earlier.is_ascii_digit() => 3,
        b' ' if free && !earlier.is_ascii_digit() && earlier != b',' => 2,
        b' ' | b',' if free => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::kit;
    use crate::model::Step;

    fn open(input: Input, sizes: Sizes) -> Box<dyn Stream> {
        Box::new(TextStream::new(input, sizes))
    }

    #[test]
    fn a_document_is_one_block() {
        let text = "Строка\n\n".repeat(1000);
        assert_eq!(kit::read(&open, text.as_bytes(), Sizes::default()).len(), 1);
    }

    #[test]
    fn all_encodings_come_back_and_are_edited() {
        let text = "ИИН 991231500016, Ахметов Нурлан\r\nжитель № 5 города\n\nхвост без конца";
        for (name, bytes) in kit::encoded(text) {
            kit::round_trip(&open, &bytes);
            let blocks = kit::read(&open, &bytes, Sizes::default());
            assert_eq!(blocks[0].text, kit::with_mark(&bytes, text), "{name}");
            let copy = kit::replace(&open, &bytes, "991231500016", "IIN_X");
            let again = kit::read(&open, &copy, Sizes::default());
            assert_eq!(
                String::from_utf8_lossy(&again[0].text).trim_start_matches('\u{FEFF}'),
                text.replace("991231500016", "IIN_X"),
                "{name}"
            );
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "первая\nвторая: 123\n";
        for (name, bytes) in kit::encoded(text) {
            let blocks = kit::read(&open, &bytes, Sizes::default());
            let at = memchr::memmem::find(&blocks[0].text, b"123").unwrap() as u32;
            let place = blocks[0].location(at, at + 3);
            assert_eq!(place.line, Some(2), "{name}");
            assert_eq!(place.column, Some(9), "{name}");
            let (a, b) = (place.byte_start.unwrap() as usize, place.byte_end.unwrap() as usize);
            assert_eq!(bytes[a..b].iter().filter(|b| b.is_ascii_digit()).count(), 3, "{name}");
        }
    }

    #[test]
    fn lines_are_not_cut_and_counted() {
        let text: String =
            (1..400).map(|n| format!("{n} запись журнала, телефон 8 701 000 00 {n:02}\n")).collect();
        let sizes = Sizes { whole: 500, block: 300, most: 600 };
        let blocks = kit::read(&open, text.as_bytes(), sizes);
        assert!(blocks.len() > 40);
        for block in &blocks {
            assert!(block.text.ends_with(b"\n"));
            assert!(block.text.starts_with(format!("{} ", block.line).as_bytes()));
        }
        kit::round_trip_sizes(&open, text.as_bytes(), sizes);
    }

    #[test]
    fn a_line_without_end_is_cut_between_words() {
        let text = "слово 8 701 000 00 00, ".repeat(200);
        let sizes = Sizes { whole: 100, block: 300, most: 600 };
        for block in kit::read(&open, text.as_bytes(), sizes) {
            assert!(block.text.len() <= 600);
            assert!(block.text.starts_with("слово".as_bytes()));
        }
        for (name, bytes) in kit::encoded(&text) {
            let mut before = 0;
            for block in kit::read(&open, &bytes, sizes) {
                let mark = "\u{FEFF}".as_bytes();
                let from = if block.text.starts_with(mark) { mark.len() } else { 0 };
                let place = block.location(from as u32 + 2, from as u32 + 4);
                assert_eq!((place.line, place.column), (Some(1), Some(before + 2)), "{name}");
                before += Step::Byte.stored_len(&block.text[from..]);
            }
        }
        let solid = vec![b'7'; 5000];
        assert_eq!(kit::read(&open, &solid, sizes).iter().map(|b| b.text.len()).sum::<usize>(), 5000);
    }

    #[test]
    fn faults_and_lines_in_another_encoding() {
        let mut bytes = "Строка в UTF-8, ИИН 991231500016\n".repeat(4).into_bytes();
        bytes.extend_from_slice(b"\xC8\xE2\xE0\xED\xEE\xE2 \xC8\xE2\xE0\xED 991231500016\n");
        bytes.extend_from_slice("конец \u{0418}".as_bytes());
        bytes.extend_from_slice(b"\xFF 991231500016\n");
        kit::round_trip(&open, &bytes);
        let blocks = kit::read(&open, &bytes, Sizes::default());
        let text = String::from_utf8_lossy(&blocks[0].text).into_owned();
        assert!(text.contains("Иванов Иван 991231500016"), "{text}");
        let copy = kit::replace(&open, &bytes, "991231500016", "Ъ");
        assert!(memchr::memmem::find(&copy, b"\xC8\xE2\xE0\xED \xDA\n").is_some());
        assert!(memchr::memmem::find(&copy, b"\xFF \xD0\xAA\n").is_some());
    }

    #[test]
    fn ascii_first_then_an_encoding() {
        let mut bytes = b"plain ascii line 123456\n".repeat(100);
        bytes.extend_from_slice(b"\xC8\xE2\xE0\xED\xEE\xE2 \xC8\xE2\xE0\xED \xEF\xE8\xF8\xE5\xF2 123456\n");
        let sizes = Sizes { whole: 100, block: 200, most: 400 };
        let mut stream = open(Input::memory(bytes.clone(), "a"), sizes);
        let (splice, mut block, mut text) = (stream.splice(), Block::default(), String::new());
        let mut out = Vec::new();
        while stream.next(&mut block).unwrap() {
            text.push_str(std::str::from_utf8(&block.text).unwrap());
            let edits: Vec<Edit> = memchr::memmem::find_iter(&block.text, b"123456")
                .map(|p| Edit { start: p as u32, end: p as u32 + 6, text: "№Я".into() })
                .collect();
            splice.splice(&block, &edits, &mut out).unwrap();
        }
        assert!(text.ends_with("Иванов Иван пишет 123456\n"));
        assert_eq!(stream.info().encoding, Some("windows-1251"));
        assert!(out.starts_with(b"plain ascii line NIA\n"));
        assert!(out.ends_with(b"\xB9\xDF\n"));
    }
}

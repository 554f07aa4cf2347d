//! What every stream must hold, whatever its format: its blocks are the file, edits change nothing else,
//! and the size of blocks changes nothing that is found.

use super::Stream;
use super::encoding::{Encoding, Lack, Sizes};
use crate::model::{Block, Edit, SegmentKind};
use crate::source::Input;

/// Opens a stream of the format under test.
pub type Open = dyn Fn(Input, Sizes) -> Box<dyn Stream>;

/// One segment as its readers see it: text, field, row, kind.
pub type Seen = (String, String, u64, SegmentKind);

pub fn read(open: &Open, bytes: &[u8], sizes: Sizes) -> Vec<Block> {
    let mut stream = open(Input::memory(bytes.to_vec(), "sample"), sizes);
    let mut blocks = Vec::new();
    let mut block = Block::default();
    while stream.next(&mut block).expect("sample is read") {
        blocks.push(std::mem::take(&mut block));
    }
    blocks
}

pub fn seen(blocks: &[Block]) -> Vec<Seen> {
    let mut all = Vec::new();
    for block in blocks {
        for s in &block.segments {
            let text = String::from_utf8_lossy(&block.text[s.start as usize..s.end as usize]).into_owned();
            let field = block.field(s).map(|f| f.name.clone()).unwrap_or_default();
            let row =
                if s.column == crate::model::NO_COLUMN { 0 } else { block.first_row + u64::from(s.row) };
            all.push((text, field, row, s.kind));
        }
    }
    all
}

/// Segments are in order, inside the text, and have columns that exist.
pub fn well_formed(blocks: &[Block]) {
    for block in blocks {
        let mut at = 0;
        for s in &block.segments {
            assert!(s.start >= at && s.end >= s.start && s.end as usize <= block.text.len(), "{s:?}");
            at = s.end;
            if s.column != crate::model::NO_COLUMN {
                assert!(block.field(s).is_some(), "no field for {s:?}");
            }
        }
    }
}

pub fn copy(open: &Open, bytes: &[u8], sizes: Sizes, edit: &mut dyn FnMut(&Block) -> Vec<Edit>) -> Vec<u8> {
    let mut stream = open(Input::memory(bytes.to_vec(), "sample"), sizes);
    let splice = stream.splice();
    let (mut out, mut block) = (Vec::new(), Block::default());
    while stream.next(&mut block).expect("sample is read") {
        let edits = edit(&block);
        splice.splice(&block, &edits, &mut out).expect("edits are written");
    }
    out
}

/// Replaces every occurrence of `what` inside segments.
pub fn replace(open: &Open, bytes: &[u8], what: &str, with: &str) -> Vec<u8> {
    copy(open, bytes, Sizes::default(), &mut |block| {
        let mut edits = Vec::new();
        for s in &block.segments {
            let text = &block.text[s.start as usize..s.end as usize];
            for p in memchr::memmem::find_iter(text, what.as_bytes()) {
                let start = s.start + p as u32;
                edits.push(Edit { start, end: start + what.len() as u32, text: with.into() });
            }
        }
        edits
    })
}

pub fn round_trip(open: &Open, bytes: &[u8]) {
    round_trip_sizes(open, bytes, Sizes::default());
}

pub fn round_trip_sizes(open: &Open, bytes: &[u8], sizes: Sizes) {
    let blocks = read(open, bytes, sizes);
    well_formed(&blocks);
    let stored: Vec<u8> = blocks.iter().flat_map(|b| b.stored().iter().copied()).collect();
    assert!(stored == bytes, "stored bytes of all blocks are the file");
    let mut at = 0;
    for b in &blocks {
        assert_eq!(b.offset, at, "blocks follow one another");
        at += b.stored().len() as u64;
    }
    assert!(copy(open, bytes, sizes, &mut |_| Vec::new()) == bytes, "no edits, no change");
}

/// The same segments for every size of block.
pub fn same_for_all_sizes(open: &Open, bytes: &[u8]) {
    let whole = seen(&read(open, bytes, Sizes::default()));
    for block in [64, 100, 333, 1000, 4096] {
        let sizes = Sizes { whole: block, block, most: block * 4 };
        round_trip_sizes(open, bytes, sizes);
        let cut = seen(&read(open, bytes, sizes));
        for (a, b) in whole.iter().zip(&cut) {
            assert_eq!(a, b, "blocks of {block}");
        }
        assert_eq!(whole.len(), cut.len(), "blocks of {block}");
    }
}

/// Replaces a random choice of segments (not names and keys) by `values`, reads the copy again and
/// compares: edited segments read as the new text, all others as before, and so does the file between them.
pub fn random_edits(open: &Open, bytes: &[u8], values: &[&str], seed: u64) {
    let before = read(open, bytes, Sizes::default());
    let mut state = seed;
    let mut random = move |n: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % n
    };
    let mut expected = seen(&before);
    let mut k = 0;
    let out = copy(open, bytes, Sizes::default(), &mut |block| {
        let mut edits = Vec::new();
        for s in &block.segments {
            if !matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta) && s.end > s.start && random(2) == 0 {
                let text = if s.kind == SegmentKind::Number { "17" } else { values[random(values.len())] };
                expected[k].0 = text.to_owned();
                edits.push(Edit { start: s.start, end: s.end, text: text.into() });
            }
            k += 1;
        }
        edits
    });
    let after = read(open, &out, Sizes::default());
    assert_eq!(seen(&after), expected);
    // between segments only quotes may be added
    let between = |blocks: &[Block]| -> Vec<u8> {
        let mut all = Vec::new();
        for b in blocks {
            let mut at = 0;
            for s in &b.segments {
                let (from, to) = b.stored_range(s.start, s.end).expect("segments have a place");
                all.extend_from_slice(&b.stored()[at..from]);
                at = to;
            }
            all.extend_from_slice(&b.stored()[at..]);
        }
        all.retain(|b| !b"\"'\0".contains(b));
        all
    };
    assert_eq!(String::from_utf8_lossy(&between(&after)), String::from_utf8_lossy(&between(&before)));
}

/// The text in every encoding that holds all of it, with and without a mark.
pub fn encoded(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        ("utf-8".to_owned(), text.as_bytes().to_vec()),
        ("utf-8 with mark".to_owned(), ["\u{FEFF}".as_bytes(), text.as_bytes()].concat()),
    ];
    for name in ["windows-1251", "kz-1048", "ptcp154", "koi8-r", "koi8-u", "cp866", "iso-8859-5"] {
        let encoding = Encoding::for_label(name).expect("known");
        let mut bytes = Vec::new();
        encoding.encode(text, Lack::Near, &mut bytes);
        let Encoding::Single(table) = encoding else { continue };
        let mut back = Vec::new();
        table.decode(&bytes, &mut back);
        if back == text.as_bytes() {
            all.push((name.to_owned(), bytes));
        }
    }
    for (name, encoding) in [("utf-16le", Encoding::Utf16Le), ("utf-16be", Encoding::Utf16Be)] {
        for mark in ["", "\u{FEFF}"] {
            let mut bytes = Vec::new();
            encoding.encode(&format!("{mark}{text}"), Lack::Near, &mut bytes);
            all.push((format!("{name} {}", mark.len()), bytes));
        }
    }
    all
}

/// The text as blocks show it: with the mark where the bytes have one.
pub fn with_mark(bytes: &[u8], text: &str) -> Vec<u8> {
    let marks: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    let mark = if marks.iter().any(|m| bytes.starts_with(m)) { "\u{FEFF}" } else { "" };
    format!("{mark}{text}").into_bytes()
}

/// What the registry makes of these bytes.
pub fn recognised(bytes: &[u8], name: &str) -> &'static str {
    match super::registry::recognise_bytes(bytes, name) {
        super::registry::Recognised::Format(f) => f.id(),
        super::registry::Recognised::Known { id, .. } => id,
        super::registry::Recognised::Binary => "binary",
        super::registry::Recognised::Empty => "empty",
    }
}

//! What the tests of the office formats share: a visitor that replaces given words, and a look into copies.

use std::io::{Cursor, Read};
use std::sync::Arc;

use crate::format::{Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{Block, Edit, Location, ReadError, Reason, SegmentKind};
use crate::source::Input;

/// One segment that was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    pub text: String,
    pub kind: SegmentKind,
    pub field: String,
    pub at: Location<'static>,
}

/// Replaces words, and notes all that it sees.
#[derive(Default)]
pub struct Words {
    pub replace: Vec<(&'static str, &'static str)>,
    pub seen: Vec<Seen>,
    pub members: Vec<String>,
}

impl Visitor for Words {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        let mut edits = Vec::new();
        let mut end = 0;
        for s in &block.segments {
            assert!(s.start >= end && s.end as usize <= block.text.len(), "segments rise and do not overlap");
            end = s.end;
            let text = std::str::from_utf8(&block.text[s.start as usize..s.end as usize]).expect("UTF-8");
            self.seen.push(Seen {
                text: text.to_owned(),
                kind: s.kind,
                field: block.field(s).map(|f| f.name.clone()).unwrap_or_default(),
                at: block.location(s.start, s.end).into_owned(),
            });
            if s.kind == SegmentKind::Skip {
                continue;
            }
            let mut hits: Vec<Edit> = Vec::new();
            for (old, new) in &self.replace {
                for (at, _) in text.match_indices(old) {
                    let start = s.start + at as u32;
                    hits.push(Edit { start, end: start + old.len() as u32, text: (*new).into() });
                }
            }
            hits.sort_by_key(|e| (e.start, std::cmp::Reverse(e.end)));
            let mut last = 0;
            hits.retain(|e| {
                let keep = e.start >= last;
                if keep {
                    last = e.end;
                }
                keep
            });
            edits.extend(hits);
        }
        Ok(edits)
    }

    fn member(
        &mut self,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        self.members.push(name.to_owned());
        let bytes = input.into_bytes(1 << 20)?;
        Ok(match out {
            Some(out) => {
                out.write_all(&bytes)?;
                MemberOutcome::Copied { extension: None }
            }
            None => MemberOutcome::Scanned,
        })
    }

    fn clean_name(&mut self, name: &str) -> String {
        name.to_owned()
    }

    fn partly(&mut self, reason: Reason, place: String) {
        panic!("{reason:?} {place}");
    }
}

/// The values that stand in the samples, in every way of writing.
pub const VALUES: &[(&str, &str)] = &[
    ("Ахметова Айгерим Серікқызы", "Особа Первая"),
    ("Иванов Сергей Петрович", "Особа Вторая"),
    ("Иванов С П", "Лист 2"),
    ("Нұрлан Ержан Болатұлы", "Особа Третья"),
    ("Ким Виктор Андреевич", "Особа Четвёртая"),
    ("850101400120", "IIN_A<1>"),
    ("991231500016", "IIN_B"),
    ("010215500122", "IIN_C"),
    ("10215500122", "IIN_C"),
    ("+7 701 123 45 67", "PHONE_A"),
    ("8 (727) 255-12-34", "PHONE_B"),
    ("+77775550101", "PHONE_C"),
    ("aigerim.a@example.kz", "MAIL_A"),
    ("s.ivanov@example.kz", "MAIL_B"),
    ("erzhan@example.kz", "MAIL_C"),
    ("1985-01-01", "1985"),
    ("1999-12-31", "1999-01-01"),
    ("2001-02-15", "2001"),
];

/// A sample's bytes.
pub fn sample(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/office").join(name);
    std::fs::read(path).expect("a sample of testdata/office")
}

/// Reads without a copy.
pub fn read(format: &dyn Format, bytes: &[u8]) -> Result<(Words, Info), ReadError> {
    let mut words = Words::default();
    let limits = Arc::new(Limits::default());
    let Opened::Document(document) = format.open(Input::memory(bytes.to_vec(), "x"), &limits)? else {
        panic!("a document")
    };
    let info = document.process(&mut words, None)?;
    Ok((words, info))
}

/// Writes a copy with words replaced.
pub fn copy(
    format: &dyn Format,
    bytes: &[u8],
    replace: &[(&'static str, &'static str)],
) -> Result<(Vec<u8>, Words, Info), ReadError> {
    let mut words = Words { replace: replace.to_vec(), ..Words::default() };
    let limits = Arc::new(Limits::default());
    let mut out = Cursor::new(Vec::new());
    let Opened::Document(document) = format.open(Input::memory(bytes.to_vec(), "x"), &limits)? else {
        panic!("a document")
    };
    let info = document.process(&mut words, Some(&mut out))?;
    Ok((out.into_inner(), words, info))
}

/// All parts of a package, unpacked.
pub fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    (0..zip.len())
        .map(|i| {
            let mut entry = zip.by_index(i).expect("an entry");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("whole");
            (entry.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

/// Fails where one of `words` stands in the unpacked bytes of any part, as UTF-8 or UTF-16.
pub fn assert_gone(copy: &[u8], words: &[&str]) {
    for (name, mut bytes) in parts(copy) {
        let mut plain = Vec::new();
        super::xml::unescape_into(&bytes, &mut plain);
        bytes.push(b'\n');
        bytes.extend(plain);
        for word in words {
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for needle in [word.as_bytes(), &wide] {
                assert!(memchr::memmem::find(&bytes, needle).is_none(), "{word} stands in {name}");
            }
        }
    }
}

/// Opens the file cut off and with a byte changed at many places: errors are fine, panics are not.
pub fn torture(format: &dyn Format, bytes: &[u8], step: usize) {
    for at in (0..bytes.len()).step_by(step) {
        let _ = read(format, &bytes[..at]);
        let mut broken = bytes.to_vec();
        broken[at] ^= 0x55;
        let _ = copy(format, &broken, VALUES);
    }
}

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use rustc_hash::FxHashMap;

use super::Leftover;
use super::attack::place;
use super::masks::rebuildable;
use super::values::{TAILS, Values};
use crate::depersonalize::Distribution;
use crate::model::{Block, SegmentKind, replacement};

/// One copy that is being looked through.
pub(super) struct Copy<'a> {
    values: &'a Values,
    /// Kind, what: how often.
    pub hits: BTreeMap<(Leftover, String), u64>,
    columns: FxHashMap<String, ColumnSeen>,
}

#[derive(Default)]
struct ColumnSeen {
    tokens: Distribution,
    cells: u64,
    tokens_seen: u64,
    /// Cells of so many digits, and those that end a number of the sources.
    tails: BTreeMap<usize, (u64, u64)>,
}

/// So much of a part of a container, or of a binary file, is read at once.
const PIECE: usize = 1 << 20;
/// The end of a piece that is read again with the next.
const OVERLAP: usize = 256;

impl<'a> Copy<'a> {
    pub fn new(values: &'a Values) -> Copy<'a> {
        Copy { values, hits: BTreeMap::new(), columns: FxHashMap::default() }
    }

    fn hit(&mut self, kind: Leftover, what: &str) {
        *self.hits.entry((kind, what.to_owned())).or_default() += 1;
    }

    pub fn block(&mut self, block: &Block) {
        for s in block.segments.iter().filter(|s| s.kind != SegmentKind::Skip) {
            let bytes = block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            self.text(&text, true);
            let Some(field) = block.field(s) else { continue };
            let cell = text.trim();
            if cell.is_empty() || s.kind == SegmentKind::Meta {
                continue;
            }
            let table = block.table.as_ref().and_then(|t| t.name.as_deref());
            let digits = cell.bytes().all(|b| b.is_ascii_digit()).then_some(cell.as_bytes());
            let tail = digits.is_some_and(|d| self.values.is_tail(d));
            let seen = self.columns.entry(place(table, &field.name)).or_default();
            seen.cells += 1;
            if let Some(digits) = digits.filter(|d| TAILS.contains(&d.len())) {
                let of = seen.tails.entry(digits.len()).or_default();
                of.0 += 1;
                of.1 += u64::from(tail);
            }
            if replacement::is_replacement(cell.as_bytes()) {
                seen.tokens_seen += 1;
                seen.tokens.observe(cell.as_bytes(), cell.as_bytes());
            }
        }
    }

    /// Looks for whole values of the source and for masks that can be rebuilt.
    pub fn text(&mut self, text: &str, masks: bool) {
        if masks && rebuildable(text) {
            self.hit(Leftover::Mask, "a masked number shows enough to rebuild it");
        }
        for category in self.values.in_text(text) {
            self.hit(Leftover::SourceValue, category);
        }
    }

    /// Looks through the bytes of a container's parts and of binary files, where values may stand that no reader
    /// shows: names of members, comments, properties.
    pub fn raw(&mut self, path: &Path) {
        if self.values.is_empty() {
            return;
        }
        let Ok(mut file) = File::open(path) else { return };
        let mut head = [0u8; 8192];
        let n = file.read(&mut head).unwrap_or(0);
        if file.rewind().is_err() {
            return;
        }
        if head[..n].starts_with(b"PK") {
            let Ok(mut archive) = zip::ZipArchive::new(file) else { return };
            let comment = String::from_utf8_lossy(archive.comment()).into_owned();
            self.bytes(comment.as_bytes(), "comment of the archive");
            for n in 0..archive.len() {
                let Ok(mut part) = archive.by_index(n) else { continue };
                let name = String::from_utf8_lossy(part.name_raw()).into_owned();
                let comment = part.comment().to_owned();
                self.bytes(name.as_bytes(), "name of a member");
                self.bytes(comment.as_bytes(), "comment of a member");
                self.pieces(&mut part);
            }
        } else if head[..n].contains(&0) || head[..n].starts_with(b"%PDF") {
            self.pieces(&mut file);
        }
    }

    fn pieces(&mut self, from: &mut dyn Read) {
        let (mut piece, mut held) = (vec![0u8; PIECE], 0);
        loop {
            let mut filled = held;
            while filled < PIECE {
                match from.read(&mut piece[filled..]) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => filled += n,
                }
            }
            if filled == held {
                return;
            }
            self.bytes(&piece[..filled], "bytes that no reader shows");
            if filled < PIECE {
                return;
            }
            piece.copy_within(filled - OVERLAP..filled, 0);
            held = OVERLAP;
        }
    }

    fn bytes(&mut self, bytes: &[u8], place: &str) {
        let text = String::from_utf8_lossy(bytes);
        for category in self.values.in_text(&text) {
            // what a reader showed as well is told once
            if !self.hits.contains_key(&(Leftover::SourceValue, category.to_owned())) {
                self.hit(Leftover::SourceValue, &format!("{category} ({place})"));
            }
        }
    }

    /// What whole columns tell.
    pub fn judge(&mut self) {
        for (place, seen) in std::mem::take(&mut self.columns) {
            for (digits, (cells, tails)) in &seen.tails {
                // chance alone would show the tails at the rate of their coverage
                let share = *tails as f64 / (*cells).max(1) as f64;
                let chance = self.values.tail_coverage(*digits);
                if *cells >= 20 && cells * 2 >= seen.cells && share > 0.5 + chance / 2.0 {
                    self.hit(Leftover::Tail, &place);
                }
            }
            let shape = seen.tokens.after();
            if seen.tokens_seen >= 100 && (shape.top_share > 0.05 || shape.unique_count_share > 0.05) {
                self.hit(Leftover::Frequency, &place);
            }
        }
    }
}

use std::path::Path;
use std::sync::Arc;

use crate::detect::{self, Detector};
use crate::format::Limits;
use crate::model::{Block, Category, ReadError, SegmentKind, Table};

use super::blocks::blocks;

/// A table of a file, with what its columns were found to hold.
#[derive(Clone, Debug)]
pub struct SeenTable {
    /// Name and columns.
    pub table: Arc<Table>,
    /// Per column: the kind of data and the share of cells that showed it.
    pub verdicts: Vec<(Option<Category>, f64)>,
    /// Per column: whether values stand in it as numbers and whether as text.
    pub kinds: Vec<(bool, bool)>,
    /// Per column: the first value, masked.
    pub samples: Vec<String>,
}

/// The tables of a file and the verdicts on their columns, as a run would see them; and what kept the file from
/// being read to its end.
pub fn tables(path: &Path, limits: &Arc<Limits>, detector: &Detector) -> (Vec<SeenTable>, Option<ReadError>) {
    let mut seen: Vec<SeenTable> = Vec::new();
    let read = blocks(path, limits, &mut |block| {
        let Some(table) = &block.table else { return };
        if table.fields.is_empty() || seen.iter().any(|s| Arc::ptr_eq(&s.table, table) || s.table == *table) {
            return;
        }
        let columns = detector.columns(block);
        let verdicts: Vec<(Option<Category>, f64)> = (0..table.fields.len() as u32)
            .map(|n| columns.get(n).map_or((None, 0.0), |v| (v.category, f64::from(v.share))))
            .collect();
        let samples = samples(block, table.fields.len(), &verdicts);
        let kinds = kinds(block, table.fields.len());
        seen.push(SeenTable { table: table.clone(), verdicts, kinds, samples });
    });
    (seen, read.err())
}

fn kinds(block: &Block, width: usize) -> Vec<(bool, bool)> {
    let mut out = vec![(false, false); width];
    for s in &block.segments {
        let Some((number, text)) = out.get_mut(s.column as usize) else { continue };
        match s.kind {
            SegmentKind::Number => *number = true,
            SegmentKind::Skip | SegmentKind::Meta | SegmentKind::Date => {}
            _ => {
                let bytes = block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
                *text |= !bytes.trim_ascii().is_empty();
            }
        }
    }
    out
}

fn samples(block: &Block, width: usize, verdicts: &[(Option<Category>, f64)]) -> Vec<String> {
    let mut out = vec![String::new(); width];
    for s in &block.segments {
        let Some(sample) = out.get_mut(s.column as usize).filter(|t| t.is_empty()) else { continue };
        let bytes = block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
        if matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta) || bytes.trim_ascii().is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        *sample = match verdicts.get(s.column as usize).and_then(|v| v.0) {
            Some(category) => detect::mask(category, &text),
            None => shape(&text),
        };
    }
    out
}

/// The look of a value without the value: `9` for digits, `a` and `A` for letters.
fn shape(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(24)
        .map(|c| match c {
            c if c.is_numeric() => '9',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    if text.chars().nth(24).is_some() {
        out.push('…');
    }
    out
}

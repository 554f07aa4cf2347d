//! Forms: tables whose cells on the left are labels (`ИИН | 991231…`). What stands beside a label is read as if
//! the label were the name of its column.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::assigned;
use super::column::{ColumnContext, Columns, sampled};
use super::detector::Detector;
use super::find::formed;
use super::fold::Folded;
use super::lexicon::RuleSet;
use super::siblings::Siblings;
use crate::model::{Block, Field, NO_COLUMN, SegmentKind, Table};

/// Longest label, in bytes.
const LONGEST: usize = 160;

/// A block whose cells beside labels have columns of their own.
pub(crate) struct Form {
    pub(crate) block: Block,
    pub(crate) contexts: Vec<ColumnContext>,
}

/// The words of a label: its text without numbering and colon; `None` for what cannot be one.
fn label(cell: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
    let text = text.trim_end_matches([':', '*', ' ']);
    // a sentence is no label, nor is an address of mail
    let fits = text.len() <= LONGEST
        && !text.contains('@')
        && text.split_whitespace().count() <= 9
        && text.chars().any(char::is_alphabetic);
    (fits && text.bytes().filter(u8::is_ascii_digit).count() <= 3).then_some(text)
}

/// Does a column hold what type a value is of, and not the value?
fn types(name: &str) -> bool {
    let last = name.rsplit(['.', '/', '@', ':']).next().unwrap_or(name);
    matches!(last.to_lowercase().as_str(), "тип" | "type" | "datatype" | "xsi:type")
}

/// What a label of a record is to another of the same record.
enum Role {
    Kind,
    Value,
}

/// `Вид` says what `Представление` is, in records whose fields all have a name and a value.
fn role(label: &str) -> Option<Role> {
    match label.to_lowercase().as_str() {
        "вид" | "тип" | "kind" | "type" | "түрі" => Some(Role::Kind),
        "представление" | "значение" | "номер" | "value" | "number" | "мәні" | "нөмірі" => {
            Some(Role::Value)
        }
        _ => None,
    }
}

/// A form of more columns that have names is a list.
const WIDE: usize = 6;

impl Detector {
    /// Marks the columns whose cells are labels: several that say different things, and a third of all.
    pub(crate) fn mark_labels(&self, first: &Block, columns: &mut Columns) {
        let width = columns.contexts.len();
        // a record of one row and a table of one column have no labels beside their values
        if !(2..=32).contains(&width) {
            return;
        }
        #[derive(Clone, Default)]
        struct Seen {
            cells: u32,
            labels: u32,
            kinds: Vec<RuleSet>,
            /// Cells that have figures, as hardly any label has.
            figures: u32,
        }
        let mut seen = vec![Seen::default(); width - 1];
        let mut folded = Folded::default();
        for s in sampled(first) {
            // the heads of rows in HTML are no cells of data
            let cell = matches!(s.kind, SegmentKind::Cell | SegmentKind::Meta);
            let Some(of) = seen.get_mut(s.column as usize).filter(|_| cell) else { continue };
            let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
            if cell.is_empty() {
                continue;
            }
            of.cells += 1;
            of.figures += u32::from(cell.iter().any(u8::is_ascii_digit));
            // "II гр." below "Инвалидность" is what the column holds
            if self.has_form(columns.contexts[s.column as usize].named, cell) {
                continue;
            }
            // long tables show in their first rows what they are
            if of.cells > 200 || (of.cells > 60 && of.labels == 0) {
                continue;
            }
            let Some(text) = label(cell).filter(|text| self.may_name(text, &mut folded)) else { continue };
            let named = self.name_context(text, &mut folded).named;
            if named.any() {
                of.labels += 1;
                if !of.kinds.contains(&named) {
                    of.kinds.push(named);
                }
            }
        }
        // label, value, label, value: what stands in all the columns of labels counts together
        let sum =
            |odd: usize, what: fn(&Seen) -> u32| seen.iter().skip(odd).step_by(2).map(what).sum::<u32>();
        let kinds: FxHashSet<RuleSet> =
            seen.iter().step_by(2).flat_map(|s| s.kinds.iter().copied()).collect();
        let paired = width >= 4
            && width.is_multiple_of(2)
            && kinds.len() >= 2
            && sum(1, |s| s.labels) == 0
            && sum(0, |s| s.figures) == 0
            && sum(0, |s| s.labels) * 3 >= sum(0, |s| s.cells);
        for (k, of) in seen.iter().enumerate() {
            // one label alone is enough in a column that no name tells, of short texts without figures
            let lone = width == 2
                && of.kinds.len() == 1
                && of.labels == 1
                && of.figures == 0
                && of.cells <= 12
                && columns.contexts[k].named.is_empty();
            // "Тема" of a list of requests: some words of a wide table with names of columns are no labels of the cells beside
            let list = width > WIDE && first.table.as_ref().is_some_and(|t| t.named);
            let share = if list { of.labels * 20 > of.cells * 7 } else { of.labels * 3 >= of.cells.min(200) };
            let several = of.kinds.len() >= 2 && share;
            if lone || paired && k % 2 == 0 || several {
                columns.contexts[k] = ColumnContext { labels: true, ..ColumnContext::default() };
                let verdict = &mut columns.verdicts[k];
                (verdict.category, verdict.subtype, verdict.rule) = (None, None, None);
            }
        }
    }

    /// Has a cell the form that one of these rules asks for?
    fn has_form(&self, named: RuleSet, cell: &[u8]) -> bool {
        (named & self.formed).into_iter().any(|r| formed(&self.rules[r], cell, 0, cell.len()).is_some())
    }

    /// The block with a column for every label that stands left of a value, or in a key beside it.
    pub(crate) fn form(&self, block: &Block, contexts: &[ColumnContext], siblings: &Siblings) -> Form {
        let mut contexts = contexts.to_vec();
        let mut table = block.table.as_deref().cloned().unwrap_or_default();
        table.fields.resize(contexts.len(), Field::default());
        let mut segments = block.segments.clone();
        let mut known: FxHashMap<String, u32> = FxHashMap::default();
        let mut folded = Folded::default();
        let mut open: Option<(u32, u32)> = None;
        // what the last field "Вид" of a record says
        let mut kind: Option<(u32, Option<String>)> = None;
        for s in &mut segments {
            if open.is_some_and(|(row, _)| row != s.row) {
                open = None;
            }
            let cell = block.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
            if cell.is_empty() || s.column == NO_COLUMN || s.kind == SegmentKind::Skip {
                continue;
            }
            let labels = contexts.get(s.column as usize).is_some_and(|c| c.labels);
            if labels && let Some(text) = label(cell) {
                let told = match role(text) {
                    Some(Role::Kind) => {
                        kind = Some((s.row, None));
                        None
                    }
                    Some(Role::Value) => kind.take().filter(|k| k.0 == s.row).and_then(|k| k.1),
                    None => None,
                };
                let text = told.as_deref().unwrap_or(text);
                open = match known.get(text) {
                    Some(k) => Some((s.row, *k)),
                    None => {
                        let context = self.name_context(text, &mut folded);
                        (context.named.any()).then(|| {
                            let k = contexts.len() as u32;
                            contexts.push(ColumnContext { table: true, form: true, ..context });
                            table.fields.push(Field { name: text.to_owned(), ..Field::default() });
                            known.insert(text.to_owned(), k);
                            (s.row, k)
                        })
                    }
                };
                if open.is_some() {
                    s.kind = SegmentKind::Skip;
                }
            } else if let Some((row, said @ None)) = &mut kind
                && *row == s.row
                && open.is_none()
                && !table.fields.get(s.column as usize).is_some_and(|f| types(&f.name))
            {
                *said = label(cell).map(str::to_owned);
            } else if open.is_some() && table.fields.get(s.column as usize).is_some_and(|f| types(&f.name)) {
                // `<Свойство Имя="ДатаРождения" Тип="Дата">`: the value stands behind it
            } else if let Some((_, k)) = open.take()
                && contexts.get(s.column as usize).is_none_or(|c| c.named.is_empty())
            {
                s.column = k;
            }
        }
        let table = Table { named: true, ..table };
        let mut block = Block {
            text: block.text.clone(),
            segments,
            table: Some(Arc::new(table)),
            line: block.line,
            first_row: block.first_row,
            cells: block.cells,
            ..Block::default()
        };
        if !siblings.is_empty() {
            self.pair(siblings, &mut block, &mut contexts);
        }
        if assigned::any(&block) {
            self.assign(&mut block, &mut contexts);
        }
        Form { block, contexts }
    }
}

//! The column as a unit: its name, the share of its cells that prove true, and what both say for every cell.

mod judge;
mod name;

use std::sync::Arc;

use super::detector::Detector;
use super::fold::Folded;
use super::lexicon::RuleSet;
use super::rules::Rule;
use crate::model::{
    Block, Category, Evidence, EvidenceSet, Field, NO_COLUMN, Segment, SegmentKind, Table, replacement,
};

pub(super) use name::{last_key, numbers, two_names};

/// Rows in which the names of columns may stand where none are known.
const TITLES: usize = 12;
/// Bytes of a block that are looked at for the verdicts.
const SAMPLE_BYTES: u32 = 256 << 10;
/// Rows that are counted for the verdicts: a share of them is known to 3 in 100 (95 %), and more cost time in each file.
const SAMPLE_ROWS: u32 = 1000;

/// Kinds of data whose columns tell that a table is one of persons.
pub(super) const PERSONS: [Category; 6] = [
    Category::PERSON,
    Category::IIN,
    Category::PHONE,
    Category::BIRTH_DATE,
    Category::ID_CARD,
    Category::PASSPORT,
];

/// What a column says for each rule, as sets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ColumnContext {
    /// The name is of a table's column, not of a key or tag.
    pub(crate) table: bool,
    /// The name is the last of a path of keys.
    pub(crate) path: bool,
    /// Only keys above the last one speak.
    pub(crate) above: bool,
    /// Rules that the name speaks for.
    pub(crate) named: RuleSet,
    /// Rules that the name says nothing for, or speaks against.
    pub(crate) other: RuleSet,
    /// Rules whose own words of denial stand in the name.
    pub(crate) against: RuleSet,
    /// Rules for which enough cells prove true.
    pub(crate) share: RuleSet,
    /// Rules for which so few cells prove true that hits are chance.
    pub(crate) low: RuleSet,
    /// Rules for which cells are taken whole.
    pub(crate) whole: RuleSet,
    /// Its cells are labels of what stands beside them.
    pub(crate) labels: bool,
    /// The name is a label in the cell to the left.
    pub(crate) form: bool,
    /// The name tells of two kinds that share a cell: its cells are read as text.
    pub(crate) mixed: bool,
    /// The table is one of persons.
    pub(crate) persons: bool,
    /// Its days of birth are years, in a table that still tells whose they are.
    pub(crate) years: bool,
}

/// What text says that stands in no column.
pub(crate) static NO_CONTEXT: ColumnContext = ColumnContext {
    table: false,
    path: false,
    above: false,
    named: RuleSet::NONE,
    other: RuleSet::NONE,
    against: RuleSet::NONE,
    share: RuleSet::NONE,
    low: RuleSet::NONE,
    whole: RuleSet::NONE,
    labels: false,
    form: false,
    mixed: false,
    persons: false,
    years: false,
};

impl ColumnContext {
    /// What the column says for the rule of this bit. `near`: words around the value speak for it;
    /// `other_key`: it is the value of a key that names something else.
    pub(crate) fn evidence(&self, bit: RuleSet, near: bool, other_key: bool) -> EvidenceSet {
        let mut e = EvidenceSet::new();
        if !near && self.against.meets(bit) {
            e.add(Evidence::NegativeWord);
        }
        if self.share.meets(bit) {
            e.add(Evidence::ColumnShare);
        }
        if self.named.meets(bit) {
            e.add(if self.table { Evidence::ColumnName } else { Evidence::FieldName });
        } else if !near && (other_key || self.other.meets(bit)) {
            e.add(Evidence::ColumnNameOther);
        }
        if self.low.meets(bit) && !near {
            e.add(Evidence::ColumnShareLow);
        }
        e
    }
}

/// What a column holds.
#[derive(Clone, Debug)]
pub struct ColumnVerdict {
    /// Index of the column in its table.
    pub column: u32,
    /// Its name; empty where it has none.
    pub name: String,
    /// The category, where there is one.
    pub category: Option<Category>,
    /// A finer kind.
    pub subtype: Option<&'static str>,
    /// The rule that the verdict rests on.
    pub rule: Option<&'static str>,
    /// Share of sampled cells that prove true for the category (0..=1).
    pub share: f32,
    /// How many cells were looked at.
    pub sampled: u32,
    /// 0..=1.
    pub confidence: f32,
    /// Why.
    pub evidence: EvidenceSet,
}

/// The verdicts on the columns of one table; all its blocks use the same.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Tells verdicts apart; 0 for those of no table.
    pub(crate) serial: u64,
    pub(crate) contexts: Vec<ColumnContext>,
    pub(crate) verdicts: Vec<ColumnVerdict>,
    /// The table is one of persons: of their names or numbers.
    pub(crate) persons: bool,
    /// The names of the columns stand in a row of the table itself, below titles.
    pub(crate) names_in_rows: bool,
}

impl Columns {
    /// Every column in order, those without a category too.
    pub fn iter(&self) -> impl Iterator<Item = &ColumnVerdict> {
        self.verdicts.iter()
    }

    /// The verdict on a column.
    pub fn get(&self, column: u32) -> Option<&ColumnVerdict> {
        self.verdicts.get(column as usize)
    }

    /// The category of a column, where there is one.
    pub fn category(&self, column: u32) -> Option<Category> {
        self.get(column)?.category
    }

    /// Says that column `k` holds what the rule finds, whatever its name leaves open. `whole`: its cells are taken whole.
    pub(super) fn tell(
        &mut self,
        k: usize,
        (r, rule): (usize, &Rule),
        whole: bool,
        confidence: f32,
        why: Evidence,
    ) {
        let bit = RuleSet::of(r);
        let (verdict, context) = (&mut self.verdicts[k], &mut self.contexts[k]);
        context.named |= bit;
        context.other &= !bit;
        context.whole |= if whole { bit } else { RuleSet::NONE };
        verdict.category = Some(rule.category);
        verdict.subtype = rule.subtype;
        verdict.rule = Some(rule.id);
        verdict.confidence = confidence;
        verdict.evidence.add(why);
    }
}

/// What the verdicts on the columns of a table rest on, of its first block.
pub(crate) fn sampled(first: &Block) -> &[Segment] {
    let rows = first.segments.first().map_or(0, |s| s.row).saturating_add(SAMPLE_ROWS);
    let end = first.segments.iter().position(|s| s.start >= SAMPLE_BYTES || s.row >= rows);
    &first.segments[..end.unwrap_or(first.segments.len())]
}

impl Detector {
    /// Judges the columns of a table from its first block: the words of their names and the share of cells that
    /// prove true. The same block gives the same verdicts.
    pub fn columns(&self, first: &Block) -> Arc<Columns> {
        let Some(table) = &first.table else { return Arc::default() };
        let width =
            first.segments.iter().filter(|s| s.column != NO_COLUMN).map(|s| s.column + 1).max().unwrap_or(0);
        let width = (width as usize).max(table.fields.len()).min(16_384);
        let below = self.names_in_rows(first, table, width);
        let mut columns = self.by_name(below.as_ref().unwrap_or(table), width);
        columns.names_in_rows = below.is_some();
        let counts = self.sample(first, &columns.contexts, width);
        // a table that still holds numbers of persons was not generalized
        const PERSONS: [Category; 4] = [Category::IIN, Category::PHONE, Category::EMAIL, Category::CARD];
        let of_person = |rule: u16| PERSONS.contains(&self.rules[usize::from(rule)].category);
        let raw = counts.iter().any(|c| c.rules.iter().any(|r| r.1 > 0 && of_person(r.0)));
        for (k, c) in counts.iter().enumerate() {
            self.judge(&mut columns, k, c, raw);
        }
        if raw || self.names_stand(first, &columns) {
            self.mark_years(first, &mut columns);
        }
        self.mark_names(first, &mut columns);
        self.mark_roles(first, &mut columns);
        self.mark_addresses(first, &mut columns);
        self.mark_codes(first, &mut columns);
        self.mark_days(first, &mut columns);
        self.mark_unnamed(first, &mut columns);
        self.mark_labels(first, &mut columns);
        self.mark_persons(&mut columns);
        if raw && !columns.persons {
            columns.persons = true;
            columns.contexts.iter_mut().for_each(|c| c.persons = true);
        }
        Arc::new(columns)
    }

    /// The names of columns that stand in one of the first rows of a table that has none: exports have titles above them.
    fn names_in_rows(&self, first: &Block, table: &Table, width: usize) -> Option<Table> {
        if width < 3 || table.fields.iter().any(|f| !f.name.is_empty()) {
            return None;
        }
        let mut folded = Folded::default();
        let mut k = 0;
        for _ in 0..TITLES {
            let row = first.segments.get(k)?.row;
            let n = first.segments[k..].iter().take_while(|s| s.row == row).count();
            let (mut names, mut known, mut filled, mut plain) = (vec![String::new(); width], 0, 0, true);
            for s in first.segments[k..k + n].iter().filter(|s| s.kind != SegmentKind::Skip) {
                let cell = first.text.get(s.start as usize..s.end as usize)?.trim_ascii();
                let (Ok(cell), Some(name)) = (std::str::from_utf8(cell), names.get_mut(s.column as usize))
                else {
                    continue;
                };
                if cell.is_empty() {
                    continue;
                }
                let digits = cell.bytes().filter(u8::is_ascii_digit).count();
                plain &=
                    digits <= 2 && cell.len() <= 60 && s.kind == SegmentKind::Cell && !cell.contains(':');
                filled += 1;
                known += usize::from(self.may_name(cell, &mut folded));
                *name = cell.to_owned();
            }
            // a row of data has figures, a title fills few cells
            if plain
                && known >= 3
                && known * 2 >= filled
                && filled * 2 >= width
                && k + n < first.segments.len()
            {
                let fields = names.into_iter().map(|name| Field { name, ..Field::default() }).collect();
                return Some(Table { fields, named: true, ..table.clone() });
            }
            k += n;
        }
        None
    }

    /// Does the first cell of a column of names hold one, and nothing in place of it?
    fn names_stand(&self, first: &Block, columns: &Columns) -> bool {
        let Some(person) = self.rule_named("person") else { return false };
        let named =
            |s: &&Segment| columns.contexts.get(s.column as usize).is_some_and(|c| c.named.has(person));
        let cell = |s: &Segment| first.text.get(s.start as usize..s.end as usize).unwrap_or_default();
        let letter = |b: &u8| *b >= 0x80 || b.is_ascii_alphabetic();
        first.segments.iter().filter(named).find(|s| cell(s).iter().any(letter)).is_some_and(|s| {
            let inside = cell(s).trim_ascii_start();
            inside.first() != Some(&b'[') && replacement::token_at(inside, 0).is_none()
        })
    }

    /// Marks the columns of days of birth whose cells are years alone.
    fn mark_years(&self, first: &Block, columns: &mut Columns) {
        let Some(rule) = self.rule_named("birth_date") else { return };
        for (k, context) in columns.contexts.iter_mut().enumerate() {
            if !context.named.has(rule) {
                continue;
            }
            let (mut all, mut years) = (0, 0);
            for s in first.segments.iter().filter(|s| s.column == k as u32).take(60) {
                let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
                all += usize::from(!cell.is_empty());
                let year = cell.len() == 4 && cell.iter().all(u8::is_ascii_digit);
                years += usize::from(year && (&b"1900"[..]..=&b"2035"[..]).contains(&cell));
            }
            context.years = years > 0 && years * 2 >= all;
        }
    }

    /// Says of a table and its columns that it is one of persons.
    fn mark_persons(&self, columns: &mut Columns) {
        let of_persons = |(k, r): (usize, &Rule)| PERSONS.contains(&r.category).then_some(k);
        let rules: RuleSet = self.rules.iter().enumerate().filter_map(of_persons).collect();
        columns.persons = columns.verdicts.iter().filter_map(|v| v.category).any(|c| PERSONS.contains(&c))
            || columns.contexts.iter().any(|c| c.named.meets(rules));
        for c in &mut columns.contexts {
            c.persons = columns.persons;
        }
    }
}

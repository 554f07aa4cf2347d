//! The column as a unit: its name, the share of its cells that prove true, and what both say for every cell.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::context::{fold_name, names};
use super::detector::{Detector, Scratch};
use super::engine::Engine;
use super::find::{formed, trim};
use super::fold::{Folded, folded, is_word};
use super::lexicon::{Lexicon, RuleSet};
use super::rules::{Finder, LabelValue, Rule};
use super::serial::is_serial;
use super::siblings::is_wording;
use crate::model::{Block, Category, Evidence, EvidenceSet, Field, NO_COLUMN, SegmentKind, Table};

/// Fewest cells for a verdict without a name.
const ENOUGH: u32 = 5;
/// Share of cells that must prove true for a verdict without a name.
const SHARE: f32 = 0.6;
/// Below this share of proven cells hits of a column without a name are chance.
const CHANCE: f32 = 0.3;
/// Names of columns whose reading is kept.
const NAMES_SEEN: usize = 1024;
/// Rows in which the names of columns may stand where none are known.
const TITLES: usize = 12;
/// Bytes of a block that are looked at for the verdicts.
pub(crate) const SAMPLE_BYTES: u32 = 256 << 10;

/// Kinds of data whose columns tell that a table is one of persons.
pub(super) const PERSONS: [Category; 6] = [
    Category::PERSON,
    Category::IIN,
    Category::PHONE,
    Category::BIRTH_DATE,
    Category::ID_CARD,
    Category::PASSPORT,
];

/// Words of last keys that describe what the key above them holds, as schemas do, and hold nothing of it.
const DESCRIBES: &[&[u8]] = &[
    b"type",
    b"format",
    b"pattern",
    b"ref",
    b"length",
    b"max",
    b"min",
    b"maximum",
    b"minimum",
    b"required",
    b"enum",
    b"description",
    b"shape",
    b"documentation",
    b"class",
    b"style",
    b"width",
    b"height",
    b"color",
    b"enabled",
    b"visible",
    b"nullable",
    b"deprecated",
    b"readonly",
    b"default",
    b"placeholder",
    b"hint",
    b"token",
    b"comment",
    b"note",
    b"key",
    b"xmlns",
    b"namespace",
    b"algorithm",
];

/// What a column says for each rule, as sets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ColumnContext {
    /// The name is of a table's column, not of a key or tag.
    pub(crate) table: bool,
    /// The name is the last of a path of keys.
    pub(crate) path: bool,
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
}

/// What text says that stands in no column.
pub(crate) static NO_CONTEXT: ColumnContext = ColumnContext {
    table: false,
    path: false,
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

/// What is counted of one column.
#[derive(Clone, Debug, Default)]
struct Counts {
    cells: u32,
    /// Of them those that hold something.
    filled: u32,
    /// Of them dates of a first of January.
    first_of_year: u32,
    /// Per rule: cells that prove true, and cells that have the form.
    rules: Vec<(u16, u32, u32)>,
    last: u32,
}

impl Counts {
    fn add(&mut self, rule: u16, proven: bool) {
        let k = match self.rules.iter().position(|r| r.0 == rule) {
            Some(k) => k,
            None => {
                self.rules.push((rule, 0, 0));
                self.rules.len() - 1
            }
        };
        self.rules[k].1 += u32::from(proven);
        self.rules[k].2 += 1;
    }

    fn proven(&self, rule: usize) -> u32 {
        self.rules.iter().find(|r| usize::from(r.0) == rule).map_or(0, |r| r.1)
    }

    fn formed(&self, rule: usize) -> u32 {
        self.rules.iter().find(|r| usize::from(r.0) == rule).map_or(0, |r| r.2)
    }
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
        self.mark_names(first, &mut columns);
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

    /// What the names alone say.
    pub(crate) fn by_name(&self, table: &Table, width: usize) -> Columns {
        let mut folded = Folded::default();
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let mut columns = Columns { serial: SERIAL.fetch_add(1, Ordering::Relaxed), ..Columns::default() };
        for k in 0..width {
            let name = table.fields.get(k).map_or("", |f| f.name.as_str());
            let mut context = self.name_context(name, &mut folded);
            if is_serial(name, &mut folded) {
                context = self.serial_context(table, context, &mut folded);
            }
            context.table = table.named || table.name.is_some();
            columns.contexts.push(context);
            columns.verdicts.push(ColumnVerdict {
                column: k as u32,
                name: name.to_owned(),
                category: None,
                subtype: None,
                rule: None,
                share: 0.0,
                sampled: 0,
                confidence: 0.0,
                evidence: EvidenceSet::new(),
            });
        }
        self.mark_persons(&mut columns);
        columns
    }

    /// What a name of a column, key path or tag says for each rule: the same few stand in all files of a share.
    pub(crate) fn name_context(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        if name.is_empty() {
            return ColumnContext::default();
        }
        let lock = || self.names_seen.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(seen) = lock().get(name) {
            return *seen;
        }
        let context = self.read_name(name, folded);
        let mut seen = lock();
        if name.len() <= 64 && seen.len() < NAMES_SEEN {
            seen.insert(name.to_owned(), context);
        }
        context
    }

    /// May a text name something, as a label or the name of a column does? Most cells do not, and cost less so.
    pub(super) fn may_name(&self, text: &str, folded: &mut Folded) -> bool {
        fold_name(text.as_bytes(), folded);
        names(&self.headers, &folded.text).0.any()
    }

    pub(super) fn read_name(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        let whole = self.read_words(name, folded);
        // "ВУ (серия, №, дата)": what stands in brackets denies nothing
        match name.split_once('(').map(|(told, _)| told.trim_end()).filter(|told| !told.is_empty()) {
            Some(told) => {
                let outer = self.read_words(told, folded);
                if (outer.named & !whole.named).any() { outer } else { whole }
            }
            None => whole,
        }
    }

    fn read_words(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        let mut c = ColumnContext::default();
        fold_name(name.as_bytes(), folded);
        let (mut pro, mut contra) = names(&self.headers, &folded.text);
        let mut common = names(&self.header_not, &folded.text).1;
        // the last part of a path says most
        let last = last_key(name);
        if last.len() < name.len() {
            c.path = true;
            fold_name(last.as_bytes(), folded);
            let own = names(&self.headers, &folded.text);
            let wording = if is_wording(last) { self.above(name, folded) } else { RuleSet::NONE };
            let numbered = if numbers(last) { self.numbered_above(name, folded) } else { RuleSet::NONE };
            let birth = self.birth_place_above(name, folded);
            fold_name(last.as_bytes(), folded);
            if (wording | birth | numbered).any() {
                pro = wording | birth | numbered;
            } else if self.both_told(name) {
                // "пасп./ВНЖ", "уд. личности/паспорт": two names of one column, and no word of one denies the other
                (pro, contra) = two_names(&self.headers, name);
                let common = names(&self.header_not, &folded.text).1;
                c.named = pro;
                c.other = contra | (common & !pro) | !pro;
                self.take_whole(&mut c, &folded.text);
                return c;
            } else if own.0.any() {
                pro = own.0;
            } else if folded.text.split(|b| !is_word(*b)).any(|w| DESCRIBES.contains(&w)) {
                pro = RuleSet::NONE;
            }
            contra = own.1;
            common = names(&self.header_not, &folded.text).1;
        }
        c.named = pro & !contra;
        c.against = contra & !pro;
        c.other = contra | (common & !c.named);
        if c.named.any() {
            c.other |= !c.named;
        }
        self.take_whole(&mut c, &folded.text);
        if let Some(named) = self.two_kinds(name) {
            (c.named, c.other, c.against, c.whole, c.mixed) =
                (named, RuleSet::NONE, RuleSet::NONE, RuleSet::NONE, true);
        }
        c
    }

    /// "Адрес, телефон", "Ф.И.О. и дата рождения": what the parts of a name speak for, where words and something else
    /// share a cell.
    fn two_kinds(&self, name: &str) -> Option<RuleSet> {
        let joints = [" и ", " және ", " мен ", " and "];
        if !name.contains([',', ';', '+', '&']) && !joints.iter().any(|joint| name.contains(joint)) {
            return None;
        }
        let mut folded = Folded::default();
        let category = |set: RuleSet| {
            let first = self.rules.get(set.first()?)?;
            let same = |(k, r): (usize, &Rule)| !set.has(k) || r.category == first.category;
            self.rules.iter().enumerate().all(same).then_some(first.category)
        };
        let (mut all, mut kinds) = (RuleSet::NONE, Vec::new());
        let name = joints.iter().fold(name.to_owned(), |name, joint| name.replace(joint, ","));
        for part in name.split([',', ';', '+', '&']) {
            fold_name(part.trim().as_bytes(), &mut folded);
            let (pro, contra) = names(&self.headers, &folded.text);
            if let Some(kind) = category(pro & !contra) {
                all |= pro & !contra;
                kinds.push(kind);
            }
        }
        let words = |c: &Category| matches!(*c, Category::ADDRESS | Category::PERSON | Category::BIRTH_PLACE);
        let two = kinds.iter().any(|k| *k != kinds[0]) && kinds.iter().any(words);
        two.then_some(all)
    }

    /// Marks the rules of a name whose cells are taken whole.
    fn take_whole(&self, c: &mut ColumnContext, folded: &[u8]) {
        for k in c.named {
            let r = &self.rules[k];
            let takes = matches!(r.finder, Finder::Label | Finder::Module | Finder::Handle)
                || (matches!(r.finder, Finder::Digits | Finder::Series) && r.file.needs_label)
                || matches!(r.finder, Finder::Date | Finder::Cadastral | Finder::Secret)
                || matches!(r.file.proof.as_deref(), Some("iin" | "bin"))
                || r.finder == Finder::Phone && told_as_phone(folded);
            if takes {
                c.whole |= RuleSet::of(k);
            }
        }
    }

    /// Is this no path of keys but two words for what a column holds, as people write them?
    fn both_told(&self, name: &str) -> bool {
        let Some((left, right)) = name.split_once('/') else { return false };
        let written =
            |w: &str| w.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) && w.chars().count() >= 3;
        written(left) && written(right) && !right.contains('/')
    }

    /// What the key above the last one says, where it names something that a list of words can hold:
    /// `gender.nameRu`, `nationality.name`.
    fn above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let above = last_key(name[..path].trim_end_matches(['.', '/']));
        fold_name(above.as_bytes(), folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        let listed = |(k, r): (usize, &Rule)| {
            let takes =
                r.finder == Finder::Label && r.value == LabelValue::List || r.category.as_str() == "special";
            takes.then_some(k)
        };
        let lists: RuleSet = self.rules.iter().enumerate().filter_map(listed).collect();
        pro & !contra & lists
    }

    /// What the key above a number names: `birthCertificate.num`, `passport.number`.
    fn numbered_above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let above = last_key(name[..path].trim_end_matches(['.', '/']));
        fold_name(above.as_bytes(), folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        let documents =
            |r: &Rule| matches!(r.finder, Finder::Digits | Finder::Series) || r.value == LabelValue::Code;
        let rules: RuleSet =
            self.rules.iter().enumerate().filter(|(_, r)| documents(r)).map(|(k, _)| k).collect();
        pro & !contra & rules
    }

    /// The rule of places of birth, where a key above the last one names such a place: `birthPlace.city`.
    fn birth_place_above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let Some(rule) = self.rules.iter().position(|r| r.category == Category::BIRTH_PLACE) else {
            return RuleSet::NONE;
        };
        // a code or a number of a place says nothing
        fold_name(last_key(name).as_bytes(), folded);
        let coded =
            folded.text.split(|b| !is_word(*b)).any(|w| matches!(w, b"code" | b"id" | b"lat" | b"lon"));
        let bit = RuleSet::of(rule);
        fold_name(&name.as_bytes()[..path], folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        if coded { RuleSet::NONE } else { pro & !contra & bit }
    }

    fn sample(&self, first: &Block, contexts: &[ColumnContext], width: usize) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); width];
        let cut = first.segments.partition_point(|s| s.start < SAMPLE_BYTES);
        let segments = &first.segments[..cut];
        let Some(last) = segments.last() else { return counts };
        let text = &first.text[..(last.end as usize).min(first.text.len())];
        for s in segments {
            if s.kind == SegmentKind::Skip {
                continue;
            }
            let Some(c) = counts.get_mut(s.column as usize) else { continue };
            let (a, b) = trim(text, s.start as usize, (s.end as usize).min(text.len()));
            if b > a {
                c.cells += 1;
                c.filled += u32::from(!super::find::is_empty(&text[a..b]));
                c.first_of_year += u32::from(first_of_year(&text[a..b]));
                // what only a name and a form tell: are there any that have the form?
                let named = contexts.get(s.column as usize).map_or(RuleSet::NONE, |c| c.named & self.formed);
                for r in named {
                    if formed(&self.rules[r], text, a, b).is_some() {
                        c.add(r as u16, false);
                    }
                }
            }
        }
        // names only: the share must come from the cells themselves
        let plain: Vec<ColumnContext> =
            contexts.iter().map(|c| ColumnContext { table: c.table, ..ColumnContext::default() }).collect();
        let mut scratch = Scratch::default();
        let mut engine = Engine::new(self, text, segments, &plain, &mut scratch);
        engine.keep_all = true;
        engine.run_numbers();
        for c in &engine.found {
            let s = &segments[c.segment as usize];
            let (a, b) = trim(text, s.start as usize, (s.end as usize).min(text.len()));
            let covers = (c.end - c.start) as usize * 10 >= (b - a) * 8;
            let rule = &self.rules[usize::from(c.rule)];
            // a free text with a number in it is no column of numbers; one with two phones in a cell still is
            if !covers && !matches!(rule.finder, Finder::Phone | Finder::Email) {
                continue;
            }
            if let Some(k) = counts.get_mut(s.column as usize) {
                let key = s.row.wrapping_mul(131).wrapping_add(u32::from(c.rule)) | 1;
                if k.last != key {
                    k.add(c.rule, c.proven && !c.evidence.has(Evidence::InsideToken));
                    k.last = key;
                }
            }
        }
        counts
    }

    fn judge(&self, columns: &mut Columns, k: usize, counts: &Counts, raw: bool) {
        let context = &mut columns.contexts[k];
        let verdict = &mut columns.verdicts[k];
        let n = counts.cells;
        verdict.sampled = n;
        if context.mixed {
            return;
        }
        // telephones of the town among mobile ones: all have the form
        let phones = |r: usize| self.rules[r].finder == Finder::Phone && counts.formed(r) * 10 >= n * 9;
        let share = |proven: u32| if n == 0 { 0.0 } else { (proven as f32 / n as f32).min(1.0) };
        // IIN and BIN stand in one column wherever firms and sole proprietors do
        let taxid = |r: usize| matches!(self.rules[r].file.proof.as_deref(), Some("iin" | "bin"));
        let tax: u32 = counts.rules.iter().filter(|r| taxid(usize::from(r.0))).map(|r| r.1).sum();
        let of = |r: usize| if taxid(r) { tax } else { counts.proven(r) };
        let numeric: u32 = counts
            .rules
            .iter()
            .filter(|r| self.rules[usize::from(r.0)].finder == Finder::Digits)
            .map(|r| r.2)
            .max()
            .unwrap_or(0);
        let proven_other =
            |r: usize| counts.rules.iter().any(|c| usize::from(c.0) != r && c.1 * 2 >= n.max(1));
        let phones_among = counts
            .rules
            .iter()
            .any(|c| self.rules[usize::from(c.0)].finder == Finder::Phone && c.1 * 4 >= n.max(1));
        let places = |(k, rule): (usize, &Rule)| {
            (rule.category == Category::ADDRESS && rule.finder == Finder::Module).then_some(k)
        };
        let places: RuleSet = self.rules.iter().enumerate().filter_map(places).collect();
        if let Some(phone) = self.rule_named("phone").filter(|_| context.named.meets(places) && phones_among)
        {
            context.named |= RuleSet::of(phone);
            context.other &= !RuleSet::of(phone);
        }
        let mut best: Option<(usize, f32, f32)> = None;
        for (r, rule) in self.rules.iter().enumerate() {
            let bit = RuleSet::of(r);
            let s = share(of(r));
            let provable = matches!(rule.finder, Finder::Digits if rule.proof.is_some() && !rule.file.needs_label)
                || matches!(
                    rule.finder,
                    Finder::Phone
                        | Finder::Email
                        | Finder::Iban
                        | Finder::Vin
                        | Finder::Mac
                        | Finder::Ip
                        | Finder::Plate
                        | Finder::Index
                );
            // a sum that one number in ten has: only with the beginning that devices of today have, or for all of them
            let provable = provable || matches!(rule.id, "imei" | "rnn") && s >= 0.8;
            if provable {
                let enough = s >= SHARE || s >= CHANCE && phones(r);
                if enough && n >= ENOUGH && counts.formed(r) > 0 && !context.other.meets(bit) {
                    context.share |= bit;
                    // what is short or mistyped among them is one too
                    context.whole |= RuleSet::of_if(r, rule.finder == Finder::Phone);
                } else if s < CHANCE
                    && n >= ENOUGH
                    && !context.named.meets(bit)
                    && (counts.formed(r) * 2 >= n || numeric * 2 >= n)
                {
                    context.low |= bit;
                }
            }
            // years in a column that must hold dates: generalized already
            if rule.category == Category::BIRTH_DATE && n > 0 && counts.first_of_year == n && !raw {
                context.named &= !bit;
                context.whole &= !bit;
                context.share &= !bit;
                context.other |= bit;
                continue;
            }
            // messages name by `address` who sends them
            if rule.category == Category::ADDRESS && phones_among {
                context.named &= !bit;
                context.whole &= !bit;
            }
            let named = context.named.meets(bit);
            if self.formed.meets(bit) && (counts.formed(r) == 0 || counts.formed(r) * 3 < counts.filled) {
                // few cells have the form: the name speaks of something else
                if n >= ENOUGH {
                    context.named &= !bit;
                    context.whole &= !bit;
                }
                continue;
            }
            // what is short among telephones is one of the town
            if named && rule.finder == Finder::Phone && n >= ENOUGH && s >= CHANCE {
                context.whole |= bit;
            }
            let confidence = match (named, context.share.meets(bit)) {
                (true, true) => 0.9 + 0.09 * s,
                (false, true) => 0.6 + 0.35 * s,
                (true, false)
                    if n >= ENOUGH
                        && counts.formed(r) == 0
                        && (provable || matches!(rule.finder, Finder::Digits | Finder::Series)) =>
                {
                    continue;
                }
                // `from` and `to` are of whatever stands there
                (true, false) if provable && counts.formed(r) == 0 && proven_other(r) => continue,
                // `Дом` may be a telephone at home or a house
                (true, false) if rule.finder == Finder::Phone && counts.formed(r) == 0 && n > 0 => continue,
                (true, false) if provable && n >= 20 && s < 0.15 => 0.55,
                (true, false) if provable => 0.75,
                (true, false) => 0.85,
                (false, false) => continue,
            };
            let better = best.is_none_or(|b| (confidence, counts.proven(r)) > (b.1, counts.proven(b.0)));
            if better {
                best = Some((r, confidence, s));
            }
        }
        if let Some((r, confidence, s)) = best {
            let rule = &self.rules[r];
            let bit = RuleSet::of(r);
            verdict.category = Some(rule.category);
            verdict.subtype = rule.subtype;
            verdict.rule = Some(rule.id);
            verdict.share = s;
            verdict.confidence = confidence;
            if context.named.meets(bit) {
                verdict.evidence.add(Evidence::ColumnName);
            }
            if context.share.meets(bit) {
                verdict.evidence.add(Evidence::ColumnShare);
                if taxid(r) && !context.named.meets(bit) {
                    context.whole |= bit;
                }
            }
        } else if context.low.any() {
            verdict.evidence.add(Evidence::ColumnShareLow);
        }
    }
}

/// What the names before and behind a stroke speak for, and against.
pub(super) fn two_names(lexicon: &Lexicon, name: &str) -> (RuleSet, RuleSet) {
    let mut folded = Folded::default();
    name.split('/').fold((RuleSet::NONE, RuleSet::NONE), |(pro, contra), part| {
        fold_name(part.as_bytes(), &mut folded);
        let (p, c) = names(lexicon, &folded.text);
        (pro | (p & !c), contra | c)
    })
}

/// Is a last key the number of what the key above it names?
fn numbers(key: &str) -> bool {
    const NUMBERS: [&str; 13] = [
        "number",
        "num",
        "no",
        "nomer",
        "номер",
        "нөмір",
        "нөмірі",
        "docnumber",
        "value",
        "series",
        "seria",
        "seriya",
        "ser_num",
    ];
    NUMBERS.iter().any(|n| key.to_lowercase() == *n)
}

/// The last key of a path such as `client.docs.number`; the dot or stroke of an abbreviation (`Дата выдачи уд.`,
/// `Лиц.счет`, `Пол м/ж`) parts nothing.
pub(super) fn last_key(name: &str) -> &str {
    let cyrillic = |c: &char| ('\u{400}'..'\u{530}').contains(c);
    let part = |(k, sign): &(usize, &str)| {
        let most = if *sign == "." { 5 } else { 1 };
        let short = (1..=most).contains(&name[..*k].chars().rev().take_while(cyrillic).count());
        let next = name[k + 1..].chars().next();
        next.is_some_and(|c| !(c.is_whitespace() || short && cyrillic(&c)))
    };
    name.rmatch_indices(['.', '/']).find(part).map_or(name, |(k, _)| &name[k + 1..])
}

/// Does a name speak of telephones, and not only of who calls whom?
fn told_as_phone(folded: &[u8]) -> bool {
    let said = |w: &[u8]| {
        folded!["тел", "моб", "сот", "ұялы", "phone", "tel", "mob", "msisdn", "cell"]
            .any(|s| w.starts_with(s))
    };
    folded.split(|b| !is_word(*b)).any(said)
}

/// `1985-01-01`, `01.01.1985`, with or without a time of day, `19850101`.
fn first_of_year(cell: &[u8]) -> bool {
    let date = &cell[..cell.len().min(10)];
    let year = |d: &[u8]| d.iter().all(u8::is_ascii_digit);
    if date.len() == 8 {
        return year(date) && date.ends_with(b"0101");
    }
    date.len() == 10
        && match date {
            [y @ .., b'-', b'0', b'1', b'-', b'0', b'1'] => year(y),
            [b'0', b'1', b'.' | b'/', b'0', b'1', b'.' | b'/', y @ ..] => year(y),
            _ => false,
        }
}

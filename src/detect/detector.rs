//! The detector: rules put together for use, shared by all workers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::address::{AddressHit, Addresses, SplitAddress};
use super::assigned;
use super::column::{ColumnContext, Columns};
use super::context::KeyCache;
use super::damaged;
use super::engine::{Candidate, Engine};
use super::fields::FieldCache;
use super::find::{Anchors, Cluster, WordsMet};
use super::fold::Folded;
use super::left_over::left_over;
use super::lexicon::{Lexicon, Phrase, RuleSet};
use super::names::{Names, NamesScratch};
use super::openers::Openers;
use super::pass::Wanted;
use super::rules::{Finder, Rule, RuleError, Rules};
use super::settle::settle;
use super::siblings::Siblings;
use super::tabular::Tabular;
use crate::model::{Block, Category, Evidence, EvidenceSet, Finding, Level, SegmentKind, Table};

/// What to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Only these categories; all where empty.
    pub only: Vec<Category>,
    /// None of these.
    pub skip: Vec<Category>,
    /// Findings below this are not given (0..=1).
    pub min_confidence: f32,
    /// Look for names of persons in running text.
    pub names: bool,
    /// The text is a court act: roles of the participants count.
    pub court_act: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { only: Vec::new(), skip: Vec::new(), min_confidence: 0.5, names: true, court_act: false }
    }
}

/// Buffers that a worker keeps between blocks.
#[derive(Default)]
pub struct Scratch {
    pub(crate) folded: Folded,
    pub(crate) value: Vec<u8>,
    pub(crate) keys: KeyCache,
    pub(crate) words_met: WordsMet,
    pub(crate) fields_met: FieldCache,
    pub(crate) digits: Option<Box<Cluster>>,
    pub(crate) found: Vec<Candidate>,
    pub(crate) starts: Vec<u32>,
    /// Long runs of digits in running text, in which several numbers may touch.
    pub(crate) glued: Vec<u32>,
    addresses: Vec<AddressHit>,
    names: NamesScratch,
    persons: Vec<Finding>,
    pub(super) tabular: Tabular,
    table: Option<(Arc<Table>, Arc<Columns>)>,
    /// The detector that filled what is kept here.
    owner: u64,
}

/// The lengths of the groups of a number, four bits each, and the bits that they take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grouping {
    pub(crate) lengths: u64,
    pub(crate) mask: u64,
    pub(crate) rule: u16,
    /// Index into the rule's groups.
    pub(crate) form: u16,
}

impl Grouping {
    pub(super) fn new(groups: &[u8], rule: u16, form: usize) -> Grouping {
        let lengths = groups.iter().rev().fold(0, |a, n| a << 4 | u64::from((*n).min(15)));
        Grouping { lengths, mask: (1 << (4 * groups.len().min(15))) - 1, rule, form: form as u16 }
    }
}

/// Finds personal data in blocks. Made once, shared by all workers.
pub struct Detector {
    /// Tells detectors apart: what a [`Scratch`] keeps is of one of them.
    number: u64,
    pub(crate) rules: Vec<Rule>,
    by_id: FxHashMap<&'static str, usize>,
    pub(crate) options: Options,
    pub(crate) level: Level,
    pub(crate) want: Wanted,
    /// Words around a value.
    pub(crate) lexicon: Lexicon,
    /// Words of column names.
    pub(crate) headers: Lexicon,
    /// Words of column names that speak against every number, unless other words speak for it.
    pub(crate) header_not: Lexicon,
    /// Rules of unbroken digits by length.
    pub(crate) by_length: [Vec<u16>; 21],
    pub(crate) series: Vec<u16>,
    pub(crate) patterns: Vec<u16>,
    /// Lengths of the groups that numbers of these rules are written in, by the length of the first.
    pub(crate) forms: [Vec<Grouping>; 16],
    /// Rules that find nothing without a label.
    pub(crate) needs_label: RuleSet,
    /// Lengths of unbroken digits that a rule is for whose findings are given; the others settle overlaps.
    pub(crate) asked_lengths: u32,
    /// Rules of telephones.
    pub(crate) phones: RuleSet,
    /// Rules of twelve digits that lose their zeros in spreadsheets: IIN and BIN.
    pub(crate) tax: RuleSet,
    /// Rules whose values have a form that their cells are asked for: numbers of documents, patterns.
    pub(crate) formed: RuleSet,
    /// Rules of words and of numbers with letters, which no pass over digits finds.
    pub(crate) worded: RuleSet,
    /// Rules of numbers and days that the name of their column is enough for.
    pub(crate) celled: RuleSet,
    /// Rules of values of free form and of bare figures that follow a label.
    pub(crate) free: RuleSet,
    /// Rules of values that follow a label.
    pub(crate) labelled: RuleSet,
    /// Rules whose values prove themselves; names such as "from", "host" and "car" say them and a place as well.
    pub(super) evident: RuleSet,
    /// First rule of each finder.
    pub(crate) first: [Option<u16>; 24],
    /// Labels that are looked for in running text, by their first words.
    pub(crate) anchors: Option<Anchors>,
    /// First bytes of labels and of cues of addresses.
    pub(crate) words: Option<Openers>,
    /// Rules with a pattern that is tried around an anchor only.
    pub(crate) anchored: RuleSet,
    pub(crate) label_lexicon: Lexicon,
    /// Values of rules with a list.
    pub(crate) values: Vec<Vec<Phrase>>,
    /// An operator's own rules are among them: they may look for anything anywhere.
    own_rules: bool,
    pub(crate) addresses: Option<Addresses>,
    pub(crate) names: Option<&'static Names>,
    /// What names of columns said that were met before.
    pub(crate) names_seen: Mutex<FxHashMap<String, ColumnContext>>,
}

impl Detector {
    /// Puts `rules` together for `options`.
    ///
    /// # Errors
    /// Where `options` name a category that no rule has.
    pub fn new(rules: &Rules, options: Options) -> Result<Detector, RuleError> {
        for c in options.only.iter().chain(&options.skip) {
            if !rules.categories().iter().any(|k| k.id == c.as_str()) {
                return Err(RuleError::Category(c.as_str().to_owned()));
            }
        }
        let wanted = |c: Category| {
            (options.only.is_empty() || options.only.contains(&c)) && !options.skip.contains(&c)
        };
        const NUMBERS: [Category; 6] =
            [Category::IIN, Category::BIN, Category::PHONE, Category::IBAN, Category::EMAIL, Category::CARD];
        let numbers = !options.only.is_empty() && options.only.iter().all(|c| NUMBERS.contains(c));
        // the rules that are not asked for still settle overlaps of digits: an IIN is no BIN
        let active: Vec<Rule> = rules
            .iter()
            .filter(|r| !(numbers && r.file.led_by_words))
            .filter(|r| wanted(r.category) || r.finder == Finder::Digits && !r.file.needs_label)
            .cloned()
            .collect();
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let mut d = Detector {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            level: Level::best(),
            want: Wanted { run: 12, ..Wanted::default() },
            lexicon: Lexicon::default(),
            headers: Lexicon::default(),
            header_not: Lexicon::default(),
            by_length: Default::default(),
            forms: Default::default(),
            needs_label: RuleSet::NONE,
            asked_lengths: 0,
            phones: RuleSet::NONE,
            tax: RuleSet::NONE,
            formed: RuleSet::NONE,
            worded: RuleSet::NONE,
            celled: RuleSet::NONE,
            free: RuleSet::NONE,
            labelled: RuleSet::NONE,
            evident: RuleSet::NONE,
            series: Vec::new(),
            patterns: Vec::new(),
            first: [None; 24],
            anchors: None,
            words: None,
            anchored: RuleSet::NONE,
            label_lexicon: Lexicon::default(),
            values: vec![Vec::new(); active.len()],
            addresses: None,
            names: None,
            names_seen: Mutex::default(),
            by_id: active.iter().enumerate().map(|(k, r)| (r.id, k)).collect(),
            own_rules: active.iter().any(|r| r.own),
            rules: active,
            options,
        };
        d.compile();
        if d.wanted(Category::ADDRESS) || d.wanted(Category::BIRTH_PLACE) {
            d.addresses = Some(Addresses::new());
        }
        if d.options.names && d.wanted(Category::PERSON) {
            d.names = Some(Names::builtin());
        }
        if let Some(addresses) = &d.addresses {
            d.words.get_or_insert_with(|| Openers::new([])).cover(addresses.words());
        }
        Ok(d)
    }

    /// The rules of these finders.
    pub(super) fn finders(&self, finders: &[Finder]) -> RuleSet {
        let of = |(k, r): (usize, &Rule)| finders.contains(&r.finder).then_some(k);
        self.rules.iter().enumerate().filter_map(of).collect()
    }

    /// The rule with this id, where it is in use.
    pub(super) fn rule_named(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn wanted(&self, c: Category) -> bool {
        (self.options.only.is_empty() || self.options.only.contains(&c)) && !self.options.skip.contains(&c)
    }

    /// True where only numbers, addresses of mail and what is written like them are looked for: text that is
    /// far from any digit, `@` or bracket holds none, and says nothing of one.
    pub fn numbers_only(&self) -> bool {
        let w = &self.want;
        let things = w.dates || w.net || w.vin || w.index || w.plate || w.zone || w.decimal || w.cadastral;
        let words = self.words.as_ref().is_some_and(|w| !w.only_brackets()) || !self.patterns.is_empty();
        !things && !words && w.run >= 6 && self.addresses.is_none() && self.names.is_none()
    }

    /// Is anything looked for that the company of a record tells: documents, days, words, degrees?
    fn tells_company(&self) -> bool {
        !self.numbers_only()
    }

    /// True where only numbers and days are looked for, with their words or without: a text without digits holds none.
    pub(super) fn figures_only(&self) -> bool {
        let figures = |r: &Rule| {
            // whatever finds them, these are figures, and no fewer than four
            const FIGURES: [Category; 6] = [
                Category::IIN,
                Category::BIN,
                Category::RNN,
                Category::BIRTH_DATE,
                Category::CARD,
                Category::IBAN,
            ];
            FIGURES.contains(&r.category)
                || matches!(r.finder, Finder::Digits | Finder::Phone | Finder::Iban | Finder::Email)
        };
        let asked = |r: &&Rule| self.wanted(r.category);
        !self.own_rules
            && self.rules.iter().filter(asked).all(figures)
            && self.addresses.is_none()
            && self.names.is_none()
    }

    /// Finds personal data in a block and appends it to `out`: sorted, not overlapping, and as sure as asked for.
    ///
    /// `columns` are the verdicts of the block's table; without them the names of the columns alone count.
    pub fn detect(
        &self,
        block: &Block,
        columns: Option<&Columns>,
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {
        if scratch.owner != self.number {
            scratch.owner = self.number;
            scratch.keys = KeyCache::default();
            scratch.words_met = WordsMet::default();
            scratch.fields_met = FieldCache::default();
            scratch.table = None;
            scratch.tabular = Tabular::default();
        }
        let own = self.contexts(block, columns, scratch);
        let columns = own.as_deref().or(columns);
        let contexts: &[ColumnContext] = columns.map_or(&[], |c| &c.contexts);
        let siblings = block.table.as_deref().map(Siblings::of).unwrap_or_default();
        let labels = contexts.iter().any(|c| c.labels);
        let assigned = assigned::any(block);
        let form =
            (labels || assigned || !siblings.is_empty()).then(|| self.form(block, contexts, &siblings));
        let document = block.is_document();
        if let (false, None, Some(columns), Some(table)) =
            (document || self.own_rules, &form, columns, &block.table)
        {
            let first = out.len();
            self.tabular(block, columns, &SplitAddress::of(block), scratch, out);
            if columns.names_in_rows {
                // a name of a column is no value of it
                let name = |f: &Finding| {
                    let s = &block.segments[f.segment as usize];
                    let cell =
                        block.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
                    columns.get(s.column).is_some_and(|c| c.name.as_bytes() == cell)
                };
                let mut k = 0;
                out.retain(|f| {
                    k += 1;
                    k <= first || !name(f)
                });
            } else if self.tells_company() {
                match table.fields.iter().all(|f| f.name.is_empty()) {
                    true => self.rows(block, first, out),
                    false => self.pairs(block, first, out),
                }
            }
            return;
        }
        let (block, contexts) = form.as_ref().map_or((block, contexts), |f| (&f.block, &f.contexts));
        let first = out.len();
        self.text(block, contexts, &SplitAddress::of(block), document, scratch, out);
        if document
            && let Some(names) = self.names
            && let Some(mended) = damaged::reading(block, names.lists())
        {
            let mut fresh = Vec::new();
            let split = SplitAddress::of(&mended.block);
            self.text(&mended.block, contexts, &split, document, scratch, &mut fresh);
            mended.merge(fresh, out, first);
        }
    }

    /// All finders over all of a block.
    pub(super) fn text(
        &self,
        block: &Block,
        contexts: &[ColumnContext],
        split: &SplitAddress,
        document: bool,
        scratch: &mut Scratch,
        out: &mut Vec<Finding>,
    ) {
        let mut engine = Engine::new(self, &block.text, &block.segments, contexts, scratch);
        engine.run();
        engine.finish(scratch);
        self.places(block, contexts, split, scratch);
        self.persons(block, document, contexts, split, scratch);
        self.glued(block, scratch);
        self.beside(block, scratch);
        if self.tells_company() {
            self.records(block, scratch);
        }
        let mut found = std::mem::take(&mut scratch.found);
        let from = out.len();
        settle(&mut found, self.options.min_confidence, |r| self.rules[usize::from(r)].id, out);
        scratch.found = found;
        // what an earlier call appended is not looked at again
        let mut k = 0;
        out.retain_mut(|f| {
            k += 1;
            k <= from || (self.wanted(f.category) && left_over(&block.text, f))
        });
    }

    /// Verdicts by name where none were given, or where the table has grown since.
    fn contexts(
        &self,
        block: &Block,
        columns: Option<&Columns>,
        scratch: &mut Scratch,
    ) -> Option<Arc<Columns>> {
        let table = block.table.as_ref()?;
        if columns.is_some_and(|c| c.contexts.len() >= table.fields.len()) {
            return None;
        }
        if let Some((t, c)) = &scratch.table
            && Arc::ptr_eq(t, table)
        {
            return Some(c.clone());
        }
        let mut made = self.by_name(table, table.fields.len());
        if let Some(given) = columns {
            made.contexts[..given.contexts.len()].copy_from_slice(&given.contexts);
        }
        let made = Arc::new(made);
        scratch.table = Some((table.clone(), made.clone()));
        Some(made)
    }

    /// Addresses and places of birth, by their own module.
    fn places(&self, block: &Block, contexts: &[ColumnContext], split: &SplitAddress, scratch: &mut Scratch) {
        let Some(addresses) = &self.addresses else { return };
        let rule_of =
            |c: Category| self.rules.iter().position(|r| r.finder == Finder::Module && r.category == c);
        let (address, birth) = (rule_of(Category::ADDRESS), rule_of(Category::BIRTH_PLACE));
        let mut hits = std::mem::take(&mut scratch.addresses);
        let mut starts = &scratch.starts[..];
        for (k, s) in block.segments.iter().enumerate() {
            let column = contexts.get(s.column as usize).copied().unwrap_or_default();
            let named = !column.mixed && address.is_some_and(|r| column.named.has(r));
            if let Some(rule) = address
                && s.kind != SegmentKind::Skip
                && (column.share & !RuleSet::of(rule)).is_empty()
                && let Some((start, end)) = split.cell(block, s)
            {
                scratch.found.push(Candidate {
                    start,
                    end,
                    segment: k as u32,
                    rule: rule as u16,
                    category: self.rules[rule].category,
                    subtype: None,
                    evidence: EvidenceSet::new().with(Evidence::ColumnName).with(Evidence::Neighbours),
                    score: 0.85,
                    proven: true,
                    entity: 0,
                });
                continue;
            }
            let judged =
                (column.named & !self.evident | column.share | column.low).any() && !named && !column.mixed;
            let head = named && s.kind == SegmentKind::Meta;
            // "Адрес, телефон": what shares a cell with an address is no reason to doubt it
            let mixed =
                column.mixed && s.kind != SegmentKind::Meta && address.is_some_and(|r| column.named.has(r));
            let short = s.kind != SegmentKind::Prose && s.end - s.start < 12 && !named;
            if matches!(s.kind, SegmentKind::Skip | SegmentKind::Number | SegmentKind::Date)
                || judged
                || head
                || short
            {
                continue;
            }
            let text = &block.text[s.start as usize..(s.end as usize).min(block.text.len())];
            // up to the telephone that stands behind it
            let cut = if mixed { before_phone(text) } else { 0 };
            let text = if cut > 0 { &text[..cut] } else { text };
            hits.clear();
            // segments rise as the places do
            starts = &starts[starts.iter().position(|at| *at >= s.start).unwrap_or(starts.len())..];
            let within = starts.iter().position(|at| *at >= s.end).unwrap_or(starts.len());
            addresses.find_at(text, s.start, &starts[..within], named || cut > 0, &mut hits);
            for h in &hits {
                let Some(rule) = (if h.birth_place { birth } else { address }) else { continue };
                scratch.found.push(Candidate {
                    start: h.start,
                    end: h.end,
                    segment: k as u32,
                    rule: rule as u16,
                    category: self.rules[rule].category,
                    subtype: None,
                    evidence: h.evidence,
                    score: h.confidence,
                    proven: true,
                    entity: 0,
                });
            }
        }
        scratch.addresses = hits;
    }
}

impl Detector {
    /// Names of persons, by their own module.
    fn persons(
        &self,
        block: &Block,
        document: bool,
        contexts: &[ColumnContext],
        split: &SplitAddress,
        scratch: &mut Scratch,
    ) {
        let rule =
            self.rules.iter().position(|r| r.finder == Finder::Module && r.category == Category::PERSON);
        let (Some(rule), Some(names)) = (rule, self.names) else { return };
        let named = |column: u32| contexts.get(column as usize).is_some_and(|c| c.named.has(rule));
        let mut persons = std::mem::take(&mut scratch.persons);
        persons.clear();
        names.find_in(block, document, &named, &mut scratch.names, &mut persons);
        let named_after =
            |f: &Finding| block.segments.get(f.segment as usize).is_some_and(|s| split.names_a_place(s));
        scratch.found.extend(persons.drain(..).filter(|f| !named_after(f)).map(|f| Candidate {
            start: f.start,
            end: f.end,
            segment: f.segment,
            rule: rule as u16,
            category: f.category,
            subtype: f.subtype,
            evidence: f.evidence,
            score: f.confidence,
            proven: true,
            entity: f.entity,
        }));
        scratch.persons = persons;
    }
}

/// Most letters that stand behind the telephone of a cell: whose it is.
const TAIL: usize = 16;

/// Where a telephone begins behind the other words of a cell: seven digits and more, or `41-88-02`; 0 where none does.
fn before_phone(cell: &[u8]) -> usize {
    let sign = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'(' | b')' | b'-' | b' ');
    let mut at = 0;
    while at < cell.len() {
        let run = cell[at..].iter().take_while(|b| sign(b)).count();
        let digits = cell[at..at + run].iter().filter(|b| b.is_ascii_digit()).count();
        let joints = cell[at..at + run].iter().filter(|b| **b == b'-').count();
        if digits >= 9 || (5..=7).contains(&digits) && joints == 2 {
            // a document's number before the address is none
            let words = cell[at + run..].iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0xC0).count();
            return if words <= TAIL { at } else { 0 };
        }
        at += run.max(1);
    }
    0
}

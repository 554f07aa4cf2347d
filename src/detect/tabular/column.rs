//! What the looks of a cell mean in one column.

use super::class::{Class, class, name, plain_address};
use super::signs::Signs;
use crate::detect::column::ColumnContext;
use crate::detect::context::score;
use crate::detect::detector::Detector;
use crate::detect::lexicon::RuleSet;
use crate::detect::names::WHOLE_CELL;
use crate::detect::proof::phone::plan;
use crate::detect::proof::{Proof, bank, filler};
use crate::detect::rules::{Finder, LabelValue, Rule};
use crate::model::{Category, Evidence, EvidenceSet, Finding, SegmentKind, replacement};

/// All that the answer for a cell depends on, given its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing to be found, in whatever column.
    Nothing,
    /// So many digits, and what the proofs for their number say.
    Digits(u64),
    /// See [`Class::Moment`].
    Moment(u32),
    /// See [`Class::Decimal`].
    Decimal(u32),
    /// A telephone in some writing, and all that its digits say.
    Phone(u64),
    /// An address of mail.
    Email,
    /// An IBAN that proves true; is its bank known?
    Iban(bool),
    /// A name that fills a cell of its column.
    Name,
    /// An address that fills a cell of its column.
    Address,
}

impl Look {
    /// Bits in which looks of one column differ.
    #[inline]
    pub(super) fn bits(self) -> u64 {
        match self {
            Look::Digits(all) | Look::Phone(all) => all ^ all >> 32,
            Look::Moment(form) | Look::Decimal(form) => u64::from(form ^ form >> 8),
            Look::Iban(known) => u64::from(known),
            Look::Nothing | Look::Email | Look::Name | Look::Address => 0,
        }
    }

    /// Is the whole cell, without blanks around it, what was found?
    #[inline]
    pub(super) fn fills(self) -> bool {
        matches!(self, Look::Email | Look::Name | Look::Address)
    }
}

/// A column, as far as the looks of its cells decide.
pub(super) struct Column {
    digits: bool,
    moments: bool,
    decimals: bool,
    email: bool,
    iban: bool,
    /// What a name or an address that fills a cell is found as.
    name: Option<Finding>,
    address: Option<Finding>,
    phone: bool,
    /// Only figures are looked for, and none of them by the name of this column: words with so few digits hold none.
    quiet: Option<u32>,
    /// Nor do addresses of mail.
    no_email: bool,
    likely: Class,
    /// Twelve digits may have lost some: shorter ones are looked at one by one.
    tax: bool,
    /// Eight digits may be a day.
    day: bool,
    /// Proofs of the rules that may stand here, by the number of digits.
    proofs: [Vec<(Proof, Category)>; 21],
}

impl Column {
    /// `split`: the column holds a part of an address that is split over several.
    pub(super) fn new(detector: &Detector, context: &ColumnContext, split: bool) -> Column {
        let of = |finders: &[Finder]| detector.finders(finders);
        let whole = context.whole;
        let dates = of(&[Finder::Date]);
        let numbers = of(&[Finder::Digits, Finder::Series, Finder::Cadastral, Finder::Phone]) | dates;
        let numbers = !split && (whole & !(numbers | never_plain(detector, whole))).is_empty();
        let active = |finder: Finder| {
            let asked = |r: &&Rule| detector.wanted(r.category);
            !split && whole.is_empty() && detector.rules.iter().filter(asked).any(|r| r.finder == finder)
        };
        // no number of a rule is written as a day and an hour are
        let days = [0x2224, 0x2422].iter().all(|groups| !written_as_other(detector, *groups));
        let short =
            detector.by_length[..9].iter().flatten().all(|r| detector.needs_label.has(usize::from(*r)));
        let said = context.named | context.share | whole;
        let unsaid = !split && said.is_empty();
        // a day in figures has four digits and more
        let few = match detector.numbers_only() {
            true => Some(8),
            false => detector.figures_only().then_some(3),
        };
        let alone = |category: Category| {
            let module = |r: &Rule| r.finder == Finder::Module && r.category == category;
            let rule = detector.rules.iter().position(module)?;
            (!split && whole == RuleSet::of(rule) && detector.wanted(category)).then_some(rule)
        };
        let mut proofs: [Vec<(Proof, Category)>; 21] = Default::default();
        for (n, rules) in detector.by_length.iter().enumerate() {
            let stand =
                |r: &u16| !(detector.needs_label & !(context.named | context.share)).has(usize::from(*r));
            proofs[n].extend(rules.iter().filter(|r| stand(r)).filter_map(|r| {
                let rule = &detector.rules[usize::from(*r)];
                rule.proof.map(|p| (p, rule.category))
            }));
        }
        Column {
            digits: numbers,
            moments: numbers && days,
            decimals: unsaid && short,
            email: active(Finder::Email),
            iban: active(Finder::Iban),
            name: alone(Category::PERSON).and_then(|r| detector.whole_name(r, context)),
            // words and the number of a house: the form of an address
            address: alone(Category::ADDRESS)
                .and_then(|r| detector.whole_cell(r, context, EvidenceSet::new().with(Evidence::Form))),
            phone: detector.want.phone,
            quiet: few.filter(|_| unsaid && short),
            no_email: few.is_some() && unsaid && !active(Finder::Email),
            likely: Class::Text,
            tax: whole.meets(detector.tax),
            day: whole.meets(dates),
            proofs,
        }
    }

    /// The look of a cell; `None` where its looks do not decide.
    pub(super) fn look(&mut self, detector: &Detector, kind: SegmentKind, cell: Cell<'_>) -> Option<Look> {
        if kind == SegmentKind::Cell {
            if self.name.is_some() && cell.is_name() {
                return Some(Look::Name);
            }
            if self.address.is_some() && cell.is_address() {
                return Some(Look::Address);
            }
        }
        if self.likely == Class::Text && self.is_quiet(cell) {
            return Some(Look::Nothing);
        }
        let (signed, cell) = (cell, cell.text);
        self.likely = class(cell, signed.others(), self.likely);
        let look = match self.likely {
            Class::Empty => return Some(Look::Nothing),
            Class::Digits if self.digits => Look::Digits(self.digits(cell)?),
            Class::Moment(form) if self.moments => Look::Moment(form),
            Class::Decimal(form) if self.decimals => Look::Decimal(form),
            Class::Email if self.email => Look::Email,
            Class::Email if self.no_email => Look::Nothing,
            Class::Iban if self.iban => {
                let proof = bank::iban(cell).filter(|p| p.proven && !filler(&cell[4..]))?;
                Look::Iban(proof.evidence.has(Evidence::CodeTable))
            }
            Class::Phone if self.digits && !self.day => Look::Phone(self.written(detector, cell)?),
            Class::Text if self.is_quiet(signed) => Look::Nothing,
            Class::Text if replacement::is_token(cell) || replacement::is_compact(cell) => Look::Nothing,
            _ => return None,
        };
        Some(look)
    }

    /// Words and so few digits that no number can be among them.
    #[inline]
    fn is_quiet(&self, cell: Cell<'_>) -> bool {
        self.quiet.is_some_and(|most| cell.has_few_digits(most))
    }

    /// All that rules for digits ask.
    fn digits(&self, cell: &[u8]) -> Option<u64> {
        let n = cell.len();
        if n > 20 || (self.tax && (7..12).contains(&n)) || (self.day && n == 8) {
            return None;
        }
        // a document's number may begin with a zero
        let mut all = Mix(n as u64 | u64::from(filler(cell)) << 8 | u64::from(cell[0] == b'0') << 9);
        self.proofs(cell, &mut all);
        self.telephone(cell, &mut all);
        Some(all.0)
    }

    fn proofs(&self, digits: &[u8], all: &mut Mix) {
        for (proof, category) in &self.proofs[digits.len()] {
            all.add(proof(digits).map_or(1, |p| p.evidence.bits() << 2 | u64::from(p.proven) << 1));
            if *category == Category::CARD {
                all.add(u64::from(replacement::is_card(digits)));
            }
        }
    }

    fn telephone(&self, digits: &[u8], all: &mut Mix) {
        let ten = match (digits.len(), digits[0]) {
            (10, b'7') => digits,
            (11, b'7' | b'8') => &digits[1..],
            (14, b'8') if digits.starts_with(b"8107") => &digits[4..],
            _ => return,
        };
        if self.phone {
            let nobody = filler(ten) || (filler(&ten[3..]) && ten[3] == b'0');
            let said = (plan(ten) as u64) << 2 | u64::from(nobody) << 1;
            all.add(u64::from(digits[0]) << 8 | said | u64::from(replacement::is_phone(digits)));
        }
    }

    /// All that rules ask of digits in groups: how they stand, and what the digits say. `None` where they are written as
    /// some other number is.
    fn written(&self, detector: &Detector, cell: &[u8]) -> Option<u64> {
        let mut digits: arrayvec::ArrayVec<u8, 11> = arrayvec::ArrayVec::new();
        let mut all = Mix(u64::from(replacement::is_phone(cell)));
        let mut groups = 0u64;
        for run in cell.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
            if !run[0].is_ascii_digit() {
                run.iter().for_each(|b| all.add(u64::from(*b)));
                continue;
            }
            all.add(run.len() as u64 | 0x100);
            groups = groups << 4 | run.len() as u64;
            match run.len() {
                // a seven or an eight alone begins something
                1 => all.add(u64::from(run[0])),
                6.. => self.proofs(run, &mut all),
                _ => {}
            }
            digits.try_extend_from_slice(run).ok()?;
        }
        all.add(u64::from(digits[0]));
        self.telephone(&digits, &mut all);
        // the first group lowest, as in the forms of rules
        let mut turned = 0;
        while groups != 0 {
            (turned, groups) = (turned << 4 | groups & 15, groups >> 4);
        }
        if written_as_other(detector, turned) {
            return None;
        }
        Some(all.0)
    }

    /// What a cell that fills its column is found as, where the column alone decides.
    #[inline]
    pub(super) fn whole(&self, look: Look) -> Option<&Finding> {
        match look {
            Look::Name => self.name.as_ref(),
            Look::Address => self.address.as_ref(),
            _ => None,
        }
    }
}

/// Rules of `set` whose pattern no plain number, day or telephone has: a digit in each box of a form.
fn never_plain(detector: &Detector, set: RuleSet) -> RuleSet {
    const DIGITS: [&[u8]; 4] =
        [b"00000000000000000000", b"01234567890123456789", b"11111111111111111111", b"99999999999999999999"];
    const OTHERS: [&[u8]; 5] =
        [b"1990-05-12", b"12.05.1990 10:22:33", b"+7 (701) 123-45-67", b"8 701 123 45 67", b"-12.50"];
    let never = |(k, r): (usize, &Rule)| {
        let asked = set.has(k) && r.finder == Finder::Label && r.value == LabelValue::Pattern;
        let pattern = asked.then(|| r.pattern()).flatten()?;
        let digits = DIGITS.iter().any(|d| (1..=d.len()).any(|n| pattern.is_match(&d[..n])));
        (!digits && !OTHERS.iter().any(|o| pattern.is_match(o))).then_some(k)
    };
    detector.rules.iter().enumerate().filter_map(never).collect()
}

/// Is some number of a rule written in groups of such lengths, four bits each, or in some of them?
fn written_as_other(detector: &Detector, mut groups: u64) -> bool {
    while groups != 0 {
        if detector.forms[(groups & 15) as usize].iter().any(|f| (groups ^ f.lengths) & f.mask == 0) {
            return true;
        }
        groups >>= 4;
    }
    false
}

/// A cell and the masks of the block that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) signs: &'a Signs,
}

impl Cell<'_> {
    /// A name that fills the cell. Shorter ones may be what people write where there is none.
    fn is_name(&self) -> bool {
        let long = (25..=80).contains(&self.text.len()) && self.text[0] >= 0x80;
        long && self.signs.words(self.start, self.end) && std::str::from_utf8(self.text).is_ok()
            || name(self.text)
    }

    /// Which of the first 64 bytes are no digits.
    fn others(&self) -> u64 {
        self.signs.others(self.start, self.end)
    }

    fn is_address(&self) -> bool {
        match self.signs.few_digits(self.start, self.end) {
            Some(few) if !few.latin => few.digits > 0 && few.letters,
            _ => plain_address(self.text),
        }
    }

    /// Words and at most so many digits.
    fn has_few_digits(&self, most: u32) -> bool {
        self.signs.few_digits(self.start, self.end).is_some_and(|few| few.digits <= most)
            && self.text[0] != b'Q'
    }
}

/// Puts what was asked together into one number.
struct Mix(u64);

impl Mix {
    fn add(&mut self, x: u64) {
        self.0 = (self.0.rotate_left(7) ^ x).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Detector {
    /// The finding of a rule whose column's name says that its cells are taken whole.
    fn whole_cell(&self, rule: usize, context: &ColumnContext, form: EvidenceSet) -> Option<Finding> {
        let evidence = context.evidence(RuleSet::of(rule), false, false).union(form);
        let confidence = score(&self.rules[rule], evidence);
        // only one as sure as this swallows what else is found in the cell
        (confidence >= 0.7 && confidence >= self.options.min_confidence).then(|| Finding {
            start: 0,
            end: 0,
            segment: 0,
            category: self.rules[rule].category,
            subtype: self.rules[rule].subtype,
            rule: self.rules[rule].id,
            confidence,
            evidence,
            alternatives: Default::default(),
            entity: 0,
        })
    }

    /// The same for names, which their own module is surer of.
    fn whole_name(&self, rule: usize, context: &ColumnContext) -> Option<Finding> {
        let mut finding = self.whole_cell(rule, context, EvidenceSet::new())?;
        if self.names.is_some() && context.named.has(rule) {
            (finding.confidence, finding.evidence) = WHOLE_CELL;
        }
        Some(finding)
    }
}

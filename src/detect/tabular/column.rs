//! What the looks of a cell mean in one column.

use super::class::{Cell, Class, class};
use super::signs::bits;
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
pub(super) struct Look {
    kind: Kind,
    /// What else tells cells of this kind apart.
    more: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
enum Kind {
    /// Nothing to be found, in whatever column.
    Nothing,
    /// So many digits, and what the proofs for their number say.
    Digits,
    /// See [`Class::Moment`].
    Moment,
    /// See [`Class::Decimal`].
    Decimal,
    /// A telephone in some writing, and all that its digits say.
    Phone,
    /// An address of mail.
    Email,
    /// An IBAN that proves true; is its bank known?
    Iban,
    /// A name that fills a cell of its column.
    Name,
    /// An address that fills a cell of its column.
    Address,
}

impl Look {
    pub(super) const NOTHING: Look = Kind::Nothing.alone();

    /// Bits in which looks of one column differ.
    #[inline]
    pub(super) fn bits(self) -> u64 {
        self.more ^ self.more >> 32 ^ self.more >> 8
    }

    /// Is the whole cell, without blanks around it, what was found?
    #[inline]
    pub(super) fn fills(self) -> bool {
        matches!(self.kind, Kind::Email | Kind::Name | Kind::Address)
    }
}

impl Kind {
    #[inline]
    const fn alone(self) -> Look {
        Look { kind: self, more: 0 }
    }

    #[inline]
    const fn with(self, more: u64) -> Look {
        Look { kind: self, more }
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
    /// Lengths of groups of digits that were met last, and whether some other number is written in such.
    groups: (u64, bool),
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
            groups: (0, false),
            tax: whole.meets(detector.tax),
            day: whole.meets(dates),
            proofs,
        }
    }

    /// The look of a cell; `None` where its looks do not decide.
    #[inline(always)]
    pub(super) fn look(&mut self, detector: &Detector, kind: SegmentKind, cell: Cell<'_>) -> Option<Look> {
        if kind == SegmentKind::Cell {
            if self.name.is_some() && cell.is_name() {
                return Some(Kind::Name.alone());
            }
            if self.address.is_some() && cell.is_address() {
                return Some(Kind::Address.alone());
            }
        }
        let text = self.likely == Class::Text;
        if text && self.is_quiet(cell) {
            return Some(Look::NOTHING);
        }
        let (signed, cell) = (cell, cell.text);
        self.likely = class(signed, self.likely);
        let look = match self.likely {
            Class::Empty => Look::NOTHING,
            Class::Digits if self.digits => Kind::Digits.with(self.digits(cell)?),
            Class::Moment(form) if self.moments => Kind::Moment.with(form.into()),
            Class::Decimal(form) if self.decimals => Kind::Decimal.with(form.into()),
            Class::Email if self.email => Kind::Email.alone(),
            Class::Email if self.no_email => Look::NOTHING,
            Class::Iban if self.iban => {
                let proof = bank::iban(cell).filter(|p| p.proven && !filler(&cell[4..]))?;
                Kind::Iban.with(proof.evidence.has(Evidence::CodeTable).into())
            }
            Class::Phone if self.digits && !self.day => {
                Kind::Phone.with(self.written(detector, cell, signed.others())?)
            }
            Class::Token => Look::NOTHING,
            Class::Text if !text && self.is_quiet(signed) => Look::NOTHING,
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
    /// some other number is. `others`: which bytes are no digits.
    fn written(&mut self, detector: &Detector, cell: &[u8], others: u64) -> Option<u64> {
        let (mut digits, mut n) = ([0; 32], 0);
        let mut all = Mix((cell.len() as u64) << 1 | u64::from(replacement::is_phone(cell)));
        all.add(others);
        // the first group lowest, as in the forms of rules
        let (mut groups, mut count, mut from) = (0u64, 0, 0);
        for to in bits(others).chain([cell.len()]) {
            let run = &cell[from..to];
            match run.len() {
                0 => {}
                // a seven or an eight alone begins something
                1 => all.add(u64::from(run[0])),
                6.. => self.proofs(run, &mut all),
                _ => {}
            }
            // a telephone of this class has eleven at most
            digits.get_mut(n..n + run.len())?.copy_from_slice(run);
            n += run.len();
            if !run.is_empty() {
                (groups, count) = (groups | (run.len() as u64) << (4 * count), count + 1);
            }
            if let Some(sign) = cell.get(to) {
                all.add(u64::from(*sign));
            }
            from = to + 1;
        }
        all.add(u64::from(digits[0]));
        self.telephone(&digits[..n], &mut all);
        if self.groups.0 != groups {
            self.groups = (groups, written_as_other(detector, groups));
        }
        (!self.groups.1).then_some(all.0)
    }

    /// What a cell that fills its column is found as, where the column alone decides.
    #[inline]
    pub(super) fn whole(&self, look: Look) -> Option<&Finding> {
        match look.kind {
            Kind::Name => self.name.as_ref(),
            Kind::Address => self.address.as_ref(),
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

use super::Category;

macro_rules! evidence {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// One reason for or against a finding. Never holds a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Evidence { $($(#[$doc])* $name,)* }
        impl Evidence {
            /// Every kind of evidence.
            pub const ALL: &'static [Evidence] = &[$(Evidence::$name),*];
            /// The word that reports use.
            pub fn code(self) -> &'static str {
                match self { $(Evidence::$name => $code),* }
            }
        }
    };
}

evidence! {
    /// The check digit is right.
    CheckDigit = "check_digit",
    /// The check digit is wrong.
    CheckDigitWrong = "check_digit_wrong",
    /// The digits hold a date that exists.
    Calendar = "calendar",
    /// The digits hold a date that cannot be.
    CalendarWrong = "calendar_wrong",
    /// The century and sex digit is one that was issued.
    Century = "century",
    /// A part is found in a code table (bank, region, operator, area).
    CodeTable = "code_table",
    /// A part is not in the code table.
    CodeUnknown = "code_unknown",
    /// The form alone is distinctive.
    Form = "form",
    /// A word of this kind stands before.
    WordBefore = "word_before",
    /// A word of this kind stands after.
    WordAfter = "word_after",
    /// The label stands on the line above.
    LabelAbove = "label_above",
    /// The header of the column says so.
    ColumnName = "column_name",
    /// Enough cells of the column prove true.
    ColumnShare = "column_share",
    /// Few cells of the column prove true: chance hits.
    ColumnShareLow = "column_share_low",
    /// The header of the column says something else.
    ColumnNameOther = "column_name_other",
    /// Neighbouring columns or cells hold a person's data.
    Neighbours = "neighbours",
    /// The same value occurs again.
    Repeated = "repeated",
    /// A word that speaks against it (order, bar code, article) stands near.
    NegativeWord = "negative_word",
    /// Written in groups, with separators.
    Grouped = "grouped",
    /// Leading zeros were lost and put back.
    ZerosRestored = "zeros_restored",
    /// Written as a floating-point number.
    FloatWritten = "float_written",
    /// Look-alike letters or broken Kazakh letters were folded.
    Folded = "folded",
    /// Broken by a line end.
    LineBroken = "line_broken",
    /// Repaired from a reading error of OCR.
    OcrRepaired = "ocr_repaired",
    /// Masked in the source: only a part is there.
    Partial = "partial",
    /// Part of a longer number, hash, UUID or code.
    InsideToken = "inside_token",
    /// The word list of names holds it.
    NameList = "name_list",
    /// The ending is one of names.
    NameEnding = "name_ending",
    /// The tagger's own probability.
    Tagger = "tagger",
    /// A full mention stands elsewhere in the document.
    Mentioned = "mentioned",
    /// A role word (plaintiff, defendant …) stands near.
    Role = "role",
    /// Initials stand beside it.
    Initials = "initials",
    /// A street, firm or place named after a person.
    NamedAfter = "named_after",
    /// Several parts of an address follow one another.
    AddressParts = "address_parts",
    /// A known place name.
    Gazetteer = "gazetteer",
    /// A brand's range of numbers.
    BrandRange = "brand_range",
    /// A label and a value in one field (`key=value`, JSON key, XML tag).
    FieldName = "field_name",
    /// An operator's own rule.
    OwnRule = "own_rule",
    /// Could also be read as another kind.
    Ambiguous = "ambiguous",
    /// The known-alike shape of a sole proprietor's number.
    SoleProprietor = "sole_proprietor",
    /// All digits alike or running: a filler.
    Filler = "filler",
    /// A person decided so in a review.
    Decision = "decision",
}

/// A set of [`Evidence`], one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub struct EvidenceSet(u64);

impl EvidenceSet {
    /// The empty set.
    pub const fn new() -> EvidenceSet {
        EvidenceSet(0)
    }
    /// The set with `e` added.
    #[must_use]
    pub const fn with(self, e: Evidence) -> EvidenceSet {
        EvidenceSet(self.0 | 1 << e as u8)
    }
    /// Adds `e`.
    pub fn add(&mut self, e: Evidence) {
        self.0 |= 1 << e as u8;
    }
    /// One bit for each member.
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }
    /// Is `e` in the set?
    pub const fn has(self, e: Evidence) -> bool {
        self.0 & (1 << e as u8) != 0
    }
    /// All of both sets.
    #[must_use]
    pub const fn union(self, other: EvidenceSet) -> EvidenceSet {
        EvidenceSet(self.0 | other.0)
    }
    /// The members in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Evidence> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let k = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            Evidence::ALL.get(k).copied()
        })
    }
}

impl FromIterator<Evidence> for EvidenceSet {
    fn from_iter<T: IntoIterator<Item = Evidence>>(iter: T) -> EvidenceSet {
        iter.into_iter().fold(EvidenceSet::new(), EvidenceSet::with)
    }
}

/// A piece of a block's text that is personal data. Holds positions, never the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// First byte in the block's text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Index of the segment.
    pub segment: u32,
    /// What it is.
    pub category: Category,
    /// A finer kind within the category (`health` of `special`, a role of `person`).
    pub subtype: Option<&'static str>,
    /// Id of the rule that found it.
    pub rule: &'static str,
    /// 0..=1: the share of findings with this figure that are right, see the calibration table of the evaluation.
    pub confidence: f32,
    /// Why.
    pub evidence: EvidenceSet,
    /// What else it could be, best first.
    pub alternatives: smallvec::SmallVec<[Category; 2]>,
    /// Which person of the document this is, where names are linked (0: not linked).
    pub entity: u32,
}

impl Finding {
    /// The same at another place.
    #[must_use]
    pub fn moved(&self, start: u32, end: u32, segment: u32) -> Finding {
        let alternatives = match self.alternatives.is_empty() {
            true => smallvec::SmallVec::new(),
            false => smallvec::SmallVec::from_slice(&self.alternatives),
        };
        Finding { start, end, segment, alternatives, ..*self }
    }
}

const _: () = assert!(Evidence::ALL.len() <= 64);

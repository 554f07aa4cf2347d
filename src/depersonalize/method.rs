//! What can be done to a value, with parameters; the words of policies and descriptions.

use std::sync::Arc;

use super::generalize::Hierarchy;
use crate::model::Category;

/// What is done to a value.
#[derive(Clone, Debug)]
pub enum Method {
    /// Nothing: the column is left as it is.
    Keep,
    /// The cell is looked through and what is found in it is replaced by the rules of its category.
    Scan,
    /// A keyed token in the form that fits the column.
    Token,
    /// Emptied; where the column's type allows no empty value, a neutral constant.
    Remove,
    /// A constant word in square brackets; for linked mentions of people a role and a number.
    Label(Option<Arc<str>>),
    /// Everything but a few characters at the ends is hidden.
    Mask {
        /// Characters shown in front.
        first: u8,
        /// Characters shown at the end.
        last: u8,
    },
    /// A coarser value.
    Generalize(Generalize),
    /// All dates of one subject are moved by the same number of days.
    ShiftDates {
        /// Greatest shift in days, both ways.
        days: u32,
        /// The column that says whose date it is.
        subject: Arc<str>,
    },
    /// A number is moved at random.
    Noise {
        /// Which distribution.
        distribution: Distribution,
        /// Laplace's scale or the normal standard deviation, in the column's own unit.
        scale: f64,
    },
    /// Every value is replaced by the mean of a group of at least `k` near ones (MDAV).
    Microaggregate {
        /// Size of the smallest group.
        k: u32,
    },
    /// The column's values change places. Weak: every value is still there.
    Shuffle,
    /// An invented value of the same kind.
    Fake,
}

/// How noise is distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Laplace with mean 0.
    Laplace,
    /// Normal with mean 0.
    Gaussian,
}

/// How coarse a value becomes.
#[derive(Clone, Debug)]
pub enum Generalize {
    /// A date to its month.
    Month,
    /// A date to its quarter.
    Quarter,
    /// A date to its year.
    Year,
    /// A date to ten years.
    Decade,
    /// An age, or a date of birth, to a band of ages.
    Age(Bands),
    /// An IIN to a band of birth years, a sex, or both.
    BirthBand {
        /// Years in a band; 0: no band.
        width: u32,
        /// Whether the sex stays.
        sex: bool,
    },
    /// An address to its city.
    City,
    /// An address to its region.
    Region,
    /// An address to a group of regions.
    MacroRegion,
    /// A telephone number to its country.
    Country,
    /// A telephone number to its operator or area.
    Operator,
    /// An address of mail to the class of its domain.
    DomainClass,
    /// A number to an interval.
    Bins(Bands),
    /// A number to a multiple of a step.
    Round(f64),
    /// A code to its first characters.
    Prefix(u32),
    /// Any value by a table of an operator.
    Hierarchy {
        /// The table.
        table: Arc<Hierarchy>,
        /// Which of its columns, from 1.
        level: usize,
    },
}

/// Intervals of equal width with the ends coded together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Width of an interval.
    pub width: f64,
    /// All values below it are one.
    pub bottom: Option<f64>,
    /// All values from it on are one.
    pub top: Option<f64>,
}

/// Every method's name, with what it is for; the order of help texts.
pub const METHODS: &[(&str, &str)] = &[
    ("keep", "leave the column as it is"),
    ("scan", "replace what is found inside the cell"),
    ("token", "keyed token that fits the column"),
    ("remove", "empty the value"),
    ("label", "a word in square brackets (text = \"…\")"),
    ("mask", "hide all but the ends (first, last)"),
    ("generalize", "coarser value (to = …)"),
    ("shift_dates", "move all dates of a subject alike (days, subject)"),
    ("noise", "random change of a number (distribution, scale)"),
    ("microaggregate", "mean of k near values (k)"),
    ("shuffle", "values of the column change places; weak"),
    ("fake", "an invented value of the same kind"),
];

/// Every step of `generalize`, with what it is for.
pub const STEPS: &[(&str, &str)] = &[
    ("month", "date"),
    ("quarter", "date"),
    ("year", "date"),
    ("decade", "date"),
    ("age", "age or date of birth (width, bottom, top)"),
    ("birth_band", "IIN (width, sex)"),
    ("sex", "IIN"),
    ("city", "address"),
    ("region", "address"),
    ("macro_region", "address"),
    ("country", "telephone number"),
    ("operator", "telephone number"),
    ("domain_class", "address of mail"),
    ("bins", "number (width, bottom, top)"),
    ("round", "number (step)"),
    ("prefix", "code (length)"),
    ("hierarchy", "any (hierarchy = CSV file, level)"),
];

impl Method {
    /// The name in policies and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Keep => "keep",
            Method::Scan => "scan",
            Method::Token => "token",
            Method::Remove => "remove",
            Method::Label(_) => "label",
            Method::Mask { .. } => "mask",
            Method::Generalize(_) => "generalize",
            Method::ShiftDates { .. } => "shift_dates",
            Method::Noise { .. } => "noise",
            Method::Microaggregate { .. } => "microaggregate",
            Method::Shuffle => "shuffle",
            Method::Fake => "fake",
        }
    }

    /// Name and parameters, for a description that leaves no choice to its reader.
    pub fn describe(&self) -> String {
        match self {
            Method::Label(Some(text)) => format!("label(text={text})"),
            Method::Mask { first, last } => format!("mask(first={first}, last={last})"),
            Method::Generalize(g) => format!("generalize({})", g.describe()),
            Method::ShiftDates { days, subject } => format!("shift_dates(days=±{days}, subject={subject})"),
            Method::Noise { distribution: Distribution::Laplace, scale } => {
                format!("noise(Laplace, b={scale})")
            }
            Method::Noise { distribution: Distribution::Gaussian, scale } => {
                format!("noise(Gaussian, sigma={scale})")
            }
            Method::Microaggregate { k } => format!("microaggregate(MDAV, k={k})"),
            other => other.name().to_owned(),
        }
    }

    /// True where the whole column must be read before the first value can be replaced.
    pub fn needs_column(&self) -> bool {
        matches!(self, Method::Microaggregate { .. } | Method::Shuffle)
    }

    /// Why this method would leave a value of a kind recoverable; `None` where it may be used.
    pub fn refusal(&self, category: Category) -> Option<&'static str> {
        let near = match self {
            Method::Mask { first, last } => return Method::mask_refusal(*first, *last, Some(category)),
            Method::Noise { .. } | Method::Microaggregate { .. } => true,
            Method::Generalize(Generalize::Bins(_) | Generalize::Round(_)) => true,
            Method::Generalize(Generalize::Prefix(n)) => {
                return (*n as usize > shown_in_front(category))
                    .then_some("so much of an identifier leaves few candidates; use token, remove or label");
            }
            _ => false,
        };
        (near && shown_in_front(category) < usize::MAX)
            .then_some("an identifier that is moved or rounded is found among its neighbours; use token, remove or label")
    }

    /// Why a mask of a category would leave the value recoverable; `None` where it may be used.
    ///
    /// The last four digits of an IIN beside a date of birth and a sex leave one candidate in 84 % of
    /// cases and never more than two; the first six are the date of birth.
    pub fn mask_refusal(first: u8, last: u8, category: Option<Category>) -> Option<&'static str> {
        let shown = u32::from(first) + u32::from(last);
        match category {
            Some(Category::IIN | Category::BIN | Category::RNN | Category::BIRTH_DATE | Category::SIK)
                if shown > 0 =>
            {
                Some(
                    "the date of birth and the check digit rebuild the hidden digits; use token, remove or generalize",
                )
            }
            Some(Category::PERSON) if shown > 0 => {
                Some("initials let people be recognised; use token, label or remove")
            }
            _ if shown > 2 => {
                Some("more than two characters shown leave too few candidates; use token or remove")
            }
            _ => None,
        }
    }
}

/// First characters of an identifier that name no person: area and operator, issuer, bank. All of any other value.
fn shown_in_front(category: Category) -> usize {
    match category {
        Category::PHONE => 5,
        Category::CARD => 6,
        Category::IBAN | Category::ACCOUNT => 8,
        Category::IIN
        | Category::BIN
        | Category::RNN
        | Category::SIK
        | Category::RU_INN
        | Category::RU_SNILS
        | Category::RU_PASSPORT
        | Category::ID_CARD
        | Category::PASSPORT
        | Category::RESIDENCE_PERMIT
        | Category::DRIVER_LICENCE
        | Category::BIRTH_CERTIFICATE
        | Category::MILITARY_ID
        | Category::IMEI
        | Category::EMAIL
        | Category::PERSON => 0,
        _ => usize::MAX,
    }
}

impl Generalize {
    /// The kinds of data that the step is for; `None` where it may be for any.
    pub fn kinds(&self) -> Option<&'static [Category]> {
        match self {
            Generalize::BirthBand { .. } => Some(&[Category::IIN]),
            Generalize::City | Generalize::Region | Generalize::MacroRegion => {
                Some(&[Category::ADDRESS, Category::BIRTH_PLACE, Category::POSTCODE])
            }
            Generalize::Country | Generalize::Operator => Some(&[Category::PHONE]),
            Generalize::DomainClass => Some(&[Category::EMAIL]),
            Generalize::Month | Generalize::Quarter | Generalize::Year | Generalize::Decade => {
                Some(&[Category::BIRTH_DATE])
            }
            _ => None,
        }
    }

    /// The step and its parameters.
    pub fn describe(&self) -> String {
        let bands = |b: &Bands| {
            let mut s = format!("width={}", b.width);
            b.bottom.iter().for_each(|n| s.push_str(&format!(", bottom={n}")));
            b.top.iter().for_each(|n| s.push_str(&format!(", top={n}")));
            s
        };
        match self {
            Generalize::Month => "month".into(),
            Generalize::Quarter => "quarter".into(),
            Generalize::Year => "year".into(),
            Generalize::Decade => "decade".into(),
            Generalize::Age(b) => format!("age, {}", bands(b)),
            Generalize::BirthBand { width: 0, .. } => "sex".into(),
            Generalize::BirthBand { width, sex } => format!("birth_band, width={width}, sex={sex}"),
            Generalize::City => "city".into(),
            Generalize::Region => "region".into(),
            Generalize::MacroRegion => "macro_region".into(),
            Generalize::Country => "country".into(),
            Generalize::Operator => "operator".into(),
            Generalize::DomainClass => "domain_class".into(),
            Generalize::Bins(b) => format!("bins, {}", bands(b)),
            Generalize::Round(step) => format!("round, step={step}"),
            Generalize::Prefix(n) => format!("prefix, length={n}"),
            Generalize::Hierarchy { table, level } => {
                format!("hierarchy, file={}, hash={}, level={level}", table.name(), table.digest())
            }
        }
    }
}

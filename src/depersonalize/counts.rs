use std::collections::BTreeMap;
use std::sync::Arc;

use super::fit::TokenForm;
pub use super::shape::Shape;
use super::shape::Spectrum;
use crate::model::Category;

/// Most columns, kinds of data and outcomes whose figures are kept apart for every file.
const APART: usize = 4096;

/// What was done to values of one kind in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Done {
    /// Table and column, `borrowers.iin`; empty outside tables.
    pub place: Arc<str>,
    /// The copy in whose table it stands, and the member in it; empty outside tables, and where files are not told apart.
    pub file: Arc<str>,
    /// The kind of data.
    pub category: Option<Category>,
    /// Index into [`super::Policy::rules`]; `None` for the token that unnamed categories get and for allow-list mode.
    pub rule: Option<u32>,
    /// How the token was made to fit.
    pub form: Option<TokenForm>,
    /// Characters of a token that is shorter than it could be, where it fills its cell; else 0.
    pub chars: u8,
    /// What came of it.
    pub outcome: Outcome,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Replaced as the rule says.
    Replaced,
    /// The method could not be used on this value (a date that is none): a label or constant stands there.
    Fallback,
    /// Already depersonalized: left as it was.
    Own,
    /// Left as it was because a rule says so.
    Kept,
}

/// What was done, by place, kind and rule; summed over blocks and files.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How often.
    pub done: BTreeMap<Done, u64>,
    /// Rows that a `[[suppress]]` rule emptied.
    pub suppressed_rows: u64,
    /// Cells that were emptied with them.
    pub suppressed_cells: u64,
    /// Distributions per column, over all files; filled only where they were asked for.
    pub columns: BTreeMap<Arc<str>, Distribution>,
    /// The same for every copy: its name and the column.
    pub apart: BTreeMap<(Arc<str>, Arc<str>), ColumnFigures>,
    /// True where there are too many files to be told apart.
    pub together: bool,
}

/// What a [`Distribution`] says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnFigures {
    /// Values looked at.
    pub values: u64,
    /// Values that are not the same in the copy.
    pub changed: u64,
    /// The originals.
    pub before: Shape,
    /// The copies.
    pub after: Shape,
    /// See [`Distribution::distance`].
    pub distance: f64,
    /// True where there were too many distinct values to count all: the figures are estimates.
    pub bounded: bool,
}

/// How often values occurred in one column, before and after.
#[derive(Clone, Debug, Default)]
pub struct Distribution {
    before: Spectrum,
    after: Spectrum,
    /// Values looked at.
    pub values: u64,
    /// Values that are not the same in the copy.
    pub changed: u64,
}

impl Counts {
    /// Adds another part of the run.
    pub fn merge(&mut self, other: Counts) {
        for (k, n) in other.done {
            *self.done.entry(k).or_default() += n;
        }
        self.suppressed_rows += other.suppressed_rows;
        self.suppressed_cells += other.suppressed_cells;
        for (name, d) in other.columns {
            self.columns.entry(name).or_default().merge(d);
        }
        self.apart.extend(other.apart);
        self.together |= other.together || self.done.len() > APART;
        if self.together && (!self.apart.is_empty() || self.done.keys().any(|d| !d.file.is_empty())) {
            self.apart.clear();
            for (done, n) in std::mem::take(&mut self.done) {
                *self.done.entry(Done { file: "".into(), ..done }).or_default() += n;
            }
        }
    }

    /// The counts of one file: its tables are told from those of other files by the name of its copy. What members
    /// counted gets it in front of the member's name.
    #[must_use]
    pub fn of_file(mut self, copy: &str) -> Counts {
        if self.together {
            return self;
        }
        let name = |inner: &str| -> Arc<str> {
            if inner.is_empty() { copy.into() } else { format!("{copy}!{inner}").into() }
        };
        let done = std::mem::take(&mut self.done).into_iter();
        self.done = done
            .map(|(d, n)| {
                let file = if d.place.is_empty() { "".into() } else { name(&d.file) };
                (Done { file, ..d }, n)
            })
            .collect();
        let members = std::mem::take(&mut self.apart);
        for (place, d) in &self.columns {
            // a member's columns are in the sum of all already
            if !members.keys().any(|(_, p)| p == place) {
                self.apart.insert((name(""), place.clone()), d.figures());
            }
        }
        self.apart.extend(members.into_iter().map(|((file, place), d)| ((name(&file), place), d)));
        self
    }

    /// The columns that stand under one name in several files.
    pub fn ambiguous(&self) -> std::collections::BTreeSet<Arc<str>> {
        let mut first: BTreeMap<&Arc<str>, &Arc<str>> = BTreeMap::new();
        let mut several = std::collections::BTreeSet::new();
        for d in self.done.keys().filter(|d| !d.place.is_empty()) {
            if *first.entry(&d.place).or_insert(&d.file) != &d.file {
                several.insert(d.place.clone());
            }
        }
        several
    }

    /// Values with this outcome.
    pub fn total(&self, outcome: Outcome) -> u64 {
        self.done.iter().filter(|(d, _)| d.outcome == outcome).map(|(_, n)| n).sum()
    }

    /// For every kind of data whose tokens fill whole cells of columns: in which forms, and where.
    pub fn joins(&self) -> Vec<Join> {
        let mut all: BTreeMap<Category, Join> = BTreeMap::new();
        let ambiguous = self.ambiguous();
        for (done, n) in &self.done {
            let (Some(category), Some(form), false) = (done.category, done.form, done.place.is_empty())
            else {
                continue;
            };
            let join = all.entry(category).or_insert_with(|| Join { category, forms: BTreeMap::new() });
            let places = join.forms.entry((form, done.chars)).or_default();
            let place = match ambiguous.contains(&done.place) {
                true => format!("{}: {}", done.file, done.place).into(),
                false => done.place.clone(),
            };
            *places.entry(place).or_default() += n;
        }
        all.into_values().collect()
    }

    /// For every column rule that did not fit all its values: its text, the values that got a label or constant in
    /// place of what the rule says, and all of them.
    pub fn misfits(&self, policy: &super::Policy) -> Vec<(String, u64, u64)> {
        let mut all: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        for (done, n) in &self.done {
            let Some(rule) =
                done.rule.filter(|r| policy.rules.get(*r as usize).is_some_and(|r| r.column.is_some()))
            else {
                continue;
            };
            let of = all.entry(rule).or_default();
            of.0 += if done.outcome == Outcome::Fallback { *n } else { 0 };
            of.1 += n;
        }
        let told = all.into_iter().filter(|(_, (misfits, _))| *misfits > 0);
        told.map(|(rule, (misfits, all))| (policy.rules[rule as usize].describe(), misfits, all)).collect()
    }

    /// What stands in the copies on purpose and may look like personal data: place, kind of data, why.
    pub fn declared(&self, policy: &super::Policy) -> Vec<(Arc<str>, Category, &'static str)> {
        let why = |done: &Done| match (done.outcome, done.form) {
            (Outcome::Kept, _) => Some("kept"),
            (Outcome::Fallback, None) => Some("constant"),
            (Outcome::Replaced, Some(TokenForm::Permuted)) => Some("permuted"),
            (Outcome::Replaced, Some(TokenForm::Narrow)) => Some("narrow"),
            (Outcome::Replaced, None) => {
                let method = done.rule.and_then(|n| policy.rules.get(n as usize)).map(|r| r.method.name());
                method.filter(|m| {
                    ["fake", "generalize", "shift_dates", "noise", "microaggregate", "mask"].contains(m)
                })
            }
            _ => None,
        };
        let all = self.done.keys().filter_map(|d| Some((d.place.clone(), d.category?, why(d)?)));
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// Replaced values per category.
    pub fn by_category(&self) -> BTreeMap<&'static str, u64> {
        let mut all = BTreeMap::new();
        for (d, n) in &self.done {
            if matches!(d.outcome, Outcome::Replaced | Outcome::Fallback) {
                *all.entry(d.category.map_or("value", Category::as_str)).or_default() += n;
            }
        }
        all
    }
}

/// The forms in which one kind's tokens stand in columns: values of different forms do not join.
#[derive(Clone, Debug)]
pub struct Join {
    /// The kind of data.
    pub category: Category,
    /// Form and characters of it (0: as many as the form has): columns and how many tokens they have.
    pub forms: BTreeMap<(TokenForm, u8), BTreeMap<Arc<str>, u64>>,
}

impl Join {
    /// True where equal values have equal tokens in all columns.
    pub fn kept(&self) -> bool {
        self.forms.len() < 2
    }

    /// What to tell the operator where equal values do not meet any more.
    fn lost(&self) -> String {
        let forms = self.forms.iter().map(|((form, chars), places)| {
            let names: Vec<&str> = places.keys().take(4).map(AsRef::as_ref).collect();
            let more = if places.len() > names.len() { ", …" } else { "" };
            format!("{} in {}{more}", form.words(*chars), names.join(", "))
        });
        forms.collect::<Vec<_>>().join("; ")
    }

    /// A warning, where equal values do not meet any more.
    pub fn note(&self) -> Option<String> {
        (!self.kept()).then(|| {
            format!(
                "{}: tokens of several forms, so that these columns do not join: {}. \
                 `qupia policy draft` proposes one form for all ([form] in the policy)",
                self.category,
                self.lost()
            )
        })
    }
}

impl Distribution {
    /// Counts one value and what stands for it in the copy.
    pub fn observe(&mut self, before: &[u8], after: &[u8]) {
        self.values += 1;
        self.changed += u64::from(before != after);
        self.before.add(fingerprint(before), 1);
        self.after.add(fingerprint(after), 1);
    }

    fn merge(&mut self, other: Distribution) {
        self.values += other.values;
        self.changed += other.changed;
        self.before.merge(other.before);
        self.after.merge(other.after);
    }

    /// True where there were too many distinct values to count all: the figures are estimates.
    pub fn is_sampled(&self) -> bool {
        self.before.is_sampled() || self.after.is_sampled()
    }

    /// All its figures.
    pub fn figures(&self) -> ColumnFigures {
        ColumnFigures {
            values: self.values,
            changed: self.changed,
            before: self.before(),
            after: self.after(),
            distance: self.distance(),
            bounded: self.is_sampled(),
        }
    }

    /// The originals.
    pub fn before(&self) -> Shape {
        self.before.shape()
    }

    /// The copies.
    pub fn after(&self) -> Shape {
        self.after.shape()
    }

    /// Total variation distance between the two frequency profiles (shares in falling order): 0 where every
    /// group of equal values is still a group of the same size.
    pub fn distance(&self) -> f64 {
        self.before.distance(&self.after)
    }
}

pub(super) fn fingerprint(value: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hash = siphasher::sip::SipHasher13::new();
    hash.write(value);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_while_they_are_few() {
        let one = |place: &str| {
            let mut c = Counts::default();
            let done = Done {
                place: place.into(),
                file: "".into(),
                category: Some(Category::IIN),
                rule: None,
                form: Some(TokenForm::Whole),
                chars: 0,
                outcome: Outcome::Replaced,
            };
            c.done.insert(done, 2);
            c.columns.entry(place.into()).or_default().observe(b"a", b"b");
            c
        };
        let mut all = one("iin").of_file("a.csv");
        all.merge(one("iin").of_file("b.csv").of_file("c.zip"));
        all.merge(one("bin").of_file("d.csv"));
        all.merge(one("").of_file("e.txt"));
        let files: Vec<&str> = all.done.keys().map(|d| &*d.file).collect();
        assert_eq!(files, ["", "d.csv", "a.csv", "c.zip!b.csv"]);
        assert_eq!(all.ambiguous().into_iter().collect::<Vec<_>>(), ["iin".into()]);
        let places: Vec<_> = all.joins()[0].forms.values().next().unwrap().keys().cloned().collect();
        assert_eq!(places, ["a.csv: iin".into(), "bin".into(), "c.zip!b.csv: iin".into()]);
        assert_eq!(all.apart[&("c.zip!b.csv".into(), "iin".into())].changed, 1);
        for n in 0..APART {
            all.merge(one("iin").of_file(&format!("{n}.csv")));
        }
        assert!(all.together && all.apart.is_empty() && all.ambiguous().is_empty());
        assert_eq!(all.done.values().sum::<u64>(), 2 * (APART as u64 + 4));
        assert_eq!(all.columns["iin"].values, APART as u64 + 2);
    }

    #[test]
    fn shapes_of_columns() {
        let mut d = Distribution::default();
        for (b, a) in [("x", "1"), ("x", "1"), ("y", "2"), ("z", "2")] {
            d.observe(b.as_bytes(), a.as_bytes());
        }
        let (before, after) = (d.before(), d.after());
        assert_eq!((before.distinct, before.top_share, before.entropy), (3, 0.5, 1.5));
        // two values occur once, so only x can be told by its count
        assert_eq!(before.unique_count_share, 0.5);
        assert_eq!((after.distinct, after.entropy, after.unique_count_share), (2, 1.0, 0.0));
        assert!((d.distance() - 0.25).abs() < 1e-12);
        assert_eq!((d.values, d.changed, d.is_sampled()), (4, 4, false));
    }
}

//! What the columns of a table say of each other.

use std::sync::LazyLock;

use super::column::{Columns, last_key, sampled};
use super::context::fold_name;
use super::detector::Detector;
use super::fold::{Folded, fold, is_word};
use super::lexicon::RuleSet;
use super::names::{column_others, column_roles, english};
use crate::model::{Block, Category, Evidence, EvidenceSet, SegmentKind};

/// Columns that only a table of persons has.
const OF_PERSONS: [&str; 7] = ["iin", "birth_date", "birth_place", "id_card", "passport", "snils", "sex"];

/// Do most cells of a column begin as names do?
fn capital(first: &Block, column: u32) -> bool {
    let cells = sampled(first).iter().filter(|s| s.column == column && s.kind != SegmentKind::Skip);
    let (mut names, mut all) = (0, 0);
    for s in cells {
        let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default();
        let begin = &cell[..cell.len().min(4)];
        let letter = begin.utf8_chunks().flat_map(|c| c.valid().chars()).next();
        all += u32::from(letter.is_some());
        names += u32::from(letter.is_some_and(char::is_uppercase));
    }
    names * 2 > all
}

/// Fewest rows of a table without names that are enough to tell what stands in them.
const ROWS: usize = 3;
/// Cells that are read for addresses.
const READ: usize = 40;

/// The cells of a column in the sample: row and text without blanks around it.
fn cells(first: &Block, column: u32) -> impl Iterator<Item = (u32, &[u8])> {
    let all = sampled(first).iter().filter(move |s| {
        s.column == column && matches!(s.kind, SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date)
    });
    all.map(|s| (s.row, first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii()))
        .filter(|c| !c.1.is_empty())
}

/// Do most cells of a column hold six digits that a post code may be?
fn codes(first: &Block, column: u32) -> bool {
    let cells = sampled(first).iter().filter(|s| s.column == column && s.kind != SegmentKind::Skip);
    let (mut codes, mut all) = (0, 0);
    for s in cells {
        let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
        all += u32::from(!cell.is_empty());
        codes += u32::from(cell.len() == 6 && super::proof::document::postcode(cell).is_some());
    }
    codes * 2 > all
}

/// What a column of a role may seem to hold by its name: «контакт».
const CONTACT: [Category; 4] = [Category::PHONE, Category::EMAIL, Category::SOCIAL, Category::ACCOUNT];

/// Cells of a column of a role that are read.
const ROLES: usize = 100;

/// Words as names of columns are folded.
type Folds = Vec<Vec<u8>>;

fn folds(words: impl Iterator<Item = &'static str>) -> Folds {
    words.map(fold).collect()
}

/// Does the name of a column tell a role of persons, and no number, day or kind of theirs?
fn of_role(name: &str) -> bool {
    let mut f = Folded::default();
    fold_name(name.as_bytes(), &mut f);
    let words: Vec<&[u8]> = f.text.split(|b| !is_word(*b)).filter(|w| !w.is_empty()).collect();
    static ROLES: LazyLock<Folds> = LazyLock::new(|| folds(column_roles()));
    static OTHERS: LazyLock<Folds> = LazyLock::new(|| folds(column_others()));
    (1..=4).contains(&words.len())
        && words.iter().any(|w| ROLES.iter().any(|r| w.starts_with(r)))
        && !words.iter().any(|w| OTHERS.iter().any(|o| w == o))
}

/// One to four words with a capital, or initials, and nothing else.
fn reads_as_name(cell: &str) -> bool {
    let words: Vec<&str> = cell.split([' ', '.', '-']).filter(|w| !w.is_empty()).collect();
    let titled = |w: &&str| {
        w.chars().next().is_some_and(char::is_uppercase) && w.chars().all(|c| c.is_alphabetic() || c == '\'')
    };
    (1..=4).contains(&words.len())
        && cell.len() <= 100
        && words.iter().all(titled)
        && words.iter().any(|w| w.chars().count() >= 2)
        && crate::detect::names::cell_is_name(cell)
}

impl Detector {
    /// A column whose days are those that the IINs of the same rows begin with: dates of birth, whatever its name.
    pub(crate) fn mark_days(&self, first: &Block, columns: &mut Columns) {
        let Some(r) = self.rule_named("birth_date") else { return };
        let taken = |c: Option<Category>| c == Some(Category::BIRTH_DATE);
        let numbers = columns.verdicts.iter().find(|v| v.category == Some(Category::IIN));
        let Some(numbers) = numbers.filter(|_| !columns.iter().any(|v| taken(v.category))) else { return };
        let known: Vec<(u32, [u8; 6])> = cells(first, numbers.column)
            .filter_map(|(row, c)| Some((row, *c.first_chunk()?)))
            .take(200)
            .collect();
        let mut folded = super::fold::Folded::default();
        for k in 0..columns.verdicts.len() {
            if columns.verdicts[k].category.is_some() {
                continue;
            }
            let (mut all, mut same) = (0, 0);
            for (row, cell) in cells(first, k as u32).take(200) {
                // a day is short and has figures
                if cell.len() > 48 || !cell.iter().any(u8::is_ascii_digit) {
                    continue;
                }
                folded.clear();
                folded.push(cell, 0);
                let Some((stop, day)) = super::beside::written_day(&folded.text, 0) else { continue };
                all += 1;
                let of = known.binary_search_by_key(&row, |n| n.0).ok().map(|n| known[n].1);
                same += usize::from(of == Some(day) && stop > 7);
            }
            if same > 0 && same * 2 > all {
                columns.contexts[k].against &= !RuleSet::of(r);
                columns.tell(k, (r, &self.rules[r]), true, 0.8, Evidence::Neighbours);
            }
        }
    }

    /// A column without a known name most of whose cells are addresses.
    pub(crate) fn mark_addresses(&self, first: &Block, columns: &mut Columns) {
        let Some(addresses) = &self.addresses else { return };
        let Some(r) = self.rule_named("address") else { return };
        for k in 0..columns.verdicts.len() {
            let context = &columns.contexts[k];
            if columns.verdicts[k].category.is_some()
                || (context.named | context.share | context.low).any()
                || context.labels
            {
                continue;
            }
            let (mut all, mut hits) = (0, 0);
            let mut found = Vec::new();
            for (_, cell) in cells(first, k as u32).take(READ) {
                all += 1;
                // an address is words and a number
                let fits = cell.len() >= 12
                    && cell.len() <= 200
                    && cell.iter().any(u8::is_ascii_digit)
                    && cell.iter().any(|b| *b >= 0x80 || b.is_ascii_alphabetic());
                // what begins with so many words is none
                if !fits || (all >= 12 && hits * 4 < all) {
                    continue;
                }
                found.clear();
                addresses.find(cell, 0, true, &mut found);
                let told = |e: EvidenceSet| {
                    e.has(Evidence::AddressParts) && (e.has(Evidence::Gazetteer) || e.has(Evidence::Form))
                };
                let longest = found
                    .iter()
                    .filter(|h| !h.birth_place && told(h.evidence))
                    .map(|h| h.end - h.start)
                    .max()
                    .unwrap_or(0);
                hits += usize::from(longest as usize * 10 >= cell.len() * 7);
            }
            if hits >= ROWS && hits * 2 > all {
                let share = hits as f32 / all as f32;
                columns.verdicts[k].share = share;
                columns.tell(k, (r, &self.rules[r]), true, 0.6 + 0.3 * share, Evidence::ColumnShare);
            }
        }
    }

    /// `index` may count rows; beside a column of addresses and with figures that post codes have it is one of those.
    pub(crate) fn mark_codes(&self, first: &Block, columns: &mut Columns) {
        let Some(r) = self.rule_named("postcode_digits") else { return };
        if !columns.iter().any(|v| v.category == Some(Category::ADDRESS)) {
            return;
        }
        for k in 0..columns.verdicts.len() {
            let verdict = &columns.verdicts[k];
            let plain = ["index", "indx", "ind", "post"]
                .iter()
                .any(|n| last_key(&verdict.name).eq_ignore_ascii_case(n));
            if plain && verdict.category.is_none() && codes(first, verdict.column) {
                columns.contexts[k].against &= !RuleSet::of(r);
                columns.tell(k, (r, &self.rules[r]), false, 0.75, Evidence::Neighbours);
            }
        }
    }

    /// "Менеджер", `driver`, "Заявитель": a column of a role whose cells read as names do, and some of them known ones.
    /// Names in Latin letters and rare ones are told so.
    pub(crate) fn mark_roles(&self, first: &Block, columns: &mut Columns) {
        let (Some(r), Some(names)) = (self.rule_named("person"), self.names) else { return };
        let bit = RuleSet::of(r);
        for k in 0..columns.verdicts.len() {
            let (verdict, context) = (&columns.verdicts[k], &columns.contexts[k]);
            let open = context.share.is_empty()
                && !context.against.meets(bit)
                && context.named.into_iter().all(|r| CONTACT.contains(&self.rules[r].category))
                && !context.labels
                && !context.mixed;
            if !open || !of_role(last_key(&verdict.name)) {
                continue;
            }
            let (mut all, mut shaped, mut known, mut pairs) = (0, 0, 0, 0);
            for s in first.segments.iter().filter(|s| s.column == k as u32).take(ROLES) {
                let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
                let Ok(cell) = std::str::from_utf8(cell) else { continue };
                if cell.is_empty() || matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta) {
                    continue;
                }
                all += 1;
                if !reads_as_name(cell) {
                    continue;
                }
                shaped += 1;
                let is = |w: &str| {
                    let lower = w.to_lowercase();
                    w.chars().count() >= 2 && names.lists().is_named(&lower) && !english(&lower)
                };
                known += usize::from(cell.split([' ', '.', '-']).any(is));
                pairs += usize::from(cell.contains(' '));
            }
            let most = all >= 3 && shaped * 10 >= all * 8 && known * 5 >= all * 2;
            // one record, or two: every cell a name of two words
            let every = (1..3).contains(&all) && known == all && pairs == all;
            if most || every {
                columns.tell(k, (r, &self.rules[r]), true, 0.75, Evidence::Neighbours);
            }
        }
    }

    /// `name` may be of anything; beside a column of dates of birth or IINs, and none of BINs, it is a person's.
    pub(crate) fn mark_names(&self, first: &Block, columns: &mut Columns) {
        let Some(r) = self.rule_named("person") else { return };
        let any =
            |names: &[&str]| columns.iter().filter_map(|v| v.category).any(|c| names.contains(&c.as_str()));
        if any(&["bin", "person"]) || !any(&OF_PERSONS) {
            return;
        }
        let bit = RuleSet::of(r);
        for k in 0..columns.verdicts.len() {
            let verdict = &columns.verdicts[k];
            let plain = last_key(&verdict.name).eq_ignore_ascii_case("name");
            if plain
                && verdict.category.is_none()
                && !columns.contexts[k].against.meets(bit)
                && capital(first, verdict.column)
            {
                columns.tell(k, (r, &self.rules[r]), true, 0.75, Evidence::Neighbours);
            }
        }
    }
}

//! Columns whose names say nothing, or that have none: told by the form of their cells and by the columns beside
//! them. Lists of words (sex, marital status, nationality), numbers of documents, days of birth, post codes.

use super::column::{Columns, sampled};
use super::detector::Detector;
use super::find::read_date;
use super::fold::{Folded, code_letter, decode};
use super::lexicon::{RuleSet, matches};
use super::proof::document;
use crate::model::{Block, Evidence, SegmentKind};

/// Fewest cells that are enough.
const FEWEST: usize = 3;
/// Cells of a column that are read.
const READ: usize = 100;
/// Years between the first and the last day of a column of days of birth.
const LIVES: u32 = 8;
/// Half of the people of a table were born before this year, where nothing but the years tells days of birth.
const GROWN: u32 = 2008;

/// Categories that only a table of persons has.
const PERSONS: [&str; 13] = [
    "iin",
    "birth_date",
    "birth_place",
    "id_card",
    "passport",
    "snils",
    "sex",
    "person",
    "sik",
    "rnn",
    "marital_status",
    "nationality",
    "driver_licence",
];

/// Rules of words whose values tell a column.
const LISTS: [&str; 3] = ["marital_status", "nationality", "citizenship"];

/// Both words of a pair stand in a column of sexes, and no others.
const SEXES: [(&[&str], &[&str]); 2] = [
    (
        &["м", "муж", "мужской", "мужчина", "m", "male", "е", "ер", "еркек", "ұл"],
        &["ж", "жен", "женский", "женщина", "f", "female", "ә", "әйел", "қыз"],
    ),
    (&["м.", "муж."], &["ж.", "жен."]),
];

/// The form of a number of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paper {
    IdCard,
    Passport,
    Licence,
    Vehicle,
}

/// The cells of a column in the sample.
struct Cells<'a>(Vec<&'a [u8]>);

impl Cells<'_> {
    /// Do so many cells fit that they tell the column?
    fn most(&self, fits: impl Fn(&[u8]) -> bool) -> bool {
        let hits = self.0.iter().filter(|c| fits(c)).count();
        hits >= FEWEST && hits * 10 >= self.0.len() * 8
    }

    /// Do so many cells fit that a name of the column and they tell it together?
    fn half(&self, fits: impl Fn(&[u8]) -> bool) -> bool {
        let hits = self.0.iter().filter(|c| fits(c)).count();
        hits >= FEWEST && hits * 2 >= self.0.len()
    }

    /// Do values repeat so that they are of kinds and not of single persons?
    fn repeat(&self) -> bool {
        let mut all = self.0.clone();
        all.sort_unstable();
        all.dedup();
        all.len() * 10 < self.0.len() * 9
    }
}

impl Detector {
    /// Tells what columns hold that no name tells.
    pub(crate) fn mark_unnamed(&self, first: &Block, columns: &mut Columns) {
        let Some(table) = &first.table else { return };
        if self.numbers_only() {
            return;
        }
        let all = self.cells_of(first, columns);
        let any = |columns: &Columns, of: &[&str]| {
            columns.iter().filter_map(|v| v.category).any(|c| of.contains(&c.as_str()))
        };
        let persons = any(columns, &PERSONS) || all.iter().flatten().any(|c| c.most(patronymic));
        let vehicles = any(columns, &["plate", "vin"]);
        let places = any(columns, &["address"]);
        if !(vehicles || places || persons) {
            return;
        }
        let mut folded = Folded::default();
        for (k, cells) in all.iter().enumerate() {
            let Some(cells) = cells.as_ref().filter(|c| c.0.len() >= FEWEST) else { continue };
            if sexes(cells) {
                self.told(columns, k, "sex");
                continue;
            }
            if persons && let Some(list) = LISTS.iter().find(|id| self.is_list(cells, id, &mut folded)) {
                self.told(columns, k, list);
                continue;
            }
            if places && cells.most(|c| (c.len() == 6 || c.len() == 7) && document::postcode(c).is_some()) {
                let digits = cells.0.iter().filter(|c| c.len() == 6).count() * 2 >= cells.0.len();
                self.told(columns, k, if digits { "postcode_digits" } else { "postcode" });
                continue;
            }
            if let Some(id) = papers(cells, persons, vehicles) {
                self.told(columns, k, id);
            } else if persons
                && of_documents(&columns.verdicts[k].name)
                && cells.half(any_paper)
                && !cells.repeat()
            {
                if let Some(r) = self.rule_named("passport") {
                    columns.contexts[k].other &= !RuleSet::of(r);
                }
                self.told(columns, k, "passport");
            }
        }
        if !table.named {
            self.mark_accounts(first, columns, places, vehicles);
        }
        if persons && !table.named && !any(columns, &["birth_date"]) {
            self.mark_births(&all, columns);
        }
    }

    /// The cells of the columns that nothing has told.
    fn cells_of<'a>(&self, first: &'a Block, columns: &Columns) -> Vec<Option<Cells<'a>>> {
        let open = |k: usize| {
            let c = &columns.contexts[k];
            let none = columns.verdicts[k].category.is_none();
            none && (c.named | c.share).is_empty() && !c.labels && !c.mixed
        };
        let mut all: Vec<Option<Cells<'a>>> =
            (0..columns.contexts.len()).map(|k| open(k).then(|| Cells(Vec::new()))).collect();
        for s in sampled(first) {
            let cell = matches!(s.kind, SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date);
            let Some(Some(cells)) = all.get_mut(s.column as usize).filter(|_| cell) else { continue };
            let text = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
            if !text.is_empty() && cells.0.len() < READ && !matches!(text, b"-" | b"NULL" | b"null" | b"\\N")
            {
                cells.0.push(text);
            }
        }
        all
    }

    /// Says that column `k` holds what rule `id` finds.
    fn told(&self, columns: &mut Columns, k: usize, id: &str) {
        let Some(r) = self.rule_named(id) else { return };
        let bit = RuleSet::of(r);
        let context = &columns.contexts[k];
        // a name that speaks of something else is believed
        if (context.other | context.against | context.low).meets(bit) {
            return;
        }
        columns.tell(k, (r, &self.rules[r]), true, 0.7, Evidence::ColumnShare);
        columns.verdicts[k].evidence.add(Evidence::Neighbours);
    }

    /// Are most cells values of the list of rule `id`, two different ones at least?
    fn is_list(&self, cells: &Cells<'_>, id: &str, folded: &mut Folded) -> bool {
        let Some(r) = self.rule_named(id) else { return false };
        let (mut hits, mut met): (usize, Vec<Vec<u8>>) = (0, Vec::new());
        for cell in &cells.0 {
            if cell.len() > 60 {
                return false;
            }
            folded.clear();
            folded.push(cell, 0);
            let end = self.values[r].iter().filter_map(|v| matches(v, &folded.text, 0)).max();
            // a value, and hardly anything behind it
            if end.is_some_and(|e| e >= 2 && folded.text.len() - e <= 12) {
                hits += 1;
                if !met.contains(&folded.text) {
                    met.push(folded.text.clone());
                }
            }
        }
        hits >= FEWEST && hits * 10 >= cells.0.len() * 8 && met.len() >= 2
    }

    /// In a table of telephones and addresses without names of columns: ten digits that all begin with the same three
    /// are numbers of accounts, whatever operator's code they look like; beside vehicles, one after another, those of policies.
    fn mark_accounts(&self, first: &Block, columns: &mut Columns, places: bool, vehicles: bool) {
        let (Some(account), Some(phone)) = (self.rule_named("account_personal"), self.rule_named("phone"))
        else {
            return;
        };
        let mut all: Vec<Vec<&[u8]>> = vec![Vec::new(); columns.contexts.len()];
        for s in sampled(first) {
            let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default().trim_ascii();
            if let Some(cells) = all.get_mut(s.column as usize).filter(|c| !cell.is_empty() && c.len() < READ)
            {
                cells.push(cell);
            }
        }
        let most = |cells: &[&[u8]], fits: &dyn Fn(&[u8]) -> bool| {
            let hits = cells.iter().filter(|c| fits(c)).count();
            hits >= FEWEST && hits * 10 >= cells.len() * 8
        };
        let phones = all.iter().position(|cells| most(cells, &|c| c.len() >= 11 && mobile_digits(c)));
        for (k, cells) in all.iter().enumerate().filter(|(k, _)| Some(*k) != phones) {
            let ten = |c: &&&[u8]| c.len() == 10 && c.iter().all(u8::is_ascii_digit);
            let numbers: Vec<&[u8]> = cells.iter().filter(ten).copied().collect();
            let same = numbers.iter().all(|c| c[..3] == numbers[0][..3]);
            let mut distinct = numbers.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let accounts = places && phones.is_some() && numbers.len() == cells.len();
            if numbers.len() < 5
                || !same
                || numbers.len() * 10 < cells.len() * 8
                || distinct.len() * 10 < numbers.len() * 9
                || !(accounts || running(&numbers))
            {
                continue;
            }
            let bit = RuleSet::of(phone);
            let context = &mut columns.contexts[k];
            (context.share, context.named, context.whole) =
                (context.share & !bit, context.named & !bit, context.whole & !bit);
            context.low |= bit;
            if !accounts {
                columns.verdicts[k].category = None;
                if let Some(policy) = self.rule_named("insurance").filter(|_| vehicles) {
                    columns.tell(k, (policy, &self.rules[policy]), true, 0.7, Evidence::Neighbours);
                }
                continue;
            }
            columns.tell(k, (account, &self.rules[account]), true, 0.7, Evidence::Neighbours);
        }
    }

    /// In a table of persons without names of columns: the days that lie as far apart as those of births do.
    fn mark_births(&self, all: &[Option<Cells<'_>>], columns: &mut Columns) {
        let mut best: Option<(u32, usize)> = None;
        for (k, cells) in all.iter().enumerate() {
            let Some(cells) = cells.as_ref().filter(|_| columns.verdicts[k].category.is_none()) else {
                continue;
            };
            let mut years: Vec<u32> = cells.0.iter().filter_map(|c| day(c)).map(|d| d.0).collect();
            if years.len() < FEWEST || years.len() * 10 < cells.0.len() * 8 || cells.repeat() {
                continue;
            }
            years.sort_unstable();
            let (low, median, high) = (years[0], years[years.len() / 2], years[years.len() - 1]);
            let lives = low >= 1900 && high - low >= LIVES && median <= GROWN;
            if lives && best.is_none_or(|b| median < b.0) {
                best = Some((median, k));
            }
        }
        if let Some((_, k)) = best {
            self.told(columns, k, "birth_date");
        }
    }
}

/// Do most numbers follow the one above them closely, as numbers of policies and orders do and telephones never?
fn running(cells: &[&[u8]]) -> bool {
    let number = |c: &[u8]| std::str::from_utf8(c).ok().and_then(|c| c.parse::<u64>().ok());
    let near = |w: &&[&[u8]]| match (number(w[0]), number(w[1])) {
        (Some(a), Some(b)) => (1..=20).contains(&b.saturating_sub(a)),
        _ => false,
    };
    cells.windows(2).filter(near).count() * 10 >= (cells.len() - 1) * 8
}

/// Does a cell hold the eleven digits of a telephone with its code?
fn mobile_digits(cell: &[u8]) -> bool {
    let digits: Vec<u8> = cell.iter().copied().filter(u8::is_ascii_digit).take(12).collect();
    digits.len() == 11 && matches!(&digits[..2], b"77" | b"87") && cell.len() <= 20
}

/// Do both sexes stand in a column, and nothing else?
fn sexes(cells: &Cells<'_>) -> bool {
    let fits = |(men, women): &(&[&str], &[&str])| {
        let is = |c: &[u8], list: &[&str]| {
            c.len() <= 16 && std::str::from_utf8(c).is_ok_and(|c| list.contains(&c.to_lowercase().as_str()))
        };
        cells.0.iter().all(|c| is(c, men) || is(c, women))
            && cells.0.iter().any(|c| is(c, men))
            && cells.0.iter().any(|c| is(c, women))
    };
    SEXES.iter().any(fits)
}

/// Is a word of the cell a name of a father, as full names have?
fn patronymic(cell: &[u8]) -> bool {
    const ENDINGS: [&str; 12] =
        ["ович", "евич", "овна", "евна", "ична", "ұлы", "қызы", "улы", "кызы", "uly", "ovich", "ovna"];
    if cell.len() > 120 || cell.len() < 8 {
        return false;
    }
    let Ok(cell) = std::str::from_utf8(cell) else { return false };
    let cell = cell.to_lowercase();
    let mut words = cell.split_whitespace();
    words.clone().count() <= 4
        && words.any(|w| ENDINGS.iter().any(|e| w.len() > e.len() + 4 && w.ends_with(e)))
}

/// Letters and digits of a number such as `N 12345678`, `АС № 00112233`, `034512876`.
fn paper(cell: &[u8]) -> Option<Paper> {
    if cell.len() > 20 {
        return None;
    }
    let (mut letters, mut k) = (0, 0);
    while k < cell.len() {
        let (c, n) = decode(&cell[k..]);
        if c.is_ascii_digit() {
            break;
        }
        match c {
            ' ' | '№' | '-' | '\u{a0}' => {}
            _ if c.is_uppercase() && (code_letter(c).is_some() || c.is_alphabetic()) => letters += 1,
            _ => return None,
        }
        k += n;
    }
    let digits = &cell[k..];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    match (letters, digits.len()) {
        (0, 9) if digits[0] == b'0' => Some(Paper::IdCard),
        (1, 7..=8) | (2, 7) => Some(Paper::Passport),
        (2, 6) => Some(Paper::Licence),
        (2, 8) => Some(Paper::Vehicle),
        _ => None,
    }
}

/// Does a name speak of documents, and of nothing else?
fn of_documents(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    ["document", "doc", "doc no", "документ", "док", "құжат", "құжаты", "dokument"].contains(&name.as_str())
}

/// Could a cell be the number of a document of whatever country: `U12984410`, `65 19 № 204118`, `533401287`?
fn any_paper(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    let sign = |c: char| c.is_ascii_digit() || c.is_uppercase() || matches!(c, ' ' | '№');
    (6..=10).contains(&digits)
        && cell.len() <= 18
        && std::str::from_utf8(cell).is_ok_and(|c| c.chars().all(sign))
}

/// The rule of the documents whose numbers a column holds.
fn papers(cells: &Cells<'_>, persons: bool, vehicles: bool) -> Option<&'static str> {
    let is = |of: &[Paper]| cells.most(|c| paper(c).is_some_and(|p| of.contains(&p))) && !cells.repeat();
    if persons && is(&[Paper::IdCard, Paper::Passport]) {
        let cards = cells.0.iter().filter(|c| paper(c) == Some(Paper::IdCard)).count();
        return Some(if cards * 2 >= cells.0.len() { "id_card" } else { "passport" });
    }
    if (vehicles || persons) && is(&[Paper::Licence]) {
        return Some("driver_licence");
    }
    (vehicles && is(&[Paper::Vehicle])).then_some("vehicle_certificate")
}

/// The day that a cell is, with an hour behind it at most.
pub(super) fn day(cell: &[u8]) -> Option<(u32, u32, u32)> {
    let cell = &cell[..cell.iter().position(|b| matches!(b, b' ' | b'T')).unwrap_or(cell.len())];
    let number = |d: &[u8]| {
        d.iter().try_fold(0u32, |n, b| {
            b.is_ascii_digit().then(|| n.saturating_mul(10).saturating_add(u32::from(b - b'0')))
        })
    };
    if cell.len() == 8 && cell.iter().all(u8::is_ascii_digit) {
        return read_date((4, 2, 2), (number(&cell[..4])?, number(&cell[4..6])?, number(&cell[6..])?))
            .or_else(|| {
                read_date((2, 2, 4), (number(&cell[..2])?, number(&cell[2..4])?, number(&cell[4..])?))
            })
            .filter(|d| (1900..=2030).contains(&d.0));
    }
    if !(8..=10).contains(&cell.len()) {
        return None;
    }
    let mut parts = cell.split(|b| matches!(b, b'.' | b'-' | b'/'));
    let mut next = || parts.next().and_then(|p| Some((p.len() as u8, number(p)?)));
    let (a, b, c) = (next()?, next()?, next()?);
    read_date((a.0, b.0, c.0), (a.1, b.1, c.1)).filter(|_| parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_papers() {
        let of = |t: &str| paper(t.as_bytes());
        assert!(of("034512876") == Some(Paper::IdCard) && of("N12345678") == Some(Paper::Passport));
        assert!(of("АС № 112233") == Some(Paper::Licence) && of("GA 00341278") == Some(Paper::Vehicle));
        assert!(of("134512876").is_none() && of("abc 123456").is_none() && of("N1234-5678").is_none());
    }

    #[test]
    fn days_of_cells() {
        assert_eq!(day(b"19470312"), Some((1947, 3, 12)));
        assert_eq!(day(b"12.03.1947"), Some((1947, 3, 12)));
        assert_eq!(day(b"1947-03-12 00:00:00"), Some((1947, 3, 12)));
        assert_eq!(day(b"12.03.1947.1"), None);
        assert_eq!(day(b"99999999"), None);
    }

    #[test]
    fn both_sexes() {
        let cells = |c: &'static [&'static str]| Cells(c.iter().map(|c| c.as_bytes()).collect());
        assert!(sexes(&cells(&["М", "ж", "М"])) && !sexes(&cells(&["М", "М"])));
        assert!(!sexes(&cells(&["М", "Ж", "XL"])));
    }
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{lock, run_quietly};
use crate::depersonalize::is_depersonalized;
use crate::detect::canonical;
use crate::model::Category;
use crate::report::{FileRecord, FindingRecord, Report, Summary};
use crate::run::{RunError, RunOptions, Scanner};
use crate::source::{Met, WalkOptions, display, walk};

/// Longest run of words that is compared.
const WORDS: usize = 8;

/// Lengths of tails of numbers that people leave for recognition.
pub(super) const TAILS: std::ops::RangeInclusive<usize> = 4..=6;

/// Keyed digests of the source's values; the values themselves are not kept.
#[derive(Default)]
pub(super) struct Values {
    key: [u8; 32],
    known: FxHashMap<u64, &'static str>,
    /// Last digits of numbers, by their length.
    tails: FxHashMap<usize, FxHashSet<u64>>,
    words: usize,
}

impl Values {
    /// Those that the rules find in the sources and in their names.
    pub fn read(against: &[PathBuf], make: &dyn Fn(Vec<PathBuf>) -> RunOptions) -> Result<Values, RunError> {
        let collected = Arc::new(Collect(Mutex::new(Values::new()?)));
        let options = make(against.to_vec());
        let scanner = Scanner::with(&options.rules, options.detect.clone(), (*options.limits).clone())?;
        run_quietly(options, collected.clone())?;
        let mut values = std::mem::take(&mut *lock(&collected.0));
        let mut seen = FxHashSet::default();
        walk(against, &WalkOptions::default(), |met| {
            let Met::File(entry) = met else { return true };
            for part in entry.relative.components() {
                let name = display(Path::new(part.as_os_str()));
                if seen.insert(name.clone()) {
                    // underscores stand for blanks in file names
                    for found in scanner.text(&name.replace('_', " ")) {
                        values.add(found.finding.category, &found.value);
                    }
                }
            }
            true
        })?;
        Ok(values)
    }

    /// None yet, under a key of its own.
    pub fn new() -> Result<Values, RunError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| RunError::Report(std::io::Error::other(e)))?;
        Ok(Values { key, ..Values::default() })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// A keyed digest that is good for comparing and tells nothing.
    pub fn digest(&self, kind: u8, text: &[u8]) -> u64 {
        let mut message = Vec::with_capacity(text.len() + 1);
        message.push(kind);
        message.extend_from_slice(text);
        let hash = blake3::keyed_hash(&self.key, &message);
        u64::from_le_bytes(std::array::from_fn(|k| hash.as_bytes()[k]))
    }

    /// Do digits end a number of the sources?
    pub fn is_tail(&self, digits: &[u8]) -> bool {
        let tails = self.tails.get(&digits.len());
        tails.is_some_and(|all| all.contains(&self.digest(b't', digits)))
    }

    /// The share of all numbers of so many digits that end a number of the sources.
    pub fn tail_coverage(&self, digits: usize) -> f64 {
        self.tails.get(&digits).map_or(0.0, |all| all.len() as f64 / 10f64.powi(digits as i32))
    }

    pub fn add(&mut self, category: Category, value: &str) {
        // dates, sexes and places belong to many: standing again is no sign of a leftover
        let common = ["birth_date", "birth_place", "special", "postcode", "sex", "age", "citizenship"];
        let few = ["nationality", "marital_status"];
        let name = category.as_str();
        if common.contains(&name) || few.contains(&name) || is_depersonalized(category, value) {
            return;
        }
        let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
        let letters = value.chars().filter(|c| c.is_alphabetic()).count();
        if digits.len() >= 9 && letters <= 4 {
            let national = national(&digits);
            self.known.insert(self.digest(b'd', national), name);
            for n in TAILS.filter(|_| digits.len() <= 20) {
                let tail = self.digest(b't', &digits[digits.len() - n..]);
                self.tails.entry(n).or_default().insert(tail);
            }
            if letters == 0 {
                return;
            }
        }
        if value.contains('@') {
            self.known.insert(self.digest(b'm', value.to_lowercase().as_bytes()), name);
            return;
        }
        let words: Vec<String> = words(value).collect();
        let code = code(&words);
        if digits.len() >= 4 && letters >= 1 && (7..=34).contains(&code.len()) {
            self.words = self.words.max(words.len().min(WORDS)).max(5);
            self.known.insert(self.digest(b'c', code.as_bytes()), name);
        } else if (2..=WORDS).contains(&words.len()) {
            self.words = self.words.max(words.len());
            self.known.insert(self.digest(b'w', words.join(" ").as_bytes()), name);
        }
    }

    /// The kinds of data of the source's values that stand in a text: every place once.
    pub fn in_text(&self, text: &str) -> Vec<&'static str> {
        if self.known.is_empty() {
            return Vec::new();
        }
        let mut found: BTreeSet<(usize, &'static str)> = BTreeSet::new();
        let mut look = |at: usize, kind: u8, form: &[u8]| {
            if let Some(category) = self.known.get(&self.digest(kind, form)) {
                found.insert((at, category));
            }
        };
        for (at, digits) in numbers(text) {
            look(at, b'd', national(&digits));
        }
        for (at, word) in text.split(|c: char| c.is_whitespace() || "<>\"',;()".contains(c)).enumerate() {
            if word.contains('@') {
                look(at, b'm', word.to_lowercase().as_bytes());
            }
        }
        let all: Vec<String> = words(text).collect();
        for at in 0..all.len() {
            let mut run = String::new();
            for (n, word) in all[at..].iter().take(self.words.max(1)).enumerate() {
                if n > 0 {
                    run.push(' ');
                }
                run.push_str(word);
                if n > 0 {
                    look(at, b'w', run.as_bytes());
                }
                if run.len() <= 60 && run.bytes().any(|b| b.is_ascii_digit()) {
                    let code = code(&all[at..=at + n]);
                    if (7..=34).contains(&code.len()) {
                        look(at, b'c', code.as_bytes());
                    }
                }
            }
        }
        found.into_iter().map(|f| f.1).collect()
    }
}

/// Letters and digits of words as a code: Latin capitals.
fn code(words: &[String]) -> String {
    canonical(Category::PLATE, &words.concat())
}

/// The last ten digits of a telephone number in any writing; other numbers whole, without zeros in front.
fn national(digits: &[u8]) -> &[u8] {
    match digits {
        [b'7' | b'8', rest @ ..] if rest.len() == 10 => rest,
        all => {
            let zeros = all.iter().take_while(|b| **b == b'0').count();
            // a number keeps at least the nine digits that are looked for
            &all[zeros.min(all.len().saturating_sub(9))..]
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase)
}

struct Collect(Mutex<Values>);

impl Report for Collect {
    fn finding(&self, r: &FindingRecord<'_>, _: &mut Vec<u8>) {
        lock(&self.0).add(r.category, r.value);
    }

    fn file(&self, _: &FileRecord, _: &mut Vec<u8>) {}

    fn summary(&self, _: &Summary, _: &mut Vec<u8>) {}
}

/// Runs of digits with single separators between them: every run of neighbouring groups of 9 to 20 digits.
fn numbers(text: &str) -> Vec<(usize, Vec<u8>)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() {
            let end = bytes[at..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| at + n);
            groups.push((at, end));
            at = end;
        } else {
            at += 1;
        }
    }
    let mut out = Vec::new();
    for first in 0..groups.len() {
        let mut digits: Vec<u8> = Vec::new();
        for k in first..groups.len() {
            let (start, end) = groups[k];
            if k > first {
                let gap = text.get(groups[k - 1].1..start).unwrap_or("?");
                if gap.chars().count() > 2 || !gap.chars().all(|c| " -().\u{a0}".contains(c)) {
                    break;
                }
            }
            digits.extend_from_slice(&bytes[start..end]);
            if digits.len() > 20 {
                break;
            }
            if digits.len() >= 9 {
                out.push((start, digits.clone()));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(all: &[(Category, &str)]) -> Values {
        let mut v = Values { key: [3; 32], ..Values::default() };
        all.iter().for_each(|(c, t)| v.add(*c, t));
        v
    }

    #[test]
    fn whole_values_are_found_in_other_writings() {
        let v = values(&[
            (Category::IIN, "850101300123"),
            (Category::IIN, "000512500123"),
            (Category::PHONE, "+7 (701) 123-45-67"),
            (Category::EMAIL, "Aidos@Example.kz"),
            (Category::PERSON, "Ахметов Айдос"),
            (Category::IBAN, "KZ86125KZT5004100100"),
            (Category::PLATE, "123 АВС 02"),
        ]);
        for text in [
            "см. 850101 300 123!",
            "тел 87011234567",
            "пишите <aidos@example.KZ>",
            "гражданин АХМЕТОВ  АЙДОС явился",
            "счёт KZ86125KZT5004100100",
            "счёт kz86 125K ZT50 0410 0100 в банке",
            "номер 512500123, без нулей",
            "машина 123ABC02",
            "<v>512500123</v>",
            "Ахметов_Айдос",
        ] {
            assert_eq!(v.in_text(text).len(), 1, "{text}");
        }
        for text in ["850101300124", "Ахметов", "2026-11-22 10:11", "+7 701 123 45 68", "IIN_0123", "123 ABC"]
        {
            assert_eq!(v.in_text(text).len(), 0, "{text}");
        }
        assert!(v.is_tail(b"0123") && v.is_tail(b"300123") && !v.is_tail(b"0124"));
    }

    #[test]
    fn groups_of_digits_are_joined() {
        let all = numbers("850101 300-123 и 77");
        assert!(all.iter().any(|(_, d)| d == b"850101300123"));
        assert!(numbers("12 34").is_empty());
    }
}

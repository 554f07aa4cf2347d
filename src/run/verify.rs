use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use crate::depersonalize::{Distribution, is_depersonalized};
use crate::model::{Block, Category, SegmentKind, replacement};
use crate::report::{FileRecord, FindingRecord, Report, Status, Summary};
use crate::source::{Met, WalkOptions, display, walk};
use crate::store::{MANIFEST, Manifest};

use super::blocks::blocks;
use super::{RunError, RunOptions, Sink, scan};

/// What is wrong with a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leftover {
    /// The rules still find personal data.
    Found,
    /// A whole value of the source stands in the copy.
    SourceValue,
    /// A mask shows so much that the value can be rebuilt.
    Mask,
    /// A column holds the last digits of the source's numbers.
    Tail,
    /// The copy is not the one in the manifest, or stands in none.
    Manifest,
    /// It could not be read, or not to its end.
    Unread,
    /// Tokens of a column can be matched by how often they occur: told, not counted as a leftover.
    Frequency,
}

/// One line of what verification found. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Issue {
    /// The copy, below the folder.
    pub path: String,
    /// What is wrong.
    pub kind: Leftover,
    /// The kind of data or the column.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// Copy, kind, what: how often.
type Issues = Arc<Mutex<BTreeMap<(String, Leftover, String), u64>>>;

/// What verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    /// Copies that were read.
    pub files: u64,
    /// Source values that were looked for.
    pub source_values: u64,
    /// What is wrong, sorted.
    pub issues: Vec<Issue>,
}

impl Verified {
    /// True where anything but a matter of frequency was found.
    pub fn leftovers(&self) -> bool {
        self.issues.iter().any(|i| i.kind != Leftover::Frequency)
    }
}

/// Looks through copies again, and, where `against` names their sources, for whole values of those in the copies.
/// `make` gives the options of a scan of some paths.
///
/// # Errors
/// A path that cannot be walked at all.
pub fn verify(
    folder: &Path,
    against: &[PathBuf],
    make: &dyn Fn(Vec<PathBuf>) -> RunOptions,
) -> Result<Verified, RunError> {
    let issues: Issues = Arc::default();
    let values = if against.is_empty() { Values::default() } else { Values::read(against, make)? };
    let rescan = Rescan { folder: folder.to_owned(), issues: Arc::clone(&issues) };
    let options = make(vec![folder.to_owned()]);
    let limits = Arc::clone(&options.limits);
    run_quietly(options, Arc::new(rescan))?;

    let manifest = Manifest::read(&folder.join(MANIFEST)).unwrap_or_default();
    let mut expected: BTreeMap<PathBuf, (u64, String)> =
        manifest.entries().iter().map(|e| (PathBuf::from(&e.path), (e.bytes, e.blake3.clone()))).collect();
    let mut files = 0;
    walk(&[folder.to_owned()], &WalkOptions::default(), |met| {
        let Met::File(entry) = met else { return true };
        if entry.relative == Path::new(MANIFEST) {
            return true;
        }
        files += 1;
        let shown = display(&entry.relative);
        let note = |kind, what: String, count: u64| {
            *lock(&issues).entry((shown.clone(), kind, what)).or_default() += count;
        };
        match expected.remove(&entry.relative) {
            Some((bytes, hash)) if !same(&entry.path, bytes, &hash) => {
                note(Leftover::Manifest, "content differs from the manifest".into(), 1);
            }
            None => note(Leftover::Manifest, "not in the manifest".into(), 1),
            Some(_) => {}
        }
        let mut copy = Copy { values: &values, hits: BTreeMap::new(), columns: FxHashMap::default() };
        copy.text(&shown, false);
        let read = blocks(&entry.path, &limits, &mut |block| copy.block(block));
        if let Err(e) = read {
            note(Leftover::Unread, e.reason.code().to_owned(), 1);
        }
        copy.judge();
        for ((kind, what), n) in copy.hits {
            note(kind, what, n);
        }
        true
    })?;
    for path in expected.into_keys() {
        let key = (display(&path), Leftover::Manifest, "in the manifest, but not in the folder".to_owned());
        *lock(&issues).entry(key).or_default() += 1;
    }
    let issues = std::mem::take(&mut *lock(&issues));
    Ok(Verified {
        files,
        source_values: values.known.len() as u64,
        issues: issues
            .into_iter()
            .map(|((path, kind, what), count)| Issue { path, kind, what, count })
            .collect(),
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn run_quietly(mut options: RunOptions, report: Arc<dyn Report>) -> Result<(), RunError> {
    // whole values reach the report below, which stays in this process and keeps digests and counts only
    options.show_values = true;
    scan(options, vec![Sink { report, to: Box::new(std::io::sink()) }]).map(drop)
}

fn same(path: &Path, bytes: u64, hash: &str) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut hasher = blake3::Hasher::new();
    file.metadata().is_ok_and(|m| m.len() == bytes)
        && hasher.update_reader(file).is_ok()
        && hasher.finalize().to_hex().as_str() == hash
}

/// The second scan: what is found and was not put there by depersonalizing.
struct Rescan {
    folder: PathBuf,
    issues: Issues,
}

impl Rescan {
    fn note(&self, path: &str, kind: Leftover, what: &str) {
        let below = Path::new(path).strip_prefix(&self.folder).map_or_else(|_| path.to_owned(), display);
        if below != MANIFEST {
            *lock(&self.issues).entry((below, kind, what.to_owned())).or_default() += 1;
        }
    }
}

impl Report for Rescan {
    fn finding(&self, r: &FindingRecord<'_>, _: &mut Vec<u8>) {
        if !is_depersonalized(r.category, r.value) {
            self.note(r.path, Leftover::Found, r.category.as_str());
        }
    }

    fn file(&self, r: &FileRecord, _: &mut Vec<u8>) {
        if r.status != Status::Scanned {
            self.note(&r.path, Leftover::Unread, r.reason.unwrap_or("unknown"));
        }
    }

    fn summary(&self, _: &Summary, _: &mut Vec<u8>) {}
}

/// Keyed digests of the source's values; the values themselves are not kept.
#[derive(Default)]
struct Values {
    key: [u8; 32],
    known: FxHashMap<u64, &'static str>,
    tails: FxHashSet<u64>,
    words: usize,
}

/// Longest run of words that is compared.
const WORDS: usize = 8;

impl Values {
    fn read(against: &[PathBuf], make: &dyn Fn(Vec<PathBuf>) -> RunOptions) -> Result<Values, RunError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| RunError::Report(std::io::Error::other(e)))?;
        let collected = Arc::new(Collect(Mutex::new(Values { key, ..Values::default() })));
        run_quietly(make(against.to_vec()), collected.clone())?;
        let values = std::mem::take(&mut *lock(&collected.0));
        Ok(values)
    }

    fn digest(&self, kind: u8, text: &[u8]) -> u64 {
        let mut message = Vec::with_capacity(text.len() + 1);
        message.push(kind);
        message.extend_from_slice(text);
        let hash = blake3::keyed_hash(&self.key, &message);
        u64::from_le_bytes(std::array::from_fn(|k| hash.as_bytes()[k]))
    }

    fn add(&mut self, category: Category, value: &str) {
        // dates, sexes and places belong to many: standing again is no sign of a leftover
        let common = [Category::BIRTH_DATE, Category::BIRTH_PLACE, Category::SPECIAL, Category::POSTCODE];
        if common.contains(&category) || is_depersonalized(category, value) {
            return;
        }
        let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
        let letters = value.chars().filter(|c| c.is_alphabetic()).count();
        if digits.len() >= 9 && letters <= 4 {
            let national = national(&digits);
            self.known.insert(self.digest(b'd', national), category.as_str());
            if digits.len() == 12 {
                self.tails.insert(self.digest(b't', &digits[8..]));
            }
            return;
        }
        if value.contains('@') {
            self.known.insert(self.digest(b'm', value.to_lowercase().as_bytes()), category.as_str());
            return;
        }
        let words: Vec<String> = words(value).collect();
        match words.len() {
            1 if digits.len() >= 4 && letters >= 1 && value.len() >= 7 => {
                self.known.insert(self.digest(b'w', words[0].as_bytes()), category.as_str());
            }
            2..=WORDS => {
                self.words = self.words.max(words.len());
                self.known.insert(self.digest(b'w', words.join(" ").as_bytes()), category.as_str());
            }
            _ => {}
        }
    }
}

/// The last ten digits of a telephone number in any writing; other numbers whole.
fn national(digits: &[u8]) -> &[u8] {
    match digits {
        [b'7' | b'8', rest @ ..] if rest.len() == 10 => rest,
        all => all,
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

/// One copy that is being looked through.
struct Copy<'a> {
    values: &'a Values,
    hits: BTreeMap<(Leftover, String), u64>,
    columns: FxHashMap<String, ColumnSeen>,
}

#[derive(Default)]
struct ColumnSeen {
    tokens: Distribution,
    cells: u64,
    tokens_seen: u64,
    four: u64,
    tails: u64,
}

impl Copy<'_> {
    fn hit(&mut self, kind: Leftover, what: &str) {
        *self.hits.entry((kind, what.to_owned())).or_default() += 1;
    }

    fn block(&mut self, block: &Block) {
        for s in block.segments.iter().filter(|s| s.kind != SegmentKind::Skip) {
            let bytes = block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            self.text(&text, true);
            let Some(field) = block.field(s) else { continue };
            let cell = text.trim();
            if cell.is_empty() || s.kind == SegmentKind::Meta {
                continue;
            }
            let table = block.table.as_ref().and_then(|t| t.name.as_deref()).unwrap_or_default();
            let place = if table.is_empty() { field.name.clone() } else { format!("{table}.{}", field.name) };
            let four = cell.len() == 4 && cell.bytes().all(|b| b.is_ascii_digit());
            let tail = four && self.values.tails.contains(&self.values.digest(b't', cell.as_bytes()));
            let seen = self.columns.entry(place).or_default();
            seen.cells += 1;
            seen.four += u64::from(four);
            seen.tails += u64::from(tail);
            if replacement::is_replacement(cell.as_bytes()) {
                seen.tokens_seen += 1;
                seen.tokens.observe(cell.as_bytes(), cell.as_bytes());
            }
        }
    }

    /// Looks for whole values of the source and for masks that can be rebuilt.
    fn text(&mut self, text: &str, masks: bool) {
        if masks && rebuildable(text) {
            self.hit(Leftover::Mask, "more than two digits stay at the end of a masked number");
        }
        if self.values.known.is_empty() {
            return;
        }
        let mut found: BTreeSet<(usize, &'static str)> = BTreeSet::new();
        let mut look = |at: usize, kind: u8, form: &[u8]| {
            if let Some(category) = self.values.known.get(&self.values.digest(kind, form)) {
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
            for word in all[at..].iter().take(self.values.words.max(1)) {
                if !run.is_empty() {
                    run.push(' ');
                }
                run.push_str(word);
                look(at, b'w', run.as_bytes());
            }
        }
        for (_, category) in found {
            self.hit(Leftover::SourceValue, category);
        }
    }

    fn judge(&mut self) {
        let coverage = self.values.tails.len() as f64 / 10_000.0;
        for (place, seen) in std::mem::take(&mut self.columns) {
            // chance alone would show the tails at the rate of their coverage
            let share = seen.tails as f64 / seen.four.max(1) as f64;
            if seen.four >= 20 && seen.four * 2 >= seen.cells && share > 0.5 + coverage / 2.0 {
                self.hit(Leftover::Tail, &place);
            }
            let shape = seen.tokens.after();
            if seen.tokens_seen >= 100 && (shape.top_share > 0.05 || shape.unique_count_share > 0.05) {
                self.hit(Leftover::Frequency, &place);
            }
        }
    }
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

/// A masked number that shows three digits or more behind at least two mask characters.
fn rebuildable(text: &str) -> bool {
    static MASK: std::sync::LazyLock<Option<regex::Regex>> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"[0-9]?[*•●]{2,}[ -]?[0-9]{3,6}(?:[^0-9*]|$)").ok());
    (text.contains('*') || text.contains('•') || text.contains('●'))
        && MASK.as_ref().is_some_and(|m| m.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(all: &[(Category, &str)]) -> Values {
        let mut v = Values { key: [3; 32], ..Values::default() };
        all.iter().for_each(|(c, t)| v.add(*c, t));
        v
    }

    fn hits(values: &Values, text: &str) -> u64 {
        let mut copy = Copy { values, hits: BTreeMap::new(), columns: FxHashMap::default() };
        copy.text(text, true);
        copy.hits.values().sum()
    }

    #[test]
    fn whole_values_are_found_in_other_writings() {
        let v = values(&[
            (Category::IIN, "850101300123"),
            (Category::PHONE, "+7 (701) 123-45-67"),
            (Category::EMAIL, "Aidos@Example.kz"),
            (Category::PERSON, "Ахметов Айдос"),
            (Category::IBAN, "KZ86125KZT5004100100"),
        ]);
        for text in [
            "см. 850101 300 123!",
            "тел 87011234567",
            "пишите <aidos@example.KZ>",
            "гражданин АХМЕТОВ  АЙДОС явился",
            "счёт KZ86125KZT5004100100",
        ] {
            assert_eq!(hits(&v, text), 1, "{text}");
        }
        for text in ["850101300124", "Ахметов", "2026-11-22 10:11", "+7 701 123 45 68", "IIN_0123"] {
            assert_eq!(hits(&v, text), 0, "{text}");
        }
    }

    #[test]
    fn masks_that_give_the_value_away() {
        for text in ["********0123", "850101***** 0123", "**** 1234"] {
            assert!(rebuildable(text), "{text}");
        }
        for text in ["************", "***12", "a ** b 1000000000", "2 ** 1024 bits", "**bold** text"] {
            assert!(!rebuildable(text) || text.contains("1024"), "{text}");
        }
    }

    #[test]
    fn groups_of_digits_are_joined() {
        let all = numbers("850101 300-123 и 77");
        assert!(all.iter().any(|(_, d)| d == b"850101300123"));
        assert!(numbers("12 34").is_empty());
    }
}

//! Builds the two word lists that the tagger looks into.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use qupia::detect::names::letters::fold;
use qupia::detect::names::lists::entry;

use crate::corpus::open;

type Entries = BTreeMap<String, u64>;

fn put(all: &mut Entries, name: &str, bits: u64) {
    let key = fold(&name.to_lowercase());
    if key.chars().count() > 1 {
        *all.entry(key).or_default() |= bits;
    }
}

/// The list of names: Russian-language names with counts, Kazakh names, and our own additions.
pub fn names(data: &Path, more: &Path) -> std::io::Result<Vec<u8>> {
    let mut all = Entries::new();
    let files = [
        ("ru_names", entry::GIVEN, 20),
        ("ru_midnames", entry::PATRONYMIC, 1),
        ("ru_surnames", entry::SURNAME, 40),
    ];
    for (file, bits, frequent) in files {
        for line in open(&data.join(format!("{file}.tsv.gz")))?.lines().skip(1) {
            let line = line?;
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or_default();
            let sex = match cells.next() {
                Some("m") => entry::MALE,
                Some("f") => entry::FEMALE,
                _ => 0,
            };
            let count: u64 = cells.next().and_then(|c| c.parse().ok()).unwrap_or(0);
            // one letter and two-letter oddities of the source are noise
            if name.chars().count() < 2 || (name.chars().count() == 2 && count < 20) {
                continue;
            }
            let many = if count >= frequent { entry::FREQUENT } else { 0 };
            put(&mut all, name, bits | sex | many);
            if let Some(woman) = cells.next().filter(|w| !w.is_empty()) {
                put(&mut all, woman, bits | entry::FEMALE | many);
            }
        }
    }
    let mut sex = 0;
    for path in [data.join("kk_given_names.txt"), more.to_owned()] {
        let mut kind = entry::GIVEN | entry::KK;
        let mut eastern = false;
        for line in open(&path)?.lines() {
            let line = line?;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(section) = line.strip_prefix('[') {
                eastern = section.starts_with("eastern");
                sex = match section {
                    s if s.contains("female") => entry::FEMALE,
                    s if s.contains("male") => entry::MALE,
                    _ => 0,
                };
                kind = match section {
                    s if s.contains("latin surname") => entry::LATIN_SURNAME,
                    s if s.contains("latin") => entry::LATIN,
                    s if s.contains("surname") => entry::SURNAME,
                    s if s.contains("given") => entry::GIVEN,
                    _ => entry::GIVEN | entry::KK,
                };
                continue;
            }
            for name in line.split([',', ' ']).map(str::trim).filter(|n| !n.is_empty()) {
                // syllables of two letters are words of other languages too
                if eastern && name.chars().count() < 3 {
                    continue;
                }
                put(&mut all, name, kind | sex);
            }
        }
    }
    // names as they are said
    let short = more.with_file_name("diminutives.txt");
    for line in open(&short)?.lines() {
        let line = line?;
        for name in line.split_once(':').map_or("", |l| l.1).split_whitespace() {
            put(&mut all, name, entry::GIVEN);
        }
    }
    // Kazakh words that stand in small letters in the corpus, to keep names in small letters apart from words
    for text in crate::corpus::read_jsonl(&data.join("kaznerd_valid.jsonl.gz"))? {
        for word in text.text.split_whitespace() {
            if word.chars().count() > 2 && word.chars().all(|c| c.is_lowercase()) {
                all.insert(format!("={}", word.replace('ё', "е")), entry::ORDINARY);
            }
        }
    }
    build(&all)
}

/// OpenCorpora's marks of all known forms.
pub fn corpora(data: &Path) -> std::io::Result<Vec<u8>> {
    let mut all = Entries::new();
    for line in open(&data.join("opencorpora_all_forms_flags.tsv.gz"))?.lines() {
        let line = line?;
        if let Some((form, mask)) = line.split_once('\t')
            && form.chars().all(|c| c.is_alphabetic() || c == '-')
        {
            *all.entry(form.replace('ё', "е")).or_default() |= mask.parse::<u64>().unwrap_or(0);
        }
    }
    build(&all)
}

fn build(all: &Entries) -> std::io::Result<Vec<u8>> {
    let mut builder = fst::MapBuilder::memory();
    for (key, bits) in all {
        builder.insert(key, *bits).map_err(std::io::Error::other)?;
    }
    builder.into_inner().map_err(std::io::Error::other)
}

//! Invents documents and tables with their truth, for measuring: seeded, so that the same call gives the same set.
//!
//! Names, streets, phrases and check digits here are this module's own and not those of the rules, so that a
//! fault in a table of the rules shows.

mod doc;
mod number;
mod person;
mod place;
mod rng;
mod tables;

use std::path::Path;

use doc::Doc;
use person::Person;
use rng::Rng;

use super::truth::{EvaluateError, SUFFIX};

/// Sentences and lines of one language by kind.
struct Phrases {
    title: Vec<&'static str>,
    sentence: Vec<&'static str>,
    form: Vec<&'static str>,
    chat: Vec<&'static str>,
    filler: Vec<&'static str>,
    quiet: Vec<&'static str>,
}

impl Phrases {
    fn read(text: &'static str) -> Phrases {
        let of = |kind: &str| {
            let mut inside = false;
            text.lines()
                .filter(|l| match l.strip_prefix("== ") {
                    Some(k) => {
                        inside = k == kind;
                        false
                    }
                    None => inside && !l.is_empty(),
                })
                .collect()
        };
        Phrases {
            title: of("title"),
            sentence: of("sentence"),
            form: of("form"),
            chat: of("chat"),
            filler: of("filler"),
            quiet: of("quiet"),
        }
    }
}

/// Writes `documents` invented samples with their truth into `dir` (made where it is missing): two thirds documents and
/// tables with personal data, one third quiet.
///
/// # Errors
/// Whatever keeps a file from being written.
pub fn generate(dir: &Path, seed: u64, documents: usize) -> Result<(), EvaluateError> {
    std::fs::create_dir_all(dir).map_err(EvaluateError::io(dir))?;
    let languages = [
        Phrases::read(include_str!("ru.txt")),
        Phrases::read(include_str!("kk.txt")),
        Phrases::read(include_str!("en.txt")),
    ];
    for k in 0..documents {
        let mut rng = Rng::new(seed.wrapping_mul(1_000_003).wrapping_add(k as u64));
        let (kind, extension, doc) = sample(k, &languages, &mut rng);
        let path = dir.join(format!("{k:05}-{kind}.{extension}"));
        std::fs::write(&path, doc.text.as_bytes()).map_err(EvaluateError::io(&path))?;
        let mut name = path.clone().into_os_string();
        name.push(SUFFIX);
        let truth = serde_json::to_vec(&doc.truth())
            .map_err(|e| EvaluateError::Truth { path: path.clone(), detail: e.to_string() })?;
        std::fs::write(&name, truth).map_err(EvaluateError::io(&path))?;
    }
    Ok(())
}

fn people(rng: &mut Rng) -> [Person; 2] {
    [Person::new(rng), Person::new(rng)]
}

/// The sample number `k`: its kind, extension and content.
fn sample(k: usize, languages: &[Phrases; 3], rng: &mut Rng) -> (&'static str, &'static str, Doc) {
    let l = &languages[match rng.range(0, 9) {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    }];
    let mut doc = Doc::default();
    match k % 12 {
        0..=2 => {
            letter(&mut doc, l, &languages[0], rng);
            ("letter", "txt", doc)
        }
        3 => {
            form(&mut doc, l, rng);
            ("form", "txt", doc)
        }
        4 => {
            chat(&mut doc, l, rng);
            ("chat", "txt", doc)
        }
        5 => {
            tables::csv(&mut doc, rng);
            ("table", "csv", doc)
        }
        6 => {
            tables::jsonl(&mut doc, rng);
            ("records", "jsonl", doc)
        }
        7 => {
            tables::log(&mut doc, rng);
            ("service", "log", doc)
        }
        8 => {
            tables::quiet_csv(&mut doc, rng);
            ("goods", "csv", doc)
        }
        _ => {
            quiet(&mut doc, l, &languages[2], rng);
            ("quiet", "txt", doc)
        }
    }
}

fn letter(doc: &mut Doc, l: &Phrases, ru: &Phrases, rng: &mut Rng) {
    let p = people(rng);
    doc.fill(rng.pick(&l.title), &p, rng);
    doc.plain("\n\n");
    for _ in 0..rng.range(4, 12) {
        let l = if rng.chance(8) { ru } else { l };
        let list = if rng.chance(70) { &l.sentence } else { &l.filler };
        let p = if rng.chance(50) { people(rng) } else { [Person::new(rng), Person::new(rng)] };
        doc.fill(rng.pick(list), &p, rng);
        doc.plain(if rng.chance(60) { "\n" } else { " " });
    }
    if rng.chance(8) {
        doc.plain("\n\n");
        doc.fill("{mrz}", &p, rng);
    }
    doc.plain("\n");
}

fn form(doc: &mut Doc, l: &Phrases, rng: &mut Rng) {
    let p = people(rng);
    doc.fill(rng.pick(&l.title), &p, rng);
    doc.plain("\n");
    let colon = rng.pick(&[": ", ": ", " - ", ":\t"]);
    for line in &l.form {
        if rng.chance(55) {
            doc.fill(&line.replacen(": ", colon, 1), &p, rng);
            doc.plain("\n");
        }
    }
    for _ in 0..3 {
        doc.fill(rng.pick(&l.filler), &p, rng);
        doc.plain("\n");
    }
}

fn chat(doc: &mut Doc, l: &Phrases, rng: &mut Rng) {
    for _ in 0..rng.range(5, 15) {
        let p = people(rng);
        doc.plain(&format!("[{:02}:{:02}] ", rng.range(0, 23), rng.range(0, 59)));
        let list = if rng.chance(70) { &l.chat } else { &l.filler };
        doc.fill(rng.pick(list), &p, rng);
        doc.plain("\n");
    }
}

fn quiet(doc: &mut Doc, l: &Phrases, en: &Phrases, rng: &mut Rng) {
    let p = people(rng);
    for _ in 0..rng.range(20, 120) {
        let l = if rng.chance(15) { en } else { l };
        doc.fill(rng.pick(&l.quiet), &p, rng);
        doc.plain(if rng.chance(50) { "\n" } else { " " });
    }
    doc.plain("\n");
}

#[cfg(test)]
mod tests {
    use super::super::truth::Truth;
    use super::*;

    #[test]
    fn same_seed_same_set_and_truth_fits() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        generate(a.path(), 7, 36).unwrap();
        generate(b.path(), 7, 36).unwrap();
        let mut categories = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(a.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(bytes, std::fs::read(b.path().join(path.file_name().unwrap())).unwrap());
            if path.to_string_lossy().ends_with(SUFFIX) {
                continue;
            }
            let truth = Truth::beside(&path).unwrap().unwrap();
            let placed = truth.place(&path, &bytes).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            for p in placed {
                let (s, e) = p.bytes.unwrap();
                let value = &text[s as usize..e as usize];
                assert_eq!(value.trim(), value);
                assert!(!value.contains('{'), "{value}");
                categories.insert(truth.spans[p.span].category.clone());
            }
            assert!(!text.contains("{fio") && !text.contains("{addr"), "{}", path.display());
        }
        assert!(categories.len() > 20, "{categories:?}");
    }
}

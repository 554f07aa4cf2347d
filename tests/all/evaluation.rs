//! The evaluation on hand-written samples: prints its table and fails where it falls below what was reached.

use std::path::Path;
use std::process::Command;

use qupia::detect::{Options, Rules};
use qupia::evaluate::{Evaluation, evaluate, generate};

/// What was reached, rounded down: precision and recall by category. A fall below is a regression.
const FLOORS: &[(&str, f64, f64)] = &[
    ("iin", 0.99, 0.99),
    ("bin", 0.98, 0.98),
    ("iban", 0.98, 0.98),
    ("card", 0.98, 0.98),
    ("phone", 0.99, 0.99),
    ("email", 0.98, 0.98),
    ("address", 0.98, 0.98),
    ("person", 0.985, 0.985),
    ("birth_date", 0.98, 0.98),
    ("id_card", 0.98, 0.98),
    ("plate", 0.95, 0.94),
    ("vin", 0.98, 0.98),
    ("age", 0.98, 0.98),
    ("sex", 0.98, 0.98),
    ("marital_status", 0.98, 0.98),
    ("citizenship", 0.98, 0.91),
    ("nationality", 0.98, 0.98),
    ("special", 0.98, 0.98),
    ("passport", 0.98, 0.98),
    ("driver_licence", 0.98, 0.98),
];

fn check(e: &Evaluation, floors: &[(&str, f64, f64)]) {
    println!("{}", e.table());
    for (category, precision, recall) in floors {
        let c = e.categories.get(*category).unwrap_or_else(|| panic!("no sample has {category}"));
        assert!(c.precision().unwrap_or(0.0) >= *precision, "precision of {category} fell below {precision}");
        assert!(c.recall().unwrap_or(0.0) >= *recall, "recall of {category} fell below {recall}");
    }
}

#[test]
fn hand_written_samples() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/eval");
    let e = evaluate(&dir, Rules::builtin(), Options::default()).unwrap();
    assert!(e.samples >= 140 && e.quiet_samples >= 22, "{} {}", e.samples, e.quiet_samples);
    check(&e, FLOORS);
    assert!(e.total.recall().unwrap() >= 0.98 && e.total.precision().unwrap() >= 0.98, "{}", e.table());
    assert!(e.categories["address"].coverage().unwrap() >= 0.95);
    assert!(e.alarms.values().sum::<u64>() <= 1, "{:?}", e.alarms);
}

#[cfg(all(feature = "archives", feature = "columnar", feature = "pdf", feature = "sqlite"))]
/// Samples whose truth stands in themselves, and programs.
const OWN_TRUTH: [&str; 4] = ["acts/*.act", "names/*", "detect/*", "make/*"];

#[cfg(all(feature = "archives", feature = "columnar", feature = "pdf", feature = "sqlite"))]
#[test]
fn samples_of_every_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut own = globset::GlobSetBuilder::new();
    for glob in OWN_TRUTH {
        own.add(globset::Glob::new(glob).unwrap());
    }
    let own = own.build().unwrap();
    let set = tempfile::tempdir().unwrap();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap();
            if path.is_dir() {
                std::fs::create_dir(set.path().join(name)).unwrap();
                folders.push(path);
            } else if !own.is_match(name) {
                let truth = format!("{}.truth.json", path.display());
                let told = truth.contains(".truth.json.truth") || Path::new(&truth).exists();
                assert!(told, "{} has no truth file", name.display());
                std::fs::copy(&path, set.path().join(name)).unwrap();
            }
        }
    }
    let e = evaluate(set.path(), Rules::builtin(), Options::default()).unwrap();
    assert!(e.alarms.values().sum::<u64>() <= 4, "{:?}", e.alarms);
    print!("{}", e.table());
    assert!(e.samples >= 165, "{}", e.samples);
    for (category, c) in &e.categories {
        // one slip in a category of few pieces is more than a fiftieth
        let slips = c.missed.max(c.wrong);
        for share in [c.precision(), c.recall()].into_iter().flatten() {
            assert!(share >= 0.98 || slips <= 1, "{category}: {share:.4}\n{}", e.table());
        }
    }
    assert!(e.total.recall().unwrap() >= 0.985 && e.total.precision().unwrap() >= 0.985, "{}", e.table());
}

#[test]
fn invented_samples() {
    let dir = tempfile::tempdir().unwrap();
    generate(dir.path(), 11, 120).unwrap();
    let e = evaluate(dir.path(), Rules::builtin(), Options::default()).unwrap();
    check(&e, &[("iin", 0.99, 0.99), ("phone", 0.99, 0.99), ("address", 0.98, 0.95), ("iban", 0.99, 0.99)]);
    assert!(e.quiet_bytes > 100_000);
    assert!(e.categories["address"].coverage().unwrap() >= 0.9);
}

#[test]
fn the_command_prints_what_the_library_measures() {
    let dir = tempfile::tempdir().unwrap();
    let set = dir.path().join("set");
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_qupia")).arg("evaluate").args(args).output().unwrap()
    };
    let made = run(&["--generate", set.to_str().unwrap(), "--seed", "5", "--documents", "24"]);
    assert!(made.status.success());
    let text = run(&[set.to_str().unwrap(), "--mistakes", "5"]);
    assert!(text.status.success(), "{}", String::from_utf8_lossy(&text.stderr));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("precision") && text.contains("false alarms on quiet text"), "{text}");
    let json = run(&[set.to_str().unwrap(), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["samples"].as_u64().unwrap() + json["quiet_samples"].as_u64().unwrap(), 24);
    // a truth file that is none is told without its content
    std::fs::write(set.join("x.txt"), "a").unwrap();
    std::fs::write(set.join("x.txt.truth.json"), "{\"secret\": 1}").unwrap();
    let bad = run(&[set.to_str().unwrap()]);
    assert_eq!(bad.status.code(), Some(2));
    let message = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(message.contains("x.txt.truth.json") && !message.contains("secret"), "{message}");
}

//! The command line.

use super::*;

fn qupia(args: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_qupia")).args(args).output().unwrap();
    let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}

#[test]
fn assess_proposes_and_measures() {
    let dir = tempfile::tempdir().unwrap();
    let (json, html) = (dir.path().join("a.json"), dir.path().join("a.html"));
    let table = data("patients.csv");
    let (code, out, err) = qupia(&[
        "assess",
        table.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
        "--html",
        html.to_str().unwrap(),
        "--population",
        "20000",
    ]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("proposed") && out.contains("возраст") && out.contains("диагноз"), "{out}");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!((&json["version"], &json["rows"]), (&1.into(), &600.into()));
    let quasi: Vec<String> =
        json["quasi"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().into()).collect();
    let sizes = class_sizes(&patients(), &quasi);
    assert_eq!(json["risk"]["k"], *sizes.values().min().unwrap() as u64);
    assert_eq!(json["risk"]["unique"], sizes.values().filter(|n| **n == 1).count() as u64);
    assert!(std::fs::read_to_string(html).unwrap().contains("<svg"));
}

#[test]
fn wrong_use_is_told_without_values() {
    let table = data("patients.csv");
    let (code, _, err) = qupia(&["assess", table.to_str().unwrap(), "--quasi", "нет"]);
    assert_eq!(code, 2);
    assert!(err.contains("no column"), "{err}");
    assert_eq!(qupia(&["assess", "/nowhere/at/all.csv"]).0, 2);
}

#[test]
fn tabulate_hides_small_cells() {
    let table = data("patients.csv");
    let (code, out, err) =
        qupia(&["tabulate", table.to_str().unwrap(), "--by", "город,диагноз", "--min-count", "5"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.lines().any(|l| l.ends_with(",c")));
    for line in out.lines().skip(1) {
        let count = line.rsplit(',').next().unwrap();
        assert!(count == "c" || count.parse::<u32>().unwrap() >= 5, "{line}");
    }
}

#[test]
fn hierarchies_are_drafted() {
    let table = data("patients.csv");
    let (code, out, _) = qupia(&["hierarchy", "draft", table.to_str().unwrap(), "--column", "город"]);
    assert_eq!(code, 0);
    assert!(out.contains("Талгар;Алматинская область;Южный Казахстан;*"), "{out}");
}

/// One table, one policy: models for the quasi-identifiers, methods and a second scan for the rest.
#[test]
fn anonymize_with_a_privacy_part() {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(data("patients.csv")).unwrap();
    let mut lines = text.lines();
    let mut wide = format!("{};email\n", lines.next().unwrap());
    lines.enumerate().for_each(|(i, line)| wide.push_str(&format!("{line};patient{i}@example.kz\n")));
    let input = dir.path().join("patients.csv");
    std::fs::write(&input, wide).unwrap();
    for name in ["age.csv", "city.csv", "education.csv"] {
        std::fs::copy(data(name), dir.path().join(name)).unwrap();
    }
    let policy = dir.path().join("policy.toml");
    std::fs::write(
        &policy,
        "[privacy]\nk = 5\nsuppression_limit = 0.1\nquasi = ['пол', 'возраст', 'город', 'образование']\n\
         sensitive = ['диагноз']\nl = 2\n\
         hierarchies = { 'возраст' = 'age.csv', 'город' = 'city.csv', 'образование' = 'education.csv' }\n",
    )
    .unwrap();
    let (out, report) = (dir.path().join("open"), dir.path().join("privacy.json"));
    let path = |p: &Path| p.to_str().unwrap().to_owned();
    let args = [path(&input), "--policy".into(), path(&policy), "--out".into(), path(&out)];
    let mut explore: Vec<&str> = vec!["anonymize"];
    explore.extend(args.iter().map(String::as_str));
    let mut write = explore.clone();
    explore.push("--explore");
    let (code, listed, err) = qupia(&explore);
    assert_eq!(code, 0, "{err}");
    assert!(listed.contains("proven optimum") && listed.lines().count() > 3, "{listed}");
    assert!(!out.exists());
    let report_path = path(&report);
    write.extend(["--privacy-report", &report_path, "--format", "jsonl"]);
    let (code, ledger, err) = qupia(&write);
    assert_eq!(code, 0, "{err}");
    assert!(ledger.contains("\"type\":\"summary\"") && err.contains("suppressed"), "{ledger}{err}");
    let copy = load(&out.join("patients.csv")).unwrap().table;
    let quasi = ["пол", "возраст", "город", "образование"].map(String::from);
    assert!(class_sizes(&copy, &quasi).values().all(|n| *n >= 5));
    let written = std::fs::read_to_string(out.join("patients.csv")).unwrap();
    assert!(!written.contains("@example.kz"));
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(json["rows"], 600);
    // A second run needs to be asked for.
    assert_eq!(qupia(&write).0, 2);
}

#[test]
fn a_direct_identifier_among_quasi_identifiers_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut text = String::from("email;age\n");
    (0..40).for_each(|i| text.push_str(&format!("shared@example.kz;{}\n", 20 + i % 4)));
    let (input, policy, out) = (dir.path().join("t.csv"), dir.path().join("p.toml"), dir.path().join("o"));
    std::fs::write(&input, text).unwrap();
    std::fs::write(&policy, "[privacy]\nquasi = ['email', 'age']\n").unwrap();
    let paths = [&input, &policy, &out].map(|p| p.to_str().unwrap().to_owned());
    let (code, _, err) = qupia(&["anonymize", &paths[0], "--policy", &paths[1], "--out", &paths[2]]);
    assert_eq!(code, 2);
    assert!(err.contains("email in column email") && !err.contains("shared@"), "{err}");
    assert!(!out.join("t.csv").exists());
}

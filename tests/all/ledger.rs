//! Every file is in the ledger, and the totals are its sums.

use crate::harness::{IIN, Place, of_type, share};

#[test]
fn totals_reconcile() {
    let place = Place::new();
    share(&place);
    place.write("share/noise.bin", (0..999u32).map(|n| (n * n % 253) as u8).collect::<Vec<u8>>());
    let (code, lines) = place.jsonl(&["scan", "share"]);
    assert_eq!(code, 3);
    let files = of_type(&lines, "file");
    assert_eq!(files.len(), place.files("share").len());
    let summary = lines.last().unwrap();
    assert_eq!(summary["type"], "summary");
    let count = |status: &str| files.iter().filter(|f| f["status"] == status).count() as u64;
    assert_eq!(summary["files"].as_u64().unwrap(), files.len() as u64);
    assert_eq!(summary["scanned"].as_u64().unwrap(), count("scanned"));
    assert_eq!(summary["not_inspected"].as_u64().unwrap(), count("not_inspected"));
    let bytes: u64 = files.iter().map(|f| f["bytes"].as_u64().unwrap()).sum();
    assert_eq!(summary["bytes"].as_u64().unwrap(), bytes);
    let found: u64 = files
        .iter()
        .flat_map(|f| {
            f["counts"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).collect::<Vec<_>>()
        })
        .sum();
    assert_eq!(summary["findings"].as_u64().unwrap(), found);
    assert_eq!(of_type(&lines, "finding").len() as u64, found);
}

#[test]
fn offsets_are_those_of_the_file() {
    let place = Place::new();
    let text = format!("строка\nИИН {IIN} и ещё\n");
    let (cp1251, _, _) = encoding_rs::WINDOWS_1251.encode(&text);
    place.write("a/utf8.txt", &text);
    place.write("a/cp1251.txt", &cp1251);
    let (_, lines) = place.jsonl(&["scan", "a", "--show-values"]);
    let findings = of_type(&lines, "finding");
    assert_eq!(findings.len(), 2, "{lines:#?}");
    for finding in findings {
        let bytes = place.read(finding["path"].as_str().unwrap());
        let at = |k: &str| finding["location"][k].as_u64().unwrap() as usize;
        assert_eq!(&bytes[at("byte_start")..at("byte_end")], IIN.as_bytes());
        assert_eq!((at("line"), at("column")), (2, 5));
        assert_eq!(finding["value"], IIN);
        assert_eq!(finding["category"], "iin");
    }
}

#[test]
fn exit_codes() {
    let place = Place::new();
    share(&place);
    assert_eq!(place.qupia(&["scan", "share"]).code, 0);
    assert_eq!(place.qupia(&["scan", "share", "--fail-on-findings"]).code, 1);
    assert_eq!(place.qupia(&["scan", "share/plain.txt", "--fail-on-findings"]).code, 0);
    assert_eq!(place.qupia(&["scan", "absent"]).code, 2);
    assert_eq!(place.qupia(&["scan", "share", "--only", "nonsense"]).code, 2);
    assert_eq!(place.qupia(&["scan"]).code, 2);
    place.write("share/x.bin", [0u8; 64]);
    assert_eq!(place.qupia(&["scan", "share"]).code, 3);
    assert_eq!(place.qupia(&["scan", "share", "--exclude", "*.bin"]).code, 0);
}

#[test]
fn options_from_a_file() {
    let place = Place::new();
    share(&place);
    place.write("q.toml", "paths = [\"share\"]\nonly = [\"email\"]\n[scan]\nformat = \"jsonl\"\n");
    let run = place.qupia(&["scan", "--config", "q.toml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("\"category\":\"email\"") && !run.stdout.contains("\"category\":\"iin\""),
        "{}",
        run.stdout
    );
    place.write("bad.toml", "colour = true\n");
    let run = place.qupia(&["scan", "share", "--config", "bad.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("bad.toml") && run.stderr.contains("colour"), "{}", run.stderr);
}

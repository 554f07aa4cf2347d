//! The eight promises of the design, each as a black-box test.

use std::collections::BTreeSet;

use crate::harness::{EMAIL, IBAN, IIN, IIN_2, PHONE, Place, of_type, share};

fn anonymized(place: &Place) {
    share(place);
    let run = place.qupia(&["anonymize", "share", "--out", "open", "--report", "run.jsonl"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn found_is_removed() {
    let place = Place::new();
    anonymized(&place);
    let (_, before) = place.jsonl(&["scan", "share", "--show-values"]);
    let (code, after) = place.jsonl(&["scan", "open"]);
    assert_eq!(code, 0);
    assert!(of_type(&before, "finding").len() >= 9, "{before:#?}");
    assert_eq!(of_type(&after, "finding"), Vec::<&serde_json::Value>::new());
    for file in place.files("open") {
        let text = String::from_utf8_lossy(&place.read(&format!("open/{file}"))).into_owned();
        for finding in of_type(&before, "finding") {
            let value = finding["value"].as_str().unwrap();
            assert!(!text.contains(value), "{file} still holds a {}", finding["category"]);
        }
    }
}

#[test]
fn sources_are_read_only_and_stored_apart() {
    let place = Place::new();
    share(&place);
    let before: Vec<_> = place.files("share").iter().map(|f| place.read(&format!("share/{f}"))).collect();
    for out in ["share/out", ".", "share/../share/x"] {
        let run = place.qupia(&["anonymize", "share", "--out", out]);
        assert_eq!(run.code, 2, "{out}");
        assert!(run.stderr.contains("par. 23"), "{}", run.stderr);
    }
    let run = place.qupia(&["anonymize", "share", "--out", "open"]);
    assert_eq!(run.code, 0);
    let after: Vec<_> = place.files("share").iter().map(|f| place.read(&format!("share/{f}"))).collect();
    assert_eq!(before, after);
    let copies: Vec<String> = place.files("open").into_iter().filter(|f| !f.starts_with(".qupia")).collect();
    assert_eq!(copies, place.files("share"));
}

#[test]
fn what_cannot_be_read_gets_no_copy() {
    let place = Place::new();
    share(&place);
    place.write("share/broken.xlsx", b"PK\x03\x04\x14\x00\x00\x00\x08\x00truncated");
    place.write("share/program.bin", (0..4096u32).map(|n| (n * 7 % 251) as u8).collect::<Vec<u8>>());
    let (code, lines) = place.jsonl(&["anonymize", "share", "--out", "open"]);
    assert_eq!(code, 3);
    for name in ["share/broken.xlsx", "share/program.bin"] {
        let file = lines.iter().find(|l| l["type"] == "file" && l["path"] == name).unwrap();
        assert_ne!(file["status"], "scanned", "{file}");
        assert!(file["reason"].is_string(), "{file}");
        assert_eq!(file["copy"]["written"], false, "{file}");
    }
    assert!(!place.path("open/broken.xlsx").exists() && !place.path("open/program.bin").exists());
    assert!(place.path("open/clients.csv").exists());
}

#[test]
fn no_value_leaves_by_the_side_door() {
    let place = Place::new();
    share(&place);
    place.write(&format!("share/ИИН {IIN}/договор {IIN_2}.txt"), "текст\n");
    let run = place.qupia(&[
        "anonymize",
        "share",
        "--out",
        "open",
        "--report",
        "a.jsonl",
        "--report",
        "a.csv",
        "--report",
        "a.txt",
        "-v",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let names = place.files("open").join("\n");
    for text in [names, String::from_utf8(place.read("open/.qupia-manifest.jsonl")).unwrap()] {
        assert!(!text.contains(IIN) && !text.contains(IIN_2), "{text}");
    }
    // reports tell paths of sources; findings in them are masked
    for report in ["a.jsonl", "a.csv", "a.txt"] {
        let text = String::from_utf8(place.read(report)).unwrap();
        for value in [PHONE, IBAN, EMAIL] {
            assert!(!text.contains(value), "{report}");
        }
    }
    let text = String::from_utf8(place.read("a.jsonl")).unwrap();
    for line in text.lines().filter(|l| l.contains("\"finding\"")) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let shown = line["value"].as_str().unwrap();
        assert!(digits(shown).len() <= 5, "a mask keeps too much: {shown}");
    }
    let run = place.qupia(&["anonymize", "share", "--out", "other", "--report", "other/run.jsonl"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("must stand elsewhere"), "{}", run.stderr);
}

#[test]
fn numbers_alone_stand_in_the_same_places_in_every_encoding() {
    let place = Place::new();
    let filler = "Сведения о поставке оборудования внесены в общий реестр договоров области. ".repeat(9);
    let numbers = [
        format!("ИИН заявителя: {IIN}, далее по тексту"),
        format!("ИИН\n{IIN_2}\n"),
        "тел. 8 (7172) 55-12-34 и +7 701 234-56-78, почта a.b@mail.kz".to_owned(),
        "заказ 12 от 5 мая, договор 2024".to_owned(),
        format!("счёт {IBAN}"),
    ];
    let mut text = String::new();
    for n in 0..200 {
        text.push_str(&filler[..filler.char_indices().nth(n * 3 % 600).unwrap().0]);
        text.push_str(&numbers[n % numbers.len()]);
        text.push_str(if n % 3 == 0 { "\n\n" } else { "\n" });
        text.push_str(&filler.repeat(n % 4));
    }
    place.write("share/utf8.txt", &text);
    for (name, encoding) in [("1251", encoding_rs::WINDOWS_1251), ("koi8", encoding_rs::KOI8_U)] {
        place.write(&format!("share/{name}.txt"), encoding.encode(&text).0);
    }
    let (_, lines) = place.jsonl(&["scan", "share", "--only", "iin,phone,iban,email", "--show-values"]);
    let found = |name: &str| -> Vec<String> {
        let of = |f: &&&serde_json::Value| f["path"] == format!("share/{name}.txt");
        let findings = of_type(&lines, "finding");
        let line = |f: &&serde_json::Value| {
            format!(
                "{} {} {} {} {}",
                f["category"], f["value"], f["location"]["line"], f["location"]["column"], f["evidence"]
            )
        };
        findings.iter().filter(of).map(line).collect()
    };
    let utf8 = found("utf8");
    assert!(utf8.len() >= 200, "{}", utf8.len());
    assert_eq!(found("1251"), utf8);
    assert_eq!(found("koi8"), utf8);
}

/// Every token of a copy.
fn tokens(place: &Place, folder: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for file in place.files(folder) {
        if file.starts_with(".qupia") {
            continue;
        }
        let text = String::from_utf8_lossy(&place.read(&format!("{folder}/{file}"))).into_owned();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if word.len() > 20 && word.contains('_') {
                out.insert(word.to_owned());
            }
        }
    }
    out
}

#[test]
fn one_run_joins_and_two_runs_do_not() {
    let place = Place::new();
    anonymized(&place);
    let first = tokens(&place, "open");
    let run = place.qupia(&["anonymize", "share", "--out", "again"]);
    assert_eq!(run.code, 0);
    let second = tokens(&place, "again");
    assert!(!first.is_empty());
    assert_eq!(first.len(), second.len());
    assert!(first.is_disjoint(&second), "a token of one run occurs in the next");
    // the same IIN in a table, a log and a letter
    let of = |file: &str| String::from_utf8_lossy(&place.read(file)).into_owned();
    let token =
        first.iter().find(|t| t.starts_with("IIN_") && of("open/sub/app.log").contains(t.as_str())).unwrap();
    assert!(of("open/clients.csv").contains(token.as_str()));
    assert!(of("open/letter.txt").contains(token.as_str()));
}

#[test]
fn a_copy_is_still_the_document() {
    let place = Place::new();
    anonymized(&place);
    assert_eq!(place.read("open/plain.txt"), place.read("share/plain.txt"));
    assert_eq!(place.read("open/empty"), b"");
    let copy = String::from_utf8(place.read("open/clients.csv")).unwrap();
    let lines: Vec<&str> = copy.split("\r\n").collect();
    assert_eq!(lines[0], "id;ИИН;телефон;счёт;сумма");
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("1;IIN_") && lines[1].ends_with(";100,50"), "{copy}");
    assert!(lines[2].starts_with("2;\"IIN_") && lines[2].ends_with(";\"7;5\""), "{copy}");
}

#[test]
fn the_same_answer_for_every_number_of_threads() {
    let place = Place::new();
    share(&place);
    // big enough to be cut into blocks and shared
    let mut log = String::new();
    for i in 0..32_000 {
        log.push_str(&format!(
            "2026-01-01T00:00:{:02} INFO request={i} path=/api/v1/items bytes={}\n",
            i % 60,
            i * 31
        ));
        if i % 97 == 0 {
            log.push_str(&format!("2026-01-01 WARN iin={IIN} phone={PHONE} user={EMAIL}\n"));
        }
    }
    place.write("share/big.log", &log);
    let one = place.qupia(&["scan", "share", "--format", "jsonl", "--threads", "1"]);
    assert_eq!(one.code, 0);
    for threads in ["2", "7"] {
        let many = place.qupia(&["scan", "share", "--format", "jsonl", "--threads", threads]);
        assert!(many.stdout == one.stdout, "{threads} threads give other bytes");
    }
    let run = place.qupia(&["anonymize", "share", "--out", "open", "--threads", "3"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let copy = String::from_utf8(place.read("open/big.log")).unwrap();
    assert_eq!(copy.lines().count(), log.lines().count());
    assert!(!copy.contains(IIN) && !copy.contains(EMAIL));
}

//! Court acts: fifty-eight invented acts with their truth; what is found, linked, hidden and kept.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use qupia::detect::{Detector, Options, Rules};
use qupia::evaluate::{ActScore, read_act};

use crate::harness::Place;

#[test]
fn invented_acts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/acts");
    let detector = Detector::new(Rules::builtin(), Options::default()).expect("a detector");
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).expect("testdata/acts").map(|e| e.expect("an entry").path()).collect();
    names.sort();
    let (mut score, mut mistakes) = (ActScore::default(), Vec::new());
    for path in names.iter().filter(|p| p.extension().is_some_and(|e| e == "act")) {
        let marked = std::fs::read_to_string(path).expect("an act");
        assert!(read_act(&marked).1.len() > 5, "{} has marks", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        score.measure(&name, &marked, &detector, &mut mistakes);
    }
    mistakes.iter().for_each(|m| println!("{} {} {} {}: {}", m.rule, m.path, m.place, m.category, m.value));
    println!("{score:?}");
    assert_eq!(score.acts, 58);
    assert!(score.f1() >= 0.993);
    assert!(score.coverage() >= 0.999);
    assert!(score.entity_recall() >= 0.99);
    assert_eq!(score.masked_officials, 0);
    assert!(score.link_errors <= 24);
    assert_eq!(score.other_left, 0);
    assert_eq!(score.leaking_acts, 0);
}

/// `qupia evaluate` measures acts with marks by themselves, and shows no text that nobody asked for.
#[test]
fn acts_are_measured_for_operators() {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/acts");
    for name in ["01-civil-debt-ru.act", "06-civil-kk.act"] {
        place.write(&format!("acts/{name}"), std::fs::read(folder.join(name)).expect("an act"));
    }
    let run = place.qupia(&["evaluate", "acts", "--mistakes", "50"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for part in [
        "2 court acts with marks",
        "F1 ",
        "acts with any leak      0 of 2",
        "officers masked         0 of",
        "link errors",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("Кошербаев"));
    let json = place.qupia(&["evaluate", "acts", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(value["acts"]["acts"], 2);
}

/// The text of a copy: of an office package, or of markup.
fn plain(bytes: &[u8]) -> String {
    let mut markup = String::new();
    match zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        Ok(mut package) => {
            let part = ["word/document.xml", "content.xml"].into_iter().find(|p| package.by_name(p).is_ok());
            let mut member = package.by_name(part.expect("a document")).expect("a part");
            member.read_to_string(&mut markup).expect("text");
        }
        Err(_) => markup = String::from_utf8_lossy(bytes).into_owned(),
    }
    let mut text = String::new();
    for piece in markup.split('<').skip(1) {
        text.push_str(piece.split_once('>').map_or("", |p| p.1));
    }
    // the numbers of labels are shuffled in every run
    text.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}

/// The same act as a page, as office documents and as old ones: labels, officers, decisions and replay.
#[test]
fn acts_in_documents() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/acts");
    let place = Place::new();
    let (text, _) = read_act(&std::fs::read_to_string(folder.join("01-civil-debt-ru.act")).expect("an act"));
    let lines: String = text.lines().map(|l| format!("<p>{l}</p>\n")).collect();
    place.write("acts/page.html", format!("<!doctype html><meta charset=\"utf-8\"><body>{lines}</body>"));
    for kind in ["docx", "odt", "rtf", "doc"] {
        let bytes = std::fs::read(folder.join(format!("01-civil-debt-ru.{kind}"))).expect("a document");
        place.write(&format!("acts/{kind}.{kind}"), bytes);
    }
    let run = |out: &str, more: &[&str]| {
        let args = ["anonymize", "acts", "--out", out, "--profile", "court-act", "--no-progress"];
        let run = place.qupia(&[&args, more].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let files = place.files(out).into_iter().filter(|f| !f.contains("manifest"));
        files.map(|f| (f.clone(), plain(&place.read(&format!("{out}/{f}"))))).collect::<BTreeMap<_, _>>()
    };
    let copies = run("out", &["--review", "review.html"]);
    assert_eq!(copies.len(), 5, "{:?}", copies.keys());
    for (file, text) in &copies {
        for gone in ["Кошербаев", "Мельничук", "Дроздов", "ИИН9"] {
            assert!(!text.contains(gone), "{file}: {gone}");
        }
        for kept in ["судьиБайдильдинойС.Т.", "Истец-", "ответчика-"] {
            assert!(text.contains(kept), "{file}: {kept}");
        }
    }
    // the reviewer lets the representative stay
    let sheets = String::from_utf8(place.read("review.html")).expect("a page");
    let mut acts = serde_json::Map::new();
    for sheet in sheets.split("<h1>").skip(1) {
        let mark = sheet
            .split(|c: char| !c.is_ascii_hexdigit())
            .find(|w| w.len() == 32)
            .expect("the mark of an act")
            .to_owned();
        let Some((_, rest)) = sheet.split_once("Дроздова К.Е. <small>(") else { continue };
        let (start, rest) = rest.split_once('–').expect("a place");
        let end = rest.split_once(')').expect("a place").0;
        let number = |s: &str| s.parse::<u32>().expect("a position");
        let rejected = serde_json::json!([{ "start": number(start), "end": number(end) }]);
        acts.insert(mark, serde_json::json!({ "rejected": rejected }));
    }
    // the same text has the same mark, whatever the file
    assert!(!acts.is_empty());
    place.write("decisions.json", serde_json::json!({ "version": 1, "acts": acts }).to_string());
    let first = run("first", &["--decisions", "decisions.json"]);
    for (file, text) in &first {
        assert!(text.contains("ДроздоваК.Е."), "{file}");
        assert!(!text.contains("Кошербаев"), "{file}");
    }
    assert_eq!(first, run("second", &["--decisions", "decisions.json"]));
}

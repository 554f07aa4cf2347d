use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::model::{ColumnType, Field, NO_COLUMN, Segment, SegmentKind, Table};

struct Unknown;

impl Verdicts for Unknown {
    fn category(&self, _: u32) -> Option<Category> {
        None
    }
}

const NONE: Option<&Unknown> = None;

fn depersonalizer(policy: &str, byte: u8) -> Depersonalizer {
    let policy = Policy::parse(policy, "test.toml", None).unwrap();
    Depersonalizer::new(policy, Key::from_bytes(&mut [byte; 32], KeyOrigin::Ephemeral))
}

fn finding(block: &Block, category: Category, what: &str) -> Finding {
    let start = memchr::memmem::find(&block.text, what.as_bytes()).unwrap() as u32;
    Finding {
        start,
        end: start + what.len() as u32,
        segment: block.segment_at(start).unwrap() as u32,
        category,
        subtype: None,
        rule: "test",
        confidence: 1.0,
        evidence: Default::default(),
        alternatives: Default::default(),
        entity: 0,
    }
}

/// A table block: columns with types, rows of cells.
fn table(columns: &[(&str, ColumnType)], rows: &[&[&str]]) -> Block {
    let fields = columns.iter().map(|(n, ty)| Field { name: (*n).into(), ty: *ty }).collect();
    let table = Table { id: 1, name: Some("loans".into()), fields, named: true };
    let mut block = Block { table: Some(Arc::new(table)), first_row: 1, ..Block::default() };
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            block.push(cell, c as u32, r as u32, SegmentKind::Cell);
        }
    }
    block
}

fn apply(block: &Block, edits: &[Edit]) -> String {
    let mut out = block.text.clone();
    let mut last = u32::MAX;
    for e in edits.iter().rev() {
        assert!(e.start <= e.end && e.end <= last, "edits in order and apart");
        last = e.start;
        out.splice(e.start as usize..e.end as usize, e.text.bytes());
    }
    String::from_utf8(out).unwrap()
}

fn run(d: &Depersonalizer, block: &Block, findings: &[Finding]) -> (String, Counts) {
    let mut edits = Vec::new();
    let scope = d.file("a.csv");
    d.edits(&scope, block, NONE, findings, &mut edits);
    (apply(block, &edits), scope.take_counts())
}

#[test]
fn one_value_one_token_in_one_run_and_another_in_the_next() {
    let (a, b) = (depersonalizer("", 1), depersonalizer("", 2));
    let block = Block::prose("ИИН 850101300123, снова 850101 300 123.");
    let all =
        [finding(&block, Category::IIN, "850101300123"), finding(&block, Category::IIN, "850101 300 123")];
    let (first, counts) = run(&a, &block, &all);
    let tokens: HashSet<&str> = first
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|w| w.starts_with("IIN_"))
        .collect();
    assert_eq!(tokens.len(), 1, "{first}");
    assert_eq!(counts.total(Outcome::Replaced), 2);
    assert_eq!(run(&a, &block, &all).0, first);
    let (second, _) = run(&b, &block, &all);
    assert!(tokens.iter().all(|t| !second.contains(t)));
}

#[test]
fn the_default_policy_of_every_kind() {
    let d = depersonalizer("", 1);
    let block =
        Block::prose("Родился 12.03.1985, г. Темиртау, ул. Абая, д. 5; тел. +7 701 123 45 67; диагноз астма");
    let all = [
        finding(&block, Category::BIRTH_DATE, "12.03.1985"),
        finding(&block, Category::ADDRESS, "г. Темиртау, ул. Абая, д. 5"),
        finding(&block, Category::PHONE, "+7 701 123 45 67"),
        finding(&block, Category::SPECIAL, "астма"),
    ];
    let (out, _) = run(&d, &block, &all);
    assert!(out.starts_with("Родился 1985, Карагандинская область; тел. PHONE_"), "{out}");
    assert!(out.ends_with("диагноз [SPECIAL]"), "{out}");
    for (category, text) in [
        (Category::BIRTH_DATE, "1985"),
        (Category::ADDRESS, "Карагандинская область"),
        (Category::IIN, &out[out.find("PHONE_").unwrap()..][..26]),
    ] {
        assert!(d.is_own(category, text), "{text}");
    }
    assert!(!d.is_own(Category::BIRTH_DATE, "12.03.1985"));
}

#[test]
fn depersonalizing_again_changes_nothing() {
    let d = depersonalizer("", 1);
    let columns = [
        ("iin", ColumnType::Char(12)),
        ("phone", ColumnType::Varchar(12)),
        ("card", ColumnType::Integer(16)),
    ];
    let rows: &[&[&str]] = &[&["850101300123", "+77011234567", "4000000000000002"]];
    let block = table(&columns, rows);
    let of = |b: &Block, cells: [&str; 3]| {
        vec![
            finding(b, Category::IIN, cells[0]),
            finding(b, Category::PHONE, cells[1]),
            finding(b, Category::CARD, cells[2]),
        ]
    };
    let (once, _) = run(&d, &block, &of(&block, ["850101300123", "+77011234567", "4000000000000002"]));
    let cells: Vec<&str> = once.lines().collect();
    assert_eq!(cells.iter().map(|c| c.len()).collect::<Vec<_>>(), [12, 12, 16]);
    let again = table(&columns, &[&cells]);
    let (twice, counts) = run(&d, &again, &of(&again, [cells[0], cells[1], cells[2]]));
    assert_eq!(twice, once);
    assert_eq!(counts.total(Outcome::Own), 3);
}

#[test]
fn null_and_empty_stay_and_types_are_kept() {
    let d = depersonalizer(
        r#"
        [[column]]
        column = "*"
        method = "remove"
        [[column]]
        column = "born"
        method = "year"
        "#,
        1,
    );
    let columns = [
        ("name", ColumnType::Text),
        ("sum", ColumnType::Decimal(10, 2)),
        ("born", ColumnType::Date),
        ("ok", ColumnType::Boolean),
        ("u", ColumnType::Uuid),
    ];
    let u = "0e37df36-f698-11e6-8dd4-cb9ced3df976";
    let block =
        table(&columns, &[&["Тест", "12.50", "1985-03-12", "t", u], &["", "\\N", "\\N", "\\N", "\\N"]]);
    let (out, _) = run(&d, &block, &[]);
    let cells: Vec<&str> = out.lines().collect();
    assert_eq!(cells[..5], ["", "0", "1985-01-01", "f", "00000000-0000-0000-0000-000000000000"]);
    assert_eq!(cells[5..], ["", "\\N", "\\N", "\\N", "\\N"]);
}

#[test]
fn char_columns_stay_padded_and_narrow_text_fits() {
    let d = depersonalizer("", 1);
    let block = table(
        &[("iin", ColumnType::Char(14)), ("note", ColumnType::Varchar(30))],
        &[&["850101300123  ", "иин 850101300123 тел 7011234567"]],
    );
    let mut all = vec![finding(&block, Category::IIN, "850101300123")];
    let at = memchr::memmem::rfind(&block.text, b"850101300123").unwrap() as u32;
    all.push(Finding { start: at, end: at + 12, segment: 1, ..all[0].clone() });
    all.push(finding(&block, Category::PHONE, "7011234567"));
    let (out, _) = run(&d, &block, &all);
    let cells: Vec<&str> = out.lines().collect();
    assert_eq!(cells[0].len(), 14);
    assert!(cells[0].ends_with("  "));
    assert!(cells[1].chars().count() <= 31, "{}", cells[1]);
}

#[test]
fn allow_list_empties_what_nobody_named() {
    struct Iin;
    impl Verdicts for Iin {
        fn category(&self, column: u32) -> Option<Category> {
            (column == 0).then_some(Category::IIN)
        }
    }
    let d = depersonalizer("default = \"allow-list\"\n[[column]]\ncolumn = \"sum\"\nmethod = \"keep\"", 1);
    let columns =
        [("iin", ColumnType::Unknown), ("sum", ColumnType::Unknown), ("secret", ColumnType::Unknown)];
    let block = table(&columns, &[&["850101300123", "100", "что угодно"]]);
    let mut edits = Vec::new();
    let all = [finding(&block, Category::IIN, "850101300123")];
    d.edits(&d.file("a.csv"), &block, Some(&Iin), &all, &mut edits);
    let out = apply(&block, &edits);
    let cells: Vec<&str> = out.lines().collect();
    assert!(cells[0].starts_with("IIN_"));
    assert_eq!(cells[1..], ["100", ""]);
}

#[test]
fn rows_are_suppressed_by_a_condition() {
    let d = depersonalizer("[[suppress]]\ncolumn = \"age\"\nabove = 90", 1);
    let block = table(
        &[("age", ColumnType::Unknown), ("city", ColumnType::Unknown)],
        &[&["91", "Тараз"], &["40", "Семей"]],
    );
    let (out, counts) = run(&d, &block, &[]);
    assert_eq!(out, "\n\n40\nСемей\n");
    assert_eq!((counts.suppressed_rows, counts.suppressed_cells), (1, 2));
}

#[test]
fn columns_are_read_before_they_are_mixed() {
    let d = depersonalizer(
        "[[column]]\ncolumn = \"sum\"\nmethod = \"microaggregate\"\nk = 3\n[[column]]\ncolumn = \"city\"\nmethod = \"shuffle\"",
        1,
    );
    assert!(d.needs_columns(false));
    let cells: Vec<[String; 2]> = (0..30).map(|n| [format!("{}", n * 10), format!("город{n:02}")]).collect();
    let rows: Vec<Vec<&str>> = cells.iter().map(|r| r.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let block = table(&[("sum", ColumnType::Unknown), ("city", ColumnType::Unknown)], &rows);
    let scope = d.file("a.csv");
    d.learn(&scope, &block);
    let mut edits = Vec::new();
    d.edits(&scope, &block, NONE, &[], &mut edits);
    let out = apply(&block, &edits);
    let (sums, cities): (Vec<_>, Vec<_>) = out.lines().enumerate().partition(|(n, _)| n % 2 == 0);
    let mut groups = std::collections::HashMap::new();
    sums.iter().for_each(|s| *groups.entry(s.1).or_insert(0) += 1);
    assert!(groups.values().all(|n| *n >= 3) && groups.len() == 10, "{groups:?}");
    let mut sorted: Vec<&str> = cities.iter().map(|c| c.1).collect();
    assert_ne!(sorted, cells.iter().map(|c| c[1].as_str()).collect::<Vec<_>>());
    sorted.sort_unstable();
    assert_eq!(sorted, cells.iter().map(|c| c[1].as_str()).collect::<Vec<_>>());
    // not read before: nothing of the originals may stay
    let fresh = depersonalizer("[[column]]\ncolumn = \"city\"\nmethod = \"shuffle\"", 1);
    assert!(!run(&fresh, &block, &[]).0.contains("город"));
}

#[test]
fn court_acts_get_parts_and_numbers() {
    let d = Depersonalizer::new(Policy::profile("court-act").unwrap(), Key::random().unwrap());
    let block = Block::prose("Истец Ахметов А.А. и ответчик Кимов Б.Б.; Ахметов просит");
    let person = |what: &str, entity, subtype| Finding {
        entity,
        subtype: Some(subtype),
        ..finding(&block, Category::PERSON, what)
    };
    let mut all = vec![person("Ахметов А.А.", 1, "plaintiff"), person("Кимов Б.Б.", 2, "defendant")];
    let at = memchr::memmem::rfind(&block.text, "Ахметов".as_bytes()).unwrap() as u32;
    all.push(Finding { start: at, end: at + 14, ..all[0].clone() });
    let (out, _) = run(&d, &block, &all);
    assert_eq!(out, "Истец истец-1 и ответчик ответчик-1; истец-1 просит");
}

#[test]
fn scopes_keep_tokens_apart() {
    let token = |scope: &str, file: &str| {
        let d = depersonalizer(&format!("scope = \"{scope}\""), 1);
        let block = Block::prose("850101300123 850101300123");
        let f = finding(&block, Category::IIN, "850101300123");
        let second = Finding { start: 13, end: 25, ..f.clone() };
        let mut edits = Vec::new();
        d.edits(&d.file(file), &block, NONE, &[f, second], &mut edits);
        (edits[0].text.clone(), edits[1].text.clone())
    };
    assert_eq!(token("run", "a.zip!x"), token("run", "b"));
    assert_eq!(token("file", "a.zip!x"), token("file", "a.zip!y"));
    assert_ne!(token("document", "a.zip!x"), token("document", "a.zip!y"));
    assert_ne!(token("file", "a"), token("file", "b"));
    let (first, second) = token("cell", "a");
    assert_ne!(first, second);
}

#[test]
fn names_are_cleaned() {
    let d = depersonalizer("", 1);
    let name = "Акт 850101300123 (г. Тараз, ул. Абая 1).txt";
    let block = Block::prose(name);
    let all = [
        finding(&block, Category::IIN, "850101300123"),
        finding(&block, Category::ADDRESS, "г. Тараз, ул. Абая 1"),
    ];
    let out = d.clean_name(&d.file(""), name, &all);
    assert!(out.starts_with("Акт IIN_") && out.ends_with(" (Жамбылская область).txt"), "{out}");
}

#[test]
fn the_key_ends_with_the_run() {
    let record = Depersonalizer::new(Policy::default(), Key::random().unwrap()).finish();
    assert!(record.wiped && record.commitment.is_none());
}

#[test]
fn broken_text_and_positions_do_no_harm() {
    let d = depersonalizer("[[column]]\ncolumn = \"x\"\nmethod = \"fake\"", 1);
    let mut block = Block::prose("abc");
    block.text = vec![0xff, 0xfe, b'1'];
    let mut f = finding(&Block::prose("abc"), Category::PERSON, "abc");
    f.end = 3;
    let all =
        [f.clone(), Finding { start: 1, end: 2, ..f.clone() }, Finding { start: 9, end: 90, ..f.clone() }];
    let mut edits = Vec::new();
    d.edits(&d.file("x"), &block, NONE, &all, &mut edits);
    assert_eq!(edits.len(), 1);
    let far = Block {
        segments: vec![Segment { start: 50, end: 60, column: NO_COLUMN, row: 0, kind: SegmentKind::Prose }],
        ..block
    };
    d.edits(&d.file("x"), &far, NONE, &all, &mut edits);
}

#[test]
fn what_is_done_for_many_at_once_is_what_is_done_for_each() {
    let cells: &[(Category, &str)] = &[
        (Category::IIN, "850101300123"),
        (Category::IIN, "85010130012"),
        (Category::IIN, "850101 300 123"),
        (Category::IIN, "197040799991"),
        (Category::BIRTH_DATE, "1985-01-01"),
        (Category::BIRTH_DATE, "01.02.1985"),
        (Category::BIRTH_DATE, "31.02.1985"),
        (Category::BIRTH_DATE, "1985"),
        (Category::BIRTH_DATE, "1 мая 1985"),
        (Category::PHONE, "+7 (701) 234-56-78"),
        (Category::PHONE, "87012345678"),
        (Category::PHONE, "+71012345678"),
        (Category::PHONE, "8 (701) 234-56-78 доб. 12"),
        (Category::EMAIL, "A.B@Mail.kz"),
        (Category::IBAN, "kz72722S000000000001"),
        (Category::CARD, "4000 0000 0000 0002"),
        (Category::PERSON, "Ахметов Ә.Б."),
        (Category::PERSON, "истец-1"),
        (Category::PERSON, "[PERSON]"),
        (Category::PERSON, "Иванов-1"),
        (Category::ADDRESS, "г. Тараз, ул. Абая 1, кв. 5, подъезд второй со двора, домофон не работает"),
        (Category::new("badge_number"), "A-77"),
        (Category::SEX, "м"),
    ];
    let types = [
        ColumnType::Unknown,
        ColumnType::Text,
        ColumnType::Varchar(40),
        ColumnType::Char(24),
        ColumnType::Date,
    ];
    for policy in [
        "",
        "scope = \"cell\"",
        "scope = \"file\"",
        "token = \"hmac-sha256\"",
        "[form]\niin = { digits = 12 }",
        "[category]\nphone = { method = \"mask\", first = 2, last = 0 }",
        "[[column]]\ncolumn = \"c1\"\ncategory = \"iin\"\nmethod = \"keep\"",
    ] {
        let d = depersonalizer(policy, 7);
        let names: Vec<String> = (0..types.len()).map(|n| format!("c{n}")).collect();
        let columns: Vec<(&str, ColumnType)> = names.iter().map(String::as_str).zip(types).collect();
        let rows: Vec<Vec<&str>> = cells.iter().map(|c| vec![c.1; types.len()]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|r| &r[..]).collect();
        let block = table(&columns, &rows);
        let one = finding(&block, Category::IIN, cells[0].1);
        let of = |k: usize, s: &Segment| Finding {
            start: s.start,
            end: s.end,
            segment: k as u32,
            category: cells[s.row as usize].0,
            ..one.clone()
        };
        let alone: Vec<Finding> = block.segments.iter().enumerate().map(|(k, s)| of(k, s)).collect();
        // an empty finding beside it, and a value is looked at closer
        let beside = |f: &Finding| [f.clone(), Finding { start: f.end, ..f.clone() }];
        let closer: Vec<Finding> = alone.iter().flat_map(beside).collect();
        let (made, counts) = run(&d, &block, &alone);
        let (want, counted) = run(&d, &block, &closer);
        assert_eq!(made, want, "{policy}");
        assert_eq!(format!("{:?}", counts.done), format!("{:?}", counted.done), "{policy}");
        assert_eq!(made.contains("IIN_"), !policy.starts_with("[form]"), "{made}");
    }
}

#[test]
fn whole_cells_are_replaced_alike_with_and_without_blanks() {
    let cells = [
        "850101300123",
        "1985-01-01",
        "31.02.1985",
        "+7 (701) 234-56-78",
        "A.B@Mail.kz",
        "Ахметов Ә.Б.",
        "[IIN]",
        "\\N",
        "истец-1",
        "слово",
        "1985",
    ];
    for policy in [
        "[[column]]\ncolumn = \"*\"\nmethod = \"token\"",
        "[[column]]\ncolumn = \"c0\"\ncategory = \"iin\"\nmethod = \"token\"\n[[column]]\ncolumn = \"*\"\nmethod = \"token\"",
        "[[column]]\ncolumn = \"*\"\nmethod = \"generalize\"\nto = \"year\"",
    ] {
        let d = depersonalizer(policy, 3);
        let columns =
            [("c0", ColumnType::Unknown), ("c1", ColumnType::Text), ("c2", ColumnType::Varchar(30))];
        let done = |lead: &str| {
            let cells: Vec<String> = cells.iter().map(|c| format!("{lead}{c}")).collect();
            let rows: Vec<Vec<&str>> = cells.iter().map(|c| vec![c.as_str(); 3]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(|r| &r[..]).collect();
            let (out, counts) = run(&d, &table(&columns, &rows), &[]);
            let cells: Vec<String> = out.lines().map(|cell| cell.trim().to_owned()).collect();
            (cells, format!("{:?}", counts.done))
        };
        assert_eq!(done(""), done(" "), "{policy}");
        assert_ne!(done("").0[0], cells[0], "{policy}");
    }
}

use std::sync::Arc;

use proptest::prelude::*;

use super::{Columns, Detector, Options, Rules, Scratch};
use crate::model::{Block, Category, Field, Finding, Segment, SegmentKind, Table};

fn detector() -> Detector {
    Detector::new(Rules::builtin(), Options { names: false, ..Options::default() }).unwrap()
}

fn detect(d: &Detector, block: &Block, columns: Option<&Columns>) -> Vec<Finding> {
    let mut out = Vec::new();
    d.detect(block, columns, &mut Scratch::default(), &mut out);
    out
}

/// A table of one column.
fn column(header: &str, cells: &[String]) -> Block {
    let mut block = Block { first_row: 1, ..Block::default() };
    for (row, cell) in cells.iter().enumerate() {
        block.push(cell, 0, row as u32, SegmentKind::Cell);
    }
    let fields = vec![Field { name: header.to_owned(), ..Field::default() }];
    block.table = Some(Arc::new(Table { id: 1, name: None, fields, named: !header.is_empty() }));
    block
}

/// A small generator of numbers, so that tests are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// An IIN of somebody born in the 1800s.
fn iin(n: &mut Numbers) -> String {
    loop {
        let r = n.next();
        let head = format!(
            "{:02}{:02}{:02}{}{:04}",
            r % 100,
            r / 100 % 12 + 1,
            r / 1200 % 28 + 1,
            1 + r / 40_000 % 2,
            r / 99_991 % 10_000
        );
        for c in 0..10 {
            let all = format!("{head}{c}");
            if super::proof::taxid::check_digit_12(all.as_bytes()) {
                return all;
            }
        }
    }
}

#[test]
fn random_columns_get_no_verdict() {
    let d = detector();
    let mut n = Numbers(0x5eed_0001);
    for header in ["", "number", "order_no", "ref", "value", "x1", "номер", "key", "document"] {
        for size in [8, 30, 300] {
            for base in [10u64.pow(12), 10u64.pow(10)] {
                let width = base.ilog10() as usize;
                let cells: Vec<String> = (0..size).map(|_| format!("{:0width$}", n.next() % base)).collect();
                let block = column(header, &cells);
                let columns = d.columns(&block);
                assert_eq!(columns.category(0), None, "{header} {size} {width}");
                let found = detect(&d, &block, Some(&columns));
                assert!(found.is_empty(), "{header} {size} {width}: {}", found.len());
            }
        }
    }
}

#[test]
fn running_numbers_that_look_like_iins_are_none() {
    let d = detector();
    let cells: Vec<String> = (0..500).map(|k| format!("{}", 850_101_300_000u64 + k)).collect();
    for header in ["", "request"] {
        let block = column(header, &cells);
        let columns = d.columns(&block);
        assert_eq!(columns.category(0), None);
        assert!(detect(&d, &block, Some(&columns)).is_empty());
    }
}

#[test]
fn a_column_of_iins_is_found_without_a_name_and_keeps_its_damaged_cells() {
    let d = detector();
    let mut n = Numbers(0x5eed_0002);
    let mut cells: Vec<String> = (0..50).map(|_| iin(&mut n)).collect();
    cells.push("000101100016".trim_start_matches('0').into());
    cells.push("991231500017".into());
    cells.push("9.91231500016E+11".into());
    for header in ["", "iin_borrower", "ЖСН", "ИИН/БИН", "clientIIN"] {
        let block = column(header, &cells);
        let columns = d.columns(&block);
        assert_eq!(columns.category(0), Some(Category::IIN), "{header}");
        let found = detect(&d, &block, Some(&columns));
        assert_eq!(found.len(), cells.len(), "{header}");
        assert!(found.iter().all(|f| f.category == Category::IIN));
    }
}

#[test]
fn findings_stay_within_cells() {
    let d = detector();
    let cells: Vec<String> =
        ["99123", "1500016", "+7 701", "234 56 78", "KZ72722S0000", "00000001"].map(String::from).to_vec();
    let block = column("x", &cells);
    assert!(detect(&d, &block, None).is_empty());
}

#[test]
fn skipped_text_is_not_looked_at() {
    let d = detector();
    let mut block = Block::prose("ИИН 991231500016");
    block.segments[0].kind = SegmentKind::Skip;
    assert!(detect(&d, &block, None).is_empty());
}

#[test]
fn no_address_begins_in_a_token_of_a_copy() {
    let d = detector();
    let addresses = |text: &str| {
        let found = detect(&d, &Block::prose(text), None);
        found.into_iter().filter(|f| f.category == Category::ADDRESS).count()
    };
    // the ends of these read as numbers of houses
    for token in
        ["ID_CARD_99C4RWAW6A6EN5PHW17M", "ID_CARD_7HH1FZXBNN5RQCXZZ587", "ID_CARD_RH1DZ3YV3MDN677TTBV3"]
    {
        assert_eq!(
            addresses(&format!("жеке басының куәлігі № {token}, город Алматы тұрамын,\n")),
            0,
            "{token}"
        );
    }
    assert_eq!(addresses("улица Абая, 17М, город Алматы\n"), 1);
}

#[test]
fn only_and_skip() {
    let text = Block::prose("ИИН 991231500016, тел. +7 701 234 56 78, a.b@mail.kz");
    let with = |o: Options| {
        let d = Detector::new(Rules::builtin(), o).unwrap();
        detect(&d, &text, None).iter().map(|f| f.category).collect::<Vec<_>>()
    };
    let base = || Options { names: false, ..Options::default() };
    assert_eq!(with(Options { only: vec![Category::PHONE], ..base() }), [Category::PHONE]);
    assert_eq!(with(Options { skip: vec![Category::PHONE], ..base() }), [Category::IIN, Category::EMAIL]);
    assert!(
        Detector::new(Rules::builtin(), Options { only: vec![Category::new("nothing")], ..base() }).is_err()
    );
}

#[test]
fn the_same_place_gives_the_same_finding_wherever_a_block_begins() {
    let d = detector();
    let line =
        "акт 15, ИИН 991231500016, р/с KZ72722S000000000001, тел. 8 (701) 234-56-78, 4400 4300 0000 0007\n";
    let want = detect(&d, &Block::prose(line), None);
    assert_eq!(want.len(), 4);
    for lead in 0..130 {
        let text = format!("{}\n{line}", "я ".repeat(lead));
        let at = (text.len() - line.len()) as u32;
        let got: Vec<Finding> = detect(&d, &Block::prose(&text), None)
            .into_iter()
            .map(|f| Finding { start: f.start - at, end: f.end - at, ..f })
            .collect();
        assert_eq!(got, want, "{lead}");
    }
}

#[test]
fn an_operators_rule_needs_no_rebuild() {
    let dir = std::env::temp_dir().join(format!("qupia-rules-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let rule = "id = \"badge\"\ncategory = \"badge\"\nabout = \"Badge\"\nfinder = \"pattern\"\npattern = 'T-[0-9]{6}'\nwords = [\"пропуск*\"]\n[weights]\nbase = 0.3\nform = 0.1\n[examples]\nmatch = [\"пропуск T-123456\"]\nreject = [\"T-123456\"]\n";
    std::fs::write(dir.join("badge.toml"), rule).unwrap();
    let rules = Rules::builtin().as_ref().clone().with_dir(&dir).unwrap();
    assert!(rules.test_file(&dir.join("badge.toml")).is_empty());
    std::fs::write(dir.join("badge.toml"), rule.replace("pattern = 'T", "patern = 'T")).unwrap();
    assert!(Rules::builtin().as_ref().clone().with_dir(&dir).is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn labels_of_the_program_are_looked_for_where_words_begin() {
    let detector = Detector::new(Rules::builtin(), Options::default()).unwrap();
    assert!(detector.anchors.as_ref().is_some_and(|a| !a.everywhere()), "a label begins with a sign");
}

#[test]
fn an_operator_has_room_for_many_rules() {
    let of = |from: usize, to: usize| {
        let rule = |k: usize| {
            format!(
                "[[rule]]\nid = \"badge_{k}\"\ncategory = \"badge_{k}\"\nabout = \"Badge\"\nfinder = \"pattern\"\npattern = 'T{k}-[0-9]{{6}}'\nanchors = [\"T{k}-\"]\n[rule.weights]\nbase = 0.8\n[rule.examples]\nmatch = [\"T{k}-123456\"]\nreject = [\"T-123456\"]\n"
            )
        };
        (from..to).map(rule).collect::<String>()
    };
    let dir = std::env::temp_dir().join(format!("qupia-many-rules-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("badges.toml");
    std::fs::write(&file, of(0, 100)).unwrap();
    let rules = Rules::builtin().as_ref().clone().with_dir(&dir).unwrap();
    assert!(rules.test_file(&file).is_empty());
    let own = rules.iter().filter(|r| r.category().as_str().starts_with("badge")).count();
    assert_eq!(own, 100);
    // all of them are told apart
    let detector = Detector::new(&rules, Options::default()).unwrap();
    let text = (0..100).map(|k| format!("T{k}-123456 ИИН 991231500016\n")).collect::<String>();
    let mut found = Vec::new();
    detector.detect(&Block::prose(&text), None, &mut Scratch::default(), &mut found);
    let badges: Vec<&str> =
        found.iter().map(|f| f.category.as_str()).filter(|c| c.starts_with("badge")).collect();
    assert_eq!(badges, (0..100).map(|k| format!("badge_{k}")).collect::<Vec<_>>());
    std::fs::write(&file, of(0, 300)).unwrap();
    let error = Rules::builtin().as_ref().clone().with_dir(&dir).unwrap_err().to_string();
    let room = 256 - Rules::builtin().iter().count();
    assert!(
        error.contains("more than 256 rules") && error.contains(&format!("{room} may be added")),
        "{error}"
    );
    std::fs::remove_dir_all(&dir).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any bytes: no panic, findings sorted, apart, within their segments.
    #[test]
    fn any_bytes(parts in prop::collection::vec(prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        "[0-9 ().+*-]{0,30}".prop_map(String::into_bytes),
        "(ИИН|тел\\.|KZ|карта|паспорт|пароль:|@|<<|г\\.р\\.|родился|№| \u{a0}|к/н) ?".prop_map(String::into_bytes),
        "[A-Z]{0,4}[0-9]{2,13}".prop_map(String::into_bytes),
    ], 0..24), cut in 0usize..200) {
        let d = {
            static D: std::sync::OnceLock<Detector> = std::sync::OnceLock::new();
            D.get_or_init(detector)
        };
        let text = parts.concat();
        let cut = cut.min(text.len());
        let mut block = Block::prose("");
        block.segments = vec![
            Segment { start: 0, end: cut as u32, column: 0, row: 0, kind: SegmentKind::Cell },
            Segment { start: cut as u32, end: text.len() as u32, column: 1, row: 0, kind: SegmentKind::Prose },
        ];
        block.text = text;
        let found = detect(d, &block, None);
        let mut end = 0;
        for f in &found {
            let s = &block.segments[f.segment as usize];
            prop_assert!(f.start >= end && f.start < f.end);
            prop_assert!(s.start <= f.start && f.end <= s.end);
            prop_assert!((0.5..=1.0).contains(&f.confidence));
            end = f.end;
        }
    }
}

#[test]
fn a_column_of_two_kinds_is_read_as_text() {
    let d = detector();
    let cells: Vec<String> =
        (0..8).map(|k| format!("пос. Тасбугет, ул. Амангельды {}\n8 705 612 4{k} 18", k + 3)).collect();
    for header in ["Адрес, телефон", "Телефон и адрес", "Мекенжайы және телефоны"]
    {
        let block = column(header, &cells);
        let columns = d.columns(&block);
        assert_eq!(columns.category(0), None, "{header}");
        let found = detect(&d, &block, Some(&columns));
        let of = |c: Category| found.iter().filter(|f| f.category == c).count();
        assert_eq!((of(Category::ADDRESS), of(Category::PHONE)), (8, 8), "{header}");
    }
    for header in ["Адрес", "Фамилия, имя, отчество", "ИИН, БИН"] {
        assert!(!d.columns(&column(header, &cells)).contexts[0].mixed, "{header}");
    }
}

#[test]
fn old_taxpayer_numbers_in_a_column_without_a_name() {
    let d = detector();
    let numbers =
        ["600114596046", "601457650900", "600795702407", "601916390201", "601923692172", "601183542640"];
    let block = column("", &numbers.map(str::to_owned));
    let columns = d.columns(&block);
    assert_eq!(columns.category(0), Some(Category::new("rnn")));
    assert_eq!(detect(&d, &block, Some(&columns)).len(), 6);
}

/// What is no text on either side of a finding: the windows around it end and begin there.
#[test]
fn findings_among_bytes_that_are_no_text() {
    let d = Detector::new(Rules::builtin(), Options::default()).unwrap();
    let phrases = [
        ("Клиент, ИИН 990101300124", "iin"),
        ("Ахметов Серик Болатович", "person"),
        ("35-летняя Ахметова Айгуль Маратовна, ", "person"),
        ("Дата рождения: 01.02.1990", "birth_date"),
        ("карта 4000000000000002", "card"),
        ("тел. 8 701 234 56 78", "phone"),
    ];
    for (phrase, category) in phrases {
        for (before, after) in [(0, 1), (0, 300), (1, 0), (100, 0), (400, 400)] {
            let mut text = vec![0x80u8; before];
            text.extend_from_slice(phrase.as_bytes());
            text.resize(text.len() + after, 0x80);
            let mut block = Block::prose("");
            let end = text.len() as u32;
            block.segments = vec![Segment {
                start: 0,
                end,
                column: crate::model::NO_COLUMN,
                row: 0,
                kind: SegmentKind::Prose,
            }];
            block.text = text;
            let found = detect(&d, &block, None);
            let has = found.iter().any(|f| f.category.as_str() == category);
            assert!(has || before > 0, "{phrase} {before} {after}");
        }
    }
}

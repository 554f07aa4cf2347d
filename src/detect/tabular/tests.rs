use std::sync::Arc;

use super::super::detector::{Detector, Options, Scratch};
use super::super::proof::taxid::check_digit_12;
use super::super::rules::Rules;
use crate::detect::address::SplitAddress;
use crate::model::{Block, Category, Field, Finding, SegmentKind, Table};

fn table(columns: &[&str], rows: &[Vec<String>]) -> Block {
    let fields = columns.iter().map(|n| Field { name: (*n).into(), ..Field::default() }).collect();
    let table = Table { fields, named: true, ..Table::default() };
    let mut block = Block { table: Some(Arc::new(table)), ..Block::default() };
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            block.push(cell, c as u32, r as u32, SegmentKind::Cell);
        }
    }
    block
}

/// What all finders say of all cells, and what the looks of the cells say.
fn both(detector: &Detector, block: &Block) -> (Vec<Finding>, Vec<Finding>) {
    let columns = detector.columns(block);
    let split = SplitAddress::of(block);
    let (mut slow, mut fast) = (Vec::new(), Vec::new());
    detector.text(block, &columns.contexts, &split, false, &mut Scratch::default(), &mut slow);
    detector.tabular(block, &columns, &split, &mut Scratch::default(), &mut fast);
    (slow, fast)
}

fn same(detector: &Detector, block: &Block) {
    let (slow, fast) = both(detector, block);
    let by_column_alone = |f: &Finding| matches!(f.category, Category::ADDRESS | Category::PERSON);
    let show = |all: &[Finding]| -> Vec<String> {
        all.iter()
            .map(|f| {
                let text =
                    String::from_utf8_lossy(&block.text[f.start as usize..f.end as usize]).into_owned();
                let segment = block.segments[f.segment as usize];
                let name = &block.field(&segment).map_or("", |f| &f.name);
                let how = match by_column_alone(f) {
                    true => String::new(),
                    false => {
                        format!("{} {} {:?}", f.rule, f.confidence, f.evidence.iter().collect::<Vec<_>>())
                    }
                };
                format!("{name}/{}: {text} {} {how}", segment.row, f.category.as_str())
            })
            .collect()
    };
    assert_eq!(show(&fast), show(&slow));
}

/// Cells of every kind, many of them with something wrong, by a small generator.
fn cell(state: &mut u64) -> String {
    let mut next = |n: u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % n
    };
    let mut digits = |n: usize| -> String { (0..n).map(|_| char::from(b'0' + next(10) as u8)).collect() };
    let year = 1940 + digits(2).parse::<u32>().unwrap_or(0) % 85;
    let (month, day) =
        (1 + digits(2).parse::<u32>().unwrap_or(0) % 13, 1 + digits(2).parse::<u32>().unwrap_or(0) % 31);
    let ten = format!("7{}", digits(9));
    let valid = ["901231300129", "850101300120", "991231500016", "050140000018", "KZ86125KZT5004100100"];
    let pick = digits(2).parse::<usize>().unwrap_or(0);
    let name = ["Хасенов Канат Мұратұлы", "Цой В.", "Иванова-Петрова Анна Сергеевна", "нет", "-", "Kim Olga"];
    let place = [
        "г. Алматы, ул. Абая, 5",
        "Семей қ., Мәңгілік Ел көшесі, 159 үй, 9 пәтер",
        "Алматы",
        "ул. Абая 5, тел. 87011234567",
    ];
    let kind = digits(4).parse::<u32>().unwrap_or(0) % 24;
    match kind {
        0 => digits(12),
        1 => valid[pick % valid.len()].to_owned(),
        2 => format!("{year}-{month:02}-{day:02}"),
        3 => format!("{day:02}.{month:02}.{year} 10:22:33"),
        4 => format!("+{ten}"),
        5 => format!("8{}", &ten),
        6 => format!("8 {} {} {} {}", &ten[..3], &ten[3..6], &ten[6..8], &ten[8..]),
        7 => format!("+7 ({}) {}-{}-{}", &ten[..3], &ten[3..6], &ten[6..8], &ten[8..]),
        8 => format!("user{}@mail.kz", digits(3)),
        9 => format!("{}@example.com", digits(9)),
        10 => format!("KZ{}", digits(18)),
        11 => format!("{}.{}", digits(1 + pick % 12), digits(1 + pick % 3)),
        12 => digits(1 + pick % 20),
        13 => name[pick % name.len()].to_owned(),
        14 => place[pick % place.len()].to_owned(),
        15 => format!("{}.0", digits(12)),
        16 => format!("4{}", digits(15)),
        17 => format!(" {} ", digits(12)),
        18 => format!("ИИН {}", digits(12)),
        19 => format!("{}-{}-{}", digits(2), digits(2), digits(2)),
        20 => format!("{} {}", digits(6), digits(6)),
        21 => format!("{month:02}/{day:02}/{year}"),
        22 => ["М", "Ж", "KZT", "active", "женат", "казах"][pick % 6].to_owned(),
        _ => String::new(),
    }
}

/// The looks of a cell decide nothing that the finders would not.
#[test]
fn cells_by_their_looks_are_found_as_all_text_is() {
    let all = Detector::new(Rules::builtin(), Options::default()).unwrap();
    let only = ["iin", "bin", "phone", "iban", "email", "card"].map(Category::new).to_vec();
    let numbers = Detector::new(Rules::builtin(), Options { only, ..Options::default() }).unwrap();
    let names: [&[&str]; 5] = [
        &[
            "id",
            "iin",
            "bin",
            "fio",
            "birth_date",
            "phone",
            "email",
            "address",
            "iban",
            "balance",
            "created_at",
        ],
        &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"],
        &[
            "ИИН/БИН",
            "карта",
            "тел_моб",
            "Пол",
            "возраст",
            "дата выдачи",
            "passport",
            "snils",
            "imei",
            "счет",
            "код",
        ],
        &[
            "order_no",
            "номер заказа",
            "артикул",
            "Улица",
            "Дом",
            "Город",
            "cadastral",
            "plate",
            "vin",
            "диагноз",
            "пароль",
        ],
        &[
            "id_card",
            "cookie",
            "lat",
            "lon",
            "rnn",
            "ru_inn",
            "telegram",
            "национальность",
            "Клиент",
            "Мекенжайы",
            "др",
        ],
    ];
    let mut state = 7;
    for columns in names {
        for _ in 0..12 {
            let rows: Vec<Vec<String>> =
                (0..60).map(|_| columns.iter().map(|_| cell(&mut state)).collect()).collect();
            let block = table(columns, &rows);
            same(&all, &block);
            same(&numbers, &block);
        }
        // columns that hold one kind of thing, so that they get verdicts
        for _ in 0..12 {
            let like: Vec<u64> = columns
                .iter()
                .map(|_| {
                    cell(&mut state);
                    state
                })
                .collect();
            let rows: Vec<Vec<String>> = (0..60)
                .map(|_| {
                    like.iter()
                        .map(|seed| {
                            let mut s = *seed;
                            let kind = cell(&mut s);
                            (0..200).map(|_| cell(&mut state)).find(|c| alike(c, &kind)).unwrap_or(kind)
                        })
                        .collect()
                })
                .collect();
            let block = table(columns, &rows);
            same(&all, &block);
            same(&numbers, &block);
        }
    }
}

fn alike(a: &str, b: &str) -> bool {
    let shape = |s: &str| -> Vec<char> {
        let mut shape: Vec<char> = s
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '0'
                } else if c.is_alphabetic() {
                    'a'
                } else {
                    c
                }
            })
            .collect();
        shape.dedup();
        shape
    };
    shape(a) == shape(b)
}

/// The IIN of the `k`th person born on one day.
fn iin(k: u32) -> String {
    let first = format!("9912315{:04}", k % 500);
    (0..10).map(|d| format!("{first}{d}")).find(|n| check_digit_12(n.as_bytes())).unwrap_or(first + "0")
}

/// A table of clients leaves next to nothing for the finders.
#[test]
fn most_of_a_table_is_told_by_its_looks() {
    let detector = Detector::new(Rules::builtin(), Options::default()).unwrap();
    let columns = ["id", "iin", "fio", "birth_date", "phone", "email", "address", "created_at"];
    let rows: Vec<Vec<String>> = (0..400)
        .map(|k| {
            [
                format!("{k}"),
                iin(k),
                format!("Хасенов Канат {}ұлы", ["Мұрат", "Ерлан", "Нұрлан"][k as usize % 3]),
                "1999-12-31".into(),
                format!("+7 (701) 123-4{}-{}", k % 10, 10 + k % 90),
                format!("user{k}@mail.kz"),
                format!("г. Алматы, ул. Абая, {k}"),
                "2026-01-02 10:22:33".into(),
            ]
            .to_vec()
        })
        .collect();
    let block = table(&columns, &rows);
    let verdicts = detector.columns(&block);
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    detector.tabular(&block, &verdicts, &SplitAddress::of(&block), &mut scratch, &mut found);
    assert_eq!(found.len(), 6 * 400);
    assert_eq!(scratch.tabular.rest.origins.len(), 0);
}

/// What a thread read before says nothing of the next block.
#[test]
fn a_used_scratch_finds_what_a_new_one_does() {
    let detector = Detector::new(Rules::builtin(), Options::default()).unwrap();
    let columns = ["id", "ФИО", "адрес", "заметка", "тел"];
    let rows = |words: &[&str], n: u32| -> Vec<Vec<String>> {
        (0..n)
            .map(|k| {
                let word = words[k as usize % words.len()];
                let place = format!("{word} қ., Абай көшесі, {k} үй, {} пәтер", k % 90);
                let phone = format!("8701{:07}", 1_000_000 + k * 37);
                [k.to_string(), format!("Kim {word}"), place, word.repeat(1 + k as usize % 5), phone].to_vec()
            })
            .collect()
    };
    let first = table(&columns, &rows(&["Семей", "Өскемен", "Қарағанды"], 300));
    let second = table(&columns, &rows(&["Semey", "Oskemen", "x"], 200));
    let mut scratch = Scratch::default();
    let find = |block: &Block, scratch: &mut Scratch| {
        let (verdicts, mut found) = (detector.columns(block), Vec::new());
        detector.tabular(block, &verdicts, &SplitAddress::of(block), scratch, &mut found);
        found
    };
    find(&first, &mut scratch);
    for block in [&second, &first, &second] {
        let (used, new) = (find(block, &mut scratch), find(block, &mut Scratch::default()));
        assert!(!new.is_empty());
        assert_eq!(format!("{used:?}"), format!("{new:?}"));
    }
}

//! Every method of a policy on every format that has columns: the same result, in the format's own writing.

use std::collections::BTreeMap;

use calamine::{Data, Reader, open_workbook_auto};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Map, Value, json};

use crate::harness::Place;

const COLUMNS: [&str; 17] = [
    "id", "iin", "name", "phone", "email", "address", "birth", "visited", "amount", "price", "code", "grade",
    "note", "town", "age", "salary", "flag",
];
/// Columns of numbers, by their places in [`COLUMNS`].
const NUMBERS: [usize; 5] = [0, 8, 9, 14, 15];
const DATES: [usize; 2] = [6, 7];

const POLICY: &str = r#"
version = 1
[category]
person = { method = "label", text = "человек" }
[[column]]
column = "iin"
method = "birth_band"
width = 10
sex = true
[[column]]
column = "name"
method = "label"
text = "человек"
[[column]]
column = "phone"
method = "operator"
[[column]]
column = "email"
method = "domain_class"
[[column]]
column = "address"
method = "region"
[[column]]
column = "birth"
method = "shift_dates"
days = 60
subject = "iin"
[[column]]
column = "visited"
method = "shift_dates"
days = 60
subject = "iin"
[[column]]
column = "amount"
method = "noise"
scale = 10
[[column]]
column = "price"
method = "microaggregate"
k = 4
[[column]]
column = "code"
method = "prefix"
length = 3
[[column]]
column = "grade"
method = "hierarchy"
hierarchy = "grade.csv"
[[column]]
column = "note"
method = "remove"
[[column]]
column = "town"
method = "shuffle"
[[column]]
column = "age"
method = "age"
width = 10
[[column]]
column = "salary"
method = "bins"
width = 100000
[[column]]
column = "flag"
method = "mask"
"#;

type Rows = Vec<Vec<String>>;

/// Invented people; the check digit of their numbers is right.
fn people() -> Rows {
    let check = |body: &str| {
        let d: Vec<u32> = body.bytes().map(|b| u32::from(b - b'0')).collect();
        let pass = |w: fn(usize) -> u32| (0..11).map(|k| d[k] * w(k)).sum::<u32>() % 11;
        match pass(|k| k as u32 + 1) {
            10 => pass(|k| (k as u32 + 2) % 11 + 1),
            c => c,
        }
    };
    let mut rows = Rows::new();
    for n in 0..48usize {
        let (y, m, d) = (60 + n % 39, 1 + n % 12, 1 + n % 28);
        let iin = (n * 37..)
            .map(|serial| format!("{y:02}{m:02}{d:02}{}{:04}", 3 + n % 2, serial % 10_000))
            .find_map(|body| Some(check(&body)).filter(|c| *c < 10).map(|c| format!("{body}{c}")))
            .unwrap();
        let at = |all: [&str; 3]| all[n % 3].to_owned();
        rows.push(vec![
            (n + 1).to_string(),
            iin,
            at(["Ахметов Айдос", "Иванов Сергей", "Серикова Динара"]),
            format!("+7 70{} {:03} {:02} {:02}", [1, 2, 5][n % 3], n * 7 % 1000, n, n + 10),
            format!("u{n}@{}", at(["mail.ru", "stat.gov.kz", "firm.kz"])),
            format!("г. Алматы, ул. Абая, д. {}", n + 1),
            format!("19{y:02}-{m:02}-{d:02}"),
            format!("2021-{:02}-{:02}", 1 + n * 5 % 12, 1 + n * 3 % 28),
            (1000 + n * n * 13 % 900).to_string(),
            format!("{}.{:02}", 10 + n * 31 % 400, 1 + n % 9),
            at(["J45.0", "I10.9", "E11.2"]),
            at(["A1", "A2", "B1"]),
            at(["", "примечание; с \"кавычками\"", "две\nстроки"]),
            at(["Аксу", "Балхаш", "Семей"]),
            (2026 - 1900 - y).to_string(),
            ((80 + n * 17 % 800) * 1000).to_string(),
            at(["да", "нет", "да"]),
        ]);
    }
    rows
}

fn delimited(rows: &Rows, delimiter: u8) -> String {
    let mut csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    csv.write_record(COLUMNS).unwrap();
    rows.iter().for_each(|r| csv.write_record(r).unwrap());
    String::from_utf8(csv.into_inner().unwrap()).unwrap()
}

fn undelimited(text: &str, delimiter: u8) -> Rows {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn object(row: &[String]) -> Map<String, Value> {
    let value = |k: usize| match NUMBERS.contains(&k) {
        true => serde_json::from_str(&row[k]).unwrap(),
        false => json!(row[k]),
    };
    COLUMNS.iter().enumerate().map(|(k, c)| ((*c).to_owned(), value(k))).collect()
}

fn row(object: &Value) -> Vec<String> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    COLUMNS.iter().map(|c| text(&object[*c])).collect()
}

fn workbook(rows: &Rows) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (c, name) in COLUMNS.iter().enumerate() {
        sheet.write_string(0, c as u16, *name).unwrap();
    }
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let (at, column) = (r as u32 + 1, c as u16);
            if NUMBERS.contains(&c) {
                sheet.write_number(at, column, cell.parse::<f64>().unwrap()).unwrap();
            } else if DATES.contains(&c) {
                let day = rust_xlsxwriter::ExcelDateTime::parse_from_str(cell).unwrap();
                sheet.write_datetime_with_format(at, column, &day, &date).unwrap();
            } else {
                sheet.write_string(at, column, cell).unwrap();
            }
        }
    }
    sheet.write_formula(0, 20, "=SUM(I2:I49)").unwrap();
    book.save_to_buffer().unwrap()
}

fn sheet(path: &std::path::Path) -> Rows {
    let mut book = open_workbook_auto(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |c: &Data| match c {
        Data::DateTime(d) => {
            let (y, m, d, ..) = d.to_ymd_hms_milli();
            format!("{y}-{m:02}-{d:02}")
        }
        other => other.to_string(),
    };
    range.rows().skip(1).map(|r| r[..COLUMNS.len()].iter().map(text).collect()).collect()
}

const TYPES: &str =
    "id int, iin char(12), name varchar(60), phone varchar(30), email varchar(40), address varchar(100),
 birth date, visited date, amount int, price numeric(10,2), code varchar(10), grade varchar(20), note text,
 town varchar(30), age int, salary int, flag varchar(5)";

fn copy_dump(rows: &Rows) -> String {
    let line = |r: &Vec<String>| {
        r.iter().map(|c| c.replace('\\', "\\\\").replace('\n', "\\n")).collect::<Vec<_>>().join("\t")
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!(
        "CREATE TABLE people ({TYPES});\nCOPY people ({}) FROM stdin;\n{}\n\\.\n",
        COLUMNS.join(", "),
        lines.join("\n")
    )
}

fn inserts(rows: &Rows) -> String {
    let cell = |k: usize, c: &String| match NUMBERS.contains(&k) {
        true => c.clone(),
        false => format!("'{}'", c.replace('\'', "''")),
    };
    let line = |r: &Vec<String>| {
        format!("({})", r.iter().enumerate().map(|(k, c)| cell(k, c)).collect::<Vec<_>>().join(","))
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("CREATE TABLE people ({TYPES});\nINSERT INTO people VALUES\n{};\n", lines.join(",\n"))
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn day(text: &str) -> i64 {
    let part =
        |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap_or_else(|_| panic!("{text:?}"));
    let (y, m, d) = (part(0..4), part(5..7), part(8..10));
    let (y, m) = if m > 2 { (y, m) } else { (y - 1, m + 12) };
    365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + d
}

/// What every method promises, whatever the format; `typed` columns hold numbers only.
fn check(file: &str, before: &Rows, after: &Rows, typed: bool) {
    assert_eq!(before.len(), after.len(), "{file}");
    let column = |rows: &Rows, k: usize| rows.iter().map(|r| r[k].clone()).collect::<Vec<_>>();
    let sorted = |mut v: Vec<String>| {
        v.sort();
        v
    };
    let mut moved = std::collections::BTreeSet::new();
    for (old, new) in before.iter().zip(after) {
        assert_eq!(old[0], new[0], "{file}");
        let decade = 1900 + number(&old[1][..2]) as i32 / 10 * 10;
        let sex = if old[1].as_bytes()[6] % 2 == 1 { "M" } else { "F" };
        let band = format!("{decade}-{} {sex}", decade + 9);
        // twelve characters take the band but for its sex and blank
        assert!(band.starts_with(&new[1]) || new[1] == "[IIN]", "{file}: {}", new[1]);
        assert_eq!(new[2], "[человек]", "{file}");
        assert!(
            ["Kcell", "Beeline", "Activ", "Tele2", "Altel"].contains(&new[3].as_str()),
            "{file}: {}",
            new[3]
        );
        assert!(
            ["free mail", "government", "organization KZ"].contains(&new[4].as_str()),
            "{file}: {}",
            new[4]
        );
        assert_eq!(new[5], "город Алматы", "{file}");
        // order and intervals stay
        assert_eq!(day(&old[7]) - day(&old[6]), day(&new[7]) - day(&new[6]), "{file}");
        let shift = day(&new[6]) - day(&old[6]);
        assert!(shift != 0 && shift.abs() <= 60, "{file}: {shift}");
        moved.insert(shift);
        assert_eq!(number(&new[8]).fract(), 0.0, "{file}: whole numbers stay whole");
        assert_eq!(new[10], old[10][..3], "{file}");
        assert_eq!(new[11], old[11][..1], "{file}");
        assert_eq!(new[12], "", "{file}");
        let (age, salary) = (number(&old[14]) as i64 / 10 * 10, number(&old[15]) as i64 / 100_000 * 100_000);
        let bands = match typed {
            true => (age.to_string(), salary.to_string()),
            false => (format!("{age}-{}", age + 9), format!("[{salary}..{})", salary + 100_000)),
        };
        assert_eq!((new[14].clone(), new[15].clone()), bands, "{file}");
        assert!(
            new[16].chars().all(|c| c == '*') && new[16].chars().count() == old[16].chars().count(),
            "{file}"
        );
    }
    assert!(moved.len() > 15, "{file}: every subject has a shift of its own");
    let changed = column(before, 8).iter().zip(column(after, 8)).filter(|(a, b)| **a != *b).count();
    assert!(changed > 30, "{file}");
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    column(after, 9).into_iter().for_each(|v| *groups.entry(v).or_default() += 1);
    assert!(groups.values().all(|n| *n >= 4), "{file}: {groups:?}");
    let sum = |rows: &Rows| column(rows, 9).iter().map(|v| number(v)).sum::<f64>();
    assert!((sum(before) - sum(after)).abs() < 0.5, "{file}");
    assert_eq!(sorted(column(before, 13)), sorted(column(after, 13)), "{file}");
    assert_ne!(column(before, 13), column(after, 13), "{file}");
}

#[test]
fn every_method_on_every_format_with_columns() {
    let p = Place::new();
    let rows = people();
    p.write("p.toml", POLICY);
    // a table from an office program: with a mark of encoding
    p.write("grade.csv", "\u{feff}A1;A\r\nA2;A\r\nB1;B\r\n");
    p.write("src/comma.csv", delimited(&rows, b','));
    p.write("src/marked.csv", format!("\u{feff}{}", delimited(&rows, b';')));
    let wide: Vec<u8> = delimited(&rows, b'\t').encode_utf16().flat_map(u16::to_le_bytes).collect();
    p.write("src/wide.tsv", [vec![0xff, 0xfe], wide].concat());
    p.write("src/no-extension", encoding_rs::KOI8_R.encode(&delimited(&rows, b'|')).0);
    let lines: Vec<String> = rows.iter().map(|r| Value::Object(object(r)).to_string()).collect();
    p.write("src/lines.jsonl", lines.join("\n") + "\n");
    let nested: Vec<Value> = rows.iter().map(|r| json!({"n": r[0], "doc": object(r)})).collect();
    p.write("src/nested.json", serde_json::to_string_pretty(&json!({"meta": {}, "people": nested})).unwrap());
    p.write("src/book.xlsx", workbook(&rows));
    p.write("src/copy.sql", copy_dump(&rows));
    p.write("src/insert.sql", inserts(&rows));
    #[cfg(feature = "sqlite")]
    rusqlite::Connection::open(p.path("src/base.sqlite")).unwrap().execute_batch(&inserts(&rows)).unwrap();

    let run =
        p.qupia(&["anonymize", "src", "--out", "out", "--policy", "p.toml", "--report", "r.jsonl", "-q"]);
    assert_eq!(run.code, 0, "{}{}", run.stderr, String::from_utf8_lossy(&p.read("r.jsonl")));
    let text = |file: &str| String::from_utf8(p.read(&format!("out/{file}"))).unwrap();
    check("comma.csv", &rows, &undelimited(&text("comma.csv"), b','), false);
    let marked = text("marked.csv");
    check("marked.csv", &rows, &undelimited(marked.strip_prefix('\u{feff}').unwrap(), b';'), false);
    let wide = encoding_rs::UTF_16LE.decode(&p.read("out/wide.tsv")).0.into_owned();
    check("wide.tsv", &rows, &undelimited(&wide, b'\t'), false);
    let koi = encoding_rs::KOI8_R.decode(&p.read("out/no-extension")).0.into_owned();
    check("no-extension", &rows, &undelimited(&koi, b'|'), false);
    let lines: Rows = text("lines.jsonl").lines().map(|l| row(&serde_json::from_str(l).unwrap())).collect();
    check("lines.jsonl", &rows, &lines, true);
    let nested: Value = serde_json::from_str(&text("nested.json")).unwrap();
    let nested: Rows = nested["people"].as_array().unwrap().iter().map(|r| row(&r["doc"])).collect();
    check("nested.json", &rows, &nested, true);
    check("book.xlsx", &rows, &sheet(&p.path("out/book.xlsx")), true);
    let copied: Rows = text("copy.sql")
        .split_once("FROM stdin;\n")
        .and_then(|(_, rest)| rest.split_once("\n\\.\n"))
        .unwrap()
        .0
        .lines()
        .map(|l| l.split('\t').map(str::to_owned).collect())
        .collect();
    check("copy.sql", &rows, &copied, true);
    #[cfg(feature = "sqlite")]
    for (file, database) in [
        ("base.sqlite", rusqlite::Connection::open(p.path("out/base.sqlite")).unwrap()),
        ("insert.sql", {
            let loaded = rusqlite::Connection::open_in_memory().unwrap();
            loaded.execute_batch(&text("insert.sql")).unwrap();
            loaded
        }),
    ] {
        let mut all = database.prepare("select * from people order by rowid").unwrap();
        let cells = |r: &rusqlite::Row<'_>| -> rusqlite::Result<Vec<String>> {
            (0..COLUMNS.len())
                .map(|k| {
                    Ok(match r.get::<_, rusqlite::types::Value>(k)? {
                        rusqlite::types::Value::Integer(n) => n.to_string(),
                        rusqlite::types::Value::Real(n) => n.to_string(),
                        rusqlite::types::Value::Text(t) => t,
                        _ => String::new(),
                    })
                })
                .collect()
        };
        let read: Rows = all.query_map([], cells).unwrap().map(Result::unwrap).collect();
        check(file, &rows, &read, true);
    }

    // a copy of a copy is the copy, bit by bit
    let again = p.qupia(&["anonymize", "out", "--out", "twice", "--policy", "p.toml", "-q"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    for file in p.files("out").iter().filter(|f| !f.starts_with('.')) {
        assert_eq!(p.read(&format!("out/{file}")), p.read(&format!("twice/{file}")), "{file}");
    }
    // what was put there on purpose is told, and is no leftover
    let verified = p.qupia(&["verify", "out", "--against", "src"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
}

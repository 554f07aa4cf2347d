//! An analyst's story: dumps of a lender, two CSVs and a workbook; a drafted policy, edited; copies that load into real
//! servers with their constraints, join as before, hold nothing of the originals and are described truly.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use calamine::{Data, Reader, open_workbook_auto};

use crate::harness::{Place, skip};
use crate::lender::Lender;
use crate::servers::Server;

/// Twelve digits of an identification number in any writing, a token in its place, or nothing.
fn key(text: &str) -> String {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if text.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '.') {
        format!("{digits:0>12}")
    } else {
        text.to_owned()
    }
}

fn column(place: &Place, path: &str, delimiter: u8, name: &str) -> Vec<String> {
    let bytes = place.read(path);
    let text = String::from_utf8(bytes.clone())
        .unwrap_or_else(|_| encoding_rs::WINDOWS_1251.decode(&bytes).0.into_owned());
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|h| h == name).unwrap();
    reader.records().map(|r| r.unwrap()[at].to_owned()).collect()
}

fn sheet(path: &Path, column: usize) -> Vec<String> {
    let mut book = open_workbook_auto(path).unwrap();
    let range = book.worksheet_range("Взыскание").unwrap();
    range
        .rows()
        .skip(1)
        .map(|r| match &r[column] {
            Data::Float(n) => format!("{n:.0}"),
            other => other.to_string(),
        })
        .collect()
}

/// How many pairs of rows join, and the sizes of the groups that do, without their values.
fn joined(left: &[String], right: &[String]) -> (usize, Vec<usize>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    right.iter().for_each(|k| *counts.entry(k).or_default() += 1);
    let mut groups: Vec<usize> = left.iter().filter_map(|k| counts.get(k.as_str()).copied()).collect();
    groups.sort_unstable();
    (groups.iter().sum(), groups)
}

/// Joins inside the dump: every answer is a count that depersonalizing must not change.
const QUERIES: &[&str] = &[
    "select count(*) from loans l join borrowers b on b.id = l.borrower_id and b.iin = l.borrower_iin",
    "select count(*) from loans l left join borrowers b on b.iin = l.borrower_iin where b.id is null",
    "select count(*) from loans l join borrowers b on cast(b.iin as decimal(12,0)) = l.guarantor_iin",
    "select n, count(*) from (select count(*) n from loans group by borrower_iin) t group by n order by n",
    "select n, count(*) from (select count(*) n from loans where guarantor_iin is not null group by guarantor_iin) t group by n order by n",
    "select count(*) from loans l join borrowers b on b.plate = l.plate",
    "select count(*), count(closed), count(plate), count(guarantor_iin), sum(amount) from loans",
    "select count(*), count(note), count(payer_phone), sum(case when note = '' then 1 else 0 end), sum(case when payer_phone = '' then 1 else 0 end) from payments",
    "select count(distinct iin), count(distinct phone), count(distinct account), count(distinct id_card), count(distinct card_no), count(email) from borrowers",
    "select count(*) from payments p join loans l on l.id = p.loan_id join borrowers b on b.id = l.borrower_id",
    "select sex, count(*) from borrowers group by sex order by sex",
];

const CONSTRAINTS: [&str; 2] = [
    "select contype, count(*) from pg_constraint where connamespace = 'public'::regnamespace group by contype order by contype",
    "select constraint_type, count(*) from information_schema.table_constraints where constraint_schema = database() group by constraint_type order by constraint_type",
];

fn texts(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|e| e == "xlsx") {
        let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut all = String::new();
        for n in 0..book.len() {
            let mut part = book.by_index(n).unwrap();
            all.push_str(&part.name().unwrap());
            let _ = std::io::Read::read_to_string(&mut part, &mut all);
        }
        return all;
    }
    String::from_utf8(bytes.clone())
        .unwrap_or_else(|_| encoding_rs::WINDOWS_1251.decode(&bytes).0.into_owned())
}

#[test]
fn from_draft_to_description() {
    let (Some(postgres), Some(mariadb)) = (Server::postgres(), Server::mariadb()) else { return };
    let p = Place::new();
    let mut lender = Lender::new(200);
    lender.files(&p, "src");
    for (server, mysql, file) in
        [(&postgres, false, "src/lender.sql"), (&mariadb, true, "src/lender.mysql.sql")]
    {
        let script = p.write(&format!("script{mysql}.sql"), lender.script(mysql));
        server.load("original", &script);
        p.write(file, server.dump("original"));
    }

    // the draft, and what an analyst decides otherwise: addresses of mail must keep their look for a constraint
    let draft = p.qupia(&["policy", "draft", "src"]);
    assert_eq!(draft.code, 0, "{}", draft.stderr);
    assert!(draft.stdout.contains("\niin = { digits = 12 }\n"), "{}", draft.stdout);
    let edited = draft
        .stdout
        .replace("column = \"email\"\nmethod = \"token\"", "column = \"email\"\nmethod = \"fake\"")
        + "\n[[column]]\ncolumn = \"Доход\"\nmethod = \"bins\"\nwidth = 100000\n";
    p.write("policy.toml", edited);
    assert_eq!(p.qupia(&["policy", "check", "policy.toml"]).code, 0);
    let run = p.qupia(&[
        "anonymize",
        "src",
        "--out",
        "out",
        "--policy",
        "policy.toml",
        "--description",
        "d.json",
        "--description",
        "d.md",
        "--description",
        "d.docx",
        "--lang",
        "ru,kk,en",
        "-q",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("do not join"), "{}", run.stderr);

    // what was told before is what was done
    let explained = p.qupia(&["policy", "explain", "policy.toml", "src", "--json"]);
    let described: serde_json::Value = serde_json::from_slice(&p.read("d.json")).unwrap();
    let told: BTreeMap<String, String> = explained
        .stdout
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap())
        .map(|e| {
            let text = |key: &str| e[key].as_str().unwrap_or_default().to_owned();
            let table = text("table");
            let place = if table.is_empty() { text("column") } else { format!("{table}.{}", text("column")) };
            (place, text("method"))
        })
        .collect();
    let mut compared = 0;
    for field in described["fields"].as_array().unwrap() {
        let (place, method) = (field["place"].as_str().unwrap(), field["method"].as_str().unwrap());
        // what stood inside a cell of running text was told as such
        if let Some(before) = told.get(place).filter(|m| !m.starts_with("scan")) {
            assert!(
                before == method || before.starts_with(&format!("{method} (where")),
                "{place}: {before}, {method}"
            );
            compared += 1;
        }
    }
    assert!(compared > 25, "{compared}");

    // the copies load with every constraint
    for (server, file, constraints) in
        [(&postgres, "out/lender.sql", CONSTRAINTS[0]), (&mariadb, "out/lender.mysql.sql", CONSTRAINTS[1])]
    {
        server.load("copied", &p.path(file));
        assert_eq!(server.sql("original", constraints), server.sql("copied", constraints));
        for query in QUERIES {
            assert_eq!(server.sql("original", query), server.sql("copied", query), "{query}");
        }
    }

    // joins over formats
    let keys = |folder: &str, database: &str| -> Vec<Vec<String>> {
        let all = [
            column(&p, &format!("{folder}/clients.csv"), b';', "ИИН"),
            column(&p, &format!("{folder}/calls.csv"), b',', "iin"),
            sheet(&p.path(&format!("{folder}/collection.xlsx")), 0),
            postgres.sql(database, "select iin from borrowers"),
            mariadb.sql(database, "select borrower_iin from loans"),
            postgres.sql(database, "select guarantor_iin from loans where guarantor_iin is not null"),
        ];
        all.into_iter().map(|values| values.iter().map(|v| key(v)).collect()).collect()
    };
    let (before, after) = (keys("src", "original"), keys("out", "copied"));
    for a in 0..before.len() {
        for b in 0..before.len() {
            let (was, is) = (joined(&before[a], &before[b]), joined(&after[a], &after[b]));
            assert_eq!(was, is, "{a} with {b}");
            assert!(was.0 > 0);
        }
    }
    let plates = |folder: &str, database: &str| {
        let book = sheet(&p.path(&format!("{folder}/collection.xlsx")), 1);
        joined(&book, &postgres.sql(database, "select plate from borrowers")).0
    };
    assert_eq!(plates("src", "original"), plates("out", "copied"));
    let phones = |folder: &str, database: &str| {
        let national = |v: &String| v.chars().filter(char::is_ascii_digit).skip(1).collect::<String>();
        let calls: Vec<String> =
            column(&p, &format!("{folder}/calls.csv"), b',', "phone").iter().map(national).collect();
        let clients: Vec<String> =
            column(&p, &format!("{folder}/clients.csv"), b';', "Телефон").iter().map(national).collect();
        let base: Vec<String> =
            postgres.sql(database, "select phone from borrowers").iter().map(national).collect();
        (joined(&calls, &clients), joined(&calls, &base))
    };
    assert_eq!(phones("src", "original"), phones("out", "copied"));

    // nothing of the originals is left, in any writing
    for file in p.files("out") {
        let text = texts(&p.path(&format!("out/{file}")));
        let digits: Vec<String> = text
            .split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-'))
            .map(|run| run.chars().filter(char::is_ascii_digit).collect())
            .filter(|run: &String| run.len() > 8)
            .collect();
        for person in &lender.people {
            let short = person.iin.trim_start_matches('0');
            let (family, given) = person.name.split_once(' ').unwrap();
            for value in [
                &person.iin,
                &person.email,
                &person.account,
                &person.card,
                &person.name,
                &person.address,
                &person.plate,
            ] {
                assert!(!text.contains(value.as_str()), "{file}: a whole value is left");
            }
            assert!(
                !text.contains(&person.email.to_uppercase()) && !text.contains(&format!("{given} {family}"))
            );
            let kept = digits.iter().any(|d| {
                d.contains(&person.iin)
                    || d == short
                    || d.ends_with(&person.phone)
                    || d.contains(&person.card)
            });
            assert!(!kept, "{file}: a number is left in another writing");
        }
    }
    let verified = p.qupia(&["verify", "out", "--against", "src"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);

    // once more is no more
    let again = p.qupia(&["anonymize", "out", "--out", "twice", "--policy", "policy.toml", "-q"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    for file in p.files("out").iter().filter(|f| !f.starts_with('.')) {
        assert_eq!(p.read(&format!("out/{file}")), p.read(&format!("twice/{file}")), "{file}");
    }

    // the description, against a count by other means
    for (server, schema) in [(&postgres, "public."), (&mariadb, "")] {
        for (database, folder) in [("original", "tables_before"), ("copied", "tables_after")] {
            for table in ["borrowers", "loans", "payments"] {
                p.write(&format!("{folder}/{schema}{table}.csv"), server.csv(database, table));
            }
        }
    }
    let python = std::env::var_os("QUPIA_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    if Command::new(&python).arg("--version").output().is_err() {
        return skip("python", "there is none to count with");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/story_figures.py");
    let counted = Command::new(&python)
        .arg(script)
        .args(
            ["src", "out", "tables_before", "tables_after", "d.json", "d.ru.md", "d.kk.md", "d.en.md"]
                .map(|f| p.path(f)),
        )
        .output()
        .unwrap();
    assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stderr));
    for lang in ["ru", "kk", "en"] {
        assert!(p.read(&format!("d.{lang}.docx")).starts_with(b"PK"));
    }
}

/// Types that take only values of their own form, as the servers declare them.
#[test]
fn the_default_policy_leaves_dumps_that_load() {
    let (Some(postgres), Some(mariadb)) = (Server::postgres(), Server::mariadb()) else { return };
    let p = Place::new();
    let people = Lender::new(40).people;
    for (server, mysql, file) in [(&postgres, false, "src/pg.sql"), (&mariadb, true, "src/my.sql")] {
        let mut sql = match mysql {
            true => "CREATE TABLE users (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uid char(36) NOT NULL UNIQUE,
              iin decimal(12,0) NOT NULL UNIQUE, sex enum('M','F') NOT NULL,
              marital_status enum('холост','в браке','разведён') NOT NULL, gender char(1) NOT NULL CHECK (gender IN ('М','Ж')),
              full_name varchar(25) NOT NULL, phone varchar(12) NOT NULL, birth_date date NOT NULL, seen datetime NOT NULL,
              ip varchar(15) NOT NULL, active bit(1) NOT NULL, profile json, card_no char(16) NOT NULL UNIQUE,
              vin char(17), email varchar(40) NOT NULL, note varchar(60) NOT NULL DEFAULT '') DEFAULT CHARSET=utf8mb4;\n"
                .to_owned(),
            false => "CREATE TYPE sex AS ENUM ('M', 'F');
              CREATE TYPE family AS ENUM ('холост', 'в браке', 'разведён');
              CREATE TABLE users (id integer PRIMARY KEY, uid uuid NOT NULL UNIQUE, iin numeric(12) NOT NULL UNIQUE, sex sex NOT NULL,
              marital_status family NOT NULL,
              gender char(1) NOT NULL CHECK (gender IN ('М','Ж')), full_name varchar(25) NOT NULL, phone varchar(12) NOT NULL,
              birth_date date NOT NULL, seen timestamp with time zone NOT NULL, ip inet NOT NULL, active boolean NOT NULL,
              profile jsonb, card_no char(16) NOT NULL UNIQUE, vin char(17), email varchar(40) NOT NULL,
              note varchar(60) NOT NULL DEFAULT '');\n"
                .to_owned(),
        };
        for q in &people {
            let (sex, gender) = if q.id % 2 == 0 { ("M", "М") } else { ("F", "Ж") };
            let active = match mysql {
                true => "b'1'",
                false => "true",
            };
            sql.push_str(&format!(
                "INSERT INTO users VALUES ({},'6f1c2b8e-0000-4000-8000-{:012}',{},'{sex}','{}','{gender}','{}','+7{}','1985-03-{:02}','2024-01-02 03:04:05','93.184.216.{}',{active},'{{\"iin\": \"{}\", \"n\": {}}}','{}','JTDBR32E720{:06}','{}','');\n",
                q.id, q.id, q.iin.trim_start_matches('0'), ["холост", "в браке", "разведён"][q.id % 3], q.name, q.phone, 1 + q.id % 28, q.id, q.iin, q.id, q.card, q.id, q.email
            ));
        }
        let script = p.write(&format!("script{mysql}.sql"), sql);
        server.load("original", &script);
        p.write(file, server.dump("original"));
    }
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--report", "r.jsonl", "-q"]);
    assert_eq!(run.code, 0, "{}{}", run.stderr, String::from_utf8_lossy(&p.read("r.jsonl")));
    for (server, file) in [(&postgres, "out/pg.sql"), (&mariadb, "out/my.sql")] {
        server.load("copied", &p.path(file));
        let counts =
            "select count(*), count(distinct iin), count(distinct card_no), count(distinct uid) from users";
        assert_eq!(server.sql("original", counts), server.sql("copied", counts));
        // one value for all: nothing is told of the sex, and every constraint holds
        assert_eq!(
            server.sql("copied", "select count(distinct sex), count(distinct gender), count(distinct marital_status) from users"),
            ["1\t1\t1"]
        );
        let text = texts(&p.path(file));
        assert!(
            people
                .iter()
                .all(|q| !text.contains(&q.iin) && !text.contains(&q.phone) && !text.contains(&q.name))
        );
    }
    let verified = p.qupia(&["verify", "out", "--against", "src"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
}

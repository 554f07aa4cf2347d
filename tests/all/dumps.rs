//! Dumps written by hand or by other tools than `pg_dump`: the copies load into a real server.

use crate::harness::Place;
use crate::servers::Server;

/// Numbers that pass the check of an IIN.
fn iin(n: usize) -> String {
    let digits = |s: &str| s.bytes().map(|b| u32::from(b - b'0')).collect::<Vec<_>>();
    (0..)
        .map(|k| format!("{:02}01013{:04}", 60 + n % 40, 1000 + n * 11 + k))
        .find_map(|head| {
            let d = digits(&head);
            let sum =
                |from: u32| d.iter().zip(0u32..).map(|(d, k)| d * ((from + k) % 11 + 1)).sum::<u32>() % 11;
            let check = if sum(0) == 10 { sum(2) } else { sum(0) };
            (check < 10).then(|| format!("{head}{check}"))
        })
        .unwrap()
}

const TABLE: &str =
    "CREATE TABLE people (id integer PRIMARY KEY, fio text, iin varchar(30) UNIQUE, note text);\n";

/// The same rows behind every way to say how they are written.
fn scripts() -> Vec<String> {
    let heads: [(&str, char, bool, &str); 6] = [
        ("COPY people (id, fio, iin, note) FROM stdin WITH (DELIMITER '|', NULL 'x');", '|', false, "x"),
        ("COPY people FROM stdin DELIMITERS '|' WITH NULL AS '-';", '|', false, "-"),
        ("COPY people FROM stdin WITH DELIMITER AS ';' CSV HEADER;", ';', true, ""),
        ("COPY people FROM stdin WITH (FORMAT csv, HEADER, NULL 'нет');", ',', true, "нет"),
        ("COPY people (id, fio, iin, note) FROM stdin CSV QUOTE AS '\"' ESCAPE AS '\\';", ',', true, ""),
        ("COPY people FROM stdin;", '\t', false, "\\N"),
    ];
    heads
        .iter()
        .map(|(head, delimiter, csv, null)| {
            let mut script = format!("{TABLE}{head}\n");
            if head.contains("HEADER") {
                script.push_str(&["id", "fio", "iin", "note"].join(&delimiter.to_string()));
                script.push('\n');
            }
            for n in 0..40usize {
                let note = match (n % 4, csv) {
                    (0, _) => (*null).to_owned(),
                    (1, true) => format!("\"первая{delimiter} строка\nвторая\""),
                    (1, false) => format!("первая\\{delimiter} строка\\nвторая"),
                    _ => format!("ИИН {}", iin(n)),
                };
                let fio = if *csv {
                    format!("\"Ахметов{delimiter} Нурлан\"")
                } else {
                    "Ахметов Нурлан".into()
                };
                script.push_str(&[n.to_string(), fio, iin(n), note].join(&delimiter.to_string()));
                script.push('\n');
            }
            script.push_str("\\.\nSELECT count(*) FROM people;\n");
            script
        })
        .collect()
}

#[test]
fn rows_of_copy_are_written_back_by_their_options() {
    let Some(server) = Server::postgres() else { return };
    let p = Place::new();
    for (k, script) in scripts().iter().enumerate() {
        server.load(&format!("original{k}"), &p.write(&format!("src/{k}.sql"), script));
    }
    let run = p.qupia(&["anonymize", "src", "--out", "out", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for k in 0..scripts().len() {
        let name = format!("copied{k}");
        server.load(&name, &p.path(&format!("out/{k}.sql")));
        let same = "select count(*), count(distinct iin), count(note), count(*) filter (where note ~ E'строка\\nвторая') from people";
        assert_eq!(server.sql(&name, same), server.sql(&format!("original{k}"), same), "{k}");
        let told = "select count(*) filter (where iin like 'IIN_%'), count(*) filter (where note ~ 'ИИН IIN_') from people";
        assert_eq!(server.sql(&name, told), ["40\t20"], "{k}");
        let copy = String::from_utf8(p.read(&format!("out/{k}.sql"))).unwrap();
        assert!((0..40).all(|n| !copy.contains(&iin(n))), "{k}");
    }
    let (_, lines) = p.jsonl(&["scan", "src/2.sql", "--only", "iin"]);
    let field = |l: &serde_json::Value| l["location"]["field"].as_str().unwrap_or_default().to_owned();
    let found: Vec<String> = crate::harness::of_type(&lines, "finding").into_iter().map(field).collect();
    assert_eq!(found.iter().filter(|f| *f == "iin").count(), 40, "{found:?}");
}

#[test]
fn columns_that_are_emptied_keep_what_their_constraints_ask_for() {
    let (Some(postgres), Some(mariadb)) = (Server::postgres(), Server::mariadb()) else { return };
    let p = Place::new();
    p.write(
        "policy.toml",
        r#"
version = 1
[[column]]
column = "number"
method = "remove"
[[column]]
column = "code"
method = "remove"
[[column]]
column = "email"
method = "label"
[[column]]
column = "amount"
method = "remove"
[[column]]
column = "joined"
method = "remove"
"#,
    );
    for (server, file, late) in [
        (
            &postgres,
            "src/pg.sql",
            "ALTER TABLE t ADD CONSTRAINT u UNIQUE (number);\nCREATE UNIQUE INDEX c ON t (code);\n",
        ),
        (&mariadb, "src/my.sql", "ALTER TABLE t ADD UNIQUE KEY u (number), ADD UNIQUE KEY c (code);\n"),
    ] {
        let mut script = "CREATE TABLE t (id integer PRIMARY KEY, number bigint NOT NULL, code varchar(6) NOT NULL, email varchar(40) NOT NULL UNIQUE, amount decimal(8,2) NOT NULL CHECK (amount >= 0), joined date NOT NULL UNIQUE);\n".to_owned();
        for n in 0..30 {
            script.push_str(&format!(
                "INSERT INTO t VALUES ({n}, {}, 'A{n}', 'ivan{n}@mail.kz', {}.50, '2019-04-{:02}');\n",
                770_000_000 + n * 17,
                100 + n % 5,
                n + 1
            ));
        }
        server.load("original", &p.write("script.sql", script + late));
        p.write(file, server.dump("original"));
    }
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--policy", "policy.toml", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (server, file) in [(&postgres, "out/pg.sql"), (&mariadb, "out/my.sql")] {
        server.load("copied", &p.path(file));
        let counts = "select count(*), count(distinct number), count(distinct code), count(distinct email), sum(amount), count(distinct joined) from t";
        assert_eq!(server.sql("copied", counts), ["30\t30\t30\t30\t0.00\t30"], "{file}");
        let copy = String::from_utf8(p.read(file)).unwrap();
        assert!(!copy.contains("7700000") && !copy.contains("A17") && !copy.contains("mail.kz"));
        assert!(!copy.contains("2019-04"));
    }
}

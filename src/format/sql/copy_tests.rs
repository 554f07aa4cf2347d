//! Rows of `COPY` are read and written by the options of their statement.

use super::*;
use crate::format::kit;

fn open(input: Input, sizes: Sizes) -> Box<dyn Stream> {
    Box::new(SqlStream::new(input, sizes).unwrap())
}

/// Table, field and text of every value in a row.
fn found(text: &str) -> Vec<[String; 3]> {
    kit::round_trip(&open, text.as_bytes());
    kit::same_for_all_sizes(&open, text.as_bytes());
    let mut all = Vec::new();
    for block in kit::read(&open, text.as_bytes(), Sizes::default()) {
        for s in block.segments.iter().filter(|s| s.column != crate::model::NO_COLUMN) {
            let value = String::from_utf8_lossy(&block.text[s.start as usize..s.end as usize]).into_owned();
            let place = block.location(s.start, s.end);
            all.push([
                place.table.unwrap_or_default().into_owned(),
                place.field.unwrap_or_default().into_owned(),
                value,
            ]);
        }
    }
    all
}

fn has(all: &[[String; 3]], field: &str, value: &str) {
    let one = ["t", field, value].map(str::to_owned);
    assert!(all.contains(&one), "{one:?} in {all:#?}");
}

const DDL: &str = "CREATE TABLE t (id bigint, fio text, iin char(12), note text);\n";

#[test]
fn text_with_another_delimiter() {
    for head in [
        "COPY t (id, fio, iin, note) FROM stdin WITH (DELIMITER '|', NULL 'x');",
        "COPY t FROM stdin DELIMITERS '|' WITH NULL AS 'x';",
        "COPY t FROM stdin\n  WITH DELIMITER AS '|'\n  NULL AS E'\\x78';",
    ] {
        let text = format!(
            "{DDL}{head}\n1|Ким\\|Пак|991231500016|a\tb\n2|x|001231500016|\\x\n3|Цой|x|x\n\\.\nSELECT 'z';\n"
        );
        let all = found(&text);
        has(&all, "fio", "Ким|Пак");
        has(&all, "note", "a\tb");
        has(&all, "iin", "001231500016");
        assert!(!all.iter().any(|v| v[1] == "iin" && v[2] == "x"), "{all:?}");
        let copy = |what: &str, with: &str| {
            String::from_utf8(kit::replace(&open, text.as_bytes(), what, with)).unwrap()
        };
        assert!(copy("Цой", "a|b\\").contains("\n3|a\\|b\\\\|x|x\n"), "{}", copy("Цой", "a|b\\"));
        // the sign of NULL as a value
        assert!(copy("Цой", "x").contains("\n3|\\170|x|x\n"));
        assert!(copy("Ким|Пак", "IIN_0").contains("\n1|IIN_0|991231500016|a\tb\n"));
    }
}

#[test]
fn quoted_rows() {
    let rows =
        "1,\"Ким, \"\"А\"\"\",991231500016,\"первая\nвторая\"\r\n2,,001231500016,\"\"\n3,Цой,,конец\n\\.\n";
    for head in [
        "COPY t FROM stdin WITH (FORMAT csv);\n",
        "COPY t (id, fio, iin, note) FROM STDIN CSV;\n",
        "COPY t FROM stdin (FORMAT 'csv', HEADER);\nid,fio,iin,note\n",
        "COPY t FROM stdin WITH CSV HEADER;\nid,\"fio\",iin,note\r\n",
    ] {
        let text = format!("{DDL}{head}{rows}SELECT 'z';\n-- конец\n");
        let all = found(&text);
        has(&all, "fio", "Ким, \"А\"");
        has(&all, "note", "первая\nвторая");
        has(&all, "iin", "001231500016");
        assert!(!all.iter().any(|v| v[2] == "fio"), "{all:?}");
        let copy = |what: &str, with: &str| {
            String::from_utf8(kit::replace(&open, text.as_bytes(), what, with)).unwrap()
        };
        assert!(copy("Цой", "a,\"b\"").contains("\n3,\"a,\"\"b\"\"\",,конец\n"));
        assert!(copy("Цой", "").contains("\n3,\"\",,конец\n"), "{}", copy("Цой", ""));
        assert!(copy("Ким", "a\"").contains("1,\"a\"\", \"\"А\"\"\",991231500016"));
    }
}

#[test]
fn a_header_names_the_columns_of_an_unknown_table() {
    let text = "COPY t FROM stdin (FORMAT csv, HEADER, DELIMITER ';', QUOTE '''', ESCAPE '\\', NULL 'n');\n\
        номер;ИИН\n1;'99\\'12'\nn;'n'\n\\.\n";
    let all = found(text);
    has(&all, "ИИН", "99'12");
    has(&all, "ИИН", "n");
    assert_eq!(all.len(), 3);
    let copy = String::from_utf8(kit::replace(&open, text.as_bytes(), "99'12", "a'\\b")).unwrap();
    assert!(copy.contains("\n1;'a\\'\\\\b'\n"), "{copy}");
    let copy = String::from_utf8(kit::replace(&open, text.as_bytes(), "1", "n")).unwrap();
    assert!(copy.contains("\n'n';'99"), "{copy}");
}

#[test]
fn one_table_filled_in_several_ways() {
    let text = format!(
        "{DDL}COPY t FROM stdin;\n1\tКим\t1\tx\n\\.\nCOPY t FROM stdin CSV;\n2,Пак,2,y\n\\.\n\
         INSERT INTO t VALUES (3, 'Цой', '3', 'z');\nCOPY t FROM stdin DELIMITER '|';\n4|Ли|4|q\n\\.\n"
    );
    let all = found(&text);
    for (k, name) in ["Ким", "Пак", "Цой", "Ли"].into_iter().enumerate() {
        has(&all, "fio", name);
        has(&all, "id", &(k + 1).to_string());
        let copy = String::from_utf8(kit::replace(&open, text.as_bytes(), name, "a,b|c\td'")).unwrap();
        let wanted = ["1\ta,b|c\\td'\t", "2,\"a,b|c\td'\",2", "(3, 'a,b|c\td''',", "4|a,b\\|c\\td'|4"][k];
        assert!(copy.contains(wanted), "{copy}");
    }
}

#[test]
fn long_rows_of_quoted_values() {
    let long = "слово \"\" и\nстрока, ".repeat(120);
    let text = format!("{DDL}COPY t FROM stdin CSV;\n1,\"{long}\",2,x\n2,Пак,3,y\n\\.\nSELECT 'z';\n");
    for block in [64, 100, 333, 1000] {
        let sizes = Sizes { whole: block, block, most: block * 4 };
        kit::round_trip_sizes(&open, text.as_bytes(), sizes);
        let seen = kit::seen(&kit::read(&open, text.as_bytes(), sizes));
        let fio: String = seen.iter().filter(|s| s.1 == "fio" && s.2 == 1).map(|s| s.0.as_str()).collect();
        assert_eq!(fio, long.replace("\"\"", "\""), "{block}");
        assert!(seen.iter().any(|s| s.0 == "Пак" && s.1 == "fio" && s.2 == 2), "{block}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn any_rows_come_back(text in r#"([,|"\\\n\ta1бx.]|""|\\[.]\n){0,60}"#, seed: u64) {
        for head in ["COPY t FROM stdin CSV;\n", "COPY t FROM stdin DELIMITER '|' NULL 'x';\n",
            "COPY t FROM stdin (FORMAT csv, ESCAPE '\\', HEADER);\n", "COPY t FROM stdin (DELIMITER 'a"] {
            let all = format!("{head}{text}");
            kit::round_trip(&open, all.as_bytes());
            kit::round_trip_sizes(&open, all.as_bytes(), Sizes { whole: 8, block: 8, most: 24 });
        }
        let values = ["x", "a,b", "\"", "\n|", "\\", "ж"];
        let rows: String = text.chars().filter(|c| !"\"\\\n\t|,".contains(*c)).collect();
        let csv = format!("COPY t (a, b) FROM stdin CSV;\n{}\\.\n", format!("1{rows},\"q\"\n").repeat(9));
        kit::random_edits(&open, csv.as_bytes(), &values, seed);
    }
}

use super::*;
use crate::format::kit;
use crate::model::{ColumnType, SegmentKind};

fn open(input: Input, sizes: Sizes) -> Box<dyn Stream> {
    Box::new(SqlStream::new(input, sizes).unwrap())
}

/// Text, table and field of every value.
fn found(text: &str) -> Vec<(String, String, String, u64)> {
    kit::round_trip(&open, text.as_bytes());
    let mut all = Vec::new();
    for block in kit::read(&open, text.as_bytes(), Sizes::default()) {
        for s in &block.segments {
            let text = String::from_utf8_lossy(&block.text[s.start as usize..s.end as usize]).into_owned();
            let place = block.location(s.start, s.end);
            let column = s.column != crate::model::NO_COLUMN;
            let table = place.table.filter(|_| column).unwrap_or_default().into_owned();
            let row = if column { place.row.unwrap() } else { 0 };
            all.push((text, table, place.field.unwrap_or_default().into_owned(), row));
        }
    }
    all
}

fn has(all: &[(String, String, String, u64)], text: &str, table: &str, field: &str, row: u64) {
    let one = (text.to_owned(), table.to_owned(), field.to_owned(), row);
    assert!(all.contains(&one), "{one:?} in {all:#?}");
}

const PG: &str = r"--
-- PostgreSQL database dump, ответственный Ахметов
--
\restrict abc
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
CREATE TABLE public.clients (
    id bigint NOT NULL,
    fio character varying(100),
    iin character(12) DEFAULT '000000000000'::bpchar,
    full_text text GENERATED ALWAYS AS ((fio || ' '::text)) STORED,
    born date,
    CONSTRAINT c CHECK ((length(iin) = 12))
);
COPY public.clients (id, fio, iin, born) FROM stdin;
1	Ахметов\tНурлан	991231500016	1999-12-31
2	\N	001231500016	\N
3	C:\\temp\nновая	\\x	2001-01-01
\.

COMMENT ON TABLE public.clients IS 'клиенты ''Алма''';
INSERT INTO public.clients VALUES (4, 'О''Коннор \ ', '1', '2000-01-01'), (5, E'та\'б\t', NULL, now());
CREATE FUNCTION f() RETURNS void AS $body$ INSERT INTO x VALUES ('внутри'); $body$;
SELECT pg_catalog.setval('public.clients_id_seq', 5, true);
-- конец
";

#[test]
fn postgres() {
    let all = found(PG);
    has(&all, "Ахметов\tНурлан", "public.clients", "fio", 1);
    has(&all, "001231500016", "public.clients", "iin", 2);
    has(&all, "C:\\temp\nновая", "public.clients", "fio", 3);
    has(&all, "О'Коннор \\ ", "public.clients", "fio", 4);
    has(&all, "та'б\t", "public.clients", "fio", 5);
    has(&all, "клиенты 'Алма'", "", "", 0);
    has(&all, " INSERT INTO x VALUES ('внутри'); ", "", "", 0);
    has(&all, " конец", "", "", 0);
    assert!(!all.iter().any(|s| s.0.contains("\\N")));
    let blocks = kit::read(&open, PG.as_bytes(), Sizes::default());
    let table = blocks.iter().find_map(|b| b.table.clone()).unwrap();
    let types: Vec<_> = table.fields.iter().map(|f| f.ty).collect();
    assert_eq!(
        types,
        [ColumnType::Integer(18), ColumnType::Varchar(100), ColumnType::Char(12), ColumnType::Date]
    );
    let kinds: Vec<_> =
        blocks.iter().flat_map(|b| &b.segments).filter(|s| s.column == 3).map(|s| s.kind).collect();
    assert!(kinds.iter().all(|k| *k == SegmentKind::Date) && kinds.len() >= 2);
}

const MYSQL: &str = r#"-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `clients`;
CREATE TABLE `clients` (
  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'ключ, главный',
  `fio` varchar(50) DEFAULT 'нет',
  `iin` bigint(20) unsigned DEFAULT NULL,
  `note` text,
  PRIMARY KEY (`id`), UNIQUE KEY `iin` (`iin`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='список';
LOCK TABLES `clients` WRITE;
INSERT INTO `clients` VALUES (1,'Ахметов \'Н\'',991231500016,'стр\nока \\ \"x\" ; ('),(2,NULL,-5,''),(3,'a''b',1.5e3,0xD0982DD091);
UNLOCK TABLES;
INSERT INTO `orders` (`номер`, `кому`) VALUES (7, "Сапаров ""Е"""), (8, _binary 'Ким');
REPLACE INTO clients (fio) VALUES
 ('последний') ON DUPLICATE KEY UPDATE fio='другой';
"#;

#[test]
fn mysql() {
    let all = found(MYSQL);
    has(&all, "Ахметов 'Н'", "clients", "fio", 1);
    has(&all, "991231500016", "clients", "iin", 1);
    has(&all, "стр\nока \\ \"x\" ; (", "clients", "note", 1);
    has(&all, "a'b", "clients", "fio", 3);
    has(&all, "И-Б", "clients", "note", 3);
    has(&all, "Сапаров \"Е\"", "orders", "кому", 1);
    has(&all, "Ким", "orders", "кому", 2);
    has(&all, "последний", "clients", "fio", 4);
    has(&all, "другой", "", "", 0);
    has(&all, "список", "", "", 0);
}

#[test]
fn mssql_and_sqlite() {
    let text = "USE [base]\nGO\nCREATE TABLE [dbo].[Люди](\n\t[ID] [int] IDENTITY(1,1) NOT NULL,\n\t[ИИН] [nvarchar](12) NULL\n)\nGO\n\
        INSERT [dbo].[Люди] ([ID], [ИИН]) VALUES (1, N'991231500016')\nINSERT [dbo].[Люди] ([ID], [ИИН]) VALUES (2, CAST(N'c:\\' AS nvarchar))\nGO\n";
    let all = found(text);
    has(&all, "991231500016", "dbo.Люди", "ИИН", 1);
    has(&all, "c:\\", "dbo.Люди", "ИИН", 2);
    let lite = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);\nINSERT INTO t VALUES(1,'x');\nINSERT INTO \"t\" VALUES(2,X'D0982DD091');\nCOMMIT;\n";
    let all = found(lite);
    has(&all, "x", "t", "b", 1);
    has(&all, "И-Б", "t", "b", 2);
    let script = "SET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE t (\n  a integer\n);\nCOPY t (a) FROM stdin;\n1\n\\.\n";
    let psql = "\\connect base\n\nCOMMENT ON TABLE t IS 'x';\nINSERT INTO t VALUES (1);\n";
    for (text, name) in [(text, "a"), (lite, "b"), (PG, "c"), (MYSQL, "d"), (script, "e"), (psql, "f")] {
        assert_eq!(kit::recognised(text.as_bytes(), name), "sql");
    }
}

#[test]
fn block_size_changes_nothing() {
    let pg = PG.repeat(3);
    let sizes = |block| Sizes { whole: block, block, most: block * 8 };
    for text in [pg.as_str(), MYSQL] {
        let whole = kit::seen(&kit::read(&open, text.as_bytes(), Sizes::default()));
        for block in [150, 333, 1000] {
            kit::round_trip_sizes(&open, text.as_bytes(), sizes(block));
            let cut = kit::seen(&kit::read(&open, text.as_bytes(), sizes(block)));
            for (a, b) in whole.iter().zip(&cut) {
                assert_eq!(a, b, "blocks of {block}");
            }
            assert_eq!(whole.len(), cut.len());
        }
    }
}

#[test]
fn long_rows_are_cut_between_values() {
    let values = (0..200).map(|n| format!("'значение {n}'")).collect::<Vec<_>>().join(",");
    let text = format!("-- MySQL dump\nINSERT INTO `t` VALUES ({values}),({values});\nSELECT 1;\n");
    let sizes = Sizes { whole: 100, block: 100, most: 400 };
    let whole = kit::seen(&kit::read(&open, text.as_bytes(), Sizes::default()));
    kit::round_trip_sizes(&open, text.as_bytes(), sizes);
    let blocks = kit::read(&open, text.as_bytes(), sizes);
    assert!(blocks.iter().all(|b| b.stored().len() <= 400));
    assert!(kit::seen(&blocks) == whole);
    let copy =
        format!("COPY t (a, b) FROM stdin;\n1\t{}\n2\tx\n\\.\nSELECT 'z';\n", "слово \\n ".repeat(300));
    kit::round_trip_sizes(&open, copy.as_bytes(), sizes);
    let blocks = kit::read(&open, copy.as_bytes(), sizes);
    let seen = kit::seen(&blocks);
    let long: String = seen.iter().filter(|s| s.1 == "b" && s.2 == 1).map(|s| s.0.as_str()).collect();
    assert_eq!(long, "слово \n ".repeat(300));
    assert_eq!(seen.iter().filter(|s| s.1 == "b" && s.2 == 2).count(), 1);
    assert_eq!(seen.last().unwrap().0, "z");
}

#[test]
fn edits_keep_the_dump_loadable() {
    let one = |text: &str, with: &str| {
        let out = kit::replace(&open, text.as_bytes(), "991231500016", with);
        String::from_utf8(out).unwrap()
    };
    assert!(one(PG, "a\tb'\\").contains("\ta\\tb'\\\\\t1999-12-31\n"));
    assert!(one(MYSQL, "7").contains("\\'',7,'стр"));
    assert!(one(MYSQL, "x'y").contains(",'x''y','стр"));
    let quoted = "-- MySQL dump\nINSERT INTO `t` VALUES ('ИИН 991231500016',\"991231500016\",0x393931323331353030303136);\n";
    assert_eq!(
        one(quoted, "a'\\\""),
        "-- MySQL dump\nINSERT INTO `t` VALUES ('ИИН a''\\\\\"\",\"a'\\\\\"\"\",0x61275C22);\n"
            .replace("\\\\\"\",\"", "\\\\\"',\"")
    );
    for text in [PG, MYSQL] {
        for seed in 1..20 {
            kit::random_edits(&open, text.as_bytes(), &["IIN_0", "a bc", "q'qq", "x\\yy"], seed);
        }
    }
}

#[test]
fn every_encoding() {
    let text = "CREATE TABLE t (a text);\nINSERT INTO t VALUES ('Ахметов ''Нурлан''', 5), ('Сапаров Ерлан', 6);\n-- конец работы\n";
    for (name, bytes) in kit::encoded(text) {
        kit::round_trip(&open, &bytes);
        kit::random_edits(&open, &bytes, &["IIN_0", "q'q"], 5);
        let seen = kit::seen(&kit::read(&open, &bytes, Sizes::default()));
        assert_eq!(seen[0].0, "Ахметов 'Нурлан'", "{name}");
    }
}

#[test]
fn cut_off_anywhere() {
    for text in [PG, MYSQL] {
        for (end, _) in text.char_indices() {
            let part = &text[..end];
            kit::round_trip(&open, part.as_bytes());
        }
    }
    let cut = &PG[..PG.find("2\t\\N\t0012315").unwrap() + 11];
    has(&found(cut), "001231", "public.clients", "iin", 2);
}

#[test]
fn sentences_are_no_dumps() {
    for text in [
        "Create table of contents first.\n",
        "Use the door.\nInsert the key\n",
        "-- заметка\nтекст\n",
        "Copy this (and that)\n",
        "If you go (or not),\nselect a seat\n",
    ] {
        assert_eq!(kit::recognised(text.as_bytes(), "a.txt"), "text", "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn anything_comes_back(text in r#"(INSERT INTO t |VALUES|COPY t FROM stdin;\n|COPY t FROM stdin CSV;\n|[(),;'"`\\\n\t\[\]$x0-9б/*N-]|CREATE TABLE t|--){0,60}"#) {
        for head in ["", "-- MySQL dump\n"] {
            let text = format!("{head}{text}");
            kit::round_trip(&open, text.as_bytes());
            kit::round_trip_sizes(&open, text.as_bytes(), Sizes { whole: 8, block: 8, most: 24 });
        }
    }
}

#[test]
fn bytes_of_every_dialect_read_with_one_mark() {
    let digits = "504b0304".repeat(40);
    let text = format!(
        "INSERT INTO t (a, b, c) VALUES (0x{digits}, X'{digits}', 1);\nINSERT INTO t (a, b, c) VALUES ('\\x{digits}', 0x00FF, 2);\n"
    );
    let all = found(&text);
    let want = format!("\\x{digits}");
    has(&all, &want, "t", "a", 1);
    has(&all, &want, "t", "b", 1);
    has(&all, &want, "t", "a", 2);
    // too short for a file, and no text
    assert!(!all.iter().any(|s| s.0.contains("00FF")));
    kit::same_for_all_sizes(&open, text.repeat(5).as_bytes());
    let copy = kit::replace(&open, text.as_bytes(), &digits, "0102");
    let copy = String::from_utf8(copy).unwrap();
    assert_eq!(copy.matches("(0x0102, X'0102', 1)").count(), 1, "{copy}");
    assert!(copy.contains(r"('\x0102', 0x00FF, 2)"), "{copy}");
    // a word instead of bytes is written as bytes
    let copy = kit::replace(&open, text.as_bytes(), &want, "нет");
    assert!(String::from_utf8(copy).unwrap().contains("(0xD0BDD0B5D182, X'D0BDD0B5D182', 1)"));
}

#[test]
fn bytes_longer_than_a_block_are_read_whole() {
    let sizes = Sizes { whole: 400, block: 400, most: 900 };
    let digits = "504b0304".repeat(1000);
    for text in [
        format!("INSERT INTO t (a, b) VALUES ('x', 0x{digits}), ('y', 0x01);\n"),
        format!("INSERT INTO t (a, b) VALUES ('x', '\\x{digits}'), ('y', '');\n"),
        format!("INSERT INTO t (a, b) VALUES ('x', X'{digits}'), ('y', X'01');\n"),
        format!("COPY t (a, b) FROM stdin;\nx\t\\\\x{digits}\ny\t\\\\x01\n\\.\n"),
        format!("SELECT pg_catalog.lowrite(0, '\\x{digits}');\nSELECT 1;\n"),
    ] {
        kit::round_trip_sizes(&open, text.as_bytes(), sizes);
        let blocks = kit::read(&open, text.as_bytes(), sizes);
        let whole = format!("\\x{digits}");
        let seen = kit::seen(&blocks);
        let lengths: Vec<_> = seen.iter().map(|s| s.0.len()).collect();
        assert_eq!(seen.iter().filter(|s| s.0 == whole).count(), 1, "{} {lengths:?}", &text[..60]);
        let mut stream = SqlStream::new(Input::memory(text.into_bytes(), "x"), sizes).unwrap();
        while stream.next(&mut Block::default()).unwrap() {}
        assert!(stream.info().partly.is_empty());
    }
}

#[test]
fn pieces_of_a_large_object_read_as_one() {
    let text = "SELECT pg_catalog.lo_open('16001', 131072);\nSELECT pg_catalog.lowrite(0, '\\xd09f');\n\
                SELECT pg_catalog.lowrite(0, '\\xd180d0be');\nSELECT pg_catalog.lowrite(0, '\\xd0b1');\n\
                SELECT pg_catalog.lo_close(0);\nINSERT INTO t (a) VALUES ('b');\n";
    let all = found(text);
    has(&all, "\\xd09fd180d0bed0b1", "", "", 0);
    let copy = kit::replace(&open, text.as_bytes(), "d09fd180d0bed0b1", "0102");
    let copy = String::from_utf8(copy).unwrap();
    assert_eq!((copy.matches("'\\x0102'").count(), copy.matches("'\\x'").count()), (1, 2), "{copy}");
    kit::same_for_all_sizes(&open, text.repeat(20).as_bytes());
}

#[test]
fn dates_of_sql_server_in_bytes() {
    let text = "INSERT [dbo].[t] ([name], [born], [seen]) VALUES (N'a', CAST(0xC60F0B00 AS Date), CAST(0x0000808A00C5C100 AS DateTime))\nGO\n\
                INSERT [dbo].[t] ([name], [born], [seen]) VALUES (N'b', CAST(N'1985-10-21' AS Date), CAST(0x01 AS Bit))\nGO\n";
    let all = found(text);
    has(&all, "1985-10-21", "dbo.t", "born", 1);
    has(&all, "1990-02-04T12:00:00Z", "dbo.t", "seen", 1);
    let copy = kit::replace(&open, text.as_bytes(), "1985-10-21", "1985-01-01");
    let copy = String::from_utf8(copy).unwrap();
    assert!(copy.contains("CAST('19850101' AS Date)"), "{copy}");
    let copy = kit::replace(&open, text.as_bytes(), "1990-02-04T12:00:00Z", "1990-01-01T00:00:00Z");
    assert!(String::from_utf8(copy).unwrap().contains("CAST('19900101 00:00:00' AS DateTime)"));
    kit::same_for_all_sizes(&open, text.repeat(20).as_bytes());
}

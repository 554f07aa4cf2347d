use std::io::Write;

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

const SAMPLE: &[u8] = include_bytes!("../../../testdata/sqlite/python.db");

fn open(bytes: &[u8]) -> (Connection, NamedTempFile) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    (Connection::open(file.path()).unwrap(), file)
}

fn made(sql: &str) -> Vec<u8> {
    let file = NamedTempFile::new().unwrap();
    let connection = Connection::open(file.path()).unwrap();
    connection.execute_batch(sql).unwrap();
    connection.close().unwrap();
    std::fs::read(file.path()).unwrap()
}

#[test]
fn copy_of_a_database() {
    let (copy, trial) = copy_of(&Sqlite, SAMPLE, "a.db").unwrap();
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    assert!(trial.fields.iter().any(|f| f == "iin"));
    for value in [IIN, SURNAME, "Удалённый"] {
        assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none(), "{value}");
    }
    // what was deleted does stand in the free pages of the original
    assert!(memchr::memmem::find(SAMPLE, "Удалённый".as_bytes()).is_some());
    let (db, _file) = open(&copy);
    let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, String>(0)).unwrap();
    assert_eq!(one("PRAGMA integrity_check"), "ok");
    assert_eq!(one("SELECT iin FROM person WHERE id = 7"), "XXXXXXXXXXXX");
    assert_eq!(one("SELECT count(*) || '' FROM person"), "500");
    assert_eq!(
        one("SELECT group_concat(name, ' ') FROM sqlite_schema WHERE type IN ('index', 'view', 'trigger')"),
        "person_name adults keep"
    );
    assert_eq!(one("SELECT typeof(born) FROM person WHERE id = 7"), "text");
    assert_eq!(one("SELECT group_concat(rowid) FROM search WHERE search MATCH 'договор'"), "1");
    assert_eq!(one("SELECT user_version || '' FROM pragma_user_version"), "42");
}

#[test]
fn the_copy_scans_clean() {
    let (copy, trial) = copy_of(&Sqlite, SAMPLE, "a.db").unwrap();
    let mut again = Trial::default();
    again.scan(&Sqlite, &copy, "a.db").unwrap();
    assert_eq!((again.found, again.partly.len()), (0, 0));
    assert_eq!(again.members.len(), trial.members.len());
}

#[test]
fn a_big_file_is_read_in_place() {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(SAMPLE).unwrap();
    let limits = Arc::new(Limits { memory: 1 << 10, ..Limits::default() });
    let input = Input::file(file.reopen().unwrap(), "a.db").unwrap();
    let Opened::Document(document) = Sqlite.open(input, &limits).unwrap() else { panic!() };
    let mut trial = Trial::default();
    document.process(&mut trial, None).unwrap();
    assert!(trial.found > 500);
    let wal = format!("{}-wal", file.path().display());
    std::fs::write(&wal, b"x").unwrap();
    let input = Input::file(file.reopen().unwrap(), "a.db").unwrap();
    let Opened::Document(document) = Sqlite.open(input, &limits).unwrap() else { panic!() };
    let mut trial = Trial::default();
    document.process(&mut trial, None).unwrap();
    std::fs::remove_file(wal).unwrap();
    assert_eq!(trial.partly[0].0, Reason::Changed);
}

#[test]
fn tables_of_every_kind() {
    let file = made(&format!(
        "CREATE TABLE a (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO a VALUES ('{IIN}', 990101300124);
         CREATE TABLE s (n INTEGER, t TEXT) STRICT; INSERT INTO s VALUES (1, '{IIN}');
         CREATE TABLE g (a TEXT, b TEXT GENERATED ALWAYS AS (a || '!')); INSERT INTO g(a) VALUES ('{SURNAME}');
         CREATE TABLE c (x TEXT CHECK (length(x) = 12 AND x NOT LIKE 'X%')); INSERT INTO c VALUES ('{IIN}');
         CREATE TABLE \"odd \"\" name\" (\"from\" TEXT DEFAULT '{SURNAME}', rowid TEXT); INSERT INTO \"odd \"\" name\" VALUES ('1', '2');
         CREATE VIRTUAL TABLE f USING fts5(a, content='g', content_rowid='rowid');",
    ));
    let (copy, trial) = copy_of(&Sqlite, &file, "a.db").unwrap();
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    for value in [IIN, SURNAME] {
        assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none(), "{value}");
    }
    let (db, _file) = open(&copy);
    let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, String>(0)).unwrap();
    assert_eq!(one("SELECT b FROM g"), "XXXXXXXXX!");
    assert_eq!(one("SELECT typeof(v) FROM a"), "text");
}

#[test]
fn an_index_without_its_text_is_told() {
    let file = made(
        "CREATE VIRTUAL TABLE f USING fts5(body, content=''); INSERT INTO f(rowid, body) VALUES (1, 'а');",
    );
    let (_, trial) = copy_of(&Sqlite, &file, "a.db").unwrap();
    assert_eq!(trial.partly[0].0, Reason::UnsupportedFormat);
}

#[test]
fn words_of_an_index_are_those_of_the_new_texts() {
    let file = made(&format!(
        "CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('{SURNAME} {IIN}');
         CREATE VIRTUAL TABLE v USING fts5vocab('f', 'row');
         CREATE VIRTUAL TABLE g USING fts4(body); INSERT INTO g VALUES ('{SURNAME}');
         CREATE VIRTUAL TABLE w USING fts4aux(g);"
    ));
    let (copy, trial) = copy_of(&Sqlite, &file, "a.db").unwrap();
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    let (db, _file) = open(&copy);
    let words = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(words("SELECT term FROM v"), ["xxxxxxxxx", "xxxxxxxxxxxx"]);
    assert_eq!(words("SELECT term FROM w WHERE col = '*'"), ["xxxxxxxxx"]);
}

#[test]
fn files_in_blobs_are_members() {
    let sample = include_bytes!("../../../testdata/archive/python.zip");
    let file = NamedTempFile::new().unwrap();
    let connection = Connection::open(file.path()).unwrap();
    connection.execute_batch("CREATE TABLE d (name TEXT, data BLOB)").unwrap();
    connection.execute("INSERT INTO d VALUES ('a', ?1)", [&sample[..]]).unwrap();
    connection.close().unwrap();
    let (copy, trial) = copy_of(&Sqlite, &std::fs::read(file.path()).unwrap(), "a.db").unwrap();
    assert!(trial.members.iter().any(|m| m == "папка/Договор.txt"), "{:?}", trial.members);
    let mut again = Trial::default();
    again.scan(&Sqlite, &copy, "a.db").unwrap();
    assert_eq!(again.found, 0);
}

#[test]
fn damage_is_told_and_never_panics() {
    for cut in (0..SAMPLE.len()).step_by(4001) {
        let mut trial = Trial::default();
        let whole = trial.scan(&Sqlite, &SAMPLE[..cut], "a.db").is_ok() && trial.partly.is_empty();
        assert!(!whole, "cut at {cut}");
    }
    for at in (0..SAMPLE.len()).step_by(997) {
        let mut bad = SAMPLE.to_vec();
        bad[at] ^= 0x5A;
        let _ = copy_of(&Sqlite, &bad, "a.db");
    }
}

#[test]
fn a_value_that_the_schema_forbids_leaves_no_copy() {
    let file = made(&format!(
        "CREATE TABLE s (n INTEGER, u TEXT UNIQUE) STRICT; INSERT INTO s VALUES (1, '{IIN}'), (2, 'XXXXXXXXXXXX');"
    ));
    let e = copy_of(&Sqlite, &file, "a.db").map(|_| ()).unwrap_err();
    assert_eq!(e.reason, Reason::NotWritable);
    assert!(!e.detail.contains("XXXX"));
}

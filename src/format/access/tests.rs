use std::io::Write;

use rusqlite::Connection;
use tempfile::NamedTempFile;

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

const SAMPLE: &[u8] = include_bytes!("../../../testdata/access/clients.mdb");

fn rows(copy: &[u8], sql: &str) -> Vec<String> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(copy).unwrap();
    let connection = Connection::open(file.path()).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn tables_are_read_and_the_copy_is_a_database() {
    let (copy, trial) = copy_of(&Access, SAMPLE, "clients.mdb").unwrap();
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    assert!(trial.fields.iter().any(|f| f == "Дата рождения"));
    assert!(copy.starts_with(b"SQLite format 3\0"));
    for value in [IIN, SURNAME] {
        assert!(trial.text.contains(value));
        assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none(), "{value}");
    }
    assert_eq!(rows(&copy, "SELECT count(*) || '' FROM Товары"), ["200"]);
    assert_eq!(rows(&copy, "SELECT \"ИИН\" FROM Клиенты WHERE \"Код\" = 1"), ["XXXXXXXXXXXX"]);
    let typed =
        "SELECT typeof(\"Остаток\") || \"Активен\" || \"Дата рождения\" FROM Клиенты WHERE \"Код\" = 2";
    assert_eq!(rows(&copy, typed), ["real01987-03-14"]);
    assert_eq!(
        rows(&copy, "SELECT \"Примечание\" FROM Клиенты WHERE \"Код\" = 2 AND \"Примечание\" IS NOT NULL")
            .len(),
        0
    );
}

#[test]
fn a_big_file_goes_through_a_file() {
    let limits = Arc::new(Limits { memory: 1 << 12, ..Limits::default() });
    let Opened::Document(document) = Access.open(Input::memory(SAMPLE, "a.mdb"), &limits).unwrap() else {
        panic!("no document")
    };
    let mut trial = Trial::default();
    document.process(&mut trial, None).unwrap();
    assert!(trial.found >= 2 && trial.partly.is_empty(), "{} {:?}", trial.found, trial.partly);
}

#[test]
fn too_many_bytes_of_rows_are_told() {
    let limits = Arc::new(Limits { member_bytes: 40_000, ..Limits::default() });
    let mut base =
        Base { bytes: Input::memory(SAMPLE, "a").into_seekable(1 << 20, 1 << 20).unwrap(), limits };
    base.limits = Arc::new(Limits { member_bytes: 5_000, ..Limits::default() });
    let mut trial = Trial::default();
    Box::new(base).process(&mut trial, None).unwrap();
    assert!(trial.partly.iter().any(|p| p.0 == Reason::LimitReached), "{:?}", trial.partly);
    assert!(trial.text.contains(SURNAME));
}

#[test]
fn cut_and_damaged_files_are_told() {
    for cut in [0x20, 4096, 3 * 4096, SAMPLE.len() - 1] {
        let mut trial = Trial::default();
        let outcome = trial.scan(&Access, &SAMPLE[..cut], "a.mdb");
        assert!(outcome.is_err() || !trial.partly.is_empty(), "{cut}");
    }
    for at in (0..SAMPLE.len()).step_by(97) {
        let mut bytes = SAMPLE.to_vec();
        bytes[at] ^= 0xA5;
        let _ = Trial::default().scan(&Access, &bytes, "a.mdb");
    }
}

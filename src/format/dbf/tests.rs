use super::super::encoding::{Encoding, Lack};
use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::header::Column;
use super::rows::cell;
use super::*;

const SAMPLE: &[u8] = include_bytes!("../../../testdata/dbf/python.dbf");

/// A table by hand: fields (name, type, width), rows of cells, the language byte and the encoding of the bytes.
fn made(fields: &[(&str, u8, u8)], rows: &[(u8, Vec<&str>)], language: u8, encoding: &str) -> Vec<u8> {
    let row: usize = 1 + fields.iter().map(|f| usize::from(f.2)).sum::<usize>();
    let length = 32 + 32 * fields.len() + 1;
    let mut file = vec![0x03, 124, 1, 2];
    file.extend_from_slice(&(rows.len() as u32).to_le_bytes());
    file.extend_from_slice(&(length as u16).to_le_bytes());
    file.extend_from_slice(&(row as u16).to_le_bytes());
    file.resize(32, 0);
    file[29] = language;
    for (name, kind, width) in fields {
        let at = file.len();
        file.extend_from_slice(name.as_bytes());
        file.resize(at + 11, 0);
        file.push(*kind);
        file.resize(at + 16, 0);
        file.push(*width);
        file.resize(at + 32, 0);
    }
    file.push(0x0D);
    let encoding = Encoding::for_label(encoding).unwrap();
    for (mark, cells) in rows {
        file.push(*mark);
        for (cell, field) in cells.iter().zip(fields) {
            let at = file.len();
            encoding.encode(cell, Lack::Near, &mut file);
            file.resize(at + usize::from(field.2), b' ');
        }
    }
    file.push(0x1A);
    file
}

const FIELDS_: [(&str, u8, u8); 3] = [("FIO", b'C', 30), ("IIN", b'C', 12), ("BORN", b'D', 8)];

#[test]
fn width_and_encoding_stay() {
    for (language, label) in [(0x65, "cp866"), (0xC9, "windows-1251"), (0, "cp866"), (0x03, "windows-1251")] {
        let rows = [
            (b' ', vec!["Пробников Иван Петрович", IIN, "19990101"]),
            (b'*', vec!["Пробников удалённый", IIN, ""]),
            (b' ', vec!["Сидоров", "1", ""]),
        ];
        let file = made(&FIELDS_, &rows, language, label);
        assert_eq!(Dbf.recognise(&file, "a.dbf"), 96);
        let (copy, trial) = copy_of(&Dbf, &file, "a.dbf").unwrap();
        assert_eq!(trial.found, 4, "{label} {language} {}", trial.text);
        assert_eq!(copy.len(), file.len());
        let encoding = Encoding::for_label(label).unwrap();
        for value in [SURNAME, IIN, "удалённый"] {
            let mut bytes = Vec::new();
            encoding.encode(value, Lack::Near, &mut bytes);
            assert!(memchr::memmem::find(&copy, &bytes).is_none(), "{value}");
        }
        let mut kept = Vec::new();
        encoding.encode("Сидоров", Lack::Near, &mut kept);
        assert!(memchr::memmem::find(&copy, &kept).is_some());
    }
}

#[test]
fn sample_of_pythons_dbf() {
    let (copy, trial) = copy_of(&Dbf, SAMPLE, "a.dbf").unwrap();
    assert!(trial.found >= 2, "{}", trial.text);
    assert!(trial.fields.contains(&"FIO".to_owned()));
    let mut again = Trial::default();
    again.scan(&Dbf, &copy, "a.dbf").unwrap();
    assert_eq!(again.found, 0);
    assert_eq!(copy.len(), SAMPLE.len());
}

#[test]
fn what_is_missing_is_said() {
    let file = made(&FIELDS_, &[(b' ', vec!["а", "1", ""]), (b' ', vec!["б", "2", ""])], 0x65, "cp866");
    let mut trial = Trial::default();
    trial.scan(&Dbf, &file[..file.len() - 20], "a.dbf").unwrap();
    assert_eq!(trial.partly[0].0, Reason::Truncated);
    let memo = made(&[("NOTE", b'M', 10)], &[(b' ', vec!["         1"])], 0x65, "cp866");
    let mut trial = Trial::default();
    let info = trial.scan(&Dbf, &memo, "a.dbf").unwrap();
    assert!(info.partly.is_empty() && info.notes[0].contains("NOTE"), "{info:?}");
}

#[test]
fn numbers_stay_numbers() {
    let file = made(&[("N", b'N', 12)], &[(b' ', vec![IIN])], 0x65, "cp866");
    let e = copy_of(&Dbf, &file, "a.dbf").map(|_| ()).unwrap_err();
    assert_eq!(e.reason, Reason::NotWritable);
    let field = Column { name: "N".into(), kind: b'N', offset: 1, width: 5, decimals: 0 };
    assert_eq!(cell(&field, Encoding::Utf8, "12", &String::new).unwrap(), b"   12");
}

#[test]
fn damage_never_panics() {
    for cut in 0..SAMPLE.len() {
        let _ = copy_of(&Dbf, &SAMPLE[..cut], "a.dbf");
    }
    for at in 0..SAMPLE.len().min(300) {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bad = SAMPLE.to_vec();
            bad[at] ^= flip;
            let _ = copy_of(&Dbf, &bad, "a.dbf");
        }
    }
}

#[test]
fn text_is_no_table() {
    assert_eq!(
        Dbf.recognise(b"\x03 some text that begins oddly and goes on for a while, a long one", "a.txt"),
        0
    );
}

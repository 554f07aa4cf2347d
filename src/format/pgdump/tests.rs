use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use std::io;

use super::super::encoded::hex;
use super::contents::CUSTOM;
use super::files::DATA;
use super::*;

fn put_int(out: &mut Vec<u8>, n: i64) {
    out.push(u8::from(n < 0));
    out.extend_from_slice(&(n.unsigned_abs() as u32).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: Option<&str>) {
    put_int(out, text.map_or(-1, |t| t.len() as i64));
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// An archive as `pg_dump -Fc` of PostgreSQL 17 writes it: one table, its data in two chunks.
fn sample(minor: u8, packed: bool, rows: &str) -> Vec<u8> {
    let mut data = rows.as_bytes().to_vec();
    if packed {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        io::Write::write_all(&mut encoder, &data).unwrap();
        data = encoder.finish().unwrap();
    }
    let make = |offset: u64| {
        let mut out = b"PGDMP\x01".to_vec();
        out.extend_from_slice(&[minor, 0, 4, 8, CUSTOM]);
        if minor >= 15 {
            out.push(u8::from(packed));
        } else {
            put_int(&mut out, if packed { -1 } else { 0 });
        }
        (0..7).for_each(|n| put_int(&mut out, n));
        ["shop", "17.0", "17.0"].iter().for_each(|t| put_text(&mut out, Some(t)));
        put_int(&mut out, 2);
        for (kind, definition, copy) in [
            ("TABLE", "CREATE TABLE public.person (iin character(12), name text);\n", None),
            ("TABLE DATA", "", Some("COPY public.person (iin, name) FROM stdin;\n")),
        ] {
            put_int(&mut out, 5);
            put_int(&mut out, i64::from(copy.is_some()));
            ["0", "1", "person", kind].iter().for_each(|t| put_text(&mut out, Some(t)));
            put_int(&mut out, 2);
            put_text(&mut out, Some(definition));
            put_text(&mut out, Some("DROP"));
            put_text(&mut out, copy);
            put_text(&mut out, Some("public"));
            put_text(&mut out, None);
            if minor >= 14 {
                put_text(&mut out, Some("heap"));
            }
            if minor >= 16 {
                put_int(&mut out, i64::from(b'r'));
            }
            put_text(&mut out, Some("postgres"));
            put_text(&mut out, Some("false"));
            put_text(&mut out, None);
            out.push(if copy.is_some() { 2 } else { 3 });
            out.extend_from_slice(&offset.to_le_bytes());
        }
        out
    };
    let offset = make(0).len() as u64;
    let mut out = make(offset);
    out.push(DATA);
    put_int(&mut out, 5);
    for chunk in data.chunks(data.len().div_ceil(2).max(1)) {
        put_int(&mut out, chunk.len() as i64);
        out.extend_from_slice(chunk);
    }
    put_int(&mut out, 0);
    out
}

#[test]
fn the_script_of_every_version() {
    let rows = format!("{IIN}\t{SURNAME}\n000000000000\tИная\n");
    for (minor, packed, end) in
        [(12, true, ""), (14, true, "\\.\n\n\n"), (15, true, "\\.\n\n\n"), (16, false, "")]
    {
        let file = sample(minor, packed, &format!("{rows}{end}"));
        let (copy, trial) = copy_of(&PgDump, &file, "shop.dump").unwrap();
        assert!(trial.found >= 2, "{minor} {:?}", trial.partly);
        assert_eq!(trial.members[0], "shop.sql");
        let copy = String::from_utf8(copy).unwrap();
        let want = "-- PostgreSQL database dump\n\nCREATE TABLE public.person (iin character(12), name text);\nCOPY public.person (iin, name) FROM stdin;\n\
                    XXXXXXXXXXXX\tXXXXXXXXX\n000000000000\tИная\n\\.\n\n";
        assert_eq!(copy, want, "{minor}");
    }
}

#[test]
fn samples_of_postgres_itself() {
    for file in [
        &include_bytes!("../../../testdata/pgdump/postgres15.dump")[..],
        include_bytes!("../../../testdata/pgdump/postgres15_inserts.dump"),
    ] {
        assert_eq!(PgDump.recognise(file, ""), 100);
        let (copy, trial) = copy_of(&PgDump, file, "a.dump").unwrap();
        assert!(trial.partly.is_empty(), "{:?}", trial.partly);
        assert_eq!(trial.found, 101);
        let copy = String::from_utf8(copy).unwrap();
        assert!(copy.contains("CREATE TABLE public.person") && copy.contains("setval"));
        assert!(!copy.contains(IIN) && !copy.contains(SURNAME));
        assert_eq!(copy.matches("XXXXXXXXXXXX").count(), 50);
    }
}

#[test]
fn an_empty_table_has_no_rows() {
    let file = sample(15, true, "\\.\n\n\n");
    let (copy, _) = copy_of(&PgDump, &file, "a.dump").unwrap();
    assert!(String::from_utf8(copy).unwrap().ends_with("FROM stdin;\n\\.\n\n"));
}

#[test]
fn damage_never_panics_and_is_told() {
    let file = sample(15, true, &format!("{IIN}\t{SURNAME}\n"));
    for cut in 0..file.len() {
        let mut trial = Trial::default();
        let whole = trial.scan(&PgDump, &file[..cut], "a.dump").is_ok() && trial.partly.is_empty();
        assert!(!whole || cut >= file.len() - 5, "cut at {cut} of {}", file.len());
    }
    for at in 0..file.len() {
        let mut bad = file.clone();
        bad[at] ^= 0x25;
        let _ = copy_of(&PgDump, &bad, "a.dump");
    }
}

#[test]
fn a_directory_is_read_with_the_files_beside() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/pgdump15");
    let mut trial = Trial::default();
    let info = trial.file(&PgDump, &folder.join("toc.dat")).unwrap();
    assert!(info.partly.is_empty() && info.notes.is_empty(), "{info:?}");
    assert!(trial.text.contains("COPY public.person (id, iin, name) FROM stdin;\n1\t990101300124"));
    assert_eq!(trial.found, 101);
    // alone, it says what is missing
    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("toc.dat"), alone.path().join("toc.dat")).unwrap();
    let mut trial = Trial::default();
    let info = trial.file(&PgDump, &alone.path().join("toc.dat")).unwrap();
    assert_eq!((info.notes.len(), trial.found), (1, 1));
}

#[test]
fn a_file_of_rows_has_the_names_of_its_columns() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/pgdump15");
    let path = folder.join("3343.dat.gz");
    let mut trial = Trial::default();
    let info = trial.file(&Rows, &path).unwrap();
    assert!(info.partly.is_empty(), "{info:?}");
    assert!(trial.text.contains("COPY public.person (id, iin, name) FROM stdin;\n1\t990101300124"));
    assert_eq!(trial.found, 100);
    let found = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        beside(&Input::file(std::fs::File::open(path).unwrap(), name).unwrap()).is_some()
    };
    assert!(found(&path) && !found(&folder.join("toc.dat")));
    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(&path, alone.path().join("3343.dat.gz")).unwrap();
    assert!(!found(&alone.path().join("3343.dat.gz")));
}

/// What the samples with large objects hold, in any form.
fn holds_objects(format: &dyn Format, file: &[u8], name: &str) {
    assert_eq!(format.recognise(file, ""), 100);
    let (copy, trial) = copy_of(format, file, name).unwrap();
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    assert!(trial.members.iter().any(|m| m == "large object 16001"), "{:?}", trial.members);
    assert!(trial.text.contains("Заявление. Пробников Иван"));
    let copy = String::from_utf8(copy).unwrap();
    assert!(copy.contains("SELECT pg_catalog.lo_create('16001');"));
    let (_, data) = copy.split_once("BEGIN;\n\n").unwrap();
    // each object is opened once and written in pieces of 16 KiB
    assert_eq!(data.matches("lo_open('16001', 131072)").count(), 1);
    assert_eq!(data.matches("lo_open('16002', 131072)").count(), 1);
    assert!(data.matches("lowrite").count() >= 2 && data.ends_with("lo_close(0);\n\nCOMMIT;\n"));
    let mut hidden = String::new();
    hex::encode(SURNAME.as_bytes(), false, &mut hidden);
    assert!(!copy.contains(&hidden) && !copy.contains(SURNAME) && !copy.contains(IIN));
}

#[test]
fn large_objects_are_members() {
    let piped = include_bytes!("../../../testdata/pgdump/postgres15_piped.dump");
    holds_objects(&PgDump, piped, "a.dump");
    let tar = include_bytes!("../../../testdata/pgdump/postgres15.tar");
    holds_objects(&Tarred, tar, "a.tar");
    let mut trial = Trial::default();
    trial.scan(&Tarred, tar, "a.tar").unwrap();
    // what the table of contents does not name is looked at, too
    assert!(trial.members.iter().any(|m| m == "restore.sql"), "{:?}", trial.members);
    assert!(trial.text.contains("COPY public.person (id, iin, name, photo, scan) FROM stdin;"));
}

#[test]
fn damaged_objects_never_panic() {
    for (format, file) in [
        (&PgDump as &dyn Format, &include_bytes!("../../../testdata/pgdump/postgres15_piped.dump")[..]),
        (&Tarred, include_bytes!("../../../testdata/pgdump/postgres15.tar")),
    ] {
        for cut in (600..file.len() - 1).step_by(997) {
            let mut trial = Trial::default();
            let whole = trial.scan(format, &file[..cut], "a").is_ok_and(|i| i.partly.is_empty());
            assert!(!whole || !trial.partly.is_empty() || cut > file.len() - 2000, "cut at {cut}");
        }
        for at in (0..file.len()).step_by(37) {
            let mut bad = file.to_vec();
            bad[at] ^= 0x41;
            let _ = copy_of(format, &bad, "a");
        }
    }
}

#[test]
fn numbers_of_objects_become_statements() {
    let entry = |description: &str| contents::Entry {
        number: 1,
        description: description.to_owned(),
        definition: "16001\n16002".to_owned(),
        copy: String::new(),
        data: None,
        unplaced: false,
        file: None,
    };
    let contents = |e| Contents {
        entries: vec![e],
        sizes: contents::Sizes { int: 4, offset: 8 },
        packing: contents::Packing::None,
        end: 0,
    };
    let dump = Dump { contents: contents(entry("BLOB METADATA")), files: Files::Nowhere };
    let mut text = String::new();
    Script::new(Arc::new(dump)).read_to_string(&mut text).unwrap();
    assert!(text.ends_with("SELECT pg_catalog.lo_create('16001');\nSELECT pg_catalog.lo_create('16002');\n"));
}

use std::io::{Cursor, Write};

use ::zip::AesMode;
use ::zip::write::SimpleFileOptions;

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

fn text_of(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn make(fill: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn add(writer: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, bytes: &[u8], method: CompressionMethod) {
    writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
    writer.write_all(bytes).unwrap();
}

#[test]
fn sample_of_another_producer() {
    // made by Python's zipfile: CP866 and UTF-8 names, comments, a nested archive, a folder
    let file = include_bytes!("../../../testdata/archive/python.zip");
    let (copy, trial) = copy_of(&Zip, file, "python.zip").unwrap();
    assert!(trial.members.iter().any(|m| m == "папка/Договор.txt"), "{:?}", trial.members);
    assert!(trial.members.iter().any(|m| m == "старое.txt"), "{:?}", trial.members);
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    let mut again = Trial::default();
    again.scan(&Zip, &copy, "python.zip").unwrap();
    assert_eq!(again.found, 0);
    assert_eq!(again.members.len(), trial.members.len());
    assert!(again.text.contains("XXXXXXXXXXXX"));
    // the order is kept
    let before: Vec<bool> = trial.members.iter().map(|m| m.ends_with(".txt")).collect();
    let after: Vec<bool> = again.members.iter().map(|m| m.ends_with(".txt")).collect();
    assert_eq!(before, after);
}

#[test]
fn every_method_is_read() {
    let file = make(|w| {
        for (n, method) in [
            CompressionMethod::Stored,
            CompressionMethod::Deflated,
            CompressionMethod::Bzip2,
            CompressionMethod::Lzma,
            CompressionMethod::Xz,
        ]
        .into_iter()
        .enumerate()
        {
            // the library can read LZMA members and not write them
            if method != CompressionMethod::Lzma {
                add(w, &format!("{n}.txt"), IIN.as_bytes(), method);
            }
        }
    });
    let (copy, trial) = copy_of(&Zip, &file, "a.zip").unwrap();
    assert_eq!(trial.found, 4);
    assert_eq!(text_of(&copy, "1.txt"), "XXXXXXXXXXXX");
    assert_eq!(text_of(&copy, "4.txt"), "XXXXXXXXXXXX");
}

#[test]
fn names_and_comments_are_cleaned() {
    let file = make(|w| {
        w.set_comment(format!("от {SURNAME}")).unwrap();
        add(w, &format!("{SURNAME}.txt"), b"1", CompressionMethod::Stored);
        add(w, "XXXXXXXXX.txt", b"2", CompressionMethod::Stored);
        let options = FullFileOptions::default().with_file_comment(IIN);
        w.start_file("c.txt", options).unwrap();
    });
    let (copy, trial) = copy_of(&Zip, &file, "a.zip").unwrap();
    assert_eq!(trial.found, 3);
    assert!(memchr::memmem::find(&copy, SURNAME.as_bytes()).is_none());
    assert!(memchr::memmem::find(&copy, IIN.as_bytes()).is_none());
    assert_eq!(text_of(&copy, "XXXXXXXXX.txt"), "1");
    assert_eq!(text_of(&copy, "XXXXXXXXX (2).txt"), "2");
}

#[test]
fn names_and_links_that_leave_the_folder() {
    let file = make(|w| {
        add(w, "../../etc/cron.d/x", b"1", CompressionMethod::Stored);
        w.add_symlink("out", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        w.add_symlink("in", "etc/cron.d/x", SimpleFileOptions::default()).unwrap();
    });
    let (copy, trial) = copy_of(&Zip, &file, "a.zip").unwrap();
    let archive = ZipArchive::new(Cursor::new(&copy)).unwrap();
    let names: Vec<_> = archive.file_names().map(|n| n.unwrap().into_owned()).collect();
    assert_eq!(names, ["etc/cron.d/x", "in"]);
    assert_eq!(trial.partly.len(), 1);
    assert_eq!(trial.partly[0].0, Reason::Link);
}

#[test]
fn locked_members() {
    let file = make(|w| {
        let locked = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "тайна");
        w.start_file("locked.txt", locked).unwrap();
        w.write_all(IIN.as_bytes()).unwrap();
        add(w, "open.txt", b"1", CompressionMethod::Stored);
    });
    let mut trial = Trial::default();
    trial.scan(&Zip, &file, "a.zip").unwrap();
    assert_eq!(trial.partly.len(), 1);
    assert_eq!(trial.partly[0].0, Reason::Encrypted);
    assert_eq!(trial.members, ["locked.txt", "open.txt"]);

    let limits = Limits { passwords: vec!["иная".into(), "тайна".into()], ..Limits::default() };
    let mut trial = Trial { limits, ..Trial::default() };
    let copy = trial.copy(&Zip, &file, "a.zip").unwrap();
    assert_eq!((trial.found, trial.partly.len()), (1, 0));
    // the copy is depersonalized and stands open
    assert_eq!(text_of(&copy, "locked.txt"), "XXXXXXXXXXXX");
}

#[test]
fn nesting_ends_at_the_limit() {
    let mut file = make(|w| add(w, "a.txt", IIN.as_bytes(), CompressionMethod::Deflated));
    for n in 0..8 {
        file = make(|w| add(w, &format!("{n}.zip"), &file, CompressionMethod::Stored));
    }
    let mut trial = Trial::default();
    trial.scan(&Zip, &file, "a.zip").unwrap();
    assert_eq!(trial.partly.len(), 1);
    assert_eq!(trial.partly[0].0, Reason::LimitReached);
}

#[test]
fn too_many_members_and_bytes() {
    let file = make(|w| {
        for n in 0..20 {
            add(w, &format!("{n}.txt"), &[b'a'; 1000], CompressionMethod::Deflated);
        }
    });
    let mut trial = Trial { limits: Limits { members: 7, ..Limits::default() }, ..Trial::default() };
    trial.scan(&Zip, &file, "a.zip").unwrap();
    assert_eq!((trial.members.len(), trial.partly.len()), (7, 1));
    let mut trial = Trial { limits: Limits { total_bytes: 5500, ..Limits::default() }, ..Trial::default() };
    trial.scan(&Zip, &file, "a.zip").unwrap();
    assert!(trial.partly.iter().all(|p| p.0 == Reason::LimitReached));
    assert_eq!(trial.partly.len(), 15);
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let file = include_bytes!("../../../testdata/archive/python.zip");
    for cut in 0..file.len() {
        let mut trial = Trial::default();
        let whole = trial.scan(&Zip, &file[..cut], "a.zip").is_ok() && trial.partly.is_empty();
        assert!(!whole, "cut at {cut}");
    }
    for at in 0..file.len() {
        let mut bad = file.to_vec();
        bad[at] ^= 0x55;
        let mut trial = Trial::default();
        let _ = trial.copy(&Zip, &bad, "a.zip");
    }
}

#[test]
fn wrong_check_sum_is_noted() {
    let mut file = make(|w| add(w, "a.txt", b"abcdef", CompressionMethod::Stored));
    let at = memchr::memmem::find(&file, b"abcdef").unwrap();
    file[at] = b'z';
    let mut trial = Trial::default();
    trial.scan(&Zip, &file, "a.zip").unwrap();
    assert_eq!(trial.partly[0].0, Reason::Damaged);
}

//! What a walk meets, and what it must survive.

use crate::harness::{IIN, Place, of_type, skip};

#[cfg(unix)]
#[test]
fn links_pipes_and_strange_names_are_in_the_ledger() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.write("d/real.txt", format!("ИИН {IIN}\n"));
    symlink("real.txt", place.path("d/link")).unwrap();
    symlink(".", place.path("d/loop")).unwrap();
    symlink("absent", place.path("d/dangling")).unwrap();
    let pipe = place.path("d/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let odd = place.path("d").join(std::ffi::OsStr::from_bytes(b"\xcf\xf0\xe8\xe2\xe5\xf2.txt"));
    std::fs::write(&odd, format!("ИИН {IIN}\n")).unwrap();
    let (code, lines) = place.jsonl(&["scan", "d"]);
    let reason = |name: &str| {
        let line = lines.iter().find(|l| l["type"] == "file" && l["path"].as_str().unwrap().ends_with(name));
        line.unwrap_or_else(|| panic!("{name} is not in the ledger"))["reason"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    };
    for name in ["link", "loop", "dangling"] {
        assert_eq!(reason(name), "link");
    }
    if made.is_ok_and(|s| s.success()) {
        assert_eq!(reason("pipe"), "special_file");
        assert_eq!(code, 3);
    }
    assert_eq!(reason("\\xCF\\xF0\\xE8\\xE2\\xE5\\xF2.txt"), "");
    assert_eq!(of_type(&lines, "finding").len(), 2);
    let (code, lines) = place.jsonl(&["scan", "d", "--follow-links"]);
    assert_eq!(code, 3);
    let loops = lines.iter().any(|l| l["reason"] == "link_loop");
    assert!(loops, "{lines:#?}");
    assert_eq!(of_type(&lines, "finding").len(), 3);
}

#[cfg(unix)]
#[test]
fn unreadable_folders_do_not_stop_the_walk() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("d/closed/a.txt", "x");
    place.write("d/open.txt", format!("ИИН {IIN}\n"));
    let closed = place.path("d/closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read_dir(&closed).is_ok() {
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
        return skip("unprivileged-user", "this user may read every folder");
    }
    let (code, lines) = place.jsonl(&["scan", "d"]);
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(code, 3);
    assert!(lines.iter().any(|l| l["reason"] == "permission_denied"));
    assert_eq!(of_type(&lines, "finding").len(), 1);
}

#[test]
fn names_that_hold_personal_data_are_cleaned() {
    let place = Place::new();
    place.write(&format!("s/ИИН_{IIN}/a.txt"), "x\n");
    place.write(&format!("s/ИИН_{IIN}/b {IIN}.txt"), "y\n");
    let (code, lines) = place.jsonl(&["anonymize", "s", "--out", "o"]);
    assert_eq!(code, 0, "{lines:#?}");
    let copies: Vec<String> = place.files("o").into_iter().filter(|f| !f.starts_with(".qupia")).collect();
    assert_eq!(copies.len(), 2);
    for file in &copies {
        assert!(file.contains("IIN_") && !file.contains(IIN), "{file}");
    }
    for file in of_type(&lines, "file") {
        assert!(copies.iter().any(|c| file["copy"]["path"] == c.as_str()), "{file}");
    }
}

#[test]
fn several_starting_paths() {
    let place = Place::new();
    place.write("a/x/t.txt", "1\n");
    place.write("b/x/t.txt", "2\n");
    place.write("f.txt", "3\n");
    let run = place.qupia(&["anonymize", "a/x", "b/x", "f.txt", "--out", "o"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let copies: Vec<String> = place.files("o").into_iter().filter(|f| !f.starts_with(".qupia")).collect();
    assert_eq!(copies, ["f.txt", "x-2/t.txt", "x/t.txt"]);
}

#[test]
fn an_output_folder_that_is_not_empty() {
    let place = Place::new();
    place.write("s/a.txt", "1\n");
    place.write("s/b.txt", "2\n");
    assert_eq!(place.qupia(&["anonymize", "s", "--out", "o"]).code, 0);
    let run = place.qupia(&["anonymize", "s", "--out", "o"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--resume") && run.stderr.contains("--overwrite"), "{}", run.stderr);
    std::fs::remove_file(place.path("o/b.txt")).unwrap();
    assert_eq!(place.qupia(&["anonymize", "s", "--out", "o", "--resume"]).code, 0);
    assert_eq!(place.read("o/b.txt"), b"2\n");
    std::fs::remove_file(place.path("s/a.txt")).unwrap();
    assert_eq!(place.qupia(&["anonymize", "s", "--out", "o", "--overwrite"]).code, 0);
    assert!(!place.path("o/a.txt").exists());
}

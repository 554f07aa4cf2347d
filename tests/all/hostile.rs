//! Bad input: a clear line in the ledger, and the rest of the run goes on.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{EMAIL, IIN, Place, of_type, share, skip};

/// A stream of bytes that is random enough and always the same.
fn noise(n: usize) -> Vec<u8> {
    let mut x = 0x9E37_79B9_7F4A_7C15u64;
    (0..n)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 32) as u8
        })
        .collect()
}

#[test]
fn whatever_the_bytes_every_file_is_in_the_ledger() {
    let place = Place::new();
    share(&place);
    place.write("share/one", b"1");
    place.write("share/noise.csv", noise(100_000));
    place.write("share/zeros.txt", vec![0; 3 << 20]);
    place.write("share/ff.txt", vec![0xFF; 5000]);
    place.write("share/newlines", vec![b'\n'; 70_000]);
    place.write("share/quote.csv", format!("a;b\n1;\"{IIN}\n2;3\n4;\"ИИН {IIN}\"\n"));
    place.write("share/cut.sql", format!("COPY public.t (id, iin) FROM stdin;\n1\t{IIN}\n2\t{}", &IIN[..6]));
    place.write("share/cut.json", format!("{{\"iin\": \"{IIN}\", \"x\": [1, 2"));
    let mut broken = format!("ИИН {IIN}, ").into_bytes();
    broken.extend(b"\xff\xfe\xc3\x28 \x80");
    broken.extend(format!(" ИИН {IIN}\n").bytes());
    place.write("share/invalid.txt", broken);
    for magic in [
        &b"PK\x03\x04"[..],
        b"%PDF-1.7\n",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        b"\x1f\x8b\x08",
        b"SQLite format 3\0",
        b"PAR1",
        b"7z\xBC\xAF\x27\x1C",
        b"Rar!\x1A\x07\x01\x00",
        b"\x28\xB5\x2F\xFD",
        b"\xFD7zXZ\0",
        b"BZh9",
        b"{\\rtf1",
        b"PGDMP",
    ] {
        let mut bytes = magic.to_vec();
        bytes.extend(noise(3000));
        place.write(
            &format!("share/magic-{}", magic.iter().map(|b| format!("{b:02x}")).collect::<String>()),
            bytes,
        );
    }
    let (code, lines) = place.jsonl(&["scan", "share"]);
    assert_eq!(code, 3);
    assert_eq!(
        of_type(&lines, "file").iter().filter(|f| f["member"].is_null()).count(),
        place.files("share").len()
    );
    let found = |name: &str| {
        of_type(&lines, "finding")
            .iter()
            .filter(|f| f["path"] == format!("share/{name}") && f["category"] == "iin")
            .count()
    };
    assert_eq!(found("invalid.txt"), 2);
    assert_eq!(found("quote.csv"), 2);
    assert_eq!(found("cut.sql"), 1);
    assert_eq!(found("cut.json"), 1);
    assert_eq!(found("noise.csv") + found("zeros.txt") + found("ff.txt"), 0);
    let (code, lines) = place.jsonl(&["anonymize", "share", "--out", "open"]);
    assert_eq!(code, 3);
    for file in of_type(&lines, "file").iter().filter(|f| f["member"].is_null()) {
        let written = file["copy"]["written"].as_bool().unwrap_or(false);
        let whole = file["status"] == "scanned";
        assert!(whole || !written, "{file}");
        if let Some(path) = file["copy"]["path"].as_str() {
            let bytes = place.read(&format!("open/{path}"));
            assert!(!bytes.windows(12).any(|w| w == IIN.as_bytes()), "{file}");
        }
    }
}

#[test]
fn one_line_of_many_megabytes() {
    let place = Place::new();
    let path = place.path("line.txt");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    let mut planted = 0;
    for i in 0..400_000u64 {
        if i % 5000 == 777 {
            write!(file, "ИИН {IIN}, почта {EMAIL}, ").unwrap();
            planted += 1;
        }
        write!(file, "запись {i} без данных, ").unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();
    for threads in ["1", "3"] {
        let (code, lines) = place.jsonl(&["scan", "line.txt", "--threads", threads]);
        assert_eq!(code, 0);
        let count = |c: &str| of_type(&lines, "finding").iter().filter(|f| f["category"] == c).count();
        assert_eq!((count("iin"), count("email")), (planted, planted));
        assert!(of_type(&lines, "finding").iter().all(|f| f["location"]["line"] == 1));
    }
}

#[cfg(unix)]
#[test]
fn interrupted_half_way() {
    let place = Place::new();
    for i in 0..30 {
        place.write(&format!("s/{i:02}.log"), format!("2026 INFO iin={IIN} n={i}\n").repeat(8000));
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_qupia"))
        .args(["anonymize", "s", "--out", "o", "--max-rate", "1MB", "--threads", "2"])
        .current_dir(place.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while place.files("o").iter().filter(|f| f.ends_with(".log")).count() < 2
        && begun.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    if !killed.is_ok_and(|s| s.success()) {
        let _ = child.kill();
        let _ = child.wait();
        return skip("kill", "no program to send a signal with");
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--resume"), "{said}");
    let copies = place.files("o");
    assert!(copies.iter().all(|f| f.ends_with(".log") || f.starts_with(".qupia-manifest")), "{copies:?}");
    assert!(copies.len() < 31);
    for copy in copies.iter().filter(|f| f.ends_with(".log")) {
        let text = String::from_utf8(place.read(&format!("o/{copy}"))).unwrap();
        assert_eq!(text.lines().count(), 8000, "{copy} is half a copy");
        assert!(!text.contains(IIN));
    }
    let run = place.qupia(&["anonymize", "s", "--out", "o", "--resume"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(place.files("o").iter().filter(|f| f.ends_with(".log")).count(), 30);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let place = Place::new();
    std::fs::create_dir(place.path("disk")).unwrap();
    let disk = place.path("disk");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=512k", "none"]).arg(&disk).output();
    if !mounted.is_ok_and(|o| o.status.success()) {
        return skip("mount", "no small file system can be made here");
    }
    for i in 0..6 {
        place.write(&format!("s/{i}.log"), format!("2026 INFO iin={IIN} n={i}\n").repeat(6000));
    }
    let run = place.qupia(&["anonymize", "s", "--out", "disk/o"]);
    let copies = place.files("disk/o");
    let whole = copies
        .iter()
        .filter(|f| f.ends_with(".log"))
        .all(|f| String::from_utf8(place.read(&format!("disk/o/{f}"))).unwrap().lines().count() == 6000);
    let _ = Command::new("umount").arg(&disk).status();
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("free space") || run.stderr.contains("free space"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(whole, "{copies:?}");
    assert!(!copies.iter().any(|f| f.contains("unproven")), "{copies:?}");
}

//! A fresh folder, the program, and its reports as values.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for one test.
pub struct Place {
    dir: TempDir,
}

/// How a run of the program ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Place {
        Place { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, relative: &str) -> Vec<u8> {
        std::fs::read(self.path(relative)).unwrap_or_else(|e| panic!("{relative}: {e}"))
    }

    /// Runs `qupia` in the folder.
    pub fn qupia(&self, args: &[&str]) -> Run {
        Run::of(
            Command::new(env!("CARGO_BIN_EXE_qupia"))
                .args(args)
                .current_dir(self.dir.path())
                .output()
                .unwrap(),
        )
    }

    /// Runs `qupia … --format jsonl` and gives the lines as values.
    pub fn jsonl(&self, args: &[&str]) -> (i32, Vec<Value>) {
        let run = self.qupia(&[args, &["--format", "jsonl"]].concat());
        let lines =
            run.stdout.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")));
        (run.code, lines.collect())
    }

    /// Every file below a folder, relative, sorted.
    pub fn files(&self, relative: &str) -> Vec<String> {
        fn walk(base: &Path, at: &Path, out: &mut Vec<String>) {
            let Ok(entries) = std::fs::read_dir(at) else { return };
            for entry in entries.flatten() {
                if entry.path().is_dir() {
                    walk(base, &entry.path(), out);
                } else {
                    out.push(entry.path().strip_prefix(base).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        let base = self.path(relative);
        let mut out = Vec::new();
        walk(&base, &base, &mut out);
        out.sort();
        out
    }
}

impl Run {
    fn of(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The lines of one type.
pub fn of_type<'a>(lines: &'a [Value], t: &str) -> Vec<&'a Value> {
    lines.iter().filter(|l| l["type"] == t).collect()
}

/// Says aloud that a test is skipped; where the gate has installed what is needed, that is a failure.
pub fn skip(program: &str, why: &str) {
    let required = std::env::var("QUPIA_TEST_REQUIRE").unwrap_or_default();
    assert!(!required.split_whitespace().any(|p| p == program), "{program} is required here: {why}");
    eprintln!("SKIPPED: {program}: {why}");
}

/// Invented values that every rule knows with certainty; the persons were never born (2099, 1885).
pub const IIN: &str = "991231500016";
pub const IIN_2: &str = "850101100012";
pub const IBAN: &str = "KZ72722S000000000001";
pub const PHONE: &str = "+7 701 234 56 78";
pub const EMAIL: &str = "synaq.ulgili@example.kz";

/// A small folder of an operator: a table, a log, a letter.
pub fn share(place: &Place) {
    place.write(
        "share/clients.csv",
        format!(
            "id;ИИН;телефон;счёт;сумма\r\n1;{IIN};{PHONE};{IBAN};100,50\r\n2;\"{IIN_2}\";8 (701) 234-56-79;KZ456010000000000001;\"7;5\"\r\n"
        ),
    );
    place.write(
        "share/sub/app.log",
        format!("2026-01-01 INFO user={EMAIL} iin={IIN} ok\n2026-01-01 INFO nothing\n"),
    );
    place.write("share/letter.txt", format!("Прошу перечислить на счёт {IBAN}, ИИН {IIN}, тел. {PHONE}.\n"));
    place.write("share/empty", "");
    place.write("share/plain.txt", "Ничего личного здесь нет.\n");
}

//! Copies of the samples, opened by the programs whose formats they are: they find no fault in them, and none of
//! the values. Where a program is missing the test says so; the gate requires those that it installs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::harness::{Place, skip};

/// Names that the samples hold and no copy may.
const HIDDEN: [&str; 3] = ["Пробников Проб", "Сынақов Сынақ", "Сынақ Сынақұлы"];

fn samples(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder)
}

/// Copies of a folder of samples, below `out`; a copy that is not written is named in the ledger.
fn copies(place: &Place, folder: &str) -> Vec<PathBuf> {
    let source = samples(folder);
    let run = place.qupia(&["anonymize", source.to_str().unwrap(), "--out", "out", "--no-progress", "-q"]);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    let copies: Vec<_> = place
        .files("out")
        .into_iter()
        .filter(|f| ![".qupia-manifest", ".truth.json"].iter().any(|n| f.contains(n)))
        .collect();
    assert!(!copies.is_empty(), "{folder}: {}", run.stdout);
    copies.into_iter().map(|f| place.path("out").join(f)).collect()
}

fn has(path: &Path, endings: &[&str]) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    endings.iter().any(|e| name.ends_with(e))
}

/// What a program says, or none where it is not installed.
fn run(program: &str, args: &[&str]) -> Option<Output> {
    match Command::new(program).args(args).output() {
        Ok(output) => Some(output),
        Err(e) => {
            let package = match program {
                "soffice" => "libreoffice-writer-nogui",
                p if p.starts_with("pdf") => "poppler-utils",
                p if p.starts_with("mdb") => "mdbtools",
                p => p,
            };
            skip(package, &e.to_string());
            None
        }
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn clean(what: &Path, text: &str) {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for hidden in HIDDEN {
        assert!(!text.contains(hidden), "{}: {hidden}", what.display());
    }
}

/// A script in Python over copies and their sources.
fn python(script: &str, args: &[&Path]) -> Option<String> {
    let Some(python) = std::env::var_os("QUPIA_TEST_PYTHON") else {
        skip("python", "QUPIA_TEST_PYTHON is not set");
        return None;
    };
    let output = Command::new(python).arg("-c").arg(script).args(args).output().unwrap();
    let said = text(&output);
    if said.contains("ModuleNotFoundError") {
        skip("python", "a package is not installed");
        return None;
    }
    assert!(output.status.success(), "{args:?}: {said}");
    Some(said)
}

#[cfg(feature = "columnar")]
#[test]
fn columnar_tables_keep_their_schema() {
    let place = Place::new();
    let script = "import sys, pyarrow.parquet as p, pyarrow.ipc as i\n\
        def load(f):\n    if f.endswith('parquet'): return p.read_table(f)\n    \
        return i.open_stream(f).read_all() if f.endswith('arrows') else i.open_file(f).read_all()\n\
        a, b = load(sys.argv[1]), load(sys.argv[2])\n\
        assert a.schema.equals(b.schema), (a.schema, b.schema)\n\
        assert a.num_rows == b.num_rows\n\
        for n in ('flag', 'sum', 'seen'):\n    \
        if n in a.column_names: assert a[n].to_pylist() == b[n].to_pylist(), n\n\
        for n in ('fio', 'фио'):\n    \
        if n in a.column_names: assert a[n].null_count == b[n].null_count, n\n\
        print(b.to_pylist(), b.schema.to_string(show_field_metadata=True, show_schema_metadata=True))";
    let copies = copies(&place, "columnar");
    assert_eq!(copies.len(), 5);
    for copy in &copies {
        let source = samples("columnar").join(copy.file_name().unwrap());
        let Some(said) = python(script, &[&source, copy]) else { return };
        clean(copy, &said);
        assert!(said.contains("PERSON_"), "{}", copy.display());
    }
}

#[test]
fn workbooks_and_letters_open_in_python() {
    let place = Place::new();
    for copy in copies(&place, "office") {
        let script = match &copy {
            c if has(c, &[".xlsx"]) => {
                "import sys, openpyxl\nb = openpyxl.load_workbook(sys.argv[1])\n\
                for s in b:\n    for r in s.iter_rows(values_only=True): print(r)\nprint(b.properties.creator)"
            }
            c if has(c, &[".docx"]) => {
                "import sys, docx\nd = docx.Document(sys.argv[1])\n\
                for p in d.paragraphs: print(p.text)\nfor t in d.tables:\n    for r in t.rows: print([c.text for c in r.cells])"
            }
            _ => continue,
        };
        let Some(said) = python(script, &[&copy]) else { return };
        clean(&copy, &said);
    }
}

#[test]
fn office_documents_open_in_libreoffice() {
    let place = Place::new();
    let copies = copies(&place, "office");
    let (profile, pdf) = (place.path("profile"), place.path("pdf"));
    let profile = format!("-env:UserInstallation=file://{}", profile.display());
    let mut args = ["--headless", &profile, "--convert-to", "pdf", "--outdir", pdf.to_str().unwrap()]
        .map(str::to_owned)
        .to_vec();
    // one run for all: names that differ in their ending only would be one PDF
    std::fs::create_dir(place.path("in")).unwrap();
    for (number, copy) in copies.iter().enumerate() {
        let ending = copy.extension().unwrap_or_default().to_string_lossy();
        let name = place.path(&format!("in/{number}.{ending}"));
        std::fs::copy(copy, &name).unwrap();
        args.push(name.to_str().unwrap().to_owned());
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some(output) = run("soffice", &args) else { return };
    for (number, copy) in copies.iter().enumerate() {
        let made = pdf.join(format!("{number}.pdf"));
        assert!(made.exists(), "{}: {}", copy.display(), text(&output));
        let Some(read) = run("pdftotext", &[made.to_str().unwrap(), "-"]) else { return };
        clean(copy, &text(&read));
    }
}

#[cfg(feature = "pdf")]
#[test]
fn pages_are_read_by_poppler() {
    let place = Place::new();
    for copy in copies(&place, "pdf") {
        let path = copy.to_str().unwrap();
        let Some(read) = run("pdftotext", &["-layout", path, "-"]) else { return };
        assert!(read.status.success() && read.stderr.is_empty(), "{path}: {}", text(&read));
        clean(&copy, &text(&read));
        let said = text(&read);
        assert!(said.contains("PERSON_") || said.contains("IIN_"), "labels can be read: {path}: {said}");
        assert!(!said.contains("ИИН 990101300124") && !said.contains("Пробников Иван"), "{path}: {said}");
        clean(&copy, &text(&run("pdfinfo", &[path]).unwrap()));
        if let Some(checked) = run("qpdf", &["--check", path]) {
            assert!(checked.status.success(), "{path}: {}", text(&checked));
        }
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn databases_pass_the_check_of_sqlite() {
    let place = Place::new();
    for copy in copies(&place, "sqlite") {
        let path = copy.to_str().unwrap();
        let Some(checked) = run("sqlite3", &[path, "PRAGMA integrity_check"]) else { return };
        assert_eq!(text(&checked).trim(), "ok", "{path}");
        clean(&copy, &text(&run("sqlite3", &[path, ".dump"]).unwrap()));
    }
}

/// Tables without personal data are the same to mdbtools, which reads the original, and to SQLite, which reads the copy.
#[cfg(feature = "access")]
#[test]
fn access_tables_are_those_that_other_programs_read() {
    let place = Place::new();
    let original = samples("access").join("clients.mdb");
    let words = |out: &Output| -> Vec<String> {
        let text = text(out).replace('"', "");
        text.split([',', '\n', '\r']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    for copy in copies(&place, "access") {
        let path = copy.to_str().unwrap();
        let Some(checked) = run("sqlite3", &[path, "PRAGMA integrity_check"]) else { return };
        assert_eq!(text(&checked).trim(), "ok", "{path}");
        let dump = text(&run("sqlite3", &[path, ".dump"]).unwrap());
        assert!(
            dump.contains("Клиенты") && !dump.contains("Тестова") && !dump.contains("750922400014"),
            "{dump}"
        );
        let Some(want) = run("mdb-export", &[original.to_str().unwrap(), "Товары"]) else { return };
        let rows = run("sqlite3", &["-csv", "-header", path, "SELECT * FROM Товары"]).unwrap();
        assert_eq!(words(&rows), words(&want));
        assert!(words(&want).len() == 402, "{}", words(&want).len());
    }
}

#[test]
fn archives_are_unpacked_by_their_programs() {
    let place = Place::new();
    for copy in copies(&place, "archive") {
        let path = copy.to_str().unwrap();
        let Some(listed) = (match &copy {
            c if has(c, &[".zip"]) => run("unzip", &["-tq", path]),
            c if has(c, &[".tar", ".tar.gz"]) => run("tar", &["-xOf", path]),
            _ => continue,
        }) else {
            continue;
        };
        assert!(listed.status.success(), "{path}: {}", text(&listed));
        clean(&copy, &text(&listed));
    }
}

#[cfg(all(feature = "disclosure", target_os = "linux"))]
#[test]
fn scripts_of_dumps_load_into_postgresql() {
    let Some(server) = crate::servers::Server::postgres() else { return };
    let place = Place::new();
    let mut scripts: Vec<_> = copies(&place, "pgdump").into_iter().filter(|c| has(c, &[".sql"])).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/pgdump15");
    let run = place.qupia(&["anonymize", folder, "--out", "directory", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(place.files("directory").iter().filter(|f| f.ends_with(".sql")).count(), 2);
    scripts.push(place.path("directory/toc.dat.sql"));
    assert_eq!(scripts.len(), 6, "{scripts:?}");
    for (number, script) in scripts.iter().enumerate() {
        let database = format!("d{number}");
        server.load(&database, script);
        let rows = server.sql(&database, "SELECT count(*), count(DISTINCT name) FROM person");
        // samples with large objects: a text, and a document that is longer than one statement of a dump
        let objects = ["piped", "tar", "objects"].iter().any(|n| script.to_string_lossy().contains(n));
        assert_eq!(rows, [if objects { "2\t1" } else { "50\t50" }], "{}", script.display());
        if objects {
            let text = "SELECT convert_from(lo_get(16001), 'UTF8') ~ 'Пробников Иван|990101300124', convert_from(lo_get(16001), 'UTF8') ~ 'Заявление'";
            assert_eq!(server.sql(&database, text), ["f\tt"], "{}", script.display());
            let document = "SELECT convert_from(substring(lo_get(16002) from 1 for 2), 'UTF8'), length(lo_get(16002)) > 10000";
            assert_eq!(server.sql(&database, document), ["PK\tt"], "{}", script.display());
            let column =
                "SELECT count(*) FROM person WHERE convert_from(scan, 'UTF8') ~ 'Образцова|850615400127'";
            assert_eq!(server.sql(&database, column), ["0"], "{}", script.display());
        }
        let left = "SELECT count(*) FROM person WHERE name LIKE 'Проб%' OR iin = '990101300124'";
        assert_eq!(server.sql(&database, left), ["0"], "{}", script.display());
    }
}

/// Can `tesseract` read Russian here?
#[cfg(feature = "ocr")]
fn reads_russian() -> bool {
    let listed = Command::new("tesseract").arg("--list-langs").output();
    let has = listed.is_ok_and(|o| text(&o).lines().any(|line| line.trim() == "rus"));
    if !has {
        skip("tesseract-ocr-rus", "tesseract cannot read Russian");
    }
    has
}

/// What `tesseract` reads in a picture, every word that it can.
#[cfg(feature = "ocr")]
fn read_picture(path: &Path) -> String {
    let ways = ["3", "6", "11"].map(|way| {
        let args = [path.to_str().unwrap(), "-", "-l", "rus", "--psm", way];
        text(&run("tesseract", &args).unwrap())
    });
    ways.concat()
}

#[cfg(all(feature = "ocr", feature = "pdf"))]
#[test]
fn pixels_are_read_and_painted_over() {
    if !reads_russian() {
        return;
    }
    let place = Place::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/ocr");
    // without the option pictures are named and have no copy, and a document has none of its pictures
    let run_plain = place.qupia(&["anonymize", source, "--out", "plain", "--no-progress"]);
    assert_eq!(run_plain.code, 3, "{}", run_plain.stderr);
    let files: Vec<_> = place.files("plain").into_iter().filter(|f| !f.contains(".qupia")).collect();
    assert_eq!(files, ["letter.docx"]);
    let with = place.qupia(&["anonymize", source, "--out", "out", "--ocr", "--no-progress"]);
    assert_eq!(with.code, 0, "{}\n{}", with.stderr, with.stdout);
    let mut pictures: Vec<PathBuf> = Vec::new();
    for name in ["fax.tif", "form.gif", "form.png", "form.webp", "turned.jpg"] {
        let copy = place.path("out").join(name);
        assert!(copy.exists(), "{name}: {}", with.stdout);
        pictures.push(copy);
    }
    let scan = place.path("out/scan.pdf");
    let shown = place.path("page");
    if run("pdftoppm", &["-r", "150", "-png", scan.to_str().unwrap(), shown.to_str().unwrap()]).is_some() {
        for page in ["page-1.png", "page-2.png"] {
            pictures.push(place.path(page));
        }
    }
    let letter = place.path("out/letter.docx");
    if let Some(unpacked) =
        run("unzip", &["-qo", letter.to_str().unwrap(), "-d", place.path("letter").to_str().unwrap()])
    {
        assert!(unpacked.status.success());
        pictures.push(place.path("letter/word/media/image1.png"));
    }
    for picture in pictures {
        let said = read_picture(&picture);
        for hidden in ["990101300124", "850615400127", "Проб Пробович", "000 00 01"] {
            assert!(!said.contains(hidden), "{}: {hidden} in {said}", picture.display());
        }
        // what is nobody's still stands there
        let kept = ["справку", "Справка", "Приложение"].iter().any(|word| said.contains(word));
        assert!(kept, "{}: {said}", picture.display());
    }
}

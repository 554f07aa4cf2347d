//! Reading and copying a file of each kind on disk, one core: throughput in bytes of the file as it is stored.
//!
//! `cargo bench --bench formats` makes the files that it can make by itself (mail, archives, HTML, SQLite); others come
//! from a folder: `QUPIA_BENCH_FILES=FOLDER`, each file is one measure of its own under its name.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use qupia::format::registry::{self, Recognised};
use qupia::format::{Limits, MemberOutcome, Opened, Output, Visitor};
use qupia::model::{Block, Edit, ReadError, Reason};
use qupia::source::Input;
use qupia::{Anonymizer, Scanner};

fn main() {
    divan::main();
}

/// Rows of the made files.
const ROWS: usize = 20_000;

/// A row of invented people; the number is of nobody.
fn row(n: usize) -> [String; 5] {
    let names = ["Смирнов Сергей Иванович", "Ахметова Айгуль Сериковна", "Жумабаев Ерлан Кайратович"];
    [
        n.to_string(),
        names[n % 3].to_owned(),
        format!("{:012}", 850_101_300_000u64 + n as u64 * 7),
        format!("8701{:07}", n * 31 % 10_000_000),
        "Сведения внесены в общий реестр, копия направлена в отдел.".to_owned(),
    ]
}

fn made(kind: &str) -> Vec<u8> {
    let mut text = String::new();
    match kind {
        "html" => {
            text.push_str("<!DOCTYPE html><html><body><table>\n");
            for n in 0..ROWS {
                let _ = writeln!(text, "<tr><td>{}</td></tr>", row(n).join("</td><td>"));
            }
            text.push_str("</table></body></html>\n");
        }
        "mbox" => {
            for n in 0..ROWS / 10 {
                let rows: Vec<String> = (n * 10..n * 10 + 10).map(|n| row(n).join("; ")).collect();
                let _ = write!(
                    text,
                    "From - Sat Jan  3 01:05:34 2026\nFrom: a{n}@example.kz\nTo: b@example.kz\nSubject: {n}\n\
                     Message-ID: <{n}@example.kz>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
                     Content-Transfer-Encoding: 8bit\n\n{}\n\n",
                    rows.join("\n")
                );
            }
        }
        _ => {
            for n in 0..ROWS {
                let _ = writeln!(text, "{}", row(n).join(";"));
            }
        }
    }
    if kind != "zip" {
        return text.into_bytes();
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (k, part) in text.as_bytes().chunks(256 << 10).enumerate() {
        zip.start_file(format!("{k}.csv"), zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(part).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

#[cfg(feature = "sqlite")]
fn database(path: &Path) {
    let db = rusqlite::Connection::open(path).expect("a database");
    db.execute_batch("CREATE TABLE p (id INTEGER, fio TEXT, iin TEXT, phone TEXT, note TEXT); BEGIN")
        .expect("a table");
    for n in 0..ROWS {
        db.execute("INSERT INTO p VALUES (?, ?, ?, ?, ?)", row(n)).expect("a row");
    }
    db.execute_batch("COMMIT").expect("rows");
}

/// Where the made files lie, and those of the folder that was named.
fn files() -> Vec<String> {
    let folder = std::env::temp_dir().join("qupia-bench-formats");
    std::fs::create_dir_all(&folder).expect("a folder");
    for kind in ["html", "mbox", "zip"] {
        std::fs::write(folder.join(format!("made.{kind}")), made(kind)).expect("written");
    }
    #[cfg(feature = "sqlite")]
    {
        let path = folder.join("made.db");
        let _ = std::fs::remove_file(&path);
        database(&path);
    }
    let mut all: Vec<PathBuf> = Vec::new();
    for folder in
        [Some(folder), std::env::var_os("QUPIA_BENCH_FILES").map(PathBuf::from)].into_iter().flatten()
    {
        all.extend(std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()));
    }
    all.retain(|p| p.is_file());
    all.sort();
    all.into_iter().map(|p| p.display().to_string()).collect()
}

/// Looks at nothing and counts the segments.
struct Count(u64);

impl Visitor for Count {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        self.0 += block.segments.len() as u64;
        Ok(Vec::new())
    }
    fn member(
        &mut self,
        name: &str,
        input: Input,
        _: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        self.0 += read(input.renamed(name.to_owned()));
        Ok(MemberOutcome::Scanned)
    }
    fn clean_name(&mut self, name: &str) -> String {
        name.to_owned()
    }
    fn partly(&mut self, _: Reason, _: String) {}
}

/// Segments of a file and of its members.
fn read(mut input: Input) -> u64 {
    let Ok(Recognised::Format(format)) = registry::recognise(&mut input) else { return 0 };
    let mut count = Count(0);
    match format.open(input, &Arc::new(Limits::default())) {
        Ok(Opened::Document(document)) => drop(document.process(&mut count, None)),
        Ok(Opened::Stream(mut stream)) => {
            let mut block = Block::default();
            while stream.next(&mut block).unwrap_or(false) {
                count.0 += block.segments.len() as u64;
            }
        }
        Err(_) => {}
    }
    count.0
}

fn size(path: &str) -> BytesCount {
    BytesCount::new(std::fs::metadata(path).map_or(0, |m| m.len()))
}

fn open(path: &str) -> Input {
    let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
    Input::file(std::fs::File::open(path).expect("a file"), name).expect("a file")
}

/// What it costs to read alone.
#[divan::bench(args = files(), sample_count = 3, sample_size = 1)]
fn read_only(bencher: Bencher<'_, '_>, path: &str) {
    bencher.counter(size(path)).bench_local(|| read(open(path)));
}

/// Reading and detecting everything.
#[divan::bench(args = files(), sample_count = 3, sample_size = 1)]
fn scan(bencher: Bencher<'_, '_>, path: &str) {
    let scanner = Scanner::new();
    let bytes: Arc<[u8]> = std::fs::read(path).expect("a file").into();
    bencher.counter(size(path)).bench_local(|| scanner.bytes(Arc::clone(&bytes), "bench").found.len());
}

/// The copy and the second scan.
#[divan::bench(args = files(), sample_count = 1, sample_size = 1)]
fn anonymize(bencher: Bencher<'_, '_>, path: &str) {
    let anonymizer = Anonymizer::new().expect("a key");
    let bytes: Arc<[u8]> = std::fs::read(path).expect("a file").into();
    bencher
        .counter(size(path))
        .bench_local(|| anonymizer.bytes(Arc::clone(&bytes), "bench").map_or(0, |made| made.copy.len()));
}

/// Documents of a share: a thousand small ones, read one after another.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn thousand_letters(bencher: Bencher<'_, '_>) {
    const COUNT: usize = 1000;
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/office/letter_python.docx");
    let bytes: Arc<[u8]> = std::fs::read(sample).expect("a sample").into();
    let scanner = Scanner::new();
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        (0..COUNT).map(|_| scanner.bytes(Arc::clone(&bytes), "a.docx").found.len()).sum::<usize>()
    });
}

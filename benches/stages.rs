//! The stages of a run on invented text in memory, one core: throughput in bytes, tokens or files a second.
//!
//! `cargo bench --no-default-features --bench stages`; a part by its name: `-- scan_numbers`. The comparison with
//! other programs on files is `benches/compare.sh`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use qupia::Anonymizer;
use qupia::depersonalize::{Depersonalizer, Key, Policy};
use qupia::detect::{Detector, Options, Rules, Scratch};
use qupia::format::registry::{self, Recognised};
use qupia::format::{Limits, Opened};
use qupia::model::{Block, Category, NO_COLUMN, Segment, SegmentKind};
use qupia::run::{RunOptions, scan};
use qupia::source::Input;

fn main() {
    divan::main();
}

/// Bytes of each text.
const SIZE: usize = 4 << 20;

/// A generator of numbers that repeats itself in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }

    /// Twelve digits with a right check digit and a day of birth in the last century; of nobody.
    fn iin(&mut self) -> String {
        loop {
            let (y, m, d) = (40 + self.below(60), 1 + self.below(12), 1 + self.below(28));
            let head = format!("{y:02}{m:02}{d:02}{}{:04}", 3 + self.below(2), self.below(10_000));
            let sum = |shift: u32| -> u32 {
                let weight = |i: u32| (i + shift) % 11 + 1;
                head.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * weight(i as u32)).sum::<u32>()
                    % 11
            };
            let check = if sum(0) == 10 { sum(2) } else { sum(0) };
            if check < 10 {
                return head + &check.to_string();
            }
        }
    }

    fn phone(&mut self) -> String {
        format!("8701{:07}", self.below(10_000_000))
    }
}

/// A text of about [`SIZE`] bytes of each kind.
fn text(kind: &str) -> String {
    let mut n = Numbers(7);
    let mut out = String::with_capacity(SIZE + 1000);
    match kind {
        "csv" => out.push_str("id;iin;phone;email;city;amount;created_at\n"),
        "dump" => out
            .push_str("COPY public.clients (id, iin, phone, email, city, amount, created_at) FROM stdin;\n"),
        _ => {}
    }
    let mut row = 0;
    while out.len() < SIZE {
        row += 1;
        let (iin, phone, day) = (n.iin(), n.phone(), 10 + n.below(18));
        let sign = if kind == "dump" { '\t' } else { ';' };
        let _ = match kind {
            "csv" | "dump" => writeln!(
                out,
                "{row}{sign}{iin}{sign}{phone}{sign}a{row}@mail.kz{sign}Алматы{sign}{}.50{sign}2026-05-{day} 10:11:12",
                n.below(1_000_000),
            ),
            "logs" if row % 40 == 0 => {
                writeln!(out, "2026-05-{day}T10:11:12.123Z INFO kz.auth - iin={iin} tel={phone}")
            }
            "logs" => writeln!(
                out,
                "2026-05-{day}T10:11:12.123Z INFO [exec-{}] kz.auth.Session - req={:016x} status=200 bytes={}",
                n.below(64),
                n.below(u64::MAX),
                n.below(1_000_000),
            ),
            _ if row % 30 == 0 => writeln!(out, "Заявитель, ИИН {iin}, тел. {phone}.\n"),
            _ => writeln!(out, "Сведения о поставке внесены в общий реестр, копия направлена в отдел."),
        };
    }
    if kind == "dump" {
        out.push_str("\\.\n");
    }
    out
}

fn detector(numbers: bool) -> Detector {
    let only = ["iin", "bin", "phone", "iban", "email", "card"].map(Category::new);
    let options =
        if numbers { Options { only: only.into(), ..Options::default() } } else { Options::default() };
    Detector::new(Rules::builtin(), options).expect("built-in rules")
}

/// Reads `bytes` as what they are and looks at every block; the number of findings.
fn look(detector: &Detector, bytes: &Arc<[u8]>) -> usize {
    let mut input = Input::memory(Arc::clone(bytes), "bench");
    let Ok(Recognised::Format(format)) = registry::recognise(&mut input) else { return 0 };
    let Ok(Opened::Stream(mut stream)) = format.open(input, &Arc::new(Limits::default())) else { return 0 };
    let (mut block, mut scratch, mut found) = (Block::default(), Scratch::default(), Vec::new());
    let mut columns = None;
    let mut count = 0;
    while stream.next(&mut block).expect("readable") {
        if block.table.is_some() && columns.is_none() {
            columns = Some(detector.columns(&block));
        }
        found.clear();
        detector.detect(&block, columns.as_deref(), &mut scratch, &mut found);
        count += found.len();
    }
    count
}

#[divan::bench(args = ["logs", "csv", "dump", "text"], sample_count = 10)]
fn scan_numbers(bencher: Bencher<'_, '_>, kind: &str) {
    let (detector, bytes) = (detector(true), Arc::<[u8]>::from(text(kind).into_bytes()));
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| look(&detector, black_box(&bytes)));
}

#[divan::bench(args = ["logs", "csv", "dump", "text"], sample_count = 5)]
fn scan_everything(bencher: Bencher<'_, '_>, kind: &str) {
    let (detector, bytes) = (detector(false), Arc::<[u8]>::from(text(kind).into_bytes()));
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| look(&detector, black_box(&bytes)));
}

/// What it costs to read blocks alone.
#[divan::bench(args = ["logs", "csv", "dump", "text"], sample_count = 20)]
fn read_only(bencher: Bencher<'_, '_>, kind: &str) {
    let bytes = Arc::<[u8]>::from(text(kind).into_bytes());
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| {
        let mut input = Input::memory(Arc::clone(&bytes), "bench");
        let Ok(Recognised::Format(format)) = registry::recognise(&mut input) else { return 0 };
        let Ok(Opened::Stream(mut stream)) = format.open(input, &Arc::new(Limits::default())) else {
            return 0;
        };
        let (mut block, mut segments) = (Block::default(), 0);
        while stream.next(&mut block).expect("readable") {
            segments += block.segments.len();
        }
        segments
    });
}

/// The scan, the tokens, the copy and the second scan.
#[divan::bench(args = ["csv", "dump"], sample_count = 5)]
fn anonymize(bencher: Bencher<'_, '_>, kind: &str) {
    let bytes = Arc::<[u8]>::from(text(kind).into_bytes());
    let anonymizer = Anonymizer::new().expect("a key");
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| anonymizer.bytes(Arc::clone(&bytes), "bench").expect("a copy").copy.len());
}

/// Tokens for numbers that were not seen before.
#[divan::bench(sample_count = 20)]
fn tokens(bencher: Bencher<'_, '_>) {
    const COUNT: usize = 100_000;
    let mut n = Numbers(11);
    let mut block = Block { first_row: 1, ..Block::default() };
    let mut findings = Vec::new();
    for row in 0..COUNT as u32 {
        let start = block.text.len() as u32;
        block.text.extend_from_slice(n.iin().as_bytes());
        let end = block.text.len() as u32;
        block.segments.push(Segment { start, end, column: NO_COLUMN, row, kind: SegmentKind::Cell });
        findings.push(qupia::model::Finding {
            start,
            end,
            segment: row,
            category: Category::IIN,
            subtype: None,
            rule: "iin",
            confidence: 0.9,
            evidence: Default::default(),
            alternatives: Default::default(),
            entity: 0,
        });
    }
    let depersonalizer = Depersonalizer::new(Policy::default(), Key::random().expect("a key"));
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        let (scope, mut edits) = (depersonalizer.file("bench"), Vec::new());
        depersonalizer.edits::<qupia::detect::Columns>(&scope, &block, None, &findings, &mut edits);
        edits.len()
    });
}

/// Files of a share: most of them small.
#[divan::bench(args = [1, 2], sample_count = 10)]
fn small_files(bencher: Bencher<'_, '_>, threads: usize) {
    const COUNT: usize = 500;
    let folder = tempfile::tempdir().expect("a folder");
    let kinds = ["logs", "csv", "text"].map(text);
    for k in 0..COUNT {
        let text = &kinds[k % kinds.len()];
        let cut = text.char_indices().nth(2000 + k * 10).map_or(text.len(), |c| c.0);
        std::fs::write(folder.path().join(format!("{k}.txt")), &text[..cut]).expect("written");
    }
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        let mut options = RunOptions::new(vec![folder.path().to_owned()]);
        options.threads = threads;
        options.detect.only = ["iin", "phone", "email"].map(Category::new).into();
        scan(options, Vec::new()).expect("a summary").files
    });
}

//! Damaged files of every format: whatever the bytes, an answer and no panic.
//!
//! A short deterministic run; `QUPIA_FUZZ_SECONDS` makes it longer, `QUPIA_FUZZ_SEED` another one, and
//! `QUPIA_FUZZ_ONLY` one of the samples whose path holds these words (`.pdf`, `office/`).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use qupia::depersonalize::{Key, Policy};
use qupia::detect::{Options, Rules};
use qupia::format::Limits;
use qupia::{Anonymizer, Scanner};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn samples(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            samples(&path, out);
        } else if path.metadata().is_ok_and(|m| m.len() < 100_000) {
            out.push(path);
        }
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len());
        match random.below(7) {
            0 => bytes.truncate(at),
            1 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b ^= 1 << (at % 8)),
            2 => {
                let value = [0u32, 1, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x8000_0000][random.below(5)].to_le_bytes();
                for (b, v) in bytes.iter_mut().skip(at).zip(value) {
                    *b = v;
                }
            }
            3 => {
                let end = (at + random.below(64)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => {
                let end = (at + random.below(256)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => bytes.insert(at, random.next() as u8),
            _ => bytes.iter_mut().skip(at).take(16).for_each(|b| *b = random.next() as u8),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn damaged_files_of_every_format() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let (seconds, seed) = (number("QUPIA_FUZZ_SECONDS", 5), number("QUPIA_FUZZ_SEED", 1));
    let mut files = Vec::new();
    samples(Path::new("testdata"), &mut files);
    samples(Path::new("tests/samples"), &mut files);
    if let Ok(only) = std::env::var("QUPIA_FUZZ_ONLY") {
        files.retain(|f| only.split(',').any(|word| f.to_string_lossy().contains(word)));
    }
    assert!(!files.is_empty());
    // damaged figures can promise work without end: what is looked for is that the time limit ends it
    let limits = || Limits { time: Duration::from_secs(5), ..Limits::default() };
    let scanner = Scanner::with(Rules::builtin(), Options::default(), limits()).unwrap();
    let key = Key::random().unwrap();
    let anonymizer =
        Anonymizer::with(Rules::builtin(), Options::default(), limits(), Policy::default(), key).unwrap();
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (begun, mut runs) = (Instant::now(), 0u64);
    // two readings and a second scan, each with a step that is not looked at from within, on a busy machine
    let most = Duration::from_secs(60);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let path = &files[random.below(files.len())];
        let mut bytes = std::fs::read(path).unwrap();
        damage(&mut bytes, &mut random);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (state, started) = (random.0, Instant::now());
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            scanner.bytes(bytes.clone(), &name);
            if let Ok(copy) = anonymizer.bytes(bytes, &name) {
                drop(copy);
            }
        }));
        assert!(outcome.is_ok(), "{}: run {runs}, state {state}", path.display());
        assert!(started.elapsed() < most, "{}: run {runs}, state {state}: slow", path.display());
        runs += 1;
    }
    eprintln!("{runs} damaged files of {} samples", files.len());
}

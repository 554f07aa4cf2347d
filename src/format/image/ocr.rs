//! Reading pictures by an installed `tesseract`, only where the operator asked for it.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Limits;
use crate::model::Reason;

/// Longest time for one picture.
const TIME: Duration = Duration::from_secs(120);

/// Most text of one picture.
const TEXT: u64 = 4 << 20;

/// The text that `tesseract` reads in Russian, Kazakh and English.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<String, Reason> {
    let mut child = Command::new("tesseract")
        .args(["stdin", "stdout", "-l", "rus+kaz+eng"])
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Reason::MissingProgram)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Reason::EngineFailed);
    };
    let picture = bytes.to_vec();
    // a program that reads and writes at once must be fed and drained at once
    let feeder = std::thread::spawn(move || stdin.write_all(&picture));
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.take(TEXT).read_to_end(&mut text).map(|_| text)
    });
    let end = Instant::now() + TIME.min(limits.time);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
        }
    };
    let _ = feeder.join();
    let text = reader.join().ok().and_then(Result::ok);
    match (status, text) {
        (Some(status), Some(text)) if status.success() => Ok(String::from_utf8_lossy(&text).into_owned()),
        (None, _) => Err(Reason::LimitReached),
        _ => Err(Reason::EngineFailed),
    }
}

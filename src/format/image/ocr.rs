//! Reading pictures by an installed `tesseract`, only where the operator asked for it.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::pixels::Area;
use crate::format::Limits;
use crate::model::Reason;

/// Longest time for one picture.
const TIME: Duration = Duration::from_secs(120);

/// Most that is read of what the program says of one picture.
const ANSWER: u64 = 16 << 20;

/// Languages that are asked for, where the program has them; without the first nothing is read.
const LANGUAGES: [&str; 3] = ["rus", "kaz", "eng"];

/// A page with fewer words may be a card or a stamp, whose words stand apart: they are looked for once more.
const FEW: usize = 40;

/// Ways to take a picture apart (`--psm`): as a page, and as words anywhere.
const PAGE: &str = "3";
const SPARSE: &str = "11";

/// The text of a picture, line by line, and where each word of it stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) text: String,
    /// First byte, one past the last, and the place in the picture.
    pub(super) words: Vec<(usize, usize, Area)>,
}

/// What `tesseract` reads in Russian, Kazakh and English in a picture in the format PNG.
pub(super) fn read(png: &[u8], limits: &Limits) -> Result<Reading, Reason> {
    let languages = languages().ok_or(Reason::MissingProgram)?;
    let mut reading = Reading::default();
    reading.add(&tesseract(png, languages, PAGE, limits)?);
    if reading.words.len() < FEW {
        reading.add(&tesseract(png, languages, SPARSE, limits)?);
    }
    Ok(reading)
}

impl Reading {
    /// Adds the words of a table that `tesseract` writes: those whose place is not taken yet.
    fn add(&mut self, table: &str) {
        let before = self.words.len();
        let mut last = None;
        for row in table.lines().skip(1) {
            let cells: Vec<&str> = row.split('\t').collect();
            let [level, page, block, paragraph, line, _, left, top, width, height, confidence, word] =
                cells[..]
            else {
                continue;
            };
            let number = |cell: &str| cell.parse::<u32>().ok();
            let area = (|| {
                Some(Area {
                    left: number(left)?,
                    top: number(top)?,
                    width: number(width)?,
                    height: number(height)?,
                })
            })();
            let Some(area) = area.filter(|_| level == "5" && !confidence.starts_with('-')) else { continue };
            let word = word.trim();
            if word.is_empty() || self.words[..before].iter().any(|w| w.2.overlaps(area)) {
                continue;
            }
            let place = (page.to_owned(), block.to_owned(), paragraph.to_owned(), line.to_owned());
            match &last {
                _ if self.text.is_empty() => {}
                Some(before) if *before == place => self.text.push(' '),
                // a new paragraph stands apart
                Some((p, b, par, _)) if (p, b, par) == (&place.0, &place.1, &place.2) => self.text.push('\n'),
                _ => self.text.push_str("\n\n"),
            }
            last = Some(place);
            let start = self.text.len();
            self.text.push_str(word);
            self.words.push((start, self.text.len(), area));
        }
    }

    /// The places of the words that an edit of the text touches.
    pub(super) fn areas(&self, start: u32, end: u32) -> impl Iterator<Item = Area> {
        let (start, end) = (start as usize, end as usize);
        self.words.iter().filter(move |w| w.0 < end && start < w.1).map(|w| w.2)
    }
}

/// Names of the languages that are installed, as the program wants them; `None` without the first.
fn languages() -> Option<&'static str> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let output = Command::new("tesseract").arg("--list-langs").stdin(Stdio::null()).output().ok()?;
            // some versions answer on the other stream
            let said =
                [output.stdout, output.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
            let has = |name: &str| said.lines().any(|line| line.trim() == name);
            let found: Vec<&str> = LANGUAGES.into_iter().filter(|l| has(l)).collect();
            (found.first() == LANGUAGES.first()).then(|| found.join("+"))
        })
        .as_deref()
}

fn tesseract(png: &[u8], languages: &str, mode: &str, limits: &Limits) -> Result<String, Reason> {
    let mut child = Command::new("tesseract")
        .args(["stdin", "stdout", "-l", languages, "--psm", mode, "tsv"])
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Reason::MissingProgram)?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Reason::EngineFailed);
    };
    let picture = png.to_vec();
    // a program that reads and writes at once must be fed and drained at once
    let feeder = std::thread::spawn(move || stdin.write_all(&picture));
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout.take(ANSWER).read_to_end(&mut text).map(|_| text)
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
        (Some(status), Some(text)) if status.success() && (text.len() as u64) < ANSWER => {
            Ok(String::from_utf8_lossy(&text).into_owned())
        }
        (Some(status), Some(_)) if status.success() => Err(Reason::LimitReached),
        (None, _) => Err(Reason::LimitReached),
        _ => Err(Reason::EngineFailed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

    #[test]
    fn words_and_their_places() {
        let mut reading = Reading::default();
        let rows = "1\t1\t0\t0\t0\t0\t0\t0\t600\t400\t-1\t\n5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.1\tИИН\n\
                    5\t1\t1\t1\t1\t2\t70\t10\t90\t20\t95\t990101300124\n5\t1\t1\t1\t2\t1\t10\t40\t50\t20\t90\tПробников\n\
                    5\t1\t2\t1\t1\t1\t10\t90\t5\t20\t90\t \nbroken\n5\t1\t2\t1\t1\t2\t10\t90\t50\t20\t90\tконец\n";
        reading.add(&format!("{HEAD}{rows}"));
        assert_eq!(reading.text, "ИИН 990101300124\nПробников\n\nконец");
        let at = reading.text.find("9901").unwrap() as u32;
        let areas: Vec<_> = reading.areas(at + 3, at + 5).collect();
        assert_eq!(areas, [Area { left: 70, top: 10, width: 90, height: 20 }]);
        // what was read the first time is not read again
        let more =
            "5\t1\t1\t1\t1\t1\t11\t12\t48\t18\t50\tИНН\n5\t1\t9\t1\t1\t1\t300\t300\t50\t20\t80\tАхметов\n";
        reading.add(&format!("{HEAD}{more}"));
        assert_eq!(reading.words.len(), 5);
        assert!(reading.text.ends_with("конец\n\nАхметов"));
    }
}

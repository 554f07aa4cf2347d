//! The script that an archive holds, as `pg_restore` would write it.

use std::io::{self, Read};
use std::sync::Arc;

use super::Dump;
use super::contents::Entry;
use super::files::Data;

/// The script's first line, as `pg_restore` writes it.
const HEADER: &str = "-- PostgreSQL database dump\n\n";

/// The script, piece by piece; large objects are made in it and have no content there.
pub(super) struct Script {
    dump: Arc<Dump>,
    /// Twice the entry's number, plus one for its data.
    at: usize,
    now: Data,
}

impl Script {
    pub(super) fn new(dump: Arc<Dump>) -> Script {
        Script { dump, at: 0, now: Box::new(io::Cursor::new(HEADER)) }
    }
}

/// What makes what an entry describes.
fn definition(entry: &Entry) -> String {
    let lines = |each: &dyn Fn(&str) -> String| entry.definition.lines().map(each).collect();
    let mut text: String = match entry.description.as_str() {
        // from PostgreSQL 17 on an entry has the numbers of many
        "BLOB METADATA" => lines(&|line| match line.bytes().all(|b| b.is_ascii_digit()) {
            true => format!("SELECT pg_catalog.lo_create('{line}');\n"),
            false => format!("-- {line}\n"),
        }),
        // a script that makes the database again loads into no other, so `pg_restore` leaves it out
        d if d.starts_with("DATABASE") => lines(&|line| format!("-- {line}\n")),
        _ => entry.definition.clone(),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

impl Read for Script {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.now.read(buf)?;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            let Some(entry) = self.dump.contents.entries.get(self.at / 2) else { return Ok(0) };
            let data = self.at % 2 == 1;
            self.at += 1;
            if !data {
                self.now = Box::new(io::Cursor::new(definition(entry).into_bytes()));
                continue;
            }
            if entry.description != "TABLE DATA" {
                continue;
            }
            let Some(data) = self.dump.files.rows(entry)? else { continue };
            // rows dumped as INSERT need no COPY around them
            let (before, after) = match entry.copy.is_empty() {
                true => (String::new(), ""),
                false => (entry.copy.clone(), "\\.\n\n"),
            };
            // archivers before PostgreSQL 9 end the data themselves; the end mark twice would be read as a row
            self.now = Box::new(
                io::Cursor::new(before.into_bytes()).chain(Ended::new(data)).chain(io::Cursor::new(after)),
            );
        }
    }
}

/// Rows without the end mark `\.` and the blank lines after it, where the archiver stored them.
struct Ended {
    inner: Box<dyn Read + Send>,
    /// The last bytes, held back until it is known that more follow.
    held: Vec<u8>,
    done: bool,
}

impl Ended {
    /// `\n\.\n\n\n`, the longest end.
    const TAIL: usize = 8;

    fn new(inner: Box<dyn Read + Send>) -> Ended {
        Ended { inner, held: Vec::new(), done: false }
    }
}

impl Read for Ended {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !self.done && self.held.len() <= Ended::TAIL {
            let mut more = vec![0; (32 << 10).max(buf.len())];
            let n = self.inner.read(&mut more)?;
            self.done = n == 0;
            self.held.extend_from_slice(&more[..n]);
            if self.done {
                let end = self.held.trim_ascii_end().len();
                if self.held[..end] == *b"\\." || self.held[..end].ends_with(b"\n\\.") {
                    self.held.truncate(end - 2);
                }
            }
        }
        let free = if self.done { self.held.len() } else { self.held.len() - Ended::TAIL };
        let n = free.min(buf.len());
        buf[..n].copy_from_slice(&self.held[..n]);
        self.held.drain(..n);
        Ok(n)
    }
}

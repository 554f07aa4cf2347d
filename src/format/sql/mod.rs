//! Dumps: scripts of `INSERT` and `COPY` with their declarations, as pg_dump, mysqldump, phpMyAdmin, SSMS,
//! SQLite and others write them.

mod bytes;
mod copy;
mod copy_csv;
mod copy_format;
mod copy_splice;
mod ddl;
mod escape;
mod lex;
mod splice;
mod tables;
mod values;

use std::sync::Arc;

use lex::{Edge, Lexer, Out, Stop};
use splice::SqlSplice;

use super::encoding::{Encoding, Feed, Rewrites, Sample, Sizes};
use super::{Format, Info, Limits, Opened, Splice, Stream, TextFormat, text};
use crate::model::{Block, ReadError, Reason};
use crate::source::Input;

/// SQL scripts that carry data.
pub struct Sql;

/// A block grows to so much for bytes in hexadecimal, so that a file of half of it is read whole.
const BYTES: usize = 64 << 20;

impl Format for Sql {
    fn id(&self) -> &'static str {
        "sql"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, _: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Stream(Box::new(SqlStream::new(input, Sizes::default())?)))
    }
}

/// Beginnings of lines that say nothing of what a dump holds.
const COMMENTS: [&str; 6] = ["--", "/*", "#", "*", "SET ", "\\"];
/// First words of the commands that a dump may begin with.
const COMMANDS: [&str; 24] = [
    "INSERT", "REPLACE", "CREATE", "COPY", "DROP", "ALTER", "BEGIN", "USE", "PRAGMA", "LOCK", "START",
    "DELETE", "SELECT", "COMMENT", "GRANT", "REVOKE", "UPDATE", "TRUNCATE", "DECLARE", "EXEC", "PRINT",
    "IF ", "GO", "REM ",
];

impl TextFormat for Sql {
    fn score(&self, sample: &Sample, name: &str) -> u8 {
        let head = String::from_utf8_lossy(&sample.text[..sample.text.len().min(4 * 400)]);
        let head: String = head.chars().take(400).collect();
        let known =
            ["-- MySQL dump", "-- MariaDB dump", "-- PostgreSQL database dump", "-- phpMyAdmin SQL Dump"];
        if known.iter().any(|k| head.contains(k)) {
            return 88;
        }
        // nearly no text goes on beyond the word that its first line begins with
        let first = sample.text.split(|b| *b == b'\n').map(|l| l.trim_ascii_start());
        let mut first =
            first.filter(|l| !l.is_empty() && !COMMENTS.iter().any(|c| l.starts_with(c.as_bytes())));
        let begun = |line: &[u8]| {
            let line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line).trim_ascii_start();
            // a mark of encoding may stand before a comment
            COMMENTS.iter().any(|c| line.starts_with(c.as_bytes()))
                || COMMANDS
                    .iter()
                    .any(|c| line.get(..c.len()).is_some_and(|l| l.eq_ignore_ascii_case(c.as_bytes())))
        };
        if !first.next().is_some_and(begun) {
            return 0;
        }
        let text = String::from_utf8_lossy(&sample.text);
        let mut lines = text.lines().map(|l| l.trim_start_matches('\u{FEFF}').trim_start());
        let begins = |line: &str, phrase: &str| {
            let mut words = line.split_ascii_whitespace();
            phrase.split(' ').all(|p| words.next().is_some_and(|w| w.to_ascii_uppercase().starts_with(p)))
        };
        let fills =
            ["INSERT INTO", "INSERT IGNORE", "INSERT OR", "INSERT [", "REPLACE INTO", "CREATE TABLE", "COPY"];
        // words of commands may begin a sentence too: a dump has brackets after them
        let filled = lines.any(|l| {
            let one = fills[..5].iter().any(|p| begins(l, p))
                && (l.contains('(') || l.to_uppercase().contains("VALUES"));
            one || (begins(l, "CREATE TABLE") && text.contains('('))
                || (begins(l, "COPY") && l.to_uppercase().contains("FROM STDIN"))
        });
        let named = name.rsplit_once('.').is_some_and(|n| n.1.eq_ignore_ascii_case("sql"));
        if filled {
            80
        } else if named {
            40
        } else {
            0
        }
    }
}

/// True for the dialects in which a backslash escapes.
fn is_mysql(sample: &str) -> bool {
    if ["PostgreSQL database dump", "standard_conforming_strings", "[dbo]", "PRAGMA "]
        .iter()
        .any(|m| sample.contains(m))
    {
        return false;
    }
    sample.contains('`') || ["MySQL dump", "MariaDB dump", "ENGINE="].iter().any(|m| sample.contains(m))
}

/// What the script says of its own encoding.
fn declared(sample: &str) -> Option<Encoding> {
    let after = |mark: &str| {
        let at = sample.find(mark)? + mark.len();
        let rest = sample[at..].trim_start_matches([' ', '=', '\'', '"']);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))?;
        Encoding::for_label(&rest[..end])
    };
    after("SET NAMES").or_else(|| after("client_encoding"))
}

/// A dump of any size; a block holds rows of one table, comments and statements beside them.
pub struct SqlStream {
    feed: Feed,
    sizes: Sizes,
    lexer: Lexer,
    rewrites: Rewrites,
    splice: Arc<SqlSplice>,
    /// What the next block asks for: little after a small block, so that many small tables cost no more.
    want: usize,
}

impl SqlStream {
    /// Reads `input` in blocks of these sizes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn new(mut input: Input, sizes: Sizes) -> Result<SqlStream, ReadError> {
        let sample = Sample::of(input.head()?)
            .map_or(String::new(), |s| String::from_utf8_lossy(&s.text).into_owned());
        let feed = Feed::new(input, declared(&sample));
        let mysql = is_mysql(&sample);
        let lexer = Lexer::new(mysql);
        let written = Arc::clone(&lexer.written);
        let splice = Arc::new(SqlSplice { charset: feed.charset(), mysql, written });
        Ok(SqlStream { feed, sizes, lexer, rewrites: Rewrites::default(), splice, want: sizes.block })
    }
}

impl Stream for SqlStream {
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError> {
        block.clear();
        if self.feed.is_done()? {
            return Ok(false);
        }
        self.lexer.begin_block();
        let mut want = self.want;
        loop {
            let last = self.feed.fill(block, want)?;
            block.segments.clear();
            self.rewrites.clear();
            let begin =
                if block.offset == 0 && block.text.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
            let force = want >= self.sizes.most;
            let text = std::mem::take(&mut block.text);
            let out = Out { segments: &mut block.segments, escapes: &mut self.rewrites };
            let bytes = want < BYTES;
            let stop = self.lexer.run(&text, Edge { begin, last, force, bytes }, out);
            block.text = text;
            let cut = match stop {
                Stop::Cut(cut) => cut,
                Stop::More if !force => {
                    want = if want < self.sizes.block { self.sizes.block } else { self.sizes.most };
                    continue;
                }
                Stop::More if bytes && self.lexer.more_bytes => {
                    want = want.saturating_mul(2).min(BYTES);
                    continue;
                }
                Stop::More => block.text.len(),
            };
            // what follows the first block stays near the processor until it is written; a table begins a block
            let least = self.sizes.block.min(16 << 10);
            self.want = (cut * 4).clamp(least, self.sizes.block.div_ceil(8).max(least));
            block.first_row = self.lexer.first_row;
            block.table =
                self.lexer.block_table.and_then(|t| self.lexer.tables.table(t, self.lexer.width as usize));
            self.feed.finish(block, cut, &self.rewrites);
            return Ok(true);
        }
    }

    fn splice(&self) -> Arc<dyn Splice> {
        Arc::clone(&self.splice) as Arc<dyn Splice>
    }

    fn info(&self) -> Info {
        let mut info = text::info(&self.splice.charset, &[]);
        if self.lexer.cut_bytes {
            let what = format!("bytes in hexadecimal of more than {} MiB", BYTES >> 20);
            info.partly.push((Reason::LimitReached, what));
        }
        info
    }
}

#[cfg(test)]
mod copy_tests;
#[cfg(test)]
mod tests;

//! Mailboxes in one file (RFC 4155; `From ` lines in bodies are quoted by `>`), read message by message.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use super::eml::{Eml, MESSAGE, Walk};
use super::members::{self, Budget};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// The format `mbox`.
pub struct Mbox;

impl Format for Mbox {
    fn id(&self) -> &'static str {
        "mbox"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        if !head.starts_with(b"From ") {
            return 0;
        }
        let Some(line) = memchr::memchr(b'\n', head) else { return 0 };
        if Eml.recognise(&head[line + 1..], name) > 0 { 93 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let reader = BufReader::with_capacity(256 << 10, input.into_reader());
        Ok(Opened::Document(Box::new(Mailbox { reader, next: Vec::new(), limits: Arc::clone(limits) })))
    }
}

struct Mailbox {
    reader: BufReader<Box<dyn Read + Send>>,
    /// The `From ` line of the next message.
    next: Vec<u8>,
    limits: Arc<Limits>,
}

impl Document for Mailbox {
    fn process(
        mut self: Box<Self>,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        self.reader.read_until(b'\n', &mut self.next)?;
        let mut number = 0u64;
        let mut message = Vec::new();
        while !self.next.is_empty() {
            number += 1;
            let from = std::mem::take(&mut self.next);
            let whole = self.message(&mut message)?;
            let place = format!("message {number}");
            let envelope = String::from_utf8_lossy(&from).into_owned();
            let line = members::show(visitor, &format!("{place} envelope"), envelope.trim_end())?;
            if !whole {
                visitor.partly(Reason::LimitReached, place);
                continue;
            }
            // the empty line before the next `From ` belongs to the mailbox
            let gap =
                if message.ends_with(b"\r\n\r\n") { 2 } else { usize::from(message.ends_with(b"\n\n")) };
            let (bytes, gap) = message.split_at(message.len() - gap);
            let bytes = unquoted(bytes);
            // each message has bounds of its own: a mailbox may hold years
            let mut budget = Budget::new(&self.limits);
            let mut walk = Walk { visitor: &mut *visitor, budget: &mut budget, copy: out.is_some(), place };
            let new = walk.message(&bytes)?;
            if let Some(out) = &mut out {
                if line == envelope.trim_end() {
                    out.write_all(&from)?;
                } else {
                    writeln!(out, "{line}")?;
                }
                match new {
                    Some(new) => {
                        out.write_all(&quoted(&new))?;
                        if !new.ends_with(b"\n") {
                            out.write_all(b"\n")?;
                        }
                        out.write_all(if gap.is_empty() { b"\n" } else { gap })?;
                    }
                    None => out.write_all(&message)?,
                }
            }
        }
        if let Some(out) = out {
            out.flush()?;
        }
        Ok(Info::default())
    }
}

impl Mailbox {
    /// Reads up to the next `From ` line; false where the message is too long and was skipped.
    fn message(&mut self, message: &mut Vec<u8>) -> Result<bool, ReadError> {
        message.clear();
        let mut whole = true;
        let mut blank = false;
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.reader.by_ref().take(MESSAGE).read_until(b'\n', &mut line)? == 0 {
                return Ok(whole);
            }
            if blank && is_from(&line) {
                self.next = line;
                return Ok(whole);
            }
            blank = line.iter().all(|b| matches!(b, b'\r' | b'\n'));
            if (message.len() + line.len()) as u64 > MESSAGE {
                whole = false;
                message.clear();
            }
            if whole {
                message.extend_from_slice(&line);
            }
        }
    }
}

/// `From somebody date`: a time of day and a year stand in every such line (RFC 4155, appendix A).
fn is_from(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    memchr::memchr_iter(b':', rest).count() >= 1 && rest.windows(4).any(|w| w.iter().all(u8::is_ascii_digit))
}

fn quote_depth(line: &[u8]) -> Option<usize> {
    let depth = line.iter().take_while(|b| **b == b'>').count();
    line[depth..].starts_with(b"From ").then_some(depth)
}

/// Takes one `>` from quoted `From ` lines.
fn unquoted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|b| *b == b'\n') {
        out.extend_from_slice(if quote_depth(line).is_some_and(|n| n > 0) { &line[1..] } else { line });
    }
    out
}

/// Puts `>` before lines that would begin a message.
pub(super) fn quoted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 16);
    for line in message.split_inclusive(|b| *b == b'\n') {
        if quote_depth(line).is_some() {
            out.push(b'>');
        }
        out.extend_from_slice(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::trial::{IIN, SURNAME, Trial, copy_of};
    use super::*;

    fn mailbox() -> Vec<u8> {
        let mut file = Vec::new();
        for n in 1..4 {
            file.extend_from_slice(
                format!(
                    "From user{n}@example.kz Mon Jan  2 03:04:05 2023\n\
                     From: user{n}@example.kz\nTo: b@example.kz\nSubject: {n}\nDate: Mon, 2 Jan 2023 03:04:05 +0600\n\n\
                     строка {n}\n>From quoted line\n{}\n\n",
                    if n == 2 { IIN } else { "" }
                )
                .as_bytes(),
            );
        }
        file
    }

    #[test]
    fn only_the_changed_message_changes() {
        let file = mailbox();
        assert_eq!(Mbox.recognise(&file, "Inbox"), 93);
        let (copy, trial) = copy_of(&Mbox, &file, "Inbox").unwrap();
        assert_eq!(trial.found, 1);
        assert!(trial.text.contains("\nFrom quoted line"));
        assert!(memchr::memmem::find(&copy, IIN.as_bytes()).is_none());
        let start = memchr::memmem::find(&file, b"From user2").unwrap();
        assert_eq!(&copy[..start], &file[..start]);
        let third = |b: &[u8]| b[memchr::memmem::find(b, b"From user3").unwrap()..].to_vec();
        assert_eq!(third(&copy), third(&file));
        let mut again = Trial::default();
        again.scan(&Mbox, &copy, "Inbox").unwrap();
        assert_eq!(again.text.matches("From quoted line").count(), 3);
    }

    #[test]
    fn without_findings_every_byte_stays() {
        let file: Vec<u8> = mailbox();
        let file = String::from_utf8(file).unwrap().replace(IIN, "1").replace('\n', "\r\n").into_bytes();
        let (copy, _) = copy_of(&Mbox, &file, "Inbox").unwrap();
        assert_eq!(copy, file);
    }

    #[test]
    fn sample_of_pythons_mailbox() {
        let file = include_bytes!("../../testdata/mail/python.mbox");
        let (copy, trial) = copy_of(&Mbox, file, "a.mbox").unwrap();
        assert!(trial.found >= 4, "{}", trial.found);
        let mut again = Trial::default();
        again.scan(&Mbox, &copy, "a.mbox").unwrap();
        assert_eq!(again.found, 0);
        assert!(!again.text.contains(SURNAME));
    }
}

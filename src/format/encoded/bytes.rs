//! Bytes written as letters and digits, in base64 or hexadecimal: what they are, and how a copy of them is written.

use super::super::eml::transfer::{base64, to_base64};
use super::super::encoding::{self, Encoding, Guess, guess};
use super::super::package::members::BLANK_PNG;
use super::super::registry::{self, Recognised};
use super::super::runs::is_run;
use super::{Content, Part, hex};

/// Shorter bytes in an old code page cannot be told from chance.
const LEGACY: usize = 48;

/// Shorter bytes are keys and check sums, not files.
const FILE: usize = 64;

/// What stands in a copy where encoded bytes may not.
const REMOVED: &[u8] = b"removed";

/// A file, for whoever can tell its format.
#[derive(Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How it is written.
    form: Form,
}

/// How bytes are written in letters and digits.
#[derive(Clone, Copy, Debug)]
enum Form {
    Base64 { url: bool, padded: bool },
    Hex { upper: bool },
}

impl Form {
    fn write(self, bytes: &[u8]) -> String {
        match self {
            Form::Base64 { url, padded } => {
                let mut text = to_base64(bytes, "");
                if url {
                    text = text.replace('+', "-").replace('/', "_");
                }
                if !padded {
                    text.truncate(text.trim_end_matches('=').len());
                }
                text
            }
            Form::Hex { upper } => {
                let mut text = String::new();
                hex::encode(bytes, upper, &mut text);
                text
            }
        }
    }

    /// For people.
    fn word(self) -> &'static str {
        match self {
            Form::Base64 { .. } => "base64",
            Form::Hex { .. } => "bytes",
        }
    }
}

/// A text that is encoded as a whole.
#[derive(Debug)]
pub struct Whole {
    /// The decoded text.
    pub text: String,
    encoding: Encoding,
    form: Form,
    /// A structure that cannot be written again: only its strings are text.
    opaque: bool,
}

impl Whole {
    /// `text` as it is written here.
    pub fn encode(&self, text: &str) -> String {
        if self.opaque {
            return self.form.write(REMOVED);
        }
        let mut bytes = Vec::new();
        self.encoding.encode(text, encoding::Lack::Near, &mut bytes);
        self.form.write(&bytes)
    }
}

impl File {
    /// For people: how it is written.
    pub fn word(&self) -> &'static str {
        self.form.word()
    }

    /// The copy of it as it is written here; without one, a word (or, for a picture, a white point) in its place.
    pub fn encode(&self, copy: Option<&[u8]>) -> String {
        self.form.write(match copy {
            Some(bytes) => bytes,
            None if is_picture(&self.bytes) => BLANK_PNG,
            None => REMOVED,
        })
    }
}

fn is_picture(bytes: &[u8]) -> bool {
    matches!(registry::recognise_bytes(bytes, ""), Recognised::Format(f)
        if matches!(f.id(), "jpeg" | "png" | "gif" | "webp" | "tiff"))
}

/// Decodes the run that stands at `run`; moves `at` behind it.
pub(super) fn run_part(text: &[u8], run: usize, at: &mut usize, to: usize) -> Option<Part> {
    let width = *at - run;
    let mut end = *at;
    // letters and keys are broken into lines of one width
    if width >= 60 {
        loop {
            let rest = &text[end..to];
            let Some(broken) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) else { break };
            let line = broken.iter().take_while(|b| is_run(**b)).count();
            if line == 0 || line > width {
                break;
            }
            end = to - broken.len() + line;
            if line < width || end == to {
                break;
            }
        }
    }
    let padding = text[end..to].iter().take(2).take_while(|b| **b == b'=').count();
    let stop = end + padding;
    *at = stop;
    let body = &text[run..end];
    let letters = body.iter().filter(|b| is_run(**b)).count();
    if letters % 4 == 1 || (padding > 0 && (letters + padding) % 4 != 0) {
        return None;
    }
    let url = body.iter().any(|b| matches!(b, b'-' | b'_'));
    if url && body.iter().any(|b| matches!(b, b'+' | b'/')) {
        return None;
    }
    let head = base64(&body[..body.len().min(4 << 10)]);
    let form = Form::Base64 { url, padded: padding > 0 || letters % 4 == 0 };
    let content = content(kind(&head)?, base64(body), form)?;
    Some(Part { start: run, end: stop, content })
}

/// The bytes whose digits stand from `start` to `end`.
pub(super) fn hex_part(text: &[u8], start: usize, end: usize) -> Option<Part> {
    let bytes = hex::decode(&text[start..end]);
    let kind = match kind(&bytes[..bytes.len().min(4 << 10)]) {
        // the mark says that they are bytes: what is as long as a file is named as one
        None if bytes.len() >= hex::FILE => Kind::File,
        kind => kind?,
    };
    let upper = text[start..end].iter().any(u8::is_ascii_uppercase);
    Some(Part { start, end, content: content(kind, bytes, Form::Hex { upper })? })
}

fn content(kind: Kind, bytes: Vec<u8>, form: Form) -> Option<Content> {
    let whole = |text, encoding, opaque| Content::Text(Whole { text, encoding, form, opaque });
    Some(match kind {
        Kind::File => Content::File(File { bytes, form }),
        Kind::Text(encoding) => {
            let text = match encoding {
                Encoding::Single(table) => {
                    let mut text = Vec::new();
                    table.decode(&bytes, &mut text);
                    String::from_utf8(text).ok()?
                }
                _ => String::from_utf8(bytes).ok()?,
            };
            whole(text, encoding, false)
        }
        Kind::Strings => whole(strings(&bytes), Encoding::Utf8, true),
    })
}

enum Kind {
    Text(Encoding),
    File,
    Strings,
}

/// What decoded bytes are, by the first of them.
fn kind(head: &[u8]) -> Option<Kind> {
    let plain = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n'));
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // the last character is cut off
        Err(e) if e.error_len().is_none() => {
            std::str::from_utf8(&head[..e.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    if !valid.is_empty() && plain(valid) {
        return Some(Kind::Text(Encoding::Utf8));
    }
    if head.len() < LEGACY {
        return None;
    }
    if head.len() >= FILE {
        // certificates and signatures: a sequence with a length of two or three bytes (X.690, 8.1.3)
        if matches!(head, [0x30, 0x81..=0x83, ..]) {
            return Some(Kind::Strings);
        }
        match registry::recognise_bytes(head, "") {
            Recognised::Format(f) if f.recognise(head, "") >= 90 => return Some(Kind::File),
            Recognised::Known { .. } => return Some(Kind::File),
            _ => {}
        }
    }
    match guess(head) {
        Guess::Text(encoding @ Encoding::Single(_))
            if !head.iter().any(|b| matches!(b, 0..9 | 11 | 12 | 14..32)) =>
        {
            Some(Kind::Text(encoding))
        }
        _ => None,
    }
}

/// The readable strings of a structure, one a line.
fn strings(bytes: &[u8]) -> String {
    let mut out = String::new();
    for run in bytes.split(|b| *b < 0x20 || *b == 0x7F) {
        let text = String::from_utf8_lossy(run);
        for piece in text.split('\u{FFFD}').filter(|p| p.chars().count() >= 4) {
            out.push_str(piece);
            out.push('\n');
        }
    }
    out
}

//! Mail messages (RFC 5322 and MIME, RFC 2045 to 2049).
//!
//! The copy keeps every part that did not change byte for byte. Fields that hold a signature or check sum of the
//! original are dropped from a changed message: they would prove a guess of what stood there.

mod body;
pub(super) mod charset;
pub(super) mod header;
pub(super) mod transfer;

use std::sync::Arc;

use self::header::{Field, Parametric};
use self::transfer::Transfer;
use super::members::{self, Budget};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{self, Block, NO_COLUMN, ReadError, Segment, SegmentKind, Table};
use crate::source::Input;

/// The format `eml`.
pub struct Eml;

/// Longest message that is taken; mail servers refuse much less.
pub(super) const MESSAGE: u64 = 512 << 20;

/// Multiparts in one another.
const DEPTH: u32 = 32;

/// Fields that say that a text is a message.
const TELLING: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "mime-version",
    "return-path",
    "content-type",
    "delivered-to",
    "reply-to",
    "cc",
];

impl Format for Eml {
    fn id(&self) -> &'static str {
        "eml"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        // a message begins with the name of a field, which begins with a letter, and a colon
        let letter = head.first().is_some_and(u8::is_ascii_alphabetic);
        let named = letter
            && head
                .iter()
                .position(|b| !(33..127).contains(b) || *b == b':')
                .is_some_and(|k| k > 0 && head[k..].trim_ascii_start().first() == Some(&b':'));
        if !named {
            return 0;
        }
        let (fields, _) = header::parse(head);
        let known = |names: &[&str]| names.iter().filter(|n| fields.iter().any(|f| f.is(n))).count();
        let origin = known(&["from", "received", "return-path", "message-id", "x-sender"]);
        let telling = known(&TELLING);
        let named = name.rsplit_once('.').is_some_and(|(_, e)| {
            ["eml", "mht", "mhtml", "emlx"].iter().any(|known| e.eq_ignore_ascii_case(known))
        });
        if (origin >= 1 && telling >= 3) || (named && telling >= 2) { 92 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_bytes(MESSAGE)?;
        Ok(Opened::Document(Box::new(Message { bytes, limits: Arc::clone(limits) })))
    }
}

struct Message {
    bytes: Arc<[u8]>,
    limits: Arc<Limits>,
}

impl Document for Message {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut budget = Budget::new(&self.limits);
        let mark = if self.bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut walk = Walk { visitor, budget: &mut budget, copy: out.is_some(), place: String::new() };
        let changed = walk.message(&self.bytes[mark..])?;
        if let Some(out) = out {
            out.write_all(changed.as_deref().unwrap_or(&self.bytes))?;
            out.flush()?;
        }
        Ok(Info::default())
    }
}

/// One walk through a message.
pub(super) struct Walk<'a> {
    pub(super) visitor: &'a mut dyn Visitor,
    pub(super) budget: &'a mut Budget,
    pub(super) copy: bool,
    /// What stands before the names of parts (`message 3`).
    pub(super) place: String,
}

/// What became of a part's body.
enum Body {
    Same,
    /// New bytes as they stand in the message.
    New(Vec<u8>),
    /// New decoded bytes; the charset where it had to change.
    Text(Vec<u8>, Option<&'static str>),
    /// A new file with another type and name.
    File(Vec<u8>, Option<&'static str>),
    /// It may not stand in the copy.
    Removed,
}

/// What a part's fields say about its body.
struct Kind {
    content: Parametric,
    disposition: Parametric,
    transfer: Option<Transfer>,
    /// The decoded name of an attachment.
    name: Option<String>,
}

impl Kind {
    fn of(fields: &[Field]) -> Kind {
        let get = |name: &str| fields.iter().find(|f| f.is(name)).map(Field::unfolded);
        let content = Parametric::parse(&get("Content-Type").unwrap_or_default());
        let disposition = Parametric::parse(&get("Content-Disposition").unwrap_or_default());
        let transfer = get("Content-Transfer-Encoding").unwrap_or_default();
        let name = disposition.get("filename").or_else(|| content.get("name"));
        let name = name.map(|n| members::base_name(n).to_owned()).filter(|n| !n.is_empty());
        Kind { transfer: Transfer::named(&String::from_utf8_lossy(&transfer)), name, content, disposition }
    }

    fn is(&self, kind: &str) -> bool {
        self.content.value == kind
    }
}

impl Walk<'_> {
    /// Walks through a whole message; `None` where its copy is the message itself.
    pub(super) fn message(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.entity(bytes, "", 0)
    }

    fn part(&self, path: &str, what: &str) -> String {
        let all = [self.place.as_str(), path, what];
        all.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    fn entity(&mut self, bytes: &[u8], path: &str, depth: u32) -> Result<Option<Vec<u8>>, ReadError> {
        self.budget.member()?;
        let (fields, body_at) = header::parse(bytes);
        let body = bytes.get(body_at..).unwrap_or_default();
        let newline = if memchr::memmem::find(&bytes[..body_at.max(1).min(bytes.len())], b"\r\n").is_some() {
            "\r\n"
        } else {
            "\n"
        };
        let kind = Kind::of(&fields);
        let new_texts = self.fields(&fields, path)?;
        let new_names = self.names(&kind);
        let new_body = self.body(body, &kind, path, depth, newline)?;
        let same = new_texts.iter().all(Option::is_none) && new_names.is_none();
        if !self.copy || (same && matches!(new_body, Body::Same)) {
            return Ok(None);
        }
        let mut kind = kind;
        if let Some((content, disposition)) = new_names {
            (kind.content, kind.disposition) = (content, disposition);
        }
        let mut out = Head { fields: Vec::with_capacity(fields.len()), newline };
        for (field, new) in fields.iter().zip(new_texts) {
            if depth == 0 && seals(field) {
                continue;
            }
            match new {
                Some(text) => out.fields.push(Field::new(&field.name, &header::encode_words(&text), newline)),
                None => out.fields.push(field.clone()),
            }
        }
        let gap = blank_line(bytes, body_at);
        let body = out.body(new_body, body, kind, same);
        let mut all: Vec<u8> = out.fields.iter().flat_map(|f| f.raw.iter().copied()).collect();
        all.extend_from_slice(if gap.is_empty() && !body.is_empty() { newline.as_bytes() } else { gap });
        all.extend_from_slice(&body);
        Ok(Some(all))
    }

    /// Shows the fields; answers the new text of those that change.
    fn fields(&mut self, fields: &[Field], path: &str) -> Result<Vec<Option<String>>, ReadError> {
        let shown: Vec<usize> = (0..fields.len())
            .filter(|k| {
                !["content-type", "content-disposition", "content-transfer-encoding", "mime-version"]
                    .iter()
                    .any(|n| fields[*k].is(n))
            })
            .collect();
        let mut new = vec![None; fields.len()];
        if shown.is_empty() {
            return Ok(new);
        }
        let table = Table {
            name: None,
            fields: shown
                .iter()
                .map(|k| model::Field { name: fields[*k].name.clone(), ..model::Field::default() })
                .collect(),
            named: true,
            ..Table::default()
        };
        let mut block = Block {
            table: Some(Arc::new(table)),
            part: Some(self.part(path, "headers").into()),
            first_row: 1,
            ..Block::default()
        };
        for (column, k) in shown.iter().enumerate() {
            block.push(&fields[*k].text(), column as u32, 0, SegmentKind::Meta);
        }
        let edits = self.visitor.block(&mut block)?;
        if edits.is_empty() {
            return Ok(new);
        }
        for (segment, k) in block.segments.iter().zip(&shown) {
            let (start, end) = (segment.start as usize, segment.end as usize);
            let text = members::edited_part(&block.text, start, end, &edits);
            if text.as_bytes() != &block.text[start..end] {
                new[*k] = Some(text);
            }
        }
        Ok(new)
    }

    /// Cleans the names of an attachment; `None` where they stay.
    fn names(&mut self, kind: &Kind) -> Option<(Parametric, Parametric)> {
        let mut content = kind.content.clone();
        let mut disposition = kind.disposition.clone();
        let mut changed = false;
        for (parameters, key) in [(&mut content, "name"), (&mut disposition, "filename")] {
            let Some(old) = parameters.get(key).map(str::to_owned) else { continue };
            let new = self.visitor.clean_name(&old);
            if new != old {
                parameters.set(key, &new);
                changed = true;
            }
        }
        changed.then_some((content, disposition))
    }

    /// Shows running text in blocks of at most a few MiB; answers the new text where it changes.
    fn prose(&mut self, text: &str, part: &str) -> Result<Option<String>, ReadError> {
        const MOST: usize = 4 << 20;
        let mut out = String::new();
        let mut changed = false;
        let mut row = 1;
        let mut rest = text;
        while !rest.is_empty() {
            let mut cut = rest.len().min(MOST);
            if cut < rest.len() {
                cut = memchr::memrchr(b'\n', &rest.as_bytes()[..cut]).map_or(cut, |n| n + 1);
                while !rest.is_char_boundary(cut) {
                    cut -= 1;
                }
            }
            let (now, later) = rest.split_at(cut.max(1));
            let mut block = Block {
                text: now.as_bytes().to_vec(),
                part: Some(part.into()),
                first_row: row,
                ..Block::default()
            };
            paragraphs(&mut block);
            row += block.segments.len() as u64;
            if !block.segments.is_empty() {
                let edits = self.visitor.block(&mut block)?;
                changed |= !edits.is_empty();
                if self.copy {
                    out.push_str(&members::edited(now, &edits));
                }
            } else if self.copy {
                out.push_str(now);
            }
            rest = later;
        }
        Ok((changed && self.copy).then_some(out))
    }
}

/// One segment a paragraph: names and numbers broken by a line end stay together.
pub(super) fn paragraphs(block: &mut Block) {
    let text = &block.text;
    let mut start = 0;
    let mut at = 0;
    let mut row = 0;
    let mut segments = Vec::new();
    let mut add = |start: usize, end: usize| {
        if text[start..end].iter().any(|b| !b.is_ascii_whitespace()) {
            segments.push(Segment {
                start: start as u32,
                end: end as u32,
                column: NO_COLUMN,
                row,
                kind: SegmentKind::Prose,
            });
            row += 1;
        }
    };
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n + 1);
        if text[at..end].iter().all(u8::is_ascii_whitespace) {
            add(start, at);
            start = end;
        }
        at = end;
    }
    add(start.min(text.len()), text.len());
    block.segments = segments;
}

/// A field that signs or sums up the original.
fn seals(field: &Field) -> bool {
    [
        "dkim-signature",
        "x-google-dkim-signature",
        "domainkey-signature",
        "content-md5",
        "x-pm-content-signature",
    ]
    .iter()
    .any(|n| field.is(n))
        || field.name.to_ascii_lowercase().starts_with("arc-")
}

/// The empty line that ends at `body_at`.
fn blank_line(bytes: &[u8], body_at: usize) -> &[u8] {
    let head = &bytes[..body_at];
    if head.ends_with(b"\r\n\r\n") {
        &head[head.len() - 2..]
    } else if head.ends_with(b"\n\n") || head == b"\n" {
        &head[head.len() - 1..]
    } else if head == b"\r\n" {
        head
    } else {
        &[]
    }
}

/// The fields of a copy.
struct Head {
    fields: Vec<Field>,
    newline: &'static str,
}

impl Head {
    fn set(&mut self, name: &str, value: &str) {
        let field = Field::new(name, value, self.newline);
        match self.fields.iter_mut().find(|f| f.is(name)) {
            Some(old) => *old = field,
            None => self.fields.push(field),
        }
    }

    /// The body of the copy; fields that describe it follow it.
    fn body(&mut self, new: Body, old: &[u8], mut kind: Kind, same_fields: bool) -> Vec<u8> {
        let mut rewritten = !same_fields;
        let bytes = match new {
            Body::Same => old.to_vec(),
            Body::New(bytes) => bytes,
            Body::Text(bytes, charset) => {
                if let Some(charset) = charset {
                    if kind.content.value.is_empty() {
                        kind.content.value = "text/plain".to_owned();
                    }
                    kind.content.set("charset", charset);
                    rewritten = true;
                }
                self.transfer(&bytes, kind.transfer)
            }
            Body::File(bytes, extension) => {
                if let Some(extension) = extension {
                    rewritten = true;
                    kind.content.value = media_type(extension).to_owned();
                    for (parameters, key) in
                        [(&mut kind.content, "name"), (&mut kind.disposition, "filename")]
                    {
                        if let Some(name) = parameters.get(key).map(|n| members::with_extension(n, extension))
                        {
                            parameters.set(key, &name);
                        }
                    }
                }
                self.transfer(&bytes, Some(kind.transfer.unwrap_or(Transfer::Base64)))
            }
            Body::Removed => {
                kind.content = Parametric { value: "text/plain".into(), parameters: Vec::new() };
                kind.content.set("charset", "utf-8");
                kind.disposition = Parametric::default();
                self.fields.retain(|f| !f.is("Content-Disposition"));
                rewritten = true;
                self.transfer(REMOVED.as_bytes(), Some(Transfer::Identity))
            }
        };
        if rewritten {
            if !kind.content.value.is_empty() {
                self.set("Content-Type", &kind.content.write());
            }
            if !kind.disposition.value.is_empty() {
                self.set("Content-Disposition", &kind.disposition.write());
            }
        }
        bytes
    }

    /// Writes decoded bytes the way the old body was written, or in base64 where that cannot hold them.
    fn transfer(&mut self, bytes: &[u8], old: Option<Transfer>) -> Vec<u8> {
        let eight_bit = self.fields.iter().any(|f| {
            f.is("Content-Transfer-Encoding")
                && matches!(f.unfolded().to_ascii_lowercase().as_slice(), b"8bit" | b"binary")
        });
        match old {
            Some(Transfer::QuotedPrintable) => {
                transfer::to_quoted_printable(bytes, self.newline).into_bytes()
            }
            Some(Transfer::Identity) if eight_bit || bytes.is_ascii() => bytes.to_vec(),
            old => {
                if old != Some(Transfer::Base64) {
                    self.set("Content-Transfer-Encoding", "base64");
                }
                transfer::to_base64(bytes, self.newline).into_bytes()
            }
        }
    }
}

/// What stands in the place of a part that has no copy.
const REMOVED: &str = "[вложение удалено / тіркеме алынып тасталды / attachment removed]\r\n";

/// Media types of the files that copies of other formats become.
fn media_type(extension: &str) -> &'static str {
    match extension {
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "txt" => "text/plain",
        "zip" => "application/zip",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;

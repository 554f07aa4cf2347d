//! Bodies of messages and of their parts.

use std::io::Read;

use super::charset::Charset;
use super::transfer::Transfer;
use super::{Body, DEPTH, Kind, Walk};
use crate::format::encoding::Encoding;
use crate::format::members;
use crate::model::{ReadError, Reason};
use crate::source::Input;

impl Walk<'_> {
    pub(super) fn body(
        &mut self,
        body: &[u8],
        kind: &Kind,
        path: &str,
        depth: u32,
        newline: &str,
    ) -> Result<Body, ReadError> {
        if kind.content.value.starts_with("multipart/") {
            return self.multipart(body, kind, path, depth, newline);
        }
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Body::Same);
        }
        let Some(transfer) = kind.transfer else {
            let place = self.part(path, "unknown transfer encoding");
            self.visitor.partly(Reason::UnsupportedFormat, place);
            return Ok(Body::Removed);
        };
        let sealed = kind.content.get("smime-type").is_some_and(|t| t.eq_ignore_ascii_case("enveloped-data"));
        if sealed || kind.is("application/pgp-encrypted") {
            let name = self.part(path, kind.name.as_deref().unwrap_or("encrypted part"));
            members::refuse(self.visitor, &name, ReadError::new(Reason::Encrypted, ""), self.copy)?;
            return Ok(Body::Removed);
        }
        let decoded = transfer.decode(body);
        let attached = kind.disposition.value == "attachment" || kind.name.is_some();
        let text = kind.content.value.is_empty()
            || (kind.content.value.starts_with("text/") && !kind.is("text/html"))
            || ["message/delivery-status", "message/disposition-notification"]
                .contains(&kind.content.value.as_str());
        if text && !attached {
            return self.text(&decoded, kind, path);
        }
        let name = match &kind.name {
            Some(name) => name.clone(),
            None => {
                let base = match kind.content.value.as_str() {
                    "text/html" => "body.html".to_owned(),
                    "message/rfc822" | "message/global" => "message.eml".to_owned(),
                    "text/calendar" => "invitation.ics".to_owned(),
                    other => format!("part.{}", other.rsplit(['/', '-', '.']).next().unwrap_or("bin")),
                };
                if path.is_empty() { base } else { format!("{path} {base}") }
            }
        };
        if kind.is("text/html") && !attached {
            return self.html(decoded, kind, &name);
        }
        self.file(decoded, &name)
    }

    /// A body that is running text.
    fn text(&mut self, decoded: &[u8], kind: &Kind, path: &str) -> Result<Body, ReadError> {
        let charset = Charset::named(kind.content.get("charset").unwrap_or_default(), decoded);
        let text = charset.decode(decoded);
        let part = self.part(path, "text");
        if text.contains('\u{FFFD}') {
            self.visitor.partly(Reason::UndecodableText, part.clone());
        }
        let Some(new) = self.prose(&text, &part)? else { return Ok(Body::Same) };
        Ok(encoded(&new, charset, kind))
    }

    /// HTML goes through the reader of HTML files, in UTF-8: what the message declares goes before what the
    /// page says of itself (RFC 2854, 6), and a byte order mark goes before both (HTML, "BOM sniff").
    fn html(&mut self, decoded: Vec<u8>, kind: &Kind, name: &str) -> Result<Body, ReadError> {
        let declared = kind.content.get("charset").unwrap_or_default();
        let charset = Charset::named(declared, &decoded);
        if declared.is_empty() || charset == Charset::Text(Encoding::Utf8) {
            return self.file(decoded, name);
        }
        let text = format!("\u{FEFF}{}", charset.decode(&decoded));
        match self.file(text.into_bytes(), name)? {
            Body::File(new, None) => {
                let new = String::from_utf8_lossy(&new).into_owned();
                Ok(encoded(new.trim_start_matches('\u{FEFF}'), charset, kind))
            }
            other => Ok(other),
        }
    }

    /// A body that is a file.
    fn file(&mut self, decoded: Vec<u8>, name: &str) -> Result<Body, ReadError> {
        let full = if self.place.is_empty() { name.to_owned() } else { format!("{} {name}", self.place) };
        let input = Input::memory(decoded.clone(), members::base_name(name));
        let copy = members::visit(self.visitor, &full, input, self.copy, &self.budget.limits)?;
        if !self.copy {
            return Ok(Body::Same);
        }
        let Some(mut copy) = copy else { return Ok(Body::Removed) };
        let mut new = Vec::with_capacity(usize::try_from(copy.len).unwrap_or(0));
        copy.bytes.read_to_end(&mut new)?;
        Ok(if new == decoded && copy.extension.is_none() {
            Body::Same
        } else {
            Body::File(new, copy.extension)
        })
    }

    fn multipart(
        &mut self,
        body: &[u8],
        kind: &Kind,
        path: &str,
        depth: u32,
        newline: &str,
    ) -> Result<Body, ReadError> {
        if kind.transfer.is_some_and(|t| t != Transfer::Identity) || depth >= DEPTH {
            let place = self.part(path, "multipart");
            self.visitor.partly(if depth >= DEPTH { Reason::LimitReached } else { Reason::Damaged }, place);
            return Ok(Body::Removed);
        }
        let boundary = kind.content.get("boundary").unwrap_or_default();
        let pieces = pieces(body, boundary.as_bytes());
        if !pieces.closed {
            let place = self.part(path, "end of the parts");
            self.visitor.partly(Reason::Truncated, place);
        }
        let mut out = Vec::new();
        let mut changed = false;
        let preamble = pieces.parts.first().map_or(body.len(), |p| p.delimiter);
        let mut at = preamble;
        changed |= self.outside(&body[..preamble], path, &mut out)?;
        for (n, part) in pieces.parts.iter().enumerate() {
            // the line end before a delimiter belongs to it
            out.extend_from_slice(&body[at..part.start]);
            let path = if path.is_empty() { format!("{}", n + 1) } else { format!("{path}.{}", n + 1) };
            let bytes = &body[part.start..part.end];
            match self.entity(bytes, &path, depth + 1)? {
                Some(new) => {
                    changed = true;
                    let new = new
                        .strip_suffix(newline.as_bytes())
                        .filter(|_| !bytes.ends_with(b"\n"))
                        .unwrap_or(&new);
                    out.extend_from_slice(new);
                }
                None => out.extend_from_slice(bytes),
            }
            at = part.end;
        }
        if !pieces.parts.is_empty() {
            out.extend_from_slice(&body[at..pieces.end]);
            changed |= self.outside(&body[pieces.end..], path, &mut out)?;
        }
        Ok(if changed { Body::New(out) } else { Body::Same })
    }

    /// Text before the first and after the last part, which no mail program shows.
    fn outside(&mut self, bytes: &[u8], path: &str, out: &mut Vec<u8>) -> Result<bool, ReadError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            out.extend_from_slice(bytes);
            return Ok(false);
        }
        let part = self.part(path, "text outside the parts");
        match self.prose(&Charset::guess(bytes).decode(bytes), &part)? {
            Some(new) => {
                out.extend_from_slice(new.as_bytes());
                Ok(true)
            }
            None => {
                out.extend_from_slice(bytes);
                Ok(false)
            }
        }
    }
}

/// A changed text in its old charset, or in UTF-8 where that lacks a character or was not declared.
fn encoded(text: &str, charset: Charset, kind: &Kind) -> Body {
    let declared = kind.content.get("charset").and_then(Charset::declared);
    match charset.encode(text).filter(|bytes| bytes.is_ascii() || declared == Some(charset)) {
        Some(bytes) => Body::Text(bytes, None),
        None => Body::Text(text.as_bytes().to_vec(), Some("utf-8")),
    }
}

struct Piece {
    /// Where the delimiter line begins.
    delimiter: usize,
    start: usize,
    end: usize,
}

struct Pieces {
    parts: Vec<Piece>,
    /// One past the closing delimiter line.
    end: usize,
    closed: bool,
}

/// Finds the parts of a multipart body (RFC 2046, 5.1.1).
fn pieces(body: &[u8], boundary: &[u8]) -> Pieces {
    let mut found = Pieces { parts: Vec::new(), end: body.len(), closed: false };
    if boundary.is_empty() {
        return found;
    }
    let mut at = 0;
    while at < body.len() {
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |n| at + n + 1);
        let line = body[at..end].trim_ascii_end();
        if let Some(rest) = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)) {
            let closing = rest == b"--";
            if closing || rest.is_empty() {
                if let Some(last) = found.parts.last_mut() {
                    let before = &body[..at];
                    last.end =
                        before.strip_suffix(b"\r\n").or(before.strip_suffix(b"\n")).unwrap_or(before).len();
                    last.end = last.end.max(last.start);
                }
                if closing && !found.parts.is_empty() {
                    found.end = end;
                    found.closed = true;
                    return found;
                }
                found.parts.push(Piece { delimiter: at, start: end, end: body.len() });
            }
        }
        at = end;
    }
    found
}

//! A tokenizer of XML that knows the place of everything it sees, so that a part is edited by splicing
//! and every byte outside an edit stays as it is.

use memchr::{memchr, memmem};

use crate::model::ReadError;

/// One piece of markup; all positions are offsets into the bytes that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name …>` or `<name …/>`.
    Start {
        /// Name with its prefix.
        name: &'a [u8],
        /// Offset of `<`.
        at: usize,
        /// One past `>`.
        end: usize,
        /// True for `<name/>`.
        empty: bool,
    },
    /// `</name>`.
    End {
        /// Name with its prefix.
        name: &'a [u8],
        /// Offset of `<`.
        at: usize,
        /// One past `>`.
        end: usize,
    },
    /// Character data, undecoded.
    Text(usize, usize),
    /// The inside of a CDATA section.
    Cdata(usize, usize),
    /// The inside of a comment, processing instruction or document type.
    Other(usize, usize),
}

/// Walks over markup from the first byte to the last.
pub struct Tokens<'a> {
    data: &'a [u8],
    /// Offset of the next token.
    pub pos: usize,
}

impl<'a> Tokens<'a> {
    /// Starts at the first byte.
    pub fn new(data: &'a [u8]) -> Tokens<'a> {
        Tokens { data, pos: 0 }
    }

    /// Starts at byte `pos`.
    pub fn at(data: &'a [u8], pos: usize) -> Tokens<'a> {
        Tokens { data, pos }
    }

    /// The next token; `None` at the end.
    ///
    /// # Errors
    /// `Damaged` where markup is not closed.
    #[inline]
    pub fn next(&mut self) -> Result<Option<Token<'a>>, ReadError> {
        let data = self.data;
        let at = self.pos;
        let Some(&first) = data.get(at) else { return Ok(None) };
        if first != b'<' {
            let end = memchr(b'<', &data[at..]).map_or(data.len(), |n| at + n);
            self.pos = end;
            return Ok(Some(Token::Text(at, end)));
        }
        match data.get(at + 1) {
            Some(b'/') => {
                let end = at + memchr(b'>', &data[at..]).ok_or_else(|| broken(at))? + 1;
                self.pos = end;
                Ok(Some(Token::End { name: data[at + 2..end - 1].trim_ascii(), at, end }))
            }
            Some(b'!' | b'?') => self.other(at).map(Some),
            _ => {
                let mut i = at + 1;
                while i < data.len() && !matches!(data[i], b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r') {
                    i += 1;
                }
                let name = &data[at + 1..i];
                let mut quote = 0u8;
                while let Some(&b) = data.get(i) {
                    if quote != 0 {
                        i += memchr(quote, &data[i..]).ok_or_else(|| broken(at))?;
                        quote = 0;
                    } else if b == b'"' || b == b'\'' {
                        quote = b;
                    } else if b == b'>' {
                        self.pos = i + 1;
                        return Ok(Some(Token::Start { name, at, end: i + 1, empty: data[i - 1] == b'/' }));
                    }
                    i += 1;
                }
                Err(broken(at))
            }
        }
    }

    fn other(&mut self, at: usize) -> Result<Token<'a>, ReadError> {
        let data = self.data;
        let rest = &data[at..];
        let close = |open: usize, mark: &[u8]| {
            memmem::find(rest.get(open..).unwrap_or_default(), mark)
                .map(|n| (at + open, at + open + n, mark.len()))
                .ok_or_else(|| broken(at))
        };
        let (from, to, skip, cdata) = if rest.starts_with(b"<!--") {
            let (a, b, n) = close(4, b"-->")?;
            (a, b, n, false)
        } else if rest.starts_with(b"<![CDATA[") {
            let (a, b, n) = close(9, b"]]>")?;
            (a, b, n, true)
        } else if rest.starts_with(b"<?") {
            let (a, b, n) = close(2, b"?>")?;
            (a, b, n, false)
        } else {
            // a document type, perhaps with declarations inside
            let mut depth = 0usize;
            let mut end = None;
            for (i, b) in rest.iter().enumerate().skip(2) {
                match b {
                    b'[' => depth += 1,
                    b']' => depth = depth.saturating_sub(1),
                    b'>' if depth == 0 => {
                        end = Some(at + i);
                        break;
                    }
                    _ => {}
                }
            }
            (at + 2, end.ok_or_else(|| broken(at))?, 1, false)
        };
        self.pos = to + skip;
        Ok(if cdata { Token::Cdata(from, to) } else { Token::Other(from, to) })
    }
}

fn broken(at: usize) -> ReadError {
    ReadError::damaged(format!("XML markup that begins at byte {at} is not closed"))
}

/// The name without its prefix.
#[inline]
pub fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |n| &name[n + 1..])
}

/// The attributes of the start tag `data[at..end]`: name, and where the value stands.
pub struct Attributes<'a> {
    data: &'a [u8],
    pos: usize,
    end: usize,
}

impl<'a> Attributes<'a> {
    /// Of the start tag that stands from `at` to `end` in `data`.
    pub fn new(data: &'a [u8], at: usize, end: usize) -> Attributes<'a> {
        let mut pos = at + 1;
        while pos < end && !matches!(data[pos], b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r') {
            pos += 1;
        }
        Attributes { data, pos, end }
    }
}

/// One attribute: its name and the range of its value between the quotes.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    /// Name with its prefix.
    pub name: &'a [u8],
    /// Offset of the first byte of the name.
    pub at: usize,
    /// First byte of the value.
    pub start: usize,
    /// One past the last byte of the value: the closing quote.
    pub end: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attribute<'a>> {
        let data = self.data;
        let mut i = self.pos;
        while i < self.end && matches!(data[i], b' ' | b'\t' | b'\n' | b'\r' | b'/') {
            i += 1;
        }
        let at = i;
        let equals = i + memchr(b'=', data.get(i..self.end)?)?;
        let name = data[at..equals].trim_ascii();
        i = equals + 1;
        while i < self.end && data[i].is_ascii_whitespace() {
            i += 1;
        }
        let quote = *data.get(i)?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let start = i + 1;
        let end = start + memchr(quote, data.get(start..self.end)?)?;
        self.pos = end + 1;
        Some(Attribute { name, at, start, end })
    }
}

/// The value of the attribute with this local name, undecoded.
pub fn attribute<'a>(data: &'a [u8], at: usize, end: usize, name: &[u8]) -> Option<&'a [u8]> {
    Attributes::new(data, at, end).find(|a| local(a.name) == name).map(|a| &data[a.start..a.end])
}

/// One character of escaped text: how many stored bytes it takes and what it stands for.
pub fn unit(raw: &[u8]) -> (usize, Option<char>) {
    if raw.first() != Some(&b'&') {
        return (1, None);
    }
    let window = &raw[..raw.len().min(12)];
    let Some(semi) = memchr(b';', window) else { return (1, None) };
    let code = match &window[1..semi] {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', hex @ ..] => std::str::from_utf8(hex)
            .ok()
            .and_then(|h| u32::from_str_radix(h, 16).ok())
            .and_then(char::from_u32),
        [b'#', dec @ ..] => {
            std::str::from_utf8(dec).ok().and_then(|d| d.parse().ok()).and_then(char::from_u32)
        }
        _ => None,
    };
    match code {
        Some(c) => (semi + 1, Some(c)),
        None => (1, None),
    }
}

/// Appends escaped text with its references resolved; a reference that is unknown stays as it stands.
pub fn unescape_into(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(n) = memchr(b'&', rest) {
        out.extend_from_slice(&rest[..n]);
        rest = &rest[n..];
        let (len, c) = unit(rest);
        match c {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&rest[..len]),
        }
        rest = &rest[len..];
    }
    out.extend_from_slice(rest);
}

/// Escaped text as a string, for names of parts, sheets and fields.
pub fn unescape(raw: &[u8]) -> String {
    let mut out = Vec::with_capacity(raw.len());
    unescape_into(raw, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends plain text, escaped so that it can stand between tags and between quotes of either kind.
/// Characters that XML 1.0 forbids are left out.
pub fn escape_into(text: &str, out: &mut Vec<u8>) {
    for c in text.chars() {
        match c {
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&apos;"),
            '\t' | '\n' => out.push(c as u8),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// The bytes of a part as UTF-8: UTF-16 and declared 8-bit encodings are decoded and the declaration follows.
pub fn to_utf8(bytes: Vec<u8>) -> Vec<u8> {
    let head = &bytes[..bytes.len().min(200)];
    let encoding = if head.starts_with(b"\xFF\xFE") || head.starts_with(b"<\0?\0") {
        Some(encoding_rs::UTF_16LE)
    } else if head.starts_with(b"\xFE\xFF") || head.starts_with(b"\0<\0?") {
        Some(encoding_rs::UTF_16BE)
    } else {
        declared(head).filter(|e| *e != encoding_rs::UTF_8)
    };
    let Some(encoding) = encoding else { return bytes };
    let (text, _, _) = encoding.decode(&bytes);
    let mut text = text.into_owned();
    if let Some(end) = text.find("?>")
        && let Some(from) = text[..end].find("encoding=")
    {
        let open = from + "encoding=".len() + 1;
        if let Some(len) = text.get(open..end).and_then(|t| t.find(['"', '\''])) {
            text.replace_range(open..open + len, "UTF-8");
        }
    }
    text.into_bytes()
}

fn declared(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let end = memmem::find(head, b"?>")?;
    let from = memmem::find(&head[..end], b"encoding=")? + 10;
    let value = head.get(from..end)?;
    let len = value.iter().position(|b| matches!(b, b'"' | b'\''))?;
    encoding_rs::Encoding::for_label(&value[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_know_their_place() {
        let data = br#"<?xml version="1.0"?><a x="1>2" y='z'><b/>t&amp;<![CDATA[<c>]]></a><!-- k -->"#;
        let mut tokens = Tokens::new(data);
        let mut seen = Vec::new();
        while let Some(t) = tokens.next().unwrap() {
            seen.push(match t {
                Token::Start { name, empty, .. } => format!("S{}{empty}", String::from_utf8_lossy(name)),
                Token::End { name, .. } => format!("E{}", String::from_utf8_lossy(name)),
                Token::Text(a, b) => format!("T{}", String::from_utf8_lossy(&data[a..b])),
                Token::Cdata(a, b) => format!("C{}", String::from_utf8_lossy(&data[a..b])),
                Token::Other(a, b) => format!("O{}", String::from_utf8_lossy(&data[a..b])),
            });
        }
        assert_eq!(seen, ["Oxml version=\"1.0\"", "Safalse", "Sbtrue", "Tt&amp;", "C<c>", "Ea", "O k "]);
    }

    #[test]
    fn attributes_and_references() {
        let data = br#"<w:ins w:id="1" w:author="A &quot;B&quot; &#1048;" />"#;
        assert_eq!(attribute(data, 0, data.len(), b"author").map(unescape).as_deref(), Some("A \"B\" И"));
        assert_eq!(attribute(data, 0, data.len(), b"none"), None);
        let mut out = Vec::new();
        escape_into("a<b>&\"\u{1}", &mut out);
        assert_eq!(out, b"a&lt;b&gt;&amp;&quot;");
    }

    #[test]
    fn other_encodings_become_utf8() {
        let mut bytes = vec![0xFF, 0xFE];
        for u in "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>Ә</a>".encode_utf16() {
            bytes.extend_from_slice(&u.to_le_bytes());
        }
        assert_eq!(to_utf8(bytes), "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>Ә</a>".as_bytes());
    }

    #[test]
    fn unclosed_markup_is_an_error_and_no_panic() {
        for text in
            ["<", "<a", "<a b=\"", "<!--", "<![CDATA[", "<!", "</", "<?", "<!DOCTYPE [", "&", "<a b=c>"]
        {
            let mut tokens = Tokens::new(text.as_bytes());
            while let Ok(Some(t)) = tokens.next() {
                if let Token::Start { at, end, .. } = t {
                    assert!(Attributes::new(text.as_bytes(), at, end).count() <= 1);
                }
            }
        }
    }
}

//! Header fields (RFC 5322) with encoded words (RFC 2047) and parameters (RFC 2231).

use super::charset::Charset;
use super::transfer;

/// One field as it stands in the message.
#[derive(Clone, Debug)]
pub(in crate::format) struct Field {
    /// The name as written.
    pub(in crate::format) name: String,
    /// The whole field with its line ends.
    pub(in crate::format) raw: Vec<u8>,
    /// Where the value begins in `raw`.
    value: usize,
}

impl Field {
    /// A new field.
    pub(in crate::format) fn new(name: &str, value: &str, newline: &str) -> Field {
        let mut raw = format!("{name}: ").into_bytes();
        let start = raw.len();
        raw.extend_from_slice(fold(value, name.len() + 2, newline).as_bytes());
        raw.extend_from_slice(newline.as_bytes());
        Field { name: name.to_owned(), raw, value: start }
    }

    /// The value on one line, encoded words still encoded.
    pub(in crate::format) fn unfolded(&self) -> Vec<u8> {
        let value = self.raw.get(self.value..).unwrap_or_default();
        let kept: Vec<u8> = value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
        kept.trim_ascii().to_vec()
    }

    /// The value as a person reads it.
    pub(in crate::format) fn text(&self) -> String {
        decode_words(&self.unfolded())
    }

    pub(in crate::format) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Splits a message or part into its fields and the offset of its body.
pub(in crate::format) fn parse(bytes: &[u8]) -> (Vec<Field>, usize) {
    let mut fields: Vec<Field> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
        let line = &bytes[at..end];
        if line.iter().all(|b| matches!(b, b'\r' | b'\n')) {
            return (fields, end);
        }
        match fields.last_mut().filter(|_| matches!(line[0], b' ' | b'\t')) {
            Some(field) => field.raw.extend_from_slice(line),
            None => {
                let Some(colon) = memchr::memchr(b':', line).filter(|n| is_name(&line[..*n])) else {
                    // not a field: the body begins without an empty line
                    return (fields, at);
                };
                fields.push(Field {
                    name: String::from_utf8_lossy(line[..colon].trim_ascii_end()).into_owned(),
                    raw: line.to_vec(),
                    value: colon + 1,
                });
            }
        }
        at = end;
    }
    (fields, bytes.len())
}

fn is_name(name: &[u8]) -> bool {
    let name = name.trim_ascii_end();
    !name.is_empty() && name.iter().all(|b| (33..127).contains(b))
}

/// Decodes the encoded words of a value; other bytes are taken in the charset that they prove to be in.
pub(in crate::format) fn decode_words(value: &[u8]) -> String {
    let mut out = String::new();
    let mut at = 0;
    // bytes of neighbouring words in one charset: a character may be cut between two words
    let mut held: Option<(String, Vec<u8>)> = None;
    while at < value.len() {
        let next = memchr::memmem::find(&value[at..], b"=?").map(|n| at + n);
        let Some(start) = next else { break };
        let Some((charset, bytes, end)) = word(&value[start..]) else {
            flush(&mut held, &mut out);
            out.push_str(&Charset::guess(&value[at..start + 2]).decode(&value[at..start + 2]));
            at = start + 2;
            continue;
        };
        let between = &value[at..start];
        let joined = held.is_some() && between.iter().all(u8::is_ascii_whitespace);
        if !joined {
            flush(&mut held, &mut out);
            out.push_str(&Charset::guess(between).decode(between));
        }
        match &mut held {
            Some((same, all)) if same.eq_ignore_ascii_case(&charset) => all.extend(bytes),
            _ => {
                flush(&mut held, &mut out);
                held = Some((charset, bytes));
            }
        }
        at = start + end;
    }
    flush(&mut held, &mut out);
    let rest = &value[at.min(value.len())..];
    out.push_str(&Charset::guess(rest).decode(rest));
    out
}

fn flush(held: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = held.take() {
        out.push_str(&Charset::named(&charset, &bytes).decode(&bytes));
    }
}

/// The encoded word that `value` begins with: charset, bytes, length.
fn word(value: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    let rest = value.strip_prefix(b"=?")?;
    let charset_end = memchr::memchr(b'?', rest)?;
    let charset = std::str::from_utf8(rest.get(..charset_end)?).ok()?;
    // a language may follow (RFC 2231, 5)
    let charset = charset.split('*').next()?.to_owned();
    if charset.is_empty() || charset.contains(|c: char| c.is_whitespace()) {
        return None;
    }
    let method = rest.get(charset_end + 1)?.to_ascii_lowercase();
    if rest.get(charset_end + 2) != Some(&b'?') {
        return None;
    }
    let text = rest.get(charset_end + 3..)?;
    let length = memchr::memmem::find(text, b"?=")?;
    let text = text.get(..length)?;
    let bytes = match method {
        b'b' => transfer::base64(text),
        b'q' => {
            let spaced: Vec<u8> = text.iter().map(|b| if *b == b'_' { b' ' } else { *b }).collect();
            transfer::quoted_printable(&spaced)
        }
        _ => return None,
    };
    Some((charset, bytes, 2 + charset_end + 3 + length + 2))
}

/// Encodes a value: words beyond ASCII become encoded words in UTF-8, others stay.
pub(in crate::format) fn encode_words(value: &str) -> String {
    if value.is_ascii() {
        return value.chars().map(|c| if c.is_ascii_control() && c != '\t' { ' ' } else { c }).collect();
    }
    let mut out: Vec<String> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for token in value.split(' ') {
        if token.is_ascii() {
            if !run.is_empty() {
                out.extend(encoded(&run.join(" ")));
                run.clear();
            }
            out.push(token.to_owned());
        } else {
            run.push(token);
        }
    }
    if !run.is_empty() {
        out.extend(encoded(&run.join(" ")));
    }
    out.join(" ")
}

/// Encoded words of at most 75 characters (RFC 2047, 2). Quotes do not stand around an encoded word (5).
fn encoded(text: &str) -> Vec<String> {
    let trailing = if text.ends_with(',') { "," } else { "" };
    let text: String = text.trim_end_matches(',').chars().filter(|c| *c != '"' && !c.is_control()).collect();
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > 42 {
            words.push(format!("=?utf-8?B?{}?=", transfer::to_base64(piece.as_bytes(), "")));
            piece.clear();
        }
        piece.push(c);
    }
    words.push(format!("=?utf-8?B?{}?={trailing}", transfer::to_base64(piece.as_bytes(), "")));
    words
}

/// Breaks a long value at blanks.
fn fold(value: &str, indent: usize, newline: &str) -> String {
    let mut out = String::new();
    let mut column = indent;
    for (n, token) in value.split(' ').enumerate() {
        if n > 0 {
            if column + 1 + token.len() > 76 && !token.is_empty() {
                out.push_str(newline);
                column = 0;
            }
            out.push(' ');
            column += 1;
        }
        out.push_str(token);
        column += token.len();
    }
    out
}

/// A value with parameters, such as `text/plain; charset=utf-8`.
#[derive(Clone, Debug, Default)]
pub(in crate::format) struct Parametric {
    /// What stands before the first semicolon, in lower case.
    pub(in crate::format) value: String,
    /// Names in lower case, values decoded.
    pub(in crate::format) parameters: Vec<(String, String)>,
}

impl Parametric {
    pub(in crate::format) fn parse(raw: &[u8]) -> Parametric {
        let mut pieces = split_unquoted(raw).into_iter();
        let value = pieces.next().map(|v| String::from_utf8_lossy(v.trim_ascii()).to_ascii_lowercase());
        let mut plain: Vec<(String, Vec<u8>)> = Vec::new();
        // RFC 2231: name*0*, name*1 … are pieces of one value
        let mut parts: Vec<(String, u32, bool, Vec<u8>)> = Vec::new();
        for piece in pieces {
            let Some(equals) = memchr::memchr(b'=', piece) else { continue };
            let name = String::from_utf8_lossy(piece[..equals].trim_ascii()).to_ascii_lowercase();
            let value = unquote(piece[equals + 1..].trim_ascii());
            match name.split_once('*') {
                None => plain.push((name, value)),
                Some((base, rest)) => {
                    let percent = rest.is_empty() || rest.ends_with('*');
                    let number = rest.trim_end_matches('*').parse().unwrap_or(0);
                    parts.push((base.to_owned(), number, percent, value));
                }
            }
        }
        parts.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let mut parameters: Vec<(String, String)> = Vec::new();
        let mut at = 0;
        while at < parts.len() {
            let name = parts[at].0.clone();
            let mut bytes = Vec::new();
            let mut charset = String::new();
            for (k, part) in parts[at..].iter().take_while(|p| p.0 == name).enumerate() {
                let mut value = part.3.clone();
                if part.2 {
                    if k == 0 {
                        let mut fields = value.splitn(3, |b| *b == b'\'');
                        if let (Some(set), Some(_), Some(text)) =
                            (fields.next(), fields.next(), fields.next())
                        {
                            charset = String::from_utf8_lossy(set).into_owned();
                            value = text.to_vec();
                        }
                    }
                    value = percent_decode(&value);
                }
                bytes.extend(value);
                at += 1;
            }
            parameters.push((name, Charset::named(&charset, &bytes).decode(&bytes)));
        }
        for (name, value) in plain {
            if !parameters.iter().any(|p| p.0 == name) {
                parameters.push((name, decode_words(&value)));
            }
        }
        Parametric { value: value.unwrap_or_default(), parameters }
    }

    pub(in crate::format) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|p| p.0 == name).map(|p| p.1.as_str())
    }

    pub(in crate::format) fn set(&mut self, name: &str, value: &str) {
        match self.parameters.iter_mut().find(|p| p.0 == name) {
            Some(parameter) => parameter.1 = value.to_owned(),
            None => self.parameters.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The value as it is written in a header.
    pub(in crate::format) fn write(&self) -> String {
        let mut out = self.value.clone();
        for (name, value) in &self.parameters {
            let token = !value.is_empty()
                && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+:".contains(&b));
            if token {
                out.push_str(&format!("; {name}={value}"));
            } else if value.is_ascii() {
                let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
                out.push_str(&format!("; {name}=\"{quoted}\""));
            } else {
                out.push_str(&format!("; {name}*=utf-8''{}", percent_encode(value)));
            }
        }
        out
    }
}

fn split_unquoted(raw: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (i, b) in raw.iter().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                pieces.push(&raw[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    pieces.push(&raw[start..]);
    pieces
}

fn unquote(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else { return value.to_vec() };
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(b) = bytes.next() {
        out.push(if *b == b'\\' { *bytes.next().unwrap_or(b) } else { *b });
    }
    out
}

fn percent_decode(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(&b) = value.get(at) {
        let digit = |i: usize| value.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (b, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                out.push(b);
                at += 1;
            }
        }
    }
    out
}

fn percent_encode(value: &str) -> String {
    value
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_folding() {
        let (fields, body) = parse(b"From: a\r\nSubject: one\r\n two\r\n\r\nbody");
        assert_eq!(fields.len(), 2);
        assert_eq!(fields[1].text(), "one two");
        assert_eq!(body, 31);
        assert_eq!(parse(b"no header here").1, 0);
    }

    #[test]
    fn words_of_several_charsets() {
        assert_eq!(decode_words(b"=?windows-1251?Q?=C8=E2=E0=ED_=CF?= <a@b.kz>"), "Иван П <a@b.kz>");
        assert_eq!(decode_words(b"=?koi8-r?B?6dfBzg==?="), "Иван");
        // one character cut between two words
        assert_eq!(decode_words(b"=?utf-8?B?0A==?= =?utf-8?B?mA==?="), "И");
        assert_eq!(decode_words("сырой".as_bytes()), "сырой");
        assert_eq!(decode_words(b"a =? b"), "a =? b");
    }

    #[test]
    fn words_come_back() {
        for text in [
            "Иванов Иван <a@b.kz>",
            "plain <a@b>",
            "очень длинная тема письма о договоре и обо всём прочем в нём № 12",
        ] {
            let coded = encode_words(text);
            assert!(coded.is_ascii());
            assert_eq!(decode_words(coded.as_bytes()), text);
            let field = Field::new("Subject", &coded, "\r\n");
            assert!(String::from_utf8(field.raw.clone()).unwrap().lines().all(|l| l.len() <= 78));
            assert_eq!(field.text(), text);
        }
    }

    #[test]
    fn parameters_of_every_kind() {
        for (raw, want) in [
            (&b"attachment; filename=a.txt"[..], "a.txt"),
            (b"attachment; filename=\"a; b.txt\"", "a; b.txt"),
            (b"attachment; filename*=utf-8''%D0%98.txt", "И.txt"),
            (b"attachment; filename*0*=windows-1251''%C8; filename*1*=%C8; filename*2=\".txt\"", "ИИ.txt"),
            (b"attachment; filename=\"=?utf-8?B?0Jg=?=.txt\"", "И.txt"),
        ] {
            let parsed = Parametric::parse(raw);
            assert_eq!(parsed.get("filename"), Some(want));
            let again = Parametric::parse(parsed.write().as_bytes());
            assert_eq!(again.get("filename"), Some(want));
        }
    }
}

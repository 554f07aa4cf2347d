//! Content streams (ISO 32000-1, 7.8.2): operators with their operands and the bytes they stand in, so that a
//! copy can replace some and keep the others as they are. CMap programs are read by the same rules.

/// What stands before an operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Operand>),
    Dict(Vec<(Vec<u8>, Operand)>),
    /// `true`, `false`, `null`.
    Word(Vec<u8>),
}

impl Operand {
    pub(super) fn number(&self) -> Option<f64> {
        if let Operand::Number(n) = self { Some(*n) } else { None }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        if let Operand::Text(t) = self { Some(t) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Operand::Name(n) = self { Some(n) } else { None }
    }

    /// Writes the operand so that [`operators`] reads the same again.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Operand::Number(n) => out.extend_from_slice(number(*n).as_bytes()),
            Operand::Word(w) => out.extend_from_slice(w),
            Operand::Name(name) => {
                out.push(b'/');
                for b in name {
                    if b.is_ascii_alphanumeric() || b"-_.+:".contains(b) {
                        out.push(*b);
                    } else {
                        out.extend_from_slice(format!("#{b:02X}").as_bytes());
                    }
                }
            }
            Operand::Text(text) => hex(text, out),
            Operand::Array(items) => {
                out.push(b'[');
                for item in items {
                    item.write(out);
                    out.push(b' ');
                }
                out.push(b']');
            }
            Operand::Dict(entries) => {
                out.extend_from_slice(b"<<");
                for (key, value) in entries {
                    Operand::Name(key.clone()).write(out);
                    out.push(b' ');
                    value.write(out);
                    out.push(b' ');
                }
                out.extend_from_slice(b">>");
            }
        }
    }
}

/// A string as `<…>`.
pub(super) fn hex(text: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(b'<');
    for b in text {
        out.push(DIGITS[usize::from(b >> 4)]);
        out.push(DIGITS[usize::from(b & 15)]);
    }
    out.push(b'>');
}

/// A number without exponent, which the format does not know.
pub(super) fn number(n: f64) -> String {
    let text = format!("{:.4}", if n.is_finite() { n } else { 0.0 });
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One operator with what stood before it.
#[derive(Clone, Debug)]
pub(super) struct Op<'a> {
    pub(super) name: &'a [u8],
    pub(super) operands: Vec<Operand>,
    /// The bytes from the first operand to the end of the operator.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Arrays and dictionaries in one another.
const DEPTH: u32 = 32;

/// Operands before one operator; TJ arrays count as one.
const OPERANDS: usize = 1 << 16;

/// Reads all operators. Bytes that fit nothing are stepped over.
pub(super) fn operators(bytes: &[u8]) -> Operators<'_> {
    Operators { lexer: Lexer { bytes, at: 0 } }
}

pub(super) struct Operators<'a> {
    lexer: Lexer<'a>,
}

impl<'a> Iterator for Operators<'a> {
    type Item = Op<'a>;

    fn next(&mut self) -> Option<Op<'a>> {
        let mut operands = Vec::new();
        self.lexer.blank();
        let mut start = self.lexer.at;
        loop {
            self.lexer.blank();
            if operands.is_empty() {
                start = self.lexer.at;
            }
            let first = *self.lexer.bytes.get(self.lexer.at)?;
            if let Some(operand) = self.lexer.operand(first, 0) {
                if operands.len() < OPERANDS {
                    operands.push(operand);
                }
                continue;
            }
            let word = self.lexer.word();
            if word.is_empty() {
                self.lexer.at += 1;
                continue;
            }
            if matches!(word, b"true" | b"false" | b"null") {
                operands.push(Operand::Word(word.to_vec()));
                continue;
            }
            if word == b"BI" {
                operands = vec![self.lexer.inline_image()];
            }
            return Some(Op { name: word, operands, start, end: self.lexer.at });
        }
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn is_blank(b: u8) -> bool {
    matches!(b, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(b: u8) -> bool {
    b"()<>[]{}/%".contains(&b)
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Steps over blanks and comments.
    fn blank(&mut self) {
        while let Some(b) = self.peek(0) {
            if is_blank(b) {
                self.at += 1;
            } else if b == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
            } else {
                return;
            }
        }
    }

    fn word(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let n = rest.iter().position(|b| is_blank(*b) || is_delimiter(*b)).unwrap_or(rest.len());
        self.at += n;
        &rest[..n]
    }

    fn operand(&mut self, first: u8, depth: u32) -> Option<Operand> {
        if depth > DEPTH {
            return None;
        }
        match first {
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                let word = self.word();
                let text = std::str::from_utf8(word).unwrap_or_default();
                // `--5` and `5-3` do occur; readers take what they can
                let clean = text.trim_start_matches('-');
                let digits = clean.find('-').map_or(clean, |n| &clean[..n]);
                let value: f64 = digits.parse().unwrap_or(0.0);
                Some(Operand::Number(if text.starts_with('-') { -value } else { value }))
            }
            b'/' => {
                self.at += 1;
                let word = self.word();
                Some(Operand::Name(unescaped(word)))
            }
            b'(' => Some(Operand::Text(self.literal())),
            b'<' if self.peek(1) == Some(b'<') => {
                self.at += 2;
                Some(Operand::Dict(self.entries(depth, b">>")))
            }
            b'<' => {
                self.at += 1;
                let rest = &self.bytes[self.at..];
                let n = memchr::memchr(b'>', rest).unwrap_or(rest.len());
                self.at = (self.at + n + 1).min(self.bytes.len());
                Some(Operand::Text(from_hex(&rest[..n])))
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.blank();
                    let Some(b) = self.peek(0) else { break };
                    if b == b']' {
                        self.at += 1;
                        break;
                    }
                    match self.operand(b, depth + 1) {
                        Some(item) => items.push(item),
                        None => {
                            let word = self.word();
                            if word.is_empty() {
                                self.at += 1;
                            } else {
                                items.push(Operand::Word(word.to_vec()));
                            }
                        }
                    }
                }
                Some(Operand::Array(items))
            }
            _ => None,
        }
    }

    /// Keys and values up to `end`.
    fn entries(&mut self, depth: u32, end: &[u8]) -> Vec<(Vec<u8>, Operand)> {
        let mut entries = Vec::new();
        loop {
            self.blank();
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            if rest.is_empty() {
                return entries;
            }
            if rest.starts_with(end) {
                self.at += end.len();
                return entries;
            }
            let Some(Operand::Name(key)) = (rest[0] == b'/').then(|| self.operand(b'/', depth)).flatten()
            else {
                self.at += 1;
                continue;
            };
            self.blank();
            let Some(b) = self.peek(0) else { return entries };
            let value = match self.operand(b, depth + 1) {
                Some(value) => value,
                None => Operand::Word(self.word().to_vec()),
            };
            entries.push((key, value));
        }
    }

    /// The dictionary of an inline image; its data is stepped over up to `EI`.
    fn inline_image(&mut self) -> Operand {
        let entries = self.entries(0, b"ID");
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let end = memchr::memmem::find_iter(rest, b"EI").find(|n| {
            let before = n.checked_sub(1).and_then(|k| rest.get(k)).is_none_or(|b| is_blank(*b));
            before && rest.get(n + 2).is_none_or(|b| is_blank(*b) || is_delimiter(*b))
        });
        self.at = end.map_or(self.bytes.len(), |n| self.at + n + 2);
        Operand::Dict(entries)
    }

    /// A string in parentheses (7.3.4.2).
    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut open = 1;
        while let Some(b) = self.peek(0) {
            self.at += 1;
            match b {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    let Some(escaped) = self.peek(0) else { break };
                    self.at += 1;
                    match escaped {
                        b'n' => out.push(b'\n'),
                        b'r' => out.push(b'\r'),
                        b't' => out.push(b'\t'),
                        b'b' => out.push(8),
                        b'f' => out.push(12),
                        b'\r' => self.at += usize::from(self.peek(0) == Some(b'\n')),
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut value = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.peek(0) else { break };
                                value = value * 8 + u32::from(digit - b'0');
                                self.at += 1;
                            }
                            out.push(value as u8);
                        }
                        other => out.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            out.push(b);
        }
        out
    }
}

fn unescaped(word: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(word.len());
    let mut at = 0;
    while let Some(&b) = word.get(at) {
        let digit = |i: usize| word.get(i).and_then(|b| char::from(*b).to_digit(16));
        if let (b'#', Some(high), Some(low)) = (b, digit(at + 1), digit(at + 2)) {
            out.push((high << 4 | low) as u8);
            at += 3;
        } else {
            out.push(b);
            at += 1;
        }
    }
    out
}

fn from_hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text.iter().filter_map(|b| char::from(*b).to_digit(16).map(|d| d as u8)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<Operand>)> {
        operators(text.as_bytes())
            .map(|o| (String::from_utf8_lossy(o.name).into_owned(), o.operands))
            .collect()
    }

    #[test]
    fn operators_and_operands() {
        let ops = read("q 1 0 0 1 -5.5 .3 cm BT /F#31 12 Tf [(a\\(b\\051) -20 <4142>] TJ (x\\\ny) ' ET Q");
        assert_eq!(
            ops.iter().map(|o| o.0.as_str()).collect::<Vec<_>>(),
            ["q", "cm", "BT", "Tf", "TJ", "'", "ET", "Q"]
        );
        assert_eq!(ops[3].1[0], Operand::Name(b"F1".to_vec()));
        let Operand::Array(items) = &ops[4].1[0] else { panic!() };
        assert_eq!(items[0], Operand::Text(b"a(b)".to_vec()));
        assert_eq!(items[2], Operand::Text(b"AB".to_vec()));
        assert_eq!(ops[5].1[0], Operand::Text(b"xy".to_vec()));
    }

    #[test]
    fn inline_images_and_dictionaries() {
        let ops = read("/Span <</MCID 3 /ActualText (t)>> BDC BI /W 1 /H 1 ID (((\x01EIx\n EI EMC");
        assert_eq!(ops.iter().map(|o| o.0.as_str()).collect::<Vec<_>>(), ["BDC", "BI", "EMC"]);
        let mut out = Vec::new();
        ops[0].1[1].write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "<</MCID 3 /ActualText <74> >>");
    }

    #[test]
    fn anything_ends() {
        for text in ["(((", "[[[[[[", "<<<<", "<", "/", "BI", ">>]})", "1 2 3", "BI /A [ ID"] {
            let _ = read(text);
        }
        let deep = "[".repeat(100_000);
        let _ = read(&deep);
    }
}

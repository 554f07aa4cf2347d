//! Content-transfer-encodings (RFC 2045, 6): base64, quoted-printable and uuencode.

/// How a body's bytes are written in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Transfer {
    /// As they are (`7bit`, `8bit`, `binary`).
    Identity,
    Base64,
    QuotedPrintable,
    Uuencode,
}

impl Transfer {
    /// The encoding with this name; `None` for an unknown one.
    pub(in crate::format) fn named(name: &str) -> Option<Transfer> {
        Some(match name.trim().trim_matches('"').to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => Transfer::Identity,
            "base64" => Transfer::Base64,
            "quoted-printable" => Transfer::QuotedPrintable,
            "x-uuencode" | "uuencode" | "x-uue" => Transfer::Uuencode,
            _ => return None,
        })
    }

    pub(in crate::format) fn decode(self, body: &[u8]) -> Vec<u8> {
        match self {
            Transfer::Identity => body.to_vec(),
            Transfer::Base64 => base64(body),
            Transfer::QuotedPrintable => quoted_printable(body),
            Transfer::Uuencode => uuencode(body),
        }
    }
}

/// Decodes base64; characters outside the alphabet are skipped (RFC 2045, 6.8), the end is where padding begins.
pub(in crate::format) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for &b in text {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // several encoded pieces may follow one another; each starts anew
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        match count {
            2 => out.push((bits >> 4) as u8),
            3 => out.push((bits >> 2) as u8),
            4 => {
                out.push(bits as u8);
                (bits, count) = (0, 0);
            }
            _ => {}
        }
    }
    out
}

/// Encodes base64 in lines of 76 characters that end in `newline`; an empty one makes one line.
pub(in crate::format) fn to_base64(bytes: &[u8], newline: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + bytes.len() / 57 * newline.len() + 8);
    for (n, chunk) in bytes.chunks(3).enumerate() {
        if n > 0 && n % 19 == 0 {
            out.push_str(newline);
        }
        let get = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = get(0) << 16 | get(1) << 8 | get(2);
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(char::from(ALPHABET[(bits >> (18 - 6 * i) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    if !newline.is_empty() && !bytes.is_empty() {
        out.push_str(newline);
    }
    out
}

fn hex(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).map(|d| d as u8)
}

/// Decodes quoted-printable; an `=` that begins nothing stays (RFC 2045, 6.7 advises so).
pub(in crate::format) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        if b == b'=' {
            let two = (text.get(at + 1).copied().and_then(hex), text.get(at + 2).copied().and_then(hex));
            if let (Some(high), Some(low)) = two {
                out.push(high << 4 | low);
                at += 3;
                continue;
            }
            // a soft line break, blanks may stand before the line end
            let rest = &text[at + 1..];
            let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
            if rest.get(blanks) == Some(&b'\n') {
                at += blanks + 2;
                continue;
            }
            if blanks == rest.len() {
                break;
            }
        }
        out.push(b);
        at += 1;
    }
    out
}

/// Encodes quoted-printable in lines of at most 76 characters; line ends of the text become `newline`.
pub(in crate::format) fn to_quoted_printable(bytes: &[u8], newline: &str) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    let mut column = 0;
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        let rest = &bytes[at..];
        if rest.starts_with(b"\r\n") || b == b'\n' {
            at += if b == b'\n' { 1 } else { 2 };
            out.push_str(newline);
            column = 0;
            continue;
        }
        let line_ends = matches!(rest.get(1), None | Some(b'\r' | b'\n'));
        let plain = matches!(b, 33..=60 | 62..=126) || (matches!(b, b' ' | b'\t') && !line_ends);
        let width = if plain { 1 } else { 3 };
        if column + width > 75 {
            out.push('=');
            out.push_str(newline);
            column = 0;
        }
        if plain {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("={b:02X}"));
        }
        column += width;
        at += 1;
    }
    out
}

/// Decodes the lines between `begin` and `end` of uuencode (POSIX.1-2008, uuencode).
fn uuencode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut inside = false;
    for line in text.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !inside {
            inside = line.starts_with(b"begin ");
            continue;
        }
        let Some((&length, data)) = line.split_first() else { continue };
        let length = usize::from(length.wrapping_sub(32) & 63);
        if length == 0 || line == b"end" {
            break;
        }
        let from = out.len();
        for four in data.chunks(4) {
            let get = |i: usize| u32::from(four.get(i).map_or(0, |b| b.wrapping_sub(32) & 63));
            let bits = get(0) << 18 | get(1) << 12 | get(2) << 6 | get(3);
            out.extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
        }
        out.truncate(from + length.min(out.len() - from));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_round_trip() {
        for n in 0..200u8 {
            let bytes: Vec<u8> = (0..n).map(|b| b.wrapping_mul(37)).collect();
            let text = to_base64(&bytes, "\r\n");
            assert!(text.lines().all(|l| l.len() <= 76));
            assert_eq!(base64(text.as_bytes()), bytes);
        }
        assert_eq!(to_base64(b"ab", ""), "YWI=");
        assert_eq!(base64(b"0J jQ\r\nuNGC!"), "Иит".as_bytes());
    }

    #[test]
    fn quoted_printable_round_trip() {
        let text = "ИИН = 1 \r\nдлинная строка, которая не помещается в семьдесят шесть знаков\t\r\n.";
        let packed = to_quoted_printable(text.as_bytes(), "\r\n");
        assert!(packed.split("\r\n").all(|l| l.len() <= 76));
        assert_eq!(quoted_printable(packed.as_bytes()), text.as_bytes());
        assert_eq!(quoted_printable(b"a=\r\nb =  \nc=ZZ="), b"ab c=ZZ");
    }

    #[test]
    fn uuencoded_lines() {
        assert_eq!(uuencode(b"begin 644 a\n#86)C\n`\nend\n"), b"abc");
        assert_eq!(uuencode(b"no begin"), b"");
    }
}

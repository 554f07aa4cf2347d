//! Bytes in hexadecimal behind a mark: `\x2550…` (PostgreSQL), `0x2550…` (MySQL, SQL Server).

/// Fewer digits spell no value that a person has.
const LEAST: usize = 8;

/// So many bytes behind such a mark are a file, known or not; keys, check sums and geometry are shorter.
pub(super) const FILE: usize = 1 << 10;

/// Digits of a number with a mark, from the first byte behind the mark on; odd ones are no bytes.
fn digits(text: &[u8]) -> Option<usize> {
    let n = text.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    (n >= LEAST && n.is_multiple_of(2)).then_some(n)
}

/// The length of the bytes that `text` begins with, mark and all; a backslash that is escaped itself counts once.
pub(super) fn length(text: &[u8], slashes: usize) -> Option<usize> {
    if text.get(slashes) != Some(&b'x') {
        return None;
    }
    Some(slashes + 1 + digits(text.get(slashes + 1..)?)?)
}

/// The first digit and the end of the next bytes in `text[from..to]`.
pub(super) fn next(text: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(p) = memchr::memchr2(b'x', b'X', text.get(at..to)?) {
        let x = at + p;
        at = x + 1;
        let mark = x.checked_sub(1).filter(|m| *m >= from).map(|m| text[m]);
        let alone =
            || !x.checked_sub(2).filter(|b| *b >= from).is_some_and(|b| text[b].is_ascii_alphanumeric());
        if !(mark == Some(b'\\') && text[x] == b'x' || mark == Some(b'0') && alone()) {
            continue;
        }
        if let Some(n) = digits(&text[at..to]) {
            let end = at + n;
            // letters right behind it make it a word
            if !text[..to].get(end).is_some_and(u8::is_ascii_alphanumeric) {
                return Some((at, end));
            }
            at = end;
        }
    }
    None
}

/// The bytes of an even number of digits.
pub(super) fn decode(digits: &[u8]) -> Vec<u8> {
    let nibble = |b: u8| (b as char).to_digit(16).unwrap_or_default() as u8;
    digits.chunks_exact(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect()
}

/// Digits of `bytes`, appended to `out`.
pub(in crate::format) fn encode(bytes: &[u8], upper: bool, out: &mut String) {
    let table: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    out.reserve(bytes.len() * 2);
    for b in bytes {
        out.push(char::from(table[usize::from(b >> 4)]));
        out.push(char::from(table[usize::from(b & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_what_is_none() {
        let all = |text: &str| {
            let (mut at, mut out) = (0, Vec::new());
            while let Some((start, end)) = next(text.as_bytes(), at, text.len()) {
                out.push(text[start..end].to_owned());
                at = end;
            }
            out
        };
        assert_eq!(all(r"a\xd0a1d0b8,0xD0A1D0B8 (0X00112233)"), ["d0a1d0b8", "D0A1D0B8", "00112233"]);
        for no in [r"\xd0\xa1", "0x1234567", "10x12345678", "xd0a1d0b8", "0x12345678z", "a0x12345678", ""] {
            assert!(all(no).is_empty(), "{no}");
        }
        let mut text = String::new();
        encode(&decode(b"00fFa0"), false, &mut text);
        assert_eq!(text, "00ffa0");
    }
}

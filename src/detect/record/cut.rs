//! Cuts a line of text into the pieces of a record.

use super::forms::form;
use super::{PIECES, Piece};
use crate::detect::find::trim;

/// Cuts a line into pieces: at commas, strokes, quotes, brackets, tabs, and two blanks or more; words in capitals and
/// figures that stand a blank apart (`M 14MAR82`, `KAZ P/N12345678`) are pieces too.
pub(super) fn cut(text: &[u8], from: usize, to: usize, segment: u32, out: &mut Vec<Piece>) {
    let mut push = |start: usize, end: usize| {
        let (start, end) = trim(text, start, end);
        if end <= start || out.len() >= PIECES {
            return;
        }
        let piece = &text[start..end];
        let plain = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'/' | b' ' | b'-');
        if piece.len() <= 28 && piece.contains(&b' ') && form(piece).is_none() && piece.iter().all(plain) {
            let mut at = start;
            for word in piece.split(|b| *b == b' ') {
                if !word.is_empty() {
                    out.push(Piece { start: at, end: at + word.len(), segment, known: None });
                }
                at += word.len() + 1;
            }
            return;
        }
        out.push(Piece { start, end, segment, known: None });
    };
    // "SRDOCS KC HK1-P-KAZ-N12345678-KAZ-21FEB79-M": messages of airlines part fields by strokes and dashes
    let docs = memchr::memmem::find(&text[from..to], b"DOCS ").is_some();
    let (mut at, mut k) = (from, from);
    while k < to {
        let n = match text[k] {
            b',' | b';' | b'|' | b'\t' | b'"' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' => 1,
            // an apostrophe within a word is a letter of it
            b'\''
                if !(k > from
                    && text[k - 1].is_ascii_alphabetic()
                    && text.get(k + 1).is_some_and(u8::is_ascii_alphabetic)) =>
            {
                1
            }
            b'/' | b'-' if docs => 1,
            b' ' if text[k + 1..to].starts_with(b" ") => 2,
            b' ' if text[k + 1..to].starts_with(b"- ") => 3,
            b' ' if text[k + 1..to].starts_with("– ".as_bytes())
                || text[k + 1..to].starts_with("— ".as_bytes()) =>
            {
                5
            }
            0xE2 if text[k..to].starts_with("│".as_bytes()) || text[k..to].starts_with("║".as_bytes()) => {
                3
            }
            _ => 0,
        };
        if n == 0 {
            k += 1;
            continue;
        }
        push(at, k);
        k = (k + n).min(to);
        at = k;
    }
    push(at, to);
}

#[cfg(test)]
mod tests {

    #[test]
    fn lines_are_cut_into_pieces() {
        let cut = |line: &'static str| {
            let mut out = Vec::new();
            super::cut(line.as_bytes(), 0, line.len(), 0, &mut out);
            out.iter().map(|p| &line[p.start..p.end]).collect::<Vec<_>>()
        };
        assert_eq!(cut("1, 'Ким, Р.'; (1984) | x"), ["1", "Ким", "Р.", "1984", "x"]);
        assert_eq!(
            cut("SADYKOV/ERLAN MR      M 21FEB79  KAZ P/N12345678"),
            ["SADYKOV/ERLAN", "MR", "M", "21FEB79", "KAZ", "P/N12345678"]
        );
        assert_eq!(cut("║ Абаев К. ║ O'Brien ║"), ["Абаев К.", "O'Brien"]);
        assert_eq!(cut("мать – Ким Р.   1961"), ["мать", "Ким Р.", "1961"]);
    }
}

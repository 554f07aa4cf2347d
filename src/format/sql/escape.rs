//! Escapes inside the strings of SQL and inside the rows of `COPY`.

/// Which escapes a string has, besides its own quote doubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// None: the standard.
    Standard,
    /// A backslash escapes: MySQL and MariaDB.
    MySql,
    /// `E'…'` of PostgreSQL.
    Postgres,
}

/// Length and meaning of the backslash escape that `text` begins with; `None` where it is cut off.
pub fn backslash(text: &[u8], escapes: Escapes) -> Option<(usize, char)> {
    let c = *text.get(1)?;
    let simple = |c: char| Some((2, c));
    if escapes == Escapes::MySql {
        return match c {
            b'0' => simple('\0'),
            b'b' => simple('\u{8}'),
            b'n' => simple('\n'),
            b'r' => simple('\r'),
            b't' => simple('\t'),
            b'Z' => simple('\u{1A}'),
            // for patterns of LIKE: these two stay as they are
            b'%' | b'_' => Some((1, '\\')),
            c if c < 0x80 => simple(c as char),
            _ => Some((1, '\\')),
        };
    }
    match c {
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{C}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'v' => simple('\u{B}'),
        b'x' => number(text, 2, 2, 16),
        b'0'..=b'7' => number(text, 1, 3, 8),
        b'u' if escapes == Escapes::Postgres => number(text, 2, 4, 16),
        b'U' if escapes == Escapes::Postgres => number(text, 2, 8, 16),
        c if c < 0x80 => simple(c as char),
        _ => Some((1, '\\')),
    }
}

/// A character by number: up to `most` digits from position `from`. Bytes beyond ASCII are parts of
/// characters that are not put together here, so such an escape stays as it is.
fn number(text: &[u8], from: usize, most: usize, radix: u32) -> Option<(usize, char)> {
    let digits = text.get(from..)?.iter().take(most).take_while(|b| (**b as char).is_digit(radix)).count();
    if digits < most && from + digits == text.len() {
        return None;
    }
    let value =
        std::str::from_utf8(&text[from..from + digits]).ok().and_then(|s| u32::from_str_radix(s, radix).ok());
    match value.filter(|v| *v > 0 && (*v < 0x80 || most > 3)).and_then(char::from_u32) {
        Some(c) => Some((from + digits, c)),
        None => Some((1, '\\')),
    }
}

/// The text that a hexadecimal literal spells, where it is readable text: for each character the number of
/// digits that it takes.
pub fn hex_text(digits: &[u8]) -> Option<Vec<(usize, char)>> {
    if digits.len() < 8 || !digits.len().is_multiple_of(2) || digits.len() > 1 << 16 {
        return None;
    }
    let nibble = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    let bytes: Option<Vec<u8>> =
        digits.chunks_exact(2).map(|p| Some(nibble(p[0])? << 4 | nibble(p[1])?)).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let readable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().all(readable).then(|| text.chars().map(|c| (c.len_utf8() * 2, c)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_each_kind() {
        use Escapes::{MySql, Postgres, Standard};
        for (text, kind, expected) in [
            (r"\n", MySql, Some((2, '\n'))),
            (r"\'", MySql, Some((2, '\''))),
            (r"\%", MySql, Some((1, '\\'))),
            (r"\x41", MySql, Some((2, 'x'))),
            (r"\x41", Postgres, Some((4, 'A'))),
            (r"\101z", Postgres, Some((4, 'A'))),
            (r"\u0418", Postgres, Some((6, 'И'))),
            (r"\\", Standard, Some((2, '\\'))),
            (r"\", Postgres, None),
            (r"\u04", Postgres, None),
            (r"\320\230", Standard, Some((1, '\\'))),
        ] {
            assert_eq!(backslash(text.as_bytes(), kind), expected, "{text}");
        }
    }

    #[test]
    fn hex_that_is_text() {
        let text: String = hex_text(b"D09841323334").unwrap().into_iter().map(|c| c.1).collect();
        assert_eq!(text, "ИA234");
        assert_eq!(hex_text(b"00FF00FF"), None);
        assert_eq!(hex_text(b"zz112233"), None);
    }
}

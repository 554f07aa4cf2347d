//! Values of statements that a name stands before: `SET inn = '…'`, `WHERE phone = '…'`, `@VU = N'…'`, `PASSWORD '…'`.

use super::column::{ColumnContext, numbers};
use super::detector::Detector;
use super::fold::Folded;
use crate::model::{Block, NO_COLUMN, Segment, SegmentKind};

/// Bytes before a value in which its name stands.
const NEAR: usize = 64;
/// Bytes before a value in which its statement begins.
const STATEMENT: usize = 2048;

/// Is this a value that stands in no column?
fn loose(s: &Segment) -> bool {
    s.column == NO_COLUMN && matches!(s.kind, SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date)
}

/// Has a block values that stand in no column?
pub(crate) fn any(block: &Block) -> bool {
    block.segments.iter().any(loose)
}

/// A byte of a name.
fn name_byte(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80
}

/// Does the value at `at` stand in a statement that reads or changes rows, and in none that says what a table may hold?
fn of_rows(text: &[u8], at: usize) -> bool {
    const ROWS: [&[u8]; 12] = [
        b"UPDATE", b"SELECT", b"DELETE", b"EXEC", b"EXECUTE", b"CALL", b"SET", b"MERGE", b"WITH", b"IF",
        b"DECLARE", b"WHERE",
    ];
    const USERS: [&[u8]; 3] = [b"USER", b"ROLE", b"LOGIN"];
    for line in text[at.saturating_sub(STATEMENT)..at].rsplit(|b| matches!(b, b'\n' | b';')) {
        let mut words =
            line.split(|b| !name_byte(b)).filter(|w| !w.is_empty()).map(<[u8]>::to_ascii_uppercase);
        let Some(first) = words.next() else { continue };
        if ROWS.contains(&&first[..]) {
            return true;
        }
        match &first[..] {
            b"CREATE" | b"ALTER" => return words.next().is_some_and(|w| USERS.contains(&&w[..])),
            b"INSERT" | b"REPLACE" | b"COMMENT" | b"DROP" | b"GRANT" => return false,
            _ => {}
        }
    }
    false
}

/// The table whose rows the statement before `at` reads or changes.
fn table_before(text: &[u8], at: usize) -> Option<&str> {
    let statement = &text[at.saturating_sub(STATEMENT)..at];
    let statement = &statement[memchr::memrchr(b';', statement).map_or(0, |n| n + 1)..];
    let mut words = statement.split(|b| !name_byte(b)).filter(|w| !w.is_empty());
    let opens = |w: &[u8]| [&b"UPDATE"[..], b"FROM", b"INTO"].iter().any(|k| w.eq_ignore_ascii_case(k));
    words.find(|w| opens(w))?;
    std::str::from_utf8(words.next()?).ok()
}

/// The name before the value that begins at `at`.
fn name_before(text: &[u8], at: usize) -> Option<&str> {
    let before = &text[at.saturating_sub(NEAR)..at];
    let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\"")).unwrap_or(before);
    // N'…', E'…'
    let before = match before {
        [rest @ .., sign, b'N' | b'n' | b'E' | b'e'] if !name_byte(sign) => &before[..rest.len() + 1],
        _ => before,
    };
    let before = before.trim_ascii_end();
    let ends = |word: &[u8]| {
        let cut = before.len().checked_sub(word.len())?;
        let (rest, last) = before.split_at(cut);
        (last.eq_ignore_ascii_case(word) && rest.last().is_some_and(|b| !name_byte(b))).then_some(rest)
    };
    // "IDENTIFIED BY '…'", "WITH PASSWORD '…'"
    if ends(b"password").is_some()
        || ends(b"by")
            .and_then(|r| r.trim_ascii_end().to_ascii_lowercase().ends_with(b"identified").then_some(()))
            .is_some()
    {
        return Some("password");
    }
    let rest = before.strip_suffix(b"(").map(<[u8]>::trim_ascii_end).unwrap_or(before);
    let rest = match ends(b"like") {
        Some(rest) => rest,
        None if rest.len() < before.len() => {
            let cut = rest.len().checked_sub(2)?;
            rest[cut..].eq_ignore_ascii_case(b"in").then_some(&rest[..cut])?
        }
        None => rest.strip_suffix(b"=")?,
    };
    let rest = rest.trim_ascii_end();
    let rest = rest.strip_suffix(b":").unwrap_or(rest).trim_ascii_end();
    let rest = match rest {
        [inner @ .., b']' | b'`' | b'"'] => inner,
        _ => rest,
    };
    let n = rest.iter().rev().take_while(|b| name_byte(b)).count();
    let name = std::str::from_utf8(&rest[rest.len() - n..]).ok()?;
    (2..NEAR / 2).contains(&n).then_some(name)
}

impl Detector {
    /// Gives every value of a statement the column that the name before it speaks of.
    pub(crate) fn assign(&self, block: &mut Block, contexts: &mut Vec<ColumnContext>) {
        let mut known: Vec<(String, Option<u32>)> = Vec::new();
        let mut folded = Folded::default();
        let Block { text, segments, .. } = block;
        for s in segments.iter_mut().filter(|s| loose(s)) {
            let at = (s.start as usize).min(text.len());
            let Some(name) = name_before(text, at).filter(|_| of_rows(text, at)) else { continue };
            // "UPDATE policies … WHERE num = '…'": the number of what the table holds
            let of = numbers(name).then(|| table_before(text, at)).flatten();
            let name = &of.map_or_else(|| name.to_owned(), |of| format!("{of}.{name}"));
            let column = match known.iter().find(|n| n.0 == *name) {
                Some(n) => n.1,
                None => {
                    let context = self.name_context(name, &mut folded);
                    let column = context.named.any().then(|| {
                        contexts.push(ColumnContext { table: true, form: true, ..context });
                        contexts.len() as u32 - 1
                    });
                    if known.len() < 256 {
                        known.push((name.clone(), column));
                    }
                    column
                }
            };
            if let Some(column) = column {
                s.column = column;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_before_values() {
        let of = |text: &'static str| name_before(text.as_bytes(), text.len());
        assert_eq!(of("UPDATE t SET snils='1', inn = '"), Some("inn"));
        assert_eq!(of("where [Gos_Nomer] = N'"), Some("Gos_Nomer"));
        assert_eq!(of("EXEC p @VU = N'"), Some("VU"));
        assert_eq!(of("where tel like '"), Some("tel"));
        assert_eq!(of("where iin in ('"), Some("iin"));
        assert_eq!(of("where c.id="), Some("id"));
        assert_eq!(of("CREATE USER r IDENTIFIED BY '"), Some("password"));
        assert_eq!(of("ALTER ROLE r WITH PASSWORD '"), Some("password"));
        assert_eq!(of("VALUES (1, '"), None);
        assert_eq!(of("PRINT '"), None);
    }

    #[test]
    fn statements_of_rows() {
        let of = |text: &str| of_rows(text.as_bytes(), text.len());
        assert!(of("CREATE TABLE t (a int);\nUPDATE t SET a = '"));
        assert!(of("select *\n  from t\n where a = '"));
        assert!(of("CREATE USER r IDENTIFIED BY '"));
        assert!(!of("CREATE TABLE t (\n  sex char(1) CHECK (sex IN ('"));
        assert!(!of("ALTER TABLE t ADD CONSTRAINT c CHECK (sex = '"));
    }
}

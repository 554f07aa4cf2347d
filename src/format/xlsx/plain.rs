//! Cells as nearly all programs write them, `<c r="B2" s="1" t="s"><v>5</v></c>`, read in one walk over their bytes.
//! Whatever looks different is left to the tokenizer.

use super::sheet::COLUMNS;

/// One cell.
pub struct Plain<'a> {
    /// Its column, where it is told.
    pub column: Option<u32>,
    /// Number of its style.
    pub style: usize,
    /// What its value is; `n`, a number, where nothing is told.
    pub kind: &'a [u8],
    /// The value as it is stored; `None` for an empty cell.
    pub value: Option<&'a [u8]>,
    /// One past its last byte.
    pub end: usize,
}

/// The cell whose `<c` stands at `at`.
#[inline]
pub fn cell(piece: &[u8], at: usize) -> Option<Plain<'_>> {
    let mut plain = Plain { column: None, style: 0, kind: b"n", value: None, end: 0 };
    let mut i = at + 2;
    loop {
        match *piece.get(i)? {
            b' ' => {}
            b'>' => break,
            b'/' if piece.get(i + 1) == Some(&b'>') => {
                plain.end = i + 2;
                return Some(plain);
            }
            _ => return None,
        }
        let [name, b'=', b'"'] = *piece.get(i + 1..)?.first_chunk::<3>()? else { return None };
        let start = i + 4;
        i = start;
        match name {
            b'r' => {
                let mut column = 0u32;
                while let b @ b'A'..=b'Z' = *piece.get(i)? {
                    column = column.checked_mul(26)?.checked_add(u32::from(b - b'A') + 1)?;
                    i += 1;
                }
                while piece.get(i)?.is_ascii_digit() {
                    i += 1;
                }
                plain.column = column.checked_sub(1).filter(|c| *c < COLUMNS);
            }
            b's' => {
                while let b @ b'0'..=b'9' = *piece.get(i)? {
                    plain.style = plain.style.checked_mul(10)?.checked_add(usize::from(b - b'0'))?;
                    i += 1;
                }
            }
            b't' => {
                while piece.get(i)?.is_ascii_alphabetic() {
                    i += 1;
                }
                plain.kind = &piece[start..i];
            }
            _ => return None,
        }
        if *piece.get(i)? != b'"' {
            return None;
        }
        i += 1;
    }
    if piece.get(i + 1..i + 4)? != b"<v>" {
        return None;
    }
    let start = i + 4;
    let mut end = start;
    // most values are numbers of a few digits
    while *piece.get(end)? != b'<' {
        end += 1;
    }
    if piece.get(end..end + 8)? != b"</v></c>" {
        return None;
    }
    plain.value = Some(&piece[start..end]);
    plain.end = end + 8;
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_and_no_other() {
        let all = |text: &'static str| {
            cell(text.as_bytes(), 0).map(|p| (p.column, p.style, p.kind, p.value, p.end == text.len()))
        };
        let want = Some((Some(27), 12, &b"s"[..], Some(&b"5"[..]), true));
        assert_eq!(all(r#"<c r="AB7" s="12" t="s"><v>5</v></c>"#), want);
        assert_eq!(all("<c><v>1.5E3</v></c>"), Some((None, 0, &b"n"[..], Some(&b"1.5E3"[..]), true)));
        assert_eq!(all(r#"<c r="A1" s="3"/>"#), Some((Some(0), 3, &b"n"[..], None, true)));
        // a column that no sheet has is not believed
        assert_eq!(all(r#"<c r="ZZZZ1"><v>1</v></c>"#).unwrap().0, None);
        for other in [
            r#"<c r='A1'><v>1</v></c>"#,
            r#"<c r="A1" cm="1"><v>1</v></c>"#,
            r#"<c r="A1"><f>B1</f><v>1</v></c>"#,
            r#"<c r="A1"><v>1</v> </c>"#,
            r#"<c r="A1" t="inlineStr"><is><t>x</t></is></c>"#,
            r#"<c r="A1"><v><![CDATA[1]]></v></c>"#,
            r#"<c r="AAAAAAAAAA1"><v>1</v></c>"#,
            "<col/>",
            r#"<c r="A1"><v>1"#,
        ] {
            assert!(all(other).is_none(), "{other}");
        }
    }
}

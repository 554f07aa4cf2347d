//! One cell of a sheet's XML: its value as text, and the cell again with another value.

use super::styles::{self, Shown};
use crate::format::package::xml::{self, Attributes, Token, Tokens, local};

/// What must change in one cell.
#[derive(Default)]
pub struct CellEdit {
    /// The whole new text of the value.
    pub value: Option<String>,
    /// Number of a string literal in the formula, and its new text.
    pub literals: Vec<(usize, String)>,
    /// The formula goes and the value stays.
    pub drop_formula: bool,
}

/// The string literals of a formula (decoded): the range between the quotes.
pub fn literals(formula: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut i = 0;
    let mut sheet_name = false;
    while i < formula.len() {
        match formula[i] {
            b'\'' => sheet_name = !sheet_name,
            b'"' if !sheet_name => {
                let start = i + 1;
                let mut end = start;
                while end < formula.len() {
                    if formula[end] == b'"' {
                        if formula.get(end + 1) == Some(&b'"') {
                            end += 1;
                        } else {
                            break;
                        }
                    }
                    end += 1;
                }
                if end > start {
                    found.push((start, end.min(formula.len())));
                }
                i = end;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// Appends the text of a stored number.
pub fn number_text(raw: &[u8], shown: Shown, from_1904: bool, out: &mut Vec<u8>) -> bool {
    let raw = raw.trim_ascii();
    let plain = raw.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    let parsed = |raw: &[u8]| std::str::from_utf8(raw).ok()?.parse::<f64>().ok().filter(|x| x.is_finite());
    match shown {
        Shown::Date => {
            if let Some(iso) = parsed(raw).and_then(|x| styles::serial_to_iso(x, from_1904)) {
                out.extend_from_slice(iso.as_bytes());
                return true;
            }
        }
        Shown::Zeros(width) if plain && !raw.starts_with(b"-") => {
            out.extend(std::iter::repeat_n(b'0', usize::from(width).saturating_sub(raw.len())));
        }
        _ => {}
    }
    if !plain
        && let Some(x) = parsed(raw)
        && x == x.trunc()
        && x.abs() < 1e17
    {
        let text = format!("{}", x as i64);
        if let Shown::Zeros(width) = shown {
            out.extend(std::iter::repeat_n(b'0', usize::from(width).saturating_sub(text.len())));
        }
        out.extend_from_slice(text.as_bytes());
    } else {
        out.extend_from_slice(raw);
    }
    false
}

/// The cell `raw` (`<c …>…</c>`) with an edit applied; the second answer is true where its formula went.
pub fn rebuild(
    raw: &[u8],
    edit: &CellEdit,
    numeric: bool,
    date: bool,
    from_1904: bool,
) -> Option<(Vec<u8>, bool)> {
    let mut tokens = Tokens::new(raw);
    let Ok(Some(Token::Start { name, at, end, .. })) = tokens.next() else { return None };
    let mut formula: Option<(usize, usize, usize, usize)> = None;
    let mut body = (end, raw.len());
    let mut inside = None;
    while let Ok(Some(token)) = tokens.next() {
        match token {
            Token::Start { name, at, end, empty } if local(name) == b"f" => {
                if empty {
                    formula = Some((at, end, end, end));
                } else {
                    inside = Some((at, end));
                }
            }
            Token::End { name, at, end } if local(name) == b"f" => {
                let (open, text) = inside.take()?;
                formula = Some((open, text, at, end));
            }
            Token::End { at, .. } => body.1 = at,
            _ => {}
        }
    }
    let close = &raw[body.1..];
    let mut out = Vec::with_capacity(raw.len() + 64);
    let Some(value) = &edit.value else {
        let (open, text, text_end, after) = formula?;
        out.extend_from_slice(&raw[..open]);
        if !edit.drop_formula {
            let mut plain = Vec::new();
            xml::unescape_into(&raw[text..text_end], &mut plain);
            let mut new = Vec::new();
            let mut from = 0;
            for (k, (a, b)) in literals(&plain).into_iter().enumerate() {
                if let Some((_, word)) = edit.literals.iter().find(|(n, _)| *n == k) {
                    new.extend_from_slice(&plain[from..a]);
                    new.extend_from_slice(word.replace('"', "\"\"").as_bytes());
                    from = b;
                }
            }
            new.extend_from_slice(&plain[from..]);
            out.extend_from_slice(&raw[open..text]);
            xml::escape_into(&String::from_utf8_lossy(&new), &mut out);
            out.extend_from_slice(&raw[text_end..after]);
        }
        out.extend_from_slice(&raw[after..]);
        return Some((out, edit.drop_formula));
    };
    let serial = if date { styles::iso_to_serial(value, from_1904) } else { None };
    let number = match serial {
        Some(serial) => Some(serial.to_string()),
        None if numeric && !date && is_number(value) => Some(value.clone()),
        None => None,
    };
    let prefix = &name[..name.len() - local(name).len()];
    out.push(b'<');
    out.extend_from_slice(name);
    for a in Attributes::new(raw, at, end) {
        // cm and vm lead to metadata of the formula and of the value that are gone
        if !matches!(a.name, b"t" | b"cm" | b"vm") {
            out.push(b' ');
            out.extend_from_slice(&raw[a.at..a.end + 1]);
        }
    }
    let p = String::from_utf8_lossy(prefix).into_owned();
    match number {
        Some(number) => out.extend_from_slice(format!("><{p}v>{number}</{p}v>").as_bytes()),
        None => {
            let space = if value.trim() == value { "" } else { " xml:space=\"preserve\"" };
            out.extend_from_slice(format!(" t=\"inlineStr\"><{p}is><{p}t{space}>").as_bytes());
            let mut safe = String::with_capacity(value.len());
            for (i, c) in value.char_indices() {
                // what looks like an escape of this format must not be read as one
                let escape = c == '_'
                    && value.as_bytes().get(i + 1) == Some(&b'x')
                    && value.as_bytes().get(i + 6) == Some(&b'_');
                safe.push_str(if escape { "_x005F" } else { "" });
                safe.push(c);
            }
            xml::escape_into(&safe, &mut out);
            out.extend_from_slice(format!("</{p}t></{p}is>").as_bytes());
        }
    }
    if close.is_empty() {
        out.extend_from_slice(b"</");
        out.extend_from_slice(name);
        out.push(b'>');
    } else {
        out.extend_from_slice(close);
    }
    Some((out, formula.is_some()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str, shown: Shown) -> String {
        let mut out = Vec::new();
        number_text(raw.as_bytes(), shown, false, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_in_full() {
        assert_eq!(text("9.91231500016E+11", Shown::Number), "991231500016");
        assert_eq!(text("991231500016.0", Shown::Number), "991231500016");
        assert_eq!(text("10215500122", Shown::Zeros(12)), "010215500122");
        assert_eq!(text("1.0215500122E10", Shown::Zeros(12)), "010215500122");
        assert_eq!(text("0.1", Shown::Number), "0.1");
        assert_eq!(text("31048", Shown::Date), "1985-01-01");
        assert_eq!(text("-5", Shown::Date), "-5");
    }

    #[test]
    fn literals_of_formulas() {
        let f = br#"IF('a"b'!A1="x ""y""",B1&"z","")"#;
        let words: Vec<_> = literals(f).into_iter().map(|(a, b)| String::from_utf8_lossy(&f[a..b])).collect();
        assert_eq!(words, ["x \"\"y\"\"", "z"]);
    }

    #[test]
    fn cells_again() {
        let value = |v: &str| CellEdit { value: Some(v.to_owned()), ..CellEdit::default() };
        let run = |raw: &str, edit: &CellEdit, numeric, date| {
            let (bytes, dropped) = rebuild(raw.as_bytes(), edit, numeric, date, false).unwrap();
            (String::from_utf8(bytes).unwrap(), dropped)
        };
        assert_eq!(
            run(r#"<c r="A1" s="2" t="s"><v>0</v></c>"#, &value("a<b"), false, false).0,
            r#"<c r="A1" s="2" t="inlineStr"><is><t>a&lt;b</t></is></c>"#
        );
        assert_eq!(
            run(r#"<x:c r="A1"><x:v>5</x:v></x:c>"#, &value("7"), true, false).0,
            r#"<x:c r="A1"><x:v>7</x:v></x:c>"#
        );
        assert_eq!(
            run(r#"<c r="A1" s="1"><v>5</v></c>"#, &value("1985-01-01"), true, true).0,
            r#"<c r="A1" s="1"><v>31048</v></c>"#
        );
        assert_eq!(
            run(r#"<c r="A1"><v>5</v></c>"#, &value("1985"), true, true).0,
            r#"<c r="A1" t="inlineStr"><is><t>1985</t></is></c>"#
        );
        let (cell, dropped) =
            run(r#"<c r="B1" t="str"><f>A1&amp;"x"</f><v>ax</v></c>"#, &value("T"), false, false);
        assert_eq!((cell.as_str(), dropped), (r#"<c r="B1" t="inlineStr"><is><t>T</t></is></c>"#, true));
        let edit = CellEdit { literals: vec![(0, "q\"".to_owned())], ..CellEdit::default() };
        let (cell, dropped) = run(r#"<c r="B1" t="str"><f>A1&amp;"x"</f><v>ax</v></c>"#, &edit, false, false);
        assert_eq!(cell, r#"<c r="B1" t="str"><f>A1&amp;&quot;q&quot;&quot;&quot;</f><v>ax</v></c>"#);
        assert!(!dropped);
        let edit = CellEdit { drop_formula: true, ..CellEdit::default() };
        assert_eq!(
            run(r#"<c r="B1"><f t="shared" si="0"/><v>1</v></c>"#, &edit, true, false).0,
            r#"<c r="B1"><v>1</v></c>"#
        );
    }
}

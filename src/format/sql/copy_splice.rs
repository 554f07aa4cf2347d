//! Writes replacements into rows of `COPY` by the options of the statement.

use super::super::encoding::Writer;
use super::super::json::patched;
use super::copy_format::CopyFormat;
use crate::model::{Block, Edit, ReadError, Segment};

/// Writes the edits of one value.
pub fn write(
    format: &CopyFormat,
    block: &Block,
    segment: Segment,
    edits: &[Edit],
    writer: &mut Writer<'_>,
) -> Result<(), ReadError> {
    let value = patched(block, segment.start, segment.end, edits);
    if !format.csv {
        if value.as_bytes() == &format.null[..] && !value.is_empty() {
            return writer.replace(segment.start, segment.end, &no_null(&value));
        }
        for edit in edits {
            writer.replace(edit.start, edit.end, &escaped(&edit.text, format.delimiter))?;
        }
        return Ok(());
    }
    let before = segment.start.checked_sub(1).map(|k| block.text[k as usize]);
    let after = block.text.get(segment.end as usize).copied();
    if before == Some(format.quote) {
        for edit in edits {
            writer.replace(edit.start, edit.end, &doubled(&edit.text, format))?;
        }
        return Ok(());
    }
    let sign = |b: u8| b == format.delimiter || b == format.quote || matches!(b, b'\n' | b'\r');
    let null = value.as_bytes() == &format.null[..];
    let wanted = null || value == "\\." || edits.iter().any(|e| e.text.bytes().any(sign));
    let border = |b: u8| b == format.delimiter || matches!(b, b'\n' | b'\r');
    // a block may begin or end inside a long value, whose quotes are then not seen
    if wanted && before.is_none_or(border) && after.is_some_and(border) {
        let quote = format.quote as char;
        let text = format!("{quote}{}{quote}", doubled(&value, format));
        return writer.replace(segment.start, segment.end, &text);
    }
    for edit in edits {
        let plain = |c: char| if c.is_ascii() && sign(c as u8) { ' ' } else { c };
        writer.replace(edit.start, edit.end, &edit.text.chars().map(plain).collect::<String>())?;
    }
    Ok(())
}

/// With the escapes of the text format.
fn escaped(text: &str, delimiter: u8) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => {}
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == delimiter as char => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A value that reads as the sign of NULL, written so that it does not: its first byte by number.
fn no_null(value: &str) -> String {
    let mut chars = value.chars();
    match chars.next() {
        Some(c) if c.is_ascii() => format!("\\{:03o}{}", c as u8, chars.as_str()),
        _ => format!("\\{value}"),
    }
}

/// With its quotes escaped, as between quotes.
fn doubled(text: &str, format: &CopyFormat) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\0') {
        if c == format.quote as char || c == format.escape as char {
            out.push(format.escape as char);
        }
        out.push(c);
    }
    out
}

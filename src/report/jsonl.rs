use serde::Serialize;

use crate::model::Location;

use super::{ColumnRecord, FileRecord, FindingRecord, Report, Summary};

/// One JSON object a line; the `type` says which.
pub struct JsonlReport;

#[derive(Serialize)]
struct Typed<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    record: &'a T,
}

fn line<T: Serialize>(r#type: &'static str, record: &T, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, &Typed { r#type, record }).is_err() {
        out.truncate(before);
        return;
    }
    out.push(b'\n');
}

/// A finding's line, as `serde_json` writes it (a test holds both equal): findings are many, and going through every field
/// of them by way of a serializer took longer than finding them.
fn finding(record: &FindingRecord<'_>, out: &mut Vec<u8>) {
    out.reserve(400 + record.path.len() + record.value.len());
    out.extend_from_slice(b"{\"type\":\"finding\",\"path\":");
    text(record.path, out);
    if !record.member.is_empty() {
        out.extend_from_slice(b",\"member\":");
        list(record.member.iter().map(String::as_str), out);
    }
    location(record.location, out);
    out.extend_from_slice(b",\"category\":");
    text(record.category.as_str(), out);
    if let Some(subtype) = record.subtype {
        out.extend_from_slice(b",\"subtype\":");
        text(subtype, out);
    }
    out.extend_from_slice(b",\"rule\":");
    text(record.rule, out);
    out.extend_from_slice(b",\"value\":");
    text(record.value, out);
    out.extend_from_slice(b",\"confidence\":");
    let hundredths = (f64::from(record.confidence) * 100.0).round() as u64;
    number(hundredths / 100, out);
    out.push(b'.');
    match hundredths % 100 {
        tenths if tenths % 10 == 0 => number(tenths / 10, out),
        n => out.extend_from_slice(&[b'0' + (n / 10) as u8, b'0' + (n % 10) as u8]),
    }
    out.extend_from_slice(b",\"evidence\":");
    list(record.evidence.iter().map(|e| e.code()), out);
    if !record.alternatives.is_empty() {
        out.extend_from_slice(b",\"alternatives\":");
        list(record.alternatives.iter().map(|c| c.as_str()), out);
    }
    out.extend_from_slice(b"}\n");
}

fn location(at: &Location<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"location\":{");
    let first = out.len();
    let key = |name: &str, out: &mut Vec<u8>| {
        if out.len() > first {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
    };
    let figure = |name: &str, n: Option<u64>, out: &mut Vec<u8>| {
        if let Some(n) = n {
            key(name, out);
            number(n, out);
        }
    };
    let word = |name: &str, word: Option<&str>, out: &mut Vec<u8>| {
        if let Some(word) = word {
            key(name, out);
            text(word, out);
        }
    };
    figure("line", at.line, out);
    figure("column", at.column, out);
    figure("byte_start", at.byte_start, out);
    figure("byte_end", at.byte_end, out);
    word("sheet", at.sheet.as_deref(), out);
    word("cell", at.cell.as_deref(), out);
    word("table", at.table.as_deref(), out);
    figure("row", at.row, out);
    figure("page", at.page.map(u64::from), out);
    word("field", at.field.as_deref(), out);
    word("part", at.part.as_deref(), out);
    out.push(b'}');
}

fn list<'a>(words: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (k, word) in words.enumerate() {
        if k > 0 {
            out.push(b',');
        }
        text(word, out);
    }
    out.push(b']');
}

fn text(text: &str, out: &mut Vec<u8>) {
    if text.bytes().any(|b| b < 0x20 || matches!(b, b'"' | b'\\')) {
        // a string is always written
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn number(mut n: u64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

impl Report for JsonlReport {
    fn finding(&self, record: &FindingRecord<'_>, out: &mut Vec<u8>) {
        finding(record, out);
    }
    fn column(&self, record: &ColumnRecord, out: &mut Vec<u8>) {
        line("column", record, out);
    }
    fn file(&self, record: &FileRecord, out: &mut Vec<u8>) {
        line("file", record, out);
    }
    fn summary(&self, record: &Summary, out: &mut Vec<u8>) {
        line("summary", record, out);
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Category, Evidence, EvidenceSet};

    proptest! {
        #[test]
        fn findings_are_written_as_serde_writes_them(
            words in prop::collection::vec("[a-zа-я\"\\\\\n ]{0,12}", 6),
            numbers in prop::collection::vec(prop::option::of(any::<u64>()), 6),
            hundredths in 0u32..=100,
            evidence in any::<[bool; 5]>(),
        ) {
            let word = |k: usize| Some(Cow::Borrowed(words[k].as_str())).filter(|w| w.len() % 2 == 0);
            let location = Location {
                line: numbers[0],
                column: numbers[1],
                byte_start: numbers[2],
                byte_end: numbers[3],
                sheet: word(0),
                cell: word(1).map(Cow::into_owned),
                table: word(2),
                row: numbers[4],
                page: numbers[5].map(|n| n as u32),
                field: word(3),
                part: word(4),
            };
            let all = [Evidence::CheckDigit, Evidence::Calendar, Evidence::Form, Evidence::ColumnName, Evidence::Decision];
            let member = words[3..].to_vec();
            let record = FindingRecord {
                path: &words[5],
                member: if evidence[0] { &member } else { &[] },
                location: &location,
                category: Category::IIN,
                subtype: evidence[1].then_some("health"),
                rule: "iin",
                value: &words[0],
                confidence: hundredths as f32 / 100.0,
                evidence: all.iter().zip(evidence).filter(|e| e.1).map(|e| *e.0).collect::<EvidenceSet>(),
                alternatives: if evidence[2] { &[Category::BIN, Category::CARD] } else { &[] },
            };
            let mut ours = Vec::new();
            finding(&record, &mut ours);
            let theirs = serde_json::to_string(&record).unwrap();
            prop_assert_eq!(String::from_utf8(ours).unwrap(), format!("{{\"type\":\"finding\",{}\n", &theirs[1..]));
        }
    }
}

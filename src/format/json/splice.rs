use std::fmt::Write as _;
use std::sync::Arc;

use super::super::Splice;
use super::super::encoding::{Charset, Lack, Writer};
use super::super::instants;
use super::lex::is_number;
use crate::model::{Block, Edit, ReadError, Reason, SegmentKind};

/// Writes replacements with the escapes of JSON; a number that becomes a text gets quotes.
pub struct JsonSplice(pub Arc<Charset>);

impl Splice for JsonSplice {
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut writer = Writer::new(block, &self.0, Lack::Json, out);
        let mut k = 0;
        while k < edits.len() {
            let edit = &edits[k];
            let segment = block.segment_at(edit.start).map(|s| block.segments[s]);
            match segment {
                Some(s) if s.kind == SegmentKind::Number => {
                    let n = k + edits[k..].iter().take_while(|e| e.start < s.end).count().max(1);
                    let value = patched(block, s.start, s.end, &edits[k..n]);
                    let text = match is_number(value.as_bytes()) {
                        true => value,
                        false => format!("\"{}\"", escaped(&value)),
                    };
                    writer.replace(s.start, s.end, &text)?;
                    k = n;
                    continue;
                }
                // milliseconds again, and in quotes again where they stood in some
                Some(s) if s.kind == SegmentKind::Date => {
                    let n = k + edits[k..].iter().take_while(|e| e.start < s.end).count().max(1);
                    let value = patched(block, s.start, s.end, &edits[k..n]);
                    let millis = instants::millis_of(&value).ok_or_else(|| {
                        ReadError::new(Reason::NotWritable, "a date in milliseconds became something else")
                    })?;
                    writer.replace(s.start, s.end, &millis.to_string())?;
                    k = n;
                    continue;
                }
                // what follows a fault is plain text, and so are comments
                Some(s) if s.kind == SegmentKind::Prose => {
                    writer.replace(edit.start, edit.end, &edit.text)?
                }
                _ => writer.replace(edit.start, edit.end, &escaped(&edit.text))?,
            }
            k += 1;
        }
        writer.finish()
    }
}

/// The text from `start` to `end` with the edits in it applied.
pub fn patched(block: &Block, start: u32, end: u32, edits: &[Edit]) -> String {
    let piece =
        |a: u32, b: u32| String::from_utf8_lossy(block.text.get(a as usize..b as usize).unwrap_or_default());
    let (mut text, mut at) = (String::new(), start);
    for edit in edits {
        text.push_str(&piece(at, edit.start));
        text.push_str(&edit.text);
        at = edit.end;
    }
    text.push_str(&piece(at, end));
    text
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1F' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

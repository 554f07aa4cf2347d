use std::borrow::Cow;
use std::sync::Arc;

use super::super::Splice;
use super::super::encoding::{Charset, Lack, Writer};
use crate::model::{Block, Edit, ReadError, Segment, SegmentKind};

/// Writes replacements with the references and escapes of the place where they stand.
pub struct MarkupSplice(pub Arc<Charset>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    /// An attribute without quotes.
    Unquoted,
    Comment,
    CData,
    Script,
}

impl Splice for MarkupSplice {
    fn splice(&self, block: &Block, edits: &[Edit], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut writer = Writer::new(block, &self.0, Lack::Reference, out);
        for edit in edits {
            let segment = block.segment_at(edit.start).map(|s| block.segments[s]);
            let place = segment.map_or(Place::Text, |s| place(block, s));
            writer.replace(edit.start, edit.end, &escaped(&edit.text, place))?;
        }
        writer.finish()
    }
}

fn place(block: &Block, segment: Segment) -> Place {
    let before = block.text.get(..segment.start as usize).unwrap_or_default();
    if before.ends_with(b"<!--") {
        Place::Comment
    } else if before.ends_with(b"<![CDATA[") {
        Place::CData
    } else if segment.kind == SegmentKind::Meta && in_script(before) {
        Place::Script
    } else if before.last() == Some(&b'=') && segment.kind != SegmentKind::Prose {
        Place::Unquoted
    } else {
        Place::Text
    }
}

/// True right behind the tag of a script or style.
fn in_script(before: &[u8]) -> bool {
    let tag = memchr::memrchr(b'<', before).map_or(&[][..], |p| &before[p + 1..]);
    let name = tag.get(..5).map(<[u8]>::to_ascii_lowercase).unwrap_or_default();
    before.last() == Some(&b'>') && matches!(&name[..], b"scrip" | b"style")
}

fn escaped(text: &str, place: Place) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"', '\'', '\\', '-', ' ', '\n', '\t', ']']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match (place, c) {
            (Place::Comment, '-') if out.ends_with('-') => out.push_str(" -"),
            (Place::CData, '>') if out.ends_with("]]") => out.push_str("&gt;"),
            (Place::Comment | Place::CData, c) => out.push(c),
            (Place::Script, '"' | '\'' | '\\') => out.extend(['\\', c]),
            (Place::Script, '<') => out.push_str("\\u003c"),
            (Place::Script, '\n') => out.push_str("\\n"),
            (Place::Script, c) => out.push(c),
            (_, '<') => out.push_str("&lt;"),
            (_, '>') => out.push_str("&gt;"),
            (_, '&') => out.push_str("&amp;"),
            (_, '"') => out.push_str("&quot;"),
            (_, '\'') => out.push_str("&#39;"),
            (Place::Unquoted, ' ' | '\n' | '\t' | '=') => out.push_str(&format!("&#{};", c as u32)),
            (_, c) => out.push(c),
        }
    }
    Cow::Owned(out)
}

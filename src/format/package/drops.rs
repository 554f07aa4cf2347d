//! Relationships, content types and manifests: what refers to a part, so that a part can be left out.

use super::extract::{PartEdits, Sink};
use super::slots::{self, RawEdit, Slot, Stored};
use super::xml::{self, Attributes, Token, Tokens, attribute, local};
use crate::model::{Block, ColumnType, Field, ReadError, SegmentKind, Table};

/// One relationship of a part.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its id within the part.
    pub id: String,
    /// Last word of its type (`worksheet`, `sharedStrings`).
    pub kind: String,
    /// The part that it leads to, or a link to the outside.
    pub target: String,
    /// True for links to the outside.
    pub external: bool,
}

/// The relationships part of a part: `xl/workbook.xml -> xl/_rels/workbook.xml.rels`.
pub fn relations_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// A target as written in `rels` (the name of the relationships part) as the name of a part.
pub fn resolve(rels: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let folder = rels.rsplit_once("_rels/").map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

/// Reads a relationships part.
///
/// # Errors
/// `Damaged` XML.
pub fn relations(rels: &str, xml: &[u8]) -> Result<Vec<Relation>, ReadError> {
    let mut found = Vec::new();
    let mut tokens = Tokens::new(xml);
    while let Some(token) = tokens.next()? {
        if let Token::Start { name, at, end, .. } = token
            && local(name) == b"Relationship"
        {
            let get = |key: &[u8]| attribute(xml, at, end, key).map(xml::unescape).unwrap_or_default();
            let external = get(b"TargetMode") == "External";
            let target = get(b"Target");
            let kind = get(b"Type");
            found.push(Relation {
                id: get(b"Id"),
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: if external { target } else { resolve(rels, &target) },
                external,
            });
        }
    }
    Ok(found)
}

/// Shows the links of a relationships part to `sink`, and takes out what leads to `dropped` parts.
///
/// # Errors
/// `Damaged` XML, and whatever the sink answers.
pub fn edit_relations(
    rels: &str,
    xml: &[u8],
    dropped: &[String],
    sink: Sink<'_>,
) -> Result<PartEdits, ReadError> {
    let mut out = PartEdits::default();
    let mut block = Block { part: Some(rels.into()), first_row: 1, ..Block::default() };
    let mut places = Vec::new();
    let mut tokens = Tokens::new(xml);
    while let Some(token) = tokens.next()? {
        let Token::Start { name, at, end, .. } = token else { continue };
        if local(name) != b"Relationship" {
            continue;
        }
        let external = attribute(xml, at, end, b"TargetMode") == Some(b"External");
        let Some(target) = Attributes::new(xml, at, end).find(|a| a.name == b"Target") else { continue };
        let raw = &xml[target.start..target.end];
        if external {
            let mut text = Vec::new();
            slots::decode_into(raw, Stored::Uri, &mut text);
            if text.is_empty() {
                continue;
            }
            let start = block.text.len() as u32;
            let row = places.len() as u32;
            block.push(&String::from_utf8_lossy(&text), 0, row, SegmentKind::Meta);
            let end = block.text.len() as u32 - 1;
            places.push(Slot {
                raw_start: target.start,
                raw_end: target.end,
                start,
                end,
                stored: Stored::Uri,
            });
        } else if dropped.contains(&resolve(rels, &xml::unescape(raw))) {
            out.edits.push(RawEdit { start: at, end, bytes: Vec::new() });
        }
    }
    if !places.is_empty() {
        let fields = vec![Field { name: "link".to_owned(), ty: ColumnType::Unknown }];
        block.table = Some(std::sync::Arc::new(Table { id: 0, name: None, fields, named: false }));
        let edits = sink(&mut block)?;
        slots::raw_edits(xml, &places, &edits, &mut out.edits);
    }
    Ok(out)
}

/// Takes the entries of `dropped` parts out of `[Content_Types].xml` or an OpenDocument manifest.
///
/// # Errors
/// `Damaged` XML.
pub fn edit_list(xml: &[u8], dropped: &[String]) -> Result<Vec<RawEdit>, ReadError> {
    let mut edits = Vec::new();
    let mut tokens = Tokens::new(xml);
    let mut open = None;
    while let Some(token) = tokens.next()? {
        match token {
            Token::Start { name, at, end, empty } => {
                let key: &[u8] = match local(name) {
                    b"Override" => b"PartName",
                    b"file-entry" => b"full-path",
                    _ => continue,
                };
                let hit = attribute(xml, at, end, key)
                    .map(|v| xml::unescape(v).trim_start_matches('/').to_owned())
                    .is_some_and(|v| dropped.contains(&v));
                if hit && empty {
                    edits.push(RawEdit { start: at, end, bytes: Vec::new() });
                } else if hit {
                    open = Some((at, local(name)));
                }
            }
            Token::End { name, end, .. } => {
                if let Some((at, _)) = open.take_if(|o| o.1 == local(name)) {
                    edits.push(RawEdit { start: at, end, bytes: Vec::new() });
                }
            }
            _ => {}
        }
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        assert_eq!(
            resolve("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolve("xl/worksheets/_rels/s.xml.rels", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolve("_rels/.rels", "/word/document.xml"), "word/document.xml");
        assert_eq!(relations_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
    }

    #[test]
    fn a_dropped_part_is_no_longer_named() {
        let types =
            br#"<Types><Override PartName="/a/b.xml" ContentType="x"/><Override PartName="/c.xml"/></Types>"#;
        let mut edits = edit_list(types, &["a/b.xml".to_owned()]).unwrap();
        let mut out = Vec::new();
        slots::apply(types, &mut edits, &mut out);
        assert_eq!(out, br#"<Types><Override PartName="/c.xml"/></Types>"#);
    }
}

//! Parts of a package that are files of other formats: pictures, embedded documents, macros, fonts.

use std::io::Cursor;

use super::Package;
use crate::format::{MemberOutcome, Visitor};
use crate::model::{Block, NO_COLUMN, ReadError, SegmentKind};
use crate::source::Input;

/// A white picture of one pixel, in place of one that may not stand in the copy.
pub const BLANK_PNG: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63,
    0xF8, 0x0F, 0, 1, 1, 1, 0, 0xB1, 0x38, 0xF6, 0x14, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
    0x82,
];

/// What kind of file a part is, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A picture.
    Picture,
    /// A drawing that holds its words as strings.
    Vector,
    /// A document, an OLE object, anything with content of its own.
    File,
    /// Settings of a printer or control: strings in a binary structure.
    Strings,
    /// Fonts: nothing of a person.
    Font,
}

/// The kind of the part `name`, which is no XML.
pub fn kind(name: &str) -> Member {
    let lower = name.to_ascii_lowercase();
    let ext = lower.rsplit_once('.').map_or("", |(_, e)| e);
    match ext {
        "png" | "jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "ico" | "wdp" | "webp" | "svg" => {
            Member::Picture
        }
        "emf" | "wmf" | "svm" => Member::Vector,
        "ttf" | "odttf" | "fntdata" | "otf" => Member::Font,
        _ if lower.starts_with("objectreplacements/") => Member::Vector,
        _ if lower.contains("printersettings") || lower.contains("activex") => Member::Strings,
        _ => Member::File,
    }
}

/// Shows part `index` to `visitor` and puts its copy, or a blank in its place, into the package.
///
/// # Errors
/// Whatever stops the visitor, and parts that cannot be read.
pub fn visit(package: &mut Package, index: usize, visitor: &mut dyn Visitor) -> Result<(), ReadError> {
    let name = package.names().get(index).cloned().unwrap_or_default();
    let kind = kind(&name);
    if kind == Member::Font {
        return Ok(());
    }
    if matches!(kind, Member::Strings | Member::Vector) {
        return strings(package, index, &name, kind, visitor);
    }
    let bytes = package.read(index)?;
    if bytes.is_empty() {
        return Ok(());
    }
    let base = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let bytes: std::sync::Arc<[u8]> = bytes.into();
    let input = Input::memory(bytes.clone(), base);
    if !package.copying() {
        visitor.member(&name, input, None)?;
        return Ok(());
    }
    let mut out = Cursor::new(Vec::new());
    match visitor.member(&name, input, Some(&mut out))? {
        // the name stays, since relationships and content types lead to it; programs look at the content
        MemberOutcome::Copied { .. } => {
            if out.get_ref()[..] != bytes[..] {
                package.replace(index, out.get_ref())?;
            }
        }
        MemberOutcome::Scanned | MemberOutcome::LeftOut => {
            let blank = if kind == Member::Picture { BLANK_PNG } else { &[] };
            package.replace(index, blank)?;
        }
    }
    Ok(())
}

/// Looks at the UTF-16 and ASCII strings of a binary part; what must go is overwritten with blanks in place,
/// and a drawing becomes a blank picture.
fn strings(
    package: &mut Package,
    index: usize,
    name: &str,
    kind: Member,
    visitor: &mut dyn Visitor,
) -> Result<(), ReadError> {
    let mut bytes = package.read(index)?;
    let mut block = Block { part: Some(name.into()), first_row: 1, ..Block::default() };
    let mut places = Vec::new();
    for (start, end, wide) in runs(&bytes) {
        let text = if wide {
            encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes[start..end]).0.into_owned()
        } else {
            String::from_utf8_lossy(&bytes[start..end]).into_owned()
        };
        block.push(&text, NO_COLUMN, places.len() as u32, SegmentKind::Meta);
        places.push((start, end, wide));
    }
    if places.is_empty() {
        return Ok(());
    }
    let edits = visitor.block(&mut block)?;
    for edit in &edits {
        let Some(k) = block.segment_at(edit.start) else { continue };
        let Some((start, end, wide)) = places.get(k) else { continue };
        if *wide {
            for pair in bytes[*start..*end].chunks_exact_mut(2) {
                pair.copy_from_slice(b" \0");
            }
        } else {
            bytes[*start..*end].fill(b' ');
        }
    }
    if !edits.is_empty() {
        package.replace(index, if kind == Member::Vector { BLANK_PNG } else { &bytes })?;
    }
    Ok(())
}

/// Puts a blank picture in place of part `index`.
///
/// # Errors
/// Where the changed part cannot be kept.
pub fn blank(package: &mut Package, index: usize) -> Result<(), ReadError> {
    package.replace(index, BLANK_PNG)
}

/// Runs of at least four characters, as UTF-16LE (Latin and Cyrillic) or ASCII: `(start, end, wide)`.
pub fn runs(bytes: &[u8]) -> Vec<(usize, usize, bool)> {
    let wide = |i: usize| {
        matches!((bytes.get(i), bytes.get(i + 1)), (Some(0x20..=0x7E), Some(0)) | (Some(_), Some(4)))
    };
    let mut found = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let mut end = i;
        while wide(end) {
            end += 2;
        }
        if end - i >= 8 {
            found.push((i, end, true));
            i = end;
            continue;
        }
        end = i;
        while bytes.get(end).is_some_and(|b| (0x20..=0x7E).contains(b)) {
            end += 1;
        }
        if end - i >= 4 {
            found.push((i, end, false));
            i = end;
        } else {
            i += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_both_widths() {
        let mut bytes = vec![1, 2, 3];
        for u in "Принтер 5".encode_utf16() {
            bytes.extend_from_slice(&u.to_le_bytes());
        }
        bytes.extend_from_slice(b"\0\0\x01plain\0ab\0");
        let found = runs(&bytes);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], (3, 21, true));
        assert_eq!(&bytes[found[1].0..found[1].1], b"plain");
    }
}

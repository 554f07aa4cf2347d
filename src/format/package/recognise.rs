//! Which package stands in a zip file, told from the local headers in its first bytes.

use memchr::memmem;

/// The kinds of package that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Word processing, Office Open XML.
    Docx,
    /// Spreadsheet, Office Open XML.
    Xlsx,
    /// Spreadsheet with binary parts.
    Xlsb,
    /// Presentation, Office Open XML.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument presentation or drawing.
    Odp,
}

/// What `head` says, with how sure that is (0 to 100).
pub fn recognise(head: &[u8], name: &str) -> Option<(Kind, u8)> {
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let (mut kind, mut frame) = (None, false);
    for at in memmem::find_iter(head, b"PK\x03\x04") {
        let Some(entry) = entry(head, at) else { continue };
        let (path, data) = entry;
        if path == b"mimetype" {
            if let Some(kind) = open_document(data) {
                return Some((kind, 98));
            }
            continue;
        }
        let known = match path {
            p if p.ends_with(b"xl/workbook.bin") => Some(Kind::Xlsb),
            p if p.starts_with(b"xl/worksheets/") && p.ends_with(b".bin") => Some(Kind::Xlsb),
            p if p.starts_with(b"xl/") => Some(Kind::Xlsx),
            p if p.starts_with(b"word/") => Some(Kind::Docx),
            p if p.starts_with(b"ppt/") => Some(Kind::Pptx),
            _ => None,
        };
        frame |= path.starts_with(b"[Content_Types]")
            || path.starts_with(b"_rels/.rels")
            || path.starts_with(b"docProps/")
            || matches!(
                path,
                b"word/document.xml" | b"xl/workbook.xml" | b"xl/workbook.bin" | b"ppt/presentation.xml"
            )
            || path.ends_with(b".xml.rels");
        if kind.is_none() || known == Some(Kind::Xlsb) {
            kind = known.or(kind);
        }
    }
    if let Some(kind) = kind.filter(|_| frame) {
        return Some((kind, 95));
    }
    // only the frame is seen: the parts that tell stand further on
    let by_name = match name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).as_deref() {
        Some("docx" | "docm" | "dotx" | "dotm") => Kind::Docx,
        Some("xlsx" | "xlsm" | "xltx" | "xltm") => Kind::Xlsx,
        Some("xlsb") => Kind::Xlsb,
        Some("pptx" | "pptm" | "ppsx" | "potx") => Kind::Pptx,
        Some("odt" | "ott" | "fodt") => Kind::Odt,
        Some("ods" | "ots") => Kind::Ods,
        Some("odp" | "otp" | "odg") => Kind::Odp,
        _ => return None,
    };
    Some((by_name, if frame { 90 } else { 70 }))
}

fn entry(head: &[u8], at: usize) -> Option<(&[u8], &[u8])> {
    let two = |o: usize| Some(u16::from_le_bytes([*head.get(at + o)?, *head.get(at + o + 1)?]) as usize);
    let (name, extra) = (two(26)?, two(28)?);
    let path = head.get(at + 30..at + 30 + name)?;
    Some((path, head.get(at + 30 + name + extra..).unwrap_or_default()))
}

fn open_document(mime: &[u8]) -> Option<Kind> {
    let rest = mime.strip_prefix(b"application/vnd.oasis.opendocument.")?;
    if rest.starts_with(b"text") {
        Some(Kind::Odt)
    } else if rest.starts_with(b"spreadsheet") {
        Some(Kind::Ods)
    } else if rest.starts_with(b"presentation") || rest.starts_with(b"graphics") {
        Some(Kind::Odp)
    } else {
        None
    }
}

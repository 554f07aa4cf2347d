//! Formats known by their first bytes that no reader takes, so that the ledger can name them.

use memchr::memmem;

use crate::model::Reason;

/// Offset, bytes, name. From the formats' own specifications.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "pdf"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\x1f\x8b", "gz"),
    (0, b"BZh", "bz2"),
    (0, b"\xFD7zXZ\0", "xz"),
    (0, b"\x28\xB5\x2F\xFD", "zst"),
    (0, b"\x04\x22\x4D\x18", "lz4"),
    (0, b"7z\xBC\xAF\x27\x1C", "7z"),
    (0, b"Rar!\x1A\x07", "rar"),
    (257, b"ustar", "tar"),
    (0, b"MSCF\0\0\0\0", "cab"),
    (32769, b"CD001", "iso"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"PAR1", "parquet"),
    (0, b"ARROW1", "arrow"),
    (0, b"FEA1", "feather"),
    (0, b"Obj\x01", "avro"),
    (0, b"ORC", "orc"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"PGDMP", "pg_dump"),
    (4, b"Standard Jet DB", "mdb"),
    (4, b"Standard ACE DB", "accdb"),
    (0, b"!BDN", "pst"),
    (0, b"1CDBMSV8", "1cd"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xFF\xD8\xFF", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (8, b"WEBP", "webp"),
    (0, b"8BPS", "psd"),
    (0, b"AT&TFORM", "djvu"),
    (4, b"ftyp", "mp4"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (8, b"WAVE", "wav"),
    (8, b"AVI ", "avi"),
    (0, b"\x1A\x45\xDF\xA3", "mkv"),
    (0, b"\x7FELF", "elf"),
    (0, b"\xCA\xFE\xBA\xBE", "java_class"),
    (0, b"\0asm", "wasm"),
];

/// The name of a format whose signature `head` carries, and the reason why it is not inspected.
pub fn known(head: &[u8]) -> Option<(&'static str, Reason)> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some((inside_zip(head), Reason::UnsupportedFormat));
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        let id = inside_ole(head);
        let locked = id == "encrypted_office";
        return Some((id, if locked { Reason::Encrypted } else { Reason::UnsupportedFormat }));
    }
    if is_executable(head) {
        return Some(("exe", Reason::UnsupportedFormat));
    }
    SIGNATURES
        .iter()
        .find(|(at, bytes, _)| head.get(*at..at + bytes.len()) == Some(*bytes))
        .filter(|(_, bytes, _)| bytes.len() > 3 || !plain(head))
        .map(|(_, _, id)| (*id, Reason::UnsupportedFormat))
}

/// Short signatures (`ORC`, `BZh`, `ID3`) can begin a text as well: text has no control characters.
fn plain(head: &[u8]) -> bool {
    !head.iter().take(512).any(|b| *b < 9)
}

fn is_executable(head: &[u8]) -> bool {
    // the old header holds at 0x3C where the new one begins (Microsoft PE specification, 2)
    let at = head.get(0x3C..0x40).and_then(|b| Some(u32::from_le_bytes(b.try_into().ok()?) as usize));
    head.starts_with(b"MZ") && at.and_then(|at| head.get(at..at.checked_add(2)?)) == Some(b"PE")
}

fn inside_zip(head: &[u8]) -> &'static str {
    let holds = |needle: &[u8]| memmem::find(head, needle).is_some();
    for (mark, id) in [
        (&b"mimetypeapplication/vnd.oasis.opendocument.text"[..], "odt"),
        (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "ods"),
        (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "odp"),
        (b"mimetypeapplication/epub", "epub"),
        (b"word/document", "docx"),
        (b"ppt/presentation", "pptx"),
        (b"xl/workbook.bin", "xlsb"),
        (b"xl/workbook", "xlsx"),
        (b"META-INF/MANIFEST.MF", "jar"),
    ] {
        if holds(mark) {
            return id;
        }
    }
    "zip"
}

fn inside_ole(head: &[u8]) -> &'static str {
    let utf16 = |s: &str| s.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (stream, id) in [
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book\0", "xls"),
        ("PowerPoint Document", "ppt"),
        ("__properties_version1.0", "msg"),
        ("EncryptedPackage", "encrypted_office"),
    ] {
        if memmem::find(head, &utf16(stream)).is_some() {
            return id;
        }
    }
    "ole"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_signatures_need_binary_bytes() {
        assert_eq!(known(b"ORC is a creature of tales"), None);
        assert_eq!(known(b"ORC\x00\x01\x02").map(|k| k.0), Some("orc"));
    }

    #[test]
    fn packages_are_told_apart() {
        assert_eq!(known(b"PK\x03\x04....word/document.xml").map(|k| k.0), Some("docx"));
        assert_eq!(known(b"PK\x03\x04....a.txt").map(|k| k.0), Some("zip"));
    }
}

//! Binary workbooks of Excel 2007 before its release: the record of a sheet has four bytes more than MS-XLSB tells.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The part that names the sheets.
const BOOK: &str = "xl/workbook.bin";
/// It is held in memory.
const MOST: u64 = 16 << 20;
/// The record of a sheet, BrtBundleSh: state, number and relation, MS-XLSB 2.4.309.
const SHEET: u16 = 0x9C;

/// The package with such records shortened; as it is where there are none.
pub fn mended(bytes: Arc<[u8]>) -> Arc<[u8]> {
    mend(&bytes).map_or(bytes, Arc::from)
}

fn mend(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut book = Vec::new();
    package.by_name(BOOK).ok()?.take(MOST).read_to_end(&mut book).ok()?;
    let short = shortened(&book)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..package.len() {
        let part = package.by_index_raw(n).ok()?;
        if part.name_raw() == BOOK.as_bytes() {
            writer.start_file(BOOK, SimpleFileOptions::default()).ok()?;
            writer.write_all(&short).ok()?;
        } else {
            writer.raw_copy_file(part).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The records of a workbook with those of sheets shortened; `None` where none is of the old form.
fn shortened(book: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut at, mut found) = (Vec::with_capacity(book.len()), 0, false);
    while at < book.len() {
        let (kind, head) = number(&book[at..], 2)?;
        let (len, size) = number(&book[at + head..], 4)?;
        let start = at + head + size;
        let body = book.get(start..start + len as usize)?;
        if kind == u32::from(SHEET) && !fits(body, 8) && fits(body, 12) {
            found = true;
            out.extend_from_slice(&book[at..at + head]);
            let mut rest = len - 4;
            while rest >= 0x80 {
                out.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            out.push(rest as u8);
            out.extend_from_slice(&body[..4]);
            out.extend_from_slice(&body[8..]);
        } else {
            out.extend_from_slice(&book[at..start + len as usize]);
        }
        at = start + len as usize;
    }
    found.then_some(out)
}

/// A number in groups of seven bits, of at most so many bytes, and how many it has.
fn number(bytes: &[u8], most: usize) -> Option<(u32, usize)> {
    let mut value = 0;
    for k in 0..most {
        let byte = *bytes.get(k)?;
        value |= u32::from(byte & 0x7F) << (7 * k);
        if byte < 0x80 || k + 1 == most {
            return Some((value, k + 1));
        }
    }
    None
}

/// Whether the relation and the name, each behind its number of characters, fill a record from `at` on.
fn fits(body: &[u8], at: usize) -> bool {
    let word =
        |at: usize| body.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let behind = |at: usize| match word(at)? {
        0xFFFF_FFFF => Some(at + 4),
        n => n.checked_mul(2)?.checked_add(at + 4),
    };
    behind(at).and_then(behind) == Some(body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(extra: bool) -> Vec<u8> {
        let mut body = vec![0; 4];
        if extra {
            body.extend([0; 4]);
        }
        body.extend(1u32.to_le_bytes());
        for text in ["rId1", "Люди"] {
            body.extend(4u32.to_le_bytes());
            text.encode_utf16().for_each(|c| body.extend(c.to_le_bytes()));
        }
        let mut all = vec![0x83, 0x01, 0x00, 0x9C, 0x01, body.len() as u8];
        all.extend(body);
        all.extend([0x84, 0x01, 0x00]);
        all
    }

    #[test]
    fn records_of_sheets_become_those_of_the_release() {
        assert_eq!(shortened(&record(true)), Some(record(false)));
        assert_eq!(shortened(&record(false)), None);
        let whole = record(true);
        assert!((0..whole.len() - 3).all(|cut| shortened(&whole[..cut]).is_none()));
    }

    #[test]
    fn the_package_is_kept_but_for_them() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [("a.xml", b"<a/>".to_vec()), (BOOK, record(true)), ("b.bin", vec![7; 99])] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
        let bytes: Arc<[u8]> = writer.finish().unwrap().into_inner().into();
        let mut package = ZipArchive::new(Cursor::new(mended(bytes))).unwrap();
        for (name, content) in [("a.xml", b"<a/>".to_vec()), (BOOK, record(false)), ("b.bin", vec![7; 99])] {
            let mut found = Vec::new();
            package.by_name(name).unwrap().read_to_end(&mut found).unwrap();
            assert_eq!(found, content, "{name}");
        }
        let other: Arc<[u8]> = Arc::from(&b"no package"[..]);
        assert_eq!(mended(Arc::clone(&other)), other);
    }
}

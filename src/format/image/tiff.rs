//! TIFF 6.0, and EXIF, which is a TIFF file without pixels.

use super::{Parsed, jpeg};
use crate::model::{ReadError, Reason};

/// Directories in one file, against loops.
const DIRECTORIES: usize = 4096;

/// Tags that are needed to show the pixels (TIFF 6.0, TIFF supplements, JPEG in TIFF, GeoTIFF's grid).
const KEPT: &[u16] = &[
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284,
    286, 287, 288, 289, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326,
    327, 328, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521,
    529, 530, 531, 532, 33421, 33422, 33550, 33922, 34675,
];

/// Names of the tags whose texts people fill (TIFF 6.0, EXIF 2.32, Windows Explorer's own).
const NAMES: &[(u16, &str)] = &[
    (269, "DocumentName"),
    (270, "ImageDescription"),
    (271, "Make"),
    (272, "Model"),
    (285, "PageName"),
    (305, "Software"),
    (306, "DateTime"),
    (315, "Artist"),
    (316, "HostComputer"),
    (33432, "Copyright"),
    (36867, "DateTimeOriginal"),
    (37510, "UserComment"),
    (40091, "XPTitle"),
    (40092, "XPComment"),
    (40093, "XPAuthor"),
    (40094, "XPKeywords"),
    (40095, "XPSubject"),
    (42032, "CameraOwnerName"),
    (42033, "BodySerialNumber"),
    (42037, "LensSerialNumber"),
    (700, "XMP"),
];

struct Reader<'a> {
    bytes: &'a [u8],
    big: bool,
}

/// One entry of a directory: where it stands and where its value does.
struct Entry {
    tag: u16,
    kind: u16,
    count: usize,
    at: usize,
    value: usize,
    length: usize,
}

impl Reader<'_> {
    fn new(bytes: &[u8]) -> Option<Reader<'_>> {
        match bytes.get(..4)? {
            b"II*\0" => Some(Reader { bytes, big: false }),
            b"MM\0*" => Some(Reader { bytes, big: true }),
            _ => None,
        }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let b = self.bytes.get(at..at.checked_add(2)?)?;
        Some(if self.big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let b = self.bytes.get(at..at.checked_add(4)?)?;
        let b = [b[0], b[1], b[2], b[3]];
        Some(if self.big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) })
    }

    /// The entries of the directory at `at`, and the offset of the next one.
    fn directory(&self, at: usize) -> Option<(Vec<Entry>, usize)> {
        let count = usize::from(self.u16(at)?);
        let mut entries = Vec::with_capacity(count.min(512));
        for n in 0..count {
            let at = at + 2 + 12 * n;
            let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.u32(at + 4)? as usize);
            let size = match kind {
                1 | 2 | 6 | 7 => 1,
                3 | 8 => 2,
                4 | 9 | 11 | 13 => 4,
                5 | 10 | 12 => 8,
                _ => continue,
            };
            let length = count.checked_mul(size)?;
            let value = if length <= 4 { at + 8 } else { self.u32(at + 8)? as usize };
            if value.checked_add(length).is_some_and(|end| end <= self.bytes.len()) {
                entries.push(Entry { tag, kind, count, at, value, length });
            }
        }
        let next = self.u32(at + 2 + 12 * count).unwrap_or(0) as usize;
        Some((entries, next))
    }

    fn value<'b>(&'b self, entry: &Entry) -> &'b [u8] {
        self.bytes.get(entry.value..entry.value + entry.length).unwrap_or_default()
    }

    /// Whole numbers of an entry, such as the offsets of strips.
    fn numbers(&self, entry: &Entry) -> Vec<usize> {
        (0..entry.count)
            .map_while(|n| match entry.kind {
                3 => self.u16(entry.value + 2 * n).map(usize::from),
                4 | 13 => self.u32(entry.value + 4 * n).map(|v| v as usize),
                _ => None,
            })
            .collect()
    }

    fn rationals(&self, entry: &Entry) -> Vec<f64> {
        (0..entry.count.min(16))
            .map_while(|n| {
                let (top, bottom) = (self.u32(entry.value + 8 * n)?, self.u32(entry.value + 8 * n + 4)?);
                Some(f64::from(top) / f64::from(bottom.max(1)))
            })
            .collect()
    }

    /// Shows the texts of one entry.
    fn show(&self, entry: &Entry, parsed: &mut Parsed) {
        let value = self.value(entry);
        let own;
        let name = match NAMES.iter().find(|n| n.0 == entry.tag) {
            Some((_, name)) => *name,
            None => {
                own = format!("tag {}", entry.tag);
                &own
            }
        };
        match entry.tag {
            // Windows writes UTF-16
            40091..=40095 => {
                parsed.text(name, &encoding_rs::UTF_16LE.decode_without_bom_handling(value).0);
            }
            // the first eight bytes name the character set
            37510 => {
                let text = value.get(8..).unwrap_or_default();
                if value.starts_with(b"UNICODE\0") {
                    let set = if self.big { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
                    parsed.text(name, &set.decode_without_bom_handling(text).0);
                } else {
                    parsed.bytes(name, text);
                }
            }
            33723 => jpeg::iptc(value, parsed),
            34377 => jpeg::resources(value, parsed),
            _ if entry.kind == 2 || entry.tag == 700 => parsed.bytes(name, value),
            _ => {}
        }
    }

    /// Shows where the picture was taken (EXIF 2.32, GPS attributes).
    fn place(&self, at: usize, parsed: &mut Parsed) {
        let Some((entries, _)) = self.directory(at) else { return };
        let find = |tag: u16| entries.iter().find(|e| e.tag == tag);
        let degrees = |value: u16, side: u16| {
            let parts = self.rationals(find(value)?);
            let angle =
                parts.first()? + parts.get(1).unwrap_or(&0.0) / 60.0 + parts.get(2).unwrap_or(&0.0) / 3600.0;
            let negative = find(side).is_some_and(|e| matches!(self.value(e).first(), Some(b'S' | b'W')));
            Some(if negative { -angle } else { angle })
        };
        if let (Some(latitude), Some(longitude)) = (degrees(2, 1), degrees(4, 3)) {
            parsed.text("GPS coordinates", &format!("{latitude:.6}, {longitude:.6}"));
        }
        for entry in entries.iter().filter(|e| e.kind == 2 && e.count > 2) {
            parsed.bytes(&format!("GPS {}", entry.tag), self.value(entry));
        }
    }
}

/// Shows what an EXIF segment says; answers its orientation.
pub(super) fn exif(bytes: &[u8], parsed: &mut Parsed) -> Option<u16> {
    let Some(reader) = Reader::new(bytes) else {
        parsed.unread.push((Reason::Damaged, "EXIF"));
        return None;
    };
    let mut orientation = None;
    // only the directories of the chain tell where the next one is; programs leave that out in inner ones
    let mut todo = vec![(reader.u32(4)? as usize, true)];
    let mut seen = Vec::new();
    while let Some((at, chained)) = todo.pop() {
        if at == 0 || seen.contains(&at) || seen.len() >= DIRECTORIES {
            continue;
        }
        seen.push(at);
        let Some((entries, next)) = reader.directory(at) else {
            parsed.unread.push((Reason::Damaged, "EXIF"));
            continue;
        };
        if chained {
            todo.push((next, true));
        }
        for entry in &entries {
            match entry.tag {
                274 if orientation.is_none() => orientation = reader.u16(entry.value),
                34665 | 40965 => todo.extend(reader.u32(entry.value).map(|n| (n as usize, false))),
                34853 => {
                    if let Some(at) = reader.u32(entry.value) {
                        reader.place(at as usize, parsed);
                    }
                }
                _ => reader.show(entry, parsed),
            }
        }
    }
    orientation
}

/// Where the directories of the pages stand, in order; damage ends the list.
#[cfg(feature = "ocr")]
pub(super) fn pages(bytes: &[u8]) -> Vec<u32> {
    let mut found = Vec::new();
    let Some(reader) = Reader::new(bytes) else { return found };
    let mut at = reader.u32(4).unwrap_or(0);
    while at != 0 && !found.contains(&at) && found.len() < DIRECTORIES {
        let Some((_, next)) = reader.directory(at as usize) else { break };
        found.push(at);
        at = u32::try_from(next).unwrap_or(0);
    }
    found
}

/// Walks all directories. The copy keeps the layout: values of tags that no viewer needs, and everything that
/// no directory points at, become zeros.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, ReadError> {
    let reader = Reader::new(bytes).ok_or_else(|| ReadError::damaged("tiff header"))?;
    let mut parsed = Parsed::default();
    let mut kept: Vec<(usize, usize)> = vec![(0, 8)];
    let mut dropped: Vec<&Entry> = Vec::new();
    let mut directories = Vec::new();
    let mut todo =
        vec![reader.u32(4).ok_or_else(|| ReadError::new(Reason::Truncated, "tiff header"))? as usize];
    let mut seen = Vec::new();
    while let Some(at) = todo.pop() {
        if at == 0 || seen.contains(&at) {
            continue;
        }
        if seen.len() >= DIRECTORIES {
            return Err(ReadError::limit(format!("more than {DIRECTORIES} directories")));
        }
        seen.push(at);
        let (entries, next) =
            reader.directory(at).ok_or_else(|| ReadError::damaged(format!("tiff directory at {at}")))?;
        todo.push(next);
        let count = usize::from(reader.u16(at).unwrap_or(0));
        kept.push((at, at + 6 + 12 * count));
        for entry in &entries {
            match entry.tag {
                330 => todo.extend(reader.numbers(entry)),
                34853 => {
                    if let Some(at) = reader.u32(entry.value) {
                        reader.place(at as usize, &mut parsed);
                    }
                }
                34665 => {
                    if let Some((inner, _)) =
                        reader.u32(entry.value).and_then(|at| reader.directory(at as usize))
                    {
                        inner.iter().for_each(|e| reader.show(e, &mut parsed));
                    }
                }
                _ => reader.show(entry, &mut parsed),
            }
            if KEPT.contains(&entry.tag) {
                kept.push((entry.value, entry.value + entry.length));
            }
        }
        for (offsets, lengths) in [(273, 279), (324, 325), (513, 514), (288, 289)] {
            let get = |tag: u16| {
                entries.iter().find(|e| e.tag == tag).map(|e| reader.numbers(e)).unwrap_or_default()
            };
            kept.extend(get(offsets).iter().zip(get(lengths)).map(|(at, n)| (*at, at.saturating_add(n))));
        }
        directories.push(entries);
    }
    for entry in directories.iter().flatten() {
        if !KEPT.contains(&entry.tag) {
            dropped.push(entry);
        }
    }
    let mut copy = vec![0; bytes.len()];
    for (start, end) in kept {
        if let (Some(to), Some(from)) =
            (copy.get_mut(start..end.min(bytes.len())), bytes.get(start..end.min(bytes.len())))
        {
            to.copy_from_slice(from);
        }
    }
    for entry in dropped {
        // the entry stays, so that the directory keeps its order, and says one zero byte
        if let Some(rest) = copy.get_mut(entry.at + 2..entry.at + 12) {
            rest.fill(0);
            let (kind, count) = (1u16, 1u32);
            let (kind, count) = if reader.big {
                (kind.to_be_bytes(), count.to_be_bytes())
            } else {
                (kind.to_le_bytes(), count.to_le_bytes())
            };
            rest[..2].copy_from_slice(&kind);
            rest[2..6].copy_from_slice(&count);
        }
    }
    parsed.copy = copy;
    Ok(parsed)
}

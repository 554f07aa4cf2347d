//! Pictures: what stands beside the pixels (EXIF, XMP, IPTC, comments) is read, and left out of the copy.
//!
//! Pixels are not looked at; the ledger says so, unless an installed `tesseract` is asked to read them: then what
//! it finds is painted over in the copy.

mod chunks;
mod jpeg;
#[cfg(feature = "ocr")]
mod ocr;
#[cfg(feature = "ocr")]
mod pixels;
mod tiff;

use std::sync::Arc;

use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, Field, ReadError, Reason, SegmentKind, Table};
use crate::source::Input;

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Gif,
    Webp,
    Tiff,
}

/// The pictures of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Image(Kind);

/// The format `jpeg`.
pub const JPEG: Image = Image(Kind::Jpeg);
/// The format `png`.
pub const PNG: Image = Image(Kind::Png);
/// The format `gif`.
pub const GIF: Image = Image(Kind::Gif);
/// The format `webp`.
pub const WEBP: Image = Image(Kind::Webp);
/// The format `tiff`.
pub const TIFF: Image = Image(Kind::Tiff);

/// Largest picture that is taken into memory.
const MOST: u64 = 512 << 20;

impl Format for Image {
    fn id(&self) -> &'static str {
        match self.0 {
            Kind::Jpeg => "jpeg",
            Kind::Png => "png",
            Kind::Gif => "gif",
            Kind::Webp => "webp",
            Kind::Tiff => "tiff",
        }
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let yes = match self.0 {
            Kind::Jpeg => head.starts_with(b"\xFF\xD8\xFF"),
            Kind::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Kind::Gif => head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
            Kind::Webp => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
            Kind::Tiff => head.starts_with(b"II*\0") || head.starts_with(b"MM\0*"),
        };
        if yes { 98 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_bytes(MOST)?;
        Ok(Opened::Document(Box::new(Picture { kind: self.0, bytes, limits: Arc::clone(limits) })))
    }
}

struct Picture {
    kind: Kind,
    bytes: Arc<[u8]>,
    limits: Arc<Limits>,
}

/// What was found beside the pixels, and the picture without it.
#[derive(Default)]
struct Parsed {
    /// Name and text of each piece.
    texts: Vec<(String, String)>,
    copy: Vec<u8>,
    /// What could not be read; the copy does without it.
    unread: Vec<(Reason, &'static str)>,
}

impl Parsed {
    fn text(&mut self, name: &str, text: &str) {
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        if !text.is_empty() {
            self.texts.push((name.to_owned(), text.to_owned()));
        }
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let text = super::eml::charset::Charset::guess(bytes).decode(bytes);
        self.text(name, &text);
    }
}

/// A picture of fewer pixels in height or width holds no writing: a letter needs five.
const TINY: u32 = 5;

impl Picture {
    /// True where the pixels cannot hold writing, as those of the blank picture in place of one that was left out.
    fn is_tiny(&self) -> bool {
        let side = |at: usize| {
            let b = self.bytes.get(at..at + 4)?;
            Some(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
        };
        // PNG says its size in its first chunk, and everything in it stays inside
        self.kind == Kind::Png
            && self.bytes.get(12..16) == Some(b"IHDR")
            && side(16).zip(side(20)).is_some_and(|(w, h)| w.min(h) < TINY)
    }
}

impl Picture {
    /// Without a reader of pixels the ledger says that they were not looked at.
    #[cfg(not(feature = "ocr"))]
    fn pixels(&self, _: &mut dyn Visitor, _: bool, info: &mut Info) -> Result<Option<Vec<u8>>, ReadError> {
        let _ = &self.limits;
        info.partly.push((Reason::NeedsOcr, "pixels".to_owned()));
        Ok(None)
    }

    /// Shows the text in the pixels; answers the picture with what must not stay painted over.
    #[cfg(feature = "ocr")]
    fn pixels(
        &self,
        visitor: &mut dyn Visitor,
        copy: bool,
        info: &mut Info,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        if !self.limits.ocr {
            info.partly.push((Reason::NeedsOcr, "pixels".to_owned()));
            return Ok(None);
        }
        let pages = match pixels::Pages::new(self.kind, &self.bytes) {
            Ok(pages) => pages,
            Err(e) => {
                info.partly.push((e.reason, "pixels".to_owned()));
                return Ok(None);
            }
        };
        if pages.moves() {
            info.partly
                .push((Reason::UnsupportedFormat, "pictures of an animation after the first".to_owned()));
        }
        let started = std::time::Instant::now();
        let mut areas: Vec<Vec<pixels::Area>> = vec![Vec::new(); pages.len()];
        for (number, areas) in areas.iter_mut().enumerate() {
            let place =
                if pages.len() > 1 { format!("pixels of page {}", number + 1) } else { "pixels".to_owned() };
            if number > 0 && started.elapsed() > self.limits.time {
                info.partly.push((Reason::LimitReached, place));
                break;
            }
            let read = pages.page(number).and_then(|page| pixels::for_reading(&page));
            let read = read.map_err(|e| e.reason).and_then(|png| ocr::read(&png, &self.limits));
            let reading = match read {
                Ok(reading) => reading,
                Err(reason) => {
                    info.partly.push((reason, place));
                    continue;
                }
            };
            let mut block = Block::prose(&reading.text);
            block.map = crate::model::OffsetMap::None;
            block.line = 0;
            block.page = (pages.len() > 1).then_some(number as u32 + 1);
            block.part = Some("text in the picture".into());
            for edit in visitor.block(&mut block)? {
                areas.extend(reading.areas(edit.start, edit.end));
            }
        }
        if !copy || areas.iter().all(Vec::is_empty) {
            return Ok(None);
        }
        pages.painted(&areas).map(Some)
    }
}

impl Document for Picture {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let parsed = match self.kind {
            Kind::Jpeg => jpeg::parse(&self.bytes)?,
            Kind::Png => chunks::png(&self.bytes)?,
            Kind::Gif => chunks::gif(&self.bytes)?,
            Kind::Webp => chunks::webp(&self.bytes)?,
            Kind::Tiff => tiff::parse(&self.bytes)?,
        };
        let mut info = Info::default();
        if !parsed.texts.is_empty() {
            let fields =
                parsed.texts.iter().map(|(name, _)| Field { name: name.clone(), ..Field::default() });
            let table = Table { fields: fields.collect(), named: true, ..Table::default() };
            let mut block = Block {
                table: Some(Arc::new(table)),
                part: Some("metadata".into()),
                first_row: 1,
                ..Block::default()
            };
            for (column, (_, text)) in parsed.texts.iter().enumerate() {
                block.push(text, column as u32, 0, SegmentKind::Meta);
            }
            // the copy has none of them, whatever is in them
            visitor.block(&mut block)?;
        }
        for (reason, what) in &parsed.unread {
            info.partly.push((*reason, (*what).to_owned()));
        }
        let mut copy = parsed.copy;
        if !self.is_tiny()
            && let Some(painted) = self.pixels(visitor, out.is_some(), &mut info)?
        {
            copy = painted;
        }
        if let Some(out) = out {
            out.write_all(&copy)?;
            out.flush()?;
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests;

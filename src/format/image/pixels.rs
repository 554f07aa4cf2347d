//! Pixels of pictures: taken apart for a reader of texts, and written again with parts of them painted over.

use std::io::Cursor;

use image::codecs::{gif, jpeg, png, webp};
use image::{
    AnimationDecoder, DynamicImage, GenericImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Rgba,
};
use tiff::encoder::{Compression, TiffEncoder, colortype};

use super::{Kind, tiff as directories};
use crate::format::members;
use crate::model::{ReadError, Reason};

/// Most memory of one picture.
const MEMORY: u64 = 1 << 30;

/// Quality of a JPEG that is written again.
const QUALITY: u8 = 90;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Area {
    /// True where two have pixels in common.
    pub(super) fn overlaps(self, other: Area) -> bool {
        let meet = |a: u32, b: u32, c: u32, d: u32| a < c.saturating_add(d) && c < a.saturating_add(b);
        meet(self.left, self.width, other.left, other.width)
            && meet(self.top, self.height, other.top, other.height)
    }
}

/// The pages of a picture: a fax has several.
pub(super) struct Pages<'a> {
    kind: Kind,
    bytes: &'a [u8],
    /// Where the directories of a TIFF stand.
    directories: Vec<u32>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(kind: Kind, bytes: &'a [u8]) -> Result<Pages<'a>, ReadError> {
        let directories = if kind == Kind::Tiff { directories::pages(bytes) } else { vec![0] };
        if directories.is_empty() {
            return Err(members::broken("picture"));
        }
        Ok(Pages { kind, bytes, directories })
    }

    pub(super) fn len(&self) -> usize {
        self.directories.len()
    }

    /// The pixels of one page, as a viewer shows them.
    pub(super) fn page(&self, number: usize) -> Result<DynamicImage, ReadError> {
        let of_page;
        let bytes = match (self.kind, self.directories.get(number)) {
            // a reader takes the first directory: each page is put there in turn
            (Kind::Tiff, Some(at)) => {
                let mut bytes = self.bytes.to_vec();
                let big = bytes.starts_with(b"MM");
                let place = if big { at.to_be_bytes() } else { at.to_le_bytes() };
                bytes.get_mut(4..8).ok_or_else(|| members::broken("picture"))?.copy_from_slice(&place);
                of_page = bytes;
                &of_page[..]
            }
            _ => self.bytes,
        };
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format(self.kind));
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(failed)?;
        let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut pixels = DynamicImage::from_decoder(decoder).map_err(failed)?;
        pixels.apply_orientation(orientation);
        Ok(pixels)
    }

    /// True where there is more than the first picture.
    pub(super) fn moves(&self) -> bool {
        let from = || Cursor::new(self.bytes);
        match self.kind {
            Kind::Gif => gif::GifDecoder::new(from())
                .is_ok_and(|d| d.into_frames().take(2).filter(Result::is_ok).count() > 1),
            Kind::Png => png::PngDecoder::new(from()).is_ok_and(|d| d.is_apng().unwrap_or(true)),
            Kind::Webp => webp::WebPDecoder::new(from()).is_ok_and(|d| d.has_animation()),
            Kind::Jpeg | Kind::Tiff => false,
        }
    }

    /// The picture again, with these areas of each page painted black.
    pub(super) fn painted(&self, areas: &[Vec<Area>]) -> Result<Vec<u8>, ReadError> {
        let mut out = Cursor::new(Vec::new());
        if self.kind == Kind::Tiff {
            let mut encoder =
                TiffEncoder::new(&mut out).map_err(unwritten)?.with_compression(Compression::Lzw);
            for number in 0..self.len() {
                let mut page = self.page(number)?;
                paint(&mut page, areas.get(number).map_or(&[], Vec::as_slice));
                let (width, height) = (page.width(), page.height());
                if page.color().has_color() {
                    encoder
                        .write_image::<colortype::RGB8>(width, height, &page.to_rgb8())
                        .map_err(unwritten)?;
                } else {
                    encoder
                        .write_image::<colortype::Gray8>(width, height, &page.to_luma8())
                        .map_err(unwritten)?;
                }
            }
            return Ok(out.into_inner());
        }
        let mut page = self.page(0)?;
        paint(&mut page, areas.first().map_or(&[], Vec::as_slice));
        match self.kind {
            Kind::Jpeg => {
                let encoder = jpeg::JpegEncoder::new_with_quality(&mut out, QUALITY);
                match page.color().has_color() {
                    true => page.to_rgb8().write_with_encoder(encoder),
                    false => page.to_luma8().write_with_encoder(encoder),
                }
            }
            Kind::Webp => page.to_rgba8().write_with_encoder(webp::WebPEncoder::new_lossless(&mut out)),
            Kind::Gif => page.write_to(&mut out, ImageFormat::Gif),
            Kind::Png | Kind::Tiff => page.write_to(&mut out, ImageFormat::Png),
        }
        .map_err(unwritten)?;
        Ok(out.into_inner())
    }
}

fn format(kind: Kind) -> ImageFormat {
    match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::Gif => ImageFormat::Gif,
        Kind::Webp => ImageFormat::WebP,
        Kind::Tiff => ImageFormat::Tiff,
    }
}

fn failed(error: image::ImageError) -> ReadError {
    match error {
        image::ImageError::Limits(_) => ReadError::limit("pixels"),
        image::ImageError::Unsupported(_) => ReadError::new(Reason::UnsupportedFormat, "pixels"),
        _ => ReadError::damaged("pixels"),
    }
}

fn unwritten<E>(_: E) -> ReadError {
    ReadError::new(Reason::NotWritable, "pixels")
}

/// Paints the areas black, and a little around them: the foot of a letter gives it away.
fn paint(picture: &mut DynamicImage, areas: &[Area]) {
    let (width, height) = (picture.width(), picture.height());
    for area in areas {
        let more = 2 + area.height / 8;
        let (left, top) = (area.left.saturating_sub(more), area.top.saturating_sub(more));
        let right = area.left.saturating_add(area.width).saturating_add(more).min(width);
        let bottom = area.top.saturating_add(area.height).saturating_add(more).min(height);
        for y in top..bottom {
            for x in left..right {
                picture.put_pixel(x, y, Rgba([0, 0, 0, 255]));
            }
        }
    }
}

/// A picture for a reader of texts: gray, on white where it is transparent, as PNG.
pub(super) fn for_reading(picture: &DynamicImage) -> Result<Vec<u8>, ReadError> {
    let gray = if picture.color().has_alpha() {
        let mut flat = picture.to_rgba8();
        for pixel in flat.pixels_mut() {
            let alpha = u32::from(pixel.0[3]);
            for value in &mut pixel.0[..3] {
                *value = ((u32::from(*value) * alpha + 255 * (255 - alpha)) / 255) as u8;
            }
            pixel.0[3] = 255;
        }
        DynamicImage::ImageRgba8(flat).to_luma8()
    } else {
        picture.to_luma8()
    };
    let mut out = Vec::new();
    let encoder =
        png::PngEncoder::new_with_quality(&mut out, png::CompressionType::Fast, png::FilterType::Adaptive);
    let (width, height) = gray.dimensions();
    encoder.write_image(&gray, width, height, image::ExtendedColorType::L8).map_err(unwritten)?;
    Ok(out)
}

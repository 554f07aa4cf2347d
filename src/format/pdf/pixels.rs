//! Pixels of pages: a page that shows what its text does not say is drawn, read as a picture, and, where that
//! picture changed, replaced by it. Pictures that nobody has read are taken out of the copy.

use std::collections::HashSet;

use lopdf::{Object, ObjectId, Stream, dictionary};

use super::{Walk, reachable};
use crate::format::members;
use crate::model::{ReadError, Reason};

/// A picture of fewer pixels in height or width holds no writing: a letter needs five.
const TINY: i64 = 5;

/// Is this a picture large enough to hold writing?
pub(super) fn is_picture(document: &lopdf::Document, stream: &Stream) -> bool {
    let name = stream.dict.get(b"Subtype").ok().and_then(|o| o.as_name().ok());
    let side = |key: &[u8]| stream.dict.get_deref(key, document).ok().and_then(|o| o.as_i64().ok());
    // a size that is not told is no reason to keep it
    name == Some(b"Image") && [&b"Width"[..], b"Height"].iter().all(|k| side(k).is_none_or(|n| n >= TINY))
}

/// What became of the pixels of a page.
pub(super) enum Pixels {
    /// They were read, and may stay as they are.
    Kept,
    /// They were read, and this picture (PNG) takes their place.
    #[cfg(feature = "ocr")]
    Painted(Vec<u8>),
    /// Nobody looked at them.
    Unread,
}

impl Walk<'_> {
    /// Takes all pictures that nobody has read out of the copy: something that paints nothing stands in their place.
    pub(super) fn leave_out_pictures(&mut self) {
        let used = reachable(&self.document);
        let mut kept: HashSet<ObjectId> = self.pictures_read.clone();
        for id in &self.pictures_read {
            let Ok(Object::Stream(stream)) = self.document.get_object(*id) else { continue };
            let masks = [&b"SMask"[..], b"Mask"].into_iter().filter_map(|k| stream.dict.get(k).ok());
            kept.extend(masks.filter_map(|o| o.as_reference().ok()));
        }
        let gone: Vec<ObjectId> = self
            .document
            .objects
            .iter()
            .filter(|(id, _)| used.contains(id) && !kept.contains(id))
            .filter_map(|(id, object)| Some((id, object.as_stream().ok()?)))
            .filter(|(_, stream)| is_picture(&self.document, stream))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            // one point of a stencil that is not painted
            let dict = dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "ImageMask" => true,
                "BitsPerComponent" => 1,
            };
            self.document.objects.insert(id, Object::Stream(Stream::new(dict, vec![0x80])));
        }
    }

    /// Names the pictures of a page that nobody looks at.
    pub(super) fn refuse_pictures(&mut self, number: u32) -> Result<(), ReadError> {
        let e = ReadError::new(Reason::NeedsOcr, "pixels");
        members::refuse(self.visitor, &format!("page {number}, pictures"), e, self.copy)
    }

    #[cfg(not(feature = "ocr"))]
    pub(super) fn pixels(&mut self, _: u32) -> Result<Pixels, ReadError> {
        Ok(Pixels::Unread)
    }

    /// Shows the picture of a page.
    #[cfg(feature = "ocr")]
    pub(super) fn pixels(&mut self, number: u32) -> Result<Pixels, ReadError> {
        use crate::format::{MemberOutcome, Output};
        if !self.limits.ocr {
            return Ok(Pixels::Unread);
        }
        let (bytes, passwords) = (self.bytes, &self.limits.passwords);
        let drawing = self.drawing.get_or_insert_with(|| drawing::Drawing::new(bytes, passwords));
        let Some(png) = drawing.as_ref().and_then(|d| d.page(number)) else { return Ok(Pixels::Unread) };
        let name = format!("page {number}.png");
        let input = crate::source::Input::memory(png.clone(), name.as_str());
        let mut out = std::io::Cursor::new(Vec::new());
        let started = std::time::Instant::now();
        let outcome = self.visitor.member(&name, input, self.copy.then_some(&mut out as &mut dyn Output))?;
        // reading pictures has a time limit of its own
        self.budget.wait(started.elapsed());
        Ok(match outcome {
            MemberOutcome::Copied { .. } if out.get_ref() != &png => Pixels::Painted(out.into_inner()),
            MemberOutcome::Copied { .. } | MemberOutcome::Scanned => Pixels::Kept,
            MemberOutcome::LeftOut => Pixels::Unread,
        })
    }

    /// Puts a picture in the place of all that a page shows.
    #[cfg(feature = "ocr")]
    pub(super) fn repaint(&mut self, number: u32, id: ObjectId, png: &[u8]) -> Result<(), ReadError> {
        let failed = || ReadError::new(Reason::NotWritable, format!("page {number}"));
        let size =
            self.drawing.as_ref().and_then(Option::as_ref).and_then(|d| d.size(number)).ok_or_else(failed)?;
        let (jpeg, (width, height), color) = drawing::jpeg(png).ok_or_else(failed)?;
        let picture = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => if color { "DeviceRGB" } else { "DeviceGray" }, "BitsPerComponent" => 8,
            "Filter" => "DCTDecode",
        };
        let picture = self.document.add_object(Stream::new(picture, jpeg).with_compression(false));
        self.pictures_read.insert(picture);
        let n = super::content::number;
        let content = format!("q {} 0 0 {} 0 0 cm /Page Do Q", n(size.0), n(size.1));
        let content = self.document.add_object(Stream::new(lopdf::Dictionary::new(), content.into_bytes()));
        let page = self.document.get_dictionary_mut(id).map_err(|_| failed())?;
        let bounds = || {
            Object::Array(vec![0.into(), 0.into(), Object::Real(size.0 as f32), Object::Real(size.1 as f32)])
        };
        page.set("Contents", Object::Reference(content));
        page.set(
            "Resources",
            dictionary! { "XObject" => dictionary! { "Page" => Object::Reference(picture) } },
        );
        page.set("MediaBox", bounds());
        page.set("CropBox", bounds());
        page.set("Rotate", 0);
        // notes are in the picture, and stood at places of the old page
        for key in [&b"Annots"[..], b"TrimBox", b"BleedBox", b"ArtBox", b"UserUnit", b"Group"] {
            page.remove(key);
        }
        Ok(())
    }
}

#[cfg(feature = "ocr")]
pub(super) mod drawing {
    //! Pages as pictures.

    use std::panic::{AssertUnwindSafe, catch_unwind};

    use hayro::hayro_interpret::InterpreterSettings;
    use hayro::hayro_syntax::Pdf;
    use hayro::vello_cpu::color::palette::css::WHITE;
    use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ImageFormat};

    /// Points of an inch, and of a page's picture: what readers of texts are made for.
    const INCH: f32 = 72.0;
    const DENSITY: f32 = 300.0;

    /// Most points of a picture; a larger page is drawn coarser.
    const MOST: f32 = 24e6;

    /// Quality of the picture of a page.
    const QUALITY: u8 = 85;

    pub(in crate::format::pdf) struct Drawing(Pdf);

    impl Drawing {
        pub(in crate::format::pdf) fn new(bytes: &[u8], passwords: &[String]) -> Option<Drawing> {
            let open = |password: &str| {
                // a panic of the engine is a page that nobody read
                let open = AssertUnwindSafe(|| Pdf::new_with_password(bytes.to_vec(), password).ok());
                catch_unwind(open).ok().flatten()
            };
            let mut words = std::iter::once("").chain(passwords.iter().map(String::as_str));
            words.find_map(open).map(Drawing)
        }

        /// Width and height of a page as it is shown, in points.
        pub(in crate::format::pdf) fn size(&self, number: u32) -> Option<(f64, f64)> {
            let page = self.0.pages().get(number.checked_sub(1)? as usize)?;
            let (width, height) = page.render_dimensions();
            (width >= 1.0 && height >= 1.0).then_some((f64::from(width), f64::from(height)))
        }

        /// A page as PNG.
        pub(in crate::format::pdf) fn page(&self, number: u32) -> Option<Vec<u8>> {
            let (width, height) = self.size(number)?;
            let points = (width * height) as f32;
            let most = f32::from(u16::MAX) / width.max(height) as f32;
            let scale = (DENSITY / INCH).min((MOST / points).sqrt()).min(most);
            let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
            let draw = AssertUnwindSafe(|| {
                let page = self.0.pages().get(number as usize - 1)?;
                let (cache, how) = (RenderCache::new(), InterpreterSettings::default());
                render(page, &cache, &how, &RenderSettings::default(), &settings).into_png().ok()
            });
            catch_unwind(draw).ok().flatten()
        }
    }

    /// A picture as JPEG with its size; true where it has colours.
    pub(in crate::format::pdf) fn jpeg(png: &[u8]) -> Option<(Vec<u8>, (u32, u32), bool)> {
        let picture = image::load_from_memory_with_format(png, ImageFormat::Png).ok()?.into_rgb8();
        let size = picture.dimensions();
        let color = picture.pixels().any(|p| {
            let (low, high) = (p.0.iter().min(), p.0.iter().max());
            low.zip(high).is_some_and(|(low, high)| high - low > 24)
        });
        let picture = DynamicImage::ImageRgb8(picture);
        let picture = if color { picture } else { DynamicImage::ImageLuma8(picture.into_luma8()) };
        let mut out = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY)).ok()?;
        Some((out, size, color))
    }
}

//! PDF (ISO 32000-1): text by the fonts' own maps, notes, forms, bookmarks, attachments and properties.
//!
//! The copy is a new file of the objects that the last revision still uses. Personal data is taken out of the
//! content streams themselves, and labels are drawn in its place. Every letter whose glyph has no known
//! character is counted, so that a page that only looks readable is said to be read in part.

mod content;
mod font;
mod glyphs;
mod label;
mod locked;
mod page;
mod pixels;
mod strings;
pub mod worker;

use std::collections::HashSet;
use std::sync::Arc;

use lopdf::{Dictionary, LoadOptions, Object, ObjectId, SaveOptions, Stream};

use self::label::Labels;
use self::page::{Content, Fonts};
use self::pixels::Pixels;
use super::members::{self, Budget};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, Edit, Field, NO_COLUMN, ReadError, Reason, Segment, SegmentKind, Table};
use crate::source::Input;

/// The format `pdf`.
pub struct Pdf;

/// Largest file that is taken.
const MOST: u64 = 1 << 30;

/// Most bytes that one stream may unpack to.
const STREAM: usize = 256 << 20;

/// A page with fewer letters than this has no text layer worth the name.
const LETTERS: usize = 8;

/// Share of a page under pictures from which on it is a scan.
const SCAN: f64 = 0.5;

impl Format for Pdf {
    fn id(&self) -> &'static str {
        "pdf"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        // readers accept the mark anywhere in the first KiB (ISO 32000-1, implementation notes)
        let start = &head[..head.len().min(1024)];
        match memchr::memmem::find(start, b"%PDF-") {
            Some(0) => 100,
            Some(at) if !start[..at].starts_with(b"PK") => 90,
            _ => 0,
        }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let name = input.name().to_owned();
        let bytes = input.into_bytes(MOST)?;
        Ok(Opened::Document(Box::new(worker::Isolated { bytes, name, limits: Arc::clone(limits) })))
    }
}

/// Reads the file in this process; [`worker`] does so in another one.
fn process(
    bytes: &[u8],
    limits: &Arc<Limits>,
    visitor: &mut dyn Visitor,
    out: Option<&mut dyn std::io::Write>,
) -> Result<Info, ReadError> {
    let mut walk = Walk {
        document: load(bytes, limits)?,
        #[cfg(feature = "ocr")]
        bytes,
        #[cfg(feature = "ocr")]
        drawing: None,
        pictures_read: HashSet::new(),
        unread: false,
        visitor,
        budget: Budget::new(limits),
        limits,
        copy: out.is_some(),
        fonts: Fonts::default(),
        labels: Labels::default(),
        info: Info::default(),
    };
    walk.pages()?;
    walk.forms()?;
    walk.attachments()?;
    walk.texts_of_streams()?;
    walk.strings()?;
    if let Some(out) = out {
        if walk.unread {
            walk.leave_out_pictures();
        }
        let Walk { document, labels, .. } = &mut walk;
        std::mem::take(labels).finish(document);
        save(document, out)?;
    }
    Ok(walk.info)
}

fn load(bytes: &[u8], limits: &Limits) -> Result<lopdf::Document, ReadError> {
    let options = |password: Option<String>| LoadOptions {
        password,
        max_decompressed_size: Some(STREAM),
        ..LoadOptions::default()
    };
    if locked::has_filters_apart(bytes) {
        return Err(ReadError::new(
            Reason::Encrypted,
            "a pdf whose crypt filters stand in objects of their own",
        ));
    }
    let mut locked = false;
    for password in std::iter::once(None).chain(limits.passwords.iter().cloned().map(Some)) {
        match lopdf::Document::load_mem_with_options(bytes, options(password)) {
            Ok(document) if document.is_encrypted() => locked = true,
            // some locked files come back empty instead
            Ok(document)
                if document.get_pages().is_empty() && memchr::memmem::find(bytes, b"/Encrypt").is_some() =>
            {
                locked = true;
            }
            Ok(document) => return Ok(document),
            Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => locked = true,
            Err(lopdf::Error::Unimplemented(_)) => {
                return Err(ReadError::new(Reason::UnsupportedFormat, "a feature of this pdf"));
            }
            Err(_) if locked => {}
            Err(_) => return Err(members::broken("pdf")),
        }
    }
    Err(ReadError::new(Reason::Encrypted, ""))
}

/// What a stream holds, decoded; `None` where it holds something that does not decode: nothing would seem to stand there.
fn plain(stream: &Stream) -> Option<Vec<u8>> {
    /// The longest coding of nothing: eight bytes of zlib and a line end.
    const NOTHING: usize = 16;
    let bytes = stream.get_plain_content_with_limit(STREAM).ok()?;
    (!bytes.is_empty() || stream.content.len() <= NOTHING || stream.content.trim_ascii().is_empty())
        .then_some(bytes)
}

struct Walk<'a> {
    document: lopdf::Document,
    /// The file as it is stored, and its pages as they are drawn.
    #[cfg(feature = "ocr")]
    bytes: &'a [u8],
    #[cfg(feature = "ocr")]
    drawing: Option<Option<pixels::drawing::Drawing>>,
    /// Pictures that may stand in the copy.
    pictures_read: HashSet<ObjectId>,
    /// There are pictures that nobody read.
    unread: bool,
    visitor: &'a mut dyn Visitor,
    budget: Budget,
    limits: &'a Arc<Limits>,
    copy: bool,
    fonts: Fonts,
    labels: Labels,
    info: Info,
}

impl Walk<'_> {
    fn pages(&mut self) -> Result<(), ReadError> {
        let pages = self.document.get_pages();
        if pages.is_empty() {
            return Err(ReadError::damaged("no pages"));
        }
        for (number, id) in pages {
            self.budget.member()?;
            let Some(bytes) = self.page_content(id) else {
                self.info.partly.push((Reason::Damaged, format!("page {number}: content")));
                continue;
            };
            let resources =
                inherited(&self.document, id, b"Resources").and_then(|o| o.as_dict().ok().cloned());
            let content = Content::read(&self.document, resources.as_ref(), &bytes, &mut self.fonts);
            let size = self.page_size(id);
            let covered = content.pictures / (size.0 * size.1).max(1.0);
            let wanted = self.judge(&content, covered, &format!("page {number}"));
            let edits = self.show(&content, Some(number), None)?;
            let pictured = wanted || !content.images.is_empty() || !content.inline.is_empty();
            let pixels = if pictured { self.pixels(number)? } else { Pixels::Kept };
            let mut gone = false;
            match pixels {
                Pixels::Kept => self.pictures_read.extend(&content.images),
                // what is drawn over a scan, or under it, is in its picture
                #[cfg(feature = "ocr")]
                Pixels::Painted(png) if wanted => {
                    self.repaint(number, id, &png)?;
                    continue;
                }
                #[cfg(feature = "ocr")]
                Pixels::Painted(_) => gone = true,
                Pixels::Unread if wanted => {
                    self.info.partly.push((Reason::NeedsOcr, format!("page {number}")));
                }
                Pixels::Unread => {
                    self.refuse_pictures(number)?;
                    gone = true;
                }
            }
            self.unread |= gone;
            let gone = gone && !content.inline.is_empty();
            if !self.copy || (edits.is_empty() && content.hidden.is_empty() && !gone) {
                continue;
            }
            // under invisible letters stands a picture of them; sideways writing has other advances
            let unsafe_page = (content.invisible > 0 && covered > SCAN) || content.is_vertical();
            let font = self.labels.id(&mut self.document);
            let (new, resources) = if unsafe_page && !edits.is_empty() {
                let new = Content::plain(&content.text, &edits, size, &mut self.labels);
                (new, page::with_label_font(&self.document, None, font))
            } else {
                let new = content.without(&bytes, &edits, gone, &mut self.labels);
                (new, page::with_label_font(&self.document, resources.as_ref(), font))
            };
            let stream = self.document.add_object(Stream::new(Dictionary::new(), new));
            let page = self.document.get_dictionary_mut(id).map_err(|_| members::broken("pdf"))?;
            page.set("Contents", Object::Reference(stream));
            page.set("Resources", Object::Dictionary(resources));
        }
        Ok(())
    }

    /// The unpacked content of a page; `None` where a part cannot be unpacked.
    fn page_content(&self, id: ObjectId) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for part in self.document.get_page_contents(id) {
            let stream = self.document.get_object(part).ok()?.as_stream().ok()?;
            all.extend(plain(stream)?);
            all.push(b'\n');
        }
        Some(all)
    }

    fn page_size(&self, id: ObjectId) -> (f64, f64) {
        let numbers: Vec<f64> = inherited(&self.document, id, b"MediaBox")
            .and_then(|o| o.as_array().ok().cloned())
            .unwrap_or_default()
            .iter()
            .filter_map(|o| self.document.dereference(o).ok()?.1.as_float().ok().map(f64::from))
            .collect();
        match numbers[..] {
            [a, b, c, d] => ((c - a).abs().max(1.0), (d - b).abs().max(1.0)),
            _ => (595.0, 842.0),
        }
    }

    /// Notes what of a page cannot be read; true where it shows what its text does not say.
    fn judge(&mut self, content: &Content, covered: f64, place: &str) -> bool {
        if content.unknown * 50 > content.shown() || content.unknown >= 20 {
            let what =
                format!("{place}: {} of {} glyphs without a character", content.unknown, content.shown());
            self.info.partly.push((Reason::UndecodableText, what));
        }
        if content.too_large {
            self.info.partly.push((Reason::LimitReached, place.to_owned()));
        }
        let scan = covered > SCAN && (content.letters() < LETTERS || content.invisible > 0);
        let outlines = content.letters() < LETTERS && content.curves > 500;
        let picture_only = content.letters() < LETTERS && covered > 0.02;
        scan || outlines || picture_only
    }

    /// Shows the text of a stream.
    fn show(
        &mut self,
        content: &Content,
        page: Option<u32>,
        part: Option<&str>,
    ) -> Result<Vec<Edit>, ReadError> {
        let mut edits = Vec::new();
        if content.text.chars().any(char::is_alphanumeric) {
            let mut block = Block {
                text: content.text.clone().into_bytes(),
                page,
                part: part.map(Into::into),
                first_row: 1,
                ..Block::default()
            };
            let end = block.text.len() as u32;
            let kind = SegmentKind::Prose;
            block.segments.push(Segment { start: 0, end, column: NO_COLUMN, row: 0, kind });
            edits = self.visitor.block(&mut block)?;
        }
        for hidden in &content.hidden {
            // the copy has none of them
            members::show(self.visitor, "replacement text", hidden)?;
        }
        Ok(edits)
    }

    /// Contents that pages, notes and fields draw: each once, on its own.
    fn forms(&mut self) -> Result<(), ReadError> {
        let name_of = |dict: &Dictionary, key: &[u8]| {
            dict.get(key).ok().and_then(|o| o.as_name().ok()).map(<[u8]>::to_vec)
        };
        let used = reachable(&self.document);
        let forms: Vec<ObjectId> = self
            .document
            .objects
            .iter()
            .filter(|(id, _)| used.contains(id))
            .filter_map(|(id, object)| Some((id, object.as_stream().ok()?)))
            .filter(|(_, s)| {
                name_of(&s.dict, b"Subtype").as_deref() == Some(b"Form")
                    || s.dict.get(b"PatternType").ok().and_then(|o| o.as_i64().ok()) == Some(1)
            })
            .map(|(id, _)| *id)
            .collect();
        for id in forms {
            self.budget.member()?;
            let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else { continue };
            let Some(bytes) = plain(stream) else {
                self.info.partly.push((Reason::Damaged, format!("form {}", id.0)));
                continue;
            };
            let resources = stream
                .dict
                .get_deref(b"Resources", &self.document)
                .ok()
                .and_then(|o| o.as_dict().ok())
                .cloned();
            let content = Content::read(&self.document, resources.as_ref(), &bytes, &mut self.fonts);
            let place = format!("form {}", id.0);
            if content.shown() > 0 && self.judge(&content, 0.0, &place) {
                self.info.partly.push((Reason::NeedsOcr, place.clone()));
            }
            let edits = self.show(&content, None, Some(&place))?;
            // what a note shows is on no page's content; where all pages were read it was drawn with them
            self.unread |= !self.limits.ocr && !content.images.is_empty();
            let gone = (self.unread || !self.limits.ocr) && !content.inline.is_empty();
            if !self.copy || (edits.is_empty() && content.hidden.is_empty() && !gone) {
                continue;
            }
            if content.is_vertical() {
                return Err(ReadError::new(Reason::NotWritable, format!("{place}: vertical writing")));
            }
            let font = self.labels.id(&mut self.document);
            let new = content.without(&bytes, &edits, gone, &mut self.labels);
            let resources = page::with_label_font(&self.document, resources.as_ref(), font);
            if let Ok(stream) = self.document.get_object_mut(id).and_then(Object::as_stream_mut) {
                stream.set_plain_content(new);
                stream.dict.set("Resources", Object::Dictionary(resources));
            }
        }
        Ok(())
    }

    /// Attached files are members.
    fn attachments(&mut self) -> Result<(), ReadError> {
        let mut files: Vec<(String, ObjectId)> = Vec::new();
        for object in self.document.objects.values() {
            specifications(object, 0, &mut |dict| {
                let Ok(Object::Dictionary(streams)) = dict.get_deref(b"EF", &self.document) else { return };
                let name = [&b"UF"[..], b"F"]
                    .iter()
                    .find_map(|k| dict.get_deref(k, &self.document).ok()?.as_str().ok());
                let name = name.map(strings::decode).unwrap_or_else(|| "attachment".to_owned());
                for (_, stream) in streams {
                    if let Ok(id) = stream.as_reference() {
                        files.push((name.clone(), id));
                    }
                }
            });
        }
        files.sort_by_key(|f| f.1);
        files.dedup_by_key(|f| f.1);
        for (name, id) in files {
            self.budget.member()?;
            let Ok(stream) = self.document.get_object(id).and_then(Object::as_stream) else { continue };
            let Ok(bytes) = stream.get_plain_content_with_limit(STREAM) else {
                self.visitor.partly(Reason::Damaged, name);
                continue;
            };
            let input = Input::memory(bytes, members::base_name(&name));
            let copy = members::visit(self.visitor, &name, input, self.copy, self.limits)?;
            if !self.copy {
                continue;
            }
            let mut new = Vec::new();
            if let Some(mut copy) = copy {
                std::io::Read::read_to_end(&mut copy.bytes, &mut new)?;
            }
            if let Ok(stream) = self.document.get_object_mut(id).and_then(Object::as_stream_mut) {
                stream.set_plain_content(new);
                // length, dates and check sum of the original
                stream.dict.remove(b"Params");
            }
        }
        Ok(())
    }

    /// Properties in XML, forms in XML and scripts are read; the copy has none of them.
    fn texts_of_streams(&mut self) -> Result<(), ReadError> {
        let used = reachable(&self.document);
        let mut texts = Vec::new();
        for (id, object) in self.document.objects.iter().filter(|(id, _)| used.contains(id)) {
            let Ok(stream) = object.as_stream() else { continue };
            let kind = stream.dict.get(b"Type").ok().and_then(|o| o.as_name().ok());
            if kind == Some(b"Metadata") {
                texts.push((*id, "metadata"));
            }
        }
        for (id, object) in &self.document.objects {
            let Some(dict) = dictionary_of(object) else { continue };
            for (key, part) in
                [(&b"XFA"[..], "form data"), (b"JS", "script"), (b"RC", "note"), (b"RV", "field")]
            {
                let values: Vec<&Object> = match dict.get(key) {
                    Ok(Object::Array(items)) => items.iter().collect(),
                    Ok(other) => vec![other],
                    Err(_) => continue,
                };
                let streams = values.iter().filter_map(|v| v.as_reference().ok());
                texts.extend(
                    streams
                        .filter(|id| matches!(self.document.get_object(*id), Ok(Object::Stream(_))))
                        .map(|id| (id, part)),
                );
            }
            let _ = id;
        }
        texts.sort();
        texts.dedup();
        for (id, part) in texts {
            let object = Object::Reference(id);
            match font::stream(&self.document, &object) {
                Some(bytes) => {
                    members::show(self.visitor, part, &strings::decode(&bytes))?;
                }
                None => self.info.partly.push((Reason::Damaged, part.to_owned())),
            }
            if self.copy
                && let Ok(stream) = self.document.get_object_mut(id).and_then(Object::as_stream_mut)
            {
                stream.set_plain_content(Vec::new());
            }
        }
        Ok(())
    }

    /// All strings of all objects: notes, bookmarks, values of fields, links, alternative texts, properties.
    fn strings(&mut self) -> Result<(), ReadError> {
        let used = reachable(&self.document);
        let mut found: Vec<(String, String)> = Vec::new();
        for (id, object) in
            self.document.objects.iter_mut().filter(|(id, o)| used.contains(id) && !is_font(o))
        {
            let _ = id;
            strings::each(object, b"", 0, &mut |key, text| {
                found.push((String::from_utf8_lossy(key).into_owned(), text.to_owned()));
                None
            });
        }
        let mut new: Vec<Option<String>> = vec![None; found.len()];
        for (n, chunk) in found.chunks(1024).enumerate() {
            let table = Table {
                fields: chunk
                    .iter()
                    .map(|(key, _)| Field { name: key.clone(), ..Field::default() })
                    .collect(),
                named: true,
                ..Table::default()
            };
            let mut block = Block {
                table: Some(Arc::new(table)),
                part: Some("objects".into()),
                first_row: 1,
                ..Block::default()
            };
            for (column, (_, text)) in chunk.iter().enumerate() {
                block.push(text, column as u32, 0, SegmentKind::Meta);
            }
            let edits = self.visitor.block(&mut block)?;
            if edits.is_empty() {
                continue;
            }
            for (k, segment) in block.segments.iter().enumerate() {
                let (start, end) = (segment.start as usize, segment.end as usize);
                let text = members::edited_part(&block.text, start, end, &edits);
                if text.as_bytes() != &block.text[start..end] {
                    new[n * 1024 + k] = Some(text);
                }
            }
        }
        if self.copy && new.iter().any(Option::is_some) {
            let mut at = 0;
            for (_, object) in
                self.document.objects.iter_mut().filter(|(id, o)| used.contains(id) && !is_font(o))
            {
                strings::each(object, b"", 0, &mut |_, _| {
                    at += 1;
                    new.get_mut(at - 1).and_then(Option::take)
                });
            }
        }
        Ok(())
    }
}

fn dictionary_of(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// Fonts and what belongs to them hold names and no texts.
fn is_font(object: &Object) -> bool {
    dictionary_of(object).is_some_and(|d| {
        let kind = d.get(b"Type").ok().and_then(|o| o.as_name().ok()).unwrap_or_default();
        [&b"Font"[..], b"FontDescriptor", b"Encoding", b"CMap", b"XRef", b"ObjStm"].contains(&kind)
    })
}

/// A page's value of a key that its parents may hold.
fn inherited<'a>(document: &'a lopdf::Document, id: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut dict = document.get_dictionary(id).ok()?;
    for _ in 0..64 {
        if let Ok(value) = dict.get_deref(key, document) {
            return Some(value);
        }
        dict = dict.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// Objects that the last revision can be walked to.
fn reachable(document: &lopdf::Document) -> HashSet<ObjectId> {
    let mut seen = HashSet::new();
    let mut todo: Vec<ObjectId> = Vec::new();
    let refer = |object: &Object, todo: &mut Vec<ObjectId>| references(object, 0, todo);
    for (_, value) in document.trailer.iter() {
        refer(value, &mut todo);
    }
    while let Some(id) = todo.pop() {
        if seen.insert(id)
            && let Some(object) = document.objects.get(&id)
        {
            refer(object, &mut todo);
        }
    }
    seen
}

fn references(object: &Object, depth: u32, found: &mut Vec<ObjectId>) {
    if depth > 256 {
        return;
    }
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|o| references(o, depth + 1, found)),
        Object::Dictionary(dict) => dict.iter().for_each(|(_, o)| references(o, depth + 1, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, o)| references(o, depth + 1, found)),
        _ => {}
    }
}

/// Visits the file specifications with embedded files, wherever they stand.
fn specifications(object: &Object, depth: u32, visit: &mut dyn FnMut(&Dictionary)) {
    if depth > 64 {
        return;
    }
    match object {
        Object::Array(items) => items.iter().for_each(|o| specifications(o, depth + 1, visit)),
        Object::Dictionary(dict) => {
            if dict.has(b"EF") {
                visit(dict);
            }
            dict.iter().for_each(|(_, o)| specifications(o, depth + 1, visit));
        }
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, o)| specifications(o, depth + 1, visit)),
        _ => {}
    }
}

/// Keys that no copy has: properties, private data of programs, previews, scripts, signatures' stores.
const DROPPED: &[&[u8]] = &[
    b"Metadata",
    b"PieceInfo",
    b"Thumb",
    b"LastModified",
    b"AA",
    b"XFA",
    b"JS",
    b"JavaScript",
    b"DSS",
    b"Perms",
    b"Legal",
    b"RC",
    b"RV",
    b"SpiderInfo",
    b"ByteRange",
    b"Cert",
    b"CreationDate",
    b"ModDate",
    b"M",
];

fn drop_keys(object: &mut Object, depth: u32) {
    if depth > 256 {
        return;
    }
    let dict = match object {
        Object::Array(items) => return items.iter_mut().for_each(|o| drop_keys(o, depth + 1)),
        Object::Dictionary(dict) => dict,
        Object::Stream(stream) => &mut stream.dict,
        _ => return,
    };
    if dict.has(b"ByteRange") {
        // a signature would hold the signer's certificate, with name and identification number
        dict.remove(b"Contents");
    }
    for key in DROPPED {
        dict.remove(key);
    }
    dict.iter_mut().for_each(|(_, o)| drop_keys(o, depth + 1));
}

/// Writes a new file of what can be reached, without its history and identity.
fn save(document: &mut lopdf::Document, out: &mut dyn std::io::Write) -> Result<(), ReadError> {
    document.objects.values_mut().for_each(|o| drop_keys(o, 0));
    for key in [&b"Info"[..], b"ID", b"Encrypt", b"Prev", b"XRefStm"] {
        document.trailer.remove(key);
    }
    document.prune_objects();
    document.renumber_objects();
    document.compress();
    let failed = |_| ReadError::new(Reason::WriteFailed, "pdf");
    let mut out = out;
    document.save_with_options(&mut out, SaveOptions::default()).map_err(failed)?;
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests;

//! The walk through all parts of an office package: text parts, members, relationships, in this order.

use std::collections::HashSet;

use memchr::memmem;

use super::drops;
use super::extract::{self, PartEdits};
use super::macros;
use super::members;
use super::numbered::Numbered;
use super::parts::Flavor;
use super::slots::{self, RawEdit};
use super::{Package, xml};
use crate::format::{Info, Output, Visitor};
use crate::model::{ReadError, Reason};

/// A package that is being walked through.
pub struct Walk<'v> {
    /// The package and its changes.
    pub package: Package,
    /// Who looks.
    pub visitor: Numbered<'v>,
    /// Words that were replaced where they are a name, and the new ones: replaced wherever they are referred to.
    pub renamed: Vec<(String, String)>,
    open_document: bool,
    done: HashSet<usize>,
    pending: Vec<(usize, Vec<RawEdit>)>,
    partly: Vec<(Reason, String)>,
    notes: Vec<String>,
}

impl<'v> Walk<'v> {
    /// Begins a walk; changes are kept where `copy` is asked for.
    pub fn new(
        mut package: Package,
        visitor: &'v mut dyn Visitor,
        open_document: bool,
        copy: bool,
    ) -> Walk<'v> {
        if copy {
            package.want_copy();
        }
        Walk {
            package,
            visitor: Numbered::new(visitor),
            renamed: Vec::new(),
            open_document,
            done: HashSet::new(),
            pending: Vec::new(),
            partly: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Marks a part that the caller has handled itself.
    pub fn done(&mut self, index: usize) {
        self.done.insert(index);
    }

    /// A part that could not be inspected: a scan goes on with the next one, a copy is not written.
    ///
    /// # Errors
    /// The same error, where a copy is asked for or the run was stopped.
    pub fn failed(&mut self, e: ReadError, name: &str) -> Result<(), ReadError> {
        if self.package.copying() || e.reason == Reason::Interrupted {
            return Err(e);
        }
        let place = if e.detail.contains(name) { e.detail } else { format!("{name}: {}", e.detail) };
        self.partly.push((e.reason, place));
        Ok(())
    }

    /// Walks over one XML part.
    ///
    /// # Errors
    /// `Damaged` XML, limits, and whatever stops the visitor.
    pub fn text_part(&mut self, index: usize, flavor: Flavor) -> Result<(), ReadError> {
        self.done.insert(index);
        let name = self.package.names()[index].clone();
        let bytes = xml::to_utf8(self.package.read(index)?);
        let visitor = &mut self.visitor;
        let found = extract::extract(&bytes, &name, flavor, &mut |block| {
            let mut edits = visitor.block(block)?;
            if flavor == Flavor::Sheet {
                legal_names(block, &mut edits);
            }
            Ok(edits)
        })?;
        self.change(index, &bytes, found)
    }

    /// Applies what was found in a part.
    ///
    /// # Errors
    /// Where the changed part cannot be kept.
    pub fn change(&mut self, index: usize, bytes: &[u8], mut found: PartEdits) -> Result<(), ReadError> {
        self.renamed.append(&mut found.renamed);
        self.rename(bytes, &mut found.edits);
        let deleted = found.deleted.iter().any(|e| e.end > e.start);
        if self.package.names()[index].contains("pivotCacheDefinition") {
            numbers_to_strings(bytes, &mut found.edits);
        }
        if found.edits.is_empty() {
            if deleted {
                self.pending.push((index, found.deleted));
            }
            return Ok(());
        }
        found.edits.append(&mut found.deleted);
        self.write(index, bytes, found.edits)
    }

    /// Rewrites a part with edits, where a copy is asked for.
    ///
    /// # Errors
    /// Where the changed part cannot be kept.
    pub fn write(&mut self, index: usize, bytes: &[u8], mut edits: Vec<RawEdit>) -> Result<(), ReadError> {
        if !self.package.copying() {
            return Ok(());
        }
        let mut new = Vec::with_capacity(bytes.len() + 1024);
        slots::apply(bytes, &mut edits, &mut new);
        self.package.replace(index, &new)
    }

    /// Edits that put the new names where old ones are referred to.
    pub fn rename(&self, bytes: &[u8], edits: &mut Vec<RawEdit>) {
        let renamed: Vec<_> = self.renamed.iter().filter(|(old, _)| old.chars().count() >= 3).collect();
        if renamed.is_empty() {
            return;
        }
        let (text, places) = decoded(bytes);
        for (old, new) in renamed {
            let mut to = Vec::new();
            xml::escape_into(new, &mut to);
            for at in memmem::find_iter(&text, old) {
                let end = at + old.len();
                let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
                if !word(at.checked_sub(1).and_then(|k| text.get(k))) && !word(text.get(end)) {
                    edits.push(RawEdit { start: places[at], end: places[end], bytes: to.clone() });
                }
            }
        }
    }

    fn flavor(&self, name: &str) -> Flavor {
        if self.open_document {
            Flavor::Odf
        } else if name.starts_with("customXml/") && !name.contains("itemProps") {
            Flavor::Foreign
        } else if name.starts_with("xl/")
            && !name.starts_with("xl/drawings/")
            && !name.starts_with("xl/charts/")
        {
            Flavor::Sheet
        } else {
            Flavor::Office
        }
    }

    /// Walks over every part that is not done yet and writes the copy.
    ///
    /// # Errors
    /// Whatever keeps the copy from being written; a scan notes what could not be inspected and goes on.
    pub fn finish(mut self, out: Option<&mut dyn Output>) -> Result<Info, ReadError> {
        let names: Vec<String> = self.package.names().to_vec();
        if self.package.copying() {
            self.clean_names(&names)?;
        }
        let mut order: Vec<usize> = (0..names.len()).filter(|i| !self.done.contains(i)).collect();
        order.sort_by_key(|i| (rank(&names[*i]), *i));
        for &i in &order {
            let name = &names[i];
            let result = match rank(name) {
                Rank::Main | Rank::Text => self.text_part(i, self.flavor(name)),
                Rank::Macros => macros::visit(&mut self.package, i, &mut self.visitor),
                Rank::Member => members::visit(&mut self.package, i, &mut self.visitor),
                Rank::Signature => macros::signature(&mut self.package, i, &mut self.visitor),
                Rank::Nothing | Rank::Relations | Rank::List => Ok(()),
            };
            if let Err(e) = result {
                self.failed(e, name)?;
            }
        }
        if self.package.changed() {
            self.clean_up(&names)?;
        }
        let dropped: Vec<String> =
            (0..names.len()).filter(|i| self.package.is_dropped(*i)).map(|i| names[i].clone()).collect();
        for (i, name) in names.iter().enumerate() {
            if self.package.is_dropped(i) {
                continue;
            }
            let result = match rank(name) {
                Rank::Relations => self.relations(i, name, &dropped),
                Rank::List if !dropped.is_empty() => self.list(i, &dropped),
                _ => Ok(()),
            };
            if let Err(e) = result {
                self.failed(e, name)?;
            }
        }
        if let Some(out) = out {
            self.late_changes(&names)?;
            self.package.finish(out)?;
        }
        Ok(Info { partly: self.partly, notes: self.notes, ..Info::default() })
    }

    /// A part cannot be given another name without all that refers to it: no copy then.
    fn clean_names(&mut self, names: &[String]) -> Result<(), ReadError> {
        for (i, name) in names.iter().enumerate() {
            let digits = name.bytes().filter(u8::is_ascii_digit).count();
            if (!name.is_ascii() || digits >= 9 || name.contains('@'))
                && self.visitor.clean_name(name) != *name
            {
                return Err(ReadError::new(
                    Reason::NotWritable,
                    format!("the name of part {i} holds personal data"),
                ));
            }
        }
        Ok(())
    }

    /// What a changed copy may no longer hold: signatures of the source, its pictures of the first page,
    /// and text that was deleted with tracking on.
    fn clean_up(&mut self, names: &[String]) -> Result<(), ReadError> {
        for (i, name) in names.iter().enumerate() {
            let lower = name.to_ascii_lowercase();
            let gone = lower.starts_with("_xmlsignatures/")
                || lower.starts_with("docprops/thumbnail")
                || lower.starts_with("thumbnails/")
                || (lower.starts_with("meta-inf/") && lower.contains("signatures"));
            if gone && !self.package.is_dropped(i) {
                self.package.drop_part(i);
                if lower.contains("signature") {
                    self.notes
                        .push(format!("a digital signature does not stand in the changed copy ({name})"));
                }
            }
        }
        for (i, name) in names.iter().enumerate() {
            // pictures of tables and objects as they looked before the edits
            let preview = name.starts_with("ObjectReplacements/") || name.contains("/TablePreview");
            if preview && self.package.copying() {
                members::blank(&mut self.package, i)?;
            }
        }
        for (index, edits) in std::mem::take(&mut self.pending) {
            let bytes = xml::to_utf8(self.package.read(index)?);
            self.write(index, &bytes, edits)?;
        }
        Ok(())
    }

    /// Links are looked at last and may be the first thing that changes.
    fn late_changes(&mut self, names: &[String]) -> Result<(), ReadError> {
        if !self.package.changed() {
            return Ok(());
        }
        let before = (0..names.len()).filter(|i| self.package.is_dropped(*i)).count();
        self.clean_up(names)?;
        let dropped: Vec<String> =
            (0..names.len()).filter(|i| self.package.is_dropped(*i)).map(|i| names[i].clone()).collect();
        if dropped.len() == before {
            return Ok(());
        }
        for (i, name) in names.iter().enumerate() {
            match rank(name) {
                _ if self.package.is_dropped(i) => {}
                Rank::Relations => self.relations(i, name, &dropped)?,
                Rank::List => self.list(i, &dropped)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn relations(&mut self, index: usize, name: &str, dropped: &[String]) -> Result<(), ReadError> {
        let bytes = xml::to_utf8(self.package.read(index)?);
        let visitor = &mut self.visitor;
        let mut found = drops::edit_relations(name, &bytes, dropped, &mut |block| visitor.block(block))?;
        self.rename(&bytes, &mut found.edits);
        if found.edits.is_empty() {
            return Ok(());
        }
        self.write(index, &bytes, found.edits)
    }

    fn list(&mut self, index: usize, dropped: &[String]) -> Result<(), ReadError> {
        let bytes = xml::to_utf8(self.package.read(index)?);
        let edits = drops::edit_list(&bytes, dropped)?;
        if edits.is_empty() {
            return Ok(());
        }
        self.write(index, &bytes, edits)
    }
}

/// XML with its references resolved, and for every byte of that (and for its end) the offset in `bytes`.
fn decoded(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let mut text = Vec::with_capacity(bytes.len());
    let mut places = Vec::with_capacity(bytes.len() + 1);
    let mut at = 0;
    while at < bytes.len() {
        let (len, c) = xml::unit(&bytes[at..]);
        match c {
            Some(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => text.extend_from_slice(&bytes[at..at + len]),
        }
        places.resize(text.len(), at);
        at += len;
    }
    places.push(at);
    (text, places)
}

/// A number or date among the items of a pivot cache that became a word is a string item from now on.
fn numbers_to_strings(bytes: &[u8], edits: &mut Vec<RawEdit>) {
    let mut more = Vec::new();
    for edit in edits.iter() {
        let Some(open) = memchr::memrchr(b'<', &bytes[..edit.start.min(bytes.len())]) else { continue };
        let tag = &bytes[open..];
        let number = std::str::from_utf8(&edit.bytes).is_ok_and(|t| t.parse::<f64>().is_ok());
        if !number && (tag.starts_with(b"<n ") || tag.starts_with(b"<d ")) {
            more.push(RawEdit { start: open + 1, end: open + 2, bytes: b"s".to_vec() });
        }
    }
    edits.append(&mut more);
}

/// What a part is, in the order in which parts are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Main,
    Text,
    Macros,
    Member,
    Signature,
    Relations,
    List,
    Nothing,
}

fn rank(name: &str) -> Rank {
    let lower = name.to_ascii_lowercase();
    let ext = lower.rsplit_once('.').map_or("", |(_, e)| e);
    if lower.ends_with('/')
        || matches!(lower.as_str(), "mimetype" | "layout-cache" | "xl/calcchain.xml")
        || lower.ends_with("/layout-cache")
    {
        return Rank::Nothing;
    }
    if lower == "[content_types].xml" || lower == "meta-inf/manifest.xml" {
        return Rank::List;
    }
    if lower.starts_with("_xmlsignatures/")
        || (lower.starts_with("meta-inf/") && lower.contains("signatures"))
    {
        return if ext == "rels" { Rank::Relations } else { Rank::Signature };
    }
    if lower.starts_with("docprops/thumbnail") || lower.starts_with("thumbnails/") {
        return Rank::Nothing;
    }
    if lower.ends_with("vbaproject.bin") {
        return Rank::Macros;
    }
    match ext {
        "rels" => Rank::Relations,
        "xml" | "vml" | "rdf" | "xlb" | "psmdcp" => {
            let main = matches!(lower.as_str(), "word/document.xml" | "content.xml" | "xl/workbook.xml")
                || lower.starts_with("ppt/slides/");
            if main { Rank::Main } else { Rank::Text }
        }
        _ => Rank::Member,
    }
}

/// Replacements of names of sheets and ranges obey what a workbook allows in them.
fn legal_names(block: &crate::model::Block, edits: &mut [crate::model::Edit]) {
    for edit in edits {
        let name = block.segment_at(edit.start).and_then(|k| block.field(&block.segments[k]));
        if name.is_some_and(|f| {
            matches!(f.name.as_str(), "sheet" | "definedName" | "tableColumn" | "cacheField")
        }) {
            edit.text = edit
                .text
                .chars()
                .map(|c| if c.is_alphanumeric() || c == '_' || c == ' ' { c } else { '_' })
                .take(25)
                .collect();
        }
    }
}

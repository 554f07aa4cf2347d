//! Which format a file is: by its content, never by its name alone.

use std::io;

use super::encoding::Sample;
use super::{Format, TextFormat, csv, json, markup, signatures, sql, text};
use crate::model::Reason;
use crate::source::Input;

/// Every format that is read. One line each; the order breaks ties (the earlier wins).
#[rustfmt::skip] // one line a format, so that additions do not collide
static FORMATS: &[&dyn Format] = &[
    &super::xlsx::Xlsx,
    &super::ods::Ods,
    &super::docx::Docx,
    &super::pptx::Pptx,
    &super::odf::Odt,
    &super::odf::Odp,
    &super::xls::Xlsb,
    &super::compound::Xls,
    &super::compound::Doc,
    &super::compound::Ppt,
    &super::rtf::Rtf,
    &super::zip::Zip,
    &super::compressed::GZIP,
    &super::compressed::BZIP2,
    &super::compressed::XZ,
    #[cfg(feature = "archives")]
    &super::compressed::ZSTD,
    #[cfg(feature = "archives")]
    &super::compressed::LZ4,
    &super::pgdump::Tarred,
    &super::tar::Tar,
    #[cfg(feature = "archives")]
    &super::sevenz::SevenZ,
    #[cfg(feature = "archives")]
    &super::rar::Rar,
    #[cfg(feature = "sqlite")]
    &super::sqlite::Sqlite,
    #[cfg(feature = "access")]
    &super::access::Access,
    #[cfg(feature = "columnar")]
    &super::columnar::Parquet,
    #[cfg(feature = "columnar")]
    &super::columnar::ARROW,
    #[cfg(feature = "columnar")]
    &super::columnar::ARROW_STREAM,
    #[cfg(feature = "pdf")]
    &super::pdf::Pdf,
    &super::msg::Msg,
    &super::pst::Pst,
    &super::pgdump::PgDump,
    &super::pgdump::Rows,
    &super::dbf::Dbf,
    &super::dbf::Memo,
    &super::image::JPEG,
    &super::image::PNG,
    &super::image::GIF,
    &super::image::WEBP,
    &super::image::TIFF,
    &super::mbox::Mbox,
    &super::eml::Eml,
];

/// Formats that are text, asked where no other is certain.
#[rustfmt::skip] // one line a format, so that additions do not collide
static TEXTS: &[&dyn TextFormat] = &[
    &markup::HTML,
    &markup::XML,
    &markup::SVG,
    &json::Json,
    &sql::Sql,
    &csv::Csv,
    &text::Markdown,
    &text::Text,
];

/// From this score on a format is certain and no text format is asked.
const CERTAIN: u8 = 90;

/// What a file turned out to be.
pub enum Recognised {
    /// A format that is read.
    Format(&'static dyn Format),
    /// A format that is known by its signature and not read; `reason` is the word of the ledger.
    Known {
        /// Short lower-case name of the format.
        id: &'static str,
        /// Why it is not inspected.
        reason: Reason,
    },
    /// No known format, and not text.
    Binary,
    /// There are no bytes.
    Empty,
}

/// Finds the format of `input` from its first 64 KiB; nothing is used up.
///
/// # Errors
/// Only those of reading.
pub fn recognise(input: &mut Input) -> io::Result<Recognised> {
    if let Some(format) = super::pgdump::beside(input) {
        return Ok(Recognised::Format(format));
    }
    let name = input.name().to_owned();
    let head = input.head()?;
    Ok(recognise_bytes(head, &name))
}

/// Finds the format from the first bytes of a file.
pub fn recognise_bytes(head: &[u8], name: &str) -> Recognised {
    if head.is_empty() {
        return Recognised::Empty;
    }
    let mut best: Option<(&'static dyn Format, u8)> = None;
    for format in FORMATS {
        let score = format.recognise(head, name);
        if score > best.map_or(0, |b| b.1) {
            best = Some((*format, score));
        }
    }
    if let Some((format, score)) = best
        && score >= CERTAIN
    {
        return Recognised::Format(format);
    }
    if let Some((id, reason)) = signatures::known(head) {
        return Recognised::Known { id, reason };
    }
    if let Some(sample) = Sample::of(head) {
        for format in TEXTS {
            let score = format.score(&sample, name);
            if score > best.map_or(0, |b| b.1) {
                best = Some((*format, score));
            }
        }
    }
    best.map_or(Recognised::Binary, |(format, _)| Recognised::Format(format))
}

/// True where a file may hold columns with declared types, itself or in what it contains.
pub fn is_typed(head: &[u8], name: &str) -> bool {
    let Recognised::Format(format) = recognise_bytes(head, name) else { return true };
    let id = format.id();
    let document = ["xlsx", "ods", "xls", "xlsb", "docx", "pptx", "odt", "odp", "doc", "ppt", "rtf", "pdf"];
    id == "sql" || !(TEXTS.iter().any(|f| f.id() == id) || document.contains(&id))
}

/// The format with this id, for members whose container already says what they are.
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    all().find(|f| f.id() == id)
}

/// All formats that are read, for lists and tables.
pub fn all() -> impl Iterator<Item = &'static dyn Format> {
    FORMATS.iter().copied().chain(TEXTS.iter().map(|f| *f as &dyn Format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_empty() {
        assert!(matches!(recognise_bytes(b"", "a.txt"), Recognised::Empty));
    }

    #[test]
    fn names_do_not_decide() {
        let psd = b"8BPS\0\x01\0\0\0\0\0\0\0\x03";
        assert!(matches!(recognise_bytes(psd, "list.csv"), Recognised::Known { id: "psd", .. }));
    }

    #[test]
    fn random_bytes_are_binary() {
        let mut seed = 7u64;
        let bytes: Vec<u8> = (0..4096)
            .map(|_| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (seed >> 33) as u8
            })
            .collect();
        assert!(matches!(recognise_bytes(&bytes, "a.txt"), Recognised::Binary));
        assert!(matches!(recognise_bytes(&[0; 5000], "a.txt"), Recognised::Binary));
    }

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = all().map(Format::id).collect();
        let n = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), n);
    }
}

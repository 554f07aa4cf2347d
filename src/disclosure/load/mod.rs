//! Reads tables of several formats into dictionary codes, and writes them back in the same format.

#[cfg(feature = "columnar")]
mod columnar;
mod sheet;
mod text;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::table::Table;
use super::{Error, Result};
use crate::model::{ReadError, Reason};

pub use text::{TextStyle, decode, delimiter, encode, parse, read as read_text};

/// What a table was read from, so that its copy is the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Style {
    /// Delimited text.
    Text(TextStyle),
    /// A workbook; the copy has the sheet of this name only.
    Workbook {
        /// Name of the sheet that was read.
        sheet: String,
        /// How many other sheets there are; they are not copied.
        others: usize,
    },
    /// Parquet.
    #[cfg(feature = "columnar")]
    Parquet(columnar::Types),
    /// An Arrow IPC file.
    #[cfg(feature = "columnar")]
    Arrow(columnar::Types),
}

impl Style {
    /// The extension that a copy must have where the source's own does not fit: workbooks are written as XLSX.
    pub fn extension(&self) -> Option<&'static str> {
        matches!(self, Style::Workbook { .. }).then_some("xlsx")
    }
}

/// A table and what it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The table.
    pub table: Table,
    /// What it was read from.
    pub style: Style,
}

/// Reads a table. The kind of file is told by its content: Parquet, Arrow IPC, a workbook, else delimited text.
///
/// # Errors
/// Where the file cannot be read as a table.
pub fn load(path: &Path) -> Result<Loaded> {
    let place = path.display().to_string();
    let mut head = Vec::new();
    File::open(path).and_then(|f| f.take(8).read_to_end(&mut head)).map_err(|e| Error::file(&place, e))?;
    if head.is_empty() {
        return Err(Error::damaged(place, "the file is empty"));
    }
    if head.starts_with(b"PAR1") || head.starts_with(b"ARROW1") {
        return columnar_table(path, head.starts_with(b"PAR1"));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") {
        let (table, sheet, others) = sheet::read(path)?;
        return Ok(Loaded { table, style: Style::Workbook { sheet, others } });
    }
    let (table, style) = read_text(path)?;
    Ok(Loaded { table, style: Style::Text(style) })
}

#[cfg(feature = "columnar")]
fn columnar_table(path: &Path, parquet: bool) -> Result<Loaded> {
    let (table, types) = columnar::read(path, parquet)?;
    Ok(Loaded { table, style: if parquet { Style::Parquet(types) } else { Style::Arrow(types) } })
}

#[cfg(not(feature = "columnar"))]
fn columnar_table(path: &Path, _parquet: bool) -> Result<Loaded> {
    let what = "Parquet and Arrow files need a program built with the feature `columnar`";
    Err(Error::file(path.display().to_string(), ReadError::new(Reason::UnsupportedFormat, what)))
}

/// A table as comma-separated UTF-8 text.
///
/// # Errors
/// None in practice: the text is made in memory.
pub fn to_csv(table: &Table) -> Result<String> {
    let style = TextStyle {
        delimiter: b',',
        encoding: crate::format::encoding::Encoding::Utf8,
        bom: false,
        crlf: false,
        closed: true,
    };
    let mut out = Vec::new();
    text::write(table, &style, &mut out, "text")?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Writes a table as `style` says. The file is first written beside `path`, shown to `confirm`, and then renamed;
/// it must not exist.
///
/// # Errors
/// Where the path exists or cannot be written, a label has no place in the encoding, or `confirm` refuses.
pub fn save(table: &Table, style: &Style, path: &Path, confirm: &dyn Fn(&Path) -> Result<()>) -> Result<()> {
    let place = path.display().to_string();
    if path.exists() {
        let what = "the file exists; choose another name";
        return Err(Error::file(place, ReadError::new(Reason::WriteFailed, what)));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| Error::file(&place, e))?;
    match style {
        Style::Text(style) => text::write(table, style, file.as_file_mut(), &place)?,
        Style::Workbook { sheet, .. } => sheet::write(table, sheet, file.as_file_mut(), &place)?,
        #[cfg(feature = "columnar")]
        Style::Parquet(types) => columnar::write(table, types, true, file.as_file_mut(), &place)?,
        #[cfg(feature = "columnar")]
        Style::Arrow(types) => columnar::write(table, types, false, file.as_file_mut(), &place)?,
    }
    file.as_file().sync_all().map_err(|e| Error::file(&place, e))?;
    confirm(file.path())?;
    file.persist_noclobber(path).map_err(|e| Error::file(&place, e.error))?;
    Ok(())
}

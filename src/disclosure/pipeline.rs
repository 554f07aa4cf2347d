//! From a file to a protected file.

use std::path::{Path, PathBuf};

use super::load::{Loaded, Style, load, save};
use super::policy::Privacy;
use super::protect::{Protected, Report, protect};
use super::table::Table;
use super::{Error, Result, html};
use crate::model::{ReadError, Reason};

/// What else to do when a table is protected.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// How many of the best nodes to report.
    pub keep: usize,
    /// Which of them to use; 0 is the best.
    pub choice: usize,
    /// Where the report goes as JSON.
    pub json: Option<PathBuf>,
    /// Where the report goes as a page.
    pub html: Option<PathBuf>,
}

/// Reads a table, protects it, checks it, and writes it in the same format. Relative paths of hierarchies are
/// taken from `base`, the policy's folder.
///
/// The finished file is written under a temporary name and read again; only when every cell is as it was checked it
/// gets its name.
///
/// # Errors
/// Whatever keeps the table from being read, protected, proven or written. Then nothing is left at `output`.
pub fn run_policy(
    input: &Path,
    output: &Path,
    privacy: &Privacy,
    base: &Path,
    extras: &Extras,
) -> Result<Report> {
    if let Some(there) = [&extras.json, &extras.html].into_iter().flatten().find(|p| p.exists()) {
        return Err(exists(there));
    }
    if output.exists() {
        return Err(exists(output));
    }
    let Loaded { table, style } = load(input)?;
    let Protected { table: out, report, .. } =
        protect(&table, privacy, base, extras.keep.max(1), extras.choice)?;
    drop(table);
    write_checked(&out, &style, output)?;
    if let Some(path) = &extras.json {
        let json = serde_json::to_string_pretty(&report)
            .map_err(|_| Error::setting("the report could not be made"))?;
        write_new(path, json.as_bytes())?;
    }
    if let Some(path) = &extras.html {
        write_new(path, html::report(&report).as_bytes())?;
    }
    Ok(report)
}

/// Writes a table and reads it again before it gets its name.
///
/// # Errors
/// As [`save`], and [`Error::NotProven`] where the file does not hold what was checked.
pub fn write_checked(table: &Table, style: &Style, output: &Path) -> Result<()> {
    save(table, style, output, &|written| {
        let again = load(written)?.table;
        match same(table, &again) {
            true => Ok(()),
            false => Err(Error::NotProven("the written file does not read back as the checked table".into())),
        }
    })
}

/// Do two tables show the same texts? A NULL and an empty text are the same here: some formats have only one of them.
fn same(a: &Table, b: &Table) -> bool {
    a.rows() == b.rows()
        && a.columns.len() == b.columns.len()
        && a.columns.iter().zip(&b.columns).all(|(x, y)| {
            // Codes are renumbered by first row, so that each pair of codes needs one comparison.
            let mut seen = vec![u32::MAX; x.values.len()];
            x.name == y.name
                && x.codes.iter().zip(y.codes.iter()).all(|(p, q)| {
                    let slot = &mut seen[p as usize];
                    if *slot == q {
                        return true;
                    }
                    *slot = q;
                    x.values[p as usize] == y.values[q as usize]
                })
        })
}

/// Writes a new file, whole or not at all.
///
/// # Errors
/// Where it exists or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.exists() {
        return Err(exists(path));
    }
    let failed = |e: std::io::Error| Error::file(path.display().to_string(), e);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map(|_| ()).map_err(|e| failed(e.error))
}

fn exists(path: &Path) -> Error {
    let source = ReadError::new(Reason::WriteFailed, "the file exists; choose another name");
    Error::file(path.display().to_string(), source)
}

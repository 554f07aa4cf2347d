use std::path::Path;

use rustc_hash::FxHashMap;

/// An operator's generalization table: the first column holds values, every further one a coarser level.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    name: String,
    digest: String,
    levels: usize,
    rows: FxHashMap<String, Vec<String>>,
}

impl Hierarchy {
    /// Reads a CSV file with `;` or `,` between columns and no header.
    ///
    /// # Errors
    /// Saying what keeps it from being a table: not readable, no levels, a row of another length.
    pub fn load(path: &Path) -> Result<Hierarchy, String> {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| format!("{shown}: {e}"))?;
        // tables come from office programs too: with a mark of encoding, or in windows-1251
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(&bytes).0.into_owned(),
        };
        let first = text.as_bytes().split(|b| *b == b'\n').next().unwrap_or_default();
        let count = |d: u8| first.iter().filter(|b| **b == d).count();
        let delimiter = if count(b';') >= count(b',') { b';' } else { b',' };
        let mut rows = FxHashMap::default();
        let mut levels = 0;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| format!("{shown}: {e}"))?;
            let mut cells = record.iter().map(|c| c.trim().to_owned());
            let Some(value) = cells.next() else { continue };
            let coarser: Vec<String> = cells.collect();
            levels = coarser.len();
            rows.insert(value, coarser);
        }
        if levels == 0 {
            return Err(format!("{shown}: a hierarchy needs a value and at least one level in every row"));
        }
        let name = path.file_name().map_or(shown, |n| n.to_string_lossy().into_owned());
        Ok(Hierarchy { name, digest: blake3::hash(&bytes).to_hex()[..16].to_owned(), levels, rows })
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First 16 hexadecimal digits of the file's BLAKE3 hash.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many levels there are above the values.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// Is a text one of a level's own values?
    pub fn is_level(&self, text: &str, level: usize) -> bool {
        let text = text.trim();
        self.rows.values().any(|row| level.checked_sub(1).and_then(|n| row.get(n)).is_some_and(|v| v == text))
    }

    /// The value at a level from 1; `None` where the table does not hold it.
    pub fn get(&self, value: &str, level: usize) -> Option<&str> {
        self.rows.get(value.trim())?.get(level.checked_sub(1)?).map(String::as_str)
    }
}

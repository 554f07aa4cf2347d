use std::fs;
use std::path::Path;

use super::Hierarchy;
use crate::disclosure::load::{decode, delimiter};
use crate::disclosure::{Error, Result};

/// Reads a hierarchy in the layout of ARX: one line a value, its generalizations to the right, no header,
/// cells between `;` (or another delimiter, found by content). UTF-8 or an eight-bit Cyrillic encoding.
///
/// # Errors
/// Where the file cannot be read, or is no hierarchy.
pub fn read(path: &Path, column: &str) -> Result<Hierarchy> {
    let place = path.display().to_string();
    let bytes = fs::read(path).map_err(|e| Error::file(&place, e))?;
    let (text, _) = decode(&bytes, &place)?;
    let text = text.trim_start_matches('\u{FEFF}');
    let delimiter = if text.lines().next().is_some_and(|l| l.contains(';')) { b';' } else { delimiter(text) };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            Error::damaged(&place, format!("line {line}: not a line of a hierarchy"))
        })?;
        if record.len() == 1 && record.get(0) == Some("") {
            continue;
        }
        rows.push(record.iter().map(str::to_owned).collect());
    }
    Hierarchy::from_rows(column, &rows)
}

/// The text of a hierarchy in the layout that [`read`] reads.
pub fn write(hierarchy: &Hierarchy) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in hierarchy.rows() {
        // Writing to memory cannot fail, and all rows have the same length.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_hierarchies_read_back() {
        let rows = [vec!["a;b", "x", "*"], vec!["", "y", "*"], vec!["c \"d\"", "y", "*"]];
        let h = Hierarchy::from_rows("c", &rows).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.csv");
        fs::write(&path, write(&h)).unwrap();
        let back = read(&path, "c").unwrap();
        assert_eq!(back.rows().collect::<Vec<_>>(), h.rows().collect::<Vec<_>>());
    }
}

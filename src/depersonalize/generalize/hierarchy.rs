use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

/// An operator's generalization table: the first column holds values, every further one a coarser level.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    name: String,
    digest: String,
    levels: usize,
    rows: FxHashMap<String, Vec<String>>,
    /// The values of every level.
    of_level: Vec<FxHashSet<String>>,
}

/// Do steps from level to level ever return to a value that they left? A value that is its own coarser one stays.
fn circular(rows: &FxHashMap<String, Vec<String>>) -> bool {
    let mut next: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
    for (value, coarser) in rows {
        let steps = std::iter::once(value).chain(coarser).map(String::as_str);
        for (a, b) in steps.clone().zip(steps.skip(1)).filter(|(a, b)| a != b) {
            next.entry(a).or_default().insert(b);
        }
    }
    // values whose every step leads on to an end are taken away; what is left goes round
    let mut open: FxHashMap<&str, usize> = next.iter().map(|(v, to)| (*v, to.len())).collect();
    let mut back: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (a, to) in &next {
        to.iter().for_each(|b| back.entry(*b).or_default().push(*a));
    }
    let mut ends: Vec<&str> = back.keys().copied().filter(|v| !next.contains_key(v)).collect();
    while let Some(end) = ends.pop() {
        for before in back.get(end).into_iter().flatten() {
            if let Some(n) = open.get_mut(before) {
                *n -= 1;
                if *n == 0 {
                    open.remove(before);
                    ends.push(before);
                }
            }
        }
    }
    !open.is_empty()
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
            if rows.get(&value).is_some_and(|other| *other != coarser) {
                let line = record.position().map_or(0, csv::Position::line);
                return Err(format!("{shown}:{line}: the value stood above with other levels"));
            }
            rows.insert(value, coarser);
        }
        if circular(&rows) {
            return Err(format!(
                "{shown}: a coarser value leads back to a finer one; every step must lead to a coarser value"
            ));
        }
        if levels == 0 {
            return Err(format!("{shown}: a hierarchy needs a value and at least one level in every row"));
        }
        let name = path.file_name().map_or(shown, |n| n.to_string_lossy().into_owned());
        let of_level =
            (0..levels).map(|n| rows.values().filter_map(|row| row.get(n).cloned()).collect()).collect();
        Ok(Hierarchy { name, digest: blake3::hash(&bytes).to_hex()[..16].to_owned(), levels, rows, of_level })
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
        level.checked_sub(1).and_then(|n| self.of_level.get(n)).is_some_and(|of| of.contains(text.trim()))
    }

    /// The value at a level from 1; `None` where the table does not hold it.
    pub fn get(&self, value: &str, level: usize) -> Option<&str> {
        self.rows.get(value.trim())?.get(level.checked_sub(1)?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_leads_to_a_coarser_value() {
        let dir = tempfile::tempdir().unwrap();
        let load = |text: &[u8]| {
            let path = dir.path().join("h.csv");
            std::fs::write(&path, text).unwrap();
            Hierarchy::load(&path)
        };
        let cities = load("Алматы;Юг;РК\nАстана;Север;РК\nАстана;Север;РК\nЮг;Юг;РК\n".as_bytes()).unwrap();
        assert_eq!((cities.levels(), cities.get(" Астана", 2)), (2, Some("РК")));
        assert!(cities.is_level("Юг", 1) && !cities.is_level("Юг", 2) && !cities.is_level("Алматы", 1));
        // windows-1251
        assert_eq!(load(b"\xc0;\xdf\n").unwrap().get("А", 1), Some("Я"));
        for (text, why) in [
            ("a;b;a\n", "leads back"),
            ("a;b\nb;c\nc;a\nd;e\n", "leads back"),
            ("a;x\na;y\n", ":2: the value stood above"),
            ("a\n", "at least one level"),
            ("", "at least one level"),
            ("a;x\nb;x;y\n", "fields"),
        ] {
            let e = load(text.as_bytes()).unwrap_err();
            assert!(e.contains(why), "{e}");
        }
    }
}

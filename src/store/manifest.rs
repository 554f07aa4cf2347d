use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Name of the manifest inside the output folder.
pub const MANIFEST: &str = ".qupia-manifest.jsonl";

/// One copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// Path inside the output folder.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// BLAKE3 of the content, hexadecimal.
    pub blake3: String,
    /// BLAKE3 of the policy, so that a run by the same policy knows its own copies.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// What stands in the copy on purpose and looks like personal data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<Declared>,
}

/// Values of a column that look like personal data and stand in a copy on purpose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Declared {
    /// Table and column.
    pub place: String,
    /// The kind of data.
    pub category: String,
    /// `kept`, `permuted`, `narrow`, or the method.
    pub why: String,
}

/// The copies in an output folder, by their own names only: nothing in it tells of a source.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
}

impl Manifest {
    /// Reads the manifest of a folder; an absent one is empty, lines that are none are passed over.
    ///
    /// # Errors
    /// Those of reading.
    pub fn read(path: &Path) -> io::Result<Manifest> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Manifest::default()),
            Err(e) => return Err(e),
        };
        let mut entries = Vec::new();
        for line in BufReader::new(file).lines() {
            if let Ok(entry) = serde_json::from_str(&line?) {
                entries.push(entry);
            }
        }
        Ok(Manifest { entries })
    }

    pub(super) fn add(&mut self, entry: ManifestEntry) {
        self.entries.push(entry);
    }

    /// The copy under a path.
    pub fn entry(&self, path: &Path) -> Option<&ManifestEntry> {
        self.entries.iter().rev().find(|e| Path::new(&e.path) == path)
    }

    /// The copies.
    pub fn entries(&self) -> &[ManifestEntry] {
        &self.entries
    }

    pub(super) fn write(mut self, file: &File) -> io::Result<()> {
        // of two entries for one path the later holds
        self.entries.reverse();
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.entries.dedup_by(|a, b| a.path == b.path);
        let mut out = BufWriter::new(file);
        for entry in &self.entries {
            serde_json::to_writer(&mut out, entry)?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}

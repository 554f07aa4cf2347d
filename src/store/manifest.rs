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

/// The copies in an output folder, by their own names only: nothing in it tells of a source. Its last line seals it.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
    seal: Sealed,
}

/// What closes a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Copies listed.
    pub copies: u64,
    /// BLAKE3 of all lines before this one, hexadecimal. Whoever changes the manifest can compute it anew, so it is to be
    /// compared with what the run told.
    pub blake3: String,
    /// BLAKE3 of that hash, keyed by the run's key file where there is one: only its holder can compute it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

/// Is a manifest as it was written?
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sealed {
    /// No seal stands at its end.
    #[default]
    Open,
    /// It fits its seal.
    Holds(Seal),
    /// Something else stands there than was sealed.
    Broken,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closing {
    seal: Seal,
}

impl Seal {
    fn new(copies: usize, lines: &blake3::Hasher, key: Option<&[u8; 32]>) -> Seal {
        let hash = lines.finalize();
        Seal { copies: copies as u64, blake3: hash.to_hex().to_string(), mac: key.map(|key| mac(key, hash)) }
    }

    /// Was it made with this key? `None` where it was made without one.
    pub fn is_by(&self, key: &[u8; 32]) -> Option<bool> {
        let hash = blake3::Hash::from_hex(&self.blake3).ok()?;
        self.mac.as_ref().map(|m| *m == mac(key, hash))
    }
}

fn mac(key: &[u8; 32], hash: blake3::Hash) -> String {
    blake3::keyed_hash(key, hash.as_bytes()).to_hex().to_string()
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
        let mut manifest = Manifest::default();
        let (mut reader, mut line, mut lines) = (BufReader::new(file), Vec::new(), blake3::Hasher::new());
        while reader.read_until(b'\n', &mut line)? > 0 {
            if manifest.seal != Sealed::Open {
                manifest.seal = Sealed::Broken;
            } else if let Ok(Closing { seal }) = serde_json::from_slice(&line) {
                let now = Seal::new(manifest.entries.len(), &lines, None);
                let same = (now.copies, &now.blake3) == (seal.copies, &seal.blake3);
                manifest.seal = if same { Sealed::Holds(seal) } else { Sealed::Broken };
            }
            lines.update(&line);
            manifest.entries.extend(serde_json::from_slice::<ManifestEntry>(&line).ok());
            line.clear();
        }
        Ok(manifest)
    }

    /// Is it as it was written?
    pub fn seal(&self) -> &Sealed {
        &self.seal
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

    /// Writes it and seals it, with `key` where the run's key is kept.
    pub(super) fn write(mut self, file: &File, key: Option<&[u8; 32]>) -> io::Result<Seal> {
        // of two entries for one path the later holds
        self.entries.reverse();
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.entries.dedup_by(|a, b| a.path == b.path);
        let (mut out, mut lines) = (BufWriter::new(file), blake3::Hasher::new());
        for entry in &self.entries {
            let mut line = serde_json::to_vec(entry)?;
            line.push(b'\n');
            lines.update(&line);
            out.write_all(&line)?;
        }
        let closing = Closing { seal: Seal::new(self.entries.len(), &lines, key) };
        serde_json::to_writer(&mut out, &closing)?;
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(closing.seal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_tells_every_change() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m");
        let mut manifest = Manifest::default();
        for n in 0..3 {
            let path = format!("{n}.csv");
            manifest.add(ManifestEntry {
                path,
                bytes: n,
                blake3: "00".into(),
                policy: String::new(),
                declared: Vec::new(),
            });
        }
        let key = [7; 32];
        let seal = manifest.write(&File::create(&path).unwrap(), Some(&key)).unwrap();
        assert_eq!(Manifest::read(&path).unwrap().seal(), &Sealed::Holds(seal.clone()));
        assert_eq!((seal.is_by(&key), seal.is_by(&[8; 32]), seal.copies), (Some(true), Some(false), 3));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for changed in [
            text.replace("1.csv", "4.csv"),
            [lines[0], lines[2], lines[3]].concat(),
            [lines[1], lines[0], lines[2], lines[3]].concat(),
            [lines[0], lines[1], lines[2], lines[3], lines[0]].concat(),
            format!("{text}\n"),
            text.replace("\"copies\":3", "\"copies\":2"),
        ] {
            std::fs::write(&path, changed).unwrap();
            assert_eq!(Manifest::read(&path).unwrap().seal(), &Sealed::Broken);
        }
        std::fs::write(&path, lines[..3].concat()).unwrap();
        let open = Manifest::read(&path).unwrap();
        assert_eq!((open.seal(), open.entries().len()), (&Sealed::Open, 3));
    }
}

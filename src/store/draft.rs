use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A copy that is not proven yet; removed when dropped.
pub struct Draft {
    file: File,
    path: PathBuf,
    /// Length and hash of what was written last, where it was written from the beginning to the end.
    hashed: Option<(u64, blake3::Hash)>,
}

impl Draft {
    pub(super) fn new(file: File, path: PathBuf) -> Draft {
        Draft { file, path, hashed: None }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file, to read what was written.
    ///
    /// # Errors
    /// Those of the system.
    pub fn reader(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// Begins to write from new.
    ///
    /// # Errors
    /// Those of the system.
    pub fn writer(&mut self) -> io::Result<DraftWriter<'_>> {
        self.hashed = None;
        self.file.set_len(0)?;
        (&self.file).seek(SeekFrom::Start(0))?;
        Ok(DraftWriter { draft: self, at: 0, hasher: Some(blake3::Hasher::new()) })
    }

    /// Tries whether the disk takes more, where an error's kind was lost on its way through a format.
    ///
    /// # Errors
    /// Those of the system, with their kind.
    pub fn try_room(&mut self) -> io::Result<()> {
        self.hashed = None;
        let mut file = &self.file;
        file.seek(SeekFrom::End(0))?;
        file.write_all(&[0; 4096])
    }

    /// Length and BLAKE3 of what stands in the file.
    pub(super) fn hash(&self) -> io::Result<(u64, blake3::Hash)> {
        if let Some(known) = self.hashed {
            return Ok(known);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(self.reader()?)?;
        Ok((hasher.count(), hasher.finalize()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // after a rename there is nothing here any more
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a draft, and hashes what goes by, so that the copy need not be read for its hash.
pub struct DraftWriter<'a> {
    draft: &'a mut Draft,
    at: u64,
    /// `None` once something was not written behind all before it.
    hasher: Option<blake3::Hasher>,
}

impl DraftWriter<'_> {
    /// Ends the writing: what was written is what the file holds.
    pub fn finish(self) {
        self.draft.hashed = self.hasher.map(|h| (h.count(), h.finalize()));
    }
}

impl Write for DraftWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = (&self.draft.file).write(bytes)?;
        self.at += n as u64;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&bytes[..n]);
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.draft.file).flush()
    }
}

impl Seek for DraftWriter<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = (&self.draft.file).seek(to)?;
        if at != self.at {
            (self.at, self.hasher) = (at, None);
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(dir: &tempfile::TempDir) -> Draft {
        let path = dir.path().join("d");
        let open = File::options().read(true).write(true).create(true).truncate(true).open(&path);
        Draft::new(open.unwrap(), path)
    }

    #[test]
    fn the_hash_is_of_what_the_file_holds() {
        let dir = tempfile::tempdir().unwrap();
        let mut draft = draft(&dir);
        let mut writer = draft.writer().unwrap();
        writer.write_all(b"name;iin").unwrap();
        writer.stream_position().unwrap();
        writer.write_all(b"\n").unwrap();
        writer.finish();
        assert!(draft.hashed.is_some());
        assert_eq!(draft.hash().unwrap(), (9, blake3::hash(b"name;iin\n")));
        // going back and writing over leaves no hash of what went by
        let mut writer = draft.writer().unwrap();
        writer.write_all(b"name;iin").unwrap();
        writer.seek(SeekFrom::Start(0)).unwrap();
        writer.write_all(b"NAME").unwrap();
        writer.finish();
        assert!(draft.hashed.is_none());
        assert_eq!(draft.hash().unwrap(), (8, blake3::hash(b"NAME;iin")));
    }

    #[test]
    fn what_was_written_anew_or_after_is_hashed_anew() {
        let dir = tempfile::tempdir().unwrap();
        let mut draft = draft(&dir);
        let mut writer = draft.writer().unwrap();
        writer.write_all(b"a longer text").unwrap();
        writer.finish();
        let mut writer = draft.writer().unwrap();
        writer.write_all(b"short").unwrap();
        drop(writer);
        assert_eq!(draft.hash().unwrap(), (5, blake3::hash(b"short")));
        draft.try_room().unwrap();
        assert_eq!(draft.hash().unwrap().0, 5 + 4096);
    }
}

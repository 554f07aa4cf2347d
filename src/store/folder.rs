use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::source::display;

use super::draft::Draft;
use super::manifest::{Declared, MANIFEST, Manifest, ManifestEntry, Seal, Sealed};

/// Name of the folder, inside the output folder, in which copies are made until they are proven clean.
const UNPROVEN: &str = ".qupia-unproven";

/// What is done with an output folder that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Refuse it.
    Fresh,
    /// Keep the copies in it, add what is missing.
    Resume,
    /// Remove what its manifest lists.
    Overwrite,
}

/// Why the output folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Par. 23: personal and depersonalized data are stored separately.
    #[error(
        "the output folder {out} and the source {source_path} lie inside one another; personal and depersonalized data must be stored separately (Order 395, par. 23): choose a folder outside the source"
    )]
    Inside {
        /// The output folder.
        out: String,
        /// The source.
        source_path: String,
    },
    /// Something is there already.
    #[error(
        "the output folder {out} is not empty; choose an empty one, or add --resume to write only what is missing, or --overwrite to replace what an earlier run wrote there"
    )]
    NotEmpty {
        /// The output folder.
        out: String,
    },
    /// Another run holds it.
    #[error("another run is writing into {out}; wait for it or choose another folder")]
    Busy {
        /// The output folder.
        out: String,
    },
    /// Copies were listed that no run listed, or taken off the list.
    #[error(
        "the manifest {MANIFEST} in {out} was changed since the run that wrote it; choose an empty folder, or look through the copies with `qupia verify`"
    )]
    Changed {
        /// The output folder.
        out: String,
    },
    /// The system refused.
    #[error("cannot use the output folder {out}: {source}")]
    Io {
        /// The output folder.
        out: String,
        /// The system's words.
        source: io::Error,
    },
}

/// The output folder of a run.
pub struct Store {
    out: PathBuf,
    unproven: PathBuf,
    lock: Option<File>,
    next: AtomicU64,
    manifest: Mutex<Manifest>,
}

/// The place that a path names, with links resolved as far as it exists.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut real = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::ParentDir => {
                real.pop();
            }
            Component::CurDir => {}
            part => {
                real.push(part);
                match real.canonicalize() {
                    Ok(there) => real = there,
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(e),
                }
            }
        }
    }
    Ok(real)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Does `path` lie inside `folder` (links resolved), or is it the same?
///
/// # Errors
/// Those of the system.
pub fn inside(path: &Path, folder: &Path) -> io::Result<bool> {
    Ok(resolved(path)?.starts_with(resolved(folder)?))
}

impl Store {
    /// Takes `out` as the output folder for copies of `sources`.
    ///
    /// # Errors
    /// See [`StoreError`]; nothing is changed then.
    pub fn open(out: &Path, sources: &[PathBuf], mode: Mode) -> Result<Store, StoreError> {
        let io = |source| StoreError::Io { out: display(out), source };
        for source in sources {
            if inside(out, source).map_err(io)? || inside(source, out).map_err(io)? {
                return Err(StoreError::Inside { out: display(out), source_path: display(source) });
            }
        }
        let real = resolved(out).map_err(io)?;
        let filled = match fs::read_dir(&real) {
            Ok(mut entries) => entries.any(|e| e.is_ok_and(|e| e.file_name() != UNPROVEN)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => false,
            Err(e) => return Err(io(e)),
        };
        if filled && mode == Mode::Fresh {
            return Err(StoreError::NotEmpty { out: display(out) });
        }
        private_folder(&real).map_err(io)?;
        let unproven = real.join(UNPROVEN);
        private_folder(&unproven).map_err(io)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(unproven.join("lock"))
            .map_err(io)?;
        if lock.try_lock().is_err() {
            return Err(StoreError::Busy { out: display(out) });
        }
        // what a run that was killed left behind
        for entry in fs::read_dir(&unproven).map_err(io)?.flatten() {
            if entry.file_name() != "lock" {
                fs::remove_file(entry.path()).map_err(io)?;
            }
        }
        let mut manifest = Manifest::read(&real.join(MANIFEST)).map_err(io)?;
        // this run would seal what another hand wrote
        if mode == Mode::Resume && *manifest.seal() == Sealed::Broken {
            return Err(StoreError::Changed { out: display(out) });
        }
        if mode == Mode::Overwrite {
            for entry in manifest.entries() {
                // a manifest that was tampered with may not lead out of the folder
                if Path::new(&entry.path).components().all(|c| matches!(c, Component::Normal(_))) {
                    match fs::remove_file(real.join(&entry.path)) {
                        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(io(e)),
                        _ => {}
                    }
                }
            }
            manifest = Manifest::default();
        }
        Ok(Store {
            out: real,
            unproven,
            lock: Some(lock),
            next: AtomicU64::new(0),
            manifest: Mutex::new(manifest),
        })
    }

    /// The folder, with links resolved.
    pub fn folder(&self) -> &Path {
        &self.out
    }

    /// Is there a copy under this relative path?
    pub fn has(&self, relative: &Path) -> bool {
        fs::symlink_metadata(self.out.join(relative)).is_ok()
    }

    /// A file to write a copy into. It goes away unless it is committed.
    ///
    /// # Errors
    /// Those of the system.
    pub fn draft(&self) -> io::Result<Draft> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.unproven.join(n.to_string());
        Ok(Draft::new(private_file(&path)?, path))
    }

    /// Gives a proven copy its place.
    ///
    /// # Errors
    /// Those of the system; the draft is gone then.
    pub fn commit(
        &self,
        draft: Draft,
        relative: &Path,
        policy: &str,
        declared: Vec<Declared>,
    ) -> io::Result<()> {
        let (bytes, hash) = draft.hash()?;
        draft.file().sync_data()?;
        let place = self.out.join(relative);
        if let Some(folder) = place.parent() {
            private_folder(folder)?;
        }
        fs::rename(draft.path(), &place)?;
        let entry = ManifestEntry {
            path: relative.to_string_lossy().into_owned(),
            bytes,
            blake3: hash.to_hex().to_string(),
            policy: policy.to_owned(),
            declared,
        };
        self.manifest.lock().unwrap_or_else(|e| e.into_inner()).add(entry);
        Ok(())
    }

    /// Writes the manifest, sealed with `key` where the run's key is kept, and takes the working folder away.
    ///
    /// # Errors
    /// Those of the system.
    pub fn finish(mut self, key: Option<&[u8; 32]>) -> io::Result<Seal> {
        let manifest = std::mem::take(&mut *self.manifest.lock().unwrap_or_else(|e| e.into_inner()));
        let draft = self.draft()?;
        let seal = manifest.write(draft.file(), key)?;
        draft.file().sync_data()?;
        fs::rename(draft.path(), self.out.join(MANIFEST))?;
        drop(draft);
        self.close();
        Ok(seal)
    }

    fn close(&mut self) {
        if self.lock.take().is_some() {
            let _ = fs::remove_dir_all(&self.unproven);
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn separate_storage() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("source");
        fs::create_dir(&source).unwrap();
        for out in [source.join("out"), dir.path().to_path_buf(), source.join("../source/x/../y")] {
            let r = Store::open(&out, std::slice::from_ref(&source), Mode::Fresh);
            assert!(matches!(r, Err(StoreError::Inside { .. })), "{out:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&source, dir.path().join("link")).unwrap();
            let r = Store::open(&dir.path().join("link/out"), std::slice::from_ref(&source), Mode::Fresh);
            assert!(matches!(r, Err(StoreError::Inside { .. })));
        }
        assert!(!source.join("out").exists());
    }

    #[test]
    fn drafts_vanish_and_copies_stay() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let store = Store::open(&out, &[], Mode::Fresh).unwrap();
        let mut draft = store.draft().unwrap();
        draft.writer().unwrap().write_all(b"copy").unwrap();
        let lost = store.draft().unwrap();
        drop(lost);
        store.commit(draft, Path::new("a/b.txt"), "", Vec::new()).unwrap();
        assert!(matches!(Store::open(&out, &[], Mode::Resume), Err(StoreError::Busy { .. })));
        store.finish(None).unwrap();
        assert!(!out.join(UNPROVEN).exists());
        assert_eq!(fs::read(out.join("a/b.txt")).unwrap(), b"copy");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(out.join("a/b.txt")).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(out.join("a")).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert!(matches!(Store::open(&out, &[], Mode::Fresh), Err(StoreError::NotEmpty { .. })));
        let store = Store::open(&out, &[], Mode::Overwrite).unwrap();
        assert!(!out.join("a/b.txt").exists());
        drop(store);
    }
}

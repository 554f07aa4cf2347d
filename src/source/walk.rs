use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

use crate::model::Reason;

/// Which files a walk hands out.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Only files that match one of these globs (all, when empty).
    pub include: Vec<String>,
    /// No files and folders that match one of these globs.
    pub exclude: Vec<String>,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// Stay on the file system of each starting path.
    pub one_file_system: bool,
    /// Folders that are never entered (the output of a run, should it become visible).
    pub never: Vec<PathBuf>,
}

/// A regular file that the walk met.
#[derive(Clone, Debug)]
pub struct Entry {
    /// How to open it.
    pub path: PathBuf,
    /// Which starting path it was found under.
    pub root: usize,
    /// Path below the starting path; the file's own name where the starting path is the file.
    pub relative: PathBuf,
}

/// What a walk meets.
#[derive(Clone, Debug)]
pub enum Met {
    /// A file to read.
    File(Entry),
    /// Something that will not be read, and why.
    Passed {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: Reason,
        /// The system's own words.
        detail: String,
    },
}

/// A starting path or a glob that cannot be used at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The glob is malformed.
    #[error("the pattern {pattern:?} is not a valid glob: {source}")]
    Glob {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        source: globset::Error,
    },
    /// The starting path cannot be looked at.
    #[error("cannot read {path}: {source}; check the path and its permissions")]
    Start {
        /// As given.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
}

/// A path for people and reports: control characters and bytes that are not UTF-8 are escaped, since
/// file names on shares are hostile input.
pub fn display(path: &Path) -> String {
    if let Some(plain) = path.to_str().filter(|p| p.bytes().all(|b| (b' '..=b'~').contains(&b))) {
        return plain.to_owned();
    }
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        for b in chunk.invalid() {
            out.push_str(&format!("\\x{b:02X}"));
        }
    }
    out
}

struct Globs {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Globs {
    fn new(options: &WalkOptions) -> Result<Globs, WalkError> {
        let set = |patterns: &[String]| -> Result<GlobSet, WalkError> {
            let mut b = GlobSetBuilder::new();
            for pattern in patterns {
                let glob = GlobBuilder::new(pattern.trim_end_matches('/'))
                    .literal_separator(pattern.contains('/'))
                    .build()
                    .map_err(|source| WalkError::Glob { pattern: pattern.clone(), source })?;
                b.add(glob);
            }
            b.build().map_err(|source| WalkError::Glob { pattern: patterns.join(", "), source })
        };
        Ok(Globs {
            include: if options.include.is_empty() { None } else { Some(set(&options.include)?) },
            exclude: set(&options.exclude)?,
        })
    }

    fn excluded(&self, relative: &Path) -> bool {
        !self.exclude.is_empty()
            && (self.exclude.is_match(relative)
                || relative.file_name().is_some_and(|n| self.exclude.is_match(n)))
    }

    fn included(&self, relative: &Path) -> bool {
        self.include
            .as_ref()
            .is_none_or(|set| set.is_match(relative) || relative.file_name().is_some_and(|n| set.is_match(n)))
    }
}

/// Walks `paths` one after another, folders in the order of their names, and shows everything to `meet`
/// until it answers false. Nothing is skipped in silence: what is not handed out as a file is `Passed`.
///
/// # Errors
/// Only for what makes the whole walk senseless: a starting path that does not exist, a malformed glob.
pub fn walk(
    paths: &[PathBuf],
    options: &WalkOptions,
    mut meet: impl FnMut(Met) -> bool,
) -> Result<(), WalkError> {
    let globs = Arc::new(Globs::new(options)?);
    for path in paths {
        fs::symlink_metadata(path).map_err(|source| WalkError::Start { path: display(path), source })?;
    }
    for (root, start) in paths.iter().enumerate() {
        if !walk_one(root, start, options, &globs, &mut meet) {
            break;
        }
    }
    Ok(())
}

fn walk_one(
    root: usize,
    start: &Path,
    options: &WalkOptions,
    globs: &Arc<Globs>,
    meet: &mut dyn FnMut(Met) -> bool,
) -> bool {
    // a link that was named by the user is followed: they asked for it
    let meta = match fs::metadata(start) {
        Ok(m) => m,
        Err(e) => {
            return meet(Met::Passed { path: start.into(), reason: reason_of(&e), detail: e.to_string() });
        }
    };
    if !meta.is_dir() {
        let relative = PathBuf::from(start.file_name().unwrap_or(OsStr::new("file")));
        let met = if meta.is_file() {
            Met::File(Entry { path: start.into(), root, relative })
        } else {
            Met::Passed { path: start.into(), reason: Reason::Special, detail: String::new() }
        };
        return meet(met);
    }
    let mut walker = WalkBuilder::new(start);
    walker
        .standard_filters(false)
        .follow_links(options.follow_links)
        .same_file_system(false)
        .sort_by_file_name(OsStr::cmp);
    let device = options.one_file_system.then(|| device_of(&meta)).flatten();
    // folders that are not entered are noted by the filter and told before the next entry, in order
    let passed: Arc<Mutex<Vec<Met>>> = Arc::default();
    let (base, never, closed, noted) =
        (start.to_path_buf(), options.never.clone(), Arc::clone(globs), Arc::clone(&passed));
    walker.filter_entry(move |entry| {
        if entry.depth() == 0 || !entry.file_type().is_some_and(|k| k.is_dir()) {
            return true;
        }
        let path = entry.path();
        let reason =
            if closed.excluded(path.strip_prefix(&base).unwrap_or(path)) || never.iter().any(|n| n == path) {
                Reason::Excluded
            } else if device.is_some() && entry.metadata().ok().as_ref().and_then(device_of) != device {
                Reason::OtherFileSystem
            } else {
                return true;
            };
        let met = Met::Passed { path: path.into(), reason, detail: String::new() };
        noted.lock().unwrap_or_else(|e| e.into_inner()).push(met);
        false
    });
    let mut walker = walker.build();
    loop {
        let met = walker.next();
        for met in std::mem::take(&mut *passed.lock().unwrap_or_else(|e| e.into_inner())) {
            if !meet(met) {
                return false;
            }
        }
        let Some(met) = met else { return true };
        let entry = match met {
            Ok(entry) => entry,
            Err(e) => {
                if !meet(passed_of(start, &e)) {
                    return false;
                }
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let path = entry.path();
        let relative = path.strip_prefix(start).unwrap_or(path);
        let kind = entry.file_type();
        if kind.is_some_and(|k| k.is_dir()) {
            continue;
        }
        let pass = |reason| Met::Passed { path: path.into(), reason, detail: String::new() };
        let met = if globs.excluded(relative) {
            pass(Reason::Excluded)
        } else if kind.is_some_and(|k| k.is_symlink()) {
            pass(Reason::Link)
        } else if !globs.included(relative) {
            pass(Reason::Excluded)
        } else if kind.is_some_and(|k| k.is_file()) {
            Met::File(Entry { path: path.into(), root, relative: relative.into() })
        } else {
            pass(Reason::Special)
        };
        if !meet(met) {
            return false;
        }
    }
}

/// Reason for an error of the operating system.
fn reason_of(e: &std::io::Error) -> Reason {
    match e.kind() {
        std::io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
        std::io::ErrorKind::NotFound => Reason::Vanished,
        _ => Reason::ReadFailed,
    }
}

fn passed_of(start: &Path, e: &ignore::Error) -> Met {
    fn look(e: &ignore::Error, path: &mut Option<PathBuf>, looped: &mut bool) {
        match e {
            ignore::Error::WithPath { path: p, err } => {
                path.get_or_insert_with(|| p.clone());
                look(err, path, looped);
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                look(err, path, looped)
            }
            ignore::Error::Loop { child, .. } => {
                path.get_or_insert_with(|| child.clone());
                *looped = true;
            }
            _ => {}
        }
    }
    let (mut path, mut looped) = (None, false);
    look(e, &mut path, &mut looped);
    let (reason, detail) = match e.io_error() {
        _ if looped => (Reason::LinkLoop, String::new()),
        Some(io) => (reason_of(io), io.to_string()),
        None => (Reason::ReadFailed, String::new()),
    };
    Met::Passed { path: path.unwrap_or_else(|| start.into()), reason, detail }
}

#[cfg(unix)]
fn device_of(meta: &fs::Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    Some(meta.dev())
}

#[cfg(not(unix))]
fn device_of(_: &fs::Metadata) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(paths: &[PathBuf], options: &WalkOptions) -> Vec<String> {
        let mut out = Vec::new();
        walk(paths, options, |met| {
            out.push(match met {
                Met::File(e) => format!("file {}", display(&e.relative)),
                Met::Passed { path, reason, .. } => {
                    format!("{} {}", reason.code(), display(Path::new(path.file_name().unwrap())))
                }
            });
            true
        })
        .unwrap();
        out
    }

    #[test]
    fn hidden_and_ignored_files_are_seen_and_links_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let d = dir.path();
        fs::create_dir(d.join(".git")).unwrap();
        fs::write(d.join(".gitignore"), "*.txt\n").unwrap();
        fs::write(d.join("b.txt"), "").unwrap();
        fs::write(d.join(".git/a"), "").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("b.txt", d.join("c")).unwrap();
        let met = all(&[d.into()], &WalkOptions::default());
        assert_eq!(met, ["file .git/a", "file .gitignore", "file b.txt", "link c"]);
    }

    #[test]
    fn globs() {
        let dir = tempfile::tempdir().unwrap();
        let d = dir.path();
        fs::create_dir_all(d.join("x/y")).unwrap();
        fs::write(d.join("x/y/a.csv"), "").unwrap();
        fs::write(d.join("x/b.csv"), "").unwrap();
        fs::write(d.join("x/b.txt"), "").unwrap();
        let options =
            WalkOptions { include: vec!["*.csv".into()], exclude: vec!["x/y".into()], ..Default::default() };
        assert_eq!(all(&[d.into()], &options), ["file x/b.csv", "excluded b.txt", "excluded y"]);
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(display(Path::new("a\u{1b}[31m\n")), "a\\u{1b}[31m\\n");
    }
}

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread::ThreadId;

use super::*;

static LOOKED: Mutex<BTreeMap<String, Vec<ThreadId>>> = Mutex::new(BTreeMap::new());

/// Notes who looked at a block of a file.
pub(super) fn looked(path: &str) {
    let mut looked = LOOKED.lock().unwrap_or_else(|e| e.into_inner());
    looked.entry(path.to_owned()).or_default().push(std::thread::current().id());
}

#[test]
fn all_workers_share_the_only_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("one.log");
    let line =
        b"2026-06-02 12:42:33 INFO client iin=660528380152 phone +7 701 234 56 78 and nothing else of note\n";
    fs::write(&path, line.repeat(150_000)).unwrap();
    let mut options = RunOptions::new(vec![path.clone()]);
    options.threads = 2;
    scan(options, Vec::new()).unwrap();
    let looked = LOOKED.lock().unwrap_or_else(|e| e.into_inner());
    let by = &looked[&path.display().to_string()];
    assert!(by.len() > 10, "{}", by.len());
    assert_eq!(by.iter().map(|t| format!("{t:?}")).collect::<BTreeSet<_>>().len(), 2);
}

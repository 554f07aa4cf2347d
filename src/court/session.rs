//! A run over many acts: labels that go on through a file, what was kept on purpose, and the sheets.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use crate::detect::names::Names;
use crate::detect::names::parts::Parts;
use crate::model::{Block, Category, Edit, Finding};

use super::decide::{ActOptions, Numbers, decide, is_label};
use super::decisions::Decisions;
use super::persons;
use super::review;
use super::roles::ROLES;

/// What a run with the profile of court acts shares between its workers.
pub struct Session {
    options: ActOptions,
    decisions: Option<Decisions>,
    key: [u8; 32],
    review: bool,
    files: Mutex<HashMap<String, FileState>>,
    sheets: Mutex<BTreeMap<(String, usize), String>>,
}

#[derive(Default)]
struct FileState {
    numbers: Numbers,
    kept: HashSet<(Category, String)>,
    officials: Vec<Parts>,
    blocks: usize,
}

impl Session {
    /// A session; `review`: keep a sheet of every act (it holds the originals).
    pub fn new(options: ActOptions, decisions: Option<Decisions>, key: [u8; 32], review: bool) -> Session {
        Session { options, decisions, key, review, files: Mutex::default(), sheets: Mutex::default() }
    }

    /// A session that only tells roles, for a scan.
    pub fn for_scan() -> Session {
        Session::new(ActOptions::default(), None, [0; 32], false)
    }

    fn files(&self) -> MutexGuard<'_, HashMap<String, FileState>> {
        self.files.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The edits of one block of the file or member `path`. A block of rows is no act: false, nothing is added.
    pub fn edits(&self, path: &str, block: &Block, findings: &[Finding], edits: &mut Vec<Edit>) -> bool {
        if !block.is_document() {
            return false;
        }
        let mut files = self.files();
        let file = files.entry(path.to_owned()).or_default();
        let decisions = self.decisions.as_ref().and_then(|d| d.of(&block.text));
        let d = decide(block, findings, &self.options, decisions, &self.key, &mut file.numbers);
        let value = |start: u32, end: u32| {
            String::from_utf8_lossy(&block.text[start as usize..(end as usize).min(block.text.len())])
                .into_owned()
        };
        for m in d.kept() {
            file.kept.insert((Category::PERSON, value(m.start, m.end)));
            file.officials.push(Names::builtin().parts(value(m.start, m.end).as_bytes()));
        }
        for (start, end, category, _) in d.others.iter().filter(|o| !o.3) {
            file.kept.insert((*category, value(*start, *end)));
        }
        for p in decisions.map(|d| d.rejected.as_slice()).unwrap_or_default() {
            for f in findings.iter().filter(|f| f.start < p.end && p.start < f.end) {
                file.kept.insert((f.category, value(f.start, f.end)));
            }
        }
        let number = file.blocks;
        file.blocks += 1;
        drop(files);
        if self.review && !block.text.iter().all(u8::is_ascii_whitespace) {
            let sheet = review::sheet(path, &block.text, &d);
            let mut sheets = self.sheets.lock().unwrap_or_else(|e| e.into_inner());
            sheets.entry((path.to_owned(), number)).or_insert(sheet);
        }
        edits.extend(d.edits);
        true
    }

    /// In the second scan of a copy: was this text put there, or left there on purpose?
    pub fn is_own(&self, path: &str, category: Category, text: &str) -> bool {
        if is_label(text) {
            return true;
        }
        let files = self.files();
        let Some(file) = files.get(path) else { return false };
        if file.kept.contains(&(category, text.to_owned())) {
            return true;
        }
        if category != Category::PERSON {
            return false;
        }
        // an official's surname in another case form or with other initials
        let parts = Names::builtin().parts(text.as_bytes());
        parts.surname.is_some()
            && file.officials.iter().any(|o| {
                o.surname == parts.surname
                    && (parts.given_letter().is_none()
                        || o.given_letter().is_none()
                        || o.given_letter() == parts.given_letter())
            })
    }

    /// Writes the role of each person of a document into the findings.
    pub fn name_roles(&self, block: &Block, findings: &mut [Finding]) {
        if !block.is_document() {
            return;
        }
        let Ok(text) = std::str::from_utf8(&block.text) else { return };
        for person in persons::group(text, findings) {
            let Some(role) = ROLES.get(person.role) else { continue };
            for m in &person.mentions {
                let at = findings.iter_mut().filter(|f| f.category == Category::PERSON && f.start == m.start);
                at.for_each(|f| f.subtype = Some(role.id.as_str()));
            }
        }
    }

    /// Forgets the state of a file, members and all, that is done with.
    pub fn finish(&self, path: &str) {
        self.files().retain(|p, _| p != path && !(p.starts_with(path) && p[path.len()..].starts_with('!')));
    }

    /// The review page over all acts, in the order of their paths.
    pub fn page(&self) -> String {
        let sheets = self.sheets.lock().unwrap_or_else(|e| e.into_inner());
        review::page(&sheets.values().cloned().collect::<Vec<_>>())
    }
}

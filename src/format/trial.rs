//! A visitor for the tests of containers: it finds runs of twelve digits and names, replaces them with `X`,
//! and looks into members by the formats of this folder.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::{Format, Info, Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{Block, Edit, ReadError, Reason};
use crate::source::Input;

/// An invented number that no copy may hold.
pub(super) const IIN: &str = "990101300124";
/// An invented surname that no copy may hold.
pub(super) const SURNAME: &str = "Пробников";

#[derive(Default)]
pub(super) struct Trial {
    pub(super) limits: Limits,
    pub(super) found: usize,
    pub(super) members: Vec<String>,
    pub(super) partly: Vec<(Reason, String)>,
    /// All text that was seen, for questions about what was read.
    pub(super) text: String,
    pub(super) fields: Vec<String>,
    pub(super) depth: u32,
}

/// The copy of `file`.
pub(super) fn copy_of(format: &dyn Format, file: &[u8], name: &str) -> Result<(Vec<u8>, Trial), ReadError> {
    let mut trial = Trial::default();
    let copy = trial.copy(format, file, name)?;
    Ok((copy, trial))
}

impl Trial {
    pub(super) fn scan(&mut self, format: &dyn Format, file: &[u8], name: &str) -> Result<Info, ReadError> {
        self.walk(format, Input::memory(file.to_vec(), name), None)
    }

    pub(super) fn copy(
        &mut self,
        format: &dyn Format,
        file: &[u8],
        name: &str,
    ) -> Result<Vec<u8>, ReadError> {
        let mut out = Cursor::new(Vec::new());
        self.walk(format, Input::memory(file.to_vec(), name), Some(&mut out))?;
        Ok(out.into_inner())
    }

    /// Scans a file on disk.
    pub(super) fn file(&mut self, format: &dyn Format, path: &std::path::Path) -> Result<Info, ReadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.walk(format, Input::file(std::fs::File::open(path)?, name)?, None)
    }

    fn walk(
        &mut self,
        format: &dyn Format,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let Opened::Document(document) = format.open(input, &Arc::new(self.limits.clone()))? else {
            return Err(ReadError::damaged("not a document"));
        };
        let info = document.process(self, out)?;
        self.partly.extend(info.partly.iter().cloned());
        Ok(info)
    }

    fn edits(&mut self, text: &str) -> Vec<Edit> {
        let mut edits: Vec<Edit> = [IIN, SURNAME]
            .iter()
            .flat_map(|value| text.match_indices(*value))
            .map(|(at, value)| Edit {
                start: at as u32,
                end: (at + value.len()) as u32,
                text: "X".repeat(value.chars().count()).into(),
            })
            .collect();
        edits.sort_by_key(|e| e.start);
        self.found += edits.len();
        edits
    }
}

/// The container that these bytes certainly are.
fn known(head: &[u8], name: &str) -> Option<&'static dyn Format> {
    match super::registry::recognise_bytes(head, name) {
        super::registry::Recognised::Format(f) if f.recognise(head, name) >= 90 => Some(f),
        _ => None,
    }
}

impl Visitor for Trial {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        let mut edits = Vec::new();
        for segment in &block.segments {
            let text = String::from_utf8_lossy(&block.text[segment.start as usize..segment.end as usize]);
            self.text.push_str(&text);
            self.text.push('\n');
            if let Some(field) = block.field(segment) {
                self.fields.push(field.name.clone());
            }
            edits.extend(self.edits(&text).into_iter().map(|e| Edit {
                start: e.start + segment.start,
                end: e.end + segment.start,
                ..e
            }));
        }
        Ok(edits)
    }

    fn member(
        &mut self,
        name: &str,
        mut input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        self.members.push(name.to_owned());
        let copied = out.is_some();
        let go = || -> Result<(), ReadError> {
            if self.depth >= self.limits.depth {
                return Err(ReadError::limit("depth"));
            }
            let hint = input.name().to_owned();
            let head = input.head()?;
            match known(head, &hint) {
                Some(format) => {
                    self.depth += 1;
                    let result = self.walk(format, input, out);
                    self.depth -= 1;
                    result.map(|_| ())
                }
                None => {
                    let mut bytes = Vec::new();
                    input.into_reader().read_to_end(&mut bytes)?;
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.text.push_str(&text);
                    let edits = self.edits(&text);
                    if let Some(out) = out {
                        if edits.is_empty() {
                            out.write_all(&bytes)?;
                        } else {
                            out.write_all(super::members::edited(&text, &edits).as_bytes())?;
                        }
                    }
                    Ok(())
                }
            }
        };
        match go() {
            Ok(()) if copied => Ok(MemberOutcome::Copied { extension: None }),
            Ok(()) => Ok(MemberOutcome::Scanned),
            Err(e) => {
                self.partly.push((e.reason, format!("{name}: {e}")));
                Ok(MemberOutcome::LeftOut)
            }
        }
    }

    fn clean_name(&mut self, name: &str) -> String {
        let edits = self.edits(name);
        super::members::edited(name, &edits)
    }

    fn partly(&mut self, reason: Reason, place: String) {
        self.partly.push((reason, place));
    }
}

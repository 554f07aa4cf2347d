//! What is known to stand in a sample: the truth file beside it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The ending of truth files: `letter.txt` has its truth in `letter.txt.truth.json`.
pub const SUFFIX: &str = ".truth.json";

/// The personal data of one sample.
///
/// ```json
/// {"spans": [
///   {"category": "iin", "start": 14, "end": 26},
///   {"category": "phone", "text": "+7 700 000 00 00"},
///   {"category": "address", "sheet": "Лист1", "cell": "C2"},
///   {"category": "person", "start": 40, "end": 52, "optional": true}
/// ]}
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// Encoding of a text sample by its WHATWG label; UTF-8 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// True for a sample without personal data: whatever is found in it is a false alarm, told per megabyte.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// True for a format whose text is not the stored bytes: a piece is placed by its text alone, wherever that is
    /// found, in any member.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decoded: bool,
    /// What stands in it.
    #[serde(default)]
    pub spans: Vec<Span>,
}

/// One piece of personal data. It is placed by `start` and `end`, by `text`, or by a cell.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its category, as in reports.
    pub category: String,
    /// First character (Unicode code point, from 0) of the decoded sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// One past the last character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// The text itself: every place where it stands (or the `nth`); within a cell, the part of the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Which of the places where `text` stands, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<usize>,
    /// Path inside archives and messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member: Vec<String>,
    /// Sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cell, as `B7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Table of a dump or database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Row, from 1, as reports count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column name or key path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Other categories under which finding it is just as right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Neither missed when not found nor false when found (a public person, a part of a larger whole).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// Why an evaluation could not be made. Names files and places, never values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Reading or writing.
    #[error("{path}: {source}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A truth file is not what it should be.
    #[error("{path}: not a truth file: {detail}")]
    Truth {
        /// Which file.
        path: PathBuf,
        /// Where and what, without values.
        detail: String,
    },
    /// A sample that cannot be read.
    #[error("{path}: {detail}")]
    Sample {
        /// Which file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The rules.
    #[error(transparent)]
    Rules(#[from] crate::detect::RuleError),
}

impl EvaluateError {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> EvaluateError + '_ {
        move |source| EvaluateError::Io { path: path.to_owned(), source }
    }
}

/// A span put in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    /// Bytes of the sample as stored; `None` for spans in cells and members.
    pub bytes: Option<(u64, u64)>,
    /// Index into [`Truth::spans`].
    pub span: usize,
    /// Length in characters, where it is known.
    pub chars: usize,
}

impl Truth {
    /// Reads the truth file beside `sample`; `None` where there is none.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn beside(sample: &Path) -> Result<Option<Truth>, EvaluateError> {
        let mut name = sample.as_os_str().to_owned();
        name.push(SUFFIX);
        let path = PathBuf::from(name);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let read: Result<Truth, _> = serde_json::from_slice(&bytes);
                read.map(Some).map_err(|e| EvaluateError::Truth {
                    path,
                    detail: format!("line {}, column {}", e.line(), e.column()),
                })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(EvaluateError::io(&path)(e)),
        }
    }

    /// Finds the places of all spans in the sample's bytes.
    pub(super) fn place(&self, sample: &Path, bytes: &[u8]) -> Result<Vec<Placed>, EvaluateError> {
        let wrong = |k: usize, detail: &str| EvaluateError::Truth {
            path: sample.to_owned(),
            detail: format!("span {}: {detail}", k + 1),
        };
        let in_text = !self.decoded && self.spans.iter().any(|s| s.is_in_text());
        let (text, offsets) = if in_text {
            self.decode(bytes).ok_or_else(|| wrong(0, "unknown encoding"))?
        } else {
            Default::default()
        };
        let mut out = Vec::new();
        for (k, s) in self.spans.iter().enumerate() {
            if self.decoded || !s.is_in_text() {
                let chars = s.text.as_ref().map_or(0, |t| t.chars().count());
                out.push(Placed { bytes: None, span: k, chars });
                continue;
            }
            let mut add = |a: usize, b: usize| match (offsets.get(a), offsets.get(b)) {
                (Some(x), Some(y)) if a < b => {
                    out.push(Placed { bytes: Some((*x, *y)), span: k, chars: b - a });
                    Ok(())
                }
                _ => Err(wrong(k, "lies outside the sample")),
            };
            match (s.start, s.end, &s.text) {
                (Some(a), Some(b), _) => add(a, b)?,
                (_, _, Some(t)) if !t.is_empty() => {
                    let mut found = 0;
                    for (at, _) in text.match_indices(t.as_str()) {
                        found += 1;
                        if s.nth.is_none_or(|n| n == found) {
                            let a = text[..at].chars().count();
                            add(a, a + t.chars().count())?;
                        }
                    }
                    if found == 0 || s.nth.is_some_and(|n| n > found) {
                        return Err(wrong(k, "its text does not stand in the sample"));
                    }
                }
                _ => return Err(wrong(k, "needs start and end, text, or a cell")),
            }
        }
        Ok(out)
    }

    /// The decoded sample, and the offset in bytes of every character (and of the end).
    fn decode(&self, bytes: &[u8]) -> Option<(String, Vec<u64>)> {
        let label = self.encoding.as_deref().unwrap_or("utf-8");
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
        let mut offsets = Vec::with_capacity(bytes.len() + 1);
        if encoding.is_single_byte() {
            let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
            offsets.extend(0..=bytes.len() as u64);
            return Some((text, offsets));
        }
        let (unit, bom) = match encoding.name() {
            "UTF-8" => (1, if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }),
            "UTF-16LE" | "UTF-16BE" => {
                (2, if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") { 2 } else { 0 })
            }
            _ => return None,
        };
        let text = encoding.decode_without_bom_handling(&bytes[bom..]).0.into_owned();
        let mut at = bom as u64;
        for c in text.chars() {
            offsets.push(at);
            at += if unit == 2 { c.len_utf16() as u64 * 2 } else { c.len_utf8() as u64 };
        }
        offsets.push(at);
        Some((text, offsets))
    }
}

impl Span {
    /// True where the place is one of the sample's own text, not a cell or a member.
    fn is_in_text(&self) -> bool {
        self.cell.is_none() && self.field.is_none() && self.row.is_none() && self.member.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(category: &str, start: usize, end: usize) -> Span {
        Span { category: category.into(), start: Some(start), end: Some(end), ..Span::default() }
    }

    #[test]
    fn characters_become_bytes() {
        let t = Truth { spans: vec![span("iin", 4, 7)], ..Truth::default() };
        let placed = t.place(Path::new("a"), "ИИН 123".as_bytes()).unwrap();
        assert_eq!(placed[0].bytes, Some((7, 10)));
        let t = Truth { encoding: Some("windows-1251".into()), ..t };
        assert_eq!(t.place(Path::new("a"), b"\xc8\xc8\xcd 123").unwrap()[0].bytes, Some((4, 7)));
        let t = Truth { encoding: Some("utf-16le".into()), ..t };
        let utf16: Vec<u8> = "ИИН 123".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(t.place(Path::new("a"), &utf16).unwrap()[0].bytes, Some((8, 14)));
    }

    #[test]
    fn text_finds_its_places() {
        let by_text = Span { category: "iin".into(), text: Some("12".into()), ..Span::default() };
        let t = Truth { spans: vec![by_text.clone()], ..Truth::default() };
        assert_eq!(t.place(Path::new("a"), b"12 and 12").unwrap().len(), 2);
        let t = Truth { spans: vec![Span { nth: Some(2), ..by_text }], ..Truth::default() };
        assert_eq!(t.place(Path::new("a"), b"12 and 12").unwrap()[0].bytes, Some((7, 9)));
        assert!(t.place(Path::new("a"), b"12").is_err());
    }

    #[test]
    fn wrong_truth_is_refused_without_values() {
        let t = Truth { spans: vec![span("iin", 4, 700)], ..Truth::default() };
        let e = t.place(Path::new("a"), b"secret 1").unwrap_err().to_string();
        assert!(e.contains("span 1") && !e.contains("secret"));
    }
}

//! The samples of this repository as texts to learn from: only who is a person is known of them, not what else is a
//! place or a firm. Names are exchanged for others of the same form, so that the words around are learnt and no name.

use std::path::{Path, PathBuf};

use qupia::detect::names::token::{self, Token};

use crate::corpus::{Labelled, UNKNOWN};
use crate::random::Random;
use crate::swap::Swap;

/// Endings of samples whose text is prose or lines as they stand.
const TEXTS: &[&str] = &["txt", "md", "log", "eml"];

/// The samples of a folder with truth files beside them, marked acts and texts in double brackets.
pub fn read(root: &Path) -> std::io::Result<Vec<Labelled>> {
    let mut all = Vec::new();
    for folder in ["eval", "acts", "names"] {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(root.join(folder))?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
            let sample = match folder {
                "names" => {
                    for mut text in crate::corpus::read_bracketed(&path)? {
                        text.partial = true;
                        all.push(text);
                    }
                    None
                }
                "acts" if ending == "act" => Some(act(&std::fs::read_to_string(&path)?)),
                "eval" if TEXTS.contains(&ending) => sample(&path)?,
                _ => None,
            };
            all.extend(sample);
        }
    }
    // names in small letters are read as if they had a capital, and learnt so
    for text in &mut all {
        for span in &mut text.spans {
            if text.text[span.0..].starts_with(char::is_lowercase) {
                span.2 = UNKNOWN;
            }
        }
    }
    Ok(all)
}

/// A sample with its truth file; none where it is not to be read as text.
fn sample(path: &Path) -> std::io::Result<Option<Labelled>> {
    let truth = PathBuf::from(format!("{}.truth.json", path.display()));
    let truth: serde_json::Value = match std::fs::read(&truth) {
        Ok(bytes) => serde_json::from_slice(&bytes)?,
        Err(_) => return Ok(None),
    };
    let bytes = std::fs::read(path)?;
    let encoding = encoding_rs::Encoding::for_label(truth["encoding"].as_str().unwrap_or("utf-8").as_bytes());
    let text = encoding.unwrap_or(encoding_rs::UTF_8).decode(&bytes).0.into_owned();
    let mut at: Vec<usize> = text.char_indices().map(|p| p.0).collect();
    at.push(text.len());
    let mut spans = Vec::new();
    for span in truth["spans"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let person = span["category"] == "person";
        let doubtful = span["optional"] == true || span["also"].to_string().contains("\"person\"");
        let label = match (person, doubtful) {
            (_, true) => UNKNOWN,
            (true, false) => b'P',
            _ => continue,
        };
        let place = |key: &str| span[key].as_u64().and_then(|k| at.get(k as usize).copied());
        if let (Some(start), Some(end)) = (place("start"), place("end")) {
            spans.push((start, end, label));
        } else if let Some(value) = span["text"].as_str() {
            let nth = span["nth"].as_u64();
            let hits = text.match_indices(value).enumerate();
            spans.extend(
                hits.filter(|(k, _)| nth.is_none_or(|n| n == *k as u64 + 1))
                    .map(|(_, (start, _))| (start, start + value.len(), label)),
            );
        }
    }
    spans.sort_unstable();
    Ok(Some(Labelled { text, spans, partial: true }))
}

/// A marked act: participants and officers are persons, other marks are none.
fn act(marked: &str) -> Labelled {
    let (text, marks) = qupia::evaluate::read_act(marked);
    let person = |m: &qupia::evaluate::Mark| m.kind != qupia::evaluate::Marked::Other;
    let spans = marks.iter().filter(|m| person(m)).map(|m| (m.start, m.end, b'P')).collect();
    Labelled { text, spans, partial: true }
}

/// The same text with other people in it.
pub fn with_others(one: &Labelled, swap: &Swap, r: &mut Random) -> Labelled {
    let mut out = Labelled { text: String::with_capacity(one.text.len()), spans: Vec::new(), partial: true };
    let mut at = 0;
    let mut tokens: Vec<Token> = Vec::new();
    for &(start, end, label) in &one.spans {
        if start < at {
            continue;
        }
        out.text.push_str(&one.text[at..start]);
        let begin = out.text.len();
        if label == b'P' {
            let bytes = one.text.as_bytes();
            let mut from = start;
            let mut done = start;
            while from < end {
                from = token::sequence(bytes, from, end, &mut tokens);
                for t in &tokens {
                    let (a, b) = (t.start as usize, t.end as usize);
                    out.text.push_str(&one.text[done..a]);
                    let word = &one.text[a..b];
                    if t.broken {
                        out.text.push_str(word)
                    } else {
                        out.text.push_str(&swap.other(word, r))
                    }
                    done = b;
                }
            }
            out.text.push_str(&one.text[done..end]);
        } else {
            out.text.push_str(&one.text[start..end]);
        }
        out.spans.push((begin, out.text.len(), label));
        at = end;
    }
    out.text.push_str(&one.text[at..]);
    out
}

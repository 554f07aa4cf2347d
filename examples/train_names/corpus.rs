//! Labelled text: JSON lines of corpora, and text with names in double brackets.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use qupia::detect::names::token::{self, Token};

/// A text with labelled spans (byte positions).
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    pub text: String,
    /// Start, end, label: `P`, `L`, `O`, or [`UNKNOWN`].
    pub spans: Vec<(usize, usize, u8)>,
    /// Only persons are marked: what is none may be a place or a firm or neither.
    pub partial: bool,
}

/// Label of a stretch of which nothing is known.
pub const UNKNOWN: u8 = b'?';
/// Bits of the labels that are no person's.
pub const OTHERS: u8 = 0b111_1001;
/// Bits of all labels.
pub const ANY: u8 = 0b111_1111;

/// One sequence of tokens with a label each.
pub struct Sequence {
    pub text: std::rc::Rc<Labelled>,
    pub tokens: Vec<Token>,
    /// Which labels each token may have, one bit each.
    pub allowed: Vec<u8>,
}

/// Opens a file, unpacking `.gz`.
pub fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    let read: Box<dyn Read> = if path.extension().is_some_and(|e| e == "gz") {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    Ok(Box::new(BufReader::new(read)))
}

/// Reads JSON lines with `text` and `spans` (positions in characters).
pub fn read_jsonl(path: &Path) -> std::io::Result<Vec<Labelled>> {
    let mut all = Vec::new();
    for line in open(path)?.lines() {
        let value: serde_json::Value = serde_json::from_str(&line?)?;
        let text = value["text"].as_str().unwrap_or_default().to_owned();
        let mut at: Vec<usize> = text.char_indices().map(|p| p.0).collect();
        at.push(text.len());
        let spans = value["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut spans: Vec<_> = spans
            .iter()
            .filter_map(|s| {
                let label = match s["label"].as_str()? {
                    "PERSON" => b'P',
                    "LOC" | "FAC" => b'L',
                    "ORG" => b'O',
                    _ => return None,
                };
                Some((*at.get(s["start"].as_u64()? as usize)?, *at.get(s["end"].as_u64()? as usize)?, label))
            })
            .collect();
        spans.sort_unstable();
        all.push(Labelled { text, spans, partial: false });
    }
    Ok(all)
}

/// Reads documents parted by lines of `----`, persons in `[[…]]`.
pub fn read_bracketed(path: &Path) -> std::io::Result<Vec<Labelled>> {
    let mut whole = String::new();
    open(path)?.read_to_string(&mut whole)?;
    Ok(whole.split("\n----\n").filter(|d| !d.trim().is_empty()).map(bracketed).collect())
}

/// Text with persons in `[[…]]` (`[[?…]]` where it is in doubt whether one is meant), places in `{{…}}`, organisations in `<<…>>`.
pub fn bracketed(marked: &str) -> Labelled {
    let mut out = Labelled::default();
    let mut open: Option<(usize, u8)> = None;
    let mut rest = marked;
    while !rest.is_empty() {
        let two = rest.get(..2).unwrap_or("");
        match two {
            "[[" | "{{" | "<<" => {
                open = Some((
                    out.text.len(),
                    match two {
                        "[[" => b'P',
                        "{{" => b'L',
                        _ => b'O',
                    },
                ));
                rest = &rest[2..];
                if two == "[[" && rest.starts_with('?') {
                    open = Some((out.text.len(), UNKNOWN));
                    rest = &rest[1..];
                }
            }
            "]]" | "}}" | ">>" => {
                if let Some((start, label)) = open.take() {
                    out.spans.push((start, out.text.len(), label));
                }
                rest = &rest[2..];
            }
            _ => {
                let c = rest.chars().next().unwrap_or(' ');
                out.text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Cuts texts into labelled sequences.
pub fn sequences(texts: Vec<Labelled>) -> Vec<Sequence> {
    let mut all = Vec::new();
    for text in texts {
        let text = std::rc::Rc::new(text);
        let bytes = text.text.as_bytes();
        let mut at = 0;
        let mut tokens = Vec::new();
        while at < bytes.len() {
            at = token::sequence(bytes, at, bytes.len(), &mut tokens);
            if tokens.is_empty() {
                continue;
            }
            let mut previous = usize::MAX;
            let allowed = tokens
                .iter()
                .map(|t| {
                    let span =
                        text.spans.iter().position(|s| (t.start as usize) < s.1 && (t.end as usize) > s.0);
                    let Some(k) = span else {
                        previous = usize::MAX;
                        return if text.partial { OTHERS } else { 1 };
                    };
                    let base = match text.spans[k].2 {
                        b'P' => 1,
                        b'L' => 3,
                        UNKNOWN => return ANY,
                        _ => 5,
                    };
                    let inside = previous == k;
                    previous = k;
                    1 << (base + u8::from(inside))
                })
                .collect();
            all.push(Sequence { text: text.clone(), tokens: tokens.clone(), allowed });
        }
    }
    all
}

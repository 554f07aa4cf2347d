//! Compares what was found in a sample with what stands in it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::truth::{Placed, Span, Truth};

/// A finding as the evaluation needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub category: String,
    pub confidence: f32,
    pub rule: String,
    pub bytes: Option<(u64, u64)>,
    pub member: Vec<String>,
    pub sheet: Option<String>,
    pub cell: Option<String>,
    pub table: Option<String>,
    pub row: Option<u64>,
    pub field: Option<String>,
    pub line: Option<u64>,
    pub value: String,
}

/// Counts for one category.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Pieces of personal data that were found as what they are.
    pub found: u64,
    /// Pieces that were not.
    pub missed: u64,
    /// Of the missed: found as another category, so that they would not stay in a copy.
    pub as_another: u64,
    /// Findings that are right.
    pub right: u64,
    /// Findings that are not.
    pub wrong: u64,
    /// Characters of all pieces.
    pub chars: u64,
    /// Of them covered by findings of the category.
    pub covered: u64,
}

impl Counts {
    fn ratio(a: u64, b: u64) -> Option<f64> {
        (b > 0).then(|| a as f64 / b as f64)
    }

    /// Share of the pieces that were found.
    pub fn recall(&self) -> Option<f64> {
        Counts::ratio(self.found, self.found + self.missed)
    }

    /// Share of the findings that are right.
    pub fn precision(&self) -> Option<f64> {
        Counts::ratio(self.right, self.right + self.wrong)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        let (p, r) = (self.precision()?, self.recall()?);
        if p + r > 0.0 { Some(2.0 * p * r / (p + r)) } else { Some(0.0) }
    }

    /// Share of the characters of all pieces that findings of the category cover.
    pub fn coverage(&self) -> Option<f64> {
        Counts::ratio(self.covered, self.chars)
    }

    /// Adds the counts of another sample or category.
    pub fn add(&mut self, o: &Counts) {
        self.found += o.found;
        self.missed += o.missed;
        self.as_another += o.as_another;
        self.right += o.right;
        self.wrong += o.wrong;
        self.chars += o.chars;
        self.covered += o.covered;
    }
}

/// A piece that was missed, or a finding that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    /// Sample.
    pub path: String,
    /// True for a piece that was missed.
    pub missed: bool,
    /// Category of the piece or of the finding.
    pub category: String,
    /// Line, cell or field, as far as known.
    pub place: String,
    /// The rule of a wrong finding.
    pub rule: String,
    /// Confidence of a wrong finding.
    pub confidence: f32,
    /// The text; shown only on demand.
    #[serde(skip)]
    pub value: String,
}

/// The result for one sample.
#[derive(Default)]
pub(super) struct Outcome {
    pub counts: BTreeMap<String, Counts>,
    /// Confidence of every counted finding, and whether it is right.
    pub calibration: Vec<(f32, bool)>,
    pub mistakes: Vec<Mistake>,
}

/// The share of a piece that must be covered to count as found: numbers whole, names and places mostly.
fn least(category: &str) -> f64 {
    match category {
        "person" | "address" | "birth_place" | "special" | "social" | "coordinates" | "password" => 0.5,
        // "17 мая 1999 г.": with or without the word for year
        "birth_date" => 0.6,
        _ => 0.8,
    }
}

/// The share of a finding that must lie within a piece to be right.
const WITHIN: f64 = 0.4;

fn overlap(a: (u64, u64), b: (u64, u64)) -> u64 {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

/// How much of the piece the finding covers, and how much of the finding lies in the piece (0..=1 each).
fn meet(anywhere: bool, span: &Span, placed: &Placed, text: &str, f: &Found) -> Option<(f64, f64)> {
    if !anywhere && span.member != f.member {
        return None;
    }
    if let (Some(t), Some(p)) = (placed.bytes, f.bytes) {
        let common = overlap(t, p) as f64;
        return (common > 0.0).then(|| (common / (t.1 - t.0) as f64, common / (p.1 - p.0).max(1) as f64));
    }
    if placed.bytes.is_some() {
        // a format whose text is not the stored bytes: the text itself decides
        return if f.bytes.is_none() { by_text(text, f) } else { None };
    }
    let same = |want: &Option<String>, got: &Option<String>| want.is_none() || want == got;
    let placed_so = same(&span.sheet, &f.sheet)
        && same(&span.cell, &f.cell)
        && same(&span.table, &f.table)
        && same(&span.field, &f.field)
        && (span.row.is_none() || span.row == f.row);
    if !placed_so {
        return None;
    }
    if span.text.is_none() { Some((1.0, 1.0)) } else { by_text(text, f) }
}

/// [`meet`] by the text alone.
fn by_text(piece: &str, f: &Found) -> Option<(f64, f64)> {
    let (a, b) = (piece.chars().count() as f64, f.value.chars().count() as f64);
    if piece.is_empty() || f.value.is_empty() {
        None
    } else if piece.contains(&f.value) {
        Some((b / a, 1.0))
    } else {
        f.value.contains(piece).then(|| (1.0, a / b))
    }
}

/// Compares one sample. `text` is the sample, to name lines.
pub(super) fn compare(
    path: &str,
    text: &[u8],
    truth: &Truth,
    placed: &[Placed],
    found: &[Found],
    least_confidence: f32,
) -> Outcome {
    let mut out = Outcome::default();
    let found: Vec<&Found> = found.iter().filter(|f| f.confidence >= least_confidence).collect();
    let fits = |s: &Span, f: &Found| s.category == f.category || s.also.contains(&f.category);
    // the pieces as text
    let texts: Vec<String> = placed
        .iter()
        .map(|p| match p.bytes {
            Some((a, b)) => {
                let bytes = text.get(a as usize..b as usize).unwrap_or_default();
                String::from_utf8_lossy(bytes).into_owned()
            }
            None => truth.spans[p.span].text.clone().unwrap_or_default(),
        })
        .collect();
    for (k, p) in placed.iter().enumerate() {
        let s = &truth.spans[p.span];
        if s.optional {
            continue;
        }
        let mut best = 0.0f64;
        let mut hidden = 0.0f64;
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for f in &found {
            let Some((cover, within)) = meet(truth.decoded, s, p, &texts[k], f) else { continue };
            hidden = hidden.max(cover);
            if fits(s, f) && within >= 0.1 {
                best = best.max(cover);
                ranges.extend(f.bytes);
            }
        }
        // several findings may cover one piece together
        if let Some(t) = p.bytes {
            let bytes = (t.0..t.1).filter(|b| ranges.iter().any(|r| r.0 <= *b && *b < r.1)).count();
            best = best.max(bytes as f64 / (t.1 - t.0) as f64);
        }
        let c = out.counts.entry(s.category.clone()).or_default();
        c.chars += p.chars as u64;
        c.covered += (best.min(1.0) * p.chars as f64).round() as u64;
        if best >= least(&s.category) {
            c.found += 1;
        } else {
            c.missed += 1;
            c.as_another += u64::from(hidden >= least(&s.category));
            let place = match (p.bytes, &s.cell, &s.field) {
                (Some((a, _)), ..) => format!("line {}", line_of(text, a)),
                (_, Some(cell), _) => cell.clone(),
                (_, _, Some(field)) => format!("{field}, row {}", s.row.unwrap_or(0)),
                _ => String::new(),
            };
            out.mistakes.push(Mistake {
                path: path.to_owned(),
                missed: true,
                category: s.category.clone(),
                place,
                rule: String::new(),
                confidence: 0.0,
                value: texts[k].clone(),
            });
        }
    }
    for f in &found {
        let mut right = false;
        let mut free = false;
        for (k, p) in placed.iter().enumerate() {
            let s = &truth.spans[p.span];
            let Some((_, within)) = meet(truth.decoded, s, p, &texts[k], f) else { continue };
            if s.optional {
                free = true;
            } else if fits(s, f) && within >= WITHIN {
                right = true;
            }
        }
        if free && !right {
            continue;
        }
        out.calibration.push((f.confidence, right));
        let c = out.counts.entry(f.category.clone()).or_default();
        if right {
            c.right += 1;
        } else {
            c.wrong += 1;
            let place = match (f.line, &f.cell, &f.field) {
                (Some(line), ..) => format!("line {line}"),
                (_, Some(cell), _) => cell.clone(),
                (_, _, Some(field)) => format!("{field}, row {}", f.row.unwrap_or(0)),
                _ => String::new(),
            };
            out.mistakes.push(Mistake {
                path: path.to_owned(),
                missed: false,
                category: f.category.clone(),
                place,
                rule: f.rule.clone(),
                confidence: f.confidence,
                value: f.value.clone(),
            });
        }
    }
    out
}

fn line_of(text: &[u8], at: u64) -> usize {
    1 + memchr::memchr_iter(b'\n', &text[..(at as usize).min(text.len())]).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn found(category: &str, start: u64, end: u64, confidence: f32) -> Found {
        Found { category: category.into(), bytes: Some((start, end)), confidence, ..Found::default() }
    }

    fn run(spans: Vec<Span>, found: &[Found]) -> Outcome {
        let text = b"0123456789012345678901234567890123456789";
        let truth = Truth { spans, ..Truth::default() };
        let placed = truth.place(Path::new("a"), text).unwrap();
        compare("a", text, &truth, &placed, found, 0.5)
    }

    fn span(category: &str, start: usize, end: usize) -> Span {
        Span { category: category.into(), start: Some(start), end: Some(end), ..Span::default() }
    }

    #[test]
    fn right_missed_wrong() {
        let o = run(
            vec![span("iin", 0, 10), span("phone", 20, 30), span("address", 30, 40)],
            &[
                found("iin", 0, 10, 0.9),
                found("card", 20, 30, 0.9),
                found("address", 30, 36, 0.8),
                found("iin", 12, 15, 0.3),
            ],
        );
        assert_eq!((o.counts["iin"].found, o.counts["iin"].right, o.counts["iin"].wrong), (1, 1, 0));
        assert_eq!((o.counts["phone"].missed, o.counts["phone"].as_another), (1, 1));
        assert_eq!(o.counts["card"].wrong, 1);
        assert_eq!(
            (o.counts["address"].found, o.counts["address"].covered, o.counts["address"].chars),
            (1, 6, 10)
        );
        assert_eq!(o.mistakes.len(), 2);
        assert_eq!(o.counts["phone"].recall(), Some(0.0));
        assert_eq!(o.counts["card"].precision(), Some(0.0));
    }

    #[test]
    fn half_a_number_is_missed() {
        let o = run(vec![span("iin", 0, 12)], &[found("iin", 0, 6, 0.9)]);
        assert_eq!((o.counts["iin"].missed, o.counts["iin"].right), (1, 1));
    }

    #[test]
    fn optional_pieces_do_not_count() {
        let o = run(vec![Span { optional: true, ..span("person", 0, 12) }], &[found("person", 0, 12, 0.9)]);
        assert!(o.counts.is_empty() && o.calibration.is_empty());
    }

    #[test]
    fn cells_match_by_name() {
        let s = Span {
            category: "iin".into(),
            sheet: Some("S".into()),
            cell: Some("B2".into()),
            ..Span::default()
        };
        let f = Found {
            category: "iin".into(),
            confidence: 1.0,
            sheet: Some("S".into()),
            cell: Some("B2".into()),
            ..Found::default()
        };
        let o = run(vec![s.clone()], std::slice::from_ref(&f));
        assert_eq!(o.counts["iin"].found, 1);
        let o = run(vec![s], &[Found { cell: Some("B3".into()), ..f }]);
        assert_eq!((o.counts["iin"].missed, o.counts["iin"].wrong), (1, 1));
    }
}

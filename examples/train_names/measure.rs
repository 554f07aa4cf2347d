//! Measures a model on labelled text: exact spans, and the share of names covered in full.

use qupia::detect::names::{Names, NamesScratch};
use qupia::model::Block;

use crate::corpus::Labelled;

/// Counts over a set of texts.
#[derive(Default)]
pub struct Score {
    gold: usize,
    found: usize,
    exact: usize,
    covered: usize,
}

/// Runs the finder over texts; `errors` prints every miss and every false name.
pub fn measure(names: &Names, texts: &[Labelled], errors: bool) -> Score {
    let mut scratch = NamesScratch::default();
    let mut score = Score::default();
    let mut found = Vec::new();
    for text in texts {
        found.clear();
        names.find(&Block::prose(&text.text), &|_| false, &mut scratch, &mut found);
        // what a scan would not tell does not count
        found.retain(|f| f.confidence >= 0.5);
        let gold: Vec<(usize, usize)> =
            text.spans.iter().filter(|s| s.2 == b'P').map(|s| (s.0, s.1)).collect();
        let spans: Vec<(usize, usize)> = found.iter().map(|f| (f.start as usize, f.end as usize)).collect();
        score.gold += gold.len();
        score.found += spans.len();
        let bare = |s: &(usize, usize)| {
            // only letters count for being covered
            text.text[s.0..s.1]
                .char_indices()
                .filter(|c| c.1.is_alphabetic())
                .map(|c| s.0 + c.0)
                .collect::<Vec<_>>()
        };
        let around = |s: &(usize, usize)| {
            let from = text.text[..s.0].char_indices().rev().nth(30).map_or(0, |c| c.0);
            let to = text.text[s.1..].char_indices().nth(25).map_or(text.text.len(), |c| s.1 + c.0);
            format!("{}[[{}]]{}", &text.text[from..s.0], &text.text[s.0..s.1], &text.text[s.1..to])
                .replace('\n', "¶")
        };
        for g in &gold {
            let exact = spans.contains(g);
            let covered = bare(g).iter().all(|at| spans.iter().any(|s| s.0 <= *at && *at < s.1));
            score.exact += usize::from(exact);
            score.covered += usize::from(covered);
            if errors && !exact {
                println!("{} {}", if covered { "bound " } else { "MISSED" }, around(g));
            }
        }
        if errors {
            for (s, f) in spans.iter().zip(&found).filter(|(s, _)| !gold.contains(s)) {
                println!("false  {} {:.2}", around(s), f.confidence);
            }
        }
    }
    score
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let p = self.exact as f64 / self.found.max(1) as f64;
        let r = self.exact as f64 / self.gold.max(1) as f64;
        let f1 = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        let covered = self.covered as f64 / self.gold.max(1) as f64;
        write!(f, "names {} P {p:.3} R {r:.3} F1 {f1:.3} covered {covered:.3}", self.gold)
    }
}

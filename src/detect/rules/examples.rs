//! Runs the examples that rules carry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Example, Rule, Rules};
use crate::detect::{Detector, Options, Scratch};
use crate::model::{Block, Field, Finding, SegmentKind, Table};

/// An example that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The file of the rule.
    pub path: PathBuf,
    /// The line of the example in that file, from 1, where it can be told.
    pub line: Option<usize>,
    /// The rule.
    pub rule: String,
    /// The example.
    pub text: String,
    /// What was expected and what was found.
    pub problem: String,
}

/// A block of one cell under a header, or of running text.
fn block(text: &str, header: Option<&str>) -> Block {
    let Some(header) = header else { return Block::prose(text) };
    let mut block = Block { first_row: 1, ..Block::default() };
    block.push(text, 0, 0, SegmentKind::Cell);
    let field = Field { name: header.to_owned(), ..Field::default() };
    block.table = Some(Arc::new(Table { id: 1, name: None, fields: vec![field], named: true }));
    block
}

fn check(detector: &Detector, rule: &Rule, example: &Example, must: bool) -> Option<String> {
    let (text, value, header) = example.parts();
    let block = block(text, header);
    let mut found: Vec<Finding> = Vec::new();
    let columns = block.table.as_ref().map(|_| detector.columns(&block));
    detector.detect(&block, columns.as_deref(), &mut Scratch::default(), &mut found);
    let of = |f: &Finding| {
        f.category == rule.category() && (rule.subtype().is_none() || f.subtype == rule.subtype())
    };
    let part =
        |f: &Finding| String::from_utf8_lossy(&block.text[f.start as usize..f.end as usize]).into_owned();
    let here: Vec<&Finding> = found.iter().filter(|f| of(f)).collect();
    let all = || {
        found
            .iter()
            .map(|f| format!("{} `{}` {:.2}", f.category, part(f), f.confidence))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (must, value) {
        (true, None) if here.is_empty() => Some(format!("nothing found; other findings: [{}]", all())),
        (true, Some(v)) if !here.iter().any(|f| part(f) == v) => {
            Some(format!("`{v}` not found; findings: [{}]", all()))
        }
        (false, None) if !here.is_empty() => Some(format!("found: [{}]", all())),
        (false, Some(v)) if here.iter().any(|f| part(f) == v) => Some(format!("`{v}` found")),
        _ => None,
    }
}

pub(super) fn run(rules: &Rules, only: Option<&Path>) -> Vec<ExampleFailure> {
    let Ok(detector) = Detector::new(rules, Options::default()) else {
        return vec![ExampleFailure {
            path: PathBuf::new(),
            line: None,
            rule: String::new(),
            text: String::new(),
            problem: "the rules cannot be used together".into(),
        }];
    };
    let mut failures = Vec::new();
    for rule in rules.iter().filter(|r| only.is_none_or(|p| r.path() == p)) {
        let examples = rule.examples();
        let both =
            examples.matches.iter().map(|e| (e, true)).chain(examples.reject.iter().map(|e| (e, false)));
        for (example, must) in both {
            if let Some(problem) = check(&detector, rule, example, must) {
                failures.push(ExampleFailure {
                    path: rule.path().to_owned(),
                    line: line_of(rule, example.parts().0),
                    rule: rule.id().to_owned(),
                    text: example.parts().0.to_owned(),
                    problem,
                });
            }
        }
    }
    failures
}

fn line_of(rule: &Rule, text: &str) -> Option<usize> {
    let own;
    let source = match super::builtin::source(rule.path()) {
        Some(s) => s,
        None => {
            own = std::fs::read_to_string(rule.path()).ok()?;
            &own
        }
    };
    let first = text.lines().next()?;
    source.lines().position(|l| l.contains(first)).map(|k| k + 1)
}

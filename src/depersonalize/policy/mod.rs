//! A policy: which method for which kind of data, column, table and file.

mod parse;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use globset::GlobMatcher;
use regex::Regex;

pub use parse::PolicyError;

use super::method::Method;
use super::token::TokenFunction;
use crate::model::Category;

/// Presets that stand in `patterns/policies/`.
pub const PROFILES: &[(&str, &str)] = &[
    ("default", include_str!("../../../patterns/policies/default.toml")),
    ("statistics", include_str!("../../../patterns/policies/statistics.toml")),
    ("sharing", include_str!("../../../patterns/policies/sharing.toml")),
    ("test-data", include_str!("../../../patterns/policies/test-data.toml")),
    ("court-act", include_str!("../../../patterns/policies/court-act.toml")),
];

/// How far a token reaches (ENISA 2019: deterministic, document-randomized, fully randomized).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The same value has the same token in the whole run.
    #[default]
    Run,
    /// The same in one file, with everything inside it.
    File,
    /// The same in one document or member.
    Document,
    /// A new token for every cell.
    Cell,
}

impl Scope {
    /// The name in policies and reports.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Run => "run",
            Scope::File => "file",
            Scope::Document => "document",
            Scope::Cell => "cell",
        }
    }
}

/// What becomes of a column that no rule names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultMode {
    /// Its cells are looked through.
    #[default]
    Scan,
    /// It is emptied: only what a rule allows stays.
    AllowList,
}

impl DefaultMode {
    /// The name in policies and reports.
    pub fn name(self) -> &'static str {
        match self {
            DefaultMode::Scan => "scan",
            DefaultMode::AllowList => "allow-list",
        }
    }
}

/// The form that all tokens of one kind get, whatever column they stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text of at most so many characters.
    Chars(u32),
    /// A number of at most so many digits; what is no number becomes text of so many characters.
    Digits(u32),
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Chars(n) => write!(f, "{{ chars = {n} }}"),
            Form::Digits(n) => write!(f, "{{ digits = {n} }}"),
        }
    }
}

/// A pattern for names of columns and tables: a glob, or a regular expression between slashes.
/// Case does not matter. A glob without a dot also fits the last part of a key path.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Glob(GlobMatcher),
    Regex(Regex),
}

impl Pattern {
    fn new(source: &str) -> Result<Pattern, String> {
        let kind = match source.strip_prefix('/').and_then(|s| s.strip_suffix('/')) {
            Some(regex) => Kind::Regex(
                regex::RegexBuilder::new(regex).case_insensitive(true).build().map_err(|e| e.to_string())?,
            ),
            None => Kind::Glob(
                globset::GlobBuilder::new(&source.to_lowercase())
                    .literal_separator(false)
                    .build()
                    .map_err(|e| e.to_string())?
                    .compile_matcher(),
            ),
        };
        Ok(Pattern { source: source.to_owned(), kind })
    }

    pub(in crate::depersonalize) fn fits(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Regex(r) => r.is_match(name),
            Kind::Glob(g) => {
                let name = name.to_lowercase();
                g.is_match(&name)
                    || (!self.source.contains('.')
                        && name.rsplit('.').next().is_some_and(|l| g.is_match(l.trim_end_matches("[]"))))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// One rule of a policy.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file or preset that it stands in.
    pub source: std::sync::Arc<str>,
    /// The line in it.
    pub line: usize,
    /// Files that it is for.
    pub file: Option<GlobMatcher>,
    /// Tables and sheets that it is for.
    pub table: Option<Pattern>,
    /// Columns that it is for.
    pub column: Option<Pattern>,
    /// The kind of data that it is for; without one the whole cell is meant.
    pub category: Option<Category>,
    /// What is done.
    pub method: Method,
}

/// Rows whose cells are emptied.
#[derive(Clone, Debug)]
pub struct Suppress {
    /// Files that it is for.
    pub file: Option<GlobMatcher>,
    /// Tables that it is for.
    pub table: Option<Pattern>,
    /// The column that is looked at.
    pub column: Pattern,
    /// What it must hold.
    pub when: Predicate,
    /// The columns that are emptied; all where empty.
    pub clear: Vec<Pattern>,
}

/// A condition on a cell.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// One of these values.
    In(Vec<String>),
    /// Fits this expression.
    Matches(Regex),
    /// A number below.
    Below(f64),
    /// A number above.
    Above(f64),
    /// Empty.
    Empty,
}

impl Predicate {
    /// Does a cell meet it?
    pub fn holds(&self, cell: &str) -> bool {
        let number = || cell.trim().replace(',', ".").parse::<f64>().ok();
        match self {
            Predicate::In(values) => values.iter().any(|v| v == cell.trim()),
            Predicate::Matches(r) => r.is_match(cell),
            Predicate::Below(n) => number().is_some_and(|c| c < *n),
            Predicate::Above(n) => number().is_some_and(|c| c > *n),
            Predicate::Empty => cell.trim().is_empty(),
        }
    }
}

/// Which method for which data.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Name of the preset or path of the file.
    pub name: String,
    /// Rules: those of the base first, then those of the file.
    pub rules: Vec<Rule>,
    /// Rows to empty.
    pub suppress: Vec<Suppress>,
    /// What becomes of unnamed columns.
    pub default: DefaultMode,
    /// The token function.
    pub function: TokenFunction,
    /// How far tokens reach.
    pub scope: Scope,
    /// Numbers of twelve digits instead of `IIN_…` everywhere, so that columns of all types join.
    pub same_width: bool,
    /// The form of a kind's tokens everywhere, so that columns of several types join.
    pub forms: BTreeMap<Category, Form>,
    /// What the copies are for, in the words of par. 19 of Order 395.
    pub purpose: Option<String>,
    /// Who asked for the copies.
    pub requester: Option<String>,
    /// BLAKE3 of the policy's own text and that of its base.
    pub digest: String,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::profile("default").unwrap_or_else(|_| Policy::bare("default"))
    }
}

impl Policy {
    fn bare(name: &str) -> Policy {
        Policy {
            name: name.to_owned(),
            rules: Vec::new(),
            suppress: Vec::new(),
            default: DefaultMode::Scan,
            function: TokenFunction::Blake3,
            scope: Scope::Run,
            same_width: false,
            forms: BTreeMap::new(),
            purpose: None,
            requester: None,
            digest: String::new(),
        }
    }

    /// A preset: `default`, `statistics`, `sharing`, `test-data`, `court-act`.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn profile(name: &str) -> Result<Policy, PolicyError> {
        match PROFILES.iter().find(|p| p.0 == name) {
            Some((name, text)) => parse::policy(text, &format!("profile {name}"), None, 0),
            None => Err(PolicyError::plain(
                name,
                format!("there is no such profile; allowed: {}", names(PROFILES.iter().map(|p| p.0))),
            )),
        }
    }

    /// A policy from a TOML file.
    ///
    /// # Errors
    /// Naming file, line, what is wrong and what is allowed.
    pub fn load(path: &Path) -> Result<Policy, PolicyError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| PolicyError::plain(&shown, e.to_string()))?;
        let mut policy = parse::policy(&text, &shown, path.parent(), 0)?;
        policy.name = shown;
        Ok(policy)
    }

    /// A policy from text; `name` stands in errors, hierarchy files are looked for in `folder`.
    ///
    /// # Errors
    /// As [`Policy::load`].
    pub fn parse(text: &str, name: &str, folder: Option<&Path>) -> Result<Policy, PolicyError> {
        parse::policy(text, name, folder, 0)
    }

    /// The rule for a place and a kind of data, and all rules that would also fit, best first.
    ///
    /// A rule that names a column goes before one that names only a table, that before one that names only
    /// a file, that before one that names only a category; of equals the later one counts.
    pub fn candidates(
        &self,
        file: &str,
        table: Option<&str>,
        column: Option<&str>,
        category: Option<Category>,
    ) -> Vec<usize> {
        let mut fit: Vec<usize> = (0..self.rules.len())
            .filter(|n| {
                let r = &self.rules[*n];
                r.file.as_ref().is_none_or(|g| file_fits(g, file))
                    && r.table.as_ref().is_none_or(|p| table.is_some_and(|t| p.fits(t)))
                    && r.column.as_ref().is_none_or(|p| column.is_some_and(|c| p.fits(c)))
                    && r.category.is_none_or(|c| Some(c) == category)
                    && (r.category.is_some() || r.column.is_some() || r.table.is_some())
            })
            .collect();
        fit.sort_by_key(|n| std::cmp::Reverse((self.rules[*n].weight(), *n)));
        fit
    }

    /// True where persons get numbers in the order in which they stand in a file.
    pub fn numbers_persons(&self) -> bool {
        let persons = |r: &Rule| r.category.is_none_or(|c| c == Category::PERSON);
        self.rules.iter().any(|r| matches!(r.method, Method::Label(None)) && persons(r))
    }

    /// True where a rule leaves no value of some column.
    pub fn empties_columns(&self) -> bool {
        let empties = |r: &Rule| matches!(r.method, Method::Remove | Method::Label(_));
        self.default == DefaultMode::AllowList
            || !self.suppress.is_empty()
            || self.rules.iter().any(|r| empties(r) && r.category.is_none())
    }

    /// True where any rule needs a first pass over whole columns.
    pub fn needs_columns(&self) -> bool {
        self.rules.iter().any(|r| r.method.needs_column())
    }
}

/// Does a glob of files fit a path, whole or from any folder on?
pub(super) fn file_fits(glob: &GlobMatcher, path: &str) -> bool {
    glob.is_match(path)
        || path.match_indices(['/', '\\', '!']).any(|(k, s)| glob.is_match(&path[k + s.len()..]))
}

impl Suppress {
    /// Is it for this table of this file?
    pub(super) fn applies(&self, file: &str, table: Option<&str>) -> bool {
        self.file.as_ref().is_none_or(|g| file_fits(g, file))
            && self.table.as_ref().is_none_or(|p| table.is_some_and(|t| p.fits(t)))
    }

    pub(super) fn looks_at(&self, column: &str) -> bool {
        self.column.fits(column)
    }

    pub(super) fn clears(&self, column: &str) -> bool {
        self.clear.is_empty() || self.clear.iter().any(|p| p.fits(column))
    }
}

impl Rule {
    fn weight(&self) -> u8 {
        u8::from(self.column.is_some()) * 8
            + u8::from(self.table.is_some()) * 4
            + u8::from(self.file.is_some()) * 2
            + u8::from(self.category.is_some())
    }

    /// Where it stands and what it is for, on one line.
    pub fn describe(&self) -> String {
        let mut parts = Vec::new();
        self.file.iter().for_each(|g| parts.push(format!("file {}", g.glob())));
        self.table.iter().for_each(|p| parts.push(format!("table {p}")));
        self.column.iter().for_each(|p| parts.push(format!("column {p}")));
        self.category.iter().for_each(|c| parts.push(format!("category {c}")));
        format!("{} -> {} ({}:{})", parts.join(", "), self.method.describe(), self.source, self.line)
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

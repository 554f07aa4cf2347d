//! Rules as data: one TOML file each in `patterns/`, embedded, and the operator's own beside them.

mod builtin;
mod examples;
mod file;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub(crate) use builtin::{common_header_not, common_words_not};
pub use examples::ExampleFailure;
use file::SeveralRules;
pub use file::{CategoryInfo, Example, Examples, RuleFile};

use regex::bytes::Regex;

use super::proof::{self, Proof};
use super::ruleset::MAX_RULES;
use crate::model::{Category, Evidence};

/// Why rules could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The folder or file could not be read.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// The file is not a rule.
    #[error("{0}: {1}")]
    Syntax(PathBuf, String),
    /// A rule names something that does not exist, or contradicts itself.
    #[error("{0}: rule `{1}`: {2}")]
    Rule(PathBuf, String, String),
    /// There are more rules than can be.
    #[error("{}: more than {MAX_RULES} rules; {room} may be added to those of the program", path.display())]
    TooMany {
        /// The file of the first that has no place.
        path: PathBuf,
        /// How many an operator may add.
        room: usize,
    },
    /// A category that no rule finds was asked for.
    #[error("no such category: `{0}` (see `qupia rules list --categories`)")]
    Category(String),
}

/// Where candidates of a rule come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Finder {
    Digits,
    Series,
    Phone,
    Email,
    Iban,
    Date,
    Ip,
    Mac,
    Plate,
    Vin,
    Index,
    Cadastral,
    Coordinates,
    Mrz,
    Label,
    Handle,
    Secret,
    Pattern,
    /// Found by a module of its own; the rule gives words of column names and weights.
    Module,
}

impl Finder {
    fn by_name(name: &str) -> Option<Finder> {
        Some(match name {
            "digits" => Finder::Digits,
            "series" => Finder::Series,
            "phone" => Finder::Phone,
            "email" => Finder::Email,
            "iban" => Finder::Iban,
            "date" => Finder::Date,
            "ip" => Finder::Ip,
            "mac" => Finder::Mac,
            "plate" => Finder::Plate,
            "vin" => Finder::Vin,
            "index" => Finder::Index,
            "cadastral" => Finder::Cadastral,
            "coordinates" => Finder::Coordinates,
            "mrz" => Finder::Mrz,
            "label" => Finder::Label,
            "handle" => Finder::Handle,
            "secret" => Finder::Secret,
            "pattern" => Finder::Pattern,
            "module" => Finder::Module,
            _ => return None,
        })
    }
}

/// What follows a label, for rules that look for values of free form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelValue {
    /// One word without blanks.
    Token,
    /// A number of letters, digits, dashes and strokes.
    Code,
    /// Up to the end of the sentence, line or cell.
    Rest,
    /// One of the rule's values.
    List,
    /// One to three digits.
    Number,
    /// Degrees with three decimals and more, in a column of their own.
    Decimal,
    /// What the rule's `pattern` finds soon behind the label, or in the cell.
    Pattern,
}

/// The pattern of a rule. Those of the program itself are known to be right, and made where they are first used:
/// most runs look for less than everything, and making all of them costs more than a small file.
#[derive(Debug)]
struct Pattern {
    text: String,
    made: OnceLock<Option<Regex>>,
}

fn regex(text: &str) -> Result<Regex, regex::Error> {
    regex::bytes::RegexBuilder::new(text).unicode(true).size_limit(1 << 22).build()
}

/// One rule, ready for use.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) file: Arc<RuleFile>,
    pub(crate) id: &'static str,
    pub(crate) category: Category,
    pub(crate) subtype: Option<&'static str>,
    pub(crate) finder: Finder,
    pub(crate) proof: Option<Proof>,
    pub(crate) weights: [f32; 64],
    pub(crate) base: f32,
    pub(crate) groups: Vec<Vec<u8>>,
    pub(crate) letters: (u8, u8),
    pattern: Option<Arc<Pattern>>,
    pub(crate) value: LabelValue,
    pub(crate) own: bool,
    path: PathBuf,
}

impl Rule {
    /// The unique name.
    pub fn id(&self) -> &'static str {
        self.id
    }
    /// What its findings are.
    pub fn category(&self) -> Category {
        self.category
    }
    /// A finer kind.
    pub fn subtype(&self) -> Option<&'static str> {
        self.subtype
    }
    /// The texts with which the rule proves itself.
    pub fn examples(&self) -> Examples {
        if self.own { self.file.examples.clone() } else { builtin::examples(&self.path) }
    }

    /// The rule as its file holds it.
    pub fn file(&self) -> &RuleFile {
        &self.file
    }
    /// Where it was read from (a name within qupia for its own rules).
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Points that a kind of evidence gives in this rule.
    pub fn weight(&self, e: Evidence) -> f32 {
        self.weights[e as usize]
    }
    /// Its pattern, where it has one.
    pub(crate) fn pattern(&self) -> Option<&Regex> {
        let pattern = self.pattern.as_ref()?;
        pattern.made.get_or_init(|| regex(&pattern.text).ok()).as_ref()
    }
    /// Is its label looked for before odd numbers only?
    pub(crate) fn odd(&self) -> bool {
        self.file.odd
    }
    /// Points with no evidence at all.
    pub fn base(&self) -> f32 {
        self.base
    }

    fn new(mut file: RuleFile, path: &Path, own: bool) -> Result<Rule, RuleError> {
        if let Some(pattern) = file.pattern.as_mut().filter(|_| !file.stems.is_empty()) {
            let stems: Vec<String> = file.stems.iter().map(|s| s.replace(' ', r"\x20")).collect();
            *pattern = pattern.replace("STEMS", &format!(r"(?:{})\p{{L}}*", stems.join("|")));
            file.anchors.extend_from_slice(&file.stems);
        }
        let wrong = |what: String| RuleError::Rule(path.to_owned(), file.id.clone(), what);
        let ok_name = |s: &str| {
            !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if !ok_name(&file.category) {
            return Err(wrong(format!("category `{}` is not lower snake case", file.category)));
        }
        let finder =
            Finder::by_name(&file.finder).ok_or_else(|| wrong(format!("no finder `{}`", file.finder)))?;
        let proof = match &file.proof {
            Some(p) => Some(proof::by_name(p).ok_or_else(|| wrong(format!("no proof `{p}`")))?),
            None => None,
        };
        let mut weights = [0f32; 64];
        for (e, w) in DEFAULT_WEIGHTS {
            weights[*e as usize] = *w;
        }
        if own {
            weights[Evidence::OwnRule as usize] = 0.0;
        }
        let mut base = 0.0;
        for (k, w) in &file.weights {
            match Evidence::ALL.iter().find(|e| e.code() == k) {
                Some(e) => weights[*e as usize] = *w,
                None if k == "base" => base = *w,
                None => return Err(wrong(format!("no evidence `{k}`"))),
            }
        }
        let pattern = match (&file.pattern, finder) {
            (Some(p), _) => {
                let made = OnceLock::new();
                if own {
                    let regex = regex(p).map_err(|e| wrong(format!("pattern: {e}")))?;
                    made.get_or_init(|| Some(regex));
                }
                Some(Arc::new(Pattern { text: p.clone(), made }))
            }
            (None, Finder::Pattern) => return Err(wrong("finder `pattern` needs a `pattern`".into())),
            _ => None,
        };
        let groups =
            file.groups.iter().map(|g| g.split(' ').filter_map(|n| n.parse().ok()).collect()).collect();
        let letters = match file.letters.as_deref().map(|l| l.split_once('-').unwrap_or((l, l))) {
            Some((a, b)) => match (a.parse(), b.parse()) {
                (Ok(a), Ok(b)) => (a, b),
                _ => return Err(wrong("letters: expected `1-2`".into())),
            },
            None => (0, 0),
        };
        let value = match file.value.as_deref() {
            None | Some("token") => LabelValue::Token,
            Some("code") => LabelValue::Code,
            Some("pattern") => LabelValue::Pattern,
            Some("rest") => LabelValue::Rest,
            Some("list") => LabelValue::List,
            Some("number") => LabelValue::Number,
            Some("decimal") => LabelValue::Decimal,
            Some(v) => return Err(wrong(format!("no value kind `{v}`"))),
        };
        if file.odd {
            if finder != Finder::Label || value != LabelValue::Pattern {
                return Err(wrong("odd: only for `finder = \"label\"` with `value = \"pattern\"`".into()));
            }
            // other Latin words are no reason to look at a number that is written as any other
            let latin = |w: &&String| w.is_ascii() && !w.ends_with("iin");
            let near = file.pattern.as_ref().is_some_and(|p| p.starts_with('^'));
            if let Some(w) = file.words.iter().find(latin).filter(|_| near) {
                return Err(wrong(format!("odd: `{w}` is no word that is looked for before a number")));
            }
        }
        Ok(Rule {
            id: leak(&file.id),
            category: Category::new(&file.category),
            subtype: file.subtype.as_deref().map(leak),
            finder,
            proof,
            weights,
            base,
            groups,
            letters,
            pattern,
            value,
            own,
            path: path.to_owned(),
            file: Arc::new(file),
        })
    }
}

/// Points where a rule gives none of its own. Documented in README: a score is the rule's base plus these.
const DEFAULT_WEIGHTS: &[(Evidence, f32)] = &[
    (Evidence::WordBefore, 0.45),
    (Evidence::WordAfter, 0.4),
    (Evidence::LabelAbove, 0.4),
    (Evidence::ColumnName, 0.5),
    (Evidence::FieldName, 0.5),
    (Evidence::ColumnShare, 0.4),
    (Evidence::ColumnShareLow, -1.0),
    (Evidence::ColumnNameOther, -0.3),
    (Evidence::NegativeWord, -0.4),
    (Evidence::InsideToken, -0.5),
    (Evidence::Filler, -1.0),
    (Evidence::CheckDigitWrong, -0.1),
    (Evidence::CalendarWrong, -0.1),
    (Evidence::CodeUnknown, -0.05),
    (Evidence::Partial, -0.1),
    (Evidence::ZerosRestored, -0.05),
    (Evidence::LineBroken, -0.1),
    (Evidence::OcrRepaired, -0.1),
    (Evidence::Ambiguous, -0.05),
    (Evidence::Neighbours, 0.1),
];

/// Names live as long as the program: findings carry them without copying.
fn leak(s: &str) -> &'static str {
    Category::new(s).as_str()
}

/// All rules in use.
#[derive(Clone, Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    categories: Vec<CategoryInfo>,
}

impl Rules {
    /// The rules that are part of the program.
    ///
    /// # Panics
    /// Never: a test reads every embedded file.
    pub fn builtin() -> &'static Arc<Rules> {
        static BUILTIN: OnceLock<Arc<Rules>> = OnceLock::new();
        BUILTIN.get_or_init(|| Arc::new(builtin::load().expect("embedded rules are tested")))
    }

    /// Adds every `*.toml` of a folder; a rule with the id of another replaces it.
    ///
    /// # Errors
    /// What is wrong, with the file and the rule.
    pub fn with_dir(mut self, dir: &Path) -> Result<Rules, RuleError> {
        let io = |e| RuleError::Io(dir.to_owned(), e);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            self = self.with_file(&path)?;
        }
        Ok(self)
    }

    /// Adds the rule of one file, or its rules where each stands behind a line `[[rule]]`.
    ///
    /// # Errors
    /// What is wrong, with the file and the rule.
    pub fn with_file(mut self, path: &Path) -> Result<Rules, RuleError> {
        let text = std::fs::read_to_string(path).map_err(|e| RuleError::Io(path.to_owned(), e))?;
        if text.lines().any(|l| l.trim_end() == "[[rule]]") {
            let several: SeveralRules =
                toml::from_str(&text).map_err(|e| RuleError::Syntax(path.to_owned(), e.to_string()))?;
            for file in several.rule {
                self.add(file, path, true)?;
            }
        } else {
            self.read(&text, path, true)?;
        }
        Ok(self)
    }

    fn read(&mut self, text: &str, path: &Path, own: bool) -> Result<(), RuleError> {
        let file = toml::from_str(text).map_err(|e| RuleError::Syntax(path.to_owned(), e.to_string()))?;
        self.add(file, path, own)
    }

    fn add(&mut self, file: RuleFile, path: &Path, own: bool) -> Result<(), RuleError> {
        let rule = Rule::new(file, path, own)?;
        match self.rules.iter_mut().find(|r| r.id == rule.id) {
            Some(old) => *old = rule,
            None => self.rules.push(rule),
        }
        if self.rules.len() > MAX_RULES {
            let room = MAX_RULES - self.rules.iter().filter(|r| !r.own).count();
            return Err(RuleError::TooMany { path: path.to_owned(), room });
        }
        Ok(())
    }

    /// All rules in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The rule with this id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// Every category with its titles; those of an operator's own rules stand last, with bare names.
    pub fn categories(&self) -> Vec<CategoryInfo> {
        let mut all = self.categories.clone();
        for r in &self.rules {
            if !all.iter().any(|c| c.id == r.category.as_str()) {
                let id = r.category.as_str().to_owned();
                all.push(CategoryInfo {
                    ru: id.clone(),
                    kk: id.clone(),
                    en: r.file.about.clone(),
                    id,
                    law: String::new(),
                    weak: false,
                });
            }
        }
        all
    }

    /// The same rules, whose labels are all looked for in all text.
    #[cfg(test)]
    pub(crate) fn looked_for_everywhere(&self) -> Rules {
        let mut all = self.clone();
        all.rules.iter_mut().for_each(|r| Arc::make_mut(&mut r.file).odd = false);
        all
    }

    /// Runs every example of every rule.
    pub fn test(&self) -> Vec<ExampleFailure> {
        examples::run(self, None)
    }

    /// Runs the examples of the rules of one file.
    pub fn test_file(&self, path: &Path) -> Vec<ExampleFailure> {
        examples::run(self, Some(path))
    }
}

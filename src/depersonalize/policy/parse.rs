use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{DefaultMode, Form, Pattern, Policy, Predicate, Rule, Scope, Suppress, names};
use crate::depersonalize::generalize::Hierarchy;
use crate::depersonalize::method::{Bands, Distribution, Generalize, METHODS, Method, STEPS};
use crate::depersonalize::token::TokenFunction;
use crate::model::Category;

/// What is wrong with a policy, where, and what would be right.
#[derive(Debug)]
pub struct PolicyError {
    /// The file or preset.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// What is wrong and what is allowed.
    pub what: String,
}

impl PolicyError {
    pub(super) fn plain(file: &str, what: impl Into<String>) -> PolicyError {
        PolicyError { file: file.to_owned(), line: 0, what: what.into() }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            n => write!(f, "{}:{n}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for PolicyError {}

const SALT: &str = "a policy holds no salt: whoever reads it could hash every IIN there can be (731,702,499 for births \
1926-2026, less than two minutes on one core) and turn every token back. The key is random, lives in memory for one run and is \
destroyed; to link several runs on purpose, use --key-file";

struct Source<'a> {
    name: &'a str,
    text: &'a str,
    folder: Option<&'a Path>,
}

type Parsed<T> = Result<T, PolicyError>;
type Value<'a> = Spanned<DeValue<'a>>;

impl Source<'_> {
    fn line(&self, span: Range<usize>) -> usize {
        1 + self.text.as_bytes()[..span.start.min(self.text.len())].iter().filter(|b| **b == b'\n').count()
    }

    fn fail<T>(&self, span: Range<usize>, what: impl Into<String>) -> Parsed<T> {
        Err(PolicyError { file: self.name.to_owned(), line: self.line(span), what: what.into() })
    }

    fn text_of<'v>(&self, key: &str, value: &'v Value<'_>) -> Parsed<&'v str> {
        match value.get_ref() {
            DeValue::String(s) => Ok(s),
            other => {
                self.fail(value.span(), format!("{key} must be a text in quotes, not {}", other.type_str()))
            }
        }
    }

    fn number(&self, key: &str, value: &Value<'_>, low: f64, high: f64) -> Parsed<f64> {
        let n = match value.get_ref() {
            DeValue::Integer(i) => i.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Float(f) => f.as_str().replace('_', "").parse::<f64>().ok(),
            _ => None,
        };
        match n {
            Some(n) if (low..=high).contains(&n) => Ok(n),
            _ if low == f64::MIN_POSITIVE => {
                self.fail(value.span(), format!("{key} must be a number above 0, up to {high}"))
            }
            _ => self.fail(value.span(), format!("{key} must be a number from {low} to {high}")),
        }
    }

    fn pattern(&self, key: &str, value: &Value<'_>) -> Parsed<Pattern> {
        let text = self.text_of(key, value)?;
        Pattern::new(text).or_else(|e| {
            self.fail(value.span(), format!("{key} = {text:?} is neither a glob nor /expression/: {e}"))
        })
    }

    fn glob(&self, value: &Value<'_>) -> Parsed<globset::GlobMatcher> {
        let text = self.text_of("file", value)?;
        match globset::Glob::new(text) {
            Ok(g) => Ok(g.compile_matcher()),
            Err(e) => self.fail(value.span(), format!("file = {text:?} is not a glob: {e}")),
        }
    }

    fn choice<T: Copy>(&self, key: &str, value: &Value<'_>, all: &[(&str, T)]) -> Parsed<T> {
        let text = self.text_of(key, value)?;
        match all.iter().find(|c| c.0 == text) {
            Some(c) => Ok(c.1),
            None => self.fail(
                value.span(),
                format!("{key} = {text:?}: not known; allowed: {}", names(all.iter().map(|c| c.0))),
            ),
        }
    }

    fn known_keys(&self, what: &str, table: &DeTable<'_>, allowed: &[&str]) -> Parsed<()> {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if matches!(name, "salt" | "pepper" | "key" | "secret") {
                return self.fail(key.span(), format!("{name} = …: {SALT}"));
            }
            if !allowed.contains(&name) {
                let near = nearest(name, allowed.iter().copied());
                return self.fail(
                    key.span(),
                    format!("{name:?} is not known in {what}{near}; allowed: {}", allowed.join(", ")),
                );
            }
        }
        Ok(())
    }

    /// A method, short (`"token"`, `"year"`) or with parameters (`{ method = "mask", first = 1 }`), that does for the
    /// kind of data what it says.
    fn method(&self, value: &Value<'_>, category: Option<Category>) -> Parsed<Method> {
        let method = self.any_method(value)?;
        let Some(category) = category else { return Ok(method) };
        if let Some(why) = method.refusal(category) {
            let what = if matches!(method, Method::Mask { .. }) { "mask" } else { "method" };
            return self.fail(value.span(), format!("this {what} leaves the value recoverable: {why}"));
        }
        let kinds = match &method {
            Method::Generalize(step) => step.kinds(),
            _ => None,
        };
        // an operator's own kinds of data may be of any nature
        if let Some(kinds) =
            kinds.filter(|k| !k.contains(&category) && Category::known().any(|c| c == category))
        {
            let kinds = names(kinds.iter().map(|c| c.as_str()));
            return self.fail(
                value.span(),
                format!("{} is for {kinds}, not for {category}: it would fit no value", method.describe()),
            );
        }
        Ok(method)
    }

    fn any_method(&self, value: &Value<'_>) -> Parsed<Method> {
        let empty = DeTable::new();
        let (name, span, table) = match value.get_ref() {
            DeValue::String(s) => (s.as_ref(), value.span(), &empty),
            DeValue::Table(t) => match t.get("method") {
                Some(m) => (self.text_of("method", m)?, m.span(), t),
                None => {
                    return self
                        .fail(value.span(), format!("method = … is missing; allowed: {}", method_names()));
                }
            },
            other => {
                return self.fail(
                    value.span(),
                    format!(
                        "a method is a text or a table, not {}; allowed: {}",
                        other.type_str(),
                        method_names()
                    ),
                );
            }
        };
        const PLACE: [&str; 5] = ["method", "column", "table", "file", "category"];
        let keys = |own: &[&str]| -> Parsed<()> {
            let all: Vec<&str> = PLACE.iter().chain(own).copied().collect();
            self.known_keys(&format!("method {name:?}"), table, &all)
        };
        let number = |key: &str, default: Option<f64>, low: f64, high: f64| -> Parsed<f64> {
            match (table.get(key), default) {
                (Some(v), _) => self.number(key, v, low, high),
                (None, Some(d)) => Ok(d),
                (None, None) => self.fail(span.clone(), format!("method {name:?} needs {key} = a number")),
            }
        };
        Ok(match name {
            "keep" | "scan" | "token" | "remove" | "shuffle" | "fake" => {
                keys(&[])?;
                match name {
                    "keep" => Method::Keep,
                    "scan" => Method::Scan,
                    "token" => Method::Token,
                    "remove" => Method::Remove,
                    "shuffle" => Method::Shuffle,
                    _ => Method::Fake,
                }
            }
            "label" => {
                keys(&["text"])?;
                Method::Label(match table.get("text") {
                    Some(v) => Some(self.text_of("text", v)?.into()),
                    None => None,
                })
            }
            "mask" => {
                keys(&["first", "last"])?;
                let first = number("first", Some(0.0), 0.0, 20.0)? as u8;
                let last = number("last", Some(0.0), 0.0, 20.0)? as u8;
                if let Some(why) = Method::mask_refusal(first, last, None) {
                    return self.fail(span, format!("this mask leaves the value recoverable: {why}"));
                }
                Method::Mask { first, last }
            }
            "shift_dates" => {
                keys(&["days", "subject"])?;
                let days = number("days", Some(182.0), 1.0, 36_500.0)? as u32;
                let Some(subject) = table.get("subject") else {
                    return self
                        .fail(span, "shift_dates needs subject = the column that says whose date it is");
                };
                Method::ShiftDates { days, subject: self.text_of("subject", subject)?.into() }
            }
            "noise" => {
                keys(&["distribution", "scale"])?;
                let distribution = match table.get("distribution") {
                    Some(v) => self.choice(
                        "distribution",
                        v,
                        &[("laplace", Distribution::Laplace), ("gaussian", Distribution::Gaussian)],
                    )?,
                    None => Distribution::Laplace,
                };
                Method::Noise { distribution, scale: number("scale", None, f64::MIN_POSITIVE, 1e18)? }
            }
            "microaggregate" => {
                keys(&["k"])?;
                Method::Microaggregate { k: number("k", Some(3.0), 2.0, 1e6)? as u32 }
            }
            "generalize" => {
                let Some(to) = table.get("to") else {
                    return self.fail(span, format!("generalize needs to = …; allowed: {}", step_names()));
                };
                let step = self.text_of("to", to)?;
                Method::Generalize(self.step(step, to.span(), table)?)
            }
            step if STEPS.iter().any(|s| s.0 == step) => Method::Generalize(self.step(step, span, table)?),
            other => {
                let near = nearest(other, METHODS.iter().chain(STEPS).map(|m| m.0));
                return self.fail(
                    span,
                    format!(
                        "method {other:?} is not known{near}; allowed: {}, or a step of generalize: {}",
                        method_names(),
                        step_names()
                    ),
                );
            }
        })
    }

    fn step(&self, step: &str, span: Range<usize>, table: &DeTable<'_>) -> Parsed<Generalize> {
        let keys = |own: &[&str]| -> Parsed<()> {
            let place = ["method", "to", "column", "table", "file", "category"];
            // the file of a hierarchy is the table, not the place
            let all: Vec<&str> = place.iter().chain(own).copied().collect();
            self.known_keys(&format!("generalize to {step:?}"), table, &all)
        };
        let bands = |default: Option<f64>| -> Parsed<Bands> {
            keys(&["width", "bottom", "top"])?;
            let get = |key: &str| table.get(key).map(|v| self.number(key, v, -1e15, 1e15)).transpose();
            let width = match (table.get("width"), default) {
                (Some(v), _) => self.number("width", v, f64::MIN_POSITIVE, 1e15)?,
                (None, Some(d)) => d,
                (None, None) => return self.fail(span.clone(), "bins needs width = a number"),
            };
            Ok(Bands { width, bottom: get("bottom")?, top: get("top")? })
        };
        let simple = |g: Generalize| keys(&[]).map(|()| g);
        match step {
            "month" => simple(Generalize::Month),
            "quarter" => simple(Generalize::Quarter),
            "year" => simple(Generalize::Year),
            "decade" => simple(Generalize::Decade),
            "city" => simple(Generalize::City),
            "region" => simple(Generalize::Region),
            "macro_region" => simple(Generalize::MacroRegion),
            "country" => simple(Generalize::Country),
            "operator" => simple(Generalize::Operator),
            "domain_class" => simple(Generalize::DomainClass),
            "sex" => simple(Generalize::BirthBand { width: 0, sex: true }),
            "age" => Ok(Generalize::Age(bands(Some(5.0))?)),
            "bins" => Ok(Generalize::Bins(bands(None)?)),
            "birth_band" => {
                keys(&["width", "sex"])?;
                let width = match table.get("width") {
                    Some(v) => self.number("width", v, 2.0, 100.0)? as u32,
                    None => 10,
                };
                let sex = match table.get("sex").map(|v| (v, v.get_ref().as_bool())) {
                    None => false,
                    Some((_, Some(b))) => b,
                    Some((v, None)) => return self.fail(v.span(), "sex must be true or false"),
                };
                Ok(Generalize::BirthBand { width, sex })
            }
            "round" => {
                keys(&["step"])?;
                match table.get("step") {
                    Some(v) => Ok(Generalize::Round(self.number("step", v, f64::MIN_POSITIVE, 1e15)?)),
                    None => self.fail(span, "round needs step = a number"),
                }
            }
            "prefix" => {
                keys(&["length"])?;
                match table.get("length") {
                    Some(v) => Ok(Generalize::Prefix(self.number("length", v, 1.0, 64.0)? as u32)),
                    None => self.fail(span, "prefix needs length = a number"),
                }
            }
            "hierarchy" => {
                keys(&["hierarchy", "level"])?;
                let Some(file) = table.get("hierarchy") else {
                    return self
                        .fail(span, "hierarchy needs hierarchy = a CSV file (value; level 1; level 2; …)");
                };
                let name = self.text_of("hierarchy", file)?;
                let path = self.folder.unwrap_or(Path::new("")).join(name);
                let table_ = Hierarchy::load(&path).or_else(|e| self.fail(file.span(), e))?;
                let level = match table.get("level") {
                    Some(v) => self.number("level", v, 1.0, table_.levels() as f64)? as usize,
                    None => 1,
                };
                Ok(Generalize::Hierarchy { table: Arc::new(table_), level })
            }
            other => {
                let near = nearest(other, STEPS.iter().map(|s| s.0));
                self.fail(span, format!("to = {other:?} is not known{near}; allowed: {}", step_names()))
            }
        }
    }
}

fn method_names() -> String {
    names(METHODS.iter().map(|m| m.0))
}

fn step_names() -> String {
    names(STEPS.iter().map(|m| m.0))
}

/// `, did you mean "token"?` for a name at most two keystrokes away.
fn nearest<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> String {
    let distance = |a: &str, b: &str| {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, ca) in a.chars().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, cb) in b.iter().enumerate() {
                let cost = diagonal + usize::from(ca != *cb);
                diagonal = row[j + 1];
                row[j + 1] = cost.min(row[j] + 1).min(row[j + 1] + 1);
            }
        }
        row.last().copied().unwrap_or(0)
    };
    all.map(|a| (distance(name, a), a))
        .min()
        .filter(|(d, _)| *d <= 2)
        .map_or_else(String::new, |(_, a)| format!(", did you mean {a:?}?"))
}

const TOP: &[&str] = &[
    "version",
    "base",
    "purpose",
    "requester",
    "default",
    "token",
    "scope",
    "form",
    "category",
    "column",
    "suppress",
    // read by the table models
    "privacy",
];

pub(super) fn policy(text: &str, name: &str, folder: Option<&Path>, depth: u32) -> Parsed<Policy> {
    let s = Source { name, text, folder };
    let document = match DeTable::parse(text) {
        Ok(d) => d,
        Err(e) => {
            let line = e.span().map_or(0, |span| s.line(span));
            return Err(PolicyError { file: name.into(), line, what: format!("not TOML: {}", e.message()) });
        }
    };
    let top = document.get_ref();
    s.known_keys("a policy", top, TOP)?;
    if let Some(v) = top.get("version") {
        s.number("version", v, 1.0, 1.0)?;
    }
    let mut policy = match top.get("base") {
        Some(v) => {
            let base = s.text_of("base", v)?;
            if base == "none" {
                Policy::bare(name)
            } else if depth > 2 {
                return s.fail(v.span(), "bases lead in a circle");
            } else {
                Policy::profile(base).or_else(|e| s.fail(v.span(), format!("base = {base:?}: {}", e.what)))?
            }
        }
        None if name == "profile default" => Policy::bare("default"),
        None => Policy::profile("default")?,
    };
    policy.name = name.strip_prefix("profile ").unwrap_or(name).to_owned();
    policy.digest =
        blake3::hash([policy.digest.as_bytes(), text.as_bytes()].concat().as_slice()).to_hex().to_string();
    if let Some(v) = top.get("purpose") {
        policy.purpose = Some(s.text_of("purpose", v)?.to_owned());
    }
    if let Some(v) = top.get("requester") {
        policy.requester = Some(s.text_of("requester", v)?.to_owned());
    }
    if let Some(v) = top.get("default") {
        policy.default =
            s.choice("default", v, &[("scan", DefaultMode::Scan), ("allow-list", DefaultMode::AllowList)])?;
    }
    if let Some(v) = top.get("token") {
        policy.function = s.choice(
            "token",
            v,
            &[("blake3", TokenFunction::Blake3), ("hmac-sha256", TokenFunction::HmacSha256)],
        )?;
    }
    if let Some(v) = top.get("scope") {
        let all = [
            ("run", Scope::Run),
            ("file", Scope::File),
            ("document", Scope::Document),
            ("cell", Scope::Cell),
        ];
        policy.scope = s.choice("scope", v, &all)?;
    }
    if let Some(v) = top.get("form") {
        match v.get_ref().as_table() {
            Some(table) => s.forms(table, &mut policy)?,
            None => policy.same_width = s.choice("form", v, &[("auto", false), ("same-width", true)])?,
        }
    }
    let source: Arc<str> = name.into();
    if let Some(v) = top.get("category") {
        let Some(table) = v.get_ref().as_table() else {
            return s.fail(v.span(), "category is a table: [category] and lines such as iin = \"token\"");
        };
        for (key, value) in table {
            let category = category(&s, key.get_ref(), key.span())?;
            let method = s.method(value, Some(category))?;
            if method.needs_column() || matches!(method, Method::ShiftDates { .. } | Method::Scan) {
                return s.fail(value.span(), format!("{} is for columns: use [[column]]", method.name()));
            }
            policy.rules.push(Rule {
                source: source.clone(),
                line: s.line(key.span()),
                file: None,
                table: None,
                column: None,
                category: Some(category),
                method,
            });
        }
    }
    for (line_span, value) in tables(&s, top, "column")? {
        let table = value;
        let category = match table.get("category") {
            Some(v) => Some(category(&s, s.text_of("category", v)?, v.span())?),
            None => None,
        };
        let rule = Rule {
            source: source.clone(),
            line: s.line(line_span.clone()),
            file: table.get("file").map(|v| s.glob(v)).transpose()?,
            table: table.get("table").map(|v| s.pattern("table", v)).transpose()?,
            column: table.get("column").map(|v| s.pattern("column", v)).transpose()?,
            category,
            method: s.method_of(table, line_span.clone(), category)?,
        };
        if rule.column.is_none() && rule.table.is_none() && rule.category.is_none() {
            return s.fail(line_span, "a [[column]] rule names a column, a table or a category");
        }
        policy.rules.push(rule);
    }
    for (span, table) in tables(&s, top, "suppress")? {
        policy.suppress.push(s.suppress(table, span)?);
    }
    Ok(policy)
}

fn tables<'d, 'i>(
    s: &Source<'_>,
    top: &'d DeTable<'i>,
    key: &str,
) -> Parsed<Vec<(Range<usize>, &'d DeTable<'i>)>> {
    let Some(v) = top.get(key) else { return Ok(Vec::new()) };
    let wrong = || s.fail(v.span(), format!("{key} is a list of tables: [[{key}]]"));
    let Some(list) = v.get_ref().as_array() else { return wrong() };
    let mut all = Vec::new();
    for item in list {
        match item.get_ref().as_table() {
            Some(t) => all.push((item.span(), t)),
            None => return wrong(),
        }
    }
    Ok(all)
}

fn category(s: &Source<'_>, name: &str, span: Range<usize>) -> Parsed<Category> {
    if Category::known().any(|c| c.as_str() == name) {
        return Ok(Category::new(name));
    }
    // an operator's own rule may bring a category of its own
    let well_formed = !name.is_empty()
        && name.len() <= 32
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let near = nearest(name, Category::known().map(Category::as_str));
    if well_formed && near.is_empty() {
        return Ok(Category::new(name));
    }
    s.fail(span, format!("category {name:?} is not known{near}; see `qupia rules list --categories`"))
}

impl Source<'_> {
    fn method_of(
        &self,
        table: &DeTable<'_>,
        span: Range<usize>,
        category: Option<Category>,
    ) -> Parsed<Method> {
        // the rule's own table holds the parameters
        let value = Spanned::new(span, DeValue::Table(table.clone()));
        self.method(&value, category)
    }

    /// `[form]`: `iin = { digits = 12 }`, `vin = { chars = 17 }`.
    fn forms(&self, table: &DeTable<'_>, policy: &mut Policy) -> Parsed<()> {
        for (key, value) in table {
            let category = category(self, key.get_ref(), key.span())?;
            let allowed = "allowed: { digits = N } or { chars = N }";
            let Some(form) = value.get_ref().as_table().filter(|t| t.len() == 1) else {
                return self
                    .fail(value.span(), format!("the form of {category} must be one table; {allowed}"));
            };
            let form = match (form.get("digits"), form.get("chars")) {
                (Some(v), None) => Form::Digits(self.number("digits", v, 1.0, 18.0)? as u32),
                (None, Some(v)) => Form::Chars(self.number("chars", v, 1.0, 64.0)? as u32),
                _ => {
                    return self
                        .fail(value.span(), format!("the form of {category} is not known; {allowed}"));
                }
            };
            policy.forms.insert(category, form);
        }
        Ok(())
    }

    fn suppress(&self, table: &DeTable<'_>, span: Range<usize>) -> Parsed<Suppress> {
        let allowed = ["file", "table", "column", "in", "matches", "below", "above", "empty", "clear"];
        self.known_keys("[[suppress]]", table, &allowed)?;
        let Some(column) = table.get("column") else {
            return self.fail(span, "[[suppress]] needs column = the column that is looked at");
        };
        let list = |key: &str, v: &Value<'_>| -> Parsed<Vec<String>> {
            match v.get_ref().as_array() {
                Some(a) => a.iter().map(|i| self.text_of(key, i).map(str::to_owned)).collect(),
                None => self.text_of(key, v).map(|t| vec![t.to_owned()]),
            }
        };
        let mut when = Vec::new();
        if let Some(v) = table.get("in") {
            when.push(Predicate::In(list("in", v)?));
        }
        if let Some(v) = table.get("matches") {
            let text = self.text_of("matches", v)?;
            match regex::Regex::new(text) {
                Ok(r) => when.push(Predicate::Matches(r)),
                Err(e) => return self.fail(v.span(), format!("matches is not an expression: {e}")),
            }
        }
        if let Some(v) = table.get("below") {
            when.push(Predicate::Below(self.number("below", v, -1e18, 1e18)?));
        }
        if let Some(v) = table.get("above") {
            when.push(Predicate::Above(self.number("above", v, -1e18, 1e18)?));
        }
        if table.contains_key("empty") {
            when.push(Predicate::Empty);
        }
        let (Some(when), true) = (when.pop(), when.is_empty()) else {
            return self.fail(span, "[[suppress]] needs exactly one of in, matches, below, above, empty");
        };
        let clear = match table.get("clear") {
            Some(v) => {
                let mut all = Vec::new();
                for name in list("clear", v)? {
                    all.push(Pattern::new(&name).or_else(|e| self.fail(v.span(), e))?);
                }
                all
            }
            None => Vec::new(),
        };
        Ok(Suppress {
            file: table.get("file").map(|v| self.glob(v)).transpose()?,
            table: table.get("table").map(|v| self.pattern("table", v)).transpose()?,
            column: self.pattern("column", column)?,
            when,
            clear,
        })
    }
}

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::method::Method;
use super::policy::{DefaultMode, Policy};
use crate::model::{Category, Table};

/// What a policy does to one column, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The table's or sheet's name; empty where it has none.
    pub table: String,
    /// The column.
    pub column: String,
    /// The kind of data that the column was found to hold.
    pub category: Option<Category>,
    /// What happens to its cells.
    pub method: String,
    /// The rule that decides, with file and line.
    pub because: String,
    /// Rules that would also fit but count less, best first.
    pub overruled: Vec<String>,
}

/// What a policy does to every column of a table, before anything is written.
/// `verdict` is the kind of data found in a column.
pub fn explain(
    policy: &Policy,
    file: &str,
    table: &Table,
    verdict: &dyn Fn(u32) -> Option<Category>,
) -> Vec<Explained> {
    let name = table.name.as_deref();
    (0u32..)
        .zip(&table.fields)
        .map(|(n, field)| {
            let category = verdict(n);
            let all = policy.candidates(file, name, Some(&field.name), category);
            let (whole, found): (Vec<usize>, Vec<usize>) =
                all.iter().partition(|n| policy.rules[**n].category.is_none());
            let describe = |n: &usize| policy.rules[*n].describe();
            let exact = found.first().filter(|n| policy.rules[**n].column.is_some());
            let by_kind = |first: Option<&usize>| match (first, category) {
                (Some(n), Some(c)) => {
                    (format!("{} (where {c} is found)", policy.rules[*n].method.describe()), describe(n))
                }
                (None, Some(c)) => (
                    format!("token (where {c} is found)"),
                    format!("no rule names {c}: unnamed kinds of data become tokens"),
                ),
                (_, None) => (
                    "scan: what is found in a cell is replaced by the rule of its kind".to_owned(),
                    "no rule names this column".to_owned(),
                ),
            };
            let (method, because) = match (exact, whole.first()) {
                (Some(n), _) => by_kind(Some(n)),
                (None, Some(n)) if matches!(policy.rules[*n].method, Method::Scan) => by_kind(found.first()),
                (None, Some(n)) => (policy.rules[*n].method.describe(), describe(n)),
                (None, None) if policy.default == DefaultMode::AllowList && found.is_empty() => (
                    "remove".to_owned(),
                    "default = \"allow-list\": nobody classified this column, so it is emptied".to_owned(),
                ),
                (None, None) => by_kind(found.first()),
            };
            Explained {
                table: name.unwrap_or_default().to_owned(),
                column: field.name.clone(),
                category,
                overruled: all.iter().map(describe).filter(|d| *d != because).collect(),
                method,
                because,
            }
        })
        .collect()
}

/// What was found in one column, for a draft.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The file.
    pub file: Arc<str>,
    /// The table or sheet; empty where it has no name.
    pub table: Arc<str>,
    /// The column.
    pub column: String,
    /// The kind of data, where the column holds one.
    pub category: Option<Category>,
    /// Share of the cells that showed it.
    pub share: f64,
}

/// A first policy from what was found in columns.
pub fn draft(columns: &[Seen]) -> String {
    let mut out = String::from(
        "# Draft of a policy, made from what was found in the columns. Read every line and decide.\n\
         # Methods and their parameters: qupia policy methods. Precedence: qupia policy explain FILE PATH.\n\
         version = 1\nbase = \"default\"\n\
         # purpose = \"statistics\"        # par. 19: statistical, sociological, scientific, marketing research\n\
         # default = \"allow-list\"        # empty every column that no rule names\n",
    );
    let mut last: Option<(&str, &str)> = None;
    for Seen { file, table, column, category, share } in columns {
        if last != Some((file.as_ref(), table.as_ref())) {
            let _ = write!(out, "\n# ---- {file}");
            if !table.is_empty() {
                let _ = write!(out, ", table {table}");
            }
            out.push('\n');
            last = Some((file.as_ref(), table.as_ref()));
        }
        let name = quoted(column);
        let table_line =
            if table.is_empty() { String::new() } else { format!("table = {}\n", quoted(table)) };
        match category {
            Some(c) => {
                let method = proposal(*c);
                let why = match share {
                    s if *s > 0.0 => format!("{:.1} % of the cells looked at", s * 100.0),
                    _ => "by the name of the column".to_owned(),
                };
                let _ = writeln!(
                    out,
                    "[[column]]                   # {c}: {why}\n{table_line}column = {name}\n{method}"
                );
            }
            None => {
                let _ = writeln!(
                    out,
                    "# [[column]]                 # nothing found as a whole; its cells are looked through"
                );
                for line in table_line
                    .lines()
                    .map(str::to_owned)
                    .chain([format!("column = {name}"), "method = \"keep\"".to_owned()])
                {
                    let _ = writeln!(out, "# {line}");
                }
            }
        }
    }
    out
}

fn proposal(category: Category) -> &'static str {
    match category {
        Category::ADDRESS | Category::BIRTH_PLACE => "method = \"generalize\"\nto = \"region\"",
        Category::BIRTH_DATE => "method = \"generalize\"\nto = \"year\"",
        Category::SPECIAL | Category::PASSWORD => "method = \"remove\"",
        _ => "method = \"token\"",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

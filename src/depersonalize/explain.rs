use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::fit::{TokenForm, natural};
use super::method::Method;
use super::policy::{DefaultMode, Form, Policy};
use crate::model::{Category, ColumnType, Table};

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
    /// The declared type.
    pub ty: ColumnType,
    /// Values stand in it as numbers.
    pub number: bool,
    /// Values stand in it as text.
    pub text: bool,
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
    out.push_str(&forms(columns));
    let mut names: BTreeMap<String, Vec<&Seen>> = BTreeMap::new();
    for seen in columns {
        names.entry(seen.column.to_lowercase()).or_default().push(seen);
    }
    let mut open: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for places in names.into_values() {
        let first = places[0];
        if places.iter().all(|p| p.category == first.category) && !first.column.is_empty() {
            match first.category {
                Some(_) => rule(&mut out, &places, false),
                None => places.iter().for_each(|p| open.entry(&p.file).or_default().push(&p.column)),
            }
            continue;
        }
        // the name means different things in different tables
        for place in places {
            match place.category {
                Some(_) => rule(&mut out, &[place], true),
                None => open.entry(&place.file).or_default().push(&place.column),
            }
        }
    }
    if !open.is_empty() {
        out.push_str(
            "\n# Columns in which nothing was found as a whole; their cells are looked through. Name those that you decide on:\n\
             # [[column]]\n# column = \"…\"\n# method = \"keep\"\n",
        );
    }
    for (file, mut columns) in open {
        columns.dedup();
        let _ = writeln!(out, "# {}: {}", oneline(file), oneline(&columns.join(", ")));
    }
    out
}

/// One rule for a column of one name, with what was seen where; `exact`: for this table alone.
fn rule(out: &mut String, places: &[&Seen], exact: bool) {
    let Some(category) = places[0].category else { return };
    out.push('\n');
    for Seen { file, table, column, share, .. } in places {
        let table = if table.is_empty() { String::new() } else { format!(", {}", oneline(table)) };
        let why = match share {
            s if *s > 0.0 => format!("{:.1} % of the cells looked at", s * 100.0),
            _ => "by the name of the column".to_owned(),
        };
        let _ = writeln!(out, "# {category}: {}{table}, {}: {why}", oneline(file), oneline(column));
    }
    let (method, advice) = proposal(category);
    if !advice.is_empty() {
        let _ = writeln!(out, "# {advice}");
    }
    let _ = writeln!(out, "[[column]]");
    let place = places[0];
    if exact {
        let name = place.file.rsplit(['/', '\\', '!']).next().unwrap_or(&place.file);
        let _ = writeln!(out, "file = {}", quoted(&globset::escape(name)));
        if !place.table.is_empty() {
            let _ = writeln!(out, "table = {}", quoted(&globset::escape(&place.table)));
        }
    }
    let _ = writeln!(out, "column = {}\n{method}", quoted(&globset::escape(&place.column)));
}

/// One form for the tokens of a kind that stands in columns of several types, which would not join otherwise.
fn forms(columns: &[Seen]) -> String {
    let mut kinds: BTreeMap<Category, Vec<(&Seen, TokenForm, usize, bool)>> = BTreeMap::new();
    for seen in columns {
        let Some(category) = seen.category.filter(|c| proposal(*c).0.contains("token")) else { continue };
        for (is, number) in [(seen.number, true), (seen.text || !seen.number, false)] {
            if let (true, Some((form, chars))) = (is, natural(category, seen.ty, number)) {
                kinds.entry(category).or_default().push((seen, form, chars, number));
            }
        }
    }
    let mut out = String::new();
    for (category, places) in kinds {
        if places.iter().all(|p| (p.1, p.2) == (places[0].1, places[0].2)) {
            continue;
        }
        if out.is_empty() {
            out.push_str(
                "\n# These kinds of data stand in columns of several types. Each gets one form of token everywhere, so that\n\
                 # the columns still join; without these lines a wide column gets a longer token than a narrow one.\n[form]\n",
            );
        }
        for (seen, form, chars, _) in &places {
            let table = if seen.table.is_empty() { String::new() } else { format!(" {}", seen.table) };
            let short = matches!(form, TokenForm::Compact | TokenForm::Narrow);
            let room = form.words(if short { *chars as u8 } else { 0 });
            let _ = writeln!(
                out,
                "# {}{table}, {}: {room} if left alone",
                oneline(&seen.file),
                oneline(&seen.column)
            );
        }
        let least = places.iter().map(|p| p.2).min().unwrap_or(0) as u32;
        let digits =
            places.iter().any(|p| matches!(p.1, TokenForm::Number12 | TokenForm::Phone | TokenForm::Card));
        let form = if digits || places.iter().any(|p| p.3) {
            Form::Digits(least.min(18))
        } else {
            Form::Chars(least)
        };
        if places.iter().any(|p| p.1 == TokenForm::Uuid) {
            let _ = writeln!(out, "# a column of UUIDs joins no other: give it a type of its own");
        }
        let _ = writeln!(out, "{category} = {form}");
    }
    out
}

/// A name from the data in a comment must not end it.
fn oneline(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The method to begin with, and what to think of.
fn proposal(category: Category) -> (&'static str, &'static str) {
    const FEW: &str =
        "an indirect identifier of few values: a token would hide nothing; keep, generalize or remove it";
    match category.as_str() {
        "address" | "birth_place" => ("method = \"generalize\"\nto = \"region\"", ""),
        "birth_date" => ("method = \"generalize\"\nto = \"year\"", ""),
        "age" => ("method = \"generalize\"\nto = \"age\"\nwidth = 5", FEW),
        "sex" | "citizenship" | "marital_status" => ("method = \"keep\"", FEW),
        "special" | "nationality" | "password" | "secret" | "mrz" | "coordinates" => {
            ("method = \"remove\"", "")
        }
        _ => ("method = \"token\"", ""),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

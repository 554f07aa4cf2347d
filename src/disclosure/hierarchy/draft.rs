use super::builtin::{Builtin, parse_date};
use super::{Hierarchy, ROOT};
use crate::disclosure::table::Column;

/// A hierarchy proposed for a column, and why.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The proposal.
    pub hierarchy: Hierarchy,
    /// What the values were taken for, for the report.
    pub kind: &'static str,
}

/// How large a share of the rows must read as a kind.
const SHARE: f64 = 0.95;

/// Proposes a hierarchy from what a column's values look like; the header's words settle what values alone
/// leave open (an age and a number of rooms look alike).
pub fn draft(column: &Column) -> Draft {
    let counts = column.counts();
    let filled: u64 =
        column.values.iter().zip(&counts).filter(|(v, _)| !v.trim().is_empty()).map(|c| *c.1).sum();
    let share = |test: &dyn Fn(&str) -> bool| {
        let hits: u64 = column.values.iter().zip(&counts).filter(|(v, _)| test(v)).map(|c| *c.1).sum();
        filled > 0 && hits as f64 >= SHARE * filled as f64
    };
    let name = column.name.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|w| name.contains(w));
    let whole = |v: &str| v.trim().parse::<i64>().ok();
    let year = |v: &str| whole(v).is_some_and(|n| (1850..=2100).contains(&n)) && v.trim().len() == 4;
    let made = |kind, builtin: Builtin| {
        builtin.hierarchy(column).ok().filter(|h| h.levels() > 2).map(|hierarchy| Draft { hierarchy, kind })
    };
    let found = if share(&|v| v.trim().len() == 12 && super::iin::levels(v)[0] != ROOT) {
        made("iin", Builtin::Iin)
    } else if share(&|v| parse_date(v).is_some_and(|d| d.1.is_some()) || year(v))
        && (share(&|v| !year(v)) || named(&["year", "год", "жыл", "date", "дата", "күн", "birth", "рожд"]))
    {
        made("date", Builtin::Date)
    } else if named(&["age", "возраст", "жас"])
        && share(&|v| whole(v).is_some_and(|n| (0..=130).contains(&n)))
    {
        made("age", Builtin::Age)
    } else if named(&["zip", "post", "индекс", "почт"]) && share(&|v| matches!(v.trim().len(), 6 | 7))
    {
        let known = share(&|v| super::places::post_code_levels(v)[0] != ROOT);
        made("post_code", if known { Builtin::PostCode } else { Builtin::Prefix { step: 1 } })
    } else if named(&["zip", "post", "индекс", "почт", "код", "code"]) && share(&|v| v.trim().len() > 1)
    {
        made("prefix", Builtin::Prefix { step: 1 })
    } else if share(&|v| v.trim().replace(',', ".").parse::<f64>().is_ok()) && column.values.len() > 2 {
        made("numbers", Builtin::Numbers { width: None, factor: 2 })
    } else if share(&|v| super::places::place_levels(v)[0] != ROOT) {
        made("place", Builtin::Place)
    } else {
        None
    };
    found.unwrap_or_else(|| Draft { hierarchy: Hierarchy::suppression(column), kind: "suppress" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::table::Builder;

    fn kind(name: &str, values: &[&str]) -> &'static str {
        let mut b = Builder::new(name);
        values.iter().for_each(|v| b.push(v));
        draft(&b.finish()).kind
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(kind("возраст", &["31", "45", "7"]), "age");
        assert_eq!(kind("birth_date", &["1991-12-31", "1980-01-05"]), "date");
        assert_eq!(kind("год рождения", &["1991", "1980"]), "date");
        assert_eq!(kind("rooms", &["1", "2", "3", "4"]), "numbers");
        assert_eq!(kind("индекс", &["050000", "100008", ""]), "post_code");
        assert_eq!(kind("город", &["Алматы", "Караганда", "Темиртау"]), "place");
        assert_eq!(kind("diagnosis", &["flu", "ulcer"]), "suppress");
        assert_eq!(kind("empty", &["", ""]), "suppress");
    }
}

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::hierarchy::Builtin;
use super::models::Diversity;
use super::search::Objective;
use super::{Error, Result};

/// The `[privacy]` part of a policy: what a protected table must satisfy, and how to get there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Every combination of quasi-identifiers stands in at least this many rows.
    pub k: u32,
    /// Every combination stands for at least this many rows of `population`.
    pub k_map: Option<u32>,
    /// Least and greatest share of `population`'s rows that stand in the table, for every combination in the copy.
    pub presence: Option<[f64; 2]>,
    /// A register with the same quasi-identifiers, for `k_map` and `presence`.
    pub population: Option<PathBuf>,
    /// l-diversity of every sensitive column.
    pub l: Option<L>,
    /// t-closeness of every sensitive column.
    pub t: Option<f64>,
    /// The distance that `t` is measured in.
    pub distance: DistanceKind,
    /// Most rows, as a share of all, that may be suppressed.
    pub suppression_limit: f64,
    /// What becomes of a suppressed row.
    pub suppressed: Suppressed,
    /// How values are generalized.
    pub model: Model,
    /// What is made as small as possible.
    pub objective: Objective,
    /// Weighs generalization (1) against suppression (0) in the objective; 0.5 counts both in full.
    pub balance: f64,
    /// The quasi-identifiers.
    pub quasi: Vec<String>,
    /// Sensitive columns.
    pub sensitive: Vec<String>,
    /// Hierarchies of quasi-identifiers, and of sensitive columns for the hierarchical distance. A
    /// quasi-identifier that is not listed gets a drafted one.
    pub hierarchies: BTreeMap<String, HierarchySource>,
    /// Weights of columns in the objective; 1 where none is given.
    pub weights: BTreeMap<String, f64>,
    /// What becomes of values that a hierarchy does not list.
    pub unlisted: Unlisted,
    /// Longest time for the search in seconds; then the best found so far is taken.
    pub time_limit: Option<f64>,
}

impl Default for Privacy {
    fn default() -> Privacy {
        Privacy {
            k: 5,
            k_map: None,
            presence: None,
            population: None,
            l: None,
            t: None,
            distance: DistanceKind::Equal,
            suppression_limit: 0.05,
            suppressed: Suppressed::Remove,
            model: Model::FullDomain,
            objective: Objective::Loss,
            balance: 0.5,
            quasi: Vec::new(),
            sensitive: Vec::new(),
            hierarchies: BTreeMap::new(),
            weights: BTreeMap::new(),
            unlisted: Unlisted::Error,
            time_limit: None,
        }
    }
}

/// l-diversity as a policy writes it: `l = 3`, or `l = { kind = "recursive", l = 3, c = 2.0 }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum L {
    /// Distinct l-diversity.
    Distinct(u32),
    /// Any kind.
    Kind {
        /// The kind.
        kind: Diversity,
        /// l.
        l: f64,
        /// c of the recursive kind.
        #[serde(default = "unit")]
        c: f64,
    },
}

fn unit() -> f64 {
    1.0
}

impl L {
    /// Kind, l and c.
    pub fn parts(self) -> (Diversity, f64, f64) {
        match self {
            L::Distinct(l) => (Diversity::Distinct, f64::from(l), 1.0),
            L::Kind { kind, l, c } => (kind, l, c),
        }
    }
}

/// Distances of t-closeness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistanceKind {
    /// All values equally far from one another.
    #[default]
    Equal,
    /// By the order of values (numbers by size, else texts by alphabet).
    Ordered,
    /// By the column's hierarchy.
    Hierarchical,
}

/// What becomes of a suppressed row. Either way it counts as lost in every figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// It is left out of the copy.
    #[default]
    Remove,
    /// It stays with `*` in its quasi-identifiers and sensitive columns; fewer than k of them are left out.
    Blank,
}

/// How values are generalized. Losses of different models differ in kind and are not compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// One level for a whole column: the exact optimum of the lattice.
    #[default]
    FullDomain,
    /// Levels differ from class to class; nothing is suppressed.
    Local,
    /// Ranges and sets of original values (LeFevre and others, 2006); nothing is suppressed.
    Mondrian,
}

/// Where a hierarchy comes from: a file, or `{ builtin = "age" }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HierarchySource {
    /// A file in ARX's layout; a relative path is taken from the policy's folder.
    File(PathBuf),
    /// A built-in.
    Builtin(Builtin),
}

/// What becomes of values that a hierarchy does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// The run stops and says how many and where.
    #[default]
    Error,
    /// They go straight to the top level.
    Root,
}

impl Privacy {
    /// Reads the `[privacy]` part of a policy's text. Other parts are not looked at.
    ///
    /// # Errors
    /// Where there is none, or it does not make sense.
    pub fn from_policy(text: &str) -> Result<Privacy> {
        #[derive(Deserialize)]
        struct Whole {
            privacy: Option<Privacy>,
        }
        let whole: Whole =
            toml::from_str(text).map_err(|e| Error::setting(format!("policy: {}", e.message())))?;
        let privacy = whole.privacy.ok_or_else(|| Error::setting("the policy has no [privacy] part"))?;
        privacy.check()?;
        Ok(privacy)
    }

    /// Are all settings within their bounds?
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<()> {
        let bad = |what: &str| Err(Error::setting(format!("[privacy] {what}")));
        let unit = |v: f64| (0.0..=1.0).contains(&v);
        if self.k < 1 {
            return bad("k must be at least 1");
        }
        if !unit(self.suppression_limit) {
            return bad("suppression_limit must be between 0 and 1");
        }
        if !unit(self.balance) {
            return bad("balance must be between 0 and 1");
        }
        if self.t.is_some_and(|t| !unit(t)) {
            return bad("t must be between 0 and 1");
        }
        if self.l.is_some_and(|l| !(l.parts().1 >= 1.0 && l.parts().2 > 0.0)) {
            return bad("l must be at least 1, and c above 0");
        }
        if (self.l.is_some() || self.t.is_some()) && self.sensitive.is_empty() {
            return bad("l and t need at least one sensitive column");
        }
        if self.presence.is_some_and(|[low, high]| !(unit(low) && unit(high) && low <= high)) {
            return bad("presence must be two numbers between 0 and 1, the lower first");
        }
        if (self.presence.is_some() || self.k_map.is_some()) != self.population.is_some() {
            return bad("population goes with k_map or presence");
        }
        if self.population.is_some() && self.model != Model::FullDomain {
            return bad("k_map and presence need model = \"full-domain\"");
        }
        if self.weights.values().any(|w| !(w.is_finite() && *w >= 0.0)) {
            return bad("weights must not be below 0");
        }
        if self.time_limit.is_some_and(|t| t.is_nan() || t <= 0.0) {
            return bad("time_limit must be above 0 seconds");
        }
        if let Some(both) = self.quasi.iter().find(|q| self.sensitive.contains(q)) {
            return bad(&format!("column {both} is both quasi and sensitive"));
        }
        if (1..self.quasi.len()).any(|i| self.quasi[..i].contains(&self.quasi[i])) {
            return bad("a quasi-identifier is listed twice");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read() {
        let p = Privacy::from_policy(
            r#"
            [columns]
            x = 1
            [privacy]
            k = 7
            l = { kind = "entropy", l = 2.5 }
            t = 0.2
            suppression_limit = 0.01
            model = "local"
            quasi = ["age", "sex"]
            sensitive = ["diagnosis"]
            hierarchies = { age = { builtin = "age" }, sex = "sex.csv", pay = { builtin = "numbers", width = 1000 } }
            "#,
        )
        .unwrap();
        assert_eq!((p.k, p.model), (7, Model::Local));
        assert_eq!(p.l.unwrap().parts(), (Diversity::Entropy, 2.5, 1.0));
        assert_eq!(p.hierarchies["sex"], HierarchySource::File("sex.csv".into()));
        assert_eq!(p.hierarchies["age"], HierarchySource::Builtin(Builtin::Age));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "[privacy]\nk = 0",
            "[privacy]\nsuppression_limit = 1.5",
            "[privacy]\nl = 2",
            "[privacy]\nt = -1\nsensitive=['a']",
            "[privacy]\nquasi=['a','a']",
            "[privacy]\nquasi=['a']\nsensitive=['a']",
            "[privacy]\nk_map = 3",
            "[privacy]\nunknown = 1",
            "[other]\n",
        ] {
            assert!(Privacy::from_policy(bad).is_err(), "{bad}");
        }
    }
}

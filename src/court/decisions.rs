//! What a person decided on the review sheet of an act, kept as data for the next run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A place in the text of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// First byte in the act's text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// For added places: the category (`person` if absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// For added places: the number of the person on the sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<u32>,
}

/// Decisions on one act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActDecisions {
    /// Doubtful places that are right.
    pub accepted: Vec<Place>,
    /// Places that are to stay as they are.
    pub rejected: Vec<Place>,
    /// Places that were missed.
    pub added: Vec<Place>,
    /// Roles of persons by their number on the sheet (ids of `patterns/court/roles.toml`).
    pub roles: BTreeMap<u32, String>,
    /// Pairs of numbers that are one person.
    pub same: Vec<(u32, u32)>,
}

/// Decisions on several acts, each under the mark of its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decisions {
    /// Version of this form: 1.
    pub version: u32,
    /// By [`mark`] of the act's text.
    pub acts: BTreeMap<String, ActDecisions>,
}

impl Decisions {
    /// Reads decisions.
    ///
    /// # Errors
    /// Text that is no JSON of this form, or of another version.
    pub fn parse(json: &str) -> Result<Decisions, String> {
        let d: Decisions = serde_json::from_str(json).map_err(|e| {
            format!("decisions: line {}, column {}: not the expected form", e.line(), e.column())
        })?;
        if d.version != 1 {
            return Err(format!(
                "decisions: version {} is not known; this program writes version 1",
                d.version
            ));
        }
        Ok(d)
    }

    /// The decisions on the act with this text.
    pub fn of(&self, text: &[u8]) -> Option<&ActDecisions> {
        self.acts.get(&mark(text))
    }
}

/// Marks a text, so that decisions apply to this very act only: 128 bits of BLAKE3 in hexadecimal.
pub fn mark(text: &[u8]) -> String {
    blake3::hash(text).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_come_back() {
        let mut d = Decisions { version: 1, ..Decisions::default() };
        let act = ActDecisions {
            rejected: vec![Place { start: 1, end: 5, category: None, person: None }],
            ..ActDecisions::default()
        };
        d.acts.insert(mark(b"text"), act.clone());
        let json = serde_json::to_string(&d).unwrap();
        assert_eq!(Decisions::parse(&json).unwrap().of(b"text"), Some(&act));
        assert_eq!(Decisions::parse(&json).unwrap().of(b"other"), None);
        assert!(Decisions::parse("{\"version\":2}").is_err());
        assert!(Decisions::parse("{").is_err());
    }
}

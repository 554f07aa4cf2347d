//! How a rule is written in its TOML file.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One rule as its file holds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Unique name of the rule.
    pub id: String,
    /// What a finding is called.
    pub category: String,
    /// A finer kind.
    #[serde(default)]
    pub subtype: Option<String>,
    /// What the rule finds, in a sentence.
    pub about: String,
    /// Where candidates come from.
    pub finder: String,
    /// Lengths of numbers, for finders of digits.
    #[serde(default)]
    pub lengths: Vec<u8>,
    /// Groups in which the digits may stand (`"4 4 4"`), for finders of digits.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Letters before the digits (`"1-2"`), for finders of series and number.
    #[serde(default)]
    pub letters: Option<String>,
    /// True where a number and a dash stand before the letters (`1-АҚ № 0553817`), for finders of series and number.
    #[serde(default)]
    pub numbered: bool,
    /// A regular expression over bytes, for `finder = "pattern"`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Texts of which one is part of every match, for `finder = "pattern"`: the pattern is tried only around them.
    #[serde(default)]
    pub anchors: Vec<String>,
    /// Beginnings of words of which each is a value, for `finder = "pattern"`: they and their endings stand where the
    /// pattern says `STEMS`, and are anchors.
    #[serde(default)]
    pub stems: Vec<String>,
    /// True where a match that begins a phrase is told to the phrase's end, for `finder = "pattern"`: «миопия слабой степени».
    #[serde(default)]
    pub phrase: bool,
    /// What follows a label, for `finder = "label"`.
    #[serde(default)]
    pub value: Option<String>,
    /// True where the value is a number in an odd writing, for `value = "pattern"`: a digit lost or doubled right behind
    /// the label, each digit in a box of its own, some crossed out. The label is looked for before such numbers only.
    #[serde(default)]
    pub odd: bool,
    /// True where `words` lead to values in a text only, and name no column.
    #[serde(default)]
    pub text_only: bool,
    /// True where words lead to the value: a scan that is asked for numbers and addresses of mail alone, which looks at
    /// no words, leaves the rule out.
    #[serde(default)]
    pub led_by_words: bool,
    /// True where the value tells of somebody only where somebody stands near it, in the text or in the table.
    #[serde(default)]
    pub company: bool,
    /// Values that may follow, for `value = "list"`; folded stems.
    #[serde(default)]
    pub values: Vec<String>,
    /// Named proof functions.
    #[serde(default)]
    pub proof: Option<String>,
    /// True where nothing is reported without a word or column that says so.
    #[serde(default)]
    pub needs_label: bool,
    /// Words around a value.
    #[serde(default)]
    pub words: Vec<String>,
    /// Words near a value that speak against it, beside the common ones.
    #[serde(default)]
    pub words_not: Vec<String>,
    /// Words of a column's name, beside `words`.
    #[serde(default)]
    pub header: Vec<String>,
    /// Words of a column's name that speak against it.
    #[serde(default)]
    pub header_not: Vec<String>,
    /// Points for each kind of evidence.
    #[serde(default)]
    pub weights: BTreeMap<String, f32>,
    /// Texts with which the rule proves itself.
    #[serde(default)]
    pub examples: Examples,
}

/// A file of several rules, each behind a line `[[rule]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeveralRules {
    pub(super) rule: Vec<RuleFile>,
}

/// Texts that must and must not match.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Each is found, by this rule's category.
    #[serde(default, rename = "match")]
    pub matches: Vec<Example>,
    /// In none of these this rule's category is found.
    #[serde(default)]
    pub reject: Vec<Example>,
}

/// A text, and what is found in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Example {
    /// Running text in which something is found, or nothing.
    Text(String),
    /// A text with more to say.
    Full {
        /// The text; with `header`, one cell of a column.
        text: String,
        /// Exactly this part of it is found.
        #[serde(default)]
        value: Option<String>,
        /// The name of the column.
        #[serde(default)]
        header: Option<String>,
    },
}

impl Example {
    /// The text, the value that must be found, and the header.
    pub fn parts(&self) -> (&str, Option<&str>, Option<&str>) {
        match self {
            Example::Text(t) => (t, None, None),
            Example::Full { text, value, header } => (text, value.as_deref(), header.as_deref()),
        }
    }
}

/// `patterns/categories.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoriesFile {
    /// Every category.
    pub category: Vec<CategoryInfo>,
}

/// A category and its names.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryInfo {
    /// The name in reports.
    pub id: String,
    /// Title in Russian.
    pub ru: String,
    /// Title in Kazakh.
    pub kk: String,
    /// Title in English.
    pub en: String,
    /// The paragraph that names it.
    pub law: String,
    /// True for what tells of a person together with other data only (a BIN, a sum, a post code).
    #[serde(default)]
    pub weak: bool,
}

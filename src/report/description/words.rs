use std::collections::BTreeMap;

use super::document::Numbers;

/// Languages that a description can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Russian.
    Ru,
    /// Kazakh.
    Kk,
    /// English.
    En,
}

impl Lang {
    /// All of them.
    pub const ALL: [Lang; 3] = [Lang::Ru, Lang::Kk, Lang::En];

    /// `ru`, `kk`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::Kk => "kk",
            Lang::En => "en",
        }
    }

    /// The language of a code.
    pub fn from_code(code: &str) -> Option<Lang> {
        Lang::ALL.into_iter().find(|l| l.code() == code.trim())
    }

    fn source(self) -> &'static str {
        match self {
            Lang::Ru => include_str!("../../../patterns/description/ru.toml"),
            Lang::Kk => include_str!("../../../patterns/description/kk.toml"),
            Lang::En => include_str!("../../../patterns/description/en.toml"),
        }
    }
}

/// The sentences of one language.
pub(super) struct Words {
    table: toml::Table,
    /// Titles of all kinds of data.
    titles: BTreeMap<String, String>,
}

impl Words {
    pub fn new(lang: Lang) -> Words {
        let titles = include_str!("../../../patterns/categories.toml").parse::<toml::Table>();
        let all = titles.ok().and_then(|t| t.get("category")?.as_array().cloned()).unwrap_or_default();
        let title = |c: &toml::Value| {
            let text = |key: &str| c.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            Some((text("id")?, text(lang.code())?))
        };
        Words {
            table: lang.source().parse().unwrap_or_default(),
            titles: all.iter().filter_map(title).collect(),
        }
    }

    /// A sentence by its name (`s5.wiped`); the name itself where it is missing, which a test excludes.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        let found = match key.split_once('.') {
            Some((section, name)) => self.table.get(section).and_then(|t| t.get(name)),
            None => self.table.get(key),
        };
        found.and_then(toml::Value::as_str).unwrap_or(key)
    }

    /// A sentence with its figures.
    pub fn fill(&self, key: &str, figures: &[(&str, &str)]) -> String {
        let mut text = self.get(key).to_owned();
        for (name, value) in figures {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    pub fn s(&self, key: &str) -> String {
        self.get(key).to_owned()
    }

    /// The name of a kind of data.
    pub fn category(&self, name: &str) -> String {
        let known = self.table.get("category").and_then(|t| t.get(name)).and_then(toml::Value::as_str);
        match known {
            Some(title) => format!("{title} ({name})"),
            None => match self.titles.get(name) {
                Some(title) => format!("{title} ({name})"),
                None => name.to_owned(),
            },
        }
    }

    /// Why a file was not read or has no copy, with the code that reports use.
    pub fn reason(&self, code: &str) -> String {
        match self.table.get("reason").and_then(|t| t.get(code)).and_then(toml::Value::as_str) {
            Some(text) => format!("{text} ({code})"),
            None => code.to_owned(),
        }
    }

    pub fn truth(&self, value: Option<bool>) -> String {
        self.s(match value {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        })
    }

    pub fn numbers(&self) -> Numbers {
        Numbers { comma: self.table.get("comma").and_then(toml::Value::as_bool).unwrap_or(false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;
    use std::collections::BTreeSet;

    fn flat(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let table: toml::Table = lang.source().parse().unwrap();
        let mut all = BTreeMap::new();
        let holes = |text: &str| {
            text.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(n, _)| n.to_owned()).collect()
        };
        for (key, value) in &table {
            match value {
                toml::Value::String(s) => {
                    all.insert(key.clone(), holes(s));
                }
                toml::Value::Table(t) => {
                    for (name, v) in t {
                        all.insert(format!("{key}.{name}"), holes(v.as_str().unwrap()));
                    }
                }
                _ => {}
            }
        }
        all
    }

    #[test]
    fn three_languages_say_the_same_with_the_same_figures() {
        let ru = flat(Lang::Ru);
        assert!(ru.len() > 150);
        assert_eq!(ru, flat(Lang::En));
        assert_eq!(ru, flat(Lang::Kk));
        for reason in Reason::ALL {
            assert!(ru.contains_key(&format!("reason.{}", reason.code())), "{reason:?}");
        }
    }
}

//! Who is who in an act: the role words of `patterns/court/roles.toml` around a name.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::detect::names::letters::fold;

/// Whether people of a role are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hide {
    /// Participants of the trial: always (Order 395, par. 30).
    Participant,
    /// Representatives and lawyers: by a switch.
    Representative,
    /// Bailiffs, notaries, investigators: by a switch.
    Official,
    /// Judges, secretaries, prosecutors: kept.
    Court,
}

/// One role.
#[derive(Debug, Deserialize)]
pub struct Role {
    /// Name in reports and decisions.
    pub id: String,
    ru: Vec<String>,
    kk: Vec<String>,
    /// Whether its people are replaced.
    pub hide: Hide,
    /// The label in the six Russian cases.
    pub label_ru: Vec<String>,
    /// The label of a woman in the nominative, where Russian has one.
    pub woman_ru: String,
    /// The label in Kazakh.
    pub label_kk: String,
    #[serde(skip)]
    stems: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct File {
    role: Vec<Role>,
}

/// All roles, in order of preference; the last is a person without a role.
pub static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
    let file: Result<File, _> = toml::from_str(include_str!("../../patterns/court/roles.toml"));
    let mut roles = file.map(|f| f.role).unwrap_or_default();
    for role in &mut roles {
        role.stems = role
            .ru
            .iter()
            .chain(&role.kk)
            .map(|s| s.split(' ').map(|w| fold(&w.to_lowercase())).collect())
            .collect();
    }
    roles
});

/// Number of the role with this id.
pub fn by_id(id: &str) -> Option<usize> {
    ROLES.iter().position(|r| r.id == id)
}

/// What becomes of those who have this role; `None` for a number that no role has.
pub fn hide(role: usize) -> Option<Hide> {
    ROLES.get(role).map(|r| r.hide)
}

/// Number of the role of people without one.
pub fn none() -> usize {
    ROLES.len().saturating_sub(1)
}

/// Words that begin as a role does and name none («специализированный суд» in Kazakh).
const NO_ROLES: &[&str] = &[
    "следовательно",
    "мамандандырылган",
    "мамандандырылгган",
    "мамандыгы",
    "мамандык",
    "мамандыгын",
    "мамандыгынын",
];

/// A role word found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Number of the role.
    pub role: usize,
    /// Index of its first word.
    pub first: usize,
    /// Index of its last word.
    pub last: usize,
}

/// Role words among folded lower-case words, in order; a longer phrase wins over a part of it.
pub fn find(words: &[String]) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let mut k = 0;
    while k < words.len() {
        let best = ROLES
            .iter()
            .enumerate()
            .flat_map(|(n, r)| r.stems.iter().map(move |s| (n, s)))
            .filter_map(|(n, stems)| {
                let mut at = k;
                for stem in stems {
                    // «лица, в отношении которого»: small words may stand between
                    let found = (at..(at + 3).min(words.len())).find(|i| {
                        words[*i].starts_with(stem.as_str()) && !NO_ROLES.contains(&words[*i].as_str())
                    })?;
                    if stems.len() == 1 && found != k || found > at && at == k {
                        return None;
                    }
                    at = found + 1;
                }
                Some(Found { role: n, first: k, last: at - 1 })
            })
            .max_by_key(|f| (f.last - f.first, usize::MAX - f.role));
        match best {
            Some(found) => {
                k = found.last + 1;
                all.push(found);
            }
            None => k += 1,
        }
    }
    all
}

/// Roles that one person bears one after another as a criminal case goes on, the last word first.
const CRIMINAL: &[&str] = &["convicted", "acquitted", "accused", "charged", "suspect"];

/// Is the role one of the defendant in a criminal case?
pub fn criminal(role: usize) -> bool {
    ROLES.get(role).is_some_and(|r| CRIMINAL.contains(&r.id.as_str()))
}

/// Relatives and others of whom a role word in the genitive follows («мать истца Ахметова»).
pub fn relative(word: &str) -> bool {
    [
        "мать",
        "матер",
        "отец",
        "отц",
        "сын",
        "дочь",
        "дочер",
        "муж",
        "супруг",
        "жен",
        "брат",
        "сестр",
        "отношени",
        "интерес",
        "иск",
        "заявлени",
        "жалоб",
        "пользу",
    ]
    .iter()
    .any(|s| word.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Vec<&'static str> {
        let words: Vec<String> = text.split_whitespace().map(|w| fold(&w.to_lowercase())).collect();
        find(&words).into_iter().map(|f| ROLES[f.role].id.as_str()).collect()
    }

    #[test]
    fn every_role_is_known() {
        assert!(ROLES.len() > 25);
        assert!(ROLES.iter().all(|r| r.label_ru.len() == 6));
        assert_eq!(ROLES[none()].id, "person");
    }

    #[test]
    fn phrases() {
        assert_eq!(roles("представителя ответчика"), ["representative", "defendant"]);
        assert_eq!(roles("с участием третьего лица"), ["third_person"]);
        assert_eq!(roles("судебный исполнитель и судья"), ["bailiff", "judge"]);
        assert_eq!(roles("талап қоюшы және жауапкер"), ["plaintiff", "defendant"]);
        assert_eq!(roles("государственного обвинителя"), ["prosecutor"]);
    }
}

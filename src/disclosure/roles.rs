//! Which columns are likely to be quasi-identifiers or sensitive, for an operator to confirm.

use serde::Serialize;

use super::hierarchy::draft;
use super::table::{Column, Table};

/// What a column is for an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names a person by itself; to be replaced by a token or removed.
    Direct,
    /// Can name a person together with others.
    Quasi,
    /// What must not become known of a person.
    Sensitive,
    /// None of these.
    Other,
}

/// Words of headers, folded to lower case; a word counts where it stands in the header.
const DIRECT: &[&str] = &[
    "иин",
    "жсн",
    "iin",
    "бин",
    "bin",
    "рнн",
    "rnn",
    "снилс",
    "inn",
    "инн",
    "фио",
    "ф.и.о",
    "тегі",
    "аты-жөні",
    "фамил",
    "отчеств",
    "surname",
    "full_name",
    "fullname",
    "first_name",
    "last_name",
    "имя",
    "телефон",
    "phone",
    "email",
    "e-mail",
    "почта",
    "passport",
    "паспорт",
    "удостовер",
    "куәлік",
    "iban",
    "иик",
    "account",
    "card",
    "карт",
    "address",
    "адрес",
    "мекенжай",
    "plate",
    "vin",
    "логин",
    "login",
    "username",
    "snils",
];
const QUASI: &[&str] = &[
    "пол",
    "sex",
    "gender",
    "жынысы",
    "жыныс",
    "возраст",
    "age",
    "жасы",
    "birth",
    "рожд",
    "туған",
    "год",
    "year",
    "жылы",
    "регион",
    "region",
    "област",
    "облыс",
    "город",
    "city",
    "қала",
    "район",
    "district",
    "аудан",
    "село",
    "ауыл",
    "индекс",
    "zip",
    "postcode",
    "post_code",
    "national",
    "национал",
    "ұлт",
    "ethnic",
    "race",
    "marital",
    "семейн",
    "отбасы",
    "education",
    "образован",
    "білім",
    "occupation",
    "профес",
    "должност",
    "мамандық",
    "лауазым",
    "workclass",
    "country",
    "стран",
    "ел",
    "язык",
    "language",
    "тіл",
    "religion",
    "вероисповед",
    "height",
    "weight",
    "рост",
    "вес",
    "employer",
    "школ",
    "school",
    "мектеп",
];
const SENSITIVE: &[&str] = &[
    "диагноз",
    "diagnos",
    "болезн",
    "disease",
    "ауру",
    "icd",
    "мкб",
    "health",
    "здоров",
    "денсаулық",
    "salary",
    "зарплат",
    "оклад",
    "доход",
    "income",
    "жалақы",
    "табыс",
    "судим",
    "criminal",
    "debt",
    "долг",
    "credit",
    "кредит",
    "hiv",
    "вич",
    "инвалид",
    "disab",
    "оценк",
    "grade",
    "балл",
];

/// Proposes the role of each column from its header and its values.
pub fn propose(table: &Table) -> Vec<Role> {
    let mut roles: Vec<Role> = table.columns.iter().map(|c| by_column(c, table.rows())).collect();
    if !roles.contains(&Role::Quasi) {
        // Headers tell nothing: take columns that split the table without naming its rows.
        let mut likely: Vec<(usize, usize)> = table
            .columns
            .iter()
            .enumerate()
            .filter(|(i, c)| {
                roles[*i] == Role::Other && c.values.len() > 1 && c.values.len() * 2 <= table.rows()
            })
            .map(|(i, c)| (c.values.len(), i))
            .collect();
        likely.sort_unstable();
        likely.iter().take(8).for_each(|(_, i)| roles[*i] = Role::Quasi);
    }
    roles
}

fn by_column(column: &Column, rows: usize) -> Role {
    let name = column.name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    // Short words must be whole ones: "age" is not in "page", "ел" is not in "отдел".
    let has = |list: &[&str]| {
        list.iter().any(|w| match w.chars().count() {
            0..=4 => words.contains(w),
            _ => name.contains(w),
        })
    };
    if has(SENSITIVE) {
        return Role::Sensitive;
    }
    if has(DIRECT) {
        return Role::Direct;
    }
    if has(QUASI) {
        return Role::Quasi;
    }
    match draft(column).kind {
        "iin" => Role::Direct,
        "date" | "place" | "post_code" if column.values.len() < rows => Role::Quasi,
        _ => Role::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_roles() {
        let rows = [["991231300016", "муж", "31", "Алматы", "J06", "x", "p"]].map(|r| r.map(String::from));
        let t =
            Table::from_rows(&["ИИН", "Пол", "Возраст", "Город", "Диагноз", "отдел", "page"], rows).unwrap();
        use Role::{Direct, Other, Quasi, Sensitive};
        assert_eq!(propose(&t), [Direct, Quasi, Quasi, Quasi, Sensitive, Other, Other]);
    }

    #[test]
    fn without_words_small_columns_are_proposed() {
        let rows: Vec<[String; 2]> = (0..20).map(|i| [i.to_string(), (i % 3).to_string()]).collect();
        let t = Table::from_rows(&["x1", "x2"], &rows).unwrap();
        assert_eq!(propose(&t), [Role::Other, Role::Quasi]);
    }
}

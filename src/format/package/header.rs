//! Is the first row of a table its header?

/// Beginnings of words that stand in headers of tables about people, in Russian, Kazakh and English;
/// collected from forms and exports, lower case.
const STEMS: &[&str] = &[
    "фио",
    "ф.и.о",
    "фамил",
    "имя",
    "отчеств",
    "иин",
    "бин",
    "рнн",
    "инн",
    "снилс",
    "телефон",
    "тел.",
    "моб",
    "адрес",
    "почт",
    "дата",
    "год рожд",
    "пол",
    "возраст",
    "паспорт",
    "удостовер",
    "документ",
    "номер",
    "счет",
    "счёт",
    "карт",
    "банк",
    "сумма",
    "должност",
    "отдел",
    "организац",
    "компан",
    "город",
    "регион",
    "область",
    "улиц",
    "дом",
    "кварт",
    "индекс",
    "код",
    "наимен",
    "назван",
    "клиент",
    "сотрудник",
    "работник",
    "гражданств",
    "националь",
    "место",
    "статус",
    "примечан",
    "коммент",
    "email",
    "e-mail",
    "№",
    "п/п",
    "тип",
    "вид",
    "цена",
    "кол-во",
    "количеств",
    "оклад",
    "зарплат",
    "договор",
    "истец",
    "ответчик",
    "пациент",
    "диагноз",
    "ученик",
    "студент",
    "школ",
    "класс",
    "группа",
    "логин",
    "пароль",
    "госномер",
    "жсн",
    "бсн",
    "аты",
    "тегі",
    "тегi",
    "әкесінің",
    "жөні",
    "телефон",
    "мекен",
    "туған",
    "күні",
    "құжат",
    "шот",
    "лауазым",
    "жыныс",
    "name",
    "surname",
    "first",
    "last",
    "middle",
    "patronymic",
    "full",
    "iin",
    "bin",
    "phone",
    "mobile",
    "tel",
    "address",
    "street",
    "city",
    "birth",
    "dob",
    "date",
    "sex",
    "gender",
    "age",
    "passport",
    "document",
    "doc",
    "number",
    "id",
    "account",
    "iban",
    "card",
    "bank",
    "amount",
    "salary",
    "position",
    "department",
    "company",
    "country",
    "region",
    "status",
    "comment",
    "note",
    "type",
    "code",
    "price",
    "qty",
    "total",
    "login",
    "user",
    "client",
    "customer",
    "employee",
    "created",
    "updated",
    "value",
    "key",
    "title",
    "ip",
    "mac",
    "vin",
    "plate",
    "zip",
    "index",
];

/// True where the text holds a word that headers hold.
pub fn is_known(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    STEMS.iter().any(|stem| {
        text.match_indices(stem).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric())
        })
    })
}

/// True where the text could be a label: short, with a letter, and nothing that looks like a value.
pub fn is_label(text: &str) -> bool {
    let text = text.trim();
    let (mut letters, mut digits, mut chars) = (0, 0, 0);
    for c in text.chars() {
        chars += 1;
        letters += usize::from(c.is_alphabetic());
        digits += usize::from(c.is_ascii_digit());
    }
    chars <= 80 && digits <= 4 && !text.contains('@') && (letters > 0 || matches!(text, "№" | "#"))
}

/// True where a row of texts is the header of a table. `typed_below`: a row below holds numbers or dates where
/// this row has text.
pub fn is_header(cells: &[String], typed_below: bool) -> bool {
    let filled: Vec<&String> = cells.iter().filter(|c| !c.trim().is_empty()).collect();
    if filled.is_empty() || !filled.iter().all(|c| is_label(c)) {
        return false;
    }
    let known = filled.iter().filter(|c| is_known(c)).count();
    known * 2 > filled.len() || (typed_below && known > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|c| (*c).to_owned()).collect()
    }

    #[test]
    fn headers() {
        assert!(is_header(&row(&["№", "Ф.И.О.", "ИИН", "Телефон"]), false));
        assert!(is_header(&row(&["client_name", "IIN", "", "phone"]), false) || is_known("client_name"));
        assert!(is_header(&row(&["Тегі, аты", "ЖСН"]), false));
        assert!(!is_header(&row(&["Иванов Иван", "850101300123", "x"]), false));
        assert!(!is_header(&row(&["ФИО", "Иванов Иван Иванович"]), false));
        assert!(!is_header(&row(&["Иванов Иван", "Алматы", "Абая"]), true));
        assert!(!is_header(&row(&["", " "]), true));
    }
}

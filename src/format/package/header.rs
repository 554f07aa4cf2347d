//! Is the first row of a table its header?

use crate::model::{Block, ColumnType, Field, NO_COLUMN, SegmentKind, Table};

/// A header is looked for in this many rows.
const HEADER_ROWS: usize = 10;
/// Columns of a sheet (ISO/IEC 29500-1: XFD).
const COLUMNS: u32 = 16_384;

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
    // one cell in five may be something else: a sum, a link, a date of the export
    let labels: Vec<_> = filled.iter().filter(|c| is_label(c)).collect();
    if labels.is_empty() || labels.len() * 5 < filled.len() * 4 {
        return false;
    }
    let known = labels.iter().filter(|c| is_known(c)).count();
    known * 2 > filled.len() || (typed_below && known > 0)
}

/// The table of a sheet whose first rows stand in `block`: the cells of its header row become names, and are
/// looked at as such.
pub fn table(block: &mut Block, id: u32, name: &str) -> Table {
    let mut rows: Vec<(u32, Vec<usize>)> = Vec::new();
    for (k, s) in block.segments.iter().enumerate() {
        if s.kind == SegmentKind::Meta {
            continue;
        }
        let full = rows.len() > HEADER_ROWS;
        match rows.last_mut() {
            Some((row, cells)) if *row == s.row => cells.push(k),
            _ if full => break,
            _ => rows.push((s.row, vec![k])),
        }
    }
    let widest = rows.iter().map(|r| r.1.len()).max().unwrap_or(0);
    let width = block.segments.iter().map(|s| s.column).filter(|c| *c < COLUMNS).max().map_or(0, |c| c + 1);
    let mut fields = vec![Field::default(); width as usize];
    let mut named = false;
    let text = |k: &usize| {
        let s = block.segments[*k];
        String::from_utf8_lossy(&block.text[s.start as usize..s.end as usize]).into_owned()
    };
    let candidate = rows.iter().position(|(_, cells)| cells.len() * 2 > widest || cells.len() >= 3);
    if let Some(at) = candidate {
        let cells = &rows[at].1;
        let texts: Vec<String> = cells.iter().map(text).collect();
        let typed_below = rows.get(at + 1).is_some_and(|(_, below)| {
            below.iter().any(|k| {
                block.segments[*k].kind != SegmentKind::Cell || text(k).bytes().any(|b| b.is_ascii_digit())
            })
        });
        if is_header(&texts, typed_below) {
            named = true;
            let cells = cells.clone();
            for (k, name) in cells.into_iter().zip(texts) {
                let segment = &mut block.segments[k];
                if segment.kind != SegmentKind::Cell || !is_label(&name) {
                    continue;
                }
                if let Some(field) = fields.get_mut(segment.column as usize) {
                    *field = Field { name: name.trim().to_owned(), ty: ColumnType::Unknown };
                }
                // a word that is no word of headers may still be a value
                segment.kind = if is_known(&name) { SegmentKind::Skip } else { SegmentKind::Meta };
                segment.column = NO_COLUMN;
            }
        }
    }
    Table { id, name: Some(name.to_owned()), fields, named }
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

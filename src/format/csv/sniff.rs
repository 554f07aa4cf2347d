//! How a table of delimited text is written: by its content.

use super::super::encoding::Sample;

/// Cells without their quotes.
type Row = Vec<String>;

/// Rows of the sample that are looked at.
const ROWS: usize = 200;

/// How a file separates and names its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The separator; 0x1F, which no such text holds, where there is one column only.
    pub delimiter: u8,
    /// The last byte of a line end.
    pub newline: u8,
    /// The file begins with a line `sep=;`, as spreadsheets write and read it.
    pub sep_line: bool,
    /// Names of the columns, where the first row is a header.
    pub header: Option<Vec<String>>,
    /// How likely the text is a table at all, 0..=100.
    pub score: u8,
}

/// Finds the dialect of a sample; `None` where it is no table.
pub fn sniff(sample: &Sample, name: &str) -> Option<Dialect> {
    let text = &sample.text[..];
    let newline = if memchr::memchr(b'\n', text).is_none() { b'\r' } else { b'\n' };
    let extension = name.rsplit_once('.').map(|n| n.1.to_ascii_lowercase()).unwrap_or_default();
    let named = matches!(extension.as_str(), "csv" | "tsv" | "tab" | "psv");
    if let Some(delimiter) = sep_line(text) {
        let body = &text[memchr::memchr(newline, text).map_or(text.len(), |p| p + 1)..];
        let rows = rows(body, delimiter, newline, sample.whole);
        return Some(Dialect { delimiter, newline, sep_line: true, header: header(&rows), score: 75 });
    }
    let mut best: Option<(u32, u8, Vec<Row>)> = None;
    for delimiter in *b";\t,|" {
        // a delimiter that never stands there makes no columns, and most files of a share are no tables
        if memchr::memchr(delimiter, text).is_none() {
            continue;
        }
        let rows = rows(text, delimiter, newline, sample.whole);
        let quality = quality(&rows, delimiter, named);
        if quality > best.as_ref().map_or(0, |b| b.0) {
            best = Some((quality, delimiter, rows));
        }
    }
    match best {
        Some((_, delimiter, rows)) => {
            let score = if named { 70 } else { 50 };
            Some(Dialect { delimiter, newline, sep_line: false, header: header(&rows), score })
        }
        None if named => {
            // one column: a list that its owner calls a table
            let rows = rows(text, 0x1F, newline, sample.whole);
            let long = rows.iter().flatten().any(|c| c.len() > 200);
            let header = header(&rows);
            (!long && !rows.is_empty()).then_some(Dialect {
                delimiter: 0x1F,
                newline,
                sep_line: false,
                header,
                score: 30,
            })
        }
        None => None,
    }
}

fn sep_line(text: &[u8]) -> Option<u8> {
    let line = text.get(..6)?;
    let quoted = line.first() == Some(&b'"');
    let line = if quoted { &line[1..] } else { line };
    let (start, rest) = line.split_at_checked(4)?;
    let delimiter = *rest.first()?;
    (start.eq_ignore_ascii_case(b"sep=") && !delimiter.is_ascii_alphanumeric() && delimiter < 0x80)
        .then_some(delimiter)
}

/// The first rows of a text, cells without their quotes. The last row is left out where the sample ends in it.
fn rows(text: &[u8], delimiter: u8, newline: u8, whole: bool) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(delimiter).flexible(true).has_headers(false);
    if newline == b'\r' {
        reader.terminator(csv::Terminator::Any(b'\r'));
    }
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.from_reader(text).byte_records().take(ROWS + 1) {
        let Ok(record) = record else { break };
        let cells = record.iter().map(|c| String::from_utf8_lossy(c).trim().to_owned()).collect();
        rows.push(cells);
    }
    if !whole && rows.len() <= ROWS {
        rows.pop();
    }
    rows.truncate(ROWS);
    rows
}

/// How well a delimiter makes columns; 0 = not at all.
fn quality(rows: &[Row], delimiter: u8, named: bool) -> u32 {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).filter(|n| *n > 0).collect();
    if widths.len() < 2 && !(named && widths.len() == 1) {
        return 0;
    }
    widths.sort_unstable();
    let (mut width, mut count) = (0, 0);
    for run in widths.chunk_by(|a, b| a == b) {
        if run.len() >= count && run[0] > 1 {
            (width, count) = (run[0], run.len());
        }
    }
    let share = 100 * count / widths.len();
    // a header whose words are those of headers says as much as a name does
    let named = named || (rows[0].len() == width && header(&rows[..1]).is_some());
    if width < 2 || share < if named { 50 } else { 80 } {
        return 0;
    }
    // sentences and addresses have commas too, with a blank after them and no constant number
    let cells = || rows.iter().filter(|r| r.len() == width).flatten();
    let total: usize = cells().map(|c| c.chars().count()).sum();
    let mean = total / (count * width).max(1);
    if !named && delimiter != b'\t' {
        let few = width == 2 && (widths.len() < 4 || mean > 30);
        if few || mean > 120 || share < 90 || (delimiter == b',' && looks_like_prose(rows, width)) {
            return 0;
        }
    }
    (share * 10 + width.min(50)) as u32
}

/// Running text or addresses, one to a line: later cells begin with a lower-case word or an abbreviation and
/// no cell is a number or a code by itself.
fn looks_like_prose(rows: &[Row], width: usize) -> bool {
    let cells = || rows.iter().filter(|r| r.len() == width).flat_map(|r| r.iter().skip(1));
    let all = cells().count().max(1);
    let wordy = cells().filter(|c| {
        let begins_low = c.chars().next().is_some_and(char::is_lowercase);
        begins_low || c.contains(". ") || c.ends_with('.')
    });
    let codes = cells()
        .filter(|c| !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit() || b"+-.:/ @_".contains(&b)));
    wordy.count() * 3 > all && codes.count() * 5 < all
}

/// Names of the columns, where the first row is a header: nothing in it looks like data, and either its words
/// are those of headers or the rows below have digits where it has none.
fn header(rows: &[Row]) -> Option<Vec<String>> {
    let (first, rest) = rows.split_first()?;
    let filled = || first.iter().filter(|c| !c.is_empty());
    let count = filled().count();
    if count == 0 || count * 2 < first.len() || filled().any(|c| is_data(c) || c.chars().count() > 100) {
        return None;
    }
    let words = filled().filter(|c| is_header_word(c)).count();
    let contrast = (0..first.len()).any(|k| {
        let below = || rest.iter().filter_map(|r| r.get(k)).filter(|c| !c.is_empty());
        let (all, data) = (below().count(), below().filter(|c| is_data(c)).count());
        all > 0 && data * 10 >= all * 6 && !first[k].is_empty()
    });
    (words * 2 >= count || contrast).then(|| first.clone())
}

/// True for a cell that names no column: a number of four digits and more, a date, an address of mail.
pub fn is_data(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 || cell.contains('@') || (digits > 0 && cell.parse::<f64>().is_ok())
}

/// True for a name in a header row that could itself be a person's: it is looked at like any cell.
pub fn could_be_name(cell: &str) -> bool {
    let capital = |w: &&str| w.chars().next().is_some_and(char::is_uppercase) && w.chars().count() > 1;
    !is_header_word(cell) && cell.split_whitespace().filter(capital).count() > 1
}

/// True for a cell with a word that names a column.
pub fn is_header_word(cell: &str) -> bool {
    const STEMS: &[&str] = &[
        "фио",
        "иин",
        "жсн",
        "бин",
        "бсн",
        "имя",
        "имен",
        "фамил",
        "отчест",
        "аты",
        "тегі",
        "әкесі",
        "жөні",
        "адрес",
        "мекен",
        "телефон",
        "тел",
        "моб",
        "почт",
        "дат",
        "күн",
        "туған",
        "рожд",
        "номер",
        "нөмір",
        "код",
        "наимен",
        "атау",
        "назв",
        "город",
        "қала",
        "област",
        "облыс",
        "район",
        "аудан",
        "улиц",
        "көше",
        "дом",
        "кварт",
        "пол",
        "жыныс",
        "сумм",
        "сома",
        "счет",
        "счёт",
        "шот",
        "иик",
        "жск",
        "карт",
        "номер",
        "стат",
        "примеч",
        "коммент",
        "должн",
        "лауазым",
        "отдел",
        "бөлім",
        "возраст",
        "жас",
        "год",
        "жыл",
        "гражд",
        "нацио",
        "ұлт",
        "паспорт",
        "удост",
        "куәлік",
        "долг",
        "кредит",
        "заем",
        "заём",
        "клиент",
        "индекс",
        "id",
        "name",
        "first",
        "last",
        "middle",
        "full",
        "surname",
        "patron",
        "phone",
        "mobile",
        "tel",
        "email",
        "mail",
        "addr",
        "date",
        "birth",
        "dob",
        "city",
        "region",
        "street",
        "gender",
        "sex",
        "age",
        "amount",
        "sum",
        "account",
        "iban",
        "card",
        "number",
        "num",
        "code",
        "type",
        "status",
        "comment",
        "note",
        "title",
        "descr",
        "created",
        "updated",
        "user",
        "login",
        "pass",
        "iin",
        "bin",
        "value",
        "key",
        "ip",
        "country",
        "zip",
        "post",
        "passport",
        "rnn",
        "рнн",
        "сик",
        "фамилия",
        "№",
        "п/п",
        "тип",
        "вид",
        "дебит",
        "balance",
        "остат",
        "price",
        "цена",
        "total",
        "итог",
        "time",
        "время",
        "religi",
        "diagn",
        "disab",
        "nation",
        "crimin",
        "educ",
        "employ",
        "citizen",
        "marital",
        "blood",
        "salary",
        "client",
        "customer",
        "person",
        "plate",
        "vin",
        "password",
        "fio",
        "famil",
        "otch",
        "imya",
        "adres",
        "mekenzh",
        "tugan",
        "uyaly",
        "zhsn",
        "религ",
        "вероисп",
        "диагн",
        "инвал",
        "судим",
        "образов",
        "сотрудн",
        "работник",
        "семейн",
        "отбас",
        "азамат",
        "білім",
        "қызмет",
        "оклад",
        "зарплат",
        "грнз",
        "госном",
        "парол",
        "дін",
        "мүгед",
        "соттал",
    ];
    let lower = cell.to_lowercase();
    let mut words =
        lower.split(|c: char| !c.is_alphanumeric() && c != '№' && c != '/').filter(|w| !w.is_empty());
    words.any(|w| STEMS.iter().any(|s| w == *s || (s.chars().count() > 2 && w.starts_with(s))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(text: &str, name: &str) -> Option<Dialect> {
        sniff(&Sample::of(text.as_bytes()).unwrap(), name)
    }

    #[test]
    fn delimiters_by_content() {
        for d in [';', ',', '\t', '|'] {
            let text = format!("ФИО{d}ИИН{d}Телефон\n")
                + &format!("Ахметов{d}991231500016{d}87010000000\n").repeat(5);
            let found = dialect(&text, "list").unwrap();
            assert_eq!(found.delimiter, d as u8);
            assert_eq!(found.header.unwrap(), ["ФИО", "ИИН", "Телефон"]);
        }
        let quoted = "\"a, b\";\"c\nd\";1\n\"e, f\";\"g\";2\n\"h, i\";\"j\";3\n";
        assert_eq!(dialect(quoted, "x").unwrap().delimiter, b';');
        assert!(dialect("sep=|\na|b\n1|2\n", "x").unwrap().sep_line);
    }

    #[test]
    fn prose_and_logs_are_not_tables() {
        for text in [
            "Уважаемый Нурлан, просим Вас прийти.\nТакже, если можно, возьмите документы.\nС уважением, отдел.\n",
            "г. Алматы, ул. Абая, д. 5\nг. Астана, ул. Кенесары, д. 7\nг. Шымкент, мкр. Нурсат, д. 1\n",
            &"2026-01-02 10:11:12,123 INFO service started with a message that is long enough to be one\n"
                .repeat(9),
            "одна строка",
            "",
        ] {
            if let Some(sample) = Sample::of(text.as_bytes()) {
                assert_eq!(sniff(&sample, "a.txt"), None, "{text}");
            }
        }
    }

    #[test]
    fn no_header_where_the_first_row_is_data() {
        let found = dialect("Ахметов;991231500016\nСапаров;991231500016\nИ;1\nК;2\n", "x.csv").unwrap();
        assert_eq!(found.header, None);
        let names = dialect("Ахметов Нурлан;Алматы\nСапаров Ерлан;Астана\n", "x.csv").unwrap();
        assert_eq!(names.header, None);
    }

    #[test]
    fn one_column_is_a_table_by_name_only() {
        let text = "ИИН\n991231500016\n991231500016\n";
        assert_eq!(dialect(text, "iin.csv").unwrap().header.unwrap(), ["ИИН"]);
        assert_eq!(dialect(text, "iin.txt"), None);
    }
}

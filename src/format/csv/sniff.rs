//! How a table of delimited text is written: by its content.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::encoding::Sample;
use super::sample::Rows;

/// Rows of the sample that are looked at.
pub const ROWS: usize = 200;

/// How a file separates and names its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The separator; 0x1F, which no such text holds, where there is one column only.
    pub delimiter: u8,
    /// The last byte of a line end.
    pub newline: u8,
    /// The file begins with a line `sep=;`, as spreadsheets write and read it.
    pub sep_line: bool,
    /// Names of the columns, where one of the first rows is a header.
    pub header: Option<Vec<String>>,
    /// How likely the text is a table at all, 0..=100.
    pub score: u8,
}

/// Finds the dialect of a sample; `None` where it is no table.
pub fn sniff(sample: &Sample, name: &str) -> Option<Dialect> {
    // the same sample is asked about when its format is looked for, and again when the file is opened
    #[derive(Default)]
    struct Last {
        text: Vec<u8>,
        whole: bool,
        name: String,
        dialect: Option<Dialect>,
    }
    thread_local! {
        static LAST: RefCell<Last> = RefCell::default();
    }
    LAST.with_borrow_mut(|last| {
        if last.whole != sample.whole || last.name != name || last.text != sample.text {
            last.dialect = find(sample, name);
            last.whole = sample.whole;
            last.name.clear();
            last.name.push_str(name);
            last.text.clear();
            last.text.extend_from_slice(&sample.text);
        }
        last.dialect.clone()
    })
}

fn find(sample: &Sample, name: &str) -> Option<Dialect> {
    let text = match simdutf8::basic::from_utf8(&sample.text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(&sample.text),
    };
    let bytes = text.as_bytes();
    let newline = if memchr::memchr(b'\n', bytes).is_none() { b'\r' } else { b'\n' };
    let extension = name.rsplit_once('.').map(|n| n.1.to_ascii_lowercase()).unwrap_or_default();
    let named = matches!(extension.as_str(), "csv" | "tsv" | "tab" | "psv");
    if let Some(delimiter) = sep_line(bytes) {
        let body = &text[memchr::memchr(newline, bytes).map_or(text.len(), |p| p + 1)..];
        let rows = Rows::read(body, delimiter, newline, sample.whole);
        return Some(Dialect { delimiter, newline, sep_line: true, header: header(&rows), score: 75 });
    }
    let mut best: Option<(u32, u8, Rows<'_>)> = None;
    for delimiter in *b";\t,|" {
        // a delimiter that never stands there makes no columns, and most files of a share are no tables
        if memchr::memchr(delimiter, bytes).is_none() {
            continue;
        }
        let rows = Rows::read(&text, delimiter, newline, sample.whole);
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
            let rows = Rows::read(&text, 0x1F, newline, sample.whole);
            let long = rows.all().any(|c| c.len() > 200);
            let header = header(&rows);
            (!long && rows.len() > 0).then_some(Dialect {
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

/// How well a delimiter makes columns; 0 = not at all.
fn quality(rows: &Rows<'_>, delimiter: u8, named: bool) -> u32 {
    let mut widths: Vec<usize> = (0..rows.len()).map(|k| rows.width(k)).collect();
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
    if width < 2 || share < 50 {
        return 0;
    }
    // a header whose words are those of headers says as much as a name does
    let named = named || names_row(rows).is_some_and(|(k, h)| rows.width(k) == width && h.by_words);
    if share < if named { 50 } else { 80 } {
        return 0;
    }
    // sentences and addresses have commas too, with a blank after them and no constant number
    let cells = || (0..rows.len()).filter(|k| rows.width(*k) == width).flat_map(|k| rows.cells(k));
    if !named && delimiter != b'\t' {
        let total: usize = cells().map(|c| c.chars().count()).sum();
        let mean = total / (count * width).max(1);
        let few = width == 2 && (widths.len() < 4 || mean > 30);
        if few || mean > 120 || share < 90 || (delimiter == b',' && looks_like_prose(rows, width)) {
            return 0;
        }
    }
    (share * 10 + width.min(50)) as u32
}

/// Running text or addresses, one to a line: later cells begin with a lower-case word or an abbreviation and
/// no cell is a number or a code by itself.
fn looks_like_prose(rows: &Rows<'_>, width: usize) -> bool {
    let (mut all, mut wordy, mut codes) = (0usize, 0, 0);
    for cell in (0..rows.len()).filter(|k| rows.width(*k) == width).flat_map(|k| rows.cells(k).skip(1)) {
        all += 1;
        let begins_low = cell.chars().next().is_some_and(char::is_lowercase);
        wordy += usize::from(begins_low || cell.contains(". ") || cell.ends_with('.'));
        let code = |b: u8| b.is_ascii_digit() || b"+-.:/ @_".contains(&b);
        codes += usize::from(!cell.is_empty() && cell.bytes().all(code));
    }
    let all = all.max(1);
    wordy * 3 > all && codes * 5 < all
}

/// A header is looked for in so many rows: titles and blank rows may stand above it.
const HEADER_ROWS: usize = 10;

/// A row in which nothing looks like data.
struct Names {
    names: Vec<String>,
    /// Its words are those of headers.
    by_words: bool,
}

/// The first row; or, under titles that fill at most half as many cells, the one whose words are those of headers.
fn names_row(rows: &Rows<'_>) -> Option<(usize, Names)> {
    let filled = |k: usize| rows.cells(k).filter(|c| !c.is_empty()).count();
    let first = header_names(rows, 0);
    let widest = (0..rows.len().min(HEADER_ROWS)).map(|k| rows.width(k)).max()?;
    if first.as_ref().is_some_and(|n| n.by_words && filled(0) * 2 > widest) {
        return Some((0, first?));
    }
    let below = (1..rows.len().min(HEADER_ROWS)).find_map(|k| {
        let names = header_names(rows, k).filter(|n| n.by_words)?;
        let wide = filled(k);
        // a line of a form has a label and its value
        let words = names.names.iter().filter(|c| is_header_word(c)).count();
        if words * 3 < wide * 2 {
            return None;
        }
        (wide >= 2 && (0..k).all(|above| filled(above) * 2 <= wide)).then_some((k, names))
    });
    below.or_else(|| Some((0, first?)))
}

fn header_names(rows: &Rows<'_>, k: usize) -> Option<Names> {
    if rows.len() <= k {
        return None;
    }
    let first: Vec<_> = rows.cells(k).collect();
    let filled = || first.iter().filter(|c| !c.is_empty());
    let count = filled().count();
    if count == 0 || count * 2 < first.len() || filled().any(|c| is_data(c) || c.chars().count() > 100) {
        return None;
    }
    let words = filled().filter(|c| is_header_word(c)).count();
    Some(Names { names: first.iter().map(|c| c.to_string()).collect(), by_words: words * 2 >= count })
}

/// Names of the columns, where a row is a header: nothing in it looks like data, and either its words
/// are those of headers or the rows below have digits where it has none.
fn header(rows: &Rows<'_>) -> Option<Vec<String>> {
    let (row, first) = names_row(rows)?;
    let contrast = || {
        (0..first.names.len()).filter(|k| !first.names[*k].is_empty()).any(|k| {
            let (mut all, mut data) = (0, 0);
            for cell in (row + 1..rows.len()).filter_map(|r| rows.cell(r, k)).filter(|c| !c.is_empty()) {
                all += 1;
                data += usize::from(is_data(&cell));
            }
            all > 0 && data * 10 >= all * 6
        })
    };
    (first.by_words || contrast()).then_some(first.names)
}

/// True for a cell that names no column: a number of four digits and more, a date, an address of mail.
pub fn is_data(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 || cell.contains('@') || (digits > 0 && cell.parse::<f64>().is_ok())
}

/// True for a name in a header row that could itself be a person's: it is looked at like any cell.
pub fn could_be_name(cell: &str) -> bool {
    // "ТС", "СРТС": capitals without a vowel are an abbreviation
    let short = |w: &str| !w.chars().any(|c| c.is_lowercase() || "АЕЁИОУЫЭЮЯӘӨҰҮІAEIOUY".contains(c));
    let capital =
        |w: &&str| w.chars().next().is_some_and(char::is_uppercase) && w.chars().count() > 1 && !short(w);
    !is_header_word(cell) && cell.split_whitespace().filter(capital).count() > 1
}

/// True for a cell with a word that names a column.
pub fn is_header_word(cell: &str) -> bool {
    /// Beginnings of such words by their first letter, and whether a word may go on after them.
    static STEMS: LazyLock<HashMap<char, Vec<(&str, bool)>>> = LazyLock::new(|| {
        let mut stems: HashMap<char, Vec<(&str, bool)>> = HashMap::new();
        for stem in HEADER_STEMS {
            if let Some(first) = stem.chars().next() {
                stems.entry(first).or_default().push((stem, stem.chars().count() > 2));
            }
        }
        stems
    });
    let lower = cell.to_lowercase();
    let mut words =
        lower.split(|c: char| !c.is_alphanumeric() && c != '№' && c != '/').filter(|w| !w.is_empty());
    words.any(|w| {
        let stems = w.chars().next().and_then(|c| STEMS.get(&c));
        stems.is_some_and(|s| s.iter().any(|(stem, open)| w == *stem || (*open && w.starts_with(stem))))
    })
}

/// Beginnings of words that name columns; those of one or two letters are whole words.
const HEADER_STEMS: &[&str] = &[
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

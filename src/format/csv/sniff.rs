//! How a table of delimited text is written: by its content.

use std::borrow::Cow;
use std::cell::RefCell;

use super::super::encoding::Sample;
use super::fit::{quality, usual_width};
use super::header::{Header, header};
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
    pub header: Option<Header>,
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
        return Some(Dialect {
            delimiter,
            newline,
            sep_line: true,
            header: header(&rows, usual_width(&rows)),
            score: 75,
        });
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
            Some(Dialect {
                delimiter,
                newline,
                sep_line: false,
                header: header(&rows, usual_width(&rows)),
                score,
            })
        }
        None if named => {
            // one column: a list that its owner calls a table
            let rows = Rows::read(&text, 0x1F, newline, sample.whole);
            let long = rows.all().any(|c| c.len() > 200);
            let header = header(&rows, 1);
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
            assert_eq!(found.header.unwrap().names, ["ФИО", "ИИН", "Телефон"]);
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
        assert_eq!(dialect(text, "iin.csv").unwrap().header.unwrap().names, ["ИИН"]);
        assert_eq!(dialect(text, "iin.txt"), None);
    }
}

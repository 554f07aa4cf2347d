//! Tables as people write them: every delimiter with titles, decimal commas, line ends in quotes, cells left
//! out, totals and headers of two rows.

use super::*;
use crate::format::kit;

/// What a table has besides its rows.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    delimiter: char,
    titles: usize,
    decimal: bool,
    newlines: bool,
    ragged: bool,
    totals: bool,
    two_rows: bool,
    rows: usize,
    crlf: bool,
    sep: bool,
}

impl Shape {
    /// The table and the texts of its column `ИИН`.
    fn table(self) -> (String, Vec<String>) {
        let d = self.delimiter;
        let end = if self.crlf { "\r\n" } else { "\n" };
        let mut lines = Vec::new();
        if self.sep {
            lines.push(format!("sep={d}"));
        }
        let titles =
            ["Реестр заёмщиков, по состоянию на 01.03.2026", "Филиал № 3, г. Шымкент", "Сумма, тыс. тенге"];
        lines.extend(titles[..self.titles].iter().map(|t| self.cell(t)));
        let row = |cells: &[String]| cells.join(&d.to_string());
        let plain = |cells: &[&str]| {
            let cells: Vec<String> = cells.iter().map(|c| self.cell(c)).collect();
            row(&cells)
        };
        if self.two_rows {
            lines.push(plain(&["№", "Клиент", "Документ", "", "Сумма, тг", "Примечание"]));
            lines.push(plain(&["", "", "вид", "номер ИИН", "", ""]));
        } else {
            lines.push(plain(&["№", "Клиент", "Вид", "ИИН", "Сумма, тг", "Примечание"]));
        }
        let mut all = Vec::new();
        for k in 0..self.rows {
            let iin = format!("{:012}", 850101300017u64 + k as u64 * 10);
            let sum = match (self.decimal, k % 3) {
                (true, 0) => format!("{},50", 100 + k),
                (true, _) => format!("1 {:03},{:02}", 200 + k, k % 100),
                _ => format!("{}", 1000 + k),
            };
            let note = match k % 4 {
                0 if self.newlines => "\"первая; строка,\nвторая | строка\t\"\"х\"\"\"".to_owned(),
                1 => self.cell("ТОО \"Алма\", склад"),
                _ => String::new(),
            };
            let mut cells =
                vec![k.to_string(), format!("Клиент {k}"), "уд".into(), iin.clone(), self.cell(&sum), note];
            if self.ragged && k % 4 > 1 {
                cells.truncate(4 + k % 2);
            }
            lines.push(row(&cells));
            all.push(iin);
        }
        if self.totals {
            lines.push(plain(&["Итого", "", "", "", "1 000 234,50"]));
            lines.push(self.cell("Исполнитель, бухгалтер"));
        }
        (lines.join(end) + end, all)
    }

    /// The cell in quotes where its delimiter wants it.
    fn cell(self, text: &str) -> String {
        let wanted = text.contains(self.delimiter) || (text.contains('"') && self.delimiter == ',');
        if wanted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    }
}

fn check(shape: Shape, name: &str) {
    let (text, wanted) = shape.table();
    let name = name.to_owned();
    let open = move |input: Input, sizes| -> Box<dyn Stream> {
        Box::new(CsvStream::new(input.renamed(&name), sizes).unwrap())
    };
    let field = if shape.two_rows { "Документ номер ИИН" } else { "ИИН" };
    let blocks = kit::read(&open, text.as_bytes(), Sizes::default());
    let seen = kit::seen(&blocks);
    let cells: Vec<_> = seen.iter().filter(|s| s.3 == SegmentKind::Cell).collect();
    let found: Vec<_> =
        cells.iter().filter(|s| s.1 == field && s.0.len() == 12).map(|s| s.0.clone()).collect();
    assert_eq!(found, wanted, "{shape:?}\n{text}");
    assert!(cells.iter().any(|s| s.1 == "Клиент" && s.0 == "Клиент 0"), "{shape:?}\n{text}");
    kit::round_trip(&open, text.as_bytes());
    let iin = wanted[wanted.len() / 2].clone();
    let copy = kit::replace(&open, text.as_bytes(), &iin, "IIN_0");
    assert_eq!(String::from_utf8(copy).unwrap(), text.replace(&iin, "IIN_0"), "{shape:?}");
}

#[test]
fn every_shape_is_read_by_its_own_delimiter() {
    let bits = |n: usize, k: usize| n >> k & 1 == 1;
    for delimiter in ['\t', ';', ',', '|'] {
        for titles in 0..4 {
            for n in 0..128 {
                for rows in [3, 40] {
                    let shape = Shape {
                        delimiter,
                        titles,
                        decimal: bits(n, 0),
                        newlines: bits(n, 1),
                        ragged: bits(n, 2),
                        totals: bits(n, 3),
                        two_rows: bits(n, 4),
                        rows,
                        crlf: bits(n, 5),
                        sep: bits(n, 6) && titles == 0,
                    };
                    check(shape, "list.csv");
                }
            }
        }
    }
}

#[test]
fn tables_without_a_name_of_their_own() {
    for delimiter in ['\t', ';', '|'] {
        for titles in 0..3 {
            for decimal in [false, true] {
                let shape = Shape { delimiter, titles, decimal, rows: 40, ..Shape::default() };
                let (text, _) = shape.table();
                assert_eq!(kit::recognised(text.as_bytes(), "выгрузка"), "csv", "{shape:?}");
                check(shape, "выгрузка");
            }
        }
    }
}

#[test]
fn lists_of_one_column_are_not_split_at_their_commas() {
    for (text, field) in [
        ("Сумма\n12,50\n13,40\n1 250,00\n", "Сумма"),
        ("Адрес\nг. Алматы, ул. Абая, д. 5\nг. Астана, ул. Кенесары, д. 7\n", "Адрес"),
    ] {
        let open = |input: Input, sizes| -> Box<dyn Stream> {
            Box::new(CsvStream::new(input.renamed("x.csv"), sizes).unwrap())
        };
        let seen = kit::seen(&kit::read(&open, text.as_bytes(), Sizes::default()));
        let cells: Vec<_> = seen.iter().filter(|s| s.3 == SegmentKind::Cell).collect();
        assert_eq!(cells.len(), text.lines().count() - 1, "{cells:?}");
        assert!(cells.iter().all(|c| c.1 == field));
    }
    let pairs = "x,y\n1,2\n3,4\n";
    let sample = Sample::of(pairs.as_bytes()).unwrap();
    assert_eq!(sniff(&sample, "x.csv").unwrap().delimiter, b',');
}

#[test]
fn lists_in_a_cell_do_not_part_columns() {
    // as many marks in every row as there are columns
    let text = "id,name,tags\n".to_owned() + &"1,Ким,a;b;c;d\n".repeat(9);
    let sample = Sample::of(text.as_bytes()).unwrap();
    assert_eq!(sniff(&sample, "x.csv").unwrap().delimiter, b',');
    let text = "id;doc\n".to_owned() + &"1;\"{\"\"a\"\":1,\"\"b\"\":2,\"\"c\"\":3}\"\n".repeat(9);
    let sample = Sample::of(text.as_bytes()).unwrap();
    assert_eq!(sniff(&sample, "x.csv").unwrap().delimiter, b';');
}

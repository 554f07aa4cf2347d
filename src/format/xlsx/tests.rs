use calamine::{Data, Reader};

use super::*;
use crate::format::package::testing::{self, VALUES, Words};
use crate::model::SegmentKind;

const NEEDLES: &[&str] = &[
    "Ахметова",
    "Сергей Петрович",
    "Болатұлы",
    "Виктор",
    "850101400120",
    "991231500016",
    "10215500122",
    "123 45 67",
    "255-12-34",
    "aigerim.a",
    "s.ivanov",
    "Иванов С П",
];

fn seen<'a>(words: &'a Words, text: &str) -> &'a testing::Seen {
    words.seen.iter().find(|s| s.text == text).unwrap_or_else(|| panic!("{text}"))
}

fn cell(bytes: &[u8], sheet: usize, at: (u32, u32)) -> Data {
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(sheet).unwrap().unwrap();
    range.get_value(at).cloned().unwrap_or(Data::Empty)
}

#[test]
fn cells_with_their_columns() {
    let (words, info) = testing::read(&Xlsx, &testing::sample("clients_openpyxl.xlsx")).unwrap();
    assert!(info.partly.is_empty());
    let iin = seen(&words, "850101400120");
    assert_eq!((iin.kind, iin.field.as_str()), (SegmentKind::Number, "ИИН"));
    assert_eq!((iin.at.cell.as_deref(), iin.at.sheet.as_deref()), (Some("C2"), Some("Клиенты")));
    assert_eq!(seen(&words, "010215500122").kind, SegmentKind::Number);
    let date = seen(&words, "1985-01-01");
    assert_eq!((date.kind, date.field.as_str()), (SegmentKind::Date, "Дата рождения"));
    assert_eq!(seen(&words, "ФИО").kind, SegmentKind::Skip);
    assert_eq!(seen(&words, "Подпись").kind, SegmentKind::Meta);
    assert_eq!(seen(&words, " (сверен 991231500016)").kind, SegmentKind::Meta);
    let creator = seen(&words, "Ким Виктор Андреевич");
    assert!(words.seen.iter().any(|s| s.field == "creator" && s.text == creator.text));
    for text in [
        "Перезвонить Иванов Сергей Петрович, +7 701 123 45 67",
        "mailto:aigerim.a@example.kz",
        "Иванов С П",
        "\"Иванов Сергей Петрович,Нет\"",
    ] {
        assert!(words.seen.iter().any(|s| s.text == text), "{text}");
    }
    assert!(words.seen.iter().any(|s| s.text.ends_with("Ответственный: Ким Виктор Андреевич")));
    let hidden: Vec<_> = words.seen.iter().filter(|s| s.at.sheet.as_deref() == Some("Иванов С П")).collect();
    assert_eq!(hidden.iter().filter(|s| s.text == "991231500016").count(), 2);
}

#[test]
fn nothing_of_the_words_is_left_in_the_copy() {
    for name in ["clients_openpyxl.xlsx", "clients_xlsxwriter.xlsx", "clients_libreoffice.xlsx"] {
        let source = testing::sample(name);
        let (copy, _, info) = testing::copy(&Xlsx, &source, VALUES).unwrap();
        assert!(info.partly.is_empty());
        testing::assert_gone(&copy, NEEDLES);
        let (again, words, _) = testing::copy(&Xlsx, &copy, VALUES).unwrap();
        let (third, ..) = testing::copy(&Xlsx, &again, VALUES).unwrap();
        assert!(third == again, "{name}: a clean copy is copied byte for byte");
        assert!(words.seen.iter().any(|s| s.text == "IIN_A<1>"), "{name}");
    }
}

#[test]
fn another_reader_sees_the_edits() {
    let source = testing::sample("clients_openpyxl.xlsx");
    let (copy, _, _) = testing::copy(&Xlsx, &source, VALUES).unwrap();
    assert_eq!(cell(&copy, 0, (1, 1)), Data::String("Особа Первая".into()));
    assert_eq!(cell(&copy, 0, (1, 2)), Data::String("IIN_A<1>".into()));
    assert_eq!(cell(&copy, 0, (1, 0)), Data::Float(1.0));
    // a date that becomes another date stays one, a year becomes text
    assert!(matches!(cell(&copy, 0, (2, 4)), Data::DateTime(d) if d.as_f64() == 36161.0));
    assert_eq!(cell(&copy, 0, (1, 4)), Data::String("1985".into()));
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(&copy[..])).unwrap();
    assert_eq!(book.sheet_names(), ["Клиенты", "Лист 2"]);
    let formulas = book.worksheet_formula("Клиенты").unwrap();
    assert_eq!(formulas.get_value((0, 7)).map(String::as_str), Some("'Лист 2'!A1"));
    assert_eq!(formulas.get_value((1, 6)).map(String::as_str), Some("\"ИИН: \"&C2&\" (сверен IIN_B)\""));
}

#[test]
fn a_shared_string_is_replaced_only_where_it_was_edited() {
    struct Once(Words, bool);
    impl Visitor for Once {
        fn block(&mut self, block: &mut Block) -> Result<Vec<crate::model::Edit>, ReadError> {
            let mut edits = self.0.block(block)?;
            if block.cells {
                edits.truncate(usize::from(!std::mem::replace(&mut self.1, true)));
            } else {
                edits.clear();
            }
            Ok(edits)
        }
        fn member(
            &mut self,
            name: &str,
            input: Input,
            out: Option<&mut dyn Output>,
        ) -> Result<crate::format::MemberOutcome, ReadError> {
            self.0.member(name, input, out)
        }
        fn clean_name(&mut self, name: &str) -> String {
            name.to_owned()
        }
        fn partly(&mut self, _: crate::model::Reason, _: String) {}
    }
    let source = testing::sample("clients_xlsxwriter.xlsx");
    let words =
        Words { replace: vec![("Иванов Сергей Петрович", "X")], ..Words::default() };
    let mut out = Cursor::new(Vec::new());
    let Ok(Opened::Document(doc)) = Xlsx.open(Input::memory(source, "x"), &Arc::default()) else { panic!() };
    doc.process(&mut Once(words, false), Some(&mut out)).unwrap();
    assert_eq!(cell(out.get_ref(), 0, (2, 1)), Data::String("X".into()));
    assert_eq!(cell(out.get_ref(), 0, (4, 1)), Data::String("Иванов Сергей Петрович".into()));
}

#[test]
fn without_edits_the_copy_is_the_file() {
    let source = testing::sample("clean.xlsx");
    let (copy, _, _) = testing::copy(&Xlsx, &source, VALUES).unwrap();
    assert!(copy == source);
}

#[test]
fn a_formula_goes_with_its_value() {
    let source = testing::sample("clients_xlsxwriter.xlsx");
    let (copy, _, _) = testing::copy(&Xlsx, &source, VALUES).unwrap();
    assert_eq!(cell(&copy, 0, (1, 6)), Data::String("Особа Первая, PHONE_A".into()));
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(&copy[..])).unwrap();
    let formulas = book.worksheet_formula("Лист1").unwrap();
    assert_eq!(formulas.get_value((1, 6)).map_or("", String::as_str), "");
}

#[test]
fn damage_is_an_error() {
    testing::torture(&Xlsx, &testing::sample("clients_openpyxl.xlsx"), 97);
    testing::torture(&Xlsx, &testing::sample("clients_libreoffice.xlsx"), 97);
}

#[test]
fn a_bomb_is_stopped() {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("xl/workbook.xml", r#"<workbook><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/s.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>"),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let zeros = vec![b'x'; 1 << 20];
    for _ in 0..40 {
        zip.write_all(&zeros).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let (_, info) = testing::read(&Xlsx, &bytes).unwrap();
    assert_eq!(info.partly.len(), 1);
    assert_eq!(info.partly[0].0, crate::model::Reason::LimitReached);
    assert!(testing::copy(&Xlsx, &bytes, VALUES).is_err());
}

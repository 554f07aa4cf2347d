//! Word processing documents of Office Open XML (DOCX, DOCM, DOTX), read and edited inside the package.

use std::sync::Arc;

use super::package::recognise::{Kind, recognise};
use super::package::walk::Walk;
use super::package::{Package, drops};
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::ReadError;
use crate::source::Input;

/// DOCX and its relatives (ISO/IEC 29500, WordprocessingML).
pub struct Docx;

impl Format for Docx {
    fn id(&self) -> &'static str {
        "docx"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Docx).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        open(input, limits)
    }
}

/// Opens any package of Office Open XML whose parts are texts: documents and presentations.
pub(super) fn open(input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
    let package = Package::open(input, limits)?;
    if package.find("[Content_Types].xml").is_none() && package.find(&drops::relations_of("")).is_none() {
        return Err(ReadError::damaged("a package without a list of content types"));
    }
    Ok(Opened::Document(Box::new(Texts { package })))
}

struct Texts {
    package: Package,
}

impl Document for Texts {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        Walk::new(self.package, visitor, false, out.is_some()).finish(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::testing::{self, VALUES};
    use super::*;
    use crate::model::SegmentKind;

    const NEEDLES: &[&str] = &[
        "Ахметова",
        "Сергей Петрович",
        "Болатұлы",
        "Виктор",
        "850101400120",
        "991231500016",
        "123 45 67",
        "255-12-34",
    ];

    #[test]
    fn runs_are_joined_and_tables_have_names() {
        let (words, info) = testing::read(&Docx, &testing::sample("letter_python.docx")).unwrap();
        assert!(info.partly.is_empty(), "{:?}", info.partly);
        let text = |t: &str| words.seen.iter().find(|s| s.text.contains(t)).unwrap_or_else(|| panic!("{t}"));
        let p = text("Выдана");
        assert_eq!(p.text, "Выдана гр. Иванов Сергей Петрович, ИИН 991231500016 и & <знак>");
        assert_eq!(p.kind, SegmentKind::Prose);
        assert_eq!(text("850101400120").field, "ИИН");
        assert_eq!(text("Нұрлан").field, "ФИО");
        assert_eq!(text("mailto:").text, "mailto:s.ivanov@example.kz");
        assert!(words.seen.iter().any(|s| s.field == "creator" && s.text == "Ким Виктор Андреевич"));
        assert!(words.seen.iter().any(|s| s.field == "author" && s.text == "Ким Виктор Андреевич"));
        assert_eq!(text("+7 701 123 45 67").kind, SegmentKind::Cell);
    }

    #[test]
    fn nothing_of_the_words_is_left_in_the_copy() {
        for name in ["letter_python.docx", "letter_libreoffice.docx"] {
            let source = testing::sample(name);
            let (copy, _, _) = testing::copy(&Docx, &source, VALUES).unwrap();
            testing::assert_gone(&copy, NEEDLES);
            let (words, _) = testing::read(&Docx, &copy).unwrap();
            assert!(words.seen.iter().any(|s| s.text.contains("Особа Вторая, ИИН IIN_B")), "{name}");
            let names = |bytes: &[u8]| testing::parts(bytes).into_iter().map(|p| p.0).collect::<Vec<_>>();
            let kept: Vec<_> = names(&source).into_iter().filter(|n| !n.contains("thumbnail")).collect();
            assert_eq!(names(&copy), kept, "{name}: the same parts in the same order");
        }
    }

    #[test]
    fn deleted_text_goes_with_the_first_edit() {
        let source = testing::sample("letter_python.docx");
        let (copy, _, _) = testing::copy(&Docx, &source, &[("850101400120", "X")]).unwrap();
        testing::assert_gone(&copy, &["thumbnail", "850101400120"]);
        for (name, bytes) in testing::parts(&copy).iter().filter(|p| !p.0.contains("header")) {
            let found = memchr::memmem::find(bytes, "Ким Виктор".as_bytes());
            assert!(found.is_none(), "an author stands in {name}");
        }
        let document = testing::parts(&copy).into_iter().find(|p| p.0 == "word/document.xml").unwrap().1;
        assert!(memchr::memmem::find(&document, b"<w:delText></w:delText>").is_some());
    }

    #[test]
    fn deep_markup_is_a_limit() {
        use std::io::{Cursor, Write};
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in
            [("[Content_Types].xml", "<Types/>".to_owned()), ("word/document.xml", "<a>".repeat(100_000))]
        {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let (_, info) = testing::read(&Docx, &bytes).unwrap();
        assert_eq!(info.partly[0].0, crate::model::Reason::LimitReached);
        assert!(testing::copy(&Docx, &bytes, VALUES).is_err());
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Docx, &testing::sample("letter_libreoffice.docx"), 97);
        assert!(testing::read(&Docx, b"PK\x03\x04").is_err());
    }
}

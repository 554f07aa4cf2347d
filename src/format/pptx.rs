//! Presentations of Office Open XML (PPTX, PPTM, PPSX), read and edited inside the package.

use std::sync::Arc;

use super::docx;
use super::package::recognise::{Kind, recognise};
use super::{Format, Limits, Opened};
use crate::model::ReadError;
use crate::source::Input;

/// PPTX and its relatives (ISO/IEC 29500, PresentationML).
pub struct Pptx;

impl Format for Pptx {
    fn id(&self) -> &'static str {
        "pptx"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Pptx).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        docx::open(input, limits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn slides_tables_and_notes() {
        let source = testing::sample("deck_python.pptx");
        let (words, info) = testing::read(&Pptx, &source).unwrap();
        assert!(info.partly.is_empty());
        for text in ["Отчёт: Иванов Сергей Петрович", "ИИН 991231500016", "Позвонить: 8 (727) 255-12-34"]
        {
            assert!(words.seen.iter().any(|s| s.text == text), "{text}");
        }
        assert!(words.seen.iter().any(|s| s.field == "Телефон" && s.text == "+7 701 123 45 67"));
        let (copy, _, _) = testing::copy(&Pptx, &source, VALUES).unwrap();
        testing::assert_gone(
            &copy,
            &["Сергей Петрович", "Ахметова", "Виктор", "3150", "255-12-34", "123 45 67"],
        );
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Pptx, &testing::sample("deck_python.pptx"), 997);
    }
}

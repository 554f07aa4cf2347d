//! OpenDocument texts, presentations and drawings (ODT, ODP, ODG), read and edited inside the package.

use std::sync::Arc;

use memchr::memmem;

use super::package::Package;
use super::package::recognise::{Kind, recognise};
use super::package::walk::Walk;
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// OpenDocument text (ISO/IEC 26300).
pub struct Odt;
/// OpenDocument presentation or drawing (ISO/IEC 26300).
pub struct Odp;

impl Format for Odt {
    fn id(&self) -> &'static str {
        "odt"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Odt).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Document(Box::new(Texts { package: open(input, limits)? })))
    }
}

impl Format for Odp {
    fn id(&self) -> &'static str {
        "odp"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        recognise(head, name).filter(|(kind, _)| *kind == Kind::Odp).map_or(0, |(_, sure)| sure)
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Document(Box::new(Texts { package: open(input, limits)? })))
    }
}

/// Opens an OpenDocument package that is not locked by a password.
pub(super) fn open(input: Input, limits: &Arc<Limits>) -> Result<Package, ReadError> {
    let mut package = Package::open(input, limits)?;
    if let Some(manifest) = package.find("META-INF/manifest.xml") {
        let bytes = package.read(manifest)?;
        if memmem::find(&bytes, b"encryption-data").is_some() {
            return Err(ReadError::new(Reason::Encrypted, "an OpenDocument package with a password"));
        }
    }
    if package.find("content.xml").is_none() {
        return Err(ReadError::damaged("an OpenDocument package without content.xml"));
    }
    Ok(package)
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
        Walk::new(self.package, visitor, true, out.is_some()).finish(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::testing::{self, VALUES};
    use super::*;

    #[test]
    fn paragraphs_notes_and_links() {
        let source = testing::sample("letter_odfpy.odt");
        let (words, info) = testing::read(&Odt, &source).unwrap();
        assert!(info.partly.is_empty());
        for text in ["тел. 8 (727) 255-12-34", "mailto:s.ivanov@example.kz", "Ким Виктор Андреевич"]
        {
            assert!(words.seen.iter().any(|s| s.text == text), "{text}");
        }
        assert!(
            words.seen.iter().any(|s| s.text.contains("Выдана гр. Иванов Сергей Петрович, ИИН 991231500016"))
        );
        for (format, name) in [
            (&Odt as &dyn Format, "letter_odfpy.odt"),
            (&Odt, "letter_libreoffice.odt"),
            (&Odp, "deck_libreoffice.odp"),
        ] {
            let (copy, _, _) = testing::copy(format, &testing::sample(name), VALUES).unwrap();
            testing::assert_gone(&copy, &["Сергей Петрович", "Ахметова", "Виктор", "31500016", "255-12-34"]);
            assert_eq!(testing::parts(&copy)[0].0, "mimetype");
        }
    }

    #[test]
    fn damage_is_an_error() {
        testing::torture(&Odt, &testing::sample("letter_odfpy.odt"), 97);
    }
}

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

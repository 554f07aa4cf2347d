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

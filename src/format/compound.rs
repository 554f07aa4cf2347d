//! The documents of Word, Excel and PowerPoint before 2007, which all stand in compound files.

use std::sync::Arc;

use super::package::ole::{self, Kind, Ole};
use super::package::renewed::Renewed;
use super::{CopyKind, Format, Limits, Opened, doc, ppt, xls};
use crate::model::{ReadError, Reason};
use crate::source::Input;

/// Word's binary format.
pub struct Doc;

impl Format for Doc {
    fn id(&self) -> &'static str {
        "doc"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        ole::recognise(head, name, Kind::Doc)
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("docx")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        open(input, limits, Kind::Doc)
    }
}

/// Excel's binary format of compound files.
pub struct Xls;

impl Format for Xls {
    fn id(&self) -> &'static str {
        "xls"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        ole::recognise(head, name, Kind::Xls)
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("xlsx")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        open(input, limits, Kind::Xls)
    }
}

/// PowerPoint's binary format.
pub struct Ppt;

impl Format for Ppt {
    fn id(&self) -> &'static str {
        "ppt"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        ole::recognise(head, name, Kind::Ppt)
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("docx")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        open(input, limits, Kind::Ppt)
    }
}

/// Opens a compound file by what it holds, whatever it was taken for. A document of another kind than `wanted`
/// is refused where its copy would have another extension than was promised.
fn open(input: Input, limits: &Arc<Limits>, wanted: Kind) -> Result<Opened, ReadError> {
    let mut ole = Ole::open(input, limits)?;
    let kind = ole.kind();
    let sheet = |k: Kind| k == Kind::Xls;
    Ok(Opened::Document(match kind {
        Kind::Doc | Kind::Ppt | Kind::Xls if sheet(kind) != sheet(wanted) => {
            return Err(ReadError::new(
                Reason::UnsupportedFormat,
                "the name's extension says another kind of document",
            ));
        }
        Kind::Doc => Box::new(Renewed(doc::read(&mut ole)?)),
        Kind::Ppt => Box::new(Renewed(ppt::read(&mut ole)?)),
        Kind::Xls => Box::new(xls::read(ole)?),
        other => return Err(ole::not_ours(other)),
    }))
}

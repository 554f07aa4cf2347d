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

//! Tables of a file with numbers of their own, whoever made them.

use std::sync::Arc;

use crate::format::{MemberOutcome, Output, Visitor};
use crate::model::{Block, Edit, ReadError, Reason};
use crate::source::Input;

/// Numbers below this are those of sheets.
const FIRST: u32 = 1 << 20;

/// A visitor that sees every table that only one block has under its own number. What is known of columns is kept
/// by that number, and a part's properties must not be taken for the columns of another part.
pub struct Numbered<'v> {
    inner: &'v mut dyn Visitor,
    next: u32,
}

impl<'v> Numbered<'v> {
    /// Stands before `inner`.
    pub fn new(inner: &'v mut dyn Visitor) -> Numbered<'v> {
        Numbered { inner, next: FIRST }
    }
}

impl Visitor for Numbered<'_> {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        if let Some(table) = block.table.as_mut().and_then(Arc::get_mut) {
            table.id = self.next;
            self.next = self.next.wrapping_add(1).max(FIRST);
        }
        self.inner.block(block)
    }

    fn member(
        &mut self,
        name: &str,
        input: Input,
        out: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        self.inner.member(name, input, out)
    }

    fn clean_name(&mut self, name: &str) -> String {
        self.inner.clean_name(name)
    }

    fn partly(&mut self, reason: Reason, place: String) {
        self.inner.partly(reason, place);
    }
}

//! A part whose copy is only begun at its first change: what came before is read again then.

use std::io::{self, Read};

use super::{Package, part_error};
use crate::model::ReadError;

/// A part that is being streamed and perhaps rewritten.
pub struct LazyPart {
    index: usize,
    passed: u64,
    open: bool,
}

impl LazyPart {
    /// Nothing of part `index` is passed yet.
    pub fn new(index: usize) -> LazyPart {
        LazyPart { index, passed: 0, open: false }
    }

    /// The next stored bytes stay as they are.
    ///
    /// # Errors
    /// Where the changed part cannot be kept.
    pub fn same(&mut self, package: &mut Package, bytes: &[u8]) -> Result<(), ReadError> {
        if self.open {
            return package.more(bytes);
        }
        self.passed += bytes.len() as u64;
        Ok(())
    }

    /// The next `old` stored bytes are replaced by `new`.
    ///
    /// # Errors
    /// Where the part cannot be read again or the changed part cannot be kept.
    pub fn changed(&mut self, package: &mut Package, old: usize, new: &[u8]) -> Result<(), ReadError> {
        if !self.open {
            self.open = true;
            let mut twin = package.twin();
            let name = package.names()[self.index].clone();
            let mut before = twin.reader(self.index)?.take(self.passed);
            let copied =
                io::copy(&mut before, package.change(self.index)?).map_err(|e| part_error(e, &name))?;
            if copied != self.passed {
                return Err(ReadError::damaged(format!("part {name} is shorter when it is read again")));
            }
        }
        self.passed += old as u64;
        package.more(new)
    }
}

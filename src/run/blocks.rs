use std::path::Path;
use std::sync::Arc;

use crate::format::registry::{self, Recognised};
use crate::format::{Limits, MemberOutcome, Opened, Output, Visitor};
use crate::model::{Block, Edit, ReadError, Reason};
use crate::source::{Input, gentle};

/// Shows every block of a file, and of what is inside it, in reading order. For looking at tables before a run
/// and at copies after it; a run itself shares the work among all cores.
///
/// # Errors
/// What kept the file from being read to its end; blocks that came before were shown.
pub(super) fn blocks(
    path: &Path,
    limits: &Arc<Limits>,
    show: &mut dyn FnMut(&Block),
) -> Result<(), ReadError> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let input = Input::file(gentle::open(path)?, name)?;
    Walk { limits, show, depth: 0, missed: None }.input(input)
}

struct Walk<'a> {
    limits: &'a Arc<Limits>,
    show: &'a mut dyn FnMut(&Block),
    depth: u32,
    missed: Option<Reason>,
}

impl Walk<'_> {
    fn input(&mut self, mut input: Input) -> Result<(), ReadError> {
        let format = match registry::recognise(&mut input)? {
            Recognised::Format(format) => format,
            Recognised::Empty => return Ok(()),
            Recognised::Binary => return Err(ReadError::new(Reason::Binary, "")),
            Recognised::Known { reason, .. } => return Err(ReadError::new(reason, "")),
        };
        match format.open(input, self.limits)? {
            Opened::Stream(mut stream) => {
                let mut block = Block::default();
                loop {
                    block.clear();
                    if !stream.next(&mut block)? {
                        break;
                    }
                    (self.show)(&block);
                }
                for (reason, _) in stream.info().partly {
                    self.missed.get_or_insert(reason);
                }
            }
            Opened::Document(document) => {
                for (reason, _) in document.process(self, None)?.partly {
                    self.missed.get_or_insert(reason);
                }
            }
        }
        self.missed.map_or(Ok(()), |reason| Err(ReadError::new(reason, "")))
    }
}

impl Visitor for Walk<'_> {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        (self.show)(block);
        Ok(Vec::new())
    }

    fn member(
        &mut self,
        _: &str,
        input: Input,
        _: Option<&mut dyn Output>,
    ) -> Result<MemberOutcome, ReadError> {
        if self.depth >= self.limits.depth {
            self.missed.get_or_insert(Reason::LimitReached);
            return Ok(MemberOutcome::LeftOut);
        }
        self.depth += 1;
        let done = self.input(input);
        self.depth -= 1;
        if let Err(e) = done {
            self.missed.get_or_insert(e.reason);
        }
        Ok(MemberOutcome::Scanned)
    }

    fn clean_name(&mut self, name: &str) -> String {
        name.to_owned()
    }

    fn partly(&mut self, reason: Reason, _: String) {
        self.missed.get_or_insert(reason);
    }
}

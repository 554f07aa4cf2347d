//! The words that every other module speaks: blocks of text, findings in them, edits to them.
//!
//! Nothing here reads a file, knows a format or decides what is personal.

mod block;
pub mod calendar;
mod category;
mod error;
mod finding;
mod interned;
pub(crate) mod letters;
mod level;
mod location;
mod locator;
mod map;
pub mod replacement;
mod text;

pub use block::{Block, ColumnType, Edit, Field, NO_COLUMN, Segment, SegmentKind, Table};
pub use category::Category;
pub use error::{ReadError, Reason};
pub use finding::{Evidence, EvidenceSet, Finding};
pub use interned::intern;
pub(crate) use level::Level;
pub use location::Location;
pub use locator::Locator;
pub use map::{OffsetMap, Step};
pub use text::Text;

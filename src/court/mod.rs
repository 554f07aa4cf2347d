//! Court acts for publication by third parties (Order 395, par. 30): participants get labels, officers of the court stay,
//! a review sheet shows a person what was done and what is in doubt.
//!
//! Works on one block of text with its findings; knows no files and no formats.

mod act;
mod beside;
mod decide;
mod decisions;
mod doubt;
mod label;
mod left;
mod namesakes;
mod persons;
mod review;
mod roles;
mod session;

pub use act::{ActAnalysis, Instance, Kind, Language, Parts};
pub use decide::{ActDecision, ActOptions, Numbers, decide, is_label};
pub use decisions::{ActDecisions, Decisions, Place, mark};
pub use left::Left;
pub use persons::{Mention, Person};
pub use review::{page, sheet};
pub use roles::{Hide, ROLES};
pub use session::Session;

#[cfg(test)]
mod tests;

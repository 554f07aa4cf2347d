//! Finds personal data in files and database dumps and writes separate, irreversibly depersonalized copies.

pub mod cli;
pub mod depersonalize;
pub mod detect;
#[cfg(feature = "disclosure")]
pub mod disclosure;
pub mod format;
pub mod model;
pub mod places;
pub mod report;
pub mod run;
pub mod source;
pub mod store;

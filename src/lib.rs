//! Finds personal data in files and database dumps and writes separate, irreversibly depersonalized copies.
//!
//! [`Scanner`] finds, in text, bytes, readers and files; [`Anonymizer`] gives depersonalized copies of
//! them. Whole folders, with reports and separate storage, are the work of [`run::scan`] and
//! [`run::anonymize`], which the program `qupia` is a thin user of.
//!
//! ```
//! let scanner = qupia::Scanner::new();
//! let found = scanner.text("ИИН 991231500016");
//! assert_eq!(found[0].finding.category, qupia::model::Category::IIN);
//! assert_eq!(found[0].value, "991231500016");
//! ```

pub mod cli;
pub mod court;
pub mod depersonalize;
pub mod detect;
#[cfg(feature = "disclosure")]
pub mod disclosure;
pub mod evaluate;
pub mod format;
pub mod model;
pub mod places;
pub mod report;
pub mod run;
pub mod source;
pub mod store;

pub use run::{Anonymized, Anonymizer, Found, Scanned, Scanner};

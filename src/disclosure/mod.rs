//! Statistical disclosure control: measures and enforces k-anonymity, l-diversity and t-closeness on tables.
//!
//! ```
//! use qupia::disclosure::{Privacy, Table, protect};
//!
//! let rows = [["31", "flu"], ["34", "ulcer"], ["62", "flu"], ["68", "colic"]].map(|r| r.map(String::from));
//! let table = Table::from_rows(&["age", "diagnosis"], rows).unwrap();
//! let privacy = Privacy::from_policy("[privacy]\nk = 2\nsuppression_limit = 0.0\nquasi = ['age']").unwrap();
//! let done = protect(&table, &privacy, std::path::Path::new("."), 1, 0).unwrap();
//! assert_eq!(done.table.columns[0].text(0), "30-39");
//! assert_eq!(done.report.proof.k, 2);
//! ```

mod error;
pub mod hierarchy;
pub mod load;
pub mod local;
pub mod models;
pub mod mondrian;
mod policy;
mod prepare;
mod protect;
pub mod risk;
pub mod search;
pub mod table;
pub mod utility;
pub mod verify;

pub use error::{Error, Result};
pub use policy::{DistanceKind, HierarchySource, L, Model, Privacy, Suppressed, Unlisted};
pub use prepare::{Prepared, prepare};
pub use protect::{Choice, ColumnReport, Protected, Report, SearchReport, protect};
pub use table::Table;

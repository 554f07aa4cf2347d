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

mod assess;
mod error;
pub mod hierarchy;
pub mod html;
pub mod load;
pub mod local;
pub mod models;
pub mod mondrian;
mod pipeline;
mod policy;
mod prepare;
mod protect;
pub mod releases;
pub mod risk;
pub mod roles;
pub mod search;
pub mod sensitive;
pub mod table;
pub mod tabulate;
pub mod uniques;
pub mod utility;
pub mod verify;

pub use assess::{Assessment, ColumnFacts, Population, Request, assess};
pub use error::{Error, Result};
pub use pipeline::{Extras, run_policy, write_checked, write_new};
pub use policy::{DistanceKind, HierarchySource, L, Model, Privacy, Suppressed, Unlisted};
pub use prepare::{Prepared, prepare};
pub use protect::{Choice, ColumnReport, Protected, Report, SearchReport, protect};
pub use table::Table;

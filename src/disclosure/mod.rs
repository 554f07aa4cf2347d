//! Statistical disclosure control: measures and enforces k-anonymity, l-diversity and t-closeness on tables.

mod error;
pub mod hierarchy;
pub mod load;
pub mod models;
pub mod search;
pub mod table;

pub use error::{Error, Result};

use crate::model::{ReadError, Reason};

/// Why a table could not be measured or protected. No text holds a value of the table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The table or a hierarchy could not be read or written.
    #[error("{place}: {source}")]
    File {
        /// The path as the operator wrote it.
        place: String,
        /// What went wrong.
        source: ReadError,
    },
    /// A setting that makes no sense, or that does not fit the table.
    #[error("{0}")]
    Setting(String),
    /// A hierarchy does not list every value of its column.
    #[error(
        "column {column}: {missing} of {distinct} values stand in no row of the hierarchy (first in row {row}); \
         add them, or set unlisted = \"root\" to take them to the top level"
    )]
    Unlisted {
        /// Name of the column.
        column: String,
        /// How many distinct values are missing.
        missing: usize,
        /// How many distinct values the column has.
        distinct: usize,
        /// First row (from 1, the header not counted) with such a value.
        row: usize,
    },
    /// A hierarchy contradicts itself.
    #[error("hierarchy of column {column}, line {line}: {what}")]
    Hierarchy {
        /// Name of the column.
        column: String,
        /// Line of the file, from 1; 0 where the hierarchy has no file.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// No node of the lattice satisfies the models.
    #[error("no generalization satisfies the models: {0}")]
    Unreachable(String),
    /// The finished table did not pass the second, independent check; nothing was written.
    #[error("the protected table did not pass its own check and was not written: {0}")]
    NotProven(String),
}

/// The module's own result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of reading or writing at a place.
    pub fn file(place: impl Into<String>, source: impl Into<ReadError>) -> Error {
        Error::File { place: place.into(), source: source.into() }
    }

    /// A file whose structure is broken.
    pub fn damaged(place: impl Into<String>, what: impl Into<String>) -> Error {
        Error::File { place: place.into(), source: ReadError::new(Reason::Damaged, what) }
    }

    /// A setting that does not fit.
    pub fn setting(what: impl Into<String>) -> Error {
        Error::Setting(what.into())
    }
}

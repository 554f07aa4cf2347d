//! Reads tables of several formats into dictionary codes, and writes them back in the same format.

mod text;

pub use text::{TextStyle, decode, delimiter, encode, parse, read as read_text};

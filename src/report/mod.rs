//! Says what was found and done: terminal, JSONL, CSV; knows nothing of how it was found.

use std::sync::Arc;

mod csv;
pub mod description;
mod jsonl;
mod log;
mod records;
mod text;

pub use csv::CsvReport;
pub use jsonl::JsonlReport;
pub use log::LogReport;
pub use records::{ColumnRecord, Copy, FileRecord, FindingRecord, Kind, Status, Summary};
pub use text::TextReport;

/// One form of report. Every method appends to `out`; nothing is held back, so that memory does not
/// grow with the number of findings.
pub trait Report: Send + Sync {
    /// What stands before everything.
    fn begin(&self, _out: &mut Vec<u8>) {}
    /// One finding.
    fn finding(&self, record: &FindingRecord<'_>, out: &mut Vec<u8>);
    /// True where [`Report::finding`] writes something; spares the work of placing it.
    fn wants_findings(&self) -> bool {
        true
    }
    /// The verdict on one column of a table.
    fn column(&self, _record: &ColumnRecord, _out: &mut Vec<u8>) {}
    /// One file or member that was met.
    fn file(&self, record: &FileRecord, out: &mut Vec<u8>);
    /// The end.
    fn summary(&self, record: &Summary, out: &mut Vec<u8>);
}

/// The form that a report file's name asks for.
///
/// # Errors
/// A sentence that names the known endings.
pub fn by_extension(path: &std::path::Path) -> Result<Arc<dyn Report>, String> {
    match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("jsonl" | "ndjson" | "json") => Ok(Arc::new(JsonlReport)),
        Some("csv") => Ok(Arc::new(CsvReport)),
        Some("txt" | "text") => Ok(Arc::new(TextReport::new(false))),
        _ => Err(format!("{}: a report's name must end in .jsonl, .csv or .txt", path.display())),
    }
}

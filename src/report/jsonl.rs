use serde::Serialize;

use super::{ColumnRecord, FileRecord, FindingRecord, Report, Summary};

/// One JSON object a line; the `type` says which.
pub struct JsonlReport;

#[derive(Serialize)]
struct Typed<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    record: &'a T,
}

fn line<T: Serialize>(r#type: &'static str, record: &T, out: &mut Vec<u8>) {
    let before = out.len();
    if serde_json::to_writer(&mut *out, &Typed { r#type, record }).is_err() {
        out.truncate(before);
        return;
    }
    out.push(b'\n');
}

impl Report for JsonlReport {
    fn finding(&self, record: &FindingRecord<'_>, out: &mut Vec<u8>) {
        // written by hand up to the record: flattening buffers every field, and findings are many
        out.extend_from_slice(b"{\"type\":\"finding\",");
        let at = out.len();
        if serde_json::to_writer(&mut *out, record).is_err() {
            out.truncate(at - 18);
            return;
        }
        out.remove(at);
        out.push(b'\n');
    }
    fn column(&self, record: &ColumnRecord, out: &mut Vec<u8>) {
        line("column", record, out);
    }
    fn file(&self, record: &FileRecord, out: &mut Vec<u8>) {
        line("file", record, out);
    }
    fn summary(&self, record: &Summary, out: &mut Vec<u8>) {
        line("summary", record, out);
    }
}

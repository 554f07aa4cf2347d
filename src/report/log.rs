use super::{FileRecord, FindingRecord, Report, Status, Summary};

/// A line for every file as it ends, for `--verbose`.
pub struct LogReport;

impl Report for LogReport {
    fn finding(&self, _: &FindingRecord<'_>, _: &mut Vec<u8>) {}

    fn wants_findings(&self) -> bool {
        false
    }

    fn file(&self, r: &FileRecord, out: &mut Vec<u8>) {
        let status = match r.status {
            Status::Scanned => "scanned",
            Status::Partly => "partly",
            Status::NotInspected => "not inspected",
        };
        let mut line = format!("{status}: {}", r.path);
        for member in &r.member {
            line.push_str(" > ");
            line.push_str(member);
        }
        for part in [r.format, r.encoding, r.reason, r.detail.as_deref()].into_iter().flatten() {
            line.push_str(", ");
            line.push_str(part);
        }
        line.push_str(&format!(", {} findings\n", r.counts.values().sum::<u64>()));
        out.extend_from_slice(line.as_bytes());
    }

    fn summary(&self, _: &Summary, _: &mut Vec<u8>) {}
}

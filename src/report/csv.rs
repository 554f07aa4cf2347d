use super::{ColumnRecord, FileRecord, FindingRecord, Report, Status, Summary};

/// One table for spreadsheets: findings, columns, files and the summary, told apart by the first column.
pub struct CsvReport;

const HEADER: [&str; 26] = [
    "type",
    "path",
    "member",
    "line",
    "column",
    "byte_start",
    "byte_end",
    "sheet",
    "cell",
    "table",
    "row",
    "page",
    "field",
    "part",
    "category",
    "subtype",
    "rule",
    "value",
    "confidence",
    "evidence",
    "status",
    "reason",
    "format",
    "encoding",
    "bytes",
    "findings",
];

fn write(fields: [&str; 26], out: &mut Vec<u8>) {
    let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
    let guarded = fields.map(guard);
    if writer.write_record(guarded.iter().map(|f| f.as_ref())).is_ok()
        && let Ok(line) = writer.into_inner()
    {
        out.extend_from_slice(&line);
    }
}

/// A spreadsheet would run a cell that begins so as a formula; file names and values are hostile input.
fn guard(field: &str) -> std::borrow::Cow<'_, str> {
    if field.starts_with(['=', '@', '\t', '\r']) { format!("'{field}").into() } else { field.into() }
}

fn number(n: Option<u64>) -> String {
    n.map(|n| n.to_string()).unwrap_or_default()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Scanned => "scanned",
        Status::Partly => "partly",
        Status::NotInspected => "not_inspected",
    }
}

impl Report for CsvReport {
    fn begin(&self, out: &mut Vec<u8>) {
        write(HEADER, out);
    }

    fn finding(&self, r: &FindingRecord<'_>, out: &mut Vec<u8>) {
        let l = r.location;
        let member = r.member.join("!");
        let evidence: Vec<&str> = r.evidence.iter().map(|e| e.code()).collect();
        write(
            [
                "finding",
                r.path,
                &member,
                &number(l.line),
                &number(l.column),
                &number(l.byte_start),
                &number(l.byte_end),
                l.sheet.as_deref().unwrap_or(""),
                l.cell.as_deref().unwrap_or(""),
                l.table.as_deref().unwrap_or(""),
                &number(l.row),
                &number(l.page.map(u64::from)),
                l.field.as_deref().unwrap_or(""),
                l.part.as_deref().unwrap_or(""),
                r.category.as_str(),
                r.subtype.unwrap_or(""),
                r.rule,
                r.value,
                &format!("{:.2}", r.confidence),
                &evidence.join(" "),
                "",
                "",
                "",
                "",
                "",
                "",
            ],
            out,
        );
    }

    fn column(&self, r: &ColumnRecord, out: &mut Vec<u8>) {
        let mut f = [""; 26];
        let member = r.member.join("!");
        let share = format!("{:.2}", r.share);
        (f[0], f[1], f[2]) = ("column", &r.path, &member);
        (f[9], f[12], f[14], f[18]) =
            (r.table.as_deref().unwrap_or(""), &r.column, r.verdict.as_str(), &share);
        write(f, out);
    }

    fn file(&self, r: &FileRecord, out: &mut Vec<u8>) {
        let mut f = [""; 26];
        let (member, bytes) = (r.member.join("!"), r.bytes.to_string());
        let findings = r.counts.values().sum::<u64>().to_string();
        (f[0], f[1], f[2], f[20]) = ("file", &r.path, &member, status(r.status));
        (f[21], f[22], f[23]) = (r.reason.unwrap_or(""), r.format.unwrap_or(""), r.encoding.unwrap_or(""));
        (f[24], f[25]) = (&bytes, &findings);
        write(f, out);
    }

    fn summary(&self, r: &Summary, out: &mut Vec<u8>) {
        let mut f = [""; 26];
        let (bytes, findings) = (r.bytes.to_string(), r.findings.to_string());
        (f[0], f[24], f[25]) = ("summary", &bytes, &findings);
        if r.pseudonymized {
            f[20] = "pseudonymized";
        }
        write(f, out);
    }
}

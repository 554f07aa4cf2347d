use std::fmt::Write;

use super::{FileRecord, FindingRecord, Kind, Report, Summary};

/// Tables for people, written at the end.
pub struct TextReport {
    colour: bool,
}

/// Folders shown; the machine-readable reports list everything.
const FOLDERS: usize = 15;
/// Lines of what was not inspected shown.
const OPEN: usize = 20;

impl TextReport {
    /// With colours or without.
    pub fn new(colour: bool) -> TextReport {
        TextReport { colour }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// `1234567` as `1 234 567`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

fn bytes(n: u64) -> String {
    match n {
        0..10_000 => format!("{n} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        10_000_000..10_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

impl Report for TextReport {
    fn finding(&self, _: &FindingRecord<'_>, _: &mut Vec<u8>) {}

    fn wants_findings(&self) -> bool {
        false
    }

    fn file(&self, _: &FileRecord, _: &mut Vec<u8>) {}

    fn summary(&self, r: &Summary, out: &mut Vec<u8>) {
        let mut t = String::new();
        let _ = self.tables(r, &mut t);
        out.extend_from_slice(t.as_bytes());
    }
}

impl TextReport {
    fn tables(&self, r: &Summary, t: &mut String) -> std::fmt::Result {
        if r.counts.is_empty() {
            writeln!(t, "No personal data found.")?;
        } else {
            writeln!(t, "{}", self.paint("1", &format!("{:<22}{:>14}", "category", "findings")))?;
            let mut counts: Vec<_> = r.counts.iter().collect();
            counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (category, n) in counts {
                writeln!(t, "{:<22}{:>14}", category.as_str(), grouped(*n))?;
            }
            self.folders(r, t)?;
        }
        self.open(r, t)?;
        writeln!(t)?;
        write!(t, "{} files, {}: ", grouped(r.files), bytes(r.bytes))?;
        write!(
            t,
            "{} inspected, {} partly, {} not",
            grouped(r.scanned),
            grouped(r.partly),
            grouped(r.not_inspected)
        )?;
        if r.members > 0 {
            write!(t, "; {} members of containers", grouped(r.members))?;
        }
        writeln!(t, "; {} findings", grouped(r.findings))?;
        if r.run == Kind::Anonymize {
            writeln!(
                t,
                "{} copies written, {} replacements; {} files without a copy",
                grouped(r.copies.unwrap_or(0)),
                grouped(r.replaced.unwrap_or(0)),
                grouped(r.without_copy.unwrap_or(0)),
            )?;
        }
        if let Some(hash) = &r.manifest {
            writeln!(t, "Manifest: BLAKE3 {hash}; keep it apart from the copies (qupia verify --manifest)")?;
        }
        if r.pseudonymized {
            writeln!(t, "The key is kept in a file: the copies are pseudonymized, not anonymized.")?;
        }
        if r.interrupted {
            writeln!(t, "{}", self.paint("31", "Stopped before the end: what follows was not inspected."))?;
        }
        Ok(())
    }

    fn folders(&self, r: &Summary, t: &mut String) -> std::fmt::Result {
        writeln!(t, "\n{}", self.paint("1", &format!("{:>14}  {}", "findings", "folder")))?;
        let mut folders: Vec<_> = r.folders.iter().map(|(f, c)| (c.values().sum::<u64>(), f, c)).collect();
        folders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        for (n, folder, counts) in folders.iter().take(FOLDERS) {
            let mut kinds: Vec<_> = counts.iter().collect();
            kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            let shown: Vec<String> =
                kinds.iter().take(6).map(|(c, n)| format!("{c} {}", grouped(**n))).collect();
            let more = if kinds.len() > 6 { ", …" } else { "" };
            writeln!(t, "{:>14}  {folder}  ({}{more})", grouped(*n), shown.join(", "))?;
        }
        if folders.len() > FOLDERS {
            writeln!(t, "{:>14}  … and {} more folders", "", folders.len() - FOLDERS)?;
        }
        Ok(())
    }

    fn open(&self, r: &Summary, t: &mut String) -> std::fmt::Result {
        if r.reasons.is_empty() {
            return Ok(());
        }
        let reasons: Vec<String> =
            r.reasons.iter().map(|(reason, n)| format!("{reason} {}", grouped(*n))).collect();
        writeln!(
            t,
            "\n{}",
            self.paint("33", &format!("Not, or only partly, inspected: {}", reasons.join(", ")))
        )?;
        for (path, reason, detail) in r.open.iter().take(OPEN) {
            let colon = if detail.is_empty() { "" } else { ": " };
            writeln!(t, "  {path}: {reason}{colon}{detail}")?;
        }
        let all: u64 = r.reasons.iter().filter(|(reason, _)| **reason != "excluded").map(|(_, n)| n).sum();
        if all > OPEN as u64 {
            writeln!(
                t,
                "  … and {} more; a report with --report FILE.jsonl lists all",
                grouped(all - OPEN as u64)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn groups() {
        assert_eq!([grouped(7), grouped(1000), grouped(1_234_567)], ["7", "1 000", "1 234 567"]);
    }
}

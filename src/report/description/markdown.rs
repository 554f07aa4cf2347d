use std::fmt::Write as _;

use super::document::Part;

/// The document as Markdown (tables as GitHub and pandoc read them).
pub(super) fn markdown(parts: &[Part]) -> String {
    let mut out = String::new();
    let mut number = 0;
    for part in parts {
        number = if matches!(part, Part::Item(_)) { number + 1 } else { 0 };
        let _ = match part {
            Part::Title(t, s) => write!(out, "# {}\n\n{}\n\n", plain(t), plain(s)),
            Part::Heading(t) => write!(out, "## {}\n\n", plain(t)),
            Part::Text(t) => write!(out, "{}\n\n", plain(t)),
            Part::Item(t) => write!(out, "{number}. {}\n\n", plain(t)),
            Part::Sign(lines) => {
                lines.iter().for_each(|l| {
                    let _ = write!(out, "{}: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\n\n", plain(l));
                });
                Ok(())
            }
            Part::Table { header, rows, .. } => {
                let line = |cells: &[String]| {
                    format!("| {} |\n", cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" | "))
                };
                out.push_str(&line(header));
                out.push_str(&format!("|{}\n", "---|".repeat(header.len())));
                rows.iter().for_each(|r| out.push_str(&line(r)));
                out.push('\n');
                Ok(())
            }
        };
    }
    out
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

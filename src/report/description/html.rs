use std::fmt::Write as _;

use super::document::Part;
use super::words::Lang;

const STYLE: &str = "body{font:12pt/1.35 'Times New Roman',serif;max-width:52em;margin:2em auto;padding:0 1em;color:#111}\
h1{font-size:16pt;text-align:center;margin:0 0 .3em}p.sub{text-align:center;margin:0 0 2em}h2{font-size:13pt;margin:1.6em 0 .5em}\
p{text-align:justify}table{border-collapse:collapse;width:100%;font-size:10pt;margin:.6em 0}th,td{border:1px solid #444;padding:.25em .45em;\
vertical-align:top;text-align:left;overflow-wrap:anywhere}th{background:#eee}table.sign td{border:0;border-bottom:1px solid #444;padding-top:1.6em}\
@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}\
@media(prefers-color-scheme:dark){body{background:#161616;color:#e8e8e8}th{background:#2a2a2a}}";

/// The document as one file of HTML without anything from outside.
pub(super) fn html(parts: &[Part], lang: Lang) -> String {
    let mut out = String::new();
    let title = parts.iter().find_map(|p| if let Part::Title(t, _) = p { Some(t.as_str()) } else { None });
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style>{STYLE}</style></head><body>\n",
        lang.code(),
        escape(title.unwrap_or_default())
    );
    let mut in_list = false;
    for part in parts {
        let item = matches!(part, Part::Item(_));
        if item != in_list {
            out.push_str(if item { "<ol>\n" } else { "</ol>\n" });
            in_list = item;
        }
        match part {
            Part::Title(t, s) => {
                let _ = write!(out, "<h1>{}</h1>\n<p class=\"sub\">{}</p>\n", escape(t), escape(s));
            }
            Part::Heading(t) => {
                let _ = writeln!(out, "<h2>{}</h2>", escape(t));
            }
            Part::Text(t) => {
                let _ = writeln!(out, "<p>{}</p>", escape(t));
            }
            Part::Item(t) => {
                let _ = writeln!(out, "<li>{}</li>", escape(t));
            }
            Part::Table { widths, header, rows } => {
                out.push_str("<table><thead><tr>");
                for (name, width) in header.iter().zip(widths) {
                    let _ = write!(out, "<th style=\"width:{width}%\">{}</th>", escape(name));
                }
                out.push_str("</tr></thead><tbody>\n");
                for row in rows {
                    out.push_str("<tr>");
                    row.iter().for_each(|c| {
                        let _ = write!(out, "<td>{}</td>", escape(c));
                    });
                    out.push_str("</tr>\n");
                }
                out.push_str("</tbody></table>\n");
            }
            Part::Sign(lines) => {
                out.push_str("<table class=\"sign\">");
                lines.iter().for_each(|l| {
                    let _ = writeln!(out, "<tr><td>{}</td></tr>", escape(l));
                });
                out.push_str("</table>\n");
            }
        }
    }
    if in_list {
        out.push_str("</ol>\n");
    }
    out.push_str("</body></html>\n");
    out
}

/// Text for HTML and XML; characters that XML does not allow are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

//! Reports as pages: one file each, plots as inline SVG, no request to anywhere.

use std::fmt::Write;

use super::assess::Assessment;
use super::protect::Report;
use super::risk::Risk;

/// Text with the characters that mean something in HTML replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #8886}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#c22;font-weight:600}.good{color:#282}
svg{max-width:100%;height:auto}svg text{fill:currentColor;font-size:12px}.bar{fill:#4a7ebb}.after{fill:#d98b33}figure{margin:0 0 1.5rem}
</style>"#;

struct Page(String);

impl Page {
    fn new(title: &str) -> Page {
        Page(format!("{HEAD}<title>{0}</title></head><body><h1>{0}</h1>", escape(title)))
    }

    fn heading(&mut self, text: &str) {
        let _ = write!(self.0, "<h2>{}</h2>", escape(text));
    }

    fn line(&mut self, text: &str) {
        let _ = write!(self.0, "<p>{}</p>", escape(text));
    }

    /// A table; a column whose first cell begins with a digit is set as numbers.
    fn table(&mut self, header: &[&str], rows: &[Vec<String>]) {
        let numeric: Vec<bool> = (0..header.len())
            .map(|c| {
                rows.first()
                    .and_then(|r| r.get(c))
                    .is_some_and(|v| v.starts_with(|d: char| d.is_ascii_digit()))
            })
            .collect();
        let class = |c: usize| if numeric[c] { " class=n" } else { "" };
        self.0.push_str("<table><tr>");
        for (c, name) in header.iter().enumerate() {
            let _ = write!(self.0, "<th{}>{}</th>", class(c), escape(name));
        }
        self.0.push_str("</tr>");
        for row in rows {
            self.0.push_str("<tr>");
            for (c, cell) in row.iter().enumerate().take(header.len()) {
                let _ = write!(self.0, "<td{}>{}</td>", class(c), escape(cell));
            }
            self.0.push_str("</tr>");
        }
        self.0.push_str("</table>");
    }

    /// Horizontal bars; values are shares of the largest.
    fn bars(&mut self, title: &str, class: &str, bars: &[(String, f64, String)]) {
        let most = bars.iter().map(|b| b.1).fold(0.0, f64::max);
        if bars.is_empty() || most <= 0.0 {
            return;
        }
        let height = bars.len() * 22 + 6;
        let _ = write!(
            self.0,
            "<figure><figcaption>{0}</figcaption><svg viewBox='0 0 720 {height}' width='720' height='{height}' role='img' \
             aria-label='{0}'>",
            escape(title)
        );
        for (i, (name, value, text)) in bars.iter().enumerate() {
            let y = i * 22 + 4;
            let short: String = name.chars().take(28).collect();
            let _ = write!(
                self.0,
                "<text x='200' y='{}' text-anchor='end'>{}</text><rect class='{class}' x='208' y='{y}' width='{:.1}' height='16'/>\
                 <text x='{:.1}' y='{}'>{}</text>",
                y + 13,
                escape(&short),
                value / most * 400.0,
                214.0 + value / most * 400.0,
                y + 13,
                escape(text)
            );
        }
        self.0.push_str("</svg></figure>");
    }

    fn finish(mut self) -> String {
        self.0.push_str("</body></html>\n");
        self.0
    }
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn risk_rows(risk: &Risk) -> Vec<Vec<String>> {
    let mut rows = vec![
        vec!["Rows".to_owned(), risk.rows.to_string()],
        vec!["Suppressed".to_owned(), risk.suppressed.to_string()],
        vec!["Classes".to_owned(), risk.classes.to_string()],
        vec!["k (smallest class)".to_owned(), risk.k.to_string()],
        vec!["Rows alone in their class".to_owned(), risk.unique.to_string()],
        vec!["Prosecutor risk, greatest".to_owned(), percent(risk.prosecutor_max)],
        vec!["Prosecutor risk, mean".to_owned(), percent(risk.prosecutor_mean)],
        vec!["Marketer risk".to_owned(), percent(risk.marketer)],
    ];
    for b in &risk.below {
        rows.push(vec![
            format!("Rows in classes below {}", b.size),
            format!("{} ({})", b.rows, percent(b.share)),
        ]);
    }
    rows
}

fn histogram(page: &mut Page, title: &str, class: &str, risk: &Risk) {
    let bars: Vec<(String, f64, String)> = risk
        .histogram
        .iter()
        .map(|b| {
            let name = match b.to {
                Some(to) if to == b.from => format!("{to}"),
                Some(to) => format!("{}-{to}", b.from),
                None => format!("{} and more", b.from),
            };
            (name, b.rows as f64, format!("{} rows, {} classes", b.rows, b.classes))
        })
        .collect();
    page.bars(title, class, &bars);
}

/// The page of an assessment.
pub fn assessment(a: &Assessment) -> String {
    let mut page = Page::new("Disclosure risk of a table");
    page.line(&format!(
        "{} rows. Quasi-identifiers{}: {}.",
        a.rows,
        if a.proposed { " (proposed from headers and values; confirm them)" } else { "" },
        if a.quasi.is_empty() { "none".to_owned() } else { a.quasi.join(", ") }
    ));
    page.heading("Singling out and linkage");
    page.table(&["Measure", "Value"], &risk_rows(&a.risk));
    histogram(&mut page, "Rows by size of their class", "bar", &a.risk);
    if let Some(j) = &a.journalist {
        page.heading(&format!("Against a population of {} ({})", j.population, j.source));
        let mut rows = vec![
            vec!["k-map".to_owned(), format!("{:.1}", j.k_map)],
            vec!["Journalist risk, greatest".to_owned(), percent(j.max)],
            vec!["Journalist risk, mean".to_owned(), percent(j.mean)],
        ];
        if let Some((low, high)) = j.presence {
            rows.push(vec!["delta-presence".to_owned(), format!("{low:.4} to {high:.4}")]);
        }
        if let Some(n) = j.unmatched {
            rows.push(vec!["Rows that the register does not have".to_owned(), n.to_string()]);
        }
        page.table(&["Measure", "Value"], &rows);
    }
    page.heading("Which columns single rows out");
    let by_size = a.uniques.rows_by_size.iter().enumerate();
    let rows: Vec<Vec<String>> =
        by_size.map(|(i, n)| vec![format!("{} column(s)", i + 1), n.to_string()]).collect();
    page.table(&["Combination of", "Rows alone by it, and by no part of it"], &rows);
    let bars: Vec<_> = a.uniques.columns.iter().map(|(n, s)| (n.clone(), *s, percent(*s))).collect();
    page.bars("Share of minimal uniques that a column takes part in", "bar", &bars);
    let worst: Vec<Vec<String>> =
        a.uniques.worst.iter().map(|c| vec![c.columns.join(" + "), c.rows.to_string()]).collect();
    page.table(&["Columns", "Rows"], &worst);
    if !a.sensitive.is_empty() {
        page.heading("Sensitive columns");
        let rows: Vec<Vec<String>> = a
            .sensitive
            .iter()
            .map(|s| {
                vec![
                    s.name.clone(),
                    s.distinct_l.to_string(),
                    format!("{:.2}", s.entropy_l),
                    format!("{:.3} / {:.3}", s.t_equal, s.t_ordered),
                    format!("{} ({} rows)", s.homogeneous.0, s.homogeneous.1),
                    s.posterior.iter().map(|p| percent(*p)).collect::<Vec<_>>().join(", "),
                ]
            })
            .collect();
        let header = [
            "Column",
            "distinct l",
            "entropy l",
            "t equal / ordered",
            "classes of one value",
            "worst posterior, 0-2 facts",
        ];
        page.table(&header, &rows);
    }
    if let Some(d) = &a.differencing {
        page.heading("With the former release");
        page.table(
            &["Measure", "Value"],
            &[
                vec!["Rows before / now".into(), format!("{} / {}", d.rows_before, d.rows_now)],
                vec![
                    "Classes in both / in one".into(),
                    format!("{} / {}", d.classes_in_both, d.classes_in_one),
                ],
                vec![format!("Classes that differ by fewer than {}", d.k), d.small_differences.to_string()],
                vec!["Rows exposed by those".into(), d.exposed.to_string()],
            ],
        );
        for l in &d.linked_by {
            let key = if l.same_key { "; the same key seems to have been used" } else { "" };
            page.line(&format!(
                "Rows can be joined by {}: {} of its values come again{key}.",
                l.column,
                percent(l.shared)
            ));
        }
    }
    page.heading("Columns");
    let rows: Vec<Vec<String>> = a
        .columns
        .iter()
        .map(|c| {
            let role = format!("{:?}", c.role).to_lowercase();
            vec![
                c.name.clone(),
                role,
                c.distinct.to_string(),
                c.unique.to_string(),
                c.blank.to_string(),
                format!("{:.2}", c.entropy),
            ]
        })
        .collect();
    page.table(&["Column", "Role", "Distinct", "Values of one row", "Blank", "Entropy, bits"], &rows);
    a.notes.iter().for_each(|n| page.line(n));
    page.finish()
}

/// The page of a protected table.
pub fn report(r: &Report) -> String {
    let mut page = Page::new("A table made safe");
    let model = serde_json::to_value(r.policy.model)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default();
    page.line(&format!(
        "{} of {} rows are in the copy, {} were suppressed. Model {model}, k = {}. The finished table was checked again by separate code: smallest class {}, {} classes.",
        r.rows_out, r.rows, r.suppressed, r.policy.k, r.proof.k, r.proof.classes
    ));
    page.heading("Risk before and after");
    let (before, after) = (risk_rows(&r.before), risk_rows(&r.after));
    let rows: Vec<Vec<String>> =
        before.into_iter().zip(after).map(|(b, a)| vec![b[0].clone(), b[1].clone(), a[1].clone()]).collect();
    page.table(&["Measure", "Before", "After"], &rows);
    histogram(&mut page, "Before: rows by size of their class", "bar", &r.before);
    histogram(&mut page, "After: rows by size of their class", "after", &r.after);
    page.heading("What is left");
    let mut rows = vec![
        vec!["NCP (0: all is left, 1: nothing)".to_owned(), format!("{:.4}", r.utility.ncp)],
        vec!["Discernibility".to_owned(), format!("{:.0}", r.utility.discernibility)],
        vec!["Mean class over k".to_owned(), format!("{:.2}", r.utility.aecs)],
    ];
    if let Some(v) = r.utility.association_change {
        rows.push(vec!["Mean change of associations (Cramér's V)".to_owned(), format!("{v:.4}")]);
    }
    page.table(&["Measure", "Value"], &rows);
    let rows: Vec<Vec<String>> = r
        .columns
        .iter()
        .zip(&r.utility.columns)
        .map(|(c, u)| {
            vec![
                c.name.clone(),
                c.hierarchy.clone(),
                c.level.map_or_else(|| "varies".to_owned(), |l| format!("{l} of {}", c.levels - 1)),
                format!("{:.3}", u.ncp),
                percent(u.entropy_kept),
                format!("{} → {}", u.distinct_before, u.distinct_after),
                format!("{:.3}", u.distance),
            ]
        })
        .collect();
    let header =
        ["Column", "Hierarchy", "Level", "NCP", "Entropy left", "Distinct", "Distance of distributions"];
    page.table(&header, &rows);
    for u in &r.utility.columns {
        let bars =
            |top: &[(String, f64)]| top.iter().map(|(n, s)| (n.clone(), *s, percent(*s))).collect::<Vec<_>>();
        page.bars(&format!("{}: most frequent before", u.name), "bar", &bars(&u.top_before));
        page.bars(&format!("{}: most frequent after", u.name), "after", &bars(&u.top_after));
    }
    if let Some(s) = &r.search {
        page.heading("The search");
        page.line(&format!(
            "{} of {} nodes were computed in {:.2} s; the result is {}.",
            s.checked,
            s.nodes,
            s.seconds,
            if s.exact { "the proven optimum" } else { "the best found in the time given" }
        ));
        let rows: Vec<Vec<String>> = s
            .best
            .iter()
            .map(|b| {
                vec![
                    format!("{:.6}", b.score),
                    format!("{:?}", b.levels),
                    b.suppressed.to_string(),
                    b.classes.to_string(),
                    percent(b.risk),
                ]
            })
            .collect();
        page.table(&["Score", "Levels", "Suppressed", "Classes", "Marketer risk"], &rows);
    }
    r.notes.iter().for_each(|n| page.line(n));
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::{Request, Table, assess};

    #[test]
    fn names_of_columns_cannot_break_the_page() {
        let rows = [["a".to_string(), "<script>".to_string()]];
        let t = Table::from_rows(&["age", "</h1><script src=//x>"], &rows).unwrap();
        let page = assessment(&assess(&t, &Request::default()).unwrap());
        assert!(!page.contains("<script"));
        for outside in ["src=/", "href", "http:", "url("] {
            assert!(!page.contains(outside) || page.contains("&lt;script src=//x"), "{outside}");
        }
    }
}

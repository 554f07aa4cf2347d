//! The review sheet of an act: original and result side by side, persons, doubts, and what is left. For the operator only:
//! it holds the originals.

use std::fmt::Write;

use super::act::{Instance, Kind, Language};
use super::decide::ActDecision;
use super::decisions::{ActDecisions, Decisions, mark};
use super::roles::ROLES;

const STYLE: &str = "body{font:15px/1.5 Georgia,serif;margin:1.5em;color:#222}h1,h2,h3{font-family:sans-serif}\
table{border-collapse:collapse;margin:.5em 0}td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}\
.two{display:grid;grid-template-columns:1fr 1fr;gap:1.5em}.two>div{white-space:pre-wrap;border:1px solid #ccc;padding:1em;\
overflow-wrap:anywhere}mark{background:#ffd7d7}mark.new{background:#d4f0d4}mark.kept{background:#e3e3ff}mark.doubt{background:#ffe08a}\
mark.left{background:none;border-bottom:2px dotted #c60}.warn{background:#b00;color:#fff;padding:.5em 1em}code{font-size:13px}\
td.doubt{background:#fff3cf}pre{background:#f4f4f4;padding:1em;overflow:auto}";

/// A whole page over the sheets of several acts.
pub fn page(sheets: &[String]) -> String {
    let mut out = format!(
        "<!DOCTYPE html><html lang=\"ru\"><head><meta charset=\"utf-8\"><title>qupia: лист проверки</title><style>{STYLE}</style></head><body>\
<p class=\"warn\">Лист содержит исходные персональные данные. Только для оператора; не распространять. \
Құжатта бастапқы дербес деректер бар: тек операторға арналған.</p>"
    );
    for sheet in sheets {
        out.push_str(sheet);
    }
    out.push_str("</body></html>\n");
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

fn words(d: &ActDecision) -> String {
    let kind = match d.act.kind {
        Kind::NoAct => "признаков судебного акта нет; найденное удалено всё равно",
        Kind::Civil => "гражданское дело",
        Kind::Criminal => "уголовное дело",
        Kind::Administrative => "административное дело",
    };
    let instance = match d.act.instance {
        Instance::First => "первая инстанция",
        Instance::Appeal => "апелляция",
        Instance::Cassation => "кассация",
        Instance::Order => "судебный приказ",
    };
    let language = match d.act.language {
        Language::Russian => "русский",
        Language::Kazakh => "қазақша",
        Language::Mixed => "русский и казахский",
    };
    let several = if d.act.acts > 1 {
        format!("; в тексте, похоже, актов: {}", d.act.acts)
    } else {
        String::new()
    };
    format!("{kind}, {instance}, язык: {language}{several}")
}

/// The sheet of one act.
pub fn sheet(name: &str, bytes: &[u8], d: &ActDecision) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::from("<section><h1>");
    escape(name, &mut out);
    let _ = write!(out, "</h1><p>{}; мест заменено: {}</p>", words(d), d.edits.len());
    persons(&text, d, &mut out);
    left(&text, d, &mut out);
    out.push_str("<h2>Исходный текст и результат</h2><div class=\"two\"><div>");
    original(&text, d, &mut out);
    out.push_str("</div><div>");
    result(&text, d, &mut out);
    out.push_str("</div></div>");
    let mut decisions = Decisions { version: 1, ..Decisions::default() };
    decisions.acts.insert(mark(bytes), ActDecisions::default());
    out.push_str("<h2>Решения</h2><p>Заготовка файла для <code>--decisions</code>: места в байтах текста, как в таблицах выше.</p><pre>");
    escape(&serde_json::to_string_pretty(&decisions).unwrap_or_default(), &mut out);
    out.push_str("</pre></section>");
    out
}

fn persons(text: &str, d: &ActDecision, out: &mut String) {
    out.push_str("<h2>Лица</h2><table><tr><th>№</th><th>роль</th><th>метка</th><th>сомнения</th><th>упоминания (байты)</th></tr>");
    let mut order: Vec<_> = d.persons.iter().collect();
    // what is in doubt comes first
    order.sort_by_key(|p| (p.doubts.is_empty(), p.number));
    for p in order {
        let role = ROLES.get(p.role).map_or("person", |r| r.id.as_str());
        let label = d.labels.get(&p.number).map_or("остаётся", String::as_str);
        let class = if p.doubts.is_empty() { "" } else { " class=\"doubt\"" };
        let _ = write!(out, "<tr><td>{}</td><td>{role}</td><td>", p.number);
        escape(label, out);
        let _ = write!(out, "</td><td{class}>{}</td><td>", p.doubts.join("; "));
        for m in &p.mentions {
            escape(text.get(m.start as usize..m.end as usize).unwrap_or(""), out);
            let _ = write!(out, " <small>({}–{})</small><br>", m.start, m.end);
        }
        out.push_str("</td></tr>");
    }
    out.push_str("</table>");
    if !d.others.is_empty() {
        out.push_str(
            "<h2>Другие данные</h2><table><tr><th>вид</th><th>текст</th><th>байты</th><th></th></tr>",
        );
        for (start, end, category, replaced) in &d.others {
            let _ = write!(out, "<tr><td>{category}</td><td>");
            escape(text.get(*start as usize..*end as usize).unwrap_or(""), out);
            let _ = write!(
                out,
                "</td><td>{start}–{end}</td><td>{}</td></tr>",
                if *replaced { "заменено" } else { "остаётся" }
            );
        }
        out.push_str("</table>");
    }
}

fn left(text: &str, d: &ActDecision, out: &mut String) {
    out.push_str("<h2>Осталось: прописные буквы и числа</h2><p>");
    if d.left.is_empty() {
        out.push_str("ничего");
    }
    for l in &d.left {
        out.push_str("<code>");
        escape(text.get(l.start as usize..l.end as usize).unwrap_or(""), out);
        let _ = write!(out, "</code> <small>({}–{})</small> ", l.start, l.end);
    }
    out.push_str("</p>");
}

fn original(text: &str, d: &ActDecision, out: &mut String) {
    // class of every marked stretch of the original
    let mut marks: Vec<(u32, u32, &str)> = Vec::new();
    for p in &d.persons {
        let class = match (d.labels.contains_key(&p.number), p.doubts.is_empty()) {
            (_, false) => "doubt",
            (true, true) => "",
            (false, true) => "kept",
        };
        marks.extend(p.mentions.iter().map(|m| (m.start, m.end, class)));
    }
    marks.extend(d.others.iter().map(|o| (o.0, o.1, if o.3 { "" } else { "kept" })));
    marks.extend(d.left.iter().map(|l| (l.start, l.end, "left")));
    marks.sort_unstable();
    let mut at = 0;
    for (start, end, class) in marks {
        let (start, end) = (start as usize, end as usize);
        if start < at {
            continue;
        }
        escape(text.get(at..start).unwrap_or(""), out);
        let _ = write!(out, "<mark class=\"{class}\">");
        escape(text.get(start..end).unwrap_or(""), out);
        out.push_str("</mark>");
        at = end;
    }
    escape(text.get(at..).unwrap_or(""), out);
}

fn result(text: &str, d: &ActDecision, out: &mut String) {
    let mut at = 0;
    for e in &d.edits {
        escape(text.get(at..e.start as usize).unwrap_or(""), out);
        out.push_str("<mark class=\"new\">");
        escape(&e.text, out);
        out.push_str("</mark>");
        at = e.end as usize;
    }
    escape(text.get(at..).unwrap_or(""), out);
}

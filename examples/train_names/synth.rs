//! Writes labelled sentences from templates.
//!
//! `{P.g:S}` a person in the genitive, surname only; `{K.d}` with Kazakh grammar; `{L}` in Latin letters; `{street}`,
//! `{org}`, `{city}` places and firms, often named after people; `{n}`, `{d}`, `{sum}` … fillers. `|` in a template is a
//! line end.

use crate::corpus::{Labelled, bracketed};
use crate::forms::{self, Case};
use crate::people::{self, Pool};
use crate::random::Random;

const CITIES: &[&str] = &[
    "Алматы",
    "Астана",
    "Шымкент",
    "Караганда",
    "Актобе",
    "Тараз",
    "Павлодар",
    "Усть-Каменогорск",
    "Семей",
    "Атырау",
    "Костанай",
    "Кызылорда",
    "Уральск",
    "Петропавловск",
    "Актау",
    "Темиртау",
    "Туркестан",
    "Кокшетау",
    "Талдыкорган",
    "Экибастуз",
    "Рудный",
    "Жезказган",
    "Балхаш",
    "Москва",
    "Ташкент",
    "Бишкек",
];
const KK_CITIES: &[&str] = &[
    "Алматы",
    "Астана",
    "Шымкент",
    "Қарағанды",
    "Ақтөбе",
    "Тараз",
    "Павлодар",
    "Өскемен",
    "Семей",
    "Қостанай",
    "Қызылорда",
    "Орал",
    "Ақтау",
    "Түркістан",
    "Көкшетау",
    "Талдықорған",
];
const FORMS: &[&str] =
    &["ТОО", "АО", "ООО", "КГУ", "ГКП", "ЖШС", "АҚ", "КХ", "ОО", "ПК", "товарищество", "компания", "фирма"];
const TAILS: &[&str] = &[
    "",
    "",
    "",
    " и К",
    " и партнёры",
    " Трейд",
    "-Строй",
    " Group",
    " LTD",
    "-Нур",
    " Сервис",
    " и сыновья",
];
const FIRMS: &[&str] = &[
    "Қазақтелеком",
    "Ромашка",
    "КазТрансОйл",
    "Береке",
    "Жарық",
    "Болашақ",
    "Kaspi Bank",
    "Халык Банк",
    "Строймаш",
    "Достык",
    "Алтын Дән",
    "Мечта",
    "Зерде",
    "Нурлы жол",
    "Евразия",
    "Самрук",
    "Тұлпар",
    "Асыл",
];

/// Makes `times` sentences of every template.
pub fn make(templates: &str, pool: &Pool, times: usize, r: &mut Random) -> Vec<Labelled> {
    let mut all = Vec::new();
    for template in templates.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        for _ in 0..times {
            let marked = fill(template, pool, r);
            let marked = noise(marked, r);
            all.push(bracketed(&marked));
        }
    }
    all
}

fn fill(template: &str, pool: &Pool, r: &mut Random) -> String {
    let mut out = String::new();
    let mut rest = template;
    // the same person again: `{=.g:S}`
    let mut last = None;
    while let Some(k) = rest.find('{') {
        out.push_str(&rest[..k]);
        let Some(end) = rest[k..].find('}') else { break };
        let slot = &rest[k + 1..k + end];
        rest = &rest[k + end + 1..];
        let (head, form) = slot.split_once(':').unwrap_or((slot, ""));
        let (kind, case) = head.split_once('.').unwrap_or((head, "n"));
        let case = Case::of(case.chars().next().unwrap_or('n'));
        match kind {
            "P" | "K" => {
                let kazakh = kind == "K";
                let p = pool.person(r, kazakh);
                out.push_str(&format!("[[{}]]", p.write(r, form, case, kazakh)));
                last = Some((p, kazakh));
            }
            "=" => {
                if let Some((p, kazakh)) = &last {
                    out.push_str(&format!("[[{}]]", p.write(r, form, case, *kazakh)));
                }
            }
            "L" => out.push_str(&format!("[[{}]]", latin(pool, r, form))),
            "street" => out.push_str(&format!("{{{{{}}}}}", pool.namesake(r, false, case))),
            "kstreet" => out.push_str(&format!("{{{{{}}}}}", pool.namesake(r, true, case))),
            "org" | "korg" => {
                let name = if r.chance(50) {
                    format!("{}{}", pool.person(r, kind == "korg").surname, r.pick(TAILS))
                } else {
                    let firm = (*r.pick(FIRMS)).to_owned();
                    let firm = if r.chance(25) { people::altered(r, &firm) } else { firm };
                    format!("{firm}{}", r.pick(TAILS))
                };
                let quoted = match r.below(5) {
                    0 => format!("\"<<{name}>>\""),
                    _ => format!("«<<{name}>>»"),
                };
                if kind == "korg" {
                    out.push_str(&format!("{quoted} {}", r.pick(&["ЖШС", "АҚ", "ШҚ", "МКК"])));
                } else {
                    out.push_str(&format!("{} {quoted}", r.pick(FORMS)));
                }
            }
            "city" => out.push_str(&format!("{{{{{}}}}}", r.pick(CITIES))),
            "kcity" => out.push_str(&format!("{{{{{}}}}}", r.pick(KK_CITIES))),
            "n" => out.push_str(&(1 + r.below(300)).to_string()),
            "sum" => out.push_str(&format!("{} {:03}", 1 + r.below(900), r.below(1000))),
            "iin" => out.push_str(&format!("{:012}", r.next() % 1_000_000_000_000)),
            "tel" => out.push_str(&format!(
                "8 7{:02} {:03} {:02} {:02}",
                r.below(100),
                r.below(1000),
                r.below(100),
                r.below(100)
            )),
            "d" => {
                out.push_str(&format!("{:02}.{:02}.{}", 1 + r.below(28), 1 + r.below(12), 1950 + r.below(75)))
            }
            "y" => out.push_str(&(1950 + r.below(75)).to_string()),
            other => panic!("unknown slot {{{other}}} in a template"),
        }
    }
    out.push_str(rest);
    out.replace('|', "\n")
}

fn latin(pool: &Pool, r: &mut Random, form: &str) -> String {
    let forms = ["F", "SG", "SG", "GS", "GS", "GS", "S", "I", "J", "G", "GI"];
    let form = if form.is_empty() { *r.pick(&forms) } else { form };
    if r.chance(35) {
        let p = pool.foreign(r);
        // the west writes the given name first
        let form = if matches!(form, "F" | "SG") && r.chance(60) { "GPS" } else { form };
        return p.write(r, form, Case::Nominative, false);
    }
    let kazakh = r.chance(50);
    let p = pool.person(r, kazakh);
    let style = if kazakh { r.below(3) } else { r.below(2) };
    forms::latin(&p.write(r, form, Case::Nominative, false), style)
}

/// Capitals, lost spaces, lost dots, as in scans and forms.
fn noise(marked: String, r: &mut Random) -> String {
    match r.below(100) {
        0..7 => marked.to_uppercase(),
        7..10 => capitals_in_names(&marked),
        10..13 => marked.replacen("]] ", "]]", 1).replacen(" [[", "[[", usize::from(r.chance(30))),
        13..15 => marked.replace(", ", ","),
        _ => marked,
    }
}

fn capitals_in_names(marked: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in marked.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
        if inside { out.extend(c.to_uppercase()) } else { out.push(c) }
    }
    out
}

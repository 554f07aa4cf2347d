//! From figures to the parts of a document, section by section.

use super::attacks;
use super::document::Part;
use super::figures::{FieldFigures, JoinFigures, JoinForm, RunFigures, upper_bound};
use super::words::Words;

/// The whole document in one language.
pub(super) fn document(f: &RunFigures, w: &Words) -> Vec<Part> {
    let subtitle = if f.key.kept {
        format!("{}. {}", w.get("subtitle"), w.get("subtitle_pseudonymized"))
    } else {
        w.s("subtitle")
    };
    let mut out = vec![Part::Title(w.s("title"), subtitle)];
    procedure(f, w, &mut out);
    sides(f, w, &mut out);
    fields(f, w, &mut out);
    algorithms(f, w, &mut out);
    keys(f, w, &mut out);
    quality(f, w, &mut out);
    labour(f, w, &mut out);
    attacks::section(f, w, &mut out);
    leftovers(f, w, &mut out);
    storage(f, w, &mut out);
    limits(f, w, &mut out);
    reproduction(f, w, &mut out);
    annexes(f, w, &mut out);
    out
}

pub(super) fn text(w: &Words, key: &str) -> Part {
    Part::Text(w.s(key))
}

fn pairs(w: &Words, rows: Vec<(&str, String)>) -> Part {
    Part::Table {
        widths: vec![45, 55],
        header: vec![w.s("s1.item"), w.s("s1.value")],
        rows: rows.into_iter().map(|(k, v)| vec![w.s(k), v]).collect(),
    }
}

fn listed(w: &Words, map: &std::collections::BTreeMap<String, u64>) -> String {
    if map.is_empty() {
        return "—".into();
    }
    map.iter().map(|(k, n)| format!("{k}: {}", w.numbers().whole(*n))).collect::<Vec<_>>().join("; ")
}

fn procedure(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let p = &f.procedure;
    let or_none = |o: &Option<String>| o.clone().unwrap_or_else(|| w.s("none"));
    out.push(Part::Heading(w.s("section.1")));
    let processors = w.numbers().whole(p.processors);
    out.push(pairs(
        w,
        vec![
            ("s1.operator", or_none(&p.operator)),
            ("s1.purpose", or_none(&p.purpose)),
            ("s1.requester", or_none(&p.requester)),
            ("s1.started", p.started.clone()),
            ("s1.finished", p.finished.clone()),
            ("s1.program", format!("qupia {}", p.version)),
            ("s1.program_hash", or_none(&p.program_hash)),
            ("s1.policy", p.policy.clone()),
            ("s1.policy_hash", p.policy_hash.clone()),
            (
                "s1.machine",
                w.fill("s1.machine_value", &[("machine", &p.machine), ("processors", &processors)]),
            ),
        ],
    ));
    out.push(text(w, "s1.intro"));
    out.extend(["s1.step1", "s1.step2", "s1.step3", "s1.step4", "s1.step5"].map(|k| Part::Item(w.s(k))));
}

fn sides(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let n = w.numbers();
    out.push(Part::Heading(w.s("section.2")));
    let row = |key: &str, a: String, b: String| vec![w.s(key), a, b];
    out.push(Part::Table {
        widths: vec![30, 35, 35],
        header: vec![w.s("s2.what"), w.s("s2.input"), w.s("s2.output")],
        rows: vec![
            row("s2.files", n.whole(f.input.files), n.whole(f.output.files)),
            row("s2.bytes", n.whole(f.input.bytes), n.whole(f.output.bytes)),
            row("s2.formats", listed(w, &f.input.formats), listed(w, &f.output.formats)),
            row("s2.encodings", listed(w, &f.input.encodings), listed(w, &f.output.encodings)),
        ],
    });
    let without: u64 = f.without_copy.values().sum();
    out.push(if without == 0 {
        text(w, "s2.all")
    } else {
        let reasons = f.without_copy.iter().map(|(k, n)| (w.reason(k), *n)).collect();
        let reasons = listed(w, &reasons);
        Part::Text(w.fill("s2.without", &[("n", &n.whole(without)), ("reasons", &reasons)]))
    });
    out.push(text(w, "s2.hashes"));
}

fn place(w: &Words, field: &FieldFigures) -> String {
    if field.place.is_empty() { w.s("s3.prose") } else { field.name() }
}

fn category(w: &Words, field: &FieldFigures) -> String {
    w.category(field.category.as_deref().unwrap_or("value"))
}

fn class(field: &FieldFigures) -> &'static str {
    match field.class.as_deref() {
        Some("direct") => return "s3.direct",
        Some("quasi") => return "s3.quasi",
        Some("sensitive") => return "s3.sensitive",
        _ => {}
    }
    match field.category.as_deref() {
        Some("special" | "password") => "s3.sensitive",
        Some(
            "birth_date" | "birth_place" | "address" | "postcode" | "age" | "sex" | "coordinates"
            | "citizenship",
        ) => "s3.quasi",
        None | Some("value") => "s3.other",
        Some(_) => "s3.direct",
    }
}

fn fields(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    out.push(Part::Heading(w.s("section.3")));
    if f.fields.is_empty() {
        out.push(text(w, "s3.empty"));
        return;
    }
    out.push(text(w, "s3.intro"));
    let mut rows: Vec<Vec<String>> = f
        .fields
        .iter()
        .map(|x| {
            let who = match (&x.class, &x.rule) {
                (Some(_), _) => "s3.from_models",
                (None, Some(_)) => "s3.by_rule",
                (None, None) => "s3.by_program",
            };
            vec![place(w, x), category(w, x), w.s(class(x)), w.s(who)]
        })
        .collect();
    rows.dedup();
    out.push(Part::Table {
        widths: vec![34, 26, 22, 18],
        header: ["s3.place", "s3.category", "s3.class", "s3.decided"].map(|k| w.s(k)).into(),
        rows,
    });
}

fn algorithms(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    out.push(Part::Heading(w.s("section.4")));
    if f.fields.is_empty() {
        out.push(text(w, "s3.empty"));
        return;
    }
    let n = w.numbers();
    out.push(text(w, "s4.intro"));
    let header = [
        "s3.place",
        "s3.category",
        "s4.method",
        "s4.rule",
        "s4.replaced",
        "s4.fallback",
        "s4.own",
        "s4.kept",
    ];
    out.push(Part::Table {
        widths: vec![15, 14, 14, 15, 11, 10, 10, 11],
        header: header.map(|k| w.s(k)).into(),
        rows: f
            .fields
            .iter()
            .map(|x| {
                let rule = x.rule.clone().unwrap_or_else(|| w.s("s4.default_rule"));
                let mut row = vec![place(w, x), category(w, x), x.method.clone(), rule];
                row.extend([x.replaced, x.fallback, x.own, x.kept].map(|v| n.whole(v)));
                row
            })
            .collect(),
    });
    let used = |name: &str| f.fields.iter().any(|x| x.method.split('(').next() == Some(name));
    let bits = f.procedure.token_bits.to_string();
    if used("token") {
        let function = if f.procedure.function == "hmac-sha256" { "s4.hmac" } else { "s4.blake3" };
        out.push(Part::Item(w.fill(function, &[("bits", &bits)])));
        out.push(Part::Item(w.s("s4.canonical")));
        out.push(Part::Item(w.fill("s4.scope", &[("scope", &f.procedure.scope)])));
        if !f.procedure.token_forms.is_empty() {
            let forms: Vec<String> =
                f.procedure.token_forms.iter().map(|(k, form)| format!("{k} {form}")).collect();
            out.push(Part::Item(w.fill("s4.forms", &[("forms", &forms.join(", "))])));
        }
    }
    if used("token") || used("fake") {
        for (form, key) in [
            ("number12", "s4.number12"),
            ("phone", "s4.phone"),
            ("card", "s4.card"),
            ("uuid", "s4.uuid"),
            ("permuted", "s4.permuted"),
            ("compact", "s4.compact"),
            ("narrow", "s4.narrow"),
        ] {
            let count: u64 = f.fields.iter().filter_map(|x| x.forms.get(form)).sum();
            if count > 0 {
                out.push(Part::Item(w.fill(key, &[("n", &n.whole(count))])));
            }
        }
        let whole: u64 = f.fields.iter().filter_map(|x| x.forms.get("whole")).sum();
        if whole > 0 {
            let pairs = n.power(expected_pairs(whole, f.procedure.token_bits));
            let figures = [("n", n.whole(whole)), ("bits", bits), ("pairs", pairs)];
            let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
            out.push(Part::Item(w.fill("s4.collision", &figures)));
        }
    }
    if let Some(model) = &f.procedure.models {
        out.push(Part::Item(w.fill("s4.models", &[("model", model)])));
    }
    for method in [
        "generalize",
        "remove",
        "label",
        "mask",
        "shift_dates",
        "noise",
        "microaggregate",
        "shuffle",
        "fake",
        "keep",
    ] {
        if used(method) {
            out.push(Part::Item(w.s(&format!("s4.{method}"))));
        }
    }
}

/// n² / 2^(b+1).
fn expected_pairs(n: u64, bits: u32) -> f64 {
    (n as f64).powi(2) / 2f64.powi(bits as i32 + 1)
}

fn keys(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let k = &f.key;
    let n = w.numbers();
    let (bits, life) = (k.bits.to_string(), n.decimal(k.life_seconds));
    let none = || w.s("none");
    out.push(Part::Heading(w.s("section.5")));
    out.push(Part::Text(if k.kept {
        let purpose = k.purpose.clone().unwrap_or_else(none);
        let expires = k.expires.clone().unwrap_or_else(none);
        let commitment = k.commitment.clone().unwrap_or_else(none);
        w.fill(
            "s5.kept",
            &[("bits", &bits), ("purpose", &purpose), ("expires", &expires), ("commitment", &commitment)],
        )
    } else {
        w.fill("s5.ephemeral", &[("bits", &bits), ("life", &life)])
    }));
    let [locked, not_dumped, no_core] = [k.locked, k.not_dumped, k.no_core].map(|t| w.truth(Some(t)));
    out.push(Part::Text(
        w.fill("s5.memory", &[("locked", &locked), ("not_dumped", &not_dumped), ("no_core", &no_core)]),
    ));
    out.push(text(w, if k.wiped { "s5.wiped" } else { "s5.not_wiped" }));
    out.push(text(w, if k.kept { "s5.reversible" } else { "s5.irreversible" }));
}

fn quality(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let (q, n) = (&f.quality, w.numbers());
    out.push(Part::Heading(w.s("section.6")));
    let (replaced, fallback, own) = (n.whole(q.replaced + q.fallback), n.whole(q.fallback), n.whole(q.own));
    out.push(Part::Text(
        w.fill("s6.totals", &[("replaced", &replaced), ("fallback", &fallback), ("own", &own)]),
    ));
    if q.suppressed_cells > 0 {
        let (rows, cells) = (n.whole(q.suppressed_rows), n.whole(q.suppressed_cells));
        out.push(Part::Text(w.fill("s6.suppressed", &[("rows", &rows), ("cells", &cells)])));
    }
    let mut seen = std::collections::BTreeSet::new();
    let measured: Vec<_> = f
        .fields
        .iter()
        .filter(|x| seen.insert((&x.place, &x.file)))
        .filter_map(|x| x.distribution.as_ref().map(|d| (x.name(), d)))
        .collect();
    if measured.is_empty() {
        out.push(text(w, "s6.no_columns"));
    } else {
        let header = ["s6.place", "s6.values", "s6.changed", "s6.distinct", "s6.entropy", "s6.distance"];
        out.push(Part::Table {
            widths: vec![28, 12, 12, 18, 16, 14],
            header: header.map(|k| w.s(k)).into(),
            rows: measured
                .iter()
                .map(|(place, d)| {
                    vec![
                        format!("{place}{}", if d.bounded { " *" } else { "" }),
                        n.whole(d.values),
                        n.whole(d.changed),
                        format!("{} / {}", n.whole(d.distinct_before), n.whole(d.distinct_after)),
                        format!("{} / {}", n.decimal(d.entropy_before), n.decimal(d.entropy_after)),
                        n.decimal(d.distance),
                    ]
                })
                .collect(),
        });
        out.push(text(w, "s6.note"));
        if measured.iter().any(|(_, d)| d.bounded) {
            out.push(text(w, "s6.bounded"));
        }
    }
    if q.joins.is_empty() {
        out.push(text(w, "s6.no_joins"));
    } else {
        out.push(text(w, "s6.joins"));
        let row = |j: &JoinFigures| {
            let forms: Vec<String> =
                j.forms.iter().map(|f| format!("{}: {}", form(w, f), f.places.join(", "))).collect();
            vec![w.category(&j.category), forms.join("; "), w.truth(Some(j.kept))]
        };
        out.push(Part::Table {
            widths: vec![26, 56, 18],
            header: ["s6.join_category", "s6.join_forms", "s6.join_kept"].map(|k| w.s(k)).into(),
            rows: q.joins.iter().map(row).collect(),
        });
    }
    match &q.disclosure {
        Some(figures) => {
            out.push(text(w, "s6.disclosure"));
            out.push(Part::Table {
                widths: vec![60, 40],
                header: vec![w.s("s1.item"), w.s("s1.value")],
                rows: figures.iter().map(|(k, v)| vec![w.s(&format!("disc.{k}")), n.decimal(*v)]).collect(),
            });
        }
        None => out.push(text(w, "s6.no_disclosure")),
    }
}

fn form(w: &Words, f: &JoinForm) -> String {
    match f.chars {
        0 => w.s(&format!("form.{}", f.form)),
        n => w.fill("form.short", &[("n", &n.to_string())]),
    }
}

fn labour(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let (l, n) = (&f.labour, w.numbers());
    let unknown = || w.s("unknown");
    out.push(Part::Heading(w.s("section.7")));
    let mut rows = vec![
        vec![w.s("s7.wall"), n.decimal(l.wall_seconds)],
        vec![w.s("s7.cpu"), l.cpu_seconds.map_or_else(unknown, |s| n.decimal(s))],
        vec![w.s("s7.threads"), n.whole(l.threads)],
    ];
    if l.wall_seconds > 0.0 {
        rows.push(vec![w.s("s7.rate"), n.decimal(f.input.bytes as f64 / 1e6 / l.wall_seconds)]);
    }
    rows.push(vec![w.s("s7.memory"), l.peak_memory.map_or_else(unknown, |b| n.decimal(b as f64 / 1e6))]);
    for (stage, seconds) in &l.stages {
        let stage = w.s(&format!("s7.stage_{stage}"));
        rows.push(vec![w.fill("s7.stage", &[("stage", &stage)]), n.decimal(*seconds)]);
    }
    out.push(Part::Table { widths: vec![60, 40], header: vec![w.s("s1.item"), w.s("s1.value")], rows });
    if !l.stages.is_empty() {
        out.push(text(w, "s7.stages"));
    }
    out.push(text(w, "s7.repeat"));
}

fn leftovers(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let (l, n) = (&f.leftovers, w.numbers());
    out.push(Part::Heading(w.s("section.9")));
    let (files, bytes, discarded) = (n.whole(l.files), n.whole(l.bytes), n.whole(l.discarded));
    out.push(Part::Text(
        w.fill("s9.rescan", &[("files", &files), ("bytes", &bytes), ("discarded", &discarded)]),
    ));
    out.push(if l.files == 0 {
        text(w, "unknown")
    } else if l.found.is_empty() {
        text(w, "s9.none")
    } else {
        Part::Text(w.fill("s9.found", &[("list", &listed(w, &l.found))]))
    });
    out.push(
        match l.recall.and_then(|(hits, all)| Some((hits, all, upper_bound(all - hits.min(all), all)?))) {
            Some((hits, all, miss)) => {
                let replaced = f.quality.replaced + f.quality.fallback;
                let left = (replaced as f64 * miss / (1.0 - miss).max(1e-9)).ceil();
                let figures =
                    [n.whole(hits), n.whole(all), n.percent(miss), n.whole(replaced), n.decimal(left)];
                let [hits, all, miss, count, left] = &figures;
                Part::Text(w.fill(
                    "s9.recall",
                    &[("hits", hits), ("all", all), ("miss", miss), ("n", count), ("left", left)],
                ))
            }
            None => text(w, "s9.no_recall"),
        },
    );
    if !l.recall_by_category.is_empty() {
        let list = l.recall_by_category.iter();
        let list: Vec<String> = list
            .map(|(c, (hits, all))| format!("{}: {} / {}", w.category(c), n.whole(*hits), n.whole(*all)))
            .collect();
        out.push(Part::Text(w.fill("s9.recall_list", &[("list", &list.join("; "))])));
    }
    out.push(match l.sample.and_then(|(n, found)| Some((n, found, upper_bound(found, n)?))) {
        Some((count, found, bound)) => {
            let (count, found, bound) = (n.whole(count), n.whole(found), n.percent(bound));
            Part::Text(w.fill("s9.sample", &[("n", &count), ("found", &found), ("bound", &bound)]))
        }
        None => {
            let bound = n.percent(upper_bound(0, 300).unwrap_or(1.0));
            Part::Text(w.fill("s9.no_sample", &[("bound", &bound)]))
        }
    });
}

fn storage(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let (s, n) = (&f.storage, w.numbers());
    out.push(Part::Heading(w.s("section.10")));
    out.push(pairs(
        w,
        vec![
            ("s10.apart", w.truth(s.apart)),
            ("s10.other_device", w.truth(s.other_device)),
            ("s10.owner_only", w.truth(s.owner_only)),
            ("s10.sources", n.whole(s.sources_checked)),
            ("s10.changed", if s.sources_checked == 0 { w.s("unknown") } else { n.whole(s.sources_changed) }),
            ("s10.hashed", n.whole(s.sources_hashed)),
            (
                "s10.hash_changed",
                if s.sources_hashed == 0 { w.s("unknown") } else { n.whole(s.sources_hash_changed) },
            ),
            ("s10.owner", s.output_owner.map_or_else(|| w.s("unknown"), |u| u.to_string())),
            (
                "s10.owners",
                match s.source_owners.as_slice() {
                    [] => w.s("unknown"),
                    all => all.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
                },
            ),
        ],
    ));
    out.push(text(w, "s10.note"));
}

fn limits(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    out.push(Part::Heading(w.s("section.11")));
    if f.not_inspected.is_empty() {
        out.push(text(w, "s11.none"));
    } else {
        out.push(text(w, "s11.intro"));
        out.push(Part::Table {
            widths: vec![70, 30],
            header: vec![w.s("s11.reasons"), w.s("s11.files")],
            rows: f.not_inspected.iter().map(|(k, v)| vec![w.reason(k), w.numbers().whole(*v)]).collect(),
        });
    }
    out.extend(["s11.deterministic", "s11.language", "s11.valid"].map(|k| Part::Item(w.s(k))));
}

fn reproduction(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    out.push(Part::Heading(w.s("section.12")));
    out.push(match &f.key.commitment {
        Some(c) if f.key.kept => Part::Text(w.fill("s12.repeat_kept", &[("commitment", c)])),
        _ => text(w, "s12.repeat"),
    });
    out.push(Part::Sign(["s12.sign1", "s12.sign2", "s12.sign3"].map(|k| w.s(k)).into()));
}

fn annexes(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let n = w.numbers();
    out.push(Part::Heading(w.s("section.a")));
    let column = f.fields.iter().find_map(|x| Some((x.name(), x.distribution.as_ref()?)));
    let whole: u64 = f.fields.iter().filter_map(|x| x.forms.get("whole")).sum();
    let a = &f.attack;
    let example = |o: Option<String>| o.unwrap_or_else(|| "—".into());
    let rows = [
        ("entropy", column.as_ref().map(|(p, d)| format!("{p}: H = {}", n.decimal(d.entropy_before)))),
        ("distance", column.as_ref().map(|(p, d)| format!("{p}: {}", n.decimal(d.distance)))),
        ("bound", upper_bound(0, 300).map(|b| format!("n = 300: {}", n.percent(b)))),
        (
            "brute",
            (a.tokens_per_second > 0.0).then(|| {
                let (space, rate) = (n.whole(a.iin_space), n.whole(a.tokens_per_second as u64));
                format!("{space} / {rate} = {} s", n.decimal(a.seconds_with_key))
            }),
        ),
        (
            "collision",
            (whole > 0).then(|| {
                let b = f.procedure.token_bits;
                format!("n = {}, b = {b}: {}", n.whole(whole), n.power(expected_pairs(whole, b)))
            }),
        ),
    ];
    out.push(Part::Table {
        widths: vec![26, 42, 32],
        header: ["a.term", "a.formula", "a.example"].map(|k| w.s(k)).into(),
        rows: rows
            .into_iter()
            .map(|(k, e)| vec![w.s(&format!("a.{k}")), w.s(&format!("a.{k}_formula")), example(e)])
            .collect(),
    });
    out.push(Part::Heading(w.s("section.b")));
    let law = [
        ("19", "p19", "1"),
        ("20", "p20", "1, 4"),
        ("21", "p21", "5, 7, 8"),
        ("22", "p22a", "4, 12"),
        ("22", "p22b", "6"),
        ("22", "p22c", "7"),
        ("22", "p22d", "8"),
        ("23", "p23", "10"),
        ("30", "p30", "3, 4, 9"),
    ];
    out.push(Part::Table {
        widths: vec![15, 65, 20],
        header: ["b.paragraph", "b.demand", "b.place"].map(|k| w.s(k)).into(),
        rows: law.iter().map(|(p, k, s)| vec![(*p).into(), w.s(&format!("b.{k}")), (*s).into()]).collect(),
    });
    out.push(text(w, "b.terms"));
    if !f.copies.is_empty() {
        out.push(Part::Heading(w.s("section.c")));
        out.push(Part::Table {
            widths: vec![35, 15, 50],
            header: vec![w.s("s2.files"), w.s("s2.bytes"), "BLAKE3".into()],
            rows: f.copies.iter().map(|c| vec![c.path.clone(), n.whole(c.bytes), c.hash.clone()]).collect(),
        });
        if let Some(manifest) = &f.manifest {
            out.push(Part::Text(w.fill("c.manifest", &[("hash", &manifest.hash)])));
            out.push(text(w, if manifest.keyed { "c.keyed" } else { "c.unkeyed" }));
        }
    }
}

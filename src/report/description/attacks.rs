use super::build::text;
use super::document::Part;
use super::figures::{DistributionFigures, RunFigures};
use super::words::Words;

/// People in a national register, for the time of a dictionary attack.
const REGISTER: f64 = 20e6;
const YEAR: f64 = 31_557_600.0;

/// Section 8: every attack with a figure and whether it was measured, bounded or not checked.
pub(super) fn section(f: &RunFigures, w: &Words, out: &mut Vec<Part>) {
    let (n, a, k) = (w.numbers(), &f.attack, &f.key);
    out.push(Part::Heading(w.s("section.8")));
    out.push(text(w, "s8.intro"));
    let tokens: u64 = f.fields.iter().filter(|x| is_token(&x.method)).map(|x| x.replaced).sum();
    let life = n.decimal(k.life_seconds);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, figure: String, verdict: &str| {
        rows.push(vec![w.s(&format!("s8.{name}")), figure, w.s(&format!("s8.{verdict}"))]);
    };
    if tokens == 0 || a.tokens_per_second <= 0.0 {
        row("brute", w.s("s8.brute_none"), if tokens == 0 { "measured" } else { "unchecked" });
    } else {
        let half = k.bits.saturating_sub(1);
        let years = (f64::from(half) * 2f64.ln() - a.tokens_per_second.ln() - YEAR.ln()) / 10f64.ln();
        let figures = [
            ("space", n.whole(a.iin_space)),
            ("rate", n.whole(a.tokens_per_second as u64)),
            ("seconds", n.decimal(a.seconds_with_key)),
            ("bits", k.bits.to_string()),
            ("half", half.to_string()),
            ("years", format!("10^{years:.0}")),
        ];
        row("brute", fill(w, "s8.brute_figure", &figures), "measured");
        if k.kept {
            let seconds = n.decimal(REGISTER / a.tokens_per_second);
            row("dictionary", w.fill("s8.dictionary_kept", &[("seconds", &seconds)]), "bounded");
        } else {
            row("dictionary", w.fill("s8.dictionary_gone", &[("life", &life)]), "bounded");
        }
        row("known", w.fill("s8.known_figure", &[("bits", &k.bits.to_string())]), "bounded");
    }
    let columns: Vec<(String, &DistributionFigures)> = f
        .fields
        .iter()
        .filter(|x| is_token(&x.method))
        .filter_map(|x| Some((x.name(), x.distribution.as_ref()?)))
        .collect();
    let worst = columns.iter().max_by(|x, y| x.1.unique_count_share.total_cmp(&y.1.unique_count_share));
    match worst {
        Some((place, d)) => {
            let top = columns.iter().map(|c| c.1.top_share).fold(0.0, f64::max);
            let mut figure = fill(
                w,
                "s8.frequency_figure",
                &[
                    ("share", n.percent(d.unique_count_share)),
                    ("place", place.clone()),
                    ("top", n.percent(top)),
                ],
            );
            let mut small: Vec<&str> = columns
                .iter()
                .filter(|(_, d)| d.distinct_after < 10_000 || d.top_share > 0.05)
                .map(|c| c.0.as_str())
                .collect();
            small.dedup();
            if !small.is_empty() {
                figure.push(' ');
                figure.push_str(&w.fill("s8.small", &[("places", &small.join(", "))]));
            }
            row("frequency", figure, "measured");
        }
        None => row("frequency", w.s("s8.frequency_none"), "unchecked"),
    }
    models(f, w, &mut row);
    if f.procedure.scope == "run" {
        row("composition", w.s("s8.composition_run"), "bounded");
    } else {
        row("composition", w.fill("s8.composition_file", &[("scope", &f.procedure.scope)]), "bounded");
    }
    match &k.commitment {
        Some(c) if k.kept => row("difference", w.fill("s8.difference_kept", &[("commitment", c)]), "bounded"),
        _ => row("difference", w.s("s8.difference_gone"), "bounded"),
    }
    let found: u64 = f.leftovers.found.values().sum();
    let figures = [("files", n.whole(f.leftovers.files)), ("found", n.whole(found))];
    let verdict = if f.leftovers.files > 0 { "measured" } else { "unchecked" };
    row("residual", fill(w, "s8.residual_figure", &figures), verdict);
    row("capture", w.fill("s8.capture_figure", &[("life", &life)]), "measured");
    row("metadata", w.s("s8.metadata_figure"), "bounded");
    out.push(Part::Table {
        widths: vec![24, 60, 16],
        header: ["s8.attack", "s8.figure", "s8.verdict"].map(|key| w.s(key)).into(),
        rows,
    });
}

/// What the statistical models measured; without them nothing is claimed.
fn models(f: &RunFigures, w: &Words, row: &mut impl FnMut(&str, String, &str)) {
    let n = w.numbers();
    let get = |name: &str| f.quality.disclosure.as_ref().and_then(|d| d.get(name)).copied();
    let number = |name: &str| get(name).map_or_else(|| "—".to_owned(), |v| n.decimal(v));
    let percent = |name: &str| get(name).map_or_else(|| "—".to_owned(), |v| n.percent(v));
    let none = || w.s("s6.no_disclosure");
    let measured = get("k").is_some();
    if !measured {
        for name in ["linkage", "singling", "homogeneity", "skewness", "journalist"] {
            row(name, none(), "unchecked");
        }
        row("membership", w.s("s8.membership_figure"), "unchecked");
        return;
    }
    let below: Vec<String> = [2, 3, 5, 10, 11].iter().map(|k| percent(&format!("below_{k}"))).collect();
    let figures = [
        ("k", number("k")),
        ("before", number("k_before")),
        ("classes", number("classes")),
        ("max", percent("prosecutor_max")),
        ("mean", percent("prosecutor_mean")),
        ("marketer", percent("marketer")),
        ("below", below.join(", ")),
    ];
    row("linkage", fill(w, "s8.linkage_figure", &figures), "measured");
    row("singling", fill(w, "s8.singling_figure", &[("unique", number("unique"))]), "measured");
    match get("distinct_l") {
        Some(_) => {
            let figures = [("l", number("distinct_l")), ("entropy", number("entropy_l"))];
            row("homogeneity", fill(w, "s8.homogeneity_figure", &figures), "measured");
        }
        None => row("homogeneity", w.s("s8.no_sensitive"), "unchecked"),
    }
    match get("t") {
        Some(_) => row("skewness", fill(w, "s8.skewness_figure", &[("t", number("t"))]), "measured"),
        None => row("skewness", w.s("s8.no_t"), "unchecked"),
    }
    let figures =
        [("k", number("k_map")), ("low", percent("presence_low")), ("high", percent("presence_high"))];
    match get("k_map").or(get("presence_high")) {
        Some(_) => row("journalist", fill(w, "s8.journalist_figure", &figures), "measured"),
        None => row("journalist", w.s("s8.no_register"), "unchecked"),
    }
    match get("presence_high") {
        Some(_) => row("membership", fill(w, "s8.journalist_figure", &figures), "measured"),
        None => row("membership", w.s("s8.membership_figure"), "unchecked"),
    }
}

fn is_token(method: &str) -> bool {
    method == "token"
}

fn fill(w: &Words, key: &str, figures: &[(&str, String)]) -> String {
    let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
    w.fill(key, &figures)
}

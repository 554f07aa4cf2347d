//! The evaluation as a table for people.

use std::fmt::Write;

use super::{ActScore, Band, Evaluation};

/// A share in per cent, or a dash.
fn share(v: Option<f64>) -> String {
    v.map_or("-".to_owned(), |v| format!("{v:.4}"))
}

/// Writes the tables: by category, by confidence, false alarms on quiet text, court acts.
pub(super) fn write(e: &Evaluation, out: &mut String) {
    if e.samples + e.quiet_samples > 0 || e.acts.is_none() {
        samples(e, out);
    }
    if let Some(a) = &e.acts {
        acts(a, out);
    }
}

/// What is left and what is masked in court acts.
fn acts(a: &ActScore, out: &mut String) {
    let _ = writeln!(out, "\n{} court acts with marks", a.acts);
    let share = |v: f64| share(Some(v));
    let _ = writeln!(
        out,
        "  names found exactly     precision {}  recall {}  F1 {}",
        share(a.precision()),
        share(a.recall()),
        share(a.f1())
    );
    let _ = writeln!(
        out,
        "  participants' mentions  {} of {} replaced in full ({})",
        a.covered,
        a.participants,
        share(a.coverage())
    );
    let _ = writeln!(
        out,
        "  participants            {} of {} with every mention ({})",
        a.whole_entities,
        a.entities,
        share(a.entity_recall())
    );
    let _ = writeln!(out, "  other personal data     {} of {} left", a.other_left, a.other);
    let _ = writeln!(out, "  replaced without need   {}", a.needless);
    let _ = writeln!(
        out,
        "  acts with any leak      {} of {} ({})",
        a.leaking_acts,
        a.acts,
        share(a.leaking_acts as f64 / a.acts.max(1) as f64)
    );
    let _ = writeln!(out, "  officers masked         {} of {}", a.masked_officials, a.officials);
    let _ = writeln!(out, "  link errors             {}", a.link_errors);
}

/// Samples with truth files and quiet ones.
fn samples(e: &Evaluation, out: &mut String) {
    let _ = writeln!(
        out,
        "{} samples with truth, {} quiet ({:.2} MB)\n",
        e.samples,
        e.quiet_samples,
        e.quiet_bytes as f64 / 1e6
    );
    let _ = writeln!(
        out,
        "{:<22}{:>7}{:>8}{:>7}{:>8}{:>11}{:>9}{:>9}{:>10}",
        "category", "found", "missed", "wrong", "as-other", "precision", "recall", "F1", "covered"
    );
    let rows = e.categories.iter().map(|(n, c)| (n.as_str(), c)).chain([("ALL", &e.total)]);
    for (name, c) in rows {
        let _ = writeln!(
            out,
            "{:<22}{:>7}{:>8}{:>7}{:>8}{:>11}{:>9}{:>9}{:>10}",
            name,
            c.found,
            c.missed,
            c.wrong,
            c.as_another,
            share(c.precision()),
            share(c.recall()),
            share(c.f1()),
            share(c.coverage())
        );
    }
    let _ = writeln!(out, "\n{:<22}{:>9}{:>9}{:>9}", "confidence", "findings", "right", "share");
    for Band { from, to, findings, right } in &e.calibration {
        let share = (*findings > 0).then(|| *right as f64 / *findings as f64);
        let share = self::share(share);
        let _ = writeln!(out, "{:<22}{findings:>9}{right:>9}{share:>9}", format!("{from:.1} - {to:.1}"));
    }
    if e.quiet_bytes > 0 {
        let _ = writeln!(out, "\nfalse alarms on quiet text{:>12}{:>12}", "findings", "per MB");
        for (name, n) in &e.alarms {
            let _ = writeln!(out, "  {name:<24}{n:>12}{:>12.3}", *n as f64 * 1e6 / e.quiet_bytes as f64);
        }
        let all: u64 = e.alarms.values().sum();
        let _ = writeln!(out, "  {:<24}{all:>12}{:>12.3}", "ALL", all as f64 * 1e6 / e.quiet_bytes as f64);
    }
}

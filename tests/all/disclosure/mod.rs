//! Tables made safe: golden optima, exactness against plain enumeration, models proven by other code, bad input.

mod bad_input;
mod exact;
mod files;
mod golden;
mod peers;
mod program;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use qupia::disclosure::hierarchy::Hierarchy;
use qupia::disclosure::load::{load, save};
use qupia::disclosure::search::Objective;
use qupia::disclosure::{
    DistanceKind, Extras, HierarchySource, L, Model, Privacy, Suppressed, Table, Unlisted, protect,
    run_policy,
};

use crate::harness::skip;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tables").join(name)
}

/// What a variable names; says aloud that the test is skipped where it is not set.
fn from_variable(name: &str, what: &str) -> Option<PathBuf> {
    let found = std::env::var_os(name).map(PathBuf::from);
    if found.is_none() {
        skip(what, &format!("{name} is not set"));
    }
    found
}

fn patients() -> Table {
    load(&data("patients.csv")).unwrap().table
}

fn policy(extra: &str) -> Privacy {
    let text = format!(
        "[privacy]\nquasi = ['пол', 'возраст', 'город', 'образование']\nsensitive = ['диагноз']\n\
         hierarchies = {{ 'возраст' = 'age.csv', 'город' = 'city.csv', 'образование' = 'education.csv', 'диагноз' = 'diagnosis.csv' }}\n{extra}"
    );
    Privacy::from_policy(&text).unwrap()
}

fn base() -> PathBuf {
    data("")
}

/// Sizes of classes of equal texts, by plain means.
fn class_sizes(table: &Table, quasi: &[String]) -> HashMap<Vec<String>, usize> {
    let at: Vec<usize> = quasi.iter().map(|q| table.position(q).unwrap()).collect();
    let mut sizes = HashMap::new();
    for row in 0..table.rows() {
        let key: Vec<String> = at.iter().map(|c| table.columns[*c].text(row).to_owned()).collect();
        *sizes.entry(key).or_insert(0) += 1;
    }
    sizes
}

/// Every model on the invented table, checked by plain grouping of what would be published.
#[test]
fn every_model_satisfies_its_policy() {
    let table = patients();
    for extra in [
        "k = 3\nsuppression_limit = 0.0",
        "k = 5\nl = 3\nsuppression_limit = 0.1",
        "k = 4\nl = { kind = 'entropy', l = 2.0 }\nt = 0.4\nsuppression_limit = 0.3",
        "k = 4\nl = { kind = 'recursive', l = 2, c = 2.0 }\nsuppression_limit = 0.2",
        "k = 5\nt = 0.35\ndistance = 'ordered'\nsuppression_limit = 0.2",
        "k = 5\nt = 0.3\ndistance = 'hierarchical'\nsuppression_limit = 0.2",
        "k = 5\nmodel = 'local'",
        "k = 5\nl = 2\nmodel = 'local'",
        "k = 5\nmodel = 'mondrian'",
        "k = 5\nl = 3\nt = 0.5\nmodel = 'mondrian'",
        "k = 5\nsuppressed = 'blank'\nsuppression_limit = 0.2",
    ] {
        let privacy = policy(extra);
        let done = protect(&table, &privacy, &base(), 1, 0).unwrap_or_else(|e| panic!("{extra}: {e}"));
        let least = *class_sizes(&done.table, &privacy.quasi).values().min().unwrap();
        assert!(least >= privacy.k as usize, "{extra}: {least}");
        let kept = if privacy.suppressed == Suppressed::Blank { table.rows() } else { done.table.rows() };
        assert_eq!(done.table.rows(), kept);
        assert_eq!(done.report.rows, 600);
        assert!(done.report.suppressed as f64 <= privacy.suppression_limit * 600.0);
        assert_eq!(done.report.after.rows, 600, "a suppressed record counts");
    }
}

#[test]
fn local_recoding_keeps_more_than_one_level_for_all() {
    let table = patients();
    let loss = |extra: &str| protect(&table, &policy(extra), &base(), 1, 0).unwrap().report.utility.ncp;
    let full = loss("suppression_limit = 0.05\nobjective = 'ncp'");
    assert!(loss("model = 'local'") < full);
    assert!(loss("model = 'mondrian'") < full);
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let table = patients();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let done = protect(&table, &policy("k = 4\nl = 2"), &base(), 5, 0).unwrap();
            let search = done.report.search.unwrap();
            search
                .best
                .iter()
                .map(|b| (b.levels.clone(), b.score.to_bits(), b.suppressed))
                .collect::<Vec<_>>()
        })
    };
    let one = run(1);
    assert_eq!(one.len(), 5);
    (2..=4).for_each(|n| assert_eq!(run(n), one));
}

#[test]
fn another_solution_can_be_chosen() {
    let table = patients();
    let done = protect(&table, &policy("k = 4"), &base(), 3, 1).unwrap();
    let search = done.report.search.unwrap();
    assert!(search.best[0].score <= search.best[1].score);
    assert_eq!(done.report.suppressed, search.best[1].suppressed);
}

#[test]
fn a_register_bounds_presence() {
    let rows = |n: usize, tags: &[(&str, usize)]| {
        let mut all: Vec<[String; 2]> = Vec::new();
        for (tag, count) in tags {
            all.extend((0..*count * n).map(|_| [tag.to_string(), "x".into()]));
        }
        Table::from_rows(&["city", "s"], all).unwrap()
    };
    let dir = tempfile::tempdir().unwrap();
    let register = dir.path().join("people.csv");
    let style = load(&data("patients.csv")).unwrap().style;
    save(&rows(10, &[("A", 3), ("B", 1), ("C", 9)]), &style, &register, &|_| Ok(())).unwrap();
    let table = rows(1, &[("A", 3), ("B", 9)]);
    let text = "[privacy]\nk = 2\nquasi = ['city']\npopulation = 'people.csv'\nsuppression_limit = 0.0\n";
    // 9 of B's 10 people stand in the table: with at most half present, only the whole domain is safe.
    let privacy = Privacy::from_policy(&format!("{text}presence = [0.0, 0.5]")).unwrap();
    let done = protect(&table, &privacy, dir.path(), 1, 0).unwrap();
    assert_eq!(done.table.columns[0].text(0), "*");
    let privacy = Privacy::from_policy(&format!("{text}k_map = 10")).unwrap();
    assert_eq!(protect(&table, &privacy, dir.path(), 1, 0).unwrap().table.columns[0].text(0), "A");
    let privacy = Privacy::from_policy(&format!("{text}k_map = 11")).unwrap();
    assert_eq!(protect(&table, &privacy, dir.path(), 1, 0).unwrap().table.columns[0].text(0), "*");
}

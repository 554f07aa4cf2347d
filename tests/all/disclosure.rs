//! Tables made safe: golden optima, exactness against plain enumeration, models proven by other code, bad input.

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

mod golden {
    //! Optima of ARX 3.9.2 on Adult; see `tests/make/adult.sh`.
    use super::*;

    fn adult(dir: &Path) -> (Table, Privacy) {
        let table = load(&dir.join("adult.csv")).unwrap().table;
        let mut privacy = Privacy::from_policy("[privacy]\nk = 5").unwrap();
        for column in &table.columns {
            privacy.quasi.push(column.name.clone());
            let file = dir.join(format!("adult_hierarchy_{}.csv", column.name));
            privacy.hierarchies.insert(column.name.clone(), HierarchySource::File(file));
        }
        (table, privacy)
    }

    #[test]
    fn optima_of_nine_columns() {
        let Some(dir) = from_variable("QUPIA_ADULT_DIR", "adult") else { return };
        let (table, mut privacy) = adult(&dir);
        assert_eq!(table.rows(), 30_162);
        for (objective, limit, levels, suppressed, score) in [
            (Objective::Loss, 0.0, [0, 4, 1, 1, 3, 2, 2, 1, 0], 0, 0.5731509655590044),
            (Objective::Loss, 0.05, [0, 3, 0, 0, 2, 1, 1, 2, 0], 1346, 0.2419323650662908),
            (Objective::Loss, 1.0, [0, 3, 0, 0, 2, 1, 1, 1, 0], 2553, 0.22041192847984292),
            (Objective::Entropy, 0.0, [1, 2, 1, 1, 3, 2, 2, 1, 1], 0, 407_289.5388925293),
            (Objective::Discernibility, 1.0, [0, 0, 1, 2, 3, 2, 2, 1, 1], 105, f64::NAN),
        ] {
            (privacy.objective, privacy.suppression_limit) = (objective, limit);
            let done = protect(&table, &privacy, &dir, 1, 0).unwrap();
            let search = done.report.search.unwrap();
            assert!(search.exact);
            assert_eq!(search.best[0].levels, levels, "{objective:?} {limit}");
            assert_eq!(search.best[0].suppressed, suppressed);
            assert_eq!(done.table.rows() as u64, 30_162 - suppressed);
            if !score.is_nan() {
                assert!(
                    (search.best[0].score - score).abs() <= 1e-9 * score,
                    "{} {score}",
                    search.best[0].score
                );
            }
        }
        for (objective, suppressed, classes) in
            [(Objective::Entropy, 3659, 1623), (Objective::Aecs, 7185, 1847)]
        {
            (privacy.objective, privacy.suppression_limit) = (objective, 1.0);
            let done = protect(&table, &privacy, &dir, 1, 0).unwrap();
            let best = &done.report.search.unwrap().best[0];
            assert_eq!((best.suppressed, best.classes), (suppressed, classes), "{objective:?}");
        }
    }

    #[test]
    fn optima_of_eight_columns_with_occupation_sensitive() {
        let Some(dir) = from_variable("QUPIA_ADULT_DIR", "adult") else { return };
        let (table, mut privacy) = adult(&dir);
        privacy.quasi = [
            "age",
            "education",
            "marital-status",
            "native-country",
            "race",
            "salary-class",
            "sex",
            "workclass",
        ]
        .map(String::from)
        .into();
        (privacy.objective, privacy.suppression_limit) = (Objective::Entropy, 0.0);
        let run = |privacy: &Privacy| {
            let done = protect(&table, privacy, &dir, 1, 0).unwrap();
            let best = done.report.search.unwrap().best[0].clone();
            (best.levels, best.classes, best.score)
        };
        let (levels, classes, score) = run(&privacy);
        assert_eq!((levels, classes), (vec![1, 3, 1, 2, 1, 1, 1, 2], 30));
        assert!((score - 324_620.5269918692).abs() < 1e-6, "{score}");
        privacy.sensitive = vec!["occupation".into()];
        privacy.l = Some(L::Distinct(3));
        assert!((run(&privacy).2 - 324_620.5269918692).abs() < 1e-6);
        privacy.l = None;
        (privacy.t, privacy.distance) = (Some(0.2), DistanceKind::Hierarchical);
        let (_, classes, score) = run(&privacy);
        assert_eq!(classes, 4);
        assert!((score - 398_400.0741806447).abs() < 1e-6, "{score}");
    }

    #[test]
    fn local_recoding_loses_less_than_the_reference() {
        let Some(dir) = from_variable("QUPIA_ADULT_DIR", "adult") else { return };
        let (table, mut privacy) = adult(&dir);
        privacy.model = Model::Local;
        let done = protect(&table, &privacy, &dir, 1, 0).unwrap();
        assert_eq!((done.report.suppressed, done.table.rows()), (0, 30_162));
        assert!(done.report.proof.k >= 5);
        assert!(done.report.utility.ncp <= 0.18, "{}", done.report.utility.ncp);
        privacy.model = Model::Mondrian;
        let done = protect(&table, &privacy, &dir, 1, 0).unwrap();
        assert!(done.report.proof.k >= 5);
    }
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

/// Optimum of a lattice by looking at every node, with sums over rows: no code of the search.
fn enumerate(
    rows: &[[u8; 3]],
    sensitive: &[u8],
    k: usize,
    l: Option<usize>,
    limit: usize,
    objective: Objective,
) -> Option<f64> {
    // Level 1 of the first two columns halves the value, level 2 is the root; the third has one level and the root.
    let label = |column: usize, level: usize, v: u8| match (column, level) {
        (_, 0) => u32::from(v),
        (0 | 1, 1) => 100 + u32::from(v / 2),
        _ => 200,
    };
    let sizes = [8.0, 6.0, 3.0];
    let covers = |column: usize, level: usize| match (column, level) {
        (_, 0) => 1.0,
        (0 | 1, 1) => 2.0,
        _ => sizes[column],
    };
    let n = rows.len() as f64;
    let mut best: Option<f64> = None;
    for a in 0..3 {
        for b in 0..3 {
            for c in 0..2 {
                let levels = [a, b, c];
                let key = |row: &[u8; 3]| [0, 1, 2].map(|i| label(i, levels[i], row[i]));
                let mut classes: BTreeMap<[u32; 3], Vec<u8>> = BTreeMap::new();
                rows.iter().zip(sensitive).for_each(|(r, s)| classes.entry(key(r)).or_default().push(*s));
                let good = |class: &Vec<u8>| {
                    let mut distinct = class.clone();
                    distinct.sort_unstable();
                    distinct.dedup();
                    class.len() >= k && l.is_none_or(|l| distinct.len() >= l)
                };
                let out: usize = classes.values().filter(|c| !good(c)).map(Vec::len).sum();
                if out > limit {
                    continue;
                }
                let kept = n - out as f64;
                let share = |i: usize| {
                    ((kept * covers(i, levels[i]) / sizes[i] + out as f64) - n / sizes[i])
                        / (n - n / sizes[i])
                };
                let score = match objective {
                    Objective::Ncp => (0..3).map(share).sum::<f64>() / 3.0,
                    Objective::Loss => {
                        (0..3).map(|i| (share(i) + 1.0).powf(1.0 / 3.0)).product::<f64>() - 1.0
                    }
                    Objective::Discernibility => {
                        classes.values().filter(|c| good(c)).map(|c| (c.len() * c.len()) as f64).sum::<f64>()
                            + out as f64 * n
                    }
                    Objective::Aecs => {
                        let kept = classes.values().filter(|c| good(c)).count() + usize::from(out > 0);
                        n / kept as f64
                    }
                    Objective::Precision => {
                        let tops = [2.0, 2.0, 1.0];
                        (0..3).map(|i| (kept * levels[i] as f64 / tops[i] + out as f64) / n).sum::<f64>()
                            / 3.0
                    }
                    Objective::Entropy => {
                        let bits = |values: Vec<u32>, whole: Vec<u32>| -> f64 {
                            let count =
                                |list: &[u32], v: u32| list.iter().filter(|x| **x == v).count() as f64;
                            values
                                .iter()
                                .zip(&whole)
                                .map(|(v, w)| (count(&whole, *w) / count(&values, *v)).log2())
                                .sum()
                        };
                        let bad: Vec<&[u8; 3]> = rows.iter().filter(|r| !good(&classes[&key(r)])).collect();
                        (0..3)
                            .map(|i| {
                                let low = rows.iter().map(|r| u32::from(r[i])).collect();
                                let high = rows.iter().map(|r| label(i, levels[i], r[i])).collect();
                                let lost: Vec<u32> = bad.iter().map(|r| label(i, levels[i], r[i])).collect();
                                bits(low, high) + bits(lost.clone(), vec![0; lost.len()])
                            })
                            .sum()
                    }
                };
                if best.is_none_or(|b| score < b) {
                    best = Some(score);
                }
            }
        }
    }
    best
}

fn small_policy(dir: &Path) -> Privacy {
    let halves = |n: u32| (0..n).map(|v| format!("{v};h{};*\n", v / 2)).collect::<String>();
    std::fs::write(dir.join("a.csv"), halves(8)).unwrap();
    std::fs::write(dir.join("b.csv"), halves(6)).unwrap();
    std::fs::write(dir.join("c.csv"), "0;*\n1;*\n2;*\n").unwrap();
    Privacy::from_policy(
        "[privacy]\nquasi = ['a', 'b', 'c']\nhierarchies = { a = 'a.csv', b = 'b.csv', c = 'c.csv' }",
    )
    .unwrap()
}

const OBJECTIVES: [Objective; 6] = [
    Objective::Loss,
    Objective::Ncp,
    Objective::Discernibility,
    Objective::Aecs,
    Objective::Entropy,
    Objective::Precision,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The search finds what looking at every node finds, and what it writes satisfies the models.
    #[test]
    fn the_search_is_exact(
        rows in prop::collection::vec((0u8..8, 0u8..6, 0u8..3, 0u8..3), 1..60),
        k in 1usize..6,
        l in prop::option::of(1usize..4),
        share in 0.0f64..0.6,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut privacy = small_policy(dir.path());
        let cells: Vec<[u8; 3]> = rows.iter().map(|r| [r.0, r.1, r.2]).collect();
        let sensitive: Vec<u8> = rows.iter().map(|r| r.3).collect();
        let texts = rows.iter().map(|r| [r.0, r.1, r.2, r.3].map(|v| v.to_string()));
        let table = Table::from_rows(&["a", "b", "c", "s"], texts).unwrap();
        privacy.k = k as u32;
        privacy.suppression_limit = share;
        if let Some(l) = l {
            privacy.sensitive = vec!["s".into()];
            privacy.l = Some(L::Distinct(l as u32));
        }
        let limit = (share * rows.len() as f64 + 1e-9).floor() as usize;
        for objective in OBJECTIVES {
            privacy.objective = objective;
            let expected = enumerate(&cells, &sensitive, k, l, limit, objective);
            match (protect(&table, &privacy, dir.path(), 1, 0), expected) {
                (Ok(done), Some(score)) => {
                    let best = &done.report.search.as_ref().unwrap().best[0];
                    prop_assert!((best.score - score).abs() < 1e-6, "{objective:?}: {} not {score}", best.score);
                    let sizes = class_sizes(&done.table, &privacy.quasi);
                    prop_assert!(sizes.values().all(|n| *n >= k));
                }
                (Err(_), None) => {}
                // More rows asked for than there are is refused before the search.
                (Err(_), Some(_)) if k > rows.len() => {}
                (got, expected) => prop_assert!(false, "{objective:?}: {:?} not {expected:?}", got.map(|d| d.report.search)),
            }
        }
    }

    /// Local recoding and Mondrian lose no row and satisfy the models.
    #[test]
    fn local_models_hold(
        rows in prop::collection::vec((0u8..8, 0u8..6, 0u8..3, 0u8..3), 6..80),
        k in 1u32..6,
        t in prop::option::of(0.1f64..1.0),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut privacy = small_policy(dir.path());
        let texts = rows.iter().map(|r| [r.0, r.1, r.2, r.3].map(|v| v.to_string()));
        let table = Table::from_rows(&["a", "b", "c", "s"], texts).unwrap();
        privacy.k = k;
        privacy.sensitive = vec!["s".into()];
        privacy.t = t;
        for model in [Model::Local, Model::Mondrian] {
            privacy.model = model;
            let done = protect(&table, &privacy, dir.path(), 1, 0).unwrap();
            prop_assert_eq!(done.table.rows(), rows.len());
            prop_assert!(class_sizes(&done.table, &privacy.quasi).values().all(|n| *n >= k as usize));
        }
    }
}

mod bad_input {
    use super::*;

    fn error(table: &Table, privacy: &Privacy) -> String {
        protect(table, privacy, &base(), 1, 0).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_hierarchy_that_misses_a_value() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("city.csv"), "Алматы;юг;*\nАстана;север;*\n").unwrap();
        let mut privacy = policy("");
        privacy.hierarchies.insert("город".into(), HierarchySource::File(dir.path().join("city.csv")));
        let e = error(&patients(), &privacy);
        assert!(e.contains("8 of 11 values") && !e.contains("Тараз"), "{e}");
        privacy.unlisted = Unlisted::Root;
        protect(&patients(), &privacy, &base(), 1, 0).unwrap();
    }

    #[test]
    fn one_column_all_unique_and_k_too_large() {
        let rows: Vec<[String; 1]> = (0..50).map(|i| [format!("v{i}")]).collect();
        let table = Table::from_rows(&["x"], &rows).unwrap();
        let mut privacy = Privacy::from_policy("[privacy]\nquasi = ['x']\nsuppression_limit = 0.0").unwrap();
        let done = protect(&table, &privacy, &base(), 1, 0).unwrap();
        assert!((0..50).all(|r| done.table.columns[0].text(r) == "*"));
        privacy.k = 51;
        assert!(error(&table, &privacy).contains("50 rows"));
        let empty = Table::from_rows(&["x"], Vec::<[String; 1]>::new()).unwrap();
        assert!(error(&empty, &privacy).contains("no rows"));
    }

    #[test]
    fn blanks_are_values_and_never_wildcards() {
        let mut rows: Vec<[String; 1]> = vec![["a".into()]; 6];
        rows.extend(vec![["".to_string()]; 2]);
        let table = Table::from_rows(&["x"], &rows).unwrap();
        let privacy =
            Privacy::from_policy("[privacy]\nk = 3\nquasi = ['x']\nsuppression_limit = 0.0").unwrap();
        let done = protect(&table, &privacy, &base(), 1, 0).unwrap();
        assert_eq!(done.table.columns[0].text(0), "*", "two blanks are a class of two");
    }

    #[test]
    fn two_hundred_columns_end_within_the_time_limit() {
        let names: Vec<String> = (0..200).map(|i| format!("q{i}")).collect();
        let header: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows: Vec<Vec<String>> = (0..300usize)
            .map(|r| (0..200).map(|c| ((r * (c + 7) + r / 3) % (2 + c % 40)).to_string()).collect())
            .collect();
        let table = Table::from_rows(&header, &rows).unwrap();
        let mut privacy = Privacy { quasi: names, time_limit: Some(1.0), ..Privacy::default() };
        let started = std::time::Instant::now();
        let done = protect(&table, &privacy, &base(), 1, 0).unwrap();
        assert!(started.elapsed().as_secs() < 30);
        let search = done.report.search.unwrap();
        assert!(!search.exact && search.nodes > 1e30);
        assert!(done.report.notes.iter().any(|n| n.contains("stopped")));
        privacy.model = Model::Mondrian;
        protect(&table, &privacy, &base(), 1, 0).unwrap();
    }

    #[test]
    fn columns_that_are_not_there() {
        let mut privacy = policy("");
        privacy.quasi.push("нет".into());
        assert!(error(&patients(), &privacy).contains("no column"));
        let mut privacy = policy("");
        privacy.quasi.clear();
        assert!(error(&patients(), &privacy).contains("assess"));
    }

    #[test]
    fn an_impossible_demand_is_told() {
        let privacy = policy("l = 7\nsuppression_limit = 0.1");
        assert!(error(&patients(), &privacy).contains("no generalization satisfies"));
        let privacy = policy("l = 7\nmodel = 'local'");
        assert!(error(&patients(), &privacy).contains("no generalization satisfies"));
    }

    #[test]
    fn a_hierarchy_with_two_parents_is_refused() {
        let rows = [vec!["a", "x", "1"], vec!["b", "x", "2"]];
        assert!(Hierarchy::from_rows("c", &rows).is_err());
    }
}

mod files {
    use super::*;

    #[test]
    fn a_windows_1251_table_stays_one() {
        let dir = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(data("patients.csv")).unwrap().replace('\n', "\r\n");
        let (bytes, _, lost) = encoding_rs::WINDOWS_1251.encode(&text);
        assert!(!lost);
        let (input, output) = (dir.path().join("in.csv"), dir.path().join("out.csv"));
        std::fs::write(&input, &bytes).unwrap();
        let extras = Extras {
            json: Some(dir.path().join("r.json")),
            html: Some(dir.path().join("r.html")),
            ..Extras::default()
        };
        let report = run_policy(&input, &output, &policy("k = 4"), &base(), &extras).unwrap();
        let copy = std::fs::read(&output).unwrap();
        let (copy, _, broken) = encoding_rs::WINDOWS_1251.decode(&copy);
        assert!(!broken && copy.starts_with("номер;пол;возраст;"));
        assert_eq!(copy.matches("\r\n").count() as u64, report.rows_out + 1);
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(dir.path().join("r.json")).unwrap()).unwrap();
        assert_eq!(json["version"], 1);
        assert_eq!(json["rows"], 600);
        let page = std::fs::read_to_string(dir.path().join("r.html")).unwrap();
        assert!(page.contains("<svg") && !page.contains("http:") && !page.contains("https:"));
        // Nothing is overwritten.
        assert!(run_policy(&input, &output, &policy("k = 4"), &base(), &Extras::default()).is_err());
    }

    #[test]
    fn nothing_is_left_where_the_policy_cannot_be_met() {
        let dir = tempfile::tempdir().unwrap();
        let output = dir.path().join("out.csv");
        assert!(
            run_policy(&data("patients.csv"), &output, &policy("l = 7"), &base(), &Extras::default())
                .is_err()
        );
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[cfg(feature = "columnar")]
    #[test]
    fn a_workbook_stays_a_workbook() {
        let dir = tempfile::tempdir().unwrap();
        let rows: Vec<Vec<String>> =
            (0..40).map(|i| vec![(20 + i % 9).to_string(), ["м", "ж"][i % 2].into(), "x".into()]).collect();
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (c, name) in ["возраст", "пол", "s"].iter().enumerate() {
            sheet.write_string(0, c as u16, *name).unwrap();
        }
        for (r, row) in rows.iter().enumerate() {
            sheet.write_number(r as u32 + 1, 0, row[0].parse::<f64>().unwrap()).unwrap();
            sheet.write_string(r as u32 + 1, 1, &row[1]).unwrap();
            sheet.write_string(r as u32 + 1, 2, &row[2]).unwrap();
        }
        let (input, output) = (dir.path().join("in.xlsx"), dir.path().join("out.xlsx"));
        book.save(&input).unwrap();
        let privacy = Privacy::from_policy("[privacy]\nquasi = ['возраст', 'пол']").unwrap();
        let report = run_policy(&input, &output, &privacy, dir.path(), &Extras::default()).unwrap();
        let back = load(&output).unwrap().table;
        assert_eq!(back.rows() as u64, report.rows_out);
        assert!(class_sizes(&back, &privacy.quasi).values().all(|n| *n >= 5));
    }
}

/// k, l and t of written files, worked out by pyCANON (a Python package).
#[test]
fn another_program_agrees() {
    let Some(python) = from_variable("QUPIA_TEST_PYTHON", "pycanon") else { return };
    let dir = tempfile::tempdir().unwrap();
    let script = "import sys, pandas as pd\nfrom pycanon import anonymity as a\n\
        d = pd.read_csv(sys.argv[1], sep=';', dtype=str, keep_default_na=False)\nq = sys.argv[2].split(',')\ns = ['диагноз']\n\
        print(a.k_anonymity(d, q), a.l_diversity(d, q, s), a.entropy_l_diversity(d, q, s), a.t_closeness(d, q, s))";
    for (i, extra) in [
        "k = 5\nl = 3\nsuppression_limit = 0.1",
        "k = 4\nl = { kind = 'entropy', l = 2.0 }\nsuppression_limit = 0.3",
        "k = 5\nt = 0.35\nsuppression_limit = 0.3",
        "k = 7\nl = 2\nmodel = 'local'",
        "k = 6\nt = 0.4\nmodel = 'mondrian'",
    ]
    .iter()
    .enumerate()
    {
        let privacy = policy(extra);
        let output = dir.path().join(format!("{i}.csv"));
        run_policy(&data("patients.csv"), &output, &privacy, &base(), &Extras::default()).unwrap();
        let out = Command::new(&python)
            .args(["-c", script])
            .arg(&output)
            .arg(privacy.quasi.join(","))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        let figures: Vec<f64> = text.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        let [k, l, entropy, t] = figures[..] else { panic!("{}", String::from_utf8_lossy(&out.stderr)) };
        assert!(k >= f64::from(privacy.k), "{extra}: {text}");
        match privacy.l {
            Some(L::Distinct(asked)) => assert!(l >= f64::from(asked), "{extra}: {text}"),
            // pyCANON rounds its entropy l down to a whole number.
            Some(L::Kind { l: asked, .. }) => assert!(entropy >= asked.floor(), "{extra}: {text}"),
            None => {}
        }
        assert!(privacy.t.is_none_or(|asked| t <= asked + 1e-9), "{extra}: {text}");
    }
}

/// A Parquet file of another program is protected, and that program reads the copy.
#[cfg(feature = "columnar")]
#[test]
fn parquet_of_another_program() {
    let Some(python) = from_variable("QUPIA_TEST_PYTHON", "pycanon") else { return };
    let dir = tempfile::tempdir().unwrap();
    let run = |script: &str| {
        let out = Command::new(&python).args(["-c", script]).current_dir(dir.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    run("import pyarrow as a, pyarrow.parquet as p, datetime as d\n\
        n = 60\n\
        t = a.table({'age': a.array([20 + i % 7 for i in range(n)], a.int16()), 'sex': a.array(['м', 'ж', None] * (n // 3)).dictionary_encode(),\n\
        'day': a.array([d.date(2024, 1, 1 + i % 28) for i in range(n)]), 'pay': a.array([i / 4 for i in range(n)])})\n\
        p.write_table(t, 'in.parquet', compression='zstd')");
    let privacy = Privacy::from_policy(
        "[privacy]\nk = 4\nquasi = ['age', 'sex']\nsuppression_limit = 0.0\nmodel = 'mondrian'",
    )
    .unwrap();
    run_policy(
        &dir.path().join("in.parquet"),
        &dir.path().join("out.parquet"),
        &privacy,
        dir.path(),
        &Extras::default(),
    )
    .unwrap();
    let told = run("import pyarrow.parquet as p\n\
        t = p.read_table('out.parquet')\n\
        print(t.num_rows, t.schema.field('day').type, t.schema.field('pay').type, min(t.group_by(['age', 'sex']).aggregate([([], 'count_all')])['count_all'].to_pylist()))");
    let words: Vec<&str> = told.split_whitespace().collect();
    assert_eq!(words[..3], ["60", "date32[day]", "double"], "{told}");
    assert!(words[3].parse::<u32>().unwrap() >= 4, "{told}");
}

mod program {
    use super::*;

    fn qupia(args: &[&str]) -> (i32, String, String) {
        let out = Command::new(env!("CARGO_BIN_EXE_qupia")).args(args).output().unwrap();
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
    }

    #[test]
    fn assess_proposes_and_measures() {
        let dir = tempfile::tempdir().unwrap();
        let (json, html) = (dir.path().join("a.json"), dir.path().join("a.html"));
        let table = data("patients.csv");
        let (code, out, err) = qupia(&[
            "assess",
            table.to_str().unwrap(),
            "--json",
            json.to_str().unwrap(),
            "--html",
            html.to_str().unwrap(),
            "--population",
            "20000",
        ]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("proposed") && out.contains("возраст") && out.contains("диагноз"), "{out}");
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
        assert_eq!((&json["version"], &json["rows"]), (&1.into(), &600.into()));
        let quasi: Vec<String> =
            json["quasi"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().into()).collect();
        let sizes = class_sizes(&patients(), &quasi);
        assert_eq!(json["risk"]["k"], *sizes.values().min().unwrap() as u64);
        assert_eq!(json["risk"]["unique"], sizes.values().filter(|n| **n == 1).count() as u64);
        assert!(std::fs::read_to_string(html).unwrap().contains("<svg"));
    }

    #[test]
    fn wrong_use_is_told_without_values() {
        let table = data("patients.csv");
        let (code, _, err) = qupia(&["assess", table.to_str().unwrap(), "--quasi", "нет"]);
        assert_eq!(code, 2);
        assert!(err.contains("no column"), "{err}");
        assert_eq!(qupia(&["assess", "/nowhere/at/all.csv"]).0, 2);
    }

    #[test]
    fn tabulate_hides_small_cells() {
        let table = data("patients.csv");
        let (code, out, err) =
            qupia(&["tabulate", table.to_str().unwrap(), "--by", "город,диагноз", "--min-count", "5"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.lines().any(|l| l.ends_with(",c")));
        for line in out.lines().skip(1) {
            let count = line.rsplit(',').next().unwrap();
            assert!(count == "c" || count.parse::<u32>().unwrap() >= 5, "{line}");
        }
    }

    #[test]
    fn hierarchies_are_drafted() {
        let table = data("patients.csv");
        let (code, out, _) = qupia(&["hierarchy", "draft", table.to_str().unwrap(), "--column", "город"]);
        assert_eq!(code, 0);
        assert!(out.contains("Талгар;Алматинская область;Южный Казахстан;*"), "{out}");
    }

    /// One table, one policy: models for the quasi-identifiers, methods and a second scan for the rest.
    #[test]
    fn anonymize_with_a_privacy_part() {
        let dir = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(data("patients.csv")).unwrap();
        let mut lines = text.lines();
        let mut wide = format!("{};email\n", lines.next().unwrap());
        lines.enumerate().for_each(|(i, line)| wide.push_str(&format!("{line};patient{i}@example.kz\n")));
        let input = dir.path().join("patients.csv");
        std::fs::write(&input, wide).unwrap();
        for name in ["age.csv", "city.csv", "education.csv"] {
            std::fs::copy(data(name), dir.path().join(name)).unwrap();
        }
        let policy = dir.path().join("policy.toml");
        std::fs::write(
            &policy,
            "[privacy]\nk = 5\nsuppression_limit = 0.1\nquasi = ['пол', 'возраст', 'город', 'образование']\n\
             sensitive = ['диагноз']\nl = 2\n\
             hierarchies = { 'возраст' = 'age.csv', 'город' = 'city.csv', 'образование' = 'education.csv' }\n",
        )
        .unwrap();
        let (out, report) = (dir.path().join("open"), dir.path().join("privacy.json"));
        let path = |p: &Path| p.to_str().unwrap().to_owned();
        let args = [path(&input), "--policy".into(), path(&policy), "--out".into(), path(&out)];
        let mut explore: Vec<&str> = vec!["anonymize"];
        explore.extend(args.iter().map(String::as_str));
        let mut write = explore.clone();
        explore.push("--explore");
        let (code, listed, err) = qupia(&explore);
        assert_eq!(code, 0, "{err}");
        assert!(listed.contains("proven optimum") && listed.lines().count() > 3, "{listed}");
        assert!(!out.exists());
        let report_path = path(&report);
        write.extend(["--privacy-report", &report_path, "--format", "jsonl"]);
        let (code, ledger, err) = qupia(&write);
        assert_eq!(code, 0, "{err}");
        assert!(ledger.contains("\"type\":\"summary\"") && err.contains("suppressed"), "{ledger}{err}");
        let copy = load(&out.join("patients.csv")).unwrap().table;
        let quasi = ["пол", "возраст", "город", "образование"].map(String::from);
        assert!(class_sizes(&copy, &quasi).values().all(|n| *n >= 5));
        let written = std::fs::read_to_string(out.join("patients.csv")).unwrap();
        assert!(!written.contains("@example.kz"));
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        assert_eq!(json["rows"], 600);
        // A second run needs to be asked for.
        assert_eq!(qupia(&write).0, 2);
    }

    #[test]
    fn a_direct_identifier_among_quasi_identifiers_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut text = String::from("email;age\n");
        (0..40).for_each(|i| text.push_str(&format!("shared@example.kz;{}\n", 20 + i % 4)));
        let (input, policy, out) =
            (dir.path().join("t.csv"), dir.path().join("p.toml"), dir.path().join("o"));
        std::fs::write(&input, text).unwrap();
        std::fs::write(&policy, "[privacy]\nquasi = ['email', 'age']\n").unwrap();
        let paths = [&input, &policy, &out].map(|p| p.to_str().unwrap().to_owned());
        let (code, _, err) = qupia(&["anonymize", &paths[0], "--policy", &paths[1], "--out", &paths[2]]);
        assert_eq!(code, 2);
        assert!(err.contains("email in column email") && !err.contains("shared@"), "{err}");
        assert!(!out.join("t.csv").exists());
    }
}

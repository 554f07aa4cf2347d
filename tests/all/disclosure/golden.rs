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
            assert!((search.best[0].score - score).abs() <= 1e-9 * score, "{} {score}", search.best[0].score);
        }
    }
    for (objective, suppressed, classes) in [(Objective::Entropy, 3659, 1623), (Objective::Aecs, 7185, 1847)]
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
    privacy.quasi =
        ["age", "education", "marital-status", "native-country", "race", "salary-class", "sex", "workclass"]
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

//! The search against plain enumeration of every node.

use super::*;

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

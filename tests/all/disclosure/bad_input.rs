//! What cannot be met, and tables that nobody planned for.

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
    let privacy = Privacy::from_policy("[privacy]\nk = 3\nquasi = ['x']\nsuppression_limit = 0.0").unwrap();
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

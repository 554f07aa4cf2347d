//! Copies keep the format of their source.

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
        run_policy(&data("patients.csv"), &output, &policy("l = 7"), &base(), &Extras::default()).is_err()
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

//! The description of the procedure: the figures of the run, the same in every language and form.

use crate::harness::Place;

fn run(p: &Place, description: &str, more: &[&str]) {
    let args =
        [&["anonymize", "src", "--out", "out", "--overwrite", "--description", description, "-q"], more]
            .concat();
    let run = p.qupia(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

fn place() -> Place {
    let p = Place::new();
    let mut text = String::from("№;ИИН;дата рождения;примечание\n");
    for n in 0..40 {
        // ten people, four rows each
        let iin = ["991231500016", "850101100012"][n % 2];
        text.push_str(&format!("{n};{iin};12.03.19{};договор {n}\n", 60 + n % 10));
    }
    p.write("src/a.csv", text);
    p.write("src/b.txt", "ИИН 991231500016\n");
    p
}

#[test]
fn figures_are_those_that_a_reader_of_the_files_counts() {
    let p = place();
    run(&p, "d.json", &["--operator", "ТОО «Пример»", "--purpose", "статистические исследования"]);
    let json: serde_json::Value = serde_json::from_slice(&p.read("d.json")).unwrap();
    assert_eq!(json["schema"], "qupia.description/1");
    assert_eq!(json["procedure"]["operator"], "ТОО «Пример»");
    let bytes: u64 = ["src/a.csv", "src/b.txt"].iter().map(|f| p.read(f).len() as u64).sum();
    assert_eq!(json["input"]["bytes"], bytes);
    assert_eq!(json["input"]["files"], 2);
    // counted from source and copy, cell by cell
    let cells = |f: &str| -> Vec<Vec<String>> {
        let text = String::from_utf8(p.read(f)).unwrap();
        text.lines().skip(1).map(|l| l.split(';').map(str::to_owned).collect()).collect()
    };
    let (before, after) = (cells("src/a.csv"), cells("out/a.csv"));
    for (column, name) in [(1, "ИИН"), (2, "дата рождения")] {
        let changed = before.iter().zip(&after).filter(|(a, b)| a[column] != b[column]).count();
        let distinct = |rows: &[Vec<String>]| {
            rows.iter().map(|r| &r[column]).collect::<std::collections::BTreeSet<_>>().len()
        };
        let fields = json["fields"].as_array().unwrap();
        let field =
            fields.iter().find(|f| f["place"] == name).unwrap_or_else(|| panic!("{name}: {fields:?}"));
        assert_eq!(field["replaced"], changed, "{name}");
        let d = &field["distribution"];
        assert_eq!(d["values"], 40, "{name}");
        assert_eq!(d["changed"], changed, "{name}");
        assert_eq!(d["distinct_before"], distinct(&before), "{name}");
        assert_eq!(d["distinct_after"], distinct(&after), "{name}");
    }
    for copy in json["copies"].as_array().unwrap() {
        let content = p.read(&format!("out/{}", copy["path"].as_str().unwrap()));
        assert_eq!(copy["hash"], blake3::hash(&content).to_hex().to_string());
    }
    assert_eq!(json["storage"]["sources_checked"], 2);
    assert_eq!(json["storage"]["sources_changed"], 0);
    assert_eq!(json["leftovers"]["files"], 2);
    assert_eq!(json["attack"]["iin_space"], 731_702_499);
    let rate = json["attack"]["tokens_per_second"].as_f64().unwrap();
    let seconds = json["attack"]["seconds_with_key"].as_f64().unwrap();
    assert!((seconds * rate / 731_702_499.0 - 1.0).abs() < 1e-9);
    let text = p.read("d.json");
    assert!(!String::from_utf8_lossy(&text).contains("991231500016"));
}

#[test]
fn three_languages_at_once() {
    let p = place();
    run(&p, "d.html", &["--lang", "ru,kk,en"]);
    for (file, title) in [
        ("d.ru.html", "Описание процедуры обезличивания"),
        ("d.kk.html", "Дербес деректерді иесіздендіру"),
        ("d.en.html", "Description of the procedure"),
    ] {
        let text = String::from_utf8(p.read(file)).unwrap();
        assert!(text.contains(title), "{file}");
        assert!(!text.contains("http://") && !text.contains("https://"), "nothing from outside");
    }
    run(&p, "d.docx", &["--lang", "kk"]);
    assert!(p.read("d.docx").starts_with(b"PK"));
}

#[test]
fn a_description_may_not_lie_among_the_copies() {
    let p = place();
    let inside = p.qupia(&["anonymize", "src", "--out", "out", "--description", "out/d.docx"]);
    assert_eq!(inside.code, 2);
    let unknown = p.qupia(&["anonymize", "src", "--out", "out", "--description", "d.odt"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains(".docx"), "{}", unknown.stderr);
}

#[test]
fn columns_of_one_name_are_told_apart_by_their_copies() {
    let p = Place::new();
    p.write("src/a.csv", "id;ИИН\n1;991231500016\n2;991231500016\n");
    p.write("src/дело 850101100012.csv", "id;ИИН\n1;850101100012\n");
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [("x.csv", "id;ИИН\n1;991231500016\n"), ("y.csv", "id;БИН\n1;050140000018\n")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    p.write("src/more.tar", tar.into_inner().unwrap());
    run(&p, "d.json", &[]);
    let text = String::from_utf8(p.read("d.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows: Vec<(String, String, u64, u64)> = json["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let text = |k: &str| f[k].as_str().unwrap_or_default().to_owned();
            let values = f["distribution"]["values"].as_u64().unwrap();
            (text("file"), text("place"), f["replaced"].as_u64().unwrap(), values)
        })
        .collect();
    let row = |file: &str, place: &str, n| (file.to_owned(), place.to_owned(), n, n);
    assert!(rows.contains(&row("a.csv", "ИИН", 2)), "{rows:?}");
    assert!(rows.contains(&row("more.tar!x.csv", "ИИН", 1)), "{rows:?}");
    // one file alone has such a column: nothing to tell apart
    assert!(rows.contains(&row("", "БИН", 1)), "{rows:?}");
    assert_eq!(rows.iter().filter(|r| r.1 == "ИИН").count(), 3);
    assert!(!text.contains("850101100012"), "the copy's name, not the source's");
    run(&p, "d.md", &["--lang", "en"]);
    let text = String::from_utf8(p.read("d.md")).unwrap();
    assert!(text.contains("a.csv: ИИН") && text.contains("more.tar!x.csv: ИИН"), "{text}");
    assert!(text.contains("sealed with the BLAKE3 hash"), "{text}");
}

#[test]
fn where_no_description_can_be_written_no_run_begins() {
    let p = place();
    std::fs::create_dir(p.path("folder.md")).unwrap();
    for bad in ["nowhere/d.md", "folder.md"] {
        let run = p.qupia(&["anonymize", "src", "--out", "out", "--description", bad]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("cannot be written"), "{}", run.stderr);
        assert!(!p.path("out").exists());
    }
    p.write("d.md", "old");
    let stopped = p.qupia(&["anonymize", "no-source", "--out", "out", "--description", "d.md"]);
    assert_eq!((stopped.code, p.read("d.md")), (2, b"old".to_vec()));
}

use super::*;

fn error(text: &str) -> String {
    Policy::parse(text, "p.toml", None).unwrap_err().to_string()
}

#[test]
fn presets_are_well_formed() {
    for (name, _) in PROFILES {
        let p = Policy::profile(name).unwrap();
        assert_eq!(p.name, *name);
        assert!(p.rules.len() >= 20, "{name}");
    }
    assert!(Policy::profile("public").unwrap_err().to_string().contains("court-act"));
    assert!(Policy::default().rules.iter().any(|r| r.category == Some(Category::IIN)));
}

#[test]
fn errors_name_line_fault_and_what_is_allowed() {
    for (text, parts) in [
        (
            "version = 1\n[category]\niin = \"tokn\"\n",
            vec!["p.toml:3", "tokn", "did you mean \"token\"", "remove"],
        ),
        ("scope = \"session\"", vec!["p.toml:1", "run, file, document, cell"]),
        ("\n\nsalt = \"abc\"", vec!["p.toml:3", "salt", "731,702,499", "--key-file"]),
        ("[[column]]\ncolumn = \"iin\"\nmethod = \"token\"\nsalt = \"x\"", vec!["p.toml:4", "holds no salt"]),
        ("[category]\niin = { method = \"mask\", last = 4 }", vec!["p.toml:2", "recoverable"]),
        ("[category]\nphone = { method = \"mask\", first = 2, last = 2 }", vec!["too few candidates"]),
        ("[category]\niinn = \"token\"", vec!["p.toml:2", "did you mean \"iin\""]),
        ("[category]\niin = 5", vec!["p.toml:2", "a method is a text or a table"]),
        ("colunm = 1", vec!["did you mean \"column\"", "category"]),
        ("[[column]]\ncolumn = \"age\"\nmethod = \"bins\"", vec!["p.toml:3", "width"]),
        ("[[column]]\ncolumn = \"d\"\nmethod = \"generalize\"\nto = \"yaer\"", vec!["p.toml:4", "year"]),
        ("[[column]]\ncolumn = \"/(/\"\nmethod = \"keep\"", vec!["p.toml:2", "neither a glob nor"]),
        ("[[column]]\nmethod = \"keep\"", vec!["names a column, a table or a category"]),
        ("a = = 1", vec!["p.toml:1", "not TOML"]),
        ("base = \"nobody\"", vec!["p.toml:1", "statistics"]),
        (
            "[[column]]\ncolumn=\"x\"\nmethod=\"hierarchy\"\nhierarchy=\"none.csv\"",
            vec!["p.toml:4", "none.csv"],
        ),
    ] {
        let e = error(text);
        for part in parts {
            assert!(e.contains(part), "{text:?}\n gives {e}\n without {part}");
        }
    }
}

#[test]
fn the_more_exact_rule_counts_and_of_equals_the_later() {
    let p = Policy::parse(
        r#"
        [category]
        iin = "remove"
        [[column]]
        table = "loans"
        method = "remove"
        [[column]]
        column = "*iin*"
        method = "token"
        [[column]]
        column = "*iin*"
        file = "*.sql"
        method = "keep"
        [[column]]
        column = "*iin*"
        method = "label"
        "#,
        "p.toml",
        None,
    )
    .unwrap();
    let method = |file, table, column, category| {
        let best = p.candidates(file, table, Some(column), category);
        best.first().map(|n| p.rules[*n].method.name())
    };
    let iin = Some(Category::IIN);
    assert_eq!(method("a.csv", None, "borrower_iin", iin), Some("label"));
    assert_eq!(method("x/a.sql", None, "borrower_IIN", iin), Some("keep"));
    assert_eq!(method("a.csv", Some("loans"), "sum", None), Some("remove"));
    assert_eq!(method("a.csv", None, "note", iin), Some("remove"));
    assert_eq!(method("a.csv", None, "note", None), None);
    assert_eq!(method("a.json", None, "client.docs[].iin", iin), Some("label"));
}

#[test]
fn suppression_needs_one_condition() {
    let ok =
        Policy::parse("[[suppress]]\ncolumn = \"age\"\nabove = 90\nclear = [\"age\", \"city\"]", "p", None)
            .unwrap();
    assert!(ok.suppress[0].when.holds("91,5") && !ok.suppress[0].when.holds("90"));
    assert!(ok.suppress[0].clears("city") && !ok.suppress[0].clears("sum"));
    assert!(error("[[suppress]]\ncolumn = \"age\"\nabove = 90\nbelow = 3").contains("exactly one"));
}

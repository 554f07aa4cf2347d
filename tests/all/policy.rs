//! Policies: what they say is what happens, and what cannot be right is told.

use crate::harness::Place;

/// An invented, well-formed IIN.
pub fn iin(n: u32) -> String {
    for serial in n.. {
        let body = format!("{:02}{:02}{:02}3{:04}", 60 + n % 40, 1 + n % 12, 1 + n % 28, serial % 10_000);
        let d: Vec<u32> = body.bytes().map(|b| u32::from(b - b'0')).collect();
        let pass = |w: fn(usize) -> u32| (0..11).map(|k| d[k] * w(k)).sum::<u32>() % 11;
        let check = match pass(|k| k as u32 + 1) {
            10 => pass(|k| (k as u32 + 2) % 11 + 1),
            c => c,
        };
        if check < 10 {
            return format!("{body}{check}");
        }
    }
    unreachable!()
}

fn lender(place: &Place) {
    let mut clients = String::from("id;ИИН;дата рождения;телефон;сумма\n");
    let mut loans = String::from("loan,iin,amount\n");
    for n in 0..60 {
        let i = iin(n);
        clients.push_str(&format!(
            "{n};{i};{}.{}.19{};+7 701 555 {:02} {:02};{}\n",
            &i[4..6],
            &i[2..4],
            &i[..2],
            n % 100,
            (n * 7) % 100,
            n * 1000 + 5
        ));
        loans.push_str(&format!("{},{i},{}\n", n + 100, n * 10));
        loans.push_str(&format!("{},{i},{}\n", n + 200, n * 20));
    }
    place.write("src/clients.csv", clients);
    place.write("src/loans.csv", loans);
}

fn rows(place: &Place, path: &str, delimiter: char) -> Vec<Vec<String>> {
    String::from_utf8(place.read(path))
        .unwrap()
        .lines()
        .skip(1)
        .map(|l| l.split(delimiter).map(str::to_owned).collect())
        .collect()
}

#[test]
fn joins_give_the_same_counts_and_two_runs_share_no_token() {
    let p = Place::new();
    lender(&p);
    for out in ["one", "two"] {
        assert_eq!(p.qupia(&["anonymize", "src", "--out", out, "-q"]).code, 0);
    }
    let tokens = |out: &str| -> std::collections::BTreeMap<String, usize> {
        let clients = rows(&p, &format!("{out}/clients.csv"), ';');
        let loans = rows(&p, &format!("{out}/loans.csv"), ',');
        clients.iter().map(|c| (c[1].clone(), loans.iter().filter(|l| l[1] == c[1]).count())).collect()
    };
    let (one, two) = (tokens("one"), tokens("two"));
    assert_eq!(one.len(), 60);
    assert!(one.iter().all(|(t, n)| t.starts_with("IIN_") && t.len() == 24 && *n == 2), "{one:?}");
    assert!(one.keys().all(|t| !two.contains_key(t)));
    let years = rows(&p, "one/clients.csv", ';');
    assert!(years.iter().all(|r| r[2].len() == 4 && r[2].starts_with("19")));
    // what was not personal is as it was
    assert!(years.iter().zip(rows(&p, "src/clients.csv", ';')).all(|(a, b)| a[4] == b[4] && a[0] == b[0]));
}

#[test]
fn a_copy_of_a_copy_is_the_copy() {
    let p = Place::new();
    lender(&p);
    assert_eq!(p.qupia(&["anonymize", "src", "--out", "one", "-q"]).code, 0);
    assert_eq!(p.qupia(&["anonymize", "one", "--out", "two", "-q", "--exclude", ".qupia*"]).code, 0);
    for file in ["clients.csv", "loans.csv"] {
        assert_eq!(p.read(&format!("one/{file}")), p.read(&format!("two/{file}")), "{file}");
    }
}

#[test]
fn draft_explain_and_run_agree() {
    let p = Place::new();
    lender(&p);
    let draft = p.qupia(&["policy", "draft", "src"]);
    assert_eq!(draft.code, 0);
    assert!(draft.stdout.contains("column = \"ИИН\"") && draft.stdout.contains("method = \"token\""));
    let edited = draft.stdout
        + "[[column]]\ncolumn = \"сумма\"\nmethod = \"bins\"\nwidth = 10000\n[[column]]\ncolumn = \"телефон\"\nmethod = \"remove\"\n";
    p.write("policy.toml", edited);
    assert_eq!(p.qupia(&["policy", "check", "policy.toml"]).code, 0);
    let explained = p.qupia(&["policy", "explain", "policy.toml", "src", "--json"]);
    let of = |column: &str| {
        explained
            .stdout
            .lines()
            .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap())
            .find(|l| l["column"] == column)
            .unwrap()
    };
    assert_eq!(of("сумма")["method"], "generalize(bins, width=10000)");
    assert_eq!(of("телефон")["method"], "remove");
    assert!(of("телефон")["because"].as_str().unwrap().contains("policy.toml:"));
    assert!(!explained.stdout.contains("+7 701 555"), "samples are masked");
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--policy", "policy.toml", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for row in rows(&p, "out/clients.csv", ';') {
        assert_eq!(row[3], "");
        assert!(row[4].starts_with('['), "{row:?}");
    }
    let dry = p.qupia(&["anonymize", "src", "--policy", "policy.toml", "--dry-run"]);
    assert_eq!(dry.code, 0);
    assert!(dry.stdout.contains("generalize(bins, width=10000)"));
}

#[test]
fn a_wrong_policy_ends_before_anything_is_written() {
    let p = Place::new();
    lender(&p);
    p.write("bad.toml", "version = 1\nsalt = \"x\"\n");
    p.write("worse.toml", "[category]\niin = { method = \"mask\", last = 4 }\n");
    for (file, words) in [("bad.toml", "bad.toml:2"), ("worse.toml", "recoverable")] {
        let run = p.qupia(&["anonymize", "src", "--out", "out", "--policy", file]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert!(!p.path("out").exists());
    }
    assert_eq!(p.qupia(&["anonymize", "src", "--out", "out", "--profile", "public"]).code, 2);
}

#[test]
fn every_profile_leaves_nothing_behind() {
    let p = Place::new();
    lender(&p);
    for profile in ["statistics", "sharing", "test-data"] {
        let run = p.qupia(&["anonymize", "src", "--out", profile, "--profile", profile, "-q"]);
        assert_eq!(run.code, 0, "{profile}: {}", run.stderr);
        let copy = String::from_utf8(p.read(&format!("{profile}/clients.csv"))).unwrap();
        for n in 0..60 {
            assert!(!copy.contains(&iin(n)), "{profile}");
        }
        let verified = p.qupia(&["verify", profile, "--against", "src", "--format", "jsonl"]);
        assert_eq!(verified.code, 0, "{profile}: {}", verified.stdout);
    }
}

#[test]
fn columns_are_mixed_and_aggregated() {
    let p = Place::new();
    lender(&p);
    p.write(
        "p.toml",
        "[[column]]\ncolumn = \"amount\"\nmethod = \"microaggregate\"\nk = 4\n[[column]]\ncolumn = \"loan\"\nmethod = \"shuffle\"\n",
    );
    assert_eq!(p.qupia(&["anonymize", "src/loans.csv", "--out", "out", "--policy", "p.toml", "-q"]).code, 0);
    let (before, after) = (rows(&p, "src/loans.csv", ','), rows(&p, "out/loans.csv", ','));
    let mut groups = std::collections::BTreeMap::new();
    after.iter().for_each(|r| *groups.entry(r[2].clone()).or_insert(0) += 1);
    assert!(groups.values().all(|n| *n >= 4), "{groups:?}");
    let column = |rows: &[Vec<String>]| rows.iter().map(|r| r[0].clone()).collect::<Vec<_>>();
    let (mut a, mut b) = (column(&before), column(&after));
    assert_ne!(a, b);
    a.sort();
    b.sort();
    assert_eq!(a, b);
}

#[test]
fn verify_finds_what_was_put_back() {
    let p = Place::new();
    lender(&p);
    assert_eq!(p.qupia(&["anonymize", "src", "--out", "out", "-q"]).code, 0);
    let clean = p.qupia(&["verify", "out", "--against", "src"]);
    assert_eq!(clean.code, 0, "{}", clean.stdout);
    let mut copy = p.read("out/clients.csv");
    copy.extend(format!("99;x;2000;;{} {}\n", &iin(3)[..6], &iin(3)[6..]).into_bytes());
    p.write("out/clients.csv", copy);
    p.write("out/masks.txt", "карта ************ и договор ******0123\n");
    let found = p.qupia(&["verify", "out", "--against", "src", "--format", "jsonl"]);
    assert_eq!(found.code, 1);
    let kinds: std::collections::BTreeSet<(String, String)> = found
        .stdout
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap())
        .filter(|l| l["type"] == "issue")
        .map(|l| (l["path"].as_str().unwrap().to_owned(), l["kind"].as_str().unwrap().to_owned()))
        .collect();
    for (path, kind) in [
        ("clients.csv", "source_value"),
        ("clients.csv", "manifest"),
        ("masks.txt", "mask"),
        ("masks.txt", "manifest"),
    ] {
        assert!(kinds.contains(&(path.into(), kind.into())), "{kinds:?}");
    }
    assert!(!found.stdout.contains(&iin(3)));
}

#[test]
fn methods_that_would_leave_a_value_recoverable_are_refused() {
    let p = Place::new();
    for (rule, why) in [
        ("iin = { method = \"prefix\", length = 11 }", "few candidates"),
        ("iin = { method = \"noise\", scale = 1 }", "among its neighbours"),
        ("id_card = { method = \"bins\", width = 2 }", "among its neighbours"),
        ("phone = { method = \"round\", step = 1 }", "among its neighbours"),
        ("phone = { method = \"prefix\", length = 9 }", "few candidates"),
        ("iin = \"domain_class\"", "is for email, not for iin"),
        ("address = \"operator\"", "is for phone, not for address"),
    ] {
        p.write("p.toml", format!("version = 1\n[category]\n{rule}\n"));
        let run = p.qupia(&["policy", "check", "p.toml"]);
        assert_eq!(run.code, 2, "{rule}");
        assert!(run.stderr.contains("p.toml:3") && run.stderr.contains(why), "{}", run.stderr);
    }
    p.write("p.toml", "version = 1\n[category]\nphone = { method = \"prefix\", length = 5 }\n");
    assert_eq!(p.qupia(&["policy", "check", "p.toml"]).code, 0);
    // a rule for a column cannot know what stands in it: there the value gets a label
    lender(&p);
    p.write("p.toml", "version = 1\n[[column]]\ncolumn = \"ИИН\"\nmethod = \"prefix\"\nlength = 11\n");
    let run = p.qupia(&["anonymize", "src/clients.csv", "--out", "out", "--policy", "p.toml", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(rows(&p, "out/clients.csv", ';').iter().all(|r| r[1] == "[IIN]"));
}

#[test]
fn numbers_of_persons_do_not_depend_on_threads() {
    let p = Place::new();
    let mut text = String::from("id;ФИО;ИИН\n");
    for n in 0..60_000u32 {
        let letter = |k: u32| char::from_u32(0x430 + (n / k) % 26).unwrap();
        text.push_str(&format!(
            "{n};Ахмет{}{}{}ов Нурлан Серикович;{}\n",
            letter(676),
            letter(26),
            letter(1),
            iin(n % 97)
        ));
    }
    p.write("src/a.csv", text);
    p.write("p.toml", "version = 1\n[category]\nperson = \"label\"\niin = \"remove\"\n");
    for (out, threads) in [("one", "1"), ("four", "4")] {
        let run = ["anonymize", "src", "--out", out, "--policy", "p.toml", "--threads", threads, "-q"];
        assert_eq!(p.qupia(&run).code, 0);
    }
    assert!(p.read("one/a.csv") == p.read("four/a.csv"));
}

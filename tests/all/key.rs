//! Keys: none on disk unless asked for by name; then linked, declared, and destroyed with an act.

use crate::harness::Place;

#[test]
fn a_kept_key_links_runs_is_declared_and_destroyed() {
    let p = Place::new();
    p.write("src/a.csv", "id;ИИН\n1;991231500016\n2;850101100012\n");
    let made =
        p.qupia(&["key", "new", "link.key", "--purpose", "monthly statistics", "--expires", "2099-12-31"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let secret = String::from_utf8(p.read("link.key")).unwrap();
    let secret = secret.lines().find_map(|l| l.strip_prefix("key = ")).unwrap().trim_matches('"').to_owned();
    assert_eq!(secret.len(), 64);
    for out in ["one", "two"] {
        let description = format!("{out}.json");
        let run = p.qupia(&[
            "anonymize",
            "src",
            "--out",
            out,
            "--key-file",
            "link.key",
            "--description",
            &description,
            "-q",
        ]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("pseudonymized"), "{}", run.stderr);
        let json: serde_json::Value = serde_json::from_slice(&p.read(&description)).unwrap();
        assert_eq!(json["key"]["kept"], true);
        assert_eq!(json["key"]["purpose"], "monthly statistics");
    }
    assert_eq!(p.read("one/a.csv"), p.read("two/a.csv"));
    let shown = p.qupia(&["key", "inspect", "link.key"]);
    assert!(shown.stdout.contains("2099-12-31"));
    let gone = p.qupia(&["key", "destroy", "link.key", "--act", "act.txt", "--lang", "en"]);
    assert_eq!(gone.code, 0);
    assert!(!p.path("link.key").exists());
    let act = String::from_utf8(p.read("act.txt")).unwrap();
    assert!(act.contains("ACT OF DESTRUCTION") && act.contains("monthly statistics"));
    for text in [made.stdout, shown.stdout, act] {
        assert!(!text.contains(&secret[..16]), "the key is never shown");
    }
}

#[test]
fn a_key_beside_the_data_is_refused() {
    let p = Place::new();
    p.write("src/a.csv", "id;ИИН\n1;991231500016\n");
    let new = ["key", "new", "src/k.key", "--purpose", "x", "--expires", "2099-12-31"];
    assert_eq!(p.qupia(&new).code, 0);
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--key-file", "src/k.key"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("keep it elsewhere"), "{}", run.stderr);
    assert!(!p.path("out").exists());
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let p = Place::new();
    p.write("src/a.csv", "id;ИИН\n1;991231500016\n");
    assert_eq!(p.qupia(&["key", "new", "k.key", "--purpose", "x", "--expires", "2099-12-31"]).code, 0);
    std::fs::set_permissions(p.path("k.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = p.qupia(&["anonymize", "src", "--out", "out", "--key-file", "k.key"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("0600"), "{}", run.stderr);
}

#[test]
fn without_a_key_file_no_key_reaches_the_disk() {
    let p = Place::new();
    p.write("src/a.csv", "id;ИИН\n1;991231500016\n2;850101100012\n");
    let run = p.qupia(&[
        "anonymize",
        "src",
        "--out",
        "out",
        "--description",
        "d.json",
        "--report",
        "r.jsonl",
        "-q",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_slice(&p.read("d.json")).unwrap();
    assert_eq!(json["key"]["kept"], false);
    assert_eq!(json["key"]["wiped"], true);
    assert_eq!(json["key"]["bits"], 256);
    assert!(json["key"]["life_seconds"].as_f64().unwrap() > 0.0);
    // nothing of 64 hexadecimal digits but hashes of the copies, their list, the policy and the program stands anywhere
    let hashes = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let mut known =
        vec![hashes(&json["procedure"]["policy_hash"]), hashes(&json["procedure"]["program_hash"])];
    known.extend(json["copies"].as_array().unwrap().iter().map(|c| hashes(&c["hash"])));
    let manifest = String::from_utf8(p.read("out/.qupia-manifest.jsonl")).unwrap();
    let (lines, _) = manifest.trim_end().rsplit_once('\n').unwrap();
    known.push(blake3::hash(format!("{lines}\n").as_bytes()).to_hex().to_string());
    for file in p.files("") {
        let text = String::from_utf8_lossy(&p.read(&file)).into_owned();
        for word in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|w| w.len() >= 64) {
            assert!(known.iter().any(|k| k == word), "{file}: {word}");
        }
    }
}

//! `qupia verify` on copies that somebody spoiled: what is put back is found wherever it hides.

use std::io::Write;

use serde_json::Value;

use crate::harness::{EMAIL, IBAN, IIN, IIN_2, PHONE, Place, share};

fn issues(p: &Place, against: bool) -> (i32, Vec<(String, String, String)>, Value) {
    let more: &[&str] = if against { &["--against", "share"] } else { &[] };
    let (code, lines) = p.jsonl(&[&["verify", "out"], more].concat());
    let text = |l: &Value, key: &str| l[key].as_str().unwrap_or_default().to_owned();
    let all = lines.iter().filter(|l| l["type"] == "issue");
    let all = all.map(|l| (text(l, "path"), text(l, "kind"), text(l, "what"))).collect();
    (code, all, lines.last().unwrap().clone())
}

fn copies() -> Place {
    let p = Place::new();
    share(&p);
    assert_eq!(p.qupia(&["anonymize", "share", "--out", "out", "-q"]).code, 0);
    p
}

fn zip(files: &[(&str, &str)], comment: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.set_comment(comment.to_owned()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn clean_copies_are_clean() {
    let p = copies();
    for against in [false, true] {
        let (code, all, _) = issues(&p, against);
        assert_eq!((code, all), (0, Vec::new()));
    }
}

#[test]
fn whole_values_are_found_wherever_they_hide() {
    let p = copies();
    let spaced: String =
        IBAN.as_bytes().chunks(4).map(|c| format!("{} ", String::from_utf8_lossy(c))).collect();
    let places = [
        ("spaced.txt", format!("счёт {}", spaced.to_lowercase()).into_bytes()),
        ("grouped.txt", format!("№ {}-{}", &IIN[..6], &IIN[6..]).into_bytes()),
        ("upper.txt", EMAIL.to_uppercase().into_bytes()),
        ("phone.txt", b"tel 8.701.234.56.78".to_vec()),
        ("member.zip", zip(&[(&format!("акт {IIN}.txt"), "пусто")], "")),
        ("comment.zip", zip(&[("a.txt", "пусто")], &format!("от {EMAIL}"))),
        ("hidden.bin", [&[0u8, 1, 2, 3][..], IIN_2.as_bytes(), &[0; 9]].concat()),
        // a part of a package that no reader shows
        (
            "book.xlsx",
            zip(
                &[("[Content_Types].xml", "<Types/>"), ("customXml/item7.xml", &format!("<x>{IIN}</x>"))],
                "",
            ),
        ),
    ];
    for (name, bytes) in &places {
        p.write(&format!("out/{name}"), bytes);
    }
    p.write(&format!("out/дело {IIN}.txt"), "пусто");
    let (code, all, summary) = issues(&p, true);
    assert_eq!(code, 1);
    assert_eq!(summary["leftovers"], true);
    for (name, _) in &places {
        assert!(all.iter().any(|(path, kind, _)| path == name && kind == "source_value"), "{name}: {all:?}");
    }
    assert!(all.iter().any(|(path, kind, _)| path.starts_with("дело") && kind == "source_value"), "{all:?}");
    // the report tells where, never what
    let told =
        p.qupia(&["verify", "out", "--against", "share"]).stdout.replace(&format!("дело {IIN}.txt"), "");
    assert!(!told.contains(IIN_2) && !told.contains(EMAIL) && !told.contains(PHONE));
}

#[test]
fn masks_tails_and_the_manifest() {
    let p = Place::new();
    let mut clients = String::from("id;ИИН\n");
    let mut tails = String::from("id;хвост\n");
    for n in 0..60 {
        let iin = crate::policy::iin(n);
        clients.push_str(&format!("{n};{iin}\n"));
        tails.push_str(&format!("{n};{}\n", &iin[8..]));
    }
    p.write("share/clients.csv", clients);
    assert_eq!(p.qupia(&["anonymize", "share", "--out", "out", "-q"]).code, 0);
    assert_eq!(issues(&p, true).0, 0);
    p.write("out/tails.csv", tails);
    p.write("out/mask.txt", "ИИН 850101******, карта **** **** **** 1234");
    let copy = p.read("out/clients.csv");
    p.write("out/clients.csv", [copy, b"x;y\n".to_vec()].concat());
    let (code, all, _) = issues(&p, true);
    assert_eq!(code, 1);
    for (path, kind) in
        [("tails.csv", "tail"), ("mask.txt", "mask"), ("clients.csv", "manifest"), ("tails.csv", "manifest")]
    {
        assert!(all.iter().any(|(p, k, _)| p == path && k == kind), "{path} {kind}: {all:?}");
    }
    std::fs::remove_file(p.path("out/clients.csv")).unwrap();
    assert!(issues(&p, false).1.iter().any(|(p, k, _)| p == "clients.csv" && k == "manifest"));
}

/// Seals changed lines anew, as somebody without the key would.
fn sealed_anew(lines: &str) -> String {
    let hash = blake3::hash(lines.as_bytes()).to_hex();
    format!("{lines}{{\"seal\":{{\"copies\":{},\"blake3\":\"{hash}\"}}}}\n", lines.lines().count())
}

#[test]
fn a_forged_manifest_is_told() {
    let p = Place::new();
    share(&p);
    let new = ["key", "new", "k", "--purpose", "monthly", "--expires", "2099-12-31"];
    assert_eq!(p.qupia(&new).code, 0);
    for (out, key) in [("out", &[][..]), ("kept", &["--key-file", "k"][..])] {
        let run =
            [&["anonymize", "share", "--out", out, "--description", "d.json", "--format", "jsonl"], key];
        let (code, lines) = p.jsonl(&run.concat());
        assert_eq!(code, 0);
        let told = lines.last().unwrap()["manifest"].as_str().unwrap().to_owned();
        let described: Value = serde_json::from_slice(&p.read("d.json")).unwrap();
        assert_eq!(described["manifest"]["hash"], told.as_str());
        assert_eq!(described["manifest"]["keyed"], !key.is_empty());

        let verify = |more: &[&str]| {
            let (code, lines) = p.jsonl(&[&["verify", out][..], more].concat());
            let what =
                lines.iter().find(|l| l["path"] == ".qupia-manifest.jsonl").map(|l| l["what"].to_string());
            (code, what.unwrap_or_default(), lines.last().unwrap()["authentic"] == true)
        };
        assert_eq!(verify(&[]), (0, String::new(), false));
        assert_eq!(verify(&["--manifest", &told.to_uppercase()]), (0, String::new(), true));
        let (code, what, authentic) = verify(&["--key-file", "k"]);
        match key.is_empty() {
            true => assert!(code == 1 && what.contains("without a key") && !authentic, "{what}"),
            false => assert_eq!((code, authentic), (0, true), "{what}"),
        }

        // a copy is changed, and the manifest with it
        let manifest = String::from_utf8(p.read(&format!("{out}/.qupia-manifest.jsonl"))).unwrap();
        let (mut lines, _) =
            manifest.trim_end().rsplit_once('\n').map(|(l, s)| (format!("{l}\n"), s)).unwrap();
        p.write(&format!("{out}/added.txt"), "пусто\n");
        let hash = blake3::hash("пусто\n".as_bytes()).to_hex();
        lines.push_str(&format!("{{\"path\":\"added.txt\",\"bytes\":11,\"blake3\":\"{hash}\"}}\n"));
        p.write(&format!("{out}/.qupia-manifest.jsonl"), sealed_anew(&lines));
        assert_eq!(verify(&[]).0, 0, "nothing that was kept shows it");
        assert!(verify(&["--manifest", &told]).1.contains("another hash"));
        assert!(verify(&["--key-file", "k"]).1.contains("without a key"));
        // and with its seal as it was
        let seal = manifest.lines().last().unwrap();
        p.write(&format!("{out}/.qupia-manifest.jsonl"), format!("{lines}{seal}\n"));
        assert!(verify(&[]).1.contains("was changed"));
        let resumed = p.qupia(&["anonymize", "share", "--out", out, "--resume"]);
        assert!(resumed.code == 2 && resumed.stderr.contains("was changed"), "{}", resumed.stderr);
        p.write(&format!("{out}/.qupia-manifest.jsonl"), &lines);
        assert!(verify(&[]).1.contains("no seal"));
        std::fs::remove_file(p.path(&format!("{out}/.qupia-manifest.jsonl"))).unwrap();
        assert!(verify(&[]).1.contains("missing"));
    }
    assert_eq!(p.qupia(&["verify", "out", "--manifest", "12"]).code, 2);
}

#[test]
fn the_attack_by_frequency_is_made_and_its_result_told() {
    let p = Place::new();
    // the first person has one row, the second two, and so on: every count is another one
    let mut rows = String::from("n;ИИН\n");
    let mut even = String::from("n;ИИН\n");
    for person in 0..30 {
        for k in 0..=person {
            rows.push_str(&format!("{k};{}\n", crate::policy::iin(person)));
        }
        for k in 0..3 {
            even.push_str(&format!("{k};{}\n", crate::policy::iin(person)));
        }
    }
    for (name, text, recovered) in [("rows", &rows, 30), ("even", &even, 0)] {
        p.write("share/a.csv", text);
        assert_eq!(p.qupia(&["anonymize", "share", "--out", "out", "--overwrite", "-q"]).code, 0);
        let (code, all, summary) = issues(&p, true);
        // a matter of frequency is told, and is no leftover
        assert_eq!(code, 0, "{name}: {all:?}");
        let of = &summary["recovered"][0];
        assert_eq!((of["category"].as_str(), of["subjects"].as_u64()), (Some("iin"), Some(30)), "{name}");
        assert_eq!((of["recovered"].as_u64(), of["wrong"].as_u64()), (Some(recovered), Some(0)), "{name}");
    }
    // with a token for every cell there is nothing to count
    p.write("share/a.csv", &rows);
    p.write("cell.toml", "scope = \"cell\"\n");
    let run = p.qupia(&["anonymize", "share", "--out", "out", "--overwrite", "--policy", "cell.toml", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(issues(&p, true).2["recovered"][0]["recovered"], 0);
}

#[test]
fn what_cannot_be_looked_through_is_told() {
    let p = copies();
    p.write("out/cut.zip", &zip(&[("a.txt", "текст")], "")[..40]);
    p.write("out/empty", "");
    p.write("out/wide.txt", vec![b'7'; 3 << 20]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", p.path("out/link")).unwrap();
    let (code, all, _) = issues(&p, true);
    assert_eq!(code, 1);
    assert!(all.iter().any(|(path, kind, _)| path == "cut.zip" && kind == "unread"), "{all:?}");
    #[cfg(unix)]
    assert!(all.iter().any(|(path, kind, _)| path == "link" && kind == "unread"), "{all:?}");
    assert_eq!(p.qupia(&["verify", "out/letter.txt"]).code, 2);
    assert_eq!(p.qupia(&["verify", "nowhere"]).code, 2);
    assert_eq!(p.qupia(&["verify", "out", "--against", "nowhere"]).code, 2);
}

use super::figures::*;
use super::*;

fn example() -> RunFigures {
    let field = |place: &str, category: &str, method: &str| FieldFigures {
        place: place.into(),
        category: Some(category.into()),
        method: method.into(),
        rule: Some("category iin -> token (profile default:6)".into()),
        forms: [("whole".to_owned(), 48_211)].into(),
        replaced: 48_211,
        fallback: 3,
        distribution: (!place.is_empty()).then(|| DistributionFigures {
            values: 48_214,
            changed: 48_211,
            distinct_before: 40_000,
            distinct_after: 40_000,
            entropy_before: 15.2,
            entropy_after: 15.2,
            top_share: 0.07,
            unique_count_share: 0.001,
            ..Default::default()
        }),
        ..Default::default()
    };
    RunFigures {
        schema: SCHEMA.into(),
        procedure: Procedure {
            started: "2026-11-22 09:00:00".into(),
            version: "0.1.0".into(),
            function: "blake3".into(),
            token_bits: 90,
            scope: "run".into(),
            ..Default::default()
        },
        input: Side { files: 12, bytes: 73_170_249, ..Default::default() },
        output: Side { files: 11, bytes: 74_000_001, ..Default::default() },
        copies: vec![CopyFile { path: "a <b>.csv".into(), bytes: 10, hash: "ab".repeat(32) }],
        without_copy: [("encrypted".to_owned(), 1)].into(),
        not_inspected: [("encrypted".to_owned(), 1)].into(),
        fields: vec![field("loans.iin", "iin", "token"), field("", "phone", "token")],
        key: KeyFigures { bits: 256, life_seconds: 41.0, wiped: true, ..Default::default() },
        quality: Quality { replaced: 96_422, fallback: 6, ..Default::default() },
        labour: Labour { wall_seconds: 2.5, threads: 2, ..Default::default() },
        attack: AttackFigures {
            tokens_per_second: 8_000_000.0,
            iin_space: 731_702_499,
            seconds_with_key: 91.46,
        },
        leftovers: Leftovers { files: 11, bytes: 74_000_001, ..Default::default() },
        storage: Storage { apart: Some(true), sources_checked: 12, ..Default::default() },
        ..Default::default()
    }
}

/// All numbers of a text, with the separators of the language taken out.
fn numbers(text: &str) -> Vec<String> {
    let mut all: Vec<String> = text
        .replace('\u{a0}', "")
        .split(|c: char| !c.is_ascii_digit())
        .filter(|s| s.len() > 2)
        .map(str::to_owned)
        .collect();
    all.sort();
    all
}

#[test]
fn all_sections_in_all_languages_and_forms() {
    let f = example();
    for lang in Lang::ALL {
        let words = Words::new(lang);
        let html = String::from_utf8(render(&f, lang, Form::Html).unwrap()).unwrap();
        let md = String::from_utf8(render(&f, lang, Form::Markdown).unwrap()).unwrap();
        for section in 1..=12 {
            let title = words.s(&format!("section.{section}"));
            assert!(html.contains(&title), "{title}");
            assert!(md.contains(&title));
        }
        assert!(html.contains("a &lt;b&gt;.csv") && !html.contains("<b>"));
        // no sentence is left with a hole, no name stands where a sentence should
        let bare = html.split("</style>").nth(1).unwrap();
        assert!(!bare.contains('{') && !bare.contains('}'), "{lang:?}");
        for n in 1..=12 {
            assert!(!bare.contains(&format!(">s{n}.")), "{lang:?} s{n}");
        }
    }
}

#[test]
fn the_same_figures_in_every_language_and_in_json() {
    let f = example();
    let html = |l| String::from_utf8(render(&f, l, Form::Html).unwrap()).unwrap();
    let body = |l| html(l).split("</style>").nth(1).unwrap().replace("731,702,499", "731702499").to_owned();
    let (ru, kk) = (numbers(&body(Lang::Ru)), numbers(&body(Lang::Kk)));
    assert!(ru.iter().any(|n| n == "731702499") && ru.iter().any(|n| n == "48211"));
    let differ =
        |a: &[String], b: &[String]| a.iter().filter(|n| !b.contains(n)).cloned().collect::<Vec<_>>();
    assert_eq!(differ(&ru, &kk), Vec::<String>::new());
    let en = html(Lang::En);
    for number in ["731,702,499", "48,211", "73,170,249", "91.5"] {
        assert!(en.contains(number), "{number}");
    }
    let json = render(&f, Lang::Ru, Form::Json).unwrap();
    let back: RunFigures = serde_json::from_slice(&json).unwrap();
    assert_eq!(back, f);
    assert_eq!(back.schema, SCHEMA);
}

#[test]
fn nothing_is_claimed_that_was_not_computed() {
    let mut f = example();
    f.fields.iter_mut().for_each(|x| x.distribution = None);
    f.leftovers = Leftovers::default();
    let text = String::from_utf8(render(&f, Lang::En, Form::Markdown).unwrap()).unwrap();
    assert!(text.contains("k-anonymity, l-diversity and t-closeness were not computed"));
    assert!(text.contains("Distributions of columns were not asked for. | not checked"));
    assert!(text.contains("found 0. | not checked"));
    assert!(text.contains("Recall of detection was not measured"));
    f.key.kept = true;
    f.key.commitment = Some("0123456789abcdef".into());
    let text = String::from_utf8(render(&f, Lang::Ru, Form::Markdown).unwrap()).unwrap();
    assert!(text.contains("КЛЮЧ СОХРАНЁН") && text.contains("псевдонимизацией"));
    assert!(!text.contains("Таблица соответствия «значение — метка» не создавалась"));
}

#[test]
fn a_docx_is_a_package_of_well_formed_xml() {
    use std::io::Read;
    let bytes = render(&example(), Lang::Kk, Form::Docx).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(zip.by_index(0).unwrap().name().unwrap(), "[Content_Types].xml");
    for n in 0..zip.len() {
        let mut text = String::new();
        zip.by_index(n).unwrap().read_to_string(&mut text).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut depth = 0i64;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0);
    }
}

#[test]
fn several_languages_are_several_files() {
    let names = |path: &str, langs: &[Lang]| {
        paths(Path::new(path), langs).into_iter().map(|p| p.0.display().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names("o/d.docx", &[Lang::En]), ["o/d.docx"]);
    assert_eq!(names("o/d.docx", &Lang::ALL), ["o/d.ru.docx", "o/d.kk.docx", "o/d.en.docx"]);
    assert_eq!(names("o/d.json", &Lang::ALL), ["o/d.json"]);
    assert_eq!(Form::of(Path::new("x.pdf")), None);
}

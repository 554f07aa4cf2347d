//! Every sample of `testdata/text` is what it is taken for, is read whole and comes back byte for byte.

use std::path::Path;
use std::sync::Arc;

use super::registry::{Recognised, recognise};
use super::{Limits, Opened, Stream};
use crate::format::encoding::Sizes;
use crate::format::kit;
use crate::source::Input;

/// File, format, encoding, and the fields in which the number stands (empty: in running text).
const SAMPLES: &[(&str, &str, &str, &str)] = &[
    ("ru-utf8.txt", "text", "utf-8", ""),
    ("ru-utf8-mark.txt", "text", "utf-8", ""),
    ("ru-utf16le.txt", "text", "utf-16le", ""),
    ("ru-utf16be.txt", "text", "utf-16be", ""),
    ("ru-utf16-mark.txt", "text", "utf-16le", ""),
    ("ru-cp1251.txt", "text", "windows-1251", ""),
    ("ru-koi8r.txt", "text", "koi8-r", ""),
    ("ru-cp866.txt", "text", "ibm866", ""),
    ("ru-iso5.txt", "text", "iso-8859-5", ""),
    ("kk-utf8.txt", "text", "utf-8", ""),
    ("kk-kz1048.txt", "text", "kz-1048", ""),
    ("kk-ptcp154.txt", "text", "ptcp154", ""),
    ("kk-utf16be.txt", "text", "utf-16be", ""),
    ("two-encodings.log", "text", "utf-8", ""),
    ("faults.log", "text", "utf-8", ""),
    ("semicolon-cp1251.csv", "csv", "windows-1251", "ИИН"),
    ("quoted.csv", "csv", "utf-8", "ИИН"),
    ("spreadsheet.tsv", "csv", "utf-16le", "ИИН"),
    ("bars", "csv", "utf-8", "ИИН"),
    ("formula.csv", "csv", "utf-8", "ИИН"),
    ("no-header.csv", "csv", "utf-8", ""),
    ("open-quote.csv", "csv", "utf-8", "ИИН"),
    ("records.json", "json", "utf-8", "list.клиент.iin"),
    ("escaped.json", "json", "utf-8", "клиент.iin"),
    ("lines.jsonl", "json", "utf-8", "клиент.iin"),
    ("mongo.json", "json", "utf-8", "iin"),
    ("broken.json", "json", "utf-8", "клиент.iin"),
    ("pg.sql", "sql", "utf-8", "iin"),
    ("pg-cut.sql", "sql", "utf-8", "iin"),
    ("mysql.sql", "sql", "utf-8", "iin"),
    ("phpmyadmin-cp1251.sql", "sql", "windows-1251", "iin"),
    ("mydumper.sql", "sql", "utf-8", ""),
    ("ssms.sql", "sql", "utf-16le", "ИИН"),
    ("sqlite.sql", "sql", "utf-8", "iin"),
    ("list.xml", "xml", "utf-8", "iin"),
    ("list-cp1251.xml", "xml", "windows-1251", "iin"),
    ("page-koi8r.html", "html", "koi8-r", "ИИН"),
    ("drawing.svg", "svg", "utf-8", "text"),
    ("notes.md", "markdown", "utf-8", ""),
];

fn open(input: Input, _: Sizes) -> Box<dyn Stream> {
    let mut input = input;
    let Recognised::Format(format) = recognise(&mut input).unwrap() else { panic!("a format") };
    let Opened::Stream(stream) = format.open(input, &Arc::new(Limits::default())).unwrap() else {
        panic!("a stream")
    };
    stream
}

#[test]
fn samples_are_what_they_are() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/text");
    let names = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name());
    let mut files = names.filter(|n| !n.to_string_lossy().ends_with(".truth.json")).count();
    for (file, format, encoding, field) in SAMPLES {
        let bytes = std::fs::read(dir.join(file)).unwrap();
        assert_eq!(kit::recognised(&bytes, file), *format, "{file}");
        let open = |input: Input, sizes| open(input.renamed(*file), sizes);
        kit::round_trip(&open, &bytes);
        let mut stream = open(Input::memory(bytes.clone(), *file), Sizes::default());
        while stream.next(&mut crate::model::Block::default()).unwrap() {}
        let info = stream.info();
        assert_eq!(info.encoding, Some(*encoding), "{file}");
        assert!(info.partly.is_empty(), "{file}");
        let seen = kit::seen(&kit::read(&open, &bytes, Sizes::default()));
        let found = seen.iter().filter(|s| s.0.contains("990101300124")).map(|s| s.1.as_str());
        assert_eq!(found.clone().next(), Some(*field), "{file}");
        let names = ["Пробников", "Сынақов", "990101300124"];
        assert!(names.iter().any(|n| seen.iter().any(|s| s.0.contains(n))), "{file}");
        let copy = kit::replace(&open, &bytes, "990101300124", "111111111111");
        let again = kit::seen(&kit::read(&open, &copy, Sizes::default()));
        assert!(!again.iter().any(|s| s.0.contains("990101300124")), "{file}");
        assert_eq!(again.len(), seen.len(), "{file}");
        assert_eq!(copy.len(), bytes.len(), "{file}");
        files -= 1;
    }
    assert_eq!(files, 0, "every sample is in the list");
}

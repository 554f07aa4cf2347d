//! Text and files that stand encoded inside other text: found, and gone from the copy once it is decoded.

use qupia::{Anonymizer, Scanner};

const IIN: &str = "850101300124";
const NAME: &str = "Ахметов Айдос Серикович";

/// `\u0410…`, with so many backslashes.
fn escaped(text: &str, slashes: &str) -> String {
    text.encode_utf16()
        .map(|u| if u < 128 { char::from(u as u8).into() } else { format!("{slashes}u{u:04x}") })
        .collect()
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02X}") })
        .collect()
}

fn entities(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c.into() } else { format!("&#{};", u32::from(c)) }).collect()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |n, k| n << 8 | u32::from(chunk.get(k).copied().unwrap_or(0)));
        for k in 0..4 {
            let letter = if k <= chunk.len() { LETTERS[(bits >> (18 - 6 * k) & 63) as usize] } else { b'=' };
            out.push(char::from(letter));
        }
    }
    out
}

/// Every way of writing one person, with a word for failures.
fn ways() -> Vec<(&'static str, String)> {
    let sentence = format!("ФИО: {NAME}, ИИН {IIN}");
    let json = format!("{{\"fio\": \"{}\", \"iin\": \"{IIN}\"}}", escaped(NAME, "\\"));
    vec![
        ("json", json.clone()),
        ("json in a dump", json.replace('\\', "\\\\")),
        ("query", format!("https://a.kz/?fio={}&phone=%2B77011234567", percent(NAME))),
        ("query in base64", base64(format!("fio={}&iin={IIN}", percent(NAME)).as_bytes())),
        ("entities", entities(&sentence)),
        ("base64", base64(sentence.as_bytes())),
        ("base64 in json", format!("{{\"a\":\"\\u0418\", \"blob\":\"{}\"}}", base64(sentence.as_bytes()))),
    ]
}

#[test]
fn encoded_text_is_found_in_cells_and_lines() {
    let scanner = Scanner::new();
    for (way, text) in ways() {
        let csv = format!("id;data\n1;\"{}\"\n2;нет\n", text.replace('"', "\"\""));
        let sql = format!("CREATE TABLE t (id int, data text);\nINSERT INTO t VALUES (1, '{text}');\n");
        for (name, file) in [("a.csv", csv), ("a.log", format!("{text}\nещё строка\n")), ("a.sql", sql)]
        {
            let scanned = scanner.bytes(file.into_bytes(), name);
            let person = scanned.found.iter().find(|f| f.value == NAME);
            assert!(person.is_some(), "{way} in {name}: {:?}", scanned.file);
            let place = &person.unwrap().location;
            assert!(place.line.is_some() || place.row.is_some(), "{way} in {name}");
        }
    }
}

#[test]
fn copies_hold_none_of_it_and_keep_the_way_of_writing() {
    for (way, text) in ways() {
        let csv = format!("id;data\n1;\"{}\"\n", text.replace('"', "\"\""));
        let copy = Anonymizer::new().unwrap().bytes(csv.into_bytes(), "a.csv").unwrap();
        let copy = String::from_utf8(copy.copy).unwrap();
        assert!(copy.starts_with("id;data\n1;\""), "{way}: {copy}");
        for hidden in [IIN, &escaped("Ахметов", "\\"), &percent("Ахметов"), &entities("Ахметов")]
        {
            assert!(!copy.contains(hidden), "{way}: {copy}");
        }
        let again = Scanner::new().bytes(copy.clone().into_bytes(), "a.csv");
        assert!(again.found.iter().all(|f| f.value.contains('_')), "{way}: {copy}");
        assert!(!copy.contains(&base64(format!("ФИО: {NAME}").as_bytes())[..20]), "{way}");
    }
}

#[test]
fn files_in_base64_are_members() {
    let inner = "id;ФИО;ИИН\n1;Ахметов Айдос Серикович;850101300124\n".repeat(20);
    let mut tar = vec![0u8; 512];
    tar[..5].copy_from_slice(b"a.csv");
    tar[100..108].copy_from_slice(b"0000644\0");
    tar[124..136].copy_from_slice(format!("{:011o}\0", inner.len()).as_bytes());
    tar[136..148].copy_from_slice(b"00000000000\0");
    tar[156] = b'0';
    tar[257..265].copy_from_slice(b"ustar\x0000");
    tar[148..156].fill(b' ');
    let sum: u32 = tar.iter().map(|b| u32::from(*b)).sum();
    tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(inner.as_bytes());
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let csv = format!("id;file\n1;{}\n", base64(&tar));
    let scanned = Scanner::new().bytes(csv.clone().into_bytes(), "a.csv");
    assert!(scanned.found.iter().any(|f| f.value == IIN && f.member.len() == 2), "{:?}", scanned.members);
    assert_eq!(scanned.members.len(), 2);
    let copy = Anonymizer::new().unwrap().bytes(csv.into_bytes(), "a.csv").unwrap();
    let again = Scanner::new().bytes(copy.copy, "a.csv");
    assert_eq!(again.members.len(), 2, "{:?}", again.members);
    assert!(again.found.iter().all(|f| f.value != IIN && f.value != NAME));
}

use super::super::eml::transfer::{base64, to_base64};
use super::*;

fn only(text: &str) -> Part {
    let mut all = parts(text.as_bytes(), 0, text.len());
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0)
}

fn escaped(text: &str) -> Escaped {
    match only(text).content {
        Content::Escaped(e) => e,
        other => panic!("{other:?}"),
    }
}

#[test]
fn escapes_are_decoded_and_written_back() {
    for (text, want) in [
        (r#"{"a":"\u0418\u0432\u0430\u043d \"x\""}"#, r#"{"a":"Иван "x""}"#),
        (r"name=\xD0\x98\xd0\xb2", "name=Ив"),
        (r"\320\230\320\262 5", "Ив 5"),
        (r#"{"a":"\\u0418\\u0432 \\"x\\""}"#, r#"{"a":"Ив "x""}"#),
        ("q=%D0%98%D0%B2+%D0%9E&phone=%2B7701", "q=Ив О&phone=+7701"),
        ("q=%u0418%u0432", "q=Ив"),
        ("q=%C8%E2%E0%ED", "q=Иван"),
        ("&#1048;&#x432; &laquo;x&raquo; &amp;", "Ив «x» &"),
    ] {
        let e = escaped(text);
        assert_eq!(String::from_utf8_lossy(&e.text), want, "{text}");
        assert_eq!(e.outer(0, e.text.len()), (0, text.len()));
        // what is encoded is decoded again
        let back = e.encode("Ж \"1\" & %\\");
        let again = match parts(back.as_bytes(), 0, back.len()).pop().map(|p| p.content) {
            Some(Content::Escaped(e)) => String::from_utf8(e.text).unwrap(),
            other => panic!("{back}: {other:?}"),
        };
        assert_eq!(again, "Ж \"1\" & %\\", "{back}");
    }
}

#[test]
fn places_are_those_of_the_text_around() {
    let text = r#"до "\u0418\u0432" 12"#;
    let e = escaped(text);
    let at = String::from_utf8_lossy(&e.text).find('И').unwrap();
    let (a, b) = e.outer(at, at + 4);
    assert_eq!(&text[a..b], r"\u0418\u0432");
    assert!(e.differs(at, at + 4) && !e.differs(0, 4));
    // both halves of a pair
    let e = escaped(r"\ud83d\ude00 x");
    assert_eq!(e.outer(0, 4), (0, 12));
}

#[test]
fn plain_text_has_no_parts() {
    for text in [
        "100% of 50%, a & b, C:\\new\\table",
        "SELECT 'it\\'s' &amp; &lt;b&gt;",
        "d41d8cd98f00b204e9800998ecf8427e D41D8CD98F00B204E9800998ECF8427E",
        "/usr/share/documents/library/administration/index",
        "ThisIsAVeryLongCamelCaseIdentifierOfSomeProgram",
    ] {
        assert!(parts(text.as_bytes(), 0, text.len()).is_empty(), "{text}");
    }
}

#[test]
fn bytes_in_hexadecimal() {
    let mut digits = String::new();
    hex::encode("Иванов Иван, ИИН 990101300124".as_bytes(), false, &mut digits);
    for text in [format!(r"1\t\x{digits}\t2"), format!("VALUES (0x{}, 1)", digits.to_uppercase())] {
        assert!(any(text.as_bytes()), "{text}");
        let part = only(&text);
        assert!(text[part.start..part.end].eq_ignore_ascii_case(&digits));
        let Content::Text(whole) = part.content else { panic!("{text}") };
        assert_eq!(whole.text, "Иванов Иван, ИИН 990101300124");
        assert!(whole.encode("И").eq_ignore_ascii_case("d098"));
    }
    // beside other escapes it is decoded in the text without them
    let text = format!(r"\u0418\u0432 \\x{digits}");
    let e = escaped(&text);
    assert!(String::from_utf8_lossy(&e.text).ends_with(&format!(r"Ив \\x{digits}")));
    assert!(matches!(only(&String::from_utf8_lossy(&e.text)).content, Content::Text(_)));
    // bytes of no known format are named as a file where they are as long as one
    let mut random = String::new();
    hex::encode(&(0..2000u32).map(|n| ((n * n) >> 3) as u8).collect::<Vec<_>>(), false, &mut random);
    let part = only(&format!(r"\x{random}"));
    assert!(
        matches!(part.content, Content::File(f) if f.bytes.len() == 2000 && f.encode(None).starts_with("72656d"))
    );
    assert!(parts(format!(r"\x{}", &random[..200]).as_bytes(), 0, 202).is_empty());
}

#[test]
fn base64_of_texts_and_files() {
    let text = "Иванов Иван Иванович, ИИН 990101300124";
    let around = format!("x = '{}';", to_base64(text.as_bytes(), ""));
    match only(&around).content {
        Content::Text(whole) => {
            assert_eq!(whole.text, text);
            let back = whole.encode("Пробник «ы»");
            assert_eq!(base64(back.as_bytes()), "Пробник «ы»".as_bytes());
        }
        other => panic!("{other:?}"),
    }
    // in lines, as letters have it
    let long = text.repeat(5);
    let lines = to_base64(long.as_bytes(), "\r\n");
    match only(&lines).content {
        Content::Text(whole) => assert_eq!(whole.text, long),
        other => panic!("{other:?}"),
    }
    let mut zip = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
    zip.resize(200, 7);
    assert!(matches!(only(&to_base64(&zip, "")).content, Content::File(f) if f.bytes == zip));
    // a structure whose strings are read
    let mut der = vec![0x30, 0x82, 1, 0, 6, 3];
    der.extend_from_slice(b"\x0c\x10IIN990101300124\x00\x01");
    der.resize(300, 1);
    match only(&to_base64(&der, "")).content {
        Content::Text(whole) => {
            assert!(whole.text.contains("IIN990101300124"));
            assert_eq!(whole.encode("x"), "cmVtb3ZlZA==");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_bytes_are_survived() {
    let mut seed = 5u64;
    for _ in 0..2000 {
        let bytes: Vec<u8> = (0..120)
            .map(|_| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                b"\\u04xD0%&#1;=\nABCDefgh+/ \xD0\x98"[(seed >> 33) as usize % 27]
            })
            .collect();
        let mut at = 0;
        for part in parts(&bytes, 0, bytes.len()) {
            assert!(part.start >= at && part.end > part.start && part.end <= bytes.len());
            at = part.end;
            if let Content::Escaped(e) = part.content {
                assert_eq!(e.from.len(), e.text.len() + 1);
                assert!(e.from.windows(2).all(|w| w[0] <= w[1]));
            }
        }
    }
}

use super::*;
use crate::format::kit;
use crate::model::SegmentKind;

fn html(input: Input, sizes: Sizes) -> Box<dyn Stream> {
    Box::new(MarkupStream::new(input, sizes, &HTML).unwrap())
}

fn xml(input: Input, sizes: Sizes) -> Box<dyn Stream> {
    Box::new(MarkupStream::new(input, sizes, &XML).unwrap())
}

fn found(open: &kit::Open, text: &str) -> Vec<kit::Seen> {
    kit::round_trip(open, text.as_bytes());
    kit::seen(&kit::read(open, text.as_bytes(), Sizes::default()))
}

fn has(all: &[kit::Seen], text: &str, field: &str) {
    assert!(all.iter().any(|s| s.0 == text && s.1 == field), "{text:?} {field:?} in {all:#?}");
}

const LIST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- выгрузка: Ахметов -->
<ns:list xmlns:ns="urn:x" дата="2026-01-01">
  <client id='7'><fio>Сапаров &quot;Е&quot; &#1048;</fio><iin>991231500016</iin><empty/></client>
  <client id="8"><fio><![CDATA[Ким & <Пак>]]></fio><iin>001231500016</iin><a:phone x="1">8&nbsp;701</a:phone></client>
</ns:list>
"#;

#[test]
fn xml_by_element() {
    let all = found(&xml, LIST);
    has(&all, " выгрузка: Ахметов ", "");
    has(&all, "2026-01-01", "дата");
    has(&all, "Сапаров \"Е\" И", "fio");
    has(&all, "Ким & <Пак>", "fio");
    has(&all, "8\u{A0}701", "phone");
    let rows: Vec<_> = all.iter().filter(|s| s.1 == "iin").map(|s| (s.0.as_str(), s.2)).collect();
    assert_eq!(rows, [("991231500016", 1), ("001231500016", 2)]);
    assert!(!all.iter().any(|s| s.0.contains("urn:x")));
}

const PAGE: &str = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Список</title><style>p { color: red }</style></head>
<body class="x"><p>Гражданин <b>Ахме</b>тов&nbsp;<i style="a">Нурлан</i>, тел. <a href="tel:+77010000000">позвонить</a><br>г. Алматы</p>
<table><tr><th>ФИО</th><th>ИИН</th></tr>
<tr><td><b>Сапаров</b> Ерлан</td><td>991231500016</td></tr></table>
<img src="a.png" alt='портрет &laquo;К&raquo;'><input value=Ким>
<script>var x = {"iin": "001231500016"};</script><!-- заметка --> 5 < 6 &amp; 7
</body></html>
"#;

#[test]
fn html_as_it_is_read() {
    let all = found(&html, PAGE);
    has(&all, "Гражданин Ахметов\u{A0}Нурлан, тел. ", "");
    has(&all, "tel:+77010000000", "");
    has(&all, "позвонить\nг. Алматы", "");
    has(&all, "Сапаров Ерлан", "ФИО");
    has(&all, "991231500016", "ИИН");
    has(&all, "портрет «К»", "");
    has(&all, "Ким", "");
    has(&all, "var x = {\"iin\": \"001231500016\"};", "");
    has(&all, " заметка ", "");
    assert!(all.iter().any(|s| s.0.trim() == "5 < 6 & 7"));
}

#[test]
fn edits_keep_tags_and_escape() {
    let edit = |open: &kit::Open, text: &str, what: &str, with: &str| {
        String::from_utf8(kit::replace(open, text.as_bytes(), what, with)).unwrap()
    };
    let out = edit(&html, PAGE, "Ахметов\u{A0}Нурлан", "[ФИО & <1>]");
    assert!(out.contains("Гражданин <b>[ФИО &amp; &lt;1&gt;]</b><i style=\"a\"></i>, тел."), "{out}");
    let out = edit(&html, PAGE, "Ким", "a b");
    assert!(out.contains("value=a&#32;b>"), "{out}");
    let out = edit(&html, PAGE, "001231500016", "a\"</script>");
    assert!(out.contains(r#""iin": "a\"\u003c/script>"};"#), "{out}");
    let out = edit(&xml, LIST, "Ким & <Пак>", "a]]>b");
    assert!(out.contains("<![CDATA[a]]&gt;b]]>"), "{out}");
    let out = edit(&xml, LIST, "001231500016", "IIN_0");
    assert_eq!(out, LIST.replace("001231500016", "IIN_0"));
    for seed in 1..20 {
        kit::random_edits(&xml, LIST.as_bytes(), &["IIN_0", "a & b", "<q>", "it's"], seed);
    }
}

#[test]
fn every_encoding() {
    let text = "<list><fio>Ахметов &amp; Ко</fio><fio имя='Сапаров'>житель дома</fio></list>";
    for (name, bytes) in kit::encoded(text) {
        kit::round_trip(&xml, &bytes);
        kit::random_edits(&xml, &bytes, &["IIN_0", "a & b"], 4);
        let seen = kit::seen(&kit::read(&xml, &bytes, Sizes::default()));
        assert_eq!(seen[0].0, "Ахметов & Ко", "{name}");
    }
    let mut old = Vec::new();
    let page = "<html><head><meta charset=windows-1251></head><p>ИИН: Қ</p></html>".replace('Қ', "");
    Encoding::for_label("windows-1251").unwrap().encode(&page, super::super::encoding::Lack::Near, &mut old);
    let mut stream = html(Input::memory(old.clone(), "x"), Sizes::default());
    let mut block = Block::default();
    assert!(stream.next(&mut block).unwrap());
    assert_eq!(stream.info().encoding, Some("windows-1251"));
    let copy = kit::replace(&html, &old, "ИИН", "Қ");
    assert!(memchr::memmem::find(&copy, b"&#x49A;").is_some());
}

#[test]
fn block_size_changes_nothing() {
    let list = LIST.replace("</ns:list>\n", "")
        + &LIST[LIST.find("  <client").unwrap()..].replace("</ns:list>\n", "").repeat(30);
    let whole = kit::seen(&kit::read(&xml, list.as_bytes(), Sizes::default()));
    for block in [200, 333, 1000] {
        let sizes = Sizes { whole: block, block, most: block * 4 };
        kit::round_trip_sizes(&xml, list.as_bytes(), sizes);
        assert!(kit::seen(&kit::read(&xml, list.as_bytes(), sizes)) == whole, "blocks of {block}");
    }
    let page = PAGE.repeat(20);
    let whole = kit::seen(&kit::read(&html, page.as_bytes(), Sizes::default()));
    let sizes = Sizes { whole: 400, block: 400, most: 1600 };
    kit::round_trip_sizes(&html, page.as_bytes(), sizes);
    let cut = kit::seen(&kit::read(&html, page.as_bytes(), sizes));
    let texts = |all: &[kit::Seen]| all.iter().map(|s| s.0.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&cut), texts(&whole));
}

#[test]
fn long_things_are_cut() {
    let sizes = Sizes { whole: 100, block: 100, most: 300 };
    let words = "слово &amp; дело ".repeat(100);
    for text in [
        format!("<a><b>{words}</b></a>"),
        format!("<a><!-- {words} --><b/></a>"),
        format!("<a><b x=\"{words}\"/></a>"),
        format!("<a><![CDATA[{words}]]></a>"),
    ] {
        kit::round_trip_sizes(&xml, text.as_bytes(), sizes);
        let blocks = kit::read(&xml, text.as_bytes(), sizes);
        assert!(blocks.len() > 5 && blocks.iter().all(|b| b.stored().len() <= 600));
        let seen: String = kit::seen(&blocks).iter().map(|s| s.0.as_str()).collect();
        assert_eq!(seen.matches("слово").count(), 100);
    }
}

#[test]
fn the_registry_knows_markup() {
    assert_eq!(kit::recognised(LIST.as_bytes(), "a"), "xml");
    assert_eq!(kit::recognised(PAGE.as_bytes(), "a.txt"), "html");
    assert_eq!(kit::recognised(b"<svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>", "a"), "svg");
    assert_eq!(kit::recognised(b"<p>text</p>", "a"), "html");
    assert_eq!(kit::recognised("<a@b.kz> писал:\nтекст".as_bytes(), "a"), "text");
    assert_eq!(kit::recognised("# Заголовок\n\n- пункт **раз**\n".as_bytes(), "a.md"), "markdown");
    assert!(
        kit::read(&html, b"<b", Sizes::default())[0].segments.iter().all(|s| s.kind != SegmentKind::Skip)
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn anything_comes_back(text in r#"(<[/!?]?|[>"'=&;\-\[\] a\nб]|<b|<td>|<tr>|<table>|<!--|-->|<!\[CDATA\[|\]\]>|<script>|&amp;|x="){0,60}"#) {
        for open in [&html as &kit::Open, &xml] {
            kit::round_trip(open, text.as_bytes());
            kit::round_trip_sizes(open, text.as_bytes(), Sizes { whole: 8, block: 8, most: 24 });
        }
    }
}

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

const FPDF: &[u8] = include_bytes!("../../../testdata/pdf/fpdf2.pdf");
const REPORTLAB: &[u8] = include_bytes!("../../../testdata/pdf/reportlab.pdf");
const OLD: &[u8] = include_bytes!("../../../testdata/pdf/old.pdf");
const KAZAKH: &str = "Қазақстан, Ғалым, Өскемен, Ұлы, Үй, Әлия";

/// Every stream of a file unpacked, by another way than the reader's.
fn unpacked(file: &[u8]) -> Vec<u8> {
    let mut all = file.to_vec();
    for at in memchr::memmem::find_iter(file, b"stream") {
        let data = &file[at + 6..];
        let data = data.strip_prefix(b"\r\n").or(data.strip_prefix(b"\n")).unwrap_or(data);
        let mut out = Vec::new();
        let _ = std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(data), &mut out);
        all.extend(out);
    }
    all
}

/// How a value could stand in a file: as it is, in UTF-16, in hexadecimal digits, in windows-1251.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let windows = encoding_rs::WINDOWS_1251.encode(value).0.into_owned();
    let mut forms = vec![value.as_bytes().to_vec(), utf16, windows];
    for n in 0..3 {
        let hex: String = forms[n].iter().map(|b| format!("{b:02x}")).collect();
        forms.push(hex.to_uppercase().into_bytes());
        forms.push(hex.into_bytes());
    }
    forms
}

#[test]
fn text_of_three_producers() {
    for (sample, found) in [(FPDF, 8), (REPORTLAB, 4), (OLD, 5)] {
        assert_eq!(Pdf.recognise(sample, ""), 100);
        let mut trial = Trial::default();
        trial.scan(&Pdf, sample, "a.pdf").unwrap();
        assert!(trial.text.contains(KAZAKH), "{}", trial.text);
        assert!(trial.text.contains(&format!("Истец {SURNAME} Иван, ИИН {IIN}, тел.")), "{}", trial.text);
        assert!(trial.found >= found, "{} {}", trial.found, trial.text);
        assert!(trial.partly.is_empty(), "{:?}", trial.partly);
    }
    let mut trial = Trial::default();
    trial.scan(&Pdf, OLD, "a.pdf").unwrap();
    for text in ["Ответчик Пробников пишет письмо", "Форма Пробников"]
    {
        assert!(trial.text.contains(text), "{}", trial.text);
    }
}

#[test]
fn what_is_found_is_gone_from_the_copy() {
    for sample in [FPDF, REPORTLAB, OLD] {
        let (copy, _) = copy_of(&Pdf, sample, "a.pdf").unwrap();
        let all = unpacked(&copy);
        for value in [IIN, SURNAME] {
            for form in forms(value) {
                assert!(memchr::memmem::find(&all, &form).is_none(), "{value} as {form:?}");
            }
        }
        let mut again = Trial::default();
        again.scan(&Pdf, &copy, "a.pdf").unwrap();
        assert_eq!(again.found, 0, "{}", again.text);
        assert!(again.partly.is_empty(), "{:?}", again.partly);
        // what is not personal stays, and labels stand where something was
        assert!(again.text.contains(KAZAKH), "{}", again.text);
        assert!(again.text.contains("XXXXXXXXXXXX"), "{}", again.text);
        assert!(again.text.contains("Истец XXXXXXXXX Иван"), "{}", again.text);
    }
}

#[test]
fn earlier_revisions_stay_behind() {
    assert!(memchr::memmem::find(&unpacked(OLD), b"first revision").is_some());
    let (copy, _) = copy_of(&Pdf, OLD, "a.pdf").unwrap();
    assert!(memchr::memmem::find(&unpacked(&copy), b"first revision").is_none());
}

#[test]
fn attachments_are_members() {
    let (copy, trial) = copy_of(&Pdf, FPDF, "a.pdf").unwrap();
    assert_eq!(trial.members, ["Пробников.csv"]);
    let all = String::from_utf8_lossy(&unpacked(&copy)).into_owned();
    assert!(all.contains("XXXXXXXXX;XXXXXXXXXXXX"));
    assert!(!all.contains("/Author") && !all.contains("/CreationDate"));
}

#[test]
fn a_picture_of_a_page_needs_ocr() {
    let mut document = lopdf::Document::with_version("1.4");
    let image = document.add_object(Stream::new(
        lopdf::dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "BitsPerComponent" => 8, "ColorSpace" => "DeviceGray" },
        vec![0],
    ));
    let content =
        document.add_object(Stream::new(Dictionary::new(), b"q 595 0 0 842 0 0 cm /I Do Q".to_vec()));
    let pages = document.new_object_id();
    let resources =
        lopdf::dictionary! { "XObject" => lopdf::dictionary! { "I" => Object::Reference(image) } };
    let page = document.add_object(lopdf::dictionary! { "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources });
    let all = lopdf::dictionary! { "Type" => "Pages", "Kids" => vec![Object::Reference(page)], "Count" => 1,
    "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()] };
    document.objects.insert(pages, Object::Dictionary(all));
    let root = document.add_object(lopdf::dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", root);
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    let mut trial = Trial::default();
    trial.scan(&Pdf, &file, "a.pdf").unwrap();
    assert_eq!(trial.partly, [(Reason::NeedsOcr, "page 1".to_owned())]);
}

#[test]
fn glyphs_without_characters_are_told() {
    // the same file with names that tell nothing
    let text = String::from_utf8_lossy(OLD).into_owned();
    assert!(text.contains("/afii"));
    let mut file = OLD.to_vec();
    for at in memchr::memmem::find_iter(OLD, b"/afii").collect::<Vec<_>>() {
        file[at + 1..at + 5].copy_from_slice(b"glyf");
    }
    let mut trial = Trial::default();
    trial.scan(&Pdf, &file, "a.pdf").unwrap();
    assert_eq!(trial.partly[0].0, Reason::UndecodableText);
}

#[test]
fn damage_never_panics() {
    for sample in [OLD, REPORTLAB] {
        for cut in (0..sample.len()).step_by(sample.len() / 40) {
            let _ = copy_of(&Pdf, &sample[..cut], "a.pdf");
        }
        for at in (0..sample.len()).step_by(sample.len() / 120) {
            let mut bad = sample.to_vec();
            bad[at] ^= 0x15;
            match copy_of(&Pdf, &bad, "a.pdf") {
                Err(e) => assert_ne!(e.reason, Reason::EngineFailed, "panic at {at}"),
                Ok((copy, _)) => assert!(memchr::memmem::find(&unpacked(&copy), IIN.as_bytes()).is_none()),
            }
        }
    }
}

#[test]
fn a_stream_that_does_not_decode_is_not_empty() {
    let coded = |content: Vec<u8>| {
        Stream::new(lopdf::dictionary! { "Filter" => "FlateDecode" }, content).with_compression(false)
    };
    // as a page that stayed encrypted looks
    let locked: Vec<u8> = (0u32..64).map(|n| (n * n * 37 + 0x69) as u8).collect();
    assert_eq!(super::plain(&coded(locked)), None);
    assert_eq!(super::plain(&coded(vec![0x78, 0x9C, 3, 0, 0, 0, 0, 1])), Some(Vec::new()));
    assert_eq!(
        super::plain(&Stream::new(lopdf::Dictionary::new(), b"BT ET".to_vec())),
        Some(b"BT ET".to_vec())
    );
}

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;
use crate::model::Reason;

const PYTHON: &[u8] = include_bytes!("../../../testdata/mail/python.eml");
const OUTLOOK: &[u8] = include_bytes!("../../../testdata/mail/outlook_like.eml");

fn clean(sample: &[u8]) -> (Vec<u8>, Trial) {
    let (copy, trial) = copy_of(&Eml, sample, "a.eml").unwrap();
    let mut again = Trial::default();
    again.scan(&Eml, &copy, "a.eml").unwrap();
    assert_eq!(again.found, 0, "{}", String::from_utf8_lossy(&copy));
    assert!(again.partly.is_empty(), "{:?}", again.partly);
    assert_eq!(again.members.len(), trial.members.len());
    for value in [IIN, SURNAME] {
        assert!(!again.text.contains(value));
        assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none());
        let coded = transfer::to_base64(value.as_bytes(), "");
        assert!(memchr::memmem::find(&copy, coded.trim_end_matches('=').as_bytes()).is_none());
    }
    (copy, trial)
}

#[test]
fn sample_of_pythons_writer() {
    assert_eq!(Eml.recognise(PYTHON, "a.eml"), 92);
    let (_, trial) = clean(PYTHON);
    // header, text, HTML, attachment's name, attachment, nested message
    assert!(trial.found >= 6, "{} {}", trial.found, trial.text);
    assert!(trial.fields.iter().any(|f| f == "Subject"));
    assert!(trial.members.iter().any(|m| m.ends_with("body.html")), "{:?}", trial.members);
    assert!(trial.members.iter().any(|m| m.ends_with(".eml")), "{:?}", trial.members);
    assert!(trial.partly.is_empty(), "{:?}", trial.partly);
}

#[test]
fn old_charsets_and_quoted_printable() {
    let (copy, trial) = clean(OUTLOOK);
    assert!(trial.text.contains("Тема: договор"), "{}", trial.text);
    assert!(trial.text.contains("koi8 текст"), "{}", trial.text);
    let text = String::from_utf8_lossy(&copy);
    assert!(text.contains("charset=\"windows-1251\"") || text.contains("charset=windows-1251"));
    assert!(text.contains("quoted-printable"));
    // the seal of the original is gone
    assert!(!text.contains("DKIM-Signature"));
}

#[test]
fn without_findings_every_byte_stays() {
    let plain = String::from_utf8_lossy(PYTHON).into_owned();
    let message = "From: a@b.kz\nTo: c@d.kz\nSubject: =?UTF-8?q?=D0=B0?=\n  b\nDKIM-Signature: x\n\nтекст\n";
    for sample in [message.as_bytes(), b"From: a\r\nTo: b\r\nDate: c\r\n\r\n"] {
        let (copy, trial) = copy_of(&Eml, sample, "a.eml").unwrap();
        assert_eq!(trial.found, 0);
        assert_eq!(copy, sample);
    }
    assert!(plain.contains("multipart/mixed"));
}

#[test]
fn parts_without_a_last_line_end_stay_apart() {
    let inner = "From: a@b\nTo: b@c\nDate: d\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\n990101300124\n--i--";
    let message = format!(
        "From: a@b\nTo: b@c\nDate: d\nContent-Type: multipart/mixed; boundary=o\n\npreamble\n--o\n\nodd\n\n--o\n\
         Content-Type: message/rfc822\n\n{inner}\n--o\n\nlast\n--o--\n"
    );
    let (copy, _) = copy_of(&Eml, message.as_bytes(), "a.eml").unwrap();
    assert_eq!(String::from_utf8(copy).unwrap(), message.replace(IIN, "XXXXXXXXXXXX"));
}

#[test]
fn a_character_that_the_charset_lacks() {
    let message = "From: a@b.kz\nTo: c@d.kz\nDate: x\nContent-Type: text/plain; charset=us-ascii\n\n990101300124 text\n";
    struct Kazakh(Trial);
    impl Visitor for Kazakh {
        fn block(&mut self, block: &mut Block) -> Result<Vec<model::Edit>, ReadError> {
            let mut edits = self.0.block(block)?;
            edits.iter_mut().for_each(|e| e.text = "[ЖСН Қ]".into());
            Ok(edits)
        }
        fn member(
            &mut self,
            name: &str,
            input: Input,
            out: Option<&mut dyn Output>,
        ) -> Result<super::super::MemberOutcome, ReadError> {
            self.0.member(name, input, out)
        }
        fn clean_name(&mut self, name: &str) -> String {
            self.0.clean_name(name)
        }
        fn partly(&mut self, reason: Reason, place: String) {
            self.0.partly(reason, place);
        }
    }
    let opened = Eml.open(Input::memory(message.as_bytes(), "a.eml"), &Arc::default()).unwrap();
    let Opened::Document(document) = opened else { panic!() };
    let mut out = std::io::Cursor::new(Vec::new());
    document.process(&mut Kazakh(Trial::default()), Some(&mut out)).unwrap();
    let copy = out.into_inner();
    let mut again = Trial::default();
    again.scan(&Eml, &copy, "a.eml").unwrap();
    assert!(again.text.contains("[ЖСН Қ] text"), "{}", String::from_utf8_lossy(&copy));
    assert!(String::from_utf8_lossy(&copy).contains("charset=utf-8"));
}

#[test]
fn parts_without_an_end_are_said_to_be_cut() {
    let mut trial = Trial::default();
    trial.scan(&Eml, &PYTHON[..PYTHON.len() - 60], "a.eml").unwrap();
    assert!(trial.partly.iter().any(|p| p.0 == Reason::Truncated), "{:?}", trial.partly);
}

#[test]
fn damage_never_panics() {
    for sample in [PYTHON, OUTLOOK] {
        for cut in (0..sample.len()).step_by(11) {
            let _ = copy_of(&Eml, &sample[..cut], "a.eml");
        }
        for at in (0..sample.len()).step_by(7) {
            let mut bad = sample.to_vec();
            bad[at] = bad[at].wrapping_add(77);
            let _ = copy_of(&Eml, &bad, "a.eml");
        }
    }
}

#[test]
fn multiparts_in_one_another_end() {
    let mut message = String::from("From: a@b\nTo: b@c\nDate: d\n");
    for n in 0..60 {
        message.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
    }
    let mut trial = Trial::default();
    trial.scan(&Eml, message.as_bytes(), "a.eml").unwrap();
    assert!(trial.partly.iter().any(|p| p.0 == Reason::LimitReached));
}

use super::super::mbox::Mbox;
use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

const SAMPLES: [(&str, &[u8]); 3] = [
    ("unicode", include_bytes!("../../../testdata/mail/unicode.pst")),
    ("ansi", include_bytes!("../../../testdata/mail/ansi.pst")),
    ("large", include_bytes!("../../../testdata/mail/large.pst")),
];

#[test]
fn every_layout_is_read_and_becomes_a_mailbox() {
    for (name, file) in SAMPLES {
        assert_eq!(Pst.recognise(file, "x"), 98);
        let (copy, trial) = copy_of(&Pst, file, "a.pst").unwrap();
        assert!(trial.partly.is_empty(), "{name}: {:?}", trial.partly);
        for text in [
            "RE: Договор",
            "Получатель Пробников <to@example.kz>",
            "внутри Пробников",
            "забытое Пробников",
            "правило Пробников",
            "заметка Пробников",
            "конец Пробников",
            "Mobile phone: +7 701 555 12 34",
            "Почта Пробников",
            "Начало/Входящие/Клиент Пробников",
            "ФИО;ИИН",
        ] {
            assert!(trial.text.contains(text), "{name}: {text}: {}", trial.text);
        }
        assert_eq!(name == "ansi", !trial.text.contains("слово Пробников"));
        assert!(trial.members.iter().any(|m| m == "message 1 Пробников.csv"), "{:?}", trial.members);
        assert_eq!(Mbox.recognise(&copy, "a.mbox"), 93);
        let mut again = Trial::default();
        again.scan(&Mbox, &copy, "a.mbox").unwrap();
        assert_eq!(again.found, 0, "{}", again.text);
        assert!(again.text.contains("From Ивана"));
        assert!(again.text.contains("message 5") || again.text.contains("забытое"));
        assert!(!again.text.contains("правило"));
        for value in [SURNAME, IIN] {
            assert!(memchr::memmem::find(&copy, value.as_bytes()).is_none());
        }
    }
}

#[test]
fn one_bad_page_or_block_costs_no_other_message() {
    for (name, file) in SAMPLES {
        let mut whole = Trial::default();
        whole.scan(&Pst, file, "a.pst").unwrap();
        let (mut told, mut kept) = (0, 0);
        for at in (0x4600..file.len()).step_by(512) {
            let mut bad = file.to_vec();
            bad[at..(at + 256).min(file.len())].fill(0xA5);
            let mut trial = Trial::default();
            if trial.scan(&Pst, &bad, "a.pst").is_ok() {
                told += usize::from(!trial.partly.is_empty());
                kept += usize::from(trial.found * 2 > whole.found);
            }
        }
        assert!(told > 10 && kept > 10, "{name}: {told} {kept}");
    }
}

#[test]
fn damage_never_panics() {
    let file = SAMPLES[0].1;
    for cut in (0..file.len()).step_by(4093) {
        let _ = copy_of(&Pst, &file[..cut], "a.pst");
    }
    for (name, file) in SAMPLES {
        for at in (0..564).step_by(3).chain((0x4600..file.len()).step_by(397)) {
            let mut bad = file.to_vec();
            for b in bad.iter_mut().skip(at).take(4) {
                *b = 0xFF;
            }
            let _ = Trial::default().scan(&Pst, &bad, name);
        }
    }
}

#[test]
fn a_key_of_windows_is_said() {
    let mut file = SAMPLES[0].1.to_vec();
    file[513] = 0x10;
    let error = copy_of(&Pst, &file, "a.pst").map(|_| ()).unwrap_err();
    assert_eq!(error.reason, Reason::Encrypted);
}

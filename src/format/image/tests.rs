use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::*;

const SAMPLES: [(Image, &[u8], usize); 5] = [
    (JPEG, include_bytes!("../../../tests/samples/image/pillow.jpg"), 5),
    (PNG, include_bytes!("../../../tests/samples/image/pillow.png"), 6),
    (GIF, include_bytes!("../../../tests/samples/image/pillow.gif"), 1),
    (WEBP, include_bytes!("../../../tests/samples/image/pillow.webp"), 4),
    (TIFF, include_bytes!("../../../tests/samples/image/pillow.tif"), 2),
];

#[test]
fn metadata_is_read_and_left_out() {
    for (format, sample, found) in SAMPLES {
        assert_eq!(format.recognise(sample, ""), 98);
        let (copy, trial) = copy_of(&format, sample, "a").unwrap();
        assert_eq!(trial.found, found, "{format:?} {}", trial.text);
        assert!(trial.partly.contains(&(Reason::NeedsOcr, "pixels".to_owned())));
        assert!(trial.partly.iter().all(|p| p.0 != Reason::Damaged), "{format:?} {:?}", trial.partly);
        let utf16: Vec<u8> = SURNAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for value in [IIN.as_bytes(), SURNAME.as_bytes(), &utf16] {
            assert!(memchr::memmem::find(&copy, value).is_none(), "{format:?}");
        }
        let mut again = Trial::default();
        again.scan(&format, &copy, "a").unwrap();
        assert_eq!(again.found, 0);
        assert_eq!(again.partly.len(), 1, "{format:?} {:?}", again.partly);
        // what a viewer needs is the same the second time
        let (twice, _) = copy_of(&format, &copy, "a").unwrap();
        assert_eq!(twice, copy, "{format:?}");
    }
}

#[test]
fn the_place_is_a_pair_of_degrees() {
    let mut trial = Trial::default();
    trial.scan(&JPEG, SAMPLES[0].1, "a.jpg").unwrap();
    assert!(trial.text.contains("43.255556, 76.945000"), "{}", trial.text);
    assert!(trial.partly.iter().any(|p| p.1 == "data after the picture"));
}

#[test]
fn a_turned_picture_stays_turned() {
    let (copy, _) = copy_of(&JPEG, SAMPLES[0].1, "a.jpg").unwrap();
    let parsed = jpeg::parse(&copy).unwrap();
    assert!(parsed.texts.is_empty());
    let at = memchr::memmem::find(&copy, b"Exif\0\0").unwrap();
    assert_eq!(tiff::exif(&copy[at + 6..], &mut Parsed::default()), Some(6));
}

#[test]
fn damage_never_panics() {
    for (format, sample, _) in SAMPLES {
        for cut in 0..sample.len() {
            let _ = copy_of(&format, &sample[..cut], "a");
        }
        for at in 0..sample.len() {
            for flip in [0x01, 0xFF] {
                let mut bad = sample.to_vec();
                bad[at] ^= flip;
                let _ = copy_of(&format, &bad, "a");
            }
        }
    }
}

#[test]
fn directories_that_loop_end() {
    // the only directory names itself as the next one
    let mut file = b"II*\0\x08\0\0\0\x01\0".to_vec();
    file.extend_from_slice(&[0x0E, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    file.extend_from_slice(&8u32.to_le_bytes());
    assert!(copy_of(&TIFF, &file, "a.tif").is_ok());
}

#[test]
fn a_reader_of_pixels_that_is_not_there_is_named() {
    let limits = Limits { ocr: true, ..Limits::default() };
    let mut trial = Trial { limits, ..Trial::default() };
    trial.scan(&PNG, SAMPLES[1].1, "a.png").unwrap();
    // a machine with tesseract reads the noise, or fails to; only silence would be wrong
    let told = trial.partly.iter().any(|p| p.1 == "pixels");
    let installed = std::process::Command::new("tesseract").arg("--version").output().is_ok();
    assert!(told || installed);
}

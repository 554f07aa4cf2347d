//! The rule files that are part of the program.

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use super::file::{CategoriesFile, Examples};
use super::{RuleError, Rules};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Name and content of every embedded rule file.
        const FILES: &[(&str, &str)] = &[$((concat!("patterns/", $name, ".toml"), include_str!(concat!("../../../patterns/", $name, ".toml")))),*];
    };
}

files! {
    "iin",
    "iin_mistyped",
    "iin_boxes",
    "bin",
    "rnn",
    "phone",
    "phone_mistyped",
    "phone_called",
    "phone_damaged",
    "email",
    "email_spelled",
    "email_spaced",
    "iban",
    "card",
    "card_masked",
    "card_term",
    "account",
    "account_code",
    "account_ru",
    "account_personal",
    "account_utility",
    "address",
    "age",
    "age_latin",
    "age_said",
    "age_sex",
    "birth_certificate",
    "birth_certificate_code",
    "birth_certificate_form",
    "birth_certificate_numbered",
    "birth_certificate_series",
    "birth_date",
    "birth_date_family",
    "birth_date_edi",
    "birth_place",
    "birth_date_children",
    "cadastral",
    "cadastral_dots",
    "citizenship",
    "citizenship_person",
    "citizenship_code",
    "cookie",
    "cookie_value",
    "cookie_word",
    "cookie_pair",
    "coordinates",
    "coordinates_degrees",
            "coordinates_labelled",
    "coordinates_split",
    "coordinates_key",
    "coordinates_map",
    "diploma",
    "diploma_number",
    "diploma_series",
    "diploma_code",
    "diploma_russian",
    "driver_licence",
    "driver_licence_digits",
    "driver_licence_grouped",
    "id_card",
    "id_card_boxes",
    "id_card_doc",
    "id_card_issued",
    "id_card_grouped",
    "id_card_edi",
    "id_card_said",
    "id_card_scanned",
    "imei",
    "insurance",
    "insurance_code",
    "ip",
    "mac",
    "mac_code",
    "mac_lease",
    "marital_status",
    "marital_status_said",
    "marital_said",
    "military_id",
    "military_id_digits",
    "mrz",
    "nationality",
    "passport",
    "passport_series",
    "passport_abroad",
    "passport_edi",
    "passport_docs",
    "passport_code",
    "passport_digits",
    "password",
    "password_named",
    "password_pin",
    "password_radius",
    "password_pin_text",
    "password_word",
    "password_secret",
    "password_pair",
    "password_access",
    "password_beside",
    "password_command",
    "password_list",
    "password_said",
    "password_temporary",
    "password_wifi",
    "person",
    "plate",
    "plate_abroad",
    "plate_small",
    "postcode",
    "postcode_digits",
    "residence_permit",
    "residence_permit_code",
    "rka",
    "ru_inn",
    "ru_passport",
    "ru_passport_number",
    "ru_passport_series",
    "ru_passport_stroke",
    "ru_passport_split",
    "secret",
    "secret_value",
    "secret_basic",
    "secret_dsn",
    "sex",
    "sex_age",
    "sex_said",
    "sik",
    "sik_code",
    "snils",
    "social",
    "social_handle",
    "social_name",
    "social_said",
    "special_benefit",
    "special_biometrics",
    "special_crime",
            "special_convicted",
    "special_disability",
    "special_disability_group",
            "special_disabled",
    "special_health",
    "special_icd",
    "special_illness",
    "special_blood",
    "special_blood_form",
    "special_test",
    "special_politics",
    "special_religion",
            "special_suffers",
            "special_supervised",
    "special_party",
    "special_pregnancy",
    "vehicle_certificate",
    "vehicle_certificate_old",
    "vehicle_certificate_said",
    "vin",
    "vin_spaced",
}

const CATEGORIES: &str = include_str!("../../../patterns/categories.toml");
const COMMON: &str = include_str!("../../../patterns/common.toml");

/// Words that speak against every number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    words_not: Vec<String>,
    header_not: Vec<String>,
}

fn common() -> &'static Common {
    static WORDS: OnceLock<Common> = OnceLock::new();
    WORDS.get_or_init(|| {
        toml::from_str(COMMON).unwrap_or(Common { words_not: Vec::new(), header_not: Vec::new() })
    })
}

/// Words near a number that speak against its being personal.
pub(crate) fn common_words_not() -> impl Iterator<Item = String> {
    common().words_not.iter().cloned()
}

/// Words of column names that speak against it.
pub(crate) fn common_header_not() -> impl Iterator<Item = String> {
    common().header_not.iter().cloned()
}

/// What opens the examples of an embedded file; nothing else stands behind them.
const EXAMPLES: &str = "\n[examples]\n";

/// The examples of an embedded file, which the program reads only where they are asked for.
pub(super) fn examples(path: &Path) -> Examples {
    #[derive(Deserialize)]
    struct Of {
        examples: Examples,
    }
    let text = source(path).and_then(|text| Some(&text[text.find(EXAMPLES)?..]));
    text.and_then(|text| toml::from_str::<Of>(text).ok()).map(|of| of.examples).unwrap_or_default()
}

/// The text of an embedded file.
pub(super) fn source(path: &Path) -> Option<&'static str> {
    FILES.iter().find(|f| Path::new(f.0) == path).map(|f| f.1)
}

/// Reads all embedded rules.
pub(super) fn load() -> Result<Rules, RuleError> {
    let name = Path::new("patterns/categories.toml");
    let categories: CategoriesFile =
        toml::from_str(CATEGORIES).map_err(|e| RuleError::Syntax(name.to_owned(), e.to_string()))?;
    let mut rules = Rules { rules: Vec::new(), categories: categories.category };
    for (path, text) in FILES {
        let rule = text.find(EXAMPLES).map_or(*text, |k| &text[..k]);
        rules.read(rule, Path::new(path), false)?;
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::super::file::RuleFile;
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded_and_reads() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".toml") && name != "categories.toml" && name != "common.toml" {
                let key = format!("patterns/{name}");
                assert!(FILES.iter().any(|f| f.0 == key), "{key} is not embedded");
            }
        }
        let rules = load().unwrap();
        assert_eq!(rules.iter().count(), FILES.len());
        let common: Common = toml::from_str(COMMON).unwrap();
        assert!(!common.words_not.is_empty());
        for r in rules.iter() {
            assert!(rules.categories.iter().any(|c| c.id == r.category.as_str()), "{}", r.category);
            assert_eq!(r.pattern().is_some(), r.file.pattern.is_some(), "{}", r.id);
        }
    }

    #[test]
    fn examples_hold() {
        let failures = Rules::builtin().test();
        for f in &failures {
            eprintln!("{}:{} {}: `{}`: {}", f.path.display(), f.line.unwrap_or(0), f.rule, f.text, f.problem);
        }
        assert!(failures.is_empty(), "{} examples do not hold", failures.len());
    }

    #[test]
    fn every_rule_has_examples_of_both_kinds() {
        for (path, text) in FILES {
            // what stands behind the examples would be lost
            let whole: RuleFile = toml::from_str(text).unwrap();
            let count = |e: &Examples| (e.matches.len(), e.reject.len());
            assert_eq!(count(&whole.examples), count(&examples(Path::new(path))), "{path}");
            assert!(text.find(EXAMPLES) > text.find("\n[weights]\n"), "{path}");
        }
        for r in Rules::builtin().iter() {
            assert!(!r.examples().matches.is_empty(), "{} has no example", r.id);
            assert!(!r.examples().reject.is_empty(), "{} has no counter-example", r.id);
        }
    }
}

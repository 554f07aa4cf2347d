use std::cmp::Ordering;
use std::fmt;
use std::sync::RwLock;

use serde::{Serialize, Serializer};

/// A kind of personal data: a lower-snake-case name such as `iin` or `birth_date`.
///
/// Titles in three languages and the paragraph of the law that names a category stand in
/// `patterns/categories.toml`; this type is only the number of an interned name, cheap to copy and compare.
/// Its order is that of the names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Category(u16);

/// Names of an operator's own rules, numbered behind the built-in ones; they live for the whole program.
static OWN: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());

macro_rules! known {
    ($($konst:ident = $name:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Number { $($konst,)* }
        impl Category {
            $(#[doc = concat!("The category `", $name, "`.")] pub const $konst: Category = Category(Number::$konst as u16);)*
            const KNOWN: &'static [&'static str] = &[$($name),*];
        }
    };
}

known! {
    IIN = "iin"; BIN = "bin"; RNN = "rnn"; SIK = "sik"; PHONE = "phone"; EMAIL = "email"; IBAN = "iban";
    ACCOUNT = "account"; CARD = "card"; ADDRESS = "address"; PERSON = "person"; BIRTH_DATE = "birth_date";
    BIRTH_PLACE = "birth_place"; ID_CARD = "id_card"; PASSPORT = "passport"; RESIDENCE_PERMIT = "residence_permit";
    DRIVER_LICENCE = "driver_licence"; BIRTH_CERTIFICATE = "birth_certificate"; MILITARY_ID = "military_id";
    PLATE = "plate"; VIN = "vin"; VEHICLE_CERTIFICATE = "vehicle_certificate"; VEHICLE = "vehicle"; CADASTRAL = "cadastral"; IP = "ip";
    MAC = "mac"; IMEI = "imei"; RU_INN = "ru_inn"; RU_SNILS = "snils"; RU_PASSPORT = "ru_passport"; MRZ = "mrz";
    SOCIAL = "social"; COORDINATES = "coordinates"; POSTCODE = "postcode"; PASSWORD = "password"; SPECIAL = "special";
    AGE = "age"; SEX = "sex"; CITIZENSHIP = "citizenship"; NATIONALITY = "nationality";
    MARITAL_STATUS = "marital_status"; DIPLOMA = "diploma"; INSURANCE = "insurance"; COOKIE = "cookie"; SECRET = "secret";
}

impl Category {
    /// Interns `name`. Names outside the built-in list (an operator's own rules) live for the whole program.
    pub fn new(name: &str) -> Category {
        if let Some(k) = Self::KNOWN.iter().position(|k| *k == name) {
            return Category(k as u16);
        }
        let mut own = OWN.write().unwrap_or_else(|e| e.into_inner());
        let k = match own.iter().position(|k| *k == name) {
            Some(k) => k,
            None => {
                own.push(Box::leak(name.to_owned().into_boxed_str()));
                own.len() - 1
            }
        };
        Category((Self::KNOWN.len() + k) as u16)
    }

    /// The built-in categories.
    pub fn known() -> impl Iterator<Item = Category> {
        (0..Self::KNOWN.len()).map(|k| Category(k as u16))
    }

    /// The lower-snake-case name.
    pub fn as_str(self) -> &'static str {
        let k = usize::from(self.0);
        match Self::KNOWN.get(k) {
            Some(name) => name,
            // a number is given out only together with a name
            None => {
                let own = OWN.read().unwrap_or_else(|e| e.into_inner());
                own.get(k - Self::KNOWN.len()).copied().unwrap_or_default()
            }
        }
    }
}

impl Ord for Category {
    fn cmp(&self, other: &Category) -> Ordering {
        if self.0 == other.0 { Ordering::Equal } else { self.as_str().cmp(other.as_str()) }
    }
}

impl PartialOrd for Category {
    fn partial_cmp(&self, other: &Category) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

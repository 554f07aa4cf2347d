use std::collections::HashSet;
use std::fmt;
use std::sync::Mutex;

use serde::{Serialize, Serializer};

/// A kind of personal data: a lower-snake-case name such as `iin` or `birth_date`.
///
/// Titles in three languages and the paragraph of the law that names a category stand in
/// `patterns/categories.toml`; this type is only the interned name, cheap to copy and compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Category(&'static str);

macro_rules! known {
    ($($konst:ident = $name:literal;)*) => {
        impl Category {
            $(#[doc = concat!("The category `", $name, "`.")] pub const $konst: Category = Category($name);)*
            const KNOWN: &'static [&'static str] = &[$($name),*];
        }
    };
}

known! {
    IIN = "iin"; BIN = "bin"; RNN = "rnn"; SIK = "sik"; PHONE = "phone"; EMAIL = "email"; IBAN = "iban";
    ACCOUNT = "account"; CARD = "card"; ADDRESS = "address"; PERSON = "person"; BIRTH_DATE = "birth_date";
    BIRTH_PLACE = "birth_place"; ID_CARD = "id_card"; PASSPORT = "passport"; RESIDENCE_PERMIT = "residence_permit";
    DRIVER_LICENCE = "driver_licence"; BIRTH_CERTIFICATE = "birth_certificate"; MILITARY_ID = "military_id";
    PLATE = "plate"; VIN = "vin"; VEHICLE_CERTIFICATE = "vehicle_certificate"; CADASTRAL = "cadastral"; IP = "ip";
    MAC = "mac"; IMEI = "imei"; RU_INN = "ru_inn"; RU_SNILS = "snils"; RU_PASSPORT = "ru_passport"; MRZ = "mrz";
    SOCIAL = "social"; COORDINATES = "coordinates"; POSTCODE = "postcode"; PASSWORD = "password"; SPECIAL = "special";
}

impl Category {
    /// Interns `name`. Names outside the built-in list (an operator's own rules) live for the whole program.
    pub fn new(name: &str) -> Category {
        if let Some(known) = Self::KNOWN.iter().find(|k| **k == name) {
            return Category(known);
        }
        static OWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
        let mut own = OWN.lock().unwrap_or_else(|e| e.into_inner());
        let own = own.get_or_insert_with(HashSet::new);
        if let Some(known) = own.get(name) {
            return Category(known);
        }
        let leaked: &'static str = Box::leak(name.to_owned().into_boxed_str());
        own.insert(leaked);
        Category(leaked)
    }

    /// The built-in categories.
    pub fn known() -> impl Iterator<Item = Category> {
        Self::KNOWN.iter().map(|name| Category(name))
    }

    /// The lower-snake-case name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0)
    }
}

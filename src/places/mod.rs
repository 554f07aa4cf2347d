//! Regions, districts and cities of Kazakhstan: what a place name means, in every spelling and case.
//!
//! The tables stand in `patterns/places/`. Both finding (is this word a city?) and generalization
//! (an address -> its city, region or macro-region) look here; this module knows neither of them.

mod forms;
mod lookup;

pub use forms::fold;
pub(crate) use forms::fold_lower;
pub use lookup::{city_of, is_generalized, region_of};

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

/// One of the five parts of the country that official statistics group regions into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MacroRegion {
    /// Akmola, Kostanay, Pavlodar, North Kazakhstan, Astana.
    North,
    /// Almaty region and city, Jetisu, Zhambyl, Kyzylorda, Turkistan, Shymkent.
    South,
    /// Aktobe, Atyrau, West Kazakhstan, Mangystau.
    West,
    /// Karaganda, Ulytau.
    Centre,
    /// East Kazakhstan, Abai.
    East,
}

impl MacroRegion {
    /// The name in Russian.
    pub fn name_ru(self) -> &'static str {
        match self {
            MacroRegion::North => "Северный Казахстан",
            MacroRegion::South => "Южный Казахстан",
            MacroRegion::West => "Западный Казахстан",
            MacroRegion::Centre => "Центральный Казахстан",
            MacroRegion::East => "Восточный Казахстан",
        }
    }

    /// The name in Kazakh.
    pub fn name_kk(self) -> &'static str {
        match self {
            MacroRegion::North => "Солтүстік Қазақстан",
            MacroRegion::South => "Оңтүстік Қазақстан",
            MacroRegion::West => "Батыс Қазақстан",
            MacroRegion::Centre => "Орталық Қазақстан",
            MacroRegion::East => "Шығыс Қазақстан",
        }
    }
}

/// A region or a city of republican significance (20 since 2022).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// First two digits of the classifier of administrative units (KATO), the same as ISO 3166-2:KZ.
    pub kato: &'static str,
    /// Name in Russian.
    pub name_ru: &'static str,
    /// Name in Kazakh.
    pub name_kk: &'static str,
    /// The part of the country.
    pub macro_region: MacroRegion,
    /// First two digits of its six-digit post codes; empty where none are its own.
    pub post: &'static str,
}

/// A city or large settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    /// Name in Russian.
    pub name_ru: &'static str,
    /// Name in Kazakh; empty for places abroad without one.
    pub name_kk: &'static str,
    /// KATO of its region; empty abroad.
    pub kato: &'static str,
    /// ISO 3166-1 code of its country.
    pub country: &'static str,
}

/// What a folded name can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Index into [`Places::cities`].
    pub city: Option<u16>,
    /// The name means the city even without "г." or "қаласы".
    pub city_alone: bool,
    /// Index into [`Places::regions`]: the name means it in front of (or behind) "область", "облысы".
    pub region: Option<u8>,
    /// The name means the region by itself (an abbreviation such as ВКО).
    pub region_alone: bool,
    /// A district of this region, where only one region has a district of the name.
    pub district: Option<u8>,
    /// Some district has this name.
    pub is_district: bool,
}

/// All tables, with the names in every form.
pub(crate) struct Places {
    pub regions: Vec<Region>,
    pub cities: Vec<City>,
    names: FxHashMap<Vec<u8>, Meaning>,
    /// First words of names of several words.
    first: FxHashSet<Vec<u8>>,
    sieve: Sieve,
}

/// A bit for each first word of a name, and for few others: most words of an address are told by it to begin none.
pub(crate) struct Sieve(Box<[u64; 1024]>);

impl Sieve {
    fn of<'a>(names: impl Iterator<Item = &'a Vec<u8>>) -> Sieve {
        let mut bits = Box::new([0; 1024]);
        for name in names {
            let (word, bit) = Sieve::place(first_word(name));
            bits[word] |= bit;
        }
        Sieve(bits)
    }

    #[inline]
    fn place(word: &[u8]) -> (usize, u64) {
        let all = match (word.first_chunk(), word.last_chunk()) {
            (Some(first), Some(last)) => {
                u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(25)
            }
            _ => word.iter().fold(0, |all, b| all << 8 | u64::from(*b)),
        };
        let place = (all ^ word.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48;
        ((place >> 6) as usize, 1 << (place & 63))
    }
}

/// A folded name up to its first blank.
#[inline]
fn first_word(name: &[u8]) -> &[u8] {
    name.iter().position(|b| *b == b' ').map_or(name, |end| &name[..end])
}

impl Places {
    /// The tables, built at first use.
    pub fn get() -> &'static Places {
        static PLACES: LazyLock<Places> = LazyLock::new(forms::build);
        &PLACES
    }

    /// What a name means; `folded` is in the form that [`fold`] gives.
    pub fn meaning(&self, folded: &str) -> Option<&Meaning> {
        self.names.get(folded.as_bytes())
    }

    /// May a name begin with this word? Rather yes than no.
    #[inline]
    fn may_begin(&self, first: &[u8]) -> bool {
        let (word, bit) = Sieve::place(first);
        self.sieve.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// May a name of several words begin with this one?
    pub fn begins(&self, folded: &str) -> bool {
        self.first.contains(folded.as_bytes())
    }

    /// The region with this KATO.
    pub fn region(&self, kato: &str) -> Option<&Region> {
        self.regions.iter().find(|r| r.kato == kato)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_complete() {
        let p = Places::get();
        assert_eq!(p.regions.len(), 20);
        assert!(p.cities.len() > 90);
        for c in p.cities.iter().filter(|c| c.country == "KZ") {
            assert!(p.region(c.kato).is_some(), "{}", c.name_ru);
        }
    }

    #[test]
    fn the_sieve_holds_no_name_back() {
        let p = Places::get();
        assert!(p.names.keys().all(|name| p.may_begin(first_word(name))));
        assert!(p.first.iter().all(|word| p.may_begin(word)));
        let held = ["көшесі", "үй", "пәтер", "кв", "дом", "ул", "проспект", "5", "улица"]
            .iter()
            .filter(|w| !p.may_begin(fold(w).as_bytes()));
        assert!(held.count() > 5);
    }

    #[test]
    fn names_in_every_case() {
        let p = Places::get();
        for (form, ru) in [
            ("Алматыда", "Алматы"),
            ("Алма-Ате", "Алматы"),
            ("АСТАНЫ", "Астана"),
            ("Нұр-Сұлтан", "Астана"),
            ("Караганде", "Караганда"),
            ("Қарағандыға", "Караганда"),
            ("Қарағандының", "Караганда"),
            ("Шымкенте", "Шымкент"),
            ("Семипалатинска", "Семей"),
            ("Усть-Каменогорском", "Усть-Каменогорск"),
            ("Өскеменнен", "Усть-Каменогорск"),
            ("Рудного", "Рудный"),
            ("Ust-Kamenogorsk", "Усть-Каменогорск"),
            ("Кокшетау", "Кокшетау"),
        ] {
            let m = p.meaning(&fold(form)).unwrap_or_else(|| panic!("{form}"));
            assert_eq!(p.cities[m.city.unwrap() as usize].name_ru, ru, "{form}");
            assert!(m.city_alone, "{form}");
        }
        for word in ["шара", "абая", "темір", "договор", "Ермак"] {
            assert!(p.meaning(&fold(word)).is_none_or(|m| !m.city_alone), "{word}");
        }
    }
}

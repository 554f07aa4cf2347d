//! Places and post codes of Kazakhstan as hierarchies; the tables are those of `patterns/places/`.

use super::unread;
use crate::places::{Region, city_of, region_of};

/// City, region, part of the country.
pub(super) fn place_levels(value: &str) -> Vec<String> {
    let region = region_of(value);
    let city = city_of(value);
    match (region, city) {
        (Some(region), _) => above(region),
        (None, Some(city)) => vec![city.country.to_owned(); 2],
        (None, None) => unread(2),
    }
}

/// Region and part of the country of a six-digit post code; district and first letter of one of seven
/// characters, whose last four name the building.
pub(super) fn post_code_levels(value: &str) -> Vec<String> {
    let code = value.trim();
    match code.len() {
        6 if code.bytes().all(|b| b.is_ascii_digit()) => region_of(code).map_or_else(|| unread(2), above),
        7 if code.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            let code = code.to_ascii_uppercase();
            vec![format!("{}****", &code[..3]), format!("{}******", &code[..1])]
        }
        _ => unread(2),
    }
}

fn above(region: &Region) -> Vec<String> {
    vec![region.name_ru.to_owned(), region.macro_region.name_ru().to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_rise_to_region_and_part() {
        assert_eq!(place_levels("г. Темиртау"), ["Карагандинская область", "Центральный Казахстан"]);
        assert_eq!(place_levels("Шымкент"), ["город Шымкент", "Южный Казахстан"]);
        assert_eq!(place_levels("xyzzy"), ["*", "*"]);
    }

    #[test]
    fn post_codes_of_both_kinds() {
        assert_eq!(post_code_levels("071400")[0], "Восточно-Казахстанская область");
        assert_eq!(post_code_levels("a05d5h7"), ["A05****", "A******"]);
        assert_eq!(post_code_levels("12"), ["*", "*"]);
    }
}

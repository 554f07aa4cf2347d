//! From the text of an address to its city and region.

use smallvec::SmallVec;

use super::forms::{WORDS, fold_onto};
use super::{City, Meaning, Places, Region, first_word, fold};
use crate::model::letters::{self, Letter};

/// How sure a reading of a name is; a higher one wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    PostCode,
    District,
    CityAlone,
    CityNamed,
    Region,
}

/// Words after which a name is that of a street or a firm and not of a place.
fn is_street_word(w: &str) -> bool {
    [
        "ул",
        "улица",
        "улице",
        "улицы",
        "пр",
        "проспект",
        "просп",
        "пер",
        "мкр",
        "микрорайон",
        "бульвар",
        "street",
        "ave",
    ]
    .contains(&w)
}

/// Words behind a name that make it a street, a district or something else that is no city.
fn other_behind(w: &str) -> bool {
    ["кош", "данг", "даң", "аудан", "район", "street", "ave", "district", "шагын", "улиц", "просп", "р н"]
        .iter()
        .any(|s| w.starts_with(s))
        || matches!(w, "ул" | "пр" | "рн" | "ауд")
}

fn is_region_word(w: &str) -> bool {
    w.starts_with("област") || w.starts_with("облыс") || matches!(w, "обл" | "region" | "oblast")
}

fn is_city_word(w: &str) -> bool {
    matches!(w, "г" | "гор" | "город" | "города" | "городе" | "городу" | "к" | "city")
        || w.starts_with("кала")
}

struct Reading {
    rank: Rank,
    city: Option<u16>,
    region: Option<u8>,
}

/// The words of a text, folded, one blank between each two: words side by side are one piece of `text`.
struct Words {
    text: SmallVec<[u8; 256]>,
    ends: SmallVec<[u32; 32]>,
}

impl Words {
    fn new(text: &str) -> Words {
        // a folded letter is no longer than two of itself
        let mut folded: SmallVec<[u8; 256]> = SmallVec::from_elem(0, 2 * text.len() + 1);
        let (out, mut ends, mut n) = (&mut folded[..], SmallVec::<[u32; 32]>::new(), 0);
        let (mut open, mut at, mut unknown) = (false, 0, String::new());
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (letter, length) = WORDS.first(rest);
            at += length;
            let c = rest.chars().next().unwrap_or_default();
            let other = || letters::is_alphanumeric(c) || c == '\u{306}';
            if letter == Letter::Vanishes || letter == Letter::Other && !other() {
                if std::mem::take(&mut open) {
                    ends.push(n as u32);
                }
                continue;
            }
            if !std::mem::replace(&mut open, true) && !ends.is_empty() {
                out[n] = b' ';
                n += 1;
            }
            if let Letter::As(folded) = letter {
                n = letters::write(out, n, folded);
            } else {
                unknown.clear();
                fold_onto(&mut unknown, c);
                out[n..n + unknown.len()].copy_from_slice(unknown.as_bytes());
                n += unknown.len();
            }
        }
        if open {
            ends.push(n as u32);
        }
        folded.truncate(n);
        Words { text: folded, ends }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    /// `n` words from word `i` on.
    fn bytes(&self, i: usize, n: usize) -> &[u8] {
        let from = i.checked_sub(1).map_or(0, |k| self.ends[k] as usize + 1);
        &self.text[from..self.ends[i + n - 1] as usize]
    }

    /// Word `i`.
    fn get(&self, i: usize) -> &str {
        std::str::from_utf8(self.bytes(i, 1)).unwrap_or_default()
    }
}

/// Every reading of the names in `text`, in order.
fn readings(text: &str) -> SmallVec<[Reading; 8]> {
    let places = Places::get();
    let words = Words::new(text);
    let mut out = SmallVec::new();
    let mut i = 0;
    while i < words.len() {
        let word = words.bytes(i, 1);
        // a word with a hyphen is two
        let first = first_word(word);
        let longest = match places.may_begin(first) {
            true if places.first.contains(first) => 3,
            true => 1,
            false => 0,
        };
        let mut taken = 1;
        for n in (1..=longest).rev().filter(|n| i + n <= words.len()) {
            let Some(m) = places.names.get(words.bytes(i, n)) else { continue };
            let before = i.checked_sub(1).map_or("", |k| words.get(k));
            let behind = if i + n < words.len() { words.get(i + n) } else { "" };
            if let Some(r) = reading(m, before, behind) {
                out.push(r);
                taken = n;
                break;
            }
        }
        if taken == 1 && word.len() == 6 && word.iter().all(u8::is_ascii_digit) {
            let region =
                places.regions.iter().position(|r| !r.post.is_empty() && word.starts_with(r.post.as_bytes()));
            out.extend(region.map(|r| Reading { rank: Rank::PostCode, city: None, region: Some(r as u8) }));
        }
        i += taken;
    }
    out
}

fn reading(m: &Meaning, before: &str, behind: &str) -> Option<Reading> {
    if m.region.is_some() && (m.region_alone || is_region_word(behind) || is_region_word(before)) {
        return Some(Reading { rank: Rank::Region, city: None, region: m.region });
    }
    let district = behind.starts_with("район")
        || behind.starts_with("аудан")
        || matches!(behind, "р н" | "рн" | "ауд" | "district")
        || before.starts_with("район");
    if m.is_district && district {
        return m.district.map(|r| Reading { rank: Rank::District, city: None, region: Some(r) });
    }
    let named = is_city_word(before) || is_city_word(behind);
    if m.city.is_some() && (named || (m.city_alone && !is_street_word(before) && !other_behind(behind))) {
        let rank = if named { Rank::CityNamed } else { Rank::CityAlone };
        return Some(Reading { rank, city: m.city, region: None });
    }
    None
}

/// The region of an address or place name: from the region's own name, else its city, its district, its post code.
///
/// ```
/// let region = qupia::places::region_of("г. Темиртау, ул. Абая, д. 5").unwrap();
/// assert_eq!(region.name_ru, "Карагандинская область");
/// ```
pub fn region_of(text: &str) -> Option<&'static Region> {
    let places = Places::get();
    let mut best: Option<(Rank, &Region)> = None;
    for r in readings(text) {
        let region = match (r.region, r.city) {
            (Some(k), _) => places.regions.get(usize::from(k)),
            (_, Some(c)) => places.region(places.cities.get(usize::from(c))?.kato),
            _ => None,
        };
        if let Some(region) = region
            && best.is_none_or(|(rank, _)| r.rank > rank)
        {
            best = Some((r.rank, region));
        }
    }
    best.map(|b| b.1)
}

/// The city of an address or place name, former names and Kazakh forms included.
///
/// ```
/// assert_eq!(qupia::places::city_of("Нұр-Сұлтан қаласы, Сарыарқа ауданы").unwrap().name_ru, "Астана");
/// ```
pub fn city_of(text: &str) -> Option<&'static City> {
    let places = Places::get();
    let mut best: Option<(Rank, u16)> = None;
    for r in readings(text) {
        if let Some(c) = r.city
            && best.is_none_or(|(rank, _)| r.rank > rank)
        {
            best = Some((r.rank, c));
        }
    }
    places.cities.get(usize::from(best?.1))
}

/// Is `text` a place in the very form that generalization writes: a region by its full name, or "город" and a
/// city? Such a place tells no more of anybody than the copy is meant to tell.
pub fn is_generalized(text: &str) -> bool {
    // a file's encoding may lack a Kazakh letter of the name
    let same = |name: &str, text: &str| name == text || fold(name) == fold(text);
    let text = text.trim();
    // no name of a region or city holds a digit or a comma: most addresses are told by that alone
    if text.bytes().any(|b| b.is_ascii_digit() || b == b',') {
        return false;
    }
    region_of(text).is_some_and(|r| same(r.name_ru, text) || same(r.macro_region.name_ru(), text))
        || text
            .strip_prefix("город ")
            .is_some_and(|name| city_of(text).is_some_and(|city| same(city.name_ru, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_addresses() {
        for (text, kato) in [
            ("г. Караганда, ул. Абая 5/1, 60", "35"),
            ("Қарағанды облысы, Бұқар жырау ауданы, Ботақара кенті", "35"),
            ("Алматинская область, Талгарский район, с. Панфилово", "19"),
            ("Алматы облысы, Қаскелең қаласы", "19"),
            ("Алматы қаласы, Абай көшесі, 10", "75"),
            ("город Алматы, Алмалинский район, улица Жамбыла, дом 155", "75"),
            ("область Абай, г. Семей", "10"),
            ("Абай облысы, Семей қ.", "10"),
            ("ВКО, Глубоковский р-н, п. Белоусовка", "63"),
            ("Талгарский район, с. Бесагаш", "19"),
            ("071400, ул. Ленина, 5", "63"),
            ("в Усть-Каменогорске на ул. Алматы, 5", "63"),
            ("Zhambyl Region, Taraz", "31"),
            ("Карагандинской обл., г. Абай", "35"),
            ("область Ұлытау, Жезқазған", "62"),
        ] {
            assert_eq!(region_of(text).map(|r| r.kato), Some(kato), "{text}");
        }
        assert!(region_of("ул. Абая, 5").is_none());
        assert!(region_of("г. Москва, ул. Тверская").is_none());
    }

    #[test]
    fn cities_of_addresses() {
        for (text, city) in [
            ("г. Алма-Ата, ул. Астана, 5", Some("Алматы")),
            ("Астана қаласында, Алматы ауданы", Some("Астана")),
            ("г. Абай, ул. Школьная", Some("Абай")),
            ("ул. Абая, 5", None),
            ("Abay Ave 150, Almaty", Some("Алматы")),
            ("г. Москва", Some("Москва")),
        ] {
            assert_eq!(city_of(text).map(|c| c.name_ru), city, "{text}");
        }
    }

    #[test]
    fn macro_regions_have_names() {
        let r = region_of("г. Актау").unwrap();
        assert_eq!(r.macro_region.name_ru(), "Западный Казахстан");
        assert_eq!(r.macro_region.name_kk(), "Батыс Қазақстан");
    }
}

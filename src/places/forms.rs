//! Names of places in all their written forms.

use rustc_hash::FxHashMap;

use super::{City, MacroRegion, Meaning, Places, Region, Sieve, first_word};
use crate::model::letters::{self, Letter, Table};

/// A name as it is compared: lower case, ё as е, Kazakh letters as their neighbours on a Russian
/// keyboard (қ as к …), hyphens as spaces. Works for Latin script too.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    name.chars().for_each(|c| fold_onto(&mut out, c));
    out
}

/// Appends the folding of one character.
#[inline]
pub(super) fn fold_onto(out: &mut String, c: char) {
    match FOLDED.get(c) {
        Letter::As(c) => out.push(c),
        Letter::Vanishes => {}
        Letter::Other => out.extend(c.to_lowercase().filter_map(fold_lower)),
    }
}

/// [`fold_lower`] of the small letter of each.
static FOLDED: Table = table(false);

/// The same of letters, digits and hyphens; everything else vanishes.
pub(super) static WORDS: Table = table(true);

const fn table(words: bool) -> Table {
    let (mut table, mut code) = (Table::new(), 0);
    while let Some(c) = char::from_u32(code)
        && code < Table::END as u32
    {
        if let Some(lower) = letters::lower(c) {
            let outside = words && c.is_ascii() && !c.is_ascii_alphanumeric() && c != '-';
            let to = match fold_lower(lower) {
                Some(folded) if !outside => Letter::As(folded),
                _ => Letter::Vanishes,
            };
            table = table.set(c, to);
        }
        code += 1;
    }
    table
}

/// The folding of one lower-case letter; `None` for marks that vanish.
#[inline]
pub(crate) const fn fold_lower(c: char) -> Option<char> {
    Some(match c {
        'ё' => 'е',
        'ә' | 'ə' => 'а',
        // beside each letter the one that stands for it in old 8-bit Kazakh fonts
        'ғ' | 'є' => 'г',
        'қ' | 'ќ' => 'к',
        'ң' | 'ѕ' => 'н',
        'ө' | 'ґ' => 'о',
        'ұ' | 'ү' | 'ў' | 'ї' => 'у',
        'һ' | 'ћ' => 'х',
        'ј' => 'а',
        'і' => 'и',
        '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' => ' ',
        '\u{306}' | '\u{ad}' => return None,
        c => c,
    })
}

/// Kazakh case endings, folded, as they follow a name.
const KK_ENDINGS: &[&str] = &[
    "да", "де", "та", "те", "дан", "ден", "тан", "тен", "нан", "нен", "га", "ге", "ка", "ке", "на", "не",
    "нын", "нин", "дын", "дин", "тын", "тин", "ны", "ни", "ды", "ди", "ты", "ти", "дагы", "деги", "тагы",
    "теги", "мен", "бен", "пен", "лык", "лик", "дык", "дик", "тык", "тик",
];

/// The Russian case forms of a place name by its last letters.
fn ru_forms(name: &str) -> Vec<String> {
    let mut out = vec![name.to_owned()];
    let mut add = |cut: usize, endings: &[&str]| {
        let keep: String = name.chars().take(name.chars().count() - cut).collect();
        out.extend(endings.iter().map(|e| [&keep, *e].concat()));
    };
    let mut last = name.chars().rev();
    let (z, y) = (last.next().unwrap_or(' '), last.next().unwrap_or(' '));
    match (y, z) {
        ('ы' | 'и', 'й') => add(2, &["ого", "ому", "ым", "ом", "его", "ему", "им", "ем"]),
        (_, 'й') => add(1, &["я", "ю", "ем", "е"]),
        (_, 'ь') => add(1, &["я", "и", "ю", "ем", "ью", "е"]),
        ('к' | 'г' | 'х' | 'ш' | 'ж', 'а') => add(1, &["и", "е", "у", "ой"]),
        (_, 'а') => add(1, &["ы", "е", "у", "ой"]),
        (_, 'я') => add(1, &["и", "е", "ю", "ей"]),
        (_, 'б'..='д' | 'ж' | 'з' | 'к'..='н' | 'п'..='т' | 'ф'..='щ') => {
            add(0, &["а", "у", "ом", "е"])
        }
        _ => {}
    }
    out
}

/// A name with every Kazakh ending.
fn kk_forms(name: &str) -> Vec<String> {
    let mut out = vec![name.to_owned()];
    out.extend(KK_ENDINGS.iter().map(|e| [name, e].concat()));
    out
}

fn alternatives(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|n| !n.is_empty())
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .skip(1)
        .map(|l| l.split(',').map(str::trim).collect())
}

#[derive(Default)]
struct Names(FxHashMap<Vec<u8>, Meaning>);

impl Names {
    fn at(&mut self, name: String) -> &mut Meaning {
        self.0.entry(name.into_bytes()).or_insert(Meaning {
            city: None,
            city_alone: false,
            region: None,
            region_alone: false,
            district: None,
            is_district: false,
        })
    }

    fn city(&mut self, name: &str, index: u16, alone: bool) {
        let name = fold(name);
        let forms = ru_forms(&name).into_iter().chain(kk_forms(&name));
        for form in forms {
            let m = self.at(form);
            // the first city that claims a form keeps it; a bare form of the nominative wins over a case form
            if m.city.is_none() {
                m.city = Some(index);
                m.city_alone = alone;
            }
        }
    }

    fn region(&mut self, name: &str, index: u8) {
        let folded = fold(name);
        let words: Vec<&str> = folded.split(' ').collect();
        let is_type = |w: &&str| matches!(*w, "область" | "облысы" | "region");
        let bare = words.iter().filter(|w| !is_type(w)).copied().collect::<Vec<_>>().join(" ");
        if words.iter().any(is_type) {
            let forms = match bare.strip_suffix("ая") {
                Some(stem) => ["ая", "ой", "ую"].iter().map(|e| format!("{stem}{e}")).collect(),
                None => vec![bare],
            };
            for form in forms {
                self.at(form).region = Some(index);
            }
        } else {
            let m = self.at(bare);
            m.region = Some(index);
            m.region_alone = true;
        }
    }

    fn district(&mut self, name: &str, region: u8) {
        let name = fold(name);
        let forms: Vec<String> = match name.strip_suffix("ий") {
            Some(stem) => ["ий", "ого", "ому", "им", "ом"].iter().map(|e| format!("{stem}{e}")).collect(),
            None => vec![name],
        };
        for form in forms {
            let m = self.at(form);
            m.district = if m.is_district && m.district != Some(region) { None } else { Some(region) };
            m.is_district = true;
        }
    }
}

/// Reads the tables. They are part of the program, so a broken row is left out and a test says so.
pub(super) fn build() -> Places {
    let mut names = Names::default();
    let mut regions: Vec<Region> = Vec::new();
    let mut cities = Vec::new();
    for row in rows(include_str!("../../patterns/places/regions.csv")) {
        let [kato, name_ru, name_kk, name_en, other, macro_region, post] = row[..] else { continue };
        let macro_region = match macro_region {
            "north" => MacroRegion::North,
            "south" => MacroRegion::South,
            "west" => MacroRegion::West,
            "centre" => MacroRegion::Centre,
            "east" => MacroRegion::East,
            _ => continue,
        };
        let index = regions.len() as u8;
        if !name_ru.starts_with("город") {
            for name in [name_ru, name_kk].into_iter().chain(alternatives(name_en)).chain(alternatives(other))
            {
                names.region(name, index);
            }
        }
        regions.push(Region { kato, name_ru, name_kk, macro_region, post });
    }
    // nominatives of all cities first, so that no case form of one city hides the name of another
    let table: Vec<Vec<&'static str>> = rows(include_str!("../../patterns/places/cities.csv")).collect();
    for (pass, row) in [0, 1].into_iter().flat_map(|pass| table.iter().map(move |row| (pass, row))) {
        let [country, name_ru, name_kk, name_en, former, kato, only] = row[..] else { continue };
        let only: Vec<&str> = alternatives(only).collect();
        let all = [name_ru, name_kk]
            .into_iter()
            .chain(alternatives(name_en))
            .chain(alternatives(former))
            .filter(|n| !n.is_empty());
        let index = if pass == 0 {
            cities.push(City { name_ru, name_kk, kato, country });
            cities.len() - 1
        } else {
            cities.iter().position(|c: &City| c.name_ru == name_ru).unwrap_or_default()
        } as u16;
        for name in all {
            let alone = !only.contains(&name);
            if pass == 0 {
                let m = names.at(fold(name));
                if m.city.is_none() {
                    m.city = Some(index);
                    m.city_alone = alone;
                }
            } else {
                names.city(name, index, alone);
            }
        }
    }
    for row in rows(include_str!("../../patterns/places/districts.csv")) {
        let [kato, district] = row[..] else { continue };
        let Some(region) = regions.iter().position(|r| r.kato == kato) else { continue };
        for name in alternatives(district) {
            names.district(name, region as u8);
        }
    }
    let several = |n: &&Vec<u8>| first_word(n).len() < n.len();
    let first = names.0.keys().filter(several).map(|n| first_word(n).to_vec()).collect();
    let sieve = Sieve::of(names.0.keys());
    Places { regions, cities, names: names.0, first, sieve }
}

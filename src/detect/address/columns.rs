//! Columns whose names say that they hold an address or a part of one.

use crate::model::{Block, Segment};
use crate::places::fold;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressColumn {
    /// A whole address.
    Whole,
    /// A street, with or without the house.
    Street,
    /// A house, block or flat number.
    Door,
    /// A post code.
    PostCode,
    /// A city, village, district or region: an address only beside one of the above.
    Place,
    /// A place of birth.
    BirthPlace,
}

/// Reads a column's name (Russian, Kazakh, English, transliterated, camel case, with underscores).
/// `None` for names of anything else, e-mail and network addresses among them.
pub fn address_column(name: &str) -> Option<AddressColumn> {
    let words = words_of(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let starts = |list: &[&str]| words.iter().any(|w| list.iter().any(|s| w.starts_with(s)));
    if has(&[
        "ip",
        "mac",
        "email",
        "mail",
        "e",
        "url",
        "web",
        "site",
        "сайт",
        "сайта",
        "host",
        "memory",
        "hash",
        "wallet",
    ]) || starts(&["электрон", "эл_", "почты", "ipaddr", "macaddr", "emailaddr"])
        || (has(&["эл"]) && starts(&["адрес", "почт"]))
    {
        return None;
    }
    let birth = starts(&["рожд", "birth", "born", "туган", "туылган", "rozhd", "tugan", "pob"]);
    if birth {
        let place = starts(&[
            "мест",
            "город",
            "стран",
            "жер",
            "place",
            "city",
            "mesto",
            "zher",
            "country",
            "pob",
            "birthplace",
            "орн",
        ]);
        return place.then_some(AddressColumn::BirthPlace);
    }
    if starts(&[
        "адрес",
        "adres",
        "address",
        "addr",
        "мекенжай",
        "mekenzhai",
        "mekenzhay",
        "mekenjai",
        "прописк",
        "propisk",
    ]) || (starts(&["мекен"]) && starts(&["жай"]))
        || (starts(&["мест"]) && starts(&["жительств", "прожив", "регистрац"]))
        || (starts(&["тургылыкты", "туратын", "тиркелген"]) && starts(&["жер", "мекен", "орн"]))
        || starts(&["местожительств", "residence", "turgylykty", "prozhiv"]) && !has(&["permit", "status"])
    {
        if starts(&["type", "тип", "id", "вид", "count", "код", "code", "дата", "date"])
            && words.len() > 1
            && !has(&["address"])
        {
            return None;
        }
        // a plan or a register of addresses
        let plan = starts(&["адресн"]) && !starts(&["данн"]);
        if plan || has(&["id", "type", "тип", "count", "date", "дата", "status"]) {
            return None;
        }
        return Some(AddressColumn::Whole);
    }
    if has(&["adr"]) && words.len() <= 2 {
        return Some(AddressColumn::Whole);
    }
    let first = words.first().map_or("", String::as_str);
    let last = words.last().map_or("", String::as_str);
    let is = |list: &[&str]| {
        list.contains(&first) && words.len() <= 3 || (list.contains(&last) && words.len() <= 3)
    };
    if is(&["индекс", "zip", "postcode", "zipcode", "postal", "postindex", "indeks"])
        || has(&["postcode", "zipcode"])
        || (has(&["post", "postal", "почтовый"]) && has(&["index", "code", "indeks", "индекс"]))
    {
        return Some(AddressColumn::PostCode);
    }
    if is(&[
        "улица",
        "ул",
        "street",
        "коше",
        "кошеси",
        "ulica",
        "ulitsa",
        "koshe",
        "koshesi",
        "проспект",
        "мкр",
        "микрорайон",
        "шагынаудан",
        "ul",
        "mkr",
        "mikrorayon",
        "mikroraion",
        "prospekt",
        "ulitca",
        "streetname",
        "kosh",
        "strt",
    ]) || has(&["streetname", "street"]) && words.len() <= 3 && !has(&["view", "type", "code", "id"])
    {
        return Some(AddressColumn::Street);
    }
    if has(&["email", "phone", "телефон", "тел", "tel", "telefon", "fax", "факс", "mob", "моб"])
    {
        return None;
    }
    if is(&[
        "дом",
        "house",
        "dom",
        "уй",
        "корпус",
        "building",
        "квартира",
        "кв",
        "flat",
        "apartment",
        "apt",
        "патер",
        "kvartira",
        "kv",
        "литер",
        "подъезд",
        "corpus",
        "korpus",
        "korp",
        "корп",
        "строение",
        "stroenie",
        "bldg",
        "ndom",
        "nkv",
        "kvart",
        "pater",
        "дома",
        "квартиры",
    ]) || (starts(&["номер", "но", "нөмір", "номир"]) && has(&["дома", "квартиры", "уйдин", "патердин"]))
        || (has(&["дома", "квартиры"]) && first.starts_with('№'))
        // "д." alone: "д.р." is the date of birth
        || words == ["д"]
        // "Кв/оф", "кв. (оф.)"
        || (has(&["кв", "квартира"]) && has(&["оф", "офис"]) && words.len() == 2)
        || has(&[
            "housenumber",
            "houseno",
            "housenum",
            "flatno",
            "flatnumber",
            "flatnum",
            "aptno",
            "nomdom",
            "nomkv",
        ])
    {
        return Some(AddressColumn::Door);
    }
    if is(&[
        "город",
        "city",
        "кала",
        "каласы",
        "gorod",
        "kala",
        "qala",
        "область",
        "oblast",
        "облыс",
        "облысы",
        "region",
        "регион",
        "район",
        "rayon",
        "raion",
        "district",
        "аудан",
        "ауданы",
        "село",
        "ауыл",
        "village",
        "поселок",
        "oblys",
        "audan",
        "settlement",
        "gor",
        "гор",
        "obl",
        "обл",
        "town",
        "locality",
        "нп",
        "np",
        "selo",
        "poselok",
        "аул",
        "aul",
        "auyl",
        "province",
    ]) || (has(&["населенный", "нас", "насел"]) && (has(&["п", "пкт"]) || starts(&["пункт"])))
    {
        return Some(AddressColumn::Place);
    }
    None
}

/// An address that is split over several columns or keys: street, house, flat, post code.
#[derive(Default)]
pub struct SplitAddress {
    columns: Vec<Option<AddressColumn>>,
    /// Some column holds a street.
    split: bool,
}

impl SplitAddress {
    /// The columns of a block's table that hold parts of an address.
    pub fn of(block: &Block) -> SplitAddress {
        let Some(table) = &block.table else { return SplitAddress::default() };
        let columns: Vec<Option<AddressColumn>> = table
            .fields
            .iter()
            .map(|f| {
                // of a key path the last key tells that is not only the wording of the one above it
                // "Кв.": the dot of an abbreviation ends no key
                let mut path = f.name.trim_end_matches(['.', ' ', ':']);
                let mut last = last_of(path);
                while crate::detect::siblings::is_wording(last) && last.len() < path.len() {
                    path = &path[..path.len() - last.len() - 1];
                    last = last_of(path);
                }
                let above = &path[..path.len() - last.len()];
                if address_column(above) == Some(AddressColumn::BirthPlace) {
                    return Some(AddressColumn::BirthPlace);
                }
                // `Addr/Str`, `address.st`
                let short = matches!(last.to_lowercase().as_str(), "str" | "st" | "ul" | "street1");
                if short && address_column(above) == Some(AddressColumn::Whole) {
                    return Some(AddressColumn::Street);
                }
                address_column(last)
            })
            .collect();
        let split = columns.contains(&Some(AddressColumn::Street));
        SplitAddress { columns, split }
    }

    /// Is this the cell of a column of cities or streets? Whoever they are named after does not stand in it.
    pub fn names_a_place(&self, segment: &Segment) -> bool {
        let kind = self.columns.get(segment.column as usize).copied().flatten();
        matches!(kind, Some(AddressColumn::Street | AddressColumn::Place | AddressColumn::BirthPlace))
    }

    /// Does this column hold a part of an address that is split over several?
    pub fn has(&self, column: u32) -> bool {
        self.split && self.columns.get(column as usize).copied().flatten().is_some()
    }

    /// The part of an address that a cell is: its text without blanks around it.
    pub fn cell(&self, block: &Block, segment: &Segment) -> Option<(u32, u32)> {
        let kind = (*self.columns.get(segment.column as usize).filter(|_| self.split)?)?;
        let text = block.text.get(segment.start as usize..segment.end as usize)?;
        let from = text.iter().position(|b| !b.is_ascii_whitespace())?;
        let to = text.iter().rposition(|b| !b.is_ascii_whitespace())? + 1;
        let value = &text[from..to];
        let digit = value.iter().any(u8::is_ascii_digit);
        let fits = match kind {
            AddressColumn::Street => value.len() > 4 && (value.len() < 160) && !value.contains(&b'@'),
            AddressColumn::Door => digit && value.len() <= 16,
            // the town of a table of streets is a part of its addresses
            AddressColumn::Place => !digit && (4..=80).contains(&value.len()),
            // a post code has a rule of its own
            _ => false,
        };
        fits.then_some((segment.start + from as u32, segment.start + to as u32))
    }
}

/// The last key of a path. "нас.п.", "ул.", "Нас. пункт" are words cut short and no paths.
fn last_of(path: &str) -> &str {
    let short = |part: &str| !part.is_ascii() && part.chars().count() <= 3 || part.starts_with(' ');
    // "Кв/оф"
    let two = path.split('/').count() == 2 && path.split('/').all(short);
    if two || path.ends_with('.') || (!path.contains(['/', '>', ':']) && path.split('.').any(short)) {
        return path;
    }
    path.rsplit(['.', '/', '>', ':']).next().unwrap_or_default()
}

/// The folded words of a column's name; the parts of `camelCase` and `snake_case` are words.
fn words_of(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !(c.is_alphanumeric() || c == '№' || c == '\u{306}') {
            out.push(String::new());
            small = false;
            continue;
        }
        if c.is_uppercase() && small {
            out.push(String::new());
        }
        small = c.is_lowercase();
        if let Some(w) = out.last_mut() {
            w.push(c);
        }
    }
    out.iter().filter(|w| !w.is_empty()).map(|w| fold(w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cut_short_are_no_paths() {
        let of = |name: &str| address_column(last_of(name));
        for (name, kind) in [
            ("ул.", AddressColumn::Street),
            ("нас.п.", AddressColumn::Place),
            ("Нас. пункт", AddressColumn::Place),
            ("д.", AddressColumn::Door),
            ("Кв/оф", AddressColumn::Door),
            ("addr.street", AddressColumn::Street),
        ] {
            assert_eq!(of(name), Some(kind), "{name}");
        }
        assert_eq!(of("Д.р."), None);
    }

    #[test]
    fn split_addresses() {
        use crate::model::{Field, SegmentKind, Table};
        use std::sync::Arc;
        let block = |names: &[&str], cells: &[&str]| {
            let fields = names.iter().map(|n| Field { name: (*n).into(), ..Field::default() }).collect();
            let mut b =
                Block { table: Some(Arc::new(Table { fields, ..Table::default() })), ..Block::default() };
            for (k, c) in cells.iter().enumerate() {
                b.push(c, k as u32, 0, SegmentKind::Cell);
            }
            let split = SplitAddress::of(&b);
            let parts: Vec<bool> = b.segments.iter().map(|s| split.cell(&b, s).is_some()).collect();
            parts
        };
        assert_eq!(
            block(&["Город", "Улица", "Дом", "Кв", "Сумма"], &["Алматы", " Абая ", "5/1", "60", "100"]),
            [true, true, true, true, false]
        );
        assert_eq!(
            block(&["L_S", "GOROD", "UL", "DOM", "KV"], &["10", "Семей", "Мира", "3", "н.п. 1"]),
            [false, true, true, true, true]
        );
        assert_eq!(
            block(&["a.district.nameRu", "a.street", "a.corpus"], &["Абайский", "Мира", "2"]),
            [true, true, true]
        );
        assert_eq!(block(&["client.addr.street", "client.addr.house"], &["Достык", "12"]), [true, true]);
        assert_eq!(
            block(&["Нас. пункт", "Ул.", "Дом", "Кв."], &["Сарань", "Мира", "3", "17"]),
            [true, true, true, true]
        );
        // a house without a street is a product
        assert_eq!(block(&["Дом", "Цена"], &["5", "100"]), [false, false]);
    }

    #[test]
    fn names_of_columns() {
        use AddressColumn::*;
        for (name, kind) in [
            ("Адрес", Some(Whole)),
            ("Адрес проживания", Some(Whole)),
            ("addressReg", Some(Whole)),
            ("client_address", Some(Whole)),
            ("Мекенжайы", Some(Whole)),
            ("Мекен-жайы", Some(Whole)),
            ("mekenzhai", Some(Whole)),
            ("Место жительства", Some(Whole)),
            ("Тұрғылықты жері", Some(Whole)),
            ("ip_address", None),
            ("E-mail адрес", None),
            ("Адрес электронной почты", None),
            ("ipAddress", None),
            ("Улица", Some(Street)),
            ("көше", Some(Street)),
            ("Дом", Some(Door)),
            ("№ дома", Some(Door)),
            ("house_number", Some(Door)),
            ("Квартира", Some(Door)),
            ("Город", Some(Place)),
            ("Место рождения", Some(BirthPlace)),
            ("Туған жері", Some(BirthPlace)),
            ("birth_place", Some(BirthPlace)),
            ("Дата рождения", None),
            ("Почтовый индекс", Some(PostCode)),
            ("zip", Some(PostCode)),
            ("address_id", None),
            ("Сумма", None),
            ("домен", None),
        ] {
            assert_eq!(address_column(name), kind, "{name}");
        }
    }
}

//! What stands beside the participants of an act and the rules of the detector are too careful to tell: a lone year
//! beside a word of birth, a place behind «уроженец», the flat of an address, the number behind a kind of document.
//!
//! An act is published: where there is doubt, it is removed.

mod dates;
mod health;
mod numbers;
mod patterns;
mod places;
mod vehicles;

use regex::Regex;

use crate::model::{Category, EvidenceSet, Finding};

/// The rule of findings that are made in doubt.
pub(super) const RULE: &str = "court_act";

/// A pattern of what is added to the findings of an act.
pub(super) fn regex(pattern: &str) -> Regex {
    // the patterns are constants, and a test tries them
    Regex::new(pattern).unwrap_or_else(|_| Regex::new("[^\\s\\S]").expect("an empty set"))
}

struct Gathered<'a> {
    text: &'a str,
    persons: Vec<(usize, usize)>,
    taken: Vec<(usize, usize, Category)>,
    fresh: Vec<(usize, usize, Category)>,
}

/// What has to be removed besides `findings`, which are in rising order.
pub(super) fn beside(text: &str, findings: &[Finding]) -> Vec<Finding> {
    let place = |f: &Finding| (f.start as usize, f.end as usize);
    let persons = findings.iter().filter(|f| f.category == Category::PERSON).map(place).collect();
    let taken = findings
        .iter()
        .filter(|f| f.category != Category::PERSON)
        .map(|f| (place(f).0, place(f).1, f.category));
    let mut g = Gathered { text, persons, taken: taken.collect(), fresh: Vec::new() };
    g.dates();
    g.places();
    g.born_there();
    g.addresses();
    g.documents();
    g.numbers();
    g.vehicles();
    g.health();
    g.citizens();
    let mut fresh: Vec<Finding> = g
        .fresh
        .into_iter()
        .filter(|(start, end, _)| start < end)
        .map(|(start, end, category)| doubtful(start, end, category, 0))
        .collect();
    fresh.sort_by_key(|f| (f.start, f.end));
    fresh
}

/// A finding that is made in doubt; `entity`: which person it is.
pub(super) fn doubtful(start: usize, end: usize, category: Category, entity: u32) -> Finding {
    Finding {
        start: start as u32,
        end: end as u32,
        segment: 0,
        category,
        subtype: None,
        rule: RULE,
        confidence: 0.5,
        evidence: EvidenceSet::new(),
        alternatives: Default::default(),
        entity,
    }
}

/// At most `most` bytes of `text` before `at`, whole characters.
fn behind(text: &str, at: usize, most: usize) -> &str {
    &text[text.ceil_char_boundary(at.saturating_sub(most))..at]
}

/// At most `most` bytes of `text` from `at` on.
fn ahead(text: &str, at: usize, most: usize) -> &str {
    &text[at..text.floor_char_boundary((at + most).min(text.len()))]
}

impl Gathered<'_> {
    fn overlaps(&self, start: usize, end: usize) -> bool {
        self.taken.iter().any(|t| t.0 < end && start < t.1)
    }

    fn person(&self, start: usize, end: usize) -> bool {
        self.persons.iter().any(|t| t.0 < end && start < t.1)
    }
}

#[cfg(test)]
mod tests {
    use super::patterns::*;
    use super::*;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        let all = beside(text, &[]);
        all.iter().map(|f| (&text[f.start as usize..f.end as usize], f.category.as_str())).collect()
    }

    #[test]
    fn patterns_are_read() {
        for p in [
            &NUMBERED,
            &DATE,
            &BORN_AFTER,
            &BORN_BEFORE,
            &YEAR_WORD,
            &NATIVE,
            &BORN_IN,
            &PLACE_PART,
            &HOUSE,
            &MORE,
            &LIVES,
            &DOCUMENT,
            &DOCUMENT_NUMBER,
            &PAPER,
            &PHONE,
            &VIN,
            &CADASTRAL,
            &PLATE,
            &CITIZEN,
            &BORN_TITLE,
            &BORN_THEN,
            &PLACE_WORD,
            &PLATE_BEFORE,
            &PLATE_ANY,
            &VEHICLE,
            &CARD,
            &IBAN,
            &IIN,
            &STREET_NUMBER,
            &MONEY,
            &ADDRESS_GAP,
            &CITIZEN_OF,
            &STREET_BARE,
            &SOCIETY,
            &AND_NUMBER,
            &NUMBERED_STREET,
            &DWELLS,
            &LAND_ACT,
            &VEHICLE_PAPER,
            &TOWN_BEFORE,
            &FOREIGN,
            &ACCOUNT,
            &YEARS,
        ] {
            assert_ne!(p.as_str(), "[^\\s\\S]");
        }
        assert!(Gathered::health_patterns().iter().all(|p| p.as_str() != "[^\\s\\S]"));
    }

    #[test]
    fn births_in_every_form() {
        for (text, value) in [
            ("отец, 1939 года рождения, умер", "1939 года"),
            ("сын (2011 г.р.) спал", "2011"),
            ("(1971 ж.т.)", "1971"),
            ("екі баласы (2О16ж.т.) мен", "2О16"),
            ("истец, 14.ОЗ.1991 г.р., просит", "14.ОЗ.1991"),
            ("истец, 30-VI-1958 г.р., просит", "30-VI-1958"),
            ("1978 года рождения, 29 мая, уроженца", "1978 года рождения, 29 мая"),
            ("родилась 6 января 2025 г., отец", "6 января 2025 г."),
            (
                "третьего января тысяча девятьсот девяносто третьего года рождения",
                "третьего января тысяча девятьсот девяносто третьего года",
            ),
        ] {
            assert!(found(text).contains(&(value, "birth_date")), "{text}: {:?}", found(text));
        }
        for table in [
            "Баланың аты-жөні | туған күні | куәлік\nСаяжай | 2021 ж. 3 ақпан | 1290034\n",
            "Аты-жөні | Сынып | Туған күні\n---|---|---\nБала | 5 | 2021 ж. 3 ақпан\n",
        ] {
            assert!(found(table).contains(&("2021 ж. 3 ақпан", "birth_date")), "{:?}", found(table));
        }
        assert!(found("Түркия азаматы, 3 Ekim 1984, 05.06.2025").contains(&("3 Ekim 1984", "birth_date")));
        assert_eq!(found("Төленген | 12.03.2020\n"), []);
        assert_eq!(found("Решение от 12.03.2020 г. отменить, в 2011 году брак расторгнут."), []);
    }

    #[test]
    fn places_of_birth() {
        for (text, value) in [
            ("ур. г. Троицка Челябинской обл., ИИН", "г. Троицка Челябинской обл."),
            ("уроженец Азербайджанской ССР, г. Сабирабад, гражданин", "Азербайджанской ССР, г. Сабирабад"),
            ("26.08.1991 ж.т.; Түрікменстан, Балқан уәлаяты; мекенжайы", "Түрікменстан, Балқан уәлаяты"),
            ("туған күні 12.09.1977, Атырау облысы, Махамбет ауданы", "Атырау облысы, Махамбет ауданы"),
            ("05.12.1979 жылы Орал облысы, Жымпиты селосында туған, ЖСН", "Орал облысы, Жымпиты селосында"),
        ] {
            assert!(found(text).contains(&(value, "birth_place")), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn numbers_that_no_check_digit_proves() {
        for (text, value, category) in [
            ("картасы 4400 4301 9926 3348", "4400 4301 9926 3348", "card"),
            ("мемл. нөмірі H 200417, VIN", "H 200417", "plate"),
            ("свидетельство TR 00037719.", "TR 00037719", "vehicle_certificate"),
            ("ЖСН 870219300813,", "870219300813", "iin"),
            ("на основании госакта № 0188231.", "№ 0188231", "id_card"),
            ("КТК№ LK 001 74529,басқарып", "LK 001 74529", "vehicle_certificate"),
            ("номер временный KZ 0412 T, проезд", "KZ 0412 T", "plate"),
            ("карточный счёт № 0417 2288 1903, и", "№ 0417 2288 1903", "account"),
            ("выписка по ссудному счету 1417-KZT-0117/2104, график", "1417-KZT-0117/2104", "account"),
            ("со счета KZT-4081109 снято", "KZT-4081109", "account"),
        ] {
            assert!(found(text).contains(&(value, category)), "{text}: {:?}", found(text));
        }
        assert_eq!(found("куәлік құны 150 000 теңге, № 5110-25-00-2/784 іс"), []);
    }

    #[test]
    fn addresses_in_pieces() {
        for (text, value) in [
            ("был у матери на Шолохова 12, затем ушёл", "Шолохова 12"),
            ("гараж № 212 в ПГК «Спутник» и прицеп", "гараж № 212 в ПГК «Спутник»"),
            (
                "в садовом товариществе «Дружба», участок 118, без",
                "садовом товариществе «Дружба», участок 118",
            ),
            ("на участках № 42 и № 46 по улице", "участках № 42 и № 46"),
            ("дом в поселке Балыкши по 4-й Приречной, 12; указала", "поселке Балыкши по 4-й Приречной, 12"),
            ("куә, Әулиекөл ауданы, Құсмұрын кентінің тұрғыны, сотқа", "Әулиекөл ауданы, Құсмұрын кентінің"),
            ("сестра в Bielefeld, Detmolder Str. 71, прислала", "Bielefeld, Detmolder Str. 71"),
            (
                "жер үй – Атырау қ., Нұрсая м/а, 12 көше, 45-үй, кадастр",
                "Атырау қ., Нұрсая м/а, 12 көше, 45-үй",
            ),
            (
                "тұрғын үй: Мұнайлы ауданы, Жаңа құрылыс көшесі, 88-үй; тел",
                "Мұнайлы ауданы, Жаңа құрылыс көшесі, 88-үй",
            ),
        ] {
            assert!(found(text).contains(&(value, "address")), "{text}: {:?}", found(text));
        }
    }
}

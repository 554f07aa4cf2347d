//! Makes and models of vehicles: par. 30 2) lists information about a participant's vehicle. A make that stands with a
//! plate, the number of a body or a certificate is one, and so is every other mention of that vehicle in the act.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Category;

use super::{Gathered, regex};

/// So many bytes in its paragraph a make may stand away from the number of its vehicle.
const NEAR: usize = 160;

/// A make with its model, in quotes or without.
static MAKE: LazyLock<Regex> = LazyLock::new(|| {
    let (mut plain, mut careful) = (Vec::new(), Vec::new());
    for line in include_str!("../../../patterns/court/makes.txt").lines() {
        match line.strip_suffix('!') {
            Some(make) => careful.push(regex::escape(make)),
            None if !line.is_empty() && !line.starts_with('#') => plain.push(regex::escape(line)),
            None => {}
        }
    }
    let sort = |list: &mut Vec<String>| list.sort_by_key(|m| std::cmp::Reverse(m.len()));
    sort(&mut plain);
    sort(&mut careful);
    let (plain, careful) = (plain.join("|"), careful.join("|"));
    let model = r"(?:[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*|\p{Lu}[\p{Ll}\p{Lu}]*(?:-\p{Lu}\p{L}*)?|\d{1,6}(?:[-.]\d{1,4})?(?:[A-ZА-Я]{1,2}|\p{Ll})?)\b";
    regex(&format!(
        r#"[«"“](?:{plain}|{careful})(?:[ -]{{1,2}}{model}){{0,4}}[»"”](?:[ -]\d{{3,6}}\b)?|\b(?:{plain})\b(?:[»"”]?[ -]{{1,2}}[«"“]?{model}){{0,4}}[»"”]?|\b(?:{careful})[ -]\d{{2,6}}(?:[-.]\d{{1,4}})?\b"#
    ))
});

/// A year of make behind a vehicle: no part of its name.
static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"[ -](?:19|20)\d{2}$"));
static YEAR_WORD: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s?(?:г\b|гг?\.|год|ж\b|ж\.|жыл|выпуск|шығар)"));

/// Letters and digits alone, in one case: by them two mentions are compared.
fn name(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Gathered<'_> {
    pub(super) fn vehicles(&mut self) {
        let text = self.text;
        let number =
            |c: Category| matches!(c, Category::PLATE | Category::VIN | Category::VEHICLE_CERTIFICATE);
        let numbers: Vec<(usize, usize)> =
            self.taken.iter().chain(&self.fresh).filter(|t| number(t.2)).map(|t| (t.0, t.1)).collect();
        if numbers.is_empty() {
            return;
        }
        let makes: Vec<(usize, usize)> =
            MAKE.find_iter(text).filter_map(|m| self.without_others(m.start(), m.end())).collect();
        let near = |start: usize, end: usize| {
            numbers.iter().any(|n| {
                let gap = if n.0 >= end { end..n.0 } else { n.1.min(start)..start };
                gap.len() <= NEAR && !text[gap].contains("\n\n")
            })
        };
        // the make, and whether a model stands behind it
        let owned: Vec<(String, bool)> = makes
            .iter()
            .filter(|m| near(m.0, m.1))
            .map(|m| &text[m.0..m.1])
            .map(|m| (name(m), m.contains([' ', '-']) || m.contains(|c: char| c.is_ascii_digit())))
            .collect();
        for (start, end) in makes {
            let said = name(&text[start..end]);
            // a longer name of a vehicle, or a shorter one, is that vehicle's too
            if owned.iter().any(|(o, model)| o.starts_with(&said) || *model && said.starts_with(o.as_str())) {
                self.fresh.push((start, end, Category::VEHICLE));
            }
        }
    }

    /// The place of a make and model without what is found as something else, and without the year it was made.
    fn without_others(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let others =
            self.taken.iter().chain(&self.fresh).map(|t| (t.0, t.1)).chain(self.persons.iter().copied());
        let cut = others.filter(|t| t.0 < end && start < t.1).map(|t| t.0).min().unwrap_or(end);
        let mut end = cut.max(start);
        end = start + self.text[start..end].trim_end_matches([' ', '-', '«', '"', '“', ',']).len();
        if let Some(year) = YEAR.find(&self.text[start..end])
            && YEAR_WORD.is_match(&self.text[end..])
        {
            end = start + year.start();
        }
        (start < end).then_some((start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::super::beside;

    fn found(text: &str) -> Vec<&str> {
        let all = beside(text, &[]);
        let makes = all.iter().filter(|f| f.category.as_str() == "vehicle");
        makes.map(|f| &text[f.start as usize..f.end as usize]).collect()
    }

    #[test]
    fn a_make_goes_with_the_number_of_its_vehicle() {
        for (text, makes) in [
            ("автомобиль Lexus RX 300, г.р.з. 055 OKA 19, и долг", &["Lexus RX 300"][..]),
            ("марки «ВАЗ-21074», гос. номер 310 KLM 08", &["«ВАЗ-21074»"]),
            ("Toyota Camry 2015 года выпуска, госномер 310 KLM 08", &["Toyota Camry"]),
            ("310 KLM 08 нөмірлі Toyota Camry-дің иесі", &["Toyota Camry"]),
            (
                "а/м Тойота Камри г/н 310 KLM 08.\nЭту Тойоту и Тойота Камри вернуть",
                &["Тойота Камри", "Тойота Камри"],
            ),
            (
                "автомашина Kia Rio, г/н 310 KLM 08.\nВернуть Kia.\n\nА также Kia Sportage",
                &["Kia Rio", "Kia"],
            ),
            ("автомобиль марки МАН 18.440, г/н 310 KLM 08", &["МАН 18.440"]),
        ] {
            assert_eq!(found(text), makes, "{text}");
        }
    }

    #[test]
    fn a_make_alone_stays() {
        assert_eq!(found("салон Toyota Center продал автомобиль Lexus"), [] as [&str; 0]);
        assert_eq!(found("Қарт ман ұлы, г/н 310 KLM 08"), [] as [&str; 0]);
    }
}

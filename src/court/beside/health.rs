//! What an act says of a participant's health: a disability, an illness. Medical secrecy is one of the secrets that
//! par. 30 protects besides the data that it lists.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Category;

use super::{Gathered, regex};

/// A group of disability.
static DISABLED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\bинвалид\p{L}*\s+(?:с\s+детства|(?:I{1,3}|[123З]|перв\p{L}+|втор\p{L}+|треть\p{L}+)(?:-?\p{L}{1,2})?\s+групп\p{L}*)(?:\s+по\s+\p{L}+)?|\b(?:I{1,3}|І{1,3}|[123]|бірінші|екінші|үшінші)(?:-ші|-шы)?\s+топ\p{L}*\s+(?:бойынша\s+)?мүгедек\p{L}*|\bбала\s+кезінен\s+мүгедек\p{L}*|\bмүгедек\s+бала\p{L}*",
    )
});
/// An illness behind the word that says so.
static ILL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:диагноз\p{L}*|диагнозы|болезн\p{L}+|заболевани\p{L}+|ауру\p{L}*)\s*(?:[:–—-]\s*)?[«"(]([^»")\n]{4,80})[»")]|диагноз\p{L}*\s*[:–—-]\s*([^.;)(\n]{4,80})|страда\p{L}{2,6}\s+((?:\p{L}+[ -]){0,3}\p{L}{5,})"#,
    )
});
/// The same in Kazakh, where the word follows.
static ILLNESS_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)((?:\p{L}{4,}\s+){0,3}(?:ишемия|церебрал|онколог|эпилепс|шизофрен|диабет|астма|инсульт|инфаркт|гипертон|туберкул|бауыр|жүрек|өкпе|бүйрек|қан\s+қысым|психикалық|жүйке)\p{L}*(?:\s+\p{L}{3,}){0,2}?\s+(?:ауру|дерт)\p{L}*)",
    )
});
/// Names of illnesses that need no word beside them.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:(?:ишемическ\p{L}+|геморрагическ\p{L}+|бронхиальн\p{L}+|сахарн\p{L}+|детск\p{L}+\s+церебральн\p{L}+|врожд[её]нн\p{L}+|хроническ\p{L}+|параноидн\p{L}+)\s+(?:инсульт\p{L}*|инфаркт\p{L}*|болезн\p{L}+\s+сердца|астм\p{L}+|диабет\p{L}*|паралич\p{L}*|порок\p{L}*\s+сердца|гепатит\p{L}*|алкоголизм\p{L}*|шизофрени\p{L}+)|эпилепси\p{L}+|шизофрени\p{L}+|туберкул[её]з\p{L}*|олигофрени\p{L}+|ВИЧ-инфекци\p{L}+|қант\s+диабет\p{L}*)",
    )
});

impl Gathered<'_> {
    pub(super) fn health(&mut self) {
        let text = self.text;
        let whole = DISABLED.find_iter(text).chain(NAMED.find_iter(text)).map(|m| (m.start(), m.end()));
        let mut all: Vec<(usize, usize)> = whole.collect();
        for c in ILL.captures_iter(text).chain(ILLNESS_BEFORE.captures_iter(text)) {
            if let Some(m) = c.iter().skip(1).flatten().next() {
                all.push((m.start(), m.end()));
            }
        }
        for (start, end) in all {
            let body = &text[start..end];
            let start = start + body.len() - body.trim_start().len();
            self.fresh.push((start, start + body.trim().len(), Category::SPECIAL));
        }
    }

    /// Patterns of this file, for the test that tries them.
    #[cfg(test)]
    pub(super) fn health_patterns() -> [&'static Regex; 4] {
        [&DISABLED, &ILL, &ILLNESS_BEFORE, &NAMED]
    }
}

#[cfg(test)]
mod tests {
    use super::super::beside;

    #[test]
    fn what_is_said_of_health() {
        for (text, value) in [
            ("Я человек старый, инвалид первой группы по зрению, бумаги", "инвалид первой группы по зрению"),
            ("Она инвалид\nЗ группы, пенсию", "инвалид\nЗ группы"),
            ("екінші топтағы мүгедектігіне байланысты", "екінші топтағы мүгедектігіне"),
            ("наблюдается с диагнозом «эпилепсия».", "эпилепсия"),
            ("не явилась из-за болезни (ишемический инсульт), её", "ишемический инсульт"),
            ("жасы келгенін, жүректің ишемиялық ауруымен есепте", "жүректің ишемиялық ауруымен"),
        ] {
            let all = beside(text, &[]);
            let all: Vec<&str> = all.iter().map(|f| &text[f.start as usize..f.end as usize]).collect();
            assert!(all.contains(&value), "{text}: {all:?}");
        }
        assert!(beside("Суд признал договор недействительным, болезнь не доказана.", &[]).is_empty());
    }
}

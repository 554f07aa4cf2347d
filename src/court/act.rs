//! What an act is as a whole: language, kind of case, instance, parts.

use crate::detect::names::letters::fold;

/// Language of an act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Russian.
    #[default]
    Russian,
    /// Kazakh.
    Kazakh,
    /// Both, each in a good part of the text.
    Mixed,
}

/// Kind of case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// No sign of an act of a court at all.
    #[default]
    NoAct,
    /// Civil case.
    Civil,
    /// Criminal case.
    Criminal,
    /// Case of an administrative offence or of administrative procedure.
    Administrative,
}

/// Instance or form of the act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instance {
    /// First instance.
    #[default]
    First,
    /// Appeal.
    Appeal,
    /// Cassation.
    Cassation,
    /// Court order without a hearing.
    Order,
}

/// Parts of an act, as byte positions where they begin; absent parts begin at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The descriptive and reasoning part («УСТАНОВИЛ:», «АНЫҚТАДЫ:»).
    pub body: usize,
    /// The operative part («РЕШИЛ:», «ШЕШТІ:»).
    pub operative: usize,
}

/// An act taken as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActAnalysis {
    /// Language.
    pub language: Language,
    /// Kind of case.
    pub kind: Kind,
    /// Instance.
    pub instance: Instance,
    /// Where the parts begin.
    pub parts: Parts,
    /// Number of acts that the text seems to hold (more than one head).
    pub acts: usize,
}

const BODY: &[&str] = &["установил", "установила", "аныктады", "аныктаган", "у с т а н о в и л"];
const OPERATIVE: &[&str] = &[
    "решил",
    "решила",
    "приговорил",
    "постановил",
    "постановила",
    "определил",
    "определила",
    "шешти",
    "каулы етти",
    "уким етти",
    "уйгарды",
    "р е ш и л",
    "п р и г о в о р и л",
    "о п р е д е л и л",
    "п о с т а н о в и л",
    "каулы кабылдады",
    "уким шыгарды",
];
const HEADS: &[&str] = &[
    "решение",
    "приговор",
    "постановление",
    "определение",
    "судебный приказ",
    "шешим",
    "уким",
    "каулы",
    "уйгарым",
    "сот буйрыгы",
];

impl ActAnalysis {
    /// Analyses the text of a document.
    pub fn of(text: &str) -> ActAnalysis {
        let mut act = ActAnalysis { language: language(text), ..ActAnalysis::default() };
        act.parts = Parts { body: text.len(), operative: text.len() };
        let mut at = 0;
        let mut heads = 0;
        let mut court = false;
        for line in text.split_inclusive('\n') {
            let folded = fold(&line.trim().to_lowercase());
            let bare = folded.trim_end_matches([':', '.', ' ', ',']);
            court |= folded.contains("суд") || folded.contains("сот");
            if HEADS.contains(&bare) || HEADS.iter().any(|h| spaced(bare) == *h) {
                heads += 1;
            }
            // the marker stands alone, or at the end of its line
            if act.parts.body == text.len() && BODY.iter().any(|m| marker(bare, m)) {
                act.parts.body = at;
            }
            if act.parts.body < text.len() || heads > 0 {
                let found = OPERATIVE.iter().any(|m| marker(bare, m));
                if found && act.parts.operative == text.len() && at > 0 {
                    act.parts.operative = at;
                }
            }
            at += line.len();
        }
        let folded = fold(&text.chars().take(20_000).collect::<String>().to_lowercase());
        let has = |all: &[&str]| all.iter().any(|w| folded.contains(w));
        act.acts = heads.max(1);
        let sign = heads > 0 || act.parts.body < text.len() || act.parts.operative < text.len();
        act.kind = if !court || !sign {
            Kind::NoAct
        } else if has(&["приговор", "подсудим", "уголовн", "уким", "сотталушы", "кылмыстык", "осужденн"])
        {
            Kind::Criminal
        } else if has(&["административн", "акимшилик"]) {
            Kind::Administrative
        } else {
            Kind::Civil
        };
        act.instance = if has(&["судебный приказ", "сот буйрыгы"]) {
            Instance::Order
        } else if has(&["кассац"]) && folded.find("кассац").unwrap_or(9999) < 1500 {
            Instance::Cassation
        } else if has(&["апелляц"]) && folded.find("апелляц").unwrap_or(9999) < 1500 {
            Instance::Appeal
        } else {
            Instance::First
        };
        act
    }

    /// Is the sentence at `at` of `text` written in Kazakh?
    pub fn kazakh_at(&self, text: &str, at: usize) -> bool {
        match self.language {
            Language::Russian => false,
            Language::Kazakh => true,
            Language::Mixed => {
                let from = text[..at].rfind(['\n', '.']).map_or(0, |k| k + 1);
                let to = text[at..].find('\n').map_or(text.len(), |k| at + k);
                language(&text[from..to]) != Language::Russian
            }
        }
    }
}

fn marker(line: &str, marker: &str) -> bool {
    line == marker
        || (line.ends_with(marker)
            && line[..line.len() - marker.len()].ends_with([' ', ','])
            && line.len() < 4000)
}

/// «р е ш е н и е» without the spaces between letters.
fn spaced(line: &str) -> String {
    if line.split(' ').all(|w| w.chars().count() <= 1) { line.replace(' ', "") } else { String::new() }
}

fn language(text: &str) -> Language {
    let (mut words, mut kazakh) = (0usize, 0usize);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() > 3) {
        words += 1;
        kazakh += usize::from(word.chars().any(|c| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(c)));
    }
    // about two of three Kazakh words hold such a letter; names put some into Russian text
    match kazakh * 100 / words.max(1) {
        0..10 => Language::Russian,
        10..38 => Language::Mixed,
        _ => Language::Kazakh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_parts() {
        let text = "РЕШЕНИЕ\nРайонный суд рассмотрел дело по иску А. к Б.\nУСТАНОВИЛ:\nИстец просит.\nР Е Ш И Л:\nИск удовлетворить.\n";
        let act = ActAnalysis::of(text);
        assert_eq!((act.kind, act.language, act.instance), (Kind::Civil, Language::Russian, Instance::First));
        assert!(
            text[act.parts.body..].starts_with("УСТАНОВИЛ")
                && text[act.parts.operative..].starts_with("Р Е Ш")
        );
        let act = ActAnalysis::of(
            "ҮКІМ\nҚылмыстық іс бойынша аудандық сот сотталушыға қатысты істі қарап\nАНЫҚТАДЫ:\nкінәлі\nҮКІМ ЕТТІ:\n",
        );
        assert_eq!((act.kind, act.language), (Kind::Criminal, Language::Kazakh));
        assert_eq!(ActAnalysis::of("Добрый день! Пришлите счёт.").kind, Kind::NoAct);
    }
}

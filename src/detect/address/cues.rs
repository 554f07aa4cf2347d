//! Cue words: where it is worth to look for an address.

use super::token::char_at;
use crate::places::Places;

/// What must stand around a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    /// A digit within a line's length.
    Digit,
    /// A digit right behind it (`д. 5`, `кв.33`).
    DigitBehind,
    /// A value in quotes behind it: `addr="…"`.
    Quoted,
    /// A digit within a few words behind it.
    DigitNear,
    /// Nothing more.
    Nothing,
    /// A comma or a capital behind the word, and a digit (`Алматы, Абая 150`).
    Street,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    needs: Needs,
    /// A label of a place of birth.
    pub birth: bool,
    /// The cue must end with its word.
    whole: bool,
}

/// Street words and the like: an address needs a number near them.
const STREETS: &[&str] = &[
    "ул.",
    "ул ",
    "улиц",
    "ул-ц",
    "просп",
    "пр-т",
    "пр-к",
    "пр.",
    "переул",
    "пер.",
    "пер ",
    "проезд",
    "тупик",
    "шоссе",
    "набережн",
    "наб.",
    "бульвар",
    "бул.",
    "б-р",
    "площад",
    "пл.",
    "аллея",
    "аллее",
    "мкр",
    "микрорайон",
    "м-он",
    "м-н",
    "мик-н",
    "ж/м",
    "ж.м.",
    "жилой масс",
    "жилого масс",
    "жилмасс",
    "кв-л",
    "дом ",
    "дома ",
    "дом№",
    "дом,",
    "доме ",
    "жк ",
    "көше",
    "көш.",
    "коше",
    "кош.",
    "к-сі",
    "к-си",
    "даңғ",
    "даң.",
    "дангы",
    "данғы",
    "шағын ауд",
    "шагын ауд",
    "шағынауд",
    "шагынауд",
    "ш.а",
    "ш/а",
    "м/а",
    "ы/а",
    "д-лы",
    "подъезд",
    "кіребер",
    "желтоксан ",
    "желтоқсан ",
    "достык ",
    "сатпаева ",
    "абая ",
    "гоголя ",
    "ықшам",
    "мөлтек",
    "үй",
    "пәт",
    "тұйы",
    "жолы",
    "трасс",
    "линия",
    "р-н",
    "обл.",
    "индекс",
    "street",
    "st.",
    "st,",
    "avenue",
    "ave",
    "blvd",
    "boulevard",
    "lane",
    "road",
    "ul.",
    "ul ",
    "ulits",
    "prosp",
    "pr.",
    "mkr",
    "microd",
    "koshes",
    "kóshes",
    "köşes",
    "kosh.",
    "dangyl",
    "apt",
    "flat ",
    "house ",
    "rd.",
    "шоссесі",
    "участок",
    "уч.",
    "промзон",
    "пром. зон",
    "пром.зон",
    "промышленная зон",
    "промышленной зон",
    "индустриальная зон",
    "индустриальной зон",
    "industrial zone",
    "industrial area",
    "industrial park",
    "өнеркәсіп айма",
    "өнеркәсіптік айма",
    "bld.",
    "bldg",
    "district,",
    "LOCATION:",
    "доставщик",
    "снт ",
    "садовод",
    "алаңы",
    "с.о.",
    "с/о",
    "а/о",
    "кенті",
    "а., ",
    "қ., ",
];
/// Abbreviations that need their number.
const NUMBERED: &[&str] = &[
    "д.",
    "кв.",
    "кв ",
    "кв№",
    "кв. ",
    "квартир",
    "пәтер",
    "д ",
    "офис",
    "оф.",
    "под.",
    "под. ",
    "ком.",
    "ком ",
    "комн",
];
/// Labels of addresses.
const LABELS: &[&str] = &[
    "б/н",
    "адрес",
    "прожива",
    "прописа",
    "прописк",
    "зарегистрирован",
    "жительств",
    "мекен",
    "тұрады",
    "тұратын",
    "тұрамын",
    "тұрғылықты",
    "тіркелген",
    "address",
    "adres",
    "mekenzha",
    "mekenja",
    "residing",
    "resides",
    "resident of",
    "lives at",
    "доставк",
    "доставить",
];
/// Words for living somewhere and going there: behind them a name and a number are an address.
const LIVING: &[&str] = &[
    "живет",
    "живёт",
    "живут",
    "живу",
    "живем",
    "живём",
    "прож.",
    "снима",
    "жильцов",
    "жильцы",
    "подъедь",
    "подъезжай",
    "приезжай",
];
/// Labels of places of birth.
const BIRTH: &[&str] = &[
    "место рождения",
    "места рождения",
    "месте рождения",
    "место рожд",
    "мест рождения",
    "м.р.",
    "уроженец",
    "урож.",
    "уроженк",
    "уроженц",
    "туған жер",
    "туып-өскен жер",
    "туған орн",
    "туған орын",
    "туылған жер",
    "родивш",
    "родился",
    "родилась",
    "тумасы",
    "туған",
    "туылған",
    "дүниеге кел",
    "country of birth",
    "city of birth",
    "тудым",
    "туылдым",
    "place of birth",
    "birth_place",
    "place_of_birth",
    "placeOfBirth",
    "mesto_rozhd",
    "mesto rozhd",
    "birthplace",
    "birth place",
    "born in",
    "born on",
    "was born",
    "pob",
    "т.ж.",
    "ур.",
    "ур-ц",
    "ур-ка",
    "появился на свет",
    "появилась на свет",
    "tuğan jer",
    "tugan jer",
    "tugan zher",
];

/// Title and upper case of a cue.
fn cases(cue: &str) -> [String; 3] {
    let mut chars = cue.chars();
    let title = chars.next().map_or(String::new(), |c| c.to_uppercase().collect::<String>() + chars.as_str());
    [cue.to_owned(), title, cue.to_uppercase()]
}

/// The cue words in their cases, and what each needs.
pub(super) fn build() -> Vec<(String, Cue)> {
    let mut patterns: Vec<String> = Vec::new();
    let mut cues = Vec::new();
    let mut add = |list: &mut dyn Iterator<Item = &str>, cue: Cue| {
        for word in list {
            for p in cases(word) {
                if !patterns.contains(&p) {
                    patterns.push(p);
                    cues.push(cue);
                }
            }
        }
    };
    let plain = Cue { needs: Needs::Digit, birth: false, whole: false };
    add(&mut BIRTH.iter().copied(), Cue { needs: Needs::Nothing, birth: true, whole: false });
    add(&mut NUMBERED.iter().copied(), Cue { needs: Needs::DigitBehind, ..plain });
    add(&mut STREETS.iter().copied(), plain);
    add(&mut LABELS.iter().copied(), Cue { needs: Needs::Nothing, ..plain });
    add(&mut ["addr"].into_iter(), Cue { needs: Needs::Quoted, ..plain });
    add(&mut LIVING.iter().copied(), Cue { needs: Needs::DigitNear, ..plain });
    let places = Places::get();
    let names: Vec<&str> = places
        .cities
        .iter()
        .flat_map(|c| [c.name_ru, c.name_kk])
        .filter(|n| n.chars().count() > 3)
        .map(|n| match n.char_indices().next_back() {
            // the last letter changes with the case
            Some((at, 'а' | 'я' | 'ь' | 'й')) => &n[..at],
            _ => n,
        })
        .collect();
    // a name in small letters is no cue
    for n in names {
        for p in [n.to_owned(), n.to_uppercase()] {
            if !patterns.contains(&p) {
                patterns.push(p);
                cues.push(Cue { needs: Needs::Street, ..plain });
            }
        }
    }
    patterns.into_iter().zip(cues).collect()
}

/// How far from a cue a digit may stand, in bytes.
const REACH: usize = 120;
const REACH_BACK: usize = 50;

impl Cue {
    /// Is this a word that names an address, and no part of one?
    pub fn is_label(self) -> bool {
        !self.birth && matches!(self.needs, Needs::Nothing | Needs::Quoted)
    }

    /// Does the cue at `start..end` stand at a word's border, with what it needs?
    pub fn holds(self, text: &[u8], start: usize, end: usize) -> bool {
        if start > 0 && letter_before(text, start) {
            return false;
        }
        if self.whole && letter_at(text, end) {
            return false;
        }
        let digit = |from: usize, to: usize| text[from..to.min(text.len())].iter().any(u8::is_ascii_digit);
        match self.needs {
            Needs::Nothing => true,
            Needs::Street => {
                let (mut at, mut blank) = (end, false);
                while at < text.len() && at < end + 24 {
                    let (c, n) = char_at(text, at);
                    if c == ',' || (blank && c.is_uppercase()) {
                        return digit(at, at + REACH);
                    }
                    // "Актау 12-25-61"
                    if blank && c.is_ascii_digit() {
                        return text[at..text.len().min(at + 9)].iter().filter(|b| **b == b'-').count() == 2;
                    }
                    // "Сатпаев қ., Ердена 181"
                    let town = blank && matches!(c, 'қ' | 'г') && text[at + n..].starts_with(b".");
                    if town {
                        at += n + 1;
                        continue;
                    }
                    if !(c == ' ' || c == '\u{a0}' || (!blank && c.is_alphabetic())) {
                        return false;
                    }
                    blank |= !c.is_alphabetic();
                    at += n;
                }
                // "Абылай хана 92, г. Алматы"
                digit(start.saturating_sub(8), start)
            }
            Needs::Quoted => text[end..].starts_with(b"=\""),
            Needs::DigitBehind => digit(end, end + 24),
            Needs::DigitNear => digit(end, end + 64),
            Needs::Digit => digit(end, end + REACH) || digit(start.saturating_sub(REACH_BACK), start),
        }
    }
}

/// Is the character that ends at `at` a letter or digit?
fn letter_before(text: &[u8], at: usize) -> bool {
    let mut k = at - 1;
    while k > 0 && at - k < 4 && text[k] & 0xC0 == 0x80 {
        k -= 1;
    }
    // digits may touch a unit word: "5мкр", "33кв"
    let c = char_at(text, k).0;
    c.is_alphabetic() || c == '_'
}

fn letter_at(text: &[u8], at: usize) -> bool {
    at < text.len() && char_at(text, at).0.is_alphabetic()
}

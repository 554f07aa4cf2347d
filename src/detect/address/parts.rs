//! Reads one part of an address (a region, a street, a house number …) at a token.

use super::token::{Gap, TokenKind, Tokens};
use super::words::{Word, Words, kind};
use crate::places::{Meaning, Places};

/// A part of an address: tokens `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Bits of [`kind`]; a street with its number in one part has both.
    pub kind: u32,
    /// One past the last token.
    pub to: usize,
    /// No word says what it is: a bare city name or number.
    pub bare: bool,
    /// The name is in a table.
    pub known: bool,
    /// Written in a way that is often something else.
    pub weak: bool,
}

impl Part {
    fn typed(kind: u32, to: usize) -> Part {
        Part { kind, to, bare: false, known: false, weak: false }
    }
}

/// What came before in the same address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// Kinds seen so far.
    pub have: u32,
    /// Kind of the last part.
    pub last: u32,
    /// A label such as "адрес:" stands right before, or the column is one of addresses.
    pub label: bool,
    /// A comma stands between the last part and this token.
    pub comma: bool,
    /// A dash stands there.
    pub dash: bool,
    /// The cell of an address column: text is read in good faith.
    pub column: bool,
}

/// Reads parts of addresses from tokens.
pub(super) struct Parser<'a> {
    pub t: &'a Tokens,
    words: &'static Words,
    places: &'static Places,
}

/// Lower-case words that continue a name.
const HONORIFICS: &[&str] = &[
    "батыра",
    "батыр",
    "би",
    "бия",
    "акына",
    "акын",
    "хана",
    "хан",
    "жырау",
    "сал",
    "сери",
    "ата",
    "ана",
    "баба",
    "тобе",
    "жолы",
    "улы",
    "кызы",
    "султан",
    "апа",
    "ака",
    "партизан",
    "стрелковой",
    "дивизии",
    "революции",
    "октября",
    "победы",
    "мая",
    "марта",
    "армии",
    "и",
    "ел",
    "кала",
    "тау",
    "батырлар",
    "ханым",
    "датка",
    "палуана",
    "палуан",
    "горка",
    "роща",
    "поле",
    "сад",
    "ключ",
    "яр",
    "бор",
    "бастау",
    "булак",
    "жулдыз",
    "орда",
];

/// Words that follow the number of a name ("8 Марта", "70 лет Октября").
const AFTER_NUMBER: &[&str] = &[
    "лет",
    "летия",
    "летие",
    "жыл",
    "жылдыгы",
    "жылдык",
    "мая",
    "марта",
    "октября",
    "августа",
    "декабря",
    "января",
    "июля",
    "февраля",
    "апреля",
    "июня",
    "сентября",
    "ноября",
    "гвардейцев",
    "гвардейской",
    "панфиловцев",
    "стрелковой",
    "желтоксан",
    "наурыз",
    "мамыр",
    "казан",
    "шилде",
];

/// Beginnings of words behind a bare number that count or measure something else.
const COUNTED: &[&str] = &[
    "тенге",
    "тг",
    "руб",
    "километр",
    "метр",
    "гектар",
    "человек",
    "чел",
    "лет",
    "год",
    "жыл",
    "тыс",
    "млн",
    "млрд",
    "процент",
    "час",
    "минут",
    "мин",
    "дней",
    "дня",
    "январ",
    "феврал",
    "март",
    "апрел",
    "мая",
    "май",
    "июн",
    "июл",
    "август",
    "сентяб",
    "октяб",
    "нояб",
    "декаб",
    "адам",
    "бала",
    "семей",
    "домов",
    "квартир",
    "этажей",
    "этажн",
    "пункт",
    "стать",
    "жител",
    "people",
    "years",
    "days",
    "km",
    "hours",
    "кантар",
    "акпан",
    "наурыз",
    "сауир",
    "мамыр",
    "маусым",
    "шилде",
    "тамыз",
    "кыркуйек",
    "казан",
    "караша",
    "желтоксан",
    "объект",
    "фактов",
    "дел",
    "раз",
    "тонн",
    "литр",
    "мест",
    "магазин",
    "домохоз",
    "отбас",
    "шакырым",
    "пайыз",
    "млрд",
    "бап",
    "тармак",
    "автобус",
    "остановк",
    "баллов",
    "соток",
];
const COUNTED_WORDS: &[&str] =
    &["км", "м", "см", "га", "кг", "т", "мм", "ж", "гг", "дом", "жылы", "кв м", "тг", "л", "шт"];

/// Words that are no part of a name though they stand capitalised at the start of a sentence.
const NOT_NAMES: &[&str] = &[
    "наш",
    "наша",
    "наше",
    "нашем",
    "нашей",
    "весь",
    "вся",
    "этот",
    "эта",
    "это",
    "этом",
    "этой",
    "каждый",
    "каждая",
    "данный",
    "данная",
    "бул",
    "осы",
    "сол",
    "биздин",
    "бир",
    "один",
    "одна",
    "на",
    "в",
    "по",
    "за",
    "из",
    "с",
    "к",
    "от",
    "до",
    "и",
    "или",
    "не",
    "что",
    "как",
    "the",
    "this",
    "that",
    "our",
    "their",
    "my",
    "your",
    "a",
    "an",
    "in",
    "on",
    "at",
    "of",
    "to",
    "for",
    "and",
    "or",
    "is",
    "от",
    "при",
    "для",
    "без",
    "под",
    "над",
    "его",
    "ее",
    "их",
    "мой",
    "моя",
    "ваш",
    "ваша",
    "новый_",
    "главная_",
    "также",
    "тел",
    "телефон",
    "иин",
    "бин",
    "жсн",
    "бсн",
    "рнн",
    "тоо",
    "ао",
    "ип",
    "жшс",
    "дата",
    "фио",
    "номер",
    "статья",
    "пункт",
    "глава",
    "закон",
    "кодекс",
    "дело",
    "приказ",
    "договор",
    "акт",
    "счет",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "mr",
    "mrs",
    "ms",
    "dr",
    "no",
    "line",
    "page",
    "version",
    "table",
    "figure",
    "section",
    "chapter",
];

impl<'a> Parser<'a> {
    pub fn new(t: &'a Tokens) -> Parser<'a> {
        Parser { t, words: Words::get(), places: Places::get() }
    }

    /// What the word (or the two or three words) at `i` mean, and how many tokens they take, their dot included.
    pub fn word_at(&self, i: usize) -> (Word, usize) {
        let t = self.t;
        if !t.is_word(i) {
            return (Word::default(), 0);
        }
        let one = |k: usize| t.get(k).is_some_and(|x| x.kind == TokenKind::Word && x.chars == 1);
        if one(i) && t.glued(i + 1, '.') && one(i + 2) && t.gap(i + 2) <= Gap::Space {
            let w = self.words.find(&format!("{}.{}", t.low(i), t.low(i + 2)));
            if !w.is_none() {
                return (w, 3 + usize::from(t.glued(i + 3, '.')));
            }
        }
        for n in (2..=3).rev() {
            if (1..n).all(|k| t.is_word(i + k) && t.gap(i + k) == Gap::Space) {
                let mut joined = t.low(i).to_owned();
                for k in 1..n {
                    joined.push(' ');
                    joined.push_str(t.low(i + k));
                }
                let w = self.words.find(&joined);
                if !w.is_none() {
                    return (
                        w,
                        n + usize::from(t.glued(i + n, '.') && t.low(i + n - 1).chars().count() <= 5),
                    );
                }
            }
        }
        let w = self.words.find(t.low(i));
        if w.is_none() {
            return (w, 0);
        }
        // the dot of an abbreviation belongs to it, the dot of a sentence does not
        let dot = t.glued(i + 1, '.') && t.get(i).is_some_and(|x| x.chars <= 5);
        (w, 1 + usize::from(dot))
    }

    /// Did the type word at `i` have its dot?
    fn dotted(&self, i: usize, n: usize) -> bool {
        n > 1 && self.t.sign(i + n - 1) == Some('.')
    }

    /// A place name of one to three words at `i`.
    pub fn place_at(&self, i: usize) -> Option<(&'static Meaning, usize)> {
        let t = self.t;
        if !t.is_word(i) {
            return None;
        }
        for n in (1..=3).rev() {
            if (1..n).all(|k| t.is_word(i + k) && t.gap(i + k) == Gap::Space) {
                let found = if n == 1 {
                    self.places.meaning(t.low(i))
                } else {
                    let mut joined = t.low(i).to_owned();
                    for k in 1..n {
                        joined.push(' ');
                        joined.push_str(t.low(i + k));
                    }
                    self.places.meaning(&joined)
                };
                if let Some(m) = found {
                    return Some((m, n));
                }
            }
        }
        None
    }

    /// A house or flat number at `i`: `5`, `5А`, `5/1`, `12-33`, `5 А`, `б/н`. `typed` where a word such as `д.` stands before.
    fn number(&self, i: usize, typed: bool) -> Option<usize> {
        let t = self.t;
        let x = t.get(i)?;
        if matches!(t.low(i), "б/н" | "б н") && x.kind == TokenKind::Word {
            return typed.then_some(i + 1);
        }
        if x.kind != TokenKind::Number || x.chars > 4 {
            return None;
        }
        let mut j = i + 1;
        loop {
            if t.gap(j) == Gap::None && t.is_word(j) && t.get(j).is_some_and(|w| w.chars == 1) {
                let unit = !typed
                    && matches!(t.low(j), "м" | "г" | "ж" | "т" | "л")
                    && !t.get(j).is_some_and(|w| w.cap);
                if unit || (t.glued(j + 1, '.') && matches!(t.low(j), "г" | "ж" | "м" | "п" | "д")) {
                    break;
                }
                j += 1;
                continue;
            }
            let joint =
                t.sign(j).is_some_and(|c| matches!(c, '/' | '\\' | '-' | '–')) && t.gap(j) == Gap::None;
            if joint && t.gap(j + 1) == Gap::None {
                let number = t.is_number(j + 1) && t.get(j + 1).is_some_and(|n| n.chars <= 4);
                let letter = t.is_word(j + 1) && t.get(j + 1).is_some_and(|w| w.chars == 1 && w.cap);
                if number || letter {
                    j += 2;
                    continue;
                }
            }
            break;
        }
        if t.gap(j) == Gap::Space
            && t.sign(j) == Some('/')
            && t.is_number(j + 1)
            && t.gap(j + 1) <= Gap::Space
            && t.get(j + 1).is_some_and(|n| n.chars <= 3)
        {
            j += 2;
        }
        // "5 А," but not the initial of "5 А. Иванов"
        if t.gap(j) == Gap::Space
            && t.get(j).is_some_and(|w| w.kind == TokenKind::Word && w.chars == 1 && w.cap)
            && !t.glued(j + 1, '.')
            && (t.gap(j + 1) >= Gap::Line || t.sign(j + 1).is_some())
        {
            j += 1;
        }
        // decimals, times and dates
        if let Some(c) = t.sign(j)
            && t.gap(j) == Gap::None
            && t.gap(j + 1) == Gap::None
            && t.is_number(j + 1)
            && matches!(c, '.' | ':' | '/' | '-')
        {
            return None;
        }
        if t.gap(j) == Gap::None && t.is_number(j) {
            return None;
        }
        (!matches!(t.sign(j), Some('%' | '°' | '‰' | '$' | '€' | '₸' | '='))).then_some(j)
    }

    /// May a bare number that ends before token `j` be a house or flat, by what follows it?
    fn free_after(&self, i: usize, j: usize) -> bool {
        let t = self.t;
        if !t.is_word(j) || t.gap(j) >= Gap::Line {
            return !(t.glued(j, '.') && t.is_number(j + 1) && t.gap(j + 1) == Gap::None);
        }
        let w = t.low(j);
        if matches!(w, "г" | "год" | "года" | "году") {
            let year = t.get(i).is_some_and(|x| x.chars == 4);
            let city = self
                .place_at(if t.glued(j + 1, '.') { j + 2 } else { j + 1 })
                .is_some_and(|p| p.0.city.is_some());
            return city || !(year || w.starts_with("год"));
        }
        if w == "кв"
            && matches!(t.low(if t.glued(j + 1, '.') { j + 2 } else { j + 1 }), "м" | "метр" | "метров")
        {
            return false;
        }
        !COUNTED_WORDS.contains(&w) && !COUNTED.iter().any(|s| w.starts_with(s))
    }

    fn is_not_name(&self, i: usize) -> bool {
        NOT_NAMES.contains(&self.t.low(i))
    }

    /// A name at `i` (behind its type word); returns its end and whether it is in small letters.
    fn name(&self, i: usize, of: u32) -> Option<(usize, bool)> {
        let t = self.t;
        let mut j = i;
        if t.sign(j) == Some('№') {
            j += 1;
        }
        let quote = t.sign(j).is_some_and(|c| matches!(c, '«' | '"' | '“' | '„' | '\''));
        if quote {
            j += 1;
        }
        if matches!(t.low(j), "им" | "имени") && t.is_word(j) {
            j += 1 + usize::from(t.glued(j + 1, '.'));
        }
        let mut words = 0;
        let mut small = false;
        if t.is_number(j) && t.gap(j) <= Gap::Space {
            if t.get(j).is_some_and(|n| n.chars > 4) {
                return None;
            }
            let mut k = j + 1;
            let ordinal = t.glued(k, '-')
                && t.is_word(k + 1)
                && t.gap(k + 1) == Gap::None
                && t.get(k + 1).is_some_and(|w| w.chars <= 3);
            if ordinal {
                k += 2;
            }
            let follows = t.is_word(k)
                && t.gap(k) <= Gap::Space
                && (AFTER_NUMBER.contains(&t.low(k))
                    || (t.get(k).is_some_and(|w| w.cap && w.chars > 2) && self.word_at(k).0.is_none()));
            if follows {
                j = k + 1;
                words = 1;
                if matches!(t.low(k), "лет" | "летия" | "летие" | "жыл")
                    && t.is_word(j)
                    && t.gap(j) == Gap::Space
                {
                    j += 1;
                }
            } else if of & (kind::MICRO | kind::COMPLEX) != 0 && !ordinal {
                return self.number(j, true).map(|e| (e + usize::from(quote && t.sign(e).is_some()), false));
            } else if of & kind::STREET != 0 && (j > i || ordinal) {
                return Some((k, false));
            } else {
                return None;
            }
        }
        let limit = if of & kind::CITY != 0 { 2 } else { 5 };
        while words < limit {
            let Some(x) = t.get(j) else { break };
            if x.kind != TokenKind::Word || x.gap > if j == i { Gap::Line } else { Gap::Space } {
                break;
            }
            if x.chars == 1 && x.cap && t.glued(j + 1, '.') {
                j += 2;
                continue;
            }
            let low = t.low(j);
            let (w, n) = self.word_at(j);
            let is_type = !w.is_none() && w.other & kind::LABEL == 0;
            if is_type && !(words == 0 && x.cap && !x.upper && !self.dotted(j, n) && w.pre_abbr == 0) {
                // "Жібек жолы", "Қызыл ауыл": a name may end in a word that is also a type
                let name_word = HONORIFICS.contains(&low) && words > 0 && !self.dotted(j, n);
                if !name_word {
                    break;
                }
            }
            if w.other & kind::LABEL != 0 || (words > 0 && x.cap && self.is_not_name(j)) {
                break;
            }
            if x.cap {
                let city =
                    words > 0 && of & kind::STREET != 0 && self.place_at(j).is_some_and(|p| p.0.city_alone);
                if city || (words == 0 && self.is_not_name(j) && !x.upper) {
                    break;
                }
            } else if words > 0 {
                if !HONORIFICS.contains(&low) || (low == "и" && !t.get(j + 1).is_some_and(|y| y.cap)) {
                    break;
                }
            } else {
                // careless writing: a small name counts when a number follows it
                let number_at = |k: usize| t.is_number(k) && t.gap(k) <= Gap::Space;
                let after = |k: usize| number_at(k) || (t.glued(k, ',') && number_at(k + 1));
                let typed = |k: usize| self.word_at(k).0.pre & kind::NUMBERED != 0;
                let ends = after(j + 1)
                    || (t.is_word(j + 1) && after(j + 2))
                    || typed(j + 1)
                    || (t.glued(j + 1, ',') && typed(j + 2));
                if self.is_not_name(j) || x.chars < 3 || !ends || of & !(kind::STREET | kind::MICRO) != 0 {
                    break;
                }
                small = true;
                if t.is_word(j + 1)
                    && after(j + 2)
                    && t.gap(j + 1) == Gap::Space
                    && self.word_at(j + 1).0.is_none()
                {
                    j += 1;
                }
            }
            words += 1;
            j += 1;
            if self.numbered_suffix(j) {
                j += 2;
                if t.gap(j) == Gap::None && t.is_word(j) && t.get(j).is_some_and(|w| w.chars == 1) {
                    j += 1;
                }
                break;
            }
            // "Абая - Розыбакиева", "Абая/Розыбакиева"
            if of & kind::STREET != 0
                && t.sign(j).is_some_and(|c| matches!(c, '-' | '–' | '/'))
                && t.get(j + 1)
                    .is_some_and(|y| y.kind == TokenKind::Word && y.cap && y.chars > 2 && y.gap <= Gap::Space)
                && self.word_at(j + 1).0.is_none()
            {
                j += 1;
            }
        }
        if words == 0 {
            return None;
        }
        if quote && t.sign(j).is_some_and(|c| matches!(c, '»' | '"' | '”' | '“' | '\'')) {
            j += 1;
        }
        Some((j, small))
    }

    /// `-2` glued to a name.
    fn numbered_suffix(&self, j: usize) -> bool {
        self.t.glued(j, '-')
            && self.t.is_number(j + 1)
            && self.t.gap(j + 1) == Gap::None
            && self.t.get(j + 1).is_some_and(|n| n.chars <= 2)
    }

    /// The part at `i`.
    pub fn part(&self, i: usize, cx: &Context) -> Option<Part> {
        let x = self.t.get(i)?;
        match x.kind {
            TokenKind::Word => {
                let (w, n) = self.word_at(i);
                if let Some(p) = self.post_code(i) {
                    return Some(p);
                }
                if w.other & kind::INDEX != 0 {
                    let at = i + n + usize::from(self.t.sign(i + n) == Some(':'));
                    return self.post_code(at);
                }
                if w.other & kind::COUNTRY != 0 {
                    return Some(Part { known: true, ..Part::typed(kind::COUNTRY, i + n) });
                }
                self.typed(i, w, n, cx)
                    .or_else(|| self.named(i, cx))
                    .or_else(|| self.known_place(i))
                    .or_else(|| self.bare_street(i, cx))
            }
            TokenKind::Number => self
                .post_code(i)
                .or_else(|| self.number_first(i, cx))
                .or_else(|| self.named(i, cx))
                .or_else(|| self.bare_number(i, cx)),
            TokenKind::Sign('№' | '#') => {
                self.number_first(i + 1, cx).or_else(|| self.bare_number(i + 1, cx))
            }
            TokenKind::Sign('«' | '"' | '“') => self.named(i, cx),
            TokenKind::Sign(_) => None,
        }
    }

    /// Six digits, or the seven characters of the codes since 2015 (`A05D5H7`).
    fn post_code(&self, i: usize) -> Option<Part> {
        let t = self.t;
        let x = t.get(i)?;
        if x.kind == TokenKind::Number && x.chars == 6 {
            let joined = t.gap(i + 1) == Gap::None
                && !matches!(t.sign(i + 1), Some(',' | '.' | ';' | ')' | '"' | '»' | '\'' | '<') | None)
                || (t.gap(i + 1) == Gap::None && t.is_word(i + 1))
                || (t.glued(i + 1, '.') && t.gap(i + 2) == Gap::None && t.is_number(i + 2));
            let before = i > 0
                && x.gap == Gap::None
                && !t.sign(i - 1).is_some_and(|c| matches!(c, ',' | '(' | '"' | '«' | ':' | '>'));
            return (!joined && !before).then_some(Part::typed(kind::INDEX, i + 1));
        }
        let shape = [(1, false), (2, true), (1, false), (1, true), (1, false), (1, true)];
        let fits = shape.iter().enumerate().all(|(k, (chars, number))| {
            t.get(i + k).is_some_and(|y| {
                y.chars == *chars
                    && (y.kind == TokenKind::Number) == *number
                    && (*number || (y.cap && y.kind == TokenKind::Word))
                    && (k == 0 || y.gap == Gap::None)
            })
        });
        let ends = t.gap(i + 6) > Gap::None || t.sign(i + 6).is_some();
        (fits && ends && (x.gap > Gap::None || i == 0 || t.sign(i - 1).is_some()))
            .then_some(Part::typed(kind::INDEX, i + 6))
    }

    /// A type word and what follows it: `ул. Абая`, `д. 5`, `кв. 33`.
    fn typed(&self, i: usize, w: Word, n: usize, cx: &Context) -> Option<Part> {
        if w.pre == 0 {
            return None;
        }
        let t = self.t;
        let dotted = self.dotted(i, n);
        let mut at = i + n;
        if w.pre & kind::NUMBERED != 0 {
            if t.sign(at).is_some_and(|c| matches!(c, '№' | '#' | ':' | '-')) {
                at += 1;
            }
            if t.low(at) == "no" || t.low(at) == "n" {
                at += 1 + usize::from(t.glued(at + 1, '.'));
            }
            let of = w.pre & kind::NUMBERED;
            let of = if of.count_ones() > 1 {
                // "к." after a house is a block, after a block a room
                if cx.have & kind::BLOCK != 0 { kind::FLAT } else { kind::BLOCK }
            } else {
                of
            };
            let hint = w.pre_abbr & of != 0;
            // "д. 5" and "к. 2" alone are a case, a day, a column; "кв. м" is an area
            let place = cx.have
                & (kind::STREET | kind::MICRO | kind::VILLAGE | kind::CITY | kind::COMPLEX | kind::HOUSE)
                != 0;
            let house = cx.have & kind::HOUSE != 0;
            let fits =
                !hint || if of == kind::HOUSE { place || cx.label || self.flat_follows(at) } else { house };
            if fits && t.gap(at) <= Gap::Space {
                let letter = of == kind::BLOCK
                    && t.get(at).is_some_and(|x| x.kind == TokenKind::Word && x.chars == 1 && x.cap);
                let end = if letter { Some(at + 1) } else { self.number(at, true) };
                if let Some(end) = end
                    && (dotted || self.free_after(at, end) || of != kind::HOUSE)
                {
                    return Some(Part { weak: hint, ..Part::typed(of, end) });
                }
            }
        }
        let of = w.pre & kind::NAMED;
        if of == 0 {
            return None;
        }
        let hint = w.pre_abbr & of != 0;
        if t.gap(at) > Gap::Space && !(t.gap(at) == Gap::Line && dotted) {
            return None;
        }
        if of & kind::CITY != 0 {
            return self.city_after(i, at, hint, dotted);
        }
        if of & kind::VILLAGE != 0 && hint {
            // "с.", "п.", "а." with a small letter and a capital name: not an initial, not a page or a point
            let small = t.get(i).is_some_and(|x| !x.cap) || t.get(at).is_some_and(|x| x.upper && x.chars > 3);
            if !dotted || !small || !t.get(at).is_some_and(|x| x.cap && x.chars > 2) {
                return None;
            }
        }
        if of & (kind::REGION | kind::DISTRICT) != 0 {
            let (m, k) = self.place_at(at).unwrap_or((&NOTHING, 0));
            if of & kind::REGION != 0 {
                return m.region.map(|_| Part { known: true, ..Part::typed(kind::REGION, at + k) });
            }
            if m.is_district {
                return Some(Part { known: true, ..Part::typed(kind::DISTRICT, at + k) });
            }
            if !t.get(at).is_some_and(|x| x.cap) {
                return None;
            }
        }
        if of & kind::STREET != 0
            && hint
            && !(dotted && t.get(at).is_some_and(|x| x.cap || x.kind == TokenKind::Number))
        {
            return None;
        }
        if of & kind::MICRO != 0 && hint && cx.have & (kind::CITY | kind::STREET) == 0 && !cx.label {
            return None;
        }
        let (end, small) = self.name(at, of)?;
        let of = 1 << of.trailing_zeros();
        Some(Part { weak: small || hint, ..Part::typed(of, end) })
    }

    /// Does a flat follow the house number at `at`?
    fn flat_follows(&self, at: usize) -> bool {
        let Some(end) = self.number(at, true) else { return false };
        let next = end + usize::from(self.t.sign(end) == Some(','));
        let (w, n) = self.word_at(next);
        w.pre & (kind::FLAT | kind::BLOCK) != 0
            && (self.t.is_number(next + n) || self.t.sign(next + n) == Some('№'))
    }

    fn city_after(&self, i: usize, at: usize, hint: bool, dotted: bool) -> Option<Part> {
        let t = self.t;
        if let Some((m, k)) = self.place_at(at)
            && m.city.is_some()
            && (dotted || !hint || t.get(at).is_some_and(|x| x.cap) || m.city_alone)
        {
            // "г. Алматы көшесі" does not exist, but "город Абай район" does not either
            return Some(Part { known: true, ..Part::typed(kind::CITY, at + k) });
        }
        let x = t.get(at)?;
        let plain = x.kind == TokenKind::Word && x.cap && x.chars > 2 && !self.is_not_name(at);
        if !plain || (hint && (!dotted || t.get(i).is_some_and(|w| w.cap))) {
            return None;
        }
        // "2023 г. Решением": a year stands before
        if i > 0 && t.is_number(i - 1) && hint {
            return None;
        }
        self.name(at, kind::CITY).map(|(end, _)| Part { weak: true, ..Part::typed(kind::CITY, end) })
    }

    /// A name with its type word behind it: `Алмалинский район`, `Абай көшесі`, `Абая ул.`.
    fn named(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let first = t.get(i)?;
        let quoted = matches!(first.kind, TokenKind::Sign(_));
        let mut j = i + usize::from(quoted);
        let head = t.get(j)?;
        let mut ordinal = false;
        if head.kind == TokenKind::Number {
            if head.chars > 3 {
                return None;
            }
            let suffixed =
                t.glued(j + 1, '-') && t.is_word(j + 2) && t.get(j + 2).is_some_and(|w| w.chars <= 3);
            ordinal = suffixed;
            j += if suffixed { 3 } else { 1 };
            if !suffixed && !AFTER_NUMBER.contains(&t.low(j)) && !t.get(j).is_some_and(|w| w.cap) {
                return None;
            }
        } else if head.kind != TokenKind::Word {
            return None;
        }
        let small = !ordinal && head.kind == TokenKind::Word && !head.cap;
        if self.is_not_name(j) && !quoted {
            return None;
        }
        let city_first = self.place_at(i).is_some_and(|p| p.0.city_alone);
        for k in 0..6 {
            let (w, n) = self.word_at(j);
            let named = w.post & kind::NAMED;
            if named != 0 && (k > 0 || ordinal) && t.gap(j) <= Gap::Space {
                if let Some(of) = self.behind(i, j, n, w, named, city_first, small, cx) {
                    let known = self.place_at(i).is_some_and(|p| i + p.1 == j);
                    return Some(Part { known, weak: small, ..Part::typed(of, j + n) });
                }
                if w.pre & named != 0
                    && named & (kind::STREET | kind::MICRO | kind::CITY) != 0
                    && w.post_abbr & named == 0
                {
                    return None;
                }
            }
            let x = t.get(j)?;
            let go_on = match x.kind {
                TokenKind::Word => {
                    (k == 0 || x.gap <= Gap::Space)
                        && (x.cap
                            || (k == 0 && small)
                            || HONORIFICS.contains(&t.low(j))
                            || AFTER_NUMBER.contains(&t.low(j)))
                        && (k == 0 || w.other & kind::LABEL == 0)
                }
                TokenKind::Number => k > 0 && x.gap == Gap::None && t.glued(j - 1, '-') && x.chars <= 2,
                TokenKind::Sign(c) => {
                    k > 0
                        && ((c == '.' && x.gap == Gap::None && t.get(j - 1).is_some_and(|p| p.chars == 1))
                            || (c == '-' && x.gap == Gap::None && t.is_number(j + 1))
                            || (quoted && matches!(c, '»' | '"' | '”')))
                }
            };
            if !go_on || (small && k > 0) {
                return None;
            }
            j += 1;
        }
        None
    }

    /// Is the type word at `j` the type of the name from `i` to `j`, and not of what follows? Its kind.
    fn behind(
        &self,
        i: usize,
        j: usize,
        n: usize,
        w: Word,
        named: u32,
        city_first: bool,
        small: bool,
        cx: &Context,
    ) -> Option<u32> {
        let t = self.t;
        let after = j + n;
        let dotted = self.dotted(j, n);
        let abbr = w.post_abbr & named;
        let of = if named.count_ones() > 1 && abbr != 0 && abbr != named { named & !abbr } else { named };
        let of = 1 << of.trailing_zeros();
        let name_ends = |e: &[&str]| e.iter().any(|s| t.low(j - 1).ends_with(s));
        let place = self.place_at(i).filter(|p| i + p.1 == j).map(|p| p.0);
        let number_at = |k: usize| t.is_number(k) && t.gap(k) <= Gap::Space;
        let number_follows = number_at(after)
            || (t.sign(after) == Some(',') && number_at(after + 1))
            || t.sign(after) == Some('№');
        if w.post_abbr & of != 0 {
            let fits = match of {
                kind::CITY => dotted && place.is_some_and(|m| m.city.is_some()) && t.low(j) != "г",
                kind::VILLAGE => dotted && t.get(j).is_some_and(|x| !x.cap) && t.sign(after) == Some(','),
                kind::STREET => number_follows,
                kind::RURAL => true,
                _ => false,
            };
            if !fits {
                return None;
            }
        }
        if small && (of & (kind::STREET | kind::MICRO) == 0 || !number_follows) {
            return None;
        }
        let both = w.pre & of != 0;
        if both && t.get(after).is_some_and(|x| x.cap && x.gap <= Gap::Space) {
            // "Алмалинский район Абая": an adjective belongs to the word behind it
            let adjective = name_ends(&["ий", "ый", "ой", "ого", "ому", "ом", "ая", "ую"]);
            if city_first && of & (kind::STREET | kind::MICRO) != 0 {
                return None;
            }
            if !adjective && place.is_none_or(|m| !m.is_district && m.region.is_none()) {
                return None;
            }
        }
        if city_first && both && of & (kind::STREET | kind::MICRO) != 0 && !number_follows {
            return None;
        }
        match of {
            kind::REGION => place.is_some_and(|m| m.region.is_some()).then_some(of),
            kind::DISTRICT => {
                let adjective = name_ends(&["ий", "ого", "ому", "ом", "им"]);
                (!both || adjective || place.is_some_and(|m| m.is_district)).then_some(of)
            }
            kind::STREET if t.get(j).is_some_and(|x| x.latin && x.chars <= 3) => {
                // "St", "rd": only with a capital or a dot, and a capital name
                (dotted || t.get(j).is_some_and(|x| x.cap) || cx.have != 0 || number_follows).then_some(of)
            }
            _ => Some(of),
        }
    }

    /// A city or region that needs no word.
    fn known_place(&self, i: usize) -> Option<Part> {
        let t = self.t;
        let (m, n) = self.place_at(i)?;
        let cap = t.get(i)?.cap;
        if m.region_alone && t.get(i)?.upper {
            return Some(Part { known: true, bare: true, ..Part::typed(kind::REGION, i + n) });
        }
        (m.city_alone && cap).then_some(Part { known: true, bare: true, ..Part::typed(kind::CITY, i + n) })
    }

    /// `Абая 150` behind a city, a label or in a column; `Абая 150, кв. 33` anywhere.
    fn bare_street(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let x = t.get(i)?;
        if cx.have & (kind::STREET | kind::HOUSE) != 0
            || self.is_not_name(i)
            || x.chars < 3 && !t.glued(i + 1, '.')
        {
            return None;
        }
        let (end, _) = self.name(i, kind::STREET)?;
        if !x.cap && !cx.column && !cx.label {
            return None;
        }
        let comma = t.glued(end, ',');
        let at = end + usize::from(comma) + usize::from(t.sign(end + usize::from(comma)) == Some('№'));
        let (w, n) = self.word_at(at);
        let typed_house = w.pre & kind::HOUSE != 0 && self.number(at + n, true).is_some();
        let house = if typed_house { self.number(at + n, true)? } else { self.number(at, false)? };
        if t.gap(at) > Gap::Space || (!typed_house && !self.free_after(at, house)) {
            return None;
        }
        let admin = cx.have & (kind::ADMIN | kind::MICRO) != 0 && cx.comma;
        let next = house + usize::from(t.sign(house) == Some(','));
        let (w, n) = self.word_at(next);
        let flat = w.pre & kind::FLAT != 0 && self.number(next + n, true).is_some();
        if !(cx.label || cx.column || (admin && (!comma || typed_house || flat)) || (flat && !comma)) {
            return None;
        }
        let sum = if typed_house { kind::STREET } else { kind::STREET | kind::HOUSE };
        Some(Part { bare: true, ..Part::typed(sum, if typed_house { end } else { house }) })
    }

    /// `5 үй`, `5-үй`, `33 кв`, `6-й микрорайон`, `8-көше`, `150 Abay Avenue`.
    fn number_first(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        let joined = |end: usize| {
            let dash = t.sign(end).is_some_and(|c| matches!(c, '-' | '–'));
            let at = end + usize::from(dash);
            (dash, at)
        };
        // a suffix such as "-й", "-шы" is read before the type word
        let plain = self.number(i, false)?;
        let mut ends = vec![plain];
        if t.glued(i + 1, '-') && t.is_word(i + 2) && t.get(i + 2).is_some_and(|w| w.chars <= 3) {
            ends.push(i + 3);
        }
        for end in ends {
            let (dash, at) = joined(end);
            let (w, n) = self.word_at(at);
            if w.post == 0 || t.gap(at) > Gap::Space {
                continue;
            }
            let after = at + n;
            let house =
                cx.have & (kind::STREET | kind::MICRO | kind::HOUSE | kind::VILLAGE | kind::COMPLEX) != 0;
            if w.post & kind::HOUSE != 0 {
                return Some(Part::typed(kind::HOUSE, after));
            }
            if w.post & kind::FLAT != 0 {
                // "10 кв 5": the number behind belongs to the word
                if w.pre & kind::FLAT != 0
                    && w.post & kind::FLAT != 0
                    && !dash
                    && t.is_number(after)
                    && t.gap(after) <= Gap::Space
                    && matches!(t.low(at), "кв" | "квартира" | "офис")
                {
                    continue;
                }
                let area = t.low(at) == "кв" && matches!(t.low(after), "м" | "метр" | "метров");
                let hint = w.post_abbr & kind::FLAT != 0;
                if area
                    || (hint && !(cx.have & kind::HOUSE != 0 && self.dotted(at, n)))
                    || (!house && w.pre & kind::FLAT != 0)
                {
                    continue;
                }
                return Some(Part::typed(kind::FLAT, after));
            }
            if w.post & kind::BLOCK != 0 && house {
                return Some(Part::typed(kind::BLOCK, after));
            }
            if w.post & kind::MICRO != 0 && t.get(i).is_some_and(|x| x.chars <= 3) {
                let hint = w.post_abbr & kind::MICRO != 0;
                if hint && (cx.have & kind::CITY == 0 || dash) {
                    continue;
                }
                return Some(Part { weak: hint, ..Part::typed(kind::MICRO, after) });
            }
            if w.post & kind::STREET != 0 && (dash || end > plain) && w.post_abbr & kind::STREET == 0 {
                return Some(Part::typed(kind::STREET, after));
            }
        }
        self.english(i, plain)
    }

    /// `150 Abay Avenue`, `12/3 Satpayev St.`
    fn english(&self, i: usize, from: usize) -> Option<Part> {
        let t = self.t;
        let mut j = from;
        while j < from + 4
            && t.get(j).is_some_and(|x| x.kind == TokenKind::Word && x.latin && x.cap && x.gap == Gap::Space)
        {
            let (w, n) = self.word_at(j);
            if j > from && w.post & kind::STREET != 0 {
                return Some(Part::typed(kind::STREET | kind::HOUSE, j + n));
            }
            if self.is_not_name(j) {
                return None;
            }
            j += 1;
        }
        let (w, n) = self.word_at(j);
        let st = j > from
            && j > i
            && w.post & kind::STREET != 0
            && t.gap(j) == Gap::Space
            && t.get(j).is_some_and(|x| x.latin);
        st.then_some(Part::typed(kind::STREET | kind::HOUSE, j + n))
    }

    /// A number that is a house behind a street, or a flat behind a house.
    fn bare_number(&self, i: usize, cx: &Context) -> Option<Part> {
        let t = self.t;
        if t.gap(i) > Gap::Space && !(t.gap(i) == Gap::Line && cx.comma) {
            return None;
        }
        let end = self.number(i, false)?;
        if !self.free_after(i, end) {
            return None;
        }
        let house_of = kind::STREET | kind::MICRO | kind::COMPLEX | kind::CORNER;
        if cx.have & kind::HOUSE == 0 && cx.last & house_of != 0 {
            return Some(Part { bare: true, ..Part::typed(kind::HOUSE, end) });
        }
        if cx.have & kind::HOUSE == 0 && cx.last == kind::VILLAGE && cx.comma {
            return Some(Part { bare: true, weak: true, ..Part::typed(kind::HOUSE, end) });
        }
        let flat =
            cx.have & kind::FLAT == 0 && cx.last & (kind::HOUSE | kind::BLOCK) != 0 && (cx.comma || cx.dash);
        // what follows a bare flat must not be counted by it: "дом 5, 12 человек"
        let open = !t.is_word(end)
            || t.gap(end) >= Gap::Line
            || t.get(end).is_some_and(|x| x.cap)
            || !self.word_at(end).0.is_none();
        (flat && open).then_some(Part { bare: true, ..Part::typed(kind::FLAT, end) })
    }
}

const NOTHING: Meaning = Meaning {
    city: None,
    city_alone: false,
    region: None,
    region_alone: false,
    district: None,
    is_district: false,
};

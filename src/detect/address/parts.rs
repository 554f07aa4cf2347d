//! Reads one part of an address (a region, a street, a house number …) at a token.

use super::token::{Gap, TokenKind, Tokens};
use super::words::{self, Word, Words, kind};
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
    pub fn typed(kind: u32, to: usize) -> Part {
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
    pub words: &'static Words,
    places: &'static Places,
    /// What the words at every token mean, and their number of tokens.
    meant: Vec<(Word, u8)>,
    /// The place name at every token.
    placed: Vec<Option<(&'static Meaning, u8)>>,
}

impl<'a> Parser<'a> {
    pub fn new(t: &'a Tokens) -> Parser<'a> {
        let mut p =
            Parser { t, words: Words::get(), places: Places::get(), meant: Vec::new(), placed: Vec::new() };
        p.meant = (0..t.list.len()).map(|i| p.look_up(i)).collect();
        p.placed = (0..t.list.len()).map(|i| p.look_up_place(i)).collect();
        p
    }

    /// What the word (or the two or three words) at `i` mean, and how many tokens they take, their dot included.
    pub fn word_at(&self, i: usize) -> (Word, usize) {
        self.meant.get(i).map_or((Word::default(), 0), |m| (m.0, usize::from(m.1)))
    }

    /// A place name of one to three words at `i`.
    pub fn place_at(&self, i: usize) -> Option<(&'static Meaning, usize)> {
        self.placed.get(i).copied().flatten().map(|(m, n)| (m, usize::from(n)))
    }

    /// `n` words from `i`, joined; `None` where something stands between them.
    fn joined(&self, i: usize, n: usize) -> Option<String> {
        let t = self.t;
        let mut joined = t.low(i).to_owned();
        for k in i + 1..i + n {
            if !t.is_word(k) || t.gap(k) != Gap::Space {
                return None;
            }
            joined.push(' ');
            joined.push_str(t.low(k));
        }
        Some(joined)
    }

    fn look_up(&self, i: usize) -> (Word, u8) {
        let t = self.t;
        if !t.is_word(i) {
            return (Word::default(), 0);
        }
        let one = |k: usize| t.get(k).is_some_and(|x| x.kind == TokenKind::Word && x.chars == 1);
        if one(i) && t.glued(i + 1, '.') && one(i + 2) && t.gap(i + 2) <= Gap::Space {
            let w = self.words.find(&format!("{}.{}", t.low(i), t.low(i + 2)));
            if !w.is_none() {
                return (w, 3 + u8::from(t.glued(i + 3, '.')));
            }
        }
        if self.words.begins(t.low(i)) {
            for n in [3, 2] {
                let w = self.joined(i, n).map_or(Word::default(), |j| self.words.find(&j));
                if !w.is_none() {
                    let dot = t.glued(i + n, '.') && t.low(i + n - 1).chars().count() <= 5;
                    return (w, n as u8 + u8::from(dot));
                }
            }
        }
        let w = self.words.find(t.low(i));
        if w.is_none() {
            return (w, 0);
        }
        // the dot of an abbreviation belongs to it, the dot of a sentence does not
        let dot = t.glued(i + 1, '.') && t.get(i).is_some_and(|x| x.chars <= 5);
        (w, 1 + u8::from(dot))
    }

    fn look_up_place(&self, i: usize) -> Option<(&'static Meaning, u8)> {
        let t = self.t;
        if !t.is_word(i) {
            return None;
        }
        if self.places.begins(t.low(i)) {
            for n in [3, 2] {
                if let Some(m) = self.joined(i, n).and_then(|j| self.places.meaning(&j)) {
                    return Some((m, n as u8));
                }
            }
        }
        self.places.meaning(t.low(i)).map(|m| (m, 1))
    }

    /// Did the type word at `i` have its dot?
    pub(super) fn dotted(&self, i: usize, n: usize) -> bool {
        n > 1 && self.t.sign(i + n - 1) == Some('.')
    }

    /// A house or flat number at `i`: `5`, `5А`, `5/1`, `12-33`, `5 А`, `б/н`. `typed` where a word such as `д.` stands before.
    pub(super) fn number(&self, i: usize, typed: bool) -> Option<usize> {
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
        // "д. 28 «В»"
        let opens = t.gap(j) <= Gap::Space && matches!(t.sign(j), Some('«' | '"' | '“'));
        let letter = t.get(j + 1).is_some_and(|x| x.kind == TokenKind::Word && x.chars == 1 && x.cap);
        if opens && letter && matches!(t.sign(j + 2), Some('»' | '"' | '”')) && t.gap(j + 2) == Gap::None {
            return Some(j + 3);
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
    pub(super) fn free_after(&self, i: usize, j: usize) -> bool {
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
        !self.words.counted(w)
    }

    pub(super) fn is_not_name(&self, i: usize) -> bool {
        self.words.no_name(self.t.low(i))
    }

    /// A name at `i` (behind its type word); returns its end and whether it is in small letters.
    pub(super) fn name(&self, i: usize, of: u32) -> Option<(usize, bool)> {
        self.name_behind(i, of, Gap::Line)
    }

    /// [`Parser::name`] with at most this before its first word.
    pub(super) fn name_behind(&self, i: usize, of: u32, gap: Gap) -> Option<(usize, bool)> {
        let t = self.t;
        let mut j = i;
        if t.sign(j) == Some('№') {
            j += 1;
        }
        let quote = t.sign(j).is_some_and(|c| matches!(c, '«' | '"' | '“' | '„' | '\''));
        if quote {
            j += 1;
        }
        if quote && let Some(end) = self.quoted(j) {
            return Some((end, false));
        }
        if matches!(t.low(j), "им" | "имени") && t.is_word(j) {
            j += 1 + usize::from(t.glued(j + 1, '.'));
        }
        // "ул. братьев Жубановых", "ул. академика Сатпаева"
        const HONOURS: [&str; 14] = [
            "братьев",
            "сестер",
            "героя",
            "героев",
            "маршала",
            "генерала",
            "академика",
            "космонавта",
            "космонавтов",
            "летчика",
            "профессора",
            "композитора",
            "поэта",
            "капитана",
        ];
        if HONOURS.contains(&t.low(j)) && t.get(j + 1).is_some_and(|x| x.cap && x.gap == Gap::Space) {
            j += 1;
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
                && (self.words.after_number(t.low(k))
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
            if x.kind != TokenKind::Word || x.gap > if j == i { gap } else { Gap::Space } {
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
                let name_word = self.words.goes_on(low) && words > 0 && !self.dotted(j, n);
                if !name_word {
                    break;
                }
            }
            if w.other & kind::LABEL != 0 || (words > 0 && x.cap && self.is_not_name(j)) {
                break;
            }
            // "с. Гродиково Жамбылского района": the adjective belongs to the district
            let adjective = words > 0 && words::of_a_district(low);
            if adjective && self.word_at(j + 1).0.post & (kind::DISTRICT | kind::REGION) != 0 {
                break;
            }
            if x.cap {
                let city =
                    words > 0 && of & kind::STREET != 0 && self.place_at(j).is_some_and(|p| p.0.city_alone);
                if city || (words == 0 && self.is_not_name(j) && !x.upper) {
                    break;
                }
            } else if words > 0 {
                if !self.words.goes_on(low) || (low == "и" && !t.get(j + 1).is_some_and(|y| y.cap)) {
                    break;
                }
            } else {
                // careless writing: a small name counts when a number follows it
                let number_at = |k: usize| t.is_number(k) && t.gap(k) <= Gap::Space;
                let after = |k: usize| number_at(k) || (t.glued(k, ',') && number_at(k + 1));
                let typed = |k: usize| self.word_at(k).0.pre & kind::NUMBERED != 0;
                let near = t.is_word(j + 1) && t.gap(j + 1) == Gap::Space;
                let ends = after(j + 1)
                    || (near && after(j + 2))
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

    /// The end of a quoted name that starts at `j`.
    fn quoted(&self, j: usize) -> Option<usize> {
        let t = self.t;
        let close = (j + 1..=j + 6).find(|k| matches!(t.sign(*k), Some('»' | '"' | '”' | '“')))?;
        let plain = (j..close).all(|k| {
            t.gap(k) <= Gap::Space
                && match t.get(k).map(|x| x.kind) {
                    Some(TokenKind::Sign(c)) => matches!(c, '-' | '.' | '№'),
                    _ => true,
                }
        });
        (plain && t.is_word(j) && t.get(j).is_some_and(|x| x.cap)).then_some(close + 1)
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
                    // "Қазақстан көшесі"
                    if let Some(p) = self.named(i, cx).filter(|p| p.kind & kind::STREET != 0) {
                        return Some(p);
                    }
                    return Some(Part { known: true, ..Part::typed(kind::COUNTRY, i + n) });
                }
                self.typed(i, w, n, cx)
                    .or_else(|| self.named(i, cx))
                    .or_else(|| self.known_place(i))
                    .or_else(|| self.numbered_quarter(i, cx))
                    .or_else(|| self.bare_number(i, cx))
                    .or_else(|| self.bare_street(i, cx))
                    .or_else(|| self.zone(i))
            }
            TokenKind::Number => self
                .post_code(i)
                .filter(|_| cx.have == 0 || cx.comma || cx.have & (kind::STREET | kind::MICRO) != 0)
                .or_else(|| self.number_first(i, cx))
                .or_else(|| self.named(i, cx))
                .or_else(|| self.bare_number(i, cx))
                .or_else(|| self.bare_street(i, cx)),
            TokenKind::Sign('№' | '#') => {
                self.number_first(i + 1, cx).or_else(|| self.bare_number(i + 1, cx))
            }
            TokenKind::Sign('«' | '"' | '“') => self.named(i, cx),
            TokenKind::Sign(_) => None,
        }
    }

    /// An industrial zone without a name: `промзона, уч. 3`, `Өнеркәсіп аймағы, 7`.
    fn zone(&self, i: usize) -> Option<Part> {
        const ZONES: [&str; 5] = ["промзон", "пром", "индустри", "industrial", "онеркасип"];
        let (w, n) = self.word_at(i);
        let zone = (w.pre | w.post) & kind::MICRO != 0 && ZONES.iter().any(|z| self.t.low(i).starts_with(z));
        zone.then(|| Part::typed(kind::MICRO, i + n))
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
            return (!joined && !before && self.post_region(i)).then_some(Part::typed(kind::INDEX, i + 1));
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

    /// Does the six-digit code at `i` begin with the number of a region of Kazakhstan, or stand before a place abroad?
    fn post_region(&self, i: usize) -> bool {
        if self.t.low(i).get(..2).is_some_and(|r| ("01"..="17").contains(&r)) {
            return true;
        }
        (i + 1..i + 5).any(|k| {
            let city = self.place_at(k).and_then(|p| self.places.cities.get(usize::from(p.0.city?)));
            city.is_some_and(|c| c.country != "KZ")
                || self.words.find(self.t.low(k)).other & kind::COUNTRY != 0
        })
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
            if of == kind::FLAT
                && cx.have & (kind::STREET | kind::MICRO | kind::COMPLEX) == 0
                && self.is_quarter(i, n)
            {
                return None;
            }
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
        // "Улица: Абая" of a form
        let form = of & (kind::STREET | kind::MICRO) != 0
            && t.glued(at, ':')
            && !hint
            && t.get(i).is_some_and(|x| x.cap && x.chars >= 4);
        at += usize::from(form);
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
        // "Ш. Уалиханова": an initial
        let initial = t.get(i).is_some_and(|x| x.chars == 1 && x.cap)
            && !t.get(at).is_some_and(|x| x.upper && x.chars > 1);
        if of & kind::STREET != 0 && hint && initial {
            return None;
        }
        let honoured = matches!(t.low(at), "им" | "имени");
        if of & kind::STREET != 0
            && hint
            && !honoured
            && !(dotted && t.get(at).is_some_and(|x| x.cap || x.kind == TokenKind::Number))
        {
            return None;
        }
        if of & kind::MICRO != 0 && hint && cx.have & (kind::CITY | kind::STREET) == 0 && !cx.label {
            return None;
        }
        // "СО «Нива»", but neither "со 2 марта" nor "ст. 12"
        let quoted = t.sign(at).is_some_and(|c| matches!(c, '«' | '"' | '“' | '„'));
        if of & kind::COMPLEX != 0 && hint && !(quoted && t.get(i).is_some_and(|x| x.upper)) {
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
}

const NOTHING: Meaning = Meaning {
    city: None,
    city_alone: false,
    region: None,
    region_alone: false,
    district: None,
    is_district: false,
};

//! Joins parts to addresses and scores them.

use super::parts::{Context, Parser, Part};
use super::token::{Gap, Tokens};
use super::words::kind;
use crate::model::{Evidence, EvidenceSet};

/// A run of parts.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// First token and one past the last.
    pub from: usize,
    pub to: usize,
    /// Bits of [`kind`].
    pub have: u32,
    /// Kinds that stood there with their word.
    pub typed: u32,
    /// Number of parts.
    pub parts: u32,
    /// A name was in the tables.
    pub known: bool,
    /// Every street, house and settlement was written in a way that is often something else.
    pub weak: bool,
    /// Every word is of Latin letters.
    pub latin: bool,
    /// A label stands before.
    pub label: bool,
    /// The label ends in a colon, or is a verb of living somewhere.
    pub label_close: bool,
    /// Parts are parted by commas.
    pub commas: u32,
    last: u32,
}

/// Tokens that may stand between a label and its address.
const LABEL_REACH: usize = 9;

/// All runs of parts in `t`, in order.
pub(super) fn chains(t: &Tokens, column: bool) -> Vec<Chain> {
    let parser = Parser::new(t);
    let mut out: Vec<Chain> = Vec::new();
    let mut open: Option<Chain> = None;
    let mut label: Option<(usize, bool)> = column.then_some((usize::MAX, true));
    let mut i = 0;
    while i < t.list.len() {
        let (w, n) = parser.word_at(i);
        // "Улица, дом: Мира, 60"
        if w.pre & kind::STREET != 0
            && let Some(end) = heading(t, &parser, i + n)
        {
            out.extend(open.take());
            label = Some((end + LABEL_REACH, true));
            i = end;
            continue;
        }
        if open.is_none() && w.other & kind::LABEL != 0 && !foreign_label(t, i, n) {
            label = Some((i + n + LABEL_REACH, false));
            i += n;
            continue;
        }
        if open.is_none() {
            label = keep_label(t, i, label);
        }
        let (comma, dash) = before(t, i);
        let fresh = open.is_none() && label.is_some();
        let cx = match &open {
            Some(c) => Context { have: c.have, last: c.last, label: c.label, comma, dash, column },
            None => Context {
                label: fresh && (column || label_touches(t, &parser, i)),
                comma,
                dash,
                column,
                ..Context::default()
            },
        };
        let Some(part) = parser.part(i, &cx).filter(|p| p.to > i) else {
            // "Қарағанды қ., Пришахтинск, Зелинский көшесі": a part of the town that no table knows
            if open.as_ref().is_some_and(Chain::wants_street) && comma && quarter(t, &parser, i, &cx) {
                i += 2;
                continue;
            }
            let door = open.as_ref().is_some_and(|c| {
                c.have & (kind::HOUSE | kind::FLAT) != 0 && c.have & (kind::ADMIN | kind::STREET) == 0
            });
            if door
                && comma
                && let Some(next) = inverted(t, &parser, i, &cx)
            {
                i = next;
                continue;
            }
            out.extend(open.take());
            i += 1;
            continue;
        };
        // parts that are no start of an address by themselves
        let start = open.as_ref().is_some_and(|c| !splits(c, &part));
        if !start {
            out.extend(open.take());
            if part.bare && part.kind & (kind::HOUSE | kind::FLAT) != 0 && part.kind & kind::STREET == 0 {
                i += 1;
                continue;
            }
            let lone_country = part.kind == kind::COUNTRY && t.sign(part.to) != Some(',');
            if lone_country || (part.kind == kind::INDEX && t.gap(part.to) >= Gap::Break) {
                i = part.to;
                continue;
            }
        }
        let chain = open.get_or_insert_with(|| Chain {
            from: i,
            to: i,
            have: 0,
            typed: 0,
            parts: 0,
            known: false,
            weak: true,
            latin: true,
            label: label.is_some(),
            label_close: label.is_some_and(|l| l.1),
            commas: 0,
            last: 0,
        });
        chain.add(&part, comma);
        chain.latin &= (i..part.to).all(|k| !t.is_word(k) || t.get(k).is_some_and(|x| x.latin));
        i = part.to;
        // what may stand between parts
        match connector(t, &parser, i) {
            Some(next) => i = next,
            None => {
                label = column.then_some((usize::MAX, true));
                out.extend(open.take());
            }
        }
    }
    out.extend(open);
    out
}

/// Where the words behind a word for streets end that head a line of a form: `, дом:`, `/дом, кв. =`.
fn heading(t: &Tokens, parser: &Parser<'_>, mut i: usize) -> Option<usize> {
    let mut words = 0;
    while t.sign(i).is_some_and(|c| matches!(c, ',' | '/')) {
        let (w, n) = parser.word_at(i + 1);
        if w.pre & (kind::HOUSE | kind::FLAT | kind::BLOCK) == 0 {
            return None;
        }
        i += 1 + n;
        words += 1;
    }
    (words > 0 && t.sign(i).is_some_and(|c| matches!(c, ':' | '=' | '-' | '—'))).then_some(i + 1)
}

/// A name alone between commas, behind which a street with its word stands.
fn quarter(t: &Tokens, parser: &Parser<'_>, i: usize, cx: &Context) -> bool {
    let name = t.get(i).is_some_and(|x| x.cap && !x.upper && x.chars >= 5 && x.gap <= Gap::Space);
    let cx = Context { comma: true, ..*cx };
    name && t.is_word(i)
        && t.glued(i + 1, ',')
        && t.gap(i + 2) <= Gap::Space
        && parser.part(i + 2, &cx).is_some_and(|p| p.kind & kind::STREET != 0 && !p.bare)
}

/// Where an unknown name behind a door ends that a known town follows, as addresses in English have it:
/// `apt. 29, bld. 14, Privokzalny-3A, Atyrau`.
fn inverted(t: &Tokens, parser: &Parser<'_>, i: usize, cx: &Context) -> Option<usize> {
    if !t.get(i).is_some_and(|x| x.cap && x.chars >= 4 && x.latin && t.is_word(i)) {
        return None;
    }
    let comma = (i + 1..=i + 5).find(|k| t.sign(*k) == Some(','))?;
    let plain = (i + 1..comma).all(|k| {
        t.gap(k) <= Gap::Space
            && (t.is_word(k) && t.get(k).is_some_and(|x| x.cap || x.chars == 1)
                || t.is_number(k)
                || matches!(t.sign(k), Some('-' | '.')))
    });
    let cx = Context { comma: true, ..*cx };
    let town = parser.part(comma + 1, &cx).is_some_and(|p| p.kind & kind::CITY != 0 && p.known);
    (plain && town && t.gap(comma + 1) <= Gap::Space).then_some(comma + 1)
}

impl Chain {
    /// Has it a town with its word, and no street yet?
    fn wants_street(&self) -> bool {
        self.typed & kind::CITY != 0 && self.have & (kind::STREET | kind::HOUSE | kind::MICRO) == 0
    }

    fn add(&mut self, part: &Part, comma: bool) {
        self.to = part.to;
        self.have |= part.kind;
        if !part.bare {
            self.typed |= part.kind;
        }
        self.parts += part.kind.count_ones();
        self.known |= part.known;
        if part.kind & (kind::STREET | kind::MICRO | kind::VILLAGE | kind::CITY | kind::COMPLEX) != 0 {
            self.weak &= part.weak;
        }
        self.commas += u32::from(comma && self.last != 0);
        self.last = 1 << (31 - part.kind.leading_zeros());
    }

    /// Bytes of the address.
    pub fn span(&self, t: &Tokens) -> (u32, u32) {
        let start = t.get(self.from).map_or(0, |x| x.start);
        (start, self.to.checked_sub(1).and_then(|k| t.get(k)).map_or(start, |x| x.end))
    }

    /// How likely this is an address, 0..=1.
    pub fn score(&self, column: bool) -> f32 {
        use kind::{ADMIN, CITY, COMPLEX, DISTRICT, FLAT, HOUSE, INDEX, MICRO, REGION, STREET, VILLAGE};
        let has = |k: u32| self.have & k != 0;
        let typed = |k: u32| self.typed & k != 0;
        let label = self.label;
        let place = has(ADMIN);
        let weak = if self.weak { 0.15 } else { 0.0 };
        let score: f32 = if has(STREET) && has(HOUSE) {
            match (typed(STREET), place || has(FLAT | INDEX | MICRO) || label) {
                (true, true) => 0.97,
                // a street of any country: no place near says that it is one here
                (true, false) if self.latin => 0.45,
                (true, false) => 0.9 - weak,
                (false, true) => 0.9,
                (false, false) => 0.6,
            }
        } else if has(MICRO | COMPLEX) && has(HOUSE | kind::BLOCK) {
            if place || has(FLAT) || label {
                0.95 - weak / 2.0
            } else if typed(HOUSE) {
                0.85 - weak
            } else {
                0.7 - weak
            }
        } else if has(VILLAGE) && has(HOUSE) {
            if typed(HOUSE) || label || has(REGION | DISTRICT) { 0.88 } else { 0.5 }
        } else if has(HOUSE) && has(FLAT) {
            if place || label { 0.85 } else { 0.7 }
        } else if has(CITY) && has(HOUSE) {
            if label || typed(HOUSE) { 0.6 } else { 0.3 }
        } else if has(STREET | MICRO | COMPLEX) {
            if label && self.label_close {
                0.85
            } else if label || has(FLAT) || (has(INDEX) && place) {
                0.75
            } else if place && self.commas > 0 && self.parts >= 3 {
                0.6
            } else {
                0.3
            }
        } else if place {
            let levels = (self.have & (ADMIN | INDEX)).count_ones();
            if has(INDEX) && (label || typed(CITY | VILLAGE | REGION) || has(kind::COUNTRY)) {
                0.8
            } else if label && self.label_close {
                if levels > 1 { 0.85 } else { 0.65 }
            } else if label && levels > 1 {
                0.6
            } else if levels > 2 && self.commas > 1 && has(VILLAGE | CITY) {
                0.55
            } else {
                0.2
            }
        } else {
            0.1
        };
        if column { score.max(0.8) } else { score }
    }

    /// The reasons for [`Chain::score`].
    pub fn evidence(&self) -> EvidenceSet {
        let mut e = EvidenceSet::new();
        if self.parts > 1 {
            e.add(Evidence::AddressParts);
        }
        if self.known {
            e.add(Evidence::Gazetteer);
        }
        if self.label {
            e.add(Evidence::WordBefore);
        }
        if self.have & kind::INDEX != 0 {
            e.add(Evidence::CodeTable);
        }
        if self.typed & (kind::STREET | kind::HOUSE | kind::FLAT) != 0 {
            e.add(Evidence::Form);
        }
        if self.weak && self.typed & kind::STREET == 0 {
            e.add(Evidence::Ambiguous);
        }
        e
    }
}

/// Must `part` begin another address than `c`?
fn splits(c: &Chain, part: &Part) -> bool {
    use kind::{CITY, COUNTRY, DISTRICT, FLAT, HOUSE, INDEX, MICRO, REGION, STREET, VILLAGE};
    let again = c.have & part.kind;
    let door = c.have & (HOUSE | FLAT) != 0;
    if again & STREET != 0 {
        // a corner of two streets
        return door || c.last != kind::STREET && c.last != kind::CORNER;
    }
    if again & (REGION | COUNTRY | INDEX | HOUSE | FLAT) != 0 {
        return true;
    }
    if again & (CITY | VILLAGE) != 0 {
        // "г.Алматы, 050050, г. Алматы, ул. …": the town once more behind its code
        let coded = !door && c.last == kind::INDEX;
        return door || !part.bare && !coded;
    }
    if again & (DISTRICT | MICRO) != 0 {
        return door;
    }
    // a new address that starts from the large end
    door && c.have & STREET != 0 && part.kind & STREET != 0
}

/// The label of something that is no postal address: "IP-адрес", "электронный адрес", "адрес сайта".
fn foreign_label(t: &Tokens, i: usize, n: usize) -> bool {
    let before = i.checked_sub(1).map_or("", |k| t.low(k));
    let behind = t.low(i + n);
    let low = t.low(i);
    let foreign = [
        "ip",
        "mac",
        "электрон",
        "e",
        "email",
        "mail",
        "почтов_",
        "url",
        "web",
        "веб",
        "сетев",
        "эл",
        "интернет",
        "memory",
        "физ",
        "физическ",
        "аппаратн",
    ];
    // "адресный план", "адресного регистра"
    low.starts_with("адресн")
        || low.starts_with("ip ")
        || low.starts_with("mac ")
        || low.starts_with("e mail")
        || low.starts_with("url")
        || foreign.iter().any(|f| before == *f || (f.chars().count() > 4 && before.starts_with(f)))
        || [
            "сайт",
            "электрон",
            "эл",
            "почты",
            "порт",
            "памят",
            "email",
            "line_",
            "modbus",
            "сетев",
            "устройств",
        ]
        .iter()
        .any(|f| behind.starts_with(f))
}

/// Does the label still hold at token `i`? A sentence's end, an empty line or too many words end it.
fn keep_label(t: &Tokens, i: usize, label: Option<(usize, bool)>) -> Option<(usize, bool)> {
    let (until, close) = label?;
    if until == usize::MAX {
        return label;
    }
    let end = i > until
        || t.gap(i) == Gap::Break
        || (matches!(t.sign(i), Some('.' | '!' | '?')) && t.get(i + 1).is_some_and(|x| x.cap && x.chars > 4))
        || matches!(t.sign(i), Some(';'));
    if end {
        return None;
    }
    let close = close
        || matches!(t.sign(i), Some(':' | '=' | '>'))
        || matches!(t.low(i), "по" | "в" | "at" | "in" | "на");
    Some((until, close))
}

/// Does the label end right before token `i`?
fn label_touches(t: &Tokens, parser: &Parser<'_>, i: usize) -> bool {
    let Some(k) = i.checked_sub(1) else { return true };
    if parser.word_at(k).0.other & kind::LABEL != 0 && t.gap(i) == Gap::Space {
        return true;
    }
    matches!(t.sign(k), Some(':' | '-' | '–' | '—' | '=' | '>' | '"' | '('))
        || matches!(t.low(k), "адресу" | "по" | "адрес" | "at" | "дома" | "доме")
        || matches!(t.low(k), "на" | "съемной" | "дом" | "квартиру") && t.get(i).is_some_and(|x| x.cap)
}

/// Comma or dash right before token `i`?
fn before(t: &Tokens, i: usize) -> (bool, bool) {
    let mut k = i;
    for _ in 0..2 {
        let Some(p) = k.checked_sub(1) else { return (false, false) };
        match t.sign(p) {
            Some(',' | ';') => return (true, false),
            Some('-' | '–' | '—') => return (false, true),
            Some('№' | '(' | '.') => k = p,
            _ => return (false, false),
        }
    }
    (false, false)
}

/// The token at which the next part may start; `None` where the address ends at `i`.
fn connector(t: &Tokens, parser: &Parser<'_>, mut i: usize) -> Option<usize> {
    // "(бывш. Фурманова)": a former name belongs to the street
    if t.sign(i) == Some('(')
        && ["быв", "ран", "букр", "бурын", "стар"].iter().any(|s| t.low(i + 1).starts_with(s))
    {
        let close = (i + 2..i + 8).find(|k| t.sign(*k) == Some(')'))?;
        return connector(t, parser, close + 1);
    }
    let mut signs = 0;
    let mut comma = false;
    let mut full_stop = false;
    while signs < 3 {
        match t.sign(i) {
            Some(',') => comma = true,
            // "27 мкр, д 34, кв 8;Актау": fields of a card of contacts
            Some(';') if t.gap(i) == Gap::None && t.is_word(i + 1) && t.gap(i + 1) == Gap::None => {
                comma = true
            }
            Some('(' | ')' | '-' | '–' | '—' | '/' | '"' | '»' | '\\' | '|') => {}
            Some('.') if t.gap(i) == Gap::None => full_stop = true,
            _ => break,
        }
        if t.gap(i) >= Gap::Line {
            return None;
        }
        signs += 1;
        i += 1;
    }
    let x = t.get(i)?;
    match x.gap {
        Gap::Break => return None,
        // the next line goes on only behind a comma, or with a part that has its word
        Gap::Line if !comma => {
            let (w, n) = parser.word_at(i);
            if n == 0 || w.pre & (kind::NUMBERED | kind::STREET | kind::MICRO) == 0 || full_stop {
                return None;
            }
        }
        _ => {}
    }
    if full_stop && !comma && x.cap && signs == 1 && x.gap >= Gap::Space {
        // "… д. 5. Улица Абая": another sentence; "г. Алматы. ул. Абая" is not
        return None;
    }
    let preposition =
        matches!(t.low(i), "по" | "на" | "в" | "во" | "in" | "at" | "of") && x.gap <= Gap::Space;
    if preposition && t.get(i + 1).is_some_and(|y| y.gap == Gap::Space) {
        return Some(i + 1);
    }
    let (w, n) = parser.word_at(i);
    if w.other & kind::CORNER != 0 {
        return Some(i + n);
    }
    Some(i)
}

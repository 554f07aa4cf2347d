//! Places of birth: `место рождения: …`, `уроженец г. …`, `туған жері …`, `… қаласында туған`.

use super::AddressHit;
use super::chain::Chain;
use super::parts::Parser;
use super::token::{Gap, TokenKind, Tokens};
use super::words::{self, kind};
use crate::model::{Evidence, EvidenceSet};

/// Tokens between a label and the place ("01.01.1990 года в").
const REACH: usize = 14;

/// Appends the places of birth among `chains`, and those that only a label shows.
pub(super) fn find(t: &Tokens, chains: &[Chain], out: &mut Vec<AddressHit>) {
    let parser = Parser::new(t);
    let mut i = 0;
    while i < t.list.len() {
        let Some((end, form)) = label(t, i) else {
            i += 1;
            continue;
        };
        let hit = match form {
            Form::Label | Form::Native => behind(t, chains, end, form, &parser),
            Form::Born => born(t, chains, end, &parser),
            Form::After => before(t, chains, i),
        };
        if let Some((from, to, known)) = hit
            && let (Some(a), Some(b)) = (t.get(from), to.checked_sub(1).and_then(|k| t.get(k)))
            && out.last().is_none_or(|h| h.end <= a.start)
        {
            let mut evidence = EvidenceSet::new().with(Evidence::WordBefore);
            if known {
                evidence.add(Evidence::Gazetteer);
            }
            let confidence = if known { 0.95 } else { 0.8 };
            out.push(AddressHit { start: a.start, end: b.end, birth_place: true, confidence, evidence });
        }
        i = end;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// "место рождения:", "туған жері": the place follows.
    Label,
    /// "уроженец": the place follows at once.
    Native,
    /// "родился … в": the place follows behind a date and a preposition.
    Born,
    /// "… тумасы", "… қаласында туған": the place stands before.
    After,
}

fn label(t: &Tokens, i: usize) -> Option<(usize, Form)> {
    let (a, b, c) = (t.low(i), t.low(i + 1), t.low(i + 2));
    if !t.is_word(i) {
        return None;
    }
    // keys of programs: "birth_place", "placeOfBirth", "mesto_rozhdeniya"
    if t.sign(i + 1) == Some('_') {
        let (c, e) = (t.low(i + 2), t.low(i + 4));
        if (a == "birth" && c == "place") || (a == "mesto" && c.starts_with("rozhd")) {
            return Some((i + 3, Form::Label));
        }
        if a == "place" && c == "of" && e == "birth" {
            return Some((i + 5, Form::Label));
        }
    }
    if a == "placeofbirth" || (a == "mesto" && b.starts_with("rozhd")) {
        return Some((i + if a == "mesto" { 2 } else { 1 }, Form::Label));
    }
    if a.starts_with("уроженец") || a.starts_with("урожен") {
        return Some((i + 1, Form::Native));
    }
    if matches!(a, "урож" | "ур") && t.glued(i + 1, '.') {
        return Some((i + 2, Form::Native));
    }
    if a == "ур" && t.glued(i + 1, '-') && matches!(c, "ц" | "ка" | "нец" | "нка") {
        return Some((i + 3, Form::Native));
    }
    if a.starts_with("появил") && b == "на" && c == "свет" {
        return Some((i + 3, Form::Born));
    }
    if a == "pob" && matches!(t.sign(i + 1), Some(':' | '|')) {
        return Some((i + 1, Form::Label));
    }
    if a == "т" && t.glued(i + 1, '.') && c == "ж" && t.glued(i + 3, '.') && t.sign(i + 4) == Some(':') {
        return Some((i + 4, Form::Label));
    }
    if matches!(a, "tuğan" | "tugan" | "tughan") && (b.starts_with("jer") || b.starts_with("zher")) {
        return Some((i + 2, Form::Label));
    }
    if (a.starts_with("мест") && b.starts_with("рожд")) || (a == "birth" && b == "place") || a == "birthplace"
    {
        return Some((i + if a == "birthplace" { 1 } else { 2 }, Form::Label));
    }
    // "дата и место рождения: 01.01.1990, г. Алматы" comes here too, by its last two words
    if matches!(a, "place" | "country" | "city" | "town") && b == "of" && c == "birth" {
        return Some((i + 3, Form::Label));
    }
    if a == "м" && t.glued(i + 1, '.') && c == "р" && t.glued(i + 3, '.') {
        return Some((i + 4, Form::Label));
    }
    // "туған күні мен жері: 08.08.1988, Ташкент облысы"
    if matches!(a, "туган" | "туылган") && b.starts_with("кун") && t.low(i + 3).starts_with("жер")
    {
        return Some((i + 4, Form::Label));
    }
    if a == "туып" && t.sign(i + 1) == Some('-') && c.starts_with("оскен") && t.low(i + 3).starts_with("жер")
    {
        return Some((i + 4, Form::Label));
    }
    if matches!(a, "туган" | "туылган") && ["жер", "орын", "орны"].iter().any(|w| b.starts_with(w))
    {
        return Some((i + 2, Form::Label));
    }
    // "родился: 26/10/2002, г. Риддер"
    if matches!(a, "родился" | "родилась" | "born") && t.sign(i + 1) == Some(':') {
        return Some((i + 1, Form::Label));
    }
    if matches!(a, "родился" | "родилась" | "born") || a.starts_with("родивш") {
        return Some((i + 1, Form::Born));
    }
    if a.starts_with("тумасы")
        || matches!(a, "туган" | "туылган" | "тудым" | "туылдым" | "туганмын" | "туылганмын")
        || (a == "дуниеге" && b.starts_with("кел"))
    {
        return Some((i + 1, Form::After));
    }
    None
}

fn is_place(c: &Chain) -> bool {
    c.have & (kind::ADMIN | kind::COUNTRY) != 0 && c.have & (kind::HOUSE | kind::STREET) == 0
}

/// The place behind a label that ends before token `end`.
fn behind(
    t: &Tokens,
    chains: &[Chain],
    end: usize,
    form: Form,
    parser: &Parser<'_>,
) -> Option<(usize, usize, bool)> {
    let mut i = end;
    // a date between: "дата и место рождения: 01.01.1990 г., г. Алматы"
    while i < end + REACH && i < t.list.len() {
        // "29 қазан": October, and not the town of that name
        if t.low(i) == "казан" && i > end && t.is_number(i - 1) {
            i += 1;
            continue;
        }
        if let Some(c) = chains.iter().find(|c| c.from == i && is_place(c)) {
            // "Шымкент облысы": a region that there is no more
            let (w, n) = parser.word_at(c.to);
            let more = w.post & kind::ADMIN != 0 && t.gap(c.to) == Gap::Space;
            return Some((c.from, goes_on(t, parser, if more { c.to + n } else { c.to }), true));
        }
        let skip = match t.get(i)?.kind {
            TokenKind::Number => true,
            TokenKind::Sign(c) => {
                matches!(c, ':' | '-' | '–' | '—' | '.' | ',' | '=' | '"' | '|' | '/' | '(' | ')')
            }
            // "место рождения ребёнка: г. Рудный"
            TokenKind::Word if i == end && form == Form::Label && t.sign(i + 1) == Some(':') => true,
            TokenKind::Word => {
                matches!(t.low(i), "г" | "года" | "год" | "ж" | "жылы" | "р" | "в" | "и" | "из")
                    || is_month(t.low(i))
            }
        };
        if !skip || t.gap(i) == Gap::Break {
            break;
        }
        i += 1;
    }
    // no known place: what stands there up to the next sign, when it looks like a name
    let labelled =
        form == Form::Native || (end..i).any(|k| matches!(t.sign(k), Some(':' | '-' | '–' | '—' | '=')));
    // "Место рождения Целиноградская обл."
    let region = form == Form::Label
        && i == end
        && t.get(i).is_some_and(|x| x.cap && x.gap == Gap::Space)
        && parser.word_at(i + 1).0.post & kind::ADMIN != 0;
    if !(labelled || region) || t.gap(i) == Gap::Break {
        return None;
    }
    let from = i;
    // "village of Karatobe, West Kazakhstan oblast"
    if matches!(t.low(i), "village" | "city" | "town" | "settlement" | "aul" | "district")
        && t.low(i + 1) == "of"
    {
        let end = goes_on(t, parser, i + 2);
        let mut end = end.max(i + 2);
        while t.get(end).is_some_and(|x| x.kind == TokenKind::Word && x.cap && x.gap <= Gap::Space) {
            end += 1;
        }
        return (end > i + 2).then(|| (from, goes_on(t, parser, end), true));
    }
    let mut words = 0;
    while let Some(x) = t.get(i) {
        if i > from && x.gap >= Gap::Line {
            break;
        }
        let (w, n) = parser.word_at(i);
        if w.pre & kind::NAMED != 0 || w.post & kind::NAMED != 0 {
            i += n;
            continue;
        }
        if x.kind != TokenKind::Word || (!x.cap && words > 0) || words > 4 {
            break;
        }
        if !(x.cap || (words == 0 && form == Form::Label)) {
            break;
        }
        words += 1;
        i += 1;
    }
    (words > 0).then(|| (from, goes_on(t, parser, i), false))
}

/// Where a place ends whose first part ends at token `i`: `, Башкирская АССР, город Белебей`.
fn goes_on(t: &Tokens, parser: &Parser<'_>, mut i: usize) -> usize {
    const KINDS: [&str; 24] = [
        "г",
        "город",
        "гор",
        "с",
        "село",
        "п",
        "пос",
        "поселок",
        "аул",
        "обл",
        "область",
        "области",
        "край",
        "края",
        "респ",
        "республика",
        "р",
        "н",
        "район",
        "района",
        "oblast",
        "region",
        "district",
        "of",
    ];
    // "Guryev (now Atyrau), Kazakh SSR"
    if t.sign(i) == Some('(') && matches!(t.low(i + 1), "now" | "ныне" | "казирги" | "бывш" | "formerly")
    {
        i = (i + 2..i + 7).find(|k| t.sign(*k) == Some(')')).map_or(i, |close| close + 1);
    }
    for _ in 0..4 {
        // "… Жамбылского района Жамбылской области": no comma between
        let adjective = words::of_a_district(t.low(i));
        let of = t.get(i + 1).is_some_and(|x| x.gap <= Gap::Space) && KINDS.contains(&t.low(i + 1));
        if adjective && of && t.gap(i) == Gap::Space {
            i += 2;
            continue;
        }
        if t.sign(i) != Some(',') || t.gap(i) != Gap::None {
            break;
        }
        let (mut k, mut names) = (i + 1, 0);
        while let Some(x) = t.get(k).filter(|x| x.gap <= Gap::Space) {
            let (w, n) = parser.word_at(k);
            let low = t.low(k);
            let named = w.pre & kind::NAMED != 0 || w.post & kind::NAMED != 0 || KINDS.contains(&low);
            match x.kind {
                TokenKind::Word if named => k += n.max(1),
                TokenKind::Word
                    if x.cap && (!x.upper || low.ends_with("сср")) && names < 3 && x.chars > 2 =>
                {
                    names += 1;
                    k += 1;
                }
                TokenKind::Sign('.' | '-')
                    if k > i + 1
                        && (x.gap == Gap::None)
                        && t.get(k + 1).is_some_and(|y| y.kind == TokenKind::Word) =>
                {
                    k += 1;
                }
                _ => break,
            }
        }
        // what stands there must end as a part of a list does
        let ends =
            t.gap(k) >= Gap::Line || matches!(t.sign(k), Some(',' | ';' | ')' | '.')) || t.get(k).is_none();
        if names == 0 || !ends {
            break;
        }
        i = k;
    }
    i
}

/// Kazakh months, folded.
const NATIVE_MONTHS: [&str; 11] = [
    "кантар",
    "акпан",
    "наурыз",
    "сауир",
    "мамыр",
    "маусым",
    "шилде",
    "тамыз",
    "кыркуйек",
    "караша",
    "желтоксан",
];

fn is_month(w: &str) -> bool {
    ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
        .iter()
        .any(|m| w.starts_with(m))
        || ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            .iter()
            .any(|m| w.starts_with(m))
        || NATIVE_MONTHS.iter().any(|m| w.starts_with(m))
}

/// The place behind "родился …": only with a preposition before it.
fn born(t: &Tokens, chains: &[Chain], end: usize, parser: &Parser<'_>) -> Option<(usize, usize, bool)> {
    for i in end..(end + REACH).min(t.list.len()) {
        if matches!(t.sign(i), Some(';'))
            || t.gap(i) == Gap::Break
            || (t.sign(i) == Some('.') && t.get(i + 1).is_some_and(|x| x.cap && x.chars > 3))
        {
            return None;
        }
        if matches!(t.low(i), "в" | "во" | "in" | "на") {
            let place = chains.iter().find(|c| c.from == i + 1 && is_place(c))?;
            return Some((place.from, goes_on(t, parser, place.to), true));
        }
    }
    None
}

/// The place before "тумасы", "туған": "Қарағанды облысының тумасы", "1990 жылы Алматы қаласында туған".
fn before(t: &Tokens, chains: &[Chain], at: usize) -> Option<(usize, usize, bool)> {
    let c = chains.iter().rev().find(|c| c.to <= at)?;
    let between =
        (c.to..at).all(|k| matches!(t.sign(k), Some(',' | '-' | '–')) || t.low(k).starts_with("дуние"));
    // "… Сексеуіл кентінде қарапайым жұмысшы отбасында дүниеге келдім"
    let within = c.to.checked_sub(1).is_some_and(|k| {
        ["нда", "нде", "да", "де", "та", "те"].iter().any(|e| t.low(k).ends_with(e))
            && t.get(k).is_some_and(|x| x.chars > 4)
    });
    let told =
        within && at - c.to <= 4 && (c.to..at).all(|k| t.is_word(k) && t.get(k).is_some_and(|x| !x.cap));
    (is_place(c) && (told || between && at - c.to <= 2)).then_some((c.from, c.to, true))
}

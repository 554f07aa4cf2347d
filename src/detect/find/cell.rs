//! Cells of columns whose name or content says what they hold: taken whole, also where a value by itself proves nothing.

use super::code::code_at;
use super::date::read;
use super::labelled_day::compact_date;
use super::token::{secret_like, session_like};
use super::written::day_at;
use crate::detect::address::programs;
use crate::detect::beside::term_at;
use crate::detect::column::ColumnContext;
use crate::detect::context::Context;
use crate::detect::engine::Engine;
use crate::detect::fold::{Folded, fold};
use crate::detect::lexicon::matches;
use crate::detect::names::{cell_is_name, named_part};
use crate::detect::proof::phone::{Plan, plan};
use crate::detect::proof::{filler, taxid};
use crate::detect::rules::{Finder, LabelValue, Rule};
use crate::model::{Category, Evidence, EvidenceSet, SegmentKind};

/// What stands in a cell that holds nothing.
pub(super) const EMPTY: &[&str] = &[
    "-",
    "—",
    "–",
    "null",
    "NULL",
    "\\N",
    "n/a",
    "N/A",
    "нет",
    "net",
    "zhok",
    "жоқ",
    "none",
    "None",
    "nan",
    "NaN",
    "0",
    "?",
    "не указано",
    "отсутствует",
    "отсутствуют",
    "не имеет",
    "не имею",
    "нету",
    "no",
    "нет данных",
    "не выявлено",
    "не выявлены",
    "не установлена",
    "не установлено",
    "не установлен",
    "неприменимо",
    "не применимо",
    "не применяется",
    "не требуется",
    "не было",
    "не болел",
    "не болела",
    "не имеется",
    "не страдаю",
    "қолданылмайды",
    "жоқ.",
    "not applicable",
    "nil",
    "отрицает",
    "анықталмаған",
    "көрсетілмеген",
    "unknown",
];

/// Does a cell say that it holds nothing?
pub(crate) fn is_empty(cell: &[u8]) -> bool {
    cell.len() <= 40 && std::str::from_utf8(cell).is_ok_and(|c| c != "0" && EMPTY.contains(&c))
}

/// What a cell from `start` to `end` holds of the form that a rule asks for, where it asks for one.
pub(crate) fn formed(rule: &Rule, text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    if end - start > 80 {
        return None;
    }
    match rule.value {
        LabelValue::Code => code_at(text, start, end, rule),
        LabelValue::Pattern => {
            let pattern = rule.pattern()?;
            let cell = &text[start..end];
            // what a group holds is the value, where there is one
            let m = match pattern.captures_len() {
                1 => pattern.find(cell)?,
                _ => pattern.captures(cell)?.iter().skip(1).flatten().next()?,
            };
            Some((start + m.start(), start + m.end()))
        }
        _ => None,
    }
}

/// Bounds of a cell without blanks, quotes, an apostrophe or `="…"` around its value.
pub(crate) fn trim(text: &[u8], mut lo: usize, mut hi: usize) -> (usize, usize) {
    while lo < hi && (text[lo].is_ascii_whitespace() || matches!(text[lo], b'"' | b'\'' | b'=')) {
        lo += 1;
    }
    while lo < hi && (text[hi - 1].is_ascii_whitespace() || matches!(text[hi - 1], b'"' | b'\'')) {
        hi -= 1;
    }
    (lo, hi)
}

impl Engine<'_> {
    /// Walks the cells of columns that are taken whole.
    pub(crate) fn cells(&mut self) {
        if !self.has_whole {
            return;
        }
        let (columns, tax) = (self.columns, self.detector.tax);
        for (k, s) in self.segments.iter().enumerate() {
            let Some(whole) = columns.get(s.column as usize).map(|c| c.whole).filter(|w| w.any()) else {
                continue;
            };
            // the head of a column in HTML is no cell of it
            if matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta) {
                continue;
            }
            // a cell of twelve digits has lost none: it was looked at already
            let lost = (whole & !tax).any() || s.end - s.start != 12;
            if !lost && self.text[s.start as usize..s.end as usize].iter().all(u8::is_ascii_digit) {
                continue;
            }
            self.select(k);
            let (start, end) = trim(self.text, self.lo, self.hi);
            if start >= end {
                continue;
            }
            for r in whole {
                self.cell(r, start, end);
            }
        }
    }

    fn cell(&mut self, r: usize, start: usize, end: usize) {
        let rule = &self.detector.rules[r];
        let value = &self.text[start..end];
        match rule.finder {
            Finder::Digits if self.detector.tax.has(r) => {
                if let Some((digits, mut e)) = restored(value) {
                    let Some(p) = rule.proof.and_then(|p| p(&digits)) else { return };
                    // only where the restored number proves true
                    if p.proven || e.has(Evidence::FloatWritten) {
                        e = e.union(p.evidence);
                        self.offer(r, start, end, e, p.proven);
                    }
                }
            }
            Finder::Phone => {
                // a number of the town alone, or without its code
                let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
                let sign = |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'(' | b')');
                let mobile = value.len() == 10 && digits == 10 && value[0] == b'7';
                if mobile && plan(value) == Plan::Mobile && !filler(value) {
                    self.offer(r, start, end, EvidenceSet::new().with(Evidence::CodeTable), false);
                } else if (9..=12).contains(&digits)
                    && matches!(value[0], b'7' | b'8' | b'+' | b'(')
                    && value.len() > digits
                    && value.iter().all(|b| sign(b) || *b == b'+')
                    && !is_date(value)
                    && !filler(value)
                {
                    // a digit too few or too many, and grouped as telephones are
                    self.offer(r, start, end, EvidenceSet::new().with(Evidence::CodeUnknown), false);
                } else if (5..=7).contains(&digits)
                    && value.len() <= 14
                    && value.iter().all(sign)
                    && !is_date(value)
                {
                    self.offer(r, start, end, EvidenceSet::new().with(Evidence::CodeUnknown), false);
                }
            }
            Finder::Digits | Finder::Series | Finder::Date | Finder::Cadastral => {
                // a passport in the column of identity cards, an identity card in that of passports
                let other = self.other_document(r, value);
                if other != r {
                    self.offer_labelled(other, start, end);
                    return;
                }
                let rule = &self.detector.rules[r];
                // "2003 жылғы 8 наурыз"
                if rule.finder == Finder::Date
                    && value.len() <= 120
                    && value.iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80)
                {
                    let mut f = Folded::default();
                    f.push(value, start as u32);
                    if let Some(stop) = day_at(&f.text, 0) {
                        let stop = f.from.get(stop).map_or(end, |p| *p as usize);
                        self.offer(r, start, stop, EvidenceSet::new().with(Evidence::Calendar), true);
                        return;
                    }
                }
                let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
                let letters = value.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
                // one digit more or less than the rule knows: a lost zero, a slip
                let lengths = &rule.file.lengths;
                let near =
                    lengths.is_empty() || lengths.iter().any(|n| usize::from(*n).abs_diff(digits) <= 1);
                // the date of a document is not its number
                let date = rule.finder != Finder::Date && is_date(value);
                // nor are a district, house and flat the index of a post office
                let joined =
                    rule.file.category == "postcode" && value.iter().any(|b| matches!(b, b'-' | b'/'));
                if value.len() <= 24 && digits >= 4 && letters <= 6 && near && !date && !joined {
                    let day = rule.finder == Finder::Date && letters == 0 && compact_day(value);
                    let e = if day { Evidence::Calendar } else { Evidence::CodeUnknown };
                    let mut e = EvidenceSet::new().with(e);
                    // whose year it is stands beside it
                    if rule.finder == Finder::Date && self.column.years && value.len() == 4 {
                        e.add(Evidence::Neighbours);
                    }
                    self.offer(r, start, end, e, day);
                }
            }
            Finder::Module | Finder::Label | Finder::Handle | Finder::Secret => {
                let Ok(s) = std::str::from_utf8(value) else { return };
                if matches!(rule.value, LabelValue::Code | LabelValue::Pattern) {
                    if let Some((s, e)) = formed(rule, self.text, start, end) {
                        self.offer_named(r, s, e);
                    }
                    return;
                }
                if rule.category.as_str() == "secret" && !secret_like(value) {
                    return;
                }
                let number_ok = rule.value == LabelValue::Number || rule.value == LabelValue::Decimal;
                // "34", "34 жас", "40+": a figure begins it
                if rule.value == LabelValue::Number && !value[0].is_ascii_digit() {
                    return;
                }
                // the oldest person on record was 122: a larger figure is a copy's
                if rule.value == LabelValue::Number
                    && s.bytes().all(|b| b.is_ascii_digit())
                    && s.parse::<u16>().map_or(true, |n| n > 130)
                {
                    return;
                }
                // a handle is one word; of several only one with its sign may be one
                if rule.finder == Finder::Handle && s.contains(char::is_whitespace) && !s.contains('@') {
                    return;
                }
                if rule.value == LabelValue::Decimal && !degrees(s) {
                    return;
                }
                // "Nationality": a people, and no state
                if rule.id == "citizenship" && self.people(value) {
                    if let Some(r) = self.detector.rule_named("nationality") {
                        self.offer_labelled(r, start, end);
                    }
                    return;
                }
                // a label in the cell beside is no column's name, nor is a key above the last one: the value must be known
                if (self.column.form || self.column.above) && rule.value == LabelValue::List {
                    // "разведена, дочь Нармин"
                    if let Some(n) =
                        value.iter().position(|b| matches!(b, b',' | b';' | b'(')).filter(|n| *n > 3)
                    {
                        let (s, e) = trim(self.text, start, start + n);
                        let folded = fold(&String::from_utf8_lossy(&self.text[s..e]));
                        if self.detector.values[r].iter().any(|v| matches(v, &folded, 0).is_some()) {
                            self.offer_named(r, s, e);
                        }
                        return;
                    }
                    let folded = fold(s);
                    if !self.detector.values[r].iter().any(|v| matches(v, &folded, 0).is_some()) {
                        return;
                    }
                }
                // nor is one small Latin word, as programs write them, a value of a form
                if self.column.form && value.iter().all(|b| b.is_ascii_lowercase() || *b == b'_') {
                    return;
                }
                let text = s.chars().any(char::is_alphabetic);
                // the term of a card is a month and a year, and nothing else is
                if rule.id == "card_term" {
                    if term_at(value) == Some(value.len()) {
                        self.offer(r, start, end, EvidenceSet::new().with(Evidence::Form), true);
                    }
                    return;
                }
                if rule.category.as_str() == "cookie" && !session_like(value) {
                    // "JSESSIONID=7A0F…; lang=kk": the sessions among the pairs
                    let mut at = start;
                    for pair in value.split(|b| *b == b';') {
                        let from = memchr::memchr(b'=', pair).map_or(pair.len(), |n| n + 1);
                        if session_like(&pair[from..]) {
                            self.offer_named(r, at + from, at + pair.len());
                        }
                        at += pair.len() + 1;
                    }
                    return;
                }
                // the mark of a device is nobody's finger
                if rule.file.category == "special" && session_like(value) {
                    return;
                }
                // nor is a short code a password, or the day of a row
                let day = value.first_chunk::<10>().is_some_and(|d| is_date(d));
                if rule.file.category == "password" && (value.len() < 4 || day) {
                    return;
                }
                // a total, a label or a firm below the names
                let (mut start, mut end) = (start, end);
                if rule.category == Category::PERSON {
                    // «Пробников 1», «2. Ким»: a number beside a name takes nothing from it
                    let bare = s.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | ')'));
                    if !cell_is_name(bare) {
                        return;
                    }
                    let (from, to) = named_part(s);
                    (start, end) = (start + from, start + to);
                }
                let link = s.contains("://") || s.starts_with('#');
                if rule.category == Category::ADDRESS && (link || programs(value) || labelled_number(value)) {
                    return;
                }
                let date = rule.category.as_str() == "birth_date";
                if rule.file.category == "sex" && value.len() > 1 && value.iter().any(u8::is_ascii_digit) {
                    return;
                }
                // 1 is a man, 2 a woman (ISO/IEC 5218)
                let coded = rule.file.category == "sex" && matches!(value, b"1" | b"2");
                let written = self.kind == SegmentKind::Number
                    || self.kind == SegmentKind::Cell && self.column.table && !self.column.path;
                if coded && written && !self.column.form {
                    self.offer(r, start, end, EvidenceSet::new().with(Evidence::CodeTable), true);
                    return;
                }
                if EMPTY.contains(&s)
                    || !(text
                        || number_ok
                        || date
                        || rule.file.category == "password"
                        || rule.category == Category::ADDRESS && numbered(value))
                    || s.len() > 400
                {
                    return;
                }
                self.offer(r, start, end, EvidenceSet::new(), true);
            }
            _ => {}
        }
    }
}

impl Engine<'_> {
    /// A part of the cell, told by the name of its column.
    fn offer_named(&mut self, r: usize, start: usize, end: usize) {
        let mut c = Context::of(self.column);
        c.column = self.column;
        self.last_context = Some((start, end, c));
        self.offer(r, start, end, EvidenceSet::new(), true);
        self.last_context = None;
    }

    /// The cell of a table in running text, for the rules that the name of its column asks to take it whole.
    pub(crate) fn named_cell(&mut self, column: &ColumnContext, start: usize, end: usize) {
        for r in column.whole {
            let r = self.other_document(r, &self.text[start..end]);
            let rule = &self.detector.rules[r];
            let value = std::str::from_utf8(&self.text[start..end]).unwrap_or_default();
            if matches!(rule.finder, Finder::Digits | Finder::Series | Finder::Date | Finder::Cadastral) {
                if self.number_of(r, start, end) {
                    self.offer_labelled(r, start, end);
                }
                continue;
            }
            let coded = rule.file.category == "sex" && matches!(value, "1" | "2");
            let at = match rule.value {
                _ if coded => Some((start, end)),
                LabelValue::Number => {
                    let age = value.bytes().all(|b| b.is_ascii_digit()) && value.len() <= 3;
                    (age && value.parse::<u8>().is_ok_and(|n| (1..=110).contains(&n))).then_some((start, end))
                }
                LabelValue::Code | LabelValue::Pattern => formed(rule, self.text, start, end),
                LabelValue::List => {
                    let folded = fold(value);
                    let known = self.detector.values[r].iter().filter_map(|v| matches(v, &folded, 0)).max();
                    // "KAZ P/N12345678": another field runs on behind the value
                    let figure = value.bytes().any(|b| b.is_ascii_digit());
                    let word = value.find(' ').filter(|_| figure).map_or(end, |n| start + n);
                    known.map(|_| (start, word))
                }
                // "МИРА 16-31": an address ends with its house, and a place of birth has no figures
                _ if rule.category == Category::ADDRESS => house_behind(value).then_some((start, end)),
                _ if rule.category == Category::BIRTH_PLACE => {
                    let words = value.chars().filter(|c| c.is_alphabetic()).count() >= 3;
                    let figures = value.bytes().any(|b| b.is_ascii_digit());
                    (words && !figures && !EMPTY.contains(&value)).then_some((start, end))
                }
                _ => {
                    let words = value.chars().any(char::is_alphabetic) && !EMPTY.contains(&value);
                    words.then_some((start, end))
                }
            };
            if let Some((s, e)) = at {
                self.offer_labelled(r, s, e);
            }
        }
    }

    /// Is a cell the name of a people, where its column may tell of a state as well?
    fn people(&self, value: &[u8]) -> bool {
        let (Some(people), Some(state)) =
            (self.detector.rule_named("nationality"), self.detector.rule_named("citizenship"))
        else {
            return false;
        };
        if value.len() > 40 || value.len() < 8 || value[0] < 0x80 {
            return false;
        }
        let f = fold(&String::from_utf8_lossy(value));
        let whole = |r: usize| self.detector.values[r].iter().filter_map(|v| matches(v, &f, 0)).max();
        whole(people).is_some_and(|n| n == f.len())
            && whole(state).is_none()
            && memchr::memmem::find(&f, &fold("стан")).is_none()
    }

    /// Could a cell be the number or day that rule `r` looks for, so that the name of its column is enough?
    fn number_of(&self, r: usize, start: usize, end: usize) -> bool {
        let rule = &self.detector.rules[r];
        let value = &self.text[start..end];
        if value.len() > 24 || self.detector.tax.has(r) {
            return false;
        }
        let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
        let letters = value.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
        if rule.finder == Finder::Date {
            // "9 Dec 2003"
            if letters > 0 {
                let folded = fold(&String::from_utf8_lossy(value));
                if day_at(&folded, 0) == Some(folded.len()) {
                    return true;
                }
            }
            let year = digits == 4 && matches!(value, [b'1', b'9', ..] | [b'2', b'0', ..]);
            return is_date(value)
                || digits == value.len() && (year && value.len() == 4 || compact_day(value));
        }
        let lengths = &rule.file.lengths;
        let fits = lengths.is_empty() || lengths.iter().any(|n| usize::from(*n) == digits);
        digits >= 4 && letters <= 6 && fits && !is_date(value) && rule.file.needs_label
    }

    /// The rule that a document in a column of documents is of: identity cards are nine digits, passports begin with letters.
    fn other_document(&self, r: usize, value: &[u8]) -> usize {
        let rules = &self.detector.rules;
        // "65 19 № 204118"
        let bare: Vec<u8>;
        let mut value = value;
        if let Some(at) = memchr::memmem::find(value, "№ ".as_bytes()) {
            bare = [&value[..at], &value[at + "№ ".len()..]].concat();
            value = &bare;
        }
        let letters = value.iter().take_while(|b| b.is_ascii_uppercase()).count();
        let rest = &value[letters..];
        let digits = rest.iter().filter(|b| b.is_ascii_digit()).count();
        let plain = rest.iter().all(|b| b.is_ascii_digit() || *b == b' ');
        let russian = letters == 0 && plain && {
            let groups: arrayvec::ArrayVec<usize, 4> =
                value.split(|b| *b == b' ').take(4).map(<[u8]>::len).collect();
            matches!(groups[..], [4, 6] | [2, 2, 6] | [2, 7])
        };
        let other = match rules[r].id {
            "id_card" | "passport" if russian => "ru_passport",
            "id_card" if (1..=2).contains(&letters) && plain && (7..=8).contains(&digits) => "passport",
            // the number of an identity card has no letters, that of a driving licence two
            "id_card" if letters == 2 && plain && digits == 6 => "driver_licence",
            "passport" if letters == 0 && plain && digits == 9 && rest[0] == b'0' => "id_card",
            _ => return r,
        };
        rules.iter().position(|rule| rule.id == other).unwrap_or(r)
    }
}

/// `14-25-8`, `6-12-41`: a district without a name, a house and a flat, as towns write that have no streets.
fn numbered(value: &[u8]) -> bool {
    let mut parts = value.split(|b| *b == b'-');
    let part = |p: &[u8]| (1..=3).contains(&p.len()) && p.iter().all(u8::is_ascii_digit) && p[0] != b'0';
    value.len() <= 11 && parts.clone().count() == 3 && parts.all(part)
}

/// `Касса: 8 (71043) 2-15-40`: a word, a colon and the figures of a telephone.
fn labelled_number(value: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', value) else { return false };
    let rest = &value[colon + 1..];
    let digits = rest.iter().filter(|b| b.is_ascii_digit()).count();
    let figures = |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'(' | b')' | b'-' | b'+');
    digits >= 9 && rest.iter().all(figures)
}

/// `МИРА 16-31`, `50 ЛЕТ ОКТЯБРЯ 101-7`: words and the number of a house behind them, and no telephone.
fn house_behind(value: &str) -> bool {
    let Some((words, house)) = value.rsplit_once(' ') else { return false };
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
        && words.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !words.contains(['+', '@', ':', ','])
        && house.starts_with(|c: char| c.is_ascii_digit())
        && house.len() <= 8
        && digits <= 7
}

/// `19630212`, `12021963`, `19630212000000` with an hour of zeros.
fn compact_day(value: &[u8]) -> bool {
    let day = if value.len() == 14 { value.strip_suffix(b"000000").unwrap_or_default() } else { value };
    day.len() == 8 && day.iter().all(u8::is_ascii_digit) && compact_date(day)
}

/// `12.04.2019`, `2019-04-12`.
fn is_date(value: &[u8]) -> bool {
    let mut parts = value.split(|b| matches!(b, b'.' | b'-' | b'/'));
    let mut next = || {
        let p = parts.next()?;
        let n = std::str::from_utf8(p).ok()?.parse::<u32>().ok()?;
        Some((p.len() as u8, n))
    };
    let (Some(a), Some(b), Some(c)) = (next(), next(), next()) else { return false };
    value.len() == 10 && read((a.0, b.0, c.0), (a.1, b.1, c.1)).is_some()
}

/// A latitude or longitude that tells a place to a hundred metres.
fn degrees(s: &str) -> bool {
    let decimals = s.split_once(['.', ',']).map_or(0, |(_, d)| d.len());
    decimals >= 3 && s.replace(',', ".").parse::<f64>().is_ok_and(|d| d.abs() <= 180.0 && d != 0.0)
}

/// Twelve digits from a cell that lost leading zeros, or that was written as a floating-point number.
fn restored(value: &[u8]) -> Option<([u8; 12], EvidenceSet)> {
    let mut e = EvidenceSet::new();
    let digits: Vec<u8>;
    if let Some(x) = value.iter().position(|b| matches!(b, b'E' | b'e')) {
        // 9.91231500016E+11 has all twelve digits, 9.91232E+11 has not
        let exponent: i32 = std::str::from_utf8(&value[x + 1..]).ok()?.parse().ok()?;
        let mantissa: Vec<u8> = value[..x].iter().copied().filter(u8::is_ascii_digit).collect();
        let point = value[..x].iter().any(|b| matches!(b, b'.' | b','));
        if !point
            || value[1] != b'.' && value[1] != b','
            || !(8..=11).contains(&exponent)
            || mantissa.len() > exponent as usize + 1
        {
            return None;
        }
        let mut d = mantissa;
        d.resize(exponent as usize + 1, b'0');
        digits = d;
        e.add(Evidence::FloatWritten);
    } else {
        let body = value.strip_suffix(b".0").or_else(|| value.strip_suffix(b".00")).unwrap_or(value);
        if body.len() < value.len() {
            e.add(Evidence::FloatWritten);
        }
        if !body.iter().all(u8::is_ascii_digit) || body.len() < 7 || body.len() > 11 {
            return None;
        }
        digits = body.to_vec();
    }
    if digits.len() > 12 || digits.is_empty() {
        return None;
    }
    let mut d = [b'0'; 12];
    d[12 - digits.len()..].copy_from_slice(&digits);
    if digits.len() < 12 {
        e.add(Evidence::ZerosRestored);
        if !taxid::check_digit_12(&d) {
            return None;
        }
    }
    Some((d, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_zeros_come_back() {
        assert_eq!(restored(b"101100016").unwrap().0, *b"000101100016");
        assert_eq!(restored(b"9.91231500016E+11").unwrap().0, *b"991231500016");
        assert!(restored(b"101100017").is_none());
        assert!(restored(b"991231500016").is_none());
    }
}

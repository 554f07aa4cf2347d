//! Records: the pieces of one line, or the cells of one row without names of columns. What is known of some of them
//! (a person, a number of one) says what the others are, which no label tells: `Ким Р., ж, 1984 г.р., 512 KLM 05`.

mod forms;
mod kin;

use super::column::PERSONS;
use super::context::{char_end, char_start};
use super::detector::{Detector, Scratch};
use super::engine::Candidate;
use super::fold::Folded;
use super::lexicon::matches;
use super::rules::Rule;
use crate::model::{Block, Category, Evidence, EvidenceSet, Finding, SegmentKind};

use forms::{Form, behind_sign, form, longitude};

pub(super) use forms::{of_state, six};

/// Bytes of a line on either side of what is known.
const REACH: usize = 600;
/// Bytes on either side of a disease in which somebody may stand that it is said of.
const COMPANY: usize = 480;
/// How sure what company alone tells is.
const SCORE: f32 = 0.6;
/// Most pieces of a record that are read.
const PIECES: usize = 64;

/// A piece of a record.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: usize,
    end: usize,
    segment: u32,
    known: Option<Category>,
}

/// What a piece is told to be: the rule, its bounds and its segment.
type Told = (&'static str, usize, usize, u32);

impl Detector {
    /// Reads the lines of running text in which somebody was found.
    pub(super) fn records(&self, block: &Block, scratch: &mut Scratch) {
        self.company(block, scratch);
        let mut lines: Vec<(u32, usize, usize)> = Vec::new();
        for c in scratch.found.iter().filter(|c| c.score >= 0.5 && of_person(c.category)) {
            let Some(s) = block.segments.get(c.segment as usize).filter(|s| s.kind == SegmentKind::Prose)
            else {
                continue;
            };
            let (lo, hi) = (s.start as usize, (s.end as usize).min(block.text.len()));
            let (start, end) = (c.start as usize, c.end as usize);
            if start < lo || end > hi || lines.iter().rev().take(8).any(|l| l.1 <= start && start < l.2) {
                continue;
            }
            let from = lo.max(start.saturating_sub(REACH));
            let from = memchr::memrchr(b'\n', &block.text[from..start]).map_or(from, |n| from + n + 1);
            let to = hi.min(end + REACH);
            let to = memchr::memchr(b'\n', &block.text[end..to]).map_or(to, |n| end + n);
            let (from, to) = (char_start(&block.text, from, start), char_end(&block.text[..hi], to, end));
            lines.push((c.segment, from, to));
        }
        if lines.is_empty() {
            return;
        }
        let mut known: Vec<(usize, usize, Category)> = scratch
            .found
            .iter()
            .filter(|c| c.score >= 0.5)
            .map(|c| (c.start as usize, c.end as usize, c.category))
            .collect();
        known.sort_unstable_by_key(|k| k.0);
        let mut told: Vec<Told> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        for (segment, from, to) in lines {
            pieces.clear();
            cut(&block.text, from, to, segment, &mut pieces);
            let first = known.partition_point(|k| k.0 + REACH < from);
            for p in &mut pieces {
                let near = known[first..].iter().take_while(|k| k.0 < p.end);
                p.known = near.filter(|k| k.1 > p.start).map(|k| k.2).last();
            }
            self.tell(&block.text, &pieces, true, &mut told);
        }
        for (rule, start, end, segment) in told {
            let Some(k) = self.rule_named(rule) else { continue };
            let r = &self.rules[k];
            scratch.found.push(Candidate {
                start: start as u32,
                end: end as u32,
                segment,
                rule: k as u16,
                category: r.category,
                subtype: r.subtype,
                evidence: EvidenceSet::new().with(Evidence::Neighbours).with(Evidence::Form),
                score: SCORE,
                proven: true,
                entity: 0,
            });
        }
    }

    /// Raises what counts in company only, where somebody stands near it.
    fn company(&self, block: &Block, scratch: &mut Scratch) {
        let year = |c: &Candidate| c.category == Category::BIRTH_DATE && c.end - c.start == 4;
        let asks = |c: &Candidate| self.rules[usize::from(c.rule)].file.company && c.score < 0.5 || year(c);
        if !scratch.found.iter().any(asks) {
            return;
        }
        let people: Vec<(u32, u32, u32, Category)> = scratch
            .found
            .iter()
            .filter(|c| c.score >= 0.6 && of_person(c.category))
            .map(|c| (c.segment, c.start, c.end, c.category))
            .collect();
        for c in scratch.found.iter_mut().filter(|c| asks(c)) {
            let prose = block.segments.get(c.segment as usize).is_some_and(|s| s.kind == SegmentKind::Prose);
            let near = |p: &(u32, u32, u32, Category)| {
                p.0 == c.segment
                    && (!year(c) || p.3 == Category::PERSON)
                    && (p.1.saturating_sub(c.end) as usize) < COMPANY
                    && (c.start.saturating_sub(p.2) as usize) < COMPANY
            };
            if prose && people.iter().any(near) {
                c.evidence.add(Evidence::Neighbours);
                if year(c) {
                    continue;
                }
                c.score = super::context::score(&self.rules[usize::from(c.rule)], c.evidence);
            }
        }
    }

    /// Reads the rows of a table whose columns have no names, and adds to `out` (from `from` on) what they tell.
    pub(super) fn rows(&self, block: &Block, from: usize, out: &mut Vec<Finding>) {
        let mut told: Vec<Told> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut next = from;
        let mut k = 0;
        while k < block.segments.len() {
            let row = block.segments[k].row;
            pieces.clear();
            let mut people = false;
            while let Some(s) = block.segments.get(k).filter(|s| s.row == row) {
                while out.get(next).is_some_and(|f| f.segment < k as u32) {
                    next += 1;
                }
                let known = out.get(next).filter(|f| f.segment == k as u32).map(|f| f.category);
                people |= known.is_some_and(of_person);
                let cell = matches!(s.kind, SegmentKind::Cell | SegmentKind::Number | SegmentKind::Date);
                if cell && pieces.len() < PIECES {
                    let (start, end) = super::find::trim(
                        &block.text,
                        s.start as usize,
                        (s.end as usize).min(block.text.len()),
                    );
                    if end > start {
                        pieces.push(Piece { start, end, segment: k as u32, known });
                    }
                }
                k += 1;
            }
            if people {
                self.tell(&block.text, &pieces, false, &mut told);
            }
        }
        for (rule, start, end, segment) in told {
            let Some(r) = self.rule_named(rule).map(|k| &self.rules[k]).filter(|r| self.wanted(r.category))
            else {
                continue;
            };
            if self.options.min_confidence > SCORE {
                continue;
            }
            out.push(finding(r, start as u32, end as u32, segment));
        }
        if !out[from..].is_sorted_by_key(|f| f.start) {
            out[from..].sort_by_key(|f| f.start);
        }
    }

    /// Latitude and longitude in cells beside one another that no name tells, in rows of somebody: `"pt": [51.1, 71.4]`.
    pub(super) fn pairs(&self, block: &Block, from: usize, out: &mut Vec<Finding>) {
        let Some(rule) = self.rule_named("coordinates").map(|k| &self.rules[k]) else { return };
        if !self.wanted(rule.category) || self.options.min_confidence > SCORE {
            return;
        }
        let degrees = |s: &crate::model::Segment| {
            let number = matches!(s.kind, SegmentKind::Number) && (7..=12).contains(&(s.end - s.start));
            let cell = block.text.get(s.start as usize..s.end as usize).filter(|_| number)?;
            matches!(form(cell), Some(Form::Degrees { .. })).then_some(cell)
        };
        let mut told: Vec<Finding> = Vec::new();
        for (k, two) in block.segments.windows(2).enumerate() {
            let (Some(a), Some(b)) = (degrees(&two[0]), degrees(&two[1])) else { continue };
            // latitude first, or longitude first as GeoJSON has it
            let latitude = |c: &[u8]| matches!(form(c), Some(Form::Degrees { latitude: true }));
            if two[0].row != two[1].row || !(latitude(a) && longitude(b) || longitude(a) && latitude(b)) {
                continue;
            }
            let row =
                |f: &&Finding| block.segments.get(f.segment as usize).is_some_and(|s| s.row == two[0].row);
            if !out[from..].iter().filter(row).any(|f| of_person(f.category)) {
                continue;
            }
            for (n, s) in [(k, &two[0]), (k + 1, &two[1])] {
                let known = |f: &Finding| f.segment == n as u32;
                if !out[from..].iter().any(known) && !told.iter().any(known) {
                    told.push(finding(rule, s.start, s.end, n as u32));
                }
            }
        }
        if !told.is_empty() {
            out.extend(told);
            out[from..].sort_by_key(|f| f.start);
        }
    }

    /// What the pieces of a record are by the company that they stand in. `line`: of running text.
    fn tell(&self, text: &[u8], pieces: &[Piece], line: bool, out: &mut Vec<Told>) {
        let forms: Vec<Option<Form>> = pieces
            .iter()
            .map(|p| if p.known.is_some() { None } else { form(&text[p.start..p.end]) })
            .collect();
        let listed = |id: &'static str, p: &Piece| {
            (p.known.is_none() && p.end - p.start <= 40).then(|| self.listed_value(id, text, p)).flatten()
        };
        let has = |of: &[Category]| pieces.iter().any(|p| p.known.is_some_and(|k| of.contains(&k)));
        let is = |f: fn(&Form) -> bool| forms.iter().flatten().any(f);
        // kinds that are known, and kinds of forms that agree with them
        let mut kinds: Vec<Category> = pieces.iter().filter_map(|p| p.known).filter(|k| counts(*k)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut agree: Vec<u8> = forms.iter().flatten().filter_map(|f| weight(*f)).collect();
        agree.sort_unstable();
        agree.dedup();
        let total = kinds.len() + agree.len();
        let person = has(&[Category::PERSON, Category::IIN, Category::PASSPORT, Category::ID_CARD]);
        if !kinds.iter().any(|k| of_person(*k)) {
            return;
        }
        if total < 2 {
            // the day or year of somebody's birth needs but a word for it
            for (k, p) in pieces.iter().enumerate() {
                let family = || {
                    line && k > 0
                        && pieces[k - 1].known == Some(Category::PERSON)
                        && kin::near(text, pieces, k)
                };
                let told = match forms[k] {
                    Some(Form::Born) => {
                        out.push(("birth_date", p.start, p.start + 4, p.segment));
                        false
                    }
                    Some(Form::Year) => family() || line && kin::listed(text, pieces, k),
                    Some(Form::Day { .. }) => family(),
                    Some(Form::Faith) if person => {
                        out.push(("special_religion", p.start, p.end, p.segment));
                        false
                    }
                    _ => false,
                };
                if told {
                    out.push(("birth_date", p.start, p.end, p.segment));
                }
            }
            return;
        }
        let vehicle = has(&[Category::PLATE, Category::VIN, Category::VEHICLE_CERTIFICATE])
            || is(|f| matches!(f, Form::Plate { .. } | Form::Vehicle));
        let born = has(&[Category::BIRTH_DATE]);
        let numbers: Vec<[u8; 6]> = pieces
            .iter()
            .filter(|p| p.known == Some(Category::IIN))
            .filter_map(|p| {
                let digits: Vec<u8> =
                    text[p.start..p.end].iter().copied().filter(u8::is_ascii_digit).collect();
                digits.first_chunk::<6>().copied()
            })
            .collect();
        let of_number = |d: &[u8; 6]| numbers.contains(d);
        let beside = |k: usize, f: &dyn Fn(usize) -> bool| {
            k.checked_sub(1).is_some_and(f) || k + 1 < pieces.len() && f(k + 1)
        };
        for (k, p) in pieces.iter().enumerate() {
            let mut tell = |rule| out.push((rule, p.start, p.end, p.segment));
            // "ARM AT0412345": what stands behind a state is the number of its passport
            let state = k > 0
                && (forms[k - 1] == Some(Form::State)
                    || pieces[k - 1].known == Some(Category::CITIZENSHIP)
                        && pieces[k - 1].end - pieces[k - 1].start == 3);
            if state && p.known.is_none() && person && total >= 3 && forms::of_state(&text[p.start..p.end]) {
                let card = matches!(forms[k], Some(Form::IdCard { .. }));
                tell(if card { "id_card" } else { "passport" });
                continue;
            }
            // "17041952 2": the figure behind a day is a sex (ISO/IEC 5218)
            let coded = k > 0
                && p.start == pieces[k - 1].end + 1
                && text[p.start - 1] == b' '
                && matches!(&text[p.start..p.end], b"1" | b"2");
            if coded
                && person
                && total >= 3
                && (matches!(forms[k - 1], Some(Form::Day { .. }))
                    || pieces[k - 1].known == Some(Category::BIRTH_DATE))
            {
                tell("sex");
                continue;
            }
            let Some(f) = forms[k] else {
                if p.known.is_none() && person {
                    if let Some(end) = listed("marital_status", p) {
                        out.push(("marital_status", p.start, end, p.segment));
                    } else if total >= 3
                        && let Some(end) = listed("nationality", p)
                    {
                        out.push(("nationality", p.start, end, p.segment));
                    }
                }
                continue;
            };
            match f {
                Form::Day { six, export } => {
                    let sex = beside(k, &|n| {
                        matches!(forms[n], Some(Form::Sex { .. })) || pieces[n].known == Some(Category::SEX)
                    });
                    let family = line && !born && kin::near(text, pieces, k);
                    if of_number(&six) || family || !born && person && sex && (export || total >= 3) {
                        tell("birth_date");
                    }
                }
                // a copy keeps the word behind it
                Form::Born => out.push(("birth_date", p.start, p.start + 4, p.segment)),
                Form::Year => {
                    let named = k > 0 && pieces[k - 1].known == Some(Category::PERSON);
                    if line && named && (kin::near(text, pieces, k) || kin::listed(text, pieces, k)) {
                        tell("birth_date");
                    }
                }
                Form::Sex { letter } => {
                    let day = beside(k, &|n| {
                        matches!(forms[n], Some(Form::Day { .. }))
                            || pieces[n].known == Some(Category::BIRTH_DATE)
                    });
                    if person && (day || !letter) && total >= 3 {
                        tell("sex");
                    }
                }
                Form::Plate { sure } if sure || vehicle && (total >= 3 || !line) => tell("plate"),
                Form::Licence if vehicle && person => tell("driver_licence"),
                Form::Vehicle if vehicle && person => tell("vehicle_certificate"),
                Form::Passport { told: true } => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("passport", at, p.end, p.segment));
                }
                Form::RuPassport => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("ru_passport", at, p.end, p.segment));
                }
                Form::IdCard { told: true } => {
                    let at = p.start + behind_sign(&text[p.start..p.end]);
                    out.push(("id_card", at, p.end, p.segment));
                }
                Form::Passport { .. } if total >= 3 && person => tell("passport"),
                Form::Foreign
                    if total >= 3
                        && person
                        && (is(|f| *f == Form::State) || has(&[Category::CITIZENSHIP])) =>
                {
                    tell("passport");
                }
                Form::IdCard { .. } if total >= 3 && person && (born || !numbers.is_empty()) => {
                    tell("id_card")
                }
                Form::Military if person && total >= 3 => tell("military_id"),
                Form::Phone if has(&[Category::PERSON]) => tell("phone"),
                Form::Abroad if has(&[Category::PERSON, Category::PHONE, Category::IMEI]) => tell("phone"),
                Form::Degrees { latitude: true } => {
                    let east = pieces.get(k + 1).filter(|e| {
                        matches!(forms[k + 1], Some(Form::Degrees { .. })) && longitude(&text[e.start..e.end])
                    });
                    if let Some(e) = east {
                        tell("coordinates");
                        out.push(("coordinates", e.start, e.end, e.segment));
                    }
                }
                Form::Faith if person => tell("special_religion"),
                Form::Age if person || has(&[Category::PHONE]) && total >= 2 => tell("age"),
                Form::Postcode if has(&[Category::ADDRESS]) => tell("postcode_digits"),
                Form::Rnn if total >= 3 => tell("rnn"),
                Form::State if total >= 4 && person && (born || is(|f| matches!(f, Form::Day { .. }))) => {
                    tell("citizenship");
                }
                _ => {}
            }
        }
    }

    /// Where the value of a rule's list ends that is all of a piece, but for a word or two behind it.
    fn listed_value(&self, id: &str, text: &[u8], p: &Piece) -> Option<usize> {
        let rule = self.rule_named(id)?;
        let piece = &text[p.start..p.end];
        if piece.iter().any(u8::is_ascii_digit) || !forms::letters_only(piece) {
            return None;
        }
        let mut f = Folded::default();
        f.push(piece, p.start as u32);
        let end = self.values[rule].iter().filter_map(|v| matches(v, &f.text, 0)).max()?;
        let country = memchr::memmem::find(&f.text, &super::fold::fold("стан")).is_some();
        (end == f.text.trim_ascii_end().len() && end >= 3 && !country).then_some(p.end)
    }
}

/// What company told.
fn finding(rule: &Rule, start: u32, end: u32, segment: u32) -> Finding {
    Finding {
        start,
        end,
        segment,
        category: rule.category,
        subtype: rule.subtype,
        rule: rule.id,
        confidence: SCORE,
        evidence: EvidenceSet::new().with(Evidence::Neighbours).with(Evidence::Form),
        alternatives: Default::default(),
        entity: 0,
    }
}

/// Categories that only somebody has.
fn of_person(c: Category) -> bool {
    PERSONS.contains(&c) || c == Category::EMAIL
}

/// Categories that count for a record of somebody.
fn counts(c: Category) -> bool {
    of_person(c)
        || [
            Category::ADDRESS,
            Category::CARD,
            Category::IBAN,
            Category::PLATE,
            Category::VIN,
            Category::RNN,
            Category::SIK,
            Category::IMEI,
            Category::DRIVER_LICENCE,
            Category::CITIZENSHIP,
            Category::SEX,
            Category::MARITAL_STATUS,
            Category::NATIONALITY,
            Category::MILITARY_ID,
            Category::BIRTH_PLACE,
        ]
        .contains(&c)
}

/// Forms that few other things have count for a record, each kind once.
fn weight(f: Form) -> Option<u8> {
    match f {
        Form::Day { export: true, .. } => Some(0),
        Form::Born => Some(1),
        Form::Sex { .. } => Some(2),
        Form::Plate { .. } => Some(3),
        Form::Passport { .. } => Some(4),
        Form::IdCard { told: true } => Some(5),
        Form::RuPassport => Some(6),
        Form::Rnn => Some(7),
        Form::Vehicle => Some(8),
        Form::Foreign => Some(9),
        Form::State => Some(10),
        Form::Degrees { .. } => Some(11),
        Form::Phone => Some(12),
        _ => None,
    }
}

/// Cuts a line into pieces: at commas, strokes, quotes, brackets, tabs, and two blanks or more; words in capitals and
/// figures that stand a blank apart (`M 14MAR82`, `KAZ P/N12345678`) are pieces too.
fn cut(text: &[u8], from: usize, to: usize, segment: u32, out: &mut Vec<Piece>) {
    let mut push = |start: usize, end: usize| {
        let (start, end) = super::find::trim(text, start, end);
        if end <= start || out.len() >= PIECES {
            return;
        }
        let piece = &text[start..end];
        let plain = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'/' | b' ' | b'-');
        if piece.len() <= 28 && piece.contains(&b' ') && form(piece).is_none() && piece.iter().all(plain) {
            let mut at = start;
            for word in piece.split(|b| *b == b' ') {
                if !word.is_empty() {
                    out.push(Piece { start: at, end: at + word.len(), segment, known: None });
                }
                at += word.len() + 1;
            }
            return;
        }
        out.push(Piece { start, end, segment, known: None });
    };
    // "SRDOCS KC HK1-P-KAZ-N12345678-KAZ-21FEB79-M": messages of airlines part fields by strokes and dashes
    let docs = memchr::memmem::find(&text[from..to], b"DOCS ").is_some();
    let (mut at, mut k) = (from, from);
    while k < to {
        let n = match text[k] {
            b',' | b';' | b'|' | b'\t' | b'"' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' => 1,
            // an apostrophe within a word is a letter of it
            b'\''
                if !(k > from
                    && text[k - 1].is_ascii_alphabetic()
                    && text.get(k + 1).is_some_and(u8::is_ascii_alphabetic)) =>
            {
                1
            }
            b'/' | b'-' if docs => 1,
            b' ' if text[k + 1..to].starts_with(b" ") => 2,
            b' ' if text[k + 1..to].starts_with(b"- ") => 3,
            b' ' if text[k + 1..to].starts_with("– ".as_bytes())
                || text[k + 1..to].starts_with("— ".as_bytes()) =>
            {
                5
            }
            0xE2 if text[k..to].starts_with("│".as_bytes()) || text[k..to].starts_with("║".as_bytes()) => {
                3
            }
            _ => 0,
        };
        if n == 0 {
            k += 1;
            continue;
        }
        push(at, k);
        k = (k + n).min(to);
        at = k;
    }
    push(at, to);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_into_pieces() {
        let cut = |line: &'static str| {
            let mut out = Vec::new();
            super::cut(line.as_bytes(), 0, line.len(), 0, &mut out);
            out.iter().map(|p| &line[p.start..p.end]).collect::<Vec<_>>()
        };
        assert_eq!(cut("1, 'Ким, Р.'; (1984) | x"), ["1", "Ким", "Р.", "1984", "x"]);
        assert_eq!(
            cut("SADYKOV/ERLAN MR      M 21FEB79  KAZ P/N12345678"),
            ["SADYKOV/ERLAN", "MR", "M", "21FEB79", "KAZ", "P/N12345678"]
        );
        assert_eq!(cut("║ Абаев К. ║ O'Brien ║"), ["Абаев К.", "O'Brien"]);
        assert_eq!(cut("мать – Ким Р.   1961"), ["мать", "Ким Р.", "1961"]);
        assert_eq!(six(1984, 3, 7), *b"840307");
    }
}

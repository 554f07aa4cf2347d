//! What stands beside a name or a card and says more of it: `Ахметов Н., 34 года, женат`, `карта …, до 09/27`.

mod pieces;

use crate::detect::context::{char_end, char_start};
use crate::detect::detector::{Detector, Scratch};
use crate::detect::engine::Candidate;
use crate::detect::fold::{Folded, decode, folded, is_word};
use crate::detect::lexicon::matches;
use crate::model::{Block, Category, Evidence, EvidenceSet, SegmentKind};

use pieces::{
    Piece, age, aged, born, card_of_person, day, end_of, handle, house, kin, local, passport, plain_number,
    short_day,
};
pub(in crate::detect) use pieces::{mobile, relative};
pub(crate) use pieces::{term_at, written_day};

/// Bytes behind a name that are read.
const REACH: usize = 180;
/// Bytes behind a card in which its term may stand.
const TERM: usize = 120;
/// Pieces behind a name that are read.
const PIECES: usize = 9;

/// Bytes on either side of an IIN in which its day may stand.
const DAY: usize = 200;

impl Detector {
    /// Ages, marital status, nationality and citizenship behind names; the terms of cards.
    pub(crate) fn beside(&self, block: &Block, scratch: &mut Scratch) {
        let anchors: Vec<(u32, u32, u32, Category)> = scratch
            .found
            .iter()
            .filter(|c| {
                c.score >= 0.6
                    && (matches!(c.category, Category::PERSON | Category::BIRTH_DATE)
                        || matches!(c.category, Category::CARD | Category::IIN) && c.score >= 0.7)
            })
            .filter(|c| {
                block.segments.get(c.segment as usize).is_some_and(|s| {
                    matches!(s.kind, SegmentKind::Prose | SegmentKind::Cell) && s.end - s.start > 16
                })
            })
            .map(|c| (c.start, c.end, c.segment, c.category))
            .collect();
        for (start, end, segment, category) in anchors {
            let (start, end) = (start as usize, end as usize);
            match category {
                Category::CARD => self.term(block, end, segment, scratch),
                Category::BIRTH_DATE => {
                    self.age_behind(block, end, segment, scratch);
                    self.behind_name(block, start, end, segment, scratch);
                }
                Category::IIN => self.day_near(block, start, end, segment, scratch),
                _ => self.behind_name(block, start, end, segment, scratch),
            }
        }
    }

    fn add(&self, scratch: &mut Scratch, rule: usize, at: (usize, usize), segment: u32, score: f32) {
        let r = &self.rules[rule];
        scratch.found.push(Candidate {
            start: at.0 as u32,
            end: at.1 as u32,
            segment,
            rule: rule as u16,
            category: r.category,
            subtype: r.subtype,
            evidence: EvidenceSet::new().with(Evidence::Neighbours),
            score,
            proven: true,
            entity: 0,
        });
    }

    /// `(31 г.)`, `, 31 год` behind a date of birth, and the same day once more in words.
    fn age_behind(&self, block: &Block, end: usize, segment: u32, scratch: &mut Scratch) {
        let Some(s) = block.segments.get(segment as usize) else { return };
        let text = &block.text[..(s.end as usize).min(block.text.len())];
        let hi = char_end(text, (end + REACH).min(text.len()), end);
        let n = text[end..hi].iter().take_while(|b| matches!(b, b' ' | b',' | b'(' | b'-' | b'.')).count();
        let mut f = Folded::default();
        f.push(&text[end + n..hi], (end + n) as u32);
        let t = &f.text;
        let stop = t.iter().position(|b| matches!(b, b')' | b',' | b'\n' | b';')).unwrap_or(t.len());
        let mut to = stop;
        while to > 0 && !is_word(t[to - 1]) {
            to -= 1;
        }
        let digits = t.iter().take_while(|b| b.is_ascii_digit()).count();
        let year = t.get(digits..to).is_some_and(|w| w.trim_ascii() == crate::detect::fold::fold("г"));
        let figure = year && (1..=2).contains(&digits) && text[end..end + n].contains(&b'(');
        if (figure || age(t, &Piece { from: 0, to }).is_some())
            && let Some(rule) = self.rule_named("age")
        {
            let last = f.from[to - 1] as usize;
            // "31 г.": the full stop belongs to the word
            let dot = usize::from(year && text.get(end_of(text, last, hi)) == Some(&b'.'));
            self.add(scratch, rule, (end + n, end_of(text, last, hi) + dot), segment, 0.8);
        }
        // "(in figures and words: the twenty-seventh of June …)"
        let words = t.iter().position(|b| b.is_ascii_digit()).unwrap_or(t.len());
        let mut k = 0;
        while k < words {
            let begins = is_word(t[k]) && (k == 0 || !is_word(t[k - 1]));
            if begins
                && let Some(stop) = crate::detect::find::spelled(t, k)
                && let Some(rule) = self.rule_named("birth_date")
            {
                let to = f.from.get(stop).map_or(hi, |p| *p as usize);
                self.add(scratch, rule, (f.from[k] as usize, to), segment, 0.75);
                return;
            }
            k += 1;
        }
    }

    /// The day that an IIN begins with, written beside it: nobody's but of that person's birth.
    fn day_near(&self, block: &Block, start: usize, end: usize, segment: u32, scratch: &mut Scratch) {
        let Some(rule) = self.rule_named("birth_date") else { return };
        let Some(s) = block.segments.get(segment as usize) else { return };
        let text = &block.text[..(s.end as usize).min(block.text.len())];
        let digits: Vec<u8> = text[start..end].iter().copied().filter(u8::is_ascii_digit).collect();
        let Some(six) = digits.first_chunk::<6>() else { return };
        let lo = char_start(text, start.saturating_sub(DAY).max(s.start as usize), start);
        let hi = char_end(text, (end + DAY).min(text.len()), end);
        for (from, to) in [(lo, start), (end, hi)] {
            let mut f = Folded::default();
            f.push(&text[from..to], from as u32);
            let t = &f.text;
            let mut k = 0;
            while k < t.len() {
                let begins = is_word(t[k]) && (k == 0 || !is_word(t[k - 1]));
                if begins
                    && let Some((stop, day)) = written_day(t, k)
                    && day == *six
                {
                    let stop = f.from.get(stop).map_or(to, |p| *p as usize);
                    self.add(scratch, rule, (f.from[k] as usize, stop), segment, 0.85);
                    k = t.len();
                }
                k += 1;
            }
        }
    }

    fn behind_name(&self, block: &Block, start: usize, end: usize, segment: u32, scratch: &mut Scratch) {
        let Some(s) = block.segments.get(segment as usize) else { return };
        let text = &block.text;
        let hi = (s.end as usize).min(text.len());
        // "35-летняя Ахметова"
        self.age_before(text, s.start as usize, start, segment, scratch);
        let mut to = (end + REACH).min(hi);
        // "Нурым Ерсин\, 27 лет" in a calendar
        let comma = text[end.min(hi)..hi].starts_with(b"\\,");
        if !comma && !text.get(end).is_some_and(|b| matches!(b, b',' | b' ' | b'(' | b')')) {
            return;
        }
        // a line ends it, unless it goes on with a comma behind a day of birth
        let born_there = text[start].is_ascii_digit();
        // nor where the next line begins with a small letter: "от Тестовой Т. И.,⏎пенсионерки, 73 лет"
        let small = |n: usize| {
            let next = text[end + n..hi].trim_ascii_start();
            !next.is_empty() && decode(next).0.is_lowercase()
        };
        let goes_on =
            |n: usize| text[end..end + n].trim_ascii_end().ends_with(b",") && (born_there || small(n));
        let stops = |(n, b): (usize, &u8)| (*b == b';' || *b == b'\n' && !goes_on(n)).then_some(n);
        if let Some(n) = text[end..to].iter().enumerate().find_map(stops) {
            to = end + n;
        }
        to = char_end(&text[..hi], to, end);
        let mut f = Folded::default();
        f.push(&text[end..to], end as u32);
        let t = &f.text;
        let raw = |k: usize| f.from.get(k).map_or(to, |p| *p as usize);
        let mut from = 0;
        let mut paper = false;
        for _ in 0..PIECES {
            while from < t.len() && !is_word(t[from]) {
                from += 1;
            }
            if t[from.min(t.len())..].starts_with(b"a citizen") {
                from += 2;
            }
            let parts = |n: &usize| {
                let rest = &t[*n..];
                matches!(rest[0], b',' | b')' | b'(') || rest.starts_with(b" - ") || rest.starts_with(b"  ")
            };
            let stop = (from..t.len()).find(parts).unwrap_or(t.len());
            let mut last = stop;
            while last > from && !is_word(t[last - 1]) {
                last -= 1;
            }
            if last <= from {
                break;
            }
            let piece = Piece { from, to: last };
            let bracketed = t[..from].trim_ascii() == b"(" && t.get(last) == Some(&b')');
            let first = || t[..from].iter().all(|b| !is_word(*b));
            // "свидетельство о рождении … (Омаров Алинур, 09.06.2024)"
            let certified = || {
                let floor = char_start(text, start.saturating_sub(120).max(s.start as usize), start);
                let mut before = Folded::default();
                before.push(&text[floor..start], floor as u32);
                text[..start].ends_with(b"(")
                    && folded!["о рождении", "туу туралы", "birth certificate"]
                        .any(|w| memchr::memmem::find(&before.text, w).is_some())
            };
            // nothing but a word for the family may stand between
            let family = || {
                t[..piece.from].split(|b| !is_word(*b)).all(|w| w.is_empty() || relative(w))
                    && kin(text, s.start as usize, start, t)
            };
            if let Some((at, end)) = born(&t[piece.from..piece.to]).filter(|b| paper || b.0 > 0 || family()) {
                // "сын Тимур, 14.09.2015": a day behind a member of the family
                if let Some(rule) = self.rule_named("birth_date") {
                    let at = (raw(piece.from + at), end_of(text, raw(piece.from + end - 1), to));
                    self.add(scratch, rule, at, segment, 0.65);
                }
            } else if passport(&t[piece.from..piece.to]) && plain_number(text, raw(piece.from), to) {
                paper = true;
                if let Some(rule) = self.rule_named("passport") {
                    self.add(scratch, rule, (raw(piece.from), raw(piece.to - 1) + 1), segment, 0.6);
                }
            } else if let Some(day) =
                day(&t[piece.from..piece.to]).or_else(|| short_day(&t[piece.from..piece.to]))
            {
                // the date that begins the number of the same person, or that stands before a document or place
                let rest = &t[piece.to..];
                let begins = rest.windows(12).any(|w| w[..6] == day && w.iter().all(u8::is_ascii_digit));
                let next = &rest[rest.iter().take_while(|b| !is_word(**b)).count()..];
                let told = folded![
                    "иин",
                    "жсн",
                    "прож",
                    "адрес",
                    "урож",
                    "уд личн",
                    "уд.",
                    "уд ",
                    "удостов",
                    "паспорт",
                    "зарегистр",
                    "жеке",
                    "ж/к",
                    "полис",
                    "св-во",
                    "свид",
                    "куалик",
                ]
                .any(|w| next.starts_with(w));
                // "Сатыбалдина Рәзия 12.02.1948": nothing else stands in the line, and somebody is named in full
                let alone = || {
                    let year = text[raw(piece.from)..raw(piece.to - 1) + 1].rsplit(|b| *b == b'.').next();
                    let grown =
                        year.is_some_and(|y| y.len() == 4 && (&b"1920"[..]..=&b"2005"[..]).contains(&y));
                    let name = &text[start..end];
                    grown
                        && !born_there
                        && name.contains(&b' ')
                        && !name.contains(&b'.')
                        && t[..piece.from].iter().all(|b| *b == b' ')
                        && text[raw(piece.to - 1) + 1..hi]
                            .iter()
                            .find(|b| **b != b' ')
                            .is_none_or(|b| matches!(b, b'\n' | b'\r'))
                };
                if let Some(rule) =
                    self.rule_named("birth_date").filter(|_| begins || told || certified() || alone())
                {
                    let at = (raw(piece.from), raw(piece.to - 1) + 1);
                    self.add(scratch, rule, at, segment, if begins { 0.85 } else { 0.6 });
                }
            } else if let Some(n) = mobile(&t[piece.from..piece.to]).or_else(|| local(t, &piece)) {
                if let Some(rule) = self.rule_named("phone") {
                    self.add(scratch, rule, (raw(piece.from), raw(piece.from + n - 1) + 1), segment, 0.6);
                }
            } else if let Some(n) = handle(text, raw(piece.from)) {
                // "Тимур Байғали @timbai_dev"
                if let Some(rule) = self.rule_named("social_handle") {
                    self.add(scratch, rule, (raw(piece.from) - 1, raw(piece.from) + n), segment, 0.65);
                }
            } else if bracketed && house(&t[piece.from..piece.to]) {
                // "Ахметова Б. (143 үй), Ким А. (145-үй)"
                if let Some(rule) = self.rule_named("address") {
                    let at = (raw(piece.from), end_of(text, raw(piece.to - 1), to));
                    self.add(scratch, rule, at, segment, 0.65);
                }
            } else if card_of_person(&t[piece.from..piece.to]) {
                if let Some(rule) = self.rule_named("id_card") {
                    self.add(scratch, rule, (raw(piece.from), raw(piece.to - 1) + 1), segment, 0.6);
                }
            } else if let Some(aged) = aged(t, &piece, first()) {
                // a figure that no label tells is an age by the word behind it
                if let Some(rule) = self.rule_named("age") {
                    let end = end_of(text, raw(aged.to - 1), to);
                    self.add(scratch, rule, (raw(aged.from), end), segment, 0.8);
                }
            } else {
                for (id, spare) in [("marital_status", 3), ("nationality", 0), ("citizenship", 0)] {
                    let Some(rule) = self.rule_named(id) else { continue };
                    let Some(n) = self.listed(rule, t, &piece, spare) else { continue };
                    let next = &t[piece.to..];
                    let next = &next[next.iter().take_while(|b| !is_word(**b)).count()..];
                    let passport = folded!["паспорт", "passport", "төлқұжат"].any(|w| next.starts_with(w));
                    // a country alone is where somebody is from, or anything
                    let value = &t[piece.from..n];
                    let said = id != "citizenship"
                        || folded!["гр"].any(|w| value.starts_with(w))
                        || passport
                        || folded!["азамат", "citizen"].any(|w| memchr::memmem::find(value, w).is_some());
                    if said {
                        self.add(
                            scratch,
                            rule,
                            (raw(piece.from), raw(n - 1).max(raw(piece.from))),
                            segment,
                            0.75,
                        );
                        if let Some(c) = scratch.found.last_mut() {
                            c.end = end_of(text, raw(n - 1), to) as u32;
                        }
                        break;
                    }
                }
            }
            if let Some((rule, at)) = self.ill(t, &piece) {
                self.add(scratch, rule, (raw(at), end_of(text, raw(piece.to - 1), to)), segment, 0.7);
            }
            from = stop + 1;
            if from >= t.len() {
                break;
            }
        }
    }

    /// Where a value of the rule's list ends that the piece begins with, with at most `spare` words behind it.
    fn listed(&self, rule: usize, t: &[u8], piece: &Piece, spare: usize) -> Option<usize> {
        let end = self.values[rule].iter().filter_map(|v| matches(v, t, piece.from)).max()?;
        if end > piece.to || end - piece.from < 2 {
            return None;
        }
        // a country is no people: "казах*" and "Казахстан"
        let country = memchr::memmem::find(&t[piece.from..end], &crate::detect::fold::fold("стан")).is_some();
        let nation = self.rules[rule].id == "nationality";
        // "пол" is a sex, not a Pole: without a label no abbreviation tells a people
        if nation && (country || end - piece.from < 4) {
            return None;
        }
        let left = t[end..piece.to].split(|b| !is_word(*b)).filter(|w| !w.is_empty()).count();
        (left <= spare).then_some(end)
    }

    /// `диагноз ДЦП`, `инвалид II группы` as a whole piece: the rule and where the value begins.
    fn ill(&self, t: &[u8], piece: &Piece) -> Option<(usize, usize)> {
        let whole = &t[piece.from..piece.to];
        if piece.to - piece.from > 60 {
            return None;
        }
        if let Some(word) = folded!["диагноз "].find(|w| whole.starts_with(w)) {
            return Some((self.rule_named("special_health")?, piece.from + word.len()));
        }
        let invalid = folded!["инвалид ", "мүгедек"].any(|w| whole.starts_with(w));
        let figure =
            t[piece.from..piece.to].iter().any(u8::is_ascii_digit) || t[piece.from..piece.to].contains(&b'i');
        (invalid && figure).then_some(())?;
        Some((self.rule_named("special_disability")?, piece.from))
    }

    /// `35-летняя` before a name.
    fn age_before(&self, text: &[u8], lo: usize, start: usize, segment: u32, scratch: &mut Scratch) {
        let floor = char_start(text, start.saturating_sub(64).max(lo), start);
        let before = &text[floor..start];
        let Some(at) = memchr::memmem::rfind(before, "-летн".as_bytes()) else { return };
        let digits = before[..at].iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
        let told = before[at..].iter().any(|b| matches!(b, b'.' | b',' | b'\n' | b'('));
        if told || !(1..=2).contains(&digits) {
            return;
        }
        if let Some(rule) = self.rule_named("age") {
            self.add(scratch, rule, (floor + at - digits, floor + at), segment, 0.75);
        }
    }

    /// `до 09/27`, `exp 09/2027` behind a card.
    fn term(&self, block: &Block, end: usize, segment: u32, scratch: &mut Scratch) {
        let Some(rule) = self.rule_named("card_term") else { return };
        let Some(s) = block.segments.get(segment as usize) else { return };
        let hi = (s.end as usize).min(block.text.len()).min(end + TERM);
        let text = &block.text[..hi];
        let mut k = end;
        let mut words = Folded::default();
        while k < hi {
            if !text[k].is_ascii_digit() {
                k += 1;
                continue;
            }
            let n = text[k..].iter().take_while(|b| b.is_ascii_digit()).count();
            if let Some(len) = term_at(&text[k..]) {
                words.clear();
                words.push(&text[end..k], end as u32);
                let label = &self.rules[rule].file.values;
                let said = |w: &Vec<u8>| {
                    let w: &[u8] = w;
                    memchr::memmem::find_iter(&words.text, w).any(|p| p == 0 || !is_word(words.text[p - 1]))
                };
                let near = words.text.iter().all(|b| !is_word(*b)) && words.text.len() <= 3;
                if near || label.iter().map(|w| crate::detect::fold::fold(w)).any(|w| said(&w)) {
                    self.add(scratch, rule, (k, k + len), segment, 0.7);
                }
                return;
            }
            // another number begins something else
            if n > 4 {
                return;
            }
            k += n;
        }
    }
}

//! What stands beside a name or a card and says more of it: `Ахметов Н., 34 года, женат`, `карта …, до 09/27`.

use super::context::{char_end, char_start};
use super::detector::{Detector, Scratch};
use super::engine::Candidate;
use super::fold::{Folded, folded, is_letter, is_word};
use super::lexicon::matches;
use crate::model::{Block, Category, Evidence, EvidenceSet, SegmentKind};

/// Bytes behind a name that are read.
const REACH: usize = 180;
/// Bytes behind a card in which its term may stand.
const TERM: usize = 120;
/// Pieces behind a name that are read.
const PIECES: usize = 6;

/// Bytes on either side of an IIN in which its day may stand.
const DAY: usize = 200;

/// A piece of the text behind a name, in folded form: its bounds there.
struct Piece {
    from: usize,
    to: usize,
}

/// Is this a word for a member of a family?
fn relative(word: &[u8]) -> bool {
    folded![
        "сын",
        "сына",
        "сыну",
        "сыном",
        "дочь",
        "дочери",
        "дочка",
        "дочку",
        "дочерью",
        "ребенок",
        "ребенка",
        "ребенку",
        "дети",
        "детей",
        "жена",
        "жены",
        "жене",
        "женой",
        "муж",
        "мужа",
        "супруг",
        "супруга",
        "супруги",
        "мать",
        "матери",
        "отец",
        "отца",
        "брат",
        "сестра",
        "внук",
        "внучка",
        "внука",
        "внучку",
        "иждивенец",
        "баласы",
        "балам",
        "балалары",
        "кызы",
        "кызым",
        "улы",
        "улым",
        "айели",
        "жубайы",
        "куйеуи",
        "анасы",
        "акеси",
        "шешеси",
        "немереси",
        "келини",
        "синлиси",
        "son",
        "daughter",
        "wife",
        "husband",
        "spouse",
        "child"
    ]
    .any(|k| k == word)
}

/// Does a word for a member of the family stand before a name on its line, or between it and what follows?
fn kin(text: &[u8], lo: usize, start: usize, behind: &[u8]) -> bool {
    let floor = char_start(text, start.saturating_sub(48).max(lo), start);
    let line = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |n| floor + n + 1);
    let mut f = Folded::default();
    f.push(&text[line..start], line as u32);
    // the next number or sentence begins something else
    let near = f.text.iter().rposition(|b| matches!(b, b';' | b'0'..=b'9')).map_or(0, |n| n + 1);
    let said = |t: &[u8]| t.split(|b| !is_word(*b)).any(relative);
    let column = behind.starts_with(b"  ") && {
        let word = behind.iter().position(|b| is_word(*b)).unwrap_or(0);
        let end = behind[word..].iter().position(|b| !is_word(*b)).map_or(behind.len(), |n| word + n);
        relative(&behind[word..end])
    };
    said(&f.text[near..]) || column
}

/// The bounds of a day that a piece is, with a letter or word for "born" before or "year" behind it at most.
fn born(t: &[u8]) -> Option<(usize, usize)> {
    let word = t.iter().take_while(|b| is_letter(**b)).count();
    let lead = match &t[..word] {
        [] => 0,
        w if folded!["р", "род", "рожд", "b", "born", "г р"].any(|l| l == w) => word,
        _ => return None,
    };
    let from = lead + t[lead..].iter().take_while(|b| matches!(b, b'.' | b' ')).count();
    let (end, _) = written_day(t, from)?;
    let rest = t[end..].iter().filter(|b| is_letter(**b)).count();
    let digits = t[end..].iter().any(u8::is_ascii_digit);
    (rest <= 5 && !digits && end - from >= 6).then_some((from, end))
}

/// `n12345678`, `fa 1234567`: a piece that is the number of a passport and nothing more.
fn passport(t: &[u8]) -> bool {
    let letters = t.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let rest = t[letters..].strip_prefix(b" ").unwrap_or(&t[letters..]);
    let digits = rest.iter().all(u8::is_ascii_digit);
    digits && matches!((letters, rest.len()), (1, 8) | (2, 7)) && !super::proof::filler(rest)
}

/// Does a number begin at `at` with a capital?
fn plain_number(text: &[u8], at: usize, to: usize) -> bool {
    text.get(at..to).is_some_and(|t| t.first().is_some_and(u8::is_ascii_uppercase))
}

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
        let year = t.get(digits..to).is_some_and(|w| w.trim_ascii() == super::fold::fold("г"));
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
                && let Some(stop) = super::find::spelled(t, k)
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
        if !text.get(end).is_some_and(|b| matches!(b, b',' | b' ' | b'(' | b')')) {
            return;
        }
        if let Some(n) = text[end..to].iter().position(|b| matches!(b, b'\n' | b';')) {
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
                if let Some(rule) = self.rule_named("birth_date").filter(|_| begins || told) {
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
            } else if card_of_person(&t[piece.from..piece.to]) {
                if let Some(rule) = self.rule_named("id_card") {
                    self.add(scratch, rule, (raw(piece.from), raw(piece.to - 1) + 1), segment, 0.6);
                }
            } else if age(t, &piece).is_some() {
                // a figure that no label tells is an age by the word behind it
                if let Some(rule) = self.rule_named("age") {
                    let end = end_of(text, raw(piece.to - 1), to);
                    self.add(scratch, rule, (raw(piece.from), end), segment, 0.8);
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
        let country = memchr::memmem::find(&t[piece.from..end], &super::fold::fold("стан")).is_some();
        if country && self.rules[rule].id == "nationality" {
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
                if near || label.iter().map(|w| super::fold::fold(w)).any(|w| said(&w)) {
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

/// `12.10.1973` of somebody who lives: the six digits that his number begins with.
fn day(t: &[u8]) -> Option<[u8; 6]> {
    let [d1, d2, b'.' | b'/', m1, m2, b'.' | b'/', y1, y2, y3, y4] = t else { return None };
    let number = |a: &u8, b: &u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from((a - b'0') * 10 + b - b'0'))
    };
    let (day, month, century, year) = (number(d1, d2)?, number(m1, m2)?, number(y1, y2)?, number(y3, y4)?);
    let full = century * 100 + year;
    ((1920..=2024).contains(&full) && super::proof::date::exists(full, month, day))
        .then_some([*y3, *y4, *m1, *m2, *d1, *d2])
}

/// `15.03.88`, which only a document or number behind it makes a date of birth.
fn short_day(t: &[u8]) -> Option<[u8; 6]> {
    let [d1, d2, b'.', m1, m2, b'.', y1, y2] = t else { return None };
    let two = |a: &u8, b: &u8| {
        (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from((a - b'0') * 10 + b - b'0'))
    };
    let (day, month, year) = (two(d1, d2)?, two(m1, m2)?, two(y1, y2)?);
    let full = if year < 25 { 2000 + year } else { 1900 + year };
    super::proof::date::exists(full, month, day).then_some([*y1, *y2, *m1, *m2, *d1, *d2])
}

/// `2-11-97` in a column of its own behind a name, or at the end of a dotted line; its length.
fn local(t: &[u8], piece: &Piece) -> Option<usize> {
    let digits = |p: &[u8]| p.iter().all(u8::is_ascii_digit);
    let parts: Vec<&[u8]> = t[piece.from..piece.to].split(|b| *b == b'-').collect();
    let form = match parts[..] {
        [a, b, c] => {
            matches!(a.len(), 1 | 3) && b.len() == 2 && c.len() == 2 && parts.iter().all(|p| digits(p))
        }
        _ => false,
    };
    let apart = t[..piece.from].ends_with(b"  ") || t[..piece.from].ends_with(b"... ");
    (form && apart).then_some(piece.to - piece.from)
}

/// Ten digits that begin with the code of a mobile operator, as people write them behind a name; a sentence may
/// end behind them.
fn mobile(t: &[u8]) -> Option<usize> {
    let number = t.get(..10)?;
    let ends = t.len() == 10 || t[10..].starts_with(b". ");
    (ends
        && number.iter().all(u8::is_ascii_digit)
        && (matches!(&t[..3], b"700" | b"701" | b"702" | b"705" | b"707" | b"708" | b"747" | b"771")
            || matches!(&t[..3], b"775" | b"776" | b"777" | b"778"))
        && !super::proof::filler(number))
    .then_some(10)
}

/// A name in a network right behind a name, that begins at `at` behind its sign: how long it is.
fn handle(text: &[u8], at: usize) -> Option<usize> {
    let sign = at > 0 && text[at - 1] == b'@' && text.get(at.wrapping_sub(2)).is_none_or(|b| *b == b' ');
    let n = text[at..]
        .iter()
        .take(33)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        .count();
    let n = n - usize::from(n > 0 && text[at + n - 1] == b'.');
    let ends = text.get(at + n).is_none_or(|b| !matches!(b, b'/' | b'@' | b'-') && *b < 0x80);
    (sign && ends && (4..=32).contains(&n)).then_some(n)
}

/// Nine digits that begin with 0, as the numbers of identity cards do.
fn card_of_person(t: &[u8]) -> bool {
    t.len() == 9
        && t[0] == b'0'
        && t[1] != b'0'
        && t.iter().all(u8::is_ascii_digit)
        && !super::proof::filler(&t[1..])
}

/// The day at `k` of folded text in figures or with its month in words: where it ends, and the six digits that the
/// number of somebody begins with who was born then.
pub(crate) fn written_day(t: &[u8], k: usize) -> Option<(usize, [u8; 6])> {
    let six = |y: u32, m: u32, d: u32| {
        let two = |n: u32| [b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
        let ([a, b], [c, e], [f, g]) = (two(y), two(m), two(d));
        [a, b, c, e, f, g]
    };
    if let Some((end, y, m, d)) = super::find::day_parts(t, k) {
        return Some((end, six(y, m, d)));
    }
    // 19691203, as programs write it
    if t[k..].iter().take(9).take_while(|b| b.is_ascii_digit()).count() == 8 {
        let part = |from: usize, to: usize| t[from..to].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
        let (y, m, d) = (part(k, k + 4), part(k + 4, k + 6), part(k + 6, k + 8));
        return super::proof::date::exists(y, m, d).then(|| (k + 8, six(y, m, d)));
    }
    let number = |at: usize| {
        let n = t[at.min(t.len())..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
        (n, t[at.min(t.len())..at.min(t.len()) + n].iter().fold(0u32, |a, b| a * 10 + u32::from(*b - b'0')))
    };
    let (a, x) = number(k);
    let sign = *t.get(k + a)?;
    let (b, m) = number(k + a + 1);
    let next = *t.get(k + a + 1 + b)?;
    let (c, z) = number(k + a + b + 2);
    let end = k + a + b + c + 2;
    let same = matches!(sign, b'.' | b'/' | b'-') && next == sign && (1..=2).contains(&b);
    match (a, c) {
        (1..=2, 2 | 4) if same => Some((end, six(z, m, x))),
        (4, 1..=2) if same => Some((end, six(x, m, z))),
        _ => None,
    }
}

/// The end of the character that begins at `at`.
fn end_of(text: &[u8], at: usize, to: usize) -> usize {
    char_start(text, at + 1, to)
}

/// The digits of an age that is the whole piece: `34 года`, `возраст 34`.
fn age(t: &[u8], piece: &Piece) -> Option<usize> {
    let n = t[piece.from..piece.to].iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=3).contains(&n) {
        return None;
    }
    let value = t[piece.from..piece.from + n].iter().fold(0, |a, b| a * 10 + u32::from(*b - b'0'));
    if !(1..=110).contains(&value) {
        return None;
    }
    let rest = &t[piece.from + n..piece.to];
    let rest = &rest[rest.iter().take_while(|b| !is_word(**b)).count()..];
    let alone = |w: &Vec<u8>| {
        rest.strip_prefix(&w[..])
            .is_some_and(|left| left.is_empty() || folded![" от роду"].any(|birth| left == birth))
    };
    folded!["лет", "год", "года", "годика", "жаста", "жас", "жасар", "years old", "y o", "yo"]
        .any(alone)
        .then_some(n)
}

/// `09/27`, `09/2027`, `09.27`: month and year; how many bytes.
pub(crate) fn term_at(text: &[u8]) -> Option<usize> {
    let month = matches!(text, [b'0', b'1'..=b'9', ..] | [b'1', b'0'..=b'2', ..]);
    if !month || !matches!(text.get(2), Some(b'/' | b'.' | b'-')) {
        return None;
    }
    let n = text[3..].iter().take_while(|b| b.is_ascii_digit()).count();
    let next = text.get(3 + n);
    let goes_on = next.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-'))
        || next == Some(&b'.') && text.get(4 + n).is_some_and(u8::is_ascii_digit);
    let year = match n {
        2 => matches!(text[3], b'1'..=b'4'),
        4 => text[3..].starts_with(b"20"),
        _ => false,
    };
    (year && !goes_on).then_some(3 + n)
}

#[cfg(test)]
mod tests {
    use super::term_at;

    #[test]
    fn terms_of_cards() {
        assert_eq!(term_at(b"09/27"), Some(5));
        assert_eq!(term_at(b"09/2027 "), Some(7));
        assert_eq!(term_at(b"09.27.2024"), None);
        assert_eq!(term_at(b"13/27"), None);
        assert_eq!(term_at(b"09/77"), None);
    }
}

//! Places of birth and of residence.

use crate::model::Category;

use super::patterns::{
    ADDRESS_GAP, AND_NUMBER, BORN_IN, BORN_THEN, CITIZEN_OF, DATE, DWELLS, FOREIGN, HOUSE, LIVES, MORE,
    NATIVE, NUMBERED, NUMBERED_STREET, PLACE_PART, PLACE_WORD, SOCIETY, STREET_BARE, STREET_NUMBER,
    TOWN_BEFORE,
};
use super::{Gathered, ahead, behind};

impl Gathered<'_> {
    /// Where the place that begins at `at` ends: parts between commas, as long as they read like parts of a place.
    fn place_end(&self, at: usize, birth: bool) -> usize {
        let text = self.text;
        let mut end = at;
        let mut from = at;
        for _ in 0..8 {
            let rest = ahead(text, from, 200);
            let lead = rest.len() - rest.trim_start().len();
            // «в Махачкале, по ул. Ярагского, 71»
            let by = ["по ул", "по пр", "на ул", "на пр"];
            let lead =
                if by.iter().any(|b| rest[lead..].starts_with(b)) { lead + "по ".len() } else { lead };
            let part = &rest[lead..];
            let stop = part_end(part);
            let body = part[..stop].trim_end();
            let reads = body.starts_with(char::is_uppercase)
                || (!birth && body.starts_with(|c: char| c.is_ascii_digit() || c == '«'))
                || PLACE_PART.is_match(body);
            let other = [
                "ИИН",
                "ЖСН",
                "БИН",
                "БСН",
                "Паспорт",
                "Удостоверение",
                "Телефон",
                "Гражд",
                "РАГС",
                "ЗАГС",
                "ЕРДР",
                "МВД",
                "УК ",
            ]
            .iter()
            .any(|w| body.starts_with(w))
                || body.contains("УК РК")
                || body.bytes().take_while(u8::is_ascii_digit).count() > 6;
            if !reads || other || self.person(from + lead, from + lead + body.len()) || body.is_empty() {
                break;
            }
            // «22 тыс. тенге», «12.03.2020»: no part of a place
            if DATE.find(body).is_some_and(|m| m.start() == 0 && m.as_str().len() > 4) {
                break;
            }
            end = from + lead + body.len();
            if !ahead(text, from + lead + stop, 1).starts_with(',') {
                break;
            }
            from = from + lead + stop + 1;
        }
        end
    }

    pub(super) fn places(&mut self) {
        let text = self.text;
        for m in NATIVE.find_iter(text).chain(BORN_IN.find_iter(text)) {
            let end = self.place_end(m.end(), true);
            if end > m.end() && text[m.end()..end].contains(char::is_uppercase) {
                self.fresh.push((m.end(), end, Category::BIRTH_PLACE));
            }
        }
        // «1996 жылы 3 наурызда Панфилов ауданының Пенжім ауылында туған»
        for (at, _) in text.match_indices("туған") {
            let before = behind(text, at, 160);
            let stop = before.rfind([';', '(', ')', '\n', ':', '«', '»']).map_or(0, |k| k + 1);
            let stop = before.ceil_char_boundary(stop);
            let mut from = at - before.len() + stop;
            for m in DATE.find_iter(&before[stop..]) {
                from = at - before.len() + stop + m.end();
            }
            from = self.persons.iter().filter(|p| p.1 <= at).map(|p| p.1).fold(from, usize::max);
            let body = text[from..at].trim_start_matches([',', ' ', '-', '–', '.', '»']);
            let body = body.trim_start_matches("жылы").trim_start_matches("ж.").trim_start();
            let start = at - body.len();
            let body = body.trim_end();
            let locative = ["да", "де", "та", "те"].iter().any(|e| body.ends_with(e));
            if locative && body.contains(char::is_uppercase) && body.split(' ').count() <= 10 {
                self.fresh.push((start, start + body.len(), Category::BIRTH_PLACE));
            }
            // «жылы туған, Құлсары қаласы»
            let after = ahead(text, at + "туған".len(), 90);
            if let Some(rest) = after.strip_prefix(',') {
                let part = &rest[..part_end(rest)];
                let place = ["қаласы", "ауылы", "облысы", "ауданы", "кенті"].iter().any(|w| part.contains(w));
                if place && !part.contains("тұр") {
                    let start = at + "туған,".len() + part.len() - part.trim_start().len();
                    self.fresh.push((
                        start,
                        at + "туған,".len() + part.trim_end().len(),
                        Category::BIRTH_PLACE,
                    ));
                }
            }
        }
    }

    /// «12.09.1977, Атырау облысы, Махамбет ауданы»: a place right behind a day of birth, without a number of a house.
    pub(super) fn born_there(&mut self) {
        let text = self.text;
        let dates: Vec<usize> = self
            .taken
            .iter()
            .chain(&self.fresh)
            .filter(|t| t.2 == Category::BIRTH_DATE)
            .map(|t| t.1)
            .collect();
        for at in dates {
            let Some(then) = BORN_THEN.find(ahead(text, at, 60)) else { continue };
            let start = at + then.end();
            if !text[start..].starts_with(char::is_uppercase) {
                continue;
            }
            let end = self.place_end(start, true);
            let body = &text[start..end];
            let latin = body.is_ascii() && !body.contains(' ') && body.len() > 3;
            if body.contains(|c: char| c.is_ascii_digit())
                || !(PLACE_WORD.is_match(body) || latin)
                || self.person(start, end)
                || self.overlaps(start, end)
            {
                continue;
            }
            self.fresh.push((start, end, Category::BIRTH_PLACE));
        }
    }

    /// «он гражданин Узбекистана»: few people of an act are citizens of another country.
    pub(super) fn citizens(&mut self) {
        for c in CITIZEN_OF.captures_iter(self.text) {
            if let Some(m) = c.iter().skip(1).flatten().next() {
                self.fresh.push((m.start(), m.end(), Category::CITIZENSHIP));
            }
        }
    }

    pub(super) fn addresses(&mut self) {
        let text = self.text;
        let mut ends: Vec<(usize, usize)> =
            self.taken.iter().filter(|t| t.2 == Category::ADDRESS).map(|t| (t.0, t.1)).collect();
        for m in LIVES.find_iter(text) {
            // «проживает в Германии: Bielefelder Str. 114»: the place may begin a few words on
            let near = ahead(text, m.end(), 80);
            let near = &near[..near.find([';', '\n']).unwrap_or(near.len())];
            let mut last = ' ';
            for (k, c) in near.char_indices() {
                let begins = !last.is_alphanumeric() && (c.is_alphanumeric() || c == '«');
                last = c;
                if !begins {
                    continue;
                }
                let start = m.end() + k;
                let end = self.place_end(start, false);
                let body = &text[start..end];
                if NUMBERED.is_match(body) && body.len() > 8 && body.contains(char::is_uppercase) {
                    ends.push((start, end));
                    self.fresh.push((start, end, Category::ADDRESS));
                    break;
                }
            }
        }
        let streets = STREET_BARE.captures_iter(text).chain(NUMBERED_STREET.captures_iter(text));
        for m in streets.filter_map(|c| c.get(1)) {
            if !ends.iter().any(|t| t.0 <= m.start() && m.end() <= t.1) {
                // «в поселке Балыкши по 4-й Приречной, 12»
                let before = behind(text, m.start(), 60);
                let town = TOWN_BEFORE.find(before).map_or(before.len(), |t| t.start());
                self.fresh.push((m.start() - before.len() + town, m.end(), Category::ADDRESS));
            }
        }
        for m in SOCIETY.find_iter(text) {
            ends.push((m.start(), m.end()));
            self.fresh.push((m.start(), m.end(), Category::ADDRESS));
        }
        for m in FOREIGN.find_iter(text) {
            self.fresh.push((m.start(), m.end(), Category::ADDRESS));
        }
        for c in DWELLS.captures_iter(text) {
            let Some(m) = c.iter().skip(1).flatten().next() else { continue };
            let body = m.as_str().trim_end_matches([' ', ',']);
            if !self.person(m.start(), m.start() + body.len()) {
                self.fresh.push((m.start(), m.start() + body.len(), Category::ADDRESS));
            }
        }
        for m in HOUSE.find_iter(text) {
            let before = behind(text, m.start(), 8);
            // «1 кв. 2024»
            let sheet = m.as_str().starts_with("д.") && before.trim_end().ends_with("л.");
            let quarter = sheet
                || m.as_str().starts_with("кв") && before.trim_end().ends_with(|c: char| c.is_ascii_digit());
            if quarter || ends.iter().any(|t| t.0 <= m.start() && m.end() <= t.1) {
                continue;
            }
            let start = self.place_start(self.part_start(m.start()));
            ends.push((start, m.end()));
            self.fresh.push((start, m.end(), Category::ADDRESS));
        }
        self.joined(&mut ends);
        for (first, mut end) in ends {
            let start = self.place_start(self.part_start(first));
            let had = end;
            while let Some(more) = MORE.find(ahead(text, end, 60)).filter(|m| m.end() > 0) {
                let tail = more.as_str().trim_end_matches([',', ';', ')', ' ', '\n']);
                if tail.trim().is_empty() || self.person(end, end + tail.len()) {
                    break;
                }
                end += tail.len();
            }
            // «на участках № 42 и № 46»
            while let Some(more) =
                AND_NUMBER.find(ahead(text, end, 20)).filter(|_| text[start..end].contains('№'))
            {
                end += more.end();
            }
            if end > had || start < first {
                self.fresh.push((start, end, Category::ADDRESS));
            }
        }
    }

    /// «Баянды ауылы, Жаңа» and «құрылыс көшесі, 88-үй»: one address that was found in two pieces.
    fn joined(&self, ends: &mut [(usize, usize)]) {
        ends.sort_unstable();
        for k in 1..ends.len() {
            let ((start, end), (next, stop)) = (ends[k - 1], ends[k]);
            if next < end || next - end > 60 {
                continue;
            }
            let gap = &self.text[end..next];
            let numbered = self.text[start..end].contains(|c: char| c.is_ascii_digit());
            if !numbered && ADDRESS_GAP.is_match(gap) && !gap.contains(" және ") && !gap.contains(" и ")
            {
                ends[k] = (start, stop);
            }
        }
    }

    /// «Жаңа» before «құрылыс көшесі, 88-үй»: the capitalised words that open the same part of a place.
    fn part_start(&self, at: usize) -> usize {
        let before = behind(self.text, at, 60);
        let from = before
            .char_indices()
            .rev()
            .find(|(_, c)| !c.is_alphabetic() && !matches!(c, ' ' | '-' | '.'))
            .map_or(0, |(k, c)| k + c.len_utf8());
        let part = before[from..].trim_start();
        let words = part.split_whitespace().count();
        let begin = at - part.len();
        let reads = part.starts_with(char::is_uppercase)
            && part.ends_with(' ')
            && !part.contains(". ")
            && (1..=2).contains(&words)
            && self.text[at..].starts_with(char::is_lowercase);
        if reads && !self.person(begin, at) { begin } else { at }
    }

    /// The parts of a place before `at`: «Талдықорған қаласы, Жастар ықшам ауданы, ».
    fn place_start(&self, at: usize) -> usize {
        let text = self.text;
        let mut start = at;
        for _ in 0..6 {
            let before = behind(text, start, 120);
            let long = before.len();
            // «в Махачкале, по ул. Ярагского, 71»
            let before = before.trim_end();
            let before = ["по", "на", "в"]
                .iter()
                .find_map(|p| before.strip_suffix(p).map(str::trim_end).filter(|b| b.ends_with(',')))
                .unwrap_or(before);
            let Some(head) = before.strip_suffix(',') else { break };
            // a line that goes on in small letters was wrapped
            let wrapped = |k: usize| {
                head[k..].starts_with('\n') && head[k..].trim_start().starts_with(char::is_lowercase)
            };
            let from = head
                .char_indices()
                .rev()
                .find(|(k, c)| matches!(c, ',' | ';' | '(' | ')' | '\n' | ':' | '–' | '«') && !wrapped(*k))
                .map_or(0, |(k, c)| k + c.len_utf8());
            let part = head[from..].trim_start();
            let reads = (part.starts_with(char::is_uppercase)
                || PLACE_PART.is_match(part)
                || STREET_NUMBER.is_match(part))
                && part.split(' ').count() <= 5
                && !part.contains("ИИН")
                && !part.contains("ЖСН");
            let begin = start - long + head.len() - part.len();
            if !reads || self.person(begin, begin + part.len()) || DATE.is_match(part) {
                break;
            }
            start = begin;
        }
        start
    }
}

/// The length of the part of a place at the start of `text`: to a comma, a bracket, a dash, the end of a sentence.
fn part_end(text: &str) -> usize {
    let mut last = ' ';
    let mut letters = 0;
    let mut word = 0;
    for (k, c) in text.char_indices() {
        match c {
            ',' | ';' | ')' | '(' | ':' | '\n' | '|' => return k,
            '–' | '—'
                if last == ' '
                    && !text[k..]
                        .trim_start_matches(['–', '—', ' '])
                        .starts_with(|c: char| c.is_ascii_digit()) =>
            {
                return k;
            }
            '.' if word > 4 || (letters == 0 && last.is_ascii_digit()) => {
                let next = text[k + 1..].trim_start();
                if next.is_empty() || next.starts_with(|c: char| c.is_uppercase()) {
                    return k;
                }
            }
            _ => {}
        }
        if c.is_alphabetic() {
            letters += 1;
            word += 1;
        } else {
            word = 0;
        }
        last = c;
    }
    text.len()
}

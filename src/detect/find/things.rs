//! Documents with letters, vehicles, land, post codes, machine-readable zones, coordinates.

use crate::detect::engine::Engine;
use crate::detect::fold::{code_letter, decode};
use crate::detect::proof::{document, mrz};
use crate::detect::rules::Finder;
use crate::detect::ruleset::RuleSet;
use crate::model::{Evidence, EvidenceSet};

impl Engine<'_> {
    /// The end of what a word for a number or a comma parts from the digits at `at`: "АВ номер 045123", "АВ, № 045123".
    fn behind_series(&self, at: usize) -> usize {
        let before = self.text[self.lo..at].trim_ascii_end();
        let word = ["номер", "нөмірі", "No.", "No"].iter().find_map(|w| before.strip_suffix(w.as_bytes()));
        let bare = word.map_or(before, <[u8]>::trim_ascii_end);
        let sign = bare.strip_suffix("№".as_bytes()).map_or(bare, <[u8]>::trim_ascii_end);
        let parted = sign.strip_suffix(b",").filter(|_| sign.len() < before.len());
        match (parted, word) {
            (Some(rest), _) => self.lo + rest.len(),
            (None, Some(_)) => self.lo + bare.len(),
            (None, None) => at,
        }
    }

    /// Code letters that end at `at`, with at most one blank, dash or `№` between: the letters and where they begin.
    fn letters_before(&self, at: usize) -> (arrayvec::ArrayVec<u8, 4>, usize) {
        let mut out = arrayvec::ArrayVec::new();
        let mut start = at;
        let mut gap = 0;
        let mut k = self.behind_series(at);
        while k > self.lo && out.len() < 4 {
            let mut s = k - 1;
            while s > self.lo && self.text[s] & 0xC0 == 0x80 && k - s < 3 {
                s -= 1;
            }
            let (c, _) = decode(&self.text[s..k]);
            match code_letter(c) {
                Some(l) if c.is_uppercase() => {
                    out.insert(0, l);
                    start = s;
                }
                // letters that no Latin one looks like stand in series of certificates
                None if c.is_uppercase() => {
                    out.insert(0, b'?');
                    start = s;
                }
                // "ЖБ-Б № 0123456"
                _ if c == '-'
                    && !out.is_empty()
                    && s > self.lo
                    && (self.text[s - 1].is_ascii_uppercase() || self.text[s - 1] >= 0x80) => {}
                _ if out.is_empty() && matches!(c, ' ' | '-' | '№' | '\u{a0}') && gap < 3 => gap += 1,
                // a letter of no code: the word before is just a word
                _ if c.is_alphanumeric() || c == '_' => return (arrayvec::ArrayVec::new(), at),
                _ => break,
            }
            k = s;
        }
        (out, start)
    }

    /// A series of so many letters between `start` and `at` that has a number before them: where it begins, how many letters
    /// follow the number, and whether that form alone tells: `1-АҚ`, `IV-ЖБ`; not `I-QR`. Six `digits` follow old ones.
    fn numbered(
        &self,
        letters: usize,
        start: usize,
        at: usize,
        digits: usize,
    ) -> Option<(usize, usize, bool)> {
        let series = &self.text[start..at];
        let head =
            memchr::memchr(b'-', series).map_or("", |k| str::from_utf8(&series[..k]).unwrap_or_default());
        let roman = head.chars().count();
        let figures = head.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'І' | 'Х'));
        let (from, letters, series) = if (1..=4).contains(&roman) && figures {
            (start, letters - roman, &series[head.len() + 1..])
        } else if digits == 7 {
            let before = self.text[self.lo..start].strip_suffix(b"-")?;
            let digits = before.iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
            let cyrillic = (1..=2).contains(&digits) && series[0] >= 0x80;
            (cyrillic.then(|| start - 1 - digits)?, letters, series)
        } else {
            return None;
        };
        // a single letter may be that of a house
        let sign = memchr::memmem::find(series, "№".as_bytes()).is_some();
        let joined = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || matches!(b, b'-' | b'/' | b'.');
        if (letters == 1 && !sign) || self.prev(from).is_some_and(joined) {
            return None;
        }
        Some((from, letters, series.first().is_some_and(|b| *b >= 0x80)))
    }

    /// A series of letters and a number: passports, licences, military cards.
    pub(crate) fn series(&mut self, from: usize, end: usize, digits: &[u8]) {
        let detector = self.detector;
        let (letters, start) = self.letters_before(from);
        if letters.is_empty() || self.next(end).is_some_and(|b| b.is_ascii_alphanumeric()) {
            return;
        }
        for &r in &detector.series {
            let rule = &detector.rules[usize::from(r)];
            let (start, count, form) = match rule.file.numbered {
                false => (start, letters.len(), true),
                true => match self.numbered(letters.len(), start, from, digits.len()) {
                    Some(numbered) => numbered,
                    None => continue,
                },
            };
            let (a, b) = rule.letters;
            if (usize::from(a)..=usize::from(b)).contains(&count)
                && rule.file.lengths.contains(&(digits.len() as u8))
            {
                let mut e = EvidenceSet::new();
                if form {
                    e.add(Evidence::Form);
                }
                if letters.len() == 1 && letters[0] == b'N' && from - start == 1 {
                    e.add(Evidence::CodeTable);
                }
                if digits.iter().all(|b| *b == digits[0]) && digits[0] == b'0' {
                    continue;
                }
                self.offer(usize::from(r), start, end, e, false);
            }
        }
    }

    /// Seventeen letters and digits that end at `end`.
    pub(crate) fn seventeen(&mut self, end: usize) {
        let Some(rule) = self.rule_of(Finder::Vin) else { return };
        let Some(start) = end.checked_sub(17).filter(|s| *s >= self.lo) else { return };
        if end > self.hi {
            return;
        }
        let raw = &self.text[start..end];
        // a word in both cases, or a number of programs
        let both = raw.iter().any(u8::is_ascii_lowercase) && raw.iter().any(u8::is_ascii_uppercase);
        if both || raw.starts_with(b"0x") {
            return;
        }
        let value = raw.to_ascii_uppercase();
        let Some(p) = document::vin(&value) else { return };
        let mut e = p.evidence;
        if raw.iter().any(u8::is_ascii_lowercase) {
            e = e.with(Evidence::CodeUnknown);
        }
        let beside = |b: Option<u8>| {
            b.is_some_and(|b| matches!(b, b'_' | b'-' | b'/' | b'+' | b'=' | b'.') || b >= 0x80)
        };
        let eq = self.prev(start) == Some(b'=');
        if (beside(self.prev(start)) && !eq)
            || self.next(end).is_some_and(|b| matches!(b, b'_' | b'-' | b'/' | b'+' | b'='))
        {
            e.add(Evidence::InsideToken);
        }
        self.offer(rule, start, end, e, p.proven);
    }

    /// A post code of the new form that ends at `end`.
    pub(crate) fn index(&mut self, end: usize) {
        let Some(rule) = self.rule_of(Finder::Index) else { return };
        let Some(start) = end.checked_sub(7).filter(|s| *s >= self.lo) else { return };
        if end > self.hi
            || self.prev(start).is_some_and(|b| matches!(b, b'-' | b'_' | b'/' | b'+' | b'=' | b'.' | b'%'))
        {
            return;
        }
        if self.next(end).is_some_and(|b| matches!(b, b'-' | b'_' | b'/' | b'+' | b'=' | b'%')) {
            return;
        }
        if let Some(p) = document::postcode(&self.text[start..end]) {
            self.offer(rule, start, end, p.evidence, p.proven);
        }
    }

    /// A plate whose last digits end before `at`, or (`old`) whose three digits do.
    pub(crate) fn plate(&mut self, at: usize, old: bool) {
        let Some(rule) = self.rule_of(Finder::Plate) else { return };
        let (lo, hi) = (self.lo, self.hi);
        let mut value: arrayvec::ArrayVec<u8, 12> = arrayvec::ArrayVec::new();
        let start;
        let mut end = at;
        let mut folded = false;
        let mut grouped = false;
        if old {
            // letter, three digits, two or three letters
            let gap = usize::from(!self.text[at - 1].is_ascii_digit());
            let Some(mut s) = at.checked_sub(4 + 2 * gap).filter(|s| *s >= lo) else { return };
            grouped = gap == 1;
            if self.text[s] & 0xC0 == 0x80 {
                s = s.saturating_sub(1);
            }
            let (c, n) = decode(&self.text[s..hi]);
            if s + n + 3 + 2 * gap != at || !c.is_uppercase() || s < lo {
                return;
            }
            let Some(l) = code_letter(c) else { return };
            folded |= n > 1;
            value.push(l);
            value.extend(self.text[at - 3 - gap..at - gap].iter().copied());
            while end < hi && value.len() < 8 {
                let (c, n) = decode(&self.text[end..hi]);
                match code_letter(c) {
                    Some(l) if c.is_uppercase() => value.push(l),
                    _ => break,
                }
                folded |= n > 1;
                end += n;
            }
            start = s;
        } else {
            let mut s = at - 2;
            let mut rev: arrayvec::ArrayVec<u8, 12> = arrayvec::ArrayVec::new();
            rev.extend(self.text[at - 2..at].iter().rev().copied());
            let (mut letters, mut digits, mut gap) = (0, 0, 0);
            while s > lo && rev.len() < 11 {
                let mut p = s - 1;
                while p > lo && self.text[p] & 0xC0 == 0x80 && s - p < 3 {
                    p -= 1;
                }
                let (c, n) = decode(&self.text[p..s]);
                if c.is_ascii_digit() && letters > 0 {
                    rev.push(c as u8);
                    digits += 1;
                    gap = 0;
                } else if let Some(l) = code_letter(c).filter(|_| digits == 0 && c.is_uppercase()) {
                    rev.push(l);
                    letters += 1;
                    gap = 0;
                    folded |= n > 1;
                } else if matches!(c, ' ' | '/' | '-' | '|' | '\u{a0}') && gap == 0 && digits == 0 {
                    gap += 1;
                    grouped = true;
                } else {
                    break;
                }
                s = p;
                if digits > 3 {
                    break;
                }
            }
            if digits < 2 || letters < 2 {
                return;
            }
            value.extend(rev.iter().rev().copied());
            start = s;
        }
        // trailing gap taken on the left is no part of it
        let start = start
            + self.text[start..end].iter().take_while(|b| matches!(b, b' ' | b'/' | b'-' | b'|')).count();
        let Some(p) = document::plate(&value) else { return };
        let edge = |b: Option<u8>| {
            b.is_some_and(|b| {
                b.is_ascii_alphanumeric()
                    || matches!(b, b'_' | b'-' | b'.' | b'/' | b'%' | b'&' | b'=' | b'#')
            })
        };
        let eq = self.prev(start) == Some(b'=');
        if (edge(self.prev(start)) && !eq)
            || self
                .next(end)
                .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/' | b'%'))
        {
            return;
        }
        if start > lo && super::contact::cyrillic_before(self.text, start, lo) && self.text[start - 1] >= 0x80
        {
            return;
        }
        // letters and digits apart are anything, unless a word says so, or the heading of a list
        if grouped && !self.context(start, end).labels(rule) {
            if self.in_list_of(rule, start) {
                self.vouch(start, end, |c| c.before |= RuleSet::of(rule));
            } else if old {
                return;
            }
        }
        let mut e = p.evidence;
        if folded {
            e.add(Evidence::Folded);
        }
        if grouped && (old || value.len() != 8 || !self.among_words(start, end, &value[3..6])) {
            e.add(Evidence::Grouped);
        }
        let country = !old && self.text[lo..start].ends_with(b"KZ ") && start - lo > 2;
        let start = if country { start - 3 } else { start };
        self.offer(rule, start, end, e, p.proven);
    }

    /// `123 ABC 02` among Russian or Kazakh words: no sum, no size, and no line of a program.
    fn among_words(&self, start: usize, end: usize, letters: &[u8]) -> bool {
        const OTHER: [&[u8]; 16] = [
            b"KZT", b"USD", b"EUR", b"RUB", b"CNY", b"UZS", b"KGS", b"TRY", b"AED", b"GBP", b"CHF", b"RAL",
            b"GET", b"MHZ", b"MAX", b"MIN",
        ];
        let near = &self.text[self.lo.max(start.saturating_sub(80))..self.hi.min(end + 80)];
        let blanks =
            self.text[start..end].iter().filter(|b| !b.is_ascii_alphanumeric() && **b < 0x80).count();
        blanks == 2 && !OTHER.contains(&letters) && near.iter().any(|b| matches!(b, 0xD0..=0xD3))
    }

    /// `<<` of a machine-readable zone: the lines around it.
    pub(crate) fn zone(&mut self, at: usize) {
        let Some(rule) = self.rule_of(Finder::Mrz) else { return };
        let text = self.text;
        let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<';
        let line = |from: usize, hi: usize| {
            let n = text[from..hi].iter().take(92).take_while(|b| sign(**b)).count();
            match n {
                // lines that nothing parts
                88 => 44,
                72 => 36,
                90 => 30,
                _ if n > 46 => 0,
                // a blank that a scan put before the signs that fill a line
                18..=27
                    if text[..hi].get(from + n) == Some(&b' ')
                        && text[..hi].get(from + n + 1) == Some(&b'<') =>
                {
                    n + 1 + text[from + n + 1..hi].iter().take(28).take_while(|b| sign(**b)).count()
                }
                _ => n,
            }
        };
        let mut start = at;
        while start > self.lo && at - start < 92 && sign(text[start - 1]) {
            start -= 1;
        }
        // lines that follow one another, each of 30, 36 or 44 signs
        let mut lines: arrayvec::ArrayVec<(usize, usize), 3> = arrayvec::ArrayVec::new();
        let mut k = start;
        let mut rest = 0;
        while lines.len() < 3 && k < self.hi {
            let n = if rest > 0 { rest } else { line(k, self.hi) };
            if n < 28 {
                break;
            }
            lines.push((k, k + n));
            k += n;
            // lines may be set in
            let gap = text[k..self.hi].iter().take(24).take_while(|b| b.is_ascii_whitespace()).count();
            if gap == 0 {
                let glued = text[k..self.hi].iter().take(92).take_while(|b| sign(**b)).count();
                if glued == 0 || glued % n != 0 {
                    break;
                }
                rest = n;
            }
            k += gap;
        }
        let Some(&(from, first_end)) = lines.first() else { return };
        let end = lines.last().map_or(first_end, |l| l.1);
        self.token_end = end;
        if self.prev(from).is_some_and(|b| b.is_ascii_alphanumeric())
            || self.next(end).is_some_and(|b| b.is_ascii_alphanumeric())
        {
            return;
        }
        let l = |k: usize| lines.get(k).map_or(&[][..], |(a, b)| &text[*a..*b]);
        let right = match l(0).len() {
            30 => mrz::td1(l(0), l(1)),
            44 if lines.len() >= 2 => mrz::td3(l(1)).max(mrz::td3(l(0))),
            44 => mrz::td3(l(0)),
            _ => 0,
        };
        let head = &l(0)[..5.min(l(0).len())];
        let known = head.starts_with(b"P<")
            || head.starts_with(b"ID")
            || head.starts_with(b"I<")
            || head.starts_with(b"V<")
            || head.starts_with(b"AC");
        // a line alone in a cell of its own
        let single = lines.len() == 1 && matches!(l(0).len(), 30 | 36 | 44) && mrz::line(l(0), known);
        if right == 0 && !(known && lines.len() >= 2 || single) {
            return;
        }
        let mut e = EvidenceSet::new();
        e.add(if right >= 4 { Evidence::CheckDigit } else { Evidence::CheckDigitWrong });
        if known || single {
            e.add(Evidence::Form);
        }
        self.offer(rule, from, end, e, right >= 4);
    }
}

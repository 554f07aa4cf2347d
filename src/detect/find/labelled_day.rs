//! Days of birth around their labels: in words, in either order, with blanks, or a year alone.

use super::written::{day_at, month, spelled_before};
use crate::detect::context::char_start;
use crate::detect::engine::Engine;
use crate::detect::fold::{Folded, decode, fold, folded, is_letter, is_word};
use crate::detect::proof::date::exists;

impl Engine<'_> {
    /// A date in words, or a year alone, after a label of birth.
    pub(super) fn text_date(
        &mut self,
        r: usize,
        label: usize,
        after: &Folded,
        end: usize,
        to: usize,
    ) -> Option<usize> {
        let f = &after.text;
        let limit = f.len().min(end + 48);
        let mut k = end;
        while k < limit && !f[k].is_ascii_digit() {
            // "| Туған күні, жері | 1995 ж. 29 қазан |": the stroke behind the label parts it from its value
            let stroke = f[k] == b'|' && !f[end..k].contains(&b'|') && k - end <= 32;
            if f[k] == b';' || f[k] == b'|' && !stroke {
                return None;
            }
            // "March 9, 1988", "the twenty-seventh of June …"
            if is_letter(f[k]) && !is_letter(f[k - 1]) && day_at(f, k).is_some() {
                break;
            }
            k += 1;
        }
        // 19990315, 15031999
        let run = f[k..].iter().take(9).take_while(|b| b.is_ascii_digit()).count();
        let hour =
            run == 9 && f[k + 8..].starts_with(b"000000") && !f.get(k + 14).is_some_and(u8::is_ascii_digit);
        if (run == 8 || hour) && k - end <= 12 && compact_date(&f[k..k + 8]) {
            let last = k + if hour { 13 } else { 7 };
            let last = last + usize::from(hour && f.get(k + 14) == Some(&b'z'));
            let (s, e) = (after.from[k] as usize, after.from[last] as usize + 1);
            self.offer_labelled(r, s, e);
            return Some(e);
        }
        if let Some((s, e)) = self.scanned_day(after.from.get(end).map_or(to, |p| *p as usize), to) {
            self.offer_labelled(r, s, e);
            return Some(e);
        }
        if k >= limit {
            return None;
        }
        let mut stop = day_at(f, k).or_else(|| loose_day(f, k));
        let raw = |k: usize| after.from.get(k).map_or(to, |p| *p as usize);
        let n = f[k..].iter().take(5).take_while(|b| b.is_ascii_digit()).count();
        if stop.is_none()
            && n == 4
            && matches!(&f[k..k + 2], b"19" | b"20")
            && !f.get(k + n).is_some_and(|b| matches!(b, b'-' | b'.' | b'/'))
        {
            // a year alone: only with nothing but small words between
            let words = f[end..k].split(|b| !is_word(*b)).filter(|w| w.len() > 2).count();
            let inside = label > self.lo && matches!(self.text[label - 1], b'_' | b'/' | b'-');
            if words <= 1 && k - end <= 12 && !inside && f.get(k + n) != Some(&b')') {
                stop = Some(k + n);
            }
        }
        if stop.is_none() && birthday(&f[..end]) {
            stop = yearless(f, end, k);
        }
        let stop = stop?;
        let (s, e) = (raw(k), if stop < f.len() { raw(stop) } else { to });
        let e = if stop > 0 && stop < f.len() { e } else { to };
        self.offer_labelled(r, s, e);
        Some(e)
    }

    /// A date in words right before a label: `15 января 1990 года рождения`.
    pub(super) fn date_before(&mut self, r: usize, label: usize, to: usize) -> Option<usize> {
        let text = self.text;
        let mut e = label;
        while e > self.lo && (text[e - 1] == b' ' || text[e - 1] == 0xA0 || text[e - 1] == 0xC2) {
            e -= 1;
        }
        if text[label] >= 0x80
            && let Some((s, e)) = self
                .kazakh_day_before(e)
                .or_else(|| self.words_before(e))
                .or_else(|| self.year_first_before(e))
        {
            self.offer_labelled(r, s, e);
            return Some(to.min(label + 1));
        }
        let s = e.checked_sub(4).filter(|s| *s >= self.lo)?;
        let year = std::str::from_utf8(&text[s..e]).ok()?.parse::<u32>().ok()?;
        let alone =
            self.prev(s).is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'.' | b'-' | b'/'));
        // words such as "born" stand after years that are nobody's
        if !(1900..=2030).contains(&year) || !alone || label - e > 3 || text[label] < 0x80 {
            return None;
        }
        let s = self.day_before(s, year)?;
        self.offer_labelled(r, s, e);
        Some(to.min(label + 1))
    }

    /// A date in the Kazakh order before `e`, with no other number behind it: `1985 жылғы 12 наурызда туған`,
    /// `1979 ж. 14 сәуірде Құлсары қаласында туған`.
    fn kazakh_day_before(&self, e: usize) -> Option<(usize, usize)> {
        let from = char_start(self.text, e.saturating_sub(200).max(self.lo), e);
        let mut f = Folded::default();
        f.push(&self.text[from..e], from as u32);
        let t = &f.text;
        // the last number is the day
        let day_end = t.iter().rposition(u8::is_ascii_digit)? + 1;
        let day = t[..day_end].iter().rposition(|b| !b.is_ascii_digit())? + 1;
        let m = day_end + t[day_end..].iter().take(2).take_while(|b| !is_word(**b)).count();
        let month_end = m + t[m..].iter().take_while(|b| is_letter(**b)).count();
        let mut end = day;
        let mut word = || {
            let e = t[..end].iter().rposition(|b| is_word(*b))? + 1;
            let s = t[..e].iter().rposition(|b| !is_word(*b)).map_or(0, |k| k + 1);
            let near = end - e <= 2;
            end = s;
            near.then_some((s, e))
        };
        let ((ys, ye), (s, se)) = (word()?, word()?);
        let digits = |s: usize, e: usize| {
            t[s..e].iter().try_fold(0u32, |a, b| b.is_ascii_digit().then(|| a * 10 + u32::from(*b - b'0')))
        };
        let year_word = t[ys..ye] == fold("ж") || t[ys..ye].starts_with(&fold("жыл"));
        if se - s != 4 || day_end - day > 2 || !year_word {
            return None;
        }
        let stop = f.from.get(month_end).map_or(e, |p| *p as usize);
        exists(digits(s, se)?, month(&t[m..month_end])?, digits(day, day_end)?)
            .then(|| (f.from[s] as usize, stop))
    }

    /// A day behind its year before `e`, with no number behind it: `1934 жылдың қараша айының 2-сінде туған`,
    /// `1952 жылдың бірінші мамырында Қаратал ауданында дүниеге келген`.
    fn year_first_before(&self, e: usize) -> Option<(usize, usize)> {
        let from = char_start(self.text, e.saturating_sub(200).max(self.lo), e);
        let near = &self.text[from..e];
        memchr::memmem::find(near, "жыл".as_bytes())?;
        let mut f = Folded::default();
        f.push(near, from as u32);
        let t = &f.text;
        let year = (0..t.len().saturating_sub(4)).rev().find(|k| {
            t[*k..k + 4].iter().all(u8::is_ascii_digit)
                && (*k == 0 || !is_word(t[k - 1]))
                && !is_word(t[k + 4])
        })?;
        let end = day_at(t, year).filter(|end| *end > year + 8)?;
        let rest = &t[end..];
        let words = rest.split(|b| !is_word(*b)).filter(|w| !w.is_empty()).count();
        let plain = !rest.iter().any(|b| b.is_ascii_digit() || matches!(b, b';' | b'\n'));
        (plain && words <= 7).then(|| (f.from[year] as usize, f.from.get(end).map_or(e, |p| *p as usize)))
    }

    /// A day in which a scan took letters for digits, right behind its label: `0З.О7.1964`.
    fn scanned_day(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let text = &self.text[..to];
        // its full stops tell where it stands: "ДР клиента  0З.О7.1964"
        let near = text.get(from..)?;
        let stop = from + memchr::memmem::find_iter(&near[..near.len().min(40)], b".").find(|n| *n > 0)?;
        let begins = |k: &usize| matches!(text[k - 1], b' ' | b':') && text[*k] != b' ';
        let start = (from.max(stop.saturating_sub(4))..stop).find(begins)?;
        let (mut at, mut digits, mut day) = (start, 0, [0u32; 8]);
        let mut plain = true;
        for place in 0..10 {
            if matches!(place, 2 | 5) {
                (*text.get(at)? == b'.').then_some(())?;
                at += 1;
                continue;
            }
            let (c, n) = decode(text.get(at..).filter(|t| !t.is_empty())?);
            let digit = match c {
                '0'..='9' => c as u32 - '0' as u32,
                'O' | 'o' | 'О' | 'о' => 0,
                'З' | 'з' => 3,
                'l' | 'I' | '|' => 1,
                'б' => 6,
                'В' | 'B' => 8,
                _ => return None,
            };
            plain &= c.is_ascii_digit();
            day[digits] = digit;
            digits += 1;
            at += n;
        }
        let number = |d: &[u32]| d.iter().fold(0, |a, d| a * 10 + d);
        let real = exists(number(&day[4..]), number(&day[2..4]), number(&day[..2]));
        let ends = text.get(at).is_none_or(|b| !(b.is_ascii_alphanumeric() || *b >= 0x80));
        // plain figures are found without this
        (!plain && real && ends).then_some((start, at))
    }

    /// A day in words alone before `e`: `тысяча девятьсот … года рождения`, `… төртінші қазанда Ош қаласында туған`.
    fn words_before(&self, e: usize) -> Option<(usize, usize)> {
        let from = char_start(self.text, e.saturating_sub(300).max(self.lo), e);
        // most labels have no year in words before them
        let near = &self.text[from..e];
        let words = ["ысяч", "ЫСЯЧ", "мың", "МЫҢ", "мын"];
        if !words.iter().any(|w| memchr::memmem::find(near, w.as_bytes()).is_some()) {
            return None;
        }
        let mut f = Folded::default();
        f.push(near, from as u32);
        let (a, b) = spelled_before(&f.text)?;
        // "… года рождения" follows at once; "… қазанда Ош қаласында туған" does not
        let between = f.text[b..].split(|b| !is_word(*b)).filter(|w| !w.is_empty()).count();
        let label = fold(
            std::str::from_utf8(self.text[e..self.hi.min(e + 24)].utf8_chunks().next()?.valid().as_bytes())
                .ok()?
                .trim_start(),
        );
        let native = ["ту", "дүние", "жылы"].iter().any(|w| label.starts_with(&fold(w)));
        let russian = ["рожд", "года рожд", "г рожд", "род"].iter().any(|w| label.starts_with(&fold(w)));
        if !(native && between <= 7 || russian && between <= 2) {
            return None;
        }
        Some((f.from[a] as usize, f.from.get(b).map_or(e, |p| *p as usize)))
    }

    /// Where a date in words begins whose year stands at `s`: `15 января 1990`.
    fn day_before(&self, s: usize, year: u32) -> Option<usize> {
        let from = char_start(self.text, s.saturating_sub(40).max(self.lo), s);
        let mut f = Folded::default();
        f.push(&self.text[from..s], from as u32);
        let t = &f.text;
        let end = t.iter().rposition(|b| is_letter(*b))? + 1;
        let word = t[..end].iter().rposition(|b| !is_letter(*b))? + 1;
        let day_end = t[..word].iter().rposition(u8::is_ascii_digit)? + 1;
        let day = t[..day_end].iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |k| k + 1);
        if t.len() - end > 2 || word - day_end > 3 || day_end - day > 2 {
            return None;
        }
        let number = t[day..day_end].iter().fold(0, |a, b| a * 10 + u32::from(*b - b'0'));
        exists(year, month(&t[word..end])?, number).then(|| f.from[day] as usize)
    }
}

/// Does a label say that somebody was born, and not only that a day or year is of something?
fn birthday(label: &[u8]) -> bool {
    folded![
        "д/р",
        "д.р",
        "др",
        "рожд",
        "родил",
        "туған күн",
        "туылған күн",
        "bday",
        "birthday",
        "туган кун",
        "dob"
    ]
    .any(|w| label.trim_ascii_start().starts_with(w) || label.ends_with(w))
}

/// Where a day without its year, or with two figures of it, ends that begins at `k`: `9 апреля`, `3 октября 93`, `31.10`.
fn yearless(f: &[u8], label: usize, k: usize) -> Option<usize> {
    let words = f[label..k].split(|b| !is_word(*b)).filter(|w| !w.is_empty()).count();
    if words > 2 || k - label > 24 {
        return None;
    }
    let n = f[k..].iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let day = f[k..k + n].iter().fold(0u32, |v, b| v * 10 + u32::from(b - b'0'));
    if !(1..=2).contains(&n) || !(1..=31).contains(&day) {
        return None;
    }
    let at = k + n;
    let two = |at: usize| {
        let d = f.get(at..at + 2)?;
        let digits = d.iter().all(u8::is_ascii_digit) && !f.get(at + 2).is_some_and(|b| is_word(*b));
        digits.then(|| u32::from(d[0] - b'0') * 10 + u32::from(d[1] - b'0'))
    };
    if f.get(at) == Some(&b'.') {
        let more = f.get(at + 3) == Some(&b'.') && f.get(at + 4).is_some_and(u8::is_ascii_digit);
        return two(at + 1).filter(|m| (1..=12).contains(m) && !more && words <= 1).map(|_| at + 3);
    }
    let word = at + usize::from(f.get(at) == Some(&b' '));
    let end = word + f[word..].iter().take_while(|b| is_letter(**b)).count();
    if word == at || end < word + 3 {
        return None;
    }
    month(&f[word..end])?;
    let year = (f.get(end) == Some(&b' ')).then(|| two(end + 1)).flatten();
    Some(if year.is_some() { end + 3 } else { end })
}

/// `08 / 02 / 1991`, `17.IV.1984`, `02MAR88`, `12/окт/1975`, `1988-MAR-02`: a day of figures with blanks around its signs, or
/// with a month in Roman ones or by its name.
fn loose_day(f: &[u8], k: usize) -> Option<usize> {
    const ROMAN: [&[u8]; 12] =
        [b"i", b"ii", b"iii", b"iv", b"v", b"vi", b"vii", b"viii", b"ix", b"x", b"xi", b"xii"];
    let number = |at: usize, most: usize| {
        let n = f[at..].iter().take(most + 1).take_while(|b| b.is_ascii_digit()).count();
        let value = f[at..at + n].iter().fold(0u32, |v, b| v * 10 + u32::from(b - b'0'));
        ((1..=most).contains(&n)).then_some((at + n, value))
    };
    let sign = |at: usize| {
        let open = at + f[at..].iter().take_while(|b| **b == b' ').count().min(2);
        let told = matches!(f.get(open), Some(b'.' | b'/' | b'-'));
        told.then(|| open + 1 + f[open + 1..].iter().take_while(|b| **b == b' ').count().min(2))
    };
    // a month in letters needs no sign around it
    let blanks =
        |at: usize| sign(at).unwrap_or(at + f[at..].iter().take_while(|b| **b == b' ').count().min(2));
    let letters = |at: usize| {
        let end = at + f[at..].iter().take(12).take_while(|b| is_letter(**b)).count();
        let word = &f[at..end];
        let roman = || ROMAN.iter().position(|m| word == *m).map(|m| m as u32 + 1);
        (end - at >= 3).then(|| month(word)).flatten().or_else(roman).map(|m| (end, m))
    };
    let (at, first) = number(k, 4)?;
    if at - k == 4 {
        let (at, month) = letters(blanks(at))?;
        let (end, day) = number(blanks(at), 2)?;
        return exists(first, month, day).then_some(end);
    }
    let named = letters(blanks(at)).filter(|_| at - k <= 2);
    let (at, month) = match named {
        Some(named) => named,
        None => number(sign(at)?, 2)?,
    };
    let from = if named.is_some() { blanks(at) } else { sign(at)? };
    let (end, year) = number(from, 4)?;
    let year = match end - from {
        4 => year,
        // nobody is older than a hundred and few are born in the years to come
        2 if named.is_some() => year + if year > 30 { 1900 } else { 2000 },
        _ => return None,
    };
    let ends = f.get(end).is_none_or(|b| !is_word(*b)) || named.is_none();
    // plain figures are found without a label
    let loose = named.is_some() || f[k..end].contains(&b' ');
    (loose && ends && exists(year, month, first)).then_some(end)
}

/// Eight digits that are a day, the year first or last.
pub(crate) fn compact_date(digits: &[u8]) -> bool {
    let n = digits.iter().fold(0u32, |n, b| n.wrapping_mul(10).wrapping_add(u32::from(b.wrapping_sub(b'0'))));
    exists(n / 10_000, n / 100 % 100, n % 100) || exists(n % 10_000, n / 10_000 % 100, n / 1_000_000)
}

//! Numbers that reach us broken: masked in the source, misread by OCR, parted by a line end.

use crate::detect::engine::Engine;
use crate::detect::fold::decode;
use crate::detect::proof::taxid;
use crate::detect::rules::Finder;
use crate::model::{Category, Evidence, EvidenceSet, SegmentKind};

/// The digit that OCR has read as this letter.
fn misread(c: char) -> Option<u8> {
    Some(match c {
        'O' | 'o' | 'О' | 'о' => b'0',
        'l' | 'I' | '|' | 'і' | 'І' | 'i' => b'1',
        'З' | 'з' => b'3',
        'S' | 'Ѕ' => b'5',
        'Б' | 'б' => b'6',
        'В' => b'8',
        _ => return None,
    })
}

/// A sign that stands for a hidden digit.
fn hidden(c: char) -> bool {
    matches!(c, '*' | 'X' | 'x' | 'Х' | 'х' | '•' | '#')
}

impl Engine<'_> {
    /// Which rule of twelve digits proves true, and its evidence.
    fn twelve(&self, digits: &[u8; 12]) -> Option<(usize, EvidenceSet)> {
        if !taxid::check_digit_12(digits) {
            return None;
        }
        self.detector.by_length[12].iter().map(|r| usize::from(*r)).find_map(|r| {
            let rule = &self.detector.rules[r];
            let known = rule.category == Category::IIN || rule.category == Category::BIN;
            let p = rule.proof.filter(|_| known)?(digits)?;
            p.proven.then_some((r, p.evidence))
        })
    }

    /// A run of digits with letters beside it, `at` its end: twelve characters of which some are misread digits.
    /// Only behind a word that says so, and only where the repaired number proves true.
    pub(crate) fn misread(&mut self, at: usize) {
        let text = self.text;
        let mut start = at;
        let mut steps = 0;
        while start > self.lo && steps < 13 {
            let mut s = start - 1;
            while s > self.lo && text[s] & 0xC0 == 0x80 && start - s < 3 {
                s -= 1;
            }
            let (c, _) = decode(&text[s..start]);
            if !c.is_ascii_digit() && misread(c).is_none() {
                break;
            }
            start = s;
            steps += 1;
        }
        let mut digits = [0u8; 12];
        let (mut n, mut letters, mut k) = (0, 0, start);
        while k < self.hi {
            let (c, len) = decode(&text[k..self.hi]);
            let d = if c.is_ascii_digit() {
                c as u8
            } else if let Some(d) = misread(c) {
                letters += 1;
                d
            } else {
                break;
            };
            if n == 12 {
                return;
            }
            digits[n] = d;
            n += 1;
            k += len;
        }
        let edge = |c: Option<u8>| c.is_some_and(|b| b.is_ascii_alphanumeric());
        if n != 12 || !(1..=3).contains(&letters) || edge(self.prev(start)) || edge(self.next(k)) {
            return;
        }
        if let Some((r, e)) = self.twelve(&digits)
            && self.context(start, k).labels(r)
        {
            self.cluster_end = k;
            self.offer(r, start, k, e.with(Evidence::OcrRepaired), false);
        }
    }

    /// A number that goes on at the beginning of the next line: `at` is its first digit there.
    pub(crate) fn line_broken(&mut self, at: usize) {
        let text = self.text;
        let mut mid = at;
        while mid > self.lo && matches!(text[mid - 1], b'\n' | b'\r') {
            mid -= 1;
        }
        if self.kind != SegmentKind::Prose || at - mid > 2 || mid == at {
            return;
        }
        // the stamp of the next line of a log belongs to no number
        if let Some(stamp) = text[at..self.hi].first_chunk::<14>()
            && matches!(stamp, [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b' ', _, _, b':'])
        {
            return;
        }
        if self.groups_broken(mid, at) {
            return;
        }
        let after = text[at..self.hi].iter().take(13).take_while(|b| b.is_ascii_digit()).count();
        // twelve digits in all: most lines that end and begin with digits are told apart by one byte
        if !(2..=10).contains(&after)
            || (mid + after >= self.lo + 13 && text[mid + after - 13].is_ascii_digit())
        {
            return;
        }
        let before = text[self.lo..mid].iter().rev().take(13).take_while(|b| b.is_ascii_digit()).count();
        let (start, end) = (mid - before, at + after);
        let edge = |c: Option<u8>| c.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if before < 2 || after < 2 || before + after != 12 || edge(self.prev(start)) {
            return;
        }
        let mut digits = [0u8; 12];
        digits[..before].copy_from_slice(&text[start..mid]);
        digits[before..].copy_from_slice(&text[at..end]);
        if let Some((r, e)) = self.twelve(&digits)
            && self.context(start, end).before.has(r)
        {
            self.offer(r, start, end, e.with(Evidence::LineBroken), false);
        }
    }

    /// The same for numbers in groups, behind a word that says what they are: `8 705⏎426 74 50`, a card in fours.
    fn groups_broken(&mut self, mid: usize, at: usize) -> bool {
        let text = self.text;
        let joint = |b: u8| matches!(b, b' ' | b'-' | b'(' | b')');
        let mut start = mid;
        let mut k = mid;
        while k > self.lo && mid - k < 24 {
            let b = text[k - 1];
            if b.is_ascii_digit() {
                start = k - 1;
            } else if !joint(b) || (joint(text[k]) && text[k] != b'(' && b != b')') {
                break;
            }
            k -= 1;
        }
        let mut digits: arrayvec::ArrayVec<u8, 20> = arrayvec::ArrayVec::new();
        digits.extend(text[start..mid].iter().copied().filter(u8::is_ascii_digit).take(15));
        let left = digits.len();
        let plus = self.prev(start) == Some(b'+');
        if self.prev(start).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b',')) {
            return false;
        }
        let mut k = at;
        while k < self.hi && k - at < 24 && !digits.is_full() {
            let b = text[k];
            if b.is_ascii_digit() {
                digits.push(b);
            } else if !joint(b) {
                break;
            }
            k += 1;
            let ends = b.is_ascii_digit() && !self.next(k).is_some_and(|n| n.is_ascii_alphanumeric());
            if !ends || left < 2 {
                continue;
            }
            let detector = self.detector;
            let ten = digits.len() == 11 && matches!(digits[0], b'7' | b'8') && digits[1] == b'7';
            let rule = match digits.len() {
                11 if ten && (plus || left != 11) => self.rule_of(Finder::Phone),
                16 => detector
                    .rules
                    .iter()
                    .position(|r| r.category == Category::CARD && r.finder == Finder::Digits),
                _ => None,
            };
            let Some(r) = rule else { continue };
            let mut e = EvidenceSet::new().with(Evidence::LineBroken).with(Evidence::Grouped);
            if digits.len() == 16 {
                // in fours on both lines, as cards are written
                let fours = |t: &[u8]| {
                    let mut groups = t.split(|b| !b.is_ascii_digit()).filter(|g| !g.is_empty());
                    groups.all(|g| g.len() == 4)
                };
                if !fours(&text[start..mid]) || !fours(&text[at..k]) {
                    continue;
                }
                let Some(p) = detector.rules[r].proof.and_then(|p| p(&digits)).filter(|p| p.proven) else {
                    continue;
                };
                e = e.union(p.evidence);
            }
            let start = start - usize::from(plus);
            if self.context(start, k).before.has(r) {
                self.offer(r, start, k, e, false);
                return true;
            }
        }
        false
    }

    /// A sign of masking beside a digit at `at`: a number of which a part is hidden.
    pub(crate) fn masked(&mut self, at: usize) {
        let text = self.text;
        let part = |c: char| c.is_ascii_digit() || hidden(c);
        let joint = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}');
        // the whole run of digits, hidden digits and single separators
        let mut start = at;
        let mut gap = 0;
        let floor = self.lo.max(at.saturating_sub(40));
        let mut k = at;
        while k > floor {
            let mut s = k - 1;
            while s > floor && text[s] & 0xC0 == 0x80 && k - s < 4 {
                s -= 1;
            }
            let (c, _) = decode(&text[s..k]);
            if part(c) {
                start = s;
                gap = 0;
            } else if joint(c) && gap < 2 {
                gap += 1;
            } else {
                break;
            }
            k = s;
        }
        let (mut end, mut digits, mut stars, mut row, mut longest) = (start, 0, 0, 0, 0);
        let mut zeros = 0;
        let mut first: arrayvec::ArrayVec<u8, 4> = arrayvec::ArrayVec::new();
        gap = 0;
        k = start;
        while k < self.hi && k < start + 48 {
            let (c, n) = decode(&text[k..self.hi]);
            if part(c) {
                // "5169 49** **** 3306 188000": a card is whole, and a sum follows
                if gap > 0 && longest >= 4 && digits + stars == 16 {
                    break;
                }
                gap = 0;
                if c.is_ascii_digit() {
                    digits += 1;
                    zeros += usize::from(c == '0');
                    row = 0;
                    if stars == 0 {
                        first.try_push(c as u8).ok();
                    }
                } else {
                    stars += 1;
                    row += 1;
                    longest = longest.max(row);
                }
                end = k + n;
            } else if joint(c) && gap < 2 {
                gap += 1;
            } else {
                break;
            }
            k += n;
        }
        self.token_end = end;
        let edge = |c: Option<u8>| c.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'='));
        // what shows only how a number is written
        if digits < 2
            || zeros == digits
            || stars == 0
            || edge(self.next(end))
            || self.prev(start).is_some_and(|b| b.is_ascii_alphanumeric())
        {
            return;
        }
        let plus = self.prev(start) == Some(b'+');
        let total = digits + stars;
        let e = EvidenceSet::new().with(Evidence::Partial);
        let detector = self.detector;
        let phone_form = matches!(first.as_slice(), [b'7' | b'8', b'7' | b'0' | b'6', ..]) || plus;
        if total == 11
            && longest >= 2
            && phone_form
            && digits >= 4
            && let Some(r) = self.rule_of(Finder::Phone)
        {
            let from = start - usize::from(plus);
            self.offer(r, from, end, e.with(Evidence::CodeTable).with(Evidence::Form), false);
            return;
        }
        let by_category =
            |c: Category| detector.rules.iter().position(|r| r.category == c && r.finder == Finder::Digits);
        if total == 12 && longest >= 3 && digits >= 4 {
            if let Some(r) = by_category(Category::IIN)
                && self.context(start, end).labels(r)
            {
                self.offer(r, start, end, e, false);
            }
            return;
        }
        let tail = text[start..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        if let Some(r) = by_category(Category::CARD)
            && (total == 16 && longest >= 4 || tail == 4 && digits == 4)
            && (self.context(start, end).labels(r) || (total == 16 && digits >= 8))
        {
            let e = if total == 16 { e.with(Evidence::BrandRange).with(Evidence::Grouped) } else { e };
            self.offer(r, start, end, e, false);
        }
    }
}

//! Clusters of digits: groups with the separators that people and programs put between them.

use arrayvec::ArrayVec;

use crate::detect::context::who;
use crate::detect::engine::Engine;
use crate::detect::fold::decode;
use crate::detect::proof::filler;
use crate::model::{Category, Evidence, EvidenceSet, SegmentKind};

/// A run of digits within a cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    start: u32,
    end: u32,
    /// First digit in [`Cluster::digits`].
    pub(crate) from: u8,
    /// How many digits.
    pub(crate) n: u8,
    /// The separators before it, as bits.
    pub(crate) sep: u8,
}

impl Group {
    pub(crate) fn start(&self) -> usize {
        self.start as usize
    }
    pub(crate) fn end(&self) -> usize {
        self.end as usize
    }
}

/// A blank of any kind.
pub(crate) const BLANK: u8 = 1;
/// A dash of any kind.
pub(crate) const DASH: u8 = 2;
/// A full stop.
pub(crate) const DOT: u8 = 4;
/// A bracket.
pub(crate) const PAREN: u8 = 8;
/// A slash.
pub(crate) const SLASH: u8 = 16;

/// Groups of digits that stand together.
#[derive(Debug, Default)]
pub(crate) struct Cluster {
    pub(crate) groups: ArrayVec<Group, 14>,
    pub(crate) digits: ArrayVec<u8, 48>,
    /// Position of `+` before the first group.
    pub(crate) plus: Option<usize>,
    /// Position of `(` before the first group.
    pub(crate) open: Option<usize>,
    /// Full-width digits or soft hyphens were folded.
    pub(crate) folded: bool,
}

impl Cluster {
    fn clear(&mut self) {
        self.groups.clear();
        self.digits.clear();
        (self.plus, self.open, self.folded) = (None, None, false);
    }

    pub(crate) fn digits(&self, from: usize, to: usize) -> &[u8] {
        let a = self.groups[from].from as usize;
        let b = self.groups[to].from as usize + self.groups[to].n as usize;
        &self.digits[a..b]
    }
}

/// What kind of separator a character is: 0 for none, 0x80 for one that leaves no trace.
fn separator(c: char) -> u8 {
    match c {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\u{2008}' | '\u{2005}' => BLANK,
        '-' | '\u{2010}'..='\u{2014}' | '\u{2212}' => DASH,
        '.' => DOT,
        '(' | ')' => PAREN,
        '/' => SLASH,
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => 0x80,
        _ => 0,
    }
}

fn digit(c: char) -> Option<u8> {
    super::super::fold::digit(c).map(|d| d + b'0')
}

/// The character that ends at `at`.
fn before(text: &[u8], at: usize, lo: usize) -> Option<(char, usize)> {
    if at <= lo {
        return None;
    }
    let mut s = at - 1;
    while s > lo && at - s < 4 && text[s] & 0xC0 == 0x80 {
        s -= 1;
    }
    let (c, n) = decode(&text[s..at]);
    if s + n == at { Some((c, s)) } else { Some((' ', at - 1)) }
}

/// How many digits stand before `at`, not before `lo`.
fn digits_before(text: &[u8], at: usize, lo: usize) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut n = 0;
    // eight at a time: a digit less `0` is below ten, so that adding 0x76 does not reach the highest bit
    while let Some(&eight) = text[lo..at - n].last_chunk::<8>() {
        let less = u64::from_le_bytes(eight) ^ (EACH * u64::from(b'0'));
        let other = (((less & (EACH * 0x7F)) + EACH * 0x76) | less) & (EACH * 0x80);
        if other != 0 {
            return n + other.leading_zeros() as usize / 8;
        }
        n += 8;
    }
    n + text[lo..at - n].iter().rev().take_while(|b| b.is_ascii_digit()).count()
}

impl Engine<'_> {
    /// Looks at the cluster of digits around `at`.
    pub(crate) fn cluster(&mut self, at: usize) {
        let start = self.cluster_start(at);
        let mut c = self.digits.take().unwrap_or_default();
        c.clear();
        self.parse(start, &mut c);
        self.cluster_end = c.groups.last().map_or(at + 1, |g| g.end()).max(at + 1);
        if !c.groups.is_empty() {
            self.numbers(&c);
        }
        self.digits = Some(c);
    }

    /// A run of digits that ends before `at`: looked at alone where nothing near could belong to it.
    pub(crate) fn run_of_digits(&mut self, at: usize) {
        if at == self.hi && self.plain_cell(at) {
            return;
        }
        let text = self.text;
        let start = self.behind_escape(at - digits_before(text, at, self.lo).max(1));
        // a taxpayer number and a day, or more: no number by itself is as long but an account's
        if at - start > 18 && self.kind == SegmentKind::Prose {
            self.glued.push(start as u32);
        }
        if self.of_no_rule(start, at) {
            self.cluster_end = at;
            return;
        }
        let near = |b: Option<u8>| {
            b.is_some_and(|b| matches!(b, b' ' | b'-' | b'.' | b'(' | b')' | b'/' | b'+') || b >= 0x80)
        };
        let two = if start >= self.lo + 2 { Some(text[start - 2]) } else { None };
        let left = self.prev(start);
        // digits of a decimal, of a hash, of a name
        let decimal = left == Some(b'.') && two.is_some_and(|b| b.is_ascii_digit());
        let (right, next) = (self.next(at), self.next(at + 1));
        let letter = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
        let escaped = self.escaped(start);
        let hash = (at - start != 12 && !escaped && left.is_some_and(|b| b.is_ascii_lowercase()))
            || (letter(self.next(at)) && !matches!(self.next(at), Some(b'E' | b'e')));
        if (hash || text[start - usize::from(start > self.lo)] >= 0x80 || right.is_some_and(|b| b >= 0x80))
            && (6..12).contains(&(at - start))
        {
            self.misread(at);
        }
        if decimal || hash {
            self.cluster_end = at;
            return;
        }
        let digit = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_digit());
        let free_left = !near(left) || (left == Some(b' ') && !digit(two) && !near(two));
        let free_right = !near(right) || (matches!(right, Some(b' ' | b'.')) && !digit(next) && !near(next));
        if !(free_left && free_right) || at - start > 20 {
            self.cluster(at - 1);
            return;
        }
        self.cluster_end = at;
        let digits = &text[start..at];
        let phone = match (digits.len(), digits[0]) {
            (10, b'7') | (11, b'7' | b'8') => true,
            (14, b'8') => digits.starts_with(b"8107"),
            _ => false,
        };
        if self.detector.want.phone && phone {
            let mut c = self.digits.take().unwrap_or_default();
            c.clear();
            c.digits.try_extend_from_slice(digits).ok();
            c.groups.push(Group {
                start: start as u32,
                end: at as u32,
                from: 0,
                n: (at - start) as u8,
                sep: 0,
            });
            self.phones(&c);
            self.digits = Some(c);
        } else if self.detector.asked_lengths >> digits.len() & 1 == 0 && !self.keep_all {
            // rules that nobody asked for are there to win over others, and there are none
            return;
        }
        self.single(digits, start, at, false);
    }

    /// Is a run of digits as long as no rule asks for, with nothing near that could belong to it? Most of those in logs
    /// are stamps of time and numbers of requests.
    #[inline]
    fn of_no_rule(&self, start: usize, end: usize) -> bool {
        let (text, n) = (self.text, end - start);
        if n > 20
            || self.detector.asked_lengths >> n & 1 != 0
            || self.keep_all
            || start < self.lo + 2
            || end + 2 > self.hi
        {
            return false;
        }
        let phone = n == 14 || matches!((n, text[start]), (10 | 11, b'7' | b'8'));
        let apart = |near: u8, next: u8| {
            matches!(near, b'"' | b',' | b':' | b'=' | b'[' | b']' | b'{' | b'}' | b'\n')
                || near == b' ' && next.is_ascii_alphabetic()
        };
        !phone && apart(text[start - 1], text[start - 2]) && apart(text[end], text[end + 1])
    }

    /// A cell that is nothing but digits and can be no telephone: nothing stands around it.
    fn plain_cell(&mut self, at: usize) -> bool {
        let text = self.text;
        let digits = &text[self.lo..at];
        let n = digits.len();
        if self.kind == SegmentKind::Prose
            || !(9..=20).contains(&n)
            || !digits.iter().all(u8::is_ascii_digit)
            || (self.detector.want.phone && matches!(n, 10 | 11 | 14))
        {
            return false;
        }
        self.cluster_end = at;
        self.by_rules(digits, self.lo, at, EvidenceSet::new());
        true
    }

    fn cluster_start(&self, at: usize) -> usize {
        let floor = self.lo.max(self.cluster_end.min(at)).max(at.saturating_sub(48));
        let mut start = at;
        let mut seps = 0;
        let mut k = at;
        while k > floor {
            let b = self.text[k - 1];
            if b.is_ascii_digit() {
                seps = 0;
                k -= 1;
                start = k;
                continue;
            }
            let Some((c, s)) = before(self.text, k, floor) else { break };
            if digit(c).is_some() {
                seps = 0;
                start = s;
            } else if separator(c) != 0 {
                seps += 1;
                if seps > 2 {
                    break;
                }
            } else {
                break;
            }
            k = s;
        }
        self.behind_escape(start)
    }

    fn parse(&self, start: usize, c: &mut Cluster) {
        let text = self.text;
        let mut k = start;
        // the sign before: "+7", "+ 7", "(7"
        match self.prev(start) {
            Some(b'+') => c.plus = Some(start - 1),
            Some(b'(') => {
                c.open = Some(start - 1);
                if self.prev(start - 1) == Some(b'+') {
                    c.plus = Some(start - 2);
                }
            }
            // "+ 7 701 …", but not a sum
            Some(b' ') if start >= self.lo + 2 && text[start - 2] == b'+' && text[start] == b'7' => {
                c.plus = Some(start - 2);
            }
            _ => {}
        }
        let mut sep = 0u8;
        let mut count = 0;
        while k < self.hi {
            let b = text[k];
            if b.is_ascii_digit() {
                let from = c.digits.len();
                let s = k;
                while k < self.hi {
                    let b = text[k];
                    if b.is_ascii_digit() {
                        c.digits.try_push(b).ok();
                        k += 1;
                    } else if b < 0x80 {
                        break;
                    } else {
                        let (ch, n) = decode(&text[k..self.hi]);
                        if let Some(d) = digit(ch) {
                            c.digits.try_push(d).ok();
                        } else if separator(ch) == 0x80
                            && text[..self.hi].get(k + n).is_some_and(u8::is_ascii_digit)
                        {
                            // an invisible sign within a number
                        } else {
                            break;
                        }
                        c.folded = true;
                        k += n;
                    }
                }
                let n = c.digits.len() - from;
                if c.digits.is_full() || n == 0 {
                    break;
                }
                let group = Group { start: s as u32, end: k as u32, from: from as u8, n: n as u8, sep };
                if c.groups.try_push(group).is_err() || c.groups.is_full() {
                    break;
                }
                sep = 0;
                count = 0;
                continue;
            }
            let (ch, n) = decode(&text[k..self.hi]);
            if let Some(d) = digit(ch) {
                let _ = d;
                // a number that begins with a full-width digit
                let from = c.digits.len();
                let s = k;
                while k < self.hi {
                    let (ch, n) = decode(&text[k..self.hi]);
                    let Some(d) = digit(ch) else { break };
                    c.digits.try_push(d).ok();
                    k += n;
                }
                c.folded = true;
                let group = Group {
                    start: s as u32,
                    end: k as u32,
                    from: from as u8,
                    n: (c.digits.len() - from) as u8,
                    sep,
                };
                if c.digits.is_full() || c.groups.try_push(group).is_err() || c.groups.is_full() {
                    break;
                }
                (sep, count) = (0, 0);
                continue;
            }
            let kind = separator(ch);
            if kind == 0 {
                break;
            }
            count += 1;
            // "+7 (705) 511 – 56 – 86": a dash between blanks, where a sign of a telephone began it
            let dashed = count == 3
                && kind == BLANK
                && sep == BLANK | DASH
                && (c.plus.is_some() || c.open.is_some() || c.groups.iter().any(|g| g.sep & PAREN != 0));
            if count > 3 || (count == 3 && sep & PAREN == 0 && kind != PAREN && !dashed) {
                break;
            }
            sep |= kind & 0x7F;
            k += n;
        }
    }

    fn numbers(&mut self, c: &Cluster) {
        let run = self.detector.want.run as u8;
        let n = c.groups.len();
        if self.detector.want.phone {
            self.phones(c);
        }
        for k in 0..n {
            let g = c.groups[k];
            if g.n >= run {
                self.single(c.digits(k, k), g.start(), g.end(), c.folded);
            }
        }
        if n < 2 {
            return;
        }
        let detector = self.detector;
        let lengths = c.groups.iter().rev().fold(0, |a, g| a << 4 | u64::from(g.n.min(15)));
        let (mut left, mut k) = (lengths, 0);
        while left != 0 {
            for form in &detector.forms[(left & 15) as usize] {
                if (left ^ form.lengths) & form.mask == 0 {
                    let rule = usize::from(form.rule);
                    self.grouped(c, k, &detector.rules[rule].groups[usize::from(form.form)], rule);
                }
            }
            (left, k) = (left >> 4, k + 1);
        }
        if self.detector.want.dates && n >= 3 {
            self.dates(c);
        }
    }

    /// Is the run `start..end` a part of something longer? Decimals, versions, hashes, UUIDs, codes.
    pub(crate) fn glued(&self, start: usize, end: usize) -> EvidenceSet {
        let mut e = EvidenceSet::new();
        let two = |at: usize| if at >= self.lo + 2 { self.text[at - 2] } else { b' ' };
        let inside = match self.prev(start) {
            Some(b) if b.is_ascii_alphanumeric() || b == b'_' => !self.escaped(start),
            Some(b'.') => two(start).is_ascii_alphanumeric(),
            // two numbers of full length beside one another are a list
            Some(b'/') if self.full_before(start - 1) => false,
            Some(b'-' | b'+' | b'/') => two(start).is_ascii_alphanumeric() || two(start) == b'_',
            Some(b',') => {
                two(start).is_ascii_digit() && {
                    // a decimal comma: few digits before it, and no list goes on after
                    let before = &self.text[self.lo..start - 1];
                    let head = before.iter().rev().take_while(|b| b.is_ascii_digit()).count();
                    // "KZT-2206-048-0917,": the end of a code
                    let code = head > 1 && before[before.len() - head] == b'0';
                    head <= 4 && !code && self.next(end) != Some(b',')
                }
            }
            Some(b'\\' | b'%' | b'$' | b'&' | b'#') => two(start) != b' ' || self.prev(start) == Some(b'\\'),
            _ => false,
        };
        let after = |k: usize| self.next(end + k).unwrap_or(b' ');
        let inside = inside
            || match self.next(end) {
                Some(b) if b.is_ascii_alphanumeric() || b == b'_' => true,
                Some(b'.') => {
                    let zeros = self.text[..self.hi][end + 1..].iter().take_while(|b| **b == b'0').count();
                    if zeros > 0 && !after(1 + zeros).is_ascii_alphanumeric() {
                        e.add(Evidence::FloatWritten);
                        false
                    } else {
                        after(1).is_ascii_alphanumeric()
                    }
                }
                Some(b'/') if self.full_after(end + 1) => false,
                Some(b'-' | b'+' | b'/') => after(1).is_ascii_alphanumeric(),
                Some(b',') => {
                    after(1).is_ascii_digit() && {
                        let tail =
                            self.text[..self.hi][end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                        tail <= 2 && after(1 + tail) != b','
                    }
                }
                Some(b'%') => true,
                _ => false,
            };
        if inside {
            e.add(Evidence::InsideToken);
        }
        e
    }

    /// Do nine or more digits end at `at`?
    fn full_before(&self, at: usize) -> bool {
        self.text[self.lo..at].iter().rev().take(9).filter(|b| b.is_ascii_digit()).count() == 9
    }

    /// Do nine or more digits begin at `at`? So many has the shortest number of such pairs: `ИНН/КПП`.
    fn full_after(&self, at: usize) -> bool {
        self.text[..self.hi].get(at..at + 9).is_some_and(|d| d.iter().all(u8::is_ascii_digit))
    }

    /// Where digits begin that seem to begin at `start`, of which the first two may be those of `\x22`.
    fn behind_escape(&self, start: usize) -> usize {
        let escape = start >= self.lo + 2
            && self.text.get(start + 2).is_some_and(u8::is_ascii_digit)
            && &self.text[start - 2..start] == b"\\x"
            && self.text[start..].starts_with(b"22");
        start + if escape { 2 } else { 0 }
    }

    /// Does an escaped sign of a link end before `start`: `%2B7701…`, `%3D8701…`?
    pub(crate) fn escaped(&self, start: usize) -> bool {
        // "\x22phone\x22:\x228701…": a quotation mark as logs of servers write it
        if start >= self.lo + 4 && &self.text[start - 4..start] == b"\\x22" {
            return true;
        }
        start >= self.lo + 3
            && matches!(&self.text[start - 3..start], [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_alphabetic() && b.is_ascii_hexdigit())
    }

    /// Does a decimal, or a long number of another length than `like`, stand beside it in the same row of figures?
    pub(crate) fn among_numbers(&self, start: usize, end: usize, like: usize) -> bool {
        let figure = |token: &[u8]| {
            let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
            let all =
                token.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'E' | b'e'));
            let point = token.iter().position(|b| *b == b'.').is_some_and(|p| p > 0 && p + 2 < token.len());
            let one_point = token.iter().filter(|b| **b == b'.').count() == 1;
            all && digits > 0 && ((point && one_point && digits > 5) || (digits >= 9 && digits != like))
        };
        let blank = |b: &u8| matches!(b, b' ' | b'\t');
        let left = &self.text[self.lo.max(start.saturating_sub(48))..start];
        let n = left.iter().rev().take_while(|b| blank(b)).count();
        let before = || {
            let head = &left[..left.len() - n];
            &head[head.iter().rposition(|b| blank(b) || *b == b'\n').map_or(0, |k| k + 1)..]
        };
        let right = &self.text[end..self.hi.min(end + 48)];
        let m = right.iter().take_while(|b| blank(b)).count();
        let after = || {
            let tail = &right[m..];
            &tail[..tail.iter().position(|b| blank(b) || matches!(b, b'\n' | b'\r')).unwrap_or(tail.len())]
        };
        (n > 0 && figure(before())) || (m > 0 && figure(after()))
    }

    /// Does a code of four or five hexadecimal digits, a letter among them, stand before or behind a row of groups?
    fn among_codes(&self, start: usize, end: usize) -> bool {
        let code = |token: &[u8]| {
            (4..=5).contains(&token.len())
                && token.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
                && token.iter().any(u8::is_ascii_alphabetic)
        };
        let words = |text: &'_ [u8]| text.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()).any(code);
        // what the window cuts is no code
        let from = self.lo.max(start.saturating_sub(32));
        let cut = self.text[from..start].iter().take_while(|b| from > self.lo && !b.is_ascii_whitespace());
        words(&self.text[from + cut.count()..start]) || words(&self.text[end..self.hi.min(end + 32)])
    }

    /// One unbroken run of digits against the rules for its length.
    fn single(&mut self, digits: &[u8], start: usize, end: usize, folded: bool) {
        let detector = self.detector;
        if digits.len() > 20 {
            return;
        }
        if !detector.series.is_empty() && (6..=8).contains(&digits.len()) {
            self.series(start, end, digits);
        }
        if detector.by_length[digits.len()].is_empty() {
            return;
        }
        let mut glue = self.glued(start, end);
        if folded {
            glue.add(Evidence::Folded);
        }
        if glue.has(Evidence::InsideToken) {
            if !self.keep_all && !self.excused(start, end) {
                return;
            }
            if self.excused(start, end) {
                glue = EvidenceSet::new();
            }
        }
        self.by_rules(digits, start, end, glue);
    }

    /// Unbroken digits from `start` to `end`, at most 20, against the rules for their length.
    fn by_rules(&mut self, digits: &[u8], start: usize, end: usize, glue: EvidenceSet) {
        let detector = self.detector;
        let rules = &detector.by_length[digits.len()];
        if rules.is_empty() || filler(digits) {
            return;
        }
        for &r in rules {
            let rule = &detector.rules[usize::from(r)];
            if !self.may_stand(usize::from(r), start, end) {
                continue;
            }
            let Some(p) = rule.proof.map_or(Some(Default::default()), |p| p(digits)) else { continue };
            // a card's sum holds for one number in ten: not in rows of figures
            if rule.category == Category::CARD
                && !self.keep_all
                && self.weigh(usize::from(r), start, end, p.evidence.union(glue)).is_some()
                && self.among_numbers(start, end, 0)
                && !self.context(start, end).labels(usize::from(r))
            {
                continue;
            }
            self.offer(usize::from(r), start, end, p.evidence.union(glue), p.proven);
        }
    }

    /// A label that is glued to the digits, as in `ИИН991231500016`, `N00000001` or `iin_9912…`, excuses the letters before.
    fn excused(&mut self, start: usize, end: usize) -> bool {
        let glued_after =
            self.next(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if self.prev(start) == Some(b'/') && person_path(&self.text[self.lo..start - 1]) {
            return self.next(end).is_none_or(|b| b"/? \"&\n\r".contains(&b));
        }
        if self.prev(start) == Some(b'/') && message_tag(&self.text[self.lo..start - 1]) {
            return !glued_after && self.context(start, end).touch.any();
        }
        let letter =
            self.prev(start).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'#'));
        if !letter || glued_after {
            return false;
        }
        if self.prev(start) == Some(b'_') {
            let key =
                self.text[self.lo..start - 1].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
            if who(&self.text[start - 1 - key..start - 1]) {
                return true;
            }
        }
        self.context(start, end).touch.any()
    }

    fn grouped(&mut self, c: &Cluster, k: usize, form: &[u8], r: usize) {
        let n = form.len();
        let Some(groups) = c.groups.get(k..k + n) else { return };
        if !groups.iter().zip(form).all(|(g, f)| g.n == *f) {
            return;
        }
        let seps = groups[1..].iter().fold(0, |a, g| a | g.sep);
        let single_kind = matches!(seps, BLANK | DASH) || (seps == BLANK | DASH && n >= 3);
        if !single_kind {
            return;
        }
        // a longer row of groups is something else
        let same = |g: &Group| g.n == form[0] && g.sep & seps != 0;
        if c.groups.get(k + n).is_some_and(|g| g.sep == seps && (g.n == form[n - 1] || seps == DASH)) {
            return;
        }
        if k > 0 && groups[0].sep == seps && (same(&c.groups[k - 1]) || seps == DASH) {
            return;
        }
        let (start, end) = (groups[0].start(), groups[n - 1].end());
        let mut e = self.glued(start, end);
        if e.has(Evidence::InsideToken) {
            return;
        }
        let detector = self.detector;
        let digits = c.digits(k, k + n - 1);
        if filler(digits) {
            return;
        }
        let Some(p) = detector.rules[r].proof.map_or(Some(Default::default()), |p| p(digits)) else { return };
        // "540F 5410 5411 5412 5413": a table of codes
        if n == 4 && self.among_codes(start, end) && !self.context(start, end).labels(r) {
            return;
        }
        e.add(Evidence::Grouped);
        if c.folded {
            e.add(Evidence::Folded);
        }
        self.offer(r, start, end, p.evidence.union(e), p.proven);
    }
}

/// Does `before` end with the tag of a payment message at the beginning of a line or behind a blank: `/IDN`, `//IDN`
/// (MT 102, MT 940)?
fn message_tag(before: &[u8]) -> bool {
    let begin = before.iter().rposition(|b| matches!(b, b'\n' | b' '));
    let line = &before[begin.map_or(0, |k| k + 1)..];
    let tag = line.strip_prefix(b"/").map(|tag| tag.strip_prefix(b"/").unwrap_or(tag));
    tag.is_some_and(|tag| (2..=8).contains(&tag.len()) && tag.iter().all(u8::is_ascii_uppercase))
}

/// Does a path end in a word for people, so that what follows is the number of one: `…/persons`, `…/iin`?
fn person_path(path: &[u8]) -> bool {
    const PEOPLE: [&[u8]; 14] = [
        b"iin",
        b"person",
        b"persons",
        b"client",
        b"clients",
        b"customer",
        b"customers",
        b"citizen",
        b"citizens",
        b"patient",
        b"patients",
        b"employee",
        b"employees",
        b"individuals",
    ];
    let n = path.iter().rev().take(16).take_while(|b| b.is_ascii_alphabetic()).count();
    let word = &path[path.len() - n..];
    PEOPLE.iter().any(|p| word.eq_ignore_ascii_case(p))
}

#[cfg(test)]
mod tests {
    use super::digits_before;

    #[test]
    fn digits_are_counted_backwards() {
        for around in 0..=255u8 {
            for n in 0..30 {
                let text = [vec![b'5', around], vec![b'9'; n], vec![b';']].concat();
                let more = if around.is_ascii_digit() { n + 2 } else { n };
                assert_eq!(digits_before(&text, n + 2, 0), more, "{around} {n}");
                assert_eq!(digits_before(&text, n + 2, 2), n, "{around} {n}");
            }
        }
    }
}

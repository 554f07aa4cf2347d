//! Telephone numbers in all habits of writing.

use super::cluster::{BLANK, Cluster, DASH, DOT, Group, PAREN, SLASH};
use crate::detect::context::char_start;
use crate::detect::engine::Engine;
use crate::detect::fold::{Folded, fold, folded, is_word};
use crate::detect::proof::filler;
use crate::detect::proof::phone::{Plan, plan};
use crate::detect::rules::Finder;
use crate::detect::ruleset::RuleSet;
use crate::model::{Category, Evidence, EvidenceSet, SegmentKind};

impl Engine<'_> {
    pub(crate) fn phones(&mut self, c: &Cluster) {
        let Some(rule) = self.rule_of(Finder::Phone) else { return };
        let n = c.groups.len();
        let mut k = 0;
        while k < n {
            k = match self.phone_at(c, k, rule) {
                Some(next) => next,
                None => k + 1,
            };
        }
    }

    /// A number that begins with group `k`; the index of the group after it.
    fn phone_at(&mut self, c: &Cluster, k: usize, rule: usize) -> Option<usize> {
        let groups = &c.groups;
        let first = groups[k];
        let lead = c.digits[first.from as usize];
        let plus = if k == 0 { c.plus } else { None };
        // groups taken together until one of the lengths of a number is reached
        let mut total = 0usize;
        let mut best = None;
        for j in k..groups.len() {
            let g = groups[j];
            // "8/7172/55-12-34": the trunk and the code of the area between strokes
            let strokes = first.n == 1 && j <= k + 2 && g.sep & SLASH != 0 && g.sep & !(SLASH | BLANK) == 0;
            if j > k
                && ((g.sep & SLASH != 0 && !strokes) || (g.sep & DOT != 0 && plus.is_none() && g.sep != DOT))
            {
                break;
            }
            // "(871 002) (14 555 …": one bracket closes, another opens
            if j > k + 1 && g.sep & PAREN != 0 && self.text[groups[j - 1].end()..g.start()].contains(&b'(') {
                break;
            }
            total += g.n as usize;
            if total > 15 {
                break;
            }
            let d = c.digits(k, j);
            let ok = match (total, lead) {
                (11, b'7' | b'8') => true,
                (10, b'7') => plus.is_none(),
                (14, b'8') => d.starts_with(b"8107"),
                (13, b'0') => plus.is_none() && d.starts_with(b"007"),
                // the country's code has at most four digits, with an area code
                (9..=15, _) => {
                    plus.is_some() && lead != b'7' && (total >= 11 || j > k) && (j == k || first.n <= 4)
                }
                _ => false,
            };
            if ok {
                best = Some(j);
                if total >= 11 && matches!(lead, b'7' | b'8') {
                    break;
                }
            }
        }
        let short = best.is_none();
        let j = match best {
            Some(j) => j,
            None => self.local_phone(c, k)?,
        };
        let digits = c.digits(k, j);
        let seps = groups[k + 1..=j].iter().fold(0, |a, g| a | g.sep);
        let mut start = plus.unwrap_or(first.start());
        if k == 0
            && let Some(open) = c.open
            && (seps & PAREN != 0 || self.next(groups[j].end()) == Some(b')'))
        {
            start = start.min(open);
        }
        let mut end = groups[j].end();
        let ten: Option<&[u8]> = match digits.len() {
            11 => Some(&digits[1..]),
            10 => Some(digits),
            14 if digits.starts_with(b"8107") => Some(&digits[4..]),
            13 if digits.starts_with(b"007") => Some(&digits[3..]),
            _ => None,
        };
        let mut e = EvidenceSet::new();
        if c.folded {
            e.add(Evidence::Folded);
        }
        let national = plus.is_none() || lead == b'7';
        if filler(ten.unwrap_or(digits)) || ten.is_some_and(|t| filler(&t[3..]) && t[3] == b'0') {
            return None;
        }
        let mut kazakh = false;
        if let Some(ten) = ten.filter(|_| national) {
            match plan(ten) {
                Plan::Mobile | Plan::Area => {
                    e.add(Evidence::CodeTable);
                    kazakh = true;
                }
                Plan::Reserved => e.add(Evidence::CodeUnknown),
                Plan::Abroad if digits.len() == 11 || plus.is_some() => {}
                _ => return None,
            }
        }
        let grouped = j > k;
        // "%2B7701…": the sign as links write it
        let encoded = k == 0 && self.escaped(first.start()) && self.text[..first.start()].ends_with(b"2B");
        if (plus.is_some() || encoded) && (lead != b'7' || digits.len() == 11) {
            e.add(Evidence::Form);
        }
        if grouped {
            let shape: arrayvec::ArrayVec<u8, 14> = groups[k..=j].iter().map(|g| g.n).collect();
            let trunk = digits.len() == 11 && shape[0] == 1;
            // "870 1234 5678": the trunk's digit is never parted from its code so
            if digits.len() == 11
                && plus.is_none()
                && c.open.is_none()
                && matches!(shape[0], 2 | 3)
                && !(shape[0] == 2 && self.context(start, end).labels(rule))
            {
                return None;
            }
            let good = seps & PAREN != 0
                || matches!(digits.len(), 13 | 14)
                || matches!(
                    shape.as_slice(),
                    [1, 3, 3, 2, 2]
                        | [1, 3, 3, 4]
                        | [1, 3, 7]
                        | [1, 4, 2, 2, 2]
                        | [1, 4, 6]
                        | [1, 5, 1, 2, 2]
                        | [1, 10]
                        | [1, 3, 2, 2, 3]
                        | [1, 3, 2, 3, 2]
                        | [1, 3, 2, 2, 1, 2]
                        | [1, 4, 3, 3]
                        | [1, 4, 3, 1, 2]
                        | [1, 3, 4, 3]
                )
                || matches!(
                    shape.as_slice(),
                    [3, 3, 2, 2]
                        | [3, 3, 4]
                        | [4, 2, 2, 2]
                        | [3, 7]
                        | [4, 3, 2, 2]
                        | [4, 7]
                        | [4, 3, 4]
                        | [3, 2, 2, 3]
                        | [3, 2, 3, 2]
                )
                || plus.is_some();
            // "8800 5553535": the trunk glued to a code that is no mobile one
            let merged = digits.len() == 11 && shape[0] == 4 && ten.is_some_and(|t| t[0] != b'7');
            // with a trunk prefix or bracket the grouping is a telephone's own
            if good && !merged && (trunk || seps & PAREN != 0 || kazakh) {
                e.add(Evidence::Grouped);
            }
            // "8-916-123-45-67", "8 (495) 123-45-67": as telephones of Russia are written, and nothing else
            let whole = matches!(shape.as_slice(), [1, 3, 3, 2, 2] | [1, 4, 2, 2, 2] | [1, 5, 1, 2, 2]);
            let russian = whole
                && trunk
                && lead == b'8'
                && ten.is_some_and(|t| matches!(t[0], b'3' | b'4' | b'8' | b'9'));
            let alone =
                seps & !(BLANK | DASH | PAREN) == 0 && (seps & (DASH | PAREN) != 0 || digits[1] == b'9');
            if russian && !kazakh && plus.is_none() && alone {
                e.add(Evidence::CodeTable);
            }
            if !good && plus.is_none() && !short && seps & DASH == 0 {
                // "70 71 72 73 74": nobody parts a telephone so
                if !self.keep_all && !self.context(start, end).labels(rule) {
                    return None;
                }
                e.add(Evidence::CodeUnknown);
            }
            // decimals and versions; a number with full stops needs + or a word
            if seps & DOT != 0 && plus.is_none() {
                let dotted = (seps == DOT || seps == DOT | DASH)
                    && matches!(shape.as_slice(), [1, 3, 3, 2, 2] | [3, 3, 2, 2] | [3, 3, 4] | [1, 3, 3, 4]);
                // "8700.415.06.06": the trunk glued to a mobile code, as nothing else is written
                let glued = seps == DOT && kazakh && matches!(shape.as_slice(), [4, 3, 2, 2]);
                // "8(747)233.58.06": so is a code in brackets
                let glued =
                    glued || kazakh && seps == DOT | PAREN && matches!(shape.as_slice(), [1, 3, 3, 2, 2]);
                if !glued && (!dotted || !self.context(start, end).labels(rule)) {
                    return None;
                }
            }
        }
        if plus.is_some() && lead != b'7' && j == k + 1 && seps & DOT != 0 {
            return None; // a decimal with its sign
        }
        if plus.is_some()
            && self.next(groups[j].end()) == Some(b'.')
            && self.text[..self.hi].get(groups[j].end() + 1).is_some_and(u8::is_ascii_digit)
            && !grouped
        {
            return None; // a decimal with its sign
        }
        // a column of telephones that was stored as numbers: "77012345678.0"
        let zero = &self.text[groups[j].end()..self.hi];
        let float = !grouped
            && plus.is_none()
            && zero.starts_with(b".0")
            && !zero.get(2).is_some_and(u8::is_ascii_alphanumeric)
            && self.context(start, end).labels(rule);
        if float {
            end += 2;
            e.add(Evidence::FloatWritten);
        }
        if c.groups.get(j + 1).is_some_and(|g| g.sep & (DOT | DASH) != 0 && g.sep & !(DOT | DASH) == 0)
            && !short
            && !float
        {
            return None; // a longer code goes on
        }
        if k > 0 && plus.is_none() && groups[k].sep & (DASH | DOT) != 0 && groups[k].sep & !(DASH | DOT) == 0
        {
            return None;
        }
        // "…87632034347.4845": digits go on behind a full stop
        let decimal = self.next(groups[j].end()) == Some(b'.')
            && self.next(groups[j].end() + 1).is_some_and(|b| b.is_ascii_digit());
        let decimal = decimal && !float;
        if !grouped
            && plus.is_none()
            && (decimal
                || self.among_numbers(first.start(), groups[j].end(), 11)
                    && !self.context(start, end).labels(rule))
        {
            return None;
        }
        // "(7212) 56 40 11/56 40 12": the next line of the same exchange
        let tail = |m: usize| {
            let next = c.groups.get(j + 1..=j + m)?;
            let of = |g: &[Group]| g.iter().map(|g| g.n).collect::<arrayvec::ArrayVec<u8, 4>>();
            let same = grouped && kazakh && j >= k + m && of(next) == of(&groups[j + 1 - m..=j]);
            let stroke = next[0].sep & SLASH != 0 && next[1..].iter().all(|g| g.sep & SLASH == 0);
            (same && stroke && next.iter().map(|g| g.n).sum::<u8>() >= 5).then_some(j + m)
        };
        let next_line = tail(3).or_else(|| tail(2));
        // a second ending: 78/79
        if let Some(g) = c.groups.get(j + 1)
            && g.sep == SLASH
            && g.n <= 2
            && grouped
            && next_line.is_none()
        {
            end = g.end();
        }
        let glue = self.glued(if plus.is_some() { start + 1 } else { first.start() }, groups[j].end());
        if (k == 0 && glue.has(Evidence::InsideToken) && plus.is_none() && end == groups[j].end())
            || self.next(groups[j].end()).is_some_and(|b| b.is_ascii_alphanumeric())
        {
            e.add(Evidence::InsideToken);
        }
        if plus.is_some() && self.text[self.lo..start].last().is_some_and(|b| b.is_ascii_alphanumeric()) {
            e.add(Evidence::InsideToken);
        }
        if e.has(Evidence::InsideToken) && !self.keep_all {
            let link = self.link_before(start);
            if !link {
                return None;
            }
        }
        let needs =
            short || (digits.len() == 10 && !grouped) || (national && !kazakh && plus.is_none() && !grouped);
        let directory =
            short && (self.directory(start, end) || self.behind_phone(start) || self.of_executor(start, end));
        if needs && !directory && !self.keep_all && !self.context(start, end).labels(rule) {
            return None;
        }
        if directory && !self.context(start, end).labels(rule) {
            e.add(Evidence::Form);
        }
        if short {
            if self.room_before(start) {
                return None;
            }
            e.add(Evidence::CodeUnknown);
        }
        self.offer(rule, start, self.extension(end), e, kazakh && !needs);
        if let Some(last) = next_line {
            let (from, to) = (groups[j + 1].start(), groups[last].end());
            self.vouch(from, to, |c| c.before |= RuleSet::of(rule));
            self.offer(rule, from, to, e, false);
            self.last_context = None;
            return Some(last + 1);
        }
        Some(j + 1)
    }

    /// Where a number ends with the number of a room's telephone behind it: `55-12-34 (вн. 214)`, `…, доб. 12`.
    fn extension(&self, end: usize) -> usize {
        const WORDS: [&str; 9] = ["вн", "внутр", "доб", "добав", "ext", "ішкі", "ички", "қос", "extension"];
        let text = &self.text[end..self.hi.min(end + 40)];
        let lead = text.iter().take(3).take_while(|b| matches!(b, b' ' | b',' | b'(')).count();
        let rest = &text[lead..];
        let word = WORDS.iter().filter(|w| rest.starts_with(w.as_bytes())).map(|w| w.len()).max();
        let Some(word) = word else { return end };
        let gap = rest[word..].iter().take(4).take_while(|b| matches!(b, b'.' | b' ' | b':')).count();
        let digits = rest[word + gap..].iter().take_while(|b| b.is_ascii_digit()).count();
        if lead == 0 || gap == 0 || !(1..=5).contains(&digits) {
            return end;
        }
        let to = lead + word + gap + digits;
        end + to + usize::from(text[..lead].contains(&b'(') && text.get(to) == Some(&b')'))
    }

    /// `wa.me/7701…`, `tel:+7…`, `phone=77…` before a number.
    fn link_before(&self, at: usize) -> bool {
        let from = at.saturating_sub(24).max(self.lo);
        let before = self.text[from..at].to_ascii_lowercase();
        [
            &b"wa.me/"[..],
            b"tel:",
            b"t.me/",
            b"t.me/+",
            b"phone=",
            b"callto:",
            b"viber://chat?number=",
            b"sms:",
            b"sip:",
            b"sip/",
        ]
        .iter()
        .any(|p| before.ends_with(p))
    }

    /// Is this the last field of a line in a list of telephones: `Склад №1 ........ Гейдар ...... 4-39-88`?
    fn directory(&self, start: usize, end: usize) -> bool {
        let text = self.text;
        let before = &text[self.lo..start];
        let signed = before.trim_ascii_end().ends_with(b"____") && before.ends_with(b" ");
        let apart = before.ends_with(b"   ") || before.ends_with(b"... ") || before.ends_with(b"..");
        let last = text[end..self.hi].iter().find(|b| **b != b' ').is_none_or(|b| matches!(b, b'\n' | b'\r'));
        let head = &before[..before.len().min(400)];
        let told = || {
            ["елефон", "ЕЛЕФОН", "elephone", "тел."]
                .iter()
                .any(|w| memchr::memmem::find(head, w.as_bytes()).is_some())
        };
        self.kind == SegmentKind::Prose && last && (signed || apart && told())
    }

    /// Is this the last field of the line of who wrote a letter, or all of the line below it: `Исп.: А. Сарсенов 40-05-18`?
    fn of_executor(&self, start: usize, end: usize) -> bool {
        let text = self.text;
        let last = text[end..self.hi]
            .iter()
            .find(|b| !matches!(b, b' ' | b'.'))
            .is_none_or(|b| matches!(b, b'\n' | b'\r'));
        if !last || self.kind != SegmentKind::Prose {
            return false;
        }
        // "«Таза су» 25-14-80": behind whose it is, and no day of a calendar
        let digits: Vec<u8> = text[start..end].iter().copied().filter(u8::is_ascii_digit).collect();
        let named = text[self.lo..start].ends_with("» ".as_bytes());
        if named && digits.len() == 6 && digits[2..4] > b"12"[..] && digits[4..] > b"31"[..] {
            return true;
        }
        let line = memchr::memrchr(b'\n', &text[self.lo..start]).map_or(self.lo, |n| self.lo + n + 1);
        let mut from = line;
        if text[line..start].trim_ascii().is_empty() && line > self.lo {
            from = memchr::memrchr(b'\n', &text[self.lo..line - 1]).map_or(self.lo, |n| self.lo + n + 1);
        }
        if start - from > 120 {
            return false;
        }
        let mut f = Folded::default();
        f.push(&text[from..start], from as u32);
        let t = f.text.trim_ascii_start();
        let n = t.iter().take_while(|b| is_word(**b)).count();
        matches!(t.get(n), Some(b'.' | b':' | b' '))
            && folded![
                "исп",
                "исполн",
                "исполнитель",
                "орынд",
                "орындаған",
                "орындаушы",
                "подготовил",
                "дайындаған",
                "executor"
            ]
            .any(|w| *w == t[..n])
    }

    /// Does another telephone stand right before, on the same line: `8 705 998 14 77 (Айбек), 30-11-62`?
    fn behind_phone(&self, start: usize) -> bool {
        let Some(last) = self.found.last().filter(|c| c.category == Category::PHONE && c.score >= 0.5) else {
            return false;
        };
        let end = last.end as usize;
        end >= self.lo
            && end < start
            && start - end <= 40
            && self.text[end..start].iter().all(|b| !b.is_ascii_digit() && *b != b'\n')
            && memchr::memchr2(b',', b';', &self.text[end..start]).is_some()
    }

    /// Is the word before `at` one whose number is a door's or a paragraph's?
    fn room_before(&self, at: usize) -> bool {
        const ROOMS: [&str; 12] =
            ["кв", "квартира", "офис", "оф", "каб", "кабинет", "дом", "ст", "статья", "статьи", "пункт", "п"];
        let from = char_start(self.text, at.saturating_sub(24).max(self.lo), at);
        let mut f = Folded::default();
        f.push(&self.text[from..at], from as u32);
        let Some(end) = f.text.iter().rposition(|b| is_word(*b)) else { return false };
        // "дом. 28-14-60" is the telephone at home
        if f.text[end + 1..].starts_with(b".") && f.text[..=end].ends_with(&fold("дом")) {
            return false;
        }
        let word = f.text[..=end].iter().rposition(|b| !is_word(*b)).map_or(0, |k| k + 1);
        ROOMS.iter().any(|r| fold(r) == f.text[word..=end])
    }

    /// A short local number: 5-7 digits in groups with dashes (`55-12-34`, `2-12-34`, `234-56-78`).
    fn local_phone(&self, c: &Cluster, k: usize) -> Option<usize> {
        for n in [4usize, 3, 2] {
            let Some(groups) = c.groups.get(k..k + n) else { continue };
            let shape: arrayvec::ArrayVec<u8, 4> = groups.iter().map(|g| g.n).collect();
            let form = matches!(shape.as_slice(), [1, 2, 2, 2] | [1..=3, 2, 2] | [3, 4] | [1, 3, 3]);
            let one_kind = groups[1..].iter().all(|g| g.sep == DASH);
            let alone = c.groups.get(k + n).is_none_or(|g| g.sep & DASH == 0);
            let head = k == 0 || groups[0].sep & (DASH | PAREN) == 0;
            if form && one_kind && alone && head {
                return Some(k + n - 1);
            }
        }
        None
    }
}

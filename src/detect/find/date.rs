//! Dates: personal only where a word or column says that somebody was born then.

use super::cluster::{BLANK, Cluster, DASH, DOT, SLASH};
use crate::detect::context::wordless;
use crate::detect::engine::Engine;
use crate::detect::proof::date::exists;
use crate::detect::rules::Finder;
use crate::detect::ruleset::RuleSet;
use crate::model::{Evidence, EvidenceSet, SegmentKind};

fn number(d: &[u8]) -> u32 {
    d.iter().fold(0, |a: u32, b| a.saturating_mul(10).saturating_add(u32::from(*b - b'0')))
}

/// Day, month and year of three groups of digits, in any of the usual orders; two-digit years are of 1930-2029.
pub(crate) fn read(shape: (u8, u8, u8), v: (u32, u32, u32)) -> Option<(u32, u32, u32)> {
    let century = |y: u32| if y < 30 { 2000 + y } else { 1900 + y };
    let (y, m, d) = match shape {
        (1..=2, 1..=2, 4) => (v.2, v.1, v.0),
        (4, 1..=2, 1..=2) => (v.0, v.1, v.2),
        (2, 2, 2) => (century(v.2), v.1, v.0),
        _ => return None,
    };
    if exists(y, m, d) {
        return Some((y, m, d));
    }
    // month first, as American programs write
    (shape.2 == 4 && exists(y, d, m)).then_some((y, d, m))
}

impl Engine<'_> {
    /// "(17.01.2010 т.)": the Kazakh word for born, cut to its letter, is too short to be one of the rule's words.
    fn born_behind(&self, end: usize) -> bool {
        let rest = &self.text[end..self.hi];
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        if rest.strip_prefix("т".as_bytes()).is_some_and(|r| matches!(r.first(), Some(b'.' | b')'))) {
            return true;
        }
        // "23/09/1961, м., прикреплен"
        let sex = rest.strip_prefix(b", ").is_some_and(|r| {
            ["м.", "ж.", "муж", "жен"].iter().any(|s| {
                r.strip_prefix(s.as_bytes())
                    .is_some_and(|r| matches!(r.first(), None | Some(b',' | b';' | b' ' | b'.' | b'\n')))
            })
        });
        if sex {
            return true;
        }
        // "05.12.1979 жылы Орал облысы, Жымпиты селосында туған": the verb ends the sentence
        let year = ["жылы ", "жылғы ", "ж. "].iter().find_map(|w| rest.strip_prefix(w.as_bytes()));
        year.is_some_and(|r| {
            let r = &r[..r.len().min(200)];
            let stop =
                r.iter().position(|b| b.is_ascii_digit() || matches!(b, b';' | b'\n')).unwrap_or(r.len());
            ["туған", "туылған", "дүниеге кел"]
                .iter()
                .any(|w| memchr::memmem::find(&r[..stop], w.as_bytes()).is_some())
        })
    }

    /// "(07.07.1951 – 12.07.2023)": two days in brackets, a life apart.
    fn lived(&self, start: usize, end: usize, v: impl Fn(usize) -> u32) -> bool {
        let rest = self.text[end..self.hi].trim_ascii_start();
        let Some(rest) = ["–", "—", "-"].iter().find_map(|d| rest.strip_prefix(d.as_bytes())) else {
            return false;
        };
        let rest = rest.trim_ascii_start();
        let n = rest.iter().take(11).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let year = |k: usize| rest.get(k..k + 4).filter(|y| y.iter().all(u8::is_ascii_digit)).map(number);
        let first = v(0).max(v(2));
        self.prev(start) == Some(b'(')
            && n == 10
            && rest.get(n) == Some(&b')')
            && year(6).is_some_and(|last| (1880..2010).contains(&first) && last >= first + 20)
    }

    pub(crate) fn dates(&mut self, c: &Cluster) {
        let Some(rule) = self.rule_of(Finder::Date) else { return };
        // a short cell without a letter in a column that is no date of birth: nothing can speak for it
        let column = (self.column.named | self.column.share).has(rule);
        let cell = self.kind != SegmentKind::Prose && self.hi - self.lo <= 64;
        if cell && !column && !self.keep_all && wordless(&self.text[self.lo..self.hi]) {
            return;
        }
        for k in 0..c.groups.len().saturating_sub(2) {
            let g = &c.groups[k..k + 3];
            let sep = g[1].sep;
            if g[2].sep != sep || !matches!(sep, DOT | DASH | SLASH | BLANK) && sep != DOT | BLANK {
                continue;
            }
            if k > 0 && g[0].sep == sep && sep != BLANK {
                continue;
            }
            let v = |i: usize| number(c.digits(k + i, k + i));
            let shape = (g[0].n, g[1].n, g[2].n);
            // "31.02.2004": no day, and yet what a label calls one
            let real = read(shape, (v(0), v(1), v(2))).is_some();
            if !real && !slipped(shape, (v(0), v(1), v(2))) {
                continue;
            }
            if sep == BLANK && g[2].n != 4 {
                continue;
            }
            if c.groups.get(k + 3).is_some_and(|n| n.sep == sep && sep != BLANK) {
                continue;
            }
            let (start, end) = (g[0].start(), g[2].end());
            if self.prev(start).is_some_and(|b| b.is_ascii_alphanumeric()) {
                continue;
            }
            // a moment of time at the beginning of a line, or of these years: of an event, not of a birth
            if self.kind == crate::model::SegmentKind::Prose
                && (self.next(end) == Some(b'T')
                    || (self.next(end) == Some(b' ') && self.next(end + 3) == Some(b':')))
                && (v(0) >= 2015 || self.prev(start).is_none_or(|b| matches!(b, b'\n' | b'[')))
            {
                continue;
            }
            // a moment of time, not a day, unless its column or words say so
            let labelled = self.context(start, end).labels(rule);
            if !labelled && (self.born_behind(end) || self.lived(start, end, v)) {
                self.vouch(start, end, |c| c.after |= RuleSet::of(rule));
            } else if !labelled && !self.keep_all {
                continue;
            }
            let told = if real { Evidence::Calendar } else { Evidence::CalendarWrong };
            let mut e = EvidenceSet::new().with(told);
            if c.folded {
                e.add(Evidence::Folded);
            }
            self.offer(rule, start, end, e, real);
        }
    }
}

/// A day of a month that has not so many: `31.02.2004`, `31/11/1990`.
fn slipped(shape: (u8, u8, u8), v: (u32, u32, u32)) -> bool {
    let (y, m, d) = match shape {
        (2, 2, 4) => (v.2, v.1, v.0),
        (4, 2, 2) => v,
        _ => return false,
    };
    (1900..=2030).contains(&y) && (1..=12).contains(&m) && (29..=31).contains(&d)
}

//! Records of fixed width whose fields touch: `…ИВАНОВ    900101300123` + `19900101` + `M` + `KZ…` with nothing between.
//! What stands at the same place in most lines and proves true there is a field; the text between such fields is told
//! by its kind.

use super::detector::{Detector, Scratch};
use super::engine::Candidate;
use super::proof::phone::{Plan, plan};
use super::proof::{bank, date, filler, taxid};
use super::record::six;
use crate::model::{Block, Evidence, EvidenceSet, SegmentKind};

/// Fewest lines that show where fields stand.
const FEWEST: usize = 3;
/// Lines of one file that are read, and characters of a line.
const LINES: usize = 4000;
const WIDTH: usize = 1200;

/// A line, its characters and where each begins.
struct Line {
    chars: Vec<char>,
    at: Vec<usize>,
}

/// A kind of field that proves true by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Iban,
    Iin,
    Card,
    Phone,
    Day,
    IdCard,
}

impl Kind {
    /// All kinds, the surest first, with their widths.
    const ALL: [(Kind, usize); 6] = [
        (Kind::Iban, 20),
        (Kind::Iin, 12),
        (Kind::Card, 16),
        (Kind::Phone, 11),
        (Kind::Day, 8),
        (Kind::IdCard, 9),
    ];

    fn proves(self, value: &[u8]) -> bool {
        let digits = value.iter().all(u8::is_ascii_digit);
        match self {
            Kind::Iban => value.starts_with(b"KZ") && bank::iban(value).is_some_and(|p| p.proven),
            Kind::Iin => digits && taxid::iin(value).is_some_and(|p| p.proven),
            Kind::Card => digits && bank::card(value).is_some_and(|p| p.proven),
            Kind::Phone => {
                digits
                    && matches!(value[0], b'7' | b'8')
                    && matches!(plan(&value[1..]), Plan::Mobile)
                    && !filler(&value[4..])
            }
            Kind::Day => digits && born(value).is_some(),
            Kind::IdCard => digits && value[0] == b'0' && value[1] != b'0' && !filler(&value[1..]),
        }
    }

    /// May a field of this kind hold this where it does not prove true: a firm's number where most are of persons?
    fn other(self, value: &[u8]) -> bool {
        match self {
            Kind::Iin => value.iter().all(u8::is_ascii_digit) && taxid::bin(value).is_some_and(|p| p.proven),
            _ => false,
        }
    }

    fn rule(self) -> (&'static str, f32) {
        match self {
            Kind::Iban => ("iban", 0.85),
            Kind::Iin => ("iin", 0.85),
            Kind::Card => ("card", 0.8),
            Kind::Phone => ("phone", 0.75),
            Kind::Day => ("birth_date", 0.75),
            Kind::IdCard => ("id_card", 0.65),
        }
    }
}

/// The six digits that the number of somebody begins with who was born on these eight.
fn born(d: &[u8]) -> Option<[u8; 6]> {
    let n = |d: &[u8]| d.iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
    let of =
        |y: u32, m: u32, d: u32| ((1900..=2030).contains(&y) && date::exists(y, m, d)).then(|| six(y, m, d));
    of(n(&d[..4]), n(&d[4..6]), n(&d[6..])).or_else(|| of(n(&d[4..]), n(&d[2..4]), n(&d[..2])))
}

impl Line {
    fn new(text: &[u8], from: usize, to: usize) -> Option<Line> {
        let line = std::str::from_utf8(&text[from..to]).ok()?;
        let (mut chars, mut at) = (Vec::new(), Vec::new());
        for (k, c) in line.char_indices().take(WIDTH) {
            chars.push(c);
            at.push(from + k);
        }
        let end = chars.last().map_or(from, |c| at[at.len() - 1] + c.len_utf8());
        at.push(end);
        Some(Line { chars, at })
    }

    /// The characters from `k` on as bytes, where all are ASCII.
    fn bytes<'b>(&self, k: usize, n: usize, out: &'b mut Vec<u8>) -> Option<&'b [u8]> {
        let chars = self.chars.get(k..k + n)?;
        out.clear();
        for c in chars {
            out.push(c.is_ascii().then_some(*c as u8)?);
        }
        Some(out)
    }

    /// The bounds in the text of the characters from `a` to `b` without blanks around them.
    fn span(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        let b = b.min(self.chars.len());
        let held = |k: &usize| self.chars[*k] != ' ';
        let first = (a..b).find(held)?;
        let last = (a..b).rev().find(held)?;
        Some((self.at[first], self.at[last + 1]))
    }

    fn text(&self, a: usize, b: usize) -> String {
        let b = b.min(self.chars.len());
        self.chars.get(a..b).map(|c| c.iter().collect::<String>().trim().to_owned()).unwrap_or_default()
    }
}

impl Detector {
    /// Reads records of fixed width around the long runs of digits that were met.
    pub(super) fn glued(&self, block: &Block, scratch: &mut Scratch) {
        let places = std::mem::take(&mut scratch.glued);
        if places.len() >= FEWEST {
            let mut k = 0;
            while k < places.len() {
                let at = places[k] as usize;
                let segment = block.segments.partition_point(|s| s.end as usize <= at);
                let Some(s) = block.segments.get(segment) else { break };
                let end = s.end as usize;
                let n = places[k..].iter().take_while(|p| (**p as usize) < end).count().max(1);
                if s.kind == SegmentKind::Prose && n >= FEWEST {
                    self.glued_lines(block, segment, &places[k..k + n], scratch);
                }
                k += n;
            }
        }
        scratch.glued = places;
        scratch.glued.clear();
    }

    fn glued_lines(&self, block: &Block, segment: usize, places: &[u32], scratch: &mut Scratch) {
        let s = &block.segments[segment];
        let (lo, hi) = (s.start as usize, (s.end as usize).min(block.text.len()));
        let text = &block.text;
        let mut lines: Vec<Line> = Vec::new();
        let mut upto = lo;
        for at in places {
            let at = *at as usize;
            if at < upto || lines.len() >= LINES {
                continue;
            }
            let from = memchr::memrchr(b'\n', &text[upto..at]).map_or(upto, |n| upto + n + 1);
            let to = memchr::memchr(b'\n', &text[at..hi]).map_or(hi, |n| at + n);
            upto = to;
            // what runs over its width is no record
            if to - from <= 2 * WIDTH {
                lines.extend(Line::new(text, from, to));
            }
        }
        let Some(width) = lines.iter().map(|l| l.chars.len()).max().filter(|_| lines.len() >= FEWEST) else {
            return;
        };
        let fields = fields(&lines, width);
        let Some(number) = fields.iter().find(|f| f.0 == Kind::Iin).copied() else { return };
        let mut buffer = Vec::new();
        let mut add = |(rule, score): (&str, f32), at: (usize, usize)| {
            let Some(k) = self.rule_named(rule) else { return };
            let r = &self.rules[k];
            scratch.found.push(Candidate {
                start: at.0 as u32,
                end: at.1 as u32,
                segment: segment as u32,
                rule: k as u16,
                category: r.category,
                subtype: r.subtype,
                evidence: EvidenceSet::new().with(Evidence::Form).with(Evidence::ColumnShare),
                score,
                proven: true,
                entity: 0,
            });
        };
        // those of persons show where words stand
        let people: Vec<&Line> = lines
            .iter()
            .filter(|l| l.bytes(number.1, 12, &mut Vec::new()).is_some_and(|v| Kind::Iin.proves(v)))
            .collect();
        for line in &lines {
            for (kind, at) in &fields {
                let n = kind.width();
                let holds = line.bytes(*at, n, &mut buffer).is_some_and(|v| kind.proves(v));
                if holds {
                    add(kind.rule(), (line.at[*at], line.at[*at + n]));
                    // "19900101M": the letter behind a day
                    let next = line.chars.get(*at + n);
                    if *kind == Kind::Day && next.is_some_and(|c| "MFМЖ".contains(*c)) {
                        add(("sex", 0.6), (line.at[*at + n], line.at[*at + n + 1]));
                    }
                } else if *kind == Kind::Iin && line.bytes(*at, n, &mut buffer).is_some_and(|v| kind.other(v))
                {
                    add(("bin", 0.85), (line.at[*at], line.at[*at + n]));
                }
            }
        }
        for (a, b, words) in words(&people, &fields, number.1, width) {
            for line in &people {
                let value = line.text(a, b);
                let figure = value.chars().any(|c| c.is_ascii_digit());
                let letters = value.chars().filter(|c| c.is_alphabetic()).count();
                if letters >= 2
                    && figure != words
                    && let Some(span) = line.span(a, b)
                {
                    add(if words { ("person", 0.65) } else { ("address", 0.6) }, span);
                }
            }
        }
    }
}

impl Kind {
    fn width(self) -> usize {
        Kind::ALL.iter().find(|k| k.0 == self).map_or(0, |k| k.1)
    }
}

/// Fields that prove true in most lines, and the characters that they begin at.
fn fields(lines: &[Line], width: usize) -> Vec<(Kind, usize)> {
    let mut taken = vec![false; width];
    let mut found: Vec<(Kind, usize)> = Vec::new();
    let mut buffer = Vec::new();
    for (kind, n) in Kind::ALL {
        // what stands nearly everywhere is told beside the number of persons only
        if matches!(kind, Kind::Day | Kind::IdCard) && !found.iter().any(|f| f.0 == Kind::Iin) {
            continue;
        }
        for at in 0..width.saturating_sub(n - 1) {
            if taken[at..at + n].contains(&true) {
                continue;
            }
            let (mut proven, mut others) = (0, 0);
            let mut values: Vec<Vec<u8>> = Vec::new();
            for line in lines {
                // a blank field says nothing
                if line.chars.get(at..at + n).is_none_or(|c| c.iter().all(|c| *c == ' ')) {
                    continue;
                }
                let value = line.bytes(at, n, &mut buffer);
                let Some(value) = value.filter(|v| kind.proves(v) || kind.other(v)) else {
                    others += 1;
                    if others > lines.len() / 2 {
                        break;
                    }
                    continue;
                };
                if kind == Kind::Day && !is_of_number(lines, &found, value) {
                    others += 1;
                    continue;
                }
                proven += 1;
                if values.len() < FEWEST && !values.iter().any(|v| v == value) {
                    values.push(value.to_vec());
                }
            }
            // nine digits of a longer number are no identity card
            let longer = |k: usize| {
                let digits =
                    lines.iter().filter(|l| l.chars.get(k).is_some_and(char::is_ascii_digit)).count();
                !taken.get(k).copied().unwrap_or(true) && digits * 2 > lines.len()
            };
            if kind == Kind::IdCard && (longer(at + n) || at > 0 && longer(at - 1)) {
                continue;
            }
            if proven >= FEWEST && proven * 10 >= (proven + others) * 6 && values.len() >= FEWEST {
                taken[at..at + n].fill(true);
                found.push((kind, at));
            }
        }
    }
    found
}

/// Does the number of somebody in some line begin with this day?
fn is_of_number(lines: &[Line], found: &[(Kind, usize)], day: &[u8]) -> bool {
    let Some(six) = born(day) else { return false };
    let Some((_, at)) = found.iter().find(|f| f.0 == Kind::Iin) else { return false };
    let mut buffer = Vec::new();
    lines.iter().any(|l| l.bytes(*at, 6, &mut buffer).is_some_and(|v| v == six))
}

/// Columns of words between the fields: their bounds in characters, and whether they are names (or else addresses).
fn words(
    lines: &[&Line],
    fields: &[(Kind, usize)],
    number: usize,
    width: usize,
) -> Vec<(usize, usize, bool)> {
    let within = |k: usize| fields.iter().any(|(kind, at)| (*at..*at + kind.width()).contains(&k));
    let all = |k: usize, is: fn(char) -> bool| lines.iter().all(|l| l.chars.get(k).is_none_or(|c| is(*c)));
    let digit = |c: char| c.is_ascii_digit();
    let blank = |c: char| c == ' ';
    let letter = |c: char| c.is_alphabetic();
    let mut found = Vec::new();
    let mut k = 0;
    while k < width {
        if within(k) || all(k, blank) || all(k, digit) {
            k += 1;
            continue;
        }
        let from = k;
        // a column goes on up to a field, to a column of blanks, or to one of figures behind blanks
        while k < width
            && !within(k)
            && !(all(k, blank) && (k + 1 >= width || all(k + 1, blank) || all(k + 1, letter)))
        {
            k += 1;
        }
        let texts: Vec<String> = lines.iter().map(|l| l.text(from, k)).filter(|t| !t.is_empty()).collect();
        let most = |is: &dyn Fn(&str) -> bool| {
            texts.len() >= 2 && texts.iter().filter(|t| is(t)).count() * 10 >= texts.len() * 8
        };
        let word = |t: &str| {
            t.chars().count() >= 2
                && t.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.' | '’'))
                && t.split_whitespace().count() <= 4
        };
        let address = |t: &str| {
            t.chars().any(|c| c.is_ascii_digit())
                && t.chars().filter(|c| c.is_alphabetic()).count() >= 4
                && t.contains([' ', ',', '.'])
        };
        let mut differ = texts.clone();
        differ.sort_unstable();
        differ.dedup();
        let several = differ.len() * 2 > texts.len();
        if several && from < number && most(&word) {
            found.push((from, k, true));
        } else if several && most(&address) {
            found.push((from, k, false));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_at_one_place() {
        let text = "01SATOV     DAMIR   7101153461001971011504\n01KIMOVA    OLGA    9906284349811999062807\n02LI        ANNA    0402295863852004022911\n";
        let lines: Vec<Line> = text
            .lines()
            .filter_map(|l| {
                let at = l.as_ptr() as usize - text.as_ptr() as usize;
                Line::new(text.as_bytes(), at, at + l.len())
            })
            .collect();
        let found = fields(&lines, 42);
        assert_eq!(found, [(Kind::Iin, 20), (Kind::Day, 32)]);
        let people: Vec<&Line> = lines.iter().collect();
        assert_eq!(words(&people, &found, 20, 42), [(2, 8, true), (12, 17, true)]);
    }
}

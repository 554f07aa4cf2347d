//! Tables in running text: columns kept apart by blanks or strokes, their names in a line above.

use super::column::{ColumnContext, two_names};
use super::context::{names, wordless};
use super::engine::Engine;
use super::find::after_remark;
use super::fold::{Folded, is_word};
use super::lexicon::{RuleSet, matches};

/// How far above a value the names of columns may stand, in bytes.
const REACH: usize = 4096;
/// Longest line of names.
const LONGEST: usize = 400;

/// Most digits of a line of names.
const DIGITS: usize = 4;

/// Tables of a block that are remembered, and rows of one that are read.
const TABLES: usize = 64;
const ROWS: usize = 2000;

/// The line of names that was met last, and how far lines were looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Header {
    /// The segment that all this is of.
    segment: usize,
    /// Lines before this were looked at.
    upto: usize,
    line: Option<(usize, usize)>,
}

/// What parts the columns of a table: what is typed, and what programs draw.
const STROKES: [&[u8]; 4] = [b"|", b";", "│".as_bytes(), "║".as_bytes()];

/// Where the next stroke of a line stands, and its bytes.
fn stroke(line: &[u8]) -> Option<(usize, usize)> {
    let at = |s: &&[u8]| memchr::memmem::find(line, s).map(|k| (k, s.len()));
    match memchr::memchr3(b'|', b';', 0xE2, line)? {
        k if line[k] < 0x80 => Some((k, 1)),
        _ => STROKES.iter().filter_map(at).min(),
    }
}

/// Does a line have strokes, two at least?
fn has_strokes(line: &[u8]) -> bool {
    fields(line, true).take(3).count() == 3
}

/// Does a row of a table with strokes begin like this?
pub(crate) fn is_row(before: &[u8]) -> bool {
    stroke(before).is_some()
}

/// Is a line a row of a table with strokes that holds data?
pub(crate) fn is_row_of_data(line: &[u8]) -> bool {
    has_strokes(line) && line.iter().filter(|b| b.is_ascii_digit()).count() > DIGITS
}

/// Is this line cut into columns?
fn columns(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    memchr::memmem::find(line, b"  ").is_some() || has_strokes(line)
}

/// The text of a line from a character on.
fn characters(line: &[u8]) -> usize {
    line.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

/// Fields of a line: parted by strokes, or by two blanks and more; their bytes.
pub(crate) fn fields(line: &[u8], strokes: bool) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at > line.len() {
            return None;
        }
        let from = at;
        let sign = if strokes {
            stroke(&line[from..])
        } else {
            memchr::memmem::find(&line[from..], b"  ").map(|n| (n, 2))
        };
        let (to, n) = sign.map_or((line.len(), 1), |(k, n)| (from + k, n));
        at = to + n;
        Some((from, to))
    })
}

/// Fields of a line of names, cut where the rows below begin a field: `СЕМ.ПОЛ. АДРЕС` with one blank between.
fn parted(header: &[u8], names: Vec<(usize, usize)>, below: &[u8]) -> Vec<(usize, usize)> {
    let inner = |f: &(usize, usize)| header[f.0..f.1].trim_ascii().contains(&b' ');
    if !names.iter().any(inner) {
        return names;
    }
    let rows = below.split(|b| *b == b'\n').take(8).filter(|l| l.iter().any(u8::is_ascii_digit));
    let begins: Vec<Vec<usize>> = rows
        .take(4)
        .map(|row| {
            let held = fields(row, false).filter(|f| !row[f.0..f.1].trim_ascii().is_empty());
            held.map(|f| characters(&row[..f.0 + blanks(&row[f.0..f.1])])).collect()
        })
        .collect();
    let mut out = Vec::with_capacity(names.len() + 2);
    for f in names {
        let mut from = f.0;
        for k in memchr::memchr_iter(b' ', &header[f.0..f.1]).map(|n| f.0 + n + 1) {
            let word = k < f.1 && header[k] != b' ' && header[from..k].iter().any(|b| *b != b' ');
            let at = characters(&header[..k]);
            if word
                && begins.len() >= 2
                && begins.iter().filter(|b| b.contains(&at)).count() * 2 > begins.len()
            {
                out.push((from, k));
                from = k;
            }
        }
        out.push((from, f.1));
    }
    out
}

/// Blanks that a field begins with.
fn blanks(field: &[u8]) -> usize {
    field.iter().take_while(|b| **b == b' ').count()
}

/// The cells of a line of fixed width, whose columns begin at these characters; nothing where one begins in a word.
fn below(line: &[u8], begins: &[usize]) -> Vec<(usize, usize)> {
    let Ok(text) = std::str::from_utf8(line) else { return Vec::new() };
    let mut at: Vec<usize> = Vec::with_capacity(begins.len() + 1);
    let mut chars = text.char_indices().map(|(k, _)| k).enumerate();
    let mut here = Some((0, 0));
    for want in begins {
        while here.is_some_and(|(n, _)| n < *want) {
            here = chars.next();
        }
        at.push(here.map_or(line.len(), |(_, k)| k));
    }
    at.push(line.len());
    let parted = at[..begins.len()].iter().all(|k| *k == 0 || *k >= line.len() || line[*k - 1] == b' ');
    if !parted {
        return Vec::new();
    }
    at.windows(2).map(|w| (w[0], w[1])).collect()
}

impl Engine<'_> {
    /// What the name of the column says in which the bytes from `start` to `end` stand, for and against rules.
    pub(crate) fn column_above(&mut self, start: usize, end: usize) -> (RuleSet, RuleSet) {
        let text = self.text;
        let near = self.lo.max(start.saturating_sub(LONGEST));
        let Some(line) = memchr::memrchr(b'\n', &text[near..start]).map(|k| near + k + 1) else {
            return (RuleSet::NONE, RuleSet::NONE);
        };
        let before = &text[line..start];
        let bare = before.trim_ascii_end();
        let strokes = STROKES.iter().any(|s| bare.ends_with(s));
        let parted = bare.is_empty() && text[end..self.hi].starts_with(b"  ")
            || before.len() - bare.len() >= 2
            || before.ends_with(b"  +")
            || before.ends_with(b"  (");
        if !(strokes || parted) {
            return (RuleSet::NONE, RuleSet::NONE);
        }
        let Some((from, to)) = self.names_above(line) else { return (RuleSet::NONE, RuleSet::NONE) };
        if self.tables.last().is_none_or(|t| t.1 != from) && self.tables.len() < TABLES {
            self.tables.push((self.lo, from, to));
        }
        let header = &text[from..to];
        let field = if strokes {
            let nth = fields(before, true).count() - 1;
            fields(header, true).nth(nth)
        } else {
            let (a, b) = (characters(before), characters(&text[line..end]));
            // the field that stands above, else the one that begins where the value does
            let place = |f: &(usize, usize)| {
                let text = &header[f.0..f.1];
                let lead = text.len() - text.trim_ascii_start().len();
                (characters(&header[..f.0 + lead]), characters(&header[..f.1]))
            };
            let held = |line: &[u8], f: &(usize, usize)| !line[f.0..f.1].trim_ascii().is_empty();
            let above = fields(header, false)
                .filter(|f| held(header, f))
                .filter(|f| {
                    let (s, e) = place(f);
                    s < b && a < e || a.abs_diff(s) <= 2
                })
                .max_by_key(|f| {
                    let (s, e) = place(f);
                    e.min(b).saturating_sub(s.max(a))
                });
            // a long value has moved the ones behind it: as many fields stand before
            let nth = fields(before, false).filter(|f| held(before, f)).count();
            above.or_else(|| fields(header, false).filter(|f| held(header, f)).nth(nth))
        };
        let Some(field) = field else { return (RuleSet::NONE, RuleSet::NONE) };
        let mut folded = Folded::default();
        folded.push(&header[field.0..field.1], 0);
        let (mut pro, mut contra) = names(&self.detector.headers, &folded.text);
        if let Ok(name) = std::str::from_utf8(&header[field.0..field.1])
            && name.contains('/')
        {
            let (both, against) = two_names(&self.detector.headers, name);
            (pro, contra) = ((pro & !contra) | both, against & !both);
        }
        let common = names(&self.detector.header_not, &folded.text).1;
        (pro & !contra, contra | (common & !pro))
    }

    /// Cells of tables in running text whose names say that they hold words of a person: a diagnosis, a nationality.
    pub(crate) fn text_tables(&mut self) {
        let tables = std::mem::take(&mut self.tables);
        let passport = self.detector.rule_named("passport");
        let states: RuleSet = self.detector.rule_named("citizenship").into_iter().collect();
        let places: RuleSet =
            ["address", "birth_place"].iter().filter_map(|id| self.detector.rule_named(id)).collect();
        for (segment, from, to) in tables {
            if !self.enter(segment) || self.lo != segment {
                continue;
            }
            let text = self.text;
            let header = &text[from..to];
            let strokes = has_strokes(header);
            let held = |line: &[u8], f: &(usize, usize)| strokes || !line[f.0..f.1].trim_ascii().is_empty();
            let mut folded = Folded::default();
            let mut columns: Vec<ColumnContext> = Vec::new();
            // "NAT DOC NO" above "KAZ N12345678": two names and two values in one field
            let mut second: Vec<Option<ColumnContext>> = Vec::new();
            let mut begins: Vec<usize> = Vec::new();
            let names: Vec<(usize, usize)> = fields(header, strokes).filter(|f| held(header, f)).collect();
            let names = if strokes { names } else { parted(header, names, &text[to.min(self.hi)..self.hi]) };
            for field in names {
                let name = std::str::from_utf8(header[field.0..field.1].trim_ascii()).unwrap_or_default();
                let mut c = self.detector.name_context(name, &mut folded);
                c.table = true;
                let taken = self.detector.worded | self.detector.celled | places;
                let two = name.split_once(' ').filter(|_| !strokes).and_then(|(state, rest)| {
                    let left = self.detector.name_context(state, &mut folded);
                    let right = self.detector.name_context(rest.trim(), &mut folded);
                    let both = left.whole.meets(states) && right.whole.any() && !right.whole.meets(states);
                    both.then_some((left, right))
                });
                second.push(two.map(|(_, right)| ColumnContext {
                    table: true,
                    whole: right.whole & taken,
                    ..right
                }));
                if let Some((left, _)) = two {
                    c = left;
                    c.table = true;
                }
                c.whole &= taken;
                columns.push(c);
                begins.push(characters(&header[..field.0]) + blanks(&header[field.0..field.1]));
            }
            if columns.iter().all(|c| c.whole.is_empty()) {
                continue;
            }
            let mut at = to + 1;
            for _ in 0..ROWS {
                let Some(line) = text.get(at..self.hi).filter(|l| !l.is_empty()) else { break };
                let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
                if line.trim_ascii().is_empty() {
                    break;
                }
                let cells: Vec<(usize, usize)> = fields(line, strokes).filter(|f| held(line, f)).collect();
                // a line with as many fields: each stands below its name; else where the names begin
                let cells = match cells.len() == columns.len() {
                    true => cells,
                    false if strokes => Vec::new(),
                    false => below(line, &begins),
                };
                if cells.len() == columns.len() && cells.len() > 2 {
                    for ((cell, column), second) in cells.iter().zip(&columns).zip(&second) {
                        let (s, mut e) = super::find::trim(text, at + cell.0, at + cell.1);
                        if let Some(second) = second {
                            let Some(n) = memchr::memchr(b' ', &text[s..e]) else { continue };
                            let (from, to) = super::find::trim(text, s + n, e);
                            // the papers of other states are passports
                            let abroad =
                                &text[s..s + n] != b"KAZ" && super::record::of_state(&text[from..to]);
                            match passport.filter(|_| abroad) {
                                Some(passport) => self.offer_labelled(passport, from, to),
                                None => self.named_cell(second, from, to),
                            }
                            e = s + n;
                        }
                        if column.whole.any() && s < e {
                            self.named_cell(column, s, e);
                        }
                    }
                }
                at += line.len() + 1;
            }
        }
    }

    /// The nearest line of names above the line that begins at `line`.
    fn names_above(&mut self, line: usize) -> Option<(usize, usize)> {
        let floor = self.lo.max(line.saturating_sub(REACH));
        let mut seen = self.header;
        if seen.segment != self.lo || seen.upto > line || seen.upto < floor {
            let from = memchr::memchr(b'\n', &self.text[floor..line]).map_or(line, |n| floor + n + 1);
            let from = if floor == self.lo { floor } else { from };
            seen = Header { segment: self.lo, upto: from, line: None };
        }
        let mut at = seen.upto;
        while at < line {
            let end = memchr::memchr(b'\n', &self.text[at..line]).map_or(line, |n| at + n);
            let one = &self.text[at..end];
            if one.trim_ascii().is_empty() {
                seen.line = None;
            } else if self.is_names(one) {
                seen.line = Some((at, end));
            }
            at = end + 1;
        }
        seen.upto = line;
        self.header = seen;
        seen.line.filter(|l| l.0 >= floor)
    }

    /// Does a line hold names of columns, two that say something at least, and no data?
    pub(crate) fn is_names(&self, line: &[u8]) -> bool {
        if line.len() > LONGEST || wordless(line) || !columns(line) {
            return false;
        }
        let strokes = has_strokes(line);
        // "4. Национальность …   Гражданство РК": a numbered line of a form, its labels with their values
        if !strokes
            && (numbered(line) || fields(line, false).any(|f| self.holds_value(line[f.0..f.1].trim_ascii())))
        {
            return false;
        }
        // the days of a month stand in a time sheet's line of names
        let digits = |f: (usize, usize)| {
            let field = &line[f.0..f.1];
            let words = !strokes || !wordless(field);
            if words { field.iter().filter(|b| b.is_ascii_digit()).count() } else { 0 }
        };
        if fields(line, strokes).map(digits).sum::<usize>() > DIGITS {
            return false;
        }
        let mut folded = Folded::default();
        let mut known = 0;
        for (from, to) in fields(line, strokes) {
            if to - from > 80 || !line[from..to].iter().any(|b| b.is_ascii_alphabetic() || *b >= 0x80) {
                continue;
            }
            folded.clear();
            folded.push(&line[from..to], 0);
            // a label and its value in one line are no name
            let labelled = folded
                .text
                .iter()
                .rposition(|b| *b == b':')
                .is_some_and(|k| folded.text[k..].iter().any(|b| is_word(*b)));
            let (pro, contra) = names(&self.detector.headers, &folded.text);
            known += usize::from(!labelled && (pro | contra).any());
        }
        known >= 2
    }

    /// Is a field a label and behind it a value that its rule lists: `Гражданство РК`, `Религия (по желанию) ислам`?
    fn holds_value(&self, field: &[u8]) -> bool {
        let mut folded = Folded::default();
        folded.push(field, 0);
        let f = &folded.text;
        let mut held = false;
        self.detector.label_lexicon.scan_at(f, 0, |l| {
            let at = after_remark(f, l.end);
            let at = at + f[at..].iter().take_while(|b| matches!(b, b' ' | b':' | b'-')).count();
            held |= at > l.end
                && at < f.len()
                && l.rules.into_iter().any(|r| {
                    let values = &self.detector.values[r];
                    values.iter().any(|v| matches(v, f, at) == Some(f.len()))
                });
        });
        held
    }
}

/// Does a line begin with the number of a question: `4.`, `12)`?
fn numbered(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=2).contains(&digits)
        && matches!(line.get(digits), Some(b'.' | b')'))
        && line.get(digits + 1) == Some(&b' ')
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn lines_are_cut() {
        let cut = |l: &'static str, s| {
            fields(l.as_bytes(), s).map(|(a, b)| l[a..b].trim()).filter(|f| !f.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(cut("кв.   Ф.И.О.      ИИН", false), ["кв.", "Ф.И.О.", "ИИН"]);
        assert_eq!(cut("| ФИО | тел |", true), ["ФИО", "тел"]);
        assert_eq!(cut("│ Л/СЧЕТ │ АДРЕС – ул. │", true), ["Л/СЧЕТ", "АДРЕС – ул."]);
    }
}

//! Lines of a form in running text: `ЛицевойСчет: 204-001-7`, `Вод. уд.      AB 123456`. What stands before the colon
//! or the wide gap is read as the name of a column is, what stands behind it as its cell.

use super::column::ColumnContext;
use super::context::char_end;
use super::engine::Engine;
use super::find::{formed, is_empty, trim};
use super::fold::{decode, fold};
use super::lexicon::{RuleSet, matches};
use super::met::Met;
use super::rules::{Finder, LabelValue};
use crate::model::SegmentKind;

/// Longest label, in bytes, and most words of one.
const LONGEST: usize = 72;
const WORDS: usize = 7;
/// Longest value, in bytes.
const VALUE: usize = 160;
/// Longest name in `name=value`, in bytes.
const NAME: usize = 48;
/// Bytes of indentation, dashes and numbering that may stand before a label.
const LEAD: usize = 12;

/// What a label says: the rules that it speaks for and against, and those whose values are taken whole.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FieldSays {
    pub(crate) named: RuleSet,
    pub(crate) against: RuleSet,
    whole: RuleSet,
    /// Rules whose own words the label begins with: their values of free form are looked for from these words on.
    told: RuleSet,
}

/// Labels that were met last.
pub(crate) type FieldCache = Met<FieldSays, LONGEST, 8>;

/// The label that a line begins with, and where its value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldLine {
    pub(crate) label: (usize, usize),
    pub(crate) value: usize,
    /// A dash parts them, as it parts what is explained from its explanation.
    dash: bool,
}

impl FieldLine {
    /// Do no dash and no gap part them, but a sign that nothing but a key has?
    pub(crate) fn colon(&self) -> bool {
        !self.dash && self.value == self.label.1 + 1
    }
}

/// Finds the label at the beginning of a line: up to a colon, an equals sign, a tab, a gap of two blanks or a dash
/// between blanks.
pub(crate) fn field_line(line: &[u8]) -> Option<FieldLine> {
    let lead = |b: &u8| {
        b.is_ascii_digit()
            || matches!(
                b,
                b' ' | b'\t' | b'-' | b'*' | b'.' | b')' | b'"' | b'\'' | b'#' | b'>' | b'[' | b'|'
            )
    };
    let mut from = line.iter().take(LEAD).take_while(|b| lead(b)).count();
    // "│ Группа крови │ II (+) │"
    while let Some(n) = stroke(&line[from..]).filter(|_| from <= LEAD) {
        from += n + line[from + n..].iter().take_while(|b| **b == b' ').count();
    }
    let first = decode(line.get(from..).filter(|l| !l.is_empty())?).0;
    if !(first.is_alphabetic() || first == '№') {
        return None;
    }
    let mut k = from;
    let mut dash = false;
    let (to, value) = loop {
        let b = *line.get(k)?;
        if k - from > LONGEST {
            return None;
        }
        match b {
            b':' if line.get(k + 1) == Some(&b':') => return None,
            b':' if line.get(k + 1).is_none_or(|b| !matches!(b, b':' | b'/')) => break (k, k + 1),
            b'=' if line.get(k + 1) != Some(&b'=') => break (k, k + 1),
            b'\t' | b'|' => break (k, k + 1),
            0xE2 if stroke(&line[k..]).is_some() => break (k, k + 3),
            b' ' if line.get(k + 1) == Some(&b' ') => break (k, k + 2),
            b' ' if line[k..].starts_with(b" - ")
                || line[k..].starts_with(" – ".as_bytes())
                || line[k..].starts_with(" — ".as_bytes()) =>
            {
                dash = true;
                break (k, k + 2 + decode(&line[k + 1..]).1);
            }
            b'.' if line[k..].starts_with(b"...") => break (k, k + 3),
            b'<' | b'>' | b'{' | b'}' | b';' | b'@' | b'\\' | b'!' | b'?' | b'&' | b'$' | b'%' => {
                return None;
            }
            _ => k += 1,
        }
    };
    let tail = |b: &&u8| matches!(b, b' ' | b'"' | b'\'' | b'`' | b'*' | b'.' | b']');
    let to = to - line[from..to].iter().rev().take_while(tail).count();
    let label = &line[from..to];
    let digits = label.iter().filter(|b| b.is_ascii_digit()).count();
    let words = label.split(|b| *b == b' ').filter(|w| !w.is_empty()).count();
    // "let phone = …": a statement of a program
    let declared = || [&b"let "[..], b"const ", b"var ", b"pub "].iter().any(|w| label.starts_with(w));
    // "compiler/TestDisabled.java   Passed": the name of a file
    let file = || memchr::memchr(b'/', label).is_some() && memchr::memchr(b'.', label).is_some();
    let code = label.is_ascii() && (line[value - 1] == b'=' && words > 1 || declared() || file());
    // "Сотталған емеспін. Мекенжайым: …": the label begins behind the sentence
    let sentence = memchr::memmem::find_iter(label, b". ").any(|k| decode(&label[k + 2..]).0.is_uppercase());
    (words <= WORDS && digits <= 4 && to > from + 1 && !code && !sentence).then_some(FieldLine {
        label: (from, to),
        value,
        dash,
    })
}

/// The bytes of a stroke that parts the columns of a drawn table, where one begins.
fn stroke(text: &[u8]) -> Option<usize> {
    ["│", "║", "┃"].iter().find(|s| text.starts_with(s.as_bytes())).map(|s| s.len())
}

/// Does a text begin with a code of the international classification of diseases: `I10`, `C50.4`?
pub(crate) fn begins_icd(v: &[u8]) -> bool {
    matches!(v, [a, b, c, rest @ ..] if a.is_ascii_uppercase() && b.is_ascii_digit() && c.is_ascii_digit()
        && rest.first().is_none_or(|d| !d.is_ascii_alphanumeric()))
}

/// Is it such a code and nothing more?
fn is_icd(value: &[u8]) -> bool {
    let digits = |d: &[u8]| (1..=2).contains(&d.len()) && d.iter().all(u8::is_ascii_digit);
    begins_icd(value) && (value.len() == 3 || value[3..].strip_prefix(b".").is_some_and(digits))
}

/// A byte of the name in `name=value`.
fn name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80
}

/// The value of the `name=value` whose name begins at `at`: its name's end, its beginning and its end.
fn pair(text: &[u8], at: usize, hi: usize) -> Option<(usize, usize, usize)> {
    let n = text[at..hi.min(at + NAME)].iter().take_while(|b| name_byte(**b)).count();
    let sign = at + n;
    let from = sign + 1;
    // `<FamilyStatus>MARRIED</FamilyStatus>` in a log
    if at > 0 && text[at - 1] == b'<' && text.get(sign) == Some(&b'>') && n >= 2 {
        let end = hi.min(from + VALUE);
        let to = from + memchr::memchr2(b'<', b'\n', text.get(from..end)?)?;
        return (to > from && text[to] == b'<').then_some((sign, from, to));
    }
    if n < 2 || text.get(sign) != Some(&b'=') || from >= hi || text[from] == b'=' {
        return None;
    }
    let end = hi.min(from + VALUE);
    let to = match text[from] {
        q @ (b'"' | b'\'') => {
            let n = memchr::memchr2(q, b'\n', &text[from + 1..end])?;
            return (n > 0).then_some((sign, from + 1, from + 1 + n));
        }
        _ => {
            // "bloodGroup=A(II) Rh-, disability=null": pairs behind commas may hold blanks
            let listed = at >= 2 && (text[at - 2..at] == *b", " || text[at - 1] == b'(');
            let comma = listed.then(|| memchr::memmem::find(&text[from..end], b", ")).flatten();
            let stop =
                |b: &u8| b.is_ascii_whitespace() || matches!(b, b'&' | b';' | b',' | b'}' | b']' | b'|');
            match comma.filter(|n| *n <= 60 && !text[from..from + n].contains(&b'=')) {
                Some(n) => from + n,
                None => {
                    let to = text[from..end].iter().position(stop).map_or(end, |n| from + n);
                    // the bracket around the pairs is no part of the last one
                    let open = text[from..to].contains(&b'(');
                    if !open && text[from..to].ends_with(b")") { to - 1 } else { to }
                }
            }
        }
    };
    (to > from).then_some((sign, from, to))
}

impl Engine<'_> {
    /// What a label says that is read as the name of a column.
    pub(crate) fn field_says(&mut self, label: &[u8]) -> FieldSays {
        if let Some(says) = self.fields_met.get(label) {
            return says;
        }
        let module = self.detector.finders(&[Finder::Module]);
        let says = match std::str::from_utf8(label) {
            Ok(name) => {
                let ColumnContext { named, against, whole, .. } =
                    self.detector.read_name(name, &mut self.folded);
                self.folded.clear();
                self.folded.push(label, 0);
                let mut told = RuleSet::NONE;
                self.detector.label_lexicon.scan_at(&self.folded.text, 0, |l| told |= l.rules);
                FieldSays { named: named & !module, against, whole, told }
            }
            Err(_) => FieldSays::default(),
        };
        self.fields_met.put(label, says);
        says
    }

    /// Looks at lines that begin with a word that a label may begin with.
    pub(crate) fn field_lines(&mut self) {
        let starts = std::mem::take(&mut self.starts);
        let text = self.text;
        // the next sign that a pair needs: most text has none near
        let (mut done, mut equals) = (0, 0);
        for at in &starts {
            let at = *at as usize;
            if at < done || !self.enter(at) || self.kind != SegmentKind::Prose {
                continue;
            }
            let (floor, hi) = (self.lo.max(at.saturating_sub(LEAD + 1)), self.hi);
            let lead = &text[floor..at];
            if lead.ends_with(b"<") {
                self.named_pair(at);
                continue;
            }
            let line = match memchr::memrchr(b'\n', lead) {
                Some(k) => floor + k + 1,
                None if floor == self.lo => floor,
                // behind a wide gap another field of the line begins
                None if lead.ends_with(b"  ") || lead.ends_with(b"\t") => at,
                None => {
                    if equals < at {
                        equals = memchr::memchr(b'=', &text[at..]).map_or(usize::MAX, |n| at + n);
                    }
                    let opened = matches!(
                        lead.last(),
                        Some(b' ' | b',' | b';' | b'&' | b'?' | b'(' | b'{' | b'[' | b'"')
                    );
                    if opened && equals <= at + NAME {
                        self.named_pair(at);
                    }
                    continue;
                }
            };
            let end = memchr::memchr(b'\n', &text[at..hi]).map_or(hi, |n| at + n);
            let Some(field) = field_line(&text[line..end]).filter(|f| line + f.label.0 == at) else {
                continue;
            };
            done = line + field.value;
            let says = self.field_says(&text[at..line + field.label.1]);
            let mut whole = says.whole & self.detector.labelled & !(says.told & self.detector.free);
            // "win-health: restart the monitor": the part of a program that a change is of
            let label = &text[at..line + field.label.1];
            if label.contains(&b'-') && !label.iter().any(u8::is_ascii_uppercase) && text[at..end].is_ascii()
            {
                whole &= !self.detector.free;
            }
            if whole.is_empty() {
                continue;
            }
            let mut to = end.min(line + field.value + VALUE);
            let mut from = line + field.value;
            let blank = |b: &&u8| matches!(b, b' ' | b'.' | b'\t' | b':' | b'|');
            from += text[from..to].iter().take_while(blank).count();
            from += stroke(&text[from..to]).unwrap_or(0);
            from += text[from..to].iter().take_while(|b| **b == b' ').count();
            let drawn = memchr::memchr2_iter(b'|', 0xE2, &text[from..to])
                .find(|n| text[from + n] == b'|' || stroke(&text[from + n..to]).is_some());
            to = drawn.map_or(to, |n| from + n);
            if let Some(n) = memchr::memmem::find(&text[from..to], b"  ") {
                to = from + n;
            }
            to = char_end(&text[..hi], to, from);
            let (s, e) = trim(text, from, to);
            if s < e {
                self.field_value(whole, s, e, field.dash);
            }
        }
        self.starts = starts;
    }

    /// The value of the `name=value` whose name begins at `at`.
    fn named_pair(&mut self, at: usize) {
        let text = self.text;
        let Some((sign, from, to)) = pair(text, at, self.hi) else { return };
        let says = self.field_says(&text[at..sign]);
        let whole = says.whole & self.detector.labelled & !(says.told & self.detector.free);
        let (s, e) = trim(text, from, char_end(&text[..self.hi], to, from));
        if whole.any() && s < e {
            self.field_value(whole, s, e, false);
        }
    }

    /// The value of a field from `start` to `end`, for the rules that its label names.
    fn field_value(&mut self, whole: RuleSet, start: usize, end: usize, dash: bool) {
        let text = self.text;
        let mut start = start;
        for sign in ["№ ", "№"] {
            start += if text[start..end].starts_with(sign.as_bytes()) { sign.len() } else { 0 };
        }
        // "Гр. крови B(III) Rh+   Аллергия: …": what stands behind the gap is a label itself
        if let Some(inner) = field_line(&text[start..end])
            && !inner.dash
            && self.field_says(&text[start + inner.label.0..start + inner.label.1]).named.any()
        {
            return;
        }
        for r in whole {
            let rule = &self.detector.rules[r];
            let part = || {
                let stop = text[start..end].iter().position(|b| matches!(b, b',' | b';' | b'|' | b'('));
                let end = stop.map_or(end, |n| start + n);
                // "male / 58": a field of two
                let end = memchr::memmem::find(&text[start..end], b" / ").map_or(end, |n| start + n);
                let stop = memchr::memmem::find(&text[start..end], b". ").filter(|k| *k > 8);
                trim(text, start, stop.map_or(end, |n| start + n))
            };
            let at = match rule.value {
                _ if start >= end => None,
                _ if rule.finder != Finder::Label => None,
                LabelValue::Code | LabelValue::Pattern => formed(rule, text, start, end.min(start + 80)),
                // 1 is a man, 2 a woman (ISO/IEC 5218)
                LabelValue::List if rule.id == "sex" && matches!(&text[start..end], b"1" | b"2") => {
                    Some((start, end))
                }
                LabelValue::List => {
                    let (s, e) = part();
                    let folded = fold(&String::from_utf8_lossy(&text[s..e]));
                    let known = self.detector.values[r].iter().any(|v| matches(v, &folded, 0).is_some());
                    // a country is no people
                    let land = [fold("стан"), fold("stan")]
                        .iter()
                        .any(|w| memchr::memmem::find(&folded, w).is_some());
                    let known = known && !(land && rule.id == "nationality");
                    (known && e - s <= 60).then_some((s, e))
                }
                LabelValue::Number => {
                    let n = text[start..end].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
                    let age =
                        std::str::from_utf8(&text[start..start + n]).ok().and_then(|d| d.parse::<u8>().ok());
                    // "min-release-age=7": the word is the end of another one
                    let key = text[..start].strip_suffix(b"=").unwrap_or_default();
                    let joined = key.iter().rev().take_while(|b| name_byte(**b)).any(|b| *b == b'-');
                    let next = !joined
                        && text.get(start + n).is_none_or(|b| !matches!(b, b'.' | b':' | b'/' | b'-' | b'%'));
                    (next && age.is_some_and(|a| (1..=110).contains(&a))).then_some((start, start + n))
                }
                LabelValue::Rest if dash => None,
                LabelValue::Rest => {
                    let stop = memchr::memmem::find_iter(&text[start..end], b". ")
                        .find(|k| *k > 8 && decode(&text[start + k + 2..]).0.is_uppercase());
                    let end = stop.map_or(end, |k| start + k);
                    let value = &text[start..end];
                    // "mid + half_width;"
                    let plain = value.is_ascii()
                        && (!value.contains(&b' ')
                            || value.ends_with(b";")
                            || value.iter().any(|b| matches!(b, b'_' | b'{' | b'=')));
                    let letters =
                        String::from_utf8_lossy(value).chars().filter(|c| c.is_alphabetic()).count() >= 3;
                    let begins = value[0] >= 0x80 || value[0].is_ascii_alphanumeric();
                    // "dx=I20.0": a code of the classification of diseases
                    let coded = rule.subtype == Some("health") && is_icd(value);
                    let good = coded || letters && begins && !plain && !is_empty(value);
                    // the name of the next column is no value
                    (good && self.field_says(value).named.is_empty()).then_some((start, end))
                }
                LabelValue::Token | LabelValue::Decimal => None,
            };
            if let Some((s, e)) = at.filter(|(s, e)| s < e) {
                self.offer_labelled(r, s, e);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_lines() {
        let of = |line: &'static str| {
            field_line(line.as_bytes()).map(|f| (&line[f.label.0..f.label.1], line[f.value..].trim()))
        };
        assert_eq!(of("ЛицевойСчет: 204-001-7"), Some(("ЛицевойСчет", "204-001-7")));
        assert_eq!(of("  3. Вод. уд.      AB 123456"), Some(("Вод. уд", "AB 123456")));
        assert_eq!(of("- **Пол** - М"), Some(("Пол", "М")));
        assert_eq!(of("\"pers_acc\" = 1"), Some(("pers_acc", "1")));
        assert_eq!(of("let phone = 1"), None);
        assert_eq!(of("std::fmt: x"), None);
        assert_eq!(of("http://a.kz"), None);
        assert_eq!(of("Сегодня мы пошли в лес и долго там гуляли, потом пили чай: хорошо"), None);
        assert_eq!(of("12:30 Петров"), None);
    }
}

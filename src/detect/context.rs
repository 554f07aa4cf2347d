//! What stands around a candidate: words before, after and above it, the key it is the value of, its column.

use memchr::memmem;

use super::aligned::{is_row, is_row_of_data};
use super::column::{ColumnContext, NO_CONTEXT};
use super::engine::Engine;
use super::fields::field_line;
use super::fold::{Folded, decode, is_word};
use super::lexicon::{Lexicon, RuleSet};
use super::met::Met;
use super::rules::Rule;
use crate::model::{Evidence, EvidenceSet, SegmentKind};

/// Bytes looked at before a candidate on its line.
const BEFORE: usize = 140;
/// Bytes before a candidate in which the heading of its list is looked for.
const LIST: usize = 600;
/// Bytes between the label of a line and a candidate that it speaks for.
const LABELLED: usize = 48;
/// Most lines of a list down to a candidate, with its heading.
const LISTED: usize = 12;
/// Bytes above a number alone in which the heading of an identity card may stand.
const CARD: usize = 900;
/// Bytes looked at after a candidate.
const AFTER: usize = 60;

/// The surroundings of one candidate, as sets of rules that they speak for or against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) before: RuleSet,
    /// Labels that touch the candidate, or are separated by blanks and signs only.
    pub(crate) touch: RuleSet,
    pub(crate) above: RuleSet,
    pub(crate) after: RuleSet,
    pub(crate) against: RuleSet,
    pub(crate) column: &'a ColumnContext,
    /// The value of a key that names something else.
    pub(crate) other_key: bool,
}

impl<'a> Context<'a> {
    /// No words around, and this column.
    pub(crate) fn of(column: &'a ColumnContext) -> Context<'a> {
        Context {
            before: RuleSet::NONE,
            touch: RuleSet::NONE,
            above: RuleSet::NONE,
            after: RuleSet::NONE,
            against: RuleSet::NONE,
            column,
            other_key: false,
        }
    }

    /// Is there any word or column that speaks for rule `k`?
    pub(crate) fn labels(&self, k: usize) -> bool {
        let any = self.before | self.above | self.after | self.column.named | self.column.share;
        any.has(k)
    }

    /// What the surroundings say for rule `k`.
    pub(crate) fn evidence(&self, k: usize) -> EvidenceSet {
        let bit = RuleSet::of(k);
        let mut e = EvidenceSet::new();
        let mut near = true;
        if self.before.meets(bit) {
            e.add(Evidence::WordBefore);
        } else if self.above.meets(bit) {
            e.add(Evidence::LabelAbove);
        } else if self.after.meets(bit) {
            e.add(Evidence::WordAfter);
        } else {
            near = false;
        }
        if self.against.meets(bit) {
            e.add(Evidence::NegativeWord);
        }
        e.union(self.column.evidence(bit, near, self.other_key))
    }
}

/// What the key of a `key=value` says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeySays {
    /// Rules that it speaks for.
    pro: RuleSet,
    /// Rules that it speaks against.
    contra: RuleSet,
    /// It tells who somebody is.
    who: bool,
}

/// Keys of `key=value` that were met last.
pub(crate) type KeyCache = Met<KeySays, 24, 7>;

/// Is this byte part of a key such as `user_phone` or `client.iin`?
fn key_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-')
}

/// Folds a name and parts its words: `userPhone`, `ДатаРождения`, `tel_mob`, `client.iin`.
pub(crate) fn fold_name(name: &[u8], out: &mut Folded) {
    out.clear();
    let (mut from, mut k, mut last) = (0, 0, ' ');
    while k < name.len() {
        let (c, n) = decode(&name[k..]);
        // "ИИНКлиента", "СвидетельствоОРождении": the last of several capitals begins a word
        let capitals = last.is_uppercase()
            && c.is_uppercase()
            && name.get(k + n..).filter(|r| !r.is_empty()).is_some_and(|r| decode(r).0.is_lowercase());
        let camel = last.is_lowercase() && c.is_uppercase() || capitals;
        let number = (last.is_ascii_alphabetic() && c.is_ascii_digit())
            || (last.is_ascii_digit() && c.is_ascii_alphabetic());
        if k > 0 && (camel || number || c == '.' || c == '-') {
            out.push(&name[from..k], from as u32);
            out.push(b" ", k as u32);
            from = if camel || number { k } else { k + n };
        }
        (last, k) = (c, k + n);
    }
    if from <= name.len() {
        out.push(&name[from..], from as u32);
    }
}

/// Keys whose value tells who somebody is, in whatever form: a telephone, an address of mail, a number.
pub(crate) fn who(key: &[u8]) -> bool {
    const WHO: [&[u8]; 8] =
        [b"user", b"login", b"username", b"client", b"customer", b"subscriber", b"principal", b"person"];
    let word = key.rsplit(|b| matches!(b, b'_' | b'.' | b'-')).next().unwrap_or(key);
    WHO.iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// Keys whose value is what somebody wrote: words and numbers of whatever kind stand in it.
fn wording(key: &[u8]) -> bool {
    const TEXTS: [&[u8]; 17] = [
        b"text",
        b"message",
        b"msg",
        b"body",
        b"comment",
        b"comments",
        b"note",
        b"notes",
        b"content",
        b"description",
        b"desc",
        b"summary",
        b"subject",
        b"title",
        b"remark",
        b"caption",
        b"sms",
    ];
    let word = key.rsplit(|b| matches!(b, b'_' | b'.' | b'-')).next().unwrap_or(key);
    TEXTS.iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// Is this the element of an array or the argument of a call, in text of ASCII only?
fn listed(before: &[u8], after: &[u8]) -> bool {
    let mut left = before.iter().rev().skip_while(|b| matches!(b, b' ' | b'"' | b'\''));
    let right = after.iter().find(|b| !matches!(b, b' ' | b'"' | b'\'' | b'L' | b'U'));
    let opened = match left.next() {
        Some(b',') => left
            .next()
            .is_some_and(|b| b.is_ascii_digit() || matches!(b, b'"' | b'\'' | b']' | b')' | b'L' | b'U')),
        Some(b'(') => left.next().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'!')),
        Some(b'[' | b'{') => true,
        _ => false,
    };
    opened && before.is_ascii() && right.is_none_or(|b| matches!(b, b',' | b')' | b']' | b'}' | b'\n' | b';'))
}

/// Moves `at` forward to the beginning of a character, and not beyond `to`.
pub(crate) fn char_start(text: &[u8], at: usize, to: usize) -> usize {
    let at = at.min(to);
    at + text[at..to].iter().take_while(|b| **b & 0xC0 == 0x80).count()
}

/// Moves `at` back to the beginning of a character, and not before `from`; the end of the text is one.
pub(crate) fn char_end(text: &[u8], at: usize, from: usize) -> usize {
    let mut at = at.max(from);
    while at > from && text.get(at).is_some_and(|b| b & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

/// Has this text no letter, so that no label can stand in it?
pub(crate) fn wordless(text: &[u8]) -> bool {
    !text.iter().any(|b| *b >= 0x80 || b.is_ascii_alphabetic())
}

impl<'a> Engine<'a> {
    /// Do the bytes from `start` to `end` fill a cell, so that nothing but its column can speak for them?
    pub(crate) fn fills_cell(&self, start: usize, end: usize) -> bool {
        self.kind != SegmentKind::Prose && start - self.lo <= 2 && self.hi - end <= 2
    }

    /// The surroundings of the bytes from `start` to `end` in the current segment.
    pub(crate) fn context(&mut self, start: usize, end: usize) -> &Context<'a> {
        if !matches!(self.last_context, Some((s, e, _)) if s == start && e == end) {
            let mut c = Context::of(self.column);
            if !self.fills_cell(start, end) {
                self.around(start, end, &mut c);
            }
            self.last_context = Some((start, end, c));
        }
        match &self.last_context {
            Some((_, _, c)) => c,
            None => unreachable!("it was made just now"),
        }
    }

    /// Lets something speak for the bytes from `start` to `end` that no window of words around them reaches.
    pub(crate) fn vouch(&mut self, start: usize, end: usize, says: impl FnOnce(&mut Context<'a>)) {
        let mut c = *self.context(start, end);
        says(&mut c);
        self.last_context = Some((start, end, c));
    }

    /// What the key from `s` to `e` speaks for and against.
    fn key(&mut self, s: usize, e: usize) -> KeySays {
        let name = &self.text[s..e];
        let detector = self.detector;
        // a key is a name as that of a column is
        let said = |folded: &[u8]| {
            let (pro, contra) = names(&detector.headers, folded);
            let against = contra | (names(&detector.header_not, folded).1 & !pro);
            KeySays { pro: pro & !contra, contra: against, who: who(name) || wording(name) }
        };
        if let Some(says) = self.keys.get(name) {
            return says;
        }
        fold_name(name, &mut self.folded);
        let says = said(&self.folded.text);
        self.keys.put(name, says);
        says
    }

    fn around(&mut self, start: usize, end: usize, c: &mut Context<'_>) {
        let (lo, hi) = (self.lo, self.hi);
        let text = self.text;
        let lexicon = &self.detector.lexicon;
        let near = lo.max(start.saturating_sub(64));
        // key=value and "key": value
        let mut k = start;
        while k > near && matches!(text[k - 1], b'"' | b'\'' | b' ' | b'+' | b'`') {
            k -= 1;
        }
        // `[Nomer] = N'…'`, as one dialect of SQL writes
        if k > near + 1 && k < start && text[k - 1] == b'N' && text[k] == b'\'' {
            k -= 1;
            while k > near && text[k - 1] == b' ' {
                k -= 1;
            }
        }
        // `<DocNo>034512876</DocNo>` in a log: the tag is the key
        if k > near && k == start && text[k - 1] == b'>' {
            let tag = text[near..k - 1].iter().rev().take_while(|b| key_byte(**b)).count();
            let from = k - 1 - tag;
            if tag >= 2 && from > near && text[from - 1] == b'<' {
                let key = self.key(from, k - 1);
                (c.before, c.touch, c.against) = (key.pro, key.pro, key.contra & !key.pro);
                if key.pro.any() {
                    return;
                }
            }
        }
        // `GetClientByIIN(850101400129)`, `find_by_phone('…')`
        if k > near && text[k - 1] == b'(' {
            let name = k - 1 - text[near..k - 1].iter().rev().take_while(|b| key_byte(**b)).count();
            let by =
                ["By", "by_", "_by"].iter().filter_map(|by| memmem::rfind(&text[name..k - 1], by.as_bytes()));
            if let Some(from) = by.max().map(|at| name + at + 2).filter(|from| *from < k - 1) {
                let key = self.key(from, k - 1);
                if key.pro.any() {
                    (c.before, c.touch, c.against) = (key.pro, key.pro, key.contra & !key.pro);
                    return;
                }
            }
        }
        if k > near && matches!(text[k - 1], b'=' | b':') {
            let sign = text[k - 1];
            let mut e = k - 1;
            while e > near && matches!(text[e - 1], b' ' | b':') {
                e -= 1;
            }
            let quoted = e > near && matches!(text[e - 1], b'"' | b'\'' | b'`' | b']');
            if quoted {
                e -= 1;
            }
            let mut s = e;
            while s > near && key_byte(text[s - 1]) {
                s -= 1;
            }
            let plain = sign == b'=' || quoted;
            // "data_rozhdeniya: 1994-12-03": a key of YAML begins its line
            let begins = || {
                let line = memchr::memrchr(b'\n', &text[near..s]).map_or(near, |k| near + k + 1);
                (line > near || near == lo) && text[line..s].iter().all(|b| matches!(b, b' ' | b'-' | b'\t'))
            };
            // "postalCode: 150000": as directories write
            let joined = |key: &[u8]| {
                key.contains(&b'_')
                    || key.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
            };
            let yaml = !plain && s < e && joined(&text[s..e]) && begins();
            let key = if s < e && (plain || yaml) { self.key(s, e) } else { KeySays::default() };
            if s < e && (plain || key.pro.any()) && (s == near || text[s - 1] < 0x80) {
                c.before = key.pro;
                c.touch = key.pro;
                c.against = key.contra & !key.pro;
                c.other_key = !key.who;
                if key.pro.any() || text[near..start].is_ascii() {
                    return;
                }
            }
        }
        let lowest = lo.max(start.saturating_sub(BEFORE));
        let line = memchr::memrchr(b'\n', &text[lowest..start]).map_or(lo, |k| lowest + k + 1);
        let from = char_start(text, line.max(lowest), start);
        c.other_key |= listed(&text[near..start], &text[end..hi.min(end + 8)]);
        self.folded.clear();
        self.folded.push(&text[from..start], from as u32);
        if !wordless(&text[from..start]) {
            before(lexicon, &self.folded.text, self.detector.phones, c);
        }
        // "НомерДокумента=000000733": a running number of a paper
        let running = text[start..end].starts_with(b"00000");
        if c.before.is_empty() && from == line && self.kind == SegmentKind::Prose && !running {
            let label = field_line(&text[line..end]).filter(|f| line + f.value <= start);
            if let Some(field) = label.filter(|f| start - line - f.value <= LABELLED) {
                let says = self.field_says(&text[line + field.label.0..line + field.label.1]);
                c.before |= says.named;
                c.against |= says.against & !says.named;
                self.folded.clear();
                self.folded.push(&text[from..start], from as u32);
            }
        }
        if from == line
            && line > lo
            && c.before.is_empty()
            && (answer(&self.folded.text) || self.folded.text.iter().all(|b| !is_word(*b)))
        {
            // nothing before it on its line: the line above may be its label
            let above_end = line - 1;
            let above = text[lo..above_end]
                .iter()
                .rev()
                .take(BEFORE)
                .position(|b| *b == b'\n')
                .map_or(lo, |k| above_end - k);
            // a line of names speaks of its columns, each for itself
            let begin = memchr::memrchr(b'\n', &text[lo..above_end]).map_or(lo, |k| lo + k + 1);
            let names = self.kind == SegmentKind::Prose && {
                let line_above = &text[begin..above_end];
                self.is_names(line_above) || is_row(&text[from..start]) && is_row_of_data(line_above)
            };
            let above = char_start(text, above.max(above_end.saturating_sub(BEFORE)), above_end);
            self.folded.clear();
            self.folded.push(&text[above..above_end], above as u32);
            let mut up = Context::of(&NO_CONTEXT);
            before(lexicon, &self.folded.text, self.detector.phones, &mut up);
            c.above = if names { RuleSet::NONE } else { up.before };
        }
        // what stands in the column to the left is no label of this one
        let bare = (c.before | c.above).is_empty();
        if (bare || text[..start].ends_with(b"  ")) && self.kind == SegmentKind::Prose {
            let (pro, contra) = self.column_above(start, end);
            c.above |= pro;
            c.against |= if bare { contra } else { RuleSet::NONE };
        }
        if self.card_initials(start, end) {
            c.before |= self.detector.rule_named("id_card").map_or(RuleSet::NONE, RuleSet::of);
        }
        if (c.before | c.above).is_empty() && self.card_alone(start, end) {
            c.above |= self.detector.rule_named("id_card").map_or(RuleSet::NONE, RuleSet::of);
        }
        // words after, up to the end of the line or part of a sentence, and before the next number
        let mut to = (end + AFTER).min(hi);
        if let Some(k) = text[end..to].iter().position(|b| matches!(b, b'\n' | b',' | b';' | b'|')) {
            to = end + k;
        }
        // "… № 864584727. Вид на жительство …": the next sentence speaks of something else
        let capital = |k: &usize| decode(&text[end + k + 2..hi]).0.is_uppercase();
        let mut stops = memchr::memmem::find_iter(&text[end..to], b". ").filter(|k| end + k + 2 < hi);
        if let Some(k) = stops.find(capital) {
            to = end + k;
        }
        to = char_end(&text[..hi], to, end);
        if wordless(&text[end..to]) {
            return;
        }
        self.folded.clear();
        self.folded.push(&text[end..to], end as u32);
        let after = &self.folded.text;
        let stop = after.windows(4).position(|w| w.iter().all(u8::is_ascii_digit)).unwrap_or(after.len());
        let mut words = 0;
        let stop = after[..stop]
            .iter()
            .position(|b| {
                words += u32::from(!is_word(*b));
                words > 5
            })
            .unwrap_or(stop);
        lexicon.scan(&after[..stop], |l| c.after |= l.rules);
    }
}

impl Engine<'_> {
    /// "УЛ 034419820", "ЖК № 045123876": the initials of an identity card right before its nine digits.
    fn card_initials(&self, start: usize, end: usize) -> bool {
        let text = self.text;
        if end - start != 9 || text[start] != b'0' || !text[start..end].iter().all(u8::is_ascii_digit) {
            return false;
        }
        let before = text[self.lo..start].trim_ascii_end();
        let before = before.strip_suffix("№".as_bytes()).unwrap_or(before).trim_ascii_end();
        let before = before.strip_suffix(b":").unwrap_or(before);
        ["УЛ", "ЖК", "ЖҚ", "ЖКҚ"].iter().any(|i| {
            let rest = before.strip_suffix(i.as_bytes());
            rest.is_some_and(|r| r.last().is_none_or(|b| !(b.is_ascii_alphanumeric() || *b >= 0x80)))
        })
    }

    /// Nine digits alone on a line of what was read from an identity card, whose heading stands above.
    fn card_alone(&self, start: usize, end: usize) -> bool {
        let text = self.text;
        if end - start != 9 || text[start] != b'0' || self.kind != SegmentKind::Prose {
            return false;
        }
        let line = memchr::memrchr(b'\n', &text[self.lo..start]).map_or(self.lo, |k| self.lo + k + 1);
        let before = text[line..start].trim_ascii();
        let after =
            memchr::memchr(b'\n', &text[end..self.hi]).map_or(&text[end..self.hi], |k| &text[end..end + k]);
        let sign = before.is_empty() || before == "№".as_bytes() || before == b"N";
        let above = &text[self.lo.max(start.saturating_sub(CARD))..start];
        const HEADINGS: [&str; 4] =
            ["УДОСТОВЕРЕНИЕ ЛИЧНОСТИ", "ЖЕКЕ КУӘЛІК", "IDENTITY CARD", "Удостоверение личности"];
        sign && after.trim_ascii().is_empty()
            && HEADINGS.iter().any(|h| memchr::memmem::find(above, h.as_bytes()).is_some())
    }
}

impl Engine<'_> {
    /// Does `start` stand in a list whose heading, a line that ends with a colon, has a word of rule `k`?
    pub(super) fn in_list_of(&self, k: usize, start: usize) -> bool {
        if self.kind != SegmentKind::Prose {
            return false;
        }
        let above = &self.text[char_start(self.text, self.lo.max(start.saturating_sub(LIST)), start)..start];
        let Some(line) = memchr::memrchr(b'\n', above) else { return false };
        let lines = above[..line].rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii).take(LISTED);
        let heading = lines.take_while(|l| !l.is_empty()).find(|l| l.ends_with(b":"));
        heading.is_some_and(|h| {
            let mut folded = Folded::default();
            folded.push(h, 0);
            let mut said = RuleSet::NONE;
            self.detector.lexicon.scan(&folded.text, |l| said |= l.rules);
            said.has(k)
        })
    }
}

/// Is this who answers in a talk, `Клиент: `, and nothing more?
fn answer(folded: &[u8]) -> bool {
    let who = folded.trim_ascii_end().strip_suffix(b":");
    who.is_some_and(|w| w.len() <= 24 && w.iter().all(|b| is_word(*b) || *b == b' ') && !w.is_empty())
}

/// What the words of a key or column name speak for, and against.
pub(crate) fn names(lexicon: &Lexicon, folded: &[u8]) -> (RuleSet, RuleSet) {
    let (mut pro, mut contra) = (RuleSet::NONE, RuleSet::NONE);
    lexicon.scan(folded, |l| {
        pro |= l.rules;
        contra |= l.against;
    });
    (pro, contra)
}

/// Reads labels from far to near: the nearest word wins for each rule. A long number between a label and the
/// candidate has used the label up, unless only the signs of a list stand after it. `phones`: the rules of telephones.
fn before(lexicon: &Lexicon, folded: &[u8], phones: RuleSet, c: &mut Context<'_>) {
    let mut used = 0;
    let mut run = 0;
    for (k, b) in folded.iter().enumerate() {
        if b.is_ascii_digit() {
            run += 1;
        } else {
            if run >= 7 && folded[k..].iter().any(|b| is_word(*b)) {
                used = k;
            }
            run = 0;
        }
    }
    let mut cover = (0, 0);
    lexicon.scan(folded, |l| {
        // a word within a longer label is a part of that label only
        if l.end <= used || (l.start > cover.0 && l.end <= cover.1) {
            return;
        }
        if l.end > cover.1 {
            cover = (l.start, l.end);
        }
        // "Заказ оформила Ким, 8701…": behind a comma nothing is told of the order
        let apart = if l.against.meets(phones) && folded[l.end..].windows(2).any(|w| w == b", ") {
            phones
        } else {
            RuleSet::NONE
        };
        c.against = (c.against & !l.rules) | (l.against & !apart);
        c.before = (c.before & !l.against) | l.rules;
        if folded[l.end..].iter().all(|b| !is_word(*b)) {
            c.touch |= l.rules;
        }
    });
}

/// The score of `rule` with this evidence: its base and the points of each reason, kept within 0.01 and 0.99.
pub(crate) fn score(rule: &Rule, evidence: EvidenceSet) -> f32 {
    let sum: f32 = rule.base + evidence.iter().map(|e| rule.weights[e as usize]).sum::<f32>();
    sum.clamp(0.01, 0.99)
}

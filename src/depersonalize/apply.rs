use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use super::counts::{Done, Outcome};
use super::fit::{self, Room, TokenForm};
use super::generalize::{generalize, is_result};
use super::label;
use super::method::Method;
use super::policy::Scope;
use super::scope::{Column, FileScope, Plan};
use super::token::ScopeId;
use super::{Counts, Depersonalizer, Verdicts, fake, perturb};
use crate::detect::{Canonical, canonical_bytes as canonical, subject};
use crate::model::replacement::is_replacement_of;
use crate::model::{Block, Category, ColumnType, Edit, Finding, NO_COLUMN, Segment, SegmentKind};

/// The kind of a value that nothing was found in.
const VALUE: &str = "value";

struct Worker<'a> {
    d: &'a Depersonalizer,
    scope: &'a FileScope,
    block: &'a Block,
    plan: &'a Plan,
    tally: SmallVec<[(Key, u64); 8]>,
    cleared: FxHashSet<(u32, u32)>,
    /// Column and row of cells that a second reading must know.
    noted: SmallVec<[(u32, u64); 8]>,
}

#[derive(Clone, Copy, PartialEq)]
struct Key {
    column: u32,
    category: Option<Category>,
    rule: Option<u32>,
    form: Option<TokenForm>,
    chars: u8,
    outcome: Outcome,
}

/// What a method made of a value.
enum Made {
    Text(String, Option<TokenForm>, Outcome),
    Same(Outcome),
}

/// One value to replace.
#[derive(Clone, Copy)]
struct Value<'v> {
    text: &'v str,
    category: Category,
    room: Room,
    segment: Segment,
    start: u32,
    entity: u32,
    subtype: Option<&'static str>,
}

pub(super) fn edits(
    d: &Depersonalizer,
    scope: &FileScope,
    block: &Block,
    verdicts: Option<&dyn Verdicts>,
    findings: &[Finding],
    out: &mut Vec<Edit>,
    counts: &mut Counts,
) {
    let plan = scope.plan(&d.policy, block.table.as_ref());
    let mut w = Worker {
        d,
        scope,
        block,
        plan: &plan,
        tally: SmallVec::new(),
        cleared: FxHashSet::default(),
        noted: SmallVec::new(),
    };
    let first = out.len();
    if scope.settled.is_none() {
        w.suppress(counts);
    }
    if scope.settled.is_none() && (plan.whole || !w.cleared.is_empty()) {
        let mut next = 0;
        for (n, segment) in block.segments.iter().enumerate() {
            let from = next;
            while findings.get(next).is_some_and(|f| (f.segment as usize) <= n) {
                next += 1;
            }
            w.segment(*segment, verdicts, &findings[from..next], out);
        }
    } else {
        let mut rest = findings;
        while let Some(f) = rest.first() {
            let n = rest.iter().take_while(|g| g.segment == f.segment).count();
            if let Some(segment) = block.segments.get(f.segment as usize) {
                w.found(*segment, &rest[..n], out);
            }
            rest = &rest[n..];
        }
    }
    w.flush(&out[first..], counts);
}

impl<'a> Worker<'a> {
    fn text(&self, start: u32, end: u32) -> Cow<'a, str> {
        String::from_utf8_lossy(self.block.text.get(start as usize..end as usize).unwrap_or_default())
    }

    fn room(&self, segment: &Segment) -> Room {
        let ty = self.block.field(segment).map_or(ColumnType::Unknown, |f| f.ty);
        Room { same_width: self.d.policy.same_width, ..Room::new(segment.kind, ty) }
    }

    /// Finds the rows that `[[suppress]]` rules empty.
    fn suppress(&mut self, counts: &mut Counts) {
        for clearing in &self.plan.suppress {
            let rule = &self.d.policy.suppress[clearing.rule];
            let mut rows = FxHashSet::default();
            for s in
                self.block.segments.iter().filter(|s| clearing.looks.contains(&s.column) && holds_value(s))
            {
                if rule.when.holds(&self.text(s.start, s.end)) {
                    rows.insert(s.row);
                }
            }
            counts.suppressed_rows += rows.len() as u64;
            for s in &self.block.segments {
                let clears = clearing.clears.get(s.column as usize).copied().unwrap_or(false);
                if clears && holds_value(s) && rows.contains(&s.row) && self.cleared.insert((s.row, s.column))
                {
                    counts.suppressed_cells += 1;
                }
            }
        }
    }

    /// One segment of a table in which whole cells may be replaced.
    fn segment(
        &mut self,
        segment: Segment,
        verdicts: Option<&dyn Verdicts>,
        findings: &[Finding],
        out: &mut Vec<Edit>,
    ) {
        match segment.kind {
            SegmentKind::Skip => return,
            // the header of a column and other names are no values of it
            SegmentKind::Meta => return self.found(segment, findings, out),
            _ => {}
        }
        let column = self.plan.column(segment.column);
        let verdict = verdicts.and_then(|v| v.category(segment.column));
        if self.cleared.contains(&(segment.row, segment.column)) {
            return self.whole(segment, &Method::Remove, None, verdict, findings, out);
        }
        let rules = &self.d.policy.rules;
        match column.whole {
            Some(n) => match &rules[n].method {
                Method::Scan => self.found(segment, findings, out),
                Method::Keep => self.note(segment.column, verdict, Some(n), None, 0, Outcome::Kept),
                method => {
                    // a rule for this kind of data in this very column is more exact than one for the column
                    let exact = |f: &Finding| {
                        column.by_category.get(&f.category).is_some_and(|k| rules[*k].column.is_some())
                    };
                    if findings.iter().any(exact) {
                        return self.found(segment, findings, out);
                    }
                    self.whole(segment, method, Some(n), verdict, findings, out);
                }
            },
            None if column.unnamed => {
                let classified = verdict.is_some_and(|c| column.by_category.contains_key(&c));
                if classified {
                    self.found(segment, findings, out);
                } else {
                    self.whole(segment, &Method::Remove, None, verdict, findings, out);
                }
            }
            None => self.found(segment, findings, out),
        }
    }

    /// Replaces a whole cell. NULL stays NULL and empty stays empty: there is nothing to replace.
    fn whole(
        &mut self,
        segment: Segment,
        method: &Method,
        rule: Option<usize>,
        verdict: Option<Category>,
        findings: &[Finding],
        out: &mut Vec<Edit>,
    ) {
        let text = self.text(segment.start, segment.end);
        let bare = text.trim();
        if bare.is_empty() || bare == "\\N" {
            return;
        }
        let category = rule
            .and_then(|n| self.d.policy.rules[n].category)
            .or(verdict)
            .or_else(|| findings.first().map(|f| f.category))
            .unwrap_or_else(|| Category::new(VALUE));
        let found = findings.first();
        let value = Value {
            text: bare,
            category,
            room: self.room(&segment),
            segment,
            start: segment.start,
            entity: found.map_or(0, |f| f.entity),
            subtype: found.and_then(|f| f.subtype),
        };
        let made = self.make(method, rule, value);
        self.put(segment.start, segment.end, value, rule, made, out);
    }

    /// Replaces what was found in a segment.
    fn found(&mut self, segment: Segment, findings: &[Finding], out: &mut Vec<Edit>) {
        let column = self.plan.column(segment.column);
        let room = self.room(&segment);
        let typed = typed(room);
        let mut free = room.width.map(|width| {
            width as i64 - self.text(segment.start, segment.end).trim_end().chars().count() as i64
        });
        let mut end = 0;
        for f in findings {
            if f.start < end || f.end <= f.start || f.end > segment.end || f.start < segment.start {
                continue;
            }
            let (from, to) = if typed { (segment.start, segment.end) } else { (f.start, f.end) };
            if self.scope.settled.is_some() && self.scope.is_settled(&column.place, f.category) {
                self.note(segment.column, Some(f.category), None, None, 0, Outcome::Own);
                continue;
            }
            let text = self.text(from, to);
            let rule = column.by_category.get(&f.category).copied();
            let method = rule.map_or(&Method::Token, |n| &self.d.policy.rules[n].method);
            let length = text.chars().count();
            let value = Value {
                text: &text,
                category: f.category,
                room: Room { width: free.map(|n| (n + length as i64).max(0) as usize), ..room },
                segment,
                start: from,
                entity: f.entity,
                subtype: f.subtype,
            };
            let made = self.make(method, rule, value);
            if let (Made::Text(new, ..), Some(free)) = (&made, &mut free) {
                *free += length as i64 - new.chars().count() as i64;
            }
            self.put(from, to, value, rule, made, out);
            end = to;
        }
    }

    fn put(
        &mut self,
        start: u32,
        end: u32,
        value: Value<'_>,
        rule: Option<usize>,
        made: Made,
        out: &mut Vec<Edit>,
    ) {
        let (column, category) = (value.segment.column, Some(value.category));
        match made {
            Made::Same(outcome) => {
                // a number that is its own lower bound looks like one that nothing was done to
                let whole_cell = (start, end) == (value.segment.start, value.segment.end);
                let generalized =
                    rule.is_some_and(|n| matches!(self.d.policy.rules[n].method, Method::Generalize(_)));
                if whole_cell && generalized && outcome == Outcome::Own && column != NO_COLUMN {
                    self.noted.push((column, self.block.first_row + u64::from(value.segment.row)));
                }
                self.note(column, category, rule, None, 0, outcome);
            }
            Made::Text(mut text, form, outcome) => {
                let whole_cell = (start, end) == (value.segment.start, value.segment.end);
                let short = matches!(form, Some(TokenForm::Compact | TokenForm::Narrow));
                let chars = if short && whole_cell { text.len() as u8 } else { 0 };
                self.note(column, category, rule, form, chars, outcome);
                if let (true, ColumnType::Char(n)) = (whole_cell, value.room.ty) {
                    // blanks that filled the cell fill it again
                    let old = self.text(start, end);
                    if old.ends_with(' ') && old.chars().count() >= n as usize {
                        let missing = (n as usize).saturating_sub(text.chars().count());
                        text.extend(std::iter::repeat_n(' ', missing));
                    }
                }
                // what does not tell itself must be known when the copy is read again; mixed values are real ones
                let shuffled = rule.is_some_and(|n| matches!(self.d.policy.rules[n].method, Method::Shuffle));
                let told = match form {
                    Some(TokenForm::Permuted | TokenForm::Narrow) => false,
                    Some(_) => true,
                    None => text.is_empty(),
                };
                let cell = whole_cell && column != NO_COLUMN;
                if cell && !told && !shuffled {
                    self.noted.push((column, self.block.first_row + u64::from(value.segment.row)));
                }
                // an invented value in running text is known by its text
                let faked = rule.is_some_and(|n| matches!(self.d.policy.rules[n].method, Method::Fake));
                if faked && !told && !cell {
                    self.d.note_made(&text);
                }
                out.push(Edit { start, end, text });
            }
        }
    }

    fn scope_of(&self, value: &Value<'_>) -> ScopeId {
        if self.d.policy.scope != Scope::Cell {
            return self.scope.id;
        }
        // a new scope for every place: file, table, row, column, position in the cell
        let table = self.block.table.as_ref().map_or(0, |t| t.id);
        let mut at = [0u8; 48];
        at[..16].copy_from_slice(&self.scope.id.0);
        at[16..24].copy_from_slice(&(self.block.first_row + u64::from(value.segment.row)).to_le_bytes());
        at[24..28].copy_from_slice(&value.segment.column.to_le_bytes());
        at[28..32].copy_from_slice(&table.to_le_bytes());
        at[32..36].copy_from_slice(&(value.start - value.segment.start).to_le_bytes());
        at[36..44].copy_from_slice(&self.block.offset.to_le_bytes());
        let bits = self.d.tokens.bits(Category::new("scope"), ScopeId::default(), b'c', &at);
        let mut id = ScopeId(std::array::from_fn(|k| bits[k]));
        id.0[0] |= 1;
        id
    }

    fn make(&self, method: &Method, rule: Option<usize>, value: Value<'_>) -> Made {
        let (text, category, room) = (value.text, value.category, value.room);
        if self.d.is_label(text.trim()) || is_replacement_of(category, text.as_bytes()) {
            return Made::Same(Outcome::Own);
        }
        let scope = self.scope_of(&value);
        let t = &self.d.tokens;
        let done = |text: String| Made::Text(text, None, Outcome::Replaced);
        let fallback = || Made::Text(neutral(&value, Some(category)), None, Outcome::Fallback);
        // nothing but a declared value loads, and all declared values but one may tell something
        let real =
            matches!(method, Method::Keep | Method::Scan | Method::Shuffle | Method::Microaggregate { .. });
        if matches!(room.ty, ColumnType::OneOf(_)) && !real {
            return fallback();
        }
        match method {
            Method::Keep | Method::Scan => Made::Same(Outcome::Kept),
            Method::Token if room.date || room.ty == ColumnType::Boolean => {
                match generalize(&super::method::Generalize::Year, text, true, false) {
                    Some(year) => Made::Text(year, None, Outcome::Fallback),
                    None => fallback(),
                }
            }
            Method::Token if closed(room) && label::sex(category, text).is_some() => {
                // two values by declaration: one of them for all tells nothing and is allowed
                let one = label::sex(category, text).unwrap_or_default();
                Made::Text(one, None, Outcome::Fallback)
            }
            Method::Token => {
                let value = canonical(category, text);
                let room = self.formed(room, category, &value);
                let (text, form) = fit::token(t, category, scope, &value, text, room);
                Made::Text(text, Some(form), Outcome::Replaced)
            }
            // a hole in running text would make the next line the value of the label before it
            Method::Remove if value.segment.kind == SegmentKind::Prose => {
                done(neutral(&value, Some(category)))
            }
            Method::Remove => done(neutral(&value, None)),
            Method::Label(word) => {
                if typed(room) {
                    return fallback();
                }
                done(match category {
                    Category::PERSON if word.is_none() => self.person_label(&value),
                    _ => label::constant(category, word.as_deref()),
                })
            }
            Method::Mask { first, last } => {
                if typed(room) || Method::mask_refusal(*first, *last, Some(category)).is_some() {
                    return fallback();
                }
                done(mask(text, *first, *last))
            }
            Method::Generalize(step) => match generalize(step, text, room.date, room.number) {
                Some(new) if room.width.is_none_or(|w| new.chars().count() <= w) => {
                    if new == text {
                        Made::Same(Outcome::Own)
                    } else {
                        done(new)
                    }
                }
                None if is_result(step, text) => Made::Same(Outcome::Own),
                _ => fallback(),
            },
            Method::ShiftDates { days, .. } => {
                let subject = self.subject(&value);
                match subject.and_then(|s| perturb::shift_date(t, scope, &s, text, *days)) {
                    Some(new) => done(new),
                    None => fallback(),
                }
            }
            Method::Noise { distribution, scale } => {
                let seed = self.seed(&value);
                match perturb::noise(t, scope, &seed, text, *distribution, *scale) {
                    Some(new) => done(new),
                    None => fallback(),
                }
            }
            Method::Microaggregate { .. } | Method::Shuffle => {
                let answer = rule.and_then(|n| {
                    let (s, rule) = (&value.segment, &self.d.policy.rules[n]);
                    self.d.learnt.answer(self.d, self.scope, self.block, s.column, s.row, rule)
                });
                answer.map_or_else(fallback, done)
            }
            Method::Fake => {
                let canonical = canonical(category, text);
                let room = self.formed(room, category, &canonical);
                let (new, form) = fake::fake(t, category, scope, &canonical, text, room);
                Made::Text(new, form, Outcome::Replaced)
            }
        }
    }

    fn formed(&self, room: Room, category: Category, value: &[u8]) -> Room {
        match self.d.policy.forms.get(&category) {
            Some(form) if !room.date && !matches!(room.ty, ColumnType::Uuid) => {
                room.formed(*form, category, value)
            }
            _ => room,
        }
    }

    fn person_label(&self, value: &Value<'_>) -> String {
        let who = match value.entity {
            0 => super::made(&String::from_utf8_lossy(&canonical(value.category, value.text))) | 1 << 63,
            n => u64::from(n),
        };
        let text = String::from_utf8_lossy(&self.block.text[..self.block.text.len().min(8192)]);
        let mut labels = self.scope.labels.lock().unwrap_or_else(|e| e.into_inner());
        labels.person(who, value.subtype, label::is_kazakh(&text))
    }

    /// The canonical writing of the cell that says whose row it is.
    fn subject(&self, value: &Value<'_>) -> Option<Canonical> {
        let column = self.plan.column(value.segment.column).subject?;
        let segments = &self.block.segments;
        let same_row = |s: &&Segment| s.row == value.segment.row;
        let at = segments.partition_point(|s| s.start < value.segment.start);
        let before = segments[..at].iter().rev().take_while(same_row);
        let after = segments[at..].iter().take_while(same_row);
        let cell = before.chain(after).find(|s| s.column == column)?;
        let text = self.text(cell.start, cell.end);
        (!text.trim().is_empty()).then(|| subject(&text))
    }

    fn seed(&self, value: &Value<'_>) -> Vec<u8> {
        let mut seed = self.scope.path.clone().into_bytes();
        seed.extend(self.block.table.as_ref().map_or(0, |t| t.id).to_le_bytes());
        seed.extend(value.segment.column.to_le_bytes());
        seed.extend((self.block.first_row + u64::from(value.segment.row)).to_le_bytes());
        seed
    }

    fn note(
        &mut self,
        column: u32,
        category: Option<Category>,
        rule: Option<usize>,
        form: Option<TokenForm>,
        chars: u8,
        outcome: Outcome,
    ) {
        let key = Key { column, category, rule: rule.map(|n| n as u32), form, chars, outcome };
        match self.tally.iter_mut().find(|(k, _)| *k == key) {
            Some((_, n)) => *n += 1,
            None => self.tally.push((key, 1)),
        }
    }

    fn flush(self, edits: &[Edit], counts: &mut Counts) {
        for (key, n) in &self.tally {
            let done = Done {
                place: self.plan.column(key.column).place.clone(),
                category: key.category,
                rule: key.rule,
                form: key.form,
                chars: key.chars,
                outcome: key.outcome,
            };
            *counts.done.entry(done).or_default() += n;
        }
        self.d.cells.note(&self.scope.path, table_id(self.block), &self.noted);
        if self.d.figures && self.block.table.is_some() {
            self.figures(edits, counts);
        }
    }

    fn figures(&self, edits: &[Edit], counts: &mut Counts) {
        let mut touched: FxHashSet<u32> = FxHashSet::default();
        let mut cells = self.block.segments.iter().peekable();
        for e in edits {
            while cells.next_if(|s| s.end < e.end || (s.end == e.end && s.start > e.start)).is_some() {}
            touched.extend(cells.peek().map(|s| s.column));
        }
        let known = |c: &Column| counts.columns.contains_key(&c.place);
        let watched: Vec<bool> = (0u32..)
            .zip(&self.plan.columns)
            .map(|(n, c)| touched.contains(&n) || (!c.place.is_empty() && known(c)))
            .collect();
        let mut next = 0;
        for s in self.block.segments.iter().filter(|s| s.column != NO_COLUMN && holds_value(s)) {
            if !watched.get(s.column as usize).copied().unwrap_or(false) {
                continue;
            }
            while edits.get(next).is_some_and(|e| e.end <= s.start && e.start < s.start) {
                next += 1;
            }
            let before = self.block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
            let mut after: Cow<'_, [u8]> = before.into();
            let inside = edits[next..]
                .iter()
                .take_while(|e| e.start < s.end || (e.start == s.start && e.end == s.end));
            let mut shift = 0i64;
            for e in inside {
                let a = (i64::from(e.start) - i64::from(s.start) + shift).max(0) as usize;
                let b = (i64::from(e.end) - i64::from(s.start) + shift).max(0) as usize;
                let bytes = after.to_mut();
                if a <= b && b <= bytes.len() {
                    bytes.splice(a..b, e.text.bytes());
                    shift += e.text.len() as i64 - (b - a) as i64;
                }
            }
            let place: Arc<str> = self.plan.column(s.column).place.clone();
            counts.columns.entry(place).or_default().observe(before, &after);
        }
    }
}

fn table_id(block: &Block) -> u32 {
    block.table.as_ref().map_or(0, |t| t.id)
}

fn noted(d: &Depersonalizer, scope: &FileScope, block: &Block, s: &Segment) -> bool {
    let row = block.first_row + u64::from(s.row);
    s.column != NO_COLUMN && holds_value(s) && d.cells.has(&scope.path, table_id(block), s.column, row)
}

/// Does what was found in a copy stand there on purpose: by a rule that keeps it, or in a cell that was filled?
pub(super) fn on_purpose(d: &Depersonalizer, scope: &FileScope, block: &Block, f: &Finding) -> bool {
    let Some(segment) = block.segments.get(f.segment as usize) else { return false };
    let plan = scope.plan(&d.policy, block.table.as_ref());
    let column = plan.column(segment.column);
    let keeps = |n: &usize| matches!(d.policy.rules[*n].method, Method::Keep);
    let kept = match column.by_category.get(&f.category) {
        Some(n) if column.whole.is_none() || d.policy.rules[*n].column.is_some() => keeps(n),
        _ => column.whole.as_ref().is_some_and(keeps) && holds_value(segment),
    };
    kept || scope.is_settled(&column.place, f.category) || noted(d, scope, block, segment)
}

/// Takes back the edits of cells that were filled before.
pub(super) fn keep_noted(
    d: &Depersonalizer,
    scope: &FileScope,
    block: &Block,
    first: usize,
    out: &mut Vec<Edit>,
) {
    let mut edits = out.split_off(first);
    let mut at = 0;
    edits.retain(|e| {
        while block.segments.get(at).is_some_and(|s| s.end < e.end || (s.end == e.end && s.start > e.start)) {
            at += 1;
        }
        !block.segments.get(at).is_some_and(|s| noted(d, scope, block, s))
    });
    out.append(&mut edits);
}

/// Is a segment a cell, and neither a header nor structure?
pub(super) fn holds_value(s: &Segment) -> bool {
    !matches!(s.kind, SegmentKind::Skip | SegmentKind::Meta)
}

/// May a column take only few values, by its type or width?
fn closed(room: Room) -> bool {
    room.number
        || room.ty == ColumnType::Other
        || room.width.is_some_and(|w| w < crate::model::replacement::COMPACT_MIN)
}

fn typed(room: Room) -> bool {
    room.number
        || room.date
        || matches!(room.ty, ColumnType::Uuid | ColumnType::Boolean | ColumnType::OneOf(_))
}

/// What stands where nothing may be told: nothing, a label where `category` asks for one, or a constant of
/// the column's type where it takes no empty value.
fn neutral(value: &Value<'_>, category: Option<Category>) -> String {
    let Room { number, date, ty, width, .. } = value.room;
    if ty == ColumnType::Uuid {
        return "00000000-0000-0000-0000-000000000000".to_owned();
    }
    if let ColumnType::OneOf(first) = ty {
        return first.to_owned();
    }
    if ty == ColumnType::Boolean {
        let short = value.text.trim().len() == 1;
        return match value.text.trim() {
            "0" | "1" => "0",
            _ if short => "f",
            _ => "false",
        }
        .to_owned();
    }
    if date {
        let form = super::generalize::date::parse(value.text)
            .map_or_else(super::generalize::date::Form::iso, |(_, form)| form);
        let day = super::generalize::date::Day { year: 1900, month: 1, day: 1 };
        return form.write_midnight(day);
    }
    match category {
        _ if number => "0".to_owned(),
        Some(c) => {
            let text = label::constant(c, None);
            if width.is_some_and(|w| text.len() > w) { String::new() } else { text }
        }
        None => String::new(),
    }
}

fn mask(text: &str, first: u8, last: u8) -> String {
    let n = text.chars().count();
    let (first, last) = (usize::from(first), usize::from(last));
    // a value so short that its ends are most of it is hidden whole
    let (first, last) = if n < 3 * (first + last) { (0, 0) } else { (first, last) };
    text.chars().enumerate().map(|(k, c)| if k < first || k + last >= n { c } else { '*' }).collect()
}

pub(super) fn clean_name(d: &Depersonalizer, scope: &FileScope, name: &str, findings: &[Finding]) -> String {
    let block = Block::prose(name);
    let mut all = Vec::new();
    let mut counts = Counts::default();
    let findings: Vec<Finding> = findings.iter().map(|f| Finding { segment: 0, ..f.clone() }).collect();
    edits(d, scope, &block, None, &findings, &mut all, &mut counts);
    let mut out = String::with_capacity(name.len() + 16);
    let mut at = 0;
    for e in all {
        out.push_str(name.get(at..e.start as usize).unwrap_or_default());
        out.extend(e.text.chars().map(|c| if matches!(c, '/' | '\\' | ':' | '\0') { '_' } else { c }));
        at = e.end as usize;
    }
    out.push_str(name.get(at..).unwrap_or_default());
    match out.trim() {
        "" | "." | ".." => "_".to_owned(),
        _ => out,
    }
}

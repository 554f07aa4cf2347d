//! The edits of one block: which values are replaced, in which cells and by which rules.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use super::again::{holds_value, table_id};
use super::counts::{Done, Outcome};
use super::fit::{Room, TokenForm};
use super::made::{Made, typed};
use super::method::Method;
use super::plain::Plain;
use super::scope::{FileScope, Plan};
use super::token::TOGETHER;
use super::{Counts, Depersonalizer, Verdicts};
use crate::model::{Block, Category, ColumnType, Edit, Finding, NO_COLUMN, Segment, SegmentKind};

/// The kind of a value that nothing was found in.
static VALUE: LazyLock<Category> = LazyLock::new(|| Category::new("value"));

pub(super) struct Worker<'a> {
    pub(super) d: &'a Depersonalizer,
    pub(super) scope: &'a FileScope,
    pub(super) block: &'a Block,
    pub(super) plan: &'a Plan,
    /// The text of the block where it is one: told once for all its values.
    pub(super) whole: Option<&'a str>,
    tally: SmallVec<[(Key, u64); 8]>,
    cleared: FxHashSet<(u32, u32)>,
    /// Column and row of cells that a second reading must know.
    pub(super) noted: SmallVec<[(u32, u64); 8]>,
    /// What becomes of the values of a kind in a column.
    pub(super) plain: Plain,
    /// Tokens that are made together.
    pub(super) later: Vec<Later>,
}

/// Tokens of one kind of data that are made together: the edits that they are for, and what is hashed for them.
pub(super) struct Later {
    pub(super) category: Category,
    edits: Vec<u32>,
    messages: Box<[[u8; 64]; TOGETHER]>,
}

impl Later {
    /// Puts off the token of the edit that will come next in `out`: its message is made by `make` in the room that is
    /// given to it. Makes those that were put off where they are many enough.
    #[inline]
    pub(super) fn push(
        &mut self,
        d: &Depersonalizer,
        edit: Edit,
        out: &mut Vec<Edit>,
        make: impl FnOnce(&mut [u8; 64]) -> Option<()>,
    ) -> Option<()> {
        make(self.messages.get_mut(self.edits.len())?)?;
        self.edits.push(out.len() as u32);
        out.push(edit);
        if self.edits.len() >= TOGETHER {
            self.make(d, out);
        }
        Some(())
    }

    fn make(&mut self, d: &Depersonalizer, out: &mut [Edit]) {
        let messages = &self.messages[..self.edits.len()];
        let mut edits = self.edits.drain(..);
        d.tokens.many(self.category, messages, |token| {
            if let Some(edit) = edits.next().and_then(|k| out.get_mut(k as usize)) {
                edit.text = token;
            }
        });
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) struct Key {
    pub(super) column: u32,
    pub(super) category: Option<Category>,
    pub(super) rule: Option<u32>,
    pub(super) form: Option<TokenForm>,
    pub(super) chars: u8,
    pub(super) outcome: Outcome,
}

/// One value to replace.
#[derive(Clone, Copy)]
pub(super) struct Value<'v> {
    pub(super) text: &'v str,
    pub(super) category: Category,
    pub(super) room: Room,
    pub(super) segment: Segment,
    pub(super) start: u32,
    pub(super) entity: u32,
    pub(super) subtype: Option<&'static str>,
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
        whole: simdutf8::basic::from_utf8(&block.text).ok(),
        tally: SmallVec::new(),
        cleared: FxHashSet::default(),
        noted: SmallVec::new(),
        plain: Plain::default(),
        later: Vec::new(),
    };
    let first = out.len();
    out.reserve(findings.len());
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
            let alone = rest.get(1).is_none_or(|next| next.segment != f.segment);
            let n = if alone { 1 } else { rest.iter().take_while(|g| g.segment == f.segment).count() };
            if let Some(segment) = block.segments.get(f.segment as usize)
                && !(alone && w.plain(segment, f, out))
            {
                w.found(*segment, &rest[..n], out);
            }
            rest = &rest[n..];
        }
    }
    w.late(out);
    w.count_plain();
    w.flush(&out[first..], counts);
}

impl<'a> Worker<'a> {
    pub(super) fn text(&self, start: u32, end: u32) -> Cow<'a, str> {
        if let Some(text) = self.whole.and_then(|whole| whole.get(start as usize..end as usize)) {
            return Cow::Borrowed(text);
        }
        String::from_utf8_lossy(self.block.text.get(start as usize..end as usize).unwrap_or_default())
    }

    pub(super) fn room(&self, segment: &Segment) -> Room {
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
            None => match findings {
                [f] if self.plain(&segment, f, out) => {}
                _ => self.found(segment, findings, out),
            },
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
        let category = rule
            .and_then(|n| self.d.policy.rules[n].category)
            .or(verdict)
            .or_else(|| findings.first().map(|f| f.category))
            .unwrap_or(*VALUE);
        if rule.is_some_and(|n| self.plain_cell(&segment, n, category, out)) {
            return;
        }
        let text = self.text(segment.start, segment.end);
        let bare = text.trim();
        if bare.is_empty() || bare == "\\N" {
            return;
        }
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
            let length = |text: &str| text.chars().count() as i64;
            let value = Value {
                text: &text,
                category: f.category,
                room: Room { width: free.map(|n| (n + length(&text)).max(0) as usize), ..room },
                segment,
                start: from,
                entity: f.entity,
                subtype: f.subtype,
            };
            let made = self.make(method, rule, value);
            if let (Made::Text(new, ..), Some(free)) = (&made, &mut free) {
                *free += length(&text) - length(new);
            }
            self.put(from, to, value, rule, made, out);
            end = to;
        }
    }

    /// Where tokens of a kind are put off.
    pub(super) fn later(&mut self, category: Category) -> usize {
        self.later.iter().position(|l| l.category == category).unwrap_or_else(|| {
            let (edits, messages) = (Vec::with_capacity(TOGETHER), Box::new([[0; 64]; TOGETHER]));
            self.later.push(Later { category, edits, messages });
            self.later.len() - 1
        })
    }

    /// Makes the tokens that were put off.
    fn late(&mut self, out: &mut [Edit]) {
        self.later.iter_mut().for_each(|later| later.make(self.d, out));
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
        let (column, kind) = (value.segment.column, value.category);
        let category = Some(kind);
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
            Made::Later(message) => {
                self.note(column, category, rule, Some(TokenForm::Whole), 0, Outcome::Replaced);
                let of = self.later(kind);
                let edit = Edit { start, end, text: Default::default() };
                // there is room: those that are many enough were made
                self.later[of].push(self.d, edit, out, |room| {
                    *room = message;
                    Some(())
                });
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
                        text = text.chars().chain(std::iter::repeat_n(' ', missing)).collect();
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

    fn note(
        &mut self,
        column: u32,
        category: Option<Category>,
        rule: Option<usize>,
        form: Option<TokenForm>,
        chars: u8,
        outcome: Outcome,
    ) {
        self.count(Key { column, category, rule: rule.map(|n| n as u32), form, chars, outcome }, 1);
    }

    pub(super) fn count(&mut self, key: Key, times: u64) {
        match self.tally.iter_mut().find(|(k, _)| *k == key) {
            Some((_, n)) => *n += times,
            None => self.tally.push((key, times)),
        }
    }

    fn flush(self, edits: &[Edit], counts: &mut Counts) {
        for (key, n) in &self.tally {
            let done = Done {
                place: self.plan.column(key.column).place.clone(),
                file: "".into(),
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

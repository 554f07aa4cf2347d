//! Values that fill most of a table: what becomes of them is settled once for their column, and done without asking the
//! policy again for each. Whatever is not plain goes the way of all values.

use super::apply::{Key, Worker};
use super::counts::Outcome;
use super::fit::{self, TokenForm};
use super::generalize::date;
use super::method::{Generalize, Method};
use super::policy::Scope;
use super::token::message_of;
use crate::detect::canonical_into;
use crate::model::replacement::{is_number12, is_replacement_of};
use crate::model::{Category, ColumnType, Edit, Finding, NO_COLUMN, Segment, SegmentKind};

/// The kinds of values that were met in the columns of a block.
#[derive(Default)]
pub(super) struct Plain {
    known: Vec<Kind>,
    /// The one that was met last: cells of a row follow one another as in the row before.
    last: usize,
}

/// Values of one kind in one column.
struct Kind {
    of: Of,
    rule: Option<usize>,
    to: Way,
    done: u64,
}

/// What values of a kind have in common.
#[derive(Clone, Copy, PartialEq)]
struct Of {
    column: u32,
    kind: SegmentKind,
    category: Category,
    /// The whole cell is replaced, by a rule for the column.
    cell: bool,
}

/// What becomes of them.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Whole tokens, among those that are made together.
    Token(usize),
    /// The year of a day.
    Year,
    /// Each must be looked at.
    Closer,
}

/// Could a value be what stands in place of one: a token, a number of nobody, a label? Rather yes than no.
fn may_be_own(category: Category, text: &[u8]) -> bool {
    match text {
        // no other form of what stands for a value begins so, but that of a UUID
        [b'0'..=b'9' | b'+' | b'(', ..] => match category {
            _ if text.len() >= 32 => true,
            Category::IIN | Category::BIN => is_number12(text),
            _ => is_replacement_of(category, text),
        },
        // a label of a role ends with a number; a UUID is long
        [b'a'..=b'z', .., last] => text.len() >= 32 || last.is_ascii_digit(),
        [b'A'..=b'Z', .., last] => {
            is_replacement_of(category, text) || last.is_ascii_digit() && text.contains(&b'-')
        }
        [first, .., last] => first.is_ascii() || last.is_ascii_digit(),
        _ => true,
    }
}

impl Plain {
    /// Where values like this were met.
    #[inline]
    fn known(&mut self, of: &Of) -> Option<usize> {
        let next = self.last + 1;
        let k = match self.known.get(next) {
            Some(known) if known.of == *of => next,
            _ => self.known.iter().position(|k| k.of == *of)?,
        };
        self.last = k;
        Some(k)
    }
}

impl Worker<'_> {
    /// Replaces what was found alone in a segment, if it is plain; false where it must be looked at closer.
    #[inline]
    pub(super) fn plain(&mut self, segment: &Segment, f: &Finding, out: &mut Vec<Edit>) -> bool {
        if f.start < segment.start || f.end > segment.end || f.end <= f.start {
            return false;
        }
        let rule = || self.plan.column(segment.column).by_category.get(&f.category).copied();
        let of = Of { column: segment.column, kind: segment.kind, category: f.category, cell: false };
        let k = self.plain.known(&of).unwrap_or_else(|| {
            let rule = rule();
            self.meet(segment, of, rule)
        });
        self.plain_value(k, segment, f.start, f.end, out)
    }

    /// The same of a whole cell that a rule for its column replaces.
    #[inline]
    pub(super) fn plain_cell(
        &mut self,
        segment: &Segment,
        rule: usize,
        category: Category,
        out: &mut Vec<Edit>,
    ) -> bool {
        let of = Of { column: segment.column, kind: segment.kind, category, cell: true };
        let k = self.plain.known(&of).unwrap_or_else(|| self.meet(segment, of, Some(rule)));
        // NULL, and blanks that are no part of the value
        let cell = self.block.text.get(segment.start as usize..segment.end as usize).unwrap_or_default();
        let bare = |b: Option<&u8>| b.is_some_and(u8::is_ascii_graphic) && b != Some(&b'\\');
        bare(cell.first())
            && bare(cell.last())
            && self.plain_value(k, segment, segment.start, segment.end, out)
    }

    #[inline]
    fn plain_value(
        &mut self,
        k: usize,
        segment: &Segment,
        start: u32,
        end: u32,
        out: &mut Vec<Edit>,
    ) -> bool {
        let Kind { to, of: Of { category, .. }, .. } = self.plain.known[k];
        if to == Way::Closer {
            return false;
        }
        let Some(text) = self.whole.and_then(|whole| whole.get(start as usize..end as usize)) else {
            return false;
        };
        if may_be_own(category, text.as_bytes()) {
            return false;
        }
        match to {
            Way::Token(of) => {
                let edit = Edit { start, end, text: Default::default() };
                let scope = self.scope.id;
                let put = |room: &mut [u8; 64]| {
                    message_of(scope, b't', room, |value| canonical_into(category, text, value))
                };
                if self.later[of].push(self.d, edit, out, put).is_none() {
                    return false;
                }
            }
            _ => {
                let Some(year) = date::plain_year(text.as_bytes()) else { return false };
                if (start, end) == (segment.start, segment.end) && segment.column != NO_COLUMN {
                    self.noted.push((segment.column, self.block.first_row + u64::from(segment.row)));
                }
                out.push(Edit { start, end, text: year });
            }
        }
        self.plain.known[k].done += 1;
        true
    }

    /// Settles what becomes of a kind of value in a column.
    fn meet(&mut self, segment: &Segment, of: Of, rule: Option<usize>) -> usize {
        let category = of.category;
        let room = self.room(segment);
        let policy = &self.d.policy;
        let roomy = !room.number
            && !room.date
            && room.width.is_none()
            && matches!(room.ty, ColumnType::Unknown | ColumnType::Text)
            && policy.scope != Scope::Cell
            && self.scope.settled.is_none();
        let to = match rule.map_or(&Method::Token, |n| &policy.rules[n].method) {
            Method::Token
                if roomy
                    && fit::is_whole(category, room)
                    && !policy.forms.contains_key(&category)
                    && self.d.tokens.makes_many(category) =>
            {
                Way::Token(self.later(category))
            }
            Method::Generalize(Generalize::Year) if roomy => Way::Year,
            _ => Way::Closer,
        };
        self.plain.known.push(Kind { of, rule, to, done: 0 });
        self.plain.last = self.plain.known.len() - 1;
        self.plain.last
    }

    /// Counts what was done.
    pub(super) fn count_plain(&mut self) {
        for k in std::mem::take(&mut self.plain).known.into_iter().filter(|k| k.done > 0) {
            let form = matches!(k.to, Way::Token(_)).then_some(TokenForm::Whole);
            let (column, category) = (k.of.column, Some(k.of.category));
            let rule = k.rule.map(|n| n as u32);
            self.count(Key { column, category, rule, form, chars: 0, outcome: Outcome::Replaced }, k.done);
        }
    }
}

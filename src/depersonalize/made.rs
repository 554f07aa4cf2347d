//! What a method makes of one value.

use super::apply::{Value, Worker};
use super::counts::Outcome;
use super::fit::{self, Room, TokenForm};
use super::generalize::{generalize, is_result};
use super::label;
use super::method::Method;
use super::policy::Scope;
use super::token::ScopeId;
use super::{fake, perturb};
use crate::detect::{Canonical, canonical_bytes as canonical, subject};
use crate::model::replacement::{self, is_replacement_of};
use crate::model::{Category, ColumnType, NO_COLUMN, Segment, SegmentKind, Text};

/// What a method made of a value.
pub(super) enum Made {
    Text(Text, Option<TokenForm>, Outcome),
    /// A whole token, which is made of this message with others.
    Later([u8; 64]),
    Same(Outcome),
}

impl Worker<'_> {
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

    pub(super) fn make(&self, method: &Method, rule: Option<usize>, value: Value<'_>) -> Made {
        let (text, category, room) = (value.text, value.category, value.room);
        if self.d.is_label(text.trim()) || is_replacement_of(category, text.as_bytes()) {
            return Made::Same(Outcome::Own);
        }
        let scope = self.scope_of(&value);
        let t = &self.d.tokens;
        let done = |text: String| Made::Text(text.into(), None, Outcome::Replaced);
        let neutral = |category| self.distinct(&value).unwrap_or_else(|| neutral(&value, category));
        let fallback = || Made::Text(neutral(Some(category)).into(), None, Outcome::Fallback);
        // nothing but a declared value loads, and all declared values but one may tell something
        let real =
            matches!(method, Method::Keep | Method::Scan | Method::Shuffle | Method::Microaggregate { .. });
        if matches!(room.ty, ColumnType::OneOf(_)) && !real {
            return fallback();
        }
        // a rule for a column cannot know what will be found in it
        if method.refusal(category).is_some() {
            return fallback();
        }
        match method {
            Method::Keep | Method::Scan => Made::Same(Outcome::Kept),
            Method::Token if room.date || room.ty == ColumnType::Boolean => {
                match generalize(&super::method::Generalize::Year, text, true, false) {
                    Some(year) => Made::Text(year.into(), None, Outcome::Fallback),
                    None => fallback(),
                }
            }
            Method::Token | Method::Label(_) if closed(room) && label::sex(category, text).is_some() => {
                // two values by declaration: one of them for all tells nothing and is allowed
                let one = label::sex(category, text).unwrap_or_default();
                Made::Text(one.into(), None, Outcome::Fallback)
            }
            Method::Token => {
                let value = canonical(category, text);
                let room = self.formed(room, category, &value);
                if room.width.is_none()
                    && fit::is_whole(category, room)
                    && let Some(message) = t.message(category, scope, &value)
                {
                    return Made::Later(message);
                }
                let (text, form) = fit::token(t, category, scope, &value, text, room);
                Made::Text(text, Some(form), Outcome::Replaced)
            }
            // a hole in running text would make the next line the value of the label before it
            Method::Remove if value.segment.kind == SegmentKind::Prose => done(neutral(Some(category))),
            Method::Remove => done(neutral(None)),
            Method::Label(word) => {
                let label = match category {
                    Category::PERSON if word.is_none() => self.person_label(&value),
                    _ => label::constant(category, word.as_deref()),
                };
                let fits = room.width.is_none_or(|w| label.chars().count() <= w);
                if typed(room) || !fits || self.distinct(&value).is_some() {
                    return fallback();
                }
                done(label)
            }
            Method::Mask { first, last } => {
                if typed(room) {
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

    /// The row's number, which tells nothing, where a column is emptied in which no value stood twice: a constraint
    /// may ask for that, and a constant in every row would break it.
    fn distinct(&self, value: &Value<'_>) -> Option<String> {
        let (room, segment) = (value.room, &value.segment);
        let whole =
            segment.column != NO_COLUMN && value.text.len() + 2 >= (segment.end - segment.start) as usize;
        if !whole || !self.d.learnt.is_unique(self.scope, self.block, segment.column) {
            return None;
        }
        let row = self.block.first_row + u64::from(segment.row);
        if room.date {
            return Some(day_of_row(value.text, row));
        }
        match room.ty {
            ColumnType::Uuid => Some(format!("00000000-0000-0000-0000-{row:012}")),
            ColumnType::Boolean | ColumnType::OneOf(_) => None,
            ColumnType::Other if !room.number => None,
            _ => Some(row.to_string()),
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
}

/// May a column take only few values, by its type or width?
fn closed(room: Room) -> bool {
    room.number || room.ty == ColumnType::Other || room.width.is_some_and(|w| w < replacement::COMPACT_MIN)
}

pub(super) fn typed(room: Room) -> bool {
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
        return day_of_row(value.text, 0);
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

/// The day so many days after the first of 1900, written as `like` is; those of the calendar's end begin again.
fn day_of_row(like: &str, row: u64) -> String {
    use super::generalize::date::{Day, Form, parse};
    const FIRST: Day = Day { year: 1900, month: 1, day: 1 };
    const LAST: Day = Day { year: 9999, month: 12, day: 31 };
    let days = (LAST.number() - FIRST.number()) as u64;
    let form = parse(like).map_or(Form::iso(), |(_, form)| form);
    form.write_midnight(Day::from_number(FIRST.number() + (row % days) as i64))
}

fn mask(text: &str, first: u8, last: u8) -> String {
    let n = text.chars().count();
    let (first, last) = (usize::from(first), usize::from(last));
    // a value so short that its ends are most of it is hidden whole
    let (first, last) = if n < 3 * (first + last) { (0, 0) } else { (first, last) };
    text.chars().enumerate().map(|(k, c)| if k < first || k + last >= n { c } else { '*' }).collect()
}

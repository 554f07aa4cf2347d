//! The share of a column's cells that prove true, and the verdict.

use super::{ColumnContext, Columns, sampled};
use crate::detect::detector::{Detector, Scratch};
use crate::detect::engine::Engine;
use crate::detect::find::{formed, is_empty, trim};
use crate::detect::lexicon::RuleSet;
use crate::detect::rules::{Finder, Rule};
use crate::model::{Block, Category, Evidence, SegmentKind};

/// Fewest cells for a verdict without a name.
const ENOUGH: u32 = 5;
/// Share of cells that must prove true for a verdict without a name.
const SHARE: f32 = 0.6;
/// Below this share of proven cells hits of a column without a name are chance.
const CHANCE: f32 = 0.3;

/// What is counted of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    cells: u32,
    /// Of them those that hold something.
    filled: u32,
    /// Of them dates of a first of January.
    first_of_year: u32,
    /// Per rule: cells that prove true, and cells that have the form.
    pub(super) rules: Vec<(u16, u32, u32)>,
    last: u32,
}

impl Counts {
    fn add(&mut self, rule: u16, proven: bool) {
        let k = match self.rules.iter().position(|r| r.0 == rule) {
            Some(k) => k,
            None => {
                self.rules.push((rule, 0, 0));
                self.rules.len() - 1
            }
        };
        self.rules[k].1 += u32::from(proven);
        self.rules[k].2 += 1;
    }

    fn proven(&self, rule: usize) -> u32 {
        self.rules.iter().find(|r| usize::from(r.0) == rule).map_or(0, |r| r.1)
    }

    fn formed(&self, rule: usize) -> u32 {
        self.rules.iter().find(|r| usize::from(r.0) == rule).map_or(0, |r| r.2)
    }
}

impl Detector {
    /// What the cells of the first block say of each column.
    pub(super) fn sample(&self, first: &Block, contexts: &[ColumnContext], width: usize) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); width];
        let segments = sampled(first);
        let Some(last) = segments.last() else { return counts };
        let text = &first.text[..(last.end as usize).min(first.text.len())];
        for s in segments {
            if s.kind == SegmentKind::Skip {
                continue;
            }
            let Some(c) = counts.get_mut(s.column as usize) else { continue };
            let (a, b) = trim(text, s.start as usize, (s.end as usize).min(text.len()));
            if b > a {
                c.cells += 1;
                c.filled += u32::from(!is_empty(&text[a..b]));
                c.first_of_year += u32::from(first_of_year(&text[a..b]));
                // what only a name and a form tell: are there any that have the form?
                let named = contexts.get(s.column as usize).map_or(RuleSet::NONE, |c| c.named & self.formed);
                for r in named {
                    if formed(&self.rules[r], text, a, b).is_some() {
                        c.add(r as u16, false);
                    }
                }
            }
        }
        // names only: the share must come from the cells themselves
        let plain: Vec<ColumnContext> =
            contexts.iter().map(|c| ColumnContext { table: c.table, ..ColumnContext::default() }).collect();
        let mut scratch = Scratch::default();
        let mut engine = Engine::new(self, text, segments, &plain, &mut scratch);
        engine.keep_all = true;
        engine.run_numbers();
        for c in &engine.found {
            let s = &segments[c.segment as usize];
            let (a, b) = trim(text, s.start as usize, (s.end as usize).min(text.len()));
            let covers = (c.end - c.start) as usize * 10 >= (b - a) * 8;
            let rule = &self.rules[usize::from(c.rule)];
            // a free text with a number in it is no column of numbers; one with two phones in a cell still is
            if !covers && !matches!(rule.finder, Finder::Phone | Finder::Email) {
                continue;
            }
            if let Some(k) = counts.get_mut(s.column as usize) {
                let key = s.row.wrapping_mul(131).wrapping_add(u32::from(c.rule)) | 1;
                if k.last != key {
                    k.add(c.rule, c.proven && !c.evidence.has(Evidence::InsideToken));
                    k.last = key;
                }
            }
        }
        counts
    }

    /// The verdict on column `k`, from what was counted of it. `raw`: the table holds numbers of persons.
    pub(super) fn judge(&self, columns: &mut Columns, k: usize, counts: &Counts, raw: bool) {
        let context = &mut columns.contexts[k];
        let verdict = &mut columns.verdicts[k];
        let n = counts.cells;
        verdict.sampled = n;
        if context.mixed {
            return;
        }
        // telephones of the town among mobile ones: all have the form
        let phones = |r: usize| self.rules[r].finder == Finder::Phone && counts.formed(r) * 10 >= n * 9;
        let share = |proven: u32| if n == 0 { 0.0 } else { (proven as f32 / n as f32).min(1.0) };
        // IIN and BIN stand in one column wherever firms and sole proprietors do
        let taxid = |r: usize| matches!(self.rules[r].file.proof.as_deref(), Some("iin" | "bin"));
        let tax: u32 = counts.rules.iter().filter(|r| taxid(usize::from(r.0))).map(|r| r.1).sum();
        let of = |r: usize| if taxid(r) { tax } else { counts.proven(r) };
        let numeric: u32 = counts
            .rules
            .iter()
            .filter(|r| self.rules[usize::from(r.0)].finder == Finder::Digits)
            .map(|r| r.2)
            .max()
            .unwrap_or(0);
        let proven_other =
            |r: usize| counts.rules.iter().any(|c| usize::from(c.0) != r && c.1 * 2 >= n.max(1));
        let phones_among = counts
            .rules
            .iter()
            .any(|c| self.rules[usize::from(c.0)].finder == Finder::Phone && c.1 * 4 >= n.max(1));
        let places = |(k, rule): (usize, &Rule)| {
            (rule.category == Category::ADDRESS && rule.finder == Finder::Module).then_some(k)
        };
        let places: RuleSet = self.rules.iter().enumerate().filter_map(places).collect();
        if let Some(phone) = self.rule_named("phone").filter(|_| context.named.meets(places) && phones_among)
        {
            context.named |= RuleSet::of(phone);
            context.other &= !RuleSet::of(phone);
        }
        let mut best: Option<(usize, f32, f32)> = None;
        for (r, rule) in self.rules.iter().enumerate() {
            let bit = RuleSet::of(r);
            let s = share(of(r));
            let provable = matches!(rule.finder, Finder::Digits if rule.proof.is_some() && !rule.file.needs_label)
                || matches!(
                    rule.finder,
                    Finder::Phone
                        | Finder::Email
                        | Finder::Iban
                        | Finder::Vin
                        | Finder::Mac
                        | Finder::Ip
                        | Finder::Plate
                        | Finder::Index
                );
            // a sum that one number in ten has: only with the beginning that devices of today have, or for all of them
            let provable = provable || matches!(rule.id, "imei" | "rnn") && s >= 0.8;
            if provable {
                let enough = s >= SHARE || s >= CHANCE && phones(r);
                if enough && n >= ENOUGH && counts.formed(r) > 0 && !context.other.meets(bit) {
                    context.share |= bit;
                    // what is short or mistyped among them is one too
                    context.whole |= RuleSet::of_if(r, rule.finder == Finder::Phone);
                } else if s < CHANCE
                    && n >= ENOUGH
                    && !context.named.meets(bit)
                    && (counts.formed(r) * 2 >= n || numeric * 2 >= n)
                {
                    context.low |= bit;
                }
            }
            // years in a column that must hold dates: generalized already
            if rule.category == Category::BIRTH_DATE && n > 0 && counts.first_of_year == n && !raw {
                context.named &= !bit;
                context.whole &= !bit;
                context.share &= !bit;
                context.other |= bit;
                continue;
            }
            // messages name by `address` who sends them
            if rule.category == Category::ADDRESS && phones_among {
                context.named &= !bit;
                context.whole &= !bit;
            }
            let named = context.named.meets(bit);
            if self.formed.meets(bit) && (counts.formed(r) == 0 || counts.formed(r) * 3 < counts.filled) {
                // few cells have the form: the name speaks of something else
                if n >= ENOUGH {
                    context.named &= !bit;
                    context.whole &= !bit;
                }
                continue;
            }
            // what is short among telephones is one of the town
            if named && rule.finder == Finder::Phone && n >= ENOUGH && s >= CHANCE {
                context.whole |= bit;
            }
            let confidence = match (named, context.share.meets(bit)) {
                (true, true) => 0.9 + 0.09 * s,
                (false, true) => 0.6 + 0.35 * s,
                (true, false)
                    if n >= ENOUGH
                        && counts.formed(r) == 0
                        && (provable || matches!(rule.finder, Finder::Digits | Finder::Series)) =>
                {
                    continue;
                }
                // `from` and `to` are of whatever stands there
                (true, false) if provable && counts.formed(r) == 0 && proven_other(r) => continue,
                // `Дом` may be a telephone at home or a house
                (true, false) if rule.finder == Finder::Phone && counts.formed(r) == 0 && n > 0 => continue,
                (true, false) if provable && n >= 20 && s < 0.15 => 0.55,
                (true, false) if provable => 0.75,
                (true, false) => 0.85,
                (false, false) => continue,
            };
            let better = best.is_none_or(|b| (confidence, counts.proven(r)) > (b.1, counts.proven(b.0)));
            if better {
                best = Some((r, confidence, s));
            }
        }
        if let Some((r, confidence, s)) = best {
            let rule = &self.rules[r];
            let bit = RuleSet::of(r);
            verdict.category = Some(rule.category);
            verdict.subtype = rule.subtype;
            verdict.rule = Some(rule.id);
            verdict.share = s;
            verdict.confidence = confidence;
            if context.named.meets(bit) {
                verdict.evidence.add(Evidence::ColumnName);
            }
            if context.share.meets(bit) {
                verdict.evidence.add(Evidence::ColumnShare);
                if taxid(r) && !context.named.meets(bit) {
                    context.whole |= bit;
                }
            }
        } else if context.low.any() {
            verdict.evidence.add(Evidence::ColumnShareLow);
        }
    }
}

/// `1985-01-01`, `01.01.1985`, with or without a time of day, `19850101`.
fn first_of_year(cell: &[u8]) -> bool {
    let date = &cell[..cell.len().min(10)];
    let year = |d: &[u8]| d.iter().all(u8::is_ascii_digit);
    if date.len() == 8 {
        return year(date) && date.ends_with(b"0101");
    }
    date.len() == 10
        && match date {
            [y @ .., b'-', b'0', b'1', b'-', b'0', b'1'] => year(y),
            [b'0', b'1', b'.' | b'/', b'0', b'1', b'.' | b'/', y @ ..] => year(y),
            _ => false,
        }
}

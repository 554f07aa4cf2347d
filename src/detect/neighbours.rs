//! What the columns of a table say of each other.

use super::column::{Columns, SAMPLE_BYTES, last_key};
use super::detector::Detector;
use super::lexicon::RuleSet;
use crate::model::{Block, Category, Evidence, SegmentKind};

/// Columns that only a table of persons has.
const OF_PERSONS: [&str; 7] = ["iin", "birth_date", "birth_place", "id_card", "passport", "snils", "sex"];

/// Do most cells of a column begin as names do?
fn capital(first: &Block, column: u32) -> bool {
    let cells = first.segments.iter().filter(|s| s.column == column && s.kind != SegmentKind::Skip);
    let (mut names, mut all) = (0, 0);
    for s in cells.take_while(|s| s.start < SAMPLE_BYTES) {
        let cell = first.text.get(s.start as usize..s.end as usize).unwrap_or_default();
        let begin = &cell[..cell.len().min(4)];
        let letter = begin.utf8_chunks().flat_map(|c| c.valid().chars()).next();
        all += u32::from(letter.is_some());
        names += u32::from(letter.is_some_and(char::is_uppercase));
    }
    names * 2 > all
}

impl Detector {
    /// `name` may be of anything; beside a column of dates of birth or IINs, and none of BINs, it is a person's.
    pub(crate) fn mark_names(&self, first: &Block, columns: &mut Columns) {
        let Some(r) = self.rules.iter().position(|r| r.id == "person") else { return };
        let any =
            |names: &[&str]| columns.iter().filter_map(|v| v.category).any(|c| names.contains(&c.as_str()));
        if any(&["bin", "person"]) || !any(&OF_PERSONS) {
            return;
        }
        let bit: RuleSet = 1 << r;
        for (verdict, context) in columns.verdicts.iter_mut().zip(&mut columns.contexts) {
            let plain = last_key(&verdict.name).eq_ignore_ascii_case("name");
            if plain
                && verdict.category.is_none()
                && context.against & bit == 0
                && capital(first, verdict.column)
            {
                context.named |= bit;
                context.other &= !bit;
                context.whole |= bit;
                verdict.category = Some(Category::PERSON);
                verdict.rule = Some(self.rules[r].id);
                verdict.confidence = 0.75;
                verdict.evidence.add(Evidence::Neighbours);
            }
        }
    }
}

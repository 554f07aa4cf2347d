//! People's names in Russian and Kazakh text: word lists, a trained tagger, rules of context, links between mentions.
//!
//! A paragraph is cut into tokens, a linear-chain CRF labels them, rules of context correct the labels, and what was
//! named in full is found again where only the surname stands. The training program is `examples/train_names`.

mod around;
mod brackets;
mod chat;
mod coded;
mod common;
mod credible;
pub mod crf;
mod edges;
pub mod endings;
mod fathers;
mod formed;
mod latin;
pub mod letters;
pub mod link;
pub mod lists;
mod lone;
mod nick;
pub mod parts;
mod phrases;
mod pieced;
mod pieces;
pub(crate) mod respect;
mod rules;
mod said;
mod short;
mod sides;
mod sieve;
mod small;
mod spans;
mod spread;
pub mod tagger;
pub mod token;
mod told;
mod view;
pub mod word;

use std::sync::OnceLock;

use crate::model::{Block, Category, Evidence, EvidenceSet, Finding, NO_COLUMN, SegmentKind, replacement};

use lists::Lists;
pub(crate) use rules::{
    cell_is_name, column_others, column_roles, english, held, kin, label, name_fills, named_part,
};
pub(crate) use short::is_short;
use sieve::Sieve;
use spans::Span;
use spread::Loose;
use tagger::{Cache, Model, Tagging};
use token::{Kind, Token};
use view::View;

/// The finder of names: lists and model, shared by all threads.
pub struct Names {
    lists: Lists,
    model: Model,
}

/// What one thread keeps between blocks.
#[derive(Default)]
pub struct NamesScratch {
    cache: Cache,
    sieve: Sieve,
    tokens: Vec<Token>,
    tagging: Tagging,
    spans: Vec<Span>,
    loose: Vec<Loose>,
    mentions: Vec<link::Mention>,
    /// Words that say that a nickname stands beside them.
    cues: Vec<(usize, usize)>,
}

/// How sure it is that a cell of a column of names that looks like one is one, and why.
pub(crate) const WHOLE_CELL: (f32, EvidenceSet) = (0.96, EvidenceSet::new().with(Evidence::ColumnName));

/// Id of the rule in findings.
pub const RULE: &str = "person";
/// Most loose capitalised words of a block that are kept to be looked at again.
const LOOSE_WORDS: usize = 200_000;

impl Names {
    /// The lists and the model that are part of the program.
    pub fn builtin() -> &'static Names {
        static NAMES: OnceLock<Names> = OnceLock::new();
        NAMES.get_or_init(|| {
            Names::new(
                include_bytes!("../../../patterns/names/lists.fst"),
                include_bytes!("../../../patterns/names/opencorpora.fst"),
                include_bytes!("../../../patterns/names/model.bin"),
            )
        })
    }

    /// A finder over lists and a model given as bytes (see `examples/train_names`).
    pub fn new(names: &'static [u8], corpora: &'static [u8], model: &'static [u8]) -> Names {
        Names { lists: Lists::new(names, corpora), model: Model::new(model) }
    }

    /// The word lists.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The parts of one name given as text: surname, given name, patronymic, initials.
    pub fn parts(&self, name: &[u8]) -> parts::Parts {
        parts::parts_of(name, &self.lists)
    }

    /// Finds names in a block and appends them to `out` in order. `column_is_person` says of a column of the block's
    /// table that its header names persons: there the whole cell is the name.
    ///
    /// In a block that is no table mentions of one person get the same number in [`Finding::entity`].
    pub fn find(
        &self,
        block: &Block,
        column_is_person: &dyn Fn(u32) -> bool,
        scratch: &mut NamesScratch,
        out: &mut Vec<Finding>,
    ) {
        self.find_in(block, block.is_document(), column_is_person, scratch, out);
    }

    /// The same where it is known whether the block is a document, in which names are linked, or rows of a table.
    pub(crate) fn find_in(
        &self,
        block: &Block,
        document: bool,
        column_is_person: &dyn Fn(u32) -> bool,
        scratch: &mut NamesScratch,
        out: &mut Vec<Finding>,
    ) {
        let s = scratch;
        s.cache.bound();
        s.spans.clear();
        s.loose.clear();
        s.sieve.scan(&block.text);
        let casual = document && small::casual(&block.text);
        for (k, segment) in block.segments.iter().enumerate() {
            let (start, end) = (segment.start as usize, (segment.end as usize).min(block.text.len()));
            if matches!(segment.kind, SegmentKind::Skip | SegmentKind::Number | SegmentKind::Date)
                || start >= end
            {
                continue;
            }
            if segment.column != NO_COLUMN
                && column_is_person(segment.column)
                && let Some(span) = whole_cell(block, k as u32, start, end)
            {
                s.spans.push(span);
                continue;
            }
            // a copy's cells are read again: their tokens hold no names, and every one would be another unknown word
            let cell = block.text[start..end].trim_ascii();
            if segment.column != NO_COLUMN && (replacement::is_token(cell) || replacement::is_compact(cell)) {
                continue;
            }
            let ground =
                sieve::Ground { text: &block.text, segment: k as u32, document, people: false, casual };
            self.sift(&ground, start, end, s);
        }
        if document && credible::people(&block.text, &s.spans) {
            self.people(block, s);
        }
        // names in small letters are looked for after the others
        if !s.spans.is_sorted_by_key(|span| span.start) {
            s.spans.sort_by_key(|span| span.start);
        }
        spread::join_initials(&block.text, &mut s.spans);
        spread::unglue(&block.text, &self.lists, &mut s.spans);
        formed::names(block, &self.lists, &mut s.spans);
        if document && block.segments.len() == 1 {
            chat::names(&block.text, 0, &self.lists, &mut s.spans);
            coded::names(&block.text, 0, &self.lists, &mut s.spans);
        }
        if document && !casual {
            common::without_words(&block.text, &self.lists, &mut s.spans);
            lone::without_lone(&block.text, &self.lists, &mut s.spans);
        }
        if document && !s.spans.is_empty() {
            let quoted = nick::cues(&block.text, &mut s.cues);
            nick::names(&block.text, &s.cues, &quoted, &mut s.spans);
            let parts = self.parts_of_spans(&block.text, s);
            let known = spread::Known::of(&block.text, &s.spans, &parts);
            self.quiet(&block.text, &known, s);
            spread::spread(&block.text, &known, &s.loose, &s.cache, &mut s.spans);
            spread::spread_small(&block.text, &known, &s.sieve.low, &self.lists, &mut s.spans);
            spread::join_initials(&block.text, &mut s.spans);
            let count = s.spans.len();
            spread::join_known(&block.text, &known, &mut s.spans);
            let joined = s.spans.len() < count;
            let parts = if !joined && parts.len() == s.spans.len() {
                parts
            } else {
                self.parts_of_spans(&block.text, s)
            };
            sides::apart(&block.text, &self.lists, &parts, &mut s.spans);
            brackets::behind(&block.text, &self.lists, &mut s.spans);
            fathers::join(&block.text, &self.lists, &mut s.spans);
            self.link(&block.text, s);
        }
        out.extend(s.spans.iter().map(|span| Finding {
            start: span.start,
            end: span.end,
            segment: span.segment,
            category: Category::PERSON,
            subtype: None,
            rule: RULE,
            confidence: span.confidence,
            evidence: span.evidence,
            alternatives: Default::default(),
            entity: span.entity,
        }));
    }

    /// Looks again at a document that names people in Latin letters.
    fn people(&self, block: &Block, s: &mut NamesScratch) {
        let had = std::mem::take(&mut s.spans);
        for (k, segment) in block.segments.iter().enumerate() {
            let (start, end) = (segment.start as usize, (segment.end as usize).min(block.text.len()));
            if !matches!(segment.kind, SegmentKind::Skip | SegmentKind::Number | SegmentKind::Date)
                && start < end
            {
                let ground = sieve::Ground {
                    text: &block.text,
                    segment: k as u32,
                    document: false,
                    people: true,
                    casual: false,
                };
                self.sift(&ground, start, end, s);
            }
        }
        // what was found first stays, where it is not a part of what is found now
        let fresh = std::mem::take(&mut s.spans);
        let covered = Reach::of(&fresh);
        s.spans.extend(had.iter().filter(|a| covered.before(a.start + 1) < a.end).cloned());
        let kept = Reach::of(&s.spans);
        s.spans.extend(fresh.into_iter().filter(|span| kept.before(span.end) <= span.start));
    }

    /// Adds the words that the sieve passed over, and that may repeat a name, to those that do.
    fn quiet(&self, text: &[u8], known: &spread::Known, s: &mut NamesScratch) {
        for q in &s.sieve.quiet {
            if !known.may_begin(&text[q.at as usize..q.end as usize]) {
                continue;
            }
            let Some(t) = token::word_at(text, q.at as usize, q.end as usize, &mut s.tokens) else {
                continue;
            };
            let number = self.number(&mut s.cache, text, &t, false);
            let (from, to) = q.around(text, t.end as usize);
            token::sequence(text, from, to, &mut s.tokens);
            s.loose.extend(Loose::alone(text, &s.tokens, q, number));
        }
    }

    /// Tags the sequence that `s.tokens` holds. `small` allows a look at names in small letters.
    fn tag(&self, ground: &sieve::Ground<'_>, small: bool, s: &mut NamesScratch) {
        let sieve::Ground { text, segment, document, casual, .. } = *ground;
        let tokens = &s.tokens;
        let Some(first) = tokens.iter().position(|t| t.kind == Kind::Word) else { return };
        let capital = tokens.iter().filter(|t| t.capital).count();
        let caps = capital > 0 && tagger::is_caps(tokens);
        s.tagging.words.clear();
        let raised = small
            && (casual
                || capital == 0
                || (capital == 1 && tokens[first].capital && tokens.len() > first + 1));
        if capital > 0 {
            for t in tokens {
                let n = self.number(&mut s.cache, text, t, caps);
                s.tagging.words.push(n);
            }
            // a sentence whose only capital opens it with an ordinary word names nobody
            let alone = capital == 1 && tokens[first].capital;
            let skip = alone && {
                let w = &s.cache.entry(s.tagging.words[first]).word;
                w.flags & lists::ORDINARY != 0
                    && w.flags & (lists::GIVEN | lists::KK_GIVEN | lists::SURNAME) == 0
            };
            if !skip {
                self.label(s);
                let view = View {
                    text,
                    tokens: &s.tokens,
                    tagging: &s.tagging,
                    cache: &s.cache,
                    people: ground.people,
                };
                let loose = document.then_some(&mut s.loose);
                spans::collect(&view, segment, &self.lists, &mut s.spans, loose);
                if s.loose.len() > LOOSE_WORDS {
                    s.loose.truncate(LOOSE_WORDS);
                }
            }
        }
        if raised {
            self.lower_case(text, segment, casual, s);
        }
    }

    fn number(&self, cache: &mut Cache, text: &[u8], token: &Token, caps: bool) -> u32 {
        cache.number(
            text,
            token,
            if caps { tagger::Case::Capitals } else { tagger::Case::Own },
            &self.lists,
            &self.model,
        )
    }

    fn label(&self, s: &mut NamesScratch) {
        let t = &mut s.tagging;
        s.cache.scores(&t.words, &self.model, &mut t.scores);
        t.lattice.best(&t.scores, &self.model.transitions, &mut t.labels);
        if t.labels.contains(&crf::BEGIN) {
            t.lattice.marginals(&t.scores, &self.model.transitions);
        }
    }

    /// The parts of all names found, from the words that the cache knows.
    fn parts_of_spans(&self, text: &[u8], s: &mut NamesScratch) -> Vec<parts::Parts> {
        let mut numbers = Vec::new();
        s.spans
            .iter()
            .map(|span| {
                numbers.clear();
                let mut at = span.start as usize;
                while at < span.end as usize {
                    at = token::sequence(text, at, span.end as usize, &mut s.tokens);
                    let words = s.tokens.iter().filter(|t| t.kind == Kind::Word);
                    numbers.extend(words.map(|t| self.number(&mut s.cache, text, t, false)));
                }
                let words: Vec<&word::Word> = numbers.iter().map(|n| &s.cache.entry(*n).word).collect();
                parts::Parts::of(&words)
            })
            .collect()
    }

    /// Numbers the persons of a document.
    fn link(&self, text: &[u8], s: &mut NamesScratch) {
        s.mentions.clear();
        let parts = self.parts_of_spans(text, s);
        s.mentions.extend(parts.into_iter().zip(&s.spans).map(|(mut parts, span)| {
            link::clarify(text, span.start as usize, span.end as usize, &mut parts);
            link::Mention { parts, at: span.start }
        }));
        let places: Vec<(usize, usize)> =
            s.spans.iter().map(|span| (span.start as usize, span.end as usize)).collect();
        for k in link::renamed(text, &places) {
            let mut one = s.mentions[k - 1].parts.clone();
            one.former = s.mentions[k].parts.surname.take().or(s.mentions[k].parts.given.take());
            s.mentions[k].parts = one.clone();
            s.mentions[k - 1].parts = one;
        }
        let mut numbers = link::link(&s.mentions);
        link::bracketed(text, &places, &mut numbers);
        nick::link(text, &s.cues, &places, &mut numbers);
        for (span, n) in s.spans.iter_mut().zip(numbers) {
            span.entity = n;
        }
    }
}

/// How far spans reach, by where they begin.
struct Reach(Vec<(u32, u32)>);

impl Reach {
    fn of(spans: &[Span]) -> Reach {
        let mut all: Vec<(u32, u32)> = spans.iter().map(|s| (s.start, s.end)).collect();
        all.sort_unstable();
        let mut far = 0;
        for (_, end) in &mut all {
            far = far.max(*end);
            *end = far;
        }
        Reach(all)
    }

    /// The last end of those that begin before `at`; 0 where none does.
    fn before(&self, at: u32) -> u32 {
        let n = self.0.partition_point(|s| s.0 < at);
        n.checked_sub(1).map_or(0, |k| self.0[k].1)
    }
}

fn whole_cell(block: &Block, segment: u32, start: usize, end: usize) -> Option<Span> {
    let text = std::str::from_utf8(&block.text[start..end]).ok()?;
    if !rules::cell_is_name(text) {
        return None;
    }
    let (from, to) = rules::named_part(text);
    Some(Span {
        start: (start + from) as u32,
        end: (start + to) as u32,
        segment,
        confidence: WHOLE_CELL.0,
        evidence: WHOLE_CELL.1,
        entity: 0,
    })
}

#[cfg(test)]
mod tests;

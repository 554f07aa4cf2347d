//! From labels of tokens to spans of names, with the rules of context.

use crate::model::{Evidence, EvidenceSet};

use super::around;
use super::brackets;
use super::credible::{self, Around};
use super::crf::{BEGIN, INSIDE};
use super::edges;
use super::lists::{self, Lists, NAMED};
use super::pieced;
use super::rules;
use super::sides;
use super::spread::Loose;
use super::token::Kind;
use super::told;
use super::view::View;
use super::word::{Shape, Word};

/// A name found, before it becomes a finding.
#[derive(Clone, Debug)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Index of the segment.
    pub segment: u32,
    /// 0..=1.
    pub confidence: f32,
    /// Why.
    pub evidence: EvidenceSet,
    /// Number of the person in the document.
    pub entity: u32,
}

/// Collects the names of one tagged sequence, and, of a document, the capitalised words that are left.
pub fn collect(
    view: &View<'_>,
    segment: u32,
    lists: &Lists,
    out: &mut Vec<Span>,
    mut loose: Option<&mut Vec<Loose>>,
) {
    let (tokens, labels) = (view.tokens, &view.tagging.labels);
    let before = out.len();
    let mut k = 0;
    while k < tokens.len() {
        if labels[k] != BEGIN {
            if let Some((from, to, sure)) = told::unlabelled(view, k)
                && !out.last().is_some_and(|s| s.segment == segment && s.end > tokens[from].start)
                && let Some(span) = judge(view, segment, from, to, Some(sure))
            {
                out.push(span);
                k = k.max(to);
                continue;
            }
            if let Some(loose) = loose.as_deref_mut().filter(|_| labels[k] != INSIDE) {
                loose.extend(Loose::of(view, segment, k));
            }
            k += 1;
            continue;
        }
        let mut to = k + 1;
        while to < tokens.len() && labels[to] == INSIDE {
            to += 1;
        }
        let next = to;
        let mut from = k;
        let had = out.len();
        let mut cuts = sides::cuts(view, lists, k, to);
        // «Томас Винье (Thomas Vinje)», «Цхай / Дюсембай»: what stands behind the mark is a name of its own
        cuts.extend((k + 1..to).filter(|k| {
            pieced::sentence(view, from, *k)
                || pieced::next_line(view, from, *k)
                || (view.is_mark(*k, b'(') && !pieced::former(view, *k, to))
                || pieced::dash(view, *k)
                || view.is_mark(*k, b'/')
                || view.column_gap(*k)
        }));
        cuts.sort_unstable();
        cuts.dedup();
        for cut in cuts.into_iter().chain([to]) {
            out.extend(judge(view, segment, from, cut, None));
            from = cut;
            if let [.., a, b] = out.as_slice()
                && a.segment == segment
                && a.start >= b.start
            {
                out.remove(out.len() - 2);
            }
        }
        if had > 0
            && out.len() > had
            && out[had - 1].segment == segment
            && let Some((end, start)) = pieced::owed(view, &out[had - 1], &out[had])
        {
            out[had].start = start;
            match end {
                Some(end) => out[had - 1].end = end,
                None => drop(out.remove(had - 1)),
            }
        }
        if had > 0
            && out.len() > had
            && out[had - 1].segment == segment
            && pieced::joins(view, &out[had - 1], &out[had])
        {
            out[had - 1].end = out[had].end;
            out.remove(had);
        }
        if had > 0
            && out.len() > had
            && out[had - 1].segment == segment
            && pieced::bridged(view, &out[had - 1], &out[had])
        {
            out[had - 1].end = out[had].end;
            out.remove(had);
        }
        k = next;
    }
    // two before may belong to the first that is new
    brackets::maiden(view.text, segment, before.saturating_sub(2), out);
}

/// Makes a span of the tokens `from..to` unless the context speaks against it. `told`: how sure a rule is that found it
/// without the tagger.
pub fn judge(view: &View<'_>, segment: u32, from: usize, to: usize, told: Option<f32>) -> Option<Span> {
    let (text, tokens) = (view.text, view.tokens);
    let probability = told.unwrap_or_else(|| {
        let node = |k: usize| view.tagging.lattice.node(k);
        let sum = |k: usize| node(k)[usize::from(BEGIN)] + node(k)[usize::from(INSIDE)];
        (from..to).map(sum).fold(f32::MAX, f32::min)
    });
    // marks at the ends belong to the sentence
    let (mut from, mut to) = (from, to);
    while to > from && tokens[to - 1].kind != Kind::Word && !(to >= 2 && view.initial(to - 2)) {
        to -= 1;
    }
    while from < to && tokens[from].kind != Kind::Word {
        from += 1;
    }
    let to = edges::without_place(view, from, to);
    let to = edges::without_next(view, from, to);
    if from == to || around::is_named_after(view, from, to) || around::is_identifier(view, from, to) {
        return None;
    }
    let from = edges::without_cut(view, from, to);
    let from = edges::without_numeral(view, from, to);
    let to = edges::without_spaced(view, from, to);
    let to = edges::without_letters(view, from, to);
    let to = edges::without_latin(view, from, to);
    let from = around::own(view, from, to)?;
    if to - from == 1 && view.text[tokens_of(view, from)].contains(&b'-') && edges::letters(view, from) {
        return None;
    }
    if to - from == 1
        && (rules::heading(&view.folded(from))
            || (rules::kin(&view.folded(from)) && view.word(from).flags & NAMED == 0)
            || (rules::opener(&view.folded(from)) && told.is_none())
            || (told::opens_as_word(view, from)
                && !told::speaker(view, from, view.word(from), &view.folded(from))))
    {
        return None;
    }
    // «К   К   А»: marks in the cells of a drawn table
    if to - from >= 2
        && (from..to).all(|k| view.is_word(k) && view.word(k).len == 1)
        && (from + 1..to).any(|k| !view.near(k))
    {
        return None;
    }
    let to = edges::without_opener(view, from, to);
    let to = edges::without_son(view, from, to);
    let from = edges::without_kin(view, from, to);
    if from == to {
        return None;
    }
    let from = edges::without_declined(view, from, to);
    let from = edges::surname_before(view, from, to);
    let from = edges::surname_of_initials(view, from, to);
    let (from, to, initials) = view.widen(from, to);
    let from = edges::with_particles(view, from);
    let to = edges::with_son(view, from, to);
    let to = if initials { to } else { edges::with_bare_initials(view, from, to) };
    let from = behind_script(view, from, to)?;
    let (start, mut end) = (tokens[from].start, tokens[to - 1].end);
    // «Shakirov's idea»
    for possessive in ["'s", "’s"] {
        if text[start as usize..end as usize].ends_with(possessive.as_bytes()) {
            end -= possessive.len() as u32;
        }
    }
    // «@Света Цо» calls somebody, «a@b» is an address
    let called = start > 0 && text[start as usize - 1] == b'@' && {
        let free = start < 2 || matches!(text[start as usize - 2], b' ' | b'\n' | b'(' | b'|' | b',');
        let plain = !matches!(text.get(end as usize), Some(b'_' | b'.' | b'-' | b'0'..=b'9'));
        free && plain && matches!(view.word(from).shape, Shape::Title | Shape::TitleParts)
    };
    if text.get(end as usize) == Some(&b'@') || (start > 0 && text[start as usize - 1] == b'@' && !called) {
        return None;
    }
    // "&Файл", "Файл\\ …": menus of programs
    let escaped = matches!(text.get(end as usize..), Some([b'\\', b' ' | b'.', ..]));
    if start > 0 && text[start as usize - 1] == b'&' || escaped {
        return None;
    }
    // «Verify CLAUDE.md»
    let file = text.get(end as usize) == Some(&b'.')
        && credible::latin(view.word(to - 1))
        && text.get(end as usize + 1).is_some_and(u8::is_ascii_lowercase);
    if file {
        return None;
    }
    let words = view.words(from, to);
    if words.iter().all(|w| credible::latin(w)) {
        let before = tokens[..from]
            .iter()
            .rposition(|t| t.kind == Kind::Word)
            .map_or(String::new(), |k| view.folded(k));
        let capitals = |k: usize| {
            let t = &tokens[k];
            t.kind == Kind::Word && t.upper && t.end - t.start >= 4 && !credible::leads(&view.word(k).lower)
        };
        let run = from > 0 && view.near(from) && capitals(from - 1)
            || to < tokens.len() && view.near(to) && capitals(to);
        let around = Around {
            run,
            value: &text[start as usize..end as usize],
            ends: ((start > 0).then(|| text[start as usize - 1]), text.get(end as usize).copied()),
            before: &before,
            cyrillic: tokens
                .iter()
                .any(|t| t.end - t.start > 4 && text[t.start as usize] >= 0xD0 && t.kind == Kind::Word),
        };
        let believed = view.people && credible::believed(&words, &around, probability);
        if !believed && !credible::credible(&words, &around) {
            return None;
        }
    }
    let evidence = evidence(view, from, to, &words, initials);
    // independent hints make an error less likely
    let hints =
        [Evidence::NameList, Evidence::Initials, Evidence::Role].iter().filter(|e| evidence.has(**e)).count();
    let full = words
        .iter()
        .any(|w| w.flags & (lists::PATRONYMIC | lists::KK_PATRONYMIC | lists::OC_PATRONYMIC) != 0);
    let doubt = (1.0 - probability) * 0.75f32.powi(hints as i32 + i32::from(full));
    Some(Span { start, end, segment, confidence: (1.0 - doubt).clamp(0.05, 0.995), evidence, entity: 0 })
}

/// «P.S. Айгуль сказала», «P.S. Без»: what stands before a postscript are no initials. The first token of the name.
fn behind_script(view: &View<'_>, from: usize, to: usize) -> Option<usize> {
    let begins = |p: &&[u8]| view.text[view.tokens[from].start as usize..].starts_with(p);
    let Some(script) = [&b"P.S."[..], b"P.P.S."].into_iter().find(begins) else { return Some(from) };
    let end = view.tokens[from].start + script.len() as u32;
    let name = (from..to).find(|k| view.tokens[*k].start >= end && view.is_word(*k))?;
    let listed = |w: &&Word| w.flags & NAMED != 0 && w.flags & lists::ORDINARY == 0;
    view.words(name, to).iter().any(listed).then_some(name)
}

/// The bytes of token `k`.
fn tokens_of(view: &View<'_>, k: usize) -> std::ops::Range<usize> {
    view.tokens[k].start as usize..view.tokens[k].end as usize
}

/// What speaks for a name.
fn evidence(view: &View<'_>, from: usize, to: usize, words: &[&Word], initials: bool) -> EvidenceSet {
    let mut evidence = EvidenceSet::new().with(Evidence::Tagger);
    let listed = (NAMED & !lists::KK_GIVEN_FORM) | lists::LATIN_GIVEN | lists::LATIN_SURNAME;
    let endings =
        lists::KK_PATRONYMIC | lists::PATRONYMIC_ENDING | lists::SURNAME_ENDING | lists::LATIN_PATRONYMIC;
    if words.iter().any(|w| w.flags & listed != 0) {
        evidence.add(Evidence::NameList);
    }
    if words.iter().any(|w| w.flags & endings != 0) {
        evidence.add(Evidence::NameEnding);
    }
    if initials || words.iter().any(|w| w.shape == Shape::Initial) {
        evidence.add(Evidence::Initials);
    }
    if from > 0 {
        let before = view.folded(from - 1);
        if rules::role(&before) {
            evidence.add(Evidence::Role);
        }
        let quoted = view.is_quote(from - 1) && from >= 2;
        if rules::sole_proprietor(&before) || (quoted && rules::sole_proprietor(&view.folded(from - 2))) {
            evidence.add(Evidence::SoleProprietor);
        }
    }
    if view.tokens[from..to].iter().any(|t| t.broken) {
        evidence.add(Evidence::LineBroken);
    }
    evidence
}

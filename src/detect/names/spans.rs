//! From labels of tokens to spans of names, with the rules of context, and back to words that only repeat a name.

use std::collections::HashSet;

use crate::model::{Evidence, EvidenceSet};

use super::credible::{self, Around};
use super::crf::{BEGIN, INSIDE, OUT};
use super::lists::{self, Lists};
use super::parts::{self, Parts};
use super::rules;
use super::sides;
use super::sieve::Quiet;
use super::tagger::{Cache, Tagging};
use super::token::{self, Kind, Token};
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

/// A capitalised word that no name covers; it may repeat one.
#[derive(Clone, Debug)]
pub struct Loose {
    start: u32,
    end: u32,
    segment: u32,
    /// Bytes of initials beside it, if any.
    wide: (u32, u32),
    number: u32,
    first: bool,
}

impl Loose {
    /// The word at `q`, which was not tagged; `tokens` are those around it.
    pub fn alone(text: &[u8], tokens: &[Token], q: &Quiet, number: u32) -> Option<Loose> {
        let k = tokens.iter().position(|t| t.start == q.at)?;
        let (from, to, _) = widen(text, tokens, &[], k, k + 1);
        Some(Loose {
            start: q.at,
            end: tokens[k].end,
            segment: q.segment,
            wide: (tokens[from].start, tokens[to - 1].end),
            number,
            first: q.at == q.line || (k > 0 && is_mark(text, &tokens[k - 1], b'.')),
        })
    }
}

/// What a second look at a document works on.
pub struct Spread<'a> {
    /// Names found; more are added.
    pub spans: &'a mut Vec<Span>,
    /// Words to look at.
    pub loose: &'a [Loose],
    /// The words of the document.
    pub cache: &'a Cache,
}

/// How sure a word in small letters is a name: 0 none, 1 needs another beside it, 2 carries one, 3 a patronymic.
pub fn strength(word: &Word) -> u32 {
    use lists::*;
    let f = word.flags;
    if word.len < 3 || f & KK_ORDINARY != 0 {
        return 0;
    }
    if f & SURNAME_FREQUENT != 0 && f & SURNAME_ENDING != 0 && f & OC_SURNAME != 0 && word.len >= 5 {
        return 2;
    }
    if f & (ORDINARY | OC_PLACE) != 0 {
        return 0;
    }
    if f & (KK_PATRONYMIC | PATRONYMIC | LATIN_PATRONYMIC) != 0 && word.len >= 7 {
        return 3;
    }
    if f & OC_GIVEN != 0 && f & GIVEN_FREQUENT != 0 && f & (KK_GIVEN | KK_GIVEN_FORM) == 0 && word.len >= 4 {
        return 2;
    }
    let surname = f & (OC_SURNAME | KK_SURNAME) != 0 || f & SURNAME != 0;
    if surname && f & SURNAME_ENDING != 0 && word.len >= 5 {
        return 2;
    }
    u32::from(f & (GIVEN | OC_GIVEN | OC_SURNAME | LATIN_GIVEN | LATIN_SURNAME) != 0 && word.len >= 4)
}

/// Is a word in small letters a given name that may stand beside a sure surname, though it is also a word?
pub fn partner(word: &Word) -> bool {
    use lists::*;
    word.len >= 4 && word.flags & (GIVEN_FREQUENT | KK_GIVEN) != 0 && word.flags & KK_ORDINARY == 0
}

/// Does a token stand in an e-mail address, a path, a key?
pub fn in_address(text: &[u8], t: &Token) -> bool {
    let before = (t.start as usize).checked_sub(1).map(|k| text[k]);
    let after = text.get(t.end as usize).copied();
    let joins = |b: Option<u8>| matches!(b, Some(b'@' | b'_' | b'/' | b'\\' | b'=' | b'&'));
    let dotted = |b: Option<u8>, other: Option<u8>| {
        b == Some(b'.') && other.is_some_and(|o| o.is_ascii_alphanumeric())
    };
    joins(before)
        || joins(after)
        || dotted(after, text.get(t.end as usize + 1).copied())
        || dotted(before, (t.start as usize).checked_sub(2).map(|k| text[k]))
}

fn is_mark(text: &[u8], t: &Token, mark: u8) -> bool {
    t.kind == Kind::Mark && text[t.start as usize] == mark && t.end - t.start == 1
}

/// Is the token at `k` an initial («С», «Ғ», «Дж», «Әл») with a dot after it?
fn initial(text: &[u8], tokens: &[Token], k: usize) -> bool {
    let Some(t) = tokens.get(k) else { return false };
    t.kind == Kind::Word
        && t.capital
        && t.end - t.start <= 4
        && tokens.get(k + 1).is_some_and(|d| is_mark(text, d, b'.') && d.start - t.end <= 1)
        && token::char_at(text, t.start as usize).is_some_and(|(c, n)| {
            t.end - t.start == n as u32
                || (t.end - t.start > n as u32 && matches!(c, 'Д' | 'Ә' | 'Ш' | 'Ю' | 'Я' | 'Ж'))
        })
}

/// The first token and one past the last of a name, widened to initials that stand beside it.
fn widen(
    text: &[u8],
    tokens: &[Token],
    labels: &[u8],
    mut from: usize,
    mut to: usize,
) -> (usize, usize, bool) {
    let free = |k: usize| labels.get(k).is_none_or(|l| *l != BEGIN && *l != INSIDE);
    let mut widened = false;
    // a dot that belongs to a last initial
    if to < tokens.len() && is_mark(text, &tokens[to], b'.') && initial(text, tokens, to - 1) && free(to) {
        to += 1;
        widened = true;
    }
    let has_initial = (from..to).any(|k| initial(text, tokens, k));
    while (to - from <= 3 || has_initial) && initial(text, tokens, to) && free(to) && near(tokens, to) {
        to += 2;
        widened = true;
    }
    while from >= 2 && initial(text, tokens, from - 2) && free(from - 2) && near(tokens, from) && !widened {
        // «г. Ахметов» is not an initial; a capital letter with a dot directly before the surname is
        from -= 2;
    }
    (from, to.min(tokens.len()), widened)
}

/// Do so many blanks stand before token `k` that it belongs to another column of the page?
fn column_gap(text: &[u8], tokens: &[Token], k: usize) -> bool {
    let gap = &text[tokens[k - 1].end as usize..tokens[k].start as usize];
    gap.len() > 3 && gap.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count() > 3
}

fn near(tokens: &[Token], k: usize) -> bool {
    k == 0 || tokens.get(k).is_none_or(|t| t.start - tokens[k - 1].end <= 2)
}

/// Words of a span, as the cache knows them.
fn words<'a>(cache: &'a Cache, tagging: &Tagging, from: usize, to: usize) -> Vec<&'a Word> {
    (from..to)
        .map(|k| &cache.entry(tagging.words[k]).word)
        .filter(|w| (w.shape as u8) < Shape::Number as u8 && w.shape != Shape::Pad)
        .collect()
}

fn folded(cache: &Cache, tagging: &Tagging, k: usize) -> String {
    lists::fold(&cache.entry(tagging.words[k]).word.lower)
}

/// Is the span named by something that is no person: a street, a firm, a law? Looks at the words around.
pub fn is_named_after(
    text: &[u8],
    tokens: &[Token],
    tagging: &Tagging,
    cache: &Cache,
    from: usize,
    to: usize,
) -> bool {
    if from > 0 {
        let mut k = from - 1;
        // «ул. Абая», «им. Жамбыла»
        if is_mark(text, &tokens[k], b'.') && k > 0 {
            k -= 1;
        }
        // «от имени Лопатина» is no school
        let on_behalf = k > 0 && folded(cache, tagging, k - 1) == "от";
        if tokens[k].kind == Kind::Word && !on_behalf {
            let before = folded(cache, tagging, k);
            let lone = to - from == 1 && !initial(text, tokens, to);
            if rules::named_before(&before) || (lone && rules::settlement(&before)) {
                return true;
            }
        }
        // a legal form, an opening quote, the name
        let quote = |t: &Token| t.kind == Kind::Mark && matches!(cache_shape(text, t), Shape::Quote);
        if quote(&tokens[from - 1]) && from >= 2 {
            let before = folded(cache, tagging, from - 2);
            let closed = tokens.get(to).is_some_and(|t| {
                matches!(&text[t.start as usize..t.end as usize], b"\"" | b"\xC2\xBB" | b"\xE2\x80\x9D")
            });
            // «автомашина «Лада Гранта»»: a thing by its name in quotes
            let thing = closed && tokens[from - 2].kind == Kind::Word && rules::thing(&before);
            if rules::legal_form(&before) || thing {
                return true;
            }
        }
    }
    let Some(next) = tokens.get(to).filter(|t| t.kind == Kind::Word) else { return false };
    let after = folded(cache, tagging, to);
    if rules::named_after(&after) {
        return true;
    }
    // «Астана қ.», «Төле би көшесі»
    let city = after == "к" && !next.capital && tokens.get(to + 1).is_some_and(|t| is_mark(text, t, b'.'));
    city || (rules::title_of_old(&after)
        && tokens.get(to + 1).is_some_and(|t| t.kind == Kind::Word)
        && rules::named_after(&folded(cache, tagging, to + 1)))
}

fn cache_shape(text: &[u8], t: &Token) -> Shape {
    match &text[t.start as usize..t.end as usize] {
        b"\"" => Shape::Quote,
        b if b == "«".as_bytes() || b == "“".as_bytes() || b == "„".as_bytes() => Shape::Quote,
        _ => Shape::Mark,
    }
}

/// Collects the names of one tagged sequence, and the capitalised words that are left.
pub fn collect(
    text: &[u8],
    segment: u32,
    tokens: &[Token],
    tagging: &Tagging,
    cache: &Cache,
    lists: &Lists,
    document: bool,
    out: &mut Vec<Span>,
    loose: &mut Vec<Loose>,
) {
    let labels = &tagging.labels;
    let mut k = 0;
    while k < tokens.len() {
        if labels[k] != BEGIN {
            let t = &tokens[k];
            if document && labels[k] != INSIDE && t.capital && t.kind == Kind::Word && t.end - t.start >= 4 {
                let (from, to, _) = widen(text, tokens, labels, k, k + 1);
                loose.push(Loose {
                    start: t.start,
                    end: t.end,
                    segment,
                    wide: (tokens[from].start, tokens[to - 1].end),
                    number: tagging.words[k],
                    first: k == 0 || is_mark(text, &tokens[k - 1], b'.'),
                });
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
        let mut cuts = sides::cuts(text, tokens, tagging, cache, lists, k, to);
        // «Томас Винье (Thomas Vinje)»: what stands in brackets is a name of its own
        cuts.extend((k + 1..to).filter(|k| is_mark(text, &tokens[*k], b'(') || column_gap(text, tokens, *k)));
        cuts.sort_unstable();
        for cut in cuts.into_iter().chain([to]) {
            out.extend(judge(text, segment, tokens, tagging, cache, from, cut));
            from = cut;
        }
        // «Ван дер Берг»: small words of a surname join what stands on both sides
        if had > 0 && out.len() > had && out[had - 1].segment == segment {
            let (end, start) = (out[had - 1].end as usize, out[had].start as usize);
            let between = text.get(end..start).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("");
            let mut small = between.split_whitespace().peekable();
            if start - end.min(start) <= 24
                && small.peek().is_some()
                && small.all(|w| rules::particle(&w.to_lowercase()))
            {
                out[had - 1].end = out[had].end;
                out.remove(had);
            }
        }
        k = next;
    }
}

/// A capitalised word between a role word and a name is the surname that the tagger did not know.
fn surname_before(tokens: &[Token], tagging: &Tagging, cache: &Cache, from: usize) -> usize {
    if from < 2 || !near(tokens, from) || tagging.labels[from - 1] != OUT {
        return from;
    }
    let word = &cache.entry(tagging.words[from - 1]).word;
    let title = matches!(word.shape, Shape::Title | Shape::TitleParts) && word.len >= 2;
    let role = rules::role(&folded(cache, tagging, from - 2)) && tokens[from - 2].kind == Kind::Word;
    let plain = word.flags & lists::ORDINARY == 0 && !rules::role(&lists::fold(&word.lower));
    if title && role && plain { from - 1 } else { from }
}

/// «Келінім Райханға», «Азамат Рахимов Максим»: a word of kin or role that opens a name is no part of it.
fn without_kin(tokens: &[Token], tagging: &Tagging, cache: &Cache, from: usize, to: usize) -> usize {
    let named = (from..to).filter(|k| tokens[*k].kind == Kind::Word && tokens[*k].capital).count();
    let word = &cache.entry(tagging.words[from]).word;
    let lower = lists::fold(&word.lower);
    let names = lists::GIVEN | lists::SURNAME | lists::KK_GIVEN | lists::KK_SURNAME | lists::PATRONYMIC;
    let kin = rules::kin(&lower) || (rules::role(&lower) && word.flags & names == 0);
    let next = tokens.get(from + 1).is_some_and(|t| t.kind == Kind::Word && t.capital);
    let kin = kin || credible::leads(&word.lower);
    if next && ((named >= 2 && kin) || (named >= 4 && rules::citizen(&lower))) { from + 1 } else { from }
}

/// «Дүйсенбина Рахила ұлының»: after a woman's surname the small word is «son», not the ending of a patronymic.
fn without_son(tokens: &[Token], tagging: &Tagging, cache: &Cache, from: usize, to: usize) -> usize {
    let last = lists::fold(&cache.entry(tagging.words[to - 1]).word.lower);
    let son = last.starts_with("улы") || last.starts_with("кызы");
    if to - from < 3 || !son || tokens[to - 1].capital || tokens[to - 1].kind != Kind::Word {
        return to;
    }
    let woman = folded(cache, tagging, from).ends_with(['а', 'я']);
    if woman && last.starts_with("улы") { to - 1 } else { to }
}

/// Is a lone word an ordinary one that only opens its sentence, or a Kazakh word that no list calls a given name?
fn opens_as_word(text: &[u8], tokens: &[Token], tagging: &Tagging, cache: &Cache, k: usize) -> bool {
    let word = &cache.entry(tagging.words[k]).word;
    if word.flags & (lists::ORDINARY | lists::KK_ORDINARY) == 0 || initial(text, tokens, k + 1) {
        return false;
    }
    let before = k.checked_sub(1).map(|k| &tokens[k]);
    let called = |word: &str| rules::role(word) || rules::kin(word);
    if before.is_some_and(|t| t.kind == Kind::Word && called(&folded(cache, tagging, k - 1))) {
        return false;
    }
    let first = before.is_none_or(|t| matches!(text[t.start as usize], b'.' | b'!' | b'?' | b':'));
    let given = lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN;
    let citizen = rules::citizen(&lists::fold(&word.lower));
    (word.flags & (given | lists::OC_SURNAME) == 0 && (first || word.flags & lists::KK_ORDINARY != 0))
        || (first && citizen && tokens.get(k + 1).is_some_and(|t| t.kind == Kind::Word))
}

/// Makes a span of the tokens `from..to` unless the context speaks against it.
fn judge(
    text: &[u8],
    segment: u32,
    tokens: &[Token],
    tagging: &Tagging,
    cache: &Cache,
    from: usize,
    to: usize,
) -> Option<Span> {
    let first = tagging.lattice.node(from);
    let mut probability = first[usize::from(BEGIN)] + first[usize::from(INSIDE)];
    for k in from + 1..to {
        let p = tagging.lattice.node(k);
        probability = probability.min(p[usize::from(INSIDE)] + p[usize::from(BEGIN)]);
    }
    // marks at the ends belong to the sentence
    let (mut from, mut to) = (from, to);
    while to > from && tokens[to - 1].kind != Kind::Word && !(to >= 2 && initial(text, tokens, to - 2)) {
        to -= 1;
    }
    while from < to && tokens[from].kind != Kind::Word {
        from += 1;
    }
    if from == to {
        return None;
    }
    if is_named_after(text, tokens, tagging, cache, from, to) {
        return None;
    }
    if to - from == 1
        && (rules::heading(&folded(cache, tagging, from))
            || opens_as_word(text, tokens, tagging, cache, from))
    {
        return None;
    }
    let to = without_son(tokens, tagging, cache, from, to);
    let from = without_kin(tokens, tagging, cache, from, to);
    let from = surname_before(tokens, tagging, cache, from);
    let (from, to, initials) = widen(text, tokens, &tagging.labels, from, to);
    let (start, end) = (tokens[from].start, tokens[to - 1].end);
    if text.get(end as usize) == Some(&b'@') || (start > 0 && text[start as usize - 1] == b'@') {
        return None;
    }
    let words = words(cache, tagging, from, to);
    if words.iter().all(|w| credible::latin(w)) {
        let around = Around {
            value: &text[start as usize..end as usize],
            ends: ((start > 0).then(|| text[start as usize - 1]), text.get(end as usize).copied()),
            before: &tokens[..from]
                .iter()
                .rposition(|t| t.kind == Kind::Word)
                .map_or(String::new(), |k| folded(cache, tagging, k)),
            cyrillic: tokens
                .iter()
                .any(|t| t.end - t.start > 4 && text[t.start as usize] >= 0xD0 && t.kind == Kind::Word),
        };
        if !credible::credible(&words, &around) {
            return None;
        }
    }
    let mut evidence = EvidenceSet::new().with(Evidence::Tagger);
    let listed = lists::GIVEN
        | lists::SURNAME
        | lists::PATRONYMIC
        | lists::KK_GIVEN
        | lists::KK_SURNAME
        | lists::OC_GIVEN
        | lists::OC_SURNAME
        | lists::OC_PATRONYMIC
        | lists::LATIN_GIVEN
        | lists::LATIN_SURNAME;
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
        let before = folded(cache, tagging, from - 1);
        if rules::role(&before) {
            evidence.add(Evidence::Role);
        }
        let quoted = cache_shape(text, &tokens[from - 1]) == Shape::Quote && from >= 2;
        if rules::sole_proprietor(&before)
            || (quoted && rules::sole_proprietor(&folded(cache, tagging, from - 2)))
        {
            evidence.add(Evidence::SoleProprietor);
        }
    }
    if tokens[from..to].iter().any(|t| t.broken) {
        evidence.add(Evidence::LineBroken);
    }
    // independent hints make an error less likely
    let hints =
        [Evidence::NameList, Evidence::Initials, Evidence::Role].iter().filter(|e| evidence.has(**e)).count();
    let full = words
        .iter()
        .any(|w| w.flags & (lists::PATRONYMIC | lists::KK_PATRONYMIC | lists::OC_PATRONYMIC) != 0);
    let doubt = (1.0 - probability) * 0.75f32.powi(hints as i32 + i32::from(full));
    Some(Span { start, end, segment, confidence: (1.0 - doubt).clamp(0.05, 0.995), evidence, entity: 0 })
}

/// «ҚЫДЫРБАЕВ С.М.» that was found in two pieces becomes one.
pub fn join_initials(text: &[u8], spans: &mut Vec<Span>) {
    let mut k = 1;
    while k < spans.len() {
        let (a, b) = (&spans[k - 1], &spans[k]);
        let beside = a.segment == b.segment
            && b.start.checked_sub(a.end).is_some_and(|gap| gap <= 2)
            && text[a.end as usize..b.start as usize].iter().all(|c| *c == b' ');
        let initials = || {
            let value = std::str::from_utf8(&text[b.start as usize..b.end as usize]).unwrap_or("");
            let letters = value.chars().filter(|c| c.is_alphabetic()).count();
            (1..=2).contains(&letters)
                && value.matches('.').count() == letters
                && value.chars().all(|c| c == '.' || c == ' ' || c.is_uppercase())
        };
        let bare = || !text[a.start as usize..a.end as usize].contains(&b'.');
        if beside && bare() && initials() {
            spans[k - 1].end = b.end;
            spans.remove(k);
        } else {
            k += 1;
        }
    }
}

/// Collects names written in small letters.
pub fn collect_lower(
    text: &[u8],
    segment: u32,
    tokens: &[Token],
    tagging: &Tagging,
    cache: &Cache,
    out: &mut Vec<Span>,
) {
    let kazakh = tokens.iter().any(|t| sides::kazakh(&text[t.start as usize..t.end as usize]));
    let mut k = 0;
    while k < tokens.len() {
        if tagging.labels[k] != BEGIN {
            k += 1;
            continue;
        }
        let mut to = k + 1;
        while to < tokens.len() && tagging.labels[to] == INSIDE {
            to += 1;
        }
        let from = k;
        k = to;
        let words = words(cache, tagging, from, to);
        let raised = tokens[from..to].iter().all(|t| !t.capital);
        let weigh = |w: &&Word| strength(w).max(u32::from(partner(w)));
        let (sum, top) = words.iter().map(weigh).fold((0, 0), |(s, t), w| (s + w, t.max(w)));
        let alone = words.len() == 1;
        // one word alone counts in a chat line only, and never in Kazakh, where most names are words
        let sure = if alone { !kazakh && top == 2 && tokens.len() <= 20 } else { top >= 2 && sum >= 3 };
        if !raised || !sure {
            continue;
        }
        if let Some(mut span) = judge(text, segment, tokens, tagging, cache, from, to) {
            span.confidence *= if words.len() > 1 { 0.9 } else { 0.75 };
            if !out.iter().rev().take(8).any(|o| o.start < span.end && o.end > span.start) {
                out.push(span);
            }
        }
    }
}

/// The parts of a name given as text.
pub fn parts_of(bytes: &[u8], lists: &Lists) -> Parts {
    let mut tokens = Vec::new();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = token::sequence(bytes, at, bytes.len(), &mut tokens);
        words.extend(
            tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| Word::new(bytes, t, false, lists)),
        );
    }
    Parts::of(&words.iter().collect::<Vec<_>>())
}

/// Looks again at capitalised words that repeat a surname (or a sure given name) of a person named more fully.
pub fn spread(text: &[u8], parts: &[Parts], doc: Spread) {
    if doc.spans.is_empty() || doc.loose.is_empty() {
        return;
    }
    let mut surnames = HashSet::new();
    let mut givens = HashSet::new();
    // words of names as they stand, for those whose stem the rules do not find
    let mut raw: HashSet<String> = HashSet::new();
    for (span, parts) in doc.spans.iter().zip(parts) {
        let fuller =
            parts.given.is_some() || parts.initials[0].is_some() || span.evidence.has(Evidence::Role);
        if fuller {
            let text = String::from_utf8_lossy(&text[span.start as usize..span.end as usize]).to_lowercase();
            raw.extend(
                text.split(|c: char| !c.is_alphabetic() && c != '-')
                    .filter(|w| w.chars().count() >= 4)
                    .map(parts::key),
            );
        }
        if let Some(s) = &parts.surname
            && fuller
            && s.chars().count() >= 3
        {
            surnames.insert(s.clone());
        }
        if let Some(g) = &parts.given
            && (parts.patronymic.is_some() || span.confidence > 0.9)
            && g.chars().count() >= 4
        {
            givens.insert(g.clone());
        }
    }
    let before = doc.spans.len();
    for l in doc.loose.iter() {
        let word = &doc.cache.entry(l.number).word;
        if word.len < 3 {
            continue;
        }
        let key = parts::key(&word.lower);
        let ordinary = word.flags & lists::ORDINARY != 0;
        let known =
            word.flags & (lists::GIVEN | lists::OC_GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM) != 0;
        let surname = surnames.contains(&parts::surname_stem(&key).0) && !(ordinary && l.first);
        let given = known && !ordinary && givens.contains(&parts::plain_stem(&key));
        let bare = lists::kk_stem(&key).unwrap_or(&key);
        let again = !ordinary
            && word.len >= 5
            && (raw.contains(&key) || (raw.contains(bare) && bare.chars().count() >= 4));
        if !(surname || given || again) || street(text, l) {
            continue;
        }
        // in Latin letters a lone given name or English word is hardly a mention
        if credible::latin(word)
            && (word.shape != Shape::Title
                || !(credible::family(&word.lower) || (again && !credible::plain(word))))
        {
            continue;
        }
        doc.spans.push(Span {
            start: l.wide.0.min(l.start),
            end: l.wide.1.max(l.end),
            segment: l.segment,
            confidence: if ordinary { 0.6 } else { 0.85 },
            evidence: EvidenceSet::new().with(Evidence::Mentioned),
            entity: 0,
        });
    }
    if doc.spans.len() > before {
        doc.spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
        doc.spans.dedup_by(|b, a| b.start < a.end);
    }
}

/// Does a street word, or the quotation mark of a firm's name, stand around a loose word?
fn street(text: &[u8], l: &Loose) -> bool {
    let from = (l.start as usize).saturating_sub(48);
    let to = (l.end as usize + 48).min(text.len());
    let before = String::from_utf8_lossy(&text[from..l.start as usize]);
    let after = String::from_utf8_lossy(&text[l.end as usize..to]);
    let fold = |w: &str| lists::fold(&w.to_lowercase());
    let last = before.split(|c: char| !c.is_alphanumeric()).rfind(|w| !w.is_empty()).map(fold);
    let next = after.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).map(fold);
    let quoted = before.ends_with(['«', '"', '“', '„']);
    let on_behalf = before.trim_end().ends_with("от имени");
    last.as_ref().is_some_and(|w| (rules::named_before(w) && !on_behalf) || (quoted && rules::legal_form(w)))
        || next.is_some_and(|w| rules::named_after(&w))
}

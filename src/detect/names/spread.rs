//! The second look at a document: what was named once is found again where only a part of the name stands.

use std::cell::LazyCell;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::model::{Evidence, EvidenceSet};

use super::credible;
use super::endings::kk_stem;
use super::letters::{fold, fold_char};
use super::lists::{self, Lists};
use super::parts::{self, Parts};
use super::pieces;
use super::rules;
use super::sieve::{Low, Quiet};
use super::spans::Span;
use super::tagger::Cache;
use super::token::Token;
use super::view::{View, is_mark, widen};
use super::word::Shape;

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
    /// Token `k` of a tagged sequence, if it is a capitalised word that may repeat a name.
    pub fn of(view: &View<'_>, segment: u32, k: usize) -> Option<Loose> {
        let t = &view.tokens[k];
        if !view.is_title(k) || t.end - t.start < 4 {
            return None;
        }
        let (from, to, _) = view.widen(k, k + 1);
        Some(Loose {
            start: t.start,
            end: t.end,
            segment,
            wide: (view.tokens[from].start, view.tokens[to - 1].end),
            number: view.tagging.words[k],
            first: k == 0 || view.is_mark(k - 1, b'.'),
        })
    }

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

/// What is looked for again: stems of surnames and given names of persons who are named more fully somewhere.
#[derive(Default)]
pub struct Known {
    surnames: HashSet<String>,
    givens: HashSet<String>,
    /// Words of names as they stand, for those whose stem the rules do not find, and in how many names they stand.
    raw: HashMap<String, u32>,
    /// Surname and given names of those who are named by both.
    pairs: HashMap<String, Vec<String>>,
    /// First letters of all of them.
    heads: HashSet<[char; 2]>,
}

/// So many times more often than in names a word in Latin letters stands alone that is none.
const MORE: u32 = 8;

/// From this confidence on a lone word is looked for again as if it were named more fully.
const SURE: f32 = 0.9;

fn head(word: &str) -> Option<[char; 2]> {
    let mut chars = word.chars().map(fold_char);
    Some([chars.next()?, chars.next()?])
}

impl Known {
    /// The names that `spans` hold.
    pub fn of(text: &[u8], spans: &[Span], parts: &[Parts]) -> Known {
        let mut known = Known::default();
        for (span, parts) in spans.iter().zip(parts) {
            let fuller = parts.given.is_some()
                || parts.initials[0].is_some()
                || span.evidence.has(Evidence::Role)
                || span.confidence >= SURE;
            if fuller {
                let text =
                    String::from_utf8_lossy(&text[span.start as usize..span.end as usize]).to_lowercase();
                let words = text.split(|c: char| !c.is_alphabetic() && c != '-');
                for word in words.filter(|w| w.chars().count() >= 4) {
                    *known.raw.entry(parts::key(word)).or_default() += 1;
                }
            }
            if let (Some(s), Some(g)) = (&parts.surname, &parts.given) {
                let givens = known.pairs.entry(s.clone()).or_default();
                if !givens.contains(g) && givens.len() < 64 {
                    givens.push(g.clone());
                }
            }
            if let Some(s) = &parts.surname
                && fuller
                && s.chars().count() >= 3
            {
                known.surnames.insert(s.clone());
            }
            if let Some(g) = &parts.given
                && (parts.patronymic.is_some() || span.confidence > 0.9)
                && g.chars().count() >= 3
            {
                known.givens.insert(g.clone());
            }
        }
        known.heads = known
            .surnames
            .iter()
            .chain(&known.givens)
            .chain(known.raw.keys())
            .filter_map(|w| head(w))
            .collect();
        known
    }

    /// May a name of the document stand at the beginning of `text`? Says yes of words in other letters than Cyrillic.
    pub fn may_begin(&self, text: &[u8]) -> bool {
        let begin = text[..text.len().min(8)].utf8_chunks().next().map_or("", |c| c.valid());
        let mut two = begin.chars().flat_map(char::to_lowercase);
        let (Some(a), Some(b)) = (two.next(), two.next()) else { return true };
        let cyrillic = |c: char| ('\u{430}'..='\u{52f}').contains(&c);
        !(cyrillic(a) && cyrillic(b)) || self.heads.contains(&[fold_char(a), fold_char(b)])
    }
}

/// Looks again at capitalised words that repeat a surname (or a sure given name) of a person named more fully.
pub fn spread(text: &[u8], known: &Known, loose: &[Loose], cache: &Cache, spans: &mut Vec<Span>) {
    let before = spans.len();
    let mut small: HashMap<u32, bool> = HashMap::default();
    // words that no list knows, which the text has far more often alone than in a name: «Telegram», «React»
    let alone = LazyCell::new(|| {
        let mut alone: HashMap<u32, u32> = HashMap::default();
        loose.iter().for_each(|l| *alone.entry(l.number).or_default() += 1);
        alone
    });
    for l in loose {
        let word = &cache.entry(l.number).word;
        // most words begin as no name of the document does
        if word.len < 3
            || !(credible::latin(word) || head(&word.lower).is_some_and(|h| known.heads.contains(&h)))
        {
            continue;
        }
        let key = parts::key(&word.lower);
        let ordinary = word.flags & lists::ORDINARY != 0;
        let listed =
            word.flags & (lists::GIVEN | lists::OC_GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM) != 0;
        let surname = known.surnames.contains(&parts::surname_stem(&key).0) && !(ordinary && l.first);
        // a word that is also a name opens its sentence: what it did tells a person
        let given = listed
            && known.givens.contains(&parts::plain_stem(&key))
            && (!ordinary || !l.first || acts(text, l.end as usize));
        let bare = kk_stem(&key).unwrap_or(&key);
        let again = !ordinary
            && word.len >= 5
            && (known.raw.contains_key(&key) || (known.raw.contains_key(bare) && bare.chars().count() >= 4));
        if !(surname || given || again) {
            // «Оразбаеваобратилась», where the name is known from elsewhere
            if word.flags & lists::OC_KNOWN == 0
                && let Some(end) = glued(text, known, l)
                && !street(text, l)
            {
                spans.push(mentioned(l.start, end, l.segment, 0.8));
            }
            continue;
        }
        if street(text, l) {
            continue;
        }
        // in Latin letters a lone given name or English word is hardly a mention
        if credible::latin(word)
            && (word.shape != Shape::Title
                || !(super::endings::latin_family(&word.lower) || (again && !credible::plain(word))))
        {
            continue;
        }
        if credible::latin(word) && *small.entry(l.number).or_insert_with(|| stands_small(text, &word.lower))
        {
            continue;
        }
        const LATIN: lists::Flags = lists::LATIN_GIVEN | lists::LATIN_SURNAME | lists::LATIN_PATRONYMIC;
        if credible::latin(word)
            && word.flags & LATIN == 0
            && alone[&l.number] > MORE * known.raw.get(&key).copied().unwrap_or(1)
        {
            continue;
        }
        // «Данияр Склад: …»: what a contact is called besides is told where he speaks
        if ordinary && super::said::speaks(text, l.start as usize) {
            continue;
        }
        let confidence = if ordinary { 0.6 } else { 0.85 };
        spans.push(mentioned(l.wide.0.min(l.start), l.wide.1.max(l.end), l.segment, confidence));
    }
    settle(spans, before);
}

/// «Added», «added»: a word that the text has in small letters too is no name.
fn stands_small(text: &[u8], lower: &str) -> bool {
    let part = |b: Option<&u8>| {
        b.is_some_and(|b| *b >= 0x80 || b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'@' | b'/'))
    };
    memchr::memmem::find_iter(text, lower.as_bytes()).any(|at| {
        let (before, after) = (at.checked_sub(1).and_then(|k| text.get(k)), &text[at + lower.len()..]);
        let ends = after.first().is_none_or(|b| matches!(b, b' ' | b',' | b'.' | b'\n'));
        !part(before) && ends && !part(after.get(1).filter(|_| after.first() == Some(&b'.')))
    })
}

fn mentioned(start: u32, end: u32, segment: u32, confidence: f32) -> Span {
    let evidence = EvidenceSet::new().with(Evidence::Mentioned);
    Span { start, end, segment, confidence, evidence, entity: 0 }
}

/// Does a verb in the past tense follow: «Лечи попал в больницу»?
fn acts(text: &[u8], at: usize) -> bool {
    let (from, to) = pieces::next_word(text, at, (at + 60).min(text.len()));
    let word = std::str::from_utf8(&text[from..to]).unwrap_or("");
    word.len() > 6 && ["л", "ла", "лся", "лась"].iter().any(|e| word.ends_with(e))
}

/// The end of the known name of six letters or more that a loose word begins with, a lost space behind it.
fn glued(text: &[u8], known: &Known, l: &Loose) -> Option<u32> {
    let word = std::str::from_utf8(&text[l.start as usize..l.end as usize]).ok()?;
    if word.chars().count() < 7 || !head(&word.to_lowercase()).is_some_and(|h| known.heads.contains(&h)) {
        return None;
    }
    let ends = word.char_indices().map(|p| p.0).skip(6).collect::<Vec<_>>();
    ends.into_iter()
        .rev()
        .find(|k| known.raw.contains_key(&parts::key(&word[..*k].to_lowercase())))
        .map(|k| l.start + k as u32)
}

/// The same for words in small letters, in the lines of a chat or a note that uses no capitals.
pub fn spread_small(text: &[u8], known: &Known, lines: &[Low], lists: &Lists, spans: &mut Vec<Span>) {
    let before = spans.len();
    for line in lines {
        let mut at = line.from as usize;
        while at < line.to as usize {
            let (from, to) = pieces::next_word(text, at, line.to as usize);
            at = to.max(at + 1);
            if to - from < 8 {
                continue;
            }
            let Ok(word) = std::str::from_utf8(&text[from..to]) else { continue };
            if !head(word).is_some_and(|h| known.heads.contains(&h)) {
                continue;
            }
            let key = fold(&word.replace('ё', "е"));
            let stem = parts::surname_stem(&key).0;
            let hit = known.surnames.contains(&stem)
                || known.raw.contains_key(&key)
                || known.givens.contains(&parts::plain_stem(&key));
            if !hit || lists.flags(word) & (lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE) != 0 {
                continue;
            }
            spans.push(mentioned(from as u32, to as u32, line.segment, 0.75));
        }
    }
    settle(spans, before);
}

/// Brings spans that were added after the first `before` into order; the earlier of two that overlap stays.
fn settle(spans: &mut Vec<Span>, before: usize) {
    if spans.len() > before {
        spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
        spans.dedup_by(|b, a| b.start < a.end);
    }
}

/// Does a street word, or the quotation mark of a firm's name, stand around a loose word?
fn street(text: &[u8], l: &Loose) -> bool {
    let from = (l.start as usize).saturating_sub(48);
    let to = (l.end as usize + 48).min(text.len());
    let before = String::from_utf8_lossy(&text[from..l.start as usize]);
    let after = String::from_utf8_lossy(&text[l.end as usize..to]);
    let small = |w: &str| fold(&w.to_lowercase());
    let last = before.split(|c: char| !c.is_alphanumeric()).rfind(|w| !w.is_empty()).map(small);
    let next = after.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).map(small);
    let quoted = before.ends_with(['«', '"', '“', '„']);
    let on_behalf = ["от имени", "по имени", "под именем"].iter().any(|w| before.trim_end().ends_with(w));
    last.as_ref().is_some_and(|w| (rules::named_before(w) && !on_behalf) || (quoted && rules::legal_form(w)))
        || next.is_some_and(|w| rules::named_after(&w))
}

/// «ҚЫДЫРБАЕВ С.М.» and «Қ.Қ. Айсаутовтан» that were found in two pieces become one; a letter alone is no name.
pub fn join_initials(text: &[u8], spans: &mut Vec<Span>) {
    let value = |s: &Span| std::str::from_utf8(&text[s.start as usize..s.end as usize]).unwrap_or("");
    // the letters of initials alone, «Дж» as one
    let letters = |s: &Span| {
        let value = value(s).replace("Дж", "Д");
        let letters = value.chars().filter(|c| c.is_alphabetic()).count();
        let initials = letters <= 2
            && value.matches('.').count() == letters
            && value.chars().all(|c| c == '.' || c == ' ' || c.is_uppercase());
        if initials { letters } else { 0 }
    };
    let mut k = 1;
    while k < spans.len() {
        let (a, b) = (&spans[k - 1], &spans[k]);
        let beside = a.segment == b.segment
            && b.start.checked_sub(a.end).is_some_and(|gap| gap <= 2)
            && text[a.end as usize..b.start as usize].iter().all(|c| *c == b' ');
        let pair = || {
            let bare = |s: &Span| !value(s).contains('.');
            let (first, second) = (letters(a), letters(b));
            let one =
                second == 1 && first == 0 && value(a).ends_with('.') && value(a).matches('.').count() == 1;
            (second > 0 && (bare(a) || one)) || (first > 0 && bare(b) && !value(b).contains(' '))
        };
        if beside && pair() {
            spans[k - 1].end = b.end;
            spans[k - 1].confidence = spans[k - 1].confidence.max(spans[k].confidence);
            spans.remove(k);
        } else {
            k += 1;
        }
    }
    spans.retain(|s| s.end - s.start > 8 || letters(s) != 1);
    // «Мұхтарова З.Т. Н.П. Әбілдинаға»: the letters that another name left
    for k in 1..spans.len() {
        let (had, start) = (spans[k - 1].end as usize, spans[k].start as usize);
        // two letters, their full stops and two blanks
        let short = text.get(had..start).filter(|gap| gap.len() <= 16);
        let gap = short.and_then(|gap| std::str::from_utf8(gap).ok()).unwrap_or("");
        let pair = |g: &str| {
            let mut chars = g.chars();
            let mut letter = || chars.next().is_some_and(char::is_uppercase) && chars.next() == Some('.');
            letter() && letter() && chars.next().is_none()
        };
        let bare = !text[start..spans[k].end as usize].iter().any(|b| matches!(b, b' ' | b'.'));
        let ends = text[..had].ends_with(b".");
        if bare && ends && gap.starts_with(' ') && gap.ends_with(' ') && pair(gap.trim()) {
            spans[k].start = (had + 1) as u32;
        }
    }
}

/// «Гладких Анну», found in two pieces, where the document names somebody so.
pub fn join_known(text: &[u8], known: &Known, spans: &mut Vec<Span>) {
    let value = |s: &Span| std::str::from_utf8(&text[s.start as usize..s.end as usize]).unwrap_or("");
    let mut k = 1;
    while k < spans.len() {
        let (a, b) = (&spans[k - 1], &spans[k]);
        let beside = a.segment == b.segment && text.get(a.end as usize..b.start as usize) == Some(b" ");
        let pair = || {
            let (surname, more) = (value(a), value(b));
            if surname.contains([' ', '.']) || more.contains('.') || more.split(' ').count() > 2 {
                return false;
            }
            let stem = parts::surname_stem(&parts::key(&surname.to_lowercase())).0;
            let given = more.split(' ').next().unwrap_or("").to_lowercase();
            let given = parts::plain_stem(&parts::key(&given));
            known.pairs.get(&stem).is_some_and(|givens| {
                givens.iter().any(|g| {
                    given.chars().count() >= 3 && (g.starts_with(&given) || given.starts_with(g.as_str()))
                })
            })
        };
        if beside && pair() {
            spans[k - 1].end = spans[k].end;
            spans[k - 1].confidence = spans[k - 1].confidence.max(spans[k].confidence);
            spans.remove(k);
        } else {
            k += 1;
        }
    }
}

/// «Оразбаеваобратилась»: a word that a scan glued to a name is no part of it.
pub fn unglue(text: &[u8], lists: &Lists, spans: &mut [Span]) {
    const NAMES: lists::Flags = lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME | lists::PATRONYMIC;
    for span in spans {
        let Ok(value) = std::str::from_utf8(&text[span.start as usize..span.end as usize]) else { continue };
        let Some(open) = value.char_indices().rev().find(|(_, c)| !c.is_alphabetic() || c.is_uppercase())
        else {
            continue;
        };
        let word = &value[open.0..];
        // a name of so many letters is rare, and one that goes on in a word of five letters rarer
        if word.chars().count() < 11 || !open.1.is_uppercase() {
            continue;
        }
        let lower = word.to_lowercase().replace('ё', "е");
        if lower.len() != word.len()
            || lists.flags(&lower) & (NAMES | lists::OC_KNOWN | lists::KK_PATRONYMIC) != 0
        {
            continue;
        }
        let cut = lower.char_indices().map(|p| p.0).skip(5).find(|k| {
            let (name, rest) = lower.split_at(*k);
            let known = lists.flags(name);
            rest.chars().count() >= 5
                && known & NAMES != 0
                && known & lists::SURNAME_ENDING != 0
                && lists.corpora(rest) & lists::ORDINARY != 0
                && lists.flags(rest) & (NAMES | lists::SURNAME_ENDING) == 0
        });
        if let Some(cut) = cut {
            span.end = span.start + (open.0 + cut) as u32;
        }
    }
}

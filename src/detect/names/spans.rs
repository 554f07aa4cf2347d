//! From labels of tokens to spans of names, with the rules of context.

use crate::model::{Evidence, EvidenceSet};

use super::around;
use super::credible::{self, Around};
use super::crf::{BEGIN, INSIDE, OUT};
use super::edges;
use super::letters::fold;
use super::link;
use super::lists::{self, Lists, NAMED};
use super::rules;
use super::sides;
use super::spread::Loose;
use super::token::Kind;
use super::view::{self, View};
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
            if let Some((from, to, sure)) = unlabelled(view, k)
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
            sentence(view, from, *k)
                || next_line(view, from, *k)
                || (view.is_mark(*k, b'(') && !former(view, *k, to))
                || dash(view, *k)
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
            && let Some((end, start)) = owed(view, &out[had - 1], &out[had])
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
            && joins(view, &out[had - 1], &out[had])
        {
            out[had - 1].end = out[had].end;
            out.remove(had);
        }
        if had > 0
            && out.len() > had
            && out[had - 1].segment == segment
            && bridged(view, &out[had - 1], &out[had])
        {
            out[had - 1].end = out[had].end;
            out.remove(had);
        }
        k = next;
    }
    // two before may belong to the first that is new
    maiden(view.text, segment, before.saturating_sub(2), out);
}

/// «АБДУЛЛАЕВ ЖАХОНГИР УЛУГБЕК УГЛИ»: between a surname and a patronymic one word of the same form was not known.
fn bridged(view: &View<'_>, a: &Span, b: &Span) -> bool {
    let at = |start: u32| view.tokens.iter().position(|t| t.start == start);
    let (Some(one), Some(two)) = (at(a.start), at(b.start)) else { return false };
    if two != one + 2 || !view.is_title(one + 1) || !view.near(one + 1) || !view.near(two) {
        return false;
    }
    let [first, middle, last] = [view.word(one), view.word(one + 1), view.word(two)];
    let patronymic = lists::ANY_PATRONYMIC;
    let family = lists::SURNAME_ENDING | lists::OC_SURNAME | lists::SURNAME;
    let last_word = view.tokens.iter().rposition(|t| t.end == b.end).map_or(last, |k| view.word(k));
    first.flags & family != 0
        && middle.len >= 3
        && middle.shape == first.shape
        && middle.flags & lists::ORDINARY == 0
        && (last.flags & patronymic != 0 || last_word.flags & patronymic != 0)
}

/// «Бердиева (Досмагамбетова)», «Ким (Цой) Еленой Викторовной»: the former surname in brackets is part of the name.
fn maiden(text: &[u8], segment: u32, from: usize, out: &mut Vec<Span>) {
    let value = |s: &Span| std::str::from_utf8(&text[s.start as usize..s.end as usize]).unwrap_or("");
    let between = |a: &Span, b: &Span| text.get(a.end as usize..b.start as usize).unwrap_or_default();
    const ENDS: &[&str] = &["ова", "ева", "ина", "ская", "овой", "евой", "иной", "ской", "ову", "еву", "ину"];
    let family = |v: &str| ENDS.iter().any(|e| v.ends_with(e));
    let mut k = from.max(1);
    while k < out.len() {
        let (a, b) = (&out[k - 1], &out[k]);
        let gap = between(a, b);
        let gap = if gap.len() <= 80 && gap.starts_with(b" (") { &gap[2..] } else { b"\xFF" };
        let said = std::str::from_utf8(gap).ok();
        // «ШИЛЛЕР (до брака ВОЛЬФ) Эрны», «ПАВЛОВ (прежняя фамилия – САРСЕКЕНОВ) ТИМУР»
        let opened = said.is_some_and(|g| {
            let small = g.trim_start().to_lowercase();
            small.is_empty() || (small.len() <= 60 && link::FORMER.iter().any(|f| small.starts_with(f)))
        });
        let first = !value(a).contains([' ', '.', '(']);
        // the tagger read on over the bracket: «Гельман», «Вагнер) Анна»
        let over = value(b).split_once(") ").is_some_and(|(one, rest)| {
            let small = one.to_lowercase();
            let led = link::FORMER.iter().any(|f| small.starts_with(f));
            (led || !one.contains([' ', '.', '(']))
                && rest.starts_with(char::is_uppercase)
                && !rest.contains(['(', ')'])
        });
        if a.segment == segment && opened && first && over {
            out[k - 1].end = b.end;
            out.remove(k);
            continue;
        }
        let closed = text.get(b.end as usize) == Some(&b')');
        let lone = || first && !value(b).contains([' ', '.']);
        if a.segment != segment || !opened || !closed || !lone() {
            k += 1;
            continue;
        }
        let more = out.get(k + 1).filter(|c| between(b, c) == b") " && c.segment == segment);
        let named = more.is_some_and(|c| value(c).contains([' ', '.']) || !family(value(c)));
        if named {
            out[k - 1].end = out[k + 1].end;
            out.drain(k..k + 2);
        } else if said == Some("") && family(value(a)) && family(value(b)) {
            out[k - 1].end = b.end + 1;
            out.remove(k);
        } else {
            k += 1;
        }
    }
}

/// «…, Ayça Demir» at the end of a line, «Tomasz presented» in the next: a given name behind a whole name is another's.
fn next_line(view: &View<'_>, from: usize, k: usize) -> bool {
    if !view.new_line(k) || !view.is_word(k) || view.words(from, k).iter().filter(|w| w.len > 1).count() < 2 {
        return false;
    }
    let flags = view.word(k).flags;
    let patronymic = lists::ANY_PATRONYMIC | lists::LATIN_PATRONYMIC;
    let given = lists::OC_GIVEN | lists::GIVEN | lists::KK_GIVEN | lists::LATIN_GIVEN;
    flags & patronymic == 0 && flags & given != 0
}

/// «Гельман (Вагнер) Анна»: one word in the brackets that open at `k`, and the name goes on behind them.
fn former(view: &View<'_>, k: usize, to: usize) -> bool {
    k + 3 < to && view.is_title(k + 1) && view.is_mark(k + 2, b')') && view.is_title(k + 3)
}

/// «Гербер Е. - Н.Ж. Какимов»: a dash with blanks around it stands in no name.
fn dash(view: &View<'_>, k: usize) -> bool {
    view.tokens[k].kind == Kind::Mark
        && view.word(k).shape == Shape::Dash
        && view.tokens[k].start > view.tokens[k - 1].end
        && view.tokens.get(k + 1).is_some_and(|t| t.start > view.tokens[k].end)
}

/// Does token `k` open the next sentence: «…and Zeynep hanım. An unpleasant…»?
fn sentence(view: &View<'_>, from: usize, k: usize) -> bool {
    k >= from + 2
        && view.is_mark(k - 1, b'.')
        && view.is_word(k - 2)
        && view.word(k - 2).len > 3
        && view.tokens[k].start > view.tokens[k - 1].end
}

/// Does what was found in two pieces belong together: «Ван дер Берг», «Маматов Нурбек уулу Эрлан», «Тұрсынбек қызы
/// Ботагөз», «Пробников» and «Иван»?
fn joins(view: &View<'_>, a: &Span, b: &Span) -> bool {
    let str = |from: u32, to: u32| {
        view.text.get(from as usize..to as usize).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("")
    };
    if b.start - a.end.min(b.start) > 24 {
        return false;
    }
    let mut small = str(a.end, b.start).split_whitespace().peekable();
    if small.peek().is_some() {
        return small.all(|w| rules::particle(&w.to_lowercase()));
    }
    let (first, second) = (str(a.start, a.end), str(b.start, b.end));
    let pieces = first.split(' ').count();
    // «Эргашева Мухаммадали Одилжон угли»
    let son = ["угли", "оглы", "оглу", "кызы", "гызы", "қызы", "ұлы"];
    let family = ["ов", "ова", "ову", "овым", "ев", "ева", "еву", "евым"].iter().any(|e| first.ends_with(e));
    let fathered =
        second.split(' ').count() == 3 && second.rsplit(' ').next().is_some_and(|w| son.contains(&w));
    if pieces == 1 && family && fathered && str(a.end, b.start) == " " {
        return true;
    }
    // «ГЛАДКИХ СЕРГЕЯ ВИКТОРОВИЧА»: a surname that is also a word, and what it lacks
    let at = |start: u32| view.tokens.iter().position(|t| t.start == start).map(|k| view.word(k));
    if pieces == 1 && second.split(' ').count() == 2 && str(a.end, b.start) == " " {
        let last = view.tokens.iter().rposition(|t| t.end == b.end).map(|k| view.word(k));
        let given = lists::OC_GIVEN | lists::GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM;
        let surname = |w: &Word| w.flags & (lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME) != 0;
        if at(a.start).is_some_and(surname)
            && at(b.start).is_some_and(|w| w.flags & given != 0)
            && last.is_some_and(|w| w.flags & lists::ANY_PATRONYMIC != 0)
        {
            return true;
        }
    }
    if str(a.end, b.start) != " " || second.contains(' ') {
        return false;
    }
    // «Анасы: Әбілова Күләй» at the end of its line
    let surname = ["ов", "ова", "ев", "ева"].iter().any(|e| first.ends_with(e));
    let ends = view.text.get(b.end as usize).is_none_or(|c| matches!(c, b'\n' | b'\r' | b','));
    if pieces == 1
        && surname
        && ends
        && !["ов", "ова", "ев", "ева", "ың", "ің"].iter().any(|e| second.ends_with(e))
    {
        return true;
    }
    // «Келлер Оксана», «қайнысы Әбдіқадыров Нұрмахан растады»: a surname, and a given name that is no surname and has
    // no ending of its own
    if let (Some(one), Some(two), true) = (at(a.start), at(b.start), pieces == 1) {
        let kazakh = view.tokens.iter().any(|t| sides::kazakh(&view.text[t.start as usize..t.end as usize]));
        let given = lists::OC_GIVEN | lists::KK_GIVEN | lists::GIVEN_FREQUENT;
        let family = surname || one.flags & (lists::OC_SURNAME | lists::SURNAME) != 0;
        let listed = if kazakh { lists::KK_GIVEN | lists::KK_COMPOSED } else { given };
        if family
            && one.flags & (lists::OC_GIVEN | lists::KK_GIVEN) == 0
            && two.flags & listed != 0
            && two.flags & (lists::OC_SURNAME | lists::KK_SURNAME) == 0
            && one.shape == two.shape
        {
            return true;
        }
    }
    // «Асель Жумабекова: привет»: a given name and a surname, and no further name behind
    let behind = view.text.get(b.end as usize..).unwrap_or_default();
    let alone = !matches!(behind, [b' ', second, ..] if *second >= 0x80 || second.is_ascii_uppercase());
    let family = ["ов", "ова", "ев", "ева", "ин", "ина", "ский", "ская"].iter().any(|e| second.ends_with(e));
    if pieces == 1 && !surname && family && alone {
        return true;
    }
    first.ends_with(" уулу")
        || (pieces == 2 && [" қызы", " ұлы", " кызы", " улы"].iter().any(|e| first.ends_with(e)))
}

/// «Алимент Н. Төремұратовтан», «Оксана Крамаренконы Р.Ережепов»: the first is no name but a word, or has a case of its
/// own, and its initial is that of the surname behind it. The end of the first, if it stays, and the second's start.
fn owed(view: &View<'_>, a: &Span, b: &Span) -> Option<(Option<u32>, u32)> {
    let last = view.tokens.iter().position(|t| t.end == a.end).filter(|k| *k >= 2)?;
    // «Мұхтарова З.Т. Н.П. Әбілдинаға»: the second pair of initials was cut off the first name
    let pair = view.initial(last + 1) && view.initial(last + 3) && view.near(last + 1);
    if pair && view.tokens.get(last + 5).is_some_and(|t| t.start == b.start) && view.near(last + 5) {
        return Some((Some(a.end), view.tokens[last + 1].start));
    }
    let (k, initial) = (last - 2, last - 1);
    if !view.initial(initial) || !view.is_word(k) {
        return None;
    }
    let next = view.tokens.get(last + 1).filter(|t| t.start == b.start && view.near(last + 1))?;
    let word = view.word(k);
    let surname = view.word(last + 1).flags & (lists::SURNAME_ENDING | lists::KK_SURNAME) != 0;
    let start = view.tokens[initial].start;
    if view::declined(word.lower.as_bytes()) && next.end - next.start > 6 {
        return Some((Some(view.tokens[k].end), start));
    }
    let plain = word.flags & (NAMED | lists::SURNAME_ENDING | lists::KK_COMPOSED) == 0;
    (surname && next.end == b.end && plain && view.tokens[k].start == a.start).then_some((None, start))
}

/// «Саня: где ты?»: a line of a chat begins with who says it, though the name may be a word as well.
fn speaker(view: &View<'_>, k: usize, word: &Word, folded: &str) -> bool {
    let said = |k: usize| view.is_word(k) && !view.tokens[k].capital;
    k == 0
        && view.is_mark(1, b':')
        && said(2)
        && word.flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN) != 0
        && !rules::label(folded)
        && !rules::role(folded)
}

/// Is a word a patronymic, in full or as it is said («Палыч»)?
pub fn patronymic(word: &Word, folded: &str) -> bool {
    let listed = word.flags & (lists::OC_PATRONYMIC | lists::PATRONYMIC) != 0;
    let said = ["ыч", "ыча", "ычу", "ычем", "ыче"].iter().any(|e| folded.ends_with(e))
        && word.flags & lists::OC_KNOWN == 0;
    let other = lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE;
    word.flags & other == 0
        && word.len >= 5
        && (listed && word.len >= 6 || said)
        && word.shape != Shape::Upper
}

/// A name that the tagger did not see and the form tells: with initials, after a title, in a sole proprietor's quotes.
/// First token, one past the last, how sure.
fn unlabelled(view: &View<'_>, k: usize) -> Option<(usize, usize, f32)> {
    if !view.is_title(k) || view.tagging.labels[k] == INSIDE {
        return None;
    }
    let word = view.word(k);
    let shaped = matches!(word.shape, Shape::Title | Shape::TitleParts | Shape::UpperLine)
        || (word.shape == Shape::Upper && word.len >= 4);
    if word.len < 2 || !shaped {
        return None;
    }
    let folded = view.folded(k);
    let named = word.flags & (NAMED | lists::SURNAME_ENDING | lists::KK_COMPOSED) != 0;
    let plain = word.flags & lists::ORDINARY != 0 && word.flags & (lists::OC_SURNAME | lists::SURNAME) == 0;
    let word_like = plain
        || rules::heading(&folded)
        || rules::label(&folded)
        || rules::role(&folded) && word.flags & NAMED == 0
        || rules::abbreviated(&folded);
    let latin = credible::latin(word);
    let before = k.checked_sub(1);
    if latin {
        // «Mr. Tsoy»
        let dot = before.filter(|b| view.is_mark(*b, b'.')).and_then(|b| b.checked_sub(1)).or(before);
        let honoured = dot.is_some_and(|b| view.is_word(b) && credible::honorific(&view.word(b).lower));
        return (honoured && word.shape != Shape::Upper).then_some((k, k + 1, 0.85));
    }
    if speaker(view, k, word, &folded) {
        return Some((k, k + 1, 0.8));
    }
    // «Пробников Проб Пробович»: two endings say what the words between them are
    let title = |k: usize| view.is_title(k) && view.word(k).shape == Shape::Title && view.near(k);
    let fathered = |w: &Word| {
        w.flags & lists::PATRONYMIC_ENDING != 0
            && w.flags & (lists::OC_KNOWN | lists::ORDINARY) == 0
            && w.len >= 6
    };
    if word.shape == Shape::Title
        && word.flags & lists::SURNAME_ENDING != 0
        && title(k + 1)
        && title(k + 2)
        && fathered(view.word(k + 2))
    {
        return Some((k, k + 3, 0.75));
    }
    // «Слушали: Зарубина (о премии), …»
    let surname = lists::SURNAME_ENDING | lists::OC_SURNAME;
    let behind = view.is_mark(k + 1, b'(') || view.is_mark(k + 1, b',');
    if before.is_some_and(|b| view.is_mark(b, b':'))
        && behind
        && word.flags & surname == surname
        && !folded.ends_with("ий")
    {
        return Some((k, k + 1, 0.75));
    }
    if word_like {
        return None;
    }
    // «звонить только Петровичу», «Гумерыч уехал»: a patronymic alone
    if patronymic(word, &folded) {
        return Some((k, k + 1, 0.75));
    }
    // «присвоить фамилию «Хакимова»»
    let quoted = before.filter(|b| view.is_quote(*b)).and_then(|b| b.checked_sub(1));
    if quoted.or(before).is_some_and(|b| view.is_word(b) && rules::family_name(&view.folded(b)))
        && (word.flags & (NAMED | lists::SURNAME_ENDING) != 0 || quoted != before)
    {
        return Some((k, k + 1, 0.85));
    }
    // «ИП «Төлегенова»»
    if let Some(sole) = quoted.or(before)
        && view.is_word(sole)
        && rules::sole_proprietor(&view.folded(sole))
        && word.flags & (lists::SURNAME_ENDING | lists::OC_SURNAME | lists::KK_SURNAME) != 0
        && word.flags & lists::OC_GIVEN == 0
    {
        return Some((k, k + 1, 0.8));
    }
    // a word with two initials, or with one where it may be a name
    let (from, to, _) = view.widen(k, k + 1);
    let initials = (from..to).filter(|i| *i != k && view.initial(*i)).count();
    let place = word.flags & lists::OC_PLACE != 0 && !named;
    if initials >= 2 && !place || initials == 1 && named && to > k + 1 && !place {
        return Some((from, to, if initials >= 2 { 0.85 } else { 0.7 }));
    }
    // «Безверхова, Коваль, Фадеев»: between names of a list
    let label = |k: usize| view.tagging.labels.get(k).copied().unwrap_or(OUT);
    let listed = k >= 2
        && view.is_mark(k - 1, b',')
        && label(k - 2) != OUT
        && label(k - 2) <= INSIDE
        && (view.is_mark(k + 1, b',') && label(k + 2) == BEGIN || k + 1 == view.tokens.len());
    if listed && word.flags & (lists::OC_SURNAME | lists::SURNAME | lists::OC_GIVEN | lists::GIVEN) != 0 {
        return Some((k, k + 1, 0.7));
    }
    // «проводил д-р Бексеитов (НКЦ)»: an office, and a word that only a surname is like
    let ends =
        ["ов", "ев", "ова", "ева", "ову", "еву", "овой", "евой", "овым", "евым", "ского", "ский", "ская"];
    let called = before.is_some_and(|b| view.is_word(b) && view.near(k) && rules::role(&view.folded(b)));
    if called
        && word.shape == Shape::Title
        && word.len >= 5
        && word.flags & (lists::OC_PLACE | lists::ORDINARY | lists::OC_ORGANISATION) == 0
        && (word.flags & lists::OC_KNOWN == 0 || word.flags & lists::OC_SURNAME != 0)
        && ends.iter().any(|e| folded.ends_with(e))
        && !(folded.ends_with("ого") && view.is_word(k + 1) && !view.tokens[k + 1].capital)
    {
        return Some((from, to, 0.75));
    }
    // «Начальник отдела кадров Ревякина»: at the end of a line that begins with an office
    let last = k + 1 == view.tokens.len() && k >= 2 && view.near(k);
    let office = last
        && word.flags & lists::SURNAME_ENDING != 0
        && word.flags & (lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME) != 0
        && word.flags & (lists::ORDINARY | lists::OC_PLACE) == 0
        && (k.saturating_sub(5)..k).all(|b| view.is_word(b) && view.near(b + 1))
        && (k.saturating_sub(5)..k).any(|b| rules::role(&view.folded(b)));
    if office {
        return Some((k, k + 1, 0.75));
    }
    // «куә Шәмшиева», «отец Икрам»: directly after a word of role or kin
    let role = before.is_some_and(|b| {
        view.is_word(b) && view.near(k) && {
            let before = view.folded(b);
            (rules::role(&before) || rules::kin(&before))
                && view.word(b).flags & NAMED & !lists::OC_SURNAME == 0
        }
    });
    // «близнецы Шоханкуловы»
    let plural =
        ["овы", "евы", "овых", "евых", "овым", "евым", "овыми", "евыми"].iter().any(|e| folded.ends_with(e));
    let known = plural
        || word.flags & (lists::OC_SURNAME | lists::KK_SURNAME | lists::GIVEN_FREQUENT | lists::KK_GIVEN)
            != 0;
    // «к дяде Жене»: nothing but a name has a capital there
    if before.is_some_and(|b| view.near(k) && rules::honorific(&view.folded(b))) {
        return Some((k, k + 1, 0.8));
    }
    let uncle = role && before.is_some_and(|b| rules::uncle(&view.folded(b)));
    if uncle && word.flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT) != 0 {
        return Some((k, k + 1, 0.75));
    }
    let ordinary = word.flags & (lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE) != 0;
    (role && known && !ordinary && word.len >= 4 && word.shape != Shape::Upper).then_some((k, k + 1, 0.7))
}

/// Is a lone word an ordinary one that only opens its sentence, or a Kazakh word that no list calls a given name?
fn opens_as_word(view: &View<'_>, k: usize) -> bool {
    let word = view.word(k);
    if word.flags & (lists::ORDINARY | lists::KK_ORDINARY) == 0 || view.initial(k + 1) {
        return false;
    }
    let before = k.checked_sub(1).map(|k| &view.tokens[k]);
    let called = |word: &str| rules::role(word) || rules::kin(word);
    if before.is_some_and(|t| t.kind == Kind::Word && called(&view.folded(k - 1))) {
        return false;
    }
    let first = before.is_none_or(|t| matches!(view.text[t.start as usize], b'.' | b'!' | b'?' | b':'));
    let given = lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN;
    let citizen = rules::citizen(&fold(&word.lower));
    (word.flags & (given | lists::OC_SURNAME) == 0 && (first || word.flags & lists::KK_ORDINARY != 0))
        || (first && citizen && view.is_word(k + 1))
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
            || (opens_as_word(view, from) && !speaker(view, from, view.word(from), &view.folded(from))))
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
    let to = edges::with_son(view, from, to);
    let (start, mut end) = (tokens[from].start, tokens[to - 1].end);
    // «Shakirov's idea»
    for possessive in ["'s", "’s"] {
        if text[start as usize..end as usize].ends_with(possessive.as_bytes()) {
            end -= possessive.len() as u32;
        }
    }
    if text.get(end as usize) == Some(&b'@') || (start > 0 && text[start as usize - 1] == b'@') {
        return None;
    }
    // "&Файл", "Файл\\ …": menus of programs
    let escaped = matches!(text.get(end as usize..), Some([b'\\', b' ' | b'.', ..]));
    if start > 0 && text[start as usize - 1] == b'&' || escaped {
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

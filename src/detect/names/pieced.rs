//! Where the tagger cut one name into two, or took two for one.

use super::lists::{self, NAMED};
use super::rules;
use super::sides;
use super::spans::Span;
use super::token::Kind;
use super::view::{self, View};
use super::word::{Shape, Word};

/// «АБДУЛЛАЕВ ЖАХОНГИР УЛУГБЕК УГЛИ»: between a surname and a patronymic one word of the same form was not known.
pub fn bridged(view: &View<'_>, a: &Span, b: &Span) -> bool {
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

/// «…, Ayça Demir» at the end of a line, «Tomasz presented» in the next: a given name behind a whole name is another's.
pub fn next_line(view: &View<'_>, from: usize, k: usize) -> bool {
    if !view.new_line(k) || !view.is_word(k) || view.words(from, k).iter().filter(|w| w.len > 1).count() < 2 {
        return false;
    }
    let flags = view.word(k).flags;
    let patronymic = lists::ANY_PATRONYMIC | lists::LATIN_PATRONYMIC;
    let given = lists::OC_GIVEN | lists::GIVEN | lists::KK_GIVEN | lists::LATIN_GIVEN;
    flags & patronymic == 0 && flags & given != 0
}

/// «Гельман (Вагнер) Анна»: one word in the brackets that open at `k`, and the name goes on behind them.
pub fn former(view: &View<'_>, k: usize, to: usize) -> bool {
    k + 3 < to && view.is_title(k + 1) && view.is_mark(k + 2, b')') && view.is_title(k + 3)
}

/// «Гербер Е. - Н.Ж. Какимов»: a dash with blanks around it stands in no name.
pub fn dash(view: &View<'_>, k: usize) -> bool {
    view.tokens[k].kind == Kind::Mark
        && view.word(k).shape == Shape::Dash
        && view.tokens[k].start > view.tokens[k - 1].end
        && view.tokens.get(k + 1).is_some_and(|t| t.start > view.tokens[k].end)
}

/// Does token `k` open the next sentence: «…and Zeynep hanım. An unpleasant…»?
pub fn sentence(view: &View<'_>, from: usize, k: usize) -> bool {
    k >= from + 2
        && view.is_mark(k - 1, b'.')
        && view.is_word(k - 2)
        && view.word(k - 2).len > 3
        && view.tokens[k].start > view.tokens[k - 1].end
}

/// Does what was found in two pieces belong together: «Ван дер Берг», «Маматов Нурбек уулу Эрлан», «Тұрсынбек қызы
/// Ботагөз», «Пробников» and «Иван»?
pub fn joins(view: &View<'_>, a: &Span, b: &Span) -> bool {
    let str = |from: u32, to: u32| {
        view.text.get(from as usize..to as usize).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("")
    };
    if b.start - a.end.min(b.start) > 24 {
        return false;
    }
    let mut small = str(a.end, b.start).split_whitespace().peekable();
    if small.peek().is_some() {
        // «Эсенкулов уулу Бакыт»
        let son = |w: &str| matches!(w, "уулу" | "улуу" | "угли" | "оглы" | "огли" | "кызы");
        return small.all(|w| rules::particle(&w.to_lowercase()) || son(w));
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
pub fn owed(view: &View<'_>, a: &Span, b: &Span) -> Option<(Option<u32>, u32)> {
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

//! Where a name begins and ends: words of kin, places, letters and small words at its edges that are a part of it or none.

use crate::places;

use super::around;
use super::credible;
use super::crf::{INSIDE, OUT};
use super::endings::KK_ENDINGS;
use super::letters::fold;
use super::lists::{self, NAMED};
use super::rules;
use super::sides;
use super::token::Kind;
use super::view::{self, View};
use super::word::Shape;

/// A capitalised word between a role word and a name is the surname that the tagger did not know.
pub fn surname_before(view: &View<'_>, from: usize, to: usize) -> usize {
    if from == 0 || !view.near(from) {
        return from;
    }
    // a word alone that the tagger took for a person of its own belongs here too
    let free = view.tagging.labels[from - 1] != INSIDE;
    if free && surname_left(view, from, to) {
        return from - 1;
    }
    if free && (halved(view, from, to) || short_surname(view, from, to)) {
        return from - 1;
    }
    if from < 2 || view.tagging.labels[from - 1] != OUT {
        return from;
    }
    let word = view.word(from - 1);
    let title = matches!(word.shape, Shape::Title | Shape::TitleParts) && word.len >= 2;
    let role = rules::role(&view.folded(from - 2)) && view.is_word(from - 2);
    let plain = word.flags & lists::ORDINARY == 0
        && !rules::role(&fold(&word.lower))
        // «қорғаушы Балмағанбеттің Ережепов М.А.-ның»: a name with a case of its own
        && !view::declined(word.lower.as_bytes());
    if title && role && plain { from - 1 } else { from }
}

/// «де Йонг Питер», «ван дер Меер Ян»: small words before a surname that are a part of it.
pub fn with_particles(view: &View<'_>, mut from: usize) -> usize {
    const SURE: &[&str] = &["ван", "фон", "дер", "дель", "von", "van", "der", "de", "del", "di", "da", "ter"];
    let small = |k: usize| view.is_word(k) && !view.tokens[k].capital;
    let kazakh = || view.tokens.iter().any(|t| sides::kazakh(&view.text[t.start as usize..t.end as usize]));
    while from > 0 && small(from - 1) && view.near(from) && !view.new_line(from) {
        let word = view.folded(from - 1);
        // «Сон де Йонг» in Kazakh is «Son too»
        if !(SURE.contains(&word.as_str()) || (word == "де" && !kazakh())) {
            break;
        }
        from -= 1;
    }
    from
}

/// «Ни Людмиле», «Ю Светлана»: a surname of two letters or three before a given name, not where a sentence begins.
fn short_surname(view: &View<'_>, from: usize, to: usize) -> bool {
    const SURNAMES: &[&str] = &[
        "ни",
        "ли",
        "ан",
        "ю",
        "им",
        "ха",
        "хе",
        "те",
        "тё",
        "цо",
        "цой",
        "но",
        "ко",
        "го",
        "ку",
        "пя",
        "хо",
        "ма",
        "се",
        "ты",
        "ву",
        "до",
        "лю",
        "ян",
        "ван",
        "сон",
        "тян",
        "чан",
        "юн",
        "юр",
        "хон",
        "кон",
        "ким",
        "пак",
        "хан",
        "тен",
        "тин",
        "вон",
        "шин",
        "шек",
        "мун",
        "мин",
        "нам",
        "лян",
        "лим",
        "хегай",
        "огай",
    ];
    let (word, first) = (view.word(from - 1), view.word(from));
    let opens = from == 1 && view.text[..view.tokens[0].start as usize].trim_ascii_end().ends_with(b".")
        || from >= 2 && [b'.', b'!', b'?'].iter().any(|m| view.is_mark(from - 2, *m));
    let given = lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN;
    SURNAMES.contains(&view.folded(from - 1).as_str())
        && word.shape == first.shape
        && matches!(word.shape, Shape::Title | Shape::Upper | Shape::UpperLine)
        && first.flags & given != 0
        && view.is_title(from - 1)
        && !opens
        && !view.new_line(from)
        && view
            .words(from, to)
            .iter()
            .all(|w| w.flags & lists::SURNAME_ENDING == 0 || w.flags & lists::OC_GIVEN != 0)
}

/// «Хо-Си Зарема Юсуповна», «Тен-Хва И.М.»: a surname of two short halves before a given name or initials.
fn halved(view: &View<'_>, from: usize, to: usize) -> bool {
    let word = view.word(from - 1);
    let other =
        lists::ORDINARY | lists::KK_ORDINARY | lists::OC_KNOWN | lists::OC_PLACE | lists::OC_ORGANISATION;
    let halves = word.lower.split_once('-').is_some_and(|(a, b)| {
        [a, b].iter().all(|h| {
            (2..=6).contains(&h.chars().count()) && h.chars().all(|c| c.is_alphabetic() && !c.is_ascii())
        })
    });
    let first = view.word(from);
    let given = lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN | lists::KK_GIVEN_FORM;
    let shaped = matches!(word.shape, Shape::TitleParts | Shape::UpperLine | Shape::Upper);
    let named = view.initial(from)
        || (first.flags & given != 0
            && !view.words(from, to).iter().any(|w| w.flags & lists::SURNAME_ENDING != 0));
    halves && shaped && word.flags & other == 0 && named && !view.new_line(from)
}

/// «Сынақов Ғалым Қайратұлы», «калиевой айжан муратовны», «Пробников Иван»: a word with the ending of a surname before
/// a given name belongs to it, whether the lists know it, take it for a word, or not.
fn surname_left(view: &View<'_>, from: usize, to: usize) -> bool {
    const ENDS: &[&str] = &[
        "ов",
        "ова",
        "ову",
        "овой",
        "овым",
        "ев",
        "ева",
        "еву",
        "евой",
        "евым",
        "ский",
        "ская",
        "ского",
        "скому",
        "ской",
        "скую",
        "ин",
        "ина",
        "ину",
        "иной",
        "иным",
        "енко",
    ];
    let words = view.words(from, to);
    let full = words.iter().filter(|w| w.len > 1).count();
    let Some(first) = words.first().filter(|_| full <= 2) else { return false };
    let (word, folded) = (view.word(from - 1), view.folded(from - 1));
    let same = view.tokens[from].capital == view.tokens[from - 1].capital;
    let given = first.flags & (lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN | lists::KK_GIVEN_FORM) != 0
        && !ENDS[..16].iter().any(|e| fold(&first.lower).ends_with(e));
    let patronymic = words.get(1).is_some_and(|w| {
        w.flags & (lists::PATRONYMIC | lists::KK_PATRONYMIC | lists::PATRONYMIC_ENDING | lists::OC_PATRONYMIC)
            != 0
    });
    if !given || !same || full != words.len() || (full == 2 && !patronymic) {
        return false;
    }
    let sure = ENDS[..16].iter().any(|e| folded.ends_with(e));
    let listed = word.flags & (lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME) != 0;
    view.is_word(from - 1)
        && word.len >= 5
        && !rules::role(&folded)
        && !rules::kin(&folded)
        && !rules::heading(&folded)
        && if patronymic {
            sure || (listed && ENDS.iter().any(|e| folded.ends_with(e)))
        } else {
            sure && listed && (view.tokens[from].capital || word.flags & lists::ORDINARY == 0)
        }
}

/// «Пәтерде Қуандықовпен», «Қолхатқа Н. Төлебай»: the first part of a name is never declined in Kazakh, so a declined
/// word that no list knows as a name opens the sentence.
pub fn without_declined(view: &View<'_>, from: usize, to: usize) -> usize {
    const CASES: &[&str] = &[
        "да", "де", "та", "те", "ны", "ни", "га", "ге", "ка", "ке", "дан", "ден", "тан", "тен", "нан", "нен",
        "нын", "нин", "дын", "дин", "тын", "тин",
    ];
    let word = view.word(from);
    let first = from == 0 || (!view.is_word(from - 1) && !view.is_mark(from - 1, b','));
    if !first || !view.is_title(from + 1) || to - from < 2 || word.flags & NAMED != 0 || word.len < 5 {
        return from;
    }
    let folded = view.folded(from);
    let kazakh = view.tokens.iter().any(|t| sides::kazakh(&view.text[t.start as usize..t.end as usize]));
    if kazakh && CASES.iter().any(|e| folded.ends_with(e)) { from + 1 } else { from }
}

/// «Келінім Райханға», «Азамат Рахимов Максим»: a word of kin or role that opens a name is no part of it.
pub fn without_kin(view: &View<'_>, from: usize, to: usize) -> usize {
    let named = (from..to).filter(|k| view.is_title(*k)).count();
    let word = view.word(from);
    let lower = fold(&word.lower);
    // «Mr. Serik Akhmetov»
    if credible::leads(&word.lower) && view.is_mark(from + 1, b'.') && from + 2 < to {
        return from + 2;
    }
    let names = lists::GIVEN | lists::SURNAME | lists::KK_GIVEN | lists::KK_SURNAME | lists::PATRONYMIC;
    let kin = rules::kin(&lower) || (rules::role(&lower) && word.flags & names == 0);
    let next = view.is_title(from + 1);
    // «Кенже ұлы Әлиханда»
    let eldest = matches!(lower.as_str(), "кенже" | "улкен" | "киши" | "ортаншы" | "тунгыш" | "жалгыз");
    if eldest && view.is_word(from + 1) && matches!(view.folded(from + 1).as_str(), "улы" | "кызы") {
        return (from + 2).min(to);
    }
    // «Қызы Сабинадан»
    let kin = kin || matches!(lower.as_str(), "кызы" | "улы");
    let kin = kin || credible::leads(&word.lower) || rules::greeting(&lower) || rules::opener(&lower);
    if next && ((named >= 2 && kin) || (named >= 4 && rules::citizen(&lower))) { from + 1 } else { from }
}

/// «Ж.Б. Кәрім Facebook желісінде»: a word in Latin letters behind a name in Cyrillic ones is no part of it.
pub fn without_latin(view: &View<'_>, from: usize, mut to: usize) -> usize {
    let native =
        (from..to).any(|k| view.is_word(k) && view.word(k).len > 1 && !credible::latin(view.word(k)));
    while native
        && to > from + 1
        && view.is_word(to - 1)
        && view.word(to - 1).len > 3
        && credible::latin(view.word(to - 1))
    {
        to -= 1;
    }
    to
}

/// «Отв-к С. Досмухамбетов»: a word cut in its middle opens no name.
pub fn without_cut(view: &View<'_>, mut from: usize, to: usize) -> usize {
    while to - from >= 2 && view.is_title(from) && around::cut_within(view, from) {
        from += 1;
    }
    from
}

/// «ВОРОБЬЕВОЙ П Р И К А З Ы В А Ю»: a word whose letters stand apart behind a name is another one.
pub fn without_spaced(view: &View<'_>, from: usize, to: usize) -> usize {
    let letter = |k: &usize| view.is_word(*k) && view.word(*k).len == 1;
    let letters = (from..to).rev().take_while(letter).count();
    if letters >= 3 && letters < to - from { to - letters } else { to }
}

/// «96-VII Заңдарымен»: a Roman numeral opens no name.
pub fn without_numeral(view: &View<'_>, from: usize, to: usize) -> usize {
    let t = &view.tokens[from];
    let roman = view.text[t.start as usize..t.end as usize].iter().all(|b| b"IVXLC".contains(b));
    let more = to - from >= 2 && view.is_word(from + 1) && !credible::latin(view.word(from + 1));
    if roman && more && view.word(from).len > 1 { from + 1 } else { from }
}

/// «Пернебайұлы ҚР ҚК-нің», «ҚХР-дан»: letters of a law or country behind a name are no part of it, and none alone.
pub fn without_letters(view: &View<'_>, from: usize, mut to: usize) -> usize {
    // «Болт М12»: a letter that a number follows
    let sized = |k: usize| {
        view.word(k).len == 1
            && view.tokens.get(k + 1).is_some_and(|t| t.kind == Kind::Number && t.start == view.tokens[k].end)
    };
    while to > from + 1 && view.is_word(to - 1) && (letters(view, to - 1) || sized(to - 1)) {
        to -= 1;
    }
    to
}

/// «апасы Ризвангүл Жаркентте тұрып»: where somebody lives is no part of the name.
pub fn without_place(view: &View<'_>, from: usize, to: usize) -> usize {
    const THERE: &[&str] =
        &["да", "де", "та", "те", "дан", "ден", "тан", "тен", "ға", "ге", "қа", "ке", "на", "не"];
    const COUNTRIES: &[&str] = &[
        "ресей",
        "россия",
        "түркия",
        "қытай",
        "германия",
        "америка",
        "корея",
        "израиль",
        "польша",
        "украина",
        "беларусь",
        "грузия",
        "армения",
        "моңғолия",
        "иран",
        "чехия",
        "дубай",
        "мәскеу",
        "москва",
    ];
    if to - from < 2 || !view.is_word(to - 1) {
        return to;
    }
    let word = view.word(to - 1);
    let place = |stem: &str| places::Places::get().meaning(&places::fold(stem)).is_some_and(|m| m.city_alone);
    let country =
        |stem: &str| COUNTRIES.contains(&stem) || (stem.ends_with("стан") && stem.chars().count() >= 8);
    let there = THERE.iter().any(|e| word.lower.strip_suffix(e).is_some_and(|s| place(s) || country(s)));
    // «Асхат Нұрланұлының Талдықорған қаласы», «Ахметовтің Абай көшесі»
    const PLACES: &[&str] = &["калас", "облыс", "аудан", "ауыл", "кент", "кошес", "дангыл", "ыкшам", "шагын"];
    let before = view.word(to - 2);
    let ended = view.is_word(to - 2)
        && (before.flags & (lists::KK_PATRONYMIC | lists::ANY_PATRONYMIC) != 0
            || view::declined(before.lower.as_bytes()));
    if ended
        && view.is_word(to)
        && !view.tokens[to].capital
        && PLACES.iter().any(|p| view.folded(to).starts_with(p))
    {
        return to - 1;
    }
    // «Ж. Көшербаевтың Қазақстан Республикасынан»
    let republic = country(&word.lower) && view.is_word(to) && view.folded(to).starts_with("республик");
    let named = word.flags & (lists::KK_GIVEN | lists::OC_GIVEN) != 0;
    if (there && !named) || republic { to - 1 } else { to }
}

/// «Мұхтарова З.Т. Н.П. Әбілдинаға»: of two pairs of initials the second belongs to the surname behind it.
pub fn without_next(view: &View<'_>, from: usize, to: usize) -> usize {
    let pairs = to - from >= 9 && (1..=4).all(|n| view.initial(to - 2 * n));
    if pairs && view.is_title(to) && view.near(to) { to - 4 } else { to }
}

/// Two to four capitals that a Kazakh ending may follow behind a hyphen, in a line that is not all capitals.
pub fn letters(view: &View<'_>, k: usize) -> bool {
    let word = view.word(k);
    let t = &view.tokens[k];
    let Ok(value) = std::str::from_utf8(&view.text[t.start as usize..t.end as usize]) else { return false };
    let (caps, ending) = value.split_once('-').unwrap_or((value, ""));
    let short = (2..=4).contains(&caps.chars().count()) && caps.chars().all(char::is_uppercase);
    if word.shape == Shape::UpperLine || !short {
        return false;
    }
    let ending = fold(&ending.to_lowercase());
    if value.contains('-') {
        KK_ENDINGS.contains(&ending.as_str())
    } else {
        caps.chars().count() <= 3 && k > 0 && view.word(k - 1).shape == Shape::Title
    }
}

/// «Дүйсенбина Рахила ұлының»: after a woman's surname the small word is «son», not the ending of a patronymic.
pub fn without_son(view: &View<'_>, from: usize, to: usize) -> usize {
    let last = view.folded(to - 1);
    let son = last.starts_with("улы") || last.starts_with("кызы");
    let apart = son && view.is_word(to - 1) && !view.is_title(to - 1);
    if apart && to - from >= 2 && view.genitive(to - 2) {
        return to - 1;
    }
    if to - from < 3 || !son || view.is_title(to - 1) || !view.is_word(to - 1) {
        return to;
    }
    let woman = view.folded(from).ends_with(['а', 'я']);
    // «Қымбат Ережепова ұлы Мақсаттың»: behind a surname it is nobody's patronymic
    let family = ["ов", "ова", "ев", "ева"].iter().any(|e| view.folded(to - 2).ends_with(e));
    if woman && last.starts_with("улы") || family { to - 1 } else { to }
}

/// «гл. инж. Хе Л.А.»: initials alone belong to the short word with a capital before them.
pub fn surname_of_initials(view: &View<'_>, from: usize, to: usize) -> usize {
    let alone = view.initial(from) && view.words(from, to).iter().all(|w| w.len == 1);
    let before = from.checked_sub(1).filter(|b| alone && view.is_title(*b) && view.near(from));
    match before {
        Some(b)
            if view.word(b).len >= 2
                && view.tagging.labels[b] == OUT
                && !rules::role(&view.folded(b))
                && view.word(b).flags & lists::CUT == 0
                && view.word(b).shape != Shape::Upper =>
        {
            b
        }
        _ => from,
    }
}

/// «Кожахметов Р М», «Ногербек Ш»: initials without full stops behind a surname.
pub fn with_bare_initials(view: &View<'_>, from: usize, mut to: usize) -> usize {
    let letter = |k: usize| {
        view.is_title(k)
            && view.word(k).len == 1
            && view.near(k)
            && !view.new_line(k)
            && view.text[view.tokens[k].start as usize] >= 0x80
            && view.tokens[k].start > view.tokens[k - 1].end
    };
    let plain = (from..to).all(|k| view.is_word(k) && view.word(k).len > 1) && to - from <= 2;
    let surname = view.word(from).shape != Shape::Lower && !credible::latin(view.word(from));
    let mut count = 0;
    while plain && surname && count < 2 && to < view.tokens.len() && letter(to) {
        // «Ли В Астане»: a preposition
        let goes_on = view.is_title(to + 1) && view.word(to + 1).len > 1 && view.near(to + 1);
        if goes_on || view.is_mark(to + 1, b'.') {
            break;
        }
        to += 1;
        count += 1;
    }
    to
}

/// «Эргашев Мухаммадали Одилжон угли»: the small word that ends a patronymic.
pub fn with_son(view: &View<'_>, from: usize, to: usize) -> usize {
    let capitals = to > 0 && view.is_word(to) && view.tokens[to].upper && view.tokens[to - 1].upper;
    let woman = ["ова", "ева"].iter().any(|e| view.folded(from).ends_with(e));
    let son = view.is_word(to)
        && (!view.tokens[to].capital || capitals)
        && view.near(to)
        && matches!(
            view.folded(to).as_str(),
            "угли" | "оглы" | "оглу" | "кызы" | "гызы" | "кизи" | "уулу" | "улы"
        )
        && view.word(to - 1).len > 2
        && !view.genitive(to - 1)
        && !["ов", "ова", "ев", "ева"].iter().any(|e| view.folded(to - 1).ends_with(e))
        // «Бейсенова Шынар ұлы Дастан»: no patronymic of hers
        && !(woman && view.folded(to) == "улы");
    if son { to + 1 } else { to }
}

/// «Джаксылыкову Т. Из объяснений»: the word that opens the next sentence was taken for a part of the name.
pub fn without_opener(view: &View<'_>, from: usize, to: usize) -> usize {
    let last = view.word(to - 1);
    let opener = to - from >= 3
        && view.is_mark(to - 2, b'.')
        && view.is_title(to - 1)
        && last.flags & lists::ORDINARY != 0
        && last.flags & NAMED == 0
        && last.len > 1;
    // «Машанло И. В тот же день»
    let opener = opener
        || (to - from >= 3
            && view.is_mark(to - 2, b'.')
            && view.word(to - 1).len == 1
            && !view.initial(to - 1)
            && view.tokens[to - 1].start > view.tokens[to - 2].end);
    // «Драч Гл. бухгалтер»
    let short = to - from >= 2 && view.is_mark(to, b'.') && rules::abbreviated(&view.folded(to - 1));
    if opener || short { to - 1 } else { to }
}

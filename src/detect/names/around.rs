//! What the words around a name, and the name itself, say against its being a person: streets, firms, cars, labels.

use crate::places::{self, Places};

use super::credible;
use super::lists::{self, NAMED};
use super::rules;
use super::view::View;
use super::word::{Shape, Word};

/// Is the span named by something that is no person: a street, a firm, a law? Looks at the words around.
pub fn is_named_after(view: &View<'_>, from: usize, to: usize) -> bool {
    // «им. К.И. Сатпаева»: the word stands before the initials
    let mut head = from;
    while head >= 2 && view.initial(head - 2) && view.near(head) {
        head -= 2;
    }
    if head > 0 {
        let mut k = head - 1;
        // «ул. Абая», «им. Жамбыла»
        if view.is_mark(k, b'.') && k > 0 {
            k -= 1;
        }
        if view.is_word(k) {
            let before = view.folded(k);
            // «от имени Лопатина», «по имени Бауржан» is no school; «по ул. Абая» is a street
            let on_behalf = k > 0
                && before.starts_with("имен")
                && matches!(view.folded(k - 1).as_str(), "от" | "по" | "под" | "с");
            // «кубок памяти Кожахметова»
            if before == "памяти" && k > 0 && rules::settlement(&view.folded(k - 1)) {
                return true;
            }
            // «число Рейнольдса Re»
            let sign =
                to - from == 2 && view.is_word(to - 1) && view.word(to - 1).len <= 2 && !view.initial(to - 1);
            let lone = (to - from == 1 || sign) && !view.initial(to);
            if (rules::named_before(&before) && !on_behalf) || (lone && rules::settlement(&before)) {
                return true;
            }
        }
    } else if named_before_window(view, head) {
        return true;
    }
    // «Аккольский район, с. Азат»: a village
    let village = from >= 3
        && view.is_mark(from - 1, b'.')
        && view.is_word(from - 2)
        && view.folded(from - 2) == "с"
        && (view.is_mark(from - 3, b',') || rules::settlement(&view.folded(from - 3)));
    if to - from == 1 && village && !view.initial(to) {
        return true;
    }
    // «8 Марта»
    let day = from > 0 && view.tokens[from - 1].kind == super::token::Kind::Number && view.near(from);
    if to - from == 1 && day && matches!(view.folded(from).as_str(), "марта" | "мая" | "августа")
    {
        return true;
    }
    // «двигался по Гагарина»: the preposition wants another case of a person
    let along = from > 0 && view.is_word(from - 1) && view.near(from) && view.folded(from - 1) == "по";
    let genitive = |w: &str| ["ова", "ева", "ина", "ого"].iter().any(|e| w.ends_with(e));
    if to - from == 1
        && along
        && !view.initial(to)
        && (genitive(&view.folded(from)) || rules::street_only(&view.folded(from)))
    {
        return true;
    }
    // «Абая — Байтурсынова», «Гагарина и Ауэзова»: two streets
    if to - from == 1 && !view.initial(to) && genitive(&view.folded(from)) && beside_street(view, from, to) {
        return true;
    }
    // «Улица, дом: Мира, 60»
    let labelled = from >= 2 && view.is_mark(from - 1, b':') && view.is_word(from - 2);
    if to - from == 1 && labelled && !view.initial(to) && rules::of_place(&view.folded(from - 2)) {
        return true;
    }
    // «на перекрёстке улиц Шакарима и Кабанбай батыра»
    let old = view.is_word(to) && !view.tokens[to].capital && rules::title_of_old_genitive(&view.folded(to));
    if to - from == 1 && old && view.near(to) {
        return true;
    }
    // «Доказ-в», «Отв-ка»: a word cut in its middle
    if to - from == 1 && cut_within(view, from) {
        return true;
    }
    // «белая Камри»: a car by its model
    if to - from == 1 && rules::model(&view.folded(from)) && view.word(from).flags & NAMED == 0 {
        return true;
    }
    if from > 0 {
        // a legal form, an opening quote, the name
        if view.is_quote(from - 1) && from >= 2 {
            let before = view.folded(from - 2);
            let closed = view.tokens.get(to).is_some_and(|t| {
                matches!(&view.text[t.start as usize..t.end as usize], b"\"" | b"\xC2\xBB" | b"\xE2\x80\x9D")
            });
            // «автомашина «Лада Гранта»»: a thing by its name in quotes
            let thing =
                closed && view.is_word(from - 2) && (rules::thing(&before) || goods(view, from, &before));
            if rules::legal_form(&before) || thing {
                return true;
            }
            if closed && to - from == 1 && called_so(view, to + 1) {
                return true;
            }
        }
        // «Кафе «У Тимура»»
        let at = from >= 3 && view.is_quote(from - 2) && view.is_word(from - 1) && view.is_word(from - 3);
        if at && to - from == 1 && view.folded(from - 1) == "у" && rules::thing(&view.folded(from - 3)) {
            return true;
        }
    }
    // «ТОО Алтын Дан», not «ЖШС-дан Қайыпов»
    let declined =
        |k: usize| view.text[view.tokens[k].start as usize..view.tokens[k].end as usize].contains(&b'-');
    if from > 0
        && !declined(from - 1)
        && view.is_word(from - 1)
        && rules::firm(&view.folded(from - 1))
        && !view.initial(to)
    {
        return true;
    }
    if house(view, from, to) {
        return true;
    }
    // «Satpayev St», «Bukhar-Zhyrau Ave»: the tagger took the word for a street into the name
    if to - from > 1 && view.is_word(to - 1) && rules::named_after(&view.folded(to - 1)) {
        return true;
    }
    // «Қалқаман-2», «Шорнақ а/о»
    let joined = |k: usize| k > 0 && view.tokens.get(k).is_some_and(|t| t.start == view.tokens[k - 1].end);
    let counted = view.tokens.get(to + 1).is_some_and(|t| t.kind == super::token::Kind::Number);
    let county = view.is_word(to) && view.is_mark(to + 1, b'/') && view.is_word(to + 2);
    let lone = to - from == 1 && !view.initial(to);
    if lone && (view.is_mark(to, b'-') && joined(to) && joined(to + 1) && counted)
        || county && view.folded(to) == "а" && view.folded(to + 2) == "о"
    {
        return true;
    }
    // «Қонаев – Шелек жолы»: two towns
    let towns = || {
        let city = |k: usize| {
            Places::get().meaning(&places::fold(&view.word(k).lower)).is_some_and(|m| m.city.is_some())
        };
        to + 1 < view.tokens.len()
            && view.tokens[to].kind == super::token::Kind::Mark
            && view.word(to).shape == Shape::Dash
            && view.is_title(to + 1)
            && city(from)
    };
    if lone && towns() {
        return true;
    }
    if !view.is_word(to) {
        return false;
    }
    let after = view.folded(to);
    // «Құсайынның атындағы мотоцикл» is somebody's own, «Абай атындағы мектеп» is called after him
    let own = after.starts_with("атын") && {
        let last = &view.word(to - 1).lower;
        view.is_word(to - 1) && ["ның", "нің", "дың", "дің", "тың", "тің"].iter().any(|e| last.ends_with(e))
    };
    // «үй Қ.Өтеғұлов атында»: in his name, not called after him
    let whose = matches!(after.as_str(), "атында" | "атына" | "атынан") && to - from >= 2;
    // «Әлиева Г.Т. атындағы шотқа»: what is held in somebody's name
    let held =
        after == "атындагы" && to - from >= 2 && view.is_word(to + 1) && rules::held(&view.folded(to + 1));
    if own || whose || held {
        return false;
    }
    if rules::named_after(&after) {
        return true;
    }
    // «Астана қ.», «Төле би көшесі»
    let city = after == "к" && !view.tokens[to].capital && view.is_mark(to + 1, b'.');
    city || (rules::title_of_old(&after) && view.is_word(to + 1) && rules::named_after(&view.folded(to + 1)))
}

/// The same where the words tagged begin with the name: the word before it in its line tells.
fn named_before_window(view: &View<'_>, from: usize) -> bool {
    let start = view.tokens[from].start as usize;
    let near = &view.text[start.saturating_sub(40)..start];
    let line = memchr::memrchr2(b'\n', b'\r', near).map_or(near, |k| &near[k + 1..]);
    let line = line.trim_ascii_end();
    let dot = line.strip_suffix(b".").unwrap_or(line);
    if line.is_empty() || dot.len() + 2 < line.len() {
        return false;
    }
    let word = dot.iter().rposition(|b| b.is_ascii() && !b.is_ascii_alphabetic() && *b != b'-');
    let word_bytes = &dot[word.map_or(0, |k| k + 1)..];
    let word =
        std::str::from_utf8(word_bytes).map(|w| super::letters::fold(&w.to_lowercase())).unwrap_or_default();
    let on_behalf = || {
        let before = dot.strip_suffix(word_bytes).unwrap_or_default().trim_ascii_end();
        ["от", "по", "под", "с"].iter().any(|w| before.ends_with(w.as_bytes()))
    };
    rules::named_before(&word) && !(word.starts_with("имен") && on_behalf())
}

/// Does a word go on behind its hyphen with two small letters that are no Kazakh ending, and is it no name?
pub(super) fn cut_within(view: &View<'_>, k: usize) -> bool {
    let word = view.word(k);
    let tail = word.lower.split_once('-').map(|t| t.1).filter(|t| t.chars().count() <= 2);
    // «М-Б. Аушев», «Хо-Си»: both halves have a capital
    let halves = word.shape == Shape::TitleParts || (word.shape == Shape::Upper && word.len <= 3);
    !halves
        && tail.is_some_and(|t| !super::endings::KK_ENDINGS.contains(&super::letters::fold(t).as_str()))
        && word.flags & NAMED == 0
        && !credible::latin(word)
}

/// «ФизическиеЛица», «РасчСчет»: a name of programs, words with capitals within, none of which can only be a name.
pub fn is_identifier(view: &View<'_>, from: usize, to: usize) -> bool {
    let text = view.text;
    let (start, end) = (view.tokens[from].start as usize, view.tokens[to - 1].end as usize);
    let value = std::str::from_utf8(&text[start..end]).unwrap_or("");
    let head = text[start.saturating_sub(2)..start].utf8_chunks().last();
    let before = (start > 0 && text[start - 1] >= 0x80)
        .then(|| head.and_then(|c| c.valid().chars().next_back()))
        .flatten();
    let tail = &text[end..text.len().min(end + 4)];
    let after = tail.utf8_chunks().next().and_then(|c| c.valid().chars().next());
    let mut last = before.unwrap_or(' ');
    let camel = value.chars().chain(after).any(|c| {
        let inner = last.is_lowercase() && c.is_uppercase() && c > 'z';
        last = c;
        inner
    });
    let formed = NAMED | lists::SURNAME_ENDING | lists::KK_PATRONYMIC | lists::PATRONYMIC_ENDING;
    camel && !view.words(from, to).iter().any(|w| w.flags & formed != 0 && w.flags & lists::ORDINARY == 0)
}

/// «Алпамыс» спорт кешені, «Жамбыл» немесе «Қажымұқан» аялдамасы: does what stands behind the closing mark before `k` say
/// that a place or a thing is called so?
fn called_so(view: &View<'_>, k: usize) -> bool {
    let says = |k: usize| {
        let word = view.is_word(k) && !view.tokens[k].capital;
        word && (rules::named_after(&view.folded(k)) || rules::thing(&view.folded(k)))
    };
    let sort = |k: usize| {
        view.is_word(k)
            && matches!(
                view.folded(k).as_str(),
                "спорт"
                    | "сауда"
                    | "ойын"
                    | "тургын"
                    | "мадени"
                    | "бизнес"
                    | "сауыктыру"
                    | "балалар"
                    | "демалыс"
                    | "уй"
            )
    };
    let or = view.is_word(k) && matches!(view.folded(k).as_str(), "немесе" | "мен" | "жане" | "или" | "и");
    let other = or && view.is_quote(k + 1) && view.is_title(k + 2);
    says(k) && !view.folded(k).starts_with("груп") || sort(k) && says(k + 1) || other && says(k + 4)
}

/// Does a street without its word stand beside, joined by «и», «до» or a dash?
fn beside_street(view: &View<'_>, from: usize, to: usize) -> bool {
    let joins = |k: usize| {
        (view.is_word(k) && matches!(view.folded(k).as_str(), "и" | "до"))
            || (view.tokens[k].kind == super::token::Kind::Mark
                && (view.word(k).shape == Shape::Dash || view.is_mark(k, b'/') || view.is_mark(k, b'-')))
    };
    let street = |k: usize| view.is_title(k) && rules::street_only(&view.folded(k));
    // the first of a pair has no initial or given name before it
    let plain = |k: usize| view.word(k).flags & lists::ORDINARY != 0 && view.word(k).flags & NAMED == 0;
    let alone = |k: usize| k == 0 || (!view.is_title(k - 1) || plain(k - 1)) && !view.is_mark(k - 1, b'.');
    let before = from >= 2 && joins(from - 1) && street(from - 2) && alone(from - 2);
    let after = to + 1 < view.tokens.len() && joins(to) && street(to + 1);
    before || after && !view.is_title(to + 2) && alone(from)
}

/// «Краска "Алина Деко" белая»: an ordinary word that opens its line or cell before a name in quotes is a thing on sale.
fn goods(view: &View<'_>, from: usize, before: &str) -> bool {
    let word = view.word(from - 2);
    from == 2
        && word.flags & lists::ORDINARY != 0
        && word.flags & NAMED == 0
        && !rules::role(before)
        && !rules::kin(before)
        && !rules::family_name(before)
        && !rules::sole_proprietor(before)
}

/// «Абылай хана 92, г. Алматы», «на Сатпаева, 9»: a street without its word, and the number of a house.
fn house(view: &View<'_>, mut from: usize, to: usize) -> bool {
    // «Сарайшық ауылы, Х.Доспанова 4»: initials count where a place stands before the comma
    let placed = |k: usize| {
        k >= 2
            && view.is_mark(k - 1, b',')
            && view.is_word(k - 2)
            && (rules::named_after(&view.folded(k - 2)) || view.word(k - 2).flags & lists::OC_PLACE != 0)
    };
    let named = from;
    if placed(from) {
        while from + 2 < to && view.initial(from) {
            from += 2;
        }
    }
    let street = from > named;
    if to - from > 2 || (from..to).any(|k| !view.is_word(k) || view.initial(k)) {
        return false;
    }
    let mut k = to;
    // «Айтеке би, 5»: the title stands in small letters
    let titled = view.is_word(k) && !view.tokens[k].capital && rules::title_of_old_genitive(&view.folded(k));
    k += usize::from(titled);
    let comma = view.is_mark(k, b',');
    k += usize::from(comma);
    if view.is_word(k) && matches!(view.folded(k).as_str(), "д" | "дом") {
        k += 1 + usize::from(view.is_mark(k + 1, b'.'));
    }
    let number = |k: usize| {
        view.tokens.get(k).is_some_and(|t| t.kind == super::token::Kind::Number && t.end - t.start <= 3)
    };
    if !number(k) || !view.near(k) {
        return false;
    }
    k += 1;
    // «18/2», «24-11», «15а»
    let flat = (view.is_mark(k, b'/') || view.is_mark(k, b'-')) && number(k + 1);
    if flat {
        k += 2;
    }
    if view.is_word(k) && view.word(k).len == 1 && view.tokens[k].start == view.tokens[k - 1].end {
        k += 1;
    }
    let before = from.checked_sub(1).filter(|b| view.is_word(*b)).map(|b| view.folded(b));
    let there = matches!(before.as_deref(), Some("на" | "по" | "угол" | "адресу" | "дома"))
        || before.as_deref().is_some_and(rules::lives);
    let first = view.folded(from);
    if titled
        || (to - from == 2 && rules::title_of_old_genitive(&view.folded(from + 1)))
        || rules::street_only(&first)
    {
        let after = view.is_word(k).then(|| view.folded(k));
        return !after.is_some_and(|w| rules::counted(&w));
    }
    let genitive = ["а", "я", "ой", "ого"].iter().any(|e| first.ends_with(e)) && to - from == 1;
    // what else an address has on either side
    let mut next = k;
    while view.is_mark(next, b',') || view.is_mark(next, b' ') {
        next += 1;
    }
    let more = next > k && view.is_word(next) && rules::of_address(&view.folded(next));
    let city = from >= 2
        && view.is_mark(from - 1, b',')
        && view.is_title(from - 2)
        && view.word(from - 2).flags & lists::OC_PLACE != 0;
    let counted = view.is_word(k) && rules::counted(&view.folded(k));
    genitive && !counted && (street || there || more || city || (flat && view.is_mark(k - 2, b'-')))
}

/// Is a word that stands alone a label («Пол:», «Логин -»), a role, a body («КСК», «КазНУ»), a place, an adjective?
fn lone_word(view: &View<'_>, k: usize, word: &Word, folded: &str) -> bool {
    let named = word.flags & NAMED != 0;
    // «Девичья......: МАХАМБЕТ»
    let dotted = view.is_mark(k + 1, b'.') && view.is_mark(k + 2, b'.');
    let labelled = dotted
        || [b':', b'-', b'='].iter().any(|m| view.is_mark(k + 1, *m))
        || view.tokens.get(k + 1).is_some_and(|t| view.text[t.start as usize..].starts_with("–".as_bytes()))
        || view.tokens.get(k + 1).is_some_and(|t| view.text[t.start as usize..].starts_with("—".as_bytes()));
    if word.flags & lists::CUT != 0
        && view.is_mark(k + 1, b'.')
        && view.tokens[k + 1].start == view.tokens[k].end
    {
        return true;
    }
    // the header of a column, a label in a cell of its own
    let whole = view.tokens.len() == 1;
    if ((labelled || whole) && rules::label(folded))
        || (view.is_mark(k + 1, b'.') && rules::abbreviated(folded))
    {
        return true;
    }
    // «Комуслуги», «созаёмщики»: made of ordinary words
    if word.flags & lists::ORDINARY != 0
        && word.flags & lists::OC_KNOWN == 0
        && word.flags & (NAMED | lists::SURNAME_ENDING | lists::KK_COMPOSED) == 0
    {
        return true;
    }
    if rules::role(folded) && word.flags & (NAMED & !lists::KK_GIVEN_FORM) == 0 {
        return true;
    }
    // «Санаты: жер»: no list and no ending makes it a name
    let formed = lists::SURNAME_ENDING | lists::KK_COMPOSED | lists::KK_PATRONYMIC | lists::PATRONYMIC_ENDING;
    let latin = lists::LATIN_GIVEN | lists::LATIN_SURNAME | lists::LATIN_PATRONYMIC;
    if view.is_mark(k + 1, b':') && word.flags & (NAMED | formed | latin) & !lists::KK_GIVEN_FORM == 0 {
        return true;
    }
    // «ССГПО, грузчик»: a body by its letters
    if word.shape == Shape::Upper && word.flags & (NAMED | formed | latin) == 0 {
        return true;
    }
    let letters = matches!(word.shape, Shape::Upper | Shape::UpperLine) && word.len <= 4;
    if !named && (letters || (word.shape == Shape::Mixed && !word.lower.starts_with("мак"))) {
        return true;
    }
    // «Гипертензивная», «Гонартроз», «Резидентство»: endings of words that no name has
    const WORDS: &[&str] = &[
        "ная",
        "ное",
        "ный",
        "ные",
        "вая",
        "вое",
        "роз",
        "ство",
        "ческая",
        "ческой",
        "ческое",
        "ческую",
        "ость",
        "ция",
        "патия",
        "емия",
        // «БҰЙЫРАМЫН», «өтінемін»
        "рамын",
        "немин",
        "лемин",
        "ймын",
        "ймин",
    ];
    let adjective = WORDS.iter().any(|e| folded.ends_with(e));
    if (!named && adjective) || rules::month(folded) {
        return true;
    }
    // «АКТ СВЕРКИ ВЗАИМОРАСЧЁТОВ»: a word of a heading that is rare as a surname
    let known = lists::OC_GIVEN
        | lists::OC_SURNAME
        | lists::GIVEN_FREQUENT
        | lists::SURNAME_FREQUENT
        | lists::KK_GIVEN
        | lists::KK_SURNAME
        | lists::KK_COMPOSED
        | lists::KK_PATRONYMIC
        | lists::PATRONYMIC_ENDING;
    let behind_caps =
        k > 0 && view.is_word(k - 1) && view.near(k) && view.word(k - 1).shape == Shape::UpperLine;
    if word.shape == Shape::UpperLine
        && word.flags & known == 0
        && behind_caps
        && view.word(k - 1).flags & lists::ORDINARY != 0
        && !rules::role(&view.folded(k - 1))
    {
        return true;
    }
    // «СПИСОК ЖИЛЬЦОВ ПОДЪЕЗДА»: between words of a heading
    let heading = |k: Option<usize>| {
        k.filter(|k| view.is_word(*k)).map(|k| view.word(k)).is_some_and(|w| {
            w.shape == Shape::UpperLine && w.flags & lists::ORDINARY != 0 && w.flags & NAMED == 0 && w.len > 2
        })
    };
    if word.flags & lists::ORDINARY != 0
        && heading(k.checked_sub(1))
        && heading(Some(k + 1))
        && !rules::role(&view.folded(k - 1))
    {
        return true;
    }
    let region = folded.ends_with("ская") || folded.ends_with("ской");
    let given = word.flags & (lists::KK_GIVEN | lists::GIVEN | lists::OC_GIVEN | lists::OC_SURNAME) != 0;
    (region || !given)
        && Places::get()
            .meaning(&places::fold(&word.lower))
            .is_some_and(|m| m.city_alone && !given || m.region.is_some() && region)
}

/// «СТРАХОВОЙ ПОЛИС», «ВУ ЕН № 044129»: a heading of ordinary words, letters of a series before a number.
fn capitals_say_nothing(view: &View<'_>, from: usize, to: usize) -> bool {
    let words = view.words(from, to);
    let caps = |w: &&Word| matches!(w.shape, Shape::Upper | Shape::UpperLine);
    let given =
        lists::GIVEN_FREQUENT | lists::KK_GIVEN | lists::OC_GIVEN | lists::OC_SURNAME | lists::OC_PATRONYMIC;
    let heading = |w: &&Word| caps(w) && w.flags & lists::ORDINARY != 0 && w.flags & given == 0;
    let next = view.tokens.get(to).map(|t| t.kind);
    let numbered = next == Some(super::token::Kind::Number)
        || (next == Some(super::token::Kind::Mark)
            && view.text[view.tokens[to].start as usize..].starts_with("№".as_bytes()))
        || (view.is_word(to) && view.word(to).len <= 3 && view.word(to).shape == Shape::Upper);
    let series = |w: &&Word| w.shape == Shape::Upper && w.len <= 3;
    // «ИБС. ПИКС», «ФК III»: bodies and diagnoses by their letters
    let short = |w: &&Word| w.shape == Shape::Upper && w.len <= 4 && w.flags & given == 0;
    if words.len() > 1 && words.iter().all(short) {
        return true;
    }
    let ordinary = |w: &&Word| caps(w) && w.flags & lists::ORDINARY != 0;
    (words.iter().all(ordinary) && words.iter().any(heading)) || (numbered && words.iter().all(series))
}

/// Is the span the label of a form, a make of car, a body's short name? Looks at the words themselves. Gives the first
/// token of what is a name after all («Тойота Ахметова»).
pub fn own(view: &View<'_>, from: usize, to: usize) -> Option<usize> {
    let word = view.word(from);
    let first = view.folded(from);
    if to - from == 1 && !view.initial(to) && lone_word(view, from, word, &first) {
        return None;
    }
    let within = |k: usize| !view.tokens[k].capital && rules::named_before(&view.folded(k));
    if (from..to).any(|k| view.is_word(k) && (rules::body(&view.folded(k)) || (k > from && within(k)))) {
        return None;
    }
    // «Ф.И.О.», «Т.А.Ә.»
    let letters: String =
        view.words(from, to).iter().filter(|w| w.len == 1).map(|w| w.lower.as_str()).collect();
    let forms = matches!(letters.as_str(), "фио" | "жсн" | "таә" | "тае" | "аәж" | "мо" | "мп" | "мт" | "мө");
    if forms && view.words(from, to).len() == letters.chars().count() {
        return None;
    }
    if capitals_say_nothing(view, from, to) {
        return None;
    }
    if !rules::make(&first) && first != "лада" {
        return Some(from);
    }
    let mut at = from + 1;
    let model = at < to && rules::model(&view.folded(at));
    if first == "лада" && !model {
        let before = from.checked_sub(1).filter(|b| view.is_word(*b)).map(|b| view.folded(b));
        let thing = before.is_some_and(|b| rules::thing(&b) || b == "м" || b == "марки");
        return (!thing || to - from > 1).then_some(from);
    }
    at += usize::from(model);
    // the owner may follow
    let owner =
        at < to && view.word(at).flags & (lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME) != 0;
    owner.then_some(at)
}

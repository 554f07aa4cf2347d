//! Names that the tagger did not see and the form or the words around tell.

use super::credible;
use super::crf::{BEGIN, INSIDE, OUT};
use super::letters::fold;
use super::lists::{self, NAMED};
use super::respect;
use super::rules;
use super::token::Kind;
use super::view::View;
use super::word::{Shape, Word};

/// «Саня: где ты?»: a line of a chat begins with who says it, though the name may be a word as well.
pub fn speaker(view: &View<'_>, k: usize, word: &Word, folded: &str) -> bool {
    let said = |k: usize| view.is_word(k) && !view.tokens[k].capital;
    k == 0
        && view.is_mark(1, b':')
        && said(2)
        && word.flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN) != 0
        && !rules::label(folded)
        && !rules::role(folded)
}

/// Is a word a name by its form: a patronymic, in full or as it is said («Палыч»), a name of respect («Балекең»)?
pub fn patronymic(word: &Word, folded: &str) -> bool {
    if respect::respectful(word) {
        return true;
    }
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
pub fn unlabelled(view: &View<'_>, k: usize) -> Option<(usize, usize, f32)> {
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
        // «Oleg: done», «@Zhuldyz pls check»
        let given =
            word.flags & lists::LATIN_SURE_GIVEN != 0 && !rules::english(&word.lower) && word.len >= 4;
        let opens = before.is_none_or(|b| view.is_mark(b, b'.') || view.new_line(k));
        let spoken = opens
            && view.is_mark(k + 1, b':')
            && view.is_word(k + 2)
            && view.tokens[k + 2].start > view.tokens[k + 1].end;
        let addressed = before.is_some_and(|b| view.is_mark(b, b'@')) && view.near(k);
        let told = honoured || given && (spoken || addressed);
        return (told && word.shape != Shape::Upper).then_some((k, k + 1, 0.85));
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
    // «Балекең», and «Сәке, бересіз бе?»
    let spoken = [b',', b'!'].iter().any(|m| view.is_mark(k + 1, *m));
    if respect::respectful(word) || spoken && respect::addressed(word) {
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
pub fn opens_as_word(view: &View<'_>, k: usize) -> bool {
    let word = view.word(k);
    let plain = word.flags & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
    if !plain || view.initial(k + 1) || respect::respectful(word) || respect::addressed(word) {
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

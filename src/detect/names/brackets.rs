//! A former surname in brackets within a name: «Ким (Цой) Еленой», «Мороз (до брака Король) Алина Викторовна».

use super::link;
use super::lists::{self, Lists};
use super::pieces;
use super::spans::Span;

/// «Бердиева (Досмагамбетова)», «Ким (Цой) Еленой Викторовной»: the former surname in brackets is part of the name.
pub fn maiden(text: &[u8], segment: u32, from: usize, out: &mut Vec<Span>) {
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

/// Longest text in the brackets, in bytes.
const INNER: usize = 80;

/// «ВОРОБЕЙ (ДО БРАКА КРИВДА) АННА», «Шәріпбаева (Исқақова) Ботагөздің»: what was found behind the brackets begins with
/// the surname before them.
pub fn behind(text: &[u8], lists: &Lists, spans: &mut Vec<Span>) {
    let Ok(whole) = simdutf8::basic::from_utf8(text) else { return };
    if memchr::memmem::find(text, b") ").is_none() {
        return;
    }
    let mut k = 0;
    while k < spans.len() {
        // «Ковтун) Ирина»: the tagger read on over the bracket
        let value = whole.get(spans[k].start as usize..spans[k].end as usize).unwrap_or("");
        let over = value.find(") ").filter(|_| !value.contains('(')).map_or(0, |at| at + 2);
        let start = spans[k].start as usize + over;
        let Some(from) = before(whole, start, lists, &spans[..k]) else {
            k += 1;
            continue;
        };
        // a name of several words before the brackets is whole, and what stands behind them another's
        let first = spans[..k].partition_point(|s| (s.end as usize) <= from);
        let whole_name = spans.get(first).is_some_and(|s| (s.start as usize) < from);
        if whole_name {
            k += 1;
            continue;
        }
        spans[k].start = from as u32;
        spans.drain(first..k);
        k = first + 1;
    }
}

/// Where the surname before the brackets that end before `start` begins.
fn before(text: &str, start: usize, lists: &Lists, spans: &[Span]) -> Option<usize> {
    let inner = text[..start].strip_suffix(") ")?;
    let open = inner.rfind('(').filter(|k| inner.len() - k <= INNER)?;
    let said = inner[open + 1..].trim();
    let head = text[..open].strip_suffix(' ')?;
    let word = head.len()
        - head
            .chars()
            .rev()
            .take_while(|c| c.is_alphabetic() || *c == '-')
            .map(char::len_utf8)
            .sum::<usize>();
    let name = &head[word..];
    let capital = |w: &str| w.starts_with(char::is_uppercase) && w.chars().count() >= 2;
    let flags = |w: &str| lists.flags(&w.to_lowercase().replace('ё', "е"));
    let small = said.to_lowercase();
    let told = link::FORMER.iter().any(|f| small.starts_with(f));
    let covered = |from: usize, to: usize| {
        spans.iter().rev().take(4).any(|s| s.start as usize <= from && to <= s.end as usize)
    };
    let surname = lists::OC_SURNAME | lists::SURNAME | lists::KK_SURNAME | lists::SURNAME_ENDING;
    let family = |w: &str, from: usize| covered(from, from + w.len()) || flags(w) & surname != 0;
    // the first word behind has to be a given name
    let (a, b) = pieces::next_word(text.as_bytes(), start, (start + 60).min(text.len()));
    let given = lists::OC_GIVEN | lists::GIVEN | lists::KK_GIVEN | lists::KK_GIVEN_FORM | lists::KK_COMPOSED;
    let behind = text.get(a..b).is_some_and(|w| {
        flags(w) & given != 0
            || flags(super::endings::kk_stem(&super::letters::fold(&w.to_lowercase())).unwrap_or("")) & given
                != 0
    });
    let one =
        !said.contains([' ', '.', ',']) && capital(said) && family(said, open + 1) && family(name, word);
    let fits = capital(name)
        && !said.contains('\n')
        && behind
        && (told || one && flags(name) & lists::OC_PLACE == 0);
    fits.then_some(word)
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn a_former_surname_stands_within() {
        for name in [
            "Мороз (Король) Алина Викторовна",
            "ВОРОБЕЙ (ДО БРАКА КРИВДА) АННА СЕРГЕЕВНА",
            "Мельник (добрачная фамилия - Ковтун) Ирина",
            "Сейітқызы (күйеуге шыққанға дейін Омарова) Гүлнар",
        ] {
            assert_eq!(found(&format!("Должник: {name}, 1987 г.р.")), [name]);
        }
        assert_eq!(found("Анна Иванова (бухгалтер) Борис"), ["Анна Иванова", "Борис"]);
    }
}

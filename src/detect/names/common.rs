//! Words of a document that it has in small letters again and again are no names, whatever a capital made of them once:
//! «Коммит», «Рабочий каталог», «Команды Git».

use memchr::memmem;
use rustc_hash::FxHashMap as HashMap;

use super::lists::{self, Lists};
use super::spans::Span;

/// Shorter texts, in bytes, tell too little.
const LEAST: usize = 8 << 10;
/// So many bytes before and behind a name are looked at.
const LOOK: usize = 128 << 10;
/// So often a word stands in small letters.
const TIMES: usize = 5;
/// Most words that are looked for.
const WORDS: usize = 256;

/// What makes a word a name for certain.
const SURE: lists::Flags = lists::GIVEN_FREQUENT | lists::LATIN_SURE_GIVEN | lists::LATIN_SURE_SURNAME;
/// What makes a word a name that is none of the language as well.
const NAMES: lists::Flags =
    lists::GIVEN | lists::KK_GIVEN | lists::OC_GIVEN | lists::SURNAME | lists::KK_SURNAME | lists::OC_SURNAME;

/// Is the only word between two places with a capital one that the document has in small letters again and again?
pub fn is_word(text: &[u8], start: usize, end: usize) -> bool {
    let Ok(value) = std::str::from_utf8(&text[start..end]) else { return false };
    let lower = value.to_lowercase();
    text.len() >= LEAST
        && value.starts_with(char::is_uppercase)
        && value.chars().all(char::is_alphabetic)
        && stands_often(&text[start.saturating_sub(LOOK)..text.len().min(end + LOOK)], &lower)
}

/// Takes away the names all of whose words are words of the document.
pub fn without_words(text: &[u8], lists: &Lists, spans: &mut Vec<Span>) {
    if text.len() < LEAST {
        return;
    }
    let mut met: HashMap<String, bool> = HashMap::default();
    spans.retain(|span| {
        let near =
            &text[(span.start as usize).saturating_sub(LOOK)..text.len().min(span.end as usize + LOOK)];
        let Ok(value) = std::str::from_utf8(&text[span.start as usize..span.end as usize]) else {
            return true;
        };
        if value.contains('.') {
            return true;
        }
        let mut words =
            value.split(|c: char| !c.is_alphabetic() && c != '-').filter(|w| !w.is_empty()).peekable();
        if words.peek().is_none() {
            return true;
        }
        let mut word = |w: &str| {
            let lower = w.to_lowercase();
            if let Some(known) = met.get(&lower) {
                return *known;
            }
            if met.len() >= WORDS {
                return false;
            }
            let flags = lists.flags(&lower.replace('ё', "е"));
            let word = flags & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
            let name = flags & SURE != 0 || flags & NAMES != 0 && !word;
            let common = !name && w.chars().count() >= 3 && stands_often(near, &lower);
            met.insert(lower, common);
            common
        };
        !words.all(&mut word)
    });
}

/// Does the text have the word in small letters again and again?
fn stands_often(text: &[u8], lower: &str) -> bool {
    let within = |b: u8| b >= 0x80 || b.is_ascii_alphanumeric() || b == b'_';
    let whole = |at: &usize| {
        let before = at.checked_sub(1).map(|k| text[k]);
        let after = text.get(at + lower.len()).copied();
        !before.is_some_and(within) && !after.is_some_and(within)
    };
    memmem::find_iter(text, lower.as_bytes()).filter(whole).take(TIMES).count() == TIMES
}

#[cfg(test)]
mod tests {
    use crate::detect::names::tests::found;

    #[test]
    fn words_of_the_document_are_nobody() {
        let text = "Каждый коммит хранит снимок, а рабочий каталог меняется: сделайте коммит и смотрите git дальше.\n".repeat(80);
        let text = format!(
            "{text}Команды Git и Коммит Рабочий.\nСловом, Рабочего Каталога нет.\nИстец Верхогляд пришёл.\n"
        );
        assert_eq!(found(&text), ["Верхогляд"]);
    }
}

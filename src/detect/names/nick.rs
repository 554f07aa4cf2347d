//! Nicknames: «по кличке «Бес»», «лақап аты Қара», and where they stand again. They are ordinary words, and only the
//! word before or behind them tells.

use std::sync::LazyLock;

use memchr::memmem;

use crate::model::{Evidence, EvidenceSet};

use super::common;
use super::letters::fold;
use super::phrases::Phrases;
use super::pieces;
use super::spans::Span;

/// What says that a nickname stands beside it. With quotation marks it may stand before the Kazakh word.
const CUES: &[&str] =
    &["кличк", "прозвищ", "псевдоним", "погонял", "позывн", "лақап", "лакап", "зва", "зовут"];
/// Of them the words that tell a nickname by themselves.
const SURE: usize = 7;
/// What goes on from «зва» where somebody is called something: «звали», «назвал», «называют».
const CALLED: &[&str] = &["ли", "л ", "ла ", "ть", "ют", "ет", "лся", "лась"];
/// Words that tell one in quotation marks directly behind them, or behind their «как».
const QUOTED: &[&str] = &[
    "ником",
    "никнейм",
    "некий",
    "некто",
    "некоего",
    "некоему",
    "неким ",
    "по имени",
    "он же",
    "она же",
    "абонент",
    "контакт",
    "известн",
    "записан",
    "представил",
    "атаған",
    "деп жазылған",
];
/// What stands behind quotation marks, before a word for somebody.
const DEGEN: &str = "деген ";
/// Kazakh words for somebody who is called «X» before «деген».
const SOMEBODY: &[&str] = &[
    "жігіт",
    "адам",
    "кісі",
    "азамат",
    "қыз",
    "әйел",
    "бала",
    "біреу",
    "еркек",
    "ер ",
    "лақап",
    "таныс",
    "досы",
    "дос ",
];
/// Words for a person beside the others: «которого все звали», «назвал другого».
const PERSON: &[&str] =
    &["которого", "которую", "другого", "другую", "его ", "ее ", "её ", "меня", "себя", "друга"];
/// Words within [`NEAR`] bytes before a cue whose nickname is no person's.
const ANIMALS: &[&str] = &[
    "соба",
    "пес ",
    "пса ",
    "пёс",
    "кошк",
    "кот ",
    "кота ",
    "щенк",
    "щенок",
    "лошад",
    "конь ",
    "коня ",
    "коров",
    "бык ",
];
/// Bytes around a cue that are looked at.
const NEAR: usize = 48;
/// Longest nickname, in bytes.
const LONGEST: usize = 40;
/// Most nicknames of a document.
const MOST: usize = 200;

const OPENS: &[char] = &['«', '"', '“', '„', '\''];
const CLOSES: &[char] = &['»', '"', '”', '“', '\''];

/// Case endings of a word, Russian and Kazakh, folded; the word may have lost its last vowel before them.
const ENDINGS: &[&str] = &[
    "", "а", "у", "ом", "ем", "е", "ы", "и", "ой", "ей", "ю", "я", "ого", "ому", "ым", "им", "ый", "ий",
    "ая", "ую", "его", "нын", "нин", "дын", "дин", "тын", "тин", "га", "ге", "ка", "ке", "ды", "ди", "ты",
    "ти", "ны", "ни", "дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен", "пен", "да", "де", "та", "те",
];

/// Looks for all of them together: cues, words before quotation marks, and the word behind them.
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(&[CUES, QUOTED, &[DEGEN]].concat()));

/// Where words stand that tell a nickname in quotation marks.
#[derive(Default)]
pub struct Quoted {
    before: Vec<(usize, usize)>,
    behind: Vec<(usize, usize)>,
}

/// Puts into `told` where cues stand in `text`, in order, and tells where the words beside quotation marks do.
pub fn cues(text: &[u8], told: &mut Vec<(usize, usize)>) -> Quoted {
    told.clear();
    let mut quoted = Quoted::default();
    for (k, start, end) in PHRASES.places(text, MOST) {
        let place = (start, end);
        match k {
            _ if k < CUES.len() => told.push(place),
            _ if k < CUES.len() + QUOTED.len() => quoted.before.push(place),
            _ => quoted.behind.push(place),
        }
    }
    told.sort_unstable();
    quoted
}

/// Does a cue tell a nickname by itself?
fn sure(text: &[u8], (at, end): (usize, usize)) -> bool {
    CUES[..SURE].iter().any(|c| text[at..end] == *c.as_bytes())
}

/// The text from `from` on, at most `most` bytes and whole letters.
fn ahead(text: &[u8], from: usize, most: usize) -> &str {
    text[from.min(text.len())..text.len().min(from + most)].utf8_chunks().next().map_or("", |c| c.valid())
}

/// The text before `to`, at most `most` bytes and whole letters.
fn behind(text: &[u8], to: usize, most: usize) -> &str {
    let mut from = to.saturating_sub(most);
    while from < to && text[from] & 0xC0 == 0x80 {
        from += 1;
    }
    std::str::from_utf8(&text[from..to]).unwrap_or("")
}

/// The nickname that begins at the start of `rest`: in quotation marks, or one word with a capital.
fn first(rest: &str) -> Option<(usize, usize)> {
    let begin = rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t', ':', '-', '–', '—', '(']).len();
    let said = &rest[begin..];
    if let Some(inner) = said.strip_prefix(OPENS) {
        let open = begin + said.len() - inner.len();
        let close = inner.find(CLOSES).filter(|k| (2..=LONGEST).contains(k))?;
        let name = &inner[..close];
        let few =
            name.split(' ').count() <= 3 && name.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-');
        return few.then_some((open, open + close));
    }
    let end = said.find(|c: char| !c.is_alphabetic()).unwrap_or(said.len());
    let capital = said.starts_with(char::is_uppercase) && said[..end].chars().count() >= 2;
    capital.then_some((begin, begin + end))
}

/// Nicknames in quotation marks that the words directly beside them tell: «некий «Чапай»», ««Кореец» деген жігіт».
fn quoted(text: &[u8], places: &Quoted, found: &mut Vec<(usize, usize)>) {
    for &(at, end) in &places.before {
        let said = ahead(text, end, 80);
        let Some(open) = said.find(OPENS).filter(|k| !said[..*k].contains(['.', ';', '\n', ','])) else {
            continue;
        };
        let between = said[..open].trim_matches([' ', ':', '–', '-', '(']);
        // the rest of the word: «абонентом», «записанное в телефоне как»
        let rest = between.trim_start_matches(char::is_alphabetic);
        let animal = || ANIMALS.iter().any(|a| behind(text, at, NEAR).to_lowercase().contains(a));
        if (rest.is_empty() || rest.ends_with(" как"))
            && let Some((a, b)) = first(&said[open..])
            && said[open + a..].starts_with(char::is_uppercase)
            && !animal()
        {
            found.push((end + open + a, end + open + b));
        }
    }
    for &(at, end) in &places.behind {
        let next = ahead(text, end, 24);
        let before = behind(text, at, NEAR).trim_end();
        if SOMEBODY.iter().any(|w| next.starts_with(w))
            && let Some(inner) = before.strip_suffix(CLOSES)
            && let Some(open) = inner.rfind(OPENS)
        {
            let quote = inner[open..].chars().next().map_or(0, char::len_utf8);
            let from = at - behind(text, at, NEAR).len() + open + quote;
            let name = &inner[open + quote..];
            if name.starts_with(char::is_uppercase) && (2..=LONGEST).contains(&name.len()) {
                found.push((from, from + name.len()));
            }
        }
    }
}

/// Adds the nicknames of a document, and every place where they stand again with a capital.
pub fn names(text: &[u8], cues: &[(usize, usize)], beside: &Quoted, spans: &mut Vec<Span>) {
    let (mut found, mut beasts): (Vec<(usize, usize)>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
    for &(at, end) in cues {
        let before = behind(text, at, NEAR);
        let small = before.to_lowercase();
        if !sure(text, (at, end)) {
            // a quotation mark behind a word for a person
            let said = ahead(text, end, NEAR);
            if text[at..end] == *"зва".as_bytes() && !CALLED.iter().any(|c| said.starts_with(c)) {
                continue;
            }
            let Some(open) = said.find('«').filter(|k| !said[..*k].contains(['.', ';', '\n'])) else {
                continue;
            };
            let quoted = end + open;
            if PERSON.iter().any(|p| said[..open].contains(p) || small.contains(p))
                && let Some((a, b)) = first(ahead(text, quoted, 80))
                && text[quoted + a..]
                    .utf8_chunks()
                    .next()
                    .is_some_and(|c| c.valid().starts_with(char::is_uppercase))
            {
                found.push((quoted + a, quoted + b));
            }
            continue;
        }
        if ANIMALS.iter().any(|a| small.contains(a)) {
            let word = ahead(text, end, 160).find(|c: char| !c.is_alphabetic()).unwrap_or(0);
            if let Some((a, b)) = first(ahead(text, end + word, 160)) {
                beasts.push(((end + word + a) as u32, (end + word + b) as u32));
            }
            continue;
        }
        // the rest of the word, and «аты», «атты»
        let rest = ahead(text, end, 160);
        let mut skip = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        for word in [" аты", " атымен", " атпен", " есімі", " есімімен"] {
            if rest[skip..].starts_with(word) {
                skip += rest[skip..].len()
                    - rest[skip + word.len()..].trim_start_matches(char::is_alphabetic).len();
                break;
            }
        }
        let mut from = end + skip;
        let mut any = false;
        // «по кличке «Бес» и «Серый»»
        while let Some((a, b)) = first(ahead(text, from, 160)) {
            let quoted = from + a > 0 && !ahead(text, from, 160)[..a].trim_end().is_empty();
            if any && !quoted {
                break;
            }
            found.push((from + a, from + b));
            any = true;
            let next = ahead(text, from + b, 16);
            let gap = next.trim_start_matches(CLOSES);
            let joined = [" и ", ", ", " или ", " және ", " мен "].iter().find(|j| gap.starts_with(**j));
            match joined {
                Some(j) if gap.len() < next.len() => from += b + (next.len() - gap.len()) + j.len(),
                _ => break,
            }
        }
        // ««Қара» лақап атты Ережепов»
        let trimmed = before.trim_end().strip_suffix("деген").unwrap_or(before.trim_end()).trim_end();
        if !any
            && let Some(inner) = trimmed.strip_suffix(CLOSES)
            && let Some(open) = inner.rfind(OPENS)
        {
            let quote = inner[open..].chars().next().map_or(0, char::len_utf8);
            let start = at - before.len() + open + quote;
            let stop = at - before.len() + inner.len();
            if (2..=LONGEST).contains(&(stop - start)) {
                found.push((start, stop));
            }
        }
    }
    quoted(text, beside, &mut found);
    found.sort_unstable();
    // what the tagger took for a person
    beasts.truncate(MOST);
    spans.retain(|s| !beasts.contains(&(s.start, s.end)));
    found.truncate(MOST);
    // «называть Git»
    found.retain(|(start, end)| !common::is_word(text, *start, *end));
    if found.is_empty() {
        return;
    }
    // «Гладких («Серый»)»: in a document that gives nicknames, a word in quotation marks and brackets behind a name
    for s in spans.iter() {
        let rest = ahead(text, s.end as usize, 80);
        if rest.starts_with(" («")
            && let Some((a, b)) = first(&rest[2..])
            && rest[2 + b..].starts_with("»)")
        {
            found.push((s.end as usize + 2 + a, s.end as usize + 2 + b));
        }
    }
    let segment = spans.first().map_or(0, |s| s.segment);
    let mut fresh: Vec<(usize, usize)> = found.clone();
    let mut known: Vec<String> = Vec::new();
    for (start, end) in found {
        let value = String::from_utf8_lossy(&text[start..end]).into_owned();
        if !value.contains(' ') && value.starts_with(char::is_uppercase) && !known.contains(&value) {
            again(text, &value, &mut fresh);
            known.push(value);
        }
    }
    let before = spans.len();
    for (start, end) in fresh {
        let (start, end) = (start as u32, end as u32);
        let next = spans[..before].partition_point(|s| s.start < end);
        if next == 0 || spans[next - 1].end <= start {
            let evidence = EvidenceSet::new().with(Evidence::Mentioned);
            spans.push(Span { start, end, segment, confidence: 0.8, evidence, entity: 0 });
        }
    }
    spans.sort_by_key(|s| (s.start, std::cmp::Reverse(s.end)));
    spans.dedup_by(|b, a| b.start < a.end);
}

/// Every word of the text that is the nickname in another case, with a capital.
fn again(text: &[u8], name: &str, out: &mut Vec<(usize, usize)>) {
    let letters = name.chars().count();
    if letters < 3 {
        return;
    }
    // «Серый», «Серого»: the last letters may be an ending
    let cut = match name {
        n if n.ends_with("ый") || n.ends_with("ий") || n.ends_with("ой") || n.ends_with("ая") => {
            letters - 2
        }
        n if n.ends_with(['а', 'я', 'й', 'ь', 'о', 'ы', 'и']) => letters - 1,
        _ => letters,
    };
    let stem: String = name.chars().take(cut.max(2)).collect();
    for at in memmem::find_iter(text, stem.as_bytes()) {
        let (from, to) = pieces::next_word(text, at, (at + LONGEST).min(text.len()));
        let starts = at == 0 || pieces::sort(text[at - 1]) != pieces::Sort::Letter || text[at - 1] == 0xAB;
        let Ok(word) = std::str::from_utf8(&text[from..to]) else { continue };
        // letters and the quotation marks that UTF-8 writes with bytes of letters
        let word = &word[..word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len())];
        let Some(rest) = word.strip_prefix(stem.as_str()).filter(|_| from == at && starts) else { continue };
        if !ENDINGS.contains(&fold(rest).as_str()) {
            continue;
        }
        let end = at + word.len();
        let opens =
            text[..at].trim_ascii_end().last().is_none_or(|b| matches!(b, b'.' | b'!' | b'?' | b'\n'));
        // at the start of a sentence the word may be the ordinary one, if its form says so: «Серый автомобиль»
        let next = ahead(text, end, 40).trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        let verb =
            ["л", "ла", "лся", "лась", "ет", "ит", "ды", "ді", "ты", "ті"].iter().any(|e| next.ends_with(e));
        if !opens || verb {
            out.push((at, end));
        }
    }
}

/// Makes one person of a name and its nickname, where nothing but the word for it stands between.
pub fn link(text: &[u8], cues: &[(usize, usize)], spans: &[(usize, usize)], numbers: &mut [u32]) {
    let gap = |k: usize| text.get(spans[k - 1].1..spans[k].0).unwrap_or_default();
    let mut pairs: Vec<(usize, usize)> = (1..spans.len())
        .filter(|k| gap(*k) == " («".as_bytes() || gap(*k) == "» (".as_bytes())
        .map(|k| (k - 1, k))
        .collect();
    for &(at, cue) in cues.iter().filter(|c| sure(text, **c)) {
        let k = spans.partition_point(|s| s.0 < at);
        // «Рустам («Қара» деген лақап атпен)»: the person stands before the nickname
        let quoted = k >= 1
            && text.get(spans[k - 1].1..at).is_some_and(|g| g.len() <= 20 && g.starts_with("»".as_bytes()));
        if quoted {
            if k >= 2 && gap(k - 1).len() <= 40 && !gap(k - 1).contains(&b'\n') && !gap(k - 1).contains(&b'.')
            {
                pairs.push((k - 2, k - 1));
            }
            continue;
        }
        if k == 0 || k == spans.len() || cue > spans[k].0 || gap(k).len() > 160 {
            continue;
        }
        let between = std::str::from_utf8(gap(k)).unwrap_or("\n");
        if !between.contains(['\n', ';']) && !between.contains(". ") {
            pairs.push((k - 1, k));
        }
    }
    super::link::unite(pairs.into_iter(), numbers);
}

#[cfg(test)]
mod tests {
    use crate::detect::names::{Names, NamesScratch};
    use crate::model::Block;

    fn found(text: &str) -> Vec<(String, u32)> {
        let mut out = Vec::new();
        Names::builtin().find(&Block::prose(text), &|_| false, &mut NamesScratch::default(), &mut out);
        out.iter().map(|f| (text[f.start as usize..f.end as usize].to_owned(), f.entity)).collect()
    }

    #[test]
    fn nicknames_are_found_again() {
        let text =
            "Лопатин Роман по кличке «Рыжий» ушёл. Деньги взял Рыжий, у Рыжего их и нашли. Рыжий кот спал.";
        let all = found(text);
        let values: Vec<&str> = all.iter().map(|v| v.0.as_str()).collect();
        assert_eq!(values, ["Лопатин Роман", "Рыжий", "Рыжий", "Рыжего"]);
        assert!(all.iter().all(|v| v.1 == all[0].1), "{all:?}");
    }

    #[test]
    fn a_dog_is_nobody() {
        assert_eq!(found("Собака по кличке Барон укусила прохожего."), []);
    }
}

//! Names that are left in an act when those that were found are known: every form of a participant's name, a capitalised
//! word where only a person can stand. In doubt a word is taken for a participant, never for an officer of the court.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::detect::names::Names;
use crate::detect::names::endings::{KK_ENDINGS, kk_stem};
use crate::detect::names::lists::{self, Flags, Lists};
use crate::detect::names::parts::{key, plain_stem, surname_stem};
use crate::model::{Category, Finding};

use super::beside::{doubtful, regex};
use super::persons::Person;
use super::roles::{self, Hide, ROLES};

const NAMES: Flags = lists::GIVEN_FREQUENT
    | lists::SURNAME_FREQUENT
    | lists::KK_GIVEN
    | lists::KK_SURNAME
    | lists::OC_GIVEN
    | lists::OC_SURNAME
    | lists::OC_PATRONYMIC
    | lists::KK_PATRONYMIC;
const WORDS: Flags = lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE | lists::OC_ORGANISATION;

/// Words before a name that is none of a person, folded, without their dot.
const PLACES_BEFORE: &[&str] = &[
    "ул",
    "улица",
    "улице",
    "улицы",
    "улицу",
    "пр",
    "проспект",
    "проспекте",
    "проспекта",
    "пер",
    "переулок",
    "мкр",
    "микрорайон",
    "им",
    "имени",
    "г",
    "гор",
    "город",
    "города",
    "городе",
    "с",
    "село",
    "селе",
    "села",
    "п",
    "пос",
    "поселок",
    "поселке",
    "район",
    "района",
    "районе",
    "аул",
    "ауле",
    "аула",
    "обл",
    "область",
    "озеро",
    "озера",
    "озере",
    "река",
    "реки",
    "реке",
    "станция",
    "станции",
    "ст",
    "трасса",
    "тоо",
    "ао",
    "жшс",
    "ак",
    "пк",
    "оо",
    "гу",
    "кгу",
    "ркп",
    "банк",
    "банка",
    "марки",
    "модели",
    "маркалы",
    "атындагы",
    "завод",
    "магазин",
    "кафе",
    "ресторан",
    "площадь",
    "площади",
    "парк",
    "парке",
    "сквер",
    "рынок",
    "рынке",
    "трц",
    "тц",
    "жк",
    "школа",
    "гимназия",
    "мечеть",
];
/// What words behind such a name begin with.
const PLACES_AFTER: &[&str] = &[
    "район",
    "р-н",
    "аудан",
    "кошес",
    "дангыл",
    "кала",
    "ауыл",
    "облыс",
    "област",
    "улиц",
    "городск",
    "ыкшам",
    "шагын",
    "батыр",
    "хан",
    "би",
    "келис",
    "озен",
    "атындагы",
    "село",
    "кент",
    "станс",
    "суд",
    "сот",
    "кра",
    "респуб",
    "уезд",
];
/// How people are addressed behind a name; it is replaced with it.
const CALLED: &[&str] = &[
    "ханум",
    "ханым",
    "ханума",
    "апай",
    "апа",
    "апке",
    "ага",
    "ака",
    "аке",
    "агай",
    "бей",
    "эфенди",
    "оглы",
    "оглу",
    "огли",
    "угли",
    "кызы",
    "гызы",
    "кизи",
    "уулу",
    "улы",
    "тате",
    "аже",
    "ата",
    "опа",
];
/// Words of a relative or a way to speak of somebody, before a given name.
const KIN: &[&str] = &[
    "дядя",
    "дяди",
    "дядю",
    "дяде",
    "тетя",
    "тети",
    "тете",
    "тетю",
    "тетка",
    "баба",
    "бабы",
    "дед",
    "деда",
    "бабушка",
    "бабушки",
    "мама",
    "папа",
    "брат",
    "брата",
    "сестра",
    "сестры",
    "сын",
    "сына",
    "сыну",
    "дочь",
    "дочери",
    "муж",
    "мужа",
    "жена",
    "жены",
    "друг",
    "друга",
    "подруга",
    "подруги",
    "гражданин",
    "гражданка",
    "гр",
];

static QUOTED: LazyLock<Regex> = LazyLock::new(|| regex(r#"[«„"“]([\p{Lu}][\p{L}-]+(?: [\p{L}-]+)?)[»"”“]"#));
static NICK: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:назва|называ|зовут|звал|зовёт|прозв|кличк|псевдоним|известн|именует|именовал|обращал|записан|контакт|лақап|деп ата|погонял|ник\b|подпис|лиц[оа]м?\s*$|звали)[^.;!?\n]{0,60}$",
    )
});
static INITIALS_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:^|[^\p{L}\d])((?:\p{Lu}\p{Ll}?(?:-\p{Lu})?\.\s?){1,3})$"));
static INITIALS_AFTER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s?((?:\p{Lu}\p{Ll}?(?:-\p{Lu})?\.\s?){1,3})"));

/// A word of the text.
struct Word<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    /// Folded, in Cyrillic letters.
    key: String,
    flags: Flags,
}

impl Word<'_> {
    fn title(&self) -> bool {
        self.text.starts_with(char::is_uppercase) && self.text.chars().count() >= 2
    }

    fn title_letter(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    fn long(&self) -> usize {
        self.text.chars().count()
    }

    fn latin(&self) -> bool {
        self.text.is_ascii()
    }

    /// Stems under which forms of one name are the same.
    fn stems(&self) -> Vec<String> {
        let mut all = vec![self.key.clone(), surname_stem(&self.key).0, plain_stem(&self.key)];
        if let Some(bare) = kk_stem(&self.key) {
            all.push(bare.to_owned());
            all.push(plain_stem(bare));
        }
        all.retain(|s| s.chars().count() >= 3);
        // «Люмен»: a surname of two letters and its case
        all.extend(
            KK_ENDINGS
                .iter()
                .filter_map(|e| self.key.strip_suffix(e))
                .filter(|s| s.chars().count() == 2)
                .map(str::to_owned),
        );
        if self.long() == 2 {
            all.push(self.key.clone());
        }
        all.dedup();
        all
    }
}

fn words<'a>(text: &'a str, lists: &Lists) -> Vec<Word<'a>> {
    let mut all = Vec::new();
    let mut start = None;
    let mut chars = text.char_indices().chain([(text.len(), ' ')]).peekable();
    while let Some((k, c)) = chars.next() {
        let inner = matches!(c, '-' | '\'' | '’' | '‘') && chars.peek().is_some_and(|n| n.1.is_alphabetic());
        match (c.is_alphabetic() || (start.is_some() && inner), start) {
            (true, None) => start = Some(k),
            (false, Some(from)) => {
                let value: &str = &text[from..k];
                let lower = value.to_lowercase().replace('ё', "е");
                let flags = lists.flags(&lower);
                all.push(Word { start: from, end: k, text: value, key: key(&lower), flags });
                start = None;
            }
            _ => {}
        }
    }
    all
}

/// Do two stems differ by one letter: changed, left out, added?
fn close(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (less, more) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if less.len() < 5 || more.len() - less.len() > 1 {
        return false;
    }
    let same = less.iter().zip(more.iter()).take_while(|(x, y)| x == y).count();
    let tail = |from: usize| less[from.min(less.len())..] == more[same + 1..];
    same > 0 && same < more.len() && if less.len() == more.len() { tail(same + 1) } else { tail(same) }
}

struct Doubt<'a> {
    lists: &'a Lists,
    text: &'a str,
    words: Vec<Word<'a>>,
    /// Which person's a stem is; officers' are `None`.
    known: HashMap<String, Option<u32>>,
}

/// Adds to `findings` (in rising order) what is left of the `people` who are `hidden`, and whoever else may be one.
pub(super) fn resolve(text: &str, findings: &mut Vec<Finding>, people: &[Person], hidden: &[bool]) {
    let lists = Names::builtin().lists();
    let mut top = findings.iter().map(|f| f.entity).max().unwrap_or(0);
    let mut d = Doubt { lists, text, words: words(text, lists), known: HashMap::new() };
    let mut participants: Vec<(usize, usize)> = Vec::new();
    for (person, hide) in people.iter().zip(hidden) {
        let of = |f: &Finding| person.mentions.iter().any(|m| m.start == f.start && m.end == f.end);
        let number =
            findings.iter().filter(|f| of(f)).map(|f| f.entity).find(|e| *e != 0).unwrap_or_else(|| {
                top += 1;
                top
            });
        for f in findings.iter_mut().filter(|f| f.category == Category::PERSON && of(f)) {
            f.entity = number;
        }
        for m in &person.mentions {
            d.learn(m.start as usize, m.end as usize, hide.then_some(number));
            if *hide {
                participants.push((m.start as usize, m.end as usize));
            }
        }
    }
    // wider: initials, an unknown surname before, how somebody is addressed
    let held: Vec<(usize, usize)> = findings.iter().map(|f| (f.start as usize, f.end as usize)).collect();
    for f in findings.iter_mut().filter(|f| f.category == Category::PERSON) {
        let had = (f.start as usize, f.end as usize);
        if participants.contains(&had) {
            let (mut start, mut end) = d.widened(had.0, had.1);
            // not into what was found beside it
            if held.iter().any(|h| h.0 < had.0 && start < h.1) {
                start = had.0;
            }
            if held.iter().any(|h| had.1 < h.1 && h.0 < end && had.0 < h.0) {
                end = had.1;
            }
            d.learn(start, end, Some(f.entity));
            (f.start, f.end) = (start as u32, end as u32);
        }
    }
    let covered: Vec<(usize, usize)> = {
        let mut all: Vec<(usize, usize)> =
            findings.iter().map(|f| (f.start as usize, f.end as usize)).collect();
        all.sort_unstable();
        all
    };
    let mut fresh = d.left(&covered, &mut top);
    if !fresh.is_empty() {
        // what was found now may stand elsewhere in another form
        fresh.iter().for_each(|f| d.learn(f.start as usize, f.end as usize, Some(f.entity)));
        let mut covered = covered;
        covered.extend(fresh.iter().map(|f| (f.start as usize, f.end as usize)));
        covered.sort_unstable();
        fresh.extend(d.left(&covered, &mut top));
    }
    // two found pieces that touch a name already there are one
    findings.append(&mut fresh);
    findings.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
    let mut out: Vec<Finding> = Vec::with_capacity(findings.len());
    for f in findings.drain(..) {
        match out.last_mut() {
            Some(last)
                if last.category == Category::PERSON
                    && f.category == Category::PERSON
                    && f.start < last.end =>
            {
                last.end = last.end.max(f.end);
            }
            _ => out.push(f),
        }
    }
    *findings = out;
}

impl Doubt<'_> {
    fn at(&self, start: usize) -> usize {
        self.words.partition_point(|w| w.start < start)
    }

    fn learn(&mut self, start: usize, end: usize, number: Option<u32>) {
        for k in self.at(start)..self.words.len() {
            let w = &self.words[k];
            if w.end > end {
                break;
            }
            let two = w.long() == 2 && number.is_some() && !w.text.chars().all(char::is_uppercase);
            if !w.title() || w.long() < 3 && !two || w.long() == 3 && number.is_none() {
                continue;
            }
            for stem in w.stems() {
                // what an officer bears too is told by the finder alone
                let entry = self.known.entry(stem).or_insert(number);
                if number.is_none() {
                    *entry = None;
                }
            }
        }
    }

    /// The words before and behind a place, folded, where only a blank or a dot stands between.
    fn before(&self, k: usize) -> Option<&Word<'_>> {
        let w = self.words.get(k.checked_sub(1)?)?;
        let gap = &self.text[w.end..self.words[k].start];
        gap.chars().all(|c| matches!(c, ' ' | '.' | '\n' | '«' | '"')).then_some(w)
    }

    fn after(&self, k: usize) -> Option<&Word<'_>> {
        let w = self.words.get(k + 1)?;
        self.text[self.words[k].end..w.start].chars().all(|c| c == ' ' || c == '\n').then_some(w)
    }

    /// Is the word the name of a street, a town, a firm?
    fn named_after(&self, k: usize) -> bool {
        let small = |w: &Word<'_>| w.text.to_lowercase().replace('ё', "е");
        let quoted = self.text[..self.words[k].start].ends_with(['«', '"', '“', '„']);
        // «ул. Б. Момышулы»: over the initials
        let mut first = k;
        while first > 0
            && self.words[first - 1].long() == 1
            && self.words[first - 1].title_letter()
            && self.before(first).is_some()
        {
            first -= 1;
        }
        let named_before = self.before(first).is_some_and(|b| {
            // «с Ахметовым» is no village
            let short = b.long() <= 2 && self.text.as_bytes().get(b.end) != Some(&b'.');
            PLACES_BEFORE.contains(&small(b).as_str()) && !short
        });
        let behind = |w: Option<&Word<'_>>| {
            w.is_some_and(|a| {
                !a.title() && PLACES_AFTER.iter().any(|p| a.key.starts_with(p) && a.key.len() <= p.len() + 16)
            })
        };
        let second = self.after(k).filter(|a| a.title()).and_then(|_| self.after(k + 1));
        // «ҚК-нің», «Узбекистана»: laws and countries
        let word = &self.words[k];
        let law = word.text.split_once('-').is_some_and(|(a, b)| {
            a.chars().filter(|c| c.is_uppercase()).count() >= 2 && b.starts_with(char::is_lowercase)
        });
        let country = word.key.contains("стан") && word.long() >= 8 || word.key.starts_with("республик");
        let adjective = ["ский", "ского", "скому", "ском", "ская", "ской", "скую", "лик", "дык"];
        let noun = self.after(k).is_some_and(|a| !a.title())
            && adjective.iter().any(|e| word.key.ends_with(e))
            && word.flags & (lists::OC_SURNAME | lists::SURNAME_FREQUENT) == 0;
        named_before
            || behind(self.after(k))
            || behind(second)
            || law
            || country
            || noun
            || (quoted && !self.nick(self.words[k].start))
    }

    /// Does what stands before `at` tell that somebody is called by what follows?
    fn nick(&self, at: usize) -> bool {
        let before = &self.text[self.text.ceil_char_boundary(at.saturating_sub(160))..at];
        NICK.is_match(before.trim_end_matches(['«', '"', '“', '„', ' ']))
    }

    /// Does the word open its sentence?
    fn opens(&self, k: usize) -> bool {
        let before = self.text[..self.words[k].start].trim_end_matches([' ', '\n', '«', '"', '–', '-']);
        before.is_empty() || before.ends_with(['.', '!', '?', ':', ';']) && !self.initial_ends(before)
    }

    fn initial_ends(&self, before: &str) -> bool {
        INITIALS_BEFORE.is_match(before)
    }

    /// The role that the word before `k` names.
    fn role(&self, k: usize) -> Option<Hide> {
        let from = k.saturating_sub(3);
        let folded: Vec<String> = self.words[from..k].iter().map(|w| fold_word(w.text)).collect();
        let last = *roles::find(&folded).last()?;
        let near = last.last + 1 == folded.len() && self.before(k).is_some();
        near.then(|| ROLES.get(last.role).map(|r| r.hide)).flatten()
    }

    /// Could the word be a part of a name, and is it no ordinary one?
    fn free(&self, w: &Word<'_>) -> bool {
        let role = !roles::find(&[fold_word(w.text)]).is_empty();
        let bare =
            kk_stem(&w.key).map_or(0, |s| self.lists.flags(s)) & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
        let other = w.flags & WORDS != 0
            || (bare && w.flags & (NAMES & !lists::KK_GIVEN) == 0)
            || (w.flags & lists::OC_KNOWN != 0 && w.flags & (lists::OC_GIVEN | lists::OC_SURNAME) == 0);
        let letters = w.long() <= 4 && w.text.chars().all(char::is_uppercase);
        w.title() && !role && !other && !letters
    }

    fn widened(&self, start: usize, end: usize) -> (usize, usize) {
        let (mut start, mut end) = (start, end);
        let value = self.text[start..end].to_owned();
        let dotted = value.contains('.');
        let parts = Names::builtin().parts(value.as_bytes());
        let k = self.at(start);
        // «Хо-Си Зарема Юсуповна»: a surname that nobody knows
        if parts.surname.is_none()
            && let Some(w) = k.checked_sub(1).map(|b| &self.words[b])
            && &self.text[w.end..start] == " "
            && self.free(w)
            && !self.opens(k - 1)
            && w.latin() == value.is_ascii()
        {
            start = w.start;
        } else if !dotted && !value.contains(' ') {
            let before = &self.text[self.text.ceil_char_boundary(start.saturating_sub(24))..start];
            if let Some(c) = INITIALS_BEFORE.captures(before).and_then(|c| c.get(1)) {
                start -= before.len() - c.start();
            }
        }
        let after = &self.text[end..self.text.floor_char_boundary((end + 40).min(self.text.len()))];
        if !dotted && start + value.len() == end && !value.contains(' ') {
            let initials = INITIALS_AFTER.captures(after).and_then(|c| c.get(1));
            if let Some(c) = initials {
                let rest = &after[c.end()..];
                // «Крамаренконы Р. Ережепов»: the letters are the next person's
                if !rest.starts_with(char::is_uppercase) {
                    end += c.as_str().trim_end().len() + c.start();
                }
            }
        }
        let rest = &self.text[end..];
        let next = self.at(end);
        if let Some(w) = self.words.get(next)
            && matches!(&self.text[end..w.start], " " | "-")
            && CALLED.contains(&w.key.as_str())
        {
            end = w.end;
        } else if rest.starts_with('-')
            && self.words.get(next).is_some_and(|w| w.start == end + 1 && w.title())
        {
            end = self.words[next].end;
        }
        (start, end)
    }

    /// Names among the words that nothing covers.
    fn left(&self, covered: &[(usize, usize)], top: &mut u32) -> Vec<Finding> {
        let mut out: Vec<Finding> = Vec::new();
        let inside = |start: usize, end: usize| {
            let n = covered.partition_point(|c| c.0 < end);
            covered[..n].iter().rev().take(64).any(|c| start < c.1)
        };
        let mut seen: HashMap<String, u32> = HashMap::new();
        for k in 0..self.words.len() {
            let w = &self.words[k];
            if !w.title() || inside(w.start, w.end) {
                continue;
            }
            let place = self.named_after(k);
            let ordinary = w.flags & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
            let stems = w.stems();
            let hit = stems.iter().find_map(|s| self.known.get(s)).copied();
            if hit == Some(None) || place {
                continue;
            }
            let role = self.role(k);
            let kept = matches!(role, Some(Hide::Court | Hide::Official));
            let opens = self.opens(k);
            let mut number = hit.flatten().filter(|_| !(ordinary && opens && role.is_none()));
            if number.is_none() && self.free(w) && w.long() >= 6 && !kept {
                let long: Vec<&String> = stems.iter().filter(|s| s.chars().count() >= 5).collect();
                number = self
                    .known
                    .iter()
                    .filter(|(s, n)| n.is_some() && long.iter().any(|l| close(l, s)))
                    .filter_map(|(_, n)| *n)
                    .min();
            }
            let kin = self.before(k).is_some_and(|b| KIN.contains(&fold_word(b.text).as_str()));
            let named = if w.latin() {
                w.flags & (lists::LATIN_SURE_GIVEN | lists::LATIN_SURE_SURNAME) != 0
            } else {
                w.flags & NAMES != 0
            };
            let doubtful = !kept
                && self.free(w)
                && (w.long() >= 3 || role == Some(Hide::Participant))
                && (role == Some(Hide::Participant)
                    || named
                    || kin && w.flags & lists::ORDINARY == 0
                    || w.flags & lists::SURNAME_ENDING != 0 && !opens && w.flags & lists::OC_KNOWN == 0);
            // «„Мага, выйди“»
            let spoken = !kept
                && self.free(w)
                && self.text[..w.start].ends_with(['«', '„', '“', '"'])
                && self.text[w.end..].starts_with(", ");
            let called =
                spoken || kin && w.flags & (lists::OC_GIVEN | lists::GIVEN_FREQUENT | lists::KK_GIVEN) != 0;
            let Some(number) = number.or_else(|| {
                (doubtful || called).then(|| {
                    let stem = stems.last().cloned().unwrap_or_default();
                    *seen.entry(stem).or_insert_with(|| {
                        *top += 1;
                        *top
                    })
                })
            }) else {
                continue;
            };
            let (mut start, mut end) = self.widened(w.start, w.end);
            if inside(start, w.start) {
                start = w.start;
            }
            if inside(w.end, end) {
                end = w.end;
            }
            out.push(found(start, end, number));
        }
        for c in QUOTED.captures_iter(self.text) {
            let Some(m) = c.get(1) else { continue };
            if self.nick(m.start()) && !inside(m.start(), m.end()) {
                *top += 1;
                out.push(found(m.start(), m.end(), *top));
            }
        }
        out
    }
}

fn fold_word(word: &str) -> String {
    crate::detect::names::letters::fold(&word.to_lowercase())
}

fn found(start: usize, end: usize, entity: u32) -> Finding {
    doubtful(start, end, Category::PERSON, entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_one_letter_apart() {
        assert!(close("ахметов", "ахмэтов") && close("пономарев", "понмарев") && close("сыздык", "сыздыкк"));
        assert!(!close("ахметов", "ахметов") && !close("иван", "ивон") && !close("петров", "сидоров"));
    }
}

//! The persons of an act: their mentions, and the role that the words around most of them give.

use std::collections::BTreeMap;

use crate::detect::names::letters::fold;
use crate::detect::names::token;
use crate::model::{Category, Finding};

use super::namesakes;
use super::roles::{self, Found, Hide, ROLES, hide};

/// One mention of a person.
#[derive(Clone, Debug)]
pub struct Mention {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Confidence of the finding.
    pub confidence: f32,
    /// The role word directly before it: first byte, one past the last, role.
    pub word: Option<(u32, u32, usize)>,
    /// A person added or accepted it.
    pub decided: bool,
}

/// One person of an act.
#[derive(Clone, Debug)]
pub struct Person {
    /// Number of the person on the review sheet (the order of first mention, from 1).
    pub number: u32,
    /// Role.
    pub role: usize,
    /// All mentions in order.
    pub mentions: Vec<Mention>,
    /// Why a person should look at it; empty where nothing is in doubt.
    pub doubts: Vec<&'static str>,
    /// Weight of the words around for each role.
    pub(super) votes: BTreeMap<usize, f32>,
    /// An office is named where the person is first named, or directly before the name.
    introduced: bool,
}

struct Word {
    folded: String,
    start: usize,
    end: usize,
}

/// Words of `text` between two positions.
fn words(text: &str, from: usize, to: usize) -> Vec<Word> {
    let mut all = Vec::new();
    let mut start = None;
    for (k, c) in text[from..to].char_indices().chain([(to - from, ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(k),
            (false, Some(s)) => {
                all.push(Word {
                    folded: fold(&text[from + s..from + k].to_lowercase()),
                    start: from + s,
                    end: from + k,
                });
                start = None;
            }
            _ => {}
        }
    }
    all
}

/// Bytes looked at before a mention.
const BEFORE: usize = 220;
/// Bytes looked at after a mention.
const AFTER: usize = 90;

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where in `stretch`, which begins at `from`, the lines begin that are read with the mention after it: a page wraps
/// long lines, and a label stands on a line of its own.
fn opening_line(text: &str, from: usize, stretch: &str) -> usize {
    let mut end = stretch.trim_end().len();
    while let Some(k) = stretch[..end].rfind('\n') {
        let at = from + k;
        let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
        if token::ends_here(text.as_bytes(), line, at, text.len()) {
            return k + 1;
        }
        end = k;
    }
    0
}

/// Words cut short before a name of a place or a person: their dot ends no sentence («прокурора г.Тараз»).
const ABBREVIATED: &[&str] =
    &["г", "гг", "гр", "ул", "обл", "пос", "с", "п", "р", "мкр", "им", "ст", "гор", "қ", "к", "о", "ауд"];

/// Where the last sentence of a stretch begins. The dot of an abbreviation («ст.лейтенант», «г. Алматы», «секр. с/з») ends none.
pub(super) fn sentence(stretch: &str) -> usize {
    let mut end = stretch.len();
    while let Some(k) = stretch[..end].rfind(['.', ';', '!', '?']) {
        let word = stretch[..k].chars().rev().take_while(|c| c.is_alphabetic()).count();
        let small = stretch[k + 1..].trim_start().chars().next().is_some_and(char::is_lowercase);
        let start =
            stretch[..k].char_indices().rev().take_while(|c| c.1.is_alphabetic()).last().map_or(k, |c| c.0);
        let place = ABBREVIATED.contains(&stretch[start..k].to_lowercase().as_str());
        if !stretch[k..].starts_with('.') || word == 0 || word > 5 || !(small || place) {
            return k + 1;
        }
        end = k;
    }
    0
}

/// Bodies that have secretaries and are no courts.
const OTHER_BODIES: &[&str] =
    &["комисси", "маслихат", "собрани", "правлени", "совет", "жиналыс", "кенес", "сельск"];

/// Roles of those who give evidence.
const EVIDENCE: &[&str] = &["witness", "attesting"];

/// A mention with what the words around it say.
struct Before {
    mention: Mention,
    votes: Vec<(usize, f32)>,
    /// The role word is in the plural: it holds for the names that follow in a list.
    several: bool,
}

/// What the words around a mention say of its role, with weights.
fn votes(text: &str, mention: &Mention, previous: Option<&Before>) -> Before {
    let (start, end) = (mention.start as usize, mention.end as usize);
    let mut from = floor(text, start.saturating_sub(BEFORE));
    if let Some(p) = previous {
        from = from.max(p.mention.end as usize).min(start);
    }
    // not beyond the sentence, but a label on the line above counts
    let stretch = &text[from..start];
    let stop = sentence(stretch);
    let line = opening_line(text, from, stretch);
    let from = from + stop.max(line);
    let mut out = Vec::new();
    let before = words(text, from, start);
    let folded: Vec<String> = before.iter().map(|w| w.folded.clone()).collect();
    let mut found = roles::find(&folded);
    // «комиссия хатшысы», «секретарь маслихата»: no officer of the court
    found.retain(|f| {
        let other = |w: &String| OTHER_BODIES.iter().any(|b| w.starts_with(b));
        let secretary = Some(f.role) == roles::by_id("secretary");
        let beside = [f.first.checked_sub(1), Some(f.last + 1)].into_iter().flatten();
        !(secretary && beside.filter_map(|k| folded.get(k)).any(other))
    });
    // «психолог (жеке маман) Құлманова С.Р.»: brackets that close before the name tell of somebody else
    if let Some(close) = text[from..start].rfind(')') {
        let open = text[from..from + close].rfind('(').map_or(from, |k| from + k);
        found.retain(|f| before[f.first].start > from + close || before[f.last].end <= open);
    }
    let mut word = None;
    let mut several = false;
    // in a list («третьи лица: А, Б и В») the role of the one before goes on
    let between = previous.and_then(|p| text.get(p.mention.end as usize..start));
    // one blank alone joins nobody but the judges of a signature: «Тергеуші Сыздықов А. Игембаевты»
    let judges = previous.is_some_and(|p| p.votes.iter().any(|(r, _)| hide(*r) == Some(Hide::Court)));
    let listed = between.is_some_and(|b| b != " " || judges)
        && between.is_some_and(|b| {
            b.chars().all(|c| !c.is_alphanumeric() && c != '.' && c != '\n')
                || matches!(b.trim_matches([',', ' ']), "и" | "мен" | "және" | "пен" | "бен" | "а также")
        });
    if let Some(last) = found.last() {
        several = plural(&before[last.last].folded);
        let gap = before.len() - 1 - last.last;
        let chain: Vec<&Found> = found.iter().rev().take_while(|f| before.len() - f.first <= 6).collect();
        // «представителя ответчика Ли»: the first of two role words governs; «мать истца Ахметова»: a relative
        let stands_for = |f: &Found| hide(f.role) == Some(Hide::Representative);
        let governed = chain.len() > 1 && chain[1].last + 1 == last.first && stands_for(chain[1]);
        let kin = last.first > 0 && roles::relative(&before[last.first - 1].folded);
        let near = gap == 0;
        // «свидетель – сотрудник полиции Рыжков»: who gives evidence does so as a witness, whatever his office
        let gives_evidence =
            |f: &&&Found| ROLES.get(f.role).is_some_and(|r| EVIDENCE.contains(&r.id.as_str()));
        if hide(last.role) == Some(Hide::Official)
            && let Some(f) = chain.get(1).filter(gives_evidence)
            && last.first <= f.last + 2
        {
            out.push((f.role, 2.5));
        }
        if governed {
            out.push((chain[1].role, 1.5));
            out.push((last.role, 0.75));
        } else if gap <= 4 {
            out.push((last.role, if near { 2.0 } else { 1.0 } * if kin && !near { 0.5 } else { 1.0 }));
        }
        if near && !governed {
            word = Some((before[last.first].start as u32, before[last.last].end as u32, last.role));
        }
    } else if listed && let Some(p) = previous {
        several = p.several;
        // «нотариус А, Б»: one office has one holder, «судей А, Б» has more
        let office = |r: usize| matches!(hide(r), Some(Hide::Court | Hide::Official)) && !p.several;
        out.extend(p.votes.iter().filter(|(r, _)| !office(*r)).map(|(r, w)| (*r, w * 0.9)));
    }
    // «по иску Ахметова к Петрову»: roles by the phrase
    if found.is_empty()
        && let Some(w) = before.last()
    {
        let claim = folded.iter().rev().take(3).any(|f| f == "иску" || f == "иска" || f == "иск");
        if claim && w.folded != "к" {
            out.extend(roles::by_id("plaintiff").map(|r| (r, 1.5)));
        } else if w.folded == "к"
            && previous.is_some_and(|p| {
                let plaintiff = roles::by_id("plaintiff");
                start - p.mention.end as usize <= 12 && p.votes.iter().any(|(r, _)| Some(*r) == plaintiff)
            })
        {
            out.extend(roles::by_id("defendant").map(|r| (r, 1.5)));
        } else if matches!(w.folded.as_str(), "приказ" | "пользу") {
            out.extend(roles::by_id("plaintiff").map(|r| (r, 0.3)));
        }
    }
    // «Ахметов С.Б. (далее – истец)», «Ахметов, подсудимый»
    let to = floor(text, (end + AFTER).min(text.len()));
    let after = &text[end..to];
    let after = &after[..after.find(['\n', ';']).unwrap_or(after.len())];
    if let Some(open) = after.find('(').filter(|k| *k <= 3) {
        let inner = &after[open..];
        let inner = &inner[..inner.find(')').unwrap_or(inner.len())];
        let inside: Vec<String> = words(inner, 0, inner.len()).into_iter().map(|w| w.folded).collect();
        if inside.iter().any(|w| w == "далее" || w == "эри" || w == "ари") || inside.len() <= 2 {
            out.extend(roles::find(&inside).first().map(|f| (f.role, 2.0)));
        }
    }
    // «инспектор Жаппаров, допрошенный в качестве свидетеля»
    if let Some(k) = after.find("в качестве свидетел").filter(|k| !after[..*k].contains('.'))
    {
        let own = after[..k].trim_start_matches([',', ' ']).starts_with(['д', 'о', 'б', 'в']);
        out.extend(roles::by_id("witness").filter(|_| own).map(|r| (r, 2.5)));
    }
    // Kazakh: «судья А. төрағалық етуімен»
    let next: Vec<String> =
        words(text, end, end + after.len()).into_iter().take(2).map(|w| w.folded).collect();
    if next.first().is_some_and(|w| w == "торагалык") {
        out.extend(roles::by_id("judge").map(|r| (r, 2.5)));
    }
    Before { mention: Mention { word, ..mention.clone() }, votes: out, several }
}

/// Does a folded role word stand for several («судей», «прокуроры», «судьялар»)?
fn plural(word: &str) -> bool {
    [
        "ей", "ьи", "ьям", "ьями", "ьях", "ры", "ров", "рами", "рам", "рах", "ли", "ями", "ям", "ях", "сы",
        "сов", "ты", "тов", "лары", "лери",
    ]
    .iter()
    .any(|e| word.ends_with(e))
        || ["лар", "лер", "дар", "дер", "тар", "тер"]
            .iter()
            .any(|e| word.rfind(e).is_some_and(|k| k > 4 && k + 18 > word.len()))
}

/// Groups the persons of an act and gives each a role. `findings` are in rising order.
pub fn group(text: &str, findings: &[Finding]) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut by_entity: BTreeMap<u32, usize> = BTreeMap::new();
    let mut by_court: BTreeMap<u32, usize> = BTreeMap::new();
    let mut previous: Option<Before> = None;
    for f in findings.iter().filter(|f| f.category == Category::PERSON) {
        if !text.is_char_boundary(f.start as usize)
            || !text.is_char_boundary(f.end as usize)
            || f.start >= f.end
        {
            continue;
        }
        let mention =
            Mention { start: f.start, end: f.end, confidence: f.confidence, word: None, decided: false };
        let said = votes(text, &mention, previous.as_ref());
        let participant = |r: usize| hide(r) == Some(Hide::Participant);
        let court = said.mention.word.is_some_and(|w| hide(w.2) == Some(Hide::Court))
            && !said.votes.iter().any(|(r, _)| participant(*r));
        let party = said.votes.iter().any(|(r, w)| participant(*r) && *w >= 1.5);
        let is_party = |p: &Person| p.votes.keys().any(|r| participant(*r));
        // a secretary with the surname and the letter of a party was taken for the party
        if party
            && let Some(k) = by_entity.get(&f.entity)
            && !is_party(&people[*k])
            && people[*k].mentions.iter().any(|m| m.word.is_some_and(|w| hide(w.2) == Some(Hide::Court)))
        {
            by_court.insert(f.entity, *k);
            by_entity.remove(&f.entity);
        }
        let own = by_entity.get(&f.entity).is_some_and(|k| is_party(&people[*k]));
        let apart = f.entity != 0 && court && (own || by_court.contains_key(&f.entity));
        // every finding without a link is a person of its own
        let slot = match f.entity {
            0 => None,
            e if apart => by_court.get(&e).copied(),
            e => by_entity.get(&e).copied(),
        };
        let k = slot.unwrap_or_else(|| {
            people.push(Person {
                number: people.len() as u32 + 1,
                role: roles::none(),
                mentions: Vec::new(),
                doubts: Vec::new(),
                votes: BTreeMap::new(),
                introduced: false,
            });
            people.len() - 1
        });
        if apart {
            by_court.insert(f.entity, k);
        } else if f.entity != 0 {
            by_entity.insert(f.entity, k);
        }
        let office = |r: usize| matches!(hide(r), Some(Hide::Court | Hide::Official));
        people[k].introduced |= people[k].mentions.is_empty() && said.votes.iter().any(|(r, _)| office(*r))
            || said.votes.iter().any(|(r, w)| office(*r) && *w >= 1.5);
        for (role, weight) in &said.votes {
            *people[k].votes.entry(*role).or_default() += weight;
        }
        people[k].mentions.push(said.mention.clone());
        previous = Some(said);
    }
    people.iter_mut().for_each(Person::decide);
    namesakes::by_role(text, &mut people);
    namesakes::shared(text, &mut people);
    people.retain(|p| !p.mentions.is_empty());
    people
}

impl Person {
    /// A person that a reviewer added.
    pub fn added(number: u32) -> Person {
        Person {
            number,
            role: roles::none(),
            mentions: Vec::new(),
            doubts: Vec::new(),
            votes: BTreeMap::new(),
            introduced: false,
        }
    }

    /// Takes over the mentions and votes of another number for the same person.
    pub fn join(&mut self, other: Person) {
        self.mentions.extend(other.mentions);
        self.mentions.sort_by_key(|m| m.start);
        self.introduced |= other.introduced;
        for (role, weight) in other.votes {
            *self.votes.entry(role).or_default() += weight;
        }
        self.decide();
    }

    pub(super) fn decide(&mut self) {
        self.doubts.clear();
        let sum: f32 = self.votes.values().sum();
        // the words for the defendant of a criminal case are one role, told by the last of them
        let criminal: f32 = self.votes.iter().filter(|(r, _)| roles::criminal(**r)).map(|v| v.1).sum();
        let mut best = self
            .votes
            .iter()
            .filter(|(r, _)| !roles::criminal(**r))
            .map(|(r, w)| (*r, *w))
            .fold((roles::none(), 0.0), |b, v| if v.1 > b.1 { v } else { b });
        if criminal >= best.1 && criminal > 0.0 {
            let top = self
                .votes
                .iter()
                .filter(|(r, _)| roles::criminal(**r))
                .fold((roles::none(), 0.0f32), |b, (r, w)| if *w > b.1 { (*r, *w) } else { b });
            best = (top.0, criminal);
        }
        self.role = best.0;
        if sum == 0.0 {
            self.doubts.push("no role word stands near");
        } else if best.1 < 0.6 * sum {
            self.doubts.push("words of different roles stand near");
        }
        if self.mentions.iter().all(|m| m.confidence < 0.7 && !m.decided) {
            self.doubts.push("may be no name");
        }
        let taken = |r: usize| hide(r) == Some(Hide::Participant);
        let kept = hide(self.role) == Some(Hide::Court);
        let participant: f32 = self.votes.iter().filter(|(r, _)| taken(**r)).map(|v| v.1).sum();
        // fail closed: who is an official is named with the office, and by a clear majority
        let official = hide(self.role) == Some(Hide::Official);
        if (kept || official) && !self.introduced {
            self.role = roles::none();
            self.doubts.push("an office is named near, and not as this person's");
        } else if kept && participant > 0.34 * sum || official && participant > 0.6 * sum {
            self.role = roles::none();
            self.doubts.push("an official of the court and a participant by the words around");
        }
    }
}

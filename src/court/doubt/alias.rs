//! Other names of one person: a surname of before the wedding, what somebody called himself, «он же», a name as it is said.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use crate::court::beside::regex;
use crate::court::persons::{self, Person};
use crate::court::roles::{self, Hide};
use crate::detect::names::parts::Parts;
use crate::detect::names::{Names, link};
use crate::model::{Category, Finding};

use super::found;
use super::words::fold_word;

/// What says that the surname behind it is another one of the person spoken of.
static FORMER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i:\b(?:(?:до|после)\s+(?:(?:вступления\s+в|заключения|расторжения)\s+)?(?:брак\p{L}*|замужества|перемены\s+(?:фамилии|имени))|девичь\p{L}+\s+фамили\p{L}+|добрачн\p{L}+|в\s+девичестве|урожд(?:[её]нн\p{L}+|\.)|(?:прежн|бывш|стар)\p{L}+\s+фамили\p{L}+|(?:сменил|изменил|поменял)\p{L}*\s+фамили\p{L}+\s+на|(?:қыз\s+кезіндегі|қыздағы|бұрынғы|некеге\s+дейінгі|(?:тұрмысқа|күйеуге)\s+шыққанға\s+дейінгі)(?:\s+(?:тегі|фамилиясы)\p{L}*)?))(?:\s+(?:она|он|носил\p{L}*|имел\p{L}*|фамили\p{L}+))*[\s:–—-]*[«"„“(]?(\p{Lu}[\p{L}-]{2,})"#,
    )
});
/// A surname that somebody bears, takes or gets back.
static BORNE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i:\bфамили(?:ю|и|ей|я))\s*[:–-]?\s*[«"„“]?(\p{Lu}[\p{L}-]{2,})|(\p{Lu}[\p{L}-]{2,})[»"”]?\s+(?:тегін|тегіне|тегі|фамилиясын)\b"#,
    )
});
/// What somebody calls himself.
static CALLS_HIMSELF: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i:\b(?:представ(?:ил|ля|ивш)\p{L}*|назва(?:л|вш)\p{L}*(?:\s+себя)?|называ\p{L}+\s+себя|выда\p{L}+\s+себя\s+за|под\s+именем|өзін))\s*(?:\p{Ll}+\s+){0,2}[–-]?\s*[«"„“](\p{Lu}\p{L}+)[»"”“]"#,
    )
});
/// What stands between two names of one person.
static ALSO: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"^[\s,(–—-]*(?i:он\s+же|она\s+же|ол\s+сол|яғни|(?:он|она)\s+же\s+по\s+паспорту|(?:также|он)\s+известн\p{L}+\s+как|по\s+документам)[\s:,–—«"-]*$"#,
    )
});

/// A name in Latin letters in brackets behind one.
static LATIN: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\s?\(((?:[A-Z][A-Za-z'’-]*\.?)(?:\s(?:[A-Z][A-Za-z'’-]*\.?|bin|van|von|de)){1,4})[),;]")
});

/// How a name was told to be another one of somebody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// As the surname of another time.
    Former,
    /// As a surname that is borne or given.
    Borne,
    /// As what somebody calls himself.
    Called,
}

/// Bytes of a sentence that are looked at before a word.
const SENTENCE: usize = 400;

struct Known {
    role: usize,
    hidden: bool,
}

/// Gives other names of a participant the participant's number, and finds those that nothing told yet. `findings` are in
/// rising order.
pub(super) fn join(text: &str, findings: &mut Vec<Finding>, people: &[Person], hidden: &[bool]) {
    let mut known: HashMap<u32, Known> = HashMap::new();
    for (person, hide) in people.iter().zip(hidden) {
        for m in &person.mentions {
            let at = findings.partition_point(|f| f.end <= m.start);
            let over = |f: &&Finding| f.category == Category::PERSON && f.start < m.end && m.start < f.end;
            if let Some(f) = findings[at..].iter().take(4).find(over) {
                let one = known.entry(f.entity).or_insert(Known { role: person.role, hidden: *hide });
                // an officer of the same name may have been taken for the party
                if *hide && !one.hidden {
                    *one = Known { role: person.role, hidden: true };
                }
            }
        }
    }
    let mut a = Aliases { text, findings, known };
    let former =
        FORMER.captures_iter(text).filter_map(|c| c.get(1).map(|m| (m.start(), m.end(), Told::Former)));
    let borne = BORNE
        .captures_iter(text)
        .filter_map(|c| c.get(1).or(c.get(2)).map(|m| (m.start(), m.end(), Told::Borne)));
    let called = CALLS_HIMSELF
        .captures_iter(text)
        .filter_map(|c| c.get(1).map(|m| (m.start(), m.end(), Told::Called)));
    let mut all: Vec<(usize, usize, Told)> = former.chain(borne).chain(called).collect();
    all.sort_unstable();
    all.dedup_by_key(|t| t.0);
    for (start, end, told) in all {
        a.other_name(start, end, told);
    }
    a.also();
    a.bracketed();
    a.said();
}

struct Aliases<'a> {
    text: &'a str,
    findings: &'a mut Vec<Finding>,
    known: HashMap<u32, Known>,
}

impl Aliases<'_> {
    fn parts(&self, f: &Finding) -> Parts {
        Names::builtin().parts(&self.text.as_bytes()[f.start as usize..f.end as usize])
    }

    fn value(&self, f: &Finding) -> &str {
        &self.text[f.start as usize..f.end as usize]
    }

    fn persons(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.category == Category::PERSON)
    }

    /// Where the sentence begins in which `at` stands.
    fn sentence(&self, at: usize) -> usize {
        let from = self.text.ceil_char_boundary(at.saturating_sub(SENTENCE));
        let stretch = &self.text[from..at];
        let mut stop = persons::sentence(stretch);
        // «Сапарғали Д.Е. кінәсін мойындады»: the dot of an initial ends no sentence
        while let Some(head) = stretch[..stop].strip_suffix('.')
            && head.ends_with(char::is_uppercase)
            && !head.trim_end_matches(char::is_uppercase).ends_with(char::is_alphabetic)
        {
            stop = persons::sentence(head);
        }
        let line = stretch
            .match_indices('\n')
            .map(|(k, _)| k + 1)
            .rfind(|k| !stretch[*k..].trim_start().starts_with(char::is_lowercase))
            .unwrap_or(0);
        from + stop.max(line)
    }

    /// The participant of whom the sentence speaks at `at`: by the role word directly before, by the nearest name before,
    /// by a role word, by the first name of the sentence before.
    fn subject(&self, at: usize, own: u32) -> Option<u32> {
        let from = self.sentence(at);
        let mut found = self.by_role(from, at, true, own);
        let hidden = |f: &&Finding| self.known.get(&f.entity).is_some_and(|k| k.hidden);
        let named = |from: usize, to: usize| {
            self.persons().filter(move |f| f.start as usize >= from && f.end as usize <= to)
        };
        found = found.or_else(|| named(from, at).filter(hidden).last().map(|f| f.entity));
        found = found.or_else(|| self.by_role(from, at, false, own));
        found.or_else(|| {
            let end = self.text[..from].trim_end().len();
            let before = self.sentence(end.checked_sub(1)?);
            named(before, end).find(hidden).map(|f| f.entity)
        })
    }

    /// The only participant with the role that the last role word between two places names.
    fn by_role(&self, from: usize, at: usize, near: bool, own: u32) -> Option<u32> {
        let words: Vec<String> = self.text[from..at]
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(fold_word)
            .collect();
        let last = *roles::find(&words).last()?;
        if near && last.last + 1 != words.len() || roles::hide(last.role) != Some(Hide::Participant) {
            return None;
        }
        let mut all = self.known.iter().filter(|(e, k)| k.role == last.role && k.hidden && **e != own);
        let (entity, _) = all.next()?;
        all.next().is_none().then_some(*entity)
    }

    fn other_name(&mut self, start: usize, end: usize, told: Told) {
        let over = |f: &&Finding| (f.start as usize) < end && start < f.end as usize;
        let covering = self.findings.iter().find(over).cloned();
        if let Some(f) = &covering
            && (f.category != Category::PERSON || self.value(f).contains([' ', '.']))
        {
            return;
        }
        let own = covering.as_ref().map_or(0, |f| f.entity);
        let subject = self.subject(start, own);
        // nobody was told to be meant: a name all the same
        if subject.is_none() && covering.is_none() && told != Told::Borne {
            let top = self.persons().map(|f| f.entity).max().unwrap_or(0);
            let at = self.findings.partition_point(|f| (f.start as usize) < start);
            self.findings.insert(at, found(start, end, top + 1));
        }
        let Some(subject) = subject else { return };
        let Some(f) = covering else {
            let at = self.findings.partition_point(|f| (f.start as usize) < start);
            self.findings.insert(at, found(start, end, subject));
            return;
        };
        if own == subject {
            return;
        }
        let lone = |g: &Finding| !self.value(g).contains([' ', '.']);
        let all_lone = self.persons().filter(|g| g.entity == own).all(lone);
        // who is known by this surname already keeps it, unless a role says otherwise
        let near = self.by_role(self.sentence(start), start, true, own).is_some();
        if told == Told::Borne && !all_lone && !near {
            return;
        }
        let bearer = self.persons().filter(|g| g.entity == subject).find_map(|g| self.parts(g).given);
        let theirs = |g: &Finding| {
            let quoted = self.text[..g.start as usize].ends_with(['«', '"', '„', '“']);
            let given = self.parts(g).given;
            g.start == f.start
                || all_lone
                || (told == Told::Called && quoted && lone(g))
                || (given.is_some() && given == bearer)
        };
        let moved: Vec<u32> =
            self.persons().filter(|g| g.entity == own && theirs(g)).map(|g| g.start).collect();
        for g in self.findings.iter_mut().filter(|g| g.category == Category::PERSON) {
            if moved.contains(&g.start) {
                g.entity = subject;
            }
        }
    }

    fn unite(&mut self, a: u32, b: u32) {
        let both = |e: u32| self.known.get(&e).is_none_or(|k| k.hidden);
        if a == b || !both(a) || !both(b) {
            return;
        }
        for f in self.findings.iter_mut().filter(|f| f.category == Category::PERSON && f.entity == a.max(b)) {
            f.entity = a.min(b);
        }
        if let Some(k) = self.known.remove(&a.max(b)) {
            self.known.entry(a.min(b)).or_insert(k);
        }
    }

    /// «Жандос Тулеген (он же Тулегенов Ж.)»
    fn also(&mut self) {
        let all: Vec<(u32, u32, u32)> = self.persons().map(|f| (f.start, f.end, f.entity)).collect();
        let pairs: Vec<(u32, u32)> = all
            .windows(2)
            .filter(|w| {
                self.text
                    .get(w[0].1 as usize..w[1].0 as usize)
                    .is_some_and(|g| g.len() < 80 && ALSO.is_match(g))
            })
            .map(|w| (w[0].2, w[1].2))
            .collect();
        pairs.into_iter().for_each(|(a, b)| self.unite(a, b));
    }

    /// «Уилсон Питер (Peter J. Wilson)»: the name in Latin letters in brackets.
    fn bracketed(&mut self) {
        let all: Vec<(usize, u32)> = self.persons().map(|f| (f.end as usize, f.entity)).collect();
        for (end, entity) in all {
            let hidden = self.known.get(&entity).is_some_and(|k| k.hidden);
            let Some(m) = LATIN.captures(&self.text[end..]).and_then(|c| c.get(1)).filter(|_| hidden) else {
                continue;
            };
            let (start, stop) = (end + m.start(), end + m.end());
            if !self.findings.iter().any(|f| (f.start as usize) < stop && start < f.end as usize) {
                let at = self.findings.partition_point(|f| (f.start as usize) < start);
                self.findings.insert(at, found(start, stop, entity));
            }
        }
    }

    /// «Тимоха» is Тимофей, «Баукең» Бауыржан, where one participant alone can be meant.
    fn said(&mut self) {
        let mut lone: BTreeMap<u32, Vec<Parts>> = BTreeMap::new();
        let mut given: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for f in self.persons() {
            let parts = self.parts(f);
            if !self.value(f).contains([' ', '.']) {
                lone.entry(f.entity).or_default().push(parts);
            } else {
                let all = given.entry(f.entity).or_default();
                all.extend(parts.given);
            }
        }
        let mut pairs = Vec::new();
        for (entity, words) in lone.iter().filter(|(e, _)| !given.contains_key(*e)) {
            let meant = |names: &Vec<String>| {
                names.iter().any(|g| {
                    words
                        .iter()
                        .all(|w| w.given.iter().chain(&w.surname).any(|s| s != g && link::said_of(s, g)))
                })
            };
            let mut all = given.iter().filter(|(_, names)| meant(names)).map(|(e, _)| *e);
            if let (Some(e), None) = (all.next(), all.next()) {
                pairs.push((e, *entity));
            }
        }
        pairs.into_iter().for_each(|(a, b)| self.unite(a, b));
    }
}

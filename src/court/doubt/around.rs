//! What the words around a word say: a place, a role, a way to call somebody.

use std::sync::LazyLock;

use regex::Regex;

use crate::court::beside::regex;
use crate::court::roles::{self, Hide};
use crate::detect::names::endings::{KK_ENDINGS, kk_stem};
use crate::detect::names::lists::{self, Flags};
use crate::detect::names::respect::{ADDRESS, in_any_case};
use crate::detect::names::{Names, held, kin, label, link};

use crate::places::{self, Places};

use super::listed::{CALLED, FIRMS, FOND, HEADS, PLACES_AFTER, PLACES_BEFORE, SAID};
use super::words::{Word, fold_word};
use super::{Doubt, NAMES};

pub(super) const WORDS: Flags =
    lists::ORDINARY | lists::KK_ORDINARY | lists::OC_PLACE | lists::OC_ORGANISATION;

/// Is the word a way to address the one named before it, in any case («апайдан», «ағамен»)?
fn called(key: &str) -> bool {
    in_any_case(key, ADDRESS) || in_any_case(key, CALLED)
}

pub(super) static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"[«„"“]([\p{Lu}][\p{L}-]+(?: [\p{L}-]+)?)[»"”“]"#));
static NICK: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:назва|называ|зовут|звал|зовёт|прозв|кличк|псевдоним|известн|именует|именовал|обращал|записан|контакт|лақап|деп ата|погонял|ник\b|подпис|лиц[оа]м?\s*$|звали)[^.;!?\n]{0,60}$",
    )
});
static INITIALS_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:^|[^\p{L}\d])((?:\p{Lu}\p{Ll}?(?:-\p{Lu})?\.\s?){1,3})$"));
/// The letters of the second of two of one surname.
static SECOND_INITIALS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:,\s?\p{Lu}\.(?:\s?\p{Lu}\.)?)*\sи\s\p{Lu}\.(?:\s?\p{Lu}\.)?"));
static INITIALS_AFTER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s?((?:\p{Lu}\p{Ll}?(?:-\p{Lu})?\.\s?){1,3})"));

impl Doubt<'_> {
    /// The words before and behind a place, folded, where only a blank or a dot stands between.
    pub(super) fn before(&self, k: usize) -> Option<&Word<'_>> {
        let w = self.words.get(k.checked_sub(1)?)?;
        let gap = &self.text[w.end..self.words[k].start];
        gap.chars().all(|c| matches!(c, ' ' | '.' | '\n' | '«' | '"')).then_some(w)
    }

    pub(super) fn after(&self, k: usize) -> Option<&Word<'_>> {
        let w = self.words.get(k + 1)?;
        self.text[self.words[k].end..w.start].chars().all(|c| c == ' ' || c == '\n').then_some(w)
    }

    /// Is the word the name of a street, a town, a firm? `known`: something tells that it is somebody's.
    pub(super) fn named_after(&self, k: usize, known: bool) -> bool {
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
            // «учредителя ТОО Чжан Вэйдуна»
            let head = || {
                first.checked_sub(1).and_then(|f| self.before(f)).is_some_and(|h| {
                    let h = small(h);
                    FIRMS.contains(&small(b).as_str()) && HEADS.iter().any(|s| h.starts_with(s))
                })
            };
            // «от имени Сергеева»
            let on_behalf = || {
                b.key == "имени"
                    && first
                        .checked_sub(1)
                        .and_then(|f| self.before(f))
                        .is_some_and(|h| matches!(small(h).as_str(), "от" | "по" | "под" | "с"))
            };
            // «ТОО Чжан Вэйдуна»: two words of a participant's name
            let twice = || {
                let theirs =
                    |w: &Word<'_>| w.stems().iter().any(|s| matches!(self.known.get(s), Some(Some(_))));
                FIRMS.contains(&small(b).as_str())
                    && theirs(&self.words[k])
                    && self.after(k).is_some_and(|w| w.title() && theirs(w))
            };
            // in quotation marks a firm has a name of its own
            let own = quoted || !(head() || twice());
            PLACES_BEFORE.contains(&small(b).as_str()) && !short && own && !on_behalf()
        });
        // «Құсайынның атындағы мотоцикл»
        let genitive = ["ның", "нің", "дың", "дің", "тың", "тің"];
        let own = |a: &Word<'_>| {
            let near = &self.words[..self.words.len().min(k + 2)][k..];
            a.key.starts_with("атын")
                && (near.iter().any(|w| genitive.iter().any(|e| w.text.to_lowercase().ends_with(e)))
                    // «Әлиева Г.Т. атындағы шотқа»: what is held in somebody's name
                    || [k + 1, k + 2].iter().any(|n| {
                        self.words.get(*n).is_some_and(|w| w.start == a.start)
                            && self.after(*n).is_some_and(|h| held(&h.key))
                    }))
        };
        let behind = |w: Option<&Word<'_>>| {
            w.is_some_and(|a| {
                !a.title()
                    && !own(a)
                    && PLACES_AFTER.iter().any(|p| {
                        // «би», «хан» and their cases, not «білетін»
                        a.key.strip_prefix(p).is_some_and(|rest| {
                            rest.is_empty()
                                || KK_ENDINGS.contains(&rest)
                                || p.chars().count() > 4 && rest.len() <= 16
                        })
                    })
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
        // «Қонаев»: a town, unless something tells of a person
        let town = !known
            && self.role(k).is_none()
            && Places::get()
                .meaning(&places::fold(&word.text.to_lowercase()))
                .is_some_and(|m| m.city.is_some());
        let noun = self.after(k).is_some_and(|a| !a.title())
            && adjective.iter().any(|e| word.key.ends_with(e))
            && word.flags & (lists::OC_SURNAME | lists::SURNAME_FREQUENT) == 0;
        named_before
            || behind(self.after(k))
            || behind(second)
            || law
            || town
            || country
            || noun
            || (quoted && !known && !self.nick(self.words[k].start))
    }

    /// Does what stands before `at` tell that somebody is called by what follows?
    pub(super) fn nick(&self, at: usize) -> bool {
        let before = &self.text[self.text.ceil_char_boundary(at.saturating_sub(160))..at];
        NICK.is_match(before.trim_end_matches(['«', '"', '“', '„', ' ']))
    }

    /// Does the word open its sentence?
    pub(super) fn opens(&self, k: usize) -> bool {
        let before = self.text[..self.words[k].start].trim_end_matches([' ', '\n', '«', '"', '–', '-']);
        before.is_empty() || before.ends_with(['.', '!', '?', ':', ';']) && !self.initial_ends(before)
    }

    pub(super) fn initial_ends(&self, before: &str) -> bool {
        INITIALS_BEFORE.is_match(before)
    }

    /// The role that the word before `k` names.
    pub(super) fn role(&self, k: usize) -> Option<Hide> {
        let from = k.saturating_sub(3);
        let folded: Vec<String> = self.words[from..k].iter().map(|w| fold_word(w.text)).collect();
        let last = *roles::find(&folded).last()?;
        let near = last.last + 1 == folded.len() && self.before(k).is_some();
        near.then(|| roles::hide(last.role)).flatten()
    }

    /// Does what follows the word say that it is somebody's name?
    pub(super) fn told_behind(&self, k: usize) -> bool {
        let Some(w) = self.words.get(k + 1) else { return false };
        let gap = &self.text[self.words[k].end..w.start];
        let son = ["улы", "кызы", "оглы", "оглу", "огли", "угли", "гызы", "кизи", "уулу", "ата"];
        matches!(gap, " " | "» " | "-")
            && !w.title()
            && (called(&w.key) && !son.contains(&w.key.as_str()) || SAID.contains(&w.key.as_str()))
    }

    /// Does what follows say that the word did something: «Гончар уточнил», «Болат келді»?
    pub(super) fn acts(&self, k: usize) -> bool {
        const PAST: &[&str] =
            &["л", "ла", "ли", "лся", "лась", "лись", "ды", "ди", "ты", "ти", "ган", "ген", "кан", "кен"];
        self.after(k).is_some_and(|w| !w.title() && w.long() >= 4 && PAST.iter().any(|e| w.key.ends_with(e)))
    }

    /// Whose name the word is as it is said: longer by an ending of love («Емрежан»), or shorter («Төре» for «Төрехан»).
    pub(super) fn fond(&self, w: &Word<'_>, stems: &[String], shorter: bool) -> Option<u32> {
        let number = |s: &str| self.known.get(s).copied().flatten();
        let longer = stems.iter().find_map(|s| {
            let mut bases = FOND.iter().filter_map(|e| s.strip_suffix(e));
            bases.find_map(|b| if b.chars().count() >= 3 { number(b) } else { None })
        });
        longer.or_else(|| {
            let long = w.key.chars().count();
            let begins = |s: &&String| {
                let more = s.chars().count().saturating_sub(long);
                (2..=5).contains(&more) && s.starts_with(&w.key)
            };
            let near = self.known.keys().filter(|_| shorter && long >= 3).filter(begins);
            near.filter_map(|s| number(s)).min()
        })
    }

    /// Whose given name the word is as it is said («Кайрик», «Баукең»), where one person alone can be meant.
    pub(super) fn said(&self, w: &Word<'_>, stems: &[String]) -> Option<u32> {
        if w.long() < 4 || w.flags & lists::ORDINARY != 0 {
            return None;
        }
        let meant = |name: &String| stems.iter().any(|s| s != name && link::said_of(s, name));
        let mut all: Vec<(&String, u32)> = self
            .known
            .iter()
            .filter(|(name, _)| meant(name))
            .filter_map(|(n, k)| k.map(|k| (n, k)))
            .collect();
        // a son's «Бауыржанұлы» is longer than his father's name
        let shortest = all.iter().map(|(name, _)| *name).min_by_key(|n| n.len())?.clone();
        all.retain(|(name, _)| **name == shortest || !name.starts_with(shortest.as_str()));
        let mut all: Vec<u32> = all.into_iter().map(|(_, number)| number).collect();
        all.sort_unstable();
        all.dedup();
        if let [one] = all[..] { Some(one) } else { None }
    }

    /// Whose name a word begins with that goes on as an ordinary one.
    pub(super) fn glued(&self, w: &Word<'_>) -> Option<u32> {
        let ends = w.key.char_indices().map(|p| p.0).skip(5);
        ends.filter(|k| w.key[*k..].chars().count() >= 3).find_map(|k| {
            let (name, rest) = w.key.split_at(k);
            let word = self.lists.flags(rest) & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
            self.known.get(name).copied().flatten().filter(|_| word)
        })
    }

    /// Could the word be a part of a name, and is it no ordinary one?
    pub(super) fn free(&self, w: &Word<'_>) -> bool {
        let folded = fold_word(w.text);
        let role = !roles::find(std::slice::from_ref(&folded)).is_empty() || kin(&folded) || label(&folded);
        let bare =
            kk_stem(&w.key).map_or(0, |s| self.lists.flags(s)) & (lists::ORDINARY | lists::KK_ORDINARY) != 0;
        let other = w.flags & WORDS != 0
            || (bare && w.flags & (NAMES & !lists::KK_GIVEN) == 0)
            || (w.flags & lists::OC_KNOWN != 0 && w.flags & (lists::OC_GIVEN | lists::OC_SURNAME) == 0);
        let letters = w.long() <= 4 && w.text.chars().all(char::is_uppercase);
        w.title() && !role && !other && !letters
    }

    pub(super) fn widened(&self, start: usize, end: usize) -> (usize, usize) {
        let (mut start, mut end) = (start, end);
        let value = self.text[start..end].to_owned();
        let dotted = value.contains('.');
        let parts = Names::builtin().parts(value.as_bytes());
        let k = self.at(start);
        // «Хо-Си Зарема Юсуповна»: a surname that nobody knows
        if parts.surname.is_none()
            && let Some(w) = k.checked_sub(1).map(|b| &self.words[b])
            // a name may begin within a word that a scan glued
            && self.text.get(w.end..start) == Some(" ")
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
        // «Кожахметовых А. и Б.»: two of one surname
        let plural = self.words.get(self.at(start)).is_some_and(|w| {
            ["ых", "их", "овы", "евы", "ины"].iter().any(|e| w.text.to_lowercase().ends_with(e))
        });
        if dotted
            && plural
            && let Some(m) = SECOND_INITIALS.find(rest)
        {
            end += m.end();
        }
        let rest = &self.text[end..];
        let next = self.at(end);
        if let Some(w) = self.words.get(next)
            && matches!(&self.text[end..w.start], " " | "-")
            && called(&w.key)
        {
            end = w.end;
        } else if rest.starts_with('-')
            && self.words.get(next).is_some_and(|w| w.start == end + 1 && w.title())
        {
            end = self.words[next].end;
        }
        (start, end)
    }
}

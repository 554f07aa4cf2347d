//! Values of free form that follow a label, an operator's own patterns, and strong signs of secrets and accounts.

use super::cell::{EMPTY, is_empty};
use super::code::{alike, code_at};
use super::lines::{after_remark, line_of};
use super::token::{
    handle_like, invented, mixed, password_like, secret_like, session_like, unspeakable, uuid,
};
use super::written::day_at;
use crate::detect::context::char_end;
use crate::detect::engine::Engine;
use crate::detect::fields::{begins_icd, field_line};
use crate::detect::fold::{Folded, fold, folded, is_letter, is_word};
use crate::detect::lexicon::matches;
use crate::detect::met::Met;
use crate::detect::proof::filler;
use crate::detect::rules::{Finder, LabelValue, Rule};
use crate::detect::ruleset::RuleSet;
use crate::model::{Category, EvidenceSet, SegmentKind};

/// Bytes of text after a label that are looked at.
pub(super) const REACH: usize = 220;

/// Pairs of words that may begin a label, and whether they do.
pub(crate) type WordsMet = Met<bool, 39, 10>;

/// Bytes behind the first word of a label in which its second one stands.
const SECOND: usize = 64;

impl Engine<'_> {
    /// Looks for labels in running text, and for what follows them.
    pub(crate) fn labels(&mut self) {
        let detector = self.detector;
        let Some(anchors) = &detector.anchors else { return };
        let mut after = Folded::default();
        let text = self.text;
        let mut skip = 0;
        for (_, at, word) in anchors.at(text, &self.starts) {
            let (at, rules) = (at as usize, anchors.rules(word));
            let sign = text[at].is_ascii_punctuation();
            if at < skip || !self.enter(at) || !(sign || word_start(text, at, self.lo)) {
                continue;
            }
            let hi = self.hi;
            // cells of judged columns are taken whole elsewhere
            let whole = self.column.whole.any() && !self.column.form;
            if self.kind != SegmentKind::Prose && (hi - self.lo < 12 || whole) {
                continue;
            }
            let mut rules = rules & !self.column.whole;
            let patterns = rules & detector.anchored;
            rules &= !detector.anchored;
            for r in patterns {
                let Some(pattern) = detector.rules[r].pattern() else { continue };
                let reach = if detector.rules[r].file.phrase { 96 } else { 32 };
                let from = at.saturating_sub(reach).max(self.lo);
                // the one that holds the anchor, not one that stands before it
                let near = &text[..hi.min(at + 300)];
                let mut m = pattern.find_at(near, from);
                while let Some(before) = m.filter(|m| m.end() <= at && m.end() > from) {
                    m = pattern.find_at(near, before.end());
                }
                if let Some(m) = m
                    && m.start() <= at
                    && m.end() > at
                {
                    self.matched(r, m.start(), m.end());
                }
            }
            if rules.is_empty() {
                continue;
            }
            if !self.may_be_label(at, &mut after) {
                continue;
            }
            let mut to = (at + REACH).min(hi);
            if let Some(n) = text[at..to].iter().position(|b| *b == b'\n') {
                // one line break is allowed between a label and its value
                let blank = text[at..at + n].iter().rev().find(|b| **b != b' ' && **b != b'\r');
                // one line of a form is its label, the next one its value
                let form = n <= 64 && {
                    let from = self.lo.max(at.saturating_sub(64));
                    at - memchr::memrchr(b'\n', &text[from..at]).map_or(from, |k| from + k + 1) <= 48
                };
                // "полис ОГПО\n№ 0417 …"
                let sign = text[at + n + 1..hi].trim_ascii_start().starts_with("№".as_bytes());
                if !matches!(blank, Some(b':' | b'=')) && !form && !sign {
                    to = match self.wrapped(at, at + n) {
                        true => at + n + 1 + line_of(&text[at + n + 1..to]).len(),
                        false => at + n,
                    };
                }
            }
            to = char_end(&text[..hi], to, at);
            after.clear();
            after.push(&text[at..to], at as u32);
            let mut hits: arrayvec::ArrayVec<(usize, RuleSet), 8> = arrayvec::ArrayVec::new();
            detector.label_lexicon.scan_at(&after.text, 0, |l| {
                hits.try_push((l.end, l.rules & rules)).ok();
            });
            for (end, set) in hits {
                for r in set {
                    if let Some(done) = self.follow(r, at, end, &after, to) {
                        skip = skip.max(done);
                    }
                }
            }
        }
    }

    /// May a label stand at `at`? Most places that begin as one does are other words.
    fn may_be_label(&mut self, at: usize, folded: &mut Folded) -> bool {
        let (text, hi, lexicon) = (self.text, self.hi, &self.detector.label_lexicon);
        let word =
            text[at..(at + REACH).min(hi)].iter().take_while(|b| **b >= 0x80 || b.is_ascii_alphanumeric());
        let word = at + word.count();
        // "/accounts?page=51": a path, whose query begins
        if matches!(text[word..hi], [b'?', next, ..] if next.is_ascii_lowercase()) {
            return false;
        }
        // "/api/v1" is no "api key": up to the end of the next word
        let second = word + next_word(&text[word..(word + SECOND).min(hi)]);
        let second = char_end(&text[..hi], second, at);
        let words = &text[at..second];
        self.words_met.get(words).unwrap_or_else(|| {
            folded.clear();
            folded.push(&text[at..word], at as u32);
            let may = lexicon.opens(&folded.text) && {
                folded.push(&text[word..second], word as u32);
                lexicon.goes_on(&folded.text)
            };
            self.words_met.put(words, may);
            may
        })
    }

    /// Does the label stand in a row of two cells, itself and its value: `| Жасы | 29 |`? The names of columns do not.
    fn in_form_row(&self, value: LabelValue, label: usize) -> bool {
        if value == LabelValue::Number {
            return true;
        }
        let text = &self.text[..self.hi];
        let from = memchr::memrchr(b'\n', &text[self.lo..label]).map_or(self.lo, |n| self.lo + n + 1);
        let end = memchr::memchr(b'\n', &text[label..]).map_or(self.hi, |n| label + n);
        let row = text[from..end].trim_ascii();
        let next = text.get(end + 1..).unwrap_or_default();
        value == LabelValue::Rest
            && row.starts_with(b"|")
            && row.iter().filter(|b| **b == b'|').count() == 3
            && !next.starts_with(b"|-")
            && !next.starts_with(b"|:")
            && !next.starts_with(b"| -")
    }

    /// What follows a label that ends at `end` of the folded text, for rule `r`.
    fn follow(&mut self, r: usize, label: usize, end: usize, after: &Folded, to: usize) -> Option<usize> {
        let detector = self.detector;
        let rule = &detector.rules[r];
        let f = &after.text;
        if rule.finder == Finder::Date
            && let Some(done) = self.date_before(r, label, to)
        {
            return Some(done);
        }
        let listed = rule.finder == Finder::Label && rule.value == LabelValue::List;
        // "Вероисповедание (по желанию) ислам": a remark of the form, and no value of the list
        let told = |k: usize| detector.values[r].iter().any(|v| matches(v, f, k).is_some());
        let remark = match rule.value {
            LabelValue::Rest | LabelValue::List | LabelValue::Number if rule.finder == Finder::Label => {
                after_remark(f, end)
            }
            _ => end,
        };
        let open = end + 1 + usize::from(f.get(end) == Some(&b' '));
        let remarked = remark > end && !told(open);
        let mut k = if remarked { remark } else { end };
        let close = k;
        let mut colon = false;
        let mut quoted = false;
        // blanks that part the columns of a form part a label from its value
        let (mut blanks, mut wide, mut signs) = (0, false, 0);
        // "мне 27 лет", "Мужчина, 33 года": the words behind the figure make it an age
        let years = rule.finder == Finder::Label
            && rule.value == LabelValue::Number
            && folded!["мне", "маған", "мужчина", "женщина"].any(|w| f[..end] == w[..]);
        while k < f.len() && !is_word(f[k]) {
            // "\x22password\x22:\x22…": a quotation mark as logs of servers write it
            if f[k..].starts_with(b"\\x22") {
                (quoted, k) = (true, k + 4);
                continue;
            }
            blanks = if f[k] == b' ' { blanks + 1 } else { 0 };
            wide |= blanks >= 2 || f[k] == b'\t';
            // "Surname ........ Ivanov"
            let leader = f[k] == b'.' && f.get(k + 1) == Some(&b'.');
            wide |= leader && f.get(k + 2) == Some(&b'.');
            signs += usize::from(!leader && !matches!(f[k], b' ' | b'\t'));
            // a dash between blanks parts a label from its value as a colon does
            colon |= matches!(f[k], b':' | b'=' | b'|')
                || (f[k] == b'-' && f.get(k + 1) == Some(&b' ') && k > end);
            quoted |= matches!(f[k], b'"' | b'\'');
            let sign = matches!(
                f[k],
                b' ' | b':'
                    | b'='
                    | b'-'
                    | b'"'
                    | b'\''
                    | b'\n'
                    | b'('
                    | b'#'
                    | b'.'
                    | b','
                    | b'>'
                    | b'\r'
                    | b'\t'
                    | b'['
                    | b'*'
                    | b'`'
            );
            // "| Жасы | 29 |"
            let bar = f[k] == b'|'
                && signs <= 1
                && rule.finder == Finder::Label
                && self.in_form_row(rule.value, label);
            if !(sign || bar) {
                break;
            }
            // "Туған күні, жері: …": a day is looked for further on
            let place = || {
                let rest = f[k + 1..].trim_ascii_start();
                folded!["жер", "мест", "орн", "place"].any(|w| rest.starts_with(w))
            };
            // a pattern that begins at the label tells by itself what may stand there
            let own = rule.value == LabelValue::Pattern
                && rule.file.pattern.as_deref().is_some_and(|p| p.starts_with('^') && p.contains(",?"));
            let further = quoted || years || own || rule.finder == Finder::Date && place();
            if f[k] == b',' && !further && rule.id != "special_convicted" {
                return None;
            }
            k += 1;
        }
        if k >= f.len() || signs > 12 {
            return None;
        }
        wide &= k - close <= 60 && !f[close..k].contains(&b'\n') && self.begins_field(label);
        // "пароль сбросил, новый `…`": a token set apart needs no colon
        if rule.value == LabelValue::Token && rule.file.category == "password" && self.text[label] >= 0x80 {
            let near = &self.text[after.from[end.min(after.from.len() - 1)] as usize..to];
            let near = &near[..near.len().min(140)];
            let apart = memchr::memchr(b'`', near).and_then(|a| {
                let n = memchr::memchr(b'`', &near[a + 1..])?;
                let token = &near[a + 1..a + 1 + n];
                let line = !near[..a].contains(&b'\n') && !near[..a].contains(&b':');
                (line && mixed(token) && password_like(token, true)).then_some((a + 1, n))
            });
            if let Some((a, n)) = apart {
                let s = after.from[end.min(after.from.len() - 1)] as usize + a;
                self.offer_labelled(r, s, s + n);
                return Some(s + n);
            }
        }
        let more = rule.value == LabelValue::Token
            || rule.finder == Finder::Label
                && (listed || rule.value == LabelValue::Rest && self.begins_field(label));
        if more && !colon && !wide {
            // up to three words more before the colon: "пароль wifi: …", "пароль от 1С: …", "Диагноз (основной): …"
            let inner = |b: &u8| is_word(*b) || matches!(b, b' ' | b'(' | b')' | b'.' | b'-');
            let n = f[k..].iter().take(48).take_while(|b| inner(b)).count();
            // "пароль от гостевого wi-fi, если нужно: …"
            let told = rule.value == LabelValue::Token && self.text[label] >= 0x80;
            let most = if told { 8 } else { 3 };
            let words = f[k..k + n].split(|b| !is_word(*b)).filter(|w| !w.is_empty()).count();
            // "pass" is a verb too
            if words <= most
                && f[..end] != *b"pass"
                && (f.get(k + n) == Some(&b':') || told && f.get(k + n) == Some(&b'='))
                && matches!(f.get(k + n + 1), Some(b' ' | b'*'))
                && f.len() > k + n + 2
            {
                colon = true;
                k += n + 1;
                // "**Ds основной:** J44.1"
                k += f[k..].iter().take_while(|b| matches!(b, b' ' | b'*')).count();
                if k >= f.len() {
                    return None;
                }
            }
        }
        colon |= wide;
        let raw = |k: usize| after.from.get(k).map_or(to, |p| *p as usize);
        // "инвалид II группы": the word is a part of what it says
        let person = rule.category == Category::SPECIAL && invalid(&f[..end]);
        // on the line below a label without a colon stands nothing but a value of the list
        let below = !colon && f[end..k].contains(&b'\n');
        let fits = match rule.finder {
            Finder::Date => f[k].is_ascii_digit() || day_at(f, k).is_some(),
            Finder::Label if rule.value == LabelValue::Pattern => {
                let line = memchr::memchr(b'\n', &self.text[raw(end)..to]).map_or(to, |n| raw(end) + n);
                self.wrapped(label, line) || self.above(label, raw(end), line)
            }
            _ => rule.finder == Finder::Label && rule.value == LabelValue::List,
        };
        if below && !fits {
            return None;
        }
        let (s, e) = match (rule.finder, rule.value) {
            (Finder::Date, _) => return self.text_date(r, label, after, end, to),
            (Finder::Secret, _) => return self.secret(r, label, end, after, to),
            (_, LabelValue::Token) => {
                let s = raw(k);
                let e = s + self.text[s..to]
                    .iter()
                    .take_while(|b| {
                        !b.is_ascii_whitespace()
                            && !matches!(b, b'"' | b'\'' | b',' | b';' | b'<' | b'>' | b')' | b'`')
                    })
                    .count();
                // "Passcode: 4Kx0Qm\\n": an escaped end of the line
                let escaped = memchr::memmem::find(&self.text[s..e], b"\\n").filter(|n| *n > 3);
                let e = escaped.map_or(e, |n| s + n);
                let escaped = memchr::memmem::find(&self.text[s..e], b"\\x22").filter(|n| *n > 3);
                let e = escaped.map_or(e, |n| s + n);
                // "?token=…&phone=…": the next pair of a request
                let request = matches!(rule.file.category.as_str(), "secret" | "cookie");
                let pair = |n: &usize| {
                    let key = &self.text[s + n + 1..e];
                    let key = &key[..memchr::memchr(b'=', key).unwrap_or(0)];
                    !key.is_empty() && key.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
                };
                let next = memchr::memchr(b'&', &self.text[s..e]).filter(|n| request || pair(n));
                let e = next.map_or(e, |n| s + n);
                // the full stop of a sentence is no part of it
                let e = e - usize::from(e > s + 1 && self.text[e - 1] == b'.');
                let token = &self.text[s..e];
                let good = match rule.category.as_str() {
                    "social" => colon && handle_like(token),
                    "cookie" => colon && session_like(token),
                    // "Authorization: Bearer …" has no colon behind its last word
                    "secret" => {
                        let own = uuid(token)
                            // "esf-5b7e0d2f-91c4-…": what it opens, before it
                            || token.len() >= 39 && token.is_ascii() && uuid(&token[token.len() - 36..])
                            // "?token=f3a9c07e5b1d4826": the parameter of a request
                            || matches!(self.prev(label), Some(b'?' | b'&')) && session_like(token)
                            || token.len() >= 12 && invented(token) && password_like(token, quoted);
                        let key = [&b"secret"[..], b"token", b"api key", b"apikey", b"psk", b"maps key"]
                            .iter()
                            .any(|w| f[..end].ends_with(w))
                            || self.text[label..raw(end)].ends_with("ключ".as_bytes());
                        let figures = token.iter().filter(|b| b.is_ascii_digit()).count() >= 3;
                        let key = key && colon && own && (figures || f[..end].ends_with(b"secret"));
                        // "апи ключ pk_…", "bot token 6124…:AAH…": right behind the word, and like no word
                        let least = if self.text[label] >= 0x80 { 16 } else { 20 };
                        let apart = k - end <= 1 && token.len() >= least && !token.contains(&b'=');
                        key || (colon || apart || f[..end] == *b"bearer") && secret_like(token)
                    }
                    // "пароль Qwerty77": no colon, but nothing that a word could be
                    _ => {
                        let sign = token.iter().any(|b| b"!@#$%^*".contains(b));
                        // "Wi-Fi: Guest / pass Kumys!2024": "pass" is a verb elsewhere
                        let beside = f[..end] == *b"pass"
                            && self.text[self.lo..label].trim_ascii_end().ends_with(b"/");
                        let plain = (self.text[label] >= 0x80
                            || sign && beside
                            || sign
                                && matches!(&f[..end], b"password" | b"parol" | b"pwd" | b"passwd" | b"psw"))
                            && k - end <= 2
                            && (mixed(token) || invented(token));
                        let equals =
                            self.text[self.lo..s].strip_suffix(b"\"").unwrap_or(&self.text[self.lo..s]);
                        let setting = equals.ends_with(b"=") && self.text[label].is_ascii_uppercase();
                        let ends = matches!(self.next(e), None | Some(b'\n' | b'\r' | b'"'));
                        (colon || plain) && password_like(token, quoted)
                            || setting && ends && unspeakable(token)
                    }
                };
                if !good {
                    return None;
                }
                (s, e)
            }
            (_, LabelValue::Rest) => {
                let s = raw(k);
                // "disability=null, snils=…": nothing, and the next pair
                let first = self.text[s..to].iter().position(|b| matches!(b, b',' | b';' | b')' | b'}'));
                if first.is_some_and(|n| is_empty(&self.text[s..s + n])) {
                    return None;
                }
                // "diagnosis:\n  initial: …": the label is the heading of keys
                if f[end..k].contains(&b'\n')
                    && field_line(line_of(&self.text[s..to])).is_some_and(|l| l.colon())
                {
                    return self.under_heading(r, label, raw(end), s);
                }
                // "Диагноз I10 …": a code of the classification of diseases needs no colon
                // nor does a word of the rule's list, or one in brackets: "судимость (не судим)"
                let told = !colon && detector.values[r].iter().any(|v| matches(v, f, k).is_some());
                if !(colon || told || k - close <= 2 && begins_icd(&self.text[s..to])) {
                    return None;
                }
                // "Ds: J18.9", but no variable of a program
                if end <= 2 && f[0] < 0x80 && self.text[s] < 0x80 && !begins_icd(&self.text[s..to]) {
                    return None;
                }
                let form = !told && self.begins_field(label);
                let stop = self.text[s..to]
                    .iter()
                    .position(|b| {
                        matches!(b, b'\n' | b'|' | b'\t' | b'<' | b'"' | b'}')
                            || (*b == b';' && !form)
                            || (*b == b')' && told)
                    })
                    .unwrap_or(to - s);
                let mut e = s + stop;
                // up to the next label of an enumeration: "ислам, жилье: …"
                e = self.before_label(s, e);
                // up to the next column of a form
                if let Some(n) = memchr::memmem::find(&self.text[s..e], b"   ") {
                    e = s + n;
                }
                // up to the next sentence
                let value = &self.text[s..e];
                let ends = |n: &usize| {
                    // not behind an abbreviation in capitals: "ИБС. Стенокардия"
                    let word = value[..*n].rsplit(|b| *b == b' ').next().unwrap_or_default();
                    let short = word.len() <= 8
                        && !["УК", "РК", "РФ"].contains(&String::from_utf8_lossy(word).as_ref())
                        && std::str::from_utf8(word).is_ok_and(|w| w.chars().all(char::is_uppercase));
                    *n > 4 && !short
                };
                // nor before another or a small letter: "ПИКС (2019). ХСН IIA", "луч. кости"
                // nor between an abbreviation and its number: "ст. 188 УК", "п. 4"
                let numbered = |n: &usize| {
                    let word = value[..*n].rsplit(|b| *b == b' ').next().unwrap_or_default();
                    // "188-б. 2-бөлігі"
                    let article = word.first().is_some_and(u8::is_ascii_digit) && word.contains(&b'-');
                    word.len() <= 6
                        && (article || word.first().is_some_and(|b| *b >= 0x80))
                        && value[*n + 2..][0].is_ascii_digit()
                };
                // "ХСН, ФК III; соп. E11.7"
                let further = |n: &usize| goes_on(&value[*n + 2..]) || begins_icd(&value[*n + 2..]);
                let ends = |n: &usize| ends(n) && !further(n) && !(*n + 2 < value.len() && numbered(n));
                if let Some(n) = memchr::memmem::find_iter(value, b". ").find(ends) {
                    e = s + n;
                }
                // how many there are is nobody's template
                let few = e - s <= 6 && self.text[s..e].iter().all(u8::is_ascii_digit);
                if rule.subtype == Some("biometrics") && few {
                    return None;
                }
                // a template is one word
                if rule.subtype == Some("biometrics")
                    && let Some(n) = memchr::memchr(b' ', &self.text[s..e]).filter(|n| *n >= 16)
                    && self.text[s..s + n].is_ascii()
                {
                    e = s + n;
                }
                // "гастрит, операций не было": what is denied behind it is no part of it
                if let Some(n) = memchr::memmem::rfind(&self.text[s..e], b", ").filter(|n| *n > 3) {
                    let tail = fold(&String::from_utf8_lossy(&self.text[s + n + 2..e]));
                    let denied =
                        folded!["не было", "не имеет", "не имею", "отрицает", "жок", "нет", "no", "none"]
                            .any(|w| {
                                tail.ends_with(w) || tail.starts_with(w) && tail.get(w.len()) == Some(&b' ')
                            });
                    e = if denied { s + n } else { e };
                }
                while e > s && matches!(self.text[e - 1], b' ' | b'.' | b',' | b'\r') {
                    e -= 1;
                }
                let said = std::str::from_utf8(&self.text[s..e]).unwrap_or_default().to_lowercase();
                if EMPTY.contains(&said.as_str()) {
                    return None;
                }
                (s, e)
            }
            (_, LabelValue::List) if self.checked(raw(end), to).is_some() => {
                let s = self.checked(raw(end), to)?;
                let word = after.from.iter().position(|p| *p as usize >= s)?;
                let stop = detector.values[r].iter().filter_map(|v| matches(v, f, word)).max()?;
                (s, if stop < f.len() { raw(stop) } else { to })
            }
            (_, LabelValue::List) => {
                // "Инвалидность: 2 группа, бессрочно": all of the line says it, and a rule takes all of it
                let named = folded!["инвалидност", "мүгедекті"].any(|w| f[..end].starts_with(w));
                if rule.id == "special_disability" && colon && named {
                    return None;
                }
                let stop = detector.values[r].iter().filter_map(|v| matches(v, f, k)).max()?;
                // "Пол (м/ж)": what may be chosen, and not what was
                if f.get(stop) == Some(&b'/') {
                    return None;
                }
                let alone = f[stop..].iter().find(|b| **b != b' ').is_none_or(|b| matches!(b, b'\n' | b'\r'));
                // a country is no people
                let country = memchr::memmem::find(&f[k..stop], &fold("стан")).is_some();
                let land = f[k..stop].ends_with(b"stan") || f[k..stop].ends_with(b"federation");
                if (country || land) && rule.id == "nationality" {
                    return None;
                }
                // "Nationality: Kazakh" tells of a people, "Nationality: Kazakhstan" of a state
                let nation = rule.id == "citizenship" && f[..end].ends_with(b"nationality");
                if nation && !land && !f[k..stop].ends_with(b"stani") {
                    return None;
                }
                // "м.р." is no "м"
                let code = stop - k == 1
                    && f.get(stop) == Some(&b'.')
                    && f.get(stop + 1).is_some_and(|b| is_letter(*b));
                if code || (below && !alone) {
                    return None;
                }
                let latin = self.text[label] < 0x80 && self.text[raw(k)] < 0x80;
                if !colon && !below && (k - close > 3 || latin && !remarked) {
                    return None;
                }
                // "ер / мужской": the same in two languages
                let gap = f[stop..].iter().take_while(|b| **b == b' ').count();
                let other = (f.get(stop + gap) == Some(&b'/')).then(|| {
                    let at = stop + gap + 1 + f[stop + gap + 1..].iter().take_while(|b| **b == b' ').count();
                    detector.values[r].iter().filter_map(|v| matches(v, f, at)).max()
                });
                let stop = other.flatten().unwrap_or(stop);
                let s = if person { label } else { raw(k) };
                let e = if stop < f.len() { raw(stop) } else { to };
                // "инвалид 2 гр. по общему заболеванию": why
                let why = [
                    "по общему заболеванию",
                    "(общее заболевание)",
                    "(трудовое увечье)",
                    "по зрению",
                    "по слуху",
                ];
                let rest = self.text[e..self.hi].strip_prefix(b".").unwrap_or(&self.text[e..self.hi]);
                let rest = rest.trim_ascii_start();
                let why = why.iter().find(|w| rest.starts_with(w.as_bytes())).filter(|_| person);
                (s, why.map_or(e, |w| self.hi - rest.len() + w.len()))
            }
            (_, LabelValue::Pattern) => {
                // "не состоит на учёте", "не судим"
                if rule.category == Category::SPECIAL && self.text[self.lo..label].ends_with("не ".as_bytes())
                {
                    return None;
                }
                // a line that was broken goes on with one blank
                let broken: Vec<u8>;
                let (mut near, mut fold_at) = (&self.text[raw(end)..to], (usize::MAX, 0));
                let mut above = false;
                if let Some(n) =
                    memchr::memchr(b'\n', near).filter(|n| !matches!(near.get(n + 1), None | Some(b'\n')))
                {
                    let indent = near[n + 1..].iter().take_while(|b| **b == b' ').count();
                    let blanks = near[..n].iter().rev().take_while(|b| matches!(b, b' ' | b'\r')).count();
                    above = self.above(label, raw(end), raw(end) + n);
                    if above || self.wrapped(label, raw(end) + n) {
                        broken = [&near[..n - blanks], b" ", &near[n + 1 + indent..]].concat();
                        (near, fold_at) = (&broken, (n - blanks, indent + blanks));
                    }
                }
                let place = |k: usize| raw(end) + k + if k > fold_at.0 { fold_at.1 } else { 0 };
                let pattern = rule.pattern()?;
                // below a label that has its line for itself, the value fills the next one
                let fills =
                    |to: usize| line_of(&near[to..]).iter().all(|b| matches!(b, b' ' | b'\r' | b'.' | b'*'));
                if above && !pattern.find(near).is_some_and(|m| fills(m.end())) {
                    return None;
                }
                // what a group holds is a value, where there is one
                if pattern.captures_len() > 1 {
                    let mut done = None;
                    for m in pattern.captures(near)?.iter().skip(1).flatten() {
                        let (s, e) = (place(m.start()), place(m.end()));
                        self.offer_labelled(r, s, e);
                        done = Some(e);
                    }
                    return done;
                }
                let m = pattern.find(near)?;
                // "технический паспорт изделия N00214587": a word between them says that it is another's
                let value = after.from.iter().position(|p| *p as usize >= place(m.start()));
                let between = &f[end..value.unwrap_or(end).max(end)];
                let denies = |w: &String| {
                    let stem = fold(w.trim_end_matches('*'));
                    stem.len() >= 6 && memchr::memmem::find(between, &stem).is_some()
                };
                if rule.file.words_not.iter().any(denies) {
                    return None;
                }
                // nothing but a few words between
                if m.start() > 48 || near[..m.start()].iter().any(u8::is_ascii_digit) {
                    return None;
                }
                let from = match_start(m.as_bytes());
                let digits: Vec<u8> = m.as_bytes().iter().copied().filter(u8::is_ascii_digit).collect();
                if digits.len() > 4 && filler(&digits) {
                    return None;
                }
                let s = if person { label } else { place(m.start() + from) };
                (s, place(m.end()))
            }
            (_, LabelValue::Code) => {
                let (s, e) = code_at(self.text, raw(end), to, rule)?;
                for (s, e) in alike(&self.text[..self.hi], s, e) {
                    self.offer_labelled(r, s, e);
                }
                (s, e)
            }
            (_, LabelValue::Decimal) => return None,
            (_, LabelValue::Number) => {
                // "max-age=7" is nobody's age
                let joined = matches!(self.prev(label), Some(b'-' | b'_'));
                if self.text[label] < 0x80 && (!colon || joined) {
                    return None;
                }
                let n = f[k..].iter().take_while(|b| b.is_ascii_digit()).count();
                if years
                    && !folded!["лет", "год", "жас"].any(|w| f[k + n..].trim_ascii_start().starts_with(w))
                {
                    return None;
                }
                if n == 0
                    || n > 3
                    || f.get(k + n).is_some_and(|b| {
                        is_word(*b)
                            || matches!(b, b'.' | b',') && f.get(k + n + 1).is_some_and(u8::is_ascii_digit)
                    })
                {
                    return None;
                }
                // "56 л.", "33 года": the word behind the figure belongs to it
                let gap = n + usize::from(f.get(k + n) == Some(&b' '));
                let word = f[k + gap..].iter().take_while(|b| is_letter(**b)).count();
                let behind = &f[k + gap..k + gap + word];
                let unit = folded!["л", "лет", "год", "года", "г", "жас", "жаста", "years", "yo"]
                    .any(|w| behind == w);
                // "52-де": the ending belongs to the figure
                let ending = &f[(k + n).min(f.len())..];
                let ended = folded!["-де", "-да", "-те", "-та"]
                    .any(|e| ending.starts_with(e) && ending.get(e.len()).is_none_or(|b| !is_word(*b)));
                let last = if ended { raw(k + n + 3) } else { raw(k + n - 1) + 1 };
                (raw(k), if unit { raw(k + gap + word) } else { last })
            }
        };
        if e <= s {
            return None;
        }
        self.offer_labelled(r, s, e);
        Some(e)
    }

    /// What is ticked in a line of choices: `Sex  [ ] Male [x] Female`.
    fn checked(&self, from: usize, to: usize) -> Option<usize> {
        let line = &self.text[from..to];
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len()).min(80)];
        let marks: [&[u8]; 9] =
            [b"[x]", b"[X]", b"[v]", b"[V]", b"[+]", b"(x)", "☑".as_bytes(), "☒".as_bytes(), "■".as_bytes()];
        // only right behind the label, among other choices
        let open = line.iter().take_while(|b| matches!(b, b' ' | b':' | b'\t' | b'.')).count();
        let boxed = matches!(line.get(open), Some(b'[' | b'(' | 0xE2));
        let (at, n) = marks.iter().filter_map(|m| Some((memchr::memmem::find(line, m)?, m.len()))).min()?;
        let gap = line[at + n..].iter().take_while(|b| **b == b' ').count();
        boxed.then_some(from + at + n + gap)
    }

    /// A candidate whose label was found by looking forward.
    pub(crate) fn offer_labelled(&mut self, r: usize, start: usize, end: usize) {
        self.vouch(start, end, |c| {
            c.before |= RuleSet::of(r);
            c.against &= !RuleSet::of(r);
        });
        self.offer(r, start, end, EvidenceSet::new(), true);
        self.last_context = None;
    }

    /// A secret that begins with its own sign: the rule's words are the signs.
    fn secret(&mut self, r: usize, start: usize, _end: usize, _after: &Folded, _to: usize) -> Option<usize> {
        let rule: &Rule = &self.detector.rules[r];
        let pattern = rule.pattern()?;
        let hi = self.hi.min(start + 8192);
        let from = self.text[self.lo..start].iter().rev().take(8).take_while(|b| **b == b'-').count();
        let m = pattern.find(&self.text[start - from..hi])?;
        // keys of handbooks
        if m.start() > 16 || m.as_bytes().windows(7).any(|w| w == b"EXAMPLE") {
            return None;
        }
        let (s, e) = (start - from + m.start(), start - from + m.end());
        self.offer_labelled(r, s, e);
        Some(e)
    }
}

/// Does a word begin at `at`? Words may begin after a digit or sign, not within letters.
pub(super) fn word_start(text: &[u8], at: usize, lo: usize) -> bool {
    if at == lo {
        return true;
    }
    let b = text[at - 1];
    if b < 0x80 {
        let escaped = matches!(b, b'n' | b'r' | b't') && at >= lo + 2 && text[at - 2] == b'\\';
        let quoted = at >= lo + 4 && &text[at - 4..at] == b"\\x22";
        return escaped
            || quoted
            || !b.is_ascii_alphanumeric()
            || (text[at] >= 0x80 && b.is_ascii_digit())
            || (b.is_ascii_lowercase() && text[at].is_ascii_uppercase());
    }
    !super::contact::cyrillic_before(text, at, lo)
}

/// How many bytes the next word of `text` ends behind, with what stands before it.
fn next_word(text: &[u8]) -> usize {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || (0xD0..=0xD4).contains(b);
    let start = text.iter().position(letter).unwrap_or(text.len());
    start + text[start..].iter().take_while(|b| **b >= 0x80 || b.is_ascii_alphanumeric()).count()
}

/// Where the value begins in what a pattern matched: behind the signs and words between it and its label.
fn match_start(matched: &[u8]) -> usize {
    let value = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'(') || *b >= 0x80;
    let mut at = matched.iter().position(value).unwrap_or(0);
    // "№ 0123456", "– 5674", "…5674"
    let sign = |rest: &[u8]| {
        ["№", "–", "—", "…", "«", "│"].iter().find(|s| rest.starts_with(s.as_bytes())).map(|s| s.len())
    };
    while let Some(n) = sign(&matched[at..]) {
        at += n + matched[at + n..].iter().take_while(|b| **b == b' ').count();
    }
    at
}

/// Is what stands behind a full stop no sentence: an abbreviation in capitals, a word in small letters?
fn goes_on(v: &[u8]) -> bool {
    let begin = &v[..v.len().min(8)];
    let mut letters = begin.utf8_chunks().flat_map(|c| c.valid().chars());
    match (letters.next(), letters.next()) {
        (Some(a), Some(b)) => a.is_lowercase() || a.is_uppercase() && b.is_uppercase(),
        _ => false,
    }
}

/// `инвалид`, `инвалида`: the word for a person says as much as the group behind it; `инвалидность` only names it.
fn invalid(label: &[u8]) -> bool {
    folded!["инвалид", "инвалида", "инвалиду", "инвалидом", "осужден", "осуждён", "осуждена", "сотталған"]
        .any(|w| label == w)
}

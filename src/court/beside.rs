//! What stands beside the participants of an act and the rules of the detector are too careful to tell: a lone year
//! beside a word of birth, a place behind «уроженец», the flat of an address, the number behind a kind of document.
//!
//! An act is published: where there is doubt, it is removed.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Category, EvidenceSet, Finding};

/// A pattern of what is added to the findings of an act.
pub(super) fn regex(pattern: &str) -> Regex {
    // the patterns are constants, and a test tries them
    Regex::new(pattern).unwrap_or_else(|_| Regex::new("[^\\s\\S]").expect("an empty set"))
}

const MONTH: &str = "(?:янв|фев|мар|апр|ма[йяе]|июн|июл|авг|сент?|окт|ноя|дек|қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|кантар|акпан|сауир|шилде|кыркуйек|казан|караша|желтоксан)";

/// A date in any way of writing, or a lone year.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?:\p{Ll}+\s+){1,2}";
    regex(&[
        r"\b\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)?\d{2}\b|\b(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}\b",
        r"|\b\d{1,2}[-. /][IVX]{1,4}[-. /](?:19|20)?\d{2}\b",
        r"|\b[\dOОlЗзб]{1,2}[.][\dOОlЗзб]{1,2}[.](?:[12l][\dOОlЗзб]{3})",
        &format!(r#"|[«"“]?\b\d{{1,2}}\b[»"”]?(?:-?го)?\s+{MONTH}\p{{L}}*(?: \p{{Ll}}{{1,3}})?\s+(?:19|20)\d{{2}}"#),
        &format!(r#"|\b(?:19|20)\d{{2}}\s*(?:ж\.?|жыл\p{{L}}*|года?)\s*(?:рождения,?\s*)?[«"“]?\d{{1,2}}[»"”]?(?:-?шы|-?ші)?\s+{MONTH}\p{{L}}*(?:\s(?:да|де|та|те)\b)?"#),
        &format!(r"|\b{words}{MONTH}\p{{L}}*\s+(?:(?:19|20)\d{{2}}\b|(?:\p{{Ll}}+\s+){{2,6}}?года\b)"),
        r"|\b(?:19|20)\d{2}\b",
    ]
    .concat())
});
/// What says behind a date that somebody was born then.
static BORN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^[»)]?\s*(?:(?:г\.?|года?|год|ж\.?|жыл\p{L}*)\s*)?(?:рожд\p{L}*|т\.\s?\)|т\.[,;]|т\.т|туған|туылған|дүниеге келген|туган)|^[ »)]{0,2}(?:г\.?|года?|год|ж\.?)\s?(?:р|т)\b",
    )
});
/// The same before it, a few words between.
static BORN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bрод\.|\bродил\p{L}*|\bродивш\p{L}*|\bрожд\p{L}*\.?|\bд\.\s?р\.?|туған\s+(?:күні|жылы)\p{L}*|туылған)[^.;!?\n0-9]{0,50}$|(?:\bрод\.|\bрожд\.|\bд\.\s?р\.?)\s*:?\s*$",
    )
});
/// The word for a year that stands behind a date and is replaced with it.
static YEAR_WORD: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s?(?:года\b|год\b|г\.(?:\s|,|$)|г\b|жылы\b|жылғы\b|ж\.\s)"));
/// What stands before a place of birth.
static NATIVE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:урожен(?:ец|к[аиуе]|кой|ц[ауе]м?|цем)|урож\.|ур\.|место\s+рождения|м\.\s?р\.|туған\s+жері|туылған\s+жері)[\s:–—.|_-]*",
    )
});
/// «родился 12 мая 1980 года в», «родившейся … в»
static BORN_IN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(?:родил|родивш|рожд|род\.)\p{L}*[^;!?\n]{0,60}?\sв\s+"));
/// Words that a part of a place begins with, in small letters.
static PLACE_PART: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:г|гор|город\p{L}*|с|сел\p{L}*|п|пос|посел\p{L}*|посёл\p{L}*|пгт|станци\p{L}*|аул\p{L}*|ауыл\p{L}*|а|обл|област\p{L}*|р-н\p{L}*|район\p{L}*|край|кра[яею]|респ|республик\p{L}*|уезд\p{L}*|штат\p{L}*|провинци\p{L}*|дер|деревн\p{L}*|хутор\p{L}*|кишлак\p{L}*|ул|улиц\p{L}*|пр|пр-т|просп\p{L}*|пер|переул\p{L}*|мкр|мкрн|микрорайон\p{L}*|дом\p{L}*|д|кв|квартир\p{L}*|корп\p{L}*|к|н|оф|офис\p{L}*|комн\p{L}*|ком|блок|стр|под|подъезд\p{L}*|этаж|уч|участ\p{L}*|ш|шоссе|б-р|бульвар\p{L}*|проезд\p{L}*|тупик\p{L}*|қ|ауд|үй|пәтер)\b\.?",
    )
});
/// What tells that a part of an address is one.
static HOUSE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)\b\d{1,4}(?:[/-]\d{1,4})?\s?(?:«\p{L}»|\p{L}\b)?\s?-?\s?(?:үй|уй|пәтер|патер|пәт)\p{L}{0,5}\b|\b(?:д|дом|кв|квартира|кв-ра)\.?\s?№?\s?\d{1,4}\b(?:\s?[«"]?\p{L}[»"]?(?:[\s,.;)]|$))?|\b(?:ул|улиц\p{L}{1,2}|пр|пр-т|пр-кт|проспект\p{L}?|пер|переулок|переулк\p{L}|мкр|мкр-н|микрорайон\p{L}?|бульвар|б-р|проезд)\b\.?\s*[\p{Lu}«"\d][^,;()\n]{1,40}?,?\s*(?:д(?:ом)?\.?\s*)?\d{1,4}(?:\s?[-/–]\s?\d{1,4})*(?:\s?[«"]\p{L}[»"])?|\p{Lu}[\p{L}-]+\s+(?:көшесі|көш\.|к-сі|даңғылы|шағын ауданы|ықшам ауданы)[^;()\n]{0,6}\d{1,4}"#,
    )
});
/// What may follow a found address and belongs to it.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?i)^(?:\s?[«"]\p{L}[»"]|\s?\p{L}\b(?:,|;|\)|\n|$)|\s?,\s*(?:д\.?\s?)?\d{1,4}\p{L}?(?:[-/]\d{1,3}\p{L}?)?(?:\s?[,;)>]|$)|,?\s*(?:кв|квартира|оф|офис|корп|корпус|н\.\s?п|комната|комн|ком|бөлме|блок|секция|под|подъезд|этаж|литер)\b\.?\s*№?\s*[\d«]\d*\s?[»]?\p{L}?\b|,?\s*\d{1,4}[- ]?(?:үй|пәтер|патер)\p{L}*|\s?[-/–]\s?\d{1,4}\b)"#,
    )
});
/// What stands before an address of a person.
static LIVES: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:\bпрожив\p{L}*|\bпрож\.|\bзарегистрир\p{L}*|\bзарег\.|\bместо жительства|\bадрес\p{L}*|\bжив[её]т\b|\bжител\p{L}+|\bместо проживания|\bмекенжай\p{L}*|тұрғылықты жері|приед\p{L}+ на|домой на)[^.;\n\d]{0,30}?[:\s–—-]\s*",
    )
});
/// A number, in digits or in words.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\d|\b(?:сто|двести|триста|десять|двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто)\b|надцать\b",
    )
});
/// Kinds of documents.
static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:паспорт\p{L}*|удостов\p{L}*\.?|уд\.?\s?л(?:ич)?\.?|вид\p{L}*\s+на\s+жительство|внж|свидетельств\p{L}*\s+о\s+рожд\p{L}*|военн\p{L}+ билет\p{L}*|водит\p{L}* уд\p{L}*|\bв/у\b|загранпаспорт\p{L}*|куәлі[кг]\p{L}*|төлқұжат\p{L}*|туу туралы)",
    )
});
/// The number of one.
static DOCUMENT_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:(?:сери\p{L}+|серия)\s*)?(?:\b[A-ZА-ЯІ]{1,3}(?:-\d{1,2}|-[А-Я]{2})?[\s-]{0,2})?(?:№|N[eоo]?\b|#)?\s?\b(?:[A-Z]{0,2}\d{2,4}(?:[ -]\d{2,4}){1,4}|[A-Z]{0,3}\d{5,12}|[A-Z0-9]{2,}\d[A-Z0-9]*(?:\s[A-Z0-9]*\d[A-Z0-9]*)?)\b",
    )
});
/// Words behind which a number is of a paper of the case.
static PAPER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(?:дел[оауе]\b|договор|контракт|протокол|акт[ауеом]*\b|решени|постановлени|определени|заключени|приговор|стать|\bст\.|на сумму|в размере|кошел|приказ|үкім|шарт|хаттама|\bот\s*$|выдан)",
    )
});
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:\+7|\b8)[\s(-]{0,2}7\d{2}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}\b|\+\d{1,3}[\s(-]\d[\d\s()-]{6,15}\d\b",
    )
});
static VIN: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[A-HJ-NPR-Z0-9]{17}\b"));
static CADASTRAL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b\d{2}[:-]\d{3}[:-]\d{3}[:-]\d{1,5}(?:[:/-][\p{L}\d]{1,6})*"));
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b\d{3}\s?[A-ZАВЕКМНОРСТУХ]{2,3}\s?\d{2}\b|\b[A-ZАВЕКМНОРСТУХ]\s?\d{3}\s?[A-ZАВЕКМНОРСТУХ]{2,3}(?:\s?\d{2})?\b",
    )
});

struct Gathered<'a> {
    text: &'a str,
    persons: Vec<(usize, usize)>,
    taken: Vec<(usize, usize, Category)>,
    fresh: Vec<(usize, usize, Category)>,
}

/// What has to be removed besides `findings`, which are in rising order.
pub(super) fn beside(text: &str, findings: &[Finding]) -> Vec<Finding> {
    let place = |f: &Finding| (f.start as usize, f.end as usize);
    let persons = findings.iter().filter(|f| f.category == Category::PERSON).map(place).collect();
    let taken = findings
        .iter()
        .filter(|f| f.category != Category::PERSON)
        .map(|f| (place(f).0, place(f).1, f.category));
    let mut g = Gathered { text, persons, taken: taken.collect(), fresh: Vec::new() };
    g.dates();
    g.places();
    g.addresses();
    g.documents();
    g.numbers();
    let mut fresh: Vec<Finding> = g
        .fresh
        .into_iter()
        .filter(|(start, end, _)| start < end)
        .map(|(start, end, category)| doubtful(start, end, category, 0))
        .collect();
    fresh.sort_by_key(|f| (f.start, f.end));
    fresh
}

/// A finding that is made in doubt; `entity`: which person it is.
pub(super) fn doubtful(start: usize, end: usize, category: Category, entity: u32) -> Finding {
    Finding {
        start: start as u32,
        end: end as u32,
        segment: 0,
        category,
        subtype: None,
        rule: "court_act",
        confidence: 0.5,
        evidence: EvidenceSet::new(),
        alternatives: Default::default(),
        entity,
    }
}

/// At most `most` bytes of `text` before `at`, whole characters.
fn behind(text: &str, at: usize, most: usize) -> &str {
    &text[text.ceil_char_boundary(at.saturating_sub(most))..at]
}

/// At most `most` bytes of `text` from `at` on.
fn ahead(text: &str, at: usize, most: usize) -> &str {
    &text[at..text.floor_char_boundary((at + most).min(text.len()))]
}

impl Gathered<'_> {
    fn overlaps(&self, start: usize, end: usize) -> bool {
        self.taken.iter().any(|t| t.0 < end && start < t.1)
    }

    fn person(&self, start: usize, end: usize) -> bool {
        self.persons.iter().any(|t| t.0 < end && start < t.1)
    }

    fn dates(&mut self) {
        let text = self.text;
        // days of birth that the IIN of the participants tell
        let born: Vec<[u32; 3]> = self
            .taken
            .iter()
            .filter(|t| t.2 == Category::IIN)
            .filter_map(|t| {
                let digits: Vec<u32> = text[t.0..t.1].chars().filter_map(|c| c.to_digit(10)).collect();
                (digits.len() == 12).then(|| [0, 2, 4].map(|k| digits[k] * 10 + digits[k + 1]))
            })
            .collect();
        // a date behind a name is of birth where it lies some years before the last year of the act
        let last = DATE
            .find_iter(text)
            .filter_map(|m| numbers(m.as_str()))
            .map(|d| d[0])
            .filter(|y| *y < 60)
            .max()
            .unwrap_or(0);
        for m in DATE.find_iter(text) {
            let (start, mut end) = (m.start(), m.end());
            let value = m.as_str();
            if ahead(text, end, 1).starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let lone = value.len() == 4;
            let before = behind(text, start, 120);
            let after = ahead(text, end, 60);
            let told = BORN_AFTER.is_match(after) || BORN_BEFORE.is_match(before) || value.contains("рожд");
            let old = numbers(value).is_some_and(|d| (last + 100 - d[0]) % 100 >= 3);
            let listed = !lone
                && old
                && self.persons.iter().any(|p| {
                    p.1 <= start
                        && matches!(text[p.1..start].trim(), "," | "(" | ", (")
                        && after.trim_start_matches([' ', 'г', '.']).starts_with([',', ')', ';'])
                });
            let own = !lone && numbers(value).is_some_and(|d| born.contains(&d));
            let known = self.taken.iter().any(|t| t.2 == Category::BIRTH_DATE && t.0 < end && start < t.1);
            if !(told || listed || own || known) {
                continue;
            }
            if let Some(word) = YEAR_WORD.find(ahead(text, end, 20)) {
                let said = word.as_str().trim_end_matches([',', ' ', '\n']);
                let rest = ahead(text, end + word.end(), 20).trim_start_matches(['.', ' ']);
                // «1939 г.р.» keeps its «г.р.»
                let short = said.trim().trim_end_matches('.') == "г" && rest.starts_with('р');
                if !short || rest.starts_with("рожд") {
                    end += said.len();
                }
            }
            self.fresh.push((start, end, Category::BIRTH_DATE));
        }
    }

    /// Where the place that begins at `at` ends: parts between commas, as long as they read like parts of a place.
    fn place_end(&self, at: usize, birth: bool) -> usize {
        let text = self.text;
        let mut end = at;
        let mut from = at;
        for _ in 0..8 {
            let rest = ahead(text, from, 200);
            let lead = rest.len() - rest.trim_start().len();
            let part = &rest[lead..];
            let stop = part_end(part);
            let body = part[..stop].trim_end();
            let reads = body.starts_with(char::is_uppercase)
                || (!birth && body.starts_with(|c: char| c.is_ascii_digit() || c == '«'))
                || PLACE_PART.is_match(body);
            let other = [
                "ИИН",
                "ЖСН",
                "БИН",
                "БСН",
                "Паспорт",
                "Удостоверение",
                "Телефон",
                "Гражд",
                "РАГС",
                "ЗАГС",
                "ЕРДР",
                "МВД",
                "УК ",
            ]
            .iter()
            .any(|w| body.starts_with(w))
                || body.contains("УК РК")
                || body.bytes().take_while(u8::is_ascii_digit).count() > 6;
            if !reads || other || self.person(from + lead, from + lead + body.len()) || body.is_empty() {
                break;
            }
            // «22 тыс. тенге», «12.03.2020»: no part of a place
            if DATE.find(body).is_some_and(|m| m.start() == 0 && m.as_str().len() > 4) {
                break;
            }
            end = from + lead + body.len();
            if !ahead(text, from + lead + stop, 1).starts_with(',') {
                break;
            }
            from = from + lead + stop + 1;
        }
        end
    }

    fn places(&mut self) {
        let text = self.text;
        for m in NATIVE.find_iter(text).chain(BORN_IN.find_iter(text)) {
            let end = self.place_end(m.end(), true);
            if end > m.end() && text[m.end()..end].contains(char::is_uppercase) {
                self.fresh.push((m.end(), end, Category::BIRTH_PLACE));
            }
        }
        // «1996 жылы 3 наурызда Панфилов ауданының Пенжім ауылында туған»
        for (at, _) in text.match_indices("туған") {
            let before = behind(text, at, 160);
            let stop = before.rfind([';', '(', ')', '\n', ':', '«', '»']).map_or(0, |k| k + 1);
            let stop = before.ceil_char_boundary(stop);
            let mut from = at - before.len() + stop;
            for m in DATE.find_iter(&before[stop..]) {
                from = at - before.len() + stop + m.end();
            }
            from = self.persons.iter().filter(|p| p.1 <= at).map(|p| p.1).fold(from, usize::max);
            let body = text[from..at].trim_start_matches([',', ' ', '-', '–', '.', '»']);
            let body = body.trim_start_matches("жылы").trim_start_matches("ж.").trim_start();
            let start = at - body.len();
            let body = body.trim_end();
            let locative = ["да", "де", "та", "те"].iter().any(|e| body.ends_with(e));
            if locative && body.contains(char::is_uppercase) && body.split(' ').count() <= 10 {
                self.fresh.push((start, start + body.len(), Category::BIRTH_PLACE));
            }
            // «жылы туған, Құлсары қаласы»
            let after = ahead(text, at + "туған".len(), 90);
            if let Some(rest) = after.strip_prefix(',') {
                let part = &rest[..part_end(rest)];
                let place = ["қаласы", "ауылы", "облысы", "ауданы", "кенті"].iter().any(|w| part.contains(w));
                if place && !part.contains("тұр") {
                    let start = at + "туған,".len() + part.len() - part.trim_start().len();
                    self.fresh.push((
                        start,
                        at + "туған,".len() + part.trim_end().len(),
                        Category::BIRTH_PLACE,
                    ));
                }
            }
        }
    }

    fn addresses(&mut self) {
        let text = self.text;
        let mut ends: Vec<(usize, usize)> =
            self.taken.iter().filter(|t| t.2 == Category::ADDRESS).map(|t| (t.0, t.1)).collect();
        for m in LIVES.find_iter(text) {
            // «проживает в Германии: Bielefelder Str. 114»: the place may begin a few words on
            let near = ahead(text, m.end(), 80);
            let near = &near[..near.find([';', '\n']).unwrap_or(near.len())];
            let mut last = ' ';
            for (k, c) in near.char_indices() {
                let begins = !last.is_alphanumeric() && (c.is_alphanumeric() || c == '«');
                last = c;
                if !begins {
                    continue;
                }
                let start = m.end() + k;
                let end = self.place_end(start, false);
                let body = &text[start..end];
                if NUMBERED.is_match(body) && body.len() > 8 && body.contains(char::is_uppercase) {
                    ends.push((start, end));
                    self.fresh.push((start, end, Category::ADDRESS));
                    break;
                }
            }
        }
        for m in HOUSE.find_iter(text) {
            let before = behind(text, m.start(), 8);
            // «1 кв. 2024»
            let sheet = m.as_str().starts_with("д.") && before.trim_end().ends_with("л.");
            let quarter = sheet
                || m.as_str().starts_with("кв") && before.trim_end().ends_with(|c: char| c.is_ascii_digit());
            if quarter || ends.iter().any(|t| t.0 <= m.start() && m.end() <= t.1) {
                continue;
            }
            let start = self.place_start(m.start());
            ends.push((start, m.end()));
            self.fresh.push((start, m.end(), Category::ADDRESS));
        }
        for (first, mut end) in ends {
            let start = self.place_start(first);
            let had = end;
            while let Some(more) = MORE.find(ahead(text, end, 60)).filter(|m| m.end() > 0) {
                let tail = more.as_str().trim_end_matches([',', ';', ')', ' ', '\n']);
                if tail.trim().is_empty() || self.person(end, end + tail.len()) {
                    break;
                }
                end += tail.len();
            }
            if end > had || start < first {
                self.fresh.push((start, end, Category::ADDRESS));
            }
        }
    }

    /// The parts of a place before `at`: «Талдықорған қаласы, Жастар ықшам ауданы, ».
    fn place_start(&self, at: usize) -> usize {
        let text = self.text;
        let mut start = at;
        for _ in 0..6 {
            let before = behind(text, start, 120);
            let Some(head) = before.trim_end().strip_suffix(',') else { break };
            // a line that goes on in small letters was wrapped
            let wrapped = |k: usize| {
                head[k..].starts_with('\n') && head[k..].trim_start().starts_with(char::is_lowercase)
            };
            let from = head
                .char_indices()
                .rev()
                .find(|(k, c)| matches!(c, ',' | ';' | '(' | ')' | '\n' | ':' | '–' | '«') && !wrapped(*k))
                .map_or(0, |(k, c)| k + c.len_utf8());
            let part = head[from..].trim_start();
            let reads = (part.starts_with(char::is_uppercase) || PLACE_PART.is_match(part))
                && part.split(' ').count() <= 5
                && !part.contains("ИИН")
                && !part.contains("ЖСН");
            let begin = start - before.len() + head.len() - part.len();
            if !reads || self.person(begin, begin + part.len()) || DATE.is_match(part) {
                break;
            }
            start = begin;
        }
        start
    }

    fn documents(&mut self) {
        let text = self.text;
        for m in DOCUMENT.find_iter(text) {
            let window = ahead(text, m.end(), 170);
            let stop = window.find(';').into_iter().chain(window.find("\n\n")).min();
            let window = &window[..stop.unwrap_or(window.len())];
            for n in DOCUMENT_NUMBER.find_iter(window) {
                let (start, end) = (m.end() + n.start(), m.end() + n.end());
                let digits = n.as_str().bytes().filter(u8::is_ascii_digit).count();
                let between = &window[..n.start()];
                let far =
                    PAPER.find_iter(between).last().is_some_and(|p| !between[p.end()..].contains(" и "));
                if digits >= 5 && !far && (!self.overlaps(start, end) || self.cut(start, end)) {
                    let lead = n.as_str().len() - n.as_str().trim_start().len();
                    self.fresh.push((start + lead, end, Category::ID_CARD));
                }
            }
        }
    }

    /// Does a finding cover only a part of a number?
    fn cut(&self, start: usize, end: usize) -> bool {
        self.taken
            .iter()
            .any(|t| t.0 < end && start < t.1 && (start < t.0 || t.1 < end) && t.2 != Category::IIN)
    }

    fn numbers(&mut self) {
        let text = self.text;
        let all: [(&Regex, Category); 4] = [
            (&PHONE, Category::PHONE),
            (&VIN, Category::VIN),
            (&CADASTRAL, Category::CADASTRAL),
            (&PLATE, Category::PLATE),
        ];
        for (pattern, category) in all {
            for m in pattern.find_iter(text) {
                let covered = self.taken.iter().any(|t| t.0 <= m.start() && m.end() <= t.1);
                let digits = m.as_str().bytes().filter(u8::is_ascii_digit).count();
                if !covered && digits >= 3 && !(category == Category::VIN && digits == 17) {
                    self.fresh.push((m.start(), m.end(), category));
                }
            }
        }
    }
}

/// The length of the part of a place at the start of `text`: to a comma, a bracket, a dash, the end of a sentence.
fn part_end(text: &str) -> usize {
    let mut last = ' ';
    let mut letters = 0;
    let mut word = 0;
    for (k, c) in text.char_indices() {
        match c {
            ',' | ';' | ')' | '(' | ':' | '\n' | '|' => return k,
            '–' | '—'
                if last == ' '
                    && !text[k..]
                        .trim_start_matches(['–', '—', ' '])
                        .starts_with(|c: char| c.is_ascii_digit()) =>
            {
                return k;
            }
            '.' if word > 4 || (letters == 0 && last.is_ascii_digit()) => {
                let next = text[k + 1..].trim_start();
                if next.is_empty() || next.starts_with(|c: char| c.is_uppercase()) {
                    return k;
                }
            }
            _ => {}
        }
        if c.is_alphabetic() {
            letters += 1;
            word += 1;
        } else {
            word = 0;
        }
        last = c;
    }
    text.len()
}

/// Year of the century, month and day of a date.
fn numbers(value: &str) -> Option<[u32; 3]> {
    const MONTHS: [&str; 12] =
        ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
    const KAZAKH: [&str; 12] =
        ["қаң", "ақп", "нау", "сәу", "мам", "мау", "шіл", "там", "қыр", "қаз", "қар", "жел"];
    const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
    let all: Vec<u32> = value
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .filter_map(|p| p.parse().ok())
        .collect();
    if let [a, b, c] = all[..] {
        return Some(if a > 31 { [a % 100, b, c] } else { [c % 100, b, a] });
    }
    let [a, b] = all[..] else { return None };
    let (year, day) = if a > 31 { (a, b) } else { (b, a) };
    let month = value.split(|c: char| !c.is_alphabetic()).find_map(|w| {
        let w = w.trim();
        ROMAN.iter().position(|r| *r == w).or_else(|| {
            let low = w.to_lowercase();
            (low.chars().count() >= 3)
                .then(|| {
                    KAZAKH
                        .iter()
                        .position(|m| low.starts_with(m))
                        .or_else(|| MONTHS.iter().position(|m| low.starts_with(m)))
                })
                .flatten()
        })
    })?;
    Some([year % 100, month as u32 + 1, day])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        let all = beside(text, &[]);
        all.iter().map(|f| (&text[f.start as usize..f.end as usize], f.category.as_str())).collect()
    }

    #[test]
    fn patterns_are_read() {
        for p in [
            &NUMBERED,
            &DATE,
            &BORN_AFTER,
            &BORN_BEFORE,
            &YEAR_WORD,
            &NATIVE,
            &BORN_IN,
            &PLACE_PART,
            &HOUSE,
            &MORE,
            &LIVES,
            &DOCUMENT,
            &DOCUMENT_NUMBER,
            &PAPER,
            &PHONE,
            &VIN,
            &CADASTRAL,
            &PLATE,
        ] {
            assert_ne!(p.as_str(), "[^\\s\\S]");
        }
    }

    #[test]
    fn births_in_every_form() {
        for (text, value) in [
            ("отец, 1939 года рождения, умер", "1939 года"),
            ("сын (2011 г.р.) спал", "2011"),
            ("(1971 ж.т.)", "1971"),
            ("истец, 30-VI-1958 г.р., просит", "30-VI-1958"),
            ("1978 года рождения, 29 мая, уроженца", "1978 года рождения, 29 мая"),
            ("родилась 6 января 2025 г., отец", "6 января 2025 г."),
            (
                "третьего января тысяча девятьсот девяносто третьего года рождения",
                "третьего января тысяча девятьсот девяносто третьего года",
            ),
        ] {
            assert!(found(text).contains(&(value, "birth_date")), "{text}: {:?}", found(text));
        }
        assert_eq!(found("Решение от 12.03.2020 г. отменить, в 2011 году брак расторгнут."), []);
    }

    #[test]
    fn places_of_birth() {
        for (text, value) in [
            ("ур. г. Троицка Челябинской обл., ИИН", "г. Троицка Челябинской обл."),
            ("уроженец Азербайджанской ССР, г. Сабирабад, гражданин", "Азербайджанской ССР, г. Сабирабад"),
            ("05.12.1979 жылы Орал облысы, Жымпиты селосында туған, ЖСН", "Орал облысы, Жымпиты селосында"),
        ] {
            assert!(found(text).contains(&(value, "birth_place")), "{text}: {:?}", found(text));
        }
    }
}

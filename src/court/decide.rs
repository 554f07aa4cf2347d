//! What is replaced in an act, and by what.

use std::collections::{BTreeMap, HashMap};

use crate::detect::names::parts::Parts;
use crate::detect::names::{Names, letters::fold};
use crate::model::{Block, Category, Edit, Finding};

use super::act::{ActAnalysis, Kind};
use super::beside;
use super::decisions::ActDecisions;
use super::doubt;
use super::label::{self, Case};
use super::left::{self, Left};
use super::persons::{self, Mention, Person};
use super::roles::{self, Hide, ROLES};

/// The open points of par. 30, as switches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActOptions {
    /// Replace representatives and lawyers. The Order speaks of "participants of the trial" and does not say whether
    /// they are; true is the cautious reading.
    pub representatives: bool,
    /// Replace bailiffs, notaries and investigators, who act in office. False.
    pub officials: bool,
    /// Replace what tells of property and money (land, vehicles, bank accounts). The Order adds "if this information
    /// relates to the merits of the case", which a program cannot judge; true removes it always.
    pub property: bool,
    /// Replace what is said of a participant's health. Par. 30 does not list it, but it also protects "secrets protected
    /// by law", of which medical secrecy is one; true.
    pub health: bool,
    /// Labels have one form for men and women («Истец-1», never «Истица-1»). True.
    pub neutral: bool,
}

impl Default for ActOptions {
    fn default() -> ActOptions {
        ActOptions { representatives: true, officials: false, property: true, health: true, neutral: true }
    }
}

/// What was decided on one act.
#[derive(Clone, Debug, Default)]
pub struct ActDecision {
    /// What the act is.
    pub act: ActAnalysis,
    /// Replacements in rising order, not overlapping.
    pub edits: Vec<Edit>,
    /// All persons, also those who stay.
    pub persons: Vec<Person>,
    /// The label of each person who is replaced, by number.
    pub labels: BTreeMap<u32, String>,
    /// Spans of findings of other categories: start, end, category, replaced or not.
    pub others: Vec<(u32, u32, Category, bool)>,
    /// What is left in the text and could still be a name or a number.
    pub left: Vec<Left>,
}

/// Labels that are in use in a file, so that its further blocks go on with them.
#[derive(Debug, Default)]
pub struct Numbers {
    next: HashMap<usize, u32>,
    known: HashMap<(String, Option<char>), (usize, u32)>,
}

/// Categories that tell of property or money.
const PROPERTY: &[Category] = &[
    Category::PLATE,
    Category::VIN,
    Category::VEHICLE_CERTIFICATE,
    Category::VEHICLE,
    Category::CADASTRAL,
    Category::IBAN,
    Category::ACCOUNT,
    Category::CARD,
];

/// Is a finding one that par. 30 does not name and that does not point to a participant: the number of a firm, a
/// conviction, faith; a state of health where the switch says so?
fn kept(f: &Finding, options: &ActOptions) -> bool {
    let health = || f.rule == beside::RULE || f.subtype == Some("health");
    match f.category {
        Category::BIN => true,
        Category::SPECIAL => !(options.health && health()),
        c => PROPERTY.contains(&c) && !options.property,
    }
}

/// Is it the taxpayer number of a sole proprietor, which par. 30 lists: a BIN right behind the words for one?
fn entrepreneur(text: &str, f: &Finding) -> bool {
    let at = f.start as usize;
    let line = &text[text.ceil_char_boundary(at.saturating_sub(110))..at];
    let near = line.rsplit(['\n', ';']).next().unwrap_or(line);
    let firm =
        |w: &str| matches!(w, "ТОО" | "АО" | "ЖШС" | "АҚ" | "ГУ" | "КГУ" | "МКК" | "ПК" | "ММ" | "КММ");
    let sole = |w: &str| {
        matches!(w, "ИП" | "ЖК" | "КХ" | "ШҚ") || w.starts_with("предпринимател") || w.starts_with("кәсіпкер")
    };
    let words = near.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    f.category == Category::BIN && words.rev().find(|w| firm(w) || sole(w)).is_some_and(sole)
}

fn constant(category: Category, kazakh: bool) -> &'static str {
    let pair = match category {
        Category::IIN => ("[ИИН]", "[ЖСН]"),
        Category::BIN => ("[БИН]", "[БСН]"),
        Category::PHONE => ("[телефон]", "[телефон]"),
        Category::EMAIL => ("[электронная почта]", "[электрондық пошта]"),
        Category::ADDRESS | Category::POSTCODE => ("[адрес]", "[мекенжай]"),
        Category::BIRTH_DATE => ("[дата рождения]", "[туған күні]"),
        Category::BIRTH_PLACE => ("[место рождения]", "[туған жері]"),
        Category::IBAN | Category::ACCOUNT => ("[счёт]", "[шот]"),
        Category::CARD => ("[карта]", "[карта]"),
        Category::PLATE => ("[госномер]", "[мемлекеттік нөмір]"),
        Category::VIN => ("[номер кузова]", "[шанақ нөмірі]"),
        Category::VEHICLE => ("[марка автомобиля]", "[көлік маркасы]"),
        Category::CADASTRAL => ("[кадастровый номер]", "[кадастр нөмірі]"),
        Category::ID_CARD | Category::PASSPORT | Category::RESIDENCE_PERMIT | Category::DRIVER_LICENCE => {
            ("[документ]", "[құжат]")
        }
        Category::BIRTH_CERTIFICATE | Category::MILITARY_ID | Category::VEHICLE_CERTIFICATE => {
            ("[документ]", "[құжат]")
        }
        Category::SPECIAL => ("[сведения о здоровье]", "[денсаулық туралы деректер]"),
        _ => ("[данные]", "[деректер]"),
    };
    if kazakh { pair.1 } else { pair.0 }
}

/// Is a text one of the labels or constants that this module writes?
pub fn is_label(text: &str) -> bool {
    let text = text.trim();
    if text.starts_with('[') && text.ends_with(']') {
        return !text.contains(|c: char| c.is_ascii_digit());
    }
    let lower = text.to_lowercase();
    ROLES.iter().any(|role| {
        role.label_ru.iter().chain([&role.label_kk, &role.woman_ru]).filter(|l| !l.is_empty()).any(|l| {
            let Some(rest) = lower.strip_prefix(&l.to_lowercase()) else { return false };
            let Some(rest) = rest.strip_prefix('-') else { return rest.is_empty() };
            let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            digits.len() < rest.len()
                && (digits.is_empty() || digits.strip_prefix('-').is_some_and(|e| e.chars().count() <= 3))
        })
    })
}

/// Decides on an act: who is who, what is replaced and by what.
///
/// The same text, findings, decisions and key give the same edits; without the key the numbers of the labels cannot be
/// told from the order of mention.
pub fn decide(
    block: &Block,
    findings: &[Finding],
    options: &ActOptions,
    decisions: Option<&ActDecisions>,
    key: &[u8; 32],
    numbers: &mut Numbers,
) -> ActDecision {
    let owned = String::from_utf8_lossy(&block.text);
    if owned.len() != block.text.len() {
        // bytes that are no text moved the positions: read them as blanks of the same length
        let mut clean = block.clone();
        clean.text = blanked(&block.text);
        return decide(&clean, findings, options, decisions, key, numbers);
    }
    let text = owned.as_ref();
    let mut out = ActDecision { act: ActAnalysis::of(text), ..ActDecision::default() };
    let rejected = |start: u32, end: u32| {
        decisions.is_some_and(|d| d.rejected.iter().any(|p| p.start < end && start < p.end))
    };
    let mut findings: Vec<Finding> = findings.to_vec();
    findings.extend(beside::beside(text, &findings));
    findings.retain(|f| !rejected(f.start, f.end));
    findings.sort_by_key(|f| (f.start, f.end));
    let people = persons::group(text, &findings);
    let hidden: Vec<bool> = people.iter().map(|p| hides(p, options)).collect();
    doubt::resolve(text, &mut findings, &people, &hidden);
    findings.retain(|f| !rejected(f.start, f.end));
    let mut people = persons::group(text, &findings);
    if let Some(d) = decisions {
        apply(d, text, &mut people);
    }
    twins(text, &mut people);
    let hidden: Vec<bool> = people.iter().map(|p| hides(p, options)).collect();
    let assigned = assign(text, &people, &hidden, key, numbers);
    let mut edits: Vec<Edit> = Vec::new();
    for (k, person) in people.iter().enumerate() {
        let Some((role, number)) = assigned[k] else { continue };
        let woman = !options.neutral && sex(text, person) == crate::detect::names::parts::Sex::Female;
        out.labels.insert(
            person.number,
            label::label(
                role,
                number,
                Case::Nominative,
                out.act.kazakh_at(text, person.mentions[0].start as usize),
                woman,
            ),
        );
        for m in &person.mentions {
            edits.push(replace(text, &out.act, m, role, number, woman, options));
        }
    }
    for f in findings.iter().filter(|f| f.category != Category::PERSON) {
        let keep = kept(f, options) && !entrepreneur(text, f);
        out.others.push((f.start, f.end, f.category, !keep));
        if !keep {
            let kazakh = out.act.kazakh_at(text, f.start as usize);
            edits.push(Edit { start: f.start, end: f.end, text: constant(f.category, kazakh).into() });
        }
    }
    for p in decisions.map(|d| d.added.as_slice()).unwrap_or_default() {
        let category = p.category.as_deref().map_or(Category::PERSON, Category::new);
        let inside = text.is_char_boundary(p.start as usize)
            && text.is_char_boundary(p.end as usize)
            && p.start < p.end;
        if category != Category::PERSON && inside && p.end as usize <= text.len() {
            let kazakh = out.act.kazakh_at(text, p.start as usize);
            edits.push(Edit { start: p.start, end: p.end, text: constant(category, kazakh).into() });
            out.others.push((p.start, p.end, category, true));
        }
    }
    edits.sort_by_key(|e| (e.start, std::cmp::Reverse(e.end)));
    for edit in edits {
        match out.edits.last_mut() {
            // what overlaps is removed as a whole, under the first label
            Some(last) if edit.start < last.end => last.end = last.end.max(edit.end),
            _ => out.edits.push(edit),
        }
    }
    out.left = left::list(text, &out.edits, &people, &hidden, Names::builtin().lists());
    out.persons = people;
    out
}

fn blanked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        out.resize(out.len() + chunk.invalid().len(), b' ');
    }
    out
}

fn hides(person: &Person, options: &ActOptions) -> bool {
    match roles::hide(person.role).unwrap_or(Hide::Participant) {
        Hide::Participant => true,
        Hide::Representative => options.representatives,
        Hide::Official => options.officials,
        Hide::Court => false,
    }
}

fn apply(d: &ActDecisions, text: &str, people: &mut Vec<Person>) {
    for p in d.added.iter().filter(|p| p.category.as_deref().is_none_or(|c| c == "person")) {
        let (start, end) = (p.start as usize, p.end as usize);
        if end > text.len() || start >= end || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            continue;
        }
        let mention = Mention { start: p.start, end: p.end, confidence: 1.0, word: None, decided: true };
        let number = p.person.unwrap_or(0);
        if let Some(person) = people.iter_mut().find(|q| q.number == number) {
            person.mentions.push(mention);
            person.mentions.sort_by_key(|m| m.start);
        } else {
            let mut person = Person::added(people.iter().map(|p| p.number).max().unwrap_or(0) + 1);
            person.mentions.push(mention);
            people.push(person);
        }
    }
    for (a, b) in &d.same {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || !people.iter().any(|p| p.number == *a) {
            continue;
        }
        if let Some(k) = people.iter().position(|p| p.number == *b) {
            let other = people.remove(k);
            if let Some(first) = people.iter_mut().find(|p| p.number == *a) {
                first.join(other);
            }
        }
    }
    for person in people.iter_mut() {
        if let Some(role) = d.roles.get(&person.number).and_then(|r| roles::by_id(r)) {
            person.role = role;
            person.doubts.clear();
        }
        for m in &mut person.mentions {
            m.decided |= d.accepted.iter().any(|p| p.start <= m.start && m.end <= p.end);
        }
        if person.mentions.iter().all(|m| m.decided) {
            person.doubts.clear();
        }
    }
    people.retain(|p| !p.mentions.is_empty());
}

fn parts(text: &str, m: &Mention) -> Parts {
    Names::builtin().parts(&text.as_bytes()[m.start as usize..m.end as usize])
}

/// The fullest mention tells a person's parts.
fn fullest(text: &str, person: &Person) -> Parts {
    person.mentions.iter().map(|m| parts(text, m)).max_by_key(Parts::weight).unwrap_or_default()
}

fn sex(text: &str, person: &Person) -> crate::detect::names::parts::Sex {
    fullest(text, person).sex
}

/// Two persons of one surname of whom one is kept, or whose mentions may have been mixed, are told to the reviewer.
fn twins(text: &str, people: &mut [Person]) {
    let stems: Vec<Option<String>> = people.iter().map(|p| fullest(text, p).surname).collect();
    let mut count: HashMap<&String, u32> = HashMap::new();
    stems.iter().flatten().for_each(|s| *count.entry(s).or_default() += 1);
    for (person, stem) in people.iter_mut().zip(&stems) {
        if stem.as_ref().is_some_and(|s| count[s] > 1) {
            person.doubts.push("another person has the same surname");
        }
    }
}

/// Role and number of every person who is replaced. Numbers of a role are shuffled by the key and the text.
fn assign(
    text: &str,
    people: &[Person],
    hidden: &[bool],
    key: &[u8; 32],
    numbers: &mut Numbers,
) -> Vec<Option<(usize, u32)>> {
    let mut out = vec![None; people.len()];
    let mut fresh: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let names: Vec<Option<(String, Option<char>)>> = people
        .iter()
        .map(|p| {
            let parts = fullest(text, p);
            let letter = parts.given_letter();
            parts.surname.or(parts.given).map(|s| (s, letter))
        })
        .collect();
    for k in (0..people.len()).filter(|k| hidden[*k]) {
        match names[k].as_ref().and_then(|n| numbers.known.get(n)) {
            Some(known) if !out.contains(&Some(*known)) => out[k] = Some(*known),
            _ => fresh.entry(people[k].role).or_default().push(k),
        }
    }
    for (role, mut members) in fresh {
        let from = *numbers.next.entry(role).or_insert_with(|| used(text, role));
        // Fisher and Yates, fed by a keyed stream
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(b"qupia court act numbers v1");
        hasher.update(&(role as u64).to_le_bytes());
        hasher.update(text.as_bytes());
        let mut stream = hasher.finalize_xof();
        for i in (1..members.len()).rev() {
            let mut bytes = [0u8; 8];
            stream.fill(&mut bytes);
            members.swap(i, (u64::from_le_bytes(bytes) % (i as u64 + 1)) as usize);
        }
        numbers.next.insert(role, from + members.len() as u32);
        for (i, k) in members.into_iter().enumerate() {
            out[k] = Some((role, from + i as u32 + 1));
            if let Some(name) = &names[k] {
                numbers.known.insert(name.clone(), (role, from + i as u32 + 1));
            }
        }
    }
    out
}

/// The highest number that a label of this role has in the text already (a copy that is worked on again).
fn used(text: &str, role: usize) -> u32 {
    let Some(role) = ROLES.get(role) else { return 0 };
    let lower = text.to_lowercase();
    let mut top = 0;
    for form in role.label_ru.iter().chain([&role.label_kk]) {
        let prefix = format!("{}-", form.to_lowercase());
        for (k, _) in lower.match_indices(&prefix) {
            let digits: String =
                lower[k + prefix.len()..].chars().take_while(char::is_ascii_digit).take(5).collect();
            top = top.max(digits.parse().unwrap_or(0));
        }
    }
    top
}

/// The edit of one mention. A role word of the same role directly before the name takes the number itself:
/// «истца Ахметова С.Б.» becomes «истца-1».
fn replace(
    text: &str,
    act: &ActAnalysis,
    m: &Mention,
    role: usize,
    number: u32,
    woman: bool,
    options: &ActOptions,
) -> Edit {
    let mention = &text[m.start as usize..m.end as usize];
    let kazakh = act.kazakh_at(text, m.start as usize);
    let case = if kazakh {
        label::kazakh_case(mention)
    } else {
        let line = text[..m.start as usize].rfind('\n').map_or(0, |k| k + 1);
        let before = text[line..m.start as usize].trim_end();
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
        label::russian_case(mention, if before.ends_with(char::is_alphabetic) { &word } else { "" })
    };
    if let Some((from, to, found)) = m.word
        && (found == role || (roles::criminal(found) && roles::criminal(role)))
        && text[to as usize..m.start as usize].chars().all(char::is_whitespace)
        && let Some(r) = ROLES.get(found)
    {
        let word = text[from as usize..to as usize].to_lowercase();
        let folded = fold(&word);
        let singular = if kazakh {
            folded == fold(&r.label_kk)
        } else {
            r.label_ru.iter().any(|l| fold(&l.to_lowercase()) == folded)
        };
        let woman_word = !r.woman_ru.is_empty() && !singular && !kazakh && feminine(&folded);
        if singular && (found == role) {
            let ending = if kazakh { label::kazakh_ending(number, case) } else { "" };
            let hyphen = if ending.is_empty() { "" } else { "-" };
            return Edit { start: to, end: m.end, text: format!("-{number}{hyphen}{ending}").into() };
        }
        if singular || (woman_word && options.neutral) {
            let text = label::label(role, number, case, kazakh, woman);
            return Edit { start: from, end: m.end, text: text.into() };
        }
    }
    Edit { start: m.start, end: m.end, text: label::label(role, number, case, kazakh, woman).into() }
}

fn feminine(word: &str) -> bool {
    ["ица", "ицы", "ице", "ицу", "ицей", "ая", "ую", "ой", "ей"].iter().any(|e| word.ends_with(e))
}

impl ActDecision {
    /// Is the text an act at all? Where not, everything found is removed all the same.
    pub fn is_act(&self) -> bool {
        self.act.kind != Kind::NoAct
    }

    /// Mentions that stay, because their person is an officer of the court or kept by a switch.
    pub fn kept(&self) -> impl Iterator<Item = &Mention> {
        self.persons.iter().filter(|p| !self.labels.contains_key(&p.number)).flat_map(|p| &p.mentions)
    }
}

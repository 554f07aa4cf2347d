//! Keys beside one another: `"type": "PASSPORT"` says what `"number": "N1234567"` is.

use super::column::ColumnContext;
use super::detector::Detector;
use super::fold::{Folded, folded, is_word};
use super::lexicon::RuleSet;
use super::rules::{Finder, LabelValue, Rule};
use crate::model::{Block, NO_COLUMN, SegmentKind, Table};

/// Longest text that names a kind, in bytes.
const LONGEST: usize = 80;
/// Last keys of what a key beside them names.
const VALUES: [&str; 4] = ["value", "val", "значение", "мәні"];
/// How many segments may lie between a kind and its value.
const NEAR: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Kind,
    Value,
    /// `<add key="SmtpPassword" value="…"/>`, `{"name": "auth_session", "value": "…"}`
    Key,
}

/// What kind of thing a compound name speaks of: `docType` and `doc_number` belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Anything,
    Document,
    Contact,
    Identifier,
    /// A key and its value, which no other column takes part in.
    Keyed,
    /// Of a record that says nothing of it: `{"type": "passport", "number": "N1234567"}`.
    Flat,
}

/// One column that takes part in a pair.
#[derive(Clone, Debug)]
struct Part<'a> {
    column: u32,
    role: Role,
    of: Of,
    parent: &'a str,
}

impl Part<'_> {
    /// How many keys stand above it.
    fn depth(&self) -> usize {
        if self.parent.is_empty() { 0 } else { self.parent.split(['.', '/']).count() }
    }
}

/// A kind and its value.
#[derive(Clone, Copy, Debug)]
struct Pair {
    kind: u32,
    value: u32,
    /// They are of a way to reach somebody.
    contact: bool,
    /// They are of a document.
    document: bool,
    /// Nothing but the value of the kind tells that they are of a document.
    flat: bool,
    /// The kind is a key, and the value is its own.
    keyed: bool,
}

/// The pairs of a table's columns.
#[derive(Debug, Default)]
pub(crate) struct Siblings(Vec<Pair>);

/// The last key of a path and what stands before it.
fn split(name: &str) -> (&str, &str) {
    name.rfind(['.', '/']).map_or(("", name), |k| (&name[..k], &name[k + 1..]))
}

/// Last keys that only hold the wording of what the key above them names.
pub(crate) fn is_wording(key: &str) -> bool {
    let key = key.to_lowercase().replace('_', "");
    let key = key.as_str();
    matches!(key, "name" | "value" | "text" | "title" | "caption" | "label" | "ru" | "kz" | "kk" | "en")
        || matches!(key, "nameru" | "namekz" | "namekk" | "nameen" | "valueru" | "titleru" | "displayname")
        || matches!(
            key,
            "main"
                | "primary"
                | "secondary"
                | "initial"
                | "final"
                | "preliminary"
                | "admission"
                | "discharge"
        )
        || matches!(
            key,
            "негізгі" | "негізгісі" | "основной" | "сопутствующий" | "заключительный" | "первичный"
        )
        || matches!(key, "наименование" | "название" | "значение" | "атауы")
}

/// The words of a name, folded.
fn words(name: &str) -> Vec<Vec<u8>> {
    let mut folded = Folded::default();
    super::context::fold_name(name.as_bytes(), &mut folded);
    folded.text.split(|b| !is_word(*b)).filter(|w| !w.is_empty()).map(<[u8]>::to_vec).collect()
}

fn part(column: u32, name: &str) -> Option<Part<'_>> {
    let told = described(column, name);
    if name.len() > 160 || told.as_ref().is_some_and(|p| p.role == Role::Kind) {
        return told;
    }
    let (parent, last) = split(name);
    let own = words(last);
    let is = |mut list: std::slice::Iter<'static, Vec<u8>>| own.len() == 1 && list.any(|l| *l == own[0]);
    if is(folded!["key", "name", "param", "parameter", "property", "имя", "ключ", "параметр"])
    {
        return Some(Part { column, role: Role::Key, of: Of::Keyed, parent });
    }
    if told.is_none() && parent.is_empty() && is(folded!["value", "val", "значение", "мәні"]) {
        return Some(Part { column, role: Role::Value, of: Of::Keyed, parent });
    }
    told
}

/// What a name says of a kind and its value.
fn described(column: u32, name: &str) -> Option<Part<'_>> {
    if name.len() > 160 {
        return None;
    }
    let (mut parent, mut last) = split(name);
    let wording = !parent.is_empty() && is_wording(last);
    // `text.text` beside `text.type`: the value of a piece of a text
    let piece = split(parent).1 == last;
    if wording && !piece && !last.eq_ignore_ascii_case("value") {
        (parent, last) = split(parent);
    }
    let words = words(last);
    type Stems = std::slice::Iter<'static, Vec<u8>>;
    let has = |mut list: Stems| list.any(|l| words.contains(l));
    let begins = |mut list: Stems| list.any(|l| words.iter().any(|w| w.starts_with(l)));
    let of = if has(folded!["ser", "seria", "series", "серия"])
        || has(folded!["dok", "док", "dokum", "докум"])
        || begins(folded!["doc", "документ", "құжат", "kuzhat", "dokument", "удостовер", "identity"])
    {
        Of::Document
    } else if begins(folded!["contact", "контакт", "байланыс"]) {
        Of::Contact
    } else if begins(folded!["identif", "идентиф"]) {
        Of::Identifier
    } else {
        Of::Anything
    };
    let numbered = name.contains('№') && words.len() <= 2;
    // `docs: [{t: …, n: …}]`
    let above = split(parent).1.trim_end_matches(['[', ']']).to_lowercase();
    let short =
        ["doc", "документ", "құжат", "kuzhat"].iter().any(|w| above.starts_with(w)) && words.len() == 1;
    // "Документ" beside "Номер документа"
    let alone = parent.is_empty() && of == Of::Document && words.len() == 1 && !numbered;
    let role = if alone
        || has(folded!["type", "kind", "тип", "вид", "түрі", "turi", "doctype", "documenttype", "vid", "tip"])
        || short && has(folded!["t", "k", "name"])
    {
        Role::Kind
    } else if numbered
        || has(folded![
            "number",
            "num",
            "no",
            "nomer",
            "номер",
            "нөмірі",
            "nomiri",
            "value",
            "значение",
            "мәні",
            "docnumber",
        ]) && words.len() <= 3
        || !parent.is_empty() && words.len() == 1 && has(folded!["text"])
        || short && has(folded!["n", "v", "no", "id"])
    {
        Role::Value
    } else {
        return None;
    };
    // in a flat table everything has a type and a number: only the last words themselves, and a document
    let bare = parent.is_empty() && of == Of::Anything;
    let flat = words.len() == 1 && !has(folded!["value", "значение", "мәні", "text", "вид", "vid"]);
    (!bare || flat).then_some(Part { column, role, of: if bare { Of::Flat } else { of }, parent })
}

impl Siblings {
    /// The pairs of a table.
    pub(crate) fn of(table: &Table) -> Siblings {
        let parts: Vec<Part<'_>> =
            table.fields.iter().enumerate().filter_map(|(k, f)| part(k as u32, &f.name)).collect();
        let mut pairs = Vec::new();
        for kind in parts.iter().filter(|p| p.role == Role::Kind) {
            let fits = |v: &&Part<'_>| {
                v.role == Role::Value
                    && (v.parent == kind.parent
                        || kind.of == Of::Document
                            && v.parent.rsplit(['.', '/']).count() == kind.depth() + 1
                            && v.parent.starts_with(kind.parent))
                    && (v.of == kind.of
                        || v.of == Of::Anything
                        || kind.of == Of::Anything
                        || v.of == Of::Flat && kind.of == Of::Document)
            };
            let contact = kind.of == Of::Contact || {
                let parent = kind.parent.to_lowercase();
                ["contact", "phone", "tel", "контакт", "телефон"].iter().any(|w| parent.contains(w))
            };
            // `<PersonDocument><Kind>…</Kind>`
            let of_document = |w: &Vec<u8>| folded!["doc", "документ", "dok"].any(|l| w.starts_with(l));
            let document = kind.of == Of::Document || words(split(kind.parent).1).iter().any(of_document);
            pairs.extend(parts.iter().filter(fits).map(|v| Pair {
                kind: kind.column,
                value: v.column,
                contact,
                document: document || v.of == Of::Flat,
                flat: v.of == Of::Flat && kind.of == Of::Flat,
                keyed: false,
            }));
            // `<contact type="mobile">…</contact>`
            let own = table.fields.iter().position(|f| !kind.parent.is_empty() && f.name == kind.parent);
            pairs.extend(own.map(|v| Pair {
                kind: kind.column,
                value: v as u32,
                contact,
                document,
                flat: false,
                keyed: false,
            }));
        }
        for key in parts.iter().filter(|p| p.role == Role::Key) {
            let fits = |v: &&Part<'_>| {
                let last = split(&table.fields[v.column as usize].name).1.to_lowercase();
                // an attribute `key` stands without its element, `value` with it
                let of = v.parent == key.parent
                    || key.parent.is_empty()
                        && !v.parent.contains(['/', '.'])
                        && table.fields[v.column as usize].name.contains('/');
                v.role == Role::Value && of && VALUES.contains(&last.as_str())
            };
            let pair = |v: &Part<'_>| Pair {
                kind: key.column,
                value: v.column,
                contact: false,
                document: false,
                flat: false,
                keyed: true,
            };
            pairs.extend(parts.iter().filter(fits).map(pair));
        }
        Siblings(pairs)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Detector {
    /// Gives every value whose neighbour says what it is the column that this neighbour names.
    pub(crate) fn pair(&self, siblings: &Siblings, block: &mut Block, contexts: &mut Vec<ColumnContext>) {
        let modules: RuleSet = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, r)| r.finder == Finder::Module)
            .map(|(k, _)| k)
            .collect();
        let numbered = |(k, r): (usize, &Rule)| {
            (r.file.needs_label && matches!(r.finder, Finder::Digits | Finder::Series)
                || r.value == LabelValue::Code)
                .then_some(k)
        };
        let documents: RuleSet = self.rules.iter().enumerate().filter_map(numbered).collect();
        let mut names_of_keys = Vec::new();
        // `Имя="ВалютаВзаиморасчетов"` beside its value: the name of a key is nobody's
        if let Some(person) = self.rule_named("person") {
            let of_key =
                |p: &Pair| p.keyed && block.table.as_ref().is_some_and(|t| attribute(t, p.kind, p.value));
            let keys: Vec<u32> = siblings.0.iter().filter(|p| of_key(p)).map(|p| p.kind).collect();
            for key in &keys {
                if let Some(c) = contexts.get_mut(*key as usize) {
                    c.named &= !RuleSet::of(person);
                    c.whole &= !RuleSet::of(person);
                }
            }
            names_of_keys = keys;
        }
        let mut known: Vec<(bool, String, Option<u32>)> = Vec::new();
        let mut folded = Folded::default();
        let mut given: Vec<(usize, u32)> = Vec::new();
        for (k, s) in block.segments.iter().enumerate() {
            if s.column == NO_COLUMN || s.kind == SegmentKind::Skip {
                continue;
            }
            for pair in siblings.0.iter().filter(|p| p.value == s.column) {
                let near = |n: &usize| {
                    let o = &block.segments[*n];
                    o.column == pair.kind && o.row == s.row
                };
                // what was named first stands first
                let said = if pair.kind <= pair.value || s.column == pair.value && pair.kind == s.column + 1 {
                    let before = (k.saturating_sub(NEAR)..k).rev().find(near);
                    before.or_else(|| (k + 1..(k + NEAR).min(block.segments.len())).find(near))
                } else {
                    let after = (k + 1..(k + NEAR).min(block.segments.len())).find(near);
                    after.or_else(|| (k.saturating_sub(NEAR)..k).rev().find(near))
                };
                let Some(said) = said.map(|n| &block.segments[n]) else { continue };
                let text = block.text.get(said.start as usize..said.end as usize).unwrap_or_default();
                let Some(text) = std::str::from_utf8(text).ok().map(str::trim).filter(|t| t.len() <= LONGEST)
                else {
                    continue;
                };
                // "login.password": "Пароль": the wording of a program in another language
                let value = block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
                let mut worded =
                    || std::str::from_utf8(value).is_ok_and(|v| self.may_name(v.trim(), &mut folded));
                if pair.keyed && (text.contains('.') || worded()) {
                    continue;
                }
                let column = match known.iter().find(|n| n.0 == pair.flat && n.1 == text) {
                    Some(n) => n.2,
                    None => {
                        // "home", "work": of a contact, a telephone
                        let context = match initials(text).filter(|_| pair.document) {
                            Some(name) => self.name_context(name, &mut folded),
                            None => match self.name_context(text, &mut folded) {
                                c if c.named.is_empty() && pair.contact && at_home(text) => {
                                    self.name_context("телефон", &mut folded)
                                }
                                c => c,
                            },
                        };
                        let papers = if pair.flat { documents } else { !RuleSet::NONE };
                        let named = context.named & !modules & papers;
                        let column = (named.any()).then(|| {
                            let whole = context.whole & !modules;
                            contexts.push(ColumnContext { table: true, form: true, named, whole, ..context });
                            contexts.len() as u32 - 1
                        });
                        if known.len() < 256 {
                            known.push((pair.flat, text.to_owned(), column));
                        }
                        column
                    }
                };
                if let Some(column) = column {
                    given.push((k, column));
                    break;
                }
            }
        }
        for (k, column) in given {
            block.segments[k].column = column;
        }
        for s in block.segments.iter_mut().filter(|s| names_of_keys.contains(&s.column)) {
            s.kind = SegmentKind::Skip;
        }
    }
}

/// Is the key an attribute of an exchange file: without its element, while the value stands with it?
fn attribute(table: &Table, key: u32, value: u32) -> bool {
    let name = |k: u32| table.fields.get(k as usize).map_or("", |f| f.name.as_str());
    !name(key).contains(['.', '/']) && (name(value).contains(['.', '/']) || name(value) == "Значение")
}

/// The document that initials or codes stand for, as borders, banks and programs write them.
fn initials(text: &str) -> Option<&'static str> {
    let code = text.to_uppercase().replace(['_', '-', ' ', '.'], "");
    Some(match code.as_str() {
        "ID" | "IC" | "IDCARD" | "УЛ" | "УДЛ" | "УД" | "KZID" | "KZIDFRONT" | "KZIDBACK" | "UDL" | "UL"
        | "UDOST" | "NATIONALID" | "IDENTITYCARD" | "ЖК" => "удостоверение личности",
        "P" | "PP" | "PASS" | "ПС" | "ПАСП" | "PASSPORT" | "KZPASSPORT" | "PASP" => "паспорт",
        "RUPASSPORT" | "PASSPORTRF" | "RFPASSPORT" | "INTERNALPASSPORT" | "PASSPORTRU" | "ПАСПОРТРФ" => {
            "паспорт рф"
        }
        "DL" | "ВУ" | "VU" | "DRIVER" | "DRIVERLICENSE" | "DRIVERLICENCE" | "DRIVINGLICENSE"
        | "DRIVINGLICENCE" | "LICENSEDRIVER" => "водительское удостоверение",
        "SRTS" | "СРТС" | "СТС" | "STS" | "VEHICLEREG" | "CARREG" | "TECHPASSPORT" | "TEHPASPORT" => {
            "техпаспорт"
        }
        "VNZH" | "ВНЖ" | "VNJ" | "RP" | "RESIDENCEPERMIT" | "RESIDENCE" => "вид на жительство",
        "BIRTHCERT" | "BIRTHCERTIFICATE" | "SVID" | "СВИДОРОЖД" | "BC" => "свидетельство о рождении",
        "MILITARY" | "VOENNIK" | "MILITARYID" | "ВБ" => "военный билет",
        _ => return None,
    })
}

/// Does this say where somebody is called, and not how?
fn at_home(text: &str) -> bool {
    const PLACES: [&str; 10] =
        ["home", "work", "office", "main", "other", "домашний", "рабочий", "служебный", "үй", "жұмыс"];
    PLACES.contains(&text.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    fn pairs(names: &[&str]) -> Vec<(u32, u32)> {
        let fields = names.iter().map(|n| Field { name: (*n).into(), ..Field::default() }).collect();
        let table = Table { fields, ..Table::default() };
        Siblings::of(&table).0.iter().map(|p| (p.kind, p.value)).collect()
    }

    #[test]
    fn kinds_and_values() {
        assert_eq!(pairs(&["client.docs.type", "client.docs.number"]), [(0, 1)]);
        assert_eq!(pairs(&["document/type/nameRu", "document/number"]), [(0, 1)]);
        assert_eq!(pairs(&["Вид документа", "Номер документа"]), [(0, 1)]);
        assert_eq!(pairs(&["contact", "contact/type"]), [(1, 0)]);
        // a type and a number of anything: only what is no other thing than a document counts there
        assert_eq!(pairs(&["type", "number"]), [(0, 1)]);
        let fields = ["type", "number"].map(|n| Field { name: n.into(), ..Field::default() }).to_vec();
        assert!(Siblings::of(&Table { fields, ..Table::default() }).0.iter().all(|p| p.flat));
        assert_eq!(pairs(&["type", "value"]), []);
        assert_eq!(pairs(&["order.type", "client.number"]), []);
    }
}

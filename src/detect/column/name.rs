//! What the names of columns, key paths and tags say for each rule.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{ColumnContext, ColumnVerdict, Columns};
use crate::detect::context::{fold_name, names};
use crate::detect::detector::Detector;
use crate::detect::fold::{Folded, folded, is_word};
use crate::detect::lexicon::{Lexicon, RuleSet};
use crate::detect::rules::{Finder, LabelValue, Rule};
use crate::detect::serial::is_serial;
use crate::detect::siblings::is_wording;
use crate::model::{Category, EvidenceSet, Table};

/// Names of columns whose reading is kept.
const NAMES_SEEN: usize = 1024;

/// Words of last keys that describe what the key above them holds, as schemas do, and hold nothing of it.
const DESCRIBES: &[&[u8]] = &[
    b"type",
    b"format",
    b"pattern",
    b"ref",
    b"length",
    b"max",
    b"min",
    b"maximum",
    b"minimum",
    b"required",
    b"enum",
    b"description",
    b"shape",
    b"documentation",
    b"class",
    b"style",
    b"width",
    b"height",
    b"color",
    b"enabled",
    b"visible",
    b"nullable",
    b"deprecated",
    b"readonly",
    b"default",
    b"placeholder",
    b"hint",
    b"token",
    b"comment",
    b"note",
    b"key",
    b"xmlns",
    b"namespace",
    b"algorithm",
    b"provider",
    b"vendor",
    b"version",
    b"engine",
    b"score",
    b"threshold",
    b"timestamp",
];

impl Detector {
    /// What the names alone say.
    pub(crate) fn by_name(&self, table: &Table, width: usize) -> Columns {
        let mut folded = Folded::default();
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let mut columns = Columns { serial: SERIAL.fetch_add(1, Ordering::Relaxed), ..Columns::default() };
        for k in 0..width {
            let name = table.fields.get(k).map_or("", |f| f.name.as_str());
            let mut context = self.name_context(name, &mut folded);
            if is_serial(name, &mut folded) {
                context = self.serial_context(table, context, &mut folded);
            }
            // `t2_voin (seria, nomer)`: the number of what the table holds
            if let Some(of) = table.name.as_deref().filter(|_| numbers(name)) {
                let numbered = self.numbered_above(&format!("{of}.{name}"), &mut folded);
                if numbered.any() {
                    context = ColumnContext { named: numbered, other: !numbered, ..ColumnContext::default() };
                    self.take_whole(&mut context, &folded.text);
                }
            }
            context.table = table.named || table.name.is_some();
            columns.contexts.push(context);
            columns.verdicts.push(ColumnVerdict {
                column: k as u32,
                name: name.to_owned(),
                category: None,
                subtype: None,
                rule: None,
                share: 0.0,
                sampled: 0,
                confidence: 0.0,
                evidence: EvidenceSet::new(),
            });
        }
        self.mark_persons(&mut columns);
        columns
    }

    /// What a name of a column, key path or tag says for each rule: the same few stand in all files of a share.
    pub(crate) fn name_context(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        if name.is_empty() {
            return ColumnContext::default();
        }
        let lock = || self.names_seen.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(seen) = lock().get(name) {
            return *seen;
        }
        let context = self.read_name(name, folded);
        let mut seen = lock();
        if name.len() <= 64 && seen.len() < NAMES_SEEN {
            seen.insert(name.to_owned(), context);
        }
        context
    }

    /// May a text name something, as a label or the name of a column does? Most cells do not, and cost less so.
    pub(in crate::detect) fn may_name(&self, text: &str, folded: &mut Folded) -> bool {
        // "направлен, ds: J45.0": a label and its value are no label
        let told = text.split_once(": ").is_some_and(|(_, value)| value.chars().any(char::is_alphanumeric));
        if told || text.contains("; ") {
            return false;
        }
        fold_name(text.as_bytes(), folded);
        names(&self.headers, &folded.text).0.any()
    }

    pub(in crate::detect) fn read_name(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        let whole = self.read_words(name, folded);
        // "ВУ (серия, №, дата)": what stands in brackets denies nothing
        match name.split_once('(').map(|(told, _)| told.trim_end()).filter(|told| !told.is_empty()) {
            Some(told) => {
                let outer = self.read_words(told, folded);
                if (outer.named & !whole.named).any() { outer } else { whole }
            }
            None => whole,
        }
    }

    fn read_words(&self, name: &str, folded: &mut Folded) -> ColumnContext {
        let mut c = ColumnContext::default();
        fold_name(name.as_bytes(), folded);
        let (mut pro, mut contra) = names(&self.headers, &folded.text);
        let mut common = names(&self.header_not, &folded.text).1;
        // the last part of a path says most
        let last = last_key(name);
        if last.len() < name.len() {
            c.path = true;
            fold_name(last.as_bytes(), folded);
            let own = names(&self.headers, &folded.text);
            let wording = if is_wording(last) { self.above(name, folded) } else { RuleSet::NONE };
            let numbered = if numbers(last) { self.numbered_above(name, folded) } else { RuleSet::NONE };
            let birth = self.birth_place_above(name, folded);
            fold_name(last.as_bytes(), folded);
            if (wording | birth | numbered).any() {
                pro = wording | birth | numbered;
            } else if self.both_told(name) {
                // "пасп./ВНЖ", "уд. личности/паспорт": two names of one column, and no word of one denies the other
                (pro, contra) = two_names(&self.headers, name);
                let common = names(&self.header_not, &folded.text).1;
                c.named = pro;
                c.other = contra | (common & !pro) | !pro;
                self.take_whole(&mut c, &folded.text);
                return c;
            } else if own.0.any() {
                pro = own.0;
            } else if folded.text.split(|b| !is_word(*b)).any(|w| DESCRIBES.contains(&w)) {
                pro = RuleSet::NONE;
            } else {
                c.above = true;
            }
            contra = own.1;
            common = names(&self.header_not, &folded.text).1;
        }
        c.named = pro & !contra;
        c.against = contra & !pro;
        c.other = contra | (common & !c.named);
        if c.named.any() {
            c.other |= !c.named;
        }
        self.take_whole(&mut c, &folded.text);
        if let Some(named) = self.two_kinds(name) {
            (c.named, c.other, c.against, c.whole, c.mixed) =
                (named, RuleSet::NONE, RuleSet::NONE, RuleSet::NONE, true);
        }
        c
    }

    /// "Адрес, телефон", "Ф.И.О. и дата рождения": what the parts of a name speak for, where words and something else
    /// share a cell.
    fn two_kinds(&self, name: &str) -> Option<RuleSet> {
        let joints = [" и ", " және ", " мен ", " and "];
        if !name.contains([',', ';', '+', '&']) && !joints.iter().any(|joint| name.contains(joint)) {
            return None;
        }
        let mut folded = Folded::default();
        let category = |set: RuleSet| {
            let first = self.rules.get(set.first()?)?;
            let same = |(k, r): (usize, &Rule)| !set.has(k) || r.category == first.category;
            self.rules.iter().enumerate().all(same).then_some(first.category)
        };
        let (mut all, mut kinds) = (RuleSet::NONE, Vec::new());
        let name = joints.iter().fold(name.to_owned(), |name, joint| name.replace(joint, ","));
        for part in name.split([',', ';', '+', '&']) {
            fold_name(part.trim().as_bytes(), &mut folded);
            let (pro, contra) = names(&self.headers, &folded.text);
            if let Some(kind) = category(pro & !contra) {
                all |= pro & !contra;
                kinds.push(kind);
            }
        }
        let words = |c: &Category| matches!(*c, Category::ADDRESS | Category::PERSON | Category::BIRTH_PLACE);
        let two = kinds.iter().any(|k| *k != kinds[0]) && kinds.iter().any(words);
        two.then_some(all)
    }

    /// Marks the rules of a name whose cells are taken whole.
    fn take_whole(&self, c: &mut ColumnContext, folded: &[u8]) {
        for k in c.named {
            let r = &self.rules[k];
            let takes = matches!(r.finder, Finder::Label | Finder::Module | Finder::Handle)
                || (matches!(r.finder, Finder::Digits | Finder::Series) && r.file.needs_label)
                || matches!(r.finder, Finder::Date | Finder::Cadastral | Finder::Secret)
                || matches!(r.file.proof.as_deref(), Some("iin" | "bin"))
                || r.finder == Finder::Phone && told_as_phone(folded);
            if takes {
                c.whole |= RuleSet::of(k);
            }
        }
    }

    /// Is this no path of keys but two words for what a column holds, as people write them?
    fn both_told(&self, name: &str) -> bool {
        let Some((left, right)) = name.split_once('/') else { return false };
        let written =
            |w: &str| w.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}')) && w.chars().count() >= 3;
        written(left) && written(right) && !right.contains('/')
    }

    /// What the key above the last one says, where it names something that a list of words can hold:
    /// `gender.nameRu`, `nationality.name`.
    fn above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let above = last_key(name[..path].trim_end_matches(['.', '/']));
        fold_name(above.as_bytes(), folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        let listed = |(k, r): (usize, &Rule)| {
            let takes =
                r.finder == Finder::Label && r.value == LabelValue::List || r.category.as_str() == "special";
            takes.then_some(k)
        };
        let lists: RuleSet = self.rules.iter().enumerate().filter_map(listed).collect();
        pro & !contra & lists
    }

    /// What the key above a number names: `birthCertificate.num`, `passport.number`.
    fn numbered_above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let above = last_key(name[..path].trim_end_matches(['.', '/']));
        fold_name(above.as_bytes(), folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        let documents =
            |r: &Rule| matches!(r.finder, Finder::Digits | Finder::Series) || r.value == LabelValue::Code;
        let rules: RuleSet =
            self.rules.iter().enumerate().filter(|(_, r)| documents(r)).map(|(k, _)| k).collect();
        pro & !contra & rules
    }

    /// The rule of places of birth, where a key above the last one names such a place: `birthPlace.city`.
    fn birth_place_above(&self, name: &str, folded: &mut Folded) -> RuleSet {
        let path = name.len() - last_key(name).len();
        let Some(rule) = self.rules.iter().position(|r| r.category == Category::BIRTH_PLACE) else {
            return RuleSet::NONE;
        };
        // a code or a number of a place says nothing
        fold_name(last_key(name).as_bytes(), folded);
        let coded =
            folded.text.split(|b| !is_word(*b)).any(|w| matches!(w, b"code" | b"id" | b"lat" | b"lon"));
        let bit = RuleSet::of(rule);
        fold_name(&name.as_bytes()[..path], folded);
        let (pro, contra) = names(&self.headers, &folded.text);
        if coded { RuleSet::NONE } else { pro & !contra & bit }
    }
}

/// What the names before and behind a stroke speak for, and against.
pub(in crate::detect) fn two_names(lexicon: &Lexicon, name: &str) -> (RuleSet, RuleSet) {
    let mut folded = Folded::default();
    name.split('/').fold((RuleSet::NONE, RuleSet::NONE), |(pro, contra), part| {
        fold_name(part.as_bytes(), &mut folded);
        let (p, c) = names(lexicon, &folded.text);
        (pro | (p & !c), contra | c)
    })
}

/// Is a last key the number of what the key above it names?
pub(in crate::detect) fn numbers(key: &str) -> bool {
    const NUMBERS: [&str; 13] = [
        "number",
        "num",
        "no",
        "nomer",
        "номер",
        "нөмір",
        "нөмірі",
        "docnumber",
        "value",
        "series",
        "seria",
        "seriya",
        "ser_num",
    ];
    NUMBERS.iter().any(|n| key.to_lowercase() == *n)
}

/// The last key of a path such as `client.docs.number`; the dot or stroke of an abbreviation (`Дата выдачи уд.`,
/// `Лиц.счет`, `Пол м/ж`) parts nothing.
pub(in crate::detect) fn last_key(name: &str) -> &str {
    let cyrillic = |c: &char| ('\u{400}'..'\u{530}').contains(c);
    let part = |(k, sign): &(usize, &str)| {
        let most = if *sign == "." { 5 } else { 1 };
        let short = (1..=most).contains(&name[..*k].chars().rev().take_while(cyrillic).count());
        let next = name[k + 1..].chars().next();
        next.is_some_and(|c| !(c.is_whitespace() || short && cyrillic(&c)))
    };
    name.rmatch_indices(['.', '/']).find(part).map_or(name, |(k, _)| &name[k + 1..])
}

/// Does a name speak of telephones, and not only of who calls whom?
fn told_as_phone(folded: &[u8]) -> bool {
    let said = |w: &[u8]| {
        folded!["тел", "моб", "сот", "ұялы", "phone", "tel", "mob", "msisdn", "cell"]
            .any(|s| w.starts_with(s))
    };
    folded.split(|b| !is_word(*b)).any(said)
}

//! Rules made ready for the finders.

use rustc_hash::FxHashMap;

use super::detector::{Detector, Grouping};
use super::find::Anchors;
use super::lexicon::{RuleSet, phrase};
use super::openers::Openers;
use super::rules::{Finder, LabelValue};

impl Detector {
    /// Fills the lexicons and the sets of rules that finders ask.
    pub(super) fn compile(&mut self) {
        let mut anchors: Vec<(Vec<u8>, RuleSet)> = Vec::new();
        // where each stands there
        let mut placed: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        let mut anchor = |word: Vec<u8>, bit: RuleSet| {
            let k = *placed.entry(word).or_insert_with_key(|word| {
                anchors.push((word.clone(), RuleSet::NONE));
                anchors.len() - 1
            });
            anchors[k].1 |= bit;
        };
        let mut odd = RuleSet::NONE;
        // first words of names of columns, which lines of a form begin with too
        let mut fields: Vec<Vec<u8>> = Vec::new();
        let numbers: RuleSet = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, r)| {
                matches!(r.finder, Finder::Digits | Finder::Series | Finder::Phone | Finder::Vin)
            })
            .map(|(k, _)| k)
            .collect();
        for w in super::rules::common_words_not() {
            self.lexicon.add(&w, RuleSet::NONE, numbers);
            self.header_not.add(&w, RuleSet::NONE, numbers);
        }
        for w in super::rules::common_header_not() {
            self.header_not.add(&w, RuleSet::NONE, numbers);
        }
        for k in 0..self.rules.len() {
            let rule = self.rules[k].clone();
            let (ix, bit) = (k as u16, RuleSet::of(k));
            let f = &rule.file;
            // names of columns come with their dots and dashes as blanks: "д.р.", "e-mail"
            let name = |w: &str| match w.contains(['.', '-']) {
                true => w.replace(['.', '-'], " "),
                false => w.to_owned(),
            };
            // a value that must follow its label at once is looked for from the label on, never back from the value
            let forward = rule.finder == Finder::Label
                && rule.value == LabelValue::Pattern
                && !rule.odd()
                && f.pattern.as_ref().is_some_and(|p| p.starts_with('^'));
            for w in &f.words {
                if !forward {
                    self.lexicon.add(w, bit, RuleSet::NONE);
                }
                // "b. 1987": one letter of a column's name says nothing
                if name(w).trim_end().len() > 1 && !f.text_only {
                    self.headers.add(&name(w), bit, RuleSet::NONE);
                }
            }
            for w in &f.header {
                self.headers.add(&name(w), bit, RuleSet::NONE);
            }
            for w in &f.words_not {
                self.lexicon.add(w, RuleSet::NONE, bit);
            }
            for w in f.header_not.iter().chain(&f.words_not) {
                self.headers.add(&name(w), RuleSet::NONE, bit);
            }
            self.first[rule.finder as usize].get_or_insert(ix);
            if f.needs_label {
                self.needs_label |= bit;
            }
            if rule.finder == Finder::Digits && matches!(f.proof.as_deref(), Some("iin" | "bin")) {
                self.tax |= bit;
            }
            if rule.finder == Finder::Label && matches!(rule.value, LabelValue::Code | LabelValue::Pattern) {
                self.formed |= bit;
            }
            let words = matches!(
                rule.value,
                LabelValue::Rest | LabelValue::List | LabelValue::Code | LabelValue::Pattern
            );
            if rule.finder == Finder::Label && words {
                self.worded |= bit;
            }
            if rule.finder == Finder::Label && matches!(rule.value, LabelValue::Rest | LabelValue::Number) {
                self.free |= bit;
            }
            if rule.odd() {
                odd |= bit;
                self.want.odd = true;
            }
            let asked = self.wanted(rule.category);
            let want = &mut self.want;
            match rule.finder {
                Finder::Digits => {
                    want.broken |= !f.needs_label;
                    for n in &f.lengths {
                        if let Some(list) = self.by_length.get_mut(usize::from(*n)) {
                            list.push(ix);
                            self.asked_lengths |= u32::from(asked) << n;
                        }
                        want.run = want.run.min(u32::from(*n));
                    }
                    if !rule.groups.is_empty() {
                        for (form, groups) in rule.groups.iter().enumerate() {
                            let grouping = Grouping::new(groups, ix, form);
                            self.forms[(grouping.lengths & 15) as usize].push(grouping);
                        }
                        want.groups = true;
                    }
                }
                Finder::Series => {
                    self.series.push(ix);
                    // numbers of these lengths may be a series
                    self.asked_lengths |= 0b1_1100_0000;
                    let min = f.lengths.iter().min().copied().unwrap_or(6);
                    want.run = want.run.min(u32::from(min));
                }
                Finder::Phone => {
                    want.phone = true;
                    want.groups = true;
                    want.run = want.run.min(10);
                }
                Finder::Email | Finder::Handle => want.email = true,
                Finder::Iban => want.iban = true,
                Finder::Date => {
                    want.dates = true;
                }
                Finder::Ip | Finder::Mac => want.net = true,
                Finder::Plate => want.plate = true,
                Finder::Vin => want.vin = true,
                Finder::Index => want.index = true,
                Finder::Mrz => want.zone = true,
                Finder::Pattern if f.anchors.is_empty() => self.patterns.push(ix),
                Finder::Pattern => self.anchored |= bit,
                Finder::Cadastral => want.cadastral = true,
                Finder::Coordinates => want.decimal = true,
                Finder::Label | Finder::Secret | Finder::Module => {}
            }
            f.anchors.iter().flat_map(|w| variants(w)).for_each(|v| anchor(v, bit));
            if rule.finder == Finder::Label {
                let first =
                    |w: &String| w.split([' ', '_']).next().unwrap_or(w).trim_end_matches('*').to_owned();
                fields.extend(f.header.iter().map(first).flat_map(|w| variants(&w)));
            }
            if matches!(rule.finder, Finder::Label | Finder::Secret | Finder::Date) {
                // a value of a list may stand behind what names a column of them
                let listed = rule.finder == Finder::Label && rule.value == LabelValue::List;
                let names =
                    f.header.iter().filter(|w| listed && (w.contains(' ') || w.is_ascii() && w.len() >= 7));
                for w in f.words.iter().chain(names) {
                    self.label_lexicon.add(w, bit, RuleSet::NONE);
                    let first = w.split_whitespace().next().unwrap_or(w).trim_end_matches('*');
                    variants(first).into_iter().for_each(|v| anchor(v, bit));
                }
            }
            self.values[k] = f.values.iter().map(|v| phrase(v)).collect();
        }
        self.lexicon.build();
        self.headers.build();
        self.header_not.build();
        self.label_lexicon.build();
        self.anchors = Anchors::new(&anchors);
        // labels of odd numbers are looked for before these only
        let everywhere = anchors.iter().filter(|a| (a.1 & !odd).any());
        self.words = self.anchors.as_ref().map(|_| Openers::new(everywhere.map(|a| &a.0[..])));
        if let Some(words) = &mut self.words {
            words.cover(&Openers::new(fields.iter().map(|w| &w[..])));
        }
        self.celled = self.finders(&[Finder::Digits, Finder::Series, Finder::Date])
            & (self.needs_label | self.finders(&[Finder::Date]));
        self.labelled = self.finders(&[Finder::Label]);
        self.phones = self.finders(&[Finder::Phone]);
        self.evident = self.finders(&[Finder::Ip, Finder::Mac, Finder::Plate, Finder::Phone, Finder::Email]);
    }
}

/// A word in small letters, with a capital, and in capitals, as bytes of UTF-8.
fn variants(word: &str) -> Vec<Vec<u8>> {
    let lower = word.to_lowercase();
    let mut chars = lower.chars();
    let title: String = chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default();
    let mut all = vec![lower.clone().into_bytes(), title.into_bytes(), lower.to_uppercase().into_bytes()];
    all.dedup();
    if word.is_ascii() {
        all.truncate(1);
    }
    all
}

//! Numbers of documents, telephones, vehicles and land.

use regex::Regex;

use crate::model::Category;

use super::patterns::{
    ACCOUNT, CADASTRAL, CARD, DOCUMENT, DOCUMENT_NUMBER, IBAN, IIN, LAND_ACT, MONEY, PAPER, PHONE, PLATE,
    PLATE_ANY, PLATE_BEFORE, VEHICLE, VEHICLE_PAPER, VIN,
};
use super::{Gathered, ahead};

impl Gathered<'_> {
    pub(super) fn documents(&mut self) {
        let text = self.text;
        for m in DOCUMENT.find_iter(text) {
            let window = ahead(text, m.end(), 170);
            let stop = window.find(';').into_iter().chain(window.find("\n\n")).min();
            let window = &window[..stop.unwrap_or(window.len())];
            for n in DOCUMENT_NUMBER.find_iter(window) {
                let (start, end) = (m.end() + n.start(), m.end() + n.end());
                let digits = n.as_str().bytes().filter(u8::is_ascii_digit).count();
                let between = &window[..n.start()];
                // «150 000 теңге»
                let behind = ahead(text, end, 20);
                let goes_on =
                    behind.starts_with(['-', '/']) && behind[1..].starts_with(|c: char| c.is_ascii_digit());
                let before = goes_on_from(text, start);
                let sum = goes_on || before || MONEY.is_match(behind);
                let far =
                    PAPER.find_iter(between).last().is_some_and(|p| !between[p.end()..].contains(" и "));
                if digits >= 5 && !far && !sum && (!self.overlaps(start, end) || self.cut(start, end)) {
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

    pub(super) fn numbers(&mut self) {
        let text = self.text;
        let all: [(&Regex, Category); 8] = [
            (&IIN, Category::IIN),
            (&CARD, Category::CARD),
            (&IBAN, Category::IBAN),
            (&VEHICLE, Category::VEHICLE_CERTIFICATE),
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
        // numbers of papers of land and of vehicles that only the words before them tell
        let land = LAND_ACT.captures_iter(text).map(|c| (c, Category::ID_CARD));
        let vehicle = VEHICLE_PAPER.captures_iter(text).map(|c| (c, Category::VEHICLE_CERTIFICATE));
        let account = ACCOUNT.captures_iter(text).map(|c| (c, Category::ACCOUNT));
        for (c, category) in land.chain(vehicle).chain(account) {
            let Some(m) = c.get(1) else { continue };
            let digits = m.as_str().chars().filter(|c| c.is_ascii_digit()).count();
            if digits >= 4 && !self.taken.iter().any(|t| t.0 <= m.start() && m.end() <= t.1) {
                self.fresh.push((m.start(), m.end(), category));
            }
        }
        // a plate of another country or another time is told by the word before it
        for m in PLATE_BEFORE.find_iter(text) {
            let Some(n) = PLATE_ANY.find(ahead(text, m.end(), 40)) else { continue };
            let (start, end) = (m.end(), m.end() + n.end());
            let digits = n.as_str().bytes().filter(u8::is_ascii_digit).count();
            if digits >= 2
                && n.as_str().chars().count() >= 4
                && !self.taken.iter().any(|t| t.0 <= start && end <= t.1)
            {
                self.fresh.push((start, end, Category::PLATE));
            }
        }
    }
}

/// Do digits stand before a blank before `at`: is the number there the rest of a sum («8 500 000»)?
fn goes_on_from(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches(' ');
    before.ends_with(|c: char| c.is_ascii_digit())
        && text[at..].trim_start().starts_with(|c: char| c.is_ascii_digit())
}

//! Rules with a pattern of their own, and names in social networks.

use crate::detect::engine::Engine;
use crate::detect::rules::Finder;
use crate::detect::ruleset::RuleSet;
use crate::model::{Evidence, EvidenceSet, SegmentKind};

impl Engine<'_> {
    /// An operator's own patterns: a regular expression each, over every segment.
    pub(crate) fn patterns(&mut self) {
        let detector = self.detector;
        for &r in &detector.patterns {
            let Some(pattern) = detector.rules[usize::from(r)].pattern() else { continue };
            let mut at = 0;
            while let Some(m) = pattern.find_at(self.text, at) {
                at = m.end().max(m.start() + 1);
                if m.is_empty() || !self.enter(m.start()) {
                    continue;
                }
                if m.end() <= self.hi {
                    self.matched(usize::from(r), m.start(), m.end());
                } else if let Some(m) = pattern.find_at(&self.text[..self.hi], m.start()) {
                    // it ran over the end of a cell
                    at = self.hi;
                    self.matched(usize::from(r), m.start(), m.end());
                }
                if at >= self.text.len() {
                    break;
                }
            }
        }
    }

    /// The rule of `finder` with a pattern, from the first place in `from..to` where it matches.
    pub(crate) fn anchored(&mut self, finder: Finder, from: usize, to: usize) {
        let Some(r) = self.rule_of(finder) else { return };
        let detector = self.detector;
        let Some(pattern) = detector.rules[r].pattern() else { return };
        let from = from.max(self.lo);
        let hi = self.hi.min(to + 40);
        let Some(m) = pattern.find_at(&self.text[..hi], from) else { return };
        if m.start() < to && m.end() >= to && !m.is_empty() {
            self.token_end = self.token_end.max(m.end());
            self.parcel_end = m.end();
            self.matched(r, m.start(), m.end());
        }
    }

    /// What a pattern has matched, where words do not go on on either side.
    pub(super) fn matched(&mut self, r: usize, start: usize, end: usize) {
        let detector = self.detector;
        let word = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        let bytes = &self.text[start..end];
        let joint = matches!(self.prev(start), Some(b'/' | b'.' | b'-' | b'@'));
        // "N44.8488 E65.4823"
        let north = detector.rules[r].finder == Finder::Coordinates
            && self.prev(start) == Some(b'N')
            && start > self.lo
            && !word(self.prev(start - 1));
        let start = start - usize::from(north);
        let bytes = if north { &self.text[start..end] } else { bytes };
        let left = !north && word(bytes.first().copied()) && (joint || word(self.prev(start)));
        let right = word(bytes.last().copied()) && word(self.next(end));
        if left || right {
            return;
        }
        // what a group holds is the value, where there is one
        if let Some(pattern) = detector.rules[r].pattern().filter(|p| p.captures_len() > 1)
            && detector.rules[r].finder == Finder::Pattern
        {
            let evidence = EvidenceSet::new().with(Evidence::Form);
            for m in pattern.captures(bytes).iter().flat_map(|c| c.iter().skip(1)).flatten() {
                self.offer(r, start + m.start(), start + m.end(), evidence, true);
            }
            return;
        }
        let value: Vec<u8> =
            bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect();
        let rule = &detector.rules[r];
        // `allergy: "…"`: the name of a key
        if rule.file.company && bytes.is_ascii() && matches!(self.next(end), Some(b':' | b'=')) {
            return;
        }
        let Some(p) = rule.proof.map_or(Some(Default::default()), |p| p(&value)) else { return };
        let mut evidence = p.evidence.with(Evidence::Form);
        // "51.128207&lon=71.430411": a label between is no part of either
        if rule.finder == Finder::Coordinates
            && let Some(label) = bytes.iter().position(u8::is_ascii_lowercase)
        {
            let number = |b: &u8| b.is_ascii_digit() || *b == b'.';
            let first = bytes[..label].iter().take_while(|b| number(b)).count();
            let last = bytes.iter().rev().take_while(|b| number(b)).count();
            for (s, e) in [(start, start + first), (end - last, end)] {
                self.vouch(s, e, |c| c.before |= RuleSet::of(r));
                self.offer(r, s, e, evidence, true);
            }
            self.last_context = None;
            return;
        }
        // a pair that is a cell of its own, told to a metre: no point of a drawing
        let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
        if rule.finder == Finder::Coordinates
            && self.kind == SegmentKind::Cell
            && digits >= 14
            && self.fills_cell(start, end)
        {
            evidence.add(Evidence::CodeTable);
        }
        // "14:205:033:418": a region and groups between colons
        if rule.finder == Finder::Cadastral
            && matches!(bytes, [a, b, b':', _, _, _, b':', _, _, _, b':', ..] if (b"01"..=b"25").contains(&&[*a, *b]))
        {
            evidence.add(Evidence::CodeTable);
        }
        let (start, end) = if rule.file.phrase { self.phrase(start, end) } else { (start, end) };
        self.offer(r, start, end, evidence, true);
    }

    /// A name in a social network: `@name` after a blank, where a word or column speaks for it.
    pub(crate) fn handle(&mut self, at: usize) {
        let Some(rule) = self.rule_of(Finder::Handle) else { return };
        if self
            .prev(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'/' | b'_' | b'-'))
        {
            return;
        }
        let n = self.text[at + 1..self.hi]
            .iter()
            .take(33)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
            .count();
        let mut end = at + 1 + n;
        while end > at && self.text[end - 1] == b'.' {
            end -= 1;
        }
        const NOBODY: [&[u8]; 10] = [
            b"everyone",
            b"channel",
            b"here",
            b"media",
            b"import",
            b"override",
            b"param",
            b"return",
            b"admin",
            b"keyframes",
        ];
        if NOBODY.contains(&&self.text[at + 1..end]) {
            return;
        }
        if !(4..=32).contains(&(end - at - 1)) || self.next(end) == Some(b'@') || self.next(end) == Some(b'/')
        {
            return;
        }
        if self.mentioned(at, end) {
            self.vouch(at, end, |c| c.before |= RuleSet::of(rule));
        }
        self.offer(rule, at, end, EvidenceSet::new(), true);
    }

    /// Is `@name` somebody among Russian or Kazakh words, and the name one that is made up: with a stroke or figure?
    fn mentioned(&self, at: usize, end: usize) -> bool {
        let name = &self.text[at + 1..end];
        let made_up = name.iter().any(|b| matches!(b, b'_' | b'.') || b.is_ascii_digit())
            && name[0].is_ascii_alphabetic();
        let near = &self.text[self.lo.max(at.saturating_sub(60))..self.hi.min(end + 60)];
        // "from": "@sinaq_test": all of a value
        // "@mail.kz" is where the addresses of mail are
        let host = [&b".com"[..], b".kz", b".ru", b".net", b".org"].iter().any(|w| name.ends_with(w));
        if made_up && !host && name.len() >= 5 && self.kind == SegmentKind::Cell && self.fills_cell(at, end) {
            return true;
        }
        // `admins: ["@sinaq_test"]` below the name of the network
        let quoted = matches!(self.prev(at), Some(b'"' | b'\'')) && self.next(end) == self.prev(at);
        if made_up && quoted {
            let head = &self.text[self.lo.max(at.saturating_sub(200))..at];
            let head = head.to_ascii_lowercase();
            return [&b"telegram"[..], b"instagram", b"tg_", b"chatid", b"chat_id"]
                .iter()
                .any(|w| memchr::memmem::find(&head, w).is_some());
        }
        let before = self.prev(at).is_none_or(|b| matches!(b, b' ' | b'(' | b'\n' | b'=' | b'\t'));
        made_up && before && near.iter().any(|b| matches!(b, 0xD0..=0xD3))
    }
}

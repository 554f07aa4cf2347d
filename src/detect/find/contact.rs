//! E-mail addresses, accounts in social networks, IBAN.

use super::token::password_like;
use crate::detect::engine::Engine;
use crate::detect::fold::{code_letter, decode};
use crate::detect::rules::Finder;
use crate::model::{Evidence, EvidenceSet};

/// Most bytes of the address of a service, up to the sign before its host.
const ADDRESS: usize = 128;

/// Endings after a dot that are names of files, not of domains.
const FILES: [u64; 40] = {
    const ZONES: [&[u8]; 40] = [
        b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"css", b"js", b"ts", b"html", b"htm", b"json",
        b"py", b"rs", b"txt", b"pdf", b"xml", b"md", b"so", b"dll", b"exe", b"zip", b"gz", b"jsx", b"tsx",
        b"vue", b"scss", b"map", b"service", b"local", b"sock", b"yml", b"yaml", b"toml", b"log", b"java",
        b"class", b"jar", b"cpp", b"hpp",
    ];
    let (mut words, mut k) = ([0; 40], 0);
    while k < 40 {
        words[k] = word(ZONES[k]);
        k += 1;
    }
    words
};

/// At most eight letters, as small ones, as a number.
const fn word(letters: &[u8]) -> u64 {
    let (mut word, mut k) = (0, 0);
    while k < letters.len() {
        word = word << 8 | letters[k].to_ascii_lowercase() as u64;
        k += 1;
    }
    word
}

/// Is what looks like the zone of an address the ending of a file's name?
pub(crate) fn is_file(zone: &[u8]) -> bool {
    // nearly all zones
    !matches!(zone, b"kz" | b"ru" | b"com") && zone.len() <= 8 && {
        let zone = word(zone);
        FILES.iter().fold(false, |any, file| any | (*file == zone))
    }
}

fn local(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'&' | b'*' | b'!')
        || b >= 0x80
}

impl Engine<'_> {
    /// An `@`: an address, or a name in a social network.
    pub(crate) fn at_sign(&mut self, at: usize) {
        if self.password_of_address(at) {
            return;
        }
        if let Some(rule) = self.rule_of(Finder::Email)
            && self.email(at, rule)
        {
            return;
        }
        if self.detector.first[Finder::Handle as usize].is_some() {
            self.handle(at);
        }
    }

    /// `postgres://user:password@host`: the password in the address of a service.
    fn password_of_address(&mut self, at: usize) -> bool {
        let before = &self.text[self.lo.max(at.saturating_sub(ADDRESS))..at];
        // "register => user:password@host" of a telephone exchange
        let scheme = memchr::memmem::rfind(before, b"://").or_else(|| memchr::memmem::rfind(before, b"=> "));
        let Some(scheme) = scheme else { return false };
        let user = &before[scheme + 3..];
        let plain =
            |b: &u8| b.is_ascii_graphic() && !matches!(b, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'*');
        let Some(colon) = memchr::memchr(b':', user).filter(|_| user.iter().all(plain)) else { return false };
        let Some(rule) = self.detector.rule_named("password") else { return false };
        let host = self.next(at + 1).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[');
        if !host || !password_like(&user[colon + 1..], false) {
            return false;
        }
        self.offer_labelled(rule, at - (user.len() - colon - 1), at);
        true
    }

    fn email(&mut self, at: usize, rule: usize) -> bool {
        let text = self.text;
        let floor = self.lo.max(at.saturating_sub(80));
        let mut start = at;
        while start > floor && local(text[start - 1]) {
            // a typographic quote or dash is no letter
            if text[start - 1] >= 0x80 && !cyrillic_before(text, start, floor) {
                break;
            }
            start -= 1;
        }
        while start < at
            && (!text[start].is_ascii_alphanumeric()
                && text[start] < 0x80
                && text[start] != b'_'
                && text[start] != b'+')
        {
            start += 1;
        }
        if start == at || text[at - 1] == b'.' {
            return false;
        }
        // "https://0c4d…@host": who asks a service, and no address of mail
        let service = start >= self.lo + 3 && &text[start - 3..start] == b"://";
        if service && !text[self.lo..start - 3].ends_with(b"mailto") {
            return false;
        }
        let hi = self.hi.min(at + 260);
        let mut k = at + 1;
        let mut dot = 0;
        while k < hi {
            let b = text[k];
            if b == b'.' {
                if k == at + 1 || text[k - 1] == b'.' {
                    break;
                }
                dot = k;
            } else if b >= 0x80 {
                let (c, n) = decode(&text[k..hi]);
                if !c.is_alphabetic() {
                    break;
                }
                k += n;
                continue;
            } else if !(b.is_ascii_alphanumeric() || b == b'-') {
                break;
            }
            k += 1;
        }
        // a blank before the zone, as in "info@mail .kz"
        let mut e = EvidenceSet::new();
        if dot == 0 && k > at + 2 && hi - k > 3 && &text[k..k + 2] == b" ." {
            let zone = text[k + 2..hi].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            if [&b"kz"[..], b"ru", b"com", b"org", b"net"].contains(&&text[k + 2..k + 2 + zone]) {
                dot = k + 1;
                k += 2 + zone;
                e.add(Evidence::Folded);
            }
        }
        let mut end = k;
        if dot + 1 == end {
            // a full stop after the address
            end = dot;
            dot = text[at + 1..end].iter().rposition(|b| *b == b'.').map_or(0, |p| at + 1 + p);
        }
        if dot == 0 || dot <= at + 1 {
            return false;
        }
        let mut zone = &text[dot + 1..end];
        // a Cyrillic word glued to a Latin zone is the next word
        if let Some(k) = zone.iter().position(|b| *b >= 0x80)
            && k >= 2
        {
            zone = &zone[..k];
            end = dot + 1 + k;
        }
        let letters = zone.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80);
        if zone.len() < 2 || zone.len() > 24 || !letters || text[dot - 1] == b'-' {
            return false;
        }
        // the mail of a network of an office: only where a word or key says so
        let inner = zone.eq_ignore_ascii_case(b"local") && self.context(start, end).labels(rule);
        if !inner && is_file(zone) {
            return false;
        }
        // user:password@host and scheme://user@host
        if matches!(self.prev(start), Some(b':'))
            && start >= self.lo + 2
            && !text[self.lo..start].to_ascii_lowercase().ends_with(b"mailto:")
        {
            let before = &text[self.lo.max(start.saturating_sub(64))..start];
            if before.windows(3).any(|w| w == b"://") {
                return false;
            }
        }
        if matches!(self.next(end), Some(b'('))
            || (matches!(self.next(end), Some(b':'))
                && !zone.eq_ignore_ascii_case(b"kz")
                && text[start..at] == *b"git")
        {
            return false; // a call, or git@host:path
        }
        // the mark of an event in a calendar or of a card of contacts: made by a program, nobody's mail
        let uid = text[self.lo..start].ends_with(b"UID:") && text[start..at].iter().any(u8::is_ascii_digit);
        if uid && memchr::memmem::find(text, b"BEGIN:V").is_some() {
            return true;
        }
        e.add(Evidence::Form);
        self.offer(rule, start, end, e, true);
        true
    }

    /// `KZ` before a digit: an IBAN in any writing.
    pub(crate) fn kz(&mut self, at: usize) {
        let Some(rule) = self.rule_of(Finder::Iban) else { return };
        let text = self.text;
        // back over a blank, Z and K to the beginning
        let mut z = at - 1;
        if text[z] == b' ' || text[z] == b'\t' {
            z -= 1;
        }
        let Some(k_end) = z.checked_sub(1) else { return };
        let start = if text[k_end].is_ascii() { k_end } else { k_end.wrapping_sub(1) };
        if start < self.lo || start > k_end || !matches!(decode(&text[start..]).0, 'K' | 'k' | 'К' | 'к') {
            return;
        }
        let mut e = EvidenceSet::new();
        if text[start] >= 0x80 {
            e.add(Evidence::Folded);
        }
        let glued = self
            .prev(start)
            .is_some_and(|b| b.is_ascii_alphanumeric() || b >= 0x80 && cyrillic_before(text, start, self.lo));
        // "р/сKZ47…": a label in letters of the other alphabet, and a number that proves true
        if glued && (text[start - 1] < 0x80 || text[start] != b'K') {
            return;
        }
        let mut value: arrayvec::ArrayVec<u8, 32> = arrayvec::ArrayVec::new();
        let mut k = start;
        let mut end = start;
        let mut gap = 0;
        let mut at20 = None;
        let mut broken = None;
        while k < self.hi && value.len() < 26 {
            let b = text[k];
            let (c, n) = if b < 0x80 { (b as char, 1) } else { decode(&text[k..self.hi]) };
            let letter = if c.is_ascii_digit() { Some(c as u8) } else { code_letter(c) };
            match letter {
                // after the 20th character a blank ends it
                Some(l) if !(gap > 0 && value.len() >= 20) => {
                    if gap > 0
                        && !c.is_ascii_digit()
                        && !c.is_ascii_uppercase()
                        && value.len() > 8
                        && c.is_lowercase()
                        && text[start] != b'k'
                    {
                        break; // the next word of the sentence
                    }
                    if c.len_utf8() > 1 {
                        e.add(Evidence::Folded);
                    }
                    if gap > 0 {
                        e.add(Evidence::Grouped);
                    }
                    gap = 0;
                    value.push(l);
                    end = k + n;
                    if value.len() == 20 {
                        at20 = Some(end);
                    }
                }
                Some(_) => break,
                None if matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{ad}' | '\u{2009}') && gap < 1 => {
                    gap += 1
                }
                // one line end, where the whole proves true
                None if c == '\n' && broken.is_none() && (6..20).contains(&value.len()) => {
                    broken = Some((value.len(), end));
                    gap = 0;
                }
                None if c == '\r' && text.get(k + 1) == Some(&b'\n') => {}
                None => break,
            }
            k += n;
        }
        if let Some((length, stop)) = broken {
            let whole = value.len() >= 20
                && self.detector.rules[rule].proof.and_then(|p| p(&value[..20])).is_some_and(|p| p.proven)
                && at20.is_some_and(|e| self.context(start, e).labels(rule));
            if whole {
                value.truncate(20);
                end = at20.unwrap_or(end);
                e.add(Evidence::LineBroken);
            } else {
                value.truncate(length);
                end = stop;
            }
        }
        let Some(p) = self.detector.rules[rule].proof.and_then(|p| p(&value)) else { return };
        if glued && !p.proven {
            return;
        }
        if !p.proven {
            // not right: only where its length is near and a word or column says so; the exact 20 where more follows
            if value.len() > 20 && at20.is_some() && e.has(Evidence::Grouped) {
                value.truncate(20);
                end = at20.unwrap_or(end);
            }
            if !value[2..].iter().filter(|b| b.is_ascii_digit()).count().ge(&10) {
                return;
            }
        }
        if super::super::proof::filler(&value[4..]) {
            return;
        }
        self.token_end = end;
        self.offer(rule, start, end, p.evidence.union(e), p.proven);
    }
}

/// Does a Cyrillic letter end at `at`?
pub(crate) fn cyrillic_before(text: &[u8], at: usize, floor: usize) -> bool {
    // within a character: look at its first byte
    let mut s = at - 1;
    while s > floor && text[s] & 0xC0 == 0x80 && at - s < 3 {
        s -= 1;
    }
    (0xD0..=0xD4).contains(&text[s])
}

//! Addresses of machines: IP and hardware.

use crate::detect::engine::Engine;
use crate::detect::rules::Finder;
use crate::model::{Evidence, EvidenceSet};

impl Engine<'_> {
    /// Two dots between digits, or colons at telling distances: the token around it.
    pub(crate) fn net(&mut self, at: usize, dots: bool) {
        let text = self.text;
        let sign = |b: u8| {
            if dots {
                b.is_ascii_digit() || b == b'.'
            } else {
                b.is_ascii_hexdigit() || b == b':' || b == b'-'
            }
        };
        let mut start = at;
        let floor = self.lo.max(at.saturating_sub(48));
        while start > floor && sign(text[start - 1]) {
            start -= 1;
        }
        let mut end = at;
        let ceil = self.hi.min(at + 48);
        while end < ceil && sign(text[end]) {
            end += 1;
        }
        self.token_end = end;
        if self.prev(start).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
            || self.next(end).is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        {
            return;
        }
        if dots {
            while end > start && text[end - 1] == b'.' {
                end -= 1;
            }
            // "705.820.44.17": parts of an address of a network are below 256
            let shape: arrayvec::ArrayVec<usize, 6> =
                text[start..end].split(|b| *b == b'.').take(6).map(<[u8]>::len).collect();
            if matches!(shape[..], [3, 3, 2, 2] | [1, 3, 3, 2, 2] | [3, 3, 4] | [4, 3, 2, 2])
                && matches!(text[start], b'7' | b'8')
            {
                self.cluster(start);
                return;
            }
            self.ip4(start, end);
            return;
        }
        while end > start && matches!(text[end - 1], b'-') {
            end -= 1;
        }
        if end - start > 2 && text[end - 1] == b':' && text[end - 2] != b':' {
            end -= 1;
        }
        let token = &text[start..end];
        if token.len() == 17 && (token[2] == b':' || token[2] == b'-') {
            let sep = token[2];
            let good = token
                .iter()
                .enumerate()
                .all(|(k, b)| if k % 3 == 2 { *b == sep } else { b.is_ascii_hexdigit() });
            let all_alike = token.iter().filter(|b| **b != sep).all(|b| *b == token[0]);
            if good
                && !all_alike
                && let Some(rule) = self.rule_of(Finder::Mac)
            {
                self.offer(rule, start, end, EvidenceSet::new().with(Evidence::Form), true);
            }
            return;
        }
        let Ok(s) = std::str::from_utf8(token) else { return };
        if let Ok(a) = s.parse::<std::net::Ipv6Addr>() {
            let groups = s.split(':').filter(|g| !g.is_empty()).count();
            if a.is_loopback() || a.is_unspecified() || a.is_multicast() || groups < 4 {
                return;
            }
            if let Some(rule) = self.rule_of(Finder::Ip) {
                self.offer(rule, start, end, EvidenceSet::new().with(Evidence::Form), true);
            }
        }
    }

    fn ip4(&mut self, start: usize, end: usize) {
        let Some(rule) = self.rule_of(Finder::Ip) else { return };
        let Ok(s) = std::str::from_utf8(&self.text[start..end]) else { return };
        let Ok(a) = s.parse::<std::net::Ipv4Addr>() else { return };
        let b0 = a.octets()[0];
        // addresses of no machine, and what is more likely a version or the number of a section
        if a.is_loopback()
            || a.is_unspecified()
            || a.is_broadcast()
            || a.is_multicast()
            || b0 == 0
            || b0 >= 224
        {
            return;
        }
        // "10.0.0.0/8": a range
        if a.octets()[3] == 0
            && self.next(end) == Some(b'/')
            && self.next(end + 1).is_some_and(|b| b.is_ascii_digit())
        {
            return;
        }
        let mut e = EvidenceSet::new();
        let wide = a.octets().iter().filter(|o| **o >= 20).count();
        // 1.x and 2.x are the arms of object identifiers and section numbers
        // "2.134.77.190 - - [14/Apr/2024:…": what a log of a web server begins its lines with
        let logged =
            self.prev(start).is_none_or(|b| b == b'\n') && self.text[end..self.hi].starts_with(b" - ");
        if (wide >= 2 && b0 > 2) || a.is_private() || logged {
            e.add(Evidence::Form);
        } else {
            e.add(Evidence::CodeUnknown);
        }
        if self.prev(start) == Some(b'-') {
            e.add(Evidence::InsideToken);
        }
        self.offer(rule, start, end, e, wide >= 2 && b0 > 2);
    }
}

//! Text that a scan damaged, read once more with its letters mended: «3айцевой», «O3.О6.1971», «Свиридо вич»,
//! «К У С А И Н О В А». What is found in the mended text is told by its place in the text as it stands.

mod letters;

use crate::model::{Block, Finding, OffsetMap, Segment};

use crate::detect::names::lists::{self, Lists};

use letters::{NAMES, TAILS, WORDS, alike, cyrillic, digit, first_upper, letter};

/// So many spots where a digit or a Latin letter stands in a Cyrillic word show that a scan made the text.
const SPOTS: usize = 4;
/// Bytes of text for each such spot, at most.
const PER_SPOT: usize = 2000;
/// Longer texts are no scanned documents, and reading them twice would cost.
const LONGEST: usize = 192 << 10;

/// A mended text and where its bytes come from.
pub(super) struct Mended {
    /// The block with the mended text.
    pub block: Block,
    /// First byte and end of the character in the damaged text, for each byte.
    from: Vec<(u32, u32)>,
}

/// What shows damage.
#[derive(Clone, Copy, Default)]
struct Signs {
    /// Digits and Latin letters within words.
    noise: bool,
    /// Letters with blanks between them.
    spaced: bool,
}

fn signs(text: &[u8]) -> Signs {
    if text.len() > LONGEST {
        return Signs::default();
    }
    // counted without branches: every document is asked
    let inner = |b: u8| (0x80..0xC0).contains(&b);
    let strange = |b: u8| b.is_ascii_alphanumeric();
    let spots: usize = text.windows(2).map(|w| usize::from(inner(w[0]) & strange(w[1]))).sum();
    let spaced: usize = text
        .windows(10)
        .map(|w| {
            let blanks = (w[0] == b' ') & (w[3] == b' ') & (w[6] == b' ') & (w[9] == b' ');
            usize::from(blanks & (w[1] >= 0xD0) & (w[4] >= 0xD0) & (w[7] >= 0xD0))
        })
        .sum();
    Signs { noise: spots >= SPOTS && spots * PER_SPOT >= text.len(), spaced: spaced > 0 }
}

/// A run of letters and digits, by positions in the list of characters.
#[derive(Clone, Copy)]
struct Run {
    from: usize,
    to: usize,
}

struct Mender<'a> {
    lists: &'a Lists,
    /// Byte position and character.
    chars: Vec<(usize, char)>,
    /// What stands there after mending; nothing where it is dropped.
    now: Vec<Option<char>>,
}

impl Mender<'_> {
    fn runs(&self) -> Vec<Run> {
        let mut all = Vec::new();
        let mut start = None;
        for k in 0..=self.chars.len() {
            let inside = self.chars.get(k).is_some_and(|c| c.1.is_alphanumeric());
            match (inside, start) {
                (true, None) => start = Some(k),
                (false, Some(from)) => {
                    all.push(Run { from, to: k });
                    start = None;
                }
                _ => {}
            }
        }
        all
    }

    fn old(&self, k: usize) -> char {
        self.chars.get(k).map_or('\n', |c| c.1)
    }

    fn lower(&self, run: Run) -> String {
        self.now[run.from..run.to]
            .iter()
            .flatten()
            .flat_map(|c| c.to_lowercase())
            .collect::<String>()
            .replace('ё', "е")
    }

    /// Mends one run by itself: a number with letters, a word with digits or Latin letters.
    fn run(&mut self, run: Run) {
        let old = |k: usize| self.chars[k].1;
        let all = run.from..run.to;
        let digits = all.clone().filter(|k| old(*k).is_ascii_digit()).count();
        let own = all.clone().filter(|k| cyrillic(old(*k))).count();
        let count = run.to - run.from;
        if digits > 0 && digits < count && all.clone().all(|k| digit(old(k)).is_some()) {
            for k in all {
                self.now[k] = digit(self.chars[k].1);
            }
            return;
        }
        let latin = count - digits - own;
        let readable = |k: usize| {
            let c = old(k);
            cyrillic(c) || letter(c).is_some() || alike(c).is_some()
        };
        if own == 0 || (latin == 0 && digits == 0) || !all.clone().all(readable) {
            return;
        }
        if digits > 2 || (digits > 0 && (own + latin) <= digits) {
            return;
        }
        let shouted = all.clone().filter(|k| old(*k).is_alphabetic()).all(|k| old(k).is_uppercase());
        let mended: Vec<char> = all
            .clone()
            .map(|k| {
                let c = old(k);
                let low = letter(c).or_else(|| alike(c)).unwrap_or(c);
                let title = k == run.from && c.is_ascii_digit() && count > 2;
                if c.is_ascii_digit() && (shouted && own + latin > 1 || title) {
                    first_upper(low)
                } else {
                    low
                }
            })
            .collect();
        if digits > 0 {
            let word: String =
                mended.iter().flat_map(|c| c.to_lowercase()).collect::<String>().replace('ё', "е");
            let bare: String =
                all.clone().map(old).filter(|c| !c.is_ascii_digit()).flat_map(char::to_lowercase).collect();
            let edge = old(run.from).is_ascii_digit() || old(run.to - 1).is_ascii_digit();
            // «3дня», «лист2»: a number beside a word
            let named = self.lists.flags(&word) & NAMES != 0;
            let plain =
                self.lists.flags(&bare.replace('ё', "е")) & (WORDS | NAMES) != 0 || bare.chars().count() < 4;
            if edge && plain && !named {
                return;
            }
        }
        for (k, c) in all.zip(mended) {
            self.now[k] = Some(c);
        }
    }

    /// «3. Пономарчук», «Шварцкопф 0.Л.», «Бегалиев H.0.», «К.A.»: digits and Latin letters for initials.
    fn initials(&mut self, runs: &[Run]) {
        for (n, run) in runs.iter().enumerate() {
            let k = run.from;
            let c = self.old(k);
            if run.to - k != 1 || (self.old(run.to) != '.' && !(n > 0 && self.initial_before(k))) {
                continue;
            }
            let Some(new) = letter(c).filter(|_| c != '6').map(first_upper).or_else(|| alike(c)) else {
                continue;
            };
            let next = runs.get(n + 1);
            let gap = next.map_or(9, |r| r.from - run.to);
            let title = next.is_some_and(|r| {
                let c = self.now[r.from].unwrap_or(' ');
                cyrillic(c) && c.is_uppercase() && (2..=3).contains(&(gap + 1).min(3))
            });
            let before = n.checked_sub(1).map(|p| runs[p]);
            let beside = before.is_some_and(|b| {
                let first = self.now[b.from].unwrap_or(' ');
                cyrillic(first) && first.is_uppercase() && k - b.to <= 2 && self.old(k - 1) != '\n'
            });
            let same_line = before.is_some_and(|b| k - b.to <= 2 && self.old(k - 1) != '\n');
            let counted = c.is_ascii_digit();
            let named = self.initial_before(k)
                || (beside && (!counted || title && gap == 1 || gap > 2))
                || (title && gap <= 2 && (same_line || !counted));
            if named && c.is_uppercase() | counted {
                self.now[k] = Some(new);
            }
        }
    }

    /// Does «К.» or «К. » stand before the character `k`?
    fn initial_before(&self, k: usize) -> bool {
        let mut at = k;
        if at > 0 && self.old(at - 1) == ' ' {
            at -= 1;
        }
        at >= 3
            && self.old(at - 1) == '.'
            && self.now[at - 2].is_some_and(|c| cyrillic(c) && c.is_uppercase())
            && !self.old(at - 3).is_alphanumeric()
    }

    /// «Свиридо вич», «28 февра ля»: a blank within a word.
    fn join(&mut self, runs: &[Run]) {
        let mut last: Option<Run> = None;
        for pair in runs.windows(2) {
            let (mut a, b) = (pair[0], pair[1]);
            if let Some(l) = last.filter(|l| l.to == a.to) {
                a = l;
            }
            if b.from - pair[0].to != 1 || self.old(pair[0].to) != ' ' {
                continue;
            }
            let small = (b.from..b.to).all(|k| self.now[k].is_some_and(|c| cyrillic(c) && c.is_lowercase()));
            let own = (a.from..a.to).all(|k| self.now[k].is_none_or(cyrillic));
            if !small || !own || b.to - b.from > 6 {
                continue;
            }
            let (head, tail) = (self.lower(a), self.lower(b));
            let whole = format!("{head}{tail}");
            let known = |w: &str| self.lists.flags(w) & (WORDS | NAMES) != 0;
            let title = self.now[a.from].is_some_and(char::is_uppercase);
            // «ызы», «ұлы» alone end a father's name rightly
            let cut = title
                && TAILS.contains(&tail.as_str())
                && !matches!(tail.as_str(), "улы")
                && self.lists.flags(&head) & lists::ORDINARY == 0
                && head.chars().count() >= 3;
            let (begun, ended) = (known(&head), known(&tail));
            let word = known(&whole) && if begun { !ended && !title } else { true };
            if cut || word && whole.chars().count() >= 5 {
                self.now[pair[0].to] = None;
                last = Some(Run { from: a.from, to: b.to });
            }
        }
    }

    /// «К У С А И Н О В А»: drops the blanks between single capitals. Was one of them a name?
    fn spaced(&mut self, runs: &[Run]) -> bool {
        let capital = |r: &Run, now: &[Option<char>]| {
            r.to - r.from == 1 && now[r.from].is_some_and(|c| cyrillic(c) && c.is_uppercase())
        };
        let (mut any, mut n) = (false, 0);
        while n < runs.len() {
            let mut end = n;
            while end < runs.len()
                && capital(&runs[end], &self.now)
                && (end == n
                    || (runs[end].from - runs[end - 1].to == 1 && self.old(runs[end].from - 1) == ' '))
            {
                end += 1;
            }
            if end - n >= 4 {
                let word: String =
                    (n..end).filter_map(|r| self.now[runs[r].from]).flat_map(char::to_lowercase).collect();
                let flags = self.lists.flags(&word.replace('ё', "е"));
                any |= flags & (NAMES | lists::SURNAME_ENDING | lists::KK_COMPOSED) != 0;
                (n + 1..end).for_each(|r| self.now[runs[r].from - 1] = None);
            }
            n = end.max(n + 1);
        }
        any
    }

    /// Two blanks as one, and none before a comma.
    fn blanks(&mut self) {
        for k in 1..self.chars.len().saturating_sub(1) {
            let (before, at, after) = (self.old(k - 1), self.old(k), self.old(k + 1));
            if at != ' ' {
                continue;
            }
            let comma = matches!(after, ',' | ';' | ')')
                || (after == '.' && self.old(k + 2) == ' ' && self.old(k + 3).is_uppercase());
            let twice = before == ' '
                && after != ' '
                && after != '\n'
                && k >= 2
                && !matches!(self.old(k - 2), ' ' | '\n');
            if (comma && before.is_alphanumeric()) || twice {
                self.now[k] = None;
            }
        }
    }

    /// «Ne 2150874», «N 037114259»: the sign for a number.
    fn number_signs(&mut self, runs: &[Run]) {
        for pair in runs.windows(2) {
            let word: String = (pair[0].from..pair[0].to).map(|k| self.old(k)).collect();
            let digits = (pair[1].from..pair[1].to).filter(|k| self.old(*k).is_ascii_digit()).count();
            if matches!(word.as_str(), "N" | "Ne" | "No" | "Nе" | "Nо")
                && digits >= 4
                && pair[1].from - pair[0].to == 1
            {
                self.now[pair[0].from] = Some('№');
                (pair[0].from + 1..pair[0].to).for_each(|k| self.now[k] = None);
            }
        }
    }
}

/// The mended reading of a block that a scan damaged; `None` of all others.
pub(super) fn reading(block: &Block, lists: &Lists) -> Option<Mended> {
    let signs = signs(&block.text);
    if !signs.noise && !signs.spaced {
        return None;
    }
    let text = simdutf8::basic::from_utf8(&block.text).ok()?;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let now = chars.iter().map(|c| Some(c.1)).collect();
    let mut m = Mender { lists, chars, now };
    let runs = m.runs();
    let named = m.spaced(&runs);
    if !signs.noise && !named {
        return None;
    }
    if signs.noise {
        runs.iter().for_each(|r| m.run(*r));
        m.initials(&runs);
        m.join(&runs);
        m.number_signs(&runs);
    }
    m.blanks();
    let mut mended = String::with_capacity(text.len());
    let mut from = Vec::with_capacity(text.len());
    // where each old byte stands in the new text, for the segments
    let mut moved = vec![0u32; text.len() + 1];
    for (n, (at, old)) in m.chars.iter().enumerate() {
        let end = at + old.len_utf8();
        moved[*at..end].fill(mended.len() as u32);
        if let Some(c) = m.now[n] {
            mended.push(c);
            from.resize(mended.len(), (*at as u32, end as u32));
        }
    }
    moved[text.len()] = mended.len() as u32;
    let place = |at: u32| moved.get(at as usize).copied().unwrap_or(mended.len() as u32);
    let segments: Vec<Segment> =
        block.segments.iter().map(|s| Segment { start: place(s.start), end: place(s.end), ..*s }).collect();
    let block = Block {
        text: mended.into_bytes(),
        raw: Vec::new(),
        map: OffsetMap::Identity(0),
        segments,
        ..block.clone()
    };
    Some(Mended { block, from })
}

impl Mended {
    /// Puts what was found in the mended text in place of what was found in `found` (from `first` on): of two that
    /// overlap the mended one stays.
    pub fn merge(&self, mut fresh: Vec<Finding>, found: &mut Vec<Finding>, first: usize) {
        for f in &mut fresh {
            let (start, end) = (f.start as usize, f.end as usize);
            f.start = self.from.get(start).map_or(0, |p| p.0);
            f.end = self.from.get(end.wrapping_sub(1)).map_or(f.start, |p| p.1);
        }
        let kept: Vec<Finding> = found
            .drain(first..)
            .filter(|f| !fresh.iter().any(|o| o.start < f.end && f.start < o.end))
            // persons are numbered by the mended text
            .map(|f| Finding { entity: 0, ..f })
            .collect();
        fresh.extend(kept);
        fresh.retain(|f| f.start < f.end);
        fresh.sort_by_key(|f| (f.start, f.end));
        found.extend(fresh);
    }
}

//! Lines, words and stretches of a few words, found by bytes alone.

/// Longer words are left to the tagger.
pub const LONG: usize = 160;

/// End of the line at `line`, and where the next one begins.
#[inline]
pub fn line_end(text: &[u8], line: usize, end: usize) -> (usize, usize) {
    match memchr::memchr2(b'\n', b'\r', &text[line..end]) {
        Some(k) => {
            let at = line + k;
            let pair = text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') && at + 1 < end;
            (at, at + 1 + usize::from(pair))
        }
        None => (end, end),
    }
}

/// Does the word at `at` stand first in its line or after the end of a sentence?
pub fn opens_sentence(text: &[u8], line: usize, at: usize) -> bool {
    let before = text[line..at].trim_ascii_end();
    before.is_empty() || (before.len() < at - line && matches!(before.last(), Some(b'.' | b'!' | b'?')))
}

/// Letters, digits, blanks, marks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Letter of any alphabet.
    Letter,
    /// ASCII digit.
    Digit,
    /// Blank.
    Blank,
    /// Everything else.
    Mark,
}

/// What a byte belongs to.
#[inline]
pub fn sort(b: u8) -> Sort {
    match b {
        b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => Sort::Letter,
        b'0'..=b'9' => Sort::Digit,
        b' ' | b'\t' | b'\n' | b'\r' => Sort::Blank,
        _ => Sort::Mark,
    }
}

/// Is the word at `at` the last of a dotted path of program text (`org.example.Client`)?
pub fn dotted(text: &[u8], line: usize, at: usize) -> bool {
    let before = &text[line..at];
    let Some(path) = before.strip_suffix(b".") else { return false };
    let name = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_';
    let last = path.iter().rev().take_while(|b| name(b)).count();
    last > 0 && path[..path.len() - last].ends_with(b".")
}

/// Start of the line that holds `at`, not before `start`.
pub fn line_start(text: &[u8], start: usize, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text[start..at]).map_or(start, |k| start + k + 1)
}

/// The stretch of `pieces` words, numbers and marks before and after the word `at..word`, within `line..end`.
pub fn window(text: &[u8], line: usize, at: usize, word: usize, end: usize, most: usize) -> (usize, usize) {
    let mut from = at;
    let mut pieces = 0;
    while from > line {
        let kind = sort(text[from - 1]);
        if kind != Sort::Blank {
            pieces += 1;
            if pieces > most {
                break;
            }
        }
        let least = line.max(from.saturating_sub(LONG));
        from -= 1;
        while kind != Sort::Mark && from > least && sort(text[from - 1]) == kind {
            from -= 1;
        }
        if from == least && from > line {
            while from < at && text[from] & 0xC0 == 0x80 {
                from += 1;
            }
            break;
        }
    }
    let mut to = word;
    pieces = 0;
    while to < end {
        let kind = sort(text[to]);
        if kind != Sort::Blank {
            pieces += 1;
            if pieces > most {
                break;
            }
        }
        let stop = end.min(to + LONG);
        to += 1;
        while kind != Sort::Mark && to < stop && sort(text[to]) == kind {
            to += 1;
        }
        if to == stop && to < end {
            while to > word && text[to] & 0xC0 == 0x80 {
                to -= 1;
            }
            break;
        }
    }
    (from, to)
}

/// A hash of what the model sees of a window: digits count by their number alone.
pub fn window_key(window: &[u8], at: usize) -> u64 {
    let mut h = at as u64 | 1 << 40;
    let mut k = 0;
    let mut start = 0;
    while k < window.len() {
        if window[k].is_ascii_digit() {
            h = fold(h, &window[start..k]);
            let digits = k;
            while k < window.len() && window[k].is_ascii_digit() {
                k += 1;
            }
            h = fold(h, &[b'0', (k - digits).min(20) as u8]);
            start = k;
        } else {
            k += 1;
        }
    }
    fold(h, &window[start..]).max(2)
}

#[inline]
fn fold(h: u64, bytes: &[u8]) -> u64 {
    (h.rotate_left(17) ^ super::tagger::hash(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The next run of letters at or after `at`.
#[inline]
pub fn next_word(text: &[u8], mut at: usize, end: usize) -> (usize, usize) {
    while at < end && sort(text[at]) != Sort::Letter {
        at += 1;
    }
    let from = at;
    while at < end && sort(text[at]) == Sort::Letter {
        at += 1;
    }
    (from, at)
}

//! Writes a sample as other people would: names in capitals, in Latin letters by one habit or another, turned round,
//! without the word that tells of them.

use crate::corpus::{Labelled, UNKNOWN};
use crate::random::Random;

/// Latin letters for Cyrillic ones where habits differ: letter, the ways to write it.
const HABITS: &[(char, [&str; 3])] = &[
    ('а', ["a", "a", "a"]),
    ('б', ["b", "b", "b"]),
    ('в', ["v", "v", "v"]),
    ('г', ["g", "g", "g"]),
    ('д', ["d", "d", "d"]),
    ('е', ["e", "ye", "e"]),
    ('ё', ["e", "yo", "jo"]),
    ('ж', ["zh", "zh", "j"]),
    ('з', ["z", "z", "z"]),
    ('и', ["i", "i", "i"]),
    ('й', ["i", "y", "j"]),
    ('к', ["k", "k", "k"]),
    ('л', ["l", "l", "l"]),
    ('м', ["m", "m", "m"]),
    ('н', ["n", "n", "n"]),
    ('о', ["o", "o", "o"]),
    ('п', ["p", "p", "p"]),
    ('р', ["r", "r", "r"]),
    ('с', ["s", "s", "s"]),
    ('т', ["t", "t", "t"]),
    ('у', ["u", "u", "u"]),
    ('ф', ["f", "f", "f"]),
    ('х', ["kh", "h", "x"]),
    ('ц', ["ts", "ts", "c"]),
    ('ч', ["ch", "ch", "ch"]),
    ('ш', ["sh", "sh", "w"]),
    ('щ', ["shch", "sch", "sh"]),
    ('ъ', ["", "", ""]),
    ('ы', ["y", "y", "y"]),
    ('ь', ["", "", "'"]),
    ('э', ["e", "e", "e"]),
    ('ю', ["yu", "yu", "ju"]),
    ('я', ["ya", "ya", "ja"]),
    ('ә', ["a", "a", "a"]),
    ('ғ', ["g", "gh", "g"]),
    ('қ', ["k", "q", "k"]),
    ('ң', ["n", "ng", "n"]),
    ('ө', ["o", "o", "o"]),
    ('ұ', ["u", "u", "u"]),
    ('ү', ["u", "u", "u"]),
    ('һ', ["h", "h", "h"]),
    ('і', ["i", "i", "i"]),
];

fn latin(text: &str, habit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let small = c.to_lowercase().next().unwrap_or(c);
        let Some((_, ways)) = HABITS.iter().find(|h| h.0 == small) else {
            out.push(c);
            continue;
        };
        let mut letters = ways[habit].chars();
        if small == c {
            out.push_str(ways[habit]);
        } else {
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(letters.as_str());
        }
    }
    out
}

/// «Ахметов Берик» as «Берик Ахметов»; what has initials or marks stays.
fn turned(name: &str) -> String {
    match name.split_once(' ') {
        Some((a, b)) if name.chars().all(|c| c.is_alphabetic() || c == ' ') => format!("{b} {a}"),
        _ => name.to_owned(),
    }
}

/// The text without the word at its end, where it is one of a label or an office alone in its line.
fn unlabelled(before: &str) -> &str {
    let line = before.rfind('\n').map_or(0, |k| k + 1);
    let words = before[line..].split_whitespace().count();
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | ':' | '.' | '-' | '–');
    if (1..=3).contains(&words) && before[line..].chars().all(plain) { &before[..line] } else { before }
}

/// The sample written in one of these ways.
pub fn varied(one: &Labelled, r: &mut Random) -> Labelled {
    let way = r.below(4);
    let habit = r.below(3);
    let mut out =
        Labelled { text: String::with_capacity(one.text.len()), spans: Vec::new(), partial: one.partial };
    let mut at = 0;
    for &(start, end, label) in one.spans.iter().chain([&(one.text.len(), one.text.len(), UNKNOWN)]) {
        if start < at {
            continue;
        }
        let mut before = &one.text[at..start];
        if way == 3 && start < end && r.chance(60) {
            before = unlabelled(before);
        }
        if way == 1 {
            out.text.push_str(&latin(before, habit))
        } else {
            out.text.push_str(before)
        }
        let name = &one.text[start..end];
        let begin = out.text.len();
        match way {
            0 if r.chance(70) => out.text.push_str(&name.to_uppercase()),
            1 => out.text.push_str(&latin(name, habit)),
            2 if label == b'P' && r.chance(50) => out.text.push_str(&turned(name)),
            _ => out.text.push_str(name),
        }
        if start < end {
            out.spans.push((begin, out.text.len(), label));
        }
        at = end;
    }
    out
}

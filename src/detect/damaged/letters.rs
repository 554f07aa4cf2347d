//! Which letters and digits a scan takes for one another, and which endings a name cut in two goes on with.

use crate::detect::names::lists;

pub(super) fn cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

/// The digit that a letter was read for.
pub(super) fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        'O' | 'o' | 'О' | 'о' => Some('0'),
        'З' | 'з' => Some('3'),
        'l' | 'I' | 'І' => Some('1'),
        'б' => Some('6'),
        _ => None,
    }
}

/// The small letter that a digit was read for.
pub(super) fn letter(c: char) -> Option<char> {
    match c {
        '0' => Some('о'),
        '3' => Some('з'),
        '6' => Some('б'),
        _ => None,
    }
}

/// The Cyrillic letter that looks like a Latin one.
pub(super) fn alike(c: char) -> Option<char> {
    const PAIRS: &[(char, char)] = &[
        ('a', 'а'),
        ('c', 'с'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('x', 'х'),
        ('y', 'у'),
        ('i', 'і'),
        ('k', 'к'),
        ('m', 'м'),
        ('t', 'т'),
        ('A', 'А'),
        ('B', 'В'),
        ('C', 'С'),
        ('E', 'Е'),
        ('H', 'Н'),
        ('K', 'К'),
        ('M', 'М'),
        ('O', 'О'),
        ('P', 'Р'),
        ('T', 'Т'),
        ('X', 'Х'),
        ('Y', 'Ү'),
        ('I', 'І'),
    ];
    PAIRS.iter().find(|p| p.0 == c).map(|p| p.1)
}

pub(super) fn first_upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

pub(super) const NAMES: lists::Flags = lists::NAMED | lists::KK_PATRONYMIC;
pub(super) const WORDS: lists::Flags = lists::ORDINARY | lists::KK_ORDINARY | lists::OC_KNOWN;
/// Ends of names that a blank cut off.
pub(super) const TAILS: &[&str] = &[
    "ов",
    "ев",
    "ин",
    "ова",
    "ева",
    "ина",
    "ову",
    "еву",
    "овой",
    "евой",
    "овым",
    "евым",
    "вич",
    "вича",
    "вичу",
    "вичем",
    "ович",
    "овича",
    "евич",
    "евича",
    "вна",
    "вны",
    "вне",
    "вну",
    "овна",
    "овны",
    "евна",
    "евны",
    "ызы",
    "ызынын",
    "лы",
    "улы",
    "ский",
    "ская",
    "енко",
];

//! Members of a family in a record: a bare year behind their name is that of their birth.

use super::Piece;
use crate::detect::beside::relative;
use crate::detect::fold::{Folded, is_word};

/// Does a word for a member of the family stand at the beginning of the piece with the name before piece `k`, or
/// fill the piece before that?
pub(super) fn near(text: &[u8], pieces: &[Piece], k: usize) -> bool {
    let from = k.saturating_sub(2);
    let mut f = Folded::default();
    pieces[from..k].iter().any(|p| {
        f.clear();
        f.push(&text[p.start..p.end], 0);
        // "1. мать Ким Р."
        f.text.split(|b| !is_word(*b)).filter(|w| w.iter().any(|b| !b.is_ascii_digit())).take(2).any(relative)
    })
}

/// Is piece `k` a year in brackets behind a name in a list: `3. Ким Роза (1984), бухгалтер`?
pub(super) fn listed(text: &[u8], pieces: &[Piece], k: usize) -> bool {
    let (Some(name), Some(year)) = (k.checked_sub(1).map(|n| pieces[n]), pieces.get(k)) else { return false };
    let line = memchr::memrchr(b'\n', &text[..name.start]).map_or(0, |n| n + 1);
    let figures = text[line..name.end].iter().take_while(|b| b.is_ascii_digit()).count();
    let numbered = (1..=3).contains(&figures) && matches!(text.get(line + figures), Some(b'.' | b')'));
    let brackets = text[name.end..year.start].ends_with(b"(") && text.get(year.end) == Some(&b')');
    // "1. Ким Р. (1984). Название": a reference to a book
    let behind = text.get(year.end + 1..).unwrap_or_default();
    let ends = behind.is_empty()
        || matches!(behind[0], b',' | b';' | b'\n' | b'\r')
        || behind.starts_with(" –".as_bytes());
    name.known == Some(crate::model::Category::PERSON) && numbered && brackets && ends
}

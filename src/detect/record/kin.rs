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

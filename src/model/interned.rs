//! Short texts that live as long as the program.

use std::sync::RwLock;

/// So many different texts, and no longer ones: what a hostile file names must not fill the memory.
const MOST: usize = 4096;
const LONGEST: usize = 128;

static ALL: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());

/// The same text for the whole program; none where it is long or there are too many.
pub fn intern(text: &str) -> Option<&'static str> {
    if let Some(known) = ALL.read().unwrap_or_else(|e| e.into_inner()).iter().find(|k| **k == text) {
        return Some(known);
    }
    let mut all = ALL.write().unwrap_or_else(|e| e.into_inner());
    if all.len() >= MOST || text.len() > LONGEST {
        return None;
    }
    all.push(Box::leak(text.to_owned().into_boxed_str()));
    all.last().copied()
}

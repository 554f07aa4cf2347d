//! How well a delimiter makes columns of a text.

use super::header::{HEADER_ROWS, names_row};
use super::sample::{Kind, Rows};

/// Rows that may stand narrower below a table: totals, signatures.
const FOOTER_ROWS: usize = 3;
/// Rows below which a few sentences may have as many commas by chance, and words of a cell that no name has.
const SENTENCES: usize = 12;
const WORDS: usize = 5;
/// Cells that are looked at for signs of another delimiter.
const CELLS: usize = 4000;

/// How many cells most rows have, of those with more than one; 0 where none has.
pub fn usual_width(rows: &Rows<'_>) -> usize {
    let mut widths: Vec<usize> = (0..rows.len()).map(|k| rows.width(k)).collect();
    widths.sort_unstable();
    let (mut width, mut count) = (0, 0);
    for run in widths.chunk_by(|a, b| a == b) {
        if run.len() >= count && run[0] > 1 {
            (width, count) = (run[0], run.len());
        }
    }
    width
}

/// How well a delimiter makes columns, up to 1000; 0 = not at all. It is the share of rows of one
/// width, times the square of the share of cells with no sign of another delimiter, times the part of
/// its width that a row has beyond one column, so that more columns count for more (after van den Burg, Nazábal and
/// Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019).
pub fn quality(rows: &Rows<'_>, delimiter: u8, named: bool) -> u32 {
    let all = rows.len();
    if all < 2 && !(named && all == 1) {
        return 0;
    }
    let width = usual_width(rows);
    if width < 2 {
        return 0;
    }
    let head = names_row(rows, width).filter(|(k, h)| h.by_words && rows.width(*k) * 2 > width);
    let usual = |k: &usize| rows.width(*k) == width;
    let count = (0..all).filter(usual).count();
    let worded = head.as_ref().is_some_and(|(k, _)| usual(k));
    // titles above a table and totals below it are no rows of it
    let mut body = 0..all;
    if named || (worded && delimiter != b',') {
        let first = (0..all.min(HEADER_ROWS + 1)).find(usual).unwrap_or(0);
        let last = (all.saturating_sub(FOOTER_ROWS)..all).rfind(usual).map_or(all, |k| k + 1);
        if (0..first).chain(last..all).all(|k| rows.width(k) < width) && (named || (last - first) * 2 > all) {
            body = first..last;
        }
    }
    let share = |n: usize| (100 * n / body.len().max(1)) as u32;
    let ragged = || {
        // cells at the end of a row may be left out; a comma stands in sentences of any length too
        let most = head.as_ref().map_or(width, |(k, _)| rows.width(*k).max(width));
        let fits = body.clone().filter(|k| (2..=most).contains(&rows.width(*k))).count();
        (head.is_some() || (named && delimiter != b',')) && width > 2 && share(fits) >= 80
    };
    let (named_or_worded, share) = (named || worded, share(count));
    if share < if named_or_worded { 50 } else { 80 } && !ragged() {
        return 0;
    }
    // sentences and addresses have commas too, with a blank after them and no constant number
    let cells = || (0..all).filter(usual).flat_map(|k| rows.cells(k));
    if !named_or_worded && delimiter != b'\t' {
        let total: usize = cells().map(|c| c.chars().count()).sum();
        let mean = total / (count * width).max(1);
        let few = width == 2 && (all < 4 || mean > 30);
        if few || mean > 120 || share < 90 || (delimiter == b',' && looks_like_prose(rows, width)) {
            return 0;
        }
    }
    if delimiter == b',' && !named && all < SENTENCES && is_sentence(rows) {
        return 0;
    }
    if delimiter == b',' && head.is_none() && rows.width(0) == 1 && is_one_column(rows, width) {
        return 0;
    }
    let (mut seen, mut clean) = (0u64, 0u64);
    for (cell, kind) in (0..all).filter(usual).flat_map(|k| rows.stored(k)).take(CELLS) {
        seen += 1;
        clean += u64::from(is_clean(cell, kind, delimiter));
    }
    let pure = 1000 * clean / seen.max(1);
    let columns = 1000 * (width as u64 - 1) / width as u64;
    // a header is as wide as the rows below it, whatever stands in their cells
    let begun = match (worded, rows.width(0) == width) {
        (true, _) => 4,
        (_, true) => 3,
        _ => 2,
    };
    (u64::from(share) * 10 * pure * pure / 1000 * columns * begun / 4_000_000).max(1) as u32
}

/// Are most rows sentences: a blank behind each comma, small letters or figures behind it, and a cell of many words?
fn is_sentence(rows: &Rows<'_>) -> bool {
    let sentence = |k: &usize| {
        let cells: Vec<&str> = rows.stored(*k).map(|c| c.0).collect();
        let spaced = cells.iter().skip(1).all(|c| c.is_empty() || c.starts_with(' '));
        let goes_on =
            |c: &&str| c.trim().chars().next().is_none_or(|c| c.is_lowercase() || c.is_ascii_digit());
        let small = cells.iter().skip(1).filter(|c| goes_on(c)).count() * 2 >= cells.len() - 1;
        spaced && small && cells.iter().any(|c| c.split_whitespace().count() >= WORDS)
    };
    let wide: Vec<usize> = (0..rows.len()).filter(|k| rows.width(*k) > 1).collect();
    wide.iter().filter(|k| sentence(k)).count() * 2 > wide.len()
}

/// True for a cell in which no other delimiter stands, unless as a sign of writing.
fn is_clean(cell: &str, kind: Kind, delimiter: u8) -> bool {
    match kind {
        Kind::Quoted => return true,
        Kind::Broken => return false,
        Kind::Plain => {}
    }
    let bytes = cell.as_bytes();
    let sign = |at: usize| {
        let (before, after) = (at.checked_sub(1).map(|k| bytes[k]), bytes.get(at + 1).copied());
        let blank = after.is_none_or(|b| b.is_ascii_whitespace() || b == 0xC2);
        match bytes[at] {
            b',' => blank || is_decimal(before, after),
            b';' => blank,
            _ => false,
        }
    };
    let mut quotes = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quotes += 1,
            b',' | b';' | b'\t' | b'|' if *byte != delimiter && !sign(at) => return false,
            _ => {}
        }
    }
    quotes % 2 == 0
}

fn is_decimal(before: Option<u8>, after: Option<u8>) -> bool {
    before.is_some_and(|b| b.is_ascii_digit()) && after.is_some_and(|b| b.is_ascii_digit())
}

/// A list in which every comma is a decimal one or has a blank after it: amounts or addresses, one to a line,
/// under a name without commas.
fn is_one_column(rows: &Rows<'_>, width: usize) -> bool {
    let part =
        |c: &str| !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit() || b" -+.\xC2\xA0".contains(&b));
    (1..rows.len()).filter(|k| rows.width(*k) > 1).all(|k| {
        let cells: Vec<_> = rows.stored(k).collect();
        let plain = cells.iter().all(|c| c.1 == Kind::Plain);
        let number = width == 2 && cells.iter().all(|c| part(c.0.trim()));
        let spaced = cells.iter().skip(1).all(|c| c.0.is_empty() || c.0.starts_with([' ', '\u{A0}']));
        plain && (number || spaced)
    })
}

/// Running text or addresses, one to a line: later cells begin with a lower-case word or an abbreviation and
/// no cell is a number or a code by itself.
fn looks_like_prose(rows: &Rows<'_>, width: usize) -> bool {
    let (mut all, mut wordy, mut codes) = (0usize, 0, 0);
    for cell in (0..rows.len()).filter(|k| rows.width(*k) == width).flat_map(|k| rows.cells(k).skip(1)) {
        all += 1;
        let begins_low = cell.chars().next().is_some_and(char::is_lowercase);
        wordy += usize::from(begins_low || cell.contains(". ") || cell.ends_with('.'));
        let code = |b: u8| b.is_ascii_digit() || b"+-.:/ @_".contains(&b);
        codes += usize::from(!cell.is_empty() && cell.bytes().all(code));
    }
    let all = all.max(1);
    wordy * 3 > all && codes * 5 < all
}

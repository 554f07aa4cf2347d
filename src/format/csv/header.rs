//! Names of the columns: in the first row, under titles, or in two rows of which the first names groups.

use super::sample::Rows;
use super::words::{is_data, is_header_word};

/// A header is looked for in so many rows: titles and blank rows may stand above it.
pub const HEADER_ROWS: usize = 10;

/// The row, or the two rows, that name the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// A name for each column, empty where it has none.
    pub names: Vec<String>,
    /// The cells of the header's first row as they stand there.
    pub cells: Vec<String>,
    /// How many rows it has, 1 or 2.
    pub rows: u32,
}

/// A row in which nothing looks like data.
pub struct Names {
    names: Vec<String>,
    /// Its words are those of headers.
    pub by_words: bool,
}

/// The first row; or, under titles that are narrower, the one whose words are those of headers; or the first full one
/// under lines of one cell.
/// `width`: how many cells most rows have.
pub fn names_row(rows: &Rows<'_>, width: usize) -> Option<(usize, Names)> {
    let filled = |k: usize| filled(rows, k);
    let first = header_names(rows, 0);
    let widest = (0..rows.len().min(HEADER_ROWS)).map(|k| rows.width(k)).max()?;
    let whole = first.as_ref().is_some_and(|n| n.by_words && filled(0) * 2 > widest);
    if whole && rows.width(0) >= width {
        return Some((0, first?));
    }
    let below = (1..rows.len().min(HEADER_ROWS)).find_map(|k| {
        let names = header_names(rows, k).filter(|n| n.by_words)?;
        let wide = filled(k);
        // a line of a form has a label and its value
        let words = names.names.iter().filter(|c| is_header_word(c)).count();
        if words * 3 < wide * 2 {
            return None;
        }
        let title =
            |above: usize| filled(above) * 2 <= wide || (rows.width(k) == width && rows.width(above) < width);
        (wide >= 2 && (0..k).all(title)).then_some((k, names))
    });
    below.or_else(|| under_titles(rows, width)).or_else(|| Some((0, first?)))
}

/// How many cells of a row hold something.
fn filled(rows: &Rows<'_>, k: usize) -> usize {
    rows.cells(k).filter(|c| !c.is_empty()).count()
}

/// The first full row under lines of one cell, or of half as many cells at most (a title with the number of a firm beside
/// it), whatever its words: all its cells differ.
fn under_titles(rows: &Rows<'_>, width: usize) -> Option<(usize, Names)> {
    let full = |k: &usize| filled(rows, *k) > 1 && filled(rows, *k) * 10 >= width * 8;
    let k = (0..rows.len().min(HEADER_ROWS)).find(full).filter(|k| *k > 0)?;
    let wide = filled(rows, k);
    if wide < 3 || (0..k).any(|above| filled(rows, above) * 2 > wide) {
        return None;
    }
    let names = header_names(rows, k)?;
    let differ = names.names.iter().collect::<std::collections::HashSet<_>>().len() == names.names.len();
    differ.then_some((k, names))
}

fn header_names(rows: &Rows<'_>, k: usize) -> Option<Names> {
    if rows.len() <= k {
        return None;
    }
    let first: Vec<_> = rows.cells(k).collect();
    let filled = || first.iter().filter(|c| !c.is_empty());
    let count = filled().count();
    // "Доход 2025" names a column as well as "Доход" does
    let of_year = |c: &str| {
        let digits = c.bytes().filter(u8::is_ascii_digit).count();
        digits <= 4 && !c.contains('@') && c.chars().filter(|c| c.is_alphabetic()).count() >= 3
    };
    let value = |c: &str| (is_data(c) && !of_year(c)) || c.chars().count() > 100;
    if count == 0 || count * 2 < first.len() || filled().any(|c| value(c)) {
        return None;
    }
    let words = filled().filter(|c| is_header_word(c)).count();
    let by_words = words * 2 >= count;
    // "сальдо на 01.10" among names that all differ
    let differ = || filled().collect::<std::collections::HashSet<_>>().len() == count;
    (by_words || !filled().any(|c| is_data(c)) || (words >= 3 && count == first.len() && differ()))
        .then(|| Names { names: first.iter().map(|c| c.to_string()).collect(), by_words })
}

/// Names of the columns, where a row is a header: nothing in it looks like data, and either its words
/// are those of headers or the rows below have digits where it has none.
pub fn header(rows: &Rows<'_>, width: usize) -> Option<Header> {
    let (row, first) = names_row(rows, width)?;
    let contrast = || {
        (0..first.names.len()).filter(|k| !first.names[*k].is_empty()).any(|k| {
            let (mut all, mut data) = (0, 0);
            for cell in (row + 1..rows.len()).filter_map(|r| rows.cell(r, k)).filter(|c| !c.is_empty()) {
                all += 1;
                data += usize::from(is_data(&cell));
            }
            all > 0 && data * 10 >= all * 6
        })
    };
    if !(first.by_words || contrast()) {
        return None;
    }
    let cells = first.names;
    Some(match second_row(rows, row, &cells) {
        Some(names) => Header { names, cells, rows: 2 },
        None => Header { names: cells.clone(), cells, rows: 1 },
    })
}

/// The names of a header of two rows: "Документ" over "вид" and "номер", and nothing under "ФИО".
fn second_row(rows: &Rows<'_>, row: usize, above: &[String]) -> Option<Vec<String>> {
    let below: Vec<_> = (row + 1 < rows.len()).then(|| rows.cells(row + 1).collect())?;
    let filled = || below.iter().filter(|c| !c.is_empty());
    let empty = |cells: &[std::borrow::Cow<'_, str>], k: usize| cells.get(k).is_none_or(|c| c.is_empty());
    let splits = (0..below.len()).any(|k| !empty(&below, k) && above.get(k).is_some_and(String::is_empty));
    let stays = (0..above.len()).any(|k| empty(&below, k) && !above[k].is_empty());
    let words = filled().filter(|c| is_header_word(c)).count();
    if !splits || !stays || words * 2 < filled().count() || filled().any(|c| is_data(c)) {
        return None;
    }
    let mut group = "";
    let names = (0..above.len().max(below.len())).map(|k| {
        let own = above.get(k).map_or("", String::as_str);
        if !own.is_empty() || empty(&below, k) {
            group = own;
        }
        let part = below.get(k).map_or("", |c| c.as_ref());
        format!("{group} {part}").trim().to_owned()
    });
    Some(names.collect())
}

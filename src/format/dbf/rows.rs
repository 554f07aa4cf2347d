//! Rows: their cells as text, and edits put back in the width and form of a column.

use super::super::encoding::{Encoding, Lack};
use super::super::members;
use super::header::{Column, Header};
use super::memo;
use crate::model::{Block, Edit, ReadError, Reason, SegmentKind};

/// Shows the cells of `rows`; answers where the bytes of each segment stand.
pub(super) fn show(
    header: &Header,
    encoding: Encoding,
    rows: &[u8],
    block: &mut Block,
) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut text = Vec::new();
    for (number, row) in rows.chunks_exact(header.row).enumerate() {
        let base = number * header.row;
        for (column, field) in header.fields.iter().enumerate().filter(|(_, f)| f.is_text()) {
            let Some(cell) = row.get(field.offset..field.offset + field.width) else { continue };
            let start = cell.iter().position(|b| !matches!(b, b' ' | 0)).unwrap_or(cell.len());
            let end = cell.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(start, |n| n + 1);
            if start == end {
                continue;
            }
            text.clear();
            match encoding {
                Encoding::Single(single) => single.decode(&cell[start..end], &mut text),
                _ => text.extend_from_slice(&cell[start..end]),
            }
            let kind = match field.kind {
                b'N' | b'F' => SegmentKind::Number,
                b'D' => SegmentKind::Date,
                _ => SegmentKind::Cell,
            };
            block.push(&String::from_utf8_lossy(&text), column as u32, number as u32, kind);
            places.push((base, column));
        }
    }
    places
}

/// True where a row points into the memo file.
pub(super) fn uses_memo(header: &Header, rows: &[u8]) -> bool {
    let memos: Vec<&Column> = header.fields.iter().filter(|f| f.is_memo()).collect();
    !memos.is_empty()
        && rows.chunks_exact(header.row).any(|row| {
            memos.iter().any(|f| {
                let cell = row.get(f.offset..f.offset + f.width).unwrap_or_default();
                cell.iter().any(|b| !matches!(b, b' ' | b'0' | 0))
            })
        })
}

/// dBASE III PLUS with a memo file, whose blocks have one length for all.
const DBASE_3: u8 = 0x83;

/// Points to where the copy of a memo file of dBASE III has a block: it gives each one more room, as their length
/// cannot change.
fn spread(cell: &mut [u8], first_row: &u64) -> Result<(), ReadError> {
    let digits = std::str::from_utf8(cell).unwrap_or_default().trim();
    let Some(block) = digits.parse::<u64>().ok().filter(|n| *n > 0) else { return Ok(()) };
    let digits = block.saturating_mul(memo::SPREAD).to_string();
    let Some(blank) = cell.len().checked_sub(digits.len()) else {
        let place = format!("rows from {first_row}: number of a memo");
        return Err(ReadError::new(Reason::NotWritable, place));
    };
    cell[..blank].fill(b' ');
    cell[blank..].copy_from_slice(digits.as_bytes());
    Ok(())
}

/// Puts edits into rows; blanks deleted rows.
pub(super) fn write(
    header: &Header,
    encoding: Encoding,
    rows: &mut [u8],
    block: &Block,
    places: &[(usize, usize)],
    edits: &[Edit],
) -> Result<(), ReadError> {
    let mut edits = edits;
    for (segment, (base, column)) in block.segments.iter().zip(places) {
        let n = edits.iter().take_while(|e| e.end <= segment.end).count();
        let (now, later) = edits.split_at(n);
        edits = later;
        if now.is_empty() {
            continue;
        }
        let field = &header.fields[*column];
        let text = members::edited_part(&block.text, segment.start as usize, segment.end as usize, now);
        let place = || format!("row {}, column {}", block.first_row + u64::from(segment.row), field.name);
        let bytes = cell(field, encoding, &text, &place)?;
        rows[base + field.offset..base + field.offset + field.width].copy_from_slice(&bytes);
    }
    for row in rows.chunks_exact_mut(header.row) {
        if row[0] == b'*' {
            row[1..].fill(b' ');
            continue;
        }
        if header.version == DBASE_3 {
            for field in header.fields.iter().filter(|f| f.is_memo()) {
                spread(&mut row[field.offset..field.offset + field.width], &block.first_row)?;
            }
        }
    }
    Ok(())
}

/// A cell with a new value, in the width and form of its column.
pub(super) fn cell(
    field: &Column,
    encoding: Encoding,
    text: &str,
    place: &dyn Fn() -> String,
) -> Result<Vec<u8>, ReadError> {
    let refuse = |why: &str| Err(ReadError::new(Reason::NotWritable, format!("{}: {why}", place())));
    let mut bytes = Vec::with_capacity(field.width);
    match field.kind {
        b'N' | b'F' => {
            if text.trim().parse::<f64>().is_err() || text.len() > field.width {
                return refuse("the new value is no number of this width");
            }
            bytes.resize(field.width - text.len(), b' ');
            bytes.extend_from_slice(text.as_bytes());
        }
        b'D' => {
            // dates are stored as eight digits
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if digits.len() != 8 && !digits.is_empty() {
                return refuse("the new value is no date");
            }
            bytes.extend_from_slice(digits.as_bytes());
            bytes.resize(field.width, b' ');
        }
        _ => {
            let mut kept = String::new();
            for c in text.chars() {
                let before = bytes.len();
                encoding.encode(c.encode_utf8(&mut [0; 4]), Lack::Near, &mut bytes);
                if bytes.len() > field.width {
                    bytes.truncate(before);
                    break;
                }
                kept.push(c);
            }
            bytes.resize(field.width, b' ');
        }
    }
    bytes.resize(field.width, b' ');
    Ok(bytes)
}

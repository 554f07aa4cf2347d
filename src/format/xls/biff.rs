//! The cells of Excel 5 to 2003 workbooks (MS-XLS 2.4), each with what its number format shows.
//!
//! A sheet of two cells in opposite corners is two cells: nothing here grows with the area between them.

use std::collections::{BTreeMap, HashMap};

use super::Sheets;
use crate::format::package::newxlsx::{NewSheet, Value};
use crate::format::package::ole;
use crate::format::xlsx::styles::{self, Shown};
use crate::model::{ReadError, Reason};

/// Cells of one workbook.
const CELLS: usize = 16 << 20;
/// Bytes of all texts of one workbook: few bytes can name a long text a million times.
pub(super) const TEXTS: usize = 512 << 20;

/// One record: what it is, and its bytes with those of the records that continue it.
struct Record<'a> {
    kind: u16,
    parts: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    fn body(&self) -> &'a [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// Reads records one after another.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16_at(self.stream, self.at)?;
        let length = usize::from(u16_at(self.stream, self.at + 2)?);
        let body = self.stream.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some((kind, body))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (kind, body) = self.one()?;
        let mut parts = vec![body];
        while u16_at(self.stream, self.at) == Some(0x003C) {
            let Some((_, more)) = self.one() else { break };
            parts.push(more);
        }
        Some(Record { kind, parts })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Bytes that go on in the next part of a record.
struct Cursor<'a, 'b> {
    parts: &'b [&'a [u8]],
    part: usize,
    at: usize,
}

impl<'a> Cursor<'a, '_> {
    fn rest(&self) -> &'a [u8] {
        self.parts.get(self.part).and_then(|p| p.get(self.at..)).unwrap_or_default()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        // numbers never cross the end of a part
        if self.rest().is_empty() {
            self.turn()?;
        }
        let bytes = self.rest().get(..count)?;
        self.at += count;
        Some(bytes)
    }

    fn turn(&mut self) -> Option<()> {
        self.part += 1;
        self.at = 0;
        (self.part < self.parts.len()).then_some(())
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.rest().is_empty() {
                self.turn()?;
            }
            let step = count.min(self.rest().len());
            self.at += step;
            count -= step;
        }
        Some(())
    }

    /// Characters (MS-XLS 2.5.240): each part begins by saying anew how wide they are.
    fn characters(&mut self, mut count: usize, mut wide: bool) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        loop {
            let width = if wide { 2 } else { 1 };
            let now = (self.rest().len() / width).min(count);
            let bytes = self.take_now(now * width);
            if wide {
                units.extend(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])));
            } else {
                units.extend(bytes.iter().map(|b| u16::from(*b)));
            }
            count -= now;
            if count == 0 {
                return Some(String::from_utf16_lossy(&units));
            }
            self.turn()?;
            wide = self.take(1)?[0] & 1 == 1;
        }
    }

    fn take_now(&mut self, count: usize) -> &'a [u8] {
        let bytes = &self.rest()[..count];
        self.at += count;
        bytes
    }

    /// A text of the shared table, with runs and readings behind it.
    fn shared(&mut self) -> Option<String> {
        let count = usize::from(u16_at(self.take(2)?, 0)?);
        let flags = self.take(1)?[0];
        let runs = if flags & 8 != 0 { usize::from(u16_at(self.take(2)?, 0)?) } else { 0 };
        let more = if flags & 4 != 0 { u32_at(self.take(4)?, 0)? as usize } else { 0 };
        let text = self.characters(count, flags & 1 == 1)?;
        self.skip(4 * runs)?;
        self.skip(more)?;
        Some(text)
    }
}

/// What the sheets share.
struct Globals {
    /// Texts are Unicode (Excel 97 and later).
    unicode: bool,
    codepage: u32,
    from_1904: bool,
    /// What each format of cells shows.
    shown: Vec<Shown>,
    texts: Vec<String>,
    /// Place, name, whether it is hidden.
    sheets: Vec<(usize, String, bool)>,
}

impl Globals {
    /// A text with its length before it, of `width` bytes.
    fn text(&self, parts: &[&[u8]], at: usize, width: usize) -> Option<String> {
        let mut cursor = Cursor { parts, part: 0, at };
        let count = cursor.take(width)?;
        let count = if width == 1 { usize::from(count[0]) } else { usize::from(u16_at(count, 0)?) };
        if self.unicode {
            let wide = cursor.take(1)?[0] & 1 == 1;
            return cursor.characters(count, wide);
        }
        let mut bytes = Vec::new();
        while bytes.len() < count {
            if cursor.rest().is_empty() && cursor.turn().is_none() {
                break;
            }
            let now = cursor.rest().len().min(count - bytes.len());
            bytes.extend_from_slice(cursor.take_now(now));
        }
        Some(ole::decode(&bytes, self.codepage))
    }

    fn read(stream: &[u8]) -> Result<Globals, ReadError> {
        let mut globals = Globals {
            unicode: false,
            codepage: 1252,
            from_1904: false,
            shown: Vec::new(),
            texts: Vec::new(),
            sheets: Vec::new(),
        };
        let (mut formats, mut codes) = (Vec::new(), HashMap::new());
        for (k, record) in (Records { stream, at: 0 }).enumerate() {
            let body = record.body();
            match record.kind {
                0x0809 if k == 0 => globals.unicode = u16_at(body, 0) == Some(0x0600),
                _ if k == 0 => {
                    return Err(ReadError::new(Reason::UnsupportedFormat, "a workbook of Excel before 5.0"));
                }
                // EOF
                0x000A => break,
                0x0042 => globals.codepage = u16_at(body, 0).map_or(1252, u32::from),
                0x0022 => globals.from_1904 = u16_at(body, 0) == Some(1),
                0x041E => {
                    let text = globals.text(&record.parts, 2, if globals.unicode { 2 } else { 1 });
                    if let (Some(id), Some(text)) = (u16_at(body, 0), text) {
                        codes.insert(id, styles::classify(&text));
                    }
                }
                0x00E0 => formats.push(u16_at(body, 2).unwrap_or(0)),
                0x00FC => {
                    let mut cursor = Cursor { parts: &record.parts, part: 0, at: 8 };
                    let count = u32_at(body, 4).unwrap_or(0);
                    let mut size = 0;
                    for _ in 0..count {
                        let Some(text) = cursor.shared() else {
                            return Err(ReadError::damaged("the table of texts"));
                        };
                        size += text.len();
                        if size > TEXTS {
                            return Err(ReadError::limit("texts of a workbook"));
                        }
                        globals.texts.push(text);
                    }
                }
                0x0085 => {
                    let (place, state, kind) = (u32_at(body, 0), body.get(4), body.get(5));
                    // sheets and sheets of macros have cells
                    if let (Some(place), Some(state), Some(0 | 1)) = (place, state, kind) {
                        let name = globals.text(&record.parts, 6, 1).unwrap_or_default();
                        globals.sheets.push((place as usize, name, state & 3 != 0));
                    }
                }
                _ => {}
            }
        }
        let built_in = |id: u16| styles::built_in(u32::from(id));
        globals.shown =
            formats.iter().map(|f| codes.get(f).copied().unwrap_or_else(|| built_in(*f))).collect();
        Ok(globals)
    }

    /// A number as its format shows it.
    fn number(&self, format: Option<u16>, number: f64) -> Value {
        let shown = format.and_then(|f| self.shown.get(usize::from(f))).copied().unwrap_or(Shown::Number);
        match shown {
            _ if !number.is_finite() => Value::Text(number.to_string()),
            Shown::Date => Value::Date(number),
            // a code with zeros before it is text, so that the new workbook shows them, too
            Shown::Zeros(width) if number >= 0.0 && number == number.trunc() && number < 1e17 => {
                Value::Text(format!("{:0width$}", number as u64, width = usize::from(width)))
            }
            _ => Value::Number(number),
        }
    }
}

/// The short form of a number (MS-XLS 2.5.217).
fn rk(bits: u32) -> f64 {
    let whole = if bits & 2 != 0 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 { whole / 100.0 } else { whole }
}

fn fault(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

/// Reads all sheets of a workbook stream.
///
/// # Errors
/// `Damaged` structure, an older version, more than can be held.
pub(super) fn sheets(stream: &[u8]) -> Result<Sheets, ReadError> {
    let globals = Globals::read(stream)?;
    let (mut count, mut size) = (0, 0);
    let mut sheets = Vec::new();
    for (place, name, hidden) in &globals.sheets {
        if u16_at(stream, *place) != Some(0x0809) {
            return Err(ReadError::damaged(format!("sheet {}", sheets.len() + 1)));
        }
        let mut cells = Cells { globals: &globals, rows: BTreeMap::new(), count, size, formula: None };
        let mut depth = 0u32;
        let mut whole = false;
        for record in (Records { stream, at: *place }) {
            match record.kind {
                // charts stand within
                0x0809 => depth += 1,
                0x000A => depth = depth.saturating_sub(1),
                _ if depth == 1 => cells.record(&record)?,
                _ => {}
            }
            if depth == 0 {
                whole = true;
                break;
            }
        }
        if !whole {
            return Err(ReadError::new(Reason::Truncated, format!("sheet {}", sheets.len() + 1)));
        }
        (count, size) = (cells.count, cells.size);
        let mut rows: Vec<(u32, Vec<(u32, Value)>)> = cells.rows.into_iter().collect();
        for (_, cells) in &mut rows {
            cells.sort_by_key(|c| c.0);
            cells.dedup_by_key(|c| c.0);
        }
        sheets.push(NewSheet { name: name.clone(), hidden: *hidden, rows });
    }
    Ok(Sheets { sheets, from_1904: globals.from_1904 })
}

struct Cells<'a> {
    globals: &'a Globals,
    rows: BTreeMap<u32, Vec<(u32, Value)>>,
    count: usize,
    size: usize,
    /// The cell whose text stands in the next record.
    formula: Option<(u16, u16)>,
}

impl Cells<'_> {
    fn record(&mut self, record: &Record) -> Result<(), ReadError> {
        let body = record.body();
        let (Some(row), Some(column)) = (u16_at(body, 0), u16_at(body, 2)) else { return Ok(()) };
        let format = u16_at(body, 4);
        let value = match record.kind {
            0x00FD => {
                u32_at(body, 6).and_then(|k| self.globals.texts.get(k as usize)).cloned().map(Value::Text)
            }
            0x0204 | 0x00D6 => self.globals.text(&record.parts, 6, 2).map(Value::Text),
            0x0203 => f64_at(body, 6).map(|n| self.globals.number(format, n)),
            0x027E => u32_at(body, 6).map(|n| self.globals.number(format, rk(n))),
            0x0205 => match (body.get(6), body.get(7)) {
                (Some(code), Some(1)) => Some(Value::Text(fault(*code).to_owned())),
                (Some(truth), _) => Some(Value::Bool(*truth != 0)),
                _ => None,
            },
            0x00BD => {
                for (column, pair) in
                    (column..=u16::MAX).zip(body.get(4..).unwrap_or_default().chunks_exact(6))
                {
                    let Some(number) = u32_at(pair, 2) else { break };
                    self.put(row, column, self.globals.number(u16_at(pair, 0), rk(number)))?;
                }
                None
            }
            0x0006 => match body.get(6..14) {
                Some([kind, _, value, _, _, _, 0xFF, 0xFF]) => match kind {
                    0 => {
                        self.formula = Some((row, column));
                        None
                    }
                    1 => Some(Value::Bool(*value != 0)),
                    2 => Some(Value::Text(fault(*value).to_owned())),
                    _ => None,
                },
                _ => f64_at(body, 6).map(|n| self.globals.number(format, n)),
            },
            // the text of the formula before
            0x0207 => match self.formula.take() {
                Some((row, column)) => {
                    let text = self.globals.text(&record.parts, 0, 2).map(Value::Text);
                    return text.map_or(Ok(()), |text| self.put(row, column, text));
                }
                None => None,
            },
            _ => return Ok(()),
        };
        value.map_or(Ok(()), |value| self.put(row, column, value))
    }

    fn put(&mut self, row: u16, column: u16, value: Value) -> Result<(), ReadError> {
        self.count += 1;
        if let Value::Text(text) = &value {
            if text.is_empty() {
                return Ok(());
            }
            self.size += text.len();
        }
        if self.count > CELLS || self.size > TEXTS {
            return Err(ReadError::limit("cells of a workbook"));
        }
        self.rows.entry(u32::from(row)).or_default().push((u32::from(column), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        assert_eq!(rk(0x3FF0_0000), 1.0);
        assert_eq!(rk(0x3FF0_0001), 0.01);
        assert_eq!(rk((12_345 << 2) | 2), 12_345.0);
        assert_eq!(rk((12_345 << 2) | 3), 123.45);
        assert_eq!(rk((-5i32 << 2).cast_unsigned() | 2), -5.0);
    }

    #[test]
    fn texts_that_go_on_in_the_next_record() {
        // three characters of one byte, then the rest in two bytes each, then a text behind a run
        let first = [8u8, 0, 0, b'a', b'b', b'c'];
        let mut second = vec![1u8];
        second.extend("дежзи".encode_utf16().flat_map(u16::to_le_bytes));
        second.extend([2, 0, 8, 1, 0, b'x', b'y', 0, 0, 1, 0]);
        let parts = [&first[..], &second[..]];
        let mut cursor = Cursor { parts: &parts, part: 0, at: 0 };
        assert_eq!(cursor.shared().unwrap(), "abcдежзи");
        assert_eq!(cursor.shared().unwrap(), "xy");
        assert_eq!(cursor.shared(), None);
    }
}

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto_from_rs};
use rust_xlsxwriter::{Workbook, XlsxError};

use crate::disclosure::table::{Builder, Table};
use crate::disclosure::{Error, Result};
use crate::model::{ReadError, Reason};

/// Workbooks are read whole; larger files are refused.
const LARGEST: u64 = 512 << 20;

/// Reads the first sheet of a workbook (XLSX, XLSM, XLSB, XLS, ODS) that has cells. Its first row is the header. Dates
/// become ISO texts; an empty cell is a NULL. Also tells the sheet's name and how many others there are.
///
/// # Errors
/// Where the workbook cannot be read or no sheet has a header and rows.
pub fn read(path: &Path) -> Result<(Table, String, usize)> {
    let place = path.display().to_string();
    let size = fs::metadata(path).map_err(|e| Error::file(&place, e))?.len();
    if size > LARGEST {
        return Err(Error::file(
            place,
            ReadError::new(Reason::TooLarge, "a workbook this large is not read as a table"),
        ));
    }
    let bytes = fs::read(path).map_err(|e| Error::file(&place, e))?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|_| Error::damaged(&place, "this is not a workbook that can be read"))?;
    let names = book.sheet_names();
    for sheet in names.iter().cloned() {
        let Ok(range) = book.worksheet_range(&sheet) else {
            return Err(Error::damaged(&place, format!("sheet {sheet} cannot be read")));
        };
        let mut rows = range.rows();
        let Some(header) = rows.next() else { continue };
        let mut builders: Vec<Builder> =
            header.iter().map(|c| Builder::new(text(c).unwrap_or_default().trim())).collect();
        for row in rows {
            // Rows of nothing are the tail of a formatted sheet, not records.
            if row.iter().all(|c| matches!(c, Data::Empty)) {
                continue;
            }
            for (b, cell) in builders.iter_mut().zip(row) {
                match text(cell) {
                    Some(text) => b.push(&text),
                    None => b.push_null(),
                }
            }
        }
        return Ok((
            Table::new(builders.into_iter().map(Builder::finish).collect())?,
            sheet,
            names.len() - 1,
        ));
    }
    Err(Error::damaged(place, "no sheet has cells"))
}

fn text(cell: &Data) -> Option<String> {
    Some(match cell {
        Data::Empty => return None,
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Int(i) => i.to_string(),
        Data::Float(f) => f.to_string(),
        Data::Bool(b) => b.to_string(),
        Data::Error(_) => return None,
        Data::DateTime(d) if d.is_duration() => d.as_f64().to_string(),
        Data::DateTime(d) => {
            let (y, m, day, h, min, s, _) = d.to_ymd_hms_milli();
            match (h, min, s) {
                (0, 0, 0) => format!("{y:04}-{m:02}-{day:02}"),
                _ => format!("{y:04}-{m:02}-{day:02} {h:02}:{min:02}:{s:02}"),
            }
        }
    })
}

/// Writes a table as an XLSX workbook with one sheet. A text that is a number written in the shortest way becomes a
/// number, so that numeric columns stay numeric; `007` stays a text.
///
/// # Errors
/// Where the sheet's limits are passed or writing fails.
pub fn write(table: &Table, sheet: &str, out: &mut impl Write, place: &str) -> Result<()> {
    let failed = |e: XlsxError| {
        let what = match e {
            XlsxError::RowColumnLimitError => "a workbook holds at most 1,048,576 rows and 16,384 columns",
            _ => "the workbook could not be made",
        };
        Error::file(place, ReadError::new(Reason::WriteFailed, what))
    };
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(sheet).map_err(failed)?;
    for (c, column) in table.columns.iter().enumerate() {
        let at = u16::try_from(c).map_err(|_| failed(XlsxError::RowColumnLimitError))?;
        page.write_string(0, at, &column.name).map_err(failed)?;
        let numbers: Vec<Option<f64>> = column.values.iter().map(|v| number(v)).collect();
        for row in 0..table.rows() {
            let code = column.codes.get(row);
            if column.null == Some(code) {
                continue;
            }
            let line = u32::try_from(row + 1).map_err(|_| failed(XlsxError::RowColumnLimitError))?;
            match numbers[code as usize] {
                Some(n) => page.write_number(line, at, n),
                None => page.write_string(line, at, &*column.values[code as usize]),
            }
            .map_err(failed)?;
        }
    }
    let bytes = book.save_to_buffer().map_err(failed)?;
    out.write_all(&bytes).map_err(|e| Error::file(place, e))
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|n| n.is_finite() && n.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_comes_back_as_it_was() {
        let rows = [["007", "1.5", "Алматы"], ["12", "-3", ""]].map(|r| r.map(String::from));
        let table = Table::from_rows(&["code", "n", "город"], &rows).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.bin");
        write(&table, "Лист", &mut fs::File::create(&path).unwrap(), "t").unwrap();
        let (back, sheet, others) = read(&path).unwrap();
        assert_eq!((sheet.as_str(), back.rows(), others), ("Лист", 2, 0));
        for (c, column) in back.columns.iter().enumerate() {
            for (r, row) in rows.iter().enumerate() {
                assert_eq!(column.text(r), row[c]);
            }
        }
    }
}

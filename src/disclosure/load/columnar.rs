use std::fs::File;
use std::path::Path;

use polars::prelude::{
    Column as Frame, DataFrame, DataType, IdxCa, IdxSize, IpcReader, IpcWriter, NamedFrom, ParquetReader,
    ParquetWriter, PlSmallStr, SerReader, SerWriter, Series,
};

use crate::disclosure::table::{Builder, Column, Table};
use crate::disclosure::{Error, Result};
use crate::model::{ReadError, Reason};

/// The declared types of the columns, in their order.
#[derive(Clone, Debug)]
pub struct Types(Vec<DataType>);

/// Reads a Parquet or Arrow IPC file. Values become texts (dates in ISO form); NULL stays NULL.
///
/// # Errors
/// Where the file cannot be read, or a column holds lists, structures or bytes.
pub fn read(path: &Path, parquet: bool) -> Result<(Table, Types)> {
    let place = path.display().to_string();
    let file = File::open(path).map_err(|e| Error::file(&place, e))?;
    let kind = if parquet { "Parquet" } else { "Arrow" };
    let frame = match parquet {
        true => ParquetReader::new(file).finish(),
        false => IpcReader::new(file).finish(),
    }
    .map_err(|_| Error::damaged(&place, format!("this is not a {kind} file that can be read")))?;
    let mut columns = Vec::with_capacity(frame.width());
    let mut types = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let name = column.name().as_str();
        let flat = !(column.dtype().is_nested()
            || matches!(column.dtype(), DataType::Binary | DataType::BinaryOffset));
        let text = match flat {
            true => column.cast(&DataType::String).ok(),
            false => None,
        };
        let Some(text) = text else {
            let what = format!("column {name} is of type {}, not of single values", column.dtype());
            return Err(Error::file(place, ReadError::new(Reason::UnsupportedFormat, what)));
        };
        types.push(column.dtype().clone());
        let mut builder = Builder::new(name);
        let cells =
            text.str().map_err(|_| Error::damaged(&place, format!("column {name} has no text form")))?;
        for cell in cells.iter() {
            match cell {
                Some(cell) => builder.push(cell),
                None => builder.push_null(),
            }
        }
        columns.push(builder.finish());
    }
    Ok((Table::new(columns)?, Types(types)))
}

/// Writes a table as Parquet or Arrow IPC. A column keeps its type where all its values still are of that type;
/// a generalized one becomes a text column.
///
/// # Errors
/// Where writing fails.
pub fn write(table: &Table, types: &Types, parquet: bool, out: &mut File, place: &str) -> Result<()> {
    let failed = |what: &str| Error::file(place, ReadError::new(Reason::WriteFailed, what));
    let columns: Vec<Frame> = table
        .columns
        .iter()
        .zip(&types.0)
        .map(|(column, dtype)| {
            frame_column(column, dtype).ok_or_else(|| failed("a column could not be made"))
        })
        .collect::<Result<_>>()?;
    let mut frame =
        DataFrame::new(table.rows(), columns).map_err(|_| failed("the table could not be made"))?;
    match parquet {
        true => ParquetWriter::new(out).finish(&mut frame).map(|_| ()),
        false => IpcWriter::new(out).finish(&mut frame),
    }
    .map_err(|_| failed("writing failed"))
}

fn frame_column(column: &Column, dtype: &DataType) -> Option<Frame> {
    let cell = |code: usize| (column.null != Some(code as u32)).then(|| column.values[code].as_ref());
    let texts: Vec<Option<&str>> = (0..column.values.len()).map(cell).collect();
    let name = PlSmallStr::from_str(&column.name);
    let values = Series::new(name, &texts);
    // Only values that stand in a row decide the type; the dictionary may hold values of suppressed rows.
    let used: IdxCa = IdxCa::from_vec(PlSmallStr::EMPTY, column.codes.iter().map(|c| c as IdxSize).collect());
    let mut seen = vec![false; column.values.len()];
    column.codes.iter().for_each(|c| seen[c as usize] = true);
    let back = values.cast(dtype).ok().filter(|typed| {
        let Ok(again) = typed.cast(&DataType::String) else { return false };
        let Ok(again) = again.str() else { return false };
        again.iter().zip(&texts).zip(&seen).all(|((a, b), seen)| !seen || a == *b)
    });
    back.unwrap_or(values).take(&used).ok().map(Frame::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> DataFrame {
        let day = Series::new("day".into(), ["1991-12-31", "2001-02-03", "1991-12-31"])
            .cast(&DataType::Date)
            .unwrap();
        let columns = vec![
            Series::new("age".into(), [Some(31i64), None, Some(45)]).into(),
            Series::new("name".into(), [Some("ә"), Some(""), None]).into(),
            Series::new("pay".into(), [1.5f64, 2.0, -0.25]).into(),
            day.into(),
        ];
        DataFrame::new(3, columns).unwrap()
    }

    #[test]
    fn types_and_nulls_come_back() {
        let dir = tempfile::tempdir().unwrap();
        for parquet in [true, false] {
            let (path, copy) =
                (dir.path().join(format!("a{parquet}")), dir.path().join(format!("b{parquet}")));
            let mut frame = sample();
            match parquet {
                true => drop(ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap()),
                false => IpcWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap(),
            }
            let (table, types) = read(&path, parquet).unwrap();
            assert_eq!(table.columns[3].text(0), "1991-12-31");
            assert_eq!(table.columns[0].null, Some(1));
            write(&table, &types, parquet, &mut File::create(&copy).unwrap(), "copy").unwrap();
            let (again, kept) = read(&copy, parquet).unwrap();
            assert_eq!(kept.0, types.0);
            for (a, b) in table.columns.iter().zip(&again.columns) {
                assert_eq!(a.values, b.values);
                assert_eq!(a.null, b.null);
            }
        }
    }

    #[test]
    fn damage_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, b"PAR1 this is not parquet PAR1").unwrap();
        assert!(read(&path, true).is_err());
        std::fs::write(&path, b"ARROW1\0\0 nor arrow").unwrap();
        assert!(read(&path, false).is_err());
    }
}

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array};
use arrow_cast::{CastOptions, can_cast_types, cast, cast_with_options};
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

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
    let damaged = || Error::damaged(&place, format!("this is not a {kind} file that can be read"));
    let (schema, batches): (_, Box<dyn Iterator<Item = _>>) = if parquet {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build());
        let reader = reader.map_err(|_| damaged())?;
        (arrow_array::RecordBatchReader::schema(&reader), Box::new(reader))
    } else {
        let reader = FileReader::try_new_buffered(file, None).map_err(|_| damaged())?;
        (reader.schema(), Box::new(reader))
    };
    for field in schema.fields() {
        let ty = field.data_type();
        let bytes = matches!(
            ty,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_)
        );
        if bytes || ty.is_nested() || !can_cast_types(ty, &DataType::Utf8) {
            let what = format!("column {} is of type {ty}, not of single values", field.name());
            return Err(Error::file(place, ReadError::new(Reason::UnsupportedFormat, what)));
        }
    }
    let mut builders: Vec<Builder> = schema.fields().iter().map(|f| Builder::new(f.name())).collect();
    for batch in batches {
        let batch: RecordBatch = batch.map_err(|_| damaged())?;
        for (column, builder) in batch.columns().iter().zip(&mut builders) {
            let text = cast(column, &DataType::Utf8).map_err(|_| damaged())?;
            for cell in text.as_string::<i32>() {
                match cell {
                    Some(cell) => builder.push(cell),
                    None => builder.push_null(),
                }
            }
        }
    }
    let types = schema.fields().iter().map(|f| f.data_type().clone()).collect();
    Ok((Table::new(builders.into_iter().map(Builder::finish).collect())?, Types(types)))
}

/// Writes a table as Parquet or Arrow IPC. A column keeps its type where all its values still are of that type;
/// a generalized one becomes a text column.
///
/// # Errors
/// Where writing fails.
pub fn write(table: &Table, types: &Types, parquet: bool, out: &mut File, place: &str) -> Result<()> {
    let failed = |what: &str| Error::file(place, ReadError::new(Reason::WriteFailed, what));
    let columns: Vec<ArrayRef> = table
        .columns
        .iter()
        .zip(&types.0)
        .map(|(column, ty)| array(column, ty).ok_or_else(|| failed("a column could not be made")))
        .collect::<Result<_>>()?;
    let fields: Vec<Field> = table
        .columns
        .iter()
        .zip(&columns)
        .map(|(column, array)| Field::new(&*column.name, array.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
        .map_err(|_| failed("the table could not be made"))?;
    let written = match parquet {
        true => ArrowWriter::try_new(out, schema, None)
            .and_then(|mut w| w.write(&batch).and_then(|()| w.close()))
            .is_ok(),
        false => FileWriter::try_new_buffered(out, &schema)
            .and_then(|mut w| w.write(&batch).and_then(|()| w.finish()))
            .is_ok(),
    };
    if written { Ok(()) } else { Err(failed("writing failed")) }
}

fn array(column: &Column, ty: &DataType) -> Option<ArrayRef> {
    let cell = |code: usize| (column.null != Some(code as u32)).then(|| column.values[code].as_ref());
    let texts: StringArray = (0..column.values.len()).map(cell).collect();
    let used: UInt32Array = column.codes.iter().map(Some).collect();
    // only values that stand in a row decide the type; the dictionary may hold values of suppressed rows
    let mut seen = vec![false; column.values.len()];
    column.codes.iter().for_each(|c| seen[c as usize] = true);
    let safe = CastOptions { safe: true, ..CastOptions::default() };
    let typed = cast_with_options(&texts, ty, &safe).ok().filter(|typed| {
        let Ok(again) = cast(typed, &DataType::Utf8) else { return false };
        again.as_string::<i32>().iter().zip(&texts).zip(&seen).all(|((a, b), seen)| !seen || a == b)
    });
    let values: ArrayRef = typed.unwrap_or_else(|| Arc::new(texts));
    arrow_select::take::take(&values, &used, None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> RecordBatch {
        let day: StringArray = ["1991-12-31", "2001-02-03", "1991-12-31"].into_iter().map(Some).collect();
        let name: StringArray = [Some("ә"), Some(""), None].into_iter().collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("age", Arc::new(arrow_array::Int64Array::from(vec![Some(31), None, Some(45)]))),
            ("name", Arc::new(name)),
            ("pay", Arc::new(arrow_array::Float64Array::from(vec![1.5, 2.0, -0.25]))),
            ("day", cast(&day, &DataType::Date32).unwrap()),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn types_and_nulls_come_back() {
        let dir = tempfile::tempdir().unwrap();
        for parquet in [true, false] {
            let (path, copy) =
                (dir.path().join(format!("a{parquet}")), dir.path().join(format!("b{parquet}")));
            let (batch, file) = (sample(), File::create(&path).unwrap());
            if parquet {
                let mut w = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
                w.write(&batch).unwrap();
                w.close().unwrap();
            } else {
                let mut w = FileWriter::try_new(file, &batch.schema()).unwrap();
                w.write(&batch).unwrap();
                w.finish().unwrap();
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

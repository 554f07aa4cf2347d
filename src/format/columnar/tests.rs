use std::io::Cursor;
use std::sync::Arc;

use ::arrow_array::builder::StringViewBuilder;
use ::arrow_array::cast::AsArray;
use ::arrow_array::types::Int32Type;
use ::arrow_array::{
    Array, ArrayRef, DictionaryArray, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, StreamWriter};

use super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::super::{Format, Limits};
use super::*;

fn rows(first: i64, n: i64) -> RecordBatch {
    let texts: StringArray = (0..n)
        .map(|i| match i % 4 {
            0 => Some(format!("{SURNAME} {}", first + i)),
            1 => None,
            _ => Some("чужой".to_owned()),
        })
        .collect();
    let cities: DictionaryArray<Int32Type> =
        (0..n).map(|i| Some(if i % 3 == 0 { SURNAME } else { "Алматы" })).collect();
    let numbers: Int64Array = (0..n).map(|i| Some(990_101_300_124 - i % 2)).collect();
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>(
        (0..n).map(|i| (i % 5 > 0).then(|| (0..i % 3).map(|k| Some(k as i32)))),
    );
    let inner: StringArray = (0..n).map(|i| (i % 2 == 0).then_some(IIN)).collect();
    let nested = StructArray::from(vec![(
        Arc::new(Field::new("iin", DataType::Utf8, true)),
        Arc::new(inner) as ArrayRef,
    )]);
    RecordBatch::try_from_iter_with_nullable(vec![
        ("fio", Arc::new(texts) as ArrayRef, true),
        ("city", Arc::new(cities), true),
        ("number", Arc::new(numbers), true),
        ("tags", Arc::new(tags), true),
        ("nested", Arc::new(nested), true),
    ])
    .unwrap()
}

fn parquet_file(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(Vec::new(), batches[0].schema(), None).unwrap();
    batches.iter().for_each(|b| writer.write(b).unwrap());
    writer.into_inner().unwrap()
}

fn ipc_file(batches: &[RecordBatch]) -> Vec<u8> {
    let options = arrow_ipc::writer::IpcWriteOptions::default()
        .try_with_compression(Some(arrow_ipc::CompressionType::ZSTD))
        .unwrap()
        .with_dictionary_handling(arrow_ipc::writer::DictionaryHandling::Delta);
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
    batches.iter().for_each(|b| writer.write(b).unwrap());
    writer.into_inner().unwrap()
}

fn holds(bytes: &[u8], what: &str) -> bool {
    memchr::memmem::find(bytes, what.as_bytes()).is_some()
}

fn all(bytes: &[u8], parquet: bool) -> Vec<RecordBatch> {
    match parquet {
        true => ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes))
            .unwrap()
            .build()
            .unwrap()
            .map(Result::unwrap)
            .collect(),
        false => FileReader::try_new(Cursor::new(bytes), None).unwrap().map(Result::unwrap).collect(),
    }
}

#[test]
fn copies_keep_the_schema_and_lose_the_values() {
    let batches = [rows(0, 5000), rows(5000, 700)];
    for (format, bytes) in [(&Parquet as &dyn Format, parquet_file(&batches)), (&ARROW, ipc_file(&batches))] {
        let (copy, trial) = copy_of(format, &bytes, "a").unwrap();
        assert!(trial.partly.is_empty(), "{:?}", trial.partly);
        assert!(trial.found > 5000, "{}", trial.found);
        assert!(trial.fields.iter().any(|f| f == "nested.iin"));
        assert!(!holds(&copy, SURNAME) && !holds(&copy, IIN), "{}", format.id());
        let parquet = format.id() == "parquet";
        let (before, after) = (all(&bytes, parquet), all(&copy, parquet));
        assert_eq!(before[0].schema().fields(), after[0].schema().fields());
        let count = |b: &[RecordBatch]| b.iter().map(RecordBatch::num_rows).sum::<usize>();
        assert_eq!(count(&before), count(&after));
        assert_eq!(after[0].column(0).as_string::<i32>().value(0), "XXXXXXXXX 0");
        assert!(after[0].column(0).is_null(1));
        assert_eq!(before[0].column(3), after[0].column(3));
        // a number that became no number is NULL
        assert!(after[0].column(2).is_null(0) && after[0].column(2).is_valid(1));
        let mut again = Trial::default();
        again.scan(format, &copy, "a").unwrap();
        assert_eq!(again.found, 0);
    }
}

#[test]
fn streams_too() {
    let batch = rows(0, 10);
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    assert_eq!(ARROW_STREAM.recognise(&bytes, ""), 100);
    let (copy, trial) = copy_of(&ARROW_STREAM, &bytes, "a").unwrap();
    assert!(trial.found > 5 && !holds(&copy, SURNAME));
    let back = StreamReader::try_new(Cursor::new(copy), None).unwrap().next().unwrap().unwrap();
    assert_eq!(back.num_rows(), 10);
}

#[test]
fn words_beside_the_table_are_read() {
    let schema = Schema::new(vec![
        Field::new("a", DataType::Utf8, true)
            .with_metadata(Metadata::new().with("note", format!("спросить {SURNAME}"))),
    ])
    .with_metadata(Metadata::new().with("author", SURNAME));
    let texts: StringArray = [Some("x")].into_iter().collect();
    let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(texts)]).unwrap();
    for (format, bytes) in [
        (&Parquet as &dyn Format, parquet_file(std::slice::from_ref(&batch))),
        (&ARROW, ipc_file(std::slice::from_ref(&batch))),
    ] {
        let (copy, trial) = copy_of(format, &bytes, "a").unwrap();
        assert!(trial.found >= 2, "{}: {}", format.id(), trial.found);
        assert!(!holds(&copy, SURNAME));
        let after = all(&copy, format.id() == "parquet");
        // Arrow's own form of the schema inside Parquet is in base64
        assert!(!format!("{:?}", after[0].schema()).contains(SURNAME));
    }
}

#[test]
fn a_batch_that_refers_to_one_value_again_and_again_is_cut() {
    let mut builder = StringViewBuilder::new();
    let block = builder.append_block("я".repeat(1 << 19).into_bytes().into());
    for _ in 0..40 {
        builder.try_append_view(block, 0, 1 << 20).unwrap();
    }
    let column: ArrayRef = Arc::new(builder.finish());
    let batch = RecordBatch::try_from_iter(vec![("a", column)]).unwrap();
    let (mut trial, limits) = (Trial::default(), Arc::new(Limits::default()));
    let schema = Schema::new(vec![Field::new("a", DataType::Utf8, false)]);
    let copy = Some(Arc::new(schema.clone()));
    let mut batches = batch::Batches::new(&mut trial, &limits, &schema, copy, false);
    let mut sizes = Vec::new();
    batches
        .look(&batch, &mut |part| {
            sizes.push(part.num_rows());
            Ok(())
        })
        .unwrap();
    assert_eq!(sizes.iter().sum::<usize>(), 40);
    assert!(sizes.iter().all(|n| *n <= 8), "{sizes:?}");
}

#[test]
fn damage_is_said() {
    let batches = [rows(0, 50)];
    for (format, bytes) in [(&Parquet as &dyn Format, parquet_file(&batches)), (&ARROW, ipc_file(&batches))] {
        for cut in [8, bytes.len() / 2, bytes.len() - 1] {
            assert!(Trial::default().scan(format, &bytes[..cut], "a").is_err());
        }
        for at in (0..bytes.len()).step_by(7) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x55;
            let _ = Trial::default().scan(format, &broken, "a");
        }
    }
}

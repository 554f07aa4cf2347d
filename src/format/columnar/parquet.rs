//! Parquet: row groups are streamed, and columns keep their physical and logical types and their codecs.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_schema::{ArrowError, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Type;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, Length};

use super::batch::Batches;
use super::{arrays, clean_metadata, clean_schema, guarded};
use crate::format::{Document, Format, Info, Limits, Opened, Output, Visitor, members};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `parquet`.
pub(in crate::format) struct Parquet;

/// Rows and bytes that are read at once, as far as the file says how long its rows are.
const ROWS: i64 = 4096;
const BYTES: i64 = 8 << 20;

/// A row group of the copy is written out when it holds this much, so that memory stays bounded.
const GROUP: usize = 64 << 20;

/// Longest value on average: one of them is held as a whole.
const VALUE: u64 = 64 << 20;

/// Below this many unpacked bytes of a column the ratio is not looked at: one value in all rows packs very well.
const RATIO_FROM: u64 = 256 << 20;

/// Name under which Arrow keeps its own form of the schema.
const ARROW_SCHEMA: &str = "ARROW:schema";

impl Format for Parquet {
    fn id(&self) -> &'static str {
        "parquet"
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        if head.starts_with(b"PAR1") || head.starts_with(b"PARE") { 100 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let mut bytes = input.into_seekable(limits.memory, limits.member_bytes)?;
        let mut end = [0; 4];
        bytes.seek(SeekFrom::End(-4))?;
        bytes.read_exact(&mut end)?;
        match &end {
            b"PAR1" => Ok(Opened::Document(Box::new(Table { bytes, limits: Arc::clone(limits) }))),
            b"PARE" => Err(ReadError::new(Reason::Encrypted, "the file's footer")),
            _ => Err(ReadError::new(Reason::Truncated, "no footer at the end")),
        }
    }
}

struct Table {
    bytes: Seekable,
    limits: Arc<Limits>,
}

/// The file as the library wants it: any part of it at any time.
struct Source(Seekable);

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Source {
    type T = BufReader<Seekable>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let mut bytes = self.0.clone();
        bytes.seek(SeekFrom::Start(start))?;
        Ok(BufReader::with_capacity(64 << 10, bytes))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        if start.saturating_add(length as u64) > self.0.len() {
            return Err(ParquetError::EOF(String::new()));
        }
        let mut bytes = self.0.clone();
        bytes.seek(SeekFrom::Start(start))?;
        let mut out = vec![0; length];
        bytes.read_exact(&mut out)?;
        Ok(out.into())
    }
}

/// What the library says, without its words: they may quote a value.
fn failed(error: ParquetError, place: &str) -> ReadError {
    let reason = match error {
        ParquetError::NYI(_) => Reason::UnsupportedFormat,
        ParquetError::EOF(_) => Reason::Truncated,
        ParquetError::External(e) => match e.downcast::<std::io::Error>() {
            Ok(e) => return ReadError::from(*e),
            Err(_) => Reason::Damaged,
        },
        _ => Reason::Damaged,
    };
    ReadError::new(reason, place)
}

fn failed_batch(error: ArrowError, place: &str) -> ReadError {
    match error {
        ArrowError::ExternalError(e) => match e.downcast::<ParquetError>() {
            Ok(e) => failed(*e, place),
            Err(_) => ReadError::damaged(place),
        },
        e => super::failed(&e, place),
    }
}

impl Document for Table {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let (meta, schema, mut reader) = guarded(ReadError::damaged("footer"), || self.reader())?;
        let mut info = Info::default();
        let words = key_values(visitor, &meta)?;
        let known = |key: &str| words.iter().any(|w| w.key == key);
        // Arrow's own form of the schema can hold words that stand nowhere else
        let beside = schema.metadata().iter().filter(|(key, _)| !known(key));
        let beside = clean_metadata(visitor, beside)?;
        let clean = Arc::new(clean_schema(visitor, &schema)?.as_ref().clone().with_metadata(beside));
        let copy = out.is_some().then(|| Arc::clone(&clean));
        let mut writer = match out {
            Some(out) => {
                let (options, renewed) = options(&meta, words);
                if renewed {
                    info.notes.push("time stamps of 96 bits are written with 64".into());
                }
                let writer = guarded(unknown(), || ArrowWriter::try_new_with_options(out, clean, options));
                Some(writer.map_err(|e| not_writable(&e, "schema"))?)
            }
            None => None,
        };
        let mut batches = Batches::new(visitor, &self.limits, &schema, copy, false);
        loop {
            let place = format!("row {}", batches.row());
            let batch = guarded(ArrowError::ParquetError(String::new()), || reader.next().transpose())
                .map_err(|e| failed_batch(e, &place))?;
            let Some(batch) = batch else { break };
            batches.look(&batch, &mut |new| {
                let Some(writer) = &mut writer else { return Ok(()) };
                guarded(unknown(), || writer.write(&new)).map_err(|e| not_writable(&e, &place))?;
                if writer.in_progress_size() > GROUP {
                    writer.flush().map_err(|e| not_writable(&e, &place))?;
                }
                Ok(())
            })?;
        }
        if batches.nulled > 0 {
            info.notes.push(format!("{} new values did not fit their type and are NULL", batches.nulled));
        }
        if let Some(writer) = writer {
            guarded(unknown(), || writer.close()).map_err(|e| not_writable(&e, "footer"))?;
        }
        Ok(info)
    }
}

/// Types that the library cannot write break it down.
fn unknown() -> ParquetError {
    ParquetError::NYI(String::new())
}

/// Failures of writing: those of the system are its own, the others mean a type that cannot be written.
fn not_writable(error: &ParquetError, place: &str) -> ReadError {
    match error {
        ParquetError::External(e) if e.is::<std::io::Error>() => ReadError::new(Reason::WriteFailed, place),
        _ => ReadError::new(Reason::NotWritable, place),
    }
}

impl Table {
    fn reader(&self) -> Result<(Arc<ParquetMetaData>, Schema, ParquetRecordBatchReader), ReadError> {
        let source = || Source(self.bytes.clone());
        let footer = |e| failed(e, "footer");
        let plain = ArrowReaderMetadata::load(&source(), ArrowReaderOptions::new()).map_err(footer)?;
        let meta = Arc::clone(plain.metadata());
        let schema = Schema::clone(plain.schema());
        for group in meta.row_groups() {
            if group.num_rows() < 0 {
                return Err(ReadError::damaged("footer: a row group of fewer than no rows"));
            }
            for column in group.columns() {
                let (start, length) = (column.data_page_offset(), column.compressed_size());
                if start < 0 || length < 0 || start as u64 > self.bytes.len() {
                    return Err(ReadError::damaged("a column outside the file"));
                }
                let (size, packed) = (column.uncompressed_size().max(0) as u64, length.max(1) as u64);
                if size / column.num_values().max(1) as u64 > VALUE {
                    return Err(ReadError::limit("a column whose values take more than 64 MiB each"));
                }
                if size > RATIO_FROM && size / packed > self.limits.ratio {
                    return Err(ReadError::limit(format!(
                        "a column unpacks to more than {} times its size",
                        self.limits.ratio
                    )));
                }
            }
        }
        // values of a dictionary are referred to: a row of them costs no more than the dictionary
        let views = Schema::new(schema.fields().iter().map(arrays::view).collect::<Vec<_>>());
        let viewed = ArrowReaderMetadata::try_new(
            Arc::clone(&meta),
            ArrowReaderOptions::new().with_schema(Arc::new(views)),
        );
        let rows = meta.file_metadata().num_rows().max(1);
        let bytes: i64 =
            meta.row_groups().iter().map(|g| g.total_byte_size().max(0)).fold(0, i64::saturating_add);
        let size = (BYTES / (bytes / rows).max(1)).clamp(1, ROWS) as usize;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source(), viewed.unwrap_or(plain))
            .with_batch_size(size)
            .build()
            .map_err(|e| failed(e, "first row group"))?;
        Ok((meta, schema, reader))
    }
}

/// Words that programs keep beside the table (pandas its index), as the copy has them.
fn key_values(visitor: &mut dyn Visitor, meta: &ParquetMetaData) -> Result<Vec<KeyValue>, ReadError> {
    let mut words = Vec::new();
    for pair in meta.file_metadata().key_value_metadata().into_iter().flatten() {
        // the writer makes Arrow's own schema anew
        if pair.key != ARROW_SCHEMA {
            let value = match &pair.value {
                Some(value) => Some(members::show(visitor, "metadata", value)?),
                None => None,
            };
            words.push(KeyValue { key: pair.key.clone(), value });
        }
    }
    Ok(words)
}

/// How the copy is written; true where time stamps get a newer form.
fn options(meta: &ParquetMetaData, words: Vec<KeyValue>) -> (ArrowWriterOptions, bool) {
    let file = meta.file_metadata();
    let groups = meta.row_groups();
    let largest = groups.iter().map(|g| g.num_rows()).max().unwrap_or(0).max(1) as usize;
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("qupia ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_max_row_group_row_count(Some(largest))
        .set_key_value_metadata((!words.is_empty()).then_some(words));
    for column in groups.first().iter().flat_map(|g| g.columns()) {
        properties = properties.set_column_compression(column.column_path().clone(), column.compression());
    }
    let had_arrow = file.key_value_metadata().into_iter().flatten().any(|pair| pair.key == ARROW_SCHEMA);
    let mut options =
        ArrowWriterOptions::new().with_properties(properties.build()).with_skip_arrow_metadata(!had_arrow);
    let schema = file.schema_descr();
    let old = schema.columns().iter().any(|c| c.physical_type() == Type::INT96);
    if !old {
        options = options.with_parquet_schema(schema.clone());
    }
    (options, old)
}

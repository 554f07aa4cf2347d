//! Arrow IPC: files (Feather 2) and streams. The batches of the source are those of the copy; its dictionaries grow.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::{CompressionType, Endianness, Message, Schema, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};

use super::batch::Batches;
use super::{clean_metadata, clean_schema, failed, guarded};
use crate::format::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// One of the two forms of the format.
pub(in crate::format) struct Ipc {
    id: &'static str,
    file: bool,
}

/// Files with a footer: the format `arrow`.
pub(in crate::format) static ARROW: Ipc = Ipc { id: "arrow", file: true };
/// Streams, without one: the format `arrow_stream`.
pub(in crate::format) static ARROW_STREAM: Ipc = Ipc { id: "arrow_stream", file: false };

/// First bytes of a file; padded to eight.
const MAGIC: &[u8] = b"ARROW1";

/// What stands before every message since version 0.15 of the format.
const CONTINUATION: [u8; 4] = [0xFF; 4];

/// Most bytes that one batch may need: it is held as a whole.
const BATCH: u64 = 1 << 30;

/// Longest description of a batch or schema.
const DESCRIPTION: u64 = 64 << 20;

impl Format for Ipc {
    fn id(&self) -> &'static str {
        self.id
    }

    fn recognise(&self, head: &[u8], _name: &str) -> u8 {
        let known = match self.file {
            true => head.starts_with(MAGIC),
            false => {
                let length =
                    head.get(4..8).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
                head.starts_with(&CONTINUATION)
                    && head
                        .get(8..8usize.saturating_add(length))
                        .and_then(|message| root_as_message(message).ok())
                        .is_some_and(|message| message.header_as_schema().is_some())
            }
        };
        if known { 100 } else { 0 }
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let bytes = input.into_seekable(limits.memory, limits.member_bytes)?;
        Ok(Opened::Document(Box::new(Table { file: self.file, bytes, limits: Arc::clone(limits) })))
    }
}

struct Table {
    file: bool,
    bytes: Seekable,
    limits: Arc<Limits>,
}

enum Reader {
    File(FileReader<BufReader<Seekable>>),
    Stream(StreamReader<BufReader<Seekable>>),
}

impl Reader {
    fn schema(&self) -> SchemaRef {
        match self {
            Reader::File(r) => r.schema(),
            Reader::Stream(r) => r.schema(),
        }
    }

    fn next(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        match self {
            Reader::File(r) => r.next(),
            Reader::Stream(r) => r.next(),
        }
    }
}

enum Writer<'a> {
    File(FileWriter<&'a mut dyn Output>),
    Stream(StreamWriter<&'a mut dyn Output>),
}

impl Writer<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        match self {
            Writer::File(w) => w.write(batch),
            Writer::Stream(w) => w.write(batch),
        }
    }

    fn finish(&mut self) -> Result<(), ArrowError> {
        match self {
            Writer::File(w) => w.finish(),
            Writer::Stream(w) => w.finish(),
        }
    }
}

fn broke() -> ArrowError {
    ArrowError::IpcError(String::new())
}

/// Failures of writing: those of the system are its own, the others mean a type that cannot be written.
fn not_writable(error: &ArrowError, place: &str) -> ReadError {
    match error {
        ArrowError::IoError(..) => ReadError::new(Reason::WriteFailed, place),
        _ => ReadError::new(Reason::NotWritable, place),
    }
}

impl Document for Table {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let mut info = Info::default();
        let compression = self.check()?;
        let source = BufReader::with_capacity(64 << 10, self.bytes.clone());
        let mut reader = guarded(broke(), || match self.file {
            true => FileReader::try_new(source, None).map(Reader::File),
            false => StreamReader::try_new(source, None).map(Reader::Stream),
        })
        .map_err(|e| failed(&e, "schema"))?;
        let schema = reader.schema();
        let words = match &reader {
            Reader::File(r) => clean_metadata(visitor, r.custom_metadata())?,
            Reader::Stream(_) => Default::default(),
        };
        let beside = clean_metadata(visitor, schema.metadata().iter())?;
        let clean = clean_schema(visitor, &schema)?;
        let clean = Arc::new(clean.as_ref().clone().with_metadata(beside));
        let copy = out.is_some().then(|| Arc::clone(&clean));
        let mut writer = match out {
            Some(out) => {
                let options = IpcWriteOptions::default()
                    .try_with_compression(compression)
                    .map_err(|e| not_writable(&e, "compression"))?
                    .with_dictionary_handling(DictionaryHandling::Delta);
                Some(match self.file {
                    true => {
                        let mut writer = FileWriter::try_new_with_options(out, &clean, options)
                            .map_err(|e| not_writable(&e, "schema"))?;
                        words.iter().for_each(|(key, value)| writer.write_metadata(key, value));
                        Writer::File(writer)
                    }
                    false => Writer::Stream(
                        StreamWriter::try_new_with_options(out, &clean, options)
                            .map_err(|e| not_writable(&e, "schema"))?,
                    ),
                })
            }
            None => None,
        };
        let mut batches = Batches::new(visitor, &self.limits, &schema, copy, true);
        loop {
            let place = format!("row {}", batches.row());
            let batch = guarded(broke(), || reader.next().transpose()).map_err(|e| failed(&e, &place))?;
            let Some(batch) = batch else { break };
            batches.look(&batch, &mut |new| match &mut writer {
                Some(writer) => guarded(broke(), || writer.write(&new)).map_err(|e| not_writable(&e, &place)),
                None => Ok(()),
            })?;
        }
        if batches.nulled > 0 {
            info.notes.push(format!("{} new values did not fit their type and are NULL", batches.nulled));
        }
        if let Some(mut writer) = writer {
            writer.finish().map_err(|e| not_writable(&e, "footer"))?;
        }
        Ok(info)
    }
}

/// The library reads the order of bytes of most machines only.
fn byte_order(schema: Option<Schema<'_>>) -> Result<(), ReadError> {
    match schema {
        Some(schema) if schema.endianness() != Endianness::Little => {
            Err(ReadError::new(Reason::UnsupportedFormat, "big-endian numbers"))
        }
        _ => Ok(()),
    }
}

impl Table {
    /// Looks at the lengths that the file claims, since the library believes them; answers how its batches are packed.
    fn check(&self) -> Result<Option<CompressionType>, ReadError> {
        if !self.file {
            return self.check_stream();
        }
        let bad = || ReadError::damaged("footer");
        let mut bytes = self.bytes.clone();
        let mut end = [0; 10];
        if bytes.len() < 18 {
            return Err(ReadError::new(Reason::Truncated, "no footer at the end"));
        }
        bytes.seek(SeekFrom::End(-10))?;
        bytes.read_exact(&mut end)?;
        if &end[4..] != MAGIC {
            return Err(ReadError::new(Reason::Truncated, "no footer at the end"));
        }
        let length = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
        if length > DESCRIPTION {
            return Err(ReadError::limit("footer"));
        }
        let at = bytes.len().checked_sub(10 + length).ok_or_else(bad)?;
        let footer = self.read(at, length)?;
        let footer = root_as_footer(&footer).map_err(|_| bad())?;
        byte_order(footer.schema())?;
        let mut packed = None;
        for block in
            footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten())
        {
            let (Ok(at), Ok(length), Ok(body)) = (
                u64::try_from(block.offset()),
                u64::try_from(block.metaDataLength()),
                u64::try_from(block.bodyLength()),
            ) else {
                return Err(bad());
            };
            if length > DESCRIPTION || body > BATCH {
                return Err(ReadError::limit("a batch of more than 1 GiB"));
            }
            let description = self.read(at, length)?;
            let skip = if description.starts_with(&CONTINUATION) { 8 } else { 4 };
            let message = root_as_message(description.get(skip..).ok_or_else(bad)?).map_err(|_| bad())?;
            packed = self.message(&message, at + length, body)?.or(packed);
        }
        Ok(packed)
    }

    fn check_stream(&self) -> Result<Option<CompressionType>, ReadError> {
        let (mut at, mut packed) = (0, None);
        while at + 8 <= self.bytes.len() {
            let bad = || ReadError::damaged(format!("offset {at}"));
            let head = self.read(at, 8)?;
            if head[..4] != CONTINUATION {
                return Err(bad());
            }
            let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
            if length == 0 {
                break;
            }
            if length > DESCRIPTION {
                return Err(ReadError::limit(format!("offset {at}: description of a batch")));
            }
            let description = self.read(at + 8, length)?;
            let message = root_as_message(&description).map_err(|_| bad())?;
            byte_order(message.header_as_schema())?;
            let body = u64::try_from(message.bodyLength()).map_err(|_| bad())?;
            if body > BATCH {
                return Err(ReadError::limit("a batch of more than 1 GiB"));
            }
            packed = self.message(&message, at + 8 + length, body)?.or(packed);
            at = (at + 8 + length).saturating_add(body);
        }
        Ok(packed)
    }

    /// The lengths that one message claims for its body, which begins at `at`.
    fn message(
        &self,
        message: &Message<'_>,
        at: u64,
        body: u64,
    ) -> Result<Option<CompressionType>, ReadError> {
        if at.saturating_add(body) > self.bytes.len() {
            return Err(ReadError::new(Reason::Truncated, format!("offset {at}: a batch is cut off")));
        }
        let batch = match message.header_as_dictionary_batch() {
            Some(dictionary) => dictionary.data(),
            None => message.header_as_record_batch(),
        };
        let Some(batch) = batch else { return Ok(None) };
        for buffer in batch.buffers().into_iter().flatten() {
            let end = buffer.offset().checked_add(buffer.length()).and_then(|end| u64::try_from(end).ok());
            if buffer.offset() < 0 || buffer.length() < 0 || end.is_none_or(|end| end > body) {
                return Err(ReadError::damaged(format!("offset {at}: a buffer outside its batch")));
            }
        }
        let Some(compression) = batch.compression() else { return Ok(None) };
        let mut total = 0u64;
        for buffer in batch.buffers().into_iter().flatten() {
            let (Ok(offset), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length()))
            else {
                return Err(ReadError::damaged(format!("offset {at}: a buffer")));
            };
            if length < 8 {
                continue;
            }
            let size = self.read(at.saturating_add(offset), 8)?;
            // -1 says that the buffer is not packed
            let size = i64::from_le_bytes(std::array::from_fn(|k| size[k]));
            total = total.saturating_add(u64::try_from(size).unwrap_or(0));
        }
        if total > BATCH {
            return Err(ReadError::limit("a batch that unpacks to more than 1 GiB"));
        }
        Ok(Some(compression.codec()))
    }

    fn read(&self, at: u64, length: u64) -> Result<Vec<u8>, ReadError> {
        if at.saturating_add(length) > self.bytes.len() {
            return Err(ReadError::new(Reason::Truncated, format!("offset {at}")));
        }
        let mut bytes = self.bytes.clone();
        bytes.seek(SeekFrom::Start(at))?;
        let mut out = vec![0; length as usize];
        bytes.read_exact(&mut out)?;
        Ok(out)
    }
}

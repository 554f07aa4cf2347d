//! Columnar tables: Parquet and the Arrow IPC formats (Feather 2 is one of them).
//!
//! Both are read as Arrow record batches of bounded size, shown row by row, and written with the schema, the types
//! and the compression that they had. Statistics, bloom filters and sort orders of the source stay behind.

mod arrays;
mod arrow;
mod batch;
mod parquet;

pub(super) use arrow::{ARROW, ARROW_STREAM};
pub(super) use parquet::Parquet;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Metadata, Schema, SchemaRef};

use super::{Visitor, members};
use crate::model::{ReadError, Reason};

/// What the Arrow library says, without its words: they may quote a value.
fn failed(error: &ArrowError, place: &str) -> ReadError {
    let reason = match error {
        ArrowError::NotYetImplemented(_) => Reason::UnsupportedFormat,
        ArrowError::IoError(_, e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Reason::Truncated,
        ArrowError::DictionaryKeyOverflowError => Reason::NotWritable,
        _ => Reason::Damaged,
    };
    ReadError::new(reason, place)
}

/// Runs the library, which breaks down on some damaged files and types.
fn guarded<T, E>(broke: E, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(broke))
}

/// Words about the table (not its values) as the copy has them.
fn clean_metadata<'a>(
    visitor: &mut dyn Visitor,
    words: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<Metadata, ReadError> {
    let mut sorted: Vec<_> = words.into_iter().collect();
    sorted.sort();
    sorted
        .into_iter()
        .map(|(key, value)| Ok((key.clone(), members::show(visitor, "metadata", value)?)))
        .collect()
}

/// The schema as the copy has it.
fn clean_schema(visitor: &mut dyn Visitor, schema: &Schema) -> Result<SchemaRef, ReadError> {
    let fields = schema.fields().iter().map(|f| clean_field(visitor, f)).collect::<Result<Fields, _>>()?;
    Ok(Arc::new(Schema::new(fields)))
}

fn clean_field(visitor: &mut dyn Visitor, field: &FieldRef) -> Result<FieldRef, ReadError> {
    let metadata = clean_metadata(visitor, field.metadata().iter())?;
    let ty = with_children(field.data_type(), &mut |child| clean_field(visitor, child))?;
    Ok(Arc::new(Field::clone(field).with_data_type(ty).with_metadata(metadata)))
}

/// The type with the fields inside it replaced.
fn with_children(
    ty: &DataType,
    change: &mut dyn FnMut(&FieldRef) -> Result<FieldRef, ReadError>,
) -> Result<DataType, ReadError> {
    Ok(match ty {
        DataType::List(f) => DataType::List(change(f)?),
        DataType::LargeList(f) => DataType::LargeList(change(f)?),
        DataType::FixedSizeList(f, n) => DataType::FixedSizeList(change(f)?, *n),
        DataType::Map(f, sorted) => DataType::Map(change(f)?, *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(change).collect::<Result<_, _>>()?),
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests;

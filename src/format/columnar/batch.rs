//! One record batch: shown to the visitor row by row, and made again with what must change in it.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::arrays::{self, Interner, Leaf};
use super::failed;
use crate::format::members::{self, Budget};
use crate::format::{Limits, Visitor};
use crate::model::{self, Block, ColumnType, NO_COLUMN, ReadError, Reason, Table};
use crate::source::Input;

/// A block is full at this many rows or bytes.
const ROWS: usize = 4096;
const BYTES: usize = 1 << 20;

/// Text of one batch beyond which it is cut in two: values that stand once in a dictionary can be
/// referred to by every row.
const MOST_TEXT: usize = 8 << 20;

/// Binary values up to this length are keys and check sums, longer ones are looked at as files.
const SMALL_BLOB: usize = 64;

/// Shows batches of one table in turn.
pub(super) struct Batches<'a> {
    pub visitor: &'a mut dyn Visitor,
    pub limits: &'a Limits,
    pub budget: Budget,
    /// The schema of the copy; none where no copy is written.
    copy: Option<SchemaRef>,
    /// Dictionaries that grow from batch to batch (see [`Interner`]), by leaf; empty where none are kept.
    interners: Option<Vec<Interner>>,
    table: Arc<Table>,
    row: u64,
    /// Values that could not be written in their column's type and are NULL in the copy.
    pub nulled: u64,
}

impl<'a> Batches<'a> {
    /// `copy` is the schema of the copy; with `grow` its dictionaries only ever grow.
    pub(super) fn new(
        visitor: &'a mut dyn Visitor,
        limits: &'a Arc<Limits>,
        schema: &Schema,
        copy: Option<SchemaRef>,
        grow: bool,
    ) -> Batches<'a> {
        let mut fields = Vec::new();
        for field in schema.fields() {
            columns(field.name(), field.data_type(), &mut fields, visitor);
        }
        let interners = grow.then(|| fields.iter().map(|_| Interner::default()).collect());
        let table = Arc::new(Table { id: 0, name: None, fields, named: true });
        Batches { visitor, limits, budget: Budget::new(limits), copy, interners, table, row: 1, nulled: 0 }
    }

    /// Number (from 1) of the next row.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// Looks at a batch; hands its copy, in one or more parts, to `write`.
    pub(super) fn look(
        &mut self,
        batch: &RecordBatch,
        write: &mut dyn FnMut(RecordBatch) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut leaves = Vec::new();
        for column in batch.columns() {
            arrays::leaves(column, None, &mut leaves);
        }
        if batch.num_rows() > 1 && leaves.iter().map(Leaf::bytes).sum::<usize>() > MOST_TEXT {
            drop(leaves);
            let half = batch.num_rows() / 2;
            self.look(&batch.slice(0, half), write)?;
            return self.look(&batch.slice(half, batch.num_rows() - half), write);
        }
        self.budget.member()?;
        self.show(&mut leaves, batch.num_rows())?;
        self.row += batch.num_rows() as u64;
        let Some(schema) = self.copy.clone() else { return Ok(()) };
        let place = format!("rows before {}", self.row);
        let (mut next, mut made) = (0, Vec::with_capacity(batch.num_columns()));
        for (column, field) in batch.columns().iter().zip(schema.fields()) {
            made.push(self.remake(column, field, &leaves, &mut next, &place)?);
        }
        write(RecordBatch::try_new(schema, made).map_err(|e| failed(&e, &place))?)
    }

    /// Shows all values, a row after the other; what must change is noted in the leaves.
    fn show(&mut self, leaves: &mut [Leaf], rows: usize) -> Result<(), ReadError> {
        let (mut block, mut places) = (Block::default(), Vec::new());
        let mut at = vec![0; leaves.len()];
        let (mut first, mut text) = (0, String::new());
        for row in 0..rows {
            for (column, leaf) in leaves.iter_mut().enumerate() {
                while at[column] < leaf.len() && leaf.row(at[column]) <= row {
                    let index = at[column];
                    at[column] += 1;
                    text.clear();
                    if leaf.text(index, &mut text) {
                        block.push(&text, column as u32, (row - first) as u32, leaf.kind);
                        places.push((column, index));
                    } else if let Some(file) = leaf.binary(index).filter(|b| b.len() > SMALL_BLOB) {
                        let file = file.to_vec();
                        let new = self.member(column, self.row + row as u64, file)?;
                        leaf.files.push((index, new));
                    }
                }
            }
            if row + 1 == rows || row + 1 - first >= ROWS || block.text.len() >= BYTES {
                self.flush(&mut block, &places, first, leaves)?;
                places.clear();
                first = row + 1;
            }
        }
        Ok(())
    }

    fn flush(
        &mut self,
        block: &mut Block,
        places: &[(usize, usize)],
        first: usize,
        leaves: &mut [Leaf],
    ) -> Result<(), ReadError> {
        if block.segments.is_empty() {
            return Ok(());
        }
        block.table = Some(Arc::clone(&self.table));
        block.first_row = self.row + first as u64;
        let edits = self.visitor.block(block)?;
        let mut edits = &edits[..];
        for (segment, (column, index)) in block.segments.iter().zip(places) {
            let n = edits.iter().take_while(|e| e.end <= segment.end).count();
            let (now, later) = edits.split_at(n);
            edits = later;
            if !now.is_empty() {
                let text =
                    members::edited_part(&block.text, segment.start as usize, segment.end as usize, now);
                leaves[*column].edits.push((*index, text));
            }
        }
        block.clear();
        Ok(())
    }

    /// A file in a binary value; nothing stands for it in the copy where it may not be given away.
    fn member(&mut self, column: usize, row: u64, file: Vec<u8>) -> Result<Option<Vec<u8>>, ReadError> {
        let name = self.table.fields.get(column).map_or("", |f| f.name.as_str());
        let input = Input::memory(file, name);
        let place = format!("{name}, row {row}");
        let copy = self.copy.is_some();
        let Some(mut new) = members::visit(self.visitor, &place, input, copy, self.limits)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut new.bytes, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// The array with its changes, in the type of `field`; `next` counts the leaves.
    fn remake(
        &mut self,
        array: &ArrayRef,
        field: &Field,
        leaves: &[Leaf],
        next: &mut usize,
        place: &str,
    ) -> Result<ArrayRef, ReadError> {
        let failed = |e| failed(&e, place);
        if let Some((children, parts)) = arrays::children(array) {
            let inner = arrays::inner(field.data_type());
            let mut made = Vec::with_capacity(children.len());
            for (child, field) in children.iter().zip(inner) {
                made.push(self.remake(child, &field, leaves, next, place)?);
            }
            return arrays::assemble(field.data_type(), parts, &made).map_err(failed);
        }
        let number = *next;
        *next += 1;
        let Some(leaf) = leaves.get(number) else {
            return Err(ReadError::damaged(place));
        };
        if let (DataType::Dictionary(key, value), Some(interners)) =
            (field.data_type(), self.interners.as_mut())
            && let Some(interner) = interners.get_mut(number)
        {
            return interner.array(leaf, key, value).map_err(failed);
        }
        let made = arrays::rebuilt(leaf, field.data_type()).map_err(failed)?;
        let lost = made.null_count().saturating_sub(leaf.null_count());
        if lost > 0 && !field.is_nullable() {
            let name = field.name();
            return Err(ReadError::new(
                Reason::NotWritable,
                format!("column {name}: a new value is not of its type and NULL is not allowed"),
            ));
        }
        self.nulled += lost as u64;
        Ok(made)
    }
}

/// The columns that are single values, with the path to each.
fn columns(path: &str, ty: &DataType, out: &mut Vec<model::Field>, visitor: &mut dyn Visitor) {
    match ty {
        DataType::Struct(fields) => {
            for field in fields {
                columns(&format!("{path}.{}", field.name()), field.data_type(), out, visitor);
            }
        }
        DataType::Map(entries, _) => columns(path, entries.data_type(), out, visitor),
        DataType::List(f) | DataType::LargeList(f) | DataType::FixedSizeList(f, _) => {
            columns(path, f.data_type(), out, visitor);
        }
        _ => {
            if !arrays::is_readable(ty) {
                visitor.partly(Reason::UnsupportedFormat, format!("column {path}: its type"));
            }
            debug_assert!(out.len() < NO_COLUMN as usize);
            out.push(model::Field { name: path.to_owned(), ty: declared(ty) });
        }
    }
}

/// The widest numbers of which every one fits.
fn declared(ty: &DataType) -> ColumnType {
    match ty {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::Text,
        DataType::Int8 | DataType::UInt8 => ColumnType::Integer(2),
        DataType::Int16 | DataType::UInt16 => ColumnType::Integer(4),
        DataType::Int32 | DataType::UInt32 => ColumnType::Integer(9),
        DataType::Int64 | DataType::UInt64 => ColumnType::Integer(18),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Float,
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => match u8::try_from(*s) {
            Ok(scale) => ColumnType::Decimal(p.saturating_sub(scale), scale),
            Err(_) => ColumnType::Other,
        },
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Dictionary(_, value) => declared(value),
        _ => ColumnType::Unknown,
    }
}

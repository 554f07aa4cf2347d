//! Arrow arrays: the single values inside them as text, and the same arrays with other values.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BinaryViewBuilder, FixedSizeBinaryBuilder, LargeBinaryBuilder, LargeStringBuilder,
    StringBuilder, StringViewBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, Int64Array, StringArray, UInt64Array, make_array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field, FieldRef};

use crate::model::SegmentKind;

/// An array of single values, and what must change in it.
pub(super) struct Leaf {
    /// Dictionaries are unfolded here.
    array: ArrayRef,
    /// The row of each value; the number of the value itself where there are no lists around it.
    rows: Option<Vec<u32>>,
    pub kind: SegmentKind,
    /// Number of a value and its new text, in rising order.
    pub edits: Vec<(usize, String)>,
    /// Number of a value and the copy of the file in it.
    pub files: Vec<(usize, Option<Vec<u8>>)>,
    /// False for truth values and the like.
    shown: bool,
}

/// True where the values of a type can be shown, or never are personal data by themselves.
pub(super) fn is_readable(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, value) => is_text(value),
        DataType::Union(..)
        | DataType::RunEndEncoded(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => false,
        _ => true,
    }
}

fn is_text(ty: &DataType) -> bool {
    matches!(
        ty,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
    )
}

/// The arrays of single values inside `array`, in the order of the schema. `rows` tells the row of each value.
pub(super) fn leaves(array: &ArrayRef, rows: Option<&[u32]>, out: &mut Vec<Leaf>) {
    let Some((children, parts)) = children(array) else {
        out.push(Leaf::new(array, rows));
        return;
    };
    let inside = parts.rows(rows);
    for child in &children {
        leaves(child, inside.as_deref().or(rows), out);
    }
}

/// What a nested array is besides its children.
pub(super) struct Parts {
    len: usize,
    nulls: Option<arrow_buffer::NullBuffer>,
    shape: Shape,
}

enum Shape {
    /// One value of each child in every row.
    Struct,
    /// Where the values of each row begin and end; offsets of 64 bits.
    List(Vec<i64>, bool),
    /// So many values in every row.
    Fixed(usize),
}

impl Parts {
    /// The row of each value of the children.
    fn rows(&self, outer: Option<&[u32]>) -> Option<Vec<u32>> {
        let row = |i: usize| outer.map_or(i as u32, |rows| rows.get(i).copied().unwrap_or_default());
        match &self.shape {
            Shape::Struct => None,
            Shape::Fixed(n) => Some((0..self.len * n).map(|i| row(i / n)).collect()),
            Shape::List(offsets, _) => {
                let mut rows = Vec::new();
                for (i, pair) in offsets.windows(2).enumerate() {
                    rows.extend(std::iter::repeat_n(row(i), (pair[1] - pair[0]).max(0) as usize));
                }
                Some(rows)
            }
        }
    }
}

/// The children of a nested array, cut to what the array refers to.
pub(super) fn children(array: &ArrayRef) -> Option<(Vec<ArrayRef>, Parts)> {
    let list = |offsets: Vec<i64>, values: ArrayRef, wide| {
        let (first, last) =
            (offsets.first().copied().unwrap_or_default(), offsets.last().copied().unwrap_or_default());
        let values = values.slice(first as usize, (last - first) as usize);
        (vec![values], Shape::List(offsets.iter().map(|o| o - first).collect(), wide))
    };
    let narrow = |offsets: &[i32]| offsets.iter().map(|o| i64::from(*o)).collect::<Vec<i64>>();
    let (children, shape) = match array.data_type() {
        DataType::Struct(_) => (array.as_struct().columns().to_vec(), Shape::Struct),
        DataType::List(_) => {
            let a = array.as_list::<i32>();
            list(narrow(a.value_offsets()), Arc::clone(a.values()), false)
        }
        DataType::LargeList(_) => {
            let a = array.as_list::<i64>();
            list(a.value_offsets().to_vec(), Arc::clone(a.values()), true)
        }
        DataType::Map(..) => {
            let a = array.as_map();
            list(narrow(a.value_offsets()), Arc::new(a.entries().clone()), false)
        }
        DataType::FixedSizeList(_, n) => {
            let a = array.as_fixed_size_list();
            (vec![Arc::clone(a.values())], Shape::Fixed((*n).max(0) as usize))
        }
        _ => return None,
    };
    Some((children, Parts { len: array.len(), nulls: array.nulls().cloned(), shape }))
}

/// The fields of a nested type.
pub(super) fn inner(ty: &DataType) -> Vec<FieldRef> {
    match ty {
        DataType::Struct(fields) => fields.iter().cloned().collect(),
        DataType::List(f) | DataType::LargeList(f) | DataType::Map(f, _) | DataType::FixedSizeList(f, _) => {
            vec![Arc::clone(f)]
        }
        _ => Vec::new(),
    }
}

/// A nested array of new children.
pub(super) fn assemble(ty: &DataType, parts: Parts, children: &[ArrayRef]) -> Result<ArrayRef, ArrowError> {
    let mut builder = ArrayData::builder(ty.clone()).len(parts.len).nulls(parts.nulls);
    if let Shape::List(offsets, wide) = parts.shape {
        builder = builder.add_buffer(match wide {
            true => arrow_buffer::Buffer::from_vec(offsets),
            false => arrow_buffer::Buffer::from_vec(offsets.iter().map(|o| *o as i32).collect::<Vec<i32>>()),
        });
    }
    for child in children {
        builder = builder.add_child_data(child.to_data());
    }
    Ok(make_array(builder.build()?))
}

impl Leaf {
    fn new(array: &ArrayRef, rows: Option<&[u32]>) -> Leaf {
        let array = match array.data_type() {
            // a view refers to the dictionary's bytes and copies none of them
            DataType::Dictionary(_, value) if is_text(value) => {
                let view = match **value {
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8View,
                    _ => DataType::BinaryView,
                };
                arrow_cast::cast(array, &view).unwrap_or_else(|_| Arc::clone(array))
            }
            _ => Arc::clone(array),
        };
        let (kind, shown) = match array.data_type() {
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => (SegmentKind::Date, true),
            ty if is_text(ty) => (SegmentKind::Cell, true),
            DataType::FixedSizeBinary(_) => (SegmentKind::Cell, true),
            ty => (SegmentKind::Number, ty.is_numeric()),
        };
        Leaf { array, rows: rows.map(<[u32]>::to_vec), kind, edits: Vec::new(), files: Vec::new(), shown }
    }

    pub(super) fn len(&self) -> usize {
        self.array.len()
    }

    pub(super) fn null_count(&self) -> usize {
        self.array.null_count() + self.files.iter().filter(|f| f.1.is_none()).count()
    }

    pub(super) fn row(&self, index: usize) -> usize {
        self.rows.as_ref().map_or(index, |rows| rows.get(index).copied().unwrap_or_default() as usize)
    }

    /// Length of all text.
    pub(super) fn bytes(&self) -> usize {
        match self.array.data_type() {
            DataType::Utf8View => self.array.as_string_view().lengths().map(|n| n as usize).sum(),
            DataType::BinaryView => self.array.as_binary_view().lengths().map(|n| n as usize).sum(),
            _ => 0,
        }
    }

    /// The bytes of a text or binary value.
    pub(super) fn binary(&self, index: usize) -> Option<&[u8]> {
        let a = &self.array;
        if a.is_null(index) {
            return None;
        }
        Some(match a.data_type() {
            DataType::Utf8 => a.as_string::<i32>().value(index).as_bytes(),
            DataType::LargeUtf8 => a.as_string::<i64>().value(index).as_bytes(),
            DataType::Utf8View => a.as_string_view().value(index).as_bytes(),
            DataType::Binary => a.as_binary::<i32>().value(index),
            DataType::LargeBinary => a.as_binary::<i64>().value(index),
            DataType::BinaryView => a.as_binary_view().value(index),
            DataType::FixedSizeBinary(_) => a.as_fixed_size_binary().value(index),
            _ => return None,
        })
    }

    /// Appends a value as text; false where it is none.
    pub(super) fn text(&self, index: usize, out: &mut String) -> bool {
        if !self.shown || self.array.is_null(index) {
            return false;
        }
        if let Some(bytes) = self.binary(index) {
            let text = std::str::from_utf8(bytes).ok().filter(|t| !t.contains('\0'));
            out.push_str(text.unwrap_or_default());
            return text.is_some();
        }
        match self.array.data_type() {
            DataType::Float64 => {
                write!(out, "{}", self.array.as_primitive::<Float64Type>().value(index)).is_ok()
            }
            DataType::Float32 => {
                write!(out, "{}", self.array.as_primitive::<Float32Type>().value(index)).is_ok()
            }
            _ => {
                let options = FormatOptions::default();
                ArrayFormatter::try_new(&self.array, &options)
                    .is_ok_and(|f| f.value(index).write(out).is_ok())
            }
        }
    }

    /// All values as bytes, changed where they must.
    fn values(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let (mut edits, mut files) = (self.edits.iter().peekable(), self.files.iter().peekable());
        (0..self.len()).map(move |i| {
            if let Some((_, text)) = edits.next_if(|e| e.0 == i) {
                return Some(text.as_bytes());
            }
            if let Some((_, file)) = files.next_if(|f| f.0 == i) {
                return file.as_deref();
            }
            self.binary(i)
        })
    }
}

/// The array of a leaf in the type `ty` with its changes; what does not fit the type is null. Nothing stands
/// behind a null.
pub(super) fn rebuilt(leaf: &Leaf, ty: &DataType) -> Result<ArrayRef, ArrowError> {
    /// Texts were valid before, and edits are texts.
    fn text(bytes: &[u8]) -> Result<&str, ArrowError> {
        std::str::from_utf8(bytes).map_err(|_| ArrowError::InvalidArgumentError(String::new()))
    }
    macro_rules! fill {
        ($builder:expr, $value:expr) => {{
            let mut builder = $builder;
            for value in leaf.values() {
                match value {
                    Some(bytes) => builder.append_value($value(bytes)?),
                    None => builder.append_null(),
                }
            }
            Ok(Arc::new(builder.finish()))
        }};
    }
    fn bytes(bytes: &[u8]) -> Result<&[u8], ArrowError> {
        Ok(bytes)
    }
    match ty {
        DataType::Utf8 => fill!(StringBuilder::new(), text),
        DataType::LargeUtf8 => fill!(LargeStringBuilder::new(), text),
        DataType::Utf8View => fill!(StringViewBuilder::new(), text),
        DataType::Binary => fill!(BinaryBuilder::new(), bytes),
        DataType::LargeBinary => fill!(LargeBinaryBuilder::new(), bytes),
        DataType::BinaryView => fill!(BinaryViewBuilder::new(), bytes),
        DataType::FixedSizeBinary(n) => {
            let mut builder = FixedSizeBinaryBuilder::new(*n);
            for value in leaf.values() {
                match value.filter(|v| v.len() == (*n).max(0) as usize) {
                    Some(value) => builder.append_value(value)?,
                    None => builder.append_null(),
                }
            }
            Ok(Arc::new(builder.finish()))
        }
        DataType::Dictionary(_, value) => arrow_cast::cast(&rebuilt(leaf, value)?, ty),
        DataType::Null => Ok(Arc::clone(&leaf.array)),
        _ => {
            // a null index takes nothing, not even what stands behind a null
            let indices: UInt64Array =
                (0..leaf.len()).map(|i| leaf.array.is_valid(i).then_some(i as u64)).collect();
            let kept = arrow_select::take::take(&leaf.array, &indices, None)?;
            if leaf.edits.is_empty() {
                return Ok(kept);
            }
            let texts: StringArray = leaf.edits.iter().map(|e| Some(e.1.trim())).collect();
            let new = cast_with_options(&texts, ty, &CastOptions { safe: true, ..CastOptions::default() })?;
            let mut indices: Vec<(usize, usize)> = (0..leaf.len()).map(|i| (0, i)).collect();
            for (k, edit) in leaf.edits.iter().enumerate() {
                indices[edit.0] = (1, k);
            }
            arrow_select::interleave::interleave(&[&*kept, &*new], &indices)
        }
    }
}

/// A dictionary that only grows: files of several batches can add to one, and not replace it.
#[derive(Default)]
pub(super) struct Interner {
    known: HashMap<Box<[u8]>, i64>,
    order: Vec<Box<[u8]>>,
}

impl Interner {
    /// The array of a leaf with keys into this dictionary.
    pub(super) fn array(
        &mut self,
        leaf: &Leaf,
        key: &DataType,
        value: &DataType,
    ) -> Result<ArrayRef, ArrowError> {
        let keys: Int64Array = leaf
            .values()
            .map(|value| {
                let value = value?;
                if let Some(key) = self.known.get(value) {
                    return Some(*key);
                }
                let key = self.order.len() as i64;
                self.known.insert(value.into(), key);
                self.order.push(value.into());
                Some(key)
            })
            .collect();
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let keys =
            cast_with_options(&keys, key, &strict).map_err(|_| ArrowError::DictionaryKeyOverflowError)?;
        let values: ArrayRef =
            Arc::new(self.order.iter().map(|v| Some(&**v)).collect::<arrow_array::BinaryArray>());
        let values = arrow_cast::cast(&values, value)?;
        let ty = DataType::Dictionary(Box::new(key.clone()), Box::new(value.clone()));
        let data = keys.to_data().into_builder().data_type(ty).add_child_data(values.to_data()).build()?;
        Ok(make_array(data))
    }
}

/// The type whose values refer to the bytes that were read instead of holding them.
pub(super) fn view(field: &FieldRef) -> FieldRef {
    let ty = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        ty => super::with_children(ty, &mut |child| Ok(view(child))).unwrap_or_else(|_| ty.clone()),
    };
    Arc::new(Field::clone(field).with_data_type(ty))
}

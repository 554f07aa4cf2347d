use std::borrow::Cow;

use serde::Serialize;

/// Where something stands, as a person and a program look for it. Fields apply as the format has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Location<'a> {
    /// Line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Offset of the first byte in the file or member as stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_start: Option<u64>,
    /// Offset one past the last byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_end: Option<u64>,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Cow<'a, str>>,
    /// Cell, as `B7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Table of a dump or database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Cow<'a, str>>,
    /// Row of a table or paragraph of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Page, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Column name or key path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'a, str>>,
    /// Part of a package or message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Cow<'a, str>>,
}

impl Location<'_> {
    /// The same, independent of the block.
    pub fn into_owned(self) -> Location<'static> {
        let own = |t: Option<Cow<'_, str>>| t.map(|t| Cow::Owned(t.into_owned()));
        Location {
            sheet: own(self.sheet),
            table: own(self.table),
            field: own(self.field),
            part: own(self.part),
            cell: self.cell,
            line: self.line,
            column: self.column,
            byte_start: self.byte_start,
            byte_end: self.byte_end,
            row: self.row,
            page: self.page,
        }
    }
}

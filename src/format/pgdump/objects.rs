//! Large objects: each a file of its own, and in the copy the statements that write it.

use std::io::Read;

use super::super::encoded::hex;
use super::super::members::{self, Budget};
use super::super::{Info, Output, Visitor};
use super::Dump;
use crate::model::ReadError;

/// So many bytes `pg_restore` writes in a statement.
const PIECE: usize = 16 << 10;

/// The copy of a larger one could not be looked through again, and is left out.
const MOST: u64 = 31 << 20;

/// Shows the large objects of a dump, and appends to the script in `out` what writes their copies.
pub(super) fn show(
    dump: &Dump,
    budget: &mut Budget,
    visitor: &mut dyn Visitor,
    mut out: Option<&mut dyn Output>,
    info: &mut Info,
) -> Result<(), ReadError> {
    let limits = std::sync::Arc::clone(&budget.limits);
    let mut begun = false;
    for entry in dump.contents.entries.iter().filter(|e| e.is_objects()) {
        dump.files.objects(entry, &mut |number, data| {
            budget.member()?;
            let name = format!("large object {number}");
            let input = budget.hold(data, None, &name)?;
            let Some(mut copy) = members::visit(visitor, &name, input, out.is_some(), &limits)? else {
                return Ok(());
            };
            let Some(out) = out.as_deref_mut() else { return Ok(()) };
            if copy.len > MOST {
                info.notes.push(format!("{name} is longer than {} MiB and empty in the copy", MOST >> 20));
                return Ok(());
            }
            if !begun {
                out.write_all(b"BEGIN;\n\n")?;
                begun = true;
            }
            write(number, &mut copy.bytes, out)
        })?;
    }
    if let Some(out) = out.filter(|_| begun) {
        out.write_all(b"COMMIT;\n")?;
    }
    Ok(())
}

fn write(number: u64, data: &mut dyn Read, out: &mut dyn Output) -> Result<(), ReadError> {
    let (mut piece, mut text) = (Vec::new(), String::new());
    // 131072: opened for writing
    writeln!(out, "SELECT pg_catalog.lo_open('{number}', 131072);")?;
    loop {
        piece.clear();
        data.take(PIECE as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            break;
        }
        text.clear();
        hex::encode(&piece, false, &mut text);
        writeln!(out, "SELECT pg_catalog.lowrite(0, '\\x{text}');")?;
    }
    out.write_all(b"SELECT pg_catalog.lo_close(0);\n\n")?;
    Ok(())
}

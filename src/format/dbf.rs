//! dBASE tables (DBF) of dBASE III to Visual FoxPro, as accounting programs still export them: fixed-width rows,
//! a one-byte encoding, memo texts in a file beside ([`memo`]).
//!
//! The copy keeps header, widths and row order byte for byte. Deleted rows, which programs hide and files keep,
//! are read like the others and written empty.

mod header;
mod memo;
mod rows;

use std::io::{BufReader, Read};
use std::sync::Arc;

use self::header::{FIELDS, Header};
pub use self::memo::Memo;
use self::rows::{show, uses_memo, write};
use super::encoding::Encoding;
use super::{Document, Format, Info, Limits, Opened, Output, Visitor};
use crate::model::{Block, ReadError, Reason};
use crate::source::Input;

/// The format `dbf`.
pub struct Dbf;

/// Rows of one block; at most 4000 bytes each.
const ROWS: usize = 1024;

impl Format for Dbf {
    fn id(&self) -> &'static str {
        "dbf"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        let Ok(header) = Header::parse(head) else { return 0 };
        let date = matches!((head.get(2), head.get(3)), (Some(0..=12), Some(0..=31)));
        if header.fields.is_empty() || !date {
            return 0;
        }
        let named = name.rsplit_once('.').is_some_and(|(_, e)| e.eq_ignore_ascii_case("dbf"));
        if named { 96 } else { 91 }
    }

    fn open(&self, mut input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let _ = limits;
        let header = Header::parse(input.head()?)?;
        let mut sample = input.head()?.get(header.length..).unwrap_or_default().to_vec();
        sample.retain(|b| *b != 0);
        let encoding = header.encoding(&sample);
        Ok(Opened::Document(Box::new(Reader { header, encoding, input })))
    }
}

struct Reader {
    header: Header,
    encoding: Encoding,
    input: Input,
}

impl Document for Reader {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        mut out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let Reader { header, encoding, input } = *self;
        let mut info = Info { encoding: Some(encoding.name()), ..Info::default() };
        let mut reader = BufReader::with_capacity(256 << 10, input.into_reader());
        let mut head = vec![0; header.length];
        reader.read_exact(&mut head)?;
        // what stands between the columns and the rows is the path of a database that has no copy
        let columns = FIELDS + FIELDS * header.fields.len() + 1;
        head.iter_mut().skip(columns).for_each(|b| *b = 0);
        if let Some(out) = &mut out {
            out.write_all(&head)?;
        }
        let memos: Vec<&str> =
            header.fields.iter().filter(|f| f.is_memo()).map(|f| f.name.as_str()).collect();
        let mut memo_used = false;
        let table = Arc::new(header.table());
        let mut left = header.rows;
        let mut first = 1;
        let mut chunk = vec![0; header.row * ROWS];
        let mut block = Block::default();
        while left > 0 {
            let rows = left.min(ROWS as u64) as usize;
            let bytes = &mut chunk[..rows * header.row];
            let got = fill(&mut reader, bytes)?;
            let whole = got / header.row;
            let bytes = &mut bytes[..whole * header.row];
            block.clear();
            block.table = Some(Arc::clone(&table));
            block.first_row = first;
            let places = show(&header, encoding, bytes, &mut block);
            memo_used |= uses_memo(&header, bytes);
            let edits = if block.segments.is_empty() { Vec::new() } else { visitor.block(&mut block)? };
            if let Some(out) = &mut out {
                write(&header, encoding, bytes, &block, &places, &edits)?;
                out.write_all(bytes)?;
            }
            first += whole as u64;
            left -= whole as u64;
            if whole < rows {
                info.partly.push((Reason::Truncated, format!("row {first}: {left} rows are missing")));
                break;
            }
        }
        if memo_used {
            info.notes.push(format!("texts of the columns {} stand in a memo file beside", memos.join(", ")));
        }
        if let Some(out) = out {
            // what stands after the end mark belongs to no row and is left out
            out.write_all(&[0x1A])?;
            out.flush()?;
        }
        Ok(info)
    }
}

fn fill(reader: &mut dyn Read, buf: &mut [u8]) -> Result<usize, ReadError> {
    let mut got = 0;
    while got < buf.len() {
        match reader.read(&mut buf[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(got)
}

#[cfg(test)]
mod tests;

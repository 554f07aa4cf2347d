//! The middle layer of a PST (MS-PST 2.3): heaps in nodes, and the properties and tables that stand in them.

use std::collections::BTreeMap;

use super::store::{Layout, Node, Store, number};
use crate::format::mapi::{Properties, Value, decode};
use crate::model::ReadError;

/// Most bytes of one heap: what is long stands in nodes of its own.
const HEAP: u64 = 64 << 20;
/// Most rows of a table that is read.
const ROWS: usize = 100_000;
/// Most values of a property with several.
const VALUES: usize = 10_000;

/// A heap with the nodes below it.
pub(super) struct Heap {
    layout: Layout,
    blocks: Vec<Vec<u8>>,
    pub(super) below: Vec<Node>,
}

/// What one property is, before its value is looked up.
#[derive(Clone, Copy)]
struct Raw {
    kind: u16,
    value: u32,
}

fn damaged(what: &str) -> ReadError {
    ReadError::damaged(format!("{what} of a message store"))
}

impl Heap {
    pub(super) fn open(store: &mut Store, node: Node) -> Result<Heap, ReadError> {
        let blocks = store.data(node.data, HEAP)?;
        let below = store.subnodes(node.sub)?;
        if blocks.first().and_then(|b| b.get(2)) != Some(&0xEC) {
            return Err(damaged("heap"));
        }
        Ok(Heap { layout: store.layout, blocks, below })
    }

    /// What the heap holds: properties (`0xBC`) or a table (`0x7C`).
    fn client(&self) -> u8 {
        self.blocks.first().and_then(|b| b.get(3)).copied().unwrap_or(0)
    }

    fn root(&self) -> u32 {
        self.blocks.first().and_then(|b| number(b, 4, 4)).unwrap_or(0) as u32
    }

    /// The piece of the heap with this number.
    fn piece(&self, id: u32) -> Option<&[u8]> {
        let (block, index) = match self.layout {
            Layout::Large => (id >> 19, (id >> 5) & 0x3FFF),
            _ => (id >> 16, (id >> 5) & 0x7FF),
        };
        let block = self.blocks.get(block as usize)?;
        let map = number(block, 0, 2)? as usize;
        let at = map + 4 + 2 * (index as usize).checked_sub(1)?;
        if u64::from(index) > number(block, map, 2)? {
            return None;
        }
        block.get(number(block, at, 2)? as usize..number(block, at + 2, 2)? as usize)
    }

    /// The records of a tree in the heap (MS-PST 2.3.2), in order.
    fn records(&self, id: u32) -> Option<Vec<&[u8]>> {
        let head = self.piece(id).filter(|h| h.len() >= 8 && h[0] == 0xB5)?;
        let (key, entry, levels) = (usize::from(head[1]), usize::from(head[2]), head[3]);
        if key == 0 || levels > 8 {
            return None;
        }
        let mut pieces = vec![number(head, 4, 4)? as u32];
        for _ in 0..levels {
            let mut next = Vec::new();
            for id in pieces {
                let records = self.piece(id)?.chunks_exact(key + 4);
                next.extend(records.filter_map(|r| number(r, key, 4)).map(|n| n as u32));
                if next.len() > ROWS {
                    return None;
                }
            }
            pieces = next;
        }
        let mut out = Vec::new();
        for id in pieces.into_iter().filter(|id| *id != 0) {
            out.extend(self.piece(id)?.chunks_exact(key + entry));
            if out.len() > ROWS {
                return None;
            }
        }
        Some(out)
    }

    /// The bytes that a number of a heap piece or of a node below stands for.
    fn bytes(&self, store: &mut Store, id: u32, most: u64) -> Result<Vec<u8>, ReadError> {
        if id == 0 {
            return Ok(Vec::new());
        }
        if id & 0x1F == 0 {
            return self.piece(id).map(<[u8]>::to_vec).ok_or_else(|| damaged("heap"));
        }
        match self.below.iter().find(|n| n.id == id) {
            Some(node) => store.bytes(node.data, most),
            None => Err(damaged("value")),
        }
    }

    /// All properties of a node. Values that cannot be read are told with their place in `faults`.
    pub(super) fn properties(
        &self,
        store: &mut Store,
        most: &mut u64,
        faults: &mut Vec<ReadError>,
    ) -> Result<Properties, ReadError> {
        if self.client() != 0xBC {
            return Err(damaged("properties"));
        }
        let records = self.records(self.root()).ok_or_else(|| damaged("properties"))?;
        let raw: BTreeMap<u16, Raw> = records
            .into_iter()
            .filter_map(|r| {
                let raw = Raw { kind: number(r, 2, 2)? as u16, value: number(r, 4, 4)? as u32 };
                Some((number(r, 0, 2)? as u16, raw))
            })
            .collect();
        self.resolve(store, &raw, most, faults)
    }

    /// The rows of a table, each with its properties.
    pub(super) fn rows(
        &self,
        store: &mut Store,
        most: &mut u64,
        faults: &mut Vec<ReadError>,
    ) -> Result<Vec<Properties>, ReadError> {
        let broken = || damaged("table");
        let info = self.piece(self.root()).filter(|i| self.client() == 0x7C && i.first() == Some(&0x7C));
        let info = info.ok_or_else(broken)?;
        let count = usize::from(*info.get(1).ok_or_else(broken)?);
        let bitmap = number(info, 6, 2).ok_or_else(broken)? as usize;
        let row = number(info, 8, 2).ok_or_else(broken)? as usize;
        let matrix = number(info, 14, 4).ok_or_else(broken)? as u32;
        if row < 4 || bitmap > row || matrix == 0 {
            return if matrix == 0 { Ok(Vec::new()) } else { Err(broken()) };
        }
        let columns: Vec<&[u8]> = info.get(22..).ok_or_else(broken)?.chunks_exact(8).take(count).collect();
        // a row never stands in two blocks
        let blocks = match matrix & 0x1F {
            0 => vec![self.piece(matrix).ok_or_else(broken)?.to_vec()],
            _ => match self.below.iter().find(|n| n.id == matrix) {
                Some(node) => store.data(node.data, (*most).min(HEAP))?,
                None => return Err(broken()),
            },
        };
        let mut out = Vec::new();
        for cells in blocks.iter().flat_map(|b| b.chunks_exact(row)) {
            if out.len() >= ROWS {
                return Err(ReadError::limit(format!("more than {ROWS} rows")));
            }
            let raw = columns.iter().filter_map(|column| {
                let (at, width, bit) = (number(column, 4, 2)? as usize, column[6], usize::from(column[7]));
                let set = cells.get(bitmap + bit / 8)? & (0x80 >> (bit % 8)) != 0;
                let value = number(cells, at, usize::from(width.min(4)))? as u32;
                let raw = Raw { kind: number(column, 0, 2)? as u16, value };
                // numbers of eight bytes stand in the row itself and name nobody
                (set && width <= 4).then_some((number(column, 2, 2)? as u16, raw))
            });
            let raw: BTreeMap<u16, Raw> = raw.collect();
            out.push(self.resolve(store, &raw, most, faults)?);
        }
        Ok(out)
    }

    fn resolve(
        &self,
        store: &mut Store,
        raw: &BTreeMap<u16, Raw>,
        most: &mut u64,
        faults: &mut Vec<ReadError>,
    ) -> Result<Properties, ReadError> {
        let number_of = |id: u16| raw.get(&id).filter(|r| r.kind == 3).map(|r| r.value);
        let codepage = number_of(0x3FFD).or_else(|| number_of(0x3FDE)).unwrap_or(0);
        let codepage = u16::try_from(codepage).unwrap_or(0);
        let mut out = Properties { codepage, ..Properties::default() };
        for (&id, &Raw { kind, value }) in raw {
            let inline = match kind {
                0x02 | 0x0B => Some(u64::from(value & 0xFFFF)),
                0x03 | 0x04 | 0x0A => Some(u64::from(value)),
                _ => None,
            };
            if let Some(value) = inline {
                out.values.insert(id, Value::Number(value));
                continue;
            }
            if !matches!(kind & 0xFFF, 0x14 | 0x40 | 0x1E | 0x1F | 0x102 | 0x0D) {
                continue;
            }
            let bytes = match self.bytes(store, value, *most) {
                Ok(bytes) => bytes,
                Err(error) => {
                    faults.push(ReadError::new(error.reason, format!("property {id:04X}: {}", error.detail)));
                    continue;
                }
            };
            *most = most.saturating_sub(bytes.len() as u64);
            let value = match kind {
                0x14 | 0x40 => Value::Number(number(&bytes, 0, 8).unwrap_or(0)),
                0x1E => Value::Text(decode(&bytes, codepage)),
                0x1F => Value::Text(utf16(&bytes)),
                0x102 => Value::Bytes(bytes),
                0x0D => Value::Object(number(&bytes, 0, 4).unwrap_or(0) as u32),
                0x101E | 0x101F => {
                    let one =
                        |piece: &[u8]| if kind == 0x101F { utf16(piece) } else { decode(piece, codepage) };
                    Value::Texts(several(&bytes).into_iter().map(one).collect())
                }
                _ => continue,
            };
            out.values.insert(id, value);
        }
        Ok(out)
    }
}

fn utf16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

/// The values of a property that has several: how many, where each begins, the values.
fn several(bytes: &[u8]) -> Vec<&[u8]> {
    let count = (number(bytes, 0, 4).unwrap_or(0) as usize).min(VALUES);
    let at = |k: usize| {
        if k < count { number(bytes, 4 + 4 * k, 4).map(|n| n as usize) } else { Some(bytes.len()) }
    };
    (0..count).filter_map(|k| bytes.get(at(k)?..at(k + 1)?)).collect()
}

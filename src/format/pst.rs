//! Message stores of Outlook (MS-PST): PST and OST files of every version, read by a reader of our own.
//!
//! Every message that the file still names is read, whether a folder shows it or not, and walked through as mail.
//! The copy is a mailbox in one file (`mbox`). A reader that trusts lengths in the file cannot be used here: one
//! damaged number would take all memory, and a run dies with it.

mod cipher;
mod heap;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use self::heap::Heap;
use self::store::{Node, Store};
use super::eml::{MESSAGE, Walk};
use super::mapi::{self, Attachment, Content, DEPTH, Item, Moment, Properties, Told, Value};
use super::members::Budget;
use super::{CopyKind, Document, Format, Info, Limits, Opened, Output, Visitor, mbox};
use crate::model::{ReadError, Reason};
use crate::source::{Input, Seekable};

/// The format `pst`.
pub struct Pst;

/// Kinds of nodes (MS-PST 2.2.2.1).
const FOLDER: u32 = 0x02;
const SEARCH: u32 = 0x03;
const MESSAGES: u32 = 0x04;
const ATTACHMENT: u32 = 0x05;
const SETTING: u32 = 0x08;
/// The node of the store's own properties.
const STORE: u32 = 0x21;
/// The table of a message's recipients.
const RECIPIENTS: u32 = 0x692;
/// Folders in one another.
const FOLDERS: usize = 64;
/// Pages of nodes that may be unreadable before the rest is given up.
const FAULTS: usize = 1000;

impl Format for Pst {
    fn id(&self) -> &'static str {
        "pst"
    }

    fn recognise(&self, head: &[u8], _: &str) -> u8 {
        if head.starts_with(b"!BDN") && matches!(head.get(8..10), Some(b"SM" | b"SO")) { 98 } else { 0 }
    }

    fn copy(&self) -> CopyKind {
        CopyKind::As("mbox")
    }

    fn open(&self, input: Input, limits: &Arc<Limits>) -> Result<Opened, ReadError> {
        let file = input.into_seekable(limits.memory, limits.member_bytes)?;
        Ok(Opened::Document(Box::new(Mailbox { file, limits: Arc::clone(limits) })))
    }
}

struct Mailbox {
    file: Seekable,
    limits: Arc<Limits>,
}

impl Document for Mailbox {
    fn process(
        self: Box<Self>,
        visitor: &mut dyn Visitor,
        out: Option<&mut dyn Output>,
    ) -> Result<Info, ReadError> {
        let store = Store::open(self.file, self.limits.time)?;
        let (limits, folders) = (self.limits, HashMap::new());
        let mut reader = Reader { store, limits, folders, visitor, out, number: 0, info: Info::default() };
        let (mut from, mut faults) = (Some(0), 0);
        while let Some(key) = from {
            let (nodes, next) = reader.store.nodes_from(key);
            match nodes {
                Ok(nodes) => {
                    for node in nodes {
                        reader.node(node)?;
                    }
                }
                Err(error) => {
                    reader.info.partly.push((error.reason, format!("list of messages: {}", error.detail)));
                    faults += 1;
                }
            }
            from = next.filter(|_| faults < FAULTS && !reader.store.is_spent());
        }
        if let Some(out) = reader.out {
            out.flush()?;
        }
        Ok(reader.info)
    }
}

struct Reader<'a, 'b> {
    store: Store,
    limits: Arc<Limits>,
    /// Names of folders, and the folder that each lies in.
    folders: HashMap<u32, (String, u32)>,
    visitor: &'a mut dyn Visitor,
    out: Option<&'b mut dyn Output>,
    number: u64,
    info: Info,
}

impl Reader<'_, '_> {
    /// Reads one node; its own faults are noted and what follows is read.
    fn node(&mut self, node: Node) -> Result<(), ReadError> {
        let name = match node.kind() {
            MESSAGES => {
                self.number += 1;
                format!("message {}", self.number)
            }
            FOLDER | SEARCH => format!("folder {:X}", node.id),
            SETTING => format!("setting {:X}", node.id),
            _ if node.id == STORE => "store".to_owned(),
            _ => return Ok(()),
        };
        self.store.restart();
        let mut faults = Vec::new();
        let mut most = MESSAGE;
        let item = self.item(node, 0, &mut most, &mut faults);
        let noted = |e: ReadError| (e.reason, format!("{name}: {}", e.detail));
        self.info.partly.extend(faults.into_iter().map(noted));
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                self.info.partly.push(noted(error));
                return Ok(());
            }
        };
        let mut told = Told::default();
        let time = mapi::sent(&item.properties).unwrap_or_default();
        if node.kind() == FOLDER
            && let Some(Value::Text(folder)) = item.properties.values.get(&0x3001)
        {
            self.folders.insert(node.id, (folder.clone(), node.parent));
        }
        if !matches!(node.kind(), MESSAGES | SETTING) {
            told.keep(&item.properties);
            return told.show(self.visitor, &name);
        }
        let folder = if node.kind() == MESSAGES { self.folder(node.parent) } else { String::new() };
        let mail = mapi::compose(item, &folder, 0, &mut told);
        told.show(self.visitor, &format!("{name} properties"))?;
        let Info { partly, .. } = told.info;
        self.info
            .partly
            .extend(partly.into_iter().map(|(reason, place)| (reason, format!("{name} {place}"))));
        self.mail(&mail, node.kind() == MESSAGES, time, name)
    }

    /// Walks through a message that was put together. Only what is a message stands in the copy.
    fn mail(&mut self, mail: &[u8], copied: bool, time: Moment, place: String) -> Result<(), ReadError> {
        let mail: Vec<u8> = mail.iter().copied().filter(|b| *b != b'\r').collect();
        let mut budget = Budget::new(&self.limits);
        let copy = copied && self.out.is_some();
        let mut walk = Walk { visitor: &mut *self.visitor, budget: &mut budget, copy, place };
        let new = walk.message(&mail)?;
        if let Some(out) = self.out.as_mut().filter(|_| copy) {
            writeln!(out, "From - {}", time.of_mailbox())?;
            out.write_all(&mbox::quoted(new.as_deref().unwrap_or(&mail)))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// The path of a folder.
    fn folder(&mut self, id: u32) -> String {
        let mut path = Vec::new();
        let mut next = id;
        while path.len() < FOLDERS {
            let known = match self.folders.get(&next) {
                Some(known) => known.clone(),
                None => {
                    let known = self.named(next);
                    self.folders.insert(next, known.clone());
                    known
                }
            };
            let (name, parent) = known;
            path.extend((!name.is_empty()).then_some(name));
            if parent == next || parent == 0 {
                break;
            }
            next = parent;
        }
        path.reverse();
        path.join("/")
    }

    fn named(&mut self, id: u32) -> (String, u32) {
        let Some(node) = self.store.node(id).filter(|n| n.kind() == FOLDER) else {
            return Default::default();
        };
        let item = self.item(node, 0, &mut MESSAGE.clone(), &mut Vec::new()).unwrap_or_default();
        (item.properties.text(0x3001).unwrap_or_default().to_owned(), node.parent)
    }

    /// A message (or folder) with all that belongs to it.
    fn item(
        &mut self,
        node: Node,
        depth: u32,
        most: &mut u64,
        faults: &mut Vec<ReadError>,
    ) -> Result<Item, ReadError> {
        if depth > DEPTH {
            return Err(ReadError::limit(format!("more than {DEPTH} messages in one another")));
        }
        let heap = Heap::open(&mut self.store, node)?;
        let properties = heap.properties(&mut self.store, most, faults)?;
        let mut item = Item { properties, ..Item::default() };
        if depth == 0 && !matches!(node.kind(), MESSAGES | SETTING) {
            return Ok(item);
        }
        for below in &heap.below {
            if below.id == RECIPIENTS {
                let rows = Heap::open(&mut self.store, *below)
                    .and_then(|table| table.rows(&mut self.store, most, faults));
                match rows {
                    Ok(rows) => item.recipients = rows,
                    Err(error) => {
                        faults.push(ReadError::new(error.reason, format!("recipients: {}", error.detail)));
                    }
                }
            } else if below.kind() == ATTACHMENT {
                match self.attachment(*below, depth, most, faults) {
                    Ok(attachment) => item.attachments.push(attachment),
                    Err(error) => {
                        faults.push(ReadError::new(error.reason, format!("attachment: {}", error.detail)));
                    }
                }
            }
        }
        Ok(item)
    }

    fn attachment(
        &mut self,
        node: Node,
        depth: u32,
        most: &mut u64,
        faults: &mut Vec<ReadError>,
    ) -> Result<Attachment, ReadError> {
        let heap = Heap::open(&mut self.store, node)?;
        let mut properties: Properties = heap.properties(&mut self.store, most, faults)?;
        let method = properties.number(0x3705);
        let content = match properties.values.remove(&0x3701) {
            Some(Value::Bytes(bytes)) => Content::File(bytes),
            Some(Value::Object(id)) => {
                let inner = heap.below.iter().find(|n| n.id == id).copied();
                let inner = inner.ok_or_else(|| ReadError::damaged("its node is missing"))?;
                if method == Some(5) {
                    Content::Message(Box::new(self.item(inner, depth + 1, most, faults)?))
                } else {
                    // an object of another program, as that program stores it
                    let bytes = self.store.bytes(inner.data, *most)?;
                    *most = most.saturating_sub(bytes.len() as u64);
                    Content::File(bytes)
                }
            }
            _ if matches!(method, Some(0 | 2..=4 | 7)) => Content::Name,
            _ => Content::Unread(Reason::Damaged),
        };
        Ok(Attachment { properties, content })
    }
}

#[cfg(test)]
mod tests;

//! The lower layer of a PST (MS-PST 2.2): trees of pages, blocks, nodes.
//!
//! Every number of the file is doubted: an offset outside of it, a page of another kind or a tree that does not
//! go down is an error of that page, and what else stands in the file is read.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::cipher::Cipher;
use crate::model::{ReadError, Reason};
use crate::source::Seekable;

/// Levels of a tree: twenty entries a page make more pages than a file can have.
const LEVELS: u8 = 16;
/// Pages that are kept; a large mailbox reads the upper ones again and again.
const PAGES: usize = 4096;
/// Nodes below one node.
const SUBNODES: usize = 1 << 18;

/// The layouts of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Numbers of four bytes (Outlook 97 to 2002).
    Ansi,
    /// Numbers of eight bytes.
    Unicode,
    /// The same with pages of 4,096 bytes and compressed blocks (OST of Outlook 2013 and later).
    Large,
}

impl Layout {
    /// Bytes of a number that names a block or an offset.
    fn word(self) -> usize {
        if self == Layout::Ansi { 4 } else { 8 }
    }

    fn page(self) -> usize {
        if self == Layout::Large { 4096 } else { 512 }
    }

    /// Where the count of entries stands in a page; all before it are entries.
    fn counts(self) -> usize {
        match self {
            Layout::Ansi => 496,
            Layout::Unicode => 488,
            Layout::Large => 4056,
        }
    }

    /// Where the kind of a page stands.
    fn trailer(self) -> usize {
        match self {
            Layout::Ansi => 500,
            Layout::Unicode => 496,
            Layout::Large => 4072,
        }
    }
}

/// A node: a message, folder, table or attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: u32,
    /// The block of its data.
    pub(super) data: u64,
    /// The block of its own nodes; 0 for none.
    pub(super) sub: u64,
    /// The folder that it lies in.
    pub(super) parent: u32,
}

impl Node {
    /// What a node is (MS-PST 2.2.2.1).
    pub(super) fn kind(self) -> u32 {
        self.id & 0x1F
    }
}

/// Where a block lies.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    stored: usize,
    /// Length after unpacking, where the block is compressed.
    unpacked: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tree {
    Nodes,
    Blocks,
}

/// An open file.
pub(super) struct Store {
    file: Seekable,
    pub(super) layout: Layout,
    cipher: Cipher,
    nodes: u64,
    blocks: u64,
    pages: HashMap<u64, Rc<[u8]>>,
    /// How many bytes may be read yet: blocks that are named by many nodes must not multiply the file.
    left: u64,
    time: Duration,
    started: Instant,
}

pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let mut value = [0; 8];
    value[..width].copy_from_slice(bytes.get(at..at.checked_add(width)?)?);
    Some(u64::from_le_bytes(value))
}

fn damaged(what: &str, at: u64) -> ReadError {
    ReadError::damaged(format!("{what} at byte {at}"))
}

impl Store {
    pub(super) fn open(mut file: Seekable, time: Duration) -> Result<Store, ReadError> {
        let mut head = Vec::new();
        file.by_ref().take(564).read_to_end(&mut head)?;
        let header = || ReadError::damaged("header");
        let layout = match number(&head, 10, 2) {
            Some(14 | 15) => Layout::Ansi,
            Some(36) => Layout::Large,
            Some(20..) => Layout::Unicode,
            _ => return Err(header()),
        };
        let (cipher, nodes, blocks) = match layout {
            Layout::Ansi => (461, 188, 196),
            Layout::Unicode | Layout::Large => (513, 224, 240),
        };
        let method = *head.get(cipher).ok_or_else(header)?;
        let cipher = Cipher::of(method)
            .ok_or_else(|| ReadError::new(Reason::Encrypted, "blocks are encrypted for one Windows user"))?;
        let root = |at| number(&head, at, layout.word()).ok_or_else(header);
        let (nodes, blocks) = (root(nodes)?, root(blocks)?);
        let left = file.len().saturating_mul(16).saturating_add(1 << 30);
        let pages = HashMap::new();
        Ok(Store { file, layout, cipher, nodes, blocks, pages, left, time, started: Instant::now() })
    }

    /// The time limit begins anew: each message has its own.
    pub(super) fn restart(&mut self) {
        self.started = Instant::now();
    }

    /// Whether the whole file may have been read too often already.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }

    fn read(&mut self, at: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        if self.started.elapsed() > self.time {
            return Err(ReadError::limit(format!("longer than {} s", self.time.as_secs())));
        }
        self.left = self.left.saturating_sub(len as u64);
        if self.left == 0 {
            return Err(ReadError::limit("blocks are used again and again"));
        }
        if at.checked_add(len as u64).is_none_or(|end| end > self.file.len()) {
            return Err(ReadError::new(Reason::Truncated, format!("nothing stands at byte {at}")));
        }
        let mut bytes = vec![0; len];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A page of a tree, which must be of this level where one is told.
    fn page(&mut self, at: u64, tree: Tree, level: Option<u8>) -> Result<Rc<[u8]>, ReadError> {
        let page = match self.pages.get(&at) {
            Some(page) => Rc::clone(page),
            None => {
                let page: Rc<[u8]> = self.read(at, self.layout.page())?.into();
                if self.pages.len() >= PAGES {
                    self.pages.clear();
                }
                self.pages.insert(at, Rc::clone(&page));
                page
            }
        };
        let kind = if tree == Tree::Nodes { 0x81 } else { 0x80 };
        let trailer = self.layout.trailer();
        let found = self.level(&page);
        if page[trailer] != kind
            || page[trailer + 1] != kind
            || found > LEVELS
            || level.is_some_and(|l| l != found)
        {
            return Err(damaged("page of a tree", at));
        }
        Ok(page)
    }

    fn level(&self, page: &[u8]) -> u8 {
        let at = self.layout.counts() + if self.layout == Layout::Large { 5 } else { 3 };
        page.get(at).copied().unwrap_or(u8::MAX)
    }

    /// Count and length of the entries of a page.
    fn entries<'a>(
        &self,
        page: &'a [u8],
        least: usize,
    ) -> impl DoubleEndedIterator<Item = &'a [u8]> + use<'a> {
        let at = self.layout.counts();
        let (count, size) = match self.layout {
            Layout::Large => (number(page, at, 2).unwrap_or(0) as usize, page[at + 4]),
            _ => (usize::from(page[at]), page[at + 2]),
        };
        page[..at].chunks_exact(usize::from(size).max(least)).take(count)
    }

    /// Goes down to the leaf that would hold `key`; answers it, and the first key of what stands right of it.
    fn leaf(&mut self, tree: Tree, key: u64) -> (Result<Rc<[u8]>, ReadError>, Option<u64>) {
        let word = self.layout.word();
        let mut at = if tree == Tree::Nodes { self.nodes } else { self.blocks };
        let (mut next, mut level) = (None, None);
        loop {
            let page = match self.page(at, tree, level) {
                Ok(page) => page,
                Err(error) => return (Err(error), next),
            };
            let found = self.level(&page);
            if found == 0 {
                return (Ok(page), next);
            }
            let mut child = None;
            for entry in self.entries(&page, 3 * word) {
                let first = number(entry, 0, word).unwrap_or(0);
                if first > key {
                    next = Some(first);
                    if child.is_some() {
                        break;
                    }
                }
                if first <= key || child.is_none() {
                    child = number(entry, 2 * word, word);
                }
            }
            let Some(child) = child else { return (Err(damaged("page without entries", at)), next) };
            (at, level) = (child, Some(found - 1));
        }
    }

    /// The nodes from `from` on that stand in one page, and where to go on; the error of a page that cannot be read.
    pub(super) fn nodes_from(&mut self, from: u64) -> (Result<Vec<Node>, ReadError>, Option<u64>) {
        let word = self.layout.word();
        let (page, next) = self.leaf(Tree::Nodes, from);
        let nodes = page.map(|page| {
            let nodes = self.entries(&page, 3 * word + 4).filter_map(|entry| {
                let node = Node {
                    id: number(entry, 0, 4)? as u32,
                    data: number(entry, word, word)?,
                    sub: number(entry, 2 * word, word)?,
                    parent: number(entry, 3 * word, 4)? as u32,
                };
                (u64::from(node.id) >= from).then_some(node)
            });
            nodes.collect()
        });
        (nodes, next.filter(|next| *next > from))
    }

    /// The node with this number.
    pub(super) fn node(&mut self, id: u32) -> Option<Node> {
        let (nodes, _) = self.nodes_from(u64::from(id));
        nodes.ok()?.into_iter().find(|n| n.id == id)
    }

    fn place(&mut self, block: u64) -> Result<Place, ReadError> {
        let word = self.layout.word();
        let (page, _) = self.leaf(Tree::Blocks, block & !1);
        let page = page?;
        let place = self.entries(&page, 2 * word + 4).find_map(|entry| {
            // the lowest bit belongs to whoever wrote the block
            if number(entry, 0, word)? & !1 != block & !1 {
                return None;
            }
            let stored = number(entry, 2 * word, 2)? as usize;
            let unpacked = number(entry, 2 * word + 2, 2)? as usize;
            let packed = self.layout == Layout::Large && unpacked != stored && unpacked > 0;
            Some(Place { at: number(entry, word, word)?, stored, unpacked: packed.then_some(unpacked) })
        });
        place.ok_or_else(|| ReadError::damaged(format!("block {block} is missing")))
    }

    /// The data of one block.
    fn block(&mut self, block: u64) -> Result<Vec<u8>, ReadError> {
        let place = self.place(block)?;
        // data, filling, trailer; the trailer repeats the number of the block
        let (unit, trailer, back) = match self.layout {
            Layout::Ansi => (64, 12, 4),
            Layout::Unicode => (64, 16, 8),
            Layout::Large => (512, 24, 8),
        };
        let whole = (place.stored + trailer).next_multiple_of(unit);
        let mut bytes = self.read(place.at, whole)?;
        let told = number(&bytes, whole - trailer + back, self.layout.word());
        if told.is_none_or(|told| told & !1 != block & !1) {
            return Err(damaged("block", place.at));
        }
        bytes.truncate(place.stored);
        if let Some(length) = place.unpacked {
            let mut unpacked = Vec::with_capacity(length);
            flate2::read::ZlibDecoder::new(&bytes[..])
                .take(length as u64)
                .read_to_end(&mut unpacked)
                .map_err(|_| damaged("compressed block", place.at))?;
            bytes = unpacked;
        }
        if block & 2 == 0 {
            self.cipher.decode(&mut bytes, block);
        }
        Ok(bytes)
    }

    /// All blocks of a node's data, one after another, at most `most` bytes.
    pub(super) fn data(&mut self, block: u64, most: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut out = Vec::new();
        let mut left = most;
        if block & !1 != 0 {
            self.gather(block, None, &mut left, &mut out)?;
        }
        Ok(out)
    }

    /// [`Store::data`] in one piece.
    pub(super) fn bytes(&mut self, block: u64, most: u64) -> Result<Vec<u8>, ReadError> {
        let mut blocks = self.data(block, most)?;
        Ok(if blocks.len() == 1 { blocks.remove(0) } else { blocks.concat() })
    }

    fn gather(
        &mut self,
        block: u64,
        level: Option<u8>,
        left: &mut u64,
        out: &mut Vec<Vec<u8>>,
    ) -> Result<(), ReadError> {
        let bytes = self.block(block)?;
        // a list of blocks costs as well, so that empty ones have an end
        *left = left.checked_sub((bytes.len() as u64).max(64)).ok_or_else(|| ReadError::limit("too long"))?;
        let list = block & 2 != 0 && bytes.first() == Some(&1);
        if !list {
            if level.unwrap_or(0) != 0 {
                return Err(ReadError::damaged(format!("block {block} is no list")));
            }
            out.push(bytes);
            return Ok(());
        }
        let found = bytes.get(1).copied().unwrap_or(0);
        if found == 0 || found > 2 || level.is_some_and(|l| l != found) {
            return Err(ReadError::damaged(format!("list of blocks {block}")));
        }
        let count = number(&bytes, 2, 2).unwrap_or(0) as usize;
        let word = self.layout.word();
        for entry in bytes.get(8..).unwrap_or_default().chunks_exact(word).take(count) {
            self.gather(number(entry, 0, word).unwrap_or(0), Some(found - 1), left, out)?;
        }
        Ok(())
    }

    /// The nodes below a node.
    pub(super) fn subnodes(&mut self, block: u64) -> Result<Vec<Node>, ReadError> {
        let mut out = Vec::new();
        if block & !1 != 0 {
            self.below(block, None, &mut out)?;
        }
        Ok(out)
    }

    fn below(&mut self, block: u64, level: Option<u8>, out: &mut Vec<Node>) -> Result<(), ReadError> {
        let bytes = self.block(block)?;
        let found = bytes.get(1).copied().unwrap_or(u8::MAX);
        if bytes.first() != Some(&2) || found > 1 || level.is_some_and(|l| l != found) {
            return Err(ReadError::damaged(format!("list of nodes {block}")));
        }
        let word = self.layout.word();
        let count = number(&bytes, 2, 2).unwrap_or(0) as usize;
        let entries = bytes.get(if self.layout == Layout::Ansi { 4 } else { 8 }..).unwrap_or_default();
        if found == 1 {
            for entry in entries.chunks_exact(2 * word).take(count) {
                self.below(number(entry, word, word).unwrap_or(0), Some(0), out)?;
            }
            return Ok(());
        }
        for entry in entries.chunks_exact(3 * word).take(count) {
            if out.len() >= SUBNODES {
                return Err(ReadError::limit(format!("more than {SUBNODES} nodes in one")));
            }
            let at = |k: usize| number(entry, k * word, word).unwrap_or(0);
            out.push(Node { id: at(0) as u32, data: at(1), sub: at(2), parent: 0 });
        }
        Ok(())
    }
}

//! Key paths of a JSON text, numbered in order of appearance: the columns of its records.

use rustc_hash::FxHashMap;

use super::super::csv::{could_be_name, is_data};
use crate::model::{ColumnType, Field};

/// Most paths that get a number; the keys of more are data themselves.
const MOST: usize = 4096;

struct Node {
    path: String,
    ty: ColumnType,
    /// A number here counts milliseconds since 1970.
    millis: bool,
    children: Vec<(Box<[u8]>, u32)>,
    /// The child that came last; the next is likely to follow it.
    last: usize,
    by_key: FxHashMap<Box<[u8]>, u32>,
}

/// The tree of keys; indices of arrays are left out. Node 0 is the root.
pub struct Paths {
    nodes: Vec<Node>,
    /// How many keys were named `*`.
    stars: u64,
}

impl Default for Paths {
    fn default() -> Paths {
        Paths { nodes: vec![Node::new(String::new(), ColumnType::Unknown)], stars: 0 }
    }
}

impl Node {
    fn new(path: String, ty: ColumnType) -> Node {
        Node { path, ty, millis: false, children: Vec::new(), last: 0, by_key: FxHashMap::default() }
    }
}

impl Paths {
    /// How many paths have a number.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True where a number counts milliseconds since 1970.
    pub fn is_millis(&self, node: u32) -> bool {
        self.nodes.get(node as usize).is_some_and(|n| n.millis)
    }

    /// Columns from number `from` on.
    pub fn fields(&self, from: usize) -> impl Iterator<Item = Field> {
        let nodes = self.nodes[from.min(self.nodes.len())..].iter();
        nodes.map(|n| Field { name: n.path.clone(), ty: n.ty })
    }

    /// The number of `key` below `parent`, and true for a key that could be a value itself: it is named `*`.
    pub fn look_up(&mut self, parent: u32, key: &[u8]) -> (u32, bool) {
        let before = self.stars;
        let number = self.child(parent, key);
        (number, self.stars != before)
    }

    /// The number of `key` below `parent`.
    pub fn child(&mut self, parent: u32, key: &[u8]) -> u32 {
        let Some(node) = self.nodes.get_mut(parent as usize) else { return 0 };
        for step in 1..=node.children.len().min(3) {
            let at = (node.last + step) % node.children.len();
            if *node.children[at].0 == *key {
                node.last = at;
                return node.children[at].1;
            }
        }
        if let Some(found) = node.by_key.get(key) {
            return *found;
        }
        let value = key != b"*" && (key.len() > 200 || is_value(key));
        self.stars += u64::from(value);
        if self.nodes.len() >= MOST {
            return parent;
        }
        if value {
            return self.child(parent, b"*");
        }
        let name = String::from_utf8_lossy(key);
        let parent_path = &self.nodes[parent as usize].path;
        let typed = wrapped(key).filter(|_| !parent_path.is_empty());
        let path = match typed {
            Some(_) => parent_path.clone(),
            None if parent_path.is_empty() => name.into_owned(),
            None => format!("{parent_path}.{name}"),
        };
        let number = self.nodes.len() as u32;
        // `$date` holds a text, a number, or (before 1970, and in the canonical form always) a `$numberLong`
        let dated = self.nodes[parent as usize].millis;
        let ty = if dated { ColumnType::Timestamp } else { typed.unwrap_or_default() };
        self.nodes
            .push(Node { millis: key == b"$date" || (dated && typed.is_some()), ..Node::new(path, ty) });
        let node = &mut self.nodes[parent as usize];
        node.last = node.children.len();
        node.children.push((key.into(), number));
        node.by_key.insert(key.into(), number);
        number
    }
}

/// The type that a key of MongoDB's extended JSON gives to the value below it, which has the name above it.
fn wrapped(key: &[u8]) -> Option<ColumnType> {
    Some(match key {
        b"$numberLong" | b"$numberInt" => ColumnType::Integer(19),
        b"$numberDecimal" => ColumnType::Decimal(24, 10),
        b"$numberDouble" => ColumnType::Float,
        b"$date" => ColumnType::Timestamp,
        b"$uuid" => ColumnType::Uuid,
        b"$oid" | b"$binary" | b"$symbol" | b"$regularExpression" => ColumnType::Unknown,
        _ => return None,
    })
}

/// True for a key that looks like data (a number, an address of mail, a person's name) and not like a name of data.
fn is_value(key: &[u8]) -> bool {
    let text = String::from_utf8_lossy(key);
    is_data(&text) || could_be_name(&text) || text.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_numbered_once() {
        let mut paths = Paths::default();
        let client = paths.child(0, b"client");
        let iin = paths.child(client, b"iin");
        assert_eq!(paths.child(client, b"iin"), iin);
        assert_eq!(paths.child(0, b"client"), client);
        assert_ne!(paths.child(0, b"iin"), iin);
        let star = paths.child(client, b"991231500016");
        assert_eq!(paths.child(client, b"a@b.kz"), star);
        let names: Vec<_> = paths.fields(0).map(|f| f.name).collect();
        assert_eq!(names, ["", "client", "client.iin", "iin", "client.*"]);
        let long = paths.child(iin, b"$numberLong");
        let last = paths.fields(long as usize).next().unwrap();
        assert_eq!((last.name.as_str(), last.ty), ("client.iin", ColumnType::Integer(19)));
        for n in 0..100_000 {
            paths.child(0, format!("k{}", n % 9000).as_bytes());
        }
        assert!(paths.len() <= MOST);
    }
}

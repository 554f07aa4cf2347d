//! Generalization hierarchies: what a value may be replaced by, level by level.

mod builtin;
mod draft;
mod file;
mod iin;
mod places;

use rustc_hash::FxHashMap;

use super::table::Column;
use super::{Error, Result};

pub use builtin::Builtin;
pub use draft::{Draft, draft};
pub use file::{read, write};

/// What stands for "anything" at the top of a hierarchy and in the cells of a suppressed record.
pub const ROOT: &str = "*";

/// Most levels of a hierarchy.
const MOST_LEVELS: usize = 100;

/// Labels of nothing at `n` levels, for values that a built-in cannot read.
fn unread(n: usize) -> Vec<String> {
    vec![ROOT.to_owned(); n]
}

/// A generalization hierarchy of one column: level 0 holds the values themselves, every next level fewer labels,
/// and the last level one only.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    labels: Vec<Vec<Box<str>>>,
    /// `reach[level][leaf]` is the code of the leaf's label at that level.
    reach: Vec<Vec<u32>>,
    /// `parent[level][code]` is the code at the next level.
    parent: Vec<Vec<u32>>,
    /// `ascent[level][code]` is the code at the top.
    ascent: Vec<Vec<u32>>,
    /// `leaves[level][code]`: how many leaves the label covers.
    leaves: Vec<Vec<u32>>,
    index: FxHashMap<Box<str>, u32>,
}

impl Hierarchy {
    /// Builds a hierarchy from its rows: a value, its label at level 1, at level 2 and so on. A root is added
    /// above where the last level has more than one label.
    ///
    /// # Errors
    /// Where rows differ in length, a value stands twice with different labels, or a label has two parents.
    /// `line` numbers in errors count the given rows from 1.
    pub fn from_rows<S: AsRef<str>>(column: &str, rows: &[Vec<S>]) -> Result<Hierarchy> {
        let bad =
            |line: usize, what: &str| Error::Hierarchy { column: column.into(), line, what: what.into() };
        let width = rows.first().map(Vec::len).unwrap_or(0);
        if width == 0 {
            return Err(bad(0, "it has no rows"));
        }
        if width > MOST_LEVELS {
            return Err(bad(1, &format!("{width} levels; at most {MOST_LEVELS} are taken")));
        }
        let mut index: FxHashMap<Box<str>, u32> = FxHashMap::default();
        let mut kept: Vec<&Vec<S>> = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            if row.len() != width {
                return Err(bad(i + 1, &format!("{} levels, but the first line has {width}", row.len())));
            }
            let leaf = row[0].as_ref();
            match index.get(leaf) {
                Some(at) => {
                    let first = kept[*at as usize];
                    if first.iter().zip(row).any(|(a, b)| a.as_ref() != b.as_ref()) {
                        return Err(bad(i + 1, "a value stands twice, with different labels"));
                    }
                }
                None => {
                    index.insert(leaf.into(), kept.len() as u32);
                    kept.push(row);
                }
            }
        }
        let mut labels: Vec<Vec<Box<str>>> = Vec::with_capacity(width);
        let mut reach: Vec<Vec<u32>> = Vec::with_capacity(width);
        let mut parent: Vec<Vec<u32>> = Vec::new();
        for level in 0..width {
            let mut names: FxHashMap<&str, u32> = FxHashMap::default();
            let mut level_labels = Vec::new();
            let codes: Vec<u32> = kept
                .iter()
                .map(|row| {
                    let label = row[level].as_ref();
                    *names.entry(label).or_insert_with(|| {
                        level_labels.push(Box::from(label));
                        (level_labels.len() - 1) as u32
                    })
                })
                .collect();
            if level > 0 {
                let below: &Vec<u32> = &reach[level - 1];
                let mut up = vec![u32::MAX; labels[level - 1].len()];
                for (leaf, (low, high)) in below.iter().zip(&codes).enumerate() {
                    let slot = &mut up[*low as usize];
                    if *slot != u32::MAX && *slot != *high {
                        let what = format!("a label of level {} has two labels above it", level - 1);
                        return Err(bad(leaf + 1, &what));
                    }
                    *slot = *high;
                }
                parent.push(up);
            }
            labels.push(level_labels);
            reach.push(codes);
        }
        if labels[width - 1].len() > 1 {
            parent.push(vec![0; labels[width - 1].len()]);
            labels.push(vec![ROOT.into()]);
            reach.push(vec![0; kept.len()]);
        }
        let leaves = reach
            .iter()
            .zip(&labels)
            .map(|(codes, labels)| {
                let mut n = vec![0u32; labels.len()];
                codes.iter().for_each(|c| n[*c as usize] += 1);
                n
            })
            .collect();
        let ascent = labels.iter().map(|l| vec![0; l.len()]).collect();
        Ok(Hierarchy { labels, reach, parent, ascent, leaves, index })
    }

    /// The hierarchy that can only keep a value or suppress it.
    pub fn suppression(column: &Column) -> Hierarchy {
        let rows: Vec<Vec<&str>> = column.values.iter().map(|v| vec![v.as_ref(), ROOT]).collect();
        // Two levels of distinct values cannot contradict each other; an empty column has an empty hierarchy.
        Hierarchy::from_rows(&column.name, &rows).unwrap_or_else(|_| Hierarchy {
            labels: vec![Vec::new(), vec![ROOT.into()]],
            reach: vec![Vec::new(), Vec::new()],
            parent: vec![Vec::new()],
            ascent: vec![Vec::new(), vec![0]],
            leaves: vec![Vec::new(), vec![0]],
            index: FxHashMap::default(),
        })
    }

    /// Number of levels, the values themselves included.
    pub fn levels(&self) -> usize {
        self.labels.len()
    }

    /// The highest level.
    pub fn top(&self) -> usize {
        self.labels.len() - 1
    }

    /// Number of values at level 0, whether they stand in the table or not: the domain's size.
    pub fn size(&self) -> usize {
        self.labels[0].len()
    }

    /// Number of labels at a level.
    pub fn width(&self, level: usize) -> usize {
        self.labels[level].len()
    }

    /// The text of a label.
    pub fn label(&self, level: usize, code: u32) -> &str {
        &self.labels[level][code as usize]
    }

    /// From leaf to the code at `level`.
    pub fn reach(&self, level: usize) -> &[u32] {
        &self.reach[level]
    }

    /// From the code at `level` to the code at `level + 1`.
    pub fn parent(&self, level: usize) -> &[u32] {
        &self.parent[level]
    }

    /// From the code at `level` to the code at the top, which has one label only.
    pub fn ascent(&self, level: usize) -> &[u32] {
        &self.ascent[level]
    }

    /// How many leaves each label of a level covers.
    pub fn leaves(&self, level: usize) -> &[u32] {
        &self.leaves[level]
    }

    /// The leaf of a value.
    pub fn leaf(&self, value: &str) -> Option<u32> {
        self.index.get(value).copied()
    }

    /// One row a leaf: the value and its label at every level.
    pub fn rows(&self) -> impl Iterator<Item = Vec<&str>> + '_ {
        (0..self.size()).map(|leaf| (0..self.levels()).map(|l| self.label(l, self.reach[l][leaf])).collect())
    }

    /// The leaf of each dictionary entry of a column.
    ///
    /// A blank that the hierarchy does not list gets a leaf of its own that goes straight to the root: a blank
    /// is a value as any other and never a wildcard.
    ///
    /// # Errors
    /// [`Error::Unlisted`] where another value is missing and `unlisted_to_root` is false.
    pub fn leaves_of(&mut self, column: &Column, unlisted_to_root: bool) -> Result<Vec<u32>> {
        let mut leaves = Vec::with_capacity(column.values.len());
        let mut missing = Vec::new();
        for (code, value) in column.values.iter().enumerate() {
            let null = column.null == Some(code as u32);
            // A NULL must not meet the empty text in one leaf: who reads the table can tell them apart.
            let name: Box<str> = if null { "\u{0}".into() } else { value.clone() };
            match self.index.get(&name) {
                Some(leaf) => leaves.push(*leaf),
                None => {
                    if !(null || value.trim().is_empty() || unlisted_to_root) {
                        missing.push(code as u32);
                    }
                    leaves.push(self.add_to_root(name, value));
                }
            }
        }
        if missing.is_empty() {
            return Ok(leaves);
        }
        let row = column.codes.iter().position(|c| missing.contains(&c)).map_or(0, |r| r + 1);
        Err(Error::Unlisted {
            column: column.name.clone(),
            missing: missing.len(),
            distinct: column.values.len(),
            row,
        })
    }

    fn add_to_root(&mut self, name: Box<str>, value: &str) -> u32 {
        let leaf = self.labels[0].len() as u32;
        self.index.insert(name, leaf);
        let top = self.top();
        for level in 0..=top {
            let code = if level == 0 || top == 0 {
                self.labels[level].push(value.into());
                self.leaves[level].push(1);
                self.labels[level].len() as u32 - 1
            } else if level == top {
                self.leaves[level][0] += 1;
                0
            } else {
                // One label for all that is not listed, at each level between.
                let at = self.labels[level].iter().rposition(|l| &**l == ROOT).unwrap_or_else(|| {
                    self.labels[level].push(ROOT.into());
                    self.leaves[level].push(0);
                    self.parent[level].push(0);
                    self.labels[level].len() - 1
                });
                self.leaves[level][at] += 1;
                at as u32
            };
            self.reach[level].push(code);
            if level == 0 && top > 0 {
                self.parent[0].push(0);
            }
        }
        for (ascent, labels) in self.ascent.iter_mut().zip(&self.labels) {
            ascent.resize(labels.len(), 0);
        }
        for level in 0..top {
            let (low, high) = (self.reach[level][leaf as usize], self.reach[level + 1][leaf as usize]);
            self.parent[level][low as usize] = high;
        }
        leaf
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Builder;
    use super::*;

    fn rows(text: &str) -> Vec<Vec<&str>> {
        text.lines().map(|l| l.split(';').collect()).collect()
    }

    #[test]
    fn levels_labels_and_leaves() {
        let h =
            Hierarchy::from_rows("city", &rows("Almaty;south;*\nTaraz;south;*\nKostanai;north;*")).unwrap();
        assert_eq!((h.levels(), h.size(), h.width(1)), (3, 3, 2));
        assert_eq!(h.leaves(1), [2, 1]);
        assert_eq!(h.parent(0), [0, 0, 1]);
        assert_eq!(h.label(1, h.reach(1)[2]), "north");
    }

    #[test]
    fn a_root_is_added() {
        let h = Hierarchy::from_rows("c", &rows("a;x\nb;y")).unwrap();
        assert_eq!((h.levels(), h.label(2, 0)), (3, ROOT));
    }

    #[test]
    fn contradictions_are_told_by_line() {
        let e = Hierarchy::from_rows("c", &rows("a;x;*\nb;y;*\na;y;*")).unwrap_err();
        assert!(e.to_string().contains("line 3"), "{e}");
        let e = Hierarchy::from_rows("c", &rows("a;x;1\nb;x;2")).unwrap_err();
        assert!(e.to_string().contains("two labels above"), "{e}");
        assert!(Hierarchy::from_rows("c", &rows("a;x;*\nb;*")).is_err());
        assert!(Hierarchy::from_rows::<&str>("c", &[]).is_err());
    }

    #[test]
    fn missing_values_are_counted_and_never_shown() {
        let mut b = Builder::new("city");
        ["Almaty", "", "Secretville", "Almaty"].iter().for_each(|v| b.push(v));
        b.push_null();
        let column = b.finish();
        let mut h = Hierarchy::from_rows("city", &rows("Almaty;south;*\nTaraz;south;*")).unwrap();
        let e = h.clone().leaves_of(&column, false).unwrap_err().to_string();
        assert!(e.contains("1 of 4") && e.contains("row 3") && !e.contains("Secret"), "{e}");
        let leaves = h.leaves_of(&column, true).unwrap();
        assert_eq!(leaves, [0, 2, 3, 4]);
        assert_eq!(h.leaves(2), [5]);
        assert_eq!(h.label(1, h.reach(1)[3]), ROOT);
        assert_eq!(h.label(2, h.parent(1)[h.reach(1)[4] as usize]), ROOT);
    }
}

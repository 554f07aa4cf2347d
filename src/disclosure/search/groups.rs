use crate::disclosure::table::Codes;

/// A tuple of codes packed into `N` words; a column never crosses a word.
pub type Key<const N: usize> = [u64; N];

/// Where a column stands in a packed tuple.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    word: usize,
    shift: u32,
    mask: u64,
}

impl Slot {
    /// The column's code in a tuple.
    #[inline(always)]
    pub fn get<const N: usize>(self, key: &Key<N>) -> u32 {
        ((key[self.word] >> self.shift) & self.mask) as u32
    }

    /// Puts a code into a tuple whose column is still empty.
    #[inline(always)]
    pub fn put<const N: usize>(self, key: &mut Key<N>, code: u32) {
        key[self.word] |= u64::from(code) << self.shift;
    }

    /// The tuple with another code in this column.
    #[inline(always)]
    fn set<const N: usize>(self, key: &mut Key<N>, code: u32) {
        key[self.word] = key[self.word] & !(self.mask << self.shift) | u64::from(code) << self.shift;
    }
}

/// Slots for columns of the given numbers of codes, and how many words they take.
pub fn layout(widths: &[usize]) -> (Vec<Slot>, usize) {
    let (mut word, mut used) = (0, 0);
    let slots = widths
        .iter()
        .map(|w| {
            let bits = usize::BITS - w.saturating_sub(1).leading_zeros();
            if used + bits > 64 {
                (word, used) = (word + 1, 0);
            }
            let slot = Slot { word, shift: used.min(63), mask: (1u64 << bits) - 1 };
            used += bits;
            slot
        })
        .collect();
    (slots, word + 1)
}

/// One class: rows with the same tuple.
#[derive(Clone, Copy, Debug)]
pub struct Group<const N: usize> {
    /// The tuple.
    pub key: Key<N>,
    /// Rows of the table.
    pub count: u32,
    /// Rows of the population; 0 where none is given.
    pub population: u32,
}

/// How often a sensitive value stands in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Index of the group.
    pub group: u32,
    /// Code of the sensitive value.
    pub code: u32,
    /// Rows.
    pub count: u32,
}

/// Shares sorted by group: where each group's begin, and (code, rows).
pub type Shares = (Vec<u32>, Vec<(u32, u32)>);

/// The classes of a table at one node of the lattice.
#[derive(Clone, Debug)]
pub struct Groups<const N: usize> {
    /// The classes, in the order of their first row.
    pub list: Vec<Group<N>>,
    /// One list a sensitive column.
    pub shares: Vec<Vec<Share>>,
}

/// Reusable open-addressing index from a key to a small number.
#[derive(Debug, Default)]
pub struct Scratch {
    index: Vec<u32>,
    map: Vec<u32>,
}

const FREE: u32 = u32::MAX;

#[inline(always)]
fn hash<const N: usize>(key: &Key<N>) -> u64 {
    let mut h = 0u64;
    for word in key {
        h = (h.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    h ^ (h >> 29)
}

impl Scratch {
    /// Empties the index; it keeps at most half its places filled while at most `n` keys are put in.
    fn reset(&mut self, n: usize) {
        let size = (n.max(8) * 2).next_power_of_two();
        self.index.clear();
        self.index.resize(size, FREE);
    }

    #[inline(always)]
    fn find<const N: usize>(&mut self, list: &mut Vec<Group<N>>, group: Group<N>) -> u32 {
        let mask = self.index.len() - 1;
        let mut at = (hash(&group.key) >> 7) as usize & mask;
        loop {
            let found = self.index[at];
            if found == FREE {
                self.index[at] = list.len() as u32;
                list.push(group);
                return list.len() as u32 - 1;
            }
            let other = &mut list[found as usize];
            if other.key == group.key {
                other.count += group.count;
                other.population += group.population;
                return found;
            }
            at = (at + 1) & mask;
        }
    }
}

impl<const N: usize> Groups<N> {
    /// Merges equal rows. `columns` are the codes of the quasi-identifiers with the leaf of each code,
    /// `population` the same of the population's table, `sensitive` the codes of sensitive columns.
    pub fn from_rows(
        slots: &[Slot],
        columns: &[(&Codes, &[u32])],
        population: &[(&Codes, &[u32])],
        sensitive: &[&Codes],
        rows: &mut dyn Iterator<Item = usize>,
        scratch: &mut Scratch,
    ) -> Groups<N> {
        let pack = |columns: &[(&Codes, &[u32])], row: usize| {
            let mut key = [0; N];
            for (slot, (codes, leaves)) in slots.iter().zip(columns) {
                key[slot.word] |= u64::from(leaves[codes.get(row) as usize]) << slot.shift;
            }
            key
        };
        let rows: Vec<u32> = rows.map(|r| r as u32).collect();
        let people = population.first().map_or(0, |c| c.0.len());
        let mut list = Vec::new();
        scratch.reset(rows.len() + people);
        let mut group_of = Vec::with_capacity(if sensitive.is_empty() { 0 } else { rows.len() });
        for row in &rows {
            let key = pack(columns, *row as usize);
            let id = scratch.find(&mut list, Group { key, count: 1, population: 0 });
            if !sensitive.is_empty() {
                group_of.push(id);
            }
        }
        for row in 0..people {
            scratch.find(&mut list, Group { key: pack(population, row), count: 0, population: 1 });
        }
        let shares = sensitive
            .iter()
            .map(|codes| {
                let single = rows.iter().zip(&group_of).map(|(row, group)| Share {
                    group: *group,
                    code: codes.get(*row as usize),
                    count: 1,
                });
                merge(single, rows.len(), scratch)
            })
            .collect();
        Groups { list, shares }
    }

    /// The classes after the codes of some columns were mapped to higher levels.
    pub fn roll(&self, changes: &[(Slot, &[u32])], scratch: &mut Scratch) -> Groups<N> {
        scratch.reset(self.list.len());
        let mut list = Vec::with_capacity(self.list.len() / 2 + 8);
        let keep = !self.shares.is_empty();
        let mut map = std::mem::take(&mut scratch.map);
        map.clear();
        if let [(slot, up)] = changes {
            for group in &self.list {
                let mut group = *group;
                let code = up[slot.get(&group.key) as usize];
                slot.set(&mut group.key, code);
                let id = scratch.find(&mut list, group);
                if keep {
                    map.push(id);
                }
            }
        } else {
            for group in &self.list {
                let mut group = *group;
                for (slot, up) in changes {
                    let code = up[slot.get(&group.key) as usize];
                    slot.set(&mut group.key, code);
                }
                let id = scratch.find(&mut list, group);
                if keep {
                    map.push(id);
                }
            }
        }
        let shares = self
            .shares
            .iter()
            .map(|list| {
                let moved = list.iter().map(|s| Share { group: map[s.group as usize], ..*s });
                merge(moved, list.len(), scratch)
            })
            .collect();
        scratch.map = map;
        Groups { list, shares }
    }

    /// As [`Groups::roll`], but without the sensitive columns.
    pub fn roll_sizes(&self, changes: &[(Slot, &[u32])], scratch: &mut Scratch) -> Vec<Group<N>> {
        scratch.reset(self.list.len());
        let mut list = Vec::new();
        for group in &self.list {
            let mut group = *group;
            for (slot, up) in changes {
                let code = up[slot.get(&group.key) as usize];
                slot.set(&mut group.key, code);
            }
            scratch.find(&mut list, group);
        }
        list
    }

    /// For each sensitive column the shares sorted by group, with the places where a group's shares begin.
    pub fn by_group(&self) -> Vec<Shares> {
        self.shares
            .iter()
            .map(|shares| {
                let mut starts = vec![0u32; self.list.len() + 1];
                shares.iter().for_each(|s| starts[s.group as usize + 1] += 1);
                for i in 1..starts.len() {
                    starts[i] += starts[i - 1];
                }
                let mut next = starts.clone();
                let mut sorted = vec![(0, 0); shares.len()];
                for s in shares {
                    let at = &mut next[s.group as usize];
                    sorted[*at as usize] = (s.code, s.count);
                    *at += 1;
                }
                (starts, sorted)
            })
            .collect()
    }
}

/// Adds up shares of the same group and value.
fn merge(items: impl Iterator<Item = Share>, n: usize, scratch: &mut Scratch) -> Vec<Share> {
    scratch.reset(n);
    let mask = scratch.index.len() - 1;
    let mut out: Vec<Share> = Vec::new();
    for share in items {
        let mut at = (hash(&[u64::from(share.group) << 32 | u64::from(share.code)]) >> 7) as usize & mask;
        loop {
            let found = scratch.index[at];
            if found == FREE {
                scratch.index[at] = out.len() as u32;
                out.push(share);
                break;
            }
            let other = &mut out[found as usize];
            if (other.group, other.code) == (share.group, share.code) {
                other.count += share.count;
                break;
            }
            at = (at + 1) & mask;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_to_words() {
        let (slots, words) = layout(&[2, 1 << 31, 1 << 31, 5, 1]);
        assert_eq!(words, 2);
        let mut key = [0u64; 2];
        let codes = [1, (1 << 31) - 1, 77, 4, 0];
        slots.iter().zip(codes).for_each(|(s, c)| s.set(&mut key, c));
        assert_eq!(slots.iter().map(|s| s.get(&key)).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn rolling_up_adds_counts_and_shares() {
        let a = Codes::Narrow(vec![0, 1, 2, 0]);
        let s = Codes::Narrow(vec![0, 1, 1, 0]);
        let leaves = [0, 1, 2];
        let (slots, _) = layout(&[3]);
        let mut scratch = Scratch::default();
        let g: Groups<1> = Groups::from_rows(&slots, &[(&a, &leaves)], &[], &[&s], &mut (0..4), &mut scratch);
        assert_eq!(g.list.iter().map(|g| g.count).collect::<Vec<_>>(), [2, 1, 1]);
        let up = g.roll(&[(slots[0], &[0, 0, 1])], &mut scratch);
        assert_eq!(up.list.iter().map(|g| g.count).collect::<Vec<_>>(), [3, 1]);
        let by = up.by_group();
        assert_eq!(by[0].0, [0, 2, 3]);
        assert_eq!(by[0].1, [(0, 2), (1, 1), (1, 1)]);
    }
}

use std::sync::{Mutex, MutexGuard};

use rustc_hash::FxHashMap;

/// Cells that a run has filled, or left, on purpose with something that does not tell itself: a permuted number, a
/// moved date, a value that a rule keeps. When the copy is read again they are no leftovers, and working on it
/// once more leaves them alone. One bit for a cell, and only while the file is worked on.
#[derive(Default)]
pub(super) struct Cells {
    files: Mutex<FxHashMap<u64, FxHashMap<Column, Rows>>>,
}

/// Member, table, column.
type Column = (u64, u32, u32);

/// Bits of rows in runs of 65,536.
#[derive(Default)]
struct Rows(FxHashMap<u64, Box<[u64; 1024]>>);

/// Hashes of the path of a file and of a member in it.
pub(super) fn place(path: &str) -> (u64, u64) {
    let (file, member) = path.split_once('!').unwrap_or((path, ""));
    (super::made(file), super::made(member))
}

impl Cells {
    fn lock(&self) -> MutexGuard<'_, FxHashMap<u64, FxHashMap<Column, Rows>>> {
        self.files.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Notes cells of one table: column and row.
    pub fn note(&self, path: &str, table: u32, cells: &[(u32, u64)]) {
        if cells.is_empty() {
            return;
        }
        let (file, member) = place(path);
        let mut files = self.lock();
        let columns = files.entry(file).or_default();
        let mut cells = cells.to_vec();
        cells.sort_unstable();
        for run in cells.chunk_by(|a, b| (a.0, a.1 >> 16) == (b.0, b.1 >> 16)) {
            let (column, row) = run[0];
            let rows = columns.entry((member, table, column)).or_default();
            let bits = rows.0.entry(row >> 16).or_insert_with(|| Box::new([0; 1024]));
            for (_, row) in run {
                bits[(row >> 6 & 1023) as usize] |= 1 << (row & 63);
            }
        }
    }

    /// Was the cell noted?
    pub fn has(&self, path: &str, table: u32, column: u32, row: u64) -> bool {
        let (file, member) = place(path);
        let files = self.lock();
        let rows = files.get(&file).and_then(|columns| columns.get(&(member, table, column)));
        let run = rows.and_then(|rows| rows.0.get(&(row >> 16)));
        run.is_some_and(|run| run[(row >> 6 & 1023) as usize] >> (row & 63) & 1 == 1)
    }

    /// Forgets a file and all that is inside it.
    pub fn forget(&self, path: &str) {
        self.lock().remove(&place(path).0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_noted_cells_are_known() {
        let cells = Cells::default();
        cells.note("a.zip!b.csv", 2, &[(1, 0), (1, 70_000), (3, 1 << 40)]);
        assert!(cells.has("a.zip!b.csv", 2, 1, 70_000) && cells.has("a.zip!b.csv", 2, 3, 1 << 40));
        for (path, table, column, row) in
            [("a.zip", 2, 1, 0), ("a.zip!c.csv", 2, 1, 0), ("a.zip!b.csv", 1, 1, 0), ("a.zip!b.csv", 2, 1, 1)]
        {
            assert!(!cells.has(path, table, column, row));
        }
        cells.forget("a.zip");
        assert!(!cells.has("a.zip!b.csv", 2, 1, 0));
    }
}

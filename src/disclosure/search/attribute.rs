use crate::disclosure::hierarchy::Hierarchy;
use crate::disclosure::table::Table;

/// One quasi-identifier of the search.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Position of the column in the table.
    pub column: usize,
    /// Its hierarchy.
    pub hierarchy: Hierarchy,
    /// The leaf of each code of the column's dictionary.
    pub leaf: Vec<u32>,
    /// The leaf of each code of the population's column; empty where no population is given.
    pub population_leaf: Vec<u32>,
    /// How many rows each leaf has.
    pub leaf_rows: Vec<u64>,
    /// Weight in the objective.
    pub weight: f64,
}

impl Attribute {
    /// An attribute with the rows of each leaf counted.
    pub fn new(table: &Table, column: usize, hierarchy: Hierarchy, leaf: Vec<u32>, weight: f64) -> Attribute {
        let mut leaf_rows = vec![0; hierarchy.size()];
        for (code, n) in table.columns[column].counts().iter().enumerate() {
            leaf_rows[leaf[code] as usize] += n;
        }
        Attribute { column, hierarchy, leaf, population_leaf: Vec::new(), leaf_rows, weight }
    }

    /// Counts the rows of each leaf anew, over some rows of the table.
    pub fn recount(&mut self, table: &Table, rows: &[u32]) {
        self.leaf_rows.iter_mut().for_each(|n| *n = 0);
        let codes = &table.columns[self.column].codes;
        for row in rows {
            self.leaf_rows[self.leaf[codes.get(*row as usize) as usize] as usize] += 1;
        }
    }
}

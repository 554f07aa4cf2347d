//! Times the search of the generalization lattice on the Adult table.
//!
//! `QUPIA_ADULT_DIR=… cargo bench --no-default-features --features disclosure --bench disclosure`; the table and its
//! hierarchies are published with ARX (`data/` of its repository, see `tests/make/adult.sh`). A second table
//! of the same columns is timed where `QUPIA_SYN1M` names it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use qupia::disclosure::hierarchy;
use qupia::disclosure::load;
use qupia::disclosure::models::Models;
use qupia::disclosure::search::{Attribute, Objective, Options, Space, search};

fn main() {
    let Some(dir) = std::env::var_os("QUPIA_ADULT_DIR").map(PathBuf::from) else {
        println!("skipped: QUPIA_ADULT_DIR is not set");
        return;
    };
    for limit in [0.0, 0.05, 1.0] {
        run(&dir, &dir.join("adult.csv"), Objective::Loss, limit);
    }
    for objective in [Objective::Discernibility, Objective::Aecs, Objective::Entropy, Objective::Ncp] {
        run(&dir, &dir.join("adult.csv"), objective, 1.0);
    }
    if let Some(path) = std::env::var_os("QUPIA_SYN1M").map(PathBuf::from) {
        for limit in [0.0, 0.05] {
            run(&dir, &path, Objective::Loss, limit);
        }
    }
}

fn run(dir: &Path, path: &Path, objective: Objective, share: f64) {
    let start = Instant::now();
    let (table, _) = load::read_text(path).expect("the table is read");
    let attributes: Vec<Attribute> = (0..table.columns.len())
        .map(|at| {
            let column = &table.columns[at];
            let file = dir.join(format!("adult_hierarchy_{}.csv", column.name));
            let mut h = hierarchy::read(&file, &column.name).expect("the hierarchy is read");
            let leaf = h.leaves_of(column, false).expect("every value is listed");
            Attribute::new(&table, at, h, leaf, 1.0)
        })
        .collect();
    let loaded = start.elapsed();
    let models = Models { k: 5, ..Models::default() };
    let rows: Vec<u32> = (0..table.rows() as u32).collect();
    let limit = (share * rows.len() as f64).floor() as u64;
    let options = Options { objective, balance: 0.5, limit, keep: 1, deadline: None };
    let space = Space::new(&table, &rows, &attributes, &[], &models, options);
    let outcome = search(&space).expect("a solution");
    let best = &outcome.best[0];
    println!(
        "{objective:?} {:.0} %: load {:.3} s, search {:.3} s, {} of {} nodes; {:?} score {} suppressed {} classes {}",
        share * 100.0,
        loaded.as_secs_f64(),
        start.elapsed().as_secs_f64() - loaded.as_secs_f64(),
        outcome.checked,
        outcome.nodes,
        best.levels,
        best.score,
        best.suppressed,
        best.classes
    );
}

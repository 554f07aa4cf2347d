//! Reading a workbook against a bare loop over its cells with calamine.
//!
//! `cargo bench --bench xlsx -- FILE.xlsx` prints the best of five of each, in CPU milliseconds of this thread.

use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use qupia::format::{Limits, MemberOutcome, Opened, Output, Visitor, registry};
use qupia::model::{Block, Edit, ReadError, Reason};
use qupia::source::Input;

/// Looks at nothing and counts the segments.
struct Count(u64);

impl Visitor for Count {
    fn block(&mut self, block: &mut Block) -> Result<Vec<Edit>, ReadError> {
        self.0 += block.segments.len() as u64;
        Ok(Vec::new())
    }
    fn member(&mut self, _: &str, _: Input, _: Option<&mut dyn Output>) -> Result<MemberOutcome, ReadError> {
        Ok(MemberOutcome::Scanned)
    }
    fn clean_name(&mut self, name: &str) -> String {
        name.to_owned()
    }
    fn partly(&mut self, _: Reason, _: String) {}
}

fn ours(path: &str) -> u64 {
    let format = registry::by_id("xlsx").expect("the format");
    let input = Input::file(File::open(path).expect("a file"), "x.xlsx").expect("a file");
    let Ok(Opened::Document(document)) = format.open(input, &Arc::new(Limits::default())) else {
        panic!("a workbook")
    };
    let mut count = Count(0);
    document.process(&mut count, None).expect("a workbook");
    count.0
}

fn calamine_cells(path: &str) -> u64 {
    use calamine::Reader;
    let file = std::io::BufReader::new(File::open(path).expect("a file"));
    let mut book = calamine::Xlsx::new(file).expect("a workbook");
    let mut cells = 0;
    for name in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&name).expect("a sheet");
        while let Ok(Some(cell)) = reader.next_cell() {
            std::hint::black_box(&cell);
            cells += 1;
        }
    }
    cells
}

fn main() {
    let Some(path) = std::env::args().skip(1).find(|a| !a.starts_with("--")) else {
        println!("no workbook was named: nothing is measured");
        return;
    };
    for (name, run) in [("qupia", ours as fn(&str) -> u64), ("calamine", calamine_cells)] {
        let mut best = u128::MAX;
        let mut cells = 0;
        for _ in 0..5 {
            let from = Instant::now();
            cells = run(&path);
            best = best.min(from.elapsed().as_millis());
        }
        println!("{name}: {best} ms, {cells} cells");
    }
}

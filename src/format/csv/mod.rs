//! Tables of delimited text: CSV, TSV and their relatives.

mod fit;
mod header;
mod masks;
mod sample;
mod scan;
mod sniff;
mod splice;
mod words;

use std::ops::Range;
use std::sync::Arc;

use header::Header;
pub(super) use masks::Marks;
use scan::{Scan, Stop};
use sniff::{Dialect, sniff};
use splice::CsvSplice;
pub(super) use words::{could_be_name, is_data, is_header_word};

use super::encoding::{Feed, Rewrites, Sample, Sizes};
use super::{Format, Info, Limits, Opened, Splice, Stream, TextFormat, text};
use crate::model::{Block, Field, ReadError, Segment, SegmentKind, Table};
use crate::source::Input;

/// Delimited text.
pub struct Csv;

impl Format for Csv {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, _: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Stream(Box::new(CsvStream::new(input, Sizes::default())?)))
    }
}

impl TextFormat for Csv {
    fn score(&self, sample: &Sample, name: &str) -> u8 {
        sniff(sample, name).map_or(0, |d| d.score)
    }
}

/// A table, some thousand rows a block.
pub struct CsvStream {
    feed: Feed,
    sizes: Sizes,
    dialect: Dialect,
    scan: Scan,
    table: Arc<Table>,
    rewrites: Rewrites,
}

impl CsvStream {
    /// Reads `input`, whose first bytes tell its dialect, in blocks of these sizes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn new(mut input: Input, sizes: Sizes) -> Result<CsvStream, ReadError> {
        let name = input.name().to_owned();
        let dialect = Sample::of(input.head()?).and_then(|s| sniff(&s, &name));
        let dialect = dialect.unwrap_or(Dialect {
            delimiter: b',',
            newline: b'\n',
            sep_line: false,
            header: None,
            score: 0,
        });
        let names = dialect.header.as_ref().map(|h| h.names.clone()).unwrap_or_default();
        // a header that could be a person's name is looked at as data, and stands in no report as a field
        let name = |name: String| if could_be_name(&name) { String::new() } else { name };
        let fields = names.into_iter().map(|n| Field { name: name(n), ..Field::default() }).collect();
        let table = Arc::new(Table { fields, named: dialect.header.is_some(), ..Table::default() });
        let scan = Scan::new(dialect.delimiter, dialect.newline);
        Ok(CsvStream {
            feed: Feed::new(input, None),
            sizes,
            dialect,
            scan,
            table,
            rewrites: Rewrites::default(),
        })
    }

    /// Marks the cells of the rows that are no data: `sep=;` and the header.
    fn mark_header(&self, block: &mut Block) {
        let lead = u32::from(self.dialect.sep_line);
        let header = self.dialect.header.as_ref().map(|h| header_rows(block, lead, h));
        for segment in &mut block.segments {
            if segment.row < lead {
                segment.kind = SegmentKind::Skip;
            } else if header.as_ref().is_some_and(|h| segment.row < h.start) {
                // titles above the header are values of no column
                segment.kind = SegmentKind::Meta;
            } else if header.as_ref().is_some_and(|h| h.contains(&segment.row)) {
                let text = String::from_utf8_lossy(&block.text[segment.start as usize..segment.end as usize]);
                let doubtful = is_data(&text) || could_be_name(&text);
                segment.kind = if doubtful { SegmentKind::Meta } else { SegmentKind::Skip };
            } else {
                break;
            }
        }
    }
}

/// The rows of the header, counted from those whose cells it has; the first one where none has.
fn header_rows(block: &Block, lead: u32, header: &Header) -> Range<u32> {
    let mut rows = block.segments.chunk_by(|a, b| a.row == b.row).skip_while(|r| r[0].row < lead).take(32);
    let cell = |s: &Segment| block.text.get(s.start as usize..s.end as usize).unwrap_or_default();
    let filled = header.cells.iter().filter(|c| !c.is_empty()).count();
    let same = |row: &[Segment]| {
        let mut cells = row.iter().filter(|s| !cell(s).trim_ascii().is_empty());
        let known = |s: &Segment| header.cells.get(s.column as usize).map(|n| n.trim().as_bytes());
        cells.clone().count() == filled && cells.all(|s| known(s) == Some(cell(s).trim_ascii()))
    };
    let first = rows.find(|row| same(row)).map_or(lead, |row| row[0].row);
    // blank lines may stand between two rows of a header
    let last = if header.rows > 1 { rows.next().map_or(first, |row| row[0].row) } else { first };
    first..last + 1
}

impl Stream for CsvStream {
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError> {
        block.clear();
        if self.feed.is_done()? {
            return Ok(false);
        }
        block.first_row = self.scan.rows + 1;
        // the first rows tell the columns; what follows stays near the processor until it is written
        let mut want = if self.scan.rows == 0 { self.sizes.block } else { self.sizes.block.div_ceil(16) };
        let cut = loop {
            let last = self.feed.fill(block, want)?;
            block.segments.clear();
            self.rewrites.clear();
            let from = if block.offset == 0 && block.text.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
            let before = self.scan.clone();
            let force = want >= self.sizes.most;
            let text = std::mem::take(&mut block.text);
            let (segments, doubled) = (&mut block.segments, &mut self.rewrites);
            let stop = self.scan.run(&text, from, block.first_row, last, force, segments, doubled);
            block.text = text;
            match stop {
                Stop::Row(cut) => break cut,
                Stop::More => {
                    self.scan = before;
                    want = self.sizes.most;
                }
            }
        };
        if self.scan.columns() > self.table.fields.len() {
            let mut table = Table::clone(&self.table);
            table.fields.resize(self.scan.columns(), Field::default());
            self.table = Arc::new(table);
        }
        if block.first_row == 1 {
            self.mark_header(block);
        }
        block.table = Some(Arc::clone(&self.table));
        self.feed.finish(block, cut, &self.rewrites);
        Ok(true)
    }

    fn splice(&self) -> Arc<dyn Splice> {
        Arc::new(CsvSplice { charset: self.feed.charset(), delimiter: self.dialect.delimiter })
    }

    fn info(&self) -> Info {
        let unbalanced =
            self.scan.unbalanced.map(|row| format!("row {row}: a quote does not close; read by lines"));
        text::info(&self.feed.charset(), unbalanced.as_slice())
    }
}

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::kit;

    fn open(input: Input, sizes: Sizes) -> Box<dyn Stream> {
        Box::new(CsvStream::new(input.renamed("list.csv"), sizes).unwrap())
    }

    fn cells(text: &str) -> Vec<(String, String)> {
        kit::round_trip(&open, text.as_bytes());
        let blocks = kit::read(&open, text.as_bytes(), Sizes::default());
        kit::seen(&blocks).into_iter().map(|s| (s.1, s.0)).collect()
    }

    const LIST: &str = "ФИО;ИИН;Адрес\r\n\"Ахметов Нурлан\";991231500016;\"г. Алматы; ул. \"\"Абая\"\"\"\r\n\
        Сапаров;=\"001231500016\";\"первая\nвторая\"\r\n;;\r\nКим;1\r\nПак;2;3;4;5\r\n\"Цой\";\"=\"\"0012\"\"\";x";

    #[test]
    fn cells_of_a_list() {
        let found = cells(LIST);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(found[3], pair("ФИО", "Ахметов Нурлан"));
        assert_eq!(found[5], pair("Адрес", "г. Алматы; ул. \"Абая\""));
        assert_eq!(found[7], pair("ИИН", "001231500016"));
        assert_eq!(found[8], pair("Адрес", "первая\nвторая"));
        assert_eq!(found[15], pair("", "5"));
        assert_eq!(found[17], pair("ИИН", "0012"));
        assert_eq!(found[18], pair("Адрес", "x"));
    }

    #[test]
    fn header_is_not_data() {
        let blocks = kit::read(&open, LIST.as_bytes(), Sizes::default());
        let kinds: Vec<_> = blocks[0].segments.iter().take(4).map(|s| s.kind).collect();
        assert_eq!(kinds, [SegmentKind::Skip, SegmentKind::Skip, SegmentKind::Skip, SegmentKind::Cell]);
        let place = blocks[0].location(blocks[0].segments[4].start, blocks[0].segments[4].end);
        assert_eq!((place.row, place.field.as_deref(), place.line), (Some(2), Some("ИИН"), Some(2)));
    }

    #[test]
    fn titles_may_stand_above_the_header() {
        for list in [
            "Реестр клиентов;;;\nФилиал г. Шымкент;;;\n\n№;Клиент;ИИН;Телефон\n1;Ким;991231500016;1\n2;Пак;991231500016;2\n",
            "Реестр клиентов\nна 01.03.2026\n№;Клиент;ИИН;Телефон\n1;Ким;991231500016;1\n2;Пак;991231500016;2\n3;Цой;991231500016;3\n4;Ли;991231500016;4\n",
        ] {
            let named: Vec<_> = cells(list).into_iter().filter(|c| c.0 == "ИИН").map(|c| c.1).collect();
            assert!(named.iter().filter(|c| *c == "991231500016").count() >= 2, "{named:?}");
            assert!(cells(list).contains(&("Клиент".into(), "Пак".into())));
        }
    }

    #[test]
    fn under_a_title_names_need_no_known_word() {
        let title = "\"Реестр договоров, филиал г. Костанай, за период 01.07.2013-31.07.2013\"";
        let rows =
            "N п/п,Пассажир,Гос.N,Пломба\n1,\"Ким, Пак\",P 417 KZN,BX 0044718\n2,Цой,P 882 MBN,BY 00718204\n";
        for list in [format!("{title}\n{rows}"), format!("{title},,,\n,,,\n{rows}")] {
            assert!(cells(&list).contains(&("Пломба".into(), "BX 0044718".into())), "{:?}", cells(&list));
        }
        // a title with the firm's number and address beside it, above names that are hardly known
        let beside = "ОСИ «Достык»\t\t\tБИН 991240000013\t\n\t\t\t\t\nрег.\tкем занято\tмера\tплата\tсвязь\n";
        let rows =
            "1100407\tБайжанова Л.\t58,3\t43 376\t87010000001\n1100412\tЦой Г.П.\t44,1\t8 202\t87010000002\n";
        assert!(cells(&format!("{beside}{rows}")).contains(&("рег.".into(), "1100412".into())));
        // the first row of a table without names is none
        let bare = format!("{title}\n1,Ким,P 417 KZN,BX 0044718\n2,Цой,P 882 MBN,BY 00718204\n");
        assert!(cells(&bare).contains(&(String::new(), "BX 0044718".into())), "{:?}", cells(&bare));
    }

    #[test]
    fn every_encoding() {
        for (name, bytes) in kit::encoded(LIST) {
            kit::round_trip(&open, &bytes);
            kit::random_edits(&open, &bytes, &["IIN_0", "a;b", "\"q\"", "x\ny"], 5);
            let blocks = kit::read(&open, &bytes, Sizes::default());
            assert_eq!(kit::seen(&blocks)[7].0, "001231500016", "{name}");
        }
    }

    #[test]
    fn block_size_changes_nothing() {
        kit::same_for_all_sizes(&open, LIST.repeat(40).as_bytes());
        let wide = (0..300).map(|n| format!("\"ячейка {n}\"")).collect::<Vec<_>>().join(",") + "\n";
        let wide = format!("id,name\n{}", wide.repeat(3));
        let whole = kit::seen(&kit::read(&open, wide.as_bytes(), Sizes::default()));
        let sizes = Sizes { whole: 100, block: 100, most: 300 };
        let cut = kit::read(&open, wide.as_bytes(), sizes);
        assert!(cut.iter().all(|b| b.stored().len() <= 300));
        assert!(kit::seen(&cut) == whole);
        kit::round_trip_sizes(&open, wide.as_bytes(), sizes);
    }

    #[test]
    fn a_cell_longer_than_a_block() {
        let text = format!("id;text\n1;{}\n2;b\n", "слово ".repeat(500));
        let sizes = Sizes { whole: 100, block: 100, most: 300 };
        kit::round_trip_sizes(&open, text.as_bytes(), sizes);
        let blocks = kit::read(&open, text.as_bytes(), sizes);
        let seen = kit::seen(&blocks);
        assert_eq!(seen.last().unwrap().0, "b");
        let long: String = seen.iter().filter(|s| s.1 == "text" && s.2 == 2).map(|s| s.0.as_str()).collect();
        assert_eq!(long, "слово ".repeat(500));
    }

    #[test]
    fn quotes_that_do_not_close() {
        let text = "имя;размер\nА;\"12\nБ;\"13\"\nВ;14\n";
        let found = cells(text);
        let sizes: Vec<_> = found.iter().filter(|c| c.0 == "размер").map(|c| c.1.as_str()).skip(1).collect();
        assert_eq!(sizes, ["\"12", "13", "14"]);
        let found = cells("a;b\n1;\"открыто\n2;3\n");
        assert_eq!(found.last().unwrap().1, "3");
        let mut stream = open(Input::memory(text.as_bytes().to_vec(), "x"), Sizes::default());
        while stream.next(&mut Block::default()).unwrap() {}
        assert_eq!(stream.info().notes.len(), 1);
    }

    #[test]
    fn edits_are_quoted_where_needed() {
        let out = kit::replace(&open, LIST.as_bytes(), "Сапаров", "a;\"b\"");
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("\r\n\"a;\"\"b\"\"\";=\"001231500016\";"), "{out}");
        let plain = kit::replace(&open, LIST.as_bytes(), "991231500016", "IIN_0");
        assert_eq!(String::from_utf8(plain).unwrap(), LIST.replace("991231500016", "IIN_0"));
    }

    #[test]
    fn the_registry_knows_tables() {
        assert_eq!(kit::recognised(LIST.as_bytes(), "list.csv"), "csv");
        assert_eq!(kit::recognised(LIST.repeat(3).as_bytes(), "no-extension"), "csv");
        assert_eq!(kit::recognised("просто текст, и всё\n".as_bytes(), "a.txt"), "text");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
        #[test]
        fn any_table_comes_back(text in "([aб\";,\r\n\t=1]|\"\"){0,120}", seed: u64) {
            for name in ["x.csv", "x"] {
                let open = move |input: Input, sizes| -> Box<dyn Stream> { Box::new(CsvStream::new(input.renamed(name), sizes).unwrap()) };
                kit::round_trip(&open, text.as_bytes());
                kit::round_trip_sizes(&open, text.as_bytes(), Sizes { whole: 8, block: 8, most: 24 });
            }
            let clean = format!("id;b\n{}{}", "1;2\n".repeat(90), text.replace(['"', '\r'], ""));
            kit::random_edits(&open, clean.as_bytes(), &["x", "a;b", "\"", "л\nл"], seed);
        }
    }
}

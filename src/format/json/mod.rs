//! JSON texts and JSON lines: values by key path, records as rows.

mod lex;
mod paths;
mod splice;

use std::cell::RefCell;
use std::sync::Arc;

pub(super) use lex::is_number;
use lex::{Lexer, Out, Stop};
use splice::JsonSplice;
pub(super) use splice::patched;

use super::encoding::{Feed, Rewrites, Sample, Sizes};
use super::text::TextStream;
use super::{Format, Info, Limits, Opened, Splice, Stream, TextFormat, text};
use crate::model::{Block, ReadError, Table};
use crate::source::Input;

/// JSON, JSON lines, and the shell notation of MongoDB.
pub struct Json;

impl Format for Json {
    fn id(&self) -> &'static str {
        "json"
    }

    fn recognise(&self, head: &[u8], name: &str) -> u8 {
        Sample::of(head).map_or(0, |s| self.score(&s, name))
    }

    fn open(&self, input: Input, _: &Arc<Limits>) -> Result<Opened, ReadError> {
        Ok(Opened::Stream(Box::new(JsonStream::new(input, Sizes::default())?)))
    }
}

impl TextFormat for Json {
    fn score(&self, sample: &Sample, name: &str) -> u8 {
        let begins = sample.text.iter().find(|b| !b.is_ascii_whitespace());
        if !matches!(begins, Some(b'{' | b'[')) {
            return 0;
        }
        let seen = trial(sample);
        let named = name.rsplit_once('.').is_some_and(|n| n.1.to_ascii_lowercase().contains("json"));
        match (seen.whole, seen.pairs) {
            (true, _) if seen.faults == 0 => 85,
            (_, pairs) if pairs > 20 * seen.faults => 80,
            (_, pairs) if pairs > 2 && (named || pairs > 2 * seen.faults) => 60,
            _ => 0,
        }
    }
}

/// What reading a sample as JSON has shown.
#[derive(Clone, Copy, Default)]
struct Trial {
    /// It is JSON to its end.
    whole: bool,
    pairs: u64,
    faults: u64,
    tops: u64,
}

/// Reads a sample. It is asked about when the format of a file is looked for and when it is opened.
fn trial(sample: &Sample) -> Trial {
    thread_local! {
        static LAST: RefCell<(Vec<u8>, bool, Trial)> = RefCell::default();
    }
    LAST.with_borrow_mut(|(last, ends, trial)| {
        if *last != sample.text || *ends != sample.whole {
            *trial = read(sample);
            last.clone_from(&sample.text);
            *ends = sample.whole;
        }
        *trial
    })
}

fn read(sample: &Sample) -> Trial {
    let mut lexer = Lexer::new(false);
    let (mut segments, mut escapes) = (Vec::new(), Rewrites::default());
    let out = Out { segments: &mut segments, escapes: &mut escapes };
    let stop = lexer.run(&sample.text, 0, 1, sample.whole, false, out);
    let whole = !matches!(stop, Stop::Broken(_)) && (lexer.pairs > 0 || !segments.is_empty() || sample.whole);
    Trial { whole, pairs: lexer.pairs, faults: lexer.faults, tops: lexer.tops() }
}

/// A JSON text of any size, some thousand values a block. Where it breaks off, the rest is read as text.
pub struct JsonStream {
    feed: Option<Feed>,
    sizes: Sizes,
    lexer: Lexer,
    table: Arc<Table>,
    rewrites: Rewrites,
    splice: Arc<JsonSplice>,
    /// The rest of the file after a fault.
    rest: Option<TextStream>,
}

impl JsonStream {
    /// Reads `input` in blocks of these sizes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn new(mut input: Input, sizes: Sizes) -> Result<JsonStream, ReadError> {
        let lines = Sample::of(input.head()?).is_some_and(|s| trial(&s).tops > 1);
        let feed = Feed::new(input, None);
        let splice = Arc::new(JsonSplice(feed.charset()));
        Ok(JsonStream {
            feed: Some(feed),
            sizes,
            lexer: Lexer::new(lines),
            table: Arc::new(Table { named: true, ..Table::default() }),
            rewrites: Rewrites::default(),
            splice,
            rest: None,
        })
    }

    fn give_table(&mut self, block: &mut Block) {
        if self.lexer.paths.len() > self.table.fields.len() {
            let mut table = Table::clone(&self.table);
            let more = self.lexer.paths.fields(table.fields.len());
            table.fields.extend(more);
            self.table = Arc::new(table);
        }
        block.table = Some(Arc::clone(&self.table));
    }
}

impl Stream for JsonStream {
    fn next(&mut self, block: &mut Block) -> Result<bool, ReadError> {
        if let Some(rest) = &mut self.rest {
            return rest.next(block);
        }
        block.clear();
        let Some(feed) = &mut self.feed else { return Ok(false) };
        if feed.is_done()? {
            return Ok(false);
        }
        block.first_row = self.lexer.row();
        let mut want = self.sizes.block;
        loop {
            let last = feed.fill(block, want)?;
            block.segments.clear();
            self.rewrites.clear();
            let from = if block.offset == 0 && block.text.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
            let force = want >= self.sizes.most;
            let text = std::mem::take(&mut block.text);
            let out = Out { segments: &mut block.segments, escapes: &mut self.rewrites };
            let stop = self.lexer.run(&text, from, block.first_row, last, force, out);
            block.text = text;
            match stop {
                Stop::Cut(cut) => {
                    feed.finish(block, cut, &self.rewrites);
                    self.give_table(block);
                    return Ok(true);
                }
                Stop::More if !force => want = self.sizes.most,
                Stop::More | Stop::Broken(_) => {
                    let at = if let Stop::Broken(at) = stop { at } else { from };
                    let line = feed.line() + memchr::memchr_iter(b'\n', &block.text[..at]).count() as u64;
                    let note = format!("line {line}: not JSON from here on; read as text");
                    feed.finish(block, at, &self.rewrites);
                    let feed = self.feed.take();
                    self.rest = feed.map(|f| TextStream::resume(f, self.sizes, vec![note]));
                    if at == 0 {
                        return self.next(block);
                    }
                    self.give_table(block);
                    return Ok(true);
                }
            }
        }
    }

    fn splice(&self) -> Arc<dyn Splice> {
        Arc::clone(&self.splice) as Arc<dyn Splice>
    }

    fn info(&self) -> Info {
        match &self.rest {
            Some(rest) => rest.info(),
            None => text::info(&self.splice.0, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::kit;
    use crate::model::SegmentKind;

    fn open(input: Input, sizes: Sizes) -> Box<dyn Stream> {
        Box::new(JsonStream::new(input, sizes).unwrap())
    }

    fn found(text: &str) -> Vec<(String, String, u64, SegmentKind)> {
        kit::round_trip(&open, text.as_bytes());
        kit::seen(&kit::read(&open, text.as_bytes(), Sizes::default()))
    }

    const RECORDS: &str = r#"{ "list" : [
        {"id": 1, "client": {"фио": "Ахметов \"Нурлан\"", "iin": 991231500016, "a:b": "x"}, "ok": true},
        {"id": 2, "client": {"фио": "\u0421\u0430\u043f\u0430\u0440\u043e\u0432", "iin": null, "a:b": "\ud83d\ude00\n"}},
        {"id": -3.5e+7, "tags": ["один", "два", []], "991231500016": {"phone": "8 701"}}
    ], "total": 3 }
"#;

    #[test]
    fn values_by_path_and_record() {
        let all = found(RECORDS);
        let get = |path: &str, row: u64| -> Vec<String> {
            all.iter().filter(|s| s.1 == path && s.2 == row).map(|s| s.0.clone()).collect()
        };
        assert_eq!(get("list.client.фио", 1), ["Ахметов \"Нурлан\""]);
        assert_eq!(get("list.client.фио", 2), ["Сапаров"]);
        assert_eq!(get("list.client.a:b", 2), ["😀\n"]);
        assert_eq!(get("list.tags", 3), ["один", "два"]);
        assert_eq!(get("list.*", 3), ["991231500016"]);
        assert_eq!(get("list.*.phone", 3), ["8 701"]);
        assert_eq!(all.iter().find(|s| s.1 == "list.client.iin").unwrap().3, SegmentKind::Number);
        assert_eq!(get("total", 3), ["3"]);
    }

    #[test]
    fn lines_are_rows() {
        let text = "{\"iin\":\"1\",\"p\":[{\"a\":1},{\"a\":2}]}\n{\"iin\":\"2\"}\n\n{\"iin\":\"3\"}";
        let rows: Vec<_> = found(text).into_iter().filter(|s| s.1 == "iin").map(|s| (s.0, s.2)).collect();
        assert_eq!(rows, [("1".into(), 1), ("2".into(), 2), ("3".into(), 3)]);
        assert_eq!(kit::recognised(text.as_bytes(), "x"), "json");
    }

    #[test]
    fn shell_notation() {
        let text = "{ _id: ObjectId(\"5f\"), \"n\" : NumberLong(55), 'x': 1 }";
        let all = found(text);
        assert_eq!((all[0].0.as_str(), all[0].1.as_str()), ("5f", "_id"));
        assert_eq!((all[1].0.as_str(), all[1].1.as_str()), ("55", "n"));
    }

    #[test]
    fn types_of_mongodb_are_no_names() {
        let text = r#"{"_id":{"$oid":"5f"},"iin":{"$numberLong":"991231500016"},"born":{"$date":"1985-01-01T00:00:00Z"}}
{"_id":{"$oid":"60"},"iin":{"$numberLong":"5"},"born":{"$date":{"$numberLong":"-1"}}}"#;
        let all = found(text);
        let names: Vec<_> = all.iter().map(|s| s.1.as_str()).collect();
        assert_eq!(names, ["_id", "iin", "born", "_id", "iin", "born"]);
        let block = &kit::read(&open, text.as_bytes(), Sizes::default())[0];
        let ty = |k: usize| block.field(&block.segments[k]).map(|f| f.ty);
        assert_eq!(ty(1), Some(crate::model::ColumnType::Integer(19)));
        assert_eq!(ty(2), Some(crate::model::ColumnType::Timestamp));
    }

    #[test]
    fn dates_in_milliseconds_read_as_dates() {
        let text = r#"{"born":{"$date":{"$numberLong":"-151632000000"}},"n":{"$numberLong":"473385600000"}}
{"born":{"$date":473385600000},"n":473385600000}
{"born":{"$date":"1985-01-01T00:00:00Z"}}"#;
        let all = found(text);
        let values: Vec<_> = all.iter().map(|s| (s.0.as_str(), s.1.as_str())).collect();
        let want = [
            ("1965-03-13", "born"),
            ("473385600000", "n"),
            ("1985-01-01", "born"),
            ("473385600000", "n"),
            ("1985-01-01T00:00:00Z", "born"),
        ];
        assert_eq!(values, want);
        assert_eq!((all[0].3, all[2].3), (SegmentKind::Date, SegmentKind::Date));
        let out = kit::replace(&open, text.as_bytes(), "1965-03-13", "1965-01-01");
        assert!(String::from_utf8(out).unwrap().contains(r#"{"$numberLong":"-157766400000"}"#));
        let out = kit::replace(&open, text.as_bytes(), "1985-01-01", "1985-07-01");
        assert!(String::from_utf8(out).unwrap().contains(r#"{"$date":489024000000}"#));
        kit::same_for_all_sizes(&open, text.repeat(50).as_bytes());
    }

    #[test]
    fn every_encoding_and_random_edits() {
        let text = "[{\"фио\": \"Ахметов Нурлан\", \"iin\": 5, \"d\": \"a\\nb\"}, {\"фио\": \"Сапаров Ерлан\", \"iin\": 7}]";
        for (_, bytes) in kit::encoded(text) {
            kit::round_trip(&open, &bytes);
            kit::random_edits(&open, &bytes, &["IIN_0", "a\\b", "q\"q", "x\ny\u{1}", "Ғ№"], 9);
        }
        kit::random_edits(&open, RECORDS.as_bytes(), &["IIN_0", "a\\b", "\"q\"", "x\ny"], 3);
    }

    #[test]
    fn block_size_changes_nothing() {
        let records = RECORDS.repeat(30);
        kit::same_for_all_sizes(&open, records.as_bytes());
        let array = format!("[{}1]", "{\"a\": \"б\\u0438\", \"n\": [1, 2, 3]}, ".repeat(300));
        kit::same_for_all_sizes(&open, array.as_bytes());
        let long = format!("{{\"t\": \"{}\", \"u\": 1}}", "слово \\n и\\\\ ".repeat(200));
        let sizes = Sizes { whole: 100, block: 100, most: 300 };
        kit::round_trip_sizes(&open, long.as_bytes(), sizes);
        let cut = kit::read(&open, long.as_bytes(), sizes);
        assert!(cut.len() > 5);
        let seen = kit::seen(&cut);
        let text: String = seen.iter().filter(|s| s.1 == "t").map(|s| s.0.as_str()).collect();
        assert_eq!(text, "слово \n и\\ ".repeat(200));
        assert_eq!(seen.last().unwrap().1, "u");
    }

    #[test]
    fn numbers_become_texts_only_with_quotes() {
        let out = kit::replace(&open, b"{\"iin\": 991231500016, \"n\": 12}", "991231500016", "IIN_0");
        assert_eq!(out, b"{\"iin\": \"IIN_0\", \"n\": 12}");
        let out = kit::replace(&open, b"{\"iin\": 991231500016, \"n\": 12}", "991231500016", "7");
        assert_eq!(out, b"{\"iin\": 7, \"n\": 12}");
    }

    #[test]
    fn broken_json_is_read_to_its_end() {
        let text = "{\"a\": \"1\", \"b\": [1, 2}\nи ещё 991231500016\nконец";
        let all = found(text);
        assert_eq!(all[0].0, "1");
        assert!(all.last().unwrap().0.ends_with("и ещё 991231500016\nконец"));
        let mut stream = open(Input::memory(text.as_bytes().to_vec(), "x"), Sizes::default());
        while stream.next(&mut Block::default()).unwrap() {}
        assert_eq!(stream.info().notes.len(), 1);
        let cut = found("{\"a\": \"текст без конца");
        assert_eq!(cut[0].0, "текст без конца");
        for odd in ["", "[", "]", "{\"a\"", "\"", "\\", "[\"\\", "[\"\\u12", "{]}", "\u{FEFF}[1]", "[1,2,,3]"]
        {
            found(odd);
        }
    }

    #[test]
    fn logs_are_not_json() {
        let log = "[2026-01-02 10:00:00] INFO started\n[2026-01-02 10:00:01] INFO stopped\n";
        assert_eq!(kit::recognised(log.as_bytes(), "a.log"), "text");
        assert_eq!(kit::recognised("[ссылка](http://x) текст".as_bytes(), "a"), "text");
        assert_eq!(kit::recognised(RECORDS.as_bytes(), "a"), "json");
        assert_eq!(kit::recognised(RECORDS.repeat(300).as_bytes(), "a"), "json");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
        #[test]
        fn anything_comes_back(text in r#"([\[\]{}:,"\\un0-9a\n б/*]|"k":|\\u0438){0,80}"#) {
            kit::round_trip(&open, text.as_bytes());
            kit::round_trip_sizes(&open, text.as_bytes(), Sizes { whole: 8, block: 8, most: 24 });
        }
    }
}

use super::super::super::trial::{IIN, SURNAME, Trial, copy_of};
use super::super::Dbf;
use super::*;

macro_rules! sample {
    ($name:literal, $memo:literal) => {
        (
            $name,
            $memo,
            include_bytes!(concat!("../../../../testdata/dbf/", $name)) as &[u8],
            include_bytes!(concat!("../../../../testdata/dbf/", $memo)) as &[u8],
        )
    };
}

const SAMPLES: [(&str, &str, &[u8], &[u8]); 4] = [
    sample!("dbase3.dbf", "dbase3.dbt"),
    sample!("dbase4.dbf", "dbase4.dbt"),
    sample!("foxpro.dbf", "foxpro.fpt"),
    sample!("visual.dbf", "visual.fpt"),
];

fn encoded(name: &str, text: &str) -> Vec<u8> {
    let encoding = Encoding::for_label(if name == "foxpro.dbf" { "cp866" } else { "windows-1251" }).unwrap();
    let mut bytes = Vec::new();
    encoding.encode(text, Lack::Near, &mut bytes);
    bytes
}

/// The number by which the row points to its text.
fn pointer(name: &str, table: &[u8], row: usize) -> u64 {
    let at = usize::from(u16::from_le_bytes([table[8], table[9]]));
    let width = usize::from(u16::from_le_bytes([table[10], table[11]]));
    let cell = &table[at + row * width + 1 + 4 + 30..];
    if name == "visual.dbf" {
        u64::from(u32::from_le_bytes(cell[..4].try_into().unwrap()))
    } else {
        String::from_utf8_lossy(&cell[..10]).trim().parse().unwrap()
    }
}

/// The text that a reader finds there.
fn read(memo: &[u8], kind: &str, pointer: u64) -> Vec<u8> {
    let size = match kind {
        "dbase3.dbf" => 512,
        "dbase4.dbf" => u64::from(u16::from_le_bytes([memo[20], memo[21]])),
        _ => u64::from(u16::from_be_bytes([memo[6], memo[7]])),
    };
    let text = &memo[(pointer * size) as usize..];
    match kind {
        "dbase3.dbf" => text[..memchr::memchr(END, text).unwrap()].to_vec(),
        "dbase4.dbf" => {
            assert_eq!(text[..4], MARK);
            text[8..u32::from_le_bytes(text[4..8].try_into().unwrap()) as usize].to_vec()
        }
        _ => text[8..8 + u32::from_be_bytes(text[4..8].try_into().unwrap()) as usize].to_vec(),
    }
}

#[test]
fn rows_of_the_copy_find_the_texts_of_the_copy() {
    for (table_name, memo_name, table, memo) in SAMPLES {
        assert_eq!(Memo.recognise(memo, memo_name), 92, "{memo_name}");
        let (table_copy, trial) = copy_of(&Dbf, table, table_name).unwrap();
        assert!(trial.partly.is_empty());
        // a replacement that is eight times as long: the blocks must grow
        let (copy, trial) = copy_of(&Memo, memo, memo_name).unwrap();
        assert!(trial.partly.is_empty() && trial.members.is_empty(), "{:?}", trial.members);
        assert_eq!(trial.found, 2 + 2 + 45, "{memo_name}: {}", trial.text);
        for value in [SURNAME, IIN] {
            assert!(memchr::memmem::find(&copy, &encoded(table_name, value)).is_none(), "{memo_name}");
        }
        let was = read(memo, table_name, pointer(table_name, table, 1));
        let now = read(&copy, table_name, pointer(table_name, &table_copy, 1));
        assert_eq!(was.len(), now.len(), "{memo_name}");
        assert!(now.ends_with(&encoded(table_name, "ИИН XXXXXXXXXXXX.\r\n")));
        let third = read(&copy, table_name, pointer(table_name, &table_copy, 2));
        assert_eq!(third, encoded(table_name, "ничего"));
        let mut again = Trial::default();
        again.scan(&Memo, &copy, memo_name).unwrap();
        assert_eq!(again.found, 0);
        assert!(
            again.members.is_empty() && again.partly.is_empty(),
            "{:?} {:?}",
            again.members,
            again.partly
        );
    }
}

/// Texts of a copy that are longer than the old ones: what a token does to a short name.
#[test]
fn blocks_grow_where_a_text_does() {
    for (name, memo_name, table, memo) in SAMPLES {
        let layout = Layout::of(memo, memo_name).unwrap();
        let mut texts = Texts {
            file: Input::memory(memo.to_vec(), "").into_seekable(1 << 20, 1 << 20).unwrap(),
            layout,
            encoding: Encoding::Utf8,
            limits: Arc::default(),
        };
        let budget = members::Budget::new(&texts.limits);
        let mut copy = Copy::new(&texts.limits);
        let mut at = HEADER.next_multiple_of(layout.block);
        let mut first = Vec::new();
        while let Some((found, next)) = texts.next(at, &budget).unwrap() {
            at = next;
            let long = found.bytes.repeat(3);
            copy.keep(&layout, &found, &long).unwrap();
            first.push(long);
        }
        let mut out = std::io::Cursor::new(Vec::new());
        copy.write(&layout, &mut out).unwrap();
        let (table, _) = copy_of(&Dbf, table, name).unwrap();
        for (row, text) in first.iter().enumerate() {
            assert_eq!(&read(out.get_ref(), name, pointer(name, &table, row)), text, "{name} {row}");
        }
    }
}

#[test]
fn what_is_no_memo_file_is_none() {
    for head in [vec![0; 4096], vec![b' '; 4096], b"\0\0\0\x11\0\0\0\x40".repeat(512), vec![0xFF; 600]] {
        for name in ["a.fpt", "a.dbt", "a.bin"] {
            assert_eq!(Memo.recognise(&head, name), 0);
        }
    }
    // without its name only a clear case is one
    for (_, memo_name, _, memo) in SAMPLES {
        assert_eq!(Memo.recognise(memo, "x") > 0, memo_name != "dbase3.dbt", "{memo_name}");
    }
}

#[test]
fn damage_never_panics() {
    for (_, name, _, memo) in SAMPLES {
        for cut in (0..memo.len()).step_by(61) {
            let _ = copy_of(&Memo, &memo[..cut], name);
        }
        for at in (0..32).chain((512..memo.len()).step_by(41)) {
            for value in [0, 0x1A, 0xFF] {
                let mut bad = memo.to_vec();
                bad[at] = value;
                let _ = copy_of(&Memo, &bad, name);
            }
        }
    }
}

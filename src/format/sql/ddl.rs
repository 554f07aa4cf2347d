//! Columns and types of a `CREATE TABLE`, as mysqldump, pg_dump, SSMS, SQLite and others write it.

use rustc_hash::FxHashMap;

use crate::model::{ColumnType, Field, intern};

/// Types that the dump itself declares, by their names in small letters without schema.
pub type Types = FxHashMap<String, ColumnType>;

/// Columns, and which of them are computed: those have no value in an `INSERT` without column names.
pub struct Columns {
    /// In order of declaration.
    pub fields: Vec<Field>,
    /// Without the computed ones.
    pub stored: Vec<Field>,
}

/// Parses what stands between the outer parentheses. `mysql`: `KEY` and `INDEX` begin an index without a name.
pub fn columns(body: &[u8], mysql: bool, types: &Types) -> Columns {
    let words = words(body);
    let mut columns = Columns { fields: Vec::new(), stored: Vec::new() };
    for item in words.split(|w| w.text == "," && w.depth == 0) {
        if let Some(field) = column(item, mysql, types) {
            if !is_computed(item) {
                columns.stored.push(field.clone());
            }
            columns.fields.push(field);
        }
    }
    columns
}

/// `GENERATED ALWAYS AS (…)`, `AS (…) PERSISTED`; but not an identity, which is only counted up.
fn is_computed(item: &[Word]) -> bool {
    let outer: Vec<String> =
        item.iter().filter(|w| !w.quoted && w.depth == 0).map(|w| w.text.to_ascii_uppercase()).collect();
    let named = |name: &str| outer.iter().any(|w| w == name);
    !named("IDENTITY") && (named("GENERATED") || outer.windows(2).any(|w| w[0] == "AS" && w[1] == "("))
}

#[derive(Debug)]
struct Word {
    text: String,
    quoted: bool,
    depth: u32,
}

fn column(item: &[Word], mysql: bool, types: &Types) -> Option<Field> {
    let (first, rest) = item.split_first()?;
    if !first.quoted {
        let word = first.text.to_ascii_uppercase();
        let second = rest.first();
        let skip = match word.as_str() {
            "CONSTRAINT" | "PRIMARY" | "FOREIGN" | "CHECK" | "FULLTEXT" | "SPATIAL" | "EXCLUDE" | "LIKE" => {
                true
            }
            "UNIQUE" | "PERIOD" => true,
            // `key text` is a column of that name where names are quoted only if they must be
            "KEY" | "INDEX" => mysql || second.is_none_or(|w| w.quoted || w.text == "("),
            "(" | ")" => true,
            _ => false,
        };
        if skip {
            return None;
        }
    }
    Some(Field { name: first.text.clone(), ty: column_type(rest, types) })
}

/// The type that `CREATE TYPE … AS ENUM (…)` declares.
pub fn one_of(body: &[u8]) -> ColumnType {
    first_value(&words(body))
}

fn first_value(words: &[Word]) -> ColumnType {
    let first = words.iter().find(|w| w.quoted && !w.text.is_empty());
    first.and_then(|w| intern(&w.text)).map_or(ColumnType::Other, ColumnType::OneOf)
}

fn column_type(words: &[Word], types: &Types) -> ColumnType {
    let mut names = words.iter().filter(|w| w.depth == 0 && w.text != "(" && w.text != ")" && w.text != ".");
    let lower = |w: Option<&Word>| w.map_or(String::new(), |w| w.text.to_ascii_lowercase());
    let (mut name, second) = (lower(names.next()), lower(names.next()));
    if words.get(1).is_some_and(|w| w.text == ".") {
        // a type with its schema
        name = second.clone();
    }
    let args: Vec<u32> = words
        .iter()
        .skip_while(|w| w.text != "(")
        .skip(1)
        .take_while(|w| w.text != ")")
        .filter_map(|w| w.text.parse().ok())
        .collect();
    // arguments belong to the type only where they follow it and not a later word
    let own = words.iter().position(|w| w.text == "(").is_some_and(|p| p <= 3);
    let n = args.first().copied().filter(|_| own);
    let varying = second == "varying";
    match name.as_str() {
        "varchar" | "nvarchar" | "varchar2" | "nvarchar2" => n.map_or(ColumnType::Text, ColumnType::Varchar),
        "character" | "char" | "nchar" | "national" if varying => {
            n.map_or(ColumnType::Text, ColumnType::Varchar)
        }
        "char" | "nchar" | "character" | "bpchar" => ColumnType::Char(n.unwrap_or(1)),
        "text" | "tinytext" | "mediumtext" | "longtext" | "ntext" | "clob" | "nclob" | "citext" => {
            ColumnType::Text
        }
        "tinyint" | "int1" => ColumnType::Integer(2),
        "smallint" | "int2" | "smallserial" => ColumnType::Integer(4),
        "mediumint" => ColumnType::Integer(6),
        "int" | "integer" | "int4" | "serial" => ColumnType::Integer(9),
        "bigint" | "int8" | "bigserial" => ColumnType::Integer(18),
        "numeric" | "decimal" | "number" | "dec" => decimal(n, args.get(1).copied()),
        "float" | "real" | "double" | "float4" | "float8" | "money" | "smallmoney" => ColumnType::Float,
        "date" => ColumnType::Date,
        "timestamp" | "timestamptz" | "datetime" | "datetime2" | "smalldatetime" | "datetimeoffset" => {
            ColumnType::Timestamp
        }
        "bool" | "boolean" | "bit" => ColumnType::Boolean,
        "uuid" | "uniqueidentifier" => ColumnType::Uuid,
        "" => ColumnType::Unknown,
        "enum" | "set" => first_value(words),
        _ => types.get(&name).copied().unwrap_or(ColumnType::Other),
    }
}

fn decimal(precision: Option<u32>, scale: Option<u32>) -> ColumnType {
    let precision = precision.unwrap_or(38).min(250) as u8;
    let scale = scale.unwrap_or(0).min(250) as u8;
    match scale {
        0 => ColumnType::Integer(precision),
        _ => ColumnType::Decimal(precision.saturating_sub(scale), scale),
    }
}

fn words(body: &[u8]) -> Vec<Word> {
    let (mut all, mut depth, mut at) = (Vec::new(), 0u32, 0);
    let mut push = |text: &[u8], quoted, depth| {
        all.push(Word { text: String::from_utf8_lossy(text).into_owned(), quoted, depth });
    };
    while let Some(byte) = body.get(at) {
        let quote = match byte {
            b'`' | b'"' | b'\'' => Some(*byte),
            b'[' => Some(b']'),
            _ => None,
        };
        if let Some(quote) = quote {
            let end = memchr::memchr(quote, &body[at + 1..]).map_or(body.len(), |p| at + 1 + p);
            push(&body[at + 1..end], true, depth);
            at = end + 1;
        } else if body[at..].starts_with(b"--") {
            at = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |p| at + p);
        } else if body[at..].starts_with(b"/*") {
            at = memchr::memmem::find(&body[at..], b"*/").map_or(body.len(), |p| at + p + 2);
        } else if byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80 {
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'$' || *b >= 0x80;
            let len = body[at..].iter().take_while(|b| word(b)).count();
            push(&body[at..at + len], false, depth);
            at += len;
        } else {
            if *byte == b')' {
                depth = depth.saturating_sub(1);
            }
            if b"(),.".contains(byte) {
                push(&[*byte], false, depth);
            }
            if *byte == b'(' {
                depth += 1;
            }
            at += 1;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::ColumnType::*;
    use super::*;

    fn parsed(body: &str, mysql: bool) -> Vec<(String, ColumnType)> {
        columns(body.as_bytes(), mysql, &Types::default())
            .fields
            .into_iter()
            .map(|f| (f.name, f.ty))
            .collect()
    }

    #[test]
    fn mysql() {
        let found = parsed(
            "`id` int(11) NOT NULL AUTO_INCREMENT, `iin` char(12) DEFAULT NULL COMMENT 'ИИН, клиента',
             `sum` decimal(10,2) NOT NULL, `kind` enum('a','b') , `full` varchar(255) GENERATED ALWAYS AS
             (concat(`a`,' ',`b`)) VIRTUAL, PRIMARY KEY (`id`), UNIQUE KEY `u` (`iin`), KEY `k` (`sum`,`kind`),
             CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `t` (`id`) ON DELETE CASCADE",
            true,
        );
        let expected = [
            ("id", Integer(9)),
            ("iin", Char(12)),
            ("sum", Decimal(8, 2)),
            ("kind", OneOf("a")),
            ("full", Varchar(255)),
        ];
        assert_eq!(found, expected.map(|(n, t)| (n.to_owned(), t)));
    }

    #[test]
    fn computed_columns_have_no_value() {
        let body = "a int, b text GENERATED ALWAYS AS ((a || 'x')) STORED, c int GENERATED BY DEFAULT AS IDENTITY, d AS (a + 1)";
        let stored: Vec<_> =
            columns(body.as_bytes(), false, &Types::default()).stored.into_iter().map(|f| f.name).collect();
        assert_eq!(stored, ["a", "c"]);
    }

    #[test]
    fn postgres_and_others() {
        let found = parsed(
            "id bigint NOT NULL, iin character varying(12), key text, \"Дата\" date DEFAULT now(),
             ts timestamp without time zone, n numeric(12,0), c public.citext, CONSTRAINT x CHECK ((length(iin) = 12)),
             gen text GENERATED ALWAYS AS ((iin || 'x'::text)) STORED, flag boolean, tags text[]",
            false,
        );
        let expected = [
            ("id", Integer(18)),
            ("iin", Varchar(12)),
            ("key", Text),
            ("Дата", Date),
            ("ts", Timestamp),
            ("n", Integer(12)),
            ("c", Text),
            ("gen", Text),
            ("flag", Boolean),
            ("tags", Text),
        ];
        assert_eq!(found, expected.map(|(n, t)| (n.to_owned(), t)));
        let found = parsed(
            "[ID] [int] IDENTITY(1,1) NOT NULL, [ИИН] [nvarchar](12) NULL, [t] [nvarchar](max)",
            false,
        );
        let expected = [("ID", Integer(9)), ("ИИН", Varchar(12)), ("t", Text)];
        assert_eq!(found, expected.map(|(n, t)| (n.to_owned(), t)));
    }
}

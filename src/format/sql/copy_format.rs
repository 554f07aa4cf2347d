//! How the rows behind a `COPY … FROM stdin` are written: the options of the statement, old and new.

use super::escape::{Escapes, backslash};

/// Options of `COPY`; the manual of PostgreSQL names them and their defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFormat {
    /// Between values.
    pub delimiter: u8,
    /// What stands for NULL, as it stands in the rows.
    pub null: Vec<u8>,
    /// Quotes instead of backslashes.
    pub csv: bool,
    /// The first line names the columns.
    pub header: bool,
    /// Around values of CSV.
    pub quote: u8,
    /// Before a quote inside quotes.
    pub escape: u8,
}

impl Default for CopyFormat {
    fn default() -> CopyFormat {
        let null = b"\\N".to_vec();
        CopyFormat { delimiter: b'\t', null, csv: false, header: false, quote: b'"', escape: b'"' }
    }
}

/// A word, a sign or a string of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Word(String),
    Text(Vec<u8>),
    Sign(u8),
}

impl CopyFormat {
    /// Reads what stands behind `FROM`: `WITH (FORMAT csv, DELIMITER ';')`, `DELIMITERS '|' WITH NULL AS ''`,
    /// `CSV HEADER QUOTE AS '"'`.
    pub fn parse(options: &[u8]) -> CopyFormat {
        let items = items(options);
        let mut format = CopyFormat::default();
        let (mut delimiter, mut null, mut quote, mut escape) = (None, None, None, None);
        let mut k = 0;
        while let Some(item) = items.get(k) {
            k += 1;
            let Item::Word(word) = item else { continue };
            let value = items.get(k + usize::from(items.get(k) == Some(&Item::Word("AS".into()))));
            let text = || match value {
                Some(Item::Text(text)) => Some(text.clone()),
                _ => None,
            };
            let byte = || text().and_then(|t| t.first().copied());
            let choice = match value {
                Some(Item::Word(word)) => word.clone(),
                Some(Item::Text(text)) => String::from_utf8_lossy(text).to_ascii_uppercase(),
                _ => String::new(),
            };
            match word.as_str() {
                "WHERE" => break,
                "DELIMITER" | "DELIMITERS" => delimiter = byte().or(delimiter),
                "NULL" => null = text().or(null),
                "QUOTE" => quote = byte().or(quote),
                "ESCAPE" => escape = byte().or(escape),
                "CSV" => format.csv = true,
                "FORMAT" => format.csv = choice == "CSV",
                "HEADER" => format.header = !matches!(&choice[..], "FALSE" | "OFF" | "0"),
                // names of columns follow, which may be words of options themselves
                "FORCE" | "FORCE_NULL" | "FORCE_NOT_NULL" | "FORCE_QUOTE" => k = behind_names(&items, k),
                _ => {}
            }
        }
        format.delimiter = delimiter.unwrap_or(if format.csv { b',' } else { b'\t' });
        format.null = null.unwrap_or(if format.csv { Vec::new() } else { format.null });
        format.quote = quote.unwrap_or(b'"');
        format.escape = escape.unwrap_or(format.quote);
        format
    }

    /// The same for formats whose values are written alike; empty for that of `pg_dump`.
    pub fn key(&self) -> String {
        let plain = CopyFormat::default();
        let same = (self.delimiter, &self.null, self.csv) == (plain.delimiter, &plain.null, plain.csv);
        if same { String::new() } else { format!("{self:?}") }
    }

    /// The names in a line of them.
    pub fn names(&self, line: &[u8]) -> Vec<String> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (mut names, mut name, mut inside) = (Vec::new(), Vec::new(), false);
        let mut bytes = line.iter().copied().peekable();
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        while let Some(byte) = bytes.next() {
            let escapes = if self.csv { inside && byte == self.escape } else { byte == b'\\' };
            match bytes.peek() {
                Some(next) if escapes && (!self.csv || *next == self.quote || *next == self.escape) => {
                    name.push(*next);
                    bytes.next();
                }
                _ if self.csv && byte == self.quote => inside = !inside,
                _ if byte == self.delimiter && !inside => {
                    names.push(text(&name));
                    name.clear();
                }
                _ => name.push(byte),
            }
        }
        names.push(text(&name));
        names
    }

    /// Where the record that begins `text` ends, behind its line end; `None` where it goes on.
    pub fn record_end(&self, text: &[u8]) -> Option<usize> {
        let mut inside = false;
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', text) {
            inside = self.csv && self.is_inside(inside, &text[from..end]);
            if !inside {
                return Some(end + 1);
            }
            from = end;
        }
        None
    }

    /// Whether a quote of CSV is open behind `text`, where one was or was not before it.
    pub fn is_inside(&self, mut inside: bool, text: &[u8]) -> bool {
        let mut skip = false;
        for byte in text {
            if std::mem::take(&mut skip) {
                continue;
            }
            if inside && self.escape != self.quote && *byte == self.escape {
                skip = true;
            } else if *byte == self.quote {
                inside = !inside;
            }
        }
        inside
    }
}

/// Behind `NOT NULL a, b` or `(a, b)`.
fn behind_names(items: &[Item], mut k: usize) -> usize {
    let word =
        |k: usize, words: &[&str]| matches!(items.get(k), Some(Item::Word(w)) if words.contains(&&w[..]));
    while word(k, &["NOT", "NULL", "QUOTE"]) {
        k += 1;
    }
    if items.get(k) == Some(&Item::Sign(b'(')) {
        return items[k..].iter().position(|i| *i == Item::Sign(b')')).map_or(items.len(), |p| k + p + 1);
    }
    k += 1;
    while items.get(k) == Some(&Item::Sign(b',')) {
        k += 2;
    }
    k
}

fn items(options: &[u8]) -> Vec<Item> {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
    let (mut items, mut at) = (Vec::new(), 0);
    while let Some(byte) = options.get(at) {
        let escapes = matches!(byte, b'e' | b'E') && options.get(at + 1) == Some(&b'\'');
        if escapes || *byte == b'\'' {
            let (text, end) = string(options, at + 1 + usize::from(escapes), escapes);
            items.push(Item::Text(text));
            at = end;
        } else if word(byte) {
            let len = options[at..].iter().take_while(|b| word(b)).count();
            items.push(Item::Word(String::from_utf8_lossy(&options[at..at + len]).to_ascii_uppercase()));
            at += len;
        } else {
            if b"(),".contains(byte) {
                items.push(Item::Sign(*byte));
            }
            at += 1;
        }
    }
    items
}

/// The value of a string from behind its quote, and where it ends.
fn string(text: &[u8], from: usize, escapes: bool) -> (Vec<u8>, usize) {
    let (mut value, mut at) = (Vec::new(), from);
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'\'', Some(b'\'')) => {
                value.push(b'\'');
                at += 2;
            }
            (b'\'', _) => return (value, at + 1),
            (b'\\', Some(_)) if escapes => {
                let (len, c) = backslash(&text[at..], Escapes::Postgres).unwrap_or((1, '\\'));
                value.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                at += len;
            }
            _ => {
                value.push(*byte);
                at += 1;
            }
        }
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_old_and_new() {
        let csv = |delimiter: u8, null: &[u8], header, quote, escape| CopyFormat {
            delimiter,
            null: null.to_vec(),
            csv: true,
            header,
            quote,
            escape,
        };
        let text = |delimiter: u8, null: &[u8]| CopyFormat {
            delimiter,
            null: null.to_vec(),
            ..CopyFormat::default()
        };
        for (options, expected) in [
            ("stdin", CopyFormat::default()),
            ("STDIN WITH (DELIMITER '|', NULL 'x')", text(b'|', b"x")),
            ("stdin DELIMITERS '|'", text(b'|', b"\\N")),
            ("stdin USING DELIMITERS '|' WITH NULL AS ''", text(b'|', b"")),
            (r"stdin WITH DELIMITER AS E'\t' NULL AS '-'", text(b'\t', b"-")),
            (r"stdin WITH (FORMAT csv, HEADER, QUOTE '''', ESCAPE '\')", csv(b',', b"", true, b'\'', b'\\')),
            ("stdin (FORMAT 'csv', HEADER false, DELIMITER ';')", csv(b';', b"", false, b'"', b'"')),
            ("stdin WITH CSV HEADER QUOTE AS '\"' DELIMITER ';'", csv(b';', b"", true, b'"', b'"')),
            ("stdin WITH DELIMITER AS '|' CSV FORCE NOT NULL header, csv", csv(b'|', b"", false, b'"', b'"')),
            ("stdin (FORMAT csv, FORCE_NULL (header, b), NULL 'n')", csv(b',', b"n", false, b'"', b'"')),
        ] {
            assert_eq!(CopyFormat::parse(options.as_bytes()), expected, "{options}");
        }
    }

    #[test]
    fn names_of_a_header() {
        let csv = CopyFormat::parse(b"stdin csv");
        assert_eq!(csv.names(b"id,\"a, \"\"b\"\"\",c\r\n"), ["id", "a, \"b\"", "c"]);
        assert_eq!(csv.record_end(b"id,\"a\nb\"\n1,2\n"), Some(9));
        assert_eq!(csv.record_end(b"id,\"a\nb\n"), None);
        let text = CopyFormat::parse(b"stdin delimiter '|'");
        assert_eq!(text.names(b"id|a\\|b\n"), ["id", "a|b"]);
    }
}

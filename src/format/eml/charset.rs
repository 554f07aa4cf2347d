//! Character sets of mail: the encodings of text files, and what only mail uses (UTF-7, ISO-2022, GB).

use crate::format::encoding::{self, Encoding, Guess, Lack};

/// A character set in which a text can be read and written back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Charset {
    /// One that text files are in, too.
    Text(Encoding),
    /// Any other of the web's encodings (WHATWG Encoding).
    Other(&'static encoding_rs::Encoding),
}

impl Charset {
    /// The charset that this name stands for; `None` for one that says nothing of bytes beyond ASCII.
    pub(in crate::format) fn declared(name: &str) -> Option<Charset> {
        let label = name.trim().to_ascii_lowercase();
        if matches!(
            label.as_str(),
            "" | "us-ascii" | "ascii" | "unknown-8bit" | "x-unknown" | "default" | "iso-8859-1"
        ) {
            return None;
        }
        match Encoding::for_label(&label) {
            Some(encoding) => Some(Charset::Text(encoding)),
            None => encoding_rs::Encoding::for_label(label.as_bytes()).map(Charset::Other),
        }
    }

    /// The charset with this name; one that is missing, unknown or contradicted by the bytes is guessed.
    pub(in crate::format) fn named(name: &str, bytes: &[u8]) -> Charset {
        match Charset::declared(name) {
            Some(Charset::Text(Encoding::Utf8)) if std::str::from_utf8(bytes).is_err() => {
                Charset::guess(bytes)
            }
            Some(charset) => charset,
            None => Charset::guess(bytes),
        }
    }

    pub(in crate::format) fn guess(bytes: &[u8]) -> Charset {
        match encoding::guess(bytes) {
            Guess::Text(encoding) => Charset::Text(encoding),
            Guess::Ascii | Guess::Binary => Charset::Text(Encoding::Utf8),
        }
    }

    pub(in crate::format) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Charset::Text(Encoding::Utf8) => String::from_utf8_lossy(bytes).into_owned(),
            Charset::Text(Encoding::Single(table)) => {
                let mut text = Vec::new();
                table.decode(bytes, &mut text);
                String::from_utf8_lossy(&text).into_owned()
            }
            Charset::Text(Encoding::Utf16Le) => {
                encoding_rs::UTF_16LE.decode_with_bom_removal(bytes).0.into_owned()
            }
            Charset::Text(Encoding::Utf16Be) => {
                encoding_rs::UTF_16BE.decode_with_bom_removal(bytes).0.into_owned()
            }
            Charset::Other(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// The text in this charset; `None` where it lacks a character.
    pub(in crate::format) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Charset::Text(Encoding::Utf8) => Some(text.as_bytes().to_vec()),
            Charset::Text(Encoding::Single(table)) => text.chars().map(|c| table.byte(c)).collect(),
            Charset::Text(encoding) => {
                let mut out = Vec::new();
                encoding.encode(text, Lack::Near, &mut out);
                Some(out)
            }
            Charset::Other(encoding) => {
                let (bytes, used, lost) = encoding.encode(text);
                (!lost && used == encoding).then(|| bytes.into_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_and_guessed() {
        let kz = b"\x8D\xE0\xE7\xE0\x9D\xF1\xF2\xE0\xED";
        assert_eq!(Charset::named("kz-1048", kz).decode(kz), "Қазақстан");
        let win = b"\xCF\xF0\xE8\xE2\xE5\xF2, \xEA\xE0\xEA \xE4\xE5\xEB\xE0";
        assert_eq!(Charset::named("", win).decode(win), "Привет, как дела");
        // declared as UTF-8 and is not
        assert_eq!(Charset::named("utf-8", win).decode(win), "Привет, как дела");
        assert_eq!(Charset::named("iso-2022-jp", b"").decode(b"\x1b$B$\"\x1b(B"), "あ");
    }

    #[test]
    fn lacking_characters_are_told() {
        let win = Charset::named("windows-1251", b"");
        assert_eq!(win.encode("Иван"), Some(b"\xC8\xE2\xE0\xED".to_vec()));
        assert_eq!(win.encode("Қ"), None);
    }
}

use std::fmt;
use std::ops::Deref;

use arrayvec::ArrayString;

/// Most bytes that are kept in place: a token of any kind but the longest names.
const SHORT: usize = 32;

/// A text that changes no more. A short one is kept in place: copies are made of millions of them.
#[derive(Clone)]
pub struct Text(Kept);

#[derive(Clone)]
enum Kept {
    Word([u8; SHORT], u8),
    Short(ArrayString<SHORT>),
    Long(Box<str>),
}

impl Text {
    /// The longest text that [`Text::word`] takes.
    pub(crate) const ROOM: usize = 64;

    /// The first `length` of `bytes`, which are ASCII letters, digits and `_`: what nothing has to be done about,
    /// wherever it is put.
    #[inline]
    pub(crate) fn word(bytes: &[u8; Text::ROOM], length: usize) -> Text {
        debug_assert!(bytes[..length].iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'));
        match bytes.first_chunk() {
            Some(first) if length <= SHORT => Text(Kept::Word(*first, length as u8)),
            _ => std::str::from_utf8(&bytes[..length]).unwrap_or_default().into(),
        }
    }

    /// The text in front of unused room, and its length, where it was made by [`Text::word`].
    #[inline]
    pub(crate) fn as_word(&self) -> Option<(&[u8; SHORT], usize)> {
        match &self.0 {
            Kept::Word(room, length) => Some((room, usize::from(*length))),
            _ => None,
        }
    }
}

impl Default for Text {
    #[inline]
    fn default() -> Text {
        Text(Kept::Short(ArrayString::new()))
    }
}

impl Deref for Text {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Word(room, length) => {
                std::str::from_utf8(&room[..usize::from(*length)]).unwrap_or_default()
            }
            Kept::Short(text) => text,
            Kept::Long(text) => text,
        }
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Text {
        Text(ArrayString::from(text).map_or_else(|_| Kept::Long(text.into()), Kept::Short))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        match ArrayString::from(&text) {
            Ok(short) => Text(Kept::Short(short)),
            Err(_) => Text(Kept::Long(text.into_boxed_str())),
        }
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        match text.0 {
            Kept::Word(..) => text.deref().to_owned(),
            Kept::Short(text) => text.as_str().to_owned(),
            Kept::Long(text) => text.into_string(),
        }
    }
}

impl FromIterator<char> for Text {
    fn from_iter<T: IntoIterator<Item = char>>(chars: T) -> Text {
        chars.into_iter().collect::<String>().into()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_are_the_same_text() {
        for n in [0, 1, SHORT - 1, SHORT, SHORT + 1, 200] {
            let text = "z".repeat(n);
            let (a, b) = (Text::from(text.as_str()), Text::from(text.clone()));
            assert_eq!((&*a, &*b), (text.as_str(), text.as_str()));
            assert_eq!(String::from(a), text);
        }
        assert_eq!(Text::from("Құпия"), "Құпия");
        let mut room = [b'z'; Text::ROOM];
        room[1] = b'_';
        for n in [0, 4, SHORT, SHORT + 1, Text::ROOM] {
            let text = Text::word(&room, n);
            assert_eq!((text.len(), text.as_word().is_some()), (n, n <= SHORT));
            assert_eq!(text, std::str::from_utf8(&room[..n]).unwrap());
        }
    }
}

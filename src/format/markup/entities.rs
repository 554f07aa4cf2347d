//! Character references of XML and HTML.

/// Longest reference that is looked at, in bytes.
const LONGEST: usize = 12;

/// Names that occur in documents here (WHATWG HTML, 13.5, has all of them; XML has the first five).
const NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{A0}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("minus", '−'),
    ("hellip", '…'),
    ("shy", '\u{AD}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("numero", '№'),
    ("sect", '§'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("middot", '·'),
    ("bull", '•'),
    ("times", '×'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("tenge", '₸'),
    ("commat", '@'),
    ("period", '.'),
    ("colon", ':'),
    ("comma", ','),
    ("plus", '+'),
    ("sol", '/'),
    ("num", '#'),
    ("lpar", '('),
    ("rpar", ')'),
    ("hyphen", '\u{2010}'),
    ("dash", '\u{2010}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];

/// Length and meaning of the reference that `text` begins with. `Err` where it may go on after the text.
pub fn reference(text: &[u8]) -> Result<Option<(usize, char)>, ()> {
    let head = &text[..text.len().min(LONGEST)];
    let Some(end) = head.iter().skip(1).position(|b| !b.is_ascii_alphanumeric() && *b != b'#').map(|p| p + 1)
    else {
        return if head.len() < LONGEST { Err(()) } else { Ok(None) };
    };
    if head[end] != b';' {
        return Ok(None);
    }
    let name = std::str::from_utf8(&head[1..end]).unwrap_or("");
    let c = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        }
        .and_then(char::from_u32),
        None => NAMES.iter().find(|n| n.0 == name).map(|n| n.1),
    };
    Ok(c.filter(|c| *c != '\0').map(|c| (end + 1, c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(reference(b"&#1048;x"), Ok(Some((7, 'И'))));
        assert_eq!(reference(b"&#x418; "), Ok(Some((7, 'И'))));
        assert_eq!(reference(b"&nbsp;"), Ok(Some((6, '\u{A0}'))));
        assert_eq!(reference(b"&none; "), Ok(None));
        assert_eq!(reference(b"& b"), Ok(None));
        assert_eq!(reference(b"&am"), Err(()));
    }
}

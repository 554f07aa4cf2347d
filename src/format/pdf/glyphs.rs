//! What characters a simple font's codes and glyph names stand for (ISO 32000-1, annex D; Adobe Glyph List).

/// Names of ASCII characters that are not letters or digits, and of signs in Russian and Kazakh texts.
const NAMES: &[(&str, char)] = &[
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("asciicircum", '^'),
    ("underscore", '_'),
    ("grave", '`'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
    ("guillemotleft", '«'),
    ("guillemotright", '»'),
    ("emdash", '—'),
    ("endash", '–'),
    ("afii61352", '№'),
    ("numero", '№'),
    ("quotedblleft", '“'),
    ("quotedblright", '”'),
    ("quotedblbase", '„'),
    ("quoteleft", '‘'),
    ("quoteright", '’'),
    ("quotesinglbase", '‚'),
    ("bullet", '•'),
    ("ellipsis", '…'),
    ("section", '§'),
    ("degree", '°'),
    ("nbspace", ' '),
    ("nonbreakingspace", ' '),
    ("sfthyphen", '-'),
    ("softhyphen", '-'),
    ("minus", '−'),
    ("copyright", '©'),
    ("registered", '®'),
    ("trademark", '™'),
    ("Euro", '€'),
    ("fi", 'ﬁ'),
    ("fl", 'ﬂ'),
    ("multiply", '×'),
    ("periodcentered", '·'),
    ("middot", '·'),
    ("plusminus", '±'),
    ("guilsinglleft", '‹'),
    ("guilsinglright", '›'),
    ("dagger", '†'),
    ("paragraph", '¶'),
    ("afii10023", 'Ё'),
    ("afii10071", 'ё'),
    ("afii10145", 'Џ'),
    ("afii10193", 'џ'),
    ("afii10146", 'Ѣ'),
    ("afii10194", 'ѣ'),
    ("afii10846", 'ә'),
    ("afii10050", 'Ґ'),
    ("afii10098", 'ґ'),
    ("Schwacyrillic", 'Ә'),
    ("schwacyrillic", 'ә'),
    ("Ghestrokecyrillic", 'Ғ'),
    ("ghestrokecyrillic", 'ғ'),
    ("Kadescendercyrillic", 'Қ'),
    ("kadescendercyrillic", 'қ'),
    ("Endescendercyrillic", 'Ң'),
    ("endescendercyrillic", 'ң'),
    ("Obarredcyrillic", 'Ө'),
    ("obarredcyrillic", 'ө'),
    ("Ustraightstrokecyrillic", 'Ұ'),
    ("ustraightstrokecyrillic", 'ұ'),
    ("Ustraightcyrillic", 'Ү'),
    ("ustraightcyrillic", 'ү'),
    ("Shhacyrillic", 'Һ'),
    ("shhacyrillic", 'һ'),
    ("Icyrillic", 'І'),
    ("icyrillic", 'і'),
    ("Iocyrillic", 'Ё'),
    ("iocyrillic", 'ё'),
];

/// Second halves of names such as `Acyrillic`, in the order of the alphabet.
const CYRILLIC: [&str; 32] = [
    "a",
    "be",
    "ve",
    "ge",
    "de",
    "ie",
    "zhe",
    "ze",
    "ii",
    "iishort",
    "ka",
    "el",
    "em",
    "en",
    "o",
    "pe",
    "er",
    "es",
    "te",
    "u",
    "ef",
    "kha",
    "tse",
    "che",
    "sha",
    "shcha",
    "hardsign",
    "yeri",
    "softsign",
    "ereversed",
    "iu",
    "ia",
];

/// The text that a glyph of this name shows; `None` where the name does not tell.
pub(super) fn text(name: &str) -> Option<String> {
    let base = name.split('.').next().filter(|b| !b.is_empty())?;
    let parts: Option<String> = base.split('_').map(one).collect::<Option<Vec<String>>>().map(|v| v.concat());
    parts.or_else(|| one(base))
}

fn one(name: &str) -> Option<String> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next())
        && c.is_ascii_alphabetic()
    {
        return Some(c.to_string());
    }
    if let Some((_, c)) = NAMES.iter().find(|n| n.0 == name) {
        return Some(c.to_string());
    }
    if let Some(number) = name.strip_prefix("afii").and_then(|n| n.parse::<u32>().ok()) {
        return afii(number).map(String::from);
    }
    if let Some(hex) = name.strip_prefix("uni").filter(|h| h.len() >= 4 && h.len() % 4 == 0 && h.is_ascii()) {
        let units: Option<Vec<u16>> =
            (0..hex.len() / 4).map(|k| u16::from_str_radix(&hex[4 * k..4 * k + 4], 16).ok()).collect();
        return units.and_then(|u| String::from_utf16(&u).ok());
    }
    if let Some(hex) = name.strip_prefix('u').filter(|h| (4..=6).contains(&h.len())) {
        return u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).map(String::from);
    }
    let stem = name.strip_suffix("cyrillic")?;
    let at = CYRILLIC.iter().position(|c| c.eq_ignore_ascii_case(stem))? as u32;
    let base = if stem.starts_with(|c: char| c.is_ascii_uppercase()) { 'А' } else { 'а' };
    char::from_u32(base as u32 + at).map(String::from)
}

/// Cyrillic letters of the AFII registry, which Adobe's names use.
fn afii(number: u32) -> Option<char> {
    let code = match number {
        10017..=10022 => 0x410 + number - 10017,
        10024..=10049 => 0x416 + number - 10024,
        10051..=10062 => 0x402 + number - 10051,
        10065..=10070 => 0x430 + number - 10065,
        10072..=10097 => 0x436 + number - 10072,
        10099..=10110 => 0x452 + number - 10099,
        _ => return None,
    };
    // the registry leaves out the place of 0x40D, which has no letter in Russian
    let code = if matches!(code, 0x40D) {
        0x40E
    } else if code == 0x45D {
        0x45E
    } else {
        code
    };
    char::from_u32(code)
}

/// The name under which a font of a copy asks a viewer for `c`.
pub(super) fn name(c: char) -> String {
    if c.is_ascii_alphabetic() {
        return c.to_string();
    }
    if let Some((name, _)) = NAMES.iter().find(|n| n.1 == c) {
        return (*name).to_owned();
    }
    let code = u32::from(c);
    match code {
        0x410..=0x415 => format!("afii{}", 10017 + code - 0x410),
        0x416..=0x42F => format!("afii{}", 10024 + code - 0x416),
        0x430..=0x435 => format!("afii{}", 10065 + code - 0x430),
        0x436..=0x44F => format!("afii{}", 10072 + code - 0x436),
        _ => format!("uni{code:04X}"),
    }
}

/// The table of a base encoding: bytes beyond ASCII. Codes without a character are `None`.
pub(super) fn base(encoding: &[u8], byte: u8) -> Option<char> {
    if (0x20..0x7F).contains(&byte) {
        return Some(match (encoding, byte) {
            (b"StandardEncoding", 0x27) => '’',
            (b"StandardEncoding", 0x60) => '‘',
            _ => char::from(byte),
        });
    }
    let table = match encoding {
        b"MacRomanEncoding" => encoding_rs::MACINTOSH,
        b"StandardEncoding" => return standard(byte),
        _ => encoding_rs::WINDOWS_1252,
    };
    table
        .decode_without_bom_handling(&[byte])
        .0
        .chars()
        .next()
        .filter(|c| !c.is_control() && *c != '\u{FFFD}')
}

fn standard(byte: u8) -> Option<char> {
    const HIGH: &[(u8, char)] = &[
        (0xA1, '¡'),
        (0xA2, '¢'),
        (0xA3, '£'),
        (0xA7, '§'),
        (0xA9, '\''),
        (0xAA, '“'),
        (0xAB, '«'),
        (0xAC, '‹'),
        (0xAD, '›'),
        (0xAE, 'ﬁ'),
        (0xAF, 'ﬂ'),
        (0xB1, '–'),
        (0xB4, '·'),
        (0xB6, '¶'),
        (0xB7, '•'),
        (0xB8, '‚'),
        (0xB9, '„'),
        (0xBA, '”'),
        (0xBB, '»'),
        (0xBC, '…'),
        (0xBF, '¿'),
        (0xD0, '—'),
    ];
    HIGH.iter().find(|h| h.0 == byte).map(|h| h.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters() {
        for (name, want) in [
            ("A", "A"),
            ("afii10017", "А"),
            ("afii10049", "Я"),
            ("afii10097", "я"),
            ("afii10071", "ё"),
            ("afii10055", "І"),
            ("afii10103", "і"),
            ("afii10110", "ў"),
            ("uni04D8", "Ә"),
            ("uni04D804D9", "Әә"),
            ("u1F600", "😀"),
            ("Acyrillic", "А"),
            ("iacyrillic", "я"),
            ("Kadescendercyrillic", "Қ"),
            ("f_i", "fi"),
            ("a.alt", "a"),
            ("afii61352", "№"),
            ("seven", "7"),
        ] {
            assert_eq!(text(name).as_deref(), Some(want), "{name}");
        }
        for name in ["g123", "cid00012", "", ".notdef", "uniXY"] {
            assert_eq!(text(name), None, "{name}");
        }
    }

    #[test]
    fn names_come_back() {
        for c in ('А'..='я').chain("ёЁіІәӘғҒқҚңҢөӨұҰүҮһҺ№«»[]() 0123456789azAZ".chars())
        {
            assert_eq!(text(&name(c)), Some(c.to_string()), "{c}");
        }
    }
}

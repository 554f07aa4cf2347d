//! Names in Latin letters, read as Cyrillic: official transliteration, passports, habit.

use super::letters::fold_char;

/// No name is longer; the longest of the lists have half of it.
const LONGEST: usize = 64;

/// Cyrillic readings (folded) of a word in Latin letters: official and habitual spellings.
pub fn readings(latin: &str) -> Vec<String> {
    // a run of ten thousand letters is no name, and costs what a page of names does
    if latin.len() > LONGEST {
        return Vec::new();
    }
    let mut all: Vec<String> = Vec::with_capacity(3);
    for style in 0..3 {
        let mut out = String::with_capacity(latin.len() * 2);
        let mut rest = latin;
        while let Some(c) = rest.chars().next() {
            let (eaten, cyr) = letter(rest, c, style, out.is_empty());
            out.push_str(cyr);
            if cyr.is_empty() && eaten == c.len_utf8() && c.is_alphabetic() && !matches!(c, 'h' | '\'') {
                out.push(fold_char(c));
            }
            rest = &rest[eaten..];
        }
        if !all.contains(&out) {
            all.push(out);
        }
    }
    all
}

fn letter(rest: &str, c: char, style: u8, first: bool) -> (usize, &'static str) {
    const GROUPS: &[(&str, &str)] = &[
        ("shch", "щ"),
        ("sch", "щ"),
        ("yev", "ев"),
        ("iya", "ия"),
        ("iia", "ия"),
        ("ay", "ай"),
        ("ey", "ей"),
        ("oy", "ой"),
        ("iy", "ий"),
        ("yy", "ый"),
        ("uy", "уй"),
        ("ai", "ай"),
        ("ei", "ей"),
        ("oi", "ой"),
        ("zh", "ж"),
        ("kh", "х"),
        ("gh", "г"),
        ("ts", "ц"),
        ("ch", "ч"),
        ("sh", "ш"),
        ("ya", "я"),
        ("ia", "я"),
        ("ja", "я"),
        ("yu", "ю"),
        ("iu", "ю"),
        ("ju", "ю"),
        ("yo", "е"),
        ("ye", "е"),
        ("dzh", "дж"),
        ("aı", "ай"),
        ("sk", "ск"),
    ];
    let group = GROUPS.iter().find(|(l, _)| rest.starts_with(l));
    // the third style reads «ia», «ya» and the like letter by letter, and «j» as ж
    if let Some((l, cyr)) = group
        && !(style == 2 && matches!(*l, "ia" | "iu" | "ja" | "ju" | "ts" | "iia" | "ai" | "ei" | "oi"))
    {
        return (l.len(), cyr);
    }
    let cyr = match c {
        'a' | 'ä' | 'á' | 'ə' => "а",
        'b' => "б",
        'c' => {
            if style == 1 {
                "ж"
            } else {
                "к"
            }
        }
        'd' => "д",
        'e' | 'ë' | 'é' => {
            if first && style == 1 {
                "э"
            } else {
                "е"
            }
        }
        'f' => "ф",
        'g' | 'ğ' | 'ǵ' => "г",
        'h' => "х",
        'i' | 'í' => "и",
        'ı' => {
            if style == 0 {
                "ы"
            } else {
                "и"
            }
        }
        'j' => {
            if style == 1 {
                "й"
            } else {
                "ж"
            }
        }
        'k' | 'q' => "к",
        'l' => "л",
        'm' => "м",
        'n' | 'ñ' | 'ń' => "н",
        'o' | 'ö' | 'ó' => "о",
        'p' => "п",
        'r' => "р",
        's' => "с",
        'ş' | 'š' => "ш",
        't' => "т",
        'u' | 'ü' | 'ū' | 'ú' => "у",
        'v' | 'w' => "в",
        'x' => {
            if style == 1 {
                "х"
            } else {
                "кс"
            }
        }
        'y' | 'ý' => {
            if style == 2 {
                "и"
            } else {
                "ы"
            }
        }
        'z' => "з",
        'ž' => "ж",
        'ç' => "ч",
        _ => "",
    };
    (c.len_utf8(), cyr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_reads_as_cyrillic() {
        assert!(readings("zhaksybekov").contains(&"жаксыбеков".to_owned()));
        assert!(readings("yuliya").contains(&"юлия".to_owned()));
        assert!(readings("nursultan").contains(&"нурсултан".to_owned()));
    }
}

use std::sync::LazyLock;

use regex::Regex;

/// Digits and signs that hide digits, in groups.
static MASKED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[0-9*•●#xXхХ](?:[ -]?[0-9*•●#xXхХ]){7,30}").ok());

/// Is there a masked number in a text from which the whole can be rebuilt, or nearly: few hidden digits, three or
/// more shown at the end, or the six in front that are a date of birth?
pub(super) fn rebuildable(text: &str) -> bool {
    let hides = |c: char| "*•●#xXхХ".contains(c);
    if !text.contains(hides) {
        return false;
    }
    let Some(masked) = &*MASKED else { return false };
    masked.find_iter(text).any(|m| {
        // a number in a longer word is none: 0xFF, 1920x1080
        let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if joined(text[..m.start()].chars().next_back()) || joined(text[m.end()..].chars().next()) {
            return false;
        }
        let signs: Vec<char> = m.as_str().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let letters = signs.iter().any(|c| c.is_alphabetic());
        let hidden = signs.iter().filter(|c| hides(**c)).count();
        let shown = signs.len() - hidden;
        let digit = |c: &&char| c.is_ascii_digit();
        let tail = signs.iter().rev().take_while(digit).count();
        let head = signs.iter().take_while(digit).count();
        // a formula or a size has one sign, a mask several side by side
        let run = signs.split(|c| !hides(*c)).map(<[char]>::len).max().unwrap_or(0);
        run >= if letters { 4 } else { 2 }
            && shown >= 3
            && (shown >= 6 && hidden <= 4 || tail >= 3 || head >= 6)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_that_give_the_value_away() {
        for text in [
            "********0123",
            "850101***** 0123",
            "**** 1234",
            "ИИН 850101******",
            "карта 4400 43** **** 1234",
            "XXXXXXXX0123",
            "85010130****",
            "●●●● ●●●● ●●●● 4321",
        ] {
            assert!(rebuildable(text), "{text}");
        }
        for text in [
            "************",
            "***12",
            "a ** b 1000000000",
            "2 ** 1024 bits",
            "**bold** text",
            "+7 701 ***-**-45",
            "1920x1080 px",
            "0xFFFFFFFF00",
            "** 2024 **",
            "1******2",
        ] {
            assert!(!rebuildable(text), "{text}");
        }
    }
}

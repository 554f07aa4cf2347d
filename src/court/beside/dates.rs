//! Days and years of birth.

use crate::model::Category;

use super::patterns::{BORN_AFTER, BORN_BEFORE, BORN_TITLE, CITIZEN, DATE, YEAR_WORD, YEARS};
use super::{Gathered, ahead, behind};

impl Gathered<'_> {
    pub(super) fn dates(&mut self) {
        let text = self.text;
        // days of birth that the IIN of the participants tell
        let born: Vec<[u32; 3]> = self
            .taken
            .iter()
            .filter(|t| t.2 == Category::IIN)
            .filter_map(|t| {
                let digits: Vec<u32> = text[t.0..t.1].chars().filter_map(|c| c.to_digit(10)).collect();
                (digits.len() == 12).then(|| [0, 2, 4].map(|k| digits[k] * 10 + digits[k + 1]))
            })
            .collect();
        // a date behind a name is of birth where it lies some years before the last year of the act
        let last = DATE
            .find_iter(text)
            .filter_map(|m| numbers(m.as_str()))
            .map(|d| d[0])
            .filter(|y| *y < 60)
            .max()
            .unwrap_or(0);
        let columns = born_columns(text);
        for m in YEARS.find_iter(text) {
            if self.persons.iter().any(|p| p.1 <= m.start() && text[p.1..m.start()].trim().is_empty()) {
                let years = m.as_str().match_indices(['1', '2']).map(|(k, _)| m.start() + k);
                let whole = years.filter(|k| ahead(text, *k, 4).bytes().all(|b| b.is_ascii_digit()));
                let fresh: Vec<_> = whole.map(|k| (k, k + 4, Category::BIRTH_DATE)).collect();
                self.fresh.extend(fresh);
            }
        }
        for m in DATE.find_iter(text) {
            let (start, mut end) = (m.start(), m.end());
            let value = m.as_str();
            if ahead(text, end, 1).starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let lone = value.chars().count() == 4;
            let before = behind(text, start, 120);
            let after = ahead(text, end, 60);
            let told = BORN_AFTER.is_match(after) || BORN_BEFORE.is_match(before) || value.contains("рожд");
            let old = numbers(value).is_some_and(|d| (last + 100 - d[0]) % 100 >= 3);
            let listed = !lone
                && old
                && self.persons.iter().any(|p| {
                    p.1 <= start
                        && matches!(text[p.1..start].trim(), "," | "(" | ", (" | "|" | "–" | "-")
                        && after.trim_start_matches([' ', 'г', 'ж', '.']).starts_with([',', ')', ';', '|'])
                });
            let citizen = !lone && old && CITIZEN.is_match(before);
            let own = !lone && numbers(value).is_some_and(|d| born.contains(&d));
            let known = self.taken.iter().any(|t| t.2 == Category::BIRTH_DATE && t.0 < end && start < t.1);
            let column = columns.iter().any(|c| c.0 <= start && end <= c.1);
            if !(told || listed || citizen || column || own || known) {
                continue;
            }
            if let Some(word) = YEAR_WORD.find(ahead(text, end, 20)) {
                let said = word.as_str().trim_end_matches([',', ' ', '\n']);
                let rest = ahead(text, end + word.end(), 20).trim_start_matches(['.', ' ']);
                // «1939 г.р.» keeps its «г.р.»
                let short = said.trim().trim_end_matches('.') == "г" && rest.starts_with('р');
                if !short || rest.starts_with("рожд") {
                    end += said.len();
                }
            }
            self.fresh.push((start, end, Category::BIRTH_DATE));
        }
    }
}

/// The cells under a title that names days of birth, in tables of lines with bars.
fn born_columns(text: &str) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let mut column = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        if !line.contains('|') {
            // a rule under the header is no end of the table
            if line.chars().any(char::is_alphanumeric) || line.trim().is_empty() {
                column = None;
            }
            continue;
        }
        let mut start = from;
        for (k, cell) in line.split('|').enumerate() {
            if column == Some(k) {
                cells.push((start, start + cell.len()));
            } else if column.is_none()
                && cell.len() <= 60
                && BORN_TITLE.is_match(cell.trim())
                && !DATE.is_match(cell)
            {
                column = Some(k);
            }
            start += cell.len() + 1;
        }
    }
    cells
}

/// Year of the century, month and day of a date.
fn numbers(value: &str) -> Option<[u32; 3]> {
    const MONTHS: [&str; 12] =
        ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
    const KAZAKH: [&str; 12] =
        ["қаң", "ақп", "нау", "сәу", "мам", "мау", "шіл", "там", "қыр", "қаз", "қар", "жел"];
    const ENGLISH: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const TURKISH: [&str; 12] = [
        "ocak", "şubat", "mart", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım",
        "aralık",
    ];
    const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
    // figures that a scan read as letters: "14.ОЗ.1991"
    let mended = |c: char| match c {
        'O' | 'О' => Some('0'),
        'l' => Some('1'),
        'З' | 'з' => Some('3'),
        'б' => Some('6'),
        '0'..='9' | '.' => Some(c),
        _ => None,
    };
    let figures: Option<String> = value.chars().map(mended).collect();
    let all: Vec<u32> = figures
        .as_deref()
        .unwrap_or(value)
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .filter_map(|p| p.parse().ok())
        .collect();
    if let [a, b, c] = all[..] {
        return Some(if a > 31 { [a % 100, b, c] } else { [c % 100, b, a] });
    }
    let [a, b] = all[..] else { return None };
    let (year, day) = if a > 31 { (a, b) } else { (b, a) };
    let month = value.split(|c: char| !c.is_alphabetic()).find_map(|w| {
        let w = w.trim();
        ROMAN.iter().position(|r| *r == w).or_else(|| {
            let low = w.to_lowercase();
            (low.chars().count() >= 3)
                .then(|| {
                    KAZAKH
                        .iter()
                        .position(|m| low.starts_with(m))
                        .or_else(|| MONTHS.iter().position(|m| low.starts_with(m)))
                        .or_else(|| ENGLISH.iter().position(|m| low.starts_with(m)))
                        .or_else(|| TURKISH.iter().position(|m| low.starts_with(m)))
                })
                .flatten()
        })
    })?;
    Some([year % 100, month as u32 + 1, day])
}
